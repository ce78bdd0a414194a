/* Patterns of rules and the words they are tried on: whatever an alternative matches holds one of its literals, and a
 * plain one matches just where its literal stands.  The first line is the pattern, the rest the words; the words go through
 * the whole classification too. */
#include "base/text.h"
#include "mail/classify.h"
#include "mail/rule_pattern.h"

#include <stdint.h>
#include <string.h>

#define MAX_PATTERN 60 /* bytes: patterns are their authors' own, and long ones only make the tries slow */

static void check(Alternative *alternative, const char *text) {
  if (!alternative_check(alternative, NULL) || alternative->plain || !*alternative->literals)
    return;
  if (!alternative_matches(alternative, text))
    return;
  for (char **literal = alternative->literals; *literal; literal++)
    if (strstr(text, *literal))
      return;
  g_error("\"%s\" matches without its literals", alternative->pattern);
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
