#include "base/yaml.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

YamlDoc *yaml_load_file(const char *path, Diags *diags) {
  gsize length;
  g_autofree char *data = file_load(path, YAML_MAX_BYTES + 1, &length);
  if (!data) {
    diags_add(diags, path, 0, 0, DIAG_ERROR, "The file cannot be read (%s): check its name and permissions",
              g_strerror(errno));
    return NULL;
  }
  return yaml_load_data(path, data, length, diags);
}

const YamlNode *yaml_get(const YamlNode *node, const char *key) {
  if (!node || node->kind != YAML_MAP)
    return NULL;
  for (guint i = 0; i < node->length; i++) {
    if (!strcmp(node->keys[i]->text, key))
      return node->items[i];
  }
  return NULL;
}

const char *yaml_get_text(const YamlNode *node, const char *key) {
  const YamlNode *value = yaml_get(node, key);
  return value ? value->text : NULL;
}

gint64 yaml_get_number(const YamlNode *node, const char *key, gint64 otherwise) {
  const char *text = yaml_get_text(node, key);
  gint64 number;
  if (!text || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
    return otherwise;
  return number;
}

void yaml_fault(const YamlDoc *doc, const YamlNode *node, Diags *diags, DiagLevel level, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  diags_add(diags, yaml_file(doc), node ? node->line : 0, node ? node->col : 0, level, "%s", text);
}

void yaml_check_keys(const YamlDoc *doc, const YamlNode *map, const char *const *allowed, Diags *diags) {
  if (!map || map->kind != YAML_MAP)
    return;
  for (guint i = 0; i < map->length; i++) {
    const YamlNode *key = map->keys[i];
    if (g_strv_contains(allowed, key->text))
      continue;
    const char *near = text_nearest(key->text, allowed);
    g_autofree char *all = near ? NULL : g_strjoinv(", ", (char **)allowed);
    if (near)
      yaml_fault(doc, key, diags, DIAG_ERROR, "\"%s\" is not known here: did you mean \"%s\"?", key->text, near);
    else
      yaml_fault(doc, key, diags, DIAG_ERROR, "\"%s\" is not known here: use one of %s", key->text, all);
  }
}
