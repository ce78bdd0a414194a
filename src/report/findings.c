#include "report/findings.h"

#include "base/catalogue.h"
#include "report/tag.h"

/* Evidence shown under one row; the rest is counted. */
#define MAX_EVIDENCE 8

/* --- what could not be told --- */

/* The visit that showed the same run before, or NULL. */
static const Visit *find_same(const GPtrArray *path, guint i) {
  const Visit *visit = g_ptr_array_index(path, i);
  for (guint k = 0; visit->run != NULL && k < i; k++)
    if (((const Visit *)g_ptr_array_index(path, k))->run == visit->run)
      return g_ptr_array_index(path, k);
  return NULL;
}

typedef struct Unknown {
  Page *page;
  gboolean begun;
} Unknown;

static void put_unknown_line(Unknown *unknown, const char *line) {
  if (!unknown->begun)
    page_section(unknown->page, tr(N_("What could not be told")));
  unknown->begun = TRUE;
  page_outside_item(unknown->page, "  - ", line);
}

static void put_unknown(Unknown *unknown, const char *title, const char *text) {
  g_autofree char *line = *text != '\0' ? g_strdup_printf("%s: %s", title, text) : g_strdup(title);
  put_unknown_line(unknown, line);
}

static char *finding_text(const Finding *finding) {
  g_autofree char *text = message_text(finding->text, NULL, NULL);
  return finding->subject != NULL ? g_strdup_printf("%s: %s", finding->subject, text) : g_steal_pointer(&text);
}

static void put_unknown_findings(Unknown *unknown, const char *title, const Visit *visit) {
  const Result *result = visit_result(visit);
  Level level = visit_level(visit);
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (finding->level != LEVEL_UNKNOWN && finding->level != LEVEL_WAIT &&
        (finding->level != LEVEL_SKIP || level != LEVEL_SKIP))
      continue;
    g_autofree char *text = finding_text(finding);
    put_unknown(unknown, title, text);
  }
  if (level == LEVEL_WAIT)
    put_unknown(unknown, title, tr(N_("the tests were still under way")));
}

static gboolean is_not_known(const Session *session, const Visit *visit) {
  const Fact *fact = facts_get(session_facts(session), visit->step->name);
  return visit->at != 0 && (visit->step->kind == STEP_ASK || visit->step->kind == STEP_CHOOSE) && fact != NULL &&
         fact->state == FACT_UNKNOWN;
}

/* The questions that nobody could answer, in one line: there can be many. */
static void put_not_known(Unknown *unknown, const Session *session) {
  const GPtrArray *path = session_path(session);
  g_autoptr(GPtrArray) titles = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < path->len; i++) {
    const Visit *visit = g_ptr_array_index(path, i);
    g_autofree char *title = visit_title(session, visit);
    if (is_not_known(session, visit) && !g_ptr_array_find_with_equal_func(titles, title, g_str_equal, NULL))
      g_ptr_array_add(titles, g_steal_pointer(&title));
  }
  if (titles->len == 0)
    return;
  g_ptr_array_add(titles, NULL);
  g_autofree char *joined = g_strjoinv(tr(N_(", ")), (char **)titles->pdata);
  g_autoptr(Message) message = message_new(N_("Not known to the user: {questions}"), "questions", joined, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  put_unknown_line(unknown, text);
}

void findings_put_unknown(Page *page, const Session *session) {
  Unknown unknown = {page, FALSE};
  const GPtrArray *path = session_path(session);
  for (guint i = 0; i < path->len; i++) {
    const Visit *visit = g_ptr_array_index(path, i);
    g_autofree char *title = visit_title(session, visit);
    if (visit_result(visit) != NULL && find_same(path, i) == NULL)
      put_unknown_findings(&unknown, title, visit);
  }
  put_not_known(&unknown, session);
}

/* --- findings --- */

/* NULL: a recording that does not say when. */
static char *clock_text(gint64 at) {
  g_autoptr(GDateTime) time = at != 0 ? g_date_time_new_from_unix_local(at / G_USEC_PER_SEC) : NULL;
  return time != NULL ? g_date_time_format(time, "%H:%M:%S") : NULL;
}

