#include "mail/notice_client.h"

#include "base/text.h"
#include "mail/bounce_phrases.h"
#include "mail/bounce_words.h"

#include <string.h>

#define MAX_LABEL 30 /* bytes of a label and the blanks around it */
#define MAX_QUESTION 40 /* lines that somebody writes over a notice that is passed on */
#define MAX_BLOCK 24 /* lines of one header, blank ones too */

typedef struct Label {
  const char *label, *field;
} Label;

/* Longer labels before those that they begin with do not matter: a separator must follow.  ASCII in any case. */
static const Label labels[] = {
    {"From", "From"},
    {"Sender", "From"},
    {"Sender Address", "From"},
    {"Reply-To", "Reply-To"},
    {"To", "To"},
    {"Recipient Address", "To"},
    {"Cc", "Cc"},
    {"Bcc", "Cc"},
    {"Subject", "Subject"},
    {"Date", "Date"},
    {"Sent", "Date"},
    {"Sent date", "Date"},
    {"Sent on", "Date"},
    {"Created Date", "Date"},
    {"Message-ID", "Message-ID"},
    {"Message ID", "Message-ID"},
    {"Importance", "Importance"},
    {"Priority", "Importance"},
    {"Attachments", "Attachments"},
    /* Japanese */
    {"差出人", "From"},
    {"送信者", "From"},
    {"送信元", "From"},
    {"発信者", "From"},
    {"送信者のアドレス", "From"},
    {"送信者アドレス", "From"},
    {"返信先", "Reply-To"},
    {"宛先", "To"},
    {"宛て先", "To"},
    {"あて先", "To"},
    {"送信先", "To"},
    {"受信者のアドレス", "To"},
    {"受信者アドレス", "To"},
    {"件名", "Subject"},
    {"題名", "Subject"},
    {"表題", "Subject"},
    {"タイトル", "Subject"},
    {"日時", "Date"},
    {"日付", "Date"},
    {"送信日時", "Date"},
    {"受信日時", "Date"},
    {"送信日", "Date"},
    {"受信日", "Date"},
    {"作成日", "Date"},
    {"作成日時", "Date"},
    {"メッセージID", "Message-ID"},
    {"メッセージ ID", "Message-ID"},
    {"重要度", "Importance"},
    {"優先度", "Importance"},
    {"添付ファイル", "Attachments"},
    /* German, French, Spanish, Italian, Portuguese, Dutch */
    {"Von", "From"},
    {"Gesendet", "Date"},
    {"Datum", "Date"},
    {"An", "To"},
    {"Betreff", "Subject"},
    {"De", "From"},
    {"Expéditeur", "From"},
    {"Envoyé", "Date"},
    {"À", "To"},
    {"Objet", "Subject"},
    {"Enviado", "Date"},
    {"Fecha", "Date"},
    {"Para", "To"},
    {"Asunto", "Subject"},
    {"Da", "From"},
    {"Inviato", "Date"},
    {"Data", "Date"},
    {"A", "To"},
    {"Oggetto", "Subject"},
    {"Assunto", "Subject"},
    {"Van", "From"},
    {"Verzonden", "Date"},
    {"Aan", "To"},
    {"Onderwerp", "Subject"},
    /* Chinese, Korean */
    {"发件人", "From"},
    {"收件人", "To"},
    {"主题", "Subject"},
    {"发送时间", "Date"},
    {"日期", "Date"},
    {"寄件者", "From"},
    {"收件者", "To"},
    {"主旨", "Subject"},
    {"보낸 사람", "From"},
    {"받는 사람", "To"},
    {"제목", "Subject"},
    {"보낸 날짜", "Date"},
    {"날짜", "Date"},
};

/* What mail programs write over the header of a forwarded mail; lower case. */
static const char *const forwarded[] = {
    "forwarded message",
    "forwarded by",
    "begin forwarded",
    "original message",
    "original-nachricht",
    "weitergeleitete nachricht",
    "message transféré",
    "mensaje reenviado",
    "転送されたメッセージ",
    "転送メッセージ",
    "転送メール",
    "元のメッセージ",
    "オリジナルメッセージ",
    "オリジナル メッセージ",
    NULL,
};

