#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "mail/ip.h"
#include "probe/dnsbl_named.h"
#include "probe/dnsbl_rows.h"
#include "probe/known.h"
#include "probe/sweep.h"

#include <string.h>

static const ProbeInput dnsbl_inputs[] = {
    {"ip", "ip", FALSE, N_("the address that the mail was sent from")},
    {"domain", "domain", FALSE, N_("the domain that the mail was sent from or that it names")},
    {"helo", "text", FALSE, N_("the name with which the sending server greeted (HELO)")},
    {"names", "text", FALSE,
     N_("more that the mail names, separated by blanks: addresses like From, hosts. Their domains are looked for")},
    {"links", "text", FALSE, N_("the links in the mail or their hosts, separated by blanks")},
    {"lists", "text", FALSE, N_("core (default), all, or a file: a knowledge file, or one zone a line")},
    {"ip_source", "text", FALSE, N_("where the address is from: named, received, asked")},
    {"named", "text", FALSE, N_("the list that the bounce names: it is asked whatever lists says")},
    {0},
};

static const FactSpec dnsbl_gives[] = {
    {"status", FACT_TEXT, "listed policy weak clean partly unknown not_public",
     N_("the worst of all; clean: every list answered; partly: those that answered do not have it; not_public: not "
        "asked, since no list can know it")},
    {"listed", FACT_LIST, NULL, N_("the lists that have it")},
    {"listed_targets", FACT_LIST, NULL, N_("what they have: the address, or domains that the mail names")},
    {"listed_sender", FACT_LIST, NULL,
     N_("of domain and names, those that a list has which many receivers use, or which the bounce names")},
    {"listed_helo", FACT_LIST, NULL, N_("the same of the HELO name")},
    {"listed_links", FACT_LIST, NULL, N_("the same of the hosts of the links")},
    {"major", FACT_LIST, NULL, N_("those of them that many receivers use")},
    {"policy", FACT_LIST, NULL, N_("the lists that object to the kind of address, not to its behaviour")},
    {"weak", FACT_LIST, NULL, N_("the lists that have it with a minor sign")},
    {"allowed", FACT_LIST, NULL, N_("the allow lists that know it")},
    {"refused", FACT_LIST, NULL, N_("the lists that refused to answer us")},
    {"wildcard", FACT_LIST, NULL, N_("the lists that were left out, since they list everything")},
    {"unanswered", FACT_LIST, NULL, N_("the lists that told us nothing: refused, no answer, no answer of use")},
    {"named", FACT_TEXT, "listed policy clean unanswered retired not_asked unknown_list",
     N_("what the list that the bounce names says; not_asked: it tells only those who have a key, or lists something "
        "else; unknown_list: nothing is known of it")},
    {"clean", FACT_NUMBER, NULL, N_("how many lists do not have it")},
    {"asked", FACT_NUMBER, NULL, N_("how many lists were asked")},
    {"address", FACT_TEXT, NULL, N_("the address that was looked for")},
    {"address_source", FACT_TEXT, NULL, N_("where the address is from")},
    {"domain", FACT_TEXT, NULL, N_("the domain that was looked for")},
    {"range", FACT_TEXT, NULL, N_("what range of addresses it belongs to, if it is no public one")},
    {0},
};

/* The address, the domain, and some names more. */
#define MAX_TARGETS 16

/* What a name is in the mail; of one that is several things the first. */
typedef enum Role { ROLE_ADDRESS, ROLE_SENDER, ROLE_HELO, ROLE_LINK } Role;

typedef struct Look {
  Result *result;
  GArray *items; /* of SweepItem */
  SweepTarget targets[MAX_TARGETS];
  Role roles[MAX_TARGETS];
  guint n_targets;
  guint n_left;               /* names for which there was no room */
  const DnsLists *knowledge;  /* where the owners' part of a name is looked up; NULL: it cannot be told */
  gboolean own;               /* lists of the user's own: asked about everything */
  const DnsList *named; /* by the bounce; NULL: none that is known */
  const char *range; /* of an address that is not public; NULL: public */
  gboolean private_domain, one_label;
} Look;

