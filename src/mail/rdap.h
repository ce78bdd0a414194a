/* RDAP, what a registry says of a domain (RFC 9083, RFC 8056), and IANA's list of registries' servers (RFC 9224).  Pure. */
#ifndef WB_MAIL_RDAP_H
#define WB_MAIL_RDAP_H

#include <glib.h>

#define RDAP_BOOTSTRAP "https://data.iana.org/rdap/dns.json"
#define RDAP_MAX_BOOTSTRAP (1024 * 1024)
#define RDAP_MAX_DOMAIN (256 * 1024)

/* What the status values of a registration mean for mail; the gravest first. */
typedef enum RdapState {
  RDAP_PENDING_DELETE, /* about to be given up for good */
  RDAP_REDEMPTION,     /* deleted, the old owner may still get it back */
  RDAP_ON_HOLD,        /* client hold, server hold: taken out of the DNS */
  RDAP_INACTIVE,       /* no name servers */
  RDAP_REGISTERED,
} RdapState;

typedef struct RdapDomain {
  char *name;      /* as the registry writes it, lower case, any bytes; or NULL */
  RdapState state;
  GPtrArray *statuses; /* char*: the registry's own words, any bytes, at most 30 */
  gint64 expires, registered; /* seconds since 1970, 0: not told */
  gboolean renewed; /* auto renew period: renewed by itself a short time ago, perhaps not paid for */
  char *registrar;  /* any bytes, or NULL */
} RdapDomain;

/* NULL: that is no answer about a domain (RFC 9083 s5.3). */
RdapDomain *rdap_domain_parse(const char *bytes, gsize length);
void rdap_domain_free(RdapDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RdapDomain, rdap_domain_free)

typedef enum RdapFound { RDAP_FOUND, RDAP_NO_SERVER, RDAP_BROKEN } RdapFound;

/* The server for `tld` in IANA's list (RFC 9224 s5), the first that speaks https, ending in a slash; any bytes. */
RdapFound rdap_bootstrap_find(const char *bytes, gsize length, const char *tld, char **server);

#endif
