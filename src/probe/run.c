#include "probe/probe.h"

#include "base/catalogue.h"
#include "mail/address.h"

#include <string.h>

/* A probe that still asks after so many rounds of "nobody waits for answers" is ended by force. */
#define MAX_SKIP_ROUNDS 16

struct ProbeRun {
  const Probe *probe;
  Net *net;
  Facts *inputs;
  NetWaiter *waiter;
  Result *result;
  gboolean done;
  gint64 started; /* monotonic, microseconds */
  gint64 ended;
  gint64 finished_at;
};

static void run_finish(ProbeRun *run) {
  run->done = TRUE;
  run->ended = g_get_monotonic_time();
  run->finished_at = g_get_real_time();
  facts_stamp(run->result->facts, run->finished_at);
}

static void run_once(ProbeRun *run) {
  Result *result = result_new();
  net_set_waiter(run->net, run->waiter);
  ProbeState state = run->probe->run(run->net, run->inputs, result);
  net_set_waiter(run->net, NULL);
  result_free(run->result);
  run->result = result;
  if (state == PROBE_DONE)
    run_finish(run);
}

static const ProbeInput *missing_input(const Probe *probe, const Facts *inputs) {
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++)
    if (input->required && probe_input(inputs, input->name) == NULL)
      return input;
  return NULL;
}

static void run_start(ProbeRun *run) {
  const ProbeInput *missing = missing_input(run->probe, run->inputs);
  run->done = FALSE;
  run->finished_at = 0;
  run->started = g_get_monotonic_time();
  if (missing == NULL) {
    run_once(run);
    return;
  }
  result_free(run->result);
  run->result = result_new();
  probe_not_asked(run->probe, run->result, missing->name);
  run_finish(run);
}

ProbeRun *probe_run_new(const Probe *probe, Net *net, Facts *inputs) {
  ProbeRun *run = g_new0(ProbeRun, 1);
  run->probe = probe;
  run->net = net;
  run->inputs = inputs;
  run->waiter = net_waiter_new(net);
  run_start(run);
  return run;
}

void probe_run_free(ProbeRun *run) {
  if (run == NULL)
    return;
  net_waiter_free(run->waiter);
  result_free(run->result);
  facts_free(run->inputs);
  g_free(run);
}

gboolean probe_run_wake(ProbeRun *run) {
  if (run->done || !net_waiter_take(run->waiter))
    return FALSE;
  run_once(run);
  return TRUE;
}

void probe_run_skip(ProbeRun *run) {
  /* The look-ups that follow from what is there are cancelled in their turn. */
  for (guint i = 0; !run->done && i < MAX_SKIP_ROUNDS; i++) {
    net_waiter_cancel(run->waiter);
    run_once(run);
  }
  if (run->done)
    return;
  net_waiter_cancel(run->waiter);
  probe_set_unknown(run->probe, run->result, "cancelled");
  run_finish(run);
}

void probe_run_again(ProbeRun *run) {
  net_waiter_forget(run->waiter);
  run_start(run);
}

const Probe *probe_run_probe(const ProbeRun *run) {
  return run->probe;
}

const Facts *probe_run_inputs(const ProbeRun *run) {
  return run->inputs;
}

const Result *probe_run_result(const ProbeRun *run) {
  return run->result;
}

gboolean probe_run_done(const ProbeRun *run) {
  return run->done;
}

guint probe_run_elapsed_ms(const ProbeRun *run) {
  return (guint)(((run->done ? run->ended : g_get_monotonic_time()) - run->started) / 1000);
}

const NetWaiter *probe_run_waiter(const ProbeRun *run) {
  return run->waiter;
}

gint64 probe_run_finished_at(const ProbeRun *run) {
  return run->finished_at;
}

/* --- helpers for probes --- */

const char *probe_input(const Facts *inputs, const char *name) {
  const Fact *fact = facts_get(inputs, name);
  if (fact == NULL || fact->state != FACT_KNOWN)
    return NULL;
  return fact->raw != NULL ? fact->raw : fact->text;
}

void probe_set_unknown(const Probe *probe, Result *result, const char *why) {
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++)
    if (facts_get(result->facts, spec->name) == NULL)
      facts_set_unknown(result->facts, spec->name, SOURCE_PROBE, why);
}

void probe_bad_input(Result *result, Message *text, const char *reference) {
  finding_set_ground(result_add(result, LEVEL_FAIL, NULL, text), GROUND_INPUT, reference);
}

