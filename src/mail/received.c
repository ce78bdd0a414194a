#include "mail/received.h"

#include "mail/ip.h"
#include "mail/scan.h"

#include <string.h>

gboolean received_ip_is_public(const char *text) {
  Ip ip;
  return ip_parse(text, &ip) && (ip_is_documentation(&ip) || ip_special_range(&ip) == NULL);
}

/* The clause behind `word`, up to the next clause word outside of brackets.  Caller frees. */
static char *clause(const char *value, const char *word) {
  static const char *const words[] = {"from", "by", "with", "via", "id", "for", NULL};
  gsize n = strlen(word);
  int depth = 0;
  const char *start = NULL;
  for (const char *p = value; *p; p++) {
    depth += *p == '(' || *p == '[';
    depth -= (*p == ')' || *p == ']') && depth > 0;
    if (!start && *p == ';')
      return NULL;
    if (depth > 0 || (p > value && !strchr(" \t", p[-1])))
      continue;
    if (start) {
      for (const char *const *w = words; *w; w++)
        if (g_ascii_strncasecmp(p, *w, strlen(*w)) == 0 && (p[strlen(*w)] == ' ' || p[strlen(*w)] == '('))
          return g_strndup(start, (gsize)(p - start));
    } else if (g_ascii_strncasecmp(p, word, n) == 0 && p[n] == ' ') {
      start = p + n + 1;
      p += n;
    }
  }
  return start ? g_strdup(start) : NULL;
}

static char *first_ip(const char *text) {
  gsize start = 0, end = 0;
  return scan_ip(text, &start, &end) ? g_strndup(text + start, end - start) : NULL;
}

/* Exim and qmail name the HELO apart: "helo=name", "(HELO name)", "(EHLO name)". It is taken out of `from`. */
static char *take_marked_helo(char *from) {
  static const char *const marks[] = {"helo=", "HELO ", "EHLO "};
  for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
    char *at = strstr(from, marks[i]);
    if (!at)
      continue;
    const char *name = at + strlen(marks[i]);
    gsize n = strcspn(name, " )\t");
    char *helo = g_strndup(name, n);
    memset(at, ' ', strlen(marks[i]) + n);
    return helo;
  }
  return NULL;
}

static char *word_at(const char *p) {
  p += strspn(p, " \t(");
  gsize n = strcspn(p, " \t()[];");
  return n > 0 ? g_strndup(p, n) : NULL;
}

Received *received_parse(const char *value) {
  Received *received = g_new0(Received, 1);
  g_autofree char *by = clause(value, "by");
  received->by = by ? word_at(by) : NULL;
  g_autofree char *from = clause(value, "from");
  if (!from)
    return received;
  g_autofree char *marked = take_marked_helo(from);
  /* What the server saw stands in brackets behind the name; the word before it is what the client said. */
  const char *comment = strchr(from, '(');
  if (comment) {
    received->ip = first_ip(comment);
    g_autofree char *name = word_at(comment);
    if (name && scan_host(name) > 0)
      received->name = g_steal_pointer(&name);
  }
  if (!received->ip)
    received->ip = first_ip(from);
  if (marked) {
    received->helo = g_steal_pointer(&marked);
    if (!received->name) {
      g_autofree char *name = word_at(from);
      if (name && scan_host(name) > 0)
        received->name = g_steal_pointer(&name);
    }
  } else {
    gsize n = strcspn(from, " \t(");
    /* qmail and its like write "unknown" where the client's address has no name; what it said is not told. */
    gboolean unknown = n == 7 && g_ascii_strncasecmp(from, "unknown", 7) == 0;
    received->helo = n > 0 && !unknown ? g_strndup(from, n) : NULL;
  }
  return received;
}

void received_free(Received *received) {
  if (!received)
    return;
  g_free(received->helo);
  g_free(received->name);
  g_free(received->ip);
  g_free(received->by);
  g_free(received);
}
