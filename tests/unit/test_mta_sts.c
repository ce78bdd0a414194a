/* RFC 8461 rule by rule, and the probe over recordings. */
#include "faults.h"

#include "mail/mta_sts.h"

/* --- records --- */

static const struct {
  const char *rule, *text;
  MtaStsRecord state;
  const char *id;
} record_cases[] = {
    {"s3.1 the example", "v=STSv1; id=20160831085700Z;", MTA_STS_RECORD_OK, "20160831085700Z"},
    {"s3.1 no delimiter at the end", "v=STSv1; id=1", MTA_STS_RECORD_OK, "1"},
    {"s3.1 no blanks", "v=STSv1;id=1;", MTA_STS_RECORD_OK, "1"},
    {"s3.1 blanks around the delimiters", "v=STSv1 \t; id=1 ; ", MTA_STS_RECORD_OK, "1"},
    {"s3.1 unknown fields are ignored", "v=STSv1; a.b-c_d=x:y; id=1; e=f", MTA_STS_RECORD_OK, "1"},
    {"s3.1 id of 32", "v=STSv1; id=abcdefghijabcdefghijabcdefghij12", MTA_STS_RECORD_OK,
     "abcdefghijabcdefghijabcdefghij12"},
    {"s3.1 id of 33", "v=STSv1; id=abcdefghijabcdefghijabcdefghij123", MTA_STS_BAD_ID, NULL},
    {"s3.1 id of letters and digits", "v=STSv1; id=2016-08-31", MTA_STS_BAD_ID, NULL},
    {"s3.1 an empty id", "v=STSv1; id=;", MTA_STS_BAD_ID, NULL},
    {"s3.1 id is needed", "v=STSv1; x=1", MTA_STS_NO_ID, NULL},
    {"s3.1 nothing but the version", "v=STSv1;", MTA_STS_NO_ID, NULL},
    {"s3.1 not even a delimiter", "v=STSv1", MTA_STS_BARE, NULL},
    {"s3.1 names mind case", "v=STSv1; ID=1", MTA_STS_NO_ID, NULL},
    {"s3.1 a field is name=value", "v=STSv1; id=1; rubbish", MTA_STS_BAD_SYNTAX, NULL},
    {"s3.1 a value has something in it", "v=STSv1; id=1; x=", MTA_STS_BAD_SYNTAX, NULL},
    {"s3.1 no blank in a value", "v=STSv1; id=1; x=a b", MTA_STS_BAD_SYNTAX, NULL},
    {"s3.1 no empty field", "v=STSv1;; id=1", MTA_STS_BAD_SYNTAX, NULL},
    {"s3.1 the version is exact", "v=stsv1; id=1", MTA_STS_NO_RECORD, NULL},
    {"s3.1 the version ends", "v=STSv10; id=1", MTA_STS_NO_RECORD, NULL},
    {"s3.1 the version is first", "id=1; v=STSv1", MTA_STS_NO_RECORD, NULL},
    {"s3.1 nothing before it", " v=STSv1; id=1", MTA_STS_NO_RECORD, NULL},
    {"s3.1 other texts", "v=spf1 -all", MTA_STS_NO_RECORD, NULL},
    {"s3.1 nothing", "", MTA_STS_NO_RECORD, NULL},
};

static void test_records(void) {
  for (guint i = 0; i < G_N_ELEMENTS(record_cases); i++) {
    g_autoptr(GBytes) data = g_bytes_new_static(record_cases[i].text, strlen(record_cases[i].text));
    g_autofree char *id = NULL;
    g_test_message("RFC 8461 %s", record_cases[i].rule);
    g_assert_cmpint(mta_sts_record_parse(data, &id), ==, record_cases[i].state);
    g_assert_cmpstr(id, ==, record_cases[i].id);
  }
  g_autoptr(GBytes) nul = g_bytes_new_static("v=STSv1; id=1\0;", 15);
  g_assert_cmpint(mta_sts_record_parse(nul, NULL), ==, MTA_STS_BAD_SYNTAX);
}

