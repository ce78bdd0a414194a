#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/dane_look.h"
#include "probe/smtp_look.h"

static const ProbeInput dane_chain_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {"trust_resolver", "text", FALSE,
     N_("yes: the resolver is believed what it says about signatures although it is not on this computer")},
    {"helo", "host", FALSE, N_("the name to greet with; the computer's own if it is not said")},
    {"port", "number", FALSE, N_("another port than 25")},
    {0},
};

static const FactSpec dane_chain_gives[] = {
    {"status", FACT_TEXT,
     "ok mismatch no_answer none insecure unusable untrusted no_mail no_address timeout servfail refused unreachable bad_name",
     N_("whether the mail servers show the certificates that the DNS prescribes (DANE); mismatch: one of them does not; "
        "no_answer: none of them could be asked; none: nothing is prescribed; insecure, unusable, untrusted: as in dane; "
        "the last five: nobody could tell, or the name cannot be asked")},
    {"matched", FACT_LIST, NULL, N_("the servers and addresses that show a right one")},
    {"mismatched", FACT_LIST, NULL, N_("the servers and addresses that do not")},
    {"exchange_code", FACT_TEXT, "4.7.321 4.7.322 4.7.323 4.7.325",
     N_("the code that Exchange Online would put mail off with")},
    {0},
};

typedef struct ChainLook {
  DaneLook dane;
  SmtpManner manner;
  GPtrArray *matched, *mismatched; /* char *, owned */
  const char *code;
  guint open, unanswered;
} ChainLook;

/* --- one server --- */

typedef enum ChainEnd { CHAIN_MATCHES, CHAIN_OTHER, CHAIN_NAME, CHAIN_EXPIRED, CHAIN_NO_TLS, CHAIN_BROKEN_TLS } ChainEnd;

/* learn.microsoft.com: "How SMTP DNS-based Authentication of Named Entities (DANE) secures email communications". */
static const struct {
  Level level;
  const char *text, *code, *reference;
} ends[] = {
    [CHAIN_MATCHES] = {LEVEL_OK, N_("It shows the certificate that the DNS prescribes"), NULL, "RFC 7672 s3.1"},
    [CHAIN_OTHER] = {LEVEL_FAIL, N_("It shows another certificate than the DNS prescribes"), "4.7.323", "RFC 7672 s3.1"},
    [CHAIN_NAME] = {LEVEL_FAIL, N_("Its certificate comes from the prescribed authority, but is made out for another name"),
                    "4.7.325", "RFC 7672 s3.2.3"},
    [CHAIN_EXPIRED] = {LEVEL_FAIL, N_("Its certificate comes from the prescribed authority, but is out of date"), "4.7.322",
                       "RFC 7672 s3.1.2"},
    [CHAIN_NO_TLS] = {LEVEL_FAIL, N_("The DNS prescribes a certificate, but the server offers no encryption (STARTTLS)"),
                      "4.7.321", "RFC 7672 s2.2"},
    [CHAIN_BROKEN_TLS] = {LEVEL_FAIL, N_("The DNS prescribes a certificate, but encryption does not come about"), "4.7.321",
                          "RFC 7672 s2.2"},
};

/* The best that any of the records comes to. */
static ChainEnd match_chain(const ChainLook *look, const DaneHost *host, const TalkAnswer *talk) {
  g_autoptr(GPtrArray) chain = certificate_read_chain((const char *const *)talk->chain);
  const char *const names[] = {host->base, host->server->name, look->dane.inputs->domain, NULL};
  ChainEnd best = CHAIN_OTHER;
  for (guint i = 0; i < host->records->len; i++) {
    const DaneRecord *record = &g_array_index(host->records, DaneRecord, i);
    DaneMatch match = dane_record_match(record, chain, names, talk->asked_at / G_USEC_PER_SEC);
    if (match == DANE_MATCHES)
      return CHAIN_MATCHES;
    best = match == DANE_WRONG_NAME ? CHAIN_NAME : match == DANE_EXPIRED ? CHAIN_EXPIRED : best;
  }
  return best;
}

