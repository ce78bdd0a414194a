#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/spf.h"

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

/* --- words --- */

static const struct {
  SpfResult result;
  Level level;
  const char *text, *advice;
} verdicts[] = {
    {SPF_PASS, LEVEL_OK, N_("{ip} may send mail of {domain}"), NULL},
    {SPF_FAIL, LEVEL_FAIL, N_("{ip} may not send mail of {domain}"),
     N_("If this is a server of {domain}, its administrator must add it to the SPF record. If the mail was forwarded, "
        "the forwarder must rewrite the sender. Otherwise somebody else used this sender")},
    {SPF_SOFTFAIL, LEVEL_WARN, N_("{ip} is not known to send mail of {domain}; many receivers distrust such mail"),
     N_("If this is a server of {domain}, its administrator must add it to the SPF record. If the mail was forwarded, "
        "the forwarder must rewrite the sender. Otherwise somebody else used this sender")},
    {SPF_NEUTRAL, LEVEL_NOTE, N_("{domain} does not say whether {ip} may send its mail"),
     N_("To receivers this is as if there were no SPF record")},
    {SPF_NONE, LEVEL_NOTE, N_("{domain} has no SPF record"),
     N_("Some receivers refuse mail of domains that have neither SPF nor DKIM")},
    {SPF_TEMPERROR, LEVEL_UNKNOWN, N_("Whether {ip} may send mail of {domain} could not be found out"),
     N_("This says nothing about the mail: try again later, or ask another resolver")},
    {SPF_PERMERROR, LEVEL_FAIL, N_("The SPF record of {domain} is broken: receivers cannot use it"),
     N_("The administrator of {domain} must correct it. Some receivers refuse the mail until then")},
};

static const struct {
  SpfProblem problem;
  const char *text, *reference;
} problems[] = {
    {SPF_BAD_NAME, N_("\"{where}\" is not the name of a domain, so it can have no SPF record"), "RFC 7208 s4.3"},
    {SPF_NO_ANSWER, N_("{asked} could not be looked up: {why}"), "RFC 7208 s2.6.6"},
    {SPF_NEEDS_HELO, N_("\"{term}\" needs the name with which the server greeted (HELO), which is not known"),
     "RFC 7208 s7.2"},
    {SPF_NEEDS_LOCAL, N_("\"{term}\" needs the part of the address before the @, which is not known"), "RFC 7208 s7.2"},
    {SPF_NAME_OF_IP, N_("The record asks for the name of {ip}, which could not be looked up"), "RFC 7208 s5.5"},
    {SPF_SEVERAL, N_("There is more than one SPF record; only one is allowed"), "RFC 7208 s4.5"},
    {SPF_BAD_CHARACTER, N_("\"{term}\" has a character that may not stand in an SPF record"), "RFC 7208 s3.1"},
    {SPF_BAD_TERM, N_("\"{term}\" is no term of SPF: look for a typing mistake"), "RFC 7208 s4.6.1"},
    {SPF_BAD_MODIFIER, N_("\"{term}\": what stands before the = is no name"), "RFC 7208 s4.6.1"},
    {SPF_NO_ARGUMENT, N_("\"{term}\" is not complete: something must follow"), "RFC 7208 s5"},
    {SPF_NO_ARGUMENT_HERE, N_("\"{term}\": what follows the name may not stand there"), "RFC 7208 s5"},
    {SPF_BAD_DOMAIN, N_("\"{term}\" does not end in the name of a domain"), "RFC 7208 s7.1"},
    {SPF_ADDRESS_AS_NAME,
     N_("\"{term}\" has an address where a name must stand; addresses are written ip4:ADDRESS or ip6:ADDRESS"),
     "RFC 7208 s5.6"},
    {SPF_BAD_MACRO, N_("\"{term}\" has a % that begins no macro"), "RFC 7208 s7.1"},
    {SPF_BAD_ADDRESS, N_("\"{term}\" has no valid address"), "RFC 7208 s5.6"},
    {SPF_BAD_LENGTH, N_("\"{term}\": the number after the / is wrong"), "RFC 7208 s5.6"},
    {SPF_TWICE, N_("\"{term}\" stands there for the second time"), "RFC 7208 s6"},
    {SPF_TOO_MANY_TERMS, N_("More than 10 terms ask the DNS: at \"{term}\" receivers give up"), "RFC 7208 s4.6.4"},
    {SPF_TOO_MANY_VOIDS, N_("More than 2 terms ask for what does not exist: at \"{term}\" receivers give up"),
     "RFC 7208 s4.6.4"},
    {SPF_TOO_MANY_MX, N_("\"{term}\" leads to more than 10 mail servers"), "RFC 7208 s4.6.4"},
    {SPF_INCLUDE_NONE, N_("\"{term}\" leads to a domain that has no SPF record"), "RFC 7208 s5.2"},
    {SPF_REDIRECT_NONE, N_("\"{term}\" leads to a domain that has no SPF record"), "RFC 7208 s6.1"},
};

