#include "mail/registry.h"

#include "base/yaml.h"

#include <string.h>

typedef struct Registry {
  const char *server, *page; /* or NULL */
} Registry;

struct Registries {
  YamlDoc *doc;
  GHashTable *by_tld; /* char * -> Registry */
  char **second_level, **special;
};

static const char *const file_keys[] = {"format",     "reviewed",     "sources", "page",
                                        "registries", "second_level", "special", NULL};
static const char *const row_keys[] = {"tlds", "server", "page", "sources", "reviewed", NULL};

static gboolean is_url(const char *url) {
  return url == NULL || g_str_has_prefix(url, "https://");
}

static void load_row(Registries *registries, const YamlNode *row, Diags *diags) {
  const char *tlds = yaml_get_text(row, "tlds");
  const Registry registry = {yaml_get_text(row, "server"), yaml_get_text(row, "page")};
  if (tlds == NULL || (registry.server == NULL && registry.page == NULL)) {
    yaml_fault(registries->doc, row, diags, DIAG_ERROR, "A registry needs tlds, and server or page");
    return;
  }
  yaml_check_keys(registries->doc, row, row_keys, diags);
  if (!is_url(registry.server) || !is_url(registry.page) ||
      (registry.server != NULL && !g_str_has_suffix(registry.server, "/"))) {
    yaml_fault(registries->doc, row, diags, DIAG_ERROR,
               "server and page begin with \"https://\", and server ends with \"/\"");
    return;
  }
  g_auto(GStrv) names = g_strsplit(tlds, " ", -1);
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] != '\0')
      g_hash_table_replace(registries->by_tld, g_ascii_strdown(names[i], -1), g_memdup2(&registry, sizeof registry));
}

static char **words(const YamlNode *root, const char *key) {
  const char *text = yaml_get_text(root, key);
  return g_strsplit(text != NULL ? text : "", " ", -1);
}

Registries *registries_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (doc == NULL)
    return NULL;
  Registries *registries = g_new0(Registries, 1);
  const YamlNode *root = yaml_root(doc), *rows = yaml_get(root, "registries");
  registries->doc = doc;
  registries->by_tld = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  registries->second_level = words(root, "second_level");
  registries->special = words(root, "special");
  yaml_check_keys(doc, root, file_keys, diags);
  for (guint i = 0; rows != NULL && rows->kind == YAML_LIST && i < rows->length; i++)
    load_row(registries, rows->items[i], diags);
  if (g_hash_table_size(registries->by_tld) == 0)
    yaml_fault(doc, root, diags, DIAG_ERROR, "There is no registry in this file: it needs \"registries:\"");
  return registries;
}

void registries_free(Registries *registries) {
  if (registries == NULL)
    return;
  g_hash_table_unref(registries->by_tld);
  g_strfreev(registries->second_level);
  g_strfreev(registries->special);
  yaml_doc_free(registries->doc);
  g_free(registries);
}

const char *registry_tld(const char *domain) {
  const char *dot = strrchr(domain, '.');
  return dot != NULL ? dot + 1 : domain;
}

static const Registry *find(const Registries *registries, const char *tld) {
  return g_hash_table_lookup(registries->by_tld, tld);
}

const char *registries_server(const Registries *registries, const char *tld) {
  const Registry *registry = find(registries, tld);
  return registry != NULL ? registry->server : NULL;
}

const char *registries_page(const Registries *registries, const char *tld) {
  const Registry *registry = find(registries, tld);
  return registry != NULL && registry->page != NULL ? registry->page : yaml_get_text(yaml_root(registries->doc), "page");
}

gboolean registries_is_special(const Registries *registries, const char *domain) {
  const char *const *special = (const char *const *)registries->special, *registered = registries_domain(registries, domain);
  return g_strv_contains(special, registry_tld(domain)) || (registered != NULL && g_strv_contains(special, registered));
}

/* A country's: two letters, or an internationalised one. */
static gboolean is_country(const char *tld) {
  return strlen(tld) == 2 || g_str_has_prefix(tld, "xn--");
}

/* The label before `at` (a pointer into `domain` behind a dot), or NULL. */
static const char *label_before(const char *domain, const char *at) {
  if (at == domain)
    return NULL;
  for (at--; at > domain && at[-1] != '.'; at--)
    ;
  return at;
}

const char *registries_domain(const Registries *registries, const char *domain) {
  const char *tld = registry_tld(domain), *second = label_before(domain, tld);
  if (second == NULL || !is_country(tld))
    return second;
  g_autofree char *label = g_strndup(second, (gsize)(tld - second) - 1);
  gboolean below = g_strv_contains((const char *const *)registries->second_level, label);
  return below ? label_before(domain, second) : second;
}
