#include "net/talk_answer.h"

#include "base/catalogue.h"
#include "base/text.h"

#include <string.h>

static const struct {
  const char *word;
  const char *message;
} statuses[] = {
    [TALK_OK] = {"ok", N_("answered")},
    [TALK_DECLINED] = {"declined", N_("the server does not want to talk to us")},
    [TALK_DENIED] = {"denied", N_("the server refused the user name or the password")},
    [TALK_NO_LOGIN] = {"no_login", N_("the server offers no log-in here")},
    [TALK_NO_TLS] = {"no_tls", N_("the server does not offer encryption")},
    [TALK_TLS_FAILED] = {"tls_failed", N_("no encrypted connection came about")},
    [TALK_CERTIFICATE] = {"certificate", N_("the server's certificate is not good")},
    [TALK_CLOSED] = {"closed", N_("the connection broke off")},
    [TALK_GARBAGE] = {"garbage", N_("the answer could not be understood")},
    [TALK_TOO_BIG] = {"too_big", N_("the answer was too long")},
    [TALK_REFUSED] = {"refused", N_("the connection was refused")},
    [TALK_TIMEOUT] = {"timeout", N_("no answer in time")},
    [TALK_UNREACHABLE] = {"unreachable", N_("the server could not be reached from here")},
    [TALK_FAILED] = {"failed", N_("it could not be tried here")},
    [TALK_CANCELLED] = {"cancelled", N_("not waited for")},
    [TALK_NOT_RECORDED] = {"not_recorded", N_("not in the recording")},
};

static const char *const phases[] = {
    [PHASE_CONNECT] = "connect", [PHASE_GREETING] = "greeting", [PHASE_HELLO] = "hello",
    [PHASE_STARTTLS] = "starttls", [PHASE_TLS] = "tls", [PHASE_LOGIN] = "login",
    [PHASE_COMMANDS] = "commands", [PHASE_BODY] = "body", [PHASE_OVER] = "over",
};

static const struct {
  const char *word;
  guint16 port;
} schemes[] = {
    [TALK_HTTPS] = {"https", 443}, [TALK_SMTP] = {"smtp", 25},    [TALK_SMTPS] = {"smtps", 465}, [TALK_IMAP] = {"imap", 143},
    [TALK_IMAPS] = {"imaps", 993}, [TALK_POP3] = {"pop3", 110}, [TALK_POP3S] = {"pop3s", 995},
};

const char *talk_status_word(TalkStatus status) {
  return statuses[status].word;
}

const char *talk_status_message(TalkStatus status) {
  return statuses[status].message;
}

const char *talk_phase_word(TalkPhase phase) {
  return phases[phase];
}

const char *talk_scheme_word(TalkScheme scheme) {
  return schemes[scheme].word;
}

guint16 talk_default_port(TalkScheme scheme) {
  return schemes[scheme].port;
}

gboolean talk_status_from_word(const char *word, TalkStatus *status) {
  for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
    if (strcmp(statuses[i].word, word) == 0) {
      *status = (TalkStatus)i;
      return TRUE;
    }
  return FALSE;
}

gboolean talk_phase_from_word(const char *word, TalkPhase *phase) {
  for (guint i = 0; i < G_N_ELEMENTS(phases); i++)
    if (strcmp(phases[i], word) == 0) {
      *phase = (TalkPhase)i;
      return TRUE;
    }
  return FALSE;
}

/* --- the key --- */

static void append_host(GString *key, const TalkRequest *request) {
  gboolean literal = strchr(request->host, ':') != NULL;
  g_string_append_printf(key, literal ? "[%s]" : "%s", request->host);
}

static char *https_key(const TalkRequest *request) {
  g_autoptr(GString) key = g_string_new("https://");
  append_host(key, request);
  if (request->port != 0 && request->port != talk_default_port(TALK_HTTPS))
    g_string_append_printf(key, ":%u", request->port);
  g_string_append(key, request->path != NULL ? request->path : "/");
  return g_string_free(g_steal_pointer(&key), FALSE);
}

char *talk_key(const TalkRequest *request, const char *salt) {
  static const char *const modes[] = {[TALK_TLS_TRY] = "", [TALK_TLS_NONE] = " notls", [TALK_TLS_NEED] = " needtls"};
  if (request->scheme == TALK_HTTPS)
    return https_key(request);
  g_autoptr(GString) key = g_string_new(talk_scheme_word(request->scheme));
  g_string_append_c(key, ' ');
  append_host(key, request);
  g_string_append_printf(key, ":%u", request->port != 0 ? request->port : talk_default_port(request->scheme));
  /* By which address: each server of a name is a question of its own. */
  for (guint i = 0; request->addresses != NULL && request->addresses[i] != NULL; i++)
    g_string_append_printf(key, "%s%s", i == 0 ? " " : ",", request->addresses[i]);
  g_string_append(key, modes[request->tls]);
  if (request->user != NULL)
    g_string_append_printf(key, " login %s", request->user);
  if (request->user != NULL && salt != NULL) {
    g_autofree char *hash = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)salt, strlen(salt),
                                                      request->password != NULL ? request->password : "", -1);
    g_string_append_printf(key, " %s", hash);
  }
  for (guint i = 0; request->commands != NULL && request->commands[i] != NULL; i++)
    g_string_append_printf(key, "%s%s", i == 0 ? " " : "; ", request->commands[i]);
  return g_string_free(g_steal_pointer(&key), FALSE);
}

