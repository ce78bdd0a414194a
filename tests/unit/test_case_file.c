/* The file of a case: full disks, names, locks, faults, the list. */
#include "cases.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* --- a disk that is full --- */

static void set_file_limit(rlim_t bytes) {
  struct rlimit limit;
  g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void test_full_disk(void) {
  signal(SIGXFSZ, SIG_IGN);
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "full", session);
  struct stat st;
  g_assert_cmpint(stat(case_path(c), &st), ==, 0);
  set_file_limit((rlim_t)st.st_size + 50); /* in the middle of a line */
  answer(world, session, "550 5.1.1 no such user");
  g_assert_cmpstr(case_fault(c), ==,
                  "The case cannot be saved at the moment: the file is too large. You can go on; it is tried again with every "
                  "step.");
  answer(world, session, "taro@exmaple.com");
  g_assert_nonnull(case_fault(c));
  assert_path(session, "pasted rcpt mx");
  set_file_limit(RLIM_INFINITY);
  answer(world, session, NULL);
  g_assert_cmpstr(case_fault(c), ==, NULL);
  g_autofree char *path = g_strdup(case_path(c)), *want = state(session);
  case_free(c);
  g_autoptr(Net) empty = net_replay_new(NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(Session) copy = case_read(path, world->flows, empty, &error);
  g_assert_no_error(error);
  g_autofree char *got = state(copy);
  g_assert_cmpstr(got, ==, want);
}

/* --- names and folders --- */

static void test_names(void) {
  static const char *const bad[] = {"", ".", "..", ".hidden", "a/b", "a b", "\xe3\x81\x82", "a\n", "a:b",
                                    "12345678901234567890123456789012345678901234567890123456789012345"};
  static const char *const good[] = {"HD-1234", "a", "a.b_c-D", "-x",
                                     "1234567890123456789012345678901234567890123456789012345678901234"};
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(case_new(world->dir, bad[i], session, &error));
    g_assert_nonnull(strstr(error->message, "cannot be the name of a case"));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
    Case *c = new_case(world, good[i], session);
    g_assert_cmpstr(case_id(c), ==, good[i]);
    case_free(c);
    g_autoptr(GError) error = NULL;
    g_autofree char *cases = g_build_filename(world->dir, "cases", NULL);
    g_assert_null(case_new(cases, good[i], session, &error));
    g_autofree char *want = g_strdup_printf(
        "There is a case %s already. Take it up with --resume, or choose another name.", good[i]);
    g_assert_cmpstr(error->message, ==, want);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(case_new("/nonexistent/folder", NULL, session, &error));
  g_assert_nonnull(strstr(error->message, "/nonexistent/folder/"));
}

static void test_numbers(void) {
  g_setenv("TZ", "Asia/Tokyo", TRUE);
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  for (int i = 1; i <= 3; i++) {
    Case *c = new_case(world, NULL, session);
    g_autofree char *want = g_strdup_printf("20261121-1131-%d", i);
    g_assert_cmpstr(case_id(c), ==, want);
    case_free(c);
  }
}

static void test_locked(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "locked", session);
  g_autoptr(GError) error = NULL;
  Session *second = NULL;
  g_assert_null(case_resume(case_path(c), world->flows, world->net, &second, &error));
  g_assert_nonnull(strstr(error->message, "is open in another window. Close it there first."));
  g_assert_null(second);
  g_autoptr(Net) empty = net_replay_new(NULL, NULL);
  g_autoptr(Session) look = case_read(case_path(c), world->flows, empty, NULL);
  g_assert_nonnull(look);
  g_autofree char *path = g_strdup(case_path(c));
  case_free(c);
  c = case_resume(path, world->flows, world->net, &second, NULL);
  g_assert_nonnull(c);
  g_assert_cmpstr(case_id(c), ==, "locked");
  case_free(c);
  session_free(second);
}

/* Who looks at a case, or takes it up and does nothing, leaves no trace in it. */
static void test_no_trace(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "trace", session);
  answer(world, session, "550 5.1.1");
  answer(world, session, "taro@exmaple.com");
  g_autofree char *path = g_strdup(case_path(c));
  case_free(c);
  gsize before, after;
  g_autofree char *text = read_text(path, &before);
  Session *resumed = NULL;
  c = case_resume(path, world->flows, world->net, &resumed, NULL);
  case_free(c);
  session_free(resumed);
  g_autofree char *same = read_text(path, &after);
  g_assert_cmpstr(same, ==, text);
  g_assert_cmpuint(before, ==, after);
}

/* --- files that are none --- */

#define START "{\"event\":\"start\",\"flow\":\"case\"}\n"

