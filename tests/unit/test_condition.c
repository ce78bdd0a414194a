/* Conditions: every word over every state of a fact, and what an author is told about a mistake. */
#include "flow/condition.h"

#include <string.h>

static Condition *load(const char *text, Diags *diags) {
  g_autoptr(YamlDoc) doc = yaml_load_data("test.yaml", text, strlen(text), diags);
  g_assert_nonnull(doc);
  return condition_load(doc, yaml_root(doc), diags);
}

/* The facts that the table below speaks of, one for each state and type. */
static Facts *make_facts(void) {
  Facts *facts = facts_new();
  facts_set_text(facts, "word", SOURCE_PROBE, "NxDomain");
  facts_set_text(facts, "reply", SOURCE_BOUNCE, "550");
  facts_set_text(facts, "code", SOURCE_BOUNCE, "5.7.1");
  facts_set_text(facts, "ja", SOURCE_ASKED, "宛先不明です");
  facts_set_text(facts, "says", SOURCE_PROBE, "unknown");
  facts_set_number(facts, "count", SOURCE_PROBE, 2);
  facts_set_number(facts, "below", SOURCE_PROBE, -3);
  facts_set_list(facts, "list", SOURCE_PROBE, (const char *[]){"bl.example.org", "Zen.example.net", NULL});
  facts_set_list(facts, "none", SOURCE_PROBE, (const char *[]){NULL});
  facts_set_absent(facts, "gone", SOURCE_PROBE);
  facts_set_unknown(facts, "lost", SOURCE_PROBE, "timeout");
  return facts;
}

typedef struct Row {
  const char *condition;
  gboolean holds;
} Row;

static const Row rows[] = {
    /* a value */
    {"{word: nxdomain}", TRUE},
    {"{word: NXDOMAIN}", TRUE},
    {"{word: nxdomai}", FALSE},
    {"{word: nxdomainx}", FALSE},
    {"{reply: 550}", TRUE},
    {"{reply: 55}", FALSE},
    {"{code: 5.7.1}", TRUE},
    {"{ja: 宛先不明です}", TRUE},
    {"{count: 2}", TRUE},
    {"{count: 02}", TRUE},
    {"{count: 20}", FALSE},
    {"{below: -3}", TRUE},
    {"{list: zen.example.net}", TRUE},
    {"{list: zen.example}", FALSE},
    {"{list: 2}", FALSE},
    {"{none: 0}", FALSE},
    {"{gone: x}", FALSE},
    {"{lost: timeout}", FALSE},
    {"{never: x}", FALSE},
    /* a list */
    {"{word: [ok, nxdomain]}", TRUE},
    {"{word: [ok, no_data]}", FALSE},
    {"{word: [ok, unknown]}", FALSE},
    {"{lost: [ok, unknown]}", TRUE},
    {"{gone: [ok, absent]}", TRUE},
    {"{count: [less than 1, more than 1]}", TRUE},
    /* not */
    {"{word: not ok}", TRUE},
    {"{word: not nxdomain}", FALSE},
    {"{count: not 3}", TRUE},
    {"{count: not 2}", FALSE},
    {"{list: not sbl.example.org}", TRUE},
    {"{list: not bl.example.org}", FALSE},
    {"{none: not x}", TRUE},
    {"{gone: not x}", FALSE},
    {"{lost: not x}", FALSE},
    {"{never: not x}", FALSE},
    /* numbers */
    {"{count: at least 2}", TRUE},
    {"{count: at least 3}", FALSE},
    {"{count: more than 1}", TRUE},
    {"{count: more than 2}", FALSE},
    {"{count: less than 3}", TRUE},
    {"{count: less than 2}", FALSE},
    {"{count: at  least   2}", TRUE},
    {"{count: at least   3}", FALSE},
    {"{below: less than -2}", TRUE},
    {"{below: less than -3}", FALSE},
    {"{list: at least 2}", TRUE},
    {"{list: more than 2}", FALSE},
    {"{none: less than 1}", TRUE},
    {"{none: at least 1}", FALSE},
    {"{reply: at least 500}", TRUE},
    {"{reply: at least 551}", FALSE},
    {"{code: at least 5}", FALSE},
    {"{word: less than 99}", FALSE},
    {"{gone: less than 1}", FALSE},
    {"{gone: at least 0}", FALSE},
    {"{lost: less than 1}", FALSE},
    {"{never: less than 1}", FALSE},
    /* contains, matches */
    {"{word: contains DOM}", TRUE},
    {"{word: contains domx}", FALSE},
    {"{ja: contains 不明}", TRUE},
    {"{list: contains example.org}", TRUE},
    {"{list: \"contains , \"}", FALSE},
    {"{count: contains 2}", TRUE},
    {"{gone: contains x}", FALSE},
    {"{lost: contains time}", FALSE},
    {"{never: contains x}", FALSE},
    {"{word: matches nx*}", TRUE},
    {"{word: matches domain}", FALSE},
    {"{word: matches \"*main\"}", TRUE},
    {"{word: matches nx?omain}", TRUE},
    {"{word: matches nx?domain}", FALSE},
    {"{word: matches \"*\"}", TRUE},
    {"{word: matches \"**n*o*n*\"}", TRUE},
    {"{word: matches \"*x*x*\"}", FALSE},
    {"{code: matches 5.7.*}", TRUE},
    {"{code: matches 5.1.*}", FALSE},
    {"{ja: matches 宛先??です}", TRUE},
    {"{ja: matches 宛先?です}", FALSE},
    {"{list: matches zen.*}", TRUE},
    {"{list: matches zen*.org}", FALSE},
    {"{none: matches \"*\"}", FALSE},
    {"{gone: matches \"*\"}", FALSE},
    {"{lost: matches \"*\"}", FALSE},
    {"{never: matches \"*\"}", FALSE},
    /* known, unknown, absent */
    {"{word: known}", TRUE},
    {"{none: known}", TRUE},
    {"{gone: known}", FALSE},
    {"{lost: known}", FALSE},
    {"{never: known}", FALSE},
    {"{word: unknown}", FALSE},
    {"{none: unknown}", FALSE},
    {"{gone: unknown}", FALSE},
    {"{lost: unknown}", TRUE},
    {"{never: unknown}", TRUE},
    {"{says: unknown}", TRUE}, /* a probe's own word */
    {"{says: known}", TRUE},
    {"{word: absent}", FALSE},
    {"{none: absent}", FALSE},
    {"{gone: absent}", TRUE},
    {"{lost: absent}", FALSE},
    {"{never: absent}", FALSE},
    {"{word: Known}", TRUE},
    {"{word: known fact}", FALSE}, /* a value that begins like a word */
    /* several keys: and */
    {"{word: nxdomain, count: at least 2}", TRUE},
    {"{word: nxdomain, count: at least 3}", FALSE},
    {"{word: ok, count: at least 2}", FALSE},
};

