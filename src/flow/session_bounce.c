#include "flow/session.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "mail/wrapped.h"

#include <string.h>

const FactSpec bounce_facts[] = {
    {"recipient", FACT_TEXT, NULL, N_("the address that the message could not be delivered to")},
    {"original_recipient", FACT_TEXT, NULL, N_("the address as the sender wrote it, before anybody forwarded it")},
    {"status", FACT_TEXT, NULL, N_("the detailed status code in the other server's words, such as 5.1.1")},
    {"dsn_status", FACT_TEXT, NULL, N_("the status code in the bounce's own Status field")},
    {"reply", FACT_TEXT, NULL, N_("the three-digit reply code, such as 550")},
    {"diagnostic", FACT_TEXT, NULL, N_("the other server's own words")},
    {"reporting_mta", FACT_TEXT, NULL, N_("the server that wrote the bounce")},
    {"remote_mta", FACT_TEXT, NULL, N_("the server that refused the message")},
    {"remote_ip", FACT_TEXT, NULL, N_("the address of the server that refused the message")},
    {"from", FACT_TEXT, NULL, N_("the From field of the returned message")},
    {"from_domain", FACT_TEXT, NULL, N_("the domain in the From field of the returned message")},
    {"to", FACT_TEXT, NULL, N_("the To field of the returned message")},
    {"subject", FACT_TEXT, NULL, N_("the Subject of the returned message")},
    {"date", FACT_TEXT, NULL, N_("the Date of the returned message")},
    {"message_id", FACT_TEXT, NULL, N_("the Message-ID of the returned message")},
    {"return_path", FACT_TEXT, NULL, N_("the envelope sender of the returned message (Return-Path); <>: it was empty")},
    {"dkim_domain", FACT_TEXT, NULL, N_("the domain that signed the returned message (d= of DKIM-Signature)")},
    {"dkim_selector", FACT_TEXT, NULL, N_("the name of the key that it was signed with (s= of DKIM-Signature)")},
    {"dkim_signature", FACT_TEXT, NULL, N_("the other tags of that signature, for the probe dkim")},
    {"arc", FACT_TEXT, NULL, N_("the ARC fields of the returned message, for the probe arc")},
    {"kind", FACT_TEXT, "bounce delay autoreply feedback delivered other", N_("what kind of message it is")},
    {"list", FACT_TEXT, NULL, N_("the blocklist that the bounce names")},
    {"sending_ip", FACT_TEXT, NULL, N_("the address of the server that sent the message out")},
    {"sending_ip_from", FACT_TEXT, "named received", N_("how the sending address is known: named by the bounce, or "
                                                        "from the returned message's newest Received field")},
    {"helo", FACT_TEXT, NULL, N_("the name that the sending server gave itself")},
    {"sender_domains", FACT_LIST, NULL, N_("the domains of the returned message's From field and Return-Path")},
    {"url_hosts", FACT_LIST, NULL, N_("the hosts of the links in the returned message's body")},
    {"recipients", FACT_LIST, NULL, N_("all addresses that could not be delivered to")},
    {"imceaex", FACT_TEXT, "yes no", N_("whether the address is an internal one of Exchange (IMCEAEX)")},
    {"x500", FACT_TEXT, NULL, N_("the X.500 address in an internal address of Exchange, for the administrator to add")},
    {"inner", FACT_TEXT, NULL, N_("the address inside one that a forwarder, a list or a signing system rewrote (SRS, VERP, "
                                  "BATV)")},
    {"forwarder", FACT_TEXT, NULL, N_("who forwarded the returned message, by its rewritten sender address (SRS)")},
    {"cause", FACT_TEXT, NULL, N_("the cause that the words of the bounce point to")},
    {"owner", FACT_TEXT, "sender sender-admin recipient recipient-admin nobody-wait",
     N_("who can act, by the cause that the words of the bounce point to")},
    {"confirmed", FACT_TEXT, "yes no", N_("whether a person said that what was read in the bounce is right")},
    {"provider", FACT_TEXT, NULL, N_("the mail service that wrote the refusal")},
    {"permanent", FACT_TEXT, "yes no", N_("whether the refusal is final (5xx) or may pass (4xx)")},
    {"redirected", FACT_TEXT, "yes no", N_("whether the address that failed is another than the one written to")},
    {NULL, FACT_TEXT, NULL, NULL},
};

