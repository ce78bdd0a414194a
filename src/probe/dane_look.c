#include "probe/dane_look.h"

#include "base/catalogue.h"
#include "probe/smtp_look.h"

#include <string.h>

/* --- whom to believe --- */

/* A resolver on this computer: nobody can change its answers on the way.  The AD flag of any other one is a claim of
 * whoever sits between (RFC 7672 s1.3, RFC 4035 s4.9.3). */
static gboolean is_local(const char *server) {
  Ip ip;
  if (server == NULL)
    return FALSE;
  const char *end = *server == '[' ? strchr(server, ']') : strrchr(server, ':');
  gboolean plain = ip_parse(server, &ip);
  g_autofree char *address =
      plain || end == NULL ? g_strdup(server) : g_strndup(server + (*server == '['), (gsize)(end - server) - (*server == '['));
  return ip_parse(address, &ip) && (ip_in_prefix(&ip, "127.0.0.0/8") || ip_in_prefix(&ip, "::1/128"));
}

typedef enum Proof { PROOF_GENUINE, PROOF_NONE, PROOF_UNTRUSTED } Proof;

static Proof proof_of(const DaneLook *look, const DnsAnswer *answer) {
  if (!look->trusted && !is_local(answer->server))
    return PROOF_UNTRUSTED;
  return answer->authenticated ? PROOF_GENUINE : PROOF_NONE;
}

/* --- one host --- */

static void host_free(gpointer data) {
  DaneHost *host = data;
  g_free(host->base);
  g_array_unref(host->records);
  g_free(host);
}

static const DnsAnswer *ask_tlsa(DaneLook *look, DaneHost *host, const char *base) {
  g_autofree char *name = g_strdup_printf("_%u._tcp.%s", look->inputs->port != 0 ? look->inputs->port : 25, base);
  g_free(host->base);
  host->base = g_strdup(base);
  return net_dns(look->net, name, DNS_TLSA);
}

static gboolean has_records(const DnsAnswer *answer) {
  return answer != NULL && answer->status == DNS_OK && dns_answer_count(answer) > 0;
}

/* RFC 7672 s2.2.3, RFC 7671 s7: where the server's name is an alias, the records of its end count first, then those of
 * the name itself. */
static const DnsAnswer *ask_host(DaneLook *look, DaneHost *host) {
  g_autoptr(GPtrArray) aliases = host_look_aliases(&host->server->look);
  const DnsAnswer *own = ask_tlsa(look, host, host->server->name);
  if (aliases->len == 0)
    return own;
  const DnsAnswer *end = ask_tlsa(look, host, g_ptr_array_index(aliases, aliases->len - 1));
  if (end == NULL || has_records(end) || dns_is_unknown(end->status))
    return end;
  g_free(host->base);
  host->base = g_strdup(host->server->name);
  return own;
}

static void read_records(DaneHost *host) {
  for (guint i = 0; i < dns_answer_count(host->tlsa); i++) {
    const DnsRecord *record = dns_answer_record(host->tlsa, i);
    const DaneRecord dane = {record->usage, record->selector, record->matching, record->data};
    if (dane_record_fault(&dane) == DANE_USABLE)
      g_array_append_val(host->records, dane);
  }
}

/* The weakest link decides: the MX record, the address of the server, the TLSA record itself (RFC 7672 s2.2). */
static Proof host_proof(const DaneLook *look, const DaneHost *host) {
  const DnsAnswer *answers[] = {look->servers.route.mx, host->server->look.answers[0], host->server->look.answers[1],
                                host->tlsa};
  Proof proof = PROOF_GENUINE;
  for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
    if (answers[i] != NULL && !dns_is_unknown(answers[i]->status))
      proof = MAX(proof, proof_of(look, answers[i]));
  return proof;
}

