#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/tls_rpt.h"
#include "probe/host_look.h"
#include "probe/route.h"

static const ProbeInput tls_rpt_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {0},
};

static const FactSpec tls_rpt_gives[] = {
    {"status", FACT_TEXT, "ok none several unusable timeout servfail refused unreachable bad_name",
     N_("whether the domain asks for reports about failed encryption; several: more than one record, which counts as "
        "none; unusable: a record that names nobody to report to; the last five: nobody could tell, or the name cannot "
        "be asked")},
    {"reports", FACT_LIST, NULL, N_("where reports are to go")},
    {"record", FACT_TEXT, NULL, N_("the record that applies")},
    {0},
};

typedef struct TlsRptLook {
  Result *result;
  const char *domain;
  const DnsAnswer *answer;
} TlsRptLook;

static void say(TlsRptLook *look, Level level, const char *text, const DnsRecord *record) {
  Finding *row = result_add(look->result, level, look->domain, message_new(text, NULL));
  if (record != NULL)
    finding_set_quote(row, record->value);
  probe_add_answer(row, look->answer, "RFC 8460 s3");
  row->elapsed_ms = look->answer->elapsed_ms;
}

static void set_absent(TlsRptLook *look, const char *status) {
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, status);
  facts_set_absent(look->result->facts, "reports", SOURCE_PROBE);
  facts_set_absent(look->result->facts, "record", SOURCE_PROBE);
}

static void say_record(TlsRptLook *look, const DnsRecord *record) {
  Facts *facts = look->result->facts;
  g_autoptr(GPtrArray) uris = g_ptr_array_new_with_free_func(g_free);
  TlsRptState state = tls_rpt_parse(record->data, uris);
  gboolean usable = uris->len > 0;
  facts_set_text(facts, "status", SOURCE_PROBE, usable ? "ok" : "unusable");
  facts_set_text(facts, "record", SOURCE_PROBE, record->value);
  facts_set_items(facts, "reports", SOURCE_PROBE, uris);
  if (state == TLS_RPT_NO_RUA)
    say(look, LEVEL_WARN, N_("The record names nobody who gets the reports (rua= is missing)"), record);
  else if (state == TLS_RPT_BAD_URI)
    say(look, LEVEL_WARN, N_("An address in rua= is none: it must begin with mailto: or https:"), record);
  else
    say(look, LEVEL_OK, N_("Senders are asked to report failed encryption"), record);
}

static void look_at(TlsRptLook *look) {
  const DnsRecord *found = NULL;
  guint n = look->answer->status == DNS_OK ? dns_answer_count(look->answer) : 0, records = 0;
  for (guint i = 0; i < n; i++)
    if (tls_rpt_parse(dns_answer_record(look->answer, i)->data, NULL) != TLS_RPT_NONE && records++ == 0)
      found = dns_answer_record(look->answer, i);
  if (records == 1) {
    say_record(look, found);
  } else if (records == 0) {
    set_absent(look, "none");
    say(look, LEVEL_NOTE, N_("The domain asks for no reports about failed encryption; that stops no mail"), NULL);
  } else {
    /* RFC 8460 s3: if not exactly one is left, there is none. */
    set_absent(look, "several");
    say(look, LEVEL_WARN,
        N_("There is more than one record of where to report failed encryption, so none of them counts"), NULL);
  }
}

static void say_unknown(TlsRptLook *look) {
  Finding *row = result_add(
      look->result, LEVEL_UNKNOWN, look->domain,
      message_set_tr(message_new(N_("Where to report failed encryption could not be found out: {why}"), NULL), "why",
                     probe_why(look->answer)));
  probe_add_answer(row, look->answer, "RFC 8460 s3");
  if (route_unknown_word(look->answer->status) != NULL)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, unknown_word(look->answer));
  probe_set_unknown(&probe_tls_rpt, look->result, unknown_word(look->answer));
}

static ProbeState run_tls_rpt(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_tls_rpt, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autofree char *name = g_strconcat("_smtp._tls.", domain, NULL);
  TlsRptLook look = {.result = result, .domain = domain, .answer = net_dns(net, name, DNS_TXT)};
  result->total = 1;
  if (look.answer == NULL) {
    result_add(result, LEVEL_WAIT, domain, message_new(N_("Looking up where to report failed encryption"), NULL));
    return PROBE_PENDING;
  }
  result->done = 1;
  if (dns_is_unknown(look.answer->status))
    say_unknown(&look);
  else
    look_at(&look);
  return PROBE_DONE;
}

const Probe probe_tls_rpt = {
    .name = "tls_rpt",
    .title = N_("Reports about encryption (TLS-RPT)"),
    .why = N_("A domain may ask senders to report when mail to it could not be encrypted. The reports go to its "
              "administrators and often explain a bounce."),
    .fits = "domain",
    .inputs = tls_rpt_inputs,
    .gives = tls_rpt_gives,
    .run = run_tls_rpt,
};
