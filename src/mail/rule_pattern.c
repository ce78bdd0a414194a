#include "mail/rule_pattern.h"

#include "base/text.h"

#include <string.h>

#define MAX_LITERALS 40 /* of one alternative */
#define LONG_ENOUGH 6   /* a piece of this length needs no better one */
#define MAX_DEPTH 8     /* groups in groups */
#define TRIES_SLOW 10   /* before an expression becomes machine code */

/* Pieces of text of which one must be there. */
typedef struct Pieces {
  GPtrArray *list; /* of char */
  gsize shortest;  /* bytes; 0: nothing is known */
} Pieces;

/* What is known of one alternative, while it is read. */
typedef struct Scan {
  GString *run; /* plain text up to here */
  Pieces best;
  GPtrArray *others; /* of char **: pieces that are not as good; NULL: not collected */
  guint weight, depth;
  gboolean plain;
} Scan;

static void scan_range(Scan *scan, const char *from, const char *end);

static void pieces_free(gpointer strings) {
  g_strfreev(strings);
}

static void alternative_free(gpointer data) {
  Alternative *alternative = data;
  g_clear_pointer(&alternative->others, g_ptr_array_unref);
  g_clear_pointer(&alternative->regex, g_regex_unref);
  g_free(alternative->pattern);
  g_strfreev(alternative->literals);
  g_free(alternative);
}

/* --- the shape of an expression --- */

/* Past the class that begins at `p`. */
static const char *skip_class(const char *p) {
  const char *end = p + 1;
  if (*end == '^')
    end++;
  if (*end == ']')
    end++;
  while (*end && *end != ']')
    end += end[0] == '\\' && end[1] ? 2 : 1;
  return *end ? end + 1 : end;
}

/* Past the group that begins at `p`. */
static const char *skip_group(const char *p) {
  guint depth = 0;
  while (*p) {
    if (*p == '[') {
      p = skip_class(p);
      continue;
    }
    if (*p == '\\' && p[1]) {
      p += 2;
      continue;
    }
    depth += *p == '(';
    if (*p == ')' && --depth == 0)
      return p + 1;
    p++;
  }
  return p;
}

/* The next | of this level, or `end`. */
static const char *find_bar(const char *p, const char *end) {
  while (p < end && *p != '|') {
    if (*p == '[')
      p = skip_class(p);
    else if (*p == '(')
      p = skip_group(p);
    else
      p += p[0] == '\\' && p + 1 < end ? 2 : 1;
  }
  return MIN(p, end);
}

/* What stands before `p` may be missing. */
static gboolean is_optional(const char *p) {
  return *p == '?' || *p == '*' || (*p == '{' && g_ascii_isdigit(p[1]));
}

static const char *skip_quantifier(const char *p, const char *end) {
  if (p < end && *p == '{' && is_optional(p)) {
    while (p < end && *p != '}')
      p++;
    return p < end ? p + 1 : p;
  }
  while (p < end && strchr("?*+", *p))
    p++;
  return p;
}

/* Past the escape of a letter or digit at `p`, and what belongs to it: "\\x41", "\\p{Lu}", "\\12", "\\k<name>". */
static const char *skip_escape(const char *p) {
  char kind = *++p;
  if (kind == '\0')
    return p;
  p++;
  const char *closing = *p == '{' ? "}" : *p == '<' ? ">" : *p == '\'' ? "'" : NULL;
  if (closing && strchr("xopPgkN", kind)) {
    p += strcspn(p, closing);
    return *p ? p + 1 : p;
  }
  if (kind == 'x')
    for (int i = 0; i < 2 && g_ascii_isxdigit(*p); i++)
      p++;
  else if (strchr("cpP", kind))
    p += *p != '\0';
  else if (g_ascii_isdigit(kind) || kind == 'g')
    p += strspn(p, "-+0123456789");
  return p;
}

/* What changes how the rest is to be read, or where it may end: "(?x)" ignores blanks, "(*ACCEPT)" ends, "\\c" takes a
 * backslash too, "\\Q" takes all that follows as it stands. */
