#include "base/message.h"

#include "base/catalogue.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

/* What one field of a message is; also the sign that separates name and value in its written form. */
typedef enum FieldKind {
  FIELD_TEXT = '=',     /* a value, put in as it is */
  FIELD_TR = '~',       /* a value that is translated first */
  FIELD_LANGUAGE = '@', /* the author's own text for a language */
} FieldKind;

typedef struct Field {
  FieldKind kind;
  char *name;
  char *value;
} Field;

struct Message {
  char *id;
  GArray *fields; /* Field */
};

#define MAX_FIELDS 200
#define MAX_NAME 100

static void field_clear(gpointer data) {
  Field *field = data;
  g_free(field->name);
  g_free(field->value);
}

static Message *message_from_id(const char *id) {
  Message *message = g_new0(Message, 1);
  message->id = g_strdup(id);
  message->fields = g_array_new(FALSE, FALSE, sizeof(Field));
  g_array_set_clear_func(message->fields, field_clear);
  return message;
}

Message *message_new(const char *id, ...) {
  Message *message = message_from_id(id);
  va_list args;
  va_start(args, id);
  const char *name;
  while ((name = va_arg(args, const char *)))
    message_set(message, name, va_arg(args, const char *));
  va_end(args);
  return message;
}

void message_free(Message *message) {
  if (!message)
    return;
  g_free(message->id);
  g_array_unref(message->fields);
  g_free(message);
}

Message *message_copy(const Message *message) {
  if (!message)
    return NULL;
  Message *copy = message_from_id(message->id);
  for (guint i = 0; i < message->fields->len; i++) {
    const Field *field = &g_array_index(message->fields, Field, i);
    Field twin = {field->kind, g_strdup(field->name), g_strdup(field->value)};
    g_array_append_val(copy->fields, twin);
  }
  return copy;
}

const char *message_id(const Message *message) {
  return message->id;
}

/* A language and a value may have one name; a value and a translated value may not. */
static Field *find_field(const Message *message, const char *name, gsize length, gboolean language) {
  for (guint i = 0; i < message->fields->len; i++) {
    Field *field = &g_array_index(message->fields, Field, i);
    if ((field->kind == FIELD_LANGUAGE) == language && !strncmp(field->name, name, length) && !field->name[length])
      return field;
  }
  return NULL;
}

/* Takes `value`. */
static Message *set_field(Message *message, FieldKind kind, const char *name, char *value) {
  Field *old = find_field(message, name, strlen(name), kind == FIELD_LANGUAGE);
  if (old) {
    g_free(old->value);
    old->kind = kind;
    old->value = value;
  } else {
    Field field = {kind, g_strdup(name), value};
    g_array_append_val(message->fields, field);
  }
  return message;
}

Message *message_set(Message *message, const char *name, const char *value) {
  if (!value)
    return message;
  return set_field(message, FIELD_TEXT, name, text_safe(value, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL));
}

Message *message_set_number(Message *message, const char *name, gint64 value) {
  return set_field(message, FIELD_TEXT, name, g_strdup_printf("%" G_GINT64_FORMAT, value));
}

Message *message_set_tr(Message *message, const char *name, const char *id) {
  if (!id)
    return message;
  return set_field(message, FIELD_TR, name, text_safe(id, -1, TEXT_MAX_REMOTE, TEXT_LINES, NULL));
}

Message *message_set_language(Message *message, const char *lang, const char *text) {
  return set_field(message, FIELD_LANGUAGE, lang, text_safe(text, -1, 0, TEXT_LINES, NULL));
}

gboolean message_equal(const Message *a, const Message *b) {
  if (!a || !b)
    return a == b;
  if (strcmp(a->id, b->id) || a->fields->len != b->fields->len)
    return FALSE;
  /* Names are unique within a message, so one direction is enough. */
  for (guint i = 0; i < a->fields->len; i++) {
    const Field *field = &g_array_index(a->fields, Field, i);
    const Field *twin = find_field(b, field->name, strlen(field->name), field->kind == FIELD_LANGUAGE);
    if (!twin || twin->kind != field->kind || strcmp(twin->value, field->value))
      return FALSE;
  }
  return TRUE;
}

/* ---- placeholders ---- */

static gboolean is_name_char(char c) {
  return g_ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
}

/* Length of the name in "{name}" at `p`; 0 if this is no placeholder. */
static gsize placeholder_at(const char *p) {
  gsize length = 0;
  while (is_name_char(p[1 + length]))
    length++;
  return p[1 + length] == '}' && length <= MAX_NAME ? length : 0;
}

static char *value_of(const Message *message, char *name, MessageLookup lookup, gpointer user) {
  const Field *field = find_field(message, name, strlen(name), FALSE);
  if (field)
    return g_strdup(field->kind == FIELD_TR ? tr(field->value) : field->value);
  return lookup ? lookup(name, user) : NULL;
}

