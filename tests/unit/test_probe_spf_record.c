/* The probe "spf_record": what is wrong with a record, whoever sends; and that no failed look-up becomes a verdict. */
#include "faults.h"
#include "zones.h"

static const struct {
  const char *rule, *zone, *status;
  Level level;
  const char *others, *lookups, *voids, *problem; /* NULL: absent; "?": not known */
  const char *words;
} cases[] = {
    {"s4.5 in order", "a.test TXT v=spf1 ip4:192.0.2.1 -all", "ok", LEVEL_OK, "fail", "0", "0", NULL,
     "0 of 10 look-ups"},
    {"s4.6.4 counted through includes and redirect",
     "a.test TXT v=spf1 include:b.test a ~all\na.test A 192.0.2.1\nb.test TXT v=spf1 redirect=c.test\nc.test TXT "
     "v=spf1 mx "
     "?all\nc.test MX 1 m.test\nm.test A 192.0.2.2",
     "ok", LEVEL_OK, "softfail", "4", "0", NULL, "4 of 10 look-ups"},
    {"s4.6.4 eleven", "a.test TXT v=spf1 a a a a a a a a a a a -all\na.test A 192.0.2.1", "broken", LEVEL_FAIL, NULL,
     "11", "0", "too_many_terms", "More than 10 terms"},
    {"s4.6.4 three that find nothing",
     "a.test TXT v=spf1 a:x.a.test a:y.a.test mx:z.a.test -all\nx.a.test A !nxdomain\n"
     "y.a.test A !nxdomain\nz.a.test MX !nxdomain",
     "broken", LEVEL_FAIL, NULL, "3", "3", "too_many_voids", "More than 2 terms"},
    {"s4.5 several", "a.test TXT v=spf1 -all\na.test TXT v=spf1 ?all", "broken", LEVEL_FAIL, NULL, NULL, NULL,
     "several_records", "more than one SPF record"},
    {"s4.6 a mistake behind all", "a.test TXT v=spf1 -all ip4:192.0.2.300", "broken", LEVEL_FAIL, NULL, "0", "0",
     "bad_address", "no valid address"},
    {"s5.2 a record that is not there", "a.test TXT v=spf1 include:b.test -all\nb.test A 192.0.2.1", "broken",
     LEVEL_FAIL, NULL, "1", "0", "include_none", "has no SPF record"},
    {"s4.5 none", "a.test A 192.0.2.1", "none", LEVEL_NOTE, NULL, NULL, NULL, "no_record", "There is no SPF record"},
    {"s4.5 none, but nearly", "a.test TXT \" v=spf1 -all\"", "none", LEVEL_WARN, NULL, NULL, NULL, "no_record",
     "was meant to be an SPF record"},
    {"s4.7 no word about others", "a.test TXT v=spf1 ip4:192.0.2.1", "ok", LEVEL_NOTE, "neutral", "0", "0", NULL,
     "does not say what receivers should do"},
    {"s5.1 everybody", "a.test TXT v=spf1 +all", "ok", LEVEL_WARN, "pass", "0", "0", NULL, "the whole Internet"},
    {"s5.6 everybody, by a network", "a.test TXT v=spf1 ip4:192.0.2.1/0 -all", "ok", LEVEL_WARN, "pass", "0", "0", NULL,
     "the whole Internet"},
    {"s5.6 our own address is in no network", "a.test TXT v=spf1 ip4:0.0.0.0/8 ip6:::/1 -all", "ok", LEVEL_OK, "fail",
     "0", "0", NULL, "in order"},
    {"s5.5 ptr counts, and nobody is asked", "a.test TXT v=spf1 ptr -all", "ok", LEVEL_NOTE, "fail", "1", "0", NULL,
     "ask about the mail itself"},
    {"s7 macros about the mail count, and nobody is asked",
     "a.test TXT v=spf1 exists:%{i}.x.test include:%{l}.y.test -all", "ok", LEVEL_NOTE, "fail", "2", "0", NULL,
     "ask about the mail itself"},
    {"s7 the domain is known", "a.test TXT v=spf1 include:_spf.%{d} -all\n_spf.a.test TXT v=spf1 ?all", "ok", LEVEL_OK,
     "fail", "1", "0", NULL, "in order"},
    {"s7 a redirect that hangs on the mail", "a.test TXT v=spf1 redirect=%{h}.x.test", "ok", LEVEL_NOTE, "?", "1", "0",
     NULL, "ask about the mail itself"},
    {"s6.2 an explanation is for refused mail", "a.test TXT v=spf1 -all exp=e.test", "ok", LEVEL_OK, "fail", "0", "0",
     NULL, "in order"},
    {"mistake: a time-out is no missing record", "a.test TXT !timeout", "timeout", LEVEL_UNKNOWN, "?", "?", "?",
     "no_answer", "a.test TXT could not be looked up"},
    {"mistake: nor is that of an included one", "a.test TXT v=spf1 include:b.test -all\nb.test TXT !servfail",
     "servfail", LEVEL_UNKNOWN, "?", "?", "?", "no_answer", "could be read"},
};

static void assert_value(const ProbeRun *run, const char *name, const char *want) {
  if (want == NULL)
    assert_state(run, name, FACT_ABSENT);
  else if (g_str_equal(want, "?"))
    assert_state(run, name, FACT_UNKNOWN);
  else
    assert_fact(run, name, want);
}

static void test_cases(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Net) net = zone_net(cases[i].zone, NULL, NULL);
    g_autoptr(ProbeRun) run = run_probe(net, "spf_record", "domain", "A.test.", NULL);
    g_test_message("RFC 7208 %s", cases[i].rule);
    assert_complete(run);
    assert_fact(run, "status", cases[i].status);
    assert_value(run, "others", cases[i].others);
    assert_value(run, "lookups", cases[i].lookups);
    assert_value(run, "void_lookups", cases[i].voids);
    assert_value(run, "problem", cases[i].problem);
    g_assert_nonnull(find_row(run, cases[i].words));
    /* A record is not called in order beside a warning about it. */
    g_assert_true(cases[i].level != LEVEL_WARN || find_row(run, "in order") == NULL);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, cases[i].level);
  }
}

static void test_bad_name(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "spf_record", "domain", "not a domain", NULL);
  assert_complete(run);
  assert_fact(run, "status", "bad_name");
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 0);
}

static void test_faults(void) {
  static const char *const lines[] = {
      "{\"dns\":\"a.test TXT\",\"answer\":[\"\\\"v=spf1 include:b.test a:h.test mx -all\\\"\"]}",
      "{\"dns\":\"b.test TXT\",\"answer\":[\"\\\"v=spf1 ip4:192.0.2.1 redirect=c.test\\\"\"]}",
      "{\"dns\":\"c.test TXT\",\"answer\":[\"\\\"v=spf1 ?all\\\"\"]}",
      "{\"dns\":\"h.test A\",\"answer\":[\"192.0.2.2\"]}",
      "{\"dns\":\"a.test MX\",\"answer\":[\"10 m.test\"]}",
      "{\"dns\":\"m.test A\",\"answer\":[\"192.0.2.3\"]}",
      NULL};
  assert_faults(&(FaultCase){"spf_record", (const char *const[]){"domain", "a.test", NULL}, lines,
                             (const char *const[]){"problem", "problem_term", "problem_domain", NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/probe-spf-record/cases", test_cases);
  g_test_add_func("/probe-spf-record/bad-name", test_bad_name);
  g_test_add_func("/probe-spf-record/faults", test_faults);
  return g_test_run();
}
