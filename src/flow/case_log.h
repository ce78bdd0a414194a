/* The file behind a case: whole lines appended, what could not be written kept and tried again. */
#ifndef WB_FLOW_CASE_LOG_H
#define WB_FLOW_CASE_LOG_H

#include <glib.h>

typedef struct CaseLog CaseLog;

/* Takes the open descriptor, which is in append mode. */
CaseLog *case_log_new(int fd);
/* Tries a last time to write what is left, and closes. */
void case_log_free(CaseLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseLog, case_log_free)

/* Appends `line` and a line feed, after everything that is still waiting.  `sync`: down to the disk. */
void case_log_append(CaseLog *log, const char *line, gboolean sync);

/* Why the last attempt failed (errno), 0: all is in the file. */
int case_log_error(const CaseLog *log);

/* One member of a JSON object: ,"name":"value". `value` is UTF-8. */
void case_log_add_member(GString *line, const char *name, const char *value);

#endif
