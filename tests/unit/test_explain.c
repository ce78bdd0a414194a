/* `explain`: mailboxes of all kinds, the line of JSON, all mails counted, exit codes. */
#include "mail/mailbox.h"
#include "report/explain.h"

#include <glib/gstdio.h>
#include <string.h>

static const char mail_one[] = "From: MAILER-DAEMON@example.org\nSubject: Undelivered Mail Returned to Sender\n\n"
                               "<one@example.com>: host mx.example.com[192.0.2.25] said: 550 5.1.1 no such user\n";
static const char mail_two[] = "From: MAILER-DAEMON@example.org\nSubject: Undelivered Mail Returned to Sender\n\n"
                               "<two@example.com>: host mx.example.com[192.0.2.25] said: 452 4.2.2 full\n";

static char *make_folder(void) {
  return g_dir_make_tmp("whybounce-XXXXXX", NULL);
}

static char *write_file(const char *folder, const char *name, const char *text) {
  char *path = g_build_filename(folder, name, NULL);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  return path;
}

static char *make_mbox(const char *end) {
  return g_strdup_printf(
      "From MAILER-DAEMON  Thu Jul  2 12:05:05 2020\n%s\nFrom MAILER-DAEMON Fri Jul  3 12:05:05 2020 +0200\n%s%s",
      mail_one, mail_two, end);
}

static guint count_mails(const char *path) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Mailbox) mailbox = mailbox_open(path, &error);
  g_assert_no_error(error);
  guint n = 0;
  for (;;) {
    g_auto(MailboxItem) item = {0};
    if (!mailbox_next(mailbox, &item, &error))
      break;
    g_assert_cmpuint(item.length, ==, strlen(item.bytes));
    n++;
  }
  g_assert_no_error(error);
  return n;
}

static void test_mbox(void) {
  g_autofree char *folder = make_folder();
  g_autofree char *text = make_mbox("");
  g_autofree char *mbox = write_file(folder, "mbox", text);
  g_assert_cmpuint(count_mails(mbox), ==, 2);
  /* One mail that quotes another one with its envelope line. */
  g_autofree char *quoting = g_strdup_printf(
      "From MAILER-DAEMON  Thu Jul  2 12:05:05 2020\n%s\nbounced mail:\n\nFrom a@b Thu Jul  2 12:00:00 2020\nx\n",
      mail_one);
  g_autofree char *quote = write_file(folder, "quote", quoting);
  g_assert_cmpuint(count_mails(quote), ==, 1);
  /* No mbox: the line stands in the body of a mail that does not begin with one. */
  g_autofree char *plain_text = g_strdup_printf("%s\n\nFrom a@b Thu Jul  2 12:00:00 2020\nx\n", mail_one);
  g_autofree char *plain = write_file(folder, "plain", plain_text);
  g_assert_cmpuint(count_mails(plain), ==, 1);
  g_remove(mbox);
  g_remove(quote);
  g_remove(plain);
  g_rmdir(folder);
}

static void test_line_at_buffer_end(void) {
  /* The separator at every place around the end of the reader's buffer. */
  g_autofree char *folder = make_folder();
  g_autofree char *tail = make_mbox("");
  for (int shift = -60; shift < 60; shift += 7) {
    g_autoptr(GString) text = g_string_new("From a@b Thu Jul  2 12:05:05 2020\n");
    while ((int)text->len < 65536 + shift - 100)
      g_string_append(text, "0123456789\n");
    while ((int)text->len < 65536 + shift - 1)
      g_string_append_c(text, 'x');
    g_string_append(text, "\n\n");
    g_string_append(text, tail);
    g_autofree char *path = write_file(folder, "mbox", text->str);
    g_assert_cmpuint(count_mails(path), ==, 3);
    g_remove(path);
  }
  g_rmdir(folder);
}

