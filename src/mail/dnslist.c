#include "mail/dnslist.h"

#include "base/catalogue.h"
#include "mail/dnslist_data.h"

#include <arpa/inet.h>
#include <string.h>

/* Test entries of RFC 5782 s5 and s2.4: 127.0.0.1 and ::FFFF:7F00:1 are never listed, 127.0.0.2 and ::FFFF:7F00:2 are.
 */
#define MAPPED_TEST(last) last ".0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"

typedef struct TestEntry {
  DnsListKind kind;
  const char *clean, *listed;
} TestEntry;

static const TestEntry test_entries[] = {
    {DNSLIST_IP4, "1.0.0.127", "2.0.0.127"},
    {DNSLIST_IP6, MAPPED_TEST("1"), MAPPED_TEST("2")},
    {DNSLIST_DOMAIN, "INVALID", "TEST"},
};

/* What lists answer in place of a listing, whatever their zone: 127.255.255.x. */
static const struct {
  guint8 last;
  const char *message;
} refusals[] = {
    {252, N_("the name of the list was misspelled")},
    {254, N_("the question came through a public resolver, or one that cannot be attributed to anybody")},
    {255, N_("too many questions from this resolver")},
};

/* Which of several codes decides: the higher one. */
static const int weights[] = {
    [DNSLIST_NEUTRAL] = 1, [DNSLIST_POSITIVE] = 2, [DNSLIST_WEAK] = 3, [DNSLIST_POLICY] = 4, [DNSLIST_LISTED] = 5,
};

/* How much a listing matters, in words. */
static const char *const tier_advice[] = {
    [DNSLIST_MAJOR] = N_("Many receivers use this list. Remove the cause first, then ask for removal on its page."),
    [DNSLIST_MINOR] = N_("A listing here weighs less than one on a large list. Unless the bounce names this list, look "
                         "for other reasons too."),
    [DNSLIST_INFO] = N_("Few receivers use this list. Unless the bounce names it, it hardly explains the bounce."),
};

typedef struct Octets {
  guint8 octet[4];
} Octets;

/* --- the set --- */

static void list_free(gpointer data) {
  DnsList *list = data;
  g_free(list->codes);
  g_free(list);
}

DnsLists *dnslists_new(void) {
  DnsLists *lists = g_new0(DnsLists, 1);
  lists->strings = g_string_chunk_new(4096);
  lists->lists = g_ptr_array_new_with_free_func(list_free);
  lists->by_zone = g_hash_table_new(g_str_hash, g_str_equal);
  lists->suffixes = g_hash_table_new(g_str_hash, g_str_equal);
  return lists;
}

void dnslists_free(DnsLists *lists) {
  if (lists == NULL)
    return;
  g_hash_table_unref(lists->by_zone);
  g_hash_table_unref(lists->suffixes);
  g_ptr_array_unref(lists->lists);
  g_string_chunk_free(lists->strings);
  yaml_doc_free(lists->doc);
  g_free(lists);
}

DnsList *dnslists_add(DnsLists *lists, const char *zone) {
  const char *key = strstr(zone, "{key}.");
  const char *known_by = key != NULL ? key + strlen("{key}.") : zone;
  if (g_hash_table_contains(lists->by_zone, known_by))
    return NULL;
  DnsList *list = g_new0(DnsList, 1);
  list->zone = list->name = zone;
  list->otherwise = DNSLIST_LISTED;
  g_ptr_array_add(lists->lists, list);
  g_hash_table_insert(lists->by_zone, (gpointer)known_by, list);
  return list;
}

static gboolean is_under(const char *name, const char *domain);

static DnsList *find_mutable(const DnsLists *lists, const char *zone) {
  return zone != NULL ? g_hash_table_lookup(lists->by_zone, zone) : NULL;
}

GPtrArray *dnslists_unlock(DnsLists *lists, const char *ending) {
  static const char mark[] = "{key}.";
  GPtrArray *zones = g_ptr_array_new();
  for (guint i = 0; i < lists->lists->len; i++) {
    DnsList *list = g_ptr_array_index(lists->lists, i);
    const char *zone = g_str_has_prefix(list->zone, mark) ? list->zone + strlen(mark) : NULL;
    if (zone == NULL || g_strcmp0(list->why_never, "keyed") != 0 || list->kinds == 0 ||
        !(g_str_equal(zone, ending) || is_under(zone, ending)))
      continue;
    g_autofree char *asked = g_strconcat("KEY.", zone, NULL);
    list->zone = g_string_chunk_insert(lists->strings, asked);
    list->ask = DNSLIST_ASK_KEYED;
    list->why_never = NULL;
    DnsList *replaced = find_mutable(lists, list->replaces);
    if (replaced != NULL) {
      replaced->ask = DNSLIST_ASK_NEVER;
      replaced->why_never = "redundant";
    }
    g_ptr_array_add(zones, (gpointer)zone);
  }
  return zones;
}

gboolean dnslists_is_plain(const DnsLists *lists) {
  return lists->doc == NULL;
}