/* --- policies --- */

#define HEAD "version: STSv1\nmode: enforce\nmax_age: 86400\n"

static const struct {
  const char *rule, *text;
  MtaStsMode mode;
  gint64 max_age;
  guint mx, faults;
} policy_cases[] = {
    {"s3.2 the example", "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n",
     MTA_STS_MODE_ENFORCE, 604800, 3, 0},
    {"s3.2 lines end in CRLF too", "version: STSv1\r\nmode: testing\r\nmx: a.example\r\nmax_age: 0", MTA_STS_MODE_TESTING, 0, 1, 0},
    {"s3.2 blanks before a value and at the end", "version:STSv1 \nmode: \t testing\t\nmx:a.example \nmax_age:1\n",
     MTA_STS_MODE_TESTING, 1, 1, 0},
    {"s3.2 mode none needs no mx", "version: STSv1\nmode: none\nmax_age: 1\n", MTA_STS_MODE_NONE, 1, 0, 0},
    {"s3.2 unknown fields are ignored", HEAD "mx: a.example\nnew-thing: 5\n", MTA_STS_MODE_ENFORCE, 86400, 1, 0},
    {"s3.2 version is needed", "mode: enforce\nmax_age: 1\nmx: a.example", MTA_STS_MODE_ENFORCE, 1, 1, MTA_STS_NO_VERSION},
    {"s3.2 version is exact", "version: stsv1\nmode: enforce\nmax_age: 1\nmx: a.example", MTA_STS_MODE_ENFORCE, 1, 1,
     MTA_STS_NO_VERSION},
    {"s3.2 mode is needed", "version: STSv1\nmax_age: 1\nmx: a.example", MTA_STS_MODE_UNSET, 1, 1, MTA_STS_NO_MODE},
    {"s3.2 mode is a word in small letters", "version: STSv1\nmode: Enforce\nmax_age: 1\nmx: a.example", MTA_STS_MODE_UNSET,
     1, 1, MTA_STS_NO_MODE},
    {"s3.2 max_age is needed", "version: STSv1\nmode: testing\nmx: a.example", MTA_STS_MODE_TESTING, -1, 1, MTA_STS_NO_MAX_AGE},
    {"s3.2 max_age is a number", "version: STSv1\nmode: testing\nmx: a.example\nmax_age: -1", MTA_STS_MODE_TESTING, -1, 1,
     MTA_STS_NO_MAX_AGE},
    {"s3.2 of at most ten digits", "version: STSv1\nmode: testing\nmx: a.example\nmax_age: 00000086400", MTA_STS_MODE_TESTING,
     -1, 1, MTA_STS_NO_MAX_AGE},
    {"s3.2 max_age is a year at most", "version: STSv1\nmode: testing\nmx: a.example\nmax_age: 31557601",
     MTA_STS_MODE_TESTING, 31557600, 1, MTA_STS_LONG_AGE},
    {"s3.2 mx is needed", HEAD, MTA_STS_MODE_ENFORCE, 86400, 0, MTA_STS_NO_MX},
    {"s3.2 a star is one label, the first", HEAD "mx: a.*.example\nmx: *a.example\nmx: *\nmx: *.*.example\n",
     MTA_STS_MODE_ENFORCE, 86400, 0, MTA_STS_NO_MX | MTA_STS_BAD_MX},
    {"s3.2 no mx with a dot at the end", HEAD "mx: a.example.\nmx: b.example", MTA_STS_MODE_ENFORCE, 86400, 1, MTA_STS_BAD_MX},
    {"s3.2 several names in one line are none", HEAD "mx: a.example, b.example\nmx: c.example", MTA_STS_MODE_ENFORCE, 86400, 1,
     MTA_STS_BAD_MX},
    {"s3.2 the first of two counts", HEAD "mode: none\nmx: a.example", MTA_STS_MODE_ENFORCE, 86400, 1, MTA_STS_TWICE},
    {"s3.2 a bad first one counts too", "version: STSv1\nmode: x\nmode: none\nmax_age: 1\n", MTA_STS_MODE_UNSET, 1, 0,
     MTA_STS_NO_MODE | MTA_STS_TWICE | MTA_STS_NO_MX},
    {"s3.2 names mind case", "Version: STSv1\nmode: none\nmax_age: 1\n", MTA_STS_MODE_NONE, 1, 0, MTA_STS_NO_VERSION},
    /* The mistake of finding errors in a policy and telling nobody. */
    {"s3.2 errors of the syntax are told", HEAD "mx: a.example\nhello\n : x\n", MTA_STS_MODE_ENFORCE, 86400, 1, MTA_STS_SYNTAX},
    {"s3.2 no blank before the colon", HEAD "mx : a.example", MTA_STS_MODE_ENFORCE, 86400, 0, MTA_STS_NO_MX},
    {"a page", "<!DOCTYPE html>\n<html>", MTA_STS_MODE_UNSET, -1, 0,
     MTA_STS_NO_VERSION | MTA_STS_NO_MODE | MTA_STS_NO_MAX_AGE | MTA_STS_NO_MX | MTA_STS_SYNTAX},
    {"a byte order mark", "\xef\xbb\xbfversion: STSv1\nmode: none\nmax_age: 1\n", MTA_STS_MODE_NONE, 1, 0,
     MTA_STS_NO_VERSION | MTA_STS_SYNTAX},
    {"not UTF-8", HEAD "mx: a.example\nx: \xff\n", MTA_STS_MODE_ENFORCE, 86400, 1, MTA_STS_NOT_TEXT},
    {"nothing", "", MTA_STS_MODE_UNSET, -1, 0, MTA_STS_NO_VERSION | MTA_STS_NO_MODE | MTA_STS_NO_MAX_AGE | MTA_STS_NO_MX},
};

