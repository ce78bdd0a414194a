/* Asking the resolvers: pacing, retries, falling back from one resolver to the next.
 *
 * A task is a question under way.  Its tries go out at 0, 150, 320 and 1000 ms, over the resolvers in turn; each
 * stays open until the task ends, so that a late answer to an early try counts.  A resolver that answers "I
 * cannot" (SERVFAIL, REFUSED, garbage...) is left out from then on and the next is asked at once; the last such answer
 * is the result if none does better.
 *
 * NET_IN_FLIGHT tasks a resolver are under way at first, the others queue in order.  While some queue, each answer makes
 * room for more, up to NET_MOST_IN_FLIGHT; a packet that was lost takes a third of it, but never below NET_IN_FLIGHT.  A
 * question that was refused while there were so many is asked once more, later.
 *
 * Results are handed out only by dns_live_process(). */
#ifndef WB_NET_DNS_LIVE_H
#define WB_NET_DNS_LIVE_H

#include "net/dns_wire.h"

typedef struct DnsLive DnsLive;
typedef struct DnsTask DnsTask;

/* The task of `owner` is over and gone; `answer` is the receiver's. */
typedef void (*DnsLiveDone)(gpointer user, gpointer owner, DnsAnswer *answer);

/* Asks the resolvers of `options`, or the system's.  Fails only on a `resolver` that is no address, message fit for the
 * user. */
DnsLive *dns_live_new(const NetOptions *options, DnsLiveDone done, gpointer user, GError **error);
/* Tasks under way end without a result. */
void dns_live_free(DnsLive *live);
/* Before anything is asked: its one resolver is the name server at `address`, to be asked without recursion.  What it
 * has in flight counts into `in_flight`, which others share and which outlives it. */
void dns_live_set_direct(DnsLive *live, const char *address, guint *in_flight);
/* TRUE: nothing is asked and nothing waits. */
gboolean dns_live_is_idle(const DnsLive *live);

/* How long a task may take. */
guint dns_live_timeout_ms(const DnsLive *live);
/* The resolvers as one line for people; "none" if there is none. */
const char *dns_live_resolvers(const DnsLive *live);
/* FALSE: there is none, and nothing may be asked. */
gboolean dns_live_has_resolver(const DnsLive *live);
/* How many questions wait for their turn. */
guint dns_live_waiting(const DnsLive *live);
/* TRUE if a question more would have to wait, or make others wait. */
gboolean dns_live_is_busy(const DnsLive *live);

/* Begins a task; `name` and `wire` are copied.  The packet leaves at once if there is room. */
DnsTask *dns_live_ask(DnsLive *live, const char *name, const DnsWireName *wire, DnsType type, gpointer owner);
/* Ends the task without a result. */
void dns_live_abandon(DnsLive *live, DnsTask *task);
/* The answer for somebody who does not wait: DNS_CANCELLED, with what was done so far. */
DnsAnswer *dns_task_cancelled(const DnsTask *task);
/* How far a task is; see NetProgress. */
void dns_task_progress(const DnsTask *task, const DnsLive *live, NetProgress *progress);

/* Appends what to wait for to `fds` (GArray of struct pollfd); returns until when, monotonic microseconds
 * (G_MAXINT64: nothing to wait for). */
gint64 dns_live_prepare(DnsLive *live, GArray *fds);
/* Does what is due.  `fds` are those of the last dns_live_prepare(), with their revents. */
void dns_live_process(DnsLive *live, const struct pollfd *fds, guint n);
/* Tasks under way get their time again, and their tries begin anew. */
void dns_live_restart(DnsLive *live);

#endif
