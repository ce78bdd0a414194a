#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/spf.h"
#include "probe/spf_rows.h"

#include <string.h>

static const ProbeInput spf_inputs[] = {
    {"ip", "ip", TRUE, N_("the address that the mail was sent from")},
    {"sender", "text", FALSE,
     N_("the envelope sender (MAIL FROM, Return-Path), or its domain alone; <> or nothing: the HELO name is judged")},
    {"helo", "host", FALSE, N_("the name with which the sending server greeted (HELO, EHLO)")},
    {0},
};

static const FactSpec spf_gives[] = {
    {"result", FACT_TEXT, "none neutral pass fail softfail temperror permerror",
     N_("what SPF says about this address; none: the domain has no record; temperror: nobody could tell; permerror: "
        "the record is broken")},
    {"helo_result", FACT_TEXT, "none neutral pass fail softfail temperror permerror",
     N_("the same for the HELO name, which some receivers judge too")},
    {"identity", FACT_TEXT, "mailfrom helo", N_("whose domain was judged: the envelope sender's, or the HELO name")},
    {"domain", FACT_TEXT, NULL, N_("the domain that was judged")},
    {"record", FACT_TEXT, NULL, N_("its SPF record")},
    {"decided_by", FACT_TEXT, NULL, N_("the term of the record that decided")},
    {"decided_in", FACT_TEXT, NULL, N_("the domain in whose record that term stands")},
    {"explanation", FACT_TEXT, NULL, N_("what the domain tells those whom it refuses")},
    {"lookups", FACT_NUMBER, NULL, N_("how many terms asked the DNS up to the decision; 10 are allowed")},
    {"void_lookups", FACT_NUMBER, NULL, N_("how many of them found nothing; 2 are allowed")},
    {"problem", FACT_TEXT,
     "no_record bad_name no_answer needs_helo needs_local_part name_of_ip several_records bad_character bad_term "
     "bad_modifier no_argument no_argument_here bad_domain address_as_name bad_macro bad_address bad_length twice "
     "too_many_terms too_many_voids too_many_mx include_none redirect_none",
     N_("why there is no record, why nobody could tell, or what is wrong with the record")},
    {"problem_term", FACT_TEXT, NULL, N_("the term that the problem is about")},
    {"problem_domain", FACT_TEXT, NULL, N_("the domain in whose record the problem is")},
    {"trace", FACT_LIST, NULL, N_("the terms in the order in which they were looked at, and what became of each")},
    {0},
};

/* --- look-ups: what was asked, and how far it is --- */

typedef struct SpfLooks {
  Net *net;
  GHashTable *asked; /* "NAME TYPE" to itself if it was answered, else to NULL */
  guint answered;
} SpfLooks;

static const DnsAnswer *look(gpointer user, const char *name, DnsType type) {
  SpfLooks *looks = user;
  const DnsAnswer *answer = net_dns(looks->net, name, type);
  char *key = g_strdup_printf("%s %s", name, dns_type_word(type));
  if (g_hash_table_add(looks->asked, key))
    looks->answered += answer != NULL;
  return answer;
}

/* --- facts --- */

static void set_text(Facts *facts, const char *name, const char *value) {
  if (value != NULL)
    facts_set_text(facts, name, SOURCE_PROBE, value);
  else
    facts_set_absent(facts, name, SOURCE_PROBE);
}

static void set_trace(Facts *facts, const SpfVerdict *verdict) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < verdict->steps->len; i++) {
    const SpfStep *step = g_ptr_array_index(verdict->steps, i);
    g_ptr_array_add(lines, g_strdup_printf("%s: %s: %s", step->domain, step->term, spf_outcome_word(step->outcome)));
  }
  facts_set_items(facts, "trace", SOURCE_PROBE, lines);
}

