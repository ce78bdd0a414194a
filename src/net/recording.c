#include "net/net_recording.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/json_line.h"
#include "base/json_text.h"
#include "base/text.h"
#include "net/dns_text.h"

#include <arpa/inet.h>
#include <string.h>

#define VERSION 1
#define HEADER_KEY "whybounce-recording"
#define EVENT_START "{\"event\":"
/* A TXT of 64 KB written as \DDD with JSON's doubled backslash takes 320 KB. */
#define MAX_LINE (1024 * 1024)

/* --- writing --- */

static void append_member(GString *out, const char *key, const char *value) {
  json_text_key(out, key);
  json_text_append(out, value);
}

/* `name` with every label `from` replaced by `to`.  A name with escapes is never ours, and its dots may not part
 * labels. */
static char *rename_label(const char *name, const char *from, const char *to) {
  g_auto(GStrv) labels = NULL;
  if (strstr(name, from) == NULL || strchr(name, '\\') != NULL)
    return g_strdup(name);
  labels = g_strsplit(name, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++)
    if (strcmp(labels[i], from) == 0) {
      g_free(labels[i]);
      labels[i] = g_strdup(to);
    }
  return g_strjoinv(".", labels);
}

char *net_recording_time(gint64 at) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at / G_USEC_PER_SEC);
  g_autofree char *seconds = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : NULL;
  return seconds != NULL ? g_strdup_printf("%s.%03dZ", seconds, (int)(at % G_USEC_PER_SEC / 1000)) : NULL;
}

