/* What other programs put around the lines and characters of a text: margins, quoting marks, escapes.
 * Part of the reader of bounces.  Each function returns the text without, or NULL: there is nothing of the kind.
 * Texts are UTF-8 with LF line ends; callers free. */
#ifndef WB_MAIL_PASTE_MARKS_H
#define WB_MAIL_PASTE_MARKS_H

/* "\n", "\"" of a string in a program, a log or a ticket (RFC 8259 s7), in place of line ends. */
char *paste_marks_unescape(const char *text);

/* "&lt;taro@example.com&gt;" in a text that is no page. */
char *paste_marks_entities(const char *text);

/* Blanks, tabs or bars that all lines begin with. */
char *paste_marks_margin(const char *text);

/* "> This is > the mail system > at": quoting marks that stayed where line ends were lost. */
char *paste_marks_quotes(const char *text);

#endif
