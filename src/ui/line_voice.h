/* What line mode says: texts wrapped to lines, and the parts of a view in the order in which a person who hears them needs
 * them.  Nothing is read here, and nothing is kept but where the words go. */
#ifndef WB_UI_LINE_VOICE_H
#define WB_UI_LINE_VOICE_H

#include "ui/desk.h"

typedef struct Voice {
  int out;
  const char *charset; /* of the terminal; NULL: UTF-8 */
  gboolean broken;     /* the output is gone */
} Voice;

/* `text` as it is. */
void voice_put(Voice *voice, const char *text);
/* Wrapped, every line after the first indented; ends with a line feed. Nothing for NULL or "". */
void voice_say(Voice *voice, int indent, const char *text);

/* The step with all that belongs to it; of a finish the summary. */
void voice_say_view(Voice *voice, Desk *desk, const View *view);
/* What may be typed now. */
void voice_say_prompt(Voice *voice, const View *view);
/* The look-ups behind a result; before that what the bounce says in full. */
void voice_say_details(Voice *voice, const Desk *desk, const View *view);
/* The help of the step (`view` may be NULL) and of every step. */
void voice_say_help(Voice *voice, const View *view);

#endif
