/* The samples of bounces, for the tests that read them. */
#ifndef WB_TESTS_BOUNCES_H
#define WB_TESTS_BOUNCES_H

#include "mail/bounce.h"
#include <glib.h>
#include <string.h>

#define FOLDER "tests/unit/data/bounces"

typedef void (*SampleTest)(const char *name, const char *bytes, gsize length);

static gint compare_names(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *sample_names(void) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) dir = g_dir_open(FOLDER, 0, NULL);
  g_assert_nonnull(dir);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
    if (g_str_has_suffix(name, ".eml") || g_str_has_suffix(name, ".txt"))
      g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  g_assert_cmpuint(names->len, >=, 120);
  return names;
}

static void for_each_sample(SampleTest test) {
  g_autoptr(GPtrArray) names = sample_names();
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename(FOLDER, g_ptr_array_index(names, i), NULL);
    gsize length = 0;
    g_autofree char *bytes = bounce_load(path, &length, NULL);
    g_assert_nonnull(bytes);
    g_test_message("%s", path);
    test(g_ptr_array_index(names, i), bytes, length);
  }
}

#endif
