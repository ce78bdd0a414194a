#include "mail/html.h"

#include <glib.h>
#include <string.h>

#define MAX_TAG 300 /* bytes of a tag, and of what fills an empty paragraph */

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

/* What has lines of its own, and what has an empty line around it besides. */
static const char *const blocks[] = {"div", "tr", "li", "td", "th", "dt", "dd", "address", "section", NULL};
static const char *const paragraphs[] = {"ul", "ol", "dl", "table",      "h1",    "h2",
                                         "h3", "h4", "hr", "blockquote", "title", NULL};
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

static void begin_line(GString *out) {
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    end_line(out);
}

/* What is made of the tags. */
typedef struct Shape {
  gboolean verbatim;        /* inside of <pre> */
  gboolean paragraphs_line; /* every paragraph is one line, with empty ones between: Word and Outlook write so */
} Shape;

/* How much of what ends at `end` fills a paragraph without saying anything: "&nbsp;", "<o:p>&nbsp;</o:p>", "<br>". */
static gsize filler_before(const char *html, const char *end) {
  static const char *const fillers[] = {"&nbsp;", "</o:p>",  "<o:p>",    "<br>",
                                        "<br/>",  "</span>", "\xC2\xA0", " ",    NULL};
  for (const char *const *filler = fillers; *filler; filler++) {
    gsize n = strlen(*filler);
    if ((gsize)(end - html) >= n && strncmp(end - n, *filler, n) == 0)
      return n;
  }
  return 0;
}

/* TRUE if the page has paragraphs that hold nothing but a blank, and so uses them as lines. */
static gboolean has_empty_paragraphs(const char *html) {
  for (const char *p = strstr(html, "</p>"); p; p = strstr(p + 4, "</p>")) {
    const char *end = p;
    for (gsize n = filler_before(html, end); n > 0 && p - end < MAX_TAG; n = filler_before(html, end))
      end -= n;
    const char *open = end;
    while (open > html && open[-1] != '<' && end - open < MAX_TAG)
      open--;
    if (end > html && end[-1] == '>' && (*open == 'p' || *open == 'P') && (open[1] == '>' || open[1] == ' '))
      return TRUE;
  }
  return FALSE;
}

static void take_block(GString *out, const char *tag, gsize n, gboolean closes, const Shape *shape) {
  gboolean paragraph = n == 1 && (*tag == 'p' || *tag == 'P');
  if (n == 2 && g_ascii_strncasecmp(tag, "br", 2) == 0) {
    end_line(out);
  } else if (paragraph && shape->paragraphs_line) {
    if (closes)
      end_line(out);
    else
      begin_line(out);
  } else if (paragraph || tag_in(tag, n, paragraphs) || tag_in(tag, n, preformatted)) {
    begin_line(out);
    if (out->len > 0)
      end_line(out);
  } else if (tag_in(tag, n, blocks)) {
    begin_line(out);
  }
}

static const char *take_tag(const char *p, GString *out, Shape *shape) {
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
  take_block(out, tag, n, p[1] == '/', shape);
  if (tag_in(tag, n, preformatted))
    shape->verbatim = p[1] != '/';
  if (p[1] != '/' && tag_in(tag, n, dropped))
    return skip_element(end + 1, tag, n);
  return end + 1;
}

char *html_to_text(const char *html) {
  GString *out = g_string_sized_new(strlen(html) / 2);
  Shape shape = {.paragraphs_line = has_empty_paragraphs(html)};
  for (const char *p = html; *p;) {
    if (*p == '<') {
      p = take_tag(p, out, &shape);
    } else if (*p == '&') {
      p = take_entity(p, out);
    } else if (!shape.verbatim && strchr(" \t\r\n", *p)) {
      if (out->len > 0 && !strchr(" \n", out->str[out->len - 1]))
        g_string_append_c(out, ' ');
      p++;
    } else {
      g_string_append_c(out, *p++);
    }
  }
  return g_string_free(out, FALSE);
}
