/* Diagnostics: what is wrong with a file that a person wrote, at file:line:col.
 * One list collects the faults of a whole load, so that an author sees them all at once. */
#ifndef WB_BASE_DIAG_H
#define WB_BASE_DIAG_H

#include <glib.h>

typedef enum DiagLevel { DIAG_WARNING, DIAG_ERROR } DiagLevel;

typedef struct Diag {
  char *file; /* as given, made safe */
  int line;   /* from 1; 0: the file as a whole */
  int col;    /* from 1, in characters */
  DiagLevel level;
  char *text; /* one safe sentence: what is wrong, and what to do */
} Diag;

typedef struct Diags Diags;

Diags *diags_new(void);
void diags_free(Diags *diags);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diags, diags_free)

/* Adds a fault.  The text is made safe.  After 200 faults the rest is only counted. */
void diags_add(Diags *diags, const char *file, int line, int col, DiagLevel level, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

/* How many faults of a level there were, with those that are only counted. */
guint diags_count(const Diags *diags, DiagLevel level);
/* How many are kept, and each of them, sorted by file, line, col; NULL past the end. */
guint diags_length(const Diags *diags);
const Diag *diags_get(const Diags *diags, guint i);

/* "file:line:col: error: text" without the places that are 0; no line feed.  Caller frees. */
char *diag_format(const Diag *diag);

#endif
