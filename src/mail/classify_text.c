#include "mail/classify.h"

#include "mail/status.h"

#include <string.h>

/* Longer texts are cut: what a refusal is about stands at its beginning. */
#define MAX_TEXT 16384

typedef struct Sign {
  const char *from, *to;
} Sign;

/* What is written in more than one way.  Typographic quotes come from web mail, entities from HTML that was taken for
 * text. */
static const Sign signs[] = {
    {"\xE2\x80\x98", "'"}, {"\xE2\x80\x99", "'"},  {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""}, {"\xC2\xA0", " "},
    {"\xE3\x80\x80", " "}, {"\xE2\x80\x90", "-"},  {"\xE2\x80\x91", "-"},  {"\xE2\x80\x93", "-"},  {"\xE2\x80\x94", "-"},
    {"&lt;", "<"},         {"&gt;", ">"},          {"&quot;", "\""},       {"&#39;", "'"},         {"&amp;", "&"},
    {"&nbsp;", " "},       {"&apos;", "'"},        {"&#x27;", "'"},        {"`", "'"},             {"\xC2\xB4", "'"},
};

static const Sign *find_sign(const char *p) {
  if (!(*p & 0x80) && *p != '&' && *p != '`')
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
    if (strncmp(p, signs[i].from, strlen(signs[i].from)) == 0)
      return &signs[i];
  return NULL;
}

static void put(GString *out, char c) {
  if (!g_ascii_isspace(c))
    g_string_append_c(out, g_ascii_tolower(c));
  else if (out->len > 0 && out->str[out->len - 1] != ' ')
    g_string_append_c(out, ' ');
}

/* Length of the reply code at `p` if it is `code` again and begins a line: "550-", "550 ", and the status code behind it. */
static gsize repeated_length(const char *p, const char *code, const char *status) {
  if (strncmp(p, code, 3) != 0 || (p[3] != '-' && p[3] != ' '))
    return 0;
  gsize n = strlen(status);
  const char *rest = p + 4;
  gboolean same = n > 0 && strncmp(rest, status, n) == 0 && (rest[n] == ' ' || rest[n] == '\0');
  return 4 + (same ? n + (rest[n] == ' ') : 0);
}

/* RFC 5321 s4.2.1: every line of a reply begins with its code; joined they would stand in the middle of sentences. */
static void drop_repeated_codes(GString *text) {
  gsize start = 0, end = 0, from = 0, to = 0;
  if (!reply_find(text->str, &start, &end) || text->str[end] == '\0')
    return;
  g_autofree char *code = g_strndup(text->str + start, 3);
  const char *behind = text->str + end + 1;
  gboolean with_status = status_find(behind, &from, &to) && from == 0;
  g_autofree char *status = g_strndup(behind, with_status ? to : 0);
  char *out = text->str + end;
  for (const char *p = out; *p;) {
    gsize skip = p[-1] == ' ' ? repeated_length(p, code, status) : 0;
    if (skip > 0)
      p += skip;
    else
      *out++ = *p++;
  }
  g_string_truncate(text, (gsize)(out - text->str));
}

/* Where the words begin.  Some servers put their own reading of a code before what the other one said: "5.1.0 - Unknown
 * address error 550-'5.7.1 Access denied'". */
static const char *skip_reading(const char *text) {
  gsize start = 0, end = 0;
  const char *p = text + strspn(text, " ");
  if (!status_find(p, &start, &end) || start != 0 || strncmp(p + end, " - ", 3) != 0)
    return text;
  const char *rest = p + end;
  return reply_find(rest, &start, &end) ? rest + start : text;
}

char *classify_normalise(const char *text) {
  text = skip_reading(text);
  GString *out = g_string_sized_new(MIN(strlen(text), MAX_TEXT) + 1);
  for (const char *p = text; *p && out->len < MAX_TEXT;) {
    const Sign *sign = find_sign(p);
    if (sign) {
      put(out, *sign->to);
      p += strlen(sign->from);
    } else {
      put(out, *p++);
    }
  }
  /* Not in the middle of a character. */
  const char *end = NULL;
  if (out->len >= MAX_TEXT && !g_utf8_validate_len(out->str, out->len, &end))
    g_string_truncate(out, (gsize)(end - out->str));
  drop_repeated_codes(out);
  g_autofree char *normal = g_strchomp(g_string_free(out, FALSE));
  return g_str_is_ascii(normal) ? g_steal_pointer(&normal) : g_utf8_strdown(normal, -1);
}
