/* Files and pipes: slow ones, endless ones, those that take a little at a time. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH (300u << 10)

static char *path_of(const char *name) {
  return g_build_filename(g_get_tmp_dir(), name, NULL);
}

static void test_write_and_load(void) {
  g_autofree char *path = path_of("whybounce-test-file"), *bytes = g_malloc(LENGTH);
  gsize length = 0;
  for (gsize i = 0; i < LENGTH; i++)
    bytes[i] = (char)(i % 251);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  g_assert_cmpint(file_write(fd, bytes, LENGTH), ==, 0);
  close(fd);
  g_autofree char *whole = file_load(path, LENGTH, &length);
  g_assert_cmpmem(whole, length, bytes, LENGTH);
  g_assert_cmpint(whole[length], ==, '\0');
  g_autofree char *part = file_load(path, 70000, &length);
  g_assert_cmpmem(part, length, bytes, 70000);
  g_unlink(path);
}

/* What has no end is read as far as the caller has room. */
static void test_endless(void) {
  gsize length = 0;
  g_autofree char *zeros = file_load("/dev/zero", 100001, &length);
  g_assert_nonnull(zeros);
  g_assert_cmpuint(length, ==, 100001);
}

static void test_faults(void) {
  gsize length;
  g_assert_null(file_load("/nonexistent/file", 10, &length));
  g_assert_cmpint(errno, ==, ENOENT);
  g_assert_null(file_load("/", 10, &length));
  g_assert_cmpint(errno, ==, EISDIR);
  int fd = open("/dev/full", O_WRONLY);
  g_assert_cmpint(file_write(fd, "x", 1), ==, ENOSPC);
  close(fd);
  g_assert_cmpint(file_write(-1, "x", 1), ==, EBADF);
}

/* Nobody writes to it: opening it must not wait for ever. */
static void test_named_pipe(void) {
  g_autofree char *path = path_of("whybounce-test-pipe");
  gsize length = 1;
  g_unlink(path);
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
  g_autofree char *nothing = file_load(path, 10, &length);
  g_assert_nonnull(nothing);
  g_assert_cmpuint(length, ==, 0);
  g_unlink(path);
}

/* The other side of both ends takes its time: nothing is lost, and an empty pipe is not its end. */
static void test_slow_pipe(void) {
  int ends[2];
  g_assert_cmpint(pipe2(ends, O_NONBLOCK), ==, 0);
  g_autofree char *bytes = g_strnfill(LENGTH, 'x');
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    g_usleep(50000);
    _exit(file_write(ends[1], bytes, LENGTH));
  }
  close(ends[1]);
  g_autoptr(GString) out = g_string_new("> ");
  int status;
  g_assert_cmpint(file_read(ends[0], LENGTH, out), ==, 0);
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_cmpint(status, ==, 0);
  g_assert_cmpuint(out->len, ==, LENGTH + 2);
  g_assert_true(g_str_has_prefix(out->str, "> xxx"));
  close(ends[0]);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/file/write-and-load", test_write_and_load);
  g_test_add_func("/file/endless", test_endless);
  g_test_add_func("/file/faults", test_faults);
  g_test_add_func("/file/named-pipe", test_named_pipe);
  g_test_add_func("/file/slow-pipe", test_slow_pipe);
  return g_test_run();
}
