#include "base/text.h"

#include <string.h>
#include <unistr.h>

/* A base with more marks than this is an attack on the screen ("Zalgo"), not a word of any language. */
#define MARKS_PER_BASE 4
#define TAB_COLUMNS 8

typedef struct Range {
  gunichar first, last;
} Range;

/* Characters that change how their neighbours look, or that nobody sees.  Sorted. */
static const Range hidden[] = {
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x034F, 0x034F},   /* combining grapheme joiner */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x115F, 0x1160},   /* Hangul fillers */
    {0x17B4, 0x17B5},   /* Khmer inherent vowels */
    {0x180B, 0x180F},   /* Mongolian variation selectors, vowel separator */
    {0x200B, 0x200F},   /* zero-width space, joiners, direction marks */
    {0x2028, 0x202E},   /* line and paragraph separators, bidi embeddings and overrides */
    {0x2060, 0x206F},   /* word joiner, invisible operators, bidi isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xFDD0, 0xFDEF},   /* noncharacters */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFA0, 0xFFA0},   /* half-width Hangul filler */
    {0xFFF0, 0xFFFB},   /* unassigned specials, interlinear annotation */
    {0x13430, 0x1345F}, /* hieroglyph format controls */
    {0x1BCA0, 0x1BCA3}, /* shorthand format controls */
    {0x1D173, 0x1D17A}, /* musical format controls */
    {0xE0000, 0xE0FFF}, /* tags; variation selectors are taken out again below */
};

#define VARIATION_FIRST 0xE0100
#define VARIATION_LAST 0xE01EF

static gboolean is_hidden(gunichar c) {
  if (c < hidden[0].first || (c >= VARIATION_FIRST && c <= VARIATION_LAST))
    return FALSE;
  if ((c & 0xFFFE) == 0xFFFE)
    return TRUE;
  gsize low = 0, high = G_N_ELEMENTS(hidden);
  while (low < high) {
    gsize middle = (low + high) / 2;
    if (c > hidden[middle].last)
      low = middle + 1;
    else
      high = middle;
  }
  return low < G_N_ELEMENTS(hidden) && c >= hidden[low].first;
}

static gboolean is_mark(gunichar c) {
  if (c < 0x300)
    return FALSE;
  GUnicodeType type = g_unichar_type(c);
  return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
}

/* How many bytes from `s` on are printable ASCII: the whole string, nearly always. */
static gsize plain_length(const char *s, gsize len) {
  gsize i = 0;
  while (i < len && (guchar)s[i] >= 0x20 && (guchar)s[i] < 0x7F)
    i++;
  return i;
}

typedef enum Verdict { AS_IS, AS_BYTE, AS_CODE } Verdict;

/* What becomes of the character `c`; `marks` counts the marks since the last base, -1 before any base. */
static Verdict judge(gunichar c, int *marks) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0))
    return AS_BYTE;
  if (is_hidden(c))
    return AS_CODE;
  if (!is_mark(c)) {
    *marks = 0;
    return AS_IS;
  }
  /* A mark without a base of its own would sit on whatever we print before it. */
  if (*marks < 0 || *marks >= MARKS_PER_BASE)
    return AS_CODE;
  (*marks)++;
  return AS_IS;
}

/* Where a cut after at most `max` bytes does not split a character. */
static gsize cut_point(const char *bytes, gsize max) {
  gsize cut = max;
  for (int i = 0; i < 3 && cut > 0 && ((guchar)bytes[cut] & 0xC0) == 0x80; i++)
    cut--;
  return ((guchar)bytes[cut] & 0xC0) == 0x80 ? max : cut;
}

typedef struct Output {
  GString *text;
  gsize measured; /* up to here `text` has been measured, and... */
  gint64 column;  /* ...this is the column there */
  int marks;
  guint hidden;
} Output;

static void put_line_feed(Output *out) {
  g_string_append_c(out->text, '\n');
  out->measured = out->text->len;
  out->column = 0;
  out->marks = -1;
}

