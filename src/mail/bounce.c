#include "mail/bounce.h"

#include "base/text.h"
#include "mail/bounce_kind.h"
#include "mail/bounce_name.h"
#include "mail/bounce_original.h"
#include "mail/bounce_paste.h"
#include "mail/bounce_phrases.h"
#include "mail/bounce_refusal.h"
#include "mail/bounce_report.h"
#include "mail/bounce_session.h"
#include "mail/bounce_text.h"
#include "mail/bounce_words.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/mime.h"
#include "mail/notice_client.h"
#include "mail/scan.h"

#include <string.h>

#define MAX_NESTED 3
#define MAX_SHOWN 1000 /* bytes of a header field that are kept */
#define MAX_NOTICE 16384
#define MAX_ARC 8192

static const char *const kind_words[] = {
    [BOUNCE_BOUNCE] = "bounce",     [BOUNCE_DELAY] = "delay",         [BOUNCE_AUTOREPLY] = "autoreply",
    [BOUNCE_FEEDBACK] = "feedback", [BOUNCE_DELIVERED] = "delivered", [BOUNCE_OTHER] = "other",
};

/* Everything known while one bounce is read. */
typedef struct Reading {
  Bounce *bounce;
  MimeMail mail;
  Notice *notice;
  char *joined; /* the notice as one line */
  gboolean pasted; /* whatever it begins with */
} Reading;

/* What may be read in place of a mail that is no bounce. */
typedef struct Inner {
  char *text;      /* NULL: there is none */
  gboolean pasted; /* it begins with the header that mail programs show, which is none of a mail */
} Inner;

const char *bounce_kind_word(BounceKind kind) {
  return kind_words[kind];
}

/* Fields by which a mail is told from a text; one of them must be among the first ones. */
static gboolean is_mail_header(const GPtrArray *fields) {
  static const char *const names[] = {"Return-Path",  "Received",      "From", "Subject",
                                      "Message-ID",   "MIME-Version",  "Date", "Content-Type",
                                      "Delivered-To", "X-Original-To", "To",   NULL};
  guint n = 0;
  for (const char *const *name = names; *name; name++)
    n += fields_get(fields, *name) != NULL;
  return n >= 2;
}

/* The line that mailboxes put before each mail. */
static const char *skip_envelope(const char *text) {
  if (!g_str_has_prefix(text, "From ") && !g_str_has_prefix(text, ">From "))
    return text;
  const char *end = strchr(text, '\n');
  return end ? end + 1 : text;
}

static gboolean looks_like_mail(const char *text, const char **body) {
  const char *end = NULL;
  g_autoptr(GPtrArray) fields = fields_parse(skip_envelope(text), &end);
  end += strspn(end, " \t");
  *body = end;
  /* A mail that breaks off in its header is still one. */
  return (*end == '\n' || *end == '\0') && is_mail_header(fields);
}

/* The bytes with LF line ends and without NUL, UTF-16 as UTF-8. */
static char *normalise(const char *bytes, gsize length, guint *hidden) {
  g_autofree char *wide = NULL;
  if (length >= 2 && (!memcmp(bytes, "\xFF\xFE", 2) || !memcmp(bytes, "\xFE\xFF", 2))) {
    wide = charset_to_utf8(bytes, length, "UTF-16");
    bytes = wide;
    length = strlen(wide);
  }
  if (length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
    bytes += 3;
    length -= 3;
  }
  char *text = g_malloc(length + 1);
  /* Nearly all mails need nothing. */
  if (!memchr(bytes, '\r', length) && !memchr(bytes, '\0', length)) {
    memcpy(text, bytes, length);
    text[length] = '\0';
    return text;
  }
  gsize n = 0;
  for (gsize i = 0; i < length; i++) {
    char c = bytes[i];
    *hidden += c == '\0';
    if (c == '\r') {
      /* CR CR LF is what becomes of CRLF that was made of LF twice. */
      gsize end = i + 1;
      while (end < length && bytes[end] == '\r')
        end++;
      if (end < length && bytes[end] == '\n') {
        i = end - 1;
        continue;
      }
      c = '\n';
    }
    text[n++] = c ? c : ' ';
  }
  text[n] = '\0';
  return text;
}

