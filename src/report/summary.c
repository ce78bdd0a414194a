#include "report/summary.h"

#include "base/catalogue.h"
#include "base/text.h"
#include "report/findings.h"
#include "report/page.h"
#include "report/tag.h"
#include "report/verdict.h"

#define WIDEST_LABEL 26

/* --- headline --- */

static const char *finish_message(FinishKind finish) {
  static const char *const messages[] = {
      [FINISH_FIXED] = N_("The problem is fixed"),
      [FINISH_PROBLEM] = N_("The cause of the problem was found"),
      [FINISH_ESCALATE] = N_("Somebody else has to act"),
      [FINISH_UNKNOWN] = N_("The cause could not be told"),
  };
  return messages[finish];
}

static char *unfinished_text(const View *view) {
  g_autoptr(Message) message = message_new(N_("Not finished: stopped at step {number}, {title}"), "title",
                                           (char *)g_ptr_array_index(view->crumbs, view->crumbs->len - 1), NULL);
  message_set_number(message, "number", view->step_number);
  return message_text(message, NULL, NULL);
}

static char *finished_text(const Session *session, const View *view) {
  /* What the board holds likely is told below; the headline is what the guide came to. */
  if (view->cause == NULL)
    return g_strdup(tr(finish_message(view->finish)));
  g_autofree char *label = session_text(session, view->cause->label);
  if (view->finish != FINISH_FIXED || g_str_equal(view->cause->id, "success"))
    return g_steal_pointer(&label);
  g_autoptr(Message) message = message_new(N_("Fixed. The cause was: {cause}"), "cause", label, NULL);
  return message_text(message, NULL, NULL);
}

/* What passes by itself is no failure. */
static Level finished_level(const View *view) {
  gboolean passes = view->cause != NULL && g_strcmp0(view->cause->owner, "nobody-wait") == 0;
  return view->finish == FINISH_PROBLEM && passes ? LEVEL_WARN : finish_level(view->finish);
}

static void put_headline(Page *page, const Session *session, const View *view) {
  gboolean finished = session_finished(session);
  g_autofree char *text = finished ? finished_text(session, view) : unfinished_text(view);
  g_autofree char *lead = g_strdup_printf("%s ", level_tag(finished ? finished_level(view) : LEVEL_UNKNOWN));
  page_item(page, lead, text);
  if (finished && view->text != NULL) {
    g_string_append_c(page->out, '\n');
    page_item(page, "", view->text);
  }
}

/* --- cause --- */

static void put_cause(Page *page, const Session *session, const Sureness *sureness) {
  const Cause *cause = summary_cause(session);
  if (cause == NULL)
    return;
  g_autofree char *label = session_text(session, cause->label);
  const char *x500 = facts_text(session_facts(session), "bounce.x500");
  /* "Not found" is no cause that somebody could be sure of. */
  gboolean found = !g_str_equal(cause->id, "unknown");
  PageRow rows[] = {
      {g_strdup(tr(N_("Cause"))), g_strdup_printf("%s [%s]", label, cause->id), FALSE},
      {g_strdup(tr(N_("Who has to act"))), g_strdup(tr(cause_owner_message(cause->owner))), FALSE},
      {g_strdup(tr(N_("How sure"))), found ? g_strdup(tr(sureness->message)) : NULL, FALSE},
      {g_strdup(tr(N_("X500 address"))), x500 != NULL ? g_strconcat("X500:", x500, NULL) : NULL, FALSE},
  };
  g_string_append_c(page->out, '\n');
  page_rows(page, 0, WIDEST_LABEL, rows, G_N_ELEMENTS(rows));
  for (guint i = 0; i < sureness->reasons->len; i++) {
    g_autofree char *reason = session_text(session, g_ptr_array_index(sureness->reasons, i));
    page_item(page, "  - ", reason);
  }
}

/* --- what to do --- */

static void put_remedies(Page *page, const Session *session, const char *title, const GPtrArray *remedies) {
  if (remedies == NULL || remedies->len == 0)
    return;
  page_item(page, "  ", tr(title));
  for (guint i = 0; i < remedies->len; i++) {
    g_autofree char *lead = g_strdup_printf("    %u  ", i + 1);
    g_autofree char *text = session_text(session, g_ptr_array_index(remedies, i));
    page_item(page, lead, text);
  }
}

static void put_avoid(Page *page, const Session *session, const Cause *cause) {
  if (cause->avoid->len == 0)
    return;
  page_section(page, tr(N_("What not to do")));
  for (guint i = 0; i < cause->avoid->len; i++) {
    g_autofree char *text = session_text(session, g_ptr_array_index(cause->avoid, i));
    page_item(page, "  - ", text);
  }
}

/* Who must act comes first. */
static void put_to_do(Page *page, const Session *session) {
  const Cause *cause = summary_cause(session);
  if (cause == NULL || cause->user->len + cause->helpdesk->len + cause->admin->len == 0)
    return;
  gboolean admin_first = g_str_equal(cause->owner, "sender-admin");
  page_section(page, tr(N_("Do this now")));
  if (admin_first)
    put_remedies(page, session, N_("The mail administrator:"), cause->admin);
  put_remedies(page, session, N_("The sender:"), cause->user);
  put_remedies(page, session, N_("The helpdesk:"), cause->helpdesk);
  if (!admin_first)
    put_remedies(page, session, N_("The mail administrator:"), cause->admin);
  put_avoid(page, session, cause);
}

