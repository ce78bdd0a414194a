/* What large providers want of people who sign in with a mail program.  Knowledge file: flows/knowledge/logins.yaml.
 * Immutable after load; faults of a file go to `diags`, the broken entry is left out. */
#ifndef WB_MAIL_LOGIN_PROVIDER_H
#define WB_MAIL_LOGIN_PROVIDER_H

#include "base/diag.h"

#include <glib.h>

typedef struct LoginProvider {
  const char *name;         /* "Gmail and Google Workspace" */
  char **servers;           /* patterns, lower case */
  const char *app_password; /* what to do where the password of the account is not enough: message id */
  const char *source;       /* where that is from */
} LoginProvider;

typedef struct LoginProviders LoginProviders;
/* NULL: the file cannot be read at all. */
LoginProviders *login_providers_load(const char *path, Diags *diags);
void login_providers_free(LoginProviders *providers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoginProviders, login_providers_free)

/* The first whose servers fit `host` (A-labels), NULL: nothing is known. */
const LoginProvider *login_providers_find(const LoginProviders *providers, const char *host);

#endif
