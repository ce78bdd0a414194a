/* What a bounce says, as rows of label and value: on the pages of `explain` and where the wizard shows what it read. */
#ifndef WB_REPORT_BOUNCE_ROWS_H
#define WB_REPORT_BOUNCE_ROWS_H

#include "report/page.h"

#define BOUNCE_ROWS 12

/* Fills `rows` (room for BOUNCE_ROWS) about the recipients in `group` (of BounceRecipient, at least one; their addresses are
 * all named, the rest is that of the first), in the language in force.  Values may be NULL.  Returns how many; the strings
 * are the caller's. */
guint bounce_rows_fill(const Bounce *bounce, const GPtrArray *group, PageRow *rows);
void bounce_rows_clear(PageRow *rows, guint n);

/* "550 5.1.1", or NULL. Caller frees. */
char *bounce_codes(const BounceRecipient *recipient);

#endif
