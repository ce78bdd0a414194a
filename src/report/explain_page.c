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
                          N_("There is nothing to do. If the person does not see it: junk mail folder.")},
    [BOUNCE_FEEDBACK] = {N_("This is a complaint: somebody marked the mail as spam, and the mail provider tells its "
                            "sender. Nothing bounced."),
                         N_("Take the address off your list at once. Give the report to your mail administrator. If "
                            "nobody on your side sent that mail, an account may be in foreign hands.")},
    [BOUNCE_DELIVERED] = {N_("This is a receipt: the mail was delivered. Nothing bounced."),
                          N_("There is nothing to do. If the person does not see it: junk mail folder.")},
    [BOUNCE_OTHER] = {N_("This is no bounce as far as one can see: there is no failed address, no code and no report in "
                         "it. If it is one, give the whole message, with everything that was returned."),
                      NULL},
};

/* --- what to do --- */

typedef struct Advice {
  const char *title;
  const GPtrArray *texts; /* of Message */
  guint most;
  gboolean numbered;
} Advice;

static void put_advice(Page *page, const Facts *facts, Advice advice) {
  if (advice.texts->len == 0)
    return;
  g_string_append_printf(page->out, "%s\n", tr(advice.title));
  for (guint i = 0; i < MIN(advice.texts->len, advice.most); i++) {
    g_autofree char *lead = advice.numbered ? g_strdup_printf("  %u  ", i + 1) : g_strdup("  -  ");
    g_autofree char *text = facts_fill_text(facts, g_ptr_array_index(advice.texts, i));
    page_item(page, lead, text);
  }
}

/* Who must act gets more lines than who only looks on. */
static void put_to_do(Page *page, const Facts *facts, const Cause *cause, const char *owner) {
  gboolean admins = g_str_has_suffix(owner, "-admin");
  g_string_append_c(page->out, '\n');
  put_advice(page, facts, (Advice){N_("What to do now"), cause->user, MAX_REMEDIES, TRUE});
  put_advice(page, facts, (Advice){N_("What not to do"), cause->avoid, MAX_AVOID, FALSE});
  put_advice(page, facts, (Advice){N_("For the administrator"), cause->admin, admins ? MAX_REMEDIES : 1, FALSE});
}

/* --- one outcome --- */

/* The cause of which the page speaks; NULL: the knowledge is missing. */
static const Cause *find_cause(const Causes *causes, const BounceRecipient *recipient) {
  const Cause *cause = recipient->cause != NULL ? causes_find(causes, recipient->cause) : NULL;
  if (cause != NULL)
    return cause;
  gboolean waiting = g_strcmp0(recipient->action, "delayed") == 0;
  return causes_find(causes, waiting ? "delay_notice" : "unknown");
}

static const char *find_owner(const Cause *cause, const BounceRecipient *recipient) {
  return recipient->owner != NULL ? recipient->owner : cause != NULL ? cause->owner : NULL;
}

/* `alone`: nothing above says yet that the mail was not delivered. */
static void put_headline(Page *page, const Facts *facts, const Cause *cause, gboolean alone) {
  if (cause == NULL)
    return;
  if (g_str_equal(cause->id, "unknown")) {
    page_item(page, "", alone ? tr(N_("Not delivered. The words of the bounce do not point to one cause."))
                              : tr(N_("The words of the bounce do not point to one cause.")));
    return;
  }
  g_autofree char *label = facts_fill_text(facts, cause->label);
  g_autofree char *description = facts_fill_text(facts, cause->description);
  g_autoptr(Message) message = message_new(N_("Not delivered: {cause}"), "cause", label, NULL);
  g_autofree char *headline = message_text(message, NULL, NULL);
  page_item(page, "", alone ? headline : label);
  page_item(page, "", description);
}

/* Rows of a bounce as rows of a page; `rows` has room for BOUNCE_ROWS. */
static guint fill_rows(const Bounce *bounce, const GPtrArray *group, PageRow *rows) {
  BounceRow said[BOUNCE_ROWS];
  guint n = bounce_rows_fill(bounce, group, said);
  for (guint i = 0; i < n; i++)
    rows[i] = (PageRow){said[i].label, said[i].value, TRUE};
  return n;
}