/* FALSE: the server said nothing about its certificate. */
static gboolean judge_talk(const ChainLook *look, const DaneHost *host, const TalkAnswer *talk, ChainEnd *end) {
  if (talk->chain != NULL && talk->chain[0] != NULL) {
    *end = match_chain(look, host, talk);
    return TRUE;
  }
  if (talk->status == TALK_TLS_FAILED) {
    *end = CHAIN_BROKEN_TLS;
    return TRUE;
  }
  /* Without an answer to EHLO nothing is known about STARTTLS. */
  TalkReply reply;
  *end = CHAIN_NO_TLS;
  return (talk->status == TALK_OK || talk->status == TALK_NO_TLS) && talk->tls == NULL &&
         talk_find_reply(talk, "EHLO", 0, &reply);
}

static void say_unknown(ChainLook *look, const SmtpPath *path, const TalkAnswer *talk, const char *subject) {
  gboolean here = smtp_talk_lacks_ipv6(path, talk);
  Message *text =
      here ? message_new(N_("Not tried: this computer has no way to IPv6 addresses. That is not the server's fault"), NULL)
           : message_set_tr(message_new(N_("Its certificate could not be seen: {why}"), NULL), "why",
                            talk_status_message(talk->status));
  Finding *row = result_add(look->dane.result, here ? LEVEL_NOTE : LEVEL_UNKNOWN, subject, text);
  look->unanswered++;
  probe_add_talk(row, talk, "RFC 7672 s2.2");
}

/* What the server shows, and the record that would vouch for it: its administrator compares it with the one there is. */
static void add_shown(Finding *row, const TalkAnswer *talk) {
  const char *pem = talk->chain != NULL ? talk->chain[0] : NULL;
  g_autoptr(Certificate) certificate = pem != NULL ? certificate_read(pem, NULL) : NULL;
  if (certificate == NULL)
    return;
  gsize length;
  g_autoptr(GBytes) digest = certificate_digest(certificate->spki, 1);
  const guint8 *bytes = g_bytes_get_data(digest, &length);
  g_autoptr(GString) words = g_string_new(certificate->subject);
  g_string_append(words, " = 3 1 1 ");
  for (gsize i = 0; i < length; i++)
    g_string_append_printf(words, "%02x", bytes[i]);
  finding_set_quote(row, words->str);
}

static void say(ChainLook *look, const TalkAnswer *talk, const DaneHost *host, ChainEnd end, const char *subject) {
  Finding *row = result_add(look->dane.result, ends[end].level, subject, message_new(ends[end].text, NULL));
  g_ptr_array_add(end == CHAIN_MATCHES ? look->matched : look->mismatched, g_strdup(subject));
  row->elapsed_ms = talk->elapsed_ms;
  probe_add_answer(row, host->tlsa, ends[end].reference);
  probe_add_talk(row, talk, ends[end].reference);
  if (end == CHAIN_MATCHES)
    return;
  add_shown(row, talk);
  if (look->code == NULL)
    look->code = ends[end].code;
  finding_set_advice(row, message_new(N_("Senders that use DANE put their mail off until that is corrected (Exchange Online: "
                                         "{code}). Its administrator must bring certificate and TLSA record together"),
                                      "code", ends[end].code, NULL));
}

static void look_path(ChainLook *look, const DaneHost *host, const SmtpPath *path) {
  const TalkAnswer *talk = smtp_path_talk(look->dane.net, path, &look->manner);
  g_autofree char *subject = g_strdup_printf("%s %s", path->server->name, path->address);
  ChainEnd end;
  if (talk == NULL) {
    look->open++;
    result_add(look->dane.result, LEVEL_WAIT, subject, message_new(N_("Talking to {address}"), "address", path->address, NULL));
  } else if (judge_talk(look, host, talk, &end)) {
    say(look, talk, host, end, subject);
  } else {
    say_unknown(look, path, talk, subject);
  }
}

/* --- all of them --- */

