/* DMARC over a recording: which record applies, whose mail passes, who gets reports. */
#include "faults.h"

static Net *net;

typedef struct PolicyCase {
  const char *rule, *domain, *status;
  Level level;
  const char *policy, *tag, *record_domain, *organizational; /* NULL: absent; "?": not known */
  const char *words;
} PolicyCase;

static const PolicyCase policy_cases[] = {
    {"s4.10.1 own record", "own.example", "ok", LEVEL_OK, "reject", "p", "own.example", "own.example", "to be refused"},
    {"s4.7 sp", "sub.own.example", "ok", LEVEL_OK, "quarantine", "sp", "own.example", "own.example", "as suspicious"},
    {"s4.7 np: NXDOMAIN", "lost.own.example", "ok", LEVEL_OK, "reject", "np", "own.example", "own.example", "np="},
    {"RFC 6604 s3 an alias exists", "alias.own.example", "ok", LEVEL_OK, "quarantine", "sp", "own.example",
     "own.example", "sp="},
    {"s4.7 does it exist? not told", "dim.own.example", "ok", LEVEL_UNKNOWN, "?", "?", "own.example", "own.example",
     "Which policy applies could not be found out"},
    {"s4.7 t=y", "testing.example", "ok", LEVEL_NOTE, "quarantine", "p", "testing.example", "testing.example",
     "reject counts as quarantine"},
    {"s4.10.1 unusable", "broken.example", "unusable", LEVEL_WARN, NULL, NULL, "broken.example", "broken.example",
     "so broken"},
    {"s4.10 several records are none", "two.example", "none", LEVEL_WARN, NULL, NULL, NULL, "two.example",
     "more than one DMARC record"},
    {"s4.10 several records: the walk goes on", "sub.two.own.example", "ok", LEVEL_WARN, "quarantine", "sp",
     "own.example", "own.example", "more than one DMARC record"},
    {"s4.10 other texts do not count", "other.example", "ok", LEVEL_OK, "none", "p", "other.example", "other.example",
     "like any other"},
    {"s4.7 v=dmarc1 is none", "near.example", "none", LEVEL_WARN, NULL, NULL, NULL, "near.example", "v=DMARC1 exactly"},
    {"s4.10.2 none at all", "none.example", "none", LEVEL_NOTE, NULL, NULL, NULL, "none.example", "no DMARC record"},
    {"s4.8 old and unknown tags", "old.example", "ok", LEVEL_NOTE, "none", "p", "old.example", "old.example",
     "pct, rf and ri"},
    {"s4.7 missing p", "bare.example", "ok", LEVEL_NOTE, "none", "p", "bare.example", "bare.example", "has no p="},
    {"a time-out is not none", "slow.example", "timeout", LEVEL_UNKNOWN, "?", "?", "?", "?", "no answer in time"},
    {"SERVFAIL is not none", "bad.example", "servfail", LEVEL_UNKNOWN, "?", "?", "?", "?", "could not be found out"},
    {"own record, top not told", "own.test", "ok", LEVEL_UNKNOWN, "quarantine", "p", "own.test", "?",
     "Which larger domain"},
    {"no own record, top not told", "none.test", "timeout", LEVEL_UNKNOWN, "?", "?", "?", "?",
     "could not be found out"},
    {"s4.10.2 the top is asked: psd=y", "shop.psd", "ok", LEVEL_OK, "quarantine", "sp", "psd", "shop.psd",
     "sp= of psd"},
    {"s4.10.2 psd=y, deeper", "www.shop.psd", "ok", LEVEL_OK, "quarantine", "sp", "psd", "shop.psd", "sp= of psd"},
    {"s4.7 psd=y and np", "lost.psd", "ok", LEVEL_OK, "reject", "np", "psd", "lost.psd", "np= of psd"},
    {"a stray record at the parent itself", "sub.stray.example", "none", LEVEL_NOTE, NULL, NULL, NULL,
     "sub.stray.example", "no DMARC record"},
    {"no name", "not a domain", "bad_name", LEVEL_FAIL, "?", "?", "?", "?", "not the name of a domain"},
};

