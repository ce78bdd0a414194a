/* Which rules have their pattern in a text. */
#ifndef WB_MAIL_RULE_MATCH_H
#define WB_MAIL_RULE_MATCH_H

#include "mail/rule.h"

typedef struct RuleHit {
  const Rule *rule;
  guint weight; /* of its heaviest alternative that matched */
} RuleHit;

typedef struct RuleMatcher RuleMatcher;

/* Borrows `rules`. */
RuleMatcher *rule_matcher_new(const Rules *rules);
void rule_matcher_free(RuleMatcher *matcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleMatcher, rule_matcher_free)

/* The rules that match `text` (classify_normalise()), each once.  What stands in an address or a URL says nothing to
 * generic rules: "spam" in <spam@example.com> is a name.  Array of RuleHit, borrowed until the next call. */
const GArray *rule_matcher_run(RuleMatcher *matcher, const char *text);

#endif
