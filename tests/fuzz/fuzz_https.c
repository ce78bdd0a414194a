/* Any bytes as what comes by HTTPS: a policy of MTA-STS and its record, a registration, IANA's list, settings for mail
 * programs. */
#include "mail/autoconfig.h"
#include "mail/mta_sts.h"
#include "mail/rdap.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *body = (const char *)data;
  g_autoptr(GBytes) bytes = g_bytes_new(data, size);
  g_autofree char *id = NULL, *server = NULL;
  g_autoptr(MtaStsPolicy) policy = mta_sts_policy_parse(body, size);
  g_autoptr(GArray) servers = mail_servers_new();
  mta_sts_record_parse(bytes, &id);
  mta_sts_policy_names(policy, "mx1.example.com");
  rdap_bootstrap_find(body, size, "com", &server);
  rdap_domain_free(rdap_domain_parse(body, size));
  autoconfig_parse(body, size, "example.com", servers);
  return 0;
}
