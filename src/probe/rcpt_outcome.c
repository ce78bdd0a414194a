#include "probe/rcpt_outcome.h"

#include "base/catalogue.h"
#include "mail/smtp_reply.h"

#include <string.h>

static const struct {
  const char *word;
  Level level;
  const char *message, *advice;
} outcomes[] = {
    [RCPT_ACCEPTED] = {"accepted", LEVEL_OK,
                       N_("The server takes this address, and refuses one that nobody can have"),
                       N_("The mailbox exists. What stops a mail comes later: its content, its size, a filter")},
    [RCPT_PERHAPS] = {"perhaps", LEVEL_UNKNOWN,
                      N_("The server takes this address; whether it takes every address could not be told"),
                      N_("So the mailbox may exist or not")},
    [RCPT_CATCH_ALL] = {"catch_all", LEVEL_UNKNOWN,
                        N_("The server takes every address, even one that nobody can have: whether this mailbox exists "
                           "cannot be told from outside"),
                        N_("Ask the recipient or the administrator there")},
    [RCPT_UNKNOWN_USER] = {"unknown_user", LEVEL_FAIL, N_("The server says that there is no such mailbox"),
                           N_("Compare the address letter by letter with an older mail, or ask the recipient")},
    [RCPT_DISABLED] = {"disabled", LEVEL_FAIL, N_("The server says that the mailbox is closed"),
                       N_("Reach the recipient by another way")},
    [RCPT_FULL] = {"full", LEVEL_FAIL, N_("The mailbox is full"),
                   N_("Only the recipient can make room. Reach them by another way")},
    [RCPT_REFUSED] = {"refused_address", LEVEL_FAIL, N_("The server refuses this address"),
                      N_("Read its words; the administrator there knows what they mean")},
    [RCPT_REFUSED_US] = {"refused_us", LEVEL_UNKNOWN,
                         N_("The server refuses us, not the address: this says nothing about the mailbox"),
                         N_("Run the test on the mail server that your mail goes out by, or believe the bounce")},
    [RCPT_NO_MAIL] = {"no_mail", LEVEL_FAIL, N_("The server says that the whole domain takes no mail"),
                      N_("Nobody can receive mail there. Ask for another address")},
    [RCPT_NO_UTF8] = {"no_utf8", LEVEL_FAIL,
                      N_("The server takes no address with letters beyond ASCII (no SMTPUTF8)"),
                      N_("Ask the recipient for an address in plain letters")},
    [RCPT_GREYLISTED] = {"greylisted", LEVEL_UNKNOWN,
                         N_("The server puts senders that it does not know off (greylisting): it will tell only at a "
                            "later try"),
                         N_("Try again in 15 minutes from the same place. Mail servers do that by themselves")},
    [RCPT_LATER] = {"later", LEVEL_UNKNOWN, N_("The server cannot tell now and asks to come back later"),
                    N_("Try again later; mail servers do that by themselves")},
    [RCPT_NO_ANSWER] = {"no_answer", LEVEL_UNKNOWN, N_("The server did not answer the question about the address"),
                        N_("This says nothing about the mailbox: try again later")},
};

const char *rcpt_outcome_word(RcptOutcome outcome) { return outcomes[outcome].word; }
Level rcpt_outcome_level(RcptOutcome outcome) { return outcomes[outcome].level; }
const char *rcpt_outcome_message(RcptOutcome outcome) { return outcomes[outcome].message; }
const char *rcpt_outcome_advice(RcptOutcome outcome) { return outcomes[outcome].advice; }

/* --- causes and codes --- */

/* What a cause says about the address.  All that lies with who asks says nothing about it: a block on our address, a name
 * that is missing, a test of identity, a limit. */
static const struct {
  const char *cause;
  RcptOutcome outcome;
} causes[] = {
    {"recipient_unknown", RCPT_UNKNOWN_USER},
    {"recipient_typo", RCPT_UNKNOWN_USER},
    {"stale_autocomplete", RCPT_UNKNOWN_USER},
    {"mailbox_disabled", RCPT_DISABLED},
    {"mailbox_full", RCPT_FULL},
    {"greylisted", RCPT_GREYLISTED},
    {"eai_unsupported", RCPT_NO_UTF8},
    {"sender_blocklisted_ip", RCPT_REFUSED_US},
    {"sending_ip_policy", RCPT_REFUSED_US},
    {"receiver_asks_dead_list", RCPT_REFUSED_US},
    {"sender_blocklisted_domain", RCPT_REFUSED_US},
    {"sender_blocked_by_recipient", RCPT_REFUSED_US},
    {"content_spam", RCPT_REFUSED_US},
    {"content_policy", RCPT_REFUSED_US},
    {"auth_failure_spf", RCPT_REFUSED_US},
    {"auth_failure_dkim", RCPT_REFUSED_US},
    {"auth_failure_dmarc", RCPT_REFUSED_US},
    {"auth_failure_any", RCPT_REFUSED_US},
    {"sender_address_rejected", RCPT_REFUSED_US},
    {"smtp_auth_required", RCPT_REFUSED_US},
    {"foreign_access_blocked", RCPT_REFUSED_US},
    {"rate_limited", RCPT_REFUSED_US},
    {"ptr_missing", RCPT_REFUSED_US},
    {"tls_required", RCPT_REFUSED_US},
    {"protocol_error", RCPT_REFUSED_US},
    {"server_busy", RCPT_LATER},
    {"dns_failure", RCPT_LATER},
    {"system_error", RCPT_LATER},
};

