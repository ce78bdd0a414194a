/* The probe "spf": what people are told, and that no failed look-up becomes a verdict. */
#include "probes.h"
#include "zones.h"

#define IP "192.0.2.10"

static ProbeRun *run_zone(Net *net, const char *ip) {
  return run_probe(net, "spf", "ip", ip, "sender", "user@example.com", "helo", "example.com", NULL);
}

/* --- words --- */

typedef struct WordCase {
  const char *zone, *result;
  Level level;
  const char *words, *term, *problem; /* NULL: absent */
} WordCase;

static const WordCase word_cases[] = {
    {"example.com TXT v=spf1 ip4:192.0.2.10 -all", "pass", LEVEL_OK, "192.0.2.10 may send mail of example.com",
     "ip4:192.0.2.10", NULL},
    {"example.com TXT v=spf1 include:b.test -all\nb.test TXT v=spf1 ip4:192.0.2.0/24", "pass", LEVEL_OK,
     "Decided by \"include:b.test\", where \"ip4:192.0.2.0/24\" of b.test has the address", "include:b.test", NULL},
    {"example.com TXT v=spf1 redirect=b.test\nb.test TXT v=spf1 -all", "fail", LEVEL_FAIL, "may not send mail", "-all",
     NULL},
    {"example.com TXT v=spf1 ~all", "softfail", LEVEL_WARN, "is not known to send mail", "~all", NULL},
    {"example.com TXT v=spf1 ip4:192.0.2.1", "neutral", LEVEL_NOTE, "No term of its record is about 192.0.2.10", NULL,
     NULL},
    {"example.com A 192.0.2.10", "none", LEVEL_NOTE, "has no SPF record", NULL, "no_record"},
    {"example.com TXT other=v=spf\nexample.com TXT spf2.0/pra ?all", "none", LEVEL_NOTE, "has no SPF record", NULL,
     "no_record"},
    {"example.com TXT \" v=spf1 -all\"", "none", LEVEL_WARN, "was meant to be an SPF record", NULL, "no_record"},
    {"example.com TXT \"\\\"v=spf1 -all\\\"\"", "none", LEVEL_WARN, "was meant to be an SPF record", NULL, "no_record"},
    {"example.com TXT V=SPF1;-all", "none", LEVEL_WARN, "was meant to be an SPF record", NULL, "no_record"},
    {"example.com TXT v=spf1:ip4:192.0.2.1", "none", LEVEL_WARN, "was meant to be an SPF record", NULL, "no_record"},
    {"example.com TXT v=spf1 a:192.0.2.10 -all", "permerror", LEVEL_FAIL, "has an address where a name must stand",
     NULL, "address_as_name"},
    {"example.com TXT v=spf1 include:b.test -all\nb.test A 192.0.2.1", "permerror", LEVEL_FAIL,
     "\"include:b.test\" leads to a domain that has no SPF record", NULL, "include_none"},
    {"example.com TXT v=spf1 -all\nexample.com TXT v=spf1 ?all", "permerror", LEVEL_FAIL, "more than one SPF record",
     NULL, "several_records"},
    {"example.com TXT v=spf1 +all", "pass", LEVEL_WARN, "lets the whole Internet send", "+all", NULL},
    {"example.com TXT v=spf1 ip4=192.0.2.10 ?all", "neutral", LEVEL_WARN, "\"ip4=192.0.2.10\" is ignored", "?all",
     NULL},
    {"example.com TXT v=spf1 ptr ?all\n10.2.0.192.in-addr.arpa A !nodata", "neutral", LEVEL_NOTE, "uses \"ptr\"",
     "?all", NULL},
};

static void test_words(void) {
  for (guint i = 0; i < G_N_ELEMENTS(word_cases); i++) {
    const WordCase *c = &word_cases[i];
    g_autoptr(Net) net = zone_net(c->zone, NULL, NULL);
    g_autoptr(ProbeRun) run = run_zone(net, IP);
    g_test_message("%s", c->zone);
    assert_complete(run);
    assert_fact(run, "result", c->result);
    assert_fact_or_absent(run, "decided_by", c->term);
    assert_fact_or_absent(run, "problem", c->problem);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
    g_assert_nonnull(find_row(run, c->words));
    const Finding *first = g_ptr_array_index(probe_run_result(run)->findings, 0);
    const Evidence *evidence = g_ptr_array_index(first->evidence, 0);
    g_assert_cmpstr(evidence->asked, ==, "example.com TXT");
    g_assert_cmpstr(evidence->reference, ==, "RFC 7208 s4.4");
  }
}

