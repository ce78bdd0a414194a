/* A sweep over a recording: what counts as listed, what never does, and what is never asked. */
#include "probes.h"

#include "mail/dnslist.h"
#include "probe/known.h"

#include <glib/gstdio.h>

#define OWN_LISTS "tests/unit/data/lists.txt"

static Net *net;

static void assert_has(const ProbeRun *run, const char *fact, const char *zone, gboolean want) {
  const Fact *list = fact_of(run, fact);
  g_test_message("%s in %s: %s", zone, fact, list->text);
  g_assert_cmpint(list->state, ==, FACT_KNOWN);
  g_assert_cmpint(g_strv_contains((const char *const *)list->list, zone), ==, want);
}

static const Finding *row_of(const ProbeRun *run, const char *subject) {
  const GPtrArray *findings = probe_run_result(run)->findings;
  for (guint i = 0; i < findings->len; i++) {
    const Finding *row = g_ptr_array_index(findings, i);
    if (g_strcmp0(row->subject, subject) == 0)
      return row;
  }
  return NULL;
}

static void test_own_file(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", OWN_LISTS, "ip_source", "named", NULL);
  assert_complete(run);
  assert_fact(run, "status", "listed");
  assert_fact(run, "listed", "listed.bl.example");
  assert_fact(run, "policy", "zen.spamhaus.org"); /* PBL is no accusation */
  assert_fact(run, "major", "");
  assert_fact(run, "wildcard", "wild.bl.example");
  assert_fact(run, "refused", "refused.bl.example, error.bl.example");
  static const char *const silent[] = {"wild.bl.example",     "refused.bl.example", "silent.bl.example",
                                       "error.bl.example",    "parked.bl.example",  "odd.bl.example",
                                       "unchecked.bl.example"};
  for (guint i = 0; i < G_N_ELEMENTS(silent); i++)
    assert_has(run, "unanswered", silent[i], TRUE);
  g_assert_cmpint(fact_of(run, "unanswered")->number, ==, G_N_ELEMENTS(silent));
  assert_fact(run, "clean", "2");
  assert_fact(run, "asked", "11");
  assert_fact(run, "address", "192.0.2.10");
  assert_fact(run, "address_source", "named");
  assert_fact(run, "range", "documentation");
  g_assert_cmpstr(probe_run_result(run)->marks->str, ==, ".L-?-?---.L");
  g_autofree char *tally = message_text(probe_run_result(run)->tally, NULL, NULL);
  g_assert_cmpstr(tally, ==, "listed 2   clean 2   refused us 2   no answer 5");
  g_autofree char *headline = message_text(probe_run_result(run)->headline, NULL, NULL);
  g_assert_cmpstr(headline, ==, "192.0.2.10 is on 1 of the 11 lists that were asked");
  g_assert_cmpuint(probe_run_result(run)->done, ==, 11);
}

