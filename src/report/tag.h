/* The word tags: a state is always told by a word of equal width, never by colour alone. */
#ifndef WB_REPORT_TAG_H
#define WB_REPORT_TAG_H

#include "flow/flow.h"
#include "probe/finding.h"

/* Columns of every tag, brackets included, in every language. */
#define TAG_COLUMNS 6

/* "[ OK ]", "[WARN]", "[FAIL]", "[ ?? ]", "[WAIT]", "[SKIP]", "[ -- ]" in the language in force.  A translation that is not
 * TAG_COLUMNS wide is not used.  Lives until the language changes. */
const char *level_tag(Level level);

/* How the end of a guide looks as a level: fixed is fine, unknown could not tell, the others are faults. */
Level finish_level(FinishKind finish);

#endif
