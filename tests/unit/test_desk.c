/* The desk: what is worth resuming, and where a summary goes. */
#include "base/paths.h"
#include "ui/desk.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A desk over the flows that ship and a net that knows nothing, in a folder of its own. */
static Desk *desk_open(char **folder) {
  g_autoptr(GError) error = NULL;
  *folder = g_dir_make_tmp("whybounce-XXXXXX", &error);
  g_assert_no_error(error);
  g_autofree char *flows = paths_flows();
  Diags *diags = diags_new();
  Desk *desk = desk_new(flows_load(flows, NULL, diags), diags, net_replay_new(NULL, NULL));
  desk->cases = g_strdup(*folder);
  return desk;
}

static void desk_close(Desk *desk, const char *folder) {
  desk_free(desk);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
}

static gboolean offers_resume(const Desk *desk) {
  CaseEntry *entry = desk_open_case(desk);
  if (entry == NULL)
    return FALSE;
  case_entry_free(entry);
  return TRUE;
}

static void test_resume(void) {
  g_autofree char *folder = NULL, *fault = NULL;
  Desk *desk = desk_open(&folder);
  desk_begin(desk, flows_find(desk->flows, "user-unknown"));
  desk_leave(desk);
  g_assert_false(offers_resume(desk)); /* nothing was answered */
  desk_begin(desk, flows_find(desk->flows, "user-unknown"));
  g_assert_true(session_answer(desk->session, "taro@example.com", desk_now(), &fault));
  desk_leave(desk);
  g_assert_true(offers_resume(desk));
  desk_close(desk, folder);
}

/* The bounce of the command line is there for the guide that is taken in the end, and not for the next caller. */
static void test_bounce(void) {
  g_autofree char *folder = NULL, *fault = NULL;
  static const char notice[] = "550 5.1.1 <taro@example.com>: user unknown\n";
  Desk *desk = desk_open(&folder);
  desk->bounce = g_strdup(notice);
  desk->bounce_length = strlen(notice);
  desk_begin(desk, flows_find(desk->flows, "backscatter"));
  desk_leave(desk);
  desk_begin(desk, flows_find(desk->flows, "user-unknown"));
  g_assert_nonnull(facts_get(session_facts(desk->session), "bounce.status"));
  while (session_path(desk->session)->len < 2)
    g_assert_true(session_answer(desk->session, "1", desk_now(), &fault));
  desk_begin(desk, flows_find(desk->flows, "user-unknown"));
  g_assert_null(facts_get(session_facts(desk->session), "bounce.status"));
  desk_close(desk, folder);
}

static void test_write(void) {
  g_autofree char *folder = NULL, *page = NULL;
  g_autoptr(GError) error = NULL, again = NULL, nowhere = NULL;
  Desk *desk = desk_open(&folder);
  desk_begin(desk, flows_find(desk->flows, "user-unknown"));
  g_autofree char *path = g_build_filename(folder, "page.txt", NULL);
  g_assert_true(desk_write(desk, path, &error));
  g_assert_true(desk->saved);
  struct stat info;
  g_assert_cmpint(stat(path, &info), ==, 0);
  g_assert_cmpint(info.st_mode & 0777, ==, 0600);
  g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
  /* Not a second time over the first: the reader is told, and the page stays. */
  g_assert_false(desk_write(desk, path, &again));
  g_assert_nonnull(strstr(again->message, "page.txt"));
  g_assert_false(desk_write(desk, "/nonexistent/page.txt", &nowhere));
  g_assert_nonnull(strstr(nowhere->message, "/nonexistent/page.txt"));
  desk_close(desk, folder);
}

static void test_clipboard(void) {
  g_autofree char *folder = NULL;
  Desk *desk = desk_open(&folder);
  desk_begin(desk, flows_find(desk->flows, "user-unknown"));
  g_unsetenv("TMUX");
  g_unsetenv("STY");
  g_autofree char *bare = desk_clipboard(desk);
  g_assert_true(g_str_has_prefix(bare, "\033]52;c;"));
  g_setenv("TMUX", "/tmp/tmux", TRUE);
  g_autofree char *wrapped = desk_clipboard(desk);
  g_assert_true(g_str_has_prefix(wrapped, "\033Ptmux;\033\033]52;c;"));
  g_unsetenv("TMUX");
  desk_close(desk, folder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk/bounce", test_bounce);
  g_test_add_func("/desk/resume", test_resume);
  g_test_add_func("/desk/write", test_write);
  g_test_add_func("/desk/clipboard", test_clipboard);
  return g_test_run();
}