/* The recipients of the report, as far as they have an address. */
static GPtrArray *known_recipients(const Bounce *bounce) {
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < bounce->recipients->len; i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (bounce_name_is_mailbox(recipient->recipient))
      g_ptr_array_add(list, g_strdup(recipient->recipient));
  }
  return list;
}

/* The entry for `address`: its own, one that has no address yet (a report about a file or a program), or a new one. */
static BounceRecipient *recipient_of(Bounce *bounce, const char *address) {
  BounceRecipient *nameless = NULL;
  for (guint i = 0; i < bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (recipient->recipient && g_ascii_strcasecmp(recipient->recipient, address) == 0)
      return recipient;
    if (!nameless && !bounce_name_is_mailbox(recipient->recipient))
      nameless = recipient;
  }
  if (!nameless) {
    nameless = bounce_recipient_new();
    g_ptr_array_add(bounce->recipients, nameless);
  }
  g_free(nameless->recipient);
  nameless->recipient = g_strdup(address);
  return nameless;
}

/* A diagnostic field that holds an exit code or nothing tells less than the text. */
static gboolean says_nothing(const char *diagnostic) {
  if (!diagnostic)
    return TRUE;
  for (const char *p = diagnostic; *p; p++)
    if (g_ascii_isalpha(*p) || (*p & 0x80))
      return FALSE;
  return !bounce_words_have_code(diagnostic);
}

/* "5.0.0" and its like only say which class it is. */
static gboolean is_general(const char *status) {
  return g_str_has_suffix(status, ".0.0");
}

/* The Status field stands for what was answered where the words hold no code.  A notice of delay that fills in nothing
 * but what it must has no answer to report. */
static gboolean status_stands(const BounceRecipient *recipient) {
  return !recipient->status && recipient->dsn_status && recipient->dsn_status[0] != '2' &&
         !(recipient->bare && g_strcmp0(recipient->action, "delayed") == 0);
}

static void complete(BounceRecipient *recipient, const char *words) {
  if (status_stands(recipient) && !is_general(recipient->dsn_status))
    recipient->status = g_strdup(recipient->dsn_status);
  if (says_nothing(recipient->diagnostic) && words && *words)
    g_clear_pointer(&recipient->diagnostic, g_free);
  if (words && *words)
    bounce_words_read(recipient, words);
  if (status_stands(recipient))
    recipient->status = g_strdup(recipient->dsn_status);
  const char *digit = recipient->reply ? recipient->reply : recipient->status;
  if (digit && *digit != '2')
    recipient->permanent = *digit == '5';
  if (g_strcmp0(recipient->action, "delayed") == 0)
    recipient->permanent = 0;
}

/* Without any other words those behind the code of the Status field. */
static void take_comment(BounceRecipient *recipient) {
  if (says_nothing(recipient->diagnostic) && recipient->comment) {
    g_free(recipient->diagnostic);
    recipient->diagnostic = g_steal_pointer(&recipient->comment);
  }
}

/* Everybody who is known to have got the notice, or passed it on: no recipients of the returned mail. */
static char *sender_of(const Reading *reading) {
  const GPtrArray *client = reading->notice->client;
  const char *to = fields_get(reading->mail.headers, "To");
  GString *all = g_string_new(to);
  if (reading->bounce->from)
    g_string_append_printf(all, " %s", reading->bounce->from);
  for (guint i = 0; client && i < client->len; i++) {
    const MailField *field = g_ptr_array_index(client, i);
    if (strcmp(field->name, "From") == 0 || strcmp(field->name, "To") == 0)
      g_string_append_printf(all, " %s", field->value);
  }
  return g_string_free(all, FALSE);
}

/* What is said to one recipient alone is said about it, wherever it stands. */
static void complete_alone(const Reading *reading, BounceRecipient *recipient, const char *words) {
  g_autofree char *refusal = bounce_words_have_code(words) ? NULL : bounce_refusal_find(reading->notice);
  g_autofree char *lower = text_lower(words);
  gboolean better = refusal && (!*words || bounce_phrase_of_delay(lower) || bounce_words_have_code(refusal));
  complete(recipient, better ? refusal : words);
  take_comment(recipient);
  if (better || !*words || (!bounce_words_have_code(words) && bounce_words_have_code(reading->joined)))
    complete(recipient, reading->joined);
}

