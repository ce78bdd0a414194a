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
  const struct {
    gboolean is;
    Level level;
    const char *fault, *text;
  } mistakes[] = {
      {nulls > 0 && nulls < n, LEVEL_WARN, "mixed_null",
       N_("Beside its mail servers the domain says that it takes no mail: these contradict")},
      {nulls == n && n > 1, LEVEL_NOTE, "several_null",
       N_("The record that says \"no mail\" should stand alone, but there are several")},
      {nulls == n && n == 1 && dns_answer_record(mx, 0)->preference != 0, LEVEL_NOTE, "null_preference",
       N_("The record that says \"no mail\" should have the preference 0")},
  };
  for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++)
    if (mistakes[i].is)
      add_remark(look, mistakes[i].level, mistakes[i].fault, message_new(mistakes[i].text, NULL), mx);
}

static void lint_names(MxLook *look, const DnsAnswer *mx) {
  if (look->twice != NULL)
    add_remark(look, LEVEL_NOTE, "named_twice",
               message_new(N_("{host} is named twice: once is enough"), "host", look->twice, NULL), mx);
  if (look->count <= look->hosts->len)
    return;
  Message *text = message_new(N_("There are {n} mail servers; the first {most} were looked at"), NULL);
  message_set_number(message_set_number(text, "n", look->count), "most", look->hosts->len);
  probe_add_answer(result_add(look->result, LEVEL_NOTE, "MX", text), mx, "RFC 5321 s5.1");
}

static void lint_preferences(MxLook *look, const DnsAnswer *mx) {
  for (guint i = 1; i < look->hosts->len; i++) {
    const DnsRecord *this = g_array_index(look->hosts, MxHost, i).record;
    const DnsRecord *before = g_array_index(look->hosts, MxHost, i - 1).record;
    if (this->preference != before->preference)
      continue;
    add_remark(look, LEVEL_NOTE, "same_preference",
               message_new(N_("Several servers have the same preference: senders choose among them at random"), NULL),
               mx);
    return;
  }
}

/* --- Exchange Online --- */

/* The clouds apart have names of their own.  mx.microsoft is signed (DNSSEC), outlook.com is not. */
static const struct {
  const char *suffix;
  MxMicrosoft form;
} microsoft_names[] = {
    {".mail.protection.outlook.com", MX_OUTLOOK},
    {".mail.protection.office365.us", MX_OUTLOOK},
    {".mail.protection.partner.outlook.cn", MX_OUTLOOK},
    {".mx.microsoft", MX_MICROSOFT},
};

static MxMicrosoft microsoft_form(const char *host) {
  g_autofree char *name = g_ascii_strdown(host, -1);
  for (guint i = 0; i < G_N_ELEMENTS(microsoft_names); i++)
    if (g_str_has_suffix(name, microsoft_names[i].suffix))
      return microsoft_names[i].form;
  return MX_NOT_MICROSOFT;
}

/* "example-com" of example.com, with up to three letters or digits after it if that was taken: "example-com01b". */
static gboolean is_own_label(const char *host, const char *domain) {
  g_autofree char *expected = g_strdelimit(g_strdup(domain), ".", '-');
  gsize n = strlen(expected);
  if (g_ascii_strncasecmp(host, expected, n) != 0)
    return FALSE;
  for (gsize i = n; i <= n + 3; i++) {
    if (host[i] == '.')
      return TRUE;
    if (!g_ascii_isalnum(host[i]))
      return FALSE;
  }
  return FALSE;
}

static void set_microsoft(MxLook *look, MxMicrosoft forms) {
  static const char *const words[] = {"none", "outlook", "microsoft", "both"};
  facts_set_text(look->result->facts, "exchange_online", SOURCE_PROBE, words[forms]);
}

/* Exchange Online expects to be the only one: mail that reaches another server never gets there. */
static void lint_microsoft(MxLook *look, const DnsAnswer *mx) {
  MxMicrosoft forms = MX_NOT_MICROSOFT;
  const char *first = NULL, *stranger = NULL;
  guint count[4] = {0}, others = 0;
  for (guint i = 0; i < look->hosts->len; i++) {
    const char *name = g_array_index(look->hosts, MxHost, i).record->value;
    MxMicrosoft form = microsoft_form(name);
    forms |= form;
    count[form]++;
    others += form == MX_NOT_MICROSOFT;
    if (form != MX_NOT_MICROSOFT && first == NULL)
      first = name;
    if (form != MX_NOT_MICROSOFT && stranger == NULL && !is_own_label(name, look->domain))
      stranger = name;
  }
  set_microsoft(look, forms);
  if (first == NULL)
    return;
  if (others > 0)
    add_remark(
        look, LEVEL_WARN, "not_alone",
        message_new(N_("Exchange Online should be the only mail server of a domain, but there are others beside it"),
                    NULL),
        mx);
  if (count[MX_OUTLOOK] > 1 || count[MX_MICROSOFT] > 1)
    add_remark(look, LEVEL_WARN, "several_microsoft",
               message_new(N_("Exchange Online has one MX record for a domain, but there are several: all but one "
                              "lead elsewhere"),
                           NULL),
               mx);
  else if (forms == MX_BOTH)
    add_remark(look, LEVEL_NOTE, "both_microsoft",
               message_new(N_("Exchange Online has its old and its new name here. That is right while the domain is "
                              "moved to the new one; afterwards the old record should go"),
                           NULL),
               mx);
  if (stranger != NULL)
    add_remark(look, LEVEL_NOTE, "other_name",
               message_new(N_("{host} is usually the server of another domain: compare it with the name that the "
                              "Microsoft 365 admin center shows for {domain}"),
                           "host", stranger, "domain", look->domain, NULL),
               mx);
}

/* --- placeholders --- */

static void lint_placeholders(MxLook *look, const DnsAnswer *mx) {
  const Providers *providers = known_providers(look->net);
  for (guint i = 0; i < look->hosts->len; i++) {
    const char *host = g_array_index(look->hosts, MxHost, i).record->value;
    const Provider *provider = providers != NULL ? providers_match(providers, host) : NULL;
    if (provider != NULL && g_str_equal(provider->kind, "no-mail"))
      add_remark(look, LEVEL_WARN, "placeholder",
                 message_new(N_("{provider}: no mail arrives through this record"), "provider", provider->name, NULL),
                 mx);
  }
}

void mx_lint_set(MxLook *look, const DnsAnswer *mx) {
  lint_names(look, mx);
  lint_preferences(look, mx);
  lint_microsoft(look, mx);
  lint_placeholders(look, mx);
}

void mx_set_provider(MxLook *look, const DnsAnswer *mx) {
  const Providers *providers = known_providers(look->net);
  for (guint i = 0; providers != NULL && i < look->hosts->len; i++) {
    const Provider *provider = providers_match(providers, g_array_index(look->hosts, MxHost, i).record->value);
    if (provider == NULL)
      continue;
    facts_set_text(look->result->facts, "provider", SOURCE_PROBE, provider->name);
    facts_set_text(look->result->facts, "provider_kind", SOURCE_PROBE, provider->kind);
    if (!g_str_equal(provider->kind, "no-mail"))
      probe_add_answer(
          result_add(look->result, LEVEL_NOTE, NULL,
                     message_new(N_("The servers belong to {provider}"), "provider", provider->name, NULL)),
          mx, "RFC 5321 s5.1");
    return;
  }
  facts_set_unknown(look->result->facts, "provider", SOURCE_PROBE, "no entry");
  facts_set_unknown(look->result->facts, "provider_kind", SOURCE_PROBE, "no entry");
}
