/* Where files are: data that comes with the program, state that belongs to the user. */
#ifndef WB_BASE_PATHS_H
#define WB_BASE_PATHS_H

#include <glib.h>

/* Overrides the data directory (`--data DIR`): DIR holds flows/, and i18n/ if it brings catalogues of its own.
 * Called once, while the options are read. */
void paths_set_data(const char *dir);

/* DIR/`name`, where DIR is, in order: --data; the tree that the program was built in (its own file is DIR/build/..,
 * at any depth, and DIR/flows exists; catalogues and modules are then in the build folder: build/i18n, or
 * build/asan/i18n for a program under build/asan); PREFIX/share/whybounce and PREFIX/lib/whybounce, where PREFIX/bin
 * holds the program; the folders that were compiled in.  Works from any current directory.  Caller frees. */
char *paths_flows(void);
char *paths_knowledge(const char *name); /* flows/knowledge/NAME */
char *paths_catalogues(void);            /* the folder with *.mo */
char *paths_module(const char *name);    /* a loadable part of the program: NAME.so */

/* Folders with the site's and the user's own flows, which may not exist: /etc/whybounce/flows and
 * $XDG_CONFIG_HOME/whybounce/flows. g_strfreev(). */
char **paths_own_flows(void);
/* The user's keys for lists that want one. */
char *paths_keys(void);

/* Files with knowledge of the site's and the user's own, which may not exist: /etc/whybounce/knowledge/NAME and
 * $XDG_CONFIG_HOME/whybounce/knowledge/NAME. g_strfreev(). */
char **paths_own_knowledge(const char *name);

/* $XDG_STATE_HOME/whybounce/cases (default ~/.local/state/...), made with mode 0700 when missing.
 * NULL with `error` if that cannot be. Caller frees. */
char *paths_cases(GError **error);

#endif
