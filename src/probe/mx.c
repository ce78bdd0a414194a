#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "mail/ip.h"
#include "probe/mx_look.h"
#include "probe/route.h"

/* Nobody has so many mail servers; the rest of a hostile answer is counted, not asked for. */
#define MAX_HOSTS 20

static const ProbeInput mx_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {0},
};

static const FactSpec mx_gives[] = {
    {"status", FACT_TEXT, "ok implicit null_mx no_data nxdomain timeout servfail refused unreachable bad_name",
     N_("whether the domain names mail servers; implicit: its own address is the server; null_mx: it says that it "
        "takes no mail; the last five: nobody could tell, or the name cannot be asked")},
    {"hosts", FACT_LIST, NULL, N_("the mail servers, the first choice first")},
    {"count", FACT_NUMBER, NULL, N_("how many mail servers there are")},
    {"addresses", FACT_LIST, NULL, N_("the addresses of the mail servers that were found")},
    {"provider", FACT_TEXT, NULL, N_("who runs the mail servers, told by their names")},
    {"provider_kind", FACT_TEXT, "mailbox gateway platform forwarding disposable no-mail outbound-gateway unknown",
     N_("what the provider does; gateway: a filter in front of the real mailboxes")},
    {"faults", FACT_LIST,
     "alias ip_literal special_address no_address same_preference mixed_null null_preference placeholder "
     "not_alone several_microsoft both_microsoft other_name",
     N_("mistakes in the records, as words")},
    {"exchange_online", FACT_TEXT, "none outlook microsoft both",
     N_("whether Exchange Online (Microsoft 365) takes the mail, and under which name; outlook: "
        "mail.protection.outlook.com; microsoft: mx.microsoft")},
    {"ttl", FACT_NUMBER, NULL, N_("for how many seconds resolvers may keep this answer")},
    {0},
};

/* --- the records --- */

static int by_preference(gconstpointer a, gconstpointer b) {
  const MxHost *x = a, *y = b;
  return x->record->preference != y->record->preference ? x->record->preference - y->record->preference
                                                        : (x->record > y->record) - (x->record < y->record);
}

static void collect_hosts(MxLook *look, const DnsAnswer *mx) {
  guint n = dns_answer_count(mx);
  for (guint i = 0; i < n && look->hosts->len < MAX_HOSTS; i++) {
    MxHost host = {.record = dns_answer_record(mx, i)};
    if (!g_str_equal(host.record->value, "."))
      g_array_append_val(look->hosts, host);
  }
  g_array_sort(look->hosts, by_preference);
}

static gboolean is_address(const char *name) {
  Ip ip;
  return ip_parse(name, &ip);
}

static void ask_hosts(MxLook *look) {
  for (guint i = 0; i < look->hosts->len; i++) {
    MxHost *host = &g_array_index(look->hosts, MxHost, i);
    if (is_address(host->record->value))
      continue;
    host->a = net_dns(look->net, host->record->value, DNS_A);
    host->aaaa = net_dns(look->net, host->record->value, DNS_AAAA);
    host->waits = host->a == NULL || host->aaaa == NULL;
    look->open += (host->a == NULL) + (host->aaaa == NULL);
  }
}

/* --- one row a host --- */

static void add_addresses(MxLook *look, const DnsAnswer *answer, GString *text, const char **special) {
  Ip ip;
  for (guint i = 0; answer != NULL && answer->status == DNS_OK && i < dns_answer_count(answer); i++) {
    const char *value = dns_answer_record(answer, i)->value;
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", value);
    g_ptr_array_add(look->addresses, (gpointer)value);
    /* Documentation addresses stand for public ones in exercises; no real domain has them. */
    if (*special == NULL && ip_parse(value, &ip) && !ip_is_documentation(&ip))
      *special = ip_special_range(&ip);
  }
}

static Finding *add_row(MxLook *look, Level level, const MxHost *host, Message *text) {
  Finding *row = result_add(look->result, level, host->record->value, text);
  probe_add_answer(row, look->mx, "RFC 5321 s5.1");
  if (host->a != NULL)
    probe_add_answer(row, host->a, "RFC 5321 s5.1");
  if (host->aaaa != NULL)
    probe_add_answer(row, host->aaaa, "RFC 5321 s5.1");
  row->elapsed_ms = MAX(host->a != NULL ? host->a->elapsed_ms : 0, host->aaaa != NULL ? host->aaaa->elapsed_ms : 0);
  return row;
}

static void host_without_address(MxLook *look, const MxHost *host) {
  const DnsAnswer *unknown = dns_is_unknown(host->a->status) ? host->a : host->aaaa;
  if (dns_is_unknown(unknown->status)) {
    look->unknown++;
    add_row(look, LEVEL_UNKNOWN, host,
            message_set_tr(message_new(N_("Its address could not be found out: {why}"), NULL), "why",
                           dns_status_message(unknown->status)));
    return;
  }
  mx_add_fault(look, "no_address");
  Finding *row = add_row(look, LEVEL_FAIL, host,
                         host->a->status == DNS_NXDOMAIN ? message_new(N_("This name does not exist"), NULL)
                                                         : message_new(N_("This name has no address"), NULL));
  finding_set_advice(row, message_new(N_("The administrator of {domain} must correct the MX record or the address of "
                                         "this server"),
                                      "domain", look->domain, NULL));
}

