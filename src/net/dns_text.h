/* Records as text, in the manner of a zone file (RFC 1035 s5.1): what recordings hold. */
#ifndef WB_NET_DNS_TEXT_H
#define WB_NET_DNS_TEXT_H

#include "net/dns_answer.h"

/* "OWNER TTL TYPE DATA", nothing lost: the strings of a TXT are one string in quotes, with \" \\ and \DDD (decimal) for
 * other octets.  Caller frees. */
char *dns_text_format(const DnsRecord *record, const char *owner);

/* Reads that, or DATA alone: then type and TTL are those that `record` has, and its owner stays NULL.  The second word
 * must be a number and the third a type for the text to be of the long form.  A TXT without quotes is taken as it is.
 * FALSE: broken; the caller clears the record in any case. */
gboolean dns_text_parse(const char *text, DnsRecord *record);

/* `text` without its trailing dot if it is a name that can be asked, else NULL.  Such a name is printable ASCII without
 * blanks, so it is safe.  Caller frees. */
char *dns_text_name(const char *text);

#endif
