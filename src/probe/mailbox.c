/* The servers that people's mail programs talk to: submission (RFC 6409, RFC 8314), IMAP (RFC 9051), POP3 (RFC 1939).
 */
#include "probe/mailbox_look.h"
#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "mail/ip.h"

#include <string.h>

static const ProbeInput mailbox_inputs[] = {
    {"host", "host", FALSE, N_("the server; left out, the domain's servers are looked for")},
    {"domain", "domain", FALSE, N_("the domain of the mail addresses")},
    {"email", "email", FALSE, N_("the mail address, which is the user name too unless that is given")},
    {"port", "number", FALSE, N_("this port alone")},
    {"encryption", "text", FALSE,
     N_("how this port is encrypted: tls (from the start) or starttls; left out, by the port")},
    {"user", "text", FALSE, N_("the user name to sign in with")},
    {"password", "secret", FALSE,
     N_("the password; sent once, only over a connection with a good certificate, never stored")},
    {0},
};

#define STATUS_WORDS                                                                                                   \
  "ok certificate plain declined broken none no_server missing timeout refused unreachable servfail bad_name"

static const FactSpec mailbox_gives[] = {
    {"status", FACT_TEXT, STATUS_WORDS,
     N_("whether mail programs can use the server; certificate: encrypted, but the certificate is not good; plain: "
        "answers "
        "without encryption only; declined: it turns us away; broken: what it says is no use; none: the domain says "
        "that it "
        "has no such server; no_server: it does not say which it has; missing: the server's name does not exist; "
        "timeout to "
        "servfail: nobody could tell whether the server is down or the way is blocked; bad_name: no name to ask "
        "about")},
    {"host", FACT_TEXT, NULL, N_("the server that was looked at")},
    {"origin", FACT_TEXT, "asked srv guess", N_("where its name is from: asked for, the domain's records, a guess")},
    {"ports", FACT_LIST, NULL, N_("the ports that answer")},
    {"encrypted_ports", FACT_LIST, NULL, N_("those of them that encrypt")},
    {"unprotected", FACT_TEXT, "yes no", N_("whether a password is taken without encryption")},
    {"mechanisms", FACT_LIST, NULL, N_("the ways of signing in that are offered under encryption")},
    {"tls", FACT_TEXT, NULL, N_("the version of encryption")},
    {"certificate", FACT_TEXT, "good expired not_yet other_name untrusted",
     N_("what is wrong with the certificate, or good")},
    {"certificate_until", FACT_TEXT, NULL, N_("the day until which the certificate is valid")},
    {"login", FACT_TEXT, "ok no_login not_tried " LOGIN_WORDS,
     N_("what became of user name and password; not_tried: nothing was encrypted well enough")},
    {"login_reply", FACT_TEXT, NULL, N_("what the server said to a password that it did not take")},
    {0},
};

/* --- the inputs --- */

static gboolean bad_input(MailboxLook *look, Message *text, const char *reference) {
  probe_bad_input(look->result, text, reference);
  mailbox_end(look, "bad_name", FALSE);
  return FALSE;
}

static gboolean read_host(MailboxLook *look) {
  const char *host = probe_input(look->inputs, "host");
  Ip ip;
  if (host == NULL)
    return TRUE;
  look->host = ip_parse(host, &ip) ? ip_format(&ip) : domain_to_ascii(host);
  if (look->host == NULL)
    return bad_input(look, message_new(N_("\"{name}\" is not the name of a server"), "name", host, NULL),
                     "RFC 1123 s2.1");
  return TRUE;
}

static gboolean read_domain(MailboxLook *look) {
  const char *domain = probe_input(look->inputs, "domain"), *email = probe_input(look->inputs, "email");
  const char *at = email != NULL ? strrchr(email, '@') : NULL;
  if (domain == NULL)
    domain = at != NULL ? at + 1 : NULL;
  if (domain == NULL)
    return TRUE;
  look->domain = domain_to_ascii(domain);
  if (look->domain == NULL)
    return bad_input(look, message_new(N_("\"{domain}\" is not the name of a domain"), "domain", domain, NULL),
                     "RFC 1035 s2.3.1");
  return TRUE;
}

