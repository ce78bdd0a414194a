#include "probe/keys.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/message.h"
#include "base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES 65536

static Message *fault_at(const char *path, guint line) {
  Message *message =
      message_new(N_("{path}:{line}: write what the zones of the list end in, a blank and the key, one list a line"), "path",
                  path, NULL);
  return message_set_number(message, "line", line);
}

/* "dq.spamhaus.net KEY" */
static gboolean take_line(Net *net, DnsLists *lists, char *line) {
  line[strcspn(line, "#\r")] = '\0';
  g_strstrip(line);
  if (line[0] == '\0')
    return TRUE;
  gsize length = strcspn(line, " \t");
  if (line[length] == '\0')
    return FALSE;
  line[length] = '\0';
  g_autofree char *zone = g_ascii_strdown(line, -1);
  const char *key = g_strchug(line + length + 1);
  g_autoptr(GPtrArray) zones = dnslists_unlock(lists, zone);
  for (guint i = 0; i < zones->len; i++)
    if (!net_set_secret(net, g_ptr_array_index(zones, i), key))
      return FALSE;
  return TRUE;
}

static Message *take_text(Net *net, DnsLists *lists, char *text, const char *path) {
  guint number = 0;
  for (char *line = text, *next; line != NULL; line = next) {
    next = strchr(line, '\n');
    if (next != NULL)
      *next++ = '\0';
    number++;
    if (!take_line(net, lists, line))
      return fault_at(path, number);
  }
  return NULL;
}

static Message *unreadable(const char *path, int code) {
  return message_new(N_("{path} cannot be read: {why}"), "path", path, "why", failure_words(code), NULL);
}

Message *keys_use(Net *net, DnsLists *lists) {
  g_autofree char *path = paths_keys();
  struct stat st;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR ? NULL : unreadable(path, errno);
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size >= MAX_BYTES) {
    close(fd);
    return unreadable(path, EINVAL);
  }
  if ((st.st_mode & 077) != 0) {
    close(fd);
    return message_new(N_("The keys in {path} are not used: others can read the file. Say: chmod 600 {path}"), "path", path,
                       NULL);
  }
  char text[MAX_BYTES];
  gssize n = file_read_some(fd, text, sizeof text - 1);
  int code = n < 0 ? errno : 0;
  close(fd);
  if (code != 0)
    return unreadable(path, code);
  text[n] = '\0';
  Message *fault = take_text(net, lists, text, path);
  explicit_bzero(text, sizeof text);
  return fault;
}
