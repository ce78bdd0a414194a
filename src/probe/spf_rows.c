#include "probe/spf_rows.h"

#include "base/catalogue.h"
#include "probe/probe.h"

#include <string.h>

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

const SpfStep *spf_rows_step(const SpfVerdict *verdict, int i) {
  return i >= 0 ? g_ptr_array_index(verdict->steps, i) : NULL;
}

/* Each answer once, in the order of evaluation. */
static void add_evidence(Finding *row, const SpfVerdict *verdict) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (int i = -1; i <= (int)verdict->steps->len; i++) {
    const SpfStep *step = i >= 0 && i < (int)verdict->steps->len ? spf_rows_step(verdict, i) : NULL;
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
  const SpfStep *step = spf_rows_step(verdict, verdict->decided), *inner = spf_rows_step(verdict, verdict->inner);
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

/* What people take for a record when they look, and no receiver does (s4.5). */
static void near_rows(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  const DnsAnswer *answer = verdict->answer;
  guint n =
      verdict->problem == SPF_NO_RECORD && answer != NULL && answer->status == DNS_OK ? dns_answer_count(answer) : 0;
  for (guint i = 0; i < n; i++) {
    const char *text = dns_answer_record(answer, i)->value;
    g_autofree char *low = g_ascii_strdown(text, -1);
    if (strstr(low, "v=spf1") == NULL)
      continue;
    Finding *row =
        result_add(rows->result, LEVEL_WARN, verdict->domain,
                   message_new(N_("There is a text that was meant to be an SPF record, but it does not begin "
                                  "with v=spf1 and a blank, so it does not count"),
                               NULL));
    finding_set_advice(row,
                       message_new(N_("The administrator of {domain} must correct it: nothing may stand before v=spf1, "
                                      "no quotation marks, and a blank behind it"),
                                   "domain", verdict->domain, NULL));
    finding_set_quote(row, text);
    probe_add_answer(row, answer, "RFC 7208 s4.5");
    return;
  }
}

static void other_rows(SpfRows *rows) {
  const SpfVerdict *verdict = rows->verdict;
  near_rows(rows);
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

void spf_rows_say_rest(SpfRows *rows) {
  problem_row(rows);
  other_rows(rows);
}

void spf_rows_say(SpfRows *rows) {
  verdict_row(rows);
  decided_row(rows);
  problem_row(rows);
  other_rows(rows);
}

/* --- the HELO name --- */

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

void spf_rows_say_helo(const SpfRows *rows) {
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
