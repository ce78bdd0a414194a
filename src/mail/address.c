#include "mail/address.h"

#include "base/text.h"
#include "mail/character.h"
#include "mail/domain.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_READ 1000
#define MAX_LOCAL 64    /* octets, RFC 5321 s4.5.3.1.1 */
#define MAX_ADDRESS 254 /* octets: a path of 256 (s4.5.3.1.3) without its angle brackets */

static const char *const reason_words[] = {
    [ADDRESS_OK] = "ok",
    [ADDRESS_EMPTY] = "empty",
    [ADDRESS_NO_AT] = "no_at",
    [ADDRESS_TWO_AT] = "two_at",
    [ADDRESS_SPACE] = "space",
    [ADDRESS_FULLWIDTH] = "fullwidth",
    [ADDRESS_INVISIBLE] = "invisible",
    [ADDRESS_CONTROL] = "control",
    [ADDRESS_BAD_UTF8] = "bad_utf8",
    [ADDRESS_FORBIDDEN] = "forbidden",
    [ADDRESS_LOCAL_EMPTY] = "local_empty",
    [ADDRESS_LOCAL_TOO_LONG] = "local_too_long",
    [ADDRESS_TOO_LONG] = "too_long",
    [ADDRESS_DOT_PLACE] = "dot_place",
    [ADDRESS_DOMAIN_EMPTY] = "domain_empty",
    [ADDRESS_DOMAIN_LABEL] = "domain_label",
    [ADDRESS_DOMAIN_NO_DOT] = "domain_no_dot",
    [ADDRESS_DOMAIN_IDN] = "domain_idn",
    [ADDRESS_LITERAL] = "literal",
};

/* NTT docomo and au gave out local parts that begin or end with a dot or hold two in a row until April 2009, and their
 * servers still take them.  J-PHONE, Vodafone K.K. and SoftBank never did, so a dot out of place there is a mistake. */
static const char *const carriers[] = {"docomo.ne.jp", "ezweb.ne.jp", "au.com"};

/* Specials of RFC 5322 s3.2.3 that no atom may hold; blanks and controls are told apart before. */
static const char specials[] = "()<>[]:;@\\,\"";

/* What people leave around an address, and what text programs put there. */
static const char *const wrap_first = "<([{\"'\xE2\x80\x98\xE2\x80\x9C\xE3\x80\x8C\xE3\x80\x8E ";
static const char *const wrap_last = ">)]}\"',;.:\xE2\x80\x99\xE2\x80\x9D\xE3\x80\x8D\xE3\x80\x8F\xE3\x80\x81 ";

/* What judge() learns about a string of characters. */
typedef struct Verdict {
  AddressReason reason;
  gsize at;     /* index of the offending character; `n` if there is none in particular */
  gsize sign;   /* index of the @ */
  char *domain; /* A-labels or literal */
  gboolean carrier_form;
  gboolean literal;
} Verdict;

const char *address_reason_word(AddressReason reason) {
  return reason_words[reason];
}

static gboolean is_carrier(const char *domain) {
  for (guint i = 0; i < G_N_ELEMENTS(carriers); i++) {
    if (!g_str_has_suffix(domain, carriers[i]))
      continue;
    gsize before = strlen(domain) - strlen(carriers[i]);
    if (before == 0 || domain[before - 1] == '.')
      return TRUE;
  }
  return FALSE;
}

static gsize utf8_octets(const gunichar *chars, gsize n) {
  gsize octets = 0;
  for (gsize i = 0; i < n; i++)
    octets += (gsize)g_unichar_to_utf8(chars[i], NULL);
  return octets;
}

static AddressReason judge_kind(gunichar c) {
  switch (character_kind(c)) {
  case CHARACTER_SPACE:
    return ADDRESS_SPACE;
  case CHARACTER_FULLWIDTH:
    return ADDRESS_FULLWIDTH;
  case CHARACTER_INVISIBLE:
    return ADDRESS_INVISIBLE;
  case CHARACTER_CONTROL:
    return ADDRESS_CONTROL;
  case CHARACTER_NONE:
    return ADDRESS_FORBIDDEN;
  case CHARACTER_PLAIN:
    break;
  }
  return ADDRESS_OK;
}

