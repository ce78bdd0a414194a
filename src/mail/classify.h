/* Classification: which provider wrote a refusal, and which cause its words and codes stand for.
 *
 * The knowledge is read with the first bounce that is classified, never before.  Order of trust:
 *
 *   1  rules whose pattern is in the remote server's words: those of a named provider, then the generic ones
 *   2  rules by code alone, where a host shows whose code it is (5.1.10, 5.4.1 at Exchange Online)
 *   3  what the status code means by its registry, unless it is vague (X.7.1, X.0.0, X.3.0, ..)
 *   4  rules of `trust: last` ("access denied": somebody was refused, nothing says why)
 *   5  rules as in 1, then as in 4, whose pattern is anywhere in the notice
 *   6  what a vague status code means, then what the reply code means
 *
 * Within one of these a rule of the site comes first, then the score: pattern 4, the exact status code 3, a range 2, the
 * reply code 1, a host 3, the command 2, and the rule's priority; of equal scores named services before software, then
 * the longer plain text, then the order of the file.  A rule of cause "unknown" names a form of notice only: it may tell
 * the provider.  Nothing is invented: where nothing is known the cause stays NULL. */
#ifndef WB_MAIL_CLASSIFY_H
#define WB_MAIL_CLASSIFY_H

#include "mail/bounce.h"
#include "mail/code.h"
#include "mail/rule.h"

/* What is known about one refusal.  Any field may be NULL. */
typedef struct Refusal {
  const char *words;  /* the remote server's own */
  const char *notice; /* the whole text around them; NULL if it is about others too */
  const char *status, *dsn_status, *reply, *command;
  const char *remote_mta, *reporting_mta, *recipient;
} Refusal;

/* Borrowed from the classifier. Each may be NULL. */
typedef struct Classification {
  const char *provider; /* its name: as in providers.yaml, or of rules.yaml */
  const char *cause;
  const Rule *rule; /* that decided about the cause */
  const Rule *form; /* that knows the form of the notice: its cause is "unknown" */
  const char *code; /* the status or reply code that decided, if no rule did: "X.1.1", "550" */
} Classification;

typedef struct Classifier Classifier;

/* `folder`: where rules.yaml, status.yaml, replies.yaml and providers.yaml are; `own`: files of rules of the site and the
 * user, NULL-terminated.  Either NULL: those of paths.h. */
Classifier *classifier_new(const char *folder, const char *const *own);
void classifier_free(Classifier *classifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Classifier, classifier_free)

Classification classify(Classifier *classifier, const Refusal *refusal);

/* Fills provider, cause and rule of every recipient.  A mail that is no bounce, but a receipt, a complaint or an automatic
 * answer, has arrived: "success". */
void classify_bounce(Classifier *classifier, Bounce *bounce);

/* The rule with this id; NULL: there is none. */
const Rule *classifier_rule(Classifier *classifier, const char *id);

/* What a status or reply code means ("5.1.1", "550"); NULL: nobody has said. */
const Code *classifier_code(Classifier *classifier, const char *code);

/* What was wrong with the files; empty until the first call of the above. */
const Diags *classifier_diags(const Classifier *classifier);

/* The text that patterns are matched in: lower case, one blank for any white space, straight quotes, entities
 * decoded, the code that is repeated on every line of a reply taken out. Caller frees. */
char *classify_normalise(const char *text);

#endif
