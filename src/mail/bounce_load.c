#include "mail/bounce_load.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "mail/bounce.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What to do about the faults that people meet. */
static const char *problem(int code, gboolean standard) {
  switch (code) {
  case ENOENT:
  case ENOTDIR:
    return N_("There is no file {file}. Check the name, or paste the bounce instead.");
  case EACCES:
  case EPERM:
    return N_("You may not read {file}. Copy it to a folder of your own, or ask its owner.");
  case EISDIR:
    return N_("{file} is a folder. Name one message file in it.");
  case EINVAL:
  case EBADF: /* standard input is closed */
    return standard ? N_("Nothing came in on standard input. Pipe the bounce into the program, or name a file.")
                    : N_("{file} is empty. Save the bounce again; mail programs call it \"Save as\" or \"Download\".");
  default:
    return N_("{file} cannot be read ({reason}). Save the bounce again under another name.");
  }
}

void bounce_fail(GError **error, const char *path, int code) {
  g_autofree char *shown = g_filename_display_name(path);
  const char *id = problem(code, g_str_equal(path, "-"));
  failure_set(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
              message_new(id, "file", shown, "reason", failure_words(code), NULL));
}

int bounce_open(const char *path, GError **error) {
  int fd = g_str_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : file_open(path);
  if (fd < 0)
    bounce_fail(error, path, errno);
  return fd;
}

char *bounce_load(const char *path, gsize *length, GError **error) {
  int fd = bounce_open(path, error);
  if (fd < 0)
    return NULL;
  g_autoptr(GString) bytes = g_string_new(NULL);
  /* One more than is used shows that there is more. */
  int fault = file_read(fd, BOUNCE_MAX_BYTES + 1, bytes);
  close(fd);
  if (fault == 0 && bytes->len == 0)
    fault = EINVAL;
  if (fault != 0) {
    bounce_fail(error, path, fault);
    return NULL;
  }
  if (bounce_is_outlook(bytes->str, bytes->len)) {
    g_autofree char *shown = g_filename_display_name(path);
    failure_set(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                message_new(N_("{file} is in Outlook's own format (.msg), which cannot be read here. Open the mail in "
                               "Outlook, copy all of its text, start without a file and paste it; or save it as "
                               "\"Text only\"."),
                            "file", shown, NULL));
    return NULL;
  }
  *length = bytes->len;
  return g_string_free(g_steal_pointer(&bytes), FALSE);
}
