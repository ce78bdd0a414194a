/* The table, replayed: files, waiters, sinks. */
#include "net/net.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static char *write_file(const char *text) {
  char *path = NULL;
  g_autoptr(GError) error = NULL;
  int fd = g_file_open_tmp("whybounce-XXXXXX.jsonl", &path, &error);
  g_assert_no_error(error);
  g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
  close(fd);
  return path;
}

static Net *replay(const char *text, GError **error) {
  g_autofree char *path = write_file(text);
  Net *net = net_replay_new(path, error);
  g_unlink(path);
  return net;
}

static Net *sample(void) {
  g_autoptr(GError) error = NULL;
  Net *net = replay("{\"whybounce-recording\":1,\"resolvers\":\"192.0.2.53\"}\n"
                    "\n# by hand\n{\"event\":\"note\",\"text\":\"x\"}\n"
                    "{\"dns\":\"example.co.jp MX\",\"answer\":[\"10 mx1.example.co.jp\"]}\n"
                    "{\"dns\":\"example.co.jp MX\",\"ask\":\"192.0.2.54\",\"answer\":[\"10 old.example.co.jp\"]}\n"
                    "{\"dns\":\"exmaple.co.jp MX\",\"status\":\"nxdomain\"}\n"
                    "{\"dns\":\"nonce.bl.example A\",\"status\":\"nxdomain\"}\n"
                    "{\"dns\":\"twice.example A\",\"status\":\"timeout\"}\n"
                    "{\"dns\":\"twice.example A\",\"answer\":[\"192.0.2.7\"]}\n",
                    &error);
  g_assert_no_error(error);
  return net;
}

static void test_answers(void) {
  g_autoptr(Net) net = sample();
  g_assert_false(net_is_live(net));
  g_assert_cmpstr(net_resolvers(net), ==, "192.0.2.53");
  g_assert_cmpstr(net_nonce(net), ==, "nonce");
  const DnsAnswer *mx = net_dns(net, "Example.CO.jp.", DNS_MX);
  g_assert_cmpint(mx->status, ==, DNS_OK);
  g_assert_true(net_dns(net, "example.co.jp", DNS_MX) == mx);
  const DnsAnswer *direct = net_dns_at(net, "192.0.2.54", "example.CO.jp", DNS_MX);
  g_assert_cmpstr(direct->records[0].value, ==, "old.example.co.jp");
  g_assert_cmpstr(direct->at, ==, "192.0.2.54");
  g_assert_cmpint(net_dns_at(net, "192.0.2.55", "example.co.jp", DNS_MX)->status, ==, DNS_NOT_RECORDED);
  g_assert_cmpint(net_dns(net, "exmaple.co.jp", DNS_MX)->status, ==, DNS_NXDOMAIN);
  g_assert_cmpint(net_dns(net, "nonce.bl.example", DNS_A)->status, ==, DNS_NXDOMAIN);
  g_assert_cmpint(net_dns(net, "twice.example", DNS_A)->status, ==, DNS_OK); /* the last line counts */
  g_assert_cmpint(net_dns(net, "example.co.jp", DNS_A)->status, ==, DNS_NOT_RECORDED);
  g_assert_cmpint(net_dns(net, "a..b", DNS_A)->status, ==, DNS_BAD_NAME);
  g_assert_cmpint(net_dns(net, "\x1b[2J", DNS_A)->status, ==, DNS_BAD_NAME);
  g_assert_cmpstr(net_dns(net, "\x1b[2J", DNS_A)->name, ==, "\\x1B[2J");
  g_assert_cmpuint(net_open(net), ==, 0);
  NetProgress progress;
  g_assert_false(net_dns_progress(net, "example.co.jp", DNS_MX, &progress));
  g_assert_cmpuint(net_turn(net, NULL, 0, -1), ==, 0); /* nothing could ever come: does not hang */
}

static void assert_fault(const char *text, const char *where) {
  g_autoptr(GError) error = NULL;
  g_assert_null(replay(text, &error));
  g_assert_nonnull(error);
  g_assert_nonnull(strstr(error->message, where));
}

static void test_faults(void) {
  assert_fault("\n\n{\"dns\":\"example.com\"}\n", ".jsonl:3: ");
  assert_fault("{\"dns\":\"example.com MX\"}\n{\"dns\":\"example.com MX\",\"answer\":[\"x\"]}", ".jsonl:2: ");
  assert_fault("{\"dns\":\"exam\n", ".jsonl:1: ");
  /* What a crash leaves behind. */
  g_autoptr(Net) net = replay("{\"dns\":\"example.com MX\"}\n{\"dns\":\"exam", NULL);
  g_assert_nonnull(net);
  g_assert_cmpint(net_dns(net, "example.com", DNS_MX)->status, ==, DNS_NODATA);
  g_autoptr(GError) error = NULL;
  g_assert_null(net_replay_new("/nonexistent/recording", &error));
  g_assert_nonnull(error);
}

