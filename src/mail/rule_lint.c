#include "mail/rule_lint.h"

#include "base/paths.h"
#include "mail/code.h"
#include "mail/rule_example.h"

#include <string.h>

#define REVIEW_YEARS 2

/* One file of rules under the lens. */
typedef struct Lens {
  const LintWorld *world;
  Classifier *classifier;
  GHashTable *illustrated; /* set of ids: rules with an example */
  Diags *diags;
} Lens;

/* The same day so many years earlier; dates compare as texts. */
static char *years_before(const char *today, guint years) {
  guint64 year = g_ascii_strtoull(today, NULL, 10);
  return g_strdup_printf("%04u%s", (guint)year - years, today + 4);
}

static void check_review(const YamlDoc *doc, const YamlNode *node, const char *reviewed, const LintWorld *world, Diags *diags) {
  g_autofree char *limit = years_before(world->today, REVIEW_YEARS);
  if (reviewed && strcmp(reviewed, limit) < 0)
    yaml_fault(doc, node, diags, DIAG_WARNING,
               "This was reviewed on %s, more than %d years ago: read the source again, and write today's date", reviewed,
               REVIEW_YEARS);
}

static void check_cause(const YamlDoc *doc, const YamlNode *entry, const char *cause, const LintWorld *world, Diags *diags) {
  if (cause && !world->is_cause(cause, world->user))
    yaml_fault(doc, yaml_get(entry, "cause"), diags, DIAG_ERROR,
               "There is no cause \"%s\": use an id of causes.yaml, or \"unknown\"", cause);
}

/* --- examples --- */

static void check_example(Lens *lens, const YamlDoc *doc, const RuleExample *example, const Rule *rule) {
  Classification found = rule_example_classify(example, lens->classifier);
  if (found.rule == rule || (rule->wrapper && found.form == rule))
    return;
  const char *by = found.rule ? found.rule->id : found.code ? found.code : NULL;
  if (by)
    yaml_fault(doc, example->node, lens->diags, DIAG_WARNING,
               "The rule \"%s\" is shadowed: \"%s\" decides about its own example. Make the pattern longer, add codes, "
               "or give it a priority",
               rule->id, by);
  else
    yaml_fault(doc, example->node, lens->diags, DIAG_WARNING, "The rule \"%s\" does not match its own example", rule->id);
}

static void check_examples(Lens *lens, const char *file) {
  g_autofree char *folder = g_path_get_dirname(file);
  g_autofree char *path = g_build_filename(folder, "rule-examples.yaml", NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return;
  g_autoptr(RuleExamples) examples = rule_examples_load(path, lens->diags);
  GPtrArray *all = examples ? rule_examples_all(examples) : NULL;
  for (guint i = 0; all && i < all->len; i++) {
    const RuleExample *example = g_ptr_array_index(all, i);
    const Rule *rule = example->rule ? classifier_rule(lens->classifier, example->rule) : NULL;
    if (!rule)
      continue;
    g_hash_table_add(lens->illustrated, (gpointer)rule->id);
    check_example(lens, rule_examples_doc(examples), example, rule);
  }
}

/* --- rules --- */

static void check_rule(Lens *lens, const Rule *rule) {
  check_cause(rule->doc, rule->node, rule->cause, lens->world, lens->diags);
  check_review(rule->doc, rule->node, rule->reviewed, lens->world, lens->diags);
  if (rule->example) {
    const RuleExample example = {.text = rule->example, .node = yaml_get(rule->node, "example")};
    check_example(lens, rule->doc, &example, rule);
  } else if (!g_hash_table_contains(lens->illustrated, rule->id)) {
    yaml_fault(rule->doc, rule->node, lens->diags, DIAG_WARNING,
               "The rule \"%s\" has no example: write the words of a real refusal under \"example\"", rule->id);
  }
}

static gboolean same_file(const char *a, const char *b) {
  g_autofree char *x = g_canonicalize_filename(a, NULL), *y = g_canonicalize_filename(b, NULL);
  return strcmp(x, y) == 0;
}

void rules_lint(const char *file, const LintWorld *world, Diags *diags) {
  g_autofree char *ours = paths_knowledge("rules.yaml");
  gboolean own = !same_file(ours, file);
  const char *const files[] = {own ? file : NULL, NULL};
  g_autoptr(Rules) rules = rules_load(ours, files, diags);
  if (!rules)
    return;
  g_autoptr(Classifier) classifier = classifier_new(NULL, files);
  g_autoptr(GHashTable) illustrated = g_hash_table_new(g_str_hash, g_str_equal);
  Lens lens = {world, classifier, illustrated, diags};
  if (!own)
    rules_check_patterns(rules, FALSE, diags);
  check_examples(&lens, file);
  GPtrArray *all = rules_all(rules);
  for (guint i = 0; i < all->len; i++) {
    const Rule *rule = g_ptr_array_index(all, i);
    const Rule *used = rule->own == own ? classifier_rule(classifier, rule->id) : NULL;
    if (used)
      check_rule(&lens, used);
  }
}

void codes_lint(const char *file, const LintWorld *world, Diags *diags) {
  g_autoptr(Codes) codes = codes_load(file, diags);
  GPtrArray *all = codes ? codes_all(codes) : NULL;
  for (guint i = 0; all && i < all->len; i++) {
    const Code *code = g_ptr_array_index(all, i);
    check_cause(code->doc, code->node, code->cause, world, diags);
    for (guint k = 0; code->at && k < code->at->length; k++)
      check_cause(code->doc, code->node, code->at->items[k]->text, world, diags);
    check_review(code->doc, code->node, code->reviewed, world, diags);
  }
}

void rule_examples_lint(const char *file, Diags *diags) {
  g_autofree char *folder = g_path_get_dirname(file);
  g_autofree char *path = g_build_filename(folder, "rules.yaml", NULL);
  g_autofree char *ours = paths_knowledge("rules.yaml");
  const char *const files[] = {path, NULL};
  g_autoptr(Diags) others = diags_new();
  g_autoptr(Rules) rules = rules_load(ours, files, others);
  g_autoptr(RuleExamples) examples = rule_examples_load(file, diags);
  GPtrArray *all = examples && rules ? rule_examples_all(examples) : NULL;
  for (guint i = 0; all && i < all->len; i++) {
    const RuleExample *example = g_ptr_array_index(all, i);
    if (example->rule && !rules_find(rules, example->rule))
      yaml_fault(rule_examples_doc(examples), yaml_get(example->node, "rule"), diags, DIAG_ERROR,
                 "There is no rule \"%s\"", example->rule);
  }
}
