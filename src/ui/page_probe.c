#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"
#include "report/tag.h"
#include "ui/pages.h"

#include <string.h>

#define SUBJECT_COLUMNS 30
#define BAR_COLUMNS 44
/* Marks in one stretch of the grid, and the columns that it takes with its number. */
#define GRID_MARKS 28
#define GRID_COLUMNS (6 + 1 + GRID_MARKS)

/* Which findings a filter lets through: of a sweep, listings are notes or worse, refusals and silence are unknown. */
static gboolean is_shown(const Finding *finding, gboolean sweep, SweepFilter filter) {
  if (!sweep || filter == SWEEP_ALL)
    return TRUE;
  gboolean listed = finding->level == LEVEL_NOTE || finding->level == LEVEL_WARN || finding->level == LEVEL_FAIL;
  return filter == SWEEP_LISTED ? listed : finding->level == LEVEL_UNKNOWN;
}

static int subject_columns(const Page *page, const Result *result) {
  int wide = 0;
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (finding->subject != NULL)
      wide = MAX(wide, text_width(finding->subject));
  }
  return MIN(wide, MIN(SUBJECT_COLUMNS, page->cols / 3));
}

/* One row per finding that keeps its place while the others arrive: cut, not wrapped. */
static void add_live_row(Page *page, const Finding *finding, int subject_cols) {
  g_autofree char *text = message_text(finding->text, NULL, NULL);
  g_autofree char *elapsed =
      finding->elapsed_ms > 0 ? g_strdup_printf("%.2f s", finding->elapsed_ms / 1000.0) : g_strdup("");
  int end = page->cols - 1 - text_width(elapsed);
  Row *row = row_new_text(STYLE_PLAIN, "   ");
  row_add(row, level_style(finding->level), level_tag(finding->level));
  row_add(row, STYLE_PLAIN, " ");
  if (subject_cols > 0) {
    g_autofree char *subject = text_pad(finding->subject != NULL ? finding->subject : "", subject_cols);
    row_add(row, STYLE_PLAIN, subject);
    row_add(row, STYLE_PLAIN, "  ");
  }
  g_autofree char *fit = text_fit(text, MAX(end - 2 - row->width, 4));
  row_add(row, STYLE_PLAIN, fit);
  if (*elapsed != '\0') {
    row_pad(row, end);
    row_add(row, STYLE_PLAIN, elapsed);
  }
  g_ptr_array_add(page->text, row);
}

static char *elapsed_words(const View *view, guint ms) {
  g_autofree char *elapsed = g_strdup_printf("%.1f", ms / 1000.0);
  g_autofree char *most = g_strdup_printf("%u", (view->timeout_ms + 999) / 1000);
  g_autoptr(Message) message = view->timeout_ms > 0 ? message_new(N_("{elapsed} s, at most {most} s each"), "elapsed",
                                                                  elapsed, "most", most, NULL)
                                                    : message_new(N_("{elapsed} s"), "elapsed", elapsed, NULL);
  return message_text(message, NULL, NULL);
}

static char *count_words(guint done, guint total) {
  g_autoptr(Message) message = message_new(N_("{done} of {total}"), NULL);
  message_set_number(message, "done", done);
  message_set_number(message, "total", total);
  return message_text(message, NULL, NULL);
}

/* With so many milliseconds the words about them are as long as they get in most runs. */
#define LONG_MS 10000

/* "[######......]  4 of 6   3.1 s, at most 5 s each".  The bar keeps its length while the numbers beside it grow. */
static void add_progress(Page *page, const View *view) {
  const Result *result = view->result;
  g_autofree char *elapsed = elapsed_words(view, view->elapsed_ms);
  Row *row = row_new_text(STYLE_PLAIN, "   ");
  if (result->total > 0) {
    g_autofree char *words = count_words(result->done, result->total);
    g_autofree char *longest = count_words(result->total, result->total);
    g_autofree char *late = elapsed_words(view, MAX(view->elapsed_ms, LONG_MS));
    int beside = text_width(longest) + 3 + text_width(late);
    int room = page->cols - 1 - row->width - 4 - beside;
    int cols = CLAMP(room, 0, BAR_COLUMNS);
    int full = cols * (int)MIN(result->done, result->total) / (int)result->total;
    g_autofree char *hashes = g_strnfill((gsize)full, '#'), *dots = g_strnfill((gsize)(cols - full), '.');
    g_autofree char *bar = g_strdup_printf("[%s%s]  ", hashes, dots);
    row_add(row, STYLE_PLAIN, bar);
    row_add(row, STYLE_PLAIN, words);
    row_add(row, STYLE_PLAIN, "   ");
  }
  row_add(row, STYLE_PLAIN, elapsed);
  page_add_gap(page->text);
  g_ptr_array_add(page->text, row);
}

static void add_tally(Page *page, const Result *result) {
  if (result->tally == NULL)
    return;
  g_autofree char *tally = message_text(result->tally, NULL, NULL);
  page_add_gap(page->text);
  page_add_text(page, page->text, STYLE_STRONG, tally, 2, 0);
}

/* "     1 ....L...   29 ..?..." */
static void add_grid(Page *page, const GString *marks) {
  page_add_gap(page->text);
  page_add_text(page, page->text, STYLE_PLAIN,
                tr(N_("One mark per list:  . clean  L listed  ? refused  - no answer  w waiting")), 2, 0);
  gsize across = (gsize)MAX(1, (page->cols - 1) / GRID_COLUMNS);
  for (gsize at = 0; at < marks->len;) {
    Row *row = row_new();
    for (gsize i = 0; i < across && at < marks->len; i++) {
      g_autofree char *stretch = g_strndup(marks->str + at, GRID_MARKS);
      g_autofree char *text = g_strdup_printf("%6zu %s", at + 1, stretch);
      row_add(row, STYLE_PLAIN, text);
      at += strlen(stretch);
    }
    g_ptr_array_add(page->text, row);
  }
}

