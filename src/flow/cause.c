#include "flow/cause.h"

#include "base/catalogue.h"
#include "flow/knowledge.h"
#include "flow/read.h"

#define MAX_RULES 30
#define MAX_REMEDIES 12

struct Causes {
  GPtrArray *all;    /* of Cause, file order */
  GHashTable *by_id; /* id -> Cause, borrowed */
};

static const struct {
  const char *owner, *message;
} owners[] = {
    {"sender", N_("You, the sender")},
    {"sender-admin", N_("Your mail administrator")},
    {"recipient", N_("The recipient")},
    {"recipient-admin", N_("The recipient's mail administrator")},
    {"nobody-wait", N_("Nobody: waiting is enough")},
};

static const char *const keys[] = {
    "id",       "owner",  "label",    "description", "confirmed_by", "suggested_by", "ruled_out_by",
    "remedies", "avoid",  "source",   "reviewed",    "permanent",    "hard",    NULL};
static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const rule_keys[] = {"when", "reason", NULL};
static const char *const remedy_keys[] = {"user", "helpdesk", "admin", NULL};

const char *cause_owner_message(const char *owner) {
  for (guint i = 0; i < G_N_ELEMENTS(owners); i++)
    if (g_str_equal(owners[i].owner, owner))
      return owners[i].message;
  return owner;
}

static void rule_free(gpointer data) {
  CauseRule *rule = data;
  condition_free(rule->when);
  message_free(rule->reason);
  g_free(rule);
}

static void cause_free(gpointer data) {
  Cause *cause = data;
  if (cause == NULL)
    return;
  g_free(cause->id);
  g_free(cause->owner);
  g_free(cause->source);
  g_free(cause->reviewed);
  message_free(cause->label);
  message_free(cause->description);
  g_ptr_array_unref(cause->confirmed_by);
  g_ptr_array_unref(cause->suggested_by);
  g_ptr_array_unref(cause->ruled_out_by);
  g_ptr_array_unref(cause->user);
  g_ptr_array_unref(cause->helpdesk);
  g_ptr_array_unref(cause->admin);
  g_ptr_array_unref(cause->avoid);
  g_free(cause);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cause, cause_free)

/* --- reading --- */

static void read_rule(const YamlDoc *doc, const YamlNode *node, GPtrArray *rules, Diags *diags) {
  if (node->kind != YAML_MAP) {
    yaml_fault(doc, node, diags, DIAG_ERROR, "A rule is written {when: {fact: value}, reason: text}");
    return;
  }
  yaml_check_keys(doc, node, rule_keys, diags);
  const YamlNode *when = read_required(doc, node, "when", diags);
  const YamlNode *reason = read_required(doc, node, "reason", diags);
  CauseRule *rule = g_new0(CauseRule, 1);
  if (when != NULL)
    rule->when = condition_load(doc, when, diags);
  if (reason != NULL)
    rule->reason = read_message(doc, reason, READ_PAGE, diags);
  if (rule->when != NULL && rule->reason != NULL)
    g_ptr_array_add(rules, rule);
  else
    rule_free(rule);
}

static GPtrArray *read_rules(const YamlDoc *doc, const YamlNode *entry, const char *key, Diags *diags) {
  GPtrArray *rules = g_ptr_array_new_with_free_func(rule_free);
  const YamlNode *list = yaml_get(entry, key);
  if (list == NULL)
    return rules;
  if (list->kind != YAML_LIST || list->length > MAX_RULES) {
    yaml_fault(doc, list, diags, DIAG_ERROR, "Here must be a list of at most %d rules {when: .., reason: ..}",
               MAX_RULES);
    return rules;
  }
  for (guint i = 0; i < list->length; i++)
    read_rule(doc, list->items[i], rules, diags);
  return rules;
}

/* A list of texts that need not be there. */
static GPtrArray *read_advice(const YamlDoc *doc, const YamlNode *map, const char *key, Diags *diags) {
  const YamlNode *list = yaml_get(map, key);
  GPtrArray *texts = list != NULL ? read_messages(doc, list, MAX_REMEDIES, diags) : NULL;
  return texts != NULL ? texts : g_ptr_array_new_with_free_func(read_message_free);
}

static char *read_owner(const YamlDoc *doc, const YamlNode *entry, Diags *diags) {
  const char *words[G_N_ELEMENTS(owners) + 1] = {NULL};
  for (guint i = 0; i < G_N_ELEMENTS(owners); i++)
    words[i] = owners[i].owner;
  int i = read_required(doc, entry, "owner", diags) != NULL ? read_word_at(doc, entry, "owner", words, diags) : -1;
  return i >= 0 ? g_strdup(words[i]) : NULL;
}

