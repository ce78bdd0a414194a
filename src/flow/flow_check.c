#include "flow/flow_impl.h"

static void fault_step(FlowFile *file, const FullStep *step, DiagLevel level, const char *text) {
  diags_add(file->checking, file->flow.file, step->step.line, step->step.col, level, "%s", text);
}

/* --- the ways --- */

static void set_bit(FlowFile *file, guint row, const Step *to) {
  guint i = full_step(to)->index;
  file->reach[row * file->words + i / 64] |= (guint64)1 << (i % 64);
}

/* TRUE if a way of the step leads to `return`. A sub-flow that never comes back does not let its caller return. */
static gboolean step_returns(const Step *step) {
  if (step->kind == STEP_USE && !step->use->returns)
    return FALSE;
  for (guint i = 0; i < step->branches->len; i++)
    if (((const Branch *)step->branches->pdata[i])->go == NULL)
      return TRUE;
  for (guint i = 0; i < step->choices->len; i++)
    if (((const Choice *)step->choices->pdata[i])->goes_return)
      return TRUE;
  return FALSE;
}

static gboolean step_finishes(const Step *step) {
  return step->kind == STEP_FINISH || (step->kind == STEP_USE && flow_file(step->use)->finishes);
}

/* The steps right behind each; a `return` leads to `at_return`. */
static void build_edges(FlowFile *file) {
  guint n = file->flow.steps->len;
  file->words = (n + 63) / 64;
  file->reach = g_new0(guint64, (gsize)n * file->words);
  for (guint i = 0; i < n; i++) {
    const Step *step = file->flow.steps->pdata[i];
    for (guint b = 0; b < step->branches->len; b++)
      if (((const Branch *)step->branches->pdata[b])->go != NULL)
        set_bit(file, i, ((const Branch *)step->branches->pdata[b])->go);
    for (guint c = 0; c < step->choices->len; c++)
      if (((const Choice *)step->choices->pdata[c])->go != NULL)
        set_bit(file, i, ((const Choice *)step->choices->pdata[c])->go);
    if (file->flow.at_return != NULL && step_returns(step))
      set_bit(file, i, file->flow.at_return);
  }
}

/* Warshall: from the steps right behind to all that can come after. */
static void close_edges(FlowFile *file) {
  guint n = file->flow.steps->len, words = file->words;
  for (guint k = 0; k < n; k++)
    for (guint i = 0; i < n; i++)
      if (can_come_after(file, i, k))
        for (guint w = 0; w < words; w++)
          file->reach[i * words + w] |= file->reach[k * words + w];
}

/* --- circles without a person --- */

/* TRUE if people may pass the step without seeing it. */
static gboolean is_silent(const Step *step) {
  return step->kind == STEP_DECIDE || step->sure != NULL || (step->kind == STEP_PROBE && step->show != SHOW_ALWAYS) ||
         (step->kind == STEP_USE && flow_file(step->use)->silent);
}

typedef struct Silent {
  FlowFile *file;
  guint8 *marks;    /* by step: 0 new, 1 on the way, 2 done */
  GPtrArray *way;   /* of FullStep */
  gboolean found;   /* a circle was reported */
  gboolean returns; /* `return` was come to */
} Silent;

static void fault_silent(Silent *walk, const FullStep *first) {
  g_autoptr(GString) names = g_string_new(NULL);
  gboolean inside = FALSE;
  for (guint i = 0; i < walk->way->len; i++) {
    const FullStep *each = walk->way->pdata[i];
    inside |= each == first;
    if (inside)
      g_string_append_printf(names, "%s > ", each->step.name);
  }
  g_autofree char *text =
      g_strdup_printf("This goes round without anything to see or to answer: %s%s", names->str, first->step.name);
  fault_step(walk->file, first, DIAG_ERROR, text);
  walk->found = TRUE;
}

/* Goes on over silent steps only. The edges are those right behind each step. */
static void walk_silent(Silent *walk, const FullStep *step) {
  if (!is_silent(&step->step) || walk->marks[step->index] == 2 || walk->found)
    return;
  if (walk->marks[step->index] == 1) {
    fault_silent(walk, step);
    return;
  }
  walk->marks[step->index] = 1;
  walk->returns |= step_returns(&step->step);
  g_ptr_array_add(walk->way, (gpointer)step);
  for (guint i = 0; i < walk->file->flow.steps->len; i++)
    if (can_come_after(walk->file, step->index, i))
      walk_silent(walk, step_at(walk->file, i));
  g_ptr_array_set_size(walk->way, (int)walk->way->len - 1);
  walk->marks[step->index] = 2;
}