char *message_text(const Message *message, MessageLookup lookup, gpointer user) {
  if (!message)
    return g_strdup("");
  const char *lang = catalogue_language();
  const Field *own = find_field(message, lang, strlen(lang), TRUE);
  GString *text = g_string_new(NULL);
  for (const char *p = own ? own->value : tr(message->id); *p;) {
    gsize plain = strcspn(p, "{}");
    g_string_append_len(text, p, (gssize)plain);
    p += plain;
    gsize length = *p == '{' ? placeholder_at(p) : 0;
    if (length) {
      g_autofree char *name = g_strndup(p + 1, length);
      g_autofree char *value = value_of(message, name, lookup, user);
      g_string_append(text, value ? value : "?");
      p += length + 2;
    } else if (*p) {
      g_string_append_c(text, *p);
      p += p[1] == *p ? 2 : 1;
    }
  }
  return g_string_free(text, FALSE);
}

static char *describe_fault(const char *id, const char *p) {
  glong at = g_utf8_strlen(id, p - id) + 1;
  if (*p == '}')
    return g_strdup_printf("The brace } at character %ld closes nothing: write }} for a brace", at);
  if (p[1] == '}')
    return g_strdup_printf("The braces {} at character %ld are empty: write {name}", at);
  if (!strchr(p, '}'))
    return g_strdup_printf("The brace { at character %ld is never closed: write {name}, or {{ for a brace", at);
  return g_strdup_printf("The name in braces at character %ld may only hold letters, digits, \".\", \"_\" and \"-\": "
                         "write {name}, or {{ for a brace",
                         at);
}

char **message_placeholders(const char *id, char **fault) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  char *first_fault = NULL;
  for (const char *p = id + strcspn(id, "{}"); *p; p += strcspn(p, "{}")) {
    gsize length = *p == '{' ? placeholder_at(p) : 0;
    if (length) {
      g_autofree char *name = g_strndup(p + 1, length);
      if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_steal_pointer(&name));
      p += length + 2;
    } else if (p[1] == *p) {
      p += 2;
    } else {
      if (!first_fault)
        first_fault = describe_fault(id, p);
      p++;
    }
  }
  if (fault)
    *fault = first_fault;
  else
    g_free(first_fault);
  g_ptr_array_set_free_func(names, NULL);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

/* ---- the written form: id|name=value|name~id|lang@text, with \\ \p \n for backslash, bar and line feed ---- */

static void put_escaped(GString *line, const char *text) {
  for (const char *p = text; *p; p++) {
    if (*p == '\\')
      g_string_append(line, "\\\\");
    else if (*p == '|')
      g_string_append(line, "\\p");
    else if (*p == '\n')
      g_string_append(line, "\\n");
    else
      g_string_append_c(line, *p);
  }
}

char *message_format(const Message *message) {
  GString *line = g_string_new(NULL);
  put_escaped(line, message->id);
  for (guint i = 0; i < message->fields->len; i++) {
    const Field *field = &g_array_index(message->fields, Field, i);
    g_string_append_printf(line, "|%s%c", field->name, field->kind);
    put_escaped(line, field->value);
  }
  return g_string_free(line, FALSE);
}

/* Undoes put_escaped() and makes the result safe: case files come from anywhere.  NULL: broken. */
static char *read_escaped(const char *written) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (const char *p = written; *p; p++) {
    if (*p != '\\') {
      g_string_append_c(text, *p);
      continue;
    }
    const char *which = strchr("\\pn", *++p);
    if (!*p || !which)
      return NULL;
    g_string_append_c(text, "\\|\n"[which - "\\pn"]);
  }
  return text_safe(text->str, (gssize)text->len, 0, TEXT_LINES, NULL);
}

static gboolean parse_field(Message *message, char *written) {
  gsize length = 0;
  while (is_name_char(written[length]))
    length++;
  char kind = written[length];
  if (length == 0 || length > MAX_NAME || (kind != FIELD_TEXT && kind != FIELD_TR && kind != FIELD_LANGUAGE))
    return FALSE;
  char *value = read_escaped(written + length + 1);
  if (!value)
    return FALSE;
  g_autofree char *name = g_strndup(written, length);
  set_field(message, (FieldKind)kind, name, value);
  return TRUE;
}

Message *message_parse(const char *line) {
  g_auto(GStrv) parts = g_strsplit(line, "|", MAX_FIELDS + 2);
  g_autofree char *id = read_escaped(parts[0] ? parts[0] : "");
  if (!id || g_strv_length(parts) > MAX_FIELDS + 1)
    return NULL;
  g_autoptr(Message) message = message_from_id(id);
  for (guint i = 1; parts[0] && parts[i]; i++) {
    if (!parse_field(message, parts[i]))
      return NULL;
  }
  return g_steal_pointer(&message);
}