static void put_caller_text(Page *page, const Session *session, const View *view) {
  const Cause *cause = summary_cause(session);
  g_autofree char *description = cause != NULL ? session_text(session, cause->description) : NULL;
  const char *text = view->say_to_caller != NULL ? view->say_to_caller : description;
  if (text == NULL || !session_finished(session))
    return;
  page_section(page, tr(N_("Text for the user")));
  page_quote(page, 2, text);
}

/* --- how we got here --- */

static char *path_value(const Visit *visit, const View *view) {
  g_autofree char *answer = visit_result(visit) != NULL ? result_text(visit_result(visit)) : visit_answer_text(visit);
  if (visit_result(visit) != NULL)
    return g_strdup_printf("%s %s", level_tag(visit_level(visit)), answer);
  if (visit->step->kind == STEP_FINISH)
    return g_strdup(tr(finish_message(view->finish)));
  if (visit->at == 0)
    return g_strdup(tr(N_("(not answered)")));
  return *answer != '\0' ? g_steal_pointer(&answer) : g_strdup(tr(N_("(read)")));
}

static void put_path(Page *page, const Session *session, const View *view) {
  const GPtrArray *path = session_path(session);
  g_autofree PageRow *rows = g_new0(PageRow, path->len);
  guint n = 0, number = 0;
  for (guint i = 0; i < path->len; i++) {
    const Visit *visit = g_ptr_array_index(path, i);
    if (visit->step->kind == STEP_DECIDE || visit->step->kind == STEP_USE)
      continue;
    g_autofree char *title = visit_title(session, visit);
    g_autofree char *place = visit_was_seen(visit) || i + 1 == path->len ? g_strdup_printf("%u", ++number) : g_strdup("-");
    rows[n].label = g_strdup_printf("%2s %s", place, title);
    rows[n].value = path_value(visit, view);
    rows[n++].outside = TRUE;
  }
  page_section(page, tr(N_("How we got here")));
  page_rows(page, 2, WIDEST_LABEL, rows, n);
}

/* --- the words of others, and our own --- */

static void put_server_words(Page *page, const Session *session) {
  const Facts *facts = session_facts(session);
  const char *words = facts_text(facts, "bounce.diagnostic");
  const char *who = facts_text(facts, "bounce.remote_mta");
  if (words == NULL)
    return;
  g_autoptr(Message) title =
      who != NULL ? message_new(N_("{server} said (quoted, not checked)"), "server", who, NULL)
                  : message_new(N_("The other server said (quoted, not checked)"), NULL);
  g_autofree char *text = message_text(title, NULL, NULL);
  g_string_append_c(page->out, '\n');
  page_outside_item(page, "", text);
  page_quote(page, 2, words);
}

static void put_notes(Page *page, const Session *session) {
  const GPtrArray *notes = session_notes(session);
  if (notes->len == 0)
    return;
  page_section(page, tr(N_("Notes")));
  for (guint i = 0; i < notes->len; i++)
    page_outside_item(page, "  - ", g_ptr_array_index(notes, i));
}

static char *time_text(gint64 at) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(at / G_USEC_PER_SEC);
  return time != NULL ? g_date_time_format(time, "%Y-%m-%d %H:%M %Z (%:z)") : NULL;
}

static void put_footer(Page *page, const Session *session, const SummaryOptions *options) {
  const Flow *flow = session_flow(session);
  PageRow rows[] = {
      {g_strdup(tr(N_("Time"))), time_text(options->now), FALSE},
      {g_strdup(tr(N_("Begun"))), time_text(session_started_at(session)), FALSE},
      {g_strdup(tr(N_("DNS asked through"))), g_strdup(net_resolvers(session_net(session))), FALSE},
      {g_strdup(tr(N_("Guide"))),
       flow->revision != NULL ? g_strdup_printf("%s, %s %s", flow->id, tr(N_("revision")), flow->revision) : g_strdup(flow->id),
       FALSE},
      {g_strdup(tr(N_("Program"))), g_strdup("whybounce " WB_VERSION), FALSE},
      {g_strdup(tr(N_("Case"))), g_strdup(options->case_id), FALSE},
  };
  g_string_append_c(page->out, '\n');
  page_rows(page, 0, WIDEST_LABEL, rows, G_N_ELEMENTS(rows));
  if (!options->show_addresses)
    page_item(page, "", tr(N_("The parts of mail addresses before the @ are hidden here.")));
}

char *summary_text(const Session *session, const SummaryOptions *options) {
  g_autoptr(View) view = session_view(session, options->now);
  g_auto(Sureness) sureness;
  Page page;
  page_init(&page, session, options->columns, options->show_addresses);
  sureness_find(session, summary_cause(session), &sureness);
  put_headline(&page, session, view);
  put_cause(&page, session, &sureness);
  put_to_do(&page, session);
  put_caller_text(&page, session, view);
  findings_put_unknown(&page, session);
  put_path(&page, session, view);
  findings_put(&page, session);
  verdict_put_others(&page, session);
  put_server_words(&page, session);
  put_notes(&page, session);
  put_footer(&page, session, options);
  return page_take(&page);
}
