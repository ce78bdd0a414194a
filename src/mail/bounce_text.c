#include "mail/bounce_text.h"

#include "mail/bounce_phrases.h"
#include "mail/bounce_refusal.h"
#include "mail/bounce_session.h"
#include "mail/bounce_words.h"
#include "mail/notice_client.h"
#include "mail/scan.h"
#include "mail/status.h"

#include <string.h>

#define MAX_RECIPIENTS 500 /* whose words are looked for; a bound on time, as each is looked for in the whole text */
#define MAX_WORDS 16384
#define MAX_JOINED 32768

/* How surely an address is a recipient, by where it stands. */
typedef enum Rank { RANK_NONE, RANK_SOMEWHERE, RANK_NAMED, RANK_HEAD } Rank;

typedef struct Mention {
  guint line;
  gsize start, end; /* of the address in the line */
  Rank rank;
} Mention;

/* Words before an address that make it the recipient; lower case, with what stands between. */
static const char *const recipient_words[] = {
    "recipient",
    "recipients",
    "recipient address",
    "to",
    "user",
    "userid",
    "address",
    "mailbox",
    "rcpt to",
    "deliver to",
    "account",
    "delivery failed",
    "failed",
    "addressed to",
    "target mail address",
    "unknown user",
    "for",
    "rcpt",
    "email address",
    "e-mail address",
    "emailaddress",
    "mailing list",
    "受信者",
    "宛先",
    "送信先",
    NULL,
};

/* What stands right behind a recipient's address in a Japanese sentence: particles of direction and topic. */
static const char *const recipient_particles[] = {"へ", "に", "宛", "あて", "は", NULL};

/* The same for addresses that are somebody else's. */
static const char *const other_words[] = {
    "from",
    "sent by",
    "mail from",
    "sender",
    "contact",
    "return-path",
    "message-id",
    "reply to",
    "reply-to",
    "envelope-from",
    "write to",
    "send mail to",
    "send email to",
    "send a message to",
    "e-mail to",
    "forward this to",
    "helpdesk",
    "mailto",
    "reply",
    "original sender",
    "sender address",
    "差出人",
    "送信者",
    "送信元",
    "返信先",
    "送信者のアドレス",
    NULL,
};

static const char *const role_mailboxes[] = {"postmaster", "mailer-daemon", "abuse",    "support", "helpdesk",
                                             "help",       "noreply",       "no-reply", NULL};

/* Mailboxes of the programs that run mailing lists: ends of the local part. */
static const char *const list_mailboxes[] = {"-ctl",  "-request",   "-admin",       "-owner",
                                             "-help", "-subscribe", "-unsubscribe", NULL};

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

/* Punctuation, brackets and blanks before `p` skipped. */
static const char *skip_back(const char *line, const char *p) {
  for (;;) {
    if (p > line && strchr(" \t<\"'(:=[", p[-1]))
      p--;
    else if (p - line >= 3 && (strncmp(p - 3, "：", 3) == 0 || strncmp(p - 3, "　", 3) == 0))
      p -= 3;
    else
      return p;
  }
}

/* TRUE if one of `words` ends right before `p`, with punctuation and brackets between. */
static gboolean word_before(const char *line, const char *p, const char *const *words) {
  p = skip_back(line, p);
  for (; *words; words++) {
    gsize n = strlen(*words);
    if ((gsize)(p - line) < n || g_ascii_strncasecmp(p - n, *words, n) != 0)
      continue;
    if ((gsize)(p - line) == n || !g_ascii_isalnum(p[-(gssize)n - 1]))
      return TRUE;
  }
  return FALSE;
}

/* Past indentation and what lists put before an item. */
static gsize item_start(const char *line) {
  gsize n = strspn(line, " \t");
  if (strchr("*-+#", line[n]) && line[n]) {
    gsize bullet = n + strspn(line + n, "*-+#");
    if (line[bullet] == ' ' || line[bullet] == '\t' || line[bullet] == '<')
      n = bullet + strspn(line + bullet, " \t");
  } else if (g_str_has_prefix(line + n, ">>> ")) {
    n += 4;
  } else if (g_str_has_prefix(line + n, "•") || g_str_has_prefix(line + n, "・")) {
    n += 3 + strspn(line + n + 3, " \t");
  }
  return n;
}

/* What may follow an address that heads a passage about it. */
static gboolean heads_passage(const char *after) {
  if (*after == '>' || *after == '"' || *after == '\'' || *after == ')')
    after++;
  gsize blanks = strspn(after, " \t");
  const char *p = after + blanks;
  if (!*p || *p == ':' || *p == ';' || g_str_has_prefix(p, "...") || g_str_has_prefix(p, "<mailto:"))
    return TRUE;
  return blanks > 0 && strchr("([<", *p);
}

