/* What the files of the loader share: flow.c (folders, look-ups), flow_load.c (a file), flow_step.c (a step
 * by its kind), flow_next.c (where it leads), flow_link.c (sub-flows), flow_facts.c (names of facts),
 * flow_knowledge.c (causes and guides), flow_check.c (ways), flow_distance.c.
 *
 * Order of a load: every file is read by itself; for each id the last good file is chosen; sub-flows are linked;
 * then, sub-flows before their callers, ways, facts and distances are checked.  Faults of reading and of checking
 * are kept apart, for a fault of checking can make an earlier folder's flow stand in, and all is checked again. */
#ifndef WB_FLOW_FLOW_IMPL_H
#define WB_FLOW_FLOW_IMPL_H

#include "flow/flow.h"
#include "flow/read.h"

#define NO_WAY G_MAXUINT

/* Steps that people see on the way to something: shortest and longest, NO_WAY: it cannot be reached. */
typedef struct Span {
  guint shortest, longest;
} Span;

/* A step with what only the loader needs of it. */
typedef struct FullStep {
  Step step; /* first: a Step is one of these */
  guint index;
  const YamlNode *node;          /* while loading */
  Span to_finish, to_return;     /* behind this step; of a use step with what is in its sub-flow */
  Span next_finish, next_return; /* use steps: behind their sub-flow */
} FullStep;

/* A place where facts are named: in a text (`node`) or a condition. */
typedef struct FactRef {
  const FullStep *step;
  const YamlNode *node;
  const Condition *condition; /* or NULL */
  gboolean after;             /* it is read when the step is done: the step's own facts are known */
} FactRef;

typedef struct FlowFile FlowFile;

/* A use step of another file that calls this flow. */
typedef struct Call {
  FlowFile *file;
  const FullStep *step;
} Call;

struct FlowFile {
  Flow flow; /* first: a Flow is one of these */
  GHashTable *by_name;
  gboolean faulty; /* has errors of its own */
  gboolean broken; /* left out: faulty, or it uses one that is */
  /* while loading */
  YamlDoc *doc;
  Diags *reading, *checking;
  GArray *refs;      /* of FactRef */
  GPtrArray *uses;   /* of FlowFile, each once: those this one uses, directly or not */
  GPtrArray *needs;  /* of char: facts named here that callers must have */
  GArray *calls;     /* of Call: who uses this one */
  guint64 *reach;    /* row by row: the steps that can come after each */
  guint words;       /* of a row */
  gboolean finishes; /* a way through it comes to a finish */
  gboolean silent;   /* a way through it comes to `return` and shows nothing */
  guint depth;       /* of sub-flows, from 1 */
  int mark;          /* linking: 0 new, 1 under way, 2 done */
};

/* What flows name but do not hold, read when it is first asked for. Faults of reading are the linter's. */
typedef struct Knowledge {
  gboolean causes_tried, guides_tried;
  Causes *causes;
  Guides *guides;
  Classifier *classifier;
} Knowledge;

struct Flows {
  GPtrArray *files;  /* of FlowFile, in order of folders and names */
  GHashTable *by_id; /* chosen FlowFile, borrowed */
  char *dir;
  Knowledge *knowledge;
};

static inline FullStep *full_step(const Step *step) {
  return (FullStep *)step;
}
static inline FullStep *step_at(const FlowFile *file, guint i) {
  return file->flow.steps->pdata[i];
}
static inline FlowFile *flow_file(const Flow *flow) {
  return (FlowFile *)flow;
}
static inline gboolean can_come_after(const FlowFile *file, guint first, guint then) {
  return file->reach[first * file->words + then / 64] >> (then % 64) & 1;
}

/* --- flow_load.c --- */
/* Reads the file; never NULL: a file that cannot be read is broken. Causes and guides are checked if they were read. */
FlowFile *flow_file_load(const char *path, gboolean own, const Flows *flows);
void flow_file_free(gpointer file);
/* The keys at the top of a flow, NULL-terminated. */
const char *const *flow_keys(void);
/* What was only needed while loading. */
void flow_file_settle(FlowFile *file);

/* --- flow_step.c --- */
typedef struct StepReader {
  FlowFile *file;
  const Flows *flows;
  YamlDoc *doc;
  Diags *diags;
} StepReader;
/* The kind by the leading key of the map, -1 with a fault. */
int step_kind_of(const StepReader *reader, const YamlNode *map);
/* What an author may write, NULL-terminated: the keys of a step of a kind, the words behind "as", "show" of a probe, "finish"
 * (NULL: any other key). The schema is tested against them. */
const char *const *step_keys(StepKind kind);
const char *const *step_words(const char *key);
/* Fills `step` (name, kind and place are there) from its map. The names of all steps are known. */
void step_read(const StepReader *reader, FullStep *step);
void step_free(gpointer step);

/* --- flow_next.c --- */
/* A text for people; the facts it names are noted. `after`: it is shown when the step is done. */
Message *step_text(const StepReader *reader, const FullStep *step, const YamlNode *node, ReadShape shape,
                   gboolean after);
/* A template for a machine. NULL with a fault. Caller frees. */
char *step_template(const StepReader *reader, const FullStep *step, const YamlNode *node);
/* A condition that is looked at when the step is come to; its facts are noted. NULL with a fault. */
Condition *step_condition(const StepReader *reader, const FullStep *step, const YamlNode *node);
/* A step by its name in `node`, NULL with a fault. */
const Step *step_target(const StepReader *reader, const YamlNode *node);
void step_read_next(const StepReader *reader, FullStep *step);
void step_read_choice(const StepReader *reader, FullStep *step, const YamlNode *node);
void branch_free(gpointer branch);
void choice_free(gpointer choice);
void binding_free(gpointer binding);

/* --- flow_link.c --- */
/* Chooses a file for each id, links and checks them. */
void flows_link(Flows *flows);

/* --- flow_check.c --- */
/* Ways through the flow. Its sub-flows were checked. */
void flow_check_ways(FlowFile *file);

/* --- flow_facts.c --- */
/* Names of facts in texts and conditions. The ways were worked out. */
void flow_check_facts(FlowFile *file);
/* The step that gives a fact: of the file, of what it uses, or of its callers. NULL: none. */
const Step *flow_fact_giver(const FlowFile *file, const char *name);
/* Faults of `causes.yaml` about facts that no flow has; nothing while a flow has errors. */
void flow_check_causes(const Flows *flows, const char *path, Diags *diags);

/* --- flow_knowledge.c --- */
/* Causes and guides that the flow names, as far as they were read: that they are there, whatever was chosen. */
void flow_check_knowledge(FlowFile *file, const Knowledge *knowledge);

/* --- flow_distance.c --- */
void flow_work_out_distances(FlowFile *file);

#endif
