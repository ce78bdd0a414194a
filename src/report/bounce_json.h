/* Bounces as JSON: the object of `explain --json`, schema 1, described in whybounce(1). */
#ifndef WB_REPORT_BOUNCE_JSON_H
#define WB_REPORT_BOUNCE_JSON_H

#include "mail/bounce.h"

/* One object on one line, without line feed. What is not known is left out, never invented.  `file` is the name to
 * show; NULL: standard input. Caller frees. */
char *bounce_to_json(const Bounce *bounce, const char *file);

#endif
