#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, DEL = 127 };

void secret_protect(void) {
  const struct rlimit none = {0, 0};
  prctl(PR_SET_DUMPABLE, 0);
  setrlimit(RLIMIT_CORE, &none);
}

void secret_free(char *text) {
  if (text != NULL)
    explicit_bzero(text, strlen(text));
  g_free(text);
}

void secret_hide_typing(int fd, gboolean hidden) {
  struct termios mode;
  if (tcgetattr(fd, &mode) != 0)
    return;
  mode.c_lflag = hidden ? mode.c_lflag & ~(tcflag_t)ECHO : mode.c_lflag | ECHO;
  /* The line feed alone is still seen. */
  mode.c_lflag = hidden ? mode.c_lflag | ECHONL : mode.c_lflag & ~(tcflag_t)ECHONL;
  tcsetattr(fd, TCSANOW, &mode);
}

static gboolean read_byte(int fd, char *byte) {
  ssize_t n;
  do {
    n = read(fd, byte, 1);
  } while (n < 0 && errno == EINTR);
  return n == 1;
}

/* TRUE: the line is over. `cancelled`: and not wanted. */
static gboolean take_key(char *line, gsize *length, char key, gboolean *cancelled) {
  if (key == CTRL_C || (key == CTRL_D && *length == 0)) {
    *cancelled = TRUE;
    return TRUE;
  }
  if (key == '\r' || key == '\n' || key == CTRL_D)
    return TRUE;
  if (key == CTRL_U)
    *length = 0;
  else if ((key == DEL || key == BACKSPACE) && *length > 0)
    do {
      (*length)--; /* a character may be several octets of UTF-8 */
    } while (*length > 0 && ((guchar)line[*length] & 0xC0) == 0x80);
  else if (key != DEL && key != BACKSPACE)
    line[(*length)++] = key;
  return FALSE;
}

static char *read_keys(int fd, char line[SECRET_MAX + 1]) {
  gsize length = 0;
  gboolean cancelled = FALSE;
  for (char key; length < SECRET_MAX && read_byte(fd, &key);)
    if (take_key(line, &length, key, &cancelled))
      return cancelled ? NULL : g_strndup(line, length);
  return NULL;
}

static char *read_line(int fd, char line[SECRET_MAX + 1]) {
  gsize length = 0;
  while (length < SECRET_MAX && read_byte(fd, line + length) && line[length] != '\n')
    length++;
  gboolean ended = length < SECRET_MAX;
  while (ended && length > 0 && line[length - 1] == '\r')
    length--;
  return ended ? g_strndup(line, length) : NULL;
}

char *secret_read(int fd, const char *prompt) {
  char line[SECRET_MAX + 1];
  struct termios before, mode;
  char *secret;
  if (tcgetattr(fd, &before) != 0) {
    secret = read_line(fd, line);
  } else {
    /* Key by key: with the signals of the terminal on, Ctrl-C would leave it mute. */
    mode = before;
    mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    tcsetattr(fd, TCSAFLUSH, &mode);
    if (write(fd, prompt, strlen(prompt)) >= 0)
      secret = read_keys(fd, line);
    else
      secret = NULL;
    tcsetattr(fd, TCSANOW, &before);
    if (write(fd, "\n", 1) != 1)
      secret_free(g_steal_pointer(&secret));
  }
  explicit_bzero(line, sizeof line);
  if (secret != NULL && *secret == '\0')
    g_clear_pointer(&secret, g_free);
  return secret;
}
