/* The hosts of the web links in a mail: filters look them up in lists of domains (SURBL, URIBL, DBL).
 *
 * A link begins with http:// or https://.  Mail programs make links of bare hosts too, so two forms are taken that hardly
 * anything else has: a word that begins with "www.", and a host under a frequent ending with a path behind it
 * ("example.com/offer").  Hosts are A-labels in lower case, each once, in the order in which they stand in the mail; IP
 * literals and names of one label are none.  The caller owns the list, and the strings in it. */
#ifndef WB_MAIL_LINKS_H
#define WB_MAIL_LINKS_H

#include <glib.h>

#define LINKS_MAX_HOSTS 20         /* of one mail */
#define LINKS_MAX_BYTES (256u << 10) /* of one mail that are looked through */

/* Adds the hosts in `length` bytes of text or HTML, transfer encoding undone, to `hosts` (of char *, freed by the list).
 * Any bytes will do: a host that is no valid UTF-8 is passed over. */
void links_find(const char *text, gsize length, GPtrArray *hosts);

#endif
