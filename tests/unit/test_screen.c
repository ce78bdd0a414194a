#include "base/text.h"
#include "ui/pages.h"

#include <string.h>

/* A screen has its size and nothing on it is wider, unsafe or out of place. */
static void assert_sound(const Screen *screen, int cols, int rows) {
  g_assert_cmpint((int)screen->lines->len, ==, rows);
  for (guint i = 0; i < screen->lines->len; i++) {
    const Row *row = g_ptr_array_index(screen->lines, i);
    int width = 0;
    for (guint k = 0; k < row->spans->len; k++) {
      const char *text = g_array_index(row->spans, Span, k).text;
      g_assert_true(text_is_safe(text));
      width += text_width(text);
    }
    g_assert_cmpint(width, ==, row->width);
    g_assert_cmpint(width, <=, cols);
  }
  g_assert_cmpint(screen->cursor_row, <, rows);
  g_assert_cmpint(screen->cursor_col, <, cols);
}

static char *line_of(const Screen *screen, int line) {
  return row_text(g_ptr_array_index(screen->lines, (guint)line));
}

static gboolean shows(const Screen *screen, const char *words) {
  g_autofree char *text = screen_text(screen);
  return strstr(text, words) != NULL;
}

/* --- rows --- */

static void test_row_fit(void) {
  for (int cols = 0; cols <= 24; cols++) {
    g_autoptr(Row) row = row_new_text(STYLE_PLAIN, "日本語 ");
    row_add(row, STYLE_STRONG, "bold");
    row_add(row, STYLE_PLAIN, " and 日本");
    row_fit(row, cols);
    g_autofree char *text = row_text(row);
    g_assert_cmpint(row->width, <=, cols);
    g_assert_cmpint(text_width(text), <=, cols);
    g_assert_true(g_utf8_validate(text, -1, NULL));
  }
  g_autoptr(Row) row = row_new_text(STYLE_PLAIN, "日本語 bold");
  row_fit(row, 10);
  g_autofree char *text = row_text(row);
  g_assert_cmpstr(text, ==, "日本語 ...");
}

/* --- a page of a question --- */

static View *question(guint choices, guint help_lines, guint found) {
  View *view = g_new0(View, 1);
  view->kind = VIEW_CHOOSE;
  view->flow_title = g_strdup("Domain or host not found");
  view->step_number = 3;
  view->left_min = 1;
  view->left_max = 2;
  view->crumbs = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(view->crumbs, g_strdup("address"));
  g_ptr_array_add(view->crumbs, g_strdup("mail servers"));
  g_ptr_array_add(view->crumbs, g_strdup("spelling"));
  view->text = g_strdup("The domain exmaple.co.jp does not exist. Is it spelled correctly?");
  view->choices = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < choices; i++)
    g_ptr_array_add(view->choices, g_strdup_printf("Answer number %u", i + 1));
  g_autoptr(GString) help = g_string_new(NULL);
  for (guint i = 0; i < help_lines; i++)
    g_string_append_printf(help, "%sHelp line %u", i ? "\n" : "", i + 1);
  if (help_lines > 0)
    view->help = g_strdup(help->str);
  view->found = g_ptr_array_new();
  for (guint i = 0; i < found; i++) {
    FoundRow *row = g_new0(FoundRow, 1);
    row->title = g_strdup_printf("Test %u", i + 1);
    row->level = i % 2 ? LEVEL_FAIL : LEVEL_OK;
    row->text = g_strdup("NXDOMAIN, answered by 192.0.2.53 in 21 ms");
    g_ptr_array_add(view->found, row);
  }
  view->notices = g_ptr_array_new_with_free_func(g_free);
  return view;
}

static void question_free(View *view) {
  for (guint i = 0; i < view->found->len; i++) {
    FoundRow *row = g_ptr_array_index(view->found, i);
    g_free(row->title);
    g_free(row->text);
    g_free(row);
  }
  g_ptr_array_unref(view->found);
  g_ptr_array_unref(view->crumbs);
  g_ptr_array_unref(view->choices);
  g_ptr_array_unref(view->notices);
  g_free(view->flow_title);
  g_free(view->text);
  g_free(view->help);
  g_free(view->say_to_caller);
  g_free(view);
}

