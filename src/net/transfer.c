/* Talks by libcurl: build/transfer.so. */
#include "net/transfer_private.h"

#include <string.h>

/* Of the time that one DNS question may take.  RFC 5321 s4.5.3.2.1 gives a greeting five minutes; a person cannot
 * wait for that long, which is why a greeting that does not come in time proves nothing. */
#define HTTPS_TIMES 2
#define LINES_TIMES 6
/* Who has not taken the connection by then is not going to: most often something on the way blocks the port, and that is
 * to be told soon. */
#define CONNECT_TIMES 2

/* --- what libcurl tells --- */

static void note_text(Transfer *t, const char *text, gsize length) {
  g_autofree char *line = g_strndup(text, length);
  t->connected = t->connected || g_str_has_prefix(line, "Connected to");
  /* Of a line without end it keeps a little and goes on reading for as long as there is time. */
  t->too_big = t->too_big || g_str_has_prefix(line, "Excessive server response line length");
  transfer_note_tls(t, line);
}

/* libcurl passes over lines that it does not understand and waits for better ones.  SMTP's all begin with a code
 * (RFC 5321 s4.2), of the others the first (RFC 9051 s7.1, RFC 1939 s4). */
static gboolean is_of_protocol(const Transfer *t, const char *line, gsize length) {
  gboolean first = t->answer->lines->len == 0;
  if (t->scheme == TALK_HTTPS)
    return TRUE;
  if (t->scheme == TALK_IMAP || t->scheme == TALK_IMAPS)
    return !first || (length > 2 && line[0] == '*' && line[1] == ' ');
  if (t->scheme == TALK_POP3 || t->scheme == TALK_POP3S)
    return !first || (length > 2 && (line[0] == '+' || line[0] == '-'));
  return length > 2 && line[0] >= '2' && line[0] <= '5' && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]);
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t length, void *user) {
  Transfer *t = user;
  (void)easy;
  if (type == CURLINFO_TEXT) {
    note_text(t, data, length);
  } else if (type == CURLINFO_HEADER_IN) {
    t->garbage = t->garbage || !is_of_protocol(t, data, length);
    transfer_note_lines(t, '<', data, length);
  } else if (type == CURLINFO_HEADER_OUT) {
    g_autofree char *cleaned = transfer_without_secret(t, data, length);
    transfer_note_lines(t, '>', cleaned != NULL ? cleaned : data, cleaned != NULL ? strlen(cleaned) : length);
  }
  return 0;
}

/* libcurl asks now and then whether to go on: the one way to stop a greeting that never ends,
 * or is none. */
static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  (void)a, (void)b, (void)c, (void)d;
  const Transfer *t = user;
  return t->too_big || t->garbage ? 1 : 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *user) {
  Transfer *t = user;
  gsize room = t->max_body - t->body->len;
  gsize length = size * n;
  g_byte_array_append(t->body, (const guint8 *)data, (guint)MIN(length, room));
  if (length <= room)
    return length;
  t->too_big = TRUE;
  return 0;
}

/* --- the socket interface --- */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *unused) {
  Transfers *house = user;
  (void)easy, (void)unused;
  const short events = (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
  for (guint i = 0; i < house->sockets->len; i++) {
    struct pollfd *p = &g_array_index(house->sockets, struct pollfd, i);
    if (p->fd != fd)
      continue;
    if (what == CURL_POLL_REMOVE)
      g_array_remove_index_fast(house->sockets, i);
    else
      p->events = events;
    return 0;
  }
  const struct pollfd p = {.fd = fd, .events = events};
  if (what != CURL_POLL_REMOVE)
    g_array_append_val(house->sockets, p);
  return 0;
}

static int on_timer(CURLM *multi, long ms, void *user) {
  (void)multi;
  ((Transfers *)user)->due = ms < 0 ? G_MAXINT64 : g_get_monotonic_time() + ms * G_GINT64_CONSTANT(1000);
  return 0;
}

/* --- one talk --- */

static void transfer_free(gpointer data) {
  Transfer *t = data;
  transfer_lines_end(t);
  curl_multi_remove_handle(t->house->multi, t->easy);
  curl_easy_cleanup(t->easy);
  curl_slist_free_all(t->addresses);
  curl_slist_free_all(t->headers);
  talk_answer_free(t->answer);
  transfer_wipe(t);
  g_strfreev(t->commands);
  g_byte_array_unref(t->body);
  if (t->out != NULL)
    g_string_free(t->out, TRUE);
  if (t->in != NULL)
    g_string_free(t->in, TRUE);
  g_free(t);
}

static guint16 request_port(const TalkRequest *request) {
  return request->port != 0 ? request->port : talk_default_port(request->scheme);
}

char *transfer_bracketed(const char *address) {
  return strchr(address, ':') != NULL ? g_strdup_printf("[%s]", address) : g_strdup(address);
}

static char *request_url(CURL *easy, const TalkRequest *request) {
  g_autofree char *host = transfer_bracketed(request->host);
  const char *path = request->path != NULL ? request->path : "/";
  if (request->scheme == TALK_HTTPS)
    return g_strdup_printf("https://%s:%u%s", host, request_port(request), path);
  char *helo = curl_easy_escape(easy, request->helo != NULL ? request->helo : "localhost", 0);
  char *url = g_strdup_printf("%s://%s:%u/%s", talk_scheme_word(request->scheme), host, request_port(request),
                              request->scheme <= TALK_SMTPS ? helo : "");
  curl_free(helo);
  return url;
}

/* Where to connect to.  One address goes into CONNECT_TO, which is this talk's own; several into RESOLVE, which libcurl
 * tries at short intervals (RFC 8305) but keeps for all talks with that host. */
static void set_addresses(Transfer *t, const TalkRequest *request) {
  guint port = request_port(request);
  if (request->addresses[1] == NULL) {
    g_autofree char *address = transfer_bracketed(request->addresses[0]);
    g_autofree char *entry = g_strdup_printf("::%s:%u", address, port);
    t->addresses = curl_slist_append(NULL, entry);
    curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, t->addresses);
    return;
  }
  g_autoptr(GString) entry = g_string_new(NULL);
  g_string_printf(entry, "%s:%u:", request->host, port);
  for (guint i = 0; request->addresses[i] != NULL; i++) {
    g_autofree char *address = transfer_bracketed(request->addresses[i]);
    g_string_append_printf(entry, "%s%s", i > 0 ? "," : "", address);
  }
  t->addresses = curl_slist_append(NULL, entry->str);
  curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->addresses);
}

