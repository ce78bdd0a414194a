/* The forms in which notices come, each reader over a table: labels of mail programs, log lines, events as JSON, lines
 * that were joined, announced answers. */
#include "mail/bounce_refusal.h"
#include "mail/notice_client.h"
#include "mail/notice_json.h"
#include "mail/notice_lines.h"
#include "mail/notice_log.h"
#include "mail/notice_repair.h"

#include <glib.h>
#include <string.h>

static void test_labels(void) {
  static const struct {
    const char *line, *field, *value;
  } cases[] = {
      {"From: hanako@example.org", "From", "hanako@example.org"},
      {"  *Subject:* minutes", "Subject", "minutes"},
      {"差出人: 花子", "From", "花子"},
      {"件名：会議", "Subject", "会議"},
      {"■宛先： taro@example.com", "To", "taro@example.com"},
      {"宛先\t\ttaro@example.com", "To", "taro@example.com"},
      {"送信日時　：2025/03/04", "Date", "2025/03/04"},
      {"Von: hans@example.org", "From", "hans@example.org"},
      {"收件人：taro@example.com", "To", "taro@example.com"},
      {"Sender Address:\thanako@example.org", "From", "hanako@example.org"},
      {"Subject:", "Subject", ""},
      {"Subject matter: law", NULL, NULL},
      {"To whom it may concern", NULL, NULL},
      {"宛先が間違っています", NULL, NULL},
      {"From here on: nothing", NULL, NULL},
      {"", NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].line);
    const char *value = NULL;
    g_assert_cmpstr(notice_label(cases[i].line, &value), ==, cases[i].field);
    if (cases[i].field)
      g_assert_cmpstr(value, ==, cases[i].value);
  }
}

static void test_client_header(void) {
  static const struct {
    const char *text, *from, *first; /* what is taken, and the first line that is left */
  } cases[] = {
      {"差出人: MAILER-DAEMON@a.example\n件名: 配信不能: x\n\nbody", "MAILER-DAEMON@a.example", "body"},
      {"Please help.\n\n----- Original Message -----\nFrom: Mail Delivery System\nTo: h@a.example\nSubject: failure "
       "notice\n\nbody",
       "Mail Delivery System", "Please help."},
      {"差出人\nMAILER-DAEMON@a.example\n宛先\nh@a.example\n件名\nReturned mail\nbody", "MAILER-DAEMON@a.example",
       "body"},
      /* details of the returned mail, which a notice lists, stay */
      {"Your message\n\n  To: t@a.example\n  Subject: x\n\ndid not arrive", NULL, "Your message"},
      /* a raw header is read elsewhere */
      {"x\nReceived: from a\nFrom: MAILER-DAEMON@a.example\nSubject: failure notice\n", NULL, "x"},
      {"宛先\n件名\nbody", NULL, "宛先"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].text);
    g_autoptr(Notice) notice = notice_new(cases[i].text);
    g_assert_cmpstr(fields_get(notice->client, "From"), ==, cases[i].from);
    guint line = 0;
    while (line + 1 < notice->n_lines && !*notice_line(notice, line))
      line++;
    g_assert_cmpstr(notice_line(notice, line), ==, cases[i].first);
  }
}

