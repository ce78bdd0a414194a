#include "base/text.h"
#include "ui/textbox.h"

#include <string.h>

static void type(Field *field, const char *text) {
  field_insert(field, text, strlen(text));
}

static void assert_view(const Field *field, int cols, const char *expected, int expected_col) {
  int col = -1;
  g_autofree char *view = field_view(field, cols, &col);
  g_assert_cmpstr(view, ==, expected);
  g_assert_cmpint(col, ==, expected_col);
}

static void test_field_edit(void) {
  g_autoptr(Field) field = field_new(NULL);
  type(field, "taro@exmple.jp");
  for (int i = 0; i < 7; i++)
    g_assert_true(field_command(field, CMD_LEFT));
  type(field, "a");
  g_assert_cmpstr(field->bytes->str, ==, "taro@example.jp");
  field_command(field, CMD_CLEAR_TO_END);
  g_assert_cmpstr(field->bytes->str, ==, "taro@exa");
  field_command(field, CMD_FIRST);
  field_command(field, CMD_ERASE);
  g_assert_cmpstr(field->bytes->str, ==, "aro@exa");
  field_command(field, CMD_LAST);
  field_command(field, CMD_ERASE_BACK);
  g_assert_cmpstr(field->bytes->str, ==, "aro@ex");
  field_command(field, CMD_CLEAR_TO_START);
  g_assert_cmpstr(field->bytes->str, ==, "");
  field_command(field, CMD_ERASE_BACK);
  g_assert_false(field_command(field, CMD_QUIT));
}

/* What a person takes for one character goes in one step. */
static void test_field_characters(void) {
  g_autoptr(Field) field = field_new(NULL);
  type(field, "か\u3099日é");
  assert_view(field, 20, "か\u3099日é", 5);
  field_command(field, CMD_ERASE_BACK);
  field_command(field, CMD_ERASE_BACK);
  g_assert_cmpstr(field->bytes->str, ==, "か\u3099");
  field_command(field, CMD_LEFT);
  g_assert_cmpuint(field->cursor, ==, 0);
  field_command(field, CMD_ERASE);
  g_assert_cmpstr(field->bytes->str, ==, "");
}

/* Bytes stay as they are, and what cannot be seen is seen and can be deleted by itself. */
static void test_field_hidden(void) {
  g_autoptr(Field) field = field_new(NULL);
  type(field, "a\u200B\377b\033");
  assert_view(field, 40, "a\\u{200B}\\xFFb\\x1B", 18);
  field_command(field, CMD_ERASE_BACK);
  field_command(field, CMD_ERASE_BACK);
  field_command(field, CMD_ERASE_BACK);
  g_assert_cmpstr(field->bytes->str, ==, "a\u200B");
  field_command(field, CMD_ERASE_BACK);
  g_assert_cmpstr(field->bytes->str, ==, "a");
}

static void test_field_window(void) {
  g_autoptr(Field) field = field_new("0123456789");
  assert_view(field, 11, "0123456789", 10);
  assert_view(field, 6, "56789", 5);
  field_command(field, CMD_FIRST);
  assert_view(field, 6, "012345", 0);
  g_autoptr(Field) wide = field_new("日本語日本語");
  for (int cols = 4; cols < 20; cols++) {
    int col = -1;
    g_autofree char *view = field_view(wide, cols, &col);
    g_assert_cmpint(text_width(view), <=, cols);
    g_assert_cmpint(col, <, cols);
  }
}

static void test_field_paste(void) {
  g_autoptr(Field) field = field_new("old@example.com");
  field_paste(field, "\r\n new@example.com \r\nx\n", 23);
  g_assert_cmpstr(field->bytes->str, ==, " new@example.com   x");
  field_paste(field, "y", 1);
  g_assert_cmpstr(field->bytes->str, ==, " new@example.com   xy");
  g_autofree char *big = g_strnfill(3 * FIELD_MAX, 'z');
  field_paste(field, big, 3 * FIELD_MAX);
  g_assert_cmpuint(field->bytes->len, ==, FIELD_MAX);
}

static void test_field_secret(void) {
  g_autoptr(Field) field = field_new(NULL);
  field->secret = TRUE;
  type(field, "päß");
  assert_view(field, 10, "***", 3);
}

/* --- the box --- */

static void insert(PasteBox *box, const char *text) {
  pastebox_insert(box, text, strlen(text));
}

static void test_box_lines(void) {
  g_autoptr(PasteBox) box = pastebox_new(1000);
  g_assert_cmpuint(pastebox_lines(box), ==, 1);
  insert(box, "one\r\ntwo\r");
  insert(box, "\nthree\rfour\n");
  g_assert_cmpstr(box->bytes->str, ==, "one\ntwo\nthree\nfour\n");
  g_assert_cmpuint(pastebox_lines(box), ==, 5);
  g_assert_cmpuint(pastebox_line(box), ==, 4);
}