static void test_rows(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", OWN_LISTS, NULL);
  const Finding *first = g_ptr_array_index(probe_run_result(run)->findings, 0);
  g_assert_cmpstr(first->subject, ==, "zen.spamhaus.org"); /* major, though only policy, before a minor listing */
  g_assert_cmpint(first->level, ==, LEVEL_WARN);
  g_autofree char *policy = finding_words(first);
  g_assert_cmpstr(policy, ==,
                  "The kind of address is listed, not its behaviour (127.0.0.10): "
                  "\"PBL: range the ISP itself says must not send mail directly\"");
  g_autofree char *advice = message_text(first->advice, NULL, NULL);
  g_assert_true(g_str_has_prefix(advice, "Spamhaus ZEN: No accusation: "));
  g_assert_true(g_str_has_suffix(advice, ".\nExplanation and removal: https://check.spamhaus.org/"));

  const Finding *listed = row_of(run, "listed.bl.example");
  g_assert_cmpint(listed->level, ==, LEVEL_WARN);
  g_autofree char *words = finding_words(listed);
  g_assert_cmpstr(words, ==, "Listed (127.0.0.2, 127.0.0.9): the operator documents no such code");
  g_assert_null(listed->advice); /* nothing is known of this list but its name */
  g_assert_true(g_str_has_prefix(listed->quote, "Listed, see https://bl.example/"));
  g_assert_null(strchr(listed->quote, '\x1b'));
  g_assert_cmpuint(listed->evidence->len, ==, 3);
  g_assert_cmpstr(((Evidence *)g_ptr_array_index(listed->evidence, 0))->asked, ==, "10.2.0.192.listed.bl.example A");
  g_assert_cmpstr(((Evidence *)g_ptr_array_index(listed->evidence, 1))->asked, ==, "1.0.0.127.listed.bl.example A");

  static const char *const unknown[][2] = {
      {"wild.bl.example", "lists everything"},          {"refused.bl.example", "Refused to answer"},
      {"error.bl.example", "public resolver"},          {"parked.bl.example", "127.0.0.0/8"},
      {"odd.bl.example", "127.0.0.1 is not a listing"}, {"unchecked.bl.example", "could not be checked"},
      {"silent.bl.example", "Told us nothing"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(unknown); i++) {
    const Finding *row = row_of(run, unknown[i][0]);
    g_test_message("%s", unknown[i][0]);
    g_assert_nonnull(row);
    g_assert_cmpint(row->level, ==, LEVEL_UNKNOWN);
    g_autofree char *text = finding_words(row);
    g_assert_nonnull(strstr(text, unknown[i][1]));
  }
  g_assert_nonnull(strstr(row_of(run, "error.bl.example")->quote, "192.0.2.53"));
  g_assert_null(row_of(run, "clean.bl.example"));
}

static void assert_advice(const ProbeRun *run, const char *subject, const char *want) {
  const Finding *row = row_of(run, subject);
  g_test_message("%s", subject);
  g_assert_nonnull(row);
  g_autofree char *advice = message_text(row->advice, NULL, NULL);
  g_assert_cmpstr(advice, ==, want);
}

/* What the list's page is good for, what we say beside it, and that nothing of the authors' notes is shown. */
static void test_advice(void) {
  g_autofree char *path = NULL;
  g_close(g_file_open_tmp("whybounce-XXXXXX", &path, NULL), NULL);
  g_assert_true(g_file_set_contents(
      path,
      "format: 1\nlists:\n"
      "  listed.bl.example: {ask: core, tier: minor, kinds: ip4, name: Example List, url: https://bl.example/,\n"
      "    listed: {127.0.0.2: spam, 127.0.0.9: more spam}, advice: Wait a day., note: for authors}\n"
      "  nodata.bl.example: {ask: core, tier: minor, kinds: ip4}\n"
      "  refused2.bl.example: {ask: core, tier: minor, kinds: ip4, refused: {127.0.0.3: ask us first}, note: for "
      "authors}\n"
      "  good.bl.example: {ask: core, tier: info, kinds: ip4, type: allow, lookup: https://good.example/,\n"
      "    delist: https://good.example/remove}\n"
      "  page.bl.example: {ask: core, tier: minor, kinds: ip4, advice: Wait., lookup: https://page.example/}\n"
      "  bare.bl.example: {ask: core, tier: minor, kinds: ip4, advice: Wait.}\n"
      "retired:\n  - {zones: old.bl.example, reason: for authors}\n",
      -1, NULL));
  g_autoptr(Net) fresh = replay("tests/unit/data/dnsbl.jsonl");
  static const char *const hits[][2] = {{"refused2.bl.example", "127.0.0.3"},
                                        {"good.bl.example", "127.0.0.2"},
                                        {"page.bl.example", "127.0.0.2"},
                                        {"bare.bl.example", "127.0.0.2"}};
  for (guint i = 0; i < G_N_ELEMENTS(hits); i++) {
    g_autofree char *a = g_strdup_printf("{\"dns\":\"10.2.0.192.%s A\",\"answer\":[\"%s\"]}", hits[i][0], hits[i][1]);
    g_autofree char *txt = g_strdup_printf("{\"dns\":\"10.2.0.192.%s TXT\",\"status\":\"nodata\"}", hits[i][0]);
    g_autofree char *test = g_strdup_printf("{\"dns\":\"1.0.0.127.%s A\",\"status\":\"nxdomain\"}", hits[i][0]);
    g_assert_true(net_preload(fresh, a, NULL) && net_preload(fresh, txt, NULL) && net_preload(fresh, test, NULL));
  }
  g_autoptr(ProbeRun) run = run_probe(fresh, "dnsbl", "ip", "192.0.2.10", "lists", path, NULL);
  assert_complete(run);
  assert_advice(run, "listed.bl.example", "Example List: Wait a day.\nExplanation and removal: https://bl.example/");
  assert_advice(run, "page.bl.example", "page.bl.example: Wait.\nExplanation: https://page.example/");
  assert_advice(run, "bare.bl.example", "bare.bl.example: Wait.");
  /* Nobody wants to be taken off an allow list. */
  assert_advice(run, "good.bl.example", "good.bl.example: see https://good.example/");
  assert_advice(run, "refused2.bl.example", "");
  /* The operator's words are theirs, ours are translated when shown. */
  g_autofree char *listed = finding_words(row_of(run, "listed.bl.example"));
  g_assert_cmpstr(listed, ==, "Listed (127.0.0.2, 127.0.0.9): \"spam; more spam\"");
  g_autofree char *refused = finding_words(row_of(run, "refused2.bl.example"));
  g_assert_cmpstr(refused, ==, "Refused to answer: \"ask us first\"");
  g_autofree char *written = message_format(row_of(run, "listed.bl.example")->advice);
  g_assert_nonnull(strstr(written, "|advice~Wait a day."));
  g_autofree char *quoted = message_format(row_of(run, "listed.bl.example")->text);
  g_assert_nonnull(strstr(quoted, "|words=spam; more spam"));
  g_unlink(path);
}

static void test_domain(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "domain", "Example.COM.", "lists", OWN_LISTS, NULL);
  assert_complete(run);
  assert_fact(run, "domain", "example.com");
  assert_has(run, "listed", "listed.bl.example", TRUE);
  assert_state(run, "address", FACT_UNKNOWN);
  g_assert_cmpstr(fact_of(run, "address")->why, ==, "not asked");
}

