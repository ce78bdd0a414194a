/* Every look-up of a probe in turn forced to fail: nobody may find out anything bad, or think that all is fine. */
#ifndef WB_TESTS_FAULTS_H
#define WB_TESTS_FAULTS_H

#include "probes.h"

/* A probe, what it is given and the world it looks at. */
typedef struct FaultCase {
  const char *probe;
  const char *const *inputs;  /* name, value, ..., NULL */
  const char *const *lines;   /* of a recording, NULL at the end */
  const char *const *partial; /* lists of what was found so far: may be shorter; "status" need not be named */
} FaultCase;

/* How a recording line begins: `at` is the name server that is asked itself, or NULL. */
static inline char *line_start(const char *question, const char *at) {
  return at != NULL ? g_strdup_printf("{\"dns\":\"%s\",\"ask\":\"%s\"", question, at)
                    : g_strdup_printf("{\"dns\":\"%s\"", question);
}

static inline gboolean line_is_about(const char *line, const char *start) {
  return g_str_has_prefix(line, start) &&
         (strstr(start, "\"ask\"") != NULL || !g_str_has_prefix(line + strlen(start), ",\"ask\""));
}

/* The world of `c`, but what begins with `start` (NULL: nothing) is answered with `status`. */
static inline ProbeRun *run_with_fault(Net *net, const FaultCase *c, const char *start, const char *status) {
  g_autoptr(GError) error = NULL;
  for (guint i = 0; c->lines[i] != NULL; i++)
    if (start == NULL || !line_is_about(c->lines[i], start)) {
      net_preload(net, c->lines[i], &error);
      g_assert_no_error(error);
    }
  if (start != NULL) {
    g_autofree char *line = g_strdup_printf("%s,\"status\":\"%s\"}", start, status);
    net_preload(net, line, &error);
    g_assert_no_error(error);
  }
  Facts *inputs = facts_new();
  for (guint i = 0; c->inputs[i] != NULL; i += 2)
    facts_set_text(inputs, c->inputs[i], SOURCE_ASKED, c->inputs[i + 1]);
  ProbeRun *run = probe_run_new(probe_find(c->probe), net, inputs);
  g_assert_true(probe_run_done(run));
  assert_complete(run);
  assert_evidence(run);
  return run;
}

static inline gboolean same_fact(const Fact *a, const Fact *b) {
  return a->state == b->state && g_strcmp0(a->text, b->text) == 0;
}

static inline gboolean has_level(const ProbeRun *run, Level level) {
  const GPtrArray *findings = probe_run_result(run)->findings;
  for (guint i = 0; i < findings->len; i++)
    if (((const Finding *)g_ptr_array_index(findings, i))->level == level)
      return TRUE;
  return FALSE;
}

/* An answer that could not tell: no fact changes but to unknown, nothing bad is said that was not said before, and
 * where anything did change, a row says that something could not be told. */
static inline void assert_nothing_rests_on(const FaultCase *c, const ProbeRun *run, const ProbeRun *before) {
  gboolean changed = FALSE;
  for (const FactSpec *spec = probe_find(c->probe)->gives; spec->name != NULL; spec++) {
    const Fact *now = fact_of(run, spec->name), *then = fact_of(before, spec->name);
    if (same_fact(now, then))
      continue;
    changed = TRUE;
    gboolean may_differ = g_str_equal(spec->name, "status") || g_strv_contains(c->partial, spec->name);
    if (now->state != FACT_UNKNOWN && !may_differ)
      g_error("%s became \"%s\" (state %d)", spec->name, now->text, now->state);
    if (g_str_equal(spec->name, "status") && now->state == FACT_KNOWN)
      g_assert_true(g_strv_contains(((const char *const[]){"timeout", "servfail", "refused", NULL}), now->text));
  }
  const GPtrArray *findings = probe_run_result(run)->findings;
  for (guint i = 0; i < findings->len; i++) {
    const Finding *row = g_ptr_array_index(findings, i);
    g_autofree char *words = finding_words(row);
    if ((row->level == LEVEL_WARN || row->level == LEVEL_FAIL) && find_row(before, words) == NULL)
      g_error("a verdict that rests on nothing: %s", words);
  }
  if (changed)
    g_assert_true(has_level(run, LEVEL_UNKNOWN));
}

static inline void assert_faults(const FaultCase *c) {
  static const char *const statuses[] = {"timeout", "garbage", "servfail", "refused", "nxdomain", "nodata"};
  g_autoptr(Net) whole = replay(NULL);
  g_autoptr(ProbeRun) before = run_with_fault(whole, c, NULL, NULL);
  guint n = net_waiter_length(probe_run_waiter(before));
  g_assert_cmpuint(n, >, 0);
  for (guint i = 0; i < n; i++) {
    const DnsAnswer *asked = net_waiter_answer(probe_run_waiter(before), i);
    g_autofree char *question = g_strdup_printf("%s %s", asked->name, dns_type_word(asked->type));
    g_autofree char *start = line_start(question, asked->at);
    /* A name server that refuses, or that fails, says of itself that it does not serve the zone. */
    guint unknown = asked->at != NULL ? 2 : 4;
    g_assert_cmpint(asked->status, !=, DNS_NOT_RECORDED); /* the world of a case is whole */
    for (guint k = 0; k < G_N_ELEMENTS(statuses); k++) {
      g_test_message("%s: %s", start, statuses[k]);
      g_autoptr(Net) net = replay(NULL);
      g_autoptr(ProbeRun) run = run_with_fault(net, c, start, statuses[k]);
      if (k < unknown)
        assert_nothing_rests_on(c, run, before);
    }
  }
}

#endif
