#include "flow/session_private.h"

#include "base/catalogue.h"
#include "base/text.h"

/* --- words --- */

/* A fact in a sentence. What is not known must not read as nothing. */
static char *lookup_fact(const char *name, gpointer user) {
  const Facts *facts = user;
  const Fact *fact = facts_get(facts, name);
  if (fact == NULL || fact->state == FACT_UNKNOWN)
    return g_strdup(tr(N_("(not known)")));
  if (fact->state == FACT_ABSENT || *fact->text == '\0')
    return g_strdup(tr(N_("(none)")));
  return g_strdup(fact->text);
}

char *facts_fill_text(const Facts *facts, const Message *message) {
  return message_text(message, lookup_fact, (gpointer)facts);
}

char *session_text(const Session *s, const Message *message) {
  return message != NULL ? facts_fill_text(s->facts, message) : NULL;
}

char *session_step_title(const Session *s, const Step *step) {
  if (step->title != NULL)
    return session_text(s, step->title);
  if (step->kind == STEP_PROBE)
    return g_strdup(tr(step->probe->title));
  if (step->kind == STEP_FINISH)
    return g_strdup(tr(N_("Result")));
  return g_strdelimit(g_strdup(step->name), "_-", ' ');
}

static const Finding *worst_finding(const Result *result) {
  const Finding *worst = NULL;
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (finding->level > LEVEL_FAIL)
      continue;
    if (worst == NULL || finding->level > worst->level)
      worst = finding;
  }
  return worst != NULL || result->findings->len == 0 ? worst : g_ptr_array_index(result->findings, 0);
}

char *result_text(const Result *result) {
  if (result->headline != NULL)
    return message_text(result->headline, NULL, NULL);
  const Finding *finding = worst_finding(result);
  if (finding == NULL)
    return g_strdup("");
  g_autofree char *text = message_text(finding->text, NULL, NULL);
  return finding->subject != NULL ? g_strdup_printf("%s: %s", finding->subject, text) : g_steal_pointer(&text);
}

/* A fact as it was when the question was asked. */
static char *lookup_basis(const char *name, gpointer user) {
  for (char **pair = user; pair != NULL && pair[0] != NULL; pair += 2)
    if (g_str_equal(pair[0], name) && *pair[1] != '\0')
      return g_strdup(pair[1]);
  return g_strdup(tr(N_("(not known)")));
}

static char *choice_text(const Walk *walk) {
  const Choice *choice = step_find_choice(walk->visit.step, walk->visit.answer);
  return choice != NULL ? message_text(choice->label, lookup_basis, walk->basis) : g_strdup(tr(N_("not known")));
}

/* What a pasted bounce says, in one line. */
static char *paste_text(const Bounce *bounce) {
  g_autoptr(Facts) facts = facts_new();
  bounce_set_facts(bounce, facts);
  static const char *const names[] = {"bounce.dsn_status", "bounce.status", "bounce.reply", "bounce.list", "bounce.recipient"};
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *text = facts_text(facts, names[i]);
    if (text != NULL && !g_ptr_array_find_with_equal_func(words, text, g_str_equal, NULL))
      g_ptr_array_add(words, (gpointer)text);
  }
  if (words->len == 0)
    return g_strdup(tr(N_("a text without any code or address")));
  g_ptr_array_add(words, NULL);
  return g_strjoinv(", ", (char **)words->pdata);
}

static char *ticked_text(const GArray *ticked) {
  guint done = 0;
  for (guint i = 0; ticked != NULL && i < ticked->len; i++)
    done += g_array_index(ticked, gboolean, i) ? 1 : 0;
  g_autoptr(Message) text = message_new(N_("{done} of {total} done"), NULL);
  message_set_number(text, "done", done);
  message_set_number(text, "total", ticked != NULL ? ticked->len : 0);
  return message_text(text, NULL, NULL);
}

