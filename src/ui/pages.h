/* The pages of the program: what each holds.  Pure: from a view and what the front end remembers (selection, typed
 * text) to a Page.  Footers are put on by the application, which knows what the keys mean just now. */
#ifndef WB_UI_PAGES_H
#define WB_UI_PAGES_H

#include "flow/session.h"
#include "mail/bounce.h"
#include "ui/page.h"
#include "ui/textbox.h"

/* Younger than this, a result is simply new: its age is not told. */
#define FRESH_SECONDS 5

typedef enum SweepFilter { SWEEP_ALL, SWEEP_LISTED, SWEEP_REFUSED, N_SWEEP_FILTERS } SweepFilter;

/* What the front end adds to a view. */
typedef struct StepState {
  int selected;       /* item of the list, from 0 */
  Field *field;       /* ask */
  PasteBox *box;      /* paste */
  const Bounce *read; /* paste: what was recognised so far, or NULL */
  SweepFilter filter;
  gint64 now; /* wall clock, microseconds */
} StepState;

/* One line of the start menu. */
typedef struct MenuItem {
  char key[8];          /* "1", "r", "" */
  char *label, *remark; /* remark may be NULL */
  char *heading;        /* stands above it, or NULL */
  gboolean gap;         /* a blank row above it */
} MenuItem;

/* `items`: array of MenuItem. `search`: what is being searched, or NULL. */
Page *page_menu(const GPtrArray *items, int selected, const char *search, int cols);

/* Everything of a session but its summary. */
Page *page_step(const View *view, StepState *state, int cols, int rows);
/* TRUE if the view shows a table of many lists. */
gboolean page_is_sweep(const View *view);
/* Things to choose from on the page: choices, items, "yes" and "no". */
guint page_step_items(const View *view);

/* The parts for probes; see page_probe.c. */
void page_fill_probe(Page *page, const View *view, const StepState *state);
void page_fill_result(Page *page, const View *view, const StepState *state);

/* What was read in the bounce of the view; see page_bounce.c. */
void page_fill_bounce(Page *page, const View *view);
void page_fill_recognised(Page *page, const Bounce *bounce);
/* All that was read in it, with the other servers' whole words. */
void page_fill_bounce_details(Page *page, const Bounce *bounce);

/* Text that is only read: summary, warnings. */
Page *page_read(const char *title, const char *right, const char *text, int cols);
/* The help of the step (or NULL) and all keys. */
Page *page_help(const char *help, int cols);
/* What the bounce says in full (NULL: there is none), and what was asked, of whom, what came back: of every visit of
 * `path` with a run. */
Page *page_details(const Bounce *bounce, const GPtrArray *path, int cols);
Page *page_warnings(const Diags *diags, int cols);

#endif
