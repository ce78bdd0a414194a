#include "mail/ip.h"

#include "base/catalogue.h"

#include <arpa/inet.h>
#include <string.h>

#define DOCUMENTATION N_("documentation")

/* RFC 6890 with its later registrations: addresses that no public mail server has.  The first match counts. */
static const struct {
  const char *prefix;
  const char *message;
} special_ranges[] = {
    {"127.0.0.0/8", N_("this machine (loopback)")},
    {"10.0.0.0/8", N_("private network")},
    {"172.16.0.0/12", N_("private network")},
    {"192.168.0.0/16", N_("private network")},
    {"100.64.0.0/10", N_("shared address of an access provider")},
    {"169.254.0.0/16", N_("link-local")},
    {"192.0.2.0/24", DOCUMENTATION},
    {"198.51.100.0/24", DOCUMENTATION},
    {"203.0.113.0/24", DOCUMENTATION},
    {"198.18.0.0/15", N_("benchmark network")},
    {"192.0.0.0/24", N_("reserved for protocols")},
    {"192.88.99.0/24", N_("reserved for protocols")},
    {"0.0.0.0/8", N_("unspecified")},
    {"224.0.0.0/4", N_("multicast")},
    {"240.0.0.0/4", N_("reserved")},
    {"::1/128", N_("this machine (loopback)")},
    {"::/128", N_("unspecified")},
    {"fc00::/7", N_("private network")},
    {"fe80::/10", N_("link-local")},
    {"2001:db8::/32", DOCUMENTATION},
    {"3fff::/20", DOCUMENTATION},
    {"ff00::/8", N_("multicast")},
    {"64:ff9b:1::/48", N_("private network")},
    {"100::/64", N_("reserved")},
    {"2001::/23", N_("reserved for protocols")},
    {"2002::/16", N_("reserved for protocols")},
};

/* 2000::/3 is all that has been given out of IPv6 so far (RFC 4291 s2.4 and its registry). */
#define GLOBAL_UNICAST6 "2000::/3"
/* What a DNS64 resolver makes of IPv4 addresses (RFC 6147): leads to the one at its end, wherever that is (RFC 6052 s2.1). */
#define TRANSLATED6 "64:ff9b::/96"

static const guint8 mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static gboolean parse_plain(const char *text, Ip *ip) {
  guint8 bytes[16] = {0};
  memset(ip, 0, sizeof *ip);
  if (inet_pton(AF_INET, text, bytes) == 1) {
    ip->family = 4;
    memcpy(ip->bytes, bytes, 4);
    return TRUE;
  }
  if (inet_pton(AF_INET6, text, bytes) != 1)
    return FALSE;
  if (memcmp(bytes, mapped_prefix, sizeof mapped_prefix) == 0) {
    ip->family = 4;
    memcpy(ip->bytes, bytes + 12, 4);
    return TRUE;
  }
  ip->family = 6;
  memcpy(ip->bytes, bytes, 16);
  return TRUE;
}

gboolean ip_parse(const char *text, Ip *ip) {
  gsize length = strlen(text);
  if (text[0] != '[')
    return parse_plain(text, ip);
  /* Address literals, RFC 5321 s4.1.3. */
  if (length < 3 || length > 64 || text[length - 1] != ']')
    return FALSE;
  gboolean tagged = g_ascii_strncasecmp(text + 1, "IPv6:", 5) == 0;
  g_autofree char *inner = g_strndup(text + (tagged ? 6 : 1), length - (tagged ? 7 : 2));
  if (tagged && strchr(inner, ':') == NULL)
    return FALSE;
  return parse_plain(inner, ip);
}

char *ip_format(const Ip *ip) {
  char text[INET6_ADDRSTRLEN];
  return g_strdup(inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->bytes, text, sizeof text));
}

gboolean ip_equal(const Ip *a, const Ip *b) {
  return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

char *ip_reverse(const Ip *ip) {
  static const char digits[] = "0123456789abcdef";
  if (ip->family == 4)
    return g_strdup_printf("%u.%u.%u.%u", ip->bytes[3], ip->bytes[2], ip->bytes[1], ip->bytes[0]);
  char *text = g_malloc(64);
  for (guint i = 0; i < 16; i++) {
    guint8 byte = ip->bytes[15 - i];
    char *p = text + 4 * i;
    p[0] = digits[byte & 15];
    p[1] = '.';
    p[2] = digits[byte >> 4];
    p[3] = '.';
  }
  text[63] = '\0';
  return text;
}

const char *ip_special_range(const Ip *ip) {
  if (ip_in_prefix(ip, TRANSLATED6)) {
    Ip inner = {.family = 4};
    memcpy(inner.bytes, ip->bytes + 12, 4);
    return ip_special_range(&inner);
  }
  for (guint i = 0; i < G_N_ELEMENTS(special_ranges); i++)
    if (ip_in_prefix(ip, special_ranges[i].prefix))
      return special_ranges[i].message;
  if (ip->family == 6 && !ip_in_prefix(ip, GLOBAL_UNICAST6))
    return N_("reserved");
  return NULL;
}

gboolean ip_is_documentation(const Ip *ip) {
  return g_strcmp0(ip_special_range(ip), DOCUMENTATION) == 0;
}

gboolean ip_in_prefix(const Ip *ip, const char *prefix) {
  char text[INET6_ADDRSTRLEN];
  const char *slash = strchr(prefix, '/');
  Ip net;
  if (slash == NULL || (gsize)(slash - prefix) >= sizeof text)
    return FALSE;
  memcpy(text, prefix, slash - prefix);
  text[slash - prefix] = '\0';
  guint64 bits;
  if (!g_ascii_string_to_unsigned(slash + 1, 10, 0, 128, &bits, NULL) || !parse_plain(text, &net))
    return FALSE;
  if (net.family != ip->family || bits > (net.family == 4 ? 32 : 128))
    return FALSE;
  return ip_in_network(ip, &net, (guint)bits);
}

gboolean ip_in_network(const Ip *ip, const Ip *network, guint bits) {
  if (network->family != ip->family)
    return FALSE;
  bits = MIN(bits, ip->family == 4 ? 32 : 128);
  guint whole = bits / 8, rest = bits % 8;
  if (memcmp(network->bytes, ip->bytes, whole) != 0)
    return FALSE;
  return rest == 0 || ((network->bytes[whole] ^ ip->bytes[whole]) >> (8 - rest)) == 0;
}
