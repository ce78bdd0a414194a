#include "ui/keys.h"

#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"

#include <string.h>

#define MAX_KEYS 6
#define FOOTER_GAP 3
#define HELP_COLUMN 39

typedef enum Group {
  GROUP_NONE,
  GROUP_EVERYWHERE,
  GROUP_LISTS,
  GROUP_TEXT,
  GROUP_TESTS,
  GROUP_RESULT,
  GROUP_SUMMARY,
  N_GROUPS
} Group;

static const char *const group_titles[] = {
    [GROUP_EVERYWHERE] = N_("Everywhere"), [GROUP_LISTS] = N_("In lists"),     [GROUP_TEXT] = N_("In text fields"),
    [GROUP_TESTS] = N_("While tests run"), [GROUP_RESULT] = N_("On a result"), [GROUP_SUMMARY] = N_("On the summary"),
};

/* One line: on pages `where`, `keys` mean `command`.  `foot_keys` `foot`: how the footer shows it, NULL: it does not;
 * the smaller `rank`, the longer it stays there.  `help_keys` `help`: its line on the help page, in `group`. */
typedef struct Binding {
  Command command;
  unsigned where;
  Key keys[MAX_KEYS];
  const char *foot_keys, *foot;
  int rank;
  Group group;
  const char *help_keys, *help;
} Binding;

#define IN_STEP (IN_CHOOSE | IN_SAY | IN_CHECKLIST | IN_PROBE | IN_CONSENT | IN_RESULT)
#define IN_LIST (IN_MENU | IN_CHOOSE | IN_CHECKLIST | IN_CONSENT)
#define IN_PLAIN (IN_MENU | IN_STEP | IN_SUMMARY | IN_READ)
#define IN_ALL 0xffffffffu

#define KEYS(...) .keys = {__VA_ARGS__}
#define NO_KEYS .keys = {0}
#define FOOT(names, label, importance) .foot_keys = names, .foot = label, .rank = importance
#define HELP(in, names, label) .group = in, .help_keys = names, .help = label

