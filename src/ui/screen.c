#include "ui/screen.h"

#include "base/text.h"

static const Style level_styles[] = {
    [LEVEL_OK] = STYLE_GOOD,  [LEVEL_NOTE] = STYLE_NOTE,  [LEVEL_UNKNOWN] = STYLE_UNSURE, [LEVEL_WARN] = STYLE_WARN,
    [LEVEL_FAIL] = STYLE_BAD, [LEVEL_SKIP] = STYLE_PLAIN, [LEVEL_WAIT] = STYLE_PLAIN,
};

Style level_style(Level level) {
  return level_styles[level];
}

static void span_clear(gpointer data) {
  g_free(((Span *)data)->text);
}

Row *row_new(void) {
  Row *row = g_new0(Row, 1);
  row->spans = g_array_new(FALSE, FALSE, sizeof(Span));
  g_array_set_clear_func(row->spans, span_clear);
  return row;
}

void row_free(Row *row) {
  if (row == NULL)
    return;
  g_array_unref(row->spans);
  g_free(row);
}

Row *row_new_text(Style style, const char *safe) {
  Row *row = row_new();
  row_add(row, style, safe);
  return row;
}

static void take_span(Row *row, Style style, char *text) {
  Span span = {style, text};
  row->width += text_width(text);
  g_array_append_val(row->spans, span);
}

void row_add(Row *row, Style style, const char *safe) {
  if (*safe != '\0')
    take_span(row, style, g_strdup(safe));
}

void row_pad(Row *row, int column) {
  if (column <= row->width)
    return;
  Style style = STYLE_PLAIN;
  if (row->spans->len > 0 && g_array_index(row->spans, Span, row->spans->len - 1).style == STYLE_BAR)
    style = STYLE_BAR;
  take_span(row, style, g_strnfill((gsize)(column - row->width), ' '));
}

void row_fit(Row *row, int cols) {
  if (row->width <= cols)
    return;
  int left = cols;
  guint i = 0;
  for (; i < row->spans->len; i++) {
    Span *span = &g_array_index(row->spans, Span, i);
    int width = text_width(span->text);
    if (width > left)
      break;
    left -= width;
  }
  /* The dots go into the span that does not fit; a span that ends exactly at the edge stays as it is. */
  Span *span = &g_array_index(row->spans, Span, i);
  char *cut = text_fit(span->text, left);
  g_free(span->text);
  span->text = cut;
  g_array_set_size(row->spans, i + 1);
  row->width = cols - left + text_width(cut);
}

char *row_text(const Row *row) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < row->spans->len; i++)
    g_string_append(text, g_array_index(row->spans, Span, i).text);
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate(text, text->len - 1);
  return g_string_free(text, FALSE);
}

Screen *screen_new(int cols, int rows) {
  Screen *screen = g_new0(Screen, 1);
  screen->cols = cols;
  screen->rows = rows;
  screen->lines = g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
  for (int i = 0; i < rows; i++)
    g_ptr_array_add(screen->lines, row_new());
  screen->cursor_row = screen->cursor_col = -1;
  return screen;
}

void screen_free(Screen *screen) {
  if (screen == NULL)
    return;
  g_ptr_array_unref(screen->lines);
  g_free(screen);
}

void screen_put(Screen *screen, int line, Row *row) {
  if (line < 0 || line >= screen->rows) {
    row_free(row);
    return;
  }
  row_fit(row, screen->cols);
  row_free(g_ptr_array_index(screen->lines, line));
  g_ptr_array_index(screen->lines, line) = row;
}

char *screen_text(const Screen *screen) {
  GString *text = g_string_new(NULL);
  for (int i = 0; i < screen->rows; i++) {
    g_autofree char *line = row_text(g_ptr_array_index(screen->lines, i));
    g_string_append(text, line);
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}
