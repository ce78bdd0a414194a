/* What the tests of flows share: a folder of small flows, written for one test and gone after it. */
#ifndef WB_TESTS_FLOWS_H
#define WB_TESTS_FLOWS_H

#include "flow/flow.h"

#include <glib/gstdio.h>
#include <string.h>

/* Four lines; the first step begins in line 5. */
#define HEAD(id) "format: 1\nid: " id "\ntitle: T\nsteps:\n"
/* An end, for flows whose fault is elsewhere. */
#define END "  end: {finish: fixed}\n"

typedef struct Folder {
  char *dir;
  GPtrArray *files; /* paths, newest last */
} Folder;

static inline void folder_write(Folder *folder, const char *name, const char *text) {
  char *path = g_build_filename(folder->dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_ptr_array_add(folder->files, path);
}

/* With two causes (c1, c2) and two guides (g1, g2). */
static inline Folder *folder_new(void) {
  static const char causes[] = "- {id: c1, owner: sender, label: L, description: D, source: S, reviewed: 2026-11-21}\n"
                               "- {id: c2, owner: sender, label: L, description: D, source: S, reviewed: 2026-11-21}\n";
  static const char guides[] = "- {id: g1, topic: t, app: A, title: T, steps: [x], source: S, reviewed: 2026-11-21}\n"
                               "- {id: g2, topic: t, app: A, title: T, steps: [x], source: S, reviewed: 2026-11-21}\n";
  Folder *folder = g_new0(Folder, 1);
  folder->dir = g_dir_make_tmp("wb-flows-XXXXXX", NULL);
  folder->files = g_ptr_array_new_with_free_func(g_free);
  g_assert_nonnull(folder->dir);
  folder_write(folder, "knowledge/causes.yaml", causes);
  folder_write(folder, "knowledge/guides.yaml", guides);
  return folder;
}

static inline void folder_free(Folder *folder) {
  for (guint i = 0; i < folder->files->len; i++) {
    g_unlink(folder->files->pdata[i]);
    g_autofree char *parent = g_path_get_dirname(folder->files->pdata[i]);
    g_rmdir(parent); /* works with the last file of a folder */
  }
  g_rmdir(folder->dir);
  g_ptr_array_unref(folder->files);
  g_free(folder->dir);
  g_free(folder);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Folder, folder_free)

/* All faults as "FILE:LINE:COL: LEVEL: TEXT", one a line, files without their folder. Caller frees. */
static inline char *diags_text(const Diags *diags) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *text = diag_format(diags_get(diags, i));
    const char *colon = strchr(text, ':'), *name = text;
    for (const char *c = text; c < colon; c++)
      name = *c == '/' ? c + 1 : name;
    g_string_append_printf(out, "%s%s", i > 0 ? "\n" : "", name);
  }
  return g_string_free(out, FALSE);
}

#endif