static gboolean particle_behind(const char *after) {
  after += strspn(after, "> \"'");
  for (const char *const *particle = recipient_particles; *particle; particle++)
    if (g_str_has_prefix(after, *particle))
      return TRUE;
  return FALSE;
}

static Rank rank_mention(const char *line, const Mention *mention) {
  const char *address = line + mention->start;
  gsize head = item_start(line);
  gsize open = mention->start;
  while (open > head && strchr("<\"'", line[open - 1]))
    open--;
  if (open == head) {
    if (heads_passage(line + mention->end))
      return RANK_HEAD;
    return g_ascii_isspace(line[mention->end]) || line[mention->end] == '>' || line[mention->end] == ','
               ? RANK_NAMED
               : RANK_SOMEWHERE;
  }
  if (word_before(line, address, other_words))
    return RANK_NONE;
  /* "To: address" is the header of the returned mail that the notice repeats. */
  if (g_ascii_strncasecmp(line + head, "To:", 3) == 0 || g_ascii_strncasecmp(line + head, "Cc:", 3) == 0)
    return RANK_SOMEWHERE;
  if (word_before(line, address, recipient_words))
    return RANK_NAMED;
  if (particle_behind(line + mention->end))
    return RANK_NAMED;
  /* "550 5.1.1 <address>... User unknown": the address right behind the codes. */
  g_autofree char *before = g_strndup(line, mention->start);
  gsize start = 0, end = 0;
  if (reply_find(before, &start, &end)) {
    const char *rest = before + end;
    if (status_find(rest, &start, &end))
      rest += end;
    if (strspn(rest, " \t<:-#") == strlen(rest))
      return RANK_NAMED;
  }
  return RANK_SOMEWHERE;
}

static gboolean is_role(const char *address) {
  for (const char *const *role = role_mailboxes; *role; role++) {
    gsize n = strlen(*role);
    if (g_ascii_strncasecmp(address, *role, n) == 0 && (address[n] == '@' || address[n] == '-'))
      return TRUE;
  }
  return FALSE;
}

static gboolean is_daemon(const char *address) {
  return g_ascii_strncasecmp(address, "mailer-daemon@", 14) == 0;
}

static gboolean is_list_mailbox(const char *address) {
  const char *at = strrchr(address, '@');
  for (const char *const *end = list_mailboxes; at && *end; end++) {
    gsize n = strlen(*end);
    if ((gsize)(at - address) > n && g_ascii_strncasecmp(at - n, *end, n) == 0)
      return TRUE;
  }
  return g_ascii_strncasecmp(address, "owner-", 6) == 0;
}

static char *mention_address(const Notice *notice, const Mention *mention) {
  return g_strndup(notice->lines[mention->line] + mention->start, mention->end - mention->start);
}

/* An address of a line that says where another one came from: "(expanded from <..>)". */
static gboolean is_origin(const char *line, gsize start) {
  static const char *const words[] = {"expanded from",
                                      "generated from",
                                      "forwarded from",
                                      "originally to",
                                      "original address",
                                      "alias for",
                                      "ultimately generated from",
                                      "generated by",
                                      NULL};
  return word_before(line, line + start, words);
}

/* "taro@example.com <jiro@example.net>": the address is the one in brackets. */
static gboolean is_display_name(const char *line, gsize end) {
  gsize start = 0, next = 0;
  const char *after = line + end;
  return g_str_has_prefix(after, " <") && scan_mailbox(after + 2, &start, &next) && start == 0 &&
         after[2 + next] == '>';
}

/* "A message sent by", with the address alone on a later line. */
static gboolean belongs_to_other(const Notice *notice, guint line) {
  while (line > 0 && !*notice_line(notice, line - 1))
    line--;
  const char *before = line > 0 ? notice->lines[line - 1] : "";
  return word_before(before, before + strlen(before), other_words);
}

