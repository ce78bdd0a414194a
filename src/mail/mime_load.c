#include "mail/mime.h"

#include "base/module.h"

MimeRead mime_load(void) { return (MimeRead)module_find("mime", MIME_SYMBOL, NULL); }

void mime_mail_clear(MimeMail *mail) {
  g_clear_pointer(&mail->headers, g_ptr_array_unref);
  g_clear_pointer(&mail->text, g_free);
  g_clear_pointer(&mail->groups, g_ptr_array_unref);
  g_clear_pointer(&mail->feedback, g_ptr_array_unref);
  g_clear_pointer(&mail->original, g_ptr_array_unref);
  g_clear_pointer(&mail->hosts, g_ptr_array_unref);
  g_clear_pointer(&mail->inner, g_free);
}