char *visit_answer_text(const Visit *visit) {
  const Walk *walk = (const Walk *)visit; /* its first member; visits are made nowhere else */
  const Step *step = visit->step;
  if (visit->at == 0)
    return g_strdup("");
  if (step->kind == STEP_CHECKLIST)
    return ticked_text(visit->ticked);
  if (step->kind == STEP_PROBE)
    return visit->run != NULL ? result_text(probe_run_result(visit->run))
                              : g_strdup(walk->refused != NULL ? tr(N_("not allowed")) : "");
  if (step->kind != STEP_CHOOSE && step->kind != STEP_ASK)
    return g_strdup("");
  if (walk->paste != NULL)
    return paste_text(walk->paste->bounce);
  if (visit->answer == NULL)
    return g_strdup(tr(N_("not known")));
  if (step->kind == STEP_CHOOSE)
    return choice_text(walk);
  if (g_strcmp0(step->as, "secret") == 0)
    return g_strdup(tr(N_("not stored")));
  return text_safe(visit->answer, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
}

char *visit_title(const Session *s, const Visit *visit) { return session_step_title(s, visit->step); }

gboolean visit_was_seen(const Visit *visit) { return ((const Walk *)visit)->seen; }

const Result *visit_result(const Visit *visit) {
  const Walk *walk = (const Walk *)visit;
  return walk->refused != NULL ? walk->refused : visit->run != NULL ? probe_run_result(visit->run) : NULL;
}

Level visit_level(const Visit *visit) {
  return result_shown_level(visit_result(visit), visit->run == NULL || probe_run_done(visit->run));
}

/* --- parts of the view --- */

static void view_choices(const Session *s, const Walk *walk, View *view) {
  Offer offer;
  session_offer(s, walk, &offer);
  const GPtrArray *choices = walk->visit.step->choices;
  for (guint i = 0; i < choices->len; i++) {
    const Choice *choice = g_ptr_array_index(choices, i);
    g_ptr_array_add(view->choices, session_text(s, choice->label));
    if (g_strcmp0(choice->value, offer.raw) == 0)
      view->selected = (int)i;
  }
  view->input_note = g_steal_pointer(&offer.note);
  session_offer_clear(&offer);
}

static void view_ask(const Session *s, const Walk *walk, View *view) {
  Offer offer;
  session_offer(s, walk, &offer);
  view->as = g_strdup(walk->visit.step->as);
  view->value = g_steal_pointer(&offer.text);
  view->input_note = g_steal_pointer(&offer.note);
  session_offer_clear(&offer);
}

/* What a guide's reader must know beside the steps. */
static char *guide_help(const Guide *guide, const char *help) {
  g_autoptr(GString) text = g_string_new(help);
  g_autofree char *app = message_text(guide->app, NULL, NULL);
  g_autofree char *title = message_text(guide->title, NULL, NULL);
  g_string_append_printf(text, "%s%s: %s", text->len > 0 ? "\n\n" : "", app, title);
  if (guide->versions != NULL && !g_str_equal(guide->versions, "any"))
    g_string_append_printf(text, " (%s)", guide->versions);
  if (guide->historic)
    g_string_append_printf(text, "\n%s", tr(N_("This is for an old version; newer ones look different.")));
  if (guide->note != NULL) {
    g_autofree char *note = message_text(guide->note, NULL, NULL);
    g_string_append_printf(text, "\n%s", note);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void view_checklist(const Session *s, const Walk *walk, View *view) {
  const Guide *guide;
  const GPtrArray *items = session_items(s, walk->visit.step, s->facts, &guide);
  for (guint i = 0; items != NULL && i < items->len; i++)
    g_ptr_array_add(view->choices, session_text(s, g_ptr_array_index(items, i)));
  view->ticked = g_array_copy(walk->visit.ticked);
  if (guide == NULL)
    return;
  g_autofree char *help = g_steal_pointer(&view->help);
  view->help = guide_help(guide, help);
}

static char *consent_text(const Session *s, const Step *step) {
  g_autofree char *inputs = session_inputs_text(step, s->facts);
  g_autofree char *safe = text_safe(inputs, -1, 400, TEXT_LINE, NULL);
  g_autoptr(Message) text = message_new(
      session_gives_secret(step, s->facts)
          ? N_("This test talks to somebody else's server: {title} ({inputs}). {why} It is tried once and written down, "
               "but never the password. May it be made?")
          : N_("This test talks to somebody else's server: {title} ({inputs}). {why} It is tried once and written down. "
               "May it be made?"),
      "inputs", safe, NULL);
  message_set_tr(text, "title", step->probe->title);
  message_set_tr(text, "why", step->probe->why);
  return message_text(text, NULL, NULL);
}

/* When its newest answer came: a case that is taken up has answers of another day. */
static gint64 answered_at(const Session *s, const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  gint64 newest = 0;
  for (guint i = 0; net_is_live(s->net) && i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    for (guint k = 0; k < finding->evidence->len; k++) {
      const Evidence *evidence = g_ptr_array_index(finding->evidence, k);
      newest = MAX(newest, evidence->at + (gint64)evidence->elapsed_ms * 1000);
    }
  }
  gint64 finished = probe_run_finished_at(run);
  return newest > 0 ? MIN(newest, finished) : finished;
}

static void view_bounce(const Session *s, View *view) {
  view->bounce = session_bounce(s);
  const BounceRecipient *recipient = view->bounce != NULL ? bounce_main_recipient(view->bounce) : NULL;
  const Cause *cause = recipient != NULL && recipient->cause != NULL
                           ? causes_find(flows_causes(s->flows), recipient->cause)
                           : NULL;
  if (cause == NULL || g_str_equal(cause->id, "unknown"))
    return;
  const Rule *rule = recipient->rule != NULL ? classifier_rule(flows_classifier(s->flows), recipient->rule) : NULL;
  g_autofree char *label = session_text(s, cause->label);
  view->reason = rule != NULL ? g_strdup_printf("%s\n%s", label, tr(rule->summary)) : g_steal_pointer(&label);
}

static void view_probe(const Session *s, const Walk *walk, View *view) {
  const Step *step = walk->visit.step;
  const ProbeRun *run = walk->visit.run;
  view->probe = step->probe;
  if (run == NULL) {
    view->consent_needed = TRUE;
    view->consent = consent_text(s, step);
    view->level = LEVEL_WAIT;
    view->text = session_step_title(s, step);
    return;
  }
  gboolean done = probe_run_done(run);
  view->result = probe_run_result(run);
  view->level = result_shown_level(view->result, done);
  view->elapsed_ms = probe_run_elapsed_ms(run);
  view->timeout_ms = net_timeout_ms(s->net);
  view->kind = done ? VIEW_RESULT : VIEW_PROBE;
  view->text = done ? result_text(view->result) : session_step_title(s, step);
  if (!done)
    return;
  view->finished_at = answered_at(s, run);
  view->reused = walk->reused;
  view->meaning = session_text(s, session_way(step, NULL, s->facts).say);
}

static char *halt_text(Halt halt) {
  if (halt == HALT_CIRCLE)
    return g_strdup(tr(N_("This guide went in circles and was stopped after 300 steps. What was found so far is kept. "
                          "Please tell the person who looks after the guides.")));
  return g_strdup(tr(N_("This guide ends here without a result. What was found so far is kept. Please tell the person who "
                        "looks after the guides.")));
}

static void view_finish(const Session *s, const Walk *walk, View *view) {
  view->kind = VIEW_FINISH;
  view->finish = FINISH_UNKNOWN;
  if (s->halt != HALT_NONE) {
    view->text = halt_text(s->halt);
  } else {
    view->finish = walk->visit.step->finish;
    view->cause = step_cause(s->flows, walk->visit.step);
    if (view->text == NULL && view->cause != NULL)
      view->text = session_text(s, view->cause->description);
  }
}

static void found_row_free(gpointer data) {
  FoundRow *row = data;
  g_free(row->title);
  g_free(row->text);
  g_free(row);
}

static void view_path(const Session *s, View *view) {
  const Walk *current = session_current(s);
  for (guint i = 0; i < s->path->len; i++) {
    const Walk *walk = g_ptr_array_index(s->path, i);
    const Step *step = walk->visit.step;
    if (walk->seen || walk == current)
      g_ptr_array_add(view->crumbs, session_step_title(s, step));
    view->can_go_back |= walk->seen && (walk != current || s->halt != HALT_NONE);
    if (walk == current || visit_result(&walk->visit) == NULL)
      continue;
    /* What was passed silently and is well has nothing to say. */
    if (!walk->seen && visit_level(&walk->visit) <= LEVEL_NOTE)
      continue;
    FoundRow *row = g_new0(FoundRow, 1);
    row->title = session_step_title(s, step);
    row->level = visit_level(&walk->visit);
    row->text = result_text(visit_result(&walk->visit));
    g_ptr_array_add(view->found, row);
  }
  view->step_number = view->crumbs->len;
}

/* The way to the end of the sub-flow we are in, and on behind the steps that called it. */
static void view_distance(const Session *s, View *view) {
  if (s->halt != HALT_NONE)
    return;
  g_autoptr(GPtrArray) callers = session_callers(s);
  flow_distance_within(session_current(s)->visit.step, callers, &view->left_min, &view->left_max);
}

View *session_view(const Session *s, G_GNUC_UNUSED gint64 now) {
  static const struct {
    ViewKind kind;
    void (*add)(const Session *s, const Walk *walk, View *view);
  } kinds[] = {
      [STEP_SAY] = {VIEW_SAY, NULL},
      [STEP_CHOOSE] = {VIEW_CHOOSE, view_choices},
      [STEP_ASK] = {VIEW_ASK, view_ask},
      [STEP_PROBE] = {VIEW_PROBE, view_probe},
      [STEP_DECIDE] = {VIEW_SAY, NULL},
      [STEP_CHECKLIST] = {VIEW_CHECKLIST, view_checklist},
      [STEP_USE] = {VIEW_SAY, NULL},
      [STEP_FINISH] = {VIEW_FINISH, view_finish},
  };
  const Walk *walk = session_current(s);
  const Step *step = walk->visit.step;
  View *view = g_new0(View, 1);
  view->kind = kinds[step->kind].kind;
  if (step->kind == STEP_ASK && g_strcmp0(step->as, "message") == 0)
    view->kind = VIEW_PASTE;
  view->flow_title = session_text(s, s->flow->title);
  view->crumbs = g_ptr_array_new_with_free_func(g_free);
  view->choices = g_ptr_array_new_with_free_func(g_free);
  view->found = g_ptr_array_new_with_free_func(found_row_free);
  view->notices = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < s->notices->len; i++)
    g_ptr_array_add(view->notices, message_text(g_ptr_array_index(s->notices, i), NULL, NULL));
  view_path(s, view);
  view_distance(s, view);
  if (s->halt != HALT_NONE) {
    view_finish(s, walk, view);
    return view;
  }
  if (step->shows_bounce)
    view_bounce(s, view);
  view->text = step->kind == STEP_PROBE ? NULL : session_text(s, step->text);
  view->help = session_text(s, step->help);
  view->hint = session_text(s, step->hint);
  view->say_to_caller = session_text(s, step->say_to_caller);
  if (kinds[step->kind].add != NULL)
    kinds[step->kind].add(s, walk, view);
  return view;
}

void view_free(View *view) {
  if (view == NULL)
    return;
  char *const texts[] = {view->flow_title, view->text,       view->help,    view->hint,   view->say_to_caller, view->as,
                         view->value,      view->input_note, view->meaning, view->consent, view->reason};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(view->crumbs);
  g_ptr_array_unref(view->choices);
  g_ptr_array_unref(view->found);
  g_ptr_array_unref(view->notices);
  if (view->ticked != NULL)
    g_array_unref(view->ticked);
  g_free(view);
}
