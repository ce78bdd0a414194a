#include "base/catalogue.h"
#include "base/message.h"
#include "base/paths.h"
#include "base/text.h"
#include "report/tag.h"
#include "ui/app_private.h"

#include <string.h>

/* --- the start menu --- */

static void entry_free(gpointer data) {
  MenuEntry *entry = data;
  g_free(entry->item.label);
  g_free(entry->item.remark);
  g_free(entry->item.heading);
  g_free(entry);
}

static char *search_words(const App *app) {
  return app->overlay == OVER_SEARCH && app->prompt != NULL && app->prompt->bytes->len > 0
             ? g_utf8_casefold(app->prompt->bytes->str, (gssize)app->prompt->bytes->len)
             : NULL;
}

static gboolean has_words(const char *text, const char *folded) {
  g_autofree char *own = text != NULL ? g_utf8_casefold(text, -1) : NULL;
  return own != NULL && strstr(own, folded) != NULL;
}

static MenuEntry *add_entry(App *app, const char *key, char *label, char *remark) {
  g_autofree char *words = search_words(app);
  if (words != NULL && !has_words(label, words) && !has_words(remark, words)) {
    g_free(label);
    g_free(remark);
    return NULL;
  }
  MenuEntry *entry = g_new0(MenuEntry, 1);
  g_strlcpy(entry->item.key, key, sizeof entry->item.key);
  entry->item.label = label;
  entry->item.remark = remark;
  g_ptr_array_add(app->menu, entry);
  return entry;
}

static void add_flows(App *app, gboolean own) {
  g_autoptr(GPtrArray) flows = flows_menu(app->desk->flows);
  gboolean headed = FALSE;
  for (guint i = 0; i < flows->len; i++) {
    const Flow *flow = g_ptr_array_index(flows, i);
    if (flow->own != own)
      continue;
    guint number = app->menu->len + 1;
    g_autofree char *key = number <= 9 ? g_strdup_printf("%u", number) : g_strdup(" ");
    g_autofree char *file = own && flow->file != NULL ? text_safe(flow->file, -1, 200, TEXT_LINE, NULL) : NULL;
    MenuEntry *entry = add_entry(app, key, message_text(flow->title, NULL, NULL), g_strdup(own ? file : flow->codes));
    if (entry == NULL)
      continue;
    entry->command = CMD_NEXT;
    entry->flow = flow;
    if (own && !headed)
      entry->item.heading = g_strdup(tr(N_("Your own guides")));
    entry->item.gap = own && !headed;
    headed = TRUE;
  }
}

static char *when_words(gint64 at) {
  g_autoptr(GDateTime) then = g_date_time_new_from_unix_local(at / G_USEC_PER_SEC);
  g_autoptr(GDateTime) now = g_date_time_new_now_local();
  if (then == NULL)
    return NULL;
  gboolean today = g_date_time_get_year(then) == g_date_time_get_year(now) &&
                   g_date_time_get_day_of_year(then) == g_date_time_get_day_of_year(now);
  g_autofree char *time = g_date_time_format(then, today ? "%H:%M" : "%Y-%m-%d %H:%M");
  g_autoptr(Message) message = message_new(today ? N_("(today {time})") : N_("({time})"), "time", time, NULL);
  return message_text(message, NULL, NULL);
}

static void add_resume(App *app) {
  const CaseEntry *open = app->open;
  if (open == NULL)
    return;
  g_autofree char *title = message_text(open->flow, NULL, NULL), *step = message_text(open->step_title, NULL, NULL);
  g_autoptr(Message) message =
      message_new(open->step_title != NULL ? N_("Resume: {title}, {step}") : N_("Resume: {title}"), "title", title,
                  "step", step, NULL);
  MenuEntry *entry = add_entry(app, "r", message_text(message, NULL, NULL), when_words(open->at));
  if (entry != NULL)
    entry->command = CMD_RESUME;
  if (entry != NULL)
    entry->item.gap = TRUE;
}

static void add_language(App *app) {
  g_autofree char *dir = paths_catalogues();
  g_auto(GStrv) languages = catalogue_languages(dir);
  g_autoptr(GString) names = g_string_new(NULL);
  if (g_strv_length(languages) < 2 || app->ascii)
    return;
  for (guint i = 0; languages[i] != NULL; i++)
    g_string_append_printf(names, "%s%s", i > 0 ? " / " : "", catalogue_language_name(languages[i]));
  g_autoptr(Message) message = message_new(N_("Language: {names}"), "names", names->str, NULL);
  MenuEntry *entry = add_entry(app, "L", message_text(message, NULL, NULL), NULL);
  if (entry == NULL)
    return;
  entry->command = CMD_LANGUAGE;
  entry->item.gap = app->open == NULL;
}

void app_fill_menu(App *app) {
  g_clear_pointer(&app->menu, g_ptr_array_unref);
  app->menu = g_ptr_array_new_with_free_func(entry_free);
  add_flows(app, FALSE);
  add_flows(app, TRUE);
  add_resume(app);
  add_language(app);
  app->selected = CLAMP(app->selected, 0, MAX((int)app->menu->len - 1, 0));
}

static void add_counts(const App *app, Page *page) {
  g_autoptr(GPtrArray) flows = flows_menu(app->desk->flows);
  g_autoptr(GHashTable) files = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < diags_length(app->desk->diags); i++)
    g_hash_table_add(files, diags_get(app->desk->diags, i)->file);
  guint faulty = g_hash_table_size(files);
  g_autoptr(Message) message =
      message_new(faulty == 0   ? N_("{n} guides loaded.")
                  : faulty == 1 ? N_("{n} guides loaded. 1 file has faults: press w to see them.")
                                : N_("{n} guides loaded. {faulty} files have faults: press w to see them."),
                  NULL);
  message_set_number(message, "n", flows->len);
  message_set_number(message, "faulty", faulty);
  g_autofree char *words = message_text(message, NULL, NULL);
  page_add_text(page, page->bottom, STYLE_PLAIN, words, 1, 0);
}

