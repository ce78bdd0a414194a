#include "mail/notice_repair.h"

#include "mail/notice_lines.h"

#include <string.h>

#define MAX_FOLDED 40 /* lines of one field */
#define MIN_BROKEN 2  /* such lines that break off in a sentence */
#define MIN_SPACED 6  /* lines with an empty one behind */

/* What stands for a blank or a line end in text that was copied out of a page.  What has no width stays: somebody may
 * have put it into an address. */
static const struct {
  const char *bytes, *means;
} blanks[] = {
    {"\xC2\xA0", " "},      /* no-break space */
    {"\xE2\x80\xAF", " "},  /* narrow no-break space */
    {"\xE2\x80\x82", " "},  /* en space */
    {"\xE2\x80\x83", " "},  /* em space */
    {"\xE2\x80\x87", " "},  /* figure space */
    {"\xE2\x80\x89", " "},  /* thin space */
    {"\xE2\x80\xA8", "\n"}, /* line separator */
    {"\xE2\x80\xA9", "\n"}, /* paragraph separator */
};

static gssize blank_at(const char *p) {
  for (guint i = 0; i < G_N_ELEMENTS(blanks); i++)
    if (strncmp(p, blanks[i].bytes, strlen(blanks[i].bytes)) == 0)
      return i;
  return -1;
}

char *notice_repair_blanks(const char *text) {
  if (!strstr(text, "\xC2\xA0") && !strstr(text, "\xE2\x80"))
    return NULL;
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text; *p;) {
    gssize i = *p & 0x80 ? blank_at(p) : -1;
    if (i < 0) {
      g_string_append_c(out, *p++);
      continue;
    }
    g_string_append(out, blanks[i].means);
    p += strlen(blanks[i].bytes);
  }
  return g_string_free(out, FALSE);
}

/* How many line ends follow at `p`, with blanks between them; `*next` receives the line behind. */
static guint line_ends(const char *p, const char **next) {
  guint n = 0;
  *next = p;
  for (; *p; p++) {
    if (*p == '\n') {
      n++;
      *next = p + 1;
    } else if (*p != ' ' && *p != '\t') {
      break;
    }
  }
  return n;
}

/* TRUE if the line that ends at `end` breaks off in a sentence that `next` goes on with. */
static gboolean breaks_off(const char *end, const char *next) {
  next += strspn(next, " \t");
  return (g_ascii_isalnum(end[-1]) || end[-1] == ',') && (g_ascii_islower(*next) || g_ascii_isdigit(*next));
}

/* TRUE if nearly every line is followed by one empty line, and some by three: those are the real ones. */
static gboolean is_double_spaced(const char *text) {
  guint close = 0, single = 0, more = 0, broken = 0;
  for (const char *p = text + strspn(text, " \t\n"), *next; *p; p = next) {
    const char *end = strchrnul(p, '\n');
    guint n = line_ends(end, &next);
    close += n == 1 && *next != '\0';
    single += n == 2;
    broken += n == 2 && breaks_off(end, next);
    more += n >= 4 && *next != '\0';
  }
  return (single >= MIN_SPACED || broken >= MIN_BROKEN) && more > 0 && close * 10 <= single;
}

char *notice_repair_spacing(const char *text) {
  if (!is_double_spaced(text))
    return NULL;
  GString *out = g_string_sized_new(strlen(text));
  for (const char *p = text + strspn(text, " \t\n"), *next; *p; p = next) {
    const char *end = strchrnul(p, '\n');
    guint n = line_ends(end, &next);
    g_string_append_len(out, p, end - p);
    for (guint i = 0; i < MAX(1, n / 2); i++)
      g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

static gboolean is_raw(const char *line) {
  static const char *const fields[] = {
      "Received:", "Return-Path:", "DKIM-Signature:", "X-", "ARC-", "Delivered-To:", NULL};
  for (const char *const *field = fields; *field; field++)
    if (g_ascii_strncasecmp(line, *field, strlen(*field)) == 0)
      return fields_name_length(line) > 0;
  return FALSE;
}

/* TRUE if a field follows behind line `i`, before the next empty one. */
static gboolean field_follows(const Notice *notice, guint i) {
  for (guint k = i + 1; k < notice->n_lines && k < i + MAX_FOLDED; k++) {
    if (!*notice->lines[k])
      return FALSE;
    if (is_raw(notice->lines[k]) || notice_lines_is_header(notice->lines[k]))
      return TRUE;
  }
  return FALSE;
}

void notice_repair_folding(Notice *notice) {
  gboolean inside = FALSE;
  for (guint i = 0; i < notice->n_lines; i++) {
    char *line = notice->lines[i];
    if (!*line) {
      inside = FALSE;
    } else if (is_raw(line)) {
      inside = TRUE;
    } else if (inside && *line != ' ' && *line != '\t' && fields_name_length(line) == 0) {
      if (!field_follows(notice, i)) {
        inside = FALSE;
        continue;
      }
      notice->lines[i] = g_strconcat(" ", line, NULL);
      g_free(line);
    }
  }
}
