/* Mail providers: which one an MX name belongs to; which domains people write to; which typing mistakes they make.
 * Knowledge files: flows/knowledge/providers.yaml, flows/knowledge/domains.yaml. */
#ifndef WB_MAIL_PROVIDER_H
#define WB_MAIL_PROVIDER_H

#include "base/diag.h"

#include <glib.h>

typedef struct Provider {
  char *pattern; /* "*.mail.protection.outlook.com" */
  char *name;    /* "Microsoft 365 (Exchange Online)" */
  char *kind;    /* mailbox gateway hosting forwarding no-mail disposable ... */
  char *note;    /* or NULL */
} Provider;

typedef struct Providers Providers;
Providers *providers_load(const char *path, Diags *diags);
void providers_free(Providers *providers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Providers, providers_free)
/* The longest pattern that matches the MX host, NULL: unknown. */
const Provider *providers_match(const Providers *providers, const char *mx_host);

typedef struct MailDomains MailDomains;
MailDomains *mail_domains_load(const char *path, Diags *diags);
void mail_domains_free(MailDomains *domains);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailDomains, mail_domains_free)
gboolean mail_domains_has(const MailDomains *domains, const char *domain);
/* Domains that may be meant by `domain`, best first, at most 5: exact table of typing mistakes, suffix repair, then edit distance.
 * Empty for a domain that is itself known. g_strfreev(). */
char **mail_domains_suggest(const MailDomains *domains, const char *domain);
/* TRUE for domains of Japanese mobile carriers, whose old addresses may hold `..` and `.@`. */
gboolean mail_domains_is_carrier(const char *domain);

#endif