static gboolean is_beyond_us(const char *pattern) {
  if (strstr(pattern, "(*") || strstr(pattern, "\\c") || strstr(pattern, "\\Q"))
    return TRUE;
  for (const char *p = strstr(pattern, "(?"); p; p = strstr(p + 2, "(?")) {
    gsize options = strspn(p + 2, "imsnxJU^-");
    if ((p[2 + options] == ')' || p[2 + options] == ':') && memchr(p + 2, 'x', options))
      return TRUE;
  }
  return FALSE;
}

/* The character that `p` stands for, if it is one alone: "a", "[.]", "\\."; `*next` behind it.  0: something else. */
static char single_character(const char *p, const char **next) {
  if (p[0] == '[' && p[1] && p[1] != '^' && p[1] != '\\' && p[2] == ']') {
    *next = p + 3;
    return p[1];
  }
  if (p[0] == '\\') {
    gboolean plain = g_ascii_ispunct(p[1]) || p[1] == ' ';
    *next = plain ? p + 2 : skip_escape(p);
    return plain ? p[1] : 0;
  }
  *next = p + 1;
  return strchr(".^$*?+)[", *p) ? 0 : *p;
}

/* --- pieces --- */

/* Takes `pieces` over: as the best if they tell more than those so far, to the others if they tell anything. */
static void offer(Scan *scan, Pieces pieces) {
  gboolean useful = pieces.shortest >= PATTERN_MIN_LITERAL && pieces.list->len <= MAX_LITERALS;
  if (useful && scan->best.shortest < LONG_ENOUGH && pieces.shortest > scan->best.shortest) {
    GPtrArray *old = scan->best.list;
    scan->best = pieces;
    pieces.list = old;
  }
  if (pieces.list && useful && scan->others) {
    g_ptr_array_add(pieces.list, NULL);
    g_ptr_array_add(scan->others, g_ptr_array_free(pieces.list, FALSE));
  } else if (pieces.list) {
    g_ptr_array_unref(pieces.list);
  }
}

static void end_run(Scan *scan) {
  scan->weight += (guint)scan->run->len;
  if (scan->run->len >= PATTERN_MIN_LITERAL) {
    Pieces pieces = {g_ptr_array_new_with_free_func(g_free), scan->run->len};
    g_ptr_array_add(pieces.list, text_lower(scan->run->str));
    offer(scan, pieces);
  }
  g_string_truncate(scan->run, 0);
}

static void drop_last_character(GString *run) {
  while (run->len > 0 && ((guchar)run->str[run->len - 1] & 0xC0) == 0x80)
    g_string_truncate(run, run->len - 1);
  if (run->len > 0)
    g_string_truncate(run, run->len - 1);
}

static void scan_init(Scan *scan, guint depth) {
  *scan = (Scan){.run = g_string_new(NULL), .plain = TRUE, .depth = depth};
}

/* The pieces of a group are those of all its alternatives; its weight is that of the lightest. */
static void scan_group(Scan *scan, const char *from, const char *end) {
  Pieces pieces = {g_ptr_array_new_with_free_func(g_free), G_MAXSIZE};
  guint lightest = G_MAXUINT;
  for (const char *p = from; p <= end;) {
    const char *bar = find_bar(p, end);
    Scan part;
    scan_init(&part, scan->depth + 1);
    scan_range(&part, p, bar);
    lightest = MIN(lightest, part.weight);
    pieces.shortest = MIN(pieces.shortest, part.best.shortest);
    if (part.best.list)
      g_ptr_array_extend_and_steal(pieces.list, part.best.list);
    g_string_free(part.run, TRUE);
    p = bar + 1;
  }
  scan->weight += lightest;
  offer(scan, pieces);
}

static void scan_range(Scan *scan, const char *from, const char *end) {
  for (const char *p = from, *next = NULL; p < end; p = next) {
    char c = *p == '(' ? 0 : single_character(p, &next);
    if (c != 0) {
      g_string_append_c(scan->run, c);
      if (next >= end || (!is_optional(next) && *next != '+'))
        continue;
      if (*next != '+')
        drop_last_character(scan->run);
    } else if (*p == '(') {
      next = skip_group(p);
      end_run(scan);
      const char *inside = g_str_has_prefix(p, "(?:") ? p + 3 : p + 1;
      /* "(?!..)" and its like: what is in them may have to be missing, or stand outside of the match. */
      if (!is_optional(next) && next - inside > 1 && *inside != '?' && scan->depth < MAX_DEPTH)
        scan_group(scan, inside, next - 1);
    } else if (*p == '[') {
      next = skip_class(p);
    }
    end_run(scan);
    scan->plain = FALSE;
    next = skip_quantifier(next, end);
  }
  end_run(scan);
}

