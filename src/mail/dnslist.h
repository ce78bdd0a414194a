/* DNS lists (RFC 5782, RFC 6471): the knowledge about zones, and the verdict over one zone's answer.
 * Pure apart from reading the knowledge file.
 *
 * A set owns its lists and all their strings.  Names of zones are lower case without a trailing dot.  The words
 * behind codes are the operators' meaning in English: they are shown as quotations, never translated.  Advice is
 * ours and a message id.  Notes in the file are for its authors and are never shown. */
#ifndef WB_MAIL_DNSLIST_H
#define WB_MAIL_DNSLIST_H

#include "base/diag.h"

#include <glib.h>

typedef enum DnsListKind { DNSLIST_IP4 = 1, DNSLIST_IP6 = 2, DNSLIST_DOMAIN = 4 } DnsListKind;
typedef enum DnsListTier { DNSLIST_MAJOR, DNSLIST_MINOR, DNSLIST_INFO } DnsListTier;
typedef enum DnsListAsk {
  DNSLIST_ASK_CORE,       /* by default */
  DNSLIST_ASK_KEYED,      /* by default too, after its positive test point answered: a wrong key looks clean */
  DNSLIST_ASK_EXTENDED,   /* lists=all */
  DNSLIST_ASK_UNVERIFIED, /* lists=all, after its positive test point answered in this session */
  DNSLIST_ASK_NEVER,      /* redundant, keyed, hashed or retired: only recognised in bounces */
} DnsListAsk;

typedef enum DnsListVerdict {
  DNSLIST_CLEAN,
  DNSLIST_LISTED,   /* a real listing */
  DNSLIST_WEAK,     /* a minor sign */
  DNSLIST_POLICY,   /* kind of address (dynamic, no PTR): relay through a smarthost, not a removal request */
  DNSLIST_POSITIVE, /* an allow list knows it */
  DNSLIST_NEUTRAL,  /* context only */
  DNSLIST_REFUSED,  /* the list would not tell us: never clean */
  DNSLIST_UNKNOWN,  /* no answer, resolver fault, a resolver or parked domain that answers for everything */
  DNSLIST_WILDCARD, /* answers "listed" for an address that no list may list: dead */
} DnsListVerdict;

typedef struct DnsList DnsList;   /* one zone; owned by the set */
typedef struct DnsLists DnsLists; /* the whole file */

/* Reads the knowledge file (faults to `diags`; broken entries are left out).  NULL if it cannot be read at all. */
DnsLists *dnslists_load(const char *path, Diags *diags);
/* A list file of the user's own: a knowledge file, or plain text with one zone a line, # begins a comment: zones of
 * which nothing is known but the name.  Error if the file cannot be read, holds no zone, or has a line
 * that is none, with file and line. */
DnsLists *dnslists_load_own(const char *path, GError **error);
/* TRUE if a knowledge file has an entry for any of the zones in `lists`: looked up in its lines, which takes a small
 * part of the time that loading it does. */
gboolean dnslists_file_knows(const char *path, const DnsLists *lists);
void dnslists_free(DnsLists *lists);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsLists, dnslists_free)

/* There is a key for the zones that end in `ending`: those of them that need one are asked from now on, by names in which
 * the key is written KEY, and free ones that they replace no more.  Returns their zones without the key, owned by the
 * set. */
GPtrArray *dnslists_unlock(DnsLists *lists, const char *ending);
/* TRUE for a plain file of zones, of which nothing is known but the name. */
gboolean dnslists_is_plain(const DnsLists *lists);
guint dnslists_length(const DnsLists *lists);
const DnsList *dnslists_get(const DnsLists *lists, guint i);
/* The list of exactly this zone, also a redundant or retired one; NULL: unknown. */
const DnsList *dnslists_zone(const DnsLists *lists, const char *zone);
/* By what a bounce says: a zone, a name in it ("2.0.0.127.zen.spamhaus.org"), a URL or host of the operator,
 * or the beginning of the list's name ("Spamhaus"). NULL: unknown. */
const DnsList *dnslists_find(const DnsLists *lists, const char *text);

/* The part of `domain` (A-labels, lower case) that its owner registered, as far as the knowledge file tells: of
 * "www.example.co.jp" "example.co.jp".  Points into `domain`.  NULL: it is a public suffix ("co.jp"), or one label.  Lists
 * of domains hold registered domains and hosts, never a suffix: that would be everybody below it. */
const char *dnslists_registrable(const DnsLists *lists, const char *domain);

const char *dnslist_zone(const DnsList *list);
const char *dnslist_name(const DnsList *list);
unsigned dnslist_kinds(const DnsList *list);
DnsListTier dnslist_tier(const DnsList *list);
DnsListAsk dnslist_ask(const DnsList *list);
/* Why it is never asked: "redundant", "keyed", "hashed", "context", "private", "retired"; NULL if it is asked. */
const char *dnslist_why_never(const DnsList *list);
const char *dnslist_lookup_url(const DnsList *list); /* may be NULL */
const char *dnslist_delist_url(const DnsList *list); /* may be NULL */
/* What a hit with this verdict means and how it ends: a message id without placeholders, or NULL. */
const char *dnslist_advice(const DnsList *list, DnsListVerdict verdict);
const char *dnslist_retired_since(const DnsList *list); /* NULL: not retired; "" if nobody knows when */
const char *dnslist_instead(const DnsList *list);       /* retired: what took its place, or NULL */

/* The verdict over the A records (inet_ntop texts, NULL-terminated; empty vector: NXDOMAIN or no data) in the order of
 * the list protocol: outside 127/8, 127.255.255/24, the zone's own refusals, 127.0.0.1, the zone's codes.  All
 * records are judged and the worst one decides.  `meaning`, unless NULL, receives the operator's words for it (owned
 * by the list), for UNKNOWN and REFUSED possibly an English message id, or NULL: the code is not documented. */
DnsListVerdict dnslist_judge(const DnsList *list, const char *const *addresses, const char **meaning);
/* TRUE if `meaning` from dnslist_judge() is the operator's: to be quoted.  FALSE: a message id, to be translated. */
gboolean dnslist_is_quote(const DnsList *list, const char *meaning);

/* The name to ask that must not be listed: "1.0.0.127.ZONE", the IPv6 form, "INVALID.ZONE", or the zone's own form.
 * Caller frees. */
char *dnslist_negative_name(const DnsList *list, DnsListKind kind);
/* The name to ask that must be listed ("2.0.0.127.ZONE", "TEST.ZONE"), or the zone's own form; NULL if the zone has
 * none. */
char *dnslist_positive_name(const DnsList *list, DnsListKind kind);

#endif
