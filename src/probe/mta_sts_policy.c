#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/mta_sts_look.h"

#include <string.h>

/* So many mail servers get a row. */
#define MAX_ROWS 20

/* --- facts --- */

static gboolean is_word_of(const char *word, const char *name) {
  for (const FactSpec *spec = probe_mta_sts.gives; spec->name != NULL; spec++)
    if (g_str_equal(spec->name, name)) {
      g_auto(GStrv) words = g_strsplit(spec->values, " ", -1);
      return g_strv_contains((const char *const *)words, word);
    }
  return FALSE;
}

void sts_set_absent(StsLook *look) {
  for (const FactSpec *spec = probe_mta_sts.gives; spec->name != NULL; spec++)
    if (facts_get(look->result->facts, spec->name) == NULL)
      facts_set_absent(look->result->facts, spec->name, SOURCE_PROBE);
}

void sts_set_unknown(StsLook *look, const char *why) {
  if (is_word_of(why, "status"))
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, why);
  probe_set_unknown(&probe_mta_sts, look->result, why);
}

static void set_faults(StsLook *look) {
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (guint bit = 0; bit < MTA_STS_N_FAULTS; bit++)
    if ((look->policy->faults & 1u << bit) != 0)
      g_ptr_array_add(words, (gpointer)mta_sts_fault_word(bit));
  facts_set_items(look->result->facts, "faults", SOURCE_PROBE, words);
}

/* --- fetching it (s3.3) --- */

static Finding *say(StsLook *look, Level level, Message *text) {
  Finding *row = result_add(look->result, level, look->https->hops[0].host, text);
  https_add_evidence(row, look->https, "RFC 8461 s3.3");
  return row;
}

/* A record with nothing behind it: senders go on as if there were none, unless they hold an older copy. */
static ProbeState not_fetched(StsLook *look, const char *word, Message *text) {
  Finding *row = say(look, LEVEL_WARN, text);
  finding_set_advice(row, message_new(N_("Senders deliver as if there were no policy; those that still hold an older copy "
                                         "go by that one. The administrator of {domain} must put the policy right"),
                                      "domain", look->domain, NULL));
  if (look->https->answer != NULL && look->https->answer->error != NULL)
    finding_set_quote(row, look->https->answer->error);
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "no_policy");
  facts_set_text(look->result->facts, "fetch", SOURCE_PROBE, is_word_of(word, "fetch") ? word : "failed");
  sts_set_absent(look);
  return PROBE_DONE;
}

static ProbeState not_told(StsLook *look) {
  Finding *row = say(look, LEVEL_UNKNOWN,
                     message_set_tr(message_new(N_("There is a policy for encryption (MTA-STS), but it could not be "
                                                   "fetched: {why}"),
                                                NULL),
                                    "why", https_message(look->https)));
  finding_set_advice(row, message_new(N_("This says nothing about the domain: try again later"), NULL));
  sts_set_unknown(look, https_word(look->https));
  return PROBE_DONE;
}

static ProbeState fetched_something_else(StsLook *look) {
  const TalkAnswer *answer = look->https->answer;
  if (https_is_redirect(look->https))
    return not_fetched(look, "redirect",
                       message_new(N_("The policy for encryption (MTA-STS) is not here: the server leads elsewhere "
                                      "({location}), where senders must not follow"),
                                   "location", answer->location, NULL));
  if (answer->code != 200)
    return not_fetched(look, "http_error",
                       message_set_number(message_new(N_("Instead of the policy for encryption (MTA-STS) the server "
                                                         "answers with the error {code}"),
                                                      NULL),
                                          "code", answer->code));
  return not_fetched(look, "wrong_type",
                     message_new(N_("The policy for encryption (MTA-STS) comes as {type} and not as plain text; senders "
                                    "do not take that"),
                                 "type", answer->type != NULL ? answer->type : "?", NULL));
}

/* --- what is wrong with it (s3.2) --- */

static const struct {
  MtaStsFault fault;
  const char *text;
} fault_texts[] = {
    {MTA_STS_NOT_TEXT, N_("The policy is not a text")},
    {MTA_STS_NO_VERSION, N_("The line \"version: STSv1\" is missing from the policy")},
    {MTA_STS_NO_MODE, N_("The policy has no mode that there is (enforce, testing or none)")},
    {MTA_STS_NO_MAX_AGE, N_("The policy does not say for how long it may be kept (max_age)")},
    {MTA_STS_NO_MX, N_("The policy names no mail server (mx)")},
    {MTA_STS_BAD_MX, N_("An mx line of the policy is not the name of a server")},
    {MTA_STS_LONG_AGE, N_("The policy may be kept longer than a year (max_age); a year counts")},
    {MTA_STS_TWICE, N_("A line of the policy stands there twice; the first one counts")},
    {MTA_STS_SYNTAX, N_("A line of the policy is not \"name: value\"; not every sender takes such a policy")},
};

