#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "probe/known.h"
#include "probe/route.h"

#include <string.h>

static const ProbeInput address_inputs[] = {
    {"email", "email", TRUE, N_("the address as it was typed or pasted")},
    {0},
};

static const FactSpec address_gives[] = {
    {"valid", FACT_TEXT, "yes no", N_("whether the address is well formed")},
    {"reason", FACT_TEXT,
     "ok empty no_at two_at space fullwidth invisible control bad_utf8 forbidden local_empty local_too_long too_long "
     "dot_place domain_empty domain_label domain_no_dot domain_idn literal",
     N_("what is wrong with it, as a word")},
    {"position", FACT_NUMBER, NULL, N_("where the wrong character stands, counted from 1")},
    {"character", FACT_TEXT, NULL, N_("the wrong character, described")},
    {"typed", FACT_TEXT, NULL, N_("what was typed, with hidden characters made visible")},
    {"cleaned", FACT_TEXT, NULL, N_("the address that is most likely meant by a wrong one")},
    {"local", FACT_TEXT, NULL, N_("the part before the @")},
    {"domain", FACT_TEXT, NULL, N_("the part behind the @, as the DNS knows it")},
    {"smtputf8", FACT_TEXT, "yes no", N_("whether servers on the way must know internationalised addresses")},
    {"takes_mail", FACT_TEXT, "yes no", N_("whether the domain takes mail: it names servers for it, or has an address")},
    {"suggestion", FACT_TEXT, NULL, N_("a similar address whose domain takes mail while the typed one does not")},
    {"lookalike", FACT_TEXT, NULL,
     N_("the well known domain that the typed one is often mistaken for, if it takes mail")},
    {0},
};

/* What is wrong, for people.  {character} and {position} are filled in. */
static const char *const reason_texts[] = {
    [ADDRESS_OK] = N_("The address is well formed"),
    [ADDRESS_EMPTY] = N_("There is no address"),
    [ADDRESS_NO_AT] = N_("There is no @ in the address"),
    [ADDRESS_TWO_AT] = N_("There is a second @, at position {position}"),
    [ADDRESS_SPACE] = N_("There is a blank at position {position}: {character}"),
    [ADDRESS_FULLWIDTH] = N_("There is a full-width character at position {position}: {character}"),
    [ADDRESS_INVISIBLE] = N_("There is an invisible character at position {position}: {character}"),
    [ADDRESS_CONTROL] = N_("There is a control character at position {position}: {character}"),
    [ADDRESS_BAD_UTF8] = N_("There are bytes at position {position} that are no text"),
    [ADDRESS_FORBIDDEN] = N_("At position {position} stands a character that may not be there: {character}"),
    [ADDRESS_LOCAL_EMPTY] = N_("There is nothing before the @"),
    [ADDRESS_LOCAL_TOO_LONG] = N_("The part before the @ is longer than 64 bytes"),
    [ADDRESS_TOO_LONG] = N_("The address is longer than 254 bytes"),
    [ADDRESS_DOT_PLACE] = N_("At position {position} a dot is first, last or doubled in the part before the @"),
    [ADDRESS_DOMAIN_EMPTY] = N_("There is nothing behind the @"),
    [ADDRESS_DOMAIN_LABEL] = N_("The part behind the @ is no domain: look at position {position}"),
    [ADDRESS_DOMAIN_NO_DOT] = N_("The part behind the @ has no dot: the ending is missing, like .com"),
    [ADDRESS_DOMAIN_IDN] = N_("The part behind the @ holds characters that a domain may not have"),
    [ADDRESS_LITERAL] = N_("The [address] behind the @ is no IP address"),
};

typedef struct Look {
  Net *net;
  Result *result;
  const Address *address;
  const char *typed, *domain;
} Look;

static void set_text(Look *look, const char *name, const char *value) {
  if (value != NULL)
    facts_set_text(look->result->facts, name, SOURCE_PROBE, value);
  else
    facts_set_absent(look->result->facts, name, SOURCE_PROBE);
}

