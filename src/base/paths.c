#include "base/paths.h"

#include "base/catalogue.h"
#include "base/failure.h"

#include <errno.h>
#include <string.h>

/* Set once, while the options are read. */
static char *data_override;

void paths_set_data(const char *dir) {
  g_free(data_override);
  data_override = g_strdup(dir);
}

static gboolean is_dir(const char *path) {
  return g_file_test(path, G_FILE_TEST_IS_DIR);
}

/* The folder that holds this program. */
static char *program_dir(void) {
  g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
  return exe ? g_path_get_dirname(exe) : g_strdup(".");
}

/* The source tree that the program in `dir` was built in: the parent of the nearest folder above that is
 * called "build" and has flows/ beside it.  NULL if it is installed somewhere. */
static char *source_tree(const char *dir) {
  for (g_autofree char *at = g_strdup(dir);;) {
    char *parent = g_path_get_dirname(at);
    g_autofree char *name = g_path_get_basename(at);
    g_autofree char *flows = g_build_filename(parent, "flows", NULL);
    if (!strcmp(name, "build") && is_dir(flows))
      return parent;
    gboolean top = !strcmp(parent, at);
    g_free(at);
    at = parent;
    if (top)
      return NULL;
  }
}

/* NAME in the folder of the program or in one above it, up to build/: build/asan and other variants have
 * catalogues and modules of their own. */
static char *find_in_build(const char *dir, const char *tree, const char *name) {
  g_autofree char *build = g_build_filename(tree, "build", NULL);
  g_autofree char *at = g_strdup(dir);
  while (strlen(at) > strlen(build)) {
    g_autofree char *path = g_build_filename(at, name, NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
      return g_steal_pointer(&path);
    char *parent = g_path_get_dirname(at);
    g_free(at);
    at = parent;
  }
  return g_build_filename(build, name, NULL);
}

/* The installed folder beside the program's (PREFIX may have moved), or the one that was compiled in. */
static char *installed_dir(const char *dir, const char *relative, const char *compiled) {
  g_autofree char *prefix = g_path_get_dirname(dir);
  g_autofree char *beside = g_build_filename(prefix, relative, "whybounce", NULL);
  return is_dir(beside) ? g_steal_pointer(&beside) : g_strdup(compiled);
}

static char *data_dir(void) {
  if (data_override)
    return g_strdup(data_override);
  g_autofree char *dir = program_dir();
  char *tree = source_tree(dir);
  return tree ? tree : installed_dir(dir, "share", WB_DATADIR);
}

char *paths_flows(void) {
  g_autofree char *data = data_dir();
  return g_build_filename(data, "flows", NULL);
}

char *paths_knowledge(const char *name) {
  g_autofree char *data = data_dir();
  return g_build_filename(data, "flows", "knowledge", name, NULL);
}

char *paths_catalogues(void) {
  /* Somebody's own flows need not bring the program's translations. */
  g_autofree char *own = data_override ? g_build_filename(data_override, "i18n", NULL) : NULL;
  if (own && is_dir(own))
    return g_steal_pointer(&own);
  g_autofree char *dir = program_dir();
  g_autofree char *tree = source_tree(dir);
  if (tree)
    return find_in_build(dir, tree, "i18n");
  g_autofree char *data = installed_dir(dir, "share", WB_DATADIR);
  return g_build_filename(data, "i18n", NULL);
}

char *paths_module(const char *name) {
  g_autofree char *file = g_strdup_printf("%s.so", name);
  g_autofree char *dir = program_dir();
  g_autofree char *tree = source_tree(dir);
  if (tree)
    return find_in_build(dir, tree, file);
  g_autofree char *lib = installed_dir(dir, "lib", WB_LIBDIR);
  return g_build_filename(lib, file, NULL);
}

char **paths_own_flows(void) {
  char **folders = g_new0(char *, 3);
  folders[0] = g_strdup("/etc/whybounce/flows");
  folders[1] = g_build_filename(g_get_user_config_dir(), "whybounce", "flows", NULL);
  return folders;
}

char *paths_keys(void) {
  return g_build_filename(g_get_user_config_dir(), "whybounce", "keys", NULL);
}

char **paths_own_knowledge(const char *name) {
  char **files = g_new0(char *, 3);
  files[0] = g_build_filename("/etc/whybounce/knowledge", name, NULL);
  files[1] = g_build_filename(g_get_user_config_dir(), "whybounce", "knowledge", name, NULL);
  return files;
}

char *paths_cases(GError **error) {
  g_autofree char *cases = g_build_filename(g_get_user_state_dir(), "whybounce", "cases", NULL);
  if (g_mkdir_with_parents(cases, 0700) == 0)
    return g_steal_pointer(&cases);
  int problem = errno;
  g_autofree char *shown = g_filename_display_name(cases);
  failure_set(
      error, G_FILE_ERROR, (int)g_file_error_from_errno(problem),
      message_new(N_("The folder for cases cannot be made: {path} ({why}). Name another one in XDG_STATE_HOME."),
                  "path", shown, "why", failure_words(problem), NULL));
  return NULL;
}
