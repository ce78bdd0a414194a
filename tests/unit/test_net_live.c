/* The live net against a name server inside the test: who waits for what, cancelling, forgetting, late answers.
 * (Everything about timing and misbehaviour is in tests/servers/net.t.) */
#include "net/net.h"

#include "dns_message.h"
#include "net/dns_direct.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_PENDING 1200

/* Takes questions and answers them when told to. */
typedef struct Peer {
  int fd;
  guint n;
  struct {
    guint8 packet[512];
    gsize length;
    struct sockaddr_in from;
  } pending[MAX_PENDING];
} Peer;

typedef struct Fixture {
  Peer peer;
  guint16 port;
  Net *net;
  GPtrArray *lines;
} Fixture;

static void collect(const char *line, gpointer user) {
  g_ptr_array_add(user, g_strdup(line));
}

static void set_up(Fixture *f, gconstpointer data) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  const int room = 1 << 20;
  g_autoptr(GError) error = NULL;
  (void)data;
  f->peer.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  (void)setsockopt(f->peer.fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  g_assert_cmpint(bind(f->peer.fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint(getsockname(f->peer.fd, (struct sockaddr *)&address, &length), ==, 0);
  f->port = ntohs(address.sin_port);
  g_autofree char *resolver = g_strdup_printf("127.0.0.1:%u", f->port);
  const NetOptions options = {.resolver = resolver};
  f->net = net_live_new(&options, &error);
  g_assert_no_error(error);
  f->lines = g_ptr_array_new_with_free_func(g_free);
  net_add_sink(f->net, collect, f->lines);
}

static void tear_down(Fixture *f, gconstpointer data) {
  (void)data;
  net_free(f->net);
  g_ptr_array_unref(f->lines);
  close(f->peer.fd);
}

/* Takes what has come; loopback delivers at once. */
static guint peer_take(Peer *peer) {
  guint before = peer->n;
  while (peer->n < MAX_PENDING) {
    socklen_t length = sizeof peer->pending[0].from;
    gssize n = recvfrom(peer->fd, peer->pending[peer->n].packet, sizeof peer->pending[0].packet, 0,
                        (struct sockaddr *)&peer->pending[peer->n].from, &length);
    if (n <= 0)
      break;
    peer->pending[peer->n++].length = (gsize)n;
  }
  return peer->n - before;
}

/* Answers everything taken with the address 192.0.2.`octet`. */
static void peer_answer(Peer *peer, guint8 octet) {
  for (guint i = 0; i < peer->n; i++) {
    g_autoptr(GByteArray) m = g_byte_array_new();
    guint question = 12;
    while (peer->pending[i].packet[question] != 0)
      question += peer->pending[i].packet[question] + 1u;
    g_byte_array_append(m, peer->pending[i].packet, question + 5); /* header and question */
    m->data[2] = 0x81;
    m->data[3] = 0x80;
    m->data[7] = 1;
    m->data[11] = 0;
    put_u16(m, 0xc00c);
    put_u16(m, DNS_A);
    put_u16(m, 1);
    put_u32(m, 300);
    put_u16(m, 4);
    put_u32(m, 0xc0000200u | octet);
    g_assert_cmpint(
        sendto(peer->fd, m->data, m->len, 0, (struct sockaddr *)&peer->pending[i].from, sizeof peer->pending[i].from),
        ==, (gssize)m->len);
  }
  peer->n = 0;
}

static const char *address_of(const DnsAnswer *answer) {
  g_assert_nonnull(answer);
  g_assert_cmpint(answer->status, ==, DNS_OK);
  return answer->records[0].value;
}

/* The packet leaves with the call, not with the next turn. */
static void test_at_once(Fixture *f, gconstpointer data) {
  NetProgress progress;
  (void)data;
  g_assert_true(net_is_live(f->net));
  g_assert_null(net_dns(f->net, "a.example", DNS_A));
  g_assert_cmpuint(peer_take(&f->peer), ==, 1);
  g_assert_null(net_dns(f->net, "A.example.", DNS_A)); /* the same question */
  g_assert_cmpuint(peer_take(&f->peer), ==, 0);
  g_assert_cmpuint(net_open(f->net), ==, 1);
  g_assert_true(net_dns_progress(f->net, "a.example", DNS_A, &progress));
  g_assert_cmpuint(progress.tries, ==, 1);
  g_assert_nonnull(progress.server);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, 0), ==, 0);
  peer_answer(&f->peer, 1);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
  g_assert_cmpstr(address_of(net_dns(f->net, "a.example", DNS_A)), ==, "192.0.2.1");
  g_assert_false(net_dns_progress(f->net, "a.example", DNS_A, &progress));
  g_assert_cmpuint(net_open(f->net), ==, 0);
  g_assert_cmpuint(f->lines->len, ==, 2);
}

