#include "report/explain.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "report/bounce_rows.h"
#include "report/outcome.h"
#include "report/page.h"

/* A page is short: what there is more of stands in the wizard, and in the JSON. */
#define MAX_OUTCOMES 10
#define MAX_REMEDIES 3
#define MAX_AVOID 1
#define MAX_WORDS 400 /* columns of the other server's words */
#define WIDEST_LABEL 16

/* What a mail is that has no refusal in it, and what there is to say then. */
static const char *const kinds[][2] = {
    [BOUNCE_BOUNCE] = {N_("This is a bounce: a mail was not delivered."), NULL},
    [BOUNCE_DELAY] = {N_("This is a notice of delay: the mail is still waiting, and the mail system keeps trying. Do not "
                         "send it again yet."),
                      NULL},
    [BOUNCE_AUTOREPLY] = {N_("This is an automatic answer, for example \"out of office\". The mail has arrived; nothing "
                             "bounced."),
                          N_("There is nothing to do. The answer may say when the person is back, or who helps "
                             "meanwhile.")},
    [BOUNCE_FEEDBACK] = {N_("This is a complaint: somebody marked the mail as spam, and the mail provider tells its "
                            "sender. Nothing bounced."),
                         N_("Take the address off your list at once. Give the report to your mail administrator. If "
                            "nobody on your side sent that mail, an account may be in foreign hands.")},
    [BOUNCE_DELIVERED] = {N_("This is a receipt: the mail was delivered. Nothing bounced."),
                          N_("There is nothing to do. If the person cannot find the mail, ask them to look into the "
                             "junk mail folder.")},
    [BOUNCE_OTHER] = {N_("This is no bounce as far as one can see: there is no failed address, no code and no report in "
                         "it. If it is one, give the whole message, with everything that was returned."),
                      NULL},
};

/* --- one outcome --- */

/* Recipients with the same result, and what is known about it. */
typedef struct Outcome {
  const GPtrArray *group;
  const BounceRecipient *first;
  const Cause *cause; /* NULL: the knowledge is missing */
  const Cause *wait;  /* the mail is not lost: what to do and not to do are this one's; or NULL */
  const Rule *rule;   /* that told the cause, or NULL */
  const char *owner;  /* or NULL */
  const Code *code;   /* what the code says, where no rule knew the words; or NULL */
} Outcome;

static gboolean is_unknown(const Cause *cause) { return g_str_equal(cause->id, "unknown"); }

static gboolean passes_by_itself(const Cause *cause) {
  return cause != NULL && g_strcmp0(cause->owner, "nobody-wait") == 0;
}

/* Who waits for more attempts needs no other cause. */
static const Cause *find_cause(const Causes *causes, const BounceRecipient *recipient, gboolean waiting) {
  const Cause *cause = recipient->cause != NULL ? causes_find(causes, recipient->cause) : NULL;
  return cause != NULL ? cause : causes_find(causes, waiting ? "delay_notice" : "unknown");
}

/* What the code means counts where the words told nothing: providers have meanings of their own for some. */
static const Code *find_code(Classifier *classifier, const BounceRecipient *recipient) {
  const char *code = recipient->status != NULL ? recipient->status : recipient->reply;
  /* X.4.7 in a notice of delay is how long it has been tried, not that it was given up. */
  gboolean waiting = g_strcmp0(recipient->cause, "delay_notice") == 0;
  gboolean telling = recipient->rule == NULL && code != NULL && !waiting;
  return classifier != NULL && telling ? classifier_code(classifier, code) : NULL;
}

static Outcome make_outcome(const ExplainKnowledge *knowledge, const Bounce *bounce, const GPtrArray *group) {
  Outcome outcome = {.group = group, .first = g_ptr_array_index(group, 0)};
  const BounceRecipient *first = outcome.first;
  gboolean waiting = bounce_waits(bounce, first);
  outcome.cause = find_cause(knowledge->causes, first, waiting);
  outcome.wait = waiting && !passes_by_itself(outcome.cause) ? causes_find(knowledge->causes, "delay_notice") : NULL;
  outcome.code = find_code(knowledge->classifier, first);
  if (first->rule != NULL && knowledge->classifier != NULL)
    outcome.rule = classifier_rule(knowledge->classifier, first->rule);
  outcome.owner = first->owner != NULL ? first->owner : outcome.cause != NULL ? outcome.cause->owner : NULL;
  return outcome;
}

