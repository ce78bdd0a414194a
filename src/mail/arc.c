#include "mail/arc.h"

#include "base/text.h"
#include "mail/fields.h"
#include "mail/taglist.h"

#include <string.h>

#define MAX_FIELDS (3 * ARC_MAX_SETS + 3)
#define MAX_WORD 255
#define MAX_RESULTS 400

typedef enum FieldKind { FIELD_SEAL, FIELD_SIGNATURE, FIELD_RESULTS, N_KINDS } FieldKind;

static const char *const field_names[N_KINDS] = {
    [FIELD_SEAL] = "ARC-Seal",
    [FIELD_SIGNATURE] = "ARC-Message-Signature",
    [FIELD_RESULTS] = "ARC-Authentication-Results",
};

static const char *const fault_words[ARC_N_FAULTS] = {"bad_instance", "gap",    "incomplete",
                                                      "duplicate",    "bad_cv", "seal_h"};

const char *arc_fault_word(guint bit) {
  return fault_words[bit];
}

/* --- values --- */

static void take_word(char **slot, const char *value) {
  if (*slot != NULL || value == NULL || *value == '\0')
    return;
  g_autofree char *safe = text_safe(value, -1, MAX_WORD, TEXT_LINE, NULL);
  *slot = g_ascii_strdown(safe, -1);
}

/* Comments of RFC 5322 s3.2.2 out; what stands in them are no results. */
static char *drop_comments(const char *text) {
  GString *out = g_string_new(NULL);
  guint depth = 0;
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0') {
      if (depth == 0)
        g_string_append_len(out, p, 2);
      p++;
    } else if (*p == '(') {
      depth++;
    } else if (*p == ')' && depth > 0) {
      depth--;
    } else if (depth == 0) {
      g_string_append_c(out, *p);
    }
  }
  return g_string_free(out, FALSE);
}

/* Of several signatures one that passes is enough. */
static void take_result(ArcSet *set, const char *method, const char *result) {
  const struct {
    const char *method;
    char **slot;
  } slots[] = {{"spf", &set->spf}, {"dkim", &set->dkim}, {"dmarc", &set->dmarc}};
  for (guint i = 0; i < G_N_ELEMENTS(slots); i++) {
    if (g_ascii_strcasecmp(method, slots[i].method) != 0)
      continue;
    if (g_ascii_strcasecmp(result, "pass") == 0)
      g_clear_pointer(slots[i].slot, g_free);
    take_word(slots[i].slot, result);
  }
}

/* RFC 8601 s2.2: "i=1; mx.example.org; spf=pass smtp.mailfrom=...; dkim=...". */
static void read_results(ArcSet *set, const char *value) {
  g_autofree char *plain = drop_comments(value);
  g_auto(GStrv) pieces = g_strsplit(plain, ";", 64);
  for (guint i = 0; pieces[i] != NULL; i++) {
    char *sign = strchr(g_strstrip(pieces[i]), '=');
    g_autofree char *method = g_strndup(pieces[i], sign != NULL ? (gsize)(sign - pieces[i]) : strlen(pieces[i]));
    g_strchomp(method);
    if (sign == NULL) { /* the server's name, perhaps with a version behind it */
      method[strcspn(method, " \t")] = '\0';
      take_word(&set->by, method);
      continue;
    }
    method[strcspn(method, "/")] = '\0'; /* "spf/1" */
    const char *result = sign + 1 + strspn(sign + 1, " \t");
    g_autofree char *word = g_strndup(result, strcspn(result, " \t"));
    take_result(set, method, word);
  }
}

static void read_seal(ArcChain *chain, ArcSet *set, const TagList *tags) {
  static const char *const words[] = {"none", "pass", "fail", NULL};
  const char *cv = taglist_get(tags, "cv");
  g_autofree char *low = cv != NULL ? g_ascii_strdown(cv, -1) : NULL;
  if (low != NULL && g_strv_contains(words, low))
    take_word(&set->cv, low);
  take_word(&set->domain, taglist_get(tags, "d"));
  take_word(&set->selector, taglist_get(tags, "s"));
  if (taglist_get(tags, "h") != NULL)
    chain->faults |= ARC_SEAL_H;
}