/* The names of a mail: From, HELO and links; what is no public name is passed over, nothing is asked twice. */
static void test_mail_names(void) {
  static const char *const asked[] = {"mail.example.net.listed.bl.example", "example.net.listed.bl.example",
                                      "example.com.listed.bl.example", "www.example.org.listed.bl.example",
                                      "example.org.listed.bl.example", "a.b.example.co.jp.listed.bl.example",
                                      "example.co.jp.listed.bl.example"};
  /* Nothing between a host and what its owner registered, and never what belongs to many. */
  static const char *const never[] = {"b.example.co.jp.", "co.jp.", "tokyo.jp.", "localhost", "192.", "1.2."};
  g_autoptr(Net) net = replay("tests/unit/data/dnsbl.jsonl");
  g_autoptr(ProbeRun) run =
      run_probe(net, "dnsbl", "helo", "mail.example.net.", "names",
                "\"Taro\" <taro@example.com>, https://www.example.org:443/a?b=c example.com localhost [192.0.2.1] <>"
                " co.jp tokyo.jp", "links", "http://a.b.example.co.jp/ taro@example.com", "named", "listed.bl.example", "lists", OWN_LISTS, NULL);
  const NetWaiter *waiter = probe_run_waiter(run);
  for (guint k = 0; k < G_N_ELEMENTS(asked); k++) {
    guint times = 0;
    for (guint i = 0; i < net_waiter_length(waiter); i++) {
      const DnsAnswer *answer = net_waiter_answer(waiter, i);
      times += answer->type == DNS_A && g_str_equal(answer->name, asked[k]);
    }
    g_test_message("%s", asked[k]);
    g_assert_cmpuint(times, ==, 1);
  }
  for (guint i = 0; i < net_waiter_length(waiter); i++) {
    const char *name = net_waiter_answer(waiter, i)->name;
    for (guint k = 0; k < G_N_ELEMENTS(never); k++)
      g_assert_false(g_str_has_prefix(name, never[k]));
  }
  assert_fact(run, "listed_targets", "example.com");
  /* It is a link too, but first of all the sender's. */
  assert_fact(run, "listed_sender", "example.com");
  g_assert_cmpuint(g_strv_length(fact_of(run, "listed_links")->list), ==, 0);
  g_assert_cmpuint(g_strv_length(fact_of(run, "listed_helo")->list), ==, 0);
  g_autoptr(ProbeRun) link = run_probe(net, "dnsbl", "links", "https://example.com/", "helo", "mail.example.com", "named",
                                       "listed.bl.example", "lists", OWN_LISTS, NULL);
  assert_fact(link, "listed_helo", "example.com");
  g_autoptr(ProbeRun) alone =
      run_probe(net, "dnsbl", "links", "https://example.com/", "named", "listed.bl.example", "lists", OWN_LISTS, NULL);
  assert_fact(alone, "listed_links", "example.com");
  /* The headline names what is listed, and not what was asked about beside it. */
  g_autofree char *headline = message_text(probe_run_result(run)->headline, NULL, NULL);
  g_assert_cmpstr(headline, ==, "example.com is on the list that the bounce names");
  /* A list that few use is no reason for a refusal, unless the bounce names it. */
  g_autoptr(ProbeRun) minor = run_probe(net, "dnsbl", "links", "https://example.com/", "lists", OWN_LISTS, NULL);
  assert_has(minor, "listed", "listed.bl.example", TRUE);
  g_assert_cmpuint(g_strv_length(fact_of(minor, "listed_links")->list), ==, 0);
  /* There is an end to it, and it is said. */
  g_autoptr(GString) many = g_string_new(NULL);
  for (guint i = 0; i < 20; i++)
    g_string_append_printf(many, "example%u.com ", i);
  g_autoptr(ProbeRun) full = run_probe(net, "dnsbl", "links", many->str, "lists", OWN_LISTS, NULL);
  assert_row(full, LEVEL_NOTE, "Not asked: 4 more names");
  const Finding *row = find_row(run, "Listed (127.0.0.2)");
  g_assert_nonnull(row);
  g_assert_cmpstr(row->subject, ==, "listed.bl.example, example.com");
  /* Nothing that can be asked about: not asked, which is not clean. */
  g_autoptr(ProbeRun) none = run_probe(net, "dnsbl", "helo", "localhost", NULL);
  assert_state(none, "status", FACT_UNKNOWN);
}

