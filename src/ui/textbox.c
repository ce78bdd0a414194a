#include "ui/textbox.h"

#include "base/text.h"
#include "ui/textline.h"

#include <string.h>

/* --- one line --- */

Field *field_new(const char *suggestion) {
  Field *field = g_new0(Field, 1);
  field->bytes = g_string_new(suggestion);
  field->cursor = field->bytes->len;
  field->pristine = suggestion != NULL;
  return field;
}

void field_free(Field *field) {
  if (field == NULL)
    return;
  if (field->secret)
    explicit_bzero(field->bytes->str, field->bytes->allocated_len);
  g_string_free(field->bytes, TRUE);
  g_free(field);
}

static gboolean is_line_end(char c) {
  return c == '\n' || c == '\r';
}

void field_insert(Field *field, const char *bytes, gsize length) {
  while (length > 0 && is_line_end(bytes[0])) {
    bytes++;
    length--;
  }
  while (length > 0 && is_line_end(bytes[length - 1]))
    length--;
  length = MIN(length, FIELD_MAX - MIN(field->bytes->len, FIELD_MAX));
  g_string_insert_len(field->bytes, (gssize)field->cursor, bytes, (gssize)length);
  for (gsize i = field->cursor; i < field->cursor + length; i++)
    if (is_line_end(field->bytes->str[i]) || field->bytes->str[i] == '\0')
      field->bytes->str[i] = ' ';
  field->cursor += length;
  field->pristine = FALSE;
}

void field_paste(Field *field, const char *bytes, gsize length) {
  if (field->pristine) {
    g_string_truncate(field->bytes, 0);
    field->cursor = 0;
  }
  field_insert(field, bytes, length);
}

static void field_erase(Field *field, gsize from, gsize to) {
  g_string_erase(field->bytes, (gssize)from, (gssize)(to - from));
  field->cursor = from;
}

gboolean field_command(Field *field, Command command) {
  const char *bytes = field->bytes->str;
  gsize length = field->bytes->len;
  gsize before = textline_previous(bytes, length, field->cursor), after = textline_next(bytes, length, field->cursor);
  switch (command) {
  case CMD_LEFT:
    field->cursor = before;
    break;
  case CMD_RIGHT:
    field->cursor = after;
    break;
  case CMD_FIRST:
    field->cursor = 0;
    break;
  case CMD_LAST:
    field->cursor = length;
    break;
  case CMD_ERASE_BACK:
    field_erase(field, before, field->cursor);
    break;
  case CMD_ERASE:
    field_erase(field, field->cursor, after);
    break;
  case CMD_CLEAR_TO_START:
    field_erase(field, 0, field->cursor);
    break;
  case CMD_CLEAR_TO_END:
    field_erase(field, field->cursor, length);
    break;
  default:
    return FALSE;
  }
  field->pristine = FALSE;
  return TRUE;
}

char *field_view(const Field *field, int cols, int *col) {
  return textline_view(field->bytes->str, field->bytes->len, field->cursor, cols, field->secret, col);
}
