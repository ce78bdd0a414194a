/* Guides: step lists for the programs people use.  Knowledge file: flows/knowledge/guides.yaml.
 *
 *   - id: ac-outlook-classic
 *     topic: autocomplete
 *     app: Outlook classic (Windows)
 *     versions: "2016, 2019, 2021, Microsoft 365"
 *     status: current              # or historic
 *     title: Remove one suggestion
 *     steps: [Choose New Email., ...]
 *     audience: user               # or admin
 *     note: ..
 *     source: ..
 *     reviewed: 2026-11-21
 *
 * All but `versions`, `status` (current), `audience` (user or admin) and `note` must be there. The list may also
 * stand in a map: {format: 1, guides: [..]}.  Broken entries are reported and left out. */
#ifndef WB_FLOW_GUIDE_H
#define WB_FLOW_GUIDE_H

#include "base/message.h"
#include "base/yaml.h"

typedef struct Guide {
  char *id, *topic, *versions, *source, *reviewed;
  gboolean historic;
  Message *app, *title, *note; /* note may be NULL */
  GPtrArray *steps;            /* of Message */
} Guide;

typedef struct Guides Guides;
/* NULL if the file cannot be read at all. */
Guides *guides_load(const char *path, Diags *diags);
void guides_free(Guides *guides);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guides, guides_free)
const Guide *guides_find(const Guides *guides, const char *id); /* NULL: no such guide, or no guides */
GPtrArray *guides_all(const Guides *guides);                    /* borrowed, file order */

#endif
