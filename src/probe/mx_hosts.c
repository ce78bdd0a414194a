#include "base/catalogue.h"
#include "mail/ip.h"
#include "probe/host_look.h"
#include "probe/mx_look.h"
#include "probe/route.h"

#include <string.h>

/* --- the records --- */

void mx_collect_hosts(MxLook *look, const DnsAnswer *mx) {
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) records = route_servers(mx);
  for (guint i = 0; i < records->len; i++) {
    const MxHost host = {.record = g_ptr_array_index(records, i)};
    if (g_hash_table_add(names, g_ascii_strdown(host.record->value, -1))) /* RFC 4343 s3 */
      g_array_append_val(look->hosts, host);
    else
      look->twice = host.record->value;
  }
  look->count = look->hosts->len;
  g_array_set_size(look->hosts, MIN(look->count, MX_MAX_HOSTS));
}

/* --- what a name tells by itself --- */

static gboolean is_address(const char *name) {
  Ip ip;
  return ip_parse(name, &ip);
}

/* Names that can never be a server (RFC 6761 s6.3, s6.4): what a set-up wizard or a registrar left behind. */
static gboolean is_nowhere(const char *host) {
  static const char *const tops[] = {".invalid", ".localhost", ".localdomain"};
  g_autofree char *name = g_strconcat(".", host, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(tops); i++) {
    gsize whole = strlen(name), end = strlen(tops[i]);
    if (whole >= end && g_ascii_strcasecmp(name + whole - end, tops[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean is_zero(const char *host) {
  return g_str_equal(host, "0");
}

static gboolean is_short(const char *host) {
  return strchr(host, '.') == NULL;
}

/* Why no mail gets to a server, told by its name, the first that fits.  The others are asked for their addresses, and
 * it is a fault only if they have none. */
static const struct {
  gboolean (*is)(const char *host);
  gboolean asked;
  const char *fault, *text, *advice;
} odd_names[] = {
    {is_address, FALSE, "ip_literal", N_("An address stands where the name of a server must be"),
     N_("The MX record must name a host. Many senders cannot deliver to this one")},
    {is_nowhere, FALSE, "placeholder", N_("This name is only a placeholder: no mail arrives through this record"),
     N_("The administrator of {domain} must correct the MX record. A domain that takes no mail says so with the "
        "record \"0 .\"")},
    {is_zero, TRUE, "mistyped_null",
     N_("This is no name; probably \"0 .\" is meant, which says that the domain takes no mail"),
     N_("The administrator of {domain} must correct the MX record: the preference is 0, and the name is a single dot")},
    {is_short, TRUE, "short_name", N_("This is only the first part of a name: the domain after it is missing"),
     N_("The administrator of {domain} must write the full name of the server into the MX record")},
};

/* Its row in the table, or -1. */
static int odd_name(const char *host, gboolean asked) {
  for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++)
    if (odd_names[i].asked == asked && odd_names[i].is(host))
      return (int)i;
  return -1;
}

void mx_ask_hosts(MxLook *look) {
  for (guint i = 0; i < look->hosts->len; i++) {
    MxHost *host = &g_array_index(look->hosts, MxHost, i);
    if (odd_name(host->record->value, FALSE) >= 0)
      continue;
    host->a = net_dns(look->net, host->record->value, DNS_A);
    host->aaaa = net_dns(look->net, host->record->value, DNS_AAAA);
    host->waits = host->a == NULL || host->aaaa == NULL;
    look->open += (host->a == NULL) + (host->aaaa == NULL);
  }
}

/* --- addresses --- */

static void append(GString *list, const char *word) {
  g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", word);
}

const char *mx_add_addresses(MxLook *look, const DnsAnswer *a, const DnsAnswer *aaaa, GString *all, GString *closed) {
  const DnsAnswer *both[] = {a, aaaa};
  const char *first = NULL;
  for (guint k = 0; k < 2; k++)
    for (guint i = 0; both[k] != NULL && both[k]->status == DNS_OK && i < dns_answer_count(both[k]); i++) {
      const char *value = dns_answer_record(both[k], i)->value;
      Ip ip;
      append(all, value);
      if (g_hash_table_add(look->known, (gpointer)value))
        g_ptr_array_add(look->addresses, (gpointer)value);
      /* Documentation addresses stand for public ones in exercises; no real domain has them. */
      const char *range = ip_parse(value, &ip) && !ip_is_documentation(&ip) ? ip_special_range(&ip) : NULL;
      if (range == NULL)
        continue;
      append(closed, value);
      if (first == NULL)
        first = range;
    }
  return first;
}

/* --- one row a host --- */

static Finding *add_row(MxLook *look, Level level, const MxHost *host, Message *text) {
  Finding *row = result_add(look->result, level, host->record->value, text);
  probe_add_answer(row, look->mx, "RFC 5321 s5.1");
  if (host->a != NULL)
    probe_add_answer(row, host->a, "RFC 5321 s5.1");
  if (host->aaaa != NULL)
    probe_add_answer(row, host->aaaa, "RFC 5321 s5.1");
  row->elapsed_ms = MAX(host->a != NULL ? host->a->elapsed_ms : 0, host->aaaa != NULL ? host->aaaa->elapsed_ms : 0);
  return row;
}

static gboolean is_alias(const MxHost *host) {
  return (host->a != NULL && dns_answer_is_alias(host->a)) || (host->aaaa != NULL && dns_answer_is_alias(host->aaaa));
}

static void say_odd_name(MxLook *look, const MxHost *host, int odd) {
  mx_add_fault(look, odd_names[odd].fault);
  Finding *row = add_row(look, LEVEL_FAIL, host, message_new(odd_names[odd].text, NULL));
  finding_set_advice(row, message_new(odd_names[odd].advice, "domain", look->domain, NULL));
}

static void host_without_address(MxLook *look, const MxHost *host) {
  const DnsAnswer *unknown = dns_is_unknown(host->a->status) ? host->a : host->aaaa;
  if (dns_is_unknown(unknown->status)) {
    look->unknown++;
    add_row(look, LEVEL_UNKNOWN, host,
            message_set_tr(message_new(N_("Its address could not be found out: {why}"), NULL), "why",
                           dns_status_message(unknown->status)));
    return;
  }
  mx_add_fault(look, "no_address");
  if (is_alias(host))
    mx_add_fault(look, "alias");
  int odd = odd_name(host->record->value, TRUE);
  if (odd >= 0) {
    say_odd_name(look, host, odd);
    return;
  }
  Finding *row = add_row(look, LEVEL_FAIL, host,
                         dns_answer_name_is_missing(host->a) ? message_new(N_("This name does not exist"), NULL)
                                                             : message_new(N_("This name has no address"), NULL));
  finding_set_advice(row, message_new(N_("The administrator of {domain} must correct the MX record or the address of "
                                         "this server"),
                                      "domain", look->domain, NULL));
}

/* Nobody outside can reach `closed`, which may be `all` of its addresses. */
static void say_special(MxLook *look, const MxHost *host, const char *range, const GString *all,
                        const GString *closed) {
  gboolean none = all->len == closed->len;
  Message *text = none ? message_new(N_("{addresses}: nobody outside can reach this address ({range})"), "addresses",
                                     all->str, NULL)
                       : message_new(N_("{addresses}: nobody outside can reach {closed} ({range}), so that mail may "
                                        "come late"),
                                     "addresses", all->str, "closed", closed->str, NULL);
  look->usable += !none;
  mx_add_fault(look, "special_address");
  add_row(look, LEVEL_WARN, host, message_set_tr(text, "range", range));
}

static void host_row(MxLook *look, const MxHost *host) {
  g_autoptr(GString) all = g_string_new(NULL), closed = g_string_new(NULL);
  int odd = odd_name(host->record->value, FALSE);
  if (odd >= 0) {
    say_odd_name(look, host, odd);
    return;
  }
  const char *range = mx_add_addresses(look, host->a, host->aaaa, all, closed);
  if (host->waits && all->len == 0) {
    add_row(look, LEVEL_WAIT, host, message_new(N_("Looking up its address"), NULL));
    return;
  }
  if (all->len == 0) {
    host_without_address(look, host);
    return;
  }
  if (is_alias(host)) /* RFC 5321 s5.1, RFC 2181 s10.3 */
    mx_add_fault(look, "alias");
  if (range != NULL) {
    say_special(look, host, range, all, closed);
    return;
  }
  look->usable++;
  add_row(look, is_alias(host) ? LEVEL_WARN : LEVEL_OK, host,
          message_new(is_alias(host)
                          ? N_("{addresses}: this name is only an alias (CNAME), which an MX record may not name; some "
                               "senders refuse it")
                          : "{addresses}",
                      "addresses", all->str, NULL));
}

void mx_say_hosts(MxLook *look) {
  for (guint i = 0; i < look->hosts->len; i++)
    host_row(look, &g_array_index(look->hosts, MxHost, i));
}
