#include "mail/bounce_mention.h"

#include "mail/scan.h"
#include "mail/status.h"

#include <string.h>

#define MAX_MENTIONS 2000

/* What the paragraph holds so far. */
typedef struct Place {
  gboolean headed;  /* an address heads it */
  gsize indent;     /* of that line */
  gboolean program; /* a program or a file stands where an address should */
} Place;

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
    "message was addressed,",
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
    "emailing",
    "emailing to",
    "e.g.,",
    "e.g., if",
    "finger",
    "for example",
    "try",
    "forward this to",
    "helpdesk",
    "mailto",
    "reply",
    "original sender",
    "sender address",
    "mailfrom",
    "mfrom",
    "header.from",
    "差出人",
    "送信者",
    "送信元",
    "返信先",
    "送信者のアドレス",
    "差出人アドレス",
    "送信元アドレス",
    "送信者アドレス",
    NULL,
};

static const char *const role_mailboxes[] = {"postmaster", "mailer-daemon", "abuse",    "support", "helpdesk",
                                             "help",       "noreply",       "no-reply", NULL};

/* Mailboxes of the programs that run mailing lists: ends of the local part. */
static const char *const list_mailboxes[] = {"-ctl",  "-request",   "-admin",       "-owner",
                                             "-help", "-subscribe", "-unsubscribe", NULL};

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

gsize bounce_mention_time(const char *after) {
  const char *p = after + strspn(after, "'\" ");
  gboolean on = g_str_has_prefix(p, "on ");
  p += on ? 3 : 0;
  gsize digits = strspn(p, "0123456789");
  gboolean date = digits > 0 && digits <= 4 && (p[digits] == '/' || p[digits] == '.') && g_ascii_isdigit(p[digits + 1]);
  gboolean day = on && g_ascii_isupper(*p) && strspn(p, "MTWFSadehinortu") == 3 && p[3] == ',';
  return (date && strchr(p, ':')) || day ? strlen(after) : 0;
}

/* What may follow an address that heads a passage about it. */
static gboolean heads_passage(const char *after) {
  if (*after == '>' || *after == '"' || *after == '\'' || *after == ')')
    after++;
  gsize blanks = strspn(after, " \t");
  const char *p = after + blanks;
  if (!*p || *p == ':' || *p == ';' || g_str_has_prefix(p, "...") || g_str_has_prefix(p, "<mailto:"))
    return TRUE;
  /* Two blanks part columns; Exchange and Outlook put the time behind the address. */
  return blanks > 1 || (blanks > 0 && strchr("([<", *p)) || bounce_mention_time(after) > 0;
}

static gboolean particle_behind(const char *after) {
  after += strspn(after, "> \"'");
  for (const char *const *particle = recipient_particles; *particle; particle++)
    if (g_str_has_prefix(after, *particle))
      return TRUE;
  return FALSE;
}

/* "<hanako@example.org>: Sender address rejected". */
static gboolean is_sender(const char *after) {
  static const char *const words[] = {"sender ", "domain of sender"};
  after += strspn(after, ">\"'");
  gsize marks = strspn(after, ":. ");
  for (guint i = 0; marks > 0 && i < G_N_ELEMENTS(words); i++)
    if (g_ascii_strncasecmp(after + marks, words[i], strlen(words[i])) == 0)
      return TRUE;
  return FALSE;
}

/* "Taro Yamada (taro@example.com)" alone in its line, as Exchange names the recipients. */
static gboolean is_named_line(const char *line, gsize head, const Mention *mention) {
  const char *after = line + mention->end;
  gsize name = mention->start > head ? mention->start - 1 - head : 0;
  return name > 1 && name < 60 && line[mention->start - 1] == '(' && line[mention->start - 2] == ' ' && *after == ')' &&
         (!after[1] || g_str_has_prefix(after + 1, "<mailto:")) && !memchr(line + head, ':', name);
}