static DaneState judge_host(DaneLook *look, DaneHost *host) {
  static const DaneState states[] = {
      [PROOF_GENUINE] = DANE_SECURE, [PROOF_NONE] = DANE_INSECURE, [PROOF_UNTRUSTED] = DANE_UNTRUSTED};
  if (host->tlsa == NULL)
    return DANE_WAIT;
  host->unknown = dns_is_unknown(host->tlsa->status)             ? host->tlsa
                  : host_look_count(&host->server->look) == 0 ? host_look_unknown(&host->server->look)
                                                                 : NULL;
  if (host->unknown != NULL)
    return DANE_UNKNOWN;
  if (!has_records(host->tlsa))
    return DANE_NONE;
  read_records(host);
  DaneState state = states[host_proof(look, host)];
  return state == DANE_SECURE && host->records->len == 0 ? DANE_UNUSABLE : state;
}

static void add_host(DaneLook *look, const SmtpServer *server) {
  DaneHost *host = g_new0(DaneHost, 1);
  host->server = server;
  host->records = g_array_new(FALSE, FALSE, sizeof(DaneRecord));
  host->tlsa = ask_host(look, host);
  host->state = host_look_open(&server->look) > 0 ? DANE_WAIT : judge_host(look, host);
  look->open += host->state == DANE_WAIT;
  g_ptr_array_add(look->hosts, host);
}

void dane_look_ask(DaneLook *look, Net *net, Result *result, const SmtpInputs *inputs, gboolean trusted) {
  *look = (DaneLook){.net = net,
                     .result = result,
                     .inputs = inputs,
                     .trusted = trusted,
                     .hosts = g_ptr_array_new_with_free_func(host_free),
                     .faults = g_ptr_array_new()};
  smtp_servers_ask(&look->servers, net, inputs->domain, inputs->server);
  look->open = look->servers.route.kind == ROUTE_WAIT;
  for (guint i = 0; i < look->servers.servers->len; i++) {
    const SmtpServer *server = &g_array_index(look->servers.servers, SmtpServer, i);
    if (!server->literal)
      add_host(look, server);
  }
}

void dane_look_clear(DaneLook *look) {
  smtp_servers_clear(&look->servers);
  g_clear_pointer(&look->hosts, g_ptr_array_unref);
  g_clear_pointer(&look->faults, g_ptr_array_unref);
}

/* --- in words --- */

static const struct {
  Level level;
  const char *word, *text, *advice, *reference;
} rows[] = {
    [DANE_WAIT] = {LEVEL_WAIT, NULL, N_("Looking up which certificate the server must show"), NULL, NULL},
    [DANE_SECURE] = {LEVEL_OK, NULL, N_("The DNS tells which certificate the server must show (DANE), provably"), NULL,
                     "RFC 7672 s2.2"},
    [DANE_UNUSABLE] = {LEVEL_WARN, NULL,
                       N_("The TLSA records of this server cannot be used for mail, so they only force encryption"), NULL,
                       "RFC 7672 s2.2"},
    [DANE_NONE] = {LEVEL_NOTE, NULL, N_("No certificate is prescribed for this server (no TLSA record)"), NULL,
                   "RFC 7672 s2.2"},
    [DANE_INSECURE] = {LEVEL_WARN, "insecure",
                       N_("There are TLSA records, but the DNS behind them is not signed (DNSSEC): they count for nothing"),
                       N_("The zones of the domain and of its mail servers must be signed, or the records taken out"),
                       "RFC 7672 s2.2.1"},
    [DANE_UNTRUSTED] = {LEVEL_UNKNOWN, NULL,
                        N_("There are TLSA records; whether they are genuine cannot be told, because the resolver is not on "
                           "this computer"),
                        N_("Ask a validating resolver on this computer (--resolver 127.0.0.1), or say --set "
                           "trust_resolver=yes if nobody can sit between"),
                        "RFC 7672 s1.3"},
    [DANE_UNKNOWN] = {LEVEL_UNKNOWN, NULL, N_("Whether a certificate is prescribed could not be found out: {why}"),
                      N_("Senders that use DANE put their mail off as long as that lasts (Exchange Online: 4.7.324)"),
                      "RFC 7672 s2.1.2"},
};

