/* Finds IP addresses, mailboxes and host names in running text, as they stand in notices of mail systems.
 * Bounds are byte offsets.  Pure; nothing is copied. */
#ifndef WB_MAIL_SCAN_H
#define WB_MAIL_SCAN_H

#include <glib.h>

/* The first IPv4 or IPv6 address: bare or in brackets; not a version and not part of a name. */
gboolean scan_ip(const char *text, gsize *start, gsize *end);

/* The first mailbox: "taro@example.com", "<taro@example.com>" (bounds inside the brackets), "\"a b\"@example.com",
 * UTF-8 ones (RFC 6531) if they stand apart from other text.  Single-label domains only in angle brackets. */
gboolean scan_mailbox(const char *text, gsize *start, gsize *end);

/* Length of the host name at `p`: labels of letters, digits, hyphens and underscores with at least one dot and a letter
 * in the last; the root's dot is not counted.  0: none. */
gsize scan_host(const char *p);

/* TRUE if `address` stands in `text` (any case), not as a part of a longer one. */
gboolean scan_mentions(const char *text, const char *address);

#endif
