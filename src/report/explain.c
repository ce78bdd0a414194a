#include "report/explain.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "mail/mailbox.h"
#include "report/bounce_json.h"

#include <unistd.h>

#define COLUMNS 78
#define EXIT_BAD_INPUT 4

static char *item_name(const MailboxItem *item) {
  g_autofree char *shown = item->file ? g_filename_display_name(item->file) : NULL;
  g_autofree char *safe = shown ? text_safe(shown, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL) : NULL;
  if (item->number == 0)
    return g_steal_pointer(&safe);
  return g_strdup_printf("%s#%u", safe ? safe : "-", item->number);
}

static void explain_item(const MailboxItem *item, gboolean json, FILE *out) {
  g_autoptr(Bounce) bounce = bounce_read(item->bytes, item->length);
  g_autofree char *name = item_name(item);
  g_autofree char *text = json ? bounce_to_json(bounce, name) : explain_page(bounce, name, COLUMNS);
  fputs(text, out);
  fputc('\n', out);
}

static void complain(const GError *error) {
  g_autofree char *safe = text_safe(error->message, -1, TEXT_MAX_REMOTE, TEXT_LINES, NULL);
  fprintf(stderr, "whybounce: %s\n", safe);
}

static int explain_file(const char *file, gboolean json, FILE *out) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Mailbox) mailbox = mailbox_open(file, &error);
  int code = 0;
  while (mailbox) {
    g_auto(MailboxItem) item = {0};
    if (mailbox_next(mailbox, &item, &error)) {
      explain_item(&item, json, out);
    } else if (error) {
      complain(error);
      g_clear_error(&error);
      code = EXIT_BAD_INPUT;
    } else {
      return code;
    }
  }
  complain(error);
  return EXIT_BAD_INPUT;
}

int explain_run(const char *const *files, gboolean json, FILE *out) {
  static const char *const standard[] = {"-", NULL};
  if (!files || !*files) {
    files = standard;
    if (isatty(STDIN_FILENO))
      fprintf(stderr, "%s\n", tr(N_("Paste the bounce here, then press Enter and Ctrl-D.")));
  }
  int code = 0;
  for (; *files; files++) {
    int result = explain_file(*files, json, out);
    code = MAX(code, result);
  }
  return code;
}
