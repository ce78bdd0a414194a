#include "net/dns_answer.h"

#include "base/catalogue.h"
#include "base/text.h"

#include <string.h>

static const struct {
  const char *word;
  const char *message;
} statuses[] = {
    [DNS_OK] = {"ok", N_("answered")},
    [DNS_NODATA] = {"nodata", N_("no such record")},
    [DNS_NXDOMAIN] = {"nxdomain", N_("the name does not exist")},
    [DNS_TIMEOUT] = {"timeout", N_("no answer in time")},
    [DNS_SERVFAIL] = {"servfail", N_("the name server failed")},
    [DNS_REFUSED] = {"refused", N_("the name server refused to answer")},
    [DNS_FORMERR] = {"formerr", N_("the name server did not understand the question")},
    [DNS_NOTIMP] = {"notimp", N_("the name server cannot answer this kind of question")},
    [DNS_GARBAGE] = {"garbage", N_("the answer could not be read")},
    [DNS_UNREACHABLE] = {"unreachable", N_("no name server could be reached")},
    [DNS_BAD_NAME] = {"bad_name", N_("this name cannot be looked up")},
    [DNS_CANCELLED] = {"cancelled", N_("not waited for")},
    [DNS_NOT_RECORDED] = {"not_recorded", N_("not in the recording")},
    [DNS_INVENTED] = {"invented", N_("the resolver says the same about names that do not exist")},
};

static const struct {
  DnsType type;
  const char *word;
} types[] = {
    {DNS_A, "A"},     {DNS_NS, "NS"}, {DNS_CNAME, "CNAME"}, {DNS_SOA, "SOA"},
    {DNS_PTR, "PTR"}, {DNS_MX, "MX"}, {DNS_TXT, "TXT"},     {DNS_AAAA, "AAAA"},
    {DNS_SRV, "SRV"}, {DNS_TLSA, "TLSA"},
};

/* RFC 8914 s4, with the additions of the IANA registry. */
static const char *const extended[] = {
    [0] = N_("other error"),
    [1] = N_("unsupported DNSKEY algorithm"),
    [2] = N_("unsupported DS digest type"),
    [3] = N_("stale answer"),
    [4] = N_("forged answer"),
    [5] = N_("DNSSEC indeterminate"),
    [6] = N_("DNSSEC bogus"),
    [7] = N_("signature expired"),
    [8] = N_("signature not yet valid"),
    [9] = N_("DNSKEY missing"),
    [10] = N_("signatures missing"),
    [11] = N_("no zone key bit set"),
    [12] = N_("NSEC missing"),
    [13] = N_("cached error"),
    [14] = N_("the name server is not ready"),
    [15] = N_("blocked by the operator of the name server"),
    [16] = N_("censored"),
    [17] = N_("filtered as the user asked for"),
    [18] = N_("this client may not ask"),
    [19] = N_("stale answer: the name does not exist"),
    [20] = N_("not authoritative"),
    [21] = N_("not supported"),
    [22] = N_("none of the domain's name servers could be reached"),
    [23] = N_("network error between the name servers"),
    [24] = N_("the name server's data is invalid"),
    [25] = N_("signature expired before it became valid"),
    [26] = N_("asked too early"),
    [27] = N_("unsupported NSEC3 iterations value"),
    [28] = N_("does not conform to policy"),
    [29] = N_("synthesised answer"),
};

GQuark net_error_quark(void) {
  return g_quark_from_static_string("net-error");
}

const char *dns_status_word(DnsStatus status) {
  return statuses[status].word;
}

const char *dns_status_message(DnsStatus status) {
  return statuses[status].message;
}

const char *dns_type_word(DnsType type) {
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (types[i].type == type)
      return types[i].word;
  return "?";
}

const char *dns_extended_message(int code) {
  return code >= 0 && (guint)code < G_N_ELEMENTS(extended) ? extended[code] : NULL;
}

gboolean dns_type_is_known(guint type) {
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (types[i].type == type)
      return TRUE;
  return FALSE;
}

