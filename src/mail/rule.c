#include "mail/rule.h"

#include "base/text.h"
#include "mail/rule_pattern.h"
#include "mail/rule_read.h"

#include <string.h>

#define MAX_PATTERN 6000 /* bytes */

struct Rules {
  GPtrArray *docs;      /* of YamlDoc: they own the texts */
  GHashTable *providers; /* id -> RuleProvider */
  GHashTable *by_id;    /* id -> Rule */
  GPtrArray *all;       /* of Rule, by order */
};

/* A file on its way in. */
typedef struct Loader {
  Rules *rules;
  const YamlDoc *doc;
  Diags *diags;
  gboolean own;
  const YamlNode *sources;
  const char *reviewed;
  GHashTable *seen; /* ids of this file -> YamlNode */
} Loader;

static const char *const file_keys[] = {"format", "reviewed", "sources", "providers", "rules", NULL};
static const char *const provider_keys[] = {"id", "name", "kind", "hosts", "marks", "source", NULL};
static const char *const rule_keys[] = {"id",    "provider", "pattern", "codes",   "hosts",  "command",  "needs",    "trust", "priority",
                                        "cause", "summary",  "user",    "admin",   "source", "verified", "reviewed", "example",
                                        NULL};
static const char *const kind_words[] = {"service", "software", "list", "client", "generic", NULL};
static const char *const command_words[] = {"CONN", "EHLO", "MAIL", "RCPT", "DATA", NULL};
static const char *const need_words[] = {"host", "code", "command", NULL};
static const char *const trust_words[] = {"last", NULL};

/* --- owning --- */

static void doc_free(gpointer doc) {
  yaml_doc_free(doc);
}

static void provider_free(gpointer data) {
  RuleProvider *provider = data;
  g_strfreev(provider->hosts);
  g_strfreev(provider->marks);
  g_free(provider);
}

static void rule_free(gpointer data) {
  Rule *rule = data;
  g_ptr_array_unref(rule->alternatives);
  g_array_unref(rule->codes);
  g_strfreev(rule->hosts);
  g_free(rule);
}

void rules_free(Rules *rules) {
  if (!rules)
    return;
  g_ptr_array_unref(rules->all);
  g_hash_table_unref(rules->by_id);
  g_hash_table_unref(rules->providers);
  g_ptr_array_unref(rules->docs);
  g_free(rules);
}

GPtrArray *rules_all(const Rules *rules) {
  return rules->all;
}

const Rule *rules_find(const Rules *rules, const char *id) {
  return g_hash_table_lookup(rules->by_id, id);
}

/* --- codes --- */

/* Reads up to three digits. */
static gboolean take_number(const char **p, guint *number) {
  guint n = 0;
  for (*number = 0; n < 4 && g_ascii_isdigit(**p); n++)
    *number = *number * 10 + (guint)(*(*p)++ - '0');
  return n > 0 && n < 4;
}

static gboolean take_status(const char **p, guint *number) {
  guint class, subject, detail;
  if (!take_number(p, &class) || class < 2 || class > 5 || *(*p)++ != '.' || !take_number(p, &subject) ||
      *(*p)++ != '.' || !take_number(p, &detail))
    return FALSE;
  *number = (class * 1000 + subject) * 1000 + detail;
  return TRUE;
}

guint rule_status_number(const char *status) {
  guint number = 0;
  const char *p = status;
  return take_status(&p, &number) && *p == '\0' ? number : 0;
}

static gboolean read_code(const char *text, RuleCode *code) {
  const char *p = text;
  if (!strchr(text, '.')) {
    *code = (RuleCode){.reply = TRUE};
    gboolean good = take_number(&p, &code->first) && *p == '\0' && code->first >= 200 && code->first < 600;
    code->last = code->first;
    return good;
  }
  *code = (RuleCode){0};
  if (!take_status(&p, &code->first))
    return FALSE;
  code->last = code->first;
  if (*p == '-' && (p++, !take_status(&p, &code->last)))
    return FALSE;
  return *p == '\0' && code->last >= code->first;
}

static void read_codes(Loader *loader, const YamlNode *entry, Rule *rule) {
  g_auto(GStrv) words = rule_read_words(loader->doc, entry, "codes", loader->diags);
  for (guint i = 0; words && words[i]; i++) {
    RuleCode code;
    if (i < READ_MAX_CODES && read_code(words[i], &code))
      g_array_append_val(rule->codes, code);
    else
      yaml_fault(loader->doc, yaml_get(entry, "codes"), loader->diags, DIAG_ERROR,
                 "\"%s\" is no code: write 550, 5.1.1 or 5.7.606-5.7.649, with blanks between", words[i]);
  }
}