static void test_policies(void) {
  for (guint i = 0; i < G_N_ELEMENTS(policy_cases); i++) {
    g_autoptr(MtaStsPolicy) policy = mta_sts_policy_parse(policy_cases[i].text, strlen(policy_cases[i].text));
    g_test_message("RFC 8461 %s", policy_cases[i].rule);
    g_assert_cmpint(policy->mode, ==, policy_cases[i].mode);
    g_assert_cmpint(policy->max_age, ==, policy_cases[i].max_age);
    g_assert_cmpuint(policy->mx->len, ==, policy_cases[i].mx);
    g_assert_cmphex(policy->faults, ==, policy_cases[i].faults);
  }
  g_autoptr(MtaStsPolicy) nul = mta_sts_policy_parse(HEAD "mx: a.example\0", sizeof HEAD "mx: a.example");
  g_assert_cmphex(nul->faults, ==, MTA_STS_NOT_TEXT);
  g_autoptr(GString) long_one = g_string_new(HEAD);
  while (long_one->len < 2 * MTA_STS_MAX_BODY)
    g_string_append(long_one, "mx: a.example\n");
  g_autoptr(MtaStsPolicy) many = mta_sts_policy_parse(long_one->str, long_one->len);
  g_assert_cmpuint(many->mx->len, ==, 200);
}

static const struct {
  const char *rule, *pattern, *host;
  gboolean matches;
} match_cases[] = {
    {"s4.1 the name itself", "mx1.example.com", "mx1.example.com", TRUE},
    {"s4.1 whatever its case", "mx1.example.com", "MX1.Example.COM", TRUE},
    {"s4.1 a star is one label", "*.example.com", "mx1.example.com", TRUE},
    {"s4.1 not two", "*.example.com", "a.mx1.example.com", FALSE},
    {"s4.1 not none", "*.example.com", "example.com", FALSE},
    {"s4.1 not a piece of one", "*.example.com", "badexample.com", FALSE},
    {"s4.1 a name without star stands for no other", "example.com", "mx1.example.com", FALSE},
    {"s4.1 the mistake with *.mx.microsoft", "*.mx.microsoft", "x.h-v1.mx.microsoft", FALSE},
    {"s4.1 what would be right there", "*.h-v1.mx.microsoft", "x.h-v1.mx.microsoft", TRUE},
};

