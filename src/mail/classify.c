#include "mail/classify.h"

#include "base/paths.h"
#include "mail/code.h"
#include "mail/provider.h"
#include "mail/rule_match.h"

#include <string.h>

#define MAX_HOSTS 3
#define DELAYED "delay_notice"

struct Classifier {
  char *folder;
  char **own;
  gboolean tried; /* to read the rules */
  gboolean codes_tried, providers_tried;
  Rules *rules;
  RuleMatcher *matcher;
  GPtrArray *by_code; /* of Rule: those without a pattern */
  Codes *status, *replies;
  Providers *providers;
  Diags *diags;
};

/* Order of trust: see the header. */
typedef enum Trust { TRUST_NAMED, TRUST_GENERIC, TRUST_LAST, TRUST_NONE } Trust;

/* One refusal while it is judged. */
typedef struct Case {
  Classifier *classifier;
  const Refusal *refusal;
  const char *text;            /* the words, normalised */
  char *hosts[MAX_HOSTS];      /* lower case; NULL where there is none */
  guint status, dsn_status;    /* as numbers; 0: none */
  guint reply;
} Case;

typedef struct Choice {
  const Rule *rule; /* NULL: none yet */
  Trust trust;
  int score;
  guint weight;
} Choice;

/* --- the knowledge --- */

Classifier *classifier_new(const char *folder, const char *const *own) {
  Classifier *classifier = g_new0(Classifier, 1);
  classifier->folder = folder ? g_strdup(folder) : paths_knowledge("");
  classifier->own = own ? g_strdupv((char **)own) : paths_own_knowledge("rules.yaml");
  classifier->diags = diags_new();
  classifier->by_code = g_ptr_array_new();
  return classifier;
}

void classifier_free(Classifier *classifier) {
  if (!classifier)
    return;
  rule_matcher_free(classifier->matcher);
  rules_free(classifier->rules);
  codes_free(classifier->status);
  codes_free(classifier->replies);
  providers_free(classifier->providers);
  g_ptr_array_unref(classifier->by_code);
  diags_free(classifier->diags);
  g_strfreev(classifier->own);
  g_free(classifier->folder);
  g_free(classifier);
}

/* FALSE: there are no rules. */
static gboolean read_rules(Classifier *classifier) {
  if (classifier->tried)
    return classifier->rules != NULL;
  classifier->tried = TRUE;
  g_autofree char *path = g_build_filename(classifier->folder, "rules.yaml", NULL);
  classifier->rules = rules_load(path, (const char *const *)classifier->own, classifier->diags);
  if (!classifier->rules)
    return FALSE;
  classifier->matcher = rule_matcher_new(classifier->rules);
  GPtrArray *all = rules_all(classifier->rules);
  for (guint i = 0; i < all->len; i++) {
    Rule *rule = g_ptr_array_index(all, i);
    if (!rule->pattern)
      g_ptr_array_add(classifier->by_code, rule);
  }
  return TRUE;
}

static Codes *read_codes_file(Classifier *classifier, const char *name) {
  g_autofree char *path = g_build_filename(classifier->folder, name, NULL);
  return codes_load(path, classifier->diags);
}

static void read_codes(Classifier *classifier) {
  if (classifier->codes_tried)
    return;
  classifier->codes_tried = TRUE;
  classifier->status = read_codes_file(classifier, "status.yaml");
  classifier->replies = read_codes_file(classifier, "replies.yaml");
}

static const Providers *read_providers(Classifier *classifier) {
  if (!classifier->providers_tried) {
    g_autofree char *path = g_build_filename(classifier->folder, "providers.yaml", NULL);
    classifier->providers = providers_load(path, classifier->diags);
  }
  classifier->providers_tried = TRUE;
  return classifier->providers;
}

const Rule *classifier_rule(Classifier *classifier, const char *id) {
  return read_rules(classifier) ? rules_find(classifier->rules, id) : NULL;
}

const Code *classifier_code(Classifier *classifier, const char *code) {
  read_codes(classifier);
  return codes_find(strchr(code, '.') ? classifier->status : classifier->replies, code);
}

const Diags *classifier_diags(const Classifier *classifier) {
  return classifier->diags;
}

/* --- evidence --- */

static gboolean host_fits(const Case *c, char *const *patterns) {
  for (; *patterns; patterns++)
    for (guint i = 0; i < MAX_HOSTS; i++)
      if (c->hosts[i] && provider_pattern_fits(*patterns, c->hosts[i]))
        return TRUE;
  return FALSE;
}

