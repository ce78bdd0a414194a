/* What kind of mail this is: a bounce, a notice of delay, an answering machine, a complaint.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_KIND_H
#define WB_MAIL_BOUNCE_KIND_H

#include "mail/bounce.h"

/* What the readers found. Pointers may be NULL, but `text`. */
typedef struct KindSigns {
  const GPtrArray *headers; /* of the mail; NULL: a pasted text */
  const GPtrArray *client;  /* header fields that a mail program put over the notice; NULL */
  const char *text;         /* the notice, lines joined */
  const GPtrArray *report;  /* recipients (BounceRecipient) out of a delivery report; NULL or empty: there was none */
  gboolean feedback;        /* there is a feedback report (RFC 5965) */
  gboolean disposition;     /* there is a disposition notification (RFC 8098) */
  gboolean copy;            /* there is a copy of a returned mail, or its header */
  gboolean named;           /* the text names a recipient where recipients stand */
} KindSigns;

BounceKind bounce_kind_judge(const KindSigns *signs);

#endif
