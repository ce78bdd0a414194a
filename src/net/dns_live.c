#include "net/dns_live.h"

#include "net/dns_channel.h"
#include "net/dns_window.h"
#include "net/dns_direct.h"

#include <ares.h>

#define DEFAULT_TIMEOUT_MS 5000
#define MAX_TIMEOUT_MS (600 * 1000)
#define MAX_TCP_TRIES 4
/* A resolver that left so many questions to the others in a row is not asked first any more. */
#define MAX_MISSES 3
#define NEVER G_MAXINT64
#define MS(ms) ((gint64)(ms)*1000)

/* When the tries go out, in ms.  The first gap is short, since a lost packet is the common case and a second
 * costs nothing; the last is sent without EDNS, which some old servers and middleboxes drop without a word. */
static const guint schedule[] = {0, 150, 320, 1000};

typedef struct Upstream {
  DnsResolver *resolver;
  DnsChannel *udp;
  DnsChannel *tcp; /* made when first needed */
  gboolean no_edns;
  guint in_flight; /* tasks that began here */
  DnsWindow window; /* how many may */
  guint misses;
  guint tcp_answers;
} Upstream;

struct DnsTask {
  gpointer owner;
  char *name;
  const char *at; /* the live's */
  DnsType type;
  DnsWireName wire;
  GList *queued;    /* in live->queue; NULL: under way */
  guint index;      /* in live->asked */
  guint start;      /* resolver it began with */
  guint last;       /* resolver last asked */
  GPtrArray *tries; /* open ones, of DnsTry */
  guint sent;
  guint tcp_sent;    /* since the resolver last gave anybody an answer by TCP */
  guint tcp_answers; /* how many it had given then */
  guint step;        /* in the schedule: the next try */
  gboolean again;    /* was turned away once */
  guint32 failed;    /* bit set of resolvers: said that they cannot */
  guint32 tried;     /* bit set: asked at least once */
  guint32 by_tcp;    /* bit set: must be asked by TCP */
  guint32 plain;     /* bit set: must be asked without EDNS */
  gint64 first;      /* the first packet, monotonic */
  gint64 due;        /* the next try */
  gint64 deadline;
  gint64 asked_at;
  DnsAnswer *failure; /* the result if nobody does better */
};

struct DnsLive {
  GArray *resolvers;
  Upstream upstreams[DNS_MAX_RESOLVERS];
  guint n;
  char *label;
  char *at;         /* dns_live_set_direct(); NULL: these are resolvers */
  guint *in_flight; /* shared with others, or NULL */
  guint timeout_ms;
  DnsLiveDone done;
  gpointer user;
  GQueue queue;      /* of DnsTask: wait for a place */
  GPtrArray *asked;  /* of DnsTask */
  GPtrArray *ended;  /* of DnsTry */
  GPtrArray *polled; /* of DnsChannel: to whom each of the last fds belongs */
  gint64 due;        /* no task of `asked` is due before */
};

static guint32 bit(guint i) {
  return (guint32)1 << i;
}

/* --- tasks --- */

static void task_free(DnsTask *task) {
  g_ptr_array_unref(task->tries);
  dns_answer_free(task->failure);
  g_free(task->name);
  g_free(task);
}

static void task_detach_tries(DnsTask *task, guint32 resolvers) {
  for (guint i = task->tries->len; i-- > 0;) {
    DnsTry *try = g_ptr_array_index(task->tries, i);
    if ((bit(try->resolver) & resolvers) == 0)
      continue;
    dns_try_detach(try);
    g_ptr_array_remove_index_fast(task->tries, i);
  }
}

/* Takes the task out of everything that knows it. */
static void task_remove(DnsLive *live, DnsTask *task) {
  if (task->queued != NULL) {
    g_queue_delete_link(&live->queue, task->queued);
    return;
  }
  task_detach_tries(task, ~(guint32)0);
  live->upstreams[task->start].in_flight--;
  if (live->in_flight != NULL)
    (*live->in_flight)--;
  g_ptr_array_remove_index_fast(live->asked, task->index);
  if (task->index < live->asked->len)
    ((DnsTask *)g_ptr_array_index(live->asked, task->index))->index = task->index;
}

