/* Talks through talk.h and prints what a recording would hold: what the scripts here look at.
 *
 *   talk [-t TIMEOUT_MS] [-c CA] [-p PORT] [-a ADDRESS,...] [-P PATH] [-m MAX_BODY] [-T none|need] [-u USER -w PASSWORD]
 *        [-x STOP_AFTER_MS] [-n TIMES] SCHEME HOST [COMMAND...]
 *
 * -x: does not wait any longer after so many ms.  -n: the same again so many times; the last answer is printed.  Ends with
 * a line "# X ms, descriptors A B": how many were open after the first talk and at the end. */
#include "net/net_recording.h"

#include <stdio.h>
#include <string.h>

static TalkScheme scheme_of(const char *word) {
  for (int i = TALK_HTTPS; i <= TALK_POP3S; i++)
    if (strcmp(talk_scheme_word((TalkScheme)i), word) == 0)
      return (TalkScheme)i;
  g_error("no scheme: %s", word);
}

/* Even a talk that is not to be recorded: without its password. */
static void print_answer(const Net *net, const TalkAnswer *answer) {
  g_autofree char *line = net_recording_talk(answer, net_nonce(net));
  puts(line);
}

static guint open_descriptors(void) {
  g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
  guint n = 0;
  while (dir != NULL && g_dir_read_name(dir) != NULL)
    n++;
  return n;
}

static const TalkAnswer *talk(Net *net, const TalkRequest *request, NetWaiter *waiter, int stop) {
  gint64 begin = g_get_monotonic_time();
  const TalkAnswer *answer;
  while ((answer = net_talk(net, request)) == NULL) {
    gint64 left = stop >= 0 ? stop - (g_get_monotonic_time() - begin) / 1000 : -1;
    if (stop >= 0 && left <= 0)
      net_waiter_cancel(waiter);
    else
      net_turn(net, NULL, 0, (int)left);
  }
  return answer;
}

int main(int argc, char **argv) {
  g_autofree char *ca = NULL, *addresses = NULL, *path = NULL, *user = NULL, *password = NULL, *tls = NULL;
  int timeout = 0, port = 0, max_body = 0, stop = -1, times = 1;
  g_auto(GStrv) words = NULL;
  const GOptionEntry entries[] = {
      {"timeout", 't', 0, G_OPTION_ARG_INT, &timeout, NULL, NULL},
      {"ca", 'c', 0, G_OPTION_ARG_STRING, &ca, NULL, NULL},
      {"port", 'p', 0, G_OPTION_ARG_INT, &port, NULL, NULL},
      {"address", 'a', 0, G_OPTION_ARG_STRING, &addresses, NULL, NULL},
      {"path", 'P', 0, G_OPTION_ARG_STRING, &path, NULL, NULL},
      {"max", 'm', 0, G_OPTION_ARG_INT, &max_body, NULL, NULL},
      {"tls", 'T', 0, G_OPTION_ARG_STRING, &tls, NULL, NULL},
      {"user", 'u', 0, G_OPTION_ARG_STRING, &user, NULL, NULL},
      {"password", 'w', 0, G_OPTION_ARG_STRING, &password, NULL, NULL},
      {"stop", 'x', 0, G_OPTION_ARG_INT, &stop, NULL, NULL},
      {"times", 'n', 0, G_OPTION_ARG_INT, &times, NULL, NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL},
      {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error) || words == NULL || g_strv_length(words) < 2)
    g_error("%s", error != NULL ? error->message : "SCHEME HOST");

  const NetOptions options = {.resolver = "127.0.0.1", .timeout_ms = (guint)timeout, .ca_file = ca};
  g_autoptr(Net) net = net_live_new(&options, &error);
  g_auto(GStrv) list = g_strsplit(addresses != NULL ? addresses : "127.0.0.1", ",", -1);
  const TalkRequest request = {
      .scheme = scheme_of(words[0]),
      .host = words[1],
      .port = (guint16)port,
      .addresses = (const char *const *)list,
      .path = path,
      .max_body = (gsize)max_body,
      .helo = "pc.example.net",
      .tls = g_strcmp0(tls, "none") == 0 ? TALK_TLS_NONE : g_strcmp0(tls, "need") == 0 ? TALK_TLS_NEED : TALK_TLS_TRY,
      .user = user,
      .password = password,
      .commands = (const char *const *)words + 2,
  };
  g_autoptr(NetWaiter) waiter = net_waiter_new(net);
  gint64 begin = g_get_monotonic_time();
  net_set_waiter(net, waiter);
  const TalkAnswer *answer = talk(net, &request, waiter, stop);
  guint first = open_descriptors();
  while (--times > 0) {
    net_waiter_forget(waiter);
    answer = talk(net, &request, waiter, stop);
  }
  print_answer(net, answer);
  printf("# %.1f ms, descriptors %u %u\n", (double)(g_get_monotonic_time() - begin) / 1000, first, open_descriptors());
  net_set_waiter(net, NULL);
  return 0;
}
