#include "flow/flow_impl.h"

#include "base/text.h"
#include "flow/read.h"

#include <string.h>

#define MIN_PHRASE 3 /* a shorter phrase would match anything */

static const char *const top_keys[] = {"format",  "id",   "title", "lang",  "revision",  "reviewed", "sources",
                                       "matches", "menu", "codes", "start", "at_return", "steps",    NULL};

const char *const *flow_keys(void) {
  return top_keys;
}

/* --- the head --- */

static void read_format(const StepReader *reader, const YamlNode *root) {
  const YamlNode *format = read_required(reader->doc, root, "format", reader->diags);
  if (format == NULL)
    return;
  gint64 number = yaml_get_number(root, "format", -1);
  if (number > FLOW_FORMAT)
    yaml_fault(reader->doc, format, reader->diags, DIAG_ERROR,
               "This program reads format %d only: a newer version of it is needed", FLOW_FORMAT);
  else if (number != FLOW_FORMAT)
    yaml_fault(reader->doc, format, reader->diags, DIAG_ERROR, "The format is a number: write \"format: %d\"",
               FLOW_FORMAT);
}

/* The name of the file without its ending. */
static char *stem_of(const char *path) {
  g_autofree char *base = g_path_get_basename(path);
  const char *dot = strrchr(base, '.');
  return dot != NULL ? g_strndup(base, (gsize)(dot - base)) : g_strdup(base);
}

static void read_id(const StepReader *reader, const YamlNode *root) {
  Flow *flow = &reader->file->flow;
  const char *id = read_text_at(reader->doc, root, "id", TRUE, reader->diags);
  g_autofree char *stem = stem_of(flow->file);
  if (id == NULL) {
    flow->id = g_strdup(stem);
    return;
  }
  flow->id = g_strdup(id);
  const YamlNode *node = yaml_get(root, "id");
  if (!read_is_name(id))
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "\"%s\" is no id: use letters, digits, _ and -, at most 60", id);
  else if (!g_str_equal(stem, id))
    yaml_fault(reader->doc, node, reader->diags, DIAG_ERROR,
               "The id \"%s\" and the name of the file differ: write \"id: %s\", or call the file %s.yaml", id, stem,
               id);
}

/* "5.1.2", "5.7.x", "4.x.x"; "550" */
static gboolean is_status(const char *text) {
  if (strlen(text) == 3 && strspn(text, "0123456789") == 3)
    return text[0] == '4' || text[0] == '5';
  g_auto(GStrv) parts = g_strsplit(text, ".", -1);
  if (g_strv_length(parts) != 3 || strlen(parts[0]) != 1 || strchr("245", parts[0][0]) == NULL)
    return FALSE;
  for (guint i = 1; i < 3; i++) {
    gsize length = strlen(parts[i]);
    if (!g_str_equal(parts[i], "x") && (length < 1 || length > 3 || strspn(parts[i], "0123456789") != length))
      return FALSE;
  }
  return TRUE;
}

static char **read_matches_list(const StepReader *reader, const YamlNode *map, const char *key) {
  char **texts = read_texts_at(reader->doc, map, key, reader->diags);
  return texts != NULL ? texts : g_new0(char *, 1);
}

static void read_matches(const StepReader *reader, const YamlNode *root) {
  static const char *const keys[] = {"status", "phrases", NULL};
  Flow *flow = &reader->file->flow;
  const YamlNode *matches = yaml_get(root, "matches"), *node;
  if (matches != NULL && matches->kind != YAML_MAP)
    yaml_fault(reader->doc, matches, reader->diags, DIAG_ERROR,
               "What the flow is meant for is written {status: [5.1.2], phrases: [host unknown]}");
  yaml_check_keys(reader->doc, matches, keys, reader->diags);
  flow->matches_status = read_matches_list(reader, matches, "status");
  flow->matches_phrases = read_matches_list(reader, matches, "phrases");
  node = yaml_get(matches, "status");
  for (guint i = 0; flow->matches_status[i] != NULL; i++)
    if (!is_status(flow->matches_status[i]))
      yaml_fault(reader->doc, node->kind == YAML_LIST ? node->items[i] : node, reader->diags, DIAG_ERROR,
                 "\"%s\" is no status code: write one such as 5.1.2, 5.7.x or 550", flow->matches_status[i]);
  node = yaml_get(matches, "phrases");
  for (guint i = 0; flow->matches_phrases[i] != NULL; i++)
    if (g_utf8_strlen(flow->matches_phrases[i], -1) < MIN_PHRASE)
      yaml_fault(reader->doc, node->kind == YAML_LIST ? node->items[i] : node, reader->diags, DIAG_ERROR,
                 "The phrase \"%s\" is too short: it would fit nearly every bounce", flow->matches_phrases[i]);
}