static void test_logs(void) {
  static const struct {
    const char *line, *recipient, *action, *status, *words;
  } cases[] = {
      {"Mar  4 10:22:31 m postfix/smtp[1]: A: to=<t@a.example>, relay=none, dsn=5.4.4, status=bounced (Host not found)",
       "t@a.example", "failed", "5.4.4", "Host not found"},
      {"Mar  4 10:22:31 m postfix/smtp[1]: A: to=<t@a.example>, dsn=2.0.0, status=sent (250 2.0.0 Ok)", "t@a.example",
       "delivered", "2.0.0", "250 2.0.0 Ok"},
      {"to=<t@a.example>, dsn=4.4.1, status=deferred (connect to mx.a.example[192.0.2.1]:25: timed out)", "t@a.example",
       "delayed", "4.4.1", "connect to mx.a.example[192.0.2.1]:25: timed out"},
      {"Mar  4 10:22:31 m postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[192.0.2.7]: 554 5.7.1 no; from=<f@a.example> "
       "to=<t@a.example> proto=ESMTP helo=<x>",
       "t@a.example", "failed", NULL, "554 5.7.1 no"},
      {"Mar  4 10:22:31 m sendmail[1]: 52: to=<t@a.example>, relay=mx.a.example. [192.0.2.1], dsn=5.1.1, stat=User "
       "unknown",
       "t@a.example", "failed", "5.1.1", "User unknown"},
      {"2025-03-04 10:22:31 1t-0004-0k ** t@a.example R=r T=t H=mx.a.example [192.0.2.1]: 550 no", "t@a.example",
       "failed", NULL, "550 no"},
      {"2025-03-04 10:22:31 1t-0004-0k == t@a.example R=r T=t defer (-44) H=mx.a.example [192.0.2.1]: 451 later",
       "t@a.example", "delayed", NULL, "451 later"},
      {"2025-03-04 10:22:31 H=(x) [192.0.2.7] F=<f@a.example> rejected RCPT <t@a.example>: Unrouteable address",
       "t@a.example", "failed", NULL, "Unrouteable address"},
      {"Mar  4 10:22:31 m smtpd[1]: 0 mta delivery from=<f@a.example> to=<t@a.example> relay=\"192.0.2.1 "
       "(mx.a.example)\" "
       "result=\"TempFail\" stat=\"451 later\"",
       "t@a.example", "delayed", NULL, "451 later"},
      {"@4000000067c6550b00000000 starting delivery 3: msg 1 to remote t@a.example\n"
       "@4000000067c6550b00000001 delivery 3: failure: Sorry,_no_mailbox./",
       "t@a.example", "failed", NULL, "Sorry, no mailbox."},
      /* broken by a mail program */
      {"Mar  4 10:22:31 m postfix/smtp[1]: A: to=<t@a.example>,\ndsn=5.1.1, status=bounced (host\nx said: 550 no)",
       "t@a.example", "failed", "5.1.1", "host x said: 550 no"},
      {"Mar  4 10:22:31 m postfix/qmgr[1]: A: from=<f@a.example>, size=1, nrcpt=1 (queue active)", NULL, NULL, NULL,
       NULL},
      {"I sent it to=<t@a.example> yesterday", NULL, NULL, NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].line);
    g_autoptr(Notice) notice = notice_new(cases[i].line);
    g_assert_cmpuint(notice->groups->len, ==, cases[i].recipient ? 1 : 0);
    if (!cases[i].recipient)
      continue;
    const GPtrArray *group = g_ptr_array_index(notice->groups, 0);
    g_assert_cmpstr(fields_get(group, "Final-Recipient"), ==, cases[i].recipient);
    g_assert_cmpstr(fields_get(group, "Action"), ==, cases[i].action);
    g_assert_cmpstr(fields_get(group, "Status"), ==, cases[i].status);
    g_assert_cmpstr(fields_get(group, NOTICE_WORDS), ==, cases[i].words);
  }
}

/* Of several attempts the last counts. */
static void test_attempts(void) {
  g_autoptr(Notice) notice = notice_new("to=<t@a.example>, dsn=4.7.1, status=deferred (451 later)\n"
                                        "to=<u@a.example>, dsn=2.0.0, status=sent (250 ok)\n"
                                        "to=<t@a.example>, dsn=5.7.1, status=bounced (554 no)\n");
  g_assert_cmpuint(notice->groups->len, ==, 2);
  g_assert_cmpstr(fields_get(g_ptr_array_index(notice->groups, 1), "Action"), ==, "failed");
}