/* What a bounce does not say is not known: the text may be a part of it only. */
static void put(Facts *facts, const char *name, const char *value) {
  g_autofree char *full = g_strconcat("bounce.", name, NULL);
  if (value != NULL && *value != '\0')
    facts_set_text(facts, full, SOURCE_BOUNCE, value);
  else
    facts_set_unknown(facts, full, SOURCE_BOUNCE, "not said");
}

static const char *yes_no(gboolean yes) { return yes ? "yes" : "no"; }

const BounceRecipient *bounce_main_recipient(const Bounce *bounce) {
  for (guint i = 0; i < bounce->recipients->len; i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (recipient->action != NULL && g_ascii_strcasecmp(recipient->action, "failed") == 0)
      return recipient;
  }
  return bounce->recipients->len > 0 ? g_ptr_array_index(bounce->recipients, 0) : NULL;
}

/* "yes", "no", or NULL when one of the two addresses is not there.  `inner`: see the fact. */
static const char *redirected(const Bounce *bounce, const BounceRecipient *recipient, const char *inner) {
  const char *written = recipient->original_recipient;
  g_autoptr(Address) to = NULL;
  if (written == NULL && bounce->to != NULL) {
    to = address_parse(bounce->to);
    written = to->cleaned;
  }
  if (written == NULL || recipient->recipient == NULL)
    return NULL;
  gboolean same = g_ascii_strcasecmp(written, recipient->recipient) == 0;
  return yes_no(!same && (inner == NULL || g_ascii_strcasecmp(written, inner) != 0));
}

/* What stands inside the address that failed.  Returns the address, or NULL: nothing, or an internal one of Exchange. */
static char *put_wrapped(Facts *facts, const Bounce *bounce, const char *address) {
  g_auto(Wrapped) failed = {0}, sender = {0};
  if (address != NULL)
    wrapped_read(address, &failed);
  if (bounce->return_path != NULL)
    wrapped_read(bounce->return_path, &sender);
  gboolean internal = failed.kind == WRAP_IMCEAEX;
  put(facts, "x500", internal ? failed.inner : NULL);
  put(facts, "inner", internal ? NULL : failed.inner);
  put(facts, "forwarder", sender.kind == WRAP_SRS ? sender.by : NULL);
  return internal ? NULL : g_steal_pointer(&failed.inner);
}

static void put_recipients(Facts *facts, const Bounce *bounce) {
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < bounce->recipients->len; i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (recipient->recipient != NULL)
      g_ptr_array_add(all, recipient->recipient);
  }
  if (all->len == 0) {
    put(facts, "recipients", NULL);
    return;
  }
  g_ptr_array_add(all, NULL);
  facts_set_list(facts, "bounce.recipients", SOURCE_BOUNCE, (const char *const *)all->pdata);
}

/* The address in a Return-Path, or "<>".  Not by address_parse(): senders of bulk mail have underscores in its domain,
 * and whatever it is, SPF judges it. Caller frees. */
static char *envelope_sender(const char *field) {
  gsize length = strlen(field);
  gboolean wrapped = length >= 2 && field[0] == '<' && field[length - 1] == '>';
  if (wrapped && length == 2)
    return g_strdup(field);
  g_autofree char *bare = g_strndup(field + wrapped, length - 2 * (gsize)wrapped);
  const char *at = strrchr(bare, '@');
  return at != NULL && at[1] != '\0' && strpbrk(bare, " \t<>") == NULL ? g_steal_pointer(&bare) : NULL;
}

