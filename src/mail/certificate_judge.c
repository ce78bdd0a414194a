/* Certificates: what needs no libcrypto. */
#include "mail/certificate.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/module.h"
#include "mail/ip.h"

#include <string.h>

static const CertificateModule *module_load(GError **error) {
  CertificateFind find = (CertificateFind)module_find("certificate", CERTIFICATE_SYMBOL, error);
  return find != NULL ? find() : NULL;
}

static Certificate *read_bytes(const guint8 *bytes, gsize length, gboolean pem, GError **error) {
  const CertificateModule *module = module_load(error);
  Certificate *certificate = module != NULL ? module->read(bytes, length, pem) : NULL;
  if (module != NULL && certificate == NULL)
    failure_set(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, message_new(N_("The certificate cannot be read"), NULL));
  return certificate;
}

Certificate *certificate_read(const char *pem, GError **error) {
  return read_bytes((const guint8 *)pem, strlen(pem), TRUE, error);
}

Certificate *certificate_read_der(GBytes *der, GError **error) {
  gsize length;
  const guint8 *bytes = g_bytes_get_data(der, &length);
  return read_bytes(bytes, length, FALSE, error);
}

GPtrArray *certificate_read_chain(const char *const *pems) {
  GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)certificate_free);
  for (guint i = 0; pems != NULL && pems[i] != NULL; i++) {
    Certificate *certificate = certificate_read(pems[i], NULL);
    if (certificate == NULL)
      break;
    g_ptr_array_add(chain, certificate);
  }
  return chain;
}

void certificate_free(Certificate *certificate) {
  if (certificate == NULL)
    return;
  g_strfreev(certificate->names);
  g_strfreev(certificate->addresses);
  g_free(certificate->common_name);
  g_free(certificate->subject);
  g_free(certificate->issuer);
  g_free(certificate->key);
  g_bytes_unref(certificate->der);
  g_bytes_unref(certificate->spki);
  g_bytes_unref(certificate->subject_der);
  g_bytes_unref(certificate->issuer_der);
  g_free(certificate);
}

gboolean certificate_is_signed_by(const Certificate *certificate, GBytes *spki) {
  const CertificateModule *module = module_load(NULL);
  return module != NULL && module->signed_by(certificate->der, spki);
}

/* --- names --- */

/* Without the dot that makes a name absolute. */
static gsize bare_length(const char *name) {
  gsize length = strlen(name);
  return length > 0 && name[length - 1] == '.' ? length - 1 : length;
}

static gboolean equal_names(const char *a, const char *b) {
  gsize length = bare_length(a);
  return length > 0 && length == bare_length(b) && g_ascii_strncasecmp(a, b, length) == 0;
}

gboolean certificate_name_fits(const char *name, const char *host) {
  if (!g_str_has_prefix(name, "*."))
    return strchr(name, '*') == NULL && equal_names(name, host);
  const char *rest = name + 2, *dot = strchr(host, '.');
  /* One star stands for one whole label; "*.com" would be everybody. */
  if (strchr(rest, '*') != NULL || strchr(rest, '.') == NULL || dot == NULL || dot == host)
    return FALSE;
  return equal_names(rest, dot + 1);
}

static gboolean covers_address(const Certificate *certificate, const Ip *ip) {
  Ip other;
  for (guint i = 0; certificate->addresses[i] != NULL; i++)
    if (ip_parse(certificate->addresses[i], &other) && ip_equal(&other, ip))
      return TRUE;
  return FALSE;
}

gboolean certificate_covers(const Certificate *certificate, const char *host) {
  Ip ip;
  if (ip_parse(host, &ip))
    return covers_address(certificate, &ip);
  for (guint i = 0; certificate->names[i] != NULL; i++)
    if (certificate_name_fits(certificate->names[i], host))
      return TRUE;
  return FALSE;
}

char *certificate_names(const Certificate *certificate, guint max) {
  g_autoptr(GString) out = g_string_new(NULL);
  guint n = 0;
  char **const lists[] = {certificate->names, certificate->addresses};
  for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
    for (guint i = 0; lists[k][i] != NULL; i++)
      if (n++ < max)
        g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", lists[k][i]);
  if (n > max)
    g_string_append_printf(out, " (+%u)", n - max);
  if (n == 0)
    g_string_append(out, certificate->common_name != NULL ? certificate->common_name : "-");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- dates --- */

CertificateDates certificate_dates(const Certificate *certificate, gint64 now) {
  if (now < certificate->not_before)
    return CERTIFICATE_NOT_YET;
  return now > certificate->not_after ? CERTIFICATE_EXPIRED : CERTIFICATE_IN_TIME;
}

char *certificate_date(gint64 seconds) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
  return time != NULL ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("?");
}

/* --- digests --- */

GBytes *certificate_digest(GBytes *bytes, guint matching) {
  static const GChecksumType types[] = {[1] = G_CHECKSUM_SHA256, [2] = G_CHECKSUM_SHA512};
  guint8 digest[64];
  gsize length, size = sizeof digest;
  const guint8 *data = g_bytes_get_data(bytes, &length);
  if (matching == 0)
    return g_bytes_ref(bytes);
  if (matching >= G_N_ELEMENTS(types))
    return NULL;
  g_autoptr(GChecksum) checksum = g_checksum_new(types[matching]);
  g_checksum_update(checksum, data, (gssize)length);
  g_checksum_get_digest(checksum, digest, &size);
  return g_bytes_new(digest, size);
}

/* --- OpenSSL's opinion --- */

static const struct {
  int code; /* X509_V_ERR_... */
  const char *message;
} opinions[] = {
    {2, N_("who issued it is not known")},
    {9, N_("it is not valid yet")},
    {10, N_("it has expired")},
    {18, N_("it is signed by nobody but itself")},
    {19, N_("it comes from an authority that nobody else knows")},
    {20, N_("who issued it is not known")},
    {21, N_("an intermediate certificate is missing")},
    {23, N_("it was revoked")},
    {26, N_("it was not issued for servers")},
    {62, N_("it is made out for another name")},
    {64, N_("it is made out for another address")},
    {66, N_("its key is too weak")},
    {68, N_("its signature is too weak")},
};

const char *certificate_verify_message(int verify) {
  if (verify == 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(opinions); i++)
    if (opinions[i].code == verify)
      return opinions[i].message;
  return N_("it was not accepted");
}
