#include "flow/flow_impl.h"

#include "base/text.h"
#include "flow/session.h" /* bounce_facts */
#include "flow/template.h"

#include <string.h>

/* --- what a step gives --- */

/* "mx.status" is the fact "status" of the step mx; "rcpt" is the step's own answer. */
static char *step_part(const char *name, const char **rest) {
  const char *dot = strchr(name, '.');
  *rest = dot != NULL ? dot + 1 : NULL;
  return dot != NULL ? g_strndup(name, (gsize)(dot - name)) : g_strdup(name);
}

static const FactSpec *find_spec(const FactSpec *specs, const char *name) {
  for (; specs->name != NULL; specs++)
    if (g_str_equal(specs->name, name))
      return specs;
  return NULL;
}

static const FactSpec text_answer = {"", FACT_TEXT, NULL, ""}, number_answer = {"", FACT_NUMBER, NULL, ""},
                      kind_answer = {"", FACT_TEXT, "bounce delay autoreply feedback delivered other", ""},
                      done_answer = {"", FACT_TEXT, "done partly none", ""};

/* The fact that `step` gives under `rest` (NULL: its answer), or NULL.  The values of a choose step are not in it. */
static const FactSpec *step_spec(const Step *step, const char *rest) {
  if (step->kind == STEP_PROBE)
    return rest != NULL ? find_spec(step->probe->gives, rest) : NULL;
  if (step->kind == STEP_CHECKLIST)
    return rest == NULL ? &done_answer : g_str_equal(rest, "done") ? &number_answer : NULL;
  if (step->kind == STEP_CHOOSE)
    return rest == NULL ? &text_answer : NULL;
  if (step->kind != STEP_ASK)
    return NULL;
  if (rest != NULL)
    return g_str_equal(step->as, "email") && (g_str_equal(rest, "local") || g_str_equal(rest, "domain")) ? &text_answer
                                                                                                         : NULL;
  return g_str_equal(step->as, "number")    ? &number_answer
         : g_str_equal(step->as, "message") ? &kind_answer
                                            : &text_answer;
}

/* The words that the answer of a choose step can be. Caller frees. */
static char *choice_values(const Step *step) {
  g_autoptr(GString) values = g_string_new(NULL);
  for (guint i = 0; i < step->choices->len; i++) {
    const Choice *choice = step->choices->pdata[i];
    if (!choice->unknown)
      g_string_append_printf(values, "%s%s", values->len > 0 ? " " : "", choice->value);
  }
  return g_string_free(g_steal_pointer(&values), FALSE);
}

static gboolean has_value(const Step *step, const Choice *choice) {
  for (guint i = 0; i < step->choices->len; i++)
    if (g_str_equal(((const Choice *)step->choices->pdata[i])->value, choice->value))
      return TRUE;
  return FALSE;
}

static gboolean gives_facts(const Step *step) {
  return step->kind == STEP_CHOOSE || step->kind == STEP_ASK || step->kind == STEP_PROBE ||
         step->kind == STEP_CHECKLIST;
}

/* TRUE if the facts of both mean the same. */
static gboolean is_same_question(const Step *a, const Step *b) {
  if (a->kind != b->kind || a->probe != b->probe || g_strcmp0(a->as, b->as) != 0 || a->choices->len != b->choices->len)
    return FALSE;
  for (guint i = 0; i < a->choices->len; i++)
    if (!has_value(b, a->choices->pdata[i]))
      return FALSE;
  return TRUE;
}

/* --- where a fact comes from --- */

static const Step *own_giver(const FlowFile *file, const char *name) {
  const char *rest;
  g_autofree char *part = step_part(name, &rest);
  const Step *step = g_hash_table_lookup(file->by_name, part);
  return step != NULL && step_spec(step, rest) != NULL ? step : NULL;
}

/* A step of `file` or of what it uses that gives the fact. */
static const Step *inner_giver(const FlowFile *file, const char *name) {
  const Step *step = own_giver(file, name);
  for (guint i = 0; i < file->uses->len && step == NULL; i++)
    step = own_giver(file->uses->pdata[i], name);
  return step;
}

/* A step of a caller, or of its callers. `seen`: files that were asked. */
static const Step *outer_giver(const FlowFile *file, const char *name, GHashTable *seen) {
  const Step *step = NULL;
  for (guint i = 0; i < file->calls->len && step == NULL; i++) {
    const FlowFile *caller = g_array_index(file->calls, Call, i).file;
    if (!g_hash_table_add(seen, (gpointer)caller))
      continue;
    step = inner_giver(caller, name);
    if (step == NULL && caller->flow.menu == 0)
      step = outer_giver(caller, name, seen);
  }
  return step;
}

/* The same for a flow that needs its callers for it: one that cannot be started from the menu. */
static const Step *giver_of_callers(const FlowFile *file, const char *name) {
  if (file->flow.menu > 0)
    return NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  return outer_giver(file, name, seen);
}