static void put_names(Facts *facts, const char *name, const char *const *names) {
  g_autofree char *full = g_strconcat("bounce.", name, NULL);
  if (names[0] != NULL)
    facts_set_list(facts, full, SOURCE_BOUNCE, names);
  else
    facts_set_unknown(facts, full, SOURCE_BOUNCE, "not said");
}

/* The names that a filter looks up in lists of domains.  `path`: the envelope sender, or NULL. */
static void put_domains(Facts *facts, const Bounce *bounce, const Address *from, const char *path) {
  const char *names[3] = {NULL}, *at = path != NULL ? strrchr(path, '@') : NULL;
  g_autofree char *sender = at != NULL ? domain_to_ascii(at + 1) : NULL;
  guint n = 0;
  /* An address that is none has no domain. */
  if (from != NULL && !from->literal && from->domain != NULL)
    names[n++] = from->domain;
  if (sender != NULL && (n == 0 || !g_str_equal(sender, names[0])))
    names[n++] = sender;
  put_names(facts, "sender_domains", names);
  put_names(facts, "url_hosts", (const char *const *)bounce->url_hosts);
}

/* What the servers on the way go by (RFC 7208, RFC 6376, RFC 9989). */
static void put_authentication(Facts *facts, const Bounce *bounce) {
  g_autoptr(Address) from = bounce->from != NULL ? address_parse(bounce->from) : NULL;
  g_autofree char *path = bounce->return_path != NULL ? envelope_sender(bounce->return_path) : NULL;
  put(facts, "from_domain", from != NULL && !from->literal ? from->domain : NULL);
  put(facts, "return_path", path);
  put_domains(facts, bounce, from, path);
  put(facts, "dkim_domain", bounce->dkim_domain);
  put(facts, "dkim_selector", bounce->dkim_selector);
  put(facts, "dkim_signature", bounce->dkim_signature);
  put(facts, "arc", bounce->arc);
}

void bounce_set_facts(const Bounce *bounce, Facts *facts) {
  static const BounceRecipient nobody = {.permanent = -1};
  const BounceRecipient *recipient = bounce_main_recipient(bounce);
  bounce_set_facts_about(bounce, recipient != NULL ? recipient : &nobody, facts);
}

void bounce_set_facts_about(const Bounce *bounce, const BounceRecipient *recipient, Facts *facts) {
  const char *how = NULL, *sending_ip = bounce_sending_ip(bounce, &how);
  const char *address = recipient->recipient;
  put(facts, "recipient", address);
  put(facts, "original_recipient", recipient->original_recipient);
  put(facts, "status", recipient->status);
  put(facts, "dsn_status", recipient->dsn_status);
  put(facts, "reply", recipient->reply);
  put(facts, "diagnostic", recipient->diagnostic);
  put(facts, "reporting_mta", bounce->reporting_mta);
  put(facts, "remote_mta", recipient->remote_mta);
  put(facts, "remote_ip", recipient->remote_ip);
  put(facts, "from", bounce->from);
  put(facts, "to", bounce->to);
  put(facts, "subject", bounce->subject);
  put(facts, "date", bounce->date);
  put(facts, "message_id", bounce->message_id);
  put(facts, "kind", bounce_kind_word(bounce->kind));
  put(facts, "list", bounce->list);
  put(facts, "sending_ip", sending_ip);
  put(facts, "sending_ip_from", sending_ip != NULL ? how : NULL);
  put(facts, "helo", bounce->helo);
  put_authentication(facts, bounce);
  put_recipients(facts, bounce);
  put(facts, "imceaex", address != NULL ? yes_no(g_ascii_strncasecmp(address, "IMCEAEX-", 8) == 0) : NULL);
  g_autofree char *inner = put_wrapped(facts, bounce, address);
  put(facts, "cause", recipient->cause);
  put(facts, "owner", recipient->owner);
  facts_set_unknown(facts, "bounce.confirmed", SOURCE_BOUNCE, "not asked");
  put(facts, "provider", recipient->provider);
  put(facts, "permanent", recipient->permanent < 0 ? NULL : yes_no(recipient->permanent));
  put(facts, "redirected", redirected(bounce, recipient, inner));
}
