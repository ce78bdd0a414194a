/* What the tests of probes share: one run over a recording, and what came of it. */
#ifndef WB_TESTS_PROBES_H
#define WB_TESTS_PROBES_H

#include "probe/table.h"

#include <string.h>

/* Every finding tells what it rests on: look-ups with the section of the RFC that makes them tell something, or a
 * reason why there are none. */
static inline void assert_evidence(const ProbeRun *run) {
  const Result *result = probe_run_result(run);
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    g_autofree char *words = message_text(finding->text, NULL, NULL);
    const char *probe = probe_run_probe(run)->name;
    if (finding->evidence->len == 0 && finding->ground == GROUND_ASKED && finding->level != LEVEL_WAIT)
      g_error("%s: \"%s\" has no evidence: finding_add_evidence(), or finding_set_ground()", probe, words);
    for (guint k = 0; k < finding->evidence->len; k++) {
      const Evidence *evidence = g_ptr_array_index(finding->evidence, k);
      if (evidence->reference == NULL)
        g_error("%s: \"%s\": the evidence %s names no section of an RFC", probe, words, evidence->asked);
    }
  }
}

/* Runs `probe` to its end over `net`; pairs of input name and value, ended by NULL. */
static inline ProbeRun *run_probe(Net *net, const char *probe, ...) {
  Facts *inputs = facts_new();
  va_list args;
  va_start(args, probe);
  for (const char *name; (name = va_arg(args, const char *)) != NULL;)
    facts_set_text(inputs, name, SOURCE_ASKED, va_arg(args, const char *));
  va_end(args);
  g_assert_nonnull(probe_find(probe));
  ProbeRun *run = probe_run_new(probe_find(probe), net, inputs);
  g_assert_true(probe_run_done(run)); /* a recording has all answers at once */
  assert_evidence(run);
  return run;
}

static inline Net *replay(const char *path) {
  g_autoptr(GError) error = NULL;
  Net *net = net_replay_new(path, &error);
  g_assert_no_error(error);
  return net;
}

static inline const Fact *fact_of(const ProbeRun *run, const char *name) {
  const Fact *fact = facts_get(probe_run_result(run)->facts, name);
  if (fact == NULL)
    g_error("no fact %s", name);
  return fact;
}

static inline void assert_fact(const ProbeRun *run, const char *name, const char *want) {
  const Fact *fact = fact_of(run, name);
  g_test_message("%s", name);
  g_assert_cmpint(fact->state, ==, FACT_KNOWN);
  g_assert_cmpstr(fact->text, ==, want);
}

static inline void assert_state(const ProbeRun *run, const char *name, FactState state) {
  g_test_message("%s", name);
  g_assert_cmpint(fact_of(run, name)->state, ==, state);
}

/* The fact has this text; NULL: it is proven absent. */
static inline void assert_fact_or_absent(const ProbeRun *run, const char *name, const char *want) {
  if (want != NULL)
    assert_fact(run, name, want);
  else
    assert_state(run, name, FACT_ABSENT);
}

static inline char *finding_words(const Finding *finding) {
  return message_text(finding->text, NULL, NULL);
}

/* The first finding whose sentence holds `part`, or NULL. */
static inline const Finding *find_row(const ProbeRun *run, const char *part) {
  const GPtrArray *findings = probe_run_result(run)->findings;
  for (guint i = 0; i < findings->len; i++) {
    g_autofree char *words = finding_words(g_ptr_array_index(findings, i));
    if (strstr(words, part) != NULL)
      return g_ptr_array_index(findings, i);
  }
  return NULL;
}

static inline void assert_row(const ProbeRun *run, Level level, const char *part) {
  const Finding *row = find_row(run, part);
  if (row == NULL)
    g_error("no row with \"%s\"", part);
  g_assert_cmpint(row->level, ==, level);
}

/* Every fact that the probe promises has a state, and no other is given. */
static inline void assert_complete(const ProbeRun *run) {
  const Probe *probe = probe_run_probe(run);
  g_autoptr(GPtrArray) all = facts_all(probe_run_result(run)->facts);
  guint n = 0;
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++, n++) {
    const Fact *fact = fact_of(run, spec->name);
    if (fact->state != FACT_KNOWN)
      continue;
    g_assert_cmpint(fact->type, ==, spec->type);
    g_auto(GStrv) words = g_strsplit(spec->values != NULL ? spec->values : "", " ", -1);
    if (spec->values != NULL && fact->type == FACT_TEXT)
      g_assert_true(g_strv_contains((const char *const *)words, fact->text));
    for (guint i = 0; spec->values != NULL && fact->type == FACT_LIST && fact->list[i] != NULL; i++)
      g_assert_true(g_strv_contains((const char *const *)words, fact->list[i]));
  }
  g_assert_cmpuint(all->len, ==, n);
}

#endif
