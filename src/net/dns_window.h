/* How many questions one server is asked at a time, found out as TCP finds out what a path bears (RFC 5681).
 *
 * At first NET_IN_FLIGHT.  Below the threshold each answer makes room for one more, above it a whole window of answers
 * for a few; a loss takes a third of the room, but never below NET_IN_FLIGHT. */
#ifndef WB_NET_DNS_WINDOW_H
#define WB_NET_DNS_WINDOW_H

#include <glib.h>

typedef struct DnsWindow {
  guint size;      /* so many may be under way */
  guint threshold; /* from here on it grows slowly */
  guint credit;    /* answers on the way to the next place above the threshold */
  gint64 cut_at;   /* when it was last cut, monotonic */
} DnsWindow;

void dns_window_init(DnsWindow *window);
/* An answer came while all of the window was in use: what was not tried says nothing about more. */
void dns_window_grow(DnsWindow *window);
/* A packet sent at `sent_at` was lost. What was sent before the last cut tells nothing about the window since. */
void dns_window_cut(DnsWindow *window, gint64 sent_at);
gboolean dns_window_is_wide(const DnsWindow *window); /* more than at first */

#endif
