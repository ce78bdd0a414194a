#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "probe/rcpt_outcome.h"
#include "probe/smtp_servers.h"

#include <string.h>

/* So many addresses of servers are tried until one takes the connection; then it is over, whatever that one says. */
#define MAX_TRIES 4

static const ProbeInput rcpt_inputs[] = {
    {"email", "email", TRUE, N_("the address that is asked about")},
    {"server", "host", FALSE, N_("one mail server, a name or an address, instead of those of the domain")},
    {"helo", "host", FALSE, N_("the name to greet with; the computer's own if it is not said")},
    {"port", "number", FALSE, N_("another port than 25")},
    {0},
};

static const FactSpec rcpt_gives[] = {
    {"status", FACT_TEXT,
     "accepted perhaps catch_all unknown_user disabled full refused_address refused_us no_utf8 greylisted later no_answer "
     "declined no_address no_mail timeout servfail refused unreachable bad_name",
     N_("what the first mail server that takes a connection says of the address; perhaps: accepted, and nobody knows "
        "whether it accepts all; catch_all: it accepts every address, so nothing is known; refused_us: it refuses who asks, "
        "not the address; declined: it turned us away before; no_mail: the domain takes none; the last five: the servers "
        "could not be found out or reached, or the address is none")},
    {"server", FACT_TEXT, NULL, N_("the server that was asked")},
    {"code", FACT_NUMBER, NULL, N_("the code of its reply")},
    {"enhanced", FACT_TEXT, NULL, N_("the status code in its reply, such as 5.1.1")},
    {"words", FACT_TEXT, NULL, N_("its words")},
    {"cause", FACT_TEXT, NULL, N_("the cause that the words stand for")},
    {"control", FACT_TEXT, "accepted refused unknown", N_("what it says of an address that nobody can have")},
    {0},
};

typedef struct RcptLook {
  Net *net;
  Result *result;
  const Address *address;
  char *mailbox; /* as it goes into RCPT */
} RcptLook;

/* RFC 5321 s4.5.5: reports have an empty sender too, so nobody is written to and no other domain's name is used.  The
 * local part goes out as it was typed (s2.4: only the receiver may fold its case). */
static const TalkAnswer *talk_with(const RcptLook *look, const SmtpPath *path, SmtpManner manner) {
  const char *domain = look->address->domain;
  g_autofree char *mail = g_strdup_printf("MAIL FROM:<>%s", look->address->needs_smtputf8 ? " SMTPUTF8" : "");
  g_autofree char *rcpt = g_strdup_printf("RCPT TO:<%s>", look->mailbox);
  g_autofree char *control = g_strdup_printf("RCPT TO:<%s@%s>", net_nonce(look->net), domain);
  const char *const commands[] = {mail, rcpt, control, "RSET", NULL};
  manner.commands = commands;
  const TalkAnswer *talk = smtp_path_talk(look->net, path, &manner);
  if (talk == NULL || (talk->status != TALK_TLS_FAILED && talk->status != TALK_NO_TLS))
    return talk;
  /* Its encryption is broken; that is another matter than the one asked about. */
  manner.tls = TALK_TLS_NONE;
  return smtp_path_talk(look->net, path, &manner);
}

static void set_text(RcptLook *look, const char *name, const char *text) {
  if (text != NULL)
    facts_set_text(look->result->facts, name, SOURCE_PROBE, text);
  else
    facts_set_absent(look->result->facts, name, SOURCE_PROBE);
}

static void set_facts(RcptLook *look, const RcptVerdict *verdict) {
  Facts *facts = look->result->facts;
  facts_set_text(facts, "status", SOURCE_PROBE, rcpt_outcome_word(verdict->outcome));
  facts_set_text(facts, "control", SOURCE_PROBE, verdict->control);
  if (verdict->code == 0)
    return;
  facts_set_number(facts, "code", SOURCE_PROBE, verdict->code);
  set_text(look, "enhanced", verdict->status);
  set_text(look, "words", verdict->words);
  set_text(look, "cause", verdict->meaning.cause);
}

static Finding *add_row(RcptLook *look, Level level, const char *text, const char *advice) {
  Finding *row = result_add(look->result, level, look->mailbox, message_new(text, NULL));
  if (advice != NULL)
    finding_set_advice(row, message_new(advice, NULL));
  return row;
}

static void row_verdict(RcptLook *look, const TalkAnswer *talk, const char *host) {
  g_auto(RcptVerdict) verdict;
  rcpt_judge(&verdict, look->net, talk, host, look->address->needs_smtputf8);
  set_facts(look, &verdict);
  Finding *row = add_row(look, rcpt_outcome_level(verdict.outcome), rcpt_outcome_message(verdict.outcome),
                         rcpt_outcome_advice(verdict.outcome));
  finding_set_quote(row, verdict.words);
  row->elapsed_ms = talk->elapsed_ms;
  /* The last words of the talk are about RSET. */
  if (verdict.words != NULL)
    finding_add_evidence(row, talk->key, talk->server, verdict.words, talk->elapsed_ms, talk->asked_at, "RFC 5321 s4.1.1.3");
  else
    probe_add_talk(row, talk, "RFC 5321 s4.1.1.3");
  smtp_words_row(&verdict.meaning, look->result, look->mailbox);
}

