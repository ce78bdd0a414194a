/* The screen: rows of styled text for a terminal of a given size.  Pure: nothing is drawn here.
 *
 * Invariants.  A screen has exactly `rows` rows, none wider than `cols` columns, measured by text_width().  All text is
 * safe (see base/text.h).  Styles never carry meaning alone: a state is always a word as well.
 *
 * A row owns its spans, a screen its rows. */
#ifndef WB_UI_SCREEN_H
#define WB_UI_SCREEN_H

#include "probe/finding.h"

#include <glib.h>

typedef enum Style {
  STYLE_PLAIN,
  STYLE_STRONG, /* bold: headlines, headings */
  STYLE_BAR,    /* reverse: the header */
  STYLE_MARK,   /* reverse: the marker of the selected line */
  STYLE_GOOD,
  STYLE_NOTE,
  STYLE_UNSURE,
  STYLE_WARN,
  STYLE_BAD,
  N_STYLES,
} Style;

typedef struct Span {
  Style style;
  char *text;
} Span;

typedef struct Row {
  GArray *spans; /* of Span */
  int width;     /* columns */
} Row;

Row *row_new(void);
void row_free(Row *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Row, row_free)

/* A row with one span. */
Row *row_new_text(Style style, const char *safe);
/* Adds a span; `safe` is one line. */
void row_add(Row *row, Style style, const char *safe);
/* Fills with blanks up to `column`, in the style of the last span if that is the bar. */
void row_pad(Row *row, int column);
/* Cuts to at most `cols` columns; a cut ends in "...". */
void row_fit(Row *row, int cols);
/* The text without styles, blanks at the end cut off. Caller frees. */
char *row_text(const Row *row);

typedef struct Screen {
  int cols, rows;
  GPtrArray *lines;           /* of Row, `rows` many */
  int cursor_row, cursor_col; /* -1: hidden */
  int scroll;                 /* first line of the scrolled text, after clamping */
  int window;                 /* lines of it that are visible at once */
  int extent;                 /* lines that it has */
} Screen;

Screen *screen_new(int cols, int rows);
void screen_free(Screen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_free)

/* Puts `row` (taken, cut to the width) at `line`; outside the screen it is dropped. */
void screen_put(Screen *screen, int line, Row *row);
/* The whole screen as text, a LF after each row: for tests. Caller frees. */
char *screen_text(const Screen *screen);

/* The colour that goes with the word tag of a level (see report/tag.h). */
Style level_style(Level level);

#endif