static void set_facts(const SpfVerdict *verdict, Result *result) {
  Facts *facts = result->facts;
  const SpfStep *step = spf_rows_step(verdict, verdict->decided);
  gboolean decided = step != NULL && step->outcome == SPF_MATCH;
  facts_set_text(facts, "result", SOURCE_PROBE, spf_result_word(verdict->result));
  facts_set_text(facts, "identity", SOURCE_PROBE, verdict->helo ? "helo" : "mailfrom");
  facts_set_text(facts, "domain", SOURCE_PROBE, verdict->domain);
  set_trace(facts, verdict);
  if (verdict->problem != SPF_PROBLEM_NONE) {
    facts_set_text(facts, "problem", SOURCE_PROBE, spf_problem_word(verdict->problem));
    set_text(facts, "problem_term", verdict->problem_term);
    set_text(facts, "problem_domain", verdict->problem_domain);
  }
  if (verdict->record != NULL)
    facts_set_text(facts, "record", SOURCE_PROBE, verdict->record);
  if (verdict->result == SPF_TEMPERROR) { /* what else there is to know, nobody knows */
    probe_set_unknown(&probe_spf, result, spf_problem_word(verdict->problem));
    return;
  }
  facts_set_number(facts, "lookups", SOURCE_PROBE, verdict->terms);
  facts_set_number(facts, "void_lookups", SOURCE_PROBE, verdict->voids);
  set_text(facts, "decided_by", decided ? step->term : NULL);
  set_text(facts, "decided_in", decided ? step->domain : NULL);
  if (verdict->explanation_unknown)
    facts_set_unknown(facts, "explanation", SOURCE_PROBE, "no_answer");
  else
    set_text(facts, "explanation", verdict->explanation);
  for (const FactSpec *spec = spf_gives; spec->name != NULL; spec++)
    if (facts_get(facts, spec->name) == NULL)
      facts_set_absent(facts, spec->name, SOURCE_PROBE);
}

/* --- the HELO name beside an envelope sender (s2.3) --- */

/* The verdict about the HELO name, NULL: there is none beside the sender's. */
static SpfVerdict *check_helo(const SpfQuery *query, const SpfVerdict *sender) {
  SpfQuery own = *query;
  own.sender = NULL;
  return sender->helo || query->helo == NULL || *query->helo == '\0' ? NULL : spf_check(&own);
}

static void set_helo(const SpfVerdict *sender, const SpfVerdict *helo, Facts *facts) {
  if (sender->helo || (helo != NULL && helo->result != SPF_PENDING))
    facts_set_text(facts, "helo_result", SOURCE_PROBE, spf_result_word(helo != NULL ? helo->result : sender->result));
  else
    facts_set_unknown(facts, "helo_result", SOURCE_PROBE, "not asked");
}

/* --- the probe --- */

static void wait_row(Result *result, const SpfVerdict *verdict) {
  result_add(result, LEVEL_WAIT, verdict->domain,
             message_new(N_("Reading the SPF record of {domain}"), "domain", verdict->domain, NULL));
}

static ProbeState judge(SpfQuery *query, SpfLooks *looks, Result *result) {
  query->look = look;
  query->user = looks;
  g_autoptr(SpfVerdict) verdict = spf_check(query);
  g_autoptr(SpfVerdict) helo = check_helo(query, verdict); /* both at once, so that it takes no longer */
  result->total = g_hash_table_size(looks->asked);
  result->done = looks->answered;
  if (verdict->result == SPF_PENDING) {
    wait_row(result, verdict);
    return PROBE_PENDING;
  }
  g_autofree char *ip = ip_format(&query->ip);
  SpfRows rows = {.result = result, .verdict = verdict, .ip = ip};
  spf_rows_say(&rows);
  set_helo(verdict, helo, result->facts);
  set_facts(verdict, result);
  if (helo != NULL && helo->result == SPF_PENDING) {
    wait_row(result, helo);
    return PROBE_PENDING;
  }
  result->done = result->total; /* the rest was asked ahead, and is not needed */
  if (helo != NULL && !g_str_equal(helo->domain, verdict->domain)) {
    rows.verdict = helo;
    spf_rows_say_helo(&rows);
  }
  return PROBE_DONE;
}

static gboolean is_empty(const char *text) {
  return text == NULL || *text == '\0' || g_str_equal(text, "<>");
}

static ProbeState run_spf(Net *net, const Facts *inputs, Result *result) {
  const char *address = probe_input(inputs, "ip");
  SpfQuery query = {.sender = probe_input(inputs, "sender"), .helo = probe_input(inputs, "helo")};
  if (!ip_parse(address, &query.ip)) {
    probe_bad_input(result, message_new(N_("\"{text}\" is not an IP address"), "text", address, NULL), "RFC 4291 s2.2");
    probe_set_unknown(&probe_spf, result, "bad input");
    return PROBE_DONE;
  }
  if (is_empty(query.sender) && is_empty(query.helo)) {
    probe_not_asked(&probe_spf, result, query.sender == NULL ? "sender" : "helo");
    return PROBE_DONE;
  }
  g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  SpfLooks looks = {.net = net, .asked = asked};
  return judge(&query, &looks, result);
}

const Probe probe_spf = {
    .name = "spf",
    .title = N_("SPF: permission to send"),
    .why =
        N_("The SPF record of a domain says which computers may send its mail. Receivers refuse or distrust mail that "
           "comes from others."),
    .fits = "",
    .inputs = spf_inputs,
    .gives = spf_gives,
    .run = run_spf,
};
