#include "base/diag.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

#define MAX_FAULTS 200
#define MAX_TEXT 1000

struct Diags {
  GPtrArray *list; /* sorted */
  guint counts[2]; /* by level, with those that are no longer kept */
};

static const char *const level_names[] = {[DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};

static void diag_free(gpointer data) {
  Diag *diag = data;
  g_free(diag->file);
  g_free(diag->text);
  g_free(diag);
}

Diags *diags_new(void) {
  Diags *diags = g_new0(Diags, 1);
  diags->list = g_ptr_array_new_with_free_func(diag_free);
  return diags;
}

void diags_free(Diags *diags) {
  if (!diags)
    return;
  g_ptr_array_unref(diags->list);
  g_free(diags);
}

static int compare(const Diag *a, const Diag *b) {
  int by_file = strcmp(a->file, b->file);
  if (by_file)
    return by_file;
  return a->line != b->line ? a->line - b->line : a->col - b->col;
}

/* Behind everything that is not greater: faults at one place stay in the order in which they came. */
static void insert_sorted(GPtrArray *list, Diag *diag) {
  guint at = list->len;
  while (at > 0 && compare(list->pdata[at - 1], diag) > 0)
    at--;
  g_ptr_array_insert(list, (gint)at, diag);
}

void diags_add(Diags *diags, const char *file, int line, int col, DiagLevel level, const char *format, ...) {
  diags->counts[level]++;
  if (diags->list->len >= MAX_FAULTS)
    return;

  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);

  Diag *diag = g_new0(Diag, 1);
  diag->file = text_safe(file, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  diag->line = line;
  diag->col = col;
  diag->level = level;
  diag->text = text_safe(text, -1, MAX_TEXT, TEXT_LINE, NULL);
  insert_sorted(diags->list, diag);
}

guint diags_count(const Diags *diags, DiagLevel level) {
  return diags->counts[level];
}

guint diags_length(const Diags *diags) {
  return diags->list->len;
}

const Diag *diags_get(const Diags *diags, guint i) {
  return i < diags->list->len ? diags->list->pdata[i] : NULL;
}

char *diag_format(const Diag *diag) {
  g_autofree char *line = diag->line > 0 ? g_strdup_printf(":%d", diag->line) : g_strdup("");
  g_autofree char *col = diag->line > 0 && diag->col > 0 ? g_strdup_printf(":%d", diag->col) : g_strdup("");
  return g_strdup_printf("%s%s%s: %s: %s", diag->file, line, col, level_names[diag->level], diag->text);
}
