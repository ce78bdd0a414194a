/* SMTP reply codes (RFC 5321 s4.2) and enhanced status codes (RFC 3463): found in text, split, explained.
 * Knowledge file: flows/knowledge/status.yaml (IANA registry). */
#ifndef WB_MAIL_STATUS_H
#define WB_MAIL_STATUS_H

#include <glib.h>

/* Finds the first enhanced status code in `text` that stands as one ("5.1.1", details up to three digits): not part of
 * an address, a version, a date or a host name.  Returns TRUE and its bounds in bytes. */
gboolean status_find(const char *text, gsize *start, gsize *end);

/* Finds the first SMTP reply code (4xx, 5xx) that stands as one: at the beginning, after a colon, quote, bracket or
 * "said:", before a blank, "-" or an enhanced code. */
gboolean reply_find(const char *text, gsize *start, gsize *end);

#endif
