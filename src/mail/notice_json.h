/* Notices of mail services that are JSON: what Amazon SES (bare or wrapped by SNS), SendGrid, Mailgun, Postmark and
 * their like send to a webhook, and people paste.  The same things under other names become the fields of a delivery
 * report (RFC 3464).  Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_JSON_H
#define WB_MAIL_NOTICE_JSON_H

#include "mail/fields.h"

typedef struct NoticeJson {
  GPtrArray *groups;   /* of lists of fields, one for each recipient */
  GPtrArray *original; /* header fields of the returned mail; NULL */
  GPtrArray *feedback; /* fields as of a feedback report (RFC 5965), if it is a complaint; NULL */
} NoticeJson;

/* Where the JSON of an event begins in `text`; NULL: there is none. */
const char *notice_json_find(const char *text);

/* `text` without the marks of a reply before the lines of the JSON that is quoted in it, which become one; NULL: none
 * is. Caller frees. */
char *notice_json_unquote(const char *text);

/* Reads the event at `json`; what is broken in it is passed over.  The caller frees the three lists. */
void notice_json_read(const char *json, NoticeJson *out);

#endif