static Screen *lay_out_scrolled(const View *view, int selected, int cols, int rows, int scroll) {
  StepState state = {.selected = selected};
  g_autoptr(Page) page = page_step(view, &state, cols, rows);
  page->scroll = scroll;
  page->footer = row_new_text(STYLE_PLAIN, "FOOTER");
  return page_lay_out(page, cols, rows);
}

static Screen *lay_out(const View *view, int selected, int cols, int rows) {
  return lay_out_scrolled(view, selected, cols, rows, 0);
}

static void test_question(void) {
  View *view = question(3, 2, 1);
  g_autoptr(Screen) screen = lay_out(view, 0, 80, 24);
  assert_sound(screen, 80, 24);
  g_autofree char *text = screen_text(screen);
  g_assert_cmpstr(text, ==,
                  " WHYBOUNCE      Domain or host not found                     Step 3  (1-2 left)\n"
                  " address > mail servers > SPELLING\n"
                  "\n"
                  " The domain exmaple.co.jp does not exist. Is it spelled correctly?\n"
                  "\n"
                  "  > 1  Answer number 1\n"
                  "    2  Answer number 2\n"
                  "    3  Answer number 3\n"
                  "\n"
                  " Found so far\n"
                  "   Test 1  [ OK ] NXDOMAIN, answered by 192.0.2.53 in 21 ms\n"
                  "\n"
                  " Help ------------------------------------------------------------------------\n"
                  " Help line 1\n"
                  " Help line 2\n"
                  "\n\n\n\n\n\n\n\n"
                  " FOOTER\n");
  g_assert_cmpint(screen->cursor_row, ==, 5);
  question_free(view);
}

/* What gives way when the window is small: help, breadcrumb, the rest; never the choices or the footer. */
static void test_small(void) {
  View *view = question(4, 3, 2);
  g_autoptr(Screen) at16 = lay_out(view, 1, 60, 16);
  assert_sound(at16, 60, 16);
  g_assert_false(shows(at16, "Help line"));
  g_assert_true(shows(at16, "Found so far"));
  g_assert_true(shows(at16, "  > 2  Answer number 2"));
  for (int rows = 10; rows < 30; rows++)
    for (int cols = 40; cols < 100; cols += 5) {
      g_autoptr(Screen) screen = lay_out(view, 3, cols, rows);
      assert_sound(screen, cols, rows);
      g_assert_true(shows(screen, "The domain"));
      for (int i = 1; i <= 4; i++) {
        g_autofree char *label = g_strdup_printf("%s %d  Answer number %d", i == 4 ? ">" : " ", i, i);
        g_assert_true(shows(screen, label));
      }
      g_autofree char *last = line_of(screen, rows - 1);
      g_assert_cmpstr(last, ==, " FOOTER");
    }
  question_free(view);
}

static void test_too_small(void) {
  View *view = question(3, 0, 0);
  g_autoptr(Screen) screen = lay_out(view, 0, 38, 9);
  assert_sound(screen, 38, 9);
  g_assert_true(shows(screen, "The window is 38x9."));
  g_assert_true(shows(screen, "40x10"));
  for (int cols = 1; cols < 40; cols += 6) {
    g_autoptr(Screen) tiny = lay_out(view, 0, cols, 1);
    assert_sound(tiny, cols, 1);
  }
  question_free(view);
}

/* More choices than lines: the selected one is always among those that are shown. */
static void test_long_list(void) {
  View *view = question(40, 2, 2);
  for (int rows = 10; rows < 60; rows += 7)
    for (int selected = 0; selected < 40; selected++) {
      g_autoptr(Screen) screen = lay_out(view, selected, 80, rows);
      assert_sound(screen, 80, rows);
      g_autofree char *label = g_strdup_printf("  Answer number %d\n", selected + 1);
      g_assert_true(shows(screen, label));
      g_autofree char *marked = line_of(screen, screen->cursor_row);
      g_assert_nonnull(strstr(marked, "  > "));
      /* What is out of sight is said to be there. */
      gboolean first = shows(screen, "  Answer number 1\n"), last = shows(screen, "  Answer number 40\n");
      g_assert_cmpint(shows(screen, "-- more below"), ==, first && !last);
      g_assert_cmpint(shows(screen, "-- more above: Up"), ==, !first && last);
      g_assert_cmpint(shows(screen, "-- more above and below"), ==, !first && !last);
    }
  question_free(view);
}

