#include "flow/session_private.h"

#include "base/catalogue.h"
#include "base/secret.h"
#include "base/text.h"

void session_free_answer(const Step *step, char *answer) {
  if (step != NULL && g_strcmp0(step->as, "secret") == 0)
    secret_free(answer);
  else
    g_free(answer);
}

static void walk_free(gpointer data) {
  Walk *walk = data;
  session_free_answer(walk->visit.step, walk->visit.answer);
  if (walk->visit.ticked != NULL)
    g_array_unref(walk->visit.ticked);
  result_free(walk->refused);
  g_strfreev(walk->basis);
  g_free(walk);
}

static void kept_free(gpointer data) {
  Kept *kept = data;
  session_free_answer(kept->step, kept->answer);
  if (kept->ticked != NULL)
    g_array_unref(kept->ticked);
  g_strfreev(kept->basis);
  g_free(kept);
}

static void shared_free(gpointer data) {
  Shared *shared = data;
  probe_run_free(shared->run);
  g_free(shared->key);
  g_free(shared);
}

static void paste_free(gpointer data) {
  Paste *paste = data;
  bounce_free(paste->bounce);
  g_free(paste->text);
  g_free(paste->bytes);
  g_free(paste);
}

static void message_clear(gpointer data) { message_free(data); }

/* --- the path --- */

Walk *session_current(const Session *s) { return g_ptr_array_index(s->path, s->path->len - 1); }

GPtrArray *session_callers(const Session *s) {
  GPtrArray *callers = g_ptr_array_new();
  for (int i = session_current(s)->caller; i >= 0;) {
    const Walk *use = g_ptr_array_index(s->path, i);
    g_ptr_array_insert(callers, 0, (gpointer)use->visit.step);
    i = use->caller;
  }
  return callers;
}

Way session_way(const Step *step, const char *answer, const Facts *facts) {
  const Choice *choice = step->kind == STEP_CHOOSE ? step_find_choice(step, answer) : NULL;
  if (choice != NULL && (choice->go != NULL || choice->goes_return))
    return (Way){.to = choice->go, .returns = choice->goes_return, .line = choice->line};
  for (guint i = 0; step->branches != NULL && i < step->branches->len; i++) {
    const Branch *branch = g_ptr_array_index(step->branches, i);
    if (branch->when == NULL || condition_holds(branch->when, facts))
      return (Way){.to = branch->go, .returns = branch->go == NULL, .say = branch->say, .line = branch->line};
  }
  return (Way){0};
}

/* Takes up the run for a probe step, unless somebody has to be asked first. */
void session_attach_run(Session *s, Walk *walk) {
  const Step *step = walk->visit.step;
  Shared *shared = session_find_run(s, step, s->facts);
  if (shared == NULL && (step->probe->flags & PROBE_CONTACTS)) {
    g_autofree char *key = session_run_key(step, s->facts);
    /* Nobody is contacted when the inputs are missing: no question then. */
    if (session_inputs_known(step, s->facts) && !g_hash_table_contains(s->consents, key))
      return;
  }
  gboolean was_there = shared != NULL || s->replaying;
  if (shared == NULL)
    shared = session_start_run(s, step, s->facts);
  shared->ended = probe_run_done(shared->run);
  walk->reused = was_there && shared->ended;
  walk->visit.run = shared->run;
  if (shared->ended)
    session_put_result(s->facts, step, probe_run_result(shared->run));
}

static void restore_ticks(Session *s, Walk *walk) {
  const GPtrArray *items = session_items(s, walk->visit.step, s->facts, NULL);
  guint n = items != NULL ? items->len : 0;
  walk->visit.ticked = g_array_sized_new(FALSE, TRUE, sizeof(gboolean), n);
  g_array_set_size(walk->visit.ticked, n);
  const Kept *kept = session_find_kept(s, walk->visit.step, walk->nth);
  if (kept == NULL || kept->ticked == NULL || !session_kept_holds(kept, s->facts))
    return;
  for (guint i = 0; i < n && i < kept->ticked->len; i++)
    g_array_index(walk->visit.ticked, gboolean, i) = g_array_index(kept->ticked, gboolean, i);
}

/* Makes `step` the current one. */
static void enter(Session *s, const Step *step, int caller) {
  Walk *walk = g_new0(Walk, 1);
  walk->visit.step = step;
  walk->caller = caller;
  for (guint i = 0; i < s->path->len; i++)
    walk->nth += ((const Walk *)g_ptr_array_index(s->path, i))->visit.step == step;
  g_ptr_array_add(s->path, walk);
  if (step->kind == STEP_PROBE)
    session_attach_run(s, walk);
  else if (step->kind == STEP_CHECKLIST)
    restore_ticks(s, walk);
}