static DnsAnswer *task_answer(const DnsTask *task, DnsStatus status) {
  DnsAnswer *answer = dns_answer_new(task->name, task->type, status);
  answer->at = g_strdup(task->at);
  return answer;
}

static void answer_stamp(DnsAnswer *answer, const DnsTask *task) {
  answer->tries = task->sent;
  answer->asked_at = task->asked_at;
  answer->elapsed_ms = task->first != 0 ? (guint)((g_get_monotonic_time() - task->first) / 1000) : 0;
}

static void task_finish(DnsLive *live, DnsTask *task, DnsAnswer *answer) {
  gpointer owner = task->owner;
  answer_stamp(answer, task);
  task_remove(live, task);
  task_free(task);
  live->done(live->user, owner, answer);
}

static void task_fail(DnsLive *live, DnsTask *task) {
  DnsAnswer *answer = g_steal_pointer(&task->failure);
  if (answer == NULL)
    answer = task_answer(task, DNS_TIMEOUT);
  task_finish(live, task, answer);
}

static void task_send(DnsLive *live, DnsTask *task, guint resolver) {
  Upstream *up = &live->upstreams[resolver];
  gboolean tcp = (task->by_tcp & bit(resolver)) != 0;
  gboolean plain = up->no_edns || (task->plain & bit(resolver)) != 0 || (!tcp && task->step == G_N_ELEMENTS(schedule));
  if (tcp && up->tcp == NULL)
    up->tcp = dns_channel_new(up->resolver, TRUE, 2 * live->timeout_ms, live->ended);
  task->last = resolver;
  task->tried |= bit(resolver);
  task->sent++;
  DnsQueryFlags flags = (plain ? DNS_QUERY_PLAIN : DNS_QUERY_EDNS) | (live->at != NULL ? DNS_QUERY_DIRECT : 0);
  DnsTry *try = dns_channel_send(tcp ? up->tcp : up->udp, &task->wire, task_answer(task, DNS_GARBAGE), flags, task);
  try->resolver = resolver;
  g_ptr_array_add(task->tries, try);
}

static gint64 task_due(const DnsTask *task) {
  return MIN(task->due, task->deadline);
}

/* The next try of the schedule, or one brought forward. */
static void task_try(DnsLive *live, DnsTask *task, guint resolver) {
  task->step = MIN(task->step + 1, G_N_ELEMENTS(schedule));
  task->due = task->step < G_N_ELEMENTS(schedule) ? task->first + MS(schedule[task->step]) : NEVER;
  live->due = MIN(live->due, task_due(task));
  task_send(live, task, resolver);
}

/* The next resolver in turn that is in none of the sets, or -1. */
static int next_resolver(const DnsLive *live, const DnsTask *task, guint32 not_these) {
  for (guint i = 1; i <= live->n; i++) {
    guint r = (task->last + i) % live->n;
    if ((bit(r) & (task->failed | not_these)) == 0)
      return (int)r;
  }
  return -1;
}

static void task_start(DnsLive *live, DnsTask *task) {
  task->first = g_get_monotonic_time();
  task->asked_at = g_get_real_time() / 1000 * 1000; /* recordings keep milliseconds */
  task->deadline = task->first + MS(live->timeout_ms);
  task->step = 0;
}

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

/* A later try was answered and an earlier one was not: that one is lost.  A resolver that is only slow answers in
 * the order of the questions. */
static void window_note(DnsLive *live, const DnsTask *task, const DnsTry *try) {
  Upstream *up = &live->upstreams[try->resolver];
  gint64 lost_at = 0;
  for (guint i = 0; i < task->tries->len; i++) {
    const DnsTry *other = g_ptr_array_index(task->tries, i);
    if (other->resolver == try->resolver && !other->tcp && other->sent_at < try->sent_at)
      lost_at = MAX(lost_at, other->sent_at);
  }
  if (lost_at > 0)
    dns_window_cut(&up->window, lost_at);
  else if (live->queue.length > 0)
    dns_window_grow(&up->window);
}

