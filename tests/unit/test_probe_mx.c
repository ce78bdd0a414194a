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
    {"null2.example", "null_mx", LEVEL_FAIL, FACT_ABSENT, "should stand alone"},
    {"dangling.example", "nxdomain", LEVEL_FAIL, FACT_ABSENT, "is an alias (CNAME) of gone.example, and that name"},
    {"webalias.example", "implicit", LEVEL_NOTE, FACT_KNOWN, "mail goes by the records of web.example"},
    {"alias.example", "ok", LEVEL_NOTE, FACT_KNOWN, "mail goes by the records of real.example"},
    {"a_b.example", "ok", LEVEL_OK, FACT_KNOWN, "192.0.2.25"},
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

static gboolean has_fault(const ProbeRun *run, const char *word) {
  return g_strv_contains((const char *const *)fact_of(run, "faults")->list, word);
}

static void test_exchange_online(void) {
  static const struct {
    const char *domain, *form, *fault; /* fault NULL: none */
  } forms[] = {
      {"cloud.example", "outlook", NULL},
      {"newcloud.example", "microsoft", NULL},
      {"taken.example", "outlook", NULL},
      {"gov.example", "outlook", NULL},
      {"moving.example", "both", "both_microsoft"},
      {"twice.example", "outlook", "several_microsoft"},
      {"mixed.example", "outlook", "not_alone"},
      {"longer.example", "outlook", "other_name"},
      {"fake.example", "none", NULL}, /* mx.microsoft.com is not the zone mx.microsoft */
      {"example.com", "none", NULL},
      {"gone.example", "none", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", forms[i].domain, NULL);
    g_test_message("%s", forms[i].domain);
    assert_complete(run);
    assert_fact(run, "exchange_online", forms[i].form);
    if (forms[i].fault != NULL)
      assert_fault(run, forms[i].fault);
    else
      assert_fact(run, "faults", "");
  }
  g_autoptr(ProbeRun) unknown = run_probe(net, "mx", "domain", "slow.example", NULL);
  assert_state(unknown, "exchange_online", FACT_UNKNOWN);
}

static void test_placeholders(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "behind.example", NULL);
  assert_fault(run, "placeholder");
  assert_row(run, LEVEL_WARN, "verification placeholder: no mail arrives");
  const Finding *row = find_row(run, "This name is only a placeholder");
  g_assert_cmpint(row->level, ==, LEVEL_FAIL);
  g_assert_cmpstr(row->subject, ==, "ms87654321.msv1.invalid");
  assert_fact(run, "hosts", "mx1.example.com, ms87654321.msv1.invalid, localhost, mail.Localdomain");
  /* RFC 6761 s6.3, s6.4: such names are not looked up. */
  const NetWaiter *waiter = probe_run_waiter(run);
  for (guint i = 0; i < net_waiter_length(waiter); i++)
    g_assert_true(g_str_has_suffix(net_waiter_answer(waiter, i)->name, "example.com") ||
                  g_str_equal(net_waiter_answer(waiter, i)->name, "behind.example"));
}

/* What each kind of mistake is called, how it is told, and which others come with it: "faults" is all of them. */
static void test_faults(void) {
  static const struct {
    const char *domain, *faults;
    Level level;
    const char *words;
  } cases[] = {
      {"null2.example", "several_null", LEVEL_NOTE, "there are several"},
      {"again.example", "named_twice", LEVEL_NOTE, "M.Again.example is named twice"},
      {"dangling.example", "dangling_alias", LEVEL_FAIL, "dangling.example is an alias"},
      {"both.example", "special_address", LEVEL_WARN,
       "10.0.0.25, 192.0.2.25: nobody outside can reach 10.0.0.25 (private network), so"},
      {"lost.example", "no_address, alias", LEVEL_FAIL, "This name has no address"},
      {"zero.example", "no_address, mistyped_null", LEVEL_FAIL, "probably \"0 .\" is meant"},
      {"short.example", "no_address, short_name", LEVEL_FAIL, "only the first part of a name"},
      {"short.example", "no_address, short_name", LEVEL_UNKNOWN, "Its address could not be found out"},
      {"top.example", "", LEVEL_OK, "192.0.2.25"}, /* a top level domain can have an address */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].domain);
    g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "faults", cases[i].faults);
    assert_row(run, cases[i].level, cases[i].words);
  }
  g_autoptr(ProbeRun) dangling = run_probe(net, "mx", "domain", "dangling.example", NULL);
  g_assert_null(find_row(dangling, "The domain dangling.example does not exist"));
  g_assert_null(find_row(dangling, "mail goes by"));
  assert_fact(dangling, "ttl", "60");
  const Evidence *evidence = g_ptr_array_index(find_row(dangling, "is an alias")->evidence, 0);
  g_assert_cmpstr(evidence->answer, ==,
                  "nxdomain; dangling.example CNAME middle.example; middle.example CNAME gone.example");
  g_autoptr(ProbeRun) both = run_probe(net, "mx", "domain", "both.example", NULL);
  g_assert_null(probe_run_result(both)->headline); /* it can be reached */
}

