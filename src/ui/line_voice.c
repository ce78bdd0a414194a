#include "ui/line_voice.h"

#include "base/catalogue.h"
#include "base/file.h"
#include "base/text.h"
#include "report/bounce_rows.h"
#include "report/tag.h"
#include "ui/pages.h"

#include <string.h>

#define COLUMNS 78
/* Columns of the other server's words on the page that shows what was read. */
#define MAX_WORDS 400
/* Recipients whose words are told in full. */
#define MAX_RECIPIENTS 20

void voice_put(Voice *voice, const char *text) {
  g_autofree char *converted = NULL;
  if (voice->charset) {
    converted = g_convert_with_fallback(text, -1, voice->charset, "UTF-8", "?", NULL, NULL, NULL);
    text = converted ? converted : "?";
  }
  voice->broken = voice->broken || file_write(voice->out, text, strlen(text)) != 0;
}

void voice_say(Voice *voice, int indent, const char *text) {
  if (!text || !*text)
    return;
  g_auto(GStrv) lines = text_wrap(text, COLUMNS, indent);
  for (char **l = lines; *l; l++) {
    voice_put(voice, *l);
    voice_put(voice, "\n");
  }
}

static void say_labelled(Voice *voice, const char *label, const char *text) {
  if (!text || !*text)
    return;
  g_autofree char *both = g_strdup_printf("%s: %s", label, text);
  voice_say(voice, 2, both);
}

/* The other side's own words, line by line behind "| ", so that they cannot pass for ours. */
static void say_quote(Voice *voice, const char *text) {
  g_auto(GStrv) lines = text_wrap(text, COLUMNS - 6, 0);
  for (char **l = lines; *l; l++) {
    g_autofree char *quoted = g_strdup_printf("    | %s\n", *l);
    voice_put(voice, quoted);
  }
}

static char *seconds(guint ms) { return g_strdup_printf("%u.%02u s", ms / 1000, ms % 1000 / 10); }

/* --- the parts of a view --- */

static void say_finding(Voice *voice, const Finding *finding, int indent) {
  g_autofree char *text = message_text(finding->text, NULL, NULL);
  g_autofree char *advice = message_text(finding->advice, NULL, NULL);
  g_autofree char *time = finding->elapsed_ms ? seconds(finding->elapsed_ms) : NULL;
  g_autofree char *row = g_strdup_printf("%*s%s %s%s%s%s%s%s", indent, "", level_tag(finding->level),
                                         finding->subject ? finding->subject : "", finding->subject ? ": " : "", text,
                                         time ? "  (" : "", time ? time : "", time ? ")" : "");
  int behind = indent + TAG_COLUMNS + 1;
  voice_say(voice, behind, row);
  if (*advice) {
    g_autofree char *indented = g_strdup_printf("%*s%s", behind, "", advice);
    voice_say(voice, behind, indented);
  }
  if (finding->quote)
    say_quote(voice, finding->quote);
}

static void say_age(Voice *voice, const View *view) {
  gint64 seconds = (desk_now() - view->finished_at) / G_USEC_PER_SEC;
  if (!view->reused || seconds < FRESH_SECONDS)
    return;
  g_autoptr(Message) age = message_new(N_("Found {age} s ago; r asks again."), NULL);
  message_set_number(age, "age", seconds);
  g_autofree char *text = message_text(age, NULL, NULL);
  voice_say(voice, 0, text);
}

static void say_result(Voice *voice, const View *view) {
  const Result *result = view->result;
  /* Without a headline the rows speak for themselves. */
  g_autofree char *headline = message_text(result->headline, NULL, NULL), *tally = message_text(result->tally, NULL, NULL);
  if (*headline) {
    g_autofree char *head = g_strdup_printf("%s %s", level_tag(view->level), headline);
    voice_say(voice, TAG_COLUMNS + 1, head);
  }
  if (*tally) {
    g_autofree char *row = g_strdup_printf("  %s", tally);
    voice_say(voice, 2, row);
  }
  for (guint i = 0; i < result->findings->len; i++)
    say_finding(voice, g_ptr_array_index(result->findings, i), *headline ? 2 : 0);
  say_age(voice, view);
  say_labelled(voice, tr(N_("What it means")), view->meaning);
}

static void say_bounce_details(Voice *voice, const Bounce *bounce) {
  BounceRow rows[BOUNCE_ROWS];
  guint n = bounce_rows_around(bounce, rows);
  for (guint i = 0; i < n; i++)
    say_labelled(voice, rows[i].label, rows[i].value);
  bounce_rows_clear(rows, n);
  for (guint i = 0; i < MIN(bounce->recipients->len, MAX_RECIPIENTS); i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (!recipient->diagnostic)
      continue;
    voice_say(voice, 2, recipient->recipient);
    say_quote(voice, recipient->diagnostic);
  }
}

void voice_say_details(Voice *voice, const Desk *desk, const View *view) {
  const Bounce *bounce = session_bounce(desk->session);
  if (!view->result) {
    if (bounce)
      say_bounce_details(voice, bounce);
    else
      voice_say(voice, 0, tr(N_("There are no details here.")));
    return;
  }
  for (guint i = 0; i < view->result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(view->result->findings, i);
    for (guint k = 0; finding->evidence && k < finding->evidence->len; k++) {
      const Evidence *evidence = g_ptr_array_index(finding->evidence, k);
      g_autofree char *time = seconds(evidence->elapsed_ms);
      g_autofree char *row =
          g_strdup_printf("  %s  <%s>  %s  %s%s%s%s", evidence->asked, evidence->server ? evidence->server : "-", time,
                          evidence->answer, evidence->reference ? "  (" : "",
                          evidence->reference ? evidence->reference : "", evidence->reference ? ")" : "");
      voice_say(voice, 6, row);
    }
  }
}