static void read_title(const StepReader *reader, const YamlNode *root) {
  const YamlNode *title = read_required(reader->doc, root, "title", reader->diags);
  if (title == NULL)
    return;
  reader->file->flow.title = read_message(reader->doc, title, READ_LABEL, reader->diags);
  g_autofree const YamlNode **texts = read_text_nodes(title);
  for (guint i = 0; texts[i] != NULL && reader->file->flow.title != NULL; i++) {
    g_auto(GStrv) names = message_placeholders(texts[i]->text, NULL);
    if (names[0] != NULL)
      yaml_fault(reader->doc, texts[i], reader->diags, DIAG_ERROR,
                 "The title of a flow stands in the menu, where {%s} is not known yet: leave it out", names[0]);
  }
}

static void read_head(const StepReader *reader, const YamlNode *root) {
  Flow *flow = &reader->file->flow;
  yaml_check_keys(reader->doc, root, top_keys, reader->diags);
  read_format(reader, root);
  read_id(reader, root);
  read_title(reader, root);
  read_matches(reader, root);
  flow->revision = g_strdup(read_text_at(reader->doc, root, "revision", FALSE, reader->diags));
  flow->codes = g_strdup(read_text_at(reader->doc, root, "codes", FALSE, reader->diags));
  read_date_at(reader->doc, root, "reviewed", FALSE, reader->diags);
  g_strfreev(read_texts_at(reader->doc, root, "sources", reader->diags));
  const char *lang = read_text_at(reader->doc, root, "lang", FALSE, reader->diags);
  flow->lang = g_strdup(lang != NULL ? lang : "en");
  if (!read_is_language(flow->lang))
    yaml_fault(reader->doc, yaml_get(root, "lang"), reader->diags, DIAG_ERROR,
               "\"%s\" is no language: write two letters such as en or ja", flow->lang);
  const YamlNode *menu = yaml_get(root, "menu");
  gint64 place = yaml_get_number(root, "menu", 0);
  if (menu != NULL && (place < 1 || place > 99))
    yaml_fault(reader->doc, menu, reader->diags, DIAG_ERROR,
               "The place in the menu is a number from 1 to 99; leave \"menu\" out for a sub-flow");
  flow->menu = (int)CLAMP(place, 0, 99);
}

/* --- the steps --- */

static FullStep *step_new(const StepReader *reader, const YamlNode *key, const YamlNode *map, int kind) {
  FullStep *full = g_new0(FullStep, 1);
  Step *step = &full->step;
  step->flow = &reader->file->flow;
  step->name = g_strdup(key->text);
  step->kind = kind >= 0 ? (StepKind)kind : STEP_SAY;
  step->line = key->line;
  step->col = key->col;
  step->branches = g_ptr_array_new_with_free_func(branch_free);
  step->choices = g_ptr_array_new_with_free_func(choice_free);
  step->with = g_ptr_array_new_with_free_func(binding_free);
  step->items = g_ptr_array_new_with_free_func(read_message_free);
  full->index = step->flow->steps->len;
  full->node = kind >= 0 ? map : NULL;
  return full;
}

static void check_name(const StepReader *reader, const YamlNode *key) {
  if (!read_is_name(key->text))
    yaml_fault(reader->doc, key, reader->diags, DIAG_ERROR,
               "\"%s\" is no name for a step: use letters, digits, _ and -, at most 60", key->text);
  else if (g_str_equal(key->text, "bounce") || g_str_equal(key->text, "return"))
    yaml_fault(reader->doc, key, reader->diags, DIAG_ERROR,
               "No step can be called \"%s\", which has a meaning of its own: give it another name", key->text);
}

