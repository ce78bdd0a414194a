#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/dkim.h"
#include "mail/taglist.h"
#include "probe/host_look.h"
#include "probe/route.h"

#include <string.h>

static const ProbeInput dkim_inputs[] = {
    {"selector", "text", TRUE, N_("the name of the key: s= of DKIM-Signature")},
    {"domain", "domain", TRUE, N_("the domain that signed: d= of DKIM-Signature")},
    {"signature", "text", FALSE, N_("the other tags of DKIM-Signature, as they stand there")},
    {0},
};

static const FactSpec dkim_gives[] = {
    {"status", FACT_TEXT, "ok none revoked unusable several timeout servfail refused unreachable bad_name",
     N_("whether there is a key that a signature can be verified with; none: no key of this name, which says nothing "
        "about other keys of the domain; revoked: taken back; several: more than one; the last five: nobody could "
        "tell, "
        "or the name cannot be asked")},
    {"name", FACT_TEXT, NULL, N_("the name in the DNS that the key stands at")},
    {"key_type", FACT_TEXT, "rsa ed25519 other", N_("the kind of key")},
    {"bits", FACT_NUMBER, NULL, N_("the length of the key")},
    {"testing", FACT_TEXT, "yes no", N_("whether the domain says that it is only testing (t=y)")},
    {"strict", FACT_TEXT, "yes no", N_("whether the key is for the domain itself only, not for names below it (t=s)")},
    {"alias", FACT_TEXT, NULL, N_("the name that the name of the key is an alias (CNAME) of")},
    {"record", FACT_TEXT, NULL, N_("the key record")},
    {"faults", FACT_LIST,
     "bad_version no_key damaged unknown_type duplicate_tag not_for_mail no_sha256 too_short short long not_a_key "
     "several_keys sha1 body_length other_identity",
     N_("mistakes in the record and in the signature, as words")},
    {0},
};

typedef struct DkimLook {
  Result *result;
  const char *name;
  const DnsAnswer *answer;
  GPtrArray *faults;     /* static words */
  const char *signature; /* tags of the signature, NULL: not known */
} DkimLook;

static Finding *add_row(DkimLook *look, Level level, Message *text) {
  Finding *row = result_add(look->result, level, look->name, text);
  probe_add_answer(row, look->answer, "RFC 6376 s3.6.2");
  row->elapsed_ms = look->answer->elapsed_ms;
  return row;
}

