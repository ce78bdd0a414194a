/* The addresses of a name, and the names of an address, over a recording. */
#include "faults.h"

#include "mail/reverse_name.h"

static Net *net;

/* --- host --- */

static void test_host(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "host", "host", "WWW.example.com.", NULL);
  assert_complete(run);
  assert_fact(run, "status", "ok");
  assert_fact(run, "addresses", "192.0.2.80, 192.0.2.81, 2001:db8::80");
  assert_fact(run, "special", "");
  assert_state(run, "alias", FACT_ABSENT);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_OK);
  g_assert_cmpstr(find_row(run, "IPv6")->subject, ==, "2001:db8::80");
  g_assert_cmpuint(find_row(run, "IPv6")->evidence->len, ==, 2);
}

typedef struct HostCase {
  const char *host, *status;
  Level level;
  FactState addresses, alias;
  const char *words;
} HostCase;

static const HostCase host_cases[] = {
    {"gone.example", "nxdomain", LEVEL_FAIL, FACT_ABSENT, FACT_ABSENT, "does not exist"},
    {"empty.example", "no_data", LEVEL_NOTE, FACT_ABSENT, FACT_ABSENT, "has no address"},
    {"slow.example", "timeout", LEVEL_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, "no answer in time"},
    {"half.example", "servfail", LEVEL_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, "could not be found out"},
    {"one.example", "ok", LEVEL_UNKNOWN, FACT_KNOWN, FACT_ABSENT, "more addresses, of the kind AAAA"},
    {"private.example", "ok", LEVEL_WARN, FACT_KNOWN, FACT_ABSENT, "(private network)"},
    {"alias.example", "ok", LEVEL_NOTE, FACT_KNOWN, FACT_KNOWN, "of step.example -> end.example"},
    /* RFC 6604 s3: the code speaks of the end of the chain; the name asked for exists. */
    {"lost.example", "no_data", LEVEL_WARN, FACT_ABSENT, FACT_KNOWN, "without an address: nowhere.example"},
    {"not a host", "bad_name", LEVEL_FAIL, FACT_UNKNOWN, FACT_UNKNOWN, "not the name of a computer"},
    {"192.0.2.1", "bad_name", LEVEL_FAIL, FACT_UNKNOWN, FACT_UNKNOWN, "not the name of a computer"},
};

static void test_host_ends(void) {
  for (guint i = 0; i < G_N_ELEMENTS(host_cases); i++) {
    const HostCase *c = &host_cases[i];
    g_test_message("%s", c->host);
    g_autoptr(ProbeRun) run = run_probe(net, "host", "host", c->host, NULL);
    assert_complete(run);
    assert_fact(run, "status", c->status);
    assert_state(run, "addresses", c->addresses);
    assert_state(run, "alias", c->alias);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
    g_assert_nonnull(find_row(run, c->words));
  }
  g_autoptr(ProbeRun) alias = run_probe(net, "host", "host", "alias.example", NULL);
  assert_fact(alias, "alias", "end.example");
  assert_fact(alias, "aliases", "step.example, end.example");
  g_autoptr(ProbeRun) special = run_probe(net, "host", "host", "private.example", NULL);
  assert_fact(special, "special", "10.1.2.3, fe80::1");
  g_autoptr(ProbeRun) unheard = run_probe(net, "host", "host", "unheard.example", NULL);
  assert_complete(unheard);
  assert_state(unheard, "status", FACT_UNKNOWN);
}

/* A hostile answer with hundreds of addresses does not fill the screen. */
static void test_host_many(void) {
  g_autoptr(GString) line = g_string_new("{\"dns\":\"many.example A\",\"answer\":[\"192.0.2.1\"");
  for (guint i = 2; i < 200; i++)
    g_string_append_printf(line, ",\"192.0.2.%u\"", i);
  g_string_append(line, "]}");
  g_autoptr(Net) own = replay(NULL);
  g_assert_true(net_preload(own, line->str, NULL));
  g_assert_true(net_preload(own, "{\"dns\":\"many.example AAAA\",\"status\":\"nodata\"}", NULL));
  g_autoptr(ProbeRun) run = run_probe(own, "host", "host", "many.example", NULL);
  g_assert_cmpuint(probe_run_result(run)->findings->len, ==, 21);
  assert_row(run, LEVEL_NOTE, "179 more");
}

