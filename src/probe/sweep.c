#include "probe/sweep.h"

#include "base/catalogue.h"
#include "probe/known.h"

#define MAX_ADDRESSES 64

gboolean sweep_is_hit(DnsListVerdict verdict) {
  return verdict >= DNSLIST_LISTED && verdict <= DNSLIST_NEUTRAL;
}

gboolean sweep_is_silent(DnsListVerdict verdict) {
  return verdict >= DNSLIST_REFUSED;
}

const char **sweep_addresses(const DnsAnswer *answer) {
  guint n = MIN(dns_answer_count(answer), MAX_ADDRESSES);
  const char **addresses = g_new0(const char *, n + 1);
  for (guint i = 0; i < n; i++)
    addresses[i] = dns_answer_record(answer, i)->value;
  return addresses;
}

/* --- which --- */

static gboolean is_chosen(const SweepChoice *choice, const DnsList *list) {
  if (list == choice->also)
    return TRUE;
  if (choice->all)
    return dnslist_ask(list) != DNSLIST_ASK_NEVER;
  return dnslist_ask(list) == DNSLIST_ASK_CORE || dnslist_ask(list) == DNSLIST_ASK_KEYED || (choice->own && dnslist_ask(list) != DNSLIST_ASK_NEVER);
}

static void choose_items(const SweepChoice *choice, const SweepTarget *targets, guint n_targets, GArray *items) {
  g_array_set_size(items, 0);
  for (guint t = 0; t < n_targets; t++)
    for (guint i = 0; i < dnslists_length(choice->lists); i++) {
      const DnsList *list = dnslists_get(choice->lists, i);
      if ((dnslist_kinds(list) & (unsigned)targets[t].kind) == 0 || !is_chosen(choice, list))
        continue;
      SweepItem item = {
          .list = list, .target = &targets[t], .named = list == choice->also, .waits = TRUE, .open = TRUE};
      g_array_append_val(items, item);
    }
}

/* --- questions --- */

static const DnsAnswer *ask_item(Net *net, const SweepItem *item, DnsType type) {
  g_autofree char *name = g_strconcat(item->target->label, ".", dnslist_zone(item->list), NULL);
  return net_dns(net, name, type);
}

static const DnsAnswer *ask_negative(Net *net, const SweepItem *item) {
  g_autofree char *name = dnslist_negative_name(item->list, item->target->kind);
  return net_dns(net, name, DNS_A);
}

static void settle(SweepItem *item, DnsListVerdict verdict, const char *words) {
  item->verdict = verdict;
  item->words = words;
  item->waits = item->open = FALSE;
}

static void settle_unanswered(SweepItem *item, const DnsAnswer *answer) {
  settle(item, answer->status == DNS_REFUSED ? DNSLIST_REFUSED : DNSLIST_UNKNOWN, dns_status_message(answer->status));
}

static DnsListVerdict judge(const DnsList *list, const DnsAnswer *answer, const char **words) {
  g_autofree const char **addresses = sweep_addresses(answer);
  return dnslist_judge(list, addresses, words);
}

/* Clean says nothing where the zone may be dead, or the key wrong. */
static gboolean wants_proof(const SweepChoice *choice, const DnsList *list) {
  return dnslist_ask(list) == DNSLIST_ASK_KEYED || (dnslist_ask(list) == DNSLIST_ASK_UNVERIFIED && !choice->own);
}

