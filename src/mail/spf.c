#include "mail/spf_impl.h"

#include "base/text.h"
#include "mail/address.h"

#include <string.h>

/* An envelope has no longer ones (RFC 5321 s4.5.3.1). */
#define MAX_SENDER 512
#define MAX_HELO 255

/* What became of a term. */
typedef enum Match { MATCH_NO, MATCH_YES, MATCH_WAIT, MATCH_TEMP, MATCH_PERM } Match;

static const char *const result_words[] = {"none",     "neutral",   "pass",      "fail",
                                           "softfail", "temperror", "permerror", "pending"};

static const char *const problem_words[] = {
    "none",
    "no_record",
    "bad_name",
    "no_answer",
    "needs_helo",
    "needs_local_part",
    "name_of_ip",
    "several_records",
    "bad_character",
    "bad_term",
    "bad_modifier",
    "no_argument",
    "no_argument_here",
    "bad_domain",
    "address_as_name",
    "bad_macro",
    "bad_address",
    "bad_length",
    "twice",
    "too_many_terms",
    "too_many_voids",
    "too_many_mx",
    "include_none",
    "redirect_none",
};

static const char *const outcome_words[] = {"no match", "match", "error", "followed"};

const char *spf_result_word(SpfResult result) {
  return result_words[result];
}

const char *spf_problem_word(SpfProblem problem) {
  return problem_words[problem];
}

const char *spf_outcome_word(SpfOutcome outcome) {
  return outcome_words[outcome];
}

static char *safe(const char *bytes) {
  return text_safe(bytes, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL);
}

/* --- look-ups --- */

const DnsAnswer *spf_ask(const Spf *spf, const char *name, DnsType type) {
  return spf->query->look(spf->query->user, name, type);
}

DnsType spf_address_type(const Spf *spf) {
  return spf->query->ip.family == 4 ? DNS_A : DNS_AAAA;
}

gboolean spf_has_address(const DnsAnswer *answer, const Ip *ip, guint bits) {
  Ip found;
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++)
    if (ip_parse(dns_answer_record(answer, i)->value, &found) && ip_in_network(ip, &found, bits))
      return TRUE;
  return FALSE;
}

/* The answer says that there is nothing; a name that cannot be asked is no look-up (s4.6.4). */
static gboolean is_void(const DnsAnswer *answer) {
  return dns_is_absent(answer->status) || (answer->status == DNS_OK && dns_answer_count(answer) == 0);
}

gboolean spf_is_unknown(const DnsAnswer *answer) {
  return dns_is_unknown(answer->status) && answer->status != DNS_BAD_NAME;
}

SpfMacros spf_macros(const Spf *spf, const char *domain) {
  const char *helo = spf->query->helo;
  return (SpfMacros){.ip = &spf->query->ip,
                     .sender = spf->sender,
                     .local = spf->local,
                     .sender_domain = spf->sender_domain,
                     .domain = domain,
                     .helo = helo != NULL && *helo != '\0' ? helo : NULL};
}

const DnsRecord *spf_select(const DnsAnswer *answer, gboolean *several) {
  const DnsRecord *found = NULL;
  *several = FALSE;
  for (guint i = 0; answer->status == DNS_OK && i < dns_answer_count(answer); i++) {
    const DnsRecord *record = dns_answer_record(answer, i);
    gsize length;
    const char *bytes = g_bytes_get_data(record->data, &length);
    if (length == 0 || !spf_record_is(bytes, length))
      continue;
    *several = found != NULL;
    if (*several)
      break;
    found = record;
  }
  return found;
}

/* --- the verdict --- */

static void step_free(gpointer data) {
  SpfStep *step = data;
  g_free(step->domain);
  g_free(step->term);
  g_free(step);
}

