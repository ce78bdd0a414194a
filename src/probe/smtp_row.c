/* One talk with a mail server in words. */
#include "probe/smtp_look.h"

#include "base/catalogue.h"

#include <string.h>

void smtp_add_word(GPtrArray *words, const char *word) {
  for (guint i = 0; i < words->len; i++)
    if (g_str_equal(g_ptr_array_index(words, i), word))
      return;
  g_ptr_array_add(words, (gpointer)word);
}

static Finding *add(SmtpLook *look, const SmtpPath *path, Level level, Message *text) {
  gboolean same = g_str_equal(path->server->name, path->address);
  g_autofree char *subject = same ? g_strdup(path->address) : g_strdup_printf("%s %s", path->server->name, path->address);
  Finding *row = result_add(look->result, level, subject, text);
  row->elapsed_ms = path->talk->elapsed_ms;
  return row;
}

/* --- turned away --- */

/* What a code means where no mail was offered yet: before MAIL nothing is said about a message or an address. */
static const struct {
  int first, last;
  Level level;
  const char *text, *advice, *reference;
} declines[] = {
    {421, 421, LEVEL_UNKNOWN, N_("The server is busy or going down and sends us away for now"),
     N_("Try again in some minutes; mail servers do that by themselves"), "RFC 5321 s3.8"},
    {400, 499, LEVEL_UNKNOWN, N_("The server does not want to talk to us for now"),
     N_("Try again later; mail servers do that by themselves"), "RFC 5321 s3.1"},
    {521, 521, LEVEL_FAIL, N_("This computer says that it takes no mail at all"),
     N_("The MX record should not name it. Its administrator must correct that"), "RFC 7504 s3"},
    {554, 554, LEVEL_WARN,
     N_("The server turned us away at the door, before any mail was offered: it does not want the address that we come "
        "from"),
     N_("This is no answer about a message or a mailbox. From another network, or by your mail server, it may let you "
        "in"),
     "RFC 5321 s3.1"},
    {500, 599, LEVEL_WARN, N_("The server turned us away before any mail was offered"),
     N_("This is no answer about a message or a mailbox. From another network, or by your mail server, it may let you "
        "in"),
     "RFC 5321 s4.2.1"},
};

/* What the words stand for: a blocklist, a missing name, .. */
static void row_meaning(SmtpLook *look, const SmtpPath *path, int code, const char *text) {
  SmtpWords words = {.code = code, .words = text, .command = "CONN", .host = path->server->name};
  smtp_words_read(&words, look->net);
  smtp_words_row(&words, look->result, path->server->name);
  if (look->decline == NULL)
    look->cause = words.cause;
}

static void row_declined(SmtpLook *look, const SmtpPath *path) {
  TalkReply reply = {0};
  gboolean found = smtp_find_refusal(path->talk, &reply);
  g_autofree char *words = found ? talk_reply_text(path->talk, &reply) : NULL;
  look->declined++;
  for (guint i = 0; i < G_N_ELEMENTS(declines); i++) {
    if (reply.code < declines[i].first || reply.code > declines[i].last)
      continue;
    Finding *row = add(look, path, declines[i].level, message_new(declines[i].text, NULL));
    finding_set_advice(row, message_new(declines[i].advice, NULL));
    finding_set_quote(row, words);
    probe_add_talk(row, path->talk, declines[i].reference);
    row_meaning(look, path, reply.code, words);
    if (look->decline == NULL)
      look->decline = path->talk;
    return;
  }
  Finding *row = add(look, path, LEVEL_UNKNOWN, message_new(N_("The server does not want to talk to us for now"), NULL));
  probe_add_talk(row, path->talk, "RFC 5321 s4.2");
}

/* --- silence and noise --- */

/* A place in the sentence for where it happened. */
static const char *const stages[] = {
    [PHASE_CONNECT] = N_("when connecting"),
    [PHASE_GREETING] = N_("before its greeting"),
    [PHASE_HELLO] = N_("after our greeting"),
    [PHASE_STARTTLS] = N_("after encryption was asked for"),
    [PHASE_TLS] = N_("while encryption was set up"),
    [PHASE_LOGIN] = N_("during the log-in"),
    [PHASE_COMMANDS] = N_("in the middle of the test"),
    [PHASE_BODY] = N_("in the middle of the test"),
    [PHASE_OVER] = N_("at the end"),
};

