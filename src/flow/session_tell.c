#include "flow/session_private.h"

#include <stdarg.h>

char *session_time(gint64 at) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at / G_USEC_PER_SEC);
  g_autofree char *seconds = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : g_strdup("");
  return g_strdup_printf("%s.%03dZ", seconds, (int)(at % G_USEC_PER_SEC / 1000));
}

/* Can still be translated, unless there are facts in it. */
static char *written_title(const Session *s, const Step *step) {
  g_auto(GStrv) facts = step->title != NULL ? message_placeholders(message_id(step->title), NULL) : NULL;
  if (facts != NULL && facts[0] == NULL)
    return message_format(step->title);
  g_autofree char *words = session_step_title(s, step);
  gboolean of_probe = step->title == NULL && step->kind == STEP_PROBE;
  g_autoptr(Message) message =
      of_probe ? message_new(step->probe->title, NULL) : message_new("{title}", "title", words, NULL);
  return message_format(message);
}

void session_emit(Session *s, const char *event, ...) {
  if (s->sink == NULL || s->replaying)
    return;
  session_emit_runs(s); /* what an answer rests on stands before it */
  g_autoptr(GPtrArray) fields = g_ptr_array_new();
  va_list list;
  va_start(list, event);
  for (const char *word = va_arg(list, const char *); word != NULL; word = va_arg(list, const char *))
    g_ptr_array_add(fields, (gpointer)word);
  va_end(list);
  g_autofree char *title = written_title(s, session_current(s)->visit.step);
  g_ptr_array_add(fields, (gpointer) "to");
  g_ptr_array_add(fields, session_current(s)->visit.step->name);
  g_ptr_array_add(fields, (gpointer) "title");
  g_ptr_array_add(fields, title);
  g_autofree char *at = session_time(s->now);
  g_ptr_array_add(fields, (gpointer) "at");
  g_ptr_array_add(fields, at);
  g_ptr_array_add(fields, NULL);
  s->sink(event, (const char *const *)fields->pdata, s->sink_user);
}

static void emit_run(Session *s, const ProbeRun *run) {
  const NetWaiter *waiter = probe_run_waiter(run);
  for (guint i = 0; i < net_waiter_length(waiter); i++) {
    g_autofree char *line = net_waiter_line(waiter, i);
    if (line != NULL)
      s->sink("net", (const char *const[]){"line", line, NULL}, s->sink_user);
  }
}

void session_emit_runs(Session *s) {
  for (guint i = 0; s->sink != NULL && !s->replaying && i < s->runs->len; i++) {
    Shared *shared = g_ptr_array_index(s->runs, i);
    if (shared->ended && !shared->told)
      emit_run(s, shared->run);
    shared->told = shared->ended;
  }
}

void session_emit_loaded(Session *s) {
  if (s->sink == NULL || s->loaded == NULL || s->loaded_told)
    return;
  s->loaded_told = TRUE;
  session_emit_bytes(s, "bounce", NULL, s->loaded->bytes, s->loaded->length);
}

void session_set_sink(Session *s, SessionSink sink, gpointer user) {
  s->sink = sink;
  s->sink_user = user;
  session_emit_loaded(s);
  session_emit_runs(s);
}

void session_emit_finish(Session *s) {
  if (!session_finished(s))
    return;
  const Step *step = session_current(s)->visit.step;
  gboolean halted = s->halt != HALT_NONE;
  session_emit(s, "finish", "finish", finish_word(halted ? FINISH_UNKNOWN : step->finish), "cause",
               !halted && step->cause != NULL ? step->cause : "", NULL);
}
