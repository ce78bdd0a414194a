/* Any bytes as a record of DMARC, DKIM and TLS-RPT, as ARC fields, as the name of a sending
 * address, as a feature or a reply of SMTP, and as a certificate. */
#include "mail/arc.h"
#include "mail/certificate.h"
#include "mail/dkim.h"
#include "mail/dmarc.h"
#include "mail/fields.h"
#include "mail/reverse_name.h"
#include "mail/smtp_reply.h"
#include "mail/tls_rpt.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GBytes) bytes = g_bytes_new(data, size);
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(GPtrArray) uris = g_ptr_array_new_with_free_func(g_free);
  const char *names[DMARC_MAX_STEPS];
  DmarcStep steps[DMARC_MAX_STEPS];
  DkimKey key;
  Ip ip4 = {4, {192, 0, 2, 1}}, ip6 = {6, {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  DmarcRecord *record = dmarc_record_parse(bytes);
  guint n = dmarc_walk_plan(text, names);
  for (guint i = 0; i < n; i++)
    steps[i] =
        (DmarcStep){names[i], record != NULL ? (DmarcFound)((strlen(names[i]) + i) % 4) : DMARC_NOT_FOUND, record};
  dmarc_walk_judge(steps, n);
  for (DmarcPlace place = DMARC_OWN; record != NULL && place <= DMARC_MISSING_SUBDOMAIN; place++)
    dmarc_record_applied(record, dmarc_record_policy(record, place, NULL));
  g_clear_pointer(&record, dmarc_record_free);
  dkim_key_parse(bytes, &key);
  g_free(dkim_key_name(text, "example.com"));
  tls_rpt_parse(bytes, uris);
  arc_chain_free(arc_read(text));
  g_autoptr(GPtrArray) fields = fields_parse(text, NULL);
  g_autofree char *line = arc_compact(fields);
  if (line != NULL)
    arc_chain_free(arc_read(line));
  g_auto(SmtpFeatures) features;
  smtp_features_init(&features);
  smtp_features_add(&features, text);
  g_free(smtp_reply_status(550, text));
  certificate_free(certificate_read(text, NULL));
  certificate_free(certificate_read_der(bytes, NULL));
  certificate_name_fits(text, "mx1.example.com");
  reverse_name_is_generic(text, &ip4);
  reverse_name_is_generic(text, &ip6);
  return 0;
}