/* TRUE if the current step waits for a person (or for its probe). */
static gboolean waits(const Walk *walk) {
  const Visit *visit = &walk->visit;
  switch (visit->step->kind) {
  case STEP_DECIDE:
  case STEP_USE:
    return FALSE;
  case STEP_ASK:
    return !walk->sure;
  case STEP_PROBE:
    if (walk->refused != NULL)
      return FALSE;
    if (visit->run == NULL || !probe_run_done(visit->run) || visit->step->show == SHOW_ALWAYS)
      return TRUE;
    if (visit->step->show == SHOW_NEVER)
      return FALSE;
    Level level = result_shown_level(probe_run_result(visit->run), TRUE);
    return level == LEVEL_FAIL || level == LEVEL_WARN || level == LEVEL_UNKNOWN;
  default:
    return TRUE;
  }
}

/* For authors of guides, and for tests that count which branches were taken: G_MESSAGES_DEBUG=whybounce. */
static void trace(const Session *s, const Step *step, Way way) {
  if (way.line > 0 && !s->replaying && !g_log_writer_default_would_drop(G_LOG_LEVEL_DEBUG, "whybounce"))
    g_log("whybounce", G_LOG_LEVEL_DEBUG, "taken %s:%d", step->flow->file, way.line);
}

/* Where `return` leads to from the current step: the step that goes on, or NULL. */
static const Step *return_target(Session *s, int *caller) {
  while (*caller >= 0) {
    const Walk *use = g_ptr_array_index(s->path, *caller);
    Way way = session_way(use->visit.step, NULL, s->facts);
    trace(s, use->visit.step, way);
    *caller = use->caller;
    if (!way.returns)
      return way.to;
  }
  return s->flow->at_return;
}

/* From the current step, which is done, to the next. FALSE: there is none. */
gboolean session_advance(Session *s, gint64 now) {
  Walk *walk = session_current(s);
  int caller = walk->caller;
  const Step *to;
  walk->visit.at = now;
  if (walk->visit.step->kind == STEP_USE) {
    to = walk->visit.step->use != NULL ? walk->visit.step->use->start : NULL;
    caller = (int)s->path->len - 1;
  } else {
    Way way = session_way(walk->visit.step, walk->visit.answer, s->facts);
    trace(s, walk->visit.step, way);
    to = way.returns ? return_target(s, &caller) : way.to;
  }
  if (to != NULL && s->path->len < SESSION_MAX_WALKS) {
    enter(s, to, caller);
    return TRUE;
  }
  s->halt = to != NULL ? HALT_CIRCLE : HALT_END;
  return FALSE;
}

/* Answers the current step if that needs nobody. */
static void take_sure(Session *s) {
  Walk *walk = session_current(s);
  if (walk->visit.step->kind != STEP_ASK || walk->reopened)
    return;
  const Paste *paste;
  g_autofree char *answer = session_sure_answer(s, walk->visit.step, walk->nth, s->facts, &paste);
  if (answer == NULL)
    return;
  walk->sure = TRUE;
  walk->paste = paste;
  walk->visit.answer = paste == NULL ? g_steal_pointer(&answer) : NULL;
  session_put_given(s->facts, walk->visit.step, &(Given){walk->visit.answer, walk->paste, NULL});
}

/* Walks through all steps that need nobody. */
void session_settle(Session *s, gint64 now) {
  for (;;) {
    if (s->halt == HALT_NONE)
      take_sure(s);
    if (s->halt != HALT_NONE || waits(session_current(s)) || !session_advance(s, now))
      break;
  }
  /* A probe is seen when its result is, not while it is under way: it may turn out to need no look. */
  Walk *walk = session_current(s);
  walk->seen = walk->visit.step->kind != STEP_PROBE || walk->visit.run == NULL || probe_run_done(walk->visit.run);
  if (!s->replaying)
    session_run_ahead(s);
}

/* Walks after the one at `last` are gone, their answers stay in `kept`. */
static void cut_path(Session *s, guint last) {
  s->halt = HALT_NONE;
  g_ptr_array_set_size(s->path, (int)last + 1);
  Walk *walk = session_current(s);
  walk->visit.at = 0;
  walk->reopened = TRUE;
  g_clear_pointer(&walk->visit.answer, g_free);
  g_clear_pointer(&walk->refused, result_free);
  g_clear_pointer(&walk->basis, g_strfreev);
  walk->paste = NULL;
  walk->reused = walk->visit.run != NULL && probe_run_done(walk->visit.run);
  session_rebuild_facts(s);
}

/* --- beginning and end --- */

static Session *session_make(const Flows *flows, const Flow *flow, Net *net, gint64 now, gboolean replaying) {
  Session *s = g_new0(Session, 1);
  s->flows = flows;
  s->flow = flow;
  s->net = net;
  s->started_at = s->now = now;
  s->replaying = replaying;
  s->path = g_ptr_array_new_with_free_func(walk_free);
  s->kept = g_ptr_array_new_with_free_func(kept_free);
  s->later = g_ptr_array_new();
  s->runs = g_ptr_array_new_with_free_func(shared_free);
  s->consents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  s->pastes = g_ptr_array_new_with_free_func(paste_free);
  s->notes = g_ptr_array_new_with_free_func(g_free);
  s->notices = g_ptr_array_new_with_free_func(message_clear);
  s->facts = facts_new();
  s->presets = facts_new();
  enter(s, flow->start, -1);
  session_settle(s, now);
  return s;
}

