#include "mail/bounce_report.h"

#include "mail/bounce_words.h"
#include "mail/fields.h"
#include "mail/notice_log.h"
#include "mail/scan.h"
#include "mail/status.h"

#include <string.h>

#define MAX_RECIPIENTS 2000

BounceRecipient *bounce_recipient_new(void) {
  BounceRecipient *recipient = g_new0(BounceRecipient, 1);
  recipient->permanent = -1;
  return recipient;
}

void bounce_recipient_free(BounceRecipient *recipient) {
  char *strings[] = {recipient->recipient, recipient->original_recipient,
                     recipient->action,    recipient->dsn_status,
                     recipient->status,    recipient->reply,
                     recipient->command,   recipient->remote_mta,
                     recipient->remote_ip, recipient->diagnostic,
                     recipient->provider,  recipient->cause,
                     recipient->rule,      recipient->owner,
                     recipient->comment};
  for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
    g_free(strings[i]);
  g_free(recipient);
}

/* Behind "smtp;", "dns;", "rfc822;", "rfc/822;". */
static const char *without_type(const char *value) {
  value += strspn(value, " \t");
  const char *p = value;
  while (g_ascii_isalnum(*p) || *p == '-' || *p == '/' || *p == '_')
    p++;
  p += strspn(p, " \t");
  return *p == ';' && p > value ? p + 1 + strspn(p + 1, " \t") : value;
}

static int hex2(const char *p) {
  int high = g_ascii_xdigit_value(p[0]);
  int low = high < 0 ? -1 : g_ascii_xdigit_value(p[1]);
  return low < 0 ? -1 : high * 16 + low;
}

/* Writers of reports should have decoded the xtext of ORCPT, some did not.  Only "+2B" and "+3D" give it away, as xtext
 * must write plus and equals signs so; any other "+41" may be part of the address. */
static char *decode_xtext(char *address) {
  if (!strstr(address, "+2B") && !strstr(address, "+3D"))
    return address;
  char *to = address;
  for (const char *p = address; *p; p++) {
    int c = *p == '+' ? hex2(p + 1) : -1;
    if (c > ' ' && c < 0x7F) {
      *to++ = (char)c;
      p += 2;
    } else {
      *to++ = *p;
    }
  }
  *to = '\0';
  return address;
}

/* RFC 6533 s3: "\x{5C0F}" stands for one character. */
static char *decode_unicode(const char *address) {
  GString *out = g_string_new(NULL);
  for (const char *p = address; *p; p++) {
    if (strncmp(p, "\\x{", 3) == 0) {
      char *end = NULL;
      guint64 c = g_ascii_strtoull(p + 3, &end, 16);
      if (*end == '}' && end > p + 3 && end - p < 10 && c > ' ' && g_unichar_validate((gunichar)MIN(c, G_MAXUINT32))) {
        g_string_append_unichar(out, (gunichar)c);
        p = end;
        continue;
      }
    }
    g_string_append_c(out, *p);
  }
  return g_string_free(out, FALSE);
}

char *bounce_report_address(const char *value) {
  const char *typed = without_type(value);
  /* "rfc822; rfc822;user@example.net": the type of a value that has one already. */
  if (g_ascii_strncasecmp(typed, "rfc822;", 7) == 0)
    typed = without_type(typed);
  gboolean utf8 = g_ascii_strncasecmp(value + strspn(value, " \t"), "utf-8", 5) == 0;
  g_autofree char *decoded = utf8 ? decode_unicode(typed) : g_strdup(typed);
  g_strstrip(decoded);
  gsize start = 0, end = 0;
  if (*decoded == '<' && scan_mailbox(decoded, &start, &end))
    return decode_xtext(g_strndup(decoded + start, end - start));
  /* Quoted local parts, address literals and source routes as they stand, without comments; what is no mailbox (X.400,
   * a file, a command) in full. */
  gsize first = strcspn(decoded, " \t(");
  if (*decoded != '"' && memchr(decoded, '@', first))
    decoded[first] = '\0';
  gsize n = strlen(decoded);
  if (n > 1 && decoded[0] == '<' && decoded[n - 1] == '>') {
    decoded[n - 1] = '\0';
    memmove(decoded, decoded + 1, n - 1);
  }
  return *decoded ? decode_xtext(g_strdup(decoded)) : NULL;
}

static void set(char **field, char *value) {
  if (*field)
    g_free(value);
  else
    *field = value;
}

