#include "mail/rule_index.h"

#include <string.h>

#define BUCKETS 8192 /* a power of two, some times the number of literals */
#define WINDOW 3
#define NONE G_MAXUINT32

typedef struct Entry {
  const char *literal;
  guint32 length, offset; /* the window's place in the literal */
  guint32 number;
  guint32 next; /* of the same bucket, NONE: the last */
} Entry;

struct RuleIndex {
  guint32 heads[BUCKETS];
  guint16 sizes[BUCKETS];
  GArray *entries; /* of Entry */
};

static guint bucket_of(const char *p) {
  guint32 window = (guint32)(guchar)p[0] | (guint32)(guchar)p[1] << 8 | (guint32)(guchar)p[2] << 16;
  return (window * 2654435761u) >> 19; /* Knuth's multiplier; the upper 13 bits are the most mixed */
}

RuleIndex *rule_index_new(void) {
  RuleIndex *index = g_new0(RuleIndex, 1);
  memset(index->heads, 0xFF, sizeof index->heads);
  index->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  return index;
}

void rule_index_free(RuleIndex *index) {
  if (!index)
    return;
  g_array_unref(index->entries);
  g_free(index);
}

void rule_index_add(RuleIndex *index, const char *literal, guint number) {
  gsize length = strlen(literal);
  g_return_if_fail(length >= WINDOW);
  /* The window that the fewest others use tells the most. */
  gsize offset = 0;
  for (gsize i = 1; i + WINDOW <= length; i++)
    if (index->sizes[bucket_of(literal + i)] < index->sizes[bucket_of(literal + offset)])
      offset = i;
  guint bucket = bucket_of(literal + offset);
  Entry entry = {literal, (guint32)length, (guint32)offset, number, index->heads[bucket]};
  index->heads[bucket] = index->entries->len;
  index->sizes[bucket]++;
  g_array_append_val(index->entries, entry);
}

void rule_index_search(const RuleIndex *index, const char *text, RuleFound found, gpointer user) {
  gsize length = strlen(text);
  for (gsize i = 0; i + WINDOW <= length; i++) {
    for (guint32 k = index->heads[bucket_of(text + i)]; k != NONE;) {
      const Entry *entry = &g_array_index(index->entries, Entry, k);
      if (i >= entry->offset && length - (i - entry->offset) >= entry->length &&
          memcmp(text + i - entry->offset, entry->literal, entry->length) == 0)
        found(entry->number, i - entry->offset, user);
      k = entry->next;
    }
  }
}