/* `alone`: nothing above says yet that the mail was not delivered. */
static void put_headline(Page *page, const Outcome *outcome, const Facts *facts, gboolean alone) {
  if (outcome->cause == NULL)
    return;
  if (is_unknown(outcome->cause)) {
    page_item(page, "", alone ? tr(N_("Not delivered. The words of the bounce do not point to one cause."))
                              : tr(N_("The words of the bounce do not point to one cause.")));
    return;
  }
  g_autofree char *label = facts_fill_text(facts, outcome->cause->label);
  g_autofree char *description = facts_fill_text(facts, outcome->cause->description);
  g_autoptr(Message) message = message_new(N_("Not delivered: {cause}"), "cause", label, NULL);
  g_autofree char *headline = message_text(message, NULL, NULL);
  page_item(page, "", alone ? headline : label);
  page_item(page, "", outcome->rule != NULL ? tr(outcome->rule->summary) : description);
}

/* The first line of a notice of delay says the same. */
static gboolean says_only_delay(const Bounce *bounce, const Outcome *outcome) {
  return bounce->kind == BOUNCE_DELAY && outcome->cause != NULL && g_str_equal(outcome->cause->id, "delay_notice");
}

/* Rows of a bounce as rows of a page; `rows` has room for BOUNCE_ROWS. */
static guint fill_rows(const Bounce *bounce, const GPtrArray *group, PageRow *rows) {
  BounceRow said[BOUNCE_ROWS];
  guint n = bounce_rows_fill(bounce, group, said);
  for (guint i = 0; i < n; i++)
    rows[i] = (PageRow){said[i].label, said[i].value, TRUE};
  return n;
}

static void put_rows(Page *page, const Bounce *bounce, const Outcome *outcome) {
  PageRow rows[BOUNCE_ROWS + 2];
  guint n = fill_rows(bounce, outcome->group, rows);
  if (outcome->code != NULL)
    rows[n++] = (PageRow){g_strdup(tr(N_("The code means"))), g_strdup(tr(outcome->code->meaning)), FALSE};
  if (outcome->owner != NULL)
    rows[n++] =
        (PageRow){g_strdup(tr(N_("Who has to act"))), g_strdup(tr(cause_owner_message(outcome->owner))), FALSE};
  page_rows(page, 0, WIDEST_LABEL, rows, n);
  if (outcome->first->diagnostic == NULL)
    return;
  g_autofree char *words = text_fit(outcome->first->diagnostic, MAX_WORDS);
  page_quote(page, 0, words);
}

/* --- what to do --- */

typedef struct Advice {
  const char *title;
  const char *first;      /* what a rule says for its own words, or NULL */
  const GPtrArray *texts; /* of Message */
  guint most;
  gboolean numbered;
} Advice;

static void put_advice(Page *page, const Facts *facts, Advice advice) {
  guint n = 0, own = advice.first != NULL ? 1 : 0, total = MIN(advice.texts->len + own, advice.most);
  if (total > 0)
    g_string_append_printf(page->out, "%s\n", tr(advice.title));
  for (; n < total; n++) {
    g_autofree char *lead = advice.numbered ? g_strdup_printf("  %u  ", n + 1) : g_strdup("  -  ");
    g_autofree char *text =
        n < own ? g_strdup(tr(advice.first)) : facts_fill_text(facts, g_ptr_array_index(advice.texts, n - own));
    page_item(page, lead, text);
  }
}

/* Who must act gets more lines than who only looks on.  A mail that still waits must not be sent again, whatever keeps
 * it: unless that passes by itself, the cause has something to say to administrators only. */
static void put_to_do(Page *page, const Outcome *outcome, const Facts *facts) {
  const Cause *cause = outcome->cause, *shown = outcome->wait != NULL ? outcome->wait : cause;
  const Rule *rule = outcome->rule;
  guint admins = g_str_has_suffix(outcome->owner, "-admin") ? MAX_REMEDIES : 1;
  g_string_append_c(page->out, '\n');
  put_advice(page, facts,
             (Advice){N_("What to do now"), rule != NULL && shown == cause ? rule->user : NULL, shown->user, MAX_REMEDIES,
                      TRUE});
  put_advice(page, facts, (Advice){N_("What not to do"), NULL, shown->avoid, MAX_AVOID, FALSE});
  put_advice(page, facts,
             (Advice){N_("For the administrator"), rule != NULL ? rule->admin : NULL, cause->admin, admins, FALSE});
}

/* --- all outcomes --- */

/* The same advice is given once: below the last outcome that it is for. */
static gboolean comes_again(const Outcome *outcomes, guint n, guint i) {
  for (guint k = i + 1; k < n; k++)
    if (outcomes[k].cause == outcomes[i].cause && outcomes[k].rule == outcomes[i].rule &&
        outcomes[k].wait == outcomes[i].wait)
      return TRUE;
  return FALSE;
}

static void put_left_out(Page *page, const GPtrArray *groups) {
  guint left = 0;
  for (guint i = MAX_OUTCOMES; i < groups->len; i++)
    left += ((const GPtrArray *)g_ptr_array_index(groups, i))->len;
  if (left == 0)
    return;
  g_autoptr(Message) message = message_new(N_("{count} more recipients with other results: --json shows all."), NULL);
  message_set_number(message, "count", left);
  g_autofree char *text = message_text(message, NULL, NULL);
  page_section(page, text);
}

