#include "mail/notice_repair.h"

#include "mail/scan.h"

#include <string.h>

#define MIN_JOINED 100 /* bytes of a line; shorter ones were hardly more than one */
#define MAX_FOLDED 40  /* lines of one field */
#define MIN_FIELDS 3   /* in one line: fewer are a sentence about them */
#define MIN_SPACED 6   /* lines with an empty one behind */

static const char *const report_fields[] = {
    "Reporting-MTA:", "Final-Recipient:", "Original-Recipient:", "Action:", "Status:",
    "Remote-MTA:",    "Diagnostic-Code:", "Arrival-Date:",       "Received-From-MTA:", "Last-Attempt-Date:",
    "Will-Retry-Until:", "Final-Log-ID:", NULL,
};

static const char *const first_field[] = {"Reporting-MTA:", NULL};

static const char *const header_fields[] = {
    "Received:",     "Return-Path:",  "Message-ID:", "From:",           "To:", "Subject:", "Date:",
    "MIME-Version:", "Content-Type:", "Reply-To:",   "DKIM-Signature:", NULL,
};

/* Headings without dashes behind them. */
static const char *const headings[] = {"-------server message ", "-------SMTP command ", "-------original message ",
                                       NULL};

static const char *const session_marks[] = {"<<< ", ">>> RCPT", ">>> MAIL", ">>> DATA", ">>> EHLO", ">>> HELO", NULL};

/* How much of `p` one of `list` takes, in any case; 0: none. */
static gsize begins_with(const char *p, const char *const *list) {
  for (; *list; list++)
    if (g_ascii_strncasecmp(p, *list, strlen(*list)) == 0)
      return strlen(*list);
  return 0;
}

/* "after RCPT TO:", "MAIL FROM:" are no fields. */
static gboolean is_command(const char *line, const char *p) {
  return p - line >= 5 && (g_ascii_strncasecmp(p - 5, "RCPT ", 5) == 0 || g_ascii_strncasecmp(p - 5, "MAIL ", 5) == 0);
}

static guint count(const char *line, gsize length, const char *const *fields) {
  guint n = 0;
  for (const char *p = line; p < line + length; p++)
    n += (p == line || p[-1] == ' ') && !is_command(line, p) && begins_with(p, fields) > 0;
  return n;
}

/* "<taro@example.com>: " where it does not stand behind a code: what was answered begins so, too. */
static gboolean is_item(const char *line, const char *p) {
  gsize start = 0, end = 0;
  if ((*p != '<' && *p != '"') || p - line < 2 || g_ascii_isdigit(p[-2]))
    return FALSE;
  /* "was not relayed to: <taro@example.com>: ..." heads a list, "rejected: <taro@example.com>: ..." is an answer. */
  gboolean heads = p - line >= 5 && strncmp(p - 5, " to: ", 5) == 0;
  if (p[-2] == ':' && !heads)
    return FALSE;
  /* "taro@example.com <jiro@example.net>: ..." */
  const char *word = p - 1;
  while (word > line && word[-1] != ' ')
    word--;
  if (memchr(word, '@', (gsize)(p - word)))
    return FALSE;
  gsize n = strcspn(p + 1, " <>\"\n");
  if (n > 320 || (p[1 + n] != '>' && p[1 + n] != '"') || p[2 + n] != ':' || p[3 + n] != ' ')
    return FALSE;
  g_autofree char *inside = g_strndup(p, n + 2);
  return scan_mailbox(inside, &start, &end) && start == 1;
}

/* "taro@example.com: 550 ..." */
static gboolean is_bare_item(const char *p) {
  gsize n = strcspn(p, " :<>()\"\n");
  const char *code = p + n + 2;
  return n > 0 && n <= 320 && p[n] == ':' && p[n + 1] == ' ' && memchr(p + 1, '@', n - 1) &&
         (*code == '4' || *code == '5') && g_ascii_isdigit(code[1]) && g_ascii_isdigit(code[2]) && code[3] == ' ';
}

