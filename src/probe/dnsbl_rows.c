#include "probe/dnsbl_rows.h"

#include "base/catalogue.h"

/* More rows than these say nothing more: the facts name the lists. */
#define MAX_SILENT_ROWS 20

/* How a verdict is told, and where: rows are sorted by rank, then as the lists stand. */
typedef struct Telling {
  Level level[3]; /* by tier */
  int rank[3];
  char mark;
  const char *quoted; /* with the operator's words, which stay as they are */
  const char *own;    /* with words of ours, which are translated */
} Telling;

static const Telling tellings[] = {
    [DNSLIST_CLEAN] = {{LEVEL_OK, LEVEL_OK, LEVEL_OK}, {10, 10, 10}, '.', NULL, NULL},
    [DNSLIST_LISTED] = {{LEVEL_FAIL, LEVEL_WARN, LEVEL_NOTE},
                        {0, 2, 5},
                        'L',
                        N_("Listed ({codes}): \"{words}\""),
                        N_("Listed ({codes}): {words}")},
    [DNSLIST_WEAK] = {{LEVEL_NOTE, LEVEL_NOTE, LEVEL_NOTE},
                      {4, 4, 4},
                      'L',
                      N_("A minor sign ({codes}): \"{words}\""),
                      N_("A minor sign ({codes}): {words}")},
    [DNSLIST_POLICY] = {{LEVEL_WARN, LEVEL_NOTE, LEVEL_NOTE},
                        {1, 3, 3},
                        'L',
                        N_("The kind of address is listed, not its behaviour ({codes}): \"{words}\""),
                        N_("The kind of address is listed, not its behaviour ({codes}): {words}")},
    [DNSLIST_POSITIVE] = {{LEVEL_OK, LEVEL_OK, LEVEL_OK},
                          {8, 8, 8},
                          '.',
                          N_("An allow list knows it ({codes}): \"{words}\""),
                          N_("An allow list knows it ({codes}): {words}")},
    [DNSLIST_NEUTRAL] = {{LEVEL_NOTE, LEVEL_NOTE, LEVEL_NOTE},
                         {9, 9, 9},
                         '.',
                         N_("For information ({codes}): \"{words}\""),
                         N_("For information ({codes}): {words}")},
    [DNSLIST_REFUSED] = {{LEVEL_UNKNOWN, LEVEL_UNKNOWN, LEVEL_UNKNOWN},
                         {6, 7, 7},
                         '?',
                         N_("Refused to answer: \"{words}\""),
                         N_("Refused to answer: {words}")},
    [DNSLIST_UNKNOWN] =
        {{LEVEL_UNKNOWN, LEVEL_UNKNOWN, LEVEL_UNKNOWN}, {6, 7, 7}, '-', NULL, N_("Told us nothing: {words}")},
    [DNSLIST_WILDCARD] = {{LEVEL_UNKNOWN, LEVEL_UNKNOWN, LEVEL_UNKNOWN},
                          {6, 7, 7},
                          '-',
                          NULL,
                          N_("Left out: it lists everything, even the test entry that no list may have")},
};

char dnsbl_mark(const SweepItem *item) {
  return item->waits ? 'w' : tellings[item->verdict].mark;
}

gboolean dnsbl_seen(const GPtrArray *words, const char *word) {
  for (guint i = 0; i < words->len; i++)
    if (g_str_equal(g_ptr_array_index(words, i), word))
      return TRUE;
  return FALSE;
}

static const Telling *telling_of(const SweepItem *item) {
  return &tellings[item->verdict];
}

/* The list that the bounce names outranks everything: it is what the mail was refused by. */
static int rank_of(const SweepItem *item) {
  if (item->named)
    return -1;
  return telling_of(item)->rank[dnslist_tier(item->list)];
}

static int by_rank(gconstpointer a, gconstpointer b) {
  const SweepItem *x = *(const SweepItem *const *)a, *y = *(const SweepItem *const *)b;
  int difference = rank_of(x) - rank_of(y);
  return difference != 0 ? difference : (x > y) - (x < y);
}

/* A hit: its codes, and the operator's words for all of them, not only for the one that decided. */
static Message *hit_text(const SweepItem *item) {
  g_autofree const char **addresses = sweep_addresses(item->answer);
  g_autofree char *codes = g_strjoinv(", ", (char **)addresses);
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (guint i = 0; addresses[i] != NULL; i++) {
    const char *const one[] = {addresses[i], NULL}, *meaning = NULL;
    if (sweep_is_hit(dnslist_judge(item->list, one, &meaning)) && meaning != NULL && !dnsbl_seen(words, meaning))
      g_ptr_array_add(words, (gpointer)meaning);
  }
  g_ptr_array_add(words, NULL);
  g_autofree char *joined = g_strjoinv("; ", (char **)words->pdata);
  if (joined[0] != '\0')
    return message_new(telling_of(item)->quoted, "codes", codes, "words", joined, NULL);
  return message_set_tr(message_new(telling_of(item)->own, "codes", codes, NULL), "words",
                        N_("the operator documents no such code"));
}

/* Why a list says nothing, in its own words or in ours. */
static Message *silence_text(const SweepItem *item) {
  if (dnslist_is_quote(item->list, item->words))
    return message_new(telling_of(item)->quoted, "words", item->words, NULL);
  return message_set_tr(message_new(telling_of(item)->own, NULL), "words", item->words);
}

