#include "mail/provider.h"

#include "base/text.h"
#include "base/yaml.h"

#include <string.h>

#define MAX_SUGGESTIONS 5
#define MAX_SLIPS 24

/* Below this many letters in the first label two mistakes make it another word. */
#define SHORT_LABEL 7

struct MailDomains {
  YamlDoc *doc;
  GHashTable *known; /* set of domains */
  GPtrArray *order;  /* the same in file order: what many people use comes first */
  GHashTable *typos; /* what is typed -> what is meant */
  const YamlNode *endings;
  GStringChunk *strings;
};

static const char *const file_keys[] = {"format", "reviewed", "sources", "domains", "typos", "endings", NULL};
static const char *const group_keys[] = {"group", "kind", "region", "sources", "note", "names", "reviewed", NULL};
static const char *const typo_keys[] = {"typed", "exists", NULL};

static void load_group(MailDomains *domains, const YamlNode *group, Diags *diags) {
  const char *names = yaml_get_text(group, "names");
  if (names == NULL) {
    yaml_fault(domains->doc, group, diags, DIAG_ERROR, "A group of domains needs names: the domains, with blanks");
    return;
  }
  yaml_check_keys(domains->doc, group, group_keys, diags);
  g_auto(GStrv) words = g_strsplit(names, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    char *name = g_string_chunk_insert(domains->strings, words[i]);
    if (g_hash_table_add(domains->known, name))
      g_ptr_array_add(domains->order, name);
  }
}

static void load_typos(MailDomains *domains, const char *meant, const YamlNode *node, Diags *diags) {
  yaml_check_keys(domains->doc, node, typo_keys, diags);
  for (guint k = 0; typo_keys[k] != NULL; k++) {
    const char *typed = yaml_get_text(node, typo_keys[k]);
    g_auto(GStrv) words = g_strsplit(typed != NULL ? typed : "", " ", -1);
    for (guint i = 0; words[i] != NULL; i++)
      g_hash_table_insert(domains->typos, g_string_chunk_insert(domains->strings, words[i]), (gpointer)meant);
  }
}

MailDomains *mail_domains_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (doc == NULL)
    return NULL;
  MailDomains *domains = g_new0(MailDomains, 1);
  const YamlNode *root = yaml_root(doc), *groups = yaml_get(root, "domains"), *typos = yaml_get(root, "typos");
  domains->doc = doc;
  domains->known = g_hash_table_new(g_str_hash, g_str_equal);
  domains->order = g_ptr_array_new();
  domains->typos = g_hash_table_new(g_str_hash, g_str_equal);
  domains->strings = g_string_chunk_new(8192);
  domains->endings = yaml_get(root, "endings");
  yaml_check_keys(doc, root, file_keys, diags);
  for (guint i = 0; groups != NULL && groups->kind == YAML_LIST && i < groups->length; i++)
    load_group(domains, groups->items[i], diags);
  for (guint i = 0; typos != NULL && typos->kind == YAML_MAP && i < typos->length; i++)
    load_typos(domains, typos->keys[i]->text, typos->items[i], diags);
  return domains;
}

void mail_domains_free(MailDomains *domains) {
  if (domains == NULL)
    return;
  g_hash_table_unref(domains->known);
  g_ptr_array_unref(domains->order);
  g_hash_table_unref(domains->typos);
  g_string_chunk_free(domains->strings);
  yaml_doc_free(domains->doc);
  g_free(domains);
}

gboolean mail_domains_has(const MailDomains *domains, const char *domain) {
  return g_hash_table_contains(domains->known, domain);
}

const char *mail_domains_lookalike(const MailDomains *domains, const char *domain) {
  return g_hash_table_lookup(domains->typos, domain);
}

/* --- what may be meant --- */

static void suggest(GPtrArray *found, const char *typed, const char *name) {
  if (name == NULL || found->len >= MAX_SUGGESTIONS || g_str_equal(name, typed))
    return;
  for (guint i = 0; i < found->len; i++)
    if (g_str_equal(g_ptr_array_index(found, i), name))
      return;
  g_ptr_array_add(found, g_strdup(name));
}

static char *repair_ending(const MailDomains *domains, const char *domain) {
  const YamlNode *endings = domains->endings;
  for (guint i = 0; endings != NULL && endings->kind == YAML_MAP && i < endings->length; i++) {
    const char *typed = endings->keys[i]->text, *meant = endings->items[i]->text;
    if (meant == NULL || !g_str_has_suffix(domain, typed))
      continue;
    g_autofree char *rest = g_strndup(domain, strlen(domain) - strlen(typed));
    return g_strconcat(rest, meant, NULL);
  }
  return NULL;
}

static void suggest_near(GPtrArray *found, const MailDomains *domains, const char *domain) {
  guint limit = strcspn(domain, ".") < SHORT_LABEL ? 1 : 2;
  for (guint distance = 1; distance <= limit; distance++)
    for (guint i = 0; i < domains->order->len; i++) {
      const char *known = g_ptr_array_index(domains->order, i);
      if (strcspn(known, ".") < SHORT_LABEL && distance > 1)
        continue;
      if (text_distance(domain, known, distance) == distance)
        suggest(found, domain, known);
    }
}

char **mail_domains_suggest(const MailDomains *domains, const char *domain) {
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  if (!mail_domains_has(domains, domain)) {
    g_autofree char *repaired = repair_ending(domains, domain);
    suggest(found, domain, mail_domains_lookalike(domains, domain));
    if (repaired != NULL) {
      suggest(found, domain, mail_domains_lookalike(domains, repaired));
      suggest(found, domain, repaired);
    }
    suggest_near(found, domains, domain);
  }
  g_ptr_array_add(found, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}

/* --- slips of the finger --- */

static void add_slip(GPtrArray *slips, const char *domain, gsize at, gsize drop, const char *put) {
  if (slips->len >= MAX_SLIPS)
    return;
  g_autofree char *head = g_strndup(domain, at);
  g_ptr_array_add(slips, g_strconcat(head, put, domain + at + drop, NULL));
}

static void label_slips(GPtrArray *slips, const char *domain, gsize from, gsize to) {
  for (gsize i = from; i + 1 < to; i++) {
    char swapped[] = {domain[i + 1], domain[i], '\0'};
    if (domain[i] != domain[i + 1])
      add_slip(slips, domain, i, 2, swapped);
    else if (i == from || domain[i - 1] != domain[i])
      add_slip(slips, domain, i, 1, "");
  }
  for (gsize i = from; i < to; i++) {
    char doubled[] = {domain[i], domain[i], '\0'};
    if (i == from || domain[i - 1] != domain[i])
      add_slip(slips, domain, i, 1, doubled);
  }
}

char **domain_slips(const char *domain) {
  g_autoptr(GPtrArray) slips = g_ptr_array_new();
  gsize from = 0;
  for (guint label = 0; label < 2; label++) {
    gsize to = from + strcspn(domain + from, ".");
    /* The last label is a top level domain: the endings of the knowledge file repair it. */
    if (domain[to] == '\0')
      break;
    if (to - from > 2)
      label_slips(slips, domain, from, to);
    from = to + 1;
  }
  g_ptr_array_add(slips, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&slips), FALSE);
}
