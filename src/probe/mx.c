#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/host_look.h"
#include "probe/mx_look.h"
#include "probe/route.h"

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
     "alias ip_literal special_address no_address short_name mistyped_null same_preference named_twice mixed_null "
     "several_null null_preference placeholder dangling_alias not_alone several_microsoft both_microsoft other_name",
     N_("mistakes in the records, as words")},
    {"exchange_online", FACT_TEXT, "none outlook microsoft both",
     N_("whether Exchange Online (Microsoft 365) takes the mail, and under which name; outlook: "
        "mail.protection.outlook.com; microsoft: mx.microsoft")},
    {"ttl", FACT_NUMBER, NULL, N_("for how many seconds resolvers may keep this answer")},
    {0},
};

/* --- facts --- */

static void set_hosts(MxLook *look) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < look->hosts->len; i++)
    g_ptr_array_add(names, g_array_index(look->hosts, MxHost, i).record->value);
  facts_set_items(look->result->facts, "hosts", SOURCE_PROBE, names);
  facts_set_number(look->result->facts, "count", SOURCE_PROBE, look->count);
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
  mx_collect_hosts(look, mx);
  mx_ask_hosts(look);
  guint first_row = look->result->findings->len;
  mx_say_hosts(look);
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
  g_autoptr(GString) all = g_string_new(NULL), closed = g_string_new(NULL);
  const char *special = mx_add_addresses(look, route->a, route->aaaa, all, closed);
  Finding *row =
      result_add(look->result, LEVEL_NOTE, look->domain,
                 message_new(N_("There is no MX record; mail goes to the address of the domain itself: {addresses}"),
                             "addresses", all->str, NULL));
  probe_add_answer(row, route->mx, "RFC 5321 s5.1");
  probe_add_answer(row, route->decisive, "RFC 5321 s5.1");
  finding_set_advice(row,
                     message_new(N_("That is allowed, but often a domain that was never meant to receive mail"), NULL));
  if (special != NULL) {
    Message *text = message_new(N_("{addresses}: nobody outside can reach this address ({range})"), "addresses", closed->str, NULL);
    row = result_add(look->result, LEVEL_WARN, look->domain, message_set_tr(text, "range", special));
    probe_add_answer(row, route->decisive, "RFC 6890 s2.2");
    mx_add_fault(look, "special_address");
  }
  facts_set_list(look->result->facts, "hosts", SOURCE_PROBE, hosts);
  facts_set_number(look->result->facts, "count", SOURCE_PROBE, 1);
  facts_set_text(look->result->facts, "exchange_online", SOURCE_PROBE, "none");
  facts_set_unknown(look->result->facts, "provider", SOURCE_PROBE, "no entry");
  facts_set_unknown(look->result->facts, "provider_kind", SOURCE_PROBE, "no entry");
}

/* The sentences for routes that end here; {domain} and {name}, what it is an alias of, are filled in. */
static const struct {
  RouteKind kind;
  const char *text, *advice, *reference, *fault;
} endings[] = {
    {ROUTE_DANGLING, N_("The domain {domain} is an alias (CNAME) of {name}, and that name does not exist"),
     N_("The domain itself exists. Its administrator must correct the alias or bring back the name it leads to"),
     "RFC 6604 s3", "dangling_alias"},
    {ROUTE_NXDOMAIN, N_("The domain {domain} does not exist"),
     N_("Compare it letter by letter with an older mail or a business card. If it is right, the domain was given up or "
        "its DNS is broken"),
     "RFC 8020 s2", NULL},
    {ROUTE_NO_DATA, N_("The domain {domain} exists, but has neither a mail server nor an address"),
     N_("Nobody can receive mail there. Ask for another address"), "RFC 5321 s5.1", NULL},
    {ROUTE_NULL_MX, N_("The domain {domain} says that it takes no mail"),
     N_("Nobody can receive mail there. Ask for another address"), "RFC 7505 s3", NULL},
};

static void say_alias(MxLook *look, const Route *route) {
  if (route->alias == NULL || route->kind == ROUTE_DANGLING)
    return;
  Finding *row = result_add(
      look->result, LEVEL_NOTE, look->domain,
      message_new(N_("This domain is an alias (CNAME): mail goes by the records of {name}"), "name", route->alias, NULL));
  probe_add_answer(row, route->mx, "RFC 5321 s5.1");
}

static void look_ending(MxLook *look, const Route *route) {
  const char *name = route->alias != NULL ? route->alias : "";
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
    if (endings[i].kind != route->kind)
      continue;
    Finding *row =
        result_add(look->result, LEVEL_FAIL, "MX",
                   message_new(endings[i].text, "domain", look->domain, "name", name, NULL));
    finding_set_advice(row, message_new(endings[i].advice, NULL));
    probe_add_answer(row, route->decisive, endings[i].reference);
    row->elapsed_ms = route->decisive->elapsed_ms;
    if (endings[i].fault != NULL)
      mx_add_fault(look, endings[i].fault);
    break;
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
  say_alias(look, &route);
  look->result->total += 2 * look->hosts->len;
  look->result->done = look->result->total - look->open;
  if (look->unknown > 0 && look->addresses->len == 0)
    facts_set_unknown(facts, "addresses", SOURCE_PROBE, "no answer");
  else if (facts_get(facts, "addresses") == NULL)
    facts_set_items(facts, "addresses", SOURCE_PROBE, look->addresses);
  facts_set_items(facts, "faults", SOURCE_PROBE, look->faults);
  return look->open > 0 ? PROBE_PENDING : PROBE_DONE;
}

static ProbeState run_mx(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_mx, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autoptr(GArray) hosts = g_array_new(FALSE, TRUE, sizeof(MxHost));
  g_autoptr(GPtrArray) addresses = g_ptr_array_new();
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
  MxLook look = {.net = net,
                 .result = result,
                 .domain = domain,
                 .hosts = hosts,
                 .addresses = addresses,
                 .known = known,
                 .faults = faults};
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
