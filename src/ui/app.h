/* The full-screen program without a screen: a state machine over the desk.  Keys, pastes and wake-ups go in, a Screen
 * and now and then a wish for the terminal come out.  No terminal, no sleeping: the tests drive it like curses.c does.
 *
 * Order of calls: app_key() or app_paste() for what was typed, app_wake() after each net_turn(), then app_due() and, if
 * it says so, app_screen().  `now` is the monotonic clock in microseconds.  Painting is held back to four times a
 * second (once with --slow) while tests run; what a person did is painted at once. */
#ifndef WB_UI_APP_H
#define WB_UI_APP_H

#include "ui/desk.h"
#include "ui/keys.h"
#include "ui/screen.h"

typedef struct App App;

/* What the terminal is to do. */
typedef enum AppWish {
  APP_STAY,
  APP_REDRAW,  /* paint everything anew */
  APP_SUSPEND, /* Ctrl-Z */
  APP_SEND,    /* app_take_output() goes to the terminal as it is */
  APP_PLAIN,   /* leave the full screen, print app_plain_page(), wait for Enter */
  APP_QUIT,
} AppWish;

/* Borrows `desk`. A session that it has is gone on with; else the start menu. */
App *app_new(Desk *desk);
void app_free(App *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(App, app_free)

/* The terminal can show ASCII only: English, and a notice that says why. */
void app_set_ascii(App *app);

AppWish app_key(App *app, Key key, gint64 now);
/* A piece of pasted text; `whole`: the last one. */
void app_paste(App *app, const char *bytes, gsize length, gboolean whole, gint64 now);
/* The terminal has another size, or lost what was on it. */
void app_repaint(App *app, gint64 now);
/* Something may have arrived from the net. */
void app_wake(App *app, gint64 now);

/* The desk's print command says something or has ended. */
void app_print_ended(App *app);

/* TRUE: it is time to paint. */
gboolean app_due(App *app, gint64 now);
/* Milliseconds until app_due() may become TRUE by itself; -1: never. */
int app_timeout(const App *app, gint64 now);
Screen *app_screen(App *app, int cols, int rows, gint64 now);

/* Caller frees. */
char *app_take_output(App *app);
char *app_plain_page(const App *app);

#endif