/* --- the bottom --- */

static const char *const prompts[] = {
    [OVER_PATH] = N_("Write to file: "),
    [OVER_NOTE] = N_("Note: "),
    [OVER_SEARCH] = N_("Search: "),
};

static void add_prompt(const App *app, Page *page) {
  Row *row = row_new_text(STYLE_PLAIN, " ");
  row_add(row, STYLE_STRONG, tr(prompts[app->overlay]));
  int col = 0;
  page->cursor_col = row->width;
  g_autofree char *text = field_view(app->prompt, MAX(page->cols - row->width - 1, 8), &col);
  page->cursor_col += col;
  row_add(row, STYLE_PLAIN, text);
  page->cursor_bottom_row = (int)page->bottom->len;
  g_ptr_array_add(page->bottom, row);
}

static void add_question(Page *page, const char *text) {
  page_add_text(page, page->bottom, STYLE_STRONG, text, 1, 0);
}

static void add_quit(const App *app, Page *page) {
  const char *fault = desk_fault(app->desk);
  if (fault != NULL)
    add_question(page, tr(N_("Quit? What was done here would be lost.")));
  else if (app->view->kind == VIEW_FINISH)
    add_question(page, tr(N_("Quit? The summary was neither printed nor written to a file. The case is kept.")));
  else
    add_question(page, tr(N_("Quit? The case is kept: resume it later from the start menu.")));
}

static void add_copied(const App *app, Page *page) {
  add_question(
      page, app->copied ? tr(N_("Sent to the clipboard of your terminal, if it allows that. The page can also be shown "
                                "as plain text, to copy with the mouse."))
                        : tr(N_("The page is too long for the clipboard of a terminal. It can be shown as plain text, "
                                "to copy with the mouse.")));
}

static void add_bottom(App *app, Page *page) {
  const char *fault = desk_fault(app->desk);
  if (app->notice != NULL)
    page_add_text(page, page->bottom, level_style(app->notice_level), app->notice, 1, 0);
  if (fault != NULL) {
    g_autofree char *line = g_strdup_printf("%s %s", level_tag(LEVEL_FAIL), fault);
    page_add_text(page, page->bottom, STYLE_BAD, line, 1, 0);
  }
  if (app->overlay == OVER_QUIT)
    add_quit(app, page);
  if (app->overlay == OVER_COPIED)
    add_copied(app, page);
  if (app->prompt != NULL)
    add_prompt(app, page);
}

/* --- the page --- */

static Page *summary_page(const App *app, int cols) {
  g_autofree char *text = desk_summary(app->desk, MIN(cols - 2, 96));
  Page *page = page_read(tr(N_("Summary")), tr(N_("done")), text, cols);
  page_add_text(page, page->bottom, STYLE_PLAIN,
                app->desk->show_addresses ? tr(N_("E-mail addresses are shown in full: press m to mask them."))
                                          : tr(N_("E-mail addresses are masked: press m to show them.")),
                1, 0);
  return page;
}

static Page *step_page(App *app, int cols, int rows) {
  StepState state = {.selected = app->selected,
                     .field = app->field,
                     .box = app->box,
                     .read = app->read,
                     .filter = app->filter,
                     .now = desk_now()};
  return app->view->kind == VIEW_FINISH ? summary_page(app, cols) : page_step(app->view, &state, cols, rows);
}

static Page *help_page(const App *app, int cols) {
  const View *view = app->view;
  const char *help = view == NULL ? NULL : view->help;
  if (help == NULL && view != NULL && view->probe != NULL)
    help = tr(view->probe->why);
  return page_help(help, cols);
}

static Page *current_page(App *app, int cols, int rows) {
  switch (app->overlay) {
  case OVER_HELP:
    return help_page(app, cols);
  case OVER_DETAILS:
    return page_details(session_bounce(app->desk->session), session_path(app->desk->session), cols);
  case OVER_WARNINGS:
    return page_warnings(app->desk->diags, cols);
  default:
    break;
  }
  if (app->view != NULL)
    return step_page(app, cols, rows);
  g_autofree char *words = search_words(app);
  Page *page = page_menu(app->menu, app->selected, words, cols);
  add_counts(app, page);
  return page;
}

static int countable_items(const App *app) {
  if (app->view != NULL)
    return app_items(app);
  int n = 0;
  for (guint i = 0; i < app->menu->len; i++)
    n += ((MenuEntry *)g_ptr_array_index(app->menu, i))->command == CMD_NEXT;
  return n;
}

Screen *app_screen(App *app, int cols, int rows, gint64 now) {
  int width = MAX(cols, PAGE_MIN_COLS);
  g_autoptr(Page) page = current_page(app, width, rows);
  gboolean over = (app_where(app) & IN_READ) != 0;
  page->scroll = over ? app->over_scroll : app->scroll;
  page->footer = keys_footer(app_where(app), countable_items(app), width - 2);
  add_bottom(app, page);
  Screen *screen = page_lay_out(page, cols, rows);
  if (screen->extent > 0) {
    *(over ? &app->over_scroll : &app->scroll) = screen->scroll;
    app->window = screen->window;
    app->extent = screen->extent;
  }
  app->dirty = FALSE;
  app->painted_at = now;
  return screen;
}
