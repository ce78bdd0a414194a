/* Settings for mail programs: files of Mozilla's form, SRV records by RFC 6186 and RFC 8314, and the probe over recordings. */
#include "faults.h"

#include "mail/autoconfig.h"

/* --- files --- */

#define FILE_OF(servers) "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"x\">" servers "</emailProvider></clientConfig>"
#define SERVER(element, type, host, port, socket) \
  "<" element " type=\"" type "\"><hostname>" host "</hostname><port>" port "</port><socketType>" socket "</socketType>" \
  "<username>%EMAILADDRESS%</username></" element ">"
#define IMAP SERVER("incomingServer", "imap", "imap.example.com", "993", "SSL")

static const struct {
  const char *name, *text;
  AutoconfigFound found;
  const char *servers;
} file_cases[] = {
    {"all three", FILE_OF(IMAP SERVER("incomingServer", "pop3", "pop.example.com", "110", "STARTTLS")
                              SERVER("outgoingServer", "smtp", "smtp.example.com", "25", "plain")),
     AUTOCONFIG_OK, "imap imap.example.com:993 tls email; pop3 pop.example.com:110 starttls email; submission smtp.example.com:25 none email; "},
    {"blanks, comments, CDATA", FILE_OF("<!-- x --><incomingServer type=\"imap\">\n<hostname> <![CDATA[imap.example.com]]> </hostname>\n"
                                        "<port>\n993 </port><socketType>ssl</socketType></incomingServer>"),
     AUTOCONFIG_OK, "imap imap.example.com:993 tls -; "},
    {"the domain in the name", FILE_OF(SERVER("incomingServer", "imap", "mail.%EMAILDOMAIN%", "993", "SSL")), AUTOCONFIG_OK,
     "imap mail.example.org:993 tls email; "},
    {"no port", FILE_OF("<incomingServer type=\"imap\"><hostname>a.example.com</hostname><socketType>SSL</socketType></incomingServer>"),
     AUTOCONFIG_OK, ""},
    {"port 0", FILE_OF(SERVER("incomingServer", "imap", "a.example.com", "0", "SSL")), AUTOCONFIG_OK, ""},
    {"no name", FILE_OF(SERVER("incomingServer", "imap", "a b", "993", "SSL")), AUTOCONFIG_OK, ""},
    {"no encryption that there is", FILE_OF(SERVER("incomingServer", "imap", "a.example.com", "993", "magic")), AUTOCONFIG_OK, ""},
    {"another type", FILE_OF(SERVER("incomingServer", "exchange", "a.example.com", "443", "SSL")), AUTOCONFIG_OK, ""},
    {"cut off", "<clientConfig>" IMAP, AUTOCONFIG_BROKEN, "imap imap.example.com:993 tls email; "},
    {"not closed", "<clientConfig>" IMAP "</emailProvider>", AUTOCONFIG_BROKEN, "imap imap.example.com:993 tls email; "},
    {"a page", "<!DOCTYPE html><html><body>" IMAP "</body></html>", AUTOCONFIG_NONE, ""},
    {"no XML", "hello", AUTOCONFIG_NONE, ""},
    {"not UTF-8", "<clientConfig>\xff</clientConfig>", AUTOCONFIG_BROKEN, ""},
    {"nothing", "", AUTOCONFIG_NONE, ""},
    {"fields elsewhere", FILE_OF("<hostname>a.example.com</hostname><port>1</port>" IMAP), AUTOCONFIG_OK,
     "imap imap.example.com:993 tls email; "},
    {"a server in a server", FILE_OF("<incomingServer type=\"imap\">" IMAP "</incomingServer>"), AUTOCONFIG_OK, ""},
};

