/* Files read and written whole: through signals and short writes, and never more than the caller has room for.
 *
 * Who reads gives a limit; one octet more than it would take shows that there is more. */
#ifndef WB_BASE_FILE_H
#define WB_BASE_FILE_H

#include <glib.h>

/* A descriptor for reading `path`, -1 with errno.  A named pipe that nobody writes to is an empty file: opening it does not
 * wait. */
int file_open(const char *path);

/* Reads up to `size` octets, waiting for a slow pipe.  Returns how many, 0 at the end, -1 with errno. */
gssize file_read_some(int fd, char *buffer, gsize size);

/* Appends to `out` what `fd` still has, at most `most` octets.  Returns 0 or an errno; what came before a fault is there. */
int file_read(int fd, gsize most, GString *out);

/* The first `most` octets of a file, a NUL behind them; NULL with errno.  Caller frees. */
char *file_load(const char *path, gsize most, gsize *length);

/* Writes `length` octets.  Returns 0 or an errno; a part may be written then. */
int file_write(int fd, const char *bytes, gsize length);

#endif
