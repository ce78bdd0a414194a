/* DNS messages on the wire (RFC 1035 s4, EDNS RFC 6891): writing a question, reading an answer.
 *
 * Pure functions over bytes.  Reading trusts nothing: every length is checked, names go through libresolv's
 * bounds- and loop-checked expansion, and what comes out is safe text. */
#ifndef WB_NET_DNS_WIRE_H
#define WB_NET_DNS_WIRE_H

#include "net/dns_answer.h"

#define DNS_MAX_WIRE_NAME 255
#define DNS_MAX_QUERY (12 + DNS_MAX_WIRE_NAME + 4 + 11)
/* What we say we take over UDP: fits any path without fragments (DNS flag day 2020). */
#define DNS_UDP_SIZE 1232

typedef struct DnsWireName {
  guint8 octets[DNS_MAX_WIRE_NAME];
  gsize length;
} DnsWireName;

/* Presentation form (RFC 1035 s5.1 escapes) to wire form, absolute. FALSE: such a name cannot be asked. */
gboolean dns_wire_name(const char *name, DnsWireName *wire);

typedef enum DnsQueryFlags { DNS_QUERY_PLAIN = 0, DNS_QUERY_EDNS = 1 << 0, DNS_QUERY_DIRECT = 1 << 1 } DnsQueryFlags;

/* Writes the question, returns its length. RD is set, and AD to ask for the AD flag (RFC 6840 s5.7); not if the
 * server is asked for what it knows by itself (DNS_QUERY_DIRECT). */
gsize dns_wire_query(guint8 packet[DNS_MAX_QUERY], const DnsWireName *name, DnsType type, guint16 id,
                     DnsQueryFlags flags);

/* Reads the message into `answer`, which has name, type and `at` of the question and no records yet.  A message that
 * cannot be read gives DNS_GARBAGE without records.  TRUE if the message was cut by its sender (TC): it
 * says nothing then (RFC 2181 s9) and must be asked for by TCP. */
gboolean dns_wire_read(DnsAnswer *answer, const guint8 *message, gsize length);

#endif
