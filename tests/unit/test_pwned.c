/* Leaked passwords, over recordings: what goes out, what is compared, and what is never told. */
#include "faults.h"

/* SHA-1 of "hunter2": F3BBB D66A63D4BF1747940578EC3D0103530E21D. */
#define PASSWORD "hunter2"
#define DIGITS "F3BBB"
#define REST "D66A63D4BF1747940578EC3D0103530E21D"
#define OTHER "0018A45C4D1DEF81644B54AB7F969B88D65"
#define KEY "https://api.pwnedpasswords.com/range/" DIGITS
#define HOST_A "{\"dns\":\"api.pwnedpasswords.com A\",\"answer\":[\"192.0.2.80\"]}"
#define HOST_AAAA "{\"dns\":\"api.pwnedpasswords.com AAAA\",\"status\":\"nodata\"}"

static ProbeRun *run_with(Net *net, const char *members) {
  g_autofree char *line = g_strdup_printf("{\"talk\":\"" KEY "\",%s}", members);
  const char *const lines[] = {HOST_A, HOST_AAAA, line};
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    net_preload(net, lines[i], &error);
    g_assert_no_error(error);
  }
  Facts *inputs = facts_new();
  facts_set_secret(inputs, "password", SOURCE_ASKED, PASSWORD);
  ProbeRun *run = probe_run_new(probe_find("pwned"), net, inputs);
  g_assert_true(probe_run_done(run));
  assert_complete(run);
  return run;
}

static const struct {
  const char *name, *members, *status, *count; /* NULL: unknown */
  Level level;
} cases[] = {
    {"leaked", "\"code\":200,\"body\":\"" OTHER ":3\\r\\n" REST ":17043\\r\\n\"", "leaked", "17043", LEVEL_FAIL},
    {"small letters", "\"code\":200,\"body\":\"d66a63d4bf1747940578ec3d0103530e21d:1\"", "leaked", "1", LEVEL_FAIL},
    {"not there", "\"code\":200,\"body\":\"" OTHER ":3\\r\\n\"", "not_found", "0", LEVEL_NOTE},
    {"padding has the count 0", "\"code\":200,\"body\":\"" OTHER ":3\\r\\n" REST ":0\\r\\n\"", "not_found", "0", LEVEL_NOTE},
    {"nothing", "\"code\":200,\"body\":\"\"", NULL, NULL, LEVEL_UNKNOWN},
    {"no body", "\"code\":200", NULL, NULL, LEVEL_UNKNOWN},
    {"a page", "\"code\":200,\"body\":\"<html>\"", NULL, NULL, LEVEL_UNKNOWN},
    {"a broken line", "\"code\":200,\"body\":\"" OTHER ":3\\n" REST ":many\\n\"", NULL, NULL, LEVEL_UNKNOWN},
    {"too short", "\"code\":200,\"body\":\"D66A:3\"", NULL, NULL, LEVEL_UNKNOWN},
    {"too many questions", "\"code\":429,\"body\":\"\"", NULL, NULL, LEVEL_UNKNOWN},
    {"a redirect", "\"code\":302,\"location\":\"https://elsewhere.example/\"", NULL, NULL, LEVEL_UNKNOWN},
    {"certificate", "\"status\":\"certificate\",\"phase\":\"tls\"", NULL, NULL, LEVEL_UNKNOWN},
    {"too big", "\"status\":\"too_big\",\"phase\":\"body\"", NULL, NULL, LEVEL_UNKNOWN},
    {"time-out", "\"status\":\"timeout\",\"phase\":\"connect\"", "timeout", NULL, LEVEL_UNKNOWN},
    {"refused", "\"status\":\"refused\",\"phase\":\"connect\"", "refused", NULL, LEVEL_UNKNOWN},
};

/* Not the password, not its hash, not the digits that are sent. */
static void assert_silent(const char *text) {
  if (text == NULL)
    return;
  static const char *const words[] = {PASSWORD, DIGITS, "f3bbb", REST, "D66A63", "d66a63"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    g_assert_null(strstr(text, words[i]));
}

static void assert_tells_nothing(const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  g_autoptr(GPtrArray) all = facts_all(result->facts);
  for (guint i = 0; i < all->len; i++)
    assert_silent(((Fact *)all->pdata[i])->text);
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *row = g_ptr_array_index(result->findings, i);
    g_autofree char *words = finding_words(row);
    assert_silent(words);
    assert_silent(row->quote);
    for (guint k = 0; k < row->evidence->len; k++) {
      const Evidence *evidence = g_ptr_array_index(row->evidence, k);
      assert_silent(evidence->asked);
      assert_silent(evidence->answer);
    }
  }
}