static void say_faults(StsLook *look) {
  for (guint i = 0; i < G_N_ELEMENTS(fault_texts); i++) {
    if ((look->policy->faults & fault_texts[i].fault) == 0)
      continue;
    Finding *row = result_add(look->result, LEVEL_WARN, look->https->hops[0].host, message_new(fault_texts[i].text, NULL));
    probe_add_talk(row, look->https->answer, "RFC 8461 s3.2");
  }
}

/* --- the mail servers (s4.1) --- */

static const char *const blocks_words[] = {"no", "some", "all"};

typedef struct Match {
  guint named, unnamed;
  GPtrArray *unmatched; /* char*, not owned */
} Match;

static Level unnamed_level(const StsLook *look, const Match *match) {
  if (look->policy->mode != MTA_STS_MODE_ENFORCE)
    return LEVEL_WARN;
  return match->named == 0 ? LEVEL_FAIL : LEVEL_WARN;
}

static void say_unnamed(StsLook *look, const Match *match) {
  gboolean enforced = look->policy->mode == MTA_STS_MODE_ENFORCE;
  for (guint i = 0; i < MIN(match->unmatched->len, MAX_ROWS); i++) {
    Finding *row = result_add(
        look->result, unnamed_level(look, match), g_ptr_array_index(match->unmatched, i),
        enforced ? message_new(N_("The policy does not name this mail server: careful senders deliver nothing to it"), NULL)
                 : message_new(N_("The policy does not name this mail server; that would stop mail in the mode enforce"),
                               NULL));
    finding_set_advice(row, message_new(N_("The administrator of {domain} must add it to the policy as an mx line, or take "
                                           "it out of the MX records. \"*.\" stands for one part of a name only"),
                                        "domain", look->domain, NULL));
    probe_add_answer(row, look->route.mx, "RFC 8461 s4.1");
    probe_add_talk(row, look->https->answer, "RFC 8461 s4.1");
  }
}

static void set_match(StsLook *look, const Match *match) {
  Facts *facts = look->result->facts;
  gboolean enforced = look->policy->mode == MTA_STS_MODE_ENFORCE;
  facts_set_text(facts, "mx_match", SOURCE_PROBE, match->unnamed == 0 ? "all" : match->named == 0 ? "none" : "some");
  facts_set_text(facts, "blocks", SOURCE_PROBE,
                 blocks_words[!enforced || match->unnamed == 0 ? 0 : match->named == 0 ? 2 : 1]);
  facts_set_items(facts, "mx_unmatched", SOURCE_PROBE, match->unmatched);
}

static void match_host(const StsLook *look, Match *match, const char *host) {
  if (mta_sts_policy_names(look->policy, host)) {
    match->named++;
    return;
  }
  match->unnamed++;
  g_ptr_array_add(match->unmatched, (gpointer)host);
}

static void match_hosts(StsLook *look) {
  g_autoptr(GPtrArray) unmatched = g_ptr_array_new();
  Match match = {0, 0, unmatched};
  if (look->route.kind == ROUTE_IMPLICIT)
    match_host(look, &match, look->domain);
  for (guint i = 0; look->route.kind == ROUTE_MX && i < dns_answer_count(look->route.mx); i++)
    match_host(look, &match, dns_answer_record(look->route.mx, i)->value);
  set_match(look, &match);
  say_unnamed(look, &match);
}

