/* The name servers of a domain, over recordings: who is lame, who has old data, how long those can live. */
#include "faults.h"

#define AT(address) "\",\"ask\":\"" address "\""
#define PARENT "192.0.2.1"
#define ONE "192.0.2.11"
#define TWO "198.51.100.12"
#define SOA(serial) "\"answer\":[\"ns1.d.example h.d.example " serial " 1 1 1 900\"],\"ttl\":1800}"

/* All is well. */
static const char *const base[] = {
    "{\"dns\":\"d.example MX\",\"answer\":[\"10 mx.d.example\"],\"ttl\":200,\"at\":\"2026-11-21T10:00:00.000Z\"}",
    "{\"dns\":\"example NS\",\"answer\":[\"a.nic.example\"]}",
    "{\"dns\":\"a.nic.example A\",\"answer\":[\"" PARENT "\"]}",
    "{\"dns\":\"d.example NS\",\"answer\":[\"ns2.d.example\",\"ns1.d.example\"]}",
    "{\"dns\":\"d.example NS" AT(PARENT) ",\"status\":\"refused\",\"beside\":[\"d.example 9 NS NS1.d.example\",\"d.example 9 NS "
    "ns2.d.example\"]}",
    "{\"dns\":\"ns1.d.example A\",\"answer\":[\"" ONE "\"]}",
    "{\"dns\":\"ns2.d.example A\",\"answer\":[\"" TWO "\"]}",
    "{\"dns\":\"d.example MX" AT(ONE) ",\"answer\":[\"10 MX.d.example\"],\"ttl\":3600,\"ms\":20,\"at\":\"2026-11-21T10:00:00.100Z\"}",
    "{\"dns\":\"d.example MX" AT(TWO) ",\"answer\":[\"10 mx.d.example\"],\"ttl\":3600,\"ms\":30,\"at\":\"2026-11-21T10:00:00.100Z\"}",
    "{\"dns\":\"d.example SOA" AT(ONE) "," SOA("7"),
    "{\"dns\":\"d.example SOA" AT(TWO) "," SOA("7"),
    NULL,
};

#define OLD_AT_TWO \
  "{\"dns\":\"d.example MX" AT(TWO) ",\"answer\":[\"10 old.d.example\"],\"ttl\":7200,\"at\":\"2026-11-21T10:00:00.100Z\"}"
#define REFUSED_BY(address, type) "{\"dns\":\"d.example " type AT(address) ",\"status\":\"refused\"}"
#define RESOLVER_FAILS(type) "{\"dns\":\"d.example " type "\",\"status\":\"servfail\",\"ede\":22}"

/* The lines of `base`, those of them that `changes` are about replaced. */
static GPtrArray *world(const char *const *changes) {
  GPtrArray *lines = g_ptr_array_new();
  for (guint i = 0; base[i] != NULL; i++)
    g_ptr_array_add(lines, (gpointer)base[i]);
  for (guint k = 0; changes[k] != NULL; k++) {
    const char *end = strstr(changes[k], ",\"ask\"");
    end = strchr(end != NULL ? end + 1 : changes[k], ',');
    g_autofree char *start = g_strndup(changes[k], (gsize)(end - changes[k]));
    for (guint i = lines->len; i-- > 0;)
      if (line_is_about(g_ptr_array_index(lines, i), start))
        g_ptr_array_remove_index(lines, i);
    g_ptr_array_add(lines, (gpointer)changes[k]);
  }
  g_ptr_array_add(lines, NULL);
  return lines;
}

typedef struct Case {
  const char *name;
  const char *changes[8];
  Level level;
  const char *status; /* NULL: unknown */
  const char *differ, *old, *lame, *silent, *faults;
  const char *until; /* NULL: unknown */
  const char *words;
} Case;

