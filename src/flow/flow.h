/* Flows: decision trees read from YAML, immutable after load.
 *
 * A flow is a map of steps; a step's name is also the name of its answer.  One leading key gives the kind:
 *
 *   say        a page to read
 *   choose     a question with choices: the answer is the choice's `value`, by default its number from 1
 *   ask        a value to type: `as` text (default) email domain host ip number message secret; `default` a template
 *   probe      a probe with its inputs in `with` (templates); its facts are STEP.NAME; `show` always (default),
 *              problem, never
 *   decide     only branches (the text is for authors)
 *   checklist  things to do, from `items` ({do: ..}) or from a `guide` (template, id of guides.yaml); `items` beside a
 *              guide stand in when the guide's fact is not known; the answer is done, partly or none; STEP.done
 *              their number
 *   use        a sub-flow; when it comes to `go: return`, the caller's `next` goes on
 *   finish     the end: fixed problem escalate unknown; with `cause` (id of causes.yaml) and `say`
 *
 * Everywhere: title, help, hint, say_to_caller, note (authors only), next.  `next` is a step's name or a list of
 * branches {when:, go:, say:} that ends in {else:}; `say` of the branch that is taken is shown as "What it means".
 * Every choose has a way on for a person who does not know: a choice with `value: unknown` or labelled "I do not
 * know" / "I am not sure", which leaves the answer unknown ("not known", no value of its own); an ask can always be
 * left empty: the answer is then unknown too.
 *
 * Besides the step's own fact (STEP), an email answer gives STEP.local and STEP.domain; a message gives bounce.*, and
 * STEP is its kind.
 *
 * Sub-flows share the facts of their callers.  A sub-flow may name a fact of a step that all its callers have.  A
 * step name may stand in a flow and in one that it uses only if both are the same question (kind, `as`, probe), so
 * that the fact means one thing.
 *
 * `return` ends a sub-flow.  In a flow that nobody called it leads to the flow's own step `at_return` (a finish or
 * decide).  A flow of the menu that can return must name one; a flow that can return and names none is a sub-flow
 * only: see flow_can_start().
 *
 * Faults are reported at load as file:line:col with a suggestion; a flow that loads without errors cannot fail at
 * run time: every target exists, every branch list ends in else, every step can be reached and comes to a finish,
 * every fact named exists, no circle goes round without a person.  That causes and guides named are there is left to
 * the linter, since they are read later than the first screen: a cause that is not there is no cause, a checklist
 * without its guide has its `items`. */
#ifndef WB_FLOW_FLOW_H
#define WB_FLOW_FLOW_H

#include "base/message.h"
#include "base/yaml.h"
#include "flow/cause.h"
#include "flow/condition.h"
#include "flow/guide.h"
#include "mail/classify.h"
#include "probe/probe.h"

#define FLOW_FORMAT 1
#define FLOW_MAX_STEPS 500
#define FLOW_MAX_DEPTH 8   /* sub-flows in sub-flows */
#define FLOW_MAX_CHOICES 9 /* keys 1 to 9 */
#define FLOW_MAX_ITEMS 30  /* of a checklist */
#define FLOW_MAX_FILES 300 /* of one folder */

typedef enum StepKind {
  STEP_SAY,
  STEP_CHOOSE,
  STEP_ASK,
  STEP_PROBE,
  STEP_DECIDE,
  STEP_CHECKLIST,
  STEP_USE,
  STEP_FINISH,
} StepKind;
typedef enum FinishKind { FINISH_FIXED, FINISH_PROBLEM, FINISH_ESCALATE, FINISH_UNKNOWN } FinishKind;
typedef enum ShowWhen { SHOW_ALWAYS, SHOW_PROBLEM, SHOW_NEVER } ShowWhen;

typedef struct Flow Flow;
typedef struct Step Step;
typedef struct Flows Flows;

typedef struct Branch {
  Condition *when; /* NULL: else */
  const Step *go;  /* NULL: return to the caller of this sub-flow */
  Message *say;    /* or NULL */
  int line;
} Branch;

typedef struct Choice {
  char *value;
  Message *label;
  const Step *go;       /* NULL: the step's `next` decides, unless goes_return */
  gboolean goes_return; /* `go: return` */
  gboolean unknown;     /* "I do not know": the answer is then unknown */
  int line;
} Choice;

typedef struct Binding { /* one line of `with` */
  char *name;
  char *value; /* template: text with {fact} */
} Binding;

