#include "flow/session_private.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "flow/template.h"

#include <string.h>

/* How many answers a notice names, and how much of each. */
#define NOTICE_ANSWERS 5
#define NOTICE_COLUMNS 30

/* --- keeping --- */

Kept *session_find_kept(const Session *s, const Step *step, guint nth) {
  for (guint i = 0; i < s->kept->len; i++) {
    Kept *kept = g_ptr_array_index(s->kept, i);
    if (kept->step == step && kept->nth == nth)
      return kept;
  }
  return NULL;
}

typedef struct Basis {
  GPtrArray *pairs;
  const Facts *facts;
} Basis;

static void add_names(Basis *basis, char **names) {
  for (guint i = 0; names[i] != NULL; i++) {
    const char *text = facts_text(basis->facts, names[i]);
    g_ptr_array_add(basis->pairs, g_strdup(names[i]));
    g_ptr_array_add(basis->pairs, g_strdup(text != NULL ? text : ""));
  }
  g_strfreev(names);
}

static void add_message(Basis *basis, const Message *message) {
  if (message != NULL)
    add_names(basis, message_placeholders(message_id(message), NULL));
}

static void add_template(Basis *basis, const char *template) {
  if (template != NULL)
    add_names(basis, template_facts(template));
}

/* The facts in the words that a person was asked with. */
static char **find_basis(const Session *s, const Step *step) {
  Basis basis = {g_ptr_array_new(), s->facts};
  add_message(&basis, step->text);
  add_template(&basis, step->default_value);
  add_template(&basis, step->guide);
  for (guint i = 0; step->choices != NULL && i < step->choices->len; i++)
    add_message(&basis, ((const Choice *)g_ptr_array_index(step->choices, i))->label);
  for (guint i = 0; step->items != NULL && i < step->items->len; i++)
    add_message(&basis, g_ptr_array_index(step->items, i));
  g_ptr_array_add(basis.pairs, NULL);
  return (char **)g_ptr_array_free(basis.pairs, FALSE);
}

static gboolean is_answered_by_person(const Step *step) {
  return step->kind == STEP_CHOOSE || step->kind == STEP_ASK || step->kind == STEP_CHECKLIST;
}

void session_keep(Session *s, Walk *walk) {
  const Visit *visit = &walk->visit;
  if (!is_answered_by_person(visit->step))
    return;
  Kept *kept = session_find_kept(s, visit->step, walk->nth);
  if (kept == NULL) {
    kept = g_new0(Kept, 1);
    kept->step = visit->step;
    kept->nth = walk->nth;
    g_ptr_array_add(s->kept, kept);
  }
  g_ptr_array_remove(s->later, kept);
  session_free_answer(kept->step, kept->answer);
  kept->answer = g_strdup(visit->answer);
  kept->paste = walk->paste;
  if (kept->ticked != NULL)
    g_array_unref(kept->ticked);
  kept->ticked = visit->ticked != NULL ? g_array_copy(visit->ticked) : NULL;
  g_strfreev(kept->basis);
  walk->basis = find_basis(s, visit->step);
  kept->basis = g_strdupv(walk->basis);
}

gboolean session_kept_holds(const Kept *kept, const Facts *facts) {
  for (char **pair = kept->basis; pair[0] != NULL; pair += 2) {
    const char *text = facts_text(facts, pair[0]);
    if (!g_str_equal(text != NULL ? text : "", pair[1]))
      return FALSE;
  }
  return TRUE;
}

void session_set_later(Session *s, guint i) {
  guint place = 0;
  for (guint k = i + 1; k < s->path->len; k++) {
    const Walk *walk = g_ptr_array_index(s->path, k);
    Kept *kept = walk->visit.at != 0 || walk->reopened ? session_find_kept(s, walk->visit.step, walk->nth) : NULL;
    if (kept == NULL)
      continue;
    g_ptr_array_remove(s->later, kept);
    g_ptr_array_insert(s->later, (int)place++, kept);
  }
}

/* --- walking on with the kept answers --- */

typedef struct Trial {
  const Session *s;
  Facts *facts;
  GPtrArray *callers; /* of Step */
  GPtrArray *steps;   /* of Step: walked in the trial */
  GHashTable *held;   /* of Kept: passed, and still right */
  const Kept *broken; /* the walk stopped here: its question has changed */
  const Step *at;     /* where the walk stopped; NULL: it came to an end */
} Trial;

static guint trial_nth(const Trial *trial, const Step *step) {
  guint nth = 0;
  /* The current step is the last of the path, and the first of the trial. */
  for (guint i = 0; i + 1 < trial->s->path->len; i++)
    nth += ((const Walk *)g_ptr_array_index(trial->s->path, i))->visit.step == step;
  for (guint i = 0; i < trial->steps->len; i++)
    nth += g_ptr_array_index(trial->steps, i) == step;
  return nth;
}

