#include "mail/login_provider.h"

#include "base/yaml.h"
#include "mail/provider.h"
#include "mail/rule_read.h"

struct LoginProviders {
  YamlDoc *doc;
  GArray *rows; /* of LoginProvider */
};

static const char *const file_keys[] = {"format", "reviewed", "sources", "logins", NULL};
static const char *const row_keys[] = {"name", "servers", "app_password", "sources", "reviewed", NULL};

static void row_clear(gpointer data) {
  g_strfreev(((LoginProvider *)data)->servers);
}

static void load_row(LoginProviders *providers, const YamlNode *sources, const YamlNode *row, Diags *diags) {
  const YamlDoc *doc = providers->doc;
  yaml_check_keys(doc, row, row_keys, diags);
  const char *source = rule_read_text(doc, row, "sources", TRUE, diags);
  LoginProvider provider = {.name = rule_read_text(doc, row, "name", TRUE, diags),
                            .app_password = rule_read_text(doc, row, "app_password", TRUE, diags),
                            .source = source != NULL ? yaml_get_text(sources, source) : NULL};
  if (source != NULL && provider.source == NULL)
    yaml_fault(doc, row, diags, DIAG_ERROR, "There is no source \"%s\" in \"sources\"", source);
  provider.servers = rule_read_words(doc, row, "servers", diags);
  if (provider.name == NULL || provider.app_password == NULL || provider.source == NULL || provider.servers == NULL) {
    g_strfreev(provider.servers);
    return;
  }
  g_array_append_val(providers->rows, provider);
}

LoginProviders *login_providers_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (doc == NULL)
    return NULL;
  LoginProviders *providers = g_new0(LoginProviders, 1);
  const YamlNode *root = yaml_root(doc);
  providers->doc = doc;
  providers->rows = g_array_new(FALSE, FALSE, sizeof(LoginProvider));
  g_array_set_clear_func(providers->rows, row_clear);
  yaml_check_keys(doc, root, file_keys, diags);
  const YamlNode *rows = rule_read_list(doc, root, "logins", TRUE, diags);
  for (guint i = 0; rows != NULL && i < rows->length; i++)
    load_row(providers, yaml_get(root, "sources"), rows->items[i], diags);
  return providers;
}

void login_providers_free(LoginProviders *providers) {
  if (providers == NULL)
    return;
  g_array_unref(providers->rows);
  yaml_doc_free(providers->doc);
  g_free(providers);
}

const LoginProvider *login_providers_find(const LoginProviders *providers, const char *host) {
  g_autofree char *name = g_ascii_strdown(host, -1);
  for (guint i = 0; i < providers->rows->len; i++) {
    const LoginProvider *provider = &g_array_index(providers->rows, LoginProvider, i);
    for (char **pattern = provider->servers; *pattern != NULL; pattern++)
      if (provider_pattern_fits(*pattern, name))
        return provider;
  }
  return NULL;
}
