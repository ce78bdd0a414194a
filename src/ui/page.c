#include "ui/page.h"

#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"
#include "report/tag.h"

#define NAME "WHYBOUNCE"
#define TITLE_COLUMN 16
#define NARROW_TITLE_COLUMN 12
#define MIN_TEXT_ROWS 3

static GPtrArray *part_new(void) {
  return g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
}

static Row *header_row(int cols, const char *title, const char *right) {
  Row *row = row_new();
  int right_width = text_width(right);
  row_add(row, STYLE_BAR, " " NAME);
  row_pad(row, CLAMP(cols / 4, NARROW_TITLE_COLUMN, TITLE_COLUMN));
  int room = cols - row->width - right_width - 3;
  g_autofree char *fit = text_fit(title, MAX(room, 0));
  row_add(row, STYLE_BAR, fit);
  if (room >= 0) {
    row_pad(row, cols - right_width - 1);
    row_add(row, STYLE_BAR, right);
  }
  row_pad(row, cols);
  return row;
}

Page *page_new(int cols, const char *title, const char *right) {
  Page *page = g_new0(Page, 1);
  page->cols = MIN(cols, PAGE_MAX_COLS);
  page->header = header_row(cols, title, right);
  page->text = part_new();
  page->list = part_new();
  page->rest = part_new();
  page->help = part_new();
  page->bottom = part_new();
  page->items = g_array_new(FALSE, FALSE, sizeof(int));
  page->selected = page->cursor_list_row = page->cursor_bottom_row = -1;
  return page;
}

void page_free(Page *page) {
  if (page == NULL)
    return;
  row_free(page->header);
  row_free(page->crumbs);
  row_free(page->footer);
  g_ptr_array_unref(page->text);
  g_ptr_array_unref(page->list);
  g_ptr_array_unref(page->rest);
  g_ptr_array_unref(page->help);
  g_ptr_array_unref(page->bottom);
  g_array_unref(page->items);
  g_free(page);
}

/* --- parts --- */

static Row *indented(int indent) {
  Row *row = row_new();
  row_pad(row, indent);
  return row;
}

void page_add_text(const Page *page, GPtrArray *part, Style style, const char *safe, int indent, int hang) {
  if (safe == NULL || *safe == '\0')
    return;
  g_auto(GStrv) lines = text_wrap(safe, MAX(page->cols - indent - 1, 8), hang);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = indented(indent);
    row_add(row, style, lines[i]);
    g_ptr_array_add(part, row);
  }
}

void page_add_gap(GPtrArray *part) {
  if (part->len > 0 && ((Row *)g_ptr_array_index(part, part->len - 1))->width > 0)
    g_ptr_array_add(part, row_new());
}

void page_add_heading(GPtrArray *part, const char *safe) {
  page_add_gap(part);
  Row *row = indented(1);
  row_add(row, STYLE_STRONG, safe);
  g_ptr_array_add(part, row);
}

void page_add_rule(const Page *page, GPtrArray *part, const char *safe) {
  Row *row = indented(1);
  g_autofree char *title = g_strconcat(safe, *safe != '\0' ? " " : "", NULL);
  row_add(row, STYLE_STRONG, title);
  g_autofree char *dashes = g_strnfill((gsize)MAX(page->cols - row->width - 2, 0), '-');
  row_add(row, STYLE_PLAIN, dashes);
  g_ptr_array_add(part, row);
}

void page_add_pair(const Page *page, GPtrArray *part, const char *label, int label_cols, const char *value) {
  int value_col = 3 + label_cols + 2;
  g_auto(GStrv) lines = text_wrap(value, MAX(page->cols - value_col - 1, 8), 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = indented(3);
    g_autofree char *fit = text_fit(i == 0 ? label : "", label_cols);
    row_add(row, STYLE_PLAIN, fit);
    row_pad(row, value_col);
    row_add(row, STYLE_PLAIN, lines[i]);
    g_ptr_array_add(part, row);
  }
}

