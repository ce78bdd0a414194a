/* The recording: what is written as answers arrive, and read again for replay. */
#include "net/net_private.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "net/net_recording.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Octets of a recording: ten times as many as the longest runs make. */
#define MAX_RECORDING (256u << 20)

/* --- writing --- */

void net_say(Net *net, const Question *q) {
  g_autofree char *line = net->sinks->len > 0 ? q->kind->line(q->answer, net->nonce) : NULL;
  for (guint i = 0; line != NULL && i < net->sinks->len; i++) {
    const Sink *sink = &g_array_index(net->sinks, Sink, i);
    sink->call(line, sink->user);
  }
}

void net_add_sink(Net *net, NetSink call, gpointer user) {
  const Sink sink = {call, user};
  g_autofree char *header = net_recording_header(net_resolvers(net));
  g_array_append_val(net->sinks, sink);
  call(header, user);
}

/* A file that every line is appended to. */
typedef struct Recorder {
  int fd;
  int fault; /* errno of the first line that is not whole in it; nothing is written behind that */
} Recorder;

void net_recorder_free(gpointer data) {
  Recorder *recorder = data;
  close(recorder->fd);
  g_free(recorder);
}

static void write_line(const char *line, gpointer user) {
  Recorder *recorder = user;
  g_autofree char *text = g_strconcat(line, "\n", NULL);
  if (recorder->fault == 0)
    recorder->fault = file_write(recorder->fd, text, strlen(text));
}

gboolean net_record(Net *net, const char *path, GError **error) {
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    int code = errno;
    failure_set(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
                message_new(N_("{path} could not be written: {why}. Choose another folder."), "path", path, "why",
                            failure_words(code), NULL));
    return FALSE;
  }
  Recorder *recorder = g_new0(Recorder, 1);
  recorder->fd = fd;
  g_ptr_array_add(net->recorders, recorder);
  net_add_sink(net, write_line, recorder);
  return TRUE;
}

int net_record_fault(const Net *net) {
  int fault = 0;
  for (guint i = 0; fault == 0 && i < net->recorders->len; i++)
    fault = ((const Recorder *)g_ptr_array_index(net->recorders, i))->fault;
  return fault;
}

/* --- reading --- */

static void preload_answer(Net *net, const Question *of, gpointer answer) {
  Question *q = net_table_find(net, of->at, of->name, of->type);
  if (q != NULL && q->answer == NULL) {
    q->kind->abandon(net, q);
    net_question_settle(net, q, answer);
    net_judge(net, q);
    return;
  }
  q = net_table_add(net, of->at, of->name, of->type);
  q->answer = answer;
  net_judge(net, q);
  q->unsaid = net->live == NULL;
}

static gboolean preload(Net *net, const char *line, gsize length, GError **error) {
  NetRecorded recorded;
  if (!net_recording_parse(line, length, net->nonce, &recorded, error))
    return FALSE;
  if (recorded.answer != NULL)
    preload_answer(net, &(Question){.at = recorded.answer->at, .name = recorded.answer->name, .type = recorded.answer->type},
                   recorded.answer);
  if (recorded.talk != NULL)
    preload_answer(net, &(Question){.name = recorded.talk->key}, recorded.talk);
  if (recorded.resolvers != NULL) {
    g_free(net->resolvers);
    net->resolvers = recorded.resolvers;
  }
  return TRUE;
}

gboolean net_preload(Net *net, const char *line, GError **error) {
  return preload(net, line, strlen(line), error);
}

static gboolean load_file(Net *net, const char *path, GError **error) {
  g_autofree char *text = NULL;
  gsize length;
  guint number = 0;
  int fault = 0;
  if ((text = file_load(path, MAX_RECORDING + 1, &length)) == NULL)
    fault = errno;
  else if (length > MAX_RECORDING)
    fault = EFBIG;
  if (fault != 0) {
    failure_set(error, G_FILE_ERROR, (int)g_file_error_from_errno(fault),
                message_new(N_("{path} cannot be read: {why}"), "path", path, "why", failure_words(fault), NULL));
    return FALSE;
  }
  for (const char *line = text, *end = text + length; line < end;) {
    g_autoptr(GError) wrong = NULL;
    const char *lf = memchr(line, '\n', (gsize)(end - line));
    const char *stop = lf != NULL ? lf : end;
    number++;
    /* A crash cuts the last line off in the middle: no brace, no line feed. */
    gboolean cut = lf == NULL && line < stop && stop[-1] != '}';
    if (!preload(net, line, (gsize)(stop - line), &wrong) && !cut) {
      g_set_error(error, NET_ERROR, NET_ERROR_RECORDING, "%s:%u: %s", path, number, wrong->message);
      return FALSE;
    }
    line = stop + 1;
  }
  return TRUE;
}

Net *net_replay_new(const char *path, GError **error) {
  g_autoptr(Net) net = net_new();
  g_strlcpy(net->nonce, NET_RECORDED_NONCE, sizeof net->nonce);
  return path == NULL || load_file(net, path, error) ? g_steal_pointer(&net) : NULL;
}
