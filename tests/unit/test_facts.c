/* `whybounce facts`: everything of the table is told, to people and to programs. */
#include "report/facts.h"

#include "flow/session.h"
#include "probe/probe.h"

#include <json-glib/json-glib.h>
#include <string.h>

static char *out_text, *err_text;

static int facts(const char *const *names, gboolean json) {
  size_t out_size, err_size;
  g_clear_pointer(&out_text, free);
  g_clear_pointer(&err_text, free);
  FILE *out = open_memstream(&out_text, &out_size), *err = open_memstream(&err_text, &err_size);
  int code = facts_run(names, json, out, err);
  fclose(out);
  fclose(err);
  return code;
}

/* The words of the page, however they are broken into lines. */
static char *joined(const char *text) {
  g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
  GString *all = g_string_new(NULL);
  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      g_string_append_printf(all, "%s ", words[i]);
  return g_string_free(all, FALSE);
}

static void test_page(gconstpointer data) {
  const Probe *probe = data;
  const char *const names[] = {probe->name, NULL};
  g_assert_cmpint(facts(names, FALSE), ==, 0);
  g_autofree char *text = joined(out_text);
  for (const FactSpec *spec = probe->gives; spec->name != NULL; spec++) {
    g_autofree char *name = g_strdup_printf("%s.%s (", probe->name, spec->name);
    g_assert_nonnull(strstr(text, name));
    g_autofree char *meaning = joined(spec->meaning);
    g_assert_nonnull(strstr(text, meaning));
  }
  for (const ProbeInput *input = probe->inputs; input->name != NULL; input++) {
    g_autofree char *name = g_strdup_printf("%s (%s%s)", input->name, input->as, input->required ? ", required" : "");
    g_assert_nonnull(strstr(text, name));
  }
  g_assert_true((strstr(text, "--contacts") != NULL) == ((probe->flags & PROBE_CONTACTS) != 0));
  g_auto(GStrv) lines = g_strsplit(out_text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) /* a list of words is one long word to nobody */
    g_assert_cmpuint(strlen(lines[i]), <=, 80);
}

static void test_json(void) {
  g_assert_cmpint(facts(NULL, TRUE), ==, 0);
  g_auto(GStrv) lines = g_strsplit(out_text, "\n", -1);
  guint n = 0;
  for (; probe_table[n] != NULL; n++) {
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;
    json_parser_load_from_data(parser, lines[n], -1, &error);
    g_assert_no_error(error);
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    const Probe *probe = probe_table[n];
    g_assert_cmpint(json_object_get_int_member(root, "schema"), ==, 1);
    g_assert_cmpstr(json_object_get_string_member(root, "probe"), ==, probe->name);
    g_assert_cmpint(json_object_get_boolean_member(root, "contacts"), ==, (probe->flags & PROBE_CONTACTS) != 0);
    JsonArray *all = json_object_get_array_member(root, "facts");
    guint k = 0;
    for (; probe->gives[k].name != NULL; k++) {
      JsonObject *fact = json_array_get_object_element(all, k);
      g_autofree char *name = g_strdup_printf("%s.%s", probe->name, probe->gives[k].name);
      g_assert_cmpstr(json_object_get_string_member(fact, "name"), ==, name);
      g_assert_true(json_object_has_member(fact, "values") == (probe->gives[k].values != NULL));
    }
    g_assert_cmpuint(json_array_get_length(all), ==, k);
    JsonArray *inputs = json_object_get_array_member(root, "inputs");
    for (k = 0; probe->inputs[k].name != NULL; k++)
      g_assert_cmpstr(json_object_get_string_member(json_array_get_object_element(inputs, k), "name"), ==,
                      probe->inputs[k].name);
    g_assert_cmpuint(json_array_get_length(inputs), ==, k);
  }
  g_assert_nonnull(strstr(lines[n], "\"bounce.status\""));
  g_assert_cmpuint(g_strv_length(lines), ==, n + 2);
}

static void test_names(void) {
  g_assert_cmpint(facts(NULL, FALSE), ==, 0);
  for (guint i = 0; probe_table[i] != NULL; i++)
    g_assert_nonnull(strstr(out_text, probe_table[i]->name));
  const char *const one[] = {"mx.status", NULL}, *const wrong[] = {"mxx", NULL}, *const no_fact[] = {"mx.nothing", NULL};
  g_assert_cmpint(facts(one, FALSE), ==, 0);
  g_assert_nonnull(strstr(out_text, "mx.status (text: ok implicit"));
  g_assert_null(strstr(out_text, "mx.hosts"));
  g_assert_cmpint(facts(wrong, FALSE), ==, 2);
  g_assert_nonnull(strstr(err_text, "did you mean \"mx\""));
  g_assert_cmpint(facts(no_fact, TRUE), ==, 2);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; probe_table[i] != NULL; i++) {
    g_autofree char *path = g_strconcat("/facts/page/", probe_table[i]->name, NULL);
    g_test_add_data_func(path, probe_table[i], test_page);
  }
  g_test_add_func("/facts/json", test_json);
  g_test_add_func("/facts/names", test_names);
  int status = g_test_run();
  free(out_text);
  free(err_text);
  return status;
}