/* --- alternatives --- */

/* Most alternatives have nothing special in them, and all files of rules are read before the first answer. */
static void read_plain(Alternative *alternative) {
  alternative->plain = TRUE;
  alternative->weight = (guint)strlen(alternative->pattern);
  alternative->literals = g_new0(char *, 2);
  alternative->literals[0] = text_lower(alternative->pattern);
}

static void read_expression(Alternative *alternative) {
  Scan scan;
  scan_init(&scan, 0);
  scan.others = g_ptr_array_new_with_free_func(pieces_free);
  if (!is_beyond_us(alternative->pattern))
    scan_range(&scan, alternative->pattern, alternative->pattern + strlen(alternative->pattern));
  else
    scan.plain = FALSE;
  g_string_free(scan.run, TRUE);
  if (!scan.best.list)
    scan.best.list = g_ptr_array_new();
  g_ptr_array_add(scan.best.list, NULL);
  alternative->weight = scan.weight;
  alternative->plain = scan.plain && scan.best.shortest > 0;
  alternative->literals = (char **)g_ptr_array_free(scan.best.list, FALSE);
  if (scan.others->len > 0)
    alternative->others = g_steal_pointer(&scan.others);
  g_clear_pointer(&scan.others, g_ptr_array_unref);
}

static Alternative *alternative_new(const char *from, const char *end) {
  while (from < end && g_ascii_isspace(*from))
    from++;
  while (end > from && g_ascii_isspace(end[-1]))
    end--;
  Alternative *alternative = g_new0(Alternative, 1);
  alternative->pattern = g_strndup(from, (gsize)(end - from));
  alternative->broken = from == end; /* an empty one would match everything */
  if (end - from >= PATTERN_MIN_LITERAL && !strpbrk(alternative->pattern, "[](){}.*+?^$\\|"))
    read_plain(alternative);
  else
    read_expression(alternative);
  return alternative;
}

GPtrArray *pattern_split(const char *pattern) {
  GPtrArray *all = g_ptr_array_new_with_free_func(alternative_free);
  const char *end = pattern + strlen(pattern);
  for (const char *p = pattern; p <= end;) {
    const char *bar = find_bar(p, end);
    g_ptr_array_add(all, alternative_new(p, bar));
    p = bar + 1;
  }
  return all;
}

gboolean alternative_check(Alternative *alternative, GError **error) {
  if (alternative->regex || alternative->plain)
    return TRUE;
  if (*alternative->pattern == '\0') {
    g_set_error_literal(error, G_REGEX_ERROR, G_REGEX_ERROR_COMPILE, "nothing between two |");
    return FALSE;
  }
  alternative->regex = g_regex_new(alternative->pattern, G_REGEX_CASELESS, 0, error);
  alternative->broken = alternative->regex == NULL;
  return !alternative->broken;
}

/* FALSE: a piece is missing without which nothing matches.  Looking for it costs little beside an expression. */
static gboolean has_others(const Alternative *alternative, const char *text) {
  for (guint i = 0; alternative->others && i < alternative->others->len; i++) {
    char **piece = g_ptr_array_index(alternative->others, i);
    while (*piece && !strstr(text, *piece))
      piece++;
    if (!*piece)
      return FALSE;
  }
  return TRUE;
}

/* Machine code takes far longer to make than to run: it pays for what is tried on many mails. */
static void make_fast(Alternative *alternative) {
  if (++alternative->tries != TRIES_SLOW)
    return;
  g_regex_unref(alternative->regex);
  alternative->regex = g_regex_new(alternative->pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
}

gboolean alternative_matches(Alternative *alternative, const char *text) {
  if (alternative->plain)
    return TRUE;
  if (alternative->broken || !has_others(alternative, text) || !alternative_check(alternative, NULL))
    return FALSE;
  make_fast(alternative);
  return g_regex_match(alternative->regex, text, 0, NULL);
}
