#include "mail/notice_flat.h"

#include "mail/notice_client.h"
#include "mail/scan.h"

#include <string.h>

#define MAX_LABEL 30    /* bytes */
#define MAX_WORDS 3     /* of a label */
#define MAX_VALUE 320   /* bytes between two labels of one header */
#define MIN_BEHIND 60   /* bytes behind a subject; fewer are hardly a notice */
#define NEAR_BEFORE 400 /* bytes in which a field shows that a header is a raw one */
#define NEAR_BEHIND 200
#define MAX_RUN 8

typedef struct FlatLabel {
  const char *start, *value;
  const char *field;
} FlatLabel;

/* The field of the label that ends in the colon at `colon`, and where it begins. */
static const char *label_before(const char *line, const char *colon, gsize width, const char **start) {
  const char *p = colon;
  const char *found = NULL;
  for (guint words = 0; words < MAX_WORDS; words++) {
    while (p > line && p[-1] == ' ')
      p--;
    while (p > line && p[-1] != ' ' && colon - p <= MAX_LABEL)
      p--;
    if (colon - p > MAX_LABEL || colon == p)
      break;
    const char *value = NULL;
    g_autofree char *label = g_strndup(p, (gsize)(colon - p) + width);
    /* "was not relayed to: .." is a sentence. */
    const char *field = g_ascii_islower(*p) ? NULL : notice_label(label, &value);
    /* Another label may stand before this one: "To: <taro@example.com> Subject:". */
    if (field && *value == '\0') {
      found = field;
      *start = p;
    }
    if (p == line)
      break;
  }
  return found;
}

static GArray *find_labels(const char *line, gsize length) {
  GArray *labels = g_array_new(FALSE, FALSE, sizeof(FlatLabel));
  const char *end = line + length;
  for (const char *p = line; p < end; p++) {
    gboolean wide = *p == '\xEF' && end - p >= 3 && strncmp(p, "：", 3) == 0;
    if (*p != ':' && !wide)
      continue;
    gsize width = wide ? 3 : 1;
    FlatLabel label = {.value = p + width};
    label.field = label_before(line, p, width, &label.start);
    if (label.field)
      g_array_append_val(labels, label);
    p += width - 1;
  }
  return labels;
}

/* How many labels from `first` on are of one header: none twice, with values of the length that they have. */
static guint run_length(const GArray *labels, guint first) {
  guint n = 1;
  for (; first + n < labels->len && n < MAX_RUN; n++) {
    const FlatLabel *label = &g_array_index(labels, FlatLabel, first + n);
    if (label->start - g_array_index(labels, FlatLabel, first + n - 1).value > MAX_VALUE)
      return n;
    /* No program shows it, but notices begin with it to tell which mail they are about. */
    if (strcmp(label->field, "Message-ID") == 0)
      return n;
    for (guint k = first; k < first + n; k++)
      if (strcmp(g_array_index(labels, FlatLabel, k).field, label->field) == 0)
        return n;
  }
  return n;
}

static gboolean run_has(const GArray *labels, guint first, guint n, const char *field) {
  for (guint i = first; i < first + n; i++)
    if (strcmp(g_array_index(labels, FlatLabel, i).field, field) == 0)
      return TRUE;
  return FALSE;
}

/* TRUE if a field stands between `from` and `to` that no mail program shows. */
static gboolean has_raw_field(const char *from, const char *to) {
  static const char *const names[] = {
      "Received:", "Return-Path:", "MIME-Version:", "Content-", "DKIM-Signature:", "Thread-", "X-", "User-Agent:"};
  for (const char *p = from; p < to; p++)
    for (guint i = 0; (p == from || p[-1] == ' ') && i < G_N_ELEMENTS(names); i++)
      if (g_ascii_strncasecmp(p, names[i], strlen(names[i])) == 0)
        return TRUE;
  return FALSE;
}

/* Behind the addresses with which `value` begins; NULL: it does not begin with any. */
static const char *behind_addresses(const char *value, const char *end) {
  g_autofree char *text = g_strndup(value, MIN((gsize)(end - value), 2 * MAX_VALUE));
  gsize start = 0, stop = 0, at = 0;
  while (scan_mailbox(text + at, &start, &stop) && start < 80) {
    at += stop;
    at += strspn(text + at, ">)]\"'");
    gboolean again = text[at] == ' ' && text[at + 1] && strchr("<[(", text[at + 1]);
    if (!again && text[at] != ',' && text[at] != ';')
      break;
  }
  return at > 0 ? value + at : NULL;
}