static void read_steps(const StepReader *reader, const YamlNode *steps) {
  FlowFile *file = reader->file;
  if (steps->kind != YAML_MAP || steps->length == 0 || steps->length > FLOW_MAX_STEPS) {
    yaml_fault(reader->doc, steps, reader->diags, DIAG_ERROR,
               "The steps are a map of 1 to %d steps: \"NAME:\" for each", FLOW_MAX_STEPS);
    return;
  }
  for (guint i = 0; i < steps->length; i++) {
    check_name(reader, steps->keys[i]);
    FullStep *step = step_new(reader, steps->keys[i], steps->items[i], step_kind_of(reader, steps->items[i]));
    g_ptr_array_add(file->flow.steps, step);
    g_hash_table_insert(file->by_name, step->step.name, step);
  }
  for (guint i = 0; i < steps->length; i++)
    if (step_at(file, i)->node != NULL)
      step_read(reader, step_at(file, i));
}

static void read_ends(const StepReader *reader, const YamlNode *root) {
  Flow *flow = &reader->file->flow;
  const YamlNode *start = yaml_get(root, "start"), *at_return = yaml_get(root, "at_return");
  flow->start = start != NULL ? step_target(reader, start) : flow->steps->pdata[0];
  flow->at_return = at_return != NULL ? step_target(reader, at_return) : NULL;
  if (flow->at_return != NULL && flow->at_return->kind != STEP_FINISH && flow->at_return->kind != STEP_DECIDE)
    yaml_fault(reader->doc, at_return, reader->diags, DIAG_ERROR,
               "\"%s\" is a %s step: \"at_return\" needs a finish, or a decide that leads to one",
               flow->at_return->name, step_kind_word(flow->at_return->kind));
}

static void read_flow(const StepReader *reader, const YamlNode *root) {
  if (root->kind != YAML_MAP) {
    yaml_fault(reader->doc, root, reader->diags, DIAG_ERROR,
               "A flow is a map: \"format: %d\", \"id: ..\", \"title: ..\", then \"steps:\"", FLOW_FORMAT);
    return;
  }
  read_head(reader, root);
  const YamlNode *steps = read_required(reader->doc, root, "steps", reader->diags);
  if (steps == NULL)
    return;
  read_steps(reader, steps);
  if (reader->file->flow.steps->len > 0)
    read_ends(reader, root);
}

/* --- the file --- */

FlowFile *flow_file_load(const char *path, gboolean own, const Flows *flows) {
  FlowFile *file = g_new0(FlowFile, 1);
  file->flow.file = g_strdup(path);
  file->flow.own = own;
  file->flow.steps = g_ptr_array_new_with_free_func(step_free);
  file->by_name = g_hash_table_new(g_str_hash, g_str_equal);
  file->reading = diags_new();
  file->checking = diags_new();
  file->refs = g_array_new(FALSE, FALSE, sizeof(FactRef));
  file->uses = g_ptr_array_new();
  file->needs = g_ptr_array_new_with_free_func(g_free);
  file->calls = g_array_new(FALSE, FALSE, sizeof(Call));
  file->doc = yaml_load_file(path, file->reading);
  StepReader reader = {file, flows, file->doc, file->reading};
  if (file->doc != NULL)
    read_flow(&reader, yaml_root(file->doc));
  file->faulty = diags_count(file->reading, DIAG_ERROR) > 0;
  if (file->flow.id == NULL)
    file->flow.id = stem_of(path);
  return file;
}

void flow_file_settle(FlowFile *file) {
  g_clear_pointer(&file->doc, yaml_doc_free);
  g_clear_pointer(&file->reading, diags_free);
  g_clear_pointer(&file->checking, diags_free);
  g_clear_pointer(&file->refs, g_array_unref);
  g_clear_pointer(&file->uses, g_ptr_array_unref);
  g_clear_pointer(&file->needs, g_ptr_array_unref);
  g_clear_pointer(&file->calls, g_array_unref);
  g_clear_pointer(&file->reach, g_free);
}

void flow_file_free(gpointer data) {
  FlowFile *file = data;
  flow_file_settle(file);
  g_hash_table_unref(file->by_name);
  g_ptr_array_unref(file->flow.steps);
  g_free(file->flow.id);
  g_free(file->flow.file);
  g_free(file->flow.revision);
  g_free(file->flow.lang);
  g_free(file->flow.codes);
  g_strfreev(file->flow.matches_status);
  g_strfreev(file->flow.matches_phrases);
  message_free(file->flow.title);
  g_free(file);
}
