#include "mail/scan.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_LOCAL 320 /* bytes; longer ones occur in IMCEAEX and VERP addresses, over the limit of RFC 5321 */
#define MAX_DOMAIN 255

static const char *const version_words[] = {"id", "version", "ver", "v", "server", "release", "build", "rev", NULL};

/* Keys that stand glued to an address: "to=<..>" has brackets, "rcpt=taro@.." has not. */
static const char *const keys[] = {
    "to",      "rcpt",          "orig_to",    "from",        "recipient", "user",          "address", "email",
    "RCPT_TO", "smtp.mailfrom", "smtp.mfrom", "header.from", "mailfrom",  "envelope-from", "sender",  NULL};

static gboolean is_name_byte(char c) {
  return g_ascii_isalnum(c) || c == '-' || c == '_';
}

static gboolean version_before(const char *text, const char *p) {
  while (p > text && p[-1] == ' ')
    p--;
  const char *start = p;
  while (start > text && g_ascii_isalpha(start[-1]))
    start--;
  for (const char *const *word = version_words; *word; word++)
    if (strlen(*word) == (gsize)(p - start) && g_ascii_strncasecmp(start, *word, (gsize)(p - start)) == 0)
      return TRUE;
  return FALSE;
}

static gboolean parses(int family, const char *p, gsize n) {
  char buffer[INET6_ADDRSTRLEN + 1];
  guint8 bytes[16];
  if (n >= sizeof buffer)
    return FALSE;
  memcpy(buffer, p, n);
  buffer[n] = '\0';
  return inet_pton(family, buffer, bytes) == 1;
}

static gboolean name_goes_on(const char *p) {
  return g_ascii_isalnum(*p) || *p == '_' || ((*p == '.' || *p == '-') && is_name_byte(p[1]));
}

/* strspn() that looks no further than an address can be long. */
static gsize span(const char *p, const char *set) {
  gsize n = 0;
  while (n <= INET6_ADDRSTRLEN && p[n] && strchr(set, p[n]))
    n++;
  return n;
}

/* Length of the address that begins at `p`, 0: none. */
static gsize ip_length(const char *p) {
  gsize n = span(p, "0123456789.");
  while (n > 0 && p[n - 1] == '.')
    n--;
  if (n >= 7 && parses(AF_INET, p, n))
    return name_goes_on(p + n) ? 0 : n;
  n = span(p, "0123456789abcdefABCDEF:.");
  while (n > 0 && (p[n - 1] == '.' || (p[n - 1] == ':' && n > 1 && p[n - 2] != ':')))
    n--;
  if (n >= 3 && memchr(p, ':', n) && span(p, ":.") < n && parses(AF_INET6, p, n) && !name_goes_on(p + n))
    return n;
  return 0;
}

gboolean scan_ip(const char *text, gsize *start, gsize *end) {
  for (const char *p = text; *p; p++) {
    if (!g_ascii_isxdigit(*p) && *p != ':')
      continue;
    gboolean tag = p - text >= 5 && g_ascii_strncasecmp(p - 5, "IPv6:", 5) == 0;
    gboolean inside = p > text && !tag && (is_name_byte(p[-1]) || p[-1] == '.' || p[-1] == ':' || p[-1] == '/');
    /* "smtp:192.0.2.1" and "http://192.0.2.1/" name an address all the same. */
    if (inside && (p[-1] == ':' || p[-1] == '/') && p - text > 1 && (g_ascii_isalpha(p[-2]) || p[-2] == '/'))
      inside = !g_ascii_isdigit(*p);
    gsize n = inside || version_before(text, p) ? 0 : ip_length(p);
    if (n > 0) {
      *start = (gsize)(p - text);
      *end = *start + n;
      return TRUE;
    }
    /* Past the whole word or number; behind a colon an address may still begin. */
    while (*p != ':' && (g_ascii_isxdigit(p[1]) || (p[1] == '.' && g_ascii_isxdigit(p[2]))))
      p++;
  }
  return FALSE;
}

