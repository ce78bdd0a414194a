#include "base/catalogue.h"
#include "base/text.h"
#include "ui/app.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char guide[] =
    "format: 1\n"
    "id: %s\n"
    "title: %s\n"
    "revision: 1\n"
    "lang: en\n"
    "menu: %d\n"
    "codes: \"5.1.%d\"\n"
    "steps:\n"
    "  pasted:\n"
    "    title: Bounce message\n"
    "    ask: Do you have the bounce message?\n"
    "    as: message\n"
    "    next: rcpt\n"
    "  rcpt:\n"
    "    title: Address\n"
    "    ask: Which address did the message bounce from?\n"
    "    as: email\n"
    "    default: \"{bounce.recipient}\"\n"
    "    help: It looks like name@example.com.\n"
    "    say_to_caller: Please read the address to me.\n"
    "    next: mx\n"
    "  mx:\n"
    "    title: Mail servers\n"
    "    probe: mx\n"
    "    with: {domain: \"{rcpt.domain}\"}\n"
    "    next:\n"
    "      - {when: {mx.status: nxdomain}, go: spelling, say: Nobody has registered this name.}\n"
    "      - else: todo\n"
    "  spelling:\n"
    "    title: Spelling\n"
    "    choose: Is it spelled correctly?\n"
    "    choices:\n"
    "      - {label: \"No, there is a mistake\", go: todo}\n"
    "      - {label: \"Yes, it is correct\", go: end}\n"
    "      - {label: I am not sure, value: unknown, go: todo}\n"
    "  todo:\n"
    "    title: To do\n"
    "    checklist: Do these things.\n"
    "    items:\n"
    "      - {do: Correct the address.}\n"
    "      - {do: Send it again.}\n"
    "    next: end\n"
    "  end:\n"
    "    finish: problem\n"
    "    cause: typo\n"
    "    say: Send the message again to the corrected address.\n";

static const char causes[] = "format: 1\n"
                             "causes:\n"
                             "  - id: typo\n"
                             "    owner: sender\n"
                             "    label: Typing mistake in the address\n"
                             "    description: The address has a typing mistake.\n"
                             "    source: test\n"
                             "    reviewed: 2026-11-21\n";

static const char guides[] = "format: 1\nguides: []\n";

static const char recording[] =
    "{\"whybounce-recording\":1,\"resolvers\":\"192.0.2.53\"}\n"
    "{\"dns\":\"exmaple.test MX\",\"status\":\"nxdomain\",\"server\":\"192.0.2.53\",\"ms\":21}\n"
    "{\"dns\":\"exmaple.test A\",\"status\":\"nxdomain\",\"server\":\"192.0.2.53\",\"ms\":21}\n"
    "{\"dns\":\"exmaple.test AAAA\",\"status\":\"nxdomain\",\"server\":\"192.0.2.53\",\"ms\":21}\n";

static const char bounce[] = "Final-Recipient: rfc822; hanako@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n"
                             "Diagnostic-Code: smtp; 550 5.1.1 User unknown \033[2J\r\n";

/* --- a program without a terminal --- */

typedef struct World {
  char *folder;
  Desk *desk;
  App *app;
  gint64 now;
} World;

static char *world_path(const World *world, const char *name) {
  return g_build_filename(world->folder, name, NULL);
}

static void world_write(const World *world, const char *name, const char *text) {
  g_autofree char *path = world_path(world, name);
  g_autofree char *folder = g_path_get_dirname(path);
  g_autoptr(GError) error = NULL;
  g_mkdir_with_parents(folder, 0700);
  g_file_set_contents(path, text, -1, &error);
  g_assert_no_error(error);
}

