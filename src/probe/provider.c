#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/provider.h"
#include "probe/known.h"
#include "probe/route.h"

#include <string.h>

/* RFC 7208 s4.6.4 allows ten terms that ask the DNS; nobody has more includes that count. */
#define MAX_INCLUDES 20

static const ProbeInput provider_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {0},
};

static const FactSpec provider_gives[] = {
    {"id", FACT_TEXT, NULL, N_("who runs the mail servers, as a word, such as microsoft365; own: the domain itself")},
    {"name", FACT_TEXT, NULL, N_("who runs the mail servers, told by their names")},
    {"kind", FACT_TEXT, "mailbox gateway platform forwarding disposable no-mail outbound-gateway unknown own",
     N_("what the provider does; gateway: a filter in front of the real mailboxes; own: the servers bear the domain's "
        "own name")},
    {"mailboxes", FACT_TEXT, NULL, N_("who has the mailboxes behind a filter or behind servers of its own, as a word")},
    {"mailboxes_by", FACT_TEXT, "mx autodiscover spf",
     N_("what tells that; spf says only who may send, so it is a hint")},
    {"acts", FACT_TEXT, "administrator provider owner nobody",
     N_("who can change something there; provider: a public service, whose users have no administrator; owner: whoever "
        "runs the program that reads the mail; nobody: no mail arrives")},
    {"includes", FACT_LIST, NULL, N_("what the SPF record includes")},
    {0},
};

typedef struct ProviderLook {
  Result *result;
  const char *domain;
  const Providers *providers;
  const Route *route;
  const DnsAnswer *txt, *alias;
  const Provider *mx, *behind;
  const char *by;
  gboolean own, is_public;
} ProviderLook;

/* --- the three signs --- */

static gboolean is_below(const char *host, const char *domain) {
  gsize h = strlen(host), d = strlen(domain);
  return h >= d && g_ascii_strcasecmp(host + h - d, domain) == 0 && (h == d || host[h - d - 1] == '.');
}

/* The provider of the first server that has one; a placeholder counts if nothing else is there. */
static void look_servers(ProviderLook *look) {
  guint n = dns_answer_count(look->route->mx), below = 0;
  for (guint i = 0; i < n; i++) {
    const char *host = dns_answer_record(look->route->mx, i)->value;
    const Provider *provider = look->providers != NULL ? providers_match(look->providers, host) : NULL;
    below += is_below(host, look->domain);
    if (provider != NULL && (look->mx == NULL || g_str_equal(look->mx->kind, "no-mail")))
      look->mx = provider;
  }
  look->own = look->mx == NULL && n > 0 && below == n;
}

/* "include:" and "redirect=" of the record (RFC 7208 s5.2, s6.1), whatever their qualifier. */
static void add_includes(GPtrArray *includes, const DnsRecord *record) {
  if (g_ascii_strncasecmp(record->value, "v=spf1 ", 7) != 0)
    return;
  g_auto(GStrv) terms = g_strsplit(record->value, " ", -1);
  for (guint i = 0; terms[i] != NULL && includes->len < MAX_INCLUDES; i++) {
    const char *term = terms[i] + (*terms[i] != '\0' && strchr("+-~?", *terms[i]) != NULL);
    const char *rest = g_ascii_strncasecmp(term, "include:", 8) == 0    ? term + 8
                       : g_ascii_strncasecmp(term, "redirect=", 9) == 0 ? term + 9
                                                                        : "";
    if (*rest != '\0')
      g_ptr_array_add(includes, g_strdup(rest));
  }
}

static GPtrArray *find_includes(const DnsAnswer *txt) {
  GPtrArray *includes = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; txt->status == DNS_OK && i < dns_answer_count(txt); i++)
    add_includes(includes, dns_answer_record(txt, i));
  return includes;
}

static gboolean needs_behind(const ProviderLook *look) {
  return look->mx == NULL || g_str_equal(look->mx->kind, "gateway") || g_str_equal(look->mx->kind, "forwarding");
}

static void look_behind(ProviderLook *look, GPtrArray *includes) {
  const DnsRecord *alias = look->alias->status == DNS_OK ? dns_answer_record(look->alias, 0) : NULL;
  if (look->providers == NULL)
    return;
  if (alias != NULL)
    look->behind = providers_match_as(look->providers, PROVIDER_AUTODISCOVER, alias->value);
  look->by = "autodiscover";
  for (guint i = 0; look->behind == NULL && i < includes->len; i++) {
    const Provider *provider = providers_match_as(look->providers, PROVIDER_SPF, g_ptr_array_index(includes, i));
    if (provider == NULL || !g_str_equal(provider->kind, "mailbox"))
      continue;
    look->behind = provider;
    look->by = "spf";
  }
}