static const Case cases[] = {
    {"all agree", {NULL}, LEVEL_NOTE, "same", "", "", "", "", "", "11:01", "can have old data until 11:01"},
    {"the old MX by its serial (RFC 1982)",
     {OLD_AT_TWO, "{\"dns\":\"d.example SOA" AT(TWO) "," SOA("4294967290"), NULL},
     LEVEL_WARN, "differ", "ns2.d.example", "ns2.d.example", "", "", "differ", NULL, "still says: 10 old.d.example"},
    {"the old MX at the servers that the parent no longer names",
     {OLD_AT_TWO, "{\"dns\":\"d.example SOA" AT(TWO) ",\"answer\":[\"x.example h.d.example 9 1 1 1 900\"],\"ttl\":1800}",
      "{\"dns\":\"d.example NS" AT(PARENT) ",\"status\":\"refused\",\"beside\":[\"d.example 9 NS ns1.d.example\"]}", NULL},
     LEVEL_WARN, "differ", "ns2.d.example", "ns2.d.example", "", "", "parent_differs differ", NULL, "half done"},
    {"who is older cannot be told",
     {OLD_AT_TWO, NULL},
     LEVEL_WARN, "differ", "ns1.d.example, ns2.d.example", NULL, "", "", "differ", NULL, "chance decides"},
    {"our resolver has an older answer",
     {"{\"dns\":\"d.example MX\",\"answer\":[\"10 old.d.example\"],\"ttl\":50000,\"at\":\"2026-11-21T10:00:00.000Z\"}", NULL},
     LEVEL_NOTE, "cached", "", "", "", "", "", "23:54", "which it keeps until 23:54: 10 old.d.example"},
    {"until tomorrow",
     {"{\"dns\":\"d.example MX\",\"answer\":[\"10 old.d.example\"],\"ttl\":86400,\"at\":\"2026-11-21T10:00:00.000Z\"}", NULL},
     LEVEL_NOTE, "cached", "", "", "", "", "", "2026-11-22 10:01", "until 2026-11-22 10:00:"},
    {"lame by refusal", {REFUSED_BY(TWO, "MX"), REFUSED_BY(TWO, "SOA"), NULL}, LEVEL_WARN, "same", "", "", "ns2.d.example", "",
     "lame", "11:01", "refused to answer"},
    {"lame by an answer from elsewhere",
     {"{\"dns\":\"d.example MX" AT(TWO) ",\"aa\":false,\"ra\":true,\"answer\":[\"10 old.d.example\"]}", NULL},
     LEVEL_WARN, "same", "", "", "ns2.d.example", "", "lame", "11:01", "only passes on"},
    {"lame by a referral",
     {"{\"dns\":\"d.example MX" AT(TWO) ",\"status\":\"refused\",\"beside\":[\"example 9 NS a.nic.example\"]}", NULL},
     LEVEL_WARN, "same", "", "", "ns2.d.example", "", "lame", "11:01", "refers to others"},
    {"nobody answers for the domain: the parent names them",
     {RESOLVER_FAILS("MX"), RESOLVER_FAILS("NS"), REFUSED_BY(ONE, "MX"), REFUSED_BY(ONE, "SOA"), REFUSED_BY(TWO, "MX"),
      REFUSED_BY(TWO, "SOA"), NULL},
     LEVEL_WARN, "lame", "", "", "NS1.d.example, ns2.d.example", "", "lame", NULL, "refused to answer"},
    {"somebody in between refuses: that says nothing",
     {REFUSED_BY(ONE, "MX"), REFUSED_BY(TWO, "MX"), REFUSED_BY(PARENT, "NS"), NULL},
     LEVEL_UNKNOWN, NULL, "", "", "", "ns1.d.example, ns2.d.example", "", NULL, "could not be asked directly"},
    {"somebody in between answers",
     {"{\"dns\":\"d.example MX" AT(ONE) ",\"aa\":false,\"ra\":true,\"answer\":[\"10 mx.d.example\"]}",
      "{\"dns\":\"d.example MX" AT(TWO) ",\"aa\":false,\"ra\":true,\"answer\":[\"10 mx.d.example\"]}",
      "{\"dns\":\"d.example NS" AT(PARENT) ",\"aa\":false,\"ra\":true,\"answer\":[\"ns1.d.example\",\"ns2.d.example\"]}", NULL},
     LEVEL_UNKNOWN, NULL, "", "", "", "ns1.d.example, ns2.d.example", "", NULL, "could not be asked directly"},
    {"all is blocked",
     {"{\"dns\":\"d.example MX" AT(ONE) ",\"status\":\"timeout\"}", "{\"dns\":\"d.example MX" AT(TWO) ",\"status\":\"timeout\"}",
      "{\"dns\":\"d.example NS" AT(PARENT) ",\"status\":\"timeout\"}", NULL},
     LEVEL_UNKNOWN, NULL, "", "", "", "ns1.d.example, ns2.d.example", "", NULL, "Its name servers could not be asked"},
    {"one gives no answer",
     {"{\"dns\":\"d.example MX" AT(TWO) ",\"status\":\"timeout\"}", NULL},
     LEVEL_UNKNOWN, NULL, "", "", "", "ns2.d.example", "", NULL, "no answer in time"},
    {"the parent does not know the domain",
     {"{\"dns\":\"d.example NS" AT(PARENT) ",\"status\":\"nxdomain\"}", NULL},
     LEVEL_WARN, "same", "", "", "", "", "not_delegated", "11:01", "outside of your network it may not exist"},
    {"one network",
     {"{\"dns\":\"ns2.d.example A\",\"answer\":[\"" ONE "\"]}", NULL},
     LEVEL_NOTE, "same", "", "", "", "", "one_network", "11:01", "in one network"},
    {"the signatures are not believed (RFC 8914)",
     {"{\"dns\":\"d.example MX\",\"status\":\"servfail\",\"ede\":7,\"ede_text\":\"since Monday\"}", NULL},
     LEVEL_WARN, NULL, "", "", "", "", "signatures", NULL, "(DNSSEC): signature expired"},
    {"the resolver fails, nobody knows why",
     {RESOLVER_FAILS("MX"), NULL},
     LEVEL_UNKNOWN, NULL, "", "", "", "", "", NULL, "none of the domain's name servers could be reached"},
    {"no MX, and all agree",
     {"{\"dns\":\"d.example MX\",\"ttl\":900}", "{\"dns\":\"d.example MX" AT(ONE) ",\"ttl\":900,\"at\":\"2026-11-21T10:00:00Z\"}",
      "{\"dns\":\"d.example MX" AT(TWO) ",\"ttl\":900,\"at\":\"2026-11-21T10:00:00Z\"}", NULL},
     LEVEL_NOTE, "same", "", "", "", "", "", "10:15", "no such record"},
};

