/* One port of a mailbox server, put into words. */
#include "probe/mailbox_look.h"

#include "base/catalogue.h"
#include "mail/certificate.h"
#include "mail/ip.h"

#include <string.h>

TalkRequest mailbox_request(const MailboxPort *port) {
  return (TalkRequest){.scheme = port->scheme,
                       .host = port->host,
                       .port = port->port,
                       .addresses = (const char *const *)port->addresses->pdata};
}

/* --- asking --- */

static void take_address(MailboxPort *port, const char *address) {
  Ip ip;
  const char *special = ip_parse(address, &ip) && !ip_is_documentation(&ip) ? ip_special_range(&ip) : NULL;
  /* What the DNS of a stranger names must not make us knock at doors inside. */
  if (special != NULL && !port->typed)
    port->special = special;
  else if (port->addresses->len < MAILBOX_MAX_ADDRESSES)
    g_ptr_array_add(port->addresses, (gpointer)address);
}

static void find_addresses(MailboxLook *look, MailboxPort *port) {
  Ip ip;
  port->addresses = g_ptr_array_new();
  if (ip_parse(port->host, &ip)) {
    take_address(port, port->host);
    return;
  }
  port->look = host_look_ask(look->net, port->host);
  port->open = host_look_open(&port->look) > 0;
  for (guint i = 0; i < host_look_count(&port->look); i++)
    take_address(port, host_look_address(&port->look, i));
}

void mailbox_talk(MailboxLook *look, MailboxPort *port) {
  find_addresses(look, port);
  /* All addresses before the talk: which ones there are is a part of the question. */
  if (!port->open && port->addresses->len > 0 && host_look_unknown(&port->look) == NULL) {
    g_ptr_array_add(port->addresses, NULL);
    const TalkRequest request = mailbox_request(port);
    port->talk = net_talk(look->net, &request);
    port->open = port->talk == NULL;
  }
  look->open += port->open;
  if (port->talk == NULL)
    return;
  login_offer_read(&port->before, port->talk, FALSE);
  login_offer_read(&port->after, port->talk, TRUE);
}

/* --- words --- */

static Message *with_port(Message *text, const MailboxPort *port) {
  return message_set_number(text, "port", port->port);
}

static Finding *add_row(MailboxLook *look, const MailboxPort *port, Level level, const char *id,
                        const char *reference) {
  Finding *row = result_add(look->result, level, port->host, with_port(message_new(id, NULL), port));
  if (port->talk != NULL) {
    row->elapsed_ms = port->talk->elapsed_ms;
    probe_add_talk(row, port->talk, reference);
  } else {
    for (guint i = 0; i < 2; i++)
      if (port->look.answers[i] != NULL)
        probe_add_answer(row, port->look.answers[i], reference);
  }
  return row;
}

static void row_without_talk(MailboxLook *look, const MailboxPort *port) {
  const DnsAnswer *unknown = host_look_unknown(&port->look);
  if (port->open) {
    add_row(look, port, LEVEL_WAIT, N_("Port {port}: under way"), "RFC 8314 s3");
    return;
  }
  if (unknown != NULL) {
    Finding *row =
        add_row(look, port, LEVEL_UNKNOWN, N_("The server's address could not be found out: {why}"), "RFC 2308 s7");
    message_set_tr(row->text, "why", probe_why(unknown));
    return;
  }
  if (port->special != NULL) {
    Finding *row = add_row(
        look, port, LEVEL_UNKNOWN,
        N_("Port {port} was not tried: the domain names a server inside a private network ({range})"), "RFC 6890 s2.2");
    message_set_tr(row->text, "range", port->special);
    finding_set_advice(row,
                       message_new(N_("If it is your own server, ask about its name instead of the domain."), NULL));
    return;
  }
  add_row(look, port, LEVEL_FAIL, N_("The server's name does not exist or has no address"), "RFC 6186 s3");
}

/* The word of the fact `certificate`. */
static const char *certificate_word(const MailboxPort *port, const Certificate *certificate) {
  const TalkAnswer *talk = port->talk;
  static const char *const dates[] = {[CERTIFICATE_EXPIRED] = "expired", [CERTIFICATE_NOT_YET] = "not_yet"};
  CertificateDates when = certificate_dates(certificate, talk->asked_at / G_USEC_PER_SEC);
  if (when != CERTIFICATE_IN_TIME)
    return dates[when];
  if (!certificate_covers(certificate, port->host))
    return "other_name";
  return talk->verify == 0 ? "good" : "untrusted";
}

static const struct {
  const char *word, *text;
} certificate_rows[] = {
    {"good", N_("Port {port}: encrypted ({version}); the certificate is good until {until}")},
    {"expired", N_("Port {port}: encrypted ({version}), but the certificate has run out on {until}")},
    {"not_yet", N_("Port {port}: encrypted ({version}), but the certificate is not valid before {from}")},
    {"other_name", N_("Port {port}: encrypted ({version}), but the certificate is for another name: {names}")},
    {"untrusted", N_("Port {port}: encrypted ({version}), but the certificate is not trusted: {why}")},
};

