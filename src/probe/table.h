/* Every probe there is, each in the file of its name; table.c puts them in order. */
#ifndef WB_PROBE_TABLE_H
#define WB_PROBE_TABLE_H

#include "probe/probe.h"

extern const Probe probe_vantage; /* vantage.c: is the DNS that we ask through fit for it? */
extern const Probe probe_address; /* address.c: is the address well formed, does its domain take mail? */
extern const Probe probe_mx;      /* mx.c: the mail servers of a domain */
extern const Probe probe_delegation; /* delegation.c: what the domain's own name servers say, each asked itself */
extern const Probe probe_provider; /* provider.c: who runs the mail of a domain */
extern const Probe probe_host;    /* host.c: the addresses of a name */
extern const Probe probe_ptr;     /* ptr.c: the name of a sending address, and whether it leads back */
extern const Probe probe_spf_record; /* spf_record.c: is the SPF record of a domain in order? */
extern const Probe probe_spf;     /* spf.c: may an address send mail of a domain? */
extern const Probe probe_dmarc;   /* dmarc.c: what is to be done with mail not proved to be from a domain? */
extern const Probe probe_dkim;    /* dkim.c: the key that a signature is verified with */
extern const Probe probe_arc;     /* arc.c: who passed a returned message on, and what they noted */
extern const Probe probe_tls_rpt; /* tls_rpt.c: where a domain wants failed encryption to be reported */
extern const Probe probe_autoconfig; /* autoconfig.c: which servers does a domain offer to mail programs? */
extern const Probe probe_pwned; /* pwned.c: is a password among those that leaked? */
extern const Probe probe_domain; /* domain.c: is the domain registered? */
extern const Probe probe_mta_sts; /* mta_sts.c: may mail to a domain only be sent encrypted, to servers it names? */
extern const Probe probe_smtp;    /* smtp.c: do the mail servers of a domain talk to us, and what can they do? */
extern const Probe probe_rcpt;    /* rcpt.c: does a mail server take an address? */
extern const Probe probe_dane;    /* dane.c: which certificates a domain vouches for in the DNS */
extern const Probe probe_dane_chain;/* dane_chain.c: and whether its servers show them */
extern const Probe probe_dnsbl;   /* dnsbl.c: is an address or a domain on blocklists? */
extern const Probe probe_submission; /* mailbox.c: the server that mail programs send by */
extern const Probe probe_imap;       /* mailbox.c: and those they read from */
extern const Probe probe_pop3;       /* mailbox.c */

#endif
