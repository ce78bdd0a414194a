#include "probe/table.h"

const Probe *const probe_table[] = {
    &probe_vantage, &probe_address, &probe_mx, &probe_delegation, &probe_provider, &probe_host,
    &probe_ptr, &probe_spf, &probe_spf_record, &probe_dmarc, &probe_dkim, &probe_arc, &probe_tls_rpt,
    &probe_mta_sts,
    &probe_domain,
    &probe_autoconfig,
    &probe_smtp,
    &probe_rcpt,
    &probe_dane, &probe_dane_chain,
    &probe_pwned,
    &probe_dnsbl,
    &probe_submission, &probe_imap, &probe_pop3, NULL,
};

const Probe *probe_find(const char *name) {
  for (const Probe *const *probe = probe_table; *probe != NULL; probe++)
    if (g_str_equal((*probe)->name, name))
      return *probe;
  return NULL;
}
