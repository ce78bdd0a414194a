/* `whybounce explain`: reads bounces and says what they say.  No network. */
#ifndef WB_REPORT_EXPLAIN_H
#define WB_REPORT_EXPLAIN_H

#include "mail/bounce.h"

#include <stdio.h>

/* Explains every mail in `files` (files, mbox files, folders and Maildirs, "-" for standard input; NULL or empty:
 * standard input) on `out`: a short page each, or one line of JSON each.  What cannot be read is told on standard
 * error, with what to do; the rest is still explained.  Returns the exit code: 0, or 4 if anything could not be read.
 */
int explain_run(const char *const *files, gboolean json, FILE *out);

/* The page about one bounce in the language in force: safe, LF line ends, at most `columns` wide.  `name` is shown over
 * it unless NULL. Caller frees. */
char *explain_page(const Bounce *bounce, const char *name, int columns);

#endif
