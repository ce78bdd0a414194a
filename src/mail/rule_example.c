#include "mail/rule_example.h"

#include "mail/bounce_report.h"
#include "mail/bounce_words.h"
#include "mail/rule_read.h"

#define MAX_EXAMPLES 20000

struct RuleExamples {
  YamlDoc *doc;
  GPtrArray *all; /* of RuleExample */
};

static const char *const file_keys[] = {"format", "examples", NULL};
static const char *const example_keys[] = {"rule",      "cause",   "host",   "reporter", "recipient",
                                           "command", "status", "text",     NULL};

static void read_example(RuleExamples *examples, const YamlNode *entry, Diags *diags) {
  const YamlDoc *doc = examples->doc;
  guint faults = diags_count(diags, DIAG_ERROR);
  if (entry->kind != YAML_MAP) {
    yaml_fault(doc, entry, diags, DIAG_ERROR, "An example is a map: {rule: .., text: ..}");
    return;
  }
  yaml_check_keys(doc, entry, example_keys, diags);
  RuleExample *example = g_new0(RuleExample, 1);
  const struct {
    const char *key;
    const char **to;
  } texts[] = {{"rule", &example->rule},           {"cause", &example->cause},     {"host", &example->host},
               {"reporter", &example->reporter},   {"command", &example->command}, {"status", &example->status},
               {"recipient", &example->recipient}, {"text", &example->text}};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i].to = rule_read_text(doc, entry, texts[i].key, texts[i].to == &example->text, diags);
  example->node = entry;
  if (diags_count(diags, DIAG_ERROR) == faults)
    g_ptr_array_add(examples->all, example);
  else
    g_free(example);
}

RuleExamples *rule_examples_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (!doc)
    return NULL;
  RuleExamples *examples = g_new0(RuleExamples, 1);
  examples->doc = doc;
  examples->all = g_ptr_array_new_with_free_func(g_free);
  yaml_check_keys(doc, yaml_root(doc), file_keys, diags);
  const YamlNode *list = rule_read_list(doc, yaml_root(doc), "examples", TRUE, diags);
  for (guint i = 0; list && i < MIN(list->length, MAX_EXAMPLES); i++)
    read_example(examples, list->items[i], diags);
  return examples;
}

void rule_examples_free(RuleExamples *examples) {
  if (!examples)
    return;
  g_ptr_array_unref(examples->all);
  yaml_doc_free(examples->doc);
  g_free(examples);
}

GPtrArray *rule_examples_all(const RuleExamples *examples) {
  return examples->all;
}

const YamlDoc *rule_examples_doc(const RuleExamples *examples) {
  return examples->doc;
}

Classification rule_example_classify(const RuleExample *example, Classifier *classifier) {
  BounceRecipient *recipient = bounce_recipient_new();
  bounce_words_codes(recipient, example->text);
  const Refusal refusal = {.words = example->text,
                             .status = recipient->status,
                             .dsn_status = example->status,
                             .reply = recipient->reply,
                             .command = example->command,
                             .remote_mta = example->host,
                             .reporting_mta = example->reporter,
                             .recipient = example->recipient};
  Classification found = classify(classifier, &refusal);
  bounce_recipient_free(recipient);
  return found;
}
