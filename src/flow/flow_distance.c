#include "flow/flow_impl.h"

static const Span no_way = {NO_WAY, NO_WAY}, arrived = {0, 0};

/* Nobody walks farther; and sub-flows in sub-flows multiply. */
#define FARTHEST 9999

static guint add(guint a, guint b) {
  return a == NO_WAY || b == NO_WAY ? NO_WAY : MIN(a + b, FARTHEST);
}

static Span span_add(Span a, Span b) {
  return (Span){add(a.shortest, b.shortest), add(a.longest, b.longest)};
}

/* One way or the other. */
static Span span_or(Span a, Span b) {
  Span both = {MIN(a.shortest, b.shortest), MAX(a.longest, b.longest)};
  if (a.longest == NO_WAY || b.longest == NO_WAY)
    both.longest = MIN(a.longest, b.longest);
  return both;
}

static gboolean span_equal(Span a, Span b) {
  return a.shortest == b.shortest && a.longest == b.longest;
}

/* What entering a step costs a person. A sub-flow's own steps count, not the step that uses it. */
static Span step_cost(const Step *step) {
  if (step->kind == STEP_DECIDE || step->kind == STEP_USE || (step->kind == STEP_PROBE && step->show == SHOW_NEVER))
    return arrived;
  gboolean maybe = step->sure != NULL || (step->kind == STEP_PROBE && step->show == SHOW_PROBLEM);
  return maybe ? (Span){0, 1} : (Span){1, 1};
}

/* --- one flow --- */

typedef enum Which { SHORTEST, LONGEST } Which;

/* Adds the way over `go` (NULL: return) to what lies behind a step. */
static void add_way(const Step *go, Span *finish, Span *back) {
  if (go == NULL) {
    *back = span_or(*back, arrived);
    return;
  }
  const FullStep *next = full_step(go);
  *finish = span_or(*finish, span_add(step_cost(go), next->to_finish));
  *back = span_or(*back, span_add(step_cost(go), next->to_return));
}

/* Takes the shortest or the longest of `found`, and keeps the other. */
static void take(Which which, Span *span, Span found) {
  if (which == SHORTEST)
    span->shortest = found.shortest;
  else
    span->longest = found.longest;
}

/* Works `step` out from what lies behind it. TRUE if that changed it. */
static gboolean work_out(FullStep *full, Which which) {
  const Step *step = &full->step;
  const Span old_finish = full->to_finish, old_return = full->to_return;
  Span finish = step->kind == STEP_FINISH ? arrived : no_way, back = no_way;
  for (guint i = 0; i < step->choices->len; i++) {
    const Choice *choice = step->choices->pdata[i];
    if (choice->go != NULL || choice->goes_return)
      add_way(choice->go, &finish, &back);
  }
  for (guint i = 0; i < step->branches->len; i++)
    add_way(((const Branch *)step->branches->pdata[i])->go, &finish, &back);
  if (step->kind == STEP_USE) {
    take(which, &full->next_finish, finish);
    take(which, &full->next_return, back);
    const FullStep *start = full_step(step->use->start);
    Span inside = span_add(step_cost(&start->step), start->to_finish);
    Span through = span_add(step_cost(&start->step), start->to_return);
    finish = span_or(inside, span_add(through, finish));
    back = span_add(through, back);
  }
  take(which, &full->to_finish, finish);
  take(which, &full->to_return, back);
  return !span_equal(old_finish, full->to_finish) || !span_equal(old_return, full->to_return);
}

/* Every step after all those behind it.  Where an edge leads back to a step that we are on the way from, that one has
 * no longest way yet: so nothing goes round.  `visited`: by step. */
static void work_out_longest(FullStep *full, guint8 *visited) {
  if (visited[full->index])
    return;
  visited[full->index] = TRUE;
  const Step *step = &full->step;
  for (guint i = 0; i < step->branches->len; i++) {
    const Branch *branch = step->branches->pdata[i];
    if (branch->go != NULL)
      work_out_longest(full_step(branch->go), visited);
  }
  for (guint i = 0; i < step->choices->len; i++) {
    const Choice *choice = step->choices->pdata[i];
    if (choice->go != NULL)
      work_out_longest(full_step(choice->go), visited);
  }
  work_out(full, LONGEST);
}

/* A step whose only ways lead back has no longest way: it is at least as long as the shortest. */
static void make_ordered(Span *span) {
  if (span->longest == NO_WAY || span->longest < span->shortest)
    span->longest = span->shortest;
}

void flow_work_out_distances(FlowFile *file) {
  guint n = file->flow.steps->len;
  for (guint i = 0; i < n; i++) {
    FullStep *step = step_at(file, i);
    step->to_finish = step->to_return = step->next_finish = step->next_return = no_way;
  }
  /* From the end of the file to its beginning, since flows are written from the top: few rounds are needed. */
  for (gboolean changed = TRUE; changed;) {
    changed = FALSE;
    for (guint i = n; i-- > 0;)
      changed |= work_out(step_at(file, i), SHORTEST);
  }
  g_autofree guint8 *visited = g_new0(guint8, n);
  work_out_longest(full_step(file->flow.start), visited);
  if (file->flow.at_return != NULL)
    work_out_longest(full_step(file->flow.at_return), visited);
  for (guint i = 0; i < n; i++) {
    FullStep *step = step_at(file, i);
    make_ordered(&step->to_finish);
    make_ordered(&step->to_return);
    make_ordered(&step->next_finish);
    make_ordered(&step->next_return);
  }
}

/* --- look-ups --- */

void flow_distance_within(const Step *step, const GPtrArray *callers, guint *shortest, guint *longest) {
  const Flow *outermost = step->flow;
  Span finish = full_step(step)->to_finish, back = full_step(step)->to_return;
  for (guint i = callers != NULL ? callers->len : 0; i-- > 0;) {
    const FullStep *use = full_step(callers->pdata[i]);
    finish = span_or(finish, span_add(back, use->next_finish));
    back = span_add(back, use->next_return);
    outermost = use->step.flow;
  }
  if (outermost->at_return != NULL) {
    const FullStep *end = full_step(outermost->at_return);
    finish = span_or(finish, span_add(back, span_add(step_cost(&end->step), end->to_finish)));
  }
  /* In a sub-flow without its callers, its return is the end that we know of; every step comes to one or the other. */
  if (finish.shortest == NO_WAY)
    finish = back;
  *shortest = finish.shortest;
  *longest = finish.longest;
}

void flow_distance(const Step *step, guint *shortest, guint *longest) {
  flow_distance_within(step, NULL, shortest, longest);
}
