/* A look at a domain's MTA-STS on its way through the probe mta_sts: mta_sts.c judges the record, mta_sts_policy.c the
 * policy and what it says of the mail servers. */
#ifndef WB_PROBE_MTA_STS_LOOK_H
#define WB_PROBE_MTA_STS_LOOK_H

#include "mail/mta_sts.h"
#include "probe/https.h"
#include "probe/probe.h"
#include "probe/route.h"

typedef struct StsLook {
  Net *net;
  Result *result;
  const char *domain; /* A-labels */
  const char *code;   /* of the bounce, or NULL */
  const DnsAnswer *txt;
  Https *https;
  Route route;
  MtaStsPolicy *policy;
} StsLook;

/* The policy has been fetched, or cannot be. */
ProbeState sts_look_policy(StsLook *look, const char *host);

/* There is no policy: facts that nothing is known of yet are absent. */
void sts_set_absent(StsLook *look);
/* Nobody could tell: facts that nothing is known of yet are unknown, `why` is the status if it can be. */
void sts_set_unknown(StsLook *look, const char *why);

#endif