static const char *const filter_words[] = {
    [SWEEP_ALL] = N_("Filter: all"),
    [SWEEP_LISTED] = N_("Filter: listed only"),
    [SWEEP_REFUSED] = N_("Filter: refused or no answer only"),
};

static void add_filter(Page *page, gboolean sweep, SweepFilter filter) {
  if (sweep && filter != SWEEP_ALL)
    page_add_text(page, page->bottom, STYLE_NOTE, tr(filter_words[filter]), 1, 0);
}

/* A filter that lets nothing through must not look as if nothing had been found. */
static void add_nothing(Page *page, const Result *result, SweepFilter filter, gboolean sweep) {
  for (guint i = 0; i < result->findings->len; i++)
    if (is_shown(g_ptr_array_index(result->findings, i), sweep, filter))
      return;
  if (sweep && filter != SWEEP_ALL)
    page_add_text(page, page->text, STYLE_NOTE, tr(N_("This filter leaves nothing to show: press f for another.")), 2, 0);
}

void page_fill_probe(Page *page, const View *view, const StepState *state) {
  const Result *result = view->result;
  gboolean sweep = page_is_sweep(view);
  if (result == NULL)
    return;
  add_tally(page, result);
  page_add_gap(page->text);
  int wide = subject_columns(page, result);
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (is_shown(finding, sweep, state->filter))
      add_live_row(page, finding, wide);
  }
  add_nothing(page, result, state->filter, sweep);
  if (sweep)
    add_grid(page, result->marks);
  add_progress(page, view);
  add_filter(page, sweep, state->filter);
  if (view->probe != NULL && view->probe->why != NULL) {
    page_add_heading(page->help, tr(N_("Why do we ask this?")));
    page_add_text(page, page->help, STYLE_PLAIN, tr(view->probe->why), 1, 0);
  }
}

/* "[WARN] One of two mail servers does not answer": the tag before the headline in words. */
static void add_headline(Page *page, const View *view) {
  int col = 1 + TAG_COLUMNS + 1;
  g_auto(GStrv) lines = text_wrap(view->text != NULL ? view->text : "", MAX(page->cols - col - 1, 8), 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = row_new_text(STYLE_PLAIN, " ");
    if (i == 0)
      row_add(row, level_style(view->level), level_tag(view->level));
    row_pad(row, col);
    row_add(row, STYLE_STRONG, lines[i]);
    g_ptr_array_add(page->text, row);
  }
}

static void add_meaning(Page *page, const View *view) {
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  if (view->meaning != NULL)
    g_ptr_array_add(texts, g_strdup(view->meaning));
  for (guint i = 0; i < view->result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(view->result->findings, i);
    g_autofree char *advice = finding->advice != NULL ? message_text(finding->advice, NULL, NULL) : NULL;
    if (advice != NULL && !g_ptr_array_find_with_equal_func(texts, advice, g_str_equal, NULL))
      g_ptr_array_add(texts, g_steal_pointer(&advice));
  }
  if (texts->len > 0)
    page_add_heading(page->text, tr(N_("What it means")));
  /* Of several, each begins where the eye finds it. */
  int hang = texts->len > 1 ? 2 : 0;
  for (guint i = 0; i < texts->len; i++)
    page_add_text(page, page->text, STYLE_PLAIN, g_ptr_array_index(texts, i), 1, hang);
}

static void add_quotes(Page *page, const Result *result) {
  gboolean first = TRUE;
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (finding->quote == NULL)
      continue;
    if (first)
      page_add_heading(page->text, tr(N_("Server said (quoted, not checked)")));
    first = FALSE;
    page_add_quote(page, page->text, finding->quote);
  }
}

static void add_age(Page *page, const View *view, gint64 now) {
  gint64 seconds = (now - view->finished_at) / G_USEC_PER_SEC;
  if (!view->reused || view->finished_at == 0 || seconds < FRESH_SECONDS)
    return;
  g_autoptr(Message) message =
      message_new(seconds < 120 ? N_("This was found out {n} s ago. Press r to ask again.")
                                : N_("This was found out {n} minutes ago. Press r to ask again."),
                  NULL);
  message_set_number(message, "n", seconds < 120 ? seconds : seconds / 60);
  g_autofree char *words = message_text(message, NULL, NULL);
  page_add_text(page, page->bottom, STYLE_PLAIN, words, 1, 0);
}

void page_fill_result(Page *page, const View *view, const StepState *state) {
  const Result *result = view->result;
  gboolean sweep = page_is_sweep(view);
  add_headline(page, view);
  if (result == NULL)
    return;
  if (sweep)
    add_tally(page, result);
  int wide = subject_columns(page, result);
  guint shown = 0;
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (!is_shown(finding, sweep, state->filter) || result_is_single(result))
      continue;
    if (shown++ == 0)
      page_add_heading(page->text, tr(N_("What we saw")));
    g_autofree char *text = message_text(finding->text, NULL, NULL);
    page_add_level(page, page->text, finding->level, finding->subject, wide, text);
  }
  add_nothing(page, result, state->filter, sweep);
  add_meaning(page, view);
  add_quotes(page, result);
  if (sweep)
    add_grid(page, result->marks);
  add_filter(page, sweep, state->filter);
  add_age(page, view, state->now);
}
