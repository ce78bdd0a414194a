/* Encryption in talks: what libcurl is told, and what it tells. */
#include "net/transfer_private.h"

#include "base/text.h"

#include <openssl/ssl.h>
#include <string.h>

static gboolean has_openssl(void) {
  const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return library != NULL && g_str_has_prefix(library, "OpenSSL/");
}

/* Certificates by the hash of their names are read when one is wanted; a file of all of them takes 20 ms. */
static gboolean is_hashed(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
    if (g_str_has_suffix(name, ".0"))
      return TRUE;
  return FALSE;
}

static X509_STORE *authorities(Transfers *house) {
  if (house->authorities != NULL)
    return house->authorities;
  const char *folder = g_getenv(X509_get_default_cert_dir_env());
  folder = folder != NULL ? folder : X509_get_default_cert_dir();
  house->authorities = X509_STORE_new();
  if (is_hashed(folder))
    X509_STORE_load_path(house->authorities, folder);
  else
    X509_STORE_set_default_paths(house->authorities);
  if (house->ca_file != NULL)
    X509_STORE_load_file(house->authorities, house->ca_file);
  return house->authorities;
}

/* libcurl loads no authorities when a bad certificate is to be overlooked, and OpenSSL would have the same opinion of
 * all of them.  The handshake goes on whatever the opinion is. */
static CURLcode trust(CURL *easy, void *context, void *user) {
  (void)easy;
  SSL_CTX_set1_cert_store(context, authorities(user));
  return CURLE_OK;
}

void transfer_forget_authorities(Transfers *house) {
  X509_STORE_free(house->authorities);
}

void transfer_set_tls(Transfer *t, const TalkRequest *request) {
  static const long modes[] = {
      [TALK_TLS_TRY] = CURLUSESSL_TRY, [TALK_TLS_NONE] = CURLUSESSL_NONE, [TALK_TLS_NEED] = CURLUSESSL_ALL};
  gboolean strict = request->scheme == TALK_HTTPS || t->login;
  curl_easy_setopt(t->easy, CURLOPT_USE_SSL, t->login ? (long)CURLUSESSL_ALL : modes[request->tls]);
  curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, strict ? 1L : 0L);
  curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, strict ? 2L : 0L);
  curl_easy_setopt(t->easy, CURLOPT_CERTINFO, 1L);
  if (t->house->ca_file != NULL)
    curl_easy_setopt(t->easy, CURLOPT_CAINFO, t->house->ca_file);
  if (strict || !has_openssl())
    return;
  curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_FUNCTION, trust);
  curl_easy_setopt(t->easy, CURLOPT_SSL_CTX_DATA, t->house);
}

/* "SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384": there is no other way to learn it without
 * calling into OpenSSL. */
void transfer_note_tls(Transfer *t, const char *text) {
  static const char lead[] = "SSL connection using ";
  if (!g_str_has_prefix(text, lead))
    return;
  g_auto(GStrv) words = g_strsplit(text + strlen(lead), " / ", 3);
  for (guint i = 0; words[i] != NULL; i++)
    g_strchomp(words[i]);
  g_free(t->answer->tls);
  g_free(t->answer->cipher);
  t->answer->tls = text_safe(words[0], -1, 40, TEXT_LINE, NULL);
  t->answer->cipher = words[0] != NULL && words[1] != NULL ? text_safe(words[1], -1, 80, TEXT_LINE, NULL) : NULL;
}

void transfer_take_chain(Transfer *t) {
  struct curl_certinfo *info = NULL;
  long verify = 0;
  if (t->answer->tls == NULL && t->answer->status != TALK_CERTIFICATE)
    return;
  curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verify);
  t->answer->verify = (int)verify;
  if (curl_easy_getinfo(t->easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL)
    return;
  g_autoptr(GStrvBuilder) chain = g_strv_builder_new();
  for (int i = 0; i < MIN(info->num_of_certs, TALK_MAX_CHAIN); i++)
    for (const struct curl_slist *field = info->certinfo[i]; field != NULL; field = field->next)
      if (g_str_has_prefix(field->data, "Cert:"))
        g_strv_builder_add(chain, field->data + strlen("Cert:"));
  if (info->num_of_certs > 0)
    t->answer->chain = g_strv_builder_end(chain);
}
