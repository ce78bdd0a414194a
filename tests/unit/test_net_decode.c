/* Reading DNS messages: good ones of every type, and all the ways to be bad. */
#include "net/dns_wire.h"

#include "base/text.h"
#include "dns_message.h"

#include <string.h>

#define GOOD 0x8180 /* QR, RD, RA */
#define COUNTS(an, ns, ar) ((const guint[3]){an, ns, ar})

typedef struct Read {
  DnsAnswer *answer;
  gboolean cut;
} Read;

static DnsAnswer *read_message(const char *name, DnsType type, GByteArray *m) {
  DnsAnswer *answer = dns_answer_new(name, type, DNS_TIMEOUT);
  g_assert_false(dns_wire_read(answer, m->data, m->len));
  g_byte_array_unref(m);
  return answer;
}

static void assert_record(const DnsAnswer *answer, guint i, DnsType type, const char *owner, const char *value) {
  g_assert_cmpuint(i, <, answer->n_records);
  g_assert_cmpint(answer->records[i].type, ==, type);
  g_assert_cmpstr(answer->records[i].owner, ==, owner);
  g_assert_cmpstr(answer->records[i].value, ==, value);
}

static void test_address(void) {
  GByteArray *m = message_begin(GOOD | 0x20, "example.com", DNS_A, COUNTS(2, 0, 0));
  put_record(m, "example.com", DNS_A, 300, "\xc0\x00\x02\x01", 4);
  put_record(m, "EXAMPLE.com", DNS_A, 60, "\xc0\x00\x02\x02", 4);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_A, m);
  g_assert_cmpint(answer->status, ==, DNS_OK);
  g_assert_cmpuint(dns_answer_count(answer), ==, 2);
  g_assert_cmpuint(answer->ttl, ==, 60);
  g_assert_true(answer->authenticated);
  g_assert_false(dns_answer_is_alias(answer));
  assert_record(answer, 0, DNS_A, "example.com", "192.0.2.1");
  assert_record(answer, 1, DNS_A, "EXAMPLE.com", "192.0.2.2");
  g_assert_null(dns_answer_record(answer, 2));
}

static void test_address6(void) {
  GByteArray *m = message_begin(GOOD, "example.com", DNS_AAAA, COUNTS(1, 0, 0));
  put_record(m, "example.com", DNS_AAAA, 300, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_AAAA, m);
  g_assert_false(answer->authenticated);
  assert_record(answer, 0, DNS_AAAA, "example.com", "2001:db8::1");
}

static void test_srv(void) {
  GByteArray *m = message_begin(GOOD, "_imaps._tcp.example.com", DNS_SRV, COUNTS(2, 0, 0));
  put_record(m, "_imaps._tcp.example.com", DNS_SRV, 300, "\x00\x0a\x00\x05\x03\xe1\x04imap\x00", 12);
  put_record(m, "_imaps._tcp.example.com", DNS_SRV, 300, "\0\0\0\0\0\0\0", 7); /* RFC 2782: "." is "no such service" */
  g_autoptr(DnsAnswer) answer = read_message("_imaps._tcp.example.com", DNS_SRV, m);
  assert_record(answer, 0, DNS_SRV, "_imaps._tcp.example.com", "imap");
  g_assert_cmpuint(answer->records[0].preference, ==, 10);
  g_assert_cmpuint(answer->records[0].weight, ==, 5);
  g_assert_cmpuint(answer->records[0].port, ==, 993);
  assert_record(answer, 1, DNS_SRV, "_imaps._tcp.example.com", ".");
}

