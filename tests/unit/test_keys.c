#include "base/text.h"
#include "ui/input.h"

#include <string.h>

/* --- the table --- */

static void test_commands(void) {
  g_assert_cmpint(keys_command(IN_CHOOSE, K_ENTER), ==, CMD_NEXT);
  g_assert_cmpint(keys_command(IN_CHOOSE, 'b'), ==, CMD_BACK);
  g_assert_cmpint(keys_command(IN_CHOOSE, K_ESC), ==, CMD_BACK);
  g_assert_cmpint(keys_command(IN_CHOOSE, '7'), ==, CMD_DIGIT);
  g_assert_cmpint(keys_command(IN_CHOOSE, '0'), ==, CMD_NONE);
  g_assert_cmpint(keys_command(IN_MENU, 'q'), ==, CMD_QUIT);
  g_assert_cmpint(keys_command(IN_CHECKLIST, ' '), ==, CMD_TICK);
  g_assert_cmpint(keys_command(IN_SAY, ' '), ==, CMD_PAGE_DOWN);
  g_assert_cmpint(keys_command(IN_SURE, 'y'), ==, CMD_NEXT);
  g_assert_cmpint(keys_command(IN_SUMMARY, 'y'), ==, CMD_COPY);
  g_assert_cmpint(keys_command(IN_CHOOSE, 'x'), ==, CMD_NONE);
}

static void test_letters_are_text(void) {
  static const unsigned places[] = {IN_FIELD, IN_PASTE, IN_PROMPT, IN_MENU | IN_SEARCH};
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
    for (Key key = ' '; key < 127; key++)
      g_assert_cmpint(keys_command(places[i], key), ==, CMD_NONE);
    g_assert_cmpint(keys_command(places[i], 0xff51), ==, CMD_NONE); /* full-width q */
    g_assert_cmpint(keys_command(places[i], K_ESC), ==, CMD_BACK);
  }
  g_assert_cmpint(keys_command(IN_PASTE, K_ENTER), ==, CMD_NONE);
  g_assert_cmpint(keys_command(IN_PASTE, K_CTRL('d')), ==, CMD_DONE);
  g_assert_cmpint(keys_command(IN_FIELD, K_ENTER), ==, CMD_NEXT);
}

static void test_fullwidth(void) {
  g_assert_cmpint(keys_command(IN_MENU, 0xff51), ==, CMD_QUIT);    /* q */
  g_assert_cmpint(keys_command(IN_MENU, 0xff1f), ==, CMD_HELP);    /* ? */
  g_assert_cmpint(keys_command(IN_CHOOSE, 0xff12), ==, CMD_DIGIT); /* 2 */
  g_assert_cmpint(keys_digit(0xff12), ==, 2);
  g_assert_cmpint(keys_digit('9'), ==, 9);
  g_assert_cmpint(keys_digit('0'), ==, 0);
  g_assert_cmpint(keys_digit(K_UP), ==, 0);
}

static void test_footer(void) {
  g_autoptr(Row) wide = keys_footer(IN_CHOOSE, 3, 78);
  g_autofree char *text = row_text(wide);
  g_assert_cmpstr(text, ==, "1-3 or Up/Down choose   Enter next   b back   d details   ? help   q quit");
  for (int cols = 38; cols <= 100; cols++)
    for (unsigned where = 1; where <= IN_SEARCH; where <<= 1) {
      g_autoptr(Row) row = keys_footer(where, 9, cols);
      g_assert_cmpint(row->width, <=, cols);
      g_assert_cmpint(row->width, >, 0);
    }
  g_autoptr(Row) sixty = keys_footer(IN_CHOOSE, 3, 58);
  g_autofree char *brief = row_text(sixty);
  g_assert_cmpstr(brief, ==, "1-3 choose   Enter next   b back   ? help   q quit");
  g_autoptr(Row) narrow = keys_footer(IN_CHOOSE, 3, 38);
  g_autofree char *short_text = row_text(narrow);
  g_assert_nonnull(strstr(short_text, "Enter next"));
  g_assert_null(strstr(short_text, "details"));
}

static void test_help(void) {
  for (int cols = 38; cols <= 120; cols += 7) {
    g_autoptr(GPtrArray) rows = keys_help(cols);
    g_assert_cmpuint(rows->len, >, 15);
    for (guint i = 0; i < rows->len; i++)
      g_assert_cmpint(((Row *)g_ptr_array_index(rows, i))->width, <=, cols);
  }
  g_autoptr(GPtrArray) two = keys_help(78), one = keys_help(58);
  g_assert_cmpuint(two->len, <, one->len);
}

/* --- the decoder --- */

#define MS 1000

