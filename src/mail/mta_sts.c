#include "mail/mta_sts.h"

#include <string.h>

#define MAX_RECORD 8192
#define MAX_ID 32
#define MAX_PATTERNS 200
#define MAX_DOMAIN 253
#define MAX_LABEL 63

/* --- the record --- */

static const char *skip_blanks(const char *p) {
  return p + strspn(p, " \t");
}

/* sts-version, then sts-field-delim, which may begin with blanks. */
static const char *after_version(const char *text) {
  static const char version[] = "v=STSv1";
  if (strncmp(text, version, strlen(version)) != 0)
    return NULL;
  const char *p = skip_blanks(text + strlen(version));
  return *p == ';' || *p == '\0' ? p : NULL;
}

static gboolean is_id(const char *id) {
  gsize n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  return n > 0 && n <= MAX_ID && id[n] == '\0';
}

/* sts-extension: (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".") "=" 1*(%x21-3A / %x3C / %x3E-7E). */
static gboolean is_extension(const char *field) {
  const char *sign = strchr(field, '=');
  if (sign == NULL || !g_ascii_isalnum(*field) || sign - field > 32 || sign[1] == '\0')
    return FALSE;
  for (const char *p = field; p < sign; p++)
    if (!g_ascii_isalnum(*p) && strchr("_-.", *p) == NULL)
      return FALSE;
  for (const char *p = sign + 1; *p != '\0'; p++)
    if (*p <= ' ' || *p > '~' || *p == '=')
      return FALSE;
  return TRUE;
}

static MtaStsRecord read_fields(char **fields, char **id) {
  const char *found = NULL;
  for (guint i = 0; fields[i] != NULL; i++) {
    const char *field = g_strstrip(fields[i]);
    if (*field == '\0' && fields[i + 1] == NULL) /* the last delimiter may stand at the end */
      continue;
    if (g_str_has_prefix(field, "id=")) {
      found = found != NULL ? found : field + strlen("id=");
      continue;
    }
    if (!is_extension(field))
      return MTA_STS_BAD_SYNTAX;
  }
  if (found == NULL)
    return MTA_STS_NO_ID;
  if (!is_id(found))
    return MTA_STS_BAD_ID;
  if (id != NULL)
    *id = g_strdup(found);
  return MTA_STS_RECORD_OK;
}

MtaStsRecord mta_sts_record_parse(GBytes *data, char **id) {
  gsize length;
  const char *bytes = g_bytes_get_data(data, &length);
  if (id != NULL)
    *id = NULL;
  g_autofree char *text = g_strndup(bytes != NULL ? bytes : "", MIN(length, MAX_RECORD));
  const char *rest = after_version(text);
  if (rest == NULL)
    return MTA_STS_NO_RECORD;
  if (strlen(text) < length)
    return MTA_STS_BAD_SYNTAX;
  if (*rest == '\0')
    return MTA_STS_BARE;
  g_auto(GStrv) fields = g_strsplit(rest + 1, ";", -1);
  return read_fields(fields, id);
}

/* --- names and patterns --- */