static void set_absent(DkimLook *look) {
  static const char *const names[] = {"key_type", "bits", "testing", "strict", "record"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    facts_set_absent(look->result->facts, names[i], SOURCE_PROBE);
}

/* --- a key --- */

static const struct {
  DkimFault fault;
  Level level;
  const char *text;
} fault_rows[] = {
    {DKIM_BAD_VERSION, LEVEL_FAIL, N_("The record does not begin with v=DKIM1: receivers do not take it for a key")},
    {DKIM_NO_KEY, LEVEL_FAIL, N_("The record holds no key (p= is missing)")},
    {DKIM_DAMAGED, LEVEL_FAIL, N_("The key is damaged: cut off, or with characters that do not belong there")},
    {DKIM_UNKNOWN_TYPE, LEVEL_FAIL, N_("The kind of key (k=) is neither rsa nor ed25519")},
    {DKIM_DUPLICATE, LEVEL_FAIL, N_("A tag stands in the record twice, which makes all of it invalid")},
    {DKIM_NOT_FOR_MAIL, LEVEL_FAIL, N_("The key is not meant for mail (s=)")},
    {DKIM_NO_SHA256, LEVEL_FAIL, N_("The key allows no sha256 (h=); older hashes are forbidden")},
    {DKIM_TOO_SHORT, LEVEL_FAIL, N_("The key is too short: receivers must not accept less than 1024 bits")},
    {DKIM_SHORT, LEVEL_NOTE, N_("The key is short: 2048 bits are recommended")},
    {DKIM_LONG, LEVEL_WARN, N_("The key is so long that not every receiver can use it: 2048 bits are usual")},
};

static const char *const type_words[] = {[DKIM_RSA] = "rsa", [DKIM_ED25519] = "ed25519", [DKIM_OTHER] = "other"};

static void say_faults(DkimLook *look, const DkimKey *key) {
  for (guint i = 0; i < G_N_ELEMENTS(fault_rows); i++)
    if ((key->faults & fault_rows[i].fault) != 0) {
      g_ptr_array_add(look->faults, (gpointer)dkim_fault_word(i));
      Finding *row = add_row(look, fault_rows[i].level, message_new(fault_rows[i].text, NULL));
      if (fault_rows[i].level == LEVEL_FAIL)
        finding_set_advice(row, message_new(N_("No signature made with it counts. The administrator of the signing "
                                               "domain must correct the TXT record"),
                                            NULL));
    }
}

/* --- the signature itself --- */

static void say_signature(DkimLook *look, Level level, const char *fault, const char *text, const char *reference) {
  g_ptr_array_add(look->faults, (gpointer)fault);
  Finding *row = result_add(look->result, level, "DKIM-Signature", message_new(text, NULL));
  finding_set_ground(row, GROUND_INPUT, reference);
}

/* TRUE if i= names a domain below the one that signed, which a key with t=s is not for (RFC 6376 s3.6.1). */
static gboolean has_other_identity(const TagList *tags) {
  const char *identity = taglist_get(tags, "i"), *domain = taglist_get(tags, "d");
  const char *at = identity != NULL ? strrchr(identity, '@') : NULL;
  return at != NULL && domain != NULL && g_ascii_strcasecmp(at + 1, domain) != 0;
}

/* `key`: NULL if there is none, or it is not known. */
static void look_signature(DkimLook *look, const DkimKey *key) {
  if (look->signature == NULL)
    return;
  g_autofree char *bare = g_strchug(g_strdup(look->signature));
  g_autoptr(GBytes) bytes = g_bytes_new_static(bare, strlen(bare));
  g_autoptr(TagList) tags = taglist_parse(bytes);
  if (g_strcmp0(taglist_get(tags, "a"), "rsa-sha1") == 0)
    say_signature(look, LEVEL_FAIL, "sha1",
                  N_("The mail is signed with sha1, which is forbidden: the signature does not count"),
                  "RFC 8301 s3.1");
  if (taglist_get(tags, "l") != NULL)
    say_signature(
        look, LEVEL_WARN, "body_length",
        N_("Only the beginning of the mail is signed (l=): anybody may add to it, so some receivers do not trust "
           "it"),
        "RFC 6376 s8.2");
  if (key != NULL && key->strict && has_other_identity(tags))
    say_signature(look, LEVEL_FAIL, "other_identity",
                  N_("The key is for its own domain only (t=s), and the signature names one below it (i=): it does not "
                     "count"),
                  "RFC 6376 s3.6.1");
}

/* --- a key --- */

static void say_key(DkimLook *look, const DkimKey *key, const DnsRecord *record) {
  Facts *facts = look->result->facts;
  gboolean fatal = (key->faults & DKIM_FATAL) != 0;
  facts_set_text(facts, "status", SOURCE_PROBE, key->revoked ? "revoked" : fatal ? "unusable" : "ok");
  facts_set_text(facts, "record", SOURCE_PROBE, record->value);
  facts_set_text(facts, "testing", SOURCE_PROBE, key->testing ? "yes" : "no");
  facts_set_text(facts, "strict", SOURCE_PROBE, key->strict ? "yes" : "no");
  facts_set_text(facts, "key_type", SOURCE_PROBE, type_words[key->type]);
  if (key->bits > 0)
    facts_set_number(facts, "bits", SOURCE_PROBE, key->bits);
  else
    facts_set_absent(facts, "bits", SOURCE_PROBE);
  if (key->revoked) {
    Finding *row = add_row(look, LEVEL_FAIL, message_new(N_("The key was taken back (p= is empty)"), NULL));
    finding_set_advice(row,
                       message_new(N_("The sending server signs with an old key. Its administrator must let it sign "
                                      "with the present one"),
                                   NULL));
  } else if (!fatal) {
    Finding *row = add_row(
        look, LEVEL_OK,
        message_set_number(message_new(N_("There is a key: {type}, {bits} bits"), "type", type_words[key->type], NULL),
                           "bits", key->bits));
    finding_set_quote(row, record->value);
  }
  say_faults(look, key);
  if (key->testing)
    add_row(
        look, LEVEL_NOTE,
        message_new(N_("The domain says that it is only testing (t=y): some receivers ignore its signatures"), NULL));
}

/* --- no key --- */

static void say_none(DkimLook *look, gboolean other_text) {
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "none");
  set_absent(look);
  if (other_text)
    g_ptr_array_add(look->faults, "not_a_key");
  Finding *row = add_row(look, LEVEL_FAIL,
                         other_text ? message_new(N_("There is a text at this name, but it is no key"), NULL)
                                    : message_new(N_("There is no key of this name"), NULL));
  finding_set_advice(
      row,
      message_new(N_("Signatures that name it do not count. That says nothing about other keys of the domain: take "
                     "the name from s= of the mail's DKIM-Signature"),
                  NULL));
}

