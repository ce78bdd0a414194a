/* A question under way at the resolvers: what dns_live.c (who asks when), dns_task.c (the tries of one question) and
 * dns_reply.c (what comes back) share, and nobody else. */
#ifndef WB_NET_DNS_TASK_H
#define WB_NET_DNS_TASK_H

#include "net/dns_channel.h"
#include "net/dns_live.h"
#include "net/dns_window.h"

#define NEVER G_MAXINT64

typedef struct Upstream {
  DnsResolver *resolver;
  DnsChannel *udp;
  DnsChannel *tcp; /* made when first needed */
  gboolean no_edns;
  guint in_flight; /* tasks that began here */
  DnsWindow window; /* how many may */
  guint misses;
  guint tcp_answers;
} Upstream;

struct DnsTask {
  gpointer owner;
  char *name;
  const char *at; /* the live's */
  DnsType type;
  DnsWireName wire;
  GList *queued;    /* in live->queue; NULL: under way */
  guint index;      /* in live->asked */
  guint start;      /* resolver it began with */
  guint last;       /* resolver last asked */
  GPtrArray *tries; /* open ones, of DnsTry */
  guint sent;
  guint tcp_sent;    /* since the resolver last gave anybody an answer by TCP */
  guint tcp_answers; /* how many it had given then */
  guint step;        /* in the schedule: the next try */
  gboolean again;    /* was turned away once */
  guint32 failed;    /* bit set of resolvers: said that they cannot */
  guint32 tried;     /* bit set: asked at least once */
  guint32 by_tcp;    /* bit set: must be asked by TCP */
  guint32 plain;     /* bit set: must be asked without EDNS */
  gint64 first;      /* the first packet, monotonic */
  gint64 due;        /* the next try */
  gint64 deadline;
  gint64 asked_at;
  DnsAnswer *failure; /* the result if nobody does better */
};

struct DnsLive {
  GArray *resolvers;
  Upstream upstreams[DNS_MAX_RESOLVERS];
  guint n;
  char *label;
  char *at;         /* dns_live_set_direct(); NULL: these are resolvers */
  guint *in_flight; /* shared with others, or NULL */
  guint timeout_ms;
  DnsLiveDone done;
  gpointer user;
  GQueue queue;      /* of DnsTask: wait for a place */
  GPtrArray *asked;  /* of DnsTask */
  GPtrArray *ended;  /* of DnsTry */
  GPtrArray *polled; /* of DnsChannel: to whom each of the last fds belongs */
  gint64 due;        /* no task of `asked` is due before */
};

/* The place of a resolver in a bit set. */
static inline guint32 dns_bit(guint resolver) {
  return (guint32)1 << resolver;
}

/* Its time begins. */
void dns_task_start(DnsLive *live, DnsTask *task);
/* Sends a packet to this resolver, at once, and by TCP or without EDNS where it must be asked so. */
void dns_task_send(DnsLive *live, DnsTask *task, guint resolver);
/* The next try of the schedule, or one brought forward. */
void dns_task_try(DnsLive *live, DnsTask *task, guint resolver);
/* The next resolver in turn that has not failed and is not in the bit set `not_these`, or -1. */
int dns_task_next_resolver(const DnsLive *live, const DnsTask *task, guint32 not_these);
/* When something is to be done about it, monotonic microseconds. */
gint64 dns_task_due(const DnsTask *task);
/* Forgets the open tries at the resolvers of a bit set. */
void dns_task_detach(DnsTask *task, guint32 resolvers);

/* Over: hands `answer` (taken) out, or what failed, and frees the task. */
void dns_task_finish(DnsLive *live, DnsTask *task, DnsAnswer *answer);
void dns_task_fail(DnsLive *live, DnsTask *task);
/* Takes it out of everything that knows it, without an end. */
void dns_task_remove(DnsLive *live, DnsTask *task);
void dns_task_free(DnsTask *task);

/* --- dns_reply.c --- */

/* Judges the tries that have ended since the last time. */
void dns_live_handle_ended(DnsLive *live);

#endif
