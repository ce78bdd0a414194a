#include "base/yaml.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static YamlDoc *load(const char *text, Diags *diags) {
  return yaml_load_data("x.yaml", text, strlen(text), diags);
}

/* The document of `text`, which must be without fault. */
static YamlDoc *load_good(const char *text) {
  g_autoptr(Diags) diags = diags_new();
  YamlDoc *doc = load(text, diags);
  if (diags_length(diags)) {
    g_autofree char *line = diag_format(diags_get(diags, 0));
    g_error("%s", line);
  }
  g_assert_nonnull(doc);
  return doc;
}

/* `text` has exactly one fault: at line:col, with `words` in it.  `readable`: the rest is there all the same. */
static void assert_fault(const char *text, int line, int col, const char *words, gboolean readable) {
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(YamlDoc) doc = load(text, diags);
  g_test_message("%.60s", text);
  g_assert_true((doc != NULL) == readable);
  g_assert_cmpuint(diags_length(diags), ==, 1);
  const Diag *diag = diags_get(diags, 0);
  g_autofree char *shown = diag_format(diag);
  g_test_message("%s", shown);
  g_assert_cmpint(diag->line, ==, line);
  g_assert_cmpint(diag->col, ==, col);
  if (!strstr(diag->text, words))
    g_error("\"%s\" is not in: %s", words, shown);
}

static void test_nodes(void) {
  g_autoptr(YamlDoc) doc = load_good("format: 1\n"
                                     "id: host-not-found\n"
                                     "matches: {status: [5.1.2, 5.4.4], phrases: [host unknown]}\n"
                                     "steps:\n"
                                     "  rcpt:\n"
                                     "    ask: \"Which address?\"\n"
                                     "    help: >-\n"
                                     "      Folded\n"
                                     "      text.\n"
                                     "    say: |\n"
                                     "      One.\n"
                                     "      Two.\n"
                                     "    empty:\n");
  const YamlNode *root = yaml_root(doc);
  g_assert_cmpint(root->kind, ==, YAML_MAP);
  g_assert_cmpuint(root->length, ==, 4);
  g_assert_cmpstr(root->keys[1]->text, ==, "id");
  g_assert_cmpstr(yaml_get_text(root, "id"), ==, "host-not-found");
  g_assert_cmpint(yaml_get_number(root, "format", 7), ==, 1);
  g_assert_cmpint(yaml_get_number(root, "id", 7), ==, 7);
  g_assert_cmpint(yaml_get_number(root, "nothing", 7), ==, 7);
  g_assert_null(yaml_get(root, "nothing"));
  g_assert_null(yaml_get(NULL, "x"));
  g_assert_null(yaml_get_text(root, "steps"));

  const YamlNode *status = yaml_get(yaml_get(root, "matches"), "status");
  g_assert_cmpint(status->kind, ==, YAML_LIST);
  g_assert_cmpuint(status->length, ==, 2);
  g_assert_null(status->keys);
  g_assert_cmpstr(status->items[1]->text, ==, "5.4.4");
  g_assert_cmpint(status->items[1]->line, ==, 3);
  g_assert_cmpint(status->items[1]->col, ==, 27);
  g_assert_null(yaml_get(status, "x"));

  const YamlNode *rcpt = yaml_get(yaml_get(root, "steps"), "rcpt");
  g_assert_cmpint(rcpt->line, ==, 6);
  g_assert_cmpint(rcpt->col, ==, 5);
  g_assert_true(yaml_get(rcpt, "ask")->quoted);
  g_assert_false(yaml_get(root, "id")->quoted);
  g_assert_cmpstr(yaml_get_text(rcpt, "help"), ==, "Folded text.");
  g_assert_true(yaml_get(rcpt, "help")->quoted);
  g_assert_cmpstr(yaml_get_text(rcpt, "say"), ==, "One.\nTwo.");
  g_assert_cmpstr(yaml_get_text(rcpt, "empty"), ==, "");
  g_assert_cmpstr(yaml_file(doc), ==, "x.yaml");
}

static void test_places_in_japanese(void) {
  g_autoptr(YamlDoc) doc = load_good("\xEF\xBB\xBF"
                                     "{日本語: あ, 二: い}\n");
  const YamlNode *value = yaml_get(yaml_root(doc), "二");
  g_assert_cmpstr(value->text, ==, "い");
  g_assert_cmpint(value->line, ==, 1);
  g_assert_cmpint(value->col, ==, 13); /* characters, not bytes; the byte order mark is none */
}

