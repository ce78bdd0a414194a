#include "report/check.h"

#include "base/json_text.h"

static const FactSpec *find_spec(const Probe *probe, const char *name) {
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++)
    if (g_str_equal(spec->name, name))
      return spec;
  return NULL;
}

static void append_list(GString *out, char *const *items) {
  g_string_append_c(out, '[');
  for (guint i = 0; items[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    json_text_append(out, items[i]);
  }
  g_string_append_c(out, ']');
}

/* A fact whose words are only "yes" and "no" is a truth value to programs. */
static void append_value(GString *out, const Fact *fact, const FactSpec *spec) {
  if (fact->state == FACT_ABSENT)
    g_string_append(out, "null");
  else if (fact->type == FACT_LIST)
    append_list(out, fact->list);
  else if (fact->type == FACT_NUMBER)
    g_string_append_printf(out, "%" G_GINT64_FORMAT, fact->number);
  else if (spec != NULL && g_strcmp0(spec->values, "yes no") == 0)
    g_string_append(out, g_str_equal(fact->text, "yes") ? "true" : "false");
  else
    json_text_append(out, fact->text);
}

/* Known and absent facts under their names; the names of those that nobody could tell, apart. */
static void append_facts(GString *out, const Probe *probe, const Facts *facts) {
  g_autoptr(GPtrArray) all = facts_all(facts);
  g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
  json_text_key(out, "facts");
  g_string_append_c(out, '{');
  for (guint i = 0; i < all->len; i++) {
    const Fact *fact = g_ptr_array_index(all, i);
    char *name = g_strconcat(probe->name, ".", fact->name, NULL);
    if (fact->state == FACT_UNKNOWN) {
      g_ptr_array_add(unknown, name);
      continue;
    }
    json_text_key(out, name);
    append_value(out, fact, find_spec(probe, fact->name));
    g_free(name);
  }
  g_string_append_c(out, '}');
  if (unknown->len == 0)
    return;
  g_ptr_array_add(unknown, NULL);
  json_text_key(out, "unknown");
  append_list(out, (char *const *)unknown->pdata);
}

static void append_message(GString *out, const char *key, const Message *message) {
  if (message == NULL)
    return;
  g_autofree char *text = message_text(message, NULL, NULL);
  json_text_key(out, key);
  json_text_append(out, text);
}

static void append_string(GString *out, const char *key, const char *text) {
  if (text == NULL)
    return;
  json_text_key(out, key);
  json_text_append(out, text);
}

static void append_evidence(GString *out, const Evidence *evidence) {
  g_string_append_c(out, '{');
  append_string(out, "asked", evidence->asked);
  append_string(out, "server", evidence->server);
  append_string(out, "answer", evidence->answer);
  json_text_key(out, "ms");
  g_string_append_printf(out, "%u", evidence->elapsed_ms);
  if (evidence->at != 0) {
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(evidence->at / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ");
    append_string(out, "at", text);
  }
  append_string(out, "reference", evidence->reference);
  g_string_append_c(out, '}');
}

static void append_finding(GString *out, const Finding *finding) {
  g_string_append_c(out, '{');
  append_string(out, "level", level_word(finding->level));
  append_string(out, "subject", finding->subject);
  append_message(out, "text", finding->text);
  append_message(out, "advice", finding->advice);
  append_string(out, "quote", finding->quote);
  if (finding->evidence->len == 0) {
    append_string(out, "basis", ground_word(finding->ground));
    append_string(out, "reference", finding->reference);
  }
  json_text_key(out, "evidence");
  g_string_append_c(out, '[');
  for (guint i = 0; i < finding->evidence->len; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    append_evidence(out, g_ptr_array_index(finding->evidence, i));
  }
  g_string_append(out, "]}");
}

static void append_run(GString *out, const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  json_text_key(out, probe_run_probe(run)->name);
  g_string_append_c(out, '{');
  append_string(out, "status", level_word(check_level(run)));
  append_message(out, "headline", result->headline);
  append_facts(out, probe_run_probe(run), result->facts);
  json_text_key(out, "findings");
  g_string_append_c(out, '[');
  for (guint i = 0; i < result->findings->len; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    append_finding(out, g_ptr_array_index(result->findings, i));
  }
  g_string_append_c(out, ']');
  json_text_key(out, "elapsed_ms");
  g_string_append_printf(out, "%u}", probe_run_elapsed_ms(run));
}

void check_put_json(GString *out, const char *target, const GPtrArray *runs) {
  g_string_append(out, "{\"schema\":1");
  json_text_key(out, "target");
  json_text_append(out, target);
  json_text_key(out, "probes");
  g_string_append_c(out, '{');
  for (guint i = 0; i < runs->len; i++)
    append_run(out, g_ptr_array_index(runs, i));
  g_string_append(out, "}}\n");
}
