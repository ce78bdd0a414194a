/* The part of a talk that libcurl has no word for: SMTP commands one by one, over the connection it has opened. */
#include "net/transfer_private.h"

#include <string.h>
#include <sys/socket.h>

/* RFC 5321 s4.5.3.1.5 allows 512 octets. */
#define MAX_REPLY_LINE 4096

gboolean transfer_note_lines(Transfer *t, char mark, const char *bytes, gsize length) {
  for (const char *line = bytes, *end = bytes + length; line < end;) {
    const char *lf = memchr(line, '\n', (gsize)(end - line));
    const char *stop = lf != NULL ? lf : end;
    gsize n = (gsize)(stop - line);
    t->octets += n;
    if (t->answer->lines->len >= TALK_MAX_LINES || t->octets > TALK_MAX_OCTETS) {
      t->too_big = TRUE;
      return FALSE;
    }
    if (n > 0 && line[n - 1] == '\r')
      n--;
    if (n > 0 && t->login && mark == '<') {
      g_autofree char *hidden = transfer_hide_secret(t, line, n);
      talk_answer_add_line(t->answer, mark, hidden, strlen(hidden));
    } else if (n > 0) {
      talk_answer_add_line(t->answer, mark, line, n);
    }
    line = stop + 1;
  }
  return TRUE;
}

static gboolean finish(Transfer *t, TalkStatus status) {
  t->answer->status = status;
  if (status == TALK_OK)
    t->answer->phase = PHASE_OVER;
  return TRUE;
}

static void send_next(Transfer *t) {
  const char *command = t->commands[t->n_sent++];
  transfer_note_lines(t, '>', command, strlen(command));
  g_string_append_printf(t->out, "%s\r\n", command);
}

/* What a final line of a reply means for the rest. TRUE: over. */
static gboolean take_final(Transfer *t, const char *line) {
  gboolean was_mail = g_ascii_strncasecmp(t->commands[t->n_sent - 1], "MAIL", 4) == 0;
  /* 421: the server closes, whatever we say (RFC 5321 s3.8).  Without MAIL there is no RCPT. */
  if (strncmp(line, "421", 3) == 0 || (was_mail && line[0] != '2'))
    return finish(t, TALK_DECLINED);
  if (t->commands[t->n_sent] == NULL)
    return finish(t, TALK_OK);
  send_next(t);
  return FALSE;
}

/* RFC 5321 s4.2.1: a hyphen after the code says that more follows. */
static gboolean take_line(Transfer *t, const char *line, gsize length) {
  gboolean reply = length >= 3 && line[0] >= '2' && line[0] <= '5' && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]);
  if (!transfer_note_lines(t, '<', line, length))
    return finish(t, TALK_TOO_BIG);
  if (!reply || (length > 3 && line[3] != ' ' && line[3] != '-'))
    return finish(t, TALK_GARBAGE);
  return length > 3 && line[3] == '-' ? FALSE : take_final(t, line);
}

/* TRUE: over. */
static gboolean take_lines(Transfer *t) {
  gboolean over = FALSE;
  for (char *lf; !over && (lf = memchr(t->in->str, '\n', t->in->len)) != NULL;) {
    gsize length = (gsize)(lf - t->in->str);
    g_autofree char *line = g_strndup(t->in->str, length);
    if (length > 0 && line[length - 1] == '\r')
      line[--length] = '\0';
    g_string_erase(t->in, 0, lf + 1 - t->in->str);
    over = take_line(t, line, length);
  }
  if (!over && t->in->len > MAX_REPLY_LINE)
    return finish(t, TALK_GARBAGE);
  return over;
}

static CURLcode flush(Transfer *t) {
  CURLcode code = CURLE_OK;
  while (t->out->len > 0 && code == CURLE_OK) {
    size_t n = 0;
    code = curl_easy_send(t->easy, t->out->str, t->out->len, &n);
    g_string_erase(t->out, 0, (gssize)n);
  }
  return code;
}

gboolean transfer_lines_go_on(Transfer *t) {
  char buffer[4096];
  for (;;) {
    size_t n = 0;
    CURLcode sent = flush(t);
    if (sent != CURLE_OK && sent != CURLE_AGAIN)
      return finish(t, TALK_CLOSED);
    /* TLS may hold more than the socket shows: read until there is nothing. */
    CURLcode got = curl_easy_recv(t->easy, buffer, sizeof buffer, &n);
    if (got == CURLE_AGAIN)
      return g_get_monotonic_time() >= t->deadline ? finish(t, TALK_TIMEOUT) : FALSE;
    if (got != CURLE_OK || n == 0)
      return finish(t, TALK_CLOSED);
    g_string_append_len(t->in, buffer, (gssize)n);
    if (take_lines(t))
      return TRUE;
  }
}

gboolean transfer_lines_begin(Transfer *t) {
  if (curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &t->fd) != CURLE_OK || t->fd == CURL_SOCKET_BAD)
    return finish(t, TALK_CLOSED);
  t->talking = TRUE;
  t->answer->phase = PHASE_COMMANDS;
  t->out = g_string_new(NULL);
  t->in = g_string_new(NULL);
  send_next(t);
  return transfer_lines_go_on(t);
}

void transfer_lines_end(Transfer *t) {
  static const char *const good_byes[] = {[TALK_SMTP] = "QUIT\r\n",       [TALK_SMTPS] = "QUIT\r\n",
                                          [TALK_IMAP] = "Z LOGOUT\r\n",   [TALK_IMAPS] = "Z LOGOUT\r\n",
                                          [TALK_POP3] = "QUIT\r\n",       [TALK_POP3S] = "QUIT\r\n"};
  curl_socket_t fd = CURL_SOCKET_BAD;
  if (t->scheme == TALK_HTTPS || curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
    return;
  size_t n;
  curl_easy_send(t->easy, good_byes[t->scheme], strlen(good_byes[t->scheme]), &n);
  /* libcurl says good-bye too and would wait for the reply: a server that hangs would hang us. */
  shutdown(fd, SHUT_RDWR);
}
