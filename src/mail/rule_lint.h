/* What is wrong with rules and codes, beyond what reading them finds: for the people who write them. */
#ifndef WB_MAIL_RULE_LINT_H
#define WB_MAIL_RULE_LINT_H

#include "base/diag.h"

#include <glib.h>

/* What the linter has to be told: causes belong to a higher floor, and there is no clock here. */
typedef struct LintWorld {
  gboolean (*is_cause)(const char *id, gpointer user);
  gpointer user;
  const char *today; /* YYYY-MM-DD */
} LintWorld;

/* A file of rules: ours, or a site's on top of ours.  Errors: what reading finds, a broken pattern, an unknown cause.
 * Warnings: a rule whose own example another rule wins (it is shadowed), a rule without an example, a review that is
 * older than two years.  Examples are those of rule-examples.yaml in the same folder and of the rules themselves. */
void rules_lint(const char *file, const LintWorld *world, Diags *diags);

/* status.yaml, replies.yaml. */
void codes_lint(const char *file, const LintWorld *world, Diags *diags);

/* A file of examples: whether its rules are there. */
void rule_examples_lint(const char *file, Diags *diags);

#endif
