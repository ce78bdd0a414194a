/* Rules and codes: which one decides, what a site's own file changes, and what the linter says. */
#include "flows.h"

#include "base/paths.h"
#include "mail/code.h"
#include "mail/rule_example.h"
#include "mail/rule_index.h"
#include "mail/rule_lint.h"
#include "mail/rule_match.h"
#include "mail/rule_pattern.h"

#include <string.h>

static const char *const no_files[] = {NULL};

/* --- patterns --- */

static void test_pattern(void) {
  static const struct {
    const char *pattern, *literals;
    guint weight;
    gboolean plain;
  } rows[] = {
      {"User Unknown", "user unknown", 12, TRUE},
      {"  folded  ", "folded", 6, TRUE},
      {"a[.]b\\.c", "a.b.c", 5, TRUE},
      {"cannot (find|locate) it", "cannot ", 14, FALSE},
      {"(find|locate) it", "find,locate", 7, FALSE},
      {"(a|locate) it", " it", 4, FALSE},
      {"colou?r", "colo", 5, FALSE},
      {"x(no)?y", "", 2, FALSE},
      {"ab+cd", "", 4, FALSE},
      {"[a|b]c", "", 1, FALSE},
      {"サーバー?の", "サーバ", 12, FALSE},
      {"\\bspam", "spam", 4, FALSE},
      {"IP=[0-9]+ refused", " refused", 11, FALSE},
      {"end$", "end", 3, FALSE},
      {"(?<!never )seen (?!before)", "seen ", 5, FALSE},
      {"(?:one|two)", "one,two", 3, FALSE},
      {"(?!never)", "", 0, FALSE},
      {"(?<!never)spam", "spam", 4, FALSE},
      {"\\x41bcd", "bcd", 3, FALSE},
      {"\\x{41}bcd", "bcd", 3, FALSE},
      {"(ab)\\12345", "", 2, FALSE},
      {"\\p{Greek}bcd", "bcd", 3, FALSE},
      {"(?x)a b c d", "", 0, FALSE},
      {"one(*ACCEPT)two", "", 0, FALSE},
      {"\\c\\\\\\abc", "", 0, FALSE},
      {"\\Qa*bcd\\E", "", 0, FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GPtrArray) all = pattern_split(rows[i].pattern);
    g_assert_cmpuint(all->len, ==, 1);
    const Alternative *alternative = g_ptr_array_index(all, 0);
    g_autofree char *literals = g_strjoinv(",", alternative->literals);
    g_assert_cmpstr(literals, ==, rows[i].literals);
    g_assert_cmpuint(alternative->weight, ==, rows[i].weight);
    g_assert_cmpint(alternative->plain, ==, rows[i].plain);
  }
  g_autoptr(GPtrArray) several = pattern_split("one | tw(o|oo) | [|] | \\| | four");
  g_assert_cmpuint(several->len, ==, 5);
  g_assert_cmpstr(((Alternative *)g_ptr_array_index(several, 1))->pattern, ==, "tw(o|oo)");
  g_assert_true(((Alternative *)g_ptr_array_index(several, 2))->weight == 1);
}

static void note_number(guint number, gsize at, gpointer user) {
  g_string_append_printf(user, "%u@%u ", number, (guint)at);
}

/* All that must be there saves trying the expression. */
static void test_others(void) {
  g_autoptr(GPtrArray) all = pattern_split("mailbox (full|over quota) .* deleted");
  Alternative *alternative = g_ptr_array_index(all, 0);
  g_assert_cmpstr(alternative->literals[0], ==, "mailbox ");
  g_assert_cmpuint(alternative->others->len, ==, 2);
  g_assert_false(alternative_matches(alternative, "mailbox is gone"));
  g_assert_false(alternative_matches(alternative, "mailbox full"));
  g_assert_null(alternative->regex);
  for (int i = 0; i < 30; i++) {
    g_assert_true(alternative_matches(alternative, "mailbox over quota mail is deleted"));
    g_assert_false(alternative_matches(alternative, "mailbox, deleted, over quota"));
  }
}

static void test_index(void) {
  g_autoptr(RuleIndex) index = rule_index_new();
  static const char *const literals[] = {"user unknown", "unknown", "own", "full", NULL};
  for (guint i = 0; literals[i]; i++)
    rule_index_add(index, literals[i], i);
  static const char *const rows[][2] = {
      {"550 user unknown", "0@4 1@9 2@13 "}, {"unkown", "2@3 "}, {"ful", ""}, {"", ""}, {"full full", "3@0 3@5 "}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GString) found = g_string_new(NULL);
    rule_index_search(index, rows[i][0], note_number, found);
    g_auto(GStrv) words = g_strsplit(found->str, " ", -1), wanted = g_strsplit(rows[i][1], " ", -1);
    g_assert_cmpuint(g_strv_length(words), ==, g_strv_length(wanted));
    for (char **word = wanted; *word; word++)
      g_assert_true(g_strv_contains((const char *const *)words, *word));
  }
}

