#include "mail/spf_impl.h"

#include "base/text.h"
#include "mail/address.h"

#include <string.h>

/* An envelope has no longer ones (RFC 5321 s4.5.3.1). */
#define MAX_SENDER 512

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

gboolean spf_has_sender(const Spf *spf, const DnsAnswer *answer, guint bits) {
  if (spf->query->survey)
    return bits == 0 && answer->status == DNS_OK && dns_answer_count(answer) > 0;
  return spf_has_address(answer, &spf->query->ip, bits);
}

gboolean spf_in_network(const Spf *spf, const SpfTerm *term) {
  guint bits = term->mechanism == SPF_IP4 ? term->bits4 : term->bits6;
  return spf->query->survey ? bits == 0 : ip_in_network(&spf->query->ip, &term->network, bits);
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

static gint by_preference(gconstpointer a, gconstpointer b) {
  const DnsRecord *x = *(const DnsRecord *const *)a, *y = *(const DnsRecord *const *)b;
  return x->preference != y->preference ? x->preference - y->preference : (x > y) - (x < y);
}

GPtrArray *spf_mx_hosts(const DnsAnswer *mx) {
  GPtrArray *hosts = g_ptr_array_new();
  for (guint i = 0; mx->status == DNS_OK && i < dns_answer_count(mx); i++)
    if (!g_str_equal(dns_answer_record(mx, i)->value, "."))
      g_ptr_array_add(hosts, (gpointer)dns_answer_record(mx, i));
  g_ptr_array_sort(hosts, by_preference);
  g_ptr_array_set_size(hosts, (gint)MIN(hosts->len, SPF_MAX_NAMES));
  return hosts;
}

/* --- the verdict --- */

static void step_free(gpointer data) {
  SpfStep *step = data;
  g_free(step->domain);
  g_free(step->term);
  g_free(step);
}

void spf_blame(Spf *spf, SpfProblem problem, const char *domain, const char *term, const DnsAnswer *answer) {
  SpfVerdict *verdict = spf->verdict;
  if (verdict->problem != SPF_PROBLEM_NONE)
    return; /* the innermost knows best */
  verdict->problem = problem;
  verdict->problem_domain = domain != NULL ? safe(domain) : NULL;
  verdict->problem_term = term != NULL ? safe(term) : NULL;
  verdict->problem_answer = answer;
}

void spf_forgive(Spf *spf) {
  SpfVerdict *verdict = spf->verdict;
  verdict->problem = SPF_PROBLEM_NONE;
  g_clear_pointer(&verdict->problem_domain, g_free);
  g_clear_pointer(&verdict->problem_term, g_free);
  verdict->problem_answer = NULL;
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
  char *domain = g_str_is_ascii(text) ? NULL : domain_name_to_ascii(text);
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
 * what failed for us worked for it, perhaps, so that this is no word about its verdict, unless that would be the same
 * with the name. */
static void doubt(Spf *spf) {
  SpfVerdict *verdict = spf->verdict;
  gboolean same = !spf->doubt && (spf->otherwise & ~(1U << verdict->result)) == 0;
  if (same || verdict->result == SPF_NONE || verdict->result == SPF_NEUTRAL || verdict->result == SPF_TEMPERROR)
    return;
  spf_forgive(spf);
  spf_blame(spf, SPF_NAME_OF_IP, spf->sender_domain, NULL, spf_ask_names(spf));
  verdict->result = SPF_TEMPERROR;
  verdict->decided = verdict->inner = -1;
}

SpfVerdict *spf_check(const SpfQuery *query) {
  SpfVerdict *verdict = g_new0(SpfVerdict, 1);
  g_autofree char *helo = domain_of(query->helo != NULL ? query->helo : "");
  SpfQuery own = *query;
  if (query->survey)
    own.ip = (Ip){.family = 4};
  own.helo = query->helo != NULL ? helo : NULL;
  Spf spf = {.query = &own, .verdict = verdict, .family = own.ip.family == 4 ? "in-addr" : "ip6"};
  verdict->steps = g_ptr_array_new_with_free_func(step_free);
  verdict->decided = verdict->inner = -1;
  set_identity(&spf);
  verdict->domain = safe(spf.sender_domain);
  verdict->result = spf_check_host(&spf, spf.sender_domain, 0);
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