/* "mx.example.com", "[192.0.2.1]", "mx.example.com. (192.0.2.1, the server for the domain ...)". */
static char *host_of(const char *value) {
  const char *typed = without_type(value);
  typed += strspn(typed, "<\"");
  /* "x400; mta mx.example.com in /PRMD=EXAMPLE/ADMD= /C=GB/" */
  if (g_str_has_prefix(typed, "mta ") && scan_host(typed + 4) > 0)
    typed += 4;
  gsize n = scan_host(typed);
  if (n > 0)
    return g_strndup(typed, n);
  gsize start = 0, end = 0;
  if (strchr("[0123456789", *typed) && scan_ip(typed, &start, &end))
    return g_strndup(typed + start, end - start);
  n = strcspn(typed, " \t(;>\"");
  return n > 0 ? g_strndup(typed, n) : NULL;
}

static void read_remote(BounceRecipient *recipient, const char *value) {
  set(&recipient->remote_mta, host_of(value));
  gsize start = 0, end = 0;
  if (scan_ip(value, &start, &end))
    set(&recipient->remote_ip, g_strndup(value + start, end - start));
}

/* "5.0.0 (permanent failure)", "5.1.1". */
static char *status_of(const char *value) {
  value += strspn(value, " \t");
  gsize n = strspn(value, "0123456789.");
  while (n > 0 && value[n - 1] == '.')
    n--;
  guint dots = 0;
  for (gsize i = 0; i < n; i++)
    dots += value[i] == '.';
  return dots == 2 && n <= 11 && strchr("245", value[0]) && value[1] == '.' ? g_strndup(value, n) : NULL;
}

/* "5.1.10 (host/domain does not accept mail)": what is in the brackets, unless it is the name of the class (RFC 3463
 * s2), which the code says already. */
static char *comment_of(const char *value) {
  static const char *const classes[] = {"permanent failure", "permanent error", "persistent transient failure",
                                        "transient failure", "success",         "unknown",
                                        "undefined",         NULL};
  const char *open = strchr(value, '('), *close = open ? strrchr(open, ')') : NULL;
  if (!close || close == open + 1)
    return NULL;
  g_autofree char *inside = g_strndup(open + 1, (gsize)(close - open) - 1);
  g_autofree char *lower = g_ascii_strdown(g_strstrip(inside), -1);
  if (g_strv_contains(classes, lower) || !strpbrk(lower, "abcdefghijklmnopqrstuvwxyz"))
    return NULL;
  return g_steal_pointer(&inside);
}

static char *first_word(const char *value) {
  value += strspn(value, " \t");
  gsize n = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
  return n > 0 ? g_ascii_strdown(value, (gssize)n) : NULL;
}

/* Some write other words for "failed" (RFC 3464 s2.3.3). */
static char *action_of(const char *value) {
  static const char *const failures[] = {"failure", "fail", "error", NULL};
  char *word = first_word(value);
  if (!word || !g_strv_contains(failures, word))
    return word;
  g_free(word);
  return g_strdup("failed");
}

static void read_diagnostic(BounceRecipient *recipient, const char *value) {
  char *words = bounce_words_tidy(without_type(value));
  if (!*words) {
    g_free(words);
    return;
  }
  bounce_words_codes(recipient, words);
  set(&recipient->diagnostic, words);
}

/* What a log says: codes, server and command are in the words. */
static void read_words(BounceRecipient *recipient, const char *value) {
  if (!recipient->diagnostic && *value)
    bounce_words_read(recipient, value);
}

/* Some write a reply where the code should be: "553 Message too big". */
static void read_misplaced_reply(BounceRecipient *recipient, const char *value) {
  gsize start = 0, end = 0;
  value += strspn(value, " \t");
  if (!reply_find(value, &start, &end) || start > 0)
    return;
  set(&recipient->reply, g_strndup(value, end));
  if (value[end])
    set(&recipient->comment, bounce_words_tidy(value));
}

static void read_status(BounceRecipient *recipient, const char *value) {
  set(&recipient->dsn_status, status_of(value));
  if (!recipient->dsn_status)
    read_misplaced_reply(recipient, value);
  set(&recipient->comment, comment_of(value));
}

/* X.400 systems number the reason in the diagnostic, and say here in words what it was. */
static void read_supplement(BounceRecipient *recipient, const char *value) {
  if (recipient->diagnostic && !g_str_has_prefix(recipient->diagnostic, "Reason "))
    return;
  g_autofree char *words = bounce_words_tidy(value + strspn(value, "\" "));
  gsize n = strlen(words);
  if (n > 0 && words[n - 1] == '"')
    words[n - 1] = '\0';
  if (!*words)
    return;
  g_clear_pointer(&recipient->diagnostic, g_free);
  read_diagnostic(recipient, words);
}

