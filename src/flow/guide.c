#include "flow/guide.h"

#include "flow/knowledge.h"
#include "flow/read.h"

#define MAX_STEPS 30

struct Guides {
  GPtrArray *all;    /* of Guide, file order */
  GHashTable *by_id; /* id -> Guide, borrowed */
};

static const char *const keys[] = {"id",    "topic", "app",  "versions", "status",   "audience",
                                   "title", "steps", "note", "source",   "reviewed", NULL};
static const char *const statuses[] = {"current", "historic", NULL};
static const char *const audiences[] = {"user", "admin", NULL};

static void guide_free(gpointer data) {
  Guide *guide = data;
  if (guide == NULL)
    return;
  g_free(guide->id);
  g_free(guide->topic);
  g_free(guide->versions);
  g_free(guide->source);
  g_free(guide->reviewed);
  message_free(guide->app);
  message_free(guide->title);
  message_free(guide->note);
  g_clear_pointer(&guide->steps, g_ptr_array_unref);
  g_free(guide);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guide, guide_free)

static Message *required_label(const YamlDoc *doc, const YamlNode *entry, const char *key, Diags *diags) {
  const YamlNode *node = read_required(doc, entry, key, diags);
  return node != NULL ? read_message(doc, node, READ_LABEL, diags) : NULL;
}

static void read_guide(const YamlDoc *doc, const YamlNode *entry, Diags *diags, gpointer user) {
  Guides *guides = user;
  guint faults = diags_count(diags, DIAG_ERROR);
  g_autoptr(Guide) guide = g_new0(Guide, 1);
  guide->id = g_strdup(yaml_get_text(entry, "id"));
  guide->topic = g_strdup(read_text_at(doc, entry, "topic", TRUE, diags));
  guide->versions = g_strdup(read_text_at(doc, entry, "versions", FALSE, diags));
  guide->source = g_strdup(read_text_at(doc, entry, "source", TRUE, diags));
  guide->reviewed = g_strdup(read_date_at(doc, entry, "reviewed", TRUE, diags));
  guide->historic = read_word_at(doc, entry, "status", statuses, diags) == 1;
  read_word_at(doc, entry, "audience", audiences, diags);
  guide->app = required_label(doc, entry, "app", diags);
  guide->title = required_label(doc, entry, "title", diags);
  guide->note = read_message_at(doc, entry, "note", READ_PAGE, diags);
  const YamlNode *steps = read_required(doc, entry, "steps", diags);
  if (steps != NULL)
    guide->steps = read_messages(doc, steps, MAX_STEPS, diags);
  if (guide->steps != NULL && guide->steps->len == 0)
    yaml_fault(doc, steps, diags, DIAG_ERROR, "A guide needs at least one step");
  if (diags_count(diags, DIAG_ERROR) > faults)
    return;
  g_hash_table_insert(guides->by_id, guide->id, guide);
  g_ptr_array_add(guides->all, g_steal_pointer(&guide));
}

Guides *guides_load(const char *path, Diags *diags) {
  g_autoptr(YamlDoc) doc = yaml_load_file(path, diags);
  if (doc == NULL)
    return NULL;
  Guides *guides = g_new0(Guides, 1);
  guides->all = g_ptr_array_new_with_free_func(guide_free);
  guides->by_id = g_hash_table_new(g_str_hash, g_str_equal);
  knowledge_read(doc, "guides", keys, read_guide, diags, guides);
  return guides;
}

void guides_free(Guides *guides) {
  if (guides == NULL)
    return;
  g_hash_table_unref(guides->by_id);
  g_ptr_array_unref(guides->all);
  g_free(guides);
}

const Guide *guides_find(const Guides *guides, const char *id) {
  return guides != NULL ? g_hash_table_lookup(guides->by_id, id) : NULL;
}

GPtrArray *guides_all(const Guides *guides) {
  return guides->all;
}
