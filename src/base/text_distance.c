#include "base/text.h"

/* The cheapest way to cell `j` of the row being filled: the usual three edits, and the swap of two
 * neighbours that makes it the optimal string alignment. */
static guint cell(guint *const rows[3], const gunichar *a, const gunichar *b, glong i, glong j) {
  const guint *before = rows[0], *above = rows[1], *row = rows[2];
  guint best = MIN(above[j] + 1, row[j - 1] + 1);
  best = MIN(best, above[j - 1] + (a[i - 1] != b[j - 1]));
  if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
    best = MIN(best, before[j - 2] + 1);
  return best;
}

guint text_distance(const char *a, const char *b, guint limit) {
  glong la, lb;
  g_autofree gunichar *ua = g_utf8_to_ucs4_fast(a, -1, &la);
  g_autofree gunichar *ub = g_utf8_to_ucs4_fast(b, -1, &lb);
  if (ABS(la - lb) > (glong)limit)
    return limit + 1;

  g_autofree guint *cells = g_new(guint, 3 * (gsize)(lb + 1));
  guint *rows[3] = {cells, cells + lb + 1, cells + 2 * (lb + 1)};
  for (glong j = 0; j <= lb; j++)
    rows[2][j] = (guint)j;

  for (glong i = 1; i <= la; i++) {
    guint *oldest = rows[0];
    rows[0] = rows[1];
    rows[1] = rows[2];
    rows[2] = oldest;
    rows[2][0] = (guint)i;
    guint nearest = rows[2][0];
    for (glong j = 1; j <= lb; j++) {
      rows[2][j] = cell(rows, ua, ub, i, j);
      nearest = MIN(nearest, rows[2][j]);
    }
    if (nearest > limit)
      return limit + 1;
  }
  return MIN(rows[2][lb], limit + 1);
}

const char *text_nearest(const char *word, const char *const *words) {
  guint limit = g_utf8_strlen(word, -1) < 5 ? 1 : 2;
  const char *best = NULL;
  for (gsize i = 0; words[i]; i++) {
    guint distance = text_distance(word, words[i], limit);
    if (distance <= limit) {
      best = words[i];
      if (distance == 0)
        break;
      limit = distance - 1;
    }
  }
  return best;
}
