/* The verdict over a DNS list's answer, step by step, and the file that it rests on.
 * The table runs over the zones of the knowledge file as it ships: a wrong code there shows here. */
#include "mail/dnslist.h"

#include "base/paths.h"

#include <glib/gstdio.h>
#include <string.h>

static DnsLists *knowledge;

typedef struct VerdictCase {
  const char *step; /* which rule of the order it proves */
  const char *zone;
  const char *answer; /* A records with blanks; "": NXDOMAIN or no data */
  DnsListVerdict want;
  const char *meaning; /* a part of it; NULL: not looked at */
} VerdictCase;

static const VerdictCase verdict_cases[] = {
    {"1: no record is clean", "zen.spamhaus.org", "", DNSLIST_CLEAN, NULL},
    {"2: outside 127/8", "bl.spamcop.net", "146.112.61.108", DNSLIST_UNKNOWN, "127.0.0.0/8"},
    {"2: 0.0.0.0 of a filter", "bl.spamcop.net", "0.0.0.0", DNSLIST_UNKNOWN, "127.0.0.0/8"},
    {"2: one of several is outside", "bl.spamcop.net", "127.0.0.2 192.0.2.1", DNSLIST_UNKNOWN, NULL},
    {"2: comes before 3", "zen.spamhaus.org", "127.255.255.254 192.0.2.1", DNSLIST_UNKNOWN, NULL},
    {"3: misspelled zone", "zen.spamhaus.org", "127.255.255.252", DNSLIST_REFUSED, "misspelled"},
    {"3: public resolver", "zen.spamhaus.org", "127.255.255.254", DNSLIST_REFUSED, "public resolver"},
    {"3: too many questions", "zen.spamhaus.org", "127.255.255.255", DNSLIST_REFUSED, "too many"},
    {"3: another of the range", "bl.spamcop.net", "127.255.255.1", DNSLIST_REFUSED, "error code"},
    {"3: beside a listing", "zen.spamhaus.org", "127.0.0.2 127.255.255.254", DNSLIST_REFUSED, NULL},
    {"3: 127.255.254/24 is not it", "bl.spamcop.net", "127.255.254.2", DNSLIST_LISTED, NULL},
    {"4: URIBL bit 1", "multi.uribl.com", "127.0.0.1", DNSLIST_REFUSED, "refused"},
    {"4: URIBL bit 1 with others", "multi.uribl.com", "127.0.0.3", DNSLIST_REFUSED, NULL},
    {"4: SURBL bit 1", "multi.surbl.org", "127.0.0.1", DNSLIST_REFUSED, "blocked"},
    {"4: DBL was sent an IP", "dbl.spamhaus.org", "127.0.1.255", DNSLIST_REFUSED, "IP address"},
    {"4: ZRD was sent an IP", "zrd.dq.spamhaus.net", "127.0.2.255", DNSLIST_REFUSED, "IP address"},
    {"4: DNSWL refuses", "list.dnswl.org", "127.0.0.255", DNSLIST_REFUSED, "refused"},
    {"4: DNSWL trust for everybody", "list.dnswl.org", "127.0.10.3", DNSLIST_REFUSED, "over-limit"},
    {"5: 127.0.0.1 elsewhere", "bl.spamcop.net", "127.0.0.1", DNSLIST_UNKNOWN, "127.0.0.1"},
    {"5: 127.0.0.1 under a pattern", "bl.blocklist.de", "127.0.0.1", DNSLIST_UNKNOWN, NULL},
    {"5: 127.0.0.1 as a bit", "dnsbl.tornevall.org", "127.0.0.1", DNSLIST_UNKNOWN, NULL},
    {"5: beside a listing", "bl.spamcop.net", "127.0.0.1 127.0.0.2", DNSLIST_LISTED, NULL},
    {"5: a zone that means it", "rbl.efnetrbl.org", "127.0.0.1", DNSLIST_LISTED, "open proxy"},
    {"5: 0spam means it", "bl.0spam.org", "127.0.0.1", DNSLIST_LISTED, "traps"},
    {"5: hostkarma means white", "hostkarma.junkemailfilter.com", "127.0.0.1", DNSLIST_POSITIVE, "white"},
    {"6: a code of the table", "zen.spamhaus.org", "127.0.0.4", DNSLIST_LISTED, "XBL"},
    {"6: policy", "zen.spamhaus.org", "127.0.0.10", DNSLIST_POLICY, "PBL"},
    {"6: all records count", "zen.spamhaus.org", "127.0.0.10 127.0.0.2 127.0.0.4", DNSLIST_LISTED, "SBL"},
    {"6: weak", "bl.mailspike.net", "127.0.0.13", DNSLIST_WEAK, "suspicious"},
    {"6: bit mask, one bit", "multi.surbl.org", "127.0.0.8", DNSLIST_LISTED, "phishing"},
    {"6: bit mask, two bits", "multi.surbl.org", "127.0.0.72", DNSLIST_LISTED, NULL},
    {"6: bit mask, the heavier bit", "multi.uribl.com", "127.0.0.6", DNSLIST_LISTED, "black"},
    {"6: bit mask, weak alone", "multi.surbl.org", "127.0.0.32", DNSLIST_WEAK, "click"},
    {"6: range", "zrd.dq.spamhaus.net", "127.0.2.24", DNSLIST_LISTED, "hours"},
    {"6: pattern", "bl.blocklist.de", "127.0.0.11", DNSLIST_LISTED, "fail2ban"},
    {"6: octet pattern", "list.dnswl.org", "127.0.5.3", DNSLIST_POSITIVE, "high"},
    {"6: undocumented code", "bl.spamcop.net", "127.0.0.77", DNSLIST_LISTED, NULL},
    {"6: undocumented third octet", "zen.spamhaus.org", "127.0.9.2", DNSLIST_LISTED, NULL},
    {"6: score is context", "score.senderscore.com", "127.0.4.90", DNSLIST_NEUTRAL, "score"},
    {"7: good reputation is no listing", "rep.mailspike.net", "127.0.0.19", DNSLIST_POSITIVE, "good"},
    {"7: neutral reputation", "rep.mailspike.net", "127.0.0.15", DNSLIST_NEUTRAL, NULL},
    {"7: NOBL is no listing", "hostkarma.junkemailfilter.com", "127.0.0.5", DNSLIST_NEUTRAL, "NOBL"},
    {"7: brown is not white", "hostkarma.junkemailfilter.com", "127.0.0.4", DNSLIST_WEAK, "brown"},
    {"7: unknown code of an allow list", "wl.mailspike.net", "127.0.0.2", DNSLIST_POSITIVE, NULL},
    {"7: unknown code of a context list", "hostkarma.junkemailfilter.com", "127.0.0.99", DNSLIST_NEUTRAL, NULL},
    {"7: never a listing", "reputation-ip.rbl.scrolloutf1.com", "127.4.0.9", DNSLIST_NEUTRAL, NULL},
    {"no address at all", "bl.spamcop.net", "::1", DNSLIST_UNKNOWN, NULL},
};

