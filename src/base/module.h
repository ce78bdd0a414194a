/* Modules: parts of the program that are loaded when they are first needed.
 *
 * A library costs its loading at every start, needed or not.  What only some runs use (reading mails, reading JSON,
 * full screens) is therefore a shared object beside the program, which uses the program's own functions. */
#ifndef WB_BASE_MODULE_H
#define WB_BASE_MODULE_H

#include <glib.h>

/* The function that the module NAME.so exports as `symbol`, NULL with `error` if the file is missing or broken.  Modules
 * are never unloaded; a second call only finds what is there. */
gpointer module_find(const char *name, const char *symbol, GError **error);

#endif