static void assert_value(const ProbeRun *run, const char *name, const char *want) {
  if (want == NULL)
    assert_state(run, name, FACT_ABSENT);
  else if (g_str_equal(want, "?"))
    assert_state(run, name, FACT_UNKNOWN);
  else
    assert_fact(run, name, want);
}

static void test_policy(void) {
  for (guint i = 0; i < G_N_ELEMENTS(policy_cases); i++) {
    const PolicyCase *c = &policy_cases[i];
    g_test_message("RFC 9989 %s: %s", c->rule, c->domain);
    g_autoptr(ProbeRun) run = run_probe(net, "dmarc", "domain", c->domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", c->status);
    assert_value(run, "policy", c->policy);
    assert_value(run, "policy_tag", c->tag);
    assert_value(run, "record_domain", c->record_domain);
    assert_value(run, "organizational_domain", c->organizational);
    const Finding *row = find_row(run, c->words);
    g_autofree char *advice =
        row == NULL
            ? message_text(((Finding *)g_ptr_array_index(probe_run_result(run)->findings, 0))->advice, NULL, NULL)
            : NULL;
    g_assert_true(row != NULL || strstr(advice, c->words) != NULL);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
  }
}

static void test_record(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "dmarc", "domain", "own.example", NULL);
  assert_fact(run, "spf_mode", "strict");
  assert_fact(run, "dkim_mode", "relaxed");
  assert_fact(run, "testing", "no");
  assert_fact(run, "reports", "mailto:d@own.example, mailto:d@r.own.example");
  assert_fact(run, "unauthorised", ""); /* a name of the same organization needs no consent */
  assert_fact(run, "faults", "");
  g_assert_true(g_str_has_prefix(find_row(run, "to be refused")->quote, "v=DMARC1; p=reject"));
  g_autoptr(ProbeRun) testing = run_probe(net, "dmarc", "domain", "testing.example", NULL);
  assert_fact(testing, "declared_policy", "reject");
  assert_fact(testing, "testing", "yes");
  g_autoptr(ProbeRun) old = run_probe(net, "dmarc", "domain", "old.example", NULL);
  assert_fact(old, "faults", "old_tag, unknown_tag");
  g_autoptr(ProbeRun) two = run_probe(net, "dmarc", "domain", "two.example", NULL);
  assert_fact(two, "faults", "several_records");
  g_autoptr(ProbeRun) near = run_probe(net, "dmarc", "domain", "near.example", NULL);
  assert_fact(near, "faults", "not_a_record");
}

/* What other programs get wrong, each by its name: the policy that must come out, and what DMARC belongs together. */
static const struct {
  const char *mistake, *domain, *status, *policy, *organizational; /* policy NULL: absent; "?": not known */
} mistakes[] = {
    {"the public suffix list alone", "www.shop.psd", "ok", "quarantine", "shop.psd"},
    {"not asking the top-level domain", "shop.psd", "ok", "quarantine", "shop.psd"},
    {"a stray record at the parent's apex ends the walk", "sub.stray.example", "none", NULL, "sub.stray.example"},
    {"the first of several records counts", "two.example", "none", NULL, "two.example"},
    {"several records end the walk", "sub.two.own.example", "ok", "quarantine", "own.example"},
    {"a time-out is none", "slow.example", "timeout", "?", "?"},
    {"SERVFAIL is none", "bad.example", "servfail", "?", "?"},
    {"t= is refused", "testing.example", "ok", "quarantine", "testing.example"},
    {"psd= is refused", "lost.psd", "ok", "reject", "lost.psd"},
    {"pct, rf, ri or an unknown tag make the record invalid", "old.example", "ok", "none", "old.example"},
    {"a record without p= is none at all", "bare.example", "ok", "none", "bare.example"},
};

