#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/arc.h"
#include "mail/dkim.h"
#include "probe/host_look.h"

/* A probe of its own and no part of dkim: that one judges a key which somebody names, this one a chain that stands in
 * the mail, with as many keys as it has links.  It never says "fine" or "bad": ARC obliges nobody. */

/* Longer chains are read, but neither shown nor asked for. */
#define MAX_SHOWN 10

static const ProbeInput arc_inputs[] = {
    {"header", "text", TRUE, N_("the ARC fields of the returned message's header, as they stand there")},
    {"spf_result", "text", FALSE,
     N_("what SPF said to the server that refused the message: pass, fail, softfail, ...")},
    {0},
};

static const FactSpec arc_gives[] = {
    {"status", FACT_TEXT, "none complete broken failed",
     N_("whether servers on the way sealed the message; broken: the fields do not fit together; failed: the last seal "
        "says itself that the chain was broken")},
    {"sets", FACT_NUMBER, NULL, N_("how many servers sealed the message")},
    {"sealers", FACT_LIST, NULL, N_("their domains, the first one first")},
    {"keys", FACT_TEXT, "ok unusable", N_("whether the keys of the seals are there")},
    {"spf_passed_at", FACT_TEXT, NULL, N_("the first server on the way that found that SPF passed")},
    {"forwarding_broke_spf", FACT_TEXT, "yes no",
     N_("whether SPF passed at first, and no longer after the message was passed on")},
    {"faults", FACT_LIST, "bad_instance gap incomplete duplicate bad_cv seal_h",
     N_("what does not fit together, as words")},
    {0},
};

typedef struct ArcLook {
  Net *net;
  Result *result;
  const ArcChain *chain;
  guint open, unusable;
  const DnsAnswer *unknown; /* a key that could not be found out; NULL: none */
} ArcLook;

/* --- the sets --- */

static void append_result(GString *text, const char *method, const char *result) {
  if (result != NULL)
    g_string_append_printf(text, "%s%s=%s", text->len > 0 ? " " : "", method, result);
}

static void set_row(ArcLook *look, const ArcSet *set) {
  g_autoptr(GString) results = g_string_new(NULL);
  const char *who = set->domain != NULL ? set->domain : set->by != NULL ? set->by : "?";
  g_autofree char *subject = g_strdup_printf("ARC %u", set->instance);
  append_result(results, "spf", set->spf);
  append_result(results, "dkim", set->dkim);
  append_result(results, "dmarc", set->dmarc);
  Message *text = results->len > 0 ? message_new(N_("{who} passed the message on, and noted before: {results}"), "who",
                                                 who, "results", results->str, NULL)
                                   : message_new(N_("{who} passed the message on"), "who", who, NULL);
  finding_set_ground(result_add(look->result, LEVEL_NOTE, subject, text), GROUND_INPUT, "RFC 8617 s4.1.1");
}

/* --- the keys of the seals --- */

static gboolean is_usable(const DnsAnswer *answer) {
  DkimKey key, found = {0};
  guint n = 0;
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++)
    if (dkim_key_parse(dns_answer_record(answer, i)->data, &key)) {
      found = key;
      n++;
    }
  return n == 1 && !found.revoked && (found.faults & DKIM_FATAL) == 0;
}

static void key_row(ArcLook *look, const ArcSet *set) {
  g_autofree char *name =
      set->domain != NULL && set->selector != NULL ? dkim_key_name(set->selector, set->domain) : NULL;
  const DnsAnswer *answer = name != NULL ? net_dns(look->net, name, DNS_TXT) : NULL;
  if (name == NULL) {
    look->unusable++;
    return;
  }
  look->result->total++;
  if (answer == NULL) {
    look->open++;
    result_add(look->result, LEVEL_WAIT, name, message_new(N_("Looking up the key"), NULL));
    return;
  }
  look->result->done++;
  if (!dns_is_unknown(answer->status) && is_usable(answer))
    return;
  Finding *row;
  if (dns_is_unknown(answer->status)) {
    look->unknown = answer;
    row = result_add(look->result, LEVEL_UNKNOWN, name,
                     message_set_tr(message_new(N_("The key of the seal could not be found out: {why}"), NULL), "why",
                                    dns_status_message(answer->status)));
  } else {
    look->unusable++;
    row = result_add(look->result, LEVEL_NOTE, name,
                     message_new(N_("There is no key any more that this seal could be verified with"), NULL));
  }
  probe_add_answer(row, answer, "RFC 8617 s4.1.3");
}

static void look_keys(ArcLook *look) {
  for (guint i = 0; i < look->chain->sets->len && i < MAX_SHOWN; i++)
    key_row(look, g_ptr_array_index(look->chain->sets, i));
  Facts *facts = look->result->facts;
  if (look->chain->sets->len == 0)
    facts_set_absent(facts, "keys", SOURCE_PROBE);
  else if (look->unusable > 0)
    facts_set_text(facts, "keys", SOURCE_PROBE, "unusable");
  else if (look->unknown != NULL)
    facts_set_unknown(facts, "keys", SOURCE_PROBE, unknown_word(look->unknown));
  else if (look->open == 0)
    facts_set_text(facts, "keys", SOURCE_PROBE, "ok");
}

