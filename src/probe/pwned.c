/* Is a password among those that leaked?  Pwned Passwords is asked by k-anonymity: the first five hexadecimal digits of
 * the SHA-1 go out, hundreds of endings come back, and the comparison is made here.  Neither password nor digits are in
 * facts, findings, evidence, recordings or cases. */
#include "probe/table.h"

#include "base/catalogue.h"
#include "base/secret.h"
#include "probe/https.h"

#include <string.h>

#define HOST "api.pwnedpasswords.com"
#define PREFIX 5
/* Forty hexadecimal digits of SHA-1, less those that were sent. */
#define SUFFIX 35
#define MAX_BODY (256 * 1024)

static const ProbeInput pwned_inputs[] = {
    {"password", "secret", TRUE,
     N_("the password; it does not leave this machine: five digits of a hash of it do, which a thousand others share")},
    {0},
};

static const FactSpec pwned_gives[] = {
    {"status", FACT_TEXT, "leaked not_found timeout servfail refused unreachable",
     N_("whether the password is among those that leaked; not_found: not among those that are known, which does not make it "
        "safe; the others: nobody could tell")},
    {"count", FACT_NUMBER, NULL, N_("how often it was seen")},
    {0},
};

/* --- the answer --- */

/* "0018A45C4D1DEF81644B54AB7F969B88D65:10".  FALSE: that is none. */
static gboolean read_line(const char *line, const char *suffix, guint64 *count, gboolean *same) {
  if (strspn(line, "0123456789ABCDEFabcdef") != SUFFIX || line[SUFFIX] != ':')
    return FALSE;
  *same = g_ascii_strncasecmp(line, suffix, SUFFIX) == 0;
  return g_ascii_string_to_unsigned(line + SUFFIX + 1, 10, 0, G_MAXINT64, count, NULL);
}

typedef enum Found { FOUND_NOT, FOUND_YES, FOUND_BROKEN } Found;

static Found search(const Https *https, const char *suffix, gint64 *found) {
  g_autofree char *body = https_body_text(https);
  g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
  guint n = 0;
  *found = 0;
  for (guint i = 0; lines[i] != NULL; i++) {
    guint64 count = 0;
    gboolean same = FALSE;
    const char *line = g_strchomp(lines[i]);
    if (*line == '\0')
      continue;
    if (!read_line(line, suffix, &count, &same))
      return FOUND_BROKEN;
    n++;
    /* Lines that only pad the answer have the count 0. */
    if (same)
      *found = (gint64)count;
  }
  return n == 0 ? FOUND_BROKEN : *found > 0 ? FOUND_YES : FOUND_NOT;
}

/* --- rows --- */

/* The URL holds the digits, so the evidence is told without them. */
static Finding *say(Result *result, const Https *https, Level level, Message *text) {
  Finding *row = result_add(result, level, NULL, text);
  const TalkAnswer *answer = https->answer;
  if (answer == NULL) {
    probe_add_answer(row, https->dns != NULL ? https->dns : https->hops[0].look.answers[0], "haveibeenpwned.com/API/v3");
    return row;
  }
  g_autofree char *came = answer->status == TALK_OK ? g_strdup_printf("%d", answer->code) : g_strdup(talk_status_word(answer->status));
  finding_add_evidence(row, "https://" HOST "/range/*****", answer->server, came, answer->elapsed_ms, answer->asked_at,
                       "haveibeenpwned.com/API/v3");
  row->elapsed_ms = answer->elapsed_ms;
  return row;
}

static ProbeState not_told(Result *result, const Https *https, const char *why, const char *word) {
  static const char *const words[] = {"timeout", "servfail", "refused", "unreachable", NULL};
  Finding *row = say(result, https, LEVEL_UNKNOWN,
                     message_set_tr(message_new(N_("Whether the password has leaked could not be found out: {why}"), NULL),
                                    "why", why));
  finding_set_advice(row, message_new(N_("That says nothing about the password"), NULL));
  if (g_strv_contains(words, word))
    facts_set_text(result->facts, "status", SOURCE_PROBE, word);
  probe_set_unknown(&probe_pwned, result, word);
  return PROBE_DONE;
}

static ProbeState say_leaked(Result *result, const Https *https, gint64 count) {
  Finding *row = say(result, https, LEVEL_FAIL,
                     message_set_number(message_new(N_("This password is in the lists of those who break into mailboxes; it "
                                                       "was seen {count} times"),
                                                    NULL),
                                        "count", count));
  finding_set_advice(row, message_new(N_("Change it wherever it is used, each time to another one"), NULL));
  facts_set_text(result->facts, "status", SOURCE_PROBE, "leaked");
  facts_set_number(result->facts, "count", SOURCE_PROBE, count);
  return PROBE_DONE;
}

static ProbeState say_not_found(Result *result, const Https *https) {
  Finding *row =
      say(result, https, LEVEL_NOTE, message_new(N_("This password is not among the known ones that leaked"), NULL));
  finding_set_advice(row, message_new(N_("That does not make it safe: somebody else may know it all the same"), NULL));
  facts_set_text(result->facts, "status", SOURCE_PROBE, "not_found");
  facts_set_number(result->facts, "count", SOURCE_PROBE, 0);
  return PROBE_DONE;
}

static ProbeState look_at(Result *result, const Https *https, const char *suffix) {
  gint64 count;
  if (https->state == HTTPS_WAITS) {
    result_add(result, LEVEL_WAIT, NULL, message_new(N_("Comparing with the passwords that leaked"), NULL));
    return PROBE_PENDING;
  }
  if (https->state != HTTPS_ANSWERED)
    return not_told(result, https, https_message(https), https_word(https));
  if (https->answer->code != 200)
    return not_told(result, https, N_("the server has an error"), "error");
  switch (search(https, suffix, &count)) {
  case FOUND_YES:
    return say_leaked(result, https, count);
  case FOUND_NOT:
    return say_not_found(result, https);
  default:
    return not_told(result, https, N_("the answer could not be understood"), "garbage");
  }
}

static ProbeState run_pwned(Net *net, const Facts *inputs, Result *result) {
  char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA1, probe_input(inputs, "password"), -1);
  g_autofree char *url = g_strdup_printf("https://" HOST "/range/%.*s", PREFIX, hash);
  for (char *p = url + strlen(url) - PREFIX; *p != '\0'; p++)
    *p = g_ascii_toupper(*p);
  const HttpsRequest request = {.url = url, .max_body = MAX_BODY, .padding = TRUE, .secret = TRUE};
  g_autoptr(Https) https = https_ask(net, &request);
  result->total = https->total;
  result->done = https->total - https->open;
  ProbeState state = look_at(result, https, hash + PREFIX);
  secret_free(hash);
  return state;
}

const Probe probe_pwned = {
    .name = "pwned",
    .title = N_("Leaked passwords"),
    .why = N_("Mailboxes are most often broken into with passwords that leaked elsewhere. The list of Have I Been Pwned is "
              "asked in a way that does not tell it the password: it gets five digits of a hash, and the rest is compared "
              "here."),
    .fits = "",
    .flags = PROBE_CONTACTS | PROBE_SECRET,
    .inputs = pwned_inputs,
    .gives = pwned_gives,
    .run = run_pwned,
};
