/* What servers offer for signing in, and what their refusals mean. */
#include "base/paths.h"
#include "mail/login.h"
#include "mail/login_provider.h"
#include "net/net_recording.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static TalkAnswer *talk(const char *key, const char *members) {
  g_autofree char *line = g_strdup_printf("{\"talk\":\"%s\",%s}", key, members);
  g_autoptr(GError) error = NULL;
  NetRecorded recorded;
  net_recording_parse(line, strlen(line), "nonce", &recorded, &error);
  g_assert_no_error(error);
  return recorded.talk;
}

static void assert_offer(const TalkAnswer *answer, gboolean encrypted, const char *want) {
  g_auto(LoginOffer) offer;
  login_offer_read(&offer, answer, encrypted);
  g_autofree char *words = g_strjoinv(" ", offer.mechanisms);
  g_autofree char *have =
      g_strdup_printf("%s%s%s%s%s", offer.answered ? "" : "silent ", offer.starttls ? "starttls " : "",
                      offer.disabled ? "disabled " : "", offer.password ? "password " : "", words);
  g_assert_cmpstr(g_strchomp(have), ==, want);
}

/* RFC 4954 s3, RFC 3207 s4.2: what was said before STARTTLS is forgotten. */
static void test_smtp(void) {
  g_autoptr(TalkAnswer) starttls =
      talk("smtp smtp.example.com:587 192.0.2.1",
           "\"tls\":\"TLSv1.3\",\"lines\":[\"< 220 x\",\"> EHLO a\",\"< 250-x\",\"< 250-AUTH CRAM-MD5\",\"< 250 "
           "STARTTLS\",\"> STARTTLS\","
           "\"< 220 go\",\"> EHLO a\",\"< 250-x\",\"< 250-auth plain LOGIN XOAUTH2 plain\",\"< 250 AUTH=LOGIN\"]");
  assert_offer(starttls, FALSE, "starttls CRAM-MD5");
  assert_offer(starttls, TRUE, "password PLAIN LOGIN XOAUTH2");
  g_autoptr(TalkAnswer) implicit =
      talk("smtps smtp.example.com:465 192.0.2.1",
           "\"tls\":\"TLSv1.3\",\"lines\":[\"< 220 x\",\"> EHLO a\",\"< 250-x\",\"< 250 AUTH XOAUTH2\"]");
  assert_offer(implicit, FALSE, "silent");
  assert_offer(implicit, TRUE, "XOAUTH2");
  g_autoptr(TalkAnswer) plain = talk("smtp smtp.example.com:587 192.0.2.1",
                                     "\"lines\":[\"< 220 x\",\"> EHLO a\",\"< 250-x\",\"< 250 AUTH PLAIN\"]");
  assert_offer(plain, FALSE, "password PLAIN");
  assert_offer(plain, TRUE, "silent");
}

/* RFC 9051 s6.2.3: LOGIN is there unless LOGINDISABLED is. */
static void test_imap(void) {
  g_autoptr(TalkAnswer) answer =
      talk("imap imap.example.com:143 192.0.2.1", "\"tls\":\"TLSv1.3\",\"lines\":[\"< * OK x\",\"> A001 "
                                                  "CAPABILITY\",\"< * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\","
                                                  "\"< A001 OK\",\"> A002 STARTTLS\",\"< A002 OK\",\"> A003 "
                                                  "CAPABILITY\",\"< * CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2\","
                                                  "\"< A003 OK\"]");
  assert_offer(answer, FALSE, "starttls disabled");
  assert_offer(answer, TRUE, "password PLAIN XOAUTH2 LOGIN");
}

/* RFC 2449 s6.3, RFC 2595 s4, RFC 5034 s3. */
static void test_pop3(void) {
  g_autoptr(TalkAnswer) answer =
      talk("pop3 pop.example.com:110 192.0.2.1",
           "\"tls\":\"TLSv1.2\",\"lines\":[\"< +OK x\",\"> CAPA\",\"< +OK\",\"< STLS\",\"< USER\",\"< .\",\"> STLS\","
           "\"< +OK\",\"> CAPA\",\"< +OK\",\"< SASL PLAIN\",\"< .\"]");
  assert_offer(answer, FALSE, "starttls password LOGIN");
  assert_offer(answer, TRUE, "password PLAIN");
}

