#include "mail/dkim.h"

#include "mail/address.h"
#include "mail/taglist.h"

#include <string.h>

#define MAX_NAME 253
#define ED25519_OCTETS 32

static const char *const fault_words[DKIM_N_FAULTS] = {
    "bad_version",  "no_key",    "damaged",   "unknown_type", "duplicate_tag",
    "not_for_mail", "no_sha256", "too_short", "short",        "long",
};

const char *dkim_fault_word(guint bit) {
  return fault_words[bit];
}

/* --- DER (X.690 s8.1) --- */

enum { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_OID = 0x06, DER_SEQUENCE = 0x30 };

typedef struct Der {
  const guint8 *p;
  gsize n;
} Der;

/* Takes the next element, which must have this tag, off `in`. */
static gboolean der_take(Der *in, guint8 tag, Der *content) {
  if (in->n < 2 || in->p[0] != tag)
    return FALSE;
  gsize head = 2, length = in->p[1];
  if (length >= 0x80) {
    gsize octets = length & 0x7f;
    if (octets == 0 || octets > 2 || in->n < 2 + octets)
      return FALSE;
    length = 0;
    for (; head < 2 + octets; head++)
      length = length << 8 | in->p[head];
  }
  if (length > in->n - head)
    return FALSE;
  *content = (Der){in->p + head, length};
  *in = (Der){in->p + head + length, in->n - head - length};
  return TRUE;
}

/* RSAPublicKey (RFC 8017 A.1.1): modulus and exponent. Bits of the modulus, 0: none. */
static guint rsa_bits(Der key) {
  Der sequence, modulus, exponent;
  if (!der_take(&key, DER_SEQUENCE, &sequence) || !der_take(&sequence, DER_INTEGER, &modulus) ||
      !der_take(&sequence, DER_INTEGER, &exponent))
    return 0;
  while (modulus.n > 0 && modulus.p[0] == 0) {
    modulus.p++;
    modulus.n--;
  }
  return modulus.n > 0 ? (guint)(8 * (modulus.n - 1)) + g_bit_storage(modulus.p[0]) : 0;
}

/* Nearly everybody publishes a SubjectPublicKeyInfo (RFC 5280 s4.1) though RFC 6376 s3.6.1 says RSAPublicKey:
 * verifiers take both. */
static guint key_bits(Der key) {
  static const guint8 rsa_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
  Der outer, algorithm, oid, bits, whole = key;
  if (!der_take(&key, DER_SEQUENCE, &outer))
    return 0;
  if (!der_take(&outer, DER_SEQUENCE, &algorithm))
    return rsa_bits(whole);
  if (!der_take(&algorithm, DER_OID, &oid) || oid.n != sizeof rsa_oid || memcmp(oid.p, rsa_oid, oid.n) != 0 ||
      !der_take(&outer, DER_BITS, &bits) || bits.n < 1 || bits.p[0] != 0)
    return 0;
  return rsa_bits((Der){bits.p + 1, bits.n - 1});
}

/* --- tags --- */

/* base64 with blanks anywhere (RFC 6376 s2.10), NULL if it is none. */
static guint8 *decode(const char *text, gsize *length) {
  g_autoptr(GString) plain = g_string_new(NULL);
  gsize padding = 0;
  for (const char *p = text; *p != '\0'; p++) {
    if (g_ascii_isspace(*p))
      continue;
    padding += *p == '=';
    if (!g_ascii_isalnum(*p) && strchr("+/=", *p) == NULL)
      return NULL;
    if (*p != '=' && padding > 0)
      return NULL;
    g_string_append_c(plain, *p);
  }
  return plain->len % 4 == 0 && padding <= 2 ? g_base64_decode(plain->str, length) : NULL;
}

/* A list with colons between (RFC 6376 s3.6.1). */
static gboolean list_has(const char *list, const char *word) {
  g_auto(GStrv) words = g_strsplit(list, ":", 32);
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal(g_strstrip(words[i]), word))
      return TRUE;
  return FALSE;
}

