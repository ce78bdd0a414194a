/* Newer versions of c-ares call some of what 1.18 has deprecated; it works there all the same. */
#define CARES_NO_DEPRECATED

#include "net/dns_channel.h"

#include <ares.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* c-ares cuts UDP answers at this size (the largest it can set), whatever our questions say. */
#define LARGEST_UDP 4096
/* c-ares cuts here once a resolver has answered FORMERR, which it takes for "no EDNS". */
#define CLASSIC_UDP 512
/* Room for the answers to some hundred questions that come at once. */
#define RECEIVE_BUFFER (512 * 1024)
#define MAX_SOCKETS 4
#define ID_POOL 64

struct DnsChannel {
  ares_channel ares;
  gboolean tcp;
  GPtrArray *ended;
  struct pollfd sockets[MAX_SOCKETS];
  guint n_sockets;
  guint live;            /* tries somebody waits for */
  guint stale;           /* the others */
  guint8 ids[65536 / 8]; /* in use */
  guint16 pool[ID_POOL];
  guint pooled;
};

/* --- sockets --- */

/* Our own socket functions: c-ares writes to a TCP connection without MSG_NOSIGNAL, so a resolver that closes
 * it would kill the process. */

static ares_socket_t open_socket(int domain, int type, int protocol, void *user) {
  const int size = RECEIVE_BUFFER, on = 1;
  int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  (void)user;
  if (fd < 0)
    return ARES_SOCKET_BAD;
  if (type == SOCK_DGRAM)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  else
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static int close_socket(ares_socket_t fd, void *user) {
  (void)user;
  return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *address, ares_socklen_t length, void *user) {
  (void)user;
  return connect(fd, address, length);
}

static ares_ssize_t receive_from(ares_socket_t fd, void *buffer, size_t size, int flags, struct sockaddr *from,
                                 ares_socklen_t *length, void *user) {
  (void)user;
  return recvfrom(fd, buffer, size, flags, from, length);
}

static ares_ssize_t send_vector(ares_socket_t fd, const struct iovec *vector, int n, void *user) {
  const struct msghdr message = {.msg_iov = (struct iovec *)vector, .msg_iovlen = (size_t)n};
  (void)user;
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static const struct ares_socket_functions socket_functions = {open_socket, close_socket, connect_socket, receive_from,
                                                              send_vector};

static void on_socket(void *user, ares_socket_t fd, int readable, int writable) {
  DnsChannel *channel = user;
  guint i = 0;
  while (i < channel->n_sockets && channel->sockets[i].fd != fd)
    i++;
  if (!readable && !writable) {
    if (i < channel->n_sockets)
      channel->sockets[i] = channel->sockets[--channel->n_sockets];
    return;
  }
  if (i == MAX_SOCKETS)
    return;
  channel->n_sockets = MAX(channel->n_sockets, i + 1);
  channel->sockets[i].fd = fd;
  channel->sockets[i].events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
}

/* --- the channel --- */

static void set_server(ares_channel ares, const DnsResolver *resolver) {
  struct ares_addr_port_node node = {
      .family = resolver->family, .udp_port = resolver->port, .tcp_port = resolver->port};
  memcpy(&node.addr, &resolver->address, resolver->family == AF_INET6 ? 16 : 4);
  ares_set_servers_ports(ares, &node);
}

DnsChannel *dns_channel_new(const DnsResolver *resolver, gboolean tcp, guint timeout_ms, GPtrArray *ended) {
  DnsChannel *channel = g_new0(DnsChannel, 1);
  /* Everything is set, so that no file is read and RES_OPTIONS and LOCALDOMAIN change nothing.  One try: the
   * next one is our business.  NOCHECKRESP: so are SERVFAIL and REFUSED.  IGNTC: so is truncation.
   * EDNS: else c-ares would cut answers at 512 octets. */
  struct ares_options options = {
      .flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS |
               (tcp ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC),
      .timeout = (int)timeout_ms,
      .tries = 1,
      .ndots = 1,
      .lookups = (char *)"b",
      .ednspsz = LARGEST_UDP,
      .sock_state_cb = on_socket,
      .sock_state_cb_data = channel,
  };
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
             ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB |
             ARES_OPT_NOROTATE;
#ifdef ARES_OPT_QUERY_CACHE
  mask |= ARES_OPT_QUERY_CACHE; /* of 0 seconds: "run again" must ask again */
#endif
  channel->tcp = tcp;
  channel->ended = ended;
  if (ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) {
    g_free(channel);
    return NULL;
  }
  ares_set_socket_functions(channel->ares, &socket_functions, NULL);
  set_server(channel->ares, resolver);
  return channel;
}

void dns_channel_free(DnsChannel *channel) {
  if (channel == NULL)
    return;
  ares_destroy(channel->ares);
  g_free(channel);
}

/* --- tries --- */

static gboolean id_in_use(const DnsChannel *channel, guint16 id) {
  return channel->ids[id / 8] >> (id % 8) & 1;
}

static void id_release(DnsChannel *channel, guint16 id) {
  channel->ids[id / 8] &= (guint8) ~(1u << (id % 8));
}

/* Not to be guessed (RFC 5452 s4.3), and of no other open try.  A channel never has more than a few
 * thousand. */
static guint16 id_take(DnsChannel *channel) {
  guint16 id;
  do {
    while (channel->pooled == 0)
      channel->pooled = getrandom(channel->pool, sizeof channel->pool, 0) == sizeof channel->pool ? ID_POOL : 0;
    id = channel->pool[--channel->pooled];
  } while (id_in_use(channel, id));
  channel->ids[id / 8] |= (guint8)(1u << (id % 8));
  return id;
}

static DnsOutcome outcome_of(DnsTry *try, int status, const guint8 *message, int length) {
  if (status == ARES_ETIMEOUT)
    return DNS_TRY_SILENT;
  if (message == NULL || length < 0)
    return DNS_TRY_UNREACHABLE;
  if (dns_wire_read(try->answer, message, (gsize)length))
    return DNS_TRY_CUT;
  if (try->answer->status == DNS_GARBAGE && !try->tcp && length == CLASSIC_UDP)
    return DNS_TRY_CUT;
  return DNS_TRY_ANSWER;
}

/* From inside c-ares: nothing here may call it. */
static void on_reply(void *user, int status, int timeouts, unsigned char *message, int length) {
  DnsTry *try = user;
  DnsChannel *channel = try->channel;
  (void)timeouts;
  id_release(channel, try->id);
  if (try->owner == NULL || status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) {
    channel->stale -= try->owner == NULL;
    channel->live -= try->owner != NULL;
    dns_try_free(try);
    return;
  }
  channel->live--;
  try->outcome = outcome_of(try, status, message, length);
  g_ptr_array_add(channel->ended, try);
}

DnsTry *dns_channel_send(DnsChannel *channel, const DnsWireName *name, DnsAnswer *question, DnsQueryFlags flags,
                         gpointer owner) {
  guint8 packet[DNS_MAX_QUERY];
  DnsTry *try = g_new0(DnsTry, 1);
  try->channel = channel;
  try->owner = owner;
  try->tcp = channel->tcp;
  try->edns = (flags & DNS_QUERY_EDNS) != 0;
  try->id = id_take(channel);
  try->sent_at = g_get_monotonic_time();
  try->answer = question;
  channel->live++;
  ares_send(channel->ares, packet, (int)dns_wire_query(packet, name, question->type, try->id, flags), on_reply, try);
  return try;
}

void dns_try_detach(DnsTry *try) {
  if (try->owner == NULL)
    return;
  try->owner = NULL;
  if (try->outcome != DNS_TRY_OPEN)
    return;
  try->channel->live--;
  try->channel->stale++;
}

void dns_try_free(DnsTry *try) {
  dns_answer_free(try->answer);
  g_free(try);
}

/* --- the loop --- */

guint dns_channel_prepare(const DnsChannel *channel, GArray *fds) {
  if (channel->n_sockets > 0)
    g_array_append_vals(fds, channel->sockets, channel->n_sockets);
  return channel->n_sockets;
}

void dns_channel_process(DnsChannel *channel, const struct pollfd *fd) {
  /* An error is read like data: c-ares finds it and closes the socket. */
  gboolean readable = (fd->revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) != 0;
  gboolean writable = (fd->revents & POLLOUT) != 0;
  if (readable || writable)
    ares_process_fd(channel->ares, readable ? fd->fd : ARES_SOCKET_BAD, writable ? fd->fd : ARES_SOCKET_BAD);
}

void dns_channel_rest(DnsChannel *channel) {
  if (channel->live == 0 && channel->stale > 0)
    ares_cancel(channel->ares);
}