static void say_several(DkimLook *look, guint n) {
  /* RFC 6376 s3.6.2.2: which of them a verifier takes is undefined. */
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "several");
  probe_set_unknown(&probe_dkim, look->result, "several");
  g_ptr_array_add(look->faults, "several_keys");
  Finding *row = add_row(look, LEVEL_WARN,
                         message_set_number(message_new(N_("There are {count} keys at this name: receivers take any of "
                                                           "them, so that signatures fail now and then"),
                                                        NULL),
                                            "count", n));
  finding_set_advice(row, message_new(N_("The administrator of the signing domain must leave one"), NULL));
}

static void say_unknown(DkimLook *look) {
  Finding *row = add_row(look, LEVEL_UNKNOWN,
                         message_set_tr(message_new(N_("The key could not be found out: {why}"), NULL), "why",
                                        dns_status_message(look->answer->status)));
  finding_set_advice(
      row, message_new(N_("This says nothing about the key: try again later, or ask another resolver"), NULL));
  if (route_unknown_word(look->answer->status) != NULL)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, unknown_word(look->answer));
  probe_set_unknown(&probe_dkim, look->result, unknown_word(look->answer));
}

/* --- the run --- */

static void say_alias(DkimLook *look) {
  const char *alias = NULL;
  for (guint i = 0; i < look->answer->n_records; i++)
    if (look->answer->records[i].type == DNS_CNAME)
      alias = look->answer->records[i].value;
  if (alias == NULL) {
    facts_set_absent(look->result->facts, "alias", SOURCE_PROBE);
    return;
  }
  facts_set_text(look->result->facts, "alias", SOURCE_PROBE, alias);
  add_row(look, LEVEL_NOTE,
          message_new(N_("The key is kept by somebody else, at {name} (CNAME)"), "name", alias, NULL));
}

static void look_at(DkimLook *look) {
  if (dns_is_unknown(look->answer->status)) {
    say_unknown(look);
    look_signature(look, NULL); /* what stands in the mail needs no look-up */
    return;
  }
  const DnsRecord *found = NULL;
  DkimKey key = {0}, other;
  guint n = look->answer->status == DNS_OK ? dns_answer_count(look->answer) : 0, keys = 0;
  for (guint i = 0; i < n; i++)
    if (dkim_key_parse(dns_answer_record(look->answer, i)->data, &other) && keys++ == 0) {
      found = dns_answer_record(look->answer, i);
      key = other;
    }
  say_alias(look);
  if (keys == 0)
    say_none(look, n > 0);
  else if (keys == 1)
    say_key(look, &key, found);
  else
    say_several(look, keys);
  look_signature(look, keys == 1 ? &key : NULL);
  facts_set_items(look->result->facts, "faults", SOURCE_PROBE, look->faults);
}

static ProbeState run_dkim(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *name = dkim_key_name(probe_input(inputs, "selector"), probe_input(inputs, "domain"));
  if (name == NULL) {
    probe_bad_input(result,
                    message_new(N_("\"{selector}\" and \"{domain}\" do not make the name of a key"), "selector",
                                probe_input(inputs, "selector"), "domain", probe_input(inputs, "domain"), NULL),
                    "RFC 6376 s3.1");
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
    probe_set_unknown(&probe_dkim, result, "bad_name");
    return PROBE_DONE;
  }
  facts_set_text(result->facts, "name", SOURCE_PROBE, name);
  result->total = 1;
  g_autoptr(GPtrArray) faults = g_ptr_array_new();
  DkimLook look = {.result = result,
                   .name = name,
                   .answer = net_dns(net, name, DNS_TXT),
                   .faults = faults,
                   .signature = probe_input(inputs, "signature")};
  if (look.answer == NULL) {
    result_add(result, LEVEL_WAIT, name, message_new(N_("Looking up the key"), NULL));
    return PROBE_PENDING;
  }
  result->done = 1;
  look_at(&look);
  return PROBE_DONE;
}

const Probe probe_dkim = {
    .name = "dkim",
    .title = N_("Key of the signature (DKIM)"),
    .why =
        N_("The sending server signs mail; receivers verify the signature with a key from the DNS. Without the key the "
           "signature does not count."),
    .fits = "", /* a selector cannot be guessed: one that is not there would prove nothing */
    .inputs = dkim_inputs,
    .gives = dkim_gives,
    .run = run_dkim,
};