static void test_host_faults(void) {
  static const char *const lines[] = {
      "{\"dns\":\"a.example A\",\"answer\":[\"a.example 300 CNAME b.example\",\"b.example 300 A 10.0.0.1\"]}",
      "{\"dns\":\"a.example AAAA\",\"answer\":[\"a.example 300 CNAME b.example\",\"b.example 300 AAAA 2001:db8::1\"]}",
      NULL};
  assert_faults(&(FaultCase){"host", (const char *const[]){"host", "a.example", NULL}, lines,
                             (const char *const[]){"addresses", "special", NULL}});
  static const char *const none[] = {"{\"dns\":\"a.example A\",\"status\":\"nodata\"}",
                                     "{\"dns\":\"a.example AAAA\",\"status\":\"nodata\"}", NULL};
  assert_faults(
      &(FaultCase){"host", (const char *const[]){"host", "a.example", NULL}, none, (const char *const[]){NULL}});
}

/* --- ptr --- */

typedef struct PtrCase {
  const char *ip, *status;
  Level level;
  FactState names, confirmed, generic;
  const char *words;
} PtrCase;

static const PtrCase ptr_cases[] = {
    {"192.0.2.25", "ok", LEVEL_WARN, FACT_KNOWN, FACT_KNOWN, FACT_KNOWN, "this name leads back to 192.0.2.25"},
    {"192.0.2.26", "none", LEVEL_WARN, FACT_ABSENT, FACT_ABSENT, FACT_ABSENT, "has no name"},
    {"192.0.2.27", "mismatch", LEVEL_WARN, FACT_KNOWN, FACT_KNOWN, FACT_KNOWN, "does not lead back"},
    {"192.0.2.28", "timeout", LEVEL_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, "Its name could not"},
    {"192.0.2.29", "timeout", LEVEL_WARN, FACT_KNOWN, FACT_UNKNOWN, FACT_KNOWN, "could not be found out"},
    {"192.0.2.30", "ok", LEVEL_NOTE, FACT_KNOWN, FACT_KNOWN, FACT_KNOWN, "like that of a customer line"},
    {"192.0.2.31", "ok", LEVEL_OK, FACT_KNOWN, FACT_KNOWN, FACT_KNOWN,
     "leads back"}, /* RFC 2317 s4: by way of a CNAME */
    {"2001:db8::25", "ok", LEVEL_OK, FACT_KNOWN, FACT_KNOWN, FACT_KNOWN, "leads back to 2001:db8::25"},
    {"2001:db8::26", "none", LEVEL_WARN, FACT_ABSENT, FACT_ABSENT, FACT_ABSENT, "has no name"},
    {"10.0.0.1", "not_public", LEVEL_OK, FACT_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, "(private network)"},
    {"mail.example.com", "bad_address", LEVEL_FAIL, FACT_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, "not an IP address"},
};

static void test_ptr(void) {
  for (guint i = 0; i < G_N_ELEMENTS(ptr_cases); i++) {
    const PtrCase *c = &ptr_cases[i];
    g_test_message("%s", c->ip);
    g_autoptr(ProbeRun) run = run_probe(net, "ptr", "ip", c->ip, NULL);
    assert_complete(run);
    assert_fact(run, "status", c->status);
    assert_state(run, "names", c->names);
    assert_state(run, "confirmed", c->confirmed);
    assert_state(run, "generic", c->generic);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
    g_assert_nonnull(find_row(run, c->words));
  }
  g_autoptr(ProbeRun) two = run_probe(net, "ptr", "ip", "192.0.2.25", NULL);
  assert_fact(two, "names", "mail.example.com, old.example.com");
  assert_fact(two, "confirmed", "mail.example.com");
  assert_fact(two, "generic", "no");
  g_assert_null(probe_run_result(two)->headline);
  g_autoptr(ProbeRun) none = run_probe(net, "ptr", "ip", "192.0.2.27", NULL);
  g_assert_nonnull(probe_run_result(none)->headline);
  assert_fact(none, "confirmed", "");
  g_autoptr(ProbeRun) line = run_probe(net, "ptr", "ip", "192.0.2.30", NULL);
  assert_fact(line, "generic", "yes");
}

