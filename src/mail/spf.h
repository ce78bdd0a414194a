/* SPF (RFC 7208): may this address send mail of that domain?
 *
 * check_host() as an ordinary recursive function over a look-up that may say "not yet".  Then the verdict is
 * SPF_PENDING, everything that can be foreseen has been asked for, and the caller calls again, from scratch, when an
 * answer has arrived.  Asking ahead changes no verdict: limits are counted in the order of evaluation only.
 * Pure: bytes and answers in, verdict out; no clock, no state between calls. */
#ifndef WB_MAIL_SPF_H
#define WB_MAIL_SPF_H

#include "mail/ip.h"
#include "net/net.h"

#include <glib.h>

/* RFC 7208 s4.6.4: terms that ask the DNS, look-ups that find nothing, names of one mx or ptr. */
#define SPF_MAX_TERMS 10
#define SPF_MAX_VOIDS 2
#define SPF_MAX_NAMES 10

/* RFC 7208 s2.6 */
typedef enum SpfResult {
  SPF_NONE,
  SPF_NEUTRAL,
  SPF_PASS,
  SPF_FAIL,
  SPF_SOFTFAIL,
  SPF_TEMPERROR, /* could not tell */
  SPF_PERMERROR, /* the record is broken */
  SPF_PENDING,   /* not RFC 7208's: look-ups are under way */
} SpfResult;

/* Why there is no record, why it could not be judged, what is wrong with it. */
typedef enum SpfProblem {
  SPF_PROBLEM_NONE,
  SPF_NO_RECORD,
  SPF_BAD_NAME,         /* none: what should be a domain is none (s4.3) */
  SPF_NO_ANSWER,        /* temperror: the DNS could not tell */
  SPF_NEEDS_HELO,       /* temperror: the record asks for the HELO name, which we do not know */
  SPF_NEEDS_LOCAL,      /* temperror: the record asks for the part before the @, which we do not know */
  SPF_NAME_OF_IP,       /* temperror: it rests on the names of the address, which could not be found out */
  SPF_SEVERAL,          /* permerror from here on: more than one record (s4.5) */
  SPF_BAD_CHARACTER,    /* a control or a character that is not ASCII (s3.1) */
  SPF_BAD_TERM,         /* no mechanism of this name (s4.6.1) */
  SPF_BAD_MODIFIER,     /* not the name of a modifier */
  SPF_NO_ARGUMENT,      /* something must follow */
  SPF_NO_ARGUMENT_HERE, /* nothing may follow, or not this */
  SPF_BAD_DOMAIN,       /* does not end in a top-level domain (s7.1) */
  SPF_ADDRESS_AS_NAME,  /* "a:192.0.2.1" */
  SPF_BAD_MACRO,        /* s7.1 */
  SPF_BAD_ADDRESS,      /* s5.6 */
  SPF_BAD_LENGTH,       /* the length of a prefix */
  SPF_TWICE,            /* redirect or exp more than once (s6) */
  SPF_TOO_MANY_TERMS,   /* s4.6.4 */
  SPF_TOO_MANY_VOIDS,
  SPF_TOO_MANY_MX,
  SPF_INCLUDE_NONE,  /* the record included does not exist (s5.2) */
  SPF_REDIRECT_NONE, /* s6.1 */
} SpfProblem;

typedef enum SpfOutcome {
  SPF_NO_MATCH,
  SPF_MATCH,
  SPF_ERROR,    /* ends the evaluation */
  SPF_FOLLOWED, /* redirect */
} SpfOutcome;

/* One term on the way to the verdict, in the order of evaluation. All strings safe. */
typedef struct SpfStep {
  guint depth;  /* of includes */
  char *domain; /* whose record it stands in */
  char *term;   /* as it stands there */
  SpfOutcome outcome;
  const DnsAnswer *answer; /* the net's; NULL: no look-up */
} SpfStep;

typedef struct SpfVerdict {
  SpfResult result;
  gboolean helo;                /* judged for the HELO name, since MAIL FROM is empty (s2.4) */
  char *domain;                 /* that was judged, safe, A-labels */
  char *record;                 /* its record, safe; NULL: none */
  const DnsAnswer *answer;      /* where that stands, the net's; NULL: not asked */
  char *explanation;            /* what the domain tells those whom it refuses (s6.2), safe; NULL: nothing */
  gboolean explanation_unknown; /* it has an explanation, which could not be found out */
  guint terms;                  /* that asked the DNS, of SPF_MAX_TERMS */
  guint voids;                  /* look-ups that found nothing, of SPF_MAX_VOIDS */
  GPtrArray *steps;             /* of SpfStep */
  int decided;                  /* the step of the record in force that gave the result, -1: none did */
  int inner;                    /* the innermost step that matched, if `decided` is an include; else -1 */
  SpfProblem problem;
  char *problem_domain;            /* whose record or name it is about, safe; NULL: none */
  char *problem_term;              /* safe; NULL: none in particular */
  const DnsAnswer *problem_answer; /* the net's; NULL: none */
  gboolean ptr;                    /* ptr was evaluated, which s5.5 advises against */
  gboolean partial;                /* a survey that left terms out, since they ask about the mail */
  gboolean open;                   /* the term that decided lets the whole Internet pass */
  char *suspect; /* a modifier that looks like a mechanism: "ip4=192.0.2.1", ignored; safe; NULL: none */
} SpfVerdict;

/* The answer to NAME TYPE, or NULL: not yet.  net_dns() is one. */
typedef const DnsAnswer *(*SpfLook)(gpointer user, const char *name, DnsType type);

typedef struct SpfQuery {
  Ip ip;              /* that sent the mail */
  const char *sender; /* MAIL FROM: an address, with or without <>; "" or "<>": empty, HELO is judged; a domain alone:
                         the part before the @ is not known; NULL: as empty */
  const char *helo;   /* NULL or "": not known */
  gboolean survey;    /* of the record itself, for no mail in particular: `ip` is not used, no address matches, and terms
                         that ask about the mail (ptr, macros other than %{d} and %{o}) count, but are not looked up */
  SpfLook look;
  gpointer user;
} SpfQuery;

/* Never NULL.  The net's answers in it live as long as the net keeps them. */
SpfVerdict *spf_check(const SpfQuery *query);
void spf_verdict_free(SpfVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SpfVerdict, spf_verdict_free)

/* "pass", "softfail", ... */
const char *spf_result_word(SpfResult result);
/* "too_many_terms", ... */
const char *spf_problem_word(SpfProblem problem);
/* "match", "no match", "error", "followed" */
const char *spf_outcome_word(SpfOutcome outcome);

#endif
