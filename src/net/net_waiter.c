#include "net/net_private.h"

void net_waiter_add(NetWaiter *waiter, Question *q) {
  if (g_hash_table_contains(waiter->own, q))
    return;
  g_hash_table_insert(waiter->own, q, NULL);
  g_ptr_array_add(waiter->questions, net_question_ref(q));
  if (q->answer != NULL)
    return;
  if (q->waiters == NULL)
    q->waiters = g_ptr_array_new();
  g_ptr_array_add(q->waiters, waiter);
  waiter->open++;
}

/* Before the waiter stops waiting for an open question. TRUE: nobody else does. */
static gboolean waiter_leave(NetWaiter *waiter, Question *q) {
  g_ptr_array_remove_fast(q->waiters, waiter);
  waiter->open--;
  return q->waiters->len == 0 && !q->unattended;
}

static gboolean waiter_waits(const NetWaiter *waiter, const Question *q) {
  return q->answer == NULL && g_hash_table_lookup(waiter->own, q) == NULL;
}

NetWaiter *net_waiter_new(Net *net) {
  NetWaiter *waiter = g_new0(NetWaiter, 1);
  waiter->net = net;
  waiter->questions = g_ptr_array_new_with_free_func((GDestroyNotify)net_question_unref);
  waiter->own = g_hash_table_new(NULL, NULL);
  return waiter;
}

/* What the waiter has for itself alone: of which kind it is, the question knows. */
static void clear_own(NetWaiter *waiter) {
  GHashTableIter iter;
  gpointer key, answer;
  g_hash_table_iter_init(&iter, waiter->own);
  while (g_hash_table_iter_next(&iter, &key, &answer))
    if (answer != NULL)
      ((const Question *)key)->kind->answer_free(answer);
  g_hash_table_remove_all(waiter->own);
}

void net_waiter_free(NetWaiter *waiter) {
  if (waiter == NULL)
    return;
  if (waiter->net->waiter == waiter)
    waiter->net->waiter = NULL;
  for (guint i = 0; i < waiter->questions->len; i++) {
    Question *q = g_ptr_array_index(waiter->questions, i);
    if (waiter_waits(waiter, q) && waiter_leave(waiter, q))
      q->unattended = TRUE;
  }
  clear_own(waiter);
  g_hash_table_unref(waiter->own);
  guint released = waiter->questions->len;
  g_ptr_array_unref(waiter->questions);
  if (waiter->net->most_answers > 0)
    net_table_trim(waiter->net, released);
  g_free(waiter);
}

void net_set_waiter(Net *net, NetWaiter *waiter) {
  net->waiter = waiter;
}

gboolean net_waiter_take(NetWaiter *waiter) {
  gboolean woken = waiter->woken;
  waiter->woken = FALSE;
  return woken;
}

guint net_waiter_open(const NetWaiter *waiter) {
  return waiter->open;
}

guint net_waiter_length(const NetWaiter *waiter) {
  return waiter->questions->len;
}

gconstpointer net_waiter_own_answer(const NetWaiter *waiter, const Question *q) {
  gconstpointer own = g_hash_table_lookup(waiter->own, q);
  return own != NULL ? own : q->answer;
}

static const Question *question_at(const NetWaiter *waiter, guint i) {
  return i < waiter->questions->len ? g_ptr_array_index(waiter->questions, i) : NULL;
}

const DnsAnswer *net_waiter_answer(const NetWaiter *waiter, guint i) {
  const Question *q = question_at(waiter, i);
  return q != NULL && q->kind == &dns_kind ? net_waiter_own_answer(waiter, q) : NULL;
}

char *net_waiter_line(const NetWaiter *waiter, guint i) {
  const Question *q = question_at(waiter, i);
  gconstpointer answer = q != NULL ? net_waiter_own_answer(waiter, q) : NULL;
  return answer != NULL ? q->kind->line(answer, waiter->net->nonce) : NULL;
}

void net_waiter_cancel(NetWaiter *waiter) {
  Net *net = waiter->net;
  for (guint i = 0; i < waiter->questions->len; i++) {
    Question *q = g_ptr_array_index(waiter->questions, i);
    if (!waiter_waits(waiter, q))
      continue;
    gpointer cancelled = q->kind->cancelled(net, q);
    waiter->woken = TRUE;
    if (!waiter_leave(waiter, q)) {
      g_hash_table_insert(waiter->own, q, cancelled);
      continue;
    }
    net_question_abandon(net, q);
    q->answer = cancelled;
    q->given_up = TRUE;
    net_say(net, q);
  }
}

void net_waiter_forget(NetWaiter *waiter) {
  Net *net = waiter->net;
  for (guint i = 0; i < waiter->questions->len; i++) {
    Question *q = g_ptr_array_index(waiter->questions, i);
    gboolean drop = q->answer != NULL && net->live != NULL;
    if (waiter_waits(waiter, q) && waiter_leave(waiter, q)) {
      net_question_abandon(net, q);
      drop = TRUE;
    }
    if (drop)
      net_table_drop(net, q);
  }
  clear_own(waiter);
  g_ptr_array_set_size(waiter->questions, 0);
  waiter->woken = FALSE;
}
