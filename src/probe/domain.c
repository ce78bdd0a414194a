#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/rdap.h"
#include "probe/https.h"
#include "probe/known.h"

#include <string.h>

#define DAY 86400
/* Before that nobody needs to think of the end. */
#define SOON_DAYS 30

static const ProbeInput domain_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that is looked for, or a name below it")},
    {0},
};

static const FactSpec domain_gives[] = {
    {"status", FACT_TEXT,
     "registered expired on_hold redemption pending_delete inactive not_registered no_service reserved timeout servfail "
     "refused unreachable bad_name",
     N_("whether the domain is registered; on_hold: taken out of the DNS; redemption: deleted, but the owner can get it "
        "back; inactive: without name servers; no_service: programs cannot ask its registry; reserved: nobody registers "
        "such names; the last five: nobody could tell, or the name cannot be asked")},
    {"registered_domain", FACT_TEXT, NULL, N_("the name that is registered: example.com for mail.example.com")},
    {"states", FACT_LIST, NULL, N_("the registry's own words about its state")},
    {"expires", FACT_TEXT, NULL, N_("the day on which the registration ends, YYYY-MM-DD")},
    {"days_left", FACT_NUMBER, NULL, N_("how many days are left until then; less than 0: it is over")},
    {"since", FACT_TEXT, NULL, N_("the day on which it was registered, YYYY-MM-DD")},
    {"registrar", FACT_TEXT, NULL, N_("the company that it is registered with")},
    {"page", FACT_TEXT, NULL, N_("where people can look the registration up")},
    {0},
};

typedef struct DomainLook {
  Net *net;
  Result *result;
  const Registries *registries;
  const char *name; /* what is registered: a pointer into the domain asked about */
  const char *page;
  Https *list, *https; /* IANA's list, the registration */
  const DnsAnswer *ns;
} DomainLook;

/* --- rows --- */

static Finding *say(DomainLook *look, Level level, Message *text) {
  Finding *row = result_add(look->result, level, NULL, text);
  if (look->list != NULL)
    https_add_evidence(row, look->list, "RFC 9224 s4");
  if (look->https != NULL)
    https_add_evidence(row, look->https, "RFC 9083 s5.3");
  return row;
}

/* A sentence about the domain: {domain}, {date}, {registrar}. */
static Message *sentence(const DomainLook *look, const char *text) {
  const char *date = facts_text(look->result->facts, "expires"), *registrar = facts_text(look->result->facts, "registrar");
  Message *message = message_new(text, "domain", look->name, "date", date != NULL ? date : "?", NULL);
  return registrar != NULL ? message_set(message, "registrar", registrar)
                           : message_set_tr(message, "registrar", N_("its registrar"));
}

static ProbeState not_told(DomainLook *look, Message *text, const char *word) {
  Finding *row = say(look, LEVEL_UNKNOWN, text);
  if (look->page != NULL)
    finding_set_advice(row, message_new(N_("Look the name up by hand: {page}"), "page", look->page, NULL));
  static const char *const words[] = {"timeout", "servfail", "refused", "unreachable", NULL};
  if (g_strv_contains(words, word))
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, word);
  probe_set_unknown(&probe_domain, look->result, word);
  return PROBE_DONE;
}

static ProbeState not_answered(DomainLook *look, const Https *https) {
  if (https->state == HTTPS_ANSWERED)
    return not_told(look,
                    message_set_number(message_new(N_("Whether {domain} is registered could not be found out: the server "
                                                      "answers with the error {code}"),
                                                   "domain", look->name, NULL),
                                       "code", https->answer->code),
                    "error");
  return not_told(look,
                  message_set_tr(message_new(N_("Whether {domain} is registered could not be found out: {why}"), "domain",
                                             look->name, NULL),
                                 "why", https_message(https)),
                  https_word(https));
}

