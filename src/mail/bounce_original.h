/* The header of the returned mail: what it says about where the mail came from.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_ORIGINAL_H
#define WB_MAIL_BOUNCE_ORIGINAL_H

#include "mail/bounce.h"
#include "mail/fields.h"

/* Fills what is still NULL of the returned mail's fields in `bounce`; its Received fields are replaced. */
void bounce_original_read(Bounce *bounce, const GPtrArray *fields);

/* url_hosts: `hosts`, the list that mail/mime.c made, or without one (NULL) those of `copied`, the returned mail as it
 * stands in the text of the notice; NULL: there is none. */
void bounce_original_links(Bounce *bounce, const GPtrArray *hosts, const char *copied);

/* received_ip and helo, out of `bounce->received`. */
void bounce_original_hops(Bounce *bounce);

#endif
