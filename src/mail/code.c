#include "mail/code.h"

#include "mail/rule_read.h"

#include <string.h>

#define MAX_CODES 1000

struct Codes {
  YamlDoc *doc;
  GPtrArray *all;      /* of Code */
  GHashTable *by_code; /* code -> Code */
};

static const char *const file_keys[] = {"format", "reviewed", "source", "statuses", "replies", NULL};
static const char *const code_keys[] = {"code", "name", "meaning", "cause", "vague", "at", "source", "reviewed", NULL};
static const char *const command_keys[] = {"CONN", "EHLO", "MAIL", "RCPT", "DATA", NULL};

/* "X", or a number of at most three digits. */
static gboolean is_part(const char *p, gsize n) {
  if (n == 1 && *p == 'X')
    return TRUE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isdigit(p[i]))
      return FALSE;
  return n > 0 && n <= 3;
}

static gboolean is_code(const char *text) {
  const char *dot = strchr(text, '.');
  if (!dot)
    return strlen(text) == 3 && is_part(text, 3);
  const char *second = strchr(dot + 1, '.');
  return second && is_part(text, (gsize)(dot - text)) && is_part(dot + 1, (gsize)(second - dot - 1)) &&
         is_part(second + 1, strlen(second + 1));
}

/* `reviewed`: the date of the whole file, or NULL. */
static void read_code(Codes *codes, const YamlNode *entry, const char *reviewed, Diags *diags) {
  const YamlDoc *doc = codes->doc;
  const YamlNode *root = yaml_root(doc);
  guint faults = diags_count(diags, DIAG_ERROR);
  yaml_check_keys(doc, entry, code_keys, diags);
  Code *code = g_new0(Code, 1);
  code->doc = doc;
  code->node = entry;
  code->code = rule_read_text(doc, entry, "code", TRUE, diags);
  code->name = rule_read_text(doc, entry, "name", TRUE, diags);
  code->meaning = rule_read_text(doc, entry, "meaning", TRUE, diags);
  code->cause = rule_read_text(doc, entry, "cause", FALSE, diags);
  code->vague = rule_read_flag(doc, entry, "vague", FALSE, diags);
  code->at = yaml_get(entry, "at");
  if (code->at && code->at->kind != YAML_MAP)
    yaml_fault(doc, code->at, diags, DIAG_ERROR, "\"at\" is written {DATA: cause, MAIL: cause}");
  yaml_check_keys(doc, code->at, command_keys, diags);
  code->source = rule_read_text(doc, entry, "source", FALSE, diags);
  if (!code->source)
    code->source = yaml_get_text(root, "source");
  code->reviewed = rule_read_date(doc, entry, "reviewed", reviewed, diags);
  if (code->code && !is_code(code->code))
    yaml_fault(doc, yaml_get(entry, "code"), diags, DIAG_ERROR, "\"%s\" is no code: write 550, X.1.1 or X.1.X",
               code->code);
  else if (code->code && g_hash_table_contains(codes->by_code, code->code))
    yaml_fault(doc, yaml_get(entry, "code"), diags, DIAG_ERROR, "The code %s is there already", code->code);
  if (!code->source || !code->reviewed)
    yaml_fault(doc, entry, diags, DIAG_ERROR, "\"source\" or \"reviewed\" is missing, here and for the whole file");
  if (diags_count(diags, DIAG_ERROR) > faults) {
    g_free(code);
    return;
  }
  g_ptr_array_add(codes->all, code);
  g_hash_table_insert(codes->by_code, (gpointer)code->code, code);
}

Codes *codes_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  if (!doc)
    return NULL;
  Codes *codes = g_new0(Codes, 1);
  codes->doc = doc;
  codes->all = g_ptr_array_new_with_free_func(g_free);
  codes->by_code = g_hash_table_new(g_str_hash, g_str_equal);
  yaml_check_keys(doc, yaml_root(doc), file_keys, diags);
  const char *reviewed = rule_read_date(doc, yaml_root(doc), "reviewed", NULL, diags);
  const char *key = yaml_get(yaml_root(doc), "replies") ? "replies" : "statuses";
  const YamlNode *list = rule_read_list(doc, yaml_root(doc), key, TRUE, diags);
  for (guint i = 0; list && i < MIN(list->length, MAX_CODES); i++)
    read_code(codes, list->items[i], reviewed, diags);
  return codes;
}

void codes_free(Codes *codes) {
  if (!codes)
    return;
  g_hash_table_unref(codes->by_code);
  g_ptr_array_unref(codes->all);
  yaml_doc_free(codes->doc);
  g_free(codes);
}

const char *code_cause_at(const Code *code, const char *command) {
  const char *cause = code->at && command ? yaml_get_text(code->at, command) : NULL;
  return cause ? cause : code->cause;
}

GPtrArray *codes_all(const Codes *codes) {
  return codes->all;
}

const Code *codes_find(const Codes *codes, const char *code) {
  const char *dot = strchr(code, '.');
  g_autofree char *general = dot ? g_strconcat("X", dot, NULL) : NULL;
  return codes ? g_hash_table_lookup(codes->by_code, general ? general : code) : NULL;
}