static void test_matches(void) {
  for (guint i = 0; i < G_N_ELEMENTS(match_cases); i++) {
    g_test_message("RFC 8461 %s", match_cases[i].rule);
    g_assert_cmpint(mta_sts_pattern_matches(match_cases[i].pattern, match_cases[i].host), ==, match_cases[i].matches);
  }
  g_assert_true(mta_sts_type_is_right("text/plain"));
  g_assert_true(mta_sts_type_is_right("Text/Plain ; charset=iso-8859-1; x=y")); /* s3.2: parameters do not count */
  g_assert_false(mta_sts_type_is_right("text/html"));
  g_assert_false(mta_sts_type_is_right("text/plainer"));
  g_assert_false(mta_sts_type_is_right(NULL));
}

/* --- the probe --- */

#define TXT(domain, text) "{\"dns\":\"_mta-sts." domain " TXT\",\"answer\":[\"\\\"" text "\\\"\"]}"
#define MX(domain, ...) "{\"dns\":\"" domain " MX\",\"answer\":[" __VA_ARGS__ "]}"
#define NOTHING(question) "{\"dns\":\"" question "\",\"status\":\"nodata\"}"
#define POLICY(domain, members) "{\"talk\":\"https://mta-sts." domain "/.well-known/mta-sts.txt\"," members "}"
#define BODY(text) "\"code\":200,\"type\":\"text/plain\",\"body\":\"version: STSv1\\n" text "max_age: 86400\\n\""
/* A domain whose servers have addresses. */
#define HOSTS(domain, address) \
  "{\"dns\":\"mta-sts." domain " A\",\"answer\":[\"" address "\"]}", NOTHING("mta-sts." domain " AAAA"), \
      NOTHING(domain " A"), NOTHING(domain " AAAA")
#define WHOLE(domain) TXT(domain, "v=STSv1; id=1"), HOSTS(domain, "192.0.2.80")

