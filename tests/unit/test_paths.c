#include "base/paths.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the program looks depends on where its own file is: each test puts a copy of this very program
 * somewhere and asks it with --print. */

static char *own_file(void) {
  return g_file_read_link("/proc/self/exe", NULL);
}

static int print_paths(const char *data) {
  if (data)
    paths_set_data(data);
  g_autofree char *flows = paths_flows(), *knowledge = paths_knowledge("causes.yaml"), *catalogues = paths_catalogues(),
                  *module = paths_module("mime");
  g_print("%s\n%s\n%s\n%s\n", flows, knowledge, catalogues, module);
  return 0;
}

typedef struct Tree {
  char *root;
} Tree;

static void set_up(Tree *tree, gconstpointer data) {
  (void)data;
  g_autofree char *made = g_dir_make_tmp("wb-paths-XXXXXX", NULL);
  tree->root = realpath(made, NULL);
}

static void remove_all(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_all(child);
  }
  g_remove(path);
}

static void tear_down(Tree *tree, gconstpointer data) {
  (void)data;
  remove_all(tree->root);
  free(tree->root);
}

static void make_folder(Tree *tree, const char *name) {
  g_autofree char *path = g_build_filename(tree->root, name, NULL);
  g_assert_cmpint(g_mkdir_with_parents(path, 0755), ==, 0);
}

/* Puts a copy of this program at root/`name` and asserts what it prints, relative to root, one path a line. */
static void assert_paths(Tree *tree, const char *name, const char *data, const char *expected) {
  g_autofree char *exe = g_build_filename(tree->root, name, NULL);
  g_autofree char *dir = g_path_get_dirname(exe);
  g_autofree char *self = own_file();
  g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true(g_file_get_contents(self, &bytes, &length, NULL));
  g_assert_true(g_file_set_contents(exe, bytes, (gssize)length, NULL));
  g_assert_cmpint(g_chmod(exe, 0755), ==, 0);

  g_autofree char *out = NULL;
  g_autoptr(GError) error = NULL;
  char *argv[] = {exe, "--print", (char *)data, NULL};
  int status;
  g_assert_true(g_spawn_sync("/", argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error));
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);

  g_autofree char *prefix = g_strconcat(tree->root, "/", NULL);
  g_auto(GStrv) parts = g_strsplit(out, prefix, -1);
  g_autofree char *relative = g_strjoinv("", parts);
  g_assert_cmpstr(relative, ==, expected);
}

static void test_source_tree(Tree *tree, gconstpointer data) {
  (void)data;
  make_folder(tree, "src/flows");
  make_folder(tree, "src/build/i18n");
  assert_paths(tree, "src/build/whybounce", NULL,
               "src/flows\nsrc/flows/knowledge/causes.yaml\nsrc/build/i18n\nsrc/build/mime.so\n");
  assert_paths(tree, "src/build/tests/unit/test_x", NULL,
               "src/flows\nsrc/flows/knowledge/causes.yaml\nsrc/build/i18n\nsrc/build/mime.so\n");
  make_folder(tree, "src/build/asan/i18n");
  make_folder(tree, "src/build/asan/mime.so");
  assert_paths(tree, "src/build/asan/whybounce", NULL,
               "src/flows\nsrc/flows/knowledge/causes.yaml\nsrc/build/asan/i18n\nsrc/build/asan/mime.so\n");
  assert_paths(tree, "src/build/asan/tests/unit/test_x", NULL,
               "src/flows\nsrc/flows/knowledge/causes.yaml\nsrc/build/asan/i18n\nsrc/build/asan/mime.so\n");
}

static void test_source_tree_in_build(Tree *tree, gconstpointer data) {
  (void)data;
  /* The tree itself lies in a folder called build. */
  make_folder(tree, "build/src/flows");
  assert_paths(
      tree, "build/src/build/whybounce", NULL,
      "build/src/flows\nbuild/src/flows/knowledge/causes.yaml\nbuild/src/build/i18n\nbuild/src/build/mime.so\n");
}