static void test_files(void) {
  for (guint i = 0; i < G_N_ELEMENTS(file_cases); i++) {
    g_autoptr(GArray) servers = mail_servers_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_test_message("%s", file_cases[i].name);
    AutoconfigFound found = autoconfig_parse(file_cases[i].text, strlen(file_cases[i].text), "example.org", servers);
    for (guint k = 0; k < servers->len; k++) {
      const MailServer *server = &g_array_index(servers, MailServer, k);
      const char *user = mail_user_word(server->user);
      g_string_append_printf(text, "%s %s:%u %s %s; ", mail_service_word(server->service), server->host, server->port,
                             mail_encryption_word(server->encryption), user != NULL ? user : "-");
    }
    g_assert_cmpstr(text->str, ==, file_cases[i].servers);
    g_assert_cmpint(found, ==, file_cases[i].found);
  }
}

static void test_hostile_files(void) {
  g_autoptr(GString) many = g_string_new("<clientConfig>"), deep = g_string_new("<clientConfig>"), wide = g_string_new("<clientConfig>");
  g_autoptr(GArray) servers = mail_servers_new();
  for (guint i = 0; i < 1000; i++)
    g_string_append(many, IMAP);
  for (guint i = 0; i < 10000; i++)
    g_string_append(deep, "<x>");
  g_string_append(wide, "<incomingServer type=\"imap\"><hostname>");
  for (guint i = 0; i < 60000; i++)
    g_string_append_c(wide, 'a');
  autoconfig_parse(many->str, many->len, "example.com", servers);
  g_assert_cmpuint(servers->len, ==, 20);
  g_assert_cmpint(autoconfig_parse(deep->str, deep->len, "example.com", servers), ==, AUTOCONFIG_BROKEN);
  g_assert_cmpint(autoconfig_parse(wide->str, wide->len, "example.com", servers), ==, AUTOCONFIG_BROKEN);
}

/* --- the probe --- */

#define NONE(question) "{\"dns\":\"" question "\",\"status\":\"nxdomain\"}"
#define SRV(name, ...) "{\"dns\":\"" name " SRV\",\"answer\":[" __VA_ARGS__ "]}"
#define HOST(name) "{\"dns\":\"" name " A\",\"answer\":[\"192.0.2.80\"]}", "{\"dns\":\"" name " AAAA\",\"status\":\"nodata\"}"
#define NO_HOST(name) NONE(name " A"), NONE(name " AAAA")
#define AUTO(domain) "https://autoconfig." domain "/mail/config-v1.1.xml"
#define KNOWN(domain) "https://" domain "/.well-known/autoconfig/mail/config-v1.1.xml"
#define DISCOVER(domain) "https://autodiscover." domain "/autodiscover/autodiscover.xml"
#define XML_SERVER(element, type, host, port, socket) \
  "<" element " type=\\\"" type "\\\"><hostname>" host "</hostname><port>" port "</port><socketType>" socket "</socketType>" \
  "<username>%EMAILLOCALPART%</username></" element ">"
#define XML(servers) "\"code\":200,\"type\":\"text/xml\",\"body\":\"<clientConfig>" servers "</clientConfig>\""
#define TALK(key, members) "{\"talk\":\"" key "\"," members "}"
#define NO_SRV(domain) \
  NONE("_submissions._tcp." domain " SRV"), NONE("_submission._tcp." domain " SRV"), NONE("_imaps._tcp." domain " SRV"), \
      NONE("_imap._tcp." domain " SRV"), NONE("_pop3s._tcp." domain " SRV"), NONE("_pop3._tcp." domain " SRV")
#define NO_DISCOVER(domain) NONE("_autodiscover._tcp." domain " SRV"), NO_HOST("autodiscover." domain)
#define NO_FILES(domain) NO_HOST("autoconfig." domain), NO_HOST(domain)

