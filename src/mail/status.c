#include "mail/status.h"

#include <string.h>

/* Words before a number that make it a version or an identifier and no status code. */
static const char *const version_words[] = {
    "version",  "ver",     "v",       "release", "rev",          "build",   "exim",   "postfix", "sendmail", "qmail",
    "exchange", "server",  "smtpd",   "esmtp",   "mta",          "linux",   "kernel", "mailer",  "java",     "php",
    "python",   "perl",    "outlook", "domino",  "notes",        "mdaemon", "zimbra", "proxy",   "gateway",  "update",
    "section",  "chapter", "rfc",     "amavis",  "spamassassin", "clamav",  NULL,
};

/* Words before a three-digit number that make it a reply code wherever it stands. */
static const char *const reply_words[] = {
    "said",    "error",    "code",   "reply",    "replied", "response",  "responded", "status",
    "smtp",    "returned", "answer", "answered", "esmtp",   "errorcode", "err",       "failed",
    "failure", "rejected", "reason", "result",   "responsecode",   "with",    NULL,
};

/* Words behind a three-digit number that make it a quantity. */
static const char *const units[] = {
    "byte",    "bytes",  "kb",     "mb",    "gb",       "k",          "m",       "octets",     "second", "seconds",
    "sec",     "secs",   "s",      "ms",    "minute",   "minutes",    "min",     "hour",       "hours",  "day",
    "days",    "time",   "times",  "of",    "messages", "recipients", "percent", "characters", "lines",  "attempts",
    "queries", "kbytes", "mbytes", "mails", "gmt",      "utc",        "kib",     "mib",        NULL,
};

static gboolean is_word_byte(char c) {
  return g_ascii_isalnum(c) || c == '_';
}

static gboolean word_in(const char *word, gsize length, const char *const *list) {
  for (; *list; list++)
    if (strlen(*list) == length && g_ascii_strncasecmp(word, *list, length) == 0)
      return TRUE;
  return FALSE;
}

/* The word that ends at `end`, blanks, colons and equals signs skipped. */
static gboolean word_before_in(const char *text, const char *end, const char *const *list) {
  while (end > text && strchr(" \t\r\n:=;", end[-1]))
    end--;
  const char *start = end;
  while (start > text && g_ascii_isalpha(start[-1]))
    start--;
  return start < end && word_in(start, (gsize)(end - start), list);
}

static gsize digits(const char *p) {
  return strspn(p, "0123456789");
}

/* Length of "C.S.D" at `p` in the form that mail systems write: class 4 or 5, one digit for the subject (the registry
 * has 0 to 7), up to three for the detail; two digits in the middle are dates and versions.  0: none. */
static gsize code_length(const char *p) {
  if ((p[0] != '4' && p[0] != '5') || p[1] != '.' || !g_ascii_isdigit(p[2]) || p[3] != '.')
    return 0;
  gsize n = digits(p + 4);
  if (n == 0 || n > 3 || (n > 1 && p[4] == '0'))
    return 0;
  return 4 + n;
}

/* TRUE if "550-" or "550 " ends at `p`: the code that follows belongs to the reply. */
static gboolean reply_before(const char *text, const char *p) {
  if (p - text < 4 || (p[-1] != '-' && p[-1] != ' ' && p[-1] != '#'))
    return FALSE;
  return (p[-4] == '4' || p[-4] == '5') && g_ascii_isdigit(p[-3]) && g_ascii_isdigit(p[-2]) &&
         (p - text == 4 || !is_word_byte(p[-5]));
}

static gboolean stands_as_status(const char *text, const char *p, gsize length) {
  const char *after = p + length;
  if (is_word_byte(*after) || *after == '@')
    return FALSE;
  if ((*after == '.' || *after == '/' || *after == '-') && is_word_byte(after[1]))
    return FALSE;
  if (p == text || reply_before(text, p))
    return TRUE;
  if (is_word_byte(p[-1]) || strchr(".-/@~%+$\\", p[-1]))
    return FALSE;
  /* "x=5.1.1" in a URL or a tag is no code, "status=5.1.1" and "dsn=5.1.1" are. */
  static const char *const assigned[] = {"status", "dsn", "code", "stat", "enhanced", "error", NULL};
  if (p[-1] == '=')
    return word_before_in(text, p, assigned);
  return !word_before_in(text, p, version_words);
}

