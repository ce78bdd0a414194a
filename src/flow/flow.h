/* Flows: decision trees read from YAML, immutable after load.
 *
 * A flow is a map of steps; a step's name is also the name of its answer.  One leading key gives the kind:
 *
 *   say        a page to read
 *   choose     a question with choices: the answer is the choice's `value`, by default its number from 1
 *   ask        a value to type: `as` text email domain host ip number message secret; `default` a template
 *   probe      a probe with its inputs in `with` (templates); its facts are STEP.NAME; `show` always (default),
 *              problem, never
 *   decide     only branches (the text is for authors)
 *   checklist  things to do, from `items` ({do: ..}) or from a `guide` (template, id of guides.yaml); the answer is
 *              done, partly or none; STEP.done their number
 *   use        a sub-flow; when it comes to `go: return`, the caller's `next` goes on
 *   finish     the end: fixed problem escalate unknown; with `cause` (id of causes.yaml) and `say`
 *
 * Everywhere: title, help, hint, say_to_caller, note (authors only), next.  `next` is a step's name or a list of
 * branches {when:, go:, say:} that ends in {else:}; `say` of the branch that is taken is shown as "What it means".
 * Every choose has a way on for a person who does not know: a choice with `value: unknown` or labelled "I do not
 * know" / "I am not sure"; an ask can always be left empty: the answer is then unknown ("not known").
 *
 * Faults are reported at load as file:line:col with a suggestion; a flow that loads without errors cannot fail at
 * run time: every target exists, every branch list ends in else, every step can be reached and comes to a finish,
 * every fact named exists. */
#ifndef WB_FLOW_FLOW_H
#define WB_FLOW_FLOW_H

#include "base/message.h"
#include "base/yaml.h"
#include "flow/cause.h"
#include "flow/condition.h"
#include "flow/guide.h"
#include "probe/probe.h"

#define FLOW_FORMAT 1
#define FLOW_MAX_STEPS 500
#define FLOW_MAX_DEPTH 8 /* sub-flows in sub-flows */

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
  gboolean unknown;     /* "I do not know" */
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
  Message *text; /* say, choose, ask, checklist: the question; finish: `say`, or NULL */
  Message *title, *help, *hint, *say_to_caller; /* or NULL */
  GPtrArray *branches;                          /* of Branch; may be empty (finish; choices that all `go`) */
  GPtrArray *choices;                           /* of Choice, in order */
  char *as;                                     /* ask */
  char *default_value;                          /* ask: template, or NULL */
  const Probe *probe;
  GPtrArray *with; /* of Binding */
  ShowWhen show;
  GPtrArray *items; /* checklist: of Message */
  char *guide;      /* checklist: template, or NULL */
  const Flow *use;
  FinishKind finish;
  const Cause *cause; /* or NULL */
};

struct Flow {
  char *id, *file, *revision, *lang, *codes;
  Message *title;
  int menu; /* place in the start menu from 1; 0: not there */
  const Step *start;
  GPtrArray *steps; /* of Step, in file order */
  gboolean own;     /* the site's or user's, not ours */
};

/* Reads every *.yaml of `dir` and of the NULL-terminated `own` folders (missing ones are skipped), with the causes
 * and guides of DIR/knowledge.  A file with errors is left out, and what uses it; the rest works.  Faults to
 * `diags`. */
Flows *flows_load(const char *dir, const char *const *own, Diags *diags);
void flows_free(Flows *flows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flows, flows_free)

const Flow *flows_find(const Flows *flows, const char *id);
GPtrArray *flows_menu(const Flows *flows); /* of const Flow, by place; own ones last; free the array */
const Causes *flows_causes(const Flows *flows);
const Guides *flows_guides(const Flows *flows);

/* One file and what it needs, for `whybounce lint FILE`: faults to `diags`. */
void flow_lint(const char *dir, const char *file, Diags *diags);

const Step *flow_step(const Flow *flow, const char *name);
const char *finish_word(FinishKind finish);

/* Shortest and longest way from `step` to a finish, in steps that people see, without going round. Sub-flows count. */
void flow_distance(const Step *step, guint *shortest, guint *longest);

#endif