static Desk *make_desk(const World *world) {
  g_autofree char *flows = world_path(world, "flows");
  g_autofree char *replay = world_path(world, "replay.jsonl");
  g_autoptr(GError) error = NULL;
  Diags *diags = diags_new();
  Flows *loaded = flows_load(flows, NULL, diags);
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *line = diag_format(diags_get(diags, i));
    g_test_message("%s", line);
  }
  g_assert_cmpuint(diags_length(diags), ==, 0);
  Net *net = net_replay_new(replay, &error);
  g_assert_no_error(error);
  Desk *desk = desk_new(loaded, diags, net);
  desk->cases = world_path(world, "cases");
  g_mkdir_with_parents(desk->cases, 0700);
  return desk;
}

static void open_world(World *world, G_GNUC_UNUSED gconstpointer data) {
  world->folder = g_dir_make_tmp("whybounce-app-XXXXXX", NULL);
  g_autofree char *one = g_strdup_printf(guide, "one", "Host not found", 1, 1);
  g_autofree char *two = g_strdup_printf(guide, "two", "User unknown", 2, 2);
  world_write(world, "flows/one.yaml", one);
  world_write(world, "flows/two.yaml", two);
  world_write(world, "flows/knowledge/causes.yaml", causes);
  world_write(world, "flows/knowledge/guides.yaml", guides);
  world_write(world, "replay.jsonl", recording);
  world->desk = make_desk(world);
  world->app = app_new(world->desk);
  world->now = G_USEC_PER_SEC;
}

static void remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  g_remove(path);
}

static void close_world(World *world, G_GNUC_UNUSED gconstpointer data) {
  app_free(world->app);
  desk_free(world->desk);
  remove_tree(world->folder);
  g_free(world->folder);
}

/* What the loop of the terminal does between two keys. */
static void settle(World *world) {
  for (int i = 0; i < 20; i++) {
    net_turn(world->desk->net, NULL, 0, 0);
    app_wake(world->app, world->now);
  }
}

static AppWish press(World *world, Key key) {
  world->now += G_USEC_PER_SEC;
  AppWish wish = app_key(world->app, key, world->now);
  settle(world);
  return wish;
}

static void type(World *world, const char *text) {
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
    press(world, g_utf8_get_char(p));
}

static char *show_sized(World *world, int cols, int rows) {
  world->now += G_USEC_PER_SEC;
  app_due(world->app, world->now);
  g_autoptr(Screen) screen = app_screen(world->app, cols, rows, world->now);
  for (guint i = 0; i < screen->lines->len; i++)
    g_assert_cmpint(((Row *)g_ptr_array_index(screen->lines, i))->width, <=, cols);
  return screen_text(screen);
}

static gboolean shows_sized(World *world, const char *words, int cols, int rows) {
  g_autofree char *text = show_sized(world, cols, rows);
  gboolean found = strstr(text, words) != NULL;
  if (!found)
    g_test_message("no \"%s\" in:\n%s", words, text);
  return found;
}

#define assert_shows(world, words) g_assert_true(shows_sized(world, words, 80, 24))

static gboolean hides(World *world, const char *words) {
  g_autofree char *text = show_sized(world, 80, 24);
  return strstr(text, words) == NULL;
}

/* From the start menu to the question after the test. */
static void walk_to_question(World *world) {
  press(world, '1');
  press(world, K_F2);
  type(world, "taro@exmaple.test");
  press(world, K_ENTER);
  assert_shows(world, "[FAIL]");
  press(world, K_ENTER);
  assert_shows(world, "Is it spelled correctly?");
}

static void walk_to_end(World *world) {
  walk_to_question(world);
  press(world, '2');
  assert_shows(world, "WHYBOUNCE      Summary ");
}

/* --- tests --- */

static void test_menu(World *world, G_GNUC_UNUSED gconstpointer data) {
  assert_shows(world, "  > 1  Host not found                            5.1.1\n    2  User unknown");
  assert_shows(world, " 2 guides loaded.\n 1-2 or Up/Down choose   Enter open   / search   ? help   q quit\n");
  press(world, K_DOWN);
  assert_shows(world, "  > 2  User unknown");
  press(world, 'k');
  assert_shows(world, "  > 1  Host");
  press(world, 'G');
  press(world, 'g');
  assert_shows(world, "  > 1  Host");
  press(world, 0xff12); /* full-width 2: an input method was left on */
  assert_shows(world, "WHYBOUNCE      User unknown ");
}