static void test_tlsa(void) {
  GByteArray *m = message_begin(GOOD | 0x20, "_25._tcp.mx.example.com", DNS_TLSA, COUNTS(2, 0, 0));
  put_record(m, "_25._tcp.mx.example.com", DNS_TLSA, 300, "\x03\x01\x01\x00\xff\x1b", 6);
  put_record(m, "_25._tcp.mx.example.com", DNS_TLSA, 300, "\xff\xff\xff", 3);
  g_autoptr(DnsAnswer) answer = read_message("_25._tcp.mx.example.com", DNS_TLSA, m);
  g_assert_true(answer->authenticated);
  assert_record(answer, 0, DNS_TLSA, "_25._tcp.mx.example.com", "00ff1b");
  g_assert_cmpuint(answer->records[0].usage, ==, 3);
  g_assert_cmpuint(answer->records[0].selector, ==, 1);
  g_assert_cmpuint(answer->records[0].matching, ==, 1);
  g_assert_cmpmem(g_bytes_get_data(answer->records[0].data, NULL), g_bytes_get_size(answer->records[0].data),
                  "\x00\xff\x1b", 3);
  assert_record(answer, 1, DNS_TLSA, "_25._tcp.mx.example.com", "");
  g_assert_cmpuint(answer->records[1].usage, ==, 255);
}

static void test_mx(void) {
  GByteArray *m = message_begin(GOOD, "example.com", DNS_MX, COUNTS(2, 0, 0));
  guint begin = record_begin(m, "example.com", DNS_MX, 300);
  put_u16(m, 10);
  g_byte_array_append(m, (const guint8 *)"\x03mx1\xc0\x0c", 6); /* compressed */
  record_end(m, begin);
  put_record(m, "example.com", DNS_MX, 300, "\0\0\0", 3); /* RFC 7505 */
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_MX, m);
  g_assert_cmpuint(answer->records[0].preference, ==, 10);
  assert_record(answer, 0, DNS_MX, "example.com", "mx1.example.com");
  assert_record(answer, 1, DNS_MX, "example.com", ".");
}

static void put_soa(GByteArray *m, const char *owner, guint32 ttl, guint32 minimum) {
  guint begin = record_begin(m, owner, DNS_SOA, ttl);
  put_name(m, "ns1.example.com");
  put_name(m, "hostmaster.example.com");
  put_u32(m, 2026112101u);
  put_u32(m, 7200);
  put_u32(m, 3600);
  put_u32(m, 1209600);
  put_u32(m, minimum);
  record_end(m, begin);
}

static void test_names(void) {
  static const DnsType types[] = {DNS_NS, DNS_CNAME, DNS_PTR};
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    GByteArray *m = message_begin(GOOD, "a.example.com", types[i], COUNTS(1, 0, 0));
    guint begin = record_begin(m, "a.example.com", types[i], 5);
    put_name(m, "b.example.net");
    record_end(m, begin);
    g_autoptr(DnsAnswer) answer = read_message("a.example.com", types[i], m);
    g_assert_cmpint(answer->status, ==, DNS_OK);
    assert_record(answer, 0, types[i], "a.example.com", "b.example.net");
    g_assert_false(dns_answer_is_alias(answer));
  }
}

static void test_soa(void) {
  GByteArray *m = message_begin(GOOD, "example.com", DNS_SOA, COUNTS(1, 0, 0));
  put_soa(m, "example.com", 3600, 4294967295u);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_SOA, m);
  assert_record(answer, 0, DNS_SOA, "example.com",
                "ns1.example.com hostmaster.example.com 2026112101 7200 3600 1209600 4294967295");
  g_assert_cmpuint(dns_record_soa_minimum(&answer->records[0]), ==, 4294967295u);
}

static void test_txt(void) {
  static const char raw[] = "\x06v=spf1\x05 -all\x00\x04\x1b[2J";
  static const char joined[] = "v=spf1 -all\x1b[2J";
  GByteArray *m = message_begin(GOOD, "example.com", DNS_TXT, COUNTS(1, 0, 0));
  put_record(m, "example.com", DNS_TXT, 300, raw, sizeof raw - 1);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_TXT, m);
  assert_record(answer, 0, DNS_TXT, "example.com", "v=spf1 -all\\x1B[2J");
  gsize length;
  const void *data = g_bytes_get_data(answer->records[0].data, &length);
  g_assert_cmpmem(data, length, joined, sizeof joined - 1);
}

