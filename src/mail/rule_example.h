/* Examples of refusals, by which the linter and the tests see whether rules do what they are for.
 *
 * Knowledge file: flows/knowledge/rule-examples.yaml, beside the rules:
 *
 *   format: 1
 *   examples:
 *     - rule: docomo-520-filter     # the rule that is to win; none: no rule decides
 *       cause: ..                   # the cause that is to come out; default: that of the rule
 *       host: mfsmax.docomo.ne.jp   # the server that spoke
 *       reporter: mail.example.com  # the server that wrote the notice
 *       recipient: hanako@example.com
 *       command: DATA               # what it refused
 *       status: 5.2.0               # the Status field of the report
 *       text: 550 Unknown user      # its words
 *
 * A site's rule may carry one text of its own: `example`. */
#ifndef WB_MAIL_RULE_EXAMPLE_H
#define WB_MAIL_RULE_EXAMPLE_H

#include "mail/classify.h"

typedef struct RuleExample {
  const char *rule, *cause, *host, *reporter, *recipient, *command, *status, *text;
  const YamlNode *node;
} RuleExample;

typedef struct RuleExamples RuleExamples;

/* Broken entries are reported and left out.  NULL: it cannot be read at all. */
RuleExamples *rule_examples_load(const char *path, Diags *diags);
void rule_examples_free(RuleExamples *examples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleExamples, rule_examples_free)

GPtrArray *rule_examples_all(const RuleExamples *examples); /* of RuleExample, file order; borrowed */
const YamlDoc *rule_examples_doc(const RuleExamples *examples);

/* What comes out for the example. */
Classification rule_example_classify(const RuleExample *example, Classifier *classifier);

#endif
