/* Names that access providers give to the addresses of their customers, by rule and not by hand. */
#ifndef WB_MAIL_REVERSE_NAME_H
#define WB_MAIL_REVERSE_NAME_H

#include "mail/ip.h"

/* TRUE if `name` (of a PTR record) spells `ip`, or has a word of dial-up, cable and other customer lines in front of
 * the provider's own domain.  A guess: for a note, never for a verdict. */
gboolean reverse_name_is_generic(const char *name, const Ip *ip);

#endif
