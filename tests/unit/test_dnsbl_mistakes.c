/* What other blocklist checkers get wrong, mistake by mistake, over the knowledge file as it ships: each has a test that
 * bears its name.  (What single answers of single lists mean is in test_dnslist.c, keys are in test_keys_file.c, that
 * questions do not flood a resolver in test_net_live.c.) */
#include "probes.h"

#include "base/paths.h"
#include "mail/dnslist.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* A public address; nobody is asked about it here. */
#define ADDRESS "8.8.8.8"

static ProbeRun *run_ip(Net *net, const char *const *lines, const char *named) {
  g_autoptr(GError) error = NULL;
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
    net_preload(net, lines[i], &error);
    g_assert_no_error(error);
  }
  return named != NULL ? run_probe(net, "dnsbl", "ip", ADDRESS, "named", named, NULL)
                       : run_probe(net, "dnsbl", "ip", ADDRESS, NULL);
}

static gboolean asks(const ProbeRun *run, const char *part) {
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(run)); i++)
    if (strstr(net_waiter_answer(probe_run_waiter(run), i)->name, part) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean has(const ProbeRun *run, const char *fact, const char *zone) {
  const Fact *list = fact_of(run, fact);
  g_assert_cmpint(list->state, ==, FACT_KNOWN);
  return g_strv_contains((const char *const *)list->list, zone);
}

/* One zone that answers so; its negative point as given. TRUE per fact is checked by the callers. */
typedef struct Mistake {
  const char *name; /* of the mistake */
  const char *zone, *answer, *negative;
  const char *fact; /* that has the zone */
} Mistake;

static const Mistake mistakes[] = {
    {"any-A-counts-as-listed", "bl.spamcop.net", "\"answer\":[\"203.0.113.80\"]", "nxdomain", "unanswered"},
    {"refused-code-252-counted", "zen.spamhaus.org", "\"answer\":[\"127.255.255.252\"]", "nxdomain", "refused"},
    {"public-resolver-254-counted", "zen.spamhaus.org", "\"answer\":[\"127.255.255.254\"]", "nxdomain", "refused"},
    {"too-many-255-counted", "zen.spamhaus.org", "\"answer\":[\"127.255.255.255\"]", "nxdomain", "refused"},
    {"dead-list-that-lists-everything", "bl.spamcop.net", "\"answer\":[\"127.0.0.2\"]", "listed", "wildcard"},
    {"refused-counts-as-not-listed", "bl.spamcop.net", "\"status\":\"refused\"", "nxdomain", "refused"},
    {"servfail-counts-as-not-listed", "bl.spamcop.net", "\"status\":\"servfail\"", "nxdomain", "unanswered"},
    {"timeout-counts-as-not-listed", "bl.spamcop.net", "\"status\":\"timeout\"", "nxdomain", "unanswered"},
    {"only-the-first-A-is-read", "zen.spamhaus.org", "\"answer\":[\"127.0.0.10\",\"127.0.0.4\"]", "nxdomain", "listed"},
    {"allow-list-counted-as-listing", "list.dnswl.org", "\"answer\":[\"127.0.5.3\"]", "nxdomain", "allowed"},
    {"over-limit-trust-believed", "list.dnswl.org", "\"answer\":[\"127.0.10.3\"]", "nxdomain", "refused"},
    {"policy-told-as-an-accusation", "zen.spamhaus.org", "\"answer\":[\"127.0.0.10\"]", "nxdomain", "policy"},
    {"filter-answers-0.0.0.0", "bl.spamcop.net", "\"answer\":[\"0.0.0.0\"]", "nxdomain", "unanswered"},
    {"filter-answers-127.0.0.1", "bl.spamcop.net", "\"answer\":[\"127.0.0.1\"]", "nxdomain", "unanswered"},
    {"brown-taken-for-white", "hostkarma.junkemailfilter.com", "\"answer\":[\"127.0.0.4\"]", "nxdomain", "weak"},
    {"white-taken-for-black", "hostkarma.junkemailfilter.com", "\"answer\":[\"127.0.0.1\"]", "nxdomain", "allowed"},
};

static void test_mistake(gconstpointer data) {
  static const char *const facts[] = {"listed", "policy", "weak", "allowed", "refused", "wildcard"};
  const Mistake *m = data;
  g_autoptr(Net) net = replay(NULL);
  gboolean listed = g_str_equal(m->negative, "listed");
  g_autofree char *answer = g_strdup_printf("{\"dns\":\"8.8.8.8.%s A\",%s}", m->zone, m->answer);
  g_autofree char *text = g_strdup_printf("{\"dns\":\"8.8.8.8.%s TXT\",\"status\":\"nodata\"}", m->zone);
  g_autofree char *point =
      g_strdup_printf("{\"dns\":\"1.0.0.127.%s A\",%s}", m->zone, listed ? "\"answer\":[\"127.0.0.2\"]" : "\"status\":\"nxdomain\"");
  g_autofree char *invalid = g_strdup_printf("{\"dns\":\"INVALID.%s A\",\"status\":\"nxdomain\"}", m->zone);
  g_autoptr(ProbeRun) run = run_ip(net, (const char *const[]){answer, text, point, invalid, NULL}, NULL);
  g_assert_true(has(run, m->fact, m->zone));
  for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
    if (!g_str_equal(facts[i], m->fact))
      g_assert_false(has(run, facts[i], m->zone));
  /* All others are silent here, so that nothing is ever "clean". */
  g_assert_cmpstr(fact_of(run, "status")->text, !=, "clean");
}

static void test_name_lists_asked_for_addresses(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) ip = run_ip(net, NULL, NULL);
  g_assert_true(asks(ip, "zen.spamhaus.org"));
  g_assert_false(asks(ip, "dbl.spamhaus.org") || asks(ip, "uribl.com") || asks(ip, "surbl.org"));
  g_autoptr(ProbeRun) name = run_probe(net, "dnsbl", "domain", "example.com", NULL);
  g_assert_true(asks(name, "example.com.dbl.spamhaus.org"));
  g_assert_false(asks(name, "zen.spamhaus.org"));
}

