/* Recording lines: hand-written ones, broken ones, and that nothing is lost on the way there and back. */
#include "net/net_recording.h"

#include "base/text.h"

#include <string.h>

static DnsAnswer *parse(const char *line) {
  g_autoptr(GError) error = NULL;
  NetRecorded recorded;
  gboolean good = net_recording_parse(line, strlen(line), "k3y", &recorded, &error);
  g_assert_no_error(error);
  g_assert_true(good);
  g_assert_null(recorded.resolvers);
  g_assert_nonnull(recorded.answer);
  return recorded.answer;
}

static void assert_first(const DnsAnswer *answer, const char *owner, guint ttl, const char *value) {
  g_assert_cmpuint(answer->n_records, >=, 1);
  g_assert_cmpstr(answer->records[0].owner, ==, owner);
  g_assert_cmpuint(answer->records[0].ttl, ==, ttl);
  g_assert_cmpstr(answer->records[0].value, ==, value);
}

static void test_short_forms(void) {
  g_autoptr(DnsAnswer) mx = parse("{\"dns\":\"example.co.jp MX\",\"answer\":[\"10 mx1.example.co.jp.\"],\"ttl\":60}");
  g_assert_cmpint(mx->status, ==, DNS_OK);
  g_assert_cmpuint(mx->records[0].preference, ==, 10);
  assert_first(mx, "example.co.jp", 60, "mx1.example.co.jp");

  g_autoptr(DnsAnswer) a = parse("{\"dns\":\"example.com a\",\"answer\":[\"192.0.2.1\",\"192.0.2.2\"]}");
  g_assert_cmpuint(dns_answer_count(a), ==, 2);
  g_autoptr(DnsAnswer) aaaa = parse("{\"dns\":\"example.com AAAA\",\"answer\":[\"2001:DB8:0::1\"]}");
  assert_first(aaaa, "example.com", 0, "2001:db8::1");
  g_autoptr(DnsAnswer) txt = parse("{\"dns\":\"example.com TXT\",\"answer\":[\"v=spf1 mx -all\"]}");
  assert_first(txt, "example.com", 0, "v=spf1 mx -all");
  g_autoptr(DnsAnswer) quoted =
      parse("{\"dns\":\"example.com TXT\",\"answer\":[\"\\\"a\\\\\\\"\\\" \\\"\\\\098\\\\\\\\\\\"\"]}");
  assert_first(quoted, "example.com", 0, "a\"b\\");
  g_autoptr(DnsAnswer) none = parse("  {\"dns\":\"example.com MX\"}\r");
  g_assert_cmpint(none->status, ==, DNS_NODATA);
  g_autoptr(DnsAnswer) nx = parse("{\"dns\":\"example.com MX\",\"status\":\"nxdomain\"}");
  g_assert_cmpint(nx->status, ==, DNS_NXDOMAIN);
  g_assert_null(nx->server);
  g_assert_cmpint(nx->extended, ==, -1);
}

static void test_long_form(void) {
  g_autoptr(DnsAnswer) a =
      parse("{\"dns\":\"www.example.com A\",\"answer\":[\"www.example.com 30 CNAME "
            "host.example.net\",\"host.example.net 300 A "
            "192.0.2.1\"],\"status\":\"ok\",\"server\":\"192.0.2.53\",\"ms\":21,\"tries\":2,\"ttl\":30,\"ad\":true,"
            "\"at\":\"2026-11-21T10:31:00.123Z\",\"ede\":3,\"ede_text\":\"old\"}");
  g_assert_true(dns_answer_is_alias(a));
  g_assert_cmpuint(dns_answer_count(a), ==, 1);
  g_assert_cmpstr(a->server, ==, "192.0.2.53");
  g_assert_cmpuint(a->elapsed_ms, ==, 21);
  g_assert_cmpuint(a->tries, ==, 2);
  g_assert_cmpuint(a->ttl, ==, 30);
  g_assert_true(a->authenticated);
  g_assert_cmpint(a->asked_at, ==, G_GINT64_CONSTANT(1795257060123000));
  g_assert_cmpint(a->extended, ==, 3);
  g_assert_cmpstr(a->extended_text, ==, "old");
  /* Only an alias: no address is known. */
  g_autoptr(DnsAnswer) alias =
      parse("{\"dns\":\"www.example.com A\",\"answer\":[\"www.example.com 30 CNAME x.example\"]}");
  g_assert_cmpint(alias->status, ==, DNS_NODATA);
}

