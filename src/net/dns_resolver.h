/* Which resolvers to ask: those of an option, or the system's. */
#ifndef WB_NET_DNS_RESOLVER_H
#define WB_NET_DNS_RESOLVER_H

#include <glib.h>
#include <netinet/in.h>

/* More are left out: nobody waits for a ninth. */
#define DNS_MAX_RESOLVERS 8

typedef struct DnsResolver {
  int family; /* AF_INET, AF_INET6 */
  union {
    struct in_addr v4;
    struct in6_addr v6;
  } address;
  guint16 port;
  char *label; /* "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:5353" */
} DnsResolver;

/* Arrays of DnsResolver that free what they hold. */

/* "ADDR", "ADDR:PORT", "[ADDR6]:PORT", several joined by commas.  Else NULL with `error`, fit for the user. */
GArray *dns_resolvers_parse(const char *text, GError **error);
/* /etc/resolv.conf as c-ares reads it; without a nameserver line that is 127.0.0.1 (resolv.conf(5)).  May be empty. */
GArray *dns_resolvers_system(void);

#endif
