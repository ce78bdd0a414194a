#include "mail/mime.h"

#include "base/paths.h"

#include <dlfcn.h>

MimeRead mime_load(void) {
  g_autofree char *path = paths_module("mime");
  /* dlopen counts: a second call only finds what is loaded.  Never closed, as GMime registers types for good. */
  void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  MimeRead read = NULL;
  if (module)
    *(void **)&read = dlsym(module, MIME_SYMBOL);
  return read;
}

void mime_mail_clear(MimeMail *mail) {
  g_clear_pointer(&mail->headers, g_ptr_array_unref);
  g_clear_pointer(&mail->text, g_free);
  g_clear_pointer(&mail->groups, g_ptr_array_unref);
  g_clear_pointer(&mail->feedback, g_ptr_array_unref);
  g_clear_pointer(&mail->original, g_ptr_array_unref);
}