/* --- sets --- */

static void set_free(gpointer data) {
  ArcSet *set = data;
  char *strings[] = {set->cv, set->domain, set->selector, set->by, set->spf, set->dkim, set->dmarc};
  for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
    g_free(strings[i]);
  g_free(set);
}

/* The number of a field: i=, which must come first in results and may stand anywhere else. */
static guint read_instance(const TagList *tags) {
  const char *i = taglist_get(tags, "i");
  guint64 number = 0;
  return i != NULL && g_ascii_string_to_unsigned(i, 10, 1, ARC_MAX_SETS, &number, NULL) ? (guint)number : 0;
}

static ArcSet *set_of(ArcChain *chain, guint instance) {
  guint at = 0;
  for (; at < chain->sets->len; at++) {
    ArcSet *set = g_ptr_array_index(chain->sets, at);
    if (set->instance == instance)
      return set;
    if (set->instance > instance)
      break;
  }
  ArcSet *set = g_new0(ArcSet, 1);
  set->instance = instance;
  g_ptr_array_insert(chain->sets, (gint)at, set);
  return set;
}

static void add_field(ArcChain *chain, FieldKind kind, const char *value) {
  g_autofree char *bare = g_strchug(g_strdup(value));
  g_autoptr(GBytes) bytes = g_bytes_new_static(bare, strlen(bare));
  g_autoptr(TagList) tags = taglist_parse(bytes);
  guint instance = read_instance(tags);
  if (instance == 0) {
    chain->faults |= ARC_BAD_INSTANCE;
    return;
  }
  ArcSet *set = set_of(chain, instance);
  set->seals += kind == FIELD_SEAL;
  set->signatures += kind == FIELD_SIGNATURE;
  set->results += kind == FIELD_RESULTS;
  if (kind == FIELD_SEAL)
    read_seal(chain, set, tags);
  else if (kind == FIELD_RESULTS)
    read_results(set, bare);
}

/* s5.2 steps 2 and 3: what can be judged without the mail. */
static void judge(ArcChain *chain) {
  for (guint i = 0; i < chain->sets->len; i++) {
    const ArcSet *set = g_ptr_array_index(chain->sets, i);
    gboolean last = i + 1 == chain->sets->len;
    const char *right = set->instance == 1 ? "none" : "pass";
    if (set->instance != i + 1)
      chain->faults |= ARC_GAP;
    if (set->seals == 0 || set->signatures == 0 || set->results == 0)
      chain->faults |= ARC_INCOMPLETE;
    if (set->seals > 1 || set->signatures > 1 || set->results > 1)
      chain->faults |= ARC_DUPLICATE;
    if (last && g_strcmp0(set->cv, "fail") == 0)
      chain->failed = TRUE;
    else if (set->seals > 0 && g_strcmp0(set->cv, right) != 0)
      chain->faults |= ARC_BAD_CV;
  }
}

/* --- a header --- */

/* A header of several lines has its fields at the start of lines; on one line they stand behind each other. */
static gboolean may_begin(const char *text, const char *p, gboolean lines) {
  return p == text || p[-1] == '\n' || (!lines && g_ascii_isspace(p[-1]));
}

/* The name of an ARC field at `p`; `*value` behind its colon. */
static FieldKind field_at(const char *p, const char **value) {
  for (FieldKind kind = 0; kind < N_KINDS; kind++) {
    gsize n = strlen(field_names[kind]);
    if (g_ascii_strncasecmp(p, field_names[kind], n) != 0)
      continue;
    const char *colon = p + n + strspn(p + n, " \t");
    *value = colon + 1;
    if (*colon == ':')
      return kind;
  }
  return N_KINDS;
}

