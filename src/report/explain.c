#include "report/explain.h"

#include "base/catalogue.h"
#include "base/paths.h"
#include "base/text.h"
#include "flow/diagnose.h"
#include "mail/mailbox.h"
#include "report/bounce_json.h"
#include "report/tally.h"

#include <unistd.h>

#define COLUMNS 72
#define EXIT_BAD_INPUT 4

typedef struct Explain {
  const ExplainOptions *options;
  FILE *out;
  Causes *causes;
  Classifier *classifier;
  Tally *tally; /* NULL: every mail by itself */
} Explain;

static char *item_name(const MailboxItem *item) {
  g_autofree char *shown = item->file ? g_filename_display_name(item->file) : NULL;
  g_autofree char *safe = shown ? text_safe(shown, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL) : NULL;
  if (item->number == 0)
    return g_steal_pointer(&safe);
  return g_strdup_printf("%s#%u", safe ? safe : "-", item->number);
}

static void explain_item(const Explain *explain, const MailboxItem *item) {
  g_autoptr(Bounce) bounce = bounce_read(item->bytes, item->length);
  diagnose_bounce(bounce, explain->classifier, explain->causes);
  if (explain->tally != NULL) {
    tally_add(explain->tally, bounce);
    return;
  }
  g_autofree char *name = item_name(item);
  const ExplainKnowledge knowledge = {explain->causes, explain->classifier};
  g_autofree char *text =
      explain->options->json ? bounce_to_json(bounce, name) : explain_page(bounce, name, &knowledge, COLUMNS);
  fputs(text, explain->out);
  fputc('\n', explain->out);
}

static void complain(const GError *error) {
  g_autofree char *safe = text_safe(error->message, -1, TEXT_MAX_REMOTE, TEXT_LINES, NULL);
  fprintf(stderr, "whybounce: %s\n", safe);
}

static int explain_file(const Explain *explain, const char *file) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Mailbox) mailbox = mailbox_open(file, &error);
  int code = 0;
  while (mailbox) {
    g_auto(MailboxItem) item = {0};
    if (mailbox_next(mailbox, &item, &error)) {
      explain_item(explain, &item);
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

static void tell(const Diags *diags) {
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *text = diag_format(diags_get(diags, i));
    fprintf(stderr, "%s\n", text);
  }
}

/* Missing or broken knowledge is told; pages then say what the bounce says, and no more. */
static Causes *load_causes(void) {
  g_autofree char *path = paths_knowledge("causes.yaml");
  g_autoptr(Diags) diags = diags_new();
  Causes *causes = causes_load(path, diags);
  tell(diags);
  return causes;
}

static void put_tally(const Explain *explain) {
  g_autofree char *text =
      explain->options->json ? tally_json(explain->tally) : tally_page(explain->tally, COLUMNS);
  fprintf(explain->out, explain->options->json ? "%s\n" : "%s", text);
}

int explain_run(const char *const *files, const ExplainOptions *options, FILE *out) {
  static const char *const standard[] = {"-", NULL};
  if (!files || !*files) {
    files = standard;
    if (isatty(STDIN_FILENO))
      fprintf(stderr, "%s\n", tr(N_("Paste the bounce here, then press Enter and Ctrl-D.")));
  }
  g_autoptr(Causes) causes = load_causes();
  g_autoptr(Classifier) classifier = classifier_new(NULL, NULL);
  g_autoptr(Tally) tally = options->summary ? tally_new(causes) : NULL;
  Explain explain = {options, out, causes, classifier, tally};
  int code = 0;
  for (; *files; files++) {
    int result = explain_file(&explain, *files);
    code = MAX(code, result);
  }
  if (tally != NULL)
    put_tally(&explain);
  tell(classifier_diags(classifier));
  return code;
}