static void test_ipv6(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", "2001:DB8::10", "lists", OWN_LISTS, NULL);
  assert_has(run, "listed", "listed.bl.example", TRUE);
  assert_fact(run, "address", "2001:db8::10");
  /* A mapped address is the IPv4 address. */
  g_autoptr(ProbeRun) mapped = run_probe(net, "dnsbl", "ip", "::ffff:192.0.2.10", "lists", OWN_LISTS, NULL);
  assert_fact(mapped, "address", "192.0.2.10");
  assert_has(mapped, "listed", "listed.bl.example", TRUE);
}

static void count_line(const char *line, gpointer user) {
  if (strstr(line, "\"dns\"") != NULL)
    (*(guint *)user)++;
}

/* Public lists never see an address that they cannot know. */
static void test_not_public(void) {
  static const char *const addresses[] = {"10.0.0.1",   "192.168.1.1", "127.0.0.1", "192.0.2.10",
                                          "100.64.0.1", "fe80::1",     "::1",       "::ffff:10.0.0.1"};
  for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
    g_autoptr(Net) fresh = replay("tests/unit/data/dnsbl.jsonl");
    guint asked = 0;
    net_add_sink(fresh, count_line, &asked);
    g_autoptr(ProbeRun) run = run_probe(fresh, "dnsbl", "ip", addresses[i], NULL);
    g_test_message("%s", addresses[i]);
    assert_complete(run);
    assert_fact(run, "status", "not_public");
    assert_state(run, "listed", FACT_UNKNOWN);
    assert_row(run, LEVEL_UNKNOWN, "no address of the public Internet");
    g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 0);
    g_assert_cmpuint(asked, ==, 0);
  }
  g_autoptr(ProbeRun) domain = run_probe(net, "dnsbl", "domain", "mail.test", NULL);
  assert_fact(domain, "status", "not_public");
  assert_row(domain, LEVEL_UNKNOWN, "kept out of the public DNS");
  /* One of two: the other is asked, and nothing is passed over in silence. */
  g_autoptr(ProbeRun) both = run_probe(net, "dnsbl", "ip", "10.0.0.1", "domain", "example.com", NULL);
  assert_row(both, LEVEL_UNKNOWN, "no address of the public Internet (private network)");
  g_assert_cmpint(fact_of(both, "unanswered")->number, >, 0);
}

