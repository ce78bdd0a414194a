#include "mail/notice_log.h"

#include "mail/scan.h"

#include <string.h>

#define MAX_RECORDS 500
#define MAX_RECORD 8192
#define MAX_WRAPPED 12 /* lines that a mail program may have made of one */

/* What one record says. Strings are owned. */
typedef struct Record {
  GPtrArray *fields;
  const char *text; /* the line */
} Record;

typedef gboolean (*RecordReader)(Record *record);

static void add(Record *record, const char *name, const char *value, gsize length) {
  g_autofree char *copy = g_strndup(value, length);
  if (*copy)
    fields_add(record->fields, name, copy);
}

/* The value behind `key`, up to one of `ends`; NULL: there is none. */
static char *value_of(const char *text, const char *key, const char *ends) {
  gsize n = strlen(key);
  for (const char *at = strstr(text, key); at; at = strstr(at + n, key)) {
    if (at > text && (g_ascii_isalnum(at[-1]) || at[-1] == '_'))
      continue;
    gsize length = strcspn(at + n, ends);
    return length > 0 ? g_strndup(at + n, length) : NULL;
  }
  return NULL;
}

static gboolean add_mailbox(Record *record, const char *name, const char *text) {
  gsize start = 0, end = 0;
  if (!text || !scan_mailbox(text, &start, &end))
    return FALSE;
  add(record, name, text + start, end - start);
  return TRUE;
}

static void add_action(Record *record, const char *word) {
  static const char *const actions[][2] = {
      {"sent", "delivered"},       {"ok", "delivered"},          {"deferred", "delayed"},  {"queued", "delayed"},
      {"tempfail", "delayed"},     {"deliverable", "delivered"}, {"success", "delivered"}, {"deferral", "delayed"},
      {"undeliverable", "failed"}, {"softbounce", "delayed"},
  };
  const char *action = "failed";
  for (guint i = 0; word && i < G_N_ELEMENTS(actions); i++)
    if (g_ascii_strncasecmp(word, actions[i][0], strlen(actions[i][0])) == 0)
      action = actions[i][1];
  fields_add(record->fields, "Action", action);
}

/* "to=<taro@example.com>, relay=mx.example.com[192.0.2.25]:25, dsn=5.1.1, status=bounced (host ... said: ...)" */
static gboolean read_postfix(Record *record) {
  const char *status = strstr(record->text, "status=");
  const char *open = status ? strchr(status, '(') : NULL;
  if (!open || strcspn(status, " ") > 30)
    return FALSE;
  g_autofree char *to = value_of(record->text, "to=", ">,");
  if (!add_mailbox(record, "Final-Recipient", to))
    return FALSE;
  g_autofree char *original = value_of(record->text, "orig_to=", ">,");
  add_mailbox(record, "Original-Recipient", original);
  add_action(record, status + strlen("status="));
  g_autofree char *dsn = value_of(record->text, "dsn=", ", ");
  if (dsn)
    fields_add(record->fields, "Status", dsn);
  g_autofree char *relay = value_of(record->text, "relay=", ", ");
  if (relay && strcmp(relay, "none") != 0 && scan_host(relay) > 0)
    fields_add(record->fields, "Remote-MTA", relay);
  const char *close = strrchr(open, ')');
  add(record, NOTICE_WORDS, open + 1, close ? (gsize)(close - open - 1) : strlen(open + 1));
  return TRUE;
}

/* The server that keeps the log refused a mail: "NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 ...;
 * from=<..> to=<..> proto=ESMTP helo=<..>". */
static gboolean read_reject(Record *record) {
  static const struct {
    const char *stage, *command;
  } stages[] = {{"CONNECT", "CONN"}, {"EHLO", "EHLO"}, {"HELO", "EHLO"},          {"MAIL", "MAIL"},
                {"RCPT", "RCPT"},    {"DATA", "DATA"}, {"END-OF-MESSAGE", "DATA"}};
  const char *reject = strstr(record->text, "reject: ");
  const char *words = reject ? strstr(reject, "]: ") : NULL;
  const char *tail = words ? strstr(words, "; from=<") : NULL;
  if (!tail)
    return FALSE;
  g_autofree char *to = value_of(tail, "to=<", ">");
  if (!add_mailbox(record, "Final-Recipient", to))
    return FALSE;
  fields_add(record->fields, "Action", "failed");
  for (guint i = 0; i < G_N_ELEMENTS(stages); i++)
    if (g_str_has_prefix(reject + strlen("reject: "), stages[i].stage))
      fields_add(record->fields, NOTICE_COMMAND, stages[i].command);
  add(record, NOTICE_WORDS, words + 3, (gsize)(tail - words - 3));
  return TRUE;
}

