#include "report/lint.h"

#include "base/paths.h"
#include "base/yaml.h"
#include "flow/flow.h"
#include "mail/dnslist.h"
#include "mail/login_provider.h"
#include "mail/provider.h"
#include "mail/registry.h"
#include "mail/rule_lint.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { LINT_CLEAN = 0, LINT_ERRORS = 1, LINT_UNREADABLE = 4 };

static void lint_guides(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  guides_free(guides_load(file, diags));
}

static void lint_lists(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  dnslists_free(dnslists_load(file, diags));
}

static void lint_providers(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  providers_free(providers_load(file, diags));
}

static void lint_domains(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  mail_domains_free(mail_domains_load(file, diags));
}

static void lint_registries(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  registries_free(registries_load(file, diags));
}

static void lint_logins(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  login_providers_free(login_providers_load(file, diags));
}

static gboolean is_cause(const char *id, gpointer causes) { return causes_find(causes, id) != NULL; }

/* What rules and codes are compared with. */
static LintWorld world_new(char **today) {
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autoptr(Diags) ignored = diags_new();
  g_autofree char *path = paths_knowledge("causes.yaml");
  *today = g_date_time_format(now, "%Y-%m-%d");
  return (LintWorld){.is_cause = is_cause, .user = causes_load(path, ignored), .today = *today};
}

static void lint_rules(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  g_autofree char *today = NULL;
  const LintWorld world = world_new(&today);
  rules_lint(file, &world, diags);
  causes_free(world.user);
}

static void lint_codes(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  g_autofree char *today = NULL;
  const LintWorld world = world_new(&today);
  codes_lint(file, &world, diags);
  causes_free(world.user);
}

static void lint_examples(G_GNUC_UNUSED const char *dir, const char *file, Diags *diags) {
  rule_examples_lint(file, diags);
}

/* Knowledge files: the key that tells them, and their place.  Rules before providers: they have that key too. */
static const struct {
  const char *key, *name;
  void (*lint)(const char *dir, const char *file, Diags *diags);
} kinds[] = {
    {"causes", "causes.yaml", causes_lint},    {"guides", "guides.yaml", lint_guides},
    {"lists", "dnsbl.yaml", lint_lists},       {"rules", "rules.yaml", lint_rules},
    {"domains", "domains.yaml", lint_domains}, {"providers", "providers.yaml", lint_providers},
    {"statuses", "status.yaml", lint_codes},   {"replies", "replies.yaml", lint_codes},
    {"examples", "rule-examples.yaml", lint_examples}, {"registries", "rdap.yaml", lint_registries},
    {"logins", "logins.yaml", lint_logins},
};

/* The kind of a knowledge file, -1: it is a flow, or means to be one. */
static int find_kind(const char *file) {
  g_autoptr(Diags) ignored = diags_new();
  g_autoptr(YamlDoc) doc = yaml_load_file(file, ignored);
  g_autofree char *base = g_path_get_basename(file);
  const YamlNode *root = doc != NULL ? yaml_root(doc) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    gboolean by_key = root != NULL && root->kind == YAML_MAP && yaml_get(root, kinds[i].key) != NULL;
    gboolean by_name = (root == NULL || root->kind != YAML_MAP) && g_str_equal(base, kinds[i].name);
    if (by_key || by_name)
      return (int)i;
  }
  return -1;
}

/* FALSE: the file cannot be read. */
static gboolean lint_file(const char *dir, const char *file, Diags *diags) {
  if (access(file, R_OK) != 0 || g_file_test(file, G_FILE_TEST_IS_DIR)) {
    diags_add(diags, file, 0, 0, DIAG_ERROR, "The file cannot be read: %s",
              g_strerror(access(file, R_OK) != 0 ? errno : EISDIR));
    return FALSE;
  }
  int kind = find_kind(file);
  if (kind >= 0)
    kinds[kind].lint(dir, file, diags);
  else
    flow_lint(dir, file, diags);
  return TRUE;
}

static void lint_all(const char *dir, Diags *diags) {
  g_auto(GStrv) own = paths_own_flows();
  flows_lint(dir, (const char *const *)own, diags);
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *path = paths_knowledge(kinds[i].name);
    /* The others belong to the flows. */
    if (kinds[i].lint != causes_lint && kinds[i].lint != lint_guides)
      kinds[i].lint(dir, path, diags);
  }
  g_auto(GStrv) rules = paths_own_knowledge("rules.yaml");
  for (char **file = rules; *file != NULL; file++)
    if (g_file_test(*file, G_FILE_TEST_EXISTS))
      lint_rules(dir, *file, diags);
}

int lint_run(const char *const *files, FILE *out) {
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *dir = paths_flows();
  gboolean readable = TRUE;
  if (files == NULL || files[0] == NULL)
    lint_all(dir, diags);
  for (; files != NULL && *files != NULL; files++)
    readable &= lint_file(dir, *files, diags);
  /* Files that use the same flow report its faults once. */
  g_autoptr(GHashTable) printed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < diags_length(diags); i++) {
    char *text = diag_format(diags_get(diags, i));
    if (!g_hash_table_contains(printed, text))
      fprintf(out, "%s\n", text);
    g_hash_table_add(printed, text);
  }
  guint rest = diags_count(diags, DIAG_ERROR) + diags_count(diags, DIAG_WARNING) - diags_length(diags);
  if (rest > 0)
    fprintf(out, "and %u more\n", rest);
  return !readable ? LINT_UNREADABLE : diags_count(diags, DIAG_ERROR) > 0 ? LINT_ERRORS : LINT_CLEAN;
}