/* --- reading --- */

/* The words that `key` of `sources` stands for, or the text itself. */
static const char *find_source(const Loader *loader, const char *text) {
  const char *source = text ? yaml_get_text(loader->sources, text) : NULL;
  return source ? source : text;
}

static void read_provider(Loader *loader, const YamlNode *entry) {
  guint faults = diags_count(loader->diags, DIAG_ERROR);
  const YamlDoc *doc = loader->doc;
  yaml_check_keys(doc, entry, provider_keys, loader->diags);
  const char *id = rule_read_text(doc, entry, "id", TRUE, loader->diags);
  const char *name = rule_read_text(doc, entry, "name", TRUE, loader->diags);
  int kind = rule_read_word(doc, entry, "kind", kind_words, loader->diags);
  if (id && !rule_read_is_id(id))
    yaml_fault(doc, yaml_get(entry, "id"), loader->diags, DIAG_ERROR,
               "\"%s\" is no id: use letters, digits, _ and -, at most 60", id);
  if (diags_count(loader->diags, DIAG_ERROR) > faults)
    return;
  RuleProvider *provider = g_new0(RuleProvider, 1);
  provider->id = id;
  provider->name = name;
  provider->kind = kind < 0 ? PROVIDER_SERVICE : (ProviderKind)kind;
  provider->hosts = rule_read_words(doc, entry, "hosts", loader->diags);
  provider->marks = rule_read_words(doc, entry, "marks", loader->diags);
  provider->source = find_source(loader, yaml_get_text(entry, "source"));
  if (!provider->hosts)
    provider->hosts = g_new0(char *, 1);
  if (!provider->marks)
    provider->marks = g_new0(char *, 1);
  /* Rules that were read before hold the old one: the first stays. */
  if (g_hash_table_contains(loader->rules->providers, id))
    provider_free(provider);
  else
    g_hash_table_insert(loader->rules->providers, (gpointer)id, provider);
}

static void find_provider(Loader *loader, const YamlNode *entry, Rule *rule) {
  const char *id = rule_read_text(loader->doc, entry, "provider", FALSE, loader->diags);
  if (!id)
    return;
  rule->provider = g_hash_table_lookup(loader->rules->providers, id);
  if (rule->provider)
    return;
  g_autofree const char **ids = (const char **)g_hash_table_get_keys_as_array(loader->rules->providers, NULL);
  const char *nearest = text_nearest(id, ids);
  g_autofree char *hint = nearest ? g_strdup_printf("did you mean \"%s\"?", nearest)
                                  : g_strdup("write it under \"providers\", or leave the key out");
  yaml_fault(loader->doc, yaml_get(entry, "provider"), loader->diags, DIAG_ERROR, "There is no provider \"%s\": %s", id,
             hint);
}

static void read_needs(Loader *loader, const YamlNode *entry, Rule *rule) {
  g_auto(GStrv) words = rule_read_words(loader->doc, entry, "needs", loader->diags);
  for (guint i = 0; words && words[i]; i++) {
    guint k = 0;
    while (need_words[k] && strcmp(need_words[k], words[i]) != 0)
      k++;
    if (need_words[k])
      rule->needs |= 1u << k;
    else
      yaml_fault(loader->doc, yaml_get(entry, "needs"), loader->diags, DIAG_ERROR,
                 "\"%s\" is not known for needs: use host, code or command", words[i]);
  }
}

static void read_pattern(Loader *loader, const YamlNode *entry, Rule *rule) {
  rule->pattern = rule_read_text(loader->doc, entry, "pattern", FALSE, loader->diags);
  if (rule->pattern && strlen(rule->pattern) > MAX_PATTERN) {
    yaml_fault(loader->doc, yaml_get(entry, "pattern"), loader->diags, DIAG_ERROR,
               "The pattern has more than %d bytes: make two rules of it", MAX_PATTERN);
    rule->pattern = NULL;
  }
  rule->alternatives = rule->pattern ? pattern_split(rule->pattern) : g_ptr_array_new();
}