static char *address_at(const Look *look, const char *domain) {
  g_autofree char *unicode = domain_to_unicode(domain);
  int before = (int)strcspn(look->typed, "@"); /* of an address that has no form, but something to look up */
  return look->address->local != NULL ? g_strconcat(look->address->local, "@", unicode, NULL)
                                      : g_strdup_printf("%.*s@%s", before, look->typed, unicode);
}

/* --- the form --- */

static Message *reason_message(const Address *address, const char *character) {
  const char *reason = address->dns_name != NULL
                           ? N_("At position {position} stands an underscore, which no mail domain may have in its name")
                           : reason_texts[address->reason];
  Message *text = message_new(reason, "character", character != NULL ? character : "", NULL);
  return message_set_number(text, "position", address->position);
}

static void look_at_form(Look *look) {
  const Address *address = look->address;
  const char *typed = look->typed;
  gboolean valid = address->reason == ADDRESS_OK;
  g_autofree char *character = address->character != 0 ? character_describe(address->character) : NULL;
  set_text(look, "valid", valid ? "yes" : "no");
  set_text(look, "reason", address_reason_word(address->reason));
  set_text(look, "character", character);
  set_text(look, "typed", typed);
  set_text(look, "cleaned", address->cleaned);
  set_text(look, "local", address->local);
  set_text(look, "domain", look->domain);
  set_text(look, "smtputf8", address->needs_smtputf8 ? "yes" : "no");
  if (address->position > 0)
    facts_set_number(look->result->facts, "position", SOURCE_PROBE, address->position);
  else
    facts_set_absent(look->result->facts, "position", SOURCE_PROBE);
  Finding *row = result_add(look->result, valid ? LEVEL_OK : LEVEL_FAIL, typed, reason_message(address, character));
  finding_set_ground(row, GROUND_INPUT, "RFC 5321 s4.1.2");
  if (!valid && address->cleaned != NULL)
    finding_set_advice(row, message_new(N_("What is probably meant: {cleaned}"), "cleaned", address->cleaned, NULL));
  if (address->dns_name != NULL)
    finding_set_advice(row, message_new(N_("Many servers refuse such an address. The DNS can hold the name, so it is looked up "
                                           "all the same"),
                                        NULL));
  if (address->carrier_form)
    finding_set_ground(
        result_add(
            look->result, LEVEL_NOTE, typed,
            message_new(N_("The dots break the rules, but old addresses of this mobile carrier have such forms. Some "
                           "servers refuse them: put the part before the @ in quotation marks there"),
                        NULL)),
        GROUND_INPUT, "RFC 5321 s4.1.2");
  if (address->needs_smtputf8)
    finding_set_ground(
        result_add(
            look->result, LEVEL_NOTE, typed,
            message_new(N_("This address needs servers that know internationalised addresses (SMTPUTF8), all along "
                           "the way"),
                        NULL)),
        GROUND_INPUT, "RFC 6531 s3.2");
}

/* --- the typed domain --- */

static const struct {
  RouteKind kind;
  Level level;
  const char *text;
} domain_texts[] = {
    {ROUTE_WAIT, LEVEL_WAIT, N_("Looking up whether it takes mail")},
    {ROUTE_MX, LEVEL_OK, N_("The domain names servers for its mail")},
    {ROUTE_IMPLICIT, LEVEL_OK, N_("The domain has no mail server of its own, but an address that mail may go to")},
    {ROUTE_NULL_MX, LEVEL_FAIL, N_("The domain says that it takes no mail")},
    {ROUTE_NO_DATA, LEVEL_FAIL, N_("The domain exists, but has neither a mail server nor an address")},
    {ROUTE_NXDOMAIN, LEVEL_FAIL, N_("The domain does not exist")},
    {ROUTE_DANGLING, LEVEL_FAIL, N_("The domain is an alias (CNAME) of {name}, and that name does not exist")},
    {ROUTE_UNKNOWN, LEVEL_UNKNOWN, N_("Whether the domain takes mail could not be found out: {why}")},
};