static const char *const world[] = {
    WHOLE("good.example"), MX("good.example", "\"10 mx1.good.example\",\"20 MX2.good.example\""),
    POLICY("good.example", BODY("mode: enforce\\nmx: *.good.example\\n")),
    WHOLE("part.example"), MX("part.example", "\"10 mx1.part.example\",\"20 mx.old.example\""),
    POLICY("part.example", BODY("mode: enforce\\nmx: mx1.part.example\\n")),
    WHOLE("wrong.example"), MX("wrong.example", "\"10 x.h-v1.mx.microsoft\""),
    POLICY("wrong.example", BODY("mode: enforce\\nmx: *.mx.microsoft\\n")),
    WHOLE("test.example"), MX("test.example", "\"10 mx.old.example\""),
    POLICY("test.example", BODY("mode: testing\\nmx: mx1.test.example\\n")),
    WHOLE("off.example"), MX("off.example", "\"10 mx1.off.example\""), POLICY("off.example", BODY("mode: none\\n")),
    WHOLE("null.example"), MX("null.example", "\"0 .\""),
    POLICY("null.example", BODY("mode: enforce\\nmx: *.null.example\\n")),
    TXT("own.example", "v=STSv1; id=1"), NOTHING("own.example MX"), "{\"dns\":\"own.example A\",\"answer\":[\"192.0.2.25\"]}",
    NOTHING("own.example AAAA"), POLICY("own.example", BODY("mode: enforce\\nmx: own.example\\n")),
    "{\"dns\":\"_mta-sts.none.example TXT\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"_mta-sts.slow.example TXT\",\"status\":\"timeout\"}",
    TXT("two.example", "v=STSv1; id=1\\\"\",\"\\\"v=STSv1; id=2"),
    TXT("beside.example", "v=STSv1; id=1\\\"\",\"\\\"v=spf1 -all"), HOSTS("beside.example", "192.0.2.80"),
    MX("beside.example", "\"10 mx1.beside.example\""),
    POLICY("beside.example", BODY("mode: enforce\\nmx: mx1.beside.example\\n")),
    TXT("spare.example", "v=STSv1; id=1\\\"\",\"\\\"v=STSv1"), HOSTS("spare.example", "192.0.2.80"),
    MX("spare.example", "\"10 mx1.spare.example\""),
    POLICY("spare.example", BODY("mode: enforce\\nmx: mx1.spare.example\\n")),
    TXT("noid.example", "v=STSv1"), TXT("badid.example", "v=STSv1; id=a-b"), TXT("broken.example", "v=STSv1; id=1; x"),
    TXT("nohost.example", "v=STSv1; id=1"), "{\"dns\":\"mta-sts.nohost.example A\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"mta-sts.nohost.example AAAA\",\"status\":\"nxdomain\"}",
    TXT("blind.example", "v=STSv1; id=1"), "{\"dns\":\"mta-sts.blind.example A\",\"status\":\"servfail\"}",
    NOTHING("mta-sts.blind.example AAAA"),
    TXT("inside.example", "v=STSv1; id=1"), HOSTS("inside.example", "10.0.0.80"),
    POLICY("inside.example", BODY("mode: none\\n")),
    WHOLE("moved.example"), NOTHING("moved.example MX"), POLICY("moved.example", "\"code\":301,\"location\":\"https://www.moved.example/\""),
    WHOLE("gone.example"), POLICY("gone.example", "\"code\":404,\"type\":\"text/plain\",\"body\":\"\""),
    WHOLE("html.example"), POLICY("html.example", "\"code\":200,\"type\":\"text/html\",\"body\":\"<p>\""),
    WHOLE("cert.example"), POLICY("cert.example", "\"status\":\"certificate\",\"phase\":\"tls\",\"error\":\"certificate has expired\""),
    WHOLE("dead.example"), POLICY("dead.example", "\"status\":\"timeout\",\"phase\":\"connect\""),
    WHOLE("bad.example"), POLICY("bad.example", "\"code\":200,\"type\":\"text/plain\",\"body\":\"version: STSv1\\nmode: enforce\\n\""),
    WHOLE("torn.example"), MX("torn.example", "\"10 mx1.torn.example\""),
    POLICY("torn.example", BODY("mode: enforce\\nmx: mx1.torn.example\\nrubbish\\n")),
    WHOLE("empty.example"), POLICY("empty.example", "\"code\":200,\"type\":\"text/plain\""),
    WHOLE("lost.example"), "{\"dns\":\"lost.example MX\",\"status\":\"servfail\"}",
    POLICY("lost.example", BODY("mode: enforce\\nmx: *.lost.example\\n")),
    NULL,
};

