/* Lines of a notice that a mail program or a clipboard joined: to one, or to paragraphs of another width.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_LINES_H
#define WB_MAIL_NOTICE_LINES_H

#include "mail/notice.h"

/* `text` with line ends again before what begins a line in notices: fields of a report or a header, an address with a
 * colon behind it, commands and replies of a session, headings.  Short lines stay.  NULL: nothing to repair; caller
 * frees. */
char *notice_lines_part(const char *text);

/* The same for paragraphs that a mail program wrapped anew, each of whose lines had begun with something else. */
void notice_lines_rewrap(Notice *notice);

/* TRUE if `line` begins with a field that most mail headers have. */
gboolean notice_lines_is_header(const char *line);

#endif
