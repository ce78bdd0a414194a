/* Where mails come from: a file with one mail, an mbox with many, a Maildir or a plain folder of files, standard input.
 * One mail at a time is in memory, and never more than BOUNCE_MAX_BYTES + 1 of it. */
#ifndef WB_MAIL_MAILBOX_H
#define WB_MAIL_MAILBOX_H

#include <glib.h>

typedef struct Mailbox Mailbox;

typedef struct MailboxItem {
  char *bytes; /* NUL-terminated */
  gsize length;
  char *file;   /* NULL: standard input */
  guint number; /* of the mail in an mbox, from 1; 0: the file holds one mail */
} MailboxItem;

/* "-" is standard input.  Errors (no such file, no permission, empty) say what to do. */
Mailbox *mailbox_open(const char *path, GError **error);
void mailbox_free(Mailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)

/* The next mail; FALSE with `error` unset at the end.  FALSE with `error` set: one file of a folder could not be read;
 * the call after it goes on with the next. */
gboolean mailbox_next(Mailbox *mailbox, MailboxItem *item, GError **error);
void mailbox_item_clear(MailboxItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailboxItem, mailbox_item_clear)

#endif
