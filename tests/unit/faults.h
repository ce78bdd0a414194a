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

/* The end of the member that ends next: behind the quote that a comma follows. */
static inline const char *member_end(const char *line) {
  const char *end = strstr(line, "\",\"");
  return end != NULL ? end + 1 : line + strlen(line);
}

/* How a line of the recording begins: with the question, and the name server that is asked itself if there is one. */
static inline char *line_start(const char *line) {
  const char *end = member_end(line);
  if (g_str_has_prefix(end, ",\"ask\":"))
    end = member_end(end + strlen(",\"ask\":"));
  return g_strndup(line, (gsize)(end - line));
}

static inline gboolean line_is_about(const char *line, const char *start) {
  return g_str_has_prefix(line, start) &&
         (strstr(start, "\"ask\"") != NULL || !g_str_has_prefix(line + strlen(start), ",\"ask\""));
}

/* The world of `c`, but what begins with `start` (NULL: nothing) is answered with `members`. */
static inline ProbeRun *run_with_fault(Net *net, const FaultCase *c, const char *start, const char *members) {
  g_autoptr(GError) error = NULL;
  for (guint i = 0; c->lines[i] != NULL; i++)
    if (start == NULL || !line_is_about(c->lines[i], start)) {
      net_preload(net, c->lines[i], &error);
      g_assert_no_error(error);
    }
  if (start != NULL) {
    g_autofree char *line = g_strdup_printf("%s,%s}", start, members);
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
      g_assert_true(g_strv_contains(((const char *const[]){"timeout", "servfail", "refused", "unreachable", NULL}), now->text));
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

/* What may come instead: of each list the first could not tell, the others are bad news. */
static const char *const dns_faults[] = {"\"status\":\"timeout\"",  "\"status\":\"garbage\"",
                                         "\"status\":\"servfail\"", "\"status\":\"refused\"",
                                         "\"status\":\"nxdomain\"", "\"status\":\"nodata\"", NULL};
static const char *const talk_faults[] = {"\"status\":\"timeout\",\"phase\":\"connect\"",
                                          "\"status\":\"unreachable\",\"phase\":\"connect\"",
                                          "\"status\":\"failed\"",
                                          "\"status\":\"cancelled\"",
                                          "\"status\":\"refused\",\"phase\":\"connect\"",
                                          "\"status\":\"garbage\",\"phase\":\"body\"",
                                          "\"status\":\"too_big\",\"phase\":\"body\"",
                                          "\"status\":\"certificate\",\"phase\":\"tls\"",
                                          "\"status\":\"tls_failed\",\"phase\":\"tls\"",
                                          "\"status\":\"closed\",\"phase\":\"body\"",
                                          "\"code\":200",
                                          "\"code\":302,\"location\":\"https://elsewhere.example/\"",
                                          "\"code\":404,\"body\":\"no\"",
                                          "\"code\":500,\"body\":\"no\"",
                                          NULL};

static inline void assert_fault(const FaultCase *c, const ProbeRun *before, const char *start) {
  const char *const *faults = g_str_has_prefix(start, "{\"talk\"") ? talk_faults : dns_faults;
  /* A name server that refuses, or that fails, says of itself that it does not serve the zone. */
  guint unknown = strstr(start, "\"ask\"") != NULL ? 2 : 4;
  for (guint k = 0; faults[k] != NULL; k++) {
    g_test_message("%s: %s", start, faults[k]);
    g_autoptr(Net) net = replay(NULL);
    g_autoptr(ProbeRun) run = run_with_fault(net, c, start, faults[k]);
    if (k < unknown)
      assert_nothing_rests_on(c, run, before);
  }
}

static inline void assert_faults(const FaultCase *c) {
  g_autoptr(Net) whole = replay(NULL);
  g_autoptr(ProbeRun) before = run_with_fault(whole, c, NULL, NULL);
  guint n = net_waiter_length(probe_run_waiter(before));
  g_assert_cmpuint(n, >, 0);
  for (guint i = 0; i < n; i++) {
    g_autofree char *line = net_waiter_line(probe_run_waiter(before), i), *start = line_start(line);
    g_assert_null(strstr(line, "\"status\":\"not_recorded\"")); /* the world of a case is whole */
    assert_fault(c, before, start);
  }
}

#endif
