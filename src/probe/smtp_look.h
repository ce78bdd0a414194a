/* What the probe smtp sees of each mail server: shared by smtp.c, which asks and sums up, smtp_row.c, which puts one talk
 * into words, and smtp_reference.c, which finds out on whose side a silence is. */
#ifndef WB_PROBE_SMTP_LOOK_H
#define WB_PROBE_SMTP_LOOK_H

#include "mail/certificate.h"
#include "mail/smtp_reply.h"
#include "probe/smtp_servers.h"
#include "probe/smtp_words.h"

/* How many servers have it. */
typedef struct SmtpCount {
  guint with, without;
} SmtpCount;

typedef struct SmtpLook {
  Net *net;
  Result *result;
  const SmtpInputs *inputs;
  const SmtpServers *servers; /* those that are talked to */
  SmtpManner manner;
  guint64 size;        /* of the message's files, octets; 0: not said */
  gboolean needs_utf8; /* the address has characters that only SMTPUTF8 takes */
  /* Sums over the talks: */
  guint open, welcomed, declined, broken, silent, unconnected, tried;
  guint tls_broken;
  SmtpCount starttls, utf8, requiretls, certificates;
  gboolean limited;    /* some server has a limit */
  guint64 limit;       /* the smallest */
  GPtrArray *reached, *unreached, *private; /* addresses, not owned */
  GPtrArray *features; /* char *, owned: what all have */
  GPtrArray *versions; /* of TLS, not owned */
  GPtrArray *faults;   /* of certificates, static words */
  const TalkAnswer *decline; /* the first server that turned us away */
  const char *cause;         /* what its words stand for, or NULL */
} SmtpLook;

/* The rows of one talk that is over; adds to the sums. */
void smtp_row(SmtpLook *look, const SmtpPath *path);

/* What became of the question whether others can be reached from here. */
typedef enum SmtpReference {
  REFERENCE_WAIT,
  REFERENCE_REACHED, /* they can */
  REFERENCE_BLOCKED, /* nobody can */
  REFERENCE_UNKNOWN, /* their addresses could not be found out */
} SmtpReference;

/* Asks mail servers that have nothing to do with each other, of `hosts` (names or addresses, blanks or commas between;
 * NULL: of large providers), for their greeting; those of the same
 * provider as the silent ones vouch for nobody and are passed over.  Adds what it saw as evidence to `row`, unless it is NULL. */
SmtpReference smtp_reference_ask(SmtpLook *look, const char *hosts, Finding *row);

/* Adds `word` (borrowed) once. */
void smtp_add_word(GPtrArray *words, const char *word);

#endif
