/* Findings: what a probe has to say to a person, with its evidence. */
#ifndef WB_PROBE_FINDING_H
#define WB_PROBE_FINDING_H

#include "base/message.h"
#include "probe/fact.h"

#include <glib.h>

/* In order of weight for the overall level of a result: see result_level(). */
typedef enum Level {
  LEVEL_OK,
  LEVEL_NOTE,    /* worth knowing, no fault */
  LEVEL_UNKNOWN, /* could not tell: never counts as fine, never as bad */
  LEVEL_WARN,
  LEVEL_FAIL,
  LEVEL_SKIP, /* not needed */
  LEVEL_WAIT, /* still under way (only while the probe is pending) */
} Level;

/* "ok", "note", "unknown", "warn", "fail", "skip", "wait": JSON words. */
const char *level_word(Level level);

/* What was asked, of whom, what came back: kept for the details view and the case. All strings safe. */
typedef struct Evidence {
  char *asked;  /* "example.com MX" */
  char *server; /* or NULL */
  char *answer; /* "10 mx1.example.com; 20 mx2.example.com", "NXDOMAIN" */
  guint elapsed_ms;
  gint64 at;             /* wall clock, microseconds since 1970 */
  const char *reference; /* static, "RFC 7505 s3", or NULL */
} Evidence;

/* What a finding rests on.  Without evidence one of the others is said: nothing is claimed out of thin air. */
typedef enum Ground {
  GROUND_ASKED,     /* the look-ups in `evidence` */
  GROUND_INPUT,     /* what was typed or stands in the bounce alone */
  GROUND_NOT_ASKED, /* it says what was not asked, and why */
  GROUND_ROWS,      /* the rows beside it, which have the evidence */
  GROUND_MACHINE,   /* this machine: its settings and files */
} Ground;

/* "asked", "input", "not_asked", "rows", "machine": JSON words. */
const char *ground_word(Ground ground);

typedef struct Finding {
  Level level;
  char *subject;       /* row label, safe: "mx1.example.com"; may be NULL */
  Message *text;       /* one sentence */
  Message *advice;     /* what it means or what to do, or NULL */
  char *quote;         /* the other side's own words, safe, or NULL */
  guint elapsed_ms;    /* 0: not shown */
  GPtrArray *evidence; /* of Evidence */
  Ground ground;       /* GROUND_NOT_ASKED for LEVEL_SKIP, else GROUND_ASKED until set */
  const char *reference; /* without evidence: "RFC 5321 s4.1.2", static, or NULL */
} Finding;

/* What a probe found.  While the probe is pending it holds what is known so far, open rows as LEVEL_WAIT: the live
 * screen. */
typedef struct Result {
  Facts *facts;        /* names without the probe's prefix: "status" */
  GPtrArray *findings; /* of Finding, in order of display */
  Message *headline;   /* one sentence for the whole, or NULL: the worst finding speaks */
  GString *marks;    /* sweeps: one mark per item: '.' clean, 'L' listed, '?' refused, '-' no answer, 'w' waiting; empty
                        otherwise */
  Message *tally;    /* sweeps: "listed 2   clean 96 ..."; or NULL */
  guint done, total; /* progress in look-ups */
} Result;

Result *result_new(void);
void result_free(Result *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Result, result_free)

/* Adds a row; takes `text`.  The finding stays the result's. */
Finding *result_add(Result *result, Level level, const char *subject, Message *text);

/* The worst level of the findings (FAIL, WARN, UNKNOWN, NOTE, OK); SKIP and WAIT do not count. OK if there are none. */
Level result_level(const Result *result);

/* TRUE if the result has one row and no headline but it: to be shown once. */
gboolean result_is_single(const Result *result);

void finding_set_advice(Finding *finding, Message *advice);  /* takes it */
void finding_set_quote(Finding *finding, const char *bytes); /* made safe */
/* `reference`: the RFC section that judges it, static, or NULL. */
void finding_set_ground(Finding *finding, Ground ground, const char *reference);
/* `asked`, `answer` are made safe; reference is static. */
void finding_add_evidence(Finding *finding, const char *asked, const char *server, const char *answer, guint elapsed_ms,
                          gint64 at, const char *reference);

#endif
