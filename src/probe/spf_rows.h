/* What a verdict of SPF is in words for people: the rows of the probe "spf". */
#ifndef WB_PROBE_SPF_ROWS_H
#define WB_PROBE_SPF_ROWS_H

#include "mail/spf.h"
#include "probe/finding.h"

typedef struct SpfRows {
  Result *result;
  const SpfVerdict *verdict; /* not SPF_PENDING */
  const char *ip;
  Level level; /* of the verdict: filled in */
} SpfRows;

/* All rows about the identity that was judged: the verdict first, then what decided it. */
void spf_rows_say(SpfRows *rows);

/* Those of them that hold for every mail, for a survey: what is wrong with the record. `level` is given. */
void spf_rows_say_rest(SpfRows *rows);

/* The row about a HELO name that was judged beside an envelope sender (RFC 7208 s2.3): only if something is wrong. */
void spf_rows_say_helo(const SpfRows *rows);

/* A step of the verdict, NULL for -1. */
const SpfStep *spf_rows_step(const SpfVerdict *verdict, int i);

#endif
