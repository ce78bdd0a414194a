#include "mail/fields.h"

#include <string.h>

#define MAX_NAME 60

static void field_free(gpointer data) {
  MailField *field = data;
  g_free(field->name);
  g_free(field->value);
  g_free(field);
}

GPtrArray *fields_new(void) {
  return g_ptr_array_new_with_free_func(field_free);
}

void fields_add(GPtrArray *fields, const char *name, const char *value) {
  if (fields->len >= FIELDS_MAX)
    return;
  MailField *field = g_new(MailField, 1);
  /* g_strndup() would fill up to the limit with zeros: most of the time of reading a mail. */
  field->name = g_strndup(name, strnlen(name, MAX_NAME));
  field->value = g_strndup(value, strnlen(value, FIELDS_MAX_VALUE));
  g_ptr_array_add(fields, field);
}

const char *fields_get(const GPtrArray *fields, const char *name) {
  for (guint i = 0; fields && i < fields->len; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    if (g_ascii_strcasecmp(field->name, name) == 0)
      return field->value;
  }
  return NULL;
}

gsize fields_name_length(const char *line) {
  gsize n = 0;
  while (n <= MAX_NAME && line[n] > ' ' && line[n] < 0x7F && line[n] != ':')
    n++;
  if (n == 0 || n > MAX_NAME)
    return 0;
  /* RFC 5322 s4.5: old mail may have blanks before the colon, and some gateways still write them. */
  const char *p = line + n;
  while (*p == ' ' || *p == '\t')
    p++;
  /* "https://..." at the beginning of a line is an address of the web. */
  return *p == ':' && strncmp(p + 1, "//", 2) != 0 ? n : 0;
}

static const char *line_end(const char *line) {
  const char *end = strchr(line, '\n');
  return end ? end : line + strlen(line);
}

GPtrArray *fields_parse(const char *text, const char **end) {
  GPtrArray *fields = fields_new();
  g_autoptr(GString) value = g_string_new(NULL);
  const char *line = text;
  while (*line && *line != '\n') {
    gsize name_length = fields_name_length(line);
    if (name_length == 0)
      break;
    g_autofree char *name = g_strndup(line, name_length);
    const char *start = strchr(line, ':') + 1;
    g_string_truncate(value, 0);
    for (;;) {
      const char *stop = line_end(start);
      if (value->len < FIELDS_MAX_VALUE)
        g_string_append_len(value, start, MIN(stop - start, FIELDS_MAX_VALUE));
      line = *stop ? stop + 1 : stop;
      /* A line of blanks only ends the header for everybody but the strictest reader. */
      if ((*line != ' ' && *line != '\t') || line[strspn(line, " \t")] == '\n')
        break;
      start = line + strspn(line, " \t");
      g_string_append_c(value, ' ');
    }
    g_strstrip(value->str);
    fields_add(fields, name, value->str);
    value->len = strlen(value->str);
  }
  if (end)
    *end = line;
  return fields;
}