/* Fields that only raw headers hold: where they stand, GMime or the search for the copy reads. */
static const char *const raw_fields[] = {"Received",     "Return-Path", "Message-ID",     "MIME-Version",
                                         "Content-Type", "X-Mailer",    "DKIM-Signature", NULL};

/* "：" and blanks behind a label. */
static const char *behind_separator(const char *p) {
  gboolean table = FALSE;
  for (;; p++) {
    if (*p == '\t')
      table = TRUE;
    else if (strncmp(p, "\u3000", 3) == 0 || strncmp(p, "\u00A0", 2) == 0) /* ideographic, no-break space */
      p += *p == '\xE3' ? 2 : 1;
    else if (*p != ' ' && *p != '*')
      break;
  }
  if (*p == ':')
    return p + 1;
  if (strncmp(p, "：", 3) == 0)
    return p + 3;
  return table ? p : NULL;
}

/* Tells most labels apart without a call. */
static gboolean same_letter(char a, char b) {
  return text_lower_ascii(a) == text_lower_ascii(b);
}

const char *notice_label(const char *line, const char **value) {
  line += strspn(line, " \t*");
  if (strncmp(line, "■", 3) == 0 || strncmp(line, "\u3000", 3) == 0)
    line += 3;
  /* Most lines have nothing that could end a label: the table need not be looked through. */
  gsize end = strcspn(line, ":\t");
  if ((!line[end] || end > MAX_LABEL) && !strstr(line, "："))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(labels); i++) {
    if (!same_letter(*line, *labels[i].label))
      continue;
    gsize n = strlen(labels[i].label);
    const char *rest = g_ascii_strncasecmp(line, labels[i].label, n) == 0 ? behind_separator(line + n) : NULL;
    if (!rest)
      continue;
    *value = rest + strspn(rest, " \t*");
    return labels[i].field;
  }
  return NULL;
}

/* The field whose label stands alone in `line`, as telephones show them, with the value below. */
static const char *bare_label(const char *line) {
  static const char *const fields[] = {"From", "To", "Subject", "Date", NULL};
  line += strspn(line, " \t");
  if (strnlen(line, MAX_LABEL + 1) > MAX_LABEL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(labels) && *line; i++)
    if (same_letter(*line, *labels[i].label) && g_ascii_strcasecmp(line, labels[i].label) == 0 &&
        g_strv_contains(fields, labels[i].field))
      return labels[i].field;
  return NULL;
}

static gboolean is_raw_field(const char *line) {
  gsize n = fields_name_length(line);
  for (const char *const *name = raw_fields; n > 0 && *name; name++)
    if (strlen(*name) == n && g_ascii_strncasecmp(line, *name, n) == 0)
      return TRUE;
  return FALSE;
}

/* The same of a header in which labels and values take turns; fewer than three are a coincidence. */
static GPtrArray *bare_block_at(const Notice *notice, guint at, guint *end) {
  g_autoptr(GPtrArray) fields = fields_new();
  guint i = at;
  while (i + 1 < notice->n_lines && i < at + MAX_BLOCK) {
    const char *field = bare_label(notice->lines[i]);
    if (!field || !*notice_line(notice, i + 1) || bare_label(notice->lines[i + 1]))
      break;
    fields_add(fields, field, notice_line(notice, i + 1));
    i += 2;
  }
  if (fields->len < 3)
    g_ptr_array_set_size(fields, 0);
  *end = i;
  return g_steal_pointer(&fields);
}

/* The fields of the header that begins at `at`; `*end` receives the line behind. */
static GPtrArray *block_at(const Notice *notice, guint at, guint *end) {
  GPtrArray *fields = fields_new();
  guint i = at;
  while (i < notice->n_lines && i < at + MAX_BLOCK) {
    const char *value = NULL;
    const char *field = notice_label(notice->lines[i], &value);
    if (!field) {
      /* Some programs leave an empty line between the fields. */
      gboolean gap = !*notice_line(notice, i) && i + 1 < notice->n_lines && notice_label(notice->lines[i + 1], &value);
      if (!gap)
        break;
      i++;
      continue;
    }
    i++;
    if (!*value && i < notice->n_lines && *notice_line(notice, i) && !notice_label(notice->lines[i], &value))
      value = notice_line(notice, i++);
    g_autofree char *clean = g_strdup(value);
    fields_add(fields, field, g_strchomp(clean));
    /* A list of recipients goes on where the line before ends in a comma or the next one is indented. */
    while (i < notice->n_lines && i < at + MAX_BLOCK && *notice_line(notice, i) &&
           (g_str_has_suffix(notice->lines[i - 1], ",") || g_str_has_suffix(notice->lines[i - 1], ";")) &&
           !notice_label(notice->lines[i], &value)) {
      fields_add(fields, field, notice_line(notice, i));
      i++;
    }
  }
  *end = i;
  return fields;
}

