#include "mail/provider.h"

#include "base/yaml.h"

#include <string.h>

struct Providers {
  YamlDoc *doc;
  GPtrArray *rows; /* of Provider, the longest pattern first */
};

static const char *const file_keys[] = {"format", "reviewed", "sources", "providers", "references", NULL};
static const char *const row_keys[] = {"id", "name",    "kind", "region",       "confidence", "note",
                                       "mx", "sources", "spf",  "autodiscover", "reviewed",   NULL};
static const char *const kinds[] = {"mailbox", "gateway",          "platform", "forwarding", "disposable",
                                    "no-mail", "outbound-gateway", "unknown",  NULL};

static void provider_free(gpointer data) {
  Provider *provider = data;
  g_free(provider->pattern);
  g_free(provider->id);
  g_free(provider);
}

static int longest_first(gconstpointer a, gconstpointer b) {
  const Provider *x = *(const Provider *const *)a, *y = *(const Provider *const *)b;
  gsize length_x = strlen(x->pattern), length_y = strlen(y->pattern);
  return length_x != length_y ? (length_x < length_y ? 1 : -1) : strcmp(x->pattern, y->pattern);
}

/* "Yahoo! JAPAN Mail" is "yahoo-japan-mail". */
static char *id_of(const char *name) {
  GString *id = g_string_new(NULL);
  for (const char *p = name; *p != '\0'; p++)
    if (g_ascii_isalnum(*p))
      g_string_append_c(id, g_ascii_tolower(*p));
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c(id, '-');
  if (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate(id, id->len - 1);
  return g_string_free(id, FALSE);
}

static void load_patterns(Providers *providers, const YamlNode *row, ProviderRole role, const char *text) {
  const char *id = yaml_get_text(row, "id");
  g_auto(GStrv) patterns = g_strsplit(text != NULL ? text : "", " ", -1);
  for (guint i = 0; patterns[i] != NULL; i++) {
    if (*patterns[i] == '\0')
      continue;
    Provider *provider = g_new0(Provider, 1);
    provider->pattern = g_ascii_strdown(patterns[i], -1);
    provider->role = role;
    provider->name = yaml_get_text(row, "name");
    provider->id = id != NULL ? g_strdup(id) : id_of(provider->name);
    provider->kind = yaml_get_text(row, "kind");
    provider->note = yaml_get_text(row, "note");
    g_ptr_array_add(providers->rows, provider);
  }
}

/* The same id for two names would make two providers one, a word with blanks none that a guide could compare. */
static void check_id(const Providers *providers, const YamlNode *row, const char *id, Diags *diags) {
  if (strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(id) || *id == '\0')
    yaml_fault(providers->doc, yaml_get(row, "id"), diags, DIAG_ERROR,
               "\"%s\" is no id: it has small letters, digits and hyphens", id);
  for (guint i = 0; i < providers->rows->len; i++) {
    const Provider *other = g_ptr_array_index(providers->rows, i);
    if (!g_str_equal(other->id, id) || g_str_equal(other->name, yaml_get_text(row, "name")))
      continue;
    yaml_fault(providers->doc, yaml_get(row, "id"), diags, DIAG_ERROR, "\"%s\" is the id of %s already", id, other->name);
    return;
  }
}

static void load_row(Providers *providers, const YamlNode *row, Diags *diags) {
  const char *name = yaml_get_text(row, "name"), *kind = yaml_get_text(row, "kind"), *mx = yaml_get_text(row, "mx");
  if (name == NULL || kind == NULL || mx == NULL) {
    yaml_fault(providers->doc, row, diags, DIAG_ERROR, "A provider needs name, kind and mx");
    return;
  }
  yaml_check_keys(providers->doc, row, row_keys, diags);
  if (!g_strv_contains(kinds, kind)) {
    yaml_fault(providers->doc, yaml_get(row, "kind"), diags, DIAG_ERROR, "\"%s\" is no kind of provider", kind);
    return;
  }
  if (yaml_get(row, "id") != NULL)
    check_id(providers, row, yaml_get_text(row, "id") != NULL ? yaml_get_text(row, "id") : "", diags);
  load_patterns(providers, row, PROVIDER_MX, mx);
  load_patterns(providers, row, PROVIDER_SPF, yaml_get_text(row, "spf"));
  load_patterns(providers, row, PROVIDER_AUTODISCOVER, yaml_get_text(row, "autodiscover"));
}

Providers *providers_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (doc == NULL)
    return NULL;
  Providers *providers = g_new0(Providers, 1);
  providers->doc = doc;
  providers->rows = g_ptr_array_new_with_free_func(provider_free);
  yaml_check_keys(doc, yaml_root(doc), file_keys, diags);
  const YamlNode *rows = yaml_get(yaml_root(doc), "providers");
  for (guint i = 0; rows != NULL && rows->kind == YAML_LIST && i < rows->length; i++)
    load_row(providers, rows->items[i], diags);
  if (providers->rows->len == 0)
    yaml_fault(doc, yaml_root(doc), diags, DIAG_ERROR, "There is no provider in this file: it needs \"providers:\"");
  g_ptr_array_sort(providers->rows, longest_first);
  return providers;
}

const char *providers_references(const Providers *providers) {
  return yaml_get_text(yaml_root(providers->doc), "references");
}

void providers_free(Providers *providers) {
  if (providers == NULL)
    return;
  g_ptr_array_unref(providers->rows);
  yaml_doc_free(providers->doc);
  g_free(providers);
}

/* "*" stands for any characters.  A last star that failed is the only one worth trying again, so that no pattern
 * takes more than length times length. */
gboolean provider_pattern_fits(const char *pattern, const char *name) {
  const char *star = NULL, *retry = NULL;
  while (*name != '\0') {
    if (*pattern == '*') {
      star = ++pattern;
      retry = name;
    } else if (*pattern == *name) {
      pattern++;
      name++;
    } else if (star != NULL) {
      pattern = star;
      name = ++retry;
    } else {
      return FALSE;
    }
  }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

const Provider *providers_match(const Providers *providers, const char *mx_host) {
  return providers_match_as(providers, PROVIDER_MX, mx_host);
}

const Provider *providers_match_as(const Providers *providers, ProviderRole role, const char *host) {
  g_autofree char *name = g_ascii_strdown(host, -1);
  gsize length = strlen(name);
  if (length > 0 && name[length - 1] == '.')
    name[length - 1] = '\0';
  for (guint i = 0; i < providers->rows->len; i++) {
    const Provider *provider = g_ptr_array_index(providers->rows, i);
    if (provider->role == role && provider_pattern_fits(provider->pattern, name))
      return provider;
  }
  return NULL;
}
