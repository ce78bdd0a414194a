#include "net/dns_text.h"

#include "net/dns_wire.h"

#include <arpa/inet.h>
#include <string.h>

/* --- writing --- */

static void append_quoted(GString *out, GBytes *data) {
  gsize length;
  const guint8 *p = g_bytes_get_data(data, &length);
  g_string_append_c(out, '"');
  for (gsize i = 0; i < length; i++) {
    if (p[i] == '"' || p[i] == '\\')
      g_string_append_printf(out, "\\%c", p[i]);
    else if (p[i] < 0x20 || p[i] > 0x7e)
      g_string_append_printf(out, "\\%03u", p[i]);
    else
      g_string_append_c(out, (char)p[i]);
  }
  g_string_append_c(out, '"');
}

static void append_hex(GString *out, GBytes *data) {
  gsize length;
  const guint8 *p = g_bytes_get_data(data, &length);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf(out, "%02x", p[i]);
}

static void append_numbers(GString *text, const DnsRecord *record) {
  if (record->type == DNS_MX)
    g_string_append_printf(text, "%u ", record->preference);
  if (record->type == DNS_SRV)
    g_string_append_printf(text, "%u %u %u ", record->preference, record->weight, record->port);
  if (record->type == DNS_TLSA)
    g_string_append_printf(text, "%u %u %u ", record->usage, record->selector, record->matching);
}

char *dns_text_format(const DnsRecord *record, const char *owner) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "%s %u %s ", owner, record->ttl, dns_type_word(record->type));
  append_numbers(text, record);
  if (record->type == DNS_TXT)
    append_quoted(text, record->data);
  else if (record->type == DNS_TLSA)
    append_hex(text, record->data);
  else
    g_string_append(text, record->value);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

char *dns_record_data(const DnsRecord *record) {
  g_autoptr(GString) text = g_string_new(NULL);
  append_numbers(text, record);
  g_string_append(text, record->value);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* --- reading --- */

static gboolean parse_number(const char *text, guint64 max, guint64 *value) {
  return g_ascii_string_to_unsigned(text, 10, 0, max, value, NULL);
}

char *dns_text_name(const char *text) {
  DnsWireName wire;
  return dns_wire_name(text, &wire) ? g_strndup(text, dns_name_length(text)) : NULL;
}

/* One octet of a quoted string. FALSE: broken escape. */
static gboolean read_octet(const char **p, guint8 *octet) {
  const char *s = *p;
  guint value;
  *octet = (guint8)*s;
  *p = s + 1;
  if (*s != '\\')
    return TRUE;
  if (s[1] == '\0')
    return FALSE;
  if (!g_ascii_isdigit(s[1])) {
    *octet = (guint8)s[1];
    *p = s + 2;
    return TRUE;
  }
  if (!g_ascii_isdigit(s[2]) || !g_ascii_isdigit(s[3]))
    return FALSE;
  value = (guint)(s[1] - '0') * 100 + (guint)(s[2] - '0') * 10 + (guint)(s[3] - '0');
  *octet = (guint8)value;
  *p = s + 4;
  return value <= 255;
}

static gboolean parse_quoted(const char *text, GByteArray *joined) {
  const char *p = text;
  while (*p == '"') {
    p++;
    while (*p != '"') {
      guint8 octet;
      if (*p == '\0' || !read_octet(&p, &octet))
        return FALSE;
      g_byte_array_append(joined, &octet, 1);
    }
    p++;
    while (*p == ' ')
      p++;
  }
  return *p == '\0';
}

static gboolean parse_txt(DnsRecord *record, const char *text) {
  g_autoptr(GByteArray) joined = g_byte_array_new();
  if (*text != '"')
    g_byte_array_append(joined, (const guint8 *)text, (guint)strlen(text));
  else if (!parse_quoted(text, joined))
    return FALSE;
  if (joined->len > DNS_MAX_TXT)
    return FALSE;
  dns_record_set_text(record, joined->data, joined->len);
  return TRUE;
}

static gboolean parse_address(DnsRecord *record, const char *text, int family) {
  guint8 address[16];
  char canonical[INET6_ADDRSTRLEN];
  if (inet_pton(family, text, address) != 1)
    return FALSE;
  record->value = g_strdup(inet_ntop(family, address, canonical, sizeof canonical));
  return TRUE;
}

/* `n` numbers, each with a blank after it.  What follows, or NULL. */
static const char *parse_numbers(const char *text, guint n, guint64 max, guint64 *values) {
  g_auto(GStrv) words = g_strsplit(text, " ", (gint)n + 1);
  const char *rest = text;
  if (g_strv_length(words) != n + 1)
    return NULL;
  for (guint i = 0; i < n; i++) {
    if (!parse_number(words[i], max, &values[i]))
      return NULL;
    rest += strlen(words[i]) + 1;
  }
  return rest;
}

static gboolean parse_mx(DnsRecord *record, const char *text) {
  guint64 preference;
  const char *name = parse_numbers(text, 1, G_MAXUINT16, &preference);
  if (name == NULL)
    return FALSE;
  record->preference = (guint16)preference;
  record->value = dns_text_name(name);
  return record->value != NULL;
}

static gboolean parse_srv(DnsRecord *record, const char *text) {
  guint64 numbers[3];
  const char *target = parse_numbers(text, G_N_ELEMENTS(numbers), G_MAXUINT16, numbers);
  if (target == NULL)
    return FALSE;
  record->preference = (guint16)numbers[0];
  record->weight = (guint16)numbers[1];
  record->port = (guint16)numbers[2];
  record->value = dns_text_name(target);
  return record->value != NULL;
}

/* The digits may stand in groups (RFC 6698 s2.2). */
static gboolean parse_tlsa(DnsRecord *record, const char *text) {
  guint64 numbers[3];
  const char *p = parse_numbers(text, G_N_ELEMENTS(numbers), G_MAXUINT8, numbers);
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  while (p != NULL && *p != '\0') {
    guint8 octet = (guint8)(g_ascii_xdigit_value(p[0]) << 4 | (g_ascii_xdigit_value(p[1]) & 15));
    if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1]) || bytes->len == G_MAXUINT16)
      return FALSE;
    g_byte_array_append(bytes, &octet, 1);
    for (p += 2; *p == ' ';)
      p++;
  }
  if (p == NULL)
    return FALSE;
  record->usage = (guint8)numbers[0];
  record->selector = (guint8)numbers[1];
  record->matching = (guint8)numbers[2];
  dns_record_set_association(record, bytes->data, bytes->len);
  return TRUE;
}

