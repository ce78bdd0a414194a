/* `whybounce facts`: what probes take and give, from the one table that everything else derives from as well. */
#ifndef WB_REPORT_FACTS_H
#define WB_REPORT_FACTS_H

#include <glib.h>
#include <stdio.h>

/* Describes the probes of the NULL-terminated `names` ("bounce": the facts of a bounce that was read), or "mx.status": one
 * fact.  NULL or empty: one line about each probe there is, with `json` all of them whole, an object a line.
 * Returns the exit code: 0, or 2 for a name that there is not, said on `err`. */
int facts_run(const char *const *names, gboolean json, FILE *out, FILE *err);

#endif