static gboolean has_mark(const Case *c, char *const *marks) {
  for (; *marks; marks++)
    if (strstr(c->text, *marks))
      return TRUE;
  return FALSE;
}

static gboolean has_host(const Case *c, const Rule *rule) {
  const RuleProvider *provider = rule->provider;
  if (rule->hosts && host_fits(c, rule->hosts))
    return TRUE;
  return provider && ((!rule->hosts && host_fits(c, provider->hosts)) || has_mark(c, provider->marks));
}

static gboolean in_range(const RuleCode *code, guint number) {
  return number != 0 && number >= code->first && number <= code->last;
}

/* 3 for the exact status code, 2 for a range that it is in; 1 for the reply code besides. */
static int score_codes(const Case *c, const Rule *rule) {
  int status = 0, reply = 0;
  for (guint i = 0; i < rule->codes->len; i++) {
    const RuleCode *code = &g_array_index(rule->codes, RuleCode, i);
    if (code->reply && in_range(code, c->reply))
      reply = 1;
    else if (!code->reply && (in_range(code, c->status) || in_range(code, c->dsn_status)))
      status = MAX(status, code->first == code->last ? 3 : 2);
  }
  return status + reply;
}

/* -1: evidence that the rule needs is not there. */
static int score_rule(const Case *c, const Rule *rule) {
  int codes = score_codes(c, rule);
  gboolean host = has_host(c, rule);
  gboolean command = rule->command && g_strcmp0(c->refusal->command, rule->command) == 0;
  if (((rule->needs & RULE_NEEDS_HOST) && !host) || ((rule->needs & RULE_NEEDS_COMMAND) && !command))
    return -1;
  /* A reply code alone is no evidence: there are few of them. */
  gboolean only_replies = codes < 2;
  for (guint i = 0; only_replies && i < rule->codes->len; i++)
    only_replies = !g_array_index(rule->codes, RuleCode, i).reply;
  if ((rule->needs & RULE_NEEDS_CODE) && (codes == 0 || only_replies))
    return -1;
  /* Without a pattern the status code is all there is: "550" fits most refusals. */
  if (!rule->pattern && codes < 2)
    return -1;
  return MAX(0, (rule->pattern ? 4 : 0) + codes + (host ? 3 : 0) + (command ? 2 : 0) + rule->priority);
}

/* --- choosing --- */

static Trust trust_of(const Rule *rule) {
  if (rule->last)
    return TRUST_LAST;
  return rule->provider && rule->provider->kind == PROVIDER_GENERIC ? TRUST_GENERIC : TRUST_NAMED;
}

static gboolean is_software(const Rule *rule) {
  return rule->provider && rule->provider->kind == PROVIDER_SOFTWARE;
}

static gboolean is_better(const Choice *a, const Choice *b) {
  if (!b->rule || a->trust != b->trust)
    return !b->rule || a->trust < b->trust;
  if (a->rule->own != b->rule->own)
    return a->rule->own;
  if (a->score != b->score)
    return a->score > b->score;
  if (is_software(a->rule) != is_software(b->rule))
    return is_software(b->rule);
  if (a->weight != b->weight)
    return a->weight > b->weight;
  return a->rule->order < b->rule->order;
}

static void consider(const Case *c, const Rule *rule, guint weight, Choice *best) {
  Choice choice = {rule, trust_of(rule), score_rule(c, rule), weight};
  if (choice.score >= 0 && is_better(&choice, best))
    *best = choice;
}

/* What the rules make of one text. */
typedef struct Reading {
  Choice cause, last, wrapper;
} Reading;

static Reading read_text(Case *c, const char *text) {
  Reading reading = {0};
  c->text = text;
  const GArray *hits = rule_matcher_run(c->classifier->matcher, text);
  for (guint i = 0; i < hits->len; i++) {
    const RuleHit *hit = &g_array_index(hits, RuleHit, i);
    Choice *best = hit->rule->wrapper ? &reading.wrapper : hit->rule->last ? &reading.last : &reading.cause;
    consider(c, hit->rule, hit->weight, best);
  }
  return reading;
}

static Choice read_by_code(const Case *c) {
  Choice best = {0};
  for (guint i = 0; (c->status != 0 || c->dsn_status != 0) && i < c->classifier->by_code->len; i++)
    consider(c, g_ptr_array_index(c->classifier->by_code, i), 0, &best);
  return best;
}

