#include "mail/notice_json.h"

#include <string.h>

#define MAX_DEPTH 32
#define MAX_WRAPPED 3 /* JSON in a string of JSON, as SNS does */
#define MAX_GROUPS 2000
#define MAX_STRING 65536

/* Keys by which an event is told from any other JSON. */
static const char *const event_keys[] = {
    "\"notificationType\"", "\"eventType\"", "\"bouncedRecipients\"", "\"event-data\"", "\"RecordType\"",
    "\"sg_event_id\"",      "\"smtp-id\"",   "\"bounceType\"",        "\"event\"",      NULL,
};

/* What keys mean; some only inside a certain object. */
static const struct {
  const char *parent, *key, *field;
} meanings[] = {
    {NULL, "emailAddress", "Final-Recipient"},
    {NULL, "email", "Final-Recipient"},
    {NULL, "recipient", "Final-Recipient"},
    {NULL, "rcpt_to", "Final-Recipient"},
    {"delivery", "recipients", "Final-Recipient"},
    {"mail", "destination", "Destination"},
    {NULL, "diagnosticCode", "Diagnostic-Code"},
    {NULL, "smtpResponse", "Diagnostic-Code"},
    {NULL, "raw_reason", "Diagnostic-Code"},
    {NULL, "response", "Diagnostic-Code"},
    {NULL, "reason", "Diagnostic-Code"},
    {NULL, "Details", "Diagnostic-Code"},
    {"delivery-status", "message", "Diagnostic-Code"},
    {"delivery-status", "code", "Code"},
    {NULL, "status", "Status"},
    {NULL, "enhanced-code", "Status"},
    {NULL, "action", "Action"},
    {NULL, "notificationType", "Action"},
    {NULL, "eventType", "Action"},
    {NULL, "event", "Action"},
    {NULL, "RecordType", "Action"},
    {NULL, "reportingMTA", "Reporting-MTA"},
    {NULL, "remoteMtaIp", "Remote-MTA"},
    {NULL, "mx-host", "Remote-MTA"},
};

/* The same for the header of the returned mail. */
static const struct {
  const char *parent, *key, *field;
} headers[] = {
    {"commonHeaders", "messageId", "Message-ID"},
    {"commonHeaders", "from", "From"},
    {"commonHeaders", "to", "To"},
    {"commonHeaders", "subject", "Subject"},
    {"commonHeaders", "date", "Date"},
    {"headers", "message-id", "Message-ID"},
    {"headers", "from", "From"},
    {"headers", "to", "To"},
    {"headers", "subject", "Subject"},
    {NULL, "smtp-id", "Message-ID"},
    {NULL, "Subject", "Subject"},
};

static const struct {
  const char *event, *action;
} actions[] = {
    {"bounce", "failed"},        {"bounced", "failed"},          {"failed", "failed"},
    {"failure", "failed"},       {"dropped", "failed"},          {"deliverydelay", "delayed"},
    {"deferred", "delayed"},     {"delayed", "delayed"},         {"delivery", "delivered"},
    {"delivered", "delivered"},  {"complaint", "complaint"},     {"complained", "complaint"},
    {"spamreport", "complaint"}, {"spamcomplaint", "complaint"},
};

/* One object or array that is open. */
typedef struct Frame {
  char *name; /* the key it stands under; NULL: none */
  gboolean object;
  GPtrArray *fields; /* what was found in it */
} Frame;

typedef struct Walk {
  NoticeJson *out;
  GPtrArray *frames; /* of Frame, the outermost first */
  char *key;         /* whose value comes next */
} Walk;

static void frame_free(gpointer data) {
  Frame *frame = data;
  g_free(frame->name);
  g_ptr_array_unref(frame->fields);
  g_free(frame);
}

static void walk_push(Walk *walk, gboolean object) {
  Frame *frame = g_new0(Frame, 1);
  frame->name = g_steal_pointer(&walk->key);
  frame->object = object;
  frame->fields = fields_new();
  g_ptr_array_add(walk->frames, frame);
}

/* The innermost open object or array, `up` further out; NULL: there is none. */
static Frame *walk_frame(const Walk *walk, guint up) {
  return walk->frames->len > up ? g_ptr_array_index(walk->frames, walk->frames->len - 1 - up) : NULL;
}

static void add_others(GPtrArray *to, const GPtrArray *from, const char *but) {
  for (guint i = 0; i < from->len; i++) {
    const MailField *field = g_ptr_array_index(from, i);
    if (strcmp(field->name, but) != 0 && !fields_get(to, field->name))
      fields_add(to, field->name, field->value);
  }
}