static void set_all_absent(DomainLook *look) {
  for (const FactSpec *spec = probe_domain.gives; spec->name != NULL; spec++)
    if (facts_get(look->result->facts, spec->name) == NULL)
      facts_set_absent(look->result->facts, spec->name, SOURCE_PROBE);
}

/* --- a registration --- */

static void set_text(Facts *facts, const char *name, const char *value) {
  if (value != NULL && *value != '\0')
    facts_set_text(facts, name, SOURCE_PROBE, value);
  else
    facts_set_unknown(facts, name, SOURCE_PROBE, "not told");
}

static void set_day(Facts *facts, const char *name, gint64 time) {
  g_autoptr(GDateTime) day = time != 0 ? g_date_time_new_from_unix_utc(time) : NULL;
  g_autofree char *text = day != NULL ? g_date_time_format(day, "%Y-%m-%d") : NULL;
  set_text(facts, name, text);
}

/* Whole days, rounded down: the day after the end is -1. */
static gint64 days_between(gint64 from, gint64 to) {
  gint64 seconds = to - from;
  return seconds >= 0 ? seconds / DAY : -((-seconds + DAY - 1) / DAY);
}

static void set_facts(DomainLook *look, const RdapDomain *domain) {
  Facts *facts = look->result->facts;
  gint64 now = look->https->answer->asked_at / G_USEC_PER_SEC;
  facts_set_items(facts, "states", SOURCE_PROBE, domain->statuses);
  set_day(facts, "expires", domain->expires);
  set_day(facts, "since", domain->registered);
  set_text(facts, "registrar", domain->registrar);
  /* An answer knows when it was asked for, so that a recording of last year says today what it said then. */
  if (domain->expires != 0 && now != 0)
    facts_set_number(facts, "days_left", SOURCE_PROBE, days_between(now, domain->expires));
  else
    facts_set_unknown(facts, "days_left", SOURCE_PROBE, "not told");
}

static const struct {
  RdapState state;
  const char *word;
  Level level;
  const char *text, *advice;
} state_rows[] = {
    {RDAP_PENDING_DELETE, "pending_delete", LEVEL_FAIL, N_("{domain} is about to be deleted: no mail can reach it"),
     N_("The domain was given up. Ask for another address")},
    {RDAP_REDEMPTION, "redemption", LEVEL_FAIL,
     N_("{domain} has been deleted: no mail can reach it. Its last owner can still get it back"),
     N_("Only the owner can do that, at {registrar}. Reach them another way")},
    {RDAP_ON_HOLD, "on_hold", LEVEL_FAIL,
     N_("{domain} is registered, but has been taken out of the DNS: no mail can reach it"),
     N_("Often it was not paid for. Only the owner can change that, at {registrar}. Reach them another way")},
    {RDAP_INACTIVE, "inactive", LEVEL_WARN, N_("{domain} is registered, but its registry knows no name servers for it"),
     N_("Only the owner can change that, at {registrar}")},
};

static void quote_states(Finding *row, const RdapDomain *domain) {
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < domain->statuses->len; i++)
    g_string_append_printf(words, "%s%s", i > 0 ? ", " : "", (char *)g_ptr_array_index(domain->statuses, i));
  if (words->len > 0)
    finding_set_quote(row, words->str);
}

static void say_registered(DomainLook *look, const RdapDomain *domain) {
  const Fact *left = facts_get(look->result->facts, "days_left");
  gboolean over = left->state == FACT_KNOWN && left->number < 0;
  gboolean soon = left->state == FACT_KNOWN && !over && left->number < SOON_DAYS;
  Finding *row;
  if (over) {
    row = say(look, LEVEL_WARN, sentence(look, N_("The registration of {domain} ran out on {date}")));
    finding_set_advice(row, sentence(look, N_("Mail still comes through until the registry takes the name out of the DNS. "
                                              "Only the owner can renew it, at {registrar}")));
  } else {
    row = say(look, soon ? LEVEL_NOTE : LEVEL_OK,
              sentence(look, soon                    ? N_("The registration of {domain} ends soon, on {date}")
                             : domain->expires != 0 ? N_("{domain} is registered until {date}")
                                                    : N_("{domain} is registered")));
  }
  quote_states(row, domain);
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, over ? "expired" : "registered");
  if (domain->renewed)
    say(look, LEVEL_NOTE,
        sentence(look, N_("The registration was renewed by itself a short time ago; perhaps it is not paid for yet")));
}

