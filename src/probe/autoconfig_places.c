#include "probe/autoconfig_look.h"

#include "base/catalogue.h"
#include "mail/address.h"

#include <string.h>

static const char *const srv_reference = "RFC 6186 s3, RFC 8314 s5.1";
static const char *const file_reference = "draft-ietf-mailmaint-autoconfig";
static const char *const discover_reference = "MS-OXDISCO s3.1.5";

/* In the order in which programs are to try them: encrypted from the start first (RFC 8314 s3.3). */
static const struct {
  const char *name;
  MailService service;
  MailEncryption encryption;
} srv_names[AUTOCONFIG_N_SRV] = {
    {"_submissions._tcp", SERVICE_SUBMISSION, ENCRYPTION_TLS}, {"_submission._tcp", SERVICE_SUBMISSION, ENCRYPTION_STARTTLS},
    {"_imaps._tcp", SERVICE_IMAP, ENCRYPTION_TLS},             {"_imap._tcp", SERVICE_IMAP, ENCRYPTION_STARTTLS},
    {"_pop3s._tcp", SERVICE_POP3, ENCRYPTION_TLS},             {"_pop3._tcp", SERVICE_POP3, ENCRYPTION_STARTTLS},
};

static const struct {
  const char *word, *format; /* of the URL, with the domain */
} files[AUTOCONFIG_N_FILES] = {
    {"autoconfig", "https://autoconfig.%s/mail/config-v1.1.xml"},
    {"well_known", "https://%s/.well-known/autoconfig/mail/config-v1.1.xml"},
};

/* --- asking --- */

gboolean autoconfig_ask_places(AutoconfigLook *look) {
  Result *result = look->result;
  for (guint i = 0; i < AUTOCONFIG_N_SRV; i++) {
    g_autofree char *name = g_strconcat(srv_names[i].name, ".", look->domain, NULL);
    look->srv[i] = net_dns(look->net, name, DNS_SRV);
    result->total++;
    result->done += look->srv[i] != NULL;
  }
  for (guint i = 0; i < AUTOCONFIG_N_FILES; i++) {
    g_autoptr(GString) url = g_string_new(files[i].format);
    g_string_replace(url, "%s", look->domain, 1);
    const HttpsRequest request = {.url = url->str, .redirects = HTTPS_MAX_REDIRECTS};
    look->files[i] = https_ask(look->net, &request);
    result->total += look->files[i]->total;
    result->done += look->files[i]->total - look->files[i]->open;
  }
  return result->done == result->total;
}

/* --- servers --- */

