#include "base/message.h"

#include "base/catalogue.h"
#include "base/text.h"

#include <string.h>

static void assert_text(const Message *message, const char *expected) {
  g_autofree char *text = message_text(message, NULL, NULL);
  g_assert_cmpstr(text, ==, expected);
}

static void test_values(void) {
  g_autoptr(Message) message =
      message_new(N_("{host} has {n} addresses in {host}."), "host", "mx.example.com", "n", "2", NULL);
  assert_text(message, "mx.example.com has 2 addresses in mx.example.com.");
  message_set(message, "host", "other.example.com");
  message_set_number(message, "n", -3);
  assert_text(message, "other.example.com has -3 addresses in other.example.com.");
  message_set(message, "n", NULL); /* changes nothing */
  assert_text(message, "other.example.com has -3 addresses in other.example.com.");
  assert_text(NULL, "");

  g_autoptr(Message) holey = message_new("{a} and {b}", "a", NULL, "b", "B", NULL);
  assert_text(holey, "? and B");
}

static void test_no_second_expansion(void) {
  g_autoptr(Message) message = message_new("{a} {b}", "a", "{b} {{", "b", "secret", NULL);
  assert_text(message, "{b} {{ secret");
}

static void test_braces(void) {
  g_autoptr(Message) message = message_new("{{x}} {x} {} {a b} }} } {x", "x", "1", NULL);
  assert_text(message, "{x} 1 {} {a b} } } {x");
  g_autoptr(Message) names =
      message_new("{mx.hosts} {a-b} {a_b} {7}", "mx.hosts", "1", "a-b", "2", "a_b", "3", "7", "4", NULL);
  assert_text(names, "1 2 3 4");
}

static void test_hostile_values(void) {
  g_autoptr(Message) message = message_new("<{x}>", "x", "\x1B[2J\n\u202E\xFF", NULL);
  assert_text(message, "<\\x1B[2J\\x0A\\u{202E}\\xFF>");
  g_autofree char *large = g_strnfill(1 << 20, 'x');
  message_set(message, "x", large);
  g_autofree char *text = message_text(message, NULL, NULL);
  g_assert_cmpuint(strlen(text), <, TEXT_MAX_REMOTE + 100);
}

static char *look_up(const char *name, gpointer user) {
  guint *calls = user;
  (*calls)++;
  return strcmp(name, "known") ? NULL : g_strdup("found");
}

static void test_lookup(void) {
  guint calls = 0;
  g_autoptr(Message) message = message_new("{own} {known} {nobody}", "own", "mine", NULL);
  g_autofree char *text = message_text(message, look_up, &calls);
  g_assert_cmpstr(text, ==, "mine found ?");
  g_assert_cmpuint(calls, ==, 2);
}

static void test_languages(void) {
  g_autoptr(Message) message = message_new("English {x}", "x", "1", "ja", "a value called ja", NULL);
  message_set_language(message, "ja", "日本語 {x}");
  assert_text(message, "English 1");
  message_set_language(message, "en", "Own English {x}");
  assert_text(message, "Own English 1");
}

static void test_equal_and_copy(void) {
  g_autoptr(Message) a = message_new("{a}{b}", "a", "1", "b", "2", NULL);
  g_autoptr(Message) b = message_new("{a}{b}", "b", "2", "a", "1", NULL);
  g_autoptr(Message) c = message_copy(a);
  g_assert_true(message_equal(a, b));
  g_assert_true(message_equal(a, c));
  message_set(c, "a", "3");
  g_assert_false(message_equal(a, c));
  assert_text(a, "12");
  g_autoptr(Message) d = message_new("{a}{b}", "a", "1", NULL);
  g_assert_false(message_equal(a, d));
  message_set_tr(d, "b", "2");
  g_assert_false(message_equal(a, d)); /* one is translated, one is not */
  g_autoptr(Message) e = message_new("other", "a", "1", "b", "2", NULL);
  g_assert_false(message_equal(a, e));
  g_assert_true(message_equal(NULL, NULL));
  g_assert_false(message_equal(a, NULL));
  g_assert_null(message_copy(NULL));
  g_assert_cmpstr(message_id(a), ==, "{a}{b}");
}

