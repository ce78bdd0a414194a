#include "flow/condition_impl.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

const WordRow condition_words[] = {
    [WORD_IS] = {NULL, TRUE, FALSE},
    [WORD_NOT] = {"not", TRUE, FALSE},
    [WORD_AT_LEAST] = {"at least", TRUE, TRUE},
    [WORD_MORE_THAN] = {"more than", TRUE, TRUE},
    [WORD_LESS_THAN] = {"less than", TRUE, TRUE},
    [WORD_CONTAINS] = {"contains", TRUE, FALSE},
    [WORD_MATCHES] = {"matches", TRUE, FALSE},
    [WORD_KNOWN] = {"known", FALSE, FALSE},
    [WORD_UNKNOWN] = {"unknown", FALSE, FALSE},
    [WORD_ABSENT] = {"absent", FALSE, FALSE},
};

void condition_free(Condition *condition) {
  if (condition == NULL)
    return;
  g_array_unref(condition->clauses);
  g_strfreev(condition->facts);
  g_free(condition);
}

gboolean condition_number(const char *text, gint64 *number) {
  if (!g_ascii_isdigit(text[0]) && !(text[0] == '-' && g_ascii_isdigit(text[1])))
    return FALSE;
  char *end;
  errno = 0;
  *number = g_ascii_strtoll(text, &end, 10);
  return *end == '\0' && errno == 0;
}

/* --- deciding --- */

/* `*` any characters, `?` one, without regard to ASCII case.  Going back to the last star only keeps it
 * quadratic, whatever a hostile pattern looks like. */
static gboolean glob_matches(const char *glob, const char *text) {
  const char *star = NULL, *resume = NULL;
  while (*text != '\0') {
    gunichar c = g_utf8_get_char(text), g = *glob != '\0' ? g_utf8_get_char(glob) : 0;
    if (g == '*') {
      star = ++glob;
      resume = text;
    } else if (g != 0 && (g == '?' || g == c || (g < 128 && c < 128 && g_ascii_tolower(g) == g_ascii_tolower(c)))) {
      glob = g_utf8_next_char(glob);
      text = g_utf8_next_char(text);
    } else if (star != NULL) {
      glob = star;
      text = resume = g_utf8_next_char(resume);
    } else {
      return FALSE;
    }
  }
  while (*glob == '*')
    glob++;
  return *glob == '\0';
}

static gboolean text_contains(const char *text, const char *part) {
  gsize length = strlen(part), rest = strlen(text);
  for (; rest >= length; text++, rest--)
    if (g_ascii_strncasecmp(text, part, length) == 0)
      return TRUE;
  return FALSE;
}

/* WORD_IS, WORD_CONTAINS and WORD_MATCHES on one text. */
static gboolean text_passes(Word word, const char *value, const char *text) {
  if (word == WORD_CONTAINS)
    return text_contains(text, value);
  if (word == WORD_MATCHES)
    return glob_matches(value, text);
  return g_ascii_strcasecmp(text, value) == 0;
}

static gboolean value_passes(Word word, const char *value, const Fact *fact) {
  gint64 number;
  if (fact->type == FACT_LIST) {
    for (char **item = fact->list; *item != NULL; item++)
      if (text_passes(word, value, *item))
        return TRUE;
    return FALSE;
  }
  if (fact->type == FACT_NUMBER && word == WORD_IS && condition_number(value, &number))
    return number == fact->number;
  return text_passes(word, value, fact->text);
}

/* A text counts as a number if it is nothing but one: reply codes are such texts. */
static gboolean fact_number(const Fact *fact, gint64 *number) {
  if (fact->type == FACT_TEXT)
    return condition_number(fact->text, number);
  *number = fact->number;
  return TRUE;
}

/* Some probes have "unknown" among their words (a list could not tell): it means what the word of conditions means. */
static gboolean is_unknown_word(const Fact *fact) {
  return fact->state == FACT_KNOWN && fact->type == FACT_TEXT && g_ascii_strcasecmp(fact->text, "unknown") == 0;
}