static gboolean parse_soa(DnsRecord *record, const char *text) {
  g_auto(GStrv) words = g_strsplit(text, " ", 8);
  guint64 number;
  if (g_strv_length(words) != 7)
    return FALSE;
  for (guint i = 2; i < 7; i++)
    if (!parse_number(words[i], G_MAXUINT32, &number))
      return FALSE;
  for (guint i = 0; i < 2; i++) {
    char *name = dns_text_name(words[i]);
    if (name == NULL)
      return FALSE;
    g_free(words[i]);
    words[i] = name;
  }
  record->value = g_strjoinv(" ", words);
  return TRUE;
}

static gboolean parse_data(DnsRecord *record, const char *text) {
  switch (record->type) {
  case DNS_A:
    return parse_address(record, text, AF_INET);
  case DNS_AAAA:
    return parse_address(record, text, AF_INET6);
  case DNS_MX:
    return parse_mx(record, text);
  case DNS_SOA:
    return parse_soa(record, text);
  case DNS_TXT:
    return parse_txt(record, text);
  case DNS_SRV:
    return parse_srv(record, text);
  case DNS_TLSA:
    return parse_tlsa(record, text);
  default:
    record->value = dns_text_name(text);
    return record->value != NULL;
  }
}

gboolean dns_text_parse(const char *text, DnsRecord *record) {
  g_auto(GStrv) words = g_strsplit(text, " ", 4);
  guint64 ttl;
  DnsType type;
  if (*text == '"' || g_strv_length(words) != 4 || !parse_number(words[1], G_MAXINT32, &ttl) ||
      !dns_type_from_word(words[2], &type))
    return parse_data(record, text);
  record->owner = dns_text_name(words[0]);
  record->ttl = (guint32)ttl;
  record->type = type;
  return record->owner != NULL && parse_data(record, words[3]);
}