static gsize zone_length(const char *p) {
  static const char *const words[] = {" AM", " PM", " GMT", " UTC", " JST", " Uhr"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_ascii_strncasecmp(p, words[i], strlen(words[i])) == 0)
      return strlen(words[i]);
  if ((g_str_has_prefix(p, " +") || g_str_has_prefix(p, " -")) && strspn(p + 2, "0123456789") == 4)
    return 6;
  if (g_str_has_prefix(p, " (") && strcspn(p, ")") <= 12 && strchr(p, ')'))
    return strcspn(p, ")") + 1;
  return 0;
}

/* Behind the time of day with which a date ends, and its zone. */
static const char *behind_date(const char *value, const char *end) {
  g_autofree char *text = g_strndup(value, MIN((gsize)(end - value), 120));
  const char *colon = text;
  do
    colon = strchr(colon + 1, ':');
  while (colon && !(g_ascii_isdigit(colon[-1]) && g_ascii_isdigit(colon[1]) && g_ascii_isdigit(colon[2])));
  if (!colon || colon - text > 60)
    return NULL;
  const char *p = colon + strspn(colon, ":0123456789");
  for (gsize n = zone_length(p); n > 0; n = zone_length(p))
    p += n;
  return value + (p - text);
}

/* TRUE if the run of `n` labels is the header of a notice: its sender or its subject is a mail system's. */
static gboolean is_of_notice(const GArray *labels, guint first, guint n, const char *end) {
  for (guint i = first; i < first + n; i++) {
    const FlatLabel *label = &g_array_index(labels, FlatLabel, i);
    const char *stop = i + 1 < labels->len ? label[1].start : end;
    g_autofree char *value = g_strndup(label->value, MIN((gsize)(stop - label->value), 80));
    if ((strcmp(label->field, "From") == 0 && notice_is_daemon(value)) ||
        (strcmp(label->field, "Subject") == 0 && notice_is_failure_subject(value)))
      return TRUE;
  }
  return FALSE;
}

/* Where the text goes on behind the header whose last field is `last`; NULL: nowhere. */
static const char *behind_run(const FlatLabel *last, gboolean notice, const char *end) {
  const char *value = last->value;
  while (value < end && *value == ' ')
    value++;
  const char *p = NULL;
  if (strcmp(last->field, "Subject") == 0)
    p = end - value > MIN_BEHIND ? value : NULL;
  else if (strcmp(last->field, "Date") == 0)
    p = behind_date(value, end);
  else if (strcmp(last->field, "To") == 0 || strcmp(last->field, "Cc") == 0 || strcmp(last->field, "From") == 0)
    p = behind_addresses(value, end);
  while (p && p < end && *p == ' ')
    p++;
  return p && p < end && (notice || !has_raw_field(p, MIN(p + NEAR_BEHIND, end))) ? p : NULL;
}

static void add_break(GArray *breaks, const char *line, const char *p, gboolean apart) {
  FlatBreak added = {.at = (gsize)(p - line), .apart = apart};
  g_array_append_val(breaks, added);
}

GArray *notice_flat_breaks(const char *line, gsize length) {
  g_autoptr(GArray) labels = find_labels(line, length);
  g_autoptr(GArray) breaks = g_array_new(FALSE, FALSE, sizeof(FlatBreak));
  for (guint i = 0, n = 1; i < labels->len; i += n) {
    n = run_length(labels, i);
    const FlatLabel *first = &g_array_index(labels, FlatLabel, i);
    if (n < 3 || !run_has(labels, i, n, "Subject") || !(run_has(labels, i, n, "From") || run_has(labels, i, n, "To")) ||
        has_raw_field(first->start - MIN(first->start - line, NEAR_BEFORE), first->start)) {
      n = 1;
      continue;
    }
    for (guint k = i; k < i + n; k++)
      add_break(breaks, line, g_array_index(labels, FlatLabel, k).start, FALSE);
    gboolean notice = is_of_notice(labels, i, n, line + length);
    const char *behind = behind_run(&g_array_index(labels, FlatLabel, i + n - 1), notice, line + length);
    if (behind)
      add_break(breaks, line, behind, TRUE);
  }
  return breaks->len > 0 ? g_steal_pointer(&breaks) : NULL;
}