/* --- what is looked for --- */

static void add_target(Look *look, Role role, DnsListKind kind, char *label, const char *shown) {
  look->roles[look->n_targets] = role;
  look->targets[look->n_targets++] = (SweepTarget){kind, label, g_strdup(shown)};
}

/* Names that RFC 6761 and others keep out of the public DNS. */
static gboolean is_special_domain(const char *domain) {
  static const char *const endings[] = {"test",  "invalid",  "localhost", "example", "local",
                                        "onion", "internal", "arpa",      NULL};
  const char *dot = strrchr(domain, '.');
  return dot == NULL || g_strv_contains(endings, dot + 1);
}

static gboolean take_ip(Look *look, const char *text) {
  Ip ip;
  if (!ip_parse(text, &ip)) {
    probe_bad_input(look->result, message_new(N_("\"{text}\" is not an IP address"), "text", text, NULL),
                    "RFC 4291 s2.2");
    return FALSE;
  }
  g_autofree char *shown = ip_format(&ip);
  look->range = ip_special_range(&ip);
  facts_set_text(look->result->facts, "address", SOURCE_PROBE, shown);
  if (look->range != NULL)
    facts_set_text(look->result->facts, "range", SOURCE_PROBE, look->range);
  else
    facts_set_absent(look->result->facts, "range", SOURCE_PROBE);
  if (look->range == NULL || look->own)
    add_target(look, ROLE_ADDRESS, ip.family == 4 ? DNSLIST_IP4 : DNSLIST_IP6, ip_reverse(&ip), shown);
  return TRUE;
}

static gboolean has_target(const Look *look, const char *label) {
  for (guint i = 0; i < look->n_targets; i++)
    if (g_str_equal(look->targets[i].label, label))
      return TRUE;
  return FALSE;
}

/* A name that the mail has somewhere, in A-labels.  What is none, or none that public lists can know, is passed over:
 * HELO is often "localhost" or an address in brackets. Caller frees. */
static char *name_in(const Look *look, const char *text) {
  const char *at = strrchr(text, '@'), *scheme = strstr(text, "://");
  const char *start = at != NULL ? at + 1 : scheme != NULL ? scheme + 3 : text;
  g_autofree char *host = g_strndup(start, strcspn(start, "/:?#>;\""));
  g_autofree char *name = domain_to_ascii(host);
  Ip ip;
  if (name == NULL || ip_parse(name, &ip) || strchr(name, '.') == NULL || (!look->own && is_special_domain(name)))
    return NULL;
  return g_steal_pointer(&name);
}

static void add_name(Look *look, Role role, const char *name) {
  if (has_target(look, name))
    return;
  if (look->n_targets < MAX_TARGETS)
    add_target(look, role, DNSLIST_DOMAIN, g_strdup(name), name);
  else
    look->n_left++;
}

/* The name and the domain that it is in: most lists hold registered domains only, not the hosts in them. */
static void take_name(Look *look, Role role, const char *text) {
  g_autofree char *name = name_in(look, text);
  const char *domain = name != NULL && look->knowledge != NULL ? dnslists_registrable(look->knowledge, name) : name;
  if (domain == NULL)
    return;
  add_name(look, role, name);
  if (domain > name)
    add_name(look, role, domain);
}

