#include "mail/encoded_word.h"

#include "mail/charset.h"

#include <glib.h>
#include <string.h>

typedef struct Word {
  char *charset;
  const char *text; /* borrowed from the value */
  gsize length;
  char encoding; /* 'b' or 'q' */
  const char *end;
} Word;

/* Reads "=?charset?encoding?text?=" at `p`. Blanks in the text, which the RFC forbids, are met and taken. */
static gboolean word_read(const char *p, Word *word) {
  if (strncmp(p, "=?", 2) != 0)
    return FALSE;
  const char *charset = p + 2;
  gsize n = strcspn(charset, "?* \t");
  const char *mark = charset + n;
  if (*mark == '*') /* RFC 2231 s5: a language tag */
    mark += strcspn(mark, "? \t");
  if (n == 0 || n > 40 || mark[0] != '?' || !mark[1] || !strchr("bBqQ", mark[1]) || mark[2] != '?')
    return FALSE;
  const char *text = mark + 3;
  const char *end = strstr(text, "?=");
  if (!end)
    return FALSE;
  *word = (Word){g_strndup(charset, n), text, (gsize)(end - text), g_ascii_tolower(mark[1]), end + 2};
  return TRUE;
}

static void append_base64(GByteArray *out, const char *text, gsize length) {
  g_autofree char *copy = g_strndup(text, length);
  gsize n = 0;
  g_autofree guint8 *bytes = g_base64_decode(copy, &n);
  g_byte_array_append(out, bytes, (guint)n);
}

static void append_quoted(GByteArray *out, const char *text, gsize length) {
  for (gsize i = 0; i < length; i++) {
    guint8 c = (guint8)(text[i] == '_' ? ' ' : text[i]);
    if (c == '=' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
      c = (guint8)(g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]));
      i += 2;
    }
    g_byte_array_append(out, &c, 1);
  }
}

/* Writes what is collected in one charset. */
static void flush(GString *out, GByteArray *bytes, char **charset) {
  if (bytes->len > 0) {
    g_autofree char *text = charset_to_utf8((const char *)bytes->data, bytes->len, *charset);
    g_string_append(out, text);
  }
  g_byte_array_set_size(bytes, 0);
  g_clear_pointer(charset, g_free);
}

char *encoded_word_decode(const char *value) {
  g_autofree char *utf8 = charset_to_utf8(value, strlen(value), NULL);
  if (!strstr(utf8, "=?"))
    return g_steal_pointer(&utf8);
  GString *out = g_string_new(NULL);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autofree char *charset = NULL;
  for (const char *p = utf8; *p;) {
    Word word;
    /* White space between two words belongs to neither (s6.2). */
    const char *next = p + (charset ? strspn(p, " \t") : 0);
    if (!word_read(next, &word)) {
      flush(out, bytes, &charset);
      g_string_append_c(out, *p++);
      continue;
    }
    if (charset && g_ascii_strcasecmp(charset, word.charset) != 0)
      flush(out, bytes, &charset);
    g_free(charset);
    charset = word.charset;
    (word.encoding == 'b' ? append_base64 : append_quoted)(bytes, word.text, word.length);
    p = word.end;
  }
  flush(out, bytes, &charset);
  return g_string_free(out, FALSE);
}