/* Names are the other door for control characters. */
static void test_hostile_name(void) {
  GByteArray *m = message_begin(GOOD, "1.2.0.192.in-addr.arpa", DNS_PTR, COUNTS(1, 0, 0));
  put_record(m, "1.2.0.192.in-addr.arpa", DNS_PTR, 300, "\x07\x1b[31m. \x07\xe3\x81\x82\x9b\x7f\x00\"\x00", 17);
  g_autoptr(DnsAnswer) answer = read_message("1.2.0.192.in-addr.arpa", DNS_PTR, m);
  g_assert_cmpint(answer->status, ==, DNS_OK);
  assert_record(answer, 0, DNS_PTR, "1.2.0.192.in-addr.arpa", "\\027[31m\\.\\032.\\227\\129\\130\\155\\127\\000\\\"");
  g_assert_true(text_is_safe(answer->records[0].value));
}

static void put_cname(GByteArray *m, const char *owner, const char *target) {
  guint begin = record_begin(m, owner, DNS_CNAME, 30);
  put_name(m, target);
  record_end(m, begin);
}

static void test_chain(void) {
  GByteArray *m = message_begin(GOOD, "www.example.com", DNS_A, COUNTS(5, 0, 0));
  put_record(m, "host.example.net", DNS_A, 300, "\xc0\x00\x02\x07", 4); /* before its alias */
  put_cname(m, "alias.example.net", "host.example.net");
  put_record(m, "bank.example.org", DNS_A, 300, "\xcb\x00\x71\x01", 4); /* nobody asked */
  put_cname(m, "WWW.example.com", "ALIAS.example.net");
  put_record(m, "host.example.net", 46, 300, "sig", 3); /* RRSIG: not ours */
  g_autoptr(DnsAnswer) answer = read_message("www.example.com", DNS_A, m);
  g_assert_cmpint(answer->status, ==, DNS_OK);
  g_assert_true(dns_answer_is_alias(answer));
  g_assert_cmpuint(answer->n_records, ==, 3);
  g_assert_cmpuint(dns_answer_count(answer), ==, 1);
  g_assert_cmpuint(answer->ttl, ==, 30);
  g_assert_cmpstr(dns_answer_record(answer, 0)->value, ==, "192.0.2.7");
}

static void test_circle(void) {
  GByteArray *m = message_begin(GOOD, "a.example", DNS_A, COUNTS(2, 0, 0));
  put_cname(m, "a.example", "b.example");
  put_cname(m, "b.example", "a.example");
  g_autoptr(DnsAnswer) answer = read_message("a.example", DNS_A, m);
  g_assert_cmpint(answer->status, ==, DNS_NODATA);
  g_assert_cmpuint(answer->n_records, ==, 2);
}

static void test_absence(void) {
  GByteArray *m = message_begin(GOOD | 3, "no.example.com", DNS_A, COUNTS(0, 1, 0));
  put_soa(m, "example.com", 3600, 900);
  g_autoptr(DnsAnswer) nx = read_message("no.example.com", DNS_A, m);
  g_assert_cmpint(nx->status, ==, DNS_NXDOMAIN);
  g_assert_cmpuint(nx->ttl, ==, 900); /* RFC 2308 s5: the smaller of the two */

  m = message_begin(GOOD, "example.com", DNS_A, COUNTS(0, 1, 0));
  put_soa(m, "example.com", 60, 900);
  g_autoptr(DnsAnswer) nodata = read_message("example.com", DNS_A, m);
  g_assert_cmpint(nodata->status, ==, DNS_NODATA);
  g_assert_cmpuint(nodata->ttl, ==, 60);
  g_assert_true(dns_is_absent(nodata->status));

  /* By way of an alias, which is forgotten earlier; without an SOA nobody knows (RFC 2308 s2.1, s5). */
  for (guint soa = 0; soa < 2; soa++) {
    m = message_begin(GOOD | 3, "www.example.com", DNS_A, COUNTS(1, soa, 0));
    put_cname(m, "www.example.com", "no.example.com");
    if (soa == 1)
      put_soa(m, "example.com", 3600, 900);
    g_autoptr(DnsAnswer) alias = read_message("www.example.com", DNS_A, m);
    g_assert_cmpint(alias->status, ==, DNS_NXDOMAIN);
    g_assert_cmpuint(alias->ttl, ==, soa == 1 ? 30 : 0);
  }

  g_autoptr(DnsAnswer) bare =
      read_message("example.com", DNS_A, message_begin(GOOD, "example.com", DNS_A, COUNTS(0, 0, 0)));
  g_assert_cmpint(bare->status, ==, DNS_NODATA);
  g_assert_cmpuint(bare->ttl, ==, 0);
}

