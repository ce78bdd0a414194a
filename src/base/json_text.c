#include "base/json_text.h"

#include <string.h>

/* RFC 8259 s7. */
#define NEEDS_ESCAPE "\"\\\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"

void json_text_append(GString *out, const char *text) {
  if (text == NULL) {
    g_string_append(out, "null");
    return;
  }
  g_string_append_c(out, '"');
  for (const char *p = text; *p != '\0';) {
    /* Most texts need no escape at all: what does not is copied at once. */
    gsize plain = strcspn(p, NEEDS_ESCAPE);
    g_string_append_len(out, p, (gssize)plain);
    p += plain;
    if (*p == '"' || *p == '\\') {
      g_string_append_c(out, '\\');
      g_string_append_c(out, *p++);
    } else if (*p != '\0') {
      g_string_append_printf(out, "\\u%04x", (guint)(guchar)*p++);
    }
  }
  g_string_append_c(out, '"');
}

void json_text_key(GString *out, const char *key) {
  if (out->len > 0 && out->str[out->len - 1] != '{')
    g_string_append_c(out, ',');
  g_string_append_c(out, '"');
  g_string_append(out, key);
  g_string_append(out, "\":");
}
