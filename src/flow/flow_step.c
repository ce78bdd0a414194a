#include "flow/flow_impl.h"

#include "base/text.h"
#include "flow/read.h"

#include <string.h>

/* What can be said of any step; `note` is for authors and not kept. */
#define EVERYWHERE "title", "help", "hint", "say_to_caller", "note", "next"
/* Not `next`: an end. */
#define AT_THE_END "title", "help", "hint", "say_to_caller", "note"

typedef void (*KindReader)(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_say(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_choose(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_ask(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_probe(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_decide(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_checklist(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_use(const StepReader *reader, FullStep *step, const YamlNode *map);
static void read_finish(const StepReader *reader, FullStep *step, const YamlNode *map);

typedef struct KindRow {
  const char *key;
  KindReader read;
  const char *const *keys;
} KindRow;

#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const KindRow kinds[] = {
    [STEP_SAY] = {"say", read_say, KEYS("say", "show", EVERYWHERE)},
    [STEP_CHOOSE] = {"choose", read_choose, KEYS("choose", "choices", "show", EVERYWHERE)},
    [STEP_ASK] = {"ask", read_ask, KEYS("ask", "as", "default", "sure", EVERYWHERE)},
    [STEP_PROBE] = {"probe", read_probe, KEYS("probe", "with", "show", EVERYWHERE)},
    [STEP_DECIDE] = {"decide", read_decide, KEYS("decide", EVERYWHERE)},
    [STEP_CHECKLIST] = {"checklist", read_checklist, KEYS("checklist", "items", "guide", EVERYWHERE)},
    [STEP_USE] = {"use", read_use, KEYS("use", EVERYWHERE)},
    [STEP_FINISH] = {"finish", read_finish, KEYS("finish", "cause", "say", AT_THE_END)},
};

static const char *const kind_words[] = {"say", "choose", "ask", "probe", "decide", "checklist", "use", "finish", NULL};
static const char *const finish_words[] = {"fixed", "problem", "escalate", "unknown", NULL};
static const char *const show_words[] = {"always", "problem", "never", NULL};
static const char *const as_words[] = {"text", "email", "domain", "host", "ip", "number", "message", "secret", NULL};

const char *finish_word(FinishKind finish) {
  return finish_words[finish];
}

const char *step_kind_word(StepKind kind) {
  return kind_words[kind];
}

const char *const *step_keys(StepKind kind) {
  return kinds[kind].keys;
}

const char *const *step_words(const char *key) {
  return g_str_equal(key, "as")       ? as_words
         : g_str_equal(key, "show")   ? show_words
         : g_str_equal(key, "finish") ? finish_words
                                      : NULL;
}

/* --- kinds --- */

static const YamlNode *key_node(const YamlNode *map, const char *key) {
  for (guint i = 0; i < map->length; i++)
    if (g_str_equal(map->keys[i]->text, key))
      return map->keys[i];
  return NULL;
}

/* A misspelt kind, or none at all. */
static void fault_no_kind(const StepReader *reader, const YamlNode *map) {
  static const char *const others[] = {EVERYWHERE, "choices", "as",    "default", "sure", "with",
                                       "show",     "items",   "guide", "cause",   NULL};
  for (guint i = 0; i < map->length; i++) {
    const YamlNode *key = map->keys[i];
    const char *near = g_strv_contains(others, key->text) ? NULL : text_nearest(key->text, kind_words);
    if (near != NULL) {
      yaml_fault(reader->doc, key, reader->diags, DIAG_ERROR, "\"%s\" is no kind of step: did you mean \"%s\"?",
                 key->text, near);
      return;
    }
  }
  g_autofree char *all = g_strjoinv(", ", (char **)kind_words);
  yaml_fault(reader->doc, map, reader->diags, DIAG_ERROR, "This step has no kind: it needs one of %s", all);
}

int step_kind_of(const StepReader *reader, const YamlNode *map) {
  int kind = -1;
  if (map->kind != YAML_MAP) {
    yaml_fault(reader->doc, map, reader->diags, DIAG_ERROR,
               "A step is a map, indented below its name: a kind such as \"ask: ..\", then \"next: ..\"");
    return -1;
  }
  /* `say` is also what a finish says. */
  if (yaml_get(map, "finish") != NULL && key_node(map, "say") != NULL)
    kind = STEP_FINISH;
  for (guint i = 0; i < map->length; i++) {
    for (int k = 0; kind_words[k] != NULL; k++) {
      const YamlNode *key = map->keys[i];
      if (!g_str_equal(key->text, kind_words[k]) || k == kind || (kind == STEP_FINISH && k == STEP_SAY))
        continue;
      if (kind >= 0) {
        yaml_fault(reader->doc, key, reader->diags, DIAG_ERROR,
                   "A step has one kind, and this one has \"%s\" and \"%s\": make two steps of it", kind_words[kind],
                   kind_words[k]);
        return -1;
      }
      kind = k;
    }
  }
  if (kind < 0)
    fault_no_kind(reader, map);
  return kind;
}

static void check_keys(const StepReader *reader, const FullStep *step, const YamlNode *map) {
  const KindRow *row = &kinds[step->step.kind];
  for (guint i = 0; i < map->length; i++) {
    const YamlNode *key = map->keys[i];
    if (g_strv_contains(row->keys, key->text))
      continue;
    const char *belongs = NULL;
    for (guint k = 0; k < G_N_ELEMENTS(kinds) && belongs == NULL; k++)
      belongs = g_strv_contains(kinds[k].keys, key->text) ? kinds[k].key : NULL;
    g_autofree char *fault = g_strdup_printf("\"%s\" is not known here", key->text);
    if (belongs != NULL)
      yaml_fault(reader->doc, key, reader->diags, DIAG_ERROR, "\"%s\" cannot stand in a %s step: leave it out",
                 key->text, row->key);
    else
      read_fault_word(reader->doc, key, fault, row->keys, reader->diags);
  }
}

/* --- the kinds --- */

static Message *text_key(const StepReader *reader, const FullStep *step, const char *key, ReadShape shape) {
  const YamlNode *node = yaml_get(step->node, key);
  return node != NULL ? step_text(reader, step, node, shape, FALSE) : NULL;
}

static void require_next(const StepReader *reader, const FullStep *step) {
  if (yaml_get(step->node, "next") == NULL)
    yaml_fault(reader->doc, step->node, reader->diags, DIAG_ERROR, "The step \"%s\" leads nowhere: \"next\" is missing",
               step->step.name);
}

static void read_question(const StepReader *reader, FullStep *step, const YamlNode *map) {
  step->step.text = step_text(reader, step, yaml_get(map, kind_words[step->step.kind]), READ_PAGE, FALSE);
  require_next(reader, step);
}

/* `show: bounce` */
static void read_shown(const StepReader *reader, FullStep *step, const YamlNode *map) {
  static const char *const words[] = {"bounce", NULL};
  step->step.shows_bounce = read_word_at(reader->doc, map, "show", words, reader->diags) >= 0;
}

static void read_say(const StepReader *reader, FullStep *step, const YamlNode *map) {
  read_question(reader, step, map);
  read_shown(reader, step, map);
}

static void read_choose(const StepReader *reader, FullStep *step, const YamlNode *map) {
  read_shown(reader, step, map);
  step->step.text = step_text(reader, step, yaml_get(map, "choose"), READ_PAGE, FALSE);
  const YamlNode *choices = read_required(reader->doc, map, "choices", reader->diags);
  if (choices == NULL)
    return;
  if (choices->kind != YAML_LIST || choices->length == 0 || choices->length > FLOW_MAX_CHOICES) {
    yaml_fault(reader->doc, choices, reader->diags, DIAG_ERROR,
               "Here must be a list of 1 to %d choices: one \"- label: ..\" for each", FLOW_MAX_CHOICES);
    return;
  }
  gboolean unknown = FALSE, all_go = TRUE;
  for (guint i = 0; i < choices->length; i++) {
    step_read_choice(reader, step, choices->items[i]);
    all_go &= yaml_get(choices->items[i], "go") != NULL;
  }
  for (guint i = 0; i < step->step.choices->len; i++)
    unknown |= ((const Choice *)step->step.choices->pdata[i])->unknown;
  if (!unknown)
    yaml_fault(reader->doc, choices, reader->diags, DIAG_ERROR,
               "There is no way on for somebody who does not know: add {label: I do not know, value: unknown, go: "
               "STEP}");
  if (all_go && yaml_get(map, "next") != NULL)
    yaml_fault(reader->doc, yaml_get(map, "next"), reader->diags, DIAG_WARNING,
               "\"next\" is never used here: every choice has its own \"go\"");
}

static void read_sure(const StepReader *reader, FullStep *step, const YamlNode *map) {
  const YamlNode *sure = yaml_get(map, "sure");
  if (sure == NULL)
    return;
  if (g_str_equal(step->step.as, "secret"))
    yaml_fault(reader->doc, sure, reader->diags, DIAG_ERROR, "A secret is always asked for: leave \"sure\" out");
  else if (step->step.default_value == NULL && !g_str_equal(step->step.as, "message"))
    yaml_fault(reader->doc, sure, reader->diags, DIAG_ERROR,
               "Nothing can be taken without asking: \"sure\" needs a \"default\"");
  step->step.sure = step_condition(reader, step, sure);
}

static void read_ask(const StepReader *reader, FullStep *step, const YamlNode *map) {
  read_question(reader, step, map);
  int as = read_word_at(reader->doc, map, "as", as_words, reader->diags);
  step->step.as = g_strdup(as_words[MAX(as, 0)]);
  const YamlNode *value = yaml_get(map, "default");
  if (value != NULL)
    step->step.default_value = step_template(reader, step, value);
  read_sure(reader, step, map);
}

static void read_with(const StepReader *reader, FullStep *step, const YamlNode *with) {
  const Probe *probe = step->step.probe;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++) {
    g_ptr_array_add(names, (gpointer)input->name);
    if (input->required && yaml_get(with, input->name) == NULL)
      yaml_fault(reader->doc, with != NULL ? with : step->node, reader->diags, DIAG_ERROR,
                 "The probe %s needs \"%s\": add it to \"with\", for example {%s: \"{STEP}\"}", probe->name,
                 input->name, input->name);
  }
  g_ptr_array_add(names, NULL);
  if (with == NULL)
    return;
  if (with->kind != YAML_MAP) {
    yaml_fault(reader->doc, with, reader->diags, DIAG_ERROR, "The inputs are written {name: \"{fact}\"}");
    return;
  }
  for (guint i = 0; i < with->length; i++) {
    const YamlNode *key = with->keys[i];
    if (!g_strv_contains((const char *const *)names->pdata, key->text)) {
      g_autofree char *fault = g_strdup_printf("The probe %s has no input \"%s\"", probe->name, key->text);
      read_fault_word(reader->doc, key, fault, (const char *const *)names->pdata, reader->diags);
      continue;
    }
    Binding *binding = g_new0(Binding, 1);
    binding->name = g_strdup(key->text);
    binding->value = step_template(reader, step, with->items[i]);
    g_ptr_array_add(step->step.with, binding);
  }
}

static void read_probe(const StepReader *reader, FullStep *step, const YamlNode *map) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; probe_table[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)probe_table[i]->name);
  g_ptr_array_add(names, NULL);
  int show = read_word_at(reader->doc, map, "show", show_words, reader->diags);
  step->step.show = MAX(show, SHOW_ALWAYS);
  int place = read_word_at(reader->doc, map, "probe", (const char *const *)names->pdata, reader->diags);
  if (place >= 0) {
    step->step.probe = probe_table[place];
    read_with(reader, step, yaml_get(map, "with"));
  }
  require_next(reader, step);
}

static void read_decide(const StepReader *reader, FullStep *step, const YamlNode *map) {
  if (yaml_get(map, "decide")->kind != YAML_SCALAR)
    yaml_fault(reader->doc, yaml_get(map, "decide"), reader->diags, DIAG_ERROR,
               "Here must be a text for authors: what is decided; the branches go below \"next\"");
  require_next(reader, step);
}

static void read_items(const StepReader *reader, FullStep *step, const YamlNode *items) {
  static const char *const keys[] = {"do", NULL};
  if (items->kind != YAML_LIST || items->length == 0 || items->length > FLOW_MAX_ITEMS) {
    yaml_fault(reader->doc, items, reader->diags, DIAG_ERROR,
               "Here must be a list of 1 to %d things to do: one \"- do: ..\" for each", FLOW_MAX_ITEMS);
    return;
  }
  for (guint i = 0; i < items->length; i++) {
    const YamlNode *item = items->items[i], *text = yaml_get(item, "do");
    yaml_check_keys(reader->doc, item, keys, reader->diags);
    if (text == NULL) {
      yaml_fault(reader->doc, item, reader->diags, DIAG_ERROR, "A thing to do is written {do: text}");
      continue;
    }
    Message *message = step_text(reader, step, text, READ_PAGE, FALSE);
    if (message != NULL)
      g_ptr_array_add(step->step.items, message);
  }
}

static void read_checklist(const StepReader *reader, FullStep *step, const YamlNode *map) {
  read_question(reader, step, map);
  const YamlNode *items = yaml_get(map, "items"), *guide = yaml_get(map, "guide");
  if (items == NULL && guide == NULL)
    yaml_fault(reader->doc, map, reader->diags, DIAG_ERROR,
               "There is nothing to do in this checklist: add \"items\" or a \"guide\"");
  if (items != NULL)
    read_items(reader, step, items);
  if (guide != NULL)
    step->step.guide = step_template(reader, step, guide);
}

static void read_use(const StepReader *reader, G_GNUC_UNUSED FullStep *step, const YamlNode *map) {
  /* The flow is linked when all files are read. */
  read_text_at(reader->doc, map, "use", TRUE, reader->diags);
}

static void read_finish(const StepReader *reader, FullStep *step, const YamlNode *map) {
  int finish = read_word_at(reader->doc, map, "finish", finish_words, reader->diags);
  step->step.finish = MAX(finish, 0);
  step->step.text = text_key(reader, step, "say", READ_PAGE);
  step->step.cause = g_strdup(read_text_at(reader->doc, map, "cause", FALSE, reader->diags));
}

/* --- a whole step --- */

void step_read(const StepReader *reader, FullStep *step) {
  check_keys(reader, step, step->node);
  step->step.title = text_key(reader, step, "title", READ_LABEL);
  step->step.help = text_key(reader, step, "help", READ_PAGE);
  step->step.hint = text_key(reader, step, "hint", READ_PAGE);
  step->step.say_to_caller = text_key(reader, step, "say_to_caller", READ_PAGE);
  kinds[step->step.kind].read(reader, step, step->node);
  if (step->step.kind != STEP_FINISH)
    step_read_next(reader, step);
}

void step_free(gpointer data) {
  Step *step = data;
  g_free(step->name);
  message_free(step->text);
  message_free(step->title);
  message_free(step->help);
  message_free(step->hint);
  message_free(step->say_to_caller);
  g_ptr_array_unref(step->branches);
  g_ptr_array_unref(step->choices);
  g_ptr_array_unref(step->with);
  g_ptr_array_unref(step->items);
  g_free(step->as);
  g_free(step->default_value);
  condition_free(step->sure);
  g_free(step->guide);
  g_free(step->cause);
  g_free(step);
}