static void ask_many(Fixture *f, const char *prefix, guint n) {
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf("%s%u.example", prefix, i);
    g_assert_null(net_dns(f->net, name, DNS_A));
  }
}

/* Answers what was taken and waits until so many are still open. */
static void answer_until(Fixture *f, guint left) {
  peer_answer(&f->peer, 1);
  while (net_open(f->net) > left)
    g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), >, 0);
}

static void test_queue(Fixture *f, gconstpointer data) {
  NetProgress progress;
  (void)data;
  ask_many(f, "n", 160);
  g_assert_cmpuint(peer_take(&f->peer), ==, NET_IN_FLIGHT);
  g_assert_cmpuint(net_waiting(f->net), ==, 160 - NET_IN_FLIGHT);
  g_assert_true(net_dns_progress(f->net, "n159.example", DNS_A, &progress));
  g_assert_null(progress.server);
  g_assert_cmpuint(progress.tries, ==, 0);
  answer_until(f, 160 - NET_IN_FLIGHT);
  g_assert_cmpuint(peer_take(&f->peer), ==, 160 - NET_IN_FLIGHT); /* refilled in the same turn */
  answer_until(f, 0);
}

/* While questions queue, every answer makes room for one more. (512 at one blow is what the peer's socket holds.) */
static void test_window_grows(Fixture *f, gconstpointer data) {
  (void)data;
  guint left = 7 * NET_IN_FLIGHT;
  ask_many(f, "n", left);
  for (guint expected = NET_IN_FLIGHT; left > 0; expected *= 2) {
    g_assert_cmpuint(peer_take(&f->peer), ==, expected);
    left -= expected;
    answer_until(f, left);
  }
}

/* What is not used does not grow: nobody knows whether it could be borne. */
static void test_window_unused(Fixture *f, gconstpointer data) {
  (void)data;
  for (guint round = 0; round < 3; round++) {
    g_autofree char *prefix = g_strdup_printf("r%u-", round);
    ask_many(f, prefix, NET_IN_FLIGHT);
    g_assert_cmpuint(peer_take(&f->peer), ==, NET_IN_FLIGHT);
    answer_until(f, 0);
  }
  ask_many(f, "n", 300);
  g_assert_cmpuint(peer_take(&f->peer), ==, NET_IN_FLIGHT);
}

/* One packet is lost: its second try is answered, the first never. */
static void test_window_cut(Fixture *f, gconstpointer data) {
  (void)data;
  ask_many(f, "n", 3 * NET_IN_FLIGHT + 300);
  g_assert_cmpuint(peer_take(&f->peer), ==, NET_IN_FLIGHT);
  answer_until(f, 2 * NET_IN_FLIGHT + 300);
  g_assert_cmpuint(peer_take(&f->peer), ==, 2 * NET_IN_FLIGHT);
  answer_until(f, 300);
  g_assert_cmpuint(peer_take(&f->peer), ==, 300); /* of 4 * NET_IN_FLIGHT that there is room for */
  f->peer.pending[0] = f->peer.pending[--f->peer.n];
  answer_until(f, 1);
  while (peer_take(&f->peer) == 0)
    net_turn(f->net, NULL, 0, 20);
  answer_until(f, 0);
  ask_many(f, "m", 600);
  g_assert_cmpuint(peer_take(&f->peer), ==, 4 * NET_IN_FLIGHT * 2 / 3);
}

