/* Any bytes: made safe once, they stay as they are, fit where they are put, and wrap without loss. */
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>

#define MUST(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      abort();                                                                                                         \
  } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const char *safe, int cols, int indent) {
  g_auto(GStrv) lines = text_wrap(safe, cols, indent);
  MUST(lines[0]);
  /* A wide character in one column has nowhere to go. */
  for (char **line = lines; *line; line++)
    MUST(text_width(*line) <= MAX(cols, 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3)
    return 0;
  int cols = data[0] % 100, indent = data[1] % 8;
  TextFlags flags = data[2] & 1 ? TEXT_LINES : TEXT_LINE;
  gsize max = data[2] / 2;
  const char *bytes = (const char *)data + 3;

  g_autofree char *safe = text_safe(bytes, (gssize)(size - 3), max, flags, NULL);
  MUST(flags == TEXT_LINES ? text_lines_are_safe(safe) : text_is_safe(safe));
  g_autofree char *again = text_safe(safe, -1, 0, flags, NULL);
  MUST(g_str_equal(safe, again));
  check_lines(safe, cols, indent);

  g_autofree char *line = text_safe(bytes, (gssize)(size - 3), max, TEXT_LINE, NULL);
  g_autofree char *padded = text_pad(line, cols);
  MUST(text_width(padded) == cols);
  g_autofree char *folded = text_fold_fullwidth(line);
  MUST(text_distance(line, folded, 2) <= 3);
  return 0;
}
