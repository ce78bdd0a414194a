#include "mail/spf_impl.h"

#include <string.h>

/* RFC 7208 s7.1 */
#define DELIMITERS ".-+,/_="
#define LETTERS "slodiphv"
#define LETTERS_EXPLANATION "slodiphvcrt"

#define MAX_NAME 253 /* RFC 7208 s7.3 */
#define MAX_LABEL 63
/* What a macro may grow to: far more than any name or honest explanation needs. */
#define MAX_EXPANDED 16384

/* One piece of a macro-string: a macro, or literal text. */
typedef struct Piece {
  char letter; /* lower case; 0: literal */
  gboolean escape, reverse;
  gboolean expand; /* written with a per cent sign: macro-expand */
  guint keep;      /* right-hand parts, 0: all */
  char delimiters[sizeof DELIMITERS];
  const char *literal;
  gsize length;
} Piece;

static const struct { const char *written, *means; } escapes[] = {{"%%", "%"}, {"%_", " "}, {"%-", "%20"}};

/* --- reading --- */

static gboolean read_keep(const char **p, Piece *piece) {
  guint64 keep = 0;
  if (!g_ascii_isdigit(**p))
    return TRUE;
  for (; g_ascii_isdigit(**p); (*p)++)
    keep = MIN(keep * 10 + (guint64)(**p - '0'), 1000);
  piece->keep = (guint)keep;
  return keep > 0;
}

static gboolean read_macro(const char **p, Piece *piece) {
  const char *s = *p + 2;
  gsize n = 0;
  piece->letter = g_ascii_tolower(*s);
  piece->escape = g_ascii_isupper(*s);
  if (*s == '\0' || strchr(LETTERS_EXPLANATION, piece->letter) == NULL)
    return FALSE;
  s++;
  if (!read_keep(&s, piece))
    return FALSE;
  piece->reverse = *s == 'r' || *s == 'R';
  s += piece->reverse;
  for (; *s != '\0' && strchr(DELIMITERS, *s) != NULL; s++)
    if (strchr(piece->delimiters, *s) == NULL)
      piece->delimiters[n++] = *s;
  if (n == 0)
    piece->delimiters[0] = '.';
  if (*s != '}')
    return FALSE;
  *p = s + 1;
  return TRUE;
}

/* The piece at *p, which is not at the end. FALSE: a per cent sign that begins no macro. */
static gboolean read_piece(const char **p, Piece *piece) {
  memset(piece, 0, sizeof *piece);
  piece->expand = **p == '%';
  if (!piece->expand) {
    piece->literal = *p;
    piece->length = strcspn(*p, "%");
    *p += piece->length;
    return TRUE;
  }
  if ((*p)[1] == '{')
    return read_macro(p, piece);
  for (guint i = 0; i < G_N_ELEMENTS(escapes); i++)
    if (strncmp(*p, escapes[i].written, 2) == 0) {
      piece->literal = escapes[i].means;
      piece->length = strlen(escapes[i].means);
      *p += 2;
      return TRUE;
    }
  return FALSE;
}

/* --- checking --- */

static SpfProblem check_pieces(const char *spec, const char *letters, const char **tail) {
  Piece piece;
  *tail = spec;
  for (const char *p = spec; *p != '\0';) {
    if (!read_piece(&p, &piece) || (piece.letter != 0 && strchr(letters, piece.letter) == NULL))
      return SPF_BAD_MACRO;
    if (piece.expand)
      *tail = p;
  }
  return SPF_PROBLEM_NONE;
}

/* toplabel: letters, digits, hyphens inside, not digits alone. */
static gboolean is_toplabel(const char *label, gsize length) {
  gboolean other = FALSE;
  if (length == 0 || !g_ascii_isalnum(label[0]) || !g_ascii_isalnum(label[length - 1]))
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum(label[i]) && label[i] != '-')
      return FALSE;
    other |= !g_ascii_isdigit(label[i]);
  }
  return other;
}

SpfProblem spf_check_domain(const char *spec) {
  const char *tail;
  Ip ip;
  if (*spec == '\0')
    return SPF_NO_ARGUMENT;
  SpfProblem problem = check_pieces(spec, LETTERS, &tail);
  if (problem != SPF_PROBLEM_NONE || *tail == '\0')
    return problem;
  if (ip_parse(spec, &ip))
    return SPF_ADDRESS_AS_NAME;
  gsize length = strlen(tail);
  length -= tail[length - 1] == '.';
  const char *dot = g_strrstr_len(tail, (gssize)length, ".");
  if (dot == NULL || !is_toplabel(dot + 1, length - (gsize)(dot + 1 - tail)))
    return SPF_BAD_DOMAIN;
  return SPF_PROBLEM_NONE;
}

SpfProblem spf_check_string(const char *spec) {
  const char *tail;
  return check_pieces(spec, LETTERS_EXPLANATION, &tail);
}

