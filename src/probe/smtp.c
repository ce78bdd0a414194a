#include "probe/smtp_look.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "probe/table.h"

#include <string.h>

static const ProbeInput smtp_inputs[] = {
    {"domain", "domain", FALSE, N_("the domain that mail is sent to")},
    {"server", "host", FALSE, N_("one mail server, a name or an address, instead of those of the domain")},
    {"email", "email", FALSE, N_("the recipient's address, which may need special letters")},
    {"size", "number", FALSE, N_("how large the message is with its attachments, in octets")},
    {"reference", "text", FALSE,
     N_("mail servers that are asked for their greeting if nobody answers, instead of those of large providers")},
    {"helo", "host", FALSE, N_("the name to greet with; the computer's own if it is not said")},
    {"port", "number", FALSE, N_("another port than 25")},
    {0},
};

static const FactSpec smtp_gives[] = {
    {"status", FACT_TEXT,
     "ok declined broken no_answer down blocked no_address no_mail timeout servfail refused unreachable bad_name",
     N_("whether a mail server of the domain talks to us; declined: those that answer turn us away; no_answer: connected, "
        "but nothing came; down: others can be reached, these cannot; blocked: no mail server at all can be reached from "
        "here; no_address: no server has an address that could be tried; no_mail: the domain takes none; the last five: the servers could not be found out, or the name cannot be "
        "asked")},
    {"servers", FACT_LIST, NULL, N_("the mail servers, the first choice first")},
    {"reached", FACT_LIST, NULL, N_("the addresses that took a connection")},
    {"unreached", FACT_LIST, NULL, N_("the addresses that took none")},
    {"private", FACT_LIST, NULL, N_("addresses that nobody outside can reach, and that were not tried")},
    {"code", FACT_NUMBER, NULL, N_("the code by which a server turned us away before any mail was offered")},
    {"words", FACT_TEXT, NULL, N_("its words")},
    {"cause", FACT_TEXT, NULL, N_("the cause that the words stand for")},
    {"features", FACT_LIST, NULL, N_("what all servers that answered can do, as words of EHLO")},
    {"size_limit", FACT_NUMBER, NULL, N_("the largest mail that all servers take, in octets")},
    {"size", FACT_NUMBER, NULL, N_("how large the message becomes in a mail, in octets")},
    {"size_fits", FACT_TEXT, "yes no", N_("whether the message fits")},
    {"starttls", FACT_TEXT, "all some none broken",
     N_("how many of the servers that answered can encrypt; broken: offered, but it does not come about")},
    {"tls", FACT_LIST, NULL, N_("the versions of TLS that came about")},
    {"certificate", FACT_TEXT, "ok faulty", N_("whether all certificates are in order")},
    {"certificate_faults", FACT_LIST, "name expired not_yet untrusted", N_("what is wrong with certificates, as words")},
    {"smtputf8", FACT_TEXT, "all some none", N_("how many servers take addresses with letters beyond ASCII")},
    {"requiretls", FACT_TEXT, "all some none", N_("how many servers can promise to pass mail on encrypted only")},
    {0},
};

/* --- facts --- */

static void set_count(SmtpLook *look, const char *name, const SmtpCount *sum) {
  if (sum->with + sum->without == 0)
    return;
  facts_set_text(look->result->facts, name, SOURCE_PROBE, sum->without == 0 ? "all" : sum->with > 0 ? "some" : "none");
}

static void set_features(SmtpLook *look) {
  Facts *facts = look->result->facts;
  if (look->features == NULL)
    return;
  facts_set_items(look->result->facts, "features", SOURCE_PROBE, look->features);
  if (look->limited)
    facts_set_number(facts, "size_limit", SOURCE_PROBE, (gint64)MIN(look->limit, G_MAXINT64));
  else
    facts_set_absent(facts, "size_limit", SOURCE_PROBE);
  if (look->size > 0)
    facts_set_text(facts, "size_fits", SOURCE_PROBE,
                   !look->limited || smtp_size_in_mail(look->size) <= look->limit ? "yes" : "no");
}

static void set_tls(SmtpLook *look) {
  Facts *facts = look->result->facts;
  if (look->starttls.with + look->starttls.without == 0)
    return;
  set_count(look, "starttls", &look->starttls);
  if (look->tls_broken > 0)
    facts_set_text(facts, "starttls", SOURCE_PROBE, "broken");
  facts_set_items(look->result->facts, "tls", SOURCE_PROBE, look->versions);
  facts_set_items(look->result->facts, "certificate_faults", SOURCE_PROBE, look->faults);
  if (look->certificates.with + look->certificates.without > 0)
    facts_set_text(facts, "certificate", SOURCE_PROBE, look->certificates.without == 0 ? "ok" : "faulty");
  else if (look->tls_broken == 0)
    facts_set_absent(facts, "certificate", SOURCE_PROBE);
}