/* In the order of the footer and of the help page. */
/* clang-format off */
static const Binding bindings[] = {
    /* text first: where it is typed, its keys outrank all others */
    {CMD_DONE, IN_PASTE, KEYS(K_F2, K_CTRL('d')), FOOT(N_("F2 or Ctrl-D"), N_("done"), 1)},
    {CMD_NEXT, IN_FIELD, KEYS(K_ENTER, '\n', K_F2, K_CTRL('d')), FOOT(N_("Enter"), N_("next"), 1)},
    {CMD_NEXT, IN_PROMPT, KEYS(K_ENTER, '\n', K_F2, K_CTRL('d')), FOOT(N_("Enter"), N_("done"), 1)},
    {CMD_NEXT, IN_SEARCH, KEYS(K_ENTER, '\n'), FOOT(N_("Enter"), N_("open"), 1)},
    {CMD_NONE, IN_TEXT, NO_KEYS, HELP(GROUP_TEXT, "", N_("letters are text, never commands"))},
    {CMD_NONE, IN_TEXT, NO_KEYS, HELP(GROUP_TEXT, N_("F2 or Ctrl-D"), N_("done"))},
    {CMD_CLEAR, IN_PASTE, KEYS(K_CTRL('u')), FOOT(N_("Ctrl-U"), N_("clear"), 4)},
    {CMD_CLEAR_TO_START, IN_TEXT & ~IN_PASTE, KEYS(K_CTRL('u')), FOOT(N_("Ctrl-U"), N_("clear"), 4),
     HELP(GROUP_TEXT, N_("Ctrl-U Ctrl-K"), N_("delete to start, end"))},
    {CMD_CLEAR_TO_END, IN_TEXT, KEYS(K_CTRL('k'))},
    {CMD_FIRST, IN_TEXT, KEYS(K_CTRL('a'), K_HOME), HELP(GROUP_TEXT, N_("Ctrl-A Ctrl-E"), N_("go to start, end"))},
    {CMD_LAST, IN_TEXT, KEYS(K_CTRL('e'), K_END)},
    {CMD_LEFT, IN_TEXT, KEYS(K_LEFT, K_CTRL('b'))},
    {CMD_RIGHT, IN_TEXT, KEYS(K_RIGHT, K_CTRL('f'))},
    {CMD_ERASE_BACK, IN_TEXT, KEYS(K_BACKSPACE, 127, 8)},
    {CMD_ERASE, IN_TEXT & ~IN_PASTE, KEYS(K_DELETE)},
    {CMD_ERASE, IN_PASTE, KEYS(K_DELETE)},
    {CMD_UP, IN_PASTE | IN_SEARCH | IN_FIELD, KEYS(K_UP, K_CTRL('p'))},
    {CMD_DOWN, IN_PASTE | IN_SEARCH | IN_FIELD, KEYS(K_DOWN, K_CTRL('n'))},
    {CMD_PAGE_UP, IN_TEXT, KEYS(K_PAGE_UP)},
    {CMD_PAGE_DOWN, IN_PASTE, KEYS(K_PAGE_DOWN), FOOT(N_("PgUp/PgDn"), N_("scroll"), 5)},
    {CMD_PAGE_DOWN, IN_TEXT, KEYS(K_PAGE_DOWN)},

    {CMD_CANCEL, IN_PROBE, KEYS('c'), FOOT(N_("c"), N_("cancel"), 2),
     HELP(GROUP_TESTS, N_("c"), N_("cancel, go back one step"))},
    {CMD_SKIP, IN_PROBE, KEYS('s'), FOOT(N_("s"), N_("skip waiting, use what we have"), 1),
     HELP(GROUP_TESTS, N_("s"), N_("skip waiting, use what we have"))},
    {CMD_PRINT, IN_SUMMARY, KEYS('p'), FOOT(N_("p"), N_("print"), 3), HELP(GROUP_SUMMARY, N_("p"), N_("print"))},
    {CMD_WRITE, IN_SUMMARY, KEYS('w'), FOOT(N_("w"), N_("write file"), 2),
     HELP(GROUP_SUMMARY, N_("w"), N_("write a text file"))},
    {CMD_COPY, IN_SUMMARY, KEYS('y'), FOOT(N_("y"), N_("copy"), 4),
     HELP(GROUP_SUMMARY, N_("y"), N_("copy, or show as a plain page"))},
    {CMD_MASK, IN_SUMMARY, KEYS('m'), HELP(GROUP_SUMMARY, N_("m"), N_("show or mask e-mail addresses"))},

    {CMD_DIGIT, IN_LIST & ~IN_CHECKLIST, KEYS('1', '2', '3', '4', '5', '6'), FOOT(N_("Up/Down"), N_("choose"), 3)},
    {CMD_TICK, IN_CHECKLIST, KEYS(' ', 'x'), FOOT(N_("Space"), N_("tick"), 2),
     HELP(GROUP_LISTS, N_("Space"), N_("tick or untick"))},
    {CMD_DIGIT, IN_CHECKLIST, KEYS('1', '2', '3', '4', '5', '6')},
    {CMD_NEXT, IN_MENU, KEYS(K_ENTER, '\n', K_RIGHT), FOOT(N_("Enter"), N_("open"), 1)},
    {CMD_NEXT, IN_STEP & ~IN_PROBE, KEYS(K_ENTER, '\n', K_RIGHT), FOOT(N_("Enter"), N_("next"), 1),
     HELP(GROUP_EVERYWHERE, N_("Enter, Right"), N_("next, open"))},
    {CMD_NEXT, IN_SURE, KEYS(K_ENTER, '\n', 'y', 'q'), FOOT(N_("Enter"), N_("quit"), 1)},
    {CMD_NEXT, IN_COPIED, KEYS(K_ENTER, '\n', 'y'), FOOT(N_("Enter"), N_("show as a plain page"), 1)},
    {CMD_BACK, IN_COPIED, KEYS(K_ESC, 'n', 'b', K_LEFT), FOOT(N_("Esc"), N_("go on working"), 2)},
    {CMD_AGAIN, IN_RESULT, KEYS('r'), FOOT(N_("r"), N_("run again"), 5),
     HELP(GROUP_RESULT, N_("r"), N_("run the test again"))},
    {CMD_FILTER, IN_SWEEP, KEYS('f'), FOOT(N_("f"), N_("filter"), 4)},
    {CMD_SEARCH, IN_MENU, KEYS('/'), FOOT(N_("/"), N_("search"), 4),
     HELP(GROUP_LISTS, N_("/"), N_("search the menu"))},
    {CMD_BACK, IN_FIELD | IN_PASTE | IN_PROMPT | IN_SEARCH, KEYS(K_ESC), FOOT(N_("Esc"), N_("back"), 2)},
    {CMD_BACK, IN_STEP | IN_SUMMARY, KEYS(K_ESC, 'b', K_LEFT), FOOT(N_("b"), N_("back"), 2),
     HELP(GROUP_EVERYWHERE, N_("Esc, b, Left"), N_("back one step"))},
    {CMD_BACK, IN_READ, KEYS(K_ESC, K_ENTER, '\n', 'b', 'q', K_LEFT), FOOT(N_("Enter or Esc"), N_("close"), 1)},
    {CMD_BACK, IN_SURE, KEYS(K_ESC, 'n', 'b', K_LEFT), FOOT(N_("Esc"), N_("go on working"), 2)},
    {CMD_DETAILS, IN_STEP | IN_SUMMARY, KEYS('d'), FOOT(N_("d"), N_("details"), 6),
     HELP(GROUP_RESULT, N_("d"), N_("details: questions and answers"))},
    {CMD_COPY, IN_RESULT, KEYS('y'), FOOT(N_("y"), N_("copy"), 7),
     HELP(GROUP_RESULT, N_("y p w"), N_("copy, print or write so far"))},
    {CMD_PRINT, IN_RESULT, KEYS('p')},
    {CMD_WRITE, IN_RESULT, KEYS('w')},
    {CMD_NEW, IN_SUMMARY, KEYS('n'), FOOT(N_("n"), N_("new"), 5),
     HELP(GROUP_SUMMARY, N_("n"), N_("back to the start menu"))},

    {CMD_UP, IN_PLAIN, KEYS(K_UP, 'k', K_CTRL('p')), HELP(GROUP_LISTS, N_("Up Down k j"), N_("move"))},
    {CMD_DOWN, IN_PLAIN, KEYS(K_DOWN, 'j', K_CTRL('n'))},
    {CMD_PAGE_UP, IN_PLAIN, KEYS(K_PAGE_UP, K_CTRL('b')), HELP(GROUP_LISTS, N_("PgUp PgDn g G"), N_("scroll, jump"))},
    {CMD_PAGE_DOWN, IN_READ, KEYS(K_PAGE_DOWN, ' ', K_CTRL('f')), FOOT(N_("PgUp/PgDn"), N_("scroll"), 3)},
    {CMD_PAGE_DOWN, IN_PLAIN & ~IN_CHECKLIST, KEYS(K_PAGE_DOWN, ' ', K_CTRL('f'))},
    {CMD_PAGE_DOWN, IN_CHECKLIST, KEYS(K_PAGE_DOWN, K_CTRL('f'))},
    {CMD_FIRST, IN_PLAIN, KEYS(K_HOME, 'g')},
    {CMD_LAST, IN_PLAIN, KEYS(K_END, 'G')},
    {CMD_NONE, IN_LIST, NO_KEYS, HELP(GROUP_LISTS, N_("1-9"), N_("choose"))},

    {CMD_HELP, IN_MENU | IN_STEP | IN_SUMMARY, KEYS('?', K_F1), FOOT(N_("?"), N_("help"), 3),
     HELP(GROUP_EVERYWHERE, N_("? or F1"), N_("this help"))},
    {CMD_HELP, IN_FIELD | IN_PASTE, KEYS(K_F1), FOOT(N_("F1"), N_("help"), 3)},
    {CMD_QUIT, IN_MENU | IN_CHOOSE | IN_SAY | IN_CHECKLIST | IN_CONSENT | IN_SUMMARY, KEYS('q'),
     FOOT(N_("q"), N_("quit"), 2), HELP(GROUP_EVERYWHERE, N_("q"), N_("quit (asks)"))},
    {CMD_QUIT, IN_PROBE | IN_RESULT, KEYS('q')},
    {CMD_LANGUAGE, IN_MENU | IN_STEP | IN_SUMMARY | IN_READ, KEYS('L'),
     HELP(GROUP_EVERYWHERE, N_("L"), N_("next language"))},
    {CMD_NOTE, IN_STEP | IN_SUMMARY, KEYS('N'), HELP(GROUP_EVERYWHERE, N_("N"), N_("write a note into the case"))},
    {CMD_INTERRUPT, IN_ALL, KEYS(K_CTRL('c')), HELP(GROUP_EVERYWHERE, N_("Ctrl-C"), N_("cancel; twice: quit"))},
    {CMD_REDRAW, IN_ALL, KEYS(K_CTRL('l')), HELP(GROUP_EVERYWHERE, N_("Ctrl-L"), N_("redraw"))},
    {CMD_SUSPEND, IN_ALL, KEYS(K_CTRL('z')), HELP(GROUP_EVERYWHERE, N_("Ctrl-Z"), N_("pause"))},
    {CMD_RESUME, IN_MENU, KEYS('r')},
    {CMD_WARNINGS, IN_MENU, KEYS('w')},
};
/* clang-format on */

