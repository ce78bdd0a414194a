/* Resolvers that answer for names that do not exist, most often with the address of a search page. */
#include "net/net_private.h"

#include <string.h>

static char *nonce_name(const Net *net) {
  return g_strconcat(net_nonce(net), ".invalid", NULL);
}

const DnsAnswer *net_ask_nonce(Net *net) {
  g_autofree char *name = nonce_name(net);
  return net_dns(net, name, DNS_A);
}

static gboolean is_nonce(const Net *net, const Question *q) {
  g_autofree char *name = nonce_name(net);
  return q->length == strlen(name) && g_ascii_strncasecmp(q->name, name, q->length) == 0;
}

/* TRUE if all of its addresses are given for names that do not exist, too. */
static gboolean is_invented(const Net *net, const DnsAnswer *answer) {
  guint n = dns_answer_count(answer);
  for (guint i = 0; i < n; i++)
    if (!g_hash_table_contains(net->invented, dns_answer_record(answer, i)->value))
      return FALSE;
  return n > 0;
}

/* What is asked of a name server itself does not come from the resolver. */
static gboolean is_from_resolver(const Question *q) {
  return q->type == DNS_A && q->at == NULL && q->answer != NULL && ((const DnsAnswer *)q->answer)->status == DNS_OK;
}

static void judge(const Net *net, Question *q) {
  DnsAnswer *answer = q->answer;
  if (is_from_resolver(q) && !is_nonce(net, q) && is_invented(net, answer))
    answer->status = DNS_INVENTED;
}

static void learn(Net *net, const DnsAnswer *nonce) {
  GHashTableIter iter;
  gpointer q;
  net->invented = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < dns_answer_count(nonce); i++)
    g_hash_table_add(net->invented, g_strdup(dns_answer_record(nonce, i)->value));
  g_hash_table_iter_init(&iter, net->questions);
  while (g_hash_table_iter_next(&iter, &q, NULL))
    judge(net, q);
}

void net_judge(Net *net, Question *q) {
  if (!is_from_resolver(q))
    return;
  if (net->invented == NULL && is_nonce(net, q))
    learn(net, q->answer);
  else if (net->invented != NULL)
    judge(net, q);
}
