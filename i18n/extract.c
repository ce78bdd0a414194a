/* Extracts the texts for people from flow and knowledge files: prints a gettext template (POT) with true line
 * numbers.  Used only while building; i18n/pot runs it.
 *
 *   extract FILE...       the template; exit 1 if a file or a placeholder is broken
 *   extract --load DIR    reads every catalogue (*.mo) of DIR the way the program does; exit 1 if it refuses one */
#include "base/catalogue.h"
#include "base/message.h"
#include "base/yaml.h"

#include <stdio.h>
#include <string.h>

/* Which scalars are texts, by the file's name.  A list under a `lists` key holds texts; what is under a `skip` key
 * is for the machine.  The first rule that fits counts. */
typedef struct Rule {
  const char *files;
  const char *const texts[12], *const lists[5], *const skip[8];
} Rule;

static const Rule rules[] = {
    {"*/knowledge/causes.yaml", {"label", "description", "reason"}, {"user", "helpdesk", "admin", "avoid"}, {"when"}},
    {"*/knowledge/guides.yaml", {"title", "app", "note"}, {"steps"}, {0}},
    {"*/knowledge/dnsbl.yaml", {"advice", "advice_policy"}, {0}, {0}},
    {"*/knowledge/rules.yaml", {"summary", "user", "admin"}, {0}, {"providers", "sources"}},
    {"*/knowledge/logins.yaml", {"app_password"}, {0}, {0}},
    {"*/knowledge/status.yaml", {"meaning"}, {0}, {0}},
    {"*/knowledge/replies.yaml", {"meaning"}, {0}, {0}},
    /* The other knowledge files hold names, and notes of their authors. */
    {"*/knowledge/*", {0}, {0}, {0}},
    {"*/training/*", {"title", "story", "hint"}, {0}, {"world", "answers", "expect"}},
    {"*",
     {"title", "say", "ask", "choose", "checklist", "label", "help", "hint", "say_to_caller", "do", "reason"},
     {"items"},
     {"when", "with", "matches"}},
};

/* One text, wherever it occurs. */
typedef struct Entry {
  const char *text; /* owned by its document */
  GString *places;
} Entry;

typedef struct Harvest {
  GPtrArray *docs;    /* YamlDoc: they own the texts */
  GPtrArray *entries; /* Entry, in order of first occurrence */
  GHashTable *by_text;
  Diags *diags;
} Harvest;

static void entry_free(gpointer data) {
  Entry *entry = data;
  g_string_free(entry->places, TRUE);
  g_free(entry);
}

static void doc_free(gpointer data) {
  yaml_doc_free(data);
}

static void harvest_clear(Harvest *harvest) {
  g_hash_table_unref(harvest->by_text);
  g_ptr_array_unref(harvest->entries);
  g_ptr_array_unref(harvest->docs);
  diags_free(harvest->diags);
}

/* msgfmt's python-brace-format knows names of letters, digits, underscores and dots. */
static void check_placeholders(Harvest *harvest, const YamlDoc *doc, const YamlNode *node) {
  char *fault = NULL;
  g_auto(GStrv) names = message_placeholders(node->text, &fault);
  if (fault)
    yaml_fault(doc, node, harvest->diags, DIAG_ERROR, "%s", fault);
  g_free(fault);
  for (char **name = names; *name; name++) {
    if (strchr(*name, '-'))
      yaml_fault(doc, node, harvest->diags, DIAG_ERROR,
                 "{%s} has a hyphen, so that nothing can check its translations: use an underscore", *name);
  }
}

static void take_text(Harvest *harvest, const YamlDoc *doc, const YamlNode *node) {
  /* A map is a text with its own languages; an empty one needs no translation. */
  if (node->kind != YAML_SCALAR || !*node->text)
    return;
  check_placeholders(harvest, doc, node);
  Entry *entry = g_hash_table_lookup(harvest->by_text, node->text);
  if (!entry) {
    entry = g_new0(Entry, 1);
    entry->text = node->text;
    entry->places = g_string_new(NULL);
    g_ptr_array_add(harvest->entries, entry);
    g_hash_table_insert(harvest->by_text, (gpointer)entry->text, entry);
  }
  g_string_append_printf(entry->places, " %s:%d", yaml_file(doc), node->line);
}