static void take_names(Look *look, Role role, const char *text) {
  g_auto(GStrv) words = g_strsplit_set(text != NULL ? text : "", " \t\r\n,<>()", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      take_name(look, role, words[i]);
}

static gboolean take_domain(Look *look, const char *text) {
  char *domain = domain_name_to_ascii(text);
  if (domain == NULL) {
    probe_bad_input(look->result, message_new(N_("\"{domain}\" is not the name of a domain"), "domain", text, NULL),
                    "RFC 1035 s2.3.1");
    return FALSE;
  }
  facts_set_text(look->result->facts, "domain", SOURCE_PROBE, domain);
  if (look->own || !is_special_domain(domain)) {
    add_target(look, ROLE_SENDER, DNSLIST_DOMAIN, domain, domain);
    return TRUE;
  }
  look->private_domain = TRUE;
  look->one_label = strchr(domain, '.') == NULL;
  g_free(domain);
  return TRUE;
}

/* --- progress --- */

static void set_progress(Look *look) {
  Result *result = look->result;
  guint counts[256] = {0};
  for (guint i = 0; i < look->items->len; i++) {
    const SweepItem *item = &g_array_index(look->items, SweepItem, i);
    char mark = dnsbl_mark(item);
    g_string_append_c(result->marks, mark);
    counts[(guchar)mark]++;
    result->done += !item->open;
  }
  result->total = look->items->len;
  result->tally = message_new(counts['w'] > 0
                                  ? N_("listed {listed}   clean {clean}   refused us {refused}   no answer {silent}   "
                                       "waiting {waiting}")
                                  : N_("listed {listed}   clean {clean}   refused us {refused}   no answer {silent}"),
                              NULL);
  message_set_number(result->tally, "listed", counts['L']);
  message_set_number(result->tally, "clean", counts['.']);
  message_set_number(result->tally, "refused", counts['?']);
  message_set_number(result->tally, "silent", counts['-']);
  message_set_number(result->tally, "waiting", counts['w']);
}

/* --- the end --- */

/* The zones with this verdict, each once; tier -1: of any. */
static guint set_zones(Look *look, const char *name, gboolean (*fits)(DnsListVerdict), int tier) {
  g_autoptr(GPtrArray) zones = g_ptr_array_new();
  for (guint i = 0; i < look->items->len; i++) {
    const SweepItem *item = &g_array_index(look->items, SweepItem, i);
    if (fits(item->verdict) && (tier < 0 || (int)dnslist_tier(item->list) == tier) &&
        !dnsbl_seen(zones, dnslist_zone(item->list)))
      g_ptr_array_add(zones, (gpointer)dnslist_zone(item->list));
  }
  facts_set_items(look->result->facts, name, SOURCE_PROBE, zones);
  return zones->len;
}

static gboolean is_listed(DnsListVerdict verdict) {
  return verdict == DNSLIST_LISTED;
}
static gboolean is_policy(DnsListVerdict verdict) {
  return verdict == DNSLIST_POLICY;
}
static gboolean is_weak(DnsListVerdict verdict) {
  return verdict == DNSLIST_WEAK;
}
static gboolean is_positive(DnsListVerdict verdict) {
  return verdict == DNSLIST_POSITIVE;
}
static gboolean is_refused(DnsListVerdict verdict) {
  return verdict == DNSLIST_REFUSED;
}
static gboolean is_wildcard(DnsListVerdict verdict) {
  return verdict == DNSLIST_WILDCARD;
}

static void set_listed_targets(Look *look) {
  g_autoptr(GPtrArray) shown = g_ptr_array_new();
  for (guint i = 0; i < look->items->len; i++) {
    const SweepItem *item = &g_array_index(look->items, SweepItem, i);
    if (item->verdict == DNSLIST_LISTED && !dnsbl_seen(shown, item->target->shown))
      g_ptr_array_add(shown, item->target->shown);
  }
  facts_set_items(look->result->facts, "listed_targets", SOURCE_PROBE, shown);
}

/* The names in this role on lists that are enough to refuse a mail. */
static void set_listed_role(Look *look, const char *fact, Role role) {
  g_autoptr(GPtrArray) shown = g_ptr_array_new();
  for (guint i = 0; i < look->items->len; i++) {
    const SweepItem *item = &g_array_index(look->items, SweepItem, i);
    if (item->verdict == DNSLIST_LISTED && look->roles[item->target - look->targets] == role &&
        (item->named || dnslist_tier(item->list) == DNSLIST_MAJOR) && !dnsbl_seen(shown, item->target->shown))
      g_ptr_array_add(shown, item->target->shown);
  }
  facts_set_items(look->result->facts, fact, SOURCE_PROBE, shown);
}

static guint count_lists(const Look *look) {
  g_autoptr(GHashTable) zones = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < look->items->len; i++)
    g_hash_table_add(zones, (gpointer)dnslist_zone(g_array_index(look->items, SweepItem, i).list));
  return g_hash_table_size(zones);
}

