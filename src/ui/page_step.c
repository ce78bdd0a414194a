#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"
#include "report/tag.h"
#include "ui/pages.h"

#include <string.h>

#define FOUND_TITLE_COLUMNS 24
/* Rows of a page with a paste box that are neither text above it nor lines of the box: header, breadcrumb, rules, what
 * was recognised, notices, footer and blank rows. */
#define PASTE_OTHER_ROWS 12
#define PASTE_MIN_ROWS 3

/* The longest way of a big guide is far from what anybody walks: it would only frighten. */
#define LEFT_WORTH_TELLING 20
/* In a narrow window the name of the guide is worth more than that. */
#define WIDE_COLUMNS 72

static char *step_words(const View *view, int cols) {
  gboolean far = view->left_max > LEFT_WORTH_TELLING;
  g_autofree char *left = view->left_min == view->left_max || far
                              ? g_strdup_printf("%u", view->left_min)
                              : g_strdup_printf("%u-%u", view->left_min, view->left_max);
  const char *id = view->kind == VIEW_FINISH                             ? N_("done")
                   : view->left_max == 0 || (far && cols < WIDE_COLUMNS) ? N_("Step {n}")
                   : far                                                 ? N_("Step {n}  ({left} or more left)")
                                                                         : N_("Step {n}  ({left} left)");
  g_autoptr(Message) message = message_new(id, "left", left, NULL);
  message_set_number(message, "n", view->step_number);
  return message_text(message, NULL, NULL);
}

/* "address > mail servers > SPELLING"; the first ones go where there is no room. */
static Row *crumbs_row(const View *view, int cols) {
  guint n = view->crumbs != NULL ? view->crumbs->len : 0;
  if (n == 0)
    return NULL;
  g_autofree char *last = g_utf8_strup(g_ptr_array_index(view->crumbs, n - 1), -1);
  int room = cols - 2 - text_width(last);
  guint first = n - 1;
  while (first > 0) {
    int width = text_width(g_ptr_array_index(view->crumbs, first - 1)) + 3;
    int dots = first > 1 ? 6 : 0;
    if (width + dots > room)
      break;
    room -= width;
    first--;
  }
  Row *row = row_new_text(STYLE_PLAIN, " ");
  if (first > 0)
    row_add(row, STYLE_PLAIN, "... > ");
  for (guint i = first; i + 1 < n; i++) {
    row_add(row, STYLE_PLAIN, g_ptr_array_index(view->crumbs, i));
    row_add(row, STYLE_PLAIN, " > ");
  }
  row_add(row, STYLE_STRONG, last);
  return row;
}

static void add_found(Page *page, const View *view) {
  guint n = view->found != NULL ? view->found->len : 0;
  if (n == 0)
    return;
  page_add_heading(page->rest, tr(N_("Found so far")));
  int wide = 0;
  for (guint i = 0; i < n; i++)
    wide = MAX(wide, text_width(((FoundRow *)g_ptr_array_index(view->found, i))->title));
  wide = MIN(wide, MIN(FOUND_TITLE_COLUMNS, page->cols / 3));
  int text_col = 3 + wide + 2 + TAG_COLUMNS + 1;
  for (guint i = 0; i < n; i++) {
    const FoundRow *found = g_ptr_array_index(view->found, i);
    g_auto(GStrv) lines = text_wrap(found->text != NULL ? found->text : "", MAX(page->cols - text_col - 1, 8), 0);
    for (guint k = 0; lines[k] != NULL; k++) {
      Row *row = row_new_text(STYLE_PLAIN, "   ");
      g_autofree char *title = text_fit(k == 0 ? found->title : "", wide);
      row_add(row, STYLE_PLAIN, title);
      row_pad(row, 3 + wide + 2);
      if (k == 0)
        row_add(row, level_style(found->level), level_tag(found->level));
      row_pad(row, text_col);
      row_add(row, STYLE_PLAIN, lines[k]);
      g_ptr_array_add(page->rest, row);
    }
  }
}

/* --- kinds of step --- */

