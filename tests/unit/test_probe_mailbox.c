/* The probes submission, imap and pop3 over recordings. */
#include "faults.h"
#include "pems.h"

#define AT ",\"at\":\"2026-11-21T10:31:00.123Z\""
#define TLS(pem, verify) ",\"tls\":\"TLSv1.3\",\"verify\":" #verify ",\"chain\":[\"" pem "\"]"
#define IMAPS_LINES                                                                                                    \
  ",\"lines\":[\"< * OK x\",\"> A001 CAPABILITY\",\"< * CAPABILITY IMAP4rev1 AUTH=PLAIN\",\"< A001 OK\"]"
#define IMAP_LINES                                                                                                     \
  ",\"lines\":[\"< * OK x\",\"> A001 CAPABILITY\",\"< * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\",\"< A001 "       \
  "OK\",\"> A002 STARTTLS\","                                                                                          \
  "\"< A002 OK\",\"> A003 CAPABILITY\",\"< * CAPABILITY IMAP4rev1 AUTH=PLAIN\",\"< A003 OK\"]"
#define IMAP_OPEN                                                                                                      \
  ",\"lines\":[\"< * OK x\",\"> A001 CAPABILITY\",\"< * CAPABILITY IMAP4rev1 AUTH=PLAIN\",\"< A001 OK\"]"
#define KEY993 "{\"talk\":\"imaps imap.example.com:993 192.0.2.1\""
#define KEY143 "{\"talk\":\"imap imap.example.com:143 192.0.2.1\""

#define HOST_A "{\"dns\":\"imap.example.com A\",\"answer\":[\"192.0.2.1\"]}"
#define HOST_AAAA "{\"dns\":\"imap.example.com AAAA\",\"status\":\"nodata\"}"
#define GOOD993 KEY993 AT TLS(PEM_GOOD, 0) IMAPS_LINES "}"
#define GOOD143 KEY143 AT TLS(PEM_GOOD, 0) IMAP_LINES "}"
#define SRV_IMAPS "{\"dns\":\"_imaps._tcp.example.com SRV\",\"answer\":[\"10 1 993 imap.example.com\"]}"
#define SRV_IMAP                                                                                                       \
  "{\"dns\":\"_imap._tcp.example.com SRV\",\"answer\":[\"20 1 143 spare.example.com\",\"10 1 143 imap.example.com\"]}"
#define NO_SRV_IMAPS "{\"dns\":\"_imaps._tcp.example.com SRV\",\"status\":\"nxdomain\"}"
#define NO_SRV_IMAP "{\"dns\":\"_imap._tcp.example.com SRV\",\"status\":\"nodata\"}"

static Net *world(const char *const *lines) {
  Net *net = replay(NULL);
  for (; *lines != NULL; lines++) {
    g_autoptr(GError) error = NULL;
    net_preload(net, *lines, &error);
    g_assert_no_error(error);
  }
  return net;
}
#define WORLD(...) world((const char *const[]){HOST_A, HOST_AAAA, __VA_ARGS__, NULL})

static void test_good(void) {
  g_autoptr(Net) net = WORLD(SRV_IMAPS, SRV_IMAP, GOOD993, GOOD143);
  g_autoptr(ProbeRun) run = run_probe(net, "imap", "domain", "example.com", NULL);
  assert_complete(run);
  assert_fact(run, "status", "ok");
  assert_fact(run, "host", "imap.example.com"); /* RFC 2782: the smallest priority */
  assert_fact(run, "origin", "srv");
  assert_fact(run, "ports", "993, 143");
  assert_fact(run, "encrypted_ports", "993, 143");
  assert_fact(run, "unprotected", "no"); /* RFC 9051 s6.2.3: LOGINDISABLED */
  assert_fact(run, "mechanisms", "PLAIN, LOGIN");
  assert_fact(run, "certificate", "good");
  assert_fact(run, "certificate_until", "2027-01-01");
  assert_fact(run, "tls", "TLSv1.3");
  assert_state(run, "login", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_OK);
}

