/* What a DNS list is made of: shared by its loader (dnslist_load.c) and its judge (dnslist.c), by nobody else. */
#ifndef WB_MAIL_DNSLIST_DATA_H
#define WB_MAIL_DNSLIST_DATA_H

#include "base/yaml.h"
#include "mail/dnslist.h"

/* One row of a zone's table of codes: octets between low and high, or a bit of 127.0.0.x. */
typedef struct DnsListCode {
  DnsListVerdict verdict;
  guint8 low[4], high[4];
  guint8 bit;        /* 0: by octets */
  const char *words; /* the operator's meaning */
} DnsListCode;

struct DnsList {
  const char *zone, *name, *lookup, *delist, *since, *instead, *why_never;
  const char *advice, *advice_policy;   /* message ids; advice_policy: for DNSLIST_POLICY, NULL: as advice */
  gboolean known;                       /* its tier, status and codes come from a knowledge file */
  const char *test_listed, *test_clean; /* NULL: as RFC 5782 s5 says; "none": there is no such entry */
  const char *replaces; /* keyed: the free zone with the same contents, or NULL */
  unsigned kinds;
  DnsListTier tier;
  DnsListAsk ask;
  DnsListVerdict otherwise; /* a code that is in no table */
  gboolean doubtful;        /* its codes are assumed, or nobody could say that it is alive */
  DnsListCode *codes;
  guint n_codes;
};

struct DnsLists {
  YamlDoc *doc;          /* owns the strings of a knowledge file; NULL: plain */
  GStringChunk *strings; /* owns all others */
  GPtrArray *lists;      /* of DnsList */
  GHashTable *suffixes;  /* set of "co.any", "tokyo.jp" */
  GHashTable *by_zone;   /* zone (keyed ones: what follows the key) -> DnsList */
};

DnsLists *dnslists_new(void);
/* The part "suffixes" of a knowledge file; NULL: there is none. */
void dnslists_load_suffixes(DnsLists *lists, const YamlNode *suffixes, Diags *diags);
/* A new entry of the set; NULL if the zone is in it already. `zone` lives as long as the set. */
DnsList *dnslists_add(DnsLists *lists, const char *zone);

#endif
