/* Domain names as they stand in addresses: RFC 1123 host names and IDNA2008.  For address.c; everybody else takes
 * domain_to_ascii() of mail/address.h. */
#ifndef WB_MAIL_DOMAIN_H
#define WB_MAIL_DOMAIN_H

#include "mail/address.h"

/* Judges `n` characters of a domain.  ADDRESS_OK: `ascii` receives the A-label form, lower case, and the caller frees
 * it.  Else `at` receives the index of the offending character, or `n` if there is none in particular.
 * A name of one label is ADDRESS_OK: the caller knows whether that is enough. */
AddressReason domain_judge(const gunichar *chars, gsize n, gsize *at, char **ascii);

#endif
