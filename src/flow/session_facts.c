#include "flow/session_private.h"

#include "base/text.h"
#include "flow/template.h"
#include "mail/address.h"
#include "mail/ip.h"

/* --- what a person said --- */

static void put_not_known(Facts *facts, const char *name) {
  facts_set_unknown(facts, name, SOURCE_ASKED, "not known");
}

/* STEP.local and STEP.domain, of the address that is most likely meant. */
static void put_email(Facts *facts, const char *name, const char *answer) {
  g_autoptr(Address) address = address_parse(answer);
  g_autofree char *local = g_strconcat(name, ".local", NULL);
  g_autofree char *domain = g_strconcat(name, ".domain", NULL);
  facts_set_text(facts, name, SOURCE_ASKED, answer);
  if (address->local != NULL)
    facts_set_text(facts, local, SOURCE_ASKED, address->local);
  else
    facts_set_unknown(facts, local, SOURCE_ASKED, "not valid");
  if (address->domain != NULL || address->dns_name != NULL)
    facts_set_text(facts, domain, SOURCE_ASKED, address->domain != NULL ? address->domain : address->dns_name);
  else
    facts_set_unknown(facts, domain, SOURCE_ASKED, "not valid");
}

static void put_ip(Facts *facts, const char *name, const char *answer) {
  g_autofree char *folded = g_strstrip(text_fold_fullwidth(answer));
  Ip ip;
  g_autofree char *text = ip_parse(folded, &ip) ? ip_format(&ip) : g_strdup(answer);
  facts_set_text(facts, name, SOURCE_ASKED, text);
}

static void put_number(Facts *facts, const char *name, const char *answer) {
  g_autofree char *folded = g_strstrip(text_fold_fullwidth(answer));
  facts_set_number(facts, name, SOURCE_ASKED, g_ascii_strtoll(folded, NULL, 10));
}

/* Probes get the secret as it is, screens and pages never do. */
static void put_secret(Facts *facts, const char *name, const char *answer) {
  facts_set_secret(facts, name, SOURCE_ASKED, answer);
}

static void put_plain(Facts *facts, const char *name, const char *answer) {
  facts_set_text(facts, name, SOURCE_ASKED, answer);
}

static const struct {
  const char *as;
  void (*put)(Facts *facts, const char *name, const char *answer);
} kinds[] = {{"email", put_email}, {"ip", put_ip}, {"number", put_number}, {"secret", put_secret}};

static void put_ask(Facts *facts, const Step *step, const Given *given) {
  if (g_strcmp0(step->as, "message") == 0) {
    if (given->paste == NULL) {
      put_not_known(facts, step->name);
      return;
    }
    facts_set_text(facts, step->name, SOURCE_ASKED, bounce_kind_word(given->paste->bounce->kind));
    bounce_set_facts(given->paste->bounce, facts);
    return;
  }
  if (given->answer == NULL) {
    put_not_known(facts, step->name);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (g_strcmp0(step->as, kinds[i].as) == 0) {
      kinds[i].put(facts, step->name, given->answer);
      return;
    }
  }
  put_plain(facts, step->name, given->answer);
}

const Choice *step_find_choice(const Step *step, const char *value) {
  for (guint i = 0; value != NULL && step->choices != NULL && i < step->choices->len; i++) {
    const Choice *choice = g_ptr_array_index(step->choices, i);
    if (g_str_equal(choice->value, value))
      return choice;
  }
  return NULL;
}

/* What a person says of the bounce on the page: only "yes" makes it sure. */
static void put_confirmed(Facts *facts, const Choice *choice) {
  if (choice == NULL || choice->unknown)
    facts_set_unknown(facts, "bounce.confirmed", SOURCE_ASKED, "not known");
  else
    facts_set_text(facts, "bounce.confirmed", SOURCE_ASKED, g_str_equal(choice->value, "yes") ? "yes" : "no");
}

static void put_choice(Facts *facts, const Step *step, const Given *given) {
  const Choice *choice = step_find_choice(step, given->answer);
  if (choice == NULL || choice->unknown)
    put_not_known(facts, step->name);
  else
    facts_set_text(facts, step->name, SOURCE_ASKED, choice->value);
  if (step->shows_bounce)
    put_confirmed(facts, choice);
}

static void put_checklist(Facts *facts, const Step *step, const Given *given) {
  guint done = 0, total = given->ticked != NULL ? given->ticked->len : 0;
  for (guint i = 0; i < total; i++)
    done += g_array_index(given->ticked, gboolean, i) ? 1 : 0;
  g_autofree char *count = g_strconcat(step->name, ".done", NULL);
  facts_set_text(facts, step->name, SOURCE_ASKED, done == 0 ? "none" : done < total ? "partly" : "done");
  facts_set_number(facts, count, SOURCE_ASKED, done);
}

void session_put_given(Facts *facts, const Step *step, const Given *given) {
  if (step->kind == STEP_ASK)
    put_ask(facts, step, given);
  else if (step->kind == STEP_CHOOSE)
    put_choice(facts, step, given);
  else if (step->kind == STEP_CHECKLIST)
    put_checklist(facts, step, given);
}

/* --- what a probe found --- */

void session_put_result(Facts *facts, const Step *step, const Result *result) {
  g_autofree char *prefix = g_strconcat(step->name, ".", NULL);
  facts_merge(facts, result->facts, prefix);
}

Level result_shown_level(const Result *result, gboolean done) {
  if (!done)
    return LEVEL_WAIT;
  for (guint i = 0; i < result->findings->len; i++)
    if (((const Finding *)g_ptr_array_index(result->findings, i))->level != LEVEL_SKIP)
      return result_level(result);
  return result->findings->len > 0 ? LEVEL_SKIP : LEVEL_OK;
}

/* --- all of it --- */

static void put_walk(Session *s, const Walk *walk) {
  const Visit *visit = &walk->visit;
  if (visit->run != NULL && probe_run_done(visit->run))
    session_put_result(s->facts, visit->step, probe_run_result(visit->run));
  else if (walk->refused != NULL)
    session_put_result(s->facts, visit->step, walk->refused);
  else if (visit->at != 0)
    session_put_given(s->facts, visit->step, &(Given){visit->answer, walk->paste, visit->ticked});
}

void session_rebuild_facts(Session *s) {
  facts_free(s->facts);
  s->facts = facts_new();
  facts_merge(s->facts, s->presets, PRESET);
  if (s->loaded != NULL)
    bounce_set_facts(s->loaded->bounce, s->facts);
  for (guint i = 0; i < s->path->len; i++)
    put_walk(s, g_ptr_array_index(s->path, i));
}

GPtrArray *session_items(const Session *s, const Step *step, const Facts *facts, const Guide **guide) {
  const Guide *found = NULL;
  if (step->guide != NULL && s->flows != NULL) {
    g_autofree char *id = template_expand(step->guide, facts, NULL);
    found = guides_find(flows_guides(s->flows), id);
  }
  if (guide != NULL)
    *guide = found;
  return found != NULL ? found->steps : step->items;
}