/* A zone of which nobody can say that it is alive must show its test entry before its word counts. TRUE: it did. */
static gboolean is_verified(Net *net, const SweepChoice *choice, SweepItem *item) {
  if (!wants_proof(choice, item->list))
    return TRUE;
  g_autofree char *name = dnslist_positive_name(item->list, item->target->kind);
  if (name == NULL) {
    settle(item, DNSLIST_UNKNOWN, N_("it has no test entry that would show whether it is alive"));
    return FALSE;
  }
  item->positive = net_dns(net, name, DNS_A);
  if (item->positive == NULL)
    return FALSE;
  if (dns_is_unknown(item->positive->status)) {
    settle_unanswered(item, item->positive);
    return FALSE;
  }
  DnsListVerdict verdict = judge(item->list, item->positive, NULL);
  if (sweep_is_hit(verdict))
    return TRUE;
  settle(item, verdict == DNSLIST_REFUSED ? DNSLIST_REFUSED : DNSLIST_UNKNOWN,
         dnslist_ask(item->list) == DNSLIST_ASK_KEYED
             ? N_("its own test entry is missing: the key may be wrong, or no longer valid")
             : N_("its own test entry is missing: nobody knows whether it is alive"));
  return FALSE;
}

/* --- verdicts --- */

/* A hit counts only beside a clean negative point (RFC 5782 s5): a list that has it too lists the whole world. */
static void check_hit(Net *net, SweepItem *item, DnsListVerdict verdict, const char *words) {
  item->text = ask_item(net, item, DNS_TXT);
  item->negative = ask_negative(net, item);
  if (item->negative == NULL)
    return;
  DnsListVerdict test = judge(item->list, item->negative, NULL);
  if (dns_is_absent(item->negative->status) || (item->negative->status == DNS_OK && test == DNSLIST_CLEAN))
    settle(item, verdict, words);
  else if (item->negative->status == DNS_OK && sweep_is_hit(test))
    settle(item, DNSLIST_WILDCARD, NULL);
  else
    settle(item, DNSLIST_UNKNOWN, N_("it answered, but whether it lists everything could not be checked"));
  item->open = item->text == NULL;
}

static void judge_item(Net *net, const SweepChoice *choice, SweepItem *item) {
  if (!is_verified(net, choice, item))
    return;
  if (item->answer == NULL)
    item->answer = ask_item(net, item, DNS_A);
  if (item->answer == NULL)
    return;
  if (dns_is_unknown(item->answer->status)) {
    settle_unanswered(item, item->answer);
    return;
  }
  const char *words = NULL;
  DnsListVerdict verdict = judge(item->list, item->answer, &words);
  if (sweep_is_hit(verdict)) {
    check_hit(net, item, verdict, words);
    return;
  }
  settle(item, verdict, words);
  if (verdict == DNSLIST_REFUSED) {
    /* Lists that refuse with a code often say there whom they refuse: the resolver's address. */
    item->text = ask_item(net, item, DNS_TXT);
    item->open = item->text == NULL;
  }
}

/* The first item that brings its follow-ups along.  Questions past the window of the net wait for its answers anyway;
 * a last window that is not full has room for their test entry and explanation, which saves the hits among
 * them a trip of their own. */
static guint first_complete(guint n) {
  guint last = n % NET_IN_FLIGHT;
  return n > NET_IN_FLIGHT && 3 * last <= NET_IN_FLIGHT ? n - last : n;
}

void sweep_ask(Net *net, const SweepChoice *choice, const SweepTarget *targets, guint n_targets, GArray *items) {
  choose_items(choice, targets, n_targets, items);
  for (guint i = 0; i < items->len; i++) {
    SweepItem *item = &g_array_index(items, SweepItem, i);
    if (!wants_proof(choice, item->list) || dnslist_ask(item->list) == DNSLIST_ASK_KEYED)
      item->answer = ask_item(net, item, DNS_A);
  }
  /* The names of the user's own lists were all that the questions needed; what is known about these lists is read
   * while they travel. */
  const DnsLists *known = choice->own ? known_about(net, choice->lists) : NULL;
  guint complete = first_complete(items->len);
  for (guint i = 0; i < items->len; i++) {
    SweepItem *item = &g_array_index(items, SweepItem, i);
    const DnsList *list = known != NULL ? dnslists_zone(known, dnslist_zone(item->list)) : NULL;
    item->list = list != NULL ? list : item->list;
    if (i >= complete) {
      ask_negative(net, item);
      ask_item(net, item, DNS_TXT);
    }
    judge_item(net, choice, item);
  }
}