/* What each thing that a port does makes of the facts, the other port being silent. */
static const struct {
  const char *line, *status, *certificate;
  Level level;
  const char *words;
} ports[] = {
    {GOOD993, "ok", "good", LEVEL_OK, "the certificate is good until 2027-01-01"},
    {KEY993 AT TLS(PEM_OLD, 10) IMAPS_LINES "}", "certificate", "expired", LEVEL_FAIL, "has run out on 2026-06-01"},
    {KEY993 AT TLS(PEM_OTHER, 0) IMAPS_LINES "}", "certificate", "other_name", LEVEL_FAIL,
     "for another name: www.example.net"},
    {KEY993 AT TLS(PEM_GOOD, 18) IMAPS_LINES "}", "certificate", "untrusted", LEVEL_FAIL, "is not trusted"},
    {KEY993 ",\"at\":\"2025-06-01T10:31:00.123Z\"" TLS(PEM_GOOD, 0) IMAPS_LINES "}", "certificate", "not_yet",
     LEVEL_FAIL, "not valid before 2026-01-01"},
    {KEY143 AT IMAP_OPEN "}", "plain", NULL, LEVEL_WARN, "takes passwords without encryption"},
    {KEY143 AT IMAP_OPEN "}", "plain", NULL, LEVEL_WARN, "offers no encryption"},
    {KEY143 AT ",\"lines\":[\"< * OK x\",\"> A001 CAPABILITY\",\"< * CAPABILITY STARTTLS\",\"< A001 OK\",\"> A002 STARTTLS\","
                "\"< A002 NO not now\"]}", "plain", NULL, LEVEL_WARN, "the server turned it down"},
    {KEY993 ",\"status\":\"tls_failed\",\"phase\":\"tls\",\"error\":\"wrong version number\"}", "broken", NULL,
     LEVEL_WARN, "no encrypted connection"},
    {KEY143 ",\"status\":\"declined\",\"phase\":\"greeting\",\"lines\":[\"< * BYE go away\"]}", "declined", NULL,
     LEVEL_WARN, "does not want to talk"},
    {KEY143 ",\"status\":\"garbage\",\"phase\":\"greeting\",\"lines\":[\"< 220 smtp\"]}", "broken", NULL, LEVEL_WARN,
     "not be understood"},
    {KEY143 ",\"status\":\"closed\",\"phase\":\"greeting\"}", "broken", NULL, LEVEL_WARN, "broke off"},
};

static void test_ports(void) {
  for (guint i = 0; i < G_N_ELEMENTS(ports); i++) {
    g_test_message("%u: %s", i, ports[i].words);
    g_autoptr(Net) net = WORLD(KEY993 ",\"status\":\"refused\",\"phase\":\"connect\"}",
                               KEY143 ",\"status\":\"refused\",\"phase\":\"connect\"}", ports[i].line);
    g_autoptr(ProbeRun) run = run_probe(net, "imap", "host", "imap.example.com", NULL);
    assert_complete(run);
    assert_fact(run, "status", ports[i].status);
    assert_row(run, ports[i].level, ports[i].words);
    if (ports[i].certificate != NULL)
      assert_fact(run, "certificate", ports[i].certificate);
    assert_row(run, LEVEL_UNKNOWN, "the connection was refused");
  }
}

/* RFC 8314 s3, RFC 6409 s3.1.  Common mistake: "25 blocked" taken as a server's fault; the same with 465 and 587. */
static void test_blocked_is_no_fault(void) {
  static const char *const silences[] = {"timeout", "refused", "unreachable"};
  for (guint i = 0; i < G_N_ELEMENTS(silences); i++) {
    g_autofree char *a = g_strdup_printf(
        "{\"talk\":\"smtps imap.example.com:465 192.0.2.1\",\"status\":\"%s\",\"phase\":\"connect\"}", silences[i]);
    g_autofree char *b = g_strdup_printf(
        "{\"talk\":\"smtp imap.example.com:587 192.0.2.1\",\"status\":\"%s\",\"phase\":\"connect\"}", silences[i]);
    g_autoptr(Net) net = WORLD(a, b);
    g_autoptr(ProbeRun) run = run_probe(net, "submission", "host", "imap.example.com", NULL);
    assert_complete(run);
    assert_fact(run, "status", silences[i]);
    assert_state(run, "ports", FACT_UNKNOWN);
    assert_row(run, LEVEL_UNKNOWN, "cannot be told from one place");
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
  }
}

