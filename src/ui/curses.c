/* The full-screen front end: the terminal below, the application (app.c) above, one loop between them.
 *
 * ncurses draws, nothing more: bytes typed are read and decoded by input.c, signals come through signals.c.  It works
 * with any charset that the C library has: text is handed over as wide characters, and what the charset cannot encode
 * becomes "?" of the same width.
 *
 * Exit codes: 0; 128 + the signal after SIGHUP (also when the terminal is gone), SIGTERM, SIGINT.  Everything is on
 * disk already by then, so that leaving is only putting the terminal right, for which there is one second. */
#include "base/catalogue.h"
#include "base/file.h"
#include "base/text.h"
#include "ui/app.h"
#include "ui/input.h"
#include "ui/signals.h"

#include <curses.h>
#include <gmodule.h>
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <term.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#undef lines /* term.h has a short macro for every capability */

#define ESC_DELAY_MS 100
#define MAX_ESC_DELAY_MS 5000
/* While bytes keep coming (a paste), painting waits, but not longer than this. */
#define BUSY_PAINT_US (100 * 1000)
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

typedef struct Terminal {
  Desk *desk;
  App *app;
  Input *input;
  SCREEN *screen;
  gboolean utf8;
  gboolean knows_paste; /* takes ECMA-48 private modes */
  attr_t attributes[N_STYLES];
  short pairs[N_STYLES];
  gint64 painted_at;
  int code; /* exit code; -1: go on */
} Terminal;

/* Default background and the colours that are readable on light and dark ones alike. */
static const struct {
  attr_t attribute;
  short color; /* -1: the default */
} looks[N_STYLES] = {
    [STYLE_PLAIN] = {A_NORMAL, -1},
    [STYLE_STRONG] = {A_BOLD, -1},
    [STYLE_BAR] = {A_REVERSE, -1},
    [STYLE_MARK] = {A_REVERSE, -1},
    [STYLE_GOOD] = {A_NORMAL, COLOR_GREEN},
    [STYLE_NOTE] = {A_NORMAL, COLOR_CYAN},
    [STYLE_UNSURE] = {A_BOLD, COLOR_MAGENTA},
    [STYLE_WARN] = {A_NORMAL, COLOR_MAGENTA},
    [STYLE_BAD] = {A_BOLD, COLOR_RED},
};

/* --- before the screen --- */

static gboolean is_utf8(void) {
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static gboolean environment_says_utf8(void) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *value = g_getenv(names[i]);
    if (value == NULL || *value == '\0')
      continue;
    g_autofree char *lower = g_ascii_strdown(value, -1);
    return strstr(lower, "utf-8") != NULL || strstr(lower, "utf8") != NULL;
  }
  return FALSE;
}

/* The charset is the locale's; the language is the catalogue's and needs no locale.  FALSE: only ASCII. */
static gboolean prepare_charset(const Desk *desk) {
  setlocale(LC_ALL, "");
  if (is_utf8())
    return TRUE;
  if ((environment_says_utf8() || desk->utf8) && setlocale(LC_CTYPE, "C.UTF-8") != NULL)
    return TRUE;
  const char *name = setlocale(LC_CTYPE, NULL);
  return strcmp(name, "C") != 0 && strcmp(name, "POSIX") != 0;
}

static const char *capability(const char *name) {
  const char *value = tigetstr((char *)name);
  return value == NULL || value == (const char *)-1 ? NULL : value;
}

/* newterm() would take a terminal that cannot place its cursor, and write to it. */
static gboolean can_place_cursor(void) {
  int fault = 0;
  if (setupterm(NULL, STDOUT_FILENO, &fault) != OK)
    return FALSE;
  gboolean can = capability("cup") != NULL;
  del_curterm(cur_term);
  return can;
}

static int esc_delay(void) {
  const char *value = g_getenv("ESCDELAY");
  gint64 delay = value != NULL ? g_ascii_strtoll(value, NULL, 10) : 0;
  return delay > 0 ? (int)MIN(delay, MAX_ESC_DELAY_MS) : ESC_DELAY_MS;
}

/* --- setting up --- */

static void prepare_colors(Terminal *terminal) {
  const char *switch_off = g_getenv("NO_COLOR");
  gboolean wanted = terminal->desk->color == COLOR_ALWAYS ||
                    (terminal->desk->color == COLOR_AUTO && (switch_off == NULL || *switch_off == '\0'));
  gboolean has = wanted && has_colors() && start_color() == OK && use_default_colors() == OK;
  for (short i = 0; i < N_STYLES; i++) {
    terminal->attributes[i] = looks[i].attribute;
    terminal->pairs[i] = 0;
    if (has && looks[i].color >= 0 && init_pair(i, looks[i].color, -1) == OK)
      terminal->pairs[i] = i;
  }
}

