/* Any octets as the answer to any question: nothing crashes, and what comes out is safe.  The first octet picks the
 * type. */
#include "base/text.h"
#include "net/dns_wire.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  static const DnsType types[] = {DNS_A, DNS_NS, DNS_CNAME, DNS_SOA, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_SRV, DNS_TLSA};
  if (size == 0)
    return 0;
  g_autoptr(DnsAnswer) answer = dns_answer_new("example.com", types[data[0] % G_N_ELEMENTS(types)], DNS_TIMEOUT);
  if ((data[0] & 0x80) != 0) /* a name server asked itself: what lies beside the answer is read too */
    answer->at = g_strdup("192.0.2.53");
  dns_wire_read(answer, data + 1, size - 1);
  for (guint i = 0; i < answer->n_beside; i++)
    g_assert(text_is_safe(answer->beside[i].owner) && text_is_safe(answer->beside[i].value));
  g_assert(answer->n_records <= DNS_MAX_RECORDS);
  g_assert(answer->status != DNS_OK || dns_answer_count(answer) > 0);
  for (guint i = 0; i < answer->n_records; i++)
    g_assert(text_is_safe(answer->records[i].owner) && text_is_safe(answer->records[i].value));
  return 0;
}
