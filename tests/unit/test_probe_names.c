/* Domains with odd names, and what all probes make of them: an alias of nothing is not a domain that does not exist, and what
 * has an underscore is no host, but the DNS can hold it. */
#include "probes.h"
#include "zones.h"

static const char zone[] = "hang.test MX !nxdomain";

/* The chain stands in the answer, as resolvers give it. */
static Net *dangling_net(void) {
  static const char *const types[] = {"MX", "A", "AAAA", "TXT", "NS"};
  Net *net = zone_net(zone, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    g_autofree char *line = g_strdup_printf(
        "{\"dns\":\"www.hang.test %s\",\"status\":\"nxdomain\",\"answer\":[\"www.hang.test 60 CNAME gone.hang.test\"]}", types[i]);
    g_assert_true(net_preload(net, line, NULL));
  }
  return net;
}

static void test_dangling(void) {
  static const struct {
    const char *probe, *input, *value;
  } cases[] = {
      {"address", "email", "taro@www.hang.test"}, {"mx", "domain", "www.hang.test"},   {"smtp", "domain", "www.hang.test"},
      {"rcpt", "email", "taro@www.hang.test"},    {"dane", "domain", "www.hang.test"}, {"dane_chain", "domain", "www.hang.test"},
  };
  g_autoptr(Net) net = dangling_net();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, cases[i].probe, cases[i].input, cases[i].value, NULL);
    g_test_message("%s", cases[i].probe);
    const Finding *row = find_row(run, "is an alias (CNAME) of gone.hang.test, and that name does not exist");
    g_assert_nonnull(row);
    g_assert_cmpint(row->level, ==, LEVEL_FAIL);
    g_assert_null(find_row(run, "The domain does not exist"));
    g_assert_null(find_row(run, "www.hang.test does not exist"));
  }
  g_autoptr(ProbeRun) address = run_probe(net, "address", "email", "taro@www.hang.test", NULL);
  assert_complete(address);
  assert_fact(address, "takes_mail", "no");
  assert_state(address, "suggestion", FACT_ABSENT); /* it exists: nobody mistyped it */
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(address)); i++)
    g_assert_true(g_str_has_prefix(net_waiter_answer(probe_run_waiter(address), i)->name, "www.hang.test"));
}

static const char held[] = "a_b.test MX 10 mx.test\nmx.test A 192.0.2.25\na_b.test A 192.0.2.80\n"
                           "a_b.test TXT v=spf1 -all\n_smtp._tls.a_b.test TXT v=TLSRPTv1; rua=mailto:a@b.test\n"
                           "_mta-sts.a_b.test TXT !nxdomain\n_dmarc.a_b.test TXT v=DMARC1; p=none\n"
                           "_dmarc.test TXT !nxdomain\nautodiscover.a_b.test CNAME !nxdomain\n_25._tcp.mx.test TLSA !nxdomain";

static void test_underscore(void) {
  static const struct {
    const char *probe, *input, *status;
  } cases[] = {
      {"mx", "domain", "ok"},    {"host", "host", "ok"},         {"spf_record", "domain", "ok"}, {"dmarc", "domain", "ok"},
      {"tls_rpt", "domain", "ok"}, {"mta_sts", "domain", "none"}, {"dane", "domain", "none"},
  };
  g_autoptr(Net) net = zone_net(held, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, cases[i].probe, cases[i].input, "a_b.test", NULL);
    g_test_message("%s", cases[i].probe);
    assert_fact(run, "status", cases[i].status);
    g_assert_cmpint(result_level(probe_run_result(run)), <=, LEVEL_NOTE);
  }
  g_autoptr(ProbeRun) provider = run_probe(net, "provider", "domain", "a_b.test", NULL);
  assert_complete(provider);
  g_assert_null(find_row(provider, "is not the name"));
  g_autoptr(ProbeRun) host = run_probe(net, "host", "host", "a_b.test", NULL);
  assert_row(host, LEVEL_NOTE, "No computer may have an underscore in its name");
  g_autoptr(ProbeRun) address = run_probe(net, "address", "email", "taro@a_b.test", NULL);
  assert_complete(address);
  assert_fact(address, "valid", "no");
  assert_fact(address, "reason", "domain_label");
  assert_fact(address, "position", "7");
  assert_fact(address, "domain", "a_b.test");
  assert_fact(address, "takes_mail", "yes");
  assert_state(address, "cleaned", FACT_ABSENT);
  assert_row(address, LEVEL_FAIL, "At position 7 stands an underscore");
  assert_row(address, LEVEL_OK, "names servers for its mail");
}

/* One label is no reserved name, and what is only an ending is registered by nobody. */
static void test_one_label(void) {
  g_autoptr(Net) net = zone_net("com NS a.test", NULL, NULL);
  g_autoptr(ProbeRun) domain = run_probe(net, "domain", "domain", "com", NULL);
  assert_complete(domain);
  g_assert_null(find_row(domain, "reserved"));
  assert_row(domain, LEVEL_NOTE, "only the ending");
  g_autoptr(ProbeRun) test = run_probe(net, "domain", "domain", "a.test", NULL);
  assert_row(test, LEVEL_NOTE, "reserved");
  g_autoptr(ProbeRun) lists = run_probe(net, "dnsbl", "domain", "com", NULL);
  assert_row(lists, LEVEL_UNKNOWN, "only one part of a name");
  g_autoptr(ProbeRun) record = run_probe(net, "spf_record", "domain", "com", NULL);
  g_assert_cmpuint(probe_run_result(record)->findings->len, ==, 1);
  g_autoptr(ProbeRun) nothing = run_probe(net, "dnsbl", NULL);
  assert_row(nothing, LEVEL_SKIP, "neither an IP address nor a domain");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/names/dangling", test_dangling);
  g_test_add_func("/names/underscore", test_underscore);
  g_test_add_func("/names/one-label", test_one_label);
  return g_test_run();
}