gboolean status_find(const char *text, gsize *start, gsize *end) {
  for (const char *p = text; *p; p++) {
    if (!g_ascii_isdigit(*p))
      continue;
    gsize length = code_length(p);
    if (length > 0 && stands_as_status(text, p, length)) {
      *start = (gsize)(p - text);
      *end = *start + length;
      return TRUE;
    }
    /* Past the whole run: "192.0.5.1.1" has no code in its tail. */
    while (g_ascii_isdigit(p[1]) || (p[1] == '.' && g_ascii_isdigit(p[2])))
      p++;
  }
  return FALSE;
}

static gboolean is_reply(const char *p) {
  return (p[0] == '4' || p[0] == '5') && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]) && !is_word_byte(p[3]);
}

static gboolean unit_behind(const char *p) {
  while (*p == ' ' || *p == '\t')
    p++;
  gsize n = 0;
  while (g_ascii_isalpha(p[n]))
    n++;
  return n > 0 && word_in(p, n, units);
}

/* TRUE if Japanese words or punctuation before `end` announce a code. */
static gboolean announced_in_japanese(const char *text, const char *end) {
  static const char *const words[] = {"：", "「", "『", "（", "【", "、", "。", "エラー", "コード", "応答", "番号",
                                      "※",  "→",  "・",  NULL};
  for (const char *const *word = words; *word; word++) {
    gsize n = strlen(*word);
    if ((gsize)(end - text) >= n && strncmp(end - n, *word, n) == 0)
      return TRUE;
  }
  return FALSE;
}

/* What the place before the number says: TRUE if a reply may begin here. */
static gboolean reply_may_begin(const char *text, const char *p) {
  if (p == text)
    return TRUE;
  const char *before = p;
  while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
    before--;
  if (before == text || before[-1] == '\n' || before[-1] == '\r')
    return TRUE;
  char c = before[-1];
  /* "12:450" is no reply: a colon or comma between digits. */
  if (before == p && strchr(":,;", c) && before - text > 1 && g_ascii_isdigit(before[-2]))
    return FALSE;
  if (c & 0x80)
    return announced_in_japanese(text, before);
  if (strchr(":;\"'`([{<>#|*", c) || (before < p && strchr("-,)", c)))
    return TRUE;
  return word_before_in(text, p, reply_words);
}

/* "(480) 555-0123": a telephone number. */
static gboolean is_area_code(const char *text, const char *p) {
  if (p == text || p[-1] != '(' || p[3] != ')')
    return FALSE;
  const char *number = p + 4 + (p[4] == ' ' || p[4] == '-');
  gsize n = digits(number);
  return n >= 3 && n <= 4 && strchr("-. ", number[n]) && digits(number + n + 1) >= 3;
}

static gboolean stands_as_reply(const char *text, const char *p) {
  const char *after = p + 3;
  if (p > text &&
      (is_word_byte(p[-1]) || strchr("./@+\\$%~", p[-1]) || (p[-1] == '-' && p - text > 1 && is_word_byte(p[-2]))))
    return FALSE;
  if ((*after == '.' || *after == ',' || *after == '/' || *after == ':') && g_ascii_isdigit(after[1]))
    return FALSE;
  if (*after == '@' || *after == '%' || is_area_code(text, p))
    return FALSE;
  /* "550-192.0.2.1 is blocked" is a reply, "555-1234" is not. */
  if (*after == '-' && g_ascii_isdigit(after[1]) && after[1 + digits(after + 1)] != '.')
    return FALSE;
  /* A reply that another system quotes: "550-'Unknown user'". */
  if (*after == '-' && (after[1] == '\'' || after[1] == '"'))
    return TRUE;
  /* An enhanced code of the same class right behind it settles the matter. */
  if ((*after == ' ' || *after == '-') && after[1 + (after[1] == '#')] == *p &&
      code_length(after + 1 + (after[1] == '#')) > 0)
    return TRUE;
  return !unit_behind(after) && reply_may_begin(text, p);
}

gboolean reply_find(const char *text, gsize *start, gsize *end) {
  for (const char *p = text; *p; p++) {
    if (!g_ascii_isdigit(*p))
      continue;
    if (is_reply(p) && stands_as_reply(text, p)) {
      *start = (gsize)(p - text);
      *end = *start + 3;
      return TRUE;
    }
    while (g_ascii_isdigit(p[1]))
      p++;
  }
  return FALSE;
}
