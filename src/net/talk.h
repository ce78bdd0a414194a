/* Talks: questions that are a whole conversation over TCP instead of one packet.
 *
 * An HTTPS request, or the opening of an SMTP, IMAP or POP3 session: greeting, capabilities, STARTTLS, certificate, log-in
 * and, with SMTP, commands that are tried.  As with net_dns(), a talk is a question with a key, its answer is in the
 * recording, and asking twice talks once.  libcurl does it (transfer.h); nothing here resolves a name: whom to connect
 * to is the caller's to say, so that an address that was judged is the address that is used.
 *
 * Except for net_talk()'s https, certificates are looked at, not judged: a server with a bad one is what people want to
 * hear about.  With a password the certificate must be good, or nothing is sent. */
#ifndef WB_NET_TALK_H
#define WB_NET_TALK_H

#include "net/net.h"

typedef enum TalkScheme {
  TALK_HTTPS,
  TALK_SMTP, /* STARTTLS if it is offered */
  TALK_SMTPS,
  TALK_IMAP,
  TALK_IMAPS,
  TALK_POP3,
  TALK_POP3S,
} TalkScheme;

typedef enum TalkTls {
  TALK_TLS_TRY,  /* STARTTLS where it is offered; what "s" schemes do is not touched by this */
  TALK_TLS_NONE, /* never STARTTLS */
  TALK_TLS_NEED, /* no further without it */
} TalkTls;

typedef enum TalkStatus {
  TALK_OK,          /* it came through; HTTPS: with an answer of any code */
  TALK_DECLINED,    /* the server said no: the last line tells (554 for a greeting, EHLO refused) */
  TALK_DENIED,      /* the server refused user and password */
  TALK_NO_LOGIN,    /* everything else went well, but no log-in is offered */
  TALK_NO_TLS,      /* TLS was needed and is not offered, or was turned down */
  TALK_TLS_FAILED,  /* the handshake failed */
  TALK_CERTIFICATE, /* TLS came up, the certificate is not good and that matters here */
  TALK_CLOSED,      /* the connection broke off in the middle */
  TALK_GARBAGE,     /* what came breaks the protocol */
  TALK_TOO_BIG,     /* more came than anybody should send */
  TALK_REFUSED,     /* nobody listens there, or something on the way says so */
  TALK_TIMEOUT,     /* from here on nothing is known about the server */
  TALK_UNREACHABLE,
  TALK_FAILED, /* could not be tried here: `error` says why */
  TALK_CANCELLED,
  TALK_NOT_RECORDED,
} TalkStatus;

/* How far it went: what was under way when it ended. */
typedef enum TalkPhase {
  PHASE_CONNECT,
  PHASE_GREETING,
  PHASE_HELLO,    /* EHLO, CAPABILITY, CAPA */
  PHASE_STARTTLS, /* the command */
  PHASE_TLS,      /* the handshake */
  PHASE_LOGIN,
  PHASE_COMMANDS,
  PHASE_BODY, /* HTTPS: headers and body */
  PHASE_OVER,
} TalkPhase;

typedef struct TalkRequest {
  TalkScheme scheme;
  const char *host;             /* A-labels: for SNI and the Host field */
  guint16 port;                 /* 0: the scheme's */
  const char *const *addresses; /* to connect to, NULL-terminated; the first that answers is taken. None: TALK_FAILED */
  const char *path;             /* HTTPS: "/..." */
  const char *accept;           /* HTTPS: the Accept field, or NULL */
  gboolean padding;             /* HTTPS: "Add-Padding: true": the length of the answer is to tell nothing */
  gsize max_body;               /* HTTPS: octets, more is cut off with TALK_TOO_BIG; 0: 64 KB */
  const char *helo;             /* SMTP: the name to greet with; NULL: "localhost" */
  TalkTls tls;
  const char *user, *password;  /* log in; only over TLS with a good certificate. Never recorded, nor is the talk */
  const char *const *commands;  /* SMTP: to be sent after EHLO, NULL-terminated, or NULL.  MAIL that is refused and a 421
                                   end the talk, other refusals do not */
  gboolean secret;              /* never shown to the sinks */
} TalkRequest;

typedef struct TalkAnswer {
  TalkStatus status;
  TalkPhase phase;
  char *key;              /* "smtp mx1.example.com:25 192.0.2.1", "https://example.com/x" */
  char *server;           /* "192.0.2.1:25", or NULL: no connection */
  GPtrArray *lines;       /* of char *, safe: "< 220 mx1.example.com", "> EHLO x"; passwords are "***" */
  char *tls;              /* "TLSv1.3", or NULL */
  char *cipher;           /* or NULL */
  char **chain;           /* PEM, the server's own first; NULL: none seen */
  int verify;             /* what OpenSSL thinks of the chain (X509_V_OK is 0), the name not looked at; -1: no TLS */
  int code;               /* HTTPS: status code, or 0 */
  char *type;             /* HTTPS: Content-Type, safe, or NULL */
  char *location;         /* HTTPS: where a redirect leads, absolute, safe, or NULL. Never followed here */
  GBytes *body;           /* HTTPS: as it came, or NULL */
  char *error;            /* libcurl's words, safe, or NULL */
  guint elapsed_ms;
  gint64 asked_at;        /* wall clock, microseconds since 1970 */
  gboolean secret;
} TalkAnswer;

/* TRUE: the answer says nothing about the server, only that it could not be asked. */
static inline gboolean talk_is_unknown(TalkStatus s) { return s >= TALK_TIMEOUT; }

/* "ok", "declined", ...: the word of recordings, facts and JSON. */
const char *talk_status_word(TalkStatus status);
/* A short English message id for people: "the connection broke off". */
const char *talk_status_message(TalkStatus status);
/* "connect", "greeting", ... */
const char *talk_phase_word(TalkPhase phase);
guint16 talk_default_port(TalkScheme scheme);

/* The answer, owned by the net, or NULL: under way.  See net_dns().  A text with control characters in it is not sent:
 * TALK_FAILED. */
const TalkAnswer *net_talk(Net *net, const TalkRequest *request);
/* What is known so far of a talk under way (lines, server, phase), or NULL. */
const TalkAnswer *net_talk_so_far(const Net *net, const TalkRequest *request);

/* --- reading what was said --- */

/* A reply: lines of `answer->lines` from `first` on, `count` of them. */
typedef struct TalkReply {
  guint first, count;
  int code; /* SMTP: 250; 0: none, or another protocol */
} TalkReply;

/* The reply to the `nth` command that begins with `command` (without regard to case, IMAP's tag passed over), from 0;
 * -1: the last one.  `command` NULL: the greeting.  FALSE: it was not sent or not answered. */
gboolean talk_find_reply(const TalkAnswer *answer, const char *command, int nth, TalkReply *reply);
/* The i-th line of a reply without "< " and, in SMTP, without code and hyphen: "SIZE 1000". */
const char *talk_reply_line(const TalkAnswer *answer, const TalkReply *reply, guint i);
/* The whole reply as one line, "550 5.1.1 no such user". Caller frees. */
char *talk_reply_text(const TalkAnswer *answer, const TalkReply *reply);

#endif
