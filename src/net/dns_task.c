#include "net/dns_task.h"

#define MS(ms) ((gint64)(ms)*1000)

/* When the tries go out, in ms.  The first gap is short, since a lost packet is the common case and a second
 * costs nothing; the last is sent without EDNS, which some old servers and middleboxes drop without a word. */
static const guint schedule[] = {0, 150, 320, 1000};

void dns_task_free(DnsTask *task) {
  g_ptr_array_unref(task->tries);
  dns_answer_free(task->failure);
  g_free(task->name);
  g_free(task);
}

void dns_task_detach(DnsTask *task, guint32 resolvers) {
  for (guint i = task->tries->len; i-- > 0;) {
    DnsTry *try = g_ptr_array_index(task->tries, i);
    if ((dns_bit(try->resolver) & resolvers) == 0)
      continue;
    dns_try_detach(try);
    g_ptr_array_remove_index_fast(task->tries, i);
  }
}

void dns_task_remove(DnsLive *live, DnsTask *task) {
  if (task->queued != NULL) {
    g_queue_delete_link(&live->queue, task->queued);
    return;
  }
  dns_task_detach(task, ~(guint32)0);
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

void dns_task_finish(DnsLive *live, DnsTask *task, DnsAnswer *answer) {
  gpointer owner = task->owner;
  answer_stamp(answer, task);
  dns_task_remove(live, task);
  dns_task_free(task);
  live->done(live->user, owner, answer);
}

void dns_task_fail(DnsLive *live, DnsTask *task) {
  DnsAnswer *answer = g_steal_pointer(&task->failure);
  if (answer == NULL)
    answer = task_answer(task, DNS_TIMEOUT);
  dns_task_finish(live, task, answer);
}

void dns_task_send(DnsLive *live, DnsTask *task, guint resolver) {
  Upstream *up = &live->upstreams[resolver];
  gboolean tcp = (task->by_tcp & dns_bit(resolver)) != 0;
  gboolean last = !tcp && task->step == G_N_ELEMENTS(schedule);
  gboolean plain = up->no_edns || (task->plain & dns_bit(resolver)) != 0 || last;
  if (tcp && up->tcp == NULL)
    up->tcp = dns_channel_new(up->resolver, TRUE, 2 * live->timeout_ms, live->ended);
  task->last = resolver;
  task->tried |= dns_bit(resolver);
  task->sent++;
  DnsQueryFlags flags = (plain ? DNS_QUERY_PLAIN : DNS_QUERY_EDNS) | (live->at != NULL ? DNS_QUERY_DIRECT : 0);
  DnsTry *try = dns_channel_send(tcp ? up->tcp : up->udp, &task->wire, task_answer(task, DNS_GARBAGE), flags, task);
  try->resolver = resolver;
  g_ptr_array_add(task->tries, try);
}

gint64 dns_task_due(const DnsTask *task) {
  return MIN(task->due, task->deadline);
}

void dns_task_try(DnsLive *live, DnsTask *task, guint resolver) {
  task->step = MIN(task->step + 1, G_N_ELEMENTS(schedule));
  task->due = task->step < G_N_ELEMENTS(schedule) ? task->first + MS(schedule[task->step]) : NEVER;
  live->due = MIN(live->due, dns_task_due(task));
  dns_task_send(live, task, resolver);
}

int dns_task_next_resolver(const DnsLive *live, const DnsTask *task, guint32 not_these) {
  for (guint i = 1; i <= live->n; i++) {
    guint r = (task->last + i) % live->n;
    if ((dns_bit(r) & (task->failed | not_these)) == 0)
      return (int)r;
  }
  return -1;
}

void dns_task_start(DnsLive *live, DnsTask *task) {
  task->first = g_get_monotonic_time();
  task->asked_at = g_get_real_time() / 1000 * 1000; /* recordings keep milliseconds */
  task->deadline = task->first + MS(live->timeout_ms);
  task->step = 0;
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
