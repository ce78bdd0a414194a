#include "mail/html.h"

#include <glib.h>
#include <string.h>

typedef struct Entity {
  const char *name, *text;
} Entity;

static const Entity entities[] = {
    {"lt", "<"},
    {"gt", ">"},
    {"amp", "&"},
    {"quot", "\""},
    {"apos", "'"},
    {"nbsp", " "},
    {"#39", "'"},
    {"lsquo", "\xE2\x80\x98"},
    {"rsquo", "\xE2\x80\x99"},
    {"ldquo", "\xE2\x80\x9C"},
    {"rdquo", "\xE2\x80\x9D"},
    {"ndash", "-"},
    {"mdash", "-"},
    {"shy", ""},
    {"zwnj", ""},
};

static const char *const blocks[] = {"br", "p",  "div", "tr",  "li",         "ul", "ol", "table", "h1", "h2",
                                     "h3", "h4", "hr",  "pre", "blockquote", "td", "th", "title", NULL};
static const char *const preformatted[] = {"pre", NULL};
static const char *const dropped[] = {"script", "style", NULL};

static gboolean tag_in(const char *tag, gsize length, const char *const *list) {
  for (; *list; list++)
    if (strlen(*list) == length && g_ascii_strncasecmp(tag, *list, length) == 0)
      return TRUE;
  return FALSE;
}

/* Decodes the reference at `p` ("&...;"), appends it and returns what comes behind. */
static const char *take_entity(const char *p, GString *out) {
  const char *name = p + 1;
  gsize n = strcspn(name, "; \t\r\n&<");
  if (n == 0 || n > 10) {
    g_string_append_c(out, '&');
    return name;
  }
  const char *rest = name[n] == ';' ? name + n + 1 : name + n;
  for (guint i = 0; i < G_N_ELEMENTS(entities); i++) {
    if (strlen(entities[i].name) == n && strncmp(name, entities[i].name, n) == 0) {
      g_string_append(out, entities[i].text);
      return rest;
    }
  }
  if (*name == '#') {
    gboolean hex = name[1] == 'x' || name[1] == 'X';
    guint64 c = g_ascii_strtoull(name + (hex ? 2 : 1), NULL, hex ? 16 : 10);
    if (c >= ' ' && c <= 0x10FFFF && g_unichar_validate((gunichar)c)) {
      g_string_append_unichar(out, (gunichar)c);
      return rest;
    }
  }
  g_string_append_c(out, '&');
  return name;
}

static void end_line(GString *out) {
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  /* At most one empty line. */
  if (out->len >= 2 && out->str[out->len - 1] == '\n' && out->str[out->len - 2] == '\n')
    return;
  g_string_append_c(out, '\n');
}

static const char *skip_element(const char *p, const char *tag, gsize length) {
  g_autofree char *close = g_strdup_printf("</%.*s", (int)length, tag);
  while ((p = strchr(p, '<')) != NULL) {
    if (g_ascii_strncasecmp(p, close, length + 2) == 0)
      return p;
    p++;
  }
  return "";
}

static const char *take_tag(const char *p, GString *out, gboolean *verbatim) {
  if (strncmp(p, "<!--", 4) == 0) {
    const char *end = strstr(p + 4, "-->");
    return end ? end + 3 : "";
  }
  const char *tag = p + 1 + (p[1] == '/');
  gsize n = 0;
  while (g_ascii_isalnum(tag[n]))
    n++;
  /* "<taro@example.com>" unescaped in HTML is text, whatever browsers make of it. */
  gsize inside = strcspn(p, ">\n");
  if (n == 0 || (p[inside] == '>' && memchr(p, '@', inside) && !memchr(p, '=', inside))) {
    g_string_append_c(out, '<');
    return p + 1;
  }
  const char *end = strchr(p, '>');
  if (!end)
    return "";
  if (tag_in(tag, n, blocks))
    end_line(out);
  if (tag_in(tag, n, preformatted))
    *verbatim = p[1] != '/';
  if (p[1] != '/' && tag_in(tag, n, dropped))
    return skip_element(end + 1, tag, n);
  return end + 1;
}

char *html_to_text(const char *html) {
  GString *out = g_string_sized_new(strlen(html) / 2);
  gboolean verbatim = FALSE;
  for (const char *p = html; *p;) {
    if (*p == '<') {
      p = take_tag(p, out, &verbatim);
    } else if (*p == '&') {
      p = take_entity(p, out);
    } else if (!verbatim && strchr(" \t\r\n", *p)) {
      if (out->len > 0 && !strchr(" \n", out->str[out->len - 1]))
        g_string_append_c(out, ' ');
      p++;
    } else {
      g_string_append_c(out, *p++);
    }
  }
  return g_string_free(out, FALSE);
}
