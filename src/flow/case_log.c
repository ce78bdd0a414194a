#include "flow/case_log.h"

#include "base/json_text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct CaseLog {
  int fd;
  int error;
  GString *waiting; /* not in the file yet */
};

CaseLog *case_log_new(int fd) {
  CaseLog *log = g_new0(CaseLog, 1);
  log->fd = fd;
  log->waiting = g_string_new(NULL);
  return log;
}

/* What is written of a line stays written: the rest follows it when there is room again. */
static void flush(CaseLog *log) {
  gsize done = 0;
  log->error = 0;
  while (done < log->waiting->len && log->error == 0) {
    ssize_t n = write(log->fd, log->waiting->str + done, log->waiting->len - done);
    if (n > 0)
      done += (gsize)n;
    else if (n == 0 || errno != EINTR)
      log->error = n == 0 ? ENOSPC : errno;
  }
  g_string_erase(log->waiting, 0, (gssize)done);
}

/* Devices and pipes cannot be synced, and need not be. */
static void sync_down(CaseLog *log) {
  if (log->error == 0 && fdatasync(log->fd) != 0 && errno != EINVAL && errno != EROFS)
    log->error = errno;
}

void case_log_append(CaseLog *log, const char *line, gboolean sync) {
  g_string_append(log->waiting, line);
  g_string_append_c(log->waiting, '\n');
  flush(log);
  if (sync)
    sync_down(log);
}

int case_log_error(const CaseLog *log) { return log->error; }

void case_log_free(CaseLog *log) {
  if (log == NULL)
    return;
  if (log->waiting->len > 0)
    flush(log);
  close(log->fd);
  g_string_free(log->waiting, TRUE);
  g_free(log);
}

void case_log_add_member(GString *line, const char *name, const char *value) {
  json_text_key(line, name);
  json_text_append(line, value);
}
