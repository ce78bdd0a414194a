/* The password of a talk with a log-in: kept out of everything that is written down, and wiped. */
#include "net/transfer_private.h"

#include <string.h>

/* Shorter ones would take the sense out of what the server says, and are known to everybody who looks over a shoulder.
 */
#define MIN_HIDDEN 3

static void wipe(char *text) {
  if (text != NULL)
    explicit_bzero(text, strlen(text));
  g_free(text);
}

/* In every form in which it is sent and might come back: as it is, and as AUTH LOGIN and AUTH PLAIN write it. */
void transfer_keep_secret(Transfer *t, const TalkRequest *request) {
  const char *password = request->password != NULL ? request->password : "";
  gsize length = strlen(request->user) + strlen(password) + 2;
  g_autofree char *plain = g_malloc(length + 1);
  /* RFC 4616 s2: NUL user NUL password. */
  plain[0] = '\0';
  memcpy(plain + 1, request->user, strlen(request->user) + 1);
  memcpy(plain + 2 + strlen(request->user), password, strlen(password) + 1);
  t->secrets[0] = g_strdup(password);
  t->secrets[1] = g_base64_encode((const guchar *)password, strlen(password));
  t->secrets[2] = g_base64_encode((const guchar *)plain, length);
  explicit_bzero(plain, length);
}

void transfer_wipe(Transfer *t) {
  for (guint i = 0; i < G_N_ELEMENTS(t->secrets); i++)
    wipe(g_steal_pointer(&t->secrets[i]));
}

char *transfer_hide_secret(const Transfer *t, const char *line, gsize length) {
  char *text = g_strndup(line, length);
  for (guint i = 0; i < G_N_ELEMENTS(t->secrets); i++) {
    if (t->secrets[i] == NULL || strlen(t->secrets[i]) < MIN_HIDDEN || strstr(text, t->secrets[i]) == NULL)
      continue;
    g_auto(GStrv) parts = g_strsplit(text, t->secrets[i], -1);
    wipe(text);
    text = g_strjoinv("***", parts);
  }
  return text;
}

/* What goes out in a talk with a log-in: only words that cannot hold the password are written down. */
char *transfer_without_secret(const Transfer *t, const char *line, gsize length) {
  static const char *const plain[] = {"EHLO", "HELO", "STARTTLS", "STLS", "CAPABILITY", "CAPA", "QUIT", "LOGOUT", NULL};
  static const char *const shown[] = {"AUTH", "AUTHENTICATE", "LOGIN", "USER", "PASS", "APOP", NULL};
  if (!t->login)
    return NULL;
  g_autofree char *text = g_strndup(line, length);
  g_auto(GStrv) words = g_strsplit_set(g_strchomp(text), " ", 4);
  guint n = g_strv_length(words);
  guint at =
      n > 1 && words[0][0] >= 'A' && words[0][0] <= 'Z' && g_ascii_isdigit(words[0][strlen(words[0]) - 1]) ? 1 : 0;
  if (n == 0)
    return g_strdup("***");
  if (g_strv_contains(plain, words[at]))
    return g_strdup(text);
  if (!g_strv_contains(shown, words[at]))
    return g_strdup("***");
  /* The mechanism's name tells what was tried; a word after it may be the initial response. */
  gboolean mechanism = g_str_has_prefix(words[at], "AUTH") && at + 1 < n;
  return g_strjoin(" ", words[at], mechanism ? words[at + 1] : "***", mechanism ? "***" : NULL, NULL);
}
