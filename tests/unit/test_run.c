/* The run of a probe: called from scratch, woken by its own answers, skipped, made again. */
#include "probes.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static const ProbeInput no_inputs[] = {{0}};
static const FactSpec two_facts[] = {{"first", FACT_TEXT, NULL, "x"}, {"second", FACT_TEXT, NULL, "x"}, {0}};

/* One look-up that rests on another. */
static ProbeState run_chain(Net *net, const Facts *inputs, Result *result) {
  (void)inputs;
  const DnsAnswer *first = net_dns(net, "first.example", DNS_A);
  if (first == NULL)
    return PROBE_PENDING;
  facts_set_text(result->facts, "first", SOURCE_PROBE, dns_status_word(first->status));
  const DnsAnswer *second = net_dns(net, "second.example", DNS_A);
  if (second == NULL)
    return PROBE_PENDING;
  facts_set_text(result->facts, "second", SOURCE_PROBE, dns_status_word(second->status));
  return PROBE_DONE;
}

/* Never content. */
static ProbeState run_endless(Net *net, const Facts *inputs, Result *result) {
  (void)inputs;
  facts_set_text(result->facts, "first", SOURCE_PROBE, "x");
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *name = g_strdup_printf("n%u.example", i);
    if (net_dns(net, name, DNS_A) == NULL)
      return PROBE_PENDING;
  }
  return PROBE_DONE;
}

static const Probe chain = {.name = "chain", .inputs = no_inputs, .gives = two_facts, .run = run_chain};
static const Probe endless = {.name = "endless", .inputs = no_inputs, .gives = two_facts, .run = run_endless};

/* A live net whose resolver takes every question and answers none. */
static Net *mute_net(int *fd) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  *fd = socket(AF_INET, SOCK_DGRAM, 0);
  g_assert_cmpint(bind(*fd, (struct sockaddr *)&address, size), ==, 0);
  g_assert_cmpint(getsockname(*fd, (struct sockaddr *)&address, &size), ==, 0);
  g_autofree char *resolver = g_strdup_printf("127.0.0.1:%u", ntohs(address.sin_port));
  NetOptions options = {.resolver = resolver, .timeout_ms = 20000};
  g_autoptr(GError) error = NULL;
  Net *net = net_live_new(&options, &error);
  g_assert_no_error(error);
  return net;
}

static void test_replay(void) {
  g_autoptr(Net) replay_net = replay(NULL);
  g_assert_true(net_preload(replay_net, "{\"dns\":\"first.example A\",\"status\":\"nxdomain\"}", NULL));
  g_autoptr(ProbeRun) run = probe_run_new(&chain, replay_net, facts_new());
  g_assert_true(probe_run_done(run));
  assert_fact(run, "first", "nxdomain");
  assert_fact(run, "second", "not_recorded");
  g_assert_cmpint(probe_run_finished_at(run), >, 0);
  g_assert_false(probe_run_wake(run)); /* done is done */
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 2);
}

static void test_skip(void) {
  int fd;
  g_autoptr(Net) net = mute_net(&fd);
  g_autoptr(ProbeRun) run = probe_run_new(&chain, net, facts_new());
  g_assert_false(probe_run_done(run));
  g_assert_cmpint(probe_run_finished_at(run), ==, 0);
  g_assert_nonnull(probe_run_result(run));
  g_assert_false(probe_run_wake(run)); /* nothing has come */
  /* What rests on the first is cancelled in its turn: nobody waits any longer. */
  probe_run_skip(run);
  g_assert_true(probe_run_done(run));
  assert_fact(run, "first", "cancelled");
  assert_fact(run, "second", "cancelled");
  probe_run_skip(run); /* no harm in asking twice */
  g_assert_true(probe_run_done(run));
  /* And again from the beginning. */
  probe_run_again(run);
  g_assert_false(probe_run_done(run));
  g_assert_null(facts_get(probe_run_result(run)->facts, "first"));
  g_assert_cmpuint(net_waiter_open(probe_run_waiter(run)), ==, 1);
  close(fd);
}

static void test_skip_endless(void) {
  int fd;
  g_autoptr(Net) net = mute_net(&fd);
  g_autoptr(ProbeRun) run = probe_run_new(&endless, net, facts_new());
  probe_run_skip(run);
  g_assert_true(probe_run_done(run));
  assert_fact(run, "first", "x");
  assert_state(run, "second", FACT_UNKNOWN);
  g_assert_cmpstr(fact_of(run, "second")->why, ==, "cancelled");
  g_assert_cmpuint(net_waiter_open(probe_run_waiter(run)), ==, 0);
  close(fd);
}

/* Freed while its questions are under way: they go on without it. */
static void test_free(void) {
  int fd;
  g_autoptr(Net) net = mute_net(&fd);
  ProbeRun *run = probe_run_new(&chain, net, facts_new());
  probe_run_free(run);
  g_assert_cmpuint(net_open(net), ==, 1);
  g_autoptr(ProbeRun) other = probe_run_new(&chain, net, facts_new());
  g_assert_false(probe_run_done(other));
  g_assert_cmpuint(net_open(net), ==, 1); /* the same question */
  close(fd);
}

/* The sweep while it is under way, and when nobody wants to wait for it. */
static void test_sweep_skipped(void) {
  int fd;
  g_autoptr(Net) net = mute_net(&fd);
  Facts *inputs = facts_new();
  facts_set_text(inputs, "ip", SOURCE_ASKED, "192.0.2.10");
  facts_set_text(inputs, "lists", SOURCE_ASKED, "tests/unit/data/lists.txt");
  g_autoptr(ProbeRun) run = probe_run_new(&probe_dnsbl, net, inputs);
  g_assert_false(probe_run_done(run));
  g_assert_cmpstr(probe_run_result(run)->marks->str, ==, "wwwwwwwwwww");
  g_assert_cmpuint(probe_run_result(run)->done, ==, 0);
  g_assert_cmpuint(probe_run_result(run)->total, ==, 11);
  g_assert_cmpuint(net_open(net), ==, 11);
  probe_run_skip(run);
  g_assert_true(probe_run_done(run));
  assert_complete(run);
  assert_fact(run, "status", "unknown");
  g_assert_cmpint(fact_of(run, "unanswered")->number, ==, 11);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
  close(fd);
}

static void count_free(gpointer data) {
  ++*(guint *)data;
}

static void test_keep(void) {
  guint first = 0, second = 0;
  Net *net = replay(NULL);
  g_assert_null(net_kept(net, "a"));
  net_keep(net, "a", &first, count_free);
  net_keep(net, "b", &second, NULL);
  g_assert_true(*net_kept(net, "a") == &first);
  net_keep(net, "a", &second, count_free);
  g_assert_cmpuint(first, ==, 1);
  g_assert_true(*net_kept(net, "a") == &second);
  net_keep(net, "none", NULL, count_free); /* that there is nothing is remembered, and nothing is freed */
  g_assert_true(net_kept(net, "none") != NULL && *net_kept(net, "none") == NULL);
  net_free(net);
  g_assert_cmpuint(second, ==, 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/run/replay", test_replay);
  g_test_add_func("/run/skip", test_skip);
  g_test_add_func("/run/skip-endless", test_skip_endless);
  g_test_add_func("/run/free", test_free);
  g_test_add_func("/run/sweep-skipped", test_sweep_skipped);
  g_test_add_func("/net/keep", test_keep);
  return g_test_run();
}