/* "Ask those over there" is no statement about the name. */
static void test_referral(void) {
  GByteArray *m = message_begin(0x8100, "example.com", DNS_A, COUNTS(0, 1, 0));
  guint begin = record_begin(m, "com", DNS_NS, 300);
  put_name(m, "ns.example");
  record_end(m, begin);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_A, m);
  g_assert_cmpint(answer->status, ==, DNS_REFUSED);
}

static void test_rcodes(void) {
  static const DnsStatus expected[] = {DNS_NODATA,   DNS_FORMERR,  DNS_SERVFAIL, DNS_NXDOMAIN, DNS_NOTIMP,  DNS_REFUSED,
                                       DNS_SERVFAIL, DNS_SERVFAIL, DNS_SERVFAIL, DNS_SERVFAIL, DNS_SERVFAIL};
  for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
    g_autoptr(DnsAnswer) answer =
        read_message("example.com", DNS_A, message_begin(GOOD | i, "example.com", DNS_A, COUNTS(0, 0, 0)));
    g_assert_cmpint(answer->status, ==, expected[i]);
  }
}

/* Records beside a SERVFAIL are no records. */
static void test_failure_with_records(void) {
  GByteArray *m = message_begin(GOOD | 2, "example.com", DNS_A, COUNTS(1, 0, 0));
  put_record(m, "example.com", DNS_A, 300, "\xc0\x00\x02\x01", 4);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_A, m);
  g_assert_cmpint(answer->status, ==, DNS_SERVFAIL);
  g_assert_cmpuint(answer->n_records, ==, 0);
}

static void put_opt(GByteArray *m, guint extended_rcode, const void *options, guint length) {
  put_u8(m, 0);
  put_u16(m, 41);
  put_u16(m, 1232);
  put_u32(m, (guint32)extended_rcode << 24);
  put_u16(m, length);
  g_byte_array_append(m, options, length);
}

static void test_extended(void) {
  static const char ede[] = "\x00\x0a\x00\x02zz\x00\x0f\x00\x0b\x00\x16no\x1b reach\x00";
  GByteArray *m = message_begin(GOOD | 2, "example.com", DNS_A, COUNTS(0, 0, 1));
  put_opt(m, 0, ede, sizeof ede - 1);
  m->data[m->len - sizeof ede + 1 + 9] = 12;
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_A, m);
  g_assert_cmpint(answer->status, ==, DNS_SERVFAIL);
  g_assert_cmpint(answer->extended, ==, 22);
  g_assert_cmpstr(answer->extended_text, ==, "no\\x1B reach");
  g_assert_nonnull(dns_extended_message(22));
  g_assert_null(dns_extended_message(-1));
  g_assert_null(dns_extended_message(65535));

  /* BADVERS is 16: its lower bits look like success (RFC 6891 s6.1.3). */
  m = message_begin(GOOD, "example.com", DNS_A, COUNTS(0, 0, 1));
  put_opt(m, 1, "", 0);
  g_autoptr(DnsAnswer) badvers = read_message("example.com", DNS_A, m);
  g_assert_cmpint(badvers->status, ==, DNS_FORMERR);
  g_assert_cmpint(badvers->extended, ==, -1);
}

static void assert_garbage(const char *name, DnsType type, GByteArray *m) {
  g_autoptr(DnsAnswer) answer = read_message(name, type, m);
  g_assert_cmpint(answer->status, ==, DNS_GARBAGE);
  g_assert_cmpuint(answer->n_records, ==, 0);
}

