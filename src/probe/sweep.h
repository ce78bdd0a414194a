/* A sweep: one or two targets over many DNS lists (RFC 5782).  Here is what is asked and what each list says;
 * dnsbl.c makes the probe of it.
 *
 * Called from scratch at every turn, so it does little: a name and a look into the net's table a list, more only
 * for hits. */
#ifndef WB_PROBE_SWEEP_H
#define WB_PROBE_SWEEP_H

#include "mail/dnslist.h"
#include "net/net.h"

/* What is looked for. */
typedef struct SweepTarget {
  DnsListKind kind;
  char *label; /* stands before the zone: "10.2.0.192", nibbles, or a domain in A-labels; owned */
  char *shown; /* for people; owned */
} SweepTarget;

/* Which lists are asked. */
typedef struct SweepChoice {
  const DnsLists *lists;
  gboolean all; /* the extended and the unverified ones too */
  gboolean own; /* a file of the user's own: as it stands, whatever is known about its zones */
  const DnsList *also; /* asked whatever the rest says, NULL: none */
} SweepChoice;

/* One list and one target. */
typedef struct SweepItem {
  const DnsList *list;
  const SweepTarget *target;
  gboolean named; /* the bounce names this list */
  gboolean waits; /* the verdict is not known yet */
  gboolean open;  /* something is still under way, be it only the explanation */
  DnsListVerdict verdict;
  const char *words; /* the operator's, or an English message id; NULL: the code is not documented */
  const DnsAnswer *answer, *negative, *positive, *text; /* NULL: not asked, or under way */
} SweepItem;

/* Asks all that can be asked now; fills `items` (of SweepItem, emptied before) in the order of the lists. */
void sweep_ask(Net *net, const SweepChoice *choice, const SweepTarget *targets, guint n_targets, GArray *items);

/* TRUE for verdicts that come from an answer which says something about the target. */
gboolean sweep_is_hit(DnsListVerdict verdict);
/* TRUE for those that say nothing: refused, unknown, wildcard. */
gboolean sweep_is_silent(DnsListVerdict verdict);

/* The addresses of an answer, at most 64, NULL-terminated, owned by it. The array is freed with g_free(). */
const char **sweep_addresses(const DnsAnswer *answer);

#endif
