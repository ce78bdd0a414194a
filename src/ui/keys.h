/* Keys: one const table says which key does what on which kind of page; command look-up, the footer and the help page
 * all derive from it.
 *
 * A key is a Unicode character (control characters as they are typed: Ctrl-D is 4) or one of the K_ values above all
 * characters.  Where text is typed, letters are never commands.  Elsewhere full-width letters of an input method work
 * as their ASCII twins. */
#ifndef WB_UI_KEYS_H
#define WB_UI_KEYS_H

#include "ui/screen.h"

#include <glib.h>

typedef guint32 Key;
enum {
  K_TAB = 9,
  K_ENTER = 13,
  K_ESC = 27,
  K_UP = 0x110000,
  K_DOWN,
  K_LEFT,
  K_RIGHT,
  K_HOME,
  K_END,
  K_PAGE_UP,
  K_PAGE_DOWN,
  K_INSERT,
  K_DELETE,
  K_BACKSPACE,
  K_F1,
  K_F2,
  K_PASTE,     /* pasted bytes wait: see input.h */
  K_PASTE_END, /* the paste is whole */
};
#define K_CTRL(c) ((c)&0x1f)

/* Kinds of page, as a set. */
typedef enum Where {
  IN_MENU = 1 << 0,
  IN_CHOOSE = 1 << 1,
  IN_SAY = 1 << 2,
  IN_FIELD = 1 << 3, /* one line of text */
  IN_PASTE = 1 << 4, /* many lines of text */
  IN_CHECKLIST = 1 << 5,
  IN_PROBE = 1 << 6,
  IN_CONSENT = 1 << 7,
  IN_RESULT = 1 << 8,
  IN_SWEEP = 1 << 9, /* with IN_PROBE or IN_RESULT: a table of many lists */
  IN_SUMMARY = 1 << 10,
  IN_READ = 1 << 11,   /* help, details, warnings: closed again */
  IN_PROMPT = 1 << 12, /* a line of text at the bottom */
  IN_SURE = 1 << 13,   /* "really?" at the bottom */
  IN_SEARCH = 1 << 14, /* with IN_MENU: typing narrows the list */
  IN_COPIED = 1 << 15, /* the page went to the clipboard: as a plain page too? */
} Where;
#define IN_TEXT (IN_FIELD | IN_PASTE | IN_PROMPT | IN_SEARCH)

typedef enum Command {
  CMD_NONE,
  CMD_NEXT,
  CMD_BACK,
  CMD_UP,
  CMD_DOWN,
  CMD_PAGE_UP,
  CMD_PAGE_DOWN,
  CMD_FIRST,
  CMD_LAST,
  CMD_DIGIT, /* 1 to 9: keys_digit() */
  CMD_TICK,
  CMD_SEARCH,
  CMD_HELP,
  CMD_QUIT,
  CMD_INTERRUPT,
  CMD_REDRAW,
  CMD_SUSPEND,
  CMD_DETAILS,
  CMD_AGAIN,
  CMD_COPY,
  CMD_PRINT,
  CMD_WRITE,
  CMD_NOTE,
  CMD_LANGUAGE,
  CMD_FILTER,
  CMD_CANCEL,
  CMD_SKIP,
  CMD_MASK,
  CMD_NEW,
  CMD_RESUME,
  CMD_WARNINGS,
  CMD_DONE, /* end of the text */
  CMD_LEFT,
  CMD_RIGHT,
  CMD_ERASE_BACK,
  CMD_ERASE,
  CMD_CLEAR_TO_START,
  CMD_CLEAR_TO_END,
  CMD_CLEAR,
  N_COMMANDS,
} Command;

/* What `key` does on a page of kind `where`; CMD_NONE where it is text or means nothing. */
Command keys_command(unsigned where, Key key);
/* 1 to 9 for a digit key, full-width ones too; else 0. */
int keys_digit(Key key);

/* The footer of a page: "Enter next   b back   ? help", at most `cols` wide; the least important keys go first when it
 * is too narrow.  `n` is the number of things to choose from. */
Row *keys_footer(unsigned where, int n, int cols);

/* The help page: all keys by group, in two columns where there is room. Array of Row. */
GPtrArray *keys_help(int cols);

#endif