static void test_broken(void) {
  static const char *const lines[] = {
      "{",
      "[]",
      "1",
      "{}",
      "{\"dns\":\"example.com\"}",
      "{\"dns\":\"example.com WKS\"}",
      "{\"dns\":1}",
      "{\"dns\":\"a b MX\"}",
      "{\"dns\":\" MX\"}",
      "{\"dsn\":\"example.com MX\"}",
      "{\"dns\":\"example.com MX\",\"statsu\":\"ok\"}",
      "{\"dns\":\"example.com MX\",\"status\":\"fine\"}",
      "{\"dns\":\"example.com MX\",\"status\":\"ok\"}",
      "{\"dns\":\"example.com MX\",\"answer\":\"10 mx\"}",
      "{\"dns\":\"example.com MX\",\"answer\":[\"mx\"]}",
      "{\"dns\":\"example.com MX\",\"answer\":[\"65536 mx\"]}",
      "{\"dns\":\"example.com MX\",\"answer\":[\"10 a b\"]}",
      "{\"dns\":\"example.com MX\",\"answer\":[10]}",
      "{\"dns\":\"example.com MX\",\"answer\":[\"10 m\\u001bx\"]}",
      "{\"dns\":\"example.com A\",\"answer\":[\"192.0.2\"]}",
      "{\"dns\":\"example.com A\",\"answer\":[\"2001:db8::1\"]}",
      "{\"dns\":\"example.com TXT\",\"answer\":[\"\\\"a\"]}",
      "{\"dns\":\"example.com TXT\",\"answer\":[\"\\\"\\\\256\\\"\"]}",
      "{\"dns\":\"example.com TXT\",\"answer\":[\"\\\"a\\\" b\"]}",
      "{\"dns\":\"example.com SOA\",\"answer\":[\"a b 1 2 3 4\"]}",
      "{\"dns\":\"example.com SOA\",\"answer\":[\"a b 1 2 3 4 x\"]}",
      "{\"dns\":\"example.com A\",\"ttl\":-1}",
      "{\"dns\":\"example.com A\",\"ms\":\"3\"}",
      "{\"dns\":\"example.com A\",\"ad\":1}",
      "{\"dns\":\"example.com A\",\"at\":\"soon\"}",
      "{\"dns\":\"example.com A\",\"at\":\"1013-11-21T10:31:00.123Z\"}",
      "{\"dns\":\"example.com A\",\"status\":\"timeout\",\"answer\":[\"192.0.2.1\"]}",
      "{\"whybounce-recording\":2}",
      "{\"whybounce-recording\":\"1\"}",
      "{\"dns\":\"\xff A\"}",
      "{\"dns\":\"example.com A\",\"answer\":[[[[[[[[[[\"x\"]]]]]]]]]]}",
  };
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autoptr(GError) error = NULL;
    NetRecorded recorded;
    if (net_recording_parse(lines[i], strlen(lines[i]), "k3y", &recorded, &error))
      g_error("taken: %s", lines[i]);
    g_assert_error(error, NET_ERROR, NET_ERROR_RECORDING);
    g_assert_null(recorded.answer);
    g_assert_true(strchr(error->message, '\n') == NULL);
  }
  /* A parser that recurses must not see this. */
  g_autofree char *deep = g_strnfill(500000, '[');
  NetRecorded recorded;
  g_assert_false(net_recording_parse(deep, strlen(deep), "k3y", &recorded, NULL));
}

static void test_passed_over(void) {
  static const char *const lines[] = {"", "   ", "# a remark", "{\"event\":\"start\",\"x\":[[[[[[[[[[[]]]]]]]]]]]}",
                                      "{\"at\":1,\"event\":\"note\"}"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    NetRecorded recorded;
    g_assert_true(net_recording_parse(lines[i], strlen(lines[i]), "k3y", &recorded, NULL));
    g_assert_null(recorded.answer);
    g_assert_null(recorded.resolvers);
  }
}

