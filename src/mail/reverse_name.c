#include "mail/reverse_name.h"

#include <string.h>

/* --- the address in the name --- */

/* The numbers or hexadecimal digits of `name`, whatever stands between them as one '-'. */
static char *squeeze(const char *name, gboolean hex) {
  GString *out = g_string_new("-");
  for (const char *p = name; *p != '\0'; p++)
    if (hex ? g_ascii_isxdigit(*p) : g_ascii_isdigit(*p))
      g_string_append_c(out, g_ascii_tolower(*p));
    else if (out->str[out->len - 1] != '-')
      g_string_append_c(out, '-');
  if (out->str[out->len - 1] != '-')
    g_string_append_c(out, '-');
  return g_string_free(out, FALSE);
}

static gboolean spells4(const char *name, const guint8 *b) {
  g_autofree char *numbers = squeeze(name, FALSE);
  g_autofree char *low = g_ascii_strdown(name, -1);
  const struct {
    const char *text;
    char *pattern;
  } ways[] = {
      {numbers, g_strdup_printf("-%u-%u-%u-%u-", b[0], b[1], b[2], b[3])},
      {numbers, g_strdup_printf("-%u-%u-%u-%u-", b[3], b[2], b[1], b[0])},
      {numbers, g_strdup_printf("-%03u-%03u-%03u-%03u-", b[0], b[1], b[2], b[3])},
      {numbers, g_strdup_printf("-%03u%03u%03u%03u-", b[0], b[1], b[2], b[3])},
      {low, g_strdup_printf("%02x%02x%02x%02x", b[0], b[1], b[2], b[3])},
  };
  gboolean found = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
    found = found || strstr(ways[i].text, ways[i].pattern) != NULL;
    g_free(ways[i].pattern);
  }
  return found;
}

/* The last 64 bits as one run of digits or in groups; fewer significant digits than eight say nothing. */
static gboolean spells6(const char *name, const guint8 *b) {
  g_autoptr(GString) digits = g_string_new(NULL), groups = g_string_new("-");
  guint significant = 0;
  for (guint i = 8; i < 16; i += 2) {
    guint group = (guint)b[i] << 8 | b[i + 1];
    g_string_append_printf(digits, "%04x", group);
    g_string_append_printf(groups, "%x-", group);
    significant += group > 0xff ? 4 : group > 0 ? 2 : 0;
  }
  g_autofree char *hex = squeeze(name, TRUE);
  return significant >= 8 && (strstr(hex, digits->str) != NULL || strstr(hex, groups->str) != NULL);
}

/* --- words --- */

static const char *const line_words[] = {
    "dyn",   "dynamic",   "dynip", "dhcp",   "pool",   "dsl",      "adsl",  "vdsl",        "xdsl",
    "cable", "catv",      "dial",  "dialup", "dialin", "ppp",      "pppoe", "cust",        "customer",
    "cpe",   "broadband", "ftth",  "fttx",   "gpon",   "wireless", "res",   "residential", "unassigned",
};

static const char *const server_words[] = {"mail", "smtp", "mx", "mta", "relay", "out", "mailout"};

static gboolean is_in(const char *const *words, guint n, const char *word) {
  for (guint i = 0; i < n; i++)
    if (g_str_equal(words[i], word))
      return TRUE;
  return FALSE;
}

/* What stands before the provider's own domain, lower case; its last two labels may well be called "dsl.example". */
static char *customer_part(const char *name) {
  char *part = g_ascii_strdown(name, -1);
  for (guint i = 0; i < 2; i++) {
    char *dot = strrchr(part, '.');
    if (dot == NULL)
      dot = part;
    *dot = '\0';
  }
  return part;
}

static gboolean has_line_word(const char *name) {
  g_autofree char *part = customer_part(name);
  g_auto(GStrv) words = g_strsplit_set(part, ".-_0123456789", -1);
  if (words[0] != NULL && is_in(server_words, G_N_ELEMENTS(server_words), words[0]))
    return FALSE; /* "mail-pool-3" is a server of many */
  for (guint i = 0; words[i] != NULL; i++)
    if (is_in(line_words, G_N_ELEMENTS(line_words), words[i]))
      return TRUE;
  return FALSE;
}

gboolean reverse_name_is_generic(const char *name, const Ip *ip) {
  return (ip->family == 4 ? spells4(name, ip->bytes) : spells6(name, ip->bytes)) || has_line_word(name);
}