static void set_decline(SmtpLook *look) {
  Facts *facts = look->result->facts;
  TalkReply reply;
  if (look->decline == NULL || !smtp_find_refusal(look->decline, &reply))
    return;
  g_autofree char *words = talk_reply_text(look->decline, &reply);
  facts_set_number(facts, "code", SOURCE_PROBE, reply.code);
  facts_set_text(facts, "words", SOURCE_PROBE, words);
  if (look->cause != NULL)
    facts_set_text(facts, "cause", SOURCE_PROBE, look->cause);
  else
    facts_set_absent(facts, "cause", SOURCE_PROBE);
}

static void set_facts(SmtpLook *look, const SmtpServers *servers, const char *status) {
  Facts *facts = look->result->facts;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < servers->servers->len; i++)
    g_ptr_array_add(names, (gpointer)g_array_index(servers->servers, SmtpServer, i).name);
  facts_set_text(facts, "status", SOURCE_PROBE, status);
  facts_set_items(look->result->facts, "servers", SOURCE_PROBE, names);
  facts_set_items(look->result->facts, "reached", SOURCE_PROBE, look->reached);
  facts_set_items(look->result->facts, "unreached", SOURCE_PROBE, look->unreached);
  facts_set_items(look->result->facts, "private", SOURCE_PROBE, look->private);
  set_features(look);
  set_tls(look);
  set_count(look, "smtputf8", &look->utf8);
  set_count(look, "requiretls", &look->requiretls);
  set_decline(look);
  if (look->decline == NULL && look->silent + look->unconnected == 0) {
    facts_set_absent(facts, "code", SOURCE_PROBE);
    facts_set_absent(facts, "words", SOURCE_PROBE);
    facts_set_absent(facts, "cause", SOURCE_PROBE);
  }
  probe_set_unknown(&probe_smtp, look->result, look->size == 0 ? "not asked" : "no answer");
}

/* --- the whole --- */


static void row_private(SmtpLook *look, const SmtpPath *path) {
  Finding *row = result_add(look->result, LEVEL_WARN, path->server->name,
                            message_set_tr(message_new(N_("{address} is not tried: nobody outside can reach it ({range})"), "address", path->address, NULL), "range",
                                           path->special));
  finding_set_advice(row, message_new(N_("The administrator of {domain} must correct the address of this server"), "domain",
                                      look->inputs->domain, NULL));
  for (guint k = 0; k < 2; k++)
    if (path->server->look.answers[k] != NULL)
      probe_add_answer(row, path->server->look.answers[k], "RFC 6890 s2.2");
  g_ptr_array_add(look->private, (gpointer)path->address);
}

static void ask_paths(SmtpLook *look, const SmtpServers *servers) {
  for (guint i = 0; i < servers->paths->len; i++) {
    SmtpPath *path = &g_array_index(servers->paths, SmtpPath, i);
    if (path->special != NULL) {
      row_private(look, path);
      continue;
    }
    path->talk = smtp_path_talk(look->net, path, &look->manner);
    if (path->talk == NULL) {
      look->open++;
      result_add(look->result, LEVEL_WAIT, path->server->name,
                 message_new(N_("Talking to {address}"), "address", path->address, NULL));
    } else {
      smtp_row(look, path);
    }
  }
}

/* Nobody took a connection: their fault, or that of this network? */
static const char *judge_silence(SmtpLook *look, const Facts *inputs) {
  static const struct {
    Level level;
    const char *word, *text, *advice;
  } endings[] = {
      [REFERENCE_WAIT] = {LEVEL_WAIT, NULL, N_("Trying whether other mail servers can be reached from here"), NULL},
      [REFERENCE_REACHED] = {LEVEL_FAIL, "down",
                             N_("No mail server of {domain} takes a connection, while others do: they are down, or shut "
                                "this network out"),
                             N_("Mail servers of senders go on trying for some days. Tell the administrator there by "
                                "another way")},
      [REFERENCE_BLOCKED] = {LEVEL_UNKNOWN, "blocked",
                             N_("No mail server can be reached from here, whosever it is: port 25 is blocked in this "
                                "network. That says nothing about {domain}"),
                             N_("Most Internet providers and clouds block port 25. Run this test on your mail server, "
                                "or from another network")},
      [REFERENCE_UNKNOWN] = {LEVEL_UNKNOWN, "unreachable",
                             N_("No mail server of {domain} takes a connection from here, and whether others would could "
                                "not be found out"),
                             N_("This says nothing about the servers: try again later, or from another network")},
  };
  const char *hosts = probe_input(inputs, "reference");
  SmtpReference end = smtp_reference_ask(look, hosts, NULL);
  const char *domain = look->inputs->server != NULL ? look->inputs->server : look->inputs->domain;
  Finding *row =
      result_add(look->result, endings[end].level, NULL, message_new(endings[end].text, "domain", domain, NULL));
  if (endings[end].advice != NULL)
    finding_set_advice(row, message_new(endings[end].advice, NULL));
  finding_set_ground(row, GROUND_ROWS, "RFC 5321 s4.5.4.1");
  smtp_reference_ask(look, hosts, row);
  return endings[end].word;
}

