#include "mail/rdap.h"

#include "base/json_tree.h"

#include <string.h>

#define MAX_STATUSES 30
#define MAX_ENTITIES 50

/* --- a domain (RFC 9083 s5.3) --- */

/* RFC 8056 s2, without blanks and in lower case: some registries write EPP's "clientHold". */
static const struct {
  const char *word;
  RdapState state;
} states[] = {
    {"pendingdelete", RDAP_PENDING_DELETE}, {"redemptionperiod", RDAP_REDEMPTION}, {"pendingrestore", RDAP_REDEMPTION},
    {"clienthold", RDAP_ON_HOLD},           {"serverhold", RDAP_ON_HOLD},          {"inactive", RDAP_INACTIVE},
};

static char *folded(const char *text) {
  GString *out = g_string_new(NULL);
  for (; *text != '\0'; text++)
    if (*text != ' ')
      g_string_append_c(out, g_ascii_tolower(*text));
  return g_string_free(out, FALSE);
}

static void take_status(RdapDomain *domain, const char *status) {
  g_autofree char *word = folded(status);
  g_ptr_array_add(domain->statuses, g_strdup(status));
  domain->renewed = domain->renewed || strcmp(word, "autorenewperiod") == 0;
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    if (strcmp(states[i].word, word) == 0)
      domain->state = MIN(domain->state, states[i].state);
}

/* RFC 3339; a time without a zone is taken for UTC. */
static gint64 read_time(const char *text) {
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601(text, utc) : NULL;
  return time != NULL ? g_date_time_to_unix(time) : 0;
}

static void take_event(RdapDomain *domain, const JsonTree *event) {
  const char *action = json_tree_get_text(event, "eventAction");
  gint64 time = read_time(json_tree_get_text(event, "eventDate"));
  if (g_strcmp0(action, "expiration") == 0)
    domain->expires = time;
  else if (g_strcmp0(action, "registration") == 0)
    domain->registered = time;
}

/* jCard (RFC 7095): ["vcard", [["fn", {}, "text", "Example Registrar"], ...]] */
static const char *card_name(const JsonTree *entity) {
  const JsonTree *properties = json_tree_item(json_tree_get(entity, "vcardArray"), 1);
  for (guint i = 0; i < json_tree_length(properties); i++) {
    const JsonTree *property = json_tree_item(properties, i);
    if (g_strcmp0(json_tree_text(json_tree_item(property, 0)), "fn") == 0)
      return json_tree_text(json_tree_item(property, 3));
  }
  return json_tree_get_text(entity, "handle");
}

static void take_entity(RdapDomain *domain, const JsonTree *entity) {
  if (domain->registrar == NULL && json_tree_has_text(json_tree_get(entity, "roles"), "registrar"))
    domain->registrar = g_strdup(card_name(entity));
}

RdapDomain *rdap_domain_parse(const char *bytes, gsize length) {
  g_autoptr(JsonTree) tree = json_tree_parse(bytes, length, NULL);
  const char *name = json_tree_get_text(tree, "ldhName");
  if (g_strcmp0(json_tree_get_text(tree, "objectClassName"), "domain") != 0)
    return NULL;
  RdapDomain *domain = g_new0(RdapDomain, 1);
  const JsonTree *statuses = json_tree_get(tree, "status"), *events = json_tree_get(tree, "events");
  const JsonTree *entities = json_tree_get(tree, "entities");
  domain->name = name != NULL ? g_ascii_strdown(name, -1) : NULL;
  if (domain->name != NULL && g_str_has_suffix(domain->name, "."))
    domain->name[strlen(domain->name) - 1] = '\0';
  domain->state = RDAP_REGISTERED;
  domain->statuses = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < MIN(json_tree_length(statuses), MAX_STATUSES); i++)
    if (json_tree_text(json_tree_item(statuses, i)) != NULL)
      take_status(domain, json_tree_text(json_tree_item(statuses, i)));
  for (guint i = 0; i < json_tree_length(events); i++)
    take_event(domain, json_tree_item(events, i));
  for (guint i = 0; i < MIN(json_tree_length(entities), MAX_ENTITIES); i++)
    take_entity(domain, json_tree_item(entities, i));
  return domain;
}

void rdap_domain_free(RdapDomain *domain) {
  if (domain == NULL)
    return;
  g_free(domain->name);
  g_ptr_array_unref(domain->statuses);
  g_free(domain->registrar);
  g_free(domain);
}

/* --- IANA's list (RFC 9224 s4) --- */

static char *https_server(const JsonTree *urls) {
  for (guint i = 0; i < json_tree_length(urls); i++) {
    const char *url = json_tree_text(json_tree_item(urls, i));
    if (url != NULL && g_ascii_strncasecmp(url, "https://", 8) == 0)
      return g_strconcat(url, g_str_has_suffix(url, "/") ? "" : "/", NULL);
  }
  return NULL;
}

RdapFound rdap_bootstrap_find(const char *bytes, gsize length, const char *tld, char **server) {
  g_autoptr(JsonTree) tree = json_tree_parse(bytes, length, NULL);
  const JsonTree *services = json_tree_get(tree, "services");
  *server = NULL;
  if (json_tree_length(services) == 0)
    return RDAP_BROKEN;
  for (guint i = 0; i < json_tree_length(services); i++) {
    const JsonTree *service = json_tree_item(services, i);
    if (!json_tree_has_text(json_tree_item(service, 0), tld))
      continue;
    *server = https_server(json_tree_item(service, 1));
    return *server != NULL ? RDAP_FOUND : RDAP_NO_SERVER;
  }
  return RDAP_NO_SERVER;
}