static void test_verdicts(void) {
  for (guint i = 0; i < G_N_ELEMENTS(verdict_cases); i++) {
    const VerdictCase *c = &verdict_cases[i];
    const DnsList *list = dnslists_zone(knowledge, c->zone);
    g_test_message("%s: %s answers \"%s\"", c->step, c->zone, c->answer);
    g_assert_nonnull(list);
    g_auto(GStrv) addresses = c->answer[0] != '\0' ? g_strsplit(c->answer, " ", -1) : g_new0(char *, 1);
    const char *meaning = "untouched";
    g_assert_cmpint(dnslist_judge(list, (const char *const *)addresses, &meaning), ==, c->want);
    g_assert_cmpint(dnslist_judge(list, (const char *const *)addresses, NULL), ==, c->want);
    if (c->meaning != NULL) {
      g_assert_nonnull(meaning);
      g_assert_nonnull(strstr(meaning, c->meaning));
    }
  }
  const char *meaning = "untouched", *const unknown[] = {"127.0.0.77", NULL};
  dnslist_judge(dnslists_zone(knowledge, "bl.spamcop.net"), unknown, &meaning);
  g_assert_null(meaning); /* nobody documented it: no words are invented */
}

/* What other tools get wrong (RFC 5782, and the operators' own pages): each must not count as a listing. */
static const struct {
  const char *mistake, *zone, *answer;
  DnsListVerdict want;
} mistakes[] = {
    {"any A record is a listing", "bl.spamcop.net", "203.0.113.80", DNSLIST_UNKNOWN},
    {"127.255.255.252, a misspelled zone, counted", "zen.spamhaus.org", "127.255.255.252", DNSLIST_REFUSED},
    {"127.255.255.254, a public resolver, counted", "zen.spamhaus.org", "127.255.255.254", DNSLIST_REFUSED},
    {"127.255.255.255, too many questions, counted", "zen.spamhaus.org", "127.255.255.255", DNSLIST_REFUSED},
    {"127.0.1.255, a domain list asked about an address, counted", "dbl.spamhaus.org", "127.0.1.255", DNSLIST_REFUSED},
    {"127.0.0.1 of URIBL, a refusal, counted", "multi.uribl.com", "127.0.0.1", DNSLIST_REFUSED},
};

