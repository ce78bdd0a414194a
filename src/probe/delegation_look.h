/* The name servers of a domain on their way through the probe delegation: delegation_ask.c finds them and asks them,
 * delegation_judge.c compares what they say, delegation_say.c
 * says it to people, delegation.c to programs. */
#ifndef WB_PROBE_DELEGATION_LOOK_H
#define WB_PROBE_DELEGATION_LOOK_H

#include "probe/probe.h"

/* What a name server is worth. */
typedef enum NsState {
  NS_WAIT,
  NS_SPEAKS,     /* answers for the zone (AA) */
  NS_LAME,       /* it says itself that it does not (RFC 8499 s7, "lame delegation") */
  NS_SILENT,     /* could not tell */
  NS_NO_ADDRESS, /* its name has no address */
  NS_NOT_PUBLIC, /* nobody outside can reach its address */
} NsState;

typedef struct NsServer {
  const char *name;
  gboolean in_zone, at_parent; /* who names it */
  const DnsAnswer *a, *aaaa;   /* of our resolver */
  GPtrArray *addresses;        /* char*, not owned */
  NsState state;
  const DnsAnswer *said;       /* its own answer about the mail servers, the one that decided `state` */
  const DnsAnswer *soa;        /* of the same address, or NULL */
  char *answer;                /* NS_SPEAKS: `said` in a form that can be compared */
  gboolean old, other;         /* compared with the current data: older, or different */
} NsServer;

typedef enum ParentSays { PARENT_WAIT, PARENT_NAMES, PARENT_KNOWS_NONE, PARENT_SILENT } ParentSays;

typedef struct DelegationLook {
  Net *net;
  const char *domain;
  const char *zone, *parent;   /* in `domain`; NULL: none was found */
  const DnsAnswer *mx;         /* of our resolver */
  const DnsAnswer *ns;         /* the zone's, of our resolver */
  ParentSays parent_says;
  const DnsAnswer *delegation; /* what a server of the parent says by itself */
  GPtrArray *servers;          /* of NsServer */
  guint asked, open;           /* questions */
  gboolean reached;            /* what is asked directly gets where it should: see delegation_judge() */
  const NsServer *current;     /* one of those whose data count; NULL: cannot be told */
  gboolean differ;             /* the name servers contradict each other */
} DelegationLook;

/* Asks all that can be asked; what is missing is counted in `open`.  `look` has net and domain. */
void delegation_ask(DelegationLook *look);
/* When nothing is open: who is lame, who has old data. */
void delegation_judge(DelegationLook *look);
/* How many servers are in `state`. */
guint delegation_count(const DelegationLook *look, NsState state);
/* TRUE if our resolver gives the current answer too. */
gboolean delegation_is_ours(const DelegationLook *look);
void delegation_clear(DelegationLook *look);

/* The mail servers (or their absence) in a form that can be compared. Caller frees. */
char *delegation_answer(const DnsAnswer *mx);
/* The records of the delegation, wherever the parent's server put them; `n` is their number. */
const DnsRecord *delegation_records(const DnsAnswer *delegation, guint *n);
/* For how many seconds resolvers may remember that something is absent (RFC 2308 s5); 0: not told. */
guint32 delegation_absent_ttl(const NsServer *server);

/* --- saying it --- */

typedef struct Telling {
  DelegationLook look;
  Result *result;
  GPtrArray *faults; /* static words */
} Telling;

/* The row of one server, as far as it is known. */
void delegation_say_server(Telling *t, const NsServer *server);
/* The rows about all of it, and the facts about times, when nothing is open and all is judged. */
void delegation_say(Telling *t);

#endif
