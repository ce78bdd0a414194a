#include "mail/bounce_load.h"

#include "base/catalogue.h"
#include "base/failure.h"
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
  /* O_NONBLOCK: a named pipe without a writer must not hang the program. */
  int fd = g_str_equal(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    bounce_fail(error, path, errno);
  return fd;
}

/* Reads up to BOUNCE_MAX_BYTES + 1 bytes: one more than is used shows that there is more.  Returns 0, or errno. */
static int read_fd(int fd, GByteArray *out) {
  guint8 buffer[65536];
  while (out->len <= BOUNCE_MAX_BYTES) {
    gssize n = read(fd, buffer, MIN(sizeof buffer, BOUNCE_MAX_BYTES + 1 - out->len));
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    if (n == 0)
      break;
    g_byte_array_append(out, buffer, (guint)n);
  }
  return out->len > 0 ? 0 : EINVAL;
}

char *bounce_load(const char *path, gsize *length, GError **error) {
  int fd = bounce_open(path, error);
  if (fd < 0)
    return NULL;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  int code = read_fd(fd, bytes);
  close(fd);
  if (code != 0) {
    bounce_fail(error, path, code);
    return NULL;
  }
  *length = bytes->len;
  g_byte_array_append(bytes, (const guint8 *)"", 1);
  return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
}
