/* What the probes submission, imap and pop3 share: mailbox.c (which servers, the tables), mailbox_servers.c (finding
 * them), mailbox_row.c (one port put into words), mailbox_login.c (user and password). */
#ifndef WB_PROBE_MAILBOX_LOOK_H
#define WB_PROBE_MAILBOX_LOOK_H

#include "mail/login.h"
#include "probe/host_look.h"
#include "probe/probe.h"

/* So many ports are looked at, of all servers together. */
#define MAILBOX_MAX_PORTS 4
#define MAILBOX_MAX_ADDRESSES 4

/* One of the three protocols. */
typedef struct MailboxKind {
  const Probe *probe;
  TalkScheme schemes[2]; /* encrypted from the start, by STARTTLS */
  guint16 ports[2];
  const char *services[2];    /* names of SRV records (RFC 6186, RFC 8314 s5) */
  const char *const *guesses; /* names in front of a domain that says nothing, NULL-terminated */
  const char *word;           /* "IMAP" */
} MailboxKind;

/* A port of a server. */
typedef struct MailboxPort {
  char *host; /* A-labels or an address */
  guint16 port;
  TalkScheme scheme;
  gboolean implicit;    /* encrypted from the start */
  gboolean typed;       /* the user named the host: it may be anywhere */
  HostLook look;        /* both NULL: the host is an address */
  GPtrArray *addresses; /* of char *, borrowed; NULL-terminated when filled */
  const char *special;  /* why its address is not for us to knock at (message id), or NULL */
  gboolean open;
  const TalkAnswer *talk;   /* NULL: under way, or nothing to connect to */
  LoginOffer before, after; /* encryption */
  gboolean good;            /* encrypted, and the certificate is good for the name */
} MailboxPort;

typedef enum MailboxOrigin { MAILBOX_ASKED, MAILBOX_SRV, MAILBOX_GUESS } MailboxOrigin;

typedef struct MailboxLook {
  Net *net;
  const MailboxKind *kind;
  Result *result;
  const Facts *inputs;
  char *host, *domain; /* A-labels, or NULL */
  guint16 port;        /* 0: the usual ones */
  gboolean implicit;   /* of `port` */
  MailboxOrigin origin;
  GArray *ports; /* of MailboxPort */
  guint open;    /* look-ups and talks under way */
  gboolean over; /* a row says already why there is nothing to look at */
} MailboxLook;

/* Fills `ports`; FALSE: still under way, or nothing to look at (`over`). */
gboolean mailbox_find_servers(MailboxLook *look);

/* The row of one port; asks for its talk if its addresses are there. */
void mailbox_talk(MailboxLook *look, MailboxPort *port);
void mailbox_row(MailboxLook *look, MailboxPort *port);

/* The log-in, if user and password are there. FALSE: under way. */
gboolean mailbox_login(MailboxLook *look);

/* All facts that are not set yet are unknown, and the status is `word`. */
void mailbox_end(MailboxLook *look, const char *word, gboolean unknown);
/* The request for a port, as far as all talks with it share it. */
TalkRequest mailbox_request(const MailboxPort *port);

#endif