/* A forwarder that has enough says REFUSED: that question is asked again. */
static void test_turned_away(Fixture *f, gconstpointer data) {
  (void)data;
  ask_many(f, "n", 300);
  g_assert_cmpuint(peer_take(&f->peer), ==, NET_IN_FLIGHT);
  answer_until(f, 300 - NET_IN_FLIGHT);
  g_assert_cmpuint(peer_take(&f->peer), ==, 300 - NET_IN_FLIGHT);
  guint refused = f->peer.n - 1;
  f->peer.pending[refused].packet[2] = 0x81;
  f->peer.pending[refused].packet[3] = 0x85;
  g_assert_cmpint(sendto(f->peer.fd, f->peer.pending[refused].packet, f->peer.pending[refused].length, 0,
                         (struct sockaddr *)&f->peer.pending[refused].from, sizeof f->peer.pending[refused].from),
                  ==, (gssize)f->peer.pending[refused].length);
  f->peer.n--;
  answer_until(f, 1);
  while (peer_take(&f->peer) == 0)
    net_turn(f->net, NULL, 0, 5);
  answer_until(f, 0);
  g_assert_cmpint(net_dns(f->net, "n299.example", DNS_A)->status, ==, DNS_OK);
}

/* A key goes to the resolver and comes back nowhere: not in the answer, nor in the recording, nor when nobody waits. */
static void test_secret(Fixture *f, gconstpointer data) {
  static const char key[] = "\016s3cret-of-mine"; /* with the length of the label */
  (void)data;
  g_assert_false(net_set_secret(f->net, "zen.example", "short"));
  g_assert_false(net_set_secret(f->net, "zen.example", "two.labels.are.no.key"));
  g_assert_true(net_set_secret(f->net, "zen.example", key + 1));
  g_assert_null(net_dns(f->net, "2.0.0.127.KEY.zen.example", DNS_A));
  g_assert_null(net_dns(f->net, "KEY.other.example", DNS_A));
  g_assert_cmpuint(peer_take(&f->peer), ==, 2);
  g_assert_nonnull(memmem(f->peer.pending[0].packet, f->peer.pending[0].length, key, strlen(key)));
  g_assert_null(memmem(f->peer.pending[1].packet, f->peer.pending[1].length, key, strlen(key)));
  answer_until(f, 0);
  const DnsAnswer *answer = net_dns(f->net, "2.0.0.127.key.zen.example", DNS_A);
  g_assert_cmpstr(address_of(answer), ==, "192.0.2.1");
  g_assert_cmpstr(answer->name, ==, "2.0.0.127.KEY.zen.example");
  g_assert_cmpstr(answer->records[0].owner, ==, "2.0.0.127.KEY.zen.example");
  g_autoptr(NetWaiter) waiter = net_waiter_new(f->net);
  net_set_waiter(f->net, waiter);
  net_dns(f->net, "1.0.0.127.KEY.zen.example", DNS_A);
  net_set_waiter(f->net, NULL);
  net_waiter_cancel(waiter);
  g_assert_cmpstr(net_waiter_answer(waiter, 0)->name, ==, "1.0.0.127.KEY.zen.example");
  for (guint i = 0; i < f->lines->len; i++)
    g_assert_null(strstr(g_ptr_array_index(f->lines, i), key + 1));
  g_assert_cmpuint(f->lines->len, ==, 4);
}

