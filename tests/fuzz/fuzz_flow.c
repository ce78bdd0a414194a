/* Flows of strangers: any bytes are read without a fault of ours, and a flow that loads cannot fail.
 *
 * The input is up to two flows and a causes.yaml, parted by a line "====".  A flow's file has the name that its id asks
 * for, so that flows/ is a corpus. */
#include "flow/flow.h"
#include "flow/read.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/wb-fuzz-flow-XXXXXX";

static void remove_files(void) {
  g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
  const char *name;
  while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (g_str_has_suffix(name, ".yaml"))
      g_unlink(path);
  }
}

static void clean_up(void) {
  g_autofree char *causes = g_build_filename(dir, "knowledge", "causes.yaml", NULL);
  g_autofree char *knowledge = g_build_filename(dir, "knowledge", NULL);
  remove_files();
  g_unlink(causes);
  g_rmdir(knowledge);
  g_rmdir(dir);
}

static void prepare(void) {
  static gboolean ready;
  if (ready)
    return;
  ready = TRUE;
  if (g_mkdtemp(dir) == NULL)
    abort();
  g_autofree char *knowledge = g_build_filename(dir, "knowledge", NULL);
  g_mkdir(knowledge, 0700);
  atexit(clean_up);
}

static void put(const char *name, const char *bytes, gsize length) {
  g_autofree char *path = g_build_filename(dir, name, NULL);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, length, file) != length)
    abort();
  fclose(file);
}

static void put_flow(const char *text) {
  const char *id = g_str_has_prefix(text, "id: ") ? text : strstr(text, "\nid: ");
  g_autofree char *name = NULL;
  if (id != NULL) {
    id += strcspn(id, ":") + 2;
    name = g_strndup(id, strcspn(id, " \r\n#"));
  }
  if (name == NULL || !read_is_name(name)) {
    g_free(name);
    name = g_strdup("f");
  }
  g_autofree char *file = g_strconcat(name, ".yaml", NULL);
  put(file, text, strlen(text));
}

static void require(gboolean holds) {
  if (!holds)
    abort();
}

/* --- a flow that loaded --- */

static gboolean may_be_silent(const Step *step) {
  return step->kind == STEP_DECIDE || (step->kind == STEP_PROBE && step->show != SHOW_ALWAYS);
}

/* Takes ways by the bits of `way`: comes to a person or an end, however often one flow uses the other. */
static void walk(const Flow *flow, guint way) {
  g_autoptr(GPtrArray) callers = g_ptr_array_new();
  const Step *step = flow->start;
  for (guint i = 0; i < 2 * FLOW_MAX_STEPS * FLOW_MAX_STEPS; i++) {
    const Step *next = NULL;
    if (step->kind == STEP_USE) {
      require(step->use != NULL && callers->len < FLOW_MAX_DEPTH);
      g_ptr_array_add(callers, (gpointer)step);
      step = step->use->start;
      continue;
    }
    guint shortest, longest;
    flow_distance_within(step, callers, &shortest, &longest);
    require(shortest <= longest);
    if (!may_be_silent(step))
      return;
    require(step->branches->len > 0);
    next = ((const Branch *)step->branches->pdata[(way >> (i % 16)) % step->branches->len])->go;
    while (next == NULL && callers->len > 0) {
      const Step *use = callers->pdata[callers->len - 1];
      g_ptr_array_set_size(callers, (int)callers->len - 1);
      require(use->branches->len > 0);
      next = ((const Branch *)use->branches->pdata[(way >> (i % 16)) % use->branches->len])->go;
    }
    if (next == NULL)
      next = flow->at_return;
    if (next == NULL) {
      require(!flow_can_start(flow));
      return;
    }
    step = next;
  }
  abort(); /* round and round without a person */
}

static void check_step(const Step *step, const Facts *facts) {
  require(step->kind == STEP_FINISH || step->branches->len + step->choices->len > 0 || step->kind == STEP_USE);
  for (guint i = 0; i < step->branches->len; i++) {
    const Branch *branch = step->branches->pdata[i];
    require((branch->when == NULL) == (i + 1 == step->branches->len));
    if (branch->when != NULL)
      condition_holds(branch->when, facts);
    g_free(message_text(branch->say, NULL, NULL));
  }
  for (guint i = 0; i < step->choices->len; i++) {
    const Choice *choice = step->choices->pdata[i];
    require(choice->go != NULL || choice->goes_return || step->branches->len > 0);
    g_free(message_text(choice->label, NULL, NULL));
  }
  g_free(message_text(step->text, NULL, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  prepare();
  g_autofree char *text = g_strndup((const char *)data, size);
  g_auto(GStrv) parts = g_strsplit(text, "\n====\n", 3);
  guint n = g_strv_length(parts);
  remove_files();
  for (guint i = 0; i < MIN(n, 2); i++)
    put_flow(parts[i]);
  put("knowledge/causes.yaml", n > 2 ? parts[2] : "", n > 2 ? strlen(parts[2]) : 0);

  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Flows) flows = flows_load(dir, NULL, diags);
  g_autoptr(Facts) facts = facts_new();
  facts_set_text(facts, "bounce.kind", SOURCE_BOUNCE, "delay");
  facts_set_number(facts, "a", SOURCE_ASKED, 2);
  facts_set_list(facts, "mx.hosts", SOURCE_PROBE, (const char *[]){"mx1.example.com", "mx2.example.com", NULL});
  g_autoptr(GPtrArray) all = flows_all(flows);
  for (guint i = 0; i < all->len; i++) {
    const Flow *flow = all->pdata[i];
    for (guint k = 0; k < flow->steps->len; k++)
      check_step(flow->steps->pdata[k], facts);
    for (guint way = 0; way < 8; way++)
      walk(flow, way * 2654435761u);
  }
  if (flows_causes(flows) != NULL)
    g_ptr_array_unref(causes_board(flows_causes(flows), facts));
  flows_lint(dir, NULL, diags);
  return 0;
}
