/* A look at the settings that a domain offers to mail programs, on its way through the probe autoconfig: autoconfig.c asks
 * and sums up, autoconfig_places.c reads what came from each place. */
#ifndef WB_PROBE_AUTOCONFIG_LOOK_H
#define WB_PROBE_AUTOCONFIG_LOOK_H

#include "mail/autoconfig.h"
#include "probe/https.h"
#include "probe/probe.h"

#define AUTOCONFIG_N_SRV 6
#define AUTOCONFIG_N_FILES 2

typedef struct AutoconfigLook {
  Net *net;
  Result *result;
  const char *domain;   /* A-labels */
  GArray *servers;      /* of MailServer, best first, each once */
  GPtrArray *sources;   /* static words */
  const char *unknown[N_MAIL_SERVICES]; /* why more servers may be there, a word; NULL: all was told */
  const DnsAnswer *srv[AUTOCONFIG_N_SRV];
  Https *files[AUTOCONFIG_N_FILES];
} AutoconfigLook;

/* Asks all places at once. FALSE: some are still under way. */
gboolean autoconfig_ask_places(AutoconfigLook *look);
/* Servers, sources, and what could not be told, with their rows. */
void autoconfig_read_places(AutoconfigLook *look);
/* The facts autodiscover and autodiscover_host. FALSE: under way. */
gboolean autoconfig_look_autodiscover(AutoconfigLook *look);
/* Looks at the places as evidence for a row. */
void autoconfig_add_evidence(const AutoconfigLook *look, Finding *row);

#endif