int keys_digit(Key key) {
  gunichar folded = key < K_UP ? text_fold_char(key) : 0;
  return folded >= '1' && folded <= '9' ? (int)(folded - '0') : 0;
}

static gboolean has_key(const Binding *binding, Key key) {
  for (gsize i = 0; i < MAX_KEYS; i++)
    if (binding->keys[i] == key)
      return key != 0;
  return FALSE;
}

Command keys_command(unsigned where, Key key) {
  unsigned text = where & IN_TEXT;
  if (text == 0 && key < K_UP)
    key = text_fold_char(key);
  for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++) {
    const Binding *binding = &bindings[i];
    if ((binding->where & (text != 0 ? text : where)) == 0)
      continue;
    if (has_key(binding, key) || (binding->command == CMD_DIGIT && keys_digit(key) != 0))
      return binding->command;
  }
  return CMD_NONE;
}

/* --- footer --- */

/* From this rank on a key is worth more than a few words about it. */
#define RANK_SHORTENED 3

static gboolean has_digits(const Binding *binding, int n) { return binding->command == CMD_DIGIT && n > 1; }

static char *footer_part(const Binding *binding, int n, gboolean brief) {
  if (!has_digits(binding, n))
    return g_strdup_printf("%s %s", tr(binding->foot_keys), tr(binding->foot));
  g_autofree char *digit = g_strdup_printf("%d", MIN(n, 9));
  g_autoptr(Message) message =
      message_new(brief ? N_("1-{n} choose") : N_("1-{n} or Up/Down choose"), "n", digit, NULL);
  return message_text(message, NULL, NULL);
}

