/* What bounce_load() and mailboxes share: opening files, and what to say when that fails. */
#ifndef WB_MAIL_BOUNCE_LOAD_H
#define WB_MAIL_BOUNCE_LOAD_H

#include <glib.h>

/* A descriptor for reading `path` ("-": standard input); -1 with `error`. */
int bounce_open(const char *path, GError **error);

/* Sets `error` for errno `code` at `path`; EINVAL stands for an empty file. */
void bounce_fail(GError **error, const char *path, int code);

#endif