static void assert_text(const ProbeRun *run, const char *name, const char *want) {
  if (want != NULL)
    assert_fact(run, name, want);
  else
    assert_state(run, name, FACT_UNKNOWN);
}

static void test_cases(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *c = &cases[i];
    g_test_message("%s", c->name);
    g_autoptr(GPtrArray) lines = world(c->changes);
    g_autoptr(Net) net = replay(NULL);
    const FaultCase whole = {"delegation", (const char *const[]){"domain", "d.example", NULL},
                             (const char *const *)lines->pdata, NULL};
    g_autoptr(ProbeRun) run = run_with_fault(net, &whole, NULL, NULL);
    g_assert_nonnull(find_row(run, c->words));
    assert_text(run, "status", c->status);
    assert_text(run, "differ", c->differ);
    assert_text(run, "old", c->old);
    assert_text(run, "lame", c->lame);
    assert_text(run, "silent", c->silent);
    g_autofree char *faults = g_strjoinv(" ", fact_of(run, "faults")->list);
    g_assert_cmpstr(faults, ==, c->faults);
    assert_text(run, "old_until", c->until);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
    g_assert_cmpuint(probe_run_result(run)->done, ==, probe_run_result(run)->total);
  }
}

static void test_times(void) {
  g_autoptr(GPtrArray) lines = world((const char *const[]){NULL});
  g_autoptr(Net) net = replay(NULL);
  const FaultCase whole = {"delegation", (const char *const[]){"domain", "d.example", NULL},
                           (const char *const *)lines->pdata, NULL};
  g_autoptr(ProbeRun) run = run_with_fault(net, &whole, NULL, NULL);
  assert_fact(run, "zone", "d.example");
  assert_fact(run, "nameservers", "ns1.d.example, ns2.d.example");
  assert_fact(run, "parent", "ns1.d.example, ns2.d.example");
  assert_fact(run, "ttl", "3600");
  assert_fact(run, "absent_ttl", "900"); /* RFC 2308 s5: the smaller of TTL and minimum */
  assert_fact(run, "cached_until", "10:04");
  assert_fact(run, "old_seconds", "3600");
}