static gboolean read_port(MailboxLook *look) {
  const char *text = probe_input(look->inputs, "port"), *how = probe_input(look->inputs, "encryption");
  const Fact *fact = facts_get(look->inputs, "port");
  guint64 port = 0;
  if (fact != NULL && fact->state == FACT_KNOWN &&
      !g_ascii_string_to_unsigned(text != NULL ? text : fact->text, 10, 1, 65535, &port, NULL))
    return bad_input(look, message_new(N_("\"{port}\" is no port: a number up to 65535"), "port", text, NULL),
                     "RFC 9293 s3.1");
  if (how != NULL && !g_str_equal(how, "tls") && !g_str_equal(how, "starttls"))
    return bad_input(look, message_new(N_("encryption is tls or starttls, not \"{word}\""), "word", how, NULL), NULL);
  look->port = (guint16)port;
  look->implicit = how != NULL ? g_str_equal(how, "tls") : look->port == look->kind->ports[0];
  return TRUE;
}

static gboolean read_inputs(MailboxLook *look) {
  if (!read_port(look) || !read_domain(look) || !read_host(look))
    return FALSE;
  /* A target on the command line is both, and is taken for the domain. */
  if (look->host != NULL && look->domain != NULL && g_ascii_strcasecmp(look->host, look->domain) == 0)
    g_clear_pointer(&look->host, g_free);
  if (look->host != NULL || look->domain != NULL)
    return TRUE;
  probe_not_asked(look->kind->probe, look->result, "host");
  return FALSE;
}

/* --- the sum --- */

void mailbox_end(MailboxLook *look, const char *word, gboolean unknown) {
  g_auto(GStrv) words = g_strsplit(STATUS_WORDS, " ", -1);
  Facts *facts = look->result->facts;
  look->over = TRUE;
  if (g_strv_contains((const char *const *)words, word))
    facts_set_text(facts, "status", SOURCE_PROBE, word);
  if (unknown) {
    probe_set_unknown(look->kind->probe, look->result, word);
    return;
  }
  for (const FactSpec *spec = mailbox_gives; spec->name != NULL; spec++)
    if (facts_get(facts, spec->name) == NULL)
      facts_set_absent(facts, spec->name, SOURCE_PROBE);
}

/* In the order in which one outranks the others. */
typedef enum Outcome { OUT_OK, OUT_CERTIFICATE, OUT_PLAIN, OUT_DECLINED, OUT_BROKEN, OUT_MISSING, OUT_UNKNOWN } Outcome;
static const char *const outcome_words[] = {"ok", "certificate", "plain", "declined", "broken", "missing"};

static Outcome outcome_of(const MailboxPort *port) {
  const TalkAnswer *talk = port->talk;
  if (talk == NULL)
    return port->special != NULL || host_look_unknown(&port->look) != NULL ? OUT_UNKNOWN : OUT_MISSING;
  if (talk->status == TALK_OK)
    return talk->tls == NULL ? OUT_PLAIN : port->good ? OUT_OK : OUT_CERTIFICATE;
  if (talk_is_unknown(talk->status) || talk->status == TALK_REFUSED)
    return OUT_UNKNOWN;
  return talk->status == TALK_DECLINED ? OUT_DECLINED : OUT_BROKEN;
}

static const char *unknown_port_word(const MailboxPort *port) {
  const DnsAnswer *answer = host_look_unknown(&port->look);
  if (port->talk != NULL)
    return talk_status_word(port->talk->status);
  return answer != NULL ? unknown_word(answer) : "private";
}

static void say_silent(MailboxLook *look) {
  Finding *row =
      result_add(look->result, LEVEL_UNKNOWN, NULL,
                 message_new(N_("No port of the server could be reached from here. Whether it is down, or something on "
                                "the way blocks these ports, cannot be told from one place"),
                             NULL));
  finding_set_ground(row, GROUND_ROWS, "RFC 8314 s3");
  finding_set_advice(row,
                     message_new(N_("Try from another line, for example over the hotspot of a phone. If that works, a "
                                    "firewall, a virus scanner or the access line here is the reason."),
                                 NULL));
}

static gboolean is_connected(const MailboxPort *port) {
  return port->talk != NULL && port->talk->phase > PHASE_CONNECT && port->talk->status != TALK_CANCELLED;
}

typedef struct Lists {
  GPtrArray *ports, *encrypted, *mechanisms;
  gboolean unprotected, offered;
} Lists;

