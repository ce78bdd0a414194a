#include "mail/dnslist_data.h"

#include <string.h>

/* The word of the knowledge file for all top-level domains of two letters: those of countries. */
#define ANY_COUNTRY "any"

void dnslists_load_suffixes(DnsLists *lists, const YamlNode *suffixes, Diags *diags) {
  if (suffixes != NULL && suffixes->kind != YAML_MAP)
    yaml_fault(lists->doc, suffixes, diags, DIAG_ERROR, "suffixes needs a map: a top-level domain, or any, and names");
  for (guint i = 0; suffixes != NULL && suffixes->kind == YAML_MAP && i < suffixes->length; i++) {
    const YamlNode *names = suffixes->items[i];
    if (names->kind != YAML_SCALAR) {
      yaml_fault(lists->doc, names, diags, DIAG_ERROR, "The suffixes of %s are names with blanks between them",
                 suffixes->keys[i]->text);
      continue;
    }
    g_auto(GStrv) words = g_strsplit_set(names->text, " \n", -1);
    for (guint k = 0; words[k] != NULL; k++) {
      g_autofree char *suffix = g_strdup_printf("%s.%s", words[k], suffixes->keys[i]->text);
      if (words[k][0] != '\0')
        g_hash_table_add(lists->suffixes, g_string_chunk_insert(lists->strings, suffix));
    }
  }
}

static const char *label_before(const char *domain, const char *end) {
  const char *dot = memrchr(domain, '.', (gsize)(end - domain));
  return dot != NULL ? dot + 1 : domain;
}

/* `name`: the last two labels of a domain. */
static gboolean is_suffix(const DnsLists *lists, const char *name) {
  const char *dot = strchr(name, '.');
  if (g_hash_table_contains(lists->suffixes, name))
    return TRUE;
  if (strlen(dot + 1) != 2)
    return FALSE;
  g_autofree char *country = g_strdup_printf("%.*s." ANY_COUNTRY, (int)(dot - name), name);
  return g_hash_table_contains(lists->suffixes, country);
}

const char *dnslists_registrable(const DnsLists *lists, const char *domain) {
  const char *top = strrchr(domain, '.');
  if (top == NULL)
    return NULL;
  const char *second = label_before(domain, top);
  if (!is_suffix(lists, second))
    return second;
  return second > domain ? label_before(domain, second - 1) : NULL;
}
