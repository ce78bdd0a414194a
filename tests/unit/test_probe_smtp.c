/* Talking to mail servers, over a recording: what each of them says, and on whose side a silence is. */
#include "faults.h"

static Net *net;

static void test_good(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", "Example.com", NULL);
  assert_complete(run);
  assert_fact(run, "status", "ok");
  assert_fact(run, "servers", "mx1.example.com, mx2.example.com");
  assert_fact(run, "reached", "192.0.2.25, 192.0.2.26");
  assert_fact(run, "unreached", "2001:db8::25");
  assert_fact(run, "private", "");
  assert_fact(run, "features", "SIZE");
  assert_fact(run, "size_limit", "10485760");
  assert_fact(run, "starttls", "all");
  assert_fact(run, "tls", "TLSv1.3");
  assert_fact(run, "certificate", "faulty");
  assert_fact(run, "certificate_faults", "name");
  assert_fact(run, "smtputf8", "some");
  assert_fact(run, "requiretls", "some");
  assert_state(run, "size_fits", FACT_UNKNOWN);
  /* No way to IPv6 here is not the server's fault. */
  assert_row(run, LEVEL_NOTE, "no way to IPv6");
  assert_row(run, LEVEL_OK, "made out for this name");
  assert_row(run, LEVEL_NOTE, "another name: other.example.net");
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_NOTE);
  const Finding *first = find_row(run, "The server answers");
  g_assert_cmpstr(first->quote, ==, "220 mx1.example.com ESMTP");
  g_assert_cmpuint(first->evidence->len, ==, 1);
}

/* --- one server each --- */

static const struct {
  const char *rule, *domain, *status;
  Level level;
  const char *words;
} ends[] = {
    {"common mistake: a 554 banner is no answer to DATA (RFC 5321 s3.1)", "banner554.example", "declined", LEVEL_WARN,
     "at the door, before any mail was offered"},
    {"common mistake: 521 is a code of its own (RFC 7504 s3)", "banner521.example", "declined", LEVEL_FAIL,
     "takes no mail at all"},
    {"RFC 5321 s3.8 421", "busy.example", "declined", LEVEL_UNKNOWN, "sends us away for now"},
    {"RFC 5321 s3.1 a greeting of 4yz", "later.example", "declined", LEVEL_UNKNOWN, "for now"},
    {"RFC 5321 s4.1.1.1 EHLO and HELO refused", "ehlo.example", "declined", LEVEL_WARN, "before any mail was offered"},
    {"common mistake: a late greeting is no fault (RFC 5321 s4.5.3.2.1)", "slow.example", "no_answer", LEVEL_UNKNOWN,
     "no greeting within 30 s"},
    {"a hang after EHLO", "stuck.example", "no_answer", LEVEL_UNKNOWN, "stopped answering after our greeting"},
    {"another protocol", "noise.example", "broken", LEVEL_WARN, "could not be understood"},
    {"no greeting, but good-bye", "hangup.example", "broken", LEVEL_WARN, "the connection broke off"},
    {"a greeting without end", "flood.example", "broken", LEVEL_WARN, "too long"},
    {"RFC 3207 not offered", "plain.example", "ok", LEVEL_NOTE, "No encryption"},
    {"RFC 5321 s3.2 HELO after all", "helo.example", "ok", LEVEL_OK, "answers"},
    {"RFC 3207 s4.1 broken after 220", "brokentls.example", "ok", LEVEL_WARN, "Encryption is offered, but does not come about"},
    {"RFC 3207 s4 454", "turneddown.example", "ok", LEVEL_WARN, "turned the request for it down"},
    {"RFC 5280 s4.1.2.5 too late", "expired.example", "ok", LEVEL_WARN, "has expired (2026-11-21 to 2126-10-28)"},
    {"RFC 5280 s4.1.2.5 too early", "early.example", "ok", LEVEL_WARN, "not valid yet"},
    {"self-signed", "self.example", "ok", LEVEL_NOTE, "signed by nobody but itself"},
    {"RFC 7505 s3", "null.example", "no_mail", LEVEL_FAIL, "takes no mail"},
    {"RFC 8020 s2", "gone.example", "no_mail", LEVEL_FAIL, "does not exist"},
    {"RFC 5321 s5.1 neither MX nor address", "empty.example", "no_mail", LEVEL_FAIL, "neither a mail server"},
    {"RFC 5321 s5.1 implicit MX", "implicit.example", "ok", LEVEL_NOTE, "answers"},
    {"common mistake: an MX that is an address is not tried (RFC 5321 s5.1)", "literal.example", "no_address", LEVEL_FAIL,
     "has an address"},
    {"nobody could tell", "lost.example", "servfail", LEVEL_UNKNOWN, "could not be found out"},
    {"no name", "no domain", "bad_name", LEVEL_FAIL, "not the name of a domain"},
};

