/* whybounce lint: what is printed, and the exit code. */
#include "flows.h"

#include "base/paths.h"
#include "report/lint.h"

/* What lint prints about the files, without their folder. */
static char *lint(const char *const *files, int *code) {
  char *bytes = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&bytes, &length);
  *code = lint_run(files, out);
  fclose(out);
  GString *text = g_string_new(NULL);
  g_auto(GStrv) lines = g_strsplit(bytes, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto(GStrv) halves = g_strsplit(lines[i], ":", 2);
    g_autofree char *base = g_path_get_basename(halves[0]);
    g_string_append_printf(text, "%s:%s\n", base, halves[1]);
  }
  free(bytes);
  return g_string_free(text, FALSE);
}

static void test_shipped(void) {
  int code = -1;
  g_autofree char *text = lint(NULL, &code);
  g_assert_cmpstr(text, ==, "");
  g_assert_cmpint(code, ==, 0);
}

typedef struct Row {
  const char *name, *text;
  int code;
  const char *printed;
} Row;

static void test_files(void) {
  static const Row rows[] = {
      {"f.yaml", HEAD("f") END, 0, ""},
      {"f.yaml", HEAD("f") "  end: {finish: fxed}\n", 1,
       "f.yaml:5:17: error: \"fxed\" is not known for finish: did you mean \"fixed\"?\n"},
      {"f.yaml", "menu: 1\nat_return: end\n" HEAD("f") "  a: {say: S, next: end}\n" END, 0,
       "f.yaml:2:12: warning: \"at_return\" is not used: no way through this flow comes to \"return\"\n"},
      {"f.yaml", "{", 1, NULL},
      {"my-guides.yaml", "guides: [{id: g}]\n", 1, NULL},
      {"guides.yaml", "- {id: g, topic: t, app: A, title: T, steps: [x], source: S, reviewed: 2026-11-31}\n", 1,
       "guides.yaml:1:72: error: \"2026-11-31\" is no date: write year, month and day as 2026-11-21\n"},
      {"my-causes.yaml", "causes: [{id: a, owner: me, label: L, description: D, source: S, reviewed: 2026-11-21}]\n", 1,
       "my-causes.yaml:1:25: error: \"me\" is not known for owner: use one of sender, sender-admin, recipient, "
       "recipient-admin, nobody-wait\n"},
      {"my-lists.yaml", "format: 1\nlists: [{zone: 7}]\n", 1, NULL},
      {"my-providers.yaml", "format: 1\nproviders: [{nam: 7}]\n", 1, NULL},
      {"my-providers.yaml",
       "format: 1\nproviders:\n  - {id: A b, name: N, kind: mailbox, mx: a.example}\n"
       "  - {id: two, name: N, kind: mailbox, mx: b.example}\n"
       "  - {id: two, name: M, kind: mailbox, mx: c.example}\n",
       1,
       "my-providers.yaml:3:10: error: \"A b\" is no id: it has small letters, digits and hyphens\n"
       "my-providers.yaml:5:10: error: \"two\" is the id of N already\n"},
      {"my-domains.yaml", "format: 1\ndomains: [{nam: 7}]\n", 1, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Folder) folder = folder_new();
    folder_write(folder, rows[i].name, rows[i].text);
    const char *files[] = {folder->files->pdata[2], NULL};
    int code = -1;
    g_autofree char *text = lint(files, &code);
    if (rows[i].printed != NULL)
      g_assert_cmpstr(text, ==, rows[i].printed);
    else
      g_assert_true(g_str_has_prefix(text, rows[i].name));
    g_assert_cmpint(code, ==, rows[i].code);
  }
}

/* A file that cannot be read does not keep the others from being read; a fault of a shared flow is printed once. */
static void test_many(void) {
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "a.yaml", HEAD("a") "  a: {use: u}\n");
  folder_write(folder, "b.yaml", HEAD("b") "  b: {use: u}\n");
  folder_write(folder, "u.yaml", HEAD("u") "  u1: {finish: gone}\n");
  const char *files[] = {folder->files->pdata[2], folder->files->pdata[3], "/nowhere/c.yaml", folder->dir, NULL};
  int code = -1;
  g_autofree char *text = lint(files, &code), *base = g_path_get_basename(folder->dir);
  g_autofree char *expected = g_strdup_printf(
      "c.yaml: error: The file cannot be read: No such file or directory\n"
      "%s: error: The file cannot be read: Is a directory\n"
      "a.yaml:5:12: error: The flow \"u\" cannot be used: it has errors, see there\n"
      "b.yaml:5:12: error: The flow \"u\" cannot be used: it has errors, see there\n"
      "u.yaml:5:16: error: \"gone\" is not known for finish: use one of fixed, problem, escalate, unknown\n",
      base);
  g_assert_cmpstr(text, ==, expected);
  g_assert_cmpint(code, ==, 4);
}

/* Flows to look at, each beside what lint says about it; nothing: it has no fault. */
static void test_samples(void) {
  g_autoptr(GDir) folder = g_dir_open("tests/unit/data/flows", 0, NULL);
  g_assert_nonnull(folder);
  const char *name;
  guint n = 0;
  while ((name = g_dir_read_name(folder)) != NULL) {
    if (!g_str_has_suffix(name, ".yaml"))
      continue;
    g_autofree char *path = g_build_filename("tests/unit/data/flows", name, NULL);
    g_autofree char *beside = g_strdup_printf("%.*slint", (int)(strlen(path) - strlen("yaml")), path);
    g_autofree char *expected = NULL;
    if (!g_file_get_contents(beside, &expected, NULL, NULL))
      expected = g_strdup("");
    int code = -1;
    g_autofree char *text = lint((const char *[]){path, NULL}, &code);
    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpint(code, ==, *expected != '\0');
    n++;
  }
  g_assert_cmpuint(n, >=, 4);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_setenv("XDG_CONFIG_HOME", "/nowhere", TRUE);
  g_test_add_func("/lint/shipped", test_shipped);
  g_test_add_func("/lint/files", test_files);
  g_test_add_func("/lint/samples", test_samples);
  g_test_add_func("/lint/many", test_many);
  return g_test_run();
}