/* Each name and address is told once, however often it stands there. */
static void test_once(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "again.example", NULL);
  assert_fact(run, "hosts", "m.again.example, n.again.example");
  assert_fact(run, "count", "2");
  assert_fact(run, "addresses", "192.0.2.25, 192.0.2.26");
}

/* Of too many servers those count that senders try first, wherever they stand in the answer. */
static void test_many(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "many.example", NULL);
  assert_complete(run);
  const Fact *hosts = fact_of(run, "hosts");
  g_assert_cmpuint(g_strv_length(hosts->list), ==, 20);
  g_assert_cmpstr(hosts->list[0], ==, "m01.many.example");
  g_assert_cmpstr(hosts->list[19], ==, "m20.many.example");
  assert_fact(run, "count", "30");
  assert_row(run, LEVEL_NOTE, "There are 30 mail servers; the first 20 were looked at");
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_NOTE);
}

static void test_extended_error(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "why.example", NULL);
  assert_fact(run, "status", "servfail");
  assert_row(run, LEVEL_UNKNOWN, "none of the domain's name servers could be reached");
  const Finding *row = find_row(run, "could not be found out");
  g_assert_cmpstr(row->quote, ==, "at delegation why.example");
  const Evidence *evidence = g_ptr_array_index(row->evidence, 0);
  g_assert_cmpstr(evidence->answer, ==, "servfail (22: at delegation why.example)");
}

/* --- mistakes that others make, each with the rule it breaks --- */

/* RFC 5321 s5.1: the target is a name; what spells an address is not tried as one, and not looked up. */
static void test_mistake_trying_an_ip_literal(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "literal.example", NULL);
  assert_fault(run, "ip_literal");
  assert_fact(run, "addresses", "");
  const NetWaiter *waiter = probe_run_waiter(run);
  for (guint i = 0; i < net_waiter_length(waiter); i++)
    g_assert_cmpstr(net_waiter_answer(waiter, i)->name, ==, "literal.example");
}

/* RFC 7505 s3: exactly one "0 ." is a null MX; not "." beside others, not the name "0". */
static void test_mistake_null_mx(void) {
  g_autoptr(ProbeRun) beside = run_probe(net, "mx", "domain", "lint.example", NULL);
  assert_fact(beside, "status", "ok");
  assert_fault(beside, "mixed_null");
  g_autoptr(ProbeRun) zero = run_probe(net, "mx", "domain", "zero.example", NULL);
  assert_fact(zero, "status", "ok");
  assert_fact(zero, "hosts", "0");
  assert_fault(zero, "no_address");
}

/* RFC 2308 s2: a name that does not exist, and one without such a record, are two things. */
static void test_mistake_nxdomain_and_no_data(void) {
  g_autoptr(ProbeRun) gone = run_probe(net, "mx", "domain", "gone.example", NULL);
  g_autoptr(ProbeRun) empty = run_probe(net, "mx", "domain", "empty.example", NULL);
  assert_fact(gone, "status", "nxdomain");
  assert_fact(empty, "status", "no_data");
}

/* RFC 5321 s5.1: an MX look-up that failed is no missing MX, so the domain's own address is not used. */
static void test_mistake_time_out_as_implicit_mx(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "slow.example", NULL);
  assert_fact(run, "status", "timeout");
  assert_state(run, "hosts", FACT_UNKNOWN);
}

/* RFC 2181 s10.3: a CNAME as the target of an MX works in places, and is wrong. */
static void test_mistake_cname_at_mx(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "lint.example", NULL);
  assert_fault(run, "alias");
}

/* RFC 6147: what this network's resolver makes of an IPv4 address is no fault of the domain. */
static void test_mistake_dns64(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "mx", "domain", "dns64.example", NULL);
  g_assert_false(has_fault(run, "special_address"));
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_OK);
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
  g_test_add_func("/mx/exchange-online", test_exchange_online);
  g_test_add_func("/mx/placeholders", test_placeholders);
  g_test_add_func("/mx/faults", test_faults);
  g_test_add_func("/mx/once", test_once);
  g_test_add_func("/mx/many", test_many);
  g_test_add_func("/mx/extended-error", test_extended_error);
  g_test_add_func("/mx/mistake/trying-an-ip-literal", test_mistake_trying_an_ip_literal);
  g_test_add_func("/mx/mistake/null-mx-beside-others-or-zero", test_mistake_null_mx);
  g_test_add_func("/mx/mistake/nxdomain-and-no-data", test_mistake_nxdomain_and_no_data);
  g_test_add_func("/mx/mistake/time-out-as-implicit-mx", test_mistake_time_out_as_implicit_mx);
  g_test_add_func("/mx/mistake/cname-at-mx", test_mistake_cname_at_mx);
  g_test_add_func("/mx/mistake/dns64-as-special", test_mistake_dns64);
  g_test_add_func("/mx/names", test_names);
  g_test_add_func("/mx/not-asked", test_not_asked);
  int status = g_test_run();
  net_free(net);
  return status;
}
