/* A page given to print commands that take it, refuse it, and are none. */
#include "base/text.h"
#include "ui/printer.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Waits for the end as the front ends do. NULL: it printed. */
static char *print_with(const char *command, const char *page) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Printer) printer = printer_start(command, page, &error);
  if (printer == NULL)
    return g_strdup(error->message);
  for (int i = 0; i < 100; i++) {
    struct pollfd fd = {printer_fd(printer), POLLIN, 0};
    poll(&fd, 1, 100);
    if (printer_look(printer, &error))
      return error != NULL ? g_strdup(error->message) : NULL;
  }
  g_assert_not_reached();
}

static void test_takes_the_page(void) {
  g_autofree char *file = g_build_filename(g_get_tmp_dir(), "whybounce-printed-XXXXXX", NULL);
  int fd = g_mkstemp(file);
  g_assert_cmpint(fd, >=, 0);
  close(fd);
  /* Larger than a pipe holds: the command reads at its own pace. */
  g_autofree char *page = g_strnfill(300000, 'x');
  g_autofree char *command = g_strdup_printf("sh -c 'sleep 0.1; cat > \"$0\"' '%s'", file);
  g_autofree char *fault = print_with(command, page), *printed = NULL;
  g_assert_null(fault);
  g_assert_true(g_file_get_contents(file, &printed, NULL, NULL));
  g_assert_cmpstr(printed, ==, page);
  g_assert_cmpint(remove(file), ==, 0);
}

static void test_refuses(void) {
  g_autofree char *fault = print_with("sh -c 'printf \"no \\033[2J default destination\" >&2; exit 1'", "page");
  g_assert_nonnull(fault);
  g_assert_nonnull(strstr(fault, "no \\x1B[2J default destination"));
  g_assert_true(text_is_safe(fault));
}

static void test_is_no_command(void) {
  g_autofree char *missing = print_with("/nonexistent/lp -", "page"), *broken = print_with("lp 'unclosed", "page"),
                  *silent = print_with("false", "page");
  g_assert_nonnull(strstr(missing, "/nonexistent/lp"));
  g_assert_nonnull(strstr(broken, "WHYBOUNCE_PRINT"));
  g_assert_nonnull(strstr(silent, "ended with an error"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/printer/takes-the-page", test_takes_the_page);
  g_test_add_func("/printer/refuses", test_refuses);
  g_test_add_func("/printer/is-no-command", test_is_no_command);
  return g_test_run();
}
