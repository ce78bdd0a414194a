#include "flow/knowledge.h"

#include "flow/read.h"

/* The list of entries, or NULL with a fault. */
static const YamlNode *find_list(const YamlDoc *doc, const char *list, Diags *diags) {
  const YamlNode *root = yaml_root(doc);
  if (root->kind == YAML_LIST)
    return root;
  if (root->kind != YAML_MAP) {
    yaml_fault(doc, root, diags, DIAG_ERROR, "The file must be a list: one \"- id: ..\" for each entry");
    return NULL;
  }
  const char *const keys[] = {"format", "reviewed", list, NULL};
  yaml_check_keys(doc, root, keys, diags);
  read_date_at(doc, root, "reviewed", FALSE, diags);
  if (yaml_get(root, "format") != NULL && yaml_get_number(root, "format", 0) != KNOWLEDGE_FORMAT)
    yaml_fault(doc, yaml_get(root, "format"), diags, DIAG_ERROR, "This program reads format %d only", KNOWLEDGE_FORMAT);
  const YamlNode *entries = read_required(doc, root, list, diags);
  if (entries != NULL && entries->kind != YAML_LIST) {
    yaml_fault(doc, entries, diags, DIAG_ERROR, "Here must be a list: one \"- id: ..\" for each entry");
    return NULL;
  }
  return entries;
}

/* The entry's id, or NULL with a fault. */
static const char *check_id(const YamlDoc *doc, const YamlNode *entry, GHashTable *seen, Diags *diags) {
  if (entry->kind != YAML_MAP) {
    yaml_fault(doc, entry, diags, DIAG_ERROR, "An entry is a map that begins with \"id: ..\"");
    return NULL;
  }
  const char *id = read_text_at(doc, entry, "id", TRUE, diags);
  if (id == NULL)
    return NULL;
  const YamlNode *node = yaml_get(entry, "id"), *first = g_hash_table_lookup(seen, id);
  if (!read_is_name(id)) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "\"%s\" is no id: use letters, digits, _ and -, at most 60", id);
    return NULL;
  }
  if (first != NULL) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "The id \"%s\" is there already, in line %d: give this entry another", id,
               first->line);
    return NULL;
  }
  g_hash_table_insert(seen, (gpointer)id, (gpointer)node);
  return id;
}

void knowledge_read(const YamlDoc *doc, const char *list, const char *const *keys, KnowledgeReader read, Diags *diags,
                    gpointer user) {
  const YamlNode *entries = find_list(doc, list, diags);
  if (entries == NULL)
    return;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < entries->length; i++) {
    const YamlNode *entry = entries->items[i];
    if (check_id(doc, entry, seen, diags) == NULL)
      continue;
    yaml_check_keys(doc, entry, keys, diags);
    read(doc, entry, diags, user);
  }
}