/* "taro@example.com Remote Server returned '550 ...", "taro@example.com SMTP error from remote mail server ..." */
static gboolean is_exchange(const char *p) {
  static const char *const phrases[] = {"Remote Server returned '", "Remote Server at ", "SMTP error from remote ",
                                        NULL};
  return begins_with(p, phrases) > 0;
}

/* Length of a heading at `p`: dashes, words, dashes; or one of those that have none behind. */
static gsize heading_length(const char *p) {
  gsize n = begins_with(p, headings);
  if (n > 0)
    return n;
  gsize dashes = strspn(p, "-");
  gsize words = dashes >= 3 ? strcspn(p + dashes, "-\n") : 0;
  gsize closing = words > 5 && words < 90 ? strspn(p + dashes + words, "-") : 0;
  return closing >= 3 ? dashes + words + closing : 0;
}

static void end_line(GString *out) {
  g_string_truncate(out, strlen(g_strchomp(out->str)));
  g_string_append_c(out, '\n');
}

/* The address before "Remote Server returned" heads what follows: both get a line of their own. */
static void part_address(GString *out) {
  g_string_truncate(out, strlen(g_strchomp(out->str)));
  char *blank = strrchr(out->str, ' ');
  char *line = strrchr(out->str, '\n');
  if (blank && (!line || blank > line) && strchr(blank, '@'))
    *blank = '\n';
  g_string_append_c(out, '\n');
}

static void repair_line(GString *out, const char *line, gsize length) {
  gboolean report = count(line, length, report_fields) >= MIN_FIELDS;
  gboolean header = count(line, length, header_fields) >= MIN_FIELDS + 1;
  for (const char *p = line; p < line + length;) {
    gboolean begins = p > line && p[-1] == ' ';
    gsize heading = (p == line || begins) && *p == '-' ? heading_length(p) : 0;
    if (heading > 0) {
      if (p > line)
        end_line(out);
      g_string_append_len(out, p, (gssize)heading);
      end_line(out);
      p += heading + strspn(p + heading, " ");
      continue;
    }
    if (begins && is_exchange(p))
      part_address(out);
    else if (begins && ((report && begins_with(p, report_fields)) ||
                        /* "was not relayed to: .." is a sentence. */
                        (header && g_ascii_isupper(*p) && begins_with(p, header_fields) && !is_command(line, p)) ||
                        begins_with(p, session_marks) || is_item(line, p) || is_bare_item(p)))
      end_line(out);
    /* The report is no part of a header that it follows. */
    if (begins && report && begins_with(p, first_field))
      g_string_append_c(out, '\n');
    g_string_append_c(out, *p++);
  }
}

char *notice_repair_lines(const char *text) {
  gboolean any = FALSE;
  GString *out = g_string_sized_new(strlen(text) + 64);
  for (const char *p = text; *p;) {
    gsize n = strcspn(p, "\n");
    gsize before = out->len;
    if (n < MIN_JOINED || *p == '>')
      g_string_append_len(out, p, (gssize)n);
    else
      repair_line(out, p, n);
    any |= memchr(out->str + before, '\n', out->len - before) != NULL;
    p += n;
    if (*p)
      g_string_append_c(out, *p++);
  }
  return g_string_free(out, !any);
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

/* TRUE if nearly every line is followed by one empty line, and some by three: those are the real ones. */
static gboolean is_double_spaced(const char *text) {
  guint close = 0, single = 0, more = 0;
  for (const char *p = text + strspn(text, " \t\n"), *next; *p; p = next) {
    guint n = line_ends(strchrnul(p, '\n'), &next);
    close += n == 1;
    single += n == 2;
    more += n >= 4 && *next != '\0';
  }
  return single >= MIN_SPACED && more > 0 && close * 10 <= single;
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
  return begins_with(line, fields) > 0 && fields_name_length(line) > 0;
}

/* TRUE if a field follows behind line `i`, before the next empty one. */
static gboolean field_follows(const Notice *notice, guint i) {
  for (guint k = i + 1; k < notice->n_lines && k < i + MAX_FOLDED; k++) {
    if (!*notice->lines[k])
      return FALSE;
    if (is_raw(notice->lines[k]) || begins_with(notice->lines[k], header_fields))
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
