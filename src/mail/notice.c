#include "mail/notice.h"

#include "base/text.h"
#include "mail/bounce_phrases.h"
#include "mail/bounce_words.h"
#include "mail/notice_client.h"
#include "mail/notice_json.h"
#include "mail/notice_lines.h"
#include "mail/notice_log.h"
#include "mail/notice_repair.h"
#include "mail/scan.h"

#include <string.h>

#define MAX_GROUPS 2001
#define MAX_TOLD 12   /* lines behind the fields of the returned mail in which a notice goes on */
#define MAX_MARKER 90 /* bytes of a line over the copy; longer ones are sentences of the notice */

/* Headers that only mails have. */
static const char *const mail_fields[] = {
    "Received",
    "Return-Path",
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Reply-To",
    "Sender",
    "Delivered-To",
    "DKIM-Signature",
    "X-Mailer",
    "Content-Transfer-Encoding",
    "X-Envelope-From",
    "X-Envelope-To",
    "Received-SPF",
    "Authentication-Results",
    "ARC-Seal",
    "X-Originating-IP",
    "X-Received",
    "List-Id",
    "DomainKey-Signature",
    "User-Agent",
    "In-Reply-To",
    "References",
    "Errors-To",
    NULL,
};

/* Fields of delivery reports (RFC 3464 s2.2, s2.3), which no mail header holds. */
static const char *const report_fields[] = {
    "Reporting-MTA",
    "DSN-Gateway",
    "Received-From-MTA",
    "Arrival-Date",
    "Original-Envelope-Id",
    "Final-Recipient",
    "Original-Recipient",
    "Action",
    "Status",
    "Remote-MTA",
    "Diagnostic-Code",
    "Last-Attempt-Date",
    "Final-Log-ID",
    "Will-Retry-Until",
    NULL,
};

/* What is written over the copy of the returned mail; lower case. */
static const char *const markers[] = {
    "original message",
    "returned message",
    "unsent message",
    "undelivered message",
    "copy of the message",
    "copy of your message",
    "copy of the original",
    "message header",
    "message follows",
    "mail follows",
    "message text follows",
    "old message:",
    "headers of the original",
    "header of the original",
    "original mail",
    "bounced e-mail",
    "bounced mail",
    "non-delivered",
    "original mail as follows",
    "original header",
    "your message was",
    "headers follow",
    "元のメール",       /* original mail */
    "元メッセージ",     /* original message */
    "送信されたメール", /* the mail sent
                         */
    NULL,
};

static gboolean is_field_of(const char *line, const char *const *list) {
  gsize n = fields_name_length(line);
  for (; n > 0 && *list; list++)
    if (strlen(*list) == n && g_ascii_strncasecmp(line, *list, n) == 0)
      return TRUE;
  return FALSE;
}

/* How a line of an SMTP session is quoted by mail systems: ">>> RCPT TO". Anything else behind ">>> " is a reply to a
 * reply to a reply. */
static gboolean is_session(const char *line) {
  static const char *const verbs[] = {"RCPT", "MAIL", "DATA", "EHLO", "HELO",     "LHLO", "QUIT",
                                      "RSET", "BDAT", "AUTH", "NOOP", "STARTTLS", ".",    NULL};
  if (!g_str_has_prefix(line, ">>> "))
    return FALSE;
  for (const char *const *verb = verbs; *verb; verb++) {
    gsize n = strlen(*verb);
    if (g_ascii_strncasecmp(line + 4, *verb, n) == 0 && !g_ascii_isalnum(line[4 + n]))
      return TRUE;
  }
  return FALSE;
}

/* Takes the "> " of a reply off, however often it is there. */
static const char *without_quotes(const char *line) {
  while (*line == '>' && !is_session(line)) {
    line++;
    line += *line == ' ' && line[1] != ' ';
  }
  return line;
}

static void split_lines(Notice *notice, const char *text, const char *end) {
  GPtrArray *lines = g_ptr_array_new();
  for (const char *p = text; p < end && lines->len < NOTICE_MAX_LINES && p - text < NOTICE_MAX_BYTES;) {
    gsize n = MIN(strcspn(p, "\n"), (gsize)(end - p));
    g_autofree char *line = g_strndup(p, MIN(n, NOTICE_MAX_LINE));
    g_ptr_array_add(lines, g_strchomp(g_strdup(without_quotes(line))));
    p += n + (p[n] == '\n');
  }
  notice->n_lines = lines->len;
  g_ptr_array_add(lines, NULL);
  notice->lines = (char **)g_ptr_array_free(lines, FALSE);
}