static void test_holds(void) {
  g_autoptr(Facts) facts = make_facts();
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Condition) condition = load(rows[i].condition, diags);
    g_assert_nonnull(condition);
    g_assert_cmpuint(diags_length(diags), ==, 0);
    if (condition_holds(condition, facts) != rows[i].holds) {
      g_test_message("%s should %s", rows[i].condition, rows[i].holds ? "hold" : "not hold");
      g_test_fail();
    }
  }
}

typedef struct Fault {
  const char *condition, *text;
} Fault;

static const Fault faults[] = {
    {"[a]", "test.yaml:1:1: error: A condition is written {fact: value}, for example {mx.status: nxdomain}"},
    {"{}", "test.yaml:1:1: error: A condition is written {fact: value}, for example {mx.status: nxdomain}"},
    {"{mx status: ok}", "test.yaml:1:2: error: \"mx status\" is not the name of a fact, such as mx.status"},
    {"{a: }", "test.yaml:1:5: error: No value for \"a\": write one, or known, unknown or absent"},
    {"{a: []}", "test.yaml:1:5: error: The list for \"a\" is empty: it can never hold"},
    {"{a: {b: c}}", "test.yaml:1:5: error: Here must be a value or a comparison, such as \"at least 2\""},
    {"{a: [b, [c]]}", "test.yaml:1:9: error: Here must be a value or a comparison, such as \"at least 2\""},
    {"{a: at least}", "test.yaml:1:5: error: Nothing follows \"at least\""},
    {"{a: not}", "test.yaml:1:5: error: Nothing follows \"not\""},
    {"{a: at least two}", "test.yaml:1:5: error: A whole number must follow \"at least\", not \"two\""},
    {"{a: more than 1.5}", "test.yaml:1:5: error: A whole number must follow \"more than\", not \"1.5\""},
    {"{a: less than 99999999999999999999}",
     "test.yaml:1:5: error: A whole number must follow \"less than\", not \"99999999999999999999\""},
    {"{a: \">= 2\"}", "test.yaml:1:5: error: \">= 2\" is not a comparison: write it in words (at least, more than, "
                      "less than, not)"},
    {"{a: at most 3}", "test.yaml:1:5: error: \"at most 3\" is not a comparison: write \"less than 4\""},
    {"{a: greater than 3}", "test.yaml:1:5: error: \"greater than 3\" is not a comparison: write \"more than 3\""},
    {"{a: not known}", "test.yaml:1:5: error: \"not known\": only a value can follow \"not\"; use [unknown, absent] "
                       "instead"},
    {"{a: not at least 2}", "test.yaml:1:5: error: \"not at least 2\": only a value can follow \"not\"; use \"less "
                            "than\" instead"},
};

