#include "ui/line.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct LineReader {
  int fd;
  GString *buffer; /* what was read and not yet taken */
  gsize taken;     /* bytes at its beginning that were taken */
  gboolean dropping; /* inside a line that is too long */
  gboolean end;
};

LineReader *line_reader_new(int fd) {
  LineReader *reader = g_new0(LineReader, 1);
  reader->fd = fd;
  reader->buffer = g_string_new(NULL);
  return reader;
}

void line_reader_free(LineReader *reader) {
  if (!reader)
    return;
  g_string_free(reader->buffer, TRUE);
  g_free(reader);
}

int line_reader_fd(const LineReader *reader) { return reader->fd; }

gboolean line_reader_fill(LineReader *reader) {
  char bytes[16384];
  ssize_t n = read(reader->fd, bytes, sizeof bytes);
  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return TRUE;
  if (n <= 0) {
    reader->end = TRUE;
    return FALSE;
  }
  if (reader->taken > sizeof bytes) {
    g_string_erase(reader->buffer, 0, reader->taken);
    reader->taken = 0;
  }
  g_string_append_len(reader->buffer, bytes, n);
  return TRUE;
}

/* The bytes not yet taken, and the length of the first line (its LF not counted). FALSE: no whole line. */
static gboolean first_line(const LineReader *reader, const char **line, gsize *length, gboolean *has_end) {
  *line = reader->buffer->str + reader->taken;
  gsize left = reader->buffer->len - reader->taken;
  const char *lf = memchr(*line, '\n', left);
  *has_end = lf != NULL;
  *length = lf ? (gsize)(lf - *line) : left;
  return lf || (reader->end && left) || left > LINE_MAX_BYTES;
}

char *line_reader_take(LineReader *reader) {
  const char *line;
  gsize length;
  gboolean has_end;
  while (first_line(reader, &line, &length, &has_end)) {
    gboolean was_dropping = reader->dropping;
    reader->taken += length + (has_end ? 1 : 0);
    reader->dropping = !has_end && !reader->end;
    if (was_dropping)
      continue; /* the tail of a line whose head was taken already */
    length = MIN(length, LINE_MAX_BYTES);
    if (length && line[length - 1] == '\r')
      length--;
    char *text = g_strndup(line, length);
    /* It may have been a password. */
    explicit_bzero((char *)line, length);
    return text;
  }
  return NULL;
}

gboolean line_reader_is_next(const LineReader *reader, const char *word) {
  const char *line;
  gsize length;
  gboolean has_end;
  if (!first_line(reader, &line, &length, &has_end))
    return FALSE;
  if (length && line[length - 1] == '\r')
    length--;
  return length == strlen(word) && memcmp(line, word, length) == 0;
}

gboolean line_reader_ended(const LineReader *reader) {
  return reader->end && reader->buffer->len == reader->taken;
}