static void test_garbage(void) {
  static const struct {
    guint type;
    const char *data;
    guint length;
  } bad[] = {
      {DNS_A, "\xc0\x00\x02", 3},
      {DNS_A, "\xc0\x00\x02\x01\x00", 5},
      {DNS_AAAA, "\x20\x01\x0d\xb8", 4},
      {DNS_MX, "\x00", 1},
      {DNS_MX, "\x00\x0a", 2},
      {DNS_MX, "\x00\x0a\xc0", 3},
      {DNS_MX, "\x00\x0a\x00\x00", 4},
      {DNS_NS, "\xc0\xff", 2},
      {DNS_NS,
       "\x3f"
       "abc",
       4},
      {DNS_CNAME,
       "\x80"
       "a",
       2},
      {DNS_PTR, "", 0},
      {DNS_TXT, "", 0},
      {DNS_TXT,
       "\x05"
       "abc",
       4},
      {DNS_SRV, "\0\0\0\0\0\0", 6},
      {DNS_SRV, "\0\0\0\0\0\0\0\0", 8},
      {DNS_SRV, "\0\0\0\0\0\0\xc0", 7},
      {DNS_TLSA, "\x03\x01", 2},
      {DNS_SOA, "\x00\x00", 2},
      {DNS_SOA, "\x00", 1},
      {DNS_NS, "\xc0\x34", 2}, /* points to itself */
  };
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    GByteArray *m = message_begin(GOOD, "example.com", bad[i].type, COUNTS(1, 0, 0));
    put_record(m, "example.com", bad[i].type, 300, bad[i].data, bad[i].length);
    assert_garbage("example.com", (DnsType)bad[i].type, m);
  }
  /* More records promised than there are, trailing octets, a question sent back, an update. */
  assert_garbage("example.com", DNS_A, message_begin(GOOD, "example.com", DNS_A, COUNTS(1, 0, 0)));
  GByteArray *m = message_begin(GOOD, "example.com", DNS_A, COUNTS(0, 0, 0));
  put_u8(m, 0);
  assert_garbage("example.com", DNS_A, m);
  assert_garbage("example.com", DNS_A, message_begin(0x0100, "example.com", DNS_A, COUNTS(0, 0, 0)));
  assert_garbage("example.com", DNS_A, message_begin(0xa980, "example.com", DNS_A, COUNTS(0, 0, 0)));
  m = g_byte_array_new();
  put_u32(m, 0);
  assert_garbage("example.com", DNS_A, m);
}

static void test_compression_loop(void) {
  GByteArray *m = message_begin(GOOD, "example.com", DNS_NS, COUNTS(1, 0, 0));
  guint at = m->len;
  put_u8(m, 1);
  put_u8(m, 'a');
  put_u16(m, 0xc000 | at); /* "a.a.a.a..." */
  put_u16(m, DNS_NS);
  put_u16(m, 1);
  put_u32(m, 300);
  put_u16(m, 1);
  put_u8(m, 0);
  assert_garbage("example.com", DNS_NS, m);
}

static void test_cut(void) {
  GByteArray *m = message_begin(GOOD | 0x200, "example.com", DNS_A, COUNTS(7, 0, 0));
  DnsAnswer *answer = dns_answer_new("example.com", DNS_A, DNS_TIMEOUT);
  g_assert_true(dns_wire_read(answer, m->data, m->len));
  g_assert_cmpuint(answer->n_records, ==, 0);
  dns_answer_free(answer);
  g_byte_array_unref(m);
}

static void test_caps(void) {
  GByteArray *m = message_begin(GOOD, "example.com", DNS_A, COUNTS(1000, 0, 0));
  for (guint i = 0; i < 1000; i++)
    put_record(m, "example.com", DNS_A, i == 3 ? 0x80000001u : 300, "\xc0\x00\x02\x01", 4);
  g_autoptr(DnsAnswer) answer = read_message("example.com", DNS_A, m);
  g_assert_cmpuint(answer->n_records, ==, DNS_MAX_RECORDS);
  g_assert_cmpuint(answer->ttl, ==, 0); /* RFC 2181 s8 */

  /* The largest TXT: evidence whole, shown part short. */
  g_autoptr(GByteArray) data = g_byte_array_new();
  for (guint i = 0; i < 250; i++) {
    put_u8(data, 255);
    for (guint k = 0; k < 255; k++)
      put_u8(data, 'x');
  }
  m = message_begin(GOOD, "example.com", DNS_TXT, COUNTS(1, 0, 0));
  put_record(m, "example.com", DNS_TXT, 300, data->data, data->len);
  g_autoptr(DnsAnswer) txt = read_message("example.com", DNS_TXT, m);
  g_assert_cmpuint(g_bytes_get_size(txt->records[0].data), ==, 250 * 255);
  g_assert_cmpuint(strlen(txt->records[0].value), <, TEXT_MAX_REMOTE + 100);
}

