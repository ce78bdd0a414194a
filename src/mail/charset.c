#include "mail/charset.h"

#include <errno.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"
#define ESC '\x1B'

/* Names in mails, and the converter that reads what their senders really wrote: the vendors' supersets. */
static const char *const aliases[][2] = {
    {"shift_jis", "CP932"},   {"shift-jis", "CP932"},      {"sjis", "CP932"},       {"x-sjis", "CP932"},
    {"windows-31j", "CP932"}, {"ms_kanji", "CP932"},       {"euc-jp", "EUC-JP-MS"}, {"x-euc-jp", "EUC-JP-MS"},
    {"eucjp", "EUC-JP-MS"},   {"iso-8859-1", "CP1252"},    {"latin1", "CP1252"},    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},       {"ks_c_5601-1987", "CP949"}, {"euc-kr", "CP949"},
};

/* Declared by programs that did not know: guess instead. */
static const char *const no_charset[] = {"us-ascii",       "ascii",   "ansi_x3.4-1968", "unknown-8bit", "x-unknown",
                                         "x-user-defined", "unknown", "utf-8",          "utf8",         NULL};

static gboolean named(const char *name, const char *const *list) {
  for (; *list; list++)
    if (g_ascii_strcasecmp(name, *list) == 0)
      return TRUE;
  return FALSE;
}

/* Charsets in which seven-bit bytes are not ASCII. */
static const char *const no_ascii[] = {"utf-16",      "utf16",       "utf-32", "ucs-", "utf-7",
                                       "iso-2022-kr", "iso-2022-cn", "hz",     NULL};

/* NUL bytes as blanks, and valid UTF-8 whatever `bytes` are. */
static char *lenient_utf8(const char *bytes, gsize length) {
  GString *out = g_string_sized_new(length);
  while (length > 0) {
    const char *bad = bytes;
    gboolean valid = g_utf8_validate_len(bytes, length, &bad);
    g_string_append_len(out, bytes, bad - bytes);
    if (valid)
      break;
    length -= (gsize)(bad - bytes) + 1;
    g_string_append(out, *bad ? REPLACEMENT : " ");
    bytes = bad + 1;
  }
  return g_string_free(out, FALSE);
}

/* Every byte that the charset does not know becomes U+FFFD; `faults` counts them. NULL: no such charset. */
static char *convert(const char *bytes, gsize length, const char *from, gsize *faults) {
  *faults = 0;
  GIConv iconv = g_iconv_open("UTF-8", from);
  if (iconv == (GIConv)-1)
    return NULL;
  g_autoptr(GString) out = g_string_sized_new(length + length / 2);
  char buffer[4096];
  char *in = (char *)bytes;
  gsize left = length;
  while (left > 0) {
    char *to = buffer;
    gsize room = sizeof buffer;
    errno = 0;
    gsize result = g_iconv(iconv, &in, &left, &to, &room);
    g_string_append_len(out, buffer, to - buffer);
    if (result != (gsize)-1 || errno == E2BIG)
      continue;
    g_string_append(out, REPLACEMENT);
    ++*faults;
    in++;
    left--;
  }
  g_iconv_close(iconv);
  return lenient_utf8(out->str, out->len);
}

/* ISO-2022-JP (RFC 1468) as EUC-JP: the two encode the same tables, and the vendors' additions, half-width kana and
 * unclosed escapes of real mails are then read by one converter. */
static char *iso2022jp_to_eucjp(const char *bytes, gsize length) {
  enum { ASCII, KANJI, KANA, SUPPLEMENT } set = ASCII;
  GString *out = g_string_sized_new(length * 2);
  for (gsize i = 0; i < length; i++) {
    const char *p = bytes + i;
    gsize left = length - i;
    if (*p == ESC && left >= 4 && strncmp(p + 1, "$(D", 3) == 0) {
      set = SUPPLEMENT;
      i += 3;
    } else if (*p == ESC && left >= 3 && p[1] == '$' && (p[2] == 'B' || p[2] == '@')) {
      set = KANJI;
      i += 2;
    } else if (*p == ESC && left >= 3 && p[1] == '(') {
      set = p[2] == 'I' ? KANA : ASCII;
      i += 2;
    } else if (*p == '\n' || set == ASCII || (guint8)*p <= ' ' || (guint8)*p > 0x7E) {
      /* A line end resets the state (RFC 1468), which also repairs a lost escape. */
      set = *p == '\n' ? ASCII : set;
      g_string_append_c(out, *p ? *p : ' ');
    } else if (set == KANA) {
      g_string_append_c(g_string_append_c(out, '\x8E'), (char)(*p | 0x80));
    } else if (left < 2 || (guint8)p[1] <= ' ' || (guint8)p[1] > 0x7E) {
      g_string_append_c(out, '?');
    } else {
      if (set == SUPPLEMENT)
        g_string_append_c(out, '\x8F');
      g_string_append_c(g_string_append_c(out, (char)(p[0] | 0x80)), (char)(p[1] | 0x80));
      i++;
    }
  }
  return g_string_free(out, FALSE);
}

