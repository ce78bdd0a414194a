/* Text editing without a terminal: a field of one line, and a box for a pasted mail of megabytes.
 *
 * Both keep the bytes as they were typed or pasted, valid UTF-8 or not, and show them made safe: a zero width space is
 * seen as \u{200B} and can be deleted.  Positions are byte offsets that never stand inside a character or between a
 * base and its combining marks. */
#ifndef WB_UI_TEXTBOX_H
#define WB_UI_TEXTBOX_H

#include "ui/keys.h"

#include <glib.h>

/* --- one line --- */

#define FIELD_MAX 4096 /* bytes; longer input is cut off */

typedef struct Field {
  GString *bytes;
  gsize cursor;
  gboolean secret;   /* shown as stars */
  gboolean pristine; /* holds a suggestion that nobody has touched */
} Field;

Field *field_new(const char *suggestion); /* NULL: empty */
void field_free(Field *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Field, field_free)

/* Puts bytes in at the cursor. Line ends at their start and end are dropped, others become blanks. */
void field_insert(Field *field, const char *bytes, gsize length);
/* A paste: takes the place of an untouched suggestion. */
void field_paste(Field *field, const char *bytes, gsize length);
/* Does an editing command. FALSE: not one of its own. */
gboolean field_command(Field *field, Command command);
/* The part around the cursor, at most `cols` columns wide with the cursor's own; `col` is the cursor's. Caller frees.
 */
char *field_view(const Field *field, int cols, int *col);

/* --- many lines --- */

typedef struct PasteBox {
  GString *bytes;
  GArray *starts; /* gsize: where each line begins; at least one */
  gsize cursor;
  gsize max;    /* bytes */
  guint top;    /* first visible line */
  gboolean cut; /* more came than `max` */
  gboolean after_cr;
  gsize counted; /* up to here `hidden` has counted; the start of a line */
  guint hidden;
} PasteBox;

PasteBox *pastebox_new(gsize max);
void pastebox_free(PasteBox *box);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PasteBox, pastebox_free)

/* Puts bytes in at the cursor.  CR LF and CR become LF: terminals paste line ends as CR. */
void pastebox_insert(PasteBox *box, const char *bytes, gsize length);
/* Does an editing command. `page` lines are a page. FALSE: not one of its own. */
gboolean pastebox_command(PasteBox *box, Command command, guint page);
guint pastebox_lines(const PasteBox *box);
/* Line the cursor is in, from 0. */
guint pastebox_line(const PasteBox *box);
/* How many characters have to be made visible. */
guint pastebox_hidden(PasteBox *box);
/* At most `n` lines from the first visible one, safe, each at most `cols` columns; scrolls so that the cursor is among
 * them.  `row`, `col`: where it is. Array of char *. */
GPtrArray *pastebox_view(PasteBox *box, guint n, int cols, int *row, int *col);

#endif
