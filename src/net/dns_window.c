#include "net/dns_window.h"

#include "net/net.h"

/* A round of answers above the threshold makes room for so many more: one only would take seconds to find out that there
 * is room again. */
#define STEP 8

void dns_window_init(DnsWindow *window) {
  *window = (DnsWindow){.size = NET_IN_FLIGHT, .threshold = NET_MOST_IN_FLIGHT};
}

void dns_window_grow(DnsWindow *window) {
  if (window->size >= NET_MOST_IN_FLIGHT)
    return;
  if (window->size >= window->threshold && ++window->credit < window->size / STEP)
    return;
  window->credit = 0;
  window->size++;
}

void dns_window_cut(DnsWindow *window, gint64 sent_at) {
  if (sent_at <= window->cut_at)
    return;
  window->size = window->threshold = MAX(window->size * 2 / 3, NET_IN_FLIGHT);
  window->credit = 0;
  window->cut_at = g_get_monotonic_time();
}

gboolean dns_window_is_wide(const DnsWindow *window) {
  return window->size > NET_IN_FLIGHT;
}