/* Keys that come out of `bytes` at once, joined in hex. */
static char *decode(Input *input, const char *bytes, gsize length, gint64 now) {
  GString *keys = g_string_new(NULL);
  input_feed(input, bytes, length, now);
  for (Key key; (key = input_next(input, now)) != 0;)
    g_string_append_printf(keys, "%x ", key);
  return g_string_free(keys, FALSE);
}

static void assert_keys(const char *bytes, const char *expected) {
  g_autoptr(Input) input = input_new(100, TRUE);
  g_autofree char *keys = decode(input, bytes, strlen(bytes), 5 * MS);
  g_assert_cmpstr(keys, ==, expected);
}

static void test_sequences(void) {
  assert_keys("a", "61 ");
  assert_keys("\033[A\033OB", "110000 110001 ");
  assert_keys("\033[1;5C", "110003 "); /* Ctrl-Right */
  assert_keys("\033[5~\033[6~\033[3~", "110006 110007 110009 ");
  assert_keys("\033[1~\033[4~\033[7~\033[H\033OF", "110004 110005 110004 110004 110005 ");
  assert_keys("\033OP\033[11~\033[[A", "11000b 11000b 11000b ");
  assert_keys("\033[12~\033OQ", "11000c 11000c ");
  assert_keys("\177\r", "11000a d ");
  assert_keys("\346\227\245\357\274\221", "65e5 ff11 ");
  /* nobody knows these: dropped whole, no letter is left over */
  assert_keys("\033[?1;2cx", "78 ");
  assert_keys("\033[24~\033[99;5uz", "7a ");
  assert_keys("\377a", "fffd 61 ");
}

static void test_split(void) {
  g_autoptr(Input) input = input_new(100, TRUE);
  g_autofree char *one = decode(input, "\033", 1, 0);
  g_assert_cmpstr(one, ==, "");
  g_assert_cmpint(input_timeout(input, 40 * MS), ==, 60);
  g_autofree char *two = decode(input, "[", 1, 60 * MS);
  g_assert_cmpstr(two, ==, "");
  g_autofree char *three = decode(input, "A", 1, 120 * MS);
  g_assert_cmpstr(three, ==, "110000 ");
  g_assert_cmpint(input_timeout(input, 120 * MS), ==, -1);
  g_autofree char *half = decode(input, "\346\227", 2, 200 * MS);
  g_assert_cmpstr(half, ==, "");
  g_autofree char *rest = decode(input, "\245", 1, 250 * MS);
  g_assert_cmpstr(rest, ==, "65e5 ");
}

static void test_lone_escape(void) {
  g_autoptr(Input) input = input_new(100, TRUE);
  g_autofree char *nothing = decode(input, "\033", 1, 0);
  g_assert_cmpstr(nothing, ==, "");
  g_assert_cmpuint(input_next(input, 99 * MS), ==, 0);
  g_assert_cmpuint(input_next(input, 100 * MS), ==, K_ESC);
  /* the rest of an arrow key that came too late is dropped */
  g_autofree char *late = decode(input, "[A", 2, 300 * MS);
  g_assert_cmpstr(late, ==, "");
  /* but letters are not, nor a bracket that nothing follows */
  g_autofree char *esc = decode(input, "\033b", 2, 2000 * MS);
  g_assert_cmpstr(esc, ==, "1b 62 ");
  g_autofree char *again = decode(input, "\033", 1, 3000 * MS);
  g_assert_cmpstr(again, ==, ""); /* it may still become a sequence */
  g_assert_cmpuint(input_next(input, 3100 * MS), ==, K_ESC);
  g_autofree char *bracket = decode(input, "[", 1, 3200 * MS);
  g_assert_cmpstr(bracket, ==, "");
  g_assert_cmpuint(input_next(input, 3301 * MS), ==, '[');
  /* after half a second it is typing */
  g_autofree char *third = decode(input, "\033", 1, 4000 * MS);
  g_assert_cmpstr(third, ==, ""); /* it may still become a sequence */
  g_assert_cmpuint(input_next(input, 4100 * MS), ==, K_ESC);
  g_autofree char *typed = decode(input, "[A", 2, 4700 * MS);
  g_assert_cmpstr(typed, ==, "5b 41 ");
}

static void test_terminfo(void) {
  g_autoptr(Input) input = input_new(100, TRUE);
  input_add_sequence(input, "\033K", K_UP); /* some old terminal */
  g_autofree char *keys = decode(input, "\033K\033", 3, 0);
  g_assert_cmpstr(keys, ==, "110000 ");
}