static void test_mistakes(void) {
  for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
    g_test_message("mistake: %s", mistakes[i].mistake);
    g_autoptr(ProbeRun) run = run_probe(net, "dmarc", "domain", mistakes[i].domain, NULL);
    assert_fact(run, "status", mistakes[i].status);
    assert_value(run, "policy", mistakes[i].policy);
    assert_value(run, "organizational_domain", mistakes[i].organizational);
  }
}

/* RFC 9990 s4 */
static void test_reports(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "dmarc", "domain", "reports.example", NULL);
  assert_complete(run);
  assert_state(run, "unauthorised", FACT_UNKNOWN); /* one of them could not be asked */
  assert_row(run, LEVEL_NOTE, "It does not say that it takes reports about reports.example");
  g_assert_cmpstr(find_row(run, "It does not say")->subject, ==, "no.example.org");
  assert_row(run, LEVEL_UNKNOWN, "Whether it takes reports");
  assert_fact(run, "policy", "none");
  assert_fact(run, "faults", "report_not_authorised");
}

/* --- alignment (s4.4) --- */

typedef struct AlignCase {
  const char *from, *spf, *spf_result, *dkim, *dkim_result;
  const char *spf_aligned, *dkim_aligned, *result;
  Level level;
} AlignCase;

static const AlignCase align_cases[] = {
    /* s4.4.1: relaxed, a name below */
    {"own.example", NULL, NULL, "bounce.own.example", "pass", "?", "yes", "pass", LEVEL_OK},
    /* s4.4.2: aspf=s wants the same name */
    {"own.example", "bounce.own.example", "pass", NULL, NULL, "no", "?", "?", LEVEL_NOTE},
    {"own.example", "own.example", "pass", NULL, NULL, "yes", "?", "pass", LEVEL_OK},
    {"own.example", "mailer.example", "pass", "mailer.example", "pass", "no", "no", "fail", LEVEL_FAIL},
    {"own.example", "own.example", "fail", "mailer.example", "pass", "yes", "no", "fail", LEVEL_FAIL},
    {"own.example", "own.example", "temperror", "mailer.example", "pass", "yes", "no", "?", LEVEL_NOTE},
    {"own.example", "own.example", "fail", NULL, NULL, "yes", "?", "?", LEVEL_NOTE},
    {"own.example", "own.example", "fail", NULL, "none", "yes", "?", "fail", LEVEL_FAIL},
    {"other.example", "mailer.example", "pass", NULL, "none", "no", "?", "fail", LEVEL_WARN},
    /* s4.10.2: two shops below one public suffix are strangers */
    {"shop.psd", "mail.psd", "pass", NULL, "none", "no", "?", "fail", LEVEL_FAIL},
    {"shop.psd", NULL, NULL, "www.shop.psd", "pass", "?", "yes", "pass", LEVEL_OK},
    {"own.example", NULL, NULL, "lame.own.example", "pass", "?", "?", "?", LEVEL_UNKNOWN},
    /* a stranger stays one, whatever its own walk says */
    {"own.example", NULL, NULL, "none.test", "pass", "?", "no", "?", LEVEL_NOTE},
    /* the same name needs no walk */
    {"own.test", "own.test", "pass", NULL, NULL, "yes", "?", "pass", LEVEL_UNKNOWN},
    {"none.example", "mailer.example", "fail", NULL, "fail", NULL, NULL, NULL, LEVEL_NOTE},
    {"broken.example", "mailer.example", "fail", NULL, "fail", "no", "?", NULL, LEVEL_WARN},
    /* a return path is no host: it may have underscores */
    {"other.example", "bounce_1.other.example", "pass", NULL, NULL, "yes", "?", "pass", LEVEL_OK},
    {"own.example", "not a domain", "pass", NULL, NULL, "no", "?", "?", LEVEL_NOTE},
};

