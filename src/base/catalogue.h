/* The message catalogue: English texts are the message ids, translations come from .mo files.
 *
 * Our own reader instead of libc's gettext: that one needs the locale installed on the machine and
 * cannot switch language while the program runs.  One catalogue is in force at a time; switching it
 * changes every text rendered afterwards. */
#ifndef WB_BASE_CATALOGUE_H
#define WB_BASE_CATALOGUE_H

#include <glib.h>

/* Marks a text for extraction without translating it. */
#define N_(text) text

/* Puts `lang` ("en", "ja") into force, read from DIR/LANG.mo where DIR is `dir`.  "en" needs no file.
 * Returns FALSE with `error` if the file is missing or broken (bounds-checked); the old language stays. */
gboolean catalogue_use(const char *dir, const char *lang, GError **error);

/* The language in force: "en" or the name of the .mo file. */
const char *catalogue_language(void);

/* Every language there is: "en", then the .mo files in `dir`, sorted.  g_strfreev(). */
char **catalogue_languages(const char *dir);

/* The name a language calls itself ("English", "日本語"), or its code. */
const char *catalogue_language_name(const char *lang);

/* From $LC_ALL, $LC_MESSAGES, $LANG: the two letters of the language that the user wants, "en" if
 * none is named. Needs no installed locale. */
const char *catalogue_language_from_environment(void);

/* The translation of `id`, or `id` itself. Lives until the language changes. */
const char *tr(const char *id);

#endif
