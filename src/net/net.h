/* The one door to the outside.
 *
 * Everything that leaves the machine is a question with a key ("example.com MX") and comes back as an
 * answer.  The table of questions and answers is the recording: a live net fills it from the network, a
 * replay net from a file, and nothing above can tell the difference.
 *
 * Probes pull.  net_dns() returns the answer, or NULL after it has launched the question; the probe asks
 * for all that it can, says "pending", and is called again from scratch when something has arrived.
 *
 * An answer is never an error: NXDOMAIN, SERVFAIL and time-outs are answers.  Three kinds: the records
 * are there (DNS_OK), they are proven absent (NODATA, NXDOMAIN), or nobody could tell (all others).
 *
 * A net owns its answers; they live as long as it, unless net_waiter_forget() or net_keep_answers() drops them. One
 * thread. */
#ifndef WB_NET_NET_H
#define WB_NET_NET_H

#include <glib.h>
#include <poll.h>

typedef struct Net Net;
typedef struct NetWaiter NetWaiter;

typedef enum DnsType {
  DNS_A = 1,
  DNS_NS = 2,
  DNS_CNAME = 5,
  DNS_SOA = 6,
  DNS_PTR = 12,
  DNS_MX = 15,
  DNS_TXT = 16,
  DNS_AAAA = 28,
  DNS_SRV = 33,
  DNS_TLSA = 52,
} DnsType;

typedef enum DnsStatus {
  DNS_OK,
  DNS_NODATA,       /* the name exists, without records of this type */
  DNS_NXDOMAIN,     /* the name does not exist */
  DNS_TIMEOUT,      /* from here on: could not tell */
  DNS_SERVFAIL,
  DNS_REFUSED,
  DNS_FORMERR,
  DNS_NOTIMP,
  DNS_GARBAGE,      /* an answer that is no DNS message, or breaks its bounds */
  DNS_UNREACHABLE,  /* no route, connection refused, no resolver configured */
  DNS_BAD_NAME,     /* the name cannot be asked: label over 63 or name over 255 octets, empty label, a blank, or
                       an octet that is not printable ASCII */
  DNS_CANCELLED,    /* the user did not want to wait */
  DNS_NOT_RECORDED, /* replay: the recording has no such question */
  DNS_INVENTED,     /* the resolver gives the same addresses for a name that does not exist: see net_ask_nonce() */
} DnsStatus;

typedef struct DnsRecord {
  char *owner;        /* presentation form, no trailing dot (root: "."), safe */
  DnsType type;
  guint32 ttl;        /* seconds */
  guint16 preference; /* MX, SRV (its priority) */
  guint16 weight, port; /* SRV (RFC 2782) */
  guint8 usage, selector, matching; /* TLSA (RFC 6698 s2.1) */
  char *value;        /* safe: address (inet_ntop form), name (no trailing dot, root "."), text of a TXT with its
                         strings joined without blank (RFC 7208 s3.3; for people, at most TEXT_MAX_REMOTE octets of
                         it), SOA as "mname rname serial refresh retry expire minimum", SRV its target, TLSA its
                         association data in lower-case hexadecimal digits (of that, too, at most TEXT_MAX_REMOTE) */
  GBytes *data;       /* TXT: all of the joined raw bytes, to be parsed; TLSA: the association data; else NULL */
} DnsRecord;

typedef struct DnsAnswer {
  DnsStatus status;
  char *name;            /* as asked */
  DnsType type;
  char *at;              /* net_dns_at(): the address that was asked; NULL: the resolvers were */
  char *server;          /* "192.0.2.53" or "192.0.2.53:5353"; NULL: nobody answered */
  guint elapsed_ms;      /* from the first packet to the answer */
  guint tries;           /* packets sent, from 1 */
  guint32 ttl;           /* of the answer as a whole (smallest), for absence RFC 2308's, 0 if unknown */
  gboolean authenticated; /* AD flag. Means something only if the resolver is trusted */
  gint64 asked_at;       /* wall clock, microseconds since 1970 */
  int extended;          /* why the resolver failed or refused, in its own words (RFC 8914): INFO-CODE, -1: not told */
  char *extended_text;   /* its EXTRA-TEXT, safe; NULL: none */
  guint n_records;
  DnsRecord *records;    /* the answer section in order, CNAME chain included: what belongs to the name asked for, of
                            the types above; at most 256 */
  /* Of net_dns_at() alone: */
  gboolean authoritative; /* AA flag: the server speaks for the zone */
  gboolean recursive;     /* RA flag: the server resolves for others */
  guint n_beside;         /* what came beside the answer */
  DnsRecord *beside;      /* NS and SOA of the authority section, A and AAAA of the additional section */
} DnsAnswer;