/* What is perhaps needed is asked only while nobody has to wait for it. */
static void test_ahead(Fixture *f, gconstpointer data) {
  (void)data;
  g_assert_null(net_dns_ahead(f->net, "early.example", DNS_A));
  g_assert_cmpuint(peer_take(&f->peer), ==, 1);
  ask_many(f, "n", NET_IN_FLIGHT - 1);
  peer_take(&f->peer);
  g_assert_null(net_dns_ahead(f->net, "late.example", DNS_A));
  g_assert_cmpuint(peer_take(&f->peer), ==, 0);
  g_assert_cmpuint(net_open(f->net), ==, NET_IN_FLIGHT);
  answer_until(f, 0);
  g_assert_nonnull(net_dns_ahead(f->net, "early.example", DNS_A));
  g_assert_null(net_dns_ahead(f->net, "late.example", DNS_A));
  g_assert_cmpuint(peer_take(&f->peer), ==, 1);
}

static void ask_alone(Fixture *f, const char *name, gboolean asked) {
  g_autoptr(NetWaiter) waiter = net_waiter_new(f->net);
  net_set_waiter(f->net, waiter);
  g_assert_true((net_dns(f->net, name, DNS_A) == NULL) == asked);
  g_assert_cmpuint(peer_take(&f->peer), ==, asked);
  answer_until(f, 0);
  net_set_waiter(f->net, NULL);
}

/* Answers that nobody holds are dropped, the one used last stays longest. */
static void test_keep_answers(Fixture *f, gconstpointer data) {
  (void)data;
  net_keep_answers(f->net, 2);
  ask_alone(f, "a.example", TRUE);
  ask_alone(f, "b.example", TRUE);
  ask_alone(f, "a.example", FALSE); /* used again */
  ask_alone(f, "c.example", TRUE);  /* takes the place of b */
  ask_alone(f, "a.example", FALSE);
  ask_alone(f, "c.example", FALSE);
  ask_alone(f, "b.example", TRUE);
  /* Held by a waiter: stays, whatever comes. */
  g_autoptr(NetWaiter) holder = net_waiter_new(f->net);
  net_set_waiter(f->net, holder);
  const DnsAnswer *held = net_dns(f->net, "b.example", DNS_A);
  for (guint i = 0; i < 10; i++) {
    g_autofree char *name = g_strdup_printf("n%u.example", i);
    ask_alone(f, name, TRUE);
  }
  net_set_waiter(f->net, holder);
  g_assert_true(net_dns(f->net, "b.example", DNS_A) == held);
  net_set_waiter(f->net, NULL);
}

static void test_waiters(Fixture *f, gconstpointer data) {
  g_autoptr(NetWaiter) one = net_waiter_new(f->net);
  g_autoptr(NetWaiter) two = net_waiter_new(f->net);
  (void)data;
  net_set_waiter(f->net, one);
  net_dns(f->net, "shared.example", DNS_A);
  net_dns(f->net, "shared.example", DNS_A);
  net_dns(f->net, "own.example", DNS_A);
  net_set_waiter(f->net, two);
  net_dns(f->net, "shared.example", DNS_A);
  net_set_waiter(f->net, NULL);
  g_assert_cmpuint(net_waiter_length(one), ==, 2);
  g_assert_cmpuint(net_waiter_open(one), ==, 2);
  g_assert_cmpuint(net_waiter_open(two), ==, 1);
  g_assert_false(net_waiter_take(one));
  g_assert_cmpuint(peer_take(&f->peer), ==, 2);
  f->peer.n = 1; /* only the first */
  peer_answer(&f->peer, 7);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
  g_assert_true(net_waiter_take(one));
  g_assert_false(net_waiter_take(one));
  g_assert_true(net_waiter_take(two));
  g_assert_cmpuint(net_waiter_open(one), ==, 1);
  g_assert_cmpstr(address_of(net_waiter_answer(one, 0)), ==, "192.0.2.7");
  g_assert_null(net_waiter_answer(one, 1));
}