static void test_paste(void) {
  static const char mail[] = "To: a\r\nq \033[2J \033[A \0 \377 end";
  g_autoptr(GString) all = g_string_new("x\033[200~");
  g_string_append_len(all, mail, sizeof mail - 1);
  g_string_append(all, "\033[201~y");
  /* in pieces of every size, the bytes inside come out as they were and the keys around them as keys */
  for (gsize piece = 1; piece <= all->len; piece++) {
    g_autoptr(Input) input = input_new(100, TRUE);
    g_autoptr(GString) pasted = g_string_new(NULL);
    g_autoptr(GString) keys = g_string_new(NULL);
    for (gsize at = 0; at < all->len; at += piece) {
      input_feed(input, all->str + at, MIN(piece, all->len - at), (gint64)at);
      for (Key key; (key = input_next(input, (gint64)at)) != 0;) {
        if (key == K_PASTE)
          g_string_append_len(pasted, input_pasted(input)->str, (gssize)input_pasted(input)->len);
        else
          g_string_append_printf(keys, "%x ", key);
      }
    }
    g_assert_cmpmem(pasted->str, pasted->len, mail, sizeof mail - 1);
    g_assert_cmpstr(keys->str, ==, "78 11000e 79 ");
  }
}

static void test_paste_stalled(void) {
  g_autoptr(Input) input = input_new(100, TRUE);
  g_autofree char *keys = decode(input, "\033[200~ab\033[2", 11, 0);
  g_assert_cmpstr(keys, ==, "11000d ");
  g_assert_cmpint(input_timeout(input, 0), ==, 5000);
  g_assert_cmpuint(input_next(input, 4999 * MS), ==, 0);
  g_assert_cmpuint(input_next(input, 5000 * MS), ==, K_PASTE);
  g_assert_cmpstr(input_pasted(input)->str, ==, "\033[2");
  g_assert_cmpuint(input_next(input, 5000 * MS), ==, K_PASTE_END);
  g_assert_cmpint(input_timeout(input, 5000 * MS), ==, -1);
}

/* A terminal that does not mark a paste: the lines of a mail are not taken for commands. */
static void test_bare_paste(void) {
  static const char mail[] = "From: MAILER-DAEMON@mail.example.org\rTo: hanako@example.org\rSubject: returned\r\rq\r";
  g_autoptr(Input) input = input_new(100, TRUE);
  g_autofree char *first = decode(input, mail, sizeof mail - 1, 0);
  g_assert_cmpstr(first, ==, "11000d ");
  g_assert_cmpmem(input_pasted(input)->str, input_pasted(input)->len, mail, sizeof mail - 1);
  g_assert_cmpint(input_timeout(input, 0), ==, 100);
  g_autofree char *second = decode(input, "q \033[201~ L", 10, 50 * MS);
  g_assert_cmpstr(second, ==, "11000d ");
  g_assert_cmpuint(input_next(input, 149 * MS), ==, 0);
  g_assert_cmpuint(input_next(input, 150 * MS), ==, K_PASTE_END);
  g_assert_cmpint(input_timeout(input, 150 * MS), ==, -1);
  g_autofree char *key = decode(input, "q", 1, 200 * MS);
  g_assert_cmpstr(key, ==, "71 ");
}

/* What was typed ahead on a slow line stays keys. */
static void test_typed_ahead(void) {
  static const char *const typed[] = {
      "taro.yamada@mail.department.example.co.jp\r1\r\r1\r2\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r",
      "\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r",
      "\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B",
      "a single long line that somebody pasted into a field of one line, and no more than that",
  };
  for (guint i = 0; i < G_N_ELEMENTS(typed); i++) {
    g_autoptr(Input) input = input_new(100, TRUE);
    g_autofree char *keys = decode(input, typed[i], strlen(typed[i]), 0);
    g_assert_null(strstr(keys, "11000d "));
    g_assert_cmpint(input_timeout(input, 0), ==, -1);
  }
}

/* A mail typed in by a terminal that knows no paste: four megabytes of keys. */
static void test_many_keys(void) {
  g_autoptr(Input) input = input_new(100, TRUE);
  g_autofree char *block = g_strnfill(4 << 20, 'a');
  gint64 start = g_get_monotonic_time();
  input_feed(input, block, 4 << 20, 0);
  guint n = 0;
  while (input_next(input, 0) != 0)
    n++;
  g_assert_cmpuint(n, ==, 4 << 20);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/keys/commands", test_commands);
  g_test_add_func("/keys/letters-are-text", test_letters_are_text);
  g_test_add_func("/keys/fullwidth", test_fullwidth);
  g_test_add_func("/keys/footer", test_footer);
  g_test_add_func("/keys/help", test_help);
  g_test_add_func("/input/sequences", test_sequences);
  g_test_add_func("/input/split", test_split);
  g_test_add_func("/input/lone-escape", test_lone_escape);
  g_test_add_func("/input/terminfo", test_terminfo);
  g_test_add_func("/input/paste", test_paste);
  g_test_add_func("/input/paste-stalled", test_paste_stalled);
  g_test_add_func("/input/bare-paste", test_bare_paste);
  g_test_add_func("/input/typed-ahead", test_typed_ahead);
  g_test_add_func("/input/many-keys", test_many_keys);
  return g_test_run();
}
