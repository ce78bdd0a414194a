#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/dane_look.h"

static const ProbeInput dane_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {"trust_resolver", "text", FALSE,
     N_("yes: the resolver is believed what it says about signatures although it is not on this computer")},
    {0},
};

static const FactSpec dane_gives[] = {
    {"status", FACT_TEXT,
     "ok partial none insecure unusable untrusted no_mail no_address timeout servfail refused unreachable bad_name",
     N_("whether the DNS prescribes the certificates of the mail servers (DANE); partial: of some; insecure: there are "
        "records that nothing proves; unusable: records that mail cannot use; untrusted: records, and a resolver that need "
        "not be believed; the last five: nobody could tell, or the name cannot be asked")},
    {"hosts", FACT_LIST, NULL, N_("the mail servers whose certificate is prescribed")},
    {"without", FACT_LIST, NULL, N_("those without records")},
    {"faults", FACT_LIST, "insecure unusable partial", N_("mistakes in the records, as words")},
    {0},
};

static ProbeState look_at(DaneLook *look) {
  Facts *facts = look->result->facts;
  const char *status = dane_look_status(look);
  look->result->total = look->hosts->len + 1;
  look->result->done = look->hosts->len + 1 - look->open;
  dane_look_rows(look, -1);
  if (status == NULL) {
    result_add(look->result, LEVEL_WAIT, NULL, message_new(N_("Looking up the mail servers"), NULL));
    return PROBE_PENDING;
  }
  g_autoptr(GPtrArray) hosts = dane_look_names(look, DANE_SECURE);
  g_autoptr(GPtrArray) without = dane_look_names(look, DANE_NONE);
  facts_set_text(facts, "status", SOURCE_PROBE, status);
  if (dane_look_count(look, DANE_UNKNOWN) == look->hosts->len) {
    probe_set_unknown(&probe_dane, look->result, status);
    return PROBE_DONE;
  }
  facts_set_items(look->result->facts, "hosts", SOURCE_PROBE, hosts);
  facts_set_items(look->result->facts, "without", SOURCE_PROBE, without);
  facts_set_items(look->result->facts, "faults", SOURCE_PROBE, look->faults);
  return PROBE_DONE;
}

static ProbeState run_dane(Net *net, const Facts *inputs, Result *result) {
  g_auto(SmtpInputs) ready = {0};
  const char *word = "bad_name";
  if (!smtp_inputs_read(&ready, inputs, result)) {
    facts_set_text(result->facts, "status", SOURCE_PROBE, word);
    probe_set_unknown(&probe_dane, result, word);
    return PROBE_DONE;
  }
  g_auto(DaneLook) look;
  dane_look_ask(&look, net, result, &ready, g_strcmp0(probe_input(inputs, "trust_resolver"), "yes") == 0);
  if (!smtp_route_row(&look.servers, ready.domain, result, &word))
    return look_at(&look);
  if (word != NULL)
    facts_set_text(result->facts, "status", SOURCE_PROBE, word);
  probe_set_unknown(&probe_dane, result, word != NULL ? word : "cancelled");
  return PROBE_DONE;
}

const Probe probe_dane = {
    .name = "dane",
    .title = N_("Prescribed certificates (DANE)"),
    .why = N_("A domain may say in its signed DNS which certificates its mail servers show. Senders that look there deliver "
              "only to a server that shows the right one."),
    .fits = "domain",
    .inputs = dane_inputs,
    .gives = dane_gives,
    .run = run_dane,
};
