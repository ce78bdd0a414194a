#include "base/text.h"
#include "ui/textbox.h"
#include "ui/textline.h"

#include <string.h>

PasteBox *pastebox_new(gsize max) {
  PasteBox *box = g_new0(PasteBox, 1);
  gsize first = 0;
  box->bytes = g_string_new(NULL);
  box->starts = g_array_new(FALSE, FALSE, sizeof(gsize));
  g_array_append_val(box->starts, first);
  box->max = max;
  return box;
}

void pastebox_free(PasteBox *box) {
  if (box == NULL)
    return;
  g_string_free(box->bytes, TRUE);
  g_array_unref(box->starts);
  g_free(box);
}

guint pastebox_lines(const PasteBox *box) {
  return box->starts->len;
}

static gsize line_start(const PasteBox *box, guint line) {
  return g_array_index(box->starts, gsize, line);
}

/* Without its line feed. */
static gsize line_end(const PasteBox *box, guint line) {
  return line + 1 < box->starts->len ? line_start(box, line + 1) - 1 : box->bytes->len;
}

guint pastebox_line(const PasteBox *box) {
  guint low = 0, high = box->starts->len;
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (line_start(box, middle) <= box->cursor)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* The bytes from `at` on have changed: finds the lines after it anew. */
static void reindex(PasteBox *box, guint line) {
  g_array_set_size(box->starts, line + 1);
  const char *p = box->bytes->str + line_start(box, line), *end = box->bytes->str + box->bytes->len;
  while ((p = memchr(p, '\n', (gsize)(end - p))) != NULL) {
    gsize start = (gsize)(++p - box->bytes->str);
    g_array_append_val(box->starts, start);
  }
  if (box->counted > line_start(box, line)) {
    box->counted = 0;
    box->hidden = 0;
  }
}

/* Copy of `bytes` with every line end as LF. */
static GString *with_line_feeds(PasteBox *box, const char *bytes, gsize length) {
  GString *text = g_string_sized_new(length);
  for (gsize i = 0; i < length;) {
    if (bytes[i] == '\n' && box->after_cr) {
      box->after_cr = FALSE;
      i++;
      continue;
    }
    gsize n = 0;
    while (i + n < length && bytes[i + n] != '\r')
      n++;
    g_string_append_len(text, bytes + i, (gssize)n);
    i += n;
    box->after_cr = i < length;
    if (i < length) {
      g_string_append_c(text, '\n');
      i++;
    }
  }
  return text;
}

void pastebox_insert(PasteBox *box, const char *bytes, gsize length) {
  g_autoptr(GString) text = with_line_feeds(box, bytes, length);
  gsize room = box->max - MIN(box->bytes->len, box->max);
  if (text->len > room) {
    box->cut = TRUE;
    g_string_truncate(text, room);
  }
  guint line = pastebox_line(box);
  g_string_insert_len(box->bytes, (gssize)box->cursor, text->str, (gssize)text->len);
  box->cursor += text->len;
  reindex(box, line);
}

static void erase(PasteBox *box, gsize from, gsize to) {
  box->cursor = from;
  guint line = pastebox_line(box);
  g_string_erase(box->bytes, (gssize)from, (gssize)(to - from));
  reindex(box, line);
  if (box->bytes->len == 0)
    box->cut = FALSE;
}

/* To another line, as near to the same character as there is. */
static void move_lines(PasteBox *box, int by) {
  guint line = pastebox_line(box);
  gsize column = box->cursor - line_start(box, line);
  guint to = (guint)CLAMP((gint64)line + by, 0, (gint64)box->starts->len - 1);
  gsize start = line_start(box, to), length = line_end(box, to) - start;
  const char *bytes = box->bytes->str + start;
  gsize at = MIN(column, length);
  if (at < length)
    at = textline_previous(bytes, length, textline_next(bytes, length, at));
  box->cursor = start + at;
}

static void step(PasteBox *box, gboolean forward) {
  guint line = pastebox_line(box);
  gsize start = line_start(box, line), end = line_end(box, line);
  const char *bytes = box->bytes->str + start;
  if (forward && box->cursor == end)
    box->cursor = MIN(end + 1, box->bytes->len);
  else if (forward)
    box->cursor = start + textline_next(bytes, end - start, box->cursor - start);
  else if (box->cursor == start)
    box->cursor = start > 0 ? start - 1 : 0;
  else
    box->cursor = start + textline_previous(bytes, end - start, box->cursor - start);
}

gboolean pastebox_command(PasteBox *box, Command command, guint page) {
  guint line = pastebox_line(box);
  gsize here = box->cursor;
  box->after_cr = FALSE;
  switch (command) {
  case CMD_LEFT:
  case CMD_RIGHT:
    step(box, command == CMD_RIGHT);
    return TRUE;
  case CMD_UP:
  case CMD_DOWN:
    move_lines(box, command == CMD_UP ? -1 : 1);
    return TRUE;
  case CMD_PAGE_UP:
  case CMD_PAGE_DOWN:
    move_lines(box, command == CMD_PAGE_UP ? -(int)page : (int)page);
    return TRUE;
  case CMD_FIRST:
    box->cursor = line_start(box, line);
    return TRUE;
  case CMD_LAST:
    box->cursor = line_end(box, line);
    return TRUE;
  case CMD_ERASE_BACK:
    step(box, FALSE);
    erase(box, box->cursor, here);
    return TRUE;
  case CMD_ERASE:
    step(box, TRUE);
    erase(box, here, box->cursor);
    return TRUE;
  case CMD_CLEAR_TO_END:
    erase(box, here, line_end(box, line));
    return TRUE;
  case CMD_CLEAR:
    erase(box, 0, box->bytes->len);
    return TRUE;
  default:
    return FALSE;
  }
}

static guint count_hidden(const PasteBox *box, gsize from, gsize to) {
  guint n = 0;
  g_free(text_safe(box->bytes->str + from, (gssize)(to - from), 0, TEXT_LINES, &n));
  return n;
}

guint pastebox_hidden(PasteBox *box) {
  gsize last = line_start(box, box->starts->len - 1);
  if (last > box->counted) {
    box->hidden += count_hidden(box, box->counted, last);
    box->counted = last;
  }
  return box->hidden + count_hidden(box, last, box->bytes->len);
}

GPtrArray *pastebox_view(PasteBox *box, guint n, int cols, int *row, int *col) {
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  guint cursor = pastebox_line(box);
  if (cursor < box->top)
    box->top = cursor;
  if (cursor >= box->top + n)
    box->top = cursor - n + 1;
  /* No empty rows below as long as there are lines above. */
  box->top = MIN(box->top, box->starts->len > n ? box->starts->len - n : 0);
  for (guint i = box->top; i < box->top + n && i < box->starts->len; i++) {
    gsize start = line_start(box, i), end = line_end(box, i);
    if (i == cursor) {
      *row = (int)(i - box->top);
      g_ptr_array_add(lines,
                      textline_view(box->bytes->str + start, end - start, box->cursor - start, cols, FALSE, col));
      continue;
    }
    g_autofree char *safe =
        text_safe(box->bytes->str + start, (gssize)(end - start), TEXT_MAX_REMOTE, TEXT_LINES, NULL);
    g_ptr_array_add(lines, text_fit(safe, cols));
  }
  return lines;
}