static void test_cancel(Fixture *f, gconstpointer data) {
  g_autoptr(NetWaiter) one = net_waiter_new(f->net);
  g_autoptr(NetWaiter) two = net_waiter_new(f->net);
  (void)data;
  net_set_waiter(f->net, one);
  net_dns(f->net, "own.example", DNS_A);
  net_dns(f->net, "shared.example", DNS_A);
  net_set_waiter(f->net, two);
  net_dns(f->net, "shared.example", DNS_A);
  net_waiter_cancel(one);
  g_assert_cmpuint(net_open(f->net), ==, 1);
  g_assert_cmpuint(net_waiter_open(one), ==, 0);
  g_assert_cmpuint(net_waiter_open(two), ==, 1);
  g_assert_true(net_waiter_take(one));
  g_assert_cmpint(net_waiter_answer(one, 0)->status, ==, DNS_CANCELLED);
  g_assert_cmpuint(net_waiter_answer(one, 0)->tries, ==, 1);
  g_assert_cmpint(net_waiter_answer(one, 1)->status, ==, DNS_CANCELLED);
  net_set_waiter(f->net, one);
  g_assert_cmpint(net_dns(f->net, "own.example", DNS_A)->status, ==, DNS_CANCELLED);
  g_assert_cmpint(net_dns(f->net, "shared.example", DNS_A)->status, ==, DNS_CANCELLED);
  net_set_waiter(f->net, two);
  g_assert_null(net_dns(f->net, "shared.example", DNS_A));
  /* What one did not want to wait for, another may ask. */
  g_assert_null(net_dns(f->net, "own.example", DNS_A));
  g_assert_cmpuint(net_waiter_open(two), ==, 2);
  g_assert_cmpuint(peer_take(&f->peer), ==, 3);
  peer_answer(&f->peer, 9);
  while (net_open(f->net) > 0)
    net_turn(f->net, NULL, 0, -1);
  g_assert_cmpstr(address_of(net_waiter_answer(two, 0)), ==, "192.0.2.9");
  g_assert_cmpstr(address_of(net_waiter_answer(two, 1)), ==, "192.0.2.9");
  g_assert_cmpint(net_waiter_answer(one, 1)->status, ==, DNS_CANCELLED);
}

static void test_forget(Fixture *f, gconstpointer data) {
  g_autoptr(NetWaiter) one = net_waiter_new(f->net);
  g_autoptr(NetWaiter) two = net_waiter_new(f->net);
  (void)data;
  net_set_waiter(f->net, one);
  net_dns(f->net, "a.example", DNS_A);
  net_dns(f->net, "open.example", DNS_A);
  net_set_waiter(f->net, two);
  net_dns(f->net, "a.example", DNS_A);
  g_assert_cmpuint(peer_take(&f->peer), ==, 2);
  f->peer.n = 1;
  peer_answer(&f->peer, 1);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
  const DnsAnswer *old = net_waiter_answer(two, 0);
  net_waiter_forget(one);
  g_assert_cmpuint(net_open(f->net), ==, 0); /* nobody else wanted the open one */
  g_assert_cmpuint(net_waiter_length(one), ==, 0);
  g_assert_cmpstr(address_of(old), ==, "192.0.2.1"); /* still the evidence of the other */
  net_set_waiter(f->net, one);
  g_assert_null(net_dns(f->net, "a.example", DNS_A));
  g_assert_cmpuint(peer_take(&f->peer), ==, 1);
  peer_answer(&f->peer, 2);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
  g_assert_cmpstr(address_of(net_dns(f->net, "a.example", DNS_A)), ==, "192.0.2.2");
  g_assert_true(net_waiter_answer(two, 0) == old);
}

static void test_free(Fixture *f, gconstpointer data) {
  NetWaiter *waiter = net_waiter_new(f->net);
  (void)data;
  net_set_waiter(f->net, waiter);
  net_dns(f->net, "a.example", DNS_A);
  net_waiter_free(waiter);
  g_assert_cmpuint(net_open(f->net), ==, 1); /* it goes on */
  g_autoptr(NetWaiter) other = net_waiter_new(f->net);
  net_set_waiter(f->net, other);
  net_dns(f->net, "a.example", DNS_A);
  net_waiter_cancel(other);
  g_assert_cmpuint(net_open(f->net), ==, 1); /* not for it alone */
  g_assert_cmpuint(peer_take(&f->peer), ==, 1);
  peer_answer(&f->peer, 3);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
}