/* One group for each recipient among `fields`, with all the rest.  Events that do not list their recipients name those
 * of the mail: `name` says where to look. */
static void take_recipients(Walk *walk, const GPtrArray *fields, const char *name) {
  for (guint i = 0; i < fields->len && walk->out->groups->len < MAX_GROUPS; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    if (strcmp(field->name, name) != 0)
      continue;
    GPtrArray *group = fields_new();
    fields_add(group, "Final-Recipient", field->value);
    add_others(group, fields, name);
    g_ptr_array_add(walk->out->groups, group);
  }
}

/* What an object without a recipient says belongs to what it is in. */
static void walk_pop(Walk *walk) {
  g_autoptr(GPtrArray) fields = NULL;
  Frame *frame = walk_frame(walk, 0);
  Frame *outer = walk_frame(walk, 1);
  if (!outer)
    return;
  gboolean recipients = frame->object && fields_get(frame->fields, "Final-Recipient");
  fields = g_ptr_array_ref(frame->fields);
  g_ptr_array_set_size(walk->frames, (gint)walk->frames->len - 1);
  if (recipients) {
    take_recipients(walk, fields, "Final-Recipient");
    return;
  }
  for (guint i = 0; i < fields->len; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    fields_add(outer->fields, field->name, field->value);
  }
}

static const char *action_of(const char *event) {
  for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
    if (g_ascii_strcasecmp(event, actions[i].event) == 0)
      return actions[i].action;
  return NULL;
}

static gboolean means(const char *parent, const char *key, const char *want_parent, const char *want_key) {
  return strcmp(key, want_key) == 0 && (!want_parent || g_strcmp0(parent, want_parent) == 0);
}

static void take_value(Walk *walk, const char *value) {
  Frame *frame = walk_frame(walk, 0);
  const char *key = walk->key;
  const char *parent = frame->name;
  if (!key && !frame->object) { /* an array of strings: its own name is the key */
    Frame *outer = walk_frame(walk, 1);
    key = frame->name;
    parent = outer ? outer->name : NULL;
  }
  if (!key)
    return;
  for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
    if (!means(parent, key, headers[i].parent, headers[i].key))
      continue;
    if (!walk->out->original)
      walk->out->original = fields_new();
    fields_add(walk->out->original, headers[i].field, value);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS(meanings); i++) {
    if (!means(parent, key, meanings[i].parent, meanings[i].key))
      continue;
    const char *meant = strcmp(meanings[i].field, "Action") == 0 ? action_of(value) : value;
    /* "reason": "bounce" beside the words of the server. */
    gboolean word = strcmp(meanings[i].field, "Diagnostic-Code") == 0 && !strchr(value, ' ');
    if (meant && *meant && !word)
      fields_add(frame->fields, meanings[i].field, meant);
    return;
  }
}

/* The string behind the quote at `p`, unescaped; `*end` receives the place behind it. */
static char *take_string(const char *p, const char **end) {
  g_autoptr(GString) out = g_string_new(NULL);
  for (p++; *p && *p != '"' && out->len < MAX_STRING; p++) {
    if (*p != '\\' || !p[1]) {
      g_string_append_c(out, *p);
      continue;
    }
    p++;
    if (*p == 'u') {
      char digits[5] = {0};
      memcpy(digits, p + 1, strnlen(p + 1, 4));
      gunichar c = (gunichar)g_ascii_strtoull(digits, NULL, 16);
      g_string_append_unichar(out, c >= ' ' && g_unichar_validate(c) ? c : ' ');
      p += strnlen(p + 1, 4);
    } else {
      g_string_append_c(out, strchr("nrtbf", *p) ? ' ' : *p);
    }
  }
  *end = *p == '"' ? p + 1 : p;
  return g_strdup(out->str);
}

static void walk_text(Walk *walk, const char *text, int wrapped);

static const char *walk_string(Walk *walk, const char *p, int wrapped) {
  const char *end = p;
  g_autofree char *string = take_string(p, &end);
  const char *next = end + strspn(end, " \t\n");
  if (*next == ':') {
    g_free(walk->key);
    walk->key = g_steal_pointer(&string);
    return next + 1;
  }
  if (*string == '{' && wrapped < MAX_WRAPPED)
    walk_text(walk, string, wrapped + 1);
  else
    take_value(walk, string);
  g_clear_pointer(&walk->key, g_free);
  return end;
}

static const char *walk_token(Walk *walk, const char *p) {
  gsize n = strcspn(p, ",]} \t\n\"");
  g_autofree char *token = g_strndup(p, MIN(n, 100));
  take_value(walk, token);
  g_clear_pointer(&walk->key, g_free);
  return p + MAX(n, 1);
}

