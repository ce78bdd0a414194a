#include "base/catalogue.h"

#include "base/message.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- a .mo file of our own making ---- */

typedef struct Pair {
  const char *id, *text;
} Pair;

static const Pair sample[] = {
    {"", "Content-Type: text/plain; charset=UTF-8\n"},
    {"Back", "戻る"},
    {"Empty", ""},
    {"Yes", "はい"},
    {"down", "停止中"},
    {"{host} is {state}", "{host} は {state}"},
};

static void put_word(GString *mo, guint32 word, gboolean big) {
  word = big ? GUINT32_TO_BE(word) : GUINT32_TO_LE(word);
  g_string_append_len(mo, (const char *)&word, sizeof word);
}

static GString *make_mo(const Pair *pairs, guint32 n, gboolean big) {
  GString *mo = g_string_new(NULL);
  g_autoptr(GString) strings = g_string_new(NULL);
  put_word(mo, 0x950412de, big);
  put_word(mo, 0, big);
  put_word(mo, n, big);
  put_word(mo, 28, big);
  put_word(mo, 28 + 8 * n, big);
  put_word(mo, 0, big);
  put_word(mo, 0, big);
  for (int table = 0; table < 2; table++) {
    for (guint32 i = 0; i < n; i++) {
      const char *text = table ? pairs[i].text : pairs[i].id;
      put_word(mo, (guint32)strlen(text), big);
      put_word(mo, 28 + 16 * n + (guint32)strings->len, big);
      g_string_append_len(strings, text, (gssize)strlen(text) + 1);
    }
  }
  g_string_append_len(mo, strings->str, (gssize)strings->len);
  return mo;
}

/* ---- a folder for each test ---- */

typedef struct Folder {
  char *dir;
} Folder;

static void set_up(Folder *folder, gconstpointer data) {
  (void)data;
  folder->dir = g_dir_make_tmp("wb-mo-XXXXXX", NULL);
}

static void tear_down(Folder *folder, gconstpointer data) {
  (void)data;
  g_autoptr(GDir) dir = g_dir_open(folder->dir, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder->dir, name, NULL);
    g_unlink(path);
  }
  g_rmdir(folder->dir);
  g_free(folder->dir);
  g_assert_true(catalogue_use("/nonexistent", "en", NULL));
}

static void put_file(Folder *folder, const char *name, const char *bytes, gsize length) {
  g_autofree char *path = g_build_filename(folder->dir, name, NULL);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
}

static void put_sample(Folder *folder, const char *name, gboolean big) {
  g_autoptr(GString) mo = make_mo(sample, G_N_ELEMENTS(sample), big);
  put_file(folder, name, mo->str, mo->len);
}

static void assert_sample_in_force(void) {
  g_assert_cmpstr(tr("Back"), ==, "戻る");
  g_assert_cmpstr(tr("Yes"), ==, "はい");
  g_assert_cmpstr(tr("down"), ==, "停止中");
  g_assert_cmpstr(tr("Empty"), ==, "Empty");
  g_assert_cmpstr(tr("Unheard of"), ==, "Unheard of");
  g_assert_cmpstr(tr(""), ==, "");
}

static void test_use(Folder *folder, gconstpointer data) {
  (void)data;
  put_sample(folder, "ja.mo", FALSE);
  put_sample(folder, "xx.mo", TRUE);
  g_assert_cmpstr(catalogue_language(), ==, "en");
  g_assert_cmpstr(tr("Back"), ==, "Back");

  g_autoptr(GError) error = NULL;
  g_assert_true(catalogue_use(folder->dir, "ja", &error));
  g_assert_no_error(error);
  g_assert_cmpstr(catalogue_language(), ==, "ja");
  assert_sample_in_force();

  /* The other byte order. */
  g_assert_true(catalogue_use(folder->dir, "xx", &error));
  g_assert_cmpstr(catalogue_language(), ==, "xx");
  assert_sample_in_force();

  g_assert_true(catalogue_use(folder->dir, "en", &error));
  g_assert_cmpstr(tr("Back"), ==, "Back");
}

static void test_messages_follow(Folder *folder, gconstpointer data) {
  (void)data;
  put_sample(folder, "ja.mo", FALSE);
  g_autoptr(Message) message = message_new("{host} is {state}", "host", "mx.example.com", NULL);
  message_set_tr(message, "state", "down");
  g_autofree char *english = message_text(message, NULL, NULL);
  g_assert_true(catalogue_use(folder->dir, "ja", NULL));
  g_autofree char *japanese = message_text(message, NULL, NULL);
  message_set_language(message, "ja", "{host}: 自前");
  g_autofree char *own = message_text(message, NULL, NULL);
  g_assert_cmpstr(english, ==, "mx.example.com is down");
  g_assert_cmpstr(japanese, ==, "mx.example.com は 停止中");
  g_assert_cmpstr(own, ==, "mx.example.com: 自前");
}

static void test_failures_keep_language(Folder *folder, gconstpointer data) {
  (void)data;
  put_sample(folder, "ja.mo", FALSE);
  put_file(folder, "de.mo", "no catalogue", 12);
  put_file(folder, "fr.mo", "", 0);
  g_assert_true(catalogue_use(folder->dir, "ja", NULL));
  static const char *const bad[] = {"de", "fr", "it", "../ja", "", "/", "ja.mo", "x", "\x1B[2J"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(catalogue_use(folder->dir, bad[i], &error));
    g_assert_nonnull(error);
    g_assert_null(strchr(error->message, '\x1B'));
    g_assert_cmpstr(catalogue_language(), ==, "ja");
    assert_sample_in_force();
  }
}

