#include "probe/mx_look.h"

#include "base/catalogue.h"
#include "probe/known.h"

#include <string.h>

void mx_add_fault(MxLook *look, const char *word) {
  if (!g_ptr_array_find(look->faults, word, NULL))
    g_ptr_array_add(look->faults, (gpointer)word);
}

static Finding *add_remark(MxLook *look, Level level, const char *fault, Message *text, const DnsAnswer *mx) {
  mx_add_fault(look, fault);
  Finding *row = result_add(look->result, level, "MX", text);
  probe_add_answer(row, mx, "RFC 5321 s5.1");
  return row;
}

void mx_lint_null(MxLook *look, const DnsAnswer *mx) {
  guint n = dns_answer_count(mx), nulls = 0;
  for (guint i = 0; i < n; i++)
    nulls += g_str_equal(dns_answer_record(mx, i)->value, ".");
  if (nulls > 0 && nulls < n)
    add_remark(look, LEVEL_WARN, "mixed_null",
               message_new(N_("Beside its mail servers the domain says that it takes no mail: these contradict"), NULL),
               mx);
  if (nulls == n && n == 1 && dns_answer_record(mx, 0)->preference != 0)
    add_remark(look, LEVEL_NOTE, "null_preference",
               message_new(N_("The record that says \"no mail\" should have the preference 0"), NULL), mx);
}

static void lint_preferences(MxLook *look, const DnsAnswer *mx) {
  for (guint i = 1; i < look->hosts->len; i++) {
    const DnsRecord *this = g_array_index(look->hosts, MxHost, i).record;
    const DnsRecord *before = g_array_index(look->hosts, MxHost, i - 1).record;
    if (this->preference != before->preference)
      continue;
    if (g_ascii_strcasecmp(this->value, before->value) == 0)
      continue;
    add_remark(look, LEVEL_NOTE, "same_preference",
               message_new(N_("Several servers have the same preference: senders choose among them at random"), NULL),
               mx);
    return;
  }
}

/* Exchange Online expects to be the only one: mail that reaches another server never gets there. */
static void lint_microsoft(MxLook *look, const DnsAnswer *mx) {
  static const char suffix[] = ".mail.protection.outlook.com";
  const char *microsoft = NULL;
  guint others = 0;
  for (guint i = 0; i < look->hosts->len; i++) {
    const char *name = g_array_index(look->hosts, MxHost, i).record->value;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    if (g_str_has_suffix(lower, suffix) || g_str_has_suffix(lower, ".mx.microsoft"))
      microsoft = name;
    else
      others++;
  }
  if (microsoft == NULL)
    return;
  if (others > 0)
    add_remark(
        look, LEVEL_WARN, "not_alone",
        message_new(N_("Exchange Online should be the only mail server of a domain, but there are others beside it"),
                    NULL),
        mx);
  g_autofree char *expected = g_strdelimit(g_strdup(look->domain), ".", '-');
  gsize label = strcspn(microsoft, ".");
  if (g_ascii_strncasecmp(microsoft, expected, MAX(label, strlen(expected))) != 0)
    add_remark(look, LEVEL_NOTE, "other_name",
               message_new(N_("{host} is usually the server of another domain: compare it with the name that the "
                              "Microsoft 365 admin center shows for {domain}"),
                           "host", microsoft, "domain", look->domain, NULL),
               mx);
}

void mx_lint_set(MxLook *look, const DnsAnswer *mx) {
  lint_preferences(look, mx);
  lint_microsoft(look, mx);
}

void mx_set_provider(MxLook *look, const DnsAnswer *mx) {
  const Providers *providers = known_providers(look->net);
  for (guint i = 0; providers != NULL && i < look->hosts->len; i++) {
    const Provider *provider = providers_match(providers, g_array_index(look->hosts, MxHost, i).record->value);
    if (provider == NULL)
      continue;
    facts_set_text(look->result->facts, "provider", SOURCE_PROBE, provider->name);
    facts_set_text(look->result->facts, "provider_kind", SOURCE_PROBE, provider->kind);
    gboolean dead = g_str_equal(provider->kind, "no-mail");
    if (dead)
      add_remark(look, LEVEL_WARN, "placeholder",
                 message_new(N_("{provider}: no mail arrives through this record"), "provider", provider->name, NULL),
                 mx);
    else
      probe_add_answer(
          result_add(look->result, LEVEL_NOTE, NULL,
                     message_new(N_("The servers belong to {provider}"), "provider", provider->name, NULL)),
          mx, "RFC 5321 s5.1");
    return;
  }
  facts_set_unknown(look->result->facts, "provider", SOURCE_PROBE, "no entry");
  facts_set_unknown(look->result->facts, "provider_kind", SOURCE_PROBE, "no entry");
}