guint dnslists_length(const DnsLists *lists) {
  return lists->lists->len;
}

const DnsList *dnslists_get(const DnsLists *lists, guint i) {
  return g_ptr_array_index(lists->lists, i);
}

const DnsList *dnslists_zone(const DnsLists *lists, const char *zone) {
  return g_hash_table_lookup(lists->by_zone, zone);
}

/* --- recognising a list in a text --- */

/* Host of a URL without "www.", or the text itself. */
static char *host_of(const char *text) {
  const char *start = strstr(text, "://");
  start = start != NULL ? start + 3 : text;
  if (g_str_has_prefix(start, "www."))
    start += 4;
  return g_strndup(start, strcspn(start, "/:?#"));
}

static gboolean is_under(const char *name, const char *domain) {
  gsize n = strlen(name), d = strlen(domain);
  return n > d && name[n - d - 1] == '.' && g_str_equal(name + n - d, domain);
}

static gboolean url_is_at(const char *url, const char *host) {
  if (url == NULL)
    return FALSE;
  g_autofree char *own = host_of(url);
  return g_str_equal(own, host) || is_under(host, own);
}

static gboolean list_is_at(const DnsList *list, const char *host) {
  return is_under(list->zone, host) || url_is_at(list->lookup, host) || url_is_at(list->delist, host);
}

/* A shorter word ("Spam") must be the whole name. */
#define MIN_NAME_BEGINNING 5

static gboolean name_begins(const DnsList *list, const char *text) {
  gsize length = strlen(text);
  if (g_ascii_strncasecmp(list->name, text, length) != 0)
    return FALSE;
  return list->name[length] == '\0' || (length >= MIN_NAME_BEGINNING && strchr(" .,/-", list->name[length]) != NULL);
}

const DnsList *dnslists_find(const DnsLists *lists, const char *text) {
  g_autofree char *lower = g_ascii_strdown(text, -1);
  g_strstrip(lower);
  g_autofree char *host = host_of(lower);
  gsize length = strlen(host);
  if (length > 0 && host[length - 1] == '.')
    host[length - 1] = '\0';
  if (host[0] == '\0')
    return NULL;
  for (const char *name = host; name != NULL; name = strchr(name, '.') != NULL ? strchr(name, '.') + 1 : NULL) {
    const DnsList *list = dnslists_zone(lists, name);
    if (list != NULL)
      return list;
  }
  gboolean (*fits)(const DnsList *, const char *) = strchr(host, '.') != NULL ? list_is_at : name_begins;
  for (guint i = 0; i < lists->lists->len; i++)
    if (fits(dnslists_get(lists, i), fits == list_is_at ? host : lower))
      return dnslists_get(lists, i);
  return NULL;
}

/* --- the verdict --- */

static gboolean code_fits(const DnsListCode *code, const Octets *address) {
  const guint8 *octet = address->octet;
  if (code->bit != 0)
    return octet[1] == 0 && octet[2] == 0 && (octet[3] & code->bit) != 0;
  for (guint i = 0; i < 4; i++)
    if (octet[i] < code->low[i] || octet[i] > code->high[i])
      return FALSE;
  return TRUE;
}

static guint code_width(const DnsListCode *code) {
  guint width = 0;
  for (guint i = 0; i < 4; i++)
    width += code->high[i] - code->low[i];
  return width;
}

static gboolean is_localhost(const guint8 octet[4]) {
  return octet[0] == 127 && octet[1] == 0 && octet[2] == 0 && octet[3] == 1;
}

static gboolean code_names_localhost(const DnsListCode *code) {
  return code->bit == 0 && code_width(code) == 0 && is_localhost(code->low);
}

static const DnsListCode *refusal_of(const DnsList *list, const Octets *address) {
  for (guint i = 0; i < list->n_codes; i++)
    if (list->codes[i].verdict == DNSLIST_REFUSED && code_fits(&list->codes[i], address))
      return &list->codes[i];
  return NULL;
}

static gboolean counts_localhost(const DnsList *list) {
  for (guint i = 0; i < list->n_codes; i++)
    if (code_names_localhost(&list->codes[i]))
      return TRUE;
  return FALSE;
}

/* The row that says most about one code: the heaviest bit of a mask, or else the narrowest pattern. */
static const DnsListCode *row_of(const DnsList *list, const Octets *address) {
  const DnsListCode *best = NULL;
  for (guint i = 0; i < list->n_codes; i++) {
    const DnsListCode *code = &list->codes[i];
    if (!code_fits(code, address))
      continue;
    gboolean better =
        best == NULL || (code->bit != 0 && best->bit != 0 ? weights[code->verdict] > weights[best->verdict]
                                                          : code_width(code) < code_width(best));
    if (better)
      best = code;
  }
  return best;
}