/* --- what it means --- */

static const struct {
  const char *kind, *acts, *text;
} meanings[] = {
    {"mailbox", "administrator", N_("The mailboxes are at {provider}. The administrator of {domain} has its settings; faults of the "
                                    "service itself are the provider's")},
    {"gateway", "administrator", N_("{provider} filters the mail before it reaches the mailboxes. What it refuses, the administrator "
                                    "of {domain} can release there")},
    {"platform", "owner", N_("Programs read the mail, by way of {provider}. Whoever runs the service behind {domain} has to look")},
    {"forwarding", "administrator", N_("{provider} passes the mail on to another address. A bounce may come from there")},
    {"disposable", "nobody", N_("{provider} gives out addresses that live for minutes. Ask for another address")},
    {"no-mail", "nobody", N_("{provider}: no mail arrives here. Ask for another address")},
    {"outbound-gateway", "administrator", N_("{provider} is a service for sending. That mail is received there is unusual: the "
                                             "administrator of {domain} should look at the MX record")},
    {"unknown", "administrator", N_("The mail servers belong to {provider}")},
};

static void set_who(ProviderLook *look, const char *id, const char *name, const char *kind) {
  Facts *facts = look->result->facts;
  facts_set_text(facts, "id", SOURCE_PROBE, id);
  facts_set_text(facts, "name", SOURCE_PROBE, name);
  facts_set_text(facts, "kind", SOURCE_PROBE, kind);
}

static void say_public(ProviderLook *look) {
  Finding *row = result_add(look->result, LEVEL_NOTE, look->domain,
                            message_new(N_("A public mail service: its users have no administrator. The user can free space or change "
                                           "settings, all else only the provider can"),
                                        NULL));
  probe_add_answer(row, look->route->mx, "RFC 5321 s5.1");
  facts_set_text(look->result->facts, "acts", SOURCE_PROBE, "provider");
}

static void say_provider(ProviderLook *look) {
  const Provider *provider = look->mx;
  set_who(look, provider->id, provider->name, provider->kind);
  if (look->is_public) {
    say_public(look);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS(meanings); i++) {
    if (!g_str_equal(meanings[i].kind, provider->kind))
      continue;
    Finding *row = result_add(look->result, LEVEL_NOTE, "MX",
                              message_new(meanings[i].text, "provider", provider->name, "domain", look->domain, NULL));
    probe_add_answer(row, look->route->mx, "RFC 5321 s5.1");
    facts_set_text(look->result->facts, "acts", SOURCE_PROBE, meanings[i].acts);
  }
}

static void say_own(ProviderLook *look) {
  set_who(look, "own", look->domain, "own");
  facts_set_text(look->result->facts, "acts", SOURCE_PROBE, "administrator");
  Finding *row = result_add(look->result, LEVEL_NOTE, "MX",
                            message_new(N_("The mail servers bear the name of the domain itself: its administrator has to look at "
                                           "faults there"),
                                        NULL));
  probe_add_answer(row, look->route->mx, "RFC 5321 s5.1");
}

static void say_nobody_known(ProviderLook *look) {
  Finding *row = result_add(look->result, LEVEL_UNKNOWN, "MX",
                            message_new(N_("The names of the mail servers do not tell who runs them"), NULL));
  probe_add_answer(row, look->route->mx, "RFC 5321 s5.1");
  facts_set_text(look->result->facts, "acts", SOURCE_PROBE, "administrator");
}

static void say_behind(ProviderLook *look) {
  Facts *facts = look->result->facts;
  gboolean unknown = dns_is_unknown(look->alias->status);
  gboolean by_alias = look->behind != NULL && g_str_equal(look->by, "autodiscover");
  if (look->behind != NULL && (by_alias || !unknown)) {
    facts_set_text(facts, "mailboxes", SOURCE_PROBE, look->behind->id);
    facts_set_text(facts, "mailboxes_by", SOURCE_PROBE, look->by);
    Finding *row = result_add(
        look->result, LEVEL_NOTE, by_alias ? "autodiscover" : "SPF",
        message_new(by_alias ? N_("The mailboxes behind are at {provider}: mail programs are sent there")
                             : N_("{provider} may send for the domain: perhaps the mailboxes behind are there"),
                    "provider", look->behind->name, NULL));
    probe_add_answer(row, by_alias ? look->alias : look->txt, by_alias ? "RFC 1034 s3.6.2" : "RFC 7208 s5.2");
    return;
  }
  if (!unknown)
    return;
  Finding *row = result_add(look->result, LEVEL_UNKNOWN, "autodiscover",
                            message_set_tr(message_new(N_("Who has the mailboxes behind could not be found out: {why}"), NULL),
                                           "why", probe_why(look->alias)));
  probe_add_answer(row, look->alias, "RFC 1034 s3.6.2");
}

