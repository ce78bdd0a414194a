/* The text of a notice of non-delivery, and where in it the copy of the returned mail begins.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_NOTICE_H
#define WB_MAIL_NOTICE_H

#include "mail/fields.h"

typedef struct Notice {
  char **lines; /* of the notice alone, without quoting marks; NULL-terminated */
  guint n_lines;
  GPtrArray *original; /* header fields of the returned mail (copied, or told by the notice), not decoded; NULL */
  gboolean copy;       /* there is a copy of the returned mail behind the notice, or of its header */
  char *copied;        /* that copy as it stands, NULL: none */
  char *nested;        /* that copy, if it is itself a notice of non-delivery; else NULL */
  GPtrArray *groups; /* of lists of fields: a delivery report (RFC 3464) that stands in the text, or what log lines and
                        events of mail services say; may be empty */
  GPtrArray *feedback; /* fields of a complaint (RFC 5965) that stands in the text; NULL */
  GPtrArray *client;   /* From, To, Subject, Date: the headers that mail programs put over the notice; NULL */
} Notice;

#define NOTICE_MAX_BYTES (256 << 10)
#define NOTICE_MAX_LINES 5000
#define NOTICE_MAX_LINE 4000 /* bytes */

/* `text` is UTF-8 with LF line ends; more than the limits is cut off. Never NULL. */
Notice *notice_new(const char *text);
void notice_free(Notice *notice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Notice, notice_free)

/* Line `i` without its indentation. */
const char *notice_line(const Notice *notice, guint i);

/* TRUE if one of `words` (lower case, NULL-terminated) stands anywhere in `text`; ASCII in any case. NULL: FALSE. */
gboolean notice_has_word(const char *text, const char *const *words);

/* TRUE if `from` or `subject` (either may be NULL) are those of a mail system's notice. */
gboolean notice_is_daemon(const char *from);
gboolean notice_is_failure_subject(const char *subject);

#endif
