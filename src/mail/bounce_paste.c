#include "mail/bounce_paste.h"

#include "base/text.h"
#include "mail/bounce_phrases.h"
#include "mail/bounce_words.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/fields.h"
#include "mail/html.h"
#include "mail/notice.h"
#include "mail/notice_json.h"
#include "mail/paste_marks.h"

#include <string.h>

#define MIN_ESCAPES 4  /* "=E3": fewer may be anything */
#define NEAR 600       /* bytes: further on, it is the returned mail that is encoded */
#define MAX_SOURCES 60 /* headers that are looked at */
#define MAX_HEADER 65536
#define MIN_BASE64 120 /* characters of one block */
#define BASE64_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

static gboolean is_escape(const char *p) {
  return *p == '=' && (g_ascii_isdigit(p[1]) || (p[1] >= 'A' && p[1] <= 'F')) && g_ascii_isxdigit(p[2]);
}

/* RFC 2045 s6.7: escapes, and lines that end in an equals sign. */
static gboolean is_quoted_printable(const char *text) {
  guint escapes = 0, soft = 0;
  for (const char *p = strchr(text, '='); p; p = strchr(p + 1, '=')) {
    if (escapes + soft == 0 && p - text > NEAR)
      return FALSE;
    escapes += is_escape(p);
    soft += p[1] == '\n';
  }
  return soft > 0 && escapes >= MIN_ESCAPES;
}

static char *from_quoted_printable(const char *text) {
  g_autoptr(GString) out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p; p++) {
    if (is_escape(p)) {
      g_string_append_c(out, (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
      p += 2;
    } else if (*p == '=' && p[1] == '\n') {
      p++;
    } else {
      g_string_append_c(out, *p);
    }
  }
  return charset_to_utf8(out->str, out->len, NULL);
}

/* Length of the block of base64 (RFC 2045 s6.8) at the beginning of a line, 0: it is something else. */
static gsize base64_length(const char *line) {
  gsize n = strspn(line, BASE64_CHARACTERS "\n");
  gsize characters = 0;
  for (gsize i = 0; i < n; i++)
    characters += line[i] != '\n';
  gsize first = strspn(line, BASE64_CHARACTERS);
  gboolean wrapped = characters == first || (first >= 60 && first % 4 == 0);
  return (line[n] == '\0' || (n > 0 && line[n - 1] == '\n')) && characters >= MIN_BASE64 && wrapped ? n : 0;
}

/* The first block of base64 that holds text, with what stands around it; NULL: there is none. */
static char *from_base64(const char *text) {
  for (const char *line = text; line && *line && line - text < NEAR;
       line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    gsize n = base64_length(line);
    if (n == 0)
      continue;
    g_autofree char *block = g_strndup(line, n);
    gsize length = 0;
    g_autofree guchar *bytes = g_base64_decode(block, &length);
    if (memchr(bytes, '\0', length))
      return NULL;
    g_autofree char *decoded = charset_to_utf8((const char *)bytes, length, NULL);
    g_autofree char *before = g_strndup(text, (gsize)(line - text));
    return g_strconcat(before, decoded, "\n", line + n, NULL);
  }
  return NULL;
}

/* The source of a page begins with a tag; tags further on may be those of the returned mail. */
static gboolean is_html(const char *text) {
  static const char *const tags[] = {"!doctype", "html", "head", "body", "div",  "p",    "table", "span",       "br",
                                     "pre",      "h1",   "h2",   "h3",   "font", "meta", "style", "blockquote", NULL};
  text += strspn(text, " \t\n");
  for (const char *const *tag = tags; *text == '<' && *tag; tag++) {
    gsize n = strlen(*tag);
    if (g_ascii_strncasecmp(text + 1, *tag, n) == 0 && text[1 + n] && strchr(" >/\n", text[1 + n]))
      return TRUE;
  }
  return FALSE;
}

/* As an input method types them; punctuation stays, it belongs to the sentences. */
static char *fold_typed(const char *text) {
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    gunichar folded = text_fold_char(c);
    gboolean typed = c != folded && (folded >= 0x80 || g_ascii_isalnum((char)folded) || strchr(" @.-_", (char)folded));
    g_string_append_unichar(out, typed ? folded : c);
  }
  return g_string_free(out, FALSE);
}

/* Takes `made` in place of `*text` unless it is NULL. */
static void replace(char **text, char *made) {
  if (!made)
    return;
  g_free(*text);
  *text = made;
}