/* Says in fewer words what can be said so; returns the columns that are won. */
static int shorten_footer(char **parts, int n) {
  int won = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++) {
    if (parts[i] == NULL || !has_digits(&bindings[i], n))
      continue;
    won += text_width(parts[i]);
    g_free(parts[i]);
    parts[i] = footer_part(&bindings[i], n, TRUE);
    won -= text_width(parts[i]);
  }
  return won;
}

Row *keys_footer(unsigned where, int n, int cols) {
  unsigned text = where & IN_TEXT;
  char *parts[G_N_ELEMENTS(bindings)] = {NULL};
  int width = -FOOTER_GAP;
  for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++) {
    if (bindings[i].foot == NULL || (bindings[i].where & (text != 0 ? text : where)) == 0)
      continue;
    parts[i] = footer_part(&bindings[i], n, FALSE);
    width += text_width(parts[i]) + FOOTER_GAP;
  }
  for (int rank = 9; rank > 1 && width > cols; rank--) {
    if (rank == RANK_SHORTENED)
      width -= shorten_footer(parts, n);
    for (gsize i = G_N_ELEMENTS(bindings); i-- > 0 && width > cols;) {
      if (parts[i] == NULL || bindings[i].rank != rank)
        continue;
      width -= text_width(parts[i]) + FOOTER_GAP;
      g_clear_pointer(&parts[i], g_free);
    }
  }
  Row *row = row_new();
  for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++) {
    if (parts[i] == NULL)
      continue;
    if (row->width > 0)
      row_pad(row, row->width + FOOTER_GAP);
    row_add(row, STYLE_PLAIN, parts[i]);
    g_free(parts[i]);
  }
  row_fit(row, cols);
  return row;
}

