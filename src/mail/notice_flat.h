/* The header that a mail program shows, in a text whose line ends were lost: "From: .. Sent: .. To: .. Subject: ..".
 * Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_FLAT_H
#define WB_MAIL_NOTICE_FLAT_H

#include <glib.h>

/* Where a line began. */
typedef struct FlatBreak {
  gsize at;
  gboolean apart; /* behind the last field: an empty line stood between */
} FlatBreak;

/* GArray of FlatBreak, ascending, for the headers in `line`, of which `length` bytes are looked at; what stands behind
 * a subject cannot be told from it, and both are text.  NULL: there is no header.  Caller unrefs. */
GArray *notice_flat_breaks(const char *line, gsize length);

#endif
