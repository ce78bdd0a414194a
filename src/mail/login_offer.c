#include "mail/login.h"

#include <string.h>

static gboolean is_of(const TalkAnswer *talk, const char *protocol) {
  return g_str_has_prefix(talk->key, protocol);
}

static gboolean is_implicit(const TalkAnswer *talk) {
  const char *blank = strchr(talk->key, ' ');
  return blank != NULL && blank > talk->key && blank[-1] == 's';
}

typedef struct Reader {
  LoginOffer *offer;
  GPtrArray *mechanisms; /* char *, owned */
} Reader;

static void add_mechanism(Reader *reader, const char *word) {
  g_autofree char *name = g_ascii_strup(word, -1);
  if (*name == '\0' || reader->mechanisms->len >= LOGIN_MAX_MECHANISMS ||
      g_ptr_array_find_with_equal_func(reader->mechanisms, name, g_str_equal, NULL))
    return;
  g_ptr_array_add(reader->mechanisms, g_steal_pointer(&name));
}

static void add_all(Reader *reader, char **words) {
  for (; *words != NULL; words++)
    add_mechanism(reader, *words);
}

/* RFC 4954 s3: "AUTH PLAIN LOGIN"; some old servers still write "AUTH=LOGIN" beside it. */
static void read_smtp(Reader *reader, char **words) {
  if (g_ascii_strcasecmp(words[0], "STARTTLS") == 0)
    reader->offer->starttls = TRUE;
  if (g_ascii_strcasecmp(words[0], "AUTH") == 0)
    add_all(reader, words + 1);
  else if (g_ascii_strncasecmp(words[0], "AUTH=", 5) == 0)
    add_mechanism(reader, words[0] + 5);
}

/* RFC 9051 s7.2.2: "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN LOGINDISABLED". */
static void read_imap(Reader *reader, char **words) {
  if (g_strv_length(words) < 2 || !g_str_equal(words[0], "*") || g_ascii_strcasecmp(words[1], "CAPABILITY") != 0)
    return;
  for (words += 2; *words != NULL; words++) {
    if (g_ascii_strcasecmp(*words, "STARTTLS") == 0)
      reader->offer->starttls = TRUE;
    else if (g_ascii_strcasecmp(*words, "LOGINDISABLED") == 0)
      reader->offer->disabled = TRUE;
    else if (g_ascii_strncasecmp(*words, "AUTH=", 5) == 0)
      add_mechanism(reader, *words + 5);
  }
}

/* RFC 2449 s6, RFC 2595 s4, RFC 5034 s3. */
static void read_pop3(Reader *reader, char **words) {
  if (g_ascii_strcasecmp(words[0], "STLS") == 0)
    reader->offer->starttls = TRUE;
  else if (g_ascii_strcasecmp(words[0], "USER") == 0)
    add_mechanism(reader, "LOGIN");
  else if (g_ascii_strcasecmp(words[0], "SASL") == 0)
    add_all(reader, words + 1);
}

static void read_line(Reader *reader, const TalkAnswer *talk, const char *line) {
  g_autofree char *text = g_strstrip(g_strdup(line));
  g_auto(GStrv) words = g_strsplit_set(text, " ", 2 * LOGIN_MAX_MECHANISMS);
  if (words[0] == NULL)
    return;
  if (is_of(talk, "smtp"))
    read_smtp(reader, words);
  else if (is_of(talk, "imap"))
    read_imap(reader, words);
  else
    read_pop3(reader, words);
}

static const char *hello_of(const TalkAnswer *talk) {
  return is_of(talk, "smtp") ? "EHLO" : is_of(talk, "imap") ? "CAPABILITY" : "CAPA";
}

/* After STARTTLS everything that was said before is forgotten and asked anew (RFC 3207 s4.2). */
static gboolean find_hello(const TalkAnswer *talk, gboolean encrypted, TalkReply *reply) {
  gboolean implicit = is_implicit(talk);
  if (encrypted ? talk->tls == NULL : implicit)
    return FALSE;
  return talk_find_reply(talk, hello_of(talk), encrypted && !implicit ? 1 : 0, reply);
}

void login_offer_read(LoginOffer *offer, const TalkAnswer *talk, gboolean encrypted) {
  TalkReply reply;
  Reader reader = {offer, g_ptr_array_new_with_free_func(g_free)};
  *offer = (LoginOffer){.answered = find_hello(talk, encrypted, &reply)};
  for (guint i = 0; offer->answered && i < reply.count; i++)
    read_line(&reader, talk, talk_reply_line(talk, &reply, i));
  /* RFC 9051 s6.2.3: the command is there unless it is said not to be. */
  if (offer->answered && is_of(talk, "imap") && !offer->disabled)
    add_mechanism(&reader, "LOGIN");
  g_ptr_array_add(reader.mechanisms, NULL);
  offer->mechanisms = (char **)g_ptr_array_free(reader.mechanisms, FALSE);
  offer->password = g_strv_contains((const char *const *)offer->mechanisms, "PLAIN") ||
                    g_strv_contains((const char *const *)offer->mechanisms, "LOGIN");
}

void login_offer_clear(LoginOffer *offer) {
  g_clear_pointer(&offer->mechanisms, g_strfreev);
}
