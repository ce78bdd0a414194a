/* Pages of `explain`, whole, in every language: tests/unit/data/explain/.  WB_GOLDEN=write writes what the program says now:
 * read the difference before you commit it. */
#include "base/catalogue.h"
#include "base/paths.h"
#include "base/text.h"
#include "flow/diagnose.h"
#include "report/explain.h"
#include "report/outcome.h"

#include <glib/gstdio.h>
#include <string.h>

#define DATA "tests/unit/data/explain/"
#define COLUMNS 72

#define HEAD "From: MAILER-DAEMON@example.org\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
--b\nContent-Type: text/plain\n\nI could not deliver your mail.\n\
--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; out.example.org\n\n"
#define RECIPIENT(address, action, status, words)                                                                      \
  "Final-Recipient: rfc822; " address "\nAction: " action "\nStatus: " status "\nRemote-MTA: dns; mx.example.com\n"    \
  "Diagnostic-Code: smtp; " words "\n\n"
#define ORIGINAL(fields)                                                                                               \
  "--b\nContent-Type: message/rfc822\n\n" fields "From: taro@example.org\nTo: hanako@example.com\n"                     \
  "Subject: Minutes of Monday\nDate: Wed, 12 Mar 2025 09:29:57 +0100\n\nhello\n--b--\n"

typedef struct Row {
  const char *name, *text;
  const char *causes[4]; /* of the recipients, in order */
  const char *provider;
} Row;

static const Row rows[] = {
    {"unknown-user",
     HEAD RECIPIENT("hanako@example.com", "failed", "5.1.1",
                    "550 5.1.1 <hanako@example.com>: Recipient address rejected: User unknown in virtual mailbox table")
         ORIGINAL(""),
     {"recipient_unknown"},
     NULL},
    {"blocklist",
     HEAD RECIPIENT("hanako@example.com", "failed", "5.7.1",
                    "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example.org")
         ORIGINAL(""),
     {"sender_blocklisted_ip"},
     "Postfix"},
    {"no-cause",
     HEAD RECIPIENT("hanako@example.com", "failed", "5.0.0", "550 Sorry, \x1b[2J this is not possible") ORIGINAL(""),
     {NULL},
     NULL},
    /* Two fail alike, one for another reason. */
    {"several",
     HEAD RECIPIENT("hanako@example.com", "failed", "5.2.2", "552 5.2.2 Mailbox full") RECIPIENT(
         "jiro@example.com", "failed", "5.1.1", "550 5.1.1 No such user")
         RECIPIENT("saburo@example.com", "failed", "5.2.2", "552 5.2.2 Over quota") ORIGINAL(""),
     {"mailbox_full", "recipient_unknown", "mailbox_full"},
     "Example Mail"},
    /* Nothing more is known than that it waits: said once. */
    {"waiting",
     HEAD "Final-Recipient: rfc822; hanako@example.com\nAction: delayed\nStatus: 4.4.7\n"
          "Will-Retry-Until: Fri, 14 Mar 2025 09:29:57 +0100\n\n" ORIGINAL(""),
     {"delay_notice"},
     NULL},
    {"delay",
     HEAD RECIPIENT("hanako@example.com", "delayed", "4.7.1", "451 4.7.1 Greylisted, try again later") ORIGINAL(""),
     {"greylisted"},
     NULL},
    /* One reason, but one mail is lost, one waits, and one arrived: who waits must not send again. */
    {"mixed",
     HEAD RECIPIENT("hanako@example.com", "failed", "5.4.1", "connect to mx.example.com: Connection timed out")
         RECIPIENT("jiro@example.net", "delayed", "4.4.1", "connect to mx.example.net: Connection timed out")
             RECIPIENT("saburo@example.org", "delivered", "2.1.5", "250 2.1.5 Ok") ORIGINAL(""),
     {"network_unreachable", "network_unreachable", "success"},
     NULL},
    {"internal",
     HEAD RECIPIENT("IMCEAEX-_O=EXAMPLE_OU=FIRST_CN=RECIPIENTS_CN=hanako@example.com", "failed", "5.1.1",
                    "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found") ORIGINAL(""),
     {"stale_autocomplete"},
     "Microsoft 365"},
    {"forwarded",
     HEAD RECIPIENT("prvs=2054bd7c6b=hanako@example.com", "failed", "5.7.23", "550 5.7.23 SPF validation failed")
         ORIGINAL("Return-Path: <SRS0=Hs7d=TT=example.org=taro@forwarder.example>\n"),
     {"auth_failure_spf"},
     NULL},
    {"auto-reply",
     "From: hanako@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.\n",
     {NULL},
     NULL},
    {"no-bounce", "hello there", {NULL}, NULL},
};

static Causes *causes;

static void replace(char **text, const char *other) {
  g_free(*text);
  *text = g_strdup(other);
}

