#include "flow/flow_impl.h"

#include "base/text.h"
#include "flow/condition_impl.h"
#include "flow/read.h"

#include <string.h>

/* --- places where facts are named --- */

static void add_ref(const StepReader *reader, const FullStep *step, const YamlNode *node, const Condition *condition,
                    gboolean after) {
  FactRef ref = {step, node, condition, after};
  g_array_append_val(reader->file->refs, ref);
}

Message *step_text(const StepReader *reader, const FullStep *step, const YamlNode *node, ReadShape shape,
                   gboolean after) {
  Message *message = read_message(reader->doc, node, shape, reader->diags);
  if (message == NULL)
    return NULL;
  g_autofree const YamlNode **texts = read_text_nodes(node);
  for (guint i = 0; texts[i] != NULL; i++)
    if (strchr(texts[i]->text, '{') != NULL)
      add_ref(reader, step, texts[i], NULL, after);
  return message;
}

/* A template for a machine: one line of text. NULL with a fault. */
char *step_template(const StepReader *reader, const FullStep *step, const YamlNode *node) {
  g_autofree char *fault = NULL;
  if (node->kind != YAML_SCALAR || strlen(node->text) > READ_MAX_TEXT)
    fault = g_strdup("Here must be a text or a {fact}; a text that begins with a brace needs quotes: \"{fact}\"");
  else
    g_strfreev(message_placeholders(node->text, &fault));
  if (fault != NULL) {
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR, "%s", fault);
    return NULL;
  }
  if (strchr(node->text, '{') != NULL)
    add_ref(reader, step, node, NULL, FALSE);
  return g_strdup(node->text);
}

Condition *step_condition(const StepReader *reader, const FullStep *step, const YamlNode *node) {
  Condition *condition = condition_load(reader->doc, node, reader->diags);
  if (condition != NULL)
    add_ref(reader, step, node, condition, FALSE);
  return condition;
}

/* --- targets and branches --- */

const Step *step_target(const StepReader *reader, const YamlNode *node) {
  if (node->kind != YAML_SCALAR || *node->text == '\0') {
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR, "Here must be the name of a step");
    return NULL;
  }
  const Step *step = g_hash_table_lookup(reader->file->by_name, node->text);
  if (step != NULL)
    return step;
  g_autofree char *fault = g_strdup_printf("There is no step \"%s\"", node->text);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < reader->file->flow.steps->len; i++)
    g_ptr_array_add(names, step_at(reader->file, i)->step.name);
  g_ptr_array_add(names, NULL);
  read_fault_near(reader->doc, node, fault, (const char *const *)names->pdata, reader->diags);
  return NULL;
}

/* The step that `node` names, or `return`. FALSE with a fault. */
static gboolean read_go(const StepReader *reader, const YamlNode *node, const Step **go) {
  *go = NULL;
  if (node->kind == YAML_SCALAR && g_str_equal(node->text, "return"))
    return TRUE;
  *go = step_target(reader, node);
  return *go != NULL;
}

void branch_free(gpointer data) {
  Branch *branch = data;
  condition_free(branch->when);
  message_free(branch->say);
  g_free(branch);
}

/* `to`: the node that names the target. */
static Branch *add_branch(const StepReader *reader, FullStep *step, const YamlNode *place, const YamlNode *to) {
  const Step *go;
  if (!read_go(reader, to, &go))
    return NULL;
  Branch *branch = g_new0(Branch, 1);
  branch->go = go;
  branch->line = place->line;
  g_ptr_array_add(step->step.branches, branch);
  return branch;
}

static void read_branch(const StepReader *reader, FullStep *step, const YamlNode *node, gboolean last) {
  static const char *const keys[] = {"when", "go", "say", "else", NULL};
  if (node->kind != YAML_MAP) {
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "A branch is written {when: {fact: value}, go: STEP}, the last one {else: STEP}");
    return;
  }
  yaml_check_keys(reader->doc, node, keys, reader->diags);
  const YamlNode *when = yaml_get(node, "when"), *go = yaml_get(node, "go"), *otherwise = yaml_get(node, "else"),
                 *say = yaml_get(node, "say");
  if (otherwise != NULL && (when != NULL || go != NULL)) {
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "A branch has either \"when\" and \"go\", or \"else\": write {else: STEP}");
    return;
  }
  if (otherwise == NULL && (when == NULL || go == NULL)) {
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR, "\"%s\" is missing here", when == NULL ? "when" : "go");
    return;
  }
  if (otherwise != NULL && !last)
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "No branch can follow \"else\": move it to the end of the list");
  Branch *branch = add_branch(reader, step, node, otherwise != NULL ? otherwise : go);
  Condition *condition = when != NULL ? condition_load(reader->doc, when, reader->diags) : NULL;
  Message *message = say != NULL ? step_text(reader, step, say, READ_PAGE, TRUE) : NULL;
  if (condition != NULL && branch != NULL)
    add_ref(reader, step, when, condition, TRUE);
  if (branch == NULL) {
    condition_free(condition);
    message_free(message);
    return;
  }
  branch->when = condition;
  branch->say = message;
}

