#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/autoconfig_look.h"

#include <string.h>

static const ProbeInput autoconfig_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain of the mail address")},
    {0},
};

#define LIST_MEANING N_("the servers in the order of choice, as host:port and tls, starttls or none")
#define HOST_MEANING N_("the first of them: its name")
#define PORT_MEANING N_("the first of them: its port")
#define ENCRYPTION_MEANING N_("the first of them: encrypted from the start (tls), after a command (starttls), or never")
#define ENCRYPTION_WORDS "tls starttls none"

static const FactSpec autoconfig_gives[] = {
    {"status", FACT_TEXT, "ok none timeout servfail refused unreachable bad_name",
     N_("whether the domain tells mail programs its servers; the last five: nobody could tell, or the name cannot be asked")},
    {"sources", FACT_LIST, "srv autoconfig well_known", N_("where it does: in the DNS, or in a file on a web server")},
    {"submission", FACT_LIST, NULL, LIST_MEANING},
    {"submission_host", FACT_TEXT, NULL, HOST_MEANING},
    {"submission_port", FACT_NUMBER, NULL, PORT_MEANING},
    {"submission_encryption", FACT_TEXT, ENCRYPTION_WORDS, ENCRYPTION_MEANING},
    {"imap", FACT_LIST, NULL, LIST_MEANING},
    {"imap_host", FACT_TEXT, NULL, HOST_MEANING},
    {"imap_port", FACT_NUMBER, NULL, PORT_MEANING},
    {"imap_encryption", FACT_TEXT, ENCRYPTION_WORDS, ENCRYPTION_MEANING},
    {"pop3", FACT_LIST, NULL, LIST_MEANING},
    {"pop3_host", FACT_TEXT, NULL, HOST_MEANING},
    {"pop3_port", FACT_NUMBER, NULL, PORT_MEANING},
    {"pop3_encryption", FACT_TEXT, ENCRYPTION_WORDS, ENCRYPTION_MEANING},
    {"user_name", FACT_TEXT, "email local other",
     N_("what the user name is: the whole address, the part before @, something else")},
    {"autodiscover", FACT_TEXT, "yes no", N_("whether there is something for Outlook to find its settings by")},
    {"autodiscover_host", FACT_TEXT, NULL, N_("the server where Outlook looks for them")},
    {0},
};

static const char *const service_titles[N_MAIL_SERVICES] = {"SMTP", "IMAP", "POP3"};

/* --- facts --- */

static char *fact_name(MailService service, const char *end) {
  return g_strconcat(mail_service_word(service), end, NULL);
}

static void set_first(AutoconfigLook *look, MailService service, const MailServer *server) {
  Facts *facts = look->result->facts;
  g_autofree char *host = fact_name(service, "_host"), *port = fact_name(service, "_port");
  g_autofree char *encryption = fact_name(service, "_encryption");
  facts_set_text(facts, host, SOURCE_PROBE, server->host);
  facts_set_number(facts, port, SOURCE_PROBE, server->port);
  facts_set_text(facts, encryption, SOURCE_PROBE, mail_encryption_word(server->encryption));
}

static void set_missing(AutoconfigLook *look, MailService service) {
  static const char *const ends[] = {"", "_host", "_port", "_encryption"};
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_autofree char *name = fact_name(service, ends[i]);
    if (look->unknown[service] != NULL)
      facts_set_unknown(look->result->facts, name, SOURCE_PROBE, look->unknown[service]);
    else
      facts_set_absent(look->result->facts, name, SOURCE_PROBE);
  }
}

static void set_user(AutoconfigLook *look) {
  const char *user = NULL;
  for (guint i = 0; user == NULL && i < look->servers->len; i++)
    user = mail_user_word(g_array_index(look->servers, MailServer, i).user);
  if (user != NULL)
    facts_set_text(look->result->facts, "user_name", SOURCE_PROBE, user);
  else
    facts_set_unknown(look->result->facts, "user_name", SOURCE_PROBE, "not told");
}