static const char *reference_of(DnsType type) {
  static const struct {
    DnsType type;
    const char *reference;
  } references[] = {
      {DNS_TXT, "RFC 7208 s4.4"},
      {DNS_MX, "RFC 7208 s5.4"},
      {DNS_PTR, "RFC 7208 s5.5"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(references); i++)
    if (references[i].type == type)
      return references[i].reference;
  return "RFC 7208 s5.3";
}

/* --- rows --- */

typedef struct SpfRows {
  Result *result;
  const SpfVerdict *verdict;
  const char *ip;
  Level level;
} SpfRows;

static const SpfStep *step_at(const SpfVerdict *verdict, int i) {
  return i >= 0 ? g_ptr_array_index(verdict->steps, i) : NULL;
}

/* Each answer once, in the order of evaluation. */
static void add_evidence(Finding *row, const SpfVerdict *verdict) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (int i = -1; i <= (int)verdict->steps->len; i++) {
    const SpfStep *step = i >= 0 && i < (int)verdict->steps->len ? step_at(verdict, i) : NULL;
    const DnsAnswer *answer = i < 0 ? verdict->answer : step != NULL ? step->answer : verdict->problem_answer;
    if (answer != NULL && g_hash_table_add(seen, (gpointer)answer))
      probe_add_answer(row, answer, reference_of(answer->type));
  }
}

static void verdict_row(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++) {
    if (verdicts[i].result != verdict->result)
      continue;
    rows->level = verdicts[i].level;
    Finding *row = result_add(rows->result, rows->level, verdict->domain,
                              message_new(verdicts[i].text, "ip", rows->ip, "domain", verdict->domain, NULL));
    if (verdicts[i].advice != NULL)
      finding_set_advice(row, message_new(verdicts[i].advice, "domain", verdict->domain, NULL));
    if (verdict->record != NULL)
      finding_set_quote(row, verdict->record);
    add_evidence(row, verdict);
    if (row->evidence->len == 0) /* a name that no record can have */
      finding_set_ground(row, GROUND_INPUT, "RFC 7208 s4.3");
  }
}

/* Which term it was, with its level no worse than the verdict's. */
static void decided_row(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  const SpfStep *step = step_at(verdict, verdict->decided), *inner = step_at(verdict, verdict->inner);
  if (verdict->result == SPF_NEUTRAL && step == NULL)
    probe_add_answer(result_add(rows->result, rows->level, verdict->domain,
                                message_new(N_("No term of its record is about {ip}"), "ip", rows->ip, NULL)),
                     verdict->answer, "RFC 7208 s4.7");
  if (step == NULL || step->outcome != SPF_MATCH)
    return;
  Message *text = inner != NULL ? message_new(N_("Decided by \"{term}\", where \"{inner}\" of {where} has the address"),
                                              "term", step->term, "inner", inner->term, "where", inner->domain, NULL)
                                : message_new(N_("Decided by \"{term}\""), "term", step->term, NULL);
  Finding *row = result_add(rows->result, rows->level, step->domain, text);
  const SpfStep *deciding = inner != NULL ? inner : step;
  probe_add_answer(row, verdict->answer, "RFC 7208 s4.6.2");
  if (deciding->answer != NULL && deciding->answer != verdict->answer)
    probe_add_answer(row, deciding->answer, reference_of(deciding->answer->type));
}