void step_read_next(const StepReader *reader, FullStep *step) {
  const YamlNode *next = yaml_get(step->node, "next");
  if (next == NULL)
    return;
  if (next->kind == YAML_SCALAR) {
    add_branch(reader, step, next, next);
    return;
  }
  if (next->kind == YAML_MAP || next->length == 0) {
    yaml_fault(reader->doc, next, reader->diags, DIAG_ERROR,
               "\"next\" is the name of a step, or a list of branches: one \"- when: ..\" for each, then \"- else: "
               "STEP\"");
    return;
  }
  for (guint i = 0; i < next->length; i++)
    read_branch(reader, step, next->items[i], i + 1 == next->length);
  const YamlNode *last = next->items[next->length - 1];
  if (last->kind == YAML_MAP && yaml_get(last, "else") == NULL)
    yaml_fault(reader->doc, last, reader->diags, DIAG_ERROR,
               "After this branch \"- else: STEP\" is missing: where to go when none of them holds");
}

/* --- choices --- */

void choice_free(gpointer data) {
  Choice *choice = data;
  g_free(choice->value);
  message_free(choice->label);
  g_free(choice);
}

/* "I do not know", with or without a full stop. */
static gboolean is_not_knowing(const char *label) {
  static const char *const labels[] = {"I do not know", "I don't know", "I am not sure", "I'm not sure"};
  gsize length = strlen(label);
  length -= length > 0 && label[length - 1] == '.';
  for (guint i = 0; i < G_N_ELEMENTS(labels); i++)
    if (strlen(labels[i]) == length && g_ascii_strncasecmp(label, labels[i], length) == 0)
      return TRUE;
  return FALSE;
}

/* A value that conditions can name. */
static void check_value(const StepReader *reader, const FullStep *step, const YamlNode *node, const Choice *choice) {
  const char *value = choice->value;
  if (*value == '\0' || strpbrk(value, " \n") != NULL || strlen(value) > READ_MAX_LABEL)
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR, "A value is one word, such as \"yes\" or \"not_mine\"");
  else if (condition_is_word(value) && !g_str_equal(value, "unknown"))
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "\"%s\" is a word of conditions: give this choice another value", value);
  for (guint i = 0; i < step->step.choices->len; i++) {
    const Choice *other = step->step.choices->pdata[i];
    if (g_str_equal(other->value, value))
      yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
                 "The choice in line %d has the value \"%s\" too: give one of them another", other->line, value);
    if (other->unknown && choice->unknown)
      yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
                 "The choice in line %d stands for \"I do not know\" already: one is enough", other->line);
  }
}

void step_read_choice(const StepReader *reader, FullStep *step, const YamlNode *node) {
  static const char *const keys[] = {"label", "value", "go", NULL};
  if (node->kind != YAML_MAP) {
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "A choice is written {label: text, value: word, go: STEP}");
    return;
  }
  yaml_check_keys(reader->doc, node, keys, reader->diags);
  const YamlNode *label = read_required(reader->doc, node, "label", reader->diags), *go = yaml_get(node, "go"),
                 *value = yaml_get(node, "value");
  Choice *choice = g_new0(Choice, 1);
  choice->line = node->line;
  choice->label = label != NULL ? step_text(reader, step, label, READ_LABEL, FALSE) : NULL;
  choice->value = value != NULL && value->kind == YAML_SCALAR ? g_strdup(value->text)
                                                              : g_strdup_printf("%u", step->step.choices->len + 1);
  choice->unknown =
      g_str_equal(choice->value, "unknown") || (choice->label != NULL && is_not_knowing(message_id(choice->label)));
  if (value != NULL && value->kind != YAML_SCALAR)
    yaml_fault(reader->doc, value, reader->diags, DIAG_ERROR, "A value is one word, such as \"yes\" or \"not_mine\"");
  else
    check_value(reader, step, value != NULL ? value : node, choice);
  if (go != NULL)
    choice->goes_return = read_go(reader, go, &choice->go) && choice->go == NULL;
  else if (yaml_get(step->node, "next") == NULL)
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "This choice leads nowhere: add \"go: STEP\" to it, or \"next: STEP\" to the question");
  g_ptr_array_add(step->step.choices, choice);
}

void binding_free(gpointer data) {
  Binding *binding = data;
  g_free(binding->name);
  g_free(binding->value);
  g_free(binding);
}
