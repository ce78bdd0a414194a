#include "probe/host_look.h"

#include "probe/route.h"

HostLook host_look_ask(Net *net, const char *name) {
  return (HostLook){{net_dns(net, name, DNS_A), net_dns(net, name, DNS_AAAA)}};
}

guint host_look_open(const HostLook *look) {
  return (look->answers[0] == NULL) + (look->answers[1] == NULL);
}

static guint addresses_in(const DnsAnswer *answer) {
  return answer != NULL && answer->status == DNS_OK ? dns_answer_count(answer) : 0;
}

guint host_look_count(const HostLook *look) {
  return addresses_in(look->answers[0]) + addresses_in(look->answers[1]);
}

const char *host_look_address(const HostLook *look, guint i) {
  guint first = addresses_in(look->answers[0]);
  if (i >= host_look_count(look))
    return NULL;
  return i < first ? dns_answer_record(look->answers[0], i)->value
                   : dns_answer_record(look->answers[1], i - first)->value;
}

const DnsAnswer *host_look_unknown(const HostLook *look) {
  for (guint i = 0; i < 2; i++)
    if (look->answers[i] != NULL && dns_is_unknown(look->answers[i]->status))
      return look->answers[i];
  return NULL;
}

gboolean dns_answer_name_is_missing(const DnsAnswer *answer) {
  return answer->status == DNS_NXDOMAIN && !dns_answer_is_alias(answer);
}

gboolean host_look_is_missing(const HostLook *look) {
  /* RFC 8020 s2: NXDOMAIN is said of the name, whatever type was asked for. */
  for (guint i = 0; i < 2; i++)
    if (look->answers[i] != NULL && dns_answer_name_is_missing(look->answers[i]))
      return TRUE;
  return FALSE;
}

GPtrArray *host_look_aliases(const HostLook *look) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < 2 && names->len == 0; i++) {
    const DnsAnswer *answer = look->answers[i];
    for (guint k = 0; answer != NULL && k < answer->n_records; k++)
      if (answer->records[k].type == DNS_CNAME)
        g_ptr_array_add(names, answer->records[k].value);
  }
  return names;
}

const char *unknown_word(const DnsAnswer *answer) {
  const char *word = route_unknown_word(answer->status);
  return word != NULL ? word : dns_status_word(answer->status);
}
