/* Asking a mail server about an address, over a recording: what its replies say of the mailbox, and what of us. */
#include "faults.h"

static Net *net;

static const struct {
  const char *rule, *email, *status;
  Level level;
  const char *control; /* NULL: unknown fact */
} cases[] = {
    {"accepted, and the control refused", "Taro.Yamada@good.example", "accepted", LEVEL_OK, "refused"},
    {"RFC 5321 s4.2.3 252", "a@verify.example", "accepted", LEVEL_OK, "refused"},
    {"accepts everything", "a@all.example", "catch_all", LEVEL_UNKNOWN, "accepted"},
    {"the control address put off", "a@half.example", "perhaps", LEVEL_UNKNOWN, "unknown"},
    {"broken off before the control address", "a@cut.example", "perhaps", LEVEL_UNKNOWN, "unknown"},
    {"Postfix's words", "a@unknown.example", "unknown_user", LEVEL_FAIL, "refused"},
    {"words without a code", "a@words.example", "unknown_user", LEVEL_FAIL, "refused"},
    {"RFC 3463 s3.2 X.1.1", "a@code.example", "unknown_user", LEVEL_FAIL, "refused"},
    {"RFC 3463 s3.3 X.2.1", "a@disabled.example", "disabled", LEVEL_FAIL, "refused"},
    {"RFC 3463 s3.3 4.2.2", "a@full.example", "full", LEVEL_FAIL, "refused"},
    {"RFC 3463 s3.3 5.2.2", "a@full5.example", "full", LEVEL_FAIL, "refused"},
    {"a blocklist is about us", "a@blocked.example", "refused_us", LEVEL_UNKNOWN, "refused"},
    {"RFC 7372 s3.3 5.7.25 is about us", "a@noptr.example", "refused_us", LEVEL_UNKNOWN, "refused"},
    {"RFC 3463 s3.8 5.7.1 is about permission", "a@policy.example", "refused_us", LEVEL_UNKNOWN, "refused"},
    {"RFC 6647 s2 450", "a@grey.example", "greylisted", LEVEL_UNKNOWN, "unknown"},
    {"RFC 6647 s2 451", "a@grey451.example", "greylisted", LEVEL_UNKNOWN, "unknown"},
    {"RFC 5321 s4.2.1 4yz is not for good", "a@later.example", "later", LEVEL_UNKNOWN, "unknown"},
    {"RFC 5321 s4.2.1 4yz is not for good, whatever the subject", "a@unknown4.example", "later", LEVEL_UNKNOWN, "unknown"},
    {"a refusal without a reason", "a@other.example", "refused_address", LEVEL_FAIL, "refused"},
    {"common mistake: 556 is a code of its own (RFC 7504 s4)", "a@nomail556.example", "no_mail", LEVEL_FAIL, "refused"},
    {"common mistake: 521 is a code of its own (RFC 7504 s3)", "a@nomail521.example", "no_mail", LEVEL_FAIL, "unknown"},
    {"RFC 3207 s4 530", "a@tls.example", "refused_us", LEVEL_UNKNOWN, "unknown"},
    {"RFC 5321 s3.8 421 in the middle", "a@bye.example", "later", LEVEL_UNKNOWN, "unknown"},
    {"refused before the address was named", "a@mail.example", "refused_us", LEVEL_UNKNOWN, "unknown"},
    {"refuses the empty sender", "a@null.example", "refused_us", LEVEL_UNKNOWN, "unknown"},
    {"not now, before the address was named", "a@mail4.example", "later", LEVEL_UNKNOWN, "unknown"},
    {"greylisting at MAIL", "a@mailgrey.example", "greylisted", LEVEL_UNKNOWN, "unknown"},
    {"no answer to RCPT", "a@slow.example", "no_answer", LEVEL_UNKNOWN, "unknown"},
    {"RFC 6531 s3.4", "太郎@utf8.example", "accepted", LEVEL_OK, "refused"},
    {"RFC 6531 s3.4 not offered", "太郎@noutf8.example", "no_utf8", LEVEL_FAIL, "unknown"},
    {"common mistake: a 554 banner is no answer about the address", "a@banner.example", "declined", LEVEL_UNKNOWN, NULL},
    {"common mistake: a late greeting is no fault", "a@hang.example", "no_answer", LEVEL_UNKNOWN, NULL},
    {"common mistake: port 25 may be blocked here", "a@down.example", "unreachable", LEVEL_UNKNOWN, NULL},
    {"broken encryption is another matter", "a@notls.example", "accepted", LEVEL_OK, "refused"},
    {"the next server if there is no connection", "a@two.example", "accepted", LEVEL_OK, "refused"},
    {"RFC 7505 s3", "a@nomail.example", "no_mail", LEVEL_FAIL, NULL},
    {"nobody could tell", "a@lost.example", "servfail", LEVEL_UNKNOWN, NULL},
    {"a private address", "a@private.example", "no_address", LEVEL_WARN, NULL},
    {"no address", "a@@x", "bad_name", LEVEL_FAIL, NULL},
};

static void test_cases(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s: %s", cases[i].rule, cases[i].email);
    g_autoptr(ProbeRun) run = run_probe(net, "rcpt", "email", cases[i].email, NULL);
    assert_complete(run);
    assert_fact(run, "status", cases[i].status);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, cases[i].level);
    if (cases[i].control != NULL)
      assert_fact(run, "control", cases[i].control);
    else
      assert_state(run, "control", FACT_UNKNOWN);
  }
}

