/* Conditions: `when:` of flows and causes.  Data, not expressions: several keys are "and", a list of values is
 * "or", comparisons are words.
 *
 *   when: {mx.status: [nxdomain, no_data], mx.hosts: at least 1, rcpt: known}
 *
 * Words: a value; a list; at least N; more than N; less than N; not X; known; unknown; absent; contains X;
 * matches GLOB.
 *
 * Three-valued truth: a comparison over a fact that is unknown, absent or never asked does not hold, not even
 * "not x": only the words known, unknown and absent speak about such facts.  `unknown` holds for a fact that was
 * asked and could not be told, for one that nobody asked, and for one whose value is that word.  Text compares
 * without regard to ASCII case.  A list fact equals X when it holds X; its number is its length; it contains or
 * matches when one of its items does.  A text is a number if it is nothing but one ("550").  GLOB knows * (any
 * characters) and ? (one).  `not` is followed by a value only; `[not a, not b]` is reported, since "or" makes it hold
 * always. */
#ifndef WB_FLOW_CONDITION_H
#define WB_FLOW_CONDITION_H

#include "base/yaml.h"
#include "probe/fact.h"

typedef struct Condition Condition;

/* Reads the map `node`; faults to `diags`. NULL on a fault. */
Condition *condition_load(const YamlDoc *doc, const YamlNode *node, Diags *diags);
void condition_free(Condition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Condition, condition_free)

gboolean condition_holds(const Condition *condition, const Facts *facts);

/* The facts it reads: names, NULL-terminated, owned by the condition. */
const char *const *condition_facts(const Condition *condition);

/* Linting: reports a value that the fact can never have. `name`: the fact's full name, `spec`: what is
 * said of it; `file`: where the condition was read. */
void condition_check(const Condition *condition, const char *name, const FactSpec *spec, const char *file,
                     Diags *diags);

/* Where the condition names the fact, for faults about the name. FALSE: it does not. */
gboolean condition_place(const Condition *condition, const char *name, int *line, int *col);

#endif
