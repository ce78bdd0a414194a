/* A zone in a few lines of text, as answers for what is tested: "NAME TYPE DATA" each, or "NAME TYPE !STATUS". */
#ifndef WB_TESTS_ZONES_H
#define WB_TESTS_ZONES_H

#include "net/net.h"

#include <string.h>

static inline void zone_add(Net *net, const char *question, const char *status, const GPtrArray *entries) {
  g_autoptr(GString) line = g_string_new(NULL);
  g_autofree char *asked = g_strescape(question, NULL);
  g_autoptr(GError) error = NULL;
  g_string_append_printf(line, "{\"dns\":\"%s\"", asked);
  if (status != NULL)
    g_string_append_printf(line, ",\"status\":\"%s\"", status);
  for (guint i = 0; entries != NULL && i < entries->len; i++) {
    g_autofree char *entry = g_strescape(g_ptr_array_index(entries, i), NULL);
    g_string_append_printf(line, "%s\"%s\"", i == 0 ? ",\"answer\":[" : ",", entry);
  }
  g_string_append(line, entries != NULL ? "]}" : "}");
  net_preload(net, line->str, &error);
  g_assert_no_error(error);
}

/* "NAME TYPE" of a line, and what follows it. */
static inline char *zone_split(const char *line, const char **data) {
  const char *blank = strchr(line, ' ');
  g_assert_nonnull(blank);
  blank = strchr(blank + 1, ' ');
  g_assert_nonnull(blank);
  *data = blank + 1;
  return g_strndup(line, (gsize)(blank - line));
}

/* A net that knows `zone`; of each name in it the types that are not there are "nodata".  The answer to the question
 * `fault` (or NULL) is `status` instead. */
static inline Net *zone_net(const char *zone, const char *fault, const char *status) {
  static const char *const types[] = {"A", "AAAA", "MX", "TXT", "PTR"};
  Net *net = net_replay_new(NULL, NULL);
  g_auto(GStrv) lines = g_strsplit(zone, "\n", -1);
  g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *data;
    g_autofree char *question = zone_split(lines[i], &data);
    if (g_hash_table_contains(done, question))
      continue;
    g_hash_table_add(done, g_strdup(question));
    g_autoptr(GPtrArray) entries = g_ptr_array_new();
    for (guint k = i; lines[k] != NULL; k++) {
      const char *other;
      g_autofree char *same = zone_split(lines[k], &other);
      if (g_str_equal(same, question))
        g_ptr_array_add(entries, (gpointer)other);
    }
    if (g_strcmp0(question, fault) == 0)
      zone_add(net, question, status, NULL);
    else
      zone_add(net, question, *data == '!' ? data + 1 : NULL, *data == '!' ? NULL : entries);
  }
  for (guint i = 0; lines[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS(types); k++) {
      g_autofree char *name = g_strndup(lines[i], strcspn(lines[i], " "));
      char *question = g_strconcat(name, " ", types[k], NULL);
      if (!g_hash_table_contains(done, question))
        zone_add(net, question, g_strcmp0(question, fault) == 0 ? status : "nodata", NULL);
      g_hash_table_add(done, question);
    }
  return net;
}

#endif
