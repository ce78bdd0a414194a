/* Whose fault is it that nobody answers?  Most networks of homes and offices, and most of the clouds, let no connection to
 * port 25 out.  Before a server is said to be down, mail servers of others are tried. */
#include "probe/smtp_look.h"

#include "probe/known.h"

#include <string.h>

/* Of each of so many domains the first server's first IPv4 address. */
#define MAX_REFERENCES 2

typedef struct Asked {
  guint open, reached, blocked;
} Asked;

/* The first address that can be connected to: of IPv4, since this computer may well have nothing else. */
static const SmtpPath *first_path(const SmtpServers *servers) {
  for (guint i = 0; i < servers->paths->len; i++) {
    const SmtpPath *path = &g_array_index(servers->paths, SmtpPath, i);
    if (path->special == NULL && strchr(path->address, ':') == NULL)
      return path;
  }
  return NULL;
}

static const Provider *provider_of(const SmtpLook *look, const char *name) {
  const Providers *providers = known_providers(look->net);
  return providers != NULL ? providers_match(providers, name) : NULL;
}

/* Servers of one provider may well be out of order together. */
static gboolean is_independent(const SmtpLook *look, const SmtpPath *path) {
  const Provider *theirs = provider_of(look, path->server->name);
  for (guint i = 0; i < look->servers->paths->len; i++) {
    const SmtpPath *own = &g_array_index(look->servers->paths, SmtpPath, i);
    const Provider *provider = provider_of(look, own->server->name);
    if (g_str_equal(own->address, path->address) || (provider != NULL && theirs != NULL && g_str_equal(provider->name, theirs->name)))
      return FALSE;
  }
  return TRUE;
}

/* FALSE: that one cannot vouch. */
static gboolean ask_one(SmtpLook *look, const char *host, Asked *asked, Finding *row) {
  Ip ip;
  g_auto(SmtpServers) servers;
  SmtpManner manner = look->manner;
  manner.tls = TALK_TLS_NONE;
  /* An address is taken as it is, a name is asked for its servers (or is one itself). */
  smtp_servers_ask(&servers, look->net, host, ip_parse(host, &ip) ? host : NULL);
  const SmtpPath *path = first_path(&servers);
  if (path == NULL) {
    asked->open += servers.open > 0;
    return servers.open > 0;
  }
  if (!is_independent(look, path))
    return FALSE;
  const TalkAnswer *talk = smtp_path_talk(look->net, path, &manner);
  if (talk == NULL) {
    asked->open++;
    return TRUE;
  }
  gboolean unconnected = smtp_talk_is_unconnected(talk);
  asked->reached += !unconnected && (talk->server != NULL || !talk_is_unknown(talk->status));
  asked->blocked += unconnected;
  if (row != NULL)
    probe_add_talk(row, talk, "RFC 5321 s4.5.4.1");
  return TRUE;
}

SmtpReference smtp_reference_ask(SmtpLook *look, const char *hosts, Finding *row) {
  Asked asked = {0};
  guint n = 0;
  const Providers *providers = known_providers(look->net);
  const char *names = hosts != NULL ? hosts : providers != NULL ? providers_references(providers) : NULL;
  g_auto(GStrv) list = g_strsplit_set(names != NULL ? names : "", " ,", 16);
  for (guint i = 0; list[i] != NULL && n < MAX_REFERENCES; i++)
    if (*list[i] != '\0' && g_strcmp0(list[i], look->inputs->domain) != 0)
      n += ask_one(look, list[i], &asked, row);
  if (asked.reached > 0)
    return REFERENCE_REACHED;
  if (asked.open > 0)
    return REFERENCE_WAIT;
  return asked.blocked > 0 ? REFERENCE_BLOCKED : REFERENCE_UNKNOWN;
}