/* The table's entry for the status code, if it names a cause and is as vague as asked for. */
static const Code *find_status(const Case *c, gboolean vague) {
  const char *codes[] = {c->refusal->status, c->refusal->dsn_status};
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
    const Code *code = codes[i] && *codes[i] != '2' ? codes_find(c->classifier->status, codes[i]) : NULL;
    if (code && code->cause && code->vague == vague)
      return code;
  }
  return NULL;
}

static const Code *find_reply(const Case *c) {
  const Code *code = c->refusal->reply ? codes_find(c->classifier->replies, c->refusal->reply) : NULL;
  return code && code_cause_at(code, c->refusal->command) ? code : NULL;
}

static gboolean decide_by_rule(Classification *result, const Choice *choice) {
  if (!choice->rule)
    return FALSE;
  result->rule = choice->rule;
  result->cause = choice->rule->cause;
  return TRUE;
}

static gboolean decide_by_code(Classification *result, const Code *code, const char *command) {
  if (!code)
    return FALSE;
  result->code = code->code;
  result->cause = code_cause_at(code, command);
  return TRUE;
}

/* --- the provider --- */

static const char *find_by_host(Classifier *classifier, const char *host) {
  const Provider *provider = host && *host && read_providers(classifier) ? providers_match(classifier->providers, host) : NULL;
  return provider && strcmp(provider->kind, "unknown") != 0 ? provider->name : NULL;
}

static const char *name_of(const Choice *choice) {
  const RuleProvider *provider = choice->rule ? choice->rule->provider : NULL;
  return provider && provider->kind == PROVIDER_SERVICE ? provider->name : NULL;
}

/* Who refused: the server's name says it best, then the words that only one service writes. */
static const char *find_provider(Classifier *classifier, const Refusal *refusal, const Choice *cause, const Choice *wrapper) {
  const char *name = find_by_host(classifier, refusal->remote_mta);
  if (!name)
    name = name_of(cause);
  if (!name)
    name = name_of(wrapper);
  return name || refusal->remote_mta ? name : find_by_host(classifier, refusal->reporting_mta);
}

/* --- judging --- */

static char *host_of(const char *name) {
  if (!name || !*name)
    return NULL;
  char *host = g_ascii_strdown(name, -1);
  gsize length = strlen(host);
  if (host[length - 1] == '.')
    host[length - 1] = '\0';
  return host;
}

static void case_init(Case *c, Classifier *classifier, const Refusal *refusal) {
  const char *at = refusal->recipient ? strrchr(refusal->recipient, '@') : NULL;
  *c = (Case){.classifier = classifier, .refusal = refusal};
  c->hosts[0] = host_of(refusal->remote_mta);
  c->hosts[1] = host_of(at ? at + 1 : NULL);
  /* Without another server the reporting one refused, or gave up. */
  c->hosts[2] = refusal->remote_mta ? NULL : host_of(refusal->reporting_mta);
  c->status = refusal->status ? rule_status_number(refusal->status) : 0;
  c->dsn_status = refusal->dsn_status ? rule_status_number(refusal->dsn_status) : 0;
  c->reply = refusal->reply ? (guint)g_ascii_strtoull(refusal->reply, NULL, 10) : 0;
}

static void case_clear(Case *c) {
  for (guint i = 0; i < MAX_HOSTS; i++)
    g_free(c->hosts[i]);
}

/* A service that only says "user unknown" may explain itself around these words: "the account is disabled". */
static void refine(Case *c, const char *words, Choice *cause) {
  const RuleProvider *provider = cause->rule ? cause->rule->provider : NULL;
  if (!provider || provider->kind != PROVIDER_SERVICE || !c->refusal->notice ||
      strcmp(cause->rule->cause, "recipient_unknown") != 0)
    return;
  g_autofree char *notice = classify_normalise(c->refusal->notice);
  char *own = strstr(notice, words);
  if (!own)
    return;
  memset(own, ' ', strlen(words));
  c->text = notice;
  const GArray *hits = rule_matcher_run(c->classifier->matcher, notice);
  for (guint i = 0; i < hits->len; i++) {
    const RuleHit *hit = &g_array_index(hits, RuleHit, i);
    gboolean fits = hit->rule->provider == provider && !hit->rule->wrapper && !hit->rule->last;
    if (fits && hit->weight > cause->weight && score_rule(c, hit->rule) >= 0)
      *cause = (Choice){hit->rule, TRUST_NAMED, 0, hit->weight};
  }
}