static void test_facts(void) {
  g_autoptr(Net) net = zone_net("example.com TXT v=spf1 a redirect=b.test\nexample.com A 192.0.2.1\n"
                                "b.test TXT v=spf1 exists:c.test -all exp=e.test\nc.test TXT none\n"
                                "e.test TXT \"%{i} is no server of %{d}. http://b.test/\"",
                                NULL, NULL);
  g_autoptr(ProbeRun) run = run_zone(net, IP);
  assert_complete(run);
  assert_fact(run, "result", "fail");
  assert_fact(run, "identity", "mailfrom");
  assert_fact(run, "domain", "example.com");
  assert_fact(run, "record", "v=spf1 a redirect=b.test");
  assert_fact(run, "decided_in", "b.test");
  assert_fact(run, "explanation", "192.0.2.10 is no server of b.test. http://b.test/");
  assert_fact(run, "lookups", "3");
  assert_fact(run, "void_lookups", "1");
  assert_fact(run, "trace",
              "example.com: a: no match, example.com: redirect=b.test: followed, b.test: exists:c.test: no match, "
              "b.test: -all: match");
}

static void test_inputs(void) {
  g_autoptr(Net) net =
      zone_net("mail.example.com TXT v=spf1 ip4:192.0.2.10 -all\nexample.com TXT v=spf1 -all", NULL, NULL);
  g_autoptr(ProbeRun) helo = run_probe(net, "spf", "ip", IP, "sender", "<>", "helo", "mail.example.com", NULL);
  assert_fact(helo, "identity", "helo");
  assert_fact(helo, "result", "pass");
  g_autoptr(ProbeRun) domain = run_probe(net, "spf", "ip", "[192.0.2.10]", "sender", "example.com", NULL);
  assert_fact(domain, "result", "fail");
  g_autoptr(ProbeRun) nobody = run_probe(net, "spf", "ip", IP, "sender", "<>", NULL);
  assert_complete(nobody);
  assert_state(nobody, "result", FACT_UNKNOWN);
  assert_row(nobody, LEVEL_SKIP, "helo is not known");
  g_autoptr(ProbeRun) no_ip = run_probe(net, "spf", "sender", "user@example.com", NULL);
  assert_complete(no_ip);
  assert_state(no_ip, "result", FACT_UNKNOWN);
  g_autoptr(ProbeRun) bad = run_probe(net, "spf", "ip", "192.0.2", "sender", "user@example.com", NULL);
  assert_complete(bad);
  assert_state(bad, "result", FACT_UNKNOWN);
  assert_row(bad, LEVEL_FAIL, "is not an IP address");
  /* What comes from outside is shown as text. */
  g_autoptr(ProbeRun) hostile = run_probe(net, "spf", "ip", IP, "sender", "a@\x1b[31m.example.com", NULL);
  assert_complete(hostile);
  assert_fact(hostile, "result", "none");
  assert_fact(hostile, "problem", "bad_name");
}

/* --- the HELO name (s2.3) --- */

static const struct {
  const char *rule, *zone, *helo;
  const char *helo_result; /* NULL: not known */
  Level level;
  const char *words; /* NULL: nothing is said about it */
} helo_cases[] = {
    {"s2.3 it may", "m.test TXT v=spf1 ip4:192.0.2.10 -all", "m.test", "pass", LEVEL_OK, NULL},
    {"s2.3 it may not", "m.test TXT v=spf1 -all", "m.test", "fail", LEVEL_WARN, "192.0.2.10 may not greet as m.test"},
    {"s2.3 no record", "m.test A 192.0.2.10", "m.test", "none", LEVEL_OK, NULL},
    {"s2.3 a broken record", "m.test TXT v=spf1 nonsense -all", "m.test", "permerror", LEVEL_WARN,
     "The SPF record of the HELO name m.test is broken"},
    {"s2.3 nobody could tell", "m.test TXT !timeout", "m.test", "temperror", LEVEL_UNKNOWN,
     "Whether 192.0.2.10 may greet as m.test (HELO) could not be found out"},
    {"s2.4 its sender is postmaster", "m.test TXT v=spf1 exists:%{l}.m.test -all\npostmaster.m.test A 127.0.0.2",
     "m.test", "pass", LEVEL_OK, NULL},
    {"s2.3 an address is no name", "m.test A 192.0.2.10", "[192.0.2.10]", "none", LEVEL_OK, NULL},
    {"no HELO name", "m.test A 192.0.2.10", NULL, NULL, LEVEL_OK, NULL},
};

