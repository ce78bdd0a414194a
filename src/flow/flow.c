#include "flow/flow_impl.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- folders --- */

static int by_text(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of *.yaml in `dir`, sorted: the order must not depend on the file system. */
static GPtrArray *list_folder(const char *dir, Diags *diags) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
  const char *name;
  while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
    if (name[0] != '.' && g_str_has_suffix(name, ".yaml"))
      g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, by_text);
  if (names->len > FLOW_MAX_FILES) {
    diags_add(diags, dir, 0, 0, DIAG_ERROR, "There are %u files in this folder: only the first %d were read",
              names->len, FLOW_MAX_FILES);
    g_ptr_array_set_size(names, FLOW_MAX_FILES);
  }
  return names;
}

/* `except`: the name of a file to leave out, or NULL. */
static void add_folder(Flows *flows, const char *dir, gboolean own, const char *except, Diags *diags) {
  g_autoptr(GPtrArray) names = list_folder(dir, diags);
  for (guint i = 0; i < names->len; i++) {
    if (g_strcmp0(names->pdata[i], except) == 0)
      continue;
    g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
    g_ptr_array_add(flows->files, flow_file_load(path, own, flows));
  }
}

static char *knowledge_path(const char *dir, const char *name) {
  return g_build_filename(dir, "knowledge", name, NULL);
}

static void read_causes(const Flows *flows, Diags *diags) {
  g_autofree char *path = knowledge_path(flows->dir, "causes.yaml");
  flows->knowledge->causes_tried = TRUE;
  flows->knowledge->causes = causes_load(path, diags);
}

static void read_guides(const Flows *flows, Diags *diags) {
  g_autofree char *path = knowledge_path(flows->dir, "guides.yaml");
  flows->knowledge->guides_tried = TRUE;
  flows->knowledge->guides = guides_load(path, diags);
}

/* No flow yet. */
static Flows *flows_new(const char *dir) {
  Flows *flows = g_new0(Flows, 1);
  flows->files = g_ptr_array_new_with_free_func(flow_file_free);
  flows->by_id = g_hash_table_new(g_str_hash, g_str_equal);
  flows->dir = g_strdup(dir);
  flows->knowledge = g_new0(Knowledge, 1);
  return flows;
}

static void pass_on(const Diags *from, Diags *to) {
  for (guint i = 0; i < diags_length(from); i++) {
    const Diag *diag = diags_get(from, i);
    diags_add(to, diag->file, diag->line, diag->col, diag->level, "%s", diag->text);
  }
}

static void load_folders(Flows *flows, const char *const *own, Diags *diags) {
  add_folder(flows, flows->dir, FALSE, NULL, diags);
  for (; own != NULL && *own != NULL; own++)
    add_folder(flows, *own, TRUE, NULL, diags);
  flows_link(flows);
  for (guint i = 0; i < flows->files->len; i++) {
    const FlowFile *file = flows->files->pdata[i];
    pass_on(file->reading, diags);
    pass_on(file->checking, diags);
  }
}

Flows *flows_load(const char *dir, const char *const *own, Diags *diags) {
  Flows *flows = flows_new(dir);
  load_folders(flows, own, diags);
  for (guint i = 0; i < flows->files->len; i++)
    flow_file_settle(flows->files->pdata[i]);
  return flows;
}

void flows_free(Flows *flows) {
  if (flows == NULL)
    return;
  g_hash_table_unref(flows->by_id);
  g_ptr_array_unref(flows->files);
  causes_free(flows->knowledge->causes);
  guides_free(flows->knowledge->guides);
  classifier_free(flows->knowledge->classifier);
  g_free(flows->knowledge);
  g_free(flows->dir);
  g_free(flows);
}

/* --- look-ups --- */

const Flow *flows_find(const Flows *flows, const char *id) {
  const FlowFile *file = g_hash_table_lookup(flows->by_id, id);
  return file != NULL ? &file->flow : NULL;
}

const Causes *flows_causes(const Flows *flows) {
  g_autoptr(Diags) diags = diags_new();
  if (!flows->knowledge->causes_tried)
    read_causes(flows, diags);
  return flows->knowledge->causes;
}

const Guides *flows_guides(const Flows *flows) {
  g_autoptr(Diags) diags = diags_new();
  if (!flows->knowledge->guides_tried)
    read_guides(flows, diags);
  return flows->knowledge->guides;
}

Classifier *flows_classifier(const Flows *flows) {
  if (flows->knowledge->classifier == NULL) {
    g_autofree char *folder = knowledge_path(flows->dir, "");
    flows->knowledge->classifier = classifier_new(folder, NULL);
  }
  return flows->knowledge->classifier;
}

const Cause *step_cause(const Flows *flows, const Step *step) {
  return flows != NULL && step->cause != NULL ? causes_find(flows_causes(flows), step->cause) : NULL;
}

