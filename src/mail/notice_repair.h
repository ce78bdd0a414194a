/* What mail programs and clipboards do to a notice: other blanks, more line ends, the blanks before folded header lines
 * lost.  Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_REPAIR_H
#define WB_MAIL_NOTICE_REPAIR_H

#include "mail/notice.h"

/* `text` with ASCII blanks and line ends in place of all others that clipboards bring along.  NULL: nothing to repair;
 * caller frees. */
char *notice_repair_blanks(const char *text);

/* Indents lines that go on with a field of a raw header. */
void notice_repair_folding(Notice *notice);

/* `text` without the empty line that some programs put behind every line when they make text of a page; NULL: it has
 * none.  Caller frees. */
char *notice_repair_spacing(const char *text);

#endif
