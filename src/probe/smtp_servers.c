#include "probe/smtp_servers.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "net/own_name.h"

#include <string.h>

/* --- servers --- */

static void add_server(SmtpServers *servers, Net *net, const char *name, const HostLook *look) {
  Ip ip;
  SmtpServer server = {.name = name, .literal = ip_parse(name, &ip)};
  if (servers->servers->len >= SMTP_MAX_SERVERS) {
    servers->left_out++;
    return;
  }
  /* RFC 5321 s5.1: an MX record names a host; one that names an address is not tried. */
  if (server.literal && !servers->named)
    return;
  /* Nor is what no host is called: the name goes into a URL. */
  g_autofree char *ascii = server.literal ? NULL : domain_name_to_ascii(name);
  if (!server.literal && ascii == NULL)
    return;
  if (!server.literal)
    server.look = look != NULL ? *look : host_look_ask(net, name);
  servers->open += server.literal ? 0 : host_look_open(&server.look);
  g_array_append_val(servers->servers, server);
}

static void add_mx(SmtpServers *servers, Net *net) {
  g_autoptr(GPtrArray) sorted = route_servers(servers->route.mx);
  for (guint i = 0; i < sorted->len; i++)
    add_server(servers, net, ((const DnsRecord *)g_ptr_array_index(sorted, i))->value, NULL);
}

/* --- paths --- */

static const char *special_range(const SmtpServers *servers, const char *address) {
  Ip ip;
  if (servers->named || !ip_parse(address, &ip) || ip_is_documentation(&ip))
    return NULL;
  return ip_special_range(&ip);
}

static void add_paths(SmtpServers *servers, const SmtpServer *server) {
  guint n = server->literal ? 1 : host_look_count(&server->look);
  for (guint i = 0; i < n; i++) {
    const char *address = server->literal ? server->name : host_look_address(&server->look, i);
    const SmtpPath path = {.server = server, .address = address, .special = special_range(servers, address)};
    if (i < SMTP_MAX_ADDRESSES)
      g_array_append_val(servers->paths, path);
    else
      servers->left_out++;
  }
}

void smtp_servers_ask(SmtpServers *servers, Net *net, const char *domain, const char *server) {
  *servers = (SmtpServers){.named = server != NULL,
                           .servers = g_array_new(FALSE, TRUE, sizeof(SmtpServer)),
                           .paths = g_array_new(FALSE, TRUE, sizeof(SmtpPath))};
  if (server != NULL) {
    servers->route.kind = ROUTE_MX;
    add_server(servers, net, server, NULL);
  } else {
    servers->route = route_ask(net, domain);
    if (servers->route.kind == ROUTE_MX) {
      add_mx(servers, net);
    } else if (servers->route.kind == ROUTE_IMPLICIT) {
      const HostLook look = {{servers->route.a, servers->route.aaaa}};
      add_server(servers, net, domain, &look);
    } else if (servers->route.kind == ROUTE_WAIT) {
      servers->open++;
    }
  }
  for (guint i = 0; i < servers->servers->len; i++)
    add_paths(servers, &g_array_index(servers->servers, SmtpServer, i));
}

void smtp_servers_clear(SmtpServers *servers) {
  g_clear_pointer(&servers->servers, g_array_unref);
  g_clear_pointer(&servers->paths, g_array_unref);
}

const DnsAnswer *smtp_servers_unknown(const SmtpServers *servers) {
  for (guint i = 0; i < servers->servers->len; i++) {
    const SmtpServer *server = &g_array_index(servers->servers, SmtpServer, i);
    const DnsAnswer *unknown = server->literal ? NULL : host_look_unknown(&server->look);
    if (unknown != NULL)
      return unknown;
  }
  return NULL;
}

void smtp_unknown_row(const SmtpServers *servers, Result *result) {
  const DnsAnswer *unknown = smtp_servers_unknown(servers);
  if (unknown == NULL)
    return;
  Finding *row = result_add(result, LEVEL_UNKNOWN, unknown->name,
                            message_set_tr(message_new(N_("Whether there are more addresses could not be found out: {why}"), NULL),
                                           "why", dns_status_message(unknown->status)));
  probe_add_answer(row, unknown, "RFC 5321 s5.1");
}

/* --- talks --- */

const TalkAnswer *smtp_path_talk(Net *net, const SmtpPath *path, const SmtpManner *manner) {
  const char *const addresses[] = {path->address, NULL};
  g_autofree char *own = manner->helo == NULL ? net_own_name(net, path->address) : NULL;
  const TalkRequest request = {.scheme = TALK_SMTP,
                               .host = path->server->name,
                               .port = manner->port,
                               .addresses = addresses,
                               .helo = manner->helo != NULL ? manner->helo : own,
                               .tls = manner->tls,
                               .commands = manner->commands};
  return net_talk(net, &request);
}

gboolean smtp_talk_is_unconnected(const TalkAnswer *talk) {
  return talk->status == TALK_REFUSED || talk->status == TALK_UNREACHABLE ||
         (talk->status == TALK_TIMEOUT && talk->phase == PHASE_CONNECT);
}