static Bounce *read_row(const Row *row) {
  Bounce *bounce = bounce_read(row->text, strlen(row->text));
  for (guint i = 0; i < bounce->recipients->len; i++) {
    BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    replace(&recipient->cause, row->causes[MIN(i, 3)]);
    replace(&recipient->provider, row->provider);
    replace(&recipient->owner, NULL);
  }
  return bounce;
}

static void assert_golden(const char *name, const char *text) {
  g_autofree char *path = g_strconcat(DATA, name, ".", catalogue_language(), ".txt", NULL);
  if (g_strcmp0(g_getenv("WB_GOLDEN"), "write") == 0)
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_autofree char *want = NULL;
  if (!g_file_get_contents(path, &want, NULL, NULL))
    g_error("%s cannot be read", path);
  if (!g_str_equal(text, want))
    g_error("%s differs; the page is\n%s", path, text);
}

static void test_pages(void) {
  g_autofree char *dir = paths_catalogues();
  g_auto(GStrv) languages = catalogue_languages(dir);
  for (guint k = 0; languages[k] != NULL; k++) {
    g_assert_true(catalogue_use(dir, languages[k], NULL));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
      g_autoptr(Bounce) bounce = read_row(&rows[i]);
      g_autofree char *page = explain_page(bounce, rows[i].name, &(ExplainKnowledge){causes, NULL}, COLUMNS);
      assert_golden(rows[i].name, page);
      g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
      for (guint n = 0; lines[n] != NULL; n++)
        g_assert_cmpint(text_width(lines[n]), <=, COLUMNS);
      g_assert_true(text_lines_are_safe(page));
    }
  }
  catalogue_use(dir, "en", NULL);
}

/* Without the knowledge a page says what the bounce says. */
/* What was not refused has no result that sounds so. */
static void test_delivered(void) {
  static const char text[] = HEAD RECIPIENT("hanako@example.com", "delivered", "2.6.0", "250 2.6.0 Message received") ORIGINAL("");
  g_autoptr(Bounce) bounce = bounce_read(text, strlen(text));
  g_assert_cmpint(bounce->kind, ==, BOUNCE_DELIVERED);
  ((BounceRecipient *)g_ptr_array_index(bounce->recipients, 0))->permanent = 0;
  const ExplainKnowledge nothing = {0};
  g_autofree char *page = explain_page(bounce, NULL, &nothing, COLUMNS);
  g_assert_nonnull(strstr(page, "250 2.6.0\n"));
  g_assert_null(strstr(page, "efused"));
}

static void test_no_knowledge(void) {
  g_autoptr(Bounce) bounce = read_row(&rows[0]);
  g_autofree char *page = explain_page(bounce, NULL, &(ExplainKnowledge){NULL, NULL}, COLUMNS);
  g_assert_true(g_str_has_prefix(page, "This is a bounce: a mail was not delivered.\n\nRecipient"));
  g_assert_null(strstr(page, "What to do"));
}

/* --- what rules and codes add --- */

static const char own_rules[] = "format: 1\nreviewed: 2026-11-21\nproviders: []\nrules:\n"
                                "  - id: full\n    pattern: no room left\n    cause: mailbox_full\n"
                                "    summary: Their box of letters is full.\n    user: Shout from the street.\n"
                                "    admin: Carry letters away.\n    source: test\n";
static const char own_status[] = "format: 1\nreviewed: 2026-11-21\nsource: test\nstatuses:\n"
                                 "  - code: X.7.1\n    name: Not authorized\n    meaning: Somebody says no.\n    vague: yes\n";
static const char own_replies[] = "format: 1\nreviewed: 2026-11-21\nsource: test\nreplies: []\n";

static Classifier *make_classifier(const char *folder) {
  static const char *const files[][2] = {
      {"rules.yaml", own_rules}, {"status.yaml", own_status}, {"replies.yaml", own_replies}, {"providers.yaml", "[]\n"}};
  static const char *const none[] = {NULL};
  for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i][0], NULL);
    g_assert_true(g_file_set_contents(path, files[i][1], -1, NULL));
  }
  return classifier_new(folder, none);
}

static char *diagnosed_page(Classifier *classifier, const char *text) {
  g_autoptr(Bounce) bounce = bounce_read(text, strlen(text));
  diagnose_bounce(bounce, classifier, causes);
  return explain_page(bounce, NULL, &(ExplainKnowledge){causes, classifier}, COLUMNS);
}

static void remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    g_remove(inner);
  }
  g_remove(path);
}

