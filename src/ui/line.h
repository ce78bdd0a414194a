/* Line mode: the session as a dialogue of lines, for pipes, screen readers, slow links and terminals without cursor
 * movement.  No cursor motion, colour or redraw; what is typed is not echoed back; every prompt says what it takes.
 *
 * A paste ends with a line that holds only "." (or at the end of the input).  The end of the input ends the session: the case
 * stays, the summary so far is printed.  A probe's rows appear once, when they are final, and every five seconds a
 * line says how many look-ups are still open. */
#ifndef WB_UI_LINE_H
#define WB_UI_LINE_H

#include "ui/desk.h"

/* The lines of the input, read without blocking.  Private to the line mode and its tests. */
typedef struct LineReader LineReader;

/* The longest line that is taken; the rest of a longer one is dropped. A pasted mail is taken up to BOUNCE_MAX_BYTES in all. */
#define LINE_MAX_BYTES 65536

LineReader *line_reader_new(int fd);
void line_reader_free(LineReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineReader, line_reader_free)
int line_reader_fd(const LineReader *reader);
/* Reads what is there. FALSE at the end of the input (hang-up, error, end of file). */
gboolean line_reader_fill(LineReader *reader);
/* The next whole line without its end (CRLF and LF), or NULL: none yet.  At the end of the input the last line may lack its LF.  Caller frees. */
char *line_reader_take(LineReader *reader);
/* TRUE if the next line is there and equals `word`; it stays. */
gboolean line_reader_is_next(const LineReader *reader, const char *word);
/* No more lines, now or later. */
gboolean line_reader_ended(const LineReader *reader);

#endif
