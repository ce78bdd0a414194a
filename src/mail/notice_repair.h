/* What mail programs and clipboards do to a notice: lines joined to paragraphs, the blanks before folded header lines
 * lost.  Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_REPAIR_H
#define WB_MAIL_NOTICE_REPAIR_H

#include "mail/notice.h"

/* `text` with line ends again before what begins a line in notices: fields of a report or a header, an address with a
 * colon behind it, commands and replies of a session, headings.  Short lines stay.  NULL: nothing to repair; caller
 * frees. */
char *notice_repair_lines(const char *text);

/* Indents lines that go on with a field of a raw header. */
void notice_repair_folding(Notice *notice);

/* `text` without the empty line that some programs put behind every line when they make text of a page; NULL: it has
 * none.  Caller frees. */
char *notice_repair_spacing(const char *text);

#endif
