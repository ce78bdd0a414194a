#include "mail/character.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "mail/address.h"

#define IDEOGRAPHIC_FULL_STOP 0x3002
#define HALFWIDTH_FULL_STOP 0xFF61

typedef struct Range {
  gunichar first, last;
} Range;

/* Default_Ignorable_Code_Point of Unicode as far as anybody meets it, and the blanks that are letters by category. */
static const Range invisible[] = {
    {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},   {0x17B4, 0x17B5}, {0x180B, 0x180F},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x2800, 0x2800},   {0x3164, 0x3164}, {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
};

typedef struct Name {
  gunichar c;
  const char *name;
} Name;

static const Name names[] = {
    {'\t', N_("tab")},
    {'\n', N_("line break")},
    {'\r', N_("line break")},
    {' ', N_("blank")},
    {'"', N_("quotation mark")},
    {'(', N_("opening bracket")},
    {')', N_("closing bracket")},
    {',', N_("comma")},
    {'.', N_("dot")},
    {'-', N_("hyphen")},
    {':', N_("colon")},
    {';', N_("semicolon")},
    {'<', N_("less-than sign")},
    {'>', N_("greater-than sign")},
    {'@', N_("at sign")},
    {'[', N_("opening square bracket")},
    {'\\', N_("backslash")},
    {']', N_("closing square bracket")},
    {'_', N_("underscore")},
    {0x00A0, N_("no-break blank")},
    {0x00AD, N_("soft hyphen")},
    {0x200B, N_("zero-width blank")},
    {0x200C, N_("zero-width non-joiner")},
    {0x200D, N_("zero-width joiner")},
    {0x200E, N_("left-to-right mark")},
    {0x200F, N_("right-to-left mark")},
    {0x202A, N_("text direction mark")},
    {0x202B, N_("text direction mark")},
    {0x202C, N_("text direction mark")},
    {0x202D, N_("text direction mark")},
    {0x202E, N_("text direction mark")},
    {0x2060, N_("word joiner")},
    {0x3000, N_("full-width blank")},
    {0x3001, N_("Japanese comma")},
    {IDEOGRAPHIC_FULL_STOP, N_("Japanese full stop")},
    {0xFEFF, N_("byte order mark")},
    {0xFF0C, N_("full-width comma")},
    {0xFF0E, N_("full-width dot")},
    {0xFF1A, N_("full-width colon")},
    {0xFF1B, N_("full-width semicolon")},
    {0xFF20, N_("full-width at sign")},
    {HALFWIDTH_FULL_STOP, N_("Japanese full stop")},
};

CharacterKind character_kind(gunichar c) {
  if (c == '\t' || c == '\n' || c == '\r' || g_unichar_isspace(c))
    return CHARACTER_SPACE;
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
    return CHARACTER_CONTROL;
  if (c < 0x7F)
    return CHARACTER_PLAIN;
  if ((c >= 0xFF01 && c <= 0xFF5E) || c == IDEOGRAPHIC_FULL_STOP || c == HALFWIDTH_FULL_STOP)
    return CHARACTER_FULLWIDTH;
  for (guint i = 0; i < G_N_ELEMENTS(invisible); i++)
    if (c >= invisible[i].first && c <= invisible[i].last)
      return CHARACTER_INVISIBLE;
  /* Of private use: what a font or an old telephone made of it, no mail system knows. */
  if ((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || g_unichar_type(c) == G_UNICODE_PRIVATE_USE)
    return CHARACTER_NONE;
  return CHARACTER_PLAIN;
}

gunichar character_to_ascii(gunichar c) {
  if (character_kind(c) == CHARACTER_SPACE)
    return ' ';
  if (c == IDEOGRAPHIC_FULL_STOP || c == HALFWIDTH_FULL_STOP)
    return '.';
  return text_fold_char(c);
}

static const char *kind_name(CharacterKind kind) {
  switch (kind) {
  case CHARACTER_SPACE:
    return N_("white space");
  case CHARACTER_INVISIBLE:
    return N_("invisible character");
  case CHARACTER_CONTROL:
    return N_("control character");
  case CHARACTER_NONE:
    return N_("not a character");
  case CHARACTER_FULLWIDTH:
    return N_("full-width character");
  case CHARACTER_PLAIN:
    break;
  }
  return N_("character");
}

char *character_describe(gunichar c) {
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (names[i].c == c)
      return g_strdup_printf("%s (U+%04X)", tr(names[i].name), (unsigned)c);
  CharacterKind kind = character_kind(c);
  if (kind != CHARACTER_PLAIN && kind != CHARACTER_FULLWIDTH)
    return g_strdup_printf("%s (U+%04X)", tr(kind_name(kind)), (unsigned)c);
  char utf8[7] = {0};
  g_unichar_to_utf8(c, utf8);
  g_autofree char *safe = text_safe(utf8, -1, 0, TEXT_LINE, NULL);
  return g_strdup_printf("%s \"%s\" (U+%04X)", tr(kind_name(kind)), safe, (unsigned)c);
}