static void set_https(Transfer *t, const TalkRequest *request) {
  if (request->accept != NULL) {
    g_autofree char *accept = g_strdup_printf("Accept: %s", request->accept);
    t->headers = curl_slist_append(t->headers, accept);
  }
  if (request->padding)
    t->headers = curl_slist_append(t->headers, "Add-Padding: true");
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
  curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "whybounce/" WB_VERSION);
  curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
}

static void set_login(Transfer *t, const TalkRequest *request) {
  transfer_keep_secret(t, request);
  curl_easy_setopt(t->easy, CURLOPT_USERNAME, request->user);
  curl_easy_setopt(t->easy, CURLOPT_PASSWORD, request->password != NULL ? request->password : "");
  /* What needs no more than these two: libcurl would go to a Kerberos server of its own accord. */
  curl_easy_setopt(t->easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5;AUTH=SCRAM-SHA-256;AUTH=SCRAM-SHA-1");
}

static void set_common(Transfer *t, const TalkRequest *request) {
  g_autofree char *url = request_url(t->easy, request);
  curl_easy_setopt(t->easy, CURLOPT_URL, url);
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
  curl_easy_setopt(t->easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(t->easy, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(t->easy, CURLOPT_DEBUGDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(t->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(t->easy, CURLOPT_XFERINFODATA, t);
  /* The deadlines are ours, since they may move; libcurl's own end of patience lies behind them. */
  curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT, (long)(G_MAXINT / 1000));
  curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, 1L);
  /* A proxy would connect to where it likes, not to the address that was judged. */
  curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "*");
  if (request->scheme != TALK_HTTPS)
    curl_easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, 1L);
  else
    curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 1L);
}

static void set_deadlines(Transfer *t) {
  gint64 now = g_get_monotonic_time(), one = t->house->settings.timeout_ms * G_GINT64_CONSTANT(1000);
  t->deadline = now + one * (t->scheme == TALK_HTTPS ? HTTPS_TIMES : LINES_TIMES);
  t->connect_deadline = now + one * CONNECT_TIMES;
}

static Transfer *transfers_ask(Transfers *house, const TalkRequest *request, const char *key, gpointer owner) {
  Transfer *t = g_new0(Transfer, 1);
  t->house = house;
  t->owner = owner;
  t->scheme = request->scheme;
  t->login = request->user != NULL;
  t->easy = curl_easy_init();
  t->answer = talk_answer_new(key, TALK_FAILED);
  t->answer->asked_at = g_get_real_time();
  t->answer->secret = request->secret || t->login;
  t->started = g_get_monotonic_time();
  set_deadlines(t);
  t->max_body = request->max_body != 0 ? request->max_body : TALK_MAX_BODY;
  t->body = g_byte_array_new();
  t->commands = request->commands != NULL ? g_strdupv((char **)request->commands) : NULL;
  set_common(t, request);
  set_addresses(t, request);
  transfer_set_tls(t, request);
  if (request->scheme == TALK_HTTPS)
    set_https(t, request);
  if (t->login)
    set_login(t, request);
  g_ptr_array_add(house->transfers, t);
  curl_multi_add_handle(house->multi, t->easy);
  return t;
}

/* --- the end --- */

