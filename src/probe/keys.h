/* Keys by which lists know their customers: a file of the user's own that nobody else may read.
 *
 *   # what the zones of the list end in, and the key
 *   dq.spamhaus.net    abcdefghijklmnopqrstuvwxyz
 *
 * The keys go into the net and nowhere else: lists are asked by "KEY.zen.dq.spamhaus.net", see net_set_secret(). */
#ifndef WB_PROBE_KEYS_H
#define WB_PROBE_KEYS_H

#include "base/message.h"
#include "mail/dnslist.h"
#include "net/net.h"

/* Lists of `lists` that need a key which is in the file are asked from now on.  NULL, or what is wrong with the file: then
 * no key of it is used.  No file is no fault. */
Message *keys_use(Net *net, DnsLists *lists);

#endif