static void test_walk(World *world, G_GNUC_UNUSED gconstpointer data) {
  press(world, K_ENTER);
  assert_shows(world, "Do you have the bounce message?");
  app_paste(world->app, bounce, 40, FALSE, world->now);
  app_paste(world->app, bounce + 40, strlen(bounce) - 40, TRUE, world->now);
  assert_shows(world, " | Diagnostic-Code: smtp; 550 5.1.1 User unknown \\x1B[2J\n");
  assert_shows(world, " Recognised: 550 5.1.1, hanako@example.net\n");
  assert_shows(world, " 1 control character was made visible.\n");
  press(world, K_CTRL('d'));
  assert_shows(world, "  > hanako@example.net\n");
  assert_shows(world, " Say to the caller\n | Please read the address to me.\n");
  press(world, K_CTRL('u'));
  type(world, "taro@exmaple.test");
  press(world, K_ENTER);
  assert_shows(world, " Bounce message > Address > MAIL SERVERS\n");
  assert_shows(world, " What it means\n Nobody has registered this name.\n");
  press(world, 'd');
  assert_shows(world, " exmaple.test MX   192.0.2.53, 21 ms");
  press(world, K_ESC);
  press(world, K_RIGHT);
  assert_shows(world, "  > 1  No, there is a mistake\n");
  assert_shows(world, " Found so far\n   Mail servers  [FAIL] ");
  press(world, '1');
  assert_shows(world, "  > [ ] 1  Correct the address.\n");
  press(world, ' ');
  press(world, '2');
  assert_shows(world, "    [x] 1  Correct the address.\n  > [x] 2  Send it again.\n");
  press(world, ' ');
  press(world, K_ENTER);
  assert_shows(world, "[FAIL] Typing mistake in the address\n");
  press(world, 'n');
  assert_shows(world, "What do you have in front of you?");
  g_assert_true(hides(world, "Resume"));
}

static void test_back_and_drafts(World *world, G_GNUC_UNUSED gconstpointer data) {
  walk_to_question(world);
  press(world, K_DOWN);
  press(world, K_ENTER);
  press(world, 'b');
  assert_shows(world, "  > 2  Yes, it is correct\n");
  press(world, 'b');
  press(world, K_LEFT);
  assert_shows(world, "  > taro@exmaple.test\n");
  type(world, ".and.more");
  press(world, K_ESC);
  assert_shows(world, "Do you have the bounce message?");
  press(world, K_F2);
  assert_shows(world, "  > taro@exmaple.test.and.more\n");
  press(world, K_ESC);
  press(world, K_ESC);
  assert_shows(world, "What do you have in front of you?");
  assert_shows(world, "    r  Resume: Host not found, ");
  press(world, 'r');
  assert_shows(world, "Do you have the bounce message?");
}

static void test_quit(World *world, G_GNUC_UNUSED gconstpointer data) {
  walk_to_question(world);
  g_assert_cmpint(press(world, 'q'), ==, APP_STAY);
  assert_shows(world, "Quit? The case is kept");
  press(world, K_ESC);
  assert_shows(world, "Is it spelled correctly?");
  press(world, 'q');
  g_assert_cmpint(press(world, K_ENTER), ==, APP_QUIT);
}

static void test_quit_menu(World *world, G_GNUC_UNUSED gconstpointer data) {
  g_assert_cmpint(press(world, 'q'), ==, APP_QUIT);
}

static void test_interrupt(World *world, G_GNUC_UNUSED gconstpointer data) {
  press(world, '1');
  g_assert_cmpint(press(world, K_CTRL('c')), ==, APP_STAY);
  assert_shows(world, "Press Ctrl-C again to quit.");
  press(world, 'a');
  g_assert_cmpint(press(world, K_CTRL('c')), ==, APP_STAY);
  g_assert_cmpint(press(world, K_CTRL('c')), ==, APP_QUIT);
}