/* One reason for several recipients, about none of whom anything else is said. */
static void complete_together(const Reading *reading, const GPtrArray *found) {
  for (guint i = 0; i < found->len; i++)
    if (*((TextRecipient *)g_ptr_array_index(found, i))->words)
      return;
  g_autofree char *refusal = found->len > 1 ? bounce_refusal_find(reading->notice) : NULL;
  for (guint i = 0; refusal && i < reading->bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(reading->bounce->recipients, i);
    if (!recipient->diagnostic)
      complete(recipient, refusal);
  }
}

static void read_recipients(Reading *reading, gboolean *named) {
  Bounce *bounce = reading->bounce;
  const GPtrArray *headers = reading->mail.headers;
  g_autoptr(GPtrArray) known = known_recipients(bounce);
  g_autofree char *sender = sender_of(reading);
  const TextHints hints = {.recipients = known,
                           .header = fields_get(headers, "X-Failed-Recipients"),
                           .sender = sender,
                           .pasted = headers == NULL};
  g_autoptr(GPtrArray) found = bounce_text_recipients(reading->notice, &hints);
  *named = FALSE;
  for (guint i = 0; i < found->len; i++) {
    const TextRecipient *text = g_ptr_array_index(found, i);
    *named |= text->sure;
    BounceRecipient *recipient = recipient_of(bounce, text->address);
    if (text->original && !recipient->original_recipient)
      recipient->original_recipient = g_strdup(text->original);
    if (found->len == 1 && bounce->recipients->len == 1)
      complete_alone(reading, recipient, text->words);
    else
      complete(recipient, text->words);
  }
  complete_together(reading, found);
  for (guint i = 0; i < bounce->recipients->len; i++) {
    take_comment(g_ptr_array_index(bounce->recipients, i));
    complete(g_ptr_array_index(bounce->recipients, i), NULL);
  }
}

static void read_list(Reading *reading) {
  Bounce *bounce = reading->bounce;
  for (guint i = 0; i < bounce->recipients->len && !(bounce->list && bounce->listed_ip); i++) {
    bounce_words_list(g_ptr_array_index(bounce->recipients, i), &bounce->list, &bounce->listed_ip);
  }
}

/* Microsoft's complaints (JMRP) are no feedback reports, but the mail with this field put into it. */
static const char jmrp_field[] = "X-HmXmrOriginalRecipient";

static void add_feedback_recipients(Reading *reading) {
  Bounce *bounce = reading->bounce;
  const MimeMail *mail = &reading->mail;
  const GPtrArray *feedback = mail->feedback ? mail->feedback : reading->notice->feedback;
  for (guint i = 0; feedback && i < feedback->len; i++) {
    const MailField *field = g_ptr_array_index(feedback, i);
    g_autofree char *address = NULL;
    if (g_ascii_strcasecmp(field->name, "Original-Rcpt-To") == 0 ||
        g_ascii_strcasecmp(field->name, "Removal-Recipient") == 0)
      address = bounce_report_address(field->value);
    if (address)
      recipient_of(bounce, address);
  }
  g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);
  if (bounce->recipients->len == 0)
    bounce_name_append(to, fields_get(mail->original, jmrp_field));
  if (bounce->recipients->len == 0 && to->len == 0)
    bounce_name_append(to, bounce->to);
  /* Apple Mail unsubscribes by a mail of the recipient. */
  if (fields_get(mail->headers, "X-Apple-Unsubscribe"))
    bounce_name_append(to, fields_get(mail->headers, "From"));
  for (guint i = 0; i < to->len; i++)
    recipient_of(bounce, g_ptr_array_index(to, i));
}

/* TRUE if the copy has a header as servers see it; replies quote mails with the fields that mail programs show. */
static gboolean is_raw(const Notice *notice) {
  return fields_get(notice->original, "Received") || fields_get(notice->original, "Message-ID");
}

static void judge(Reading *reading, gboolean report, gboolean named) {
  Bounce *bounce = reading->bounce;
  const KindSigns signs = {
      .headers = reading->mail.headers,
      .text = reading->joined,
      .report = report ? bounce->recipients : NULL,
      .client = reading->notice->client,
      .feedback = reading->mail.feedback || reading->notice->feedback || fields_get(reading->mail.original, jmrp_field),
      .disposition = reading->mail.disposition,
      .copy = reading->mail.original || (reading->notice->copy && (reading->mail.headers || is_raw(reading->notice))),
      .named = named,
  };
  bounce->kind = bounce_kind_judge(&signs);
  bounce->is_bounce = bounce->kind == BOUNCE_BOUNCE || bounce->kind == BOUNCE_DELAY;
}

