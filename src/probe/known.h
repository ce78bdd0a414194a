/* The knowledge files that probes use: read at the first need, kept with the net, shared by all probes of it. */
#ifndef WB_PROBE_KNOWN_H
#define WB_PROBE_KNOWN_H

#include "mail/classify.h"
#include "base/message.h"
#include "mail/dnslist.h"
#include "mail/login_provider.h"
#include "mail/provider.h"
#include "mail/registry.h"
#include "net/net.h"

/* NULL if the file cannot be read: what rests on it is unknown then. */
const DnsLists *known_lists(Net *net);
/* Why the keys of the user's own are not used; NULL: they are, or there are none. */
const Message *known_keys_fault(Net *net);
const Providers *known_providers(Net *net);
const MailDomains *known_domains(Net *net);
const LoginProviders *known_logins(Net *net);
const Registries *known_registries(Net *net);

/* What words of refusal mean; never NULL. */
Classifier *known_classifier(Net *net);

/* The DNS lists of a file of the user's own, see dnslists_load_own(); read again when the file has changed. */
const DnsLists *known_own_lists(Net *net, const char *path, GError **error);
/* What is known about the zones of such a file: NULL if nothing is, or if the file says it all itself. */
const DnsLists *known_about(Net *net, const DnsLists *own);

#endif
