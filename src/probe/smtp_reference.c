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

static void ask_one(SmtpLook *look, const char *host, Asked *asked, Finding *row) {
  Ip ip;
  g_auto(SmtpServers) servers;
  SmtpManner manner = look->manner;
  manner.tls = TALK_TLS_NONE;
  /* An address is taken as it is, a name is asked for its servers (or is one itself). */
  smtp_servers_ask(&servers, look->net, host, ip_parse(host, &ip) ? host : NULL);
  const SmtpPath *path = first_path(&servers);
  if (path == NULL) {
    asked->open += servers.open > 0;
    return;
  }
  const TalkAnswer *talk = smtp_path_talk(look->net, path, &manner);
  if (talk == NULL) {
    asked->open++;
    return;
  }
  asked->reached += talk->server != NULL || !talk_is_unknown(talk->status) ? !smtp_talk_is_unconnected(talk) : 0;
  asked->blocked += smtp_talk_is_unconnected(talk);
  if (row != NULL)
    probe_add_talk(row, talk, "RFC 5321 s4.5.4.1");
}

SmtpReference smtp_reference_ask(SmtpLook *look, const char *hosts, Finding *row) {
  Asked asked = {0};
  guint n = 0;
  const Providers *providers = known_providers(look->net);
  const char *names = hosts != NULL ? hosts : providers != NULL ? providers_references(providers) : NULL;
  g_auto(GStrv) list = g_strsplit_set(names != NULL ? names : "", " ,", 16);
  for (guint i = 0; list[i] != NULL && n < MAX_REFERENCES; i++) {
    /* Those that are asked about vouch for nobody. */
    if (*list[i] == '\0' || g_strcmp0(list[i], look->inputs->domain) == 0)
      continue;
    ask_one(look, list[i], &asked, row);
    n++;
  }
  if (asked.reached > 0)
    return REFERENCE_REACHED;
  if (asked.open > 0)
    return REFERENCE_WAIT;
  return asked.blocked > 0 ? REFERENCE_BLOCKED : REFERENCE_UNKNOWN;
}