static inline gboolean dns_is_absent(DnsStatus s) { return s == DNS_NODATA || s == DNS_NXDOMAIN; }
static inline gboolean dns_is_unknown(DnsStatus s) { return s > DNS_NXDOMAIN; }

/* "ok", "nodata", "nxdomain", "timeout", ...: the word of recordings, facts and JSON. */
const char *dns_status_word(DnsStatus status);
/* A short English message id for people: "no answer in time". */
const char *dns_status_message(DnsStatus status);
const char *dns_type_word(DnsType type);
/* The registered meaning of an extended error, an English message id; NULL for codes that are not known. */
const char *dns_extended_message(int code);

/* How many records of the asked type there are, and the i-th of them (NULL past the end). */
guint dns_answer_count(const DnsAnswer *answer);
const DnsRecord *dns_answer_record(const DnsAnswer *answer, guint i);
/* TRUE if the answer came by way of a CNAME. */
gboolean dns_answer_is_alias(const DnsAnswer *answer);
/* Its data as a zone file has it, "10 mx1.example.com", made of safe text.  Caller frees. */
char *dns_record_data(const DnsRecord *record);
/* SOA's last field, or 0. */
guint32 dns_record_soa_minimum(const DnsRecord *record);

typedef struct NetOptions {
  const char *resolver; /* "ADDR", "ADDR:PORT", "[ADDR6]:PORT", several joined by commas; NULL: the system's */
  guint timeout_ms;     /* when a question becomes DNS_TIMEOUT; 0: 5000.  A name server asked itself has half of it, HTTPS
                           twice, SMTP six times as long */
  guint16 dns_port;     /* a test network: net_dns_at() asks at this port, and at special addresses too; 0: 53 */
  const char *ca_file;  /* certificate authorities to trust besides the system's, PEM; NULL: none */
} NetOptions;

/* So many questions are in flight at first, the others wait in order: more at one blow overflow a server's socket
 * buffer.  One after the other, as answers make room, more can be borne: so many at most. */
#define NET_IN_FLIGHT 128
#define NET_MOST_IN_FLIGHT 768

/* A net that asks the network.  Questions go out at once, NET_IN_FLIGHT in flight per resolver and more while that goes
 * well.  Four tries spread over the resolvers (the second after 150 ms, then with growing gaps); an answer to any try
 * counts until the time-out, so that a slow resolver is not taken for a dead one.  TCP after truncation.
 * Fails only on a `resolver` that is no address, message fit for the user. */
Net *net_live_new(const NetOptions *options, GError **error);

/* A net that answers from a recording (JSON Lines, see net_recording.h) or a case file and never asks anybody; all
 * answers are there at once.  Unknown questions: DNS_NOT_RECORDED.  `path` NULL: an empty recording, to be filled
 * with net_preload().  GError with file:line for a broken recording, or if it cannot be read or is over 256 MB. */
Net *net_replay_new(const char *path, GError **error);

void net_free(Net *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Net, net_free)

/* FALSE: it answers from a recording. */
gboolean net_is_live(const Net *net);
/* How long one question may take, in ms; 0 in replay. */
guint net_timeout_ms(const Net *net);
/* The resolvers in use as one line, "192.0.2.53, 192.0.2.54"; "none" if there is none. From the
 * recording in replay. */
const char *net_resolvers(const Net *net);

/* A label nobody has registered, for "does anything answer for every name" tests: lower-case letters and
 * digits; the same for the life of the net. Recordings store it as the label "nonce", so that they replay:
 * {"dns":"nonce.bl.example A","status":"nxdomain"}.  In replay it is "nonce". */
const char *net_nonce(const Net *net);

/* A label that nobody may see, like the key by which a list knows its customers.  In questions under `zone` the label
 * before it is written NET_SECRET_LABEL: "2.0.0.127.KEY.zen.example A" goes to the resolver with `label` in its place, which
 * is in no answer, recording or message.  FALSE: it cannot be one (8 to 63 letters, digits, hyphens, underscores). */
#define NET_SECRET_LABEL "KEY"
gboolean net_set_secret(Net *net, const char *zone, const char *label);

/* Asks for the address of a name that does not exist (RFC 6761 s6.4: nothing is under "invalid"); the answer, or NULL.
 * From then on every other answer that holds nothing but addresses from there is DNS_INVENTED, with its records. */
const DnsAnswer *net_ask_nonce(Net *net);

/* The answer to NAME TYPE, owned by the net, or NULL: the question is under way.  `name` is ASCII (A-labels), with or
 * without a trailing dot; it is always absolute, no search list, no hosts file. */