/* A rule's own words stand before those of the cause. */
static void test_rule(void) {
  g_autofree char *folder = g_dir_make_tmp("wb-explain-XXXXXX", NULL);
  g_autoptr(Classifier) classifier = make_classifier(folder);
  g_autofree char *ruled = diagnosed_page(
      classifier, HEAD RECIPIENT("hanako@example.com", "failed", "5.7.1", "550 5.7.1 Sorry, no room left here") ORIGINAL(""));
  g_assert_true(g_str_has_prefix(ruled, "Not delivered: Mailbox is full\nTheir box of letters is full.\nRecipient "));
  g_assert_nonnull(strstr(ruled, "What to do now\n  1  Shout from the street.\n  2  "));
  g_assert_nonnull(strstr(ruled, "For the administrator\n  -  Carry letters away.\n"));
  g_assert_null(strstr(ruled, "The code means"));
  g_autofree char *coded = diagnosed_page(
      classifier, HEAD RECIPIENT("hanako@example.com", "failed", "5.7.1", "550 5.7.1 Sorry") ORIGINAL(""));
  g_assert_true(g_str_has_prefix(coded, "Not delivered. The words of the bounce do not point to one cause.\n"));
  g_assert_nonnull(strstr(coded, "\nThe code means  Somebody says no.\n"));
  remove_tree(folder);
}

static char *outcome_sizes(const char *text) {
  g_autoptr(Bounce) bounce = bounce_read(text, strlen(text));
  g_autoptr(GString) sizes = g_string_new(NULL);
  for (guint i = 0; i < bounce->recipients->len; i++)
    replace(&((BounceRecipient *)g_ptr_array_index(bounce->recipients, i))->cause, NULL);
  g_autoptr(GPtrArray) outcomes = outcomes_of(bounce);
  for (guint i = 0; i < outcomes->len; i++)
    g_string_append_printf(sizes, "%u ", ((GPtrArray *)g_ptr_array_index(outcomes, i))->len);
  return g_string_free(g_steal_pointer(&sizes), FALSE);
}

/* Without a cause the words decide, each one's own address aside. */
static void test_outcomes(void) {
  static const char *const cases[][2] = {
      {HEAD RECIPIENT("a@example.com", "failed", "5.0.0", "550 <a@example.com> refused")
           RECIPIENT("bcd@example.com", "failed", "5.0.0", "550 <bcd@example.com> refused"),
       "2 "},
      {HEAD RECIPIENT("a@example.com", "failed", "5.0.0", "550 <a@example.com> refused")
           RECIPIENT("b@example.com", "failed", "5.0.0", "550 <a@example.com> refused"),
       "2 "},
      {HEAD RECIPIENT("a@example.com", "failed", "5.0.0", "550 <a@example.com> refused")
           RECIPIENT("b@example.com", "failed", "5.0.0", "550 <c@example.com> refused"),
       "1 1 "},
      {HEAD RECIPIENT("a@example.com", "failed", "5.0.0", "550 refused")
           RECIPIENT("b@example.com", "failed", "5.0.0", "550 refused!"),
       "1 1 "},
      {HEAD RECIPIENT("a@example.com", "failed", "5.0.0", "550 refused")
           RECIPIENT("b@example.com", "delayed", "5.0.0", "550 refused"),
       "1 1 "},
      {HEAD RECIPIENT("a@example.com", "failed", "5.0.0", "550 refused") RECIPIENT(
           "b@example.com", "failed", "4.0.0", "450 refused") RECIPIENT("c@example.com", "failed", "5.0.0", "550 refused"),
       "2 1 "},
      {"hello", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *sizes = outcome_sizes(cases[i][0]);
    g_assert_cmpstr(sizes, ==, cases[i][1]);
  }
}

/* Thousands of results make no endless page. */
static void test_many(void) {
  g_autoptr(GString) text = g_string_new(HEAD);
  for (int i = 0; i < 300; i++)
    g_string_append_printf(text, RECIPIENT("a%d@example.com", "failed", "5.0.0", "550 reason %d"), i, i % 30);
  g_autoptr(Bounce) bounce = bounce_read(text->str, text->len);
  for (guint i = 0; i < bounce->recipients->len; i++)
    replace(&((BounceRecipient *)g_ptr_array_index(bounce->recipients, i))->cause, NULL);
  g_autofree char *page = explain_page(bounce, NULL, &(ExplainKnowledge){causes, NULL}, COLUMNS);
  g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), <, 120);
  g_assert_nonnull(strstr(page, "a0@example.com, a30@example.com, a60@example.com"));
  g_assert_nonnull(strstr(page, "and 5 more"));
  g_assert_nonnull(strstr(page, "200 more recipients"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *path = paths_knowledge("causes.yaml");
  g_autoptr(Diags) diags = diags_new();
  causes = causes_load(path, diags);
  g_assert_nonnull(causes);
  g_test_add_func("/explain-page/pages", test_pages);
  g_test_add_func("/explain-page/delivered", test_delivered);
  g_test_add_func("/explain-page/no-knowledge", test_no_knowledge);
  g_test_add_func("/explain-page/rule", test_rule);
  g_test_add_func("/explain-page/outcomes", test_outcomes);
  g_test_add_func("/explain-page/many", test_many);
  int status = g_test_run();
  causes_free(causes);
  return status;
}