static void put_outcomes(Page *page, const Bounce *bounce, const ExplainKnowledge *knowledge) {
  g_autoptr(GPtrArray) groups = outcomes_of(bounce);
  Outcome outcomes[MAX_OUTCOMES];
  guint n = MIN(groups->len, MAX_OUTCOMES);
  for (guint i = 0; i < n; i++)
    outcomes[i] = make_outcome(knowledge, bounce, g_ptr_array_index(groups, i));
  gboolean alone = bounce->kind == BOUNCE_BOUNCE && groups->len == 1 && outcomes[0].cause != NULL;
  if (!alone)
    page_item(page, "", tr(kinds[bounce->kind][0]));
  for (guint i = 0; i < n; i++) {
    g_autoptr(Facts) facts = facts_new();
    bounce_set_facts_about(bounce, outcomes[i].first, facts);
    if (!alone)
      g_string_append_c(page->out, '\n');
    if (!says_only_delay(bounce, &outcomes[i]))
      put_headline(page, &outcomes[i], facts, alone);
    put_rows(page, bounce, &outcomes[i]);
    if (outcomes[i].cause != NULL && !comes_again(outcomes, n, i))
      put_to_do(page, &outcomes[i], facts);
  }
  put_left_out(page, groups);
}

/* A mail that was not refused. */
static void put_other(Page *page, const Bounce *bounce) {
  if (bounce->outlook) {
    page_item(page, "", tr(N_("This is a file in Outlook's own format (.msg), which cannot be read here. Open the mail in "
                              "Outlook, copy all of its text, and paste it into the wizard; or save it as \"Text "
                              "only\".")));
    return;
  }
  page_item(page, "", tr(kinds[bounce->kind][0]));
  if (kinds[bounce->kind][1] != NULL)
    page_item(page, "", tr(kinds[bounce->kind][1]));
  gboolean named = FALSE;
  for (guint i = 0; i < bounce->recipients->len && !named; i++)
    named = ((const BounceRecipient *)g_ptr_array_index(bounce->recipients, i))->recipient != NULL;
  if (!named)
    return;
  PageRow rows[BOUNCE_ROWS];
  guint n = fill_rows(bounce, bounce->recipients, rows);
  g_string_append_c(page->out, '\n');
  page_rows(page, 0, WIDEST_LABEL, rows, n);
}

/* --- the whole page --- */

/* The server that refused comes first; who wrote the notice is told when nobody refused. */
static const char *find_reporter(const Bounce *bounce) {
  for (guint i = 0; i < bounce->recipients->len; i++)
    if (((const BounceRecipient *)g_ptr_array_index(bounce->recipients, i))->remote_mta != NULL)
      return NULL;
  return bounce->reporting_mta;
}

static void put_original(Page *page, const Bounce *bounce) {
  const char *reporter = find_reporter(bounce);
  char *original = bounce_original(bounce);
  PageRow rows[] = {
      {g_strdup(tr(N_("Returned mail"))), original, TRUE},
      {g_strdup(tr(N_("Reported by"))), g_strdup(reporter), TRUE},
  };
  if (original != NULL || reporter != NULL)
    g_string_append_c(page->out, '\n');
  page_rows(page, 0, WIDEST_LABEL, rows, G_N_ELEMENTS(rows));
}

static void put_notes(Page *page, const Bounce *bounce) {
  if (bounce->outlook)
    return;
  if (bounce->cut || bounce->plain || bounce->hidden > 0)
    g_string_append_c(page->out, '\n');
  if (bounce->cut)
    page_item(page, "", tr(N_("Only the first 4 MB were read.")));
  if (bounce->plain)
    page_item(page, "", tr(N_("The part of this program that takes mails apart (mime.so) is missing. The mail was read as "
                              "plain text, so something may be overlooked. Install the program again.")));
  if (bounce->hidden == 0)
    return;
  g_autoptr(Message) message = message_new(N_("Invisible or control characters in it, shown as \\x..: {count}"), NULL);
  message_set_number(message, "count", bounce->hidden);
  g_autofree char *text = message_text(message, NULL, NULL);
  page_item(page, "", text);
}

char *explain_page(const Bounce *bounce, const char *name, const ExplainKnowledge *knowledge, int columns) {
  Page page;
  page_init(&page, NULL, columns, TRUE);
  if (name != NULL)
    g_string_append_printf(page.out, "%s\n", name);
  if (bounce->kind == BOUNCE_BOUNCE || bounce->kind == BOUNCE_DELAY)
    put_outcomes(&page, bounce, knowledge);
  else
    put_other(&page, bounce);
  put_original(&page, bounce);
  put_notes(&page, bounce);
  return page_take(&page);
}
