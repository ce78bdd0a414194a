#include "mail/bounce_words.h"

#include "mail/received.h"
#include "mail/scan.h"
#include "mail/status.h"

#include <string.h>

typedef struct Phrase {
  const char *words; /* lower case */
  const char *means;
} Phrase;

/* How mail systems say which command the other side refused.  Order matters: the more exact ones first. */
static const Phrase commands[] = {
    {"end of data", "DATA"},
    {"in reply to rcpt to", "RCPT"},
    {"in reply to mail from", "MAIL"},
    {"in reply to data", "DATA"},
    {"in reply to ehlo", "EHLO"},
    {"in reply to helo", "EHLO"},
    {"in reply to lhlo", "EHLO"},
    {"after rcpt to", "RCPT"},
    {"after rcpt command", "RCPT"},
    {"after mail from", "MAIL"},
    {"after mail command", "MAIL"},
    {"after data", "DATA"},
    {"after pipelined data", "DATA"},
    {"after pipelined rcpt", "RCPT"},
    {"after pipelined mail", "MAIL"},
    {"after ehlo", "EHLO"},
    {"after helo", "EHLO"},
    {"after initial connection", "CONN"},
    {"following rcpt", "RCPT"},
    {"following mail from", "MAIL"},
    {"following mail command", "MAIL"},
    {"following data command", "DATA"},
    {"response to rcpt", "RCPT"},
    {"response to mail", "MAIL"},
    {"response to data", "DATA"},
    {"rcpt to response", "RCPT"},
    {"mail from response", "MAIL"},
    {"data response", "DATA"},
    {"[rcpt_to]", "RCPT"},
    {"[mail_from]", "MAIL"},
    {"smtp:rcpt", "RCPT"},
    {"smtp:mail", "MAIL"},
    {"smtp:data", "DATA"},
    {"does not like recipient", "RCPT"},
    {"does not like sender", "MAIL"},
    {"failed after i sent the message", "DATA"},
    {"failed on data command", "DATA"},
    {"initial server greeting", "CONN"},
    {"but greeting failed", "CONN"},
    {"but my name was rejected", "EHLO"},
    {"but sender was rejected", "MAIL"},
    {"refused to talk to me", "CONN"},
    {"couldn't find any host", "CONN"},
    {"wasn't able to establish an smtp connection", "CONN"},
    {"connection refused", "CONN"},
    {"connection timed out", "CONN"},
};

/* Words before a host name that is the server talked to. */
static const char *const before_server[] = {"host", "server", "to", "by", "with", "via", "mta", "gateway", NULL};

/* Words that name a blocklist right before its zone. */
static const char *const before_list[] = {
    "using",
    "blocked by",
    "block list at",
    "blacklist at",
    "blacklisted by",
    "blacklisted in",
    "blacklisted at",
    "blacklisted on",
    "black list at",
    "listed by",
    "listed in",
    "listed at",
    "listed on",
    "rejected by",
    "found in",
    "found on",
    "rbl",
    "dnsbl",
    "rbl:",
    "dnsbl:",
    "blocklist",
    "blacklist",
    "lookup at",
    "match in",
    "blocklisted in",
    "blocklisted by",
    "block list",
    "according to",
    NULL,
};

/* Operators by the name of their domain: what a list is called wherever it stands in a refusal. */
static const char *const operators[] = {
    "spamhaus",      "spamcop",      "barracudacentral",
    "sorbs",         "uceprotect",   "abuseat",
    "surbl",         "uribl",        "invaluement",
    "mailspike",     "psbl",         "nixspam",
    "backscatterer", "spamrats",     "cloudmark",
    "senderscore",   "abusix",       "dnswl",
    "blocklist.de",  "gbudb",        "truncate",
    "s5h",           "0spam",        "cymru",
    "rfc-clueless",  "rfc-ignorant", "njabl",
    "dsbl",          "ahbl",         "manitu",
    "proofpoint",    "trendmicro",   NULL,
};

static const char *const refusing[] = {
    "block",      "list", "reject", "denied",     "refus", "spam", "abuse",
    "reputation", "rbl",  "banned", "not accept", "dnsbl", NULL,
};

static gboolean has_one_of(const char *lower, const char *const *list) {
  for (; *list; list++)
    if (strstr(lower, *list))
      return TRUE;
  return FALSE;
}