static void test_normalise(void) {
  static const char *const rows[][2] = {
      {"550 5.1.1  User\tUNKNOWN \n", "550 5.1.1 user unknown"},
      {"550-5.7.26 This mail 550-5.7.26 is not 550 5.7.26 taken", "550-5.7.26 this mail is not taken"},
      {"550-one 550-two 550 three", "550-one two three"},
      {"couldn\xE2\x80\x99t find &lt;taro@example.com&gt; &amp; others", "couldn't find <taro@example.com> & others"},
      {"550 1550 5501 550 end", "550 1550 5501 end"},
      {"\xD0\x9D\xD0\x95\xD0\xA2 User", "\xD0\xBD\xD0\xB5\xD1\x82 user"},
      {"", ""},
      {"550", "550"},
      {"\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB\xE3\x80\x80x", "\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB x"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = classify_normalise(rows[i][0]);
    g_assert_cmpstr(text, ==, rows[i][1]);
  }
  /* A long text is cut between characters. */
  for (gsize before = 0; before < 3; before++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize n = 0; n < before; n++)
      g_string_append_c(text, 'a');
    while (text->len < 40000)
      g_string_append(text, "あ");
    g_autofree char *normal = classify_normalise(text->str);
    g_assert_true(g_utf8_validate(normal, -1, NULL));
    g_assert_cmpuint(strlen(normal), >, 16000);
  }
}

/* --- which rule decides --- */

static void check(const RuleExamples *examples, const RuleExample *example, Classifier *classifier) {
  Classification found = rule_example_classify(example, classifier);
  const Rule *rule = example->rule ? classifier_rule(classifier, example->rule) : NULL;
  const Rule *decided = rule && rule->wrapper ? found.form : found.rule;
  const char *wanted = example->cause ? example->cause : rule && !rule->wrapper ? rule->cause : NULL;
  gboolean good = decided == rule && (!wanted || g_strcmp0(found.cause, wanted) == 0);
  if (example->rule && !rule)
    good = FALSE;
  if (!good) {
    g_test_message("%s:%d: \"%s\": wanted %s (%s), got %s (%s)", yaml_file(rule_examples_doc(examples)),
                   example->node->line, example->text, example->rule, wanted, decided ? decided->id : found.code,
                   found.cause);
    g_test_fail();
  }
}

static void check_file(const char *path, Classifier *classifier) {
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(RuleExamples) examples = rule_examples_load(path, diags);
  g_autofree char *faults = diags_text(diags);
  g_assert_cmpstr(faults, ==, "");
  GPtrArray *all = rule_examples_all(examples);
  for (guint i = 0; i < all->len; i++)
    check(examples, g_ptr_array_index(all, i), classifier);
}

static void test_examples(void) {
  g_autoptr(Classifier) classifier = classifier_new(NULL, no_files);
  g_autofree char *path = paths_knowledge("rule-examples.yaml");
  check_file(path, classifier);
  g_assert_cmpuint(diags_length(classifier_diags(classifier)), ==, 0);
}

/* Two meanings of a code, the order of trust, words that say something else elsewhere. */
static void test_order(void) {
  g_autoptr(Classifier) classifier = classifier_new(NULL, no_files);
  check_file("tests/unit/data/rules-order.yaml", classifier);
}

/* CAUSE | WORDS ! COMMAND: see the file. */
static void check_phrase(const char *line, Classifier *classifier) {
  g_auto(GStrv) halves = g_strsplit(line, "|", 2);
  g_assert_cmpuint(g_strv_length(halves), ==, 2);
  g_auto(GStrv) words = g_strsplit(g_strstrip(halves[1]), " ! ", 2);
  const RuleExample example = {.text = words[0], .command = words[1]};
  Classification found = rule_example_classify(&example, classifier);
  const char *wanted = g_strstrip(halves[0]), *got = found.cause ? found.cause : "-";
  if (strcmp(wanted, got) == 0)
    return;
  g_test_message("\"%s\": wanted %s, got %s (%s)", words[0], wanted, got, found.rule ? found.rule->id : found.code);
  g_test_fail();
}