static void test_helo(void) {
  for (guint i = 0; i < G_N_ELEMENTS(helo_cases); i++) {
    g_autofree char *zone = g_strconcat("example.com TXT v=spf1 ip4:192.0.2.10 -all\n", helo_cases[i].zone, NULL);
    g_autoptr(Net) net = zone_net(zone, NULL, NULL);
    const char *name = helo_cases[i].helo != NULL ? "helo" : NULL;
    g_autoptr(ProbeRun) run =
        run_probe(net, "spf", "ip", IP, "sender", "user@example.com", name, helo_cases[i].helo, NULL);
    g_test_message("%s", helo_cases[i].rule);
    assert_complete(run);
    assert_fact(run, "result", "pass"); /* the envelope sender's, whatever the HELO name's is */
    assert_fact(run, "identity", "mailfrom");
    if (helo_cases[i].helo_result != NULL)
      assert_fact(run, "helo_result", helo_cases[i].helo_result);
    else
      assert_state(run, "helo_result", FACT_UNKNOWN);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, helo_cases[i].level);
    if (helo_cases[i].words != NULL)
      assert_row(run, helo_cases[i].level, helo_cases[i].words);
    else
      g_assert_null(find_row(run, "HELO"));
  }
  /* An envelope sender that nobody could judge takes nothing away from the HELO name. */
  g_autoptr(Net) slow = zone_net("example.com TXT !timeout\nm.test TXT v=spf1 -all", NULL, NULL);
  g_autoptr(ProbeRun) run = run_probe(slow, "spf", "ip", IP, "sender", "user@example.com", "helo", "m.test", NULL);
  assert_fact(run, "result", "temperror");
  assert_fact(run, "helo_result", "fail");
  g_autoptr(Net) empty = zone_net("m.test TXT v=spf1 -all", NULL, NULL);
  g_autoptr(ProbeRun) alone = run_probe(empty, "spf", "ip", IP, "sender", "<>", "helo", "m.test", NULL);
  assert_fact(alone, "helo_result", "fail");
  assert_fact(alone, "identity", "helo");
}

/* --- faults --- */

static const char *const zones[] = {
    "example.com TXT v=spf1 include:a.test a:m.test mx exists:%{ir}.x.test redirect=b.test\n"
    "a.test TXT v=spf1 ip4:198.51.100.1 include:a1.test -all\na1.test TXT v=spf1 a:m2.test ~all\n"
    "m.test A 198.51.100.4\nm2.test A 198.51.100.5\nexample.com MX 10 m3.test\nexample.com MX 20 m4.test\n"
    "m3.test A 198.51.100.6\nm4.test A 198.51.100.7\n10.2.0.192.x.test A !nxdomain\n"
    "b.test TXT v=spf1 ip4:198.51.100.8 -all exp=e.test\ne.test TXT No",
    "example.com TXT v=spf1 ptr exists:%{p}.x.test ~all\n10.2.0.192.in-addr.arpa PTR m.test\n"
    "10.2.0.192.in-addr.arpa PTR m.example.com\nm.test A 192.0.2.10\nm.example.com A 192.0.2.1\n"
    "m.test.x.test A !nxdomain\nunknown.x.test A !nxdomain",
    "example.com TXT v=spf1 a mx ip4:192.0.2.10 include:a.test -all\nexample.com A 198.51.100.1\n"
    "example.com MX 10 m1.test\nexample.com MX 20 m2.test\nm1.test A 198.51.100.2\nm2.test A 192.0.2.10\n"
    "a.test TXT v=spf1 +all",
    "example.com TXT v=spf1 ptr -all\n10.2.0.192.in-addr.arpa PTR m.example.com\nm.example.com A 192.0.2.10",
};