static const struct {
  const char *rule, *domain, *status, *fetch, *mode, *match, *blocks;
  Level level;
  const char *words;
} probe_cases[] = {
    {"s4.1 every server is named", "good.example", "ok", "ok", "enforce", "all", "no", LEVEL_OK, "only be sent encrypted"},
    {"s4.1 one is not", "part.example", "ok", "ok", "enforce", "some", "some", LEVEL_WARN, "does not name this mail server"},
    {"s4.1 the mistake that *.mx.microsoft matches x.h-v1.mx.microsoft", "wrong.example", "ok", "ok", "enforce", "none", "all",
     LEVEL_FAIL, "careful senders deliver nothing to it"},
    {"s5 testing stops no mail", "test.example", "ok", "ok", "testing", "none", "no", LEVEL_WARN, "being tried out"},
    {"s5 none stops no mail", "off.example", "ok", "ok", "none", NULL, NULL, LEVEL_NOTE, "given up"},
    {"no mail server to be named", "null.example", "ok", "ok", "enforce", NULL, NULL, LEVEL_OK, "only be sent encrypted"},
    {"RFC 5321 s5.1 the domain is its own server", "own.example", "ok", "ok", "enforce", "all", "no", LEVEL_OK, "encrypted"},
    {"s3.1 no record", "none.example", "none", NULL, NULL, NULL, NULL, LEVEL_NOTE, "stops no mail"},
    {"s3.1 the mistake of taking one of several records", "two.example", "several", NULL, NULL, NULL, NULL, LEVEL_WARN, "more than one"},
    {"s3.1 other records beside it do not count", "beside.example", "ok", "ok", "enforce", "all", "no", LEVEL_OK, "encrypted"},
    {"s3.1 what does not begin with v=STSv1; is discarded", "spare.example", "ok", "ok", "enforce", "all", "no", LEVEL_OK,
     "encrypted"},
    {"s3.1 no id", "noid.example", "bad_record", NULL, NULL, NULL, NULL, LEVEL_WARN, "has no id="},
    {"s3.1 a bad id", "badid.example", "bad_record", NULL, NULL, NULL, NULL, LEVEL_WARN, "letters and digits"},
    {"s3.1 broken", "broken.example", "bad_record", NULL, NULL, NULL, NULL, LEVEL_WARN, "not name=value"},
    {"s3.3 no server", "nohost.example", "no_policy", "no_host", NULL, NULL, NULL, LEVEL_WARN, "does not exist"},
    {"s3.3 a private server is not asked", "inside.example", "no_policy", "private", NULL, NULL, NULL, LEVEL_WARN,
     "private network"},
    {"s3.3 redirects must not be followed", "moved.example", "no_policy", "redirect", NULL, NULL, NULL, LEVEL_WARN,
     "must not follow"},
    {"s3.3 only 200 counts", "gone.example", "no_policy", "http_error", NULL, NULL, NULL, LEVEL_WARN, "the error 404"},
    {"s3.2 text/plain", "html.example", "no_policy", "wrong_type", NULL, NULL, NULL, LEVEL_WARN, "text/html"},
    {"s3.3 the certificate must be good", "cert.example", "no_policy", "certificate", NULL, NULL, NULL, LEVEL_WARN,
     "certificate is not good"},
    {"s3.2 without mx and max_age", "bad.example", "bad_policy", "ok", NULL, NULL, NULL, LEVEL_WARN, "names no mail server"},
    {"s3.2 the mistake of finding errors and telling nobody", "torn.example", "ok", "ok", "enforce", "all", "no", LEVEL_WARN,
     "is not \"name: value\""},
    {"s3.2 an empty policy", "empty.example", "bad_policy", "ok", NULL, NULL, NULL, LEVEL_WARN, "is missing"},
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

static void test_probe(void) {
  g_autoptr(Net) net = whole_world();
  for (guint i = 0; i < G_N_ELEMENTS(probe_cases); i++) {
    g_test_message("RFC 8461 %s", probe_cases[i].rule);
    g_autoptr(ProbeRun) run = run_probe(net, "mta_sts", "domain", probe_cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", probe_cases[i].status);
    assert_fact_or_absent(run, "fetch", probe_cases[i].fetch);
    assert_fact_or_absent(run, "mode", probe_cases[i].mode);
    assert_fact_or_absent(run, "mx_match", probe_cases[i].match);
    assert_fact_or_absent(run, "blocks", probe_cases[i].blocks);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, probe_cases[i].level);
    g_assert_nonnull(find_row(run, probe_cases[i].words));
  }
}

static void test_details(void) {
  g_autoptr(Net) net = whole_world();
  g_autoptr(ProbeRun) part = run_probe(net, "mta_sts", "domain", "part.example", NULL);
  assert_fact(part, "id", "1");
  assert_fact(part, "max_age", "86400");
  assert_fact(part, "patterns", "mx1.part.example");
  assert_fact(part, "mx_unmatched", "mx.old.example");
  const Finding *row = find_row(part, "does not name");
  g_assert_cmpstr(row->subject, ==, "mx.old.example");
  g_assert_cmpuint(row->evidence->len, ==, 2);
  const Evidence *talk = g_ptr_array_index(row->evidence, 1);
  g_assert_cmpstr(talk->asked, ==, "https://mta-sts.part.example/.well-known/mta-sts.txt");
  g_assert_cmpstr(talk->answer, ==, "200, text/plain, 65 octets");
  g_assert_cmpstr(talk->reference, ==, "RFC 8461 s4.1");
  g_autoptr(ProbeRun) cert = run_probe(net, "mta_sts", "domain", "cert.example", NULL);
  g_assert_cmpstr(find_row(cert, "certificate")->quote, ==, "certificate has expired");
  g_autoptr(ProbeRun) bad = run_probe(net, "mta_sts", "domain", "bad.example", NULL);
  assert_fact(bad, "faults", "no_max_age, no_mx");
}

/* A time-out is neither "no policy" nor a bad one. */
static void test_unknown(void) {
  static const struct {
    const char *domain, *status;
  } cases[] = {{"slow.example", "timeout"}, {"blind.example", "servfail"}, {"dead.example", "timeout"}};
  g_autoptr(Net) net = whole_world();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].domain);
    g_autoptr(ProbeRun) run = run_probe(net, "mta_sts", "domain", cases[i].domain, NULL);
    assert_complete(run);
    assert_fact(run, "status", cases[i].status);
    assert_state(run, "mode", FACT_UNKNOWN);
    assert_state(run, "blocks", FACT_UNKNOWN);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_UNKNOWN);
  }
  g_autoptr(ProbeRun) lost = run_probe(net, "mta_sts", "domain", "lost.example", NULL);
  assert_complete(lost);
  assert_fact(lost, "status", "ok");
  assert_state(lost, "mx_match", FACT_UNKNOWN);
  assert_state(lost, "blocks", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(lost)), ==, LEVEL_UNKNOWN);
}