static void row_declined(RcptLook *look, const SmtpPath *path, const TalkAnswer *talk) {
  TalkReply reply;
  Finding *row = add_row(look, LEVEL_UNKNOWN,
                         N_("The server turned us away before it could be asked about the address: this says nothing about "
                            "the mailbox"),
                         N_("Run the test on the mail server that your mail goes out by, or believe the bounce"));
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "declined");
  probe_add_talk(row, talk, "RFC 5321 s3.1");
  if (!smtp_find_refusal(talk, &reply))
    return;
  g_autofree char *words = talk_reply_text(talk, &reply);
  SmtpWords meaning = {.code = reply.code, .words = words, .command = "CONN", .host = path->server->name};
  finding_set_quote(row, words);
  smtp_words_read(&meaning, look->net);
  smtp_words_row(&meaning, look->result, look->mailbox);
  facts_set_number(look->result->facts, "code", SOURCE_PROBE, reply.code);
  set_text(look, "words", words);
  set_text(look, "cause", meaning.cause);
}

static void row_silent(RcptLook *look, const TalkAnswer *talk) {
  gboolean unconnected = smtp_talk_is_unconnected(talk) || talk->status == TALK_FAILED;
  Finding *row =
      result_add(look->result, LEVEL_UNKNOWN, look->mailbox,
                 message_set_tr(message_new(N_("The mail server could not be asked: {why}"), NULL), "why",
                                talk_status_message(talk->status)));
  finding_set_advice(row, message_new(N_("This says nothing about the mailbox. The test of the mail servers tells on whose "
                                         "side the fault is"),
                                      NULL));
  if (talk->status < TALK_CANCELLED)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, unconnected ? "unreachable" : "no_answer");
  probe_add_talk(row, talk, "RFC 5321 s3.1");
}

static void judge(RcptLook *look, const SmtpPath *path, const TalkAnswer *talk) {
  TalkReply reply;
  if (talk->server != NULL || !smtp_talk_is_unconnected(talk))
    facts_set_text(look->result->facts, "server", SOURCE_PROBE, path->server->name);
  if (talk->phase == PHASE_COMMANDS || talk->status == TALK_OK || talk_find_reply(talk, "MAIL", 0, &reply))
    row_verdict(look, talk, path->server->name);
  else if (talk->status == TALK_DECLINED)
    row_declined(look, path, talk);
  else
    row_silent(look, talk);
  probe_set_unknown(&probe_rcpt, look->result, "no answer");
}

static ProbeState look_at(RcptLook *look, const SmtpInputs *inputs) {
  g_auto(SmtpServers) servers;
  const SmtpManner manner = {.helo = inputs->helo, .port = inputs->port};
  const char *word = NULL;
  const SmtpPath *last = NULL;
  const TalkAnswer *talk = NULL;
  guint tries = 0;
  smtp_servers_ask(&servers, look->net, inputs->domain, inputs->server);
  if (smtp_route_row(&servers, inputs->domain, look->result, &word)) {
    if (word != NULL)
      facts_set_text(look->result->facts, "status", SOURCE_PROBE, word);
    probe_set_unknown(&probe_rcpt, look->result, word != NULL ? word : "cancelled");
    return PROBE_DONE;
  }
  look->result->total = 1;
  /* Not before all addresses are there: their order decides who is asked. */
  for (guint i = 0; servers.open == 0 && i < servers.paths->len && tries < MAX_TRIES; i++) {
    const SmtpPath *path = &g_array_index(servers.paths, SmtpPath, i);
    if (path->special != NULL)
      continue;
    tries++;
    last = path;
    talk = talk_with(look, path, manner);
    if (talk == NULL || !smtp_talk_is_unconnected(talk))
      break;
  }
  if (servers.open > 0 || (last != NULL && talk == NULL)) {
    result_add(look->result, LEVEL_WAIT, look->mailbox, message_new(N_("Asking a mail server about the address"), NULL));
    return PROBE_PENDING;
  }
  look->result->done = 1;
  if (talk != NULL) {
    judge(look, last, talk);
    return PROBE_DONE;
  }
  Finding *row = add_row(look, LEVEL_WARN, N_("No mail server has an address that can be reached from outside"), NULL);
  finding_set_ground(row, GROUND_NOT_ASKED, "RFC 6890 s2.2");
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "no_address");
  probe_set_unknown(&probe_rcpt, look->result, "no_address");
  return PROBE_DONE;
}

static gboolean read_mailbox(RcptLook *look, SmtpInputs *ready, const char *typed) {
  Ip ip;
  if (look->address->reason != ADDRESS_OK) {
    probe_bad_input(look->result, message_new(N_("\"{value}\" is not an address"), "value", typed, NULL), "RFC 5321 s4.1.2");
    return FALSE;
  }
  look->mailbox = g_strdup_printf("%s@%s", look->address->local, look->address->domain);
  if (ready->server == NULL && look->address->literal && ip_parse(look->address->domain, &ip))
    ready->server = ip_format(&ip);
  if (ready->domain == NULL)
    ready->domain = g_strdup(look->address->domain);
  return TRUE;
}

static ProbeState run_rcpt(Net *net, const Facts *inputs, Result *result) {
  g_auto(SmtpInputs) ready = {0};
  const char *typed = probe_input(inputs, "email");
  g_autoptr(Address) address = address_parse(typed);
  RcptLook look = {.net = net, .result = result, .address = address};
  if (!smtp_inputs_read(&ready, inputs, result) || !read_mailbox(&look, &ready, typed)) {
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
    probe_set_unknown(&probe_rcpt, result, "bad_name");
    return PROBE_DONE;
  }
  ProbeState state = look_at(&look, &ready);
  g_free(look.mailbox);
  return state;
}

const Probe probe_rcpt = {
    .name = "rcpt",
    .title = N_("Ask whether the address exists"),
    .why = N_("A mail server is asked once whether it would take mail for the address, and for one that nobody can have. "
              "Nothing is sent. The administrator there may see the question in a log."),
    .fits = "email",
    .flags = PROBE_CONTACTS,
    .inputs = rcpt_inputs,
    .gives = rcpt_gives,
    .run = run_rcpt,
};