static const char *const world[] = {
    /* Everything by SRV. */
    SRV("_submissions._tcp.srv.example", "\"20 1 465 smtp2.srv.example\",\"10 1 465 smtp3.srv.example\",\"10 5 465 smtp1.srv.example\""),
    SRV("_submission._tcp.srv.example", "\"10 1 587 smtp1.srv.example\""), SRV("_imaps._tcp.srv.example", "\"0 1 993 imap.srv.example\""),
    NONE("_imap._tcp.srv.example SRV"), SRV("_pop3s._tcp.srv.example", "\"0 0 0 .\""), SRV("_pop3._tcp.srv.example", "\"0 0 0 .\""),
    NO_FILES("srv.example"), SRV("_autodiscover._tcp.srv.example", "\"0 0 443 auto.srv.example\""), NO_HOST("autodiscover.srv.example"),
    /* By a file; Outlook's by an alias whose certificate has another name. */
    NO_SRV("file.example"), HOST("autoconfig.file.example"),
    TALK(AUTO("file.example"), XML(XML_SERVER("incomingServer", "imap", "imap.%EMAILDOMAIN%", "143", "STARTTLS")
                                       XML_SERVER("outgoingServer", "smtp", "smtp.file.example", "25", "plain"))),
    HOST("file.example"), TALK(KNOWN("file.example"), "\"code\":404,\"body\":\"\""), NONE("_autodiscover._tcp.file.example SRV"),
    "{\"dns\":\"autodiscover.file.example A\",\"answer\":[\"autodiscover.file.example 300 CNAME autodiscover.outlook.com\","
    "\"autodiscover.outlook.com 300 A 192.0.2.44\"]}",
    "{\"dns\":\"autodiscover.file.example AAAA\",\"answer\":[\"autodiscover.file.example 300 CNAME autodiscover.outlook.com\"]}",
    TALK(DISCOVER("file.example"), "\"status\":\"certificate\",\"phase\":\"tls\""),
    /* By the other file, after a redirect. */
    NO_SRV("known.example"), NO_HOST("autoconfig.known.example"), HOST("known.example"),
    TALK(KNOWN("known.example"), "\"code\":301,\"location\":\"https://www.known.example/x\""), HOST("www.known.example"),
    TALK("https://www.known.example/x", XML(XML_SERVER("incomingServer", "pop3", "pop.known.example", "995", "SSL"))),
    NO_DISCOVER("known.example"),
    /* Nothing at all. */
    NO_SRV("bare.example"), NO_FILES("bare.example"), NO_DISCOVER("bare.example"),
    /* A page for everything. */
    NO_SRV("page.example"), NO_HOST("autoconfig.page.example"), HOST("page.example"),
    TALK(KNOWN("page.example"), "\"code\":200,\"type\":\"text/html\",\"body\":\"<!DOCTYPE html><html></html>\""), NO_DISCOVER("page.example"),
    /* Meant to be there, but broken. */
    NO_SRV("cert.example"), HOST("autoconfig.cert.example"),
    TALK(AUTO("cert.example"), "\"status\":\"certificate\",\"phase\":\"tls\""), NO_HOST("cert.example"), NO_DISCOVER("cert.example"),
    NO_SRV("torn.example"), HOST("autoconfig.torn.example"), TALK(AUTO("torn.example"), "\"code\":200,\"body\":\"<clientConfig>\""),
    NO_HOST("torn.example"), NO_DISCOVER("torn.example"),
    /* Nobody can tell. */
    NO_SRV("slow.example"), HOST("autoconfig.slow.example"), TALK(AUTO("slow.example"), "\"status\":\"timeout\",\"phase\":\"connect\""),
    NO_HOST("slow.example"), NO_DISCOVER("slow.example"),
    NULL,
};

static Net *whole_world(void) {
  Net *net = replay(NULL);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; world[i] != NULL; i++) {
    net_preload(net, world[i], &error);
    g_assert_no_error(error);
  }
  return net;
}

