/* Prescribed certificates, over a recording: what the records are worth, and whether the servers show what they say. */
#include "faults.h"

static Net *net;

static const struct {
  const char *rule, *domain, *status;
  Level level;
  const char *words;
  const char *chain_status; /* of dane_chain */
  Level chain_level;
  const char *code; /* of Exchange Online; NULL: none */
} cases[] = {
    {"RFC 7672 s2.2 genuine records", "good.example", "ok", LEVEL_OK, "provably", "ok", LEVEL_OK, NULL},
    {"RFC 7671 s8.1 an old record beside the new one", "roll.example", "ok", LEVEL_OK, "provably", "ok", LEVEL_OK, NULL},
    {"RFC 7672 s3.1 another certificate", "other.example", "ok", LEVEL_OK, "provably", "mismatch", LEVEL_FAIL, "4.7.323"},
    {"RFC 7672 s3.1.2 by authority, made out for another name", "ta.example", "ok", LEVEL_OK, "provably", "mismatch",
     LEVEL_FAIL, "4.7.325"},
    {"RFC 7672 s3.2.3 by authority, another name", "taname.example", "ok", LEVEL_OK, "provably", "mismatch", LEVEL_FAIL,
     "4.7.325"},
    {"RFC 7672 s3.1.3 usage 0 and 1 alone", "usage.example", "unusable", LEVEL_WARN, "usage", "unusable", LEVEL_WARN, NULL},
    {"RFC 7672 s3.1.3 usage 0 beside a good one", "mixed.example", "ok", LEVEL_WARN, "usage", "ok", LEVEL_OK, NULL},
    {"common mistake: TLSA without DNSSEC (RFC 7672 s2.2.1): the MX record", "nomx.example", "insecure", LEVEL_WARN,
     "not signed", "insecure", LEVEL_WARN, NULL},
    {"common mistake: TLSA without DNSSEC (RFC 7672 s2.2.2): the server's address", "nohost.example", "insecure",
     LEVEL_WARN, "not signed", "insecure", LEVEL_WARN, NULL},
    {"common mistake: TLSA without DNSSEC (RFC 7672 s2.2.3): the record", "notlsa.example", "insecure", LEVEL_WARN,
     "not signed", "insecure", LEVEL_WARN, NULL},
    {"common mistake: to believe the AD flag of any resolver on the path", "path.example", "untrusted", LEVEL_UNKNOWN,
     "not on this computer", "untrusted", LEVEL_UNKNOWN, NULL},
    {"common mistake: to believe it where one answer came from elsewhere", "some.example", "untrusted", LEVEL_UNKNOWN,
     "not on this computer", "untrusted", LEVEL_UNKNOWN, NULL},
    {"loopback in all its forms", "six.example", "ok", LEVEL_OK, "provably", "ok", LEVEL_OK, NULL},
    {"no records", "none.example", "none", LEVEL_NOTE, "No certificate is prescribed", "none", LEVEL_NOTE, NULL},
    {"RFC 7672 s2.1.2 records that could not be found out", "fail.example", "servfail", LEVEL_UNKNOWN, "4.7.324", "servfail",
     LEVEL_UNKNOWN, NULL},
    {"RFC 7672 s2.2 no STARTTLS", "plain.example", "ok", LEVEL_OK, "provably", "mismatch", LEVEL_FAIL, "4.7.321"},
    {"RFC 7672 s2.2 broken TLS", "broken.example", "ok", LEVEL_OK, "provably", "mismatch", LEVEL_FAIL, "4.7.321"},
    {"nobody answers", "down.example", "ok", LEVEL_OK, "provably", "no_answer", LEVEL_UNKNOWN, NULL},
    {"turned away", "decline.example", "ok", LEVEL_OK, "provably", "no_answer", LEVEL_UNKNOWN, NULL},
    {"common mistake: to check one MX only", "two.example", "ok", LEVEL_OK, "provably", "mismatch", LEVEL_FAIL, "4.7.323"},
    {"common mistake: to check one MX only: the records", "half.example", "partial", LEVEL_WARN, "leads mail to this one",
     "ok", LEVEL_WARN, NULL},
    {"RFC 7672 s2.2.3 the end of an alias", "alias.example", "ok", LEVEL_OK, "provably", "ok", LEVEL_OK, NULL},
    {"RFC 7672 s2.2.3 the alias itself, if its end has none", "alias2.example", "ok", LEVEL_OK, "provably", "ok", LEVEL_OK,
     NULL},
    {"RFC 7671 s7 the record is an alias", "tlsacname.example", "ok", LEVEL_OK, "provably", "ok", LEVEL_OK, NULL},
    {"RFC 7505 s3", "null.example", "no_mail", LEVEL_FAIL, "takes no mail", "no_mail", LEVEL_FAIL, NULL},
    {"nobody could tell", "lost.example", "servfail", LEVEL_UNKNOWN, "could not be found out", "servfail", LEVEL_UNKNOWN,
     NULL},
};