static void read_message_field(Bounce *bounce, const MailField *field) {
  if (g_ascii_strcasecmp(field->name, "Reporting-MTA") == 0 && *field->value)
    set(&bounce->reporting_mta, host_of(field->value));
  else if (g_ascii_strcasecmp(field->name, "Arrival-Date") == 0 && *field->value)
    set(&bounce->arrival_date, g_strdup(field->value));
}

static void read_recipient_field(BounceRecipient *recipient, const MailField *field) {
  const char *name = field->name;
  if (g_ascii_strcasecmp(name, "Final-Recipient") == 0)
    set(&recipient->recipient, bounce_report_address(field->value));
  else if (g_ascii_strcasecmp(name, "Original-Recipient") == 0)
    set(&recipient->original_recipient, bounce_report_address(field->value));
  else if (g_ascii_strcasecmp(name, "Action") == 0)
    set(&recipient->action, action_of(field->value));
  else if (g_ascii_strcasecmp(name, "Status") == 0)
    read_status(recipient, field->value);
  else if (g_ascii_strcasecmp(name, "Remote-MTA") == 0)
    read_remote(recipient, field->value);
  else if (g_ascii_strcasecmp(name, "Diagnostic-Code") == 0)
    read_diagnostic(recipient, field->value);
  else if (g_ascii_strcasecmp(name, "X400-Supplementary-Info") == 0)
    read_supplement(recipient, field->value);
  else if (strcmp(name, NOTICE_COMMAND) == 0)
    set(&recipient->command, g_strdup(field->value));
  else if (strcmp(name, NOTICE_WORDS) == 0)
    read_words(recipient, field->value);
}

/* Fields that a writer fills in because it must (RFC 3464 s2.3), and one that only repeats another. */
static gboolean is_required(const MailField *field) {
  static const char *const names[] = {"Final-Recipient", "Original-Recipient", "Action", "Status", NULL};
  for (const char *const *name = names; *name; name++)
    if (g_ascii_strcasecmp(field->name, *name) == 0)
      return !strchr(field->value, '('); /* a comment explains */
  return FALSE;
}

static gboolean is_recipient_field(const char *name) {
  static const char *const names[] = {"Final-Recipient", "Original-Recipient", "Action",     "Status", "Remote-MTA",
                                      "Diagnostic-Code", NOTICE_COMMAND,       NOTICE_WORDS, "X400-Supplementary-Info",
                                      NULL};
  for (const char *const *known = names; *known; known++)
    if (g_ascii_strcasecmp(name, *known) == 0)
      return TRUE;
  return FALSE;
}

/* TRUE if `field` cannot belong to `recipient`, because that has one already. */
static gboolean begins_next(const BounceRecipient *recipient, const MailField *field) {
  if (g_ascii_strcasecmp(field->name, "Final-Recipient") == 0)
    return recipient->recipient != NULL;
  return g_ascii_strcasecmp(field->name, "Original-Recipient") == 0 && recipient->original_recipient != NULL;
}

static void read_group(Bounce *bounce, const GPtrArray *fields) {
  BounceRecipient *recipient = NULL;
  for (guint i = 0; i < fields->len; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    read_message_field(bounce, field);
    if (recipient && !is_required(field))
      recipient->bare = FALSE;
    if (!is_recipient_field(field->name))
      continue;
    if (!recipient || begins_next(recipient, field)) {
      if (bounce->recipients->len >= MAX_RECIPIENTS)
        return;
      recipient = bounce_recipient_new();
      recipient->bare = is_required(field);
      g_ptr_array_add(bounce->recipients, recipient);
    }
    read_recipient_field(recipient, field);
  }
}

static gboolean names_recipient(const GPtrArray *fields) {
  return fields_get(fields, "Final-Recipient") || fields_get(fields, "Original-Recipient");
}

/* TRUE if the fields about the mail as a whole hold some of a recipient, who is in a group of its own. */
static gboolean is_about_message(const GPtrArray *groups, const GPtrArray *fields) {
  if (!fields_get(fields, "Reporting-MTA") || names_recipient(fields))
    return FALSE;
  for (guint i = 0; i < groups->len; i++)
    if (names_recipient(g_ptr_array_index(groups, i)))
      return TRUE;
  return FALSE;
}

void bounce_report_read(Bounce *bounce, const GPtrArray *groups) {
  for (guint i = 0; i < groups->len; i++) {
    const GPtrArray *fields = g_ptr_array_index(groups, i);
    if (!is_about_message(groups, fields)) {
      read_group(bounce, fields);
      continue;
    }
    for (guint k = 0; k < fields->len; k++)
      read_message_field(bounce, g_ptr_array_index(fields, k));
  }
}
