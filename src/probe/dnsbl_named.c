#include "probe/dnsbl_named.h"

#include "base/catalogue.h"

const DnsList *dnsbl_named_find(const DnsLists *lists, const char *words) {
  return words != NULL && words[0] != '\0' ? dnslists_find(lists, words) : NULL;
}

gboolean dnsbl_named_may_be_asked(const DnsList *list) {
  return dnslist_ask(list) != DNSLIST_ASK_NEVER || g_strcmp0(dnslist_why_never(list), "redundant") == 0;
}

/* The words of the fact "named". */
static const char *const verdict_words[] = {
    [DNSLIST_CLEAN] = "clean",      [DNSLIST_LISTED] = "listed",       [DNSLIST_WEAK] = "listed",
    [DNSLIST_POLICY] = "policy",    [DNSLIST_POSITIVE] = "clean",      [DNSLIST_NEUTRAL] = "clean",
    [DNSLIST_REFUSED] = "unanswered", [DNSLIST_UNKNOWN] = "unanswered", [DNSLIST_WILDCARD] = "unanswered",
};

/* What the list says about the targets: the worst of it. */
static const SweepItem *find_item(const GArray *items, const DnsList *list) {
  const SweepItem *first = NULL;
  for (guint i = 0; i < items->len; i++) {
    const SweepItem *item = &g_array_index(items, SweepItem, i);
    if (!g_str_equal(dnslist_zone(item->list), dnslist_zone(list)))
      continue;
    if (sweep_is_hit(item->verdict))
      return item;
    /* No answer about one name outweighs that another is not listed. */
    if (first == NULL || (first->verdict == DNSLIST_CLEAN && item->verdict != DNSLIST_CLEAN))
      first = item;
  }
  return first;
}

/* What the list was asked about. Caller frees. */
static char *targets_of(const GArray *items, const DnsList *list) {
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < items->len; i++) {
    const SweepItem *item = &g_array_index(items, SweepItem, i);
    if (g_str_equal(dnslist_zone(item->list), dnslist_zone(list)))
      g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "", item->target->shown);
  }
  return g_string_free(g_steal_pointer(&all), FALSE);
}

static void tell_clean(Result *result, const GArray *items, const DnsList *list) {
  g_autofree char *targets = targets_of(items, list);
  result_add(result, LEVEL_NOTE, dnslist_zone(list),
             message_new(N_("The bounce names this list, but it does not have {target} now"), "target", targets, NULL));
}

static void tell_retired(Result *result, const DnsList *list) {
  const char *since = dnslist_retired_since(list);
  Message *text = since[0] != '\0'
                      ? message_new(N_("The bounce names this list, but it is out of use since {since}"), "since", since, NULL)
                      : message_new(N_("The bounce names this list, but it is out of use"), NULL);
  Finding *row = result_add(result, LEVEL_WARN, dnslist_zone(list), text);
  finding_set_ground(row, GROUND_NOT_ASKED, "RFC 6471 s3.4");
  finding_set_advice(row, message_new(N_("The other side asks a list that no longer exists: an answer from it means "
                                         "nothing. Only its administrator can take the list out of the settings"),
                                      NULL));
}

static void tell_not_asked(Result *result, const DnsList *list) {
  if (dnslist_ask(list) != DNSLIST_ASK_NEVER) {
    Finding *other = result_add(
        result, LEVEL_NOTE, dnslist_zone(list),
        dnslist_kinds(list) == DNSLIST_DOMAIN
            ? message_new(N_("The bounce names this list, but it holds names, not addresses"), NULL)
            : message_new(N_("The bounce names this list, but it does not hold what was looked for here"), NULL));
    finding_set_ground(other, GROUND_NOT_ASKED, NULL);
    return;
  }
  const char *url = dnslist_lookup_url(list);
  Finding *row = result_add(result, LEVEL_UNKNOWN, dnslist_zone(list),
                            message_new(N_("The bounce names this list, but it cannot be asked from here"), NULL));
  finding_set_ground(row, GROUND_NOT_ASKED, NULL);
  if (url != NULL)
    finding_set_advice(row, message_new(N_("Look the address up on its page: {url}"), "url", url, NULL));
}

void dnsbl_named_tell(Result *result, const GArray *items, const DnsList *list, const char *words) {
  if (words == NULL || words[0] == '\0') {
    facts_set_absent(result->facts, "named", SOURCE_PROBE);
    return;
  }
  const SweepItem *item = list != NULL ? find_item(items, list) : NULL;
  const char *fact = item != NULL                                              ? verdict_words[item->verdict]
                     : list == NULL                                            ? "unknown_list"
                     : dnslist_retired_since(list) != NULL                     ? "retired"
                                                                               : "not_asked";
  facts_set_text(result->facts, "named", SOURCE_PROBE, fact);
  if (item != NULL && item->verdict == DNSLIST_CLEAN)
    tell_clean(result, items, list);
  else if (list == NULL)
    finding_set_ground(
        result_add(
            result, LEVEL_UNKNOWN, words,
            message_new(N_("The bounce names this list, of which nothing is known here: it was not asked"), NULL)),
        GROUND_NOT_ASKED, NULL);
  else if (item == NULL && dnslist_retired_since(list) != NULL)
    tell_retired(result, list);
  else if (item == NULL)
    tell_not_asked(result, list);
}