/* What Exchange Online writes into a bounce. */
static void test_codes(void) {
  static const struct {
    const char *domain, *code, *words;
  } cases[] = {
      {"good.example", "5.4.8", "Now it does; a sender may keep its older copy for up to 24 hours"},
      {"wrong.example", "4.4.8", "That is still so"},
      {"good.example", "5.7.5", "certificate"},
      {"good.example", "4.7.5", "certificate"},
      {"good.example", "5.1.1", NULL},
      {"lost.example", "5.4.8", NULL},
  };
  g_autoptr(Net) net = whole_world();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "mta_sts", "domain", cases[i].domain, "code", cases[i].code, NULL);
    g_test_message("%s %s", cases[i].domain, cases[i].code);
    g_assert_true((find_row(run, "From Exchange Online") != NULL) == (cases[i].words != NULL));
    if (cases[i].words != NULL)
      g_assert_nonnull(find_row(run, cases[i].words));
  }
}

static void test_names(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(ProbeRun) run = run_probe(net, "mta_sts", "domain", "no domain", NULL);
  assert_complete(run);
  assert_fact(run, "status", "bad_name");
  g_autoptr(ProbeRun) unheard = run_probe(net, "mta_sts", "domain", "unheard.example", NULL);
  assert_complete(unheard);
  assert_state(unheard, "status", FACT_UNKNOWN);
}

static void test_faults(void) {
  static const char *const domains[] = {"good.example", "part.example", "wrong.example", "test.example", "moved.example"};
  for (guint i = 0; i < G_N_ELEMENTS(domains); i++)
    assert_faults(&(FaultCase){"mta_sts", (const char *const[]){"domain", domains[i], "code", "5.4.8", NULL}, world,
                               (const char *const[]){NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mta-sts/records", test_records);
  g_test_add_func("/mta-sts/policies", test_policies);
  g_test_add_func("/mta-sts/matches", test_matches);
  g_test_add_func("/mta-sts/probe", test_probe);
  g_test_add_func("/mta-sts/details", test_details);
  g_test_add_func("/mta-sts/unknown", test_unknown);
  g_test_add_func("/mta-sts/codes", test_codes);
  g_test_add_func("/mta-sts/names", test_names);
  g_test_add_func("/mta-sts/faults", test_faults);
  return g_test_run();
}