static const struct {
  const char *reply, *word;
} replies[] = {
    {"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "wrong"}, /* RFC 4954 s6 */
    {"535-5.7.8 Username and Password not accepted. For more information, go to 5.7.8 "
     "https://support.google.com/mail/?p=BadCredentials",
     "wrong"},
    {"534-5.7.9 Application-specific password required. For more information, go to 5.7.9 "
     "https://support.google.com/mail/?p=InvalidSecondFactor",
     "app_password"},
    {"534 5.7.9 Authentication mechanism is too weak", "weak"}, /* RFC 4954 s6 */
    {"534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log in via your web browser", "blocked"},
    {"538 5.7.11 Encryption required for requested authentication mechanism", "encryption"},
    {"530 5.7.0 Must issue a STARTTLS command first", "encryption"}, /* RFC 3207 s4 */
    {"550 5.7.30 Basic authentication is not supported for Client Submission.", "retired"},
    {"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit "
     "https://aka.ms/smtp_auth_disabled for more information.",
     "disabled"},
    {"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "retired"},
    {"535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]", "wrong"},
    {"454 4.7.0 Temporary authentication failure: Connection lost to authentication server", "temporary"},
    {"432 4.7.12 A password transition is needed", "expired"},
    {"421 4.7.0 Too many errors", "temporary"},
    {"504 5.5.4 Unrecognized authentication type", "mechanism"},
    {"A002 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "wrong"}, /* RFC 9051 s7.1 */
    {"A002 NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 "
     "(Failure)",
     "app_password"},
    {"B004 NO [UNAVAILABLE] Temporary authentication failure.", "temporary"},
    {"B004 NO [CONTACTADMIN] Account locked", "administrator"},
    {"B004 NO [EXPIRED] Password has expired", "expired"},
    {"B004 NO [PRIVACYREQUIRED] Plaintext authentication disallowed", "encryption"},
    {"A2 NO LOGIN failed.", "wrong"},
    {"-ERR [AUTH] Authentication failed.", "wrong"}, /* RFC 3206 s4 */
    {"-ERR [SYS/TEMP] Internal login failure", "temporary"},
    {"-ERR [SYS/PERM] Your account is not enabled for POP access", "disabled"},
    {"-ERR [IN-USE] Do you have another POP session running?", "temporary"},
    {"-ERR no", "refused"},
    {"A002 NO no", "refused"},
    {"", "refused"},
};

static void test_meanings(void) {
  g_auto(GStrv) words = g_strsplit(LOGIN_WORDS, " ", -1);
  for (guint i = 0; i < G_N_ELEMENTS(replies); i++) {
    const LoginMeaning *meaning = login_reply_judge(replies[i].reply, NULL);
    g_test_message("%s", replies[i].reply);
    g_assert_cmpstr(meaning->word, ==, replies[i].word);
    g_assert_true(g_strv_contains((const char *const *)words, meaning->word));
  }
  const char *reference;
  login_reply_judge("535 5.7.8 no", &reference);
  g_assert_cmpstr(reference, ==, "RFC 4954 s6");
  login_reply_judge("-ERR no", &reference);
  g_assert_null(reference);
  /* "Not now" says nothing about the password. */
  g_assert_true(login_reply_judge("454 4.7.0 no", NULL)->temporary);
  g_assert_false(login_reply_judge("535 5.7.8 no", NULL)->temporary);
}

static void test_last_words(void) {
  g_autoptr(TalkAnswer) answer =
      talk("smtps smtp.example.com:465 192.0.2.1 login taro",
           "\"lines\":[\"> AUTH PLAIN ***\",\"< 334 \",\"> ***\",\"< 535-5.7.8 one\",\"< 535 5.7.8 two\"]");
  g_autofree char *text = login_reply_text(answer);
  g_assert_cmpstr(text, ==, "535-5.7.8 one 5.7.8 two");
  g_autoptr(TalkAnswer) silent =
      talk("smtps smtp.example.com:465 192.0.2.1 login taro", "\"lines\":[\"< 334 \",\"> ***\"]");
  g_autofree char *none = login_reply_text(silent);
  g_assert_cmpstr(none, ==, "");
}

/* --- providers --- */

static void test_providers(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *path = paths_knowledge("logins.yaml");
  g_autoptr(LoginProviders) providers = login_providers_load(path, diags);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  g_assert_cmpstr(login_providers_find(providers, "IMAP.gmail.com")->name, ==, "Gmail and Google Workspace");
  g_assert_cmpstr(login_providers_find(providers, "imap.mail.me.com")->name, ==, "iCloud Mail");
  g_assert_cmpstr(login_providers_find(providers, "smtp.mail.yahoo.co.jp")->name, ==, "Yahoo! JAPAN Mail");
  g_assert_cmpstr(login_providers_find(providers, "outlook.office365.com")->name, ==, "Outlook.com and Microsoft 365");
  g_assert_null(login_providers_find(providers, "mail.example.com"));
  g_assert_null(login_providers_find(providers, "imap.gmail.com.example"));
}

static void test_broken_providers(void) {
  static const char text[] = "format: 1\nreviewed: 2026-11-21\nsources: {a: b}\nlogins:\n"
                             "  - {name: Good, servers: imap.example.com, app_password: x, sources: a}\n"
                             "  - {name: Bad, servers: imap.example.com, app_password: x, sources: none}\n"
                             "  - {name: Bad, app_password: x, sources: a}\n"
                             "  - {name: Bad, servers: y, sources: a, colour: red}\n";
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("whybounce-XXXXXX.yaml", &path, NULL);
  g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
  close(fd);
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(LoginProviders) providers = login_providers_load(path, diags);
  g_unlink(path);
  g_assert_cmpuint(diags_length(diags), >=, 3);
  g_assert_cmpstr(login_providers_find(providers, "imap.example.com")->name, ==, "Good");
  g_assert_null(login_providers_find(providers, "y"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/login/smtp", test_smtp);
  g_test_add_func("/login/imap", test_imap);
  g_test_add_func("/login/pop3", test_pop3);
  g_test_add_func("/login/meanings", test_meanings);
  g_test_add_func("/login/last-words", test_last_words);
  g_test_add_func("/login/providers", test_providers);
  g_test_add_func("/login/broken-providers", test_broken_providers);
  return g_test_run();
}