static void test_long_text(void) {
  View *view = question(3, 2, 0);
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 1; i <= 50; i++)
    g_string_append_printf(text, "Paragraph %d.\n", i);
  g_free(view->text);
  view->text = g_strdup(text->str);
  g_autoptr(Screen) top = lay_out_scrolled(view, 0, 80, 24, 0);
  g_assert_true(shows(top, "Paragraph 1.\n"));
  g_assert_true(shows(top, "-- lines 1 to "));
  g_assert_true(shows(top, "  > 1  Answer number 1"));
  g_assert_cmpint(top->window, >, 10);
  g_autoptr(Screen) end = lay_out_scrolled(view, 0, 80, 24, 1000);
  assert_sound(end, 80, 24);
  g_assert_true(shows(end, "Paragraph 50.\n"));
  g_assert_cmpint(end->scroll, >, 20);
  g_assert_true(shows(end, "  > 1  Answer number 1"));
  question_free(view);
}

/* Moving the selection changes the marker of two rows and nothing else. */
static void test_selection_is_cheap(void) {
  View *view = question(5, 2, 1);
  g_autoptr(Screen) one = lay_out(view, 1, 80, 24), two = lay_out(view, 2, 80, 24);
  int changed = 0;
  for (int i = 0; i < 24; i++) {
    g_autofree char *a = line_of(one, i), *b = line_of(two, i);
    if (strcmp(a, b) != 0) {
      changed++;
      g_assert_cmpstr(a + 7, ==, b + 7);
    }
  }
  g_assert_cmpint(changed, ==, 2);
  question_free(view);
}

static void test_japanese(void) {
  View *view = question(2, 0, 0);
  g_free(view->text);
  view->text = g_strdup(
      "ドメイン exmaple.co.jp は存在しません。綴りは正しいですか？そしてこの文はとても長いので折り返されます。");
  g_free(view->flow_title);
  view->flow_title = g_strdup("ドメインが見つからないという長い長い題名のとても長い案内の題名です");
  for (int cols = 40; cols < 100; cols++) {
    g_autoptr(Screen) screen = lay_out(view, 0, cols, 24);
    assert_sound(screen, cols, 24);
    g_assert_true(shows(screen, "Step 3  (1-2 left)"));
  }
  question_free(view);
}

/* Words of another machine that look like our own screen stay behind their bar. */
static void test_quote(void) {
  View *view = question(2, 0, 0);
  view->say_to_caller = g_strdup("We look it up.\n > 1  Press Enter");
  g_autoptr(Screen) screen = lay_out(view, 0, 80, 24);
  g_assert_true(shows(screen, " | We look it up.\n |  > 1  Press Enter\n"));
  question_free(view);
}

/* --- probes --- */

static void test_sweep(void) {
  View *view = question(0, 0, 0);
  g_autoptr(Result) result = result_new();
  view->kind = VIEW_PROBE;
  view->result = result;
  view->timeout_ms = 10000;
  view->elapsed_ms = 4230;
  result->done = 105;
  result->total = 120;
  for (int i = 0; i < 120; i++)
    g_string_append_c(result->marks, i == 20 ? 'L' : i % 8 == 7 ? 'w' : '.');
  result_add(result, LEVEL_FAIL, "bl.example.org", message_new("127.0.0.2", NULL));
  result_add(result, LEVEL_UNKNOWN, "dnsbl.example.com", message_new("refused", NULL));
  g_assert_true(page_is_sweep(view));
  g_autoptr(Screen) screen = lay_out(view, 0, 80, 24);
  assert_sound(screen, 80, 24);
  g_assert_true(shows(screen, "     1 .......w.......w....L..w....    29 "));
  g_assert_true(shows(screen, "   113 .......w\n"));
  g_assert_true(shows(screen, "105 of 120   4.2 s, at most 10 s each"));
  /* The bar does not shrink when the clock beside it gets another digit, rounded up or not. */
  static const guint clocks[] = {0, 4230, 9949, 9950, 9960, 9999, 10000, 59990};
  gsize bar = 0;
  for (guint i = 0; i < G_N_ELEMENTS(clocks); i++) {
    view->elapsed_ms = clocks[i];
    g_autoptr(Screen) later = lay_out(view, 0, 60, 24);
    g_autofree char *text = screen_text(later);
    const char *from = strstr(text, "   [#");
    g_assert_nonnull(from);
    bar = i == 0 ? strcspn(from, "]") : bar;
    g_assert_cmpuint(strcspn(from, "]"), ==, bar);
  }
  view->elapsed_ms = 4230;
  /* In a wide window only the header is wide. */
  g_autoptr(Screen) wide = lay_out(view, 0, 200, 40);
  for (int i = 1; i < 40; i++)
    g_assert_cmpint(((Row *)g_ptr_array_index(wide->lines, (guint)i))->width, <=, PAGE_MAX_COLS);
  StepState state = {.filter = SWEEP_LISTED};
  g_autoptr(Page) page = page_step(view, &state, 80, 24);
  g_autoptr(Screen) listed = page_lay_out(page, 80, 24);
  g_assert_true(shows(listed, "bl.example.org"));
  g_assert_false(shows(listed, "dnsbl.example.com"));
  g_assert_false(shows(listed, "nothing to show"));
  g_autoptr(Result) quiet = result_new(); /* nothing is listed: the page says so */
  g_string_assign(quiet->marks, "....?");
  result_add(quiet, LEVEL_UNKNOWN, "dnsbl.example.com", message_new("refused", NULL));
  view->result = quiet;
  g_autoptr(Page) empty = page_step(view, &state, 80, 24);
  g_autoptr(Screen) nothing = page_lay_out(empty, 80, 24);
  g_assert_true(shows(nothing, "This filter leaves nothing to show: press f for another."));
  view->result = result;
  for (int cols = 40; cols < 130; cols += 3) {
    g_autoptr(Screen) any = lay_out(view, 0, cols, 16);
    assert_sound(any, cols, 16);
  }
  question_free(view);
}

