#include "net/net_private.h"

#include "net/net_recording.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* --- the table --- */

/* Names are compared without regard to case (RFC 4343). */
static guint question_hash(gconstpointer key) {
  const Question *q = key;
  guint hash = 5381 + (guint)q->type;
  for (gsize i = 0; i < q->length; i++)
    hash = hash * 33 + (guchar)g_ascii_tolower(q->name[i]);
  return q->at != NULL ? hash ^ g_str_hash(q->at) : hash;
}

/* The key of a talk may hold a path or a local part: those are compared as they are. */
static gboolean question_equal(gconstpointer a, gconstpointer b) {
  const Question *p = a, *q = b;
  if (p->type != q->type || p->length != q->length || g_strcmp0(p->at, q->at) != 0)
    return FALSE;
  return p->type == 0 ? memcmp(p->name, q->name, p->length) == 0 : g_ascii_strncasecmp(p->name, q->name, p->length) == 0;
}

Question *net_question_ref(Question *q) {
  q->refs++;
  return q;
}

void net_question_unref(Question *q) {
  if (--q->refs > 0)
    return;
  q->kind->answer_free(q->answer);
  g_clear_pointer(&q->waiters, g_ptr_array_unref);
  g_free(q->name);
  g_free(q->at);
  g_free(q);
}

static gsize question_length(const char *name, DnsType type) {
  return type == 0 ? strlen(name) : dns_name_length(name);
}

Question *net_table_find(const Net *net, const char *at, const char *name, DnsType type) {
  const Question key = {.name = (char *)name, .length = question_length(name, type), .at = (char *)at, .type = type};
  return g_hash_table_lookup(net->questions, &key);
}

void net_table_drop(Net *net, Question *q) {
  if (g_hash_table_lookup(net->questions, q) != q)
    return;
  if (q->kept != NULL)
    g_queue_delete_link(&net->answers, g_steal_pointer(&q->kept));
  g_hash_table_remove(net->questions, q);
}

Question *net_table_add(Net *net, const char *at, const char *name, DnsType type) {
  Question *q = g_new0(Question, 1);
  q->refs = 1;
  q->kind = type == 0 ? &talk_kind : &dns_kind;
  q->length = question_length(name, type);
  q->name = g_strndup(name, q->length);
  q->at = g_strdup(at);
  q->type = type;
  Question *old = g_hash_table_lookup(net->questions, q);
  if (old != NULL)
    net_table_drop(net, old);
  g_hash_table_add(net->questions, q);
  return q;
}

/* The question was used: it is the last to go. */
static void table_use(Net *net, Question *q) {
  if (net->most_answers == 0 || q->answer == NULL)
    return;
  if (q->kept != NULL)
    g_queue_unlink(&net->answers, q->kept);
  else
    q->kept = g_list_alloc();
  q->kept->data = q;
  g_queue_push_tail_link(&net->answers, q->kept);
}

void net_table_trim(Net *net, guint released) {
  /* Those that somebody holds are passed over, so that more are looked at than were let go. */
  for (guint left = MIN(2 * released + 16, net->answers.length);
       left > 0 && net->answers.length > net->most_answers; left--) {
    Question *q = net->answers.head->data;
    if (q->refs == 1)
      net_table_drop(net, q);
    else
      g_queue_push_tail_link(&net->answers, g_queue_pop_head_link(&net->answers));
  }
}

void net_keep_answers(Net *net, guint n) {
  net->most_answers = n;
}

/* --- answers arrive --- */

void net_question_settle(Net *net, Question *q, gpointer answer) {
  q->answer = answer;
  q->task = NULL;
  net->open--;
  table_use(net, q);
  for (guint i = 0; q->waiters != NULL && i < q->waiters->len; i++) {
    NetWaiter *waiter = g_ptr_array_index(q->waiters, i);
    waiter->open--;
    waiter->woken = TRUE;
  }
  g_clear_pointer(&q->waiters, g_ptr_array_unref);
}

static void question_done(gpointer user, gpointer owner, DnsAnswer *answer) {
  Net *net = user;
  net_hide(net, owner, answer);
  net_question_settle(net, owner, answer);
  net->answered++;
  net_say(net, owner);
  net_judge(net, owner);
}

void net_question_abandon(Net *net, Question *q) {
  q->kind->abandon(net, q);
  q->task = NULL;
  net->open--;
}

/* The answer of nobody. */
static void question_close(Question *q, DnsStatus status) {
  DnsAnswer *answer = dns_answer_new(q->name, q->type, status);
  answer->at = g_strdup(q->at);
  q->answer = answer;
}