/* --- names and questions --- */

static void test_wire_name(void) {
  DnsWireName wire;
  g_assert_true(dns_wire_name("a.example", &wire));
  g_assert_cmpmem(wire.octets, wire.length,
                  "\x01"
                  "a\x07"
                  "example",
                  11);
  g_assert_true(dns_wire_name("a.example.", &wire));
  g_assert_cmpuint(wire.length, ==, 11);
  g_assert_true(dns_wire_name(".", &wire));
  g_assert_cmpuint(wire.length, ==, 1);
  g_assert_true(dns_wire_name("a\\.b\\000.x", &wire));
  g_assert_cmpmem(wire.octets, wire.length,
                  "\x04"
                  "a.b\0\x01x",
                  8);
  g_autofree char *label63 = g_strnfill(63, 'a');
  g_autofree char *label64 = g_strnfill(64, 'a');
  g_autofree char *name255 = g_strdup_printf("%s.%s.%s.%.61s", label63, label63, label63, label63);
  g_autofree char *name256 = g_strdup_printf("%s.%s.%s.%.62s", label63, label63, label63, label63);
  g_assert_true(dns_wire_name(label63, &wire));
  g_assert_true(dns_wire_name(name255, &wire));
  g_assert_cmpuint(wire.length, ==, 255);
  const char *const bad[] = {"",
                             "..",
                             ".a",
                             "a..b",
                             "a b.example",
                             "a\tb",
                             "\x1b[2J",
                             "ドメイン.example",
                             "a\\256.example",
                             "\"a.example",
                             "a;b.example",
                             "a\\ b",
                             "a\\",
                             label64,
                             name256};
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
    g_assert_false(dns_wire_name(bad[i], &wire));
}

static void test_query(void) {
  static const guint8 expected[] = "\xab\xcd\x01\x20\x00\x01\x00\x00\x00\x00\x00\x01"
                                   "\x01"
                                   "a\x07"
                                   "example\x00\x00\x0f\x00\x01"
                                   "\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00";
  guint8 packet[DNS_MAX_QUERY];
  DnsWireName wire;
  g_assert_true(dns_wire_name("a.example", &wire));
  gsize length = dns_wire_query(packet, &wire, DNS_MX, 0xabcd, DNS_QUERY_EDNS);
  g_assert_cmpmem(packet, length, expected, sizeof expected - 1);
  length = dns_wire_query(packet, &wire, DNS_MX, 0xabcd, DNS_QUERY_PLAIN);
  g_assert_cmpuint(length, ==, sizeof expected - 1 - 11);
  g_assert_cmpuint(packet[11], ==, 0);
}

/* RFC 1034 s4.3.1: without RD nobody resolves for us. */
static void test_direct_query(void) {
  guint8 packet[DNS_MAX_QUERY];
  DnsWireName wire;
  g_assert_true(dns_wire_name("a.example", &wire));
  dns_wire_query(packet, &wire, DNS_MX, 0xabcd, DNS_QUERY_EDNS | DNS_QUERY_DIRECT);
  g_assert_cmpuint(packet[2], ==, 0);
  g_assert_cmpuint(packet[3], ==, 0);
  g_assert_cmpuint(packet[11], ==, 1);
}

static DnsAnswer *read_direct(const char *name, DnsType type, GByteArray *m) {
  DnsAnswer *answer = dns_answer_new(name, type, DNS_TIMEOUT);
  answer->at = g_strdup("192.0.2.53");
  g_assert_false(dns_wire_read(answer, m->data, m->len));
  g_byte_array_unref(m);
  return answer;
}