static void host_row(MxLook *look, const MxHost *host) {
  g_autoptr(GString) addresses = g_string_new(NULL);
  const char *special = NULL;
  if (is_address(host->record->value)) {
    mx_add_fault(look, "ip_literal");
    Finding *row =
        add_row(look, LEVEL_FAIL, host, message_new(N_("An address stands where the name of a server must be"), NULL));
    finding_set_advice(
        row, message_new(N_("The MX record must name a host. Many senders cannot deliver to this one"), NULL));
    return;
  }
  add_addresses(look, host->a, addresses, &special);
  add_addresses(look, host->aaaa, addresses, &special);
  if (host->waits && addresses->len == 0) {
    add_row(look, LEVEL_WAIT, host, message_new(N_("Looking up its address"), NULL));
    return;
  }
  if (addresses->len == 0) {
    host_without_address(look, host);
    return;
  }
  if (special != NULL) {
    mx_add_fault(look, "special_address");
    add_row(look, LEVEL_WARN, host,
            message_set_tr(message_new(N_("{addresses}: nobody outside can reach this address ({range})"), "addresses",
                                       addresses->str, NULL),
                           "range", special));
    return;
  }
  look->usable++;
  if ((host->a != NULL && dns_answer_is_alias(host->a)) || (host->aaaa != NULL && dns_answer_is_alias(host->aaaa))) {
    /* RFC 5321 s5.1, RFC 2181 s10.3. */
    mx_add_fault(look, "alias");
    add_row(look, LEVEL_WARN, host,
            message_new(N_("{addresses}: this name is only an alias (CNAME), which an MX record may not name; some "
                           "senders refuse it"),
                        "addresses", addresses->str, NULL));
    return;
  }
  add_row(look, LEVEL_OK, host, message_new("{addresses}", "addresses", addresses->str, NULL));
}

/* --- facts --- */

static void set_list(Facts *facts, const char *name, GPtrArray *items) {
  g_ptr_array_add(items, NULL);
  facts_set_list(facts, name, SOURCE_PROBE, (const char *const *)items->pdata);
  g_ptr_array_set_size(items, items->len - 1);
}

static void set_hosts(MxLook *look) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < look->hosts->len; i++)
    g_ptr_array_add(names, g_array_index(look->hosts, MxHost, i).record->value);
  set_list(look->result->facts, "hosts", names);
  facts_set_number(look->result->facts, "count", SOURCE_PROBE, names->len);
}

static void set_absent(MxLook *look) {
  static const char *const names[] = {"hosts", "addresses", "provider", "provider_kind"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    facts_set_absent(look->result->facts, names[i], SOURCE_PROBE);
  facts_set_number(look->result->facts, "count", SOURCE_PROBE, 0);
  facts_set_text(look->result->facts, "exchange_online", SOURCE_PROBE, "none");
}

/* --- by kind of route --- */

static void look_hosts(MxLook *look, const DnsAnswer *mx) {
  look->mx = mx;
  collect_hosts(look, mx);
  ask_hosts(look);
  guint first_row = look->result->findings->len;
  for (guint i = 0; i < look->hosts->len; i++)
    host_row(look, &g_array_index(look->hosts, MxHost, i));
  mx_lint_null(look, mx);
  mx_lint_set(look, mx);
  if (look->open == 0) /* once: there are many to compare with */
    mx_set_provider(look, mx);
  set_hosts(look);
  if (look->open > 0 || look->usable > 0 || look->result->findings->len == first_row)
    return;
  if (result_level(look->result) != LEVEL_UNKNOWN)
    look->result->headline = message_new(N_("None of the mail servers of {domain} can be reached by its name"),
                                         "domain", look->domain, NULL);
}

static void look_implicit(MxLook *look, const Route *route) {
  const char *const hosts[] = {look->domain, NULL};
  g_autoptr(GString) addresses = g_string_new(NULL);
  const char *special = NULL;
  add_addresses(look, route->a, addresses, &special);
  add_addresses(look, route->aaaa, addresses, &special);
  Finding *row =
      result_add(look->result, special != NULL ? LEVEL_WARN : LEVEL_NOTE, look->domain,
                 message_new(N_("There is no MX record; mail goes to the address of the domain itself: {addresses}"),
                             "addresses", addresses->str, NULL));
  probe_add_answer(row, route->mx, "RFC 5321 s5.1");
  probe_add_answer(row, route->decisive, "RFC 5321 s5.1");
  finding_set_advice(row,
                     message_new(N_("That is allowed, but often a domain that was never meant to receive mail"), NULL));
  if (special != NULL)
    mx_add_fault(look, "special_address");
  facts_set_list(look->result->facts, "hosts", SOURCE_PROBE, hosts);
  facts_set_number(look->result->facts, "count", SOURCE_PROBE, 1);
  facts_set_text(look->result->facts, "exchange_online", SOURCE_PROBE, "none");
  facts_set_unknown(look->result->facts, "provider", SOURCE_PROBE, "no entry");
  facts_set_unknown(look->result->facts, "provider_kind", SOURCE_PROBE, "no entry");
}

/* The sentences for routes that end here; {domain} is filled in. */
static const struct {
  RouteKind kind;
  Level level;
  const char *text, *advice, *reference;
} endings[] = {
    {ROUTE_NXDOMAIN, LEVEL_FAIL, N_("The domain {domain} does not exist"),
     N_("Compare it letter by letter with an older mail or a business card. If it is right, the domain was given up or "
        "its DNS is broken"),
     "RFC 8020 s2"},
    {ROUTE_NO_DATA, LEVEL_FAIL, N_("The domain {domain} exists, but has neither a mail server nor an address"),
     N_("Nobody can receive mail there. Ask for another address"), "RFC 5321 s5.1"},
    {ROUTE_NULL_MX, LEVEL_FAIL, N_("The domain {domain} says that it takes no mail"),
     N_("Nobody can receive mail there. Ask for another address"), "RFC 7505 s3"},
};

static void look_ending(MxLook *look, const Route *route) {
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
    if (endings[i].kind != route->kind)
      continue;
    Finding *row =
        result_add(look->result, endings[i].level, "MX", message_new(endings[i].text, "domain", look->domain, NULL));
    finding_set_advice(row, message_new(endings[i].advice, NULL));
    probe_add_answer(row, route->decisive, endings[i].reference);
    row->elapsed_ms = route->decisive->elapsed_ms;
  }
  if (route->kind == ROUTE_NULL_MX)
    mx_lint_null(look, route->mx);
  set_absent(look);
}

