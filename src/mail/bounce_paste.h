/* Texts that people paste or save: source of a mail or a page without its header, codes typed with an input method.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_PASTE_H
#define WB_MAIL_BOUNCE_PASTE_H

#include <glib.h>

/* `text` (any charset, LF line ends) as UTF-8 as its reader would have seen it: charset, quoted-printable, base64 and
 * HTML undone, digits, letters and at signs of full width made ASCII.  Caller frees. */
char *bounce_paste_read(const char *text);

/* The source of a notice of non-delivery that stands in `text` with its header, behind words of somebody's own, or with
 * quoting marks or blanks before every line, which are taken off; of any mail if nothing else is there: `*alone` (may be
 * NULL).  NULL: there is none.  Caller frees. */
char *bounce_paste_source(const char *text, gboolean *alone);

#endif
