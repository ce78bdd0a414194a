#include "ui/printer.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/message.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is kept of the command's complaints. */
#define MAX_COMPLAINT 2000
/* Between closing its standard error and its end a command has this long. */
#define LAST_MOMENT_MS 40

struct Printer {
  char *command;
  GPid pid;
  int err;
  GString *complaint;
};

static gboolean fail(GError **error, const char *command, const char *why) {
  g_autofree char *safe_command = text_safe(command, -1, 200, TEXT_LINE, NULL);
  g_autofree char *safe_why = text_safe(why, -1, 400, TEXT_LINE, NULL);
  failure_set(
      error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED,
      message_new(N_("\"{command}\" did not print: {why} Press w to write a file instead, or set WHYBOUNCE_PRINT to "
                     "your printer command."),
                  "command", safe_command, "why", g_strstrip(safe_why), NULL));
  return FALSE;
}

/* The page as a file without a name: the command reads at its own pace. -1: errno. */
static int page_file(const char *page) {
  int fd = memfd_create("page", MFD_CLOEXEC);
  if (fd < 0)
    return -1;
  int fault = file_write(fd, page, strlen(page));
  if (fault == 0 && lseek(fd, 0, SEEK_SET) == 0)
    return fd;
  close(fd);
  errno = fault;
  return -1;
}

/* Why a command did not start; what else can go wrong stays in GLib's English. */
static const char *start_reason(const GError *why) {
  if (g_error_matches(why, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    return tr(N_("there is no such command."));
  if (g_error_matches(why, G_SPAWN_ERROR, G_SPAWN_ERROR_ACCES))
    return tr(N_("it may not be run."));
  if (why->domain == G_SHELL_ERROR)
    return tr(N_("quotation marks are missing in the command, or there is none."));
  return why->message;
}

Printer *printer_start(const char *command, const char *page, GError **error) {
  g_auto(GStrv) argv = NULL;
  g_autoptr(GError) why = NULL;
  int err[2] = {-1, -1}, in = -1, out = -1;
  GPid pid = 0;
  gboolean started = FALSE;
  if (g_shell_parse_argv(command, NULL, &argv, &why) && (in = page_file(page)) >= 0 &&
      (out = open("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0 && pipe2(err, O_CLOEXEC) == 0)
    started = g_spawn_async_with_fds(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                                     in, out, err[1], &why);
  const char *words = why != NULL ? start_reason(why) : failure_words(errno);
  int done[] = {in, out, err[1], started ? -1 : err[0]};
  for (gsize i = 0; i < G_N_ELEMENTS(done); i++)
    if (done[i] >= 0)
      close(done[i]);
  if (!started) {
    fail(error, command, words);
    return NULL;
  }
  fcntl(err[0], F_SETFL, O_NONBLOCK);
  Printer *printer = g_new0(Printer, 1);
  printer->command = g_strdup(command);
  printer->pid = pid;
  printer->err = err[0];
  printer->complaint = g_string_new(NULL);
  return printer;
}

void printer_free(Printer *printer) {
  if (printer == NULL)
    return;
  if (printer->err >= 0)
    close(printer->err);
  g_string_free(printer->complaint, TRUE);
  g_free(printer->command);
  g_free(printer);
}

int printer_fd(const Printer *printer) { return printer->err; }

/* The wait status; 0 for a command that is only slow to go. */
static int take_status(const Printer *printer) {
  int status = 0;
  for (int i = 0; i < LAST_MOMENT_MS; i++) {
    if (waitpid(printer->pid, &status, WNOHANG) != 0)
      return status;
    poll(NULL, 0, 1);
  }
  return 0;
}

gboolean printer_look(Printer *printer, GError **error) {
  char bytes[512];
  ssize_t n;
  while ((n = read(printer->err, bytes, sizeof bytes)) > 0)
    if (printer->complaint->len < MAX_COMPLAINT)
      g_string_append_len(printer->complaint, bytes, n);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;
  if (take_status(printer) != 0)
    fail(error, printer->command, printer->complaint->len > 0 ? printer->complaint->str : tr(N_("it ended with an error.")));
  return TRUE;
}
