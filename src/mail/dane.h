/* DANE for SMTP: what a TLSA record vouches for, and whether a server shows it (RFC 6698, RFC 7671, RFC 7672).
 * Pure: records and certificates in, verdict out.  Whether the records are genuine (DNSSEC) is not decided here. */
#ifndef WB_MAIL_DANE_H
#define WB_MAIL_DANE_H

#include "mail/certificate.h"

typedef struct DaneRecord {
  guint8 usage, selector, matching;
  GBytes *data; /* not owned */
} DaneRecord;

/* Whether senders may use a record at all. */
typedef enum DaneFault {
  DANE_USABLE,
  DANE_BAD_USAGE,    /* 0 and 1 need authorities that mail has not (RFC 7672 s3.1.3); others are not known */
  DANE_BAD_SELECTOR, /* RFC 6698 s2.1.2 */
  DANE_BAD_MATCHING, /* RFC 6698 s2.1.3 */
  DANE_BAD_LENGTH,   /* not as long as a digest of this kind is */
} DaneFault;

/* Why senders must pass over the record (RFC 7672 s3.1). */
DaneFault dane_record_fault(const DaneRecord *record);
/* What is wrong, a message id; NULL: nothing. */
const char *dane_fault_message(DaneFault fault);

typedef enum DaneMatch {
  DANE_MATCHES,
  DANE_NO_CERTIFICATE, /* none of the certificates shown is the one */
  DANE_WRONG_NAME,     /* usage 2: the authority is right, the server's certificate is made out for another name */
  DANE_EXPIRED,        /* usage 2: it is right, but a certificate is out of date */
} DaneMatch;

/* Whether `record`, a usable one, is met by `chain` (of Certificate, the server's own first).  `names`: for usage 2, what
 * the server's certificate may be made out for (NULL-terminated; RFC 7672 s3.2.3).  `now`: seconds since 1970.
 * Usage 3 looks at the first certificate alone, neither at names nor at dates (RFC 7672 s3.1.1). */
DaneMatch dane_record_match(const DaneRecord *record, const GPtrArray *chain, const char *const *names, gint64 now);

#endif
