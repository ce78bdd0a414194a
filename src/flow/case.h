/* The case: a session on disk.  JSON Lines, one event a line, appended and synced at each, mode 0600.
 *
 * Lines of the net (answers) are the recording format of net_recording.h; the others are
 *   {"event":"start","at":..,"flow":"bounce","revision":..,"version":..,"lang":..,"case":ID}
 *   {"event":"bounce","text":..}  {"event":"answer","step":..,"value":..}  {"event":"tick",..}  {"event":"back"}
 *   {"event":"skip"}  {"event":"again"}  {"event":"note","text":..}  {"event":"finish",..}
 * Replaying the events over the answers gives the same session: that is resume.  A line cut off by a crash is dropped.
 *
 * A case that cannot be written (disk full) never stops the work: case_fault() says what is wrong, the session goes
 * on, and what was not written is kept in memory and tried again with the next event. */
#ifndef WB_FLOW_CASE_H
#define WB_FLOW_CASE_H

#include "flow/session.h"

typedef struct Case Case;

/* A new case in `dir` (paths_cases()), named `id` or, with NULL, by date and a number.  Attaches itself to the
 * session's sink and the net's. */
Case *case_new(const char *dir, const char *id, Session *session, GError **error);
/* Attaches to nothing more, closes. The file stays. */
void case_free(Case *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Case, case_free)

const char *case_id(const Case *c);
const char *case_path(const Case *c);
/* NULL: all is on disk. Else a translated sentence. Lives until the next event. */
const char *case_fault(const Case *c);

typedef struct CaseEntry {
  char *id, *path, *flow, *step_title; /* safe */
  gint64 at;                           /* last event */
  gboolean finished;
} CaseEntry;
void case_entry_free(CaseEntry *entry);
/* Cases in `dir`, newest first, at most `max`; unreadable ones are left out. Array of CaseEntry, owned. */
GPtrArray *case_list(const char *dir, guint max);

/* Reads a case file back: preloads its answers into `net`, starts a session and replays the events.  Continues to
 * append to the same file.  GError with file:line for a file that is no case, and for a flow that is gone. */
Case *case_resume(const char *path, const Flows *flows, Net *net, Session **session, GError **error);

#endif