static void row_silent(SmtpLook *look, const SmtpPath *path) {
  const TalkAnswer *talk = path->talk;
  gboolean greeting = talk->phase == PHASE_GREETING;
  Message *text = message_set_tr(
      greeting ? message_new(N_("The connection came about, but there was no greeting within {seconds} s"), NULL)
               : message_new(N_("The server stopped answering {when}; nothing more came within {seconds} s"), NULL),
      "when", stages[talk->phase]);
  Finding *row = add(look, path, LEVEL_UNKNOWN, message_set_number(text, "seconds", (talk->elapsed_ms + 500) / 1000));
  look->silent++;
  if (greeting)
    finding_set_advice(row, message_new(N_("The standard allows a server 5 minutes for its greeting, and some wait on "
                                           "purpose to try senders' patience: this proves no fault"),
                                        NULL));
  probe_add_talk(row, talk, "RFC 5321 s4.5.3.2");
}

/* Why no connection came about.  On whose side that is, smtp_reference.c finds out. */
static void row_unconnected(SmtpLook *look, const SmtpPath *path) {
  look->unconnected++;
  g_ptr_array_add(look->unreached, (gpointer)path->address);
  if (smtp_talk_lacks_ipv6(path, path->talk)) {
    Finding *row = add(look, path, LEVEL_NOTE,
                       message_new(N_("Not tried: this computer has no way to IPv6 addresses. That is not the server's fault"), NULL));
    probe_add_talk(row, path->talk, "RFC 5321 s5.1");
    return;
  }
  Finding *row = add(look, path, LEVEL_UNKNOWN,
                     message_set_tr(message_new(N_("No connection came about: {why}"), NULL), "why",
                                    talk_status_message(path->talk->status)));
  probe_add_talk(row, path->talk, "RFC 5321 s4.5.4.1");
}

static void row_untried(SmtpLook *look, const SmtpPath *path) {
  Finding *row = add(look, path, LEVEL_UNKNOWN,
                     message_set_tr(message_new(N_("No connection came about: {why}"), NULL), "why",
                                    talk_status_message(path->talk->status)));
  look->silent++;
  probe_add_talk(row, path->talk, "RFC 5321 s3.1");
}

static void row_broken(SmtpLook *look, const SmtpPath *path) {
  look->broken++;
  Finding *row = add(look, path, LEVEL_WARN,
                     message_set_tr(message_set_tr(message_new(N_("Something went wrong {when}: {why}"), NULL), "when",
                                                   stages[path->talk->phase]),
                                    "why", talk_status_message(path->talk->status)));
  if (path->talk->status == TALK_CLOSED && path->talk->phase == PHASE_GREETING)
    finding_set_advice(row, message_new(N_("Servers often hang up without a word on addresses that they do not trust: "
                                           "try from another network too"),
                                        NULL));
  probe_add_talk(row, path->talk, "RFC 5321 s3.1");
}

/* --- features --- */

/* The features that count: those said last, over the encrypted connection if there is one (RFC 3207 s4.2). */
static gboolean read_features(const TalkAnswer *talk, SmtpFeatures *features) {
  TalkReply reply;
  gboolean found = talk_find_reply(talk, "EHLO", -1, &reply) && reply.code == 250;
  if (!found)
    found = talk_find_reply(talk, "EHLO", 0, &reply) && reply.code == 250;
  for (guint i = 1; found && i < reply.count; i++)
    smtp_features_add(features, talk_reply_line(talk, &reply, i));
  return found;
}

static gboolean offers_starttls(const TalkAnswer *talk) {
  TalkReply reply;
  if (!talk_find_reply(talk, "EHLO", 0, &reply))
    return FALSE;
  for (guint i = 1; i < reply.count; i++)
    if (g_ascii_strcasecmp(talk_reply_line(talk, &reply, i), "STARTTLS") == 0)
      return TRUE;
  return FALSE;
}

static void count(SmtpCount *sum, gboolean with) {
  sum->with += with;
  sum->without += !with;
}

static void keep_common(SmtpLook *look, const SmtpFeatures *features) {
  if (look->features == NULL) {
    look->features = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; features->words[i] != NULL; i++)
      g_ptr_array_add(look->features, g_strdup(features->words[i]));
    return;
  }
  for (guint i = look->features->len; i-- > 0;)
    if (!smtp_features_has(features, g_ptr_array_index(look->features, i)))
      g_ptr_array_remove_index(look->features, i);
}