/* Hands the answer over; the talk is gone afterwards. */
static void transfer_finish(Transfer *t) {
  Transfers *house = t->house;
  TalkAnswer *answer = g_steal_pointer(&t->answer);
  gpointer owner = t->owner;
  answer->elapsed_ms = (guint)((g_get_monotonic_time() - t->started) / 1000);
  t->answer = talk_answer_new("", TALK_FAILED); /* what libcurl still says while it closes */
  g_ptr_array_remove_fast(house->transfers, t);
  house->settings.done(house->settings.user, owner, answer);
}

/* libcurl has done its part, well or not. */
static void transfer_connected(Transfer *t, CURLcode code) {
  transfer_take_answer(t, code);
  if (t->answer->status != TALK_OK || t->commands == NULL || t->commands[0] == NULL || transfer_lines_begin(t))
    transfer_finish(t);
}

/* --- the loop --- */

static gint64 transfers_prepare(Transfers *house, GArray *fds) {
  gint64 due = house->due;
  if (house->sockets->len > 0)
    g_array_append_vals(fds, house->sockets->data, house->sockets->len);
  for (guint i = 0; i < house->transfers->len; i++) {
    const Transfer *t = g_ptr_array_index(house->transfers, i);
    const struct pollfd p = {.fd = t->fd, .events = (short)(POLLIN | (t->talking && t->out->len > 0 ? POLLOUT : 0))};
    due = MIN(due, t->connected ? t->deadline : t->connect_deadline);
    if (t->talking)
      g_array_append_val(fds, p);
  }
  return due;
}

static int to_mask(short revents) {
  return (revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) | (revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
         (revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

static gboolean is_curls(const Transfers *house, int fd) {
  for (guint i = 0; i < house->sockets->len; i++)
    if (g_array_index(house->sockets, struct pollfd, i).fd == fd)
      return TRUE;
  return FALSE;
}

static void talk_on(Transfers *house) {
  for (guint i = house->transfers->len; i-- > 0;) {
    Transfer *t = g_ptr_array_index(house->transfers, i);
    if (t->talking && transfer_lines_go_on(t))
      transfer_finish(t);
  }
}

/* Those of libcurl's; where we talk ourselves the lines do it. */
static void give_up_late(Transfers *house) {
  gint64 now = g_get_monotonic_time();
  for (guint i = house->transfers->len; i-- > 0;) {
    Transfer *t = g_ptr_array_index(house->transfers, i);
    if (!t->talking && now >= (t->connected ? t->deadline : t->connect_deadline))
      transfer_connected(t, CURLE_OPERATION_TIMEDOUT);
  }
}

static void transfers_process(Transfers *house, const struct pollfd *fds, guint n) {
  int running;
  /* Before libcurl begins another talk, or its socket would be taken for one that was waited for. */
  talk_on(house);
  for (guint i = 0; i < n; i++)
    if (fds[i].revents != 0 && is_curls(house, fds[i].fd))
      curl_multi_socket_action(house->multi, fds[i].fd, to_mask(fds[i].revents), &running);
  if (house->due <= g_get_monotonic_time()) {
    house->due = G_MAXINT64;
    curl_multi_socket_action(house->multi, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(house->multi, &left)) != NULL;) {
    Transfer *t = NULL;
    CURLcode code = message->data.result;
    if (message->msg == CURLMSG_DONE && curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t) == CURLE_OK)
      transfer_connected(t, code);
  }
  give_up_late(house);
}

/* --- the house --- */

static Transfers *transfers_new(const TransferSettings *settings) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return NULL;
  Transfers *house = g_new0(Transfers, 1);
  house->settings = *settings;
  house->ca_file = g_strdup(settings->ca_file);
  house->multi = curl_multi_init();
  house->sockets = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
  house->transfers = g_ptr_array_new_with_free_func(transfer_free);
  house->due = G_MAXINT64;
  curl_multi_setopt(house->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(house->multi, CURLMOPT_SOCKETDATA, house);
  curl_multi_setopt(house->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(house->multi, CURLMOPT_TIMERDATA, house);
  return house;
}

static void transfers_free(Transfers *house) {
  g_ptr_array_unref(house->transfers);
  curl_multi_cleanup(house->multi);
  curl_global_cleanup();
  g_array_unref(house->sockets);
  transfer_forget_authorities(house);
  g_free(house->ca_file);
  g_free(house);
}

static void transfers_abandon(Transfers *house, Transfer *t) {
  g_ptr_array_remove_fast(house->transfers, t);
}

static const TalkAnswer *transfer_so_far(Transfer *t) {
  transfer_take_so_far(t);
  return t->answer;
}

static void transfers_restart(Transfers *house) {
  for (guint i = 0; i < house->transfers->len; i++)
    set_deadlines(g_ptr_array_index(house->transfers, i));
}

const TransferModule *transfer_module(void);

const TransferModule *transfer_module(void) {
  static const TransferModule module = {transfers_new,     transfers_free,    transfers_ask,    transfers_abandon,
                                        transfer_so_far, transfers_prepare, transfers_process, transfers_restart};
  return &module;
}
