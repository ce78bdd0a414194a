/* Certificates: what stands in them, as far as mail needs it.
 *
 * Reading one needs libcrypto, which the program is not linked with: build/certificate.so is certificate.c, loaded with
 * the first certificate.  All else here (names, dates, digests) is the program's own.
 *
 * Nothing here says whether a certificate is to be trusted: TalkAnswer.verify has OpenSSL's opinion of the chain, and
 * certificate_covers() whether the name fits.  All texts are safe. */
#ifndef WB_MAIL_CERTIFICATE_H
#define WB_MAIL_CERTIFICATE_H

#include <glib.h>

/* So many names are read at most. */
#define CERTIFICATE_MAX_NAMES 256

typedef struct Certificate {
  char **names;         /* subjectAltName dNSName, lower case, in their order; never NULL */
  char **addresses;     /* subjectAltName iPAddress as text; never NULL */
  char *common_name;    /* of the subject, or NULL.  Not a name to go by any more (RFC 9525 s6.3) */
  char *subject;        /* "CN=mail.example.com, O=Example" */
  char *issuer;         /* the same of who issued it */
  gint64 not_before;    /* seconds since 1970 */
  gint64 not_after;
  gboolean self_signed; /* signed with its own key */
  char *key;            /* "RSA 2048" */
  GBytes *der;          /* all of it */
  GBytes *spki;         /* its SubjectPublicKeyInfo, DER */
  GBytes *subject_der, *issuer_der; /* the names as they are compared */
} Certificate;

/* The first certificate in `pem`.  NULL: there is none in it that can be read, or the module is missing (`error`). */
Certificate *certificate_read(const char *pem, GError **error);
/* The same of DER. */
Certificate *certificate_read_der(GBytes *der, GError **error);
/* All of a chain (PEM, NULL-terminated or NULL), of Certificate, until the first that cannot be read. */
GPtrArray *certificate_read_chain(const char *const *pems);
void certificate_free(Certificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Certificate, certificate_free)

/* TRUE if the signature of `certificate` was made with the key `spki` (DER). */
gboolean certificate_is_signed_by(const Certificate *certificate, GBytes *spki);

/* TRUE if `name` of a certificate fits `host` (RFC 9525 s6.3): equal without regard to case, or "*." in front of all but
 * the first label of `host`.  A star elsewhere, or in front of fewer than two labels, fits nothing. */
gboolean certificate_name_fits(const char *name, const char *host);
/* TRUE if one of the names fits `host` (A-labels), or one of the addresses, if `host` is one. */
gboolean certificate_covers(const Certificate *certificate, const char *host);
/* The names for people: at most `max` of them, "a.example, b.example and 3 more"; "no name". Safe; caller frees. */
char *certificate_names(const Certificate *certificate, guint max);

typedef enum CertificateDates { CERTIFICATE_IN_TIME, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET } CertificateDates;
/* `now`: seconds since 1970. */
CertificateDates certificate_dates(const Certificate *certificate, gint64 now);
/* "2026-11-21" (UTC).  Caller frees. */
char *certificate_date(gint64 seconds);

/* The digest of `bytes` as RFC 6698 s2.1.3 numbers them: 0 the bytes themselves, 1 SHA-256, 2 SHA-512; NULL: another
 * number. */
GBytes *certificate_digest(GBytes *bytes, guint matching);

/* What TalkAnswer.verify means, a short English message id for people; NULL for 0, a general one for rare codes. */
const char *certificate_verify_message(int verify);

/* --- the module --- */

typedef struct CertificateModule {
  Certificate *(*read)(const guint8 *bytes, gsize length, gboolean pem); /* NULL: not one that can be read */
  gboolean (*signed_by)(GBytes *der, GBytes *spki);
} CertificateModule;

/* What build/certificate.so exports: a function that returns its table. */
typedef const CertificateModule *(*CertificateFind)(void);
#define CERTIFICATE_SYMBOL "certificate_module"

#endif
