#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/ip.h"
#include "mail/reverse_name.h"
#include "probe/host_look.h"
#include "probe/route.h"

/* As receivers do: names past the tenth are not asked (RFC 7208 s4.6.4 has the same limit). */
#define MAX_NAMES 10

static const ProbeInput ptr_inputs[] = {
    {"ip", "ip", TRUE, N_("the address that the mail was sent from")},
    {0},
};

static const FactSpec ptr_gives[] = {
    {"status", FACT_TEXT, "ok none mismatch not_public timeout servfail refused unreachable bad_address",
     N_("whether the sending address has a name that leads back to it; none: it has no name; mismatch: no name of it "
        "leads back; not_public: not asked; then: nobody could tell; bad_address: it is none")},
    {"names", FACT_LIST, NULL, N_("the names of the address")},
    {"confirmed", FACT_LIST, NULL, N_("those of them that lead back to the address")},
    {"generic", FACT_TEXT, "yes no", N_("whether every name looks like that of a customer line")},
    {"address", FACT_TEXT, NULL, N_("the address that was looked at")},
    {0},
};

typedef enum Confirm { CONFIRM_WAIT, CONFIRM_YES, CONFIRM_NO, CONFIRM_UNKNOWN } Confirm;

typedef struct PtrLook {
  Net *net;
  Result *result;
  const char *address;
  Ip ip;
  const DnsAnswer *ptr, *unknown; /* unknown: the first forward look-up that could not tell */
  GPtrArray *names, *confirmed;   /* char*, not owned */
  guint open;
  gboolean all_generic;
} PtrLook;

/* --- one name --- */

/* RFC 1912 s2.1: does the name lead back?  Of the two kinds of address only the one at hand can. */
static Confirm confirm(PtrLook *look, const char *name, const DnsAnswer **forward) {
  Ip ip;
  *forward = net_dns(look->net, name, look->ip.family == 4 ? DNS_A : DNS_AAAA);
  if (*forward == NULL)
    return CONFIRM_WAIT;
  if ((*forward)->status == DNS_BAD_NAME) /* no resolver can look that up */
    return CONFIRM_NO;
  if (dns_is_unknown((*forward)->status))
    return CONFIRM_UNKNOWN;
  for (guint i = 0; (*forward)->status == DNS_OK && i < dns_answer_count(*forward); i++)
    if (ip_parse(dns_answer_record(*forward, i)->value, &ip) && ip_equal(&ip, &look->ip))
      return CONFIRM_YES;
  return CONFIRM_NO;
}

static const struct {
  Level level;
  const char *text;
} confirm_rows[] = {
    [CONFIRM_WAIT] = {LEVEL_WAIT, N_("Looking up its address")},
    [CONFIRM_YES] = {LEVEL_OK, N_("this name leads back to {address}")},
    [CONFIRM_NO] = {LEVEL_WARN, N_("this name does not lead back to {address}")},
    [CONFIRM_UNKNOWN] = {LEVEL_UNKNOWN, N_("whether this name leads back to {address} could not be found out: {why}")},
};

static void look_name(PtrLook *look, const char *name) {
  const DnsAnswer *forward;
  Confirm state = confirm(look, name, &forward);
  Finding *row = result_add(look->result, confirm_rows[state].level, name,
                            message_new(confirm_rows[state].text, "address", look->address, NULL));
  if (state == CONFIRM_YES)
    g_ptr_array_add(look->confirmed, (gpointer)name);
  if (state == CONFIRM_UNKNOWN && look->unknown == NULL)
    look->unknown = forward;
  if (state == CONFIRM_UNKNOWN)
    message_set_tr(row->text, "why", probe_why(forward));
  look->open += state == CONFIRM_WAIT;
  if (forward != NULL) {
    probe_add_answer(row, look->ptr, "RFC 1912 s2.1");
    probe_add_answer(row, forward, "RFC 1912 s2.1");
    row->elapsed_ms = forward->elapsed_ms;
  }
}

static void look_names(PtrLook *look) {
  guint n = dns_answer_count(look->ptr);
  look->all_generic = TRUE;
  for (guint i = 0; i < n; i++) {
    const char *name = dns_answer_record(look->ptr, i)->value;
    g_ptr_array_add(look->names, (gpointer)name);
    look->all_generic = look->all_generic && reverse_name_is_generic(name, &look->ip);
    if (i < MAX_NAMES)
      look_name(look, name);
  }
  if (n > MAX_NAMES)
    finding_set_ground(
        result_add(look->result, LEVEL_NOTE, NULL,
                   message_set_number(message_new(N_("and {count} more names, which receivers do not look at"), NULL),
                                      "count", n - MAX_NAMES)),
        GROUND_ROWS, NULL);
}

/* --- all of them --- */

/* RFC 8501 s4: access providers often give IPv6 addresses no names at all. */
static const char *advice_none(int family) {
  return family == 6
             ? N_("Large receivers refuse mail from IPv6 addresses without a name. Whoever provides the address "
                  "must enter a PTR record, or the server must send over IPv4")
             : N_("Many receivers refuse mail from addresses without a name. Whoever provides the address must "
                  "enter a PTR record");
}

