#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/address.h"
#include "probe/host_look.h"
#include "probe/route.h"

#include <string.h>

/* So many addresses get a row; a hostile answer may have hundreds. */
#define MAX_ROWS 20

static const ProbeInput host_inputs[] = {
    {"host", "host", TRUE, N_("the name of a computer")},
    {0},
};

static const FactSpec host_gives[] = {
    {"status", FACT_TEXT, "ok no_data nxdomain timeout servfail refused unreachable bad_name",
     N_("whether the name has an address; no_data: it exists without one; the last five: nobody could tell, or the "
        "name "
        "cannot be asked")},
    {"addresses", FACT_LIST, NULL, N_("the addresses that were found")},
    {"special", FACT_LIST, NULL, N_("those of them that nobody outside can reach")},
    {"alias", FACT_TEXT, NULL, N_("the name that the name is an alias (CNAME) of, at the end of the chain")},
    {"aliases", FACT_LIST, NULL, N_("every name on the way there")},
    {0},
};

static Finding *add_row(Result *result, Level level, const char *subject, const HostLook *look, Message *text) {
  Finding *row = result_add(result, level, subject, text);
  for (guint i = 0; i < 2; i++)
    if (look->answers[i] != NULL) {
      probe_add_answer(row, look->answers[i], "RFC 1034 s3.6");
      row->elapsed_ms = MAX(row->elapsed_ms, look->answers[i]->elapsed_ms);
    }
  return row;
}

/* --- aliases --- */

static void say_aliases(Result *result, const char *host, const HostLook *look) {
  g_autoptr(GPtrArray) aliases = host_look_aliases(look);
  if (aliases->len == 0) {
    /* Nobody knows of an alias until one of the two has answered about the name. */
    if (host_look_unknown(look) != NULL && host_look_count(look) == 0)
      return;
    facts_set_absent(result->facts, "alias", SOURCE_PROBE);
    facts_set_absent(result->facts, "aliases", SOURCE_PROBE);
    return;
  }
  g_autoptr(GString) chain = g_string_new(g_ptr_array_index(aliases, 0));
  for (guint i = 1; i < aliases->len; i++)
    g_string_append_printf(chain, " -> %s", (char *)g_ptr_array_index(aliases, i));
  facts_set_text(result->facts, "alias", SOURCE_PROBE, g_ptr_array_index(aliases, aliases->len - 1));
  facts_set_items(result->facts, "aliases", SOURCE_PROBE, aliases);
  add_row(result, LEVEL_NOTE, host, look,
          message_new(N_("This name is an alias (CNAME) of {name}"), "name", chain->str, NULL));
}

/* --- addresses --- */

/* TRUE if nobody outside can reach it.  Documentation addresses stand for public ones in exercises. */
static gboolean say_address(Result *result, const HostLook *look, const char *address) {
  Ip ip;
  gboolean parsed = ip_parse(address, &ip);
  const char *range = parsed && !ip_is_documentation(&ip) ? ip_special_range(&ip) : NULL;
  if (range != NULL) {
    add_row(result, LEVEL_WARN, address, look,
            message_set_tr(message_new(N_("nobody outside can reach this address ({range})"), NULL), "range", range));
    return TRUE;
  }
  add_row(result, LEVEL_OK, address, look,
          parsed && ip.family == 6 ? message_new(N_("address (IPv6)"), NULL) : message_new(N_("address (IPv4)"), NULL));
  return FALSE;
}

static void say_addresses(Result *result, const HostLook *look) {
  g_autoptr(GPtrArray) addresses = g_ptr_array_new(), special = g_ptr_array_new();
  guint n = host_look_count(look);
  for (guint i = 0; i < n; i++) {
    const char *address = host_look_address(look, i);
    g_ptr_array_add(addresses, (gpointer)address);
    if (i < MAX_ROWS && say_address(result, look, address))
      g_ptr_array_add(special, (gpointer)address);
  }
  if (n > MAX_ROWS)
    finding_set_ground(
        result_add(result, LEVEL_NOTE, NULL,
                   message_set_number(message_new(N_("and {count} more addresses"), NULL), "count", n - MAX_ROWS)),
        GROUND_ROWS, NULL);
  facts_set_items(result->facts, "addresses", SOURCE_PROBE, addresses);
  facts_set_items(result->facts, "special", SOURCE_PROBE, special);
  facts_set_text(result->facts, "status", SOURCE_PROBE, "ok");
}

