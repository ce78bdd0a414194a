/* What fails is told in the language in force: in a Japanese session no English of the C library or of GLib. */
#include "base/failure.h"

#include "base/catalogue.h"
#include "base/paths.h"
#include "mail/dnslist.h"
#include "net/net.h"

#include <errno.h>
#include <string.h>

static void use(const char *lang) {
  g_autofree char *dir = paths_catalogues();
  g_autoptr(GError) error = NULL;
  catalogue_use(dir, lang, &error);
  g_assert_no_error(error);
}

static gboolean has_japanese(const char *text) {
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
    if (g_unichar_get_script(g_utf8_get_char(p)) == G_UNICODE_SCRIPT_HIRAGANA)
      return TRUE;
  return FALSE;
}

static void test_words(void) {
  static const int codes[] = {ENOENT, EACCES, EPERM, EISDIR, ENOTDIR, EEXIST, ENAMETOOLONG, ENOSPC,
                              EDQUOT, EROFS,  EFBIG, EIO,    EMFILE,  ENFILE, ENOMEM};
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
    use("en");
    g_autofree char *english = g_strdup(failure_words(codes[i]));
    g_assert_cmpstr(english, !=, g_strerror(codes[i]));
    use("ja");
    g_test_message("%s: %s", english, failure_words(codes[i]));
    g_assert_true(has_japanese(failure_words(codes[i])));
  }
  g_assert_cmpstr(failure_words(EXDEV), ==, g_strerror(EXDEV)); /* nobody meets it: as the C library says it */
  use("en");
}

static void test_reason(void) {
  g_autoptr(GError) closed = NULL, other = NULL;
  g_assert_false(g_file_get_contents("/nonexistent/file", &(char *){NULL}, NULL, &closed));
  g_assert_cmpstr(failure_reason(closed), ==, "there is no such file or folder");
  g_set_error_literal(&other, G_MARKUP_ERROR, G_FILE_ERROR_NOENT, "its own words");
  g_assert_cmpstr(failure_reason(other), ==, "its own words");
  g_clear_error(&other);
  g_set_error_literal(&other, G_FILE_ERROR, G_FILE_ERROR_FAILED, "something else");
  g_assert_cmpstr(failure_reason(other), ==, "something else");
}

static void test_set(void) {
  g_autoptr(GError) error = NULL;
  failure_set(&error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, message_new("{a} and {b}", "a", "1", "b", "\x1b[2J", NULL));
  g_assert_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE);
  g_assert_cmpstr(error->message, ==, "1 and \\x1B[2J");
  failure_set(NULL, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, message_new("nobody asks", NULL));
}

/* Sentences that come from the lower floors, as --replay, --resolver and lists=FILE show them. */
static void test_sentences(void) {
  g_autoptr(GError) none = NULL, broken = NULL, resolver = NULL, lists = NULL;
  use("ja");
  g_assert_null(net_replay_new("/nonexistent/file", &none));
  g_assert_null(net_replay_new("README.md", &broken));
  NetOptions options = {.resolver = "nowhere"};
  g_assert_null(net_live_new(&options, &resolver));
  g_assert_null(dnslists_load_own("README.md", &lists));
  use("en");
  const GError *const errors[] = {none, broken, resolver, lists};
  for (guint i = 0; i < G_N_ELEMENTS(errors); i++) {
    g_assert_nonnull(errors[i]);
    g_test_message("%s", errors[i]->message);
    g_assert_true(has_japanese(errors[i]->message));
  }
  g_assert_true(g_str_has_prefix(broken->message, "README.md:"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/failure/words", test_words);
  g_test_add_func("/failure/reason", test_reason);
  g_test_add_func("/failure/set", test_set);
  g_test_add_func("/failure/sentences", test_sentences);
  return g_test_run();
}