/* RFC 1034 s4.2.1: a server of the parent names those of the child, with their addresses. */
static void test_direct_referral(void) {
  GByteArray *m = message_begin(0x8000, "example.com", DNS_MX, COUNTS(0, 2, 2));
  put_record(m, "example.com", DNS_NS, 86400, "\x03ns1\xc0\x0c", 6);
  put_record(m, "example.com", DNS_TXT, 86400, "\x01x", 2);
  put_record(m, "ns1.example.com", DNS_A, 3600, "\xc0\x00\x02\x35", 4);
  put_record(m, "ns1.example.com", DNS_AAAA, 3600, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x35", 16);
  g_autoptr(DnsAnswer) answer = read_direct("example.com", DNS_MX, m);
  g_assert_cmpint(answer->status, ==, DNS_REFUSED);
  g_assert_false(answer->authoritative);
  g_assert_false(answer->recursive);
  g_assert_cmpuint(answer->n_beside, ==, 3);
  g_assert_cmpstr(answer->beside[0].value, ==, "ns1.example.com");
  g_assert_cmpstr(answer->beside[1].value, ==, "192.0.2.53");
  g_assert_cmpstr(answer->beside[2].value, ==, "2001:db8::35");
}

static void test_direct_flags(void) {
  GByteArray *m = message_begin(0x8400, "example.com", DNS_A, COUNTS(1, 0, 0));
  put_record(m, "example.com", DNS_A, 300, "\xc0\x00\x02\x01", 4);
  g_autoptr(DnsAnswer) own = read_direct("example.com", DNS_A, m);
  g_assert_true(own->authoritative);
  g_assert_false(own->recursive);
  m = message_begin(0x8085, "example.com", DNS_A, COUNTS(0, 0, 0));
  g_autoptr(DnsAnswer) refused = read_direct("example.com", DNS_A, m);
  g_assert_cmpint(refused->status, ==, DNS_REFUSED);
  g_assert_true(refused->recursive);
  /* What lies beside may be broken: the answer stands. */
  m = message_begin(0x8400, "example.com", DNS_A, COUNTS(1, 1, 0));
  put_record(m, "example.com", DNS_A, 300, "\xc0\x00\x02\x01", 4);
  put_record(m, "example.com", DNS_NS, 300, "\xc0", 1);
  g_autoptr(DnsAnswer) broken = read_direct("example.com", DNS_A, m);
  g_assert_cmpint(broken->status, ==, DNS_OK);
  g_assert_cmpuint(broken->n_beside, ==, 0);
}

static void test_name_length(void) {
  g_assert_cmpuint(dns_name_length("a.example."), ==, 9);
  g_assert_cmpuint(dns_name_length("a.example"), ==, 9);
  g_assert_cmpuint(dns_name_length("."), ==, 1);
  g_assert_cmpuint(dns_name_length("a\\."), ==, 3);
  g_assert_cmpuint(dns_name_length("a\\\\."), ==, 3);
}

static void test_words(void) {
  for (guint i = 0; i <= DNS_NOT_RECORDED; i++) {
    DnsStatus status;
    g_assert_true(dns_status_from_word(dns_status_word((DnsStatus)i), &status));
    g_assert_cmpint(status, ==, i);
    g_assert_nonnull(dns_status_message((DnsStatus)i));
  }
}

/* --- mutations --- */

static GByteArray *rich_message(void) {
  GByteArray *m = message_begin(GOOD, "example.com", DNS_MX, COUNTS(6, 1, 1));
  guint begin = record_begin(m, "example.com", DNS_MX, 300);
  put_u16(m, 10);
  g_byte_array_append(m, (const guint8 *)"\x03mx1\xc0\x0c", 6);
  record_end(m, begin);
  put_record(m, "example.com", DNS_TXT, 300,
             "\x03"
             "abc\x02"
             "de",
             7);
  put_cname(m, "example.com", "mx.example.net");
  put_record(m, "mx.example.net", DNS_A, 300, "\xc0\x00\x02\x01", 4);
  put_soa(m, "example.com", 3, 4);
  put_record(m, "example.com", DNS_AAAA, 300, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
  put_soa(m, "example.com", 3600, 900);
  put_opt(m, 0,
          "\x00\x0f\x00\x05\x00\x06"
          "bad",
          9);
  return m;
}

static void check_answer(const DnsAnswer *answer) {
  g_assert_cmpuint(answer->n_records, <=, DNS_MAX_RECORDS);
  for (guint i = 0; i < answer->n_records; i++) {
    g_assert_true(text_is_safe(answer->records[i].owner));
    g_assert_true(text_is_safe(answer->records[i].value));
    DnsType type = answer->records[i].type;
    g_assert_true((answer->records[i].data != NULL) == (type == DNS_TXT || type == DNS_TLSA));
  }
  g_assert_true(answer->status != DNS_OK || dns_answer_count(answer) > 0);
  g_assert_true(answer->extended_text == NULL || text_is_safe(answer->extended_text));
}

/* Every prefix, and many random changes: nothing crashes, everything that comes out is safe. */
static void test_mutations(void) {
  g_autoptr(GByteArray) whole = rich_message();
  g_autoptr(GRand) random = g_rand_new_with_seed(1035);
  for (guint i = 0; i < whole->len; i++) {
    g_autofree guint8 *copy = g_memdup2(whole->data, MAX(i, 1)); /* exact size: ASan sees one octet too far */
    g_autoptr(DnsAnswer) answer = dns_answer_new("example.com", DNS_MX, DNS_TIMEOUT);
    dns_wire_read(answer, copy, i);
    g_assert_cmpint(answer->status, ==, DNS_GARBAGE);
  }
  for (guint i = 0; i < 30000; i++) {
    g_autofree guint8 *copy = g_memdup2(whole->data, whole->len);
    g_autoptr(DnsAnswer) answer = dns_answer_new("example.com", DNS_MX, DNS_TIMEOUT);
    for (guint k = 0, n = (guint)g_rand_int_range(random, 1, 6); k < n; k++)
      copy[g_rand_int_range(random, 2, (gint)whole->len)] = (guint8)g_rand_int(random);
    dns_wire_read(answer, copy, whole->len);
    check_answer(answer);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/net/decode/address", test_address);
  g_test_add_func("/net/decode/address6", test_address6);
  g_test_add_func("/net/decode/mx", test_mx);
  g_test_add_func("/net/decode/srv", test_srv);
  g_test_add_func("/net/decode/tlsa", test_tlsa);
  g_test_add_func("/net/decode/direct-query", test_direct_query);
  g_test_add_func("/net/decode/direct-referral", test_direct_referral);
  g_test_add_func("/net/decode/direct-flags", test_direct_flags);
  g_test_add_func("/net/decode/names", test_names);
  g_test_add_func("/net/decode/soa", test_soa);
  g_test_add_func("/net/decode/txt", test_txt);
  g_test_add_func("/net/decode/hostile-name", test_hostile_name);
  g_test_add_func("/net/decode/chain", test_chain);
  g_test_add_func("/net/decode/circle", test_circle);
  g_test_add_func("/net/decode/absence", test_absence);
  g_test_add_func("/net/decode/referral", test_referral);
  g_test_add_func("/net/decode/rcodes", test_rcodes);
  g_test_add_func("/net/decode/failure-with-records", test_failure_with_records);
  g_test_add_func("/net/decode/extended", test_extended);
  g_test_add_func("/net/decode/garbage", test_garbage);
  g_test_add_func("/net/decode/compression-loop", test_compression_loop);
  g_test_add_func("/net/decode/cut", test_cut);
  g_test_add_func("/net/decode/caps", test_caps);
  g_test_add_func("/net/decode/wire-name", test_wire_name);
  g_test_add_func("/net/decode/query", test_query);
  g_test_add_func("/net/decode/name-length", test_name_length);
  g_test_add_func("/net/decode/words", test_words);
  g_test_add_func("/net/decode/mutations", test_mutations);
  return g_test_run();
}