/* What a headline is about: everything, or what lists have (`named`: the list that the bounce names). */
static GPtrArray *shown_targets(const Look *look, gboolean listed, gboolean named) {
  GPtrArray *shown = g_ptr_array_new();
  for (guint i = 0; i < look->items->len; i++) {
    const SweepItem *item = &g_array_index(look->items, SweepItem, i);
    if ((!listed || item->verdict == DNSLIST_LISTED) && (!named || item->named) && !dnsbl_seen(shown, item->target->shown))
      g_ptr_array_add(shown, item->target->shown);
  }
  return shown;
}

/* The list that the bounce names, if it has what was looked for. */
static const SweepItem *find_named_hit(const Look *look) {
  for (guint i = 0; i < look->items->len; i++) {
    const SweepItem *item = &g_array_index(look->items, SweepItem, i);
    if (item->named && item->verdict == DNSLIST_LISTED)
      return item;
  }
  return NULL;
}

static void set_headline(Look *look, const char *status, guint listed, guint silent) {
  gboolean named = find_named_hit(look) != NULL;
  g_autoptr(GPtrArray) shown = shown_targets(look, listed > 0, named);
  gboolean several = shown->len > 1;
  guint asked = count_lists(look);
  /* About one name, about several, and of one list alone. */
  const struct {
    const char *status, *one, *several, *alone;
  } texts[] = {
      {"listed", N_("{target} is on {listed} of the {asked} lists that were asked"),
       N_("On {listed} of the {asked} lists that were asked: {target}"), N_("On the list that was asked: {target}")},
      {"policy", N_("{target} is of a kind that receivers do not take mail from directly"), NULL, NULL},
      {"weak", N_("{target} is on no list in earnest, but there are minor signs"), NULL, NULL},
      {"clean", N_("{target} is on none of the {asked} lists that were asked"),
       N_("On none of the {asked} lists that were asked: {target}"), N_("Not on the list that was asked: {target}")},
      {"partly", N_("No list that answered has {target}, but {silent} of {asked} told us nothing"), NULL, NULL},
      {"unknown", N_("None of the {asked} lists answered: nothing is known about {target}"), NULL,
       N_("The list did not answer: nothing is known about {target}")},
  };
  const char *text = several ? N_("On the list that the bounce names: {target}")
                             : N_("{target} is on the list that the bounce names");
  for (guint i = 0; i < G_N_ELEMENTS(texts) && !named; i++)
    if (g_str_equal(texts[i].status, status))
      text = asked == 1 && texts[i].alone != NULL    ? texts[i].alone
             : several && texts[i].several != NULL ? texts[i].several
                                                   : texts[i].one;
  g_ptr_array_add(shown, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)shown->pdata);
  look->result->headline = message_new(text, "target", all, NULL);
  message_set_number(look->result->headline, "listed", listed);
  message_set_number(look->result->headline, "silent", silent);
  message_set_number(look->result->headline, "asked", asked);
}