/* The same of Sendmail and Exim: "ruleset=check_rcpt, arg1=<taro@example.com>, relay=.., reject=550 5.7.1 ...";
 * "H=(helo) [192.0.2.7] F=<..> rejected RCPT <taro@example.com>: ...". */
static gboolean read_other_reject(Record *record) {
  const char *reject = strstr(record->text, " reject=");
  g_autofree char *to = reject ? value_of(record->text, "ruleset=check_rcpt, arg1=", ">,") : NULL;
  const char *words = to ? reject + strlen(" reject=") : NULL;
  const char *rejected = to ? NULL : strstr(record->text, " rejected RCPT ");
  if (rejected) {
    to = g_strndup(rejected, strcspn(rejected, ">:"));
    words = strstr(rejected, ": ");
    words = words ? words + 2 : NULL;
  }
  if (!words || !add_mailbox(record, "Final-Recipient", to))
    return FALSE;
  fields_add(record->fields, "Action", "failed");
  fields_add(record->fields, NOTICE_COMMAND, "RCPT");
  add(record, NOTICE_WORDS, words, strlen(words));
  return TRUE;
}

/* "to=<taro@example.com>, delay=.., mailer=esmtp, relay=mx.example.com. [192.0.2.25], dsn=5.1.1, stat=User unknown" */
static gboolean read_sendmail(Record *record) {
  const char *stat = strstr(record->text, " stat=");
  g_autofree char *to = stat ? value_of(record->text, "to=", ">,") : NULL;
  if (!to)
    return FALSE;
  if (!add_mailbox(record, "Final-Recipient", to))
    return FALSE;
  const char *words = stat + strlen(" stat=");
  add_action(record, words);
  g_autofree char *dsn = value_of(record->text, "dsn=", ", ");
  if (dsn)
    fields_add(record->fields, "Status", dsn);
  g_autofree char *relay = value_of(record->text, "relay=", ",");
  if (relay)
    fields_add(record->fields, "Remote-MTA", relay);
  add(record, NOTICE_WORDS, words, strlen(words));
  return TRUE;
}

/* "** taro@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.25]: SMTP error ..." */
static gboolean read_exim(Record *record) {
  static const char *const marks[][2] = {{" ** ", "failed"}, {" == ", "deferred"}, {" => ", "sent"}, {" -> ", "sent"}};
  for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
    const char *mark = strstr(record->text, marks[i][0]);
    gsize start = 0, end = 0;
    if (!mark || !scan_mailbox(mark + 4, &start, &end) || start > 1)
      continue;
    const char *rest = mark + 4 + end;
    const char *words = strstr(rest, ": ");
    if (!words && i < 2)
      continue;
    add(record, "Final-Recipient", mark + 4 + start, end - start);
    add_action(record, marks[i][1]);
    const char *host = strstr(rest, " H=");
    if (host && (!words || host < words))
      add(record, "Remote-MTA", host + 3, strcspn(host + 3, "]"));
    if (words)
      add(record, NOTICE_WORDS, words + 2, strlen(words + 2));
    return TRUE;
  }
  return FALSE;
}

/* "... to=<taro@example.com> relay="192.0.2.25 (mx.example.com)" result="PermFail" stat="550 5.1.1 User unknown"" */
static gboolean read_opensmtpd(Record *record) {
  g_autofree char *stat = value_of(record->text, "stat=\"", "\"");
  g_autofree char *result = value_of(record->text, "result=\"", "\"");
  g_autofree char *to = stat && result ? value_of(record->text, "to=<", ">") : NULL;
  if (!add_mailbox(record, "Final-Recipient", to))
    return FALSE;
  add_action(record, result);
  g_autofree char *relay = value_of(record->text, "relay=\"", "\"");
  const char *name = relay ? strchr(relay, '(') : NULL;
  if (name)
    fields_add(record->fields, "Remote-MTA", name + 1);
  fields_add(record->fields, NOTICE_WORDS, stat);
  return TRUE;
}

static const RecordReader readers[] = {read_postfix,   read_reject,   read_other_reject,
                                       read_opensmtpd, read_sendmail, read_exim};

/* "Mar  4 10:22:31", "2025-03-04 10:22:31", "2025-03-04T10:22:31.123+09:00", "@400000006...", "1741051351.123" */
static gboolean begins_with_time(const char *line) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  gsize n = strspn(line, "0123456789-/T:.+@abcdef[ ");
  gboolean clock = memchr(line, ':', MIN(strlen(line), 20)) && n >= 16;
  if (g_ascii_isdigit(line[0]) && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]) && g_ascii_isdigit(line[3]))
    return clock || strspn(line, "0123456789.") >= 14;
  if (line[0] == '@' && strspn(line + 1, "0123456789abcdef") >= 16)
    return TRUE;
  for (const char *month = months; *month; month += 3)
    if (strncmp(line, month, 3) == 0 && line[3] == ' ')
      return line[4] == ' ' || g_ascii_isdigit(line[4]);
  return FALSE;
}