gboolean smtp_talk_lacks_ipv6(const SmtpPath *path, const TalkAnswer *talk) {
  return talk->status == TALK_UNREACHABLE && strchr(path->address, ':') != NULL;
}

gboolean smtp_find_refusal(const TalkAnswer *talk, TalkReply *reply) {
  static const char *const commands[] = {"HELO", "STARTTLS", "EHLO", NULL};
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    if (talk_find_reply(talk, commands[i], 0, reply) && reply->code >= 400)
      return TRUE;
  return FALSE;
}

/* --- inputs --- */

static gboolean bad_input(Result *result, const char *id, const char *value) {
  probe_bad_input(result, message_new(id, "value", value, NULL), NULL);
  return FALSE;
}

static gboolean read_server(SmtpInputs *out, const char *server) {
  Ip ip;
  if (server == NULL)
    return TRUE;
  out->server = ip_parse(server, &ip) ? ip_format(&ip) : domain_to_ascii(server);
  return out->server != NULL;
}

/* What is put into EHLO must be one word: a name, or an address literal. */
static gboolean is_helo(const char *helo) {
  Ip ip;
  g_autofree char *name = domain_to_ascii(helo);
  return name != NULL || (*helo == '[' && ip_parse(helo, &ip));
}

gboolean smtp_inputs_read(SmtpInputs *out, const Facts *inputs, Result *result) {
  const char *domain = probe_input(inputs, "domain"), *server = probe_input(inputs, "server");
  const char *port = probe_input(inputs, "port");
  guint64 number = 0;
  *out = (SmtpInputs){.helo = probe_input(inputs, "helo")};
  if (!read_server(out, server))
    return bad_input(result, N_("\"{value}\" is neither the name of a server nor an address"), server);
  if (domain != NULL && (out->domain = domain_name_to_ascii(domain)) == NULL)
    return bad_input(result, N_("\"{value}\" is not the name of a domain"), domain);
  if (out->helo != NULL && !is_helo(out->helo))
    return bad_input(result, N_("\"{value}\" is no name to greet a server with"), out->helo);
  if (port != NULL && !g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL))
    return bad_input(result, N_("\"{value}\" is no port"), port);
  out->port = (guint16)number;
  return TRUE;
}

void smtp_inputs_clear(SmtpInputs *inputs) {
  g_clear_pointer(&inputs->domain, g_free);
  g_clear_pointer(&inputs->server, g_free);
}

/* --- domains without servers --- */

static const struct {
  RouteKind kind;
  const char *text, *reference;
} endings[] = {
    {ROUTE_NXDOMAIN, N_("The domain {domain} does not exist"), "RFC 8020 s2"},
    {ROUTE_DANGLING, N_("The domain {domain} is an alias (CNAME) of {name}, and that name does not exist"), "RFC 6604 s3"},
    {ROUTE_NO_DATA, N_("The domain {domain} exists, but has neither a mail server nor an address"), "RFC 5321 s5.1"},
    /* RFC 7505 s4.1: nothing is tried any more. */
    {ROUTE_NULL_MX, N_("The domain {domain} says that it takes no mail"), "RFC 7505 s3"},
};

static void add_look_ups(Finding *row, const SmtpServers *servers) {
  if (servers->route.mx != NULL)
    probe_add_answer(row, servers->route.mx, "RFC 5321 s5.1");
  for (guint i = 0; i < servers->servers->len; i++) {
    const SmtpServer *server = &g_array_index(servers->servers, SmtpServer, i);
    for (guint k = 0; k < 2 && !server->literal; k++)
      probe_add_answer(row, server->look.answers[k], "RFC 5321 s5.1");
  }
}

gboolean smtp_route_row(const SmtpServers *servers, const char *domain, Result *result, const char **word) {
  const Route *route = &servers->route;
  *word = "no_mail";
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
    if (endings[i].kind == route->kind) {
      Finding *row = result_add(result, LEVEL_FAIL, "MX",
                                message_new(endings[i].text, "domain", domain, "name", route->alias != NULL ? route->alias : "", NULL));
      probe_add_answer(row, route->decisive, endings[i].reference);
      return TRUE;
    }
  const DnsAnswer *unknown = route->kind == ROUTE_UNKNOWN ? route->decisive : NULL;
  if (unknown == NULL && route->kind != ROUTE_WAIT && servers->paths->len == 0 && servers->open == 0) {
    unknown = smtp_servers_unknown(servers);
    if (unknown == NULL) {
      *word = "no_address";
      Finding *row = result_add(result, LEVEL_FAIL, "MX", message_new(N_("No mail server that is named has an address"), NULL));
      add_look_ups(row, servers);
      return TRUE;
    }
  }
  if (unknown == NULL)
    return FALSE;
  Finding *row = result_add(result, LEVEL_UNKNOWN, "MX",
                            message_set_tr(message_new(N_("The mail servers could not be found out: {why}"), NULL), "why",
                                           dns_status_message(unknown->status)));
  probe_add_answer(row, unknown, "RFC 5321 s5.1");
  *word = route_unknown_word(unknown->status);
  return TRUE;
}
