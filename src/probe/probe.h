/* Probes: straight-line functions that pull.
 *
 * A probe reads its inputs, asks net/ for all that it can, and returns PROBE_PENDING or PROBE_DONE.  It is
 * called again from scratch with a fresh Result each time something it asked for has arrived, so it has no
 * state, no callbacks and nothing to cancel.  Adding one: a file with one function and its two
 * tables, and a row in table.c. */
#ifndef WB_PROBE_PROBE_H
#define WB_PROBE_PROBE_H

#include "net/talk.h"
#include "probe/fact.h"
#include "probe/finding.h"

#include <glib.h>

typedef enum ProbeState { PROBE_PENDING, PROBE_DONE } ProbeState;

typedef enum ProbeFlags {
  PROBE_PASSIVE = 0,
  PROBE_CONTACTS = 1 << 0, /* talks to somebody's mail server: asks the operator first */
  PROBE_SECRET = 1 << 1,   /* has an input that is never stored */
} ProbeFlags;

/* An input: `with: {domain: ...}` of a flow, `--set domain=...` of the command line. */
typedef struct ProbeInput {
  const char *name;
  const char *as; /* kind of value: email domain ip host text number secret, as in `ask: as:` */
  gboolean required;
  const char *meaning; /* one line, English message id */
} ProbeInput;

typedef struct Probe Probe;
struct Probe {
  const char *name;  /* "mx" */
  const char *title; /* "Mail servers": message id */
  const char *why;   /* "Why do we ask this?": one or two sentences, message id */
  const char *fits;  /* kinds of target of `whybounce check` it fits, blank-separated: "email domain ip" */
  unsigned flags;
  const ProbeInput *inputs; /* ended by name NULL */
  const FactSpec *gives;    /* ended by name NULL */
  /* `inputs` holds the values under their names (raw and safe). Missing optional ones are not in it. */
  ProbeState (*run)(Net *net, const Facts *inputs, Result *result);
};

/* The table, ended by NULL, and one of it (NULL: no such probe). */
extern const Probe *const probe_table[];
const Probe *probe_find(const char *name);

/* --- one probe on its way --- */

typedef struct ProbeRun ProbeRun;

/* Starts `probe`: runs it once, so its questions are under way.  `inputs` is taken.  An input that is required and not
 * known gives a finished run whose facts are all unknown ("not asked"). */
ProbeRun *probe_run_new(const Probe *probe, Net *net, Facts *inputs);
void probe_run_free(ProbeRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProbeRun, probe_run_free)

/* After net_turn(): calls the probe again if something of its own arrived. TRUE if the result changed. */
gboolean probe_run_wake(ProbeRun *run);
/* Does not wait any longer: what is missing becomes unknown ("cancelled"). The run is done afterwards. */
void probe_run_skip(ProbeRun *run);
/* Asks everything anew. */
void probe_run_again(ProbeRun *run);

const Probe *probe_run_probe(const ProbeRun *run);
const Facts *probe_run_inputs(const ProbeRun *run);
const Result *probe_run_result(const ProbeRun *run); /* never NULL; changes with each wake */
gboolean probe_run_done(const ProbeRun *run);
guint probe_run_elapsed_ms(const ProbeRun *run);        /* until done, or until now */
const NetWaiter *probe_run_waiter(const ProbeRun *run); /* its questions and their answers */
gint64 probe_run_finished_at(const ProbeRun *run);      /* wall clock, microseconds since 1970; 0: not done */

/* --- helpers for probes --- */

/* Raw text of an input, or NULL. */
const char *probe_input(const Facts *inputs, const char *name);
/* Every fact of the probe that `result` has no word about yet becomes unknown; `why` is one word. */
void probe_set_unknown(const Probe *probe, Result *result, const char *why);
/* A row about an input that cannot be used; takes `text`. `reference`: the RFC section that it breaks, static. */
void probe_bad_input(Result *result, Message *text, const char *reference);
/* The input `domain` in A-labels; underscores may be in it, since the DNS can hold them (RFC 2181 s11), whatever hosts are
 * called.  The caller frees it.  NULL: it is none, and the result says all that is left to say: a row, "status" bad_name where
 * the probe gives that fact, the rest unknown. */
char *probe_take_domain(const Probe *probe, const Facts *inputs, Result *result);
/* All facts unknown, and a row that says which input is missing. */
void probe_not_asked(const Probe *probe, Result *result, const char *missing);
/* Why nobody could tell, as a message id: what the resolver itself says about it (RFC 8914), else its status. */
const char *probe_why(const DnsAnswer *answer);
/* Adds the look-up behind a finding as evidence. */
void probe_add_answer(Finding *finding, const DnsAnswer *answer, const char *reference);
/* The same for a talk: what came back is its status with the last words of the other side. */
void probe_add_talk(Finding *finding, const TalkAnswer *talk, const char *reference);

#endif
