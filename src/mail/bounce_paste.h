/* Texts that people paste or save: source of a mail or a page without its header, codes typed with an input method.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_PASTE_H
#define WB_MAIL_BOUNCE_PASTE_H

#include <glib.h>

/* `text` (any charset, LF line ends) as UTF-8 as its reader would have seen it: charset, quoted-printable, base64 and
 * HTML undone, digits, letters and at signs of full width made ASCII.  Caller frees. */
char *bounce_paste_read(const char *text);

#endif
