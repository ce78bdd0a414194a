/* The addresses of a name on their way: A and AAAA asked together, and what has come of them.  Shared by the probes
 * that look at hosts. */
#ifndef WB_PROBE_HOST_LOOK_H
#define WB_PROBE_HOST_LOOK_H

#include "mail/ip.h"
#include "net/net.h"

typedef struct HostLook {
  const DnsAnswer *answers[2]; /* A, AAAA; NULL: under way */
} HostLook;

/* Asks for both.  `name`: ASCII. */
HostLook host_look_ask(Net *net, const char *name);

/* How many of the two are still under way. */
guint host_look_open(const HostLook *look);

/* How many addresses have come so far, and the i-th of them (NULL past the end): a text that inet_pton takes. */
guint host_look_count(const HostLook *look);
const char *host_look_address(const HostLook *look, guint i);

/* The first answer that could not tell, or NULL. */
const DnsAnswer *host_look_unknown(const HostLook *look);

/* TRUE: proven that the name does not exist.  An alias whose target is missing exists (RFC 6604 s3). */
gboolean host_look_is_missing(const HostLook *look);

/* The targets of the aliases (CNAME) in their order, empty if there is none.  The names belong to the answers. */
GPtrArray *host_look_aliases(const HostLook *look);

/* An answer whose chain of aliases ends at a name that does not exist proves that for its end only. */
gboolean dns_answer_name_is_missing(const DnsAnswer *answer);

/* The word for an answer that could not tell: of mx.status if there is one, else of dns_status_word(). */
const char *unknown_word(const DnsAnswer *answer);

#endif
