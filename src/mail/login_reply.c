#include "mail/login.h"

#include "base/catalogue.h"

#include <string.h>

typedef enum Verdict {
  WRONG,
  APP_PASSWORD,
  RETIRED,
  DISABLED,
  WEAK,
  ENCRYPTION,
  EXPIRED,
  BLOCKED,
  TEMPORARY,
  ADMINISTRATOR,
  MECHANISM,
  REFUSED,
} Verdict;

static const LoginMeaning meanings[] = {
    [WRONG] =
        {"wrong", N_("The server says that user name or password is wrong"),
         N_("Check that the user name is the one the provider gives, often the whole address, and sign in to the web "
            "mail with the same password. Do not try many times: accounts are locked after some."),
         FALSE},
    [APP_PASSWORD] =
        {"app_password", N_("The server wants an app password here, not the password of the account"),
         N_("With two-step sign-in, mail programs need a password of their own: make an app password in the "
            "security settings of the account, or let the program sign in with OAuth."),
         FALSE},
    [RETIRED] =
        {"retired", N_("The provider has ended signing in with a password; the password was not even looked at"),
         N_("The program must sign in with OAuth (\"modern sign-in\"). For devices that cannot, ask the administrator "
            "for another way to send."),
         FALSE},
    [DISABLED] =
        {"disabled", N_("Signing in from mail programs is switched off for this account or organisation"),
         N_("An administrator can switch it on; in Microsoft 365 it is \"Authenticated SMTP\" of the mailbox, or "
            "POP and IMAP among its apps."),
         FALSE},
    [WEAK] = {"weak", N_("The server finds this way of signing in too weak"),
              N_("Choose a stronger one in the mail program: OAuth, or an encrypted password."), FALSE},
    [ENCRYPTION] = {"encryption", N_("The server wants encryption before it takes a password"), NULL, FALSE},
    [EXPIRED] = {"expired", N_("The password has run out, or must be set anew first"),
                 N_("Sign in to the web mail and set a new password."), FALSE},
    [BLOCKED] = {"blocked", N_("The server wants the user to sign in with a web browser first"),
                 N_("Sign in to the web mail and confirm what it asks: it found this sign-in unusual."), FALSE},
    [TEMPORARY] = {"temporary",
                   N_("The server could not check the password just now; that says nothing about the password"),
                   N_("Try again in some minutes. If it stays like this, tell the provider."), TRUE},
    [ADMINISTRATOR] = {"administrator", N_("The server says that its administrator has to be asked"), NULL, FALSE},
    [MECHANISM] = {"mechanism", N_("The server does not know the way of signing in that was tried"), NULL, TRUE},
    [REFUSED] = {"refused", N_("The server refused to sign the user in, without a reason that is known here"), NULL,
                 FALSE},
};

#define GMAIL "RFC 4954 s6; Google, support.google.com/accounts/answer/185833"
#define EXCHANGE "RFC 4954 s6; Microsoft, SMTP AUTH in Exchange Online"

/* `start`: the reply begins with it.  Otherwise it stands anywhere in it.  Words before codes, since one code has many
 * meanings: the first that fits counts. */
