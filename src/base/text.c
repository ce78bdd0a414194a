#include "base/text.h"

#include <string.h>
#include <uniwidth.h>

#define FULLWIDTH_FIRST 0xFF01
#define FULLWIDTH_LAST 0xFF5E
#define FULLWIDTH_OFFSET 0xFEE0
#define IDEOGRAPHIC_SPACE 0x3000

int text_char_width(gunichar c) {
  if (c >= 0x20 && c < 0x7F)
    return 1;
  /* With "UTF-8" as the encoding, libunistring counts ambiguous characters as one column. */
  return MAX(uc_width(c, "UTF-8"), 0);
}

int text_width(const char *safe) {
  int width = 0;
  const char *p = safe;
  while (*p) {
    if ((guchar)*p < 0x80) {
      width += (guchar)*p >= 0x20;
      p++;
      continue;
    }
    width += text_char_width(g_utf8_get_char(p));
    p = g_utf8_next_char(p);
  }
  return width;
}

/* The end of the longest prefix of `safe` that takes at most `cols` columns; its width in `width`. */
static const char *prefix_end(const char *safe, int cols, int *width) {
  const char *p = safe;
  *width = 0;
  while (*p) {
    int w = text_char_width(g_utf8_get_char(p));
    if (*width + w > cols)
      break;
    *width += w;
    p = g_utf8_next_char(p);
  }
  return p;
}

static char *fit(const char *safe, int cols, int *width) {
  cols = MAX(cols, 0);
  const char *end = prefix_end(safe, cols, width);
  if (!*end)
    return g_strdup(safe);
  int dots = MIN(cols, 3);
  end = prefix_end(safe, cols - dots, width);
  *width += dots;
  return g_strdup_printf("%.*s%.*s", (int)(end - safe), safe, dots, "...");
}

char *text_fit(const char *safe, int cols) {
  int width;
  return fit(safe, cols, &width);
}

char *text_pad(const char *safe, int cols) {
  int width;
  g_autofree char *text = fit(safe, cols, &width);
  return g_strdup_printf("%s%*s", text, MAX(cols - width, 0), "");
}

gunichar text_fold_char(gunichar c) {
  if (c >= FULLWIDTH_FIRST && c <= FULLWIDTH_LAST)
    return c - FULLWIDTH_OFFSET;
  return c == IDEOGRAPHIC_SPACE ? ' ' : c;
}

char *text_lower(const char *utf8) {
  if (!g_str_is_ascii(utf8))
    return g_utf8_strdown(utf8, -1);
  char *lower = g_strdup(utf8);
  for (char *p = lower; *p; p++)
    *p = text_lower_ascii(*p);
  return lower;
}

char *text_fold_fullwidth(const char *utf8) {
  GString *folded = g_string_sized_new(strlen(utf8));
  for (const char *p = utf8; *p; p = g_utf8_next_char(p))
    g_string_append_unichar(folded, text_fold_char(g_utf8_get_char(p)));
  return g_string_free(folded, FALSE);
}