static void put_rows(Page *page, const Bounce *bounce, const GPtrArray *group, const char *owner) {
  const BounceRecipient *first = g_ptr_array_index(group, 0);
  PageRow rows[BOUNCE_ROWS + 1];
  guint n = fill_rows(bounce, group, rows);
  if (owner != NULL)
    rows[n++] = (PageRow){g_strdup(tr(N_("Who has to act"))), g_strdup(tr(cause_owner_message(owner))), FALSE};
  page_rows(page, 0, WIDEST_LABEL, rows, n);
  if (first->diagnostic == NULL)
    return;
  g_autofree char *words = text_fit(first->diagnostic, MAX_WORDS);
  page_quote(page, 0, words);
}

typedef struct Outcomes {
  const Bounce *bounce;
  const Causes *causes;
  GPtrArray *groups;
} Outcomes;

static const Cause *outcome_cause(const Outcomes *all, guint i) {
  const GPtrArray *group = g_ptr_array_index(all->groups, i);
  return find_cause(all->causes, g_ptr_array_index(group, 0));
}

/* The same advice is given once: below the last outcome that it is for. */
static gboolean comes_again(const Outcomes *all, guint i) {
  for (guint k = i + 1; k < MIN(all->groups->len, MAX_OUTCOMES); k++)
    if (outcome_cause(all, k) == outcome_cause(all, i))
      return TRUE;
  return FALSE;
}

static void put_outcome(Page *page, const Outcomes *all, guint i, gboolean alone) {
  const GPtrArray *group = g_ptr_array_index(all->groups, i);
  const BounceRecipient *first = g_ptr_array_index(group, 0);
  const Cause *cause = outcome_cause(all, i);
  const char *owner = find_owner(cause, first);
  g_autoptr(Facts) facts = facts_new();
  bounce_set_facts_about(all->bounce, first, facts);
  put_headline(page, facts, cause, alone);
  put_rows(page, all->bounce, group, owner);
  if (cause != NULL && !comes_again(all, i))
    put_to_do(page, facts, cause, owner);
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

static void put_outcomes(Page *page, const Bounce *bounce, const Causes *causes) {
  g_autoptr(GPtrArray) groups = outcomes_of(bounce);
  Outcomes all = {bounce, causes, groups};
  gboolean alone = bounce->kind == BOUNCE_BOUNCE && groups->len == 1 && causes_find(causes, "unknown") != NULL;
  if (!alone)
    page_item(page, "", tr(kinds[bounce->kind][0]));
  for (guint i = 0; i < MIN(groups->len, MAX_OUTCOMES); i++) {
    if (!alone)
      g_string_append_c(page->out, '\n');
    put_outcome(page, &all, i, alone);
  }
  put_left_out(page, groups);
}

/* A mail that was not refused. */
static void put_other(Page *page, const Bounce *bounce) {
  page_item(page, "", tr(kinds[bounce->kind][0]));
  if (kinds[bounce->kind][1] != NULL)
    page_item(page, "", tr(kinds[bounce->kind][1]));
  if (bounce->recipients->len == 0)
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

static char *describe_original(const Bounce *bounce) {
  if (bounce->subject == NULL && bounce->date == NULL)
    return NULL;
  const char *subject = bounce->subject != NULL ? bounce->subject : tr(N_("(no subject)"));
  return bounce->date != NULL ? g_strdup_printf("%s (%s)", subject, bounce->date) : g_strdup(subject);
}

static void put_original(Page *page, const Bounce *bounce) {
  const char *reporter = find_reporter(bounce);
  char *original = describe_original(bounce);
  PageRow rows[] = {
      {g_strdup(tr(N_("Returned mail"))), original, TRUE},
      {g_strdup(tr(N_("Reported by"))), g_strdup(reporter), TRUE},
  };
  if (original != NULL || reporter != NULL)
    g_string_append_c(page->out, '\n');
  page_rows(page, 0, WIDEST_LABEL, rows, G_N_ELEMENTS(rows));
}

static void put_notes(Page *page, const Bounce *bounce) {
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

char *explain_page(const Bounce *bounce, const char *name, const Causes *causes, int columns) {
  Page page;
  page_init(&page, NULL, columns, TRUE);
  if (name != NULL)
    g_string_append_printf(page.out, "%s\n", name);
  if (bounce->kind == BOUNCE_BOUNCE || bounce->kind == BOUNCE_DELAY)
    put_outcomes(&page, bounce, causes);
  else
    put_other(&page, bounce);
  put_original(&page, bounce);
  put_notes(&page, bounce);
  return page_take(&page);
}