static void drop_recipients(Bounce *bounce) {
  g_ptr_array_set_size(bounce->recipients, 0);
}

static void add_nameless(Bounce *bounce) {
  if (bounce->recipients->len == 0)
    g_ptr_array_add(bounce->recipients, bounce_recipient_new());
}

/* Who answers automatically got the mail. */
static void add_answerer(Reading *reading) {
  const GPtrArray *headers = reading->mail.headers ? reading->mail.headers : reading->notice->client;
  const char *from = fields_get(headers, "From");
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
  if (from && !notice_is_daemon(from))
    bounce_name_append(addresses, from);
  if (addresses->len > 0)
    recipient_of(reading->bounce, g_ptr_array_index(addresses, addresses->len - 1));
  add_nameless(reading->bounce);
}

static void reading_clear(Reading *reading) {
  mime_mail_clear(&reading->mail);
  g_clear_pointer(&reading->notice, notice_free);
  g_clear_pointer(&reading->joined, g_free);
}

static void read_mail(Reading *reading, const char *text, const char *body) {
  MimeRead read = mime_load();
  if (read && read(text, strlen(text), &reading->mail))
    return;
  reading->bounce->plain = TRUE;
  reading->mail.headers = fields_parse(skip_envelope(text), NULL);
  reading->mail.text = charset_to_utf8(body, strlen(body), NULL);
}

/* Takes `text` apart as far as its notice.  A notice around a notice that says nothing itself (a gateway's note, a
 * question to the helpdesk) is passed over: the inner one is read. */
static void take_apart(Reading *reading, const char *text, int depth) {
  const char *body = text;
  if (!reading->pasted && looks_like_mail(text, &body))
    read_mail(reading, text, body);
  else
    reading->mail.text = bounce_paste_read(text);
  reading->notice = notice_new(reading->mail.text);
  reading->joined = bounce_text_joined(reading->notice);
  gboolean report = (reading->mail.groups && reading->mail.groups->len > 0) || reading->notice->groups->len > 0;
  if (!reading->notice->nested || report || depth >= MAX_NESTED || bounce_words_have_code(reading->joined))
    return;
  g_autofree char *inner = g_steal_pointer(&reading->notice->nested);
  reading_clear(reading);
  take_apart(reading, inner, depth + 1);
}

/* What the notice says outside of the passages about each recipient. */
static void complete_from_notice(Reading *reading) {
  Bounce *bounce = reading->bounce;
  for (guint i = 0; i < bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (!recipient->command || !recipient->remote_mta)
      bounce_session_complete(reading->notice, recipient);
    if (!recipient->status && recipient->reply && *recipient->reply != '2')
      recipient->status = bounce_text_status(reading->notice, recipient->recipient);
    if (bounce->kind == BOUNCE_DELAY && recipient->permanent < 0)
      recipient->permanent = 0;
  }
  BounceRecipient *only = bounce->recipients->len == 1 ? g_ptr_array_index(bounce->recipients, 0) : NULL;
  if (!only || only->remote_mta || !only->diagnostic)
    return;
  only->remote_mta = bounce_text_refuser(reading->notice);
  /* A server that refuses what it was to deliver itself is no other server. */
  if (only->remote_mta && bounce->reporting_mta && g_ascii_strcasecmp(only->remote_mta, bounce->reporting_mta) == 0)
    g_clear_pointer(&only->remote_mta, g_free);
}

/* Exchange and Outlook put a word before the subject of the mail that is returned. */
static char *subject_behind_word(const char *subject) {
  static const char *const words[] = {"Undeliverable: ", "Undelivered: ", "Unzustellbar: ", "Non remis : ",
                                      "配信不能: ",      "配信不能 : ",   "配信遅延: ",     NULL};
  /* "FW: Undeliverable: RE: minutes" */
  while (subject && (g_ascii_strncasecmp(subject, "FW: ", 4) == 0 || g_ascii_strncasecmp(subject, "Fwd: ", 5) == 0))
    subject += strcspn(subject, " ") + 1;
  for (const char *const *word = words; subject && *word; word++)
    if (g_str_has_prefix(subject, *word) && subject[strlen(*word)])
      return g_strdup(subject + strlen(*word));
  return NULL;
}

