/* What a bounce says, as rows of label and value: on the pages of `explain` and where the wizard shows what it read. */
#ifndef WB_REPORT_BOUNCE_ROWS_H
#define WB_REPORT_BOUNCE_ROWS_H

#include "mail/bounce.h"

#define BOUNCE_ROWS 14 /* the most there are */

/* In the language in force, safe; the words of others. */
typedef struct BounceRow {
  char *label, *value;
} BounceRow;

/* Fills `rows` (room for BOUNCE_ROWS) about the recipients in `group` (of BounceRecipient, at least one): their addresses are
 * all named, the rest is that of the first.  Returns how many; bounce_rows_clear() them. */
guint bounce_rows_fill(const Bounce *bounce, const GPtrArray *group, BounceRow *rows);

/* The same about the main recipient and those with the same outcome, the `reason` (NULL: the words do not tell) in the second
 * row, and who else is named in the last. */
guint bounce_rows_read(const Bounce *bounce, const char *reason, BounceRow *rows);

/* What stands around the refusal: the returned mail, who reported it, where the mail was sent from. */
guint bounce_rows_around(const Bounce *bounce, BounceRow *rows);
/* "Minutes (Tue, 4 Mar 2025 10:22:00 +0900)" of the returned mail, or NULL. Caller frees. */
char *bounce_original(const Bounce *bounce);

void bounce_rows_clear(BounceRow *rows, guint n);

/* The other server's words about the main recipient, at most `columns` of them; NULL: there are none.  Caller frees. */
char *bounce_words(const Bounce *bounce, int columns);

/* The mail to this recipient still waits: more attempts follow. */
gboolean bounce_waits(const Bounce *bounce, const BounceRecipient *recipient);

/* "550 5.1.1", or NULL. Caller frees. */
char *bounce_codes(const BounceRecipient *recipient);

#endif