static void test_box_edit(void) {
  g_autoptr(PasteBox) box = pastebox_new(1000);
  insert(box, "one\ntwo\nthree");
  pastebox_command(box, CMD_UP, 10);
  pastebox_command(box, CMD_FIRST, 10);
  insert(box, "1\n2");
  g_assert_cmpstr(box->bytes->str, ==, "one\n1\n2two\nthree");
  g_assert_cmpuint(pastebox_lines(box), ==, 4);
  pastebox_command(box, CMD_ERASE_BACK, 10);
  pastebox_command(box, CMD_ERASE_BACK, 10);
  g_assert_cmpstr(box->bytes->str, ==, "one\n1two\nthree");
  g_assert_cmpuint(pastebox_lines(box), ==, 3);
  pastebox_command(box, CMD_PAGE_UP, 10);
  g_assert_cmpuint(pastebox_line(box), ==, 0);
  pastebox_command(box, CMD_LAST, 10);
  pastebox_command(box, CMD_ERASE, 10);
  g_assert_cmpstr(box->bytes->str, ==, "one1two\nthree");
  pastebox_command(box, CMD_PAGE_DOWN, 10);
  g_assert_cmpuint(pastebox_line(box), ==, 1);
  pastebox_command(box, CMD_CLEAR_TO_END, 10);
  g_assert_cmpstr(box->bytes->str, ==, "one1two\nthr");
  pastebox_command(box, CMD_CLEAR, 10);
  g_assert_cmpuint(box->bytes->len, ==, 0);
  g_assert_cmpuint(pastebox_lines(box), ==, 1);
}

static void test_box_hidden(void) {
  g_autoptr(PasteBox) box = pastebox_new(1000);
  insert(box, "a\033b\n");
  g_assert_cmpuint(pastebox_hidden(box), ==, 1);
  insert(box, "\007\t\u200B\nplain");
  g_assert_cmpuint(pastebox_hidden(box), ==, 3);
  pastebox_command(box, CMD_UP, 10);
  pastebox_command(box, CMD_FIRST, 10);
  pastebox_command(box, CMD_ERASE, 10);
  g_assert_cmpuint(pastebox_hidden(box), ==, 2);
}

static void test_box_view(void) {
  g_autoptr(PasteBox) box = pastebox_new(1000);
  for (int i = 0; i < 20; i++) {
    g_autofree char *line = g_strdup_printf("line %d \033[2J and much more of it\n", i);
    insert(box, line);
  }
  int row = -1, col = -1;
  g_autoptr(GPtrArray) end = pastebox_view(box, 6, 20, &row, &col);
  g_assert_cmpuint(end->len, ==, 6);
  g_assert_cmpint(row, ==, 5);
  g_assert_cmpint(col, ==, 0);
  g_assert_cmpstr(g_ptr_array_index(end, 4), ==, "line 19 \\x1B[2J a...");
  for (int i = 0; i < 12; i++)
    pastebox_command(box, CMD_UP, 6);
  g_autoptr(GPtrArray) middle = pastebox_view(box, 6, 20, &row, &col);
  g_assert_cmpint(row, ==, 0);
  for (guint i = 0; i < middle->len; i++) {
    g_assert_true(text_is_safe(g_ptr_array_index(middle, i)));
    g_assert_cmpint(text_width(g_ptr_array_index(middle, i)), <=, 20);
  }
}

static void test_box_full(void) {
  g_autoptr(PasteBox) box = pastebox_new(10);
  insert(box, "0123456");
  g_assert_false(box->cut);
  insert(box, "789abc");
  g_assert_true(box->cut);
  g_assert_cmpstr(box->bytes->str, ==, "0123456789");
  pastebox_command(box, CMD_CLEAR, 6);
  g_assert_false(box->cut);
}

/* Four megabytes in pieces, as a terminal brings them, looked at after each. */
static void test_box_big(void) {
  g_autoptr(PasteBox) box = pastebox_new(4 << 20);
  g_autoptr(GString) piece = g_string_new(NULL);
  while (piece->len < 4096)
    g_string_append(piece, "Received: from mx.example.com by mx.example.net; \033[2J\r\n");
  gint64 start = g_get_monotonic_time();
  for (guint i = 0; i < 1024; i++) {
    int row, col;
    pastebox_insert(box, piece->str, piece->len);
    pastebox_hidden(box);
    g_ptr_array_unref(pastebox_view(box, 6, 78, &row, &col));
  }
  g_assert_cmpuint(box->bytes->len, >, 4000000);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/field/edit", test_field_edit);
  g_test_add_func("/field/characters", test_field_characters);
  g_test_add_func("/field/hidden", test_field_hidden);
  g_test_add_func("/field/window", test_field_window);
  g_test_add_func("/field/paste", test_field_paste);
  g_test_add_func("/field/secret", test_field_secret);
  g_test_add_func("/box/lines", test_box_lines);
  g_test_add_func("/box/edit", test_box_edit);
  g_test_add_func("/box/hidden", test_box_hidden);
  g_test_add_func("/box/view", test_box_view);
  g_test_add_func("/box/full", test_box_full);
  g_test_add_func("/box/big", test_box_big);
  return g_test_run();
}
