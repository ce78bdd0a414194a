/* JSON, written: a text as a JSON string.  Reading JSON is json-glib's business. */
#ifndef WB_BASE_JSON_TEXT_H
#define WB_BASE_JSON_TEXT_H

#include <glib.h>

/* Appends `text` (safe, so UTF-8) in quotes; NULL: null. */
void json_text_append(GString *out, const char *text);
/* Appends `"key":` with a comma before it unless it is the first of its object. `key` needs no escapes. */
void json_text_key(GString *out, const char *key);

#endif
