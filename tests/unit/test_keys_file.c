/* Lists that need a key, with the user's file of keys: asked by KEY, verified first, and never told to others. */
#include "probes.h"

#include <glib/gstdio.h>

static char *dir, *path;

static void write_keys(const char *text, int mode) {
  g_autofree char *folder = g_path_get_dirname(path);
  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

#define KEY "0123456789abcdefghijklmnop"
#define TEST_ENTRY "2.0.0.127.KEY.zen.dq.spamhaus.net"
#define CLEAN_ENTRY "1.0.0.127.KEY.zen.dq.spamhaus.net"

/* A public address, which nobody is asked about here.  All other lists have no answer. */
static ProbeRun *run_over(Net *net, const char *const *lines) {
  g_autoptr(GError) error = NULL;
  for (guint i = 0; lines[i] != NULL; i++) {
    net_preload(net, lines[i], &error);
    g_assert_no_error(error);
  }
  return run_probe(net, "dnsbl", "ip", "8.8.8.8", NULL);
}

#define ASKED "8.8.8.8.KEY.zen.dq.spamhaus.net"

static void test_listed(void) {
  write_keys("# Spamhaus\n\n dq.spamhaus.net\t" KEY " # mine\r\n", 0600);
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run =
      run_over(net, (const char *const[]){"{\"dns\":\"" ASKED " A\",\"answer\":[\"127.0.0.4\"]}",
                                          "{\"dns\":\"" ASKED " TXT\",\"status\":\"nodata\"}",
                                          "{\"dns\":\"" TEST_ENTRY " A\",\"answer\":[\"127.0.0.2\"]}",
                                          "{\"dns\":\"" CLEAN_ENTRY " A\",\"status\":\"nxdomain\"}", NULL});
  assert_fact(run, "status", "listed");
  assert_fact(run, "listed", "KEY.zen.dq.spamhaus.net");
  /* The free one has the same contents: it is not asked as well. */
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(run)); i++) {
    const DnsAnswer *answer = net_waiter_answer(probe_run_waiter(run), i);
    g_assert_null(strstr(answer->name, ".zen.spamhaus.org"));
    g_assert_null(strstr(answer->name, KEY));
  }
}

/* RFC 5782 s5: "a wrong Spamhaus key gives NXDOMAIN", which looks like clean. */
static void test_wrong_key_is_not_clean(void) {
  write_keys("dq.spamhaus.net " KEY "\n", 0600);
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_over(net, (const char *const[]){"{\"dns\":\"" ASKED " A\",\"status\":\"nxdomain\"}",
                                                                "{\"dns\":\"" TEST_ENTRY " A\",\"status\":\"nxdomain\"}", NULL});
  const Fact *unanswered = fact_of(run, "unanswered");
  g_assert_true(g_strv_contains((const char *const *)unanswered->list, "KEY.zen.dq.spamhaus.net"));
}

static void assert_unused(const char *part) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_over(net, (const char *const[]){NULL});
  assert_row(run, LEVEL_NOTE, part);
  gboolean free_one = FALSE;
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(run)); i++) {
    const DnsAnswer *answer = net_waiter_answer(probe_run_waiter(run), i);
    g_assert_null(strstr(answer->name, "dq.spamhaus.net"));
    free_one |= strstr(answer->name, ".zen.spamhaus.org") != NULL;
  }
  g_assert_true(free_one);
  const Finding *row = find_row(run, part);
  g_autofree char *words = finding_words(row);
  g_assert_null(strstr(words, KEY));
}

static void test_faults(void) {
  write_keys("dq.spamhaus.net " KEY "\n", 0644);
  assert_unused("chmod 600");
  write_keys("# one\n" KEY "\n", 0600);
  assert_unused("keys:2:");
}

static void test_none(void) {
  g_unlink(path);
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_over(net, (const char *const[]){NULL});
  g_assert_null(find_row(run, "keys"));
}

int main(int argc, char **argv) {
  dir = g_dir_make_tmp("keys-XXXXXX", NULL);
  path = g_build_filename(dir, "whybounce", "keys", NULL);
  g_setenv("XDG_CONFIG_HOME", dir, TRUE); /* before GLib looks */
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keys-file/listed", test_listed);
  g_test_add_func("/keys-file/wrong-key-is-not-clean", test_wrong_key_is_not_clean);
  g_test_add_func("/keys-file/faults", test_faults);
  g_test_add_func("/keys-file/none", test_none);
  int status = g_test_run();
  g_autofree char *folder = g_path_get_dirname(path);
  g_unlink(path);
  g_rmdir(folder);
  g_rmdir(dir);
  g_free(path);
  g_free(dir);
  return status;
}