static const struct {
  const char *domain, *status, *sources, *submission, *imap, *pop3, *autodiscover;
  Level level;
  const char *words;
} probe_cases[] = {
    {"srv.example", "ok", "srv",
     "smtp1.srv.example:465 tls, smtp3.srv.example:465 tls, smtp2.srv.example:465 tls, smtp1.srv.example:587 starttls",
     "imap.srv.example:993 tls", NULL, "yes", LEVEL_NOTE, "does not offer this"},
    {"file.example", "ok", "autoconfig", "smtp.file.example:25 none", "imap.file.example:143 starttls", NULL, "yes", LEVEL_WARN,
     "everybody on the way can read the password"},
    {"known.example", "ok", "well_known", NULL, NULL, "pop.known.example:995 tls", "no", LEVEL_NOTE, "pop.known.example:995 tls"},
    {"bare.example", "none", "", NULL, NULL, NULL, "no", LEVEL_NOTE, "must be typed"},
    {"page.example", "none", "", NULL, NULL, NULL, "no", LEVEL_NOTE, "must be typed"},
    {"cert.example", "none", "", NULL, NULL, NULL, "no", LEVEL_WARN, "cannot fetch them: the server's certificate is not good"},
    {"torn.example", "none", "", NULL, NULL, NULL, "no", LEVEL_WARN, "is damaged"},
};

static void test_probe(void) {
  g_autoptr(Net) net = whole_world();
  for (guint i = 0; i < G_N_ELEMENTS(probe_cases); i++) {
    g_test_message("%s", probe_cases[i].domain);
    g_autoptr(ProbeRun) run = run_probe(net, "autoconfig", "domain", probe_cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", probe_cases[i].status);
    assert_fact(run, "sources", probe_cases[i].sources);
    assert_fact_or_absent(run, "submission", probe_cases[i].submission);
    assert_fact_or_absent(run, "imap", probe_cases[i].imap);
    assert_fact_or_absent(run, "pop3", probe_cases[i].pop3);
    assert_fact(run, "autodiscover", probe_cases[i].autodiscover);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, probe_cases[i].level);
    g_assert_nonnull(find_row(run, probe_cases[i].words));
  }
}

static void test_details(void) {
  g_autoptr(Net) net = whole_world();
  g_autoptr(ProbeRun) srv = run_probe(net, "autoconfig", "domain", "srv.example", NULL);
  assert_fact(srv, "submission_host", "smtp1.srv.example");
  assert_fact(srv, "submission_port", "465");
  assert_fact(srv, "submission_encryption", "tls");
  assert_state(srv, "pop3_host", FACT_ABSENT);
  assert_state(srv, "user_name", FACT_UNKNOWN);
  assert_fact(srv, "autodiscover_host", "auto.srv.example");
  g_autoptr(ProbeRun) file = run_probe(net, "autoconfig", "domain", "file.example", NULL);
  assert_fact(file, "user_name", "local");
  assert_fact(file, "autodiscover_host", "autodiscover.outlook.com");
  g_autoptr(ProbeRun) slow = run_probe(net, "autoconfig", "domain", "slow.example", NULL);
  assert_complete(slow);
  assert_fact(slow, "status", "timeout");
  assert_state(slow, "imap", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(slow)), ==, LEVEL_UNKNOWN);
  g_autoptr(ProbeRun) bad = run_probe(net, "autoconfig", "domain", "no domain", NULL);
  assert_complete(bad);
  assert_fact(bad, "status", "bad_name");
}

static void test_faults(void) {
  static const char *const domains[] = {"srv.example", "file.example", "known.example", "bare.example", "cert.example"};
  static const char *const partial[] = {"sources", "submission", "submission_host", "submission_port", "submission_encryption", NULL};
  for (guint i = 0; i < G_N_ELEMENTS(domains); i++)
    assert_faults(&(FaultCase){"autoconfig", (const char *const[]){"domain", domains[i], NULL}, world, partial});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/autoconfig/files", test_files);
  g_test_add_func("/autoconfig/hostile-files", test_hostile_files);
  g_test_add_func("/autoconfig/probe", test_probe);
  g_test_add_func("/autoconfig/details", test_details);
  g_test_add_func("/autoconfig/faults", test_faults);
  return g_test_run();
}