static void put_tab(Output *out) {
  out->column += text_width(out->text->str + out->measured);
  int blanks = TAB_COLUMNS - (int)(out->column % TAB_COLUMNS);
  g_string_append_printf(out->text, "%*s", blanks, "");
  out->column += blanks;
  out->measured = out->text->len;
  out->marks = 0;
}

static void put_char(Output *out, gunichar c, const char *bytes, gsize n) {
  switch (judge(c, &out->marks)) {
  case AS_IS:
    g_string_append_len(out->text, bytes, (gssize)n);
    return;
  case AS_BYTE:
    g_string_append_printf(out->text, "\\x%02X", c);
    break;
  case AS_CODE:
    g_string_append_printf(out->text, "\\u{%X}", c);
    break;
  }
  out->hidden++;
  /* A mark that follows may sit on the closing brace, but marks beyond the limit may not start anew there. */
  if (out->marks < 0)
    out->marks = 0;
}

/* Takes one step of the slow path at bytes[0..len-1]; returns how many bytes it took. */
static gsize put_next(Output *out, const char *bytes, gsize len, TextFlags flags) {
  if (flags & TEXT_LINES) {
    if (bytes[0] == '\r' || bytes[0] == '\n') {
      put_line_feed(out);
      return bytes[0] == '\r' && len > 1 && bytes[1] == '\n' ? 2 : 1;
    }
    if (bytes[0] == '\t') {
      put_tab(out);
      return 1;
    }
  }
  ucs4_t c;
  int n = u8_mbtoucr(&c, (const uint8_t *)bytes, len);
  if (n > 0) {
    put_char(out, c, bytes, (gsize)n);
    return (gsize)n;
  }
  g_string_append_printf(out->text, "\\x%02X", (guchar)bytes[0]);
  out->hidden++;
  if (out->marks < 0)
    out->marks = 0;
  return 1;
}

char *text_safe(const char *bytes, gssize len, gsize max, TextFlags flags, guint *n_hidden) {
  gsize whole = !bytes ? 0 : len < 0 ? strlen(bytes) : (gsize)len;
  gsize take = max && whole > max ? cut_point(bytes, max) : whole;
  gsize plain = plain_length(bytes, take);
  if (n_hidden)
    *n_hidden = 0;
  if (plain == whole)
    return g_strndup(whole ? bytes : "", whole);

  Output out = {.text = g_string_sized_new(take + 32), .marks = -1};
  for (gsize i = 0; i < take;) {
    if (plain) {
      g_string_append_len(out.text, bytes + i, (gssize)plain);
      out.marks = 0;
      i += plain;
    } else {
      i += put_next(&out, bytes + i, take - i, flags);
    }
    plain = plain_length(bytes + i, take - i);
  }
  if (take < whole)
    g_string_append_printf(out.text, "... (%" G_GSIZE_FORMAT " bytes)", whole);
  if (n_hidden)
    *n_hidden = out.hidden;
  return g_string_free(out.text, FALSE);
}

static gboolean is_safe(const char *s, gboolean lines) {
  gsize len = strlen(s);
  int marks = -1;
  for (gsize i = 0; i < len;) {
    gsize plain = plain_length(s + i, len - i);
    if (plain) {
      marks = 0;
      i += plain;
      continue;
    }
    if (lines && s[i] == '\n') {
      marks = -1;
      i++;
      continue;
    }
    ucs4_t c;
    int n = u8_mbtoucr(&c, (const uint8_t *)s + i, len - i);
    if (n <= 0 || judge(c, &marks) != AS_IS)
      return FALSE;
    i += (gsize)n;
  }
  return TRUE;
}

gboolean text_is_safe(const char *s) {
  return is_safe(s, FALSE);
}

gboolean text_lines_are_safe(const char *s) {
  return is_safe(s, TRUE);
}