static void conclude(Look *look) {
  Facts *facts = look->result->facts;
  guint listed = set_zones(look, "listed", is_listed, -1), policy = set_zones(look, "policy", is_policy, -1);
  guint weak = set_zones(look, "weak", is_weak, -1), silent = set_zones(look, "unanswered", sweep_is_silent, -1);
  guint answered = 0, clean = 0;
  set_listed_targets(look);
  set_listed_role(look, "listed_sender", ROLE_SENDER);
  set_listed_role(look, "listed_helo", ROLE_HELO);
  set_listed_role(look, "listed_links", ROLE_LINK);
  set_zones(look, "major", is_listed, DNSLIST_MAJOR);
  set_zones(look, "allowed", is_positive, -1);
  set_zones(look, "refused", is_refused, -1);
  set_zones(look, "wildcard", is_wildcard, -1);
  for (guint i = 0; i < look->items->len; i++) {
    DnsListVerdict verdict = g_array_index(look->items, SweepItem, i).verdict;
    clean += verdict == DNSLIST_CLEAN;
    answered += !sweep_is_silent(verdict);
  }
  facts_set_number(facts, "clean", SOURCE_PROBE, clean);
  facts_set_number(facts, "asked", SOURCE_PROBE, count_lists(look));
  const char *status = listed > 0     ? "listed"
                       : policy > 0   ? "policy"
                       : weak > 0     ? "weak"
                       : silent == 0  ? "clean"
                       : answered > 0 ? "partly"
                                      : "unknown";
  facts_set_text(facts, "status", SOURCE_PROBE, status);
  set_headline(look, status, listed, silent);
}

static ProbeState stop(Look *look, const char *why) {
  probe_set_unknown(&probe_dnsbl, look->result, why);
  return PROBE_DONE;
}

static void say_left_out(Look *look) {
  if (look->n_left == 0)
    return;
  Message *text = message_new(N_("Not asked: {count} more names that are in the mail"), NULL);
  finding_set_ground(result_add(look->result, LEVEL_NOTE, NULL, message_set_number(text, "count", look->n_left)),
                     GROUND_NOT_ASKED, NULL);
}

/* What is not asked of public lists, since they cannot know it, and should not. */
static void say_not_public(Look *look) {
  if (look->private_domain)
    finding_set_ground(
        result_add(
            look->result, LEVEL_UNKNOWN, NULL,
            message_new(look->one_label
                            ? N_("Not asked: this is only one part of a name, and lists know whole ones")
                            : N_("Not asked: this name is kept out of the public DNS, so that no public list can know it"),
                        NULL)),
        GROUND_NOT_ASKED, "RFC 6761 s6");
  if (look->range != NULL) {
    Message *text = message_new(N_("Not asked: this is no address of the public Internet ({range})"), NULL);
    Finding *row = result_add(look->result, LEVEL_UNKNOWN, NULL, message_set_tr(text, "range", look->range));
    finding_set_ground(row, GROUND_NOT_ASKED, "RFC 6890 s2.2");
    finding_set_advice(row, message_new(N_("Public lists cannot know it. Take the address that other servers see: it "
                                           "stands in the bounce, or in the Received lines of a mail that arrived"),
                                        NULL));
  }
}

/* One of several inputs is enough: none is "the" missing one. */
static ProbeState not_asked(Look *look) {
  result_add(look->result, LEVEL_SKIP, NULL, message_new(N_("Not asked: neither an IP address nor a domain is known"), NULL));
  probe_set_unknown(&probe_dnsbl, look->result, "not asked");
  return PROBE_DONE;
}

static ProbeState sweep(Look *look, Net *net, const SweepChoice *choice, const char *words) {
  sweep_ask(net, choice, look->targets, look->n_targets, look->items);
  if (look->items->len == 0) {
    finding_set_ground(
        result_add(look->result, LEVEL_UNKNOWN, NULL, message_new(N_("There is no list to ask about this"), NULL)),
        GROUND_NOT_ASKED, NULL);
    return stop(look, "not asked");
  }
  dnsbl_add_rows(look->result, look->items);
  set_progress(look);
  if (look->result->done < look->result->total)
    return PROBE_PENDING;
  conclude(look);
  dnsbl_named_tell(look->result, look->items, look->named, words);
  probe_set_unknown(&probe_dnsbl, look->result, "not asked");
  return PROBE_DONE;
}