static void test_mistakes(void) {
  for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
    const char *const addresses[] = {mistakes[i].answer, NULL};
    g_test_message("mistake: %s", mistakes[i].mistake);
    g_assert_cmpint(dnslist_judge(dnslists_zone(knowledge, mistakes[i].zone), addresses, NULL), ==, mistakes[i].want);
  }
}

static void test_many_records(void) {
  const char *addresses[300];
  for (guint i = 0; i < G_N_ELEMENTS(addresses); i++)
    addresses[i] = "127.0.0.2";
  addresses[G_N_ELEMENTS(addresses) - 1] = NULL;
  g_assert_cmpint(dnslist_judge(dnslists_zone(knowledge, "bl.spamcop.net"), addresses, NULL), ==, DNSLIST_LISTED);
}

static void assert_name(char *got, const char *want) {
  g_assert_cmpstr(got, ==, want);
  g_free(got);
}

static void test_names(void) {
  const DnsList *zen = dnslists_zone(knowledge, "zen.spamhaus.org");
  assert_name(dnslist_negative_name(zen, DNSLIST_IP4), "1.0.0.127.zen.spamhaus.org");
  assert_name(dnslist_positive_name(zen, DNSLIST_IP4), "2.0.0.127.zen.spamhaus.org");
  assert_name(dnslist_positive_name(zen, DNSLIST_IP6),
              "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.zen.spamhaus.org");
  assert_name(dnslist_negative_name(dnslists_zone(knowledge, "dbl.spamhaus.org"), DNSLIST_DOMAIN),
              "INVALID.dbl.spamhaus.org");
  assert_name(dnslist_positive_name(dnslists_zone(knowledge, "dbl.spamhaus.org"), DNSLIST_DOMAIN),
              "TEST.dbl.spamhaus.org");
  const DnsList *sem = dnslists_zone(knowledge, "uribl.spameatingmonkey.net");
  assert_name(dnslist_negative_name(sem, DNSLIST_DOMAIN), "_DNSBLNEG_.test.uribl.spameatingmonkey.net");
  assert_name(dnslist_positive_name(sem, DNSLIST_DOMAIN), "_DNSBL_.test.uribl.spameatingmonkey.net");
  /* 127/8 is itself a bogon, and hostkarma answers for 127.0.0.1: another name must prove that they do not list all. */
  assert_name(dnslist_negative_name(dnslists_zone(knowledge, "bogons.cymru.com"), DNSLIST_IP4),
              "INVALID.bogons.cymru.com");
  assert_name(dnslist_positive_name(dnslists_zone(knowledge, "bogons.cymru.com"), DNSLIST_IP4), NULL);
}

