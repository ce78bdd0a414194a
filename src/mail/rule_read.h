/* Reading words out of knowledge files of this folder: each function reports what is wrong at the node's place. */
#ifndef WB_MAIL_RULE_READ_H
#define WB_MAIL_RULE_READ_H

#include "base/yaml.h"

#define READ_MAX_CODES 40

/* The non-empty text at `key`, or NULL; `required`: a fault if it is missing. Owned by `doc`. */
const char *rule_read_text(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags);

/* Place of the word at `key` in the NULL-terminated `words`; -1: missing, or (with a fault) none of them. */
int rule_read_word(const YamlDoc *doc, const YamlNode *map, const char *key, const char *const *words, Diags *diags);

/* TRUE: the value is yes; a fault if it is neither yes nor no. */
gboolean rule_read_flag(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean otherwise, Diags *diags);

/* The words of the text at `key`, in lower case; NULL if it is missing. g_strfreev(). */
char **rule_read_words(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags);

/* A date YYYY-MM-DD that exists; `otherwise` if it is missing. */
const char *rule_read_date(const YamlDoc *doc, const YamlNode *map, const char *key, const char *otherwise,
                           Diags *diags);

/* The list at `key`, NULL (with a fault, if `required` or it is something else) without. */
const YamlNode *rule_read_list(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required,
                               Diags *diags);

/* TRUE for letters, digits, _ and -, at most 60. */
gboolean rule_read_is_id(const char *text);

#endif
