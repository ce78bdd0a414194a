/* The mail servers of a domain on their way through the probe mx: shared by mx.c, which asks for them, and mx_lint.c,
 * which says what is wrong with the records as a set. */
#ifndef WB_PROBE_MX_LOOK_H
#define WB_PROBE_MX_LOOK_H

#include "probe/probe.h"

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
  GArray *hosts;        /* of MxHost, by preference */
  GPtrArray *addresses; /* char*, not owned */
  GPtrArray *faults;    /* static words */
  guint usable, open, unknown;
} MxLook;

/* Remembers a word of the fact mx.faults, each once. */
void mx_add_fault(MxLook *look, const char *word);

/* RFC 7505 s3: a null MX stands alone, its preference is 0. */
void mx_lint_null(MxLook *look, const DnsAnswer *mx);
/* Preferences, and what providers expect of the records that name them. */
void mx_lint_set(MxLook *look, const DnsAnswer *mx);
/* The facts provider and provider_kind, and a row about it. */
void mx_set_provider(MxLook *look, const DnsAnswer *mx);

#endif
