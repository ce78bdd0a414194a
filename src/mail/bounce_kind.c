#include "mail/bounce_kind.h"

#include "mail/bounce_words.h"
#include "mail/encoded_word.h"
#include "mail/fields.h"
#include "mail/notice.h"

#include <string.h>

/* Points that make a mail a bounce when it has no delivery report. */
#define ENOUGH 4

/* Lower case, as the texts are compared in lower case. */
static const char *const failure_words[] = {
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "can not be delivered",
    "was not delivered",
    "wasn't delivered",
    "not been delivered",
    "not delivered",
    "undeliverable",
    "undelivered",
    "unable to deliver",
    "wasn't able to deliver",
    "unable to be delivered",
    "could not deliver",
    "delivery failed",
    "delivery has failed",
    "failed permanently",
    "delivery failure",
    "failed to deliver",
    "delivery to the following",
    "permanent fatal errors",
    "had delivery problems",
    "delivery errors",
    "user unknown",
    "unknown user",
    "unknown recipient",
    "unknown address",
    "no such user",
    "mailbox full",
    "mailbox is full",
    "over quota",
    "mailbox not found",
    "recipient rejected",
    "address rejected",
    "was rejected",
    "has been rejected",
    "been rejected",
    "blocked by",
    "blocked using",
    "did not reach the following",
    "failed recipient",
    "returned mail",
    "returned to sender",
    "returning message",
    "delivery error",
    "transcript of session follows",
    "transcript of the session",
    "could not be sent",
    "could not send",
    "couldn't be sent",
    "error sending your mail",
    "trouble delivering",
    "is not a member",
    "are not member",
    "non-delivery",
    "nondelivery",
    "was blocked",
    "not relayed",
    "no longer in use",
    "is disabled",
    "account is disabled",
    "invalid address",
    "does not exist",
    "doesn't exist",
    "host unknown",
    "access denied",
    "relaying denied",
    "message rejected",
    "refused your message",
    "undeliver",
    "failed to send",
    "delivery attempt",
    "couldn't reach",
    "wasn't found",
    "couldn't be found",
    "hop count exceeded",
    "your message has been discarded",
    "not a member of",
    "non-member",
    "not allowed to post",
    "konnte nicht zugestellt",
    "nicht zugestellt werden",
    "unzustellbar",
    "n'a pas pu",
    "non remis",
    "no se ha podido entregar",
    "no pudo entregar",
    "impossibile recapitare",
    "\xD0\xBD\xD0\xB5 \xD0\xB4\xD0\xBE\xD1\x81\xD1\x82\xD0\xB0\xD0\xB2\xD0\xBB\xD0\xB5\xD0\xBD", /* not delivered */
    "\xD0\xBD\xD0\xB5 \xD0\xBC\xD0\xBE\xD0\xB6\xD0\xB5\xD1\x82 \xD0\xB1\xD1\x8B\xD1\x82\xD1\x8C "
    "\xD0\xB4\xD0\xBE\xD1\x81\xD1\x82\xD0\xB0\xD0\xB2\xD0\xBB\xD0\xB5\xD0\xBD",             /* cannot be delivered */
    "\xE9\x80\x81\xE4\xBF\xA1\xE3\x81\xA7\xE3\x81\x8D\xE3\x81\xBE\xE3\x81\x9B\xE3\x82\x93", /* could not be sent,
                                                                                               present and past */
    "\xE9\x80\x81\xE4\xBF\xA1\xE3\x81\xAB\xE5\xA4\xB1\xE6\x95\x97",                         /* sending failed */
    "\xE9\x85\x8D\xE4\xBF\xA1\xE3\x81\xA7\xE3\x81\x8D",                                     /* could not be delivered */
    "\xE9\x85\x8D\xE4\xBF\xA1\xE3\x81\x95\xE3\x82\x8C\xE3\x81\xBE\xE3\x81\x9B\xE3\x82\x93", /* was not delivered */
    "\xE9\x85\x8D\xE4\xBF\xA1\xE3\x81\xAB\xE5\xA4\xB1\xE6\x95\x97",                         /* delivery failed */
    "\xE9\x85\x8D\xE9\x81\x94\xE3\x81\xA7\xE3\x81\x8D",                                     /* could not be delivered */
    "\xE9\x85\x8D\xE9\x81\x94\xE3\x81\xA7\xE3\x81\x8D\xE3\x81\xBE\xE3\x81\x9B\xE3\x82\x93",
    "\xE5\xB1\x8A\xE3\x81\x91\xE3\x82\x8B\xE3\x81\x93\xE3\x81\xA8\xE3\x81\x8C\xE3\x81\xA7\xE3\x81\x8D", /* could not be
                                                                                                           brought */
    "\xE5\xAD\x98\xE5\x9C\xA8\xE3\x81\x97\xE3\x81\xAA\xE3\x81\x84",             /* does not exist */
    "\xE5\xAD\x98\xE5\x9C\xA8\xE3\x81\x97\xE3\x81\xBE\xE3\x81\x9B\xE3\x82\x93", /* does not exist, polite */
    "\xE5\xAE\x9B\xE5\x85\x88\xE4\xB8\x8D\xE6\x98\x8E",                         /* addressee unknown */
    NULL,
};

static const char *const delay_words[] = {
    "will keep trying",
    "will continue trying",
    "will be retried",
    "will retry",
    "still being attempted",
    "warning message only",
    "do not need to resend",
    "delivery attempts will continue",
    "not yet been delivered",
    "still undelivered",
    "has been delayed",
    "is delayed",
    "delivery incomplete",
    "temporary problem delivering",
    "no need to resend",
    "don't need to resend",
    "will try for",
    "continue to be attempted",
    "not yet delivered",
    "delivery delayed",
    "could not yet be delivered",
    "message still undelivered",
    NULL,
};

