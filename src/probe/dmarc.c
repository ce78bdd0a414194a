#include "probe/dmarc_look.h"
#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/host_look.h"
#include "probe/route.h"

static const ProbeInput dmarc_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain in the From line")},
    {"spf_domain", "domain", FALSE, N_("the domain that SPF was checked for: of the return path")},
    {"spf_result", "text", FALSE, N_("what SPF said: pass, fail, softfail, neutral, none, permerror, temperror")},
    {"dkim_domain", "domain", FALSE, N_("the domain that signed (d= of DKIM-Signature)")},
    {"dkim_result", "text", FALSE, N_("what DKIM said: pass, fail, none, permerror, temperror")},
    {0},
};

static const FactSpec dmarc_gives[] = {
    {"status", FACT_TEXT, "ok none unusable timeout servfail refused unreachable bad_name",
     N_("whether there is a record that applies; unusable: it is so broken that it counts for nothing; the last five: "
        "nobody could tell, or the name cannot be asked")},
    {"policy", FACT_TEXT, "none quarantine reject",
     N_("what receivers are asked to do with mail that fails, one level softer while the domain is testing (t=y)")},
    {"declared_policy", FACT_TEXT, "none quarantine reject", N_("the same as it stands in the record")},
    {"policy_tag", FACT_TEXT, "p sp np", N_("the tag of the record that it is from")},
    {"testing", FACT_TEXT, "yes no", N_("whether the record says that the domain is testing")},
    {"record", FACT_TEXT, NULL, N_("the record that applies")},
    {"record_domain", FACT_TEXT, NULL, N_("the domain that the record is published for")},
    {"organizational_domain", FACT_TEXT, NULL, N_("the domain whose names all belong together for DMARC")},
    {"spf_mode", FACT_TEXT, "relaxed strict", N_("how closely the domain of SPF must match")},
    {"dkim_mode", FACT_TEXT, "relaxed strict", N_("how closely the domain of DKIM must match")},
    {"spf_aligned", FACT_TEXT, "yes no", N_("whether the domain of SPF speaks for the From line")},
    {"dkim_aligned", FACT_TEXT, "yes no", N_("whether the domain of DKIM speaks for the From line")},
    {"result", FACT_TEXT, "pass fail", N_("whether this mail passes DMARC")},
    {"reports", FACT_LIST, NULL, N_("where reports are to go")},
    {"unauthorised", FACT_LIST, NULL, N_("those domains among them that did not agree to it")},
    {"faults", FACT_LIST,
     "missing_p bad_policy bad_value bad_uri old_tag old_size unknown_tag duplicate_tag syntax several_records "
     "not_a_record report_not_authorised",
     N_("mistakes in the record, as words")},
    {0},
};

/* --- mistakes --- */

static const struct {
  DmarcFault fault;
  Level level;
  const char *text;
} fault_rows[] = {
    {DMARC_MISSING_P, LEVEL_NOTE,
     N_("The record has no p= and counts as p=none; older receivers do not take it at all")},
    {DMARC_BAD_POLICY, LEVEL_WARN, N_("p=, sp= or np= of the record is none of none, quarantine, reject")},
    {DMARC_BAD_VALUE, LEVEL_NOTE, N_("A tag of the record has no valid value: receivers take what is usual")},
    {DMARC_BAD_URI, LEVEL_NOTE, N_("An address for reports is none: it must begin with mailto:")},
    {DMARC_OLD_TAG, LEVEL_NOTE, N_("The tags pct, rf and ri no longer mean anything (RFC 9989)")},
    {DMARC_OLD_SIZE, LEVEL_NOTE, N_("A limit of size behind an address for reports no longer means anything")},
    {DMARC_UNKNOWN_TAG, LEVEL_NOTE, N_("The record has a tag that nobody knows; it is ignored")},
    {DMARC_DUPLICATE, LEVEL_WARN, N_("A tag stands in the record twice: receivers do not agree what that means")},
    {DMARC_SYNTAX, LEVEL_WARN, N_("A part of the record is no tag; it is ignored")},
};