/* TRUE if the words of `phrase` stand right before `p`; blanks and quotes between are skipped. */
static gboolean stands_before(const char *text, const char *p, const char *phrase) {
  while (p > text && strchr(" <\"'([", p[-1]))
    p--;
  gsize n = strlen(phrase);
  if ((gsize)(p - text) < n || g_ascii_strncasecmp(p - n, phrase, n) != 0)
    return FALSE;
  return (gsize)(p - text) == n || !g_ascii_isalnum(p[-(gssize)n - 1]);
}

static gboolean one_stands_before(const char *text, const char *p, const char *const *list) {
  for (; *list; list++)
    if (stands_before(text, p, *list))
      return TRUE;
  return FALSE;
}

char *bounce_words_tidy(const char *words) {
  GString *flat = g_string_sized_new(strlen(words));
  for (const char *p = words; *p; p++) {
    if (!g_ascii_isspace(*p))
      g_string_append_c(flat, *p);
    else if (flat->len > 0 && flat->str[flat->len - 1] != ' ')
      g_string_append_c(flat, ' ');
  }
  g_strchomp(flat->str);
  gsize start = 0, end = 0;
  char *text = g_string_free(flat, FALSE);
  if (!reply_find(text, &start, &end))
    return text;
  /* RFC 5321 s4.2.1: every line of a reply begins with its code, all but the last with a hyphen behind it; some servers
   * put the hyphen behind the wrong ones. */
  char code[4] = {text[start], text[start + 1], text[start + 2], '\0'};
  char again[6] = {' ', code[0], code[1], code[2], '-', '\0'};
  if (text[end] != '-' && !strstr(text + end, again))
    return text;
  char status[16] = "";
  gsize from = 0, to = 0;
  if (status_find(text + start, &from, &to) && from == 4 && to - from < sizeof status)
    memcpy(status, text + start + from, to - from);
  char *out = text + end + 1;
  for (const char *p = out; *p;) {
    if (p[-1] == ' ' && strncmp(p, code, 3) == 0 && (p[3] == '-' || p[3] == ' ')) {
      const char *rest = p + 4;
      gsize n = strlen(status);
      if (n > 0 && strncmp(rest, status, n) == 0 && (rest[n] == ' ' || rest[n] == '\0'))
        rest += n + (rest[n] == ' ');
      p = rest;
      if (!*p)
        break;
    }
    *out++ = *p++;
  }
  *out = '\0';
  return g_strchomp(text);
}

/* Where the reply begins that matters.  A relay's own reply may wrap the one it got: "554 <address>... 550 Host
 * unknown" (Sendmail), "554 4.4.7 Message expired: ...<421 4.4.2 Connection timed out>"; X.4.7 only says that it gave
 * up. */
static gboolean find_reply(const char *text, gsize *at) {
  gsize end = 0, inner = 0;
  if (!reply_find(text, at, &end))
    return FALSE;
  const char *rest = text + *at + 3;
  const char *dots = strstr(rest, "... ");
  if (dots && reply_find(dots + 4, &inner, &end) && inner == 0)
    *at = (gsize)(dots + 4 - text);
  else if ((g_str_has_prefix(rest, " 4.4.7") || g_str_has_prefix(rest, " 5.4.7")) && reply_find(rest, &inner, &end))
    *at = (gsize)(rest - text) + inner;
  return TRUE;
}

/* "250 2.1.5 Ok", as a report of delivery has it. */
static gboolean read_acceptance(BounceRecipient *recipient, const char *diagnostic) {
  if (strncmp(diagnostic, "250 ", 4) != 0 && strncmp(diagnostic, "250-", 4) != 0)
    return FALSE;
  if (!recipient->reply)
    recipient->reply = g_strndup(diagnostic, 3);
  const char *code = diagnostic + 3 + strspn(diagnostic + 3, " -");
  gsize n = strspn(code, "0123456789.");
  if (!recipient->status && n >= 5 && n <= 9 && g_str_has_prefix(code, "2."))
    recipient->status = g_strndup(code, n);
  return TRUE;
}

void bounce_words_codes(BounceRecipient *recipient, const char *diagnostic) {
  gsize start = 0, end = 0, reply_at = 0;
  if (read_acceptance(recipient, diagnostic))
    return;
  gboolean reply = find_reply(diagnostic, &reply_at);
  if (reply && !recipient->reply)
    recipient->reply = g_strndup(diagnostic + reply_at, 3);
  if (recipient->status)
    return;
  /* The code behind the reply is the remote server's; one before it is what the own server made of it. */
  if (reply && status_find(diagnostic + reply_at, &start, &end))
    recipient->status = g_strndup(diagnostic + reply_at + start, end - start);
  else if (status_find(diagnostic, &start, &end))
    recipient->status = g_strndup(diagnostic + start, end - start);
}

