/* Asks questions through net.h and prints what a recording would hold: what the scripts here look at.
 *
 *   ask [-r RESOLVER] [-t TIMEOUT_MS] [-i IDLE_MS] [-p PORT] ["NAME TYPE" | "ADDRESS NAME TYPE" ...]
 *
 * With an address that name server is asked itself (net_dns_at()), at PORT.
 *
 * Without questions they are read from standard input, one a line.  Ends with a line "# N answers, X ms, T turns".  -i:
 * looks on for so long after the last answer. */
#include "net/dns_answer.h"
#include "net/net.h"

#include <stdio.h>
#include <string.h>

static void print_line(const char *line, gpointer user) {
  (void)user;
  puts(line);
}

static GPtrArray *read_questions(char **words) {
  GPtrArray *questions = g_ptr_array_new_with_free_func(g_free);
  char line[2048];
  for (; words != NULL && *words != NULL; words++)
    g_ptr_array_add(questions, g_strdup(*words));
  while (words == NULL && fgets(line, sizeof line, stdin) != NULL)
    g_ptr_array_add(questions, g_strdup(g_strstrip(line)));
  return questions;
}

static gboolean ask(Net *net, const char *question) {
  const char *blank = strrchr(question, ' ');
  DnsType type;
  if (blank == NULL || !dns_type_from_word(blank + 1, &type))
    return FALSE;
  g_autofree char *name = g_strndup(question, (gsize)(blank - question));
  char *first = strchr(name, ' ');
  if (first == NULL) {
    net_dns(net, name, type);
    return TRUE;
  }
  *first = '\0';
  net_dns_at(net, name, first + 1, type);
  return TRUE;
}

int main(int argc, char **argv) {
  g_autofree char *resolver = NULL;
  int timeout = 0, idle = 0, port = 0;
  g_auto(GStrv) words = NULL;
  const GOptionEntry entries[] = {
      {"resolver", 'r', 0, G_OPTION_ARG_STRING, &resolver, NULL, NULL},
      {"timeout", 't', 0, G_OPTION_ARG_INT, &timeout, NULL, NULL},
      {"port", 'p', 0, G_OPTION_ARG_INT, &port, NULL, NULL},
      {"idle", 'i', 0, G_OPTION_ARG_INT, &idle, NULL, NULL},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &words, NULL, NULL},
      {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error))
    g_error("%s", error->message);

  g_autoptr(GPtrArray) questions = read_questions(words);
  const NetOptions options = {.resolver = resolver, .timeout_ms = (guint)timeout, .dns_port = (guint16)port};
  g_autoptr(Net) net = net_live_new(&options, &error);
  if (net == NULL) {
    fprintf(stderr, "%s\n", error->message);
    return 2;
  }
  net_add_sink(net, print_line, NULL);
  gint64 begin = g_get_monotonic_time();
  guint answers = 0, turns = 0;
  for (guint i = 0; i < questions->len; i++)
    if (!ask(net, g_ptr_array_index(questions, i)))
      g_error("no question: %s", (char *)g_ptr_array_index(questions, i));
  for (; net_open(net) > 0; turns++)
    answers += net_turn(net, NULL, 0, -1);
  printf("# %u answers, %.1f ms, %u turns\n", answers, (double)(g_get_monotonic_time() - begin) / 1000, turns);
  fflush(stdout);
  if (idle > 0)
    net_turn(net, NULL, 0, idle);
  return 0;
}