static const struct {
  const char *start, *part; /* lower case; both must fit; NULL: any */
  Verdict verdict;
  const char *reference;
} rules[] = {
    {NULL, "application-specific password", APP_PASSWORD, GMAIL},
    {NULL, "app-specific password", APP_PASSWORD, "RFC 4954 s6; Apple, support.apple.com/102654"},
    {NULL, "app password", APP_PASSWORD, NULL},
    {"550", "5.7.30", RETIRED, EXCHANGE " (MC786329)"},
    {NULL, "basic authentication is", RETIRED, EXCHANGE},
    {NULL, "basicauthblocked", RETIRED, EXCHANGE},
    {NULL, "smtpclientauthentication is disabled", DISABLED, EXCHANGE " (aka.ms/smtp_auth_disabled)"},
    {NULL, "not enabled for imap", DISABLED, NULL},
    {NULL, "not enabled for pop", DISABLED, NULL},
    {NULL, "imap access is disabled", DISABLED, NULL},
    {NULL, "pop access is disabled", DISABLED, NULL},
    {NULL, "log in via your web browser", BLOCKED, GMAIL},
    {NULL, "log in with your web browser", BLOCKED, GMAIL},
    {NULL, "web login required", BLOCKED, GMAIL},
    {NULL, "5.7.14", BLOCKED, GMAIL},
    /* RFC 9051 s7.1, first in RFC 5530. */
    {NULL, "[authenticationfailed]", WRONG, "RFC 9051 s7.1"},
    {NULL, "[authorizationfailed]", WRONG, "RFC 9051 s7.1"},
    {NULL, "[expired]", EXPIRED, "RFC 9051 s7.1"},
    {NULL, "[privacyrequired]", ENCRYPTION, "RFC 9051 s7.1"},
    {NULL, "[contactadmin]", ADMINISTRATOR, "RFC 9051 s7.1"},
    {NULL, "[unavailable]", TEMPORARY, "RFC 9051 s7.1"},
    {NULL, "[limit]", TEMPORARY, "RFC 9051 s7.1"},
    {NULL, "[inuse]", TEMPORARY, "RFC 9051 s7.1"},
    /* RFC 3206 s4, RFC 2449 s8.1. */
    {"-err", "[auth]", WRONG, "RFC 3206 s4"},
    {"-err", "[sys/temp]", TEMPORARY, "RFC 3206 s4"},
    {"-err", "[sys/perm]", ADMINISTRATOR, "RFC 3206 s4"},
    {"-err", "[in-use]", TEMPORARY, "RFC 2449 s8.1.1"},
    {"-err", "[login-delay]", TEMPORARY, "RFC 2449 s8.1.1"},
    {NULL, "too many", TEMPORARY, NULL},
    /* RFC 4954 s6. */
    {"432", NULL, EXPIRED, "RFC 4954 s6"},
    {"454", NULL, TEMPORARY, "RFC 4954 s6"},
    {"4", NULL, TEMPORARY, "RFC 5321 s4.2.1"},
    {"504", NULL, MECHANISM, "RFC 4954 s4"},
    {"534", NULL, WEAK, "RFC 4954 s6"},
    {"535", NULL, WRONG, "RFC 4954 s6"},
    {"538", NULL, ENCRYPTION, "RFC 2554 s6"},
    {"530", "starttls", ENCRYPTION, "RFC 3207 s4"},
    {"530", "5.7.0", ENCRYPTION, "RFC 3207 s4"},
    {NULL, "invalid credentials", WRONG, NULL},
    {NULL, "authentication failed", WRONG, NULL},
    {NULL, "login failed", WRONG, NULL},
};

/* A tag before the answer of IMAP. */
static const char *without_tag(const char *reply) {
  const char *blank = strchr(reply, ' ');
  if (blank == NULL || g_ascii_isdigit(reply[0]) || reply[0] == '-' || reply[0] == '+' || reply[0] == '*')
    return reply;
  return blank + 1;
}

const LoginMeaning *login_reply_judge(const char *reply, const char **reference) {
  g_autofree char *text = g_ascii_strdown(without_tag(reply), -1);
  if (reference != NULL)
    *reference = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
    if ((rules[i].start != NULL && !g_str_has_prefix(text, rules[i].start)) ||
        (rules[i].part != NULL && strstr(text, rules[i].part) == NULL))
      continue;
    if (reference != NULL)
      *reference = rules[i].reference;
    return &meanings[rules[i].verdict];
  }
  return &meanings[REFUSED];
}

char *login_reply_text(const TalkAnswer *talk) {
  guint first = talk->lines->len;
  while (first > 0 && *(const char *)g_ptr_array_index(talk->lines, first - 1) == '<')
    first--;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = first; i < talk->lines->len; i++) {
    const char *line = (const char *)g_ptr_array_index(talk->lines, i) + strlen("< ");
    gboolean coded = g_ascii_isdigit(line[0]) && strlen(line) > 3;
    /* Of a long reply the code is said once. */
    g_string_append_printf(text, "%s%s", i > first ? " " : "", coded && i > first ? line + 4 : line);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}