static const Step *trial_return(Trial *trial) {
  while (trial->callers->len > 0) {
    const Step *use = g_ptr_array_steal_index(trial->callers, trial->callers->len - 1);
    Way way = session_way(use, NULL, trial->facts);
    if (!way.returns)
      return way.to;
  }
  return trial->s->flow->at_return;
}

/* Passes one step with what is known. FALSE: it has to wait there. */
static gboolean trial_pass(Trial *trial, const char **answer) {
  const Step *step = trial->at;
  *answer = NULL;
  if (step->kind == STEP_PROBE) {
    const Shared *shared = session_find_run(trial->s, step, trial->facts);
    if (shared == NULL || !probe_run_done(shared->run))
      return FALSE;
    session_put_result(trial->facts, step, probe_run_result(shared->run));
    return TRUE;
  }
  if (!is_answered_by_person(step))
    return TRUE;
  guint nth = trial_nth(trial, step);
  const Paste *paste = NULL;
  g_autofree char *sure = step->kind == STEP_ASK ? session_sure_answer(trial->s, step, nth, trial->facts, &paste) : NULL;
  if (sure != NULL) {
    session_put_given(trial->facts, step, &(Given){paste == NULL ? sure : NULL, paste, NULL});
    return TRUE;
  }
  Kept *kept = session_find_kept(trial->s, step, nth);
  if (kept == NULL || !g_ptr_array_find(trial->s->later, kept, NULL))
    return FALSE;
  if (!session_kept_holds(kept, trial->facts)) {
    trial->broken = kept;
    return FALSE;
  }
  g_hash_table_add(trial->held, kept);
  session_put_given(trial->facts, step, &(Given){kept->answer, kept->paste, kept->ticked});
  *answer = kept->answer;
  return TRUE;
}

static const Step *trial_next(Trial *trial, const char *answer) {
  const Step *step = trial->at;
  if (step->kind == STEP_FINISH)
    return NULL;
  if (step->kind == STEP_USE && step->use != NULL) {
    g_ptr_array_add(trial->callers, (gpointer)step);
    return step->use->start;
  }
  Way way = session_way(step, answer, trial->facts);
  return way.returns ? trial_return(trial) : way.to;
}

static void trial_walk(Trial *trial) {
  while (trial->at != NULL && trial->steps->len < SESSION_MAX_WALKS) {
    const char *answer;
    if (!trial_pass(trial, &answer))
      return;
    const Step *step = trial->at;
    trial->at = trial_next(trial, answer);
    g_ptr_array_add(trial->steps, (gpointer)step);
  }
}

/* --- what no longer holds --- */

/* TRUE if something that the question spoke of is known now, and is something else. */
static gboolean is_contradicted(const Kept *kept, const Facts *facts) {
  for (char **pair = kept->basis; pair[0] != NULL; pair += 2) {
    const char *text = facts_text(facts, pair[0]);
    if (text != NULL && !g_str_equal(text, pair[1]))
      return TRUE;
  }
  return FALSE;
}

/* A list that was only read is no answer. */
static gboolean is_unticked(const Kept *kept) {
  for (guint i = 0; kept->ticked != NULL && i < kept->ticked->len; i++)
    if (g_array_index(kept->ticked, gboolean, i))
      return FALSE;
  return kept->ticked != NULL;
}

/* Takes the answers that no longer hold off `later`. Array of Kept, free it. */
static GPtrArray *take_dropped(Session *s, const Trial *trial) {
  GPtrArray *dropped = g_ptr_array_new();
  g_autoptr(GPtrArray) steps = trial->at != NULL ? session_reachable(s, trial->at, trial->callers) : g_ptr_array_new();
  for (guint i = 0; i < s->later->len;) {
    Kept *kept = g_ptr_array_index(s->later, i);
    gboolean may_come = kept->step == trial->at || g_ptr_array_find(steps, kept->step, NULL);
    if (g_hash_table_contains(trial->held, kept) ||
        (kept != trial->broken && may_come && !is_contradicted(kept, trial->facts))) {
      i++;
      continue;
    }
    if (!is_unticked(kept))
      g_ptr_array_add(dropped, kept);
    g_ptr_array_remove_index(s->later, i);
  }
  return dropped;
}

/* The answer as the case and the notices name it. */
static char *kept_words(const Session *s, const Kept *kept) {
  Walk walk = {.visit = {.step = kept->step, .at = 1, .answer = kept->answer, .ticked = kept->ticked},
               .paste = kept->paste,
               .basis = kept->basis};
  g_autofree char *title = session_step_title(s, kept->step);
  g_autofree char *answer = visit_answer_text(&walk.visit);
  g_autofree char *shown = text_fit(answer, NOTICE_COLUMNS);
  return g_strdup_printf("%s (%s)", title, shown);
}

/* How the case names an answer: flow, step, how often the step came before. */
static char *kept_name(const Kept *kept) {
  return g_strdup_printf("%s/%s/%u", kept->step->flow->id, kept->step->name, kept->nth);
}

