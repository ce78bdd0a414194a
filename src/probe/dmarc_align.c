#include "probe/dmarc_look.h"

#include "base/catalogue.h"
#include "mail/address.h"

/* One of the two ways to prove that a mail is from its From domain (RFC 9989 s4.4). */
typedef struct Proof {
  const char *word; /* "SPF" */
  const char *domain_input, *result_input, *fact;
  gboolean strict;
  char *domain;
  DmarcTrail *trail; /* NULL: not given, or no name of a domain */
  DmarcSame aligned;
  gboolean given;
} Proof;

/* Whether a result proves anything; words of RFC 8601 s2.7. */
typedef enum Passed { PASSED_NO, PASSED_YES, PASSED_NOT_TOLD } Passed;

static Passed passed(const DmarcLook *look, const Proof *proof) {
  static const char *const no[] = {"fail", "softfail", "neutral", "none", "permerror", "policy", NULL};
  const char *word = probe_input(look->inputs, proof->result_input);
  if (word == NULL)
    return PASSED_NOT_TOLD;
  return g_str_equal(word, "pass") ? PASSED_YES : g_strv_contains(no, word) ? PASSED_NO : PASSED_NOT_TOLD;
}

static void ask_proof(DmarcLook *look, Proof *proof) {
  const char *typed = probe_input(look->inputs, proof->domain_input);
  proof->given = typed != NULL;
  proof->domain = typed != NULL ? domain_name_to_ascii(typed) : NULL;
  if (proof->domain != NULL)
    proof->trail = dmarc_trail_ask(look->net, proof->domain);
}

static void judge_proof(DmarcLook *look, Proof *proof) {
  proof->aligned = DMARC_SAME_NO;
  if (proof->domain == NULL)
    return;
  proof->aligned = dmarc_trails_same(look->trail, proof->trail);
  /* s4.4.1, s4.4.2: strict means the same name. */
  if (proof->strict)
    proof->aligned = g_str_equal(look->trail->domain, proof->domain) ? DMARC_SAME_YES : DMARC_SAME_NO;
}

static const struct {
  Level level;
  const char *fact, *text;
} rows[] = {
    [DMARC_SAME_YES] = {LEVEL_OK, "yes", N_("{proof} of {domain} speaks for {from}")},
    [DMARC_SAME_NO] = {LEVEL_NOTE, "no",
                       N_("{proof} of {domain} does not speak for {from}: the domains do not belong together")},
    [DMARC_SAME_WAITS] = {LEVEL_WAIT, NULL, N_("Finding out whether {domain} belongs to {from}")},
    [DMARC_SAME_NOT_TOLD] = {LEVEL_UNKNOWN, NULL, N_("Whether {domain} belongs to {from} could not be found out")},
};

/* The walks from both domains show whether they belong together. */
static void add_walks(Finding *row, const DmarcLook *look, const Proof *proof) {
  const DmarcTrail *trails[] = {look->trail, proof->trail};
  for (guint t = 0; t < G_N_ELEMENTS(trails); t++)
    for (guint i = 0; trails[t] != NULL && i < trails[t]->n; i++)
      if (trails[t]->answers[i] != NULL)
        probe_add_answer(row, trails[t]->answers[i], "RFC 9989 s4.10.2");
}

static void say_proof(DmarcLook *look, const Proof *proof) {
  Facts *facts = look->result->facts;
  if (!proof->given) {
    facts_set_unknown(facts, proof->fact, SOURCE_PROBE, "not asked");
    return;
  }
  const char *domain = proof->domain != NULL ? proof->domain : probe_input(look->inputs, proof->domain_input);
  gboolean in_vain = proof->aligned == DMARC_SAME_YES && passed(look, proof) == PASSED_NO;
  const char *text = in_vain ? N_("{proof} of {domain} would speak for {from}, but it did not pass")
                     : proof->aligned == DMARC_SAME_NO && proof->strict
                         ? N_("{proof} of {domain} does not speak for {from}: the record wants exactly the same name")
                         : rows[proof->aligned].text;
  Finding *row =
      result_add(look->result, in_vain ? LEVEL_NOTE : rows[proof->aligned].level, proof->word,
                 message_new(text, "proof", proof->word, "domain", domain, "from", look->trail->domain, NULL));
  add_walks(row, look, proof);
  look->open += proof->aligned == DMARC_SAME_WAITS;
  if (rows[proof->aligned].fact != NULL)
    facts_set_text(facts, proof->fact, SOURCE_PROBE, rows[proof->aligned].fact);
  else
    facts_set_unknown(facts, proof->fact, SOURCE_PROBE, "no answer");
}