static void test_header(void) {
  g_autofree char *line = net_recording_header("192.0.2.53, [2001:db8::53]:5353");
  NetRecorded recorded;
  g_assert_cmpstr(line, ==, "{\"whybounce-recording\":1,\"resolvers\":\"192.0.2.53, [2001:db8::53]:5353\"}");
  g_assert_true(net_recording_parse(line, strlen(line), "k3y", &recorded, NULL));
  g_assert_cmpstr(recorded.resolvers, ==, "192.0.2.53, [2001:db8::53]:5353");
  g_free(recorded.resolvers);
}

static void test_nonce(void) {
  g_autoptr(DnsAnswer) answer =
      parse("{\"dns\":\"nonce.bl.example A\",\"answer\":[\"nonce.bl.example 3 A 127.0.0.2\"]}");
  g_assert_cmpstr(answer->name, ==, "k3y.bl.example");
  assert_first(answer, "k3y.bl.example", 3, "127.0.0.2");
  g_autofree char *line = net_recording_line(answer, "k3y");
  g_assert_nonnull(strstr(line, "{\"dns\":\"nonce.bl.example A\""));
  g_assert_nonnull(strstr(line, "[\"nonce.bl.example 3 A 127.0.0.2\"]"));
  /* Only whole labels. */
  g_autoptr(DnsAnswer) other = parse("{\"dns\":\"nonces.bl.example A\"}");
  g_assert_cmpstr(other->name, ==, "nonces.bl.example");
}

/* --- there and back --- */

static void assert_same(const DnsAnswer *a, const DnsAnswer *b) {
  g_assert_cmpint(a->status, ==, b->status);
  g_assert_cmpstr(a->name, ==, b->name);
  g_assert_cmpint(a->type, ==, b->type);
  g_assert_cmpstr(a->server, ==, b->server);
  g_assert_cmpuint(a->elapsed_ms, ==, b->elapsed_ms);
  g_assert_cmpuint(a->tries, ==, b->tries);
  g_assert_cmpuint(a->ttl, ==, b->ttl);
  g_assert_cmpint(a->authenticated, ==, b->authenticated);
  g_assert_cmpint(a->asked_at, ==, b->asked_at);
  g_assert_cmpint(a->extended, ==, b->extended);
  g_assert_cmpstr(a->extended_text, ==, b->extended_text);
  g_assert_cmpstr(a->at, ==, b->at);
  g_assert_cmpint(a->authoritative, ==, b->authoritative);
  g_assert_cmpint(a->recursive, ==, b->recursive);
  g_assert_cmpuint(a->n_beside, ==, b->n_beside);
  for (guint i = 0; i < a->n_beside; i++) {
    g_assert_cmpstr(a->beside[i].owner, ==, b->beside[i].owner);
    g_assert_cmpstr(a->beside[i].value, ==, b->beside[i].value);
    g_assert_cmpint(a->beside[i].type, ==, b->beside[i].type);
    g_assert_cmpuint(a->beside[i].ttl, ==, b->beside[i].ttl);
  }
  g_assert_cmpuint(a->n_records, ==, b->n_records);
  for (guint i = 0; i < a->n_records; i++) {
    const DnsRecord *r = &a->records[i], *s = &b->records[i];
    g_assert_cmpstr(r->owner, ==, s->owner);
    g_assert_cmpint(r->type, ==, s->type);
    g_assert_cmpuint(r->ttl, ==, s->ttl);
    g_assert_cmpuint(r->preference, ==, s->preference);
    g_assert_cmpuint(r->weight, ==, s->weight);
    g_assert_cmpuint(r->port, ==, s->port);
    g_assert_cmpuint(r->usage, ==, s->usage);
    g_assert_cmpuint(r->selector, ==, s->selector);
    g_assert_cmpuint(r->matching, ==, s->matching);
    g_assert_cmpstr(r->value, ==, s->value);
    g_assert_true((r->data == NULL) == (s->data == NULL));
    g_assert_true(r->data == NULL || g_bytes_equal(r->data, s->data));
  }
}

