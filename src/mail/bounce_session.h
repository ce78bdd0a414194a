/* SMTP sessions that notices quote (">>> RCPT TO:<..>", "<<< 550 ..."), as Sendmail and its kin do.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_SESSION_H
#define WB_MAIL_BOUNCE_SESSION_H

#include "mail/bounce.h"
#include "mail/notice.h"

/* What the session says about `address`: the other server's reply, else what the own server made of it. NULL: nothing.
 * Caller frees. */
char *bounce_session_words(const Notice *notice, const char *address);

/* Fills command and remote_mta, as far as they are NULL, from the place in the session where the recipient's reply
 * stands. */
void bounce_session_complete(const Notice *notice, BounceRecipient *recipient);

#endif
