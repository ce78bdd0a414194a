#include "mail/dane.h"

#include "base/catalogue.h"

enum { USAGE_TA = 2, USAGE_EE = 3, SELECTOR_WHOLE = 0, SELECTOR_KEY = 1 };

static const gsize lengths[] = {[1] = 32, [2] = 64};

DaneFault dane_record_fault(const DaneRecord *record) {
  gsize length = g_bytes_get_size(record->data);
  if (record->usage != USAGE_TA && record->usage != USAGE_EE)
    return DANE_BAD_USAGE;
  if (record->selector != SELECTOR_WHOLE && record->selector != SELECTOR_KEY)
    return DANE_BAD_SELECTOR;
  if (record->matching >= G_N_ELEMENTS(lengths))
    return DANE_BAD_MATCHING;
  if (record->matching == 0)
    return length > 0 ? DANE_USABLE : DANE_BAD_LENGTH;
  return length == lengths[record->matching] ? DANE_USABLE : DANE_BAD_LENGTH;
}

const char *dane_fault_message(DaneFault fault) {
  static const char *const messages[] = {
      [DANE_BAD_USAGE] = N_("its first number (usage) must be 2 or 3 for mail"),
      [DANE_BAD_SELECTOR] = N_("its second number (selector) is not known"),
      [DANE_BAD_MATCHING] = N_("its third number (matching type) is not known"),
      [DANE_BAD_LENGTH] = N_("its data have the wrong length"),
  };
  return messages[fault];
}

/* --- matching --- */

static gboolean meets(const DaneRecord *record, const Certificate *certificate) {
  GBytes *part = record->selector == SELECTOR_KEY ? certificate->spki : certificate->der;
  g_autoptr(GBytes) digest = certificate_digest(part, record->matching);
  return digest != NULL && g_bytes_equal(digest, record->data);
}

static const Certificate *at(const GPtrArray *chain, guint i) {
  return g_ptr_array_index(chain, i);
}

/* TRUE if each certificate up to `end` was signed by the one behind it. */
static gboolean chain_holds(const GPtrArray *chain, guint end) {
  for (guint i = 0; i < end; i++)
    if (!g_bytes_equal(at(chain, i)->issuer_der, at(chain, i + 1)->subject_der) ||
        !certificate_is_signed_by(at(chain, i), at(chain, i + 1)->spki))
      return FALSE;
  return TRUE;
}

/* RFC 7671 s5.2.1: an authority that the record holds as a whole need not be among what the server shows.  The last
 * certificate that an authority outside may have signed; FALSE: none. */
static gboolean authority_outside(const DaneRecord *record, const GPtrArray *chain, guint *end) {
  g_autoptr(Certificate) whole =
      record->matching == 0 && record->selector == SELECTOR_WHOLE ? certificate_read_der(record->data, NULL) : NULL;
  GBytes *key = record->matching != 0              ? NULL
                : record->selector == SELECTOR_KEY ? record->data
                : whole != NULL                    ? whole->spki
                                                   : NULL;
  for (guint i = 0; key != NULL && i < chain->len && chain_holds(chain, i); i++)
    if (certificate_is_signed_by(at(chain, i), key)) {
      *end = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean find_authority(const DaneRecord *record, const GPtrArray *chain, guint *end) {
  /* The first may be an authority of its own: self-signed, named by itself. */
  for (guint i = 0; i < chain->len; i++)
    if (meets(record, at(chain, i)) && chain_holds(chain, i)) {
      *end = i;
      return TRUE;
    }
  return authority_outside(record, chain, end);
}

static gboolean is_named(const Certificate *certificate, const char *const *names) {
  for (; *names != NULL; names++) {
    if (certificate_covers(certificate, *names))
      return TRUE;
    /* RFC 7672 s3.2.3: without other names the common name counts. */
    if (certificate->names[0] == NULL && certificate->common_name != NULL &&
        certificate_name_fits(certificate->common_name, *names))
      return TRUE;
  }
  return FALSE;
}

static DaneMatch match_authority(const DaneRecord *record, const GPtrArray *chain, const char *const *names, gint64 now) {
  guint end = 0;
  if (!find_authority(record, chain, &end))
    return DANE_NO_CERTIFICATE;
  if (!is_named(at(chain, 0), names))
    return DANE_WRONG_NAME;
  for (guint i = 0; i <= end; i++)
    if (certificate_dates(at(chain, i), now) != CERTIFICATE_IN_TIME)
      return DANE_EXPIRED;
  return DANE_MATCHES;
}

DaneMatch dane_record_match(const DaneRecord *record, const GPtrArray *chain, const char *const *names, gint64 now) {
  if (chain->len == 0)
    return DANE_NO_CERTIFICATE;
  if (record->usage == USAGE_EE)
    return meets(record, at(chain, 0)) ? DANE_MATCHES : DANE_NO_CERTIFICATE;
  return match_authority(record, chain, names, now);
}