static void test_no_records(void) {
  g_autoptr(Net) net = WORLD(
      NO_SRV_IMAPS, NO_SRV_IMAP, GOOD993, GOOD143, "{\"dns\":\"mail.example.com A\",\"status\":\"nxdomain\"}",
      "{\"dns\":\"mail.example.com AAAA\",\"status\":\"nxdomain\"}",
      "{\"dns\":\"example.com A\",\"status\":\"nodata\"}", "{\"dns\":\"example.com AAAA\",\"status\":\"nodata\"}");
  g_autoptr(ProbeRun) run = run_probe(net, "imap", "email", "taro@example.com", NULL);
  assert_complete(run);
  assert_fact(run, "origin", "guess");
  assert_fact(run, "status", "ok");
  assert_row(run, LEVEL_NOTE, "imap.example.com is a guess");
  /* RFC 6186 s3.4: a target of "." */
  g_autoptr(Net) refusing = WORLD("{\"dns\":\"_pop3s._tcp.example.com SRV\",\"answer\":[\"0 0 0 .\"]}",
                                  "{\"dns\":\"_pop3._tcp.example.com SRV\",\"answer\":[\"0 0 0 .\"]}");
  g_autoptr(ProbeRun) none = run_probe(refusing, "pop3", "domain", "example.com", NULL);
  assert_complete(none);
  assert_fact(none, "status", "none");
  assert_state(none, "host", FACT_ABSENT);
  assert_row(none, LEVEL_NOTE, "offers no POP3");
}

static void test_nothing_to_ask(void) {
  g_autoptr(Net) net = WORLD("{\"dns\":\"_imaps._tcp.example.org SRV\",\"status\":\"servfail\"}",
                             "{\"dns\":\"_imap._tcp.example.org SRV\",\"status\":\"nodata\"}",
                             "{\"dns\":\"gone.example.com A\",\"status\":\"nxdomain\"}",
                             "{\"dns\":\"gone.example.com AAAA\",\"status\":\"nxdomain\"}");
  g_autoptr(ProbeRun) unknown = run_probe(net, "imap", "domain", "example.org", NULL);
  assert_complete(unknown);
  assert_fact(unknown, "status", "servfail");
  assert_row(unknown, LEVEL_UNKNOWN, "could not be found out");
  g_autoptr(ProbeRun) gone = run_probe(net, "imap", "host", "gone.example.com", NULL);
  assert_complete(gone);
  assert_fact(gone, "status", "missing");
  assert_row(gone, LEVEL_FAIL, "does not exist");
  g_autoptr(ProbeRun) bad = run_probe(net, "imap", "host", "a..b", NULL);
  assert_complete(bad);
  assert_fact(bad, "status", "bad_name");
  g_autoptr(ProbeRun) port = run_probe(net, "imap", "host", "imap.example.com", "port", "99999", NULL);
  assert_complete(port);
  assert_row(port, LEVEL_FAIL, "is no port");
  g_autoptr(ProbeRun) how =
      run_probe(net, "imap", "host", "imap.example.com", "port", "993", "encryption", "ssl", NULL);
  assert_row(how, LEVEL_FAIL, "tls or starttls");
  g_autoptr(ProbeRun) nothing = run_probe(net, "imap", NULL);
  assert_complete(nothing);
  assert_row(nothing, LEVEL_SKIP, "host is not known");
}

/* A stranger's DNS must not make us knock at doors inside; what the user names is the user's business. */
static void test_private(void) {
  g_autoptr(Net) net = world((const char *const[]){
      SRV_IMAPS, NO_SRV_IMAP, "{\"dns\":\"imap.example.com A\",\"answer\":[\"192.168.0.1\"]}", HOST_AAAA, NULL});
  g_autoptr(ProbeRun) run = run_probe(net, "imap", "domain", "example.com", NULL);
  assert_complete(run);
  assert_row(run, LEVEL_UNKNOWN, "inside a private network");
  assert_state(run, "status", FACT_UNKNOWN);
  g_assert_null(find_row(run, "not in the recording"));
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 4); /* no talk */
  g_autoptr(Net) own = world((const char *const[]){
      "{\"dns\":\"imap.example.com A\",\"answer\":[\"192.168.0.1\"]}", HOST_AAAA,
      "{\"talk\":\"imaps imap.example.com:993 192.168.0.1\"" AT TLS(PEM_GOOD, 0) IMAPS_LINES "}", NULL});
  g_autoptr(ProbeRun) asked = run_probe(own, "imap", "host", "imap.example.com", "port", "993", NULL);
  assert_fact(asked, "status", "ok");
}

/* --- user and password --- */

static ProbeRun *sign_in(Net *net) {
  Facts *inputs = facts_new();
  facts_set_text(inputs, "host", SOURCE_ASKED, "imap.example.com");
  facts_set_text(inputs, "user", SOURCE_ASKED, "taro");
  facts_set_secret(inputs, "password", SOURCE_ASKED, "hunter2");
  ProbeRun *run = probe_run_new(probe_find("imap"), net, inputs);
  g_assert_true(probe_run_done(run));
  assert_complete(run);
  return run;
}

#define LOGIN993 "{\"talk\":\"imaps imap.example.com:993 192.0.2.1 needtls login taro\""
#define SILENT143 KEY143 ",\"status\":\"timeout\",\"phase\":\"connect\"}"

