#include "base/catalogue.h"
#include "base/message.h"
#include "base/text.h"
#include "report/tag.h"
#include "ui/keys.h"
#include "ui/pages.h"

#define EVIDENCE_INDENT 5

Page *page_read(const char *title, const char *right, const char *text, int cols) {
  Page *page = page_new(cols, title, right);
  page_add_text(page, page->text, STYLE_PLAIN, text, 1, 0);
  return page;
}

static void append_rows(GPtrArray *to, GPtrArray *from, int indent) {
  for (guint i = 0; i < from->len; i++) {
    Row *source = g_ptr_array_index(from, i), *row = row_new();
    row_pad(row, source->width > 0 ? indent : 0);
    for (guint k = 0; k < source->spans->len; k++) {
      Span *span = &g_array_index(source->spans, Span, k);
      row_add(row, span->style, span->text);
    }
    g_ptr_array_add(to, row);
  }
}

Page *page_help(const char *help, int cols) {
  Page *page = page_new(cols, tr(help != NULL ? N_("Help") : N_("Help: keys")), "");
  if (help != NULL) {
    page_add_text(page, page->text, STYLE_PLAIN, help, 1, 0);
    page_add_gap(page->text);
    page_add_rule(page, page->text, tr(N_("Keys")));
  }
  g_autoptr(GPtrArray) keys = keys_help(cols - 2);
  append_rows(page->text, keys, 1);
  page_add_gap(page->text);
  page_add_text(page, page->text, STYLE_PLAIN,
                tr(N_("Full-width letters work as keys too. Screen reader: start with --plain.")), 1, 0);
  return page;
}

/* "192.0.2.53, 21 ms   10:31:00   RFC 7505 s3" */
static char *evidence_source(const Evidence *evidence) {
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  if (evidence->server != NULL)
    g_ptr_array_add(words, g_strdup_printf("%s, %u ms", evidence->server, evidence->elapsed_ms));
  g_autoptr(GDateTime) at = evidence->at != 0 ? g_date_time_new_from_unix_local(evidence->at / G_USEC_PER_SEC) : NULL;
  if (at != NULL)
    g_ptr_array_add(words, g_date_time_format(at, "%H:%M:%S"));
  if (evidence->reference != NULL)
    g_ptr_array_add(words, g_strdup(evidence->reference));
  g_ptr_array_add(words, NULL);
  return g_strjoinv("   ", (char **)words->pdata);
}

static void add_evidence(Page *page, const Evidence *evidence) {
  const char *asked = evidence->asked != NULL ? evidence->asked : "";
  g_autofree char *source = evidence_source(evidence);
  g_autofree char *line = g_strdup_printf("%s   %s", asked, source);
  gboolean fits = EVIDENCE_INDENT + text_width(line) < page->cols;
  page_add_text(page, page->text, STYLE_PLAIN, fits ? line : asked, EVIDENCE_INDENT, 2);
  if (!fits)
    page_add_text(page, page->text, STYLE_PLAIN, source, EVIDENCE_INDENT + 2, 0);
  if (evidence->answer == NULL)
    return;
  g_auto(GStrv) lines = text_wrap(evidence->answer, MAX(page->cols - EVIDENCE_INDENT - 4, 8), 0);
  for (guint i = 0; lines[i] != NULL; i++) {
    Row *row = row_new();
    row_pad(row, EVIDENCE_INDENT);
    row_add(row, STYLE_PLAIN, "| ");
    row_add(row, STYLE_PLAIN, lines[i]);
    g_ptr_array_add(page->text, row);
  }
}

static void add_run(Page *page, const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  page_add_heading(page->text, tr(probe_run_probe(run)->title));
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    g_autofree char *text = message_text(finding->text, NULL, NULL);
    g_autofree char *words = finding->subject != NULL ? g_strdup_printf("%s  %s", finding->subject, text) : NULL;
    page_add_level(page, page->text, finding->level, NULL, 0, words != NULL ? words : text);
    for (guint k = 0; k < finding->evidence->len; k++)
      add_evidence(page, g_ptr_array_index(finding->evidence, k));
  }
}

Page *page_details(const Bounce *bounce, const GPtrArray *path, int cols) {
  Page *page = page_new(cols, tr(N_("Details: what was asked, of whom, what came back")), "");
  if (bounce != NULL)
    page_fill_bounce_details(page, bounce);
  for (guint i = 0; i < path->len; i++) {
    const Visit *visit = g_ptr_array_index(path, i);
    if (visit->run != NULL)
      add_run(page, visit->run);
  }
  if (page->text->len == 0)
    page_add_text(page, page->text, STYLE_PLAIN, tr(N_("Nothing has been looked up so far.")), 1, 0);
  return page;
}

Page *page_warnings(const Diags *diags, int cols) {
  Page *page = page_new(cols, tr(N_("Faults in guide files")), "");
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *line = diag_format(diags_get(diags, i));
    page_add_text(page, page->text, STYLE_PLAIN, line, 1, 2);
  }
  return page;
}