static void say_none(PtrLook *look) {
  Finding *row = result_add(look->result, LEVEL_WARN, look->address,
                            message_new(N_("The sending address has no name (no PTR record)"), NULL));
  probe_add_answer(row, look->ptr, "RFC 1912 s2.1");
  row->elapsed_ms = look->ptr->elapsed_ms;
  finding_set_advice(row, message_new(advice_none(look->ip.family), NULL));
  facts_set_text(look->result->facts, "status", SOURCE_PROBE, "none");
  facts_set_absent(look->result->facts, "names", SOURCE_PROBE);
  facts_set_absent(look->result->facts, "confirmed", SOURCE_PROBE);
  facts_set_absent(look->result->facts, "generic", SOURCE_PROBE);
}

static void say_unknown(PtrLook *look, const DnsAnswer *unknown) {
  if (route_unknown_word(unknown->status) != NULL)
    facts_set_text(look->result->facts, "status", SOURCE_PROBE, unknown_word(unknown));
  probe_set_unknown(&probe_ptr, look->result, unknown_word(unknown));
}

static void say_generic(PtrLook *look) {
  facts_set_text(look->result->facts, "generic", SOURCE_PROBE, look->all_generic ? "yes" : "no");
  if (!look->all_generic)
    return;
  Finding *row = result_add(look->result, LEVEL_NOTE, look->address,
                            message_new(N_("The name looks like that of a customer line"), NULL));
  probe_add_answer(row, look->ptr, "RFC 1912 s2.1");
  finding_set_advice(row, message_new(N_("Some receivers take no mail straight from such lines: a mail server should "
                                         "have a name of its own, or send through the provider"),
                                      NULL));
}

static void judge_names(PtrLook *look) {
  Facts *facts = look->result->facts;
  facts_set_items(facts, "names", SOURCE_PROBE, look->names);
  say_generic(look);
  if (look->confirmed->len == 0 && look->unknown != NULL) {
    say_unknown(look, look->unknown);
    return;
  }
  facts_set_text(facts, "status", SOURCE_PROBE, look->confirmed->len > 0 ? "ok" : "mismatch");
  if (look->unknown != NULL)
    facts_set_unknown(facts, "confirmed", SOURCE_PROBE, unknown_word(look->unknown));
  else
    facts_set_items(facts, "confirmed", SOURCE_PROBE, look->confirmed);
  if (look->confirmed->len > 0)
    return;
  look->result->headline =
      message_new(N_("No name of {address} leads back to it, and many receivers refuse mail from such addresses"),
                  "address", look->address, NULL);
}

static ProbeState look_at(PtrLook *look) {
  g_autofree char *reverse = ip_reverse(&look->ip);
  g_autofree char *name = g_strconcat(reverse, look->ip.family == 4 ? ".in-addr.arpa" : ".ip6.arpa", NULL);
  look->result->total = 1;
  look->ptr = net_dns(look->net, name, DNS_PTR);
  if (look->ptr == NULL) {
    result_add(look->result, LEVEL_WAIT, look->address, message_new(N_("Looking up its name"), NULL));
    return PROBE_PENDING;
  }
  look->result->done = 1;
  if (dns_is_unknown(look->ptr->status)) {
    Finding *row = result_add(look->result, LEVEL_UNKNOWN, look->address,
                              message_set_tr(message_new(N_("Its name could not be found out: {why}"), NULL), "why",
                                             probe_why(look->ptr)));
    probe_add_answer(row, look->ptr, "RFC 1912 s2.1");
    say_unknown(look, look->ptr);
    return PROBE_DONE;
  }
  if (look->ptr->status != DNS_OK || dns_answer_count(look->ptr) == 0) {
    say_none(look);
    return PROBE_DONE;
  }
  look_names(look);
  look->result->total += MIN(look->names->len, MAX_NAMES);
  look->result->done = look->result->total - look->open;
  if (look->open > 0)
    return PROBE_PENDING;
  judge_names(look);
  return PROBE_DONE;
}

static ProbeState run_ptr(Net *net, const Facts *inputs, Result *result) {
  PtrLook look = {.net = net, .result = result};
  if (!ip_parse(probe_input(inputs, "ip"), &look.ip)) {
    probe_bad_input(result, message_new(N_("\"{ip}\" is not an IP address"), "ip", probe_input(inputs, "ip"), NULL),
                    "RFC 4291 s2.2");
    facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_address");
    probe_set_unknown(&probe_ptr, result, "bad_address");
    return PROBE_DONE;
  }
  g_autofree char *address = ip_format(&look.ip);
  facts_set_text(result->facts, "address", SOURCE_PROBE, address);
  const char *range = ip_is_documentation(&look.ip) ? NULL : ip_special_range(&look.ip);
  if (range != NULL) {
    result_add(
        result, LEVEL_SKIP, address,
        message_set_tr(message_new(N_("Not asked: receivers never see this address ({range})"), NULL), "range", range));
    facts_set_text(result->facts, "status", SOURCE_PROBE, "not_public");
    probe_set_unknown(&probe_ptr, result, "not_public");
    return PROBE_DONE;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new(), confirmed = g_ptr_array_new();
  look.address = address;
  look.names = names;
  look.confirmed = confirmed;
  return look_at(&look);
}

const Probe probe_ptr = {
    .name = "ptr",
    .title = N_("Name of the sending address"),
    .why =
        N_("Receivers look up the name of the address that mail comes from, and whether that name leads back to it."),
    .fits = "ip",
    .inputs = ptr_inputs,
    .gives = ptr_gives,
    .run = run_ptr,
};
