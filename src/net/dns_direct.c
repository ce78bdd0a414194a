#include "net/dns_direct.h"

#include <arpa/inet.h>
#include <string.h>

#define DNS_PORT 53

typedef struct Server {
  DnsLive *live;
  guint n_fds; /* of the last dns_direct_prepare() */
} Server;

struct DnsDirect {
  guint16 port;
  gboolean anywhere; /* in a test network: also where nobody outside can be */
  guint timeout_ms;
  DnsLiveDone done;
  gpointer user;
  GHashTable *by_address; /* -> Server */
  GPtrArray *servers;     /* the same, in the order of their descriptors */
  guint in_flight;
};

static void server_free(gpointer data) {
  Server *server = data;
  dns_live_free(server->live);
  g_free(server);
}

/* What the domains of others name may lie in networks that are none of their business: our own machine, our own
 * office.  IANA's special-purpose registries; documentation addresses stand for public ones in exercises. */
static gboolean is_public4(const guint8 a[4]) {
  return a[0] != 0 && a[0] != 10 && a[0] != 127 && a[0] < 224 && !(a[0] == 100 && (a[1] & 0xc0) == 64) &&
         !(a[0] == 169 && a[1] == 254) && !(a[0] == 172 && (a[1] & 0xf0) == 16) && !(a[0] == 192 && a[1] == 168);
}

static gboolean is_public(const char *address) {
  guint8 bytes[16];
  if (inet_pton(AF_INET, address, bytes) == 1)
    return is_public4(bytes);
  /* All that is routed is in 2000::/3 (RFC 4291 s2.4); 6to4 hides an IPv4 address (RFC 3056). */
  return inet_pton(AF_INET6, address, bytes) == 1 && (bytes[0] & 0xe0) == 0x20 &&
         !(bytes[0] == 0x20 && bytes[1] == 0x02 && !is_public4(bytes + 2));
}

DnsDirect *dns_direct_new(const NetOptions *options, guint timeout_ms, DnsLiveDone done, gpointer user) {
  DnsDirect *direct = g_new0(DnsDirect, 1);
  direct->port = options->dns_port != 0 ? options->dns_port : DNS_PORT;
  direct->anywhere = options->dns_port != 0;
  direct->timeout_ms = MAX(timeout_ms / 2, 1);
  direct->done = done;
  direct->user = user;
  direct->by_address = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, server_free);
  direct->servers = g_ptr_array_new();
  return direct;
}

void dns_direct_free(DnsDirect *direct) {
  if (direct == NULL)
    return;
  g_ptr_array_unref(direct->servers);
  g_hash_table_unref(direct->by_address);
  g_free(direct);
}

DnsLive *dns_direct_at(DnsDirect *direct, const char *address) {
  Server *server = g_hash_table_lookup(direct->by_address, address);
  if (server != NULL)
    return server->live;
  if (!direct->anywhere && !is_public(address))
    return NULL;
  g_autofree char *place = g_strdup_printf(strchr(address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, direct->port);
  const NetOptions options = {.resolver = place, .timeout_ms = direct->timeout_ms};
  DnsLive *live = dns_live_new(&options, direct->done, direct->user, NULL);
  if (live == NULL)
    return NULL;
  dns_live_set_direct(live, address, &direct->in_flight);
  server = g_new0(Server, 1);
  server->live = live;
  g_hash_table_insert(direct->by_address, g_strdup(address), server);
  return live;
}

guint dns_direct_waiting(const DnsDirect *direct) {
  GHashTableIter iter;
  gpointer value;
  guint waiting = 0;
  g_hash_table_iter_init(&iter, direct->by_address);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    waiting += dns_live_waiting(((const Server *)value)->live);
  return waiting;
}

gint64 dns_direct_prepare(DnsDirect *direct, GArray *fds) {
  GHashTableIter iter;
  gpointer value;
  gint64 due = G_MAXINT64;
  g_ptr_array_set_size(direct->servers, 0);
  g_hash_table_iter_init(&iter, direct->by_address);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    Server *server = value;
    guint before = fds->len;
    due = MIN(due, dns_live_prepare(server->live, fds));
    server->n_fds = fds->len - before;
    g_ptr_array_add(direct->servers, server);
  }
  return due;
}

static gboolean is_idle(gpointer key, gpointer value, gpointer user) {
  (void)key;
  (void)user;
  return dns_live_is_idle(((const Server *)value)->live);
}

void dns_direct_process(DnsDirect *direct, const struct pollfd *fds, guint n) {
  for (guint i = 0; i < direct->servers->len; i++) {
    Server *server = g_ptr_array_index(direct->servers, i);
    guint own = MIN(server->n_fds, n);
    dns_live_process(server->live, fds, own);
    fds += own;
    n -= own;
  }
  g_ptr_array_set_size(direct->servers, 0);
  g_hash_table_foreach_remove(direct->by_address, is_idle, NULL);
}

void dns_direct_restart(DnsDirect *direct) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, direct->by_address);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    dns_live_restart(((Server *)value)->live);
}
