/* How sure the cause is, and which others there are: the evidence board in words. */
#ifndef WB_REPORT_VERDICT_H
#define WB_REPORT_VERDICT_H

#include "report/page.h"

typedef struct Sureness {
  const char *message; /* message id: "confirmed by what was found", "likely", "told by the user, not tested" */
  GPtrArray *reasons;  /* of const Message, borrowed */
} Sureness;

/* Never more than what was found out: what rests on the answers of people alone is said to be told, not found.
 * `cause` may be NULL. */
void sureness_find(const Session *session, const Cause *cause, Sureness *sureness);
void sureness_clear(Sureness *sureness);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sureness, sureness_clear)

/* The likely ones besides, and those that are ruled out, with their reasons. */
void verdict_put_others(Page *page, const Session *session);

#endif
