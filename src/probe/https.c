#include "probe/https.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "probe/probe.h"
#include "probe/route.h"

#include <string.h>

#define MAX_URL 2000
/* libcurl tries them one after the other; nobody has a use for more. */
#define MAX_ADDRESSES 8
/* Ports below are those of other protocols. */
#define FIRST_FREE_PORT 1024

typedef struct Url {
  char *host, *path;
  guint16 port;
  gboolean literal;
} Url;

static void url_clear(Url *url) {
  g_free(url->host);
  g_free(url->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Url, url_clear)

/* --- the address --- */

/* Programs read "127.1" and "0x7f000001" as addresses: a name whose last label begins with a digit is none. */
static gboolean ends_in_number(const char *host) {
  const char *dot = strrchr(host, '.');
  return g_ascii_isdigit(dot != NULL ? dot[1] : host[0]);
}

static gboolean take_host(Url *url, const char *host) {
  Ip ip;
  url->literal = ip_parse(host, &ip);
  url->host = url->literal ? ip_format(&ip) : domain_name_to_ascii(host);
  return url->host != NULL && (url->literal || !ends_in_number(url->host));
}

static gboolean is_printable(const char *text) {
  for (; *text != '\0'; text++)
    if (*text <= ' ' || *text > '~')
      return FALSE;
  return TRUE;
}

/* RFC 9110 s4.2.2; s4.2.4 on user names, which make a URL look as if it led elsewhere. */
static gboolean read_url(const char *text, Url *url) {
  if (strlen(text) > MAX_URL || !is_printable(text))
    return FALSE;
  g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "https") != 0 || g_uri_get_userinfo(uri) != NULL ||
      g_uri_get_host(uri) == NULL || !take_host(url, g_uri_get_host(uri)))
    return FALSE;
  int port = g_uri_get_port(uri);
  if (port != -1 && port != talk_default_port(TALK_HTTPS) && port < FIRST_FREE_PORT)
    return FALSE;
  const char *path = g_uri_get_path(uri), *query = g_uri_get_query(uri);
  url->port = (guint16)(port == -1 ? 0 : port);
  url->path = g_strconcat(*path == '/' ? "" : "/", path, query != NULL ? "?" : "", query, NULL);
  return TRUE;
}

/* --- one request --- */

/* The range of an address that is not to be asked, or NULL. */
static const char *forbidden_range(const char *address) {
  Ip ip;
  if (!ip_parse(address, &ip))
    return N_("reserved");
  return ip_is_documentation(&ip) ? NULL : ip_special_range(&ip);
}

static void add_address(Https *https, GPtrArray *addresses, const char *address) {
  const char *range = forbidden_range(address);
  if (range != NULL)
    https->range = range;
  else if (addresses->len < MAX_ADDRESSES)
    g_ptr_array_add(addresses, (gpointer)address);
}

static gboolean is_recorded(const HostLook *look) {
  return look->answers[0]->status != DNS_NOT_RECORDED || look->answers[1]->status != DNS_NOT_RECORDED;
}

/* Fills `addresses` with those that may be asked.  HTTPS_ANSWERED: go on, even without one where a recording tells of
 * the answer alone. */
static HttpsState find_addresses(Net *net, Https *https, HttpsHop *hop, const Url *url, GPtrArray *addresses) {
  if (url->literal) {
    add_address(https, addresses, url->host);
    return addresses->len > 0 ? HTTPS_ANSWERED : HTTPS_PRIVATE;
  }
  hop->look = host_look_ask(net, url->host);
  https->total += 2;
  https->open += host_look_open(&hop->look);
  if (host_look_open(&hop->look) > 0)
    return HTTPS_WAITS;
  guint n = host_look_count(&hop->look);
  for (guint i = 0; i < n; i++)
    add_address(https, addresses, host_look_address(&hop->look, i));
  if (addresses->len > 0 || (!net_is_live(net) && !is_recorded(&hop->look)))
    return HTTPS_ANSWERED;
  if (n > 0)
    return HTTPS_PRIVATE;
  https->dns = host_look_unknown(&hop->look);
  if (https->dns != NULL && !host_look_is_missing(&hop->look))
    return HTTPS_UNKNOWN;
  https->dns = hop->look.answers[0];
  return HTTPS_NO_HOST;
}