static void test_facts(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "rcpt", "email", "a@unknown.example", NULL);
  assert_fact(run, "code", "550");
  assert_fact(run, "enhanced", "5.1.1");
  assert_fact(run, "cause", "recipient_unknown");
  assert_fact(run, "server", "mx.unknown.example");
  assert_row(run, LEVEL_NOTE, "What these words mean");
  g_assert_true(g_str_has_prefix(find_row(run, "no such mailbox")->quote, "550 5.1.1 <a@unknown.example>"));
  g_autoptr(ProbeRun) good = run_probe(net, "rcpt", "email", "Taro.Yamada@good.example", NULL);
  assert_fact(good, "code", "250");
  assert_state(good, "cause", FACT_ABSENT);
  g_autoptr(ProbeRun) two = run_probe(net, "rcpt", "email", "a@two.example", NULL);
  assert_fact(two, "server", "mx2.two.example");
}

/* One server, one connection, no message: nothing but MAIL, RCPT twice and RSET is said, with an empty sender, and the
 * local part as it was typed (common mistake: folding its case, RFC 5321 s2.4). */
static void test_what_is_sent(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "rcpt", "email", "Taro.Yamada@GOOD.example", NULL);
  guint talks = 0;
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(run)); i++) {
    g_autofree char *line = net_waiter_line(probe_run_waiter(run), i);
    if (!g_str_has_prefix(line, "{\"talk\""))
      continue;
    talks++;
    g_assert_nonnull(strstr(line, " MAIL FROM:<>; RCPT TO:<Taro.Yamada@good.example>; RCPT TO:<nonce@good.example>; RSET\""));
    g_assert_null(strstr(line, "DATA"));
  }
  g_assert_cmpuint(talks, ==, 1);
}

/* Whatever fails, an address is neither good nor bad by it. */
static void test_faults(void) {
  static const char *const bad[] = {
      "\"status\":\"timeout\",\"phase\":\"connect\"",  "\"status\":\"timeout\",\"phase\":\"greeting\"",
      "\"status\":\"timeout\",\"phase\":\"hello\"",    "\"status\":\"timeout\",\"phase\":\"commands\"",
      "\"status\":\"refused\",\"phase\":\"connect\"",  "\"status\":\"unreachable\",\"phase\":\"connect\"",
      "\"status\":\"closed\",\"phase\":\"greeting\"",  "\"status\":\"closed\",\"phase\":\"commands\"",
      "\"status\":\"garbage\",\"phase\":\"greeting\"", "\"status\":\"garbage\",\"phase\":\"commands\"",
      "\"status\":\"too_big\",\"phase\":\"greeting\"", "\"status\":\"failed\",\"phase\":\"connect\"",
      "\"status\":\"cancelled\"",                      "\"status\":\"declined\",\"phase\":\"greeting\"",
  };
  static const char *const dns[] = {"timeout", "servfail", "refused", "garbage"};
  const char *const questions[] = {"x.example MX", "mx.x.example A", "mx.x.example AAAA", NULL};
  const char *const data[] = {"\"answer\":[\"10 mx.x.example\"]", "\"answer\":[\"198.51.100.1\"]", "\"status\":\"nodata\""};
  for (guint k = 0; k < G_N_ELEMENTS(bad) + 3 * G_N_ELEMENTS(dns); k++) {
    g_autoptr(Net) own = replay(NULL);
    guint failing = k < G_N_ELEMENTS(bad) ? 3 : (k - G_N_ELEMENTS(bad)) / G_N_ELEMENTS(dns);
    for (guint q = 0; questions[q] != NULL; q++) {
      g_autofree char *fault = g_strdup_printf("\"status\":\"%s\"", dns[(k + 2) % G_N_ELEMENTS(dns)]);
      g_autofree char *line = g_strdup_printf("{\"dns\":\"%s\",%s}", questions[q], q == failing ? fault : data[q]);
      g_assert_true(net_preload(own, line, NULL));
    }
    g_autofree char *talk = g_strdup_printf(
        "{\"talk\":\"smtp mx.x.example:25 198.51.100.1 MAIL FROM:<>; RCPT TO:<a@x.example>; RCPT TO:<nonce@x.example>; "
        "RSET\",%s}",
        k < G_N_ELEMENTS(bad) ? bad[k] : "\"lines\":[\"> MAIL FROM:<>\",\"< 250 ok\",\"> RCPT TO:<a@x.example>\",\"< 250 ok\"]");
    g_autoptr(GError) error = NULL;
    net_preload(own, talk, &error);
    g_assert_no_error(error);
    g_autoptr(ProbeRun) run = run_probe(own, "rcpt", "email", "a@x.example", NULL);
    g_test_message("%s", talk);
    assert_complete(run);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/rcpt.jsonl");
  g_test_add_func("/rcpt/cases", test_cases);
  g_test_add_func("/rcpt/facts", test_facts);
  g_test_add_func("/rcpt/what-is-sent", test_what_is_sent);
  g_test_add_func("/rcpt/faults", test_faults);
  int status = g_test_run();
  net_free(net);
  return status;
}
