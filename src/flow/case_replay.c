#include "flow/case_file.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/text.h"
#include "flow/session_private.h"

/* What stopped a replay: a message id with {step}, or NULL. */
typedef const char *(*Apply)(Session *s, const CaseEvent *event, gint64 at);

static const char step_gone[] =
    N_("The case could be taken up only to here: the guide has changed since, and its step \"{step}\" does not come now.");
static const char answer_gone[] =
    N_("The case could be taken up only to here: the guide has changed since, and the old answer to \"{step}\" is none now.");
static const char tests_open[] =
    N_("The case could be taken up only to here: answers of the tests are missing in it. They are being asked again.");

/* Why the session is not at the step of the event, or NULL: it is. */
static const char *check_step(const Session *s, const CaseEvent *event) {
  const Walk *walk = session_current(s);
  const char *step = case_event_get(event, "step");
  if (s->halt == HALT_NONE && g_strcmp0(step, walk->visit.step->name) == 0)
    return NULL;
  if (walk->visit.run != NULL && !probe_run_done(walk->visit.run))
    return tests_open;
  return step_gone;
}

static const char *take(Session *s, const char *value, gint64 at) {
  const Walk *walk = session_current(s);
  g_autofree char *fault = NULL;
  if (walk->visit.run != NULL && !probe_run_done(walk->visit.run))
    return tests_open;
  return session_answer(s, value, at, &fault) ? NULL : answer_gone;
}

/* A choice is stored by its value: its place may change. */
static const char *apply_choice(Session *s, const char *value, gint64 at) {
  const Step *step = session_current(s)->visit.step;
  for (guint i = 0; value != NULL && i < step->choices->len; i++) {
    if (!g_str_equal(((const Choice *)g_ptr_array_index(step->choices, i))->value, value))
      continue;
    g_autofree char *index = g_strdup_printf("%u", i);
    return take(s, index, at);
  }
  return answer_gone;
}

static const char *apply_answer(Session *s, const CaseEvent *event, gint64 at) {
  const char *fault = check_step(s, event);
  gsize length;
  g_autofree char *value = case_event_bytes(event, "text", &length);
  if (fault != NULL)
    return fault;
  return session_current(s)->visit.step->kind == STEP_CHOOSE ? apply_choice(s, value, at) : take(s, value, at);
}

static const char *apply_bounce(Session *s, const CaseEvent *event, gint64 at) {
  gsize length;
  g_autofree char *bytes = case_event_bytes(event, "text", &length);
  if (case_event_get(event, "step") == NULL) {
    session_load_bounce(s, bytes != NULL ? bytes : "", length, at);
    return NULL;
  }
  const char *fault = check_step(s, event);
  if (fault != NULL)
    return fault;
  if (case_event_get(event, "loaded") != NULL)
    return take(s, s->loaded != NULL ? s->loaded->text : NULL, at);
  return take(s, bytes, at);
}

static const char *apply_tick(Session *s, const CaseEvent *event, gint64 at) {
  const char *fault = check_step(s, event), *item = case_event_get(event, "item");
  guint64 i;
  if (fault == NULL && item != NULL && g_ascii_string_to_unsigned(item, 10, 0, G_MAXUINT, &i, NULL))
    session_tick(s, (guint)i, at);
  return fault;
}

static const char *apply_back(Session *s, G_GNUC_UNUSED const CaseEvent *event, gint64 at) {
  session_back(s, at);
  return NULL;
}

static const char *apply_skip(Session *s, G_GNUC_UNUSED const CaseEvent *event, gint64 at) {
  session_skip(s, at);
  return NULL;
}

static const char *apply_again(Session *s, G_GNUC_UNUSED const CaseEvent *event, gint64 at) {
  session_again(s, at);
  return NULL;
}

static const char *apply_consent(Session *s, const CaseEvent *event, gint64 at) {
  const char *fault = check_step(s, event);
  if (fault == NULL)
    session_consent(s, g_strcmp0(case_event_get(event, "yes"), "yes") == 0, at);
  return fault;
}

