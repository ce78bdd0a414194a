/* What the probes of a session found, with the evidence; and what could not be told. */
#ifndef WB_REPORT_FINDINGS_H
#define WB_REPORT_FINDINGS_H

#include "report/page.h"

/* Everything that was asked and could not be told: tests without an answer, tests not made, questions that nobody could
 * answer.  Never hidden: what is not known is neither fine nor bad. */
void findings_put_unknown(Page *page, const Session *session);

/* Each probe with its rows; under each row who was asked what, and what came back. */
void findings_put(Page *page, const Session *session);

#endif