/* The last command of an SMTP session that is quoted before the reply: ">>> RCPT TO:<..> <<< 550", "--> DATA <-- 554".
 */
static const char *session_command(const char *before) {
  static const Phrase verbs[] = {{"rcpt", "RCPT"}, {"mail", "MAIL"}, {"data", "DATA"},
                                 {"ehlo", "EHLO"}, {"helo", "EHLO"}, {"bdat", "DATA"}};
  const char *command = NULL;
  for (const char *p = before; *p; p++) {
    if (strncmp(p, ">>> ", 4) != 0 && strncmp(p, "--> ", 4) != 0)
      continue;
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
      if (g_ascii_strncasecmp(p + 4, verbs[i].words, 4) == 0)
        command = verbs[i].means;
  }
  return command;
}

static void find_command(BounceRecipient *recipient, const char *words, const char *before) {
  if (!recipient->command)
    recipient->command = g_strdup(session_command(before));
  if (recipient->command)
    return;
  /* Lower case once: looking for each phrase without regard to case is what costs. */
  g_autofree char *lower = g_ascii_strdown(words, -1);
  for (guint i = 0; i < G_N_ELEMENTS(commands) && !recipient->command; i++)
    if (strstr(lower, commands[i].words))
      recipient->command = g_strdup(commands[i].means);
}

/* The host name that ends right before `p`, blanks and one dot skipped; NULL if there is none. */
static char *host_before(const char *text, const char *p) {
  while (p > text && (p[-1] == ' ' || p[-1] == '('))
    p--;
  const char *end = p > text && p[-1] == '.' ? p - 1 : p;
  const char *start = end;
  while (start > text && (g_ascii_isalnum(start[-1]) || strchr("-_.", start[-1])))
    start--;
  if (start == end || stands_before(text, start, "from"))
    return NULL;
  g_autofree char *name = g_strndup(start, (gsize)(end - start));
  return scan_host(name) == strlen(name) ? g_steal_pointer(&name) : NULL;
}

/* "host mx.example.com[192.0.2.25] said:", "by mx.example.jp. [192.0.2.153].", "192.0.2.25 does not like recipient". */
static void find_server_by_ip(BounceRecipient *recipient, const char *words) {
  gsize start = 0, end = 0;
  for (const char *p = words; scan_ip(p, &start, &end); p += end) {
    const char *at = p + start;
    gboolean bracket = at > words && (at[-1] == '[' || at[-1] == '(');
    g_autofree char *name = bracket ? host_before(words, at - 1) : NULL;
    gboolean first = strspn(words, " \t<([") == (gsize)(at - words);
    if (!name && !first && !one_stands_before(words, at, before_server))
      continue;
    if (name && !recipient->remote_mta)
      recipient->remote_mta = g_steal_pointer(&name);
    if (!recipient->remote_ip)
      recipient->remote_ip = g_strndup(at, end - start);
    return;
  }
}

/* Exchange puts the server's name alone before the reply: "mx.example.com Remote Server returned '550 ...'",
 * "<mx.example.com #5.1.1 smtp;550 ...>". */
static void find_server_at_head(BounceRecipient *recipient, const char *words) {
  for (const char *open = strchr(words, '<'); open; open = strchr(open + 1, '<')) {
    gsize length = scan_host(open + 1);
    if (length > 0 && g_str_has_prefix(open + 1 + length, " #")) {
      recipient->remote_mta = g_strndup(open + 1, length);
      return;
    }
  }
  const char *name = words + strspn(words, "#<(");
  gsize n = scan_host(name);
  const char *rest = name + n;
  if (n > 0 && (g_ascii_strncasecmp(rest, " Remote Server", 14) == 0 || g_str_has_prefix(rest, " gave this error") ||
                g_str_has_prefix(rest, " #")))
    recipient->remote_mta = g_strndup(name, n);
}

/* Where Exchange Online and Gmail name the server behind the words: "[LastAttemptedServerName=mx.example.com]
 * [LastAttemptedIP=192.0.2.25:25]", "{FQDN=mx.example.com};{IP=192.0.2.25}", "[mx.example.com 192.0.2.25: timed out]".
 */