static DnsListVerdict judge_codes(const DnsList *list, const Octets *addresses, guint n, const char **meaning) {
  DnsListVerdict worst = DNSLIST_UNKNOWN;
  int weight = 0;
  gboolean localhost_counts = counts_localhost(list);
  *meaning = N_("127.0.0.1 is not a listing: a filter on the way, or a list that refuses in its own manner");
  for (guint i = 0; i < n; i++) {
    if (is_localhost(addresses[i].octet) && !localhost_counts)
      continue;
    const DnsListCode *code = row_of(list, &addresses[i]);
    DnsListVerdict verdict = code != NULL ? code->verdict : list->otherwise;
    if (weights[verdict] <= weight)
      continue;
    weight = weights[verdict];
    worst = verdict;
    *meaning = code != NULL ? code->words : NULL;
  }
  return worst;
}

static const char *refusal_message(guint8 last) {
  for (guint i = 0; i < G_N_ELEMENTS(refusals); i++)
    if (refusals[i].last == last)
      return refusals[i].message;
  return N_("the list answered with an error code");
}

/* No zone gives out more than a handful; the rest of a hostile answer is not read. */
#define MAX_ADDRESSES 64

DnsListVerdict dnslist_judge(const DnsList *list, const char *const *addresses, const char **meaning) {
  Octets octets[MAX_ADDRESSES];
  const char *unused;
  guint n = 0;
  meaning = meaning != NULL ? meaning : &unused;
  *meaning = NULL;
  if (addresses[0] == NULL)
    return DNSLIST_CLEAN;
  for (; addresses[n] != NULL && n < MAX_ADDRESSES; n++)
    if (inet_pton(AF_INET, addresses[n], &octets[n]) != 1 || octets[n].octet[0] != 127) {
      /* RFC 5782 s2.1: lists answer from 127/8 only. */
      *meaning = N_("the answer is not from 127.0.0.0/8: a resolver that redirects, or a domain that was given up");
      return DNSLIST_UNKNOWN;
    }
  for (guint i = 0; i < n; i++)
    if (octets[i].octet[1] == 255 && octets[i].octet[2] == 255) {
      *meaning = refusal_message(octets[i].octet[3]);
      return DNSLIST_REFUSED;
    }
  for (guint i = 0; i < n; i++) {
    const DnsListCode *refusal = refusal_of(list, &octets[i]);
    if (refusal != NULL) {
      *meaning = refusal->words != NULL ? refusal->words : refusal_message(0);
      return DNSLIST_REFUSED;
    }
  }
  return judge_codes(list, octets, n, meaning);
}

gboolean dnslist_is_quote(const DnsList *list, const char *meaning) {
  for (guint i = 0; meaning != NULL && i < list->n_codes; i++)
    if (list->codes[i].words == meaning)
      return TRUE;
  return FALSE;
}

/* --- test entries --- */

static char *test_name(const DnsList *list, DnsListKind kind, gboolean listed) {
  const char *own = listed ? list->test_listed : list->test_clean;
  if (own != NULL)
    return g_str_equal(own, "none") ? NULL : g_strconcat(own, ".", list->zone, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(test_entries); i++)
    if (test_entries[i].kind == kind)
      return g_strconcat(listed ? test_entries[i].listed : test_entries[i].clean, ".", list->zone, NULL);
  return NULL;
}

char *dnslist_negative_name(const DnsList *list, DnsListKind kind) {
  return test_name(list, kind, FALSE);
}

char *dnslist_positive_name(const DnsList *list, DnsListKind kind) {
  return test_name(list, kind, TRUE);
}

/* --- what is known --- */

const char *dnslist_zone(const DnsList *list) {
  return list->zone;
}

const char *dnslist_name(const DnsList *list) {
  return list->name;
}

unsigned dnslist_kinds(const DnsList *list) {
  return list->kinds;
}

DnsListTier dnslist_tier(const DnsList *list) {
  return list->tier;
}

DnsListAsk dnslist_ask(const DnsList *list) {
  return list->ask;
}

const char *dnslist_why_never(const DnsList *list) {
  return list->why_never;
}

const char *dnslist_lookup_url(const DnsList *list) {
  return list->lookup;
}

const char *dnslist_delist_url(const DnsList *list) {
  return list->delist;
}

/* What is said where the list's entry says nothing of its own. */
static const char *usual_advice(const DnsList *list, DnsListVerdict verdict) {
  if (verdict == DNSLIST_POLICY)
    return N_("No accusation: addresses of this kind should send through the mail server of their provider.");
  if (verdict == DNSLIST_NEUTRAL)
    return N_("This is information only, not a listing.");
  if (verdict != DNSLIST_LISTED && verdict != DNSLIST_WEAK)
    return NULL;
  if (list->doubtful)
    return N_("Little is known about this list. Unless the bounce names it, it hardly explains the bounce.");
  return tier_advice[list->tier];
}

const char *dnslist_advice(const DnsList *list, DnsListVerdict verdict) {
  if (verdict == DNSLIST_POLICY && list->advice_policy != NULL)
    return list->advice_policy;
  if (list->advice != NULL)
    return list->advice;
  return list->known ? usual_advice(list, verdict) : NULL;
}

const char *dnslist_retired_since(const DnsList *list) {
  return list->since;
}

const char *dnslist_instead(const DnsList *list) {
  return list->instead;
}