char *bounce_paste_read(const char *text) {
  char *out = charset_to_utf8(text, strlen(text), NULL);
  if (is_quoted_printable(out))
    replace(&out, from_quoted_printable(out));
  replace(&out, from_base64(out));
  if (!is_html(out)) {
    if (!notice_json_find(out))
      replace(&out, paste_marks_unescape(out));
    replace(&out, paste_marks_entities(out));
  }
  if (is_html(out))
    replace(&out, html_to_text(out));
  replace(&out, paste_marks_margin(out));
  replace(&out, paste_marks_quotes(out));
  if (strstr(out, "\xEF\xBC")) /* U+FF00 to U+FF3F: digits, the at sign */
    replace(&out, fold_typed(out));
  return out;
}

/* --- a whole mail in the text --- */

/* Quoting marks and blanks at the beginning of a line. */
static gsize mark_length(const char *line) {
  return strspn(line, "> |\t");
}

/* The mark that the lines of one quotation have in common; an empty line may have lost the blanks of it. */
static gboolean has_mark(const char *line, const char *mark, gsize length, gsize *skip) {
  gsize same = 0;
  while (same < length && line[same] == mark[same])
    same++;
  *skip = same;
  gsize trimmed = length;
  while (trimmed > 0 && strchr(" \t", mark[trimmed - 1]))
    trimmed--;
  return same == length || (same >= trimmed && (line[same] == '\n' || line[same] == '\0'));
}

/* The lines from `line` on that have its mark, without it; about `max` bytes of them. */
static char *without_mark(const char *line, gsize length, gsize max) {
  GString *out = g_string_new(NULL);
  const char *mark = line;
  gsize skip = 0;
  while (*line && out->len < max && has_mark(line, mark, length, &skip)) {
    const char *end = strchrnul(line, '\n');
    g_string_append_len(out, line + skip, end - line - (gssize)skip);
    g_string_append_c(out, '\n');
    line = *end ? end + 1 : end;
  }
  return g_string_free(out, FALSE);
}

/* Fields that servers write; what mail programs show of a header when they quote it has none of them. */
static gboolean is_source(const GPtrArray *fields) {
  static const char *const raw[] = {"MIME-Version", "Received", "Return-Path", "Content-Type", NULL};
  const char *const *name = raw;
  while (*name && !fields_get(fields, *name))
    name++;
  return *name && (fields_get(fields, "From") || fields_get(fields, "Subject"));
}

static gboolean is_notice(const GPtrArray *fields) {
  const char *type = fields_get(fields, "Content-Type"), *subject = fields_get(fields, "Subject");
  const char *path = fields_get(fields, "Return-Path");
  g_autofree char *decoded = subject ? encoded_word_decode(subject) : NULL;
  return (type && g_ascii_strncasecmp(type, "multipart/report", 16) == 0) || (path && strncmp(path, "<>", 2) == 0) ||
         fields_get(fields, "X-Failed-Recipients") || fields_get(fields, "Auto-Submitted") ||
         notice_is_daemon(fields_get(fields, "From")) || notice_is_failure_subject(decoded);
}

/* TRUE if what stands before says itself what happened: a header behind it is that of the returned mail. */
static gboolean tells(const char *text, gsize length) {
  g_autofree char *before = g_strndup(text, length);
  g_autofree char *lower = g_utf8_validate_len(before, length, NULL) ? text_lower(before) : g_strdup(before);
  return bounce_words_have_code(lower) || bounce_phrase_of_failure(lower) || bounce_phrase_of_delay(lower);
}

char *bounce_paste_source(const char *text, gboolean *alone) {
  gboolean inside = FALSE; /* the line before was one of a header */
  guint tries = 0;
  for (const char *line = text, *next; *line && tries < MAX_SOURCES; line = next) {
    next = strchrnul(line, '\n');
    next += *next == '\n';
    gsize mark = mark_length(line);
    gboolean field = fields_name_length(line + mark) > 0;
    gboolean begins = field && !inside;
    inside = field || (inside && mark > 0 && line[mark] != '\n');
    if (!begins)
      continue;
    tries++;
    const char *end = NULL;
    g_autofree char *header = without_mark(line, mark, MAX_HEADER);
    g_autoptr(GPtrArray) fields = fields_parse(header, &end);
    if (*end != '\n' || !is_source(fields) || (line > text && !is_notice(fields)))
      continue;
    if (alone)
      *alone = line == text;
    return tells(text, (gsize)(line - text)) ? NULL : without_mark(line, mark, G_MAXSIZE);
  }
  return NULL;
}
