/* Bytes in any charset to UTF-8.  Mails of all ages: what is declared is often wrong, what is not declared must be
 * guessed (ISO-2022-JP by its escapes, UTF-8, Shift_JIS, EUC-JP, else Windows-1252). */
#ifndef WB_MAIL_CHARSET_H
#define WB_MAIL_CHARSET_H

#include <glib.h>

/* `declared` may be NULL, unknown to iconv, or wrong.  Never fails: bytes that fit nothing become U+FFFD; a few of them do
 * not make UTF-8 something else.
 * NUL bytes become blanks.  Caller frees. */
char *charset_to_utf8(const char *bytes, gsize length, const char *declared);

#endif