gboolean dns_type_from_word(const char *word, DnsType *type) {
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_ascii_strcasecmp(types[i].word, word) == 0) {
      *type = types[i].type;
      return TRUE;
    }
  return FALSE;
}

gboolean dns_status_from_word(const char *word, DnsStatus *status) {
  for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
    if (strcmp(statuses[i].word, word) == 0) {
      *status = (DnsStatus)i;
      return TRUE;
    }
  return FALSE;
}

gsize dns_name_length(const char *name) {
  gsize length = strlen(name);
  gsize backslashes = 0;
  if (length < 2 || name[length - 1] != '.')
    return length;
  /* "a\." ends in an escaped dot, which is part of the label (RFC 1035 s5.1). */
  while (backslashes < length - 1 && name[length - 2 - backslashes] == '\\')
    backslashes++;
  return backslashes % 2 == 0 ? length - 1 : length;
}

DnsAnswer *dns_answer_new(const char *name, DnsType type, DnsStatus status) {
  DnsAnswer *answer = g_new0(DnsAnswer, 1);
  answer->name = text_safe(name, (gssize)dns_name_length(name), TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  answer->type = type;
  answer->status = status;
  answer->extended = -1;
  return answer;
}

void dns_record_clear(DnsRecord *record) {
  g_free(record->owner);
  g_free(record->value);
  if (record->data != NULL)
    g_bytes_unref(record->data);
}

void dns_record_set_text(DnsRecord *record, const void *bytes, gsize length) {
  record->data = g_bytes_new(bytes, length);
  record->value = text_safe(bytes, (gssize)length, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
}

void dns_record_set_association(DnsRecord *record, const void *bytes, gsize length) {
  const guint8 *p = bytes;
  g_autoptr(GString) hex = g_string_new(NULL);
  for (gsize i = 0; i < length && hex->len + 2 <= TEXT_MAX_REMOTE; i++)
    g_string_append_printf(hex, "%02x", p[i]);
  record->data = g_bytes_new(bytes, length);
  record->value = g_string_free(g_steal_pointer(&hex), FALSE);
}

void dns_answer_free(DnsAnswer *answer) {
  if (answer == NULL)
    return;
  for (guint i = 0; i < answer->n_records; i++)
    dns_record_clear(&answer->records[i]);
  for (guint i = 0; i < answer->n_beside; i++)
    dns_record_clear(&answer->beside[i]);
  g_free(answer->records);
  g_free(answer->beside);
  g_free(answer->name);
  g_free(answer->at);
  g_free(answer->server);
  g_free(answer->extended_text);
  g_free(answer);
}

void dns_answer_take_records(DnsAnswer *answer, GArray *records) {
  answer->n_records = records->len;
  answer->records = (DnsRecord *)(void *)g_array_free(records, records->len == 0);
}

void dns_answer_take_beside(DnsAnswer *answer, GArray *records) {
  answer->n_beside = records->len;
  answer->beside = (DnsRecord *)(void *)g_array_free(records, records->len == 0);
}

guint dns_answer_count(const DnsAnswer *answer) {
  guint count = 0;
  for (guint i = 0; i < answer->n_records; i++)
    count += answer->records[i].type == answer->type;
  return count;
}

const DnsRecord *dns_answer_record(const DnsAnswer *answer, guint i) {
  for (guint k = 0; k < answer->n_records; k++)
    if (answer->records[k].type == answer->type && i-- == 0)
      return &answer->records[k];
  return NULL;
}

gboolean dns_answer_is_alias(const DnsAnswer *answer) {
  for (guint i = 0; i < answer->n_records; i++)
    if (answer->records[i].type == DNS_CNAME && answer->type != DNS_CNAME)
      return TRUE;
  return FALSE;
}

guint32 dns_record_soa_minimum(const DnsRecord *record) {
  const char *last = record->type == DNS_SOA ? strrchr(record->value, ' ') : NULL;
  return last != NULL ? (guint32)g_ascii_strtoull(last + 1, NULL, 10) : 0;
}
