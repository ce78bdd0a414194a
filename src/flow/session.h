/* The session: facts, path, current step.  Pure apart from the net it asks through: events in, a view out; no curses,
 * no clock (time comes in with the events), no files (a sink is told every event).
 *
 * The path is the list of steps walked.  Only answers of steps on the path count; those of steps that left it are
 * kept and offered again as defaults when the step comes back.  Facts are made anew from the path: bounce, answers
 * and probe results in order.  A fact a probe found stands under the name of its step ("mx.status" for the step mx).
 *
 * Probes of later steps that can be reached from here run ahead as soon as their inputs are known, if they are
 * passive.  Runs are shared by input: the same question is not asked twice; its age is shown. */
#ifndef WB_FLOW_SESSION_H
#define WB_FLOW_SESSION_H

#include "flow/flow.h"
#include "mail/bounce.h"
#include "net/net.h"
#include "probe/fact.h"
#include "probe/probe.h"

typedef struct Session Session;

/* One event, for the case file: see case.h.  `fields`: pairs of name and value (UTF-8), ended by NULL.  The event "net" has one
 * field, "line": an answer that a probe of the session got, in the form of net_recording.h; told once the probe has ended. */
typedef void (*SessionSink)(const char *event, const char *const *fields, gpointer user);

/* Starts at the flow's first step.  Borrows `flows` and `net`, which must outlive it.  `now`: wall clock,
 * microseconds since 1970, here and below. */
Session *session_new(const Flows *flows, const Flow *flow, Net *net, gint64 now);
void session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)
/* Tells the answers that there are already. */
void session_set_sink(Session *session, SessionSink sink, gpointer user);

/* An input that every probe which has one of this name gets, unless its step binds it ("lists").  To be called before the
 * first event. */
void session_preset(Session *session, const char *name, const char *value);

/* A bounce that is at hand before the first question (named on the command line): an ask step of kind `message`
 * takes it as its default and its facts are known from the start. Any bytes. */
void session_load_bounce(Session *session, const char *bytes, gsize length, gint64 now);
const Bounce *session_bounce(const Session *session); /* NULL: none */

/* --- what is to be shown --- */

typedef enum ViewKind {
  VIEW_SAY,
  VIEW_CHOOSE,
  VIEW_ASK,
  VIEW_PASTE,
  VIEW_PROBE,  /* under way */
  VIEW_RESULT, /* done */
  VIEW_CHECKLIST,
  VIEW_FINISH,
} ViewKind;

/* Everything about the current step that a front end needs, in the language in force.  All strings safe. */
typedef struct View {
  ViewKind kind;
  const Bounce *bounce;     /* say, choose: what was read in it is to be shown; borrowed; or NULL */
  char *reason;             /* with `bounce`: the cause that its words point to, and what they mean in a line of its own; or
                               NULL */
  char *flow_title;
  guint step_number;        /* from 1, counting steps people see */
  guint left_min, left_max; /* steps to a finish */
  GPtrArray *crumbs;        /* char*: titles of the steps seen, the last is the current one */
  char *text;               /* the question, page or headline */
  char *help, *hint, *say_to_caller; /* or NULL */
  GPtrArray *choices;       /* char*: labels (choose) or things to do (checklist) */
  int selected;             /* choose: index of the old answer, or 0 */
  GArray *ticked;           /* checklist: gboolean per item */
  char *as;                 /* ask: kind of value */
  char *value;              /* ask: old answer or default, safe; NULL: none */
  char *input_note;         /* ask, choose: what is to be known about the old answer, or NULL */
  GPtrArray *found;         /* of FoundRow: "Found so far", one row per probe on the path */
  const Probe *probe;       /* probe, result */
  const Result *result;     /* borrowed; live */
  Level level;
  char *meaning;            /* `say` of the branch that will be taken, or NULL */
  guint elapsed_ms;
  guint timeout_ms;         /* what one look-up may take at most; 0: not said */
  gint64 finished_at;
  gboolean reused;          /* the run was already there: "12 s ago" */
  gboolean consent_needed;  /* a probe that contacts somebody waits for a "yes" */
  char *consent;            /* what will be sent, to whom */
  GPtrArray *notices;       /* char*: what the last event changed ("2 later answers no longer count: ...") */
  gboolean can_go_back;
  FinishKind finish;        /* finish */
  const Cause *cause;       /* or NULL */
} View;

