/* man/whybounce-flow.5 speaks of everything that authors can write, and its examples work. */
#include "flows.h"

#include "base/paths.h"
#include "flow/flow_impl.h"
#include "flow/session.h"

static char *read_manual(void) {
  g_autofree char *dir = paths_flows(), *path = g_build_filename(dir, "..", "man", "whybounce-flow.5", NULL);
  char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(path, &text, NULL, &error);
  g_assert_no_error(error);
  return text;
}

/* TRUE if `word` stands in the text as a word of its own. */
static gboolean mentions(const char *text, const char *word) {
  g_autofree char *quoted = g_regex_escape_string(word, -1);
  g_autofree char *pattern = g_strdup_printf("(?<![\\w.-])%s(?![\\w-])", quoted);
  return g_regex_match_simple(pattern, text, G_REGEX_MULTILINE, 0);
}

static void require(const char *text, const char *word) {
  if (!mentions(text, word)) {
    g_test_message("whybounce-flow(5) says nothing about \"%s\"", word);
    g_test_fail();
  }
}

static void require_all(const char *text, const char *const *words) {
  for (; *words != NULL; words++)
    require(text, *words);
}

static void test_words(void) {
  g_autofree char *text = read_manual();
  require_all(text, flow_keys());
  for (StepKind kind = STEP_SAY; kind <= STEP_FINISH; kind++)
    require_all(text, step_keys(kind));
  require_all(text, step_words("as"));
  require_all(text, step_words("show"));
  require_all(text, step_words("finish"));
}

static void require_facts(const char *text, const char *prefix, const FactSpec *specs) {
  for (; specs->name != NULL; specs++) {
    g_autofree char *name = g_strconcat(prefix, specs->name, NULL);
    require(text, name);
    g_auto(GStrv) values = g_strsplit(specs->values != NULL ? specs->values : "", " ", -1);
    require_all(text, (const char *const *)values);
  }
}

static void test_facts(void) {
  g_autofree char *text = read_manual();
  require_facts(text, "bounce.", bounce_facts);
  for (guint i = 0; probe_table[i] != NULL; i++) {
    /* With its title: a fact of another probe may have the same name. */
    g_autofree char *item = g_strdup_printf("\n.It Cm %s\n%s.\n", probe_table[i]->name, probe_table[i]->title);
    const char *own = strstr(text, item);
    if (own == NULL)
      g_error("whybounce-flow(5) has no item for the probe %s", probe_table[i]->name);
    /* Up to the end of the list of its facts. */
    g_autofree char *part = g_strndup(own, (gsize)(strstr(own, "\n.El") - own));
    require_facts(part, "", probe_table[i]->gives);
    for (const ProbeInput *input = probe_table[i]->inputs; input->name != NULL; input++)
      require(part, input->name);
  }
}

/* The block of text to copy that begins with `first`. Caller frees. */
static char *example(const char *text, const char *first) {
  g_autofree char *head = g_strconcat("\n.Bd -literal -offset indent\n", first, NULL);
  const char *start = strstr(text, head);
  g_assert_nonnull(start);
  start += strlen("\n.Bd -literal -offset indent\n");
  return g_strndup(start, (gsize)(strstr(start, "\n.Ed") + 1 - start));
}

static void test_examples(void) {
  g_autofree char *text = read_manual();
  g_autofree char *flow = example(text, "format: 1"), *causes = example(text, "- id: domain_not_found"),
                  *guides = example(text, "- id: ac-outlook-classic");
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "host-not-found.yaml", flow);
  folder_write(folder, "knowledge/causes.yaml", causes);
  folder_write(folder, "knowledge/guides.yaml", guides);
  g_autoptr(Diags) diags = diags_new();
  flows_lint(folder->dir, NULL, diags);
  g_autofree char *faults = diags_text(diags);
  g_assert_cmpstr(faults, ==, "");
  g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
  g_assert_nonnull(flows_find(flows, "host-not-found"));
  g_assert_cmpuint(causes_all(flows_causes(flows))->len, ==, 1);
  g_assert_cmpuint(guides_all(flows_guides(flows))->len, ==, 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/manual/words", test_words);
  g_test_add_func("/manual/facts", test_facts);
  g_test_add_func("/manual/examples", test_examples);
  return g_test_run();
}
