/* Delivery status notifications: RFC 3464, with RFC 6533 for internationalised addresses.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_REPORT_H
#define WB_MAIL_BOUNCE_REPORT_H

#include "mail/bounce.h"

/* A recipient with nothing known yet; bounce_free() frees those in the list. */
BounceRecipient *bounce_recipient_new(void);
void bounce_recipient_free(BounceRecipient *recipient);

/* Adds the recipients of a report (`groups`: lists of MailField) to `bounce` and fills its reporting_mta and
 * arrival_date. Real reports forget the empty line between groups; a repeated Final-Recipient begins a new one then. */
void bounce_report_read(Bounce *bounce, const GPtrArray *groups);

/* The address in a field "type; address": without the type, comments and angle brackets, xtext (RFC 3461 s4) and
 * utf-8-addr-xtext (RFC 6533 s3) decoded. NULL if there is none. */
char *bounce_report_address(const char *value);

#endif
