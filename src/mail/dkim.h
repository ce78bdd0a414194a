/* DKIM keys as they stand in the DNS: RFC 6376 s3.6.1 with RFC 8301 (what counts as strong) and RFC 8463 (Ed25519).
 * Pure.  The length of a key is read from its DER by a reader of our own: twenty lines, no library to load. */
#ifndef WB_MAIL_DKIM_H
#define WB_MAIL_DKIM_H

#include <glib.h>

typedef enum DkimType { DKIM_RSA, DKIM_ED25519, DKIM_OTHER } DkimType;

typedef enum DkimFault {
  DKIM_BAD_VERSION = 1 << 0,  /* v= is there, but not first, or not DKIM1 */
  DKIM_NO_KEY = 1 << 1,       /* p= is missing */
  DKIM_DAMAGED = 1 << 2,      /* p= is no base64, or no key of its type, or cut off */
  DKIM_UNKNOWN_TYPE = 1 << 3, /* k= is neither rsa nor ed25519 */
  DKIM_DUPLICATE = 1 << 4,    /* a tag stands there twice (s3.2) */
  DKIM_NOT_FOR_MAIL = 1 << 5, /* s= leaves mail out */
  DKIM_NO_SHA256 = 1 << 6,    /* h= leaves sha256 out; sha1 is forbidden (RFC 8301 s3.1) */
  DKIM_TOO_SHORT = 1 << 7,    /* RSA under 1024 bits: verifiers must not take it (RFC 8301 s3.2) */
  DKIM_SHORT = 1 << 8,        /* RSA under 2048 bits: signers should not use it */
  DKIM_LONG = 1 << 9,         /* RSA over 4096 bits: verifiers need not take it */
} DkimFault;
#define DKIM_N_FAULTS 10

/* With one of these nobody can verify a signature. */
#define DKIM_FATAL                                                                                                     \
  (DKIM_BAD_VERSION | DKIM_NO_KEY | DKIM_DAMAGED | DKIM_UNKNOWN_TYPE | DKIM_DUPLICATE | DKIM_NOT_FOR_MAIL |            \
   DKIM_NO_SHA256 | DKIM_TOO_SHORT)

typedef struct DkimKey {
  DkimType type;
  guint bits;       /* 0: not known */
  gboolean revoked; /* p= is empty */
  gboolean testing; /* t=y */
  gboolean strict;  /* t=s */
  guint faults;     /* DkimFault */
} DkimKey;

/* FALSE if `data` is no key: it has neither v=DKIM1 nor p=. */
gboolean dkim_key_parse(GBytes *data, DkimKey *key);

/* "bad_version", ...: the word of a fault by its bit number. */
const char *dkim_fault_word(guint bit);

/* SELECTOR._domainkey.DOMAIN in A-labels, lower case; NULL if it can be no name. A selector that was pasted with what
 * follows it is cut. Caller frees. */
char *dkim_key_name(const char *selector, const char *domain);

#endif