void page_add_quote(const Page *page, GPtrArray *part, const char *safe) {
  g_auto(GStrv) lines = text_wrap(safe, MAX(page->cols - 4, 8), 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = row_new_text(STYLE_PLAIN, " | ");
    row_add(row, STYLE_PLAIN, lines[i]);
    g_ptr_array_add(part, row);
  }
}

void page_add_level(const Page *page, GPtrArray *part, Level level, const char *subject, int subject_cols,
                    const char *text) {
  int text_col = 3 + TAG_COLUMNS + 1 + (subject_cols > 0 ? subject_cols + 2 : 0);
  g_auto(GStrv) lines = text_wrap(text, MAX(page->cols - text_col - 1, 8), 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = indented(3);
    if (i == 0) {
      row_add(row, level_style(level), level_tag(level));
      row_pad(row, row->width + 1);
      g_autofree char *fit = text_fit(subject != NULL ? subject : "", subject_cols);
      row_add(row, STYLE_PLAIN, fit);
    }
    row_pad(row, text_col);
    row_add(row, STYLE_PLAIN, lines[i]);
    g_ptr_array_add(part, row);
  }
}

static void add_list_row(Page *page, int item, Row *row) {
  g_ptr_array_add(page->list, row);
  g_array_append_val(page->items, item);
}

void page_add_list_row(Page *page, Row *row) {
  add_list_row(page, -1, row);
}

void page_add_item(Page *page, int item, const char *key, const char *label, const char *remark, int remark_col) {
  gboolean selected = item == page->selected;
  int label_col = 4 + text_width(key) + 2;
  /* Remarks stand in a column; a long label pushes its own to the right, or does without. */
  remark_col = MAX(remark_col, label_col + text_width(label) + 2);
  gboolean remark_fits = remark != NULL && remark_col + text_width(remark) < page->cols;
  int room = page->cols - 1 - label_col;
  g_auto(GStrv) lines = text_wrap(label, MAX(room, 8), 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = indented(2);
    if (i == 0) {
      g_autofree char *marker = g_strconcat(selected ? "> " : "  ", key, NULL);
      row_add(row, selected ? STYLE_MARK : STYLE_PLAIN, marker);
    }
    row_pad(row, label_col);
    row_add(row, STYLE_PLAIN, lines[i]);
    if (i == 0 && remark_fits) {
      row_pad(row, remark_col);
      row_add(row, STYLE_PLAIN, remark);
    }
    add_list_row(page, item, row);
  }
}

/* --- layout --- */

static Screen *too_small(int cols, int rows) {
  Screen *screen = screen_new(cols, rows);
  g_autoptr(Message) message =
      message_new(N_("The window is {cols}x{rows}. This needs 40x10, or start with --plain."), NULL);
  message_set_number(message, "cols", cols);
  message_set_number(message, "rows", rows);
  g_autofree char *text = message_text(message, NULL, NULL);
  g_auto(GStrv) lines = text_wrap(text, MAX(cols, 4), 0);
  for (int i = 0; lines[i] != NULL; i++)
    screen_put(screen, i, row_new_text(STYLE_PLAIN, lines[i]));
  return screen;
}

static Row *take(GPtrArray *part, guint i) {
  Row *row = g_ptr_array_index(part, i);
  g_ptr_array_index(part, i) = row_new();
  return row;
}

/* Puts rows `from` up to `to` of a part at `line`. Returns the line after them. */
static int put_rows(Screen *screen, int line, GPtrArray *part, guint from, guint to) {
  for (guint i = from; i < to; i++)
    screen_put(screen, line++, take(part, i));
  return line;
}

