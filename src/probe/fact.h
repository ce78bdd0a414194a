/* Facts: what is known, proven absent, or could not be found out.
 *
 * The currency between probes, answers, bounces, conditions and texts.  Every value exists twice: `raw` as it came
 * (no NUL inside), `text` safe for every screen.  Conditions and texts use `text`; probes that
 * judge the bytes themselves (address syntax) use `raw`. */
#ifndef WB_PROBE_FACT_H
#define WB_PROBE_FACT_H

#include <glib.h>

typedef enum FactState {
  FACT_KNOWN,
  FACT_ABSENT,  /* proven not to exist */
  FACT_UNKNOWN, /* asked, and could not tell; `why` says why */
} FactState;

typedef enum FactType { FACT_TEXT, FACT_NUMBER, FACT_LIST } FactType;

typedef enum FactSource { SOURCE_DEFAULT, SOURCE_ASKED, SOURCE_BOUNCE, SOURCE_PROBE } FactSource;

typedef struct Fact {
  char *name; /* "mx.status" */
  FactState state;
  FactType type;
  FactSource source;
  char *raw;       /* FACT_TEXT */
  char *text;      /* safe; a number in digits; a list joined by ", "; NULL unless known */
  gint64 number;   /* FACT_NUMBER; of a list: its length */
  char **list;     /* FACT_LIST: safe items, NULL-terminated */
  const char *why; /* unknown: a word ("timeout", "not asked", "cancelled"), interned */
  gboolean secret; /* `raw` is wiped with the fact, `text` only says that there is one */
  gint64 time;     /* wall clock, microseconds since 1970; 0: not said */
} Fact;

/* What a probe says about a fact it gives: linter, help, documentation derive from it. */
typedef struct FactSpec {
  const char *name; /* without the probe's name: "status" of probe mx is the fact "mx.status" */
  FactType type;
  const char *values;  /* allowed words separated by blanks, NULL: any */
  const char *meaning; /* one line, English message id */
} FactSpec;

typedef struct Facts Facts;

Facts *facts_new(void);
void facts_free(Facts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Facts, facts_free)

/* Setting replaces.  `name` may hold dots. Values are copied and made safe. */
void facts_set_text(Facts *facts, const char *name, FactSource source, const char *value);
/* A password: probes get it as it is, everybody else sees stars. */
void facts_set_secret(Facts *facts, const char *name, FactSource source, const char *value);
void facts_set_number(Facts *facts, const char *name, FactSource source, gint64 value);
void facts_set_list(Facts *facts, const char *name, FactSource source, const char *const *values);
void facts_set_items(Facts *facts, const char *name, FactSource source, const GPtrArray *values); /* of char * */
void facts_set_absent(Facts *facts, const char *name, FactSource source);
void facts_set_unknown(Facts *facts, const char *name, FactSource source, const char *why);
void facts_set_copy(Facts *facts, const char *name, const Fact *fact); /* under another name */
void facts_merge(Facts *facts, const Facts *from,
                 const char *prefix); /* all of `from`, names prefixed; prefix may be NULL */
/* Says for all facts that have no time yet that they became known at `time`. */
void facts_stamp(Facts *facts, gint64 time);

/* NULL: nobody has said anything about it (not the same as unknown). */
const Fact *facts_get(const Facts *facts, const char *name);
/* Safe text of a known fact, or NULL. */
const char *facts_text(const Facts *facts, const char *name);
/* All facts, sorted by name; free the array, not the facts. */
GPtrArray *facts_all(const Facts *facts);

#endif