static void test_letters_are_text(World *world, G_GNUC_UNUSED gconstpointer data) {
  press(world, '1');
  type(world, "q?b\r\rL");
  assert_shows(world, " | q?b\n |\n | L\n");
  press(world, K_F2);
  type(world, "qjk?L/日本");
  assert_shows(world, "  > qjk?L/日本\n");
}

static void test_summary(World *world, G_GNUC_UNUSED gconstpointer data) {
  walk_to_end(world);
  assert_shows(world, "masked: press m to show");
  press(world, 'm');
  assert_shows(world, "shown in full: press m");
  press(world, K_PAGE_DOWN);
  press(world, K_END);
  g_assert_true(hides(world, "-- lines 1 to"));
  g_assert_cmpint(press(world, 'y'), ==, APP_SEND);
  g_autofree char *output = app_take_output(world->app);
  g_assert_true(g_str_has_prefix(output, "\033]52;c;") || g_str_has_prefix(output, "\033P"));
  assert_shows(world, "Enter show as a plain page");
  g_assert_cmpint(press(world, K_ENTER), ==, APP_PLAIN);
  g_autofree char *plain = app_plain_page(world->app);
  g_assert_nonnull(strstr(plain, "taro@exmaple.test"));
  press(world, 'b');
  assert_shows(world, "Is it spelled correctly?");
}

static void test_write(World *world, G_GNUC_UNUSED gconstpointer data) {
  g_autofree char *path = world_path(world, "page.txt");
  walk_to_end(world);
  press(world, 'w');
  assert_shows(world, " Write to file: whybounce-");
  press(world, K_CTRL('u'));
  type(world, path);
  press(world, K_ENTER);
  assert_shows(world, " Written to ");
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_nonnull(strstr(text, "Typing mistake in the address"));
  /* it is there now: refused, and the name can be changed */
  press(world, 'w');
  press(world, K_CTRL('u'));
  type(world, path);
  press(world, K_ENTER);
  assert_shows(world, "There is a file");
  assert_shows(world, " Write to file: ");
  press(world, K_ESC);
  g_assert_cmpint(press(world, 'q'), ==, APP_QUIT);
}

static void test_search(World *world, G_GNUC_UNUSED gconstpointer data) {
  press(world, '/');
  type(world, "UNKNOWN");
  assert_shows(world, "  > 1  User unknown");
  g_assert_true(hides(world, "Host not found"));
  type(world, "q");
  assert_shows(world, "Nothing has these words in it.");
  press(world, K_ENTER);
  press(world, K_BACKSPACE);
  press(world, K_ENTER);
  assert_shows(world, "WHYBOUNCE      User unknown ");
}

static void test_help(World *world, G_GNUC_UNUSED gconstpointer data) {
  press(world, '?');
  assert_shows(world, "Esc, b, Left");
  press(world, K_ESC);
  press(world, '1');
  press(world, K_F2);
  press(world, '?');
  assert_shows(world, "  > ?\n");
  press(world, K_F1);
  assert_shows(world, " It looks like name@example.com.\n\n Keys ---");
  press(world, K_PAGE_DOWN);
  press(world, 'q');
  assert_shows(world, "  > ?\n");
}

static void test_small_window(World *world, G_GNUC_UNUSED gconstpointer data) {
  walk_to_question(world);
  press(world, K_DOWN);
  g_assert_true(shows_sized(world, "The window is 38x9.", 38, 9));
  g_assert_true(shows_sized(world, "  > 2  Yes, it is correct", 40, 10));
  g_assert_true(shows_sized(world, "  > 2  Yes, it is correct", 60, 16));
  for (int rows = 1; rows < 30; rows += 3)
    for (int cols = 1; cols < 120; cols += 7)
      g_free(show_sized(world, cols, rows));
  assert_shows(world, "  > 2  Yes, it is correct");
}