static void record_rows(DaneLook *look, const DaneHost *host) {
  for (guint i = 0; i < dns_answer_count(host->tlsa); i++) {
    const DnsRecord *record = dns_answer_record(host->tlsa, i);
    const DaneRecord dane = {record->usage, record->selector, record->matching, record->data};
    DaneFault fault = dane_record_fault(&dane);
    if (fault == DANE_USABLE)
      continue;
    smtp_add_word(look->faults, "unusable");
    g_autofree char *data = dns_record_data(record);
    Finding *row = result_add(look->result, LEVEL_WARN, host->server->name,
                              message_set_tr(message_new(N_("A TLSA record cannot be used for mail: {why}"), NULL), "why",
                                             dane_fault_message(fault)));
    finding_set_quote(row, data);
    probe_add_answer(row, host->tlsa, "RFC 7672 s3.1.3");
  }
}

static void host_row(DaneLook *look, const DaneHost *host) {
  gboolean others = host->state == DANE_NONE && dane_look_count(look, DANE_SECURE) > 0;
  Message *text = others ? message_new(N_("No certificate is prescribed for this server, while there is for others: whoever "
                                          "wants to listen leads mail to this one"),
                                       NULL)
                         : message_new(rows[host->state].text, NULL);
  if (host->state == DANE_UNKNOWN)
    message_set_tr(text, "why", dns_status_message(host->unknown->status));
  Finding *row = result_add(look->result, others ? LEVEL_WARN : rows[host->state].level, host->server->name, text);
  if (rows[host->state].advice != NULL)
    finding_set_advice(row, message_new(rows[host->state].advice, NULL));
  if (host->state == DANE_WAIT)
    return;
  if (rows[host->state].word != NULL)
    smtp_add_word(look->faults, rows[host->state].word);
  if (others)
    smtp_add_word(look->faults, "partial");
  if (look->servers.route.mx != NULL && host->state != DANE_NONE)
    probe_add_answer(row, look->servers.route.mx, "RFC 7672 s2.2.1");
  probe_add_answer(row, host->unknown != NULL ? host->unknown : host->tlsa, rows[host->state].reference);
  row->elapsed_ms = host->tlsa->elapsed_ms;
  if (has_records(host->tlsa))
    record_rows(look, host);
}

static void row_of_nothing(DaneLook *look) {
  Finding *row = result_add(look->result, LEVEL_NOTE, look->inputs->domain,
                            message_new(N_("No certificate is prescribed for any mail server (no TLSA record)"), NULL));
  for (guint i = 0; i < look->hosts->len; i++)
    probe_add_answer(row, ((const DaneHost *)g_ptr_array_index(look->hosts, i))->tlsa, rows[DANE_NONE].reference);
}

void dane_look_rows(DaneLook *look, int but) {
  if (look->hosts->len > 1 && dane_look_count(look, DANE_NONE) == look->hosts->len) {
    row_of_nothing(look);
    return;
  }
  for (guint i = 0; i < look->hosts->len; i++) {
    const DaneHost *host = g_ptr_array_index(look->hosts, i);
    if ((int)host->state != but)
      host_row(look, host);
  }
}

/* --- the sum --- */

guint dane_look_count(const DaneLook *look, DaneState state) {
  guint n = 0;
  for (guint i = 0; i < look->hosts->len; i++)
    n += ((const DaneHost *)g_ptr_array_index(look->hosts, i))->state == state;
  return n;
}

GPtrArray *dane_look_names(const DaneLook *look, DaneState state) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < look->hosts->len; i++) {
    const DaneHost *host = g_ptr_array_index(look->hosts, i);
    if (host->state == state)
      g_ptr_array_add(names, (gpointer)host->server->name);
  }
  return names;
}

const char *dane_look_status(const DaneLook *look) {
  static const struct {
    DaneState state;
    const char *word;
  } order[] = {{DANE_UNTRUSTED, "untrusted"}, {DANE_INSECURE, "insecure"}, {DANE_UNUSABLE, "unusable"}};
  if (look->open > 0)
    return NULL;
  for (guint i = 0; i < look->hosts->len; i++) {
    const DaneHost *host = g_ptr_array_index(look->hosts, i);
    if (host->state == DANE_UNKNOWN)
      return unknown_word(host->unknown);
  }
  if (dane_look_count(look, DANE_SECURE) > 0)
    return dane_look_count(look, DANE_SECURE) == look->hosts->len ? "ok" : "partial";
  for (guint i = 0; i < G_N_ELEMENTS(order); i++)
    if (dane_look_count(look, order[i].state) > 0)
      return order[i].word;
  return "none";
}