static gboolean accepts(Folder *folder, const Pair *pairs, guint32 n) {
  g_autoptr(GString) mo = make_mo(pairs, n, FALSE);
  put_file(folder, "yy.mo", mo->str, mo->len);
  return catalogue_use(folder->dir, "yy", NULL);
}

static void test_unsound(Folder *folder, gconstpointer data) {
  (void)data;
  static const Pair sorted[] = {{"a", "1"}, {"b", "2"}}, unsorted[] = {{"b", "1"}, {"a", "2"}},
                    twins[] = {{"a", "1"}, {"a", "2"}}, escape[] = {{"a", "\x1B[2J"}}, bytes[] = {{"a", "\xFF"}},
                    override[] = {{"a", "\u202E"}};
  g_assert_true(accepts(folder, sorted, 2));
  g_assert_false(accepts(folder, unsorted, 2));
  g_assert_false(accepts(folder, twins, 2));
  g_assert_false(accepts(folder, escape, 1));
  g_assert_false(accepts(folder, bytes, 1));
  g_assert_false(accepts(folder, override, 1));
  g_assert_true(accepts(folder, sorted, 0));
}

/* Every single wrong byte and every length: refused or harmless (AddressSanitizer watches). */
static void test_damaged(Folder *folder, gconstpointer data) {
  (void)data;
  g_autoptr(GString) mo = make_mo(sample, G_N_ELEMENTS(sample), FALSE);
  static const guchar values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
  for (gsize i = 0; i < mo->len; i++) {
    for (gsize v = 0; v < G_N_ELEMENTS(values); v++) {
      char *bytes = g_memdup2(mo->str, mo->len);
      bytes[i] = (char)values[v];
      put_file(folder, "zz.mo", bytes, mo->len);
      g_free(bytes);
      catalogue_use(folder->dir, "zz", NULL);
      for (gsize p = 0; p < G_N_ELEMENTS(sample); p++)
        g_assert_nonnull(tr(sample[p].id));
    }
    put_file(folder, "zz.mo", mo->str, i);
    g_assert_false(catalogue_use(folder->dir, "zz", NULL));
  }
}

static void test_languages(Folder *folder, gconstpointer data) {
  (void)data;
  static const char *const names[] = {"ja.mo", "de.mo", "en.mo", "ja.po", "..mo", "x y.mo", "pt_BR.mo"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    put_file(folder, names[i], "", 0);
  g_auto(GStrv) languages = catalogue_languages(folder->dir);
  g_autofree char *joined = g_strjoinv(" ", languages);
  g_assert_cmpstr(joined, ==, "en de ja pt_BR");
  g_auto(GStrv) none = catalogue_languages("/nonexistent");
  g_assert_cmpuint(g_strv_length(none), ==, 1);
}

static void test_names(void) {
  g_assert_cmpstr(catalogue_language_name("en"), ==, "English");
  g_assert_cmpstr(catalogue_language_name("ja"), ==, "日本語");
  g_assert_cmpstr(catalogue_language_name("qq"), ==, "qq");
}

static void test_environment(void) {
  static const struct {
    const char *all, *messages, *lang, *expected;
  } cases[] = {
      {NULL, NULL, "ja_JP.UTF-8", "ja"}, {NULL, NULL, NULL, "en"},      {"de_DE", "ja_JP", "fr_FR", "de"},
      {NULL, "ja", "fr_FR", "ja"},       {"", "", "fr", "fr"},          {"C", NULL, "ja_JP", "en"},
      {NULL, NULL, "POSIX", "en"},       {NULL, NULL, "C.UTF-8", "en"}, {NULL, NULL, "japanese", "en"},
      {NULL, NULL, "sr@latin", "sr"},    {NULL, NULL, "../x", "en"},    {NULL, NULL, "j", "en"},
      {NULL, NULL, "ja.eucJP", "ja"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *const values[] = {cases[i].all, cases[i].messages, cases[i].lang};
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (int v = 0; v < 3; v++) {
      if (values[v])
        g_setenv(names[v], values[v], TRUE);
      else
        g_unsetenv(names[v]);
    }
    g_assert_cmpstr(catalogue_language_from_environment(), ==, cases[i].expected);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add("/catalogue/use", Folder, NULL, set_up, test_use, tear_down);
  g_test_add("/catalogue/messages-follow", Folder, NULL, set_up, test_messages_follow, tear_down);
  g_test_add("/catalogue/failures", Folder, NULL, set_up, test_failures_keep_language, tear_down);
  g_test_add("/catalogue/unsound", Folder, NULL, set_up, test_unsound, tear_down);
  g_test_add("/catalogue/damaged", Folder, NULL, set_up, test_damaged, tear_down);
  g_test_add("/catalogue/languages", Folder, NULL, set_up, test_languages, tear_down);
  g_test_add_func("/catalogue/names", test_names);
  g_test_add_func("/catalogue/environment", test_environment);
  return g_test_run();
}