char *net_recording_header(const char *resolvers) {
  g_autoptr(GString) out = g_string_new("{\"" HEADER_KEY "\":" G_STRINGIFY(VERSION));
  append_member(out, "resolvers", resolvers);
  g_string_append_c(out, '}');
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void append_records(GString *out, const char *key, const DnsRecord *records, guint n, const char *nonce) {
  if (n == 0)
    return;
  json_text_key(out, key);
  for (guint i = 0; i < n; i++) {
    g_autofree char *owner = rename_label(records[i].owner, nonce, NET_RECORDED_NONCE);
    g_autofree char *text = dns_text_format(&records[i], owner);
    g_string_append_c(out, i == 0 ? '[' : ',');
    json_text_append(out, text);
  }
  g_string_append_c(out, ']');
}

char *net_recording_line(const DnsAnswer *answer, const char *nonce) {
  g_autofree char *name = rename_label(answer->name, nonce, NET_RECORDED_NONCE);
  g_autofree char *question = g_strdup_printf("%s %s", name, dns_type_word(answer->type));
  g_autofree char *at = answer->asked_at != 0 ? net_recording_time(answer->asked_at) : NULL;
  g_autoptr(GString) out = g_string_new("{\"dns\":");
  json_text_append(out, question);
  if (answer->at != NULL)
    append_member(out, "ask", answer->at);
  append_member(out, "status", dns_status_word(answer->status == DNS_INVENTED ? DNS_OK : answer->status));
  if (answer->server != NULL)
    append_member(out, "server", answer->server);
  g_string_append_printf(out, ",\"ms\":%u,\"tries\":%u,\"ttl\":%u,\"ad\":%s", answer->elapsed_ms, answer->tries,
                         answer->ttl, answer->authenticated ? "true" : "false");
  if (answer->at != NULL)
    g_string_append_printf(out, ",\"aa\":%s,\"ra\":%s", answer->authoritative ? "true" : "false",
                           answer->recursive ? "true" : "false");
  if (at != NULL)
    append_member(out, "at", at);
  if (answer->extended >= 0)
    g_string_append_printf(out, ",\"ede\":%d", answer->extended);
  if (answer->extended_text != NULL)
    append_member(out, "ede_text", answer->extended_text);
  append_records(out, "answer", answer->records, answer->n_records, nonce);
  append_records(out, "beside", answer->beside, answer->n_beside, nonce);
  g_string_append_c(out, '}');
  return g_string_free(g_steal_pointer(&out), FALSE);
}

char *net_recording_talk(const TalkAnswer *answer, const char *nonce) {
  g_autoptr(GString) out = g_string_new("{");
  talk_write(out, answer, nonce);
  g_string_append_c(out, '}');
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- reading --- */

/* Takes `message`. */
static gboolean fail(GError **error, Message *message) {
  failure_set(error, NET_ERROR, NET_ERROR_RECORDING, message);
  return FALSE;
}

/* A name from the file, short enough for a sentence. */
static Message *about(const char *id, const char *name, const char *question) {
  g_autofree char *safe = text_safe(name, -1, 100, TEXT_LINE, NULL);
  g_autofree char *safe_question = text_safe(question, -1, 300, TEXT_LINE, NULL);
  return message_new(id, "name", safe, "question", safe_question, NULL);
}

typedef struct Line {
  DnsAnswer *answer;
  const char *nonce;
  gboolean has_status;
  gsize field; /* of the answer: where a number or a text goes */
} Line;

static gboolean take_status(Line *line, const JsonMember *member) {
  line->has_status = TRUE;
  return member->text != NULL && dns_status_from_word(member->text, &line->answer->status);
}

static gboolean take_text(char **field, const JsonMember *member) {
  const char *text = member->text;
  if (text == NULL || strlen(text) > TEXT_MAX_REMOTE || !text_is_safe(text))
    return FALSE;
  g_free(*field);
  *field = g_strdup(text);
  return TRUE;
}

static gboolean take_unsigned(const JsonMember *member, gint64 max, gint64 *value) {
  if (member == NULL || member->kind != JSON_NUMBER)
    return FALSE;
  *value = member->number;
  return *value >= 0 && *value <= max;
}

static gboolean take_number(Line *line, const JsonMember *member) {
  gint64 value;
  if (!take_unsigned(member, G_MAXINT32, &value))
    return FALSE;
  G_STRUCT_MEMBER(gint32, line->answer, line->field) = (gint32)value;
  return TRUE;
}

static gboolean take_string(Line *line, const JsonMember *member) {
  return take_text(&G_STRUCT_MEMBER(char *, line->answer, line->field), member);
}

static gboolean take_truth(Line *line, const JsonMember *member) {
  if (member->kind != JSON_TRUTH)
    return FALSE;
  G_STRUCT_MEMBER(gboolean, line->answer, line->field) = member->number != 0;
  return TRUE;
}

static gboolean take_ask(Line *line, const JsonMember *member) {
  guint8 address[16];
  char text[INET6_ADDRSTRLEN];
  int family = member->text != NULL && strchr(member->text, ':') != NULL ? AF_INET6 : AF_INET;
  if (member->text == NULL || inet_pton(family, member->text, address) != 1)
    return FALSE;
  line->answer->at = g_strdup(inet_ntop(family, address, text, sizeof text));
  line->answer->authoritative = TRUE;
  return TRUE;
}

gboolean net_recording_read_time(const char *text, gint64 *at) {
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
  if (time == NULL)
    return FALSE;
  /* GLib goes by way of a floating-point number, which may fall short of the written one. */
  *at = g_date_time_to_unix(time) * G_USEC_PER_SEC + (g_date_time_get_microsecond(time) + 500) / 1000 * 1000;
  return *at > 0;
}

static gboolean take_at(Line *line, const JsonMember *member) {
  return member->text != NULL && net_recording_read_time(member->text, &line->answer->asked_at);
}

static void take_owner(const Line *line, DnsRecord *record) {
  g_autofree char *owner = record->owner;
  record->owner = owner != NULL ? rename_label(owner, NET_RECORDED_NONCE, line->nonce) : g_strdup(line->answer->name);
}

/* NULL: broken. */
static GArray *parse_records(const Line *line, const JsonMember *member) {
  if (member->kind != JSON_TEXTS || member->n_texts > DNS_MAX_RECORDS)
    return NULL;
  GArray *records = g_array_new(FALSE, FALSE, sizeof(DnsRecord));
  g_array_set_clear_func(records, (GDestroyNotify)dns_record_clear);
  for (guint i = 0; i < member->n_texts; i++) {
    DnsRecord record = {.type = line->answer->type, .ttl = line->answer->ttl};
    if (!dns_text_parse(member->texts[i], &record)) {
      dns_record_clear(&record);
      g_array_unref(records);
      return NULL;
    }
    take_owner(line, &record);
    g_array_append_val(records, record);
  }
  return records;
}

static gboolean take_answer(Line *line, const JsonMember *member) {
  GArray *records = parse_records(line, member);
  if (records != NULL)
    dns_answer_take_records(line->answer, records);
  return records != NULL;
}

static gboolean take_beside(Line *line, const JsonMember *member) {
  GArray *records = line->answer->at != NULL ? parse_records(line, member) : NULL;
  if (records != NULL)
    dns_answer_take_beside(line->answer, records);
  return records != NULL;
}

/* In this order: short records take the line's TTL. */
static const struct {
  const char *name;
  gboolean (*take)(Line *line, const JsonMember *member);
  gsize field;
} members[] = {
    {"ask", take_ask, 0},
    {"status", take_status, 0},
    {"server", take_string, G_STRUCT_OFFSET(DnsAnswer, server)},
    {"ms", take_number, G_STRUCT_OFFSET(DnsAnswer, elapsed_ms)},
    {"tries", take_number, G_STRUCT_OFFSET(DnsAnswer, tries)},
    {"ttl", take_number, G_STRUCT_OFFSET(DnsAnswer, ttl)},
    {"ad", take_truth, G_STRUCT_OFFSET(DnsAnswer, authenticated)},
    {"aa", take_truth, G_STRUCT_OFFSET(DnsAnswer, authoritative)},
    {"ra", take_truth, G_STRUCT_OFFSET(DnsAnswer, recursive)},
    {"at", take_at, 0},
    {"ede", take_number, G_STRUCT_OFFSET(DnsAnswer, extended)},
    {"ede_text", take_string, G_STRUCT_OFFSET(DnsAnswer, extended_text)},
    {"answer", take_answer, 0},
    {"beside", take_beside, 0},
};

/* Name and type of "example.co.jp MX". */
static DnsAnswer *parse_question(const char *text, const char *nonce) {
  const char *blank = strrchr(text, ' ');
  DnsType type;
  if (blank == NULL || !dns_type_from_word(blank + 1, &type))
    return NULL;
  g_autofree char *written = g_strndup(text, (gsize)(blank - text));
  g_autofree char *plain = dns_text_name(written);
  if (plain == NULL)
    return NULL;
  g_autofree char *name = rename_label(plain, NET_RECORDED_NONCE, nonce);
  return dns_answer_new(name, type, DNS_NODATA);
}

static gboolean check_names(const JsonLine *object, GError **error) {
  for (guint k = 0; k < object->members->len; k++) {
    const char *name = g_array_index(object->members, JsonMember, k).name;
    gboolean known = strcmp(name, "dns") == 0;
    for (guint i = 0; i < G_N_ELEMENTS(members) && !known; i++)
      known = strcmp(name, members[i].name) == 0;
    if (!known)
      return fail(error, about(N_("nothing is known of \"{name}\""), name, ""));
  }
  return TRUE;
}

static gboolean parse_answer(const JsonLine *object, const char *nonce, NetRecorded *recorded, GError **error) {
  const char *question = json_line_get_text(object, "dns");
  g_autoptr(DnsAnswer) answer = question != NULL ? parse_question(question, nonce) : NULL;
  Line line = {answer, nonce, FALSE, 0};
  if (answer == NULL)
    return fail(error, message_new(N_("\"dns\" must be a name, a blank and a type, as in \"example.com MX\""), NULL));
  if (!check_names(object, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
    const JsonMember *member = json_line_get(object, members[i].name);
    line.field = members[i].field;
    if (member != NULL && !members[i].take(&line, member))
      return fail(error, about(N_("\"{name}\" of \"{question}\" cannot be read"), members[i].name, question));
  }
  if (dns_is_unknown(answer->status) && json_line_get(object, "aa") == NULL)
    answer->authoritative = FALSE;
  if (!line.has_status && answer->n_records > 0)
    answer->status = dns_answer_count(answer) > 0 ? DNS_OK : DNS_NODATA;
  if (answer->status == DNS_OK && dns_answer_count(answer) == 0)
    return fail(error, about(N_("\"{question}\" is \"ok\" but \"answer\" has no such record"), "", question));
  if (dns_is_unknown(answer->status) && answer->n_records > 0)
    return fail(error, about(N_("\"{question}\" has an \"answer\", but its \"status\" says that there was none"), "",
                             question));
  recorded->answer = g_steal_pointer(&answer);
  return TRUE;
}

static gboolean parse_talk(const JsonLine *object, const char *nonce, NetRecorded *recorded, GError **error) {
  const char *key = json_line_get_text(object, "talk");
  if (key == NULL || strlen(key) > TEXT_MAX_REMOTE || !text_is_safe(key))
    return fail(error, about(N_("\"{name}\" must be a text"), "talk", ""));
  g_auto(GStrv) parts = g_strsplit(key, NET_RECORDED_NONCE "@", -1);
  g_autofree char *ours = g_strconcat(nonce, "@", NULL), *renamed = g_strjoinv(ours, parts);
  g_autoptr(TalkAnswer) talk = talk_answer_new(renamed, TALK_OK);
  const char *broken = talk_read(object, talk, nonce);
  if (broken != NULL)
    return fail(error, about(N_("\"{name}\" of \"{question}\" cannot be read"), broken, key));
  recorded->talk = g_steal_pointer(&talk);
  return TRUE;
}

static gboolean parse_header(const JsonLine *object, NetRecorded *recorded, GError **error) {
  gint64 version;
  const JsonMember *resolvers = json_line_get(object, "resolvers");
  if (!take_unsigned(json_line_get(object, HEADER_KEY), G_MAXINT32, &version))
    return fail(error, about(N_("\"{name}\" must be a number"), HEADER_KEY, ""));
  if (version != VERSION)
    return fail(error, message_new(N_("this recording was written by a newer whybounce"), NULL));
  if (resolvers != NULL && !take_text(&recorded->resolvers, resolvers))
    return fail(error, about(N_("\"{name}\" must be a text"), "resolvers", ""));
  return TRUE;
}

gboolean net_recording_parse(const char *line, gsize length, const char *nonce, NetRecorded *recorded, GError **error) {
  g_autoptr(GError) fault = NULL;
  recorded->resolvers = NULL;
  recorded->answer = NULL;
  recorded->talk = NULL;
  while (length > 0 && g_ascii_isspace(line[length - 1]))
    length--;
  while (length > 0 && g_ascii_isspace(*line)) {
    line++;
    length--;
  }
  /* Events hold whole mails: not worth parsing to find out that they are not ours. */
  if (length == 0 || *line == '#' ||
      (length > strlen(EVENT_START) && memcmp(line, EVENT_START, strlen(EVENT_START)) == 0))
    return TRUE;
  if (length > MAX_LINE || !g_utf8_validate(line, (gssize)length, NULL))
    return fail(error, message_new(N_("the line is too long or not UTF-8"), NULL));
  g_autoptr(JsonLine) object = json_line_parse(line, length, &fault);
  if (object == NULL && fault->domain == G_FILE_ERROR) { /* the reader of JSON itself is missing */
    g_propagate_error(error, g_steal_pointer(&fault));
    return FALSE;
  }
  if (object == NULL)
    return fail(error, message_new(N_("this line is broken: it is no line of JSON"), NULL));
  if (json_line_get(object, HEADER_KEY) != NULL)
    return parse_header(object, recorded, error);
  if (json_line_get(object, "dns") != NULL)
    return parse_answer(object, nonce, recorded, error);
  if (json_line_get(object, "talk") != NULL)
    return parse_talk(object, nonce, recorded, error);
  if (json_line_get(object, "event") != NULL)
    return TRUE;
  return fail(error, message_new(N_("the line has neither \"dns\" nor \"talk\""), NULL));
}