static void test_ends(void) {
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_test_message("%s", ends[i].rule);
    g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", ends[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", ends[i].status);
    if (find_row(run, ends[i].words) == NULL)
      g_error("%s: no row \"%s\"", ends[i].domain, ends[i].words);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, ends[i].level);
  }
  g_autoptr(ProbeRun) banner = run_probe(net, "smtp", "domain", "banner554.example", NULL);
  assert_fact(banner, "code", "554");
  assert_fact(banner, "words", "554 5.7.1 Client host [192.0.2.9] blocked using bl.example");
  assert_fact(banner, "cause", "sender_blocklisted_ip");
  assert_row(banner, LEVEL_NOTE, "What these words mean");
  g_autoptr(ProbeRun) helo = run_probe(net, "smtp", "domain", "ehlo.example", NULL);
  assert_fact(helo, "code", "550");
  g_autoptr(ProbeRun) broken = run_probe(net, "smtp", "domain", "brokentls.example", NULL);
  assert_fact(broken, "starttls", "broken");
  assert_state(broken, "certificate", FACT_UNKNOWN);
  g_autoptr(ProbeRun) plain = run_probe(net, "smtp", "domain", "plain.example", NULL);
  assert_state(plain, "certificate", FACT_ABSENT);
  assert_state(plain, "size_limit", FACT_ABSENT);
}

/* --- port 25 --- */

static const struct {
  const char *name, *domain, *reference, *status;
  Level level;
} silences[] = {
    {"common mistake: port 25 blocked here is not the server's fault", "blocked.example", "192.0.2.202,192.0.2.203",
     "blocked", LEVEL_UNKNOWN},
    {"others can be reached", "down.example", "192.0.2.202 192.0.2.201", "down", LEVEL_FAIL},
    {"refused is as silent as nothing", "shut.example", "192.0.2.202, 192.0.2.203", "blocked", LEVEL_UNKNOWN},
    {"refused, and others answer", "shut.example", "192.0.2.201", "down", LEVEL_FAIL},
    {"a refusal to talk is an answer too", "down.example", "192.0.2.204", "down", LEVEL_FAIL},
    {"the others could not be found", "down.example", "lost.example", "unreachable", LEVEL_UNKNOWN},
    {"the same provider vouches for nobody", "hosted.example", "ref.example 192.0.2.202", "blocked", LEVEL_UNKNOWN},
    {"but for others it does", "down.example", "ref.example 192.0.2.202", "down", LEVEL_FAIL},
    {"nobody else to ask", "down.example", "down.example", "unreachable", LEVEL_UNKNOWN},
};

static void test_port_25(void) {
  for (guint i = 0; i < G_N_ELEMENTS(silences); i++) {
    g_test_message("%s", silences[i].name);
    g_autoptr(ProbeRun) run =
        run_probe(net, "smtp", "domain", silences[i].domain, "reference", silences[i].reference, NULL);
    assert_complete(run);
    assert_fact(run, "status", silences[i].status);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, silences[i].level);
    assert_state(run, "features", FACT_UNKNOWN);
  }
}

