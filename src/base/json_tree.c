#include "base/json_tree.h"

#include "base/json_line.h"
#include "base/module.h"

#include <string.h>

JsonTree *json_tree_parse(const char *text, gsize length, GError **error) {
  if (memchr(text, '\0', length) || !g_utf8_validate_len(text, length, NULL) ||
      !json_is_shallow(text, length, JSON_TREE_MAX_DEPTH)) {
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_PARSE, "the text is no UTF-8, nested too deep or has a NUL in it");
    return NULL;
  }
  JsonTreeRead read = (JsonTreeRead)module_find("json", JSON_TREE_SYMBOL, error);
  return read ? read(text, length, error) : NULL;
}

void json_tree_free(JsonTree *tree) {
  if (!tree)
    return;
  g_free(tree->name);
  g_free(tree->text);
  if (tree->items)
    g_ptr_array_unref(tree->items);
  g_free(tree);
}

guint json_tree_length(const JsonTree *list) {
  return list && list->items ? list->items->len : 0;
}

const JsonTree *json_tree_item(const JsonTree *list, guint i) {
  return i < json_tree_length(list) ? g_ptr_array_index(list->items, i) : NULL;
}

const JsonTree *json_tree_get(const JsonTree *map, const char *name) {
  for (guint i = map && map->kind == JSON_TREE_MAP ? map->items->len : 0; i-- > 0;) {
    const JsonTree *item = g_ptr_array_index(map->items, i);
    if (strcmp(item->name, name) == 0)
      return item;
  }
  return NULL;
}

const char *json_tree_text(const JsonTree *node) {
  return node ? node->text : NULL;
}

const char *json_tree_get_text(const JsonTree *map, const char *name) {
  return json_tree_text(json_tree_get(map, name));
}

gboolean json_tree_has_text(const JsonTree *list, const char *text) {
  for (guint i = 0; i < json_tree_length(list); i++)
    if (g_strcmp0(json_tree_text(json_tree_item(list, i)), text) == 0)
      return TRUE;
  return FALSE;
}
