#include "mail/smtp_reply.h"

#include "mail/status.h"

#include <string.h>

#define LINE_OCTETS 76

static char **append(char **list, const char *word) {
  guint n = g_strv_length(list);
  list = g_renew(char *, list, n + 2);
  list[n] = g_ascii_strup(word, -1);
  list[n + 1] = NULL;
  return list;
}

void smtp_features_init(SmtpFeatures *features) {
  *features = (SmtpFeatures){.words = g_new0(char *, 1), .auth = g_new0(char *, 1)};
}

void smtp_features_clear(SmtpFeatures *features) {
  g_clear_pointer(&features->words, g_strfreev);
  g_clear_pointer(&features->auth, g_strfreev);
}

gboolean smtp_features_has(const SmtpFeatures *features, const char *word) {
  return g_strv_contains((const char *const *)features->words, word);
}

static gboolean is_keyword(const char *word) {
  /* RFC 5321 s4.1.1.1: letters, digits and hyphens. */
  for (const char *c = word; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && *c != '-')
      return FALSE;
  return *word != '\0' && strlen(word) <= 32;
}

static void read_auth(SmtpFeatures *features, char **words) {
  for (; *words != NULL && g_strv_length(features->auth) < SMTP_MAX_FEATURES; words++) {
    g_autofree char *upper = g_ascii_strup(*words, -1);
    if (**words != '\0' && strlen(*words) <= 32 && !g_strv_contains((const char *const *)features->auth, upper))
      features->auth = append(features->auth, upper);
  }
}

static void read_size(SmtpFeatures *features, const char *number) {
  guint64 size;
  if (number == NULL || !g_ascii_string_to_unsigned(number, 10, 0, G_MAXUINT64, &size, NULL) || size == 0)
    return;
  features->limited = TRUE;
  features->size = size;
}

void smtp_features_add(SmtpFeatures *features, const char *line) {
  /* "AUTH=LOGIN PLAIN" is an old way to write it, from before RFC 2554. */
  g_auto(GStrv) words = g_strsplit_set(line, " =", SMTP_MAX_FEATURES);
  if (words[0] == NULL || !is_keyword(words[0]) || g_strv_length(features->words) >= SMTP_MAX_FEATURES)
    return;
  g_autofree char *keyword = g_ascii_strup(words[0], -1);
  if (!smtp_features_has(features, keyword))
    features->words = append(features->words, keyword);
  if (g_str_equal(keyword, "AUTH"))
    read_auth(features, words + 1);
  else if (g_str_equal(keyword, "SIZE"))
    read_size(features, words[1]);
}

guint64 smtp_size_in_mail(guint64 octets) {
  /* What nobody has on a disk would overflow below. */
  guint64 encoded = (MIN(octets, G_MAXUINT64 / 4) + 2) / 3 * 4;
  return encoded + (encoded + LINE_OCTETS - 1) / LINE_OCTETS * 2;
}

char *smtp_size_words(guint64 octets) {
  if (octets < 1000 * 1000)
    return g_strdup_printf("%" G_GUINT64_FORMAT " kB", (octets + 500) / 1000);
  return g_strdup_printf("%" G_GUINT64_FORMAT ".%u MB", octets / 1000000, (guint)(octets % 1000000 / 100000));
}

char *smtp_reply_status(int code, const char *text) {
  gsize start, end;
  if (!status_find(text, &start, &end) || start != 0 || text[0] - '0' != code / 100)
    return NULL;
  return g_strndup(text, end);
}