/* While servers answer, nobody else is contacted. */
static void test_reference_only_in_need(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", "implicit.example", "reference", "192.0.2.201", NULL);
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 4); /* MX, A, AAAA, one talk */
  g_autoptr(ProbeRun) slow = run_probe(net, "smtp", "domain", "slow.example", "reference", "192.0.2.201", NULL);
  assert_fact(slow, "status", "no_answer");
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(slow)); i++) {
    g_autofree char *line = net_waiter_line(probe_run_waiter(slow), i);
    g_test_message("%s", line);
    g_assert_null(strstr(line, "192.0.2.201"));
  }
}

/* --- the message and its recipient --- */

/* Common mistake: the size without what base64 adds (RFC 1870). */
static void test_size(void) {
  static const struct {
    const char *size, *fits, *words;
  } cases[] = {
      {"7662000", "yes", NULL},
      {"7663000", "no", "7.6 MB become 10.4 MB, and the server takes at most 10.4 MB"},
      {"20000000", "no", "too large: 20.0 MB of files become 27.3 MB"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", "example.com", "size", cases[i].size, NULL);
    assert_complete(run);
    assert_fact(run, "size_fits", cases[i].fits);
    g_assert_cmpint(find_row(run, "at most") != NULL, ==, cases[i].words != NULL);
    if (cases[i].words != NULL)
      assert_row(run, LEVEL_FAIL, cases[i].words);
  }
  g_autoptr(ProbeRun) unlimited = run_probe(net, "smtp", "domain", "plain.example", "size", "20000000", NULL);
  assert_fact(unlimited, "size_fits", "yes");
  g_autoptr(ProbeRun) no_number = run_probe(net, "smtp", "domain", "plain.example", "size", "10MB", NULL);
  assert_row(no_number, LEVEL_FAIL, "no number of octets");
}

/* RFC 6531 s3.2. */
static void test_utf8(void) {
  g_autoptr(ProbeRun) needs = run_probe(net, "smtp", "domain", "example.com", "email", "太郎@example.com", NULL);
  const Finding *row = find_row(needs, "no SMTPUTF8");
  g_assert_nonnull(row);
  g_assert_cmpstr(row->subject, ==, "mx2.example.com 192.0.2.26");
  g_assert_cmpint(row->level, ==, LEVEL_FAIL);
  g_autoptr(ProbeRun) plain = run_probe(net, "smtp", "domain", "example.com", "email", "taro@example.com", NULL);
  g_assert_null(find_row(plain, "no SMTPUTF8"));
}

/* --- whom it talks to --- */

/* What the DNS says may lead into somebody's private network; what the user says is the user's business. */
static void test_private(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", "private.example", NULL);
  assert_complete(run);
  assert_fact(run, "status", "ok");
  assert_fact(run, "private", "10.0.0.25, fe80::1");
  assert_fact(run, "reached", "192.0.2.91");
  assert_row(run, LEVEL_WARN, "10.0.0.25 is not tried");
  for (guint i = 0; i < net_waiter_length(probe_run_waiter(run)); i++) {
    g_autofree char *line = net_waiter_line(probe_run_waiter(run), i);
    g_assert_false(strstr(line, "\"talk\"") != NULL && strstr(line, "10.0.0.25") != NULL);
  }
  g_autoptr(ProbeRun) named = run_probe(net, "smtp", "server", "10.0.0.25", NULL);
  assert_fact(named, "status", "ok");
  assert_fact(named, "reached", "10.0.0.25");
}

static void test_many(void) {
  g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", "many.example", NULL);
  g_assert_cmpint(fact_of(run, "servers")->number, ==, 10);
  g_assert_cmpint(fact_of(run, "reached")->number, ==, 10);
  assert_row(run, LEVEL_NOTE, "3 more addresses");
}

static void test_inputs(void) {
  g_autoptr(ProbeRun) none = run_probe(net, "smtp", NULL);
  assert_complete(none);
  assert_state(none, "status", FACT_UNKNOWN);
  static const char *const bad[][2] = {{"server", "a b"}, {"helo", "x\r\nRSET"}, {"helo", "a b"}, {"port", "0"}, {"port", "x"}};
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "smtp", "domain", "example.com", bad[i][0], bad[i][1], NULL);
    assert_complete(run);
    assert_fact(run, "status", "bad_name");
    g_assert_cmpuint(net_waiter_length(probe_run_waiter(run)), ==, 0);
  }
}