static void test_subset(void) {
  assert_fault("a: 1\nb: 2\na: 3\n", 3, 1, "first in line 1", TRUE);
  assert_fault("{a: 1, \"a\": 2}\n", 1, 8, "twice", TRUE);
  assert_fault("a: &x 1\n", 1, 4, "Anchors", TRUE);
  assert_fault("a: &x\n  b: 1\n", 1, 4, "Anchors", TRUE);
  assert_fault("a: *x\n", 1, 4, "Aliases", TRUE);
  assert_fault("a: !!str 1\n", 1, 4, "Tags", TRUE);
  assert_fault("a: !mine [1]\n", 1, 4, "Tags", TRUE);
  assert_fault("b: 1\n<<: {a: 1}\n", 2, 1, "Merge", TRUE);
  assert_fault("a: 1\n---\nb: 1\n", 2, 1, "second document", FALSE);
  assert_fault("? [a]\n: 1\n", 1, 3, "key must be", FALSE);
  assert_fault("{a: 1}: 2\n", 1, 1, "key must be", FALSE);
  assert_fault("%YAML 1.1\n---\na: 1\n", 1, 1, "begin with %", FALSE);

  /* The first of two pairs counts. */
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(YamlDoc) doc = load("a: 1\na: 2\nb: 3\n", diags);
  g_assert_cmpuint(yaml_root(doc)->length, ==, 2);
  g_assert_cmpstr(yaml_get_text(yaml_root(doc), "a"), ==, "1");
  g_assert_cmpstr(yaml_get_text(yaml_root(doc), "b"), ==, "3");

  g_autoptr(YamlDoc) list = load_good("[]\n");
  g_assert_cmpuint(yaml_root(list)->length, ==, 0);
  g_autoptr(YamlDoc) map = load_good("{}\n");
  g_assert_cmpuint(yaml_root(map)->length, ==, 0);

  /* A quoted "<<" is a key like any other, and an explicit start is no second document. */
  g_autoptr(YamlDoc) fine = load_good("---\n\"<<\": 1\n...\n");
  g_assert_cmpstr(yaml_get_text(yaml_root(fine), "<<"), ==, "1");
}

static void test_many_twins(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 100; i++)
    g_string_append_printf(text, "k%d: %d\n", i, i);
  g_string_append(text, "k50: again\n");
  assert_fault(text->str, 101, 1, "first in line 51", TRUE);
}

static void test_syntax(void) {
  assert_fault("say: Look: there\n", 1, 10, "colon", FALSE);
  assert_fault("a: 1\nword\nb: 2\n", 2, 1, "neither", FALSE);
  assert_fault("label: \"No\", it is\n", 1, 12, "quotes around the whole", FALSE);
  assert_fault("say: {fact} is wrong\n", 1, 13, "quotes around the whole", FALSE);
  assert_fault("a: [1, 2\nb: 3\n", 2, 2, "[brackets]", FALSE);
  assert_fault("a: \"no end\nb: 3\n", 1, 4, "never closed", FALSE);
  assert_fault("a: 'no end\n", 1, 4, "never closed", FALSE);
  assert_fault("a: \"\\d\"\n", 1, 5, "backslash", FALSE);
  assert_fault("a:\n\t- b\n", 2, 1, "tab", FALSE);
  assert_fault("a: @b\n", 1, 4, "quotes", FALSE);
  assert_fault("a: `b`\n", 1, 4, "quotes", FALSE);
  assert_fault("a: %b\n", 1, 4, "quotes", FALSE);
  assert_fault("a:\n  - 1\n  b: 2\n", 3, 3, "\"- \"", FALSE);
  assert_fault("a: - b\n", 1, 4, "list cannot begin", FALSE);
}

static void test_empty(void) {
  assert_fault("", 1, 1, "empty", FALSE);
  assert_fault("# only a comment\n", 1, 1, "empty", FALSE);
  assert_fault("---\n", 1, 1, "empty", FALSE);
}

static void test_bytes(void) {
  assert_fault("a: 1\nb: x\xFFy\n", 2, 5, "UTF-8", FALSE);
  assert_fault("a: 日\xE6\x97\n", 1, 5, "UTF-8", FALSE);
  assert_fault("a: \xC0\xAF\n", 1, 4, "UTF-8", FALSE);
  assert_fault("a: \x1B[2J\n", 1, 4, "control character", FALSE);
  assert_fault("a: 1\x7F\n", 1, 5, "control character", FALSE);
  assert_fault("a: x\u2028\nb: 1\n", 1, 5, "line separator", FALSE);
  assert_fault("a: x\xC2\x85\n", 1, 5, "line separator", FALSE);
  /* What is allowed in YAML but not on a screen. */
  assert_fault("a: 1\nb: gpj.\u202Eexe\u200B\n", 2, 4, "2 invisible", TRUE);
  assert_fault("a: \"\\e[2J\"\n", 1, 4, "1 invisible", TRUE);

  g_autoptr(Diags) diags = diags_new();
  g_autoptr(YamlDoc) doc = load("a: \"\\e]0;x\\a\\0z\"\n", diags);
  g_assert_cmpstr(yaml_get_text(yaml_root(doc), "a"), ==, "\\x1B]0;x\\x07\\x00z");
  static const char zero[] = "a: 1\nb\0c: 2\n";
  g_autoptr(YamlDoc) none = yaml_load_data("zero", zero, sizeof zero - 1, diags);
  g_assert_null(none);
  /* UTF-16 with its mark. */
  static const char wide[] = "\xFF\xFE"
                             "a\0:\0 \0b\0";
  g_autoptr(YamlDoc) utf16 = yaml_load_data("utf16", wide, sizeof wide - 1, diags);
  g_assert_null(utf16);
}

