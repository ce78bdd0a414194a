/* One line of raw bytes under a cursor: stepping by what a person takes for a character, and the part to show. */
#ifndef WB_UI_TEXTLINE_H
#define WB_UI_TEXTLINE_H

#include <glib.h>

/* Offset of the character after, before `at`, combining marks included. */
gsize textline_next(const char *bytes, gsize length, gsize at);
gsize textline_previous(const char *bytes, gsize length, gsize at);

/* The safe text around `cursor` in at most `cols` columns, the cursor's own included; `col`: its column.  `secret`:
 * every character is a star. Caller frees. */
char *textline_view(const char *bytes, gsize length, gsize cursor, int cols, gboolean secret, int *col);

#endif
