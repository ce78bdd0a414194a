#include "report/verdict.h"

#include "base/catalogue.h"
#include "report/summary.h"

/* The board. Array of Verdict; NULL: there are no causes. */
static GPtrArray *find_board(const Session *session) {
  const Flows *flows = session_flows(session);
  const Causes *causes = flows != NULL ? flows_causes(flows) : NULL;
  return causes != NULL ? causes_board(causes, session_facts(session)) : NULL;
}

const Cause *summary_cause(const Session *session) {
  const Visit *last = g_ptr_array_index(session_path(session), session_path(session)->len - 1);
  const Cause *named = last->step->kind == STEP_FINISH ? step_cause(session_flows(session), last->step) : NULL;
  if (named != NULL)
    return named;
  g_autoptr(GPtrArray) board = find_board(session);
  const Verdict *first = board != NULL && board->len > 0 ? g_ptr_array_index(board, 0) : NULL;
  const Verdict *second = board != NULL && board->len > 1 ? g_ptr_array_index(board, 1) : NULL;
  if (first == NULL)
    return NULL;
  if (first->standing == STANDING_CONFIRMED)
    return first->cause;
  /* Of several that are only likely none is the cause. */
  gboolean only = second == NULL || second->standing > STANDING_LIKELY;
  return first->standing == STANDING_LIKELY && only ? first->cause : NULL;
}

/* TRUE if a rule that holds rests on something else than the answers of people. */
static gboolean is_found_out(const GPtrArray *rules, const Facts *facts) {
  for (guint i = 0; i < rules->len; i++) {
    const CauseRule *rule = g_ptr_array_index(rules, i);
    if (!condition_holds(rule->when, facts))
      continue;
    for (const char *const *name = condition_facts(rule->when); *name != NULL; name++) {
      const Fact *fact = facts_get(facts, *name);
      if (fact != NULL && (fact->source == SOURCE_PROBE || fact->source == SOURCE_BOUNCE))
        return TRUE;
    }
  }
  return FALSE;
}

static const char *sureness_message(const Verdict *verdict, const Facts *facts) {
  switch (verdict->standing) {
  case STANDING_CONFIRMED:
    return is_found_out(verdict->cause->confirmed_by, facts) ? N_("confirmed by what was found out")
                                                             : N_("told by the user; no test can show it");
  case STANDING_LIKELY:
    return is_found_out(verdict->cause->suggested_by, facts) ? N_("likely, but not proven")
                                                             : N_("likely by what the user told; not proven");
  case STANDING_RULED_OUT:
    return N_("told by the user, but what was found out speaks against it");
  default:
    return N_("told by the user; nothing was found out that proves it");
  }
}

void sureness_find(const Session *session, const Cause *cause, Sureness *sureness) {
  sureness->message = N_("told by the user; nothing was found out that proves it");
  sureness->reasons = g_ptr_array_new();
  g_autoptr(GPtrArray) board = cause != NULL ? find_board(session) : NULL;
  for (guint i = 0; board != NULL && i < board->len; i++) {
    const Verdict *verdict = g_ptr_array_index(board, i);
    if (verdict->cause != cause)
      continue;
    sureness->message = sureness_message(verdict, session_facts(session));
    for (guint k = 0; k < verdict->reasons->len; k++)
      g_ptr_array_add(sureness->reasons, g_ptr_array_index(verdict->reasons, k));
  }
}

void sureness_clear(Sureness *sureness) { g_clear_pointer(&sureness->reasons, g_ptr_array_unref); }

static void put_standing(Page *page, const Session *session, const GPtrArray *board, Standing standing,
                         const char *title) {
  const Cause *cause = summary_cause(session);
  gboolean begun = FALSE;
  for (guint i = 0; i < board->len; i++) {
    const Verdict *verdict = g_ptr_array_index(board, i);
    if (verdict->standing != standing || verdict->cause == cause)
      continue;
    if (!begun)
      page_section(page, tr(title));
    begun = TRUE;
    g_autofree char *label = session_text(session, verdict->cause->label);
    page_item(page, "  - ", label);
    for (guint k = 0; k < verdict->reasons->len; k++) {
      g_autofree char *reason = session_text(session, g_ptr_array_index(verdict->reasons, k));
      page_item(page, "      ", reason);
    }
  }
}

void verdict_put_others(Page *page, const Session *session) {
  g_autoptr(GPtrArray) board = find_board(session);
  if (board == NULL)
    return;
  gboolean others = summary_cause(session) != NULL;
  put_standing(page, session, board, STANDING_CONFIRMED, others ? N_("Also confirmed") : N_("Confirmed"));
  put_standing(page, session, board, STANDING_LIKELY, others ? N_("Also likely") : N_("Likely, but not proven"));
  put_standing(page, session, board, STANDING_RULED_OUT, N_("Ruled out"));
}