static void question_begin(Net *net, Question *q) {
  DnsWireName wire;
  g_autofree char *revealed = net_reveal(net, q);
  const char *name = revealed != NULL ? revealed : q->name;
  if (!dns_wire_name(name, &wire)) {
    question_close(q, DNS_BAD_NAME);
    return;
  }
  if (net->live == NULL) {
    question_close(q, DNS_NOT_RECORDED);
    return;
  }
  q->live = q->at != NULL ? dns_direct_at(net->direct, q->at) : net->live;
  if (q->live == NULL || !dns_live_has_resolver(q->live)) {
    question_close(q, DNS_UNREACHABLE);
    net_say(net, q);
    return;
  }
  q->task = dns_live_ask(q->live, name, &wire, q->type, q);
  net->open++;
}

/* --- questions --- */

gboolean net_question_is_in_force(const Net *net, const Question *q) {
  return q != NULL && (!q->given_up || (net->waiter != NULL && g_hash_table_contains(net->waiter->own, q)));
}

gconstpointer net_question_hand_out(Net *net, Question *q) {
  if (q->unsaid) {
    q->unsaid = FALSE;
    net_say(net, q);
  }
  table_use(net, q);
  if (net->waiter == NULL) {
    q->unattended = TRUE;
    return q->answer;
  }
  net_waiter_add(net->waiter, q);
  return net_waiter_own_answer(net->waiter, q);
}

static const DnsAnswer *ask(Net *net, const char *at, const char *name, DnsType type) {
  Question *q = net_table_find(net, at, name, type);
  if (!net_question_is_in_force(net, q)) {
    q = net_table_add(net, at, name, type);
    question_begin(net, q);
  }
  return net_question_hand_out(net, q);
}

const DnsAnswer *net_dns(Net *net, const char *name, DnsType type) {
  return ask(net, NULL, name, type);
}

const DnsAnswer *net_dns_at(Net *net, const char *server, const char *name, DnsType type) {
  return ask(net, server, name, type);
}

static void free_dns(gpointer answer) {
  dns_answer_free(answer);
}

static void abandon_dns(Net *net, Question *q) {
  (void)net;
  dns_live_abandon(q->live, q->task);
}

static gpointer cancelled_dns(const Net *net, const Question *q) {
  DnsAnswer *answer = dns_task_cancelled(q->task);
  net_hide(net, q, answer);
  return answer;
}

static char *line_of_dns(gconstpointer answer, const char *nonce) {
  return net_recording_line(answer, nonce);
}

const QuestionKind dns_kind = {free_dns, abandon_dns, cancelled_dns, line_of_dns};

const DnsAnswer *net_dns_ahead(Net *net, const char *name, DnsType type) {
  gboolean waits = net->live != NULL && dns_live_is_busy(net->live) && net_table_find(net, NULL, name, type) == NULL;
  return waits ? NULL : net_dns(net, name, type);
}

gboolean net_dns_progress(const Net *net, const char *name, DnsType type, NetProgress *progress) {
  const Question *q = net_table_find(net, NULL, name, type);
  if (q == NULL || q->task == NULL)
    return FALSE;
  dns_task_progress(q->task, q->live, progress);
  return TRUE;
}

guint net_open(const Net *net) {
  return net->open;
}

guint net_waiting(const Net *net) {
  return net->live != NULL ? dns_live_waiting(net->live) + dns_direct_waiting(net->direct) : 0;
}

void net_restart_deadlines(Net *net) {
  if (net->live != NULL) {
    dns_live_restart(net->live);
    dns_direct_restart(net->direct);
  }
  if (net->transfers != NULL)
    net->talks->restart(net->transfers);
}

/* --- the loop --- */

/* Sleeps until a descriptor is ready or `until` (monotonic microseconds).  TRUE: one of `extra` is ready, or a
 * signal came.
 *
 * The one place where the program waits: the descriptors of c-ares, of libcurl (by its socket interface, so that it is
 * not loaded before somebody needs it) and the caller's are in one array. */
static gboolean net_wait(Net *net, struct pollfd *extra, guint n, gint64 until) {
  guint own = net->fds->len;
  gint64 left = until == G_MAXINT64 ? -1 : MAX(until - g_get_monotonic_time(), 0);
  gboolean woken = FALSE;
  if (n > 0)
    g_array_append_vals(net->fds, extra, n);
  struct pollfd *fds = (struct pollfd *)(void *)net->fds->data;
  for (guint i = 0; i < net->fds->len; i++)
    fds[i].revents = 0;
  /* Rounded up: waking too early would only mean to sleep again. */
  int ready = poll(fds, net->fds->len, left < 0 ? -1 : (int)MIN((left + 999) / 1000, G_MAXINT));
  if (ready < 0)
    woken = errno == EINTR;
  for (guint i = 0; i < n; i++) {
    extra[i].revents = ready > 0 ? fds[own + i].revents : 0;
    woken = woken || extra[i].revents != 0;
  }
  g_array_set_size(net->fds, own);
  return woken;
}

