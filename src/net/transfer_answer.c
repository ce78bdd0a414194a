/* What the end of libcurl's part of a talk means: how it went, how far, with whom. */
#include "net/transfer_private.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

static const struct {
  CURLcode code;
  TalkStatus status;
} outcomes[] = {
    {CURLE_OK, TALK_OK},
    {CURLE_OPERATION_TIMEDOUT, TALK_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, TALK_TLS_FAILED},
    {CURLE_SSL_CIPHER, TALK_TLS_FAILED},
    {CURLE_PEER_FAILED_VERIFICATION, TALK_CERTIFICATE},
    {CURLE_SSL_ISSUER_ERROR, TALK_CERTIFICATE},
    {CURLE_USE_SSL_FAILED, TALK_NO_TLS},
    {CURLE_LOGIN_DENIED, TALK_DENIED},
    {CURLE_REMOTE_ACCESS_DENIED, TALK_DECLINED},
    {CURLE_WEIRD_SERVER_REPLY, TALK_GARBAGE},
    {CURLE_UNSUPPORTED_PROTOCOL, TALK_GARBAGE}, /* HTTP/0.9: no status line */
    {CURLE_BAD_CONTENT_ENCODING, TALK_GARBAGE},
    {CURLE_GOT_NOTHING, TALK_CLOSED},
    {CURLE_RECV_ERROR, TALK_CLOSED},
    {CURLE_SEND_ERROR, TALK_CLOSED},
    {CURLE_PARTIAL_FILE, TALK_CLOSED},
    {CURLE_OUT_OF_MEMORY, TALK_TOO_BIG}, /* of the most that it allows for a line */
};

static const struct {
  const char *verb;
  TalkPhase phase, answered; /* while the reply is awaited; after it */
} verbs[] = {
    {"EHLO", PHASE_HELLO, PHASE_HELLO},           {"HELO", PHASE_HELLO, PHASE_HELLO}, {"CAPA", PHASE_HELLO, PHASE_HELLO},
    {"CAPABILITY", PHASE_HELLO, PHASE_HELLO},     {"STARTTLS", PHASE_STARTTLS, PHASE_TLS},
    {"STLS", PHASE_STARTTLS, PHASE_TLS},
};

/* Where a session of lines stopped: the last thing we said tells. */
static TalkPhase lines_phase(const Transfer *t) {
  const GPtrArray *lines = t->answer->lines;
  for (guint i = lines->len; i-- > 0;) {
    const char *line = g_ptr_array_index(lines, i);
    if (line[0] != '>')
      continue;
    g_auto(GStrv) words = g_strsplit(line + 2, " ", 3);
    for (guint k = 0; k < G_N_ELEMENTS(verbs); k++)
      if (g_strv_contains((const char *const *)words, verbs[k].verb))
        return i + 1 < lines->len ? verbs[k].answered : verbs[k].phase;
    return PHASE_LOGIN;
  }
  return PHASE_GREETING;
}

static TalkStatus connect_status(const Transfer *t) {
  long code = 0;
  curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &code);
  if (code == ECONNREFUSED)
    return TALK_REFUSED;
  return code == ETIMEDOUT ? TALK_TIMEOUT : TALK_UNREACHABLE;
}

/* What a server says that does not want to go on: RFC 5321 s4.2.1, RFC 9051 s7.1.5, RFC 1939 s4. */
static gboolean last_line_declines(const Transfer *t) {
  const char *line = t->answer->lines->len > 0 ? g_ptr_array_index(t->answer->lines, t->answer->lines->len - 1) : "";
  if (t->scheme == TALK_HTTPS || !g_str_has_prefix(line, "< "))
    return FALSE;
  line += 2;
  if (t->scheme == TALK_IMAP || t->scheme == TALK_IMAPS)
    return g_ascii_strncasecmp(line, "* BYE", 5) == 0;
  if (t->scheme == TALK_POP3 || t->scheme == TALK_POP3S)
    return g_ascii_strncasecmp(line, "-ERR", 4) == 0;
  return (line[0] == '4' || line[0] == '5') && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]);
}

static TalkStatus status_of(const Transfer *t, CURLcode code) {
  if (t->too_big)
    return TALK_TOO_BIG;
  if (t->garbage)
    return TALK_GARBAGE;
  /* All that was said together; libcurl's own limit has no code of its own. */
  if (g_str_has_prefix(t->error, "Too large response headers"))
    return TALK_TOO_BIG;
  if (code == CURLE_COULDNT_CONNECT)
    return connect_status(t);
  if (code == CURLE_WEIRD_SERVER_REPLY && last_line_declines(t))
    return TALK_DECLINED;
  /* Plain text where the handshake was due, perhaps already there with the reply to STARTTLS (RFC 3207 s6). */
  if (code == CURLE_WEIRD_SERVER_REPLY && t->scheme != TALK_HTTPS && lines_phase(t) == PHASE_TLS)
    return TALK_TLS_FAILED;
  /* libcurl goes on without a log-in where none is offered. */
  if (code == CURLE_OK && t->login && lines_phase(t) != PHASE_LOGIN)
    return TALK_NO_LOGIN;
  for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++)
    if (outcomes[i].code == code)
      return outcomes[i].status;
  return TALK_FAILED;
}

static TalkPhase phase_of(const Transfer *t) {
  curl_off_t connected = 0, encrypted = 0;
  gboolean tls_first = t->scheme == TALK_HTTPS || t->scheme == TALK_SMTPS || t->scheme == TALK_IMAPS || t->scheme == TALK_POP3S;
  curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connected);
  curl_easy_getinfo(t->easy, CURLINFO_APPCONNECT_TIME_T, &encrypted);
  if (connected == 0 && !t->connected)
    return PHASE_CONNECT;
  if (tls_first && encrypted == 0 && t->answer->lines->len == 0)
    return PHASE_TLS;
  return t->scheme == TALK_HTTPS ? PHASE_BODY : lines_phase(t);
}

static void take_server(Transfer *t) {
  char *ip = NULL;
  long port = 0;
  curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip);
  curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_PORT, &port);
  if (ip == NULL || *ip == '\0')
    return;
  g_autofree char *address = transfer_bracketed(ip);
  g_free(t->answer->server);
  t->answer->server = g_strdup_printf("%s:%ld", address, port);
}

static void take_response(Transfer *t) {
  long code = 0;
  char *type = NULL, *location = NULL;
  curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
  curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
  curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
  t->answer->code = (int)code;
  t->answer->type = type != NULL ? text_safe(type, -1, 200, TEXT_LINE, NULL) : NULL;
  t->answer->location = location != NULL ? text_safe(location, -1, 2000, TEXT_LINE, NULL) : NULL;
  if (code != 0)
    t->answer->body = g_bytes_new(t->body->data, t->body->len);
}

void transfer_take_answer(Transfer *t, CURLcode code) {
  take_server(t);
  t->answer->status = status_of(t, code);
  t->answer->phase = code == CURLE_OK ? PHASE_OVER : phase_of(t);
  if (code != CURLE_OK)
    t->answer->error = text_safe(*t->error != '\0' ? t->error : curl_easy_strerror(code), -1, 300, TEXT_LINE, NULL);
  transfer_take_chain(t);
  if (t->scheme == TALK_HTTPS)
    take_response(t);
}

void transfer_take_so_far(Transfer *t) {
  take_server(t);
  if (!t->talking)
    t->answer->phase = phase_of(t);
}