/* --- help --- */

static void append_group(GPtrArray *rows, Group group, int cols) {
  int wide = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++)
    if (bindings[i].group == group && *bindings[i].help_keys != '\0')
      wide = MAX(wide, text_width(tr(bindings[i].help_keys)));
  wide = MIN(wide, cols / 2);
  if (rows->len > 0)
    g_ptr_array_add(rows, row_new());
  g_ptr_array_add(rows, row_new_text(STYLE_STRONG, tr(group_titles[group])));
  for (gsize i = 0; i < G_N_ELEMENTS(bindings); i++) {
    if (bindings[i].group != group)
      continue;
    gboolean keyless = *bindings[i].help_keys == '\0';
    int from = keyless ? 2 : 2 + wide + 2;
    g_auto(GStrv) lines = text_wrap(tr(bindings[i].help), MAX(cols - from, 8), 0);
    for (guint k = 0; lines[k] != NULL; k++) {
      Row *row = row_new();
      row_pad(row, 2);
      if (k == 0 && !keyless)
        row_add(row, STYLE_PLAIN, tr(bindings[i].help_keys));
      row_pad(row, MAX(from, row->width + (keyless ? 0 : 1)));
      row_add(row, STYLE_PLAIN, lines[k]);
      row_fit(row, cols);
      g_ptr_array_add(rows, row);
    }
  }
}

static const Group left_groups[] = {GROUP_EVERYWHERE, GROUP_TESTS, GROUP_RESULT};
static const Group right_groups[] = {GROUP_LISTS, GROUP_TEXT, GROUP_SUMMARY};

static GPtrArray *help_column(const Group *groups, gsize n, int cols) {
  GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
  for (gsize i = 0; i < n; i++)
    append_group(rows, groups[i], cols);
  return rows;
}

GPtrArray *keys_help(int cols) {
  gboolean two = cols >= 2 * HELP_COLUMN - 2;
  int right_cols = two ? cols - HELP_COLUMN : cols;
  GPtrArray *left = help_column(left_groups, G_N_ELEMENTS(left_groups), two ? HELP_COLUMN - 2 : cols);
  g_autoptr(GPtrArray) right = help_column(right_groups, G_N_ELEMENTS(right_groups), right_cols);
  if (!two)
    g_ptr_array_add(left, row_new());
  for (guint i = 0; i < right->len; i++) {
    Row *from = g_ptr_array_index(right, i);
    if (!two || i >= left->len)
      g_ptr_array_add(left, row_new());
    Row *to = g_ptr_array_index(left, two ? i : left->len - 1);
    if (two)
      row_pad(to, HELP_COLUMN);
    for (guint k = 0; k < from->spans->len; k++) {
      Span *span = &g_array_index(from->spans, Span, k);
      row_add(to, span->style, span->text);
    }
  }
  return left;
}
