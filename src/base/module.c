#include "base/module.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/paths.h"
#include "base/text.h"

#include <dlfcn.h>

gpointer module_find(const char *name, const char *symbol, GError **error) {
  /* Loaded before: finding out where the program lies would be a system call for every mail. */
  gpointer known = dlsym(RTLD_DEFAULT, symbol);
  if (known)
    return known;
  g_autofree char *path = paths_module(name);
  /* Never closed: the libraries behind register types for good. */
  void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  gpointer found = module ? dlsym(module, symbol) : NULL;
  if (found)
    return found;
  g_autofree char *why = text_safe(dlerror(), -1, 400, TEXT_LINE, NULL);
  failure_set(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
              message_new(N_("A part of the program is missing: {why}"), "why", why, NULL));
  return NULL;
}