const char *notice_line(const Notice *notice, guint i) {
  return notice->lines[i] + strspn(notice->lines[i], " \t");
}

/* The fields that begin at line `at`, all indented like it; `*end` receives the line behind them. */
static GPtrArray *fields_at(const Notice *notice, guint at, guint *end) {
  g_autoptr(GString) text = g_string_new(NULL);
  gsize indent = strspn(notice->lines[at], " ");
  guint i = at;
  for (; i < notice->n_lines && *notice->lines[i]; i++) {
    if (strspn(notice->lines[i], " ") < indent)
      break;
    const char *line = notice->lines[i] + indent;
    gboolean folded = i > at && (*line == ' ' || *line == '\t');
    if (!folded && fields_name_length(line) == 0)
      break;
    g_string_append(text, line);
    g_string_append_c(text, '\n');
  }
  *end = i;
  return fields_parse(text->str, NULL);
}

static gboolean marker_before(const Notice *notice, guint at) {
  guint looked = 0;
  while (at-- > 0 && looked < 3) {
    if (!*notice->lines[at])
      continue;
    looked++;
    if (notice_has_word(notice->lines[at], markers))
      return TRUE;
  }
  return FALSE;
}

static guint count_mail_fields(const GPtrArray *fields) {
  guint n = 0;
  for (const char *const *name = mail_fields; *name; name++)
    n += fields_get(fields, *name) != NULL;
  return n;
}

static gboolean is_notice(const GPtrArray *fields) {
  return notice_is_daemon(fields_get(fields, "From")) && notice_is_failure_subject(fields_get(fields, "Subject"));
}

static gboolean line_says_failure(const char *line) {
  g_autofree char *lower = text_lower(line);
  return bounce_phrase_of_failure(lower) || bounce_phrase_of_delay(lower) || bounce_words_have_code(lower);
}

/* TRUE if one of the lines from `at` to `end` says what happened. */
static gboolean says_failure(const Notice *notice, guint at, guint end) {
  for (guint i = at; i < MIN(end, notice->n_lines); i++)
    if (line_says_failure(notice->lines[i]))
      return TRUE;
  return FALSE;
}

static gboolean has_code(const Notice *notice, guint end) {
  for (guint i = 0; i < end; i++)
    if (bounce_words_have_code(notice->lines[i]))
      return TRUE;
  return FALSE;
}

/* TRUE if the lines before `at` say what happened, or that the copy follows; but not if it is the lines behind it that
 * say it, from `end` on. */
static gboolean tells_before(const Notice *notice, guint at, guint end) {
  if (at == 0 || marker_before(notice, at))
    return TRUE;
  return says_failure(notice, 0, at) && (has_code(notice, at) || !says_failure(notice, end, end + MAX_TOLD));
}

/* `end`: the line behind the fields that begin at `at`. */
static gboolean is_copy(const Notice *notice, guint at, guint end, const GPtrArray *fields) {
  /* Notices list fields of the returned mail indented, too: only the whole header is a copy. */
  if (*notice->lines[at] == ' ')
    return fields_get(fields, "Received") && fields_get(fields, "From") && marker_before(notice, at);
  /* Mail programs put a short header over a notice that is forwarded. */
  if (is_notice(fields) && !fields_get(fields, "Received"))
    return FALSE;
  guint known = count_mail_fields(fields);
  if (fields_get(fields, "Received") || fields_get(fields, "Return-Path"))
    return known >= 2;
  /* Some notices begin with the fields of the returned mail, and go on with what became of it. */
  if (fields_get(fields, "Message-ID") && (fields_get(fields, "From") || fields_get(fields, "Date")))
    return tells_before(notice, at, end);
  /* "To: .. Subject: .." alone are details of the notice, which goes on behind them. */
  gboolean header = fields_get(fields, "From") || fields_get(fields, "Message-ID") || known >= 4;
  return header && known >= 2 && marker_before(notice, at);
}

static void cut_lines(Notice *notice, guint at) {
  for (guint i = at; i < notice->n_lines; i++)
    g_clear_pointer(&notice->lines[i], g_free);
  notice->n_lines = at;
}

