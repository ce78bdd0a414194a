/* Outcomes: the recipients of a bounce, those with the same result together. */
#ifndef WB_REPORT_OUTCOME_H
#define WB_REPORT_OUTCOME_H

#include "mail/bounce.h"

/* Array of GPtrArray of BounceRecipient (borrowed), in the order of the bounce; empty for a bounce without recipients.  Two
 * belong together when they failed for the same cause and equally for good; without a cause when codes and words are the
 * same, each one's own address in them aside.  Free the array. */
GPtrArray *outcomes_of(const Bounce *bounce);

#endif