static void test_limits(void) {
  g_autoptr(GString) deep = g_string_new(NULL);
  for (int i = 0; i < 32; i++)
    g_string_append_c(deep, '[');
  for (int i = 0; i < 32; i++)
    g_string_append_c(deep, ']');
  yaml_doc_free(load_good(deep->str));
  g_string_prepend_c(deep, '[');
  g_string_append_c(deep, ']');
  assert_fault(deep->str, 1, 33, "too deeply", FALSE);

  g_autofree char *brackets = g_strnfill(1 << 20, '[');
  assert_fault(brackets, 1, 33, "too deeply", FALSE);
  g_autofree char *braces = g_strnfill(1 << 20, '{');
  g_autoptr(Diags) diags = diags_new();
  g_assert_null(load(braces, diags));

  g_autoptr(GString) many = g_string_new(NULL);
  for (int i = 0; i < YAML_MAX_NODES; i++)
    g_string_append(many, "- a\n");
  assert_fault(many->str, YAML_MAX_NODES, 3, "too many", FALSE);

  g_autofree char *large = g_strnfill(YAML_MAX_BYTES + 1, 'x');
  assert_fault(large, 0, 0, "4 MB", FALSE);
}

static void test_check_keys(void) {
  static const char *const allowed[] = {"title", "choose", "say", NULL};
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(YamlDoc) doc = load("title: x\nchose: y\nzzzzzz: z\n", diags);
  yaml_check_keys(doc, yaml_root(doc), allowed, diags);
  g_assert_cmpuint(diags_length(diags), ==, 2);
  g_autofree char *near = diag_format(diags_get(diags, 0));
  g_autofree char *far = diag_format(diags_get(diags, 1));
  g_assert_cmpstr(near, ==, "x.yaml:2:1: error: \"chose\" is not known here: did you mean \"choose\"?");
  g_assert_cmpstr(far, ==, "x.yaml:3:1: error: \"zzzzzz\" is not known here: use one of title, choose, say");
}

static void test_files(void) {
  g_autofree char *dir = g_dir_make_tmp("wb-yaml-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(dir, "a.yaml", NULL);
  g_autofree char *missing = g_build_filename(dir, "b.yaml", NULL);
  g_assert_true(g_file_set_contents(path, "a: [1, 2]\n", -1, NULL));
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(YamlDoc) doc = yaml_load_file(path, diags);
  g_assert_cmpuint(yaml_get(yaml_root(doc), "a")->length, ==, 2);
  g_assert_cmpuint(diags_length(diags), ==, 0);

  g_assert_null(yaml_load_file(missing, diags));
  g_assert_null(yaml_load_file(dir, diags));
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 2);
  g_assert_cmpint(diags_get(diags, 0)->line, ==, 0);
  /* Endless, and a pipe that nobody writes to. */
  g_assert_null(yaml_load_file("/dev/zero", diags));
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 3);
  g_unlink(path);
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
  alarm(10);
  g_assert_null(yaml_load_file(path, diags));
  alarm(0);
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 4);
  g_unlink(path);
  g_rmdir(dir);
}

static void test_speed(void) {
  g_autoptr(GString) text = g_string_new("steps:\n");
  for (int i = 0; text->len < 200000; i++)
    g_string_append_printf(text,
                           "  step%d:\n    say: Some words that explain what happens next to the reader.\n"
                           "    next: [{when: {mx.status: ok}, go: other}, {else: last}]\n",
                           i);
  gint64 best = G_MAXINT64;
  for (int i = 0; i < 5; i++) {
    gint64 start = g_get_monotonic_time();
    yaml_doc_free(load_good(text->str));
    best = MIN(best, g_get_monotonic_time() - start);
  }
  g_test_minimized_result((double)best / 1000, "200 KB in %.1f ms", (double)best / 1000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/yaml/nodes", test_nodes);
  g_test_add_func("/yaml/places-in-japanese", test_places_in_japanese);
  g_test_add_func("/yaml/subset", test_subset);
  g_test_add_func("/yaml/many-twins", test_many_twins);
  g_test_add_func("/yaml/syntax", test_syntax);
  g_test_add_func("/yaml/empty", test_empty);
  g_test_add_func("/yaml/bytes", test_bytes);
  g_test_add_func("/yaml/limits", test_limits);
  g_test_add_func("/yaml/check-keys", test_check_keys);
  g_test_add_func("/yaml/files", test_files);
  if (g_test_perf())
    g_test_add_func("/yaml/speed", test_speed);
  return g_test_run();
}
