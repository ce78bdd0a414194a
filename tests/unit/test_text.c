#include "base/text.h"

#include <string.h>

static void assert_safe(const char *bytes, gssize len, gsize max, TextFlags flags, const char *expected) {
  g_autofree char *safe = text_safe(bytes, len, max, flags, NULL);
  g_assert_cmpstr(safe, ==, expected);
  /* Whatever it made, it must take for safe itself. */
  g_assert_true(text_lines_are_safe(safe));
  g_autofree char *again = text_safe(safe, -1, 0, flags, NULL);
  g_assert_cmpstr(again, ==, safe);
}

static void test_safe_escapes(void) {
  static const struct {
    const char *bytes, *expected;
  } cases[] = {
      {"", ""},
      {"plain ASCII ~ text", "plain ASCII ~ text"},
      {"日本語とé", "日本語とé"},
      {"\x1B]0;title\x07 x", "\\x1B]0;title\\x07 x"},               /* OSC: window title */
      {"\x1B[2J\x1B[1;1Hconnected", "\\x1B[2J\\x1B[1;1Hconnected"}, /* CSI: repaint */
      {"a\bb\x7F", "a\\x08b\\x7F"},
      {"\xC2\x9B"
       "2J",
       "\\x9B"
       "2J"}, /* C1 CSI as UTF-8 */
      {"\x9B"
       "2J",
       "\\x9B"
       "2J"},                                /* C1 CSI as a raw byte */
      {"gpj.\u202Eexe", "gpj.\\u{202E}exe"}, /* RLO */
      {"a\u200Bb\u2066c\uFEFF\u00AD\u061C", "a\\u{200B}b\\u{2066}c\\u{FEFF}\\u{AD}\\u{61C}"},
      {"x\U000E0041\U000E007F", "x\\u{E0041}\\u{E007F}"}, /* tags */
      {"\u2028\u2029", "\\u{2028}\\u{2029}"},
      {"\u3164\u115F\uFFA0", "\\u{3164}\\u{115F}\\u{FFA0}"}, /* fillers */
      {"\uFDD0\U0001FFFE\U0010FFFF", "\\u{FDD0}\\u{1FFFE}\\u{10FFFF}"},
      {"\xC0\xAF", "\\xC0\\xAF"}, /* overlong "/" */
      {"\xE0\x80\xAF", "\\xE0\\x80\\xAF"},
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},          /* surrogate */
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"}, /* past U+10FFFF */
      {"\xFF\xFE", "\\xFF\\xFE"},
      {"end \xE3\x81", "end \\xE3\\x81"}, /* truncated */
      {"か\u3099", "か\u3099"},           /* a base and its mark */
      {"葛\U000E0100", "葛\U000E0100"},   /* a variant of a kanji */
      {"\u0301x", "\\u{301}x"},           /* a mark on our own text */
      {"a\tb\nc\r", "a\\x09b\\x0Ac\\x0D"},
      {"back\\slash", "back\\slash"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_safe(cases[i].bytes, -1, 0, TEXT_LINE, cases[i].expected);
  assert_safe("a\0b", 3, 0, TEXT_LINE, "a\\x00b");
  assert_safe(NULL, 0, 0, TEXT_LINE, "");
}

static void test_safe_lines(void) {
  assert_safe("a\r\nb\rc\nd", -1, 0, TEXT_LINES, "a\nb\nc\nd");
  assert_safe("\r\n\n", -1, 0, TEXT_LINES, "\n\n");
  assert_safe("a\tb", -1, 0, TEXT_LINES, "a       b");
  assert_safe("x\n\tb\t\tc", -1, 0, TEXT_LINES, "x\n        b               c");
  assert_safe("日本\tb", -1, 0, TEXT_LINES, "日本    b");
  assert_safe("a\n\u0301", -1, 0, TEXT_LINES, "a\n\\u{301}");
  assert_safe("a\vb\f", -1, 0, TEXT_LINES, "a\\x0Bb\\x0C");
}

static void test_safe_marks(void) {
  assert_safe("a\u0301\u0301\u0301\u0301\u0301\u0301b", -1, 0, TEXT_LINE, "a\u0301\u0301\u0301\u0301\\u{301}\\u{301}b");
  g_autoptr(GString) zalgo = g_string_new("a");
  for (int i = 0; i < 5000; i++)
    g_string_append(zalgo, "\u0336");
  guint hidden = 0;
  g_autofree char *safe = text_safe(zalgo->str, -1, 0, TEXT_LINE, &hidden);
  g_assert_cmpuint(hidden, ==, 4996);
  g_assert_true(text_is_safe(safe));
  g_assert_false(text_is_safe(zalgo->str));
}

static void test_safe_limits(void) {
  assert_safe("0123456789", -1, 4, TEXT_LINE, "0123... (10 bytes)");
  assert_safe("0123", -1, 4, TEXT_LINE, "0123");
  /* A cut never splits a character. */
  assert_safe("日本語", -1, 4, TEXT_LINE, "日... (9 bytes)");
  assert_safe("日本語", -1, 1, TEXT_LINE, "... (9 bytes)");
  assert_safe("\x80\x80\x80\x80\x80\x80", -1, 5, TEXT_LINE, "\\x80\\x80\\x80\\x80\\x80... (6 bytes)");

  g_autofree char *big = g_strnfill(1 << 20, 'x');
  g_autofree char *cut = text_safe(big, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  g_assert_cmpuint(strlen(cut), ==, TEXT_MAX_REMOTE + strlen("... (1048576 bytes)"));
  memset(big, '\t', 1 << 20);
  g_autofree char *tabs = text_safe(big, -1, 0, TEXT_LINES, NULL);
  g_assert_cmpuint(strlen(tabs), ==, 8u << 20);
}

static void test_safe_counts(void) {
  guint hidden = 99;
  g_free(text_safe("plain", -1, 0, TEXT_LINE, &hidden));
  g_assert_cmpuint(hidden, ==, 0);
  g_free(text_safe("\x1B[2J \xFF é \u200B\n", -1, 0, TEXT_LINE, &hidden));
  g_assert_cmpuint(hidden, ==, 4);
}

static void test_is_safe(void) {
  g_assert_true(text_is_safe(""));
  g_assert_true(text_is_safe("plain 日本語 か\u3099"));
  g_assert_false(text_is_safe("a\nb"));
  g_assert_true(text_lines_are_safe("a\nb"));
  g_assert_false(text_lines_are_safe("a\r\nb"));
  g_assert_false(text_lines_are_safe("a\tb"));
  g_assert_false(text_is_safe("\x1B"));
  g_assert_false(text_is_safe("\xE3\x81"));
  g_assert_false(text_is_safe("\u202E"));
}

/* Every byte string becomes safe, and stays as it is from then on. */
static void test_safe_random(void) {
  static const char *const pieces[] = {"a",      " ",      "\n",       "\r",   "\t",       "\x1B",       "\u0301",
                                       "\u200B", "日",     "\xE3",     "\x80", "\xF0\x9F", "\U000E0041", "\\",
                                       "{",      "\u202E", "\xC2\x9B", "〜",   "\u3099"};
  for (int round = 0; round < 3000; round++) {
    g_autoptr(GString) bytes = g_string_new(NULL);
    for (int n = g_test_rand_int_range(0, 30); n > 0; n--)
      g_string_append(bytes, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    TextFlags flags = (TextFlags)g_test_rand_int_range(0, 2);
    gsize max = (gsize)g_test_rand_int_range(0, 40);
    g_autofree char *safe = text_safe(bytes->str, (gssize)bytes->len, max, flags, NULL);
    g_assert_true(flags == TEXT_LINES ? text_lines_are_safe(safe) : text_is_safe(safe));
    g_autofree char *again = text_safe(safe, -1, 0, flags, NULL);
    g_assert_cmpstr(safe, ==, again);
  }
}

static void test_width(void) {
  g_assert_cmpint(text_width(""), ==, 0);
  g_assert_cmpint(text_width("abc"), ==, 3);
  g_assert_cmpint(text_width("日本語"), ==, 6);
  g_assert_cmpint(text_width("ｶﾞ"), ==, 2);
  g_assert_cmpint(text_width("か\u3099"), ==, 2);
  g_assert_cmpint(text_width("ｅ\u0301"), ==, 2);
  /* Ambiguous ones count one. */
  g_assert_cmpint(text_width("─→●…“①"), ==, 6);
  g_assert_cmpint(text_char_width(U'😀'), ==, 2);
  g_assert_cmpint(text_char_width(0x301), ==, 0);
  g_assert_cmpint(text_char_width('\n'), ==, 0);
  g_assert_cmpint(text_char_width('a'), ==, 1);
}

static void assert_fit(const char *text, int cols, const char *fitted, const char *padded) {
  g_autofree char *fit = text_fit(text, cols);
  g_autofree char *pad = text_pad(text, cols);
  g_assert_cmpstr(fit, ==, fitted);
  g_assert_cmpstr(pad, ==, padded);
  g_assert_cmpint(text_width(pad), ==, MAX(cols, 0));
}

static void test_fit(void) {
  assert_fit("abcdef", 6, "abcdef", "abcdef");
  assert_fit("abcdef", 8, "abcdef", "abcdef  ");
  assert_fit("abcdef", 5, "ab...", "ab...");
  assert_fit("abcdef", 3, "...", "...");
  assert_fit("abcdef", 2, "..", "..");
  assert_fit("abcdef", 0, "", "");
  assert_fit("abcdef", -3, "", "");
  assert_fit("日本語版", 8, "日本語版", "日本語版");
  assert_fit("日本語版", 7, "日本...", "日本...");
  assert_fit("日本語版", 6, "日...", "日... ");
  assert_fit("か\u3099か\u3099", 4, "か\u3099か\u3099", "か\u3099か\u3099");
}

/* `expected`: the lines joined by "|". */
static void assert_wrap(const char *text, int cols, int indent, const char *expected) {
  g_auto(GStrv) lines = text_wrap(text, cols, indent);
  g_autofree char *joined = g_strjoinv("|", lines);
  g_assert_cmpstr(joined, ==, expected);
}

static void test_append_wrapped(void) {
  g_autoptr(GString) out = g_string_new("before\n");
  text_append_wrapped(out, "  - ", 12, "one two three");
  text_append_wrapped(out, "", 20, "");
  text_append_wrapped(out, "\xE3\x83\xBB", 6, "\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB"); /* two columns, and a word of six */
  g_assert_cmpstr(out->str, ==,
                  "before\n  - one two\n    three\n\n\xE3\x83\xBB\xE3\x83\xA1\xE3\x83\xBC\n  \xE3\x83\xAB\n");
}

static void test_wrap_english(void) {
  assert_wrap("", 10, 0, "");
  assert_wrap("one two three", 20, 0, "one two three");
  assert_wrap("one two three", 7, 0, "one two|three");
  assert_wrap("one two three", 6, 0, "one|two|three");
  assert_wrap("one  two   ", 4, 0, "one|two");
  assert_wrap("one two three", 9, 2, "one two|  three");
  assert_wrap("one two three four", 9, 2, "one two|  three|  four");
  assert_wrap("one two three four", 12, 2, "one two|  three four");
  assert_wrap("one abcdefghij", 10, 2, "one|  abcdefgh|  ij");
  assert_wrap("a\nb\n\nc\n", 10, 0, "a|b||c|");
  assert_wrap("a\nlong text", 6, 2, "a|  long|  text");
  assert_wrap("  kept", 10, 0, "  kept");
  assert_wrap("set it to 0 . now", 11, 0, "set it to|0 . now");
  assert_wrap("a blank ( ) here", 9, 0, "a blank|( ) here");
  /* What may have to be copied stays whole... */
  assert_wrap("see mx-1.example.com now", 17, 0, "see|mx-1.example.com|now");
  assert_wrap("at https://example.org/q?ip=192.0.2.10 now", 37, 0, "at|https://example.org/q?ip=192.0.2.10|now");
  /* ...unless it cannot: then behind punctuation, or anywhere. */
  assert_wrap("https://example.org/query/delist", 20, 0, "https://example.org/|query/delist");
  assert_wrap("https://example.org/query/delist", 23, 0, "https://example.org/|query/delist");
  assert_wrap("a/bcdefghijklm", 10, 0, "a/bcdefghi|jklm"); /* half a line would be wasted */
  assert_wrap("abcdefghij", 4, 0, "abcd|efgh|ij");
  assert_wrap("ab abcdefghij", 4, 0, "ab|abcd|efgh|ij");
  assert_wrap("abcdefgh.", 8, 0, "abcdefg|h.");
}

static void test_wrap_japanese(void) {
  assert_wrap("これは日本語です", 8, 0, "これは日|本語です");
  assert_wrap("これは日本語です", 9, 0, "これは日|本語です");
  /* Full stops, brackets, small kana and the long mark never begin a line. */
  assert_wrap("日本語です。", 10, 0, "日本語で|す。");
  assert_wrap("メール、です", 6, 0, "メー|ル、で|す");
  assert_wrap("「サーバー」です", 10, 0, "「サー|バー」です");
  assert_wrap("いってきゃ", 8, 0, "いって|きゃ");
  assert_wrap("あああっあ", 6, 0, "ああ|あっあ");
  assert_wrap("ああ々ゝ", 4, 0, "あ|あ々|ゝ"); /* nothing else fits */
  assert_wrap("あああ！？", 8, 0, "ああ|あ！？");
  /* Opening brackets never end one. */
  assert_wrap("ああ「い」", 6, 0, "ああ|「い」");
  assert_wrap("ああ（い", 6, 0, "ああ|（い");
  assert_wrap("ああ「 abc", 7, 0, "ああ|「 abc");
  assert_wrap("ｱｱ｢ｲ｣", 3, 0, "ｱｱ|｢ｲ｣");
  /* Both scripts. */
  assert_wrap("宛先 taro@example.com はありません。", 21, 0, "宛先 taro@example.com|はありません。");
  assert_wrap("ドメインexample.comは", 18, 0, "ドメイン|example.comは");
  assert_wrap("abcdefghijk。", 11, 0, "abcdefghij|k。");
}

static void test_wrap_narrow(void) {
  assert_wrap("日本", 2, 0, "日|本");
  assert_wrap("日本", 1, 0, "日|本");
  assert_wrap("日本", 0, 5, "日|本");
  assert_wrap("日」", 2, 0, "日|」");
  assert_wrap("ab 日", 2, 9, "ab|日");
  assert_wrap("か\u3099か\u3099", 2, 0, "か\u3099|か\u3099");
  assert_wrap("   ", 2, 0, "");
  /* Blanks at the end of a line are dropped, but not one that carries a mark. */
  assert_wrap("ab    \u0301c", 3, 0, "ab| \u0301c");
}

static gboolean begins_with_one_of(const char *line, const char *set) {
  return *line && g_utf8_strchr(set, -1, g_utf8_get_char(line)) != NULL;
}

/* Any mixture: nothing but blanks is lost, no line is too wide, no line begins with a forbidden character
 * when the text gives a choice. */
static void test_wrap_random(void) {
  static const char *const pieces[] = {"a",  "word",        " ",  "日", "本",       "。", "「", "」", "ー",
                                       "ゃ", "example.com", "、", "\n", "か\u3099", "（", "）", "ッ", "192.0.2.1"};
  for (int round = 0; round < 5000; round++) {
    g_autoptr(GString) text = g_string_new(NULL);
    for (int n = g_test_rand_int_range(0, 40); n > 0; n--)
      g_string_append(text, pieces[g_test_rand_int_range(0, G_N_ELEMENTS(pieces))]);
    int cols = g_test_rand_int_range(2, 30);
    g_auto(GStrv) lines = text_wrap(text->str, cols, 0);
    g_assert_nonnull(lines[0]);
    for (char **line = lines; *line; line++)
      g_assert_cmpint(text_width(*line), <=, cols);
    g_autofree char *joined = g_strjoinv("", lines);
    g_auto(GStrv) words = g_strsplit_set(joined, " \n", -1);
    g_auto(GStrv) given = g_strsplit_set(text->str, " \n", -1);
    g_autofree char *kept = g_strjoinv("", words), *had = g_strjoinv("", given);
    g_assert_cmpstr(kept, ==, had);
  }
  /* Between full-width characters there is always a choice in a wide enough line. */
  static const char not_first[] =
      "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ〜％";
  static const char not_last[] = "‘“（〔［｛〈《「『【";
  for (const char *p = not_first; *p; p = g_utf8_next_char(p)) {
    for (int cols = 6; cols <= 16; cols++) {
      g_autofree char *text = g_strdup_printf("漢字漢字%.*s漢字漢字漢字漢字", (int)(g_utf8_next_char(p) - p), p);
      g_auto(GStrv) lines = text_wrap(text, cols, 0);
      for (char **line = lines; *line; line++)
        g_assert_false(begins_with_one_of(*line, not_first));
    }
  }
  for (const char *p = not_last; *p; p = g_utf8_next_char(p)) {
    for (int cols = 6; cols <= 16; cols++) {
      g_autofree char *text = g_strdup_printf("漢字漢字%.*s漢字漢字漢字漢字", (int)(g_utf8_next_char(p) - p), p);
      g_auto(GStrv) lines = text_wrap(text, cols, 0);
      for (char **line = lines; *line; line++)
        g_assert_false(begins_with_one_of(g_utf8_prev_char(*line + strlen(*line)), not_last));
    }
  }
}

static void test_lower(void) {
  g_autofree char *ascii = text_lower("550 User UNKNOWN"), *other = text_lower("Сообщение НЕ доставлено");
  g_assert_cmpstr(ascii, ==, "550 user unknown");
  g_assert_cmpstr(other, ==, "сообщение не доставлено");
}

static void test_fold(void) {
  g_autofree char *folded = text_fold_fullwidth("１２ｑ？　漢ａ");
  g_assert_cmpstr(folded, ==, "12q? 漢a");
  g_assert_cmpuint(text_fold_char(U'～'), ==, '~');
  g_assert_cmpuint(text_fold_char(U'。'), ==, U'。');
}

static void test_distance(void) {
  g_assert_cmpuint(text_distance("", "", 2), ==, 0);
  g_assert_cmpuint(text_distance("abc", "abc", 2), ==, 0);
  g_assert_cmpuint(text_distance("exmaple", "example", 2), ==, 1); /* a swap is one */
  g_assert_cmpuint(text_distance("gmail", "gmial", 2), ==, 1);
  g_assert_cmpuint(text_distance("abc", "", 5), ==, 3);
  g_assert_cmpuint(text_distance("ca", "abc", 5), ==, 3); /* optimal string alignment, not 2 */
  g_assert_cmpuint(text_distance("kitten", "sitting", 5), ==, 3);
  g_assert_cmpuint(text_distance("kitten", "sitting", 2), ==, 3);
  g_assert_cmpuint(text_distance("abcdefgh", "x", 2), ==, 3);
  g_assert_cmpuint(text_distance("日本語", "日木語", 2), ==, 1);
}

static void test_nearest(void) {
  static const char *const words[] = {"choose", "choices", "say", "ask", "checklist", NULL};
  g_assert_cmpstr(text_nearest("chose", words), ==, "choose");
  g_assert_cmpstr(text_nearest("choise", words), ==, "choose");
  g_assert_cmpstr(text_nearest("choice", words), ==, "choices");
  g_assert_cmpstr(text_nearest("sya", words), ==, "say");
  static const char *const twins[] = {"cat", "bat", NULL};
  g_assert_cmpstr(text_nearest("xat", twins), ==, "cat"); /* the first of equals */
  g_assert_null(text_nearest("xyz", words));
  g_assert_null(text_nearest("ab", words));
  g_assert_null(text_nearest("something", words));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/text/safe/escapes", test_safe_escapes);
  g_test_add_func("/text/safe/lines", test_safe_lines);
  g_test_add_func("/text/safe/marks", test_safe_marks);
  g_test_add_func("/text/safe/limits", test_safe_limits);
  g_test_add_func("/text/safe/counts", test_safe_counts);
  g_test_add_func("/text/safe/is-safe", test_is_safe);
  g_test_add_func("/text/safe/random", test_safe_random);
  g_test_add_func("/text/width", test_width);
  g_test_add_func("/text/fit", test_fit);
  g_test_add_func("/text/wrap/english", test_wrap_english);
  g_test_add_func("/text/wrap/append", test_append_wrapped);
  g_test_add_func("/text/wrap/japanese", test_wrap_japanese);
  g_test_add_func("/text/wrap/narrow", test_wrap_narrow);
  g_test_add_func("/text/wrap/random", test_wrap_random);
  g_test_add_func("/text/lower", test_lower);
  g_test_add_func("/text/fold", test_fold);
  g_test_add_func("/text/distance", test_distance);
  g_test_add_func("/text/nearest", test_nearest);
  return g_test_run();
}