guint net_turn(Net *net, struct pollfd *extra, guint n, int timeout_ms) {
  gint64 end = timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time() + timeout_ms * G_GINT64_CONSTANT(1000);
  gboolean woken = FALSE;
  net->answered = 0;
  /* Nothing could ever wake us. */
  if (net->open == 0 && n == 0 && timeout_ms < 0)
    return 0;
  do {
    g_array_set_size(net->fds, 0);
    guint resolvers = 0, direct = 0;
    gint64 due = G_MAXINT64;
    if (net->live != NULL) {
      due = dns_live_prepare(net->live, net->fds);
      resolvers = net->fds->len;
      due = MIN(due, dns_direct_prepare(net->direct, net->fds));
      direct = net->fds->len;
    }
    if (net->transfers != NULL)
      due = MIN(due, net->talks->prepare(net->transfers, net->fds));
    woken = net_wait(net, extra, n, MIN(end, due));
    const struct pollfd *fds = (const struct pollfd *)(void *)net->fds->data;
    if (net->live != NULL) {
      dns_live_process(net->live, fds, resolvers);
      dns_direct_process(net->direct, fds + resolvers, direct - resolvers);
    }
    if (net->transfers != NULL)
      net->talks->process(net->transfers, fds + direct, net->fds->len - direct);
  } while (net->answered == 0 && !woken && g_get_monotonic_time() < end);
  return net->answered;
}

/* --- the net --- */

Net *net_new(void) {
  Net *net = g_new0(Net, 1);
  net->questions = g_hash_table_new_full(question_hash, question_equal, NULL, (GDestroyNotify)net_question_unref);
  net->fds = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
  net->sinks = g_array_new(FALSE, FALSE, sizeof(Sink));
  net->recorders = g_ptr_array_new_with_free_func(net_recorder_free);
  return net;
}

static void make_nonce(Net *net) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  guint8 random[NONCE_LENGTH];
  while (getrandom(random, sizeof random, 0) != (gssize)sizeof random)
    continue;
  for (guint i = 0; i < NONCE_LENGTH; i++)
    net->nonce[i] = letters[random[i] % 32];
}

Net *net_live_new(const NetOptions *options, GError **error) {
  g_autoptr(Net) net = net_new();
  make_nonce(net);
  net->ca_file = g_strdup(options->ca_file);
  net->live = dns_live_new(options, question_done, net, error);
  if (net->live == NULL)
    return NULL;
  net->direct = dns_direct_new(options, dns_live_timeout_ms(net->live), question_done, net);
  return g_steal_pointer(&net);
}

typedef struct Kept {
  gpointer data;
  GDestroyNotify destroy;
} Kept;

static void kept_free(gpointer data) {
  Kept *kept = data;
  if (kept->data != NULL && kept->destroy != NULL)
    kept->destroy(kept->data);
  g_free(kept);
}

void net_keep(Net *net, const char *key, gpointer data, GDestroyNotify destroy) {
  Kept *kept = g_new(Kept, 1);
  *kept = (Kept){data, destroy};
  if (net->kept == NULL)
    net->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
  g_hash_table_replace(net->kept, g_strdup(key), kept);
}

gpointer const *net_kept(const Net *net, const char *key) {
  const Kept *kept = net->kept != NULL ? g_hash_table_lookup(net->kept, key) : NULL;
  return kept != NULL ? &kept->data : NULL;
}

void net_free(Net *net) {
  if (net == NULL)
    return;
  g_clear_pointer(&net->kept, g_hash_table_unref);
  g_clear_pointer(&net->invented, g_hash_table_unref);
  g_clear_pointer(&net->secrets, g_ptr_array_unref);
  if (net->transfers != NULL)
    net->talks->free(net->transfers);
  g_free(net->ca_file);
  g_clear_pointer(&net->live, dns_live_free);
  g_clear_pointer(&net->direct, dns_direct_free);
  g_queue_clear(&net->answers);
  g_hash_table_unref(net->questions);
  g_ptr_array_unref(net->recorders);
  g_array_unref(net->sinks);
  g_array_unref(net->fds);
  g_free(net->resolvers);
  g_free(net);
}

gboolean net_is_live(const Net *net) {
  return net->live != NULL;
}

guint net_timeout_ms(const Net *net) {
  return net->live != NULL ? dns_live_timeout_ms(net->live) : 0;
}

const char *net_resolvers(const Net *net) {
  if (net->live != NULL)
    return dns_live_resolvers(net->live);
  return net->resolvers != NULL ? net->resolvers : "none";
}

const char *net_nonce(const Net *net) {
  return net->nonce;
}
