#include "probe/delegation_look.h"

#include "mail/ip.h"

#include <string.h>

/* Levels of a name that are looked at, name servers of a domain, addresses of a name server, servers of the parent. */
#define MAX_LEVELS 16
#define MAX_SERVERS 13
#define MAX_ADDRESSES 2
#define MAX_PARENTS 2

static const DnsAnswer *note(DelegationLook *look, const DnsAnswer *answer) {
  look->asked++;
  look->open += answer == NULL;
  return answer;
}

static const DnsAnswer *ask(DelegationLook *look, const char *name, DnsType type) {
  return note(look, net_dns(look->net, name, type));
}

static gboolean has_records(const DnsAnswer *answer) {
  return answer != NULL && answer->status == DNS_OK && !dns_answer_is_alias(answer);
}

/* --- where the zone begins --- */

/* The zone of the domain is the lowest name on the way up that has name servers, the parent the next above it.  All
 * levels are asked at once.  Where a level could not be told, and nothing below it, the zone is taken to begin there:
 * that is what a broken delegation looks like. */
static gboolean find_zone(DelegationLook *look) {
  const char *names[MAX_LEVELS];
  const DnsAnswer *answers[MAX_LEVELS];
  guint n = 0, missing = 0;
  gboolean guessed = FALSE;
  for (const char *p = look->domain + strlen(look->domain); p > look->domain && n < MAX_LEVELS; p--)
    if (p[-1] == '.' && *p != '\0')
      names[n++] = p;
  if (n < MAX_LEVELS)
    names[n++] = look->domain;
  for (guint i = 0; i < n; i++) {
    answers[i] = ask(look, names[i], DNS_NS);
    missing += answers[i] == NULL;
  }
  if (missing > 0)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    gboolean found = has_records(answers[i]);
    if (!found && (guessed || !dns_is_unknown(answers[i]->status)))
      continue;
    look->parent = guessed ? NULL : look->zone;
    look->zone = names[i];
    look->ns = answers[i];
    guessed = !found;
  }
  return look->zone != NULL;
}

/* --- the servers --- */

static NsServer *add_server(DelegationLook *look, const char *name) {
  for (guint i = 0; i < look->servers->len; i++) {
    NsServer *server = g_ptr_array_index(look->servers, i);
    if (g_ascii_strcasecmp(server->name, name) == 0)
      return server;
  }
  if (look->servers->len == MAX_SERVERS)
    return NULL;
  NsServer *server = g_new0(NsServer, 1);
  server->name = name;
  server->addresses = g_ptr_array_new();
  g_ptr_array_add(look->servers, server);
  return server;
}

static void server_free(gpointer data) {
  NsServer *server = data;
  g_ptr_array_unref(server->addresses);
  g_free(server->answer);
  g_free(server);
}

static void add_address(NsServer *server, const DnsRecord *record) {
  for (guint i = 0; i < server->addresses->len; i++)
    if (g_str_equal(g_ptr_array_index(server->addresses, i), record->value))
      return;
  if (server->addresses->len < MAX_ADDRESSES)
    g_ptr_array_add(server->addresses, record->value);
}

static void add_addresses(NsServer *server, const DnsAnswer *answer) {
  for (guint i = 0; answer != NULL && answer->status == DNS_OK && i < dns_answer_count(answer); i++)
    add_address(server, dns_answer_record(answer, i));
}

/* Addresses that the parent gives for servers inside the zone: the only ones there are when the zone is broken, or when
 * our resolver still asks the servers that the zone had before. */
static void add_glue(const DelegationLook *look, NsServer *server) {
  for (guint i = 0; look->delegation != NULL && i < look->delegation->n_beside; i++) {
    const DnsRecord *record = &look->delegation->beside[i];
    if (record->type == DNS_A && g_ascii_strcasecmp(record->owner, server->name) == 0)
      add_address(server, record);
  }
}

/* IPv4 first: whether our side has IPv6 says nothing about theirs. */
static void ask_addresses(DelegationLook *look, NsServer *server) {
  /* Where the domain's own servers tell our resolver nothing, it cannot tell their addresses either: the parent's are at hand,
   * and nobody has to wait for that. */
  if (dns_is_unknown(look->ns->status))
    add_glue(look, server);
  if (server->addresses->len > 0)
    return;
  server->a = ask(look, server->name, DNS_A);
  if (server->a == NULL)
    return;
  add_addresses(server, server->a);
  if (server->addresses->len == 0)
    add_glue(look, server);
  if (server->addresses->len > 0)
    return;
  server->aaaa = ask(look, server->name, DNS_AAAA);
  add_addresses(server, server->aaaa);
}

/* --- the parent --- */

const DnsRecord *delegation_records(const DnsAnswer *delegation, guint *n) {
  gboolean own = delegation->status == DNS_OK;
  *n = own ? delegation->n_records : delegation->n_beside;
  return own ? delegation->records : delegation->beside;
}

static ParentSays judge_parent(const DnsAnswer *answer, const char *zone) {
  guint n;
  const DnsRecord *records = delegation_records(answer, &n);
  if (answer->authoritative && dns_is_absent(answer->status))
    return PARENT_KNOWS_NONE;
  /* A referral is not authoritative (RFC 1034 s4.3.2); a resolver in between would say that it resolves (RA). */
  if (answer->recursive || (answer->status != DNS_REFUSED && answer->status != DNS_OK))
    return PARENT_SILENT;
  for (guint i = 0; i < n; i++)
    if (records[i].type == DNS_NS && g_ascii_strcasecmp(records[i].owner, zone) == 0)
      return PARENT_NAMES;
  return PARENT_SILENT;
}

