#include "mail/bounce_text.h"

#include "base/text.h"
#include "mail/bounce_mention.h"
#include "mail/bounce_phrases.h"
#include "mail/bounce_refusal.h"
#include "mail/bounce_session.h"
#include "mail/bounce_words.h"
#include "mail/scan.h"
#include "mail/status.h"

#include <string.h>

#define MAX_RECIPIENTS 500 /* whose words are looked for; a bound on time, as each is looked for in the whole text */
#define MAX_PASSAGES 200 /* about one of them; the same bound */
#define MAX_WORDS 16384
#define MAX_JOINED 32768

static void text_recipient_free(gpointer data) {
  TextRecipient *recipient = data;
  g_free(recipient->address);
  g_free(recipient->original);
  g_free(recipient->words);
  g_free(recipient);
}

static gboolean same_address(const char *a, const char *b) {
  return a && b && g_ascii_strcasecmp(a, b) == 0;
}

/* The notice and who is mentioned in it. */
typedef struct Reading {
  const Notice *notice;
  GArray *mentions;
  const Mention **heads; /* for each line the mention that heads a passage there, or NULL */
} Reading;

static void index_heads(Reading *reading) {
  reading->heads = g_new0(const Mention *, reading->notice->n_lines + 1);
  for (guint i = 0; i < reading->mentions->len; i++) {
    const Mention *mention = &g_array_index(reading->mentions, Mention, i);
    if (mention->rank == RANK_HEAD && !reading->heads[mention->line])
      reading->heads[mention->line] = mention;
  }
}

/* TRUE if line `i` begins a passage about another address than `address`. */
static gboolean begins_other(const Reading *reading, guint i, const char *address) {
  if (!reading->heads[i])
    return FALSE;
  g_autofree char *other = bounce_mention_address(reading->notice, reading->heads[i]);
  return !same_address(other, address);
}

/* "----- Transcript of session follows -----", "==========" */
static gboolean is_heading(const char *line) {
  gsize n = strlen(line);
  if (line[0] == '|' && line[1] == '-' && line[n - 1] == '|')
    return TRUE;
  return n >= 3 && strchr("-=*#", line[0]) && line[1] == line[0] && strchr("-=*#", line[n - 1]) &&
         line[n - 2] == line[n - 1];
}

/* "(expanded from: <all@example.org>)" alone. */
static gboolean is_origin_line(const char *line) {
  gsize start = 0, end = 0;
  return *line == '(' && scan_mailbox(line, &start, &end) && bounce_mention_is_origin(line, start) &&
         strspn(line + end, ">)") >= 1 && !line[end + strspn(line + end, ">)")];
}

/* "taro@example.com (taro@example.com)", "taro@example.com<mailto:taro@example.com>": the address again says nothing. */
static gsize repetition_length(const char *rest, const char *address) {
  gsize start = 0, end = 0, before = strspn(rest, "(<[");
  if (before == 0 || !scan_mailbox(rest, &start, &end))
    return 0;
  if (g_ascii_strncasecmp(rest + before, "mailto:", 7) == 0)
    before += 7;
  gboolean same = start == before && end - start == strlen(address) &&
                  g_ascii_strncasecmp(rest + start, address, end - start) == 0;
  gsize after = strspn(rest + end, ")>] \t");
  return same && after > 0 ? end + after : 0;
}

/* Past the other addresses, where nothing else stands behind one in its line. */
static const char *skip_addresses(const char *rest) {
  gsize start = 0, end = 0;
  const char *p = rest;
  while (strchr(p, '@') && scan_mailbox(p, &start, &end) && strspn(p, "<\"'") == start)
    p += end + strspn(p + end, ">\"',; \t");
  return *p ? rest : p;
}

/* The lines from `line` (from byte `offset`) to the end of the paragraph, or to the next address. An address alone in
 * its paragraph has its words in the next one. */
static char *passage(const Reading *reading, const Mention *head, const char *address) {
  const Notice *notice = reading->notice;
  GString *words = g_string_new(NULL);
  gboolean replied = FALSE;
  const char *rest = notice->lines[head->line] + head->end;
  rest += *rest == ';';
  rest += bounce_mention_time(rest);
  rest += strspn(rest, ">\"' \t:;)");
  rest += repetition_length(rest, address);
  rest = skip_addresses(rest);
  g_string_append(words, rest);
  for (guint i = head->line + 1; i < notice->n_lines && words->len < MAX_WORDS; i++) {
    const char *line = notice_line(notice, i);
    if (begins_other(reading, i, address))
      break;
    if (is_origin_line(line))
      continue;
    if (!*line || is_heading(line) || bounce_refusal_ends(line)) {
      if (words->len > 0 && words->str[words->len - 1] != ':')
        break;
      continue;
    }
    /* Behind the reply stands what the own server made of it. */
    gboolean reply = g_str_has_prefix(line, "<<< ") && bounce_words_have_code(line);
    if (replied && !reply)
      break;
    replied = reply;
    if (bounce_refusal_announces(words->str))
      g_string_truncate(words, 0);
    if (words->len > 0)
      g_string_append_c(words, ' ');
    /* Some programs make an item of a list out of each indented line. */
    line += g_str_has_prefix(line, "• ") ? strlen("• ") : 0;
    g_string_append(words, line);
  }
  return g_string_free(words, FALSE);
}