static void test_events(void) {
  static const struct {
    const char *json, *recipient, *action, *diagnostic;
  } cases[] = {
      {"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"t@a.example\","
       "\"diagnosticCode\":\"smtp; 550 no\"}]}}",
       "t@a.example", "failed", "smtp; 550 no"},
      {"{\"Message\":\"{\\\"notificationType\\\":\\\"Bounce\\\",\\\"bounce\\\":{\\\"bouncedRecipients\\\":[{"
       "\\\"emailAddress\\\":\\\"t@a.example\\\",\\\"diagnosticCode\\\":\\\"550 \\\\u4e0d\\\"}]}}\"}",
       "t@a.example", "failed", "550 不"},
      {"{\"notificationType\":\"Delivery\",\"delivery\":{\"recipients\":[\"t@a.example\"],\"smtpResponse\":\"250 "
       "ok\"}}",
       "t@a.example", "delivered", "250 ok"},
      {"[{\"event\":\"deferred\",\"email\":\"t@a.example\",\"response\":\"451 later\",\"sg_event_id\":\"1\"}]",
       "t@a.example", "delayed", "451 later"},
      {"{\"event-data\":{\"event\":\"failed\",\"recipient\":\"t@a.example\",\"delivery-status\":{\"code\":550,"
       "\"message\":"
       "\"no box\"}}}",
       "t@a.example", "failed", "550 no box"},
      {"{\"RecordType\":\"Bounce\",\"Email\":\"x\",\"Details\":\"smtp;550 no\"}", NULL, NULL, NULL},
      {"{\"eventType\":\"Reject\",\"mail\":{\"destination\":[\"t@a.example\"]}}", NULL, NULL, NULL},
      {"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"t@a.ex", "t@a.ex",
       "failed", NULL},
      {"{\"notificationType\":", NULL, NULL, NULL},
      {"{}}}}]]]", NULL, NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].json);
    NoticeJson event;
    notice_json_read(cases[i].json, &event);
    g_assert_cmpuint(event.groups->len, ==, cases[i].recipient ? 1 : 0);
    if (cases[i].recipient) {
      const GPtrArray *group = g_ptr_array_index(event.groups, 0);
      g_assert_cmpstr(fields_get(group, "Final-Recipient"), ==, cases[i].recipient);
      g_assert_cmpstr(fields_get(group, "Action"), ==, cases[i].action);
      g_assert_cmpstr(fields_get(group, "Diagnostic-Code"), ==, cases[i].diagnostic);
    }
    g_clear_pointer(&event.groups, g_ptr_array_unref);
    g_clear_pointer(&event.original, g_ptr_array_unref);
    g_clear_pointer(&event.feedback, g_ptr_array_unref);
  }
  g_assert_null(notice_json_find("{\"a\": 1}"));
  g_assert_null(notice_json_find("no event here"));
  g_assert_nonnull(notice_json_find("See below.\n\n {\"event\": \"bounce\"}"));
}

#define LONG "This line is long enough to have been several lines before somebody's clipboard made one of them. "