static void say_none(Result *result, const char *host, const HostLook *look) {
  gboolean missing = host_look_is_missing(look);
  g_autoptr(GPtrArray) aliases = host_look_aliases(look);
  Finding *row;
  if (aliases->len > 0)
    row = add_row(result, LEVEL_WARN, host, look,
                  message_new(N_("The alias leads to a name without an address: {name}"), "name",
                              (char *)g_ptr_array_index(aliases, aliases->len - 1), NULL));
  else if (missing)
    row = add_row(result, LEVEL_FAIL, host, look, message_new(N_("This name does not exist"), NULL));
  else
    row = add_row(result, LEVEL_NOTE, host, look, message_new(N_("This name has no address"), NULL));
  if (!missing && aliases->len == 0)
    finding_set_advice(row, message_new(N_("A domain that only receives mail needs none; a mail server does"), NULL));
  facts_set_text(result->facts, "status", SOURCE_PROBE, missing ? "nxdomain" : "no_data");
  facts_set_absent(result->facts, "addresses", SOURCE_PROBE);
  facts_set_absent(result->facts, "special", SOURCE_PROBE);
}

/* What could not be told stays a row of its own, beside addresses of the other family too. */
static void say_unknown(Result *result, const char *host, const HostLook *look) {
  const DnsAnswer *unknown = host_look_unknown(look);
  if (unknown == NULL || host_look_is_missing(look))
    return;
  add_row(result, LEVEL_UNKNOWN, host, look,
          message_set_tr(host_look_count(look) > 0
                             ? message_new(N_("It may have more addresses, of the kind {type}: {why}"), "type",
                                           dns_type_word(unknown->type), NULL)
                             : message_new(N_("Its address could not be found out: {why}"), NULL),
                         "why", probe_why(unknown)));
  if (host_look_count(look) > 0)
    return;
  if (route_unknown_word(unknown->status) != NULL)
    facts_set_text(result->facts, "status", SOURCE_PROBE, unknown_word(unknown));
  probe_set_unknown(&probe_host, result, unknown_word(unknown));
}

/* --- the run --- */

static ProbeState say_bad_name(Result *result, const char *host) {
  probe_bad_input(result, message_new(N_("\"{host}\" is not the name of a computer"), "host", host, NULL),
                  "RFC 1123 s2.1");
  facts_set_text(result->facts, "status", SOURCE_PROBE, "bad_name");
  probe_set_unknown(&probe_host, result, "bad_name");
  return PROBE_DONE;
}

/* The DNS can hold such names (RFC 2181 s11), so they are looked up. */
static void say_underscore(Result *result, const char *host) {
  if (strchr(host, '_') != NULL)
    finding_set_ground(result_add(result, LEVEL_NOTE, host,
                                  message_new(N_("No computer may have an underscore in its name, so that some programs do not "
                                                 "take this one"),
                                              NULL)),
                       GROUND_INPUT, "RFC 1123 s2.1");
}

static ProbeState run_host(Net *net, const Facts *inputs, Result *result) {
  g_autofree char *host = domain_name_to_ascii(probe_input(inputs, "host"));
  Ip ip;
  if (host == NULL || ip_parse(host, &ip))
    return say_bad_name(result, probe_input(inputs, "host"));
  HostLook look = host_look_ask(net, host);
  guint open = host_look_open(&look);
  result->total = 2;
  result->done = 2 - open;
  say_underscore(result, host);
  if (open < 2)
    say_aliases(result, host, &look);
  if (host_look_count(&look) > 0)
    say_addresses(result, &look);
  if (open > 0) {
    result_add(result, LEVEL_WAIT, host, message_new(N_("Looking up its address"), NULL));
    return PROBE_PENDING;
  }
  say_unknown(result, host, &look);
  if (host_look_count(&look) == 0 && (host_look_unknown(&look) == NULL || host_look_is_missing(&look)))
    say_none(result, host, &look);
  return PROBE_DONE;
}

const Probe probe_host = {
    .name = "host",
    .title = N_("Addresses of the name"),
    .why = N_("A server can only be reached if its name leads to an address on the Internet."),
    .fits = "domain",
    .inputs = host_inputs,
    .gives = host_gives,
    .run = run_host,
};
