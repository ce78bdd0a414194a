/* Which servers a domain has for its mail programs: SRV records (RFC 6186, RFC 8314 s5), else the names that most use.
 */
#include "probe/mailbox_look.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "mail/ip.h"
#include "probe/known.h"

#include <string.h>

static void add_port(MailboxLook *look, const char *host, guint16 number, gboolean implicit) {
  if (look->ports->len >= MAILBOX_MAX_PORTS)
    return;
  MailboxPort port = {.host = g_strdup(host),
                      .port = number,
                      .implicit = implicit,
                      .scheme = look->kind->schemes[implicit ? 0 : 1],
                      .typed = look->origin == MAILBOX_ASKED};
  g_array_append_val(look->ports, port);
}

/* Both usual ports, or the one that was asked for. */
static void add_host(MailboxLook *look, const char *host) {
  if (look->port != 0) {
    add_port(look, host, look->port, look->implicit);
    return;
  }
  for (guint i = 0; i < 2; i++)
    add_port(look, host, look->kind->ports[i], i == 0);
}

static Finding *say(MailboxLook *look, Level level, Message *text) {
  return result_add(look->result, level, look->domain, text);
}

/* --- SRV --- */

static const char *const srv_reference = "RFC 6186 s3, RFC 8314 s5";

static void say_unknown(MailboxLook *look, const DnsAnswer *answer) {
  Finding *row =
      say(look, LEVEL_UNKNOWN,
          message_set_tr(message_new(N_("Which servers the domain has for mail programs could not be found out: "
                                        "{why}"),
                                     NULL),
                         "why", probe_why(answer)));
  finding_set_advice(row, message_new(N_("If you know the server's name, ask about it instead of the domain."), NULL));
  probe_add_answer(row, answer, srv_reference);
  mailbox_end(look, unknown_word(answer), TRUE);
}

/* The record that is used first (RFC 2782: the smallest priority); NULL: there is none, or it is ".". */
static const DnsRecord *best_record(const DnsAnswer *answer, gboolean *refuses) {
  const DnsRecord *best = NULL;
  guint n = answer->status == DNS_OK ? dns_answer_count(answer) : 0;
  for (guint i = 0; i < n; i++) {
    const DnsRecord *record = dns_answer_record(answer, i);
    if (strcmp(record->value, ".") == 0)
      *refuses = TRUE;
    else if (best == NULL || record->preference < best->preference)
      best = record;
  }
  return best;
}

/* TRUE: that settles it. */
static gboolean use_records(MailboxLook *look, const DnsAnswer *const answers[2]) {
  gboolean refuses = FALSE;
  look->origin = MAILBOX_SRV;
  for (guint i = 0; i < 2; i++) {
    const DnsRecord *record = best_record(answers[i], &refuses);
    g_autofree char *host = record != NULL ? domain_to_ascii(record->value) : NULL;
    if (host != NULL)
      add_port(look, host, record->port, i == 0);
  }
  if (look->ports->len > 0)
    return TRUE;
  if (refuses) {
    Finding *row = say(look, LEVEL_NOTE,
                       message_new(N_("The domain says that it offers no {protocol} to mail programs"), "protocol",
                                   look->kind->word, NULL));
    for (guint i = 0; i < 2; i++)
      probe_add_answer(row, answers[i], "RFC 6186 s3.4");
    mailbox_end(look, "none", FALSE);
  }
  return refuses;
}

static gboolean ask_records(MailboxLook *look, const DnsAnswer *answers[2]) {
  for (guint i = 0; i < 2; i++) {
    g_autofree char *name = g_strdup_printf("%s.%s", look->kind->services[i], look->domain);
    answers[i] = net_dns(look->net, name, DNS_SRV);
    look->open += answers[i] == NULL;
  }
  return answers[0] != NULL && answers[1] != NULL;
}

/* --- guesses --- */

static gboolean guess(MailboxLook *look) {
  const char *const *words = look->kind->guesses;
  const DnsAnswer *unknown = NULL;
  g_autofree char *found = NULL;
  gboolean waits = FALSE;
  look->origin = MAILBOX_GUESS;
  /* All at once; the first that exists counts. */
  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *name = g_strconcat(words[i], *words[i] != '\0' ? "." : "", look->domain, NULL);
    HostLook host = host_look_ask(look->net, name);
    look->open += host_look_open(&host);
    if (found != NULL || waits || unknown != NULL)
      continue;
    unknown = host_look_unknown(&host);
    waits = unknown == NULL && host_look_open(&host) > 0;
    if (!waits && unknown == NULL && host_look_count(&host) > 0)
      found = g_steal_pointer(&name);
  }
  if (unknown != NULL)
    say_unknown(look, unknown);
  if (waits || unknown != NULL)
    return FALSE;
  if (found != NULL) {
    add_host(look, found);
    return TRUE;
  }
  HostLook last = host_look_ask(look->net, look->domain);
  Finding *row =
      say(look, LEVEL_UNKNOWN,
          message_new(N_("The domain does not say which servers it has for mail programs, and none has a usual name"),
                      NULL));
  finding_set_advice(row, message_new(N_("The provider's help pages name them. Ask about that name."), NULL));
  for (guint i = 0; i < 2; i++)
    if (last.answers[i] != NULL)
      probe_add_answer(row, last.answers[i], srv_reference);
  mailbox_end(look, "no_server", FALSE);
  return FALSE;
}

/* --- all --- */

gboolean mailbox_find_servers(MailboxLook *look) {
  const DnsAnswer *answers[2];
  if (look->host != NULL) {
    look->origin = MAILBOX_ASKED;
    add_host(look, look->host);
    return TRUE;
  }
  gboolean all = ask_records(look, answers);
  for (guint i = 0; i < 2; i++)
    if (answers[i] != NULL && dns_is_unknown(answers[i]->status)) {
      say_unknown(look, answers[i]);
      return FALSE;
    }
  if (!all) {
    /* What will be wanted if there are none. */
    for (guint i = 0; look->kind->guesses[i] != NULL; i++) {
      const char *word = look->kind->guesses[i];
      g_autofree char *name = g_strconcat(word, *word != '\0' ? "." : "", look->domain, NULL);
      host_look_ask(look->net, name);
    }
    return FALSE;
  }
  if (use_records(look, answers))
    return look->ports->len > 0;
  return guess(look);
}