static void read_cause(const YamlDoc *doc, const YamlNode *entry, Diags *diags, gpointer user) {
  Causes *causes = user;
  guint faults = diags_count(diags, DIAG_ERROR);
  g_autoptr(Cause) cause = g_new0(Cause, 1);
  cause->id = g_strdup(yaml_get_text(entry, "id"));
  cause->owner = read_owner(doc, entry, diags);
  cause->permanent = read_word_at(doc, entry, "permanent", no_yes, diags) != 0;
  cause->hard = read_word_at(doc, entry, "hard", no_yes, diags) == 1;
  cause->source = g_strdup(read_text_at(doc, entry, "source", TRUE, diags));
  cause->reviewed = g_strdup(read_date_at(doc, entry, "reviewed", TRUE, diags));
  if (read_required(doc, entry, "label", diags) != NULL)
    cause->label = read_message_at(doc, entry, "label", READ_LABEL, diags);
  if (read_required(doc, entry, "description", diags) != NULL)
    cause->description = read_message_at(doc, entry, "description", READ_PAGE, diags);
  cause->confirmed_by = read_rules(doc, entry, "confirmed_by", diags);
  cause->suggested_by = read_rules(doc, entry, "suggested_by", diags);
  cause->ruled_out_by = read_rules(doc, entry, "ruled_out_by", diags);
  const YamlNode *remedies = yaml_get(entry, "remedies");
  if (remedies != NULL && remedies->kind != YAML_MAP)
    yaml_fault(doc, remedies, diags, DIAG_ERROR, "Remedies are written {user: [..], helpdesk: [..], admin: [..]}");
  yaml_check_keys(doc, remedies, remedy_keys, diags);
  cause->user = read_advice(doc, remedies, "user", diags);
  cause->helpdesk = read_advice(doc, remedies, "helpdesk", diags);
  cause->admin = read_advice(doc, remedies, "admin", diags);
  cause->avoid = read_advice(doc, entry, "avoid", diags);
  if (diags_count(diags, DIAG_ERROR) > faults)
    return;
  g_hash_table_insert(causes->by_id, cause->id, cause);
  g_ptr_array_add(causes->all, g_steal_pointer(&cause));
}

Causes *causes_load(const char *path, Diags *diags) {
  g_autoptr(YamlDoc) doc = yaml_load_file(path, diags);
  if (doc == NULL)
    return NULL;
  Causes *causes = g_new0(Causes, 1);
  causes->all = g_ptr_array_new_with_free_func(cause_free);
  causes->by_id = g_hash_table_new(g_str_hash, g_str_equal);
  knowledge_read(doc, "causes", keys, read_cause, diags, causes);
  return causes;
}

void causes_free(Causes *causes) {
  if (causes == NULL)
    return;
  g_hash_table_unref(causes->by_id);
  g_ptr_array_unref(causes->all);
  g_free(causes);
}

const Cause *causes_find(const Causes *causes, const char *id) {
  return causes != NULL ? g_hash_table_lookup(causes->by_id, id) : NULL;
}

GPtrArray *causes_all(const Causes *causes) {
  return causes->all;
}

/* --- the board --- */

static void verdict_free(gpointer data) {
  Verdict *verdict = data;
  g_ptr_array_unref(verdict->reasons);
  g_free(verdict);
}

/* The reasons of all rules that hold. */
static GPtrArray *reasons_of(const GPtrArray *rules, const Facts *facts) {
  GPtrArray *reasons = g_ptr_array_new();
  for (guint i = 0; i < rules->len; i++) {
    const CauseRule *rule = rules->pdata[i];
    if (condition_holds(rule->when, facts))
      g_ptr_array_add(reasons, rule->reason);
  }
  return reasons;
}

static Verdict *judge(const Cause *cause, const Facts *facts) {
  const struct {
    Standing standing;
    const GPtrArray *rules;
  } order[] = {
      {STANDING_CONFIRMED, cause->confirmed_by},
      {STANDING_RULED_OUT, cause->ruled_out_by},
      {STANDING_LIKELY, cause->suggested_by},
  };
  Verdict *verdict = g_new0(Verdict, 1);
  verdict->cause = cause;
  for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
    g_autoptr(GPtrArray) reasons = reasons_of(order[i].rules, facts);
    if (reasons->len == 0)
      continue;
    verdict->standing = order[i].standing;
    verdict->reasons = g_steal_pointer(&reasons);
    return verdict;
  }
  verdict->standing = STANDING_POSSIBLE;
  verdict->reasons = g_ptr_array_new();
  return verdict;
}

GPtrArray *causes_board(const Causes *causes, const Facts *facts) {
  GPtrArray *board = g_ptr_array_new_with_free_func(verdict_free);
  g_autoptr(GPtrArray) verdicts = g_ptr_array_new();
  for (guint i = 0; causes != NULL && i < causes->all->len; i++)
    g_ptr_array_add(verdicts, judge(causes->all->pdata[i], facts));
  for (Standing standing = STANDING_CONFIRMED; standing <= STANDING_RULED_OUT; standing++)
    for (guint i = 0; i < verdicts->len; i++)
      if (((Verdict *)verdicts->pdata[i])->standing == standing)
        g_ptr_array_add(board, verdicts->pdata[i]);
  return board;
}
