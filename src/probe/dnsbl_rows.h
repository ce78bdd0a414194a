/* What a sweep has to say list by list: rows for people and marks for the grid. dnsbl.c says what follows from them. */
#ifndef WB_PROBE_DNSBL_ROWS_H
#define WB_PROBE_DNSBL_ROWS_H

#include "probe/probe.h"
#include "probe/sweep.h"

/* The mark of Result.marks. */
char dnsbl_mark(const SweepItem *item);

/* A row for every list that has something to say, what matters most first; clean ones have none. `items`: SweepItem. */
void dnsbl_add_rows(Result *result, const GArray *items);

/* TRUE if `word` is among the texts. */
gboolean dnsbl_seen(const GPtrArray *words, const char *word);

#endif