static void test_preload(void) {
  g_autoptr(Net) net = net_replay_new(NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_cmpstr(net_resolvers(net), ==, "none");
  g_assert_true(net_preload(net, "{\"dns\":\"example.com A\",\"answer\":[\"192.0.2.1\"]}", &error));
  g_assert_cmpint(net_dns(net, "example.com", DNS_A)->status, ==, DNS_OK);
  g_assert_false(net_preload(net, "{\"dns\":\"example.com A\",\"answer\":[\"192.0.2\"]}", &error));
  g_assert_nonnull(error);
}

static void test_waiter(void) {
  g_autoptr(Net) net = sample();
  NetWaiter *waiter = net_waiter_new(net);
  net_set_waiter(net, waiter);
  net_dns(net, "example.co.jp", DNS_MX);
  net_dns(net, "exmaple.co.jp", DNS_MX);
  const DnsAnswer *again = net_dns(net, "EXAMPLE.co.jp", DNS_MX);
  net_set_waiter(net, NULL);
  net_dns(net, "twice.example", DNS_A);
  g_assert_cmpuint(net_waiter_length(waiter), ==, 2);
  g_assert_cmpuint(net_waiter_open(waiter), ==, 0);
  g_assert_false(net_waiter_take(waiter)); /* it has seen them all */
  g_assert_true(net_waiter_answer(waiter, 0) == again);
  g_assert_cmpint(net_waiter_answer(waiter, 1)->status, ==, DNS_NXDOMAIN);
  g_assert_null(net_waiter_answer(waiter, 2));
  net_waiter_cancel(waiter); /* nothing is open */
  g_assert_cmpint(net_waiter_answer(waiter, 0)->status, ==, DNS_OK);
  net_waiter_forget(waiter);
  g_assert_cmpuint(net_waiter_length(waiter), ==, 0);
  g_assert_cmpint(net_dns(net, "example.co.jp", DNS_MX)->status, ==, DNS_OK); /* the recording stays */
  net_set_waiter(net, waiter);
  net_waiter_free(waiter); /* also takes it out of force */
  g_assert_nonnull(net_dns(net, "example.co.jp", DNS_MX));
}

static void collect(const char *line, gpointer user) {
  g_ptr_array_add(user, g_strdup(line));
}

static void test_sink(void) {
  g_autoptr(Net) net = sample();
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  net_add_sink(net, collect, lines);
  g_assert_cmpuint(lines->len, ==, 1);
  g_assert_cmpstr(lines->pdata[0], ==, "{\"whybounce-recording\":1,\"resolvers\":\"192.0.2.53\"}");
  net_dns(net, "nonce.bl.example", DNS_A);
  net_dns(net, "nonce.bl.example", DNS_A);
  net_dns(net, "unknown.example", DNS_A);
  g_assert_cmpuint(lines->len, ==, 2);
  g_assert_nonnull(strstr(lines->pdata[1], "{\"dns\":\"nonce.bl.example A\",\"status\":\"nxdomain\""));
}

static void test_record(void) {
  g_autofree char *path = write_file("");
  GStatBuf status;
  g_unlink(path);
  Net *net = sample();
  g_autoptr(GError) error = NULL;
  g_assert_true(net_record(net, path, &error));
  net_dns(net, "example.co.jp", DNS_MX);
  net_free(net);
  g_assert_cmpint(g_stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  net = net_replay_new(path, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(net_resolvers(net), ==, "192.0.2.53");
  g_assert_cmpstr(net_dns(net, "example.co.jp", DNS_MX)->records[0].value, ==, "mx1.example.co.jp");
  g_assert_false(net_record(net, "/nonexistent/recording", &error));
  g_assert_nonnull(error);
  net_free(net);
  g_unlink(path);
}

/* The loop wakes for the caller's descriptors and keeps its time. */
static void test_turn(void) {
  g_autoptr(Net) net = sample();
  int ends[2];
  g_assert_cmpint(pipe(ends), ==, 0);
  struct pollfd extra[] = {{.fd = ends[0], .events = POLLIN}, {.fd = -1, .events = POLLIN}};
  gint64 before = g_get_monotonic_time();
  g_assert_cmpuint(net_turn(net, extra, 2, 30), ==, 0);
  g_assert_cmpint(g_get_monotonic_time() - before, >=, 30000);
  g_assert_cmpint(extra[0].revents, ==, 0);
  g_assert_cmpint(write(ends[1], "x", 1), ==, 1);
  g_assert_cmpuint(net_turn(net, extra, 2, -1), ==, 0);
  g_assert_cmpint(extra[0].revents, ==, POLLIN);
  g_assert_cmpint(extra[1].revents, ==, 0);
  close(ends[1]);
  close(ends[0]);
}

static void on_alarm(int number) { (void)number; }

/* A signal ends the turn: the program looks at its flags. */
static void test_signal(void) {
  g_autoptr(Net) net = sample();
  const struct sigaction action = {.sa_handler = on_alarm};
  const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
  struct pollfd extra = {.fd = -1};
  gint64 before = g_get_monotonic_time();
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &soon, NULL);
  g_assert_cmpuint(net_turn(net, &extra, 1, 10000), ==, 0);
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
}

static void test_many(void) {
  g_autoptr(Net) net = net_replay_new(NULL, NULL);
  NetWaiter *waiter = net_waiter_new(net);
  gint64 before = g_get_monotonic_time();
  net_set_waiter(net, waiter);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < 20000; i++) {
      char name[64];
      g_snprintf(name, sizeof name, "host%u.example.com", i);
      g_assert_cmpint(net_dns(net, name, DNS_A)->status, ==, DNS_NOT_RECORDED);
    }
  g_assert_cmpuint(net_waiter_length(waiter), ==, 20000);
  net_waiter_forget(waiter);
  net_waiter_free(waiter);
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC); /* 0.05 s; a list would take minutes */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/replay/answers", test_answers);
  g_test_add_func("/net/replay/faults", test_faults);
  g_test_add_func("/net/replay/preload", test_preload);
  g_test_add_func("/net/replay/waiter", test_waiter);
  g_test_add_func("/net/replay/sink", test_sink);
  g_test_add_func("/net/replay/record", test_record);
  g_test_add_func("/net/replay/turn", test_turn);
  g_test_add_func("/net/replay/signal", test_signal);
  g_test_add_func("/net/replay/many", test_many);
  return g_test_run();
}
