#include "report/check.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "report/tag.h"

#define COLUMNS 78
#define INDENT 9

/* `text` wrapped behind `lead`, later lines under its first character. */
static void put_wrapped(GString *out, const char *lead, int indent, const char *text) {
  g_auto(GStrv) lines = text_wrap(text, COLUMNS - indent, 0);
  for (guint i = 0; lines[i] != NULL; i++)
    if (i == 0)
      g_string_append_printf(out, "%s%s\n", lead, lines[i]);
    else
      g_string_append_printf(out, "%*s%s\n", indent, "", lines[i]);
}

static void put_finding(GString *out, const Finding *finding) {
  g_autofree char *text = message_text(finding->text, NULL, NULL);
  g_autofree char *advice = message_text(finding->advice, NULL, NULL);
  g_autofree char *lead = g_strdup_printf("  %s ", level_tag(finding->level));
  g_autofree char *line = finding->subject != NULL ? g_strdup_printf("%s: %s", finding->subject, text) : g_strdup(text);
  put_wrapped(out, lead, INDENT, line);
  if (finding->quote != NULL) {
    /* Behind a bar, so that nobody takes their words for ours. */
    g_auto(GStrv) lines = text_wrap(finding->quote, COLUMNS - INDENT - 2, 0);
    for (guint i = 0; lines[i] != NULL; i++)
      g_string_append_printf(out, "%*s| %s\n", INDENT, "", lines[i]);
  }
  if (advice[0] != '\0')
    put_wrapped(out, "         ", INDENT, advice);
}

static void put_run(GString *out, const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  g_string_append_printf(out, "\n%s\n", tr(probe_run_probe(run)->title));
  if (result->headline != NULL) {
    g_autofree char *headline = message_text(result->headline, NULL, NULL);
    g_autofree char *lead = g_strdup_printf("  %s ", level_tag(check_level(run)));
    put_wrapped(out, lead, INDENT, headline);
  }
  for (guint i = 0; i < result->findings->len; i++)
    put_finding(out, g_ptr_array_index(result->findings, i));
}

void check_put_page(GString *out, const char *target, const GPtrArray *runs) {
  if (target != NULL)
    g_string_append_printf(out, "%s\n", target);
  for (guint i = 0; i < runs->len; i++)
    put_run(out, g_ptr_array_index(runs, i));
  g_string_append_c(out, '\n');
}
