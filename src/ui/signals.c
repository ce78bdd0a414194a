#include "ui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <unistd.h>

static const int wanted[] = {SIGHUP, SIGTERM, SIGINT, SIGCONT, SIGWINCH};

/* Signal flags: the one kind of file-scope state that a handler can reach. */
static volatile sig_atomic_t noted[G_N_ELEMENTS(wanted)];
static int pipe_ends[2] = {-1, -1};

static void note(int signal) {
  int saved = errno;
  for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
    if (wanted[i] == signal)
      noted[i] = 1;
  if (write(pipe_ends[1], "", 1) < 0) {
    /* A full pipe wakes the loop all the same. */
  }
  errno = saved;
}

void signals_catch(void) {
  if (pipe_ends[0] >= 0)
    return;
  if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) < 0)
    g_error("pipe: %s", g_strerror(errno));
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
    sigaction(wanted[i], &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a full quota is an error of write() */
}

int signals_fd(void) { return pipe_ends[0]; }

int signals_take(void) {
  char bytes[64];
  while (read(pipe_ends[0], bytes, sizeof bytes) > 0) {
  }
  for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
    if (!noted[i])
      continue;
    noted[i] = 0;
    return wanted[i];
  }
  return 0;
}
