/* Whole mails judged: the cause, where it comes from, and whether the address is dead ("hard" in the JSON). */
#include "base/paths.h"
#include "flow/diagnose.h"
#include "report/bounce_json.h"

#include <string.h>

#define NOTICE                                                                                                         \
  "From: MAILER-DAEMON@mail.example.org\nTo: hanako@example.org\nSubject: Undelivered Mail Returned to Sender\n\n"      \
  "I'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n"           \
  "<taro@example.com>: host mx.example.com[192.0.2.1] said: "
#define REPORT                                                                                                         \
  "From: MAILER-DAEMON@mail.example.org\nTo: hanako@example.org\nSubject: Delayed Mail\nMIME-Version: 1.0\n"           \
  "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n"    \
  "Your message to the following recipient has been delayed. It will be retried.\n\n--b\n"                             \
  "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.org\n\n"                                  \
  "Final-Recipient: rfc822; taro@example.com\nAction: "
#define ANSWER                                                                                                         \
  "From: taro@example.com\nTo: hanako@example.org\nSubject: Automatic reply: minutes\nAuto-Submitted: auto-replied\n\n"

typedef struct Row {
  const char *mail, *cause, *hard; /* as in the JSON */
} Row;

static const Row rows[] = {
    /* The address is dead. */
    {NOTICE "550 5.1.1 User unknown (in reply to RCPT TO command)\n", "recipient_unknown", "true"},
    {NOTICE "551 5.1.6 recipient no longer on server\n", "address_moved", "true"},
    /* It may come back, or another mail may pass: final for this mail only. */
    {NOTICE "550 5.2.1 The mailbox is disabled\n", "mailbox_disabled", "false"},
    {NOTICE "552 5.2.2 Mailbox full\n", "mailbox_full", "false"},
    {NOTICE "554 5.7.1 Message rejected as spam\n", "content_spam", "false"},
    /* The code says that time may help. */
    {NOTICE "450 4.1.1 User unknown in relay recipient table\n", "recipient_unknown", "false"},
    /* Nobody knows why; the command tells what was refused. */
    {NOTICE "554 5.0.0 xyzzy\n", "unknown", NULL},
    {NOTICE "550 xyzzy (in reply to RCPT TO command)\n", "recipient_unknown", "true"},
    {NOTICE "550 xyzzy (in reply to MAIL FROM command)\n", "sender_address_rejected", "false"},
    {NOTICE "550 xyzzy (in reply to end of DATA command)\n", "content_policy", "false"},
    {NOTICE "450 4.0.0 xyzzy\n", "greylisted", "false"},
    /* A service's own explanation around "user unknown". */
    {"From: Postmaster@ezweb.ne.jp\nTo: hanako@example.org\nSubject: Mail System Error - Returned Mail\n\n"
     "The user(s) account is disabled.\n\n<taro@ezweb.ne.jp>: 550 user unknown (in reply to RCPT TO command)\n",
     "mailbox_disabled", "false"},
    /* A notice of delay: its reason if anything gives one, and else that it is one. */
    {REPORT "delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connect to mx.example.com[192.0.2.1]:25: Connection timed out\n\n--b--\n",
     "network_unreachable", "false"},
    {REPORT "delayed\nStatus: 4.4.0\n\n--b--\n", "network_unreachable", "false"},
    {REPORT "delayed\nStatus: 4.0.0\n\n--b--\n", "delay_notice", "false"},
    /* Of two recipients the first one got it. */
    {REPORT "delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; jiro@example.com\nAction: failed\nStatus: 5.1.1\n\n--b--\n",
     "success", "false"},
    /* Automatic answers arrived; some tell that the address is given up. */
    {ANSWER "I am on holiday until Monday. Our office has moved to another town.\n", "success", "false"},
    {ANSWER "I no longer work for Example. Please write to info@example.com.\n", "address_moved", "false"},
    {ANSWER "This mailbox is no longer monitored.\n", "mailbox_disabled", "false"},
};

static char *field_of(const char *json, const char *name) {
  g_autofree char *key = g_strdup_printf("\"%s\":", name);
  const char *at = strstr(json, key);
  if (at == NULL)
    return NULL;
  at += strlen(key);
  at += *at == '"';
  return g_strndup(at, strcspn(at, "\",}"));
}

static void test_mails(void) {
  g_autofree char *path = paths_knowledge("causes.yaml");
  g_autoptr(Diags) diags = diags_new();
  Causes *causes = causes_load(path, diags);
  const char *const none[] = {NULL};
  g_autoptr(Classifier) classifier = classifier_new(NULL, none);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Bounce) bounce = bounce_read(rows[i].mail, strlen(rows[i].mail));
    diagnose_bounce(bounce, classifier, causes);
    g_autofree char *json = bounce_to_json(bounce, NULL);
    g_autofree char *cause = field_of(json, "cause"), *hard = field_of(json, "hard");
    if (g_strcmp0(cause, rows[i].cause) != 0 || g_strcmp0(hard, rows[i].hard) != 0) {
      g_test_message("row %u: wanted %s, hard %s, got %s", i, rows[i].cause, rows[i].hard, json);
      g_test_fail();
    }
  }
  causes_free(causes);
}

/* What the code says needs no judge, and nothing is said of the address without one. */
static void test_not_judged(void) {
  g_autoptr(Bounce) bounce = bounce_read(rows[2].mail, strlen(rows[2].mail));
  g_autofree char *json = bounce_to_json(bounce, NULL);
  g_autofree char *cause = field_of(json, "cause"), *permanent = field_of(json, "permanent"), *hard = field_of(json, "hard");
  g_assert_null(cause);
  g_assert_null(hard);
  g_assert_cmpstr(permanent, ==, "true");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/judge/mails", test_mails);
  g_test_add_func("/judge/not-judged", test_not_judged);
  return g_test_run();
}