static void test_answers(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].name);
    g_autoptr(Net) net = replay(NULL);
    g_autoptr(ProbeRun) run = run_with(net, cases[i].members);
    if (cases[i].status != NULL)
      assert_fact(run, "status", cases[i].status);
    else
      assert_state(run, "status", FACT_UNKNOWN);
    if (cases[i].count != NULL)
      assert_fact(run, "count", cases[i].count);
    else
      assert_state(run, "count", FACT_UNKNOWN);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, cases[i].level);
    assert_tells_nothing(run);
  }
}

/* "Not found" is not "safe". */
static void test_not_found_is_not_safe(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_with(net, cases[2].members);
  g_autofree char *advice = message_text(find_row(run, "not among")->advice, NULL, NULL);
  g_assert_nonnull(strstr(advice, "does not make it safe"));
}

static void collect(const char *line, gpointer lines) {
  g_ptr_array_add(lines, g_strdup(line));
}

/* A net that cannot talk (nobody is at the resolver) would record what it was asked: not this. */
static void test_not_recorded(void) {
  g_autoptr(GError) error = NULL;
  const NetOptions options = {.resolver = "127.0.0.1:1", .timeout_ms = 50};
  g_autoptr(Net) net = net_live_new(&options, &error);
  g_assert_no_error(error);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  g_assert_true(net_preload(net, HOST_A, NULL) && net_preload(net, HOST_AAAA, NULL));
  net_add_sink(net, collect, lines);
  Facts *inputs = facts_new();
  facts_set_secret(inputs, "password", SOURCE_ASKED, PASSWORD);
  g_autoptr(ProbeRun) run = probe_run_new(probe_find("pwned"), net, inputs);
  probe_run_skip(run);
  g_assert_true(probe_run_done(run));
  assert_state(run, "count", FACT_UNKNOWN);
  assert_tells_nothing(run);
  guint n = net_waiter_length(probe_run_waiter(run));
  g_assert_cmpuint(n, ==, 3);
  for (guint i = 0; i < n; i++) {
    g_autofree char *line = net_waiter_line(probe_run_waiter(run), i);
    assert_silent(line);
  }
  g_assert_cmpuint(lines->len, >, 0);
  for (guint i = 0; i < lines->len; i++)
    assert_silent(g_ptr_array_index(lines, i));
}

static void test_look_ups(void) {
  static const char *const statuses[] = {"timeout", "servfail", "refused", "nxdomain"};
  for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
    g_autoptr(Net) net = replay(NULL);
    static const char *const types[] = {"A", "AAAA"};
    for (guint k = 0; k < 2; k++) {
      g_autofree char *line = g_strdup_printf("{\"dns\":\"api.pwnedpasswords.com %s\",\"status\":\"%s\"}", types[k], statuses[i]);
      g_assert_true(net_preload(net, line, NULL));
    }
    Facts *inputs = facts_new();
    facts_set_secret(inputs, "password", SOURCE_ASKED, PASSWORD);
    g_autoptr(ProbeRun) run = probe_run_new(probe_find("pwned"), net, inputs);
    assert_complete(run);
    assert_state(run, "count", FACT_UNKNOWN);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
  }
}

/* The operator is asked before, and it never runs by itself. */
static void test_flags(void) {
  const Probe *probe = probe_find("pwned");
  g_assert_true((probe->flags & PROBE_CONTACTS) != 0 && (probe->flags & PROBE_SECRET) != 0);
  g_assert_cmpstr(probe->fits, ==, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pwned/answers", test_answers);
  g_test_add_func("/pwned/not-found-is-not-safe", test_not_found_is_not_safe);
  g_test_add_func("/pwned/not-recorded", test_not_recorded);
  g_test_add_func("/pwned/look-ups", test_look_ups);
  g_test_add_func("/pwned/flags", test_flags);
  return g_test_run();
}
