/* What the files of the session share: session.c (path and events), session_answer.c (what a person says), session_wake.c
 * (probes under way), session_facts.c (facts from the path), session_ahead.c (runs, shared and ahead), session_later.c
 * (answers kept while going back), session_tell.c (what the case is told), session_view.c (the view).  Of the others only
 * the files of the case include it.
 *
 * Invariants.  The path is never empty; its last walk is the current step, which waits for a person, for a probe, or is the
 * end.  `facts` are always those of the path: every walk adds what its answer or its run says, in order. */
#ifndef WB_FLOW_SESSION_PRIVATE_H
#define WB_FLOW_SESSION_PRIVATE_H

#include "flow/session.h"

/* A flow may go in circles; a person does not. */
#define SESSION_MAX_WALKS 300

/* A text that was pasted or loaded, read once however often it is used. */
typedef struct Paste {
  char *bytes; /* ended by NUL, may hold more of them */
  gsize length;
  char *text; /* safe */
  Bounce *bounce;
} Paste;

/* One step of the path. The visit is the public part. */
typedef struct Walk {
  Visit visit;
  int caller;         /* place of the `use` step in the path that brought us into this sub-flow, -1: none */
  guint nth;          /* how often the step was walked before */
  const Paste *paste; /* of a `message` answer, or NULL */
  gboolean seen;      /* a person had to act here */
  gboolean sure;      /* the default was taken without asking */
  gboolean reopened;  /* it was answered, and opened again by going back */
  gboolean reused;    /* the run was finished before we came here */
  Result *refused;    /* in place of a run that was not allowed, or NULL */
  char **basis;       /* once answered: names and texts in turn, NULL-terminated: the facts in the words that were asked */
} Walk;

/* The last answer given at a step, offered again when the step comes back. */
typedef struct Kept {
  const Step *step;
  guint nth;
  char *answer; /* NULL: not known */
  const Paste *paste;
  GArray *ticked;
  char **basis; /* see Walk */
} Kept;

typedef struct Shared {
  char *key; /* probe and inputs */
  ProbeRun *run;
  gboolean ended; /* it is done, and the session knows */
  gboolean told;  /* the case has its answers */
} Shared;

typedef enum Halt {
  HALT_NONE,
  HALT_CIRCLE, /* SESSION_MAX_WALKS */
  HALT_END,    /* a way that leads nowhere: `return` with nobody to return to */
} Halt;

struct Session {
  const Flows *flows;
  const Flow *flow;
  Net *net;
  gint64 started_at;
  gint64 now; /* of the last event */
  SessionSink sink;
  gpointer sink_user;
  GPtrArray *path;      /* of Walk */
  GPtrArray *kept;      /* of Kept: one for each step and `nth` that was ever answered */
  GPtrArray *later;     /* of Kept, borrowed: given after the current step before going back, in order */
  GPtrArray *runs;      /* of Shared, oldest first */
  GHashTable *consents; /* keys of runs that may contact somebody */
  GPtrArray *pastes;    /* of Paste */
  const Paste *loaded;  /* the bounce at hand from the start, or NULL */
  gboolean loaded_told; /* the case has it */
  Facts *presets; /* inputs of probes that no step binds, by their names */
  Facts *facts;
  GPtrArray *notes;   /* of char*, safe */
  GPtrArray *notices; /* of Message: what the last event changed */
  Halt halt;
  gboolean replaying; /* a case is taken up: nothing is asked anew, nothing runs ahead */
};

/* Among the facts presets stand under this name, where no step's can. */
#define PRESET "set."

Walk *session_current(const Session *s);

/* Where a step leads to. */
typedef struct Way {
  const Step *to;      /* NULL: return, or nowhere */
  gboolean returns;
  const Message *say;  /* of the branch taken, or NULL */
  int line;            /* of the choice or branch in the flow's file, 0: none */
} Way;
/* `answer`: of a choose step. */
Way session_way(const Step *step, const char *answer, const Facts *facts);

/* What a person said at a step. */
typedef struct Given {
  const char *answer;
  const Paste *paste;
  const GArray *ticked;
} Given;

/* --- session_facts.c --- */
void session_put_given(Facts *facts, const Step *step, const Given *given);
/* Under the step's name. */
void session_put_result(Facts *facts, const Step *step, const Result *result);
void session_rebuild_facts(Session *s);
const Choice *step_find_choice(const Step *step, const char *value);
/* The things to do of a checklist: the step's own, or the guide's (`guide` receives it, or NULL). Array of Message,
 * borrowed; NULL: none. */