const Step *flow_fact_giver(const FlowFile *file, const char *name) {
  const Step *step = inner_giver(file, name);
  return step != NULL ? step : giver_of_callers(file, name);
}

/* TRUE if a way leads over a step of this file that gives the fact to `step`. */
static gboolean is_known_before(const FlowFile *file, const char *name, const FullStep *step, gboolean after) {
  const Step *own = own_giver(file, name);
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const Step *giver = file->flow.steps->pdata[i];
    if (!can_come_after(file, i, step->index) && !(after && i == step->index))
      continue;
    if (giver == own || (giver->kind == STEP_USE && inner_giver(flow_file(giver->use), name) != NULL))
      return TRUE;
  }
  return FALSE;
}

/* --- faults --- */

static void collect(GPtrArray *names, const char *prefix, const FactSpec *specs) {
  for (; specs->name != NULL; specs++)
    g_ptr_array_add(names, g_strdup_printf("%s.%s", prefix, specs->name));
}

static void collect_steps(GPtrArray *names, const FlowFile *file) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const Step *step = file->flow.steps->pdata[i];
    if (step_spec(step, NULL) != NULL)
      g_ptr_array_add(names, g_strdup(step->name));
    if (step->kind == STEP_PROBE)
      collect(names, step->name, step->probe->gives);
    for (const char *const *rest = (const char *const[]){"local", "domain", "done", NULL}; *rest != NULL; rest++)
      if (step->kind != STEP_PROBE && step_spec(step, *rest) != NULL)
        g_ptr_array_add(names, g_strdup_printf("%s.%s", step->name, *rest));
  }
}

/* What is wrong with the name of a fact that nothing gives. Caller frees. */
static char *describe_unknown(const FlowFile *file, const char *name) {
  const char *rest;
  g_autofree char *part = step_part(name, &rest);
  const Step *step = g_hash_table_lookup(file->by_name, part);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  if (step != NULL && step->kind == STEP_PROBE && rest == NULL)
    return g_strdup_printf("The probe step \"%s\" has no answer of its own: name one of its facts, such as %s.%s", name,
                           name, step->probe->gives[0].name);
  if (step != NULL && !gives_facts(step))
    return g_strdup_printf("The step \"%s\" is a %s step: it gives no facts", part, step_kind_word(step->kind));
  collect(names, "bounce", bounce_facts);
  collect_steps(names, file);
  for (guint i = 0; i < file->uses->len; i++)
    collect_steps(names, file->uses->pdata[i]);
  g_ptr_array_add(names, NULL);
  const char *near = text_nearest(name, (const char *const *)names->pdata);
  if (near != NULL)
    return g_strdup_printf("There is no fact \"%s\": did you mean \"%s\"?", name, near);
  if (step != NULL && step->kind == STEP_PROBE) {
    g_autoptr(GString) all = g_string_new(NULL);
    for (const FactSpec *spec = step->probe->gives; spec->name != NULL; spec++)
      g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "", spec->name);
    return g_strdup_printf("The probe %s gives no fact \"%s\": it gives %s", step->probe->name, rest, all->str);
  }
  return g_strdup_printf("There is no fact \"%s\": a fact is bounce.NAME, the name of a step that asks, or STEP.NAME "
                         "of a probe step",
                         name);
}

static void fault_ref(const FlowFile *file, const FactRef *ref, const char *name, DiagLevel level, const char *text) {
  int line = ref->node->line, col = ref->node->col;
  if (ref->condition != NULL)
    condition_place(ref->condition, name, &line, &col);
  diags_add(file->checking, file->flow.file, line, col, level, "%s", text);
}

/* --- a mention of a fact --- */

static void check_values(const FlowFile *file, const FactRef *ref, const char *name, const Step *giver) {
  const char *dot = strchr(name, '.'), *rest = dot != NULL ? dot + 1 : NULL;
  FactSpec spec = giver != NULL ? *step_spec(giver, rest) : *find_spec(bounce_facts, rest);
  g_autofree char *values = giver != NULL && giver->kind == STEP_CHOOSE ? choice_values(giver) : NULL;
  if (values != NULL)
    spec.values = values;
  condition_check(ref->condition, name, &spec, file->flow.file, file->checking);
}

/* Steps of one name in sub-flows that do not know each other may be different questions: then nothing is said. */
static gboolean is_clear(const FlowFile *file, const char *name, const Step *giver) {
  for (guint i = 0; i < file->uses->len; i++) {
    const Step *other = own_giver(file->uses->pdata[i], name);
    if (other != NULL && !is_same_question(giver, other))
      return FALSE;
  }
  return TRUE;
}

