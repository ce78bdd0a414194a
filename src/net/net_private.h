/* What net.c and net_waiter.c share: the table of questions. */
#ifndef WB_NET_NET_PRIVATE_H
#define WB_NET_NET_PRIVATE_H

#include "net/dns_direct.h"
#include "net/dns_live.h"

#define NONCE_LENGTH 16

/* A row of the table.  The table holds one reference, every waiter that asked another. */
typedef struct Question {
  guint refs;
  char *name; /* as first asked, without trailing dot */
  gsize length;
  char *at; /* net_dns_at(), or NULL */
  DnsType type;
  DnsAnswer *answer;   /* NULL: open */
  DnsTask *task;       /* while open */
  DnsLive *live;       /* who asks it; NULL: not asked */
  GPtrArray *waiters;  /* of NetWaiter, while open; NULL: none */
  gboolean unattended; /* asked for without waiter, or by one that is gone */
  gboolean given_up;   /* its only waiter cancelled it: others ask anew */
  gboolean unsaid;     /* from the recording, not yet shown to the sinks */
} Question;

typedef struct Sink {
  NetSink call;
  gpointer user;
} Sink;

struct Net {
  DnsLive *live; /* NULL: replay */
  DnsDirect *direct;
  GHashTable *questions;
  char *resolvers; /* replay */
  char nonce[NONCE_LENGTH + 1];
  NetWaiter *waiter; /* in force */
  guint open;
  guint answered; /* in this turn */
  GArray *fds;
  GArray *sinks;
  GArray *files;    /* of int */
  GHashTable *kept; /* key -> Kept */
};

struct NetWaiter {
  Net *net;
  GPtrArray *questions; /* in the order asked */
  GHashTable *own;      /* Question -> its answer for this waiter alone, or NULL */
  guint open;
  gboolean woken;
};

Question *net_question_ref(Question *q);
void net_question_unref(Question *q);
/* Stops asking an open question, without an answer. */
void net_question_abandon(Net *net, Question *q);
/* Takes the question out of the table, so that it is asked anew; who holds it keeps it. */
void net_table_drop(Net *net, Question *q);
/* Shows an answer to the sinks. */
void net_say(Net *net, const DnsAnswer *answer);

/* The waiter asked `q`. */
void net_waiter_add(NetWaiter *waiter, Question *q);
/* What the waiter takes for the answer: it may have cancelled what others wait for. */
const DnsAnswer *net_waiter_own_answer(const NetWaiter *waiter, const Question *q);

#endif
