/* whybounce lint: what is wrong with flows and knowledge files, for the people who write them. */
#ifndef WB_REPORT_LINT_H
#define WB_REPORT_LINT_H

#include <stdio.h>

/* Lints the NULL-terminated `files`: flows, or knowledge files, told apart by what is in them.  `files` NULL or empty:
 * all flows, ours and the site's, and all knowledge.  Prints one fault a line to `out`: FILE:LINE:COL: LEVEL: TEXT.
 * Returns the exit code: 0 no error (there may be warnings), 1 errors, 4 a file could not be read. */
int lint_run(const char *const *files, FILE *out);

#endif