static const char *const success_words[] = {
    "was successfully delivered",
    "successfully delivered to",
    "has been successfully delivered",
    "delivery report that you requested",
    "successfully relayed",
    "delivery receipt",
    NULL,
};

static const char *const away_subjects[] = {
    "out of office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "autoreply",
    "auto-reply",
    "autorespon",
    "auto respon",
    "vacation",
    "away from",
    "on leave",
    "on holiday",
    "abwesenheit",
    "automatische antwort",
    "absence du bureau",
    "r\xC3\xA9ponse automatique",
    "respuesta autom",
    "requires verification",
    "please confirm",
    "confirm your message",
    "verify your email",
    "auto:",
    "\xE4\xB8\x8D\xE5\x9C\xA8",                         /* absent */
    "\xE8\x87\xAA\xE5\x8B\x95\xE5\xBF\x9C\xE7\xAD\x94", /* automatic answer */
    "\xE8\x87\xAA\xE5\x8B\x95\xE8\xBF\x94\xE4\xBF\xA1", /* automatic reply */
    "\xE4\xBC\x91\xE6\x9A\x87",                         /* holidays */
    NULL,
};

/* Fields that answering machines set, beside Auto-Submitted (RFC 3834). */
static const char *const away_fields[] = {
    "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autogenerated-Reply", "X-AutoReply-From", "X-Mail-Autoreply",
    NULL};

static gboolean contains_one_of(const char *lower, const char *const *list) {
  for (; *list; list++)
    if (strstr(lower, *list))
      return TRUE;
  return FALSE;
}

static char *decoded(const GPtrArray *headers, const char *name) {
  const char *value = fields_get(headers, name);
  return encoded_word_decode(value ? value : "");
}

static BounceKind kind_of_report(const GPtrArray *recipients) {
  gboolean failed = FALSE, delayed = FALSE, known = FALSE;
  for (guint i = 0; i < recipients->len; i++) {
    const BounceRecipient *recipient = g_ptr_array_index(recipients, i);
    const char *action = recipient->action ? recipient->action : "";
    const char *status = recipient->dsn_status ? recipient->dsn_status : "";
    gboolean good =
        !strcmp(action, "delivered") || !strcmp(action, "relayed") || !strcmp(action, "expanded") || *status == '2';
    delayed |= !strcmp(action, "delayed");
    failed |= !good && strcmp(action, "delayed") != 0;
    known |= *action != '\0';
  }
  /* RFC 3464 s2.3.3: any failure makes the report a bounce; a report of nothing but delays is none yet. */
  if (failed)
    return BOUNCE_BOUNCE;
  if (delayed)
    return BOUNCE_DELAY;
  return known ? BOUNCE_DELIVERED : BOUNCE_BOUNCE;
}

static gboolean is_answering_machine(const GPtrArray *headers, const char *subject) {
  const char *submitted = fields_get(headers, "Auto-Submitted");
  if (submitted && g_ascii_strncasecmp(submitted, "auto-replied", 12) == 0)
    return TRUE;
  for (const char *const *field = away_fields; *field; field++)
    if (fields_get(headers, *field))
      return TRUE;
  const char *precedence = fields_get(headers, "Precedence");
  if (precedence && g_ascii_strncasecmp(precedence, "auto", 4) == 0)
    return TRUE;
  return contains_one_of(subject, away_subjects);
}

static int points(const KindSigns *signs, const char *text, const char *subject) {
  g_autofree char *from = decoded(signs->headers, "From");
  const char *path = fields_get(signs->headers, "Return-Path");
  const char *type = fields_get(signs->headers, "Content-Type");
  int n = 0;
  n += notice_is_daemon(from) ? 2 : 0;
  n += path && (!strcmp(path, "<>") || notice_is_daemon(path)) ? 1 : 0;
  n += notice_is_failure_subject(subject) ? 2 : 0;
  n += fields_get(signs->headers, "X-Failed-Recipients") ? 4 : 0;
  n += type && strstr(type, "delivery-status") ? 3 : 0;
  n += contains_one_of(text, failure_words) ? 2 : 0;
  n += bounce_words_have_code(text) ? 1 : 0;
  n += signs->copy ? 1 : 0;
  n += signs->named ? 1 : 0;
  return n;
}

BounceKind bounce_kind_judge(const KindSigns *signs) {
  if (signs->feedback)
    return BOUNCE_FEEDBACK;
  if (signs->report && signs->report->len > 0)
    return kind_of_report(signs->report);
  if (signs->disposition)
    return BOUNCE_OTHER;
  g_autofree char *text = g_utf8_strdown(signs->text, -1);
  g_autofree char *shown = decoded(signs->headers, "Subject");
  g_autofree char *subject = g_utf8_strdown(shown, -1);
  int n = points(signs, text, subject);
  gboolean daemon =
      notice_is_daemon(fields_get(signs->headers, "From")) || fields_get(signs->headers, "X-Failed-Recipients");
  if (signs->headers && !daemon && is_answering_machine(signs->headers, subject) && n < ENOUGH + 2)
    return BOUNCE_AUTOREPLY;
  /* A text that somebody pasted was pasted because it is a bounce; a mail must prove it. */
  gboolean failure = contains_one_of(text, failure_words);
  gboolean enough = signs->headers ? n >= ENOUGH : bounce_words_have_code(text) || failure;
  if (!enough)
    return BOUNCE_OTHER;
  if (contains_one_of(text, success_words) && !failure)
    return BOUNCE_DELIVERED;
  return contains_one_of(text, delay_words) ? BOUNCE_DELAY : BOUNCE_BOUNCE;
}
