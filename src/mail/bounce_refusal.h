/* The refusal in a notice that is about one recipient: the passage that repeats what a server answered.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_REFUSAL_H
#define WB_MAIL_BOUNCE_REFUSAL_H

#include "mail/notice.h"

/* What stands behind "The response was:" and the like, or else the passage that begins with a code; lines joined by
 * blanks.  NULL: none stands out.  Caller frees. */
char *bounce_refusal_find(const Notice *notice);

/* TRUE if `line` begins something else: a further detail of the notice, or what a mail program puts under it. */
gboolean bounce_refusal_ends(const char *line);

/* TRUE if `line` is "... the response was:": the answer is what follows. */
gboolean bounce_refusal_announces(const char *line);

/* The reply code with which the line before line `i` ends, where a program that wraps lines tore it from the enhanced
 * code with which `i` begins; NULL: none.  Points into the notice. */
const char *bounce_refusal_torn(const Notice *notice, guint i);

#endif
