/* A page on its way to a printer command ("lp -d office"), which gets it on its standard input.  No shell, and nobody
 * waits: the command runs beside the program, and its descriptor says when there is something to look at. */
#ifndef WB_UI_PRINTER_H
#define WB_UI_PRINTER_H

#include <glib.h>

typedef struct Printer Printer;

/* Starts `command` (split into words like a shell does, quotes included) with `page`. NULL with `error`: it cannot be
 * started, said in the language in force. */
Printer *printer_start(const char *command, const char *page, GError **error);
/* The command goes on; nobody looks any more. */
void printer_free(Printer *printer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Printer, printer_free)

/* Becomes readable when the command says something or ends. */
int printer_fd(const Printer *printer);
/* Looks, without waiting.  TRUE: it has ended; `error` is then set unless it took the page. */
gboolean printer_look(Printer *printer, GError **error);

#endif