/* Quoted-string of RFC 5321 s4.1.2.  `at` moves behind the closing quote, or to the fault. */
static AddressReason judge_quoted(const gunichar *chars, gsize n, gsize *at) {
  for (gsize i = 1; i < n; i++) {
    gunichar c = chars[i];
    *at = i;
    if (c == '"') {
      *at = i + 1;
      return ADDRESS_OK;
    }
    if (c == '\\' && ++i < n) {
      *at = i;
      if (chars[i] < 0x20 || chars[i] > 0x7E)
        return ADDRESS_FORBIDDEN;
      continue;
    }
    AddressReason reason = c == ' ' ? ADDRESS_OK : judge_kind(c);
    if (reason != ADDRESS_OK)
      return reason;
  }
  *at = 0; /* never closed: the opening quote is at fault */
  return ADDRESS_FORBIDDEN;
}

/* Dot-string, up to the first character that is not part of it. Misplaced dots are looked at later. */
static AddressReason judge_atoms(const gunichar *chars, gsize n, gsize *at) {
  for (*at = 0; *at < n && chars[*at] != '@'; ++*at) {
    AddressReason reason = judge_kind(chars[*at]);
    if (reason != ADDRESS_OK)
      return reason;
    if (chars[*at] < 0x80 && strchr(specials, (int)chars[*at]))
      return ADDRESS_FORBIDDEN;
    if (*at == 0 && g_unichar_ismark(chars[0])) /* it belongs to a letter that is not there */
      return ADDRESS_FORBIDDEN;
  }
  return ADDRESS_OK;
}

static gboolean dot_place(const gunichar *chars, gsize n, gsize *at) {
  for (*at = 0; *at < n; ++*at)
    if (chars[*at] == '.' && (*at == 0 || *at == n - 1 || chars[*at - 1] == '.'))
      return TRUE;
  return FALSE;
}

/* IPv4 and IPv6 address literals (RFC 5321 s4.1.3); no other tag was ever registered. */
static AddressReason judge_literal(const gunichar *chars, gsize n, gsize *at, char **literal) {
  *at = n;
  g_autofree char *utf8 = g_ucs4_to_utf8(chars, (glong)n, NULL, NULL, NULL);
  gsize length = utf8 ? strlen(utf8) : 0;
  if (length < 3)
    return ADDRESS_LITERAL;
  const char *close = strchr(utf8, ']');
  if (!close)
    return ADDRESS_LITERAL;
  if (close[1]) {
    *at = (gsize)g_utf8_pointer_to_offset(utf8, close + 1);
    return ADDRESS_LITERAL;
  }
  g_autofree char *inside = g_strndup(utf8 + 1, length - 2);
  guint8 address[16];
  gboolean six = g_ascii_strncasecmp(inside, "IPv6:", 5) == 0;
  if (inet_pton(six ? AF_INET6 : AF_INET, six ? inside + 5 : inside, address) != 1)
    return ADDRESS_LITERAL;
  g_autofree char *lower = six ? g_ascii_strdown(inside + 5, -1) : NULL;
  *literal = six ? g_strconcat("[IPv6:", lower, "]", NULL) : g_strdup(utf8);
  return ADDRESS_OK;
}

static AddressReason judge_domain(const gunichar *chars, gsize n, Verdict *verdict) {
  verdict->literal = n > 0 && chars[0] == '[';
  if (verdict->literal)
    return judge_literal(chars, n, &verdict->at, &verdict->domain);
  AddressReason reason = domain_judge(chars, n, &verdict->at, &verdict->domain);
  if (reason != ADDRESS_OK)
    return reason;
  verdict->at = n;
  return strchr(verdict->domain, '.') ? ADDRESS_OK : ADDRESS_DOMAIN_NO_DOT;
}

static gboolean has_at(const gunichar *chars, gsize n) {
  for (gsize i = 0; i < n; i++)
    if (character_to_ascii(chars[i]) == '@')
      return TRUE;
  return FALSE;
}

