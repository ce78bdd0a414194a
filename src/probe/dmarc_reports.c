#include "probe/dmarc_look.h"

#include "base/catalogue.h"
#include "mail/taglist.h"

/* More receivers of reports than this are not asked for. */
#define MAX_HOSTS 5

typedef enum Allowed { ALLOWED_NO, ALLOWED_YES, ALLOWED_WAITS, ALLOWED_NOT_TOLD } Allowed;

/* RFC 9990 s4: any record there that begins as one says yes. */
static Allowed read_consent(const DnsAnswer *answer) {
  if (answer == NULL)
    return ALLOWED_WAITS;
  if (answer->status == DNS_BAD_NAME) /* too long a name cannot exist */
    return ALLOWED_NO;
  if (dns_is_unknown(answer->status))
    return ALLOWED_NOT_TOLD;
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++) {
    g_autoptr(TagList) list = taglist_parse_fold(dns_answer_record(answer, i)->data);
    if (taglist_has_version(list, "DMARC1"))
      return ALLOWED_YES;
  }
  return ALLOWED_NO;
}

/* Of the same organization, or with its consent? */
static Allowed ask_host(DmarcLook *look, const DmarcTrail *own, const char *host, const DnsAnswer **consent) {
  g_autoptr(DmarcTrail) theirs = dmarc_trail_ask(look->net, host);
  g_autofree char *name = g_strconcat(look->record_domain, "._report._dmarc.", host, NULL);
  *consent = net_dns(look->net, name, DNS_TXT);
  Allowed allowed = read_consent(*consent);
  DmarcSame same = dmarc_trails_same(own, theirs);
  if (allowed == ALLOWED_YES || same == DMARC_SAME_YES)
    return ALLOWED_YES;
  if (allowed == ALLOWED_WAITS || same == DMARC_SAME_WAITS)
    return ALLOWED_WAITS;
  return allowed == ALLOWED_NOT_TOLD || same == DMARC_SAME_NOT_TOLD ? ALLOWED_NOT_TOLD : ALLOWED_NO;
}

static void say_host(DmarcLook *look, const char *host, Allowed allowed, const DnsAnswer *consent) {
  if (allowed == ALLOWED_YES)
    return;
  Finding *row;
  if (allowed == ALLOWED_WAITS) {
    result_add(look->result, LEVEL_WAIT, host, message_new(N_("Finding out whether it takes reports"), NULL));
    return;
  }
  if (allowed == ALLOWED_NOT_TOLD)
    row = result_add(look->result, LEVEL_UNKNOWN, host,
                     message_new(N_("Whether it takes reports about {domain} could not be found out"), "domain",
                                 look->record_domain, NULL));
  else {
    row = result_add(look->result, LEVEL_NOTE, host,
                     message_new(N_("It does not say that it takes reports about {domain}, so it gets none"), "domain",
                                 look->record_domain, NULL));
    g_autofree char *name = g_strconcat(look->record_domain, "._report._dmarc.", host, NULL);
    finding_set_advice(
        row, message_new(N_("That stops no mail. The owner of {host} must add a TXT record \"v=DMARC1\" at {name}"),
                         "host", host, "name", name, NULL));
  }
  if (consent != NULL)
    probe_add_answer(row, consent, "RFC 9990 s4");
}

static GPtrArray *report_hosts(const DmarcLook *look) {
  GPtrArray *hosts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < look->record->rua->len && hosts->len < MAX_HOSTS; i++) {
    char *host = dmarc_uri_host(g_ptr_array_index(look->record->rua, i));
    if (host == NULL || g_str_equal(host, look->record_domain) ||
        g_ptr_array_find_with_equal_func(hosts, host, g_str_equal, NULL))
      g_free(host);
    else
      g_ptr_array_add(hosts, host);
  }
  return hosts;
}

void dmarc_reports(DmarcLook *look) {
  g_autoptr(GPtrArray) hosts = report_hosts(look), refused = g_ptr_array_new();
  g_autoptr(DmarcTrail) own = hosts->len > 0 ? dmarc_trail_ask(look->net, look->record_domain) : NULL;
  gboolean unknown = FALSE;
  for (guint i = 0; i < hosts->len; i++) {
    const DnsAnswer *consent;
    char *host = g_ptr_array_index(hosts, i);
    Allowed allowed = ask_host(look, own, host, &consent);
    say_host(look, host, allowed, consent);
    look->open += allowed == ALLOWED_WAITS;
    unknown = unknown || allowed == ALLOWED_NOT_TOLD;
    if (allowed == ALLOWED_NO)
      g_ptr_array_add(refused, host);
  }
  if (unknown)
    facts_set_unknown(look->result->facts, "unauthorised", SOURCE_PROBE, "no answer");
  else
    facts_set_items(look->result->facts, "unauthorised", SOURCE_PROBE, refused);
  if (refused->len > 0)
    g_ptr_array_add(look->faults, "report_not_authorised");
}
