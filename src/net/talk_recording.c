/* Talks in the recording: the members of their lines. */
#include "net/talk_answer.h"

#include "base/json_text.h"
#include "base/text.h"
#include "net/net_recording.h"

#include <string.h>

/* A PEM certificate; larger ones are an attack. */
#define MAX_PEM (32 * 1024)
#define MAX_RECORDED_BODY (1024 * 1024)

/* `text` with each `from` replaced by `to`. Caller frees. */
static char *swap(const char *text, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(text, from, -1);
  return g_strjoinv(to, parts);
}

/* --- writing --- */

static void put_text(GString *out, const char *key, const char *text, const char *nonce) {
  if (text == NULL)
    return;
  g_autofree char *renamed = nonce != NULL && strstr(text, nonce) != NULL ? swap(text, nonce, NET_RECORDED_NONCE) : NULL;
  json_text_key(out, key);
  json_text_append(out, renamed != NULL ? renamed : text);
}

static void put_number(GString *out, const char *key, gint64 number) {
  json_text_key(out, key);
  g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
}

static void put_list(GString *out, const char *key, char **texts, guint n, const char *nonce) {
  if (n == 0)
    return;
  json_text_key(out, key);
  g_string_append_c(out, '[');
  for (guint i = 0; i < n; i++) {
    g_autofree char *renamed = swap(texts[i], nonce, NET_RECORDED_NONCE);
    if (i > 0)
      g_string_append_c(out, ',');
    json_text_append(out, renamed);
  }
  g_string_append_c(out, ']');
}

/* Text if it can be: people write recordings by hand. */
static void put_body(GString *out, GBytes *body) {
  if (body == NULL)
    return;
  gsize length;
  const char *bytes = g_bytes_get_data(body, &length);
  if (g_utf8_validate(bytes != NULL ? bytes : "", (gssize)length, NULL)) {
    g_autofree char *text = g_strndup(bytes != NULL ? bytes : "", length);
    put_text(out, "body", text, NULL);
    return;
  }
  g_autofree char *encoded = g_base64_encode((const guchar *)bytes, length);
  put_text(out, "body64", encoded, NULL);
}

void talk_write(GString *out, const TalkAnswer *answer, const char *nonce) {
  put_text(out, "talk", answer->key, nonce);
  put_text(out, "status", talk_status_word(answer->status), NULL);
  put_text(out, "phase", talk_phase_word(answer->phase), NULL);
  put_text(out, "server", answer->server, NULL);
  put_number(out, "ms", answer->elapsed_ms);
  if (answer->asked_at != 0) {
    g_autofree char *at = net_recording_time(answer->asked_at);
    put_text(out, "at", at, NULL);
  }
  put_list(out, "lines", (char **)answer->lines->pdata, answer->lines->len, nonce);
  put_text(out, "tls", answer->tls, NULL);
  put_text(out, "cipher", answer->cipher, NULL);
  if (answer->verify >= 0)
    put_number(out, "verify", answer->verify);
  put_list(out, "chain", answer->chain, answer->chain != NULL ? g_strv_length(answer->chain) : 0, nonce);
  if (answer->code != 0)
    put_number(out, "code", answer->code);
  put_text(out, "type", answer->type, NULL);
  put_text(out, "location", answer->location, NULL);
  put_body(out, answer->body);
  put_text(out, "error", answer->error, NULL);
}

/* --- reading --- */

typedef struct Field {
  TalkAnswer *answer;
  const JsonMember *member;
  const char *nonce;
  gsize offset;
} Field;

static gboolean take_status(const Field *field) {
  return field->member->text != NULL && talk_status_from_word(field->member->text, &field->answer->status);
}

static gboolean take_phase(const Field *field) {
  return field->member->text != NULL && talk_phase_from_word(field->member->text, &field->answer->phase);
}

static gboolean take_text(const Field *field) {
  const char *text = field->member->text;
  char **to = &G_STRUCT_MEMBER(char *, field->answer, field->offset);
  if (text == NULL || strlen(text) > TEXT_MAX_REMOTE || !text_is_safe(text))
    return FALSE;
  g_free(*to);
  *to = g_strdup(text);
  return TRUE;
}

