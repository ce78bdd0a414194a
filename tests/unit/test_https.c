/* HTTPS requests of probes over recordings: which addresses are asked, which redirects followed. */
#include "probes.h"

#include "probe/https.h"

#define A(name, address) \
  "{\"dns\":\"" name " A\",\"answer\":[\"" address "\"]}", "{\"dns\":\"" name " AAAA\",\"status\":\"nodata\"}"
#define AAAA(name, address) \
  "{\"dns\":\"" name " A\",\"status\":\"nodata\"}", "{\"dns\":\"" name " AAAA\",\"answer\":[\"" address "\"]}"
#define BOTH(name, status) \
  "{\"dns\":\"" name " A\",\"status\":\"" status "\"}", "{\"dns\":\"" name " AAAA\",\"status\":\"" status "\"}"
#define OK(key) "{\"talk\":\"https://" key "\",\"code\":200,\"body\":\"hello\"}"
#define TO(key, location) "{\"talk\":\"https://" key "\",\"code\":302,\"location\":\"" location "\"}"

static const char *const world[] = {
    A("good.example", "192.0.2.80"), OK("good.example/"), OK("good.example/a?b=c"), OK("good.example:8443/"),
    OK("alone.example/"), OK("192.0.2.1/"), OK("[2001:db8::1]/"), OK("10.0.0.1/"), OK("[::1]/"), OK("[fe80::1]/"),
    OK("127.0.0.1/"),
    A("ten.example", "10.0.0.80"), OK("ten.example/"),
    A("loop.example", "127.0.0.1"), OK("loop.example/"),
    A("meta.example", "169.254.169.254"), OK("meta.example/"),
    A("shared.example", "100.64.0.1"), OK("shared.example/"),
    A("zero.example", "0.0.0.0"), OK("zero.example/"),
    AAAA("six.example", "2001:db8::80"), OK("six.example/"),
    AAAA("ula.example", "fd00::80"), OK("ula.example/"),
    AAAA("mapped.example", "::ffff:10.0.0.1"), OK("mapped.example/"),
    AAAA("nat64.example", "64:ff9b::a00:1"), OK("nat64.example/"),
    AAAA("good64.example", "64:ff9b::c000:250"), OK("good64.example/"),
    "{\"dns\":\"mixed.example A\",\"answer\":[\"10.0.0.80\",\"192.0.2.80\"]}", "{\"dns\":\"mixed.example AAAA\",\"status\":\"nodata\"}",
    OK("mixed.example/"),
    "{\"dns\":\"half.example A\",\"answer\":[\"192.0.2.80\"]}", "{\"dns\":\"half.example AAAA\",\"status\":\"timeout\"}",
    OK("half.example/"),
    "{\"dns\":\"blind.example A\",\"status\":\"nodata\"}", "{\"dns\":\"blind.example AAAA\",\"status\":\"servfail\"}",
    BOTH("gone.example", "nxdomain"), BOTH("bare.example", "nodata"), BOTH("slow.example", "timeout"),
    A("plain.example", "192.0.2.80"), TO("plain.example/", "http://good.example/"),
    A("into.example", "192.0.2.80"), TO("into.example/", "https://ten.example/"),
    A("literal.example", "192.0.2.80"), TO("literal.example/", "https://127.0.0.1/"),
    A("ring.example", "192.0.2.80"), TO("ring.example/", "https://ring.example/"),
    A("step.example", "192.0.2.80"), TO("step.example/1", "https://step.example/2"), TO("step.example/2", "https://step.example/3"),
    TO("step.example/3", "https://step.example/4"), TO("step.example/4", "https://step.example/5"),
    TO("step.example/5", "https://step.example/6"), TO("step.example/0", "https://step.example/1"), OK("step.example/6"),
    A("cert.example", "192.0.2.80"), "{\"talk\":\"https://cert.example/\",\"status\":\"certificate\",\"phase\":\"tls\"}",
    A("dead.example", "192.0.2.80"), "{\"talk\":\"https://dead.example/\",\"status\":\"timeout\",\"phase\":\"connect\"}",
    NULL,
};