static void walk_text(Walk *walk, const char *text, int wrapped) {
  guint outside = walk->frames->len;
  for (const char *p = text; *p;) {
    if (*p == '"') {
      p = walk_string(walk, p, wrapped);
    } else if (*p == '{' || *p == '[') {
      if (walk->frames->len >= MAX_DEPTH)
        break;
      walk_push(walk, *p++ == '{');
    } else if (*p == '}' || *p == ']') {
      if (walk->frames->len > outside)
        walk_pop(walk);
      p++;
      /* What stands behind the event is a mail's footer. */
      if (walk->frames->len == outside)
        break;
    } else if (g_ascii_isalnum(*p) || *p == '-') {
      p = walk_token(walk, p);
    } else {
      p++;
    }
  }
  while (walk->frames->len > outside)
    walk_pop(walk);
}

/* An event behind other words in its line: the brace right before one of the keys. */
static const char *find_in_line(const char *text) {
  for (const char *const *key = event_keys; *key; key++) {
    const char *brace = strstr(text, *key);
    while (brace && brace > text && strchr(" \t\n", brace[-1]))
      brace--;
    if (brace && brace > text && brace[-1] == '{')
      return brace - 1;
  }
  return NULL;
}

char *notice_json_unquote(const char *text) {
  const char *line = text;
  while (line && !(*line == '>' && strchr("{[", line[strspn(line, "> ")]) && line[strspn(line, "> ")]))
    line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
  if (!line)
    return NULL;
  GString *out = g_string_new_len(text, line - text);
  while (*line) {
    const char *inside = line + strspn(line, ">");
    inside += *inside == ' ';
    gsize n = strcspn(inside, "\n");
    g_string_append_len(out, inside, (gssize)n);
    /* A line may have been broken in a string, where a line end is not allowed (RFC 8259 s7). */
    g_string_append_c(out, ' ');
    line = inside + n + (inside[n] == '\n');
  }
  return g_string_free(out, FALSE);
}

const char *notice_json_find(const char *text) {
  const char *brace = text + strspn(text, " \t\n");
  while (*brace != '{' && *brace != '[') {
    brace = strchr(brace, '\n');
    if (!brace)
      return find_in_line(text);
    brace += strspn(brace, " \t\n");
  }
  for (const char *const *key = event_keys; *key; key++)
    if (strstr(brace, *key))
      return brace;
  /* SNS: the event is a string in which quotes are escaped. */
  return strstr(brace, "\\\"notificationType\\\"") || strstr(brace, "\\\"eventType\\\"") ? brace : NULL;
}

/* Complaints are no report of failure: their recipients go where feedback reports have them. */
static void sort_out_complaints(NoticeJson *out) {
  for (guint i = out->groups->len; i-- > 0;) {
    const GPtrArray *group = g_ptr_array_index(out->groups, i);
    if (g_strcmp0(fields_get(group, "Action"), "complaint") != 0)
      continue;
    if (!out->feedback) {
      out->feedback = fields_new();
      fields_add(out->feedback, "Feedback-Type", "abuse");
    }
    fields_add(out->feedback, "Original-Rcpt-To", fields_get(group, "Final-Recipient"));
    g_ptr_array_remove_index(out->groups, i);
  }
}

/* "code": 550 beside "message": "No such user". */
static void join_code(GPtrArray *group) {
  const char *code = fields_get(group, "Code");
  const char *words = fields_get(group, "Diagnostic-Code");
  if (!code || !words || g_str_has_prefix(words, code))
    return;
  for (guint i = 0; i < group->len; i++) {
    MailField *field = g_ptr_array_index(group, i);
    if (strcmp(field->name, "Diagnostic-Code") != 0)
      continue;
    char *joined = g_strdup_printf("%s %s", code, field->value);
    g_free(field->value);
    field->value = joined;
    return;
  }
}

void notice_json_read(const char *json, NoticeJson *out) {
  *out = (NoticeJson){.groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref)};
  g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func(frame_free);
  Walk walk = {.out = out, .frames = frames};
  walk_push(&walk, FALSE);
  walk_text(&walk, json, 0);
  const GPtrArray *rest = walk_frame(&walk, 0)->fields;
  if (out->groups->len == 0 && fields_get(rest, "Action"))
    take_recipients(&walk, rest, "Destination");
  for (guint i = 0; i < out->groups->len; i++) {
    GPtrArray *group = g_ptr_array_index(out->groups, i);
    add_others(group, rest, "Destination");
    join_code(group);
  }
  sort_out_complaints(out);
  g_free(walk.key);
}