static void find_server_behind(BounceRecipient *recipient, const char *words) {
  static const char *const names[] = {"LastAttemptedServerName=", "{FQDN=", NULL};
  static const char *const addresses[] = {"LastAttemptedIP=", "{IP=", NULL};
  gsize start = 0, end = 0;
  for (const char *const *key = names; *key && !recipient->remote_mta; key++) {
    const char *at = strstr(words, *key);
    gsize n = at ? scan_host(at + strlen(*key)) : 0;
    if (n > 0)
      recipient->remote_mta = g_strndup(at + strlen(*key), n);
  }
  for (const char *const *key = addresses; *key && !recipient->remote_ip; key++) {
    const char *at = strstr(words, *key);
    if (at && scan_ip(at + strlen(*key), &start, &end) && start == 0)
      recipient->remote_ip = g_strndup(at + strlen(*key), end);
  }
  for (const char *p = strchr(words, '['); p && !recipient->remote_ip; p = strchr(p + 1, '[')) {
    gsize n = scan_host(p + 1);
    const char *ip = p + 1 + n;
    if (n == 0 || *ip != ' ' || !scan_ip(ip, &start, &end) || start != 1 || strncmp(ip + end, ": ", 2) != 0)
      continue;
    if (!recipient->remote_mta)
      recipient->remote_mta = g_strndup(p + 1, n);
    recipient->remote_ip = g_strndup(ip + start, end - start);
  }
}

static void find_server_by_name(BounceRecipient *recipient, const char *words) {
  for (const char *p = words; *p && !recipient->remote_mta; p++) {
    if (p > words && !strchr(" <\"'(", p[-1]))
      continue;
    gsize n = scan_host(p);
    if (n > 0 && one_stands_before(words, p, before_server))
      recipient->remote_mta = g_strndup(p, n);
  }
}

/* Roundcube: "SMTP Error (550): Failed to add recipient "taro@example.com" (5.1.1 <taro@example.com>: unknown)." */
static char *without_roundcube(const char *said) {
  gsize start = 0, end = 0;
  if (strlen(said) < 5 || said[3] != ')')
    return g_strdup(said);
  const char *rest = said + 4 + strspn(said + 4, ": ");
  if (!status_find(rest, &start, &end) || start == 0 || rest[start - 1] != '(')
    return g_strdup(rest);
  const char *close = strrchr(rest, ')');
  return close && close > rest + start ? g_strndup(rest + start, (gsize)(close - rest) - start)
                                       : g_strdup(rest + start);
}

/* The remote server's words out of `words`, when its reply begins at `at`. */
static char *remote_words(const char *words, gsize at) {
  static const char *const tails[] = {" (in reply to ",
                                      " giving up on ",
                                      " i'm not going to try again",
                                      " --- below this line",
                                      " ##",
                                      "};{",
                                      "; from=<",
                                      " [rcpt_to]",
                                      " [mail_from]"};
  g_autofree char *said = without_roundcube(words + at);
  g_autofree char *lower = g_ascii_strdown(said, -1);
  for (guint i = 0; i < G_N_ELEMENTS(tails); i++) {
    const char *tail = strstr(lower, tails[i]);
    if (tail)
      said[tail - lower] = '\0';
  }
  static const char *const pairs[][2] = {{"'", "'"}, {"\"", "\""}, {"(", ")"},   {"[", "]"},
                                         {"`", "'"}, {"<", ">"},   {"「", "」"}, {"“", "”"}};
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    gsize n = strlen(pairs[i][0]);
    gboolean opened = at >= n && words[at + 3] != ')' && strncmp(words + at - n, pairs[i][0], n) == 0;
    char *close = opened ? g_strrstr(said, pairs[i][1]) : NULL;
    if (close)
      *close = '\0';
  }
  /* "(reason: 550 ...)": a closing bracket that was opened before the reply. */
  gsize n = strlen(said);
  if (n > 0 && said[n - 1] == ')' && !strchr(said, '('))
    said[n - 1] = '\0';
  /* Exchange 2003: "<mx.example.com #5.1.1 smtp;550 5.1.1 <taro@example.com>... User unknown>". */
  const char *open = strrchr(said, '<');
  const char *close = strrchr(said, '>');
  if (n > 0 && close == said + n - 1 && (!open || (strchr(open, '>') && strchr(open, '>') < close)))
    said[n - 1] = '\0';
  return g_strdup(g_strstrip(said));
}

