/* What other readers of bounces get wrong, mistake by mistake: each has a test that bears its name.  (Of blocklists they are in
 * test_dnsbl_mistakes.c, of records and servers with the probe that looks at them.) */
#include "mail/address.h"
#include "mail/classify.h"

#include <string.h>

#define NOTICE                                                                                                              \
  "From: MAILER-DAEMON@out.example.org\nTo: taro@example.org\nSubject: Undelivered Mail Returned to Sender\n"              \
  "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"                    \
  "Content-Type: text/plain\n\nYour message was not delivered.\n\n--b\nContent-Type: message/delivery-status\n\n"          \
  "Reporting-MTA: dns; out.example.org\n\n"
#define RECIPIENT(address, action, rest) "Final-Recipient: rfc822; " address "\nAction: " action "\n" rest "\n"
#define RETURNED "--b\nContent-Type: message/rfc822\n\nFrom: %s\nTo: hanako@example.com\nSubject: Hello\n\nHello\n\n--b--\n"

static Bounce *read_text(Classifier *classifier, const char *text) {
  Bounce *bounce = bounce_read(text, strlen(text));
  if (classifier != NULL)
    classify_bounce(classifier, bounce);
  return bounce;
}

static BounceRecipient *nth(const Bounce *bounce, guint i) {
  g_assert_cmpuint(bounce->recipients->len, >, i);
  return g_ptr_array_index(bounce->recipients, i);
}

/* RFC 5322 s3.4: the name in front says whatever its writer liked. */
static void test_display_name(void) {
  g_autofree char *text = g_strdup_printf(NOTICE RECIPIENT("hanako@example.com", "failed", "Status: 5.1.1\n") RETURNED,
                                          "\"boss@bank.example (boss@bank.example)\" <taro@example.net>");
  g_autoptr(Bounce) bounce = read_text(NULL, text);
  g_autoptr(Address) from = address_parse(bounce->from); /* as the guides take it */
  g_assert_cmpstr(from->domain, ==, "example.net");
  g_assert_cmpstr(from->cleaned, ==, "taro@example.net");
}