/* By what page there is, and whether there is something to say beside it. */
typedef enum Page { PAGE_NONE, PAGE_LOOKUP, PAGE_DELIST } Page;

static const char *const advice_texts[][2] = {
    [PAGE_NONE] = {NULL, N_("{list}: {advice}")},
    [PAGE_LOOKUP] = {N_("{list}: see {url}"), N_("{list}: {advice}\nExplanation: {url}")},
    [PAGE_DELIST] = {N_("{list}: see {url}"), N_("{list}: {advice}\nExplanation and removal: {url}")},
};

/* Nobody wants to be taken off an allow list, or off one that only tells facts. */
static gboolean is_removable(DnsListVerdict verdict) {
  return verdict == DNSLIST_LISTED || verdict == DNSLIST_WEAK || verdict == DNSLIST_POLICY;
}

static void set_advice(Finding *row, const SweepItem *item) {
  const char *advice = dnslist_advice(item->list, item->verdict), *url = dnslist_delist_url(item->list);
  Page page = url != NULL && is_removable(item->verdict) ? PAGE_DELIST : PAGE_LOOKUP;
  if (page == PAGE_LOOKUP)
    url = dnslist_lookup_url(item->list);
  if (url == NULL)
    page = PAGE_NONE;
  const char *text = advice_texts[page][advice != NULL];
  if (text == NULL)
    return;
  Message *message = message_new(text, "list", dnslist_name(item->list), "url", url, NULL);
  finding_set_advice(row, message_set_tr(message, "advice", advice));
}

static char *joined_texts(const DnsAnswer *text) {
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < dns_answer_count(text) && all->len < 4096; i++)
    g_string_append_printf(all, "%s%s", all->len > 0 ? " | " : "", dns_answer_record(text, i)->value);
  return g_string_free(g_steal_pointer(&all), FALSE);
}

static void add_proofs(Finding *row, const SweepItem *item) {
  const DnsAnswer *proofs[] = {item->answer, item->negative, item->positive, item->text};
  for (guint i = 0; i < G_N_ELEMENTS(proofs); i++)
    if (proofs[i] != NULL)
      probe_add_answer(row, proofs[i],
                       proofs[i] == item->answer || proofs[i] == item->text ? "RFC 5782 s2.1" : "RFC 5782 s5");
}

static Level level_of(const SweepItem *item) {
  if (item->named && item->verdict == DNSLIST_LISTED)
    return LEVEL_FAIL;
  return telling_of(item)->level[dnslist_tier(item->list)];
}

/* The list, and what it was asked about where that is not one thing only. */
static Finding *begin_row(Result *result, const SweepItem *item, gboolean several, Message *text) {
  const char *zone = dnslist_zone(item->list);
  g_autofree char *both = several ? g_strdup_printf("%s, %s", zone, item->target->shown) : g_strdup(zone);
  return result_add(result, level_of(item), both, text);
}

static void add_row(Result *result, const SweepItem *item, gboolean several) {
  Message *text = sweep_is_hit(item->verdict) ? hit_text(item) : silence_text(item);
  Finding *row = begin_row(result, item, several, text);
  add_proofs(row, item);
  if (item->text != NULL && item->text->status == DNS_OK) {
    g_autofree char *quote = joined_texts(item->text);
    finding_set_quote(row, quote);
  }
  if (sweep_is_hit(item->verdict))
    set_advice(row, item);
}

/* One for all of them. */
static void add_silent_row(Result *result, const GArray *items, guint silent) {
  Message *text = message_new(N_("{silent} of {asked} lists told us nothing"), NULL);
  message_set_number(text, "silent", silent);
  Finding *row = result_add(result, LEVEL_UNKNOWN, NULL, message_set_number(text, "asked", items->len));
  for (guint i = 0; i < items->len; i++) {
    const SweepItem *item = &g_array_index(items, SweepItem, i);
    if (!item->waits && sweep_is_silent(item->verdict))
      add_proofs(row, item);
  }
}

void dnsbl_add_rows(Result *result, const GArray *items) {
  g_autoptr(GPtrArray) told = g_ptr_array_new();
  guint silent = 0;
  const SweepItem *last = items->len > 0 ? &g_array_index(items, SweepItem, items->len - 1) : NULL;
  gboolean several = last != NULL && g_array_index(items, SweepItem, 0).target != last->target;
  for (guint i = 0; i < items->len; i++)
    silent += !g_array_index(items, SweepItem, i).waits && sweep_is_silent(g_array_index(items, SweepItem, i).verdict);
  for (guint i = 0; i < items->len; i++) {
    SweepItem *item = &g_array_index(items, SweepItem, i);
    if (item->waits || item->verdict == DNSLIST_CLEAN)
      continue;
    if (silent <= MAX_SILENT_ROWS || !sweep_is_silent(item->verdict))
      g_ptr_array_add(told, item);
  }
  g_ptr_array_sort(told, by_rank);
  for (guint i = 0; i < told->len; i++)
    add_row(result, g_ptr_array_index(told, i), several);
  if (silent > MAX_SILENT_ROWS)
    add_silent_row(result, items, silent);
}
