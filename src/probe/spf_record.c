#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "probe/route.h"
#include "probe/spf_rows.h"

/* The record as its owner must see it, for no mail in particular.  Whether one address may send is the probe spf's. */

static const ProbeInput record_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain whose record is read")},
    {0},
};

static const FactSpec record_gives[] = {
    {"status", FACT_TEXT, "ok none broken timeout servfail refused unreachable bad_name",
     N_("whether there is a record, and receivers can use it; the last five: nobody could tell, or the name cannot be "
        "asked")},
    {"record", FACT_TEXT, NULL, N_("the SPF record")},
    {"others", FACT_TEXT, "pass fail softfail neutral", N_("what it says of all servers that it does not name")},
    {"lookups", FACT_NUMBER, NULL, N_("how many terms ask the DNS where none of them matches; 10 are allowed")},
    {"void_lookups", FACT_NUMBER, NULL, N_("how many of them find nothing; 2 are allowed")},
    {"complete", FACT_TEXT, "yes no", N_("whether all of it could be followed: some terms ask about the mail itself")},
    {"problem", FACT_TEXT,
     "no_record bad_name no_answer several_records bad_character bad_term bad_modifier no_argument no_argument_here "
     "bad_domain address_as_name bad_macro bad_address bad_length twice too_many_terms too_many_voids too_many_mx "
     "include_none redirect_none",
     N_("what is wrong with it")},
    {"problem_term", FACT_TEXT, NULL, N_("the term that the problem is about")},
    {"problem_domain", FACT_TEXT, NULL, N_("the domain in whose record the problem is")},
    {0},
};

static const DnsAnswer *look(gpointer user, const char *name, DnsType type) {
  return net_dns(user, name, type);
}

/* --- rows --- */

static Finding *verdict_row(SpfRows *rows, Level level, Message *text) {
  const SpfVerdict *verdict = rows->verdict;
  rows->level = level;
  Finding *row = result_add(rows->result, level, verdict->domain, text);
  if (verdict->record != NULL)
    finding_set_quote(row, verdict->record);
  probe_add_answer(row, verdict->answer, "RFC 7208 s4.4");
  return row;
}

/* "In order" is not what a record is that the rows below warn of. */
static void say_good(SpfRows *rows) {
  gboolean flawed = rows->verdict->open || rows->verdict->suspect != NULL;
  Message *text = message_new(flawed ? N_("Receivers can read the SPF record; {n} of 10 look-ups are used")
                                     : N_("The SPF record is in order; {n} of 10 look-ups are used"),
                              NULL);
  verdict_row(rows, LEVEL_OK, message_set_number(text, "n", rows->verdict->terms));
}

static void say_verdict(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  if (verdict->result == SPF_TEMPERROR)
    verdict_row(rows, LEVEL_UNKNOWN, message_new(N_("Not all of the SPF record could be read"), NULL));
  else if (verdict->result == SPF_NONE)
    verdict_row(rows, LEVEL_NOTE, message_new(N_("There is no SPF record"), NULL));
  else if (verdict->result == SPF_PERMERROR)
    finding_set_advice(verdict_row(rows, LEVEL_FAIL,
                                   message_new(N_("The SPF record is broken: receivers cannot use it"), NULL)),
                       message_new(N_("The administrator of {domain} must correct it. Some receivers refuse the mail until "
                                      "then"),
                                   "domain", verdict->domain, NULL));
  else
    say_good(rows);
}

static void say_rest(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  spf_rows_say_rest(rows);
  if (verdict->result == SPF_NEUTRAL && !verdict->partial)
    probe_add_answer(
        result_add(rows->result, LEVEL_NOTE, verdict->domain,
                   message_new(N_("It does not say what receivers should do with mail of other servers"), NULL)),
        verdict->answer, "RFC 7208 s4.7");
  if (verdict->partial)
    probe_add_answer(result_add(rows->result, LEVEL_NOTE, verdict->domain,
                                message_new(N_("Some of its terms ask about the mail itself: they count, but were not "
                                               "followed"),
                                            NULL)),
                     verdict->answer, "RFC 7208 s7");
}

/* --- facts --- */