static void say_notices(Voice *voice, const Desk *desk, const View *view) {
  for (guint i = 0; view->notices && i < view->notices->len; i++) {
    g_autofree char *text = g_strdup_printf("! %s", (char *)g_ptr_array_index(view->notices, i));
    voice_say(voice, 2, text);
  }
  if (desk_fault(desk)) {
    g_autofree char *text = g_strdup_printf("! %s", desk_fault(desk));
    voice_say(voice, 2, text);
  }
}

static void say_choices(Voice *voice, const View *view) {
  for (guint i = 0; view->choices && i < view->choices->len; i++) {
    gboolean ticked = view->kind == VIEW_CHECKLIST && g_array_index(view->ticked, gboolean, i);
    const char *box = view->kind != VIEW_CHECKLIST ? "" : ticked ? "[x] " : "[ ] ";
    g_autofree char *row = g_strdup_printf("  %u. %s%s", i + 1, box, (char *)g_ptr_array_index(view->choices, i));
    voice_say(voice, 5, row);
  }
}

static void say_bounce(Voice *voice, const View *view) {
  if (!view->bounce)
    return;
  BounceRow rows[BOUNCE_ROWS];
  guint n = bounce_rows_read(view->bounce, view->reason, rows);
  for (guint i = 0; i < n; i++)
    say_labelled(voice, rows[i].label, rows[i].value);
  bounce_rows_clear(rows, n);
  g_autofree char *words = bounce_words(view->bounce, MAX_WORDS);
  if (words)
    say_quote(voice, words);
}

void voice_say_view(Voice *voice, Desk *desk, const View *view) {
  voice_put(voice, "\n");
  say_notices(voice, desk, view);
  if (view->kind == VIEW_FINISH) {
    g_autofree char *page = desk_summary(desk, 0);
    voice_put(voice, page);
    return;
  }
  g_autoptr(Message) step = message_new(N_("Step {n}."), NULL);
  message_set_number(step, "n", view->step_number);
  g_autofree char *number = message_text(step, NULL, NULL);
  /* A result says itself what came out; its step only says where we are. */
  const char *text = view->kind == VIEW_RESULT ? g_ptr_array_index(view->crumbs, view->crumbs->len - 1) : view->text;
  g_autofree char *head = g_strdup_printf("%s %s", number, text ? text : "");
  voice_say(voice, 0, head);
  if (view->kind == VIEW_RESULT)
    say_result(voice, view);
  say_bounce(voice, view);
  say_labelled(voice, tr(N_("Say to the caller")), view->say_to_caller);
  say_choices(voice, view);
  if (view->input_note)
    voice_say(voice, 0, view->input_note);
  if (view->consent_needed)
    voice_say(voice, 0, view->consent);
}

void voice_say_prompt(Voice *voice, const View *view) {
  g_autoptr(Message) prompt = NULL;
  switch (view->kind) {
  case VIEW_CHOOSE:
    prompt = message_new(N_("Type 1-{count} (Enter: {chosen}), < back, ? help, q quit, then Enter:"), NULL);
    message_set_number(prompt, "count", view->choices->len);
    message_set_number(prompt, "chosen", view->selected + 1);
    break;
  case VIEW_CHECKLIST:
    prompt = message_new(N_("Type a number to tick it, Enter to go on, < back, ? help, q quit, then Enter:"), NULL);
    break;
  case VIEW_PASTE:
    prompt = view->value
                 ? message_new(N_("Enter: use this one. Or paste another text, then a line with only a dot (.). < back, ? help, q quit:"), NULL)
                 : message_new(N_("Paste the text, then a line with only a dot (.). Only the dot: no text. < back, ? help, q quit:"), NULL);
    break;
  case VIEW_ASK:
    prompt = view->value && *view->value
                 ? message_new(N_("Type it (Enter: {value}; - for \"I do not know\"), < back, ? help, q quit, then Enter:"),
                               "value", view->value, NULL)
                 : message_new(N_("Type it (only Enter: I do not know), < back, ? help, q quit, then Enter:"), NULL);
    break;
  case VIEW_FINISH:
    prompt = message_new(N_("p print, w write to a file, m show or hide addresses, < back, n new, q quit, then Enter:"), NULL);
    break;
  case VIEW_RESULT:
    prompt = message_new(N_("Enter next, d details, r run again, < back, ? help, q quit:"), NULL);
    break;
  case VIEW_PROBE:
    if (!view->consent_needed)
      return;
    prompt = message_new(N_("y do it, n do not, < back, ? help, q quit, then Enter:"), NULL);
    break;
  case VIEW_SAY:
    prompt = message_new(N_("Enter next, < back, ? help, q quit:"), NULL);
    break;
  }
  g_autofree char *text = message_text(prompt, NULL, NULL);
  voice_say(voice, 0, text);
}

void voice_say_help(Voice *voice, const View *view) {
  voice_say(voice, 0, view && view->help ? view->help : tr(N_("There is no more to say about this step.")));
  voice_say(voice, 0,
      tr(N_("Everywhere: < goes back, ? shows this, L changes the language, q leaves (the case stays and can be "
            "resumed). To type one of these as a text, put a blank before it.")));
  if (!view || (view->kind != VIEW_ASK && view->kind != VIEW_PASTE))
    voice_say(voice, 0, tr(N_("Where no text is typed: w writes the summary to a file, p prints it.")));
}