static void add_text(GPtrArray *list, const char *text) {
  if (!g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
    g_ptr_array_add(list, (gpointer)g_intern_string(text));
}

static void collect(Lists *lists, const MailboxPort *port) {
  if (port->talk == NULL || port->talk->status != TALK_OK)
    return;
  g_autofree char *number = g_strdup_printf("%u", port->port);
  add_text(lists->ports, number);
  if (port->talk->tls != NULL)
    add_text(lists->encrypted, number);
  for (guint i = 0; port->after.mechanisms[i] != NULL; i++)
    add_text(lists->mechanisms, port->after.mechanisms[i]);
  lists->unprotected = lists->unprotected || (!port->implicit && port->before.password);
  lists->offered = lists->offered || port->after.answered;
}

/* `complete`: no port is unknown, so that what was not seen is not there. */
static void set_lists(MailboxLook *look, gboolean complete) {
  Facts *facts = look->result->facts;
  g_autoptr(GPtrArray) ports = g_ptr_array_new(), encrypted = g_ptr_array_new(), mechanisms = g_ptr_array_new();
  Lists lists = {ports, encrypted, mechanisms, FALSE, FALSE};
  for (guint i = 0; i < look->ports->len; i++)
    collect(&lists, &g_array_index(look->ports, MailboxPort, i));
  gboolean encrypts = encrypted->len > 0;
  if (lists.unprotected || complete)
    facts_set_text(facts, "unprotected", SOURCE_PROBE, lists.unprotected ? "yes" : "no");
  facts_set_items(facts, "ports", SOURCE_PROBE, ports);
  facts_set_items(facts, "encrypted_ports", SOURCE_PROBE, encrypted);
  if (lists.offered)
    facts_set_items(facts, "mechanisms", SOURCE_PROBE, mechanisms);
  /* What only shows under encryption. */
  static const char *const under[] = {"tls", "certificate", "certificate_until", "mechanisms"};
  for (guint i = 0; complete && !encrypts && i < G_N_ELEMENTS(under); i++)
    if (facts_get(facts, under[i]) == NULL)
      facts_set_absent(facts, under[i], SOURCE_PROBE);
}

static void set_origin(MailboxLook *look) {
  static const char *const words[] = {"asked", "srv", "guess"};
  facts_set_text(look->result->facts, "host", SOURCE_PROBE, g_array_index(look->ports, MailboxPort, 0).host);
  facts_set_text(look->result->facts, "origin", SOURCE_PROBE, words[look->origin]);
  if (look->origin != MAILBOX_GUESS)
    return;
  Finding *row =
      result_add(look->result, LEVEL_NOTE, look->domain,
                 message_new(N_("The domain does not say which servers mail programs are to use; {host} is a guess"),
                             "host", g_array_index(look->ports, MailboxPort, 0).host, NULL));
  g_autofree char *name = g_strdup_printf("%s.%s", look->kind->services[0], look->domain);
  probe_add_answer(row, net_dns(look->net, name, DNS_SRV), "RFC 6186 s3");
}

/* A port that refuses beside one that answers is not offered; one that is silent may be better than all others. */
static gboolean may_be_better(const MailboxPort *port) {
  return outcome_of(port) == OUT_UNKNOWN && (port->talk == NULL || port->talk->status != TALK_REFUSED);
}

/* The facts that all ports together give. */
static void sum_up(MailboxLook *look) {
  Outcome best = OUT_UNKNOWN;
  const MailboxPort *first = &g_array_index(look->ports, MailboxPort, 0), *unknown = NULL;
  gboolean silent = TRUE;
  for (guint i = 0; i < look->ports->len; i++) {
    const MailboxPort *port = &g_array_index(look->ports, MailboxPort, i);
    best = MIN(best, outcome_of(port));
    unknown = unknown == NULL && may_be_better(port) ? port : unknown;
    silent = silent && port->talk != NULL && !is_connected(port);
  }
  if (best == OUT_UNKNOWN) {
    if (silent)
      say_silent(look);
    mailbox_end(look, unknown_port_word(first), TRUE);
    return;
  }
  if (best < OUT_DECLINED)
    set_lists(look, unknown == NULL);
  if (best != OUT_OK && unknown != NULL) {
    mailbox_end(look, unknown_port_word(unknown), TRUE);
    return;
  }
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, outcome_words[best]);
  /* Nothing was seen of what there may be. */
  probe_set_unknown(look->kind->probe, look->result, best == OUT_MISSING ? "missing" : "not asked");
}

/* --- the probes --- */

static void clear_port(gpointer data) {
  MailboxPort *port = data;
  g_free(port->host);
  g_clear_pointer(&port->addresses, g_ptr_array_unref);
  login_offer_clear(&port->before);
  login_offer_clear(&port->after);
}

