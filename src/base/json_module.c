/* The module json.so: the one place that needs json-glib.  See json_line.h and json_tree.h. */
#include "base/json_line.h"
#include "base/json_tree.h"

#include <gmodule.h>
#include <json-glib/json-glib.h>

/* TRUE and the texts if `array` holds nothing else. */
static gboolean take_texts(JsonArray *array, JsonMember *member) {
  guint n = json_array_get_length(array);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
      return FALSE;
    g_ptr_array_add(texts, json_node_dup_string(node));
  }
  g_ptr_array_add(texts, NULL);
  member->n_texts = n;
  member->texts = (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
  return TRUE;
}

static void take_value(JsonNode *node, JsonMember *member) {
  GType type = json_node_get_value_type(node);
  if (type == G_TYPE_STRING) {
    member->kind = JSON_TEXT;
    member->text = json_node_dup_string(node);
  } else if (type == G_TYPE_INT64) {
    member->kind = JSON_NUMBER;
    member->number = json_node_get_int(node);
  } else if (type == G_TYPE_BOOLEAN) {
    member->kind = JSON_TRUTH;
    member->number = json_node_get_boolean(node);
  }
}

static void take_member(G_GNUC_UNUSED JsonObject *object, const char *name, JsonNode *node, gpointer user) {
  JsonLine *line = user;
  JsonMember member = {.name = g_strdup(name), .kind = JSON_OTHER};
  if (JSON_NODE_HOLDS_VALUE(node))
    take_value(node, &member);
  else if (JSON_NODE_HOLDS_ARRAY(node) && take_texts(json_node_get_array(node), &member))
    member.kind = JSON_TEXTS;
  g_array_append_val(line->members, member);
}

G_MODULE_EXPORT gboolean json_line_read(const char *text, gsize length, JsonLine *line, GError **error);
gboolean json_line_read(const char *text, gsize length, JsonLine *line, GError **error) {
  g_autoptr(JsonParser) parser = json_parser_new_immutable();
  if (!json_parser_load_from_data(parser, text, (gssize)length, error))
    return FALSE;
  JsonNode *root = json_parser_get_root(parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
    g_set_error_literal(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "the line is no JSON object");
    return FALSE;
  }
  json_object_foreach_member(json_node_get_object(root), take_member, line);
  return TRUE;
}

/* --- trees --- */

typedef struct Planting {
  JsonTree *parent;
  guint *n_nodes;
} Planting;

static JsonTree *plant(JsonNode *node, const char *name, guint *n_nodes);

static void plant_item(G_GNUC_UNUSED JsonArray *array, G_GNUC_UNUSED guint i, JsonNode *node, gpointer user) {
  Planting *planting = user;
  JsonTree *item = plant(node, NULL, planting->n_nodes);
  if (item)
    g_ptr_array_add(planting->parent->items, item);
}

static void plant_member(G_GNUC_UNUSED JsonObject *object, const char *name, JsonNode *node, gpointer user) {
  Planting *planting = user;
  JsonTree *item = plant(node, name, planting->n_nodes);
  if (item)
    g_ptr_array_add(planting->parent->items, item);
}

static void plant_value(JsonNode *node, JsonTree *tree) {
  GType type = json_node_get_value_type(node);
  if (type == G_TYPE_STRING) {
    tree->kind = JSON_TREE_TEXT;
    tree->text = json_node_dup_string(node);
  } else {
    tree->kind = type == G_TYPE_BOOLEAN ? JSON_TREE_TRUTH : JSON_TREE_NUMBER;
    tree->number = type == G_TYPE_BOOLEAN ? json_node_get_boolean(node) : json_node_get_int(node);
  }
}

/* NULL past the last node that there may be. */
static JsonTree *plant(JsonNode *node, const char *name, guint *n_nodes) {
  if (++*n_nodes > JSON_TREE_MAX_NODES)
    return NULL;
  JsonTree *tree = g_new0(JsonTree, 1);
  Planting planting = {tree, n_nodes};
  tree->name = g_strdup(name);
  if (JSON_NODE_HOLDS_VALUE(node)) {
    plant_value(node, tree);
  } else if (JSON_NODE_HOLDS_ARRAY(node) || JSON_NODE_HOLDS_OBJECT(node)) {
    tree->kind = JSON_NODE_HOLDS_ARRAY(node) ? JSON_TREE_LIST : JSON_TREE_MAP;
    tree->items = g_ptr_array_new_with_free_func((GDestroyNotify)json_tree_free);
    if (tree->kind == JSON_TREE_LIST)
      json_array_foreach_element(json_node_get_array(node), plant_item, &planting);
    else
      json_object_foreach_member(json_node_get_object(node), plant_member, &planting);
  }
  return tree;
}

G_MODULE_EXPORT JsonTree *json_tree_read(const char *text, gsize length, GError **error);
JsonTree *json_tree_read(const char *text, gsize length, GError **error) {
  g_autoptr(JsonParser) parser = json_parser_new_immutable();
  guint n_nodes = 0;
  if (!json_parser_load_from_data(parser, text, (gssize)length, error))
    return NULL;
  JsonNode *root = json_parser_get_root(parser);
  JsonTree *tree = root ? plant(root, NULL, &n_nodes) : NULL;
  if (tree && n_nodes <= JSON_TREE_MAX_NODES)
    return tree;
  json_tree_free(tree);
  g_set_error_literal(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "the text is empty or has too many parts");
  return NULL;
}