static const char *status_of(const SpfVerdict *verdict) {
  const DnsAnswer *answer = verdict->problem_answer;
  switch (verdict->result) {
  case SPF_NONE:
    return verdict->problem == SPF_BAD_NAME ? "bad_name" : "none";
  case SPF_PERMERROR:
    return "broken";
  case SPF_TEMPERROR:
    return answer != NULL ? route_unknown_word(answer->status) : NULL;
  default:
    return "ok";
  }
}

static void set_facts(const SpfVerdict *verdict, Result *result) {
  Facts *facts = result->facts;
  const char *status = status_of(verdict);
  gboolean known = verdict->result != SPF_TEMPERROR;
  if (status != NULL)
    facts_set_text(facts, "status", SOURCE_PROBE, status);
  if (verdict->record != NULL)
    facts_set_text(facts, "record", SOURCE_PROBE, verdict->record);
  if (verdict->problem != SPF_PROBLEM_NONE)
    facts_set_text(facts, "problem", SOURCE_PROBE, spf_problem_word(verdict->problem));
  if (verdict->problem_term != NULL)
    facts_set_text(facts, "problem_term", SOURCE_PROBE, verdict->problem_term);
  if (verdict->problem_domain != NULL)
    facts_set_text(facts, "problem_domain", SOURCE_PROBE, verdict->problem_domain);
  if (known && verdict->record != NULL) {
    facts_set_number(facts, "lookups", SOURCE_PROBE, verdict->terms);
    facts_set_number(facts, "void_lookups", SOURCE_PROBE, verdict->voids);
    facts_set_text(facts, "complete", SOURCE_PROBE, verdict->partial ? "no" : "yes");
  }
  if (verdict->result == SPF_NEUTRAL && verdict->partial) /* perhaps it leads elsewhere */
    facts_set_unknown(facts, "others", SOURCE_PROBE, "not told");
  else if (known && verdict->result != SPF_NONE && verdict->result != SPF_PERMERROR)
    facts_set_text(facts, "others", SOURCE_PROBE, spf_result_word(verdict->result));
  if (!known) {
    probe_set_unknown(&probe_spf_record, result, spf_problem_word(verdict->problem));
    return;
  }
  for (const FactSpec *spec = record_gives; spec->name != NULL; spec++)
    if (facts_get(facts, spec->name) == NULL)
      facts_set_absent(facts, spec->name, SOURCE_PROBE);
}

static ProbeState run_spf_record(Net *net, const Facts *inputs, Result *result) {
  const char *typed = probe_input(inputs, "domain");
  g_autofree char *domain = domain_name_to_ascii(typed);
  if (domain == NULL) {
    probe_bad_input(result, message_new(N_("\"{domain}\" is not the name of a domain"), "domain", typed, NULL),
                    "RFC 7208 s4.3");
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
    probe_set_unknown(&probe_spf_record, result, "bad_name");
    return PROBE_DONE;
  }
  SpfQuery query = {.sender = domain, .survey = TRUE, .look = look, .user = net};
  g_autoptr(SpfVerdict) verdict = spf_check(&query);
  result->total = 1;
  if (verdict->result == SPF_PENDING) {
    result_add(result, LEVEL_WAIT, verdict->domain,
               message_new(N_("Reading the SPF record of {domain}"), "domain", verdict->domain, NULL));
    return PROBE_PENDING;
  }
  result->done = 1;
  SpfRows rows = {.result = result, .verdict = verdict, .ip = ""};
  /* Where not even the record was there to be read, the row about that look-up says it all. */
  if (verdict->result == SPF_TEMPERROR && verdict->record == NULL)
    rows.level = LEVEL_UNKNOWN;
  else if (verdict->problem == SPF_BAD_NAME)
    rows.level = LEVEL_NOTE;
  else
    say_verdict(&rows);
  say_rest(&rows);
  set_facts(verdict, result);
  return PROBE_DONE;
}

const Probe probe_spf_record = {
    .name = "spf_record",
    .title = N_("SPF record"),
    .why =
        N_("The SPF record of a domain says which computers may send its mail. A mistake in it makes receivers ignore "
           "all of it, or refuse good mail."),
    .fits = "email domain",
    .inputs = record_inputs,
    .gives = record_gives,
    .run = run_spf_record,
};