/* What the talks come to; NULL: still under way. */
static const char *judge(SmtpLook *look, const Facts *inputs) {
  if (look->open > 0)
    return NULL;
  if (look->welcomed > 0)
    return "ok";
  if (look->declined > 0)
    return "declined";
  if (look->silent > 0)
    return "no_answer";
  if (look->broken > 0)
    return "broken";
  if (look->unconnected > 0)
    return judge_silence(look, inputs);
  return look->private->len > 0 && look->tried == 0 ? "no_address" : "no_answer";
}

static ProbeState look_at(SmtpLook *look, const Facts *inputs) {
  g_auto(SmtpServers) servers;
  const char *word = NULL;
  smtp_servers_ask(&servers, look->net, look->inputs->domain, look->inputs->server);
  look->servers = &servers;
  if (smtp_route_row(&servers, look->inputs->domain, look->result, &word)) {
    if (word != NULL)
      facts_set_text(look->result->facts, "status", SOURCE_PROBE, word);
    probe_set_unknown(&probe_smtp, look->result, word != NULL ? word : "cancelled");
    return PROBE_DONE;
  }
  ask_paths(look, &servers);
  look->result->total = servers.paths->len + servers.open;
  look->result->done = servers.paths->len - look->open;
  if (servers.open > 0) {
    result_add(look->result, LEVEL_WAIT, "MX", message_new(N_("Looking up the mail servers"), NULL));
    return PROBE_PENDING;
  }
  word = judge(look, inputs);
  if (word == NULL)
    return PROBE_PENDING;
  smtp_unknown_row(&servers, look->result);
  if (servers.left_out > 0)
    finding_set_ground(
        result_add(look->result, LEVEL_NOTE, NULL,
                   message_set_number(message_new(N_("{n} more addresses were not tried"), NULL), "n", servers.left_out)),
        GROUND_NOT_ASKED, "RFC 5321 s5.1");
  set_facts(look, &servers, word);
  return PROBE_DONE;
}

static gboolean read_size(SmtpLook *look, const Facts *inputs) {
  const char *text = probe_input(inputs, "size");
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64 / 4, &look->size, NULL)) {
    probe_bad_input(look->result, message_new(N_("\"{value}\" is no number of octets"), "value", text, NULL), "RFC 1870 s3");
    return FALSE;
  }
  facts_set_number(look->result->facts, "size", SOURCE_PROBE, (gint64)smtp_size_in_mail(look->size));
  return TRUE;
}

static void read_address(SmtpLook *look, const Facts *inputs) {
  const char *email = probe_input(inputs, "email");
  g_autoptr(Address) address = email != NULL ? address_parse(email) : NULL;
  look->needs_utf8 = address != NULL && address->needs_smtputf8;
}

static ProbeState run_smtp(Net *net, const Facts *inputs, Result *result) {
  g_auto(SmtpInputs) ready = {0};
  SmtpLook look = {.net = net, .result = result, .inputs = &ready};
  if (probe_input(inputs, "domain") == NULL && probe_input(inputs, "server") == NULL) {
    probe_not_asked(&probe_smtp, result, "domain");
    return PROBE_DONE;
  }
  if (!smtp_inputs_read(&ready, inputs, result) || !read_size(&look, inputs)) {
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
    probe_set_unknown(&probe_smtp, result, "bad_name");
    return PROBE_DONE;
  }
  g_autoptr(GPtrArray) reached = g_ptr_array_new();
  g_autoptr(GPtrArray) unreached = g_ptr_array_new();
  g_autoptr(GPtrArray) private = g_ptr_array_new();
  g_autoptr(GPtrArray) versions = g_ptr_array_new();
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  look.reached = reached;
  look.unreached = unreached;
  look.private = private;
  look.versions = versions;
  look.faults = faults;
  look.manner = (SmtpManner){.helo = ready.helo, .port = ready.port};
  read_address(&look, inputs);
  ProbeState state = look_at(&look, inputs);
  if (look.features != NULL)
    g_ptr_array_unref(look.features);
  return state;
}

const Probe probe_smtp = {
    .name = "smtp",
    .title = N_("Talk to the mail servers"),
    .why = N_("Each mail server of the domain is greeted and asked what it can do; no mail is sent. That shows whether they "
              "can be reached, whether they encrypt, and how large a mail may be."),
    .fits = "email domain",
    .flags = PROBE_CONTACTS,
    .inputs = smtp_inputs,
    .gives = smtp_gives,
    .run = run_smtp,
};