/* The record that applies is the proof. */
static void add_record_row(DmarcLook *look, Level level, Message *text, const char *reference) {
  Finding *row = result_add(look->result, level, look->record_domain, text);
  probe_add_answer(row, look->trail->answers[look->trail->walk.policy_step], reference);
}

static void say_faults(DmarcLook *look) {
  for (guint i = 0; look->record != NULL && i < G_N_ELEMENTS(fault_rows); i++)
    if ((look->record->faults & fault_rows[i].fault) != 0) {
      g_ptr_array_add(look->faults, (gpointer)dmarc_fault_word(i));
      add_record_row(look, fault_rows[i].level, message_new(fault_rows[i].text, NULL), "RFC 9989 s4.7");
    }
  guint end = look->trail->walk.blocker >= 0 ? (guint)look->trail->walk.blocker : look->trail->n;
  gboolean several = FALSE;
  for (guint i = 0; i < end; i++)
    if (look->trail->records[i] > 1) {
      several = TRUE;
      Finding *row = result_add(look->result, LEVEL_WARN, look->trail->steps[i].name,
                                message_new(N_("There is more than one DMARC record, so none of them counts"), NULL));
      probe_add_answer(row, look->trail->answers[i], "RFC 9989 s4.10");
    }
  if (several)
    g_ptr_array_add(look->faults, "several_records");
  if (look->trail->nearly) {
    g_ptr_array_add(look->faults, "not_a_record");
    Finding *row =
        result_add(look->result, LEVEL_WARN, look->trail->domain,
                   message_new(N_("There is a text that was meant to be a DMARC record, but it does not begin "
                                  "with v=DMARC1 exactly, so it does not count"),
                               NULL));
    probe_add_answer(row, look->trail->answers[0], "RFC 9989 s4.7");
  }
}

/* --- the record that applies --- */

static const char *policy_text(DmarcPolicy policy) {
  return policy == DMARC_REJECT ? N_("Mail that cannot be proved to be from {domain} is to be refused (reject)")
         : policy == DMARC_QUARANTINE
             ? N_("Mail that cannot be proved to be from {domain} is to be treated as suspicious (quarantine)")
             : N_("Mail that cannot be proved to be from {domain} is to be treated like any other (none)");
}

static void set_record(DmarcLook *look, const DmarcRecord *record, const char *text) {
  Facts *facts = look->result->facts;
  facts_set_text(facts, "record", SOURCE_PROBE, text);
  facts_set_text(facts, "record_domain", SOURCE_PROBE, look->record_domain);
  facts_set_text(facts, "testing", SOURCE_PROBE, record->testing ? "yes" : "no");
  facts_set_text(facts, "spf_mode", SOURCE_PROBE, record->strict_spf ? "strict" : "relaxed");
  facts_set_text(facts, "dkim_mode", SOURCE_PROBE, record->strict_dkim ? "strict" : "relaxed");
  facts_set_items(look->result->facts, "reports", SOURCE_PROBE, record->rua);
}

static void say_policy(DmarcLook *look, DmarcPolicy declared, const char *tag) {
  Facts *facts = look->result->facts;
  look->policy = dmarc_record_applied(look->record, declared);
  facts_set_text(facts, "policy", SOURCE_PROBE, dmarc_policy_word(look->policy));
  facts_set_text(facts, "declared_policy", SOURCE_PROBE, dmarc_policy_word(declared));
  facts_set_text(facts, "policy_tag", SOURCE_PROBE, tag);
  Finding *row = result_add(look->result, LEVEL_OK, look->record_domain,
                            message_new(policy_text(look->policy), "domain", look->trail->domain, NULL));
  finding_set_quote(row, look->trail->texts[look->trail->walk.policy_step]);
  probe_add_answer(row, look->trail->answers[look->trail->walk.policy_step], "RFC 9989 s4.10.1");
  if (look->trail->walk.policy_step > 0)
    finding_set_advice(row,
                       message_new(N_("{domain} has no record of its own; {tag}= of {record_domain} counts"), "domain",
                                   look->trail->domain, "tag", tag, "record_domain", look->record_domain, NULL));
  if (look->policy != declared)
    add_record_row(look, LEVEL_NOTE,
                   message_new(N_("The domain is testing (t=y): {policy} counts as {softer}"), "policy",
                               dmarc_policy_word(declared), "softer", dmarc_policy_word(look->policy), NULL),
                   "RFC 9989 s4.7");
}

