#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define STEP (64u << 10)

int file_open(const char *path) {
  return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* After a call that failed: TRUE if it is to be made again, when a pipe that is empty, or full, lets it. */
static gboolean is_to_be_repeated(int fd, short events) {
  struct pollfd wait = {.fd = fd, .events = events};
  return errno == EINTR || (errno == EAGAIN && (poll(&wait, 1, -1) >= 0 || errno == EINTR));
}

gssize file_read_some(int fd, char *buffer, gsize size) {
  gssize n;
  do {
    n = read(fd, buffer, size);
  } while (n < 0 && is_to_be_repeated(fd, POLLIN));
  return n;
}

int file_read(int fd, gsize most, GString *out) {
  while (most > 0) {
    gsize had = out->len, step = MIN(most, STEP);
    g_string_set_size(out, had + step);
    gssize n = file_read_some(fd, out->str + had, step);
    int fault = n < 0 ? errno : 0;
    g_string_set_size(out, had + (gsize)MAX(n, 0));
    if (n <= 0)
      return fault;
    most -= (gsize)n;
  }
  return 0;
}

char *file_load(const char *path, gsize most, gsize *length) {
  int fd = file_open(path);
  if (fd < 0)
    return NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  int fault = file_read(fd, most, out);
  close(fd);
  if (fault != 0) {
    errno = fault;
    return NULL;
  }
  *length = out->len;
  return g_string_free(g_steal_pointer(&out), FALSE);
}

int file_write(int fd, const char *bytes, gsize length) {
  while (length > 0) {
    gssize n = write(fd, bytes, length);
    if (n < 0 && is_to_be_repeated(fd, POLLOUT))
      continue;
    if (n <= 0)
      return n < 0 ? errno : ENOSPC;
    bytes += n;
    length -= (gsize)n;
  }
  return 0;
}