/* "The reason for the problem: 5.1.2 - Bad destination host": what was said begins with the code. */
static gboolean find_announced_status(const char *text, gsize *at) {
  gsize end = 0;
  return status_find(text, at, &end) && *at >= 2 && text[*at - 1] == ' ' && text[*at - 2] == ':';
}

/* "mailbox unavailable. [SMTP Error Code 550]": what was said stands before the code. */
static gboolean ends_in_bracket(const char *code) {
  gsize n = strspn(code, "0123456789. ");
  return code[n] && strchr("])", code[n]) && strspn(code + n, "]). ") == strlen(code + n);
}

void bounce_words_read(BounceRecipient *recipient, const char *words) {
  g_autofree char *flat = bounce_words_tidy(words);
  gsize at = 0;
  gboolean reply = find_reply(flat, &at);
  bounce_words_codes(recipient, flat);
  /* The server that spoke is named before what it said; addresses in its own words are others'. */
  g_autofree char *before = g_strndup(flat, reply ? at : strlen(flat));
  find_command(recipient, flat, before);
  if (!recipient->remote_mta || !recipient->remote_ip)
    find_server_behind(recipient, flat);
  if (!recipient->remote_mta || !recipient->remote_ip)
    find_server_by_ip(recipient, before);
  if (!recipient->remote_mta)
    find_server_at_head(recipient, before);
  if (!recipient->remote_mta && !recipient->remote_ip)
    find_server_by_name(recipient, before);
  if (recipient->diagnostic || !*flat)
    return;
  gboolean whole = reply ? ends_in_bracket(flat + at) : !find_announced_status(flat, &at);
  recipient->diagnostic = whole ? g_strdup(flat) : remote_words(flat, at);
}

static gboolean is_operator(const char *host, gsize n) {
  g_autofree char *name = g_ascii_strdown(host, (gssize)n);
  return has_one_of(name, operators);
}

/* Where "https://" begins if it stands right before `p`; else `p`. */
static const char *behind_scheme(const char *text, const char *p) {
  static const char *const schemes[] = {"https://", "http://"};
  for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
    gsize n = strlen(schemes[i]);
    if ((gsize)(p - text) >= n && g_ascii_strncasecmp(p - n, schemes[i], n) == 0)
      return p - n;
  }
  return p;
}

static char *find_list(const char *words) {
  char *second = NULL;
  for (const char *p = words; *p; p++) {
    if (p > words && (g_ascii_isalnum(p[-1]) || strchr("-_.@", p[-1])))
      continue;
    gsize n = scan_host(p);
    if (n == 0)
      continue;
    const char *shown = behind_scheme(words, p);
    if (one_stands_before(words, shown, before_list) &&
        (is_operator(p, n) || !stands_before(words, shown, "rejected by"))) {
      g_free(second);
      return g_strndup(p, n);
    }
    if (!second && is_operator(p, n))
      second = g_strndup(p, n);
    p += n - 1;
  }
  g_autofree char *lower = g_ascii_strdown(words, -1);
  for (const char *const *name = operators; !second && *name; name++) {
    const char *at = strstr(lower, *name);
    if (at && (at == lower || !g_ascii_isalnum(at[-1])) && !g_ascii_isalnum(at[strlen(*name)]))
      second = g_strndup(words + (at - lower), strlen(*name));
  }
  return second;
}

/* TRUE if the words refuse; a network that does not answer lists nobody. */
static gboolean refuses(const char *words) {
  static const char *const network[] = {"connection refused", "did not accept our requests"};
  g_autofree char *lower = g_ascii_strdown(words, -1);
  for (guint i = 0; i < G_N_ELEMENTS(network); i++)
    for (char *at = strstr(lower, network[i]); at; at = strstr(at, network[i]))
      memset(at, ' ', strlen(network[i]));
  return has_one_of(lower, refusing);
}

void bounce_words_list(const BounceRecipient *recipient, char **list, char **listed_ip) {
  const char *words = recipient->diagnostic;
  if (!words || !refuses(words))
    return;
  if (!*list)
    *list = find_list(words);
  gsize start = 0, end = 0;
  for (const char *p = words; !*listed_ip && scan_ip(p, &start, &end); p += end) {
    g_autofree char *ip = g_strndup(p + start, end - start);
    if (received_ip_is_public(ip) && g_strcmp0(ip, recipient->remote_ip) != 0)
      *listed_ip = g_steal_pointer(&ip);
  }
}

gboolean bounce_words_have_code(const char *words) {
  gsize start = 0, end = 0;
  return reply_find(words, &start, &end) || status_find(words, &start, &end);
}