/* What else must be there, or cannot be together. */
static void check_rule(Loader *loader, const YamlNode *entry, Rule *rule) {
  gboolean host = rule->hosts || (rule->provider && *rule->provider->hosts) || (rule->provider && *rule->provider->marks);
  const char *fault = NULL;
  if (!rule->pattern && rule->codes->len == 0)
    fault = "A rule needs a pattern or codes";
  else if (!rule->pattern && !host)
    fault = "A rule without a pattern needs hosts: a code alone means different things at different providers";
  else if ((rule->needs & RULE_NEEDS_HOST) && !host)
    fault = "This rule needs a host, but neither it nor its provider has \"hosts\" or \"marks\"";
  else if ((rule->needs & RULE_NEEDS_CODE) && rule->codes->len == 0)
    fault = "This rule needs a code: write \"codes\"";
  else if ((rule->needs & RULE_NEEDS_COMMAND) && !rule->command)
    fault = "This rule needs a command: write \"command\"";
  if (fault)
    yaml_fault(loader->doc, entry, loader->diags, DIAG_ERROR, "%s", fault);
}

static void read_words(Loader *loader, const YamlNode *entry, Rule *rule) {
  const YamlDoc *doc = loader->doc;
  rule->cause = rule_read_text(doc, entry, "cause", TRUE, loader->diags);
  rule->wrapper = g_strcmp0(rule->cause, "unknown") == 0;
  rule->summary = rule_read_text(doc, entry, "summary", TRUE, loader->diags);
  rule->user = rule_read_text(doc, entry, "user", FALSE, loader->diags);
  rule->admin = rule_read_text(doc, entry, "admin", FALSE, loader->diags);
  rule->example = rule_read_text(doc, entry, "example", FALSE, loader->diags);
  const char *otherwise = rule->provider ? rule->provider->source : NULL;
  const char *source = rule_read_text(doc, entry, "source", otherwise == NULL, loader->diags);
  rule->source = source ? find_source(loader, source) : otherwise;
  rule->reviewed = rule_read_date(doc, entry, "reviewed", loader->reviewed, loader->diags);
  if (!rule->reviewed)
    yaml_fault(doc, entry, loader->diags, DIAG_ERROR,
               "\"reviewed\" is missing: write a date here, or one for the whole file");
}

static void read_evidence(Loader *loader, const YamlNode *entry, Rule *rule) {
  const YamlDoc *doc = loader->doc;
  read_codes(loader, entry, rule);
  rule->hosts = rule_read_words(doc, entry, "hosts", loader->diags);
  int command = rule_read_word(doc, entry, "command", command_words, loader->diags);
  rule->command = command >= 0 ? command_words[command] : NULL;
  read_needs(loader, entry, rule);
  rule->last = rule_read_word(doc, entry, "trust", trust_words, loader->diags) == 0;
  rule->unverified = !rule_read_flag(doc, entry, "verified", TRUE, loader->diags);
  rule->priority = (int)CLAMP(yaml_get_number(entry, "priority", 0), -9, 9);
  if (!rule->pattern)
    rule->needs |= RULE_NEEDS_HOST | RULE_NEEDS_CODE;
}

/* The id if it is one that this file has not used before. */
static const char *check_id(Loader *loader, const YamlNode *entry) {
  if (entry->kind != YAML_MAP) {
    yaml_fault(loader->doc, entry, loader->diags, DIAG_ERROR, "An entry is a map that begins with \"id: ..\"");
    return NULL;
  }
  const char *id = rule_read_text(loader->doc, entry, "id", TRUE, loader->diags);
  const YamlNode *first = id ? g_hash_table_lookup(loader->seen, id) : NULL;
  if (id && !rule_read_is_id(id))
    yaml_fault(loader->doc, yaml_get(entry, "id"), loader->diags, DIAG_ERROR,
               "\"%s\" is no id: use letters, digits, _ and -, at most 60", id);
  else if (first)
    yaml_fault(loader->doc, yaml_get(entry, "id"), loader->diags, DIAG_ERROR,
               "The id \"%s\" is there already, in line %d: give this rule another", id, first->line);
  else if (id)
    g_hash_table_insert(loader->seen, (gpointer)id, (gpointer)entry);
  return first ? NULL : id;
}

static void keep_rule(Rules *rules, Rule *rule) {
  Rule *old = g_hash_table_lookup(rules->by_id, rule->id);
  if (old)
    g_ptr_array_remove(rules->all, old);
  g_hash_table_replace(rules->by_id, (gpointer)rule->id, rule);
  g_ptr_array_add(rules->all, rule);
}

