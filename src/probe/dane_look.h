/* The TLSA records of the mail servers of a domain: shared by the probes dane, which looks at the records, and dane_chain,
 * which compares them with what the servers show.
 *
 * They are two probes because one of them is passive: records may be looked up by anybody at any time, while talking to
 * somebody's mail server needs a yes. */
#ifndef WB_PROBE_DANE_LOOK_H
#define WB_PROBE_DANE_LOOK_H

#include "mail/dane.h"
#include "probe/smtp_servers.h"

typedef enum DaneState {
  DANE_WAIT,
  DANE_SECURE,    /* genuine records, one at least is usable */
  DANE_UNUSABLE,  /* genuine records, none is usable */
  DANE_NONE,      /* proven: there is no record */
  DANE_INSECURE,  /* there are records, but nothing proves that they are genuine: they count for nothing */
  DANE_UNTRUSTED, /* there are records, and nobody whom we may believe says whether they are genuine */
  DANE_UNKNOWN,   /* could not be found out */
} DaneState;

typedef struct DaneHost {
  const SmtpServer *server;
  DaneState state;
  char *base;            /* the name that the records belong to */
  const DnsAnswer *tlsa; /* NULL: under way */
  const DnsAnswer *unknown; /* what could not be found out, if that is the state */
  GArray *records;       /* of DaneRecord: the usable ones */
} DaneHost;

typedef struct DaneLook {
  Net *net;
  Result *result;
  const SmtpInputs *inputs;
  gboolean trusted; /* the user says that the resolver may be believed */
  SmtpServers servers;
  GPtrArray *hosts; /* of DaneHost */
  GPtrArray *faults; /* static words */
  guint open;
} DaneLook;

/* Asks for the servers and for the records of every one of them (RFC 7672 s2.2); fills `hosts`. */
void dane_look_ask(DaneLook *look, Net *net, Result *result, const SmtpInputs *inputs, gboolean trusted);
void dane_look_clear(DaneLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DaneLook, dane_look_clear)

/* A row for each host, `but` those in a state (-1: for all); one for all together if none has a record.  Adds to
 * `faults`. */
void dane_look_rows(DaneLook *look, int but);
/* How many hosts are in a state. */
guint dane_look_count(const DaneLook *look, DaneState state);
/* The word of status that follows from the records alone; NULL: under way. */
const char *dane_look_status(const DaneLook *look);
/* The names of the hosts in a state, to be freed by the caller (not the names). */
GPtrArray *dane_look_names(const DaneLook *look, DaneState state);

#endif
