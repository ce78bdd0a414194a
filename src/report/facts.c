#include "report/facts.h"

#include "base/catalogue.h"
#include "base/json_text.h"
#include "base/text.h"
#include "flow/session.h"
#include "probe/probe.h"

#include <string.h>

enum { EXIT_DONE = 0, EXIT_USAGE = 2 };

#define COLUMNS 78

/* The facts of a bounce are nobody's probe, but come in the same form. */
static const ProbeInput no_inputs[] = {{0}};
static const Probe bounce = {
    .name = "bounce",
    .title = N_("The bounce that was read"),
    .why = N_("What stands in the message that came back. No network is needed for it."),
    .fits = "",
    .inputs = no_inputs,
    .gives = bounce_facts,
};

static const char *const type_words[] = {[FACT_TEXT] = "text", [FACT_NUMBER] = "number", [FACT_LIST] = "list"};

static const Probe *find(const char *name) {
  return g_str_equal(name, bounce.name) ? &bounce : probe_find(name);
}

/* --- for people --- */

static void put_wrapped(FILE *out, int indent, const char *text) {
  g_autofree char *lead = g_strnfill((gsize)indent, ' ');
  g_autoptr(GString) lines = g_string_new(NULL);
  text_append_wrapped(lines, lead, COLUMNS, text);
  fputs(lines->str, out);
}

static void put_message(FILE *out, int indent, Message *message) {
  g_autoptr(Message) mine = message;
  g_autofree char *text = message_text(mine, NULL, NULL);
  put_wrapped(out, indent, text);
}

static void put_input(FILE *out, const ProbeInput *input) {
  Message *message = input->required
                         ? message_new(N_("{name} ({kind}, required)"), "name", input->name, "kind", input->as, NULL)
                         : message_new(N_("{name} ({kind})"), "name", input->name, "kind", input->as, NULL);
  put_message(out, 4, message);
  put_wrapped(out, 8, tr(input->meaning));
}

static void put_fact(FILE *out, const Probe *probe, const FactSpec *spec) {
  g_autofree char *name = g_strdup_printf("%s.%s", probe->name, spec->name);
  Message *message = spec->values != NULL
                         ? message_new(N_("{name} ({kind}: {values})"), "name", name, "kind", type_words[spec->type],
                                       "values", spec->values, NULL)
                         : message_new(N_("{name} ({kind})"), "name", name, "kind", type_words[spec->type], NULL);
  put_message(out, 4, message);
  put_wrapped(out, 8, tr(spec->meaning));
}

static void put_probe(FILE *out, const Probe *probe) {
  fprintf(out, "%s: %s\n", probe->name, tr(probe->title));
  put_wrapped(out, 2, tr(probe->why));
  if ((probe->flags & PROBE_CONTACTS) != 0)
    put_wrapped(
        out, 2,
        tr(N_("It talks to servers of other people: people are asked first, and check needs --contacts.")));
  if ((probe->flags & PROBE_SECRET) != 0)
    put_wrapped(out, 2, tr(N_("It takes a secret, which is never stored.")));
  if (probe->fits[0] != '\0')
    put_message(out, 2, message_new(N_("check runs it for: {targets}"), "targets", probe->fits, NULL));
  if (probe->inputs[0].name != NULL)
    fprintf(out, "\n  %s\n", tr(N_("It is given")));
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++)
    put_input(out, input);
  fprintf(out, "\n  %s\n", tr(N_("It finds out")));
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++)
    put_fact(out, probe, spec);
}

static void put_overview(FILE *out) {
  for (guint i = 0; probe_table[i] != NULL; i++)
    fprintf(out, "%-12s %s\n", probe_table[i]->name, tr(probe_table[i]->title));
  fprintf(out, "%-12s %s\n\n", bounce.name, tr(bounce.title));
  put_wrapped(
      out, 0,
      tr(N_("More about one of them: whybounce facts NAME. All of them for programs: whybounce facts --json.")));
}

/* --- for programs --- */

static void append_words(GString *out, const char *key, const char *words) {
  g_auto(GStrv) all = g_strsplit(words, " ", -1);
  json_text_key(out, key);
  g_string_append_c(out, '[');
  for (guint i = 0; all[i] != NULL && all[i][0] != '\0'; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    json_text_append(out, all[i]);
  }
  g_string_append_c(out, ']');
}

