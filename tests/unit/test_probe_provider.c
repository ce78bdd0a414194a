/* Who runs the mail of a domain: by its mail servers, by what lies behind a filter, and who must act. */
#include "faults.h"

#define NO_ADDRESS "{\"dns\":\"d.example A\",\"status\":\"nodata\"}", "{\"dns\":\"d.example AAAA\",\"status\":\"nodata\"}"
#define MX(hosts) "{\"dns\":\"d.example MX\",\"answer\":[" hosts "]}"
#define TXT(record) "{\"dns\":\"d.example TXT\",\"answer\":[\"" record "\"]}"
#define NO_TXT "{\"dns\":\"d.example TXT\",\"status\":\"nodata\"}"
#define ALIAS(name) "{\"dns\":\"autodiscover.d.example CNAME\",\"answer\":[\"" name "\"]}"
#define NO_ALIAS "{\"dns\":\"autodiscover.d.example CNAME\",\"status\":\"nxdomain\"}"

typedef struct Case {
  const char *lines[8];
  const char *id, *kind, *mailboxes, *by, *acts; /* NULL: unknown; "": absent */
  const char *words;
} Case;

static const Case cases[] = {
    {{MX("\"0 d-example.mail.protection.outlook.com\""), NO_ADDRESS, NO_TXT, ALIAS("autodiscover.outlook.com"), NULL},
     "microsoft365", "mailbox", "microsoft365", "mx", "administrator", "Microsoft 365 (Exchange Online)"},
    {{MX("\"0 d-example.h-v1.mx.microsoft\""), NO_ADDRESS, NO_TXT, NO_ALIAS, NULL},
     "microsoft365", "mailbox", "microsoft365", "mx", "administrator", "has its settings"},
    {{MX("\"10 mx0a-1.pphosted.com\""), NO_ADDRESS, TXT("v=spf1 include:spf-1.pphosted.com -all"),
      ALIAS("autodiscover.outlook.com"), NULL},
     "proofpoint", "gateway", "microsoft365", "autodiscover", "administrator", "filters the mail"},
    {{MX("\"10 mx0a-1.pphosted.com\""), NO_ADDRESS, TXT("v=spf1 include:_spf.google.com -all"), NO_ALIAS, NULL},
     "proofpoint", "gateway", "google-workspace", "spf", "administrator", "perhaps the mailboxes"},
    {{MX("\"10 mx0a-1.pphosted.com\""), NO_ADDRESS, TXT("v=spf1 include:spf-1.pphosted.com -all"), NO_ALIAS, NULL},
     "proofpoint", "gateway", NULL, NULL, "administrator", "filters the mail"},
    {{MX("\"10 mx1.d.example\",\"20 mx2.d.example\""), NO_ADDRESS, TXT("v=spf1 redirect=spf.messagingengine.com"), NO_ALIAS, NULL},
     "own", "own", "fastmail", "spf", "administrator", "name of the domain itself"},
    {{MX("\"10 mx1.d.example\",\"20 mx.notd.example\""), NO_ADDRESS, NO_TXT, NO_ALIAS, NULL},
     NULL, NULL, NULL, NULL, "administrator", "do not tell who runs them"},
    {{MX("\"10 ms12345678.msv1.invalid\",\"20 aspmx.l.google.com\""), NO_ADDRESS, NO_TXT, NO_ALIAS, NULL},
     "google-workspace", "mailbox", "google-workspace", "mx", "administrator", "Google Workspace"},
    {{MX("\"10 ms12345678.msv1.invalid\""), NO_ADDRESS, NO_TXT, NO_ALIAS, NULL},
     "microsoft-365-domain-verification-placeholder", "no-mail", NULL, NULL, "nobody", "no mail arrives here"},
    {{"{\"dns\":\"d.example MX\",\"status\":\"nodata\"}", "{\"dns\":\"d.example A\",\"answer\":[\"192.0.2.1\"]}",
      "{\"dns\":\"d.example AAAA\",\"status\":\"nodata\"}", NO_TXT, NO_ALIAS, NULL},
     "own", "own", "", "", "administrator", "own address"},
    {{MX("\"0 .\""), NO_ADDRESS, NO_TXT, NO_ALIAS, NULL}, "", "", "", "", "", "No mail server is named"},
};

static void assert_text(const ProbeRun *run, const char *name, const char *want) {
  if (want == NULL)
    assert_state(run, name, FACT_UNKNOWN);
  else if (*want == '\0')
    assert_state(run, name, FACT_ABSENT);
  else
    assert_fact(run, name, want);
}

static void test_cases(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *c = &cases[i];
    const FaultCase whole = {"provider", (const char *const[]){"domain", "d.example", NULL}, c->lines, NULL};
    g_test_message("%s", c->lines[0]);
    g_autoptr(Net) net = replay(NULL);
    g_autoptr(ProbeRun) run = run_with_fault(net, &whole, NULL, NULL);
    assert_text(run, "id", c->id);
    assert_text(run, "kind", c->kind);
    assert_text(run, "mailboxes", c->mailboxes);
    assert_text(run, "mailboxes_by", c->by);
    assert_text(run, "acts", c->acts);
    g_assert_nonnull(find_row(run, c->words));
  }
}

static void test_includes(void) {
  static const char *const lines[] = {MX("\"0 aspmx.l.google.com\""), NO_ADDRESS,
                                      TXT("v=spf1 +include:a.example ~INCLUDE:b.example mx ?all redirect=c.example"), NO_ALIAS,
                                      NULL};
  const FaultCase whole = {"provider", (const char *const[]){"domain", "d.example", NULL}, lines, NULL};
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_with_fault(net, &whole, NULL, NULL);
  assert_fact(run, "includes", "a.example, b.example, c.example");
}

/* The users of a public service have no administrator. */
static void test_public(void) {
  static const char *const lines[] = {
      "{\"dns\":\"gmail.com MX\",\"answer\":[\"5 gmail-smtp-in.l.google.com\"]}", "{\"dns\":\"gmail.com A\",\"status\":\"nodata\"}",
      "{\"dns\":\"gmail.com AAAA\",\"status\":\"nodata\"}", "{\"dns\":\"gmail.com TXT\",\"status\":\"nodata\"}",
      "{\"dns\":\"autodiscover.gmail.com CNAME\",\"status\":\"nxdomain\"}", NULL};
  const FaultCase whole = {"provider", (const char *const[]){"domain", "gmail.com", NULL}, lines, NULL};
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_with_fault(net, &whole, NULL, NULL);
  assert_fact(run, "id", "gmail");
  assert_fact(run, "acts", "provider");
  assert_row(run, LEVEL_NOTE, "no administrator");
}

static void test_bad_name(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "provider", "domain", "a..b", NULL);
  assert_complete(run);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_FAIL);
}

static void test_faults(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_faults(&(FaultCase){"provider", (const char *const[]){"domain", "d.example", NULL}, cases[i].lines,
                               (const char *const[]){NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/probe/provider/cases", test_cases);
  g_test_add_func("/probe/provider/includes", test_includes);
  g_test_add_func("/probe/provider/public", test_public);
  g_test_add_func("/probe/provider/bad-name", test_bad_name);
  g_test_add_func("/probe/provider/faults", test_faults);
  return g_test_run();
}