static DnsAnswer *there_and_back(const DnsAnswer *answer) {
  g_autofree char *line = net_recording_line(answer, "k3y");
  g_assert_true(g_utf8_validate(line, -1, NULL));
  g_assert_null(strchr(line, '\n'));
  return parse(line);
}

static void add(GArray *records, DnsType type, const char *owner, const char *value) {
  DnsRecord record = {.owner = g_strdup(owner), .type = type, .ttl = 300 + records->len, .value = g_strdup(value)};
  record.preference = type == DNS_MX || type == DNS_SRV ? 65535 : 0;
  record.weight = type == DNS_SRV ? 7 : 0;
  record.port = type == DNS_SRV ? 993 : 0;
  g_array_append_val(records, record);
}

static void test_every_type(void) {
  static const struct {
    DnsType type;
    const char *value;
  } values[] = {
      {DNS_A, "192.0.2.1"},
      {DNS_NS, "ns1.example.com"},
      {DNS_CNAME, "a\\.b\\032c\\\"d\\\\.example"},
      {DNS_SOA, "ns1.example.com host\\.master.example.com 4294967295 0 3600 1209600 4294967295"},
      {DNS_PTR, "\\027[31m.\\227\\129\\130.example"},
      {DNS_MX, "."},
      {DNS_AAAA, "2001:db8::1"},
      {DNS_AAAA, "::ffff:192.0.2.1"},
      {DNS_SRV, "imap.example.com"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    GArray *records = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
    add(records, values[i].type, "Example.com", values[i].value);
    if (values[i].type != DNS_CNAME)
      add(records, DNS_CNAME, "x.example", "Example.com");
    g_autoptr(DnsAnswer) answer = dns_answer_new("x.example", values[i].type, DNS_OK);
    dns_answer_take_records(answer, records);
    answer->server = g_strdup("[2001:db8::53]:5353");
    answer->ttl = G_MAXINT32;
    answer->tries = 4;
    answer->elapsed_ms = 4999;
    answer->authenticated = TRUE;
    g_autoptr(DnsAnswer) back = there_and_back(answer);
    assert_same(answer, back);
  }
}

/* RFC 6698 s2.2: three numbers and hexadecimal digits, which may stand in groups. */
static void test_tlsa(void) {
  DnsRecord record = {.owner = g_strdup("a.example"), .type = DNS_TLSA, .ttl = 1, .usage = 3, .matching = 255};
  guint8 bytes[4096];
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)i;
  dns_record_set_association(&record, bytes, sizeof bytes);
  g_assert_cmpuint(strlen(record.value), <=, TEXT_MAX_REMOTE);
  g_assert_true(g_str_has_prefix(record.value, "000102"));
  GArray *records = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
  g_array_append_val(records, record);
  g_autoptr(DnsAnswer) answer = dns_answer_new("a.example", DNS_TLSA, DNS_OK);
  dns_answer_take_records(answer, records);
  g_autoptr(DnsAnswer) back = there_and_back(answer);
  assert_same(answer, back);
  g_assert_cmpmem(g_bytes_get_data(back->records[0].data, NULL), g_bytes_get_size(back->records[0].data), bytes,
                  sizeof bytes);

  static const char line[] = "{\"dns\":\"_25._tcp.mx.example TLSA\",\"answer\":[\"3 1 1 00FF ab\",\"2 0 1 \"]}";
  NetRecorded recorded;
  g_assert_true(net_recording_parse(line, strlen(line), "nonce", &recorded, NULL));
  g_autoptr(DnsAnswer) written = recorded.answer;
  g_assert_cmpstr(written->records[0].value, ==, "00ffab");
  g_autofree char *data = dns_record_data(&written->records[0]);
  g_assert_cmpstr(data, ==, "3 1 1 00ffab");
  g_assert_cmpstr(written->records[1].value, ==, "");
}