static void read_rule(Loader *loader, const YamlNode *entry) {
  guint faults = diags_count(loader->diags, DIAG_ERROR);
  Rule *rule = g_new0(Rule, 1);
  rule->codes = g_array_new(FALSE, FALSE, sizeof(RuleCode));
  rule->doc = loader->doc;
  rule->node = entry;
  rule->own = loader->own;
  rule->id = check_id(loader, entry);
  yaml_check_keys(loader->doc, entry, rule_keys, loader->diags);
  find_provider(loader, entry, rule);
  read_pattern(loader, entry, rule);
  read_evidence(loader, entry, rule);
  read_words(loader, entry, rule);
  check_rule(loader, entry, rule);
  if (rule->id && diags_count(loader->diags, DIAG_ERROR) == faults)
    keep_rule(loader->rules, rule);
  else
    rule_free(rule);
}

static gboolean read_file(Rules *rules, const char *path, gboolean own, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (!doc)
    return FALSE;
  g_ptr_array_add(rules->docs, doc);
  const YamlNode *root = yaml_root(doc);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  Loader loader = {.rules = rules, .doc = doc, .diags = diags, .own = own, .seen = seen};
  if (root->kind != YAML_MAP) {
    yaml_fault(doc, root, diags, DIAG_ERROR, "The file must be a map: {format: 1, reviewed: .., rules: [..]}");
    return TRUE;
  }
  yaml_check_keys(doc, root, file_keys, diags);
  if (yaml_get_number(root, "format", 1) != 1)
    yaml_fault(doc, yaml_get(root, "format"), diags, DIAG_ERROR, "This program reads format 1 only");
  loader.sources = yaml_get(root, "sources");
  loader.reviewed = rule_read_date(doc, root, "reviewed", NULL, diags);
  const YamlNode *providers = rule_read_list(doc, root, "providers", FALSE, diags);
  for (guint i = 0; providers && i < providers->length; i++)
    read_provider(&loader, providers->items[i]);
  const YamlNode *list = rule_read_list(doc, root, "rules", TRUE, diags);
  if (list && list->length > RULES_MAX)
    yaml_fault(doc, list, diags, DIAG_ERROR, "There are more than %d rules: the rest is left out", RULES_MAX);
  for (guint i = 0; list && i < MIN(list->length, RULES_MAX); i++)
    read_rule(&loader, list->items[i]);
  return TRUE;
}

/* --- the whole --- */

static int by_order(gconstpointer a, gconstpointer b) {
  const Rule *x = *(const Rule *const *)a, *y = *(const Rule *const *)b;
  if (x->own != y->own)
    return x->own ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

Rules *rules_load(const char *path, const char *const *own, Diags *diags) {
  Rules *rules = g_new0(Rules, 1);
  rules->docs = g_ptr_array_new_with_free_func(doc_free);
  rules->providers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, provider_free);
  rules->by_id = g_hash_table_new(g_str_hash, g_str_equal);
  rules->all = g_ptr_array_new_with_free_func(rule_free);
  if (!read_file(rules, path, FALSE, diags)) {
    rules_free(rules);
    return NULL;
  }
  for (guint i = 0; own && own[i]; i++)
    if (g_file_test(own[i], G_FILE_TEST_EXISTS))
      read_file(rules, own[i], TRUE, diags);
  for (guint i = 0; i < rules->all->len; i++)
    ((Rule *)g_ptr_array_index(rules->all, i))->order = i;
  g_ptr_array_sort(rules->all, by_order);
  for (guint i = 0; i < rules->all->len; i++)
    ((Rule *)g_ptr_array_index(rules->all, i))->order = i;
  rules_check_patterns(rules, TRUE, diags);
  return rules;
}

static void check_alternative(const Rule *rule, Alternative *alternative, Diags *diags) {
  g_autoptr(GError) error = NULL;
  const YamlNode *node = yaml_get(rule->node, "pattern");
  if (!alternative_check(alternative, &error))
    yaml_fault(rule->doc, node, diags, DIAG_ERROR, "This part of the pattern is broken: \"%s\" (%s)",
               alternative->pattern, error->message);
  else if (!*alternative->literals)
    yaml_fault(rule->doc, node, diags, DIAG_WARNING,
               "\"%s\" has no %d letters in a row that must be there: it has to be tried on every mail, which is slow",
               alternative->pattern, PATTERN_MIN_LITERAL);
}

void rules_check_patterns(const Rules *rules, gboolean only_own, Diags *diags) {
  for (guint i = 0; i < rules->all->len; i++) {
    const Rule *rule = g_ptr_array_index(rules->all, i);
    for (guint k = 0; (rule->own || !only_own) && k < rule->alternatives->len; k++)
      check_alternative(rule, g_ptr_array_index(rule->alternatives, k), diags);
  }
}