static void test_folders(void) {
  g_autofree char *folder = make_folder();
  g_autofree char *cur = g_build_filename(folder, "cur", NULL);
  g_autofree char *new = g_build_filename(folder, "new", NULL);
  g_autofree char *tmp = g_build_filename(folder, "tmp", NULL);
  g_mkdir(cur, 0700);
  g_mkdir(new, 0700);
  g_mkdir(tmp, 0700);
  g_autofree char *one = write_file(cur, "1.host:2,S", mail_one);
  g_autofree char *two = write_file(new, "2.host", mail_two);
  g_autofree char *three = write_file(tmp, "3.host", mail_two);
  g_assert_cmpuint(count_mails(folder), ==, 2);
  g_assert_cmpuint(count_mails(tmp), ==, 1);
  g_remove(one);
  g_remove(two);
  g_remove(three);
  g_rmdir(cur);
  g_rmdir(new);
  g_rmdir(tmp);
  g_autoptr(GError) error = NULL;
  g_assert_null(mailbox_open(folder, &error)); /* an empty folder */
  g_assert_nonnull(error);
  g_rmdir(folder);
}

static char *run(const char *const *files, gboolean json, int *code) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  *code = explain_run(files, &(ExplainOptions){.json = json}, out);
  fclose(out);
  return text;
}

static void test_run(void) {
  g_autofree char *folder = make_folder();
  g_autofree char *one = write_file(folder, "one.eml", mail_one);
  g_autofree char *text = make_mbox("");
  g_autofree char *mbox = write_file(folder, "all.mbox", text);
  g_autofree char *empty = write_file(folder, "empty", "");
  int code = -1;
  const char *good[] = {one, mbox, NULL};
  g_autofree char *json = run(good, TRUE, &code);
  g_assert_cmpint(code, ==, 0);
  g_auto(GStrv) lines = g_strsplit(json, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 4); /* three objects and the end */
  g_assert_nonnull(strstr(lines[0], "one.eml\""));
  g_assert_nonnull(strstr(lines[0], "one@example.com"));
  g_assert_nonnull(strstr(lines[1], "all.mbox#1\""));
  g_assert_nonnull(strstr(lines[2], "all.mbox#2\""));
  g_assert_nonnull(strstr(lines[2], "two@example.com"));
  const char *mixed[] = {"/nonexistent/file", one, empty, NULL};
  g_autofree char *page = run(mixed, FALSE, &code);
  g_assert_cmpint(code, ==, 4);
  g_assert_nonnull(strstr(page, "one@example.com"));
  g_remove(one);
  g_remove(mbox);
  g_remove(empty);
  g_rmdir(folder);
}

/* Counted over files of all kinds; what cannot be read is left out, and told by the exit code. */
static void test_summary(void) {
  g_autofree char *folder = make_folder();
  g_autofree char *one = write_file(folder, "one.eml", mail_one);
  g_autofree char *text = make_mbox("");
  g_autofree char *mbox = write_file(folder, "all.mbox", text);
  g_autofree char *other = write_file(folder, "other.txt", "hello\n");
  const char *files[] = {one, mbox, other, "/nonexistent/file", NULL};
  char *json = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&json, &length);
  g_assert_cmpint(explain_run(files, &(ExplainOptions){.json = TRUE, .summary = TRUE}, out), ==, 4);
  fclose(out);
  g_assert_true(g_str_has_prefix(json, "{\"schema\":1,\"messages\":4,\"bounces\":3,\"recipients\":3,"
                                       "\"kinds\":{\"bounce\":3,\"other\":1},\"causes\":{"));
  g_assert_true(g_str_has_suffix(json, "]}\n"));
  g_assert_cmpuint(length, ==, strlen(json));
  free(json);
  g_remove(one);
  g_remove(mbox);
  g_remove(other);
  g_rmdir(folder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/explain/mbox", test_mbox);
  g_test_add_func("/explain/buffer-end", test_line_at_buffer_end);
  g_test_add_func("/explain/folders", test_folders);
  g_test_add_func("/explain/run", test_run);
  g_test_add_func("/explain/summary", test_summary);
  return g_test_run();
}
