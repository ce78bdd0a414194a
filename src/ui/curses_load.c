#include "base/module.h"
#include "base/text.h"
#include "ui/desk.h"

#include <stdio.h>

/* The full-screen part needs ncurses, which look-ups and line mode do without: see base/module.h. */
int curses_run(Desk *desk) {
  g_autoptr(GError) error = NULL;
  int (*run)(Desk *) = (int (*)(Desk *))module_find("screen", SCREEN_SYMBOL, &error);
  if (run)
    return run(desk);
  fprintf(stderr, "whybounce: %s\n", error->message);
  return -1;
}
