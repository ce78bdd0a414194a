#include "mail/bounce_original.h"

#include "mail/arc.h"
#include "mail/encoded_word.h"
#include "mail/links.h"
#include "mail/mime.h"
#include "mail/received.h"
#include "mail/scan.h"

#include <string.h>

#define MAX_RECEIVED 60

/* The value of one tag of a tag list (RFC 6376 s3.2): "v=1; a=rsa-sha256; d=example.org; s=mail". */
static char *tag_value(const char *list, const char *name) {
  gsize n = strlen(name);
  for (const char *p = list; *p;) {
    p += strspn(p, "; \t\r\n");
    const char *equals = p + strcspn(p, "=;");
    gsize length = (gsize)(equals - p);
    while (length > 0 && strchr(" \t", p[length - 1]))
      length--;
    if (*equals == '=' && length == n && strncmp(p, name, n) == 0) {
      const char *value = equals + 1 + strspn(equals + 1, " \t\r\n");
      gsize size = strcspn(value, "; \t\r\n");
      return size > 0 ? g_strndup(value, size) : NULL;
    }
    p = equals + strcspn(equals, ";");
  }
  return NULL;
}

static char *from_domain(const GPtrArray *fields) {
  const char *from = fields_get(fields, "From");
  gsize start, end;
  if (!from || !scan_mailbox(from, &start, &end))
    return NULL;
  g_autofree char *address = g_strndup(from + start, end - start);
  const char *at = strrchr(address, '@');
  return at ? g_strdup(at + 1) : NULL;
}

static gboolean is_below(const char *name, const char *domain) {
  gsize n = strlen(name), d = strlen(domain);
  return n > d && name[n - d - 1] == '.' && g_ascii_strcasecmp(name + n - d, domain) == 0;
}

/* How near a signature is to the From line: 2 the same domain, 1 the one below the other, 0 a stranger. */
static guint nearness(const char *domain, const char *from) {
  if (!domain || !from)
    return 0;
  return g_ascii_strcasecmp(domain, from) == 0 ? 2 : is_below(from, domain) || is_below(domain, from);
}

/* The tags of a signature that say something about its strength. */
static char *weighty_tags(const char *signature) {
  static const char *const names[] = {"a", "c", "d", "i", "l", "s"};
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *value = tag_value(signature, names[i]);
    if (value)
      g_string_append_printf(out, "%s%s=%s", out->len > 0 ? "; " : "", names[i], value);
  }
  return g_string_free(out, FALSE);
}

/* Mailing services sign beside the sender: only the signature that is near the From line can speak for it. */
static void read_dkim(Bounce *bounce, const GPtrArray *fields) {
  if (bounce->dkim_domain || bounce->dkim_selector)
    return;
  g_autofree char *from = from_domain(fields);
  const char *best = NULL;
  guint best_nearness = 0;
  for (guint i = 0; i < fields->len; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    if (g_ascii_strcasecmp(field->name, "DKIM-Signature") != 0)
      continue;
    g_autofree char *domain = tag_value(field->value, "d");
    guint near = nearness(domain, from);
    if (best != NULL && near <= best_nearness)
      continue;
    best = field->value;
    best_nearness = near;
  }
  bounce->dkim_domain = best ? tag_value(best, "d") : NULL;
  bounce->dkim_selector = best ? tag_value(best, "s") : NULL;
  bounce->dkim_signature = best ? weighty_tags(best) : NULL;
}

/* TRUE if the mail was posted to a mailing list (RFC 2369 s3.4) and came back on its way to one of the members. */
static gboolean is_to_list(const GPtrArray *fields) {
  static const char *const names[] = {"List-Post", "X-BeenThere", "X-Mailing-List"};
  const char *to = fields_get(fields, "To");
  gsize start = 0, end = 0;
  if (!to || !scan_mailbox(to, &start, &end))
    return FALSE;
  g_autofree char *address = g_strndup(to + start, end - start);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    const char *list = fields_get(fields, names[i]);
    if (list && strcasestr(list, address))
      return TRUE;
  }
  return FALSE;
}

void bounce_original_read(Bounce *bounce, const GPtrArray *fields) {
  const struct {
    const char *name;
    char **to;
  } wanted[] = {
      {"Message-ID", &bounce->message_id}, {"From", &bounce->from}, {"To", &bounce->to},
      {"Subject", &bounce->subject},       {"Date", &bounce->date}, {"Return-Path", &bounce->return_path},
  };
  for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
    const char *value = fields_get(fields, wanted[i].name);
    if (!*wanted[i].to && value && *value)
      *wanted[i].to = encoded_word_decode(value);
  }
  bounce->to_list = is_to_list(fields);
  read_dkim(bounce, fields);
  if (!bounce->arc)
    bounce->arc = arc_compact(fields);
  g_autoptr(GPtrArray) received = g_ptr_array_new();
  for (guint i = 0; i < fields->len && received->len < MAX_RECEIVED; i++) {
    const MailField *field = g_ptr_array_index(fields, i);
    if (g_ascii_strcasecmp(field->name, "Received") == 0)
      g_ptr_array_add(received, g_strdup(field->value));
  }
  g_ptr_array_add(received, NULL);
  g_strfreev(bounce->received);
  bounce->received = (char **)g_ptr_array_free(g_steal_pointer(&received), FALSE);
}

/* The links of a mail that is written in a text, its transfer encoding undone; without the part of the program for that
 * those that stand there plainly. Caller frees. */
static GPtrArray *copied_links(const char *copied) {
  MimeRead read = mime_load();
  g_auto(MimeMail) mail = {0};
  g_autofree char *wrapped = g_strconcat("Content-Type: message/rfc822\n\n", copied, NULL);
  if (read && read(wrapped, strlen(wrapped), &mail) && mail.hosts)
    return g_steal_pointer(&mail.hosts);
  GPtrArray *hosts = g_ptr_array_new_with_free_func(g_free);
  const char *body = NULL;
  g_ptr_array_unref(fields_parse(copied, &body));
  links_find(body, strlen(body), hosts);
  return hosts;
}

void bounce_original_links(Bounce *bounce, const GPtrArray *hosts, const char *copied) {
  g_autoptr(GPtrArray) found = NULL;
  /* Taking it apart costs more than all the rest; most copies end behind the header. */
  if (!hosts && copied && (strstr(copied, "://") || strcasestr(copied, "base64")))
    hosts = found = copied_links(copied);
  if (!hosts)
    return;
  g_strfreev(bounce->url_hosts);
  bounce->url_hosts = g_new0(char *, hosts->len + 1);
  for (guint i = 0; i < hosts->len; i++)
    bounce->url_hosts[i] = g_strdup(hosts->pdata[i]);
}

/* The newest hop whose client has a public address: the one before it handed the mail from network to network. */
void bounce_original_hops(Bounce *bounce) {
  for (char **field = bounce->received; *field && !bounce->received_ip; field++) {
    g_autoptr(Received) hop = received_parse(*field);
    if (!hop->ip || !received_ip_is_public(hop->ip))
      continue;
    bounce->received_ip = g_steal_pointer(&hop->ip);
    bounce->helo = g_steal_pointer(&hop->helo);
  }
}