static void test_installed(Tree *tree, gconstpointer data) {
  (void)data;
  make_folder(tree, "usr/share/whybounce");
  make_folder(tree, "usr/lib/whybounce");
  assert_paths(tree, "usr/bin/whybounce", NULL,
               "usr/share/whybounce/flows\nusr/share/whybounce/flows/knowledge/causes.yaml\n"
               "usr/share/whybounce/i18n\nusr/lib/whybounce/mime.so\n");
  /* Alone, in a folder that only looks like ours: what was compiled in. */
  assert_paths(tree, "elsewhere/build/whybounce", NULL,
               WB_DATADIR "/flows\n" WB_DATADIR "/flows/knowledge/causes.yaml\n" WB_DATADIR "/i18n\n" WB_LIBDIR
                          "/mime.so\n");
}

static void test_override(Tree *tree, gconstpointer data) {
  (void)data;
  make_folder(tree, "usr/share/whybounce");
  make_folder(tree, "own");
  g_autofree char *own = g_build_filename(tree->root, "own", NULL);
  /* Somebody's flows without catalogues: the program still speaks its languages. */
  assert_paths(tree, "usr/bin/whybounce", own,
               "own/flows\nown/flows/knowledge/causes.yaml\nusr/share/whybounce/i18n\n" WB_LIBDIR "/mime.so\n");
  make_folder(tree, "own/i18n");
  assert_paths(tree, "usr/bin/whybounce", own,
               "own/flows\nown/flows/knowledge/causes.yaml\nown/i18n\n" WB_LIBDIR "/mime.so\n");
}

static void test_own_flows(void) {
  g_auto(GStrv) folders = paths_own_flows();
  g_assert_cmpuint(g_strv_length(folders), ==, 2);
  g_assert_cmpstr(folders[0], ==, "/etc/whybounce/flows");
  g_assert_true(g_str_has_suffix(folders[1], "/whybounce/flows"));
  g_assert_true(g_str_has_prefix(folders[1], g_get_user_config_dir()));
}

static void test_cases(Tree *tree, gconstpointer data) {
  (void)data;
  /* GLib asks the environment once; nothing here has asked before. */
  g_autofree char *state = g_build_filename(tree->root, "state", NULL);
  g_setenv("XDG_STATE_HOME", state, TRUE);
  g_autoptr(GError) error = NULL;
  g_autofree char *cases = paths_cases(&error);
  g_assert_no_error(error);
  g_autofree char *expected = g_build_filename(state, "whybounce", "cases", NULL);
  g_assert_cmpstr(cases, ==, expected);
  struct stat st;
  g_assert_cmpint(stat(cases, &st), ==, 0);
  g_assert_cmpint(st.st_mode & 0777, ==, 0700);

  /* Something else in its place. */
  g_rmdir(cases);
  g_assert_true(g_file_set_contents(cases, "", 0, NULL));
  g_assert_null(paths_cases(&error));
  g_assert_nonnull(error);
  g_assert_nonnull(strstr(error->message, "XDG_STATE_HOME"));
  g_unlink(cases);
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "--print"))
    return print_paths(argc > 2 ? argv[2] : NULL);
  g_test_init(&argc, &argv, NULL);
  g_test_add("/paths/source-tree", Tree, NULL, set_up, test_source_tree, tear_down);
  g_test_add("/paths/source-tree-in-build", Tree, NULL, set_up, test_source_tree_in_build, tear_down);
  g_test_add("/paths/installed", Tree, NULL, set_up, test_installed, tear_down);
  g_test_add("/paths/override", Tree, NULL, set_up, test_override, tear_down);
  g_test_add_func("/paths/own-flows", test_own_flows);
  g_test_add("/paths/cases", Tree, NULL, set_up, test_cases, tear_down);
  return g_test_run();
}