static void test_repair(void) {
  static const struct {
    const char *in, *out; /* NULL: stays */
  } cases[] = {
      {LONG "<t@a.example>: 550 no", LONG "\n<t@a.example>: 550 no"},
      {LONG "said: 550 5.1.1 <t@a.example>: no", NULL},
      {LONG "u@a.example <t@a.example>: malformed", NULL},
      {LONG ">>> RCPT TO:<t@a.example> <<< 550 no", LONG "\n>>> RCPT TO:<t@a.example>\n<<< 550 no"},
      {LONG "----- Transcript of session follows ----- x", LONG "\n----- Transcript of session follows -----\nx"},
      {LONG "Final-Recipient: rfc822; t@a.example Action: failed Status: 5.1.1",
       LONG "\nFinal-Recipient: rfc822; t@a.example\nAction: failed\nStatus: 5.1.1"},
      {LONG "Action: failed", NULL},
      {"t@a.example Remote Server returned '550 no' " LONG, "t@a.example\nRemote Server returned '550 no' " LONG},
      {"<t@a.example>: short <u@a.example>: x", NULL},
      {LONG "t@a.example: 550 5.2.2 full u@a.example: 452 4.2.2 no",
       LONG "\nt@a.example: 550 5.2.2 full\nu@a.example: 452 4.2.2 no"},
      {LONG "mail to t@a.example: 100 bytes", NULL},
      {"t@a.example SMTP error from remote server: 550 no u@a.example SMTP error from remote server: 551 no " LONG,
       "t@a.example\nSMTP error from remote server: 550 no\nu@a.example\nSMTP error from remote server: 551 no " LONG},
      {LONG "was not relayed to: <t@a.example>: 550 no Received: from a Subject: s To: t From: f",
       LONG "was not relayed to:\n<t@a.example>: 550 no\nReceived: from a\nSubject: s\nTo: t\nFrom: f"},
      {LONG "did not like our RCPT TO: 550 no Received: from a Subject: s To: t From: f Date: d",
       LONG "did not like our RCPT TO: 550 no\nReceived: from a\nSubject: s\nTo: t\nFrom: f\nDate: d"},
      {LONG "From: f Subject: s To: t Date: d Reporting-MTA: dns; a.example Action: failed Status: 5.1.1",
       LONG "\nFrom: f\nSubject: s\nTo: t\nDate: d\n\nReporting-MTA: dns; a.example\nAction: failed\nStatus: 5.1.1"},
      /* headers of mail programs, whatever they end with */
      {LONG "From: M <m@a.example> Sent: Tue 10:22 AM To: H <h@a.example> Subject: Returned mail " LONG,
       LONG "\nFrom: M <m@a.example>\nSent: Tue 10:22 AM\nTo: H <h@a.example>\nSubject:\n\nReturned mail " LONG},
      {LONG "差出人: m@a.example 件名: s 送信日時: 2025年3月4日 10:22 宛先: 山田 <h@a.example>, <i@a.example> x " LONG,
       LONG "\n差出人: m@a.example\n件名: s\n送信日時: 2025年3月4日 10:22\n宛先: 山田 <h@a.example>, <i@a.example>\n\nx " LONG},
      {LONG "Subject: s To: <h@a.example> From: m@a.example Date: Tue, 4 Mar 2025 10:22:00 +0900 (JST) x " LONG,
       LONG "\nSubject: s\nTo: <h@a.example>\nFrom: m@a.example\nDate: Tue, 4 Mar 2025 10:22:00 +0900 (JST)\n\nx " LONG},
      {LONG "it was sent from: a to: b with subject: c", NULL},
      /* what else begins lines */
      {LONG "the following address(es) failed: t@a.example no such user",
       LONG "the following address(es) failed:\nt@a.example no such user"},
      {LONG "with the header fields: <t@a.example>", NULL},
      {LONG "======== x", LONG "\n========\nx"},
      {LONG "<t@a.example> (reason: 550 no) <u@a.example> (reason: 551 no)",
       LONG "\n<t@a.example> (reason: 550 no)\n<u@a.example> (reason: 551 no)"},
      {LONG ">>> DATA <<< 550 no 554 <t@a.example>... Unavailable",
       LONG "\n>>> DATA\n<<< 550 no\n554 <t@a.example>... Unavailable"},
      {LONG "said: 554 <t@a.example>... Unavailable", NULL},
      {LONG "Recipient address: t@a.example Reason: full", LONG "\nRecipient address: t@a.example\nReason: full"},
      {LONG "t@a.example host b.example [192.0.2.1] SMTP error from remote mail server after DATA: 550 no",
       LONG "\nt@a.example\nhost b.example [192.0.2.1]\nSMTP error from remote mail server after DATA: 550 no"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].in);
    g_autofree char *out = notice_lines_part(cases[i].in);
    g_autoptr(GString) got = g_string_new(out);
    g_string_replace(got, " \n", "\n", 0);
    g_autoptr(GString) want = g_string_new(cases[i].out);
    g_string_replace(want, " \n", "\n", 0);
    g_assert_cmpint(out != NULL, ==, cases[i].out != NULL);
    g_assert_cmpstr(got->str, ==, want->str);
  }
}

static void test_wrapping(void) {
  static const struct {
    const char *in, *out;
  } cases[] = {
      /* wrapped anew */
      {"The mail system <t@a.example>: host b.example[192.0.2.1] said: 550\n5.1.1 no <u@a.example>: host "
       "c.example[192.0.2.2] said: 552 full",
       "The mail system\n<t@a.example>: host b.example[192.0.2.1] said: 550 5.1.1 no\n<u@a.example>: host "
       "c.example[192.0.2.2] said: 552 full"},
      /* written so */
      {"The mail system <t@a.example>: host b.example[192.0.2.1] said: 550\n    5.1.1 no <u@a.example>: host "
       "c.example[192.0.2.2] said: 552 full",
       NULL},
      {"The mail system <t@a.example>: host b.example[192.0.2.1] said:\n550 no\n<u@a.example>: host c.example", NULL},
      {"Nothing in these lines could have begun a line before somebody else\nmade a paragraph of them, or so one hopes",
       NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Notice) notice = notice_new(cases[i].in);
    g_autofree char *got = g_strjoinv("\n", notice->lines);
    g_autoptr(GString) tidy = g_string_new(got);
    g_string_replace(tidy, " \n", "\n", 0);
    g_assert_cmpstr(tidy->str, ==, cases[i].out ? cases[i].out : cases[i].in);
  }
}