static int by_id(gconstpointer a, gconstpointer b) {
  return strcmp((*(const Flow *const *)a)->id, (*(const Flow *const *)b)->id);
}

GPtrArray *flows_all(const Flows *flows) {
  GPtrArray *all = g_ptr_array_new();
  GHashTableIter iter;
  gpointer file;
  g_hash_table_iter_init(&iter, flows->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &file))
    g_ptr_array_add(all, file);
  g_ptr_array_sort(all, by_id);
  return all;
}

static int by_place(gconstpointer a, gconstpointer b) {
  const Flow *one = *(const Flow *const *)a, *two = *(const Flow *const *)b;
  if (one->own != two->own)
    return one->own - two->own;
  return one->menu != two->menu ? one->menu - two->menu : strcmp(one->id, two->id);
}

GPtrArray *flows_menu(const Flows *flows) {
  GPtrArray *menu = flows_all(flows);
  for (guint i = menu->len; i-- > 0;)
    if (((const Flow *)menu->pdata[i])->menu == 0)
      g_ptr_array_remove_index(menu, i);
  g_ptr_array_sort(menu, by_place);
  return menu;
}

const Step *flow_step(const Flow *flow, const char *name) {
  return g_hash_table_lookup(flow_file(flow)->by_name, name);
}

gboolean flow_can_start(const Flow *flow) {
  return !flow->returns || flow->at_return != NULL;
}

/* --- linting --- */

static void check_menu(const Flows *flows, Diags *diags) {
  g_autoptr(GPtrArray) menu = flows_menu(flows);
  for (guint i = 1; i < menu->len; i++) {
    const Flow *one = menu->pdata[i - 1], *two = menu->pdata[i];
    if (one->own == two->own && one->menu == two->menu)
      diags_add(diags, two->file, 0, 0, DIAG_WARNING,
                "The flow \"%s\" has place %d in the menu too: give one of them "
                "another",
                one->id, one->menu);
  }
}

void flows_lint(const char *dir, const char *const *own, Diags *diags) {
  g_autoptr(Flows) flows = flows_new(dir);
  read_causes(flows, diags);
  read_guides(flows, diags);
  load_folders(flows, own, diags);
  g_autofree char *causes = knowledge_path(dir, "causes.yaml");
  flow_check_causes(flows, causes, diags);
  check_menu(flows, diags);
}

/* The id of the flow that a step uses, or NULL. */
static const char *used_id(const FullStep *step) {
  return step->step.kind == STEP_USE && step->node != NULL ? yaml_get_text(step->node, "use") : NULL;
}

/* The faults of a file and of those it names, which may be too bad to be linked. */
static void pass_on_used(const Flows *flows, const FlowFile *file, GHashTable *seen, Diags *diags) {
  if (!g_hash_table_add(seen, (gpointer)file))
    return;
  pass_on(file->reading, diags);
  pass_on(file->checking, diags);
  for (guint i = 0; i < file->flow.steps->len; i++) {
    const char *id = used_id(step_at(file, i));
    for (guint k = flows->files->len; id != NULL && k-- > 0;) {
      const FlowFile *used = flows->files->pdata[k];
      if (g_str_equal(used->flow.id, id)) {
        pass_on_used(flows, used, seen, diags);
        break;
      }
    }
  }
}

static gboolean is_same_folder(const char *a, const char *b) {
  g_autofree char *one = g_canonicalize_filename(a, NULL), *two = g_canonicalize_filename(b, NULL);
  return g_str_equal(one, two);
}

void flow_lint(const char *dir, const char *path, Diags *diags) {
  g_autoptr(Diags) others = diags_new();
  g_autoptr(Flows) flows = flows_new(dir);
  read_causes(flows, others);
  read_guides(flows, others);
  /* What it uses, and what uses it, may lie beside it. */
  g_autofree char *folder = g_path_get_dirname(path), *base = g_path_get_basename(path);
  gboolean ours = is_same_folder(folder, dir);
  add_folder(flows, dir, FALSE, ours ? base : NULL, others);
  if (!ours)
    add_folder(flows, folder, TRUE, base, others);
  FlowFile *file = flow_file_load(path, !ours, flows);
  g_ptr_array_add(flows->files, file);
  flows_link(flows);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  pass_on_used(flows, file, seen, diags);
}

void causes_lint(const char *dir, const char *path, Diags *diags) {
  g_autoptr(Diags) others = diags_new();
  g_autoptr(Flows) flows = flows_new(dir);
  flows->knowledge->causes_tried = TRUE;
  flows->knowledge->causes = causes_load(path, diags);
  add_folder(flows, dir, FALSE, NULL, others);
  flows_link(flows);
  flow_check_causes(flows, path, diags);
}
