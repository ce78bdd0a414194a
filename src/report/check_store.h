/* A file of results that a run over many targets goes on with: one line of JSON a target, appended as they are done.
 *
 * What stopped in the middle of a line has left a cut last line; it is taken away, and its target is asked again. */
#ifndef WB_REPORT_CHECK_STORE_H
#define WB_REPORT_CHECK_STORE_H

#include <glib.h>
#include <stdio.h>

typedef struct CheckStore CheckStore;

/* Opens or makes `path` (mode 0600).  Fails on what is no file of results, or while somebody else writes it; the message
 * is fit for people. */
CheckStore *check_store_open(const char *path, GError **error);
void check_store_free(CheckStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckStore, check_store_free)

/* TRUE if the file has a line about this target (safe text). */
gboolean check_store_has(const CheckStore *store, const char *target);
/* At the end of the file. */
FILE *check_store_file(CheckStore *store);

#endif