static const DaneHost *host_of(const ChainLook *look, const SmtpPath *path) {
  for (guint i = 0; i < look->dane.hosts->len; i++) {
    const DaneHost *host = g_ptr_array_index(look->dane.hosts, i);
    if (host->server == path->server && host->state == DANE_SECURE)
      return host;
  }
  return NULL;
}

static void set_facts(ChainLook *look, const char *status) {
  Facts *facts = look->dane.result->facts;
  gboolean any = dane_look_count(&look->dane, DANE_SECURE) > 0;
  if (any)
    status = look->mismatched->len > 0                           ? "mismatch"
             : dane_look_count(&look->dane, DANE_UNKNOWN) > 0 ? status
             : look->matched->len > 0                            ? "ok"
                                                                 : "no_answer";
  facts_set_text(facts, "status", SOURCE_PROBE, status);
  if (any) {
    if (look->code != NULL)
      facts_set_text(facts, "exchange_code", SOURCE_PROBE, look->code);
    else if (look->unanswered == 0)
      facts_set_absent(facts, "exchange_code", SOURCE_PROBE);
    facts_set_items(look->dane.result->facts, "matched", SOURCE_PROBE, look->matched);
    facts_set_items(look->dane.result->facts, "mismatched", SOURCE_PROBE, look->mismatched);
  }
  probe_set_unknown(&probe_dane_chain, look->dane.result, any ? "no answer" : status);
}

static ProbeState look_at(ChainLook *look) {
  const char *status = dane_look_status(&look->dane);
  look->dane.result->total = look->dane.hosts->len + look->dane.servers.paths->len + 1;
  if (status == NULL) {
    result_add(look->dane.result, LEVEL_WAIT, NULL, message_new(N_("Looking up the mail servers"), NULL));
    return PROBE_PENDING;
  }
  dane_look_rows(&look->dane, DANE_SECURE);
  for (guint i = 0; i < look->dane.servers.paths->len; i++) {
    const SmtpPath *path = &g_array_index(look->dane.servers.paths, SmtpPath, i);
    const DaneHost *host = host_of(look, path);
    if (host != NULL && path->special == NULL)
      look_path(look, host, path);
  }
  look->dane.result->done = look->dane.result->total - look->open;
  if (look->open > 0)
    return PROBE_PENDING;
  if (dane_look_count(&look->dane, DANE_SECURE) > 0)
    smtp_unknown_row(&look->dane.servers, look->dane.result);
  set_facts(look, status);
  return PROBE_DONE;
}

static ProbeState end_with(Result *result, const char *word) {
  if (word != NULL)
    facts_set_text(result->facts, "status", SOURCE_PROBE, word);
  probe_set_unknown(&probe_dane_chain, result, word != NULL ? word : "cancelled");
  return PROBE_DONE;
}

static ProbeState run_dane_chain(Net *net, const Facts *inputs, Result *result) {
  g_auto(SmtpInputs) ready = {0};
  const char *word = "bad_name";
  if (!smtp_inputs_read(&ready, inputs, result))
    return end_with(result, word);
  g_autoptr(GPtrArray) matched = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) mismatched = g_ptr_array_new_with_free_func(g_free);
  ChainLook look = {.manner = {.helo = ready.helo, .port = ready.port}, .matched = matched, .mismatched = mismatched};
  dane_look_ask(&look.dane, net, result, &ready, g_strcmp0(probe_input(inputs, "trust_resolver"), "yes") == 0);
  ProbeState state = smtp_route_row(&look.dane.servers, ready.domain, result, &word) ? end_with(result, word) : look_at(&look);
  dane_look_clear(&look.dane);
  return state;
}

const Probe probe_dane_chain = {
    .name = "dane_chain",
    .title = N_("Certificates shown as prescribed (DANE)"),
    .why = N_("The certificate that each mail server shows is compared with what the signed DNS of the domain prescribes. "
              "No mail is sent."),
    .fits = "domain",
    .flags = PROBE_CONTACTS,
    .inputs = dane_chain_inputs,
    .gives = dane_chain_gives,
    .run = run_dane_chain,
};
