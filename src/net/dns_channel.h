/* Sending one packet to one resolver and taking what comes back: c-ares behind a small door.
 *
 * A channel is one resolver by UDP, or one by TCP: in c-ares a TCP connection that breaks ends whatever else is
 * open on the channel, so the two are apart.  c-ares keeps sockets, ids and the framing of TCP, and checks
 * that an answer has the id and the question of a try; when to send, and what an answer is worth, is dns_live's.
 *
 * c-ares must not be called from inside its own callback.  Nothing is done there but to note the result: ended
 * tries are put into an array, to be looked at when c-ares has returned. */
#ifndef WB_NET_DNS_CHANNEL_H
#define WB_NET_DNS_CHANNEL_H

#include "net/dns_resolver.h"
#include "net/dns_wire.h"

#include <poll.h>

typedef struct DnsChannel DnsChannel;

typedef enum DnsOutcome {
  DNS_TRY_OPEN,
  DNS_TRY_ANSWER,      /* `answer` says which */
  DNS_TRY_CUT,         /* truncated: ask by TCP */
  DNS_TRY_UNREACHABLE, /* no route, refused, connection broken */
  DNS_TRY_SILENT,      /* c-ares has given it up */
} DnsOutcome;

/* One packet. */
typedef struct DnsTry {
  DnsChannel *channel;
  gpointer owner; /* NULL: nobody waits for it any more */
  guint resolver; /* the caller's number for it */
  gboolean tcp;
  gboolean edns;
  guint16 id;
  gint64 sent_at; /* monotonic */
  DnsOutcome outcome;
  DnsAnswer *answer; /* the question; with DNS_TRY_ANSWER the answer */
} DnsTry;

/* `ended` (of DnsTry, not owning) receives the tries that end; the caller frees those. */
DnsChannel *dns_channel_new(const DnsResolver *resolver, gboolean tcp, guint timeout_ms, GPtrArray *ended);
void dns_channel_free(DnsChannel *channel);

/* Sends at once.  `question` (name and type, taken) is filled with the answer.  The caller sets resolver. */
DnsTry *dns_channel_send(DnsChannel *channel, const DnsWireName *name, DnsAnswer *question, DnsQueryFlags flags,
                         gpointer owner);
/* Nobody waits for it any more. */
void dns_try_detach(DnsTry *try);
void dns_try_free(DnsTry *try);

/* Appends the sockets to `fds`; returns how many. */
guint dns_channel_prepare(const DnsChannel *channel, GArray *fds);
void dns_channel_process(DnsChannel *channel, const struct pollfd *fd);
/* Closes the sockets if nobody waits for anything of it, so that an idle net has none. */
void dns_channel_rest(DnsChannel *channel);

#endif
