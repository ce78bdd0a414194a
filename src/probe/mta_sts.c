#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/mta_sts.h"
#include "probe/host_look.h"
#include "probe/mta_sts_look.h"

static const ProbeInput mta_sts_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {"code", "text", FALSE, N_("the status code in the bounce, for example 5.4.8")},
    {0},
};

static const FactSpec mta_sts_gives[] = {
    {"status", FACT_TEXT, "ok none several bad_record no_policy bad_policy timeout servfail refused unreachable bad_name",
     N_("whether the domain has a policy; several and bad_record: there is a record that does not count; no_policy: there "
        "is one, but no policy can be fetched; the last five: nobody could tell, or the name cannot be asked")},
    {"id", FACT_TEXT, NULL, N_("the mark of the policy's version")},
    {"fetch", FACT_TEXT,
     "ok redirect http_error wrong_type no_host private certificate tls_failed refused closed garbage too_big failed",
     N_("what came of fetching the policy")},
    {"mode", FACT_TEXT, "enforce testing none", N_("how strictly senders are to go by the policy")},
    {"max_age", FACT_NUMBER, NULL, N_("for how many seconds senders may keep their copy of it")},
    {"patterns", FACT_LIST, NULL, N_("the mail servers that the policy names")},
    {"mx_match", FACT_TEXT, "all some none", N_("how many of the real mail servers the policy names")},
    {"mx_unmatched", FACT_LIST, NULL, N_("the mail servers that it does not name")},
    {"blocks", FACT_TEXT, "no some all",
     N_("to how many of the mail servers senders that go by the policy refuse to deliver because it does not name them")},
    {"faults", FACT_LIST,
     "no_version no_mode no_max_age no_mx bad_mx long_max_age twice syntax not_text",
     N_("mistakes in the policy, as words")},
    {0},
};

/* --- the record (RFC 8461 s3.1) --- */

static Finding *say_record(StsLook *look, Level level, const char *text, const char *quote) {
  Finding *row = result_add(look->result, level, look->domain, message_new(text, NULL));
  finding_set_quote(row, quote);
  probe_add_answer(row, look->txt, "RFC 8461 s3.1");
  row->elapsed_ms = look->txt->elapsed_ms;
  return row;
}

static ProbeState no_policy(StsLook *look, const char *status) {
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, status);
  sts_set_absent(look);
  return PROBE_DONE;
}

static ProbeState say_unknown(StsLook *look, const DnsAnswer *answer) {
  Finding *row = result_add(look->result, LEVEL_UNKNOWN, look->domain,
                            message_set_tr(message_new(N_("Whether the domain has a policy for encryption (MTA-STS) could "
                                                          "not be found out: {why}"),
                                                       NULL),
                                           "why", dns_status_message(answer->status)));
  probe_add_answer(row, answer, "RFC 8461 s3.1");
  sts_set_unknown(look, unknown_word(answer));
  return PROBE_DONE;
}

static const struct {
  MtaStsRecord state;
  const char *text;
} record_faults[] = {
    {MTA_STS_BARE, N_("The record about encryption (MTA-STS) has no id=, so it does not count")},
    {MTA_STS_NO_ID, N_("The record about encryption (MTA-STS) has no id=, so it does not count")},
    {MTA_STS_BAD_ID, N_("The id= in the record about encryption (MTA-STS) must be 1 to 32 letters and digits; the record "
                        "does not count")},
    {MTA_STS_BAD_SYNTAX, N_("The record about encryption (MTA-STS) has something in it that is not name=value; it does "
                            "not count")},
};

/* TRUE: exactly one record, and it is right; its id is in `id`. */
static gboolean judge_record(StsLook *look, char **id) {
  const DnsRecord *found = NULL, *bare = NULL;
  guint n = look->txt->status == DNS_OK ? dns_answer_count(look->txt) : 0, records = 0;
  for (guint i = 0; i < n; i++) {
    const DnsRecord *record = dns_answer_record(look->txt, i);
    MtaStsRecord state = mta_sts_record_parse(record->data, NULL);
    if (state == MTA_STS_BARE)
      bare = record;
    else if (state != MTA_STS_NO_RECORD && records++ == 0)
      found = record;
  }
  if (records == 0 && bare == NULL) {
    say_record(look, LEVEL_NOTE, N_("The domain has no policy for encryption (MTA-STS); that stops no mail"), NULL);
    no_policy(look, "none");
    return FALSE;
  }
  if (records > 1) {
    say_record(look, LEVEL_WARN,
               N_("There is more than one record about encryption (MTA-STS), so none of them counts"), NULL);
    no_policy(look, "several");
    return FALSE;
  }
  found = found != NULL ? found : bare;
  MtaStsRecord state = mta_sts_record_parse(found->data, id);
  for (guint i = 0; i < G_N_ELEMENTS(record_faults); i++)
    if (record_faults[i].state == state) {
      say_record(look, LEVEL_WARN, record_faults[i].text, found->value);
      no_policy(look, "bad_record");
    }
  return state == MTA_STS_RECORD_OK;
}

/* --- the run --- */

static ProbeState look_at(StsLook *look, const char *host) {
  g_autofree char *id = NULL, *url = g_strdup_printf("https://%s/.well-known/mta-sts.txt", host);
  look->result->total = 1;
  if (look->txt == NULL) {
    result_add(look->result, LEVEL_WAIT, look->domain, message_new(N_("Looking for a policy for encryption"), NULL));
    return PROBE_PENDING;
  }
  look->result->done = 1;
  if (dns_is_unknown(look->txt->status))
    return say_unknown(look, look->txt);
  if (!judge_record(look, &id))
    return PROBE_DONE;
  facts_set_text(look->result->facts, "id", SOURCE_PROBE, id);
  /* s3.3: 3xx redirects must not be followed, and 64 KB are enough. */
  const HttpsRequest request = {.url = url, .max_body = MTA_STS_MAX_BODY};
  look->https = https_ask(look->net, &request);
  look->route = route_ask(look->net, look->domain);
  look->result->total += look->https->total;
  look->result->done += look->https->total - look->https->open;
  if (look->https->state == HTTPS_WAITS) {
    result_add(look->result, LEVEL_WAIT, host, message_new(N_("Fetching the policy"), NULL));
    return PROBE_PENDING;
  }
  return sts_look_policy(look, host);
}

static ProbeState run_mta_sts(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_mta_sts, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autofree char *name = g_strconcat("_mta-sts.", domain, NULL), *host = g_strconcat("mta-sts.", domain, NULL);
  StsLook look = {.net = net, .result = result, .domain = domain, .code = probe_input(inputs, "code")};
  look.txt = net_dns(net, name, DNS_TXT);
  if (look.txt == NULL || look.txt->status == DNS_OK) {
    /* Ahead of time, while the record is on its way. */
    host_look_ask(net, host);
    route_ask(net, domain);
  }
  ProbeState state = look_at(&look, host);
  g_clear_pointer(&look.https, https_free);
  mta_sts_policy_free(look.policy);
  return state;
}

const Probe probe_mta_sts = {
    .name = "mta_sts",
    .title = N_("Policy for encryption (MTA-STS)"),
    .why = N_("A domain may demand that mail to it is only sent encrypted, and only to the servers that it names on its web "
              "server. If the list there is out of date, careful senders return the mail."),
    .fits = "domain",
    .inputs = mta_sts_inputs,
    .gives = mta_sts_gives,
    .run = run_mta_sts,
};
