/* The tree walk of DMARC over the DNS (RFC 9989 s4.10): all steps are asked at once and judged in order. */
#ifndef WB_PROBE_DMARC_WALK_H
#define WB_PROBE_DMARC_WALK_H

#include "mail/dmarc.h"
#include "net/net.h"

typedef struct DmarcTrail {
  char *domain; /* the names of the steps point into it */
  guint n;
  DmarcStep steps[DMARC_MAX_STEPS];
  const DnsAnswer *answers[DMARC_MAX_STEPS]; /* NULL: under way, or the name is too long to be asked */
  const char *texts[DMARC_MAX_STEPS];        /* of the record, safe; NULL: none */
  guint records[DMARC_MAX_STEPS];            /* how many records there are; more than one count as none */
  gboolean nearly; /* the domain itself has something that was meant to be a record, but is none */
  DmarcWalk walk;
} DmarcTrail;

/* `domain`: A-labels. */
DmarcTrail *dmarc_trail_ask(Net *net, const char *domain);
void dmarc_trail_free(DmarcTrail *trail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmarcTrail, dmarc_trail_free)

/* The answer at which the walk got stuck, or NULL. */
const DnsAnswer *dmarc_trail_blocker(const DmarcTrail *trail);

typedef enum DmarcSame { DMARC_SAME_NO, DMARC_SAME_YES, DMARC_SAME_WAITS, DMARC_SAME_NOT_TOLD } DmarcSame;

/* Do both belong to the same organizational domain (s4.4)?  Equal names do, whatever the walks say. */
DmarcSame dmarc_trails_same(const DmarcTrail *a, const DmarcTrail *b);

#endif