static gboolean row_says(const ProbeRun *run, const char *part) {
  const GPtrArray *findings = probe_run_result(run)->findings;
  for (guint i = 0; i < findings->len; i++) {
    const Finding *row = g_ptr_array_index(findings, i);
    g_autofree char *words = finding_words(row), *advice = message_text(row->advice, NULL, NULL);
    if (strstr(words, part) != NULL || strstr(advice, part) != NULL)
      return TRUE;
  }
  return FALSE;
}

static void test_records(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].rule);
    g_autoptr(ProbeRun) run = run_probe(net, "dane", "domain", cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", cases[i].status);
    if (!row_says(run, cases[i].words))
      g_error("no row \"%s\"", cases[i].words);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, cases[i].level);
  }
  g_autoptr(ProbeRun) half = run_probe(net, "dane", "domain", "half.example", NULL);
  assert_fact(half, "hosts", "mx1.half.example");
  assert_fact(half, "without", "mx2.half.example");
  assert_fact(half, "faults", "partial");
  g_autoptr(ProbeRun) nothing = run_probe(net, "dane", "domain", "nothing.example", NULL);
  assert_fact(nothing, "without", "mx1.nothing.example, mx2.nothing.example");
  g_assert_cmpuint(probe_run_result(nothing)->findings->len, ==, 1);
  g_assert_cmpuint(find_row(nothing, "for any mail server")->evidence->len, ==, 2);
}

static void test_chains(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].rule);
    g_autoptr(ProbeRun) run = run_probe(net, "dane_chain", "domain", cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", cases[i].chain_status);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, cases[i].chain_level);
    if (cases[i].code != NULL)
      assert_fact(run, "exchange_code", cases[i].code);
    else
      g_assert_cmpint(fact_of(run, "exchange_code")->state, !=, FACT_KNOWN);
  }
  g_autoptr(ProbeRun) two = run_probe(net, "dane_chain", "domain", "two.example", NULL);
  assert_fact(two, "matched", "mx1.two.example 192.0.2.101");
  assert_fact(two, "mismatched", "mx2.two.example 192.0.2.102");
  assert_row(two, LEVEL_NOTE, "no way to IPv6");
  /* What openssl says of other.pem's key: the record that would fit. */
  g_assert_cmpstr(find_row(two, "another certificate")->quote, ==, "CN=other.example.net = 3 1 1 "
                  "1fec5782b4d2d37d43d1e5563f61118d7f9a332c5231e824c87c2833e7f7bb7e");
  g_autoptr(ProbeRun) down = run_probe(net, "dane_chain", "domain", "down.example", NULL);
  assert_row(down, LEVEL_UNKNOWN, "could not be seen");
}

/* The user may say that the resolver is to be believed. */
static void test_trust(void) {
  g_autoptr(ProbeRun) yes = run_probe(net, "dane", "domain", "path.example", "trust_resolver", "yes", NULL);
  assert_fact(yes, "status", "ok");
  g_autoptr(ProbeRun) no = run_probe(net, "dane", "domain", "path.example", "trust_resolver", "no", NULL);
  assert_fact(no, "status", "untrusted");
  g_autoptr(ProbeRun) unsigned_all_the_same =
      run_probe(net, "dane", "domain", "nomx.example", "trust_resolver", "yes", NULL);
  assert_fact(unsigned_all_the_same, "status", "insecure");
}

