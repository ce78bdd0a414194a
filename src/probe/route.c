#include "probe/route.h"

/* A resolver that answers with FORMERR, NOTIMP or garbage has failed as one that says SERVFAIL. */
static const struct {
  DnsStatus status;
  const char *word;
} unknown_words[] = {
    {DNS_TIMEOUT, "timeout"}, {DNS_SERVFAIL, "servfail"}, {DNS_REFUSED, "refused"},         {DNS_FORMERR, "servfail"},
    {DNS_NOTIMP, "servfail"}, {DNS_GARBAGE, "servfail"},  {DNS_UNREACHABLE, "unreachable"}, {DNS_BAD_NAME, "bad_name"},
    {DNS_INVENTED, "servfail"},
};

const char *route_unknown_word(DnsStatus status) {
  for (guint i = 0; i < G_N_ELEMENTS(unknown_words); i++)
    if (unknown_words[i].status == status)
      return unknown_words[i].word;
  return NULL;
}

gboolean route_is_null_mx(const DnsAnswer *mx) {
  guint n = dns_answer_count(mx);
  for (guint i = 0; i < n; i++)
    if (!g_str_equal(dns_answer_record(mx, i)->value, "."))
      return FALSE;
  return mx->status == DNS_OK && n > 0;
}

/* Of one preference in the order of the answer: resolvers turn it round (RFC 5321 s5.1). */
static int by_preference(gconstpointer a, gconstpointer b) {
  const DnsRecord *x = *(const DnsRecord *const *)a, *y = *(const DnsRecord *const *)b;
  return x->preference != y->preference ? x->preference - y->preference : (x > y) - (x < y);
}

GPtrArray *route_servers(const DnsAnswer *mx) {
  GPtrArray *servers = g_ptr_array_new();
  guint n = dns_answer_count(mx);
  for (guint i = 0; i < n; i++)
    if (!g_str_equal(dns_answer_record(mx, i)->value, "."))
      g_ptr_array_add(servers, (gpointer)dns_answer_record(mx, i));
  g_ptr_array_sort(servers, by_preference);
  return servers;
}

static void decide(Route *route, RouteKind kind, const char *word, const DnsAnswer *decisive) {
  route->kind = kind;
  route->word = word;
  route->decisive = decisive;
}

/* No MX: RFC 5321 s5.1 takes the name's own addresses, if it has any. */
static void judge_addresses(Route *route) {
  const DnsAnswer *both[] = {route->a, route->aaaa};
  for (guint i = 0; i < 2; i++)
    if (both[i] != NULL && both[i]->status == DNS_OK && dns_answer_count(both[i]) > 0) {
      decide(route, ROUTE_IMPLICIT, "implicit", both[i]);
      return;
    }
  if (route->a == NULL || route->aaaa == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    if (dns_is_unknown(both[i]->status)) {
      decide(route, ROUTE_UNKNOWN, route_unknown_word(both[i]->status), both[i]);
      return;
    }
  decide(route, ROUTE_NO_DATA, "no_data", route->mx);
}

/* The name at the end of the aliases, or NULL. */
static const char *alias_end(const DnsAnswer *answer) {
  const char *name = NULL;
  for (guint i = 0; i < answer->n_records; i++)
    if (answer->records[i].type == DNS_CNAME)
      name = answer->records[i].value;
  return name;
}

static gboolean lacks_mx(const DnsAnswer *mx) {
  return mx->status == DNS_NODATA || (mx->status == DNS_OK && dns_answer_count(mx) == 0);
}

/* Without an MX its own addresses are needed; most domains have one, so that among many they are not asked for ahead. */
static void ask_addresses(Net *net, const char *domain, Route *route) {
  if (route->mx != NULL && !lacks_mx(route->mx))
    return;
  const DnsAnswer *(*ask)(Net *, const char *, DnsType) = route->mx != NULL ? net_dns : net_dns_ahead;
  route->a = ask(net, domain, DNS_A);
  route->aaaa = ask(net, domain, DNS_AAAA);
}

Route route_ask(Net *net, const char *domain) {
  Route route = {.mx = net_dns(net, domain, DNS_MX)};
  ask_addresses(net, domain, &route);
  if (route.mx == NULL)
    return route;
  route.alias = alias_end(route.mx);
  if (route.mx->status == DNS_NXDOMAIN && route.alias != NULL) /* RFC 6604 s3: said of the end of the chain */
    decide(&route, ROUTE_DANGLING, "nxdomain", route.mx);
  else if (route.mx->status == DNS_NXDOMAIN)
    decide(&route, ROUTE_NXDOMAIN, "nxdomain", route.mx);
  else if (dns_is_unknown(route.mx->status))
    decide(&route, ROUTE_UNKNOWN, route_unknown_word(route.mx->status), route.mx);
  else if (route_is_null_mx(route.mx))
    decide(&route, ROUTE_NULL_MX, "null_mx", route.mx);
  else if (route.mx->status == DNS_OK && dns_answer_count(route.mx) > 0)
    decide(&route, ROUTE_MX, "ok", route.mx);
  else
    judge_addresses(&route);
  return route;
}
