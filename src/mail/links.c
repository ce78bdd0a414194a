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

void links_find(const char *text, gsize length, GPtrArray *hosts) {
  if (length == 0) /* the bytes of an empty part are NULL */
    return;
  const char *end = text + MIN(length, LINKS_MAX_BYTES);
  for (const char *p = text; hosts->len < LINKS_MAX_HOSTS; p += 3) {
    p = memmem(p, (gsize)(end - p), "://", 3);
    if (p == NULL)
      return;
    if (is_web(text, p))
      add_host(hosts, p + 3, authority_length(p + 3, end));
  }
}