static void check_silent(FlowFile *file) {
  guint n = file->flow.steps->len;
  g_autofree guint8 *marks = g_new0(guint8, n);
  g_autoptr(GPtrArray) way = g_ptr_array_new();
  Silent walk = {.file = file, .marks = marks, .way = way};
  walk_silent(&walk, full_step(file->flow.start));
  file->silent = walk.returns;
  for (guint i = 0; i < n; i++)
    walk_silent(&walk, step_at(file, i));
}

/* --- where everything leads --- */

static gboolean is_after(const FlowFile *file, const Step *first, guint then) {
  guint i = full_step(first)->index;
  return i == then || can_come_after(file, i, then);
}

static void check_reached(FlowFile *file) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (is_after(file, file->flow.start, i))
      continue;
    g_autofree char *text = g_strdup_printf("No way leads to the step \"%s\": name it in a \"go\" or \"next\", or "
                                            "delete it",
                                            step->step.name);
    fault_step(file, step, DIAG_ERROR, text);
  }
}

/* TRUE if a way from the step ends the flow. `by_return`: coming to `return` is an end. */
static gboolean has_end(const FlowFile *file, const Step *from, gboolean by_return) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const Step *step = file->flow.steps->pdata[i];
    if (is_after(file, from, i) && (step_finishes(step) || (by_return && step_returns(step))))
      return TRUE;
  }
  return FALSE;
}

static void check_ends(FlowFile *file) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (has_end(file, &step->step, TRUE))
      continue;
    g_autofree char *text = g_strdup_printf("From the step \"%s\" no way leads to a finish", step->step.name);
    fault_step(file, step, DIAG_ERROR, text);
  }
}

static void check_uses(FlowFile *file) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (step->step.kind != STEP_USE)
      continue;
    const YamlNode *next = yaml_get(step->node, "next");
    const Flow *used = step->step.use;
    if (used->returns && next == NULL)
      yaml_fault(file->doc, step->node, file->checking, DIAG_ERROR,
                 "The flow \"%s\" comes back here: \"next\" is missing", used->id);
    else if (!used->returns && next != NULL)
      yaml_fault(file->doc, next, file->checking, DIAG_WARNING,
                 "The flow \"%s\" never comes back: this \"next\" is not used", used->id);
  }
}

/* What a flow was found to do as a whole. */
static void note_ends(FlowFile *file) {
  file->flow.returns = file->finishes = FALSE;
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const Step *step = file->flow.steps->pdata[i];
    if (!is_after(file, file->flow.start, i))
      continue;
    file->flow.returns |= step_returns(step);
    file->finishes |= step_finishes(step);
  }
}

static void check_return(FlowFile *file) {
  const Flow *flow = &file->flow;
  const YamlNode *at_return = yaml_get(yaml_root(file->doc), "at_return");
  if (flow->menu > 0 && flow->returns && flow->at_return == NULL) {
    guint i = 0;
    while (!step_returns(flow->steps->pdata[i]))
      i++;
    fault_step(file, step_at(file, i), DIAG_ERROR,
               "This comes to \"return\", but a flow of the menu may have no caller: add \"at_return: STEP\" above "
               "\"steps\", the finish to go to then");
  }
  if (at_return != NULL && !flow->returns)
    yaml_fault(file->doc, at_return, file->checking, DIAG_WARNING,
               "\"at_return\" is not used: no way through this flow comes to \"return\"");
  else if (at_return != NULL && !has_end(file, flow->at_return, FALSE))
    yaml_fault(file->doc, at_return, file->checking, DIAG_ERROR,
               "From \"%s\" no way leads to a finish: it would only come to \"return\" again", flow->at_return->name);
}

void flow_check_ways(FlowFile *file) {
  build_edges(file);
  check_silent(file);
  close_edges(file);
  note_ends(file);
  check_uses(file);
  check_reached(file);
  if (diags_count(file->checking, DIAG_ERROR) == 0)
    check_ends(file);
  check_return(file);
}
