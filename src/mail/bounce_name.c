#include "mail/bounce_name.h"

#include "mail/scan.h"

#include <string.h>

void bounce_name_append(GPtrArray *list, const char *value) {
  gsize start = 0, end = 0;
  for (const char *p = value; p && scan_mailbox(p, &start, &end); p += end)
    g_ptr_array_add(list, g_strndup(p + start, end - start));
}

gboolean bounce_name_is_mailbox(const char *address) {
  const char *at = address ? strrchr(address, '@') : NULL;
  /* "|/usr/bin/filter taro@example.com" is a command. */
  return at && at > address && at[1] && *address != '|' && !strchr(at, ' ');
}

/* The address behind "for" in the newest of the Received fields that has one (RFC 5321 s4.4); NULL: none. */
static char *envelope_recipient(char **received) {
  for (char **field = received; *field; field++) {
    gsize start = 0, end = 0;
    for (const char *p = strstr(*field, "for "); p; p = strstr(p + 1, "for ")) {
      gboolean word = p > *field && strchr(" \t\n", p[-1]);
      if (word && scan_mailbox(p + 4, &start, &end) && start <= 1)
        return g_strndup(p + 4 + start, end - start);
    }
  }
  return NULL;
}

static char *only_address(const char *value) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
  bounce_name_append(list, value);
  return list->len == 1 ? g_strdup(g_ptr_array_index(list, 0)) : NULL;
}

static char *meant_by_mail(const Bounce *bounce) {
  g_autofree char *envelope = envelope_recipient(bounce->received);
  if (envelope)
    return g_steal_pointer(&envelope);
  return bounce->to_list ? NULL : only_address(bounce->to);
}

void bounce_name_recipients(Bounce *bounce) {
  for (guint i = 0; i < bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (bounce_name_is_mailbox(recipient->recipient))
      continue;
    g_autofree char *meant =
        bounce_name_is_mailbox(recipient->original_recipient) ? g_strdup(recipient->original_recipient) : NULL;
    if (!meant && !recipient->recipient && bounce->recipients->len == 1)
      meant = meant_by_mail(bounce);
    if (!meant)
      continue;
    g_free(recipient->recipient);
    recipient->recipient = g_steal_pointer(&meant);
  }
}