static const struct {
  const char *line, *login;
  Level level;
  const char *words;
} logins[] = {
    {LOGIN993 ",\"lines\":[\"> A2 LOGIN ***\",\"< A2 OK\"]}", "ok", LEVEL_OK, "took user name and password"},
    {LOGIN993
     ",\"status\":\"denied\",\"phase\":\"login\",\"lines\":[\"> A2 LOGIN ***\",\"< A2 NO [AUTHENTICATIONFAILED] no\"]}",
     "wrong", LEVEL_FAIL, "user name or password is wrong"},
    {LOGIN993
     ",\"status\":\"denied\",\"phase\":\"login\",\"lines\":[\"> A2 LOGIN ***\",\"< A2 NO [UNAVAILABLE] later\"]}",
     "temporary", LEVEL_UNKNOWN, "says nothing about the password"},
    {LOGIN993 ",\"status\":\"no_login\",\"phase\":\"over\"}", "no_login", LEVEL_FAIL, "offers no way of signing in"},
    {LOGIN993 ",\"status\":\"timeout\",\"phase\":\"login\"}", NULL, LEVEL_UNKNOWN, "could not be found out"},
    {LOGIN993 ",\"status\":\"closed\",\"phase\":\"login\"}", NULL, LEVEL_UNKNOWN, "could not be found out"},
};

static void test_login(void) {
  for (guint i = 0; i < G_N_ELEMENTS(logins); i++) {
    g_test_message("%u", i);
    g_autoptr(Net) net = WORLD(GOOD993, SILENT143, logins[i].line);
    g_autoptr(ProbeRun) run = sign_in(net);
    if (logins[i].login != NULL)
      assert_fact(run, "login", logins[i].login);
    else
      assert_state(run, "login", FACT_UNKNOWN);
    assert_row(run, logins[i].level, logins[i].words);
  }
}

/* Not over a connection that is not good enough: not asked for at all. */
static void test_login_needs_a_good_certificate(void) {
  static const char *const lines[] = {KEY993 AT TLS(PEM_OLD, 10) IMAPS_LINES "}",
                                      KEY993 AT TLS(PEM_OTHER, 0) IMAPS_LINES "}",
                                      KEY993 AT TLS(PEM_GOOD, 18) IMAPS_LINES "}", KEY143 AT IMAP_OPEN "}"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autoptr(Net) net = WORLD(KEY993 ",\"status\":\"timeout\"}", SILENT143, lines[i]);
    g_autoptr(ProbeRun) run = sign_in(net);
    assert_fact(run, "login", "not_tried");
    assert_row(run, LEVEL_UNKNOWN, "The password was not sent");
    g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 4); /* two look-ups, two talks */
  }
}

/* The second port, when the first has a bad certificate. */
static void test_login_at_the_good_port(void) {
  g_autoptr(Net) net = WORLD(KEY993 AT TLS(PEM_OLD, 10) IMAPS_LINES "}", GOOD143,
                             "{\"talk\":\"imap imap.example.com:143 192.0.2.1 needtls login taro\"}");
  g_autoptr(ProbeRun) run = sign_in(net);
  assert_fact(run, "login", "ok");
  assert_fact(run, "status", "ok");
  assert_fact(run, "certificate", "expired");
}

/* Large providers have their own ways: their advice outranks the general one, and says where it is from. */
static void test_provider(void) {
  static const struct {
    const char *host, *pem, *advice, *source;
  } providers[] = {{"imap.gmail.com", PEM_GMAIL, "myaccount.google.com/apppasswords", "support.google.com"},
                   {"imap.example.com", PEM_GOOD, "in the security settings of the account", "RFC 4954"}};
  for (guint i = 0; i < G_N_ELEMENTS(providers); i++) {
    const char *host = providers[i].host;
    g_autofree char *a = g_strdup_printf("{\"dns\":\"%s A\",\"answer\":[\"192.0.2.1\"]}", host);
    g_autofree char *aaaa = g_strdup_printf("{\"dns\":\"%s AAAA\",\"status\":\"nodata\"}", host);
    g_autofree char *look = g_strdup_printf("{\"talk\":\"imaps %s:993 192.0.2.1\"" AT IMAPS_LINES
                                            ",\"tls\":\"TLSv1.3\",\"verify\":0,\"chain\":[\"%s\"]}",
                                            host, providers[i].pem);
    g_autofree char *login = g_strdup_printf(
        "{\"talk\":\"imaps %s:993 192.0.2.1 needtls login taro\",\"status\":\"denied\",\"phase\":\"login\","
        "\"lines\":[\"< A2 NO [ALERT] Application-specific password required\"]}",
        host);
    g_autoptr(Net) net = world((const char *const[]){a, aaaa, look, login, NULL});
    Facts *inputs = facts_new();
    facts_set_text(inputs, "host", SOURCE_ASKED, host);
    facts_set_text(inputs, "port", SOURCE_ASKED, "993");
    facts_set_text(inputs, "user", SOURCE_ASKED, "taro");
    facts_set_secret(inputs, "password", SOURCE_ASKED, "hunter2");
    g_autoptr(ProbeRun) run = probe_run_new(probe_find("imap"), net, inputs);
    assert_complete(run);
    assert_fact(run, "login", "app_password");
    const Finding *row = find_row(run, "wants an app password");
    g_autofree char *advice = message_text(row->advice, NULL, NULL);
    const Evidence *evidence = g_ptr_array_index(row->evidence, 0);
    g_assert_nonnull(strstr(advice, providers[i].advice));
    g_assert_nonnull(strstr(evidence->reference, providers[i].source));
  }
}