static void launch(DnsLive *live, DnsTask *task) {
  task->start = first_resolver(live);
  task->index = live->asked->len;
  g_ptr_array_add(live->asked, task);
  live->upstreams[task->start].in_flight++;
  if (live->in_flight != NULL)
    (*live->in_flight)++;
  task_start(live, task);
  task_try(live, task, task->start);
}

static void launch_queued(DnsLive *live) {
  while (live->queue.length > 0 && has_room(live)) {
    DnsTask *task = g_queue_pop_head(&live->queue);
    task->queued = NULL;
    launch(live, task);
  }
}

/* --- what comes back --- */

/* A try has come to nothing: who is next? */
static void task_go_on(DnsLive *live, DnsTask *task, guint32 not_these) {
  if (task->tries->len > 0)
    return;
  int next = next_resolver(live, task, not_these);
  if (next >= 0)
    task_try(live, task, (guint)next);
  else if (task->due == NEVER || next_resolver(live, task, 0) < 0)
    task_fail(live, task);
}

/* Keeps the failure that tells most: what a server said outranks that there was none. */
static void task_note_failure(DnsTask *task, DnsAnswer *answer) {
  if (task->failure != NULL && answer->status == DNS_UNREACHABLE && task->failure->status != DNS_UNREACHABLE) {
    dns_answer_free(answer);
    return;
  }
  dns_answer_free(task->failure);
  task->failure = answer;
}

static DnsAnswer *take_answer(DnsLive *live, DnsTry *try) {
  DnsAnswer *answer = g_steal_pointer(&try->answer);
  answer->server = g_strdup(live->upstreams[try->resolver].resolver->label);
  return answer;
}

/* This resolver is out; who is next? */
static void task_fail_at(DnsLive *live, DnsTask *task, DnsTry *try) {
  task->failed |= bit(try->resolver);
  task_detach_tries(task, task->failed);
  task_note_failure(task, take_answer(live, try));
  task_go_on(live, task, 0);
}

static void on_failure(DnsLive *live, DnsTask *task, DnsTry *try) {
  gboolean no_edns = try->answer->status == DNS_FORMERR || try->answer->status == DNS_NOTIMP;
  /* RFC 6891 s7: an old server answers so to EDNS itself. */
  if (no_edns && try->edns && (task->plain & bit(try->resolver)) == 0) {
    task->plain |= bit(try->resolver);
    task_send(live, task, try->resolver);
    return;
  }
  task_fail_at(live, task, try);
}

/* Forwarders refuse what is more than they want to have under way (dnsmasq: 150): that is about us, not about the
 * question. */
static gboolean task_is_turned_away(const DnsTask *task, const DnsTry *try, const Upstream *up) {
  return try->answer->status == DNS_REFUSED && dns_window_is_wide(&up->window) && !task->again && !try->tcp;
}

/* Back to the queue, as if it had not been asked. */
static void task_again(DnsLive *live, DnsTask *task, const DnsTry *try) {
  dns_window_cut(&live->upstreams[try->resolver].window, try->sent_at);
  task_remove(live, task);
  task->again = TRUE;
  task->failed = task->tried = 0;
  g_queue_push_head(&live->queue, task);
  task->queued = live->queue.head;
}

static void on_answer(DnsLive *live, DnsTask *task, DnsTry *try) {
  Upstream *up = &live->upstreams[try->resolver];
  up->misses = 0;
  up->tcp_answers += try->tcp;
  if (task_is_turned_away(task, try, up)) {
    task_again(live, task, try);
    return;
  }
  if (dns_is_unknown(try->answer->status)) {
    on_failure(live, task, try);
    return;
  }
  if (!try->tcp)
    window_note(live, task, try);
  if (!try->edns && (task->plain & bit(try->resolver)) != 0)
    up->no_edns = TRUE;
  if (try->resolver != task->start && (task->failed & bit(task->start)) == 0)
    live->upstreams[task->start].misses++;
  task_finish(live, task, take_answer(live, try));
}

