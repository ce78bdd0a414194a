/* ARC (RFC 8617): what the servers that passed a mail on wrote down about it, read only.
 *
 * Each of them adds a set of three fields: what it found out (ARC-Authentication-Results), a signature of the mail, and
 * a seal over all sets so far.  Here the sets are counted and compared.  Whether the seals are true nobody can tell
 * without the mail itself; and no receiver is bound to heed them (the working group is making ARC historic).
 * Pure.  Strings of a set are safe and lower case. */
#ifndef WB_MAIL_ARC_H
#define WB_MAIL_ARC_H

#include <glib.h>

#define ARC_MAX_SETS 50 /* RFC 8617 s4.2.1 */

typedef struct ArcSet {
  guint instance;                   /* i=, 1 to ARC_MAX_SETS */
  guint seals, signatures, results; /* how many fields of each kind: one is right */
  char *cv;                         /* of the seal: "none", "pass", "fail"; NULL: another word, or none */
  char *domain, *selector;          /* of the seal's key; NULL: not there */
  char *by;                         /* who wrote the results; NULL: not said */
  char *spf, *dkim, *dmarc;         /* its results: "pass", "fail", ...; NULL: not said */
} ArcSet;

typedef enum ArcFault {
  ARC_BAD_INSTANCE = 1 << 0, /* a field without a number, or with one that is too big (s4.2.1) */
  ARC_GAP = 1 << 1,          /* the numbers do not run from 1 without a gap */
  ARC_INCOMPLETE = 1 << 2,   /* a set lacks one of its fields */
  ARC_DUPLICATE = 1 << 3,    /* a set has a field twice */
  ARC_BAD_CV = 1 << 4,       /* not "none" in the first seal, or not "pass" in a later one */
  ARC_SEAL_H = 1 << 5,       /* a seal with h= (s4.1.3) */
} ArcFault;
#define ARC_N_FAULTS 6

typedef struct ArcChain {
  GPtrArray *sets; /* of ArcSet, by instance */
  guint faults;    /* ArcFault */
  gboolean failed; /* the newest seal says itself that the chain was broken when it came (s5.2 step 2) */
} ArcChain;

/* Reads the ARC fields in `text`: a header as it was pasted, with other fields between, or arc_compact()'s.  Never
 * NULL; without such fields `sets` is empty. */
ArcChain *arc_read(const char *text);
void arc_chain_free(ArcChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArcChain, arc_chain_free)

/* The ARC fields of a list of MailField on one line, without the signatures in them; NULL: there are none. */
char *arc_compact(const GPtrArray *fields);

/* The first set whose server found that SPF passed, or NULL. */
const ArcSet *arc_spf_passed(const ArcChain *chain);
/* TRUE if a server further down the way found that it did not pass any more. */
gboolean arc_spf_broke(const ArcChain *chain);

/* "bad_instance", ...: the word of a fault by its bit number. */
const char *arc_fault_word(guint bit);

#endif
