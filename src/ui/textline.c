#include "ui/textline.h"

#include "base/text.h"

/* Bytes of the character at `at`; a byte that is no UTF-8 counts as one. */
static gsize char_length(const char *bytes, gsize length, gsize at, gunichar *c) {
  *c = g_utf8_get_char_validated(bytes + at, (gssize)(length - at));
  if (*c >= (gunichar)-2)
    return 1;
  return (gsize)(g_utf8_next_char(bytes + at) - (bytes + at));
}

/* Start of the character before `at`, a combining mark or not. */
static gsize char_before(const char *bytes, gsize at) {
  for (gsize back = 1; back <= 4 && back <= at; back++) {
    gunichar c;
    if (((guchar)bytes[at - back] & 0xc0) == 0x80)
      continue;
    return char_length(bytes, at, at - back, &c) == back ? at - back : at - 1;
  }
  return at > 0 ? at - 1 : 0;
}

static gboolean is_mark(const char *bytes, gsize length, gsize at) {
  gunichar c;
  if (at >= length)
    return FALSE;
  char_length(bytes, length, at, &c);
  return c < (gunichar)-2 && g_unichar_ismark(c);
}

gsize textline_next(const char *bytes, gsize length, gsize at) {
  gunichar c;
  if (at >= length)
    return length;
  at += char_length(bytes, length, at, &c);
  while (is_mark(bytes, length, at))
    at += char_length(bytes, length, at, &c);
  return at;
}

gsize textline_previous(const char *bytes, gsize length, gsize at) {
  if (at == 0)
    return 0;
  at = char_before(bytes, at);
  while (at > 0 && is_mark(bytes, length, at))
    at = char_before(bytes, at);
  return at;
}

/* The safe text of the characters from `from` to `to`. */
static char *shown(const char *bytes, gsize from, gsize to, gboolean secret) {
  if (!secret)
    return text_safe(bytes + from, (gssize)(to - from), 0, TEXT_LINE, NULL);
  gsize n = 0;
  for (gsize at = from; at < to; at = textline_next(bytes, to, at))
    n++;
  return g_strnfill(n, '*');
}

static int shown_width(const char *bytes, gsize from, gsize to, gboolean secret) {
  g_autofree char *text = shown(bytes, from, to, secret);
  return text_width(text);
}

/* Cuts without dots: the cursor may stand in the last columns. */
static void cut_hard(char *safe, int cols) {
  for (char *p = safe; *p != '\0'; p = g_utf8_next_char(p)) {
    cols -= text_char_width(g_utf8_get_char(p));
    if (cols < 0) {
      *p = '\0';
      return;
    }
  }
}

char *textline_view(const char *bytes, gsize length, gsize cursor, int cols, gboolean secret, int *col) {
  gsize from = cursor;
  int width = 0;
  while (from > 0) {
    gsize before = textline_previous(bytes, length, from);
    width += shown_width(bytes, before, from, secret);
    if (width > cols - 1)
      break;
    from = before;
  }
  g_autofree char *left = shown(bytes, from, cursor, secret);
  *col = text_width(left);
  /* A column holds at most a base and four marks of four bytes: no need to look at the rest of a line of megabytes. */
  gsize to = MIN(length, cursor + (gsize)cols * 20 + 20);
  g_autofree char *right = shown(bytes, cursor, to, secret);
  char *line = g_strconcat(left, right, NULL);
  cut_hard(line, cols);
  return line;
}