/* --- answers --- */

TalkAnswer *talk_answer_new(const char *key, TalkStatus status) {
  TalkAnswer *answer = g_new0(TalkAnswer, 1);
  answer->key = g_strdup(key);
  answer->status = status;
  answer->verify = -1;
  answer->lines = g_ptr_array_new_with_free_func(g_free);
  return answer;
}

void talk_answer_free(TalkAnswer *answer) {
  if (answer == NULL)
    return;
  g_free(answer->key);
  g_free(answer->server);
  g_ptr_array_unref(answer->lines);
  g_free(answer->tls);
  g_free(answer->cipher);
  g_strfreev(answer->chain);
  g_free(answer->type);
  g_free(answer->location);
  g_clear_pointer(&answer->body, g_bytes_unref);
  g_free(answer->error);
  g_free(answer);
}

static gpointer copy_line(gconstpointer line, gpointer unused) {
  (void)unused;
  return g_strdup(line);
}

TalkAnswer *talk_answer_copy(const TalkAnswer *from) {
  TalkAnswer *answer = g_memdup2(from, sizeof *from);
  answer->key = g_strdup(from->key);
  answer->server = g_strdup(from->server);
  answer->lines = g_ptr_array_copy(from->lines, copy_line, NULL);
  g_ptr_array_set_free_func(answer->lines, g_free);
  answer->tls = g_strdup(from->tls);
  answer->cipher = g_strdup(from->cipher);
  answer->chain = g_strdupv(from->chain);
  answer->type = g_strdup(from->type);
  answer->location = g_strdup(from->location);
  answer->body = from->body != NULL ? g_bytes_ref(from->body) : NULL;
  answer->error = g_strdup(from->error);
  return answer;
}

void talk_answer_add_line(TalkAnswer *answer, char mark, const char *bytes, gsize length) {
  g_autofree char *safe = text_safe(bytes, (gssize)length, TALK_MAX_LINE, TEXT_LINE, NULL);
  g_ptr_array_add(answer->lines, g_strdup_printf("%c %s", mark, safe));
}

/* --- reading what was said --- */

static const char *line_at(const TalkAnswer *answer, guint i) {
  return i < answer->lines->len ? g_ptr_array_index(answer->lines, i) : NULL;
}

static gboolean is_ours(const TalkAnswer *answer, guint i) {
  return *line_at(answer, i) == '>';
}

/* "> A001 CAPABILITY" is "CAPABILITY": IMAP tags its commands (RFC 9051 s2.2.1). */
static const char *command_of(const TalkAnswer *answer, guint i) {
  const char *text = line_at(answer, i) + 2;
  const char *blank = strchr(text, ' ');
  gboolean tagged = g_str_has_prefix(answer->key, "imap") && blank != NULL;
  return tagged ? blank + 1 : text;
}

static gboolean begins(const char *text, const char *command) {
  return g_ascii_strncasecmp(text, command, strlen(command)) == 0;
}

static int reply_code(const TalkAnswer *answer, const TalkReply *reply) {
  const char *text = reply->count > 0 ? line_at(answer, reply->first + reply->count - 1) + 2 : "";
  /* RFC 5321 s4.2: three digits, of which the first is 2 to 5. */
  if (!g_str_has_prefix(answer->key, "smtp") || text[0] < '2' || text[0] > '5' || !g_ascii_isdigit(text[1]) ||
      !g_ascii_isdigit(text[2]) || (text[3] != ' ' && text[3] != '\0'))
    return 0;
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

/* The lines of the other side from `first` on. */
static gboolean take_reply(const TalkAnswer *answer, guint first, TalkReply *reply) {
  *reply = (TalkReply){first, 0, 0};
  while (first + reply->count < answer->lines->len && !is_ours(answer, first + reply->count))
    reply->count++;
  reply->code = reply_code(answer, reply);
  return reply->count > 0;
}

gboolean talk_find_reply(const TalkAnswer *answer, const char *command, int nth, TalkReply *reply) {
  gboolean found = FALSE;
  int seen = 0;
  *reply = (TalkReply){0, 0, 0};
  if (command == NULL)
    return take_reply(answer, 0, reply);
  for (guint i = 0; i < answer->lines->len; i++) {
    if (!is_ours(answer, i) || !begins(command_of(answer, i), command))
      continue;
    if (nth < 0 || seen++ == nth)
      found = take_reply(answer, i + 1, reply);
  }
  return found;
}

const char *talk_reply_line(const TalkAnswer *answer, const TalkReply *reply, guint i) {
  const char *text = i < reply->count ? line_at(answer, reply->first + i) : NULL;
  if (text == NULL)
    return NULL;
  text += 2;
  if (reply->code != 0 && strlen(text) >= 3)
    text += text[3] == ' ' || text[3] == '-' ? 4 : 3;
  return text;
}

char *talk_reply_text(const TalkAnswer *answer, const TalkReply *reply) {
  g_autoptr(GString) out = g_string_new(NULL);
  if (reply->code != 0)
    g_string_append_printf(out, "%d", reply->code);
  for (guint i = 0; i < reply->count; i++) {
    const char *line = talk_reply_line(answer, reply, i);
    if (*line != '\0')
      g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", line);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}
