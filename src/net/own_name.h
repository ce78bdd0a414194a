/* The name that this computer greets mail servers with (RFC 5321 s4.1.4). */
#ifndef WB_NET_OWN_NAME_H
#define WB_NET_OWN_NAME_H

#include "net/net.h"

/* The computer's own full name if it has one, else the address that `toward` (an IP address) is reached from, as an
 * address literal: "[192.0.2.10]", "[IPv6:2001:db8::10]" (RFC 5321 s4.1.3).  "localhost" in replay, and where nothing
 * leads there.  Sends nothing.  Caller frees. */
char *net_own_name(const Net *net, const char *toward);

#endif