/* A second packet is sent; the answer to the first counts; that to the second comes when nobody asks any more. */
static void test_late_answer(Fixture *f, gconstpointer data) {
  (void)data;
  net_dns(f->net, "a.example", DNS_A);
  while (peer_take(&f->peer), f->peer.n < 2)
    net_turn(f->net, NULL, 0, 20);
  g_assert_true(memcmp(f->peer.pending[0].packet, f->peer.pending[1].packet, 2) != 0); /* an id of its own */
  peer_answer(&f->peer, 4);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
  g_assert_cmpuint(net_dns(f->net, "a.example", DNS_A)->tries, ==, 2);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, 20), ==, 0);
  g_assert_cmpuint(f->lines->len, ==, 2);
}

static void test_restart(Fixture *f, gconstpointer data) {
  NetProgress progress;
  (void)data;
  net_dns(f->net, "a.example", DNS_A);
  g_usleep(30000);
  net_restart_deadlines(f->net);
  g_assert_true(net_dns_progress(f->net, "a.example", DNS_A, &progress));
  g_assert_cmpuint(progress.elapsed_ms, <, 20);
  net_turn(f->net, NULL, 0, 0);
  g_assert_cmpuint(peer_take(&f->peer), ==, 2); /* asked again at once */
  peer_answer(&f->peer, 5);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
}

static void test_preload(Fixture *f, gconstpointer data) {
  g_autoptr(NetWaiter) waiter = net_waiter_new(f->net);
  (void)data;
  net_set_waiter(f->net, waiter);
  g_assert_null(net_dns(f->net, "open.example", DNS_A));
  g_assert_true(net_preload(f->net, "{\"dns\":\"a.example A\",\"answer\":[\"192.0.2.1\"]}", NULL));
  g_assert_true(net_preload(f->net, "{\"dns\":\"nonce.example A\",\"status\":\"nxdomain\"}", NULL));
  g_assert_true(net_preload(f->net, "{\"dns\":\"open.example A\",\"status\":\"nxdomain\"}", NULL));
  g_assert_cmpstr(address_of(net_dns(f->net, "a.example", DNS_A)), ==, "192.0.2.1");
  g_autofree char *name = g_strconcat(net_nonce(f->net), ".example", NULL);
  g_assert_cmpint(net_dns(f->net, name, DNS_A)->status, ==, DNS_NXDOMAIN);
  g_assert_cmpuint(net_open(f->net), ==, 0);
  g_assert_true(net_waiter_take(waiter));
  g_assert_cmpuint(f->lines->len, ==, 1); /* they are in some recording already */
  net_waiter_forget(waiter);              /* "run again" */
  g_assert_null(net_dns(f->net, "a.example", DNS_A));
}

static void test_nonce(Fixture *f, gconstpointer data) {
  g_autoptr(Net) other = net_live_new(&(NetOptions){.resolver = "192.0.2.53"}, NULL);
  (void)data;
  g_assert_cmpstr(net_nonce(f->net), !=, net_nonce(other));
  g_assert_cmpuint(strspn(net_nonce(f->net), "abcdefghijklmnopqrstuvwxyz0123456789"), ==, 16);
  g_autofree char *name = g_strconcat(net_nonce(f->net), ".bl.example", NULL);
  net_dns(f->net, name, DNS_A);
  peer_take(&f->peer);
  peer_answer(&f->peer, 1);
  g_assert_cmpuint(net_turn(f->net, NULL, 0, -1), ==, 1);
  g_assert_nonnull(strstr(f->lines->pdata[1], "{\"dns\":\"nonce.bl.example A\""));
  g_assert_null(strstr(f->lines->pdata[1], net_nonce(f->net)));
}