/* A name server that never answers. */
static int silent_server(World *world) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, length), ==, 0);
  g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &length), ==, 0);
  g_autofree char *resolver = g_strdup_printf("127.0.0.1:%d", ntohs(address.sin_port));
  NetOptions options = {.resolver = resolver, .timeout_ms = 60000};
  g_autoptr(GError) error = NULL;
  net_free(world->desk->net);
  world->desk->net = net_live_new(&options, &error);
  g_assert_no_error(error);
  return fd;
}

/* An idle page needs no clock; a running test gets a moment to be done before it is painted, then four paintings a
 * second. */
static void test_timing(World *world, G_GNUC_UNUSED gconstpointer data) {
  int fd = silent_server(world);
  g_free(show_sized(world, 80, 24));
  g_assert_cmpint(app_timeout(world->app, world->now), ==, -1);
  press(world, '1');
  press(world, K_F2);
  type(world, "taro@exmaple.test");
  g_free(show_sized(world, 80, 24));
  g_assert_cmpint(app_timeout(world->app, world->now), ==, -1);
  app_key(world->app, K_ENTER, world->now);
  g_assert_false(app_due(world->app, world->now));
  g_assert_cmpint(app_timeout(world->app, world->now), >, 10);
  g_assert_true(app_due(world->app, world->now + 100 * 1000));
  g_autoptr(Screen) screen = app_screen(world->app, 80, 24, world->now);
  g_autofree char *text = screen_text(screen);
  g_assert_nonnull(strstr(text, "[WAIT]"));
  g_assert_cmpint(app_timeout(world->app, world->now), ==, 250);
  g_assert_false(app_due(world->app, world->now + 200 * 1000));
  g_assert_true(app_due(world->app, world->now + 250 * 1000));
  g_free(show_sized(world, 80, 24));
  /* what a person does is painted at once, and the result needs no clock any more */
  app_key(world->app, 's', world->now);
  g_assert_true(app_due(world->app, world->now));
  assert_shows(world, "[ ?? ]");
  g_assert_cmpint(app_timeout(world->app, world->now), ==, -1);
  close(fd);
}

static void test_skip(World *world, G_GNUC_UNUSED gconstpointer data) {
  int fd = silent_server(world);
  press(world, '1');
  press(world, K_F2);
  type(world, "taro@exmaple.test");
  press(world, K_ENTER);
  assert_shows(world, "s skip waiting, use what we have");
  press(world, 'd');
  assert_shows(world, "Details: ");
  press(world, K_ESC);
  press(world, K_CTRL('c'));
  assert_shows(world, "[ ?? ]");
  press(world, 'r');
  assert_shows(world, "[WAIT]");
  press(world, 'c');
  assert_shows(world, "  > taro@exmaple.test\n");
  close(fd);
}

static void test_paste_elsewhere(World *world, G_GNUC_UNUSED gconstpointer data) {
  app_paste(world->app, "q1", 2, TRUE, world->now);
  assert_shows(world, "This page takes no pasted text.");
  assert_shows(world, "What do you have in front of you?");
  /* a mail pasted into the start menu opens the guide for it */
  app_paste(world->app, bounce, 40, FALSE, world->now);
  app_paste(world->app, bounce + 40, strlen(bounce) - 40, TRUE, world->now);
  assert_shows(world, "WHYBOUNCE      Host not found ");
  assert_shows(world, " Recognised: 550 5.1.1, hanako@example.net\n");
}

/* What was named on the command line is read before anybody has pressed a key. */
static void test_loaded(World *world, G_GNUC_UNUSED gconstpointer data) {
  g_autoptr(GPtrArray) guides = flows_menu(world->desk->flows);
  app_free(world->app);
  world->desk->bounce = g_strdup(bounce);
  world->desk->bounce_length = strlen(bounce);
  desk_begin(world->desk, g_ptr_array_index(guides, 0));
  world->app = app_new(world->desk);
  assert_shows(world, " Recognised: 550 5.1.1, hanako@example.net\n");
}