SpfProblem spf_check_explanation(const char *bytes, gsize length) {
  for (gsize i = 0; i < length; i++)
    if (bytes[i] < 0x20 || bytes[i] > 0x7e)
      return SPF_BAD_CHARACTER;
  g_autofree char *text = g_strndup(bytes, length);
  return spf_check_string(text);
}

gboolean spf_uses(const char *spec, const char *letters) {
  Piece piece;
  for (const char *p = spec; *p != '\0' && read_piece(&p, &piece);)
    if (piece.letter != 0 && strchr(letters, piece.letter) != NULL)
      return TRUE;
  return FALSE;
}

/* --- filling in --- */

/* s7.3: dotted quad, or the nibbles of an IPv6 address, the first one first. */
static char *dotted_address(const Ip *ip) {
  static const char digits[] = "0123456789ABCDEF";
  if (ip->family == 4)
    return ip_format(ip);
  GString *text = g_string_sized_new(64);
  for (guint i = 0; i < 32; i++)
    g_string_append_printf(text, "%s%c", i > 0 ? "." : "", digits[(ip->bytes[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15]);
  return g_string_free(text, FALSE);
}

static char *value_of(const SpfMacros *macros, char letter) {
  switch (letter) {
  case 's':
    return g_strdup(macros->sender);
  case 'l':
    return g_strdup(macros->local);
  case 'o':
    return g_strdup(macros->sender_domain);
  case 'd':
    return g_strdup(macros->domain);
  case 'i':
    return dotted_address(macros->ip);
  case 'p':
    return g_strdup(macros->validated != NULL ? macros->validated : "unknown");
  case 'v':
    return g_strdup(macros->ip->family == 4 ? "in-addr" : "ip6");
  case 'h':
    return g_strdup(macros->helo != NULL ? macros->helo : "unknown");
  case 'c':
    return ip_format(macros->ip);
  case 't':
    return g_strdup_printf("%" G_GINT64_FORMAT, macros->now);
  default: /* r: we are not the receiver */
    return g_strdup("unknown");
  }
}

static void append_escaped(GString *out, const char *text, gsize length) {
  for (gsize i = 0; i < length; i++) {
    if (g_ascii_isalnum(text[i]) || strchr("-._~", text[i]) != NULL)
      g_string_append_c(out, text[i]);
    else
      g_string_append_printf(out, "%%%02X", (guint8)text[i]);
  }
}

typedef struct Part {
  const char *text;
  gsize length;
} Part;

static void append_macro(GString *out, const SpfMacros *macros, const Piece *piece) {
  g_autofree char *value = value_of(macros, piece->letter);
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
  g_autoptr(GString) text = g_string_new(NULL);
  for (const char *p = value;; p++) {
    Part part = {p, strcspn(p, piece->delimiters)};
    g_array_append_val(parts, part);
    p += part.length;
    if (*p == '\0')
      break;
  }
  guint n = parts->len, keep = piece->keep == 0 ? n : MIN(piece->keep, n);
  for (guint i = n - keep; i < n; i++) {
    const Part *part = &g_array_index(parts, Part, piece->reverse ? n - 1 - i : i);
    if (i > n - keep)
      g_string_append_c(text, '.');
    g_string_append_len(text, part->text, (gssize)part->length);
  }
  if (piece->escape)
    append_escaped(out, text->str, text->len);
  else
    g_string_append_len(out, text->str, (gssize)text->len);
}

char *spf_expand(const SpfMacros *macros, const char *spec) {
  g_autoptr(GString) out = g_string_new(NULL);
  Piece piece;
  for (const char *p = spec; *p != '\0' && read_piece(&p, &piece);) {
    if (piece.letter == 0)
      g_string_append_len(out, piece.literal, (gssize)piece.length);
    else
      append_macro(out, macros, &piece);
    if (out->len > MAX_EXPANDED)
      return NULL;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- names --- */

char *spf_target(const SpfMacros *macros, const char *spec) {
  g_autofree char *name = spf_expand(macros, spec);
  if (name == NULL)
    return NULL;
  gsize length = strlen(name);
  if (length > 0 && name[length - 1] == '.')
    name[--length] = '\0';
  const char *start = name;
  /* s7.3: labels are taken off on the left until it fits. */
  while (length > MAX_NAME) {
    const char *dot = strchr(start, '.');
    if (dot == NULL)
      break;
    length -= (gsize)(dot + 1 - start);
    start = dot + 1;
  }
  return g_strdup(start);
}

char *spf_presentation(const char *name) {
  g_autoptr(GString) out = g_string_new(NULL);
  gsize label = 0;
  if (*name == '\0' || strlen(name) > MAX_NAME)
    return NULL;
  for (const char *p = name; *p != '\0'; p++) {
    label = *p == '.' ? 0 : label + 1;
    if (g_ascii_iscntrl(*p) || label > MAX_LABEL || (label == 0 && (p == name || p[1] == '.' || p[1] == '\0')))
      return NULL;
    if (g_ascii_isgraph(*p) && strchr("\"();\\$@", *p) == NULL)
      g_string_append_c(out, *p);
    else
      g_string_append_printf(out, "\\%03u", (guint8)*p);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}
