/* Labels that nobody may see: a key that is a part of the names a list is asked by. */
#include "net/net_private.h"

#include <string.h>

/* Shorter ones would be found in texts where they only happen to stand. */
#define MIN_SECRET 8
#define MAX_LABEL 63

typedef struct Secret {
  char *suffix; /* ".KEY.zen.dq.spamhaus.net" */
  char *label;
} Secret;

static void secret_free(gpointer data) {
  Secret *secret = data;
  memset(secret->label, 0, strlen(secret->label));
  g_free(secret->label);
  g_free(secret->suffix);
  g_free(secret);
}

static gboolean is_secret_label(const char *text) {
  gsize length = strlen(text);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '_')
      return FALSE;
  return length >= MIN_SECRET && length <= MAX_LABEL;
}

gboolean net_set_secret(Net *net, const char *zone, const char *label) {
  if (!is_secret_label(label))
    return FALSE;
  Secret *secret = g_new(Secret, 1);
  secret->suffix = g_strconcat("." NET_SECRET_LABEL ".", zone, NULL);
  secret->label = g_strdup(label);
  if (net->secrets == NULL)
    net->secrets = g_ptr_array_new_with_free_func(secret_free);
  g_ptr_array_add(net->secrets, secret);
  return TRUE;
}

static const Secret *find_secret(const Net *net, const Question *q) {
  for (guint i = 0; net->secrets != NULL && q->at == NULL && i < net->secrets->len; i++) {
    const Secret *secret = g_ptr_array_index(net->secrets, i);
    gsize suffix = strlen(secret->suffix);
    if (q->length > suffix && g_ascii_strncasecmp(q->name + q->length - suffix, secret->suffix, suffix) == 0)
      return secret;
  }
  return NULL;
}

char *net_reveal(const Net *net, const Question *q) {
  const Secret *secret = find_secret(net, q);
  if (secret == NULL)
    return NULL;
  g_autofree char *before = g_strndup(q->name, q->length - strlen(secret->suffix));
  return g_strconcat(before, ".", secret->label, secret->suffix + strlen("." NET_SECRET_LABEL), NULL);
}

/* Servers may answer in another case than they were asked. */
static void hide_in(char **text, const char *label) {
  g_autoptr(GString) out = g_string_new(NULL);
  gsize length = strlen(label);
  gboolean found = FALSE;
  for (const char *p = *text; p != NULL && *p != '\0';) {
    gboolean here = g_ascii_strncasecmp(p, label, length) == 0;
    g_string_append_len(out, here ? NET_SECRET_LABEL : p, here ? (gssize)strlen(NET_SECRET_LABEL) : 1);
    p += here ? length : 1;
    found |= here;
  }
  if (!found)
    return;
  g_free(*text);
  *text = g_strdup(out->str);
}

static void hide_in_record(DnsRecord *record, const char *label) {
  hide_in(&record->owner, label);
  hide_in(&record->value, label);
  gsize length = 0;
  const char *bytes = record->data != NULL ? g_bytes_get_data(record->data, &length) : NULL;
  if (bytes == NULL || memchr(bytes, '\0', length) != NULL) {
    g_clear_pointer(&record->data, g_bytes_unref); /* no text: nobody needs it */
    return;
  }
  char *text = g_strndup(bytes, length);
  hide_in(&text, label);
  g_bytes_unref(record->data);
  record->data = g_bytes_new_take(text, strlen(text));
}

void net_hide(const Net *net, const Question *q, DnsAnswer *answer) {
  const Secret *secret = find_secret(net, q);
  if (secret == NULL)
    return;
  hide_in(&answer->name, secret->label);
  hide_in(&answer->extended_text, secret->label);
  for (guint i = 0; i < answer->n_records; i++)
    hide_in_record(&answer->records[i], secret->label);
}