/* An X.400 address whose only readable part is that of the Internet: "c=US;a= ;p=EXAMPLE;dda:SMTP=taro@example.com;". */
static void take_domain_defined(const char *line, Mention *mention) {
  static const char *const types[] = {"SMTP=", "RFC-822=", "RFC822="};
  const char *address = line + mention->start;
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_ascii_strncasecmp(address, types[i], strlen(types[i])) == 0)
      mention->start += strlen(types[i]);
}

static gboolean is_domain_defined(const char *line, gsize start) {
  return start > 4 && line[start - 1] == '=' && strcasestr(line, "dda:") && strcasestr(line, "dda:") < line + start;
}

/* TRUE if `line` holds addresses from `head` on, and nothing else. */
static gboolean is_list_of_addresses(const char *line, gsize head) {
  gsize start = 0, end = 0;
  const char *p = line + head;
  guint n = 0;
  if (strchr(p, '@') == strrchr(p, '@'))
    return FALSE;
  for (; scan_mailbox(p, &start, &end) && strspn(p, "<\"'") == start; n++)
    p += end + strspn(p + end, ">\"',; \t");
  return n > 1 && !*p;
}

/* "552 Quota violation for taro@example.com": within the reply of a server, which may know another address. */
static gboolean stands_in_reply(const char *line, gsize at) {
  const char *first = line + strspn(line, " \t");
  gsize start = 0, end = 0;
  return reply_find(first, &start, &end) && start == 0 && (gsize)(first - line) + end <= at;
}

