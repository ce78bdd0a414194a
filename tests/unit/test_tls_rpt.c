/* RFC 8460 rule by rule, and the probe over a recording. */
#include "faults.h"

#include "mail/tls_rpt.h"

static const struct {
  const char *rule, *text;
  TlsRptState state;
  guint uris;
} cases[] = {
    {"s3 mailto", "v=TLSRPTv1; rua=mailto:r@example.com", TLS_RPT_OK, 1},
    {"s3 https", "v=TLSRPTv1;rua=https://example.com/r", TLS_RPT_OK, 1},
    {"s3 several", "v=TLSRPTv1; rua=mailto:r@example.com, https://example.com/r;", TLS_RPT_OK, 2},
    {"s3 extensions", "v=TLSRPTv1; rua=mailto:r@example.com; x=1", TLS_RPT_OK, 1},
    {"s3 v is exact", "v=tlsrptv1; rua=mailto:r@example.com", TLS_RPT_NONE, 0},
    {"s3 v is first", "rua=mailto:r@example.com; v=TLSRPTv1", TLS_RPT_NONE, 0},
    {"s3 nothing before it", " v=TLSRPTv1; rua=mailto:r@example.com", TLS_RPT_NONE, 0},
    {"s3 no blank in it", "v = TLSRPTv1; rua=mailto:r@example.com", TLS_RPT_NONE, 0},
    {"s3 another version", "v=TLSRPTv2; rua=mailto:r@example.com", TLS_RPT_NONE, 0},
    {"s3 the mistake of taking a record without rua",  "v=TLSRPTv1", TLS_RPT_NO_RUA, 0},
    {"s3 an empty rua", "v=TLSRPTv1; rua=", TLS_RPT_NO_RUA, 0},
    {"s3 neither mailto nor https", "v=TLSRPTv1; rua=http://example.com/r", TLS_RPT_BAD_URI, 0},
    {"s3 an address without mailto:", "v=TLSRPTv1; rua=r@example.com,mailto:r@example.com", TLS_RPT_BAD_URI, 1},
    {"other texts", "v=spf1 -all", TLS_RPT_NONE, 0},
    {"nothing", "", TLS_RPT_NONE, 0},
};

static void test_records(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GBytes) data = g_bytes_new_static(cases[i].text, strlen(cases[i].text));
    g_autoptr(GPtrArray) uris = g_ptr_array_new_with_free_func(g_free);
    g_test_message("RFC 8460 %s", cases[i].rule);
    g_assert_cmpint(tls_rpt_parse(data, uris), ==, cases[i].state);
    g_assert_cmpuint(uris->len, ==, cases[i].uris);
  }
}

static const char *const world[] = {
    "{\"dns\":\"_smtp._tls.good.example TXT\",\"answer\":[\"\\\"other\\\"\",\"\\\"v=TLSRPTv1; "
    "rua=mailto:r@x.example\\\"\"]}",
    "{\"dns\":\"_smtp._tls.mute.example TXT\",\"answer\":[\"\\\"v=TLSRPTv1;\\\"\"]}",
    "{\"dns\":\"_smtp._tls.two.example TXT\",\"answer\":[\"\\\"v=TLSRPTv1; rua=mailto:r@x.example\\\"\","
    "\"\\\"v=TLSRPTv1; rua=mailto:s@x.example\\\"\"]}",
    "{\"dns\":\"_smtp._tls.none.example TXT\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"_smtp._tls.slow.example TXT\",\"status\":\"timeout\"}",
    NULL,
};

static const struct {
  const char *domain, *status;
  Level level;
  FactState reports;
} probe_cases[] = {
    {"good.example", "ok", LEVEL_OK, FACT_KNOWN},
    {"mute.example", "unusable", LEVEL_WARN, FACT_KNOWN},
    {"two.example", "several", LEVEL_WARN, FACT_ABSENT},
    {"none.example", "none", LEVEL_NOTE, FACT_ABSENT},
    {"slow.example", "timeout", LEVEL_UNKNOWN, FACT_UNKNOWN},
    {"no domain", "bad_name", LEVEL_FAIL, FACT_UNKNOWN},
};

static void test_probe(void) {
  g_autoptr(Net) net = replay(NULL);
  for (guint i = 0; world[i] != NULL; i++)
    g_assert_true(net_preload(net, world[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS(probe_cases); i++) {
    g_test_message("%s", probe_cases[i].domain);
    g_autoptr(ProbeRun) run = run_probe(net, "tls_rpt", "domain", probe_cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", probe_cases[i].status);
    assert_state(run, "reports", probe_cases[i].reports);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, probe_cases[i].level);
  }
}

static void test_faults(void) {
  for (guint i = 0; i < 4; i++)
    assert_faults(&(FaultCase){"tls_rpt", (const char *const[]){"domain", probe_cases[i].domain, NULL}, world,
                               (const char *const[]){NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls-rpt/records", test_records);
  g_test_add_func("/tls-rpt/probe", test_probe);
  g_test_add_func("/tls-rpt/faults", test_faults);
  return g_test_run();
}
