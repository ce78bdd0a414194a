/* One line of JSON Lines: an object whose members are texts, whole numbers, truth values or lists of texts.
 *
 * The parser is json-glib, in a module (json_module.c), since loading it and what it brings along takes longer than the
 * rest of the start of the program.  Writing JSON needs no library: json_text.h. */
#ifndef WB_BASE_JSON_LINE_H
#define WB_BASE_JSON_LINE_H

#include <glib.h>

typedef enum JsonKind {
  JSON_TEXT,
  JSON_NUMBER, /* whole */
  JSON_TRUTH,
  JSON_TEXTS, /* a list of texts */
  JSON_OTHER, /* null, fractions, objects, mixed lists */
} JsonKind;

typedef struct JsonMember {
  char *name;
  JsonKind kind;
  char *text;     /* JSON_TEXT: as it stands there, not made safe */
  gint64 number;  /* JSON_NUMBER; JSON_TRUTH: 0 or 1 */
  char **texts;   /* JSON_TEXTS */
  guint n_texts;
} JsonMember;

typedef struct JsonLine {
  GArray *members; /* of JsonMember, in order; the last of two with one name counts */
} JsonLine;

/* Parses `length` bytes.  Not an object, nested deeper than 4, not JSON, NUL inside: NULL with `error`. */
JsonLine *json_line_parse(const char *text, gsize length, GError **error);
void json_line_free(JsonLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonLine, json_line_free)

const JsonMember *json_line_get(const JsonLine *line, const char *name);
/* Text of a JSON_TEXT member, or NULL. */
const char *json_line_get_text(const JsonLine *line, const char *name);

/* FALSE if lists and objects are nested deeper than `limit`: json-glib itself knows none. */
gboolean json_is_shallow(const char *text, gsize length, guint limit);

/* What the module exports: fills `line` from a text that was checked for depth and NUL. */
typedef gboolean (*JsonLineRead)(const char *text, gsize length, JsonLine *line, GError **error);
#define JSON_LINE_SYMBOL "json_line_read"

#endif
