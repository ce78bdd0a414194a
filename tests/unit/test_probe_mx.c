/* The mail servers of a domain, over a recording: what each kind of answer means, and what is wrong with records. */
#include "probes.h"

static Net *net;

static void test_ok(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "Example.COM.", NULL);
  assert_complete(run);
  assert_fact(run, "status", "ok");
  assert_fact(run, "hosts", "mx1.example.com, mx2.example.com");
  assert_fact(run, "count", "2");
  assert_fact(run, "addresses", "192.0.2.25, 2001:db8::25, 192.0.2.26");
  assert_fact(run, "faults", "");
  assert_fact(run, "ttl", "3600");
  assert_state(run, "provider", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_OK);
  assert_row(run, LEVEL_OK, "192.0.2.25, 2001:db8::25");
  const Finding *row = find_row(run, "192.0.2.25, 2001:db8::25");
  g_assert_cmpstr(row->subject, ==, "mx1.example.com");
  g_assert_cmpuint(row->evidence->len, ==, 3); /* MX, A, AAAA */
  g_assert_cmpuint(probe_run_result(run)->done, ==, probe_run_result(run)->total);
}

typedef struct EndCase {
  const char *domain, *status;
  Level level;
  FactState hosts;
  const char *words;
} EndCase;

static const EndCase end_cases[] = {
    {"gone.example", "nxdomain", LEVEL_FAIL, FACT_ABSENT, "does not exist"},
    {"null.example", "null_mx", LEVEL_FAIL, FACT_ABSENT, "takes no mail"},
    {"null10.example", "null_mx", LEVEL_FAIL, FACT_ABSENT, "preference 0"},
    {"empty.example", "no_data", LEVEL_FAIL, FACT_ABSENT, "neither a mail server nor an address"},
    {"web.example", "implicit", LEVEL_NOTE, FACT_KNOWN, "no MX record"},
    {"slow.example", "timeout", LEVEL_UNKNOWN, FACT_UNKNOWN, "could not be found out"},
    {"broken.example", "servfail", LEVEL_UNKNOWN, FACT_UNKNOWN, "could not be found out"},
    {"closed.example", "refused", LEVEL_UNKNOWN, FACT_UNKNOWN, "could not be found out"},
    {"garbage.example", "servfail", LEVEL_UNKNOWN, FACT_UNKNOWN, "could not be found out"},
    {"far.example", "unreachable", LEVEL_UNKNOWN, FACT_UNKNOWN, "could not be found out"},
    {"half.example", "servfail", LEVEL_UNKNOWN, FACT_UNKNOWN,
     "could not be found out"}, /* no MX, but has it an address? */
};

static void test_ends(void) {
  for (guint i = 0; i < G_N_ELEMENTS(end_cases); i++) {
    const EndCase *c = &end_cases[i];
    g_test_message("%s", c->domain);
    g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", c->domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", c->status);
    assert_state(run, "hosts", c->hosts);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
    g_assert_nonnull(find_row(run, c->words));
  }
  g_autoptr(ProbeRun) implicit = run_probe(net, "mx", "domain", "web.example", NULL);
  assert_fact(implicit, "hosts", "web.example");
}

static void assert_fault(const ProbeRun *run, const char *word) {
  const Fact *faults = fact_of(run, "faults");
  g_test_message("%s in %s", word, faults->text);
  g_assert_true(g_strv_contains((const char *const *)faults->list, word));
}