/* One server of the parent: FALSE while its answer is not there. */
static gboolean ask_parent_at(DelegationLook *look, const char *server) {
  const DnsAnswer *a = ask(look, server, DNS_A);
  const DnsRecord *first = has_records(a) ? dns_answer_record(a, 0) : NULL;
  const DnsAnswer *answer = first != NULL ? note(look, net_dns_at(look->net, first->value, look->zone, DNS_NS)) : NULL;
  if (a == NULL || (first != NULL && answer == NULL))
    return FALSE;
  if (answer == NULL)
    return TRUE;
  ParentSays says = judge_parent(answer, look->zone);
  if (look->delegation == NULL || look->parent_says == PARENT_SILENT) {
    look->delegation = answer;
    look->parent_says = says;
  }
  return TRUE;
}

static void ask_parent(DelegationLook *look) {
  const DnsAnswer *ns = look->parent != NULL ? net_dns(look->net, look->parent, DNS_NS) : NULL;
  gboolean complete = TRUE;
  look->parent_says = PARENT_SILENT;
  for (guint i = 0; has_records(ns) && i < dns_answer_count(ns) && i < MAX_PARENTS; i++)
    complete = ask_parent_at(look, dns_answer_record(ns, i)->value) && complete;
  if (complete)
    return;
  look->parent_says = PARENT_WAIT;
  look->delegation = NULL;
}

/* --- what they say --- */

static NsState state_of(const DnsAnswer *said) {
  if (said == NULL)
    return NS_WAIT;
  if (said->status == DNS_UNREACHABLE && said->tries == 0)
    return NS_NOT_PUBLIC;
  if (said->authoritative && !dns_is_unknown(said->status))
    return NS_SPEAKS;
  switch (said->status) {
  case DNS_OK: /* from elsewhere */
  case DNS_NODATA:
  case DNS_NXDOMAIN:
  case DNS_REFUSED:
  case DNS_SERVFAIL:
  case DNS_NOTIMP:
    return NS_LAME;
  default:
    return NS_SILENT;
  }
}

static void ask_server(DelegationLook *look, NsServer *server) {
  /* Which of the answers of several addresses tells more. */
  static const guint weight[] = {
      [NS_WAIT] = 4, [NS_SPEAKS] = 5, [NS_LAME] = 3, [NS_SILENT] = 2, [NS_NOT_PUBLIC] = 1, [NS_NO_ADDRESS] = 0};
  gboolean open = server->a == NULL || (server->addresses->len == 0 && server->aaaa == NULL);
  gboolean unknown = (server->a != NULL && dns_is_unknown(server->a->status)) ||
                     (server->aaaa != NULL && dns_is_unknown(server->aaaa->status));
  server->state = open ? NS_WAIT : unknown ? NS_SILENT : NS_NO_ADDRESS;
  if (server->addresses->len == 0)
    return;
  server->state = NS_NO_ADDRESS;
  for (guint i = 0; i < server->addresses->len; i++) {
    const char *address = g_ptr_array_index(server->addresses, i);
    const DnsAnswer *said = note(look, net_dns_at(look->net, address, look->domain, DNS_MX));
    const DnsAnswer *soa = note(look, net_dns_at(look->net, address, look->zone, DNS_SOA));
    NsState state = state_of(said);
    if (weight[state] <= weight[server->state])
      continue;
    server->state = state;
    server->said = said;
    server->soa = soa;
  }
  if (server->state == NS_SPEAKS)
    server->answer = delegation_answer(server->said);
}

static void collect_servers(DelegationLook *look) {
  guint n = has_records(look->ns) ? dns_answer_count(look->ns) : 0;
  for (guint i = 0; i < n; i++) {
    NsServer *server = add_server(look, dns_answer_record(look->ns, i)->value);
    if (server != NULL)
      server->in_zone = TRUE;
  }
  if (look->parent_says != PARENT_NAMES)
    return;
  const DnsRecord *records = delegation_records(look->delegation, &n);
  for (guint i = 0; i < n; i++) {
    if (records[i].type != DNS_NS || g_ascii_strcasecmp(records[i].owner, look->zone) != 0)
      continue;
    NsServer *server = add_server(look, records[i].value);
    if (server != NULL)
      server->at_parent = TRUE;
  }
}

/* Servers give their records in any order. */
static gint by_name(gconstpointer a, gconstpointer b) {
  const NsServer *const *x = a, *const *y = b;
  return g_ascii_strcasecmp((*x)->name, (*y)->name);
}

void delegation_ask(DelegationLook *look) {
  look->servers = g_ptr_array_new_with_free_func(server_free);
  look->mx = ask(look, look->domain, DNS_MX);
  if (!find_zone(look) || strchr(look->zone, '.') == NULL)
    return;
  ask_parent(look);
  collect_servers(look);
  g_ptr_array_sort(look->servers, by_name);
  for (guint i = 0; i < look->servers->len; i++) {
    NsServer *server = g_ptr_array_index(look->servers, i);
    ask_addresses(look, server);
    ask_server(look, server);
  }
}

void delegation_clear(DelegationLook *look) {
  g_ptr_array_unref(look->servers);
}
