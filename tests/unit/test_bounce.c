/* Whole bounces: every sample in data/bounces has what must be read from it beside it (NAME.json); then the same
 * samples with other line ends, and without the part that takes mails apart. */
#include "bounces.h"

#include "report/bounce_json.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

static char *read_as_json(const char *bytes, gsize length) {
  g_autoptr(Bounce) bounce = bounce_read(bytes, length);
  return bounce_to_json(bounce, NULL);
}

/* The same JSON in one spelling. */
static char *canonical(const char *text) {
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) error = NULL;
  json_parser_load_from_data(parser, text, -1, &error);
  g_assert_no_error(error);
  return json_to_string(json_parser_get_root(parser), TRUE);
}

static void check_expected(const char *name, const char *bytes, gsize length) {
  g_autofree char *path = g_strdup_printf(FOLDER "/%s.json", name);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_autofree char *json = read_as_json(bytes, length);
  g_autofree char *got = canonical(json);
  g_autofree char *want = canonical(text);
  g_assert_cmpstr(got, ==, want);
}

static void test_samples(void) {
  for_each_sample(check_expected);
}

static char *with_line_ends(const char *bytes, gsize length, const char *end, gsize *new_length) {
  GString *out = g_string_new(NULL);
  for (gsize i = 0; i < length; i++) {
    if (bytes[i] == '\n')
      g_string_append(out, end);
    else
      g_string_append_c(out, bytes[i]);
  }
  *new_length = out->len;
  return g_string_free(out, FALSE);
}

static void check_line_ends(const char *name, const char *bytes, gsize length) {
  (void)name;
  g_autofree char *want = read_as_json(bytes, length);
  static const char *const ends[] = {"\r\n", "\r", "\r\r\n"};
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
    gsize n = 0;
    g_autofree char *other = with_line_ends(bytes, length, ends[i], &n);
    g_autofree char *got = read_as_json(other, n);
    g_assert_cmpstr(got, ==, want);
  }
}

static void test_line_ends(void) {
  for_each_sample(check_line_ends);
}

static void test_nothing(void) {
  static const char *const texts[] = {"",  "\n\n\n", "hello", "\xFF\xFE", "\xEF\xBB\xBF",  "From ",
                                      "{", ">>>>",   "@",     "<@>",      "Subject: x\n\n"};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(Bounce) bounce = bounce_read(texts[i], strlen(texts[i]));
    g_assert_false(bounce->is_bounce);
    g_assert_cmpint(bounce->kind, ==, BOUNCE_OTHER);
    g_assert_cmpuint(bounce->recipients->len, ==, 0);
    g_assert_nonnull(bounce->received);
  }
}

static void test_cut_flag(void) {
  gsize length = 50u << 20;
  g_autofree char *huge = g_malloc(length);
  memset(huge, 'x', length);
  static const char start[] = "550 5.1.1 <taro@example.com>: unknown\n\n";
  memcpy(huge, start, strlen(start));
  g_autoptr(Bounce) bounce = bounce_read(huge, length);
  g_assert_true(bounce->cut);
  g_assert_true(bounce->is_bounce);
  const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, 0);
  g_assert_cmpstr(recipient->recipient, ==, "taro@example.com");
  g_autoptr(Bounce) small = bounce_read(start, strlen(start));
  g_assert_false(small->cut);
}

static void test_hidden(void) {
  static const char text[] = "550 5.1.1 <taro@example.com>: \x1b[2J no\0such user";
  g_autoptr(Bounce) bounce = bounce_read(text, sizeof text - 1);
  g_assert_cmpuint(bounce->hidden, ==, 2);
  const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, 0);
  g_assert_cmpstr(recipient->diagnostic, ==, "550 5.1.1 <taro@example.com>: \\x1B[2J no such user");
}

static void test_utf16(void) {
  gsize length = 0;
  g_autofree char *wide =
      g_convert("550 5.1.1 <taro@example.com>: unknown\r\n", -1, "UTF-16", "UTF-8", NULL, &length, NULL);
  g_autoptr(Bounce) bounce = bounce_read(wide, length);
  g_assert_true(bounce->is_bounce);
  const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, 0);
  g_assert_cmpstr(recipient->status, ==, "5.1.1");
}

static void test_sending_ip(void) {
  const char *how = "?";
  static const char named[] = "550 5.7.1 <taro@example.com>: Client host [192.0.2.10] blocked using bl.example.org";
  g_autoptr(Bounce) bounce = bounce_read(named, strlen(named));
  g_assert_cmpstr(bounce_sending_ip(bounce, &how), ==, "192.0.2.10");
  g_assert_cmpstr(how, ==, "named");
  g_assert_cmpstr(bounce->list, ==, "bl.example.org");
  static const char none[] = "550 5.1.1 <taro@example.com>: User unknown";
  g_autoptr(Bounce) other = bounce_read(none, strlen(none));
  g_assert_null(bounce_sending_ip(other, &how));
  g_assert_null(how);
}

static void test_load(void) {
  gsize length = 0;
  g_autoptr(GError) error = NULL;
  g_assert_null(bounce_load("/nonexistent/x.eml", &length, &error));
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull(strstr(error->message, "/nonexistent/x.eml"));
  g_clear_error(&error);
  g_assert_null(bounce_load("/tmp", &length, &error));
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_clear_error(&error);
  g_assert_null(bounce_load("/dev/null", &length, &error));
  g_assert_nonnull(strstr(error->message, "empty"));
}

/* Run from another folder, the program does not find mime.so: the mail is read as text, and that is said. */
static void test_without_module(void) {
  g_autofree char *folder = g_dir_make_tmp("whybounce-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename(folder, "test_bounce", NULL);
  g_autofree char *program = NULL;
  gsize length = 0;
  g_assert_true(g_file_get_contents("/proc/self/exe", &program, &length, NULL));
  g_assert_true(g_file_set_contents_full(copy, program, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  const char *argv[] = {copy, "--read", FOLDER "/postfix-multi.eml", NULL};
  g_autofree char *out = NULL;
  int status = 1;
  g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, NULL));
  g_remove(copy);
  g_rmdir(folder);
  g_assert_cmpint(status, ==, 0);
  g_assert_cmpstr(out, ==, "plain taro@example.com/550/5.1.1 jiro@example.net/552/5.2.2 gone@nohost.example/-/5.4.4\n");
}

static int read_and_print(const char *path) {
  gsize length = 0;
  g_autofree char *bytes = bounce_load(path, &length, NULL);
  g_autoptr(Bounce) bounce = bounce_read(bytes, length);
  g_print("%s", bounce->plain ? "plain" : "mail");
  for (guint i = 0; i < bounce->recipients->len; i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    g_print(" %s/%s/%s", recipient->recipient, recipient->reply ? recipient->reply : "-", recipient->status);
  }
  g_print("\n");
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--read") == 0)
    return read_and_print(argv[2]);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounce/samples", test_samples);
  g_test_add_func("/bounce/line-ends", test_line_ends);
  g_test_add_func("/bounce/nothing", test_nothing);
  g_test_add_func("/bounce/cut", test_cut_flag);
  g_test_add_func("/bounce/hidden", test_hidden);
  g_test_add_func("/bounce/utf16", test_utf16);
  g_test_add_func("/bounce/sending-ip", test_sending_ip);
  g_test_add_func("/bounce/load", test_load);
  g_test_add_func("/bounce/without-module", test_without_module);
  return g_test_run();
}
