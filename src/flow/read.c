#include "flow/read.h"

#include "base/text.h"

#include <string.h>

#define MAX_NAME 60

void read_message_free(gpointer message) {
  message_free(message);
}

gboolean read_is_name(const char *text) {
  if (!g_ascii_isalnum(*text) || strlen(text) > MAX_NAME)
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum(*text) && *text != '_' && *text != '-')
      return FALSE;
  return TRUE;
}

/* --- texts for people --- */

/* "en", "ja", "pt-BR" */
gboolean read_is_language(const char *text) {
  gsize length = strlen(text);
  return (length == 2 || (length == 5 && text[2] == '-')) && g_ascii_islower(text[0]) && g_ascii_islower(text[1]);
}

static gboolean check_text(const YamlDoc *doc, const YamlNode *node, ReadShape shape, Diags *diags) {
  if (node->kind != YAML_SCALAR) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "Here must be a text");
    return FALSE;
  }
  glong length = g_utf8_strlen(node->text, -1), most = shape == READ_LABEL ? READ_MAX_LABEL : READ_MAX_TEXT;
  g_autofree char *fault = NULL;
  if (strspn(node->text, " \n") == strlen(node->text))
    fault = g_strdup("The text is empty: write one, or leave its key out");
  else if (length > most)
    fault = g_strdup_printf("The text has %ld characters: at most %ld fit", length, most);
  else if (shape == READ_LABEL && strchr(node->text, '\n') != NULL)
    fault = g_strdup("This text must be one line: write it on the line of its key");
  else
    g_strfreev(message_placeholders(node->text, &fault));
  if (fault != NULL)
    yaml_fault(doc, node, diags, DIAG_ERROR, "%s", fault);
  return fault == NULL;
}

static Message *read_languages(const YamlDoc *doc, const YamlNode *map, ReadShape shape, Diags *diags) {
  if (map->length == 0) {
    yaml_fault(doc, map, diags, DIAG_ERROR, "Here must be a text, or texts by language: {en: .., ja: ..}");
    return NULL;
  }
  gboolean good = TRUE;
  for (guint i = 0; i < map->length; i++) {
    if (!read_is_language(map->keys[i]->text)) {
      yaml_fault(doc, map->keys[i], diags, DIAG_ERROR,
                 "\"%s\" is no language: write two letters such as en or ja; a text with braces at its beginning "
                 "needs quotes",
                 map->keys[i]->text);
      good = FALSE;
    }
    good &= check_text(doc, map->items[i], shape, diags);
  }
  if (!good)
    return NULL;
  const char *english = yaml_get_text(map, "en");
  Message *message = message_new(english != NULL ? english : map->items[0]->text, NULL);
  for (guint i = 0; i < map->length; i++)
    message_set_language(message, map->keys[i]->text, map->items[i]->text);
  return message;
}

Message *read_message(const YamlDoc *doc, const YamlNode *node, ReadShape shape, Diags *diags) {
  if (node->kind == YAML_MAP)
    return read_languages(doc, node, shape, diags);
  return check_text(doc, node, shape, diags) ? message_new(node->text, NULL) : NULL;
}

Message *read_message_at(const YamlDoc *doc, const YamlNode *map, const char *key, ReadShape shape, Diags *diags) {
  const YamlNode *node = yaml_get(map, key);
  return node != NULL ? read_message(doc, node, shape, diags) : NULL;
}

GPtrArray *read_messages(const YamlDoc *doc, const YamlNode *list, guint max, Diags *diags) {
  if (list->kind != YAML_LIST) {
    yaml_fault(doc, list, diags, DIAG_ERROR, "Here must be a list of texts: one line \"- text\" for each");
    return NULL;
  }
  if (list->length > max) {
    yaml_fault(doc, list, diags, DIAG_ERROR, "The list has %u lines: at most %u fit", list->length, max);
    return NULL;
  }
  g_autoptr(GPtrArray) messages = g_ptr_array_new_full(list->length, read_message_free);
  for (guint i = 0; i < list->length; i++) {
    Message *message = read_message(doc, list->items[i], READ_PAGE, diags);
    if (message != NULL)
      g_ptr_array_add(messages, message);
  }
  return messages->len == list->length ? g_steal_pointer(&messages) : NULL;
}

