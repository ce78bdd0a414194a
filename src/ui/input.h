/* Input: bytes from a terminal become keys.  Pure: bytes and times go in, keys come out.
 *
 * Why not ncurses: it waits inside for the rest of an escape sequence, decodes sequences inside pasted text, and does
 * not know a paste from typing.  Here
 *  - a lone Esc becomes K_ESC after the delay ($ESCDELAY), without anybody sleeping;
 *  - the rest of an arrow key that a slow line brings within 500 ms after a lone Esc is dropped, not taken for letters;
 *  - complete sequences that nobody knows are dropped whole;
 *  - several whole lines that arrive in one piece are a paste too, from a terminal that does not mark it: none of their
 *    letters is taken for a command;
 *  - bracketed paste gives K_PASTE for each piece as it arrives, its bytes untouched, then K_PASTE_END. */
#ifndef WB_UI_INPUT_H
#define WB_UI_INPUT_H

#include "ui/keys.h"

#include <glib.h>

typedef struct Input Input;

/* `esc_delay_ms`: how long a lone ESC may wait for the rest of a sequence.  `utf8`: the terminal sends UTF-8; else
 * characters are read by mbrtowc() in the charset of the locale. */
Input *input_new(int esc_delay_ms, gboolean utf8);
void input_free(Input *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Input, input_free)

/* A sequence of this terminal (from terminfo) beside the well-known ones; begins with ESC, at most 15 bytes. */
void input_add_sequence(Input *input, const char *sequence, Key key);

/* Bytes that arrived at `now` (monotonic, microseconds). */
void input_feed(Input *input, const char *bytes, gsize length, gint64 now);

/* The next key, 0: none yet. Call until 0. */
Key input_next(Input *input, gint64 now);
/* The bytes of the K_PASTE just taken; they live until the next call of input_next(). */
const GString *input_pasted(const Input *input);

/* Milliseconds until input_next() may have a key without new bytes; -1: never. */
int input_timeout(const Input *input, gint64 now);

#endif