static void test_address_of_mx_in_place_of_sender(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "domain", "example.com", NULL);
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(run)); i++) {
    const DnsAnswer *answer = net_waiter_answer(probe_run_waiter(run), i);
    g_assert_cmpint(answer->type, !=, DNS_MX);
    g_assert_true(g_str_has_prefix(answer->name, "example.com."));
  }
}

static void test_dead_lists_still_asked(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", ADDRESS, "lists", "all", NULL);
  static const char *const dead[] = {"sorbs.net", "ahbl.org", "ordb.org", "ixhash.net", "manitu.net", "abuseat.org"};
  for (guint i = 0; i < G_N_ELEMENTS(dead); i++)
    g_assert_false(asks(run, dead[i]));
}

static void test_parts_of_a_list_asked_beside_it(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", ADDRESS, "lists", "all", NULL);
  static const char *const parts[] = {".sbl.spamhaus.org", ".xbl.spamhaus.org", ".pbl.spamhaus.org"};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    g_assert_false(asks(run, parts[i]));
  /* But the one that the bounce names is asked. */
  g_autoptr(ProbeRun) named = run_ip(net, NULL, "sbl.spamhaus.org");
  g_assert_true(asks(named, ".sbl.spamhaus.org"));
}

static void test_word_key_sent_as_a_key(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", ADDRESS, "lists", "all", NULL);
  g_assert_false(asks(run, "dq.spamhaus.net") || asks(run, "{key}") || asks(run, "KEY."));
  g_assert_false(asks(run, "hbl."));
}