static ProbeState say_domain(DomainLook *look, const RdapDomain *domain) {
  set_facts(look, domain);
  if (domain->state == RDAP_REGISTERED) {
    say_registered(look, domain);
    return PROBE_DONE;
  }
  for (guint i = 0; i < G_N_ELEMENTS(state_rows); i++) {
    if (state_rows[i].state != domain->state)
      continue;
    Finding *row = say(look, state_rows[i].level, sentence(look, state_rows[i].text));
    finding_set_advice(row, sentence(look, state_rows[i].advice));
    quote_states(row, domain);
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, state_rows[i].word);
  }
  return PROBE_DONE;
}

/* --- what the registry answers --- */

/* RFC 7480 s5.3: 404 says that there is no such registration.  A name that has name servers is registered all the same:
 * then the wrong server was asked. */
static ProbeState say_none(DomainLook *look) {
  if (look->ns->status == DNS_OK && dns_answer_count(look->ns) > 0) {
    not_told(look,
             message_new(N_("The registry says that it does not know {domain}, but the DNS does; both cannot be right"),
                         "domain", look->name, NULL),
             "contradiction");
    probe_add_answer(g_ptr_array_index(look->result->findings, look->result->findings->len - 1), look->ns, "RFC 1034 s4.2");
    return PROBE_DONE;
  }
  Finding *row = say(look, LEVEL_FAIL, sentence(look, N_("Nobody has registered {domain}: no mail can reach it")));
  finding_set_advice(row, message_new(N_("Compare it letter by letter with an older mail or a business card. If it is right, "
                                         "the domain was given up"),
                                      NULL));
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "not_registered");
  set_all_absent(look);
  return PROBE_DONE;
}

static ProbeState read_answer(DomainLook *look) {
  const TalkAnswer *answer = look->https->answer;
  if (answer->code == 404)
    return say_none(look);
  if (answer->code != 200)
    return not_answered(look, look->https);
  gsize length = 0;
  const char *bytes = answer->body != NULL ? g_bytes_get_data(answer->body, &length) : NULL;
  g_autoptr(RdapDomain) domain = rdap_domain_parse(bytes != NULL ? bytes : "", length);
  if (domain == NULL || (domain->name != NULL && strcmp(domain->name, look->name) != 0))
    return not_told(look,
                    message_new(N_("Whether {domain} is registered could not be found out: the answer of its registry could "
                                   "not be understood"),
                                "domain", look->name, NULL),
                    "garbage");
  return say_domain(look, domain);
}

static ProbeState ask_server(DomainLook *look, const char *server) {
  g_autofree char *url = g_strconcat(server, "domain/", look->name, NULL);
  const HttpsRequest request = {
      .url = url, .accept = "application/rdap+json", .max_body = RDAP_MAX_DOMAIN, .redirects = HTTPS_MAX_REDIRECTS};
  look->https = https_ask(look->net, &request);
  look->result->total += look->https->total;
  look->result->done += look->https->total - look->https->open;
  if (look->https->state == HTTPS_WAITS || look->ns == NULL) {
    result_add(look->result, LEVEL_WAIT, look->name, message_new(N_("Asking the registry"), NULL));
    return PROBE_PENDING;
  }
  if (look->https->state != HTTPS_ANSWERED)
    return not_answered(look, look->https);
  return read_answer(look);
}

/* --- which registry (RFC 9224) --- */