static ProbeState look_servers(StsLook *look) {
  if (look->policy->mode == MTA_STS_MODE_NONE || route_is_closed(look->route.kind))
    return PROBE_DONE;
  if (look->route.kind == ROUTE_WAIT) {
    result_add(look->result, LEVEL_WAIT, look->domain,
               message_new(N_("Looking up the mail servers of {domain}"), "domain", look->domain, NULL));
    return PROBE_PENDING;
  }
  if (route_takes_mail(look->route.kind)) {
    match_hosts(look);
    return PROBE_DONE;
  }
  Finding *row = result_add(look->result, LEVEL_UNKNOWN, look->domain,
                            message_set_tr(message_new(N_("The mail servers of {domain} could not be found out: {why}"),
                                                       "domain", look->domain, NULL),
                                           "why", dns_status_message(look->route.decisive->status)));
  probe_add_answer(row, look->route.decisive, "RFC 5321 s5.1");
  static const char *const names[] = {"mx_match", "mx_unmatched", "blocks"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    facts_set_unknown(look->result->facts, names[i], SOURCE_PROBE, unknown_word(look->route.decisive));
  return PROBE_DONE;
}

/* --- what it means --- */

static const struct {
  MtaStsMode mode;
  Level level;
  const char *text;
} mode_texts[] = {
    {MTA_STS_MODE_ENFORCE, LEVEL_OK,
     N_("Mail to this domain may only be sent encrypted, and only to servers that its policy names (mode enforce)")},
    {MTA_STS_MODE_TESTING, LEVEL_NOTE, N_("The policy for encryption is only being tried out (mode testing): it stops no mail")},
    {MTA_STS_MODE_NONE, LEVEL_NOTE, N_("The policy for encryption has been given up (mode none): it stops no mail")},
};

static void say_mode(StsLook *look) {
  for (guint i = 0; i < G_N_ELEMENTS(mode_texts); i++)
    if (mode_texts[i].mode == look->policy->mode)
      say(look, mode_texts[i].level, message_new(mode_texts[i].text, NULL));
}

/* What Exchange Online writes when it goes by a policy. */
static const struct {
  const char *detail; /* behind the first digit */
  gboolean about_names;
} codes[] = {{".4.8", TRUE}, {".7.5", FALSE}};

static Message *code_words(const StsLook *look, gboolean about_names) {
  const char *match = facts_text(look->result->facts, "mx_match");
  if (!about_names)
    return message_new(N_("From Exchange Online this code means: the certificate of the mail server did not satisfy the "
                          "policy. The certificate itself has to be looked at"),
                       NULL);
  if (match == NULL)
    return NULL;
  if (strcmp(match, "all") != 0)
    return message_new(N_("From Exchange Online this code means: the policy did not name the mail servers. That is still "
                          "so"),
                       NULL);
  return message_set_number(
      message_new(N_("From Exchange Online this code means: the policy did not name the mail servers. Now it does; a sender "
                     "may keep its older copy for up to {hours} hours"),
                  NULL),
      "hours", (look->policy->max_age + 3599) / 3600);
}

static void say_code(StsLook *look) {
  const char *code = look->code;
  for (guint i = 0; code != NULL && i < G_N_ELEMENTS(codes); i++) {
    gboolean fits = (code[0] == '4' || code[0] == '5') && strcmp(code + 1, codes[i].detail) == 0;
    Message *words = fits ? code_words(look, codes[i].about_names) : NULL;
    if (words != NULL)
      finding_set_ground(result_add(look->result, LEVEL_NOTE, code, words), GROUND_ROWS, "RFC 8461 s5");
  }
}

static ProbeState judge(StsLook *look) {
  Facts *facts = look->result->facts;
  say_faults(look);
  set_faults(look);
  facts_set_text(facts, "fetch", SOURCE_PROBE, "ok");
  if ((look->policy->faults & MTA_STS_INVALID) != 0) {
    Finding *row = g_ptr_array_index(look->result->findings, 0);
    finding_set_advice(row, message_new(N_("The policy does not count until the administrator of {domain} corrects it"),
                                        "domain", look->domain, NULL));
    facts_set_text(facts, "status", SOURCE_PROBE, "bad_policy");
    sts_set_absent(look);
    return PROBE_DONE;
  }
  facts_set_text(facts, "status", SOURCE_PROBE, "ok");
  facts_set_text(facts, "mode", SOURCE_PROBE, mta_sts_mode_word(look->policy->mode));
  facts_set_number(facts, "max_age", SOURCE_PROBE, look->policy->max_age);
  facts_set_items(facts, "patterns", SOURCE_PROBE, look->policy->mx);
  say_mode(look);
  ProbeState state = look_servers(look);
  say_code(look);
  if (state == PROBE_DONE)
    sts_set_absent(look);
  return state;
}

ProbeState sts_look_policy(StsLook *look, const char *host) {
  const Https *https = look->https;
  if (https->state == HTTPS_UNKNOWN)
    return not_told(look);
  if (https->state == HTTPS_NO_HOST)
    return not_fetched(look, "no_host",
                       message_new(N_("The server that should have the policy for encryption (MTA-STS) does not exist: "
                                      "{host}"),
                                   "host", host, NULL));
  if (https->state != HTTPS_ANSWERED)
    return not_fetched(look, https_word(https),
                       message_set_tr(message_new(N_("The policy for encryption (MTA-STS) cannot be fetched: {why}"), NULL),
                                      "why", https_message(https)));
  if (https->answer->code != 200 || !mta_sts_type_is_right(https->answer->type))
    return fetched_something_else(look);
  gsize length;
  const char *bytes = https->answer->body != NULL ? g_bytes_get_data(https->answer->body, &length) : NULL;
  look->policy = mta_sts_policy_parse(bytes != NULL ? bytes : "", bytes != NULL ? length : 0);
  return judge(look);
}
