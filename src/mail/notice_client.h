/* Header lines as mail programs show them: "From: .. Sent: .. To: .. Subject: ..", in the languages of their users,
 * over a notice that was forwarded or copied, and as the details of the returned mail in a notice. Part of the reader
 * of bounces. */
#ifndef WB_MAIL_NOTICE_CLIENT_H
#define WB_MAIL_NOTICE_CLIENT_H

#include "mail/notice.h"

/* The field that `line` shows ("From", "To", "Cc", "Subject", "Date", "Message-ID"), `*value` receives what stands
 * behind the label (may be empty).  NULL: none. */
const char *notice_label(const char *line, const char **value);

/* Takes the headers that mail programs put over the notice, or over the mail in which it was forwarded, out of the
 * lines; `notice->client` receives their fields. */
void notice_client_take(Notice *notice);

/* Where in `text` such a header begins below a mark like "-----Original Message-----"; NULL: nowhere. Points into
 * `text`. */
const char *notice_client_forwarded(const char *text);

#endif
