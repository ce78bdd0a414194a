#include "report/summary.h"

#include <string.h>

static gboolean is_local_char(gunichar c) {
  /* Punctuation like "、" and "「" stands around an address, not in it. */
  return c >= 0x80 ? g_unichar_isgraph(c) && !g_unichar_isspace(c) && !g_unichar_ispunct(c)
                   : g_ascii_isalnum((char)c) || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~.", (int)c) != NULL);
}

static gboolean is_domain_char(gunichar c) { return c >= 0x80 || g_ascii_isalnum((char)c) || c == '[' || c == '-'; }

/* First and last character of a local part, with four stars whatever its length: how long it is says too much. */
static void append_masked(GString *out, const char *local, const char *end) {
  glong length = g_utf8_strlen(local, end - local);
  const char *next = g_utf8_next_char(local), *last = g_utf8_find_prev_char(local, end);
  if (length >= 3)
    g_string_append_len(out, local, next - local);
  g_string_append(out, "****");
  if (length >= 5)
    g_string_append_len(out, last, end - last);
}

/* TRUE if a character that is shown by its number begins at the backslash `p`: "\\u{200B}", "\\x9F" (text_safe()). */
static gboolean is_escape(const char *p) {
  if (p[1] == 'u' && p[2] == '{')
    return TRUE;
  return p[1] == 'x' && g_ascii_isxdigit(p[2]) && g_ascii_isxdigit(p[3]);
}

/* Where the local part before the `@` at `at` begins: `at` itself if there is none. */
static const char *local_start(const char *text, const char *at) {
  if (at > text && at[-1] == '"') {
    for (const char *quote = at - 2; quote >= text; quote--)
      if (*quote == '"' && (quote == text || quote[-1] != '\\'))
        return quote;
  }
  const char *start = at;
  for (const char *p = start; p > text; start = p) {
    p = g_utf8_prev_char(p);
    if (!is_local_char(g_utf8_get_char(p)) && !(*p == '\\' && is_escape(p)))
      break;
  }
  return start;
}

char *summary_mask(const char *text) {
  GString *out = g_string_new(NULL);
  const char *from = text;
  for (const char *at = strchr(text, '@'); at != NULL; at = strchr(at + 1, '@')) {
    const char *local = local_start(from, at);
    if (local == at || !is_domain_char(g_utf8_get_char(at + 1)))
      continue;
    g_string_append_len(out, from, local - from);
    append_masked(out, local, at);
    from = at;
  }
  g_string_append(out, from);
  return g_string_free(out, FALSE);
}
