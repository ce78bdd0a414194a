#include "mail/rule_match.h"

#include "mail/rule_index.h"
#include "mail/rule_pattern.h"
#include "mail/scan.h"

#include <string.h>

/* An alternative and where it belongs, and what is known about it in the text at hand. */
typedef struct Candidate {
  const Rule *rule;
  Alternative *alternative;
  guint seen; /* the run in which it was decided about */
} Candidate;

typedef struct Span {
  gsize from, to;
} Span;

struct RuleMatcher {
  RuleIndex *index;
  GArray *candidates; /* of Candidate */
  GArray *always;     /* of guint: candidates without literals */
  GArray *hits;       /* of RuleHit */
  GArray *places;     /* of guint by a rule's order: its hit + 1, if `marks` says that it is of this run */
  GArray *marks;      /* of guint by a rule's order */
  GArray *spans;      /* of Span: addresses and URLs in the text */
  guint run;
  const char *text;
};

static void add_rule(RuleMatcher *matcher, const Rule *rule) {
  for (guint i = 0; i < rule->alternatives->len; i++) {
    Candidate candidate = {rule, g_ptr_array_index(rule->alternatives, i), 0};
    guint number = matcher->candidates->len;
    g_array_append_val(matcher->candidates, candidate);
    if (candidate.alternative->broken)
      continue;
    for (char **literal = candidate.alternative->literals; *literal; literal++)
      rule_index_add(matcher->index, *literal, number);
    if (!*candidate.alternative->literals)
      g_array_append_val(matcher->always, number);
  }
}

RuleMatcher *rule_matcher_new(const Rules *rules) {
  RuleMatcher *matcher = g_new0(RuleMatcher, 1);
  GPtrArray *all = rules_all(rules);
  matcher->index = rule_index_new();
  matcher->candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
  matcher->always = g_array_new(FALSE, FALSE, sizeof(guint));
  matcher->hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  matcher->places = g_array_new(FALSE, TRUE, sizeof(guint));
  matcher->marks = g_array_new(FALSE, TRUE, sizeof(guint));
  matcher->spans = g_array_new(FALSE, FALSE, sizeof(Span));
  g_array_set_size(matcher->places, all->len);
  g_array_set_size(matcher->marks, all->len);
  for (guint i = 0; i < all->len; i++)
    add_rule(matcher, g_ptr_array_index(all, i));
  return matcher;
}

void rule_matcher_free(RuleMatcher *matcher) {
  if (!matcher)
    return;
  GArray *arrays[] = {matcher->candidates, matcher->always, matcher->hits,
                      matcher->places,     matcher->marks,  matcher->spans};
  for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_array_unref(arrays[i]);
  rule_index_free(matcher->index);
  g_free(matcher);
}

/* --- addresses and URLs --- */

static void find_spans(RuleMatcher *matcher) {
  g_array_set_size(matcher->spans, 0);
  gsize start = 0, end = 0;
  for (const char *p = matcher->text; scan_mailbox(p, &start, &end); p += end) {
    Span span = {(gsize)(p - matcher->text) + start, (gsize)(p - matcher->text) + end};
    g_array_append_val(matcher->spans, span);
  }
  for (const char *p = strstr(matcher->text, "://"); p; p = strstr(p + 3, "://")) {
    gsize from = (gsize)(p - matcher->text);
    Span span = {from, from + strcspn(p, " <>\"'")};
    g_array_append_val(matcher->spans, span);
  }
}

static gboolean in_span(const RuleMatcher *matcher, gsize at) {
  for (guint i = 0; i < matcher->spans->len; i++) {
    const Span *span = &g_array_index(matcher->spans, Span, i);
    if (at >= span->from && at < span->to)
      return TRUE;
  }
  return FALSE;
}

/* --- matching --- */

static void add_hit(RuleMatcher *matcher, const Candidate *candidate) {
  guint order = candidate->rule->order;
  guint *mark = &g_array_index(matcher->marks, guint, order), *place = &g_array_index(matcher->places, guint, order);
  if (*mark != matcher->run) {
    *mark = matcher->run;
    RuleHit hit = {candidate->rule, 0};
    g_array_append_val(matcher->hits, hit);
    *place = matcher->hits->len;
  }
  RuleHit *hit = &g_array_index(matcher->hits, RuleHit, *place - 1);
  hit->weight = MAX(hit->weight, candidate->alternative->weight);
}

static gboolean is_generic(const Rule *rule) {
  return rule->provider && rule->provider->kind == PROVIDER_GENERIC;
}

static void found(guint number, gsize at, gpointer user) {
  RuleMatcher *matcher = user;
  Candidate *candidate = &g_array_index(matcher->candidates, Candidate, number);
  if (candidate->seen == matcher->run || (is_generic(candidate->rule) && in_span(matcher, at)))
    return;
  candidate->seen = matcher->run;
  if (alternative_matches(candidate->alternative, matcher->text))
    add_hit(matcher, candidate);
}

const GArray *rule_matcher_run(RuleMatcher *matcher, const char *text) {
  matcher->run++;
  matcher->text = text;
  g_array_set_size(matcher->hits, 0);
  find_spans(matcher);
  rule_index_search(matcher->index, text, found, matcher);
  for (guint i = 0; i < matcher->always->len; i++)
    found(g_array_index(matcher->always, guint, i), G_MAXSIZE, matcher);
  return matcher->hits;
}