static void check_name(FlowFile *file, const FactRef *ref, const char *name) {
  if (g_str_has_prefix(name, "bounce.") && find_spec(bounce_facts, name + strlen("bounce.")) != NULL) {
    if (ref->condition != NULL)
      check_values(file, ref, name, NULL);
    return;
  }
  const Step *inner = inner_giver(file, name), *outer = giver_of_callers(file, name);
  if (inner == NULL && outer == NULL) {
    g_autofree char *text = describe_unknown(file, name);
    fault_ref(file, ref, name, DIAG_ERROR, text);
    return;
  }
  if (inner == NULL)
    g_ptr_array_add(file->needs, g_strdup(name));
  else if (outer == NULL && !is_known_before(file, name, ref->step, ref->after)) {
    g_autofree char *text =
        g_strdup_printf("\"%s\" is never known here: no way leads over its step before this place", name);
    fault_ref(file, ref, name, DIAG_WARNING, text);
  }
  const Step *giver = inner != NULL ? inner : outer;
  if (ref->condition != NULL && is_clear(file, name, giver))
    check_values(file, ref, name, giver);
}

static void check_ref(FlowFile *file, const FactRef *ref) {
  if (ref->condition != NULL) {
    for (const char *const *name = condition_facts(ref->condition); *name != NULL; name++)
      check_name(file, ref, *name);
    return;
  }
  g_auto(GStrv) names = template_facts(ref->node->text);
  for (char **name = names; *name != NULL; name++)
    check_name(file, ref, *name);
}

/* --- sub-flows --- */

/* What a sub-flow needs, its caller must have, or its caller's callers. */
static void check_needs(FlowFile *file, const FullStep *step) {
  const FlowFile *used = flow_file(step->step.use);
  const YamlNode *node = yaml_get(step->node, "use");
  for (guint i = 0; i < used->needs->len; i++) {
    const char *name = used->needs->pdata[i];
    const Step *inner = inner_giver(file, name), *outer = giver_of_callers(file, name);
    if (inner == NULL && outer == NULL)
      yaml_fault(file->doc, node, file->checking, DIAG_ERROR,
                 "The flow \"%s\" needs the fact \"%s\" of its caller, and no step gives it here", used->flow.id, name);
    else if (inner == NULL)
      g_ptr_array_add(file->needs, g_strdup(name));
    else if (outer == NULL && !is_known_before(file, name, step, FALSE))
      yaml_fault(file->doc, node, file->checking, DIAG_WARNING,
                 "The flow \"%s\" needs the fact \"%s\", which is never known here", used->flow.id, name);
  }
}

static void check_shared_names(FlowFile *file, const FlowFile *used) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    const Step *other = g_hash_table_lookup(used->by_name, step->step.name);
    if (other == NULL || !gives_facts(&step->step) || !gives_facts(other) || is_same_question(&step->step, other))
      continue;
    diags_add(file->checking, file->flow.file, step->step.line, step->step.col, DIAG_ERROR,
              "The flow \"%s\", which is used here, has a step \"%s\" too (line %d), and it is another question: "
              "give one of them another name",
              used->flow.id, step->step.name, other->line);
  }
}

void flow_check_facts(FlowFile *file) {
  for (guint i = 0; i < file->refs->len; i++)
    check_ref(file, &g_array_index(file->refs, FactRef, i));
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (step->step.kind == STEP_USE)
      check_needs(file, step);
  }
  for (guint i = 0; i < file->uses->len; i++)
    check_shared_names(file, file->uses->pdata[i]);
}

/* --- causes --- */

static const Step *any_giver(const Flows *flows, const char *name) {
  const Step *step = NULL;
  GHashTableIter iter;
  gpointer file;
  g_hash_table_iter_init(&iter, flows->by_id);
  while (step == NULL && g_hash_table_iter_next(&iter, NULL, &file))
    step = own_giver(file, name);
  return step;
}

static gboolean is_any_fact(const Flows *flows, const char *name) {
  return any_giver(flows, name) != NULL ||
         (g_str_has_prefix(name, "bounce.") && find_spec(bounce_facts, name + strlen("bounce.")) != NULL);
}

static void check_rules(const Flows *flows, const GPtrArray *rules, const char *path, Diags *diags) {
  for (guint i = 0; i < rules->len; i++) {
    const Condition *when = ((const CauseRule *)rules->pdata[i])->when;
    for (const char *const *name = condition_facts(when); *name != NULL; name++) {
      int line = 0, col = 0;
      condition_place(when, *name, &line, &col);
      if (!is_any_fact(flows, *name))
        diags_add(diags, path, line, col, DIAG_ERROR, "No flow has the fact \"%s\": this rule never holds", *name);
    }
  }
}

void flow_check_causes(const Flows *flows, const char *path, Diags *diags) {
  /* What a bad flow would give cannot be told. */
  for (guint i = 0; i < flows->files->len; i++)
    if (((const FlowFile *)flows->files->pdata[i])->broken)
      return;
  const Causes *causes = flows->knowledge->causes;
  for (guint i = 0; causes != NULL && i < causes_all(causes)->len; i++) {
    const Cause *cause = causes_all(causes)->pdata[i];
    check_rules(flows, cause->confirmed_by, path, diags);
    check_rules(flows, cause->suggested_by, path, diags);
    check_rules(flows, cause->ruled_out_by, path, diags);
  }
}
