#include "flow/condition_impl.h"

#include <string.h>

/* What people write who know other languages, and what it is called here. */
static const struct {
  const char *text, *write;
} foreign_words[] = {
    {"at most", "less than"},  {"greater than", "more than"}, {"bigger than", "more than"},
    {"over", "more than"},     {"fewer than", "less than"},   {"smaller than", "less than"},
    {"under", "less than"},    {"atleast", "at least"},       {"morethan", "more than"},
    {"lessthan", "less than"}, {"less then", "less than"},    {"more then", "more than"},
};

static void test_clear(gpointer data) {
  g_free(((Test *)data)->value);
}

static void clause_clear(gpointer data) {
  Clause *clause = data;
  g_free(clause->fact);
  g_array_unref(clause->tests);
}

/* The rest of `text` behind the words `prefix`, or NULL.  Blanks may be repeated. */
static const char *after_words(const char *text, const char *prefix) {
  for (; *prefix != '\0'; prefix++) {
    if (g_ascii_tolower(*text) != *prefix)
      return NULL;
    if (*text++ == ' ')
      text += strspn(text, " ");
  }
  return *text == ' ' || *text == '\0' ? text + strspn(text, " ") : NULL;
}

static Word find_word(const char *text, const char **value) {
  for (guint i = WORD_NOT; i < CONDITION_WORDS; i++) {
    const char *rest = after_words(text, condition_words[i].text);
    if (rest != NULL && (condition_words[i].takes_value || *rest == '\0')) {
      *value = condition_words[i].takes_value ? rest : NULL;
      return i;
    }
  }
  *value = text;
  return WORD_IS;
}

gboolean condition_is_word(const char *text) {
  const char *value;
  return find_word(text, &value) != WORD_IS || strchr("<>=!~", text[0]) != NULL;
}

/* TRUE if `text` looks like a comparison of another language; says how to write it. */
static gboolean fault_foreign(const YamlDoc *doc, const YamlNode *node, const char *text, Diags *diags) {
  gint64 number;
  if (strchr("<>=!~", text[0]) != NULL && text[0] != '\0') {
    yaml_fault(doc, node, diags, DIAG_ERROR,
               "\"%s\" is not a comparison: write it in words (at least, more than, less than, not)", text);
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS(foreign_words); i++) {
    const char *rest = after_words(text, foreign_words[i].text);
    if (rest == NULL || !condition_number(rest, &number))
      continue;
    if (g_str_equal(foreign_words[i].text, "at most"))
      number += number < G_MAXINT64;
    yaml_fault(doc, node, diags, DIAG_ERROR, "\"%s\" is not a comparison: write \"%s %" G_GINT64_FORMAT "\"", text,
               foreign_words[i].write, number);
    return TRUE;
  }
  return FALSE;
}

/* "not known" would compare with the text "known": not what its author means. */
static gboolean fault_nested(const YamlDoc *doc, const YamlNode *node, const char *text, const char *value,
                             Diags *diags) {
  static const char *const instead[] = {
      [WORD_NOT] = "the value alone",     [WORD_AT_LEAST] = "\"less than\"",  [WORD_MORE_THAN] = "\"less than\"",
      [WORD_LESS_THAN] = "\"at least\"",  [WORD_CONTAINS] = "an else",        [WORD_MATCHES] = "an else",
      [WORD_KNOWN] = "[unknown, absent]", [WORD_UNKNOWN] = "[known, absent]", [WORD_ABSENT] = "[known, unknown]",
  };
  const char *rest;
  Word word = find_word(value, &rest);
  if (word == WORD_IS)
    return FALSE;
  yaml_fault(doc, node, diags, DIAG_ERROR, "\"%s\": only a value can follow \"not\"; use %s instead", text,
             instead[word]);
  return TRUE;
}

/* In `contains "x y"` the quotes are no part of the value, though YAML keeps them. */
static char *unquoted(const char *value) {
  gsize length = value != NULL ? strlen(value) : 0;
  if (length > 2 && (value[0] == '"' || value[0] == '\'') && value[length - 1] == value[0])
    return g_strndup(value + 1, length - 2);
  return g_strdup(value);
}

