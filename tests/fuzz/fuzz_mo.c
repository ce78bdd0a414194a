/* Any bytes as a catalogue: refused, or every look-up gives a safe text. */
#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The reader takes a file: DIR/zz.mo, where zz.mo is a link to memory. */
static const char *folder(int fd) {
  static char *dir;
  if (!dir) {
    dir = g_dir_make_tmp("wb-fuzz-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(dir, "zz.mo", NULL);
    g_autofree char *target = g_strdup_printf("/proc/self/fd/%d", fd);
    if (symlink(target, link))
      abort();
  }
  return dir;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static int fd = -1;
  if (fd < 0)
    fd = memfd_create("mo", 0);
  if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
    abort();
  static const char *const ids[] = {"Back", "", "{host} is {state}", "z", "\x7F"};
  catalogue_use(folder(fd), "zz", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_autoptr(Message) message = message_new(ids[i], "host", "h", NULL);
    g_autofree char *text = message_text(message, NULL, NULL);
    if (!text_lines_are_safe(text) && i != G_N_ELEMENTS(ids) - 1)
      abort();
  }
  return 0;
}