static gboolean is_known(const AutoconfigLook *look, const MailServer *server) {
  for (guint i = 0; i < look->servers->len; i++) {
    const MailServer *known = &g_array_index(look->servers, MailServer, i);
    if (known->service == server->service && known->port == server->port && strcmp(known->host, server->host) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Takes the host. */
static void add_server(AutoconfigLook *look, MailServer server, const char *source) {
  if (!g_ptr_array_find(look->sources, source, NULL))
    g_ptr_array_add(look->sources, (gpointer)source);
  if (is_known(look, &server))
    g_free(server.host);
  else
    g_array_append_val(look->servers, server);
}

static void set_unknown(AutoconfigLook *look, MailService service, const char *why) {
  if (look->unknown[service] == NULL)
    look->unknown[service] = why;
}

/* --- SRV --- */

/* RFC 2782: the smallest priority first; of several the heaviest. */
static int by_priority(gconstpointer a, gconstpointer b) {
  const DnsRecord *x = *(const DnsRecord *const *)a, *y = *(const DnsRecord *const *)b;
  return x->preference != y->preference ? x->preference - y->preference : y->weight - x->weight;
}

static void say_refusal(AutoconfigLook *look, guint k) {
  Finding *row = result_add(look->result, LEVEL_NOTE, srv_names[k].name,
                            message_new(N_("The domain says that it does not offer this"), NULL));
  probe_add_answer(row, look->srv[k], "RFC 6186 s3.4");
}

static void read_srv(AutoconfigLook *look, guint k) {
  g_autoptr(GPtrArray) records = g_ptr_array_new();
  for (guint i = 0; look->srv[k]->status == DNS_OK && i < dns_answer_count(look->srv[k]); i++)
    g_ptr_array_add(records, (gpointer)dns_answer_record(look->srv[k], i));
  g_ptr_array_sort(records, by_priority);
  for (guint i = 0; i < records->len; i++) {
    const DnsRecord *record = g_ptr_array_index(records, i);
    if (strcmp(record->value, ".") == 0) {
      say_refusal(look, k);
      continue;
    }
    char *host = domain_to_ascii(record->value);
    if (host != NULL && record->port != 0)
      add_server(look, (MailServer){srv_names[k].service, srv_names[k].encryption, USER_UNKNOWN, record->port, host}, "srv");
    else
      g_free(host);
  }
}

static void read_all_srv(AutoconfigLook *look) {
  const DnsAnswer *unknown = NULL;
  for (guint i = 0; i < AUTOCONFIG_N_SRV; i++) {
    if (!dns_is_unknown(look->srv[i]->status)) {
      read_srv(look, i);
      continue;
    }
    unknown = unknown != NULL ? unknown : look->srv[i];
    set_unknown(look, srv_names[i].service, unknown_word(look->srv[i]));
  }
  if (unknown == NULL)
    return;
  Finding *row = result_add(look->result, LEVEL_UNKNOWN, "SRV",
                            message_set_tr(message_new(N_("Whether there are more settings here could not be found out: "
                                                          "{why}"),
                                                       NULL),
                                           "why", dns_status_message(unknown->status)));
  probe_add_answer(row, unknown, srv_reference);
}

/* --- files --- */

static void say_file(AutoconfigLook *look, guint k, Level level, Message *text) {
  Finding *row = result_add(look->result, level, look->files[k]->hops[0].host, text);
  https_add_evidence(row, look->files[k], file_reference);
}

static void read_body(AutoconfigLook *look, guint k) {
  const Https *https = look->files[k];
  g_autoptr(GArray) servers = mail_servers_new();
  gsize length = 0;
  const char *bytes = https->answer->body != NULL ? g_bytes_get_data(https->answer->body, &length) : NULL;
  AutoconfigFound found = autoconfig_parse(bytes != NULL ? bytes : "", length, look->domain, servers);
  for (guint i = 0; i < servers->len; i++) {
    MailServer server = g_array_index(servers, MailServer, i);
    server.host = g_strdup(server.host);
    add_server(look, server, files[k].word);
  }
  if (found == AUTOCONFIG_BROKEN)
    say_file(look, k, LEVEL_WARN, message_new(N_("The file with the settings is damaged; some mail programs will not take it"), NULL));
  else if (found == AUTOCONFIG_OK && servers->len == 0)
    say_file(look, k, LEVEL_WARN, message_new(N_("The file with the settings names no server that could be used"), NULL));
}

/* A place that is not there, or has nothing, is no fault: most domains have one of them at most.  A server of that very
 * name is one that somebody set up. */
static void read_file(AutoconfigLook *look, guint k) {
  const Https *https = look->files[k];
  if (https->state == HTTPS_UNKNOWN || (https->state == HTTPS_ANSWERED && https->answer->code >= 500)) {
    for (guint i = 0; i < N_MAIL_SERVICES; i++)
      set_unknown(look, (MailService)i, https->state == HTTPS_UNKNOWN ? https_word(https) : "error");
    Message *text = message_new(N_("Whether there are more settings here could not be found out: {why}"), NULL);
    say_file(look, k, LEVEL_UNKNOWN,
             message_set_tr(text, "why",
                            https->state == HTTPS_UNKNOWN ? https_message(https) : N_("the server has an error")));
  } else if (https_has_code(https, 200)) {
    read_body(look, k);
  } else if (k == 0 && https->state != HTTPS_NO_HOST && https->state != HTTPS_ANSWERED) {
    say_file(look, k, LEVEL_WARN,
             message_set_tr(message_new(N_("Mail programs look for their settings here, and cannot fetch them: {why}"), NULL),
                            "why", https_message(https)));
  }
}

void autoconfig_read_places(AutoconfigLook *look) {
  read_all_srv(look);
  for (guint i = 0; i < AUTOCONFIG_N_FILES; i++)
    read_file(look, i);
}

void autoconfig_add_evidence(const AutoconfigLook *look, Finding *row) {
  for (guint i = 0; i < AUTOCONFIG_N_SRV; i++)
    probe_add_answer(row, look->srv[i], srv_reference);
  for (guint i = 0; i < AUTOCONFIG_N_FILES; i++)
    https_add_evidence(row, look->files[i], file_reference);
}

/* --- autodiscover: where Outlook looks; nothing is asked there that needs a password --- */

typedef struct Discover {
  const DnsAnswer *srv;
  Https *https;
  const char *host; /* where it leads */
} Discover;

/* Whatever it answers, even with a certificate of another name: somebody is there. */
static gboolean is_there(const Https *https) {
  return https->state == HTTPS_ANSWERED || https->state == HTTPS_TOO_MANY ||
         (https->state == HTTPS_FAILED && https->answer->status == TALK_CERTIFICATE);
}

static const char *srv_target(const DnsAnswer *srv) {
  const DnsRecord *record = srv->status == DNS_OK ? dns_answer_record(srv, 0) : NULL;
  return record != NULL && strcmp(record->value, ".") != 0 ? record->value : NULL;
}

static void find_host(Discover *discover) {
  const HttpsHop *hop = &discover->https->hops[0];
  discover->host = srv_target(discover->srv);
  if (discover->host != NULL || !is_there(discover->https))
    return;
  g_autoptr(GPtrArray) aliases = hop->look.answers[0] != NULL ? host_look_aliases(&hop->look) : g_ptr_array_new();
  discover->host = aliases->len > 0 ? g_ptr_array_index(aliases, aliases->len - 1) : hop->host;
}

static void say_discover(AutoconfigLook *look, const Discover *discover) {
  gboolean unknown = discover->host == NULL && (discover->https->state == HTTPS_UNKNOWN || dns_is_unknown(discover->srv->status));
  const char *why = discover->https->state == HTTPS_UNKNOWN ? https_word(discover->https) : unknown_word(discover->srv);
  Facts *facts = look->result->facts;
  if (unknown) {
    facts_set_unknown(facts, "autodiscover", SOURCE_PROBE, why);
    facts_set_unknown(facts, "autodiscover_host", SOURCE_PROBE, why);
  } else {
    facts_set_text(facts, "autodiscover", SOURCE_PROBE, discover->host != NULL ? "yes" : "no");
    if (discover->host != NULL)
      facts_set_text(facts, "autodiscover_host", SOURCE_PROBE, discover->host);
    else
      facts_set_absent(facts, "autodiscover_host", SOURCE_PROBE);
  }
  Message *text = unknown ? message_new(N_("Whether Outlook finds its settings could not be found out"), NULL)
                  : discover->host != NULL
                      ? message_new(N_("Outlook looks for its settings at {host}"), "host", discover->host, NULL)
                      : message_new(N_("The domain has nothing for Outlook to find its settings by"), NULL);
  Finding *row = result_add(look->result, unknown ? LEVEL_UNKNOWN : discover->host != NULL ? LEVEL_OK : LEVEL_NOTE,
                            "autodiscover", text);
  probe_add_answer(row, discover->srv, discover_reference);
  https_add_evidence(row, discover->https, discover_reference);
}

gboolean autoconfig_look_autodiscover(AutoconfigLook *look) {
  g_autofree char *name = g_strconcat("_autodiscover._tcp.", look->domain, NULL);
  g_autofree char *url = g_strdup_printf("https://autodiscover.%s/autodiscover/autodiscover.xml", look->domain);
  const HttpsRequest request = {.url = url};
  g_autoptr(Https) https = https_ask(look->net, &request);
  Discover discover = {.srv = net_dns(look->net, name, DNS_SRV), .https = https};
  look->result->total += 1 + https->total;
  look->result->done += (discover.srv != NULL) + https->total - https->open;
  if (discover.srv == NULL || https->state == HTTPS_WAITS)
    return FALSE;
  find_host(&discover);
  say_discover(look, &discover);
  return TRUE;
}