static gboolean take_number(const Field *field) {
  gint64 number = field->member->number;
  if (field->member->kind != JSON_NUMBER || number < 0 || number > G_MAXINT32)
    return FALSE;
  G_STRUCT_MEMBER(int, field->answer, field->offset) = (int)number;
  return TRUE;
}

static gboolean take_time(const Field *field) {
  return field->member->text != NULL && net_recording_read_time(field->member->text, &field->answer->asked_at);
}

static gboolean take_lines(const Field *field) {
  if (field->member->kind != JSON_TEXTS || field->member->n_texts > TALK_MAX_LINES)
    return FALSE;
  g_autofree char *from = g_strconcat(NET_RECORDED_NONCE, "@", NULL), *to = g_strconcat(field->nonce, "@", NULL);
  for (guint i = 0; i < field->member->n_texts; i++) {
    const char *text = field->member->texts[i];
    gboolean marked = (text[0] == '<' || text[0] == '>') && text[1] == ' ';
    if (!marked || strlen(text) > TALK_MAX_LINE + 16 || !text_is_safe(text))
      return FALSE;
    g_ptr_array_add(field->answer->lines, swap(text, from, to));
  }
  return TRUE;
}

static gboolean take_chain(const Field *field) {
  if (field->member->kind != JSON_TEXTS || field->member->n_texts > TALK_MAX_CHAIN)
    return FALSE;
  for (guint i = 0; i < field->member->n_texts; i++)
    if (strlen(field->member->texts[i]) > MAX_PEM || !g_str_is_ascii(field->member->texts[i]))
      return FALSE;
  g_strfreev(field->answer->chain);
  field->answer->chain = g_strdupv(field->member->texts);
  return TRUE;
}

static void set_body(TalkAnswer *answer, GBytes *body) {
  g_clear_pointer(&answer->body, g_bytes_unref);
  answer->body = body;
}

static gboolean take_body(const Field *field) {
  const char *text = field->member->text;
  if (text == NULL || strlen(text) > MAX_RECORDED_BODY)
    return FALSE;
  set_body(field->answer, g_bytes_new(text, strlen(text)));
  return TRUE;
}

static gboolean take_encoded(const Field *field) {
  gsize length;
  if (field->member->text == NULL || strlen(field->member->text) > MAX_RECORDED_BODY)
    return FALSE;
  guchar *bytes = g_base64_decode(field->member->text, &length);
  set_body(field->answer, g_bytes_new_take(bytes, length));
  return TRUE;
}

static const struct {
  const char *name;
  gboolean (*take)(const Field *field);
  gsize offset;
} members[] = {
    {"status", take_status, 0},
    {"phase", take_phase, 0},
    {"server", take_text, G_STRUCT_OFFSET(TalkAnswer, server)},
    {"ms", take_number, G_STRUCT_OFFSET(TalkAnswer, elapsed_ms)},
    {"at", take_time, 0},
    {"lines", take_lines, 0},
    {"tls", take_text, G_STRUCT_OFFSET(TalkAnswer, tls)},
    {"cipher", take_text, G_STRUCT_OFFSET(TalkAnswer, cipher)},
    {"verify", take_number, G_STRUCT_OFFSET(TalkAnswer, verify)},
    {"chain", take_chain, 0},
    {"code", take_number, G_STRUCT_OFFSET(TalkAnswer, code)},
    {"type", take_text, G_STRUCT_OFFSET(TalkAnswer, type)},
    {"location", take_text, G_STRUCT_OFFSET(TalkAnswer, location)},
    {"body", take_body, 0},
    {"body64", take_encoded, 0},
    {"error", take_text, G_STRUCT_OFFSET(TalkAnswer, error)},
};

static gboolean take_member(const JsonMember *member, TalkAnswer *answer, const char *nonce) {
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    if (strcmp(members[i].name, member->name) == 0)
      return members[i].take(&(Field){answer, member, nonce, members[i].offset});
  return strcmp(member->name, "talk") == 0;
}

const char *talk_read(const JsonLine *object, TalkAnswer *answer, const char *nonce) {
  /* Written by hand, a talk that is told came to its end. */
  answer->phase = PHASE_OVER;
  for (guint i = 0; i < object->members->len; i++) {
    const JsonMember *member = &g_array_index(object->members, JsonMember, i);
    if (!take_member(member, answer, nonce))
      return member->name;
  }
  return NULL;
}