static gboolean gives(const Probe *probe, const char *name) {
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++)
    if (g_str_equal(spec->name, name))
      return TRUE;
  return FALSE;
}

char *probe_take_domain(const Probe *probe, const Facts *inputs, Result *result) {
  const char *typed = probe_input(inputs, "domain");
  char *domain = domain_name_to_ascii(typed);
  if (domain != NULL)
    return domain;
  probe_bad_input(result, message_new(N_("\"{domain}\" is not the name of a domain"), "domain", typed, NULL),
                  "RFC 1035 s2.3.1");
  if (gives(probe, "status"))
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
  probe_set_unknown(probe, result, "bad_name");
  return NULL;
}

void probe_not_asked(const Probe *probe, Result *result, const char *missing) {
  probe_set_unknown(probe, result, "not asked");
  result_add(result, LEVEL_SKIP, NULL, message_new(N_("Not asked: {input} is not known"), "input", missing, NULL));
}

static void append_record(GString *text, const DnsRecord *record, DnsType asked) {
  if (text->len > 0)
    g_string_append(text, "; ");
  if (record->type != asked)
    g_string_append_printf(text, "%s %s ", record->owner, dns_type_word(record->type));
  g_autofree char *data = dns_record_data(record);
  g_string_append(text, data);
}

const char *probe_why(const DnsAnswer *answer) {
  /* "Other error" says less than the status. */
  const char *extended = answer->extended > 0 ? dns_extended_message(answer->extended) : NULL;
  return dns_is_unknown(answer->status) && extended != NULL ? extended : dns_status_message(answer->status);
}

void probe_add_answer(Finding *finding, const DnsAnswer *answer, const char *reference) {
  g_autofree char *asked = g_strdup_printf("%s %s", answer->name, dns_type_word(answer->type));
  g_autoptr(GString) text = g_string_new(NULL);
  if (answer->status != DNS_OK)
    g_string_append(text, dns_status_word(answer->status));
  if (answer->extended >= 0)
    g_string_append_printf(text, " (%d%s%s)", answer->extended, answer->extended_text != NULL ? ": " : "",
                           answer->extended_text != NULL ? answer->extended_text : "");
  if (answer->status == DNS_REFUSED && answer->n_beside > 0) { /* a referral, of a server asked itself */
    g_string_append(text, " ->");
    for (guint i = 0; i < answer->n_beside; i++)
      if (answer->beside[i].type == DNS_NS)
        g_string_append_printf(text, " %s", answer->beside[i].value);
  }
  for (guint i = 0; i < answer->n_records; i++) /* aliases, if the name at their end has nothing */
    append_record(text, &answer->records[i], answer->type);
  finding_add_evidence(finding, asked, answer->server, text->str, answer->elapsed_ms, answer->asked_at, reference);
}

/* "200, text/plain, 120 octets", "301 -> https://www.example.com/". */
static void append_response(GString *text, const TalkAnswer *talk) {
  g_string_append_printf(text, "%d", talk->code);
  if (talk->location != NULL)
    g_string_append_printf(text, " -> %s", talk->location);
  else if (talk->type != NULL)
    g_string_append_printf(text, ", %s", talk->type);
  if (talk->location == NULL && talk->body != NULL)
    g_string_append_printf(text, ", %" G_GSIZE_FORMAT " octets", g_bytes_get_size(talk->body));
}

/* The last line that came; what HTTPS says in its headers is in the response already. */
static const char *last_words(const TalkAnswer *talk) {
  for (guint i = talk->code == 0 ? talk->lines->len : 0; i-- > 0;) {
    const char *line = g_ptr_array_index(talk->lines, i);
    if (*line == '<')
      return line + strlen("< ");
  }
  return NULL;
}

void probe_add_talk(Finding *finding, const TalkAnswer *talk, const char *reference) {
  g_autoptr(GString) text = g_string_new(NULL);
  const char *words = last_words(talk);
  if (talk->code != 0)
    append_response(text, talk);
  if (talk->status != TALK_OK)
    g_string_append_printf(text, "%s%s (%s)", text->len > 0 ? ", " : "", talk_status_word(talk->status),
                           talk_phase_word(talk->phase));
  if (words != NULL)
    g_string_append_printf(text, "%s%s", text->len > 0 ? ": " : "", words);
  if (talk->error != NULL)
    g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", talk->error);
  finding_add_evidence(finding, talk->key, talk->server, text->str, talk->elapsed_ms, talk->asked_at, reference);
}
