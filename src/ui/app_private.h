/* What the files of the application share: app.c (state, timing), app_commands.c (what the keys do), app_page.c (which
 * page is shown). */
#ifndef WB_UI_APP_PRIVATE_H
#define WB_UI_APP_PRIVATE_H

#include "ui/app.h"
#include "ui/pages.h"

/* What lies over the page. */
typedef enum Overlay {
  OVER_NONE,
  OVER_HELP,
  OVER_DETAILS,
  OVER_WARNINGS,
  OVER_QUIT,
  OVER_COPIED,
  OVER_PATH,
  OVER_NOTE,
  OVER_SEARCH,
} Overlay;

/* A line of the start menu and what it opens. */
typedef struct MenuEntry {
  MenuItem item;   /* first: pages take it for a MenuItem */
  Command command; /* CMD_NEXT: `flow` */
  const Flow *flow;
} MenuEntry;

struct App {
  Desk *desk;
  Overlay overlay;
  GPtrArray *menu;  /* of MenuEntry; as it is shown, without what the search leaves out */
  CaseEntry *open;  /* the case that can be resumed, or NULL */
  View *view;       /* NULL: the start menu */
  const Step *step; /* of the view; not followed, only compared */
  guint step_number;
  gboolean asking; /* the view asks for consent */
  int selected;
  int scroll, over_scroll;
  int window, extent; /* of what was scrolled last */
  SweepFilter filter;
  Field *field;       /* VIEW_ASK */
  PasteBox *box;      /* VIEW_PASTE */
  Bounce *read;       /* what was recognised in it */
  Field *prompt;      /* of the overlay */
  GHashTable *drafts; /* Step to GBytes: typed, left without an answer */
  GString *held;      /* a paste into the start menu, until it is whole; or NULL */
  char *notice;
  Level notice_level;
  char *output;
  gboolean ascii, interrupted;
  gboolean copied; /* OVER_COPIED: the page was not too long for a clipboard */
  gboolean dirty;
  gint64 paint_at, painted_at;
  gint64 read_at; /* when to look at the pasted text; 0: not */
  gint64 now;
};

/* Kind of the page that keys now go to. */
unsigned app_where(const App *app);
/* Takes the view anew; a new step begins with its own selection and text. */
void app_refresh(App *app);
void app_show_menu(App *app);
/* Makes `menu` anew from the flows and the search. */
void app_fill_menu(App *app);
void app_set_notice(App *app, Level level, const char *text);
void app_open_overlay(App *app, Overlay overlay);
void app_close_overlay(App *app);
/* Keeps what was typed at this step. */
void app_keep_draft(App *app);
/* The text of the page changed: look at it soon, or at once. */
void app_plan_reading(App *app, gboolean soon);
gboolean app_is_running(const App *app);
/* The field that typing goes to, or NULL. */
Field *app_field(const App *app);
/* Things to choose from. */
int app_items(const App *app);

/* Several lines pasted into the start menu can only be a bounce: opens the first guide that begins with one. FALSE:
 * none. */
gboolean app_open_for_paste(App *app);

AppWish app_do(App *app, Command command, Key key);

#endif