static void row_size(SmtpLook *look, const SmtpPath *path, const SmtpFeatures *features) {
  guint64 mail = smtp_size_in_mail(look->size);
  if (!features->limited)
    return;
  look->limit = look->limited ? MIN(look->limit, features->size) : features->size;
  look->limited = TRUE;
  if (look->size == 0 || mail <= features->size)
    return;
  g_autofree char *files = smtp_size_words(look->size), *encoded = smtp_size_words(mail);
  g_autofree char *limit = smtp_size_words(features->size);
  Finding *row = add(look, path, LEVEL_FAIL,
                     message_new(look->size > features->size
                                     ? N_("The message is too large: {size} of files become {mail} in a mail, and the "
                                          "server takes at most {limit}")
                                     : N_("The files would fit, but they grow in a mail: {size} become {mail}, and the "
                                          "server takes at most {limit}"),
                                 "size", files, "mail", encoded, "limit", limit, NULL));
  finding_set_advice(row, message_new(N_("Send less at once, or send a link to the files instead"), NULL));
  probe_add_talk(row, path->talk, "RFC 1870 s3");
}

static void row_utf8(SmtpLook *look, const SmtpPath *path, const SmtpFeatures *features) {
  gboolean has = smtp_features_has(features, "SMTPUTF8");
  count(&look->utf8, has);
  if (!look->needs_utf8 || has)
    return;
  Finding *row = add(look, path, LEVEL_FAIL,
                     message_new(N_("The address has letters beyond ASCII before the @, and this server does not take "
                                    "such addresses (no SMTPUTF8)"),
                                 NULL));
  finding_set_advice(row, message_new(N_("Ask the recipient for an address in plain letters"), NULL));
  probe_add_talk(row, path->talk, "RFC 6531 s3.2");
}

/* --- encryption --- */

static const struct {
  CertificateDates dates;
  const char *word, *text;
} date_faults[] = {
    {CERTIFICATE_EXPIRED, "expired", N_("Encrypted ({version}), but the certificate has expired ({from} to {until})")},
    {CERTIFICATE_NOT_YET, "not_yet", N_("Encrypted ({version}), but the certificate is not valid yet ({from} to {until})")},
};

static Finding *certificate_row(SmtpLook *look, const SmtpPath *path, Level level, const char *id,
                                const Certificate *certificate) {
  g_autofree char *names = certificate_names(certificate, 4);
  g_autofree char *from = certificate_date(certificate->not_before), *until = certificate_date(certificate->not_after);
  Message *text = message_new(id, "version", path->talk->tls, "names", names, "from", from, "until", until, NULL);
  Finding *row = add(look, path, level, text);
  probe_add_talk(row, path->talk, "RFC 9525 s6");
  return row;
}

static void fault_row(SmtpLook *look, Finding *row, const char *word) {
  smtp_add_word(look->faults, word);
  finding_set_advice(row, message_new(N_("Most senders deliver all the same. Those that insist on proof (MTA-STS, DANE, "
                                         "forced TLS) do not"),
                                      NULL));
}

static void row_certificate(SmtpLook *look, const SmtpPath *path, const Certificate *certificate) {
  const TalkAnswer *talk = path->talk;
  CertificateDates dates = certificate_dates(certificate, talk->asked_at / G_USEC_PER_SEC);
  gboolean named = certificate_covers(certificate, path->server->name);
  gboolean good = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(date_faults); i++)
    if (talk->asked_at != 0 && date_faults[i].dates == dates) {
      fault_row(look, certificate_row(look, path, LEVEL_WARN, date_faults[i].text, certificate), date_faults[i].word);
      good = FALSE;
    }
  if (!named) {
    fault_row(look,
              certificate_row(look, path, LEVEL_NOTE,
                              N_("Encrypted ({version}), but the certificate is made out for another name: {names}"),
                              certificate),
              "name");
    good = FALSE;
  }
  /* Dates were said above. */
  if (talk->verify > 0 && talk->verify != 10 && talk->verify != 9) {
    Finding *row = certificate_row(look, path, LEVEL_NOTE,
                                   N_("Encrypted ({version}), but nobody vouches for the certificate: {why}"), certificate);
    message_set_tr(row->text, "why", certificate_verify_message(talk->verify));
    fault_row(look, row, "untrusted");
    good = FALSE;
  }
  count(&look->certificates, good);
  if (good)
    certificate_row(look, path, LEVEL_OK,
                    N_("Encrypted ({version}); the certificate is made out for this name and valid until {until}"),
                    certificate);
}

