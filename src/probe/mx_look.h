/* The mail servers of a domain on their way through the probe mx: shared by mx.c, which finds the way that mail takes,
 * mx_hosts.c, which looks at each server, and mx_lint.c, which says what is wrong with the records as a set. */
#ifndef WB_PROBE_MX_LOOK_H
#define WB_PROBE_MX_LOOK_H

#include "probe/probe.h"

/* Nobody has so many mail servers; the rest of a hostile answer is counted, not asked for. */
#define MX_MAX_HOSTS 20

/* A mail server and what its addresses say. */
typedef struct MxHost {
  const DnsRecord *record;
  const DnsAnswer *a, *aaaa;
  gboolean waits;
} MxHost;

/* The names that Exchange Online has: a set of bits. */
typedef enum MxMicrosoft { MX_NOT_MICROSOFT = 0, MX_OUTLOOK = 1, MX_MICROSOFT = 2, MX_BOTH = 3 } MxMicrosoft;

typedef struct MxLook {
  Net *net;
  Result *result;
  const DnsAnswer *mx; /* the records; NULL: none */
  const char *domain;
  GArray *hosts;        /* of MxHost, by preference, each name once, those after the first MX_MAX_HOSTS left out */
  guint count;          /* of all the names */
  const char *twice;    /* a name that stands in several records; NULL: none */
  GPtrArray *addresses; /* char*, not owned, each once */
  GHashTable *known;    /* the same as a set */
  GPtrArray *faults;    /* static words */
  guint usable, open, unknown;
} MxLook;

/* Remembers a word of the fact mx.faults, each once. */
void mx_add_fault(MxLook *look, const char *word);

/* Fills hosts, count and twice from the records. */
void mx_collect_hosts(MxLook *look, const DnsAnswer *mx);
/* Asks for the addresses of those that can have some. */
void mx_ask_hosts(MxLook *look);
/* One row a server, its faults and addresses. */
void mx_say_hosts(MxLook *look);
/* Takes the addresses of one host: all of them joined into `all`, those that nobody outside can reach into `closed`.
 * Returns the range of the first of these, or NULL.  An answer that is still under way is NULL. */
const char *mx_add_addresses(MxLook *look, const DnsAnswer *a, const DnsAnswer *aaaa, GString *all, GString *closed);

/* RFC 7505 s3: a null MX stands alone, its preference is 0. */
void mx_lint_null(MxLook *look, const DnsAnswer *mx);
/* Preferences, and what providers expect of the records that name them. */
void mx_lint_set(MxLook *look, const DnsAnswer *mx);
/* The facts provider and provider_kind, and a row about it. */
void mx_set_provider(MxLook *look, const DnsAnswer *mx);

#endif
