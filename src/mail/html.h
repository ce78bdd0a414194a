/* HTML to plain text: enough for notices of non-delivery that have no plain text part. */
#ifndef WB_MAIL_HTML_H
#define WB_MAIL_HTML_H

/* Tags are dropped (blocks end a line), scripts and styles with what is in them; character references are decoded.
 * `html` is UTF-8. Caller frees. */
char *html_to_text(const char *html);

#endif
