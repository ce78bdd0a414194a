#include "probe/table.h"

#include "base/catalogue.h"
#include "probe/delegation_look.h"

#include <string.h>

static const ProbeInput delegation_inputs[] = {
    {"domain", "domain", TRUE, N_("the domain that mail is sent to")},
    {0},
};

static const FactSpec delegation_gives[] = {
    {"status", FACT_TEXT, "same cached differ lame none bad_name",
     N_("what the domain's own name servers say, each asked itself; same: all what our resolver says; cached: all the "
        "same, but our resolver has an older answer; differ: they contradict each other; lame: none of them answers for "
        "the domain; none: the domain has no name servers; bad_name: it cannot be asked")},
    {"zone", FACT_TEXT, NULL, N_("the domain whose name servers answer for this one")},
    {"nameservers", FACT_LIST, NULL, N_("the name servers that the zone names")},
    {"parent", FACT_LIST, NULL, N_("the name servers that the zone above (the registry) names")},
    {"differ", FACT_LIST, NULL, N_("name servers with another answer than the current one, or all if nobody can tell which is")},
    {"old", FACT_LIST, NULL, N_("those of them whose data are certainly older")},
    {"lame", FACT_LIST, NULL, N_("name servers that say that they do not answer for the domain")},
    {"silent", FACT_LIST, NULL, N_("name servers that gave us no answer, which need not be their fault")},
    {"faults", FACT_LIST,
     "lame no_address not_public differ parent_differs not_delegated single one_network signatures",
     N_("what is not right with the name servers, as words")},
    {"ttl", FACT_NUMBER, NULL, N_("for how many seconds resolvers may keep the answer, by the name servers themselves")},
    {"absent_ttl", FACT_NUMBER, NULL, N_("for how many seconds they may remember that there is none")},
    {"cached_until", FACT_TEXT, NULL, N_("until when our resolver keeps its answer (local time)")},
    {"old_until", FACT_TEXT, NULL,
     N_("until when others can have old data at the latest, if the records were changed before now (local time)")},
    {"old_seconds", FACT_NUMBER, NULL, N_("the same in seconds from now")},
    {0},
};

/* --- small things --- */

/* --- facts --- */

static void list_servers(Telling *t, const char *name, gboolean (*is_one)(const NsServer *server)) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < t->look.servers->len; i++) {
    const NsServer *server = g_ptr_array_index(t->look.servers, i);
    if (is_one(server))
      g_ptr_array_add(names, (gpointer)server->name);
  }
  facts_set_items(t->result->facts, name, SOURCE_PROBE, names);
}

static gboolean is_in_zone(const NsServer *server) {
  return server->in_zone;
}

static gboolean is_at_parent(const NsServer *server) {
  return server->at_parent;
}

static gboolean is_other(const NsServer *server) {
  return server->other;
}

static gboolean is_old(const NsServer *server) {
  return server->old;
}

static gboolean is_lame(const NsServer *server) {
  return server->state == NS_LAME;
}

static gboolean is_silent(const NsServer *server) {
  return server->state == NS_SILENT;
}

static const char *status_word(const DelegationLook *look) {
  if (look->differ)
    return "differ";
  if (delegation_count(look, NS_SILENT) > 0)
    return NULL;
  if (look->current == NULL)
    return delegation_count(look, NS_LAME) > 0 ? "lame" : NULL;
  if (dns_is_unknown(look->mx->status) || dns_is_unknown(look->ns->status))
    return NULL;
  return delegation_is_ours(look) ? "same" : "cached";
}

static void set_facts(Telling *t) {
  const DelegationLook *look = &t->look;
  Facts *facts = t->result->facts;
  const char *status = status_word(look);
  if (status != NULL)
    facts_set_text(facts, "status", SOURCE_PROBE, status);
  facts_set_text(facts, "zone", SOURCE_PROBE, look->zone);
  if (look->ns->status == DNS_OK)
    list_servers(t, "nameservers", is_in_zone);
  if (look->parent_says == PARENT_NAMES)
    list_servers(t, "parent", is_at_parent);
  else if (look->parent_says == PARENT_KNOWS_NONE)
    facts_set_absent(facts, "parent", SOURCE_PROBE);
  list_servers(t, "differ", is_other);
  if (!look->differ || look->current != NULL)
    list_servers(t, "old", is_old);
  list_servers(t, "lame", is_lame);
  list_servers(t, "silent", is_silent);
  facts_set_items(facts, "faults", SOURCE_PROBE, t->faults);
}

/* --- the run --- */

static void say_all(Telling *t) {
  delegation_judge(&t->look);
  delegation_say(t);
  set_facts(t);
  probe_set_unknown(&probe_delegation, t->result, t->look.differ ? "differ" : "no answer");
}

/* No level of the name has name servers of its own but the registry. */
static void say_no_zone(Telling *t) {
  DelegationLook *look = &t->look;
  gboolean unknown = look->zone == NULL || dns_is_unknown(look->ns->status);
  Finding *row = result_add(t->result, unknown ? LEVEL_UNKNOWN : LEVEL_NOTE, look->domain,
                            unknown ? message_new(N_("Whether it has name servers could not be found out"), NULL)
                                    : message_new(N_("It has no name servers: the domain does not exist"), NULL));
  if (look->ns != NULL)
    probe_add_answer(row, look->ns, "RFC 1034 s4.2.1");
  probe_add_answer(row, look->mx, "RFC 8020 s2");
  if (!unknown) {
    facts_set_text(t->result->facts, "status", SOURCE_PROBE, "none");
    for (const FactSpec *spec = delegation_gives + 1; spec->name != NULL; spec++)
      facts_set_absent(t->result->facts, spec->name, SOURCE_PROBE);
  }
  probe_set_unknown(&probe_delegation, t->result, "no answer");
}

static ProbeState say(Telling *t) {
  DelegationLook *look = &t->look;
  t->result->total = look->asked;
  t->result->done = look->asked - look->open;
  if (look->open > 0) {
    for (guint i = 0; i < look->servers->len; i++) {
      NsServer *server = g_ptr_array_index(look->servers, i);
      if (server->state != NS_SPEAKS) /* nothing is judged before all are heard */
        server->state = NS_WAIT;
      delegation_say_server(t, server);
    }
    if (look->servers->len == 0)
      result_add(t->result, LEVEL_WAIT, look->domain, message_new(N_("Looking up its name servers"), NULL));
    return PROBE_PENDING;
  }
  if (look->zone == NULL || strchr(look->zone, '.') == NULL)
    say_no_zone(t);
  else
    say_all(t);
  return PROBE_DONE;
}

static ProbeState run_delegation(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *domain = probe_take_domain(&probe_delegation, inputs, result);
  if (domain == NULL)
    return PROBE_DONE;
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  Telling t = {.look = {.net = net, .domain = domain}, .result = result, .faults = faults};
  delegation_ask(&t.look);
  ProbeState state = say(&t);
  delegation_clear(&t.look);
  return state;
}

const Probe probe_delegation = {
    .name = "delegation",
    .title = N_("Name servers of the domain"),
    .why = N_("Each name server of the domain is asked itself, so that old data in caches can be told from old data at the "
              "source, and it is seen how long they can live."),
    /* Only by name: many networks drop such questions, and every check would wait for the time-out. */
    .fits = "",
    .inputs = delegation_inputs,
    .gives = delegation_gives,
    .run = run_delegation,
};
