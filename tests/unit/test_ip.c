/* Addresses: text to bytes and back, names in reverse zones, ranges that no public server has. */
#include "mail/ip.h"

#include <string.h>

static void test_parse(void) {
  static const struct {
    const char *text;
    const char *want; /* NULL: no address */
    int family;
  } cases[] = {
      {"192.0.2.1", "192.0.2.1", 4},
      {"[192.0.2.1]", "192.0.2.1", 4},
      {"2001:DB8::1", "2001:db8::1", 6},
      {"[IPv6:2001:db8::1]", "2001:db8::1", 6},
      {"[ipv6:2001:db8::1]", "2001:db8::1", 6},
      {"[2001:db8::1]", "2001:db8::1", 6},
      {"::ffff:192.0.2.1", "192.0.2.1", 4}, /* mapped: the same host as its IPv4 address */
      {"[IPv6:::ffff:c000:0201]", "192.0.2.1", 4},
      {"::192.0.2.1", "::192.0.2.1", 6}, /* compatible, not mapped */
      {"", NULL, 0},
      {"[]", NULL, 0},
      {"[", NULL, 0},
      {"[IPv6:]", NULL, 0},
      {"[IPv6:192.0.2.1]", NULL, 0},
      {"192.0.2", NULL, 0},
      {"192.0.2.256", NULL, 0},
      {"192.0.2.1.1", NULL, 0},
      {"192.0.2.1 ", NULL, 0},
      {"192.0.2.1/24", NULL, 0},
      {"fe80::1%eth0", NULL, 0},
      {"2001:db8:::1", NULL, 0},
      {"example.com", NULL, 0},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Ip ip;
    gboolean ok = ip_parse(cases[i].text, &ip);
    g_autofree char *got = ok ? ip_format(&ip) : NULL;
    g_test_message("%s", cases[i].text);
    g_assert_cmpstr(got, ==, cases[i].want);
    if (ok)
      g_assert_cmpint(ip.family, ==, cases[i].family);
  }
}

static void test_reverse(void) {
  static const char *const cases[][2] = {
      {"192.0.2.99", "99.2.0.192"}, /* the example of RFC 5782 s2.1 */
      {"::ffff:192.0.2.99", "99.2.0.192"},
      {"2001:db8:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2"}, /* s2.4 */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Ip ip;
    g_assert_true(ip_parse(cases[i][0], &ip));
    g_autofree char *got = ip_reverse(&ip);
    g_assert_cmpstr(got, ==, cases[i][1]);
  }
}

static void test_special(void) {
  static const char *const cases[][2] = {
      {"10.0.0.1", "private network"},
      {"172.15.255.255", NULL},
      {"172.16.0.0", "private network"},
      {"172.31.255.255", "private network"},
      {"172.32.0.0", NULL},
      {"192.168.1.1", "private network"},
      {"100.64.0.1", "shared address of an access provider"},
      {"100.128.0.1", NULL},
      {"127.0.0.2", "this machine (loopback)"},
      {"169.254.1.1", "link-local"},
      {"192.0.2.1", "documentation"},
      {"198.51.100.1", "documentation"},
      {"203.0.113.255", "documentation"},
      {"203.0.114.0", NULL},
      {"198.19.0.1", "benchmark network"},
      {"0.0.0.0", "unspecified"},
      {"224.0.0.1", "multicast"},
      {"255.255.255.255", "reserved"},
      {"8.8.8.8", NULL},
      {"::ffff:10.0.0.1", "private network"},
      {"::1", "this machine (loopback)"},
      {"::", "unspecified"},
      {"fd00::1", "private network"},
      {"fe80::1", "link-local"},
      {"2001:db8::1", "documentation"},
      {"3fff::1", "documentation"},
      {"2002:c000:201::1", "reserved for protocols"},
      {"4000::1", "reserved"},
      /* The rest of IANA's two registries of special-purpose addresses. */
      {"192.0.0.8", "reserved for protocols"},
      {"192.88.99.1", "reserved for protocols"},
      {"198.18.0.1", "benchmark network"},
      {"240.0.0.1", "reserved"},
      {"64:ff9b:1::1", "private network"},
      {"100::1", "reserved"},
      {"100:0:0:1::1", "reserved"},
      {"2001::1", "reserved for protocols"},
      {"2001:2::1", "reserved for protocols"},
      {"2001:1ff::1", "reserved for protocols"},
      {"2001:200::1", NULL},
      {"5f00::1", "reserved"},
      {"fec0::1", "reserved"},
      {"ff02::1", "multicast"},
      /* Translated: as the IPv4 address in it. */
      {"64:ff9b::a00:1", "private network"},
      {"64:ff9b::7f00:1", "this machine (loopback)"},
      {"64:ff9b::c000:201", "documentation"},
      /* Registered, and reachable all the same. */
      {"192.31.196.1", NULL},
      {"192.52.193.1", NULL},
      {"192.175.48.1", NULL},
      {"64:ff9b::808:808", NULL},
      {"2620:4f:8000::1", NULL},
      {"2606:4700::1", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Ip ip;
    g_assert_true(ip_parse(cases[i][0], &ip));
    g_test_message("%s", cases[i][0]);
    g_assert_cmpstr(ip_special_range(&ip), ==, cases[i][1]);
  }
}

static void test_prefix(void) {
  static const struct {
    const char *ip, *prefix;
    gboolean want;
  } cases[] = {
      {"192.0.2.1", "192.0.2.0/24", TRUE},
      {"192.0.3.1", "192.0.2.0/24", FALSE},
      {"192.0.3.1", "192.0.2.0/23", TRUE},
      {"192.0.2.1", "0.0.0.0/0", TRUE},
      {"192.0.2.1", "192.0.2.1/32", TRUE},
      {"192.0.2.2", "192.0.2.1/32", FALSE},
      {"2001:db8::1", "2001:db8::/32", TRUE},
      {"2001:db9::1", "2001:db8::/32", FALSE},
      {"2001:db8::1", "2001:db8::1/128", TRUE},
      {"2001:db8::1", "0.0.0.0/0", FALSE},
      {"192.0.2.1", "::/0", FALSE},
      {"192.0.2.1", "192.0.2.0", FALSE},
      {"192.0.2.1", "192.0.2.0/33", FALSE},
      {"192.0.2.1", "192.0.2.0/", FALSE},
      {"192.0.2.1", "192.0.2.0/x", FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Ip ip;
    g_assert_true(ip_parse(cases[i].ip, &ip));
    g_test_message("%s in %s", cases[i].ip, cases[i].prefix);
    g_assert_cmpint(ip_in_prefix(&ip, cases[i].prefix), ==, cases[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ip/parse", test_parse);
  g_test_add_func("/ip/reverse", test_reverse);
  g_test_add_func("/ip/special", test_special);
  g_test_add_func("/ip/prefix", test_prefix);
  return g_test_run();
}