/* --- faults --- */

#define TALK(host, ip)                                                                                               \
  "{\"talk\":\"smtp " host ":25 " ip "\",\"server\":\"" ip ":25\",\"lines\":[\"< 220 " host "\",\"> EHLO pc\","           \
  "\"< 250-" host "\",\"< 250 SIZE 1000\"]}"

static void test_faults(void) {
  static const char *const lines[] = {
      "{\"dns\":\"x.example MX\",\"answer\":[\"10 mx1.x.example\",\"20 mx2.x.example\"]}",
      "{\"dns\":\"mx1.x.example A\",\"answer\":[\"192.0.2.1\",\"192.0.2.3\"]}",
      "{\"dns\":\"mx1.x.example AAAA\",\"status\":\"nodata\"}",
      "{\"dns\":\"mx2.x.example A\",\"answer\":[\"192.0.2.2\"]}",
      "{\"dns\":\"mx2.x.example AAAA\",\"status\":\"nodata\"}",
      TALK("mx1.x.example", "192.0.2.1"),
      TALK("mx1.x.example", "192.0.2.3"),
      TALK("mx2.x.example", "192.0.2.2"),
      NULL};
  assert_faults(&(FaultCase){"smtp", (const char *const[]){"domain", "x.example", NULL}, lines,
                             (const char *const[]){"reached", "unreached", NULL}});
}

/* Of one server alone, by every stage at which it can stop: what could not be told is said to be unknown, and nothing is
 * said to be fine. */
static void test_stages(void) {
  static const char *const ends[] = {
      "\"status\":\"timeout\",\"phase\":\"greeting\"", "\"status\":\"timeout\",\"phase\":\"hello\"",
      "\"status\":\"timeout\",\"phase\":\"starttls\"", "\"status\":\"timeout\",\"phase\":\"tls\"",
      "\"status\":\"failed\",\"error\":\"no libcurl\"", "\"status\":\"cancelled\"", "\"status\":\"not_recorded\"",
  };
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_autoptr(Net) own = replay(NULL);
    g_autofree char *line = g_strdup_printf("{\"talk\":\"smtp 192.0.2.1:25 192.0.2.1\",%s}", ends[i]);
    g_assert_true(net_preload(own, line, NULL));
    g_autoptr(ProbeRun) run = run_probe(own, "smtp", "server", "192.0.2.1", "size", "1000", NULL);
    g_test_message("%s", ends[i]);
    assert_complete(run);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
    g_assert_cmpstr(fact_of(run, "status")->text, ==, "no_answer");
    static const char *const unknown[] = {"features", "starttls", "certificate", "size_fits", "smtputf8", "code"};
    for (guint k = 0; k < G_N_ELEMENTS(unknown); k++)
      assert_state(run, unknown[k], FACT_UNKNOWN);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/smtp.jsonl");
  g_test_add_func("/smtp/good", test_good);
  g_test_add_func("/smtp/ends", test_ends);
  g_test_add_func("/smtp/port-25", test_port_25);
  g_test_add_func("/smtp/reference-only-in-need", test_reference_only_in_need);
  g_test_add_func("/smtp/size", test_size);
  g_test_add_func("/smtp/utf8", test_utf8);
  g_test_add_func("/smtp/private", test_private);
  g_test_add_func("/smtp/many", test_many);
  g_test_add_func("/smtp/inputs", test_inputs);
  g_test_add_func("/smtp/faults", test_faults);
  g_test_add_func("/smtp/stages", test_stages);
  int status = g_test_run();
  net_free(net);
  return status;
}