static void fill_choose(Page *page, const View *view, StepState *state) {
  page->selected = state->selected;
  for (guint i = 0; i < view->choices->len; i++) {
    g_autofree char *key = i < 9 ? g_strdup_printf("%u", i + 1) : g_strdup(" ");
    page_add_item(page, (int)i, key, g_ptr_array_index(view->choices, i), NULL, 0);
  }
}

static void fill_checklist(Page *page, const View *view, StepState *state) {
  page->selected = state->selected;
  for (guint i = 0; i < view->choices->len; i++) {
    gboolean ticked = view->ticked != NULL && i < view->ticked->len && g_array_index(view->ticked, gboolean, i);
    g_autofree char *key = g_strdup_printf("[%c] %c", ticked ? 'x' : ' ', i < 9 ? '1' + (char)i : ' ');
    page_add_item(page, (int)i, key, g_ptr_array_index(view->choices, i), NULL, 0);
  }
}

static void fill_ask(Page *page, const View *view, StepState *state) {
  (void)view;
  Row *row = row_new_text(STYLE_PLAIN, "  > ");
  int col = 0;
  g_autofree char *text = field_view(state->field, page->cols - 6, &col);
  row_add(row, STYLE_PLAIN, text);
  page_add_list_row(page, row);
  page->cursor_list_row = 0;
  page->cursor_col = 4 + col;
  page_add_gap(page->rest);
  page_add_text(page, page->rest, STYLE_PLAIN, tr(N_("If you do not know, leave it empty and press Enter.")), 1, 0);
}

static char *size_words(gsize bytes) {
  if (bytes < 1024)
    return g_strdup_printf("%zu B", bytes);
  double kilo = (double)bytes / 1024;
  return kilo < 1024 ? g_strdup_printf("%.1f KB", kilo) : g_strdup_printf("%.1f MB", kilo / 1024);
}

/* "-- 14 lines, 1.1 KB ---------- line 9-14 --" */
static Row *box_rule(const PasteBox *box, guint shown, int cols) {
  g_autofree char *size = size_words(box->bytes->len);
  g_autofree char *lines = g_strdup_printf("%u", pastebox_lines(box));
  g_autofree char *range = g_strdup_printf("%u-%u", box->top + 1, box->top + MAX(shown, 1));
  g_autoptr(Message) message = message_new(box->bytes->len == 0       ? N_("empty")
                                           : pastebox_lines(box) == 1 ? N_("1 line, {size}")
                                                                      : N_("{lines} lines, {size}"),
                                           "lines", lines, "size", size, NULL);
  g_autoptr(Message) message2 = message_new(N_("line {range}"), "range", range, NULL);
  g_autofree char *left = message_text(message, NULL, NULL), *right = message_text(message2, NULL, NULL);
  Row *row = row_new_text(STYLE_PLAIN, " -- ");
  row_add(row, STYLE_PLAIN, left);
  row_add(row, STYLE_PLAIN, " ");
  int dashes = cols - 1 - row->width - text_width(right) - 4;
  g_autofree char *fill = g_strnfill((gsize)MAX(dashes, 1), '-');
  row_add(row, STYLE_PLAIN, fill);
  row_add(row, STYLE_PLAIN, " ");
  row_add(row, STYLE_PLAIN, right);
  row_add(row, STYLE_PLAIN, " --");
  return row;
}

static void fill_paste(Page *page, StepState *state, int rows) {
  if (state->box->bytes->len == 0) {
    page_add_gap(page->text);
    page_add_text(page, page->text, STYLE_PLAIN,
                  tr(N_("When all of it is there, press F2 or Ctrl-D. Nothing to paste? Just press F2.")), 1, 0);
  }
  guint n = (guint)MAX(rows - PASTE_OTHER_ROWS - (int)page->text->len, PASTE_MIN_ROWS);
  int row = 0, col = 0;
  g_autoptr(GPtrArray) lines = pastebox_view(state->box, n, page->cols - 5, &row, &col);
  page_add_list_row(page, box_rule(state->box, lines->len, page->cols));
  for (guint i = 0; i < n; i++) {
    Row *line = row_new_text(STYLE_PLAIN, i < lines->len ? " | " : " |");
    if (i < lines->len)
      row_add(line, STYLE_PLAIN, g_ptr_array_index(lines, i));
    page_add_list_row(page, line);
  }
  page->cursor_list_row = 1 + row;
  page->cursor_col = 3 + col;
  Row *end = row_new_text(STYLE_PLAIN, " ");
  g_autofree char *dashes = g_strnfill((gsize)page->cols - 2, '-');
  row_add(end, STYLE_PLAIN, dashes);
  page_add_list_row(page, end);
  if (state->read != NULL && state->box->bytes->len > 0)
    page_fill_recognised(page, state->read);
  guint hidden = pastebox_hidden(state->box);
  if (hidden > 0) {
    g_autoptr(Message) message = message_new(hidden == 1 ? N_("1 control character was made visible.")
                                                         : N_("{n} control characters were made visible."),
                                             NULL);
    message_set_number(message, "n", hidden);
    g_autofree char *words = message_text(message, NULL, NULL);
    page_add_text(page, page->bottom, STYLE_PLAIN, words, 1, 0);
  }
  if (state->box->cut)
    page_add_text(page, page->bottom, STYLE_WARN, tr(N_("The message is longer than 4 MB: the rest was left out.")), 1,
                  0);
}

