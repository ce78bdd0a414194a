#include "base/diag.h"

#include <string.h>

static void test_order(void) {
  g_autoptr(Diags) diags = diags_new();
  diags_add(diags, "b.yaml", 2, 1, DIAG_ERROR, "four");
  diags_add(diags, "a.yaml", 10, 1, DIAG_WARNING, "three");
  diags_add(diags, "a.yaml", 9, 7, DIAG_ERROR, "second at one place");
  diags_add(diags, "a.yaml", 9, 3, DIAG_ERROR, "one");
  diags_add(diags, "a.yaml", 9, 7, DIAG_ERROR, "third at one place");
  static const char *const expected[] = {
      "a.yaml:9:3: error: one",
      "a.yaml:9:7: error: second at one place",
      "a.yaml:9:7: error: third at one place",
      "a.yaml:10:1: warning: three",
      "b.yaml:2:1: error: four",
  };
  g_assert_cmpuint(diags_length(diags), ==, G_N_ELEMENTS(expected));
  for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
    g_autofree char *line = diag_format(diags_get(diags, i));
    g_assert_cmpstr(line, ==, expected[i]);
  }
  g_assert_null(diags_get(diags, 5));
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 4);
  g_assert_cmpuint(diags_count(diags, DIAG_WARNING), ==, 1);
}

static void test_places(void) {
  g_autoptr(Diags) diags = diags_new();
  diags_add(diags, "x.yaml", 0, 0, DIAG_ERROR, "whole file");
  diags_add(diags, "x.yaml", 3, 0, DIAG_ERROR, "line %d of %s", 3, "it");
  g_autofree char *whole = diag_format(diags_get(diags, 0));
  g_autofree char *line = diag_format(diags_get(diags, 1));
  g_assert_cmpstr(whole, ==, "x.yaml: error: whole file");
  g_assert_cmpstr(line, ==, "x.yaml:3: error: line 3 of it");
}

static void test_hostile(void) {
  g_autoptr(Diags) diags = diags_new();
  diags_add(diags, "a\x1B[2J.yaml", 1, 1, DIAG_ERROR, "key \"%s\"", "\x1B]0;x\x07\n\u202E");
  g_autofree char *line = diag_format(diags_get(diags, 0));
  g_assert_cmpstr(line, ==, "a\\x1B[2J.yaml:1:1: error: key \"\\x1B]0;x\\x07\\x0A\\u{202E}\"");

  g_autofree char *long_key = g_strnfill(100000, 'k');
  diags_add(diags, "z.yaml", 1, 1, DIAG_ERROR, "key \"%s\"", long_key);
  g_assert_cmpuint(strlen(diags_get(diags, 1)->text), <, 1100);
}

static void test_limit(void) {
  g_autoptr(Diags) diags = diags_new();
  for (int i = 0; i < 5000; i++)
    diags_add(diags, "x.yaml", 5000 - i, 1, i % 2 ? DIAG_ERROR : DIAG_WARNING, "fault %d", i);
  g_assert_cmpuint(diags_length(diags), ==, 200);
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 2500);
  g_assert_cmpuint(diags_count(diags, DIAG_WARNING), ==, 2500);
  for (guint i = 1; i < 200; i++)
    g_assert_cmpint(diags_get(diags, i - 1)->line, <, diags_get(diags, i)->line);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/diag/order", test_order);
  g_test_add_func("/diag/places", test_places);
  g_test_add_func("/diag/hostile", test_hostile);
  g_test_add_func("/diag/limit", test_limit);
  return g_test_run();
}