/* Nothing is contacted for the records alone, nor where nothing is prescribed. */
static void test_passive(void) {
  static const struct {
    const char *probe, *domain;
    guint talks;
  } runs[] = {{"dane", "good.example", 0}, {"dane_chain", "none.example", 0}, {"dane_chain", "nomx.example", 0},
              {"dane_chain", "good.example", 1}, {"dane_chain", "two.example", 3}};
  for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, runs[i].probe, "domain", runs[i].domain, NULL);
    guint talks = 0;
    for (guint k = 0; k < net_waiter_length(probe_run_waiter(run)); k++) {
      g_autofree char *line = net_waiter_line(probe_run_waiter(run), k);
      talks += g_str_has_prefix(line, "{\"talk\"");
    }
    g_assert_cmpuint(talks, ==, runs[i].talks);
  }
  g_assert_cmpuint(probe_find("dane")->flags & PROBE_CONTACTS, ==, 0);
  g_assert_cmpuint(probe_find("dane_chain")->flags & PROBE_CONTACTS, ==, PROBE_CONTACTS);
}

/* --- faults --- */

#define SIGNED "\"ad\":true,\"server\":\"127.0.0.1\""

static void test_faults(void) {
  static const char *const lines[] = {
      "{\"dns\":\"x.example MX\"," SIGNED ",\"answer\":[\"10 mx1.x.example\",\"20 mx2.x.example\"]}",
      "{\"dns\":\"mx1.x.example A\"," SIGNED ",\"answer\":[\"192.0.2.1\",\"192.0.2.3\"]}",
      "{\"dns\":\"mx1.x.example AAAA\"," SIGNED ",\"status\":\"nodata\"}",
      "{\"dns\":\"mx2.x.example A\"," SIGNED ",\"answer\":[\"192.0.2.2\"]}",
      "{\"dns\":\"mx2.x.example AAAA\"," SIGNED ",\"status\":\"nodata\"}",
      "{\"dns\":\"_25._tcp.mx1.x.example TLSA\"," SIGNED ",\"answer\":[\"3 1 1 "
      "f284ae3ef5e56ea6ff9396873dbc446f22241fa1110abdececeafa796f9a5462\"]}",
      "{\"dns\":\"_25._tcp.mx2.x.example TLSA\"," SIGNED ",\"answer\":[\"3 1 1 "
      "f284ae3ef5e56ea6ff9396873dbc446f22241fa1110abdececeafa796f9a5462\"]}",
      NULL};
  /* The servers that could be asked are named all the same. */
  static const char *const more[] = {
      "{\"talk\":\"smtp mx1.x.example:25 192.0.2.1\",\"lines\":[]}", "{\"talk\":\"smtp mx1.x.example:25 192.0.2.3\",\"lines\":[]}",
      "{\"talk\":\"smtp mx2.x.example:25 192.0.2.2\",\"lines\":[]}"};
  g_autofree char *mx = NULL;
  g_assert_true(g_file_get_contents("tests/unit/data/certificate/mx.pem", &mx, NULL, NULL));
  g_auto(GStrv) parts = g_strsplit(mx, "\n", -1);
  g_autofree char *pem = g_strjoinv("\\n", parts);
  g_autoptr(GPtrArray) world = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; lines[i] != NULL; i++)
    g_ptr_array_add(world, g_strdup(lines[i]));
  for (guint i = 0; i < G_N_ELEMENTS(more); i++)
    g_ptr_array_add(world, g_strdup_printf("%.*s,\"tls\":\"TLSv1.3\",\"verify\":0,\"chain\":[\"%s\"]}", (int)strlen(more[i]) - 1,
                                           more[i], pem));
  g_ptr_array_add(world, NULL);
  assert_faults(&(FaultCase){"dane_chain", (const char *const[]){"domain", "x.example", NULL},
                             (const char *const *)world->pdata, (const char *const[]){"matched", "mismatched", NULL}});
  assert_faults(&(FaultCase){"dane", (const char *const[]){"domain", "x.example", NULL}, lines,
                             (const char *const[]){"hosts", "without", NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/dane.jsonl");
  g_test_add_func("/dane/records", test_records);
  g_test_add_func("/dane/chains", test_chains);
  g_test_add_func("/dane/trust", test_trust);
  g_test_add_func("/dane/passive", test_passive);
  g_test_add_func("/dane/faults", test_faults);
  int status = g_test_run();
  net_free(net);
  return status;
}