static ProbeState run_look(Look *look, Net *net, const Facts *inputs) {
  const char *lists = probe_input(inputs, "lists"), *source = probe_input(inputs, "ip_source");
  const char *ip = probe_input(inputs, "ip"), *domain = probe_input(inputs, "domain");
  const char *helo = probe_input(inputs, "helo"), *names = probe_input(inputs, "names");
  const char *links = probe_input(inputs, "links");
  SweepChoice choice = {.all = g_strcmp0(lists, "all") == 0};
  choice.own = lists != NULL && lists[0] != '\0' && !choice.all && !g_str_equal(lists, "core");
  look->own = choice.own;
  if (ip == NULL && domain == NULL && helo == NULL && names == NULL && links == NULL) {
    return not_asked(look);
  }
  if (ip != NULL)
    facts_set_text(look->result->facts, "address_source", SOURCE_PROBE, source != NULL ? source : "asked");
  if ((ip != NULL && !take_ip(look, ip)) || (domain != NULL && !take_domain(look, domain)))
    return stop(look, "bad input");
  g_autoptr(GError) error = NULL;
  choice.lists = choice.own ? known_own_lists(net, lists, &error) : known_lists(net);
  if (choice.lists == NULL) {
    finding_set_ground(
        result_add(look->result, LEVEL_UNKNOWN, NULL,
                   error != NULL ? message_new(N_("The lists cannot be read: {why}"), "why", error->message, NULL)
                                 : message_new(N_("The file of blocklists cannot be read: see whybounce lint"), NULL)),
        GROUND_MACHINE, NULL);
    return stop(look, "bad file");
  }
  look->knowledge = names != NULL || helo != NULL || links != NULL ? known_lists(net) : NULL;
  take_names(look, ROLE_SENDER, names);
  take_names(look, ROLE_HELO, helo);
  take_names(look, ROLE_LINK, links);
  if (!choice.own && known_keys_fault(net) != NULL)
    finding_set_ground(result_add(look->result, LEVEL_NOTE, NULL, message_copy(known_keys_fault(net))), GROUND_MACHINE, NULL);
  const char *words = probe_input(inputs, "named");
  look->named = dnsbl_named_find(choice.lists, words);
  if (look->named != NULL && dnsbl_named_may_be_asked(look->named))
    choice.also = look->named;
  else if (look->named == NULL && words != NULL && choice.own && known_lists(net) != NULL)
    look->named = dnsbl_named_find(known_lists(net), words); /* not to be asked, but perhaps known */
  if (!choice.own)
    say_not_public(look);
  say_left_out(look);
  if (look->n_targets > 0)
    return sweep(look, net, &choice, words);
  if (ip == NULL && domain == NULL) {
    return not_asked(look);
  }
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "not_public");
  return stop(look, "not asked");
}

static ProbeState run_dnsbl(Net *net, const Facts *inputs, Result *result) {
  g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(SweepItem));
  Look look = {.result = result, .items = items};
  ProbeState state = run_look(&look, net, inputs);
  for (guint i = 0; i < look.n_targets; i++) {
    g_free(look.targets[i].label);
    g_free(look.targets[i].shown);
  }
  return state;
}

const Probe probe_dnsbl = {
    .name = "dnsbl",
    .title = N_("Blocklists"),
    .why =
        N_("Many receivers refuse mail from addresses and domains that blocklists name. Some lists matter much, most "
           "matter little, and one that refuses to answer tells nothing."),
    .fits = "email domain ip",
    .inputs = dnsbl_inputs,
    .gives = dnsbl_gives,
    .run = run_dnsbl,
};
