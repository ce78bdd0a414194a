#include "report/bounce_json.h"

#include "base/json_text.h"
#include "mail/scan.h"
#include "mail/wrapped.h"

#define SCHEMA 1
#define MAX_ADDRESSES 50

static void add(GString *json, const char *name, const char *value) {
  if (!value || !*value)
    return;
  json_text_key(json, name);
  json_text_append(json, value);
}

static void add_flag(GString *json, const char *name, gboolean value) {
  json_text_key(json, name);
  g_string_append(json, value ? "true" : "false");
}

static void add_list(GString *json, const char *name, char *const *values) {
  if (!values[0])
    return;
  json_text_key(json, name);
  for (guint i = 0; values[i]; i++) {
    g_string_append_c(json, i > 0 ? ',' : '[');
    json_text_append(json, values[i]);
  }
  g_string_append_c(json, ']');
}

/* Addresses alone, without names and brackets; a header without any as it stands. */
static void add_addresses(GString *json, const char *name, const char *header, guint max) {
  g_autoptr(GString) list = g_string_new(NULL);
  gsize start = 0, end = 0;
  for (const char *p = header; p && max > 0 && scan_mailbox(p, &start, &end); p += end) {
    /* "taro@example.com" <taro@example.com>: the name says the same again. */
    g_autofree char *address = g_strndup(p + start, end - start);
    if (g_str_has_suffix(list->str, address))
      continue;
    g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", address);
    max--;
  }
  add(json, name, list->len > 0 ? list->str : header);
}

/* Who passed the mail on, by its rewritten sender (SRS). */
static void add_forwarder(GString *json, const char *return_path) {
  g_auto(Wrapped) wrapped = {0};
  if (return_path != NULL)
    wrapped_read(return_path, &wrapped);
  add(json, "forwarder", wrapped.kind == WRAP_SRS ? wrapped.by : NULL);
}

static void add_original(GString *json, const Bounce *bounce) {
  json_text_key(json, "original");
  g_string_append_c(json, '{');
  add(json, "message_id", bounce->message_id);
  add_addresses(json, "from", bounce->from, 1);
  add_addresses(json, "to", bounce->to, MAX_ADDRESSES);
  add(json, "subject", bounce->subject);
  add(json, "date", bounce->date);
  add(json, "return_path", bounce->return_path);
  add_forwarder(json, bounce->return_path);
  add(json, "dkim_domain", bounce->dkim_domain);
  add(json, "dkim_selector", bounce->dkim_selector);
  g_string_append_c(json, '}');
}

/* What stands inside a rewritten address. */
static void add_wrapped(GString *json, const char *address) {
  g_auto(Wrapped) wrapped = {0};
  if (address != NULL)
    wrapped_read(address, &wrapped);
  add(json, wrapped.kind == WRAP_IMCEAEX ? "x500" : "inner", wrapped.inner);
}

/* A bounce whose cause was looked for and not found says so: "unknown" is an id of causes.yaml too. */
static const char *cause_of(const Bounce *bounce, const BounceRecipient *recipient) {
  gboolean searched = bounce->is_bounce && recipient->hard != HARD_NOT_JUDGED;
  return recipient->cause == NULL && searched ? "unknown" : recipient->cause;
}

static void add_recipient(GString *json, const Bounce *bounce, const BounceRecipient *recipient) {
  g_string_append_c(json, '{');
  add(json, "recipient", recipient->recipient);
  add(json, "original_recipient", recipient->original_recipient);
  add_wrapped(json, recipient->recipient);
  add(json, "action", recipient->action);
  add(json, "dsn_status", recipient->dsn_status);
  add(json, "status", recipient->status);
  add(json, "reply", recipient->reply);
  add(json, "command", recipient->command);
  add(json, "remote_mta", recipient->remote_mta);
  add(json, "remote_ip", recipient->remote_ip);
  add(json, "diagnostic", recipient->diagnostic);
  add(json, "provider", recipient->provider);
  add(json, "cause", cause_of(bounce, recipient));
  add(json, "rule", recipient->rule);
  add(json, "owner", recipient->owner);
  if (recipient->permanent >= 0)
    add_flag(json, "permanent", recipient->permanent > 0);
  if (recipient->hard == HARD_NO || recipient->hard == HARD_YES)
    add_flag(json, "hard", recipient->hard == HARD_YES);
  g_string_append_c(json, '}');
}

char *bounce_to_json(const Bounce *bounce, const char *file) {
  g_autoptr(GString) json = g_string_new("{");
  json_text_key(json, "schema");
  g_string_append_printf(json, "%d", SCHEMA);
  add(json, "file", file);
  add_flag(json, "is_bounce", bounce->is_bounce);
  add(json, "kind", bounce_kind_word(bounce->kind));
  if (bounce->cut)
    add_flag(json, "cut", TRUE);
  add(json, "reporting_mta", bounce->reporting_mta);
  add(json, "arrival_date", bounce->arrival_date);
  add_original(json, bounce);
  add(json, "list", bounce->list);
  add(json, "listed_ip", bounce->listed_ip);
  add(json, "received_ip", bounce->received_ip);
  add(json, "helo", bounce->helo);
  add_list(json, "url_hosts", bounce->url_hosts);
  json_text_key(json, "recipients");
  g_string_append_c(json, '[');
  for (guint i = 0; i < bounce->recipients->len; i++) {
    if (i > 0)
      g_string_append_c(json, ',');
    add_recipient(json, bounce, g_ptr_array_index(bounce->recipients, i));
  }
  g_string_append(json, "]}");
  return g_string_free(g_steal_pointer(&json), FALSE);
}
