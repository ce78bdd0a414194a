#include "mail/dnslist_data.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define MAX_OWN_BYTES (1u << 20)
#define MAX_OWN_ZONES 5000
#define MAX_CODES 100

typedef struct Word {
  const char *word;
  int value;
} Word;

static const Word tier_words[] = {
    {"major", DNSLIST_MAJOR}, {"minor", DNSLIST_MINOR}, {"info", DNSLIST_INFO}, {NULL, 0}};

static const Word ask_words[] = {{"core", DNSLIST_ASK_CORE},
                                 {"extended", DNSLIST_ASK_EXTENDED},
                                 {"unverified", DNSLIST_ASK_UNVERIFIED},
                                 {"never", DNSLIST_ASK_NEVER},
                                 {NULL, 0}};

static const Word kind_words[] = {{"ip4", DNSLIST_IP4}, {"ip6", DNSLIST_IP6}, {"domain", DNSLIST_DOMAIN}, {NULL, 0}};

/* What a code means that is in none of the zone's tables. */
static const Word type_words[] = {
    {"block", DNSLIST_LISTED}, {"allow", DNSLIST_POSITIVE}, {"info", DNSLIST_NEUTRAL}, {NULL, 0}};

static const Word class_words[] = {{"listed", DNSLIST_LISTED},
                                   {"weak", DNSLIST_WEAK},
                                   {"policy", DNSLIST_POLICY},
                                   {"positive", DNSLIST_POSITIVE},
                                   {"neutral", DNSLIST_NEUTRAL},
                                   {"refused", DNSLIST_REFUSED},
                                   {NULL, 0}};

static const char *const why_words[] = {"redundant", "keyed", "hashed", "context", "private", NULL};
static const char *const confidence_words[] = {"high", "medium", "low", NULL};
static const char *const status_words[] = {"alive", "unknown", "key-required", NULL};

static const char *const list_keys[] = {
    "name",          "ask",      "why",         "tier",       "kinds",      "type",    "codes",    "listed", "weak",
    "policy",        "positive", "neutral",     "refused",    "status",     "url",     "lookup",   "delist", "advice",
    "advice_policy", "note",     "test_listed", "test_clean", "replaces", "confidence", "sources", "reviewed", NULL};
static const char *const retired_keys[] = {"name",  "reason",     "since",  "behaviour", "instead",
                                           "zones", "confidence", "source", "reviewed",  NULL};
static const char *const file_keys[] = {"format", "reviewed", "sources", "suffixes", "lists", "retired", NULL};

/* A file on its way into a set. */
typedef struct Loader {
  DnsLists *lists;
  const YamlDoc *doc;
  Diags *diags;
} Loader;

static gboolean is_zone_name(const char *name) {
  gsize length = strlen(name), label = 0;
  if (length == 0 || length > 200)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (name[i] == '.') {
      if (label == 0)
        return FALSE;
      label = 0;
    } else if ((!g_ascii_isalnum(name[i]) && name[i] != '-' && name[i] != '_') || ++label > 63) {
      return FALSE;
    }
  }
  return label > 0;
}

/* --- words of the knowledge file --- */

static const char *nearest_of(const char *text, const Word *words) {
  const char *names[16];
  guint n = 0;
  for (; words[n].word != NULL; n++)
    names[n] = words[n].word;
  names[n] = NULL;
  return text_nearest(text, names);
}

static void fault_word(Loader *loader, const YamlNode *node, const char *key, const char *text, const char *nearest) {
  if (nearest != NULL)
    yaml_fault(loader->doc, node, loader->diags, DIAG_ERROR, "\"%s\" is no word for %s: did you mean \"%s\"?", text,
               key, nearest);
  else
    yaml_fault(loader->doc, node, loader->diags, DIAG_ERROR, "\"%s\" is no word for %s: see whybounce-flow(5)", text,
               key);
}

static int word_of(Loader *loader, const YamlNode *entry, const char *key, const Word *words, int otherwise) {
  const YamlNode *node = yaml_get(entry, key);
  if (node == NULL)
    return otherwise;
  for (const Word *word = words; node->text != NULL && word->word != NULL; word++)
    if (g_str_equal(word->word, node->text))
      return word->value;
  fault_word(loader, node, key, node->text != NULL ? node->text : "", nearest_of(node->text ? node->text : "", words));
  return otherwise;
}

/* One of `words` or NULL; another word is a fault. */
static const char *one_of(Loader *loader, const YamlNode *entry, const char *key, const char *const *words) {
  const YamlNode *node = yaml_get(entry, key);
  if (node == NULL)
    return NULL;
  if (node->text != NULL && g_strv_contains(words, node->text))
    return node->text;
  fault_word(loader, node, key, node->text != NULL ? node->text : "",
             text_nearest(node->text ? node->text : "", words));
  return NULL;
}