static void problem_row(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  const DnsAnswer *answer = verdict->problem_answer;
  for (guint i = 0; i < G_N_ELEMENTS(problems); i++) {
    if (problems[i].problem != verdict->problem)
      continue;
    g_autofree char *asked =
        answer != NULL ? g_strdup_printf("%s %s", answer->name, dns_type_word(answer->type)) : g_strdup("");
    Message *text =
        message_new(problems[i].text, "where", verdict->problem_domain, "ip", rows->ip, "asked", asked, NULL);
    message_set(text, "term", verdict->problem_term);
    if (answer != NULL)
      message_set_tr(text, "why", dns_status_message(answer->status));
    Finding *row = result_add(rows->result, rows->level, verdict->problem_domain, text);
    if (answer == NULL)
      answer = verdict->answer;
    if (answer != NULL)
      probe_add_answer(row, answer, problems[i].reference);
    else
      finding_set_ground(row, GROUND_INPUT, problems[i].reference);
  }
}

/* About the record itself. */
static Finding *record_row(SpfRows *rows, Level level, Message *text, const char *reference) {
  Finding *row = result_add(rows->result, level, rows->verdict->domain, text);
  probe_add_answer(row, rows->verdict->answer, reference);
  return row;
}

static void other_rows(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  if (verdict->explanation != NULL)
    finding_set_quote(
        record_row(rows, LEVEL_NOTE,
                   message_new(N_("What {domain} tells those whom it refuses"), "domain", verdict->domain, NULL),
                   "RFC 7208 s6.2"),
        verdict->explanation);
  if (verdict->open && verdict->result == SPF_PASS)
    record_row(rows, LEVEL_WARN,
               message_new(N_("The record lets the whole Internet send mail of {domain}, so that it protects nobody"),
                           "domain", verdict->domain, NULL),
               "RFC 7208 s5.1");
  if (verdict->suspect != NULL)
    record_row(
        rows, LEVEL_WARN,
        message_new(N_("\"{term}\" is ignored: a colon must stand in place of the ="), "term", verdict->suspect, NULL),
        "RFC 7208 s6");
  if (verdict->ptr)
    record_row(rows, LEVEL_NOTE,
               message_new(N_("The record uses \"ptr\", which is slow and which many receivers do not look at"), NULL),
               "RFC 7208 s5.5");
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
  g_ptr_array_add(lines, NULL);
  facts_set_list(facts, "trace", SOURCE_PROBE, (const char *const *)lines->pdata);
}

static void set_facts(const SpfVerdict *verdict, Result *result) {
  Facts *facts = result->facts;
  const SpfStep *step = step_at(verdict, verdict->decided);
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

static const struct {
  SpfResult result;
  Level level;
  const char *text, *advice;
} helo_rows[] = {
    {SPF_FAIL, LEVEL_WARN, N_("{ip} may not greet as {domain} (HELO): some receivers refuse the mail for that alone"),
     N_("The name with which the server greets has an SPF record of its own: its administrator must add the address "
        "to it")},
    {SPF_PERMERROR, LEVEL_WARN, N_("The SPF record of the HELO name {domain} is broken"),
     N_("The administrator of {domain} must correct it. Some receivers refuse the mail until then")},
    {SPF_TEMPERROR, LEVEL_UNKNOWN, N_("Whether {ip} may greet as {domain} (HELO) could not be found out"), NULL},
};

static void helo_row(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  for (guint i = 0; i < G_N_ELEMENTS(helo_rows); i++) {
    if (helo_rows[i].result != verdict->result)
      continue;
    Finding *row = result_add(rows->result, helo_rows[i].level, verdict->domain,
                              message_new(helo_rows[i].text, "ip", rows->ip, "domain", verdict->domain, NULL));
    if (helo_rows[i].advice != NULL)
      finding_set_advice(row, message_new(helo_rows[i].advice, "domain", verdict->domain, NULL));
    if (verdict->record != NULL)
      finding_set_quote(row, verdict->record);
    add_evidence(row, verdict);
  }
}

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
  verdict_row(&rows);
  decided_row(&rows);
  problem_row(&rows);
  other_rows(&rows);
  set_helo(verdict, helo, result->facts);
  set_facts(verdict, result);
  if (helo != NULL && helo->result == SPF_PENDING) {
    wait_row(result, helo);
    return PROBE_PENDING;
  }
  result->done = result->total; /* the rest was asked ahead, and is not needed */
  if (helo != NULL && !g_str_equal(helo->domain, verdict->domain)) {
    rows.verdict = helo;
    helo_row(&rows);
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
