#include "flow/session_private.h"

#include "base/catalogue.h"

static gboolean is_on_path(const Session *s, const ProbeRun *run) {
  for (guint i = 0; i < s->path->len; i++)
    if (((const Walk *)g_ptr_array_index(s->path, i))->visit.run == run)
      return TRUE;
  return FALSE;
}

/* After runs ended: on from the current step if it waited for one of them only. */
static void go_on(Session *s, gint64 now) {
  const Walk *walk = session_current(s);
  gboolean was_finished = session_finished(s);
  session_settle(s, now);
  if (session_current(s) == walk)
    return;
  session_check_later(s);
  if (!was_finished)
    session_emit_finish(s);
}

gboolean session_wake(Session *s, gint64 now) {
  s->now = now;
  gboolean changed = FALSE, ended = FALSE, ended_on_path = FALSE;
  for (guint i = 0; i < s->runs->len; i++) {
    Shared *shared = g_ptr_array_index(s->runs, i);
    if (shared->ended)
      continue;
    gboolean moved = probe_run_wake(shared->run);
    shared->ended = probe_run_done(shared->run);
    gboolean on_path = (moved || shared->ended) && is_on_path(s, shared->run);
    changed |= on_path;
    ended |= shared->ended;
    ended_on_path |= shared->ended && on_path;
  }
  if (ended_on_path)
    session_rebuild_facts(s);
  if (ended)
    go_on(s, now);
  session_emit_runs(s);
  return changed;
}

/* The shared run of the current probe step, or NULL. */
static Shared *current_run(const Session *s) {
  const Walk *walk = session_current(s);
  for (guint i = 0; walk->visit.run != NULL && i < s->runs->len; i++) {
    Shared *shared = g_ptr_array_index(s->runs, i);
    if (shared->run == walk->visit.run)
      return shared;
  }
  return NULL;
}

void session_skip(Session *s, gint64 now) {
  s->now = now;
  Shared *shared = current_run(s);
  if (shared == NULL || shared->ended)
    return;
  g_ptr_array_set_size(s->notices, 0);
  probe_run_skip(shared->run);
  shared->ended = TRUE;
  session_rebuild_facts(s);
  session_emit(s, "skip", NULL);
  go_on(s, now);
}

void session_again(Session *s, gint64 now) {
  s->now = now;
  Shared *shared = current_run(s);
  if (shared == NULL)
    return;
  g_ptr_array_set_size(s->notices, 0);
  /* A case that is taken up has the answers of the last time already. */
  if (s->replaying)
    return;
  session_emit(s, "again", NULL);
  probe_run_again(shared->run);
  shared->told = FALSE;
  shared->ended = probe_run_done(shared->run);
  session_current(s)->reused = FALSE;
  session_rebuild_facts(s);
  go_on(s, now);
}

static Result *refuse(const Probe *probe) {
  Result *result = result_new();
  probe_set_unknown(probe, result, "not allowed");
  result_add(result, LEVEL_SKIP, NULL, message_new(N_("Not asked: you did not allow it"), NULL));
  return result;
}

void session_consent(Session *s, gboolean yes, gint64 now) {
  s->now = now;
  Walk *walk = session_current(s);
  if (s->halt != HALT_NONE || walk->visit.step->kind != STEP_PROBE || walk->visit.run != NULL || walk->refused != NULL)
    return;
  g_ptr_array_set_size(s->notices, 0);
  session_emit(s, "consent", "step", walk->visit.step->name, "yes", yes ? "yes" : "no", NULL);
  if (yes) {
    g_hash_table_add(s->consents, session_run_key(walk->visit.step, s->facts));
    session_attach_run(s, walk);
  } else {
    walk->refused = refuse(walk->visit.step->probe);
  }
  session_rebuild_facts(s);
  go_on(s, now);
}
