/* A mailbox counted: what the bounces in it have in common, and what would help most.  Memory does not grow with the number
 * of mails: only what is counted is kept. */
#ifndef WB_REPORT_TALLY_H
#define WB_REPORT_TALLY_H

#include "flow/cause.h"
#include "mail/bounce.h"

typedef struct Tally Tally;

/* Borrows `causes` (may be NULL: then nothing is known of owners and fixes but what bounces say). */
Tally *tally_new(const Causes *causes);
void tally_free(Tally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tally, tally_free)

/* Causes, owners and mail systems are counted by recipient, and of bounces alone: a delay may still end well. */
void tally_add(Tally *tally, const Bounce *bounce);

/* A page in the language in force, at most `columns` wide; one object of JSON, no line feed.  Caller frees. */
char *tally_page(const Tally *tally, int columns);
char *tally_json(const Tally *tally);

#endif