static ProbeState no_service(DomainLook *look) {
  Finding *row = say(look, LEVEL_NOTE,
                     message_new(N_("Whether {domain} is registered cannot be told: programs cannot ask the registry of "
                                    ".{tld}"),
                                 "domain", look->name, "tld", registry_tld(look->name), NULL));
  if (look->page != NULL)
    finding_set_advice(row, message_new(N_("Look the name up by hand: {page}"), "page", look->page, NULL));
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "no_service");
  probe_set_unknown(&probe_domain, look->result, "no service");
  return PROBE_DONE;
}

static ProbeState ask_list(DomainLook *look) {
  const HttpsRequest request = {.url = RDAP_BOOTSTRAP, .max_body = RDAP_MAX_BOOTSTRAP, .redirects = HTTPS_MAX_REDIRECTS};
  look->list = https_ask(look->net, &request);
  look->result->total += look->list->total;
  look->result->done += look->list->total - look->list->open;
  if (look->list->state == HTTPS_WAITS) {
    result_add(look->result, LEVEL_WAIT, look->name, message_new(N_("Finding out who registers such names"), NULL));
    return PROBE_PENDING;
  }
  if (!https_has_code(look->list, 200) || look->list->answer->body == NULL)
    return not_answered(look, look->list);
  gsize length;
  const char *bytes = g_bytes_get_data(look->list->answer->body, &length);
  g_autofree char *server = NULL;
  RdapFound found = rdap_bootstrap_find(bytes != NULL ? bytes : "", length, registry_tld(look->name), &server);
  if (found == RDAP_NO_SERVER)
    return no_service(look);
  if (found == RDAP_FOUND)
    return ask_server(look, server);
  return not_told(look,
                  message_new(N_("Whether {domain} is registered could not be found out: IANA's list of registries could "
                                 "not be understood"),
                              "domain", look->name, NULL),
                  "garbage");
}

static ProbeState look_at(DomainLook *look, const char *domain) {
  const char *tld = registry_tld(domain);
  gboolean special = registries_is_special(look->registries, domain);
  if (look->name == NULL || special) {
    finding_set_ground(result_add(look->result, LEVEL_NOTE, domain,
                                  message_new(special ? N_("Nobody registers names like this one: it is reserved")
                                                      : N_("This is only the ending that registered domains have"),
                                              NULL)),
                       GROUND_INPUT, special ? "RFC 6761 s6" : "RFC 9499 s9");
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, "reserved");
    set_all_absent(look);
    return PROBE_DONE;
  }
  look->page = registries_page(look->registries, tld);
  facts_set_text(look->result->facts, "registered_domain", SOURCE_PROBE, look->name);
  set_text(look->result->facts, "page", look->page);
  look->ns = net_dns(look->net, look->name, DNS_NS);
  look->result->total = 1;
  look->result->done = look->ns != NULL;
  const char *server = registries_server(look->registries, tld);
  return server != NULL ? ask_server(look, server) : ask_list(look);
}

static ProbeState run_domain(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_domain, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  DomainLook look = {.net = net, .result = result, .registries = known_registries(net)};
  if (look.registries == NULL) {
    finding_set_ground(result_add(result, LEVEL_UNKNOWN, domain,
                                  message_new(N_("The list of registries (rdap.yaml) cannot be read"), NULL)),
                       GROUND_MACHINE, NULL);
    probe_set_unknown(&probe_domain, result, "no knowledge");
    return PROBE_DONE;
  }
  look.name = registries_domain(look.registries, domain);
  ProbeState state = look_at(&look, domain);
  g_clear_pointer(&look.list, https_free);
  g_clear_pointer(&look.https, https_free);
  return state;
}

const Probe probe_domain = {
    .name = "domain",
    .title = N_("Registration of the domain"),
    .why = N_("A domain that was not paid for, was blocked or given up disappears from the DNS, and mail to it comes back. Its "
              "registry knows."),
    .fits = "domain",
    .inputs = domain_inputs,
    .gives = domain_gives,
    .run = run_domain,
};