static void test_note(World *world, G_GNUC_UNUSED gconstpointer data) {
  walk_to_question(world);
  press(world, 'N');
  assert_shows(world, " Note:\n");
  type(world, "q: asked by phone");
  press(world, K_ENTER);
  assert_shows(world, "Is it spelled correctly?");
  press(world, '2');
  g_autofree char *page = app_plain_page(world->app);
  g_assert_nonnull(strstr(page, "q: asked by phone"));
}

static void test_fault(World *world, G_GNUC_UNUSED gconstpointer data) {
  g_free(world->desk->cases);
  world->desk->cases = world_path(world, "replay.jsonl/nowhere");
  press(world, '1');
  assert_shows(world, "[FAIL] This session is not being saved");
  press(world, K_F2);
  assert_shows(world, "[FAIL] This session is not being saved");
  type(world, "x@exmaple.test");
  press(world, K_ENTER);
  press(world, 'q');
  assert_shows(world, "Quit? What was done here would be lost.");
}

static void test_ascii(World *world, G_GNUC_UNUSED gconstpointer data) {
  app_set_ascii(world->app);
  assert_shows(world, "The locale of this terminal is plain ASCII");
  press(world, 'L');
  assert_shows(world, "the language stays English");
  g_assert_cmpstr(catalogue_language(), ==, "en");
}

/* Whatever is pressed, in windows of all sizes: it goes on and shows sound screens. */
static void test_monkey(World *world, G_GNUC_UNUSED gconstpointer data) {
  static const Key keys[] = {K_UP,        K_DOWN,      K_LEFT,      K_RIGHT,     K_HOME,      K_END,       K_PAGE_UP,
                             K_PAGE_DOWN, K_ENTER,     K_ENTER,     K_ENTER,     K_F2,        K_F1,        K_ESC,
                             K_BACKSPACE, K_DELETE,    '1',         '2',         '3',         '9',         ' ',
                             '?',         '/',         'd',         'r',         'f',         'y',         'm',
                             'n',         'b',         'c',         's',         'q',         'w',         'p',
                             'L',         'N',         'j',         'k',         'g',         'G',         0x65e5,
                             0x3099,      0xff11,      0x200b,      0xfffd,      K_CTRL('u'), K_CTRL('k'), K_CTRL('d'),
                             K_CTRL('a'), K_CTRL('e'), K_CTRL('c'), K_CTRL('l'), K_CTRL('z'), K_INSERT,    K_TAB};
  g_autofree char *here = g_get_current_dir();
  g_assert_cmpint(g_chdir(world->folder), ==, 0);
  g_free(world->desk->print_command);
  world->desk->print_command = g_strdup("cat");
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (int i = 0; i < 4000; i++) {
    if (i % 50 == 0)
      app_paste(world->app, bounce, strlen(bounce), TRUE, world->now);
    press(world, keys[g_rand_int_range(rand, 0, G_N_ELEMENTS(keys))]);
    g_free(show_sized(world, g_rand_int_range(rand, 1, 130), g_rand_int_range(rand, 1, 40)));
    g_free(app_take_output(world->app));
  }
  g_assert_cmpint(g_chdir(here), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  static const struct {
    const char *path;
    void (*run)(World *world, gconstpointer data);
  } tests[] = {
      {"/app/menu", test_menu},
      {"/app/walk", test_walk},
      {"/app/back-and-drafts", test_back_and_drafts},
      {"/app/quit", test_quit},
      {"/app/quit-menu", test_quit_menu},
      {"/app/interrupt", test_interrupt},
      {"/app/letters-are-text", test_letters_are_text},
      {"/app/summary", test_summary},
      {"/app/write", test_write},
      {"/app/search", test_search},
      {"/app/help", test_help},
      {"/app/small-window", test_small_window},
      {"/app/timing", test_timing},
      {"/app/skip", test_skip},
      {"/app/paste-elsewhere", test_paste_elsewhere},
      {"/app/loaded", test_loaded},
      {"/app/note", test_note},
      {"/app/fault", test_fault},
      {"/app/ascii", test_ascii},
      {"/app/monkey", test_monkey},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].path, World, NULL, open_world, tests[i].run, close_world);
  return g_test_run();
}
