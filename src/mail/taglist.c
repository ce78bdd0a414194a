#include "mail/taglist.h"

#include <string.h>

static void tag_clear(Tag *tag) {
  g_free(tag->name);
  g_free(tag->value);
}

static gboolean is_name(const char *name) {
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum(*p) && *p != '_')
      return FALSE;
  return g_ascii_isalpha(name[0]);
}

static void add_piece(TagList *list, char *piece, gboolean fold) {
  char *sign = strchr(piece, '=');
  if (sign == NULL) {
    list->broken = TRUE;
    return;
  }
  *sign = '\0';
  g_autofree char *low = fold ? g_ascii_strdown(piece, -1) : NULL;
  char *name = g_strstrip(fold ? low : piece), *value = g_strstrip(sign + 1);
  if (!is_name(name) || list->tags->len >= TAGLIST_MAX_TAGS)
    list->broken = TRUE;
  else if (taglist_get(list, name) != NULL)
    list->duplicate = TRUE;
  else
    g_array_append_val(list->tags, ((Tag){g_strdup(name), g_strdup(value)}));
}

static TagList *parse(GBytes *data, gboolean fold) {
  gsize length;
  const char *bytes = g_bytes_get_data(data, &length);
  g_autofree char *text = g_strndup(bytes != NULL ? bytes : "", MIN(length, TAGLIST_MAX_BYTES));
  TagList *list = g_new0(TagList, 1);
  list->tags = g_array_new(FALSE, FALSE, sizeof(Tag));
  g_array_set_clear_func(list->tags, (GDestroyNotify)tag_clear);
  /* A record that begins with a blank does not begin with its version. */
  if (g_ascii_isspace(text[0])) {
    list->broken = TRUE;
    return list;
  }
  g_auto(GStrv) pieces = g_strsplit(text, ";", TAGLIST_MAX_TAGS + 2);
  for (guint i = 0; pieces[i] != NULL; i++)
    if (*g_strchug(pieces[i]) != '\0')
      add_piece(list, pieces[i], fold);
  return list;
}

TagList *taglist_parse(GBytes *data) {
  return parse(data, FALSE);
}

TagList *taglist_parse_fold(GBytes *data) {
  return parse(data, TRUE);
}

void taglist_free(TagList *list) {
  g_array_unref(list->tags);
  g_free(list);
}

const char *taglist_get(const TagList *list, const char *name) {
  for (guint i = 0; i < list->tags->len; i++)
    if (g_str_equal(g_array_index(list->tags, Tag, i).name, name))
      return g_array_index(list->tags, Tag, i).value;
  return NULL;
}

gboolean taglist_has_version(const TagList *list, const char *version) {
  return list->tags->len > 0 && g_str_equal(g_array_index(list->tags, Tag, 0).name, "v") &&
         g_str_equal(g_array_index(list->tags, Tag, 0).value, version);
}