static void on_cut(DnsLive *live, DnsTask *task, DnsTry *try) {
  live->upstreams[try->resolver].misses = 0;
  if ((task->by_tcp & bit(try->resolver)) != 0)
    return; /* a late one */
  task->by_tcp |= bit(try->resolver);
  task_detach_tries(task, bit(try->resolver));
  task->tcp_sent = 1;
  task->tcp_answers = live->upstreams[try->resolver].tcp_answers;
  task_send(live, task, try->resolver);
}

/* A server may close a TCP connection whenever it likes (RFC 7766 s6.2.4), some after each answer: the question is
 * asked again on a new one, as long as that leads anywhere. */
static gboolean ask_again_by_tcp(DnsLive *live, DnsTask *task, guint resolver) {
  Upstream *up = &live->upstreams[resolver];
  if (task->tcp_answers != up->tcp_answers)
    task->tcp_sent = 0;
  if (task->tcp_sent >= MAX_TCP_TRIES)
    return FALSE;
  task->tcp_answers = up->tcp_answers;
  task->tcp_sent++;
  task_send(live, task, resolver);
  return TRUE;
}

static void on_unreachable(DnsLive *live, DnsTask *task, DnsTry *try) {
  try->answer->status = DNS_UNREACHABLE;
  if (!try->tcp) { /* there may be a route in a moment: the later tries stand */
    task_note_failure(task, g_steal_pointer(&try->answer));
    task_go_on(live, task, task->tried);
  } else if (!ask_again_by_tcp(live, task, try->resolver)) {
    task_fail_at(live, task, try);
  }
}

static void on_ended(DnsLive *live, DnsTry *try) {
  DnsTask *task = try->owner;
  g_ptr_array_remove_fast(task->tries, try);
  switch (try->outcome) {
  case DNS_TRY_ANSWER:
    on_answer(live, task, try);
    break;
  case DNS_TRY_CUT:
    on_cut(live, task, try);
    break;
  case DNS_TRY_UNREACHABLE:
    on_unreachable(live, task, try);
    break;
  default:
    task_go_on(live, task, 0);
  }
}

/* Handling one may send, which may fail on the spot and add to the array. */
static void handle_ended(DnsLive *live) {
  for (guint i = 0; i < live->ended->len; i++) {
    DnsTry *try = g_ptr_array_index(live->ended, i);
    if (try->owner != NULL)
      on_ended(live, try);
    dns_try_free(try);
  }
  g_ptr_array_set_size(live->ended, 0);
}

static void task_expire(DnsLive *live, DnsTask *task) {
  /* Somebody may be there who only did not answer: "unreachable" would say more than is known. */
  if (task->tries->len > 0 && task->failure != NULL && task->failure->status == DNS_UNREACHABLE)
    g_clear_pointer(&task->failure, dns_answer_free);
  if (task->failure == NULL)
    dns_window_cut(&live->upstreams[task->start].window, task->first);
  task_fail(live, task);
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
    int next = next_resolver(live, task, task->by_tcp);
    if (next >= 0)
      task_try(live, task, (guint)next);
    else
      task->due = NEVER;
  }
  live->due = NEVER;
  for (guint i = 0; i < live->asked->len; i++)
    live->due = MIN(live->due, task_due(g_ptr_array_index(live->asked, i)));
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
  handle_ended(live);
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
  task_remove(live, task);
  task_free(task);
}

DnsAnswer *dns_task_cancelled(const DnsTask *task) {
  DnsAnswer *answer = task_answer(task, DNS_CANCELLED);
  answer_stamp(answer, task);
  return answer;
}

void dns_task_progress(const DnsTask *task, const DnsLive *live, NetProgress *progress) {
  gboolean begun = task->queued == NULL;
  progress->tries = task->sent;
  progress->server = begun ? live->upstreams[task->last].resolver->label : NULL;
  progress->elapsed_ms = begun ? (guint)((g_get_monotonic_time() - task->first) / 1000) : 0;
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
  handle_ended(live);
  handle_timers(live);
  launch_queued(live);
}

void dns_live_restart(DnsLive *live) {
  for (guint i = 0; i < live->asked->len; i++) {
    DnsTask *task = g_ptr_array_index(live->asked, i);
    task_start(live, task);
    task->due = task->first;
    live->due = MIN(live->due, task->due);
  }
}