const DnsAnswer *net_dns(Net *net, const char *name, DnsType type);

/* The same for an answer that is perhaps needed: while others would have to wait for it the question is not asked,
 * and the answer is NULL as long as nobody asks in earnest. */
const DnsAnswer *net_dns_ahead(Net *net, const char *name, DnsType type);

/* What the name server at the address `server` says of NAME TYPE by itself: asked directly, without recursion (RD
 * clear), with the tries of net_dns() and half of its time-out.  Judge `authoritative` before anything else: a server that is
 * not responsible may answer from elsewhere, and a referral to others (in `beside`) has the status DNS_REFUSED.
 * Addresses that nobody outside has (loopback, private, ...) are not asked: DNS_UNREACHABLE. */
const DnsAnswer *net_dns_at(Net *net, const char *server, const char *name, DnsType type);

/* How far a question under way is. FALSE if it is not. */
typedef struct NetProgress {
  guint tries;
  const char *server; /* last asked; NULL: waits for its turn */
  guint elapsed_ms;
} NetProgress;
gboolean net_dns_progress(const Net *net, const char *name, DnsType type, NetProgress *progress);

/* From now on at most `n` answers that no waiter holds are kept, those used last: for a run over so many targets that
 * they would not all fit.  An answer may be gone as soon as its waiter is; without a waiter nothing may be asked. */
void net_keep_answers(Net *net, guint n);

/* --- company --- */

/* Keeps `data` under `key` until the net is freed, then gives it to `destroy`: for what probes parse only once, like
 * knowledge files.  NULL may be kept too, to remember that there is nothing.  A second value for a key replaces the first. */
void net_keep(Net *net, const char *key, gpointer data, GDestroyNotify destroy);
/* Where what is kept under `key` is, be it NULL; NULL: nothing is kept. */
gpointer const *net_kept(const Net *net, const char *key);

/* --- who waits for what --- */

/* A waiter collects the questions asked while it is in force.  It must be freed before its net. */
NetWaiter *net_waiter_new(Net *net);
void net_waiter_free(NetWaiter *waiter); /* its questions go on; their answers stay */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetWaiter, net_waiter_free)
/* Puts `waiter` (or NULL) in force for the net_dns() calls that follow. */
void net_set_waiter(Net *net, NetWaiter *waiter);
/* TRUE once after any of its questions was answered: time to call the probe again. */
gboolean net_waiter_take(NetWaiter *waiter);
/* How many of its questions are still open. */
guint net_waiter_open(const NetWaiter *waiter);
/* How many questions it asked in all, and the i-th answer of those (NULL while open, and for a talk): the evidence. */
guint net_waiter_length(const NetWaiter *waiter);
const DnsAnswer *net_waiter_answer(const NetWaiter *waiter, guint i);
/* The i-th answer as a line of the recording; NULL while open, and for what must not be recorded. Caller frees. */
char *net_waiter_line(const NetWaiter *waiter, guint i);
/* Its open questions become DNS_CANCELLED, for it alone if others wait too. */
void net_waiter_cancel(NetWaiter *waiter);
/* Drops its questions and their answers, so that they are asked anew ("run again"). */
void net_waiter_forget(NetWaiter *waiter);

/* --- the loop --- */

/* Waits until a question is answered, one of the `n` descriptors in `extra` is ready (their revents are set), or
 * `timeout_ms` has passed (-1: no limit; 0: look only).  Returns how many questions were answered.  With no question
 * open it sleeps on `extra` alone: an idle session makes no system call.  EINTR returns early; with nothing at all to
 * wait for it returns at once. */
guint net_turn(Net *net, struct pollfd *extra, guint n, int timeout_ms);

/* Questions open now, of all waiters. */
guint net_open(const Net *net);

/* Those of them that wait for their turn, since as many as can be borne are under way. */
guint net_waiting(const Net *net);

/* After the process was stopped (SIGCONT): open questions get their time again. */
void net_restart_deadlines(Net *net);

/* --- recording --- */

/* Called with one JSON line (no LF) for the header and for each answer as it arrives. */
typedef void (*NetSink)(const char *line, gpointer user);
void net_add_sink(Net *net, NetSink sink, gpointer user);
/* Takes a line that a sink was given: the question counts as answered, with its old time. FALSE with `error` on a
 * line that is none. */
gboolean net_preload(Net *net, const char *line, GError **error);
/* Appends everything to `path` (mode 0600) from now on.  FALSE with `error`: it cannot be opened. */
gboolean net_record(Net *net, const char *path, GError **error);
/* 0, or why the recording is not whole (errno): it ends with the first line that could not be written. */
int net_record_fault(const Net *net);

#endif
