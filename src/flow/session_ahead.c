#include "flow/session_private.h"

#include "flow/template.h"

/* How many probes may be under way or done for steps that nobody has come to yet. */
#define MAX_AHEAD 12
/* Runs that are kept for "back"; past that the oldest that is on no path goes. */
#define MAX_RUNS 64
/* What one run ahead finds may be the input of the next. */
#define MAX_ROUNDS 4

/* --- the run of a step --- */

static gboolean takes_secret(const Probe *probe, const char *name) {
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++)
    if (g_str_equal(input->name, name))
      return g_str_equal(input->as, "secret");
  return FALSE;
}

/* A secret goes where one is wanted, and there alone; what is none is no secret. */
static void put_secret(Facts *inputs, const Binding *binding, const Facts *facts) {
  const Fact *fact = template_fact(binding->value, facts);
  if (fact != NULL && fact->secret)
    facts_set_copy(inputs, binding->name, fact);
}

/* The inputs of a probe step. One that is not complete is left out. */
static Facts *step_inputs(const Step *step, const Facts *facts) {
  Facts *inputs = facts_new();
  for (guint i = 0; step->with != NULL && i < step->with->len; i++) {
    const Binding *binding = g_ptr_array_index(step->with, i);
    gboolean complete = FALSE;
    if (takes_secret(step->probe, binding->name)) {
      put_secret(inputs, binding, facts);
      continue;
    }
    g_autofree char *value = template_bytes(binding->value, facts, &complete);
    if (complete && *value != '\0')
      facts_set_text(inputs, binding->name, SOURCE_ASKED, value);
  }
  for (const ProbeInput *input = step->probe->inputs; input->name != NULL; input++) {
    g_autofree char *name = g_strconcat(PRESET, input->name, NULL);
    const Fact *preset = facts_get(facts, name);
    if (preset != NULL && facts_get(inputs, input->name) == NULL)
      facts_set_copy(inputs, input->name, preset);
  }
  return inputs;
}

/* For the key of a run alone, which nobody sees: another password is another run. */
static char *inputs_key(const Probe *probe, const Facts *inputs) {
  g_autoptr(GString) key = g_string_new(probe->name);
  g_autoptr(GPtrArray) all = facts_all(inputs);
  for (guint i = 0; i < all->len; i++) {
    const Fact *fact = g_ptr_array_index(all, i);
    g_autofree char *digest =
        fact->secret ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, fact->raw, -1) : NULL;
    g_string_append_printf(key, "\n%s=%s", fact->name, digest != NULL ? digest : fact->raw);
  }
  return g_string_free(g_steal_pointer(&key), FALSE);
}

char *session_run_key(const Step *step, const Facts *facts) {
  g_autoptr(Facts) inputs = step_inputs(step, facts);
  return inputs_key(step->probe, inputs);
}