static gboolean test_holds(const Test *test, const Fact *fact) {
  FactState state = fact != NULL ? fact->state : FACT_UNKNOWN;
  gint64 number;
  if (test->word == WORD_KNOWN)
    return state == FACT_KNOWN;
  if (test->word == WORD_UNKNOWN)
    return state == FACT_UNKNOWN || is_unknown_word(fact);
  if (test->word == WORD_ABSENT)
    return state == FACT_ABSENT;
  if (state != FACT_KNOWN)
    return FALSE;
  if (test->word == WORD_NOT)
    return !value_passes(WORD_IS, test->value, fact);
  if (!condition_words[test->word].takes_number)
    return value_passes(test->word, test->value, fact);
  if (!fact_number(fact, &number))
    return FALSE;
  return test->word == WORD_AT_LEAST    ? number >= test->number
         : test->word == WORD_MORE_THAN ? number > test->number
                                        : number < test->number;
}

static gboolean clause_holds(const Clause *clause, const Facts *facts) {
  const Fact *fact = facts_get(facts, clause->fact);
  for (guint i = 0; i < clause->tests->len; i++)
    if (test_holds(&g_array_index(clause->tests, Test, i), fact))
      return TRUE;
  return FALSE;
}

gboolean condition_holds(const Condition *condition, const Facts *facts) {
  for (guint i = 0; i < condition->clauses->len; i++)
    if (!clause_holds(&g_array_index(condition->clauses, Clause, i), facts))
      return FALSE;
  return TRUE;
}

const char *const *condition_facts(const Condition *condition) {
  return (const char *const *)condition->facts;
}

/* --- linting --- */

/* TRUE if one of the words that the fact can be passes. */
static gboolean any_passes(const Test *test, char *const *values) {
  Word word = test->word == WORD_NOT ? WORD_IS : test->word;
  for (; *values != NULL; values++)
    if (text_passes(word, test->value, *values))
      return TRUE;
  return FALSE;
}

static void check_words(const Test *test, const char *name, const FactSpec *spec, const char *file, Diags *diags) {
  g_auto(GStrv) values = g_strsplit(spec->values, " ", -1);
  if (any_passes(test, values))
    return;
  const char *near = text_nearest(test->value, (const char *const *)values);
  g_autofree char *all = g_strjoinv(", ", values);
  if (near != NULL)
    diags_add(diags, file, test->line, test->col, DIAG_ERROR, "\"%s\" is never \"%s\"; did you mean \"%s\"?", name,
              test->value, near);
  else
    diags_add(diags, file, test->line, test->col, DIAG_ERROR, "\"%s\" is never \"%s\"; it is one of: %s", name,
              test->value, all);
}

static void check_test(const Test *test, const char *name, const FactSpec *spec, const char *file, Diags *diags) {
  gint64 number;
  if (!condition_words[test->word].takes_value)
    return;
  if (condition_words[test->word].takes_number) {
    if (spec->type == FACT_TEXT && spec->values != NULL)
      diags_add(diags, file, test->line, test->col, DIAG_ERROR, "\"%s\" is a word, not a number", name);
    return;
  }
  if (spec->type == FACT_NUMBER) {
    if (!condition_number(test->value, &number))
      diags_add(diags, file, test->line, test->col, DIAG_ERROR, "\"%s\" is a number, never \"%s\"", name, test->value);
  } else if (spec->values != NULL) {
    check_words(test, name, spec, file, diags);
  }
}

void condition_check(const Condition *condition, const char *name, const FactSpec *spec, const char *file,
                     Diags *diags) {
  for (guint i = 0; i < condition->clauses->len; i++) {
    const Clause *clause = &g_array_index(condition->clauses, Clause, i);
    if (!g_str_equal(clause->fact, name))
      continue;
    for (guint j = 0; j < clause->tests->len; j++)
      check_test(&g_array_index(clause->tests, Test, j), name, spec, file, diags);
  }
}

gboolean condition_place(const Condition *condition, const char *name, int *line, int *col) {
  for (guint i = 0; i < condition->clauses->len; i++) {
    const Clause *clause = &g_array_index(condition->clauses, Clause, i);
    if (g_str_equal(clause->fact, name)) {
      *line = clause->line;
      *col = clause->col;
      return TRUE;
    }
  }
  return FALSE;
}
