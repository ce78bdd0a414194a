/* Any bytes as a file of an author: read or refused with a reason, and every node is whole. */
#include "base/text.h"
#include "base/yaml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const YamlNode *node, int depth) {
  if (depth > YAML_MAX_DEPTH || node->line < 1 || node->col < 1)
    abort();
  if (node->kind == YAML_SCALAR && !text_lines_are_safe(node->text))
    abort();
  for (guint i = 0; i < node->length; i++) {
    check(node->items[i], depth + 1);
    /* Keys are unique, so each leads to its own value. */
    if (node->kind == YAML_MAP && yaml_get(node, node->keys[i]->text) != node->items[i])
      abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(YamlDoc) doc = yaml_load_data("fuzz", (const char *)data, size, diags);
  if (doc)
    check(yaml_root(doc), 0);
  else if (!diags_count(diags, DIAG_ERROR))
    abort();
  for (guint i = 0; i < diags_length(diags); i++)
    g_free(diag_format(diags_get(diags, i)));
  return 0;
}