GPtrArray *session_items(const Session *s, const Step *step, const Facts *facts, const Guide **guide);
/* The level of a run for people: WAIT while pending, SKIP if nothing could be asked. */
Level result_shown_level(const Result *result, gboolean done);

/* Frees an answer, wiped if the step asks for a secret. */
void session_free_answer(const Step *step, char *answer);

/* --- session_later.c --- */
Kept *session_find_kept(const Session *s, const Step *step, guint nth);
/* Keeps the answer of `walk`, together with the facts its question was asked with. */
void session_keep(Session *s, Walk *walk);
/* FALSE: the words of the question have changed since it was answered. */
gboolean session_kept_holds(const Kept *kept, const Facts *facts);
/* Going back to place `i` of the path: the answers behind it are later answers from now on. */
void session_set_later(Session *s, guint i);
/* Finds the later answers that no longer hold, takes them off `later`, and tells people and the case. */
void session_check_later(Session *s);
/* The same as a case tells it: `names` as it was given them. */
void session_drop_later(Session *s, const char *names);

/* What an input field or a question is offered with. */
typedef struct Offer {
  char *raw;          /* as it was typed, or as the default gives it; NULL: nothing */
  char *text;         /* safe */
  const Paste *paste; /* of a `message` step */
  char *note;         /* what is to be known about it, translated; NULL: nothing */
} Offer;
void session_offer(const Session *s, const Walk *walk, Offer *offer);
void session_offer_clear(Offer *offer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Offer, session_offer_clear)

/* --- session_ahead.c --- */
/* "host=mx1.example.com, port=25": the inputs of a probe step for people, a secret as stars. Caller frees. */
char *session_inputs_text(const Step *step, const Facts *facts);
/* TRUE if the probe step is given a password. */
gboolean session_gives_secret(const Step *step, const Facts *facts);
/* TRUE if every required input is known. */
gboolean session_inputs_known(const Step *step, const Facts *facts);
/* Key of the run that the step would have. Caller frees. */
char *session_run_key(const Step *step, const Facts *facts);
/* The run of a probe step with the inputs that `facts` give, or NULL: there is none yet. */
Shared *session_find_run(const Session *s, const Step *step, const Facts *facts);
Shared *session_start_run(Session *s, const Step *step, const Facts *facts);
/* Starts the passive probes that the way on may come to and whose inputs are known. */
void session_run_ahead(Session *s);
/* The steps that can come after `from` by the shape of the flow alone, nearest first. `callers`: the `use` steps that we are
 * in, outermost first. Of const Step; free the array. */
GPtrArray *session_reachable(const Session *s, const Step *from, const GPtrArray *callers);

/* --- session_answer.c --- */
/* What an ask step takes without asking, as its `sure` says: bytes (caller frees), and `paste` of a `message`; NULL: somebody
 * has to be asked.  What a person said there before is never passed over. */
char *session_sure_answer(const Session *s, const Step *step, guint nth, const Facts *facts, const Paste **paste);
/* Reads `bytes` unless the same text was read before. */
const Paste *session_take_paste(Session *s, const char *bytes, gsize length);
void session_notice_paste(Session *s, const Bounce *bounce);
/* Tells the case of a text of any bytes. `step` may be NULL. */
void session_emit_bytes(Session *s, const char *event, const char *step, const char *bytes, gsize length);

/* --- session_view.c --- */
/* What people know the step by. Caller frees. */
char *session_step_title(const Session *s, const Step *step);

/* --- session.c --- */
/* The `use` steps that the current step is in, outermost first. Free the array. */
GPtrArray *session_callers(const Session *s);
/* Takes up the run for a probe step, unless somebody has to be asked first. */
void session_attach_run(Session *s, Walk *walk);
/* From the current step, which is done, to the next. FALSE: there is none, the session has come to a halt. */
gboolean session_advance(Session *s, gint64 now);
/* Walks through all steps that need nobody. */
void session_settle(Session *s, gint64 now);
void session_notice(Session *s, Message *notice); /* takes it */
/* session_new() for a case that is taken up: nothing runs ahead, and nothing is told, until session_replayed(). */
Session *session_replay(const Flows *flows, const Flow *flow, Net *net, gint64 now);
void session_replayed(Session *s);

/* --- session_tell.c --- */
/* Pairs of field and value, ended by NULL. */
void session_emit(Session *s, const char *event, ...) G_GNUC_NULL_TERMINATED;
void session_emit_finish(Session *s);
void session_emit_loaded(Session *s);
/* Gives the case the answers of the runs that have ended since. */
void session_emit_runs(Session *s);
/* "2026-11-21T10:31:00.123Z". Caller frees. */
char *session_time(gint64 at);

#endif