/* Which lists are asked: by default the core ones, of the right kind, and never a retired or redundant one. */
static void test_choice(void) {
  const DnsLists *known = known_lists(net);
  static const struct {
    const char *lists, *input, *value;
    unsigned kind;
    guint least, most;
  } cases[] = {
      {NULL, "ip", "8.8.8.8", DNSLIST_IP4, 15, 40},
      {"core", "ip", "2600::1", DNSLIST_IP6, 5, 30},
      {"all", "ip", "8.8.8.8", DNSLIST_IP4, 100, 200},
      {"all", "domain", "example.com", DNSLIST_DOMAIN, 30, 100},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", cases[i].input, cases[i].value,
                                        cases[i].lists != NULL ? "lists" : NULL, cases[i].lists, NULL);
    const Fact *silent = fact_of(run, "unanswered"); /* the recording knows none of them */
    g_test_message("%s: %d", cases[i].value, (int)silent->number);
    g_assert_cmpint(silent->number, >=, cases[i].least);
    g_assert_cmpint(silent->number, <=, cases[i].most);
    assert_fact(run, "status", "unknown");
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
    for (guint k = 0; silent->list[k] != NULL; k++) {
      const DnsList *list = dnslists_zone(known, silent->list[k]);
      g_assert_nonnull(list);
      g_assert_cmpuint(dnslist_kinds(list) & cases[i].kind, !=, 0);
      g_assert_cmpint(dnslist_ask(list), !=, DNSLIST_ASK_NEVER);
      if (g_strcmp0(cases[i].lists, "all") != 0)
        g_assert_cmpint(dnslist_ask(list), ==, DNSLIST_ASK_CORE);
    }
  }
}

/* An unverified zone is asked only after its own test entry has answered. */
/* What the refusing server went by outranks the rest, also where the sweep would not have asked it. */
static void test_named(void) {
  static const struct {
    const char *named, *fact;
  } rows[] = {
      {"listed.bl.example", "listed"},          {"https://www.spamhaus.org/query/ip/192.0.2.10", "policy"},
      {"refused.bl.example", "unanswered"},     {"dnsbl.sorbs.net", "retired"},
      {"nobody.knows.example", "unknown_list"}, {"wild.bl.example", "unanswered"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].named);
    g_autoptr(ProbeRun) run =
        run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", OWN_LISTS, "named", rows[i].named, NULL);
    assert_fact(run, "named", rows[i].fact);
  }
  g_autoptr(ProbeRun) nothing = run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", OWN_LISTS, NULL);
  g_assert_cmpint(fact_of(nothing, "named")->state, ==, FACT_ABSENT);
  /* A part of another list is passed over, unless the bounce names it; a retired one is never asked. */
  g_autoptr(ProbeRun) part = run_probe(net, "dnsbl", "ip", "8.8.8.8", "named", "sbl.spamhaus.org", NULL);
  assert_has(part, "unanswered", "sbl.spamhaus.org", TRUE);
  assert_fact(part, "named", "unanswered");
  g_autoptr(ProbeRun) without = run_probe(net, "dnsbl", "ip", "8.8.8.8", NULL);
  assert_has(without, "unanswered", "sbl.spamhaus.org", FALSE);
  g_autoptr(ProbeRun) retired = run_probe(net, "dnsbl", "ip", "8.8.8.8", "named", "dnsbl.sorbs.net", NULL);
  assert_has(retired, "unanswered", "dnsbl.sorbs.net", FALSE);
  assert_fact(retired, "named", "retired");
}