/* RFC 3463 s3: subject and detail, where nobody knows the words. */
static const struct {
  const char *code;
  RcptOutcome outcome;
} codes[] = {
    {"1.1", RCPT_UNKNOWN_USER}, {"1.2", RCPT_UNKNOWN_USER}, {"1.3", RCPT_UNKNOWN_USER}, {"1.6", RCPT_UNKNOWN_USER},
    {"2.1", RCPT_DISABLED},     {"2.2", RCPT_FULL},         {"6.7", RCPT_NO_UTF8},
};

static RcptOutcome by_code(const RcptVerdict *verdict) {
  const char *detail = verdict->status != NULL ? verdict->status + 2 : "";
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_str_equal(codes[i].code, detail))
      return codes[i].outcome;
  if (g_str_has_prefix(detail, "7."))
    return RCPT_REFUSED_US;
  return verdict->code < 500 ? RCPT_LATER : RCPT_REFUSED;
}

static RcptOutcome by_cause(const RcptVerdict *verdict) {
  /* RFC 7504 s3, s4: the two codes that speak of a host and of a domain, whatever the words. */
  if (verdict->code == 521 || verdict->code == 556)
    return RCPT_NO_MAIL;
  for (guint i = 0; i < G_N_ELEMENTS(causes); i++)
    if (g_strcmp0(causes[i].cause, verdict->meaning.cause) == 0)
      return causes[i].outcome;
  return by_code(verdict);
}

/* A refusal of class 4 is none for good, whatever its words say of the reason; a full mailbox is full all the same. */
static RcptOutcome soften(RcptOutcome outcome, int code) {
  gboolean for_good = outcome == RCPT_UNKNOWN_USER || outcome == RCPT_DISABLED || outcome == RCPT_REFUSED ||
                      outcome == RCPT_NO_UTF8;
  return code < 500 && for_good ? RCPT_LATER : outcome;
}

static void read_refusal(RcptVerdict *verdict, Net *net, const char *host, const char *command) {
  verdict->meaning = (SmtpWords){
      .code = verdict->code, .words = verdict->words, .status = verdict->status, .command = command, .host = host};
  smtp_words_read(&verdict->meaning, net);
  verdict->outcome = soften(by_cause(verdict), verdict->code);
}

static void take_reply(RcptVerdict *verdict, const TalkAnswer *talk, const TalkReply *reply) {
  verdict->code = reply->code;
  verdict->words = talk_reply_text(talk, reply);
  const char *line = talk_reply_line(talk, reply, 0);
  verdict->status = line != NULL && reply->code != 0 ? smtp_reply_status(reply->code, line) : NULL;
}

static const char *control_word(const TalkAnswer *talk) {
  TalkReply reply;
  if (!talk_find_reply(talk, "RCPT", 1, &reply))
    return "unknown";
  return reply.code >= 500 ? "refused" : reply.code >= 200 && reply.code < 300 ? "accepted" : "unknown";
}

void rcpt_judge(RcptVerdict *verdict, Net *net, const TalkAnswer *talk, const char *host, gboolean utf8) {
  TalkReply reply;
  *verdict = (RcptVerdict){.outcome = RCPT_NO_ANSWER, .control = control_word(talk)};
  if (talk_find_reply(talk, "RCPT", 0, &reply) && reply.code != 0) {
    take_reply(verdict, talk, &reply);
    if (reply.code >= 400)
      read_refusal(verdict, net, host, "RCPT");
    else if (reply.code < 300)
      verdict->outcome = g_str_equal(verdict->control, "accepted")  ? RCPT_CATCH_ALL
                         : g_str_equal(verdict->control, "refused") ? RCPT_ACCEPTED
                                                                    : RCPT_PERHAPS;
    return;
  }
  if (!talk_find_reply(talk, "MAIL", 0, &reply) || reply.code < 400)
    return;
  /* Whatever is said before RCPT is not about the address, but for what MAIL said of it. */
  take_reply(verdict, talk, &reply);
  read_refusal(verdict, net, host, "MAIL");
  if (utf8 && reply.code >= 500)
    verdict->outcome = RCPT_NO_UTF8; /* RFC 6531 s3.4: the parameter is not known */
  else if (verdict->outcome != RCPT_GREYLISTED && verdict->outcome != RCPT_NO_MAIL)
    verdict->outcome = reply.code < 500 ? RCPT_LATER : RCPT_REFUSED_US;
}

void rcpt_verdict_clear(RcptVerdict *verdict) {
  g_clear_pointer(&verdict->words, g_free);
  g_clear_pointer(&verdict->status, g_free);
}