static void set_certificate(MailboxLook *look, const char *word, const Certificate *certificate) {
  Facts *facts = look->result->facts;
  if (facts_get(facts, "certificate") != NULL)
    return;
  facts_set_text(facts, "certificate", SOURCE_PROBE, word);
  if (certificate == NULL)
    return;
  g_autofree char *until = certificate_date(certificate->not_after);
  facts_set_text(facts, "certificate_until", SOURCE_PROBE, until);
}

static void row_certificate(MailboxLook *look, MailboxPort *port) {
  const TalkAnswer *talk = port->talk;
  g_autoptr(Certificate) certificate =
      talk->chain != NULL && talk->chain[0] != NULL ? certificate_read(talk->chain[0], NULL) : NULL;
  if (facts_get(look->result->facts, "tls") == NULL)
    facts_set_text(look->result->facts, "tls", SOURCE_PROBE, talk->tls);
  if (certificate == NULL) {
    Finding *row =
        add_row(look, port, LEVEL_UNKNOWN,
                N_("Port {port}: encrypted ({version}), but the certificate could not be read"), "RFC 8314 s4");
    message_set(row->text, "version", talk->tls);
    return;
  }
  const char *word = certificate_word(port, certificate);
  g_autofree char *until = certificate_date(certificate->not_after), *from = certificate_date(certificate->not_before);
  g_autofree char *names = certificate_names(certificate, 4);
  port->good = g_str_equal(word, "good");
  set_certificate(look, word, certificate);
  for (guint i = 0; i < G_N_ELEMENTS(certificate_rows); i++) {
    if (!g_str_equal(certificate_rows[i].word, word))
      continue;
    /* RFC 8314 s4: mail programs must check it, so that people get a warning or no connection. */
    Finding *row =
        add_row(look, port, port->good ? LEVEL_OK : LEVEL_FAIL, certificate_rows[i].text, "RFC 8314 s4, RFC 7817 s3");
    message_set(message_set(message_set(message_set(row->text, "version", talk->tls), "until", until), "from", from),
                "names", names);
    if (talk->verify > 0)
      message_set_tr(row->text, "why", certificate_verify_message(talk->verify));
    if (!port->good)
      finding_set_advice(
          row, message_new(N_("Mail programs warn about this or do not connect. Whoever runs the server has to "
                              "put it right; the name in the program must be the one in the certificate."),
                           NULL));
  }
}

/* What is offered before encryption. */
static void row_unprotected(MailboxLook *look, const MailboxPort *port) {
  if (port->implicit || !port->before.answered || !port->before.password)
    return;
  Finding *row = add_row(look, port, LEVEL_WARN, N_("Port {port} takes passwords without encryption"),
                         port->scheme == TALK_SMTP ? "RFC 4954 s4" : "RFC 8314 s3");
  finding_set_advice(
      row, message_new(N_("Anybody on the way can read such a password: the server should offer signing in only "
                          "after STARTTLS."),
                       NULL));
}

static void row_answered(MailboxLook *look, MailboxPort *port) {
  if (port->talk->tls != NULL)
    row_certificate(look, port);
  else if (port->before.starttls)
    add_row(look, port, LEVEL_WARN, N_("Port {port}: encryption is offered, but the server turned it down"),
            "RFC 3207 s4");
  else
    add_row(look, port, LEVEL_WARN, N_("Port {port}: the server answers, but offers no encryption"), "RFC 8314 s3");
  row_unprotected(look, port);
}

/* The last thing that the other side said. */
static void quote(Finding *row, const TalkAnswer *talk) {
  g_autofree char *text = login_reply_text(talk);
  if (*text != '\0')
    finding_set_quote(row, text);
}

/* What is broken when it ends there. */
static const char *section_of(const TalkAnswer *talk) {
  if (talk->phase == PHASE_TLS)
    return "RFC 8446 s4";
  if (talk->phase == PHASE_CONNECT)
    return "RFC 8314 s3";
  return g_str_has_prefix(talk->key, "smtp")   ? "RFC 5321 s3.1"
         : g_str_has_prefix(talk->key, "imap") ? "RFC 9051 s7.1"
                                               : "RFC 1939 s4";
}

void mailbox_row(MailboxLook *look, MailboxPort *port) {
  const TalkAnswer *talk = port->talk;
  if (talk == NULL) {
    row_without_talk(look, port);
  } else if (talk->status == TALK_OK) {
    row_answered(look, port);
  } else if (talk_is_unknown(talk->status) || talk->status == TALK_REFUSED) {
    Finding *row = add_row(look, port, LEVEL_UNKNOWN, N_("Port {port}: {why}"), section_of(talk));
    message_set_tr(row->text, "why", talk_status_message(talk->status));
  } else {
    Finding *row = add_row(look, port, LEVEL_WARN, N_("Port {port}: {why}"), section_of(talk));
    message_set_tr(row->text, "why", talk_status_message(talk->status));
    quote(row, talk);
  }
}