typedef struct FoundRow {
  char *title; /* of the step */
  Level level;
  char *text;
} FoundRow;

View *session_view(const Session *session, gint64 now);
void view_free(View *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(View, view_free)

/* --- events --- */

/* Answers the current step and goes on to the next that needs a person.  choose: the choice's index from 0 in
 * digits; ask and paste: the text (any bytes; empty or NULL: not known); say, result, checklist: NULL.
 * FALSE: not taken, and `fault` (caller frees, safe, translated) says why and what to do.  An address or domain
 * with a mistake is NOT refused: judging it is the flow's job. */
gboolean session_answer(Session *session, const char *value, gint64 now, char **fault);

/* Checklist: ticks or unticks item `i`. */
void session_tick(Session *session, guint i, gint64 now);

/* To the step before that people see.  FALSE: there is none. */
gboolean session_back(Session *session, gint64 now);

/* After net_turn(): runs whose answers arrived are called again.  TRUE if the view changed. */
gboolean session_wake(Session *session, gint64 now);
/* The current probe: does not wait any longer; runs it again; gives or refuses consent. */
void session_skip(Session *session, gint64 now);
void session_again(Session *session, gint64 now);
void session_consent(Session *session, gboolean yes, gint64 now);
/* A note of the operator, kept in case and summary. */
void session_note(Session *session, const char *text, gint64 now);

/* --- what came out --- */

gboolean session_finished(const Session *session); /* at a finish step */
const Flows *session_flows(const Session *session);
const Flow *session_flow(const Session *session);
Net *session_net(const Session *session);
const Facts *session_facts(const Session *session); /* as of the current step */
gint64 session_started_at(const Session *session);

/* A step that was walked. */
typedef struct Visit {
  const Step *step;
  gint64 at;           /* when it was answered; 0: the current one */
  char *answer;        /* choose: the choice's value; ask: raw; NULL: not known, a pasted message, nothing to answer */
  const ProbeRun *run; /* probe steps, or NULL */
  GArray *ticked;      /* checklist: gboolean per item */
} Visit;
GPtrArray *session_path(const Session *session);  /* of Visit, borrowed */
GPtrArray *session_notes(const Session *session); /* of char*, safe, borrowed */
/* A visit's answer in words: the choice's label, the safe text typed, what a pasted bounce says, a probe's result, "not
 * known"; "" for the current step and for pages. Caller frees. */
char *visit_answer_text(const Visit *visit);
/* What people know the step by. Caller frees. */
char *visit_title(const Session *session, const Visit *visit);
/* FALSE for a step that was passed silently. */
gboolean visit_was_seen(const Visit *visit);
/* What a probe found; or says that it was not allowed; NULL: no probe, or nobody was asked yet. Borrowed. */
const Result *visit_result(const Visit *visit);
/* How a result is shown: its level; WAIT while the probe is under way, SKIP if nothing was asked. `visit` has a result. */
Level visit_level(const Visit *visit);
/* A text of the flow or of a cause with the facts put in, safe. NULL for NULL. Caller frees. */
char *session_text(const Session *session, const Message *message);

/* A result in one sentence: its headline, else its worst finding. Caller frees. */
char *result_text(const Result *result);

/* Facts that a bounce gives, under "bounce.": recipient, original_recipient, status, dsn_status, reply, diagnostic,
 * reporting_mta, remote_mta, remote_ip, from, to, subject, date, message_id, kind, list, sending_ip,
 * sending_ip_from, helo, sender_domains (list), url_hosts (list), recipients (list), imceaex (yes, no), x500, inner and forwarder (see mail/wrapped.h), cause (id of
 * causes.yaml), confirmed (yes, no: what a person said about what was read), provider, permanent (yes, no), redirected (yes: the address that failed is another than the one written to, by Original-Recipient or, with one
 * address in it, To of the returned mail; no: the same, ASCII case aside; unknown: neither is there). */
extern const FactSpec bounce_facts[];
void bounce_set_facts(const Bounce *bounce, Facts *facts);
/* The same about this recipient of several. */
void bounce_set_facts_about(const Bounce *bounce, const BounceRecipient *recipient, Facts *facts);

/* The recipient that a bounce is about: the first that failed, else the first.  NULL: it names none. */
const BounceRecipient *bounce_main_recipient(const Bounce *bounce);

/* A text with the facts put in: session_text() without a session.  Caller frees. */
char *facts_fill_text(const Facts *facts, const Message *message);

#endif
