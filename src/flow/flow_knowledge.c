#include "flow/flow_impl.h"

#include "flow/template.h"

/* A search for a way to `to` that does not ask `without` again. */
typedef struct Search {
  const Step *to, *without;
  GHashTable *seen;
} Search;

static gboolean leads_on(const Search *search, const Step *from) {
  if (from == search->to)
    return TRUE;
  if (from == NULL || from == search->without || !g_hash_table_add(search->seen, (gpointer)from))
    return FALSE;
  for (guint i = 0; i < from->branches->len; i++)
    if (leads_on(search, ((const Branch *)from->branches->pdata[i])->go))
      return TRUE;
  for (guint i = 0; i < from->choices->len; i++)
    if (leads_on(search, ((const Choice *)from->choices->pdata[i])->go))
      return TRUE;
  return FALSE;
}

/* TRUE if somebody who takes `choice` can come to the step `to`.  A question of another flow: it may be. */
static gboolean choice_leads(const Step *question, const Choice *choice, const Step *to) {
  if (question->flow != to->flow)
    return TRUE;
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  const Search search = {to, question, seen};
  if (choice->go != NULL || choice->goes_return)
    return choice->go != NULL && leads_on(&search, choice->go);
  for (guint i = 0; i < question->branches->len; i++)
    if (leads_on(&search, ((const Branch *)question->branches->pdata[i])->go))
      return TRUE;
  return FALSE;
}

/* One choice of the question that finds the guide. */
static void check_choice_guide(FlowFile *file, const FullStep *step, const Choice *choice, const Guides *guides) {
  const YamlNode *node = yaml_get(step->node, "guide");
  if (choice->unknown) {
    if (step->step.items->len == 0)
      yaml_fault(file->doc, node, file->checking, DIAG_WARNING,
                 "Somebody who chose \"%s\" (line %d) comes here and finds nothing to do: add \"items\"",
                 message_id(choice->label), choice->line);
    return;
  }
  g_auto(GStrv) names = template_facts(step->step.guide);
  g_autoptr(Facts) facts = facts_new();
  facts_set_text(facts, names[0], SOURCE_ASKED, choice->value);
  g_autofree char *id = template_expand(step->step.guide, facts, NULL);
  if (guides != NULL && guides_find(guides, id) == NULL)
    yaml_fault(file->doc, node, file->checking, DIAG_ERROR,
               "There is no guide \"%s\" in guides.yaml, for the choice \"%s\" in line %d", id, choice->value,
               choice->line);
}

static void check_guide(FlowFile *file, const FullStep *step, const Guides *guides) {
  const YamlNode *node = yaml_get(step->node, "guide");
  g_auto(GStrv) names = template_facts(step->step.guide);
  if (names[0] == NULL) {
    g_autofree char *id = template_expand(step->step.guide, NULL, NULL);
    if (guides != NULL && guides_find(guides, id) == NULL)
      yaml_fault(file->doc, node, file->checking, DIAG_ERROR, "There is no guide \"%s\" in guides.yaml", id);
    return;
  }
  const Step *question = flow_fact_giver(file, names[0]);
  if (question == NULL)
    return; /* reported as an unknown fact */
  if (names[1] != NULL || question->kind != STEP_CHOOSE) {
    yaml_fault(file->doc, node, file->checking, DIAG_ERROR,
               "A guide is found by the answer of one choose step, such as \"{program}\"");
    return;
  }
  for (guint i = 0; i < question->choices->len; i++)
    if (choice_leads(question, question->choices->pdata[i], &step->step))
      check_choice_guide(file, step, question->choices->pdata[i], guides);
}

static void check_cause(FlowFile *file, const FullStep *step, const Causes *causes) {
  if (causes_find(causes, step->step.cause) != NULL)
    return;
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  for (guint i = 0; i < causes_all(causes)->len; i++)
    g_ptr_array_add(ids, ((Cause *)causes_all(causes)->pdata[i])->id);
  g_ptr_array_add(ids, NULL);
  g_autofree char *fault = g_strdup_printf("There is no cause \"%s\" in causes.yaml", step->step.cause);
  read_fault_near(file->doc, yaml_get(step->node, "cause"), fault, (const char *const *)ids->pdata, file->checking);
}

void flow_check_knowledge(FlowFile *file, const Knowledge *knowledge) {
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const FullStep *step = step_at(file, i);
    if (step->step.guide != NULL)
      check_guide(file, step, knowledge->guides);
    if (step->step.cause != NULL && knowledge->causes != NULL)
      check_cause(file, step, knowledge->causes);
  }
}
