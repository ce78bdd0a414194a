/* Log lines of mail servers in a notice or a pasted text, as delivery reports: Postfix, Sendmail, Exim, qmail,
 * OpenSMTPD.  What a log says about one recipient is what the server would put into its report (RFC 3464).
 * Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_LOG_H
#define WB_MAIL_NOTICE_LOG_H

#include "mail/notice.h"

/* Field of a group that holds what a log says in words, to be read like a passage of a notice. */
#define NOTICE_WORDS "X-Words"
/* The command that was refused, where a log names it apart. */
#define NOTICE_COMMAND "X-Command"

/* Appends a group to `notice->groups` for each recipient that a log line of a delivery names (of several lines about
 * one, the last counts), and empties these lines. */
void notice_log_take(Notice *notice);

#endif
