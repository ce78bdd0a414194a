/* YAML nodes with line marks: the reader of flows and knowledge files.
 *
 * A subset on purpose: one document; maps, lists and scalars; no anchors, aliases, tags or merge keys;
 * duplicate keys are errors (the first one counts).  Scalars stay text (made safe, TEXT_LINES; without the line
 * feed that ends a block); "true", "1" and "null" mean what the reader of the node makes of them.
 * Hostile files are bounded in bytes, depth and nodes.
 * A document owns its nodes; nodes live as long as it. */
#ifndef WB_BASE_YAML_H
#define WB_BASE_YAML_H

#include "base/diag.h"

#include <glib.h>

#define YAML_MAX_BYTES (4u << 20)
#define YAML_MAX_DEPTH 32
#define YAML_MAX_NODES 400000

typedef enum YamlKind { YAML_SCALAR, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlNode YamlNode;
struct YamlNode {
  YamlKind kind;
  int line, col;    /* from 1: where the node begins */
  gboolean quoted;  /* scalar written in quotes or as a block */
  const char *text; /* scalar: its text; else NULL */
  guint length;     /* list: items; map: pairs */
  YamlNode **items; /* list: the items; map: the values */
  YamlNode **keys;  /* map: the keys, scalars, in file order; else NULL */
};

typedef struct YamlDoc YamlDoc;

/* Reads `path`.  Every fault is added to `diags` (file, line, col).  NULL if the file cannot be read to its end
 * (missing, empty, broken syntax, over a limit); other faults are errors in `diags` beside a document. */
YamlDoc *yaml_load_file(const char *path, Diags *diags);

/* The same from memory; `name` stands for the file in messages. */
YamlDoc *yaml_load_data(const char *name, const char *data, gsize length, Diags *diags);

/* Not "yaml_free": libyaml has a function of that name and would call ours. */
void yaml_doc_free(YamlDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlDoc, yaml_doc_free)

const YamlNode *yaml_root(const YamlDoc *doc);
const char *yaml_file(const YamlDoc *doc);

/* Value of `key` in a map; NULL if `node` is NULL, no map, or has no such key. */
const YamlNode *yaml_get(const YamlNode *node, const char *key);

/* Text of the scalar at `key`, or NULL. */
const char *yaml_get_text(const YamlNode *node, const char *key);

/* Number of the scalar at `key`, `otherwise` if missing or no whole number. */
gint64 yaml_get_number(const YamlNode *node, const char *key, gint64 otherwise);

/* Adds a fault at `node`'s place. */
void yaml_fault(const YamlDoc *doc, const YamlNode *node, Diags *diags, DiagLevel level, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* Reports every key of the map that is not in the NULL-terminated `allowed`, with a suggestion. */
void yaml_check_keys(const YamlDoc *doc, const YamlNode *map, const char *const *allowed, Diags *diags);

#endif
