#include "mail/spf_impl.h"

#include "base/text.h"

#include <string.h>

/* What became of a term. */
typedef enum Match { MATCH_NO, MATCH_YES, MATCH_WAIT, MATCH_TEMP, MATCH_PERM } Match;

static char *safe(const char *bytes) {
  return text_safe(bytes, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
}

/* The answer says that there is nothing; a name that cannot be asked is no look-up (s4.6.4). */
static gboolean is_void(const DnsAnswer *answer) {
  return dns_is_absent(answer->status) || (answer->status == DNS_OK && dns_answer_count(answer) == 0);
}

/* --- one term --- */

typedef struct At {
  Spf *spf;
  const char *domain;  /* <domain>, any bytes */
  const SpfTerm *term; /* or NULL: a redirect */
  const char *text;    /* as it stands in the record */
  guint depth;
  guint step; /* its own */
} At;

static SpfStep *step_of(const At *at) {
  return g_ptr_array_index(at->spf->verdict->steps, at->step);
}

static Match fault(const At *at, SpfProblem problem, const DnsAnswer *answer) {
  spf_blame(at->spf, problem, at->domain, at->text, answer);
  return problem >= SPF_SEVERAL ? MATCH_PERM : MATCH_TEMP;
}

/* s4.6.4: a look-up that finds nothing. */
static Match nothing(const At *at, const DnsAnswer *answer) {
  if (is_void(answer) && ++at->spf->verdict->voids > SPF_MAX_VOIDS)
    return fault(at, SPF_TOO_MANY_VOIDS, answer);
  return MATCH_NO;
}

/* The name that `spec` stands for; `*name` stays NULL if it stands for none.  MATCH_YES: go on. */
static Match find_target(const At *at, const char *spec, char **name) {
  Spf *spf = at->spf;
  SpfMacros macros = spf_macros(spf, at->domain);
  g_autofree char *validated = NULL;
  *name = NULL;
  if (spec == NULL) {
    *name = g_strdup(at->domain);
    return MATCH_YES;
  }
  if (spf->query->survey && spf_uses(spec, SPF_ABOUT_MAIL)) {
    spf->verdict->partial = TRUE;
    return MATCH_NO;
  }
  if (spf_uses(spec, "h") && macros.helo == NULL)
    return fault(at, SPF_NEEDS_HELO, NULL);
  if (spf_uses(spec, "ls") && !spf->local_known)
    return fault(at, SPF_NEEDS_LOCAL, NULL);
  /* RFC 8616 s4: such a term never matches. */
  if (spf_uses(spec, "ls") && !g_str_is_ascii(spf->local))
    return MATCH_NO;
  if (spf_uses(spec, "p")) {
    SpfNames names = spf_validated(spf, at->domain, FALSE, &validated);
    if (names == SPF_NAMES_WAIT)
      return MATCH_WAIT;
    spf->doubt |= names == SPF_NAMES_UNKNOWN;
    macros.validated = validated;
  }
  *name = spf_target(&macros, spec);
  return MATCH_YES;
}

/* a, exists */
static Match match_address(const At *at, const char *name, DnsType type) {
  const DnsAnswer *answer = spf_ask(at->spf, name, type);
  if (answer == NULL)
    return MATCH_WAIT;
  step_of(at)->answer = answer;
  if (spf_is_unknown(answer))
    return fault(at, SPF_NO_ANSWER, answer);
  guint bits = at->spf->query->ip.family == 4 ? at->term->bits4 : at->term->bits6;
  gboolean match = at->term->mechanism == SPF_EXISTS ? answer->status == DNS_OK && dns_answer_count(answer) > 0
                                                     : spf_has_sender(at->spf, answer, bits);
  return match ? MATCH_YES : nothing(at, answer);
}

static Match match_mx(const At *at, const char *name) {
  const DnsAnswer *mx = spf_ask(at->spf, name, DNS_MX), *missing = NULL;
  const Ip *ip = &at->spf->query->ip;
  guint bits = ip->family == 4 ? at->term->bits4 : at->term->bits6;
  gboolean waits = FALSE, match = FALSE;
  if (mx == NULL)
    return MATCH_WAIT;
  step_of(at)->answer = mx;
  if (spf_is_unknown(mx))
    return fault(at, SPF_NO_ANSWER, mx);
  g_autoptr(GPtrArray) hosts = spf_mx_hosts(mx);
  /* One that has the address is enough: their order is chance, so that a server which cannot be found out does not
   * matter if another one matches. */
  for (guint i = 0; i < hosts->len; i++) {
    const char *host = ((const DnsRecord *)g_ptr_array_index(hosts, i))->value;
    const DnsAnswer *answer = spf_ask(at->spf, host, spf_address_type(at->spf));
    waits |= answer == NULL;
    if (answer != NULL && spf_is_unknown(answer))
      missing = answer;
    if (answer != NULL && !match && spf_has_sender(at->spf, answer, bits)) {
      match = TRUE;
      step_of(at)->answer = answer;
    }
  }
  if (match)
    return MATCH_YES;
  if (waits)
    return MATCH_WAIT;
  if (missing != NULL)
    return fault(at, SPF_NO_ANSWER, missing);
  /* s4.6.4: it is an error to come to the eleventh. */
  return dns_answer_count(mx) > SPF_MAX_NAMES ? fault(at, SPF_TOO_MANY_MX, mx) : nothing(at, mx);
}

static Match match_ptr(const At *at, const char *name) {
  g_autofree char *validated = NULL;
  if (at->spf->query->survey) {
    at->spf->verdict->ptr = at->spf->verdict->partial = TRUE;
    return MATCH_NO;
  }
  const DnsAnswer *ptr = spf_ask_names(at->spf);
  at->spf->verdict->ptr = TRUE;
  if (ptr == NULL)
    return MATCH_WAIT;
  step_of(at)->answer = ptr;
  SpfNames names = spf_validated(at->spf, name, TRUE, &validated);
  if (names == SPF_NAMES_WAIT)
    return MATCH_WAIT;
  /* s5.5: an error is no match.  For the receiver there may have been none. */
  if (names == SPF_NAMES_UNKNOWN && at->depth == 0)
    at->spf->otherwise |= 1U << at->term->result;
  else if (names == SPF_NAMES_UNKNOWN)
    at->spf->doubt = TRUE;
  return validated != NULL ? MATCH_YES : nothing(at, ptr);
}

static Match match_include(const At *at, const char *name) {
  SpfResult result = name != NULL ? spf_check_host(at->spf, name, at->depth + 1) : SPF_NONE;
  switch (result) {
  case SPF_PASS:
    return MATCH_YES;
  case SPF_PENDING:
    return MATCH_WAIT;
  case SPF_TEMPERROR:
    return MATCH_TEMP;
  case SPF_PERMERROR:
    return MATCH_PERM;
  case SPF_NONE:
    /* What is missing is missing here: the term is to blame, not the other domain. */
    spf_forgive(at->spf);
    return fault(at, SPF_INCLUDE_NONE, NULL);
  default:
    return MATCH_NO;
  }
}

static Match match_named(const At *at) {
  g_autofree char *target = NULL;
  Match found = find_target(at, at->term->spec, &target);
  if (found != MATCH_YES)
    return found;
  if (at->term->mechanism == SPF_INCLUDE)
    return match_include(at, target);
  g_autofree char *name = target != NULL ? spf_presentation(target) : NULL;
  if (name == NULL)
    return MATCH_NO; /* s4.3, s4.8: as if it did not exist */
  switch (at->term->mechanism) {
  case SPF_MX:
    return match_mx(at, name);
  case SPF_PTR:
    return match_ptr(at, name);
  case SPF_EXISTS:
    return match_address(at, name, DNS_A); /* of IPv6 senders too (s5.7) */
  default:
    return match_address(at, name, spf_address_type(at->spf));
  }
}

static Match match_term(const At *at) {
  const SpfTerm *term = at->term;
  switch (term->mechanism) {
  case SPF_ALL:
    return MATCH_YES;
  case SPF_IP4:
  case SPF_IP6:
    return spf_in_network(at->spf, term) ? MATCH_YES : MATCH_NO;
  default:
    break;
  }
  if (++at->spf->verdict->terms > SPF_MAX_TERMS)
    return fault(at, SPF_TOO_MANY_TERMS, NULL);
  return match_named(at);
}

static At begin_step(Spf *spf, const char *domain, guint depth, const char *text) {
  SpfStep *step = g_new0(SpfStep, 1);
  step->depth = depth;
  step->domain = safe(domain);
  step->term = safe(text);
  g_ptr_array_add(spf->verdict->steps, step);
  return (At){.spf = spf, .domain = domain, .text = text, .depth = depth, .step = spf->verdict->steps->len - 1};
}

/* --- one record --- */

/* The innermost step that matched on behalf of an include. */
static int inner_of(const SpfVerdict *verdict, guint decided) {
  int inner = -1;
  for (guint i = decided + 1; i < verdict->steps->len; i++) {
    const SpfStep *step = g_ptr_array_index(verdict->steps, i);
    if (step->outcome == SPF_MATCH)
      inner = (int)i;
  }
  return inner;
}

static gboolean lets_all_pass(const SpfTerm *term) {
  return term->result == SPF_PASS && (term->mechanism == SPF_ALL || (term->mechanism == SPF_IP4 && term->bits4 == 0) ||
                                      (term->mechanism == SPF_IP6 && term->bits6 == 0));
}

static void take_explanation(Spf *spf, const SpfRecord *record, const char *domain) {
  spf->exp = g_strdup(record->exp);
  spf->exp_domain = g_strdup(domain);
}

static SpfResult decide(const At *at, const SpfRecord *record, Match match) {
  SpfVerdict *verdict = at->spf->verdict;
  step_of(at)->outcome = match == MATCH_YES ? SPF_MATCH : SPF_ERROR;
  if (match == MATCH_WAIT)
    return SPF_PENDING;
  if (match == MATCH_YES)
    verdict->open |= at->term != NULL && lets_all_pass(at->term);
  if (at->depth == 0) {
    verdict->decided = (int)at->step;
    verdict->inner = match == MATCH_YES && at->term->mechanism == SPF_INCLUDE ? inner_of(verdict, at->step) : -1;
  }
  if (match != MATCH_YES)
    return match == MATCH_TEMP ? SPF_TEMPERROR : SPF_PERMERROR;
  /* s6.2: exp of an included record does not count. */
  if (at->depth == 0 && at->term->result == SPF_FAIL && record->exp != NULL && !at->spf->query->survey)
    take_explanation(at->spf, record, at->domain);
  return at->term->result;
}

static SpfResult follow_redirect(Spf *spf, const SpfRecord *record, const char *domain, guint depth) {
  g_autofree char *text = g_strconcat("redirect=", record->redirect, NULL), *target = NULL;
  At at = begin_step(spf, domain, depth, text);
  step_of(&at)->outcome = SPF_FOLLOWED;
  if (++spf->verdict->terms > SPF_MAX_TERMS)
    return decide(&at, record, fault(&at, SPF_TOO_MANY_TERMS, NULL));
  Match found = find_target(&at, record->redirect, &target);
  if (found != MATCH_YES && found != MATCH_NO)
    return decide(&at, record, found);
  if (found == MATCH_NO && spf->query->survey)
    return SPF_NEUTRAL; /* where it leads hangs on the mail */
  SpfResult result = target != NULL ? spf_check_host(spf, target, depth) : SPF_NONE;
  if (result != SPF_NONE)
    return result;
  spf_forgive(spf);
  return decide(&at, record, fault(&at, SPF_REDIRECT_NONE, NULL));
}

static SpfResult evaluate(Spf *spf, const SpfRecord *record, const char *domain, guint depth) {
  for (guint i = 0; i < record->terms->len; i++) {
    const SpfTerm *term = &g_array_index(record->terms, SpfTerm, i);
    At at = begin_step(spf, domain, depth, term->text);
    at.term = term;
    Match match = match_term(&at);
    if (match != MATCH_NO)
      return decide(&at, record, match);
  }
  return record->redirect != NULL ? follow_redirect(spf, record, domain, depth) : SPF_NEUTRAL; /* s4.7 */
}

static SpfResult check_record(Spf *spf, const DnsAnswer *answer, const char *domain, guint depth) {
  SpfVerdict *verdict = spf->verdict;
  gboolean several;
  const DnsRecord *found = spf_select(answer, &several);
  if (found == NULL) {
    spf_blame(spf, SPF_NO_RECORD, domain, NULL, answer);
    return SPF_NONE;
  }
  if (several) {
    spf_blame(spf, SPF_SEVERAL, domain, NULL, answer);
    return SPF_PERMERROR;
  }
  if (verdict->record == NULL)
    verdict->record = g_strdup(found->value);
  gsize length;
  const char *bytes = g_bytes_get_data(found->data, &length);
  g_autoptr(SpfRecord) record = spf_record_parse(bytes, length);
  if (depth == 0 && verdict->suspect == NULL)
    verdict->suspect = record->suspect != NULL ? safe(record->suspect) : NULL;
  if (record->problem == SPF_PROBLEM_NONE)
    return evaluate(spf, record, domain, depth);
  spf_blame(spf, record->problem, domain, record->problem_term, answer);
  return SPF_PERMERROR;
}

/* s4: spf_check_host(). `domain`: any bytes, no trailing dot. */
SpfResult spf_check_host(Spf *spf, const char *domain, guint depth) {
  g_autofree char *name = spf_presentation(domain);
  Ip literal;
  if (name == NULL || strchr(domain, '.') == NULL || ip_parse(domain, &literal)) {
    spf_blame(spf, SPF_BAD_NAME, domain, NULL, NULL);
    return SPF_NONE;
  }
  const DnsAnswer *answer = spf_ask(spf, name, DNS_TXT);
  if (answer == NULL)
    return SPF_PENDING;
  if (spf->verdict->answer == NULL)
    spf->verdict->answer = answer;
  if (!spf_is_unknown(answer))
    return check_record(spf, answer, domain, depth);
  spf_blame(spf, SPF_NO_ANSWER, domain, NULL, answer);
  return SPF_TEMPERROR;
}