static const char *apply_preset(Session *s, const CaseEvent *event, G_GNUC_UNUSED gint64 at) {
  const char *name = case_event_get(event, "name"), *value = case_event_get(event, "value");
  if (name != NULL && value != NULL)
    session_preset(s, name, value);
  return NULL;
}

static const char *apply_dropped(Session *s, const CaseEvent *event, G_GNUC_UNUSED gint64 at) {
  const char *steps = case_event_get(event, "steps");
  if (steps != NULL)
    session_drop_later(s, steps);
  return NULL;
}

static const char *apply_note(Session *s, const CaseEvent *event, gint64 at) {
  const char *text = case_event_get(event, "text");
  session_note(s, text != NULL ? text : "", at);
  return NULL;
}

static const struct {
  const char *event;
  Apply apply;
} table[] = {{"answer", apply_answer}, {"bounce", apply_bounce}, {"tick", apply_tick},       {"back", apply_back},
             {"skip", apply_skip},     {"again", apply_again},   {"consent", apply_consent}, {"note", apply_note},
             {"preset", apply_preset}, {"dropped", apply_dropped}};

/* "start" and "finish" follow from the others. */
static const char *apply(Session *s, const CaseEvent *event) {
  for (guint i = 0; i < G_N_ELEMENTS(table); i++)
    if (g_str_equal(table[i].event, event->name))
      return table[i].apply(s, event, case_event_at(event));
  return NULL;
}

/* --- what a case does not have --- */

static const char secret_gone[] = N_("A password is in no case. Please type it again.");
static const char secret_missing[] =
    N_("A password is in no case, so that what was tested with it is not known now. Go back to type it again.");

static gboolean is_secret(const CaseEvent *event) {
  return g_str_equal(event->name, "answer") && case_event_get(event, "secret") != NULL;
}

/* TRUE if a person went on from there: only then is the password passed over. */
static gboolean goes_on(const CaseFile *file, guint i) {
  static const char *const steps[] = {"answer", "bounce", "tick", "back", "finish", NULL};
  for (i++; i < file->events->len; i++)
    if (g_strv_contains(steps, ((const CaseEvent *)g_ptr_array_index(file->events, i))->name))
      return TRUE;
  return FALSE;
}

static const Flow *find_flow(const CaseEvent *start, const char *path, const Flows *flows, GError **error) {
  const char *id = case_event_get(start, "flow");
  const Flow *flow = id != NULL ? flows_find(flows, id) : NULL;
  if (flow != NULL)
    return flow;
  g_autofree char *safe = text_safe(path, -1, 400, TEXT_LINE, NULL);
  g_autofree char *safe_id = text_safe(id != NULL ? id : "?", -1, 100, TEXT_LINE, NULL);
  failure_set(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
              message_new(N_("{path}:1: the guide \"{guide}\" of this case is not there any more"), "path", safe,
                          "guide", safe_id, NULL));
  return NULL;
}

Session *case_replay(const CaseFile *file, const char *path, const Flows *flows, Net *net, guint *kept, GError **error) {
  const CaseEvent *start = g_ptr_array_index(file->events, 0);
  const Flow *flow = find_flow(start, path, flows, error);
  if (flow == NULL)
    return NULL;
  Session *s = session_replay(flows, flow, net, case_event_at(start));
  const char *fault = NULL;
  gboolean missing = FALSE;
  guint i = 1;
  for (; i < file->events->len; i++) {
    const CaseEvent *event = g_ptr_array_index(file->events, i);
    gboolean open = is_secret(event) && !goes_on(file, i);
    fault = open ? check_step(s, event) : apply(s, event);
    if (fault == NULL && open)
      fault = secret_gone;
    missing |= is_secret(event);
    if (fault == NULL)
      continue;
    const char *step = case_event_get(event, "step");
    session_notice(s, message_new(fault, "step", step != NULL ? step : "?", NULL));
    break;
  }
  if (missing && fault == NULL && !session_finished(s))
    session_notice(s, message_new(secret_missing, NULL));
  if (kept != NULL)
    *kept = i;
  session_replayed(s);
  return s;
}