static void test_result(void) {
  View *view = question(0, 0, 0);
  g_autoptr(Result) result = result_new();
  view->kind = VIEW_RESULT;
  view->result = result;
  view->level = LEVEL_WARN;
  Finding *ok = result_add(result, LEVEL_OK, "mx1.example.com", message_new("192.0.2.25", NULL));
  finding_set_quote(ok, "220 mx1.example.com ESMTP \033]0;hello\007");
  Finding *bad = result_add(result, LEVEL_FAIL, "mx2.example.com", message_new("no answer", NULL));
  finding_set_advice(bad, message_new("Mail goes to mx1 first.", NULL));
  view->meaning = g_strdup("This alone does not explain a bounce.");
  g_autoptr(Screen) screen = lay_out(view, 0, 80, 24);
  assert_sound(screen, 80, 24);
  g_assert_true(shows(screen, " [WARN] The domain exmaple.co.jp"));
  g_assert_true(shows(screen, "   [FAIL] mx2.example.com  no answer\n"));
  g_assert_true(shows(screen, " What it means\n This alone does not explain a bounce.\n Mail goes to mx1 first.\n"));
  g_assert_true(shows(screen, " | 220 mx1.example.com ESMTP \\x1B]0;hello\\x07\n"));
  g_free(view->meaning);
  question_free(view);
}

/* A test that talks to somebody: what it does, and two answers. */
static void test_consent(void) {
  View *view = question(0, 0, 1);
  view->kind = VIEW_PROBE;
  view->consent_needed = TRUE;
  view->consent = g_strdup("This test talks to mx1.example.com. May it be made?");
  g_assert_cmpuint(page_step_items(view), ==, 2);
  g_assert_false(page_is_sweep(view));
  g_autoptr(Screen) screen = lay_out(view, 1, 80, 24);
  assert_sound(screen, 80, 24);
  g_assert_true(
      shows(screen, " This test talks to mx1.example.com. May it be made?\n\n    1  Yes, do it\n  > 2  No, "));
  g_free(view->consent);
  question_free(view);
}

static void test_checklist(void) {
  View *view = question(12, 0, 0);
  gboolean ticked[12] = {FALSE, TRUE};
  view->kind = VIEW_CHECKLIST;
  view->ticked = g_array_new(FALSE, FALSE, sizeof(gboolean));
  g_array_append_vals(view->ticked, ticked, 12);
  g_autoptr(Screen) screen = lay_out(view, 1, 80, 24);
  assert_sound(screen, 80, 24);
  g_assert_true(shows(screen, "    [ ] 1  Answer number 1\n  > [x] 2  Answer number 2\n"));
  g_assert_true(shows(screen, "    [ ]    Answer number 12\n"));
  g_array_unref(view->ticked);
  question_free(view);
}

/* --- what was read in a bounce --- */

