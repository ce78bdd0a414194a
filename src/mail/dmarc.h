/* DMARC (RFC 9989): records, where to look for them, and what a set of them says.  Pure: no DNS here. */
#ifndef WB_MAIL_DMARC_H
#define WB_MAIL_DMARC_H

#include <glib.h>

typedef enum DmarcPolicy {
  DMARC_UNSET,  /* no such tag */
  DMARC_BROKEN, /* the tag has a value that is none */
  DMARC_NONE,
  DMARC_QUARANTINE,
  DMARC_REJECT,
} DmarcPolicy;

typedef enum DmarcFault {
  DMARC_MISSING_P = 1 << 0,
  DMARC_BAD_POLICY = 1 << 1,  /* p, sp or np has no valid value */
  DMARC_BAD_VALUE = 1 << 2,   /* another tag has none; its default counts */
  DMARC_BAD_URI = 1 << 3,     /* rua or ruf names no address */
  DMARC_OLD_TAG = 1 << 4,     /* pct, rf, ri: gone since RFC 9989 */
  DMARC_OLD_SIZE = 1 << 5,    /* "!10m" behind an address of rua or ruf: gone too */
  DMARC_UNKNOWN_TAG = 1 << 6, /* ignored (s4.8) */
  DMARC_DUPLICATE = 1 << 7,
  DMARC_SYNTAX = 1 << 8,
} DmarcFault;
#define DMARC_N_FAULTS 9

typedef struct DmarcRecord {
  DmarcPolicy p, sp, np;
  char psd; /* 'y', 'n', 'u' */
  gboolean testing, strict_spf, strict_dkim;
  GPtrArray *rua, *ruf; /* char*: URIs, without a size; any bytes */
  guint faults;         /* DmarcFault */
} DmarcRecord;

/* s4.7, s4.8.  NULL if it is none: its first tag is not v, or v is not exactly DMARC1. */
DmarcRecord *dmarc_record_parse(GBytes *data);
void dmarc_record_free(DmarcRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DmarcRecord, dmarc_record_free)

/* TRUE for what was meant to be a record, but is none to anybody. */
gboolean dmarc_is_nearly(GBytes *data);

/* "missing_p", "bad_policy", ...: the word of a fault by its bit number. */
const char *dmarc_fault_word(guint bit);

/* Where the author's domain stands to the domain of the record. */
typedef enum DmarcPlace { DMARC_OWN, DMARC_SUBDOMAIN, DMARC_MISSING_SUBDOMAIN } DmarcPlace;

/* The policy that the record declares (s4.10.1); `tag`, unless NULL, receives which tag it is from: "p", "sp", "np".
 * DMARC_UNSET: the record is so broken that DMARC does not apply at all. */
DmarcPolicy dmarc_record_policy(const DmarcRecord *record, DmarcPlace place, const char **tag);
/* With t=y one level softer (s4.7). */
DmarcPolicy dmarc_record_applied(const DmarcRecord *record, DmarcPolicy declared);
/* "none", "quarantine", "reject"; NULL for the others. */
const char *dmarc_policy_word(DmarcPolicy policy);

/* The host of "mailto:..." in A-labels; NULL for other URIs. Caller frees. */
char *dmarc_uri_host(const char *uri);

/* --- the tree walk (s4.10) --- */

#define DMARC_MAX_STEPS 8

/* The domains at which "_dmarc" is asked for, in order: pointers into `domain`. Returns how many. */
guint dmarc_walk_plan(const char *domain, const char *names[DMARC_MAX_STEPS]);

typedef enum DmarcFound {
  DMARC_NOT_FOUND, /* proven: no record, or more than one, which counts as none */
  DMARC_FOUND,
  DMARC_WAITS,
  DMARC_NOT_TOLD, /* a time-out is no absence */
} DmarcFound;

typedef struct DmarcStep {
  const char *name;
  DmarcFound found;
  const DmarcRecord *record; /* DMARC_FOUND */
} DmarcStep;

typedef struct DmarcWalk {
  DmarcFound state;           /* DMARC_FOUND: `organizational` is known; else WAITS or NOT_TOLD */
  const char *organizational; /* a pointer into the first name, or NULL */
  DmarcFound policy_state;    /* NOT_FOUND: there is no record that applies */
  int policy_step;            /* the step whose record applies, -1: none or not known */
  int blocker;                /* the step at which the walk could not go on, or -1 */
} DmarcWalk;

/* Judges the answers in the order of the walk (s4.10.1, s4.10.2); steps past the end of it do not count. */
DmarcWalk dmarc_walk_judge(const DmarcStep *steps, guint n);

#endif
