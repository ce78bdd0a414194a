#include "mail/dmarc.h"

#include "mail/address.h"
#include "mail/taglist.h"

#include <string.h>

/* Nobody reports to so many; the rest of a hostile record is passed over. */
#define MAX_URIS 20

static const char *const fault_words[DMARC_N_FAULTS] = {
    "missing_p", "bad_policy", "bad_value", "bad_uri", "old_tag", "old_size", "unknown_tag", "duplicate_tag", "syntax",
};

static const char *const policy_words[] = {
    [DMARC_NONE] = "none", [DMARC_QUARANTINE] = "quarantine", [DMARC_REJECT] = "reject"};

const char *dmarc_fault_word(guint bit) {
  return fault_words[bit];
}

const char *dmarc_policy_word(DmarcPolicy policy) {
  return policy_words[policy];
}

/* --- tags --- */

/* Literals in ABNF do not mind case (RFC 5234 s2.3). */
static DmarcPolicy parse_policy(const char *value) {
  for (DmarcPolicy policy = DMARC_NONE; policy <= DMARC_REJECT; policy++)
    if (g_ascii_strcasecmp(value, policy_words[policy]) == 0)
      return policy;
  return DMARC_BROKEN;
}

static void take_policy(DmarcRecord *record, const char *value, DmarcPolicy *policy) {
  *policy = parse_policy(value);
  if (*policy == DMARC_BROKEN)
    record->faults |= DMARC_BAD_POLICY;
}

static void take_p(DmarcRecord *record, const char *value) {
  take_policy(record, value, &record->p);
}

static void take_sp(DmarcRecord *record, const char *value) {
  take_policy(record, value, &record->sp);
}

static void take_np(DmarcRecord *record, const char *value) {
  take_policy(record, value, &record->np);
}

/* One letter of `letters`, or `otherwise` and a fault. */
static char take_letter(DmarcRecord *record, const char *value, const char *letters, char otherwise) {
  char letter = g_ascii_tolower(value[0]);
  if (letter != '\0' && value[1] == '\0' && strchr(letters, letter) != NULL)
    return letter;
  record->faults |= DMARC_BAD_VALUE;
  return otherwise;
}

static void take_psd(DmarcRecord *record, const char *value) {
  record->psd = take_letter(record, value, "ynu", 'u');
}

static void take_t(DmarcRecord *record, const char *value) {
  record->testing = take_letter(record, value, "yn", 'n') == 'y';
}

static void take_aspf(DmarcRecord *record, const char *value) {
  record->strict_spf = take_letter(record, value, "rs", 'r') == 's';
}

static void take_adkim(DmarcRecord *record, const char *value) {
  record->strict_dkim = take_letter(record, value, "rs", 'r') == 's';
}

/* RFC 3986 s3.1 */
static gboolean has_scheme(const char *uri) {
  const char *colon = strchr(uri, ':');
  if (colon == NULL || colon[1] == '\0' || !g_ascii_isalpha(uri[0]))
    return FALSE;
  for (const char *p = uri; p < colon; p++)
    if (!g_ascii_isalnum(*p) && strchr("+-.", *p) == NULL)
      return FALSE;
  return TRUE;
}

static void add_uri(DmarcRecord *record, char *uri, GPtrArray *uris) {
  char *size = strchr(uri, '!');
  if (size != NULL) {
    record->faults |= DMARC_OLD_SIZE;
    *size = '\0';
  }
  g_autofree char *host = dmarc_uri_host(uri);
  gboolean is_mail = g_ascii_strncasecmp(uri, "mailto:", 7) == 0;
  if (!has_scheme(uri) || (is_mail && host == NULL))
    record->faults |= DMARC_BAD_URI;
  else if (uris->len < MAX_URIS)
    g_ptr_array_add(uris, g_strdup(uri));
}

static void take_uris(DmarcRecord *record, const char *value, GPtrArray *uris) {
  g_auto(GStrv) all = g_strsplit(value, ",", MAX_URIS + 1);
  for (guint i = 0; all[i] != NULL && i < MAX_URIS; i++)
    add_uri(record, g_strstrip(all[i]), uris);
}

static void take_rua(DmarcRecord *record, const char *value) {
  take_uris(record, value, record->rua);
}

