#include "flow/flow_impl.h"

#include "base/text.h"

typedef enum Mark { MARK_NEW, MARK_OPEN, MARK_DONE } Mark;

/* A fault that makes the file itself bad. */
static void fault_use(FlowFile *file, const FullStep *step, const char *text) {
  yaml_fault(file->doc, yaml_get(step->node, "use"), file->checking, DIAG_ERROR, "%s", text);
}

/* --- choosing --- */

static void forget(FlowFile *file) {
  file->broken = file->faulty;
  file->mark = MARK_NEW;
  file->depth = 1;
  g_ptr_array_set_size(file->uses, 0);
  g_ptr_array_set_size(file->needs, 0);
  g_array_set_size(file->calls, 0);
  g_clear_pointer(&file->reach, g_free);
  if (file->faulty)
    return;
  diags_free(file->checking);
  file->checking = diags_new();
}

/* The last good file of each id. */
static void choose(Flows *flows) {
  g_hash_table_remove_all(flows->by_id);
  for (guint i = 0; i < flows->files->len; i++) {
    FlowFile *file = flows->files->pdata[i];
    forget(file);
    if (!file->broken)
      g_hash_table_insert(flows->by_id, file->flow.id, file);
  }
}

static gboolean is_chosen(const Flows *flows, const FlowFile *file) {
  return g_hash_table_lookup(flows->by_id, file->flow.id) == file;
}

/* TRUE if another file can stand in for a flow that turned out bad.  One that only uses a bad flow is given up when
 * nothing else helps: it may be good again once that one has been replaced. */
static gboolean replace_bad(const Flows *flows) {
  FlowFile *give_up = NULL;
  for (guint i = 0; i < flows->files->len; i++) {
    FlowFile *file = flows->files->pdata[i], *chosen = g_hash_table_lookup(flows->by_id, file->flow.id);
    if (file->faulty || file == chosen)
      continue;
    if (chosen->faulty)
      return TRUE;
    if (chosen->broken)
      give_up = chosen;
  }
  if (give_up != NULL)
    give_up->faulty = TRUE;
  return give_up != NULL;
}

/* --- linking --- */

/* TRUE if there is a file for the flow, though a bad one. */
static gboolean has_file(const Flows *flows, const char *id) {
  for (guint i = 0; i < flows->files->len; i++)
    if (g_str_equal(((const FlowFile *)flows->files->pdata[i])->flow.id, id))
      return TRUE;
  return FALSE;
}

static void fault_no_flow(const Flows *flows, FlowFile *file, const FullStep *step, const char *id) {
  file->broken = TRUE;
  g_autofree char *fault = NULL;
  if (has_file(flows, id)) {
    fault = g_strdup_printf("The flow \"%s\" cannot be used: it has errors, see there", id);
  } else {
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (guint i = 0; i < flows->files->len; i++)
      if (flows->files->pdata[i] != file)
        g_ptr_array_add(ids, ((FlowFile *)flows->files->pdata[i])->flow.id);
    g_ptr_array_add(ids, NULL);
    const char *near = text_nearest(id, (const char *const *)ids->pdata);
    fault = near != NULL ? g_strdup_printf("There is no flow \"%s\": did you mean \"%s\"?", id, near)
                         : g_strdup_printf("There is no flow \"%s\": it would be in a file %s.yaml", id, id);
    file->faulty = TRUE;
  }
  fault_use(file, step, fault);
}

static void link_steps(const Flows *flows, FlowFile *file) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    FullStep *step = step_at(file, i);
    if (step->step.kind != STEP_USE)
      continue;
    const char *id = yaml_get_text(step->node, "use");
    FlowFile *used = g_hash_table_lookup(flows->by_id, id);
    step->step.use = used != NULL ? &used->flow : NULL;
    if (used == NULL) {
      fault_no_flow(flows, file, step, id);
      continue;
    }
    Call call = {file, step};
    g_array_append_val(used->calls, call);
  }
}

