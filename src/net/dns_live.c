#include "net/dns_live.h"

#include "net/dns_direct.h"
#include "net/dns_task.h"

#include <ares.h>

#define DEFAULT_TIMEOUT_MS 5000
#define MAX_TIMEOUT_MS (600 * 1000)
/* A resolver that left so many questions to the others in a row is not asked first any more. */
#define MAX_MISSES 3

/* The first resolver that is not known to be silent. */
static guint first_resolver(const DnsLive *live) {
  for (guint i = 0; i < live->n; i++)
    if (live->upstreams[i].misses < MAX_MISSES)
      return i;
  return 0;
}

static gboolean has_room(const DnsLive *live) {
  if (live->in_flight != NULL && *live->in_flight >= NET_DIRECT_IN_FLIGHT)
    return FALSE;
  const Upstream *up = &live->upstreams[first_resolver(live)];
  return up->in_flight < up->window.size;
}

static void launch(DnsLive *live, DnsTask *task) {
  task->start = first_resolver(live);
  task->index = live->asked->len;
  g_ptr_array_add(live->asked, task);
  live->upstreams[task->start].in_flight++;
  if (live->in_flight != NULL)
    (*live->in_flight)++;
  dns_task_start(live, task);
  dns_task_try(live, task, task->start);
}

static void launch_queued(DnsLive *live) {
  while (live->queue.length > 0 && has_room(live)) {
    DnsTask *task = g_queue_pop_head(&live->queue);
    task->queued = NULL;
    launch(live, task);
  }
}

static void task_expire(DnsLive *live, DnsTask *task) {
  /* Somebody may be there who only did not answer: "unreachable" would say more than is known. */
  if (task->tries->len > 0 && task->failure != NULL && task->failure->status == DNS_UNREACHABLE)
    g_clear_pointer(&task->failure, dns_answer_free);
  if (task->failure == NULL)
    dns_window_cut(&live->upstreams[task->start].window, task->first);
  dns_task_fail(live, task);
}

static void handle_timers(DnsLive *live) {
  gint64 now = g_get_monotonic_time();
  if (now < live->due)
    return;
  for (guint i = live->asked->len; i-- > 0;) {
    DnsTask *task = g_ptr_array_index(live->asked, i);
    if (now >= task->deadline) {
      task_expire(live, task);
      continue;
    }
    if (now < task->due)
      continue;
    /* A TCP connection that hangs is waited for, not opened again. */
    int next = dns_task_next_resolver(live, task, task->by_tcp);
    if (next >= 0)
      dns_task_try(live, task, (guint)next);
    else
      task->due = NEVER;
  }
  live->due = NEVER;
  for (guint i = 0; i < live->asked->len; i++)
    live->due = MIN(live->due, dns_task_due(g_ptr_array_index(live->asked, i)));
}

static void rest(DnsLive *live) {
  for (guint i = 0; i < live->n; i++) {
    dns_channel_rest(live->upstreams[i].udp);
    if (live->upstreams[i].tcp != NULL)
      dns_channel_rest(live->upstreams[i].tcp);
  }
}

/* --- public --- */

static gboolean open_upstreams(DnsLive *live) {
  for (guint i = 0; i < live->resolvers->len; i++) {
    Upstream *up = &live->upstreams[live->n];
    up->resolver = &g_array_index(live->resolvers, DnsResolver, i);
    /* Longer than any task, so that it is never c-ares that gives up first. */
    up->udp = dns_channel_new(up->resolver, FALSE, 2 * live->timeout_ms, live->ended);
    dns_window_init(&up->window);
    live->n += up->udp != NULL;
  }
  return live->n > 0;
}

static char *make_label(const DnsLive *live) {
  g_autoptr(GString) label = g_string_new(NULL);
  for (guint i = 0; i < live->n; i++)
    g_string_append_printf(label, "%s%s", i > 0 ? ", " : "", live->upstreams[i].resolver->label);
  return g_strdup(live->n > 0 ? label->str : "none");
}

