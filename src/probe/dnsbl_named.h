/* The list that the bounce names: what the refusing server went by outranks what all others say. */
#ifndef WB_PROBE_DNSBL_NAMED_H
#define WB_PROBE_DNSBL_NAMED_H

#include "probe/probe.h"
#include "probe/sweep.h"

/* What is known of the list that `words` of a bounce name; NULL: nothing. */
const DnsList *dnsbl_named_find(const DnsLists *lists, const char *words);

/* TRUE for lists that are asked once a bounce names them, though not by default: extended, unverified, and those that
 * are part of another. */
gboolean dnsbl_named_may_be_asked(const DnsList *list);

/* After the sweep: sets the fact "named" and adds a row where the list has none of its own. `list`: from
 * dnsbl_named_find(). */
void dnsbl_named_tell(Result *result, const GArray *items, const DnsList *list, const char *words);

#endif
