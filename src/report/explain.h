/* `whybounce explain`: reads bounces and says what they say.  No network. */
#ifndef WB_REPORT_EXPLAIN_H
#define WB_REPORT_EXPLAIN_H

#include "flow/cause.h"
#include "mail/classify.h"

#include <stdio.h>

typedef struct ExplainOptions {
  gboolean json;    /* one object a line instead of pages */
  gboolean summary; /* one page, or one object, about all mails together: see tally.h */
} ExplainOptions;

/* Explains every mail in `files` (files, mbox files, folders and Maildirs, "-" for standard input; NULL or empty:
 * standard input) on `out`.  What cannot be read is told on standard error, with what to do; the rest is still explained.
 * One mail at a time is in memory.  Returns the exit code: 0, or 4 if anything could not be read. */
int explain_run(const char *const *files, const ExplainOptions *options, FILE *out);

/* What a page tells besides what the bounce says. Borrowed; each may be NULL. */
typedef struct ExplainKnowledge {
  const Causes *causes;
  Classifier *classifier;
} ExplainKnowledge;

/* The page about one bounce, which was diagnosed, in the language in force: safe, LF line ends, at most `columns` wide.
 * `name` is shown over it unless NULL.  Caller frees. */
char *explain_page(const Bounce *bounce, const char *name, const ExplainKnowledge *knowledge, int columns);

#endif
