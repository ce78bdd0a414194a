/* The mail servers of a domain as they are tried: hosts by preference, each with its addresses, each address a talk of
 * its own.  Shared by the probes that talk to them. */
#ifndef WB_PROBE_SMTP_SERVERS_H
#define WB_PROBE_SMTP_SERVERS_H

#include "net/talk.h"
#include "probe/host_look.h"
#include "probe/probe.h"
#include "probe/route.h"

/* More than that are counted, not tried. */
#define SMTP_MAX_SERVERS 10
#define SMTP_MAX_ADDRESSES 4 /* of one server */

typedef struct SmtpServer {
  const char *name; /* A-labels, or the address itself */
  gboolean literal; /* `name` is an address: nothing was asked */
  HostLook look;
} SmtpServer;

/* A way to a server. */
typedef struct SmtpPath {
  const SmtpServer *server;
  const char *address;
  const char *special;     /* why nobody outside has this address (message id): not contacted; NULL: it may be */
  const TalkAnswer *talk;  /* for those who use the list: not filled here */
} SmtpPath;

typedef struct SmtpServers {
  Route route;            /* of the domain; kind ROUTE_MX for a server that was named */
  gboolean named;         /* a server was named, the domain was not looked at */
  guint open, left_out;   /* look-ups under way; servers and addresses too many */
  GArray *servers;        /* of SmtpServer, the first choice first */
  GArray *paths;          /* of SmtpPath, in the order in which mail is delivered */
} SmtpServers;

/* Asks for all there is to ask.  `server` (A-labels or an address; NULL: none) outranks `domain` (A-labels).  What the
 * user named is contacted wherever it is; what the DNS names, only if its address is public or one of examples: else
 * anybody could have us knock at the doors of a private network.  The texts must live as long as the list. */
void smtp_servers_ask(SmtpServers *servers, Net *net, const char *domain, const char *server);
void smtp_servers_clear(SmtpServers *servers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpServers, smtp_servers_clear)

/* The first look-up of an address that could not tell, or NULL. */
const DnsAnswer *smtp_servers_unknown(const SmtpServers *servers);

/* A row that there may be more addresses, if there may. */
void smtp_unknown_row(const SmtpServers *servers, Result *result);

/* How a talk is to be led. */
typedef struct SmtpManner {
  const char *helo; /* NULL: the computer's own name */
  guint16 port;     /* 0: 25 */
  TalkTls tls;
  const char *const *commands;
} SmtpManner;

/* The talk with the server at the end of `path`; NULL: under way. */
const TalkAnswer *smtp_path_talk(Net *net, const SmtpPath *path, const SmtpManner *manner);

/* TRUE: no connection came about. */
gboolean smtp_talk_is_unconnected(const TalkAnswer *talk);

/* TRUE: it was not tried in earnest, since this computer has no IPv6 (which is no fault of the server's). */
gboolean smtp_talk_lacks_ipv6(const SmtpPath *path, const TalkAnswer *talk);

/* The reply by which a server turned us away before any mail was offered: its greeting, or the one to EHLO or HELO. */
gboolean smtp_find_refusal(const TalkAnswer *talk, TalkReply *reply);

/* The inputs that these probes share, made fit; FALSE: one is not what it should be, and a row says so. */
typedef struct SmtpInputs {
  char *domain, *server; /* A-labels or an address, or NULL */
  const char *helo;
  guint16 port;
} SmtpInputs;
gboolean smtp_inputs_read(SmtpInputs *out, const Facts *inputs, Result *result);
void smtp_inputs_clear(SmtpInputs *inputs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmtpInputs, smtp_inputs_clear)

/* The row and the word of status for a domain without servers to try, or whose servers could not be found out: TRUE if it
 * is one (then `word` is set, NULL: unknown for a reason that is no word). */
gboolean smtp_route_row(const SmtpServers *servers, const char *domain, Result *result, const char **word);

#endif
