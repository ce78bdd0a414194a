/* The parts of SPF: records as terms, macros, and asking ahead.  For spf*.c alone. */
#ifndef WB_MAIL_SPF_IMPL_H
#define WB_MAIL_SPF_IMPL_H

#include "mail/spf.h"

/* --- records: spf_parse.c --- */

typedef enum SpfMechanism {
  SPF_ALL,
  SPF_INCLUDE,
  SPF_A,
  SPF_MX,
  SPF_PTR,
  SPF_IP4,
  SPF_IP6,
  SPF_EXISTS,
} SpfMechanism;

typedef struct SpfTerm {
  SpfMechanism mechanism;
  SpfResult result; /* of a match */
  char *text;
  char *spec;  /* domain-spec, NULL: none */
  Ip network;  /* ip4, ip6 */
  guint bits4; /* dual-cidr-length, or of the network */
  guint bits6;
} SpfTerm;

typedef struct SpfRecord {
  GArray *terms;        /* of SpfTerm */
  char *redirect, *exp; /* domain-specs; NULL: none */
  char *suspect;        /* a modifier with the name of a mechanism */
  SpfProblem problem;
  char *problem_term; /* safe */
} SpfRecord;

/* TRUE for "v=spf1", followed by a blank or nothing (s4.5). */
gboolean spf_record_is(const char *bytes, gsize length);
/* Reads all of it: a mistake anywhere is a mistake (s4.6). */
SpfRecord *spf_record_parse(const char *bytes, gsize length);
void spf_record_free(SpfRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpfRecord, spf_record_free)

/* --- macros: spf_macro.c --- */

typedef struct SpfMacros {
  const Ip *ip;
  const char *sender, *local, *sender_domain;
  const char *domain;    /* <domain> */
  const char *helo;      /* NULL: not known */
  const char *validated; /* %{p}, NULL: "unknown" */
  gint64 now;            /* seconds since 1970 */
} SpfMacros;

/* s7.1: domain-spec, macro-string, explain-string. SPF_PROBLEM_NONE if it is one. */
SpfProblem spf_check_domain(const char *spec);
SpfProblem spf_check_string(const char *spec);
SpfProblem spf_check_explanation(const char *bytes, gsize length);
/* The macros that stand for something in the mail, not in the record. */
#define SPF_ABOUT_MAIL "slhipv"

/* TRUE if a checked spec uses one of the macros `letters` (lower case). */
gboolean spf_uses(const char *spec, const char *letters);
/* A checked spec with its macros filled in; NULL: it grew beyond all measure. */
char *spf_expand(const SpfMacros *macros, const char *spec);
/* The name that a domain-spec stands for: expanded, without trailing dot, at most 253 octets (s7.3). May be no name
 * that can be asked. NULL as above. */
char *spf_target(const SpfMacros *macros, const char *spec);
/* `name` (any bytes) as the DNS is asked for it, with \DDD; NULL: no name (an empty label, one
 * over 63 octets, a control). */
char *spf_presentation(const char *name);

/* --- the whole: spf.c --- */

typedef struct Spf {
  const SpfQuery *query;
  SpfVerdict *verdict;
  const char *family;                   /* "in-addr" or "ip6" */
  char *sender, *local, *sender_domain; /* of the identity that is judged */
  gboolean local_known;
  gboolean doubt;         /* a name of the address could not be found out, and any result may hang on it */
  guint otherwise;        /* the results (1 << SpfResult) that there would be if such a name were the right one */
  char *exp, *exp_domain; /* of the record that refuses */
  guint foreseen;         /* terms asked ahead */
} Spf;

/* NULL: not yet. `name` is in presentation form. */
const DnsAnswer *spf_ask(const Spf *spf, const char *name, DnsType type);
/* The DNS could not tell.  A name that cannot be asked is as if it did not exist (s4.3). */
gboolean spf_is_unknown(const DnsAnswer *answer);
DnsType spf_address_type(const Spf *spf);
gboolean spf_has_address(const DnsAnswer *answer, const Ip *ip, guint bits);
/* The sender's address is among those of `answer`, or in the network of ip4 or ip6; a survey is in those of everybody. */
gboolean spf_has_sender(const Spf *spf, const DnsAnswer *answer, guint bits);
gboolean spf_in_network(const Spf *spf, const SpfTerm *term);
SpfMacros spf_macros(const Spf *spf, const char *domain);

/* The record of `domain` in `answer`; `several`: more than one. NULL: none. */
const DnsRecord *spf_select(const DnsAnswer *answer, gboolean *several);

/* Notes the problem, unless there is one already: the innermost knows best. */
void spf_blame(Spf *spf, SpfProblem problem, const char *domain, const char *term, const DnsAnswer *answer);

/* Takes the blame back. */
void spf_forgive(Spf *spf);

/* The servers (of DnsRecord) that an mx looks at: by preference, without null MX, at most SPF_MAX_NAMES. */
GPtrArray *spf_mx_hosts(const DnsAnswer *mx);

/* --- evaluation: spf_eval.c --- */

/* s4: check_host() for `domain` (any bytes, no trailing dot), `depth` includes deep. */
SpfResult spf_check_host(Spf *spf, const char *domain, guint depth);

/* --- asking ahead: spf_ahead.c --- */

/* Names of the address, by PTR (s5.5). */
typedef enum SpfNames { SPF_NAMES_WAIT, SPF_NAMES_UNKNOWN, SPF_NAMES_KNOWN } SpfNames;
const DnsAnswer *spf_ask_names(const Spf *spf);
/* The name that best fits `domain` among those that lead back to the address; `only`: none but those in it.
 * `name` (caller frees) stays NULL if there is none. */
SpfNames spf_validated(const Spf *spf, const char *domain, gboolean only, char **name);

/* Asks for everything that the record of `domain` may need and that can be told by now. */
void spf_ask_ahead(Spf *spf, const char *domain);

#endif
