#include "base/json_text.h"

void json_text_append(GString *out, const char *text) {
  if (text == NULL) {
    g_string_append(out, "null");
    return;
  }
  g_string_append_c(out, '"');
  for (const char *p = text; *p != '\0'; p++) {
    if ((guchar)*p < 0x20) {
      g_string_append_printf(out, "\\u%04x", (guint)(guchar)*p);
      continue;
    }
    if (*p == '"' || *p == '\\')
      g_string_append_c(out, '\\');
    g_string_append_c(out, *p);
  }
  g_string_append_c(out, '"');
}

void json_text_key(GString *out, const char *key) {
  if (out->len > 0 && out->str[out->len - 1] != '{')
    g_string_append_c(out, ',');
  g_string_append_printf(out, "\"%s\":", key);
}