static gboolean read_test(const YamlDoc *doc, const YamlNode *node, Clause *clause, Diags *diags) {
  if (node->kind != YAML_SCALAR) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "Here must be a value or a comparison, such as \"at least 2\"");
    return FALSE;
  }
  g_autofree char *text = g_strstrip(g_strdup(node->text));
  if (*text == '\0') {
    yaml_fault(doc, node, diags, DIAG_ERROR, "No value for \"%s\": write one, or known, unknown or absent",
               clause->fact);
    return FALSE;
  }
  if (fault_foreign(doc, node, text, diags))
    return FALSE;
  const char *value;
  Test test = {.line = node->line, .col = node->col};
  test.word = find_word(text, &value);
  if (value != NULL && *value == '\0') {
    yaml_fault(doc, node, diags, DIAG_ERROR, "Nothing follows \"%s\"", text);
    return FALSE;
  }
  if (condition_words[test.word].takes_number && !condition_number(value, &test.number)) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "A whole number must follow \"%s\", not \"%s\"",
               condition_words[test.word].text, value);
    return FALSE;
  }
  if (test.word == WORD_NOT && fault_nested(doc, node, text, value, diags))
    return FALSE;
  test.value = unquoted(value);
  g_array_append_val(clause->tests, test);
  return TRUE;
}

static gboolean is_fact_name(const char *name) {
  if (!g_ascii_isalnum(*name))
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum(*name) && strchr("._-", *name) == NULL)
      return FALSE;
  return TRUE;
}

/* A list is "or", so two values of which each excludes the other hold for every fact that is known. */
static void check_always(const YamlDoc *doc, const YamlNode *node, const Clause *clause, Diags *diags) {
  guint nots = 0;
  for (guint i = 0; i < clause->tests->len; i++)
    nots += g_array_index(clause->tests, Test, i).word == WORD_NOT;
  if (nots > 1)
    yaml_fault(doc, node, diags, DIAG_WARNING,
               "A list means \"or\": a known \"%s\" is always one of these; write one branch for each instead",
               clause->fact);
}

static gboolean read_clause(const YamlDoc *doc, const YamlNode *key, const YamlNode *value, GArray *clauses,
                            Diags *diags) {
  if (!is_fact_name(key->text)) {
    yaml_fault(doc, key, diags, DIAG_ERROR, "\"%s\" is not the name of a fact, such as mx.status", key->text);
    return FALSE;
  }
  Clause clause = {g_strdup(key->text), g_array_new(FALSE, TRUE, sizeof(Test)), key->line, key->col};
  g_array_set_clear_func(clause.tests, test_clear);
  g_array_append_val(clauses, clause);
  if (value->kind != YAML_LIST)
    return read_test(doc, value, &clause, diags);
  if (value->length == 0) {
    yaml_fault(doc, value, diags, DIAG_ERROR, "The list for \"%s\" is empty: it can never hold", key->text);
    return FALSE;
  }
  gboolean good = TRUE;
  for (guint i = 0; i < value->length; i++)
    good &= read_test(doc, value->items[i], &clause, diags);
  check_always(doc, value, &clause, diags);
  return good;
}

Condition *condition_load(const YamlDoc *doc, const YamlNode *node, Diags *diags) {
  if (node->kind != YAML_MAP || node->length == 0) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "A condition is written {fact: value}, for example {mx.status: nxdomain}");
    return NULL;
  }
  g_autoptr(Condition) condition = g_new0(Condition, 1);
  condition->clauses = g_array_new(FALSE, TRUE, sizeof(Clause));
  g_array_set_clear_func(condition->clauses, clause_clear);
  condition->facts = g_new0(char *, node->length + 1);
  gboolean good = TRUE;
  for (guint i = 0; i < node->length; i++) {
    good &= read_clause(doc, node->keys[i], node->items[i], condition->clauses, diags);
    condition->facts[i] = g_strdup(node->keys[i]->text);
  }
  return good ? g_steal_pointer(&condition) : NULL;
}
