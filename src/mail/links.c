#include "mail/links.h"

#include "mail/address.h"

#include <string.h>

/* Where the vocabularies of HTML and Office live: every mail from a mail program names them, and nobody follows them. */
static const char *const vocabularies[] = {"www.w3.org", "schemas.microsoft.com", "schemas.openxmlformats.org", NULL};

/* What ends the authority of a URL (RFC 3986 s3.2), and what surrounds URLs in text and HTML. */
static gsize authority_length(const char *start, const char *end) {
  const char *p = start;
  while (p < end && (guchar)*p > ' ' && *p != 0x7F && !strchr("/?#\\\"'<>()[]{}|^`,;&", *p))
    p++;
  return (gsize)(p - start);
}

static gboolean has_host(const GPtrArray *hosts, const char *host) {
  for (guint i = 0; i < hosts->len; i++)
    if (g_ascii_strcasecmp(hosts->pdata[i], host) == 0)
      return TRUE;
  return FALSE;
}

/* `length` bytes of authority: user, host and port. */
static void add_host(GPtrArray *hosts, const char *authority, gsize length) {
  g_autofree char *copy = g_strndup(authority, length);
  char *at = strrchr(copy, '@'), *host = at != NULL ? at + 1 : copy;
  host[strcspn(host, ":")] = '\0';
  if (has_host(hosts, host))
    return;
  /* Passes over IPv4 literals too: no top-level domain is a number. */
  g_autofree char *ascii = domain_to_ascii(host);
  if (ascii != NULL && strchr(ascii, '.') != NULL && !g_strv_contains(vocabularies, ascii) && !has_host(hosts, ascii))
    g_ptr_array_add(hosts, g_steal_pointer(&ascii));
}

/* TRUE if `colon` is the one behind "http" or "https", which begins a word. */
static gboolean is_web(const char *text, const char *colon) {
  gsize before = (gsize)(colon - text);
  gsize n = before >= 5 && g_ascii_strncasecmp(colon - 5, "https", 5) == 0  ? 5
            : before >= 4 && g_ascii_strncasecmp(colon - 4, "http", 4) == 0 ? 4
                                                                            : 0;
  return n > 0 && (before == n || !g_ascii_isalnum(colon[-(gssize)n - 1]));
}

/* --- without a scheme --- */

/* Endings of bare hosts: those of countries have two letters, of the others only the most frequent count, as "notes.txt/x" and
 * "and.or/x" are none. */
static const char *const endings[] = {"com",  "net",  "org",  "info", "biz",   "edu",  "gov",  "app", "dev",   "xyz",    "top", "icu",
                                      "site", "shop", "club", "link", "store", "live", "page", "online", "cloud", "click", NULL};

/* What may stand before a word; not what is part of a URL, a path or an address. */
static gboolean begins_word(const char *text, const char *p) {
  return g_ascii_isalnum(*p) && (p == text || (guchar)p[-1] <= ' ' || (guchar)p[-1] >= 0x80 || strchr("<>()[]{}\"',;|*", p[-1]));
}

/* How many bytes may be a host, without dots and hyphens at its end. */
static gsize host_length(const char *start, const char *end) {
  const char *p = start;
  while (p < end && (g_ascii_isalnum(*p) || *p == '.' || *p == '-'))
    p++;
  while (p > start && !g_ascii_isalnum(p[-1]))
    p--;
  return (gsize)(p - start);
}

static gboolean has_path(const char *p, const char *end) {
  return end - p >= 2 && p[0] == '/' && p[1] != '\0' && (g_ascii_isalnum(p[1]) || strchr("~_%?", p[1]) != NULL);
}

/* TRUE if mail programs would make a link of these `n` bytes that begin a word. */
static gboolean is_bare(const char *start, gsize n, const char *end) {
  g_autofree char *host = g_ascii_strdown(start, (gssize)n);
  char *dot = strrchr(host, '.');
  gsize letters = dot != NULL ? strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
  if (letters < 2 || dot[1 + letters] != '\0')
    return FALSE;
  if (g_str_has_prefix(host, "www."))
    return dot > host + strlen("www.");
  return (letters == 2 || g_strv_contains(endings, dot + 1)) && has_path(start + n, end);
}

void links_find(const char *text, gsize length, GPtrArray *hosts) {
  if (length == 0) /* the bytes of an empty part are NULL */
    return;
  const char *end = text + MIN(length, LINKS_MAX_BYTES);
  for (const char *p = text; p < end && hosts->len < LINKS_MAX_HOSTS;) {
    if (end - p >= 3 && memcmp(p, "://", 3) == 0) {
      p += 3;
      if (is_web(text, p - 3))
        add_host(hosts, p, authority_length(p, end));
    } else if (begins_word(text, p)) {
      gsize n = host_length(p, end);
      /* What follows an @ or a colon is of an address, a port or a scheme. */
      if (memchr(p, '.', n) != NULL && (p + n == end || (p[n] != '@' && p[n] != ':' && p[n] != '_')) && is_bare(p, n, end))
        add_host(hosts, p, n);
      p += MAX(n, 1);
    } else {
      p++;
    }
  }
}