/* Answers of name servers that were asked themselves. */
static void test_direct(void) {
  for (guint i = DNS_OK; i <= DNS_NOT_RECORDED; i++) {
    g_autoptr(DnsAnswer) answer = dns_answer_new("a.example", DNS_MX, (DnsStatus)i);
    answer->at = g_strdup(i % 2 == 0 ? "192.0.2.53" : "2001:db8::53");
    answer->authoritative = i % 3 == 0;
    answer->recursive = i % 3 == 1;
    GArray *beside = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
    add(beside, DNS_NS, "example", "ns1.example");
    add(beside, DNS_A, "ns1.example", "192.0.2.53");
    dns_answer_take_beside(answer, beside);
    if (i == DNS_OK) {
      GArray *records = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
      add(records, DNS_MX, "a.example", "mx.example");
      dns_answer_take_records(answer, records);
    }
    g_autoptr(DnsAnswer) back = there_and_back(answer);
    assert_same(answer, back);
  }
  g_autoptr(DnsAnswer) written =
      parse("{\"dns\":\"a.example MX\",\"ask\":\"2001:DB8:0::53\",\"answer\":[\"10 mx.example\"]}");
  g_assert_cmpstr(written->at, ==, "2001:db8::53");
  g_assert_true(written->authoritative);
  g_autoptr(DnsAnswer) refused = parse("{\"dns\":\"a.example MX\",\"ask\":\"192.0.2.53\",\"status\":\"refused\"}");
  g_assert_false(refused->authoritative);
  g_autoptr(DnsAnswer) lame =
      parse("{\"dns\":\"a.example MX\",\"ask\":\"192.0.2.53\",\"aa\":false,\"answer\":[\"10 mx.example\"]}");
  g_assert_false(lame->authoritative);
}

static void test_every_status(void) {
  for (guint i = DNS_NODATA; i <= DNS_NOT_RECORDED; i++) {
    g_autoptr(DnsAnswer) answer = dns_answer_new("a.example", DNS_MX, (DnsStatus)i);
    answer->extended = (int)i;
    answer->extended_text = g_strdup("why \"\\ あ \\x1B");
    g_autoptr(DnsAnswer) back = there_and_back(answer);
    assert_same(answer, back);
  }
}

/* Every octet, and random ones. */
static void test_hostile_text(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(5782);
  for (guint round = 0; round < 300; round++) {
    guint8 bytes[600];
    gsize length = round == 0 ? 256 : round == 1 ? 0 : (gsize)g_rand_int_range(random, 1, sizeof bytes);
    for (gsize i = 0; i < length; i++)
      bytes[i] = round == 0 ? (guint8)i : (guint8)g_rand_int(random);
    DnsRecord record = {.owner = g_strdup("a.example"), .type = DNS_TXT, .ttl = 1};
    dns_record_set_text(&record, bytes, length);
    GArray *records = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
    g_array_append_val(records, record);
    g_autoptr(DnsAnswer) answer = dns_answer_new("a.example", DNS_TXT, DNS_OK);
    dns_answer_take_records(answer, records);
    g_autoptr(DnsAnswer) back = there_and_back(answer);
    assert_same(answer, back);
    g_assert_cmpmem(g_bytes_get_data(back->records[0].data, NULL), g_bytes_get_size(back->records[0].data), bytes,
                    length);
  }
}

static void test_times(void) {
  for (gint64 ms = 0; ms < 2000; ms++) {
    g_autoptr(DnsAnswer) answer = dns_answer_new("a.example", DNS_MX, DNS_NODATA);
    answer->asked_at = (G_GINT64_CONSTANT(1795257059000) + ms) * 1000;
    g_autoptr(DnsAnswer) back = there_and_back(answer);
    assert_same(answer, back);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/recording/short-forms", test_short_forms);
  g_test_add_func("/net/recording/long-form", test_long_form);
  g_test_add_func("/net/recording/broken", test_broken);
  g_test_add_func("/net/recording/passed-over", test_passed_over);
  g_test_add_func("/net/recording/header", test_header);
  g_test_add_func("/net/recording/nonce", test_nonce);
  g_test_add_func("/net/recording/every-type", test_every_type);
  g_test_add_func("/net/recording/every-status", test_every_status);
  g_test_add_func("/net/recording/tlsa", test_tlsa);
  g_test_add_func("/net/recording/direct", test_direct);
  g_test_add_func("/net/recording/hostile-text", test_hostile_text);
  g_test_add_func("/net/recording/times", test_times);
  return g_test_run();
}
