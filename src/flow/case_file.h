/* Reading a case file back: lines to events, events to a session. */
#ifndef WB_FLOW_CASE_FILE_H
#define WB_FLOW_CASE_FILE_H

#include "flow/session.h"

/* A bounce of 4 MB that is all escapes, and room for the rest. */
#define CASE_MAX_BYTES (64u << 20)

typedef struct CaseEvent {
  char *name; /* "answer" */
  GHashTable *fields;
} CaseEvent;

typedef struct CaseFile {
  GPtrArray *events;  /* of CaseEvent, the first is "start"; what a later "resume" took back is not among them */
  GPtrArray *answers; /* of char*: the lines of the net, in order */
  gsize whole;        /* bytes up to the end of the last whole line: what follows was cut off by a crash */
  gboolean bare_end;  /* the last line is whole but for its line feed */
} CaseFile;

/* The answers go to `net` as they come.  `path` is for messages.  GError with file:line for anything that is no case. */
CaseFile *case_file_read(const char *path, const char *text, gsize length, Net *net, GError **error);
/* The session that the events make, which stops where the guide has changed and says so in a notice; `kept`, unless NULL,
 * receives how many events count.  NULL with `error` if the flow is gone. */
Session *case_replay(const CaseFile *file, const char *path, const Flows *flows, Net *net, guint *kept, GError **error);
void case_file_free(CaseFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseFile, case_file_free)

/* Reads one line; NULL with `error` (one sentence) if it is no event. */
CaseEvent *case_event_parse(const char *line, gsize length, GError **error);
void case_event_free(CaseEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseEvent, case_event_free)

/* The value of a field, or NULL. */
const char *case_event_get(const CaseEvent *event, const char *field);
/* Its "at", microseconds since 1970; 0: none. */
gint64 case_event_at(const CaseEvent *event);

/* The text of a field that may hold any bytes: `field`, or its form "base64".  NULL: neither is there. Caller frees; ended
 * by NUL. */
char *case_event_bytes(const CaseEvent *event, const char *field, gsize *length);

#endif