DnsLive *dns_live_new(const NetOptions *options, DnsLiveDone done, gpointer user, GError **error) {
  DnsLive *live;
  GArray *resolvers;
  ares_library_init(ARES_LIB_INIT_ALL);
  resolvers = options->resolver != NULL ? dns_resolvers_parse(options->resolver, error) : dns_resolvers_system();
  if (resolvers == NULL) {
    ares_library_cleanup();
    return NULL;
  }
  live = g_new0(DnsLive, 1);
  live->resolvers = resolvers;
  live->timeout_ms = options->timeout_ms != 0 ? MIN(options->timeout_ms, MAX_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;
  live->done = done;
  live->user = user;
  live->due = NEVER;
  live->asked = g_ptr_array_new();
  live->ended = g_ptr_array_new();
  live->polled = g_ptr_array_new();
  g_queue_init(&live->queue);
  open_upstreams(live);
  live->label = make_label(live);
  return live;
}

void dns_live_free(DnsLive *live) {
  if (live == NULL)
    return;
  while (live->asked->len > 0)
    dns_live_abandon(live, g_ptr_array_index(live->asked, 0));
  while (live->queue.length > 0)
    dns_live_abandon(live, g_queue_peek_head(&live->queue));
  dns_live_handle_ended(live);
  for (guint i = 0; i < live->n; i++) {
    dns_channel_free(live->upstreams[i].udp);
    dns_channel_free(live->upstreams[i].tcp);
  }
  g_ptr_array_unref(live->asked);
  g_ptr_array_unref(live->ended);
  g_ptr_array_unref(live->polled);
  g_array_unref(live->resolvers);
  g_free(live->label);
  g_free(live->at);
  g_free(live);
  ares_library_cleanup();
}

void dns_live_set_direct(DnsLive *live, const char *address, guint *in_flight) {
  live->at = g_strdup(address);
  live->in_flight = in_flight;
}

gboolean dns_live_is_idle(const DnsLive *live) {
  return live->asked->len == 0 && live->queue.length == 0;
}

guint dns_live_timeout_ms(const DnsLive *live) {
  return live->timeout_ms;
}

const char *dns_live_resolvers(const DnsLive *live) {
  return live->label;
}

gboolean dns_live_has_resolver(const DnsLive *live) {
  return live->n > 0;
}

guint dns_live_waiting(const DnsLive *live) {
  return live->queue.length;
}

gboolean dns_live_is_busy(const DnsLive *live) {
  return live->n > 0 && live->upstreams[first_resolver(live)].in_flight >= NET_IN_FLIGHT;
}

DnsTask *dns_live_ask(DnsLive *live, const char *name, const DnsWireName *wire, DnsType type, gpointer owner) {
  DnsTask *task = g_new0(DnsTask, 1);
  task->owner = owner;
  task->name = g_strdup(name);
  task->at = live->at;
  task->type = type;
  task->wire = *wire;
  task->tries = g_ptr_array_new();
  if (live->queue.length == 0 && has_room(live)) {
    launch(live, task);
  } else {
    g_queue_push_tail(&live->queue, task);
    task->queued = live->queue.tail;
  }
  return task;
}

void dns_live_abandon(DnsLive *live, DnsTask *task) {
  dns_task_remove(live, task);
  dns_task_free(task);
}

gint64 dns_live_prepare(DnsLive *live, GArray *fds) {
  rest(live);
  g_ptr_array_set_size(live->polled, 0);
  for (guint i = 0; i < live->n; i++) {
    DnsChannel *channels[] = {live->upstreams[i].udp, live->upstreams[i].tcp};
    for (guint k = 0; k < G_N_ELEMENTS(channels); k++)
      for (guint n = channels[k] != NULL ? dns_channel_prepare(channels[k], fds) : 0; n > 0; n--)
        g_ptr_array_add(live->polled, channels[k]);
  }
  if (live->ended->len > 0 || (live->queue.length > 0 && has_room(live)))
    return 0;
  return live->asked->len > 0 ? live->due : NEVER;
}

void dns_live_process(DnsLive *live, const struct pollfd *fds, guint n) {
  for (guint i = 0; i < n && i < live->polled->len; i++)
    dns_channel_process(g_ptr_array_index(live->polled, i), &fds[i]);
  dns_live_handle_ended(live);
  handle_timers(live);
  launch_queued(live);
}

void dns_live_restart(DnsLive *live) {
  for (guint i = 0; i < live->asked->len; i++) {
    DnsTask *task = g_ptr_array_index(live->asked, i);
    dns_task_start(live, task);
    task->due = task->first;
    live->due = MIN(live->due, task->due);
  }
}