static gboolean is_label(const char *label, gsize n) {
  if (n == 0 || n > MAX_LABEL || label[0] == '-' || label[n - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum(label[i]) && label[i] != '-')
      return FALSE;
  return TRUE;
}

static gboolean is_domain(const char *name) {
  if (strlen(name) > MAX_DOMAIN)
    return FALSE;
  for (;;) {
    gsize n = strcspn(name, ".");
    if (!is_label(name, n))
      return FALSE;
    if (name[n] == '\0')
      return TRUE;
    name += n + 1;
  }
}

static const char *without_star(const char *pattern) {
  return g_str_has_prefix(pattern, "*.") ? pattern + 2 : pattern;
}

gboolean mta_sts_pattern_matches(const char *pattern, const char *host) {
  const char *rest = without_star(pattern), *name = host;
  if (rest != pattern) {
    /* RFC 6125 s6.4.3: a wildcard is one label, the leftmost. */
    const char *dot = strchr(host, '.');
    if (dot == NULL || dot == host)
      return FALSE;
    name = dot + 1;
  }
  return g_ascii_strcasecmp(rest, name) == 0;
}

gboolean mta_sts_policy_names(const MtaStsPolicy *policy, const char *host) {
  for (guint i = 0; i < policy->mx->len; i++)
    if (mta_sts_pattern_matches(g_ptr_array_index(policy->mx, i), host))
      return TRUE;
  return FALSE;
}

/* --- the policy --- */

static const struct {
  const char *word;
  MtaStsMode mode;
} modes[] = {
    {"enforce", MTA_STS_MODE_ENFORCE}, {"testing", MTA_STS_MODE_TESTING}, {"none", MTA_STS_MODE_NONE}};

static const char *const fault_words[MTA_STS_N_FAULTS] = {
    "no_version", "no_mode", "no_max_age", "no_mx", "bad_mx", "long_max_age", "twice", "syntax", "not_text",
};

const char *mta_sts_mode_word(MtaStsMode mode) {
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
    if (modes[i].mode == mode)
      return modes[i].word;
  return NULL;
}

const char *mta_sts_fault_word(guint bit) {
  return fault_words[bit];
}

static void take_version(MtaStsPolicy *policy, const char *value) {
  if (strcmp(value, "STSv1") == 0)
    policy->faults &= ~(guint)MTA_STS_NO_VERSION;
}

static void take_mode(MtaStsPolicy *policy, const char *value) {
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
    if (strcmp(modes[i].word, value) == 0) {
      policy->mode = modes[i].mode;
      policy->faults &= ~(guint)MTA_STS_NO_MODE;
    }
}

/* sts-policy-max-age-value is 1*10(DIGIT). */
static void take_max_age(MtaStsPolicy *policy, const char *value) {
  gsize n = strspn(value, "0123456789");
  guint64 seconds = 0;
  if (n == 0 || n > 10 || value[n] != '\0' || !g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, &seconds, NULL))
    return;
  if (seconds > MTA_STS_MAX_AGE)
    policy->faults |= MTA_STS_LONG_AGE;
  policy->max_age = (gint64)MIN(seconds, MTA_STS_MAX_AGE);
  policy->faults &= ~(guint)MTA_STS_NO_MAX_AGE;
}

static void take_mx(MtaStsPolicy *policy, const char *value) {
  if (!is_domain(without_star(value)))
    policy->faults |= MTA_STS_BAD_MX;
  else if (policy->mx->len < MAX_PATTERNS)
    g_ptr_array_add(policy->mx, g_ascii_strdown(value, -1));
}

static const struct {
  const char *name;
  void (*take)(MtaStsPolicy *policy, const char *value);
  gboolean repeats;
} fields[] = {
    {"version", take_version, FALSE},
    {"mode", take_mode, FALSE},
    {"max_age", take_max_age, FALSE},
    {"mx", take_mx, TRUE},
};

static void take_field(MtaStsPolicy *policy, const char *name, const char *value, guint *seen) {
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
    if (strcmp(fields[i].name, name) != 0)
      continue;
    /* s3.2: of a field that stands there twice the first counts. */
    if ((*seen & 1u << i) != 0 && !fields[i].repeats)
      policy->faults |= MTA_STS_TWICE;
    else
      fields[i].take(policy, value);
    *seen |= 1u << i;
  }
}

static void take_line(MtaStsPolicy *policy, char *line, guint *seen) {
  g_strchomp(line);
  if (*line == '\0')
    return;
  char *colon = strchr(line, ':');
  if (colon == NULL || colon == line || !g_ascii_isalnum(*line)) {
    policy->faults |= MTA_STS_SYNTAX;
    return;
  }
  *colon = '\0';
  take_field(policy, line, skip_blanks(colon + 1), seen);
}

MtaStsPolicy *mta_sts_policy_parse(const char *bytes, gsize length) {
  MtaStsPolicy *policy = g_new0(MtaStsPolicy, 1);
  guint seen = 0;
  policy->max_age = -1;
  policy->mx = g_ptr_array_new_with_free_func(g_free);
  policy->faults = MTA_STS_NO_VERSION | MTA_STS_NO_MODE | MTA_STS_NO_MAX_AGE;
  if (!g_utf8_validate_len(bytes, MIN(length, MTA_STS_MAX_BODY), NULL))
    policy->faults |= MTA_STS_NOT_TEXT;
  g_autofree char *text = g_strndup(bytes, MIN(length, MTA_STS_MAX_BODY));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    take_line(policy, lines[i], &seen);
  if (policy->mx->len == 0 && policy->mode != MTA_STS_MODE_NONE)
    policy->faults |= MTA_STS_NO_MX;
  return policy;
}

void mta_sts_policy_free(MtaStsPolicy *policy) {
  if (policy == NULL)
    return;
  g_ptr_array_unref(policy->mx);
  g_free(policy);
}

gboolean mta_sts_type_is_right(const char *type) {
  if (type == NULL)
    return FALSE;
  g_autofree char *media = g_strndup(type, strcspn(type, ";"));
  return g_ascii_strcasecmp(g_strstrip(media), "text/plain") == 0;
}