static void look_at_domain(Look *look, const Route *typed) {
  const char *shown = look->address->domain_unicode != NULL ? look->address->domain_unicode : look->domain;
  for (guint i = 0; i < G_N_ELEMENTS(domain_texts); i++) {
    if (domain_texts[i].kind != typed->kind)
      continue;
    Message *text = message_new(domain_texts[i].text, "name", typed->alias != NULL ? typed->alias : "", NULL);
    if (typed->kind == ROUTE_UNKNOWN)
      message_set_tr(text, "why", dns_status_message(typed->decisive->status));
    Finding *row = result_add(look->result, domain_texts[i].level, shown, text);
    if (typed->decisive != NULL)
      probe_add_answer(row, typed->decisive, "RFC 5321 s5.1");
  }
  if (route_takes_mail(typed->kind) || route_is_closed(typed->kind))
    set_text(look, "takes_mail", route_takes_mail(typed->kind) ? "yes" : "no");
  else if (typed->kind == ROUTE_UNKNOWN)
    facts_set_unknown(look->result->facts, "takes_mail", SOURCE_PROBE, dns_status_word(typed->decisive->status));
}

/* --- what may be meant --- */

/* A typed domain that takes mail is never called wrong; but some of them wait for mistakes. */
static void look_at_lookalike(Look *look, const Route *typed, const MailDomains *known) {
  const char *meant = known != NULL ? mail_domains_lookalike(known, look->domain) : NULL;
  set_text(look, "lookalike", meant);
  set_text(look, "suggestion", NULL);
  if (meant == NULL)
    return;
  Finding *row = result_add(look->result, LEVEL_NOTE, look->domain,
                            message_new(N_("{typed} exists and may take mail, but people often type it when they mean "
                                           "{meant}"),
                                        "typed", look->domain, "meant", meant, NULL));
  probe_add_answer(row, typed->decisive, "RFC 5321 s5.1");
  finding_set_advice(row, message_new(N_("Mail to it does not bounce: it may have reached a stranger. Ask which one is "
                                         "right"),
                                      NULL));
}

static void suggest(Look *look, const char *domain, const DnsAnswer *proof) {
  g_autofree char *address = address_at(look, domain);
  set_text(look, "suggestion", address);
  Finding *row = result_add(
      look->result, LEVEL_NOTE, domain,
      message_new(N_("A similar domain takes mail. Is this meant: {suggestion}"), "suggestion", address, NULL));
  probe_add_answer(row, proof, "RFC 5321 s5.1");
}

/* The first of the known domains, best first, that is proven to take mail. */
static ProbeState try_candidates(Look *look, char **candidates, gboolean *unknown) {
  gboolean waits = FALSE;
  const char *found = NULL;
  const DnsAnswer *proof = NULL;
  for (guint i = 0; candidates[i] != NULL; i++) {
    Route route = route_ask(look->net, candidates[i]);
    waits |= route.kind == ROUTE_WAIT;
    *unknown |= route.kind == ROUTE_UNKNOWN;
    if (found == NULL && route_takes_mail(route.kind)) {
      found = candidates[i];
      proof = route.decisive;
    }
  }
  if (!waits && found != NULL)
    suggest(look, found, proof);
  return waits ? PROBE_PENDING : PROBE_DONE;
}

/* The first of them that could not be told, so that "no suggestion" is not taken for "nothing similar". */
static void say_unknown_candidate(Look *look, char **candidates) {
  for (guint i = 0; candidates[i] != NULL; i++) {
    Route route = route_ask(look->net, candidates[i]);
    if (route.kind != ROUTE_UNKNOWN)
      continue;
    Finding *row = result_add(
        look->result, LEVEL_UNKNOWN, candidates[i],
        message_set_tr(message_new(N_("Whether this similar domain takes mail could not be found out: {why}"), NULL),
                       "why", dns_status_message(route.decisive->status)));
    probe_add_answer(row, route.decisive, "RFC 5321 s5.1");
    return;
  }
}