/* What the proof contributes: both parts must hold, and one that does not is enough against it. */
static Passed counts(const DmarcLook *look, const Proof *proof) {
  Passed result = passed(look, proof);
  if (result == PASSED_NO)
    return PASSED_NO;
  if (!proof->given)
    return PASSED_NOT_TOLD;
  if (proof->aligned == DMARC_SAME_NO)
    return PASSED_NO;
  return result == PASSED_YES && proof->aligned == DMARC_SAME_YES ? PASSED_YES : PASSED_NOT_TOLD;
}

static const char *advice_of(DmarcPolicy policy) {
  return policy == DMARC_REJECT
             ? N_("The domain asks receivers to refuse such mail. It must be sent through a server that "
                  "the domain's SPF names or that signs with the domain's DKIM key")
         : policy == DMARC_QUARANTINE
             ? N_("The domain asks receivers to treat such mail as suspicious: it lands among the spam, or is refused")
             : N_("The domain asks for nothing, but receivers may count it against the mail");
}

static void say_result(DmarcLook *look, const Proof *spf, const Proof *dkim) {
  Facts *facts = look->result->facts;
  if (facts_get(facts, "result") != NULL) /* DMARC does not apply */
    return;
  Passed a = counts(look, spf), b = counts(look, dkim);
  if (a == PASSED_YES || b == PASSED_YES) {
    facts_set_text(facts, "result", SOURCE_PROBE, "pass");
    finding_set_ground(result_add(look->result, LEVEL_OK, "DMARC", message_new(N_("This mail passes"), NULL)),
                       GROUND_ROWS, "RFC 9989 s4.4");
    return;
  }
  if (a != PASSED_NO || b != PASSED_NO || look->policy == DMARC_UNSET) {
    facts_set_unknown(facts, "result", SOURCE_PROBE, spf->given || dkim->given ? "not told" : "not asked");
    return;
  }
  facts_set_text(facts, "result", SOURCE_PROBE, "fail");
  Finding *row = result_add(look->result, look->policy == DMARC_NONE ? LEVEL_WARN : LEVEL_FAIL, "DMARC",
                            message_new(N_("This mail fails: neither SPF nor DKIM proves that it is from {from}"),
                                        "from", look->trail->domain, NULL));
  finding_set_ground(row, GROUND_ROWS, "RFC 9989 s4.4");
  finding_set_advice(row, message_new(advice_of(look->policy), NULL));
}

void dmarc_align(DmarcLook *look) {
  Proof proofs[] = {
      {.word = "SPF", .domain_input = "spf_domain", .result_input = "spf_result", .fact = "spf_aligned"},
      {.word = "DKIM", .domain_input = "dkim_domain", .result_input = "dkim_result", .fact = "dkim_aligned"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(proofs); i++)
    ask_proof(look, &proofs[i]);
  if (look->record != NULL) {
    proofs[0].strict = look->record->strict_spf;
    proofs[1].strict = look->record->strict_dkim;
    for (guint i = 0; i < G_N_ELEMENTS(proofs); i++) {
      judge_proof(look, &proofs[i]);
      say_proof(look, &proofs[i]);
    }
    if (look->open == 0)
      say_result(look, &proofs[0], &proofs[1]);
  }
  for (guint i = 0; i < G_N_ELEMENTS(proofs); i++) {
    g_free(proofs[i].domain);
    g_clear_pointer(&proofs[i].trail, dmarc_trail_free);
  }
}