static void judge_rsa(DkimKey *key, const guint8 *bytes, gsize length) {
  key->bits = key_bits((Der){bytes, length});
  key->faults |= key->bits == 0     ? DKIM_DAMAGED
                 : key->bits < 1024 ? DKIM_TOO_SHORT
                 : key->bits < 2048 ? DKIM_SHORT
                 : key->bits > 4096 ? DKIM_LONG
                                    : 0;
}

static void take_key(DkimKey *key, const char *p) {
  gsize length = 0;
  g_autofree char *stripped = g_strstrip(g_strdup(p));
  if (stripped[0] == '\0') {
    key->revoked = TRUE;
    return;
  }
  g_autofree guint8 *bytes = decode(stripped, &length);
  if (bytes == NULL)
    key->faults |= DKIM_DAMAGED;
  else if (key->type == DKIM_RSA)
    judge_rsa(key, bytes, length);
  else if (key->type == DKIM_ED25519 && length == ED25519_OCTETS) /* RFC 8463 s4: the bare key, no DER around it */
    key->bits = 8 * ED25519_OCTETS;
  else if (key->type == DKIM_ED25519)
    key->faults |= DKIM_DAMAGED;
}

static DkimType key_type(const char *k) {
  return k == NULL || g_str_equal(k, "rsa") ? DKIM_RSA : g_str_equal(k, "ed25519") ? DKIM_ED25519 : DKIM_OTHER;
}

/* Unlike other records one of DKIM may begin with blanks (RFC 6376 s3.2: [FWS] before the first name). */
static TagList *parse_tags(GBytes *data) {
  gsize length, blanks = 0;
  const char *bytes = g_bytes_get_data(data, &length);
  while (blanks < length && g_ascii_isspace(bytes[blanks]))
    blanks++;
  g_autoptr(GBytes) rest = g_bytes_new_from_bytes(data, blanks, length - blanks);
  return taglist_parse(rest);
}

gboolean dkim_key_parse(GBytes *data, DkimKey *key) {
  g_autoptr(TagList) list = parse_tags(data);
  const char *v = taglist_get(list, "v"), *p = taglist_get(list, "p"), *h = taglist_get(list, "h"),
             *s = taglist_get(list, "s"), *t = taglist_get(list, "t");
  *key = (DkimKey){.type = key_type(taglist_get(list, "k"))};
  if (p == NULL && g_strcmp0(v, "DKIM1") != 0)
    return FALSE;
  key->testing = t != NULL && list_has(t, "y");
  key->strict = t != NULL && list_has(t, "s");
  key->faults = (v != NULL && !taglist_has_version(list, "DKIM1") ? DKIM_BAD_VERSION : 0) |
                (p == NULL ? DKIM_NO_KEY : 0) | (list->duplicate ? DKIM_DUPLICATE : 0) |
                (key->type == DKIM_OTHER ? DKIM_UNKNOWN_TYPE : 0) |
                (s != NULL && !list_has(s, "*") && !list_has(s, "email") ? DKIM_NOT_FOR_MAIL : 0) |
                (h != NULL && !list_has(h, "sha256") ? DKIM_NO_SHA256 : 0);
  if (p != NULL)
    take_key(key, p);
  return TRUE;
}

/* --- where it stands --- */

char *dkim_key_name(const char *selector, const char *domain) {
  g_autofree char *ascii = domain_name_to_ascii(domain), *plain = g_strstrip(g_ascii_strdown(selector, -1));
  char *rest = strstr(plain, "._domainkey");
  if (rest != NULL)
    *rest = '\0';
  for (const char *p = plain; *p != '\0'; p++)
    if (!g_ascii_isalnum(*p) && strchr("-_.", *p) == NULL)
      return NULL;
  if (ascii == NULL || plain[0] == '\0' || plain[0] == '.' || strstr(plain, "..") != NULL ||
      g_str_has_suffix(plain, "."))
    return NULL;
  g_autofree char *name = g_strconcat(plain, "._domainkey.", ascii, NULL);
  return strlen(name) <= MAX_NAME ? g_steal_pointer(&name) : NULL;
}
