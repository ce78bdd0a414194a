/* Asking name servers themselves, each at its own address, without recursion (net_dns_at()).
 *
 * A server that speaks for a zone has nobody to ask, unlike a resolver: it has half of the time of net_dns(), in which all
 * tries have gone out and the last of them had time to come back.
 *
 * Every server that has open questions has a DnsLive of its own, so tries, TCP after truncation and time-outs are
 * those of the resolvers; it goes away with the last of its questions.  At most NET_DIRECT_IN_FLIGHT
 * questions are under way at all servers together, the others queue in order. */
#ifndef WB_NET_DNS_DIRECT_H
#define WB_NET_DNS_DIRECT_H

#include "net/dns_live.h"

/* Each may have a socket of its own. */
#define NET_DIRECT_IN_FLIGHT 200

typedef struct DnsDirect DnsDirect;

/* `timeout_ms`: of net_dns(). */
DnsDirect *dns_direct_new(const NetOptions *options, guint timeout_ms, DnsLiveDone done, gpointer user);
void dns_direct_free(DnsDirect *direct);

/* `address` in the form of inet_ntop(). NULL: nobody there may be asked, see net_dns_at(). */
DnsLive *dns_direct_at(DnsDirect *direct, const char *address);

/* As those of DnsLive, for all servers. */
guint dns_direct_waiting(const DnsDirect *direct);
gint64 dns_direct_prepare(DnsDirect *direct, GArray *fds);
void dns_direct_process(DnsDirect *direct, const struct pollfd *fds, guint n);
void dns_direct_restart(DnsDirect *direct);

#endif
