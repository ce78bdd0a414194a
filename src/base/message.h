/* Messages: a text that can still be translated.
 *
 * A message holds an English message id with {placeholders} and the values for them.  It is turned into
 * words only when it is shown, so that the language may change while the program runs.  Findings of probes,
 * texts of flows and notices of the program are all messages.
 *
 * Placeholders are {name} with letters, digits, dots, underscores and hyphens; "{{" and "}}" stand for braces.
 * A value is put in as it is and never expanded again. */
#ifndef WB_BASE_MESSAGE_H
#define WB_BASE_MESSAGE_H

#include <glib.h>

typedef struct Message Message;

/* `id` is a literal or lives in the message's copy; then pairs of name and value (const char *, made safe
 * here), ended by NULL:  message_new(N_("{host} has no address"), "host", host, NULL) */
Message *message_new(const char *id, ...) G_GNUC_NULL_TERMINATED;

/* Adds a value: one line, at most TEXT_MAX_REMOTE bytes of it.  A second value for a name replaces the first; NULL
 * changes nothing.  Returns `message`. */
Message *message_set(Message *message, const char *name, const char *value);
Message *message_set_number(Message *message, const char *name, gint64 value);

/* A value that is itself translated when the message is rendered (a status word, a unit). */
Message *message_set_tr(Message *message, const char *name, const char *id);

/* A text of the author's own for one language ({en: .., ja: ..} in a site's flow): outranks the catalogue. */
Message *message_set_language(Message *message, const char *lang, const char *text);

Message *message_copy(const Message *message);
void message_free(Message *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

const char *message_id(const Message *message);
gboolean message_equal(const Message *a, const Message *b);

/* Looks up the value of a placeholder that the message itself has no value for.
 * Returns a safe string that the message renderer frees, or NULL. */
typedef char *(*MessageLookup)(const char *name, gpointer user);

/* The words in the language in force.  `lookup` may be NULL.  A placeholder nobody knows becomes "?" .
 * NULL message: "".  Caller frees. */
char *message_text(const Message *message, MessageLookup lookup, gpointer user);

/* The names of the placeholders in `id`, each once; `fault`, unless NULL, receives a sentence about a broken
 * placeholder (position counted in characters), or NULL. g_strfreev(). */
char **message_placeholders(const char *id, char **fault);

/* The written form for case files, one safe line: id|name=value|name~id|lang@text, where "~" marks a value that is
 * translated and "@" a text of the author's own; in all of them "\\" is a backslash, "\p" a bar, "\n" a line feed.
 * Caller frees. */
char *message_format(const Message *message);

/* Reads the written form, from a file that anybody may have made: NULL if it is broken, all texts made safe. */
Message *message_parse(const char *line);

#endif