static void test_phrases(void) {
  g_autoptr(Classifier) classifier = classifier_new(NULL, no_files);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents("tests/unit/data/rules-phrases.txt", &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line && **line != '#')
      check_phrase(*line, classifier);
}

/* Every rule of ours has an example, and there are as many as promised. */
static void test_complete(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *path = paths_knowledge("rules.yaml"), *examples_path = paths_knowledge("rule-examples.yaml");
  g_autoptr(Rules) rules = rules_load(path, NULL, diags);
  g_autoptr(RuleExamples) examples = rule_examples_load(examples_path, diags);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < rule_examples_all(examples)->len; i++)
    g_hash_table_add(seen, (gpointer)((RuleExample *)g_ptr_array_index(rule_examples_all(examples), i))->rule);
  guint of_providers = 0;
  for (guint i = 0; i < rules_all(rules)->len; i++) {
    const Rule *rule = g_ptr_array_index(rules_all(rules), i);
    g_assert_true(g_hash_table_contains(seen, rule->id));
    of_providers += rule->provider && rule->provider->kind != PROVIDER_GENERIC;
  }
  g_assert_cmpuint(of_providers, >=, 180);
}

/* --- a site's own rules --- */

static const char *cause_of(Classifier *classifier, const char *text, const char **rule) {
  const RuleExample example = {.text = text};
  Classification found = rule_example_classify(&example, classifier);
  *rule = found.rule ? found.rule->id : NULL;
  return found.cause;
}

#define OWN_HEAD "format: 1\nreviewed: 2026-11-21\nrules:\n"

static void test_own(void) {
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "rules.yaml",
               OWN_HEAD
               "  - {id: house-limit, pattern: over the house limit, cause: message_too_large, summary: S, source: us}\n"
               "  - {id: generic-spam, provider: generic, pattern: chewing gum, cause: content_spam, summary: S, source: us}\n"
               "  - {id: broken, pattern: 'a (b', cause: content_spam, summary: S, source: us}\n"
               "  - {id: nothing, pattern: }\n"
               "  - {id: ours, pattern: mailbox is full, cause: mailbox_disabled, summary: S, source: us}\n");
  const char *files[] = {g_ptr_array_index(folder->files, 0), "/nonexistent/rules.yaml", NULL};
  for (guint i = 0; i < folder->files->len; i++)
    if (g_str_has_suffix(g_ptr_array_index(folder->files, i), "rules.yaml"))
      files[0] = g_ptr_array_index(folder->files, i);
  g_autoptr(Classifier) classifier = classifier_new(NULL, files);
  const char *rule = NULL;
  g_assert_cmpstr(cause_of(classifier, "552 This is over the house limit", &rule), ==, "message_too_large");
  g_assert_cmpstr(rule, ==, "house-limit");
  /* Overridden: ours no longer counts. */
  g_assert_cmpstr(cause_of(classifier, "550 chewing gum", &rule), ==, "content_spam");
  cause_of(classifier, "550 this looks like spam", &rule);
  g_assert_cmpstr(rule, !=, "generic-spam");
  /* The site's comes first, even if one of ours has more evidence. */
  g_assert_cmpstr(cause_of(classifier, "552 5.2.2 mailbox is full", &rule), ==, "mailbox_disabled");
  /* What is broken is told, the rest works. */
  g_autofree char *faults = diags_text((Diags *)classifier_diags(classifier));
  g_assert_nonnull(strstr(faults, "rules.yaml:6:"));
  g_assert_nonnull(strstr(faults, "rules.yaml:7:"));
  g_assert_null(strstr(faults, "rules.yaml:4:"));
  g_assert_cmpstr(cause_of(classifier, "550 no such user here", &rule), ==, "recipient_unknown");
}

/* --- the linter --- */

static gboolean is_cause(const char *id, G_GNUC_UNUSED gpointer user) {
  return g_str_equal(id, "content_spam") || g_str_equal(id, "mailbox_full");
}