static gboolean contains_one_of(const char *lower, const char *const *list) {
  for (; *list; list++)
    if (strstr(lower, *list))
      return TRUE;
  return FALSE;
}

/* The last line before `at` that is not empty; G_MAXUINT: there is none. */
static guint line_before(const Notice *notice, guint at) {
  while (at-- > 0)
    if (*notice_line(notice, at))
      return at;
  return G_MAXUINT;
}

static gboolean is_forward_mark(const char *line) {
  g_autofree char *lower = g_ascii_strdown(line, -1);
  return strlen(lower) < 100 && contains_one_of(lower, forwarded);
}

/* TRUE if one of the lines before `at` says what happened. */
static gboolean tells_before(const Notice *notice, guint at) {
  for (guint i = 0; i < at; i++) {
    g_autofree char *lower = text_lower(notice->lines[i]);
    if (bounce_phrase_of_failure(lower) || bounce_phrase_of_delay(lower) || bounce_words_have_code(lower))
      return TRUE;
  }
  return FALSE;
}

/* `at`: where it begins, with the mark over it if it is `marked`; behind a notice such a header is that of the returned
 * mail. */
static gboolean is_header_of_notice(const Notice *notice, const GPtrArray *fields, guint at, gboolean marked) {
  if (notice_is_daemon(fields_get(fields, "From")) || notice_is_failure_subject(fields_get(fields, "Subject")))
    return TRUE;
  if (!fields_get(fields, "From"))
    return FALSE;
  return line_before(notice, at) == G_MAXUINT || (marked && at < MAX_QUESTION && !tells_before(notice, at));
}

static gboolean take_block(Notice *notice, guint at, guint *end) {
  gboolean bare = bare_label(notice->lines[at]) != NULL;
  g_autoptr(GPtrArray) fields = (bare ? bare_block_at : block_at)(notice, at, end);
  guint before = line_before(notice, at);
  gboolean raw = (*end < notice->n_lines && is_raw_field(notice->lines[*end])) ||
                 (before != G_MAXUINT && (is_raw_field(notice->lines[before]) || *notice->lines[before] == '\t'));
  gboolean known = fields_get(fields, "From") || fields_get(fields, "Subject");
  gboolean marked = before != G_MAXUINT && is_forward_mark(notice->lines[before]);
  at = marked ? before : at;
  if (fields->len < 2 || !known || raw || !is_header_of_notice(notice, fields, at, marked))
    return FALSE;
  for (guint i = at; i < *end; i++)
    *notice->lines[i] = '\0';
  if (!notice->client)
    notice->client = fields_new();
  for (guint i = 0; i < fields->len; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    fields_add(notice->client, field->name, field->value);
  }
  return TRUE;
}

void notice_client_take(Notice *notice) {
  const char *value = NULL;
  for (guint i = 0; i < notice->n_lines;) {
    guint end = i + 1;
    gboolean label = notice_label(notice->lines[i], &value) || bare_label(notice->lines[i]);
    if (label && !take_block(notice, i, &end))
      end = MAX(end, i + 1);
    i = end;
  }
}

const char *notice_client_forwarded(const char *text) {
  for (const char *line = text, *next; *line; line = next) {
    next = strchrnul(line, '\n');
    g_autofree char *mark = next - line < 100 ? g_strndup(line, (gsize)(next - line)) : NULL;
    next += *next == '\n';
    if (!mark || !is_forward_mark(mark))
      continue;
    const char *value = NULL;
    const char *below = next + strspn(next, " \t\n");
    g_autofree char *first = g_strndup(below, MIN(strcspn(below, "\n"), NOTICE_MAX_LINE));
    if (notice_label(first, &value))
      return below;
  }
  return NULL;
}
