#include "report/outcome.h"

#include <string.h>

static gboolean is_named(const BounceRecipient *recipient) {
  return recipient->cause != NULL && !g_str_equal(recipient->cause, "unknown");
}

/* Length of the recipient's own address if it stands at `p`, else 0. */
static gsize own_address(const BounceRecipient *recipient, const char *p) {
  gsize length = recipient->recipient != NULL ? strlen(recipient->recipient) : 0;
  return length > 0 && g_ascii_strncasecmp(p, recipient->recipient, length) == 0 ? length : 0;
}

static gboolean same_words(const BounceRecipient *a, const BounceRecipient *b) {
  const char *p = a->diagnostic, *q = b->diagnostic;
  if (p == NULL || q == NULL)
    return p == q;
  while (*p != '\0' && *q != '\0') {
    gsize n = own_address(a, p), m = own_address(b, q);
    if (n > 0 && m > 0) {
      p += n;
      q += m;
    } else if (*p++ != *q++) {
      return FALSE;
    }
  }
  return *p == *q;
}

static gboolean same_outcome(const BounceRecipient *a, const BounceRecipient *b) {
  if (a->permanent != b->permanent || g_strcmp0(a->action, b->action) != 0)
    return FALSE;
  if (is_named(a) || is_named(b))
    return is_named(a) && is_named(b) && g_str_equal(a->cause, b->cause) && g_strcmp0(a->provider, b->provider) == 0;
  return g_strcmp0(a->reply, b->reply) == 0 && g_strcmp0(a->status, b->status) == 0 && same_words(a, b);
}

GPtrArray *outcomes_of(const Bounce *bounce) {
  GPtrArray *outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    GPtrArray *group = NULL;
    for (guint k = 0; group == NULL && k < outcomes->len; k++) {
      GPtrArray *other = g_ptr_array_index(outcomes, k);
      group = same_outcome(g_ptr_array_index(other, 0), recipient) ? other : NULL;
    }
    if (group == NULL) {
      group = g_ptr_array_new();
      g_ptr_array_add(outcomes, group);
    }
    g_ptr_array_add(group, recipient);
  }
  return outcomes;
}