static void test_find(void) {
  static const char *const cases[][2] = {
      {"zen.spamhaus.org", "zen.spamhaus.org"},
      {"ZEN.SPAMHAUS.ORG.", "zen.spamhaus.org"},
      {" zen.spamhaus.org ", "zen.spamhaus.org"},
      {"10.2.0.192.bl.spamcop.net", "bl.spamcop.net"},
      {"https://www.spamcop.net/bl.shtml?192.0.2.10", "bl.spamcop.net"},
      {"https://check.spamhaus.org/listed/?searchterm=192.0.2.10", "zen.spamhaus.org"},
      {"spamhaus.org", "zen.spamhaus.org"},
      {"Spamhaus", "zen.spamhaus.org"},
      {"SpamCop", "bl.spamcop.net"},
      {"Barracuda", "b.barracudacentral.org"},
      {"pbl.spamhaus.org", "pbl.spamhaus.org"},
      {"abcdefg.zen.dq.spamhaus.net", "{key}.zen.dq.spamhaus.net"},
      {"dnsbl.sorbs.net", "dnsbl.sorbs.net"},
      {"SORBS", "dnsbl.sorbs.net"},
      {"NiX Spam", "ix.dnsbl.manitu.net"},
      {"nobody.example", NULL},
      {"Spam", NULL},
      {"org", NULL},
      {"", NULL},
      {".", NULL},
      {"https://", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const DnsList *list = dnslists_find(knowledge, cases[i][0]);
    g_test_message("%s", cases[i][0]);
    g_assert_cmpstr(list != NULL ? dnslist_zone(list) : NULL, ==, cases[i][1]);
  }
}

static void assert_advice(const char *zone, DnsListVerdict verdict, const char *part) {
  const char *advice = dnslist_advice(dnslists_zone(knowledge, zone), verdict);
  g_test_message("%s, verdict %d: %s", zone, verdict, advice);
  if (part == NULL) {
    g_assert_null(advice);
    return;
  }
  g_assert_nonnull(advice);
  g_assert_nonnull(strstr(advice, part));
}

/* The entry's own word comes first, then what its kind of code or its weight says. */
static void test_advice(void) {
  assert_advice("bl.spamcop.net", DNSLIST_LISTED, "24 hours");
  assert_advice("zen.spamhaus.org", DNSLIST_LISTED, "Many receivers"); /* major */
  assert_advice("zen.spamhaus.org", DNSLIST_POLICY, "No accusation");
  assert_advice("zen.spamhaus.org", DNSLIST_POLICY, "off the list yourself");
  assert_advice("all.spamrats.com", DNSLIST_POLICY, "PTR"); /* one text for all its codes */
  assert_advice("dnsblchile.org", DNSLIST_POLICY, "No accusation");
  assert_advice("dnsblchile.org", DNSLIST_LISTED, "Few receivers");  /* info */
  assert_advice("dnsbl.dronebl.org", DNSLIST_LISTED, "weighs less"); /* minor */
  assert_advice("bl.mailspike.net", DNSLIST_WEAK, "weighs less");
  assert_advice("relays.nether.net", DNSLIST_LISTED, "Little is known"); /* doubtful */
  assert_advice("score.senderscore.com", DNSLIST_NEUTRAL, "information only");
  assert_advice("hostkarma.junkemailfilter.com", DNSLIST_NEUTRAL, "good and bad");
  assert_advice("list.dnswl.org", DNSLIST_POSITIVE, NULL);
}

/* Advice is for people: whole sentences, no longer than they read on the telephone, and no remark of the authors. */
static void test_advice_texts(void) {
  static const char *const remarks[] = {"check_rbl", "show as", "query ", "NXDOMAIN", "rspamd", "spam trap", NULL};
  for (guint i = 0; i < dnslists_length(knowledge); i++)
    for (DnsListVerdict verdict = DNSLIST_LISTED; verdict <= DNSLIST_NEUTRAL; verdict++) {
      const char *advice = dnslist_advice(dnslists_get(knowledge, i), verdict);
      if (advice == NULL)
        continue;
      g_test_message("%s: %s", dnslist_zone(dnslists_get(knowledge, i)), advice);
      g_assert_true(g_ascii_isupper(advice[0]) && g_str_has_suffix(advice, "."));
      g_assert_cmpuint(strlen(advice), <=, 220);
      for (guint k = 0; remarks[k] != NULL; k++)
        g_assert_null(strstr(advice, remarks[k]));
    }
}

static const char *meaning_of(const char *zone, const char *address, const DnsList **list) {
  const char *const addresses[] = {address, NULL}, *meaning = NULL;
  *list = dnslists_zone(knowledge, zone);
  dnslist_judge(*list, addresses, &meaning);
  return meaning;
}

/* The operator's words are quoted, ours are translated. */
static void test_quotes(void) {
  static const struct {
    const char *zone, *address;
    gboolean quote;
  } cases[] = {
      {"zen.spamhaus.org", "127.0.0.2", TRUE}, {"list.dnswl.org", "127.0.0.255", TRUE},
      {"multi.uribl.com", "127.0.0.1", TRUE},  {"zen.spamhaus.org", "127.255.255.254", FALSE},
      {"bl.spamcop.net", "192.0.2.1", FALSE},  {"bl.spamcop.net", "127.0.0.1", FALSE},
      {"bl.spamcop.net", "127.0.0.77", FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const DnsList *list;
    const char *meaning = meaning_of(cases[i].zone, cases[i].address, &list);
    g_test_message("%s %s: %s", cases[i].zone, cases[i].address, meaning);
    g_assert_cmpint(dnslist_is_quote(list, meaning), ==, cases[i].quote);
  }
}

static void test_retired(void) {
  const DnsList *list = dnslists_zone(knowledge, "dnsbl.sorbs.net");
  g_assert_cmpint(dnslist_ask(list), ==, DNSLIST_ASK_NEVER);
  g_assert_cmpstr(dnslist_why_never(list), ==, "retired");
  g_assert_cmpstr(dnslist_retired_since(list), ==, "2024-06-05");
  assert_advice("dnsbl.sorbs.net", DNSLIST_LISTED, "out of use");
  g_assert_cmpstr(dnslist_instead(dnslists_zone(knowledge, "cbl.abuseat.org")), ==, "zen.spamhaus.org");
  g_assert_null(dnslist_retired_since(dnslists_zone(knowledge, "zen.spamhaus.org")));
}

/* What the program may ask, and that the file holds together. */
static void test_file(void) {
  guint asked = 0, never = 0, retired = 0, ip4 = 0;
  for (guint i = 0; i < dnslists_length(knowledge); i++) {
    const DnsList *list = dnslists_get(knowledge, i);
    g_test_message("%s", dnslist_zone(list));
    g_assert_nonnull(dnslist_name(list));
    gboolean is_never = dnslist_ask(list) == DNSLIST_ASK_NEVER;
    g_assert_cmpint(is_never, ==, dnslist_why_never(list) != NULL);
    g_assert_true(dnslists_find(knowledge, dnslist_zone(list)) == list || strchr(dnslist_zone(list), '{') != NULL);
    if (dnslist_retired_since(list) != NULL) {
      g_assert_true(is_never);
      retired++;
    } else if (is_never) {
      never++;
    } else {
      g_assert_cmpuint(dnslist_kinds(list), !=, 0);
      asked++;
      ip4 += (dnslist_kinds(list) & DNSLIST_IP4) != 0;
    }
  }
  g_assert_cmpuint(asked, >=, 130);
  g_assert_cmpuint(ip4, >=, 100);
  g_assert_cmpuint(never, >=, 40);
  g_assert_cmpuint(retired, >=, 150);
}

/* --- files of the user's own --- */

static DnsLists *load_text(const char *text, GError **error) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("whybounce-XXXXXX", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_close(fd, NULL);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  DnsLists *lists = dnslists_load_own(path, error);
  g_unlink(path);
  return lists;
}

static void test_plain(void) {
  g_autoptr(DnsLists) lists =
      load_text("# ours\n\n BL.example.org.  # with a remark\r\nb2.example.net\nbl.example.org", NULL);
  g_assert_nonnull(lists);
  g_assert_cmpuint(dnslists_length(lists), ==, 2);
  const DnsList *list = dnslists_get(lists, 0);
  g_assert_cmpstr(dnslist_zone(list), ==, "bl.example.org");
  g_assert_cmpuint(dnslist_kinds(list), ==, DNSLIST_IP4 | DNSLIST_IP6 | DNSLIST_DOMAIN);
  g_assert_cmpint(dnslist_ask(list), ==, DNSLIST_ASK_CORE);
  const char *const codes[] = {"127.0.3.9", NULL}, *meaning = "x";
  g_assert_cmpint(dnslist_judge(list, codes, &meaning), ==, DNSLIST_LISTED);
  g_assert_null(meaning);
  g_assert_null(dnslist_advice(list, DNSLIST_LISTED)); /* nothing is known of it: nothing is said */
}

static void test_plain_faults(void) {
  static const char *const cases[][2] = {
      {"", "no name of a DNS list"},
      {"# nothing\n\n", "no name of a DNS list"},
      {"bl.example.org\nbl example\n", ":2: \"bl example\""},
      {"bl.example.org\n\n..\n", ":3: "},
      {"http://bl.example.org/\n", ":1: "},
      {"bl.ex\x1b[2Jample.org\n", "\\x1B[2J"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(load_text(cases[i][0], &error));
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, cases[i][1]));
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(dnslists_load_own("/nonexistent/lists", &error));
  g_assert_nonnull(error);
}

static void test_own_knowledge(void) {
  g_autoptr(DnsLists) lists = load_text(
      "format: 1\nlists:\n"
      "  bl.example.org: {ask: core, tier: major, kinds: ip4, policy: {127.0.0.3: x}, advice: Ask Hanako.,\n"
      "    advice_policy: No reason to worry., note: ours}\n"
      "  b2.example.org: {ask: core, tier: minor, kinds: ip4, listed: {127.0.0.2: }, refused: {127.0.0.9: }}\n",
      NULL);
  g_assert_nonnull(lists);
  g_assert_cmpstr(dnslist_advice(dnslists_get(lists, 0), DNSLIST_LISTED), ==, "Ask Hanako.");
  g_assert_cmpstr(dnslist_advice(dnslists_get(lists, 0), DNSLIST_POLICY), ==, "No reason to worry.");
  /* A code without words is as good as an undocumented one. */
  const char *const bare[] = {"127.0.0.2", NULL}, *const refused[] = {"127.0.0.9", NULL}, *meaning = "x";
  g_assert_cmpint(dnslist_judge(dnslists_get(lists, 1), bare, &meaning), ==, DNSLIST_LISTED);
  g_assert_null(meaning);
  g_assert_cmpint(dnslist_judge(dnslists_get(lists, 1), refused, &meaning), ==, DNSLIST_REFUSED);
  g_assert_nonnull(strstr(meaning, "error code"));
  g_assert_false(dnslist_is_quote(dnslists_get(lists, 1), meaning));
  const char *const codes[] = {"127.0.0.3", NULL};
  g_assert_cmpint(dnslist_judge(dnslists_get(lists, 0), codes, NULL), ==, DNSLIST_POLICY);
  g_assert_cmpint(dnslist_tier(dnslists_get(lists, 0)), ==, DNSLIST_MAJOR);
}

static void test_own_knowledge_faults(void) {
  static const char *const cases[][2] = {
      {"format: 1\nlists:\n  bl.example.org: {ask: cor, tier: major, kinds: ip4}\n", "did you mean \"core\""},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip5}\n", "\"ip5\" is no word for kinds"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major}\n", "needs kinds"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, listed: {127.0.0: x}}\n", "no code"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, listed: {bit 3: x}}\n", "no code"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, listed: {127.0.0.9-2: x}}\n",
       "no code"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, colour: red}\n", "colour"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, advice: [x]}\n", "one text"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, advice: }\n", "one text"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, advice_policy: {en: x}}\n",
       "one text"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, advice: \"See {url}.\"}\n",
       "cannot hold"},
      {"format: 1\nlists:\n  bl.example.org: {ask: core, tier: major, kinds: ip4, listed: {127.0.0.2: [x]}}\n",
       "one text"},
      {"format: 1\nlists: {}\n", "no DNS list"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_test_message("%s", cases[i][0]);
    g_assert_null(load_text(cases[i][0], &error));
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, cases[i][1]));
  }
}

