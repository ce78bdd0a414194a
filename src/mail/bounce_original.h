/* The header of the returned mail: what it says about where the mail came from.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_ORIGINAL_H
#define WB_MAIL_BOUNCE_ORIGINAL_H

#include "mail/bounce.h"
#include "mail/fields.h"

/* Fills what is still NULL of the returned mail's fields in `bounce`; its Received fields are replaced. */
void bounce_original_read(Bounce *bounce, const GPtrArray *fields);

/* received_ip and helo, out of `bounce->received`. */
void bounce_original_hops(Bounce *bounce);

#endif
