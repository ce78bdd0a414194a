#include "probe/known.h"

#include "base/paths.h"
#include "probe/keys.h"

#include <glib/gstdio.h>

typedef gpointer (*Loader)(const char *path, Diags *diags);

static gpointer keep(Net *net, const char *key, gpointer data, GDestroyNotify destroy) {
  net_keep(net, key, data, destroy);
  return data;
}

/* A file that could not be read is remembered too, so that a sweep does not try again at every turn. */
static gpointer known_file(Net *net, const char *name, Loader load, GDestroyNotify destroy) {
  gpointer const *kept = net_kept(net, name);
  if (kept != NULL)
    return *kept;
  g_autofree char *path = paths_knowledge(name);
  /* `whybounce lint` tells the faults of a knowledge file; here the entries that are right are used. */
  g_autoptr(Diags) diags = diags_new();
  return keep(net, name, load(path, diags), destroy);
}

#define KEYS_FAULT "keys fault"

const DnsLists *known_lists(Net *net) {
  gboolean first = net_kept(net, "dnsbl.yaml") == NULL;
  DnsLists *lists = known_file(net, "dnsbl.yaml", (Loader)dnslists_load, (GDestroyNotify)dnslists_free);
  Message *fault = first && lists != NULL ? keys_use(net, lists) : NULL;
  if (fault != NULL)
    net_keep(net, KEYS_FAULT, fault, (GDestroyNotify)message_free);
  return lists;
}

const Message *known_keys_fault(Net *net) {
  gpointer const *fault = net_kept(net, KEYS_FAULT);
  return fault != NULL ? *fault : NULL;
}

const Providers *known_providers(Net *net) {
  return known_file(net, "providers.yaml", (Loader)providers_load, (GDestroyNotify)providers_free);
}

const LoginProviders *known_logins(Net *net) {
  return known_file(net, "logins.yaml", (Loader)login_providers_load, (GDestroyNotify)login_providers_free);
}

const MailDomains *known_domains(Net *net) {
  return known_file(net, "domains.yaml", (Loader)mail_domains_load, (GDestroyNotify)mail_domains_free);
}

const Registries *known_registries(Net *net) {
  return known_file(net, "rdap.yaml", (Loader)registries_load, (GDestroyNotify)registries_free);
}

Classifier *known_classifier(Net *net) {
  gpointer const *kept = net_kept(net, "classifier");
  if (kept != NULL)
    return *kept;
  return keep(net, "classifier", classifier_new(NULL, NULL), (GDestroyNotify)classifier_free);
}

const DnsLists *known_own_lists(Net *net, const char *path, GError **error) {
  GStatBuf st;
  gboolean there = g_stat(path, &st) == 0;
  g_autofree char *key = g_strdup_printf("%s %ld.%ld %ld", path, there ? (long)st.st_mtim.tv_sec : 0,
                                         there ? st.st_mtim.tv_nsec : 0, there ? (long)st.st_size : 0);
  gpointer const *kept = net_kept(net, key);
  if (kept != NULL)
    return *kept;
  DnsLists *lists = dnslists_load_own(path, error);
  return lists != NULL ? keep(net, key, lists, (GDestroyNotify)dnslists_free) : NULL;
}

const DnsLists *known_about(Net *net, const DnsLists *own) {
  if (!dnslists_is_plain(own))
    return NULL;
  g_autofree char *key = g_strdup_printf("about %p", (const void *)own);
  gpointer const *kept = net_kept(net, key);
  if (kept != NULL)
    return *kept;
  g_autofree char *path = paths_knowledge("dnsbl.yaml");
  return keep(net, key, dnslists_file_knows(path, own) ? (gpointer)known_lists(net) : NULL, NULL);
}