static void prepare_input(Terminal *terminal) {
  static const struct {
    const char *capability;
    Key key;
  } keys[] = {
      {"kcuu1", K_UP},     {"kcud1", K_DOWN}, {"kcub1", K_LEFT},  {"kcuf1", K_RIGHT},
      {"khome", K_HOME},   {"kend", K_END},   {"kpp", K_PAGE_UP}, {"knp", K_PAGE_DOWN},
      {"kdch1", K_DELETE}, {"kf1", K_F1},     {"kf2", K_F2},
  };
  terminal->input = input_new(esc_delay(), terminal->utf8);
  for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
    const char *sequence = capability(keys[i].capability);
    if (sequence != NULL)
      input_add_sequence(terminal->input, sequence, keys[i].key);
  }
}

/* Straight to the terminal, between two paintings. */
static void send_bytes(const char *bytes) {
  (void)file_write(STDOUT_FILENO, bytes, strlen(bytes)); /* a terminal that is gone is found out by reading from it */
}

static void take_size(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
    resize_term(size.ws_row, size.ws_col);
}

static gboolean open_screen(Terminal *terminal) {
  terminal->screen = newterm(NULL, stdout, stdin);
  if (terminal->screen == NULL)
    return FALSE;
  raw();
  noecho();
  nonl();
  typeahead(-1); /* we look for typing ourselves */
  /* Application keypad mode: some terminals send arrows only then. */
  keypad(stdscr, TRUE);
  prepare_colors(terminal);
  prepare_input(terminal);
  const char *cup = capability("cup");
  terminal->knows_paste = cup != NULL && g_str_has_prefix(cup, "\033[");
  if (terminal->knows_paste)
    send_bytes(PASTE_ON);
  return TRUE;
}

static void leave_screen(Terminal *terminal) {
  if (terminal->knows_paste)
    send_bytes(PASTE_OFF);
  curs_set(1);
  endwin();
}

static void return_to_screen(Terminal *terminal) {
  take_size();
  clearok(curscr, TRUE);
  refresh();
  if (terminal->knows_paste)
    send_bytes(PASTE_ON);
}

/* --- painting --- */

/* `c` if the terminal's charset and the C library have it, else 0. */
static wchar_t showable(const Terminal *terminal, gunichar c) {
  char bytes[MB_LEN_MAX];
  mbstate_t state = {0};
  wchar_t wide = (wchar_t)c;
  if (c >= ' ' && c < 127)
    return wide;
  if (!terminal->utf8 && wcrtomb(bytes, wide, &state) == (size_t)-1)
    return 0;
  return wcwidth(wide) >= 0 ? wide : 0;
}

/* Writes `text` from `col` on, never past the edge: what the C library takes for wider than we do is cut off. */
static int paint_text(const Terminal *terminal, int row, int col, const char *text) {
  g_autoptr(GArray) wide = g_array_new(TRUE, FALSE, sizeof(wchar_t));
  int start = col;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    wchar_t shown = showable(terminal, c);
    int count = shown != 0 ? 1 : text_char_width(c), width = shown != 0 ? wcwidth(shown) : count;
    if (shown == 0)
      shown = L'?';
    if (col + width > COLS)
      break;
    col += width;
    for (int i = 0; i < count; i++)
      g_array_append_val(wide, shown);
  }
  if (wide->len > 0)
    mvaddnwstr(row, start, (const wchar_t *)(void *)wide->data, (int)wide->len);
  return col;
}

static void paint(Terminal *terminal, gint64 now) {
  g_autoptr(Screen) screen = app_screen(terminal->app, COLS, LINES, now);
  erase();
  for (int i = 0; i < screen->rows; i++) {
    const Row *row = g_ptr_array_index(screen->lines, (guint)i);
    int col = 0;
    for (guint k = 0; k < row->spans->len; k++) {
      const Span *span = &g_array_index(row->spans, Span, k);
      attr_set(terminal->attributes[span->style], terminal->pairs[span->style], NULL);
      col = paint_text(terminal, i, col, span->text);
    }
  }
  attr_set(A_NORMAL, 0, NULL);
  curs_set(screen->cursor_row >= 0 ? 1 : 0);
  if (screen->cursor_row >= 0)
    move(screen->cursor_row, screen->cursor_col);
  refresh();
  terminal->painted_at = now;
}

/* --- wishes of the application --- */

/* The page as plain text, for the mouse or a slow printer; any bytes until Enter are swallowed. */
static void show_plain(Terminal *terminal) {
  g_autofree char *page = app_plain_page(terminal->app);
  leave_screen(terminal);
  g_autofree char *local =
      terminal->utf8 ? g_strdup(page)
                     : g_convert_with_fallback(page, -1, nl_langinfo(CODESET), "UTF-8", "?", NULL, NULL, NULL);
  g_autofree char *prompt = g_strdup_printf("\n%s", tr(N_("Press Enter to go back.")));
  g_autofree char *local_prompt =
      terminal->utf8 ? g_strdup(prompt)
                     : g_convert_with_fallback(prompt, -1, nl_langinfo(CODESET), "UTF-8", "?", NULL, NULL, NULL);
  send_bytes(local != NULL ? local : "?");
  send_bytes(local_prompt != NULL ? local_prompt : "");
  char bytes[256];
  for (gboolean seen = FALSE; !seen;) {
    struct pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {signals_fd(), POLLIN, 0}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR)
      break;
    if (fds[1].revents != 0)
      break;
    ssize_t n = fds[0].revents != 0 ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
    seen =
        n <= 0 ? fds[0].revents != 0 : memchr(bytes, '\n', (size_t)n) != NULL || memchr(bytes, '\r', (size_t)n) != NULL;
  }
  send_bytes("\n");
  return_to_screen(terminal);
}

