/* The probe dmarc on its way: shared by dmarc.c (the record), dmarc_align.c (does this mail pass?) and dmarc_reports.c
 * (may reports go where the record says?). */
#ifndef WB_PROBE_DMARC_LOOK_H
#define WB_PROBE_DMARC_LOOK_H

#include "probe/dmarc_walk.h"
#include "probe/probe.h"

typedef struct DmarcLook {
  Net *net;
  const Facts *inputs;
  Result *result;
  DmarcTrail *trail;         /* of the From domain */
  const DmarcRecord *record; /* the one that applies; NULL: none, or not known */
  const char *record_domain; /* NULL without record */
  DmarcPolicy policy;        /* the one to apply; DMARC_UNSET: none, or not known */
  GPtrArray *faults;         /* static words */
  guint open;                /* look-ups under way */
} DmarcLook;


/* Facts spf_aligned, dkim_aligned, result, with their rows.  Launches what it needs at the first call, before there is
 * a record. */
void dmarc_align(DmarcLook *look);

/* RFC 9990 s4: fact unauthorised, and rows about other people's domains that are to get reports. */
void dmarc_reports(DmarcLook *look);

#endif