static Rank rank_mention(const char *line, const Mention *mention) {
  const char *address = line + mention->start;
  gsize head = item_start(line);
  gsize open = mention->start;
  while (open > head && strchr("<\"'", line[open - 1]))
    open--;
  if (is_list_of_addresses(line, head))
    return RANK_HEAD;
  if (open == head) {
    if (is_sender(line + mention->end))
      return RANK_NONE;
    if (heads_passage(line + mention->end))
      return RANK_HEAD;
    return g_ascii_isspace(line[mention->end]) || line[mention->end] == '>' || line[mention->end] == ','
               ? RANK_NAMED
               : RANK_SOMEWHERE;
  }
  if (is_domain_defined(line, mention->start))
    return RANK_HEAD;
  if (word_before(line, address, other_words) || is_sender(line + mention->end))
    return RANK_NONE;
  if (is_named_line(line, head, mention))
    return RANK_HEAD;
  /* "To: address" is the header of the returned mail that the notice repeats. */
  if (g_ascii_strncasecmp(line + head, "To:", 3) == 0 || g_ascii_strncasecmp(line + head, "Cc:", 3) == 0)
    return RANK_SOMEWHERE;
  if (word_before(line, address, recipient_words))
    return stands_in_reply(line, mention->start) ? RANK_CODED : RANK_NAMED;
  if (particle_behind(line + mention->end))
    return RANK_NAMED;
  /* "550 5.1.1 <address>... User unknown": the address right behind the codes. */
  g_autofree char *before = g_strndup(line, mention->start);
  gsize start = 0, end = 0;
  if (reply_find(before, &start, &end)) {
    gsize at = start;
    const char *rest = before + end;
    if (status_find(rest, &start, &end))
      rest += end;
    if (strspn(rest, " \t<:-#'") == strlen(rest))
      return strspn(line, " \t<") == at ? RANK_NAMED : RANK_CODED;
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

char *bounce_mention_address(const Notice *notice, const Mention *mention) {
  return g_strndup(notice->lines[mention->line] + mention->start, mention->end - mention->start);
}

gboolean bounce_mention_is_origin(const char *line, gsize start) {
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

/* Exim keeps the address secret to which a mailbox is forwarded: "an undisclosed address (generated from ..)". */
static gboolean is_undisclosed(const Notice *notice, guint line) {
  return strstr(notice->lines[line], "an undisclosed address") ||
         (line > 0 && strcmp(notice_line(notice, line - 1), "an undisclosed address") == 0);
}

/* "A message sent by", with the address alone on a later line. */
static gboolean belongs_to_other(const Notice *notice, guint line) {
  while (line > 0 && !*notice_line(notice, line - 1))
    line--;
  const char *before = line > 0 ? notice->lines[line - 1] : "";
  return word_before(before, before + strlen(before), other_words);
}

/* TRUE if line `i` goes on with what was answered: the line before ends in a code, or heads the passage and is indented
 * less. */
static gboolean continues(const Notice *notice, guint i, const Place *place) {
  if (i == 0 || !*notice_line(notice, i - 1))
    return FALSE;
  if (place->headed && strspn(notice->lines[i], " \t") > place->indent)
    return TRUE;
  const char *before = notice->lines[i - 1];
  gsize n = strlen(before);
  const char *code = before + n;
  while (code > before && strchr("0123456789.", code[-1]))
    code--;
  gsize start = 0, end = 0;
  return (reply_find(code, &start, &end) && start == 0) || (status_find(code, &start, &end) && start == 0);
}

static Rank rank_in_place(const Notice *notice, const Mention *mention, const TextHints *hints, const Place *place) {
  const char *line = notice->lines[mention->line];
  gboolean origin = bounce_mention_is_origin(line, mention->start);
  /* "pipe to |/usr/bin/filter, generated by taro@example.com": a program or a file has failed. */
  if (origin)
    return place->headed || !(place->program || is_undisclosed(notice, mention->line)) ? RANK_NONE : RANK_HEAD;
  if (is_display_name(line, mention->end) || (mention->start > 0 && line[mention->start - 1] == '/'))
    return RANK_NONE;
  g_autofree char *address = bounce_mention_address(notice, mention);
  Rank rank = rank_mention(line, mention);
  gboolean sender = hints->sender && strstr(hints->sender, address);
  gboolean first = rank == RANK_HEAD || strspn(line, " \t<\"'") == mention->start;
  if (is_daemon(address) || (first && belongs_to_other(notice, mention->line)))
    return RANK_NONE;
  if (rank < RANK_HEAD && (sender || is_role(address)))
    return RANK_NONE;
  if (sender) /* "A message sent by <..>", a signature, or a mail to oneself: only if nobody else heads a passage */
    return hints->pasted ? RANK_SOMEWHERE : RANK_NAMED;
  if (is_list_mailbox(address))
    return MIN(rank, RANK_SOMEWHERE);
  return rank == RANK_HEAD && continues(notice, mention->line, place) ? RANK_SOMEWHERE : rank;
}

/* How lines begin that are about a program or a file in place of a mailbox. */
static gboolean is_program(const char *line) {
  static const char *const marks[] = {"pipe to ", "save to ", "\"|", "<|", "|", "</", "\"/", NULL};
  for (const char *const *mark = marks; *mark; mark++)
    if (g_str_has_prefix(line, *mark))
      return TRUE;
  return FALSE;
}

GArray *bounce_mentions_find(const Notice *notice, const TextHints *hints) {
  GArray *mentions = g_array_new(FALSE, FALSE, sizeof(Mention));
  Place place = {0};
  for (guint i = 0; i < notice->n_lines && mentions->len < MAX_MENTIONS; i++) {
    const char *line = notice->lines[i];
    if (!*notice_line(notice, i))
      place = (Place){0};
    /* The signature of whoever pasted the text. */
    if (hints->pasted && strcmp(line, "--") == 0)
      break;
    place.program |= is_program(notice_line(notice, i));
    gsize start = 0, end = 0;
    for (gsize from = 0; strchr(line + from, '@') && scan_mailbox(line + from, &start, &end); from += end) {
      Mention mention = {.line = i, .start = from + start, .end = from + end};
      take_domain_defined(line, &mention);
      mention.rank = rank_in_place(notice, &mention, hints, &place);
      if (mention.rank == RANK_NONE)
        continue;
      if (mention.rank == RANK_HEAD)
        place = (Place){.headed = TRUE, .indent = strspn(line, " \t")};
      g_array_append_val(mentions, mention);
    }
  }
  return mentions;
}
