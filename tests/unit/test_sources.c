/* Knowledge without a source is hearsay: every entry names where it is from, and every file the day of its review. */
#include "base/paths.h"
#include "base/yaml.h"

#include <stdio.h>
#include <string.h>

/* The lists of entries in a file, and the key that holds their sources. */
static const struct {
  const char *file, *entries, *key;
  gboolean by_id; /* short names out of the table `sources` */
} files[] = {
    {"dnsbl.yaml", "lists", "sources", TRUE},
    {"dnsbl.yaml", "retired", "source", FALSE},
    {"providers.yaml", "providers", "sources", TRUE},
    {"domains.yaml", "domains", "sources", TRUE},
    {"rdap.yaml", "registries", "sources", TRUE},
    {"logins.yaml", "logins", "sources", TRUE},
};

static void check_ids(const YamlNode *table, const char *ids) {
  g_auto(GStrv) words = g_strsplit(ids, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    g_test_message("%s", words[i]);
    g_assert_nonnull(yaml_get_text(table, words[i]));
  }
}

static void check_date(const char *text) {
  guint year = 0, month = 0, day = 0;
  g_assert_nonnull(text);
  g_assert_cmpint(sscanf(text, "%4u-%2u-%2u", &year, &month, &day), ==, 3);
  g_assert_true(g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year));
}

static void test_sources(void) {
  for (guint f = 0; f < G_N_ELEMENTS(files); f++) {
    g_autoptr(Diags) diags = diags_new();
    g_autofree char *path = paths_knowledge(files[f].file);
    g_autoptr(YamlDoc) doc = yaml_load_file(path, diags);
    g_assert_nonnull(doc);
    g_assert_cmpuint(diags_length(diags), ==, 0);
    const YamlNode *root = yaml_root(doc), *entries = yaml_get(root, files[f].entries);
    check_date(yaml_get_text(root, "reviewed"));
    g_assert_cmpuint(entries->length, >, 0);
    for (guint i = 0; i < entries->length; i++) {
      const char *source = yaml_get_text(entries->items[i], files[f].key);
      g_test_message("%s:%d", files[f].file, entries->items[i]->line);
      g_assert_nonnull(source);
      g_assert_cmpuint(strlen(source), >, 0);
      if (files[f].by_id)
        check_ids(yaml_get(root, "sources"), source);
      if (yaml_get(entries->items[i], "reviewed") != NULL)
        check_date(yaml_get_text(entries->items[i], "reviewed"));
    }
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/knowledge/sources", test_sources);
  return g_test_run();
}