/* The answer of the net behind a piece of evidence, for what evidence does not tell. NULL: it is of another kind. */
static const DnsAnswer *find_answer(const ProbeRun *run, const Evidence *evidence) {
  const NetWaiter *waiter = run != NULL ? probe_run_waiter(run) : NULL;
  for (guint i = 0; waiter != NULL && i < net_waiter_length(waiter); i++) {
    const DnsAnswer *answer = net_waiter_answer(waiter, i);
    if (answer == NULL)
      continue;
    g_autofree char *asked = g_strdup_printf("%s %s", answer->name, dns_type_word(answer->type));
    if (g_strcmp0(asked, evidence->asked) == 0)
      return answer;
  }
  return NULL;
}

static void put_evidence(Page *page, const Evidence *evidence, const DnsAnswer *answer) {
  g_autoptr(GString) line = g_string_new(evidence->asked);
  g_autofree char *clock = clock_text(evidence->at);
  g_autoptr(Message) by = message_new(N_("answered by {server}"), "server", evidence->server != NULL ? evidence->server : "", NULL);
  g_autofree char *server = evidence->server != NULL ? message_text(by, NULL, NULL) : NULL;
  g_string_append_printf(line, ": %s (", evidence->answer != NULL ? evidence->answer : tr(N_("no answer")));
  if (server != NULL)
    g_string_append_printf(line, "%s, ", server);
  g_string_append_printf(line, "%u ms", evidence->elapsed_ms);
  if (clock != NULL)
    g_string_append_printf(line, ", %s", clock);
  if (answer != NULL && answer->ttl > 0)
    g_string_append_printf(line, ", TTL %u s", answer->ttl);
  g_string_append(line, ")");
  page_outside_item(page, "           ", line->str);
}

static void put_finding(Page *page, const ProbeRun *run, const Finding *finding) {
  g_autofree char *lead = g_strdup_printf("    %s ", level_tag(finding->level));
  g_autofree char *text = finding_text(finding);
  g_autofree char *advice = message_text(finding->advice, NULL, NULL);
  page_outside_item(page, lead, text);
  page_outside_item(page, "           ", advice);
  page_quote(page, 11, finding->quote);
  for (guint i = 0; i < finding->evidence->len && i < MAX_EVIDENCE; i++) {
    const Evidence *evidence = g_ptr_array_index(finding->evidence, i);
    put_evidence(page, evidence, find_answer(run, evidence));
  }
  if (finding->evidence->len <= MAX_EVIDENCE)
    return;
  g_autoptr(Message) more = message_new(N_("and {count} more look-ups"), NULL);
  message_set_number(more, "count", finding->evidence->len - MAX_EVIDENCE);
  g_autofree char *words = message_text(more, NULL, NULL);
  page_item(page, "           ", words);
}

static void put_same(Page *page, const Session *session, const Visit *visit, const Visit *same) {
  g_autofree char *lead = g_strdup_printf("  %s ", level_tag(visit_level(visit)));
  g_autofree char *title = visit_title(session, visit), *first = visit_title(session, same);
  g_autoptr(Message) message = message_new(N_("{title}: the same as {first}"), "title", title, "first", first, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  page_item(page, lead, text);
}

static void put_result(Page *page, const Session *session, const Visit *visit) {
  const Result *result = visit_result(visit);
  g_autofree char *title = visit_title(session, visit), *headline = message_text(result->headline, NULL, NULL);
  g_autofree char *tally = message_text(result->tally, NULL, NULL);
  g_autofree char *lead = g_strdup_printf("  %s ", level_tag(visit_level(visit)));
  /* Without a headline the rows speak for themselves. */
  g_autofree char *line = *headline != '\0' ? g_strdup_printf("%s: %s", title, headline) : g_strdup(title);
  page_outside_item(page, lead, line);
  page_item(page, "         ", tally);
  for (guint k = 0; k < result->findings->len; k++)
    put_finding(page, visit->run, g_ptr_array_index(result->findings, k));
}

void findings_put(Page *page, const Session *session) {
  const GPtrArray *path = session_path(session);
  gboolean begun = FALSE;
  for (guint i = 0; i < path->len; i++) {
    const Visit *visit = g_ptr_array_index(path, i);
    if (visit_result(visit) == NULL)
      continue;
    if (!begun)
      page_section(page, tr(N_("What was found out")));
    begun = TRUE;
    const Visit *same = find_same(path, i);
    if (same != NULL)
      put_same(page, session, visit, same);
    else
      put_result(page, session, visit);
  }
}
