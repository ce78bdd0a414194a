#include "mail/spf_impl.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define VERSION "v=spf1"

typedef enum Argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_REQUIRED } Argument;

/* RFC 7208 s5 */
static const struct {
  const char *name;
  SpfMechanism mechanism;
  Argument domain;  /* ":" domain-spec */
  gboolean lengths; /* dual-cidr-length */
} mechanisms[] = {
    {"all", SPF_ALL, ARGUMENT_NONE, FALSE},     {"include", SPF_INCLUDE, ARGUMENT_REQUIRED, FALSE},
    {"a", SPF_A, ARGUMENT_OPTIONAL, TRUE},      {"mx", SPF_MX, ARGUMENT_OPTIONAL, TRUE},
    {"ptr", SPF_PTR, ARGUMENT_OPTIONAL, FALSE}, {"ip4", SPF_IP4, ARGUMENT_REQUIRED, FALSE},
    {"ip6", SPF_IP6, ARGUMENT_REQUIRED, FALSE}, {"exists", SPF_EXISTS, ARGUMENT_REQUIRED, FALSE},
};

static const struct {
  char sign;
  SpfResult result;
} qualifiers[] = {{'+', SPF_PASS}, {'-', SPF_FAIL}, {'~', SPF_SOFTFAIL}, {'?', SPF_NEUTRAL}};

gboolean spf_record_is(const char *bytes, gsize length) {
  gsize n = strlen(VERSION);
  return length >= n && g_ascii_strncasecmp(bytes, VERSION, n) == 0 && (length == n || bytes[n] == ' ');
}

/* --- prefixes --- */

/* A number without leading zeros, at most `max`. */
static gboolean read_bits(const char *text, guint max, guint *bits) {
  guint64 value;
  if ((text[0] == '0' && text[1] != '\0') || !g_ascii_isdigit(text[0]) ||
      !g_ascii_string_to_unsigned(text, 10, 0, max, &value, NULL))
    return FALSE;
  *bits = (guint)value;
  return TRUE;
}

/* Where "/digits" at the end of `text` begins, or NULL. */
static char *last_length(char *text) {
  char *p = text + strlen(text);
  while (p > text && g_ascii_isdigit(p[-1]))
    p--;
  return *p != '\0' && p > text && p[-1] == '/' ? p - 1 : NULL;
}

/* Takes dual-cidr-length off the end of `text`. */
static gboolean take_lengths(char *text, SpfTerm *term) {
  char *slash = last_length(text);
  if (slash != NULL && slash > text && slash[-1] == '/') {
    if (!read_bits(slash + 1, 128, &term->bits6))
      return FALSE;
    slash[-1] = '\0';
    slash = last_length(text);
  }
  if (slash == NULL)
    return TRUE;
  if (!read_bits(slash + 1, 32, &term->bits4))
    return FALSE;
  *slash = '\0';
  return TRUE;
}

static SpfProblem read_network(char *text, SpfTerm *term) {
  gboolean six = term->mechanism == SPF_IP6;
  char *slash = strchr(text, '/');
  if (slash != NULL && !read_bits(slash + 1, six ? 128 : 32, six ? &term->bits6 : &term->bits4))
    return SPF_BAD_LENGTH;
  if (slash != NULL)
    *slash = '\0';
  if (*text == '\0')
    return SPF_NO_ARGUMENT;
  /* Not ip_parse(): an IPv4-mapped network stays one of IPv6 here, which no sender is in (s5). */
  term->network.family = six ? 6 : 4;
  return inet_pton(six ? AF_INET6 : AF_INET, text, term->network.bytes) == 1 ? SPF_PROBLEM_NONE : SPF_BAD_ADDRESS;
}

/* --- terms --- */

static SpfProblem read_argument(char *rest, guint kind, SpfTerm *term) {
  if (mechanisms[kind].lengths && !take_lengths(rest, term))
    return SPF_BAD_LENGTH;
  if (*rest == '\0')
    return mechanisms[kind].domain == ARGUMENT_REQUIRED ? SPF_NO_ARGUMENT : SPF_PROBLEM_NONE;
  if (*rest != ':' || mechanisms[kind].domain == ARGUMENT_NONE)
    return mechanisms[kind].lengths ? SPF_BAD_LENGTH : SPF_NO_ARGUMENT_HERE;
  if (term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6)
    return read_network(rest + 1, term);
  term->spec = g_strdup(rest + 1);
  return spf_check_domain(term->spec);
}

