#include "mail/bounce_session.h"

#include "mail/bounce_refusal.h"
#include "mail/bounce_words.h"
#include "mail/scan.h"

#include <string.h>

#define MAX_WORDS 16384
#define MIN_WRAPPED 55 /* bytes of a line that may have been wrapped */

/* An SMTP session in the notice as it bears on one address. */
typedef struct Session {
  GString *reply;  /* the other server's to the last command */
  GString *own;    /* lines with the address and a code: what the own server made of it */
  gboolean full;   /* the last line was one of them, so long that it may have been wrapped */
  gboolean ours;   /* the last command named the address */
  gboolean others; /* it named another recipient */
} Session;

static void append_words(GString *out, const char *line) {
  if (out->len > 0)
    g_string_append_c(out, ' ');
  g_string_append(out, line);
}

/* TRUE if `line` may be the rest of the one before: words, and nothing that begins something. */
static gboolean is_rest(const char *line) {
  gsize start = 0, end = 0;
  return (g_ascii_isalpha(*line) || (*line & 0x80)) && !scan_mailbox(line, &start, &end) &&
         !strstr(line, "hile talking to ") && !bounce_refusal_ends(line);
}

/* Returns TRUE when the reply that concerns `address` is complete.  A reply to DATA may mean all recipients: it counts
 * when a line with the address follows. */
static gboolean session_line(Session *session, const char *line, const char *address) {
  gboolean here = scan_mentions(line, address);
  gboolean reply = g_str_has_prefix(line, "<<< ");
  gboolean rest = session->full && session->own->len > 0 && is_rest(line);
  session->full = (rest || (here && !reply)) && strlen(line) >= MIN_WRAPPED;
  if (rest)
    append_words(session->own, line);
  if (session->ours && !reply && bounce_words_have_code(session->reply->str))
    return TRUE;
  if (g_str_has_prefix(line, ">>> ")) {
    session->ours = here;
    session->others = !here && g_ascii_strncasecmp(line + 4, "RCPT", 4) == 0;
    g_string_truncate(session->reply, 0);
  } else if (reply && (!session->others || here)) {
    session->ours |= here;
    append_words(session->reply, line + 4);
  } else if (here && bounce_words_have_code(line)) {
    append_words(session->own, line);
    /* "554 <taro@example.com>... 550 Host unknown": it says itself what was answered. */
    const char *dots = strstr(line, "... ");
    if (dots && bounce_words_have_code(dots + 4))
      g_string_truncate(session->reply, 0);
    return bounce_words_have_code(session->reply->str);
  } else if (strstr(line, "hile talking to ")) {
    g_string_truncate(session->reply, 0);
  }
  return FALSE;
}

char *bounce_session_words(const Notice *notice, const char *address) {
  g_autoptr(GString) reply = g_string_new(NULL);
  g_autoptr(GString) own = g_string_new(NULL);
  Session session = {.reply = reply, .own = own};
  gboolean complete = FALSE;
  for (guint i = 0; i < notice->n_lines && own->len + reply->len < MAX_WORDS && !complete; i++) {
    const char *torn = own->len == 0 ? bounce_refusal_torn(notice, i) : NULL;
    complete = session_line(&session, notice_line(notice, i), address);
    if (torn && own->len > 0)
      g_string_prepend(own, " ");
    if (torn && own->len > 0)
      g_string_prepend(own, torn);
  }
  GString *words = complete || session.ours ? reply : own;
  return bounce_words_have_code(words->str) ? g_strdup(words->str) : NULL;
}

/* The command in a line that begins with one; NULL: none. */
static const char *command_in(const char *line) {
  static const char *const verbs[][2] = {{"RCPT", "RCPT"}, {"MAIL", "MAIL"}, {"DATA", "DATA"}, {"EHLO", "EHLO"},
                                         {"HELO", "EHLO"}, {"LHLO", "EHLO"}, {"BDAT", "DATA"}, {".", "DATA"}};
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
    gsize n = strlen(verbs[i][0]);
    if (g_ascii_strncasecmp(line, verbs[i][0], n) == 0 && (!line[n] || strchr(" :", line[n])))
      return verbs[i][1];
  }
  return NULL;
}

/* m-FILTER lists the command under a heading of its own. */
static const char *headed_command(const Notice *notice) {
  for (guint i = 0; i + 1 < notice->n_lines; i++)
    if (strstr(notice->lines[i], "---SMTP command"))
      return command_in(notice_line(notice, i + 1));
  return NULL;
}

void bounce_session_complete(const Notice *notice, BounceRecipient *recipient) {
  const char *command = NULL; /* the last one; a server that is not yet asked anything refuses the connection */
  const char *server = NULL;
  for (guint i = 0; i < notice->n_lines && recipient->reply; i++) {
    const char *line = notice_line(notice, i);
    const char *host = strstr(line, "hile talking to ");
    if (host) {
      server = host + strlen("hile talking to ");
      command = "CONN";
    } else if (g_str_has_prefix(line, ">>> ")) {
      command = command_in(line + 4);
    } else if (g_str_has_prefix(line, "<<< ") && g_str_has_prefix(line + 4, recipient->reply) && command) {
      if (!recipient->command)
        recipient->command = g_strdup(command);
      gsize n = server && !recipient->remote_mta ? scan_host(server) : 0;
      if (n > 0)
        recipient->remote_mta = g_strndup(server, n);
      return;
    }
  }
  if (!recipient->command)
    recipient->command = g_strdup(headed_command(notice));
}
