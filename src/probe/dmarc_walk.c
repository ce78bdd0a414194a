#include "probe/dmarc_walk.h"

#include <string.h>

/* RFC 1035 s2.3.4, without the root. */
#define MAX_NAME 253

/* s4.10 step 2: several records are all discarded. */
static void read_step(DmarcTrail *trail, guint k, const DnsAnswer *answer) {
  DmarcStep *step = &trail->steps[k];
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++) {
    const DnsRecord *text = dns_answer_record(answer, i);
    DmarcRecord *record = dmarc_record_parse(text->data);
    trail->nearly = trail->nearly || (record == NULL && k == 0 && dmarc_is_nearly(text->data));
    if (record == NULL)
      continue;
    if (trail->records[k]++ == 0) {
      step->record = record;
      trail->texts[k] = text->value;
    } else
      dmarc_record_free(record);
  }
  step->found = trail->records[k] == 1 ? DMARC_FOUND : DMARC_NOT_FOUND;
}

static void ask_step(Net *net, DmarcTrail *trail, guint k) {
  DmarcStep *step = &trail->steps[k];
  g_autofree char *name = g_strconcat("_dmarc.", step->name, NULL);
  step->found = DMARC_NOT_FOUND;
  if (strlen(name) > MAX_NAME) /* no such name can exist */
    return;
  const DnsAnswer *answer = trail->answers[k] = net_dns(net, name, DNS_TXT);
  if (answer == NULL)
    step->found = DMARC_WAITS;
  else if (dns_is_unknown(answer->status))
    step->found = DMARC_NOT_TOLD;
  else
    read_step(trail, k, answer);
}

DmarcTrail *dmarc_trail_ask(Net *net, const char *domain) {
  const char *names[DMARC_MAX_STEPS];
  DmarcTrail *trail = g_new0(DmarcTrail, 1);
  trail->domain = g_strdup(domain);
  trail->n = dmarc_walk_plan(trail->domain, names);
  for (guint i = 0; i < trail->n; i++) {
    trail->steps[i].name = names[i];
    ask_step(net, trail, i);
  }
  trail->walk = dmarc_walk_judge(trail->steps, trail->n);
  return trail;
}

void dmarc_trail_free(DmarcTrail *trail) {
  for (guint i = 0; i < trail->n; i++)
    if (trail->steps[i].record != NULL)
      dmarc_record_free((DmarcRecord *)trail->steps[i].record);
  g_free(trail->domain);
  g_free(trail);
}

const DnsAnswer *dmarc_trail_blocker(const DmarcTrail *trail) {
  return trail->walk.blocker >= 0 ? trail->answers[trail->walk.blocker] : NULL;
}

/* TRUE if `name` is `domain`, or below it. */
static gboolean is_within(const char *name, const char *domain) {
  gsize n = strlen(name), d = strlen(domain);
  return n >= d && g_str_equal(name + n - d, domain) && (n == d || name[n - d - 1] == '.');
}

/* An organizational domain stands above all of its names: another one's need not be known to tell them apart. */
static gboolean is_stranger(const DmarcTrail *own, const DmarcTrail *other) {
  return own->walk.organizational != NULL && !is_within(other->domain, own->walk.organizational);
}

DmarcSame dmarc_trails_same(const DmarcTrail *a, const DmarcTrail *b) {
  if (g_str_equal(a->domain, b->domain))
    return DMARC_SAME_YES;
  if (is_stranger(a, b) || is_stranger(b, a))
    return DMARC_SAME_NO;
  if (a->walk.state == DMARC_WAITS || b->walk.state == DMARC_WAITS)
    return DMARC_SAME_WAITS;
  if (a->walk.organizational == NULL || b->walk.organizational == NULL)
    return DMARC_SAME_NOT_TOLD;
  return g_str_equal(a->walk.organizational, b->walk.organizational) ? DMARC_SAME_YES : DMARC_SAME_NO;
}