static const struct {
  const char *name, *remote, *words, *cause;
} meanings[] = {
    /* One code, two meanings: the words decide before it. */
    {"541-relay", "mx.example.com", "550 5.4.1 Relay Access Denied", "relay_denied"},
    {"541-exchange", "example-com.mail.protection.outlook.com",
     "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "recipient_unknown"},
    {"571-list", "mx.example.com", "550 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using zen.spamhaus.org", NULL},
    {"571-relay", "mx.example.com", "550 5.7.1 Unable to relay", "relay_denied"},
    {"571-spf", "mx.example.com", "550 5.7.1 SPF check failed: 192.0.2.10 is not allowed to send mail from example.org", NULL},
    /* Exchange Online calls an unknown recipient 5.1.10, which is the code of a null MX (RFC 7505 s4.2). */
    {"5110-exchange", "example-com.mail.protection.outlook.com",
     "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "recipient_unknown"},
    {"5110-null-mx", "mx.example.com", "556 5.1.10 Domain example.com does not accept mail (nullMX)", "null_mx"},
};

static const char *cause_of(Classifier *classifier, guint i) {
  g_autofree char *words = g_strdup_printf("Status: %.6s\nRemote-MTA: dns; %s\nDiagnostic-Code: smtp; %s\n", "5.0.0",
                                           meanings[i].remote, meanings[i].words);
  g_autofree char *text = g_strdup_printf(NOTICE "Final-Recipient: rfc822; hanako@example.com\nAction: failed\n%s\n" RETURNED, words,
                                          "taro@example.org");
  g_autoptr(Bounce) bounce = read_text(classifier, text);
  const char *cause = nth(bounce, 0)->cause;
  g_test_message("%s: %s", meanings[i].name, cause != NULL ? cause : "?");
  return g_intern_string(cause != NULL ? cause : "?");
}

static void test_code_over_text(void) {
  Classifier *classifier = classifier_new(NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(meanings); i++)
    if (meanings[i].cause != NULL)
      g_assert_cmpstr(cause_of(classifier, i), ==, meanings[i].cause);
  /* 5.7.1 has three meanings at least. */
  g_assert_cmpstr(cause_of(classifier, 2), !=, cause_of(classifier, 3));
  g_assert_cmpstr(cause_of(classifier, 2), !=, cause_of(classifier, 4));
  g_assert_cmpstr(cause_of(classifier, 3), !=, cause_of(classifier, 4));
  classifier_free(classifier);
}

/* RFC 3464 s2.3.3: "delayed" is no failure, whatever code stands beside it. */
static void test_delayed(void) {
  g_autofree char *text =
      g_strdup_printf(NOTICE RECIPIENT("hanako@example.com", "delayed", "Status: 4.4.1\n") RETURNED, "taro@example.org");
  g_autoptr(Bounce) bounce = read_text(NULL, text);
  g_assert_cmpint(bounce->kind, ==, BOUNCE_DELAY);
  g_assert_cmpstr(nth(bounce, 0)->action, ==, "delayed");
  g_assert_cmpint(nth(bounce, 0)->permanent, !=, 1);
}

/* RFC 3464 s2.1: a group for each recipient, each with an outcome of its own. */
static void test_first_recipient(void) {
  g_autofree char *text = g_strdup_printf(
      NOTICE RECIPIENT("hanako@example.com", "failed", "Status: 5.1.1\n") RECIPIENT("jiro@example.net", "delayed", "Status: 4.4.1\n")
          RECIPIENT("saburo@example.com", "failed", "Status: 5.2.2\n") RETURNED,
      "taro@example.org");
  g_autoptr(Bounce) bounce = read_text(NULL, text);
  g_assert_cmpuint(bounce->recipients->len, ==, 3);
  g_assert_cmpstr(nth(bounce, 1)->recipient, ==, "jiro@example.net");
  g_assert_cmpstr(nth(bounce, 2)->dsn_status, ==, "5.2.2");
  g_assert_cmpint(bounce->kind, ==, BOUNCE_BOUNCE);
}

/* RFC 3464 s2.2.2: who wrote the report is not who refused. */
static void test_reporting_mta(void) {
  g_autofree char *with = g_strdup_printf(
      NOTICE RECIPIENT("hanako@example.com", "failed", "Status: 5.1.1\nRemote-MTA: dns; mx.example.com\n"
                                                       "Diagnostic-Code: smtp; 550 5.1.1 no such user\n") RETURNED,
      "taro@example.org");
  g_autofree char *without =
      g_strdup_printf(NOTICE RECIPIENT("hanako@example.com", "failed", "Status: 5.4.4\n") RETURNED, "taro@example.org");
  g_autoptr(Bounce) told = read_text(NULL, with), own = read_text(NULL, without);
  g_assert_cmpstr(told->reporting_mta, ==, "out.example.org");
  g_assert_cmpstr(nth(told, 0)->remote_mta, ==, "mx.example.com");
  g_assert_null(nth(own, 0)->remote_mta);
}

/* RFC 5322 s2.2.3: a field goes on in the next lines. */
static void test_folded(void) {
  g_autofree char *text = g_strdup_printf(
      NOTICE RECIPIENT("hanako@example.com", "failed",
                       "Status: 5.0.0\nDiagnostic-Code: smtp; 550-5.7.1 [192.0.2.10] Our system has detected\n 550-5.7.1 that this "
                       "message is\n\t550 5.7.1 likely unsolicited mail.\n") RETURNED,
      "taro@example.org");
  g_autoptr(Bounce) bounce = read_text(NULL, text);
  g_assert_nonnull(strstr(nth(bounce, 0)->diagnostic, "Our system has detected"));
  g_assert_nonnull(strstr(nth(bounce, 0)->diagnostic, "likely unsolicited mail."));
  g_assert_cmpstr(nth(bounce, 0)->status, ==, "5.7.1");
}

/* RFC 6533 s3, RFC 6531 s3.2: only the domain has A-labels. */
static void test_punycode(void) {
  g_autofree char *text = g_strdup_printf(
      NOTICE "Final-Recipient: utf-8; \\x{592A}\\x{90CE}@example.com\nAction: failed\nStatus: 5.1.1\n\n" RETURNED, "taro@example.org");
  g_autoptr(Bounce) bounce = read_text(NULL, text);
  g_assert_cmpstr(nth(bounce, 0)->recipient, ==, "太郎@example.com");
}

/* RFC 3834 s2: somebody is away, and the mail arrived. */
static void test_auto_reply(void) {
  static const char text[] = "From: hanako@example.com\nTo: taro@example.org\nSubject: Out of office: Hello\nAuto-Submitted: auto-replied\n"
                             "MIME-Version: 1.0\nContent-Type: text/plain\n\nI am away until Monday. Undelivered mail waits for me.\n";
  g_autoptr(Bounce) bounce = read_text(NULL, text);
  g_assert_cmpint(bounce->kind, ==, BOUNCE_AUTOREPLY);
  g_assert_false(bounce->is_bounce);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounce/mistake/trusting-the-display-name", test_display_name);
  g_test_add_func("/bounce/mistake/code-over-text", test_code_over_text);
  g_test_add_func("/bounce/mistake/delayed-as-failed", test_delayed);
  g_test_add_func("/bounce/mistake/first-recipient-only", test_first_recipient);
  g_test_add_func("/bounce/mistake/reporting-mta-as-the-one-that-refused", test_reporting_mta);
  g_test_add_func("/bounce/mistake/folded-diagnostic-code", test_folded);
  g_test_add_func("/bounce/mistake/punycoding-the-local-part", test_punycode);
  g_test_add_func("/bounce/mistake/auto-reply-as-bounce", test_auto_reply);
  return g_test_run();
}
