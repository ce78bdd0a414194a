/* Where a code stands as a code in a text, and where digits only look like one. */
#include "mail/status.h"

#include <glib.h>

typedef struct Case {
  const char *text;
  const char *status; /* NULL: none may be found */
  const char *reply;
} Case;

static const Case cases[] = {
    {"550 5.1.1 <taro@example.com>: Recipient address rejected", "5.1.1", "550"},
    {"550-5.1.1 The email account that you tried to reach does not exist", "5.1.1", "550"},
    {"550-Verification failed for <taro@example.com>", NULL, "550"},
    {"550 #5.1.0 Address rejected.", "5.1.0", "550"},
    {"#5.1.1", "5.1.1", NULL},
    {"(#5.1.1)", "5.1.1", NULL},
    {"#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", "5.1.1", "550"},
    {"(5.1.1)", "5.1.1", NULL},
    {"Status: 5.1.1", "5.1.1", NULL},
    {"Status: 5.7.606", "5.7.606", NULL},
    {"status=5.2.2", "5.2.2", NULL},
    {"dsn=4.4.1, status=deferred", "4.4.1", NULL},
    {"The code was 5.1.1.", "5.1.1", NULL},
    {"SMTP; 550 5.1.1 unknown", "5.1.1", "550"},
    {"smtp;550 5.1.1 unknown", "5.1.1", "550"},
    {"x-unix; User unknown", NULL, NULL},
    {"host mx.example.com[192.0.2.25] said: 554 5.7.1 blocked", "5.7.1", "554"},
    {"host mx.example.com[192.0.5.1] said: 421 too busy", NULL, "421"},
    {"Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)", "5.1.1", "550"},
    {"<<< 552 5.2.2 Over quota", "5.2.2", "552"},
    {"(reason: 550 5.1.1 <x@example.com>... User unknown)", "5.1.1", "550"},
    {"SMTP error from remote mail server after RCPT TO:<x@example.com>: 550 no such user", NULL, "550"},
    {"Remote Server returned '550 5.4.1 Recipient address rejected'", "5.4.1", "550"},
    {"Remote Server returned \"554 5.4.14 Hop count exceeded\"", "5.4.14", "554"},
    {"The error was: 452-4.2.2 The recipient is over quota", "4.2.2", "452"},
    {"said: 550", NULL, "550"},
    {"error 554.", NULL, "554"},
    {"[550] unknown user", NULL, "550"},
    {"返信コード: 550 です。5.1.1 です", "5.1.1", "550"},
    {"\xE3\x80\x8C"
     "550 5.1.1\xE3\x80\x8D",
     "5.1.1", "550"},
    {"line one\n550 5.1.1 line two", "5.1.1", "550"},
    {"mx.example.com 450 4.7.1 greylisted", "4.7.1", "450"},
    {"550 4.7.1 classes differ", "4.7.1", "550"},
    {"domain example.com code 5.1.10 null MX", "5.1.10", NULL},
    {"550 5.7.509: Access denied", "5.7.509", "550"},
    {"5.1.1", "5.1.1", NULL},
    {"550", NULL, "550"},
    {"452 4.1.1,4.2.2", "4.1.1", "452"},
    /* addresses */
    {"192.5.1.1", NULL, NULL},
    {"5.1.1.1", NULL, NULL},
    {"[5.1.1.1]", NULL, NULL},
    {"4.4.8.8 said nothing", NULL, NULL},
    {"host [203.0.5.1] refused", NULL, NULL},
    {"10.5.1.1:550", NULL, NULL},
    /* versions */
    {"Postfix 3.5.1", NULL, NULL},
    {"Postfix 5.1.1", NULL, NULL},
    {"Sendmail 5.1.1", NULL, NULL},
    {"(Exim 4.94.2)", NULL, NULL},
    {"Exim 4.9.2", NULL, NULL},
    {"version 5.2.1", NULL, NULL},
    {"v5.2.1", NULL, NULL},
    {"server-5.2.1", NULL, NULL},
    {"libfoo/5.2.1", NULL, NULL},
    {"5.2.1-beta3", NULL, NULL},
    {"5.2.1b", NULL, NULL},
    {"Microsoft SMTP Server 5.0.2", NULL, NULL},
    {"Exchange Server (5.5.2653.13)", NULL, NULL},
    {"8.15.2/8.15.2", NULL, NULL},
    {"x-5.1.1.example.com", NULL, NULL},
    {"5.1.1.example.com", NULL, NULL},
    {"5.1.1@example.com", NULL, NULL},
    {"https://example.com/5.1.1", NULL, NULL},
    {"https://example.com/?q=5.1.1", NULL, NULL},
    /* dates, sizes, numbers */
    {"4.12.2020", NULL, NULL},
    {"4.12.20", NULL, NULL},
    {"2024-05-01 10:45:50", NULL, NULL},
    {"at 12:450", NULL, NULL},
    {"2.0.0 Ok: queued as 4521", NULL, NULL},
    {"size 550 bytes", NULL, NULL},
    {"limit: 500 KB", NULL, NULL},
    {"retry in: 450 seconds", NULL, NULL},
    {"4500 messages", NULL, NULL},
    {"A550 rejects", NULL, NULL},
    {"room 550 is empty", NULL, NULL},
    {"1,550 mails", NULL, NULL},
    {"+81-3-550-1234", NULL, NULL},
    {"price: 4.50", NULL, NULL},
    {"5.1", NULL, NULL},
    {"5.1.", NULL, NULL},
    {"5.1.0001", NULL, NULL},
    {"5.01.1", NULL, NULL},
    {"size=5.1.1", NULL, NULL},
    {"550@example.com", NULL, NULL},
    {"SIZE=552", NULL, NULL},
    {"600 6.1.1", NULL, NULL},
    {"", NULL, NULL},
    /* the code behind what only looks like one */
    {"Postfix 5.1.1 on [192.0.5.1] said: 550 5.7.1 no", "5.7.1", "550"},
};

static void check(const char *kind, const char *text, const char *want, gboolean found, gsize start, gsize end) {
  g_autofree char *got = found ? g_strndup(text + start, end - start) : NULL;
  if (g_strcmp0(got, want) != 0)
    g_test_message("%s in \"%s\": want %s, got %s", kind, text, want ? want : "none", got ? got : "none");
  g_assert_cmpstr(got, ==, want);
}

static void test_find(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    gsize start = 0, end = 0;
    gboolean found = status_find(cases[i].text, &start, &end);
    check("status", cases[i].text, cases[i].status, found, start, end);
    found = reply_find(cases[i].text, &start, &end);
    check("reply", cases[i].text, cases[i].reply, found, start, end);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/status/find", test_find);
  return g_test_run();
}