/* RFC 1912 s2.1, and the mistake of checking the mail server that receives: only the sending address is asked for. */
static void test_ptr_asks_about_the_sender(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "ptr", "ip", "192.0.2.25", NULL);
  const NetWaiter *waiter = probe_run_waiter(run);
  g_assert_cmpuint(net_waiter_length(waiter), ==, 3);
  for (guint i = 0; i < net_waiter_length(waiter); i++)
    g_assert_cmpint(net_waiter_answer(waiter, i)->type, !=, DNS_MX);
  /* A private address is not sent out. */
  g_autoptr(ProbeRun) private = run_probe(net, "ptr", "ip", "10.0.0.1", NULL);
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(private)), ==, 0);
}

static void test_ptr_faults(void) {
  static const char *const lines[] = {
      "{\"dns\":\"1.2.0.192.in-addr.arpa PTR\",\"answer\":[\"a.example\",\"b.example\"]}",
      "{\"dns\":\"a.example A\",\"answer\":[\"192.0.2.1\"]}", "{\"dns\":\"b.example A\",\"answer\":[\"192.0.2.1\"]}",
      NULL};
  static const char *const inputs[] = {"ip", "192.0.2.1", NULL};
  assert_faults(&(FaultCase){"ptr", inputs, lines, (const char *const[]){NULL}});
  /* A time-out is no mismatch. */
  static const char *const one[] = {"{\"dns\":\"1.2.0.192.in-addr.arpa PTR\",\"answer\":[\"a.example\"]}",
                                    "{\"dns\":\"a.example A\",\"answer\":[\"192.0.2.1\"]}", NULL};
  assert_faults(&(FaultCase){"ptr", inputs, one, (const char *const[]){NULL}});
}

/* --- names by rule --- */

static const struct {
  const char *ip, *name;
  gboolean generic;
} names[] = {
    {"192.0.2.30", "host-192-0-2-30.isp.example", TRUE},
    {"192.0.2.30", "30.2.0.192.rev.isp.example", TRUE},
    {"192.0.2.30", "p192000002030.isp.example", TRUE},
    {"192.0.2.30", "192.000.002.030.isp.example", TRUE},
    {"192.0.2.30", "ipC000021E.isp.example", TRUE},
    {"192.0.2.30", "line7.adsl.isp.example", TRUE},
    {"192.0.2.30", "DYN-4711.isp.example", TRUE},
    {"192.0.2.30", "x.dsl.example", FALSE},               /* the provider's own name */
    {"192.0.2.30", "mail-pool-3.out.example.com", FALSE}, /* a server of many */
    {"192.0.2.30", "mail.example.com", FALSE},
    {"192.0.2.30", "mail30.example.com", FALSE},
    {"192.0.2.30", "dynamo.it.example.com", FALSE}, /* a part of a word is no word */
    {"2001:db8::1234:5678:9abc:def0", "i1234-5678-9abc-def0.isp.example", TRUE},
    {"2001:db8::1234:5678:9abc:def0", "123456789abcdef0.isp.example", TRUE},
    {"2001:db8::25", "mail-25.example.com", FALSE},
    {"192.0.2.30", ".", FALSE},
    {"192.0.2.30", "", FALSE},
};

static void test_generic(void) {
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    Ip ip;
    g_assert_true(ip_parse(names[i].ip, &ip));
    g_test_message("%s", names[i].name);
    g_assert_cmpint(reverse_name_is_generic(names[i].name, &ip), ==, names[i].generic);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/host.jsonl");
  g_test_add_func("/host/ok", test_host);
  g_test_add_func("/host/ends", test_host_ends);
  g_test_add_func("/host/many", test_host_many);
  g_test_add_func("/host/faults", test_host_faults);
  g_test_add_func("/ptr/ends", test_ptr);
  g_test_add_func("/ptr/mistake/checked-on-the-mx-not-on-the-sender", test_ptr_asks_about_the_sender);
  g_test_add_func("/ptr/faults", test_ptr_faults);
  g_test_add_func("/ptr/generic", test_generic);
  int status = g_test_run();
  net_free(net);
  return status;
}