static unsigned kinds_of(Loader *loader, const YamlNode *entry) {
  const YamlNode *node = yaml_get(entry, "kinds");
  if (node == NULL || node->text == NULL)
    return 0;
  unsigned kinds = 0;
  g_auto(GStrv) words = g_strsplit(node->text, " ", 8);
  for (guint i = 0; words[i] != NULL; i++) {
    const Word *word = kind_words;
    while (word->word != NULL && !g_str_equal(word->word, words[i]))
      word++;
    if (word->word == NULL)
      fault_word(loader, node, "kinds", words[i], nearest_of(words[i], kind_words));
    kinds |= (unsigned)word->value;
  }
  return kinds;
}

/* --- codes --- */

/* "127.0.0.2", "127.0.*.1", "127.0.2.2-24", "bit 4". */
static gboolean code_parse(const char *text, DnsListCode *code) {
  guint64 number;
  if (g_str_has_prefix(text, "bit ")) {
    if (!g_ascii_string_to_unsigned(text + 4, 10, 1, 128, &number, NULL) || (number & (number - 1)) != 0)
      return FALSE;
    code->bit = (guint8)number;
    return TRUE;
  }
  g_auto(GStrv) parts = g_strsplit(text, ".", 5);
  if (g_strv_length(parts) != 4)
    return FALSE;
  for (guint i = 0; i < 4; i++) {
    code->high[i] = 255;
    if (g_str_equal(parts[i], "*"))
      continue;
    char *to = strchr(parts[i], '-');
    if (to != NULL)
      *to++ = '\0';
    if (!g_ascii_string_to_unsigned(parts[i], 10, 0, 255, &number, NULL))
      return FALSE;
    code->low[i] = code->high[i] = (guint8)number;
    if (to != NULL && !g_ascii_string_to_unsigned(to, 10, number, 255, &number, NULL))
      return FALSE;
    code->high[i] = (guint8)number;
  }
  return TRUE;
}

static void load_codes(Loader *loader, const YamlNode *entry, DnsList *list) {
  g_autoptr(GArray) codes = g_array_new(FALSE, TRUE, sizeof(DnsListCode));
  for (const Word *class = class_words; class->word != NULL; class ++) {
    const YamlNode *table = yaml_get(entry, class->word);
    if (table == NULL)
      continue;
    if (table->kind != YAML_MAP)
      yaml_fault(loader->doc, table, loader->diags, DIAG_ERROR, "%s needs \"code: meaning\" below it", class->word);
    for (guint i = 0; table->kind == YAML_MAP && i < table->length && codes->len < MAX_CODES; i++) {
      const char *words = table->items[i]->text;
      DnsListCode code = {.verdict = class->value, .words = words != NULL && *words != '\0' ? words : NULL};
      if (words == NULL)
        yaml_fault(loader->doc, table->items[i], loader->diags, DIAG_ERROR, "The meaning of a code is one text");
      if (code_parse(table->keys[i]->text, &code))
        g_array_append_val(codes, code);
      else
        yaml_fault(loader->doc, table->keys[i], loader->diags, DIAG_ERROR,
                   "\"%s\" is no code: write 127.0.0.2, 127.0.*.1, 127.0.2.2-24 or bit 4", table->keys[i]->text);
    }
  }
  list->n_codes = codes->len;
  list->codes = (DnsListCode *)g_array_free(g_steal_pointer(&codes), FALSE);
}

/* --- entries --- */

/* A sentence for people: it is shown as it is, so that nothing can be put in. */
static const char *advice_of(Loader *loader, const YamlNode *entry, const char *key) {
  const YamlNode *node = yaml_get(entry, key);
  if (node == NULL)
    return NULL;
  if (node->kind != YAML_SCALAR || *node->text == '\0') {
    yaml_fault(loader->doc, node, loader->diags, DIAG_ERROR, "%s is one or two sentences in one text", key);
    return NULL;
  }
  if (strpbrk(node->text, "{}") != NULL) {
    yaml_fault(loader->doc, node, loader->diags, DIAG_ERROR, "%s is shown as it is: it cannot hold { or }", key);
    return NULL;
  }
  return node->text;
}