static ProbeState run_ports(MailboxLook *look) {
  for (guint i = 0; i < look->ports->len; i++) {
    MailboxPort *port = &g_array_index(look->ports, MailboxPort, i);
    mailbox_talk(look, port);
    mailbox_row(look, port);
  }
  look->result->total = look->ports->len;
  look->result->done = look->ports->len - MIN(look->open, look->ports->len);
  gboolean logged = mailbox_login(look);
  if (look->open > 0 || !logged)
    return PROBE_PENDING;
  sum_up(look);
  return PROBE_DONE;
}

static ProbeState run_look(MailboxLook *look) {
  if (!read_inputs(look))
    return PROBE_DONE;
  if (mailbox_find_servers(look)) {
    set_origin(look);
    return run_ports(look);
  }
  if (look->over)
    return PROBE_DONE;
  result_add(look->result, LEVEL_WAIT, look->domain, message_new(N_("Looking for the domain's servers"), NULL));
  return PROBE_PENDING;
}

static ProbeState run_kind(const MailboxKind *kind, Net *net, const Facts *inputs, Result *result) {
  MailboxLook look = {.net = net, .kind = kind, .result = result, .inputs = inputs};
  look.ports = g_array_new(FALSE, TRUE, sizeof(MailboxPort));
  g_array_set_clear_func(look.ports, clear_port);
  ProbeState state = run_look(&look);
  g_array_unref(look.ports);
  g_free(look.host);
  g_free(look.domain);
  return state;
}

static const char *const submission_guesses[] = {"smtp", "mail", "", NULL};
static const char *const imap_guesses[] = {"imap", "mail", "", NULL};
static const char *const pop3_guesses[] = {"pop", "pop3", "mail", "", NULL};

/* RFC 8314 s7.3: submissions 465; RFC 6409 s3.1: submission 587. */
static ProbeState run_submission(Net *net, const Facts *inputs, Result *result) {
  static const MailboxKind kind = {&probe_submission,  {TALK_SMTPS, TALK_SMTP},
                                   {465, 587},         {"_submissions._tcp", "_submission._tcp"},
                                   submission_guesses, "SMTP"};
  return run_kind(&kind, net, inputs, result);
}

static ProbeState run_imap(Net *net, const Facts *inputs, Result *result) {
  static const MailboxKind kind = {
      &probe_imap, {TALK_IMAPS, TALK_IMAP}, {993, 143}, {"_imaps._tcp", "_imap._tcp"}, imap_guesses, "IMAP"};
  return run_kind(&kind, net, inputs, result);
}

static ProbeState run_pop3(Net *net, const Facts *inputs, Result *result) {
  static const MailboxKind kind = {
      &probe_pop3, {TALK_POP3S, TALK_POP3}, {995, 110}, {"_pop3s._tcp", "_pop3._tcp"}, pop3_guesses, "POP3"};
  return run_kind(&kind, net, inputs, result);
}

/* None of them fits a target of a check: whoever asks about somebody's address does not want to knock at the doors behind which
 * its owner reads. */

const Probe probe_submission = {
    .name = "submission",
    .title = N_("The server that mail programs send by"),
    .why = N_("Mail programs hand their mail to a server of the provider, on ports of its own. If it cannot be "
              "reached, or does "
              "not take the password, nothing is sent at all."),
    .fits = "",
    .flags = PROBE_CONTACTS | PROBE_SECRET,
    .inputs = mailbox_inputs,
    .gives = mailbox_gives,
    .run = run_submission,
};

const Probe probe_imap = {
    .name = "imap",
    .title = N_("The server that mail programs read from (IMAP)"),
    .why = N_("If the mailbox cannot be reached or does not take the password, mail seems to be missing although it "
              "arrived."),
    .fits = "",
    .flags = PROBE_CONTACTS | PROBE_SECRET,
    .inputs = mailbox_inputs,
    .gives = mailbox_gives,
    .run = run_imap,
};

const Probe probe_pop3 = {
    .name = "pop3",
    .title = N_("The server that mail programs fetch from (POP3)"),
    .why = N_("If the mailbox cannot be reached or does not take the password, mail seems to be missing although it "
              "arrived."),
    .fits = "",
    .flags = PROBE_CONTACTS | PROBE_SECRET,
    .inputs = mailbox_inputs,
    .gives = mailbox_gives,
    .run = run_pop3,
};