static const struct {
  const char *url;
  guint redirects;
  HttpsState state;
  const char *word;
  guint hops;
} cases[] = {
    {"https://good.example/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://GOOD.example", 0, HTTPS_ANSWERED, "ok", 1},
    {"HTTPS://good.example:443/a?b=c#d", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://good.example:8443/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://six.example/", 0, HTTPS_ANSWERED, "ok", 1},
    /* A recording made by hand need not tell of addresses. */
    {"https://alone.example/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://192.0.2.1/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://[2001:db8::1]/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://mixed.example/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://good64.example/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://half.example/", 0, HTTPS_ANSWERED, "ok", 1},
    /* Nobody's network is looked into. */
    {"https://ten.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://loop.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://meta.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://shared.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://zero.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://ula.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://mapped.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://nat64.example/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://10.0.0.1/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://127.0.0.1/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://[::1]/", 5, HTTPS_PRIVATE, "private", 1},
    {"https://[fe80::1]/", 5, HTTPS_PRIVATE, "private", 1},
    /* Other ways to write an address. */
    {"https://127.1/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://2130706433/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://0x7f000001/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://0177.0.0.1/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://%31%32%37.0.0.1/", 5, HTTPS_BAD_URL, "bad_url", 1},
    /* Other schemes, and what is no URL. */
    {"http://good.example/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"file:///etc/passwd", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"gopher://good.example/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://good.example@ten.example/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://good.example:25/", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://good.example/a b", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https://good.example/\r\nHost: x", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"https:///", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"good.example", 5, HTTPS_BAD_URL, "bad_url", 1},
    {"", 5, HTTPS_BAD_URL, "bad_url", 1},
    /* Absent is not "could not tell". */
    {"https://gone.example/", 0, HTTPS_NO_HOST, "no_host", 1},
    {"https://bare.example/", 0, HTTPS_NO_HOST, "no_host", 1},
    {"https://slow.example/", 0, HTTPS_UNKNOWN, "timeout", 1},
    {"https://blind.example/", 0, HTTPS_UNKNOWN, "servfail", 1},
    {"https://unheard.example/", 0, HTTPS_UNKNOWN, "not_recorded", 1},
    {"https://dead.example/", 0, HTTPS_UNKNOWN, "timeout", 1},
    {"https://cert.example/", 0, HTTPS_FAILED, "certificate", 1},
    /* Redirects: not followed, followed, each judged again. */
    {"https://ring.example/", 0, HTTPS_ANSWERED, "ok", 1},
    {"https://ring.example/", 5, HTTPS_TOO_MANY, "redirects", 6},
    {"https://ring.example/", 99, HTTPS_TOO_MANY, "redirects", 6},
    {"https://ring.example/", 1, HTTPS_TOO_MANY, "redirects", 2},
    {"https://step.example/1", 5, HTTPS_ANSWERED, "ok", 6},
    {"https://step.example/0", 5, HTTPS_TOO_MANY, "redirects", 6},
    {"https://plain.example/", 5, HTTPS_BAD_URL, "bad_url", 2},
    {"https://into.example/", 5, HTTPS_PRIVATE, "private", 2},
    {"https://literal.example/", 5, HTTPS_PRIVATE, "private", 2},
};

static void test_requests(void) {
  g_autoptr(Net) net = replay(NULL);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; world[i] != NULL; i++) {
    net_preload(net, world[i], &error);
    g_assert_no_error(error);
  }
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].url);
    g_autoptr(Https) https = https_ask(net, &(HttpsRequest){.url = cases[i].url, .redirects = cases[i].redirects});
    g_assert_cmpint(https->state, ==, cases[i].state);
    g_assert_cmpstr(https_word(https), ==, cases[i].word);
    g_assert_cmpuint(https->n_hops, ==, cases[i].hops);
    g_assert_cmpuint(https->open, ==, 0);
    g_assert_nonnull(https_message(https));
    /* Not even where an answer is recorded. */
    g_assert_true((https->answer == NULL) ==
                  (https->state == HTTPS_PRIVATE || https->state == HTTPS_BAD_URL || https->state == HTTPS_NO_HOST ||
                   https->dns != NULL));
  }
}

static void test_answer(void) {
  g_autoptr(Net) net = replay(NULL);
  for (guint i = 0; world[i] != NULL; i++)
    g_assert_true(net_preload(net, world[i], NULL));
  g_autoptr(Https) good = https_ask(net, &(HttpsRequest){.url = "https://step.example/5", .redirects = 2});
  g_autofree char *body = https_body_text(good);
  g_assert_cmpstr(body, ==, "hello");
  g_assert_true(https_has_code(good, 200));
  g_assert_false(https_is_redirect(good));
  g_autoptr(Result) result = result_new();
  Finding *row = result_add(result, LEVEL_OK, NULL, message_new("x", NULL));
  https_add_evidence(row, good, "RFC 9110");
  g_assert_cmpuint(row->evidence->len, ==, 6); /* of each step both look-ups and the request */
  g_assert_cmpstr(((Evidence *)g_ptr_array_index(row->evidence, 2))->answer, ==, "302 -> https://step.example/6");
  g_autoptr(Https) gone = https_ask(net, &(HttpsRequest){.url = "https://gone.example/"});
  g_autofree char *nothing = https_body_text(gone);
  g_assert_cmpstr(nothing, ==, "");
  g_assert_false(https_has_code(gone, 0));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/https/requests", test_requests);
  g_test_add_func("/https/answer", test_answer);
  return g_test_run();
}