/* Where the value ends: before the next ARC field, or a line that begins another field. */
static const char *end_of(const char *value, gboolean lines) {
  const char *unused, *p = value;
  for (; *p != '\0'; p++) {
    if (lines && *p == '\n' && p[1] != ' ' && p[1] != '\t')
      return p;
    if (!lines && g_ascii_isspace(*p) && field_at(p + 1, &unused) != N_KINDS)
      return p;
  }
  return p;
}

ArcChain *arc_read(const char *text) {
  ArcChain *chain = g_new0(ArcChain, 1);
  gboolean lines = strchr(text, '\n') != NULL;
  guint n = 0;
  chain->sets = g_ptr_array_new_with_free_func(set_free);
  for (const char *p = text; *p != '\0' && n < MAX_FIELDS;) {
    const char *value;
    FieldKind kind = may_begin(text, p, lines) ? field_at(p, &value) : N_KINDS;
    if (kind == N_KINDS) {
      p++;
      continue;
    }
    p = end_of(value, lines);
    g_autofree char *own = g_strndup(value, MIN((gsize)(p - value), FIELDS_MAX_VALUE));
    add_field(chain, kind, g_strdelimit(own, "\r\n", ' '));
    n++;
  }
  judge(chain);
  return chain;
}

void arc_chain_free(ArcChain *chain) {
  g_ptr_array_unref(chain->sets);
  g_free(chain);
}

/* --- one line for the facts of a bounce --- */

/* The results without comments, and without a word that could be taken for the name of a field. */
static char *compact_results(const char *value) {
  g_autofree char *plain = drop_comments(value);
  g_strdelimit(plain, ":", ' ');
  if (strlen(plain) > MAX_RESULTS)
    plain[MAX_RESULTS] = '\0';
  return g_strdup(g_strstrip(plain));
}

static char *compact_tags(FieldKind kind, const char *value) {
  static const char *const kept[] = {"i", "a", "cv", "d", "s"};
  g_autofree char *bare = g_strchug(g_strdup(value));
  g_autoptr(GBytes) bytes = g_bytes_new_static(bare, strlen(bare));
  g_autoptr(TagList) tags = taglist_parse(bytes);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
    const char *one = taglist_get(tags, kept[i]);
    if (one != NULL && strpbrk(one, " \t:") == NULL && strlen(one) <= MAX_WORD)
      g_string_append_printf(out, "%s%s=%s", out->len > 0 ? "; " : "", kept[i], one);
  }
  if (kind == FIELD_SEAL && taglist_get(tags, "h") != NULL)
    g_string_append(out, "; h=");
  return g_string_free(out, FALSE);
}

char *arc_compact(const GPtrArray *fields) {
  g_autoptr(GString) out = g_string_new(NULL);
  guint n = 0;
  for (guint i = 0; fields != NULL && i < fields->len && n < MAX_FIELDS; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    for (FieldKind kind = 0; kind < N_KINDS; kind++) {
      if (g_ascii_strcasecmp(field->name, field_names[kind]) != 0)
        continue;
      g_autofree char *value = kind == FIELD_RESULTS ? compact_results(field->value) : compact_tags(kind, field->value);
      g_string_append_printf(out, "%s%s: %s", n++ > 0 ? " " : "", field_names[kind], value);
    }
  }
  return n > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* --- SPF on the way --- */

const ArcSet *arc_spf_passed(const ArcChain *chain) {
  for (guint i = 0; i < chain->sets->len; i++) {
    const ArcSet *set = g_ptr_array_index(chain->sets, i);
    if (g_strcmp0(set->spf, "pass") == 0)
      return set;
  }
  return NULL;
}

gboolean arc_spf_broke(const ArcChain *chain) {
  const ArcSet *passed = arc_spf_passed(chain);
  for (guint i = 0; passed != NULL && i < chain->sets->len; i++) {
    const ArcSet *set = g_ptr_array_index(chain->sets, i);
    if (set->instance > passed->instance && (g_strcmp0(set->spf, "fail") == 0 || g_strcmp0(set->spf, "softfail") == 0))
      return TRUE;
  }
  return FALSE;
}
