/* The recording: JSON Lines, one line for each answer, made to be written by hand too.
 *
 *   {"whybounce-recording":1,"resolvers":"192.0.2.53"}
 *   {"dns":"example.co.jp MX","status":"ok","server":"192.0.2.53","ms":21,"tries":1,"ttl":300,"ad":false,
 *    "at":"2026-11-21T10:31:00.123Z","answer":["example.co.jp 300 MX 10 mx1.example.co.jp"]}     (one line)
 *
 * The first line is the header: which version this is and who was asked.  In a file read for replay it may be missing
 * and may come again.  Of the others only "dns" (name, blank, type) is required.  "status" is a word of
 * dns_status_word(); left out it is "ok" if "answer" has entries, else "nodata".  "ede" and "ede_text" are
 * RFC 8914's.  "at" is UTC.
 *
 * "ask" is the address of net_dns_at(); "aa" and "ra" are the flags (with "ask", an answer without "aa" has it),
 * "beside" the records beside the answer.
 *
 * An entry of "answer" is "OWNER TTL TYPE DATA" or, short, DATA alone: owner and type are the question's then and
 * the TTL is "ttl".  DATA is as in a zone file (RFC 1035 s5.1): the strings of a TXT stand in quotes, with \" \\ and
 * \DDD (decimal) for other octets, and are joined; a TXT without quotes is taken as it is.
 *
 * A talk (talk.h) is known by its key:
 *
 *   {"talk":"https://mta-sts.example.com/.well-known/mta-sts.txt","code":200,"type":"text/plain","body":"version: ..."}
 *   {"talk":"smtp mx1.example.com:25 192.0.2.1","lines":["< 220 mx1.example.com ESMTP","> EHLO pc.example.net","< 250 ok"]}
 *
 * with "status" and "phase" (words of talk_status_word(), talk_phase_word(); left out: "ok" and "over"), "server", "ms",
 * "at", "tls", "cipher", "verify" (OpenSSL's number, 0 is good), "chain" (PEM, the server's own first), "location",
 * "body64", "error".  A talk with a password is never recorded.
 *
 * A label "nonce" stands for net_nonce().  Lines with an "event" are a case file's and are passed over, as are blank
 * lines and lines that begin with '#'. */
#ifndef WB_NET_NET_RECORDING_H
#define WB_NET_NET_RECORDING_H

#include "net/dns_answer.h"
#include "net/talk_answer.h"

/* How the nonce label is written in a recording. */
#define NET_RECORDED_NONCE "nonce"

/* The lines, without line feed. Caller frees. */
char *net_recording_header(const char *resolvers);
char *net_recording_line(const DnsAnswer *answer, const char *nonce);
char *net_recording_talk(const TalkAnswer *answer, const char *nonce);

/* "2026-11-21T10:31:00.123Z" and back; microseconds since 1970, to the millisecond. */
char *net_recording_time(gint64 at);
gboolean net_recording_read_time(const char *text, gint64 *at);

/* What a line holds; all NULL for a line to be passed over. The caller frees them. */
typedef struct NetRecorded {
  char *resolvers;
  DnsAnswer *answer;
  TalkAnswer *talk;
} NetRecorded;

/* Reads a line (no LF).  The label "nonce" becomes `nonce`.  FALSE with `error` (one sentence, without file and line)
 * if it is broken. */
gboolean net_recording_parse(const char *line, gsize length, const char *nonce, NetRecorded *recorded, GError **error);

#endif
