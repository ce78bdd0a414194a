/* Margins, quoting marks and escapes around the lines of a text that somebody copied. */
#include "mail/paste_marks.h"

#include <glib.h>
#include <string.h>

#define LONG "This line is long enough to have been several lines before somebody's clipboard made one of them. "

typedef struct Case {
  const char *in, *out; /* NULL: there is nothing to take off */
} Case;

static void check(char *(*take)(const char *text), const Case *cases, guint n) {
  for (guint i = 0; i < n; i++) {
    g_test_message("%s", cases[i].in);
    g_autofree char *got = take(cases[i].in);
    g_assert_cmpstr(got, ==, cases[i].out);
  }
}

static void test_unescape(void) {
  static const Case cases[] = {
      {"a\\nb\\nc\\n", "a\nb\nc"},
      {"\"a\\r\\nb:\\r\\n\\t\\\"c\\\" \\u00e9\\/\"", "a\nb:\n\t\"c\" é/"},
      {"It failed:\\nt@a.example\n", "It failed:\nt@a.example"},
      {"one\\n\\ntwo", "one\n\ntwo"},
      {"EXAMPLE\\nancy@a.example", NULL}, /* an account */
      {"a\\nb\\nc\nd\ne\nf\ng", NULL},    /* lines of its own: a text about escapes */
      {"a.\\nb\nc", NULL},
      {"a:\\nb \\x \\u12 \\", "a:\nb \\x \\u12 \\"}, /* no escapes */
      {"a:\\n\\u0000\\ud800", "a:\n\\u0000\\ud800"},
      {"", NULL},
  };
  check(paste_marks_unescape, cases, G_N_ELEMENTS(cases));
}

static void test_entities(void) {
  static const Case cases[] = {
      {"&lt;t@a.example&gt;: 550 a &amp; b &quot;c&quot;&#39;&nbsp;d &eacute;",
       "<t@a.example>: 550 a & b \"c\"' d &eacute;"},
      {"&amp;lt; &lt;t@a.example&gt;", "&lt; <t@a.example>"},
      {"1 &lt; 2, 3 &gt; 2", NULL},
      {"t@a.example &lt;", NULL},
      {"&lt;t@a.example", NULL},
      {"", NULL},
  };
  check(paste_marks_entities, cases, G_N_ELEMENTS(cases));
}

static void test_margin(void) {
  static const Case cases[] = {
      {"  a\n  b\n\n    c\n", "a\nb\n\n  c\n"},
      {"\ta\n\n\t\tb\n\tc", "a\n\n\tb\nc"},
      {"| a\n|\n|   b\n| c\n", "a\n\n  b\nc\n"},
      {"|a\n|b\n|c", "a\nb\nc"},
      {"> a\n> b\n> c\n", NULL},
      {"  a\nb\n  c\n", NULL},
      {"|---- a ----|\n| b |\n| c |\n", NULL}, /* a frame */
      {"  a\n  b", NULL},                      /* too few to tell */
      {"", NULL},
      {"\n \n", NULL},
  };
  check(paste_marks_margin, cases, G_N_ELEMENTS(cases));
}

static void test_quotes(void) {
  static const Case cases[] = {
      {"> " LONG "> a > > b", "\n" LONG "\na \n\nb"},
      {LONG "he wrote: > a > b > > c", LONG "he wrote: \na \nb \n\nc"},
      {LONG "山田さん： > a > b > c", LONG "山田さん： \na \nb \nc"},
      {LONG "Users > Active users > User > Licences", NULL}, /* a path */
      {"> a > b > c > d", NULL},                             /* short */
      {"> " LONG ">>> RCPT <<< 550 no", NULL},
      {"", NULL},
  };
  check(paste_marks_quotes, cases, G_N_ELEMENTS(cases));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/paste-marks/unescape", test_unescape);
  g_test_add_func("/paste-marks/entities", test_entities);
  g_test_add_func("/paste-marks/margin", test_margin);
  g_test_add_func("/paste-marks/quotes", test_quotes);
  return g_test_run();
}