static void test_lint(void) {
  static const struct {
    const char *rules, *wanted;
  } rows[] = {
      {"  - {id: a, pattern: zebra crossing, cause: content_spam, summary: S, source: us, example: a zebra crossing}\n", ""},
      {"  - {id: a, pattern: 'zebra (', cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: This part of the pattern is broken: \"zebra (\""},
      {"  - {id: a, pattern: 'zebra ||', cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: This part of the pattern is broken: \"\""},
      {"  - {id: a, pattern: zebra, cause: content_sapm, summary: S, source: us, example: zebra}\n",
       "error: There is no cause \"content_sapm\""},
      {"  - {id: a, pattern: zebra, cause: content_spam, summary: S, source: us}\n",
       "warning: The rule \"a\" has no example"},
      {"  - {id: a, pattern: zebra, cause: content_spam, summary: S, source: us, example: a horse}\n",
       "warning: The rule \"a\" does not match its own example"},
      {"  - {id: a, pattern: zebra, cause: content_spam, summary: S, source: us, example: a zebra crossing}\n"
       "  - {id: b, pattern: zebra crossing, cause: mailbox_full, summary: S, source: us, example: a zebra crossing}\n",
       "warning: The rule \"a\" is shadowed: \"b\" decides"},
      {"  - {id: a, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra, reviewed: 2024-11-20}\n",
       "warning: This was reviewed on 2024-11-20"},
      {"  - {id: a, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra, reviewed: 2024-11-21}\n", ""},
      {"  - {id: a, pattern: '.*', cause: content_spam, summary: S, source: us, example: zebra}\n",
       "warning: \".*\" has no 3 letters in a row"},
      {"  - {id: a, cause: content_spam, summary: S, source: us, example: zebra}\n", "error: A rule needs a pattern or codes"},
      {"  - {id: a, codes: 550, cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: A rule without a pattern needs hosts"},
      {"  - {id: a, codes: 55x, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: \"55x\" is no code"},
      {"  - {id: a, codes: 5.7.9-5.7.1, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: \"5.7.9-5.7.1\" is no code"},
      {"  - {id: a, provider: gmial, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: There is no provider \"gmial\": did you mean \"gmail\"?"},
      {"  - {id: a, needs: hosts, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: \"hosts\" is not known for needs"},
      {"  - {id: a, needs: host, pattern: zebra, cause: content_spam, summary: S, source: us, example: zebra}\n",
       "error: This rule needs a host"},
      {"  - {id: a, pattern: zebra, cause: content_spam, summary: S, source: us, exmaple: zebra}\n",
       "error: \"exmaple\" is not known here: did you mean \"example\"?"},
  };
  const LintWorld world = {.is_cause = is_cause, .today = "2026-11-21"};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *text = g_strconcat(OWN_HEAD, rows[i].rules, NULL);
    folder_write(folder, "my-rules.yaml", text);
    const char *file = g_ptr_array_index(folder->files, folder->files->len - 1);
    g_autoptr(Diags) diags = diags_new();
    rules_lint(file, &world, diags);
    g_autofree char *faults = diags_text(diags);
    if (*rows[i].wanted)
      g_assert_nonnull(strstr(faults, rows[i].wanted));
    else
      g_assert_cmpstr(faults, ==, "");
  }
}

/* --- codes --- */

static void test_codes(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *status_path = paths_knowledge("status.yaml"), *reply_path = paths_knowledge("replies.yaml");
  g_autoptr(Codes) status = codes_load(status_path, diags), replies = codes_load(reply_path, diags);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  g_assert_cmpstr(codes_find(status, "5.1.1")->cause, ==, "recipient_unknown");
  g_assert_cmpstr(codes_find(status, "4.2.2")->code, ==, "X.2.2");
  g_assert_null(codes_find(status, "5.1.99"));
  g_assert_null(codes_find(status, "550"));
  g_assert_cmpstr(codes_find(replies, "550")->cause, ==, "recipient_unknown");
  g_assert_null(codes_find(replies, "554")->cause);
  g_assert_null(codes_find(NULL, "550"));
  /* The whole registry: details 0 to the last of each subject, as IANA has them. */
  static const guint last[] = {0, 10, 4, 6, 7, 6, 10, 30};
  for (guint subject = 0; subject < G_N_ELEMENTS(last); subject++)
    for (guint detail = 0; detail <= last[subject]; detail++) {
      g_autofree char *code = g_strdup_printf("5.%u.%u", subject, detail);
      g_assert_nonnull(codes_find(status, code));
    }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rules/pattern", test_pattern);
  g_test_add_func("/rules/others", test_others);
  g_test_add_func("/rules/index", test_index);
  g_test_add_func("/rules/normalise", test_normalise);
  g_test_add_func("/rules/examples", test_examples);
  g_test_add_func("/rules/order", test_order);
  g_test_add_func("/rules/phrases", test_phrases);
  g_test_add_func("/rules/complete", test_complete);
  g_test_add_func("/rules/own", test_own);
  g_test_add_func("/rules/lint", test_lint);
  g_test_add_func("/rules/codes", test_codes);
  return g_test_run();
}