static void blame(Spf *spf, SpfProblem problem, const char *domain, const char *term, const DnsAnswer *answer) {
  SpfVerdict *verdict = spf->verdict;
  if (verdict->problem != SPF_PROBLEM_NONE)
    return; /* the innermost knows best */
  verdict->problem = problem;
  verdict->problem_domain = domain != NULL ? safe(domain) : NULL;
  verdict->problem_term = term != NULL ? safe(term) : NULL;
  verdict->problem_answer = answer;
}

static void forgive(SpfVerdict *verdict) {
  verdict->problem = SPF_PROBLEM_NONE;
  g_clear_pointer(&verdict->problem_domain, g_free);
  g_clear_pointer(&verdict->problem_term, g_free);
  verdict->problem_answer = NULL;
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

static SpfResult check_host(Spf *spf, const char *domain, guint depth);

static SpfStep *step_of(const At *at) {
  return g_ptr_array_index(at->spf->verdict->steps, at->step);
}

static Match fault(const At *at, SpfProblem problem, const DnsAnswer *answer) {
  blame(at->spf, problem, at->domain, at->text, answer);
  return problem >= SPF_SEVERAL ? MATCH_PERM : MATCH_TEMP;
}

/* s4.6.4: a look-up that finds nothing. */
static Match nothing(const At *at, const DnsAnswer *answer) {
  if (is_void(answer) && ++at->spf->verdict->voids > SPF_MAX_VOIDS)
    return fault(at, SPF_TOO_MANY_VOIDS, answer);
  return MATCH_NO;
}

/* The name that `spec` stands for; `*name` stays NULL if no name can match.  MATCH_YES: go on. */
static Match find_target(const At *at, const char *spec, char **name) {
  Spf *spf = at->spf;
  SpfMacros macros = spf_macros(spf, at->domain);
  g_autofree char *validated = NULL;
  *name = NULL;
  if (spec == NULL) {
    *name = g_strdup(at->domain);
    return MATCH_YES;
  }
  if (spf_uses(spec, "h") && macros.helo == NULL)
    return fault(at, SPF_NEEDS_HELO, NULL);
  if (spf_uses(spec, "ls") && !spf->local_known)
    return fault(at, SPF_NEEDS_LOCAL, NULL);
  /* RFC 8616 s4: such a term never matches. */
  if (spf_uses(spec, "ls") && !g_str_is_ascii(spf->local))
    return MATCH_YES;
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
                                                     : spf_has_address(answer, &at->spf->query->ip, bits);
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
  if (dns_answer_count(mx) > SPF_MAX_NAMES)
    return fault(at, SPF_TOO_MANY_MX, mx);
  /* One that has the address is enough: their order is chance, so that a server which cannot be found out does not
   * matter if another one matches. */
  for (guint i = 0; mx->status == DNS_OK && i < dns_answer_count(mx); i++) {
    const char *host = dns_answer_record(mx, i)->value;
    if (g_str_equal(host, "."))
      continue;
    const DnsAnswer *answer = spf_ask(at->spf, host, spf_address_type(at->spf));
    waits |= answer == NULL;
    if (answer != NULL && spf_is_unknown(answer))
      missing = answer;
    if (answer != NULL && !match && spf_has_address(answer, ip, bits)) {
      match = TRUE;
      step_of(at)->answer = answer;
    }
  }
  if (match)
    return MATCH_YES;
  if (waits)
    return MATCH_WAIT;
  return missing != NULL ? fault(at, SPF_NO_ANSWER, missing) : nothing(at, mx);
}

static Match match_ptr(const At *at, const char *name) {
  g_autofree char *validated = NULL;
  const DnsAnswer *ptr = spf_ask_names(at->spf);
  at->spf->verdict->ptr = TRUE;
  if (ptr == NULL)
    return MATCH_WAIT;
  step_of(at)->answer = ptr;
  SpfNames names = spf_validated(at->spf, name, TRUE, &validated);
  if (names == SPF_NAMES_WAIT)
    return MATCH_WAIT;
  /* s5.5: an error is no match.  For the receiver there may have been none. */
  at->spf->doubt |= names == SPF_NAMES_UNKNOWN;
  return validated != NULL ? MATCH_YES : nothing(at, ptr);
}

static Match match_include(const At *at, const char *name) {
  SpfResult result = name != NULL ? check_host(at->spf, name, at->depth + 1) : SPF_NONE;
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
    forgive(at->spf->verdict);
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
  const Ip *ip = &at->spf->query->ip;
  switch (term->mechanism) {
  case SPF_ALL:
    return MATCH_YES;
  case SPF_IP4:
    return ip_in_network(ip, &term->network, term->bits4) ? MATCH_YES : MATCH_NO;
  case SPF_IP6:
    return ip_in_network(ip, &term->network, term->bits6) ? MATCH_YES : MATCH_NO;
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
  if (at->depth == 0 && at->term->result == SPF_FAIL && record->exp != NULL)
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
  if (found != MATCH_YES)
    return decide(&at, record, found);
  SpfResult result = target != NULL ? check_host(spf, target, depth) : SPF_NONE;
  if (result != SPF_NONE)
    return result;
  forgive(spf->verdict);
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
    blame(spf, SPF_NO_RECORD, domain, NULL, answer);
    return SPF_NONE;
  }
  if (several) {
    blame(spf, SPF_SEVERAL, domain, NULL, answer);
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
  blame(spf, record->problem, domain, record->problem_term, answer);
  return SPF_PERMERROR;
}

/* s4: check_host(). `domain`: any bytes, no trailing dot. */
static SpfResult check_host(Spf *spf, const char *domain, guint depth) {
  g_autofree char *name = spf_presentation(domain);
  Ip literal;
  if (name == NULL || strchr(domain, '.') == NULL || ip_parse(domain, &literal)) {
    blame(spf, SPF_BAD_NAME, domain, NULL, NULL);
    return SPF_NONE;
  }
  const DnsAnswer *answer = spf_ask(spf, name, DNS_TXT);
  if (answer == NULL)
    return SPF_PENDING;
  if (spf->verdict->answer == NULL)
    spf->verdict->answer = answer;
  if (!spf_is_unknown(answer))
    return check_record(spf, answer, domain, depth);
  blame(spf, SPF_NO_ANSWER, domain, NULL, answer);
  return SPF_TEMPERROR;
}

/* --- explanation (s6.2): whatever goes wrong, it is as if there were none --- */

/* FALSE: not yet. */
static gboolean explain(Spf *spf) {
  SpfMacros macros = spf_macros(spf, spf->exp_domain);
  g_autofree char *validated = NULL;
  if (spf_uses(spf->exp, "p") && spf_validated(spf, spf->exp_domain, FALSE, &validated) == SPF_NAMES_WAIT)
    return FALSE;
  macros.validated = validated;
  g_autofree char *target = spf_target(&macros, spf->exp);
  g_autofree char *name = target != NULL ? spf_presentation(target) : NULL;
  if (name == NULL)
    return TRUE;
  const DnsAnswer *answer = spf_ask(spf, name, DNS_TXT);
  if (answer == NULL)
    return FALSE;
  spf->verdict->explanation_unknown = spf_is_unknown(answer);
  if (answer->status != DNS_OK || dns_answer_count(answer) != 1)
    return TRUE;
  gsize length;
  const char *bytes = g_bytes_get_data(dns_answer_record(answer, 0)->data, &length);
  if (length == 0 || spf_check_explanation(bytes, length) != SPF_PROBLEM_NONE)
    return TRUE;
  g_autofree char *text = g_strndup(bytes, length);
  if (spf_uses(text, "p") && spf_validated(spf, spf->exp_domain, FALSE, &validated) == SPF_NAMES_WAIT)
    return FALSE;
  macros.validated = validated;
  macros.now = answer->asked_at / G_USEC_PER_SEC;
  g_autofree char *words = spf_expand(&macros, text);
  spf->verdict->explanation = words != NULL ? safe(words) : NULL;
  return TRUE;
}

/* --- who is judged --- */

static gboolean is_empty(const char *text) {
  return text == NULL || *text == '\0' || g_str_equal(text, "<>");
}

/* A-labels if it is a name of another alphabet; without trailing dot. */
static char *domain_of(const char *text) {
  char *domain = g_str_is_ascii(text) ? NULL : domain_to_ascii(text);
  if (domain == NULL)
    domain = g_strndup(text, MAX_SENDER);
  gsize length = strlen(domain);
  if (length > 1 && domain[length - 1] == '.')
    domain[length - 1] = '\0';
  return domain;
}

static void set_identity(Spf *spf) {
  const char *sender = spf->query->sender;
  if (is_empty(sender)) { /* s2.4 */
    spf->verdict->helo = TRUE;
    spf->sender_domain = domain_of(spf->query->helo != NULL ? spf->query->helo : "");
    spf->local = g_strdup("postmaster");
    spf->local_known = TRUE;
  } else {
    gboolean wrapped = sender[0] == '<' && g_str_has_suffix(sender, ">");
    g_autofree char *bare = g_strndup(sender + wrapped, strlen(sender) - 2 * (gsize)wrapped);
    char *at = strrchr(bare, '@');
    spf->local_known = at != NULL;
    spf->sender_domain = domain_of(at != NULL ? at + 1 : bare);
    if (at != NULL)
      *at = '\0';
    /* s4.3 */
    spf->local = at == NULL || *bare == '\0' ? g_strdup("postmaster") : g_strndup(bare, MAX_SENDER);
  }
  spf->sender = g_strconcat(spf->local, "@", spf->sender_domain, NULL);
}

/* s5.5 lets receivers take a name of the address that they cannot find out for none.  But we are not the receiver:
 * what failed for us worked for it, perhaps, so that this is no word about its verdict. */
static void doubt(Spf *spf) {
  SpfVerdict *verdict = spf->verdict;
  if (!spf->doubt || (verdict->result != SPF_PASS && verdict->result != SPF_FAIL && verdict->result != SPF_SOFTFAIL))
    return;
  blame(spf, SPF_NAME_OF_IP, spf->sender_domain, NULL, spf_ask_names(spf));
  verdict->result = SPF_TEMPERROR;
  verdict->decided = verdict->inner = -1;
}

SpfVerdict *spf_check(const SpfQuery *query) {
  SpfVerdict *verdict = g_new0(SpfVerdict, 1);
  g_autofree char *helo = g_strndup(query->helo != NULL ? query->helo : "", MAX_HELO);
  SpfQuery own = *query;
  own.helo = query->helo != NULL ? helo : NULL;
  Spf spf = {.query = &own, .verdict = verdict, .family = query->ip.family == 4 ? "in-addr" : "ip6"};
  verdict->steps = g_ptr_array_new_with_free_func(step_free);
  verdict->decided = verdict->inner = -1;
  set_identity(&spf);
  verdict->domain = safe(spf.sender_domain);
  verdict->result = check_host(&spf, spf.sender_domain, 0);
  if (verdict->result == SPF_PENDING)
    spf_ask_ahead(&spf, spf.sender_domain);
  else
    doubt(&spf);
  if (verdict->result == SPF_FAIL && spf.exp != NULL && !explain(&spf))
    verdict->result = SPF_PENDING;
  g_free(spf.sender);
  g_free(spf.local);
  g_free(spf.sender_domain);
  g_free(spf.exp);
  g_free(spf.exp_domain);
  return verdict;
}

void spf_verdict_free(SpfVerdict *verdict) {
  if (verdict == NULL)
    return;
  g_ptr_array_unref(verdict->steps);
  g_free(verdict->domain);
  g_free(verdict->record);
  g_free(verdict->explanation);
  g_free(verdict->problem_domain);
  g_free(verdict->problem_term);
  g_free(verdict->suspect);
  g_free(verdict);
}