static void load_list(Loader *loader, const YamlNode *key, const YamlNode *entry) {
  if (entry->kind != YAML_MAP) {
    yaml_fault(loader->doc, entry, loader->diags, DIAG_ERROR, "A list needs at least ask, tier and kinds");
    return;
  }
  yaml_check_keys(loader->doc, entry, list_keys, loader->diags);
  DnsList *list = dnslists_add(loader->lists, key->text);
  if (list == NULL) {
    yaml_fault(loader->doc, key, loader->diags, DIAG_ERROR, "%s is there already: put it all in one entry", key->text);
    return;
  }
  const char *url = yaml_get_text(entry, "url"), *name = yaml_get_text(entry, "name");
  const char *status = one_of(loader, entry, "status", status_words);
  const char *confidence = one_of(loader, entry, "confidence", confidence_words);
  list->name = name != NULL ? name : list->zone;
  list->ask = (DnsListAsk)word_of(loader, entry, "ask", ask_words, DNSLIST_ASK_NEVER);
  list->tier = (DnsListTier)word_of(loader, entry, "tier", tier_words, DNSLIST_INFO);
  list->otherwise = (DnsListVerdict)word_of(loader, entry, "type", type_words, DNSLIST_LISTED);
  list->why_never = one_of(loader, entry, "why", why_words);
  list->kinds = kinds_of(loader, entry);
  list->lookup = url != NULL ? url : yaml_get_text(entry, "lookup");
  list->delist = url != NULL ? url : yaml_get_text(entry, "delist");
  list->known = TRUE;
  list->advice = advice_of(loader, entry, "advice");
  list->advice_policy = advice_of(loader, entry, "advice_policy");
  list->test_listed = yaml_get_text(entry, "test_listed");
  list->test_clean = yaml_get_text(entry, "test_clean");
  list->replaces = yaml_get_text(entry, "replaces");
  list->doubtful =
      g_strcmp0(status, "unknown") == 0 || g_strcmp0(confidence, "low") == 0 || yaml_get(entry, "codes") != NULL;
  load_codes(loader, entry, list);
  /* A name that cannot be asked ("{key}.…") is for recognition only. */
  if (list->ask == DNSLIST_ASK_NEVER)
    return;
  if (yaml_get(entry, "kinds") == NULL || !is_zone_name(list->zone))
    yaml_fault(loader->doc, key, loader->diags, DIAG_ERROR, "%s cannot be asked: it needs kinds and a plain zone name",
               list->zone);
  if (list->kinds == 0 || !is_zone_name(list->zone))
    list->ask = DNSLIST_ASK_NEVER;
}

static void load_retired(Loader *loader, const YamlNode *entry) {
  const char *zones = yaml_get_text(entry, "zones"), *since = yaml_get_text(entry, "since");
  if (zones == NULL) {
    yaml_fault(loader->doc, entry, loader->diags, DIAG_ERROR, "A retired list needs zones: the names, with blanks");
    return;
  }
  yaml_check_keys(loader->doc, entry, retired_keys, loader->diags);
  g_auto(GStrv) names = g_strsplit(zones, " ", -1);
  for (guint i = 0; names[i] != NULL; i++) {
    DnsList *list = dnslists_add(loader->lists, g_string_chunk_insert(loader->lists->strings, names[i]));
    if (list == NULL) {
      yaml_fault(loader->doc, entry, loader->diags, DIAG_ERROR, "%s is there already", names[i]);
      continue;
    }
    const char *name = yaml_get_text(entry, "name");
    list->name = name != NULL ? name : list->zone;
    list->ask = DNSLIST_ASK_NEVER;
    list->why_never = "retired";
    list->tier = DNSLIST_INFO;
    list->since = since != NULL ? since : "";
    list->advice = N_("This list is out of use: an answer from it means nothing.");
    list->instead = yaml_get_text(entry, "instead");
  }
}

static DnsLists *load_doc(YamlDoc *doc, Diags *diags) {
  Loader loader = {.lists = dnslists_new(), .doc = doc, .diags = diags};
  const YamlNode *root = yaml_root(doc), *lists = yaml_get(root, "lists"), *retired = yaml_get(root, "retired");
  loader.lists->doc = doc;
  yaml_check_keys(doc, root, file_keys, diags);
  dnslists_load_suffixes(loader.lists, yaml_get(root, "suffixes"), diags);
  for (guint i = 0; lists != NULL && lists->kind == YAML_MAP && i < lists->length; i++)
    load_list(&loader, lists->keys[i], lists->items[i]);
  for (guint i = 0; retired != NULL && retired->kind == YAML_LIST && i < retired->length; i++)
    load_retired(&loader, retired->items[i]);
  if (loader.lists->lists->len == 0)
    yaml_fault(doc, root, diags, DIAG_ERROR, "There is no DNS list in this file: it needs \"lists:\" with zones below");
  return loader.lists;
}

DnsLists *dnslists_load(const char *path, Diags *diags) {
  YamlDoc *doc = yaml_load_file(path, diags);
  return doc != NULL ? load_doc(doc, diags) : NULL;
}

