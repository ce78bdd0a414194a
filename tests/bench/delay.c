/* A line with a round trip time, for benchmarks: takes UDP packets at one address, passes them on to a server half a
 * round trip later, and its answers back after the other half.  Loses some of them on request.
 *
 *   delay LISTEN_PORT SERVER_PORT RTT_MS [LOSS_PERCENT]      (both on 127.0.0.1; says "ready", runs until killed) */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_PACKET 4096
#define MAX_HELD 8192
#define MAX_CLIENTS 256

/* The delay is the same for all, so that the packets of one direction stay in order: a ring is enough. */
typedef struct Packet {
  long long due; /* ns */
  int from, to;  /* descriptors; `to` is the client's own socket towards the server, or -1: to the client itself */
  struct sockaddr_in client;
  ssize_t length;
  char bytes[MAX_PACKET];
} Packet;

typedef struct Client {
  struct sockaddr_in address;
  int socket;
} Client;

static Packet held[MAX_HELD];
static unsigned first, last;
static Client clients[MAX_CLIENTS];
static int n_clients, n_met;
static struct sockaddr_in server;

static long long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct sockaddr_in local(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int udp_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), room = 1 << 22;
  if (fd < 0) {
    perror("socket");
    exit(1);
  }
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  return fd;
}

/* The socket that stands for this client at the server; the oldest client makes room for a new one. */
static int client_socket(const struct sockaddr_in *address) {
  for (int i = 0; i < n_clients; i++)
    if (clients[i].address.sin_port == address->sin_port)
      return i;
  int slot = n_met++ % MAX_CLIENTS;
  if (slot < n_clients)
    close(clients[slot].socket);
  else
    n_clients++;
  clients[slot] = (Client){*address, udp_socket()};
  connect(clients[slot].socket, (struct sockaddr *)&server, sizeof server);
  return slot;
}

static void hold(int fd, int listener, long long half, double loss) {
  for (;;) {
    Packet *p = &held[last % MAX_HELD];
    socklen_t size = sizeof p->client;
    if (last - first == MAX_HELD)
      return;
    p->length = recvfrom(fd, p->bytes, sizeof p->bytes, 0, (struct sockaddr *)&p->client, &size);
    if (p->length <= 0)
      return;
    if (drand48() < loss)
      continue;
    p->due = now_ns() + half;
    p->from = fd;
    p->to = fd == listener ? client_socket(&p->client) : -1;
    last++;
  }
}

static void pass_on(const Packet *p, int listener) {
  if (p->to >= 0) {
    send(clients[p->to].socket, p->bytes, (size_t)p->length, 0);
    return;
  }
  for (int i = 0; i < n_clients; i++)
    if (clients[i].socket == p->from)
      sendto(listener, p->bytes, (size_t)p->length, 0, (struct sockaddr *)&clients[i].address,
             sizeof clients[i].address);
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: delay LISTEN_PORT SERVER_PORT RTT_MS [LOSS_PERCENT]\n");
    return 2;
  }
  struct sockaddr_in address = local(atoi(argv[1]));
  long long half = (long long)(strtod(argv[3], NULL) * 1e6 / 2);
  double loss = argc > 4 ? strtod(argv[4], NULL) / 100 : 0;
  int listener = udp_socket();
  server = local(atoi(argv[2]));
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("bind");
    return 1;
  }
  /* Timers of others may be late by 50 us: here that would count once a packet. */
  prctl(PR_SET_TIMERSLACK, 1);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd fds[MAX_CLIENTS + 1] = {{.fd = listener, .events = POLLIN}};
    int n = n_clients;
    for (int i = 0; i < n; i++)
      fds[i + 1] = (struct pollfd){.fd = clients[i].socket, .events = POLLIN};
    for (; first != last && held[first % MAX_HELD].due <= now_ns(); first++)
      pass_on(&held[first % MAX_HELD], listener);
    long long wait = first != last ? held[first % MAX_HELD].due - now_ns() : 1000000000LL;
    struct timespec timeout = {wait > 0 ? wait / 1000000000LL : 0, wait > 0 ? wait % 1000000000LL : 0};
    if (ppoll(fds, (nfds_t)n + 1, &timeout, NULL) <= 0)
      continue;
    for (int i = 0; i <= n; i++)
      if (fds[i].revents & POLLIN)
        hold(fds[i].fd, listener, half, loss);
  }
}
