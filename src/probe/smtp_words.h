/* What a refusal by a mail server means: the rules that read bounces read it too. */
#ifndef WB_PROBE_SMTP_WORDS_H
#define WB_PROBE_SMTP_WORDS_H

#include "net/net.h"
#include "probe/finding.h"

typedef struct SmtpWords {
  int code;
  const char *words;   /* the whole reply, "550 5.1.1 no such user" */
  const char *status;  /* its enhanced code, or NULL */
  const char *command; /* CONN EHLO MAIL RCPT: what was refused */
  const char *host;    /* who refused, or NULL */
  const char *cause;   /* filled: of causes.yaml, or NULL.  Never what a reply code alone stands for most often */
  const char *summary; /* filled: a message id, or NULL */
} SmtpWords;

/* Fills `cause` and `summary`, which live as long as `net`. */
void smtp_words_read(SmtpWords *words, Net *net);
/* The row that says it, if there is anything to say. */
void smtp_words_row(const SmtpWords *words, Result *result, const char *subject);

#endif
