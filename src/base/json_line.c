#include "base/json_line.h"

#include "base/module.h"

#include <string.h>

/* Our own lines have two levels. json-glib itself knows no limit. */
#define MAX_DEPTH 4

static void member_clear(gpointer data) {
  JsonMember *member = data;
  g_free(member->name);
  g_free(member->text);
  g_strfreev(member->texts);
}

void json_line_free(JsonLine *line) {
  if (!line)
    return;
  g_array_unref(line->members);
  g_free(line);
}

gboolean json_is_shallow(const char *text, gsize length, guint limit) {
  guint depth = 0;
  gboolean quoted = FALSE;
  for (gsize i = 0; i < length; i++) {
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '{' || text[i] == '[') && ++depth > limit)
      return FALSE;
    else if (!quoted && depth > 0 && (text[i] == '}' || text[i] == ']'))
      depth--;
  }
  return TRUE;
}

JsonLine *json_line_parse(const char *text, gsize length, GError **error) {
  if (memchr(text, '\0', length) || !json_is_shallow(text, length, MAX_DEPTH)) {
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, "the line is nested too deep or has a NUL in it");
    return NULL;
  }
  JsonLineRead read = (JsonLineRead)module_find("json", JSON_LINE_SYMBOL, error);
  if (!read)
    return NULL;
  g_autoptr(JsonLine) line = g_new0(JsonLine, 1);
  line->members = g_array_new(FALSE, TRUE, sizeof(JsonMember));
  g_array_set_clear_func(line->members, member_clear);
  return read(text, length, line, error) ? g_steal_pointer(&line) : NULL;
}

const JsonMember *json_line_get(const JsonLine *line, const char *name) {
  for (guint i = line->members->len; i-- > 0;) {
    const JsonMember *member = &g_array_index(line->members, JsonMember, i);
    if (strcmp(member->name, name) == 0)
      return member;
  }
  return NULL;
}

const char *json_line_get_text(const JsonLine *line, const char *name) {
  const JsonMember *member = json_line_get(line, name);
  return member ? member->text : NULL;
}
