/* Certificates read with libcrypto: build/certificate.so. */
#include "mail/certificate.h"

#include "base/text.h"
#include "mail/ip.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#define MAX_NAME 400

/* --- names --- */

/* "CN=mail.example.com, O=Example". */
static char *name_words(const X509_NAME *name) {
  BIO *out = BIO_new(BIO_s_mem());
  const char *bytes = NULL;
  const unsigned long flags = (ASN1_STRFLGS_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) | XN_FLAG_SEP_CPLUS_SPC |
                              XN_FLAG_DN_REV | XN_FLAG_FN_SN;
  X509_NAME_print_ex(out, name, 0, flags);
  long length = BIO_get_mem_data(out, &bytes);
  char *words = text_safe(length > 0 ? bytes : "", length, MAX_NAME, TEXT_LINE, NULL);
  BIO_free(out);
  return words;
}

static char *common_name(const X509_NAME *name) {
  int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  unsigned char *text = NULL;
  if (at < 0)
    return NULL;
  int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  char *words = length > 0 ? text_safe((const char *)text, length, MAX_NAME, TEXT_LINE, NULL) : NULL;
  OPENSSL_free(text);
  return words;
}

static GBytes *name_bytes(const X509_NAME *name) {
  const unsigned char *bytes = NULL;
  size_t length = 0;
  return X509_NAME_get0_der(name, &bytes, &length) == 1 ? g_bytes_new(bytes, length) : g_bytes_new(NULL, 0);
}

/* A name with a NUL in it is an old trick: what stands before it is not the name that was certified. */
static void add_name(GStrvBuilder *names, const ASN1_STRING *string) {
  const char *bytes = (const char *)ASN1_STRING_get0_data(string);
  gsize length = (gsize)MAX(ASN1_STRING_length(string), 0);
  if (length == 0 || length > 255 || memchr(bytes, '\0', length) != NULL)
    return;
  g_autofree char *safe = text_safe(bytes, (gssize)length, MAX_NAME, TEXT_LINE, NULL);
  g_autofree char *lower = g_ascii_strdown(safe, -1);
  g_strv_builder_add(names, lower);
}

static void add_address(GStrvBuilder *addresses, const ASN1_STRING *string) {
  int length = ASN1_STRING_length(string);
  Ip ip = {.family = length == 4 ? 4 : 6};
  if (length != 4 && length != 16)
    return;
  memcpy(ip.bytes, ASN1_STRING_get0_data(string), (gsize)length);
  g_autofree char *text = ip_format(&ip);
  g_strv_builder_add(addresses, text);
}

static void read_names(Certificate *certificate, const X509 *x) {
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  g_autoptr(GStrvBuilder) addresses = g_strv_builder_new();
  GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
  for (int i = 0; i < MIN(sk_GENERAL_NAME_num(all), CERTIFICATE_MAX_NAMES); i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);
    if (name->type == GEN_DNS)
      add_name(names, name->d.dNSName);
    else if (name->type == GEN_IPADD)
      add_address(addresses, name->d.iPAddress);
  }
  GENERAL_NAMES_free(all);
  certificate->names = g_strv_builder_end(names);
  certificate->addresses = g_strv_builder_end(addresses);
}

/* --- the rest --- */

static gint64 seconds_of(const ASN1_TIME *time) {
  struct tm tm = {0};
  return ASN1_TIME_to_tm(time, &tm) == 1 ? (gint64)timegm(&tm) : 0;
}

static GBytes *spki_of(const X509 *x) {
  unsigned char *bytes = NULL;
  int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &bytes);
  GBytes *spki = g_bytes_new(bytes, length > 0 ? (gsize)length : 0);
  OPENSSL_free(bytes);
  return spki;
}

static GBytes *der_of(X509 *x) {
  unsigned char *bytes = NULL;
  int length = i2d_X509(x, &bytes);
  GBytes *der = g_bytes_new(bytes, length > 0 ? (gsize)length : 0);
  OPENSSL_free(bytes);
  return der;
}

static char *key_words(X509 *x) {
  EVP_PKEY *key = X509_get0_pubkey(x);
  const char *type = key != NULL ? EVP_PKEY_get0_type_name(key) : NULL;
  return type != NULL ? g_strdup_printf("%s %d", type, EVP_PKEY_get_bits(key)) : g_strdup("?");
}

static X509 *parse(const guint8 *bytes, gsize length, gboolean pem) {
  const guint8 *at = bytes;
  X509 *x = NULL;
  if (length > G_MAXINT)
    return NULL;
  if (!pem) {
    x = d2i_X509(NULL, &at, (long)length);
  } else {
    BIO *in = BIO_new_mem_buf(bytes, (int)length);
    x = PEM_read_bio_X509(in, NULL, NULL, NULL);
    BIO_free(in);
  }
  ERR_clear_error();
  return x;
}

static Certificate *read_certificate(const guint8 *bytes, gsize length, gboolean pem) {
  X509 *x = parse(bytes, length, pem);
  if (x == NULL)
    return NULL;
  Certificate *certificate = g_new0(Certificate, 1);
  const X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_get_issuer_name(x);
  read_names(certificate, x);
  certificate->common_name = common_name(subject);
  certificate->subject = name_words(subject);
  certificate->issuer = name_words(issuer);
  certificate->subject_der = name_bytes(subject);
  certificate->issuer_der = name_bytes(issuer);
  certificate->not_before = seconds_of(X509_get0_notBefore(x));
  certificate->not_after = seconds_of(X509_get0_notAfter(x));
  certificate->self_signed = X509_self_signed(x, 1) == 1;
  certificate->key = key_words(x);
  certificate->der = der_of(x);
  certificate->spki = spki_of(x);
  X509_free(x);
  ERR_clear_error();
  return certificate;
}

static gboolean is_signed_by(GBytes *der, GBytes *spki) {
  gsize length, key_length;
  const guint8 *bytes = g_bytes_get_data(der, &length), *key_bytes = g_bytes_get_data(spki, &key_length);
  X509 *x = parse(bytes, length, FALSE);
  EVP_PKEY *key = d2i_PUBKEY(NULL, &key_bytes, (long)key_length);
  gboolean good = x != NULL && key != NULL && X509_verify(x, key) == 1;
  EVP_PKEY_free(key);
  X509_free(x);
  ERR_clear_error();
  return good;
}

const CertificateModule *certificate_module(void);

const CertificateModule *certificate_module(void) {
  static const CertificateModule module = {read_certificate, is_signed_by};
  return &module;
}