static void test_no_zone(void) {
  g_autoptr(Net) net = replay(NULL);
  net_preload(net, "{\"dns\":\"example NS\",\"answer\":[\"a.nic.example\"]}", NULL);
  net_preload(net, "{\"dns\":\"gone.example NS\",\"status\":\"nxdomain\"}", NULL);
  net_preload(net, "{\"dns\":\"gone.example MX\",\"status\":\"nxdomain\"}", NULL);
  g_autoptr(ProbeRun) gone = run_probe(net, "delegation", "domain", "gone.example", NULL);
  assert_complete(gone);
  assert_fact(gone, "status", "none");
  assert_state(gone, "nameservers", FACT_ABSENT);
  g_autoptr(ProbeRun) unknown = run_probe(net, "delegation", "domain", "nothing.known", NULL);
  assert_complete(unknown);
  assert_state(unknown, "status", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(unknown)), ==, LEVEL_UNKNOWN);
  g_autoptr(ProbeRun) bad = run_probe(net, "delegation", "domain", "a..b", NULL);
  assert_complete(bad);
  assert_fact(bad, "status", "bad_name");
}

/* A name below the zone, and one whose levels between have no name servers. */
static void test_below(void) {
  g_autoptr(GPtrArray) lines = world((const char *const[]){
      "{\"dns\":\"a.b.d.example NS\",\"status\":\"nodata\"}", "{\"dns\":\"b.d.example NS\",\"status\":\"nodata\"}",
      "{\"dns\":\"a.b.d.example MX\",\"answer\":[\"10 mx.d.example\"],\"ttl\":9}",
      "{\"dns\":\"a.b.d.example MX" AT(ONE) ",\"answer\":[\"10 mx.d.example\"],\"ttl\":10,\"at\":\"2026-11-21T10:00:00Z\"}",
      "{\"dns\":\"a.b.d.example MX" AT(TWO) ",\"answer\":[\"10 mx.d.example\"],\"ttl\":10,\"at\":\"2026-11-21T10:00:00Z\"}", NULL});
  g_autoptr(Net) net = replay(NULL);
  const FaultCase whole = {"delegation", (const char *const[]){"domain", "a.b.d.example", NULL},
                           (const char *const *)lines->pdata, NULL};
  g_autoptr(ProbeRun) run = run_with_fault(net, &whole, NULL, NULL);
  assert_fact(run, "status", "same");
  assert_fact(run, "zone", "d.example");
  assert_fact(run, "old_until", "10:01");
}

static void test_faults(void) {
  static const char *const partial[] = {"nameservers", "parent", "differ", "old",   "lame",
                                        "silent",      "faults", "zone",   "ttl",   "absent_ttl",
                                        "cached_until", NULL};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) lines = world(cases[i].changes);
    g_test_message("%s", cases[i].name);
    assert_faults(&(FaultCase){"delegation", (const char *const[]){"domain", "d.example", NULL},
                               (const char *const *)lines->pdata, partial});
  }
}

int main(int argc, char **argv) {
  g_setenv("TZ", "UTC", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/probe/delegation/cases", test_cases);
  g_test_add_func("/probe/delegation/times", test_times);
  g_test_add_func("/probe/delegation/no-zone", test_no_zone);
  g_test_add_func("/probe/delegation/below", test_below);
  g_test_add_func("/probe/delegation/faults", test_faults);
  return g_test_run();
}
