/* Mail providers: which one a name of a mail server (or of an SPF include, or of an autodiscover alias) belongs to; which
 * domains people write to; which typing mistakes they make.
 * Knowledge files: flows/knowledge/providers.yaml, flows/knowledge/domains.yaml.  Immutable after load; faults of a
 * file go to `diags` and the broken entry is left out. */
#ifndef WB_MAIL_PROVIDER_H
#define WB_MAIL_PROVIDER_H

#include "base/diag.h"

#include <glib.h>

/* Where a name was found. */
typedef enum ProviderRole {
  PROVIDER_MX,
  PROVIDER_SPF,          /* include: or redirect= of the domain's SPF record: who may send for it */
  PROVIDER_AUTODISCOVER, /* what autodiscover.DOMAIN is an alias of: who has the mailboxes */
} ProviderRole;

typedef struct Provider {
  char *pattern;    /* "*.mail.protection.outlook.com" */
  ProviderRole role;
  char *id;         /* "microsoft365": a word for programs, of letters, digits and hyphens */
  const char *name; /* "Microsoft 365 (Exchange Online)" */
  const char *kind; /* mailbox gateway platform forwarding disposable no-mail outbound-gateway unknown */
  const char *note; /* or NULL */
} Provider;

typedef struct Providers Providers;
/* NULL: the file cannot be read at all. */
Providers *providers_load(const char *path, Diags *diags);
void providers_free(Providers *providers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Providers, providers_free)
/* The longest pattern that matches the MX host (case and a trailing dot do not matter), NULL: unknown. */
const Provider *providers_match(const Providers *providers, const char *mx_host);
/* The same for a name found elsewhere. */
const Provider *providers_match_as(const Providers *providers, ProviderRole role, const char *name);
/* Domains of large providers that have nothing to do with each other, blanks between them: whose mail servers are asked
 * for a greeting when nobody else answers.  NULL: none are named. */
const char *providers_references(const Providers *providers);
/* TRUE if `name` fits `pattern`, in which * stands for any characters; both in lower case. */
gboolean provider_pattern_fits(const char *pattern, const char *name);

typedef struct MailDomains MailDomains;
/* NULL: the file cannot be read at all. */
MailDomains *mail_domains_load(const char *path, Diags *diags);
void mail_domains_free(MailDomains *domains);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailDomains, mail_domains_free)
/* TRUE if `domain` (lower case) is one that people have their mail at. */
gboolean mail_domains_has(const MailDomains *domains, const char *domain);
/* Domains that may be meant by `domain` (lower case), best first, at most 5: exact table of typing mistakes, repair of
 * the ending, then edit distance.  Empty for a domain that is itself known. g_strfreev(). */
char **mail_domains_suggest(const MailDomains *domains, const char *domain);
/* The known domain that `domain` is a table entry of typing mistakes for, or NULL: such a name may be registered by
 * a third party and accept mail. */
const char *mail_domains_lookalike(const MailDomains *domains, const char *domain);
/* Names one slip away from `domain`, whatever domain it is: two neighbours swapped, a doubled letter typed once more
 * or once less in its first two labels.  At most 24, `domain` not among them. g_strfreev(). */
char **domain_slips(const char *domain);

#endif