static HttpsState ask_hop(Net *net, const HttpsRequest *request, Https *https, HttpsHop *hop) {
  g_auto(Url) url = {0};
  g_autoptr(GPtrArray) addresses = g_ptr_array_new();
  if (!read_url(hop->url, &url))
    return HTTPS_BAD_URL;
  hop->host = g_strdup(url.host);
  HttpsState state = find_addresses(net, https, hop, &url, addresses);
  if (state != HTTPS_ANSWERED)
    return state;
  g_ptr_array_add(addresses, NULL);
  const TalkRequest talk = {.scheme = TALK_HTTPS,
                            .host = url.host,
                            .port = url.port,
                            .addresses = (const char *const *)addresses->pdata,
                            .path = url.path,
                            .accept = request->accept,
                            .padding = request->padding,
                            .max_body = request->max_body,
                            .secret = request->secret};
  hop->answer = https->answer = net_talk(net, &talk);
  https->total++;
  https->open += hop->answer == NULL;
  if (hop->answer == NULL)
    return HTTPS_WAITS;
  if (hop->answer->status == TALK_OK)
    return HTTPS_ANSWERED;
  return talk_is_unknown(hop->answer->status) ? HTTPS_UNKNOWN : HTTPS_FAILED;
}

Https *https_ask(Net *net, const HttpsRequest *request) {
  Https *https = g_new0(Https, 1);
  guint redirects = MIN(request->redirects, HTTPS_MAX_REDIRECTS);
  const char *url = request->url;
  for (;;) {
    HttpsHop *hop = &https->hops[https->n_hops++];
    hop->url = g_strdup(url);
    https->answer = NULL;
    https->state = ask_hop(net, request, https, hop);
    if (!https_is_redirect(https) || redirects == 0)
      return https;
    if (https->n_hops > redirects) {
      https->state = HTTPS_TOO_MANY;
      return https;
    }
    url = https->answer->location;
  }
}

void https_free(Https *https) {
  for (guint i = 0; i < https->n_hops; i++) {
    g_free(https->hops[i].url);
    g_free(https->hops[i].host);
  }
  g_free(https);
}

/* --- reading it --- */

gboolean https_has_code(const Https *https, int code) {
  return https->state == HTTPS_ANSWERED && https->answer->code == code;
}

gboolean https_is_redirect(const Https *https) {
  return https->state == HTTPS_ANSWERED && https->answer->code / 100 == 3 && https->answer->location != NULL;
}

char *https_body_text(const Https *https) {
  gsize length = 0;
  const char *bytes = NULL;
  if (https->answer != NULL && https->answer->body != NULL)
    bytes = g_bytes_get_data(https->answer->body, &length);
  return g_strndup(bytes != NULL ? bytes : "", length);
}

static const struct {
  const char *word, *message;
} endings[] = {
    [HTTPS_WAITS] = {"waits", N_("still under way")},
    [HTTPS_ANSWERED] = {"ok", N_("answered")},
    [HTTPS_NO_HOST] = {"no_host", N_("there is no such server")},
    [HTTPS_BAD_URL] = {"bad_url", N_("this is not an address that is safe to ask")},
    [HTTPS_PRIVATE] = {"private", N_("its name leads into a private network, where nobody is asked")},
    [HTTPS_TOO_MANY] = {"redirects", N_("one server sends us to the next, without end")},
};

const char *https_word(const Https *https) {
  if (https->state < G_N_ELEMENTS(endings))
    return endings[https->state].word;
  return https->answer != NULL ? talk_status_word(https->answer->status) : unknown_word(https->dns);
}

const char *https_message(const Https *https) {
  if (https->state < G_N_ELEMENTS(endings))
    return endings[https->state].message;
  return https->answer != NULL ? talk_status_message(https->answer->status) : dns_status_message(https->dns->status);
}

void https_add_evidence(Finding *finding, const Https *https, const char *reference) {
  for (guint i = 0; i < https->n_hops; i++) {
    const HttpsHop *hop = &https->hops[i];
    for (guint k = 0; k < 2; k++)
      if (hop->look.answers[k] != NULL && hop->look.answers[k]->status != DNS_NOT_RECORDED)
        probe_add_answer(finding, hop->look.answers[k], reference);
    if (hop->answer != NULL) {
      probe_add_talk(finding, hop->answer, reference);
      finding->elapsed_ms = MAX(finding->elapsed_ms, hop->answer->elapsed_ms);
    }
  }
}