static AddressReason judge_address(const gunichar *chars, gsize n, Verdict *verdict) {
  verdict->at = n;
  gsize first = 0;
  while (first < n && character_kind(chars[first]) == CHARACTER_SPACE)
    first++;
  if (first == n)
    return ADDRESS_EMPTY;
  if (!has_at(chars, n))
    return ADDRESS_NO_AT;

  gboolean quoted = chars[0] == '"';
  gsize end = 0;
  AddressReason reason = quoted ? judge_quoted(chars, n, &end) : judge_atoms(chars, n, &end);
  verdict->at = end;
  if (reason != ADDRESS_OK)
    return reason;
  if (end == n || chars[end] != '@') {
    /* After the closing quote nothing but the @ may come. */
    reason = end < n ? judge_kind(chars[end]) : ADDRESS_NO_AT;
    return reason != ADDRESS_OK ? reason : ADDRESS_FORBIDDEN;
  }
  verdict->sign = end;
  if (end == 0)
    return ADDRESS_LOCAL_EMPTY;

  reason = judge_domain(chars + end + 1, n - end - 1, verdict);
  gboolean none = verdict->at == n - end - 1;
  verdict->at = none ? n : verdict->at + end + 1;
  if (reason != ADDRESS_OK)
    return reason;

  gsize dot = 0;
  if (!quoted && dot_place(chars, end, &dot)) {
    verdict->carrier_form = is_carrier(verdict->domain);
    verdict->at = dot;
    if (!verdict->carrier_form)
      return ADDRESS_DOT_PLACE;
  }
  verdict->at = n;
  gsize local = utf8_octets(chars, end);
  if (local > MAX_LOCAL)
    return ADDRESS_LOCAL_TOO_LONG;
  gsize wire = local + 1 + MAX(strlen(verdict->domain), utf8_octets(chars + end + 1, n - end - 1));
  return wire > MAX_ADDRESS ? ADDRESS_TOO_LONG : ADDRESS_OK;
}

static Verdict judge(const gunichar *chars, gsize n) {
  Verdict verdict = {0};
  verdict.reason = judge_address(chars, n, &verdict);
  if (verdict.reason != ADDRESS_OK)
    g_clear_pointer(&verdict.domain, g_free);
  return verdict;
}

/* Folded to ASCII where that is meant, invisible characters taken out, white space as blanks. */
static char *fold(const gunichar *chars, gsize n) {
  GString *out = g_string_sized_new(n);
  for (gsize i = 0; i < n; i++)
    if (character_kind(chars[i]) != CHARACTER_INVISIBLE)
      g_string_append_unichar(out, character_to_ascii(chars[i]));
  return g_string_free(out, FALSE);
}

static gboolean begins_with_one_of(const char *s, const char *set) {
  return *s && g_utf8_strchr(set, -1, g_utf8_get_char(s)) != NULL;
}

static gboolean ends_with_one_of(const char *s, const char *set) {
  return *s && g_utf8_strchr(set, -1, g_utf8_get_char(g_utf8_prev_char(s + strlen(s)))) != NULL;
}

/* Takes blanks, brackets, quotes and punctuation off both ends, but leaves what belongs to the address. */
static void strip_wrapping(char **text) {
  for (;;) {
    char *s = *text;
    gsize length = strlen(s);
    gboolean literal = g_str_has_suffix(s, "]") && strstr(s, "@[");
    gboolean quoted_local = *s == '"' && strstr(s, "\"@");
    /* An apostrophe may begin a local part; a pair of them is a quotation. */
    gboolean apostrophe = *s == '\'' && !g_str_has_suffix(s, "'");
    if (length > 0 && !literal && ends_with_one_of(s, wrap_last)) {
      gboolean pair = length > 1 && *s == '\'' && s[length - 1] == '\'';
      *g_utf8_prev_char(s + length) = '\0';
      if (pair)
        memmove(s, s + 1, length - 1);
    } else if (length > 0 && !quoted_local && !apostrophe && begins_with_one_of(s, wrap_first)) {
      char *rest = g_utf8_next_char(s);
      memmove(s, rest, strlen(rest) + 1);
    } else {
      return;
    }
  }
}

static void strip_scheme(char *s) {
  static const char *const schemes[] = {"mailto:", "smtp:", "to:"};
  for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
    gsize n = strlen(schemes[i]);
    if (g_ascii_strncasecmp(s, schemes[i], n) != 0)
      continue;
    memmove(s, s + n, strlen(s + n) + 1);
    char *query = i == 0 ? strchr(s, '?') : NULL;
    if (query)
      *query = '\0';
    return;
  }
}