static void row_tls(SmtpLook *look, const SmtpPath *path, gboolean offered) {
  const TalkAnswer *talk = path->talk;
  count(&look->starttls, offered);
  if (!offered) {
    Finding *row = add(look, path, LEVEL_NOTE, message_new(N_("No encryption is offered (STARTTLS)"), NULL));
    finding_set_advice(row, message_new(N_("Senders that insist on encryption cannot deliver here"), NULL));
    probe_add_talk(row, talk, "RFC 3207 s4");
    return;
  }
  if (talk->tls == NULL) {
    look->tls_broken++;
    gboolean turned_down = talk->status == TALK_OK || talk->status == TALK_NO_TLS;
    const char *why = turned_down ? N_("the server turned the request for it down") : talk_status_message(talk->status);
    Message *text = message_new(talk->status == TALK_TLS_FAILED ? N_("Encryption is offered, but does not come about")
                                                                : N_("Encryption is offered, but does not come about: {why}"),
                                NULL);
    Finding *row = add(look, path, LEVEL_WARN, message_set_tr(text, "why", why));
    finding_set_quote(row, talk->error);
    finding_set_advice(row, message_new(N_("Many senders give up on such a server. Its administrator must correct it"), NULL));
    probe_add_talk(row, talk, "RFC 3207 s4.1");
    return;
  }
  smtp_add_word(look->versions, talk->tls);
  g_autoptr(Certificate) certificate =
      talk->chain != NULL && talk->chain[0] != NULL ? certificate_read(talk->chain[0], NULL) : NULL;
  if (certificate != NULL) {
    row_certificate(look, path, certificate);
    return;
  }
  Finding *row = add(look, path, LEVEL_UNKNOWN,
                     message_new(N_("Encrypted ({version}), but the certificate could not be read"), "version", talk->tls, NULL));
  probe_add_talk(row, talk, "RFC 3207 s4.1");
}

static void row_welcome(SmtpLook *look, const SmtpPath *path) {
  g_auto(SmtpFeatures) features;
  TalkReply greeting;
  smtp_features_init(&features);
  gboolean extended = read_features(path->talk, &features);
  look->welcomed++;
  Finding *row = add(look, path, LEVEL_OK, message_new(N_("The server answers"), NULL));
  if (talk_find_reply(path->talk, NULL, 0, &greeting)) {
    g_autofree char *words = talk_reply_text(path->talk, &greeting);
    finding_set_quote(row, words);
  }
  probe_add_talk(row, path->talk, "RFC 5321 s3.1");
  if (!extended)
    return;
  keep_common(look, &features);
  row_tls(look, path, offers_starttls(path->talk));
  row_size(look, path, &features);
  row_utf8(look, path, &features);
  /* RFC 8689 s4.1: it counts only where encryption is on. */
  count(&look->requiretls, path->talk->tls != NULL && smtp_features_has(&features, "REQUIRETLS"));
}

/* --- one talk --- */

/* It greeted and named its features; encryption was what failed. */
static gboolean failed_in_tls(const TalkAnswer *talk) {
  return talk->status != TALK_OK && talk->status != TALK_TIMEOUT && !talk_is_unknown(talk->status) &&
         (talk->phase == PHASE_TLS || talk->phase == PHASE_STARTTLS || talk->status == TALK_TLS_FAILED ||
          talk->status == TALK_NO_TLS);
}

void smtp_row(SmtpLook *look, const SmtpPath *path) {
  const TalkAnswer *talk = path->talk;
  look->tried++;
  if (smtp_talk_is_unconnected(talk)) {
    row_unconnected(look, path);
    return;
  }
  if (!talk_is_unknown(talk->status) || talk->status == TALK_TIMEOUT)
    g_ptr_array_add(look->reached, (gpointer)path->address);
  if (talk->status == TALK_OK || failed_in_tls(talk))
    row_welcome(look, path);
  else if (talk->status == TALK_DECLINED)
    row_declined(look, path);
  else if (talk->status == TALK_TIMEOUT)
    row_silent(look, path);
  else if (talk_is_unknown(talk->status))
    row_untried(look, path);
  else
    row_broken(look, path);
}
