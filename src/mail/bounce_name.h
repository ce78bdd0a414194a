/* Whom the returned mail was for, where the notice does not name them.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_NAME_H
#define WB_MAIL_BOUNCE_NAME_H

#include "mail/bounce.h"

/* Appends the addresses in `value` (NULL: none), the value of a To or From field, to `list` (of char *). */
void bounce_name_append(GPtrArray *list, const char *value);

/* TRUE if `address` (may be NULL) is a mailbox, and not a file, a command or an X.400 name. */
gboolean bounce_name_is_mailbox(const char *address);

/* Gives recipients without a usable address the one that they had before (Original-Recipient); a single one that of the
 * returned mail's envelope, as far as a server wrote it down, or else of its To field. */
void bounce_name_recipients(Bounce *bounce);

#endif
