/* What comes back to the tries of tasks, and what is done about it. */
#include "net/dns_task.h"

#define MAX_TCP_TRIES 4

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

/* A try has come to nothing: who is next? */
static void task_go_on(DnsLive *live, DnsTask *task, guint32 not_these) {
  if (task->tries->len > 0)
    return;
  int next = dns_task_next_resolver(live, task, not_these);
  if (next >= 0)
    dns_task_try(live, task, (guint)next);
  else if (task->due == NEVER || dns_task_next_resolver(live, task, 0) < 0)
    dns_task_fail(live, task);
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
  task->failed |= dns_bit(try->resolver);
  dns_task_detach(task, task->failed);
  task_note_failure(task, take_answer(live, try));
  task_go_on(live, task, 0);
}

static void on_failure(DnsLive *live, DnsTask *task, DnsTry *try) {
  gboolean no_edns = try->answer->status == DNS_FORMERR || try->answer->status == DNS_NOTIMP;
  /* RFC 6891 s7: an old server answers so to EDNS itself. */
  if (!no_edns || !try->edns) {
    task_fail_at(live, task, try);
  } else if ((task->plain & dns_bit(try->resolver)) == 0) {
    task->plain |= dns_bit(try->resolver);
    dns_task_send(live, task, try->resolver);
  } else { /* to another try: the question without EDNS is under way */
    task_go_on(live, task, 0);
  }
}

/* Forwarders refuse what is more than they want to have under way (dnsmasq: 150): that is about us, not about the
 * question. */
static gboolean task_is_turned_away(const DnsTask *task, const DnsTry *try, const Upstream *up) {
  return try->answer->status == DNS_REFUSED && dns_window_is_wide(&up->window) && !task->again && !try->tcp;
}

/* Back to the queue, as if it had not been asked. */
static void task_again(DnsLive *live, DnsTask *task, const DnsTry *try) {
  dns_window_cut(&live->upstreams[try->resolver].window, try->sent_at);
  dns_task_remove(live, task);
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
  if (!try->edns && (task->plain & dns_bit(try->resolver)) != 0)
    up->no_edns = TRUE;
  if (try->resolver != task->start && (task->failed & dns_bit(task->start)) == 0)
    live->upstreams[task->start].misses++;
  dns_task_finish(live, task, take_answer(live, try));
}

static void on_cut(DnsLive *live, DnsTask *task, DnsTry *try) {
  live->upstreams[try->resolver].misses = 0;
  if ((task->by_tcp & dns_bit(try->resolver)) != 0)
    return; /* a late one */
  task->by_tcp |= dns_bit(try->resolver);
  dns_task_detach(task, dns_bit(try->resolver));
  task->tcp_sent = 1;
  task->tcp_answers = live->upstreams[try->resolver].tcp_answers;
  dns_task_send(live, task, try->resolver);
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
  dns_task_send(live, task, resolver);
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
void dns_live_handle_ended(DnsLive *live) {
  for (guint i = 0; i < live->ended->len; i++) {
    DnsTry *try = g_ptr_array_index(live->ended, i);
    if (try->owner != NULL)
      on_ended(live, try);
    dns_try_free(try);
  }
  g_ptr_array_set_size(live->ended, 0);
}