static void fill_consent(Page *page, const View *view, StepState *state) {
  page_add_gap(page->text);
  page_add_text(page, page->text, STYLE_PLAIN, view->consent, 1, 0);
  page->selected = state->selected;
  page_add_item(page, 0, "1", tr(N_("Yes, do it")), NULL, 0);
  page_add_item(page, 1, "2", tr(N_("No, go on without this test")), NULL, 0);
}

gboolean page_is_sweep(const View *view) {
  return (view->kind == VIEW_PROBE || view->kind == VIEW_RESULT) && view->result != NULL &&
         view->result->marks->len > 0;
}

guint page_step_items(const View *view) {
  if (view->kind == VIEW_CHOOSE || view->kind == VIEW_CHECKLIST)
    return view->choices->len;
  return view->kind == VIEW_PROBE && view->consent_needed ? 2 : 0;
}

Page *page_step(const View *view, StepState *state, int cols, int rows) {
  g_autofree char *right = step_words(view, cols);
  Page *page = page_new(cols, view->flow_title, right);
  page->crumbs = crumbs_row(view, cols);
  gboolean plain = view->kind == VIEW_SAY;
  if (view->kind != VIEW_RESULT)
    page_add_text(page, page->text, plain ? STYLE_PLAIN : STYLE_STRONG, view->text, 1, 0);
  if (view->bounce != NULL)
    page_fill_bounce(page, view);
  /* Once the mail is there, nobody needs to be asked for it. */
  gboolean pasted = view->kind == VIEW_PASTE && state->box->bytes->len > 0;
  if (view->say_to_caller != NULL && !pasted) {
    page_add_heading(page->text, tr(N_("Say to the caller")));
    page_add_quote(page, page->text, view->say_to_caller);
  }
  switch (view->kind) {
  case VIEW_CHOOSE:
    fill_choose(page, view, state);
    break;
  case VIEW_CHECKLIST:
    fill_checklist(page, view, state);
    break;
  case VIEW_ASK:
    fill_ask(page, view, state);
    break;
  case VIEW_PASTE:
    fill_paste(page, state, rows);
    break;
  case VIEW_PROBE:
    if (view->consent_needed)
      fill_consent(page, view, state);
    else
      page_fill_probe(page, view, state);
    break;
  case VIEW_RESULT:
    page_fill_result(page, view, state);
    break;
  case VIEW_SAY:
  case VIEW_FINISH:
    break;
  }
  if (view->input_note != NULL) {
    page_add_gap(page->rest);
    page_add_level(page, page->rest, LEVEL_NOTE, NULL, 0, view->input_note);
  }
  if (view->kind != VIEW_PROBE && view->kind != VIEW_RESULT)
    add_found(page, view);
  if (view->help != NULL) {
    page_add_gap(page->help);
    page_add_rule(page, page->help, tr(N_("Help")));
    page_add_text(page, page->help, STYLE_PLAIN, view->help, 1, 0);
  }
  for (guint i = 0; view->notices != NULL && i < view->notices->len; i++)
    page_add_text(page, page->bottom, STYLE_NOTE, g_ptr_array_index(view->notices, i), 1, 0);
  return page;
}