/* Blanks beside @ and dots, and in the domain, are slips of the finger.  A blank inside the local part may stand for
 * a dot, an underscore or nothing: no guess. */
static void close_gaps(char *s) {
  char *out = s;
  gboolean domain = FALSE;
  for (const char *p = s; *p; p++) {
    gboolean beside = p > s && (p[1] == '@' || p[1] == '.' || p[1] == ' ' || strchr("@. ", p[-1]));
    if (*p == ' ' && (domain || beside))
      continue;
    domain |= *p == '@';
    *out++ = *p;
  }
  *out = '\0';
}

static char *clean(const gunichar *chars, gsize n) {
  char *text = fold(chars, n);
  /* "Name <address>": the last pair of angle brackets, as display names may hold any. */
  const char *open = strrchr(text, '<');
  const char *close = open ? strchr(open, '>') : NULL;
  if (close && close > open + 1 && memchr(open, '@', (gsize)(close - open))) {
    char *inner = g_strndup(open + 1, (gsize)(close - open - 1));
    g_free(text);
    text = inner;
  }
  strip_wrapping(&text);
  strip_scheme(text);
  strip_wrapping(&text);
  if (*text != '"')
    close_gaps(text);
  return text;
}

static void fill(Address *address, const gunichar *chars, Verdict *verdict) {
  address->local = g_ucs4_to_utf8(chars, (glong)verdict->sign, NULL, NULL, NULL);
  address->domain = g_steal_pointer(&verdict->domain);
  address->carrier_form = verdict->carrier_form;
  address->literal = verdict->literal;
  for (gsize i = 0; i < verdict->sign; i++)
    address->needs_smtputf8 |= chars[i] >= 0x80;
  if (verdict->literal)
    return;
  address->domain_unicode = domain_to_unicode(address->domain);
  if (g_strcmp0(address->domain_unicode, address->domain) == 0)
    g_clear_pointer(&address->domain_unicode, g_free);
}

static void parse_characters(Address *address, const char *bytes, const gunichar *chars, gsize n) {
  Verdict verdict = judge(chars, n);
  address->reason = verdict.reason;
  if (verdict.reason == ADDRESS_OK) {
    fill(address, chars, &verdict);
    address->cleaned = g_strdup(bytes);
    return;
  }
  if (verdict.at < n) {
    address->position = (guint)verdict.at + 1;
    address->character = chars[verdict.at];
  }
  if (address->character == '_' && verdict.reason == ADDRESS_DOMAIN_LABEL) {
    g_autofree char *behind = g_ucs4_to_utf8(chars + verdict.sign + 1, (glong)(n - verdict.sign - 1), NULL, NULL, NULL);
    address->dns_name = domain_name_to_ascii(behind);
    if (address->dns_name != NULL)
      return;
  }
  g_autofree char *cleaned = clean(chars, n);
  glong length = 0;
  g_autofree gunichar *again = g_utf8_to_ucs4_fast(cleaned, -1, &length);
  Verdict second = judge(again, (gsize)length);
  if (second.reason != ADDRESS_OK)
    return;
  fill(address, again, &second);
  address->cleaned = g_steal_pointer(&cleaned);
}

Address *address_parse(const char *bytes) {
  Address *address = g_new0(Address, 1);
  gsize length = strnlen(bytes, MAX_READ + 1);
  if (length > MAX_READ) {
    address->reason = ADDRESS_TOO_LONG;
    return address;
  }
  const char *end = NULL;
  if (!g_utf8_validate(bytes, (gssize)length, &end)) {
    address->reason = ADDRESS_BAD_UTF8;
    address->position = (guint)g_utf8_strlen(bytes, end - bytes) + 1;
    return address;
  }
  glong n = 0;
  g_autofree gunichar *chars = g_utf8_to_ucs4_fast(bytes, (glong)length, &n);
  parse_characters(address, bytes, chars, (gsize)n);
  return address;
}

void address_free(Address *address) {
  if (!address)
    return;
  g_free(address->cleaned);
  g_free(address->local);
  g_free(address->domain);
  g_free(address->domain_unicode);
  g_free(address->dns_name);
  g_free(address);
}
