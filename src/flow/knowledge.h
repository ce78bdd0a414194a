/* The frame that knowledge files of this folder share: a list of entries, each a map with an id of its own, a source
 * and a review date.  The list is the whole file, or stands in a map beside `format` and `reviewed`. */
#ifndef WB_FLOW_KNOWLEDGE_H
#define WB_FLOW_KNOWLEDGE_H

#include "base/yaml.h"

#define KNOWLEDGE_FORMAT 1

/* Called for each entry that is a map with a good id nobody had before, after its keys were checked.  Reports what
 * is wrong with the entry and leaves a broken one out. */
typedef void (*KnowledgeReader)(const YamlDoc *doc, const YamlNode *entry, Diags *diags, gpointer user);

/* Reads `doc`; `list`: the key of the list in a map ("causes"); `keys`: the NULL-terminated keys of an entry. */
void knowledge_read(const YamlDoc *doc, const char *list, const char *const *keys, KnowledgeReader read, Diags *diags,
                    gpointer user);

#endif