static GArray *find_mentions(const Notice *notice, const TextHints *hints) {
  GArray *mentions = g_array_new(FALSE, FALSE, sizeof(Mention));
  for (guint i = 0; i < notice->n_lines && mentions->len < 4 * MAX_RECIPIENTS; i++) {
    const char *line = notice->lines[i];
    gsize start = 0, end = 0;
    for (gsize from = 0; strchr(line + from, '@') && scan_mailbox(line + from, &start, &end); from += end) {
      Mention mention = {.line = i, .start = from + start, .end = from + end};
      if (is_origin(line, mention.start) || is_display_name(line, mention.end))
        continue;
      mention.rank = rank_mention(line, &mention);
      g_autofree char *address = mention_address(notice, &mention);
      gboolean sender = hints->sender && strstr(hints->sender, address);
      if (is_daemon(address) || (mention.rank == RANK_HEAD && belongs_to_other(notice, i)))
        mention.rank = RANK_NONE;
      else if (mention.rank < RANK_HEAD && (sender || is_role(address)))
        mention.rank = RANK_NONE;
      else if (sender) /* "A message sent by <..>", or a mail to oneself: only if nobody else heads a passage */
        mention.rank = RANK_NAMED;
      else if (is_list_mailbox(address))
        mention.rank = MIN(mention.rank, RANK_SOMEWHERE);
      if (mention.rank != RANK_NONE)
        g_array_append_val(mentions, mention);
    }
  }
  return mentions;
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
  g_autofree char *other = mention_address(reading->notice, reading->heads[i]);
  return !same_address(other, address);
}

/* "----- Transcript of session follows -----", "==========" */
static gboolean is_heading(const char *line) {
  gsize n = strlen(line);
  return n >= 3 && strchr("-=*#", line[0]) && line[1] == line[0] && strchr("-=*#", line[n - 1]) &&
         line[n - 2] == line[n - 1];
}

/* "(expanded from: <all@example.org>)" alone. */
static gboolean is_origin_line(const char *line) {
  gsize start = 0, end = 0;
  return *line == '(' && scan_mailbox(line, &start, &end) && is_origin(line, start) && strspn(line + end, ">)") >= 1 &&
         !line[end + strspn(line + end, ">)")];
}

/* The lines from `line` (from byte `offset`) to the end of the paragraph, or to the next address. An address alone in
 * its paragraph has its words in the next one. */
static char *passage(const Reading *reading, const Mention *head, const char *address) {
  const Notice *notice = reading->notice;
  GString *words = g_string_new(NULL);
  gboolean replied = FALSE;
  const char *rest = notice->lines[head->line] + head->end;
  rest += strspn(rest, ">\"' \t:;)");
  g_string_append(words, rest);
  for (guint i = head->line + 1; i < notice->n_lines && words->len < MAX_WORDS; i++) {
    const char *line = notice_line(notice, i);
    if (begins_other(reading, i, address))
      break;
    if (is_origin_line(line))
      continue;
    const char *value = NULL;
    if (!*line || is_heading(line) || bounce_refusal_ends(line) || notice_label(line, &value)) {
      if (words->len > 0 && words->str[words->len - 1] != ':')
        break;
      continue;
    }
    /* Behind the reply stands what the own server made of it. */
    gboolean reply = g_str_has_prefix(line, "<<< ") && bounce_words_have_code(line);
    if (replied && !reply)
      break;
    replied = reply;
    if (words->len > 0)
      g_string_append_c(words, ' ');
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
  for (guint i = 0; i < reading->notice->n_lines; i++) {
    if (!reading->heads[i] || begins_other(reading, i, address))
      continue;
    g_autofree char *words = passage(reading, reading->heads[i], address);
    if (word_score(words) <= word_score(best))
      continue;
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
        if (is_origin(notice->lines[k], from + start))
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

/* The addresses that stand where they do most surely name recipients. */
static void add_mentioned(GPtrArray *list, const Reading *reading, const char *header) {
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
  for (guint i = 0; i < reading->mentions->len; i++) {
    const Mention *mention = &g_array_index(reading->mentions, Mention, i);
    g_autofree char *address = mention_address(reading->notice, mention);
    if (mention->rank == best)
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
    g_autofree char *lower = g_utf8_strdown(recipient->words, -1);
    if (!bounce_phrase_of_failure(lower))
      g_ptr_array_remove_index(list, i);
  }
}

GPtrArray *bounce_text_recipients(const Notice *notice, const TextHints *hints) {
  GPtrArray *list = g_ptr_array_new_with_free_func(text_recipient_free);
  g_autoptr(GArray) mentions = find_mentions(notice, hints);
  Reading reading = {.notice = notice, .mentions = mentions};
  index_heads(&reading);
  for (guint i = 0; hints->recipients && i < hints->recipients->len; i++)
    add_recipient(list, g_ptr_array_index(hints->recipients, i), TRUE);
  if (list->len == 0)
    add_mentioned(list, &reading, hints->header);
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
    if (!*line || is_heading(line))
      continue;
    if (joined->len > 0)
      g_string_append_c(joined, ' ');
    g_string_append(joined, line);
  }
  return g_string_free(joined, FALSE);
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
                                        "受信サーバー:",        "受信側サーバー:",     NULL};
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