/* What some notices say about the returned mail instead of a copy: its header fields in a list, or in sentences. */
static void find_quoted_header(Notice *notice) {
  static const char *const phrases[][2] = {
      {"The subject of the message is:", "Subject"},
      {"The date of the message is:", "Date"},
  };
  g_autoptr(GPtrArray) fields = fields_new();
  for (guint i = 0; i < notice->n_lines; i++) {
    const char *line = notice_line(notice, i);
    const char *value = NULL;
    const char *field = strstr(line, ":") || strstr(line, "：") ? notice_label(line, &value) : NULL;
    for (guint k = 0; k < G_N_ELEMENTS(phrases) && !field; k++) {
      if (g_ascii_strncasecmp(line, phrases[k][0], strlen(phrases[k][0])) != 0)
        continue;
      field = phrases[k][1];
      value = line + strlen(phrases[k][0]);
    }
    if (!field || fields_get(fields, field))
      continue;
    g_autofree char *copy = g_strdup(value);
    fields_add(fields, field, g_strstrip(copy));
  }
  /* The header of the notice itself, as mail programs put it over what is forwarded. */
  if (notice_is_failure_subject(fields_get(fields, "Subject")) || notice_is_daemon(fields_get(fields, "From")))
    return;
  if (fields_get(fields, "Subject") || fields_get(fields, "Message-ID"))
    notice->original = g_steal_pointer(&fields);
}

/* The line over the copy and the empty ones around it are no part of what was said.  Where line ends were lost it may
 * stand behind what was said. */
static void cut_marker(Notice *notice) {
  while (notice->n_lines > 0) {
    const char *line = notice->lines[notice->n_lines - 1];
    gboolean rule = strspn(line, "-=_*# ") == strlen(line);
    g_autofree char *head = g_strndup(line, MAX_MARKER / 2);
    if (!rule && (strlen(line) > MAX_MARKER || !notice_has_word(head, markers)))
      return;
    cut_lines(notice, notice->n_lines - 1);
  }
}

static void find_copy(Notice *notice) {
  for (guint i = 0; i < notice->n_lines; i++) {
    const char *line = notice_line(notice, i);
    if (!is_field_of(line, mail_fields) && !g_str_has_prefix(line, "X-"))
      continue;
    guint end = i;
    g_autoptr(GPtrArray) fields = fields_at(notice, i, &end);
    if (!is_copy(notice, i, end, fields)) {
      i = MAX(i, end - (end > i));
      continue;
    }
    notice->copied = g_strjoinv("\n", notice->lines + i);
    if (is_notice(fields))
      notice->nested = g_strdup(notice->copied);
    notice->original = g_steal_pointer(&fields);
    cut_lines(notice, i);
    cut_marker(notice);
    return;
  }
}

/* A line across the page: "__________" */
static gboolean is_ruler(const char *line) {
  gsize n = 0;
  while (line[n] && line[n] == *line)
    n++;
  return n >= 20 && !line[n] && strchr("_-=~*+", *line);
}

/* The same, or who it was about. */
static gboolean tells(const Notice *notice, guint from, guint to) {
  gsize start = 0, end = 0;
  for (guint i = from; i < to; i++) {
    const char *line = notice_line(notice, i);
    if (line_says_failure(line) || is_field_of(line, report_fields) || (scan_mailbox(line, &start, &end) && start <= 4))
      return TRUE;
  }
  return FALSE;
}

/* What gateways and people put below a ruler, a disclaimer or a signature, says nothing about the mail. */
static void cut_footer(Notice *notice) {
  for (guint i = notice->n_lines; i-- > 1;) {
    if (!is_ruler(notice_line(notice, i)))
      continue;
    if (tells(notice, i + 1, notice->n_lines) || !tells(notice, 0, i))
      return;
    cut_lines(notice, i);
  }
}

/* "--- Below this line is a copy of the message.", "------- Original message -------" */
static gboolean is_marker(const char *line) {
  return g_str_has_prefix(line, "---") && strlen(line) <= MAX_MARKER && notice_has_word(line, markers);
}

/* The text of the returned mail without its header, below a line that says so. */
static void cut_body(Notice *notice) {
  static const char *const heads[] = {"old message:", "original message follows.", "original message follows:", NULL};
  for (guint i = 1; i < notice->n_lines; i++) {
    const char *line = notice_line(notice, i);
    g_autofree char *lower = g_ascii_strdown(line + strspn(line, "- "), -1);
    /* A notice that is forwarded stands below such a line, too. */
    gboolean below = is_marker(line) && tells(notice, 0, i) && !tells(notice, i + 1, notice->n_lines);
    if (below || g_strv_contains(heads, lower)) {
      cut_lines(notice, i);
      return;
    }
  }
}