/* For a name that does not exist and resembles no known one: does a slip of the finger lead to one that has mail
 * servers?  Asked only then, since it is many questions. */
static ProbeState try_slips(Look *look, gboolean *unknown) {
  g_auto(GStrv) slips = domain_slips(look->domain);
  gboolean waits = FALSE;
  const char *found = NULL;
  const DnsAnswer *proof = NULL;
  for (guint i = 0; slips[i] != NULL; i++) {
    const DnsAnswer *mx = net_dns(look->net, slips[i], DNS_MX);
    waits |= mx == NULL;
    *unknown |= mx != NULL && dns_is_unknown(mx->status);
    if (found == NULL && mx != NULL && mx->status == DNS_OK && dns_answer_count(mx) > 0 && !route_is_null_mx(mx)) {
      found = slips[i];
      proof = mx;
    }
  }
  if (!waits && found != NULL)
    suggest(look, found, proof);
  return waits ? PROBE_PENDING : PROBE_DONE;
}

static gboolean has_suggestion(const Look *look) {
  return facts_get(look->result->facts, "suggestion") != NULL;
}

static ProbeState look_for_meant(Look *look, const Route *typed, char **candidates) {
  gboolean unknown = FALSE;
  set_text(look, "lookalike", NULL);
  if (try_candidates(look, candidates, &unknown) == PROBE_PENDING)
    return PROBE_PENDING;
  if (!has_suggestion(look) && unknown)
    say_unknown_candidate(look, candidates);
  if (!has_suggestion(look) && typed->kind == ROUTE_NXDOMAIN && try_slips(look, &unknown) == PROBE_PENDING)
    return PROBE_PENDING;
  if (!has_suggestion(look) && unknown)
    facts_set_unknown(look->result->facts, "suggestion", SOURCE_PROBE, "no answer");
  else if (!has_suggestion(look))
    set_text(look, "suggestion", NULL);
  return PROBE_DONE;
}

static ProbeState look_up(Look *look) {
  const MailDomains *known = known_domains(look->net);
  g_auto(GStrv) candidates = known != NULL ? mail_domains_suggest(known, look->domain) : g_new0(char *, 1);
  Route typed = route_ask(look->net, look->domain);
  /* All at once: which of them matters shows only when the typed one has answered. */
  for (guint i = 0; candidates[i] != NULL; i++)
    route_ask(look->net, candidates[i]);
  look->result->total = 1 + g_strv_length(candidates);
  look_at_domain(look, &typed);
  if (typed.kind == ROUTE_WAIT)
    return PROBE_PENDING;
  look->result->done = 1;
  ProbeState state = PROBE_DONE;
  if (route_takes_mail(typed.kind))
    look_at_lookalike(look, &typed, known);
  else if (route_is_closed(typed.kind))
    state = look_for_meant(look, &typed, candidates);
  else
    probe_set_unknown(&probe_address, look->result, "no answer");
  if (state == PROBE_DONE)
    look->result->done = look->result->total;
  return state;
}

static ProbeState run_address(Net *net, const Facts *inputs, Result *result) {
  const char *typed = probe_input(inputs, "email");
  g_autoptr(Address) address = address_parse(typed);
  Look look = {.net = net, .result = result, .address = address, .typed = typed};
  look.domain = address->domain != NULL ? address->domain : address->dns_name;
  look_at_form(&look);
  if (look.domain != NULL && !address->literal)
    return look_up(&look);
  /* No domain to ask for, or an address in its place. */
  set_text(&look, "suggestion", NULL);
  set_text(&look, "lookalike", NULL);
  set_text(&look, "takes_mail", NULL);
  return PROBE_DONE;
}

const Probe probe_address = {
    .name = "address",
    .title = N_("The address"),
    .why = N_("A typing mistake is the most frequent reason for a bounce. We look at every character, and whether the "
              "domain takes mail."),
    .fits = "email",
    .inputs = address_inputs,
    .gives = address_gives,
    .run = run_address,
};