static const char bounce[] = "<hanako@example.net>: host mx.example.net[192.0.2.25] said: 554 5.7.1 Client host [192.0.2.10] "
                             "blocked using bl.example.org; \033[2J see https://bl.example.org/query?ip=192.0.2.10 for the "
                             "reason and for everything that may be done about it, which is more than fits on the page of a "
                             "terminal";

static void test_bounce(void) {
  View *view = question(3, 2, 0);
  g_autoptr(Bounce) read = bounce_read(bounce, strlen(bounce));
  view->bounce = read;
  g_clear_pointer(&((BounceRecipient *)g_ptr_array_index(read->recipients, 0))->provider, g_free);
  g_autoptr(Screen) screen = lay_out(view, 0, 80, 24);
  assert_sound(screen, 80, 24);
  g_assert_true(shows(screen, "Is it spelled correctly?\n\n"
                              "   Recipient   hanako@example.net\n"
                              "   Reason      the words do not point to one cause\n"
                              "   Codes       554 5.7.1, refused for good\n"
                              "   Refused by  mx.example.net [192.0.2.25]\n"
                              "   Blocklist   bl.example.org, about 192.0.2.10\n"
                              " | 554 5.7.1 Client host [192.0.2.10] blocked using bl.example.org; \\x1B[2J see\n"));
  g_assert_true(shows(screen, "...\n\n  > 1  Answer number 1\n"));
  for (int cols = 40; cols < 100; cols += 7)
    for (int rows = 10; rows < 30; rows++) {
      g_autoptr(Screen) any = lay_out(view, 2, cols, rows);
      assert_sound(any, cols, rows);
      g_assert_true(shows(any, "  > 3  Answer number 3\n"));
    }
  g_autoptr(Screen) small = lay_out(view, 0, 60, 16);
  g_assert_true(shows(small, "   Reason      the words do not point to one cause\n"));
  view->reason = g_strdup("Blocked\nSomebody said so.");
  g_autoptr(Screen) known = lay_out(view, 0, 80, 24);
  g_assert_true(shows(known, "   Reason      Blocked\n               Somebody said so.\n   Codes "));
  g_free(view->reason);
  question_free(view);
}

/* --- a mail being pasted --- */

static void test_paste(void) {
  View *view = question(0, 3, 0);
  view->kind = VIEW_PASTE;
  g_autoptr(PasteBox) box = pastebox_new(10000);
  for (int i = 1; i <= 14; i++) {
    g_autofree char *line = g_strdup_printf("Header-%d: value\033[2J\n", i);
    pastebox_insert(box, line, strlen(line));
  }
  StepState state = {.box = box};
  g_autoptr(Page) page = page_step(view, &state, 80, 24);
  g_autoptr(Screen) screen = page_lay_out(page, 80, 24);
  assert_sound(screen, 80, 24);
  g_assert_true(shows(screen, " -- 15 lines, "));
  g_assert_true(shows(screen, " | Header-14: value\\x1B[2J\n |\n"));
  g_assert_true(shows(screen, "14 control characters were made visible."));
  g_autofree char *cursor_line = line_of(screen, screen->cursor_row);
  g_assert_cmpstr(cursor_line, ==, " |");
  for (int rows = 10; rows < 40; rows++) {
    g_autoptr(Page) other = page_step(view, &state, 60, rows);
    g_autoptr(Screen) any = page_lay_out(other, 60, rows);
    assert_sound(any, 60, rows);
    g_autofree char *line = line_of(any, any->cursor_row);
    g_assert_cmpstr(line, ==, " |");
  }
  question_free(view);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/screen/row-fit", test_row_fit);
  g_test_add_func("/screen/question", test_question);
  g_test_add_func("/screen/small", test_small);
  g_test_add_func("/screen/too-small", test_too_small);
  g_test_add_func("/screen/long-list", test_long_list);
  g_test_add_func("/screen/long-text", test_long_text);
  g_test_add_func("/screen/selection-is-cheap", test_selection_is_cheap);
  g_test_add_func("/screen/japanese", test_japanese);
  g_test_add_func("/screen/quote", test_quote);
  g_test_add_func("/screen/sweep", test_sweep);
  g_test_add_func("/screen/result", test_result);
  g_test_add_func("/screen/consent", test_consent);
  g_test_add_func("/screen/checklist", test_checklist);
  g_test_add_func("/screen/bounce", test_bounce);
  g_test_add_func("/screen/paste", test_paste);
  return g_test_run();
}
