/* Facts in three states, findings, and the weight of a result. */
#include "probe/fact.h"
#include "probe/finding.h"
#include "probe/table.h"

#include <string.h>

static void test_states(void) {
  g_autoptr(Facts) facts = facts_new();
  g_assert_null(facts_get(facts, "mx.status"));
  facts_set_text(facts, "mx.status", SOURCE_PROBE, "ok");
  facts_set_absent(facts, "mx.hosts", SOURCE_PROBE);
  facts_set_unknown(facts, "mx.count", SOURCE_PROBE, "timeout");
  g_assert_cmpstr(facts_text(facts, "mx.status"), ==, "ok");
  g_assert_null(facts_text(facts, "mx.hosts"));
  g_assert_null(facts_text(facts, "mx.count"));
  g_assert_cmpint(facts_get(facts, "mx.hosts")->state, ==, FACT_ABSENT);
  g_assert_cmpint(facts_get(facts, "mx.count")->state, ==, FACT_UNKNOWN);
  g_assert_cmpstr(facts_get(facts, "mx.count")->why, ==, "timeout");
  facts_set_number(facts, "mx.count", SOURCE_PROBE, -3);
  g_assert_cmpint(facts_get(facts, "mx.count")->state, ==, FACT_KNOWN);
  g_assert_cmpstr(facts_text(facts, "mx.count"), ==, "-3");
}

static void test_safe(void) {
  g_autoptr(Facts) facts = facts_new();
  facts_set_text(facts, "x", SOURCE_ASKED, "a\x1b[2Jb\n");
  const Fact *fact = facts_get(facts, "x");
  g_assert_cmpstr(fact->raw, ==, "a\x1b[2Jb\n");
  g_assert_null(strchr(fact->text, '\x1b'));
  g_assert_null(strchr(fact->text, '\n'));
  const char *const items[] = {"mx1.example.com", "\x1b]0;x\x07", NULL};
  facts_set_list(facts, "l", SOURCE_PROBE, items);
  fact = facts_get(facts, "l");
  g_assert_cmpint(fact->number, ==, 2);
  g_assert_null(strchr(fact->list[1], '\x1b'));
  g_assert_true(g_str_has_prefix(fact->text, "mx1.example.com, "));
  const char *const none[] = {NULL};
  facts_set_list(facts, "l", SOURCE_PROBE, none);
  g_assert_cmpint(facts_get(facts, "l")->number, ==, 0);
  g_assert_cmpstr(facts_text(facts, "l"), ==, "");
}

static void test_replace_by_own_text(void) {
  g_autoptr(Facts) facts = facts_new();
  facts_set_text(facts, "x", SOURCE_ASKED, "value");
  facts_set_text(facts, "x", SOURCE_ASKED, facts_get(facts, "x")->raw);
  g_assert_cmpstr(facts_text(facts, "x"), ==, "value");
  facts_set_copy(facts, "x", facts_get(facts, "x"));
  g_assert_cmpstr(facts_text(facts, "x"), ==, "value");
}

static void test_merge(void) {
  g_autoptr(Facts) from = facts_new();
  g_autoptr(Facts) facts = facts_new();
  const char *const hosts[] = {"b", "a", NULL};
  facts_set_list(from, "hosts", SOURCE_PROBE, hosts);
  facts_set_unknown(from, "status", SOURCE_PROBE, "servfail");
  facts_stamp(from, 42);
  facts_set_text(from, "late", SOURCE_PROBE, "x");
  facts_stamp(from, 43);
  facts_merge(facts, from, "mx.");
  facts_merge(facts, from, NULL);
  g_assert_cmpstr(facts_text(facts, "mx.hosts"), ==, "b, a");
  g_assert_cmpstr(facts_get(facts, "mx.status")->why, ==, "servfail");
  g_assert_cmpint(facts_get(facts, "mx.hosts")->time, ==, 42);
  g_assert_cmpint(facts_get(facts, "late")->time, ==, 43);
  g_autoptr(GPtrArray) all = facts_all(facts);
  g_assert_cmpuint(all->len, ==, 6);
  static const char *const sorted[] = {"hosts", "late", "mx.hosts", "mx.late", "mx.status", "status"};
  for (guint i = 0; i < all->len; i++)
    g_assert_cmpstr(((Fact *)g_ptr_array_index(all, i))->name, ==, sorted[i]);
}

static void test_levels(void) {
  static const struct {
    Level levels[4];
    guint n;
    Level want;
  } cases[] = {
      {{0}, 0, LEVEL_OK},
      {{LEVEL_OK, LEVEL_NOTE}, 2, LEVEL_NOTE},
      {{LEVEL_OK, LEVEL_UNKNOWN, LEVEL_NOTE}, 3, LEVEL_UNKNOWN}, /* unknown never reads as fine */
      {{LEVEL_UNKNOWN, LEVEL_WARN}, 2, LEVEL_WARN},              /* nor hides what is bad */
      {{LEVEL_FAIL, LEVEL_WARN, LEVEL_UNKNOWN}, 3, LEVEL_FAIL},
      {{LEVEL_SKIP, LEVEL_WAIT}, 2, LEVEL_OK},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Result) result = result_new();
    for (guint k = 0; k < cases[i].n; k++)
      result_add(result, cases[i].levels[k], NULL, message_new("x", NULL));
    g_assert_cmpint(result_level(result), ==, cases[i].want);
  }
  g_assert_cmpstr(level_word(LEVEL_UNKNOWN), ==, "unknown");
  g_assert_cmpstr(level_word(LEVEL_WAIT), ==, "wait");
}

static void test_finding(void) {
  g_autoptr(Result) result = result_new();
  Finding *finding = result_add(result, LEVEL_WARN, "mx\x1b.example.com", message_new("x", NULL));
  finding_set_quote(finding, "220 hello\x07");
  finding_set_quote(finding, "221 bye\x07");
  finding_set_advice(finding, message_new("a", NULL));
  finding_set_advice(finding, message_new("b", NULL));
  finding_add_evidence(finding, "example.com MX", NULL, "10 mx\n.example.com", 21, 7, "RFC 5321 s5.1");
  g_assert_null(strchr(finding->subject, '\x1b'));
  g_assert_null(strchr(finding->quote, '\x07'));
  g_assert_true(g_str_has_prefix(finding->quote, "221"));
  g_assert_cmpstr(message_id(finding->advice), ==, "b");
  const Evidence *evidence = g_ptr_array_index(finding->evidence, 0);
  g_assert_null(strchr(evidence->answer, '\n'));
  g_assert_null(evidence->server);
}

/* Linter, help and documentation rest on the tables: none may be half filled in. */
static void test_table(void) {
  for (guint i = 0; probe_table[i] != NULL; i++) {
    const Probe *probe = probe_table[i];
    g_test_message("%s", probe->name);
    g_assert_true(probe_find(probe->name) == probe);
    g_assert_nonnull(probe->title);
    g_assert_nonnull(probe->why);
    g_assert_nonnull(probe->fits);
    for (const ProbeInput *input = probe->inputs; input->name != NULL; input++)
      g_assert_true(input->as != NULL && input->meaning != NULL);
    for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++)
      g_assert_nonnull(spec->meaning);
  }
  g_assert_null(probe_find("nonesuch"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/fact/states", test_states);
  g_test_add_func("/fact/safe", test_safe);
  g_test_add_func("/fact/own-text", test_replace_by_own_text);
  g_test_add_func("/fact/merge", test_merge);
  g_test_add_func("/finding/levels", test_levels);
  g_test_add_func("/finding/strings", test_finding);
  g_test_add_func("/probe/table", test_table);
  return g_test_run();
}