static void test_unverified(void) {
  g_autoptr(Net) fresh = replay(NULL);
  const char *zone = "relays.nether.net";
  g_assert_cmpint(dnslist_ask(dnslists_zone(known_lists(fresh), zone)), ==, DNSLIST_ASK_UNVERIFIED);
  g_autofree char *item = g_strdup_printf("{\"dns\":\"8.8.8.8.%s A\",\"answer\":[\"127.0.0.2\"]}", zone);
  g_autofree char *text = g_strdup_printf("{\"dns\":\"8.8.8.8.%s TXT\",\"status\":\"nodata\"}", zone);
  g_autofree char *clean = g_strdup_printf("{\"dns\":\"1.0.0.127.%s A\",\"status\":\"nxdomain\"}", zone);
  g_autofree char *missing = g_strdup_printf("{\"dns\":\"2.0.0.127.%s A\",\"status\":\"nxdomain\"}", zone);
  g_autofree char *there = g_strdup_printf("{\"dns\":\"2.0.0.127.%s A\",\"answer\":[\"127.0.0.2\"]}", zone);
  const char *const dead[] = {item, text, clean, missing, NULL}, *const alive[] = {item, text, clean, there, NULL};
  for (guint i = 0; dead[i] != NULL; i++)
    g_assert_true(net_preload(fresh, dead[i], NULL));
  g_autoptr(ProbeRun) unproven = run_probe(fresh, "dnsbl", "ip", "8.8.8.8", "lists", "all", NULL);
  assert_has(unproven, "listed", zone, FALSE);
  assert_has(unproven, "unanswered", zone, TRUE);
  g_autoptr(Net) again = replay(NULL);
  for (guint i = 0; alive[i] != NULL; i++)
    g_assert_true(net_preload(again, alive[i], NULL));
  g_autoptr(ProbeRun) proven = run_probe(again, "dnsbl", "ip", "8.8.8.8", "lists", "all", NULL);
  assert_has(proven, "listed", zone, TRUE);
  assert_has(proven, "unanswered", zone, FALSE);
}

/* All of them clean: that alone is fine. */
static void test_clean(void) {
  g_autofree char *path = NULL;
  g_close(g_file_open_tmp("whybounce-XXXXXX", &path, NULL), NULL);
  g_assert_true(g_file_set_contents(path, "clean.bl.example\nnodata.bl.example\n", -1, NULL));
  g_autoptr(ProbeRun) run = run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", path, NULL);
  assert_fact(run, "status", "clean");
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_OK);
  /* The file is read again when it has changed. */
  g_assert_true(g_file_set_contents(path, "clean.bl.example\nsilent.bl.example\nnodata.bl.example\n", -1, NULL));
  g_autoptr(ProbeRun) partly = run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", path, NULL);
  assert_fact(partly, "status", "partly");
  g_assert_cmpint(result_level(probe_run_result(partly)), ==, LEVEL_UNKNOWN);
  g_unlink(path);
}

static void test_bad_input(void) {
  g_autoptr(ProbeRun) none = run_probe(net, "dnsbl", NULL);
  assert_complete(none);
  g_assert_cmpstr(fact_of(none, "status")->why, ==, "not asked");
  g_autoptr(ProbeRun) bad = run_probe(net, "dnsbl", "ip", "192.0.2", NULL);
  assert_complete(bad);
  g_assert_cmpint(result_level(probe_run_result(bad)), ==, LEVEL_FAIL);
  g_autoptr(ProbeRun) file = run_probe(net, "dnsbl", "ip", "192.0.2.10", "lists", "/nonexistent", NULL);
  assert_complete(file);
  g_assert_cmpstr(fact_of(file, "status")->why, ==, "bad file");
  g_assert_cmpint(result_level(probe_run_result(file)), ==, LEVEL_UNKNOWN);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/dnsbl.jsonl");
  g_test_add_func("/dnsbl/own-file", test_own_file);
  g_test_add_func("/dnsbl/rows", test_rows);
  g_test_add_func("/dnsbl/advice", test_advice);
  g_test_add_func("/dnsbl/domain", test_domain);
  g_test_add_func("/dnsbl/mail-names", test_mail_names);
  g_test_add_func("/dnsbl/ipv6", test_ipv6);
  g_test_add_func("/dnsbl/not-public", test_not_public);
  g_test_add_func("/dnsbl/choice", test_choice);
  g_test_add_func("/dnsbl/named", test_named);
  g_test_add_func("/dnsbl/unverified", test_unverified);
  g_test_add_func("/dnsbl/clean", test_clean);
  g_test_add_func("/dnsbl/bad-input", test_bad_input);
  int status = g_test_run();
  net_free(net);
  return status;
}
