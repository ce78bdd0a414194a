#include "mail/spf_impl.h"

#include <string.h>

/* --- names of the address (RFC 7208 s5.5) --- */

const DnsAnswer *spf_ask_names(const Spf *spf) {
  g_autofree char *reverse = ip_reverse(&spf->query->ip);
  g_autofree char *name = g_strconcat(reverse, ".", spf->family, ".arpa", NULL);
  return spf_ask(spf, name, DNS_PTR);
}

/* 2: `domain` itself; 1: under it; 0: elsewhere. */
static int nearness(const char *name, const char *domain) {
  gsize length = strlen(name), end = strlen(domain);
  if (length < end || g_ascii_strcasecmp(name + length - end, domain) != 0)
    return 0;
  return length == end ? 2 : name[length - end - 1] == '.' ? 1 : 0;
}

SpfNames spf_validated(const Spf *spf, const char *domain, gboolean only, char **name) {
  const DnsAnswer *ptr = spf_ask_names(spf);
  SpfNames state = SPF_NAMES_KNOWN;
  const char *best = NULL;
  int best_near = -1;
  if (ptr == NULL)
    return SPF_NAMES_WAIT;
  if (spf_is_unknown(ptr))
    return SPF_NAMES_UNKNOWN;
  /* s4.6.4: those after the tenth are not looked at. */
  for (guint i = 0; ptr->status == DNS_OK && i < MIN(dns_answer_count(ptr), SPF_MAX_NAMES); i++) {
    const char *each = dns_answer_record(ptr, i)->value;
    int near = nearness(each, domain);
    if (near <= best_near || (only && near == 0))
      continue;
    const DnsAnswer *answer = spf_ask(spf, each, spf_address_type(spf));
    if (answer == NULL)
      state = SPF_NAMES_WAIT;
    else if (spf_is_unknown(answer))
      state = state == SPF_NAMES_WAIT ? state : SPF_NAMES_UNKNOWN;
    else if (spf_has_address(answer, &spf->query->ip, 128)) {
      best = each;
      best_near = near;
    }
  }
  /* For ptr one name is enough; for the macro there is no better one than the domain itself. */
  if (best_near == 2 || (only && best != NULL))
    state = SPF_NAMES_KNOWN;
  if (state == SPF_NAMES_WAIT)
    return SPF_NAMES_WAIT;
  g_free(*name);
  *name = g_strdup(best);
  return state;
}

/* --- asking ahead --- */

static void ahead(Spf *spf, const char *domain, gboolean inside);

/* The name that `spec` will stand for, if that can be told. Caller frees. */
static char *foresee(Spf *spf, const char *domain, const char *spec) {
  SpfMacros macros = spf_macros(spf, domain);
  g_autofree char *validated = NULL;
  if (spec == NULL)
    return g_strdup(domain);
  if (spf->query->survey && spf_uses(spec, SPF_ABOUT_MAIL))
    return NULL;
  if ((spf_uses(spec, "h") && macros.helo == NULL) || (spf_uses(spec, "ls") && !spf->local_known))
    return NULL;
  if (spf_uses(spec, "p") && spf_validated(spf, domain, FALSE, &validated) != SPF_NAMES_KNOWN)
    return NULL;
  macros.validated = validated;
  return spf_target(&macros, spec);
}

static void ask_mx(Spf *spf, const char *name) {
  const DnsAnswer *mx = spf_ask(spf, name, DNS_MX);
  if (mx == NULL)
    return;
  g_autoptr(GPtrArray) hosts = spf_mx_hosts(mx);
  for (guint i = 0; i < hosts->len; i++)
    spf_ask(spf, ((const DnsRecord *)g_ptr_array_index(hosts, i))->value, spf_address_type(spf));
}

static void ask_ptr(Spf *spf, const char *name) {
  g_autofree char *validated = NULL;
  if (!spf->query->survey)
    spf_validated(spf, name, TRUE, &validated);
}

static void ask_term(Spf *spf, const SpfTerm *term, const char *domain) {
  g_autofree char *target = foresee(spf, domain, term->spec);
  g_autofree char *name = target != NULL ? spf_presentation(target) : NULL;
  if (name == NULL)
    return;
  if (term->mechanism == SPF_INCLUDE)
    ahead(spf, target, TRUE);
  else if (term->mechanism == SPF_MX)
    ask_mx(spf, name);
  else if (term->mechanism == SPF_PTR)
    ask_ptr(spf, name);
  else
    spf_ask(spf, name, term->mechanism == SPF_EXISTS ? DNS_A : spf_address_type(spf));
}

static gboolean is_named(const SpfTerm *term) {
  return term->mechanism != SPF_ALL && term->mechanism != SPF_IP4 && term->mechanism != SPF_IP6;
}

/* TRUE if the evaluation surely ends here. */
static gboolean ends(const Spf *spf, const SpfTerm *term) {
  return term->mechanism == SPF_ALL ||
         ((term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6) && spf_in_network(spf, term));
}

static gboolean may_refuse(const SpfRecord *record) {
  for (guint i = 0; i < record->terms->len; i++)
    if (g_array_index(record->terms, SpfTerm, i).result == SPF_FAIL)
      return TRUE;
  return FALSE;
}

static void ask_explanation(Spf *spf, const SpfRecord *record, const char *domain) {
  if (record->exp == NULL || spf->query->survey || !may_refuse(record))
    return;
  g_autofree char *target = foresee(spf, domain, record->exp);
  g_autofree char *name = target != NULL ? spf_presentation(target) : NULL;
  if (name != NULL)
    spf_ask(spf, name, DNS_TXT);
}

/* Not more terms than an evaluation that finds no match would come to (s4.6.4), so that a hostile record makes us ask
 * no more than an honest one. */
static void ahead_terms(Spf *spf, const SpfRecord *record, const char *domain, gboolean inside) {
  for (guint i = 0; i < record->terms->len; i++) {
    const SpfTerm *term = &g_array_index(record->terms, SpfTerm, i);
    if (ends(spf, term))
      return;
    if (!is_named(term))
      continue;
    if (++spf->foreseen > SPF_MAX_TERMS)
      return;
    ask_term(spf, term, domain);
  }
  if (record->redirect == NULL || ++spf->foreseen > SPF_MAX_TERMS)
    return;
  g_autofree char *target = foresee(spf, domain, record->redirect);
  if (target != NULL)
    ahead(spf, target, inside);
}

static void ahead(Spf *spf, const char *domain, gboolean inside) {
  g_autofree char *name = spf_presentation(domain);
  const DnsAnswer *answer = name != NULL ? spf_ask(spf, name, DNS_TXT) : NULL;
  gboolean several;
  const DnsRecord *found = answer != NULL ? spf_select(answer, &several) : NULL;
  if (found == NULL || several)
    return;
  gsize length;
  const char *bytes = g_bytes_get_data(found->data, &length);
  g_autoptr(SpfRecord) record = spf_record_parse(bytes, length);
  if (record->problem != SPF_PROBLEM_NONE)
    return;
  ahead_terms(spf, record, domain, inside);
  if (!inside)
    ask_explanation(spf, record, domain);
}

void spf_ask_ahead(Spf *spf, const char *domain) {
  ahead(spf, domain, FALSE);
}