static void test_faults(void) {
  for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Condition) condition = load(faults[i].condition, diags);
    g_assert_null(condition);
    g_assert_cmpuint(diags_length(diags), ==, 1);
    g_autofree char *text = diag_format(diags_get(diags, 0));
    g_assert_cmpstr(text, ==, faults[i].text);
  }
}

static void test_always(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Condition) condition = load("{a: [not b, not c]}", diags);
  g_assert_nonnull(condition);
  g_assert_cmpuint(diags_count(diags, DIAG_WARNING), ==, 1);
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 0);
}

typedef struct Check {
  const char *condition;
  FactSpec spec;
  const char *text; /* NULL: nothing to say */
} Check;

static const Check checks[] = {
    {"{a: nxdomain}", {"a", FACT_TEXT, "ok nxdomain", ""}, NULL},
    {"{a: NXDOMAIN}", {"a", FACT_TEXT, "ok nxdomain", ""}, NULL},
    {"{a: nxdomian}",
     {"a", FACT_TEXT, "ok nxdomain", ""},
     "f:1:5: error: \"a\" is never \"nxdomian\"; did you mean \"nxdomain\"?"},
    {"{a: [ok, refused]}",
     {"a", FACT_TEXT, "ok nxdomain", ""},
     "f:1:10: error: \"a\" is never \"refused\"; it is one of: ok, nxdomain"},
    {"{a: not refused}",
     {"a", FACT_TEXT, "ok nxdomain", ""},
     "f:1:5: error: \"a\" is never \"refused\"; it is one of: ok, nxdomain"},
    {"{a: contains domain}", {"a", FACT_TEXT, "ok nxdomain", ""}, NULL},
    {"{a: matches \"n*\"}", {"a", FACT_TEXT, "ok nxdomain", ""}, NULL},
    {"{a: matches \"z*\"}",
     {"a", FACT_TEXT, "ok nxdomain", ""},
     "f:1:5: error: \"a\" is never \"z*\"; it is one of: ok, nxdomain"},
    {"{a: [known, unknown, absent]}", {"a", FACT_TEXT, "ok nxdomain", ""}, NULL},
    {"{a: at least 2}", {"a", FACT_TEXT, "ok nxdomain", ""}, "f:1:5: error: \"a\" is a word, not a number"},
    {"{a: at least 2}", {"a", FACT_TEXT, NULL, ""}, NULL},
    {"{a: at least 2}", {"a", FACT_LIST, "x y", ""}, NULL},
    {"{a: anything}", {"a", FACT_TEXT, NULL, ""}, NULL},
    {"{a: 3}", {"a", FACT_NUMBER, NULL, ""}, NULL},
    {"{a: three}", {"a", FACT_NUMBER, NULL, ""}, "f:1:5: error: \"a\" is a number, never \"three\""},
    {"{b: whatever}", {"a", FACT_TEXT, "ok", ""}, NULL}, /* another fact */
};

static void test_check(void) {
  for (guint i = 0; i < G_N_ELEMENTS(checks); i++) {
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Condition) condition = load(checks[i].condition, diags);
    g_assert_nonnull(condition);
    condition_check(condition, "a", &checks[i].spec, "f", diags);
    g_autofree char *text = diags_length(diags) > 0 ? diag_format(diags_get(diags, 0)) : NULL;
    g_assert_cmpstr(text, ==, checks[i].text);
  }
}

static void test_facts(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Condition) condition =
      load("{mx.status: [nxdomain, no_data], mx.hosts: at least 1, rcpt: known, a: absent, b: contains x}", diags);
  const char *const *names = condition_facts(condition);
  g_assert_cmpuint(g_strv_length((char **)names), ==, 5);
  g_assert_cmpstr(names[1], ==, "mx.hosts");
  int line = 0, col = 0;
  g_assert_true(condition_place(condition, "mx.hosts", &line, &col));
  g_assert_cmpint(line, ==, 1);
  g_assert_cmpint(col, ==, 34);
  g_assert_false(condition_place(condition, "mx", &line, &col));
}

/* A pattern of many stars against a long text must not take exponential time. */
static void test_hostile_glob(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Condition) condition = load("{a: \"matches *a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\"}", diags);
  g_autofree char *text = g_strnfill(4000, 'a');
  g_autoptr(Facts) facts = facts_new();
  facts_set_text(facts, "a", SOURCE_ASKED, text);
  gint64 start = g_get_monotonic_time();
  g_assert_false(condition_holds(condition, facts));
  g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/condition/holds", test_holds);
  g_test_add_func("/condition/faults", test_faults);
  g_test_add_func("/condition/always", test_always);
  g_test_add_func("/condition/check", test_check);
  g_test_add_func("/condition/facts", test_facts);
  g_test_add_func("/condition/hostile-glob", test_hostile_glob);
  return g_test_run();
}