/* The short look into the file finds every zone that loading it would. */
static void test_file_knows(void) {
  g_autofree char *path = paths_knowledge("dnsbl.yaml");
  for (guint i = 0; i < dnslists_length(knowledge); i++) {
    const DnsList *list = dnslists_get(knowledge, i);
    if (strchr(dnslist_zone(list), '{') != NULL)
      continue;
    g_autoptr(DnsLists) one = load_text(dnslist_zone(list), NULL);
    g_test_message("%s", dnslist_zone(list));
    g_assert_true(dnslists_file_knows(path, one));
  }
  g_autoptr(DnsLists) strangers = load_text("bl.example.org\nname\nspamhaus.org\norg\n", NULL);
  g_assert_false(dnslists_file_knows(path, strangers));
  g_assert_false(dnslists_file_knows("/nonexistent", strangers));
}

/* What an owner registered, by the knowledge file. */
static void test_registrable(void) {
  static const char *const rows[][2] = {
      {"example.com", "example.com"},       {"www.example.com", "example.com"},
      {"a.b.example.com", "example.com"},   {"www.example.co.jp", "example.co.jp"},
      {"example.co.jp", "example.co.jp"},   {"co.jp", NULL},
      {"tokyo.jp", NULL},                   {"www.example.tokyo.jp", "example.tokyo.jp"},
      {"www.example.jp", "example.jp"},     {"example.co.uk", "example.co.uk"},
      {"com.au", NULL},                     {"www.example.asn.au", "example.asn.au"},
      {"asn.de", "asn.de"},                 {"com", NULL},
      {"co.com", "co.com"},                 {"www.co.example", "co.example"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i][0]);
    g_assert_cmpstr(dnslists_registrable(knowledge, rows[i][0]), ==, rows[i][1]);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *path = paths_knowledge("dnsbl.yaml");
  g_autoptr(Diags) diags = diags_new();
  knowledge = dnslists_load(path, diags);
  g_assert_nonnull(knowledge);
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *text = diag_format(diags_get(diags, i));
    g_test_message("%s", text);
  }
  g_assert_cmpuint(diags_length(diags), ==, 0);
  g_test_add_func("/dnslist/verdicts", test_verdicts);
  g_test_add_func("/dnslist/mistakes", test_mistakes);
  g_test_add_func("/dnslist/many-records", test_many_records);
  g_test_add_func("/dnslist/test-names", test_names);
  g_test_add_func("/dnslist/find", test_find);
  g_test_add_func("/dnslist/advice", test_advice);
  g_test_add_func("/dnslist/advice-texts", test_advice_texts);
  g_test_add_func("/dnslist/quotes", test_quotes);
  g_test_add_func("/dnslist/retired", test_retired);
  g_test_add_func("/dnslist/file", test_file);
  g_test_add_func("/dnslist/plain", test_plain);
  g_test_add_func("/dnslist/plain-faults", test_plain_faults);
  g_test_add_func("/dnslist/own-knowledge", test_own_knowledge);
  g_test_add_func("/dnslist/own-knowledge-faults", test_own_knowledge_faults);
  g_test_add_func("/dnslist/registrable", test_registrable);
  g_test_add_func("/dnslist/file-knows", test_file_knows);
  int status = g_test_run();
  dnslists_free(knowledge);
  return status;
}