/* --- the chain --- */

static void look_chain(ArcLook *look) {
  const ArcChain *chain = look->chain;
  g_autoptr(GPtrArray) faults = g_ptr_array_new(), sealers = g_ptr_array_new();
  for (guint i = 0; i < ARC_N_FAULTS; i++)
    if ((chain->faults & (1U << i)) != 0)
      g_ptr_array_add(faults, (gpointer)arc_fault_word(i));
  for (guint i = 0; i < chain->sets->len; i++) {
    const ArcSet *set = g_ptr_array_index(chain->sets, i);
    if (i < MAX_SHOWN)
      set_row(look, set);
    if (set->domain != NULL)
      g_ptr_array_add(sealers, set->domain);
  }
  Facts *facts = look->result->facts;
  const char *status = chain->faults != 0      ? "broken"
                       : chain->sets->len == 0 ? "none"
                       : chain->failed         ? "failed"
                                               : "complete";
  facts_set_text(facts, "status", SOURCE_PROBE, status);
  facts_set_number(facts, "sets", SOURCE_PROBE, chain->sets->len);
  facts_set_items(facts, "faults", SOURCE_PROBE, faults);
  facts_set_items(facts, "sealers", SOURCE_PROBE, sealers);
  const char *text = chain->faults != 0 ? N_("These fields do not fit together, so that receivers pay no heed to them")
                     : chain->sets->len == 0 ? N_("No server on the way sealed the message; that is usual and no fault")
                     : chain->failed         ? N_("The last server found that the message had been changed on the way")
                                             : NULL;
  if (text != NULL)
    finding_set_ground(result_add(look->result, LEVEL_NOTE, "ARC", message_new(text, NULL)), GROUND_INPUT,
                       "RFC 8617 s5.2");
}

/* --- forwarding and SPF (RFC 7960 s3) --- */

static gboolean is_refused_by_spf(const char *result) {
  return g_strcmp0(result, "fail") == 0 || g_strcmp0(result, "softfail") == 0;
}

static gboolean is_known_result(const char *result) {
  static const char *const words[] = {"pass", "fail", "softfail", "neutral", "none", "permerror", NULL};
  return result != NULL && g_strv_contains(words, result);
}

static void look_forwarding(ArcLook *look, const char *spf_result) {
  Facts *facts = look->result->facts;
  const ArcSet *passed = arc_spf_passed(look->chain);
  const char *by = passed == NULL ? NULL : passed->by != NULL ? passed->by : passed->domain;
  if (by != NULL)
    facts_set_text(facts, "spf_passed_at", SOURCE_PROBE, by);
  else
    facts_set_absent(facts, "spf_passed_at", SOURCE_PROBE);
  if (passed == NULL) {
    facts_set_absent(facts, "forwarding_broke_spf", SOURCE_PROBE);
    return;
  }
  gboolean broke = arc_spf_broke(look->chain) || is_refused_by_spf(spf_result);
  if (!broke && !is_known_result(spf_result)) {
    facts_set_unknown(facts, "forwarding_broke_spf", SOURCE_PROBE, spf_result == NULL ? "not asked" : "not told");
    return;
  }
  facts_set_text(facts, "forwarding_broke_spf", SOURCE_PROBE, broke ? "yes" : "no");
  if (!broke)
    return;
  Finding *row =
      result_add(look->result, LEVEL_NOTE, "SPF",
                 message_new(N_("Forwarding broke SPF: the message passed at {by}, and was passed on from there"), "by",
                             by != NULL ? by : "?", NULL));
  finding_set_ground(row, GROUND_INPUT, "RFC 7960 s3.1");
  finding_set_advice(row, message_new(N_("The SPF record of the sender is not at fault. The forwarder can rewrite the "
                                         "envelope sender (SRS), or the recipient can give out the address that the "
                                         "messages end up at"),
                                      NULL));
}

static ProbeState run_arc(Net *net, const Facts *inputs, Result *result) {
  g_autoptr(ArcChain) chain = arc_read(probe_input(inputs, "header"));
  ArcLook look = {.net = net, .result = result, .chain = chain};
  look_chain(&look);
  look_keys(&look);
  look_forwarding(&look, probe_input(inputs, "spf_result"));
  return look.open > 0 ? PROBE_PENDING : PROBE_DONE;
}

const Probe probe_arc = {
    .name = "arc",
    .title = N_("Servers that passed the message on (ARC)"),
    .why = N_("Servers that pass a message on may note what they found out about it. That shows where forwarding made "
              "SPF or DKIM fail."),
    .fits = "",
    .inputs = arc_inputs,
    .gives = arc_gives,
    .run = run_arc,
};
