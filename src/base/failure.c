#include "base/failure.h"

#include "base/catalogue.h"

#include <errno.h>

/* What people meet.  GLib's code of the same, G_FILE_ERROR_FAILED: it has none of its own. */
static const struct {
  int code;
  GFileError glib;
  const char *words;
} reasons[] = {
    {ENOENT, G_FILE_ERROR_NOENT, N_("there is no such file or folder")},
    {EACCES, G_FILE_ERROR_ACCES, N_("you do not have the permission")},
    {EPERM, G_FILE_ERROR_PERM, N_("you do not have the permission")},
    {EISDIR, G_FILE_ERROR_ISDIR, N_("it is a folder")},
    {ENOTDIR, G_FILE_ERROR_NOTDIR, N_("a part of its path is no folder")},
    {EEXIST, G_FILE_ERROR_EXIST, N_("it is there already")},
    {ENAMETOOLONG, G_FILE_ERROR_NAMETOOLONG, N_("the name is too long")},
    {ENOSPC, G_FILE_ERROR_NOSPC, N_("the disk is full")},
    {EDQUOT, G_FILE_ERROR_FAILED, N_("your share of the disk is full")},
    {EROFS, G_FILE_ERROR_ROFS, N_("nothing can be written on this disk")},
    {EFBIG, G_FILE_ERROR_FAILED, N_("the file is too large")},
    {EIO, G_FILE_ERROR_IO, N_("the disk or the device has a fault")},
    {EMFILE, G_FILE_ERROR_MFILE, N_("too many files are open")},
    {ENFILE, G_FILE_ERROR_NFILE, N_("too many files are open")},
    {ENOMEM, G_FILE_ERROR_NOMEM, N_("the memory is full")},
};

void failure_set(GError **error, GQuark domain, int code, Message *message) {
  g_autoptr(Message) mine = message;
  g_autofree char *text = message_text(mine, NULL, NULL);
  g_set_error_literal(error, domain, code, text);
}

const char *failure_words(int code) {
  for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
    if (reasons[i].code == code)
      return tr(reasons[i].words);
  return g_strerror(code);
}

const char *failure_reason(const GError *error) {
  for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
    if (reasons[i].glib != G_FILE_ERROR_FAILED && g_error_matches(error, G_FILE_ERROR, (int)reasons[i].glib))
      return tr(reasons[i].words);
  return error->message;
}