Session *session_new(const Flows *flows, const Flow *flow, Net *net, gint64 now) {
  return session_make(flows, flow, net, now, FALSE);
}

Session *session_replay(const Flows *flows, const Flow *flow, Net *net, gint64 now) {
  return session_make(flows, flow, net, now, TRUE);
}

void session_replayed(Session *s) {
  s->replaying = FALSE;
  session_run_ahead(s);
}

void session_free(Session *s) {
  if (s == NULL)
    return;
  g_ptr_array_unref(s->path);
  g_ptr_array_unref(s->later);
  g_ptr_array_unref(s->kept);
  g_ptr_array_unref(s->runs);
  g_ptr_array_unref(s->pastes);
  g_ptr_array_unref(s->notes);
  g_ptr_array_unref(s->notices);
  g_hash_table_unref(s->consents);
  facts_free(s->facts);
  facts_free(s->presets);
  g_free(s);
}

void session_preset(Session *s, const char *name, const char *value) {
  facts_set_text(s->presets, name, SOURCE_ASKED, value);
  session_rebuild_facts(s);
  session_emit(s, "preset", "name", name, "value", value, NULL);
}

/* --- events --- */

/* TRUE as long as nobody has answered anything. */
static gboolean is_fresh(const Session *s) {
  gboolean fresh = s->kept->len == 0;
  for (guint i = 0; fresh && i + 1 < s->path->len; i++)
    fresh = !((const Walk *)g_ptr_array_index(s->path, i))->seen;
  return fresh;
}

void session_load_bounce(Session *s, const char *bytes, gsize length, gint64 now) {
  s->now = now;
  g_ptr_array_set_size(s->notices, 0);
  s->loaded = session_take_paste(s, bytes, length);
  session_notice_paste(s, s->loaded->bounce);
  if (is_fresh(s)) { /* The first steps may decide by what the bounce says. */
    s->halt = HALT_NONE;
    g_ptr_array_set_size(s->path, 0);
    session_rebuild_facts(s);
    enter(s, s->flow->start, -1);
  } else {
    session_rebuild_facts(s);
  }
  session_settle(s, now);
  s->loaded_told = s->replaying;
  session_emit_loaded(s);
}

const Bounce *session_bounce(const Session *s) {
  for (guint i = s->path->len; i-- > 0;) {
    const Walk *walk = g_ptr_array_index(s->path, i);
    if (walk->paste != NULL && walk->visit.at != 0)
      return walk->paste->bounce;
  }
  return s->loaded != NULL ? s->loaded->bounce : NULL;
}

void session_tick(Session *s, guint i, gint64 now) {
  s->now = now;
  Walk *walk = session_current(s);
  if (s->halt != HALT_NONE || walk->visit.ticked == NULL || i >= walk->visit.ticked->len)
    return;
  gboolean *ticked = &g_array_index(walk->visit.ticked, gboolean, i);
  *ticked = !*ticked;
  g_autofree char *item = g_strdup_printf("%u", i);
  session_emit(s, "tick", "step", walk->visit.step->name, "item", item, NULL);
}

gboolean session_back(Session *s, gint64 now) {
  s->now = now;
  /* After a halt the step that we could not go on from is itself the one before. */
  guint i = s->halt != HALT_NONE ? s->path->len : s->path->len - 1;
  while (i-- > 0) {
    if (!((const Walk *)g_ptr_array_index(s->path, i))->seen)
      continue;
    g_ptr_array_set_size(s->notices, 0);
    session_set_later(s, i);
    cut_path(s, i);
    session_settle(s, now);
    session_emit(s, "back", NULL);
    return TRUE;
  }
  return FALSE;
}

void session_notice(Session *s, Message *notice) { g_ptr_array_add(s->notices, notice); }

void session_note(Session *s, const char *text, gint64 now) {
  s->now = now;
  char *safe = text_safe(text, -1, TEXT_MAX_REMOTE, TEXT_LINES, NULL);
  g_ptr_array_add(s->notes, safe);
  session_emit(s, "note", "text", safe, NULL);
}

/* --- what came out --- */

gboolean session_finished(const Session *s) {
  return s->halt != HALT_NONE || session_current(s)->visit.step->kind == STEP_FINISH;
}

const Flows *session_flows(const Session *s) { return s->flows; }

const Flow *session_flow(const Session *s) { return s->flow; }

Net *session_net(const Session *s) { return s->net; }

const Facts *session_facts(const Session *s) { return s->facts; }

gint64 session_started_at(const Session *s) { return s->started_at; }

GPtrArray *session_path(const Session *s) { return s->path; }

GPtrArray *session_notes(const Session *s) { return s->notes; }