static void guess_subject(Reading *reading) {
  const char *shown = fields_get(reading->mail.headers, "Subject");
  g_autofree char *decoded =
      shown ? encoded_word_decode(shown) : g_strdup(fields_get(reading->notice->client, "Subject"));
  if (!reading->bounce->subject)
    reading->bounce->subject = subject_behind_word(decoded);
}

static void read_all(Reading *reading) {
  Bounce *bounce = reading->bounce;
  if (reading->mail.original)
    bounce_original_read(bounce, reading->mail.original);
  else if (reading->notice->original)
    bounce_original_read(bounce, reading->notice->original);
  guess_subject(reading);
  bounce_report_read(bounce, reading->mail.groups && reading->mail.groups->len > 0 ? reading->mail.groups
                                                                                   : reading->notice->groups);
  gboolean report = bounce->recipients->len > 0;
  gboolean named = FALSE;
  read_recipients(reading, &named);
  bounce_name_recipients(bounce);
  judge(reading, report, named);
  if (bounce->kind == BOUNCE_FEEDBACK) {
    drop_recipients(bounce);
    add_feedback_recipients(reading);
    add_nameless(bounce);
  } else if (bounce->kind == BOUNCE_AUTOREPLY) {
    drop_recipients(bounce);
    add_answerer(reading);
  } else if (bounce->kind == BOUNCE_OTHER) {
    drop_recipients(bounce);
  } else if (bounce->recipients->len == 0) {
    BounceRecipient *recipient = bounce_recipient_new();
    g_ptr_array_add(bounce->recipients, recipient);
    bounce_name_recipients(bounce);
    complete_alone(reading, recipient, "");
  }
  if (!bounce->reporting_mta)
    bounce->reporting_mta = bounce_text_reporter(reading->notice);
  complete_from_notice(reading);
  bounce->notice = text_safe(reading->joined, -1, MAX_NOTICE, TEXT_LINE, NULL);
  read_list(reading);
  bounce_original_hops(bounce);
  bounce_original_links(bounce, reading->mail.hosts, reading->notice->copied);
}

static void make_safe(Bounce *bounce, char **field, gsize max) {
  if (!*field)
    return;
  guint hidden = 0;
  char *safe = text_safe(*field, -1, max, TEXT_LINE, &hidden);
  bounce->hidden += hidden;
  g_free(*field);
  *field = safe;
}

static void make_all_safe(Bounce *bounce) {
  char **fields[] = {
      &bounce->reporting_mta, &bounce->arrival_date, &bounce->message_id,  &bounce->from,         &bounce->to,
      &bounce->subject,       &bounce->date,         &bounce->return_path, &bounce->list,         &bounce->listed_ip,
      &bounce->received_ip,   &bounce->helo,         &bounce->dkim_domain, &bounce->dkim_selector};
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
    make_safe(bounce, fields[i], MAX_SHOWN);
  make_safe(bounce, &bounce->dkim_signature, MAX_SHOWN);
  make_safe(bounce, &bounce->arc, MAX_ARC);
  for (char **field = bounce->received; *field; field++)
    make_safe(bounce, field, MAX_SHOWN);
  for (guint i = 0; i < bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    char **strings[] = {&recipient->recipient, &recipient->original_recipient,
                        &recipient->action,    &recipient->dsn_status,
                        &recipient->status,    &recipient->reply,
                        &recipient->command,   &recipient->remote_mta,
                        &recipient->remote_ip};
    for (guint k = 0; k < G_N_ELEMENTS(strings); k++)
      make_safe(bounce, strings[k], MAX_SHOWN);
    make_safe(bounce, &recipient->diagnostic, TEXT_MAX_REMOTE);
  }
}

static Bounce *bounce_new(void) {
  Bounce *bounce = g_new0(Bounce, 1);
  bounce->kind = BOUNCE_OTHER;
  bounce->received = g_new0(char *, 1);
  bounce->url_hosts = g_new0(char *, 1);
  bounce->recipients = g_ptr_array_new_with_free_func((GDestroyNotify)bounce_recipient_free);
  return bounce;
}

