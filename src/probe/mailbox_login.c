/* User and password, tried once: at the first port that is encrypted with a good certificate, or nowhere. */
#include "probe/mailbox_look.h"

#include "base/catalogue.h"
#include "probe/known.h"

static Finding *say(MailboxLook *look, const MailboxPort *port, Level level, const char *id) {
  return result_add(look->result, level, port != NULL ? port->host : NULL, message_new(id, NULL));
}

/* FALSE: a port before it is still under way. */
static gboolean find_port(const MailboxLook *look, const MailboxPort **found) {
  *found = NULL;
  for (guint i = 0; i < look->ports->len; i++) {
    const MailboxPort *port = &g_array_index(look->ports, MailboxPort, i);
    if (port->open)
      return FALSE;
    if (port->talk == NULL || port->talk->status != TALK_OK || !port->good || port->talk->verify != 0)
      continue;
    *found = port;
    return TRUE;
  }
  return TRUE;
}

/* Where signing in is told. */
static const char *section_of(const TalkAnswer *talk) {
  return g_str_has_prefix(talk->key, "smtp")   ? "RFC 4954 s4"
         : g_str_has_prefix(talk->key, "imap") ? "RFC 9051 s6.2"
                                               : "RFC 5034 s4";
}

static void set_login(MailboxLook *look, const char *word) {
  facts_set_text(look->result->facts, "login", SOURCE_PROBE, word);
}

static void say_not_tried(MailboxLook *look) {
  Finding *row =
      say(look, NULL, LEVEL_UNKNOWN, N_("The password was not sent: no port is encrypted with a good certificate"));
  finding_set_ground(row, GROUND_ROWS, "RFC 8314 s3");
  set_login(look, "not_tried");
}

/* What the provider itself says to do, where the password of the account may not be enough. */
static Message *advice_of(MailboxLook *look, const MailboxPort *port, const LoginMeaning *meaning,
                          const char **source) {
  static const char *const words[] = {"app_password", "wrong", "retired", "disabled", NULL};
  const LoginProviders *providers = g_strv_contains(words, meaning->word) ? known_logins(look->net) : NULL;
  const LoginProvider *provider = providers != NULL ? login_providers_find(providers, port->host) : NULL;
  *source = provider != NULL ? provider->source : NULL;
  if (provider != NULL)
    return message_new(provider->app_password, NULL);
  return meaning->advice != NULL ? message_new(meaning->advice, NULL) : NULL;
}

static void say_refused(MailboxLook *look, const MailboxPort *port, const TalkAnswer *talk) {
  const char *reference = NULL;
  g_autofree char *reply = login_reply_text(talk);
  const LoginMeaning *meaning = login_reply_judge(reply, &reference);
  Finding *row = say(look, port, meaning->temporary ? LEVEL_UNKNOWN : LEVEL_FAIL, meaning->text);
  const char *source;
  Message *advice = advice_of(look, port, meaning, &source);
  if (advice != NULL)
    finding_set_advice(row, advice);
  finding_set_quote(row, reply);
  reference = reference != NULL ? reference : section_of(talk);
  g_autofree char *both = source != NULL ? g_strconcat(reference, "; ", source, NULL) : NULL;
  probe_add_talk(row, talk, both != NULL ? g_intern_string(both) : reference);
  set_login(look, meaning->word);
  facts_set_text(look->result->facts, "login_reply", SOURCE_PROBE, reply);
}

static void say_no_answer(MailboxLook *look, const MailboxPort *port, const TalkAnswer *talk) {
  Finding *row =
      say(look, port, LEVEL_UNKNOWN, N_("Whether user name and password are right could not be found out: {why}"));
  message_set_tr(row->text, "why", talk_status_message(talk->status));
  probe_add_talk(row, talk, section_of(talk));
  facts_set_unknown(look->result->facts, "login", SOURCE_PROBE, talk_status_word(talk->status));
}

static gboolean was_answered(const TalkAnswer *talk) {
  return talk->status == TALK_DENIED || (talk->phase == PHASE_LOGIN && talk->status == TALK_DECLINED);
}

static void say_login(MailboxLook *look, const MailboxPort *port, const TalkAnswer *talk) {
  if (talk->status == TALK_OK) {
    probe_add_talk(say(look, port, LEVEL_OK, N_("The server took user name and password")), talk, section_of(talk));
    set_login(look, "ok");
  } else if (was_answered(talk)) {
    say_refused(look, port, talk);
  } else if (talk->status == TALK_NO_LOGIN) {
    probe_add_talk(say(look, port, LEVEL_FAIL, N_("The server offers no way of signing in with a password here")), talk,
                   section_of(talk));
    set_login(look, "no_login");
  } else {
    say_no_answer(look, port, talk);
  }
}

gboolean mailbox_login(MailboxLook *look) {
  const char *user = probe_input(look->inputs, "user"), *password = probe_input(look->inputs, "password");
  const MailboxPort *port;
  user = user != NULL ? user : probe_input(look->inputs, "email");
  if (password == NULL || user == NULL)
    return TRUE;
  if (!find_port(look, &port))
    return FALSE;
  if (port == NULL) {
    say_not_tried(look);
    return TRUE;
  }
  TalkRequest request = mailbox_request(port);
  request.user = user;
  request.password = password;
  request.secret = TRUE;
  request.tls = TALK_TLS_NEED;
  const TalkAnswer *talk = net_talk(look->net, &request);
  if (talk != NULL) {
    say_login(look, port, talk);
    return TRUE;
  }
  result_add(look->result, LEVEL_WAIT, port->host, message_new(N_("Signing in"), NULL));
  return FALSE;
}
