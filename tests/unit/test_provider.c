/* Providers by MX name, known mailbox domains, what may be meant by a mistyped one. */
#include "mail/provider.h"

#include "base/paths.h"

#include <string.h>

static Providers *providers;
static MailDomains *domains;

static void test_match(void) {
  static const char *const cases[][3] = {
      {"example-com.mail.protection.outlook.com", "Microsoft 365 (Exchange Online)", "mailbox"},
      {"example-com.h-v1.mx.microsoft", "Microsoft 365 (Exchange Online)", "mailbox"},
      {"Example-Com.Mail.Protection.Outlook.COM.", "Microsoft 365 (Exchange Online)", "mailbox"},
      {"hotmail-com.olc.protection.outlook.com", "Outlook.com consumer (Hotmail, Live, MSN)", "mailbox"},
      {"ms12345678.msv1.invalid", "Microsoft 365 domain-verification placeholder", "no-mail"},
      {"aspmx.l.google.com", "Google Workspace", "mailbox"},
      {"alt1.aspmx.l.google.com", "Google Workspace", "mailbox"},
      {"aspmx2.googlemail.com", "Google Workspace", "mailbox"},
      {"gmail-smtp-in.l.google.com", "Gmail consumer", "mailbox"},
      {"alt4.gmail-smtp-in.l.google.com", "Gmail consumer", "mailbox"},
      {"mx1.mail.yahoo.co.jp", "Yahoo! JAPAN Mail", "mailbox"},
      {"mx0a-001.pphosted.com", "Proofpoint", "gateway"},
      {"inbound-smtp.us-east-1.amazonaws.com", "Amazon SES inbound / WorkMail", "platform"},
      {"mx.example.com", NULL, NULL},
      {"pphosted.com.example.com", NULL, NULL},
      {"mx.microsoft.com", NULL, NULL}, /* not the zone mx.microsoft */
      {"", NULL, NULL},
      {".", NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Provider *provider = providers_match(providers, cases[i][0]);
    g_test_message("%s", cases[i][0]);
    g_assert_cmpstr(provider != NULL ? provider->name : NULL, ==, cases[i][1]);
    g_assert_cmpstr(provider != NULL ? provider->kind : NULL, ==, cases[i][2]);
  }
}

/* What a domain includes in its SPF record, and what its autodiscover is an alias of. */
static void test_roles(void) {
  static const struct {
    ProviderRole role;
    const char *name, *id;
  } cases[] = {
      {PROVIDER_MX, "example-com.mail.protection.outlook.com", "microsoft365"},
      {PROVIDER_SPF, "spf.protection.outlook.com", "microsoft365"},
      {PROVIDER_AUTODISCOVER, "Autodiscover.outlook.com.", "microsoft365"},
      {PROVIDER_SPF, "_spf.google.com", "google-workspace"},
      {PROVIDER_SPF, "%{d}.spf.hc1-1.iphmx.com", "cisco"},
      {PROVIDER_MX, "spf.protection.outlook.com", NULL}, /* each in its own place only */
      {PROVIDER_SPF, "example-com.mail.protection.outlook.com", NULL},
      {PROVIDER_AUTODISCOVER, "autodiscover.example.com", NULL},
      {PROVIDER_MX, "mx1.mail.yahoo.co.jp", "yahoo-japan-mail"}, /* made of the name */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Provider *provider = providers_match_as(providers, cases[i].role, cases[i].name);
    g_test_message("%s", cases[i].name);
    g_assert_cmpstr(provider != NULL ? provider->id : NULL, ==, cases[i].id);
  }
}

static void test_longest_wins(void) {
  g_assert_cmpstr(providers_match(providers, "mx1.mail.yahoo.co.jp")->pattern, ==, "mx*.mail.yahoo.co.jp");
  g_assert_cmpstr(providers_match(providers, "mwpremgw1.ocn.ad.jp")->name, ==, "NTT Com Biz Mail & Web Premium");
  g_assert_cmpstr(providers_match(providers, "mx.ocn.ad.jp")->name, ==, "OCN");
}

static void test_known(void) {
  g_assert_true(mail_domains_has(domains, "gmail.com"));
  g_assert_true(mail_domains_has(domains, "docomo.ne.jp"));
  g_assert_false(mail_domains_has(domains, "gmial.com"));
  g_assert_cmpstr(mail_domains_lookalike(domains, "gmial.com"), ==, "gmail.com");
  g_assert_cmpstr(mail_domains_lookalike(domains, "yahoo.jp"), ==, "yahoo.co.jp");
  g_assert_null(mail_domains_lookalike(domains, "example.com"));
}

static void test_suggest(void) {
  static const char *const cases[][2] = {
      {"gmial.com", "gmail.com"},      /* the table */
      {"docomo.nejp", "docomo.ne.jp"}, /* the table */
      {"example.con", "example.com"},  /* an ending, of a name that is in no table */
      {"example.cojp", "example.co.jp"},
      {"gmali.con", "gmail.com"}, /* an ending, then the table */
      {"nifty.cmo", "nifty.com"},
      {"hotmeil.com", "hotmail.com"}, /* one letter */
      {"rocketmial.com", "rocketmail.com"},
      {"softbnak.ne.jp", "softbank.ne.jp"},
      {"protonmaul.cmo", "protonmail.com"},
      {"gmx.de", NULL}, /* known: near to gmx.net, and right */
      {"ymail.com", NULL},
      {"me.com", NULL},
      {"example.com", NULL},
      {"", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(GStrv) got = mail_domains_suggest(domains, cases[i][0]);
    g_test_message("%s", cases[i][0]);
    if (cases[i][1] == NULL)
      g_assert_cmpuint(g_strv_length(got), ==, 0);
    else
      g_assert_true(g_strv_contains((const char *const *)got, cases[i][1]));
    g_assert_cmpuint(g_strv_length(got), <=, 5);
    g_assert_false(g_strv_contains((const char *const *)got, cases[i][0]));
  }
  g_auto(GStrv) first = mail_domains_suggest(domains, "gmai.com");
  g_assert_cmpstr(first[0], ==, "gmail.com");
}

static void test_slips(void) {
  g_auto(GStrv) swapped = domain_slips("exmaple.co.jp");
  g_assert_true(g_strv_contains((const char *const *)swapped, "example.co.jp"));
  g_auto(GStrv) doubled = domain_slips("exammple.com");
  g_assert_true(g_strv_contains((const char *const *)doubled, "example.com"));
  g_auto(GStrv) once = domain_slips("ofice.example.com");
  g_assert_true(g_strv_contains((const char *const *)once, "office.example.com"));
  g_autofree char *labels = g_strnfill(60, 'a');
  g_auto(GStrv) none = domain_slips("com");
  g_assert_cmpuint(g_strv_length(none), ==, 0);
  g_autofree char *name = g_strconcat("abcdefghijklmnopqrstuvwxyz", labels, ".com", NULL);
  g_auto(GStrv) many = domain_slips(name);
  g_assert_cmpuint(g_strv_length(many), ==, 24);
  g_assert_false(g_strv_contains((const char *const *)swapped, "exmaple.co.jp"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *providers_path = paths_knowledge("providers.yaml");
  g_autofree char *domains_path = paths_knowledge("domains.yaml");
  g_autoptr(Diags) diags = diags_new();
  providers = providers_load(providers_path, diags);
  domains = mail_domains_load(domains_path, diags);
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *text = diag_format(diags_get(diags, i));
    g_test_message("%s", text);
  }
  g_assert_cmpuint(diags_length(diags), ==, 0);
  g_assert_nonnull(providers);
  g_assert_nonnull(domains);
  g_test_add_func("/provider/match", test_match);
  g_test_add_func("/provider/roles", test_roles);
  g_test_add_func("/provider/longest-wins", test_longest_wins);
  g_test_add_func("/domains/known", test_known);
  g_test_add_func("/domains/suggest", test_suggest);
  g_test_add_func("/domains/slips", test_slips);
  int status = g_test_run();
  providers_free(providers);
  mail_domains_free(domains);
  return status;
}
