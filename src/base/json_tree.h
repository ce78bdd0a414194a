/* JSON of any shape, from anybody: a tree to look things up in.
 *
 * The parser is json-glib in the module json.so, see json_line.h.  Bounded in depth and nodes.  Texts are as they stand
 * there, not made safe.  Every look-up takes NULL for "nothing there" and gives it back, so that a chain of them needs no
 * test between.  A tree owns all below it. */
#ifndef WB_BASE_JSON_TREE_H
#define WB_BASE_JSON_TREE_H

#include <glib.h>

#define JSON_TREE_MAX_DEPTH 32
#define JSON_TREE_MAX_NODES 200000

typedef enum JsonTreeKind { JSON_TREE_NULL, JSON_TREE_TRUTH, JSON_TREE_NUMBER, JSON_TREE_TEXT, JSON_TREE_LIST, JSON_TREE_MAP } JsonTreeKind;

typedef struct JsonTree JsonTree;
struct JsonTree {
  JsonTreeKind kind;
  char *name;       /* in a map, else NULL */
  char *text;       /* JSON_TREE_TEXT */
  gint64 number;    /* whole; a fraction is cut; JSON_TREE_TRUTH: 0 or 1 */
  GPtrArray *items; /* of JsonTree: list, map (in order), else NULL */
};

/* Parses `length` bytes.  Not JSON, not UTF-8, NUL inside, over a limit: NULL with `error`. */
JsonTree *json_tree_parse(const char *text, gsize length, GError **error);
void json_tree_free(JsonTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonTree, json_tree_free)

/* The member of a map; of two with one name the last. */
const JsonTree *json_tree_get(const JsonTree *map, const char *name);
/* How many items a list or a map has, else 0; the i-th of them, or NULL. */
guint json_tree_length(const JsonTree *list);
const JsonTree *json_tree_item(const JsonTree *list, guint i);
/* The text of a node that is one, or NULL; of a member. */
const char *json_tree_text(const JsonTree *node);
const char *json_tree_get_text(const JsonTree *map, const char *name);
/* TRUE if one of the items of a list is this text. */
gboolean json_tree_has_text(const JsonTree *list, const char *text);

/* What the module exports: a tree from a text that was checked for depth and NUL. */
typedef JsonTree *(*JsonTreeRead)(const char *text, gsize length, GError **error);
#define JSON_TREE_SYMBOL "json_tree_read"

#endif
