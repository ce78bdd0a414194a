/* Who registers domain names: where a registration can be read, and what name is registered.  Knowledge file:
 * flows/knowledge/rdap.yaml.  Immutable after load; faults of a file go to `diags`, the broken entry is left out. */
#ifndef WB_MAIL_REGISTRY_H
#define WB_MAIL_REGISTRY_H

#include "base/diag.h"

#include <glib.h>

typedef struct Registries Registries;
/* NULL: the file cannot be read at all. */
Registries *registries_load(const char *path, Diags *diags);
void registries_free(Registries *registries);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registries, registries_free)

/* The last label of `domain` (A-labels). */
const char *registry_tld(const char *domain);

/* Where programs ask about names below `tld` (RDAP, ends in a slash), NULL: not known here. */
const char *registries_server(const Registries *registries, const char *tld);
/* Where people look one up; never NULL unless the file says nothing at all. */
const char *registries_page(const Registries *registries, const char *tld);
/* TRUE: a name for examples and exercises, or of a network of one's own (RFC 2606, RFC 6761): nobody registers such. */
gboolean registries_is_special(const Registries *registries, const char *domain);

/* The name that is registered, of which `domain` is a part: its last two labels, or three below a usual second level of a
 * country ("co.uk").  A pointer into `domain`; NULL: it is a top-level domain or such a second level itself. */
const char *registries_domain(const Registries *registries, const char *domain);

#endif
