/* Finds which of many plain texts stand in another, in one pass: a table of three-byte windows says at each place which
 * few of them could be there.  Part of the matching of rules. */
#ifndef WB_MAIL_RULE_INDEX_H
#define WB_MAIL_RULE_INDEX_H

#include <glib.h>

typedef struct RuleIndex RuleIndex;

RuleIndex *rule_index_new(void);
void rule_index_free(RuleIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleIndex, rule_index_free)

/* `literal`: at least three bytes, borrowed; `number` is told when it is found. */
void rule_index_add(RuleIndex *index, const char *literal, guint number);

/* Called for every occurrence; `at`: where it begins. */
typedef void (*RuleFound)(guint number, gsize at, gpointer user);

void rule_index_search(const RuleIndex *index, const char *text, RuleFound found, gpointer user);

#endif