/* Neither facts nor rows nor evidence hold the password. */
static void test_password_stays_inside(void) {
  g_autoptr(Net) net = WORLD(GOOD993, SILENT143, logins[1].line);
  g_autoptr(ProbeRun) run = sign_in(net);
  const Result *result = probe_run_result(run);
  g_autoptr(GPtrArray) all = facts_all(result->facts);
  for (guint i = 0; i < all->len; i++)
    g_assert_true(((Fact *)all->pdata[i])->text == NULL || strstr(((Fact *)all->pdata[i])->text, "hunter2") == NULL);
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *row = g_ptr_array_index(result->findings, i);
    g_autofree char *words = finding_words(row);
    g_assert_null(strstr(words, "hunter2"));
    for (guint k = 0; k < row->evidence->len; k++)
      g_assert_null(strstr(((Evidence *)row->evidence->pdata[k])->asked, "hunter2"));
  }
  g_assert_cmpstr(facts_text(probe_run_inputs(run), "password"), ==, "********");
}

/* --- faults --- */

static const char *const partial[] = {"ports", "encrypted_ports", "mechanisms", "host", "certificate", NULL};

static void test_faults(void) {
  static const char *const by_records[] = {SRV_IMAPS, SRV_IMAP, HOST_A, HOST_AAAA, GOOD993, GOOD143, NULL};
  assert_faults(&(FaultCase){"imap", (const char *const[]){"domain", "example.com", NULL}, by_records, partial});
  static const char *const guessed[] = {NO_SRV_IMAPS,
                                        NO_SRV_IMAP,
                                        HOST_A,
                                        HOST_AAAA,
                                        "{\"dns\":\"mail.example.com A\",\"answer\":[\"192.0.2.1\"]}",
                                        "{\"dns\":\"mail.example.com AAAA\",\"status\":\"nodata\"}",
                                        "{\"dns\":\"example.com A\",\"status\":\"nodata\"}",
                                        "{\"dns\":\"example.com AAAA\",\"status\":\"nodata\"}",
                                        GOOD993,
                                        GOOD143,
                                        NULL};
  assert_faults(&(FaultCase){"imap", (const char *const[]){"domain", "example.com", NULL}, guessed, partial});
  static const char *const bad[] = {HOST_A, HOST_AAAA, KEY993 AT TLS(PEM_OLD, 10) IMAPS_LINES "}",
                                    KEY143 AT IMAP_OPEN "}", NULL};
  assert_faults(&(FaultCase){"imap", (const char *const[]){"host", "imap.example.com", NULL}, bad, partial});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mailbox/good", test_good);
  g_test_add_func("/mailbox/ports", test_ports);
  g_test_add_func("/mailbox/common-mistake-blocked-is-no-fault-of-the-server", test_blocked_is_no_fault);
  g_test_add_func("/mailbox/no-records", test_no_records);
  g_test_add_func("/mailbox/nothing-to-ask", test_nothing_to_ask);
  g_test_add_func("/mailbox/private", test_private);
  g_test_add_func("/mailbox/login", test_login);
  g_test_add_func("/mailbox/login-needs-a-good-certificate", test_login_needs_a_good_certificate);
  g_test_add_func("/mailbox/login-at-the-good-port", test_login_at_the_good_port);
  g_test_add_func("/mailbox/provider", test_provider);
  g_test_add_func("/mailbox/password-stays-inside", test_password_stays_inside);
  g_test_add_func("/mailbox/faults", test_faults);
  return g_test_run();
}