static void test_lint(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "lint.example", NULL);
  assert_complete(run);
  assert_fact(run, "status", "ok");
  static const char *const words[] = {"alias",      "ip_literal",      "special_address",
                                      "no_address", "same_preference", "mixed_null"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    assert_fault(run, words[i]);
  assert_row(run, LEVEL_WARN, "only an alias");
  assert_row(run, LEVEL_FAIL, "An address stands where");
  assert_row(run, LEVEL_WARN, "10.0.0.25: nobody outside can reach this address (private network)");
  assert_row(run, LEVEL_FAIL, "This name has no address");
  assert_row(run, LEVEL_FAIL, "This name does not exist");
  assert_row(run, LEVEL_UNKNOWN, "Its address could not be found out");
  assert_row(run, LEVEL_WARN, "these contradict");
  g_assert_false(g_strv_contains((const char *const *)fact_of(run, "hosts")->list, "."));
  g_assert_null(probe_run_result(run)->headline); /* some can still be reached */
}

static void test_no_server_left(void) {
  g_autoptr(ProbeRun) dead = run_probe(net, "mx", "domain", "dead.example", NULL);
  g_assert_nonnull(probe_run_result(dead)->headline);
  g_assert_cmpint(result_level(probe_run_result(dead)), ==, LEVEL_FAIL);
  assert_fact(dead, "addresses", "");
  g_autoptr(ProbeRun) doubt = run_probe(net, "mx", "domain", "doubt.example", NULL);
  g_assert_null(probe_run_result(doubt)->headline); /* a time-out proves nothing */
  g_assert_cmpint(result_level(probe_run_result(doubt)), ==, LEVEL_UNKNOWN);
  assert_state(doubt, "addresses", FACT_UNKNOWN);
}

static void test_providers(void) {
  static const char *const good[] = {"cloud.example", "newcloud.example"};
  for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", good[i], NULL);
    assert_fact(run, "provider", "Microsoft 365 (Exchange Online)");
    assert_fact(run, "provider_kind", "mailbox");
    assert_fact(run, "faults", "");
  }
  g_autoptr(ProbeRun) mixed = run_probe(net, "mx", "domain", "mixed.example", NULL);
  assert_fault(mixed, "not_alone");
  assert_fault(mixed, "other_name");
  assert_row(mixed, LEVEL_WARN, "the only mail server");
  g_autoptr(ProbeRun) placeholder = run_probe(net, "mx", "domain", "placeholder.example", NULL);
  assert_fault(placeholder, "placeholder");
  assert_fact(placeholder, "provider_kind", "no-mail");
}

static void test_names(void) {
  g_autoptr(ProbeRun) idn = run_probe(net, "mx", "domain", "例え.example", NULL);
  assert_fact(idn, "status", "ok");
  g_autoptr(ProbeRun) bad = run_probe(net, "mx", "domain", "not a\x1b domain", NULL);
  assert_complete(bad);
  assert_fact(bad, "status", "bad_name");
  g_assert_cmpint(result_level(probe_run_result(bad)), ==, LEVEL_FAIL);
  g_autoptr(ProbeRun) unheard = run_probe(net, "mx", "domain", "unheard.example", NULL);
  assert_complete(unheard);
  assert_state(unheard, "status", FACT_UNKNOWN); /* the recording knows nothing: no word of our own for it */
  g_assert_cmpint(result_level(probe_run_result(unheard)), ==, LEVEL_UNKNOWN);
}

static void test_not_asked(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", NULL);
  assert_complete(run);
  assert_state(run, "status", FACT_UNKNOWN);
  g_assert_cmpstr(fact_of(run, "status")->why, ==, "not asked");
  g_assert_cmpuint(probe_run_result(run)->total, ==, 0);
  g_assert_cmpint(probe_run_finished_at(run), >, 0);
  g_assert_cmpint(fact_of(run, "status")->time, ==, probe_run_finished_at(run));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/mx.jsonl");
  g_test_add_func("/mx/ok", test_ok);
  g_test_add_func("/mx/ends", test_ends);
  g_test_add_func("/mx/lint", test_lint);
  g_test_add_func("/mx/no-server-left", test_no_server_left);
  g_test_add_func("/mx/providers", test_providers);
  g_test_add_func("/mx/names", test_names);
  g_test_add_func("/mx/not-asked", test_not_asked);
  int status = g_test_run();
  net_free(net);
  return status;
}