/* An entry begins with its zone, two blanks in, and a colon. */
static gboolean is_entry_of(const char *line, gsize length, const DnsLists *lists) {
  char zone[256];
  const char *colon = memchr(line, ':', length);
  gsize n = colon != NULL ? (gsize)(colon - line) : 0;
  if (n <= 2 || n - 2 >= sizeof zone || line[0] != ' ' || line[1] != ' ' || line[2] == ' ')
    return FALSE;
  memcpy(zone, line + 2, n - 2);
  zone[n - 2] = '\0';
  return dnslists_zone(lists, zone) != NULL;
}

/* Retired ones stand many on a line. */
static gboolean has_word_of(const char *line, gsize length, const DnsLists *lists) {
  g_autofree char *copy = g_strndup(line, length);
  g_auto(GStrv) words = g_strsplit_set(copy, " \r\n", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (dnslists_zone(lists, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

gboolean dnslists_file_knows(const char *path, const DnsLists *lists) {
  gsize length;
  g_autofree char *text = file_load(path, YAML_MAX_BYTES, &length);
  if (text == NULL)
    return FALSE;
  const char *end = text + length;
  gboolean retired = FALSE;
  for (const char *line = text, *next; line < end; line = next) {
    const char *feed = memchr(line, '\n', (gsize)(end - line));
    next = feed != NULL ? feed + 1 : end;
    retired |= g_str_has_prefix(line, "retired:");
    if (is_entry_of(line, (gsize)(next - line), lists) || (retired && has_word_of(line, (gsize)(next - line), lists)))
      return TRUE;
  }
  return FALSE;
}

/* --- a list file of the user's own --- */

static gboolean add_plain_line(DnsLists *lists, char *line, const char *path, guint number, GError **error) {
  line[strcspn(line, "#\r")] = '\0';
  g_strstrip(line);
  gsize length = strlen(line);
  if (length > 0 && line[length - 1] == '.')
    line[--length] = '\0';
  if (length == 0)
    return TRUE;
  g_autofree char *zone = g_ascii_strdown(line, -1);
  if (!is_zone_name(zone)) {
    g_autofree char *safe = text_safe(line, -1, 80, TEXT_LINE, NULL);
    Message *message = message_new(N_("{path}:{line}: \"{text}\" is no name of a DNS list: write one zone a line, like "
                                      "bl.example.org"),
                                   "path", path, "text", safe, NULL);
    failure_set(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, message_set_number(message, "line", number));
    return FALSE;
  }
  DnsList *list =
      lists->lists->len < MAX_OWN_ZONES ? dnslists_add(lists, g_string_chunk_insert(lists->strings, zone)) : NULL;
  if (list == NULL)
    return TRUE;
  list->kinds = DNSLIST_IP4 | DNSLIST_IP6 | DNSLIST_DOMAIN;
  list->tier = DNSLIST_MINOR;
  list->ask = DNSLIST_ASK_CORE;
  return TRUE;
}

static DnsLists *load_plain(char *text, const char *path, GError **error) {
  g_autoptr(DnsLists) lists = dnslists_new();
  guint number = 0;
  for (char *line = text, *next; line != NULL; line = next) {
    next = strchr(line, '\n');
    if (next != NULL)
      *next++ = '\0';
    if (!add_plain_line(lists, line, path, ++number, error))
      return NULL;
  }
  if (lists->lists->len > 0)
    return g_steal_pointer(&lists);
  failure_set(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
              message_new(N_("{path} holds no name of a DNS list: write one zone a line"), "path", path, NULL));
  return NULL;
}

static DnsLists *load_knowledge(const char *text, gsize length, const char *path, GError **error) {
  g_autoptr(Diags) diags = diags_new();
  YamlDoc *doc = yaml_load_data(path, text, length, diags);
  g_autoptr(DnsLists) lists = doc != NULL ? load_doc(doc, diags) : NULL;
  if (lists != NULL && diags_count(diags, DIAG_ERROR) == 0)
    return g_steal_pointer(&lists);
  g_autofree char *first = diag_format(diags_get(diags, 0));
  g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, first);
  return NULL;
}

DnsLists *dnslists_load_own(const char *path, GError **error) {
  gsize length;
  g_autofree char *text = file_load(path, MAX_OWN_BYTES + 1, &length);
  if (text == NULL) {
    int fault = errno;
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(fault), "%s: %s", path, failure_words(fault));
    return NULL;
  }
  if (length > MAX_OWN_BYTES) {
    failure_set(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                message_new(N_("{path} is larger than 1 MB: that is no file of DNS lists"), "path", path, NULL));
    return NULL;
  }
  /* No zone holds a colon, so that either of these lines tells a knowledge file. */
  gboolean knowledge = g_str_has_prefix(text, "format:") || g_str_has_prefix(text, "lists:") ||
                       strstr(text, "\nformat:") != NULL || strstr(text, "\nlists:") != NULL;
  return knowledge ? load_knowledge(text, length, path, error) : load_plain(text, path, error);
}
