/* Our own view of the DNS: what may be trusted before anybody else is judged. */
#include "probes.h"

typedef struct Case {
  const char *resolvers, *nonce, *zen; /* the ends of recorded lines; NULL: not recorded */
  const char *status, *is_public;      /* NULL: unknown */
  Level level;
} Case;

static const Case cases[] = {
    {"192.0.2.53", "\"status\":\"nxdomain\"", "\"answer\":[\"127.0.0.2\",\"127.0.0.4\",\"127.0.0.10\"]", "ok", "no",
     LEVEL_OK},
    {"192.0.2.53", "\"status\":\"nodata\"", "\"answer\":[\"127.0.0.2\"]", "ok", "no", LEVEL_OK},
    {"192.0.2.53", "\"answer\":[\"203.0.113.80\"]", "\"answer\":[\"203.0.113.80\"]", "rewrites", NULL, LEVEL_WARN},
    {"192.0.2.53", "\"status\":\"timeout\"", "\"status\":\"timeout\"", "no_dns", NULL, LEVEL_FAIL},
    {"none", "\"status\":\"unreachable\"", "\"status\":\"unreachable\"", "no_dns", NULL, LEVEL_FAIL},
    {"192.0.2.53", "\"status\":\"servfail\"", "\"status\":\"servfail\"", "broken", NULL, LEVEL_FAIL},
    {"192.0.2.53", "\"status\":\"refused\"", "\"status\":\"refused\"", "broken", NULL, LEVEL_FAIL},
    {"192.0.2.53", "\"status\":\"nxdomain\"", "\"answer\":[\"127.255.255.254\"]", "ok", "yes", LEVEL_WARN},
    {"192.0.2.53", "\"status\":\"nxdomain\"", "\"status\":\"timeout\"", "ok", NULL, LEVEL_OK},
    {"8.8.8.8", "\"status\":\"nxdomain\"", "\"status\":\"nxdomain\"", "ok", "yes", LEVEL_WARN},
    {"192.0.2.53, 1.1.1.1", "\"status\":\"nxdomain\"", "\"answer\":[\"127.0.0.2\"]", "ok", "yes", LEVEL_WARN},
    {"9.9.9.9:5353", "\"status\":\"nxdomain\"", "\"answer\":[\"127.0.0.2\"]", "ok", "yes", LEVEL_WARN},
    {"2606:4700:4700::1111", "\"status\":\"nxdomain\"", "\"answer\":[\"127.0.0.2\"]", "ok", "yes", LEVEL_WARN},
    {"[2001:4860:4860::8888]:53", "\"status\":\"nxdomain\"", "\"answer\":[\"127.0.0.2\"]", "ok", "yes", LEVEL_WARN},
    {"192.0.2.53", NULL, NULL, NULL, NULL, LEVEL_UNKNOWN},
};

static void preload(Net *net, const char *question, const char *rest) {
  g_autoptr(GError) error = NULL;
  if (rest == NULL)
    return;
  g_autofree char *line = g_strdup_printf("{\"dns\":\"%s A\",%s}", question, rest);
  net_preload(net, line, &error);
  g_assert_no_error(error);
}

static void assert_or_unknown(const ProbeRun *run, const char *name, const char *want) {
  if (want != NULL)
    assert_fact(run, name, want);
  else
    assert_state(run, name, FACT_UNKNOWN);
}

static void test_vantage(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *c = &cases[i];
    g_autoptr(Net) net = replay(NULL);
    g_autofree char *header = g_strdup_printf("{\"whybounce-recording\":1,\"resolvers\":\"%s\"}", c->resolvers);
    g_test_message("%u: %s", i, c->resolvers);
    g_assert_true(net_preload(net, header, NULL));
    preload(net, "nonce.invalid", c->nonce);
    preload(net, "2.0.0.127.zen.spamhaus.org", c->zen);
    g_autoptr(ProbeRun) run = run_probe(net, "vantage", NULL);
    assert_complete(run);
    assert_or_unknown(run, "status", c->status);
    assert_or_unknown(run, "public", c->is_public);
    assert_fact(run, "resolver", c->resolvers);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, c->level);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/vantage", test_vantage);
  return g_test_run();
}