static guint word_score(const char *words) {
  static const char *const marks[] = {
      " said: ", "<<< ", "Remote Server returned", "(reason: ", "Remote host said", NULL};
  gsize start = 0, end = 0;
  guint score = *words ? 1 : 0;
  score += reply_find(words, &start, &end) ? 4 : 0;
  score += status_find(words, &start, &end) ? 2 : 0;
  for (const char *const *mark = marks; *mark; mark++)
    if (strstr(words, *mark))
      score += 2;
  return score;
}

static char *best_words(const Reading *reading, const char *address) {
  g_autofree char *best = g_strdup("");
  guint most = 0, seen = 0;
  for (guint i = 0; i < reading->notice->n_lines && seen < MAX_PASSAGES; i++) {
    if (!reading->heads[i] || begins_other(reading, i, address))
      continue;
    g_autofree char *words = passage(reading, reading->heads[i], address);
    guint score = word_score(words);
    seen++;
    if (score <= most)
      continue;
    most = score;
    g_free(best);
    best = g_steal_pointer(&words);
  }
  char *session = bounce_words_have_code(best) ? NULL : bounce_session_words(reading->notice, address);
  return session ? session : g_steal_pointer(&best);
}

static char *origin_unless_same(const char *text, gsize length, const char *address) {
  char *origin = g_strndup(text, length);
  if (same_address(origin, address))
    g_clear_pointer(&origin, g_free);
  return origin;
}

static char *find_origin(const Notice *notice, const char *address) {
  for (guint i = 0; i < notice->n_lines; i++) {
    const char *line = notice->lines[i];
    if (!scan_mentions(line, address))
      continue;
    /* On the same line or in the passage behind it, which is indented. */
    for (guint k = i; k < MIN(i + 4, notice->n_lines); k++) {
      if (k > i && (!*notice->lines[k] || !strchr(" \t(", *notice->lines[k])))
        break;
      gsize start = 0, end = 0;
      for (gsize from = 0; scan_mailbox(notice->lines[k] + from, &start, &end); from += end)
        if (bounce_mention_is_origin(notice->lines[k], from + start))
          return origin_unless_same(notice->lines[k] + from + start, end - start, address);
    }
  }
  return NULL;
}

static void add_recipient(GPtrArray *list, const char *address, gboolean sure) {
  for (guint i = 0; i < list->len; i++)
    if (same_address(((TextRecipient *)g_ptr_array_index(list, i))->address, address))
      return;
  if (list->len >= MAX_RECIPIENTS)
    return;
  TextRecipient *recipient = g_new0(TextRecipient, 1);
  recipient->address = g_strdup(address);
  recipient->sure = sure;
  g_ptr_array_add(list, recipient);
}

/* How far from a code in its line an address stands; one before the code is meant rather than one behind it. */
static gsize distance_to_code(const Notice *notice, const Mention *mention) {
  const char *line = notice->lines[mention->line];
  gsize start = 0, end = 0;
  if (!reply_find(line, &start, &end) && !status_find(line, &start, &end))
    return G_MAXSIZE;
  return start >= mention->end ? start - mention->end : mention->start + 1000 - MIN(end, mention->start);
}

/* Of addresses of which none stands where recipients do, that one beside the code; NULL: there is no code. */
static const Mention *nearest_mention(const Reading *reading) {
  const Mention *nearest = NULL;
  gsize least = G_MAXSIZE;
  for (guint i = 0; i < reading->mentions->len; i++) {
    const Mention *mention = &g_array_index(reading->mentions, Mention, i);
    gsize distance = distance_to_code(reading->notice, mention);
    if (distance >= least)
      continue;
    least = distance;
    nearest = mention;
  }
  return nearest;
}

/* The addresses that stand where they do most surely name recipients. */
static void add_mentioned(GPtrArray *list, const Reading *reading, const char *header, gboolean pasted) {
  Rank best = RANK_SOMEWHERE;
  for (guint i = 0; i < reading->mentions->len; i++)
    best = MAX(best, g_array_index(reading->mentions, Mention, i).rank);
  gsize start = 0, end = 0;
  for (const char *p = best < RANK_HEAD ? header : NULL; p && scan_mailbox(p, &start, &end); p += end) {
    g_autofree char *address = g_strndup(p + start, end - start);
    add_recipient(list, address, TRUE);
  }
  if (list->len > 0)
    return;
  const Mention *nearest = pasted && best == RANK_SOMEWHERE ? nearest_mention(reading) : NULL;
  for (guint i = 0; i < reading->mentions->len; i++) {
    const Mention *mention = &g_array_index(reading->mentions, Mention, i);
    g_autofree char *address = bounce_mention_address(reading->notice, mention);
    if (nearest ? mention == nearest : mention->rank == best)
      add_recipient(list, address, best > RANK_SOMEWHERE);
  }
}