static void say_includes(ProviderLook *look, GPtrArray *includes) {
  if (dns_is_unknown(look->txt->status)) {
    Finding *row = result_add(look->result, LEVEL_UNKNOWN, "SPF",
                              message_set_tr(message_new(N_("What the SPF record includes could not be found out: {why}"), NULL),
                                             "why", probe_why(look->txt)));
    probe_add_answer(row, look->txt, "RFC 7208 s4.4");
    facts_set_unknown(look->result->facts, "includes", SOURCE_PROBE, "no answer");
    return;
  }
  facts_set_items(look->result->facts, "includes", SOURCE_PROBE, includes);
}

static void look_at(ProviderLook *look, GPtrArray *includes) {
  look_servers(look);
  if (look->mx != NULL)
    say_provider(look);
  else if (look->own)
    say_own(look);
  else
    say_nobody_known(look);
  if (needs_behind(look)) {
    look_behind(look, includes);
    say_behind(look);
  } else if (g_str_equal(look->mx->kind, "mailbox")) {
    facts_set_text(look->result->facts, "mailboxes", SOURCE_PROBE, look->mx->id);
    facts_set_text(look->result->facts, "mailboxes_by", SOURCE_PROBE, "mx");
  }
  probe_set_unknown(&probe_provider, look->result, "no entry");
}

/* --- routes without mail servers --- */

static void say_no_servers(ProviderLook *look) {
  const Route *route = look->route;
  if (route->kind == ROUTE_UNKNOWN) {
    Finding *row = result_add(look->result, LEVEL_UNKNOWN, "MX",
                              message_set_tr(message_new(N_("The mail servers of {domain} could not be found out: {why}"),
                                                         "domain", look->domain, NULL),
                                             "why", probe_why(route->decisive)));
    probe_add_answer(row, route->decisive, "RFC 5321 s5.1");
    probe_set_unknown(&probe_provider, look->result, "no answer");
    return;
  }
  gboolean implicit = route->kind == ROUTE_IMPLICIT;
  Finding *row = result_add(look->result, LEVEL_NOTE, "MX",
                            implicit ? message_new(N_("There is no MX record: mail goes to the domain's own address"), NULL)
                                     : message_new(N_("No mail server is named, so nobody runs one"), NULL));
  probe_add_answer(row, route->decisive, "RFC 5321 s5.1");
  if (implicit) {
    set_who(look, "own", look->domain, "own");
    facts_set_text(look->result->facts, "acts", SOURCE_PROBE, "administrator");
  }
  for (const FactSpec *spec = provider_gives; spec->name != NULL; spec++)
    if (facts_get(look->result->facts, spec->name) == NULL)
      facts_set_absent(look->result->facts, spec->name, SOURCE_PROBE);
}

static ProbeState run_provider(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_provider, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autofree char *autodiscover = g_strconcat("autodiscover.", domain, NULL);
  Route route = route_ask(net, domain);
  ProviderLook look = {.result = result, .domain = domain, .providers = known_providers(net), .route = &route};
  const MailDomains *domains = known_domains(net);
  look.is_public = domains != NULL && mail_domains_has(domains, domain);
  look.txt = net_dns(net, domain, DNS_TXT);
  look.alias = net_dns(net, autodiscover, DNS_CNAME);
  guint open = (route.kind == ROUTE_WAIT) + (look.txt == NULL) + (look.alias == NULL);
  result->total = 3;
  result->done = 3 - open;
  if (open > 0) {
    result_add(result, LEVEL_WAIT, domain, message_new(N_("Looking up who runs the mail"), NULL));
    return PROBE_PENDING;
  }
  g_autoptr(GPtrArray) includes = find_includes(look.txt);
  say_includes(&look, includes);
  if (route.kind == ROUTE_MX)
    look_at(&look, includes);
  else
    say_no_servers(&look);
  return PROBE_DONE;
}

const Probe probe_provider = {
    .name = "provider",
    .title = N_("Mail provider"),
    .why = N_("Who runs the mail of a domain decides who can do something about a bounce: its own administrator, a provider, "
              "or nobody."),
    .fits = "domain",
    .inputs = provider_inputs,
    .gives = provider_gives,
    .run = run_provider,
};
