/* flows/flow.schema.json, which editors complete flow files with, says what the loader takes: no more and no less. */
#include "base/paths.h"
#include "flow/flow_impl.h"

#include <json-glib/json-glib.h>
#include <string.h>

static JsonParser *open_schema(void) {
  g_autofree char *dir = paths_flows(), *path = g_build_filename(dir, "flow.schema.json", NULL);
  JsonParser *parser = json_parser_new();
  g_autoptr(GError) error = NULL;
  json_parser_load_from_file(parser, path, &error);
  g_assert_no_error(error);
  return parser;
}

/* The object at a path of member names. */
static JsonObject *member(JsonObject *object, const char *path) {
  g_auto(GStrv) names = g_strsplit(path, "/", -1);
  for (char **name = names; *name != NULL; name++) {
    if (!json_object_has_member(object, *name))
      g_error("the schema has no %s in %s", *name, path);
    object = json_object_get_object_member(object, *name);
  }
  return object;
}

static int by_text(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the array of char*. */
static char *sorted(GPtrArray *words) {
  g_ptr_array_sort(words, by_text);
  g_ptr_array_add(words, NULL);
  char *joined = g_strjoinv(" ", (char **)words->pdata);
  g_ptr_array_unref(words);
  return joined;
}

static char *members_of(JsonObject *object) {
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GList) names = json_object_get_members(object);
  for (GList *name = names; name != NULL; name = name->next)
    g_ptr_array_add(words, g_strdup(name->data));
  return sorted(words);
}

static char *strings_of(JsonObject *object, const char *name) {
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  JsonArray *array = json_object_has_member(object, name) ? json_object_get_array_member(object, name) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length(array); i++)
    g_ptr_array_add(words, g_strdup(json_array_get_string_element(array, i)));
  return sorted(words);
}

static char *words_of(const char *const *list) {
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  for (; *list != NULL; list++)
    g_ptr_array_add(words, g_strdup(*list));
  return sorted(words);
}

static void assert_words(char *in_schema, char *in_loader) {
  g_assert_cmpstr(in_schema, ==, in_loader);
  g_free(in_schema);
  g_free(in_loader);
}

static void test_keys(void) {
  g_autoptr(JsonParser) parser = open_schema();
  JsonObject *root = json_node_get_object(json_parser_get_root(parser)), *definitions = member(root, "definitions");
  assert_words(members_of(member(root, "properties")), words_of(flow_keys()));
  for (StepKind kind = STEP_SAY; kind <= STEP_FINISH; kind++) {
    JsonObject *step = member(definitions, step_kind_word(kind));
    g_assert_false(json_object_get_boolean_member(step, "additionalProperties"));
    assert_words(members_of(member(step, "properties")), words_of(step_keys(kind)));
    JsonArray *required = json_object_get_array_member(step, "required");
    g_assert_cmpstr(json_array_get_string_element(required, 0), ==, step_kind_word(kind));
  }
  JsonArray *all = json_object_get_array_member(member(definitions, "step"), "oneOf");
  g_assert_cmpuint(json_array_get_length(all), ==, STEP_FINISH + 1);
}

static void test_words(void) {
  g_autoptr(JsonParser) parser = open_schema();
  JsonObject *definitions = member(json_node_get_object(json_parser_get_root(parser)), "definitions");
  assert_words(strings_of(member(definitions, "ask/properties/as"), "enum"), words_of(step_words("as")));
  assert_words(strings_of(member(definitions, "probe/properties/show"), "enum"), words_of(step_words("show")));
  assert_words(strings_of(member(definitions, "finish/properties/finish"), "enum"), words_of(step_words("finish")));
}

static void test_limits(void) {
  g_autoptr(JsonParser) parser = open_schema();
  JsonObject *root = json_node_get_object(json_parser_get_root(parser)), *definitions = member(root, "definitions");
  g_assert_cmpint(json_object_get_int_member(member(root, "properties/steps"), "maxProperties"), ==, FLOW_MAX_STEPS);
  g_assert_cmpint(json_object_get_int_member(member(definitions, "choose/properties/choices"), "maxItems"), ==,
                  FLOW_MAX_CHOICES);
  g_assert_cmpint(json_object_get_int_member(member(definitions, "checklist/properties/items"), "maxItems"), ==,
                  FLOW_MAX_ITEMS);
  g_assert_cmpint(json_object_get_int_member(member(definitions, "template"), "maxLength"), ==, READ_MAX_TEXT);
}

/* A new probe belongs into the schema: its name into the list, its inputs into a rule. */
static void test_probes(void) {
  g_autoptr(JsonParser) parser = open_schema();
  JsonObject *probe = member(json_node_get_object(json_parser_get_root(parser)), "definitions/probe");
  JsonArray *rules = json_object_get_array_member(probe, "allOf");
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; probe_table[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)probe_table[i]->name);
  g_ptr_array_add(names, NULL);
  assert_words(strings_of(member(probe, "properties/probe"), "enum"), words_of((const char *const *)names->pdata));
  g_assert_cmpuint(json_array_get_length(rules), ==, names->len - 1);
  for (guint i = 0; i < json_array_get_length(rules); i++) {
    JsonObject *rule = json_array_get_object_element(rules, i), *with = member(rule, "then/properties/with");
    const Probe *each = probe_find(json_object_get_string_member(member(rule, "if/properties/probe"), "const"));
    g_assert_nonnull(each);
    GPtrArray *inputs = g_ptr_array_new_with_free_func(g_free), *required = g_ptr_array_new_with_free_func(g_free);
    for (const ProbeInput *input = each->inputs; input->name != NULL; input++) {
      g_ptr_array_add(inputs, g_strdup(input->name));
      if (input->required)
        g_ptr_array_add(required, g_strdup(input->name));
    }
    assert_words(members_of(member(with, "properties")), sorted(inputs));
    assert_words(strings_of(with, "required"), sorted(required));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/schema/keys", test_keys);
  g_test_add_func("/schema/words", test_words);
  g_test_add_func("/schema/limits", test_limits);
  g_test_add_func("/schema/probes", test_probes);
  return g_test_run();
}
