/* DNS lists (RFC 5782, RFC 6471): the knowledge about zones, and the verdict over one zone's answer.
 * Pure apart from reading the knowledge file. */
#ifndef WB_MAIL_DNSLIST_H
#define WB_MAIL_DNSLIST_H

#include "base/diag.h"

#include <glib.h>

typedef enum DnsListKind { DNSLIST_IP4 = 1, DNSLIST_IP6 = 2, DNSLIST_DOMAIN = 4 } DnsListKind;
typedef enum DnsListTier { DNSLIST_MAJOR, DNSLIST_MEDIUM, DNSLIST_MINOR, DNSLIST_INFO } DnsListTier;
typedef enum DnsListAsk {
  DNSLIST_ASK_CORE,       /* by default */
  DNSLIST_ASK_EXTENDED,   /* lists=all */
  DNSLIST_ASK_UNVERIFIED, /* lists=all, after its positive test point answered in this session */
  DNSLIST_ASK_NEVER,      /* redundant, keyed, hashed or retired: only recognised in bounces */
} DnsListAsk;

typedef enum DnsListVerdict {
  DNSLIST_CLEAN,
  DNSLIST_LISTED,     /* a real listing */
  DNSLIST_WEAK,       /* a minor sign */
  DNSLIST_POLICY,     /* kind of address (dynamic, no PTR): relay through a smarthost, not a removal request */
  DNSLIST_POSITIVE,   /* an allow list knows it */
  DNSLIST_NEUTRAL,    /* context only */
  DNSLIST_REFUSED,    /* the list would not tell us: never clean */
  DNSLIST_UNKNOWN,    /* no answer, resolver fault, a resolver or parked domain that answers for everything */
  DNSLIST_WILDCARD,   /* answers "listed" for an address that no list may list: dead */
} DnsListVerdict;

typedef struct DnsList DnsList;   /* one zone; owned by the set */
typedef struct DnsLists DnsLists; /* the whole file */

/* Reads the knowledge file (faults to `diags`; broken entries are left out).  NULL if it cannot be read at all. */
DnsLists *dnslists_load(const char *path, Diags *diags);
/* Plain text, one zone a line, # begins a comment: zones of which nothing is known but the name, except what
 * `knowledge` (may be NULL) has about them. Error if the file cannot be read, holds no zone, or a line that is none, with its number. */
DnsLists *dnslists_load_plain(const char *path, GError **error);
void dnslists_free(DnsLists *lists);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsLists, dnslists_free)

guint dnslists_length(const DnsLists *lists);
const DnsList *dnslists_get(const DnsLists *lists, guint i);
/* By zone name, also redundant and retired ones; or by a name seen in a bounce text ("Spamhaus", "bl.spamcop.net",
 * a URL of the operator). NULL: unknown. */
const DnsList *dnslists_find(const DnsLists *lists, const char *name);

const char *dnslist_zone(const DnsList *list);
const char *dnslist_name(const DnsList *list);
unsigned dnslist_kinds(const DnsList *list);
DnsListTier dnslist_tier(const DnsList *list);
DnsListAsk dnslist_ask(const DnsList *list);
const char *dnslist_lookup_url(const DnsList *list); /* may be NULL */
const char *dnslist_delist_url(const DnsList *list); /* may be NULL */
const char *dnslist_note(const DnsList *list);       /* may be NULL: English, the knowledge's own words */
const char *dnslist_retired_since(const DnsList *list); /* NULL: not retired */

/* The verdict over the A records (inet_ntop texts, NULL-terminated; empty vector: NXDOMAIN or no data) in the order of
 * the list protocol: outside 127/8, 127.255.255/24, the zone's own refusals, 127.0.0.1, the zone's codes.  `meaning`,
 * unless NULL, receives the operator's words for the code that decided (owned by the list; static otherwise) or NULL. */
DnsListVerdict dnslist_judge(const DnsList *list, const char *const *addresses, const char **meaning);

/* The name to ask that must not be listed: "1.0.0.127.ZONE", the IPv6 form, or "INVALID.ZONE". Caller frees. */
char *dnslist_negative_name(const DnsList *list, DnsListKind kind);
/* The name to ask that must be listed ("2.0.0.127.ZONE", "TEST.ZONE"), or the zone's own form; NULL if the zone has none. */
char *dnslist_positive_name(const DnsList *list, DnsListKind kind);

#endif
