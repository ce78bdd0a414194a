/* Newer versions of c-ares call some of what 1.18 has deprecated; it works there all the same. */
#define CARES_NO_DEPRECATED

#include "net/dns_resolver.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/text.h"
#include "net/dns_answer.h"

#include <ares.h>
#include <arpa/inet.h>
#include <string.h>

#define DNS_PORT 53

static void resolver_clear(DnsResolver *resolver) {
  g_free(resolver->label);
}

static GArray *resolvers_new(void) {
  GArray *resolvers = g_array_new(FALSE, TRUE, sizeof(DnsResolver));
  g_array_set_clear_func(resolvers, (GDestroyNotify)resolver_clear);
  return resolvers;
}

static void resolvers_add(GArray *resolvers, DnsResolver *resolver) {
  char text[INET6_ADDRSTRLEN];
  if (resolvers->len >= DNS_MAX_RESOLVERS || inet_ntop(resolver->family, &resolver->address, text, sizeof text) == NULL)
    return;
  if (resolver->port == DNS_PORT)
    resolver->label = g_strdup(text);
  else
    resolver->label = g_strdup_printf(resolver->family == AF_INET6 ? "[%s]:%u" : "%s:%u", text, resolver->port);
  g_array_append_vals(resolvers, resolver, 1);
}

/* Cuts the port off `text`, in place. FALSE: what stands there is none. */
static gboolean take_port(char **text, guint16 *port) {
  guint64 number;
  char *colon = strrchr(*text, ':');
  *port = DNS_PORT;
  if (**text == '[') {
    char *bracket = strchr(*text, ']');
    if (bracket == NULL)
      return FALSE;
    *bracket = '\0';
    (*text)++;
    if (bracket[1] == '\0')
      return TRUE;
    colon = bracket + 1;
  } else if (colon == NULL || colon != strchr(*text, ':')) { /* none, or an IPv6 address without brackets */
    return TRUE;
  }
  if (*colon != ':' || !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *colon = '\0';
  *port = (guint16)number;
  return TRUE;
}

static gboolean parse_one(const char *entry, DnsResolver *resolver) {
  g_autofree char *copy = g_strdup(entry);
  char *text = copy;
  if (!take_port(&text, &resolver->port))
    return FALSE;
  resolver->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
  return inet_pton(resolver->family, text, &resolver->address) == 1;
}

GArray *dns_resolvers_parse(const char *text, GError **error) {
  g_autoptr(GArray) resolvers = resolvers_new();
  g_auto(GStrv) entries = g_strsplit(text, ",", -1);
  for (guint i = 0; entries[i] != NULL || i == 0; i++) {
    const char *entry = entries[i] != NULL ? g_strstrip(entries[i]) : "";
    DnsResolver resolver = {0};
    if (!parse_one(entry, &resolver)) {
      g_autofree char *safe = text_safe(entry, -1, 100, TEXT_LINE, NULL);
      failure_set(error, NET_ERROR, NET_ERROR_RESOLVER,
                  message_new(N_("\"{text}\" is no address of a name server: write 192.0.2.53, 192.0.2.53:5353 or "
                                 "[2001:db8::53]:53"),
                              "text", safe, NULL));
      return NULL;
    }
    resolvers_add(resolvers, &resolver);
  }
  return g_steal_pointer(&resolvers);
}

GArray *dns_resolvers_system(void) {
  GArray *resolvers = resolvers_new();
  ares_channel channel = NULL;
  struct ares_addr_port_node *list = NULL;
  if (ares_init_options(&channel, NULL, 0) != ARES_SUCCESS)
    return resolvers;
  if (ares_get_servers_ports(channel, &list) == ARES_SUCCESS)
    for (const struct ares_addr_port_node *node = list; node != NULL; node = node->next) {
      DnsResolver resolver = {.family = node->family, .port = node->udp_port != 0 ? (guint16)node->udp_port : DNS_PORT};
      memcpy(&resolver.address, &node->addr, node->family == AF_INET6 ? 16 : 4);
      resolvers_add(resolvers, &resolver);
    }
  ares_free_data(list);
  ares_destroy(channel);
  return resolvers;
}