static void decide(Case *c, Classification *result, Choice *cause, Choice *wrapper) {
  const Refusal *refusal = c->refusal;
  g_autofree char *words = classify_normalise(refusal->words ? refusal->words : "");
  Reading said = read_text(c, words);
  *wrapper = said.wrapper;
  *cause = said.cause.rule ? said.cause : read_by_code(c);
  refine(c, words, cause);
  if (decide_by_rule(result, cause))
    return;
  read_codes(c->classifier);
  if (decide_by_code(result, find_status(c, FALSE), refusal->command))
    return;
  /* "It is delayed" names no reason: anything else that is known comes first. */
  gboolean delayed = said.last.rule && strcmp(said.last.rule->cause, DELAYED) == 0;
  if (!delayed && decide_by_rule(result, &said.last))
    return;
  g_autofree char *notice = classify_normalise(refusal->notice ? refusal->notice : "");
  Reading around = read_text(c, notice);
  if (!wrapper->rule)
    *wrapper = around.wrapper;
  *cause = around.cause.rule ? around.cause : around.last;
  if (cause->rule && strcmp(cause->rule->cause, DELAYED) == 0) {
    said.last = *cause;
    delayed = TRUE;
    *cause = (Choice){0};
  }
  if (decide_by_rule(result, cause) || decide_by_code(result, find_status(c, TRUE), refusal->command) ||
      decide_by_code(result, find_reply(c), refusal->command))
    return;
  if (delayed)
    decide_by_rule(result, &said.last);
}

Classification classify(Classifier *classifier, const Refusal *refusal) {
  Classification result = {0};
  Choice cause = {0}, wrapper = {0};
  if (read_rules(classifier)) {
    Case c;
    case_init(&c, classifier, refusal);
    decide(&c, &result, &cause, &wrapper);
    case_clear(&c);
  }
  result.form = wrapper.rule;
  result.provider = find_provider(classifier, refusal, &cause, &wrapper);
  return result;
}

/* Rules that count in automatic answers too, which tell at most that the address is given up: see rule.h. */
#define ANSWERS "answer-"

static const char *const arrived[] = {"delivered", "relayed", "expanded", NULL};

/* What the mail as a whole tells about the cause: it arrived, or is still on its way. */
static const char *adjust_cause(const Bounce *bounce, const BounceRecipient *recipient, const Classification *found) {
  /* RFC 3464 s2.3.3: a report tells of those too who got the mail. */
  if (recipient->action && g_strv_contains(arrived, recipient->action))
    return "success";
  if (bounce->kind == BOUNCE_AUTOREPLY)
    return found->rule && g_str_has_prefix(found->rule->id, ANSWERS) ? found->cause : "success";
  if (!bounce->is_bounce)
    return bounce->kind == BOUNCE_OTHER ? NULL : "success";
  /* X.4.7 in a notice of delay is how long it has been tried, not that it was given up. */
  gboolean given_up = !found->rule && g_strcmp0(found->cause, "expired_in_queue") == 0;
  return bounce->kind == BOUNCE_DELAY && (!found->cause || given_up) ? DELAYED : found->cause;
}

static void classify_recipient(Classifier *classifier, const Bounce *bounce, BounceRecipient *recipient) {
  gboolean alone = bounce->recipients->len == 1 || !recipient->diagnostic;
  Refusal refusal = {.words = recipient->diagnostic,
                       .notice = alone ? bounce->notice : NULL,
                       .status = recipient->status,
                       .dsn_status = recipient->dsn_status,
                       .reply = recipient->reply,
                       .command = recipient->command,
                       .remote_mta = recipient->remote_mta,
                       .reporting_mta = bounce->reporting_mta,
                       .recipient = recipient->recipient};
  Classification found = {0};
  if (bounce->is_bounce || bounce->kind == BOUNCE_AUTOREPLY)
    found = classify(classifier, &refusal);
  const char *cause = adjust_cause(bounce, recipient, &found);
  if (g_strcmp0(cause, found.cause) != 0)
    found.rule = NULL;
  found.cause = cause;
  g_free(recipient->provider);
  g_free(recipient->cause);
  g_free(recipient->rule);
  recipient->provider = g_strdup(found.provider);
  recipient->cause = g_strdup(found.cause);
  recipient->rule = g_strdup(found.rule ? found.rule->id : NULL);
}

void classify_bounce(Classifier *classifier, Bounce *bounce) {
  for (guint i = 0; i < bounce->recipients->len; i++)
    classify_recipient(classifier, bounce, g_ptr_array_index(bounce->recipients, i));
}
