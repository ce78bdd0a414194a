#include "report/check.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "report/tag.h"

#define COLUMNS 78
#define INDENT 9
#define BLANKS "         " /* INDENT of them */

/* Behind a bar, so that nobody takes the words of others for ours. */
static void put_quoted(GString *out, const char *text) {
  g_auto(GStrv) lines = text != NULL ? text_wrap(text, COLUMNS - INDENT - 2, 0) : NULL;
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    g_string_append_printf(out, "%*s| %s\n", INDENT, "", lines[i]);
}

/* "example.com MX (192.0.2.53, 21 ms, RFC 5321 s5.1)" and what came back behind a bar. */
static void put_evidence(GString *out, const Evidence *evidence) {
  g_autoptr(GString) line = g_string_new(evidence->asked);
  if (evidence->server != NULL)
    g_string_append_printf(line, " (%s, %u ms", evidence->server, evidence->elapsed_ms);
  if (evidence->reference != NULL)
    g_string_append_printf(line, "%s%s", evidence->server != NULL ? ", " : " (", evidence->reference);
  if (evidence->server != NULL || evidence->reference != NULL)
    g_string_append_c(line, ')');
  text_append_wrapped(out, BLANKS, COLUMNS, line->str);
  put_quoted(out, evidence->answer);
}

static void put_finding(GString *out, const Finding *finding, gboolean with_evidence) {
  g_autofree char *text = message_text(finding->text, NULL, NULL);
  g_autofree char *advice = message_text(finding->advice, NULL, NULL);
  g_autofree char *lead = g_strdup_printf("  %s ", level_tag(finding->level));
  g_autofree char *line = finding->subject != NULL ? g_strdup_printf("%s: %s", finding->subject, text) : g_strdup(text);
  text_append_wrapped(out, lead, COLUMNS, line);
  put_quoted(out, finding->quote);
  if (advice[0] != '\0')
    text_append_wrapped(out, BLANKS, COLUMNS, advice);
  for (guint i = 0; with_evidence && i < finding->evidence->len; i++)
    put_evidence(out, g_ptr_array_index(finding->evidence, i));
}

static char *run_rows(const ProbeRun *run, gboolean evidence) {
  const Result *result = probe_run_result(run);
  GString *out = g_string_new(NULL);
  if (result->headline != NULL) {
    g_autofree char *headline = message_text(result->headline, NULL, NULL);
    g_autofree char *lead = g_strdup_printf("  %s ", level_tag(check_level(run)));
    text_append_wrapped(out, lead, COLUMNS, headline);
  }
  for (guint i = 0; i < result->findings->len; i++)
    put_finding(out, g_ptr_array_index(result->findings, i), evidence);
  return g_string_free(out, FALSE);
}

/* The titles of the probes at one of two levels, or NULL: none. Caller frees. */
static char *titles_at(const GPtrArray *runs, Level level, Level other) {
  g_autoptr(GPtrArray) titles = g_ptr_array_new();
  for (guint i = 0; i < runs->len; i++) {
    const ProbeRun *run = g_ptr_array_index(runs, i);
    if (check_level(run) == level || check_level(run) == other)
      g_ptr_array_add(titles, (gpointer)tr(probe_run_probe(run)->title));
  }
  g_ptr_array_add(titles, NULL);
  return titles->len > 1 ? g_strjoinv(", ", (char **)titles->pdata) : NULL;
}

static void put_titles(GString *out, const char *id, const char *titles) {
  g_autoptr(Message) message = message_new(id, "titles", titles, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  text_append_wrapped(out, "", COLUMNS, text);
}

/* What the exit code says, and of which parts: nobody should have to read all of them to find the bad one. */
static void put_summary(GString *out, const GPtrArray *runs) {
  g_autofree char *bad = titles_at(runs, LEVEL_FAIL, LEVEL_WARN), *good = titles_at(runs, LEVEL_OK, LEVEL_OK);
  g_autofree char *unknown = titles_at(runs, LEVEL_UNKNOWN, LEVEL_UNKNOWN);
  if (bad != NULL)
    put_titles(out, N_("Problems: {titles}"), bad);
  if (bad == NULL && unknown == NULL)
    put_titles(out, N_("No problem was found"), "");
  else if (bad == NULL && good != NULL) /* where nothing is good, nothing sounds so */
    put_titles(out, N_("No problem was found, but these could not be told: {titles}"), unknown);
  else if (unknown != NULL)
    put_titles(out, N_("Could not tell: {titles}"), unknown);
}

/* What several probes say in the same words (nothing to ask for, no mail server) is said once, below all their titles. */
void check_put_page(GString *out, const char *target, const GPtrArray *runs, gboolean evidence) {
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < runs->len; i++)
    g_ptr_array_add(rows, run_rows(g_ptr_array_index(runs, i), evidence));
  if (target != NULL)
    g_string_append_printf(out, "%s\n", target);
  if (runs->len > 1)
    put_summary(out, runs);
  for (guint i = 0; i < runs->len; i++) {
    const char *mine = g_ptr_array_index(rows, i);
    guint first = 0;
    if (g_ptr_array_find_with_equal_func(rows, mine, g_str_equal, &first) && first < i)
      continue;
    g_string_append_c(out, '\n');
    for (guint k = i; k < runs->len; k++)
      if (g_str_equal(g_ptr_array_index(rows, k), mine))
        g_string_append_printf(out, "%s\n", tr(probe_run_probe(g_ptr_array_index(runs, k))->title));
    g_string_append(out, mine);
  }
  g_string_append_c(out, '\n');
}
