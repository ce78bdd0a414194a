#include "mail/rule_read.h"

#include "base/text.h"

#include <string.h>

#define MAX_ID 60

static const YamlNode *find(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags) {
  const YamlNode *node = yaml_get(map, key);
  if (!node && required)
    yaml_fault(doc, map, diags, DIAG_ERROR, "\"%s\" is missing here", key);
  return node;
}

const char *rule_read_text(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags) {
  const YamlNode *node = find(doc, map, key, required, diags);
  if (!node)
    return NULL;
  if (node->kind == YAML_SCALAR && *node->text)
    return node->text;
  yaml_fault(doc, node, diags, DIAG_ERROR, "Here must be a text");
  return NULL;
}

int rule_read_word(const YamlDoc *doc, const YamlNode *map, const char *key, const char *const *words, Diags *diags) {
  const char *text = rule_read_text(doc, map, key, FALSE, diags);
  if (!text)
    return -1;
  for (int i = 0; words[i]; i++)
    if (strcmp(words[i], text) == 0)
      return i;
  const char *nearest = text_nearest(text, words);
  g_autofree char *all = nearest ? NULL : g_strjoinv(", ", (char **)words);
  if (nearest)
    yaml_fault(doc, yaml_get(map, key), diags, DIAG_ERROR, "\"%s\" is not known for %s: did you mean \"%s\"?", text, key,
               nearest);
  else
    yaml_fault(doc, yaml_get(map, key), diags, DIAG_ERROR, "\"%s\" is not known for %s: use one of %s", text, key, all);
  return -1;
}

gboolean rule_read_flag(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean otherwise, Diags *diags) {
  static const char *const words[] = {"no", "yes", NULL};
  int i = rule_read_word(doc, map, key, words, diags);
  return i < 0 ? otherwise : i;
}

char **rule_read_words(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags) {
  const char *text = rule_read_text(doc, map, key, FALSE, diags);
  if (!text)
    return NULL;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (const char *p = text + strspn(text, " \n"); *p; p += strspn(p, " \n")) {
    gsize length = strcspn(p, " \n");
    g_ptr_array_add(words, g_ascii_strdown(p, (gssize)length));
    p += length;
  }
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static gboolean is_date(const char *text) {
  if (strlen(text) != 10)
    return FALSE;
  for (int i = 0; i < 10; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit(text[i]))
      return FALSE;
  guint year = (guint)g_ascii_strtoull(text, NULL, 10), month = (guint)g_ascii_strtoull(text + 5, NULL, 10);
  return g_date_valid_dmy((GDateDay)g_ascii_strtoull(text + 8, NULL, 10), (GDateMonth)month, (GDateYear)year);
}

const char *rule_read_date(const YamlDoc *doc, const YamlNode *map, const char *key, const char *otherwise,
                           Diags *diags) {
  const char *text = rule_read_text(doc, map, key, FALSE, diags);
  if (!text)
    return otherwise;
  if (is_date(text))
    return text;
  yaml_fault(doc, yaml_get(map, key), diags, DIAG_ERROR,
             "\"%s\" is no date: write year, month and day as 2026-11-21", text);
  return otherwise;
}

const YamlNode *rule_read_list(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required,
                               Diags *diags) {
  const YamlNode *node = find(doc, map, key, required, diags);
  if (!node || node->kind == YAML_LIST)
    return node;
  yaml_fault(doc, node, diags, DIAG_ERROR, "Here must be a list: one \"- id: ..\" for each entry");
  return NULL;
}

gboolean rule_read_is_id(const char *text) {
  if (!g_ascii_isalnum(*text) || strlen(text) > MAX_ID)
    return FALSE;
  for (; *text; text++)
    if (!g_ascii_isalnum(*text) && *text != '_' && *text != '-')
      return FALSE;
  return TRUE;
}
