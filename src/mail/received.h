/* Received fields (RFC 5321 s4.4): who handed the mail over. */
#ifndef WB_MAIL_RECEIVED_H
#define WB_MAIL_RECEIVED_H

#include <glib.h>

typedef struct Received {
  char *helo; /* name given in HELO or EHLO, as written; NULL: none */
  char *name; /* name of the client by reverse look-up, as far as the server wrote it apart; NULL */
  char *ip;   /* address of the client, from the server's own observation; NULL */
  char *by;   /* the server; NULL */
} Received;

/* Reads one unfolded field value in the forms of Postfix, Sendmail, Exim, qmail, Exchange, Gmail and their kin. */
Received *received_parse(const char *value);
void received_free(Received *received);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Received, received_free)

/* TRUE if `ip` can be met on the public Internet, or is a documentation address, which stands for one. */
gboolean received_ip_is_public(const char *ip);

#endif
