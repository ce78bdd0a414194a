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
  return step->kind == STEP_PROBE && step->show == SHOW_PROBLEM ? (Span){0, 1} : (Span){1, 1};
}

/* --- one flow --- */

typedef enum Which { SHORTEST, LONGEST } Which;

typedef struct Walk {
  FlowFile *file;
  Which which;
  guint8 *marks; /* longest: 0 new, 1 on the way, 2 done */
} Walk;

/* Adds the way over `go` (NULL: return) to what lies behind a step. */
static void add_way(const Walk *walk, const Step *go, Span *finish, Span *back) {
  if (go == NULL) {
    *back = span_or(*back, arrived);
    return;
  }
  const FullStep *next = full_step(go);
  /* An edge back to a step that we are on the way from would go round. */
  if (walk->which == LONGEST && walk->marks[next->index] != 2)
    return;
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
static gboolean work_out(const Walk *walk, FullStep *full) {
  const Step *step = &full->step;
  const Span old_finish = full->to_finish, old_return = full->to_return;
  Span finish = step->kind == STEP_FINISH ? arrived : no_way, back = no_way;
  gboolean all_go = step->choices->len > 0;
  for (guint i = 0; i < step->choices->len; i++) {
    const Choice *choice = step->choices->pdata[i];
    all_go &= choice->go != NULL || choice->goes_return;
    if (choice->go != NULL || choice->goes_return)
      add_way(walk, choice->go, &finish, &back);
  }
  for (guint i = 0; i < step->branches->len && !all_go; i++)
    add_way(walk, ((const Branch *)step->branches->pdata[i])->go, &finish, &back);
  if (step->kind == STEP_USE) {
    take(walk->which, &full->next_finish, finish);
    take(walk->which, &full->next_return, back);
    const FullStep *start = full_step(step->use->start);
    Span inside = span_add(step_cost(&start->step), start->to_finish);
    Span through = span_add(step_cost(&start->step), start->to_return);
    finish = span_or(inside, span_add(through, finish));
    back = span_add(through, back);
  }
  take(walk->which, &full->to_finish, finish);
  take(walk->which, &full->to_return, back);
  return !span_equal(old_finish, full->to_finish) || !span_equal(old_return, full->to_return);
}

/* Every step after all those behind it, but for the edges that lead back. */
static void work_out_longest(Walk *walk, FullStep *full) {
  if (walk->marks[full->index] != 0)
    return;
  walk->marks[full->index] = 1;
  const Step *step = &full->step;
  for (guint i = 0; i < step->branches->len; i++) {
    const Branch *branch = step->branches->pdata[i];
    if (branch->go != NULL)
      work_out_longest(walk, full_step(branch->go));
  }
  for (guint i = 0; i < step->choices->len; i++) {
    const Choice *choice = step->choices->pdata[i];
    if (choice->go != NULL)
      work_out_longest(walk, full_step(choice->go));
  }
  work_out(walk, full);
  walk->marks[full->index] = 2;
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
  Walk walk = {file, SHORTEST, NULL};
  for (gboolean changed = TRUE; changed;) {
    changed = FALSE;
    for (guint i = n; i-- > 0;)
      changed |= work_out(&walk, step_at(file, i));
  }
  g_autofree guint8 *marks = g_new0(guint8, n);
  walk = (Walk){file, LONGEST, marks};
  work_out_longest(&walk, full_step(file->flow.start));
  if (file->flow.at_return != NULL)
    work_out_longest(&walk, full_step(file->flow.at_return));
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
  /* In a sub-flow without its callers, its return is the end that we know of. */
  if (finish.shortest == NO_WAY)
    finish = back;
  *shortest = finish.shortest == NO_WAY ? 0 : finish.shortest;
  *longest = finish.longest == NO_WAY ? *shortest : finish.longest;
}

void flow_distance(const Step *step, guint *shortest, guint *longest) {
  flow_distance_within(step, NULL, shortest, longest);
}