static gboolean has_escape(const char *bytes, gsize length) {
  for (const char *p = bytes; (p = memchr(p, ESC, length - (gsize)(p - bytes))); p++)
    if ((gsize)(p - bytes) + 2 < length &&
        ((p[1] == '$' && (p[2] == 'B' || p[2] == '@' || p[2] == '(')) || (p[1] == '(' && (p[2] == 'J' || p[2] == 'I'))))
      return TRUE;
  return FALSE;
}

static char *from_iso2022jp(const char *bytes, gsize length) {
  g_autofree char *euc = iso2022jp_to_eucjp(bytes, length);
  gsize faults = 0;
  return convert(euc, strlen(euc), "EUC-JP-MS", &faults);
}

static gboolean has_kana(const char *utf8) {
  for (; *utf8; utf8 = g_utf8_next_char(utf8)) {
    gunichar c = g_utf8_get_char(utf8);
    if (c >= 0x3041 && c <= 0x30FE)
      return TRUE;
  }
  return FALSE;
}

static char *guess(const char *bytes, gsize length) {
  if (has_escape(bytes, length))
    return from_iso2022jp(bytes, length);
  /* Two Japanese guesses; kana tells them from Latin text, where either may be valid by accident. */
  static const char *const candidates[] = {"CP932", "EUC-JP-MS"};
  for (guint i = 0; i < G_N_ELEMENTS(candidates); i++) {
    gsize faults = 0;
    g_autofree char *text = convert(bytes, length, candidates[i], &faults);
    if (text && faults == 0 && has_kana(text))
      return g_steal_pointer(&text);
  }
  gsize faults = 0;
  char *text = convert(bytes, length, "CP1252", &faults);
  return text ? text : lenient_utf8(bytes, length);
}

static gboolean is_seven_bit(const char *bytes, gsize length) {
  for (gsize i = 0; i < length; i++)
    if (bytes[i] & 0x80)
      return FALSE;
  return TRUE;
}

static gboolean begins_with_one_of(const char *name, const char *const *list) {
  for (; *list; list++)
    if (g_ascii_strncasecmp(name, *list, strlen(*list)) == 0)
      return TRUE;
  return FALSE;
}

/* TRUE if `bytes` are UTF-8 with some bytes that are not: cut in the middle of a character, or a name in another
 * charset put in by a server.  Other charsets have hardly any character that is valid UTF-8, by accident. */
static gboolean is_mostly_utf8(const char *bytes, gsize length, gboolean declared) {
  gsize good = 0, bad = 0;
  for (const char *p = bytes, *end = bytes + length; p < end;) {
    gunichar c = *p & 0x80 ? g_utf8_get_char_validated(p, end - p) : (guchar)*p;
    gboolean valid = c != (gunichar)-1 && c != (gunichar)-2;
    good += valid && c >= 0x80;
    bad += c == (gunichar)-1;
    if (c == (gunichar)-2) /* the text ends before the character does */
      break;
    p = valid ? g_utf8_next_char(p) : p + 1;
  }
  return good > 0 && bad * (declared ? 1 : 8) <= good;
}

char *charset_to_utf8(const char *bytes, gsize length, const char *declared) {
  if (length == 0)
    return g_strdup("");
  gboolean known = declared && *declared && !named(declared, no_charset);
  gboolean opaque = known && begins_with_one_of(declared, no_ascii);
  if (!opaque && has_escape(bytes, length))
    return from_iso2022jp(bytes, length);
  if (!opaque && (is_seven_bit(bytes, length) || g_utf8_validate_len(bytes, length, NULL)))
    return lenient_utf8(bytes, length);
  gboolean utf8 = declared && (g_ascii_strcasecmp(declared, "utf-8") == 0 || g_ascii_strcasecmp(declared, "utf8") == 0);
  if ((!known || utf8) && is_mostly_utf8(bytes, length, utf8))
    return lenient_utf8(bytes, length);
  if (known) {
    const char *from = declared;
    for (guint i = 0; i < G_N_ELEMENTS(aliases); i++)
      if (g_ascii_strcasecmp(declared, aliases[i][0]) == 0)
        from = aliases[i][1];
    gsize faults = 0;
    g_autofree char *text = convert(bytes, length, from, &faults);
    /* Much that does not fit: the declaration was wrong. */
    if (text && faults * 20 <= length)
      return g_steal_pointer(&text);
  }
  return guess(bytes, length);
}