static gboolean is_from_person(const GPtrArray *headers) {
  return headers && !notice_is_daemon(fields_get(headers, "From")) && !fields_get(headers, "Auto-Submitted") &&
         !fields_get(headers, "List-Post");
}

static void find_inner(Reading *reading, Inner *inner) {
  const MimeMail *mail = &reading->mail;
  inner->text = g_steal_pointer(&reading->mail.inner);
  if (!inner->text && mail->headers)
    inner->text = bounce_paste_source(mail->text, NULL);
  inner->pasted = !inner->text && is_from_person(mail->headers);
  if (inner->pasted)
    inner->text = g_strdup(notice_client_forwarded(mail->text));
}

/* Reads `text`, with LF line ends.  `inner` receives the mail that somebody attached to one that is no bounce, quoted
 * in it with its header, or forwarded. */
static Bounce *read_text(const char *text, gboolean pasted, Inner *inner) {
  Bounce *bounce = bounce_new();
  Reading reading = {.bounce = bounce, .pasted = pasted};
  take_apart(&reading, text + strspn(text, "\n"), 0);
  read_all(&reading);
  make_all_safe(bounce);
  *inner = (Inner){0};
  if (bounce->kind == BOUNCE_OTHER)
    find_inner(&reading, inner);
  reading_clear(&reading);
  return bounce;
}

/* The same of a text with the source of a mail in it, which nobody pastes without a reason; NULL: there is none, or it
 * is no bounce, but words are before it. */
static Bounce *read_source(const char *text, Inner *inner) {
  const char *body = NULL;
  gboolean alone = FALSE;
  g_autofree char *source = looks_like_mail(text, &body) ? NULL : bounce_paste_source(text, &alone);
  Bounce *bounce = source ? read_text(source, FALSE, inner) : NULL;
  if (bounce && bounce->kind == BOUNCE_OTHER && !inner->text && !alone)
    g_clear_pointer(&bounce, bounce_free);
  return bounce;
}

gboolean bounce_is_outlook(const char *bytes, gsize length) {
  static const char mark[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
  return length >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0;
}

Bounce *bounce_read(const char *bytes, gsize length) {
  guint hidden = 0;
  g_autofree char *text = normalise(bytes, MIN(length, BOUNCE_MAX_BYTES), &hidden);
  Inner inner = {0};
  Bounce *bounce = read_source(text + strspn(text, "\n"), &inner);
  if (!bounce)
    bounce = read_text(text, FALSE, &inner);
  for (int depth = 0; depth < MAX_NESTED && inner.text; depth++) {
    Inner next = {0};
    Bounce *other = read_text(inner.text, inner.pasted, &next);
    g_free(inner.text);
    inner = next;
    /* What is no bounce either is not what somebody asks about. */
    if (other->kind == BOUNCE_OTHER && !inner.text) {
      bounce_free(other);
      continue;
    }
    bounce_free(bounce);
    bounce = other;
  }
  g_free(inner.text);
  bounce->hidden += hidden;
  bounce->outlook = bounce_is_outlook(bytes, length);
  bounce->cut = length > BOUNCE_MAX_BYTES;
  return bounce;
}

void bounce_free(Bounce *bounce) {
  if (!bounce)
    return;
  char *strings[] = {
      bounce->reporting_mta, bounce->arrival_date, bounce->message_id,  bounce->from,          bounce->to,
      bounce->subject,       bounce->date,         bounce->return_path, bounce->list,          bounce->listed_ip,
      bounce->received_ip,   bounce->helo,         bounce->dkim_domain, bounce->dkim_selector, bounce->notice,
      bounce->dkim_signature,
      bounce->arc};
  for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
    g_free(strings[i]);
  g_strfreev(bounce->received);
  g_strfreev(bounce->url_hosts);
  g_ptr_array_unref(bounce->recipients);
  g_free(bounce);
}

const char *bounce_sending_ip(const Bounce *bounce, const char **how) {
  if (how)
    *how = bounce->listed_ip ? "named" : bounce->received_ip ? "received" : NULL;
  return bounce->listed_ip ? bounce->listed_ip : bounce->received_ip;
}