static void take_ruf(DmarcRecord *record, const char *value) {
  take_uris(record, value, record->ruf);
}

/* s4.8: "0" or "1", "d", "s", each at most once. */
static void take_fo(DmarcRecord *record, const char *value) {
  static const char letters[] = "01ds";
  guint seen = 0;
  g_auto(GStrv) words = g_strsplit(value, ":", sizeof letters + 1);
  gboolean good = words[0] != NULL;
  for (guint i = 0; words[i] != NULL && good; i++) {
    const char *word = g_strstrip(words[i]);
    const char *letter = word[0] != '\0' ? strchr(letters, g_ascii_tolower(word[0])) : NULL;
    guint bit = letter != NULL ? 1U << (letter - letters) : 0;
    good = bit != 0 && word[1] == '\0' && (seen & bit) == 0;
    seen |= bit;
  }
  if (!good || (seen & 3) == 3)
    record->faults |= DMARC_BAD_VALUE;
}

static void take_old(DmarcRecord *record, const char *value) {
  (void)value;
  record->faults |= DMARC_OLD_TAG;
}

static void take_version(DmarcRecord *record, const char *value) {
  (void)record;
  (void)value;
}

static const struct {
  const char *name;
  void (*take)(DmarcRecord *record, const char *value);
} tag_table[] = {
    {"v", take_version}, {"p", take_p},     {"sp", take_sp},   {"np", take_np},     {"psd", take_psd},
    {"t", take_t},       {"rua", take_rua}, {"ruf", take_ruf}, {"aspf", take_aspf}, {"adkim", take_adkim},
    {"fo", take_fo},     {"pct", take_old}, {"rf", take_old},  {"ri", take_old},
};

static void take_tag(DmarcRecord *record, const Tag *tag) {
  for (guint i = 0; i < G_N_ELEMENTS(tag_table); i++)
    if (g_str_equal(tag_table[i].name, tag->name)) {
      tag_table[i].take(record, tag->value);
      return;
    }
  record->faults |= DMARC_UNKNOWN_TAG;
}

DmarcRecord *dmarc_record_parse(GBytes *data) {
  g_autoptr(TagList) list = taglist_parse_fold(data);
  if (!taglist_has_version(list, "DMARC1"))
    return NULL;
  DmarcRecord *record = g_new0(DmarcRecord, 1);
  record->psd = 'u';
  record->rua = g_ptr_array_new_with_free_func(g_free);
  record->ruf = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < list->tags->len; i++)
    take_tag(record, &g_array_index(list->tags, Tag, i));
  record->faults |= (list->broken ? DMARC_SYNTAX : 0) | (list->duplicate ? DMARC_DUPLICATE : 0);
  record->faults |= record->p == DMARC_UNSET ? DMARC_MISSING_P : 0;
  return record;
}

void dmarc_record_free(DmarcRecord *record) {
  g_ptr_array_unref(record->rua);
  g_ptr_array_unref(record->ruf);
  g_free(record);
}

gboolean dmarc_is_nearly(GBytes *data) {
  gsize length;
  const char *bytes = g_bytes_get_data(data, &length);
  g_autofree char *text = g_strndup(bytes != NULL ? bytes : "", MIN(length, TAGLIST_MAX_BYTES));
  g_autofree char *low = g_ascii_strdown(text, -1);
  return strstr(low, "dmarc1") != NULL;
}

/* --- what a record says --- */

DmarcPolicy dmarc_record_policy(const DmarcRecord *record, DmarcPlace place, const char **tag) {
  const char *unused;
  tag = tag != NULL ? tag : &unused;
  *tag = "p";
  /* s4.10.1: such a record counts as p=none if it asks for reports, else not at all. */
  if (record->p == DMARC_BROKEN || record->sp == DMARC_BROKEN || record->np == DMARC_BROKEN)
    return record->rua->len > 0 ? DMARC_NONE : DMARC_UNSET;
  /* s4.7: without p the record is treated as if it said p=none, s4.10.1: and nothing else. */
  if (record->p == DMARC_UNSET)
    return DMARC_NONE;
  if (place == DMARC_MISSING_SUBDOMAIN && record->np != DMARC_UNSET) {
    *tag = "np";
    return record->np;
  }
  if (place != DMARC_OWN && record->sp != DMARC_UNSET) {
    *tag = "sp";
    return record->sp;
  }
  return record->p;
}

