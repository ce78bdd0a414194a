/* libFuzzer target: whatever bytes come in, reading, classifying and explaining them ends, stays in bounds, and what
 * comes out is safe and valid JSON text. Start it with the samples of tests/unit/data/bounces as corpus; mime.so, built
 * with the same sanitizers, lies beside it. */
#include "base/paths.h"
#include "base/text.h"
#include "flow/diagnose.h"
#include "mail/address.h"
#include "report/bounce_json.h"
#include "report/explain.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(gboolean holds) {
  if (!holds)
    abort();
}

/* Read once: a fuzzer is one long run. */
static const ExplainKnowledge *knowledge(void) {
  static ExplainKnowledge all;
  static const char *const no_files[] = {NULL};
  if (all.classifier)
    return &all;
  g_autofree char *path = paths_knowledge("causes.yaml");
  g_autoptr(Diags) diags = diags_new();
  all.causes = causes_load(path, diags);
  all.classifier = classifier_new(NULL, no_files);
  require(all.causes != NULL);
  return &all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(Bounce) bounce = bounce_read((const char *)data, size);
  diagnose_bounce(bounce, knowledge()->classifier, knowledge()->causes);
  require(!bounce->is_bounce || bounce->recipients->len > 0);
  g_autofree char *json = bounce_to_json(bounce, NULL);
  require(g_utf8_validate(json, -1, NULL) && !strchr(json, '\n'));
  g_autofree char *page = explain_page(bounce, NULL, knowledge(), 78);
  g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
  for (char **line = lines; *line; line++)
    require(text_is_safe(*line));
  g_autofree char *typed = g_strndup((const char *)data, size);
  g_autoptr(Address) address = address_parse(typed);
  require(address_reason_word(address->reason) != NULL);
  return 0;
}