static void look_unknown(MxLook *look, const Route *route) {
  const char *why = route->word != NULL ? route->word : dns_status_word(route->decisive->status);
  Finding *row = result_add(look->result, LEVEL_UNKNOWN, "MX",
                            message_set_tr(message_new(N_("The mail servers of {domain} could not be found out: {why}"),
                                                       "domain", look->domain, NULL),
                                           "why", probe_why(route->decisive)));
  finding_set_quote(row, route->decisive->extended_text);
  finding_set_advice(
      row, message_new(N_("This says nothing about the domain: try again later, or ask another resolver"), NULL));
  probe_add_answer(row, route->decisive, "RFC 5321 s5.1");
  if (route->word != NULL)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, route->word);
  probe_set_unknown(&probe_mx, look->result, why);
}

static ProbeState look_at(MxLook *look) {
  Route route = route_ask(look->net, look->domain);
  look->result->total = 1;
  if (route.kind == ROUTE_WAIT) {
    result_add(look->result, LEVEL_WAIT, "MX",
               message_new(N_("Looking up the mail servers of {domain}"), "domain", look->domain, NULL));
    return PROBE_PENDING;
  }
  look->result->done = 1;
  if (route.kind == ROUTE_UNKNOWN) {
    look_unknown(look, &route);
    return PROBE_DONE;
  }
  Facts *facts = look->result->facts;
  facts_set_text(facts, "status", SOURCE_PROBE, route.word);
  if (route.mx->ttl > 0)
    facts_set_number(facts, "ttl", SOURCE_PROBE, route.mx->ttl);
  else
    facts_set_unknown(facts, "ttl", SOURCE_PROBE, "not told");
  if (route.kind == ROUTE_MX)
    look_hosts(look, route.mx);
  else if (route.kind == ROUTE_IMPLICIT)
    look_implicit(look, &route);
  else
    look_ending(look, &route);
  look->result->total += 2 * look->hosts->len;
  look->result->done = look->result->total - look->open;
  if (look->unknown > 0 && look->addresses->len == 0)
    facts_set_unknown(facts, "addresses", SOURCE_PROBE, "no answer");
  else if (facts_get(facts, "addresses") == NULL)
    set_list(facts, "addresses", look->addresses);
  set_list(facts, "faults", look->faults);
  return look->open > 0 ? PROBE_PENDING : PROBE_DONE;
}

static ProbeState run_mx(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = domain_to_ascii(probe_input(inputs, "domain"));
  if (domain == NULL) {
    probe_bad_input(
        result,
        message_new(N_("\"{domain}\" is not the name of a domain"), "domain", probe_input(inputs, "domain"), NULL),
        "RFC 1035 s2.3.1");
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
    probe_set_unknown(&probe_mx, result, "bad_name");
    return PROBE_DONE;
  }
  g_autoptr(GArray) hosts = g_array_new(FALSE, TRUE, sizeof(MxHost));
  g_autoptr(GPtrArray) addresses = g_ptr_array_new();
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  MxLook look = {
      .net = net, .result = result, .domain = domain, .hosts = hosts, .addresses = addresses, .faults = faults};
  return look_at(&look);
}

const Probe probe_mx = {
    .name = "mx",
    .title = N_("Mail servers"),
    .why = N_("The MX record names the computers that accept mail for a domain."),
    .fits = "email domain",
    .inputs = mx_inputs,
    .gives = mx_gives,
    .run = run_mx,
};
