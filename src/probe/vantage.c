#include "probe/table.h"

#include "base/catalogue.h"
#include "mail/ip.h"

#include <string.h>

/* What every blocklist must list (RFC 5782 s5), at one that says so when it will not answer a public resolver. */
#define REFUSAL_TEST "2.0.0.127.zen.spamhaus.org"
#define REFUSED_PUBLIC "127.255.255.254"

static const ProbeInput vantage_inputs[] = {{0}};

static const FactSpec vantage_gives[] = {
    {"status", FACT_TEXT, "ok no_dns broken rewrites",
     N_("whether names can be looked up from here; broken: the resolver answers, but fails or refuses; rewrites: it "
        "invents answers for names that do not exist")},
    {"resolver", FACT_TEXT, NULL, N_("the resolvers that are asked")},
    {"public", FACT_TEXT, "yes no", N_("whether blocklists see a public resolver, which they refuse to answer")},
    {0},
};

/* Resolvers open to everybody, whose users no blocklist can tell apart. */
static const char *const public_resolvers[] = {
    "8.8.8.8",        "8.8.4.4",         "2001:4860:4860::8888", "2001:4860:4860::8844", /* Google */
    "1.1.1.1",        "1.0.0.1",         "2606:4700:4700::1111", "2606:4700:4700::1001", /* Cloudflare */
    "9.9.9.9",        "149.112.112.112", "2620:fe::fe",          "2620:fe::9",           /* Quad9 */
    "208.67.222.222", "208.67.220.220",  "2620:119:35::35",      "2620:119:53::53",      /* OpenDNS */
};

static gboolean is_public(const char *resolver) {
  Ip own, other;
  g_autofree char *address = g_strdup(resolver);
  /* "ADDR:PORT" or "[ADDR6]:PORT" */
  char *end = strchr(address, ']');
  if (end != NULL)
    end[1] = '\0';
  else if (strchr(address, ':') == strrchr(address, ':'))
    address[strcspn(address, ":")] = '\0';
  if (!ip_parse(address, &own))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(public_resolvers); i++)
    if (ip_parse(public_resolvers[i], &other) && ip_equal(&own, &other))
      return TRUE;
  return FALSE;
}

/* One public resolver among several is enough: it gets its share of the questions. */
static gboolean any_is_public(const char *resolvers) {
  g_auto(GStrv) all = g_strsplit(resolvers, ", ", -1);
  for (guint i = 0; all[i] != NULL; i++)
    if (is_public(all[i]))
      return TRUE;
  return FALSE;
}

/* --- the resolver --- */

static void say_status(Result *result, const DnsAnswer *nonce, const char *resolvers) {
  static const struct {
    const char *word;
    Level level;
    const char *text;
  } states[] = {
      {"ok", LEVEL_OK, N_("Names can be looked up; the resolver is {resolver}")},
      {"no_dns", LEVEL_FAIL, N_("No name can be looked up from here: {why}")},
      {"broken", LEVEL_FAIL, N_("The resolver {resolver} does not do its work: {why}")},
      {"rewrites", LEVEL_WARN,
       N_("The resolver {resolver} invents answers for names that do not exist: what it says about missing domains and "
          "blocklists cannot be trusted")},
  };
  guint state = dns_is_absent(nonce->status)                                       ? 0
                : nonce->status == DNS_TIMEOUT || nonce->status == DNS_UNREACHABLE ? 1
                : dns_is_unknown(nonce->status)                                    ? 2
                                                                                   : 3;
  Finding *row = result_add(result, states[state].level, "DNS",
                            message_set_tr(message_new(states[state].text, "resolver", resolvers, NULL), "why",
                                           dns_status_message(nonce->status)));
  /* RFC 6761 s6.4: no name under "invalid" exists. */
  probe_add_answer(row, nonce, "RFC 6761 s6.4");
  facts_set_text(result->facts, "status", SOURCE_PROBE, states[state].word);
}

static void say_nothing(Result *result, const DnsAnswer *nonce) {
  Finding *row = result_add(result, LEVEL_UNKNOWN, "DNS",
                            message_set_tr(message_new(N_("The resolver was not tested: {why}"), NULL), "why",
                                           dns_status_message(nonce->status)));
  probe_add_answer(row, nonce, "RFC 6761 s6.4");
  facts_set_unknown(result->facts, "status", SOURCE_PROBE, dns_status_word(nonce->status));
}

/* Nobody waited for the answer, or the recording has none: that is no word about the DNS. */
static gboolean is_no_word(const DnsAnswer *answer) {
  return answer->status == DNS_CANCELLED || answer->status == DNS_NOT_RECORDED || answer->status == DNS_BAD_NAME;
}

/* --- what blocklists see --- */

static gboolean has_value(const DnsAnswer *answer, const char *value) {
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++)
    if (g_str_equal(dns_answer_record(answer, i)->value, value))
      return TRUE;
  return FALSE;
}

static gboolean is_listing(const DnsAnswer *answer) {
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++)
    if (g_str_has_prefix(dns_answer_record(answer, i)->value, "127.0.0."))
      return TRUE;
  return FALSE;
}

static void say_public(Result *result, const DnsAnswer *test, const char *resolvers) {
  gboolean refused = has_value(test, REFUSED_PUBLIC);
  if (!refused && !any_is_public(resolvers)) {
    if (is_listing(test))
      facts_set_text(result->facts, "public", SOURCE_PROBE, "no");
    else
      facts_set_unknown(result->facts, "public", SOURCE_PROBE, dns_status_word(test->status));
    return;
  }
  facts_set_text(result->facts, "public", SOURCE_PROBE, "yes");
  Finding *row =
      result_add(result, LEVEL_WARN, "DNS",
                 refused ? message_new(N_("Blocklists refuse to answer through this resolver"), NULL)
                         : message_new(N_("{resolver} is a public resolver: many blocklists refuse to answer "
                                          "through it, or answer nothing of use"),
                                       "resolver", resolvers, NULL));
  finding_set_advice(row, message_new(N_("Name a resolver of your own network: whybounce --resolver ADDRESS"), NULL));
  probe_add_answer(row, test, "RFC 5782 s5");
}

static ProbeState run_vantage(Net *net, const Facts *inputs, Result *result) {
  (void)inputs;
  const DnsAnswer *nonce = net_ask_nonce(net), *test = net_dns(net, REFUSAL_TEST, DNS_A);
  const char *resolvers = net_resolvers(net);
  facts_set_text(result->facts, "resolver", SOURCE_PROBE, resolvers);
  result->total = 2;
  result->done = (nonce != NULL) + (test != NULL);
  if (nonce != NULL && is_no_word(nonce))
    say_nothing(result, nonce);
  else if (nonce != NULL)
    say_status(result, nonce, resolvers);
  if (test != NULL)
    say_public(result, test, resolvers);
  if (result->done == result->total)
    return PROBE_DONE;
  result_add(result, LEVEL_WAIT, "DNS",
             message_new(N_("Testing the resolver {resolver}"), "resolver", resolvers, NULL));
  return PROBE_PENDING;
}

const Probe probe_vantage = {
    .name = "vantage",
    .title = N_("Our own view of the DNS"),
    .why =
        N_("What we find out is only as good as the resolver that we ask. Some invent answers, and blocklists refuse "
           "to talk to public ones."),
    .fits = "",
    .inputs = vantage_inputs,
    .gives = vantage_gives,
    .run = run_vantage,
};