const YamlNode **read_text_nodes(const YamlNode *node) {
  GPtrArray *nodes = g_ptr_array_new();
  if (node->kind == YAML_SCALAR)
    g_ptr_array_add(nodes, (gpointer)node);
  for (guint i = 0; node->kind == YAML_MAP && i < node->length; i++)
    if (node->items[i]->kind == YAML_SCALAR)
      g_ptr_array_add(nodes, node->items[i]);
  g_ptr_array_add(nodes, NULL);
  return (const YamlNode **)g_ptr_array_free(nodes, FALSE);
}

/* --- words --- */

const YamlNode *read_required(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags) {
  const YamlNode *node = yaml_get(map, key);
  if (node == NULL)
    yaml_fault(doc, map, diags, DIAG_ERROR, "\"%s\" is missing here", key);
  return node;
}

static const char *text_of(const YamlDoc *doc, const YamlNode *node, Diags *diags) {
  if (node->kind == YAML_SCALAR && *node->text != '\0')
    return node->text;
  yaml_fault(doc, node, diags, DIAG_ERROR, "Here must be a text");
  return NULL;
}

const char *read_text_at(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags) {
  const YamlNode *node = required ? read_required(doc, map, key, diags) : yaml_get(map, key);
  return node != NULL ? text_of(doc, node, diags) : NULL;
}

char **read_texts_at(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags) {
  const YamlNode *node = yaml_get(map, key);
  if (node == NULL)
    return NULL;
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  YamlNode *const *items = node->kind == YAML_LIST ? node->items : (YamlNode *const *)&node;
  guint length = node->kind == YAML_LIST ? node->length : 1;
  for (guint i = 0; i < length; i++) {
    const char *text = text_of(doc, items[i], diags);
    if (text == NULL)
      return NULL;
    g_ptr_array_add(texts, g_strdup(text));
  }
  g_ptr_array_add(texts, NULL);
  g_ptr_array_set_free_func(texts, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

void read_fault_near(const YamlDoc *doc, const YamlNode *node, const char *text, const char *const *words,
                     Diags *diags) {
  const char *near = text_nearest(node->text, words);
  if (near != NULL)
    yaml_fault(doc, node, diags, DIAG_ERROR, "%s: did you mean \"%s\"?", text, near);
  else
    yaml_fault(doc, node, diags, DIAG_ERROR, "%s", text);
}

void read_fault_word(const YamlDoc *doc, const YamlNode *node, const char *text, const char *const *words,
                     Diags *diags) {
  g_autofree char *all = g_strjoinv(", ", (char **)words);
  g_autofree char *fault = *all != '\0' ? g_strdup_printf("%s: use one of %s", text, all) : g_strdup(text);
  read_fault_near(doc, node, text_nearest(node->text, words) != NULL ? text : fault, words, diags);
}

int read_word_at(const YamlDoc *doc, const YamlNode *map, const char *key, const char *const *words, Diags *diags) {
  const YamlNode *node = yaml_get(map, key);
  if (node == NULL || text_of(doc, node, diags) == NULL)
    return -1;
  for (int i = 0; words[i] != NULL; i++)
    if (g_str_equal(words[i], node->text))
      return i;
  g_autofree char *fault = g_strdup_printf("\"%s\" is not known for %s", node->text, key);
  read_fault_word(doc, node, fault, words, diags);
  return -1;
}

static gboolean is_date(const char *text) {
  if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
    return FALSE;
  for (guint i = 0; i < 10; i++)
    if (i != 4 && i != 7 && !g_ascii_isdigit(text[i]))
      return FALSE;
  guint64 year = g_ascii_strtoull(text, NULL, 10), month = g_ascii_strtoull(text + 5, NULL, 10),
          day = g_ascii_strtoull(text + 8, NULL, 10);
  return year >= 1980 && g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

const char *read_date_at(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags) {
  const char *text = read_text_at(doc, map, key, required, diags);
  if (text == NULL || is_date(text))
    return text;
  yaml_fault(doc, yaml_get(map, key), diags, DIAG_ERROR, "\"%s\" is no date: write year, month and day as 2026-11-21",
             text);
  return NULL;
}