static void test_align(void) {
  for (guint i = 0; i < G_N_ELEMENTS(align_cases); i++) {
    const AlignCase *c = &align_cases[i];
    const char *const pairs[][2] = {{"domain", c->from},
                                    {"spf_domain", c->spf},
                                    {"spf_result", c->spf_result},
                                    {"dkim_domain", c->dkim},
                                    {"dkim_result", c->dkim_result}};
    Facts *inputs = facts_new();
    for (guint k = 0; k < G_N_ELEMENTS(pairs); k++)
      if (pairs[k][1] != NULL)
        facts_set_text(inputs, pairs[k][0], SOURCE_ASKED, pairs[k][1]);
    g_test_message("%u: %s, %s, %s", i, c->from, c->spf, c->dkim);
    g_autoptr(ProbeRun) run = probe_run_new(&probe_dmarc, net, inputs);
    assert_complete(run);
    assert_value(run, "spf_aligned", c->spf_aligned);
    assert_value(run, "dkim_aligned", c->dkim_aligned);
    assert_value(run, "result", c->result);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
    /* What did not pass proves nothing, however well its domain fits. */
    gboolean in_vain = g_strcmp0(c->spf_aligned, "yes") == 0 && g_strcmp0(c->spf_result, "fail") == 0;
    g_assert_cmpint(find_row(run, "but it did not pass") != NULL, ==, in_vain);
  }
}

/* All steps of the walk are asked at once: as slow as the slowest, not as their sum. */
static void test_at_once(void) {
  g_autoptr(Net) own = replay(NULL);
  g_autoptr(ProbeRun) run =
      run_probe(own, "dmarc", "domain", "a.b.c.d.e.f.g.h.example", "spf_domain", "x.example", NULL);
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 8 + 1 + 1); /* "example" is in both walks */
}

static void test_faults(void) {
  static const char *const lines[] = {
      "{\"dns\":\"_dmarc.a.b.example TXT\",\"status\":\"nxdomain\"}",
      "{\"dns\":\"_dmarc.b.example TXT\",\"answer\":[\"\\\"v=DMARC1; p=none; sp=reject; np=quarantine; "
      "rua=mailto:x@c.example\\\"\"]}",
      "{\"dns\":\"_dmarc.example TXT\",\"status\":\"nxdomain\"}",
      "{\"dns\":\"a.b.example A\",\"answer\":[\"192.0.2.1\"]}",
      "{\"dns\":\"_dmarc.c.example TXT\",\"status\":\"nxdomain\"}",
      "{\"dns\":\"b.example._report._dmarc.c.example TXT\",\"answer\":[\"\\\"v=DMARC1\\\"\"]}",
      NULL};
  assert_faults(&(FaultCase){"dmarc",
                             (const char *const[]){"domain", "a.b.example", "spf_domain", "b.example", "spf_result",
                                                   "pass", "dkim_domain", "c.example", "dkim_result", "pass", NULL},
                             lines, (const char *const[]){NULL}});
  /* Nothing passes: no verdict "fail" may rest on what is not known. */
  assert_faults(&(FaultCase){"dmarc",
                             (const char *const[]){"domain", "a.b.example", "spf_domain", "c.example", "spf_result",
                                                   "pass", "dkim_domain", "b.example", "dkim_result", "fail", NULL},
                             lines, (const char *const[]){NULL}});
  static const char *const none[] = {"{\"dns\":\"_dmarc.b.example TXT\",\"status\":\"nodata\"}",
                                     "{\"dns\":\"_dmarc.example TXT\",\"status\":\"nxdomain\"}",
                                     "{\"dns\":\"b.example A\",\"status\":\"nodata\"}", NULL};
  assert_faults(
      &(FaultCase){"dmarc", (const char *const[]){"domain", "b.example", NULL}, none, (const char *const[]){NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/dmarc.jsonl");
  g_test_add_func("/dmarc-probe/policy", test_policy);
  g_test_add_func("/dmarc-probe/record", test_record);
  g_test_add_func("/dmarc-probe/mistakes", test_mistakes);
  g_test_add_func("/dmarc-probe/reports", test_reports);
  g_test_add_func("/dmarc-probe/align", test_align);
  g_test_add_func("/dmarc-probe/at-once", test_at_once);
  g_test_add_func("/dmarc-probe/faults", test_faults);
  int status = g_test_run();
  net_free(net);
  return status;
}
