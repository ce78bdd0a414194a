/* Patterns of rules and the words they are tried on: whatever an alternative matches holds one of its literals, and a
 * plain one matches just where its literal stands.  The first line is the pattern, the rest the words; the words go through
 * the whole classification too. */
#include "base/text.h"
#include "mail/classify.h"
#include "mail/rule_pattern.h"

#include <stdint.h>
#include <string.h>

#define MAX_PATTERN 60 /* bytes: patterns are their authors' own, and long ones only make the tries slow */

static gboolean has_one(const char *text, char **literals) {
  while (*literals && !strstr(text, *literals))
    literals++;
  return *literals != NULL;
}

static void check(Alternative *alternative, const char *text) {
  if (!alternative_check(alternative, NULL) || alternative->plain || !*alternative->literals)
    return;
  /* The expression alone says what matches: the pieces must only save trying it. */
  if (g_regex_match(alternative->regex, text, 0, NULL)) {
    g_assert_true(has_one(text, alternative->literals));
    for (guint i = 0; alternative->others && i < alternative->others->len; i++)
      g_assert_true(has_one(text, g_ptr_array_index(alternative->others, i)));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Classifier *classifier;
  static const char *const no_files[] = {NULL};
  if (!classifier)
    classifier = classifier_new(NULL, no_files);
  g_autofree char *safe = text_safe((const char *)data, (gssize)size, 0, TEXT_LINES, NULL);
  g_auto(GStrv) halves = g_strsplit(safe, "\n", 2);
  if (!halves[0] || !halves[1])
    return 0;
  g_autofree char *text = classify_normalise(halves[1]);
  g_assert_true(g_utf8_validate(text, -1, NULL));
  if (strlen(halves[0]) <= MAX_PATTERN) {
    g_autoptr(GPtrArray) all = pattern_split(halves[0]);
    for (guint i = 0; i < all->len; i++)
      check(g_ptr_array_index(all, i), text);
  }
  const Refusal refusal = {.words = halves[1], .status = "5.7.1", .command = "DATA", .recipient = "taro@example.com"};
  Classification found = classify(classifier, &refusal);
  if (found.rule)
    g_assert_cmpstr(found.rule->cause, ==, found.cause);
  return 0;
}