static gboolean is_atext(char c) {
  return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static gboolean is_utf8_byte(char c) {
  return (c & 0x80) != 0;
}

/* TRUE if every character between is of an alphabet (Latin, Greek, Cyrillic): a word, not the sentence of a script that
 * has no blanks. */
static gboolean is_alphabetic(const char *start, const char *end) {
  for (const char *p = start; p < end; p++)
    if ((guchar)*p >= 0xD6) /* lead byte of U+0580 and later */
      return FALSE;
  return TRUE;
}

/* Where the local part begins that ends before `at`; `at` itself if there is none. */
static const char *local_start(const char *text, const char *at) {
  const char *limit = at - text > MAX_LOCAL ? at - MAX_LOCAL : text;
  if (at > limit && at[-1] == '"') {
    for (const char *p = at - 2; p >= limit && *p != '\n'; p--)
      if (*p == '"' && (p == limit || p[-1] != '\\'))
        return p;
    return at;
  }
  const char *p = at;
  while (p > limit && is_atext(p[-1]))
    p--;
  const char *wide = p;
  while (wide > limit && (is_atext(wide[-1]) || is_utf8_byte(wide[-1])))
    wide--;
  if (wide > text && wide[-1] == '<')
    return wide;
  /* Without brackets a UTF-8 local part must stand alone, or it is the sentence around an ASCII one. */
  gboolean apart = wide == text || strchr(" \t\n(", wide[-1]);
  if (wide < p && apart && (p == at || is_alphabetic(wide, p)))
    return wide;
  if (p > text && p[-1] == '<')
    return p;
  while (p < at && strchr("'`*=/!|{#&?%~^$", *p))
    p++;
  if (p[0] == '.' && p[1] == '.')
    p += strspn(p, ".");
  for (const char *const *key = keys; *key; key++) {
    gsize n = strlen(*key);
    if ((gsize)(at - p) > n + 1 && p[n] == '=' && g_ascii_strncasecmp(p, *key, n) == 0)
      return p + n + 1;
  }
  return p;
}

static const char *domain_end(const char *domain, gboolean bracketed) {
  const char *p = domain;
  if (*p == '[') {
    gsize n = strcspn(p, "] \t\n<>");
    return p[n] == ']' ? p + n + 1 : domain;
  }
  gboolean utf8 = bracketed || is_utf8_byte(*p);
  while (p - domain < MAX_DOMAIN && (is_name_byte(*p) || *p == '.' || (utf8 && is_utf8_byte(*p))))
    p++;
  while (p > domain && strchr(".-_", p[-1]))
    p--;
  /* A cut in the middle of a character. */
  while (p > domain && (p[0] & 0xC0) == 0x80)
    p--;
  return p;
}

gboolean scan_mailbox(const char *text, gsize *start, gsize *end) {
  for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
    const char *first = local_start(text, at);
    gboolean bracketed = first > text && first[-1] == '<';
    const char *last = domain_end(at + 1, bracketed);
    gboolean dotted = memchr(at + 1, '.', (gsize)(last - at - 1)) || *(at + 1) == '[';
    if (first == at || last == at + 1 || (!dotted && !(bracketed && *last == '>')))
      continue;
    *start = (gsize)(first - text);
    *end = (gsize)(last - text);
    return TRUE;
  }
  return FALSE;
}

gsize scan_host(const char *p) {
  gsize n = 0;
  gsize last = 0; /* where the last label begins */
  gboolean dot = FALSE;
  while (is_name_byte(p[n])) {
    last = n;
    while (is_name_byte(p[n]))
      n++;
    if (p[n] != '.' || !is_name_byte(p[n + 1]))
      break;
    dot = TRUE;
    n++;
  }
  if (!dot || p[n] == '@' || n > MAX_DOMAIN)
    return 0;
  for (gsize i = last; i < n; i++)
    if (g_ascii_isalpha(p[i]))
      return n;
  return 0;
}

gboolean scan_mentions(const char *text, const char *address) {
  gsize n = strlen(address);
  for (const char *p = text; *p; p++)
    if (text_lower_ascii(*p) == text_lower_ascii(*address) && g_ascii_strncasecmp(p, address, n) == 0 &&
        (p == text || !g_ascii_isalnum(p[-1])) && !g_ascii_isalnum(p[n]))
      return TRUE;
  return FALSE;
}
