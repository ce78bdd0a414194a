#include "mail/paste_marks.h"

#include <glib.h>
#include <string.h>

#define MIN_ESCAPED 3 /* line ends that are written out; fewer may be part of a path */
#define MIN_QUOTED 3  /* marks in one line */
#define MIN_FLAT 100  /* bytes of a line that was several ones */
#define MAX_ADDRESS 320
#define MAX_MARGINS 3 /* one in another */

/* Where `what` begins in `text`; NULL: nowhere.  Unlike strstr() it never looks further than that, with a sanitizer
 * either: it may be called for each of a million places. */
static const char *find(const char *text, const char *what) {
  const char *p = strchr(text, *what);
  while (p && strncmp(p, what, strlen(what)) != 0)
    p = strchr(p + 1, *what);
  return p;
}

static guint count(const char *text, const char *what) {
  guint n = 0;
  for (const char *p = find(text, what); p; p = find(p + strlen(what), what))
    n++;
  return n;
}

/* The character that the escape at `p` means, `*length` receives its length; 0: it is none. */
static gunichar escaped(const char *p, gsize *length) {
  static const char names[] = "nrt\"\\/", means[] = "\n\r\t\"\\/";
  const char *name = p[1] ? strchr(names, p[1]) : NULL;
  *length = 2;
  if (name)
    return (gunichar)means[name - names];
  if (p[1] != 'u')
    return 0;
  gunichar c = 0;
  for (guint i = 2; i < 6; i++) {
    if (!g_ascii_isxdigit(p[i]))
      return 0;
    c = c * 16 + (gunichar)g_ascii_xdigit_value(p[i]);
  }
  *length = 6;
  return g_unichar_validate(c) ? c : 0;
}

/* TRUE if a line end is written out behind a sentence or another one: "EXAMPLE\nancy" is an account. */
static gboolean has_written_end(const char *text) {
  for (const char *p = find(text, "\\n"); p; p = find(p + 2, "\\n")) {
    const char *before = p - text >= 2 && strncmp(p - 2, "\\r", 2) == 0 ? p - 2 : p;
    if ((before > text && strchr(".:;,)>", before[-1])) || g_str_has_prefix(p + 2, "\\n"))
      return TRUE;
  }
  return FALSE;
}

static gboolean is_escaped(const char *text) {
  guint written = count(text, "\\n");
  const char *end = strchr(text, '\n');
  gboolean one_line = !end || !end[strspn(end, " \t\n")];
  return (written >= MIN_ESCAPED && written > count(text, "\n")) || (one_line && has_written_end(text));
}

char *paste_marks_unescape(const char *text) {
  if (!is_escaped(text))
    return NULL;
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text + (*text == '"'); *p;) {
    gsize length = 1;
    gunichar c = *p == '\\' ? escaped(p, &length) : 0;
    /* CR LF is one line end. */
    if (c && c != '\r')
      g_string_append_unichar(out, c);
    else if (!c)
      g_string_append_c(out, *p);
    p += c ? length : 1;
  }
  g_strchomp(out->str);
  out->len = strlen(out->str);
  if (*text == '"' && out->len > 0 && out->str[out->len - 1] == '"')
    g_string_truncate(out, out->len - 1);
  return g_string_free(out, FALSE);
}

/* Length of the character reference at `p` and what it means; 0: none of those that stand for marks. */
static gsize reference(const char *p, const char **means) {
  static const char *const names[][2] = {{"&lt;", "<"},   {"&gt;", ">"},  {"&amp;", "&"},  {"&quot;", "\""},
                                         {"&apos;", "'"}, {"&#39;", "'"}, {"&nbsp;", " "}, {"&#34;", "\""}};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    gsize n = strlen(names[i][0]);
    if (strncmp(p, names[i][0], n) == 0) {
      *means = names[i][1];
      return n;
    }
  }
  return 0;
}

