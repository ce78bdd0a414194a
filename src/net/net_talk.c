/* Talks in the table of questions: the door for whole conversations. */
#include "net/net_private.h"

#include "base/module.h"
#include "net/net_recording.h"

static void free_talk(gpointer answer) {
  talk_answer_free(answer);
}

static void abandon_talk(Net *net, Question *q) {
  net->talks->abandon(net->transfers, q->task);
}

static gpointer cancelled_talk(const Net *net, const Question *q) {
  TalkAnswer *answer = talk_answer_copy(net->talks->so_far(q->task));
  answer->status = TALK_CANCELLED;
  answer->elapsed_ms = (guint)(MAX(g_get_real_time() - answer->asked_at, 0) / 1000);
  return answer;
}

static char *line_of_talk(gconstpointer data, const char *nonce) {
  const TalkAnswer *answer = data;
  return answer->secret ? NULL : net_recording_talk(answer, nonce);
}

const QuestionKind talk_kind = {free_talk, abandon_talk, cancelled_talk, line_of_talk};

static void talk_done(gpointer user, gpointer owner, TalkAnswer *answer) {
  Net *net = user;
  net_question_settle(net, owner, answer);
  net->answered++;
  net_say(net, owner);
}

/* NULL, or why nobody can talk. */
static char *load(Net *net) {
  g_autoptr(GError) error = NULL;
  TransferFind find = (TransferFind)module_find("transfer", TRANSFER_SYMBOL, &error);
  if (find == NULL)
    return g_strdup(error->message);
  const TransferSettings settings = {net_timeout_ms(net), net->ca_file, talk_done, net};
  net->talks = find();
  net->transfers = net->talks->new (&settings);
  return net->transfers != NULL ? NULL : g_strdup("libcurl");
}

static void set_failed(Net *net, Question *q, const TalkRequest *request, TalkStatus status, const char *why) {
  g_autofree char *key = talk_key(request, NULL);
  TalkAnswer *answer = talk_answer_new(key, status);
  answer->secret = request->secret || request->user != NULL;
  answer->error = g_strdup(why);
  answer->asked_at = g_get_real_time();
  q->answer = answer;
  if (net->live != NULL)
    net_say(net, q);
}

/* A line feed in what is sent would be a command of its own: addresses out of bounces, names out of the DNS. */
static gboolean is_one_line(const char *text) {
  for (; text != NULL && *text != '\0'; text++)
    if ((guchar)*text < ' ' || *text == 0x7F)
      return FALSE;
  return TRUE;
}

static gboolean is_clean(const TalkRequest *request) {
  const char *const texts[] = {request->host, request->path, request->accept,
                               request->helo, request->user, request->password};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    if (!is_one_line(texts[i]))
      return FALSE;
  for (guint i = 0; request->commands != NULL && request->commands[i] != NULL; i++)
    if (!is_one_line(request->commands[i]))
      return FALSE;
  return TRUE;
}

static void question_begin(Net *net, Question *q, const TalkRequest *request) {
  if (net->live == NULL) {
    set_failed(net, q, request, TALK_NOT_RECORDED, NULL);
    return;
  }
  if (!is_clean(request)) {
    set_failed(net, q, request, TALK_FAILED, "a control character in what would be sent");
    return;
  }
  if (request->addresses == NULL || request->addresses[0] == NULL) {
    set_failed(net, q, request, TALK_FAILED, NULL);
    return;
  }
  g_autofree char *why = net->transfers == NULL ? load(net) : NULL;
  if (why != NULL) {
    set_failed(net, q, request, TALK_FAILED, why);
    return;
  }
  g_autofree char *key = talk_key(request, NULL);
  q->task = net->talks->ask(net->transfers, request, key, q);
  net->open++;
}

/* In a recording nobody knows the password. */
static char *key_of(const Net *net, const TalkRequest *request) {
  return talk_key(request, net->live != NULL ? net->nonce : NULL);
}

const TalkAnswer *net_talk(Net *net, const TalkRequest *request) {
  g_autofree char *key = key_of(net, request);
  Question *q = net_table_find(net, NULL, key, 0);
  if (!net_question_is_in_force(net, q)) {
    q = net_table_add(net, NULL, key, 0);
    question_begin(net, q, request);
  }
  return net_question_hand_out(net, q);
}

const TalkAnswer *net_talk_so_far(const Net *net, const TalkRequest *request) {
  g_autofree char *key = key_of(net, request);
  const Question *q = net_table_find(net, NULL, key, 0);
  return q != NULL && q->task != NULL ? net->talks->so_far(q->task) : NULL;
}
