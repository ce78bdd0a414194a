#include "net/own_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOBODY "localhost"

/* "pc.example.net"; "pc", "localhost.localdomain" and the like tell nobody anything. */
static gboolean is_full_name(const char *name) {
  static const char *const own_zones[] = {".localdomain", ".local", ".lan", ".internal", ".home.arpa"};
  const char *dot = strchr(name, '.');
  if (dot == NULL || dot == name || dot[1] == '\0')
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && *c != '-' && *c != '.')
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(own_zones); i++)
    if (g_str_has_suffix(name, own_zones[i]))
      return FALSE;
  return TRUE;
}

static socklen_t fill_address(const char *text, struct sockaddr_storage *at) {
  struct sockaddr_in *v4 = (struct sockaddr_in *)at;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)at;
  memset(at, 0, sizeof *at);
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(25);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(25);
    return sizeof *v6;
  }
  return 0;
}

/* Connecting a datagram socket sends nothing, but the kernel chooses the address to send from. */
static gboolean own_address(const char *toward, struct sockaddr_storage *own) {
  struct sockaddr_storage there;
  socklen_t length = fill_address(toward, &there), size = sizeof *own;
  int fd = length > 0 ? socket(there.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
  gboolean found = fd >= 0 && connect(fd, (struct sockaddr *)&there, length) == 0 &&
                   getsockname(fd, (struct sockaddr *)own, &size) == 0;
  if (fd >= 0)
    close(fd);
  return found;
}

static char *literal_of(const struct sockaddr_storage *own) {
  char text[INET6_ADDRSTRLEN];
  if (own->ss_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)own)->sin_addr, text, sizeof text);
    return g_strdup_printf("[%s]", text);
  }
  inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)own)->sin6_addr, text, sizeof text);
  return g_strdup_printf("[IPv6:%s]", text);
}

char *net_own_name(const Net *net, const char *toward) {
  struct sockaddr_storage own;
  char name[256] = "";
  if (!net_is_live(net))
    return g_strdup(NOBODY);
  if (gethostname(name, sizeof name - 1) == 0 && is_full_name(name))
    return g_strdup(name);
  return own_address(toward, &own) ? literal_of(&own) : g_strdup(NOBODY);
}