/* Puts as many rows of the part as fit into `room`, the last of them a word about the rest if there is one. */
static int put_window(Screen *screen, int line, GPtrArray *part, int room, int scroll) {
  int total = screen->extent = (int)part->len;
  screen->window = MIN(room, total);
  if (total <= room) {
    screen->scroll = 0;
    return put_rows(screen, line, part, 0, part->len);
  }
  screen->window = room - 1;
  screen->scroll = CLAMP(scroll, 0, total - screen->window);
  int end = screen->scroll + screen->window;
  put_rows(screen, line, part, (guint)screen->scroll, (guint)end);
  g_autoptr(Message) message = message_new(N_("-- lines {from} to {to} of {all}: PgUp, PgDn --"), NULL);
  message_set_number(message, "from", screen->scroll + 1);
  message_set_number(message, "to", end);
  message_set_number(message, "all", total);
  g_autofree char *words = message_text(message, NULL, NULL);
  Row *row = row_new_text(STYLE_PLAIN, " ");
  row_add(row, STYLE_STRONG, words);
  screen_put(screen, line + room - 1, row);
  return line + room;
}

/* First row of the list to show so that the selected item, or the row with the cursor, is among `room` rows. */
static guint list_top(const Page *page, int room) {
  int first = page->cursor_list_row, last = page->cursor_list_row;
  for (guint i = 0; page->cursor_list_row < 0 && i < page->items->len; i++) {
    if (g_array_index(page->items, int, i) != page->selected)
      continue;
    first = first < 0 ? (int)i : first;
    last = (int)i;
  }
  if ((int)page->list->len <= room || last < room)
    return 0;
  /* A third of the window below the selection where there is more. */
  int top = MIN(last - room + 1 + room / 3, (int)page->list->len - room);
  return (guint)MIN(top, MAX(first, 0));
}

/* Fewer rows than this are all needed for the list itself. */
#define MIN_LIST_ROWS_FOR_MORE 4

/* A word about the rows of a list that are out of sight. */
static int put_more(Screen *screen, int line, gboolean above, gboolean below) {
  static const char *const words[] = {N_("-- more below: Down --"), N_("-- more above: Up --"),
                                      N_("-- more above and below: Up, Down --")};
  Row *row = row_new_text(STYLE_PLAIN, "    ");
  row_add(row, STYLE_STRONG, tr(words[!above ? 0 : !below ? 1 : 2]));
  screen_put(screen, line, row);
  return line + 1;
}

static int put_list(Screen *screen, int line, Page *page, int room) {
  gboolean cut = (int)page->list->len > room && room >= MIN_LIST_ROWS_FOR_MORE;
  room -= cut;
  guint top = list_top(page, room);
  guint end = MIN(top + (guint)MAX(room, 0), page->list->len);
  gboolean free_cursor = page->cursor_bottom_row < 0;
  if (free_cursor && page->cursor_list_row >= (int)top && page->cursor_list_row < (int)end) {
    screen->cursor_row = line + page->cursor_list_row - (int)top;
    screen->cursor_col = page->cursor_col;
  }
  for (guint i = top; free_cursor && page->cursor_list_row < 0 && page->selected >= 0 && i < end; i++)
    if (g_array_index(page->items, int, i) == page->selected) {
      screen->cursor_row = line + (int)(i - top);
      screen->cursor_col = 2;
      break;
    }
  line = put_rows(screen, line, page->list, top, end);
  return cut ? put_more(screen, line, top > 0, end < page->list->len) : line;
}

/* Height of a part with the blank row that parts it from what stands above. */
static int height(const GPtrArray *part, gboolean below) {
  return part->len > 0 ? (int)part->len + (below ? 1 : 0) : 0;
}

static int body_height(const Page *page, gboolean with_help) {
  int rows = height(page->text, FALSE);
  rows += height(page->list, rows > 0);
  rows += height(page->rest, rows > 0);
  return rows + (with_help ? height(page->help, rows > 0) : 0);
}

static void append_part(GPtrArray *to, GPtrArray *from) {
  if (from->len > 0)
    page_add_gap(to);
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add(to, take(from, i));
  g_ptr_array_set_size(from, 0);
}

