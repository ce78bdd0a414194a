/* The summary: cause, evidence, who must act, what to do; 72 columns of plain text for ticket, file and printer. */
#ifndef WB_REPORT_SUMMARY_H
#define WB_REPORT_SUMMARY_H

#include "flow/session.h"

#define SUMMARY_COLUMNS 72

typedef struct SummaryOptions {
  const char *case_id;     /* or NULL */
  gboolean show_addresses; /* FALSE: local parts are masked, "h****o@example.net" */
  gint64 now;              /* wall clock, microseconds since 1970 */
  int columns;             /* 0: 72 */
} SummaryOptions;

/* The whole page in the language in force, LF line ends, safe.  Works at any moment of a session: one that is not
 * finished says so and gives what is known so far.  Holds: headline; cause, owner, how sure; do this now; text for
 * the caller; how we got here (every step with its answer); findings with evidence (server, time, TTL); what could
 * not be told; ruled out with reasons; the server's own words quoted; time with zone, resolver, flow and revision,
 * program version, case id.  Caller frees. */
char *summary_text(const Session *session, const SummaryOptions *options);

/* The cause the session came to: the finish step's, else the board's first confirmed or only likely one, else NULL. */
const Cause *summary_cause(const Session *session);

/* "h****o@example.net" wherever an address stands in `text`. Caller frees. */
char *summary_mask(const char *text);

#endif