/* TRUE if what follows the empty line `at` is of the same group: mail programs put empty lines between all lines. */
static gboolean goes_on(const Notice *notice, guint at, const GPtrArray *group) {
  static const char *const later[] = {"Action",       "Status",            "Remote-MTA",       "Diagnostic-Code",
                                      "Final-Log-ID", "Last-Attempt-Date", "Will-Retry-Until", NULL};
  while (at < notice->n_lines && !*notice_line(notice, at))
    at++;
  if (!group || at == notice->n_lines || !is_field_of(notice_line(notice, at), later))
    return FALSE;
  g_autofree char *name = g_strndup(notice_line(notice, at), fields_name_length(notice_line(notice, at)));
  return fields_get(group, name) == NULL;
}

/* A delivery report in running text: lines that begin with its field names, with what is folded or wrapped behind. */
static void find_groups(Notice *notice) {
  GPtrArray *group = NULL;
  g_autoptr(GString) value = g_string_new(NULL);
  for (guint i = 0; i < notice->n_lines && notice->groups->len < MAX_GROUPS; i++) {
    const char *line = notice_line(notice, i);
    if (!is_field_of(line, report_fields)) {
      if (!*line && !goes_on(notice, i, group))
        group = NULL;
      continue;
    }
    if (!group) {
      group = fields_new();
      g_ptr_array_add(notice->groups, group);
    }
    g_autofree char *name = g_strndup(line, fields_name_length(line));
    g_string_assign(value, strchr(line, ':') + 1);
    guint first = i;
    while (i + 1 < notice->n_lines && *notice_line(notice, i + 1) &&
           fields_name_length(notice_line(notice, i + 1)) == 0) {
      i++;
      if (value->len < FIELDS_MAX_VALUE)
        g_string_append_printf(value, " %s", notice_line(notice, i));
    }
    g_autofree char *trimmed = g_strdup(value->str);
    fields_add(group, name, g_strstrip(trimmed));
    /* Read once is enough: the lines are no text any more. */
    for (guint k = first; k <= i; k++)
      *notice->lines[k] = '\0';
  }
}

/* A complaint in running text: somebody copied it out of its part. */
static void find_feedback(Notice *notice) {
  for (guint i = 0; i < notice->n_lines && !notice->feedback; i++) {
    guint end = i;
    if (g_ascii_strncasecmp(notice->lines[i], "Feedback-Type:", 14) == 0)
      notice->feedback = fields_at(notice, i, &end);
  }
}

static void take_json(Notice *notice, const char *json) {
  NoticeJson event;
  notice_json_read(json, &event);
  g_ptr_array_unref(notice->groups);
  notice->groups = event.groups;
  notice->original = event.original;
  notice->feedback = event.feedback;
}

Notice *notice_new(const char *text) {
  Notice *notice = g_new0(Notice, 1);
  notice->groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  g_autofree char *blanks = notice_repair_blanks(text);
  text = blanks ? blanks : text;
  g_autofree char *unquoted = strchr(text, '{') ? notice_json_unquote(text) : NULL;
  if (unquoted && notice_json_find(unquoted))
    text = unquoted;
  g_autofree char *spaced = notice_repair_spacing(text);
  text = spaced ? spaced : text;
  g_autofree char *repaired = notice_lines_part(text);
  text = repaired ? repaired : text;
  const char *json = strchr(text, '{') ? notice_json_find(text) : NULL;
  split_lines(notice, text, json ? json : text + strlen(text));
  if (json)
    take_json(notice, json);
  notice_lines_rewrap(notice);
  notice_client_take(notice);
  notice_repair_folding(notice);
  if (!notice->original) {
    find_copy(notice);
    notice->copy = notice->original != NULL;
    if (!notice->copy)
      cut_body(notice);
    cut_footer(notice);
    if (!notice->copy)
      find_quoted_header(notice);
  }
  if (notice->groups->len == 0)
    notice_log_take(notice);
  find_groups(notice);
  find_feedback(notice);
  return notice;
}

void notice_free(Notice *notice) {
  if (!notice)
    return;
  g_strfreev(notice->lines);
  g_clear_pointer(&notice->original, g_ptr_array_unref);
  g_clear_pointer(&notice->feedback, g_ptr_array_unref);
  g_clear_pointer(&notice->client, g_ptr_array_unref);
  g_ptr_array_unref(notice->groups);
  g_free(notice->copied);
  g_free(notice->nested);
  g_free(notice);
}