/* --- one service --- */

static void say_service(AutoconfigLook *look, MailService service, const char *servers, const MailServer *first) {
  gboolean plain = first->encryption == ENCRYPTION_NONE;
  Finding *row = result_add(look->result, plain ? LEVEL_WARN : LEVEL_OK, service_titles[service],
                            message_new(plain ? N_("{servers}: without encryption, everybody on the way can read the password")
                                              : "{servers}",
                                        "servers", servers, NULL));
  autoconfig_add_evidence(look, row);
}

/* TRUE if it has a server. */
static gboolean sum_up_service(AutoconfigLook *look, MailService service) {
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
  const MailServer *first = NULL;
  for (guint i = 0; i < look->servers->len; i++) {
    const MailServer *server = &g_array_index(look->servers, MailServer, i);
    if (server->service != service)
      continue;
    first = first != NULL ? first : server;
    g_ptr_array_add(items, g_strdup_printf("%s:%u %s", server->host, server->port, mail_encryption_word(server->encryption)));
  }
  if (first == NULL) {
    set_missing(look, service);
    return FALSE;
  }
  g_ptr_array_add(items, NULL);
  g_autofree char *name = fact_name(service, ""), *joined = g_strjoinv(", ", (char **)items->pdata);
  facts_set_list(look->result->facts, name, SOURCE_PROBE, (const char *const *)items->pdata);
  set_first(look, service, first);
  say_service(look, service, joined, first);
  return TRUE;
}

static const char *why_unknown(const AutoconfigLook *look) {
  for (guint i = 0; i < N_MAIL_SERVICES; i++)
    if (look->unknown[i] != NULL)
      return look->unknown[i];
  return NULL;
}

static void set_status(AutoconfigLook *look, gboolean found) {
  static const char *const words[] = {"timeout", "servfail", "refused", "unreachable", NULL};
  const char *why = why_unknown(look);
  if (found)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, "ok");
  else if (why == NULL)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, "none");
  else if (g_strv_contains(words, why))
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, why);
  else
    facts_set_unknown(look->result->facts, "status", SOURCE_PROBE, why);
}

static void sum_up(AutoconfigLook *look) {
  gboolean found = FALSE;
  for (guint i = 0; i < N_MAIL_SERVICES; i++)
    found |= sum_up_service(look, (MailService)i);
  if (!found && why_unknown(look) == NULL) {
    Finding *row = result_add(look->result, LEVEL_NOTE, look->domain,
                              message_new(N_("The domain does not tell mail programs its servers: the settings must be typed"),
                                          NULL));
    autoconfig_add_evidence(look, row);
  }
  set_user(look);
  set_status(look, found);
  facts_set_items(look->result->facts, "sources", SOURCE_PROBE, look->sources);
}

static ProbeState run_autoconfig(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_autoconfig, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autoptr(GArray) servers = mail_servers_new();
  g_autoptr(GPtrArray) sources = g_ptr_array_new();
  AutoconfigLook look = {.net = net, .result = result, .domain = domain, .servers = servers, .sources = sources};
  gboolean done = autoconfig_ask_places(&look);
  if (done) {
    autoconfig_read_places(&look);
    sum_up(&look);
  } else {
    result_add(result, LEVEL_WAIT, domain, message_new(N_("Looking for settings for mail programs"), NULL));
  }
  done = autoconfig_look_autodiscover(&look) && done;
  for (guint i = 0; i < AUTOCONFIG_N_FILES; i++)
    https_free(look.files[i]);
  return done ? PROBE_DONE : PROBE_PENDING;
}

const Probe probe_autoconfig = {
    .name = "autoconfig",
    .title = N_("Settings for mail programs"),
    .why = N_("A domain can tell mail programs its servers, so that nobody has to type them. Wrong settings are often why "
              "sending fails."),
    .fits = "", /* ten questions about what most targets do not have */
    .inputs = autoconfig_inputs,
    .gives = autoconfig_gives,
    .run = run_autoconfig,
};