static void test_more_questions_than_needed(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_ip(net, NULL, NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  guint n = net_waiter_length(probe_run_waiter(run));
  g_assert_cmpuint(n, <=, NET_IN_FLIGHT); /* one trip, and no flood */
  for (guint i = 0; i < n; i++) {
    const DnsAnswer *answer = net_waiter_answer(probe_run_waiter(run), i);
    g_assert_true(g_hash_table_add(seen, answer->name)); /* test entries and explanations only behind a hit */
  }
}

static void test_mapped_address_not_folded(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", "::ffff:8.8.8.8", NULL);
  g_assert_true(asks(run, "8.8.8.8.zen.spamhaus.org"));
  assert_fact(run, "address", "8.8.8.8");
}

static void test_blank_behind_a_zone(void) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("zones-XXXXXX", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_assert_true(g_file_set_contents(path, "bl.example.org. \t\r\n  other.example.org # why\n", -1, NULL));
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", ADDRESS, "lists", path, NULL);
  g_assert_true(asks(run, "8.8.8.8.bl.example.org") && asks(run, "8.8.8.8.other.example.org"));
  g_assert_false(asks(run, " "));
  unlink(path);
  close(fd);
}

/* A test entry that is missing proves nothing against a list: bl.suomispam.net and others have none. */
static void test_missing_test_entry_taken_for_death(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_ip(net, (const char *const[]){"{\"dns\":\"8.8.8.8.bl.spamcop.net A\",\"status\":\"nxdomain\"}",
                                                              "{\"dns\":\"2.0.0.127.bl.spamcop.net A\",\"status\":\"nxdomain\"}", NULL},
                                   NULL);
  g_assert_false(has(run, "unanswered", "bl.spamcop.net"));
  g_assert_cmpint(fact_of(run, "clean")->number, ==, 1);
}

/* "The list named in the bounce outranks everything", be it a minor one. */
static void test_named_list_below_others(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run =
      run_ip(net,
             (const char *const[]){"{\"dns\":\"8.8.8.8.zen.spamhaus.org A\",\"answer\":[\"127.0.0.2\"]}",
                                   "{\"dns\":\"1.0.0.127.zen.spamhaus.org A\",\"status\":\"nxdomain\"}",
                                   "{\"dns\":\"8.8.8.8.zen.spamhaus.org TXT\",\"status\":\"nodata\"}",
                                   "{\"dns\":\"8.8.8.8.dnsbl-3.uceprotect.net A\",\"answer\":[\"127.0.0.2\"]}",
                                   "{\"dns\":\"1.0.0.127.dnsbl-3.uceprotect.net A\",\"status\":\"nxdomain\"}",
                                   "{\"dns\":\"8.8.8.8.dnsbl-3.uceprotect.net TXT\",\"status\":\"nodata\"}", NULL},
             "dnsbl-3.uceprotect.net");
  const Finding *first = g_ptr_array_index(probe_run_result(run)->findings, 0);
  g_assert_cmpstr(first->subject, ==, "dnsbl-3.uceprotect.net");
  g_assert_cmpint(first->level, ==, LEVEL_FAIL);
  g_autofree char *headline = message_text(probe_run_result(run)->headline, NULL, NULL);
  g_assert_cmpstr(headline, ==, "8.8.8.8 is on the list that the bounce names");
  /* Unnamed, a list of whole providers hardly matters. */
  g_autoptr(ProbeRun) unnamed = run_ip(net, NULL, NULL);
  const Finding *worst = g_ptr_array_index(probe_run_result(unnamed)->findings, 0);
  g_assert_cmpstr(worst->subject, ==, "zen.spamhaus.org");
}

/* Everybody who can be taken off a list is told where, and nobody is told to ask an allow list for it. */
static void test_no_way_out_told(void) {
  g_autofree char *path = paths_knowledge("dnsbl.yaml");
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(DnsLists) lists = dnslists_load(path, diags);
  guint core = 0, with_page = 0;
  for (guint i = 0; i < dnslists_length(lists); i++) {
    const DnsList *list = dnslists_get(lists, i);
    if (dnslist_ask(list) != DNSLIST_ASK_CORE)
      continue;
    core++;
    with_page += dnslist_delist_url(list) != NULL;
    g_assert_nonnull(dnslist_advice(list, DNSLIST_LISTED));
    g_assert_nonnull(dnslist_advice(list, DNSLIST_POLICY));
    if (dnslist_delist_url(list) == NULL)
      g_test_message("no page: %s", dnslist_zone(list));
  }
  g_assert_cmpuint(core, >, 30);
  g_assert_cmpuint(with_page * 10, >=, core * 9);
}

int main(int argc, char **argv) {
  g_setenv("XDG_CONFIG_HOME", "/nonexistent", TRUE); /* no keys of whoever runs this */
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
    g_autofree char *path = g_strconcat("/dnsbl-mistakes/", mistakes[i].name, NULL);
    g_test_add_data_func(path, &mistakes[i], test_mistake);
  }
  g_test_add_func("/dnsbl-mistakes/name-lists-asked-for-addresses", test_name_lists_asked_for_addresses);
  g_test_add_func("/dnsbl-mistakes/address-of-mx-in-place-of-sender", test_address_of_mx_in_place_of_sender);
  g_test_add_func("/dnsbl-mistakes/dead-lists-still-asked", test_dead_lists_still_asked);
  g_test_add_func("/dnsbl-mistakes/parts-of-a-list-asked-beside-it", test_parts_of_a_list_asked_beside_it);
  g_test_add_func("/dnsbl-mistakes/word-key-sent-as-a-key", test_word_key_sent_as_a_key);
  g_test_add_func("/dnsbl-mistakes/more-questions-than-needed", test_more_questions_than_needed);
  g_test_add_func("/dnsbl-mistakes/mapped-address-not-folded", test_mapped_address_not_folded);
  g_test_add_func("/dnsbl-mistakes/blank-behind-a-zone", test_blank_behind_a_zone);
  g_test_add_func("/dnsbl-mistakes/missing-test-entry-taken-for-death", test_missing_test_entry_taken_for_death);
  g_test_add_func("/dnsbl-mistakes/named-list-below-others", test_named_list_below_others);
  g_test_add_func("/dnsbl-mistakes/no-way-out-told", test_no_way_out_told);
  return g_test_run();
}
