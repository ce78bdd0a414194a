/* IP addresses: text to bytes and back, names in reverse zones, ranges that are special (RFC 6890). */
#ifndef WB_MAIL_IP_H
#define WB_MAIL_IP_H

#include <glib.h>

typedef struct Ip {
  int family; /* 4 or 6; an IPv4-mapped IPv6 address is folded to 4 */
  guint8 bytes[16];
} Ip;

/* FALSE if `text` is no address. Takes "192.0.2.1", "2001:db8::1", "[IPv6:2001:db8::1]", "[192.0.2.1]". */
gboolean ip_parse(const char *text, Ip *ip);
char *ip_format(const Ip *ip);
gboolean ip_equal(const Ip *a, const Ip *b);

/* "10.2.0.192" or 32 nibbles "1.0.0...": what stands before the zone in DNS lists (RFC 5782 s2.1, s2.4) and
 * in-addr.arpa. */
char *ip_reverse(const Ip *ip);

/* A short English message id for a range that is not on the public Internet ("private network",
 * "this machine (loopback)", "documentation", ...), or NULL for a public address. */
const char *ip_special_range(const Ip *ip);

/* TRUE for an address of examples and exercises, which stands for a public one there. */
gboolean ip_is_documentation(const Ip *ip);

/* TRUE if `ip` is in PREFIX/LENGTH ("192.0.2.0/24"). */
gboolean ip_in_prefix(const Ip *ip, const char *prefix);
/* TRUE if the first `bits` of both are the same; never for different families. More bits than there are: all. */
gboolean ip_in_network(const Ip *ip, const Ip *network, guint bits);

#endif