static void append_text(GString *out, const char *key, const char *text) {
  json_text_key(out, key);
  json_text_append(out, text);
}

static void append_flag(GString *out, const char *key, gboolean flag) {
  json_text_key(out, key);
  g_string_append(out, flag ? "true" : "false");
}

static void append_fact(GString *out, const Probe *probe, const FactSpec *spec) {
  g_autofree char *name = g_strdup_printf("%s.%s", probe->name, spec->name);
  g_string_append_c(out, '{');
  append_text(out, "name", name);
  append_text(out, "type", type_words[spec->type]);
  if (spec->values != NULL)
    append_words(out, "values", spec->values);
  append_text(out, "meaning", tr(spec->meaning));
  g_string_append_c(out, '}');
}

static void append_input(GString *out, const ProbeInput *input) {
  g_string_append_c(out, '{');
  append_text(out, "name", input->name);
  append_text(out, "as", input->as);
  append_flag(out, "required", input->required);
  append_text(out, "meaning", tr(input->meaning));
  g_string_append_c(out, '}');
}

static void put_json(FILE *out, const Probe *probe) {
  g_autoptr(GString) line = g_string_new("{\"schema\":1");
  append_text(line, "probe", probe->name);
  append_text(line, "title", tr(probe->title));
  append_text(line, "why", tr(probe->why));
  append_words(line, "fits", probe->fits);
  append_flag(line, "contacts", (probe->flags & PROBE_CONTACTS) != 0);
  append_flag(line, "secret", (probe->flags & PROBE_SECRET) != 0);
  json_text_key(line, "inputs");
  g_string_append_c(line, '[');
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++) {
    if (input != probe->inputs)
      g_string_append_c(line, ',');
    append_input(line, input);
  }
  g_string_append_c(line, ']');
  json_text_key(line, "facts");
  g_string_append_c(line, '[');
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++) {
    if (spec != probe->gives)
      g_string_append_c(line, ',');
    append_fact(line, probe, spec);
  }
  g_string_append(line, "]}\n");
  fwrite(line->str, 1, line->len, out);
}

/* --- the command --- */

static int complain(const char *name, FILE *err) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; probe_table[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)probe_table[i]->name);
  g_ptr_array_add(names, (gpointer)bounce.name);
  g_ptr_array_add(names, NULL);
  const char *nearest = text_nearest(name, (const char *const *)names->pdata);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  g_autoptr(Message) message =
      nearest != NULL
          ? message_new(N_("There is no probe \"{name}\": did you mean \"{nearest}\"? There are: {all}"), "name", name,
                        "nearest", nearest, "all", all, NULL)
          : message_new(N_("There is no probe \"{name}\". There are: {all}"), "name", name, "all", all, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  fprintf(err, "whybounce: %s\n", text);
  return EXIT_USAGE;
}

/* "mx.status": TRUE if there is such a fact, which is described. */
static gboolean put_one_fact(const char *name, gboolean json, FILE *out) {
  const char *dot = strchr(name, '.');
  g_autofree char *prefix = dot != NULL ? g_strndup(name, (gsize)(dot - name)) : NULL;
  const Probe *probe = prefix != NULL ? find(prefix) : NULL;
  for (const FactSpec *spec = probe != NULL ? probe->gives : NULL; spec != NULL && spec->name != NULL; spec++) {
    if (!g_str_equal(spec->name, dot + 1))
      continue;
    g_autoptr(GString) line = g_string_new(NULL);
    append_fact(line, probe, spec);
    if (json)
      fprintf(out, "%s\n", line->str);
    else
      put_fact(out, probe, spec);
    return TRUE;
  }
  return FALSE;
}

int facts_run(const char *const *names, gboolean json, FILE *out, FILE *err) {
  gboolean none = names == NULL || names[0] == NULL;
  for (guint i = 0; none && json && probe_table[i] != NULL; i++)
    put_json(out, probe_table[i]);
  if (none && json)
    put_json(out, &bounce);
  else if (none)
    put_overview(out);
  for (guint i = 0; !none && names[i] != NULL; i++) {
    const Probe *probe = find(names[i]);
    if (probe == NULL && put_one_fact(names[i], json, out))
      continue;
    if (probe == NULL)
      return complain(names[i], err);
    if (i > 0 && !json)
      fprintf(out, "\n");
    if (json)
      put_json(out, probe);
    else
      put_probe(out, probe);
  }
  return EXIT_DONE;
}