static void test_placeholders(void) {
  char *fault = NULL;
  g_auto(GStrv) names = message_placeholders("{a} {mx.hosts} {{no}} {a} {x-y}", &fault);
  g_autofree char *joined = g_strjoinv(" ", names);
  g_assert_cmpstr(joined, ==, "a mx.hosts x-y");
  g_assert_null(fault);

  static const struct {
    const char *id, *words;
  } broken[] = {
      {"日本 {x", "{ at character 4 is never closed"}, {"a {} b", "{} at character 3 are empty"},
      {"a } b", "} at character 3 closes nothing"},    {"{a b}", "character 1 may only hold"},
      {"{日}", "character 1 may only hold"},           {"{a} {", "character 5 is never closed"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
    char *told = NULL;
    g_strfreev(message_placeholders(broken[i].id, &told));
    if (!told || !strstr(told, broken[i].words))
      g_error("%s: %s", broken[i].id, told);
    g_free(told);
  }
}

static void assert_round_trip(const Message *message) {
  g_autofree char *line = message_format(message);
  g_assert_true(text_is_safe(line));
  g_autoptr(Message) parsed = message_parse(line);
  g_assert_nonnull(parsed);
  g_assert_true(message_equal(message, parsed));
  g_autofree char *again = message_format(parsed);
  g_assert_cmpstr(line, ==, again);
}

static void test_written_form(void) {
  g_autoptr(Message) message = message_new("{host} is {state}", "host", "mx.example.com", NULL);
  message_set_tr(message, "state", "not known");
  message_set_language(message, "ja", "二行\nの文");
  g_autofree char *line = message_format(message);
  g_assert_cmpstr(line, ==, "{host} is {state}|host=mx.example.com|state~not known|ja@二行\\nの文");
  assert_round_trip(message);

  static const char *const pieces[] = {"|", "\\", "\n", "p", "n", "=",    "~",   "@",
                                       "a", "日", "{",  "}", " ", "\x1B", "\xFF"};
  for (int round = 0; round < 2000; round++) {
    g_autoptr(GString) value = g_string_new(NULL);
    for (int n = g_test_rand_int_range(0, 12); n > 0; n--)
      g_string_append(value, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    g_autofree char *safe = text_safe(value->str, -1, 0, TEXT_LINES, NULL);
    g_autoptr(Message) random = message_new(safe, "a", value->str, "b.c-d_e", value->str, NULL);
    message_set_tr(random, "t", value->str);
    message_set_language(random, "en", value->str);
    assert_round_trip(random);
  }
}

static void test_hostile_form(void) {
  static const char *const broken[] = {"a|", "a|x", "a|=v", "a|x!v", "a|x=\\", "a\\", "a\\q", "a|x=\\q", "a||x=1"};
  for (gsize i = 0; i < G_N_ELEMENTS(broken); i++)
    g_assert_null(message_parse(broken[i]));
  g_autoptr(Message) unsafe = message_parse("\x1B[2J {x}|x=\u202E\xFF");
  assert_text(unsafe, "\\x1B[2J \\u{202E}\\xFF");
  g_autoptr(Message) empty = message_parse("");
  assert_text(empty, "");
  g_autoptr(GString) many = g_string_new("a");
  for (int i = 0; i < 100000; i++)
    g_string_append(many, "|x=1");
  g_assert_null(message_parse(many->str));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/message/values", test_values);
  g_test_add_func("/message/no-second-expansion", test_no_second_expansion);
  g_test_add_func("/message/braces", test_braces);
  g_test_add_func("/message/hostile-values", test_hostile_values);
  g_test_add_func("/message/lookup", test_lookup);
  g_test_add_func("/message/languages", test_languages);
  g_test_add_func("/message/equal-and-copy", test_equal_and_copy);
  g_test_add_func("/message/placeholders", test_placeholders);
  g_test_add_func("/message/written-form", test_written_form);
  g_test_add_func("/message/hostile-form", test_hostile_form);
  return g_test_run();
}
