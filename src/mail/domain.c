#include "mail/domain.h"

#include "base/text.h"
#include "mail/character.h"

#include <idn2.h>
#include <string.h>

#define MAX_LABEL 63   /* RFC 1035 s2.3.4 */
#define MAX_DOMAIN 253 /* the same, without the root's dot and length octets */
#define MAX_TYPED 1000

static const AddressReason reason_of_kind[] = {
    [CHARACTER_PLAIN] = ADDRESS_OK,
    [CHARACTER_SPACE] = ADDRESS_SPACE,
    [CHARACTER_FULLWIDTH] = ADDRESS_FULLWIDTH,
    [CHARACTER_INVISIBLE] = ADDRESS_INVISIBLE,
    [CHARACTER_CONTROL] = ADDRESS_CONTROL,
    [CHARACTER_NONE] = ADDRESS_FORBIDDEN,
};

static AddressReason judge_character(gunichar c, gboolean any_name) {
  AddressReason reason = reason_of_kind[character_kind(c)];
  if (reason != ADDRESS_OK)
    return reason;
  if (c == '@')
    return ADDRESS_TWO_AT;
  if (c == '_')
    return any_name ? ADDRESS_OK : ADDRESS_DOMAIN_LABEL;
  if (c < 0x80 && !g_ascii_isalnum((char)c) && c != '-' && c != '.')
    return ADDRESS_FORBIDDEN;
  return ADDRESS_OK;
}

/* One label through libidn2: UTS #46 mapping, non-transitional, as browsers and mail programs do it. */
static char *idn_label(const gunichar *chars, gsize n) {
  g_autofree char *utf8 = g_ucs4_to_utf8(chars, (glong)n, NULL, NULL, NULL);
  guint8 *out = NULL;
  if (!utf8 || idn2_lookup_u8((const guint8 *)utf8, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
    return NULL;
  char *ascii = g_ascii_strdown((const char *)out, -1);
  idn2_free(out);
  return ascii;
}

static gsize idn_culprit(const gunichar *chars, gsize n) {
  for (gsize i = 0; i < n; i++) {
    if (chars[i] < 0x80)
      continue;
    /* Behind a letter, so that a combining mark or a context rule alone does not condemn it. */
    const gunichar pair[] = {'a', chars[i]};
    g_autofree char *alone = idn_label(chars + i, 1);
    g_autofree char *behind = idn_label(pair, 2);
    if (!alone && !behind)
      return i;
  }
  return 0;
}

static gboolean is_idn_label(const gunichar *chars, gsize n) {
  for (gsize i = 0; i < n; i++)
    if (chars[i] >= 0x80)
      return TRUE;
  return n > 4 && (chars[0] | 0x20) == 'x' && (chars[1] | 0x20) == 'n' && chars[2] == '-' && chars[3] == '-';
}

static AddressReason judge_label(const gunichar *chars, gsize n, gsize *at, GString *out) {
  *at = 0;
  if (n == 0)
    return ADDRESS_DOMAIN_LABEL;
  if (chars[0] == '-')
    return ADDRESS_DOMAIN_LABEL;
  if (chars[n - 1] == '-') {
    *at = n - 1;
    return ADDRESS_DOMAIN_LABEL;
  }
  if (!is_idn_label(chars, n)) {
    if (n > MAX_LABEL)
      return ADDRESS_DOMAIN_LABEL;
    for (gsize i = 0; i < n; i++)
      g_string_append_c(out, g_ascii_tolower((char)chars[i]));
    return ADDRESS_OK;
  }
  g_autofree char *ascii = n <= MAX_DOMAIN ? idn_label(chars, n) : NULL;
  if (!ascii || strlen(ascii) > MAX_LABEL || strchr(ascii, '.')) {
    *at = ascii ? 0 : idn_culprit(chars, n);
    return ADDRESS_DOMAIN_IDN;
  }
  g_string_append(out, ascii);
  return ADDRESS_OK;
}

/* `any_name`: underscores may stand there too, which host names may not have. */
static AddressReason judge(const gunichar *chars, gsize n, gsize *at, char **ascii, gboolean any_name) {
  *at = n;
  *ascii = NULL;
  if (n == 0)
    return ADDRESS_DOMAIN_EMPTY;
  for (gsize i = 0; i < n; i++) {
    AddressReason reason = judge_character(chars[i], any_name);
    if (reason != ADDRESS_OK) {
      *at = i;
      return reason;
    }
  }
  g_autoptr(GString) out = g_string_new(NULL);
  gsize start = 0, last_label = 0;
  while (start <= n) {
    gsize end = start;
    while (end < n && chars[end] != '.')
      end++;
    gsize inside = 0;
    last_label = out->len;
    AddressReason reason = judge_label(chars + start, end - start, &inside, out);
    if (reason != ADDRESS_OK) {
      /* An empty last label is the fault of the dot before it. */
      *at = end == start && end == n ? n - 1 : start + inside;
      return reason;
    }
    if (end < n)
      g_string_append_c(out, '.');
    start = end + 1;
  }
  /* No top-level domain is a number, so that host names and IP addresses cannot be mixed up (RFC 3696 s2). */
  if (strspn(out->str + last_label, "0123456789") == out->len - last_label) {
    *at = n;
    return strspn(out->str, "0123456789.") == out->len ? ADDRESS_LITERAL : ADDRESS_DOMAIN_LABEL;
  }
  if (out->len > MAX_DOMAIN)
    return ADDRESS_TOO_LONG;
  *ascii = g_strdup(out->str);
  return ADDRESS_OK;
}

AddressReason domain_judge(const gunichar *chars, gsize n, gsize *at, char **ascii) {
  return judge(chars, n, at, ascii, FALSE);
}

static char *to_ascii(const char *bytes, gboolean any_name) {
  if (!bytes || strnlen(bytes, MAX_TYPED + 1) > MAX_TYPED || !g_utf8_validate(bytes, -1, NULL))
    return NULL;
  glong n = 0;
  g_autofree gunichar *chars = g_utf8_to_ucs4_fast(bytes, -1, &n);
  for (glong i = 0; i < n; i++)
    if (character_kind(chars[i]) == CHARACTER_FULLWIDTH)
      chars[i] = character_to_ascii(chars[i]);
  if (n > 1 && chars[n - 1] == '.')
    n--;
  gsize at = 0;
  char *ascii = NULL;
  return judge(chars, (gsize)n, &at, &ascii, any_name) == ADDRESS_OK ? ascii : NULL;
}

char *domain_to_ascii(const char *bytes) {
  return to_ascii(bytes, FALSE);
}

char *domain_name_to_ascii(const char *bytes) {
  return to_ascii(bytes, TRUE);
}

char *domain_to_unicode(const char *ascii) {
  char *out = NULL;
  if (idn2_to_unicode_8z8z(ascii, &out, 0) != IDN2_OK || !out)
    return text_safe(ascii, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  char *safe = text_safe(out, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  idn2_free(out);
  return safe;
}