/* A line of which the beginning was not copied: "to=<..>, relay=.., status=bounced (..)". */
static gboolean is_part_of_record(const char *line) {
  return strstr(line, "to=<") && (strstr(line, "status=") || strstr(line, "stat="));
}

/* The line at `*at` with what a mail program broke off it; `*at` receives the line behind. */
static char *record_at(const Notice *notice, guint *at) {
  GString *record = g_string_new(notice_line(notice, *at));
  guint i = *at + 1;
  for (; i < notice->n_lines && i < *at + MAX_WRAPPED && record->len < MAX_RECORD; i++) {
    const char *line = notice_line(notice, i);
    if (!*line || begins_with_time(line) || is_part_of_record(line))
      break;
    g_string_append_printf(record, " %s", line);
  }
  *at = i;
  return g_string_free(record, FALSE);
}

static GPtrArray *read_record(const char *text) {
  g_autoptr(GPtrArray) fields = fields_new();
  Record record = {.fields = fields, .text = text};
  for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
    if (readers[i](&record))
      return g_steal_pointer(&fields);
    g_ptr_array_set_size(fields, 0);
  }
  return NULL;
}

/* qmail writes the address in one line and what became of it in another: "starting delivery 12: msg 34 to remote
 * taro@example.com", "delivery 12: failure: 192.0.2.25_does_not_like_recipient./Remote_host_said:_550_..." */
static GPtrArray *read_qmail(const char *text, GHashTable *begun) {
  const char *start = strstr(text, "starting delivery ");
  if (start) {
    const char *number = start + strlen("starting delivery ");
    const char *address = strstr(number, " to ");
    if (address)
      g_hash_table_replace(begun, g_strndup(number, strspn(number, "0123456789")), g_strdup(address));
    return NULL;
  }
  const char *end = strstr(text, "delivery ");
  if (!end)
    return NULL;
  const char *number = end + strlen("delivery ");
  g_autofree char *key = g_strndup(number, strspn(number, "0123456789"));
  const char *address = g_hash_table_lookup(begun, key);
  const char *result = number + strlen(key);
  if (!address || !g_str_has_prefix(result, ": "))
    return NULL;
  g_autoptr(GPtrArray) fields = fields_new();
  Record record = {.fields = fields, .text = text};
  if (!add_mailbox(&record, "Final-Recipient", address))
    return NULL;
  add_action(&record, result + 2);
  g_autofree char *words = g_strdup(result + 2 + strcspn(result + 2, ": "));
  /* Blanks are written as underscores, line ends as slashes. */
  fields_add(fields, NOTICE_WORDS, g_strstrip(g_strdelimit(words + strspn(words, ": "), "_/", ' ')));
  return g_steal_pointer(&fields);
}

/* Later lines about a recipient replace earlier ones: attempts before the last. */
static void add_group(Notice *notice, GPtrArray *group) {
  const char *address = fields_get(group, "Final-Recipient");
  for (guint i = 0; i < notice->groups->len; i++) {
    const char *known = fields_get(g_ptr_array_index(notice->groups, i), "Final-Recipient");
    if (known && g_ascii_strcasecmp(known, address) == 0) {
      g_ptr_array_remove_index(notice->groups, i);
      break;
    }
  }
  if (notice->groups->len < MAX_RECORDS)
    g_ptr_array_add(notice->groups, group);
  else
    g_ptr_array_unref(group);
}

/* One word of each kind of record that is read: whoever has none is no record. */
static gboolean may_be_record(const char *line) {
  static const char *const words[] = {"to=",       " ** ",           " == ",    " => ", " -> ",
                                      "delivery ", "rejected RCPT ", "reject=", NULL};
  for (const char *const *word = words; *word; word++)
    if (strstr(line, *word))
      return begins_with_time(line) || is_part_of_record(line);
  return FALSE;
}

void notice_log_take(Notice *notice) {
  g_autoptr(GHashTable) begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < notice->n_lines;) {
    const char *line = notice_line(notice, i);
    if (!begins_with_time(line) && !may_be_record(line)) {
      i++;
      continue;
    }
    guint first = i;
    g_autofree char *record = record_at(notice, &i);
    if (!may_be_record(record)) {
      i = first + 1;
      continue;
    }
    GPtrArray *group = read_record(record);
    if (!group)
      group = read_qmail(record, begun);
    if (group)
      add_group(notice, group);
    else
      i = first + 1;
    for (guint k = first; group && k < i; k++)
      *notice->lines[k] = '\0';
  }
}
