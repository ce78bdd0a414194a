#include "mail/autoconfig.h"

#include "mail/address.h"

#include <string.h>

#define MAX_SERVERS 20
/* Of one element. */
#define MAX_TEXT 300

static const char *const service_words[] = {"submission", "imap", "pop3"};
static const char *const encryption_words[] = {"tls", "starttls", "none"};
static const char *const user_words[] = {NULL, "email", "local", "other"};

const char *mail_service_word(MailService service) {
  return service_words[service];
}

const char *mail_encryption_word(MailEncryption encryption) {
  return encryption_words[encryption];
}

const char *mail_user_word(MailUser user) {
  return user_words[user];
}

static void mail_server_clear(gpointer server) {
  g_free(((MailServer *)server)->host);
}

GArray *mail_servers_new(void) {
  GArray *servers = g_array_new(FALSE, TRUE, sizeof(MailServer));
  g_array_set_clear_func(servers, mail_server_clear);
  return servers;
}

/* --- a file on its way through the parser --- */

typedef struct Reader {
  const char *domain;
  GArray *servers;
  guint first;      /* where this file's own begin */
  gboolean is_file; /* its root is clientConfig */
  guint depth, server_depth; /* the latter 0: outside of one */
  MailServer server;
  gboolean encrypted_somehow; /* a socketType that is one was there */
  GString *text;
} Reader;

static const struct {
  const char *element, *type;
  MailService service;
} server_elements[] = {
    {"incomingServer", "imap", SERVICE_IMAP},
    {"incomingServer", "pop3", SERVICE_POP3},
    {"outgoingServer", "smtp", SERVICE_SUBMISSION},
};

static const char *attribute(const char **names, const char **values, const char *name) {
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp(names[i], name) == 0)
      return values[i];
  return NULL;
}

static void on_start(G_GNUC_UNUSED GMarkupParseContext *context, const char *element, const char **names,
                     const char **values, gpointer user, G_GNUC_UNUSED GError **error) {
  Reader *reader = user;
  const char *type = attribute(names, values, "type");
  reader->is_file = reader->is_file || (reader->depth == 0 && strcmp(element, "clientConfig") == 0);
  reader->depth++;
  g_string_truncate(reader->text, 0);
  for (guint i = 0; reader->server_depth == 0 && i < G_N_ELEMENTS(server_elements); i++)
    if (strcmp(server_elements[i].element, element) == 0 && g_strcmp0(server_elements[i].type, type) == 0) {
      reader->server_depth = reader->depth;
      reader->server = (MailServer){.service = server_elements[i].service};
      reader->encrypted_somehow = FALSE;
    }
}

static void take_host(Reader *reader, const char *text) {
  g_auto(GStrv) parts = g_strsplit(text, "%EMAILDOMAIN%", -1);
  g_autofree char *name = g_strjoinv(reader->domain, parts);
  g_free(reader->server.host);
  reader->server.host = domain_to_ascii(name);
}

static void take_port(Reader *reader, const char *text) {
  guint64 port = 0;
  if (g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL))
    reader->server.port = (guint16)port;
}

static void take_socket(Reader *reader, const char *text) {
  static const char *const types[] = {"SSL", "STARTTLS", "plain"};
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_ascii_strcasecmp(types[i], text) == 0) {
      reader->server.encryption = (MailEncryption)i;
      reader->encrypted_somehow = TRUE;
    }
}

static void take_user(Reader *reader, const char *text) {
  if (strcmp(text, "%EMAILADDRESS%") == 0)
    reader->server.user = USER_EMAIL;
  else
    reader->server.user = strcmp(text, "%EMAILLOCALPART%") == 0 ? USER_LOCAL : USER_OTHER;
}

static const struct {
  const char *element;
  void (*take)(Reader *reader, const char *text);
} fields[] = {{"hostname", take_host}, {"port", take_port}, {"socketType", take_socket}, {"username", take_user}};

/* One that lacks what is needed to connect is left out. */
static void finish_server(Reader *reader) {
  MailServer *server = &reader->server;
  gboolean usable = server->host != NULL && server->port != 0 && reader->encrypted_somehow;
  if (usable && reader->servers->len < reader->first + MAX_SERVERS)
    g_array_append_val(reader->servers, *server);
  else
    g_free(server->host);
  reader->server = (MailServer){0};
  reader->server_depth = 0;
}

static void on_end(G_GNUC_UNUSED GMarkupParseContext *context, const char *element, gpointer user,
                   G_GNUC_UNUSED GError **error) {
  Reader *reader = user;
  if (reader->server_depth != 0 && reader->depth == reader->server_depth)
    finish_server(reader);
  for (guint i = 0; reader->server_depth != 0 && reader->depth == reader->server_depth + 1 && i < G_N_ELEMENTS(fields); i++)
    if (strcmp(fields[i].element, element) == 0)
      fields[i].take(reader, g_strstrip(reader->text->str));
  g_string_truncate(reader->text, 0);
  reader->depth--;
}

static void on_text(G_GNUC_UNUSED GMarkupParseContext *context, const char *text, gsize length, gpointer user,
                    G_GNUC_UNUSED GError **error) {
  Reader *reader = user;
  gsize room = MAX_TEXT - MIN(reader->text->len, MAX_TEXT);
  g_string_append_len(reader->text, text, (gssize)MIN(length, room));
}

AutoconfigFound autoconfig_parse(const char *bytes, gsize length, const char *domain, GArray *servers) {
  static const GMarkupParser parser = {on_start, on_end, on_text, NULL, NULL};
  Reader reader = {.domain = domain, .servers = servers, .first = servers->len, .text = g_string_new(NULL)};
  GMarkupParseContext *context = g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  gboolean whole = g_markup_parse_context_parse(context, bytes, (gssize)length, NULL) &&
                   g_markup_parse_context_end_parse(context, NULL);
  g_markup_parse_context_free(context);
  g_string_free(reader.text, TRUE);
  g_free(reader.server.host);
  if (!reader.is_file)
    g_array_set_size(servers, reader.first);
  return !reader.is_file ? AUTOCONFIG_NONE : whole ? AUTOCONFIG_OK : AUTOCONFIG_BROKEN;
}