static gboolean judges(const char *result) {
  static const char *const verdicts[] = {"pass", "fail", "softfail", "permerror", NULL};
  return g_strv_contains(verdicts, result);
}

static const char *result_of(const ProbeRun *run) {
  return fact_of(run, "result")->text;
}

/* `question` fails: then there is a verdict only if it would be the same without the answer to it, whatever that is. */
static void fail_one(const char *zone, const char *question, const char *status) {
  g_autoptr(Net) failing = zone_net(zone, question, status), whole = zone_net(zone, NULL, NULL),
                 absent = zone_net(zone, question, "nxdomain");
  g_autoptr(ProbeRun) got = run_zone(failing, IP), with = run_zone(whole, IP), without = run_zone(absent, IP);
  g_test_message("%s %s: %s", question, status, result_of(got));
  assert_complete(got);
  g_assert_true(probe_run_done(got));
  if (!judges(result_of(got))) {
    g_assert_cmpint(result_level(probe_run_result(got)), ==, LEVEL_UNKNOWN);
    g_assert_cmpstr(result_of(got), ==, "temperror");
    assert_state(got, "decided_by", FACT_UNKNOWN);
    assert_state(got, "explanation", FACT_UNKNOWN);
    return;
  }
  g_assert_cmpstr(result_of(got), ==, result_of(with));
  g_assert_cmpstr(result_of(got), ==, result_of(without));
}

static void test_faults(void) {
  static const char *const unknown[] = {"timeout",     "servfail", "refused", "garbage",
                                        "unreachable", "formerr",  "notimp"};
  static const char *const absent[] = {"nxdomain", "nodata"};
  guint temperrors = 0;
  for (guint z = 0; z < G_N_ELEMENTS(zones); z++) {
    g_auto(GStrv) lines = g_strsplit(zones[z], "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
      const char *data;
      g_autofree char *question = zone_split(lines[i], &data);
      for (guint k = 0; k < G_N_ELEMENTS(unknown); k++)
        fail_one(zones[z], question, unknown[k]);
      for (guint k = 0; k < G_N_ELEMENTS(absent); k++) {
        g_autoptr(Net) net = zone_net(zones[z], question, absent[k]);
        g_autoptr(ProbeRun) run = run_zone(net, IP);
        assert_complete(run);
        g_assert_cmpint(result_level(probe_run_result(run)), !=, LEVEL_UNKNOWN);
      }
      g_autoptr(Net) slow = zone_net(zones[z], question, "timeout");
      g_autoptr(ProbeRun) run = run_zone(slow, IP);
      temperrors += g_str_equal(result_of(run), "temperror");
    }
  }
  g_assert_cmpuint(temperrors, >=, 15); /* the test is one: most of these matter */
}

/* An explanation that cannot be had changes nothing else. */
static void test_explanation(void) {
  g_autoptr(Net) net = zone_net("example.com TXT v=spf1 -all exp=e.test\ne.test TXT No", "e.test TXT", "timeout");
  g_autoptr(ProbeRun) run = run_zone(net, IP);
  assert_complete(run);
  assert_fact(run, "result", "fail");
  assert_state(run, "explanation", FACT_UNKNOWN);
  g_autoptr(Net) gone = zone_net("example.com TXT v=spf1 -all exp=e.test", "e.test TXT", "nxdomain");
  g_autoptr(ProbeRun) unheard = run_zone(gone, IP);
  assert_fact(unheard, "result", "fail"); /* the recording does not know */
  assert_state(unheard, "explanation", FACT_UNKNOWN);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/probe-spf/words", test_words);
  g_test_add_func("/probe-spf/facts", test_facts);
  g_test_add_func("/probe-spf/inputs", test_inputs);
  g_test_add_func("/probe-spf/helo", test_helo);
  g_test_add_func("/probe-spf/faults", test_faults);
  g_test_add_func("/probe-spf/explanation", test_explanation);
  return g_test_run();
}
