/* MTA-STS (RFC 8461): the record that says there is a policy, the policy, and which mail servers it names.  Pure: no DNS
 * and no HTTPS here. */
#ifndef WB_MAIL_MTA_STS_H
#define WB_MAIL_MTA_STS_H

#include <glib.h>

/* --- the record (s3.1) --- */

typedef enum MtaStsRecord {
  MTA_STS_NO_RECORD,  /* not such a record: it does not begin with v=STSv1; */
  MTA_STS_BARE,       /* v=STSv1 and nothing behind it: meant to be one, but discarded like the others */
  MTA_STS_NO_ID,      /* one without id=, which is invalid */
  MTA_STS_BAD_ID,     /* its id is not 1 to 32 letters and digits */
  MTA_STS_BAD_SYNTAX, /* something in it is not name=value */
  MTA_STS_RECORD_OK,
} MtaStsRecord;

/* `id`, unless NULL, receives the id of a record that is MTA_STS_RECORD_OK, else NULL. Caller frees. */
MtaStsRecord mta_sts_record_parse(GBytes *data, char **id);

/* --- the policy (s3.2) --- */

typedef enum MtaStsMode {
  MTA_STS_MODE_UNSET, /* missing, or a word that is none */
  MTA_STS_MODE_NONE,
  MTA_STS_MODE_TESTING,
  MTA_STS_MODE_ENFORCE,
} MtaStsMode;

typedef enum MtaStsFault {
  MTA_STS_NO_VERSION = 1 << 0, /* version is missing, or not STSv1 */
  MTA_STS_NO_MODE = 1 << 1,    /* mode is missing, or none of the three */
  MTA_STS_NO_MAX_AGE = 1 << 2, /* max_age is missing, or no number of up to ten digits */
  MTA_STS_NO_MX = 1 << 3,      /* no mx that could match, and the mode is not none */
  MTA_STS_BAD_MX = 1 << 4,     /* an mx that is no name and no "*." before one */
  MTA_STS_LONG_AGE = 1 << 5,   /* max_age over 31557600 */
  MTA_STS_TWICE = 1 << 6,      /* a field but mx that stands there twice: the first counts */
  MTA_STS_SYNTAX = 1 << 7,     /* a line that is not name: value */
  MTA_STS_NOT_TEXT = 1 << 8,   /* a NUL, or not UTF-8 */
} MtaStsFault;
#define MTA_STS_N_FAULTS 9
/* With one of these there is no policy at all. */
#define MTA_STS_INVALID (MTA_STS_NO_VERSION | MTA_STS_NO_MODE | MTA_STS_NO_MAX_AGE | MTA_STS_NO_MX | MTA_STS_NOT_TEXT)

#define MTA_STS_MAX_AGE 31557600
#define MTA_STS_MAX_BODY (64 * 1024) /* s3.3 */

typedef struct MtaStsPolicy {
  MtaStsMode mode;
  gint64 max_age; /* seconds, at most MTA_STS_MAX_AGE; -1: none */
  GPtrArray *mx;  /* char*: patterns that can match, lower case, at most 200 */
  guint faults;   /* MtaStsFault */
} MtaStsPolicy;

/* Never fails; see `faults`. */
MtaStsPolicy *mta_sts_policy_parse(const char *bytes, gsize length);
void mta_sts_policy_free(MtaStsPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MtaStsPolicy, mta_sts_policy_free)

/* "enforce", "testing", "none"; NULL for MTA_STS_MODE_UNSET. */
const char *mta_sts_mode_word(MtaStsMode mode);
/* "no_version", ...: the word of a fault by its bit number. */
const char *mta_sts_fault_word(guint bit);

/* s3.2: "text/plain", whatever parameters follow. `type` may be NULL. */
gboolean mta_sts_type_is_right(const char *type);

/* s4.1: does a pattern name the mail server `host`?  "*." stands for exactly one label. */
gboolean mta_sts_pattern_matches(const char *pattern, const char *host);
gboolean mta_sts_policy_names(const MtaStsPolicy *policy, const char *host);

#endif
