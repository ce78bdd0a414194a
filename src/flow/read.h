/* Reading texts, words and dates out of YAML nodes: shared by flows, causes and guides.
 *
 * Every function reports what is wrong at the node's place and gives NULL or FALSE then, so that a reader can go on
 * and show an author all the faults of a file at once. */
#ifndef WB_FLOW_READ_H
#define WB_FLOW_READ_H

#include "base/message.h"
#include "base/yaml.h"

#define READ_MAX_TEXT 2000 /* characters of one text: more than a screen holds */
#define READ_MAX_LABEL 200 /* of a title or label: one line */

typedef enum ReadShape { READ_PAGE, READ_LABEL } ReadShape;

/* A text for people: a scalar, or {en: .., ja: ..}.  Its id is the English text exactly as written, or the first
 * one.  A label must be one line. */
Message *read_message(const YamlDoc *doc, const YamlNode *node, ReadShape shape, Diags *diags);

/* The same for the value of `key` in `map`: NULL without a fault if it is not there. */
Message *read_message_at(const YamlDoc *doc, const YamlNode *map, const char *key, ReadShape shape, Diags *diags);

/* A list of texts, at most `max`. NULL on a fault. Array of Message, owned. */
GPtrArray *read_messages(const YamlDoc *doc, const YamlNode *list, guint max, Diags *diags);

/* The scalars that hold the text `node`: itself, or the values of its languages. Borrowed, NULL-terminated; free
 * the vector only. */
const YamlNode **read_text_nodes(const YamlNode *node);

/* The node at `key`; a fault at the map if it is missing. */
const YamlNode *read_required(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags);

/* The non-empty text of the scalar at `key`, or NULL; `required`: a fault if it is missing. Owned by `doc`. */
const char *read_text_at(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags);

/* A list of non-empty texts, or one text. NULL if it is missing or has a fault. g_strfreev(). */
char **read_texts_at(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags);

/* Place of the word at `key` in the NULL-terminated `words`; -1: missing or (with a fault) none of them. */
int read_word_at(const YamlDoc *doc, const YamlNode *map, const char *key, const char *const *words, Diags *diags);

/* A review date, YYYY-MM-DD, a day that exists.  Missing is a fault if `required`. Owned by `doc`. */
const char *read_date_at(const YamlDoc *doc, const YamlNode *map, const char *key, gboolean required, Diags *diags);

/* "TEXT: did you mean ..?" or "TEXT: it is one of ..", for a word that is none of `words`. */
void read_fault_word(const YamlDoc *doc, const YamlNode *node, const char *text, const char *const *words,
                     Diags *diags);

/* The same without the list of words, for names that are too many. */
void read_fault_near(const YamlDoc *doc, const YamlNode *node, const char *text, const char *const *words,
                     Diags *diags);

/* TRUE for an id or the name of a step: begins with a letter or digit, then letters, digits, `_` and `-`, at most 60.
 * No dot: it separates a step from its facts. */
gboolean read_is_name(const char *text);

/* "en", "ja", "pt-BR" */
gboolean read_is_language(const char *text);

/* Frees a Message; for arrays. */
void read_message_free(gpointer message);

#endif