static void test_faults(void) {
  static const struct {
    const char *text, *fault;
  } rows[] = {
      {"", "FILE: there is no case in this file: it is empty or cut off at its first line"},
      {"\n\n", "FILE: there is no case in this file: it is empty or cut off at its first line"},
      {"hello\n", "FILE:1: this is no case of whybounce: a case begins with the event \"start\""},
      {"{\"whybounce-recording\":1}\n",
       "FILE:1: this is no case of whybounce: a case begins with the event \"start\""},
      {"{\"event\":\"answer\"}\n", "FILE:1: a case begins with the event \"start\""},
      {START START, "FILE:2: the case begins a second time here"},
      {START "{\"event\":\"answer\"\n", "FILE:2: this line is broken: it is no line of JSON"},
      {START "{\"event\":\"dance\"}\n",
       "FILE:2: this kind of event is not known here: was the case written by a newer whybounce?"},
      {START "{\"event\":[[[[[[[1]]]]]]]}\n", "FILE:2: this line is broken: it is no line of JSON"},
      {START "{\"event\":7}\n", "FILE:2: this line has no \"event\""},
      {START "\n{\"event\":\"resume\",\"kept\":\"9\"}\n",
       "FILE:3: \"kept\" is not the number of events before this line that count"},
      {START "{\"event\":\"resume\",\"kept\":\"0\"}\n",
       "FILE:2: \"kept\" is not the number of events before this line that count"},
      {START "{\"dns\":\"example.com BOGUS\"}\n", NULL},
      {START "{\"event\":\"answer\",\"step\":\"\xff\"}\n", "FILE:2: this line is broken: it is no line of JSON"},
      {START "{\"event\":\"answer\",\"step\":{\"a\":1},\"text\":[]}\n", ""},
      {START "{\"event\":\"tick\",\"item\":\"99999999999\"}\n{\"event\":\"back\"}\n{\"event\":\"consent\"}\n", ""},
      {START "{\"event\":\"bounce\",\"base64\":\"!!\"}\n{\"event\":\"note\"}\n", ""},
  };
  g_autoptr(World) world = case_world();
  g_autofree char *path = g_build_filename(world->dir, "copy.jsonl", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Net) empty = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) session = read_bytes(world, rows[i].text, strlen(rows[i].text), &empty, &error);
    g_test_message("%s: %s", rows[i].text, error != NULL ? error->message : "");
    if (rows[i].fault != NULL && *rows[i].fault == '\0') {
      g_assert_no_error(error);
      continue;
    }
    g_assert_null(session);
    g_assert_true(g_str_has_prefix(error->message, path));
    if (rows[i].fault != NULL)
      g_assert_cmpstr(error->message + strlen(path), ==, rows[i].fault + strlen("FILE"));
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(case_read("/nonexistent", world->flows, world->net, &error));
  g_assert_cmpstr(error->message, ==, "The case /nonexistent cannot be opened: there is no such file or folder");
  g_clear_error(&error);
  g_assert_null(case_read(world->dir, world->flows, world->net, &error));
  g_assert_nonnull(error);
}

/* --- the list --- */

static void set_time(const char *path, time_t at) {
  struct timespec times[2] = {{at, 0}, {at, 0}};
  g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static void test_list(void) {
  g_autoptr(World) world = case_world();
  g_autofree char *cases = g_build_filename(world->dir, "cases", NULL);
  static const char *const ids[] = {"a", "b", "c"};
  for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_autoptr(Session) session = begin(world, "case");
    Case *c = new_case(world, ids[i], session);
    g_autofree char *big = g_strnfill(100000, 'x');
    answer(world, session, i == 0 ? big : "550 5.1.1");
    if (i > 0)
      answer(world, session, "taro@exmaple.com");
    if (i > 1) {
      answer(world, session, NULL);
      answer(world, session, "1");
      answer(world, session, NULL);
      session_note(session, "late", world->now + SECOND);
    }
    g_autofree char *path = g_strdup(case_path(c));
    case_free(c);
    set_time(path, 1000 + (time_t)i);
  }
  world_file(world, "cases/broken.jsonl", "hello\n");
  world_file(world, "cases/other.txt", START);
  g_autoptr(GPtrArray) list = case_list(cases, 10);
  g_assert_cmpuint(list->len, ==, 3);
  const CaseEntry *c = g_ptr_array_index(list, 0), *b = g_ptr_array_index(list, 1), *a = g_ptr_array_index(list, 2);
  g_assert_cmpstr(c->id, ==, "c");
  g_assert_true(c->finished);
  g_assert_cmpstr(message_id(c->flow), ==, "Guide case");
  g_assert_cmpstr(message_id(c->step_title), ==, "The end");
  g_assert_cmpint(c->at, ==, world->now + SECOND);
  g_assert_cmpstr(b->id, ==, "b");
  g_assert_false(b->finished);
  g_assert_cmpstr(message_id(b->step_title), ==, "Mail servers");
  g_assert_true(g_file_test(b->path, G_FILE_TEST_EXISTS));
  g_assert_cmpstr(a->id, ==, "a"); /* its last event is longer than what is looked at */
  g_assert_false(a->finished);
  g_autoptr(GPtrArray) two = case_list(cases, 2);
  g_assert_cmpuint(two->len, ==, 2);
  g_autoptr(GPtrArray) none = case_list("/nonexistent", 10);
  g_assert_cmpuint(none->len, ==, 0);
}

/* What one session of a program learned does not get into the case of the next. */
static void test_own_answers_only(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) first = begin(world, "case");
  answer(world, first, "550 5.1.1");
  answer(world, first, "taro@example.com");
  g_autoptr(Session) second = begin(world, "case");
  answer(world, second, "550 5.1.1");
  answer(world, second, "taro@exmaple.com");
  Case *c = new_case(world, "own", second); /* late: what was there is there */
  gsize length;
  g_autofree char *text = read_text(case_path(c), &length);
  g_assert_nonnull(strstr(text, "exmaple.com MX"));
  g_assert_null(strstr(text, "\"example.com MX"));
  case_free(c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/case/full-disk", test_full_disk);
  g_test_add_func("/case/names", test_names);
  g_test_add_func("/case/numbers", test_numbers);
  g_test_add_func("/case/locked", test_locked);
  g_test_add_func("/case/no-trace", test_no_trace);
  g_test_add_func("/case/faults", test_faults);
  g_test_add_func("/case/list", test_list);
  g_test_add_func("/case/own-answers-only", test_own_answers_only);
  return g_test_run();
}
