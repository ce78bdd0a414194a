/* The case: a session on disk.  JSON Lines, one event a line, appended and synced at each, mode 0600.
 *
 * Lines of the net (answers) are the recording format of net_recording.h; the others are
 *   {"event":"start","at":..,"case":ID,"flow":"bounce","revision":..,"guide":TITLE,"version":..,"lang":..}
 *   {"event":"preset","name":..,"value":..}
 *   {"event":"bounce","text":..}  {"event":"bounce","step":..,"text":.. or "loaded":"yes"}
 *   {"event":"answer","step":..,"text":..}  {"event":"tick","step":..,"item":..}  {"event":"back"}  {"event":"skip"}
 *   {"event":"again"}  {"event":"consent","step":..,"yes":..}  {"event":"note","text":..}
 *   {"event":"dropped","steps":"FLOW/STEP/N .."}  {"event":"finish","finish":..,"cause":..}  {"event":"resume","kept":N}
 * All values are strings; each has "at" (UTC) and, but for the first, "to" and "title": the step the session is at after
 * it.  Titles are in the written form of message.h, so that they are shown in the language of the day.  No "text": not known.  Text that is not UTF-8 stands under "base64".  A choice is stored by its value, a secret
 * never.  "resume" is written with the first event after a case was taken up: of the events before it N count.
 *
 * Replaying the events over the answers gives the same session: that is resume.  A line cut off by a crash is dropped.
 *
 * A case that cannot be written (disk full) never stops the work: case_fault() says what is wrong, the session goes
 * on, and what was not written is kept in memory and tried again with the next event. */
#ifndef WB_FLOW_CASE_H
#define WB_FLOW_CASE_H

#include "flow/session.h"

typedef struct Case Case;

/* A new case in `dir` (paths_cases()), named `id` or, with NULL, by date and a number ("20261121-1031-1").  Attaches itself
 * to the session's sink, best before its first event.  GError, translated: a name that is none, that is taken, a folder that
 * cannot be written.  The case is freed before its session. */
Case *case_new(const char *dir, const char *id, Session *session, GError **error);
/* Attaches to nothing more, closes. The file stays. */
void case_free(Case *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_free)

/* TRUE if a new case may be called so: 1 to 64 of A-Z a-z 0-9 . _ -, no dot in front. */
gboolean case_id_is_good(const char *id);

const char *case_id(const Case *c);
const char *case_path(const Case *c);
/* NULL: all is on disk. Else a translated sentence. Lives until the next event. */
const char *case_fault(const Case *c);

typedef struct CaseEntry {
  char *id;            /* safe */
  char *path;          /* as it is, to be opened */
  Message *flow;       /* the guide's title */
  Message *step_title; /* or NULL */
  gint64 at;           /* last event */
  gboolean finished;
} CaseEntry;
void case_entry_free(CaseEntry *entry);
/* Cases in `dir`, newest first, at most `max`; unreadable ones are left out. Array of CaseEntry, owned. */
GPtrArray *case_list(const char *dir, guint max);

/* Reads a case file back: preloads its answers into `net`, starts a session and replays the events.  Continues to
 * append to the same file.  A guide that has changed since ends the replay at the last step that still comes, with a
 * notice.  GError with file:line for a file that is no case and for a flow that is gone; and for a case that is open in another
 * program. */
Case *case_resume(const char *path, const Flows *flows, Net *net, Session **session, GError **error);

/* The same to look at only: the file is not written to and may be in use.  With an empty replay net
 * (net_replay_new(NULL)) nothing is asked.  The caller frees the session. */
Session *case_read(const char *path, const Flows *flows, Net *net, GError **error);

#endif