static void tell_dropped(Session *s, const GPtrArray *dropped) {
  g_autoptr(GString) list = g_string_new(NULL), names = g_string_new(NULL);
  for (guint i = 0; i < dropped->len; i++) {
    const Kept *kept = g_ptr_array_index(dropped, i);
    g_autofree char *name = kept_name(kept);
    g_string_append_printf(names, "%s%s", i > 0 ? " " : "", name);
    if (i > NOTICE_ANSWERS)
      continue;
    g_autofree char *words = i < NOTICE_ANSWERS ? kept_words(s, kept) : g_strdup("...");
    g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", words);
  }
  Message *notice = dropped->len == 1
                        ? message_new(N_("1 answer given before no longer counts: {answers}"), "answers", list->str, NULL)
                        : message_new(N_("{count} answers given before no longer count: {answers}"), "answers",
                                      list->str, NULL);
  session_notice(s, message_set_number(notice, "count", dropped->len));
  session_emit(s, "dropped", "steps", names->str, NULL);
}

void session_drop_later(Session *s, const char *names) {
  g_auto(GStrv) list = g_strsplit(names, " ", -1);
  g_autoptr(GPtrArray) dropped = g_ptr_array_new();
  for (guint i = 0; i < s->later->len;) {
    Kept *kept = g_ptr_array_index(s->later, i);
    g_autofree char *name = kept_name(kept);
    if (!g_strv_contains((const char *const *)list, name)) {
      i++;
      continue;
    }
    g_ptr_array_add(dropped, kept);
    g_ptr_array_remove_index(s->later, i);
  }
  if (dropped->len > 0)
    tell_dropped(s, dropped);
}

void session_check_later(Session *s) {
  /* What could be told then hung on what had been found out by then: the case says what came of it. */
  if (s->later->len == 0 || s->replaying)
    return;
  Trial trial = {.s = s,
                 .facts = facts_new(),
                 .callers = session_callers(s),
                 .steps = g_ptr_array_new(),
                 .held = g_hash_table_new(NULL, NULL),
                 .at = s->halt == HALT_NONE ? session_current(s)->visit.step : NULL};
  facts_merge(trial.facts, s->facts, NULL);
  trial_walk(&trial);
  g_autoptr(GPtrArray) dropped = take_dropped(s, &trial);
  if (dropped->len > 0)
    tell_dropped(s, dropped);
  g_hash_table_unref(trial.held);
  g_ptr_array_unref(trial.steps);
  g_ptr_array_unref(trial.callers);
  facts_free(trial.facts);
}

/* --- offering --- */

void session_offer_clear(Offer *offer) {
  g_free(offer->raw);
  g_free(offer->text);
  g_free(offer->note);
}

static void offer_paste(Offer *offer, const Paste *paste, const char *note) {
  offer->paste = paste;
  offer->text = g_strdup(paste->text);
  offer->note = g_strdup(tr(note));
}

static void offer_kept(const Session *s, const Kept *kept, Offer *offer) {
  const Step *step = kept->step;
  if (!session_kept_holds(kept, s->facts)) {
    Walk walk = {.visit = {.step = step, .at = 1, .answer = kept->answer}, .paste = kept->paste, .basis = kept->basis};
    g_autofree char *answer = visit_answer_text(&walk.visit);
    g_autoptr(Message) note = message_new(
        N_("Before, the answer was \"{answer}\". It no longer counts, because what it was about has changed."), "answer",
        answer, NULL);
    offer->note = message_text(note, NULL, NULL);
  } else if (kept->paste != NULL) {
    offer_paste(offer, kept->paste, N_("This is your answer from before."));
  } else if (kept->answer == NULL) {
    offer->note = g_strdup(tr(N_("Before, this was not known.")));
  } else {
    offer->raw = g_strdup(kept->answer);
    offer->text = text_safe(kept->answer, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
    offer->note = g_strdup(tr(N_("This is your answer from before.")));
  }
}

static void offer_default(const Session *s, const Step *step, Offer *offer) {
  gboolean complete = FALSE;
  g_autofree char *raw = template_bytes(step->default_value, s->facts, &complete);
  if (!complete || *raw == '\0')
    return;
  offer->text = text_safe(raw, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  offer->raw = g_steal_pointer(&raw);
  g_auto(GStrv) names = template_facts(step->default_value);
  if (names[0] != NULL)
    offer->note = g_strdup(tr(N_("Taken from what is known so far. Correct it if it is wrong.")));
}

void session_offer(const Session *s, const Walk *walk, Offer *offer) {
  const Step *step = walk->visit.step;
  *offer = (Offer){0};
  if (g_strcmp0(step->as, "secret") == 0)
    return;
  const Kept *kept = session_find_kept(s, step, walk->nth);
  if (kept != NULL)
    offer_kept(s, kept, offer);
  else if (g_strcmp0(step->as, "message") == 0 && s->loaded != NULL)
    offer_paste(offer, s->loaded, N_("This is the bounce that was loaded."));
  else if (step->default_value != NULL)
    offer_default(s, step, offer);
}