static void suspend(Terminal *terminal) {
  leave_screen(terminal);
  signal(SIGTSTP, SIG_DFL);
  raise(SIGTSTP);
  net_restart_deadlines(terminal->desk->net);
  return_to_screen(terminal);
}

static void fulfil(Terminal *terminal, AppWish wish) {
  g_autofree char *output = NULL;
  switch (wish) {
  case APP_STAY:
    break;
  case APP_REDRAW:
    clearok(curscr, TRUE);
    break;
  case APP_SUSPEND:
    suspend(terminal);
    break;
  case APP_SEND:
    output = app_take_output(terminal->app);
    send_bytes(output);
    break;
  case APP_PLAIN:
    show_plain(terminal);
    break;
  case APP_QUIT:
    terminal->code = 0;
    break;
  }
}

/* --- the loop --- */

static void take_keys(Terminal *terminal, gint64 now) {
  for (Key key; terminal->code < 0 && (key = input_next(terminal->input, now)) != 0;) {
    if (key == K_PASTE) {
      const GString *pasted = input_pasted(terminal->input);
      app_paste(terminal->app, pasted->str, pasted->len, FALSE, now);
    } else if (key == K_PASTE_END) {
      app_paste(terminal->app, "", 0, TRUE, now);
    } else {
      fulfil(terminal, app_key(terminal->app, key, now));
    }
  }
}

static void take_signals(Terminal *terminal) {
  for (int number; (number = signals_take()) != 0;) {
    if (number == SIGWINCH) {
      take_size();
      clearok(curscr, TRUE);
      app_repaint(terminal->app, g_get_monotonic_time());
    } else if (number == SIGCONT) {
      net_restart_deadlines(terminal->desk->net);
      endwin();
      return_to_screen(terminal);
      app_repaint(terminal->app, g_get_monotonic_time());
    } else {
      terminal->code = 128 + number;
    }
  }
}

static void take_bytes(Terminal *terminal) {
  char bytes[64 << 10];
  ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
  if (n > 0)
    input_feed(terminal->input, bytes, (gsize)n, g_get_monotonic_time());
  else if (n == 0 || (errno != EINTR && errno != EAGAIN))
    terminal->code = 128 + SIGHUP;
}

static gboolean more_bytes_wait(void) {
  struct pollfd fd = {STDIN_FILENO, POLLIN, 0};
  return poll(&fd, 1, 0) > 0 && (fd.revents & POLLIN) != 0;
}

static int sooner(int a, int b) {
  return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

static void run_loop(Terminal *terminal) {
  while (terminal->code < 0) {
    gint64 now = g_get_monotonic_time();
    take_keys(terminal, now);
    if (terminal->code >= 0)
      return;
    if (app_due(terminal->app, now) && (now - terminal->painted_at > BUSY_PAINT_US || !more_bytes_wait()))
      paint(terminal, now);
    now = g_get_monotonic_time();
    int timeout = sooner(input_timeout(terminal->input, now), app_timeout(terminal->app, now));
    struct pollfd fds[] = {
        {STDIN_FILENO, POLLIN, 0}, {signals_fd(), POLLIN, 0}, {desk_print_fd(terminal->desk), POLLIN, 0}};
    net_turn(terminal->desk->net, fds, G_N_ELEMENTS(fds), timeout);
    if (fds[1].revents != 0)
      take_signals(terminal);
    if ((fds[0].revents & POLLIN) != 0)
      take_bytes(terminal);
    else if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
      terminal->code = 128 + SIGHUP;
    if (fds[2].revents != 0)
      app_print_ended(terminal->app);
    app_wake(terminal->app, g_get_monotonic_time());
  }
}

G_MODULE_EXPORT int screen_run(Desk *desk) {
  Terminal terminal = {.desk = desk, .code = -1};
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !can_place_cursor())
    return -1;
  gboolean ascii = !prepare_charset(desk);
  terminal.utf8 = !ascii && is_utf8();
  if (!open_screen(&terminal))
    return -1;
  signals_catch();
  terminal.app = app_new(desk);
  if (ascii)
    app_set_ascii(terminal.app);
  run_loop(&terminal);
  /* A terminal that does not take our last bytes must not keep us: SIGALRM ends the program. */
  if (terminal.code > 128)
    alarm(1);
  leave_screen(&terminal);
  app_free(terminal.app);
  input_free(terminal.input);
  delscreen(terminal.screen);
  return terminal.code;
}