static void say_unusable(DmarcLook *look) {
  Facts *facts = look->result->facts;
  facts_set_text(facts, "status", SOURCE_PROBE, "unusable");
  facts_set_absent(facts, "policy", SOURCE_PROBE);
  facts_set_absent(facts, "declared_policy", SOURCE_PROBE);
  facts_set_absent(facts, "policy_tag", SOURCE_PROBE);
  facts_set_absent(facts, "result", SOURCE_PROBE);
  Finding *row = result_add(look->result, LEVEL_WARN, look->record_domain,
                            message_new(N_("The record is so broken that receivers ignore it"), NULL));
  finding_set_quote(row, look->trail->texts[look->trail->walk.policy_step]);
  probe_add_answer(row, look->trail->answers[look->trail->walk.policy_step], "RFC 9989 s4.10.1");
}

/* np= counts for names that do not exist (s4.7): only then does it matter whether this one does. */
static void judge_inherited(DmarcLook *look, const DnsAnswer *exists) {
  const char *tag;
  DmarcPolicy there = dmarc_record_policy(look->record, DMARC_SUBDOMAIN, &tag), missing;
  if (exists == NULL)
    return;
  if (dns_is_unknown(exists->status)) {
    missing = dmarc_record_policy(look->record, DMARC_MISSING_SUBDOMAIN, NULL);
    if (missing == there) {
      say_policy(look, there, tag);
      return;
    }
    Finding *row =
        result_add(look->result, LEVEL_UNKNOWN, look->trail->domain,
                   message_set_tr(message_new(N_("Which policy applies could not be found out: {why}"), NULL), "why",
                                  dns_status_message(exists->status)));
    probe_add_answer(row, exists, "RFC 9989 s4.7");
    return;
  }
  DmarcPolicy declared = dmarc_record_policy(
      look->record, dns_answer_name_is_missing(exists) ? DMARC_MISSING_SUBDOMAIN : DMARC_SUBDOMAIN, &tag);
  say_policy(look, declared, tag);
}

static void look_record(DmarcLook *look, const DnsAnswer *exists) {
  const DmarcTrail *trail = look->trail;
  const char *tag;
  look->record = trail->steps[trail->walk.policy_step].record;
  look->record_domain = trail->steps[trail->walk.policy_step].name;
  set_record(look, look->record, trail->texts[trail->walk.policy_step]);
  if (dmarc_record_policy(look->record, DMARC_OWN, &tag) == DMARC_UNSET) {
    say_unusable(look);
    return;
  }
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "ok");
  if (trail->walk.policy_step == 0)
    say_policy(look, dmarc_record_policy(look->record, DMARC_OWN, &tag), tag);
  else
    judge_inherited(look, exists);
}

/* --- no record --- */

static void look_none(DmarcLook *look) {
  static const char *const absent[] = {"policy",        "declared_policy", "policy_tag",  "testing",     "record",
                                       "record_domain", "spf_mode",        "dkim_mode",   "spf_aligned", "dkim_aligned",
                                       "result",        "reports",         "unauthorised"};
  Facts *facts = look->result->facts;
  facts_set_text(facts, "status", SOURCE_PROBE, "none");
  for (guint i = 0; i < G_N_ELEMENTS(absent); i++)
    facts_set_absent(facts, absent[i], SOURCE_PROBE);
  Finding *row = result_add(look->result, LEVEL_NOTE, look->trail->domain,
                            message_new(N_("There is no DMARC record that applies to this domain"), NULL));
  finding_set_advice(row,
                     message_new(N_("That alone stops no mail, but large receivers want one of everybody who sends "
                                    "much mail"),
                                 NULL));
  for (guint i = 0; i < look->trail->n; i++)
    if (look->trail->answers[i] != NULL)
      probe_add_answer(row, look->trail->answers[i], "RFC 9989 s4.10");
}