/* A descriptor of the caller's that hangs up ends the turn each time, and the time passes for nobody else. */
static void test_extra(Fixture *f, gconstpointer data) {
  int ends[2];
  (void)data;
  g_assert_cmpint(pipe(ends), ==, 0);
  close(ends[1]);
  struct pollfd extra = {.fd = ends[0], .events = POLLIN};
  net_dns(f->net, "a.example", DNS_A);
  g_assert_cmpuint(net_turn(f->net, &extra, 1, -1), ==, 0);
  g_assert_cmpint(extra.revents & POLLHUP, ==, POLLHUP);
  peer_take(&f->peer);
  peer_answer(&f->peer, 1);
  g_assert_cmpuint(net_turn(f->net, &extra, 1, -1), ==, 1); /* both at once */
  close(ends[0]);
}

/* A name server asked itself: beside the resolver, without recursion, cancelled, paced, and freed in the middle. */
static void test_direct(Fixture *f, gconstpointer data) {
  const char *const here = "127.0.0.1";
  g_autofree char *resolver = g_strdup_printf("%s:%u", here, f->port);
  Net *net = net_live_new(&(NetOptions){.resolver = resolver, .dns_port = f->port}, NULL);
  NetWaiter *waiter = net_waiter_new(net);
  (void)data;
  net_set_waiter(net, waiter);
  g_assert_null(net_dns_at(net, here, "a.example", DNS_A));
  g_assert_null(net_dns_at(net, here, "A.example.", DNS_A)); /* the same question */
  g_assert_null(net_dns(net, "a.example", DNS_A));           /* another */
  g_assert_cmpuint(peer_take(&f->peer), ==, 2);
  g_assert_cmpuint(f->peer.pending[0].packet[2] & 1, ==, 0); /* RD */
  g_assert_cmpuint(f->peer.pending[1].packet[2] & 1, ==, 1);
  net_waiter_cancel(waiter);
  g_assert_cmpuint(net_open(net), ==, 0);
  g_assert_cmpint(net_waiter_answer(waiter, 0)->status, ==, DNS_CANCELLED);
  g_assert_cmpstr(net_waiter_answer(waiter, 0)->at, ==, here);
  g_assert_null(net_waiter_answer(waiter, 1)->at);
  net_waiter_forget(waiter);
  f->peer.n = 0;
  for (guint i = 0; i < NET_DIRECT_IN_FLIGHT + 100; i++) {
    g_autofree char *name = g_strdup_printf("d%u.example", i);
    g_assert_null(net_dns_at(net, i % 2 == 0 ? here : "127.0.0.2", name, DNS_A));
  }
  g_assert_cmpuint(net_waiting(net), >=, 100);
  while (net_open(net) > NET_DIRECT_IN_FLIGHT / 2 + 50) { /* nobody is at 127.0.0.2 */
    peer_take(&f->peer);
    peer_answer(&f->peer, 7);
    net_turn(net, NULL, 0, 20);
  }
  g_assert_cmpstr(address_of(net_dns_at(net, here, "d0.example", DNS_A)), ==, "192.0.2.7");
  net_restart_deadlines(net);
  net_waiter_free(waiter);
  net_free(net);
}

int main(int argc, char **argv) {
  static const struct {
    const char *path;
    void (*test)(Fixture *f, gconstpointer data);
  } tests[] = {
      {"/net/live/at-once", test_at_once},
      {"/net/live/queue", test_queue},
      {"/net/live/window-grows", test_window_grows},
      {"/net/live/window-unused", test_window_unused},
      {"/net/live/window-cut", test_window_cut},
      {"/net/live/turned-away", test_turned_away},
      {"/net/live/secret", test_secret},
      {"/net/live/ahead", test_ahead},
      {"/net/live/keep-answers", test_keep_answers},
      {"/net/live/waiters", test_waiters},
      {"/net/live/cancel", test_cancel},
      {"/net/live/forget", test_forget},
      {"/net/live/free", test_free},
      {"/net/live/late-answer", test_late_answer},
      {"/net/live/restart", test_restart},
      {"/net/live/preload", test_preload},
      {"/net/live/nonce", test_nonce},
      {"/net/live/extra", test_extra},
      {"/net/live/direct", test_direct},
  };
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run();
}
