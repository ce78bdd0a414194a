/* What the files net*.c share: the table of questions. */
#ifndef WB_NET_NET_PRIVATE_H
#define WB_NET_NET_PRIVATE_H

#include "net/dns_direct.h"
#include "net/dns_live.h"
#include "net/transfer.h"

#define NONCE_LENGTH 16

typedef struct Question Question;

/* What differs between the kinds of questions: answers and tasks are opaque to the table and to waiters. */
typedef struct QuestionKind {
  void (*answer_free)(gpointer answer);
  /* Stops asking an open question, without an answer. */
  void (*abandon)(Net *net, Question *q);
  /* The answer for somebody who does not wait for an open one. */
  gpointer (*cancelled)(const Net *net, const Question *q);
  /* The line of the recording, NULL: it is not to be recorded. */
  char *(*line)(gconstpointer answer, const char *nonce);
} QuestionKind;

extern const QuestionKind dns_kind, talk_kind;

/* A row of the table.  The table holds one reference, every waiter that asked another. */
struct Question {
  guint refs;
  const QuestionKind *kind;
  char *name; /* DNS: as first asked, without trailing dot; talk: its key */
  gsize length;
  char *at; /* net_dns_at(), or NULL */
  DnsType type;        /* talk: 0 */
  gpointer answer;     /* DnsAnswer, TalkAnswer; NULL: open */
  gpointer task;       /* DnsTask, Transfer; while open */
  DnsLive *live;       /* who asks it; NULL: not asked, or a talk */
  GPtrArray *waiters;  /* of NetWaiter, while open; NULL: none */
  gboolean unattended; /* asked for without waiter, or by one that is gone */
  gboolean given_up;   /* its only waiter cancelled it: others ask anew */
  gboolean unsaid;     /* from the recording, not yet shown to the sinks */
  GList *kept;         /* in net->answers */
};

typedef struct Sink {
  NetSink call;
  gpointer user;
} Sink;

struct Net {
  DnsLive *live; /* NULL: replay */
  DnsDirect *direct;
  const TransferModule *talks; /* NULL: nobody has asked for a talk yet */
  Transfers *transfers;
  char *ca_file;
  GHashTable *questions;
  GQueue answers; /* of Question with an answer, the one used last at the end; only with `most_answers` */
  guint most_answers; /* 0: all */
  char *resolvers; /* replay */
  char nonce[NONCE_LENGTH + 1];
  NetWaiter *waiter; /* in force */
  guint open;
  guint answered; /* in this turn */
  GArray *fds;
  GArray *sinks;
  GPtrArray *recorders; /* of what net_record() opened */
  GHashTable *kept; /* key -> Kept */
  GPtrArray *secrets;   /* of Secret; NULL: none */
  GHashTable *invented; /* set of addresses; NULL: the resolver is not known to invent any */
};

struct NetWaiter {
  Net *net;
  GPtrArray *questions; /* in the order asked */
  GHashTable *own;      /* Question -> its answer for this waiter alone, or NULL */
  guint open;
  gboolean woken;
};

/* Without a door: neither live nor replay. */
Net *net_new(void);
void net_recorder_free(gpointer recorder);

/* One reference more, one less; the last takes the question with it. */
Question *net_question_ref(Question *q);
void net_question_unref(Question *q);
/* Stops asking an open question, without an answer. */
void net_question_abandon(Net *net, Question *q);
/* Takes the question out of the table, so that it is asked anew; who holds it keeps it. */
void net_table_drop(Net *net, Question *q);
/* The name that goes to the resolver, NULL: the one of the question. Caller frees. */
char *net_reveal(const Net *net, const Question *q);
/* Takes out of an answer what net_reveal() put into the question. */
void net_hide(const Net *net, const Question *q, DnsAnswer *answer);
/* The question has got its answer: is it one that the resolver invents? */
void net_judge(Net *net, Question *q);
/* A waiter has let go of so many questions: drops the answers that are too many. */
void net_table_trim(Net *net, guint released);
/* Shows the answer to the sinks. */
void net_say(Net *net, const Question *q);

/* The row for a name, or NULL; a new row, open and without task. `at`: net_dns_at()'s server or NULL; `type` 0: a talk,
 * its key. */
Question *net_table_find(const Net *net, const char *at, const char *name, DnsType type);
Question *net_table_add(Net *net, const char *at, const char *name, DnsType type);
/* An open question has got its answer; who waits for it is woken. */
void net_question_settle(Net *net, Question *q, gpointer answer);
/* What whoever asks gets: the answer in force for the waiter in force, or NULL. */
gconstpointer net_question_hand_out(Net *net, Question *q);
/* A question that may be handed out: one that its only waiter gave up is asked anew by others. */
gboolean net_question_is_in_force(const Net *net, const Question *q);

/* The waiter asked `q`. */
void net_waiter_add(NetWaiter *waiter, Question *q);
/* What the waiter takes for the answer: it may have cancelled what others wait for. */
gconstpointer net_waiter_own_answer(const NetWaiter *waiter, const Question *q);

#endif