/* Addresses at the end of a text about which nothing is said, behind some about which codes are: whoever pasted the
 * text signed it. */
static void drop_signatures(GPtrArray *list) {
  guint last = 0;
  for (guint i = 0; i < list->len; i++)
    if (bounce_words_have_code(((TextRecipient *)g_ptr_array_index(list, i))->words))
      last = i + 1;
  for (guint i = list->len; last > 0 && i-- > last;) {
    const TextRecipient *recipient = g_ptr_array_index(list, i);
    g_autofree char *lower = text_lower(recipient->words);
    if (!bounce_phrase_of_failure(lower))
      g_ptr_array_remove_index(list, i);
  }
}

GPtrArray *bounce_text_recipients(const Notice *notice, const TextHints *hints) {
  GPtrArray *list = g_ptr_array_new_with_free_func(text_recipient_free);
  g_autoptr(GArray) mentions = bounce_mentions_find(notice, hints);
  Reading reading = {.notice = notice, .mentions = mentions};
  index_heads(&reading);
  for (guint i = 0; hints->recipients && i < hints->recipients->len; i++)
    add_recipient(list, g_ptr_array_index(hints->recipients, i), TRUE);
  if (list->len == 0)
    add_mentioned(list, &reading, hints->header, hints->pasted);
  for (guint i = 0; i < list->len; i++) {
    TextRecipient *recipient = g_ptr_array_index(list, i);
    recipient->words = best_words(&reading, recipient->address);
    recipient->original = find_origin(notice, recipient->address);
  }
  g_free(reading.heads);
  if (hints->pasted && !hints->recipients->len)
    drop_signatures(list);
  return list;
}

char *bounce_text_joined(const Notice *notice) {
  GString *joined = g_string_new(NULL);
  for (guint i = 0; i < notice->n_lines && joined->len < MAX_JOINED; i++) {
    const char *line = notice_line(notice, i);
    /* "** Message not delivered **" is a title and says something. */
    if (!*line || (is_heading(line) && *line != '*'))
      continue;
    if (joined->len > 0)
      g_string_append_c(joined, ' ');
    g_string_append(joined, line);
  }
  return g_string_free(joined, FALSE);
}

char *bounce_text_status(const Notice *notice, const char *address) {
  for (guint i = 0; address && i < notice->n_lines; i++) {
    const char *line = notice_line(notice, i);
    gsize start = 0, end = 0;
    if (g_ascii_isdigit(*line) && scan_mentions(line, address) && status_find(line, &start, &end) && start <= 4)
      return g_strndup(line + start, end - start);
  }
  return NULL;
}

/* The host name that stands behind the first of `phrases` that has one. */
static char *host_behind(const Notice *notice, const char *const *phrases) {
  for (const char *const *phrase = phrases; *phrase; phrase++) {
    for (guint i = 0; i < notice->n_lines; i++) {
      const char *at = strstr(notice->lines[i], *phrase);
      at = at ? at + strlen(*phrase) : NULL;
      at = at ? at + strspn(at, " \t") : NULL;
      gsize n = at ? scan_host(at) : 0;
      if (n > 0)
        return g_strndup(at, n);
    }
  }
  return NULL;
}

char *bounce_text_refuser(const Notice *notice) {
  static const char *const phrases[] = {"Message rejected by:", "メッセージの拒否元:", "メッセージを拒否したサーバー:",
                                        "Remote server:",       "リモート サーバー:",  "Receiving server:",
                                        "受信サーバー:",        "受信側サーバー:",     "Remote system: dns;",
                                        NULL};
  return host_behind(notice, phrases);
}

char *bounce_text_reporter(const Notice *notice) {
  static const char *const phrases[] = {"mail system at host ",
                                        "qmail-send program at ",
                                        "Generating server: ",
                                        "DSN generated by:",
                                        "Sent by:",
                                        "DSN の生成元:",
                                        "生成元サーバー:",
                                        "生成サーバー:",
                                        "生成したサーバー:",
                                        "Gateway at host ",
                                        "amavisd-new at host ",
                                        "delivery status notification from ",
                                        "Reporting-MTA: <",
                                        "mail system at ",
                                        "Message from ",
                                        "program at ",
                                        NULL};
  return host_behind(notice, phrases);
}