static void put_body_whole(Screen *screen, int line, Page *page, gboolean with_help) {
  int first = line;
  line = put_rows(screen, line, page->text, 0, page->text->len);
  line += line > first && page->list->len > 0;
  line = put_list(screen, line, page, (int)page->list->len);
  line += line > first && page->rest->len > 0;
  line = put_rows(screen, line, page->rest, 0, page->rest->len);
  line += line > first && page->help->len > 0;
  if (with_help)
    put_rows(screen, line, page->help, 0, page->help->len);
  screen->window = screen->extent = (int)page->text->len;
}

/* Not all fits: the list stays, as far as a few rows of text are left beside it. */
static void put_body_scrolled(Screen *screen, int line, Page *page, int room) {
  int above = height(page->text, FALSE) + height(page->list, page->text->len > 0);
  if (page->rest->len > 0 && page->list->len > 0 && room - above - 1 >= MIN_TEXT_ROWS) {
    int end = line + room;
    line = put_rows(screen, line, page->text, 0, page->text->len);
    line += page->text->len > 0;
    line = put_list(screen, line, page, (int)page->list->len) + 1;
    put_window(screen, line, page->rest, end - line, page->scroll);
    return;
  }
  append_part(page->text, page->rest);
  int list_height = (int)page->list->len;
  int gap = list_height > 0 && page->text->len > 0;
  int text_room = MAX(room - list_height - gap, MIN(MIN_TEXT_ROWS, (int)page->text->len));
  text_room = MIN(text_room, (int)page->text->len);
  line = put_window(screen, line, page->text, text_room, page->scroll);
  put_list(screen, line + gap, page, room - text_room - gap);
}

static void put_footer(Screen *screen, const Page *page) {
  if (page->footer == NULL)
    return;
  Row *row = row_new_text(STYLE_PLAIN, " ");
  for (guint i = 0; i < page->footer->spans->len; i++) {
    Span *span = &g_array_index(page->footer->spans, Span, i);
    row_add(row, span->style, span->text);
  }
  screen_put(screen, screen->rows - 1, row);
}

/* Returns the first line of the bottom.  It may take half of a small window, not more; its last rows are the most
 * important. */
static int put_bottom(Screen *screen, Page *page) {
  int rows = MIN((int)page->bottom->len, (screen->rows - 2) / 2);
  int line = screen->rows - 1 - rows;
  guint dropped = page->bottom->len - (guint)rows;
  put_rows(screen, line, page->bottom, dropped, page->bottom->len);
  if (page->cursor_bottom_row >= 0) {
    screen->cursor_row = line + page->cursor_bottom_row - (int)dropped;
    screen->cursor_col = page->cursor_col;
  }
  return line;
}

Screen *page_lay_out(Page *page, int cols, int rows) {
  if (cols < PAGE_MIN_COLS || rows < PAGE_MIN_ROWS)
    return too_small(cols, rows);
  Screen *screen = screen_new(cols, rows);
  screen_put(screen, 0, g_steal_pointer(&page->header));
  put_footer(screen, page);
  int bottom = put_bottom(screen, page);
  int room = bottom - 1;
  gboolean with_help = body_height(page, TRUE) + (page->crumbs != NULL) + 1 <= room;
  int needed = body_height(page, with_help);
  gboolean with_crumbs = page->crumbs != NULL && needed + 2 <= room;
  if (with_crumbs)
    screen_put(screen, 1, g_steal_pointer(&page->crumbs));
  /* The blank row after the header goes if that makes the body fit. */
  gboolean with_blank = needed + with_crumbs + 1 <= room || (needed + with_crumbs > room && room > PAGE_MIN_ROWS);
  int line = 1 + with_crumbs + with_blank;
  if (needed <= bottom - line)
    put_body_whole(screen, line, page, with_help);
  else
    put_body_scrolled(screen, line, page, bottom - line);
  return screen;
}