struct Step {
  const Flow *flow;
  char *name;
  StepKind kind;
  int line, col;
  Message *text;                                /* say, choose, ask, checklist: the question; finish: `say`, or NULL */
  Message *title, *help, *hint, *say_to_caller; /* or NULL */
  GPtrArray *branches;                          /* of Branch; may be empty (finish; choices that all `go`) */
  GPtrArray *choices;                           /* of Choice, in order */
  char *as;                                     /* ask */
  char *default_value;                          /* ask: template, or NULL */
  Condition *sure;                              /* ask: while it holds the default is taken unasked; or NULL */
  gboolean shows_bounce;                        /* say, choose: beside what was read in the bounce */
  const Probe *probe;
  GPtrArray *with; /* of Binding */
  ShowWhen show;
  GPtrArray *items; /* checklist: of Message */
  char *guide;      /* checklist: template, or NULL */
  const Flow *use;
  FinishKind finish;
  char *cause; /* finish: id of causes.yaml, or NULL; see step_cause() */
};

struct Flow {
  char *id, *file, *revision, *lang, *codes;
  Message *title;
  int menu; /* place in the start menu from 1; 0: not there */
  const Step *start;
  const Step *at_return;  /* where `return` leads when no flow called this one, or NULL */
  GPtrArray *steps;       /* of Step, in file order */
  gboolean own;           /* the site's or user's, not ours */
  gboolean returns;       /* a way through it comes to `go: return` */
  char **matches_status;  /* "5.1.2", "5.4.x": for whom the flow is meant; NULL-terminated, never NULL */
  char **matches_phrases; /* words of bounces, the same */
};

/* Reads every *.yaml of `dir` and of the NULL-terminated `own` folders (missing ones are skipped; `own` may be NULL);
 * causes and guides are those of DIR/knowledge.  A flow of a later folder stands in for one with the same id of an
 * earlier folder, unless it has errors.  A file with errors is left out, and what uses it; the rest works.  Faults
 * to `diags`. */
Flows *flows_load(const char *dir, const char *const *own, Diags *diags);
void flows_free(Flows *flows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flows, flows_free)

const Flow *flows_find(const Flows *flows, const char *id);
GPtrArray *flows_menu(const Flows *flows); /* of const Flow, by place; own ones last; free the array */
GPtrArray *flows_all(const Flows *flows);  /* of const Flow, by id; free the array */
/* Read when they are first asked for: the first screen needs neither. NULL: they could not be read. */
const Causes *flows_causes(const Flows *flows);
const Guides *flows_guides(const Flows *flows);
/* Of the rules in the same folder and those of the site and the user. */
Classifier *flows_classifier(const Flows *flows);
/* The cause that a finish step names; NULL: none, or `flows` (may be NULL) has no such cause. */
const Cause *step_cause(const Flows *flows, const Step *step);

/* One file and what it needs, for `whybounce lint FILE`: faults of the file and of the flows it uses, which are looked
 * for in its own folder, then in `dir`, to `diags`. */
void flow_lint(const char *dir, const char *file, Diags *diags);
/* The causes in `file`: by themselves, and whether the flows of `dir` have the facts they name. */
void causes_lint(const char *dir, const char *file, Diags *diags);
/* The same for all that flows_load() reads, with the checks that only authors need: causes and guides, the facts they
 * name, places in the menu. */
void flows_lint(const char *dir, const char *const *own, Diags *diags);

const Step *flow_step(const Flow *flow, const char *name);
/* FALSE: a sub-flow only, for lack of a step to go to at its `return`. */
gboolean flow_can_start(const Flow *flow);
const char *finish_word(FinishKind finish);
/* "say", "choose", ... */
const char *step_kind_word(StepKind kind);

/* Shortest and longest way from `step` (which is not counted) to a finish, in steps that people see: say, choose, ask,
 * checklist, finish, and probe unless `show: never`; `show: problem` and ask with `sure` count in the longest way only.  Sub-flows
 * count.  Nothing is walked twice.  Worked out at load: a look-up.
 *
 * The longest way without going round is a hard problem for graphs with circles (NP-hard); what is given is the
 * longest in the flow without its back edges, those that lead back to a step on the way from the start to them. */
void flow_distance(const Step *step, guint *shortest, guint *longest);

/* The same inside a sub-flow that was called: what comes after its return counts. `callers`: the `use` steps that we
 * are in, outermost first, of const Step. */
void flow_distance_within(const Step *step, const GPtrArray *callers, guint *shortest, guint *longest);

#endif
