/* Rules: how mail systems word a refusal, and which cause that means.
 *
 * Knowledge file: flows/knowledge/rules.yaml, and files of the same form of the site and the user, which add rules or
 * override those with the same id:
 *
 *   format: 1
 *   reviewed: 2026-11-21            # of every entry that has no date of its own
 *   sources: {ms-ndr: "Microsoft, .."}
 *   providers:
 *     - id: microsoft365
 *       name: Microsoft 365 (Exchange Online)
 *       kind: service               # service: said to be the provider | software | list: a blocklist | client: a mail
 *                                   # program | generic: anybody's words, see below
 *       hosts: "*.mail.protection.outlook.com"   # names of its mail servers, blanks between them; * any characters
 *       marks: prod.outlook.com     # words in a refusal that only it writes
 *       source: ms-ndr              # of its rules that name none
 *   rules:
 *     - id: m365-5723
 *       provider: microsoft365      # none: the rule counts as named, and says nothing about the provider
 *       pattern: sender policy framework violation    # see rule_pattern.h
 *       codes: 550 5.7.23           # evidence, never a condition: reply codes, status codes, ranges 5.7.606-5.7.649
 *       hosts: ..                   # evidence; those of the provider if there are none
 *       command: DATA               # evidence: what was refused (CONN EHLO MAIL RCPT DATA)
 *       needs: host                 # host code command: evidence that must be there
 *       trust: last                 # only if nothing else is known, the codes included
 *       priority: 1                 # is added to the score
 *       cause: auth_failure_spf     # id of causes.yaml; unknown: the form of a notice, no reason
 *       summary: The SPF check of your domain failed at the recipient's side.
 *       user: ..                    # what to do, where it differs from what the cause says
 *       admin: ..
 *       example: ..                 # of a site's rule; those of our rules are in rule-examples.yaml
 *       source: ms-ndr              # a key of `sources`, or the words themselves
 *       verified: no                # the wording was not seen in a document or a real refusal
 *       reviewed: 2026-11-21
 *
 * A rule whose id begins with "answer-" counts in automatic answers too ("I no longer work here").
 *
 * A rule without a pattern counts by its codes, and needs a host.  id, cause, summary and a source must be there.
 * Broken entries are reported and left out.  All texts are borrowed from the file and live as long as the rules. */
#ifndef WB_MAIL_RULE_H
#define WB_MAIL_RULE_H

#include "base/diag.h"
#include "base/yaml.h"

#include <glib.h>

#define RULES_MAX 5000

typedef enum ProviderKind {
  PROVIDER_SERVICE,
  PROVIDER_SOFTWARE,
  PROVIDER_LIST,
  PROVIDER_CLIENT,
  PROVIDER_GENERIC,
} ProviderKind;

typedef struct RuleProvider {
  const char *id, *name, *source;
  ProviderKind kind;
  char **hosts, **marks; /* lower case, never NULL */
} RuleProvider;

typedef enum RuleNeeds { RULE_NEEDS_HOST = 1, RULE_NEEDS_CODE = 2, RULE_NEEDS_COMMAND = 4 } RuleNeeds;

/* One reply code ("550", first equal last), status code or range of status codes. */
typedef struct RuleCode {
  gboolean reply;
  guint first, last; /* 550; 5.7.606 as 5 007 606 */
} RuleCode;

typedef struct Rule {
  const char *id, *pattern, *command, *cause, *summary, *user, *admin, *example, *source, *reviewed;
  const RuleProvider *provider; /* or NULL */
  GPtrArray *alternatives;      /* of Alternative; empty without a pattern */
  GArray *codes;                /* of RuleCode */
  char **hosts;                 /* or NULL: those of the provider */
  unsigned needs;               /* of RuleNeeds */
  int priority;
  gboolean last, own, wrapper, unverified;
  guint order;          /* place in the file, the site's and the user's first */
  const YamlDoc *doc;   /* where it is from */
  const YamlNode *node;
} Rule;

typedef struct Rules Rules;

/* `own`: files of the site and the user, NULL-terminated or NULL; those that do not exist are passed over.  Faults go
 * to `diags`.  NULL if `path` cannot be read at all. */
Rules *rules_load(const char *path, const char *const *own, Diags *diags);
void rules_free(Rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)

GPtrArray *rules_all(const Rules *rules); /* of Rule, by order; borrowed */
const Rule *rules_find(const Rules *rules, const char *id);

/* "5.7.606" as 5007606; 0: it is none.  Details up to three digits (RFC 3463 s2). */
guint rule_status_number(const char *status);

/* Compiles every pattern now, and reports those that cannot be: the rules of a site, and all when authors look. */
void rules_check_patterns(const Rules *rules, gboolean only_own, Diags *diags);

#endif
