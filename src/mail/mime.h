/* The interface between the reader of bounces and the loadable part of the program that takes a mail apart.
 *
 * build/mime.so is mail/mime.c linked against GMime; the program itself is not, so that nobody pays for loading GMime
 * who has no mail to read.  The module uses functions of the program (fields_*, charset_*, html_*). */
#ifndef WB_MAIL_MIME_H
#define WB_MAIL_MIME_H

#include "mail/fields.h"

/* What a mail holds, as far as bounces go.  Text is UTF-8 with LF line ends and capped, header values are unfolded and
 * otherwise as they came (encoded words, any charset); nothing is safe yet. */
typedef struct MimeMail {
  GPtrArray *headers; /* of the mail itself; encoded words (RFC 2047) decoded */
  char *text;         /* the plain text parts in their order; HTML as text where there is no plain text. Never NULL */
  GPtrArray
      *groups; /* of lists of fields: message/delivery-status, message/global-delivery-status in order; never NULL */
  GPtrArray *feedback;  /* fields of message/feedback-report (RFC 5965), or NULL */
  GPtrArray *original;  /* header fields of the returned mail, or NULL */
  GPtrArray *hosts;     /* of the links in the body of the returned mail (mail/links.h), or NULL */
  gboolean disposition; /* a message/disposition-notification (RFC 8098) is in it */
  char *inner;          /* what somebody attached: the first mail in one that is no report and no notice; or NULL */
} MimeMail;

/* Takes apart `length` bytes of a mail (NUL-terminated, LF line ends).  FALSE if there is no header in it at all; else
 * everything in `out`, which the caller passes to mime_mail_clear(). */
typedef gboolean (*MimeRead)(const char *bytes, gsize length, MimeMail *out);

/* The name under which the module exports its MimeRead. */
#define MIME_SYMBOL "mime_read"

/* The reader, loaded by the first call; NULL if the module is missing. */
MimeRead mime_load(void);

/* Frees what is in `mail`, not `mail` itself. */
void mime_mail_clear(MimeMail *mail);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MimeMail, mime_mail_clear)

#endif
