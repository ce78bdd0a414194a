#include "probe/delegation_look.h"

#include "base/catalogue.h"
#include "mail/ip.h"

/* Answers of a name server shown in a row of evidence when none could be asked. */
#define MAX_EVIDENCE 8
/* RFC 8914 s4: the codes by which a resolver says that it does not believe the signatures. */
#define IS_DNSSEC(code) (((code) >= 5 && (code) <= 12) || (code) == 1 || (code) == 2 || (code) == 25 || (code) == 27)

static void add_fault(Telling *t, const char *word) {
  if (!g_ptr_array_find(t->faults, word, NULL))
    g_ptr_array_add(t->faults, (gpointer)word);
}

static gint64 arrived_at(const DnsAnswer *answer) {
  return answer->asked_at + answer->elapsed_ms * G_GINT64_CONSTANT(1000);
}

/* "14:32", or with the day if that is another one than `from`'s. */
static char *clock_text(gint64 from, gint64 seconds) {
  g_autoptr(GDateTime) begin = g_date_time_new_from_unix_local(from / G_USEC_PER_SEC);
  g_autoptr(GDateTime) end = g_date_time_new_from_unix_local((from + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC + seconds);
  if (begin == NULL || end == NULL)
    return NULL;
  /* Rounded up: at this minute it is over. */
  g_autoptr(GDateTime) minute =
      g_date_time_get_second(end) > 0 ? g_date_time_add_minutes(end, 1) : g_date_time_ref(end);
  gboolean same_day = g_date_time_get_year(begin) == g_date_time_get_year(minute) &&
                      g_date_time_get_day_of_year(begin) == g_date_time_get_day_of_year(minute);
  return g_date_time_format(minute, same_day ? "%H:%M" : "%Y-%m-%d %H:%M");
}

/* "{mx}" of a sentence: the records, or that there are none. */
static Message *set_answer(Message *text, const DnsAnswer *mx) {
  if (mx->status != DNS_OK)
    return message_set_tr(text, "mx", dns_status_message(mx->status));
  g_autofree char *records = delegation_answer(mx);
  return message_set(text, "mx", records);
}

static Finding *add_row(Telling *t, Level level, const NsServer *server, Message *text) {
  Finding *row = result_add(t->result, level, server->name, text);
  const DnsAnswer *answers[] = {server->a, server->aaaa, server->said, server->soa};
  for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
    if (answers[i] != NULL)
      probe_add_answer(row, answers[i], i < 2 ? "RFC 1034 s4.2.1" : "RFC 1034 s4.3.1");
  row->elapsed_ms = server->said != NULL ? server->said->elapsed_ms : 0;
  return row;
}

/* --- one name server --- */

static void say_speaker(Telling *t, const NsServer *server) {
  if (!server->old) {
    add_row(t, server->other ? LEVEL_NOTE : LEVEL_OK, server, set_answer(message_new("{mx}", NULL), server->said));
    return;
  }
  Finding *row = add_row(t, LEVEL_WARN, server, set_answer(message_new(N_("still says: {mx}"), NULL), server->said));
  finding_set_advice(row, message_new(N_("As long as this name server has the old data, they come back again and again. "
                                         "The administrator of {domain} must bring it up to date"),
                                      "domain", t->look.domain, NULL));
}

static const char *why_lame(const DnsAnswer *said) {
  if (!dns_is_unknown(said->status))
    return N_("it only passes on what it heard elsewhere");
  return said->status == DNS_REFUSED && said->n_beside > 0 ? N_("it refers to others")
                                                           : dns_status_message(said->status);
}

static void say_lame(Telling *t, const NsServer *server) {
  add_fault(t, "lame");
  Finding *row = add_row(
      t, LEVEL_WARN, server,
      message_set_tr(message_new(N_("It does not answer for this domain: {why}"), NULL), "why", why_lame(server->said)));
  finding_set_advice(row, message_new(N_("Senders that come upon it wait or give up. The administrator of {domain} must set "
                                         "it up for the domain, or take it off the list of name servers"),
                                      "domain", t->look.domain, NULL));
}

static void say_silent(Telling *t, const NsServer *server) {
  const DnsAnswer *unknown = server->said != NULL                                  ? server->said
                             : server->a != NULL && dns_is_unknown(server->a->status) ? server->a
                                                                                   : server->aaaa;
  Message *text = message_new(server->said != NULL ? N_("It gave us no answer for itself: {why}")
                                                   : N_("Its address could not be found out: {why}"),
                              NULL);
  Finding *row = add_row(t, LEVEL_UNKNOWN, server, message_set_tr(text, "why", probe_why(unknown)));
  /* One answer that is missing may be a lost packet, or closed off from here alone. */
  if (server->said != NULL && delegation_count(&t->look, NS_SPEAKS) > 0)
    finding_set_advice(row, message_new(N_("Others answer, so that mail finds its way, if more slowly. If this one stays silent "
                                           "when it is asked again, and from elsewhere too, the administrator of {domain} must "
                                           "look at it"),
                                        "domain", t->look.domain, NULL));
}

static void say_not_public(Telling *t, const NsServer *server) {
  const char *address = g_ptr_array_index(server->addresses, 0);
  Ip ip;
  const char *range = ip_parse(address, &ip) ? ip_special_range(&ip) : NULL;
  add_fault(t, "not_public");
  add_row(t, LEVEL_WARN, server,
          message_set_tr(message_new(N_("{addresses}: nobody outside can reach this address ({range})"), "addresses",
                                     address, NULL),
                         "range", range != NULL ? range : N_("reserved")));
}

void delegation_say_server(Telling *t, const NsServer *server) {
  switch (server->state) {
  case NS_WAIT:
    result_add(t->result, LEVEL_WAIT, server->name, message_new(N_("Asking it"), NULL));
    break;
  case NS_SPEAKS:
    say_speaker(t, server);
    break;
  case NS_LAME:
    say_lame(t, server);
    break;
  case NS_SILENT:
    say_silent(t, server);
    break;
  case NS_NOT_PUBLIC:
    say_not_public(t, server);
    break;
  case NS_NO_ADDRESS:
    add_fault(t, "no_address");
    add_row(t, LEVEL_WARN, server, message_new(N_("This name server has no address"), NULL));
  }
}

/* Nobody speaks and nobody is proven not to: one row for all. */
static void say_unreached(Telling *t) {
  gboolean reached = t->look.reached; /* somebody else was: our network lets such questions out */
  Finding *row = result_add(t->result, LEVEL_UNKNOWN, t->look.zone,
                            message_new(reached ? N_("None of its name servers gave us an answer, while that of the registry did")
                                                : N_("Its name servers could not be asked directly"),
                                        NULL));
  finding_set_advice(row, message_new(reached ? N_("They are down, or shut this network out. Ask again, and from elsewhere: if they "
                                                   "stay silent, no mail finds its way to the domain")
                                              : N_("Many networks let nobody but their own resolver be asked. This says nothing "
                                                   "about the domain"),
                                      NULL));
  for (guint i = 0; i < t->look.servers->len && i < MAX_EVIDENCE; i++) {
    const NsServer *server = g_ptr_array_index(t->look.servers, i);
    const DnsAnswer *last = server->said != NULL ? server->said : server->a;
    if (last != NULL)
      probe_add_answer(row, last, "RFC 1034 s4.3.1");
  }
}

/* --- all of them together --- */

static void say_resolver(Telling *t, const char *until) {
  const DelegationLook *look = &t->look;
  if (dns_is_unknown(look->mx->status)) {
    gboolean dnssec = IS_DNSSEC(look->mx->extended) && look->current != NULL;
    if (dnssec)
      add_fault(t, "signatures");
    Finding *row = result_add(
        t->result, dnssec ? LEVEL_WARN : LEVEL_UNKNOWN, "MX",
        message_set_tr(message_new(dnssec ? N_("Our resolver does not believe the domain's signatures (DNSSEC): {why}")
                                          : N_("Our resolver has no answer: {why}"),
                                   NULL),
                       "why", probe_why(look->mx)));
    finding_set_quote(row, look->mx->extended_text);
    probe_add_answer(row, look->mx, "RFC 8914 s4");
    if (dnssec)
      finding_set_advice(row, message_new(N_("Senders that check signatures cannot deliver. The administrator of {domain} must "
                                             "renew the signatures, or correct the DS record at the registry"),
                                          "domain", look->domain, NULL));
    return;
  }
  if (look->current == NULL || delegation_is_ours(look))
    return;
  Finding *row = result_add(
      t->result, LEVEL_NOTE, "MX",
      set_answer(until != NULL ? message_new(N_("Our resolver has another answer, which it keeps until {time}: {mx}"), "time",
                                             until, NULL)
                               : message_new(N_("Our resolver has another answer: {mx}"), NULL),
                 look->mx));
  probe_add_answer(row, look->mx, "RFC 1035 s7.4");
}

static void say_parent(Telling *t) {
  const DelegationLook *look = &t->look;
  gboolean same = TRUE;
  if (look->parent_says == PARENT_SILENT && look->reached) {
    Finding *row = result_add(t->result, LEVEL_UNKNOWN, look->parent,
                              message_new(N_("Which name servers the registry names for {zone} could not be found out"), "zone",
                                          look->zone, NULL));
    if (look->delegation != NULL)
      probe_add_answer(row, look->delegation, "RFC 1034 s4.2.1");
    else
      finding_set_ground(row, GROUND_ROWS, "RFC 1034 s4.2.1");
  }
  if (look->parent_says == PARENT_KNOWS_NONE) {
    add_fault(t, "not_delegated");
    Finding *row = result_add(t->result, LEVEL_WARN, look->parent,
                              message_new(N_("Its name servers know no domain {zone}: outside of your network it may not exist"),
                                          "zone", look->zone, NULL));
    probe_add_answer(row, look->delegation, "RFC 1034 s4.2.1");
    finding_set_advice(row, message_new(N_("The registration may have run out. Only the owner of the domain can renew it"), NULL));
  }
  if (look->parent_says != PARENT_NAMES || look->ns->status != DNS_OK)
    return;
  for (guint i = 0; i < look->servers->len; i++) {
    const NsServer *server = g_ptr_array_index(look->servers, i);
    same = same && server->in_zone == server->at_parent;
  }
  if (same)
    return;
  add_fault(t, "parent_differs");
  Finding *row = result_add(t->result, LEVEL_NOTE, look->parent,
                            message_new(N_("The registry names other name servers for {zone} than the domain itself: a move may "
                                           "be half done"),
                                        "zone", look->zone, NULL));
  probe_add_answer(row, look->delegation, "RFC 1034 s4.2.2");
  probe_add_answer(row, look->ns, "RFC 1034 s4.2.2");
}

/* RFC 2182 s3.1: they should not all fail together. */
static void say_spread(Telling *t) {
  const DelegationLook *look = &t->look;
  Ip first, ip;
  gboolean one = look->servers->len > 1;
  for (guint i = 0; i < look->servers->len && one; i++) {
    const NsServer *server = g_ptr_array_index(look->servers, i);
    for (guint k = 0; k < server->addresses->len && one; k++) {
      one = ip_parse(g_ptr_array_index(server->addresses, k), &ip) && ip.family == 4;
      if (i == 0 && k == 0)
        first = ip;
      one = one && ip_in_network(&ip, &first, 24);
    }
    one = one && server->addresses->len > 0;
  }
  if (look->servers->len != 1 && !one)
    return;
  add_fault(t, one ? "one_network" : "single");
  Finding *row = result_add(t->result, LEVEL_NOTE, look->zone,
                            one ? message_new(N_("All of its name servers are in one network: they can fail together"), NULL)
                                : message_new(N_("It has a single name server: when that fails, no mail arrives"), NULL));
  probe_add_answer(row, look->ns, "RFC 2182 s3.1");
}

/* --- times --- */

static void set_times(Telling *t, const char *until) {
  const DelegationLook *look = &t->look;
  Facts *facts = t->result->facts;
  gint64 at = 0, seconds = 0, absent = 0;
  for (guint i = 0; i < look->servers->len; i++) {
    const NsServer *server = g_ptr_array_index(look->servers, i);
    if (server->state != NS_SPEAKS)
      continue;
    at = MAX(at, arrived_at(server->said));
    seconds = MAX(seconds, server->said->ttl);
    absent = MAX(absent, delegation_absent_ttl(server));
  }
  if (until != NULL)
    facts_set_text(facts, "cached_until", SOURCE_PROBE, until);
  if (at > 0)
    facts_set_number(facts, "ttl", SOURCE_PROBE, seconds);
  if (absent > 0)
    facts_set_number(facts, "absent_ttl", SOURCE_PROBE, absent);
  else if (at > 0)
    finding_set_ground(result_add(t->result, LEVEL_UNKNOWN, look->zone,
                                  message_new(N_("For how long others remember a missing record could not be found out (SOA)"), NULL)),
                       GROUND_ROWS, "RFC 2308 s5");
  /* A single one that is not heard may still give out old data. */
  if (look->differ || at == 0 || delegation_count(look, NS_SILENT) > 0 || dns_is_unknown(look->mx->status) ||
      dns_is_unknown(look->ns->status))
    return;
  if (!delegation_is_ours(look))
    seconds = MAX(seconds, (arrived_at(look->mx) - at) / G_USEC_PER_SEC + look->mx->ttl);
  g_autofree char *time = clock_text(at, seconds);
  if (time == NULL || seconds == 0)
    return;
  facts_set_text(facts, "old_until", SOURCE_PROBE, time);
  facts_set_number(facts, "old_seconds", SOURCE_PROBE, seconds);
  Finding *row = result_add(
      t->result, LEVEL_NOTE, NULL,
      message_new(N_("If the records were changed before now, others can have old data until {time}, no longer"), "time",
                  time, NULL));
  finding_set_ground(row, GROUND_ROWS, "RFC 2308 s5");
}

static void say_together(Telling *t) {
  const DelegationLook *look = &t->look;
  g_autofree char *until =
      !dns_is_unknown(look->mx->status) && look->mx->ttl > 0 ? clock_text(arrived_at(look->mx), look->mx->ttl) : NULL;
  if (look->differ) {
    add_fault(t, "differ");
    Finding *row = result_add(t->result, LEVEL_WARN, look->zone,
                              message_new(N_("Its name servers contradict each other: chance decides where mail goes"), NULL));
    finding_set_ground(row, GROUND_ROWS, "RFC 1034 s4.3.5");
    finding_set_advice(row, message_new(N_("Nobody can say how long old data will be in use: first the name servers must agree"),
                                        NULL));
    if (look->current == NULL)
      finding_set_ground(result_add(t->result, LEVEL_UNKNOWN, look->zone,
                                    message_new(N_("Which of them is right cannot be told from here"), NULL)),
                         GROUND_ROWS, "RFC 1034 s4.3.5");
  } else if (look->current != NULL && delegation_is_ours(look) && delegation_count(look, NS_SILENT) == 0) {
    finding_set_ground(result_add(t->result, LEVEL_OK, look->zone,
                                  message_new(N_("All name servers that answer say the same as our resolver"), NULL)),
                       GROUND_ROWS, "RFC 1034 s4.3.5");
  }
  say_resolver(t, until);
  set_times(t, until);
}

/* --- in order --- */

/* Each row says it of one; that nothing is left is the point.  A resolver that still has an answer has it only for a while. */
static void say_headline(Telling *t) {
  const DelegationLook *look = &t->look;
  if (look->servers->len > 0 && delegation_count(look, NS_LAME) == look->servers->len)
    t->result->headline =
        message_new(N_("None of the name servers of {domain} answers for it: mail to it cannot find its way"), "domain",
                    look->zone, NULL);
}

void delegation_say(Telling *t) {
  const DelegationLook *look = &t->look;
  say_headline(t);
  if (look->servers->len > 0 && delegation_count(look, NS_SILENT) == look->servers->len)
    say_unreached(t);
  else
    for (guint i = 0; i < look->servers->len; i++)
      delegation_say_server(t, g_ptr_array_index(look->servers, i));
  if (dns_is_unknown(look->ns->status)) {
    Finding *row = result_add(
        t->result, LEVEL_UNKNOWN, look->zone,
        message_set_tr(message_new(look->servers->len == 0 ? N_("Its name servers could not be found out: {why}")
                                                           : N_("Which name servers it names itself could not be found out: {why}"),
                                   NULL),
                       "why", probe_why(look->ns)));
    probe_add_answer(row, look->ns, "RFC 1034 s4.2.1");
  }
  say_parent(t);
  if (look->servers->len > 0 && look->ns->status == DNS_OK)
    say_spread(t);
  say_together(t);
}