static void walk(Harvest *harvest, const YamlDoc *doc, const YamlNode *node, const Rule *rule) {
  if (node->kind == YAML_LIST) {
    for (guint i = 0; i < node->length; i++)
      walk(harvest, doc, node->items[i], rule);
    return;
  }
  for (guint i = 0; node->kind == YAML_MAP && i < node->length; i++) {
    const char *key = node->keys[i]->text;
    const YamlNode *value = node->items[i];
    if (g_strv_contains(rule->skip, key))
      continue;
    if (g_strv_contains(rule->texts, key)) {
      take_text(harvest, doc, value);
      continue;
    }
    for (guint k = 0; value->kind == YAML_LIST && k < value->length && g_strv_contains(rule->lists, key); k++)
      take_text(harvest, doc, value->items[k]);
    walk(harvest, doc, value, rule);
  }
}

static void take_file(Harvest *harvest, const char *path) {
  YamlDoc *doc = yaml_load_file(path, harvest->diags);
  if (!doc)
    return;
  g_ptr_array_add(harvest->docs, doc);
  const Rule *rule = rules;
  while (!g_pattern_match_simple(rule->files, path))
    rule++;
  walk(harvest, doc, yaml_root(doc), rule);
}

static void print_quoted(const char *text) {
  fputs("\"", stdout);
  for (const char *p = text; *p; p++) {
    if (*p == '\n')
      fputs(p[1] ? "\\n\"\n\"" : "\\n", stdout);
    else if (*p == '"' || *p == '\\')
      printf("\\%c", *p);
    else
      putchar(*p);
  }
  fputs("\"\n", stdout);
}

static void print_entry(const Entry *entry) {
  g_auto(GStrv) names = message_placeholders(entry->text, NULL);
  printf("\n#:%s\n%smsgid ", entry->places->str, names[0] ? "#, python-brace-format\n" : "");
  if (strchr(entry->text, '\n'))
    fputs("\"\"\n", stdout);
  print_quoted(entry->text);
  fputs("msgstr \"\"\n", stdout);
}

static int extract(int n, char **files) {
  Harvest harvest = {
      .docs = g_ptr_array_new_with_free_func(doc_free),
      .entries = g_ptr_array_new_with_free_func(entry_free),
      .by_text = g_hash_table_new(g_str_hash, g_str_equal),
      .diags = diags_new(),
  };
  for (int i = 0; i < n; i++)
    take_file(&harvest, files[i]);

  for (guint i = 0; i < diags_length(harvest.diags); i++) {
    g_autofree char *line = diag_format(diags_get(harvest.diags, i));
    fprintf(stderr, "%s\n", line);
  }
  fputs("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n", stdout);
  for (guint i = 0; i < harvest.entries->len; i++)
    print_entry(harvest.entries->pdata[i]);
  int status = diags_count(harvest.diags, DIAG_ERROR) ? 1 : 0;
  harvest_clear(&harvest);
  return status;
}

static int load(const char *dir) {
  g_auto(GStrv) languages = catalogue_languages(dir);
  int status = 0;
  for (char **lang = languages; *lang; lang++) {
    g_autoptr(GError) error = NULL;
    if (catalogue_use(dir, *lang, &error))
      continue;
    fprintf(stderr, "%s\n", error->message);
    status = 1;
  }
  catalogue_use(dir, "en", NULL);
  return status;
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "--load"))
    return load(argv[2]);
  if (argc < 2 || argv[1][0] == '-') {
    fputs("usage: extract FILE... | --load DIR\n", stderr);
    return 2;
  }
  return extract(argc - 1, argv + 1);
}