char *session_inputs_text(const Step *step, const Facts *facts) {
  g_autoptr(Facts) inputs = step_inputs(step, facts);
  g_autoptr(GPtrArray) all = facts_all(inputs);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < all->len; i++) {
    const Fact *fact = g_ptr_array_index(all, i);
    g_string_append_printf(text, "%s%s=%s", i > 0 ? ", " : "", fact->name, fact->text);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean session_gives_secret(const Step *step, const Facts *facts) {
  g_autoptr(Facts) inputs = step_inputs(step, facts);
  g_autoptr(GPtrArray) all = facts_all(inputs);
  for (guint i = 0; i < all->len; i++)
    if (((const Fact *)g_ptr_array_index(all, i))->secret)
      return TRUE;
  return FALSE;
}

gboolean session_inputs_known(const Step *step, const Facts *facts) {
  g_autoptr(Facts) inputs = step_inputs(step, facts);
  for (const ProbeInput *input = step->probe->inputs; input->name != NULL; input++)
    if (input->required && probe_input(inputs, input->name) == NULL)
      return FALSE;
  return TRUE;
}

Shared *session_find_run(const Session *s, const Step *step, const Facts *facts) {
  g_autofree char *key = session_run_key(step, facts);
  for (guint i = 0; i < s->runs->len; i++) {
    Shared *shared = g_ptr_array_index(s->runs, i);
    if (g_str_equal(shared->key, key))
      return shared;
  }
  return NULL;
}

static gboolean is_used(const Session *s, const ProbeRun *run) {
  for (guint i = 0; i < s->path->len; i++)
    if (((const Walk *)g_ptr_array_index(s->path, i))->visit.run == run)
      return TRUE;
  return FALSE;
}

/* Makes room: the oldest run that no step of the path shows. */
static void drop_oldest(Session *s) {
  for (guint i = 0; s->runs->len >= MAX_RUNS && i < s->runs->len; i++) {
    if (is_used(s, ((const Shared *)g_ptr_array_index(s->runs, i))->run))
      continue;
    g_ptr_array_remove_index(s->runs, i);
    return;
  }
}

Shared *session_start_run(Session *s, const Step *step, const Facts *facts) {
  drop_oldest(s);
  Facts *inputs = step_inputs(step, facts);
  Shared *shared = g_new0(Shared, 1);
  shared->key = inputs_key(step->probe, inputs);
  shared->run = probe_run_new(step->probe, s->net, inputs);
  shared->ended = probe_run_done(shared->run);
  g_ptr_array_add(s->runs, shared);
  return shared;
}

/* --- what may come --- */

typedef struct Search {
  GPtrArray *found; /* of Step, in order: the queue as well */
  GHashTable *known;
} Search;

static void search_add(Search *search, const Step *step) {
  if (step != NULL && g_hash_table_add(search->known, (gpointer)step))
    g_ptr_array_add(search->found, (gpointer)step);
}

static void search_branches(Search *search, const Step *step) {
  for (guint i = 0; step->branches != NULL && i < step->branches->len; i++)
    search_add(search, ((const Branch *)g_ptr_array_index(step->branches, i))->go);
}

static void search_after(Search *search, const Step *step) {
  for (guint i = 0; step->choices != NULL && i < step->choices->len; i++)
    search_add(search, ((const Choice *)g_ptr_array_index(step->choices, i))->go);
  if (step->kind == STEP_USE && step->use != NULL)
    search_add(search, step->use->start);
  search_branches(search, step);
}

static void search_all(Search *search, guint *done) {
  for (; *done < search->found->len; (*done)++)
    search_after(search, g_ptr_array_index(search->found, *done));
}

GPtrArray *session_reachable(const Session *s, const Step *from, const GPtrArray *callers) {
  Search search = {g_ptr_array_new(), g_hash_table_new(NULL, NULL)};
  guint done = 0;
  search_after(&search, from);
  search_all(&search, &done);
  for (guint i = callers->len; i-- > 0;) {
    search_branches(&search, g_ptr_array_index(callers, i));
    search_all(&search, &done);
  }
  search_add(&search, s->flow->at_return);
  search_all(&search, &done);
  g_hash_table_unref(search.known);
  return search.found;
}

/* --- running ahead --- */

/* What the run of a step ahead found, unless the path has facts of that name. */
static void suppose(Facts *facts, const Step *step, const Shared *shared) {
  g_autofree char *first = g_strconcat(step->name, ".", step->probe->gives[0].name, NULL);
  if (probe_run_done(shared->run) && facts_get(facts, first) == NULL)
    session_put_result(facts, step, probe_run_result(shared->run));
}

/* One round. TRUE if something was started. */
static gboolean run_round(Session *s, const GPtrArray *steps, Facts *facts) {
  gboolean started = FALSE;
  guint ahead = 0;
  for (guint i = 0; i < steps->len && ahead < MAX_AHEAD; i++) {
    const Step *step = g_ptr_array_index(steps, i);
    if (step->kind != STEP_PROBE || step->probe->flags != PROBE_PASSIVE || !session_inputs_known(step, facts))
      continue;
    Shared *shared = session_find_run(s, step, facts);
    ahead += shared == NULL || !is_used(s, shared->run);
    if (shared == NULL) {
      shared = session_start_run(s, step, facts);
      started = TRUE;
    }
    suppose(facts, step, shared);
  }
  return started;
}

void session_run_ahead(Session *s) {
  if (s->halt != HALT_NONE)
    return;
  g_autoptr(GPtrArray) callers = session_callers(s);
  g_autoptr(GPtrArray) steps = session_reachable(s, session_current(s)->visit.step, callers);
  g_autoptr(Facts) facts = facts_new();
  facts_merge(facts, s->facts, NULL);
  for (guint i = 0; i < MAX_ROUNDS; i++)
    if (!run_round(s, steps, facts))
      break;
}