/* TRUE if an address stands in brackets that are written out. */
static gboolean has_written_brackets(const char *text) {
  for (const char *open = find(text, "&lt;"); open; open = find(open + 4, "&lt;")) {
    const char *close = g_strstr_len(open, (gssize)strnlen(open, MAX_ADDRESS), "&gt;");
    if (close && memchr(open, '@', (gsize)(close - open)))
      return TRUE;
  }
  return FALSE;
}

char *paste_marks_entities(const char *text) {
  if (!has_written_brackets(text))
    return NULL;
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p;) {
    const char *means = NULL;
    gsize n = *p == '&' ? reference(p, &means) : 0;
    if (n > 0)
      g_string_append(out, means);
    else
      g_string_append_c(out, *p);
    p += n > 0 ? n : 1;
  }
  return g_string_free(out, FALSE);
}

static gboolean is_empty(const char *line, const char *end) {
  return line + strspn(line, " \t") >= end;
}

/* How many bytes all lines that are not empty begin with: the same blanks, or one bar. */
static gsize margin_length(const char *text) {
  const char *first = NULL;
  gsize common = 0;
  guint lines = 0;
  for (const char *line = text, *end; *line; line = end + (*end != '\0')) {
    end = strchrnul(line, '\n');
    if (is_empty(line, end))
      continue;
    lines++;
    if (!first) {
      first = line;
      common = *line == '|' ? 1 : strspn(line, " \t");
    }
    gsize same = 0;
    while (same < common && line[same] == first[same])
      same++;
    common = same;
    /* A frame has bars at both sides, and the notice drew it. */
    if (common == 0 || (*line == '|' && end[-1] == '|' && end - line > 1))
      return 0;
  }
  return lines > 2 ? common : 0;
}

static char *without_margin(const char *text, gsize margin) {
  GString *out = g_string_sized_new(strlen(text));
  for (const char *line = text, *end; *line; line = end + (*end != '\0')) {
    end = strchrnul(line, '\n');
    const char *inside = is_empty(line, end) ? end : line + margin;
    if (*line == '|' && *inside == ' ')
      inside++;
    g_string_append_len(out, inside, end - inside);
    if (*end)
      g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

char *paste_marks_margin(const char *text) {
  char *out = NULL;
  for (guint i = 0; i < MAX_MARGINS; i++) {
    const char *from = out ? out : text;
    gsize margin = margin_length(from);
    char *next = margin > 0 ? without_margin(from, margin) : NULL;
    if (!next)
      break;
    g_free(out);
    out = next;
  }
  return out;
}

static gboolean is_mark(const char *line, const char *p) {
  return *p == '>' && (p == line || p[-1] == ' ') && (p[1] == ' ' || p[1] == '\n' || p[1] == '\0');
}

/* Where the quotation in the line begins; NULL: there is none.  "Users > Active users > Licences" is a path. */
static const char *find_quotation(const char *line, gsize length) {
  const char *first = NULL;
  guint marks = 0;
  for (const char *p = line; p < line + length; p++) {
    if (!is_mark(line, p))
      continue;
    if (!first && p > line && !(p - line >= 2 && p[-2] == ':') && !(p - line >= 4 && !strncmp(p - 4, "：", 3)))
      return NULL;
    first = first ? first : p;
    marks++;
  }
  return marks >= MIN_QUOTED ? first : NULL;
}

char *paste_marks_quotes(const char *text) {
  gboolean any = FALSE;
  GString *out = g_string_sized_new(strlen(text) + 16);
  for (const char *line = text, *end; *line; line = end + (*end != '\0')) {
    end = strchrnul(line, '\n');
    gsize length = (gsize)(end - line);
    const char *first = length >= MIN_FLAT ? find_quotation(line, length) : NULL;
    any |= first != NULL;
    for (const char *p = line; p < end; p++) {
      gboolean mark = first && p >= first && is_mark(line, p);
      g_string_append_c(out, mark ? '\n' : *p);
      if (mark && p[1] == ' ')
        p++;
    }
    if (*end)
      g_string_append_c(out, '\n');
  }
  return g_string_free(out, !any);
}