static int find_mechanism(const char *name, gsize length) {
  for (guint i = 0; i < G_N_ELEMENTS(mechanisms); i++)
    if (strlen(mechanisms[i].name) == length && g_ascii_strncasecmp(mechanisms[i].name, name, length) == 0)
      return (int)i;
  return -1;
}

static SpfProblem read_directive(SpfRecord *record, const char *word) {
  const char *name = word;
  SpfTerm term = {.result = SPF_PASS, .bits4 = 32, .bits6 = 128};
  for (guint i = 0; i < G_N_ELEMENTS(qualifiers); i++)
    if (qualifiers[i].sign == *word) {
      term.result = qualifiers[i].result;
      name = word + 1;
    }
  gsize length = strcspn(name, ":/");
  int kind = find_mechanism(name, length);
  if (kind < 0)
    return SPF_BAD_TERM;
  term.mechanism = mechanisms[kind].mechanism;
  term.text = g_strdup(word);
  g_autofree char *rest = g_strdup(name + length);
  SpfProblem problem = read_argument(rest, (guint)kind, &term);
  g_array_append_val(record->terms, term);
  return problem;
}

static gboolean is_modifier_name(const char *name, gsize length) {
  if (length == 0 || !g_ascii_isalpha(name[0]))
    return FALSE;
  for (gsize i = 1; i < length; i++)
    if (!g_ascii_isalnum(name[i]) && strchr("-_.", name[i]) == NULL)
      return FALSE;
  return TRUE;
}

static SpfProblem set_modifier(char **slot, const char *spec) {
  if (*slot != NULL)
    return SPF_TWICE;
  *slot = g_strdup(spec);
  return spf_check_domain(spec);
}

static SpfProblem read_modifier(SpfRecord *record, const char *word, gsize length) {
  const char *value = word + length + 1;
  if (!is_modifier_name(word, length))
    return SPF_BAD_MODIFIER;
  if (length == strlen("redirect") && g_ascii_strncasecmp(word, "redirect", length) == 0)
    return set_modifier(&record->redirect, value);
  if (length == strlen("exp") && g_ascii_strncasecmp(word, "exp", length) == 0)
    return set_modifier(&record->exp, value);
  if (record->suspect == NULL && find_mechanism(word, length) >= 0)
    record->suspect = g_strdup(word);
  return spf_check_string(value);
}

static SpfProblem read_term(SpfRecord *record, const char *bytes, gsize length) {
  for (gsize i = 0; i < length; i++)
    if (bytes[i] <= 0x20 || bytes[i] >= 0x7f)
      return SPF_BAD_CHARACTER;
  g_autofree char *word = g_strndup(bytes, length);
  /* What is a modifier is told by the first of these three (s4.6.1). */
  gsize sign = strcspn(word, "=:/");
  return word[sign] == '=' ? read_modifier(record, word, sign) : read_directive(record, word);
}

/* --- all of it --- */

static void term_clear(gpointer data) {
  SpfTerm *term = data;
  g_free(term->text);
  g_free(term->spec);
}

SpfRecord *spf_record_parse(const char *bytes, gsize length) {
  SpfRecord *record = g_new0(SpfRecord, 1);
  record->terms = g_array_new(FALSE, FALSE, sizeof(SpfTerm));
  g_array_set_clear_func(record->terms, term_clear);
  gsize at = strlen(VERSION);
  while (at < length && record->problem == SPF_PROBLEM_NONE) {
    const char *blank = memchr(bytes + at, ' ', length - at);
    gsize n = blank != NULL ? (gsize)(blank - bytes) - at : length - at;
    if (n > 0)
      record->problem = read_term(record, bytes + at, n);
    if (record->problem != SPF_PROBLEM_NONE)
      record->problem_term = text_safe(bytes + at, (gssize)n, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
    at += n + 1;
  }
  return record;
}

void spf_record_free(SpfRecord *record) {
  if (record == NULL)
    return;
  g_array_unref(record->terms);
  g_free(record->redirect);
  g_free(record->exp);
  g_free(record->suspect);
  g_free(record->problem_term);
  g_free(record);
}
