/* Passwords: typed without being seen, kept out of core dumps, wiped when they are done with. */
#ifndef WB_BASE_SECRET_H
#define WB_BASE_SECRET_H

#include <glib.h>

/* More octets of a password are not read. */
#define SECRET_MAX 1000

/* Before the first secret is asked for: from now on no core dump of this process is written, and no other process of
 * the same user may read its memory. */
void secret_protect(void);

/* Wipes the text and frees it; NULL is fine. */
void secret_free(char *text);

/* The terminal `fd` shows what is typed, or does not.  A descriptor that is no terminal is left alone. */
void secret_hide_typing(int fd, gboolean hidden);

/* One line: from a terminal, which gets the safe text `prompt` and shows nothing of what is typed; else from `fd`
 * itself, of which not a byte after the line feed is taken.  NULL: nothing came, it is too long, or the user does not
 * want to (Ctrl-C, Ctrl-D).  secret_free(). */
char *secret_read(int fd, const char *prompt);

#endif
