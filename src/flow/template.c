#include "flow/template.h"

#include "base/message.h"

#include <string.h>

/* Length of the name in a placeholder that begins at `text` ("{name}"); 0: there is none here. */
static gsize name_length(const char *text) {
  if (text[0] != '{')
    return 0;
  gsize length = 0;
  while (g_ascii_isalnum(text[1 + length]) || (text[1 + length] != '\0' && strchr("._-", text[1 + length]) != NULL))
    length++;
  return text[1 + length] == '}' ? length : 0;
}

char *template_expand(const char *text, const Facts *facts, gboolean *complete) {
  GString *out = g_string_new(NULL);
  gboolean all_known = TRUE;
  while (*text != '\0') {
    gsize plain = strcspn(text, "{}");
    g_string_append_len(out, text, (gssize)plain);
    text += plain;
    gsize length = name_length(text);
    if (length > 0) {
      g_autofree char *name = g_strndup(text + 1, length);
      const char *value = facts_text(facts, name);
      all_known &= value != NULL;
      g_string_append(out, value != NULL ? value : "");
      text += length + 2;
    } else if (*text != '\0') {
      g_string_append_c(out, *text);
      text += text[1] == text[0] ? 2 : 1;
    }
  }
  if (complete != NULL)
    *complete = all_known;
  return g_string_free(out, FALSE);
}

const Fact *template_fact(const char *text, const Facts *facts) {
  gsize length = name_length(text);
  if (length == 0 || text[length + 2] != '\0')
    return NULL;
  g_autofree char *name = g_strndup(text + 1, length);
  return facts_get(facts, name);
}

char *template_bytes(const char *text, const Facts *facts, gboolean *complete) {
  const Fact *fact = template_fact(text, facts);
  if (fact != NULL && fact->state == FACT_KNOWN && fact->raw != NULL && !fact->secret) {
    if (complete != NULL)
      *complete = TRUE;
    return g_strdup(fact->raw);
  }
  return template_expand(text, facts, complete);
}

char **template_facts(const char *text) {
  return message_placeholders(text, NULL);
}
