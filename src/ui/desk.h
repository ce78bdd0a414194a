/* The desk: what both front ends work with and neither draws.
 *
 * Holds the flows, the net, the session and its case; starts and resumes sessions, saves, prints and writes the summary.  A
 * front end (curses.c, line.c) reads keys or lines, tells the desk or the session, and shows what they say. */
#ifndef WB_UI_DESK_H
#define WB_UI_DESK_H

#include "flow/case.h"
#include "flow/session.h"
#include "ui/printer.h"

typedef enum ColorWhen { COLOR_AUTO, COLOR_NEVER, COLOR_ALWAYS } ColorWhen;

typedef struct Desk {
  Flows *flows;         /* owned */
  Diags *diags;         /* owned: faults of the flow files, for the menu's "w" */
  Net *net;             /* owned */
  Session *session;     /* owned; NULL: at the start menu */
  Case *log;            /* owned; NULL: nothing to save yet, or it could not be made (then `log_fault` says why) */
  char *log_fault;      /* translated sentence or NULL */
  char *cases;          /* folder of the cases, or NULL */
  char *case_id;        /* --case ID, or NULL */
  char **presets;       /* --set NAME=VALUE: inputs of probes, or NULL */
  char *print_command;  /* $WHYBOUNCE_PRINT or "lp": gets the page on its standard input */
  char *bounce;         /* the bounce named on the command line, until a session with it was answered; or NULL */
  gsize bounce_length;
  ColorWhen color;
  gboolean slow;        /* --slow: redraw at most once a second */
  gboolean utf8;        /* --utf8: the terminal takes UTF-8 although the locale says nothing of it */
  gboolean show_addresses;
  Printer *printer;     /* owned; a page on its way, or NULL */
  gboolean saved;       /* the summary as it is now was written or printed */
} Desk;

Desk *desk_new(Flows *flows, Diags *diags, Net *net); /* takes all three */
void desk_free(Desk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Desk, desk_free)

/* Wall clock, microseconds since 1970. */
gint64 desk_now(void);

/* Begins `flow` with the desk's bounce, if any, and a case.  A case that cannot be made does not stop it. */
void desk_begin(Desk *desk, const Flow *flow);
/* Takes up the case at `path`. FALSE with `error`. */
gboolean desk_resume(Desk *desk, const char *path, GError **error);
/* The newest case that is not finished, or NULL. CaseEntry is the caller's: case_entry_free(). */
CaseEntry *desk_open_case(const Desk *desk);
/* Back to the start menu: the case is closed, its file stays. */
void desk_leave(Desk *desk);

/* What is wrong with saving, or NULL: to be shown until it is mended. */
const char *desk_fault(const Desk *desk);

/* The page, 72 columns. Caller frees. */
char *desk_summary(const Desk *desk, int columns);
/* Where a file called `path` is, with its folder: "~/" is home. Caller frees. */
char *desk_full_path(const char *path);
/* Writes it to `path` (0600; an existing file is not overwritten: FALSE, says so). */
gboolean desk_write(Desk *desk, const char *path, GError **error);
/* A name that is free in the current folder: "whybounce-CASEID.txt". Caller frees. */
char *desk_suggest_path(const Desk *desk);
/* Hands it to the print command, which runs beside the program. FALSE with `error`: it cannot be started. */
gboolean desk_print(Desk *desk, GError **error);
/* Becomes readable when desk_print_ended() has something to look at; -1: nothing is being printed. */
int desk_print_fd(const Desk *desk);
/* TRUE once, when the print command has ended; `error` is then set if it did not take the page (its own words, made
 * safe).  A command that never ends is nobody's hindrance. */
gboolean desk_print_ended(Desk *desk, GError **error);
/* The bytes that make a terminal copy the page (OSC 52, wrapped for tmux and screen when $TMUX or $STY is set), or NULL: too long. */
char *desk_clipboard(const Desk *desk);

/* Switches to the next language there is. */
void desk_next_language(Desk *desk);

/* The front ends.  Return an exit code.  curses: -1 when the terminal cannot do it (then take the line mode). */
int curses_run(Desk *desk);
#define SCREEN_SYMBOL "screen_run" /* what the module screen.so (curses.c) exports: the same function */
int screen_run(Desk *desk);
int line_run(Desk *desk, int in, int out);

#endif
