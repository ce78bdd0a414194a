/* Does a domain take mail?  MX, A and AAAA of a name, and what follows from them (RFC 5321 s5.1, RFC 7505). */
#ifndef WB_PROBE_ROUTE_H
#define WB_PROBE_ROUTE_H

#include "net/net.h"

typedef enum RouteKind {
  ROUTE_WAIT,     /* still under way */
  ROUTE_MX,       /* names mail servers */
  ROUTE_IMPLICIT, /* no MX: the domain's own address is the mail server */
  ROUTE_NULL_MX,  /* says that it takes no mail (RFC 7505) */
  ROUTE_NO_DATA,  /* exists, without MX and address */
  ROUTE_NXDOMAIN,
  ROUTE_DANGLING, /* exists, as an alias (CNAME) of a name that does not */
  ROUTE_UNKNOWN, /* nobody could tell */
} RouteKind;

typedef struct Route {
  RouteKind kind;
  const char *word;               /* of the fact mx.status; NULL while waiting, or if there is no word: cancelled */
  const DnsAnswer *decisive;      /* the answer that decided; NULL while waiting */
  const DnsAnswer *mx, *a, *aaaa; /* NULL: under way, or not needed */
  const char *alias;              /* the name at the end of the aliases that the domain stands for, or NULL */
} Route;

/* Asks all three at once and judges what has come back.  `domain`: A-labels. */
Route route_ask(Net *net, const char *domain);

static inline gboolean route_takes_mail(RouteKind kind) {
  return kind == ROUTE_MX || kind == ROUTE_IMPLICIT;
}

/* TRUE: proven not to take mail. */
static inline gboolean route_is_closed(RouteKind kind) {
  return kind == ROUTE_NULL_MX || kind == ROUTE_NO_DATA || kind == ROUTE_NXDOMAIN ||
         kind == ROUTE_DANGLING;
}

/* The records that name servers, in the order in which mail tries them; those of a null MX are left out.  The array is the
 * caller's, of const DnsRecord. */
GPtrArray *route_servers(const DnsAnswer *mx);

/* TRUE if the answer is "." and nothing else (RFC 7505 s3). */
gboolean route_is_null_mx(const DnsAnswer *mx);

/* The word of mx.status for an answer that could not tell; NULL for one that nobody waited for. */
const char *route_unknown_word(DnsStatus status);

#endif