static void test_blanks(void) {
  g_assert_null(notice_repair_blanks("a b\nあ　い"));
  g_autofree char *got = notice_repair_blanks("a\u00A0b\u200B\u202Fc\u2028d é");
  g_assert_cmpstr(got, ==, "a b\u200B c\nd é");
}

static void test_spacing(void) {
  static const struct {
    const char *in, *out; /* NULL: stays */
  } cases[] = {
      {"a\n\nb\n\nc\n\n\n\nd\n \ne\n\nf\n\ng\n\nh", "a\nb\nc\n\nd\ne\nf\ng\nh\n"},
      {"a\n\nb\n\nc\n\nd\n\ne\n\nf\n\ng\n\nh", NULL}, /* paragraphs of one line each, perhaps */
      {"a\nb\nc\n\n\n\nd\n\ne\n\nf\n\ng\n\nh\n\ni\n\nj", NULL},
      {"", NULL},
      {"\n\n\n", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *out = notice_repair_spacing(cases[i].in);
    g_assert_cmpstr(out, ==, cases[i].out);
  }
  /* Fields of a report stay one group where the empty lines cannot be told. */
  g_autoptr(Notice) notice = notice_new("Final-Recipient: rfc822; t@a.example\n\nAction: failed\n\nStatus: 5.1.1\n\n"
                                        "Final-Recipient: rfc822; u@a.example\n\nAction: failed\n");
  g_assert_cmpuint(notice->groups->len, ==, 2);
  g_assert_cmpstr(fields_get(g_ptr_array_index(notice->groups, 0), "Status"), ==, "5.1.1");
}

static void test_refusal(void) {
  static const struct {
    const char *text, *found;
  } cases[] = {
      {"It failed.\n\nThe response was:\n\n550 no such\nuser\n\nBye", "550 no such user"},
      {"応答：\n550 だめ", "550 だめ"},
      {"エラー:\t550 5.1.1 no\nDSN の生成元:\ta.example", "550 5.1.1 no"},
      {"Technical details of permanent failure:\nIt was rejected.\n\nThe error that the other server returned "
       "was:\n554 no",
       "554 no"},
      {"The response was:\nDNS Error: nothing", "DNS Error: nothing"},
      {"something\n<<< 550-a\n<<< 550 b\n550 5.1.1 own", "<<< 550-a <<< 550 b"},
      {"550 no\nSent from my phone", "550 no"},
      {"He said it.\nThe error that the other server returned was: 550 5.1.1\nno such user", "550 5.1.1 no such user"},
      {"It said: 550\n5.1.1 no\nand more", "550 5.1.1 no and more"}, /* torn by a wrapped line */
      {"On line 550\n5.1.1 no", "550 5.1.1 no"},
      {"Number x550\n5.1.1 no", "5.1.1 no"},
      {"nothing: here\nor there", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].text);
    g_autoptr(Notice) notice = notice_new(cases[i].text);
    g_autofree char *found = bounce_refusal_find(notice);
    g_assert_cmpstr(found, ==, cases[i].found);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/notice-forms/labels", test_labels);
  g_test_add_func("/notice-forms/client-header", test_client_header);
  g_test_add_func("/notice-forms/logs", test_logs);
  g_test_add_func("/notice-forms/attempts", test_attempts);
  g_test_add_func("/notice-forms/events", test_events);
  g_test_add_func("/notice-forms/repair", test_repair);
  g_test_add_func("/notice-forms/wrapping", test_wrapping);
  g_test_add_func("/notice-forms/blanks", test_blanks);
  g_test_add_func("/notice-forms/spacing", test_spacing);
  g_test_add_func("/notice-forms/refusal", test_refusal);
  return g_test_run();
}