static void say_not_told(DmarcLook *look) {
  const DnsAnswer *blocker = dmarc_trail_blocker(look->trail);
  gboolean has_record = look->trail->walk.policy_state == DMARC_FOUND;
  Finding *row = result_add(
      look->result, LEVEL_UNKNOWN, look->trail->domain,
      message_set_tr(has_record
                         ? message_new(N_("Which larger domain it belongs to could not be found out: {why}"), NULL)
                         : message_new(N_("Its DMARC record could not be found out: {why}"), NULL),
                     "why", dns_status_message(blocker->status)));
  probe_add_answer(row, blocker, "RFC 9989 s4.10.1");
  row->elapsed_ms = blocker->elapsed_ms;
  facts_set_unknown(look->result->facts, "organizational_domain", SOURCE_PROBE, unknown_word(blocker));
  if (!has_record && route_unknown_word(blocker->status) != NULL)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, unknown_word(blocker));
}

/* --- the run --- */

static ProbeState look_at(DmarcLook *look, const DnsAnswer *exists) {
  const DmarcTrail *trail = look->trail;
  look->result->total = trail->n + 1;
  for (guint i = 0; i < trail->n; i++)
    look->result->done += trail->steps[i].found != DMARC_WAITS;
  look->result->done += exists != NULL;
  if (trail->walk.state == DMARC_WAITS || (exists == NULL && trail->walk.policy_step > 0)) {
    dmarc_align(look);
    result_add(look->result, LEVEL_WAIT, trail->domain, message_new(N_("Looking for its DMARC record"), NULL));
    return PROBE_PENDING;
  }
  if (trail->walk.policy_state == DMARC_FOUND)
    look_record(look, exists);
  else if (trail->walk.policy_state == DMARC_NOT_FOUND)
    look_none(look);
  if (trail->walk.organizational != NULL)
    facts_set_text(look->result->facts, "organizational_domain", SOURCE_PROBE, trail->walk.organizational);
  else
    say_not_told(look);
  say_faults(look);
  dmarc_align(look);
  if (look->record != NULL)
    dmarc_reports(look);
  if (look->open > 0)
    return PROBE_PENDING;
  if (trail->walk.policy_state == DMARC_NOT_TOLD)
    facts_set_unknown(look->result->facts, "faults", SOURCE_PROBE, unknown_word(dmarc_trail_blocker(trail)));
  else
    facts_set_items(look->result->facts, "faults", SOURCE_PROBE, look->faults);
  const DnsAnswer *blocker = dmarc_trail_blocker(trail);
  probe_set_unknown(&probe_dmarc, look->result, blocker != NULL ? unknown_word(blocker) : "not told");
  return PROBE_DONE;
}

static ProbeState run_dmarc(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_dmarc, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autoptr(DmarcTrail) trail = dmarc_trail_ask(net, domain);
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  DmarcLook look = {.net = net, .inputs = inputs, .result = result, .trail = trail, .faults = faults};
  return look_at(&look, net_dns(net, domain, DNS_A));
}

const Probe probe_dmarc = {
    .name = "dmarc",
    .title = N_("Policy of the From domain (DMARC)"),
    .why =
        N_("With DMARC the owner of a domain tells receivers what to do with mail that cannot be proved to be from it. "
           "Mail sent or forwarded through other servers often fails."),
    .fits = "email domain",
    .inputs = dmarc_inputs,
    .gives = dmarc_gives,
    .run = run_dmarc,
};
