/* What the reply to RCPT says about an address: shared by rcpt.c, which asks, and rcpt_outcome.c, which judges. */
#ifndef WB_PROBE_RCPT_OUTCOME_H
#define WB_PROBE_RCPT_OUTCOME_H

#include "net/talk.h"
#include "probe/finding.h"
#include "probe/smtp_words.h"

typedef enum RcptOutcome {
  RCPT_ACCEPTED,     /* and the control address refused */
  RCPT_PERHAPS,      /* accepted; of the control address nothing is known */
  RCPT_CATCH_ALL,    /* accepted, and the control address too */
  RCPT_UNKNOWN_USER,
  RCPT_DISABLED,
  RCPT_FULL,
  RCPT_REFUSED,      /* for another reason, or none that is told */
  RCPT_REFUSED_US,   /* us, not the address */
  RCPT_NO_MAIL,      /* the domain as a whole takes none (RFC 7504) */
  RCPT_NO_UTF8,      /* the server takes no address with letters beyond ASCII */
  RCPT_GREYLISTED,
  RCPT_LATER,        /* not now, for another reason */
  RCPT_NO_ANSWER,
} RcptOutcome;

/* What was learned. `words` and `status` are the caller's to free. */
typedef struct RcptVerdict {
  RcptOutcome outcome;
  int code;               /* 0: none */
  char *words, *status;   /* the whole reply; its enhanced code, or NULL */
  SmtpWords meaning;      /* of a refusal; empty otherwise */
  const char *control;    /* "accepted", "refused", "unknown": the control address */
} RcptVerdict;

void rcpt_verdict_clear(RcptVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RcptVerdict, rcpt_verdict_clear)

/* Judges a talk with the commands MAIL, RCPT (the address), RCPT (the control address).  `utf8`: MAIL named SMTPUTF8.
 * `host`: the server's name. */
void rcpt_judge(RcptVerdict *verdict, Net *net, const TalkAnswer *talk, const char *host, gboolean utf8);

/* "accepted", ...: the word of the fact. */
const char *rcpt_outcome_word(RcptOutcome outcome);
Level rcpt_outcome_level(RcptOutcome outcome);
/* A sentence for people, and what to do (NULL: nothing): message ids. */
const char *rcpt_outcome_message(RcptOutcome outcome);
const char *rcpt_outcome_advice(RcptOutcome outcome);

#endif
