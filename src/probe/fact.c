#include "probe/fact.h"

#include "base/text.h"

#include <string.h>

/* A remote list may be long (hosts, zones, records); nobody reads more than this of it. */
#define MAX_ITEMS 1000

struct Facts {
  GHashTable *table; /* name -> Fact, which owns the name */
};

static void fact_free(gpointer data) {
  Fact *fact = data;
  if (fact->secret && fact->raw != NULL)
    explicit_bzero(fact->raw, strlen(fact->raw));
  g_free(fact->name);
  g_free(fact->raw);
  g_free(fact->text);
  g_strfreev(fact->list);
  g_free(fact);
}

Facts *facts_new(void) {
  Facts *facts = g_new0(Facts, 1);
  facts->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, fact_free);
  return facts;
}

void facts_free(Facts *facts) {
  if (facts == NULL)
    return;
  g_hash_table_unref(facts->table);
  g_free(facts);
}

static Fact *fact_put(Facts *facts, const char *name, FactState state, FactSource source) {
  Fact *fact = g_new0(Fact, 1);
  fact->name = g_strdup(name);
  fact->state = state;
  fact->source = source;
  g_hash_table_replace(facts->table, fact->name, fact);
  return fact;
}

void facts_set_text(Facts *facts, const char *name, FactSource source, const char *value) {
  /* Made before the old fact goes: `value` may be its own text. */
  char *raw = g_strdup(value), *text = text_safe(value, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
  Fact *fact = fact_put(facts, name, FACT_KNOWN, source);
  fact->type = FACT_TEXT;
  fact->raw = raw;
  fact->text = text;
}

void facts_set_secret(Facts *facts, const char *name, FactSource source, const char *value) {
  char *raw = g_strdup(value);
  Fact *fact = fact_put(facts, name, FACT_KNOWN, source);
  fact->type = FACT_TEXT;
  fact->secret = TRUE;
  fact->raw = raw;
  fact->text = g_strdup("********");
}

void facts_set_number(Facts *facts, const char *name, FactSource source, gint64 value) {
  Fact *fact = fact_put(facts, name, FACT_KNOWN, source);
  fact->type = FACT_NUMBER;
  fact->number = value;
  fact->text = g_strdup_printf("%" G_GINT64_FORMAT, value);
}

/* Takes `items`, safe ones. */
static void put_list(Facts *facts, const char *name, FactSource source, GPtrArray *items) {
  Fact *fact = fact_put(facts, name, FACT_KNOWN, source);
  fact->type = FACT_LIST;
  fact->number = items->len;
  g_ptr_array_add(items, NULL);
  fact->list = (char **)g_ptr_array_free(items, FALSE);
  fact->text = g_strjoinv(", ", fact->list);
}

void facts_set_list(Facts *facts, const char *name, FactSource source, const char *const *values) {
  GPtrArray *items = g_ptr_array_new();
  for (guint i = 0; values[i] != NULL && i < MAX_ITEMS; i++)
    g_ptr_array_add(items, text_safe(values[i], -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL));
  put_list(facts, name, source, items);
}

void facts_set_items(Facts *facts, const char *name, FactSource source, const GPtrArray *values) {
  GPtrArray *items = g_ptr_array_new();
  for (guint i = 0; i < values->len && i < MAX_ITEMS; i++)
    g_ptr_array_add(items, text_safe(g_ptr_array_index(values, i), -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL));
  put_list(facts, name, source, items);
}

void facts_set_absent(Facts *facts, const char *name, FactSource source) {
  fact_put(facts, name, FACT_ABSENT, source);
}

void facts_set_unknown(Facts *facts, const char *name, FactSource source, const char *why) {
  fact_put(facts, name, FACT_UNKNOWN, source)->why = g_intern_string(why);
}

void facts_set_copy(Facts *facts, const char *name, const Fact *fact) {
  Fact *copy = g_memdup2(fact, sizeof *fact);
  copy->name = g_strdup(name);
  copy->raw = g_strdup(fact->raw);
  copy->text = g_strdup(fact->text);
  copy->list = g_strdupv(fact->list);
  g_hash_table_replace(facts->table, copy->name, copy);
}

void facts_merge(Facts *facts, const Facts *from, const char *prefix) {
  GHashTableIter iter;
  gpointer fact;
  g_hash_table_iter_init(&iter, from->table);
  while (g_hash_table_iter_next(&iter, NULL, &fact)) {
    g_autofree char *name = g_strconcat(prefix != NULL ? prefix : "", ((Fact *)fact)->name, NULL);
    facts_set_copy(facts, name, fact);
  }
}

void facts_stamp(Facts *facts, gint64 time) {
  GHashTableIter iter;
  gpointer fact;
  g_hash_table_iter_init(&iter, facts->table);
  while (g_hash_table_iter_next(&iter, NULL, &fact))
    if (((Fact *)fact)->time == 0)
      ((Fact *)fact)->time = time;
}

const Fact *facts_get(const Facts *facts, const char *name) {
  return g_hash_table_lookup(facts->table, name);
}

const char *facts_text(const Facts *facts, const char *name) {
  const Fact *fact = facts_get(facts, name);
  return fact != NULL && fact->state == FACT_KNOWN ? fact->text : NULL;
}

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp((*(const Fact *const *)a)->name, (*(const Fact *const *)b)->name);
}

GPtrArray *facts_all(const Facts *facts) {
  GPtrArray *all = g_ptr_array_new();
  GHashTableIter iter;
  gpointer fact;
  g_hash_table_iter_init(&iter, facts->table);
  while (g_hash_table_iter_next(&iter, NULL, &fact))
    g_ptr_array_add(all, fact);
  g_ptr_array_sort(all, by_name);
  return all;
}
