#include "flow/case_file.h"

#include "base/catalogue.h"
#include "base/json_line.h"
#include "base/text.h"

#include <string.h>

#define EVENT_START "{\"event\":"

static gboolean fail(GError **error, const char *text) {
  g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, tr(text));
  return FALSE;
}

/* --- one event --- */

CaseEvent *case_event_parse(const char *text, gsize length, GError **error) {
  g_autoptr(JsonLine) line = json_line_parse(text, length, NULL);
  if (line == NULL) {
    fail(error, N_("this line is broken: it is no line of JSON"));
    return NULL;
  }
  g_autoptr(CaseEvent) event = g_new0(CaseEvent, 1);
  event->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < line->members->len; i++) {
    const JsonMember *member = &g_array_index(line->members, JsonMember, i);
    if (member->text != NULL)
      g_hash_table_replace(event->fields, g_strdup(member->name), g_strdup(member->text));
  }
  event->name = g_strdup(case_event_get(event, "event"));
  if (event->name == NULL) {
    fail(error, N_("this line has no \"event\""));
    return NULL;
  }
  return g_steal_pointer(&event);
}

void case_event_free(CaseEvent *event) {
  if (event == NULL)
    return;
  g_hash_table_unref(event->fields);
  g_free(event->name);
  g_free(event);
}

const char *case_event_get(const CaseEvent *event, const char *field) {
  return g_hash_table_lookup(event->fields, field);
}

gint64 case_event_at(const CaseEvent *event) {
  const char *text = case_event_get(event, "at");
  g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;
  return time != NULL ? g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time) : 0;
}

char *case_event_bytes(const CaseEvent *event, const char *field, gsize *length) {
  const char *text = case_event_get(event, field), *coded = case_event_get(event, "base64");
  *length = 0;
  if (text != NULL) {
    *length = strlen(text);
    return g_strdup(text);
  }
  if (coded == NULL)
    return NULL;
  g_autofree guchar *bytes = g_base64_decode(coded, length);
  char *copy = g_malloc(*length + 1);
  memcpy(copy, bytes, *length);
  copy[*length] = '\0';
  return copy;
}

/* --- the file --- */

static void event_clear(gpointer event) { case_event_free(event); }

static const char *const known_events[] = {"start", "bounce", "answer", "tick",    "back",   "skip",
                                           "again", "consent", "note",  "preset", "dropped", "finish", "resume", NULL};

/* "resume" says how many events before it still count. */
static gboolean take_resume(CaseFile *file, const CaseEvent *event, GError **error) {
  const char *kept = case_event_get(event, "kept");
  guint64 n;
  if (kept == NULL || !g_ascii_string_to_unsigned(kept, 10, 1, file->events->len, &n, NULL))
    return fail(error, N_("\"kept\" is not the number of events before this line that count"));
  g_ptr_array_set_size(file->events, (int)n);
  return TRUE;
}

static gboolean take_answer(CaseFile *file, const char *line, gsize length, Net *net, GError **error) {
  if (file->events->len == 0)
    return fail(error, N_("this is no case of whybounce: a case begins with the event \"start\""));
  g_autofree char *text = g_strndup(line, length);
  if (!net_preload(net, text, error))
    return FALSE;
  g_ptr_array_add(file->answers, g_steal_pointer(&text));
  return TRUE;
}

static gboolean take_event(CaseFile *file, const char *line, gsize length, GError **error) {
  g_autoptr(CaseEvent) event = case_event_parse(line, length, error);
  if (event == NULL)
    return FALSE;
  gboolean first = file->events->len == 0;
  if (!g_strv_contains(known_events, event->name))
    return fail(error, N_("this kind of event is not known here: was the case written by a newer whybounce?"));
  if (first != g_str_equal(event->name, "start"))
    return fail(error, first ? N_("a case begins with the event \"start\"") : N_("the case begins a second time here"));
  if (g_str_equal(event->name, "resume"))
    return take_resume(file, event, error);
  g_ptr_array_add(file->events, g_steal_pointer(&event));
  return TRUE;
}

static gboolean is_event(const char *line, gsize length) {
  return length >= strlen(EVENT_START) && memcmp(line, EVENT_START, strlen(EVENT_START)) == 0;
}

CaseFile *case_file_read(const char *path, const char *text, gsize length, Net *net, GError **error) {
  g_autoptr(CaseFile) file = g_new0(CaseFile, 1);
  file->events = g_ptr_array_new_with_free_func(event_clear);
  file->answers = g_ptr_array_new_with_free_func(g_free);
  guint number = 0;
  for (const char *line = text, *end = text + length; line < end;) {
    g_autoptr(GError) fault = NULL;
    const char *lf = memchr(line, '\n', (gsize)(end - line));
    const char *stop = lf != NULL ? lf : end;
    gsize size = (gsize)(stop - line);
    number++;
    /* Without its line feed a line may have been cut off in the middle. */
    gboolean good = lf != NULL || stop[-1] == '}';
    if (good && size > 0)
      good = is_event(line, size) ? take_event(file, line, size, &fault) : take_answer(file, line, size, net, &fault);
    if (!good && lf != NULL) {
      g_autofree char *safe = text_safe(path, -1, 400, TEXT_LINE, NULL);
      g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%u: %s", safe, number, fault->message);
      return NULL;
    }
    if (good) {
      file->bare_end = lf == NULL;
      file->whole = (gsize)(stop - text) + (lf != NULL ? 1 : 0);
    }
    line = stop + 1;
  }
  if (file->events->len == 0) {
    g_autofree char *safe = text_safe(path, -1, 400, TEXT_LINE, NULL);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", safe,
                tr(N_("there is no case in this file: it is empty or cut off at its first line")));
    return NULL;
  }
  return g_steal_pointer(&file);
}

void case_file_free(CaseFile *file) {
  if (file == NULL)
    return;
  g_ptr_array_unref(file->events);
  g_ptr_array_unref(file->answers);
  g_free(file);
}