DmarcPolicy dmarc_record_applied(const DmarcRecord *record, DmarcPolicy declared) {
  return record->testing && declared > DMARC_NONE ? declared - 1 : declared;
}

char *dmarc_uri_host(const char *uri) {
  if (g_ascii_strncasecmp(uri, "mailto:", 7) != 0)
    return NULL;
  g_autofree char *address = g_strdup(uri + 7);
  address[strcspn(address, "?")] = '\0';
  const char *at = strrchr(address, '@');
  return at != NULL && at > address ? domain_to_ascii(at + 1) : NULL;
}

/* --- the tree walk --- */

static guint count_labels(const char *name) {
  guint n = name[0] != '\0';
  for (; *name != '\0'; name++)
    n += *name == '.';
  return n;
}

/* `name` without its leftmost label; NULL if it has no more. */
static const char *parent_of(const char *name) {
  const char *dot = strchr(name, '.');
  return dot != NULL ? dot + 1 : NULL;
}

guint dmarc_walk_plan(const char *domain, const char *names[DMARC_MAX_STEPS]) {
  guint n = 0;
  names[n++] = domain;
  const char *name = parent_of(domain);
  /* s4.10 step 4: from eight labels on the walk jumps to seven. */
  while (name != NULL && count_labels(name) > DMARC_MAX_STEPS - 1)
    name = parent_of(name);
  for (; name != NULL && n < DMARC_MAX_STEPS; name = parent_of(name))
    names[n++] = name;
  return n;
}

/* The name one label longer than `above`, on the way down to `domain` (s4.10.2 rule 2). */
static const char *one_below(const char *domain, const char *above) {
  const char *name = domain;
  while (parent_of(name) != NULL && parent_of(name) < above)
    name = parent_of(name);
  return name;
}

static int step_of(const DmarcStep *steps, guint n, const char *name) {
  for (guint i = 0; i < n; i++)
    if (steps[i].name == name && steps[i].found == DMARC_FOUND)
      return (int)i;
  return -1;
}

/* s4.10.2, over the steps that belong to the walk. */
static void judge_organizational(const DmarcStep *steps, guint n, DmarcWalk *walk) {
  walk->state = DMARC_FOUND;
  walk->organizational = steps[0].name;
  for (guint i = 0; i < n; i++) {
    if (steps[i].found != DMARC_FOUND)
      continue;
    if (steps[i].record->psd == 'y' && i > 0) {
      walk->organizational = one_below(steps[0].name, steps[i].name);
      return;
    }
    walk->organizational = steps[i].name; /* the last one has the fewest labels; psd=n ends the walk */
  }
}

/* s4.10.1: the author's domain, else its organizational domain, else its public suffix. */
static void judge_policy(const DmarcStep *steps, guint n, DmarcWalk *walk) {
  walk->policy_step = step_of(steps, n, steps[0].name);
  if (walk->policy_step < 0 && walk->state != DMARC_FOUND) {
    walk->policy_state = walk->state;
    return;
  }
  if (walk->policy_step < 0)
    walk->policy_step = step_of(steps, n, walk->organizational);
  if (walk->policy_step < 0 && steps[n - 1].found == DMARC_FOUND && steps[n - 1].record->psd == 'y')
    walk->policy_step = (int)n - 1;
  walk->policy_state = walk->policy_step >= 0 ? DMARC_FOUND : DMARC_NOT_FOUND;
}

DmarcWalk dmarc_walk_judge(const DmarcStep *steps, guint n) {
  DmarcWalk walk = {.blocker = -1};
  guint end = 0;
  for (gboolean stop = FALSE; end < n && !stop && walk.blocker < 0; end++) {
    if (steps[end].found == DMARC_WAITS || steps[end].found == DMARC_NOT_TOLD)
      walk.blocker = (int)end;
    stop = steps[end].found == DMARC_FOUND && steps[end].record->psd != 'u';
  }
  if (walk.blocker < 0)
    judge_organizational(steps, end, &walk);
  else
    walk.state = steps[walk.blocker].found;
  judge_policy(steps, end, &walk);
  return walk;
}