static void fault_circle(FlowFile *file, const FullStep *step, const GPtrArray *open) {
  g_autoptr(GString) text = g_string_new("This flow would use itself: ");
  gboolean inside = FALSE;
  for (guint i = 0; i < open->len; i++) {
    const FlowFile *each = open->pdata[i];
    inside |= &each->flow == step->step.use;
    if (inside)
      g_string_append_printf(text, "%s > ", each->flow.id);
  }
  g_string_append(text, step->step.use->id);
  fault_use(file, step, text->str);
  file->faulty = file->broken = TRUE;
}

static void add_use(FlowFile *file, FlowFile *used) {
  if (!g_ptr_array_find(file->uses, used, NULL))
    g_ptr_array_add(file->uses, used);
}

/* Puts the flows that `file` uses before it in `order`.  Recursion is bounded by the number of files. */
static void sort_file(FlowFile *file, GPtrArray *open, GPtrArray *order) {
  file->mark = MARK_OPEN;
  g_ptr_array_add(open, file);
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (step->step.kind != STEP_USE || step->step.use == NULL)
      continue;
    FlowFile *used = flow_file(step->step.use);
    if (used->mark == MARK_OPEN) {
      fault_circle(file, step, open);
      continue;
    }
    if (used->mark == MARK_NEW)
      sort_file(used, open, order);
    add_use(file, used);
    for (guint k = 0; k < used->uses->len; k++)
      add_use(file, used->uses->pdata[k]);
    file->depth = MAX(file->depth, used->depth + 1);
    if (used->depth == FLOW_MAX_DEPTH) {
      g_autofree char *fault =
          g_strdup_printf("Sub-flows are nested too deeply here: %d inside each other at most", FLOW_MAX_DEPTH);
      fault_use(file, step, fault);
      file->faulty = file->broken = TRUE;
    }
  }
  g_ptr_array_set_size(open, (int)open->len - 1);
  file->mark = MARK_DONE;
  g_ptr_array_add(order, file);
}

/* --- checking --- */

/* A flow that uses a bad one is left out as well. */
static void inherit_faults(FlowFile *file) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (step->step.kind != STEP_USE || step->step.use == NULL || !flow_file(step->step.use)->broken)
      continue;
    g_autofree char *fault =
        g_strdup_printf("The flow \"%s\" cannot be used: it has errors, see there", step->step.use->id);
    if (!file->faulty)
      fault_use(file, step, fault);
    file->broken = TRUE;
  }
}

static void check_file(FlowFile *file, const Flows *flows) {
  inherit_faults(file);
  if (file->broken)
    return;
  flow_check_ways(file);
  flow_check_facts(file);
  flow_check_knowledge(file, flows->knowledge);
  file->faulty = file->broken = diags_count(file->checking, DIAG_ERROR) > 0;
  if (!file->broken)
    flow_work_out_distances(file);
}

static void link_once(Flows *flows) {
  g_autoptr(GPtrArray) open = g_ptr_array_new(), order = g_ptr_array_new();
  choose(flows);
  for (guint i = 0; i < flows->files->len; i++)
    if (is_chosen(flows, flows->files->pdata[i]))
      link_steps(flows, flows->files->pdata[i]);
  for (guint i = 0; i < flows->files->len; i++) {
    FlowFile *file = flows->files->pdata[i];
    if (is_chosen(flows, file) && file->mark == MARK_NEW)
      sort_file(file, open, order);
  }
  for (guint i = 0; i < order->len; i++)
    check_file(order->pdata[i], flows);
}

void flows_link(Flows *flows) {
  /* Each round finds at least one more bad file, so it comes to an end. */
  do
    link_once(flows);
  while (replace_bad(flows));
  for (guint i = 0; i < flows->files->len; i++) {
    const FlowFile *file = flows->files->pdata[i];
    if (file->broken && is_chosen(flows, file))
      g_hash_table_remove(flows->by_id, file->flow.id);
  }
}
