#include "base/catalogue.h"
#include "base/message.h"
#include "ui/app_private.h"

#include <string.h>

/* Lines that PgUp and PgDn go in a pasted mail. */
#define PASTE_PAGE 6

static void after_event(App *app) {
  app->desk->saved = FALSE;
  app_refresh(app);
}

/* --- going on --- */

static void answer(App *app, const char *value) {
  g_autofree char *fault = NULL;
  if (!session_answer(app->desk->session, value, desk_now(), &fault)) {
    app_set_notice(app, LEVEL_WARN, fault);
    return;
  }
  g_hash_table_remove(app->drafts, app->step);
  after_event(app);
}

static void answer_text(App *app, const GString *typed) {
  g_autofree char *text = g_malloc(typed->len + 1);
  memcpy(text, typed->str, typed->len + 1);
  /* No mail holds NUL (RFC 5322 s3.5), and the answer would end there. */
  for (gsize i = 0; i < typed->len; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  answer(app, text);
}

static void choose(App *app, int item) {
  if (app->asking) {
    session_consent(app->desk->session, item == 0, desk_now());
    after_event(app);
    return;
  }
  g_autofree char *index = g_strdup_printf("%d", item);
  answer(app, index);
}

static void open_flow(App *app, const Flow *flow) {
  app_close_overlay(app);
  desk_begin(app->desk, flow);
  app_refresh(app);
}

gboolean app_open_for_paste(App *app) {
  for (guint i = 0; i < app->menu->len; i++) {
    const MenuEntry *entry = g_ptr_array_index(app->menu, i);
    const Step *start = entry->flow != NULL ? entry->flow->start : NULL;
    if (start == NULL || start->kind != STEP_ASK || g_strcmp0(start->as, "message") != 0)
      continue;
    open_flow(app, entry->flow);
    return TRUE;
  }
  return FALSE;
}

static AppWish resume(App *app, G_GNUC_UNUSED Key key) {
  g_autoptr(GError) error = NULL;
  if (app->open == NULL)
    return APP_STAY;
  app_close_overlay(app);
  if (!desk_resume(app->desk, app->open->path, &error)) {
    app_set_notice(app, LEVEL_FAIL, error->message);
    return APP_STAY;
  }
  app_refresh(app);
  return APP_STAY;
}

static AppWish open_entry(App *app, int i) {
  if (i < 0 || i >= (int)app->menu->len)
    return APP_STAY;
  const MenuEntry *entry = g_ptr_array_index(app->menu, (guint)i);
  if (entry->command != CMD_NEXT)
    return app_do(app, entry->command, 0);
  open_flow(app, entry->flow);
  return APP_STAY;
}

static AppWish write_page(App *app) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_strdup(app->prompt->bytes->str);
  if (*path == '\0')
    return APP_STAY;
  if (!desk_write(app->desk, path, &error)) {
    app_set_notice(app, LEVEL_FAIL, error->message);
    return APP_STAY;
  }
  g_autofree char *full = desk_full_path(path);
  g_autoptr(Message) message = message_new(N_("Written to {path}."), "path", full, NULL);
  g_autofree char *words = message_text(message, NULL, NULL);
  app_close_overlay(app);
  app_set_notice(app, LEVEL_OK, words);
  return APP_STAY;
}

static AppWish take_note(App *app) {
  if (app->prompt->bytes->len > 0)
    session_note(app->desk->session, app->prompt->bytes->str, desk_now());
  app_close_overlay(app);
  after_event(app);
  return APP_STAY;
}

static AppWish next(App *app, G_GNUC_UNUSED Key key) {
  switch (app->overlay) {
  case OVER_QUIT:
    return APP_QUIT;
  case OVER_COPIED:
    app_close_overlay(app);
    return APP_PLAIN;
  case OVER_PATH:
    return write_page(app);
  case OVER_NOTE:
    return take_note(app);
  default:
    break;
  }
  if (app->view == NULL)
    return open_entry(app, app->selected);
  if (app->asking || app->view->kind == VIEW_CHOOSE)
    choose(app, app->selected);
  else if (app->view->kind == VIEW_ASK)
    answer_text(app, app->field->bytes);
  else
    answer(app, NULL);
  return APP_STAY;
}

static AppWish done(App *app, G_GNUC_UNUSED Key key) {
  answer_text(app, app->box->bytes);
  return APP_STAY;
}

static AppWish digit(App *app, Key key) {
  int item = keys_digit(key) - 1;
  if (item >= app_items(app))
    return APP_STAY;
  if (app->view == NULL) {
    const MenuEntry *entry = g_ptr_array_index(app->menu, (guint)item);
    return entry->command == CMD_NEXT ? open_entry(app, item) : APP_STAY;
  }
  app->selected = item;
  if (app->view->kind == VIEW_CHECKLIST)
    return app_do(app, CMD_TICK, key);
  choose(app, item);
  return APP_STAY;
}

static AppWish tick(App *app, G_GNUC_UNUSED Key key) {
  session_tick(app->desk->session, (guint)app->selected, desk_now());
  after_event(app);
  return APP_STAY;
}

static AppWish back(App *app, G_GNUC_UNUSED Key key) {
  if (app->overlay != OVER_NONE) {
    gboolean searched = app->overlay == OVER_SEARCH;
    app_close_overlay(app);
    if (searched)
      app_fill_menu(app);
    return APP_STAY;
  }
  if (app->view == NULL)
    return APP_STAY;
  app_keep_draft(app);
  if (session_back(app->desk->session, desk_now())) {
    after_event(app);
    return APP_STAY;
  }
  desk_leave(app->desk);
  app_show_menu(app);
  return APP_STAY;
}

/* --- moving --- */

static void scroll_by(App *app, int by) {
  int *scroll = app->overlay != OVER_NONE ? &app->over_scroll : &app->scroll;
  *scroll = CLAMP(*scroll + by, 0, MAX(app->extent - app->window, 0));
}

static void select_by(App *app, int by) {
  int n = app_items(app);
  app->selected = n > 0 ? CLAMP(app->selected + by, 0, n - 1) : 0;
}

static gboolean has_items(const App *app) {
  return (app->overlay == OVER_NONE || app->overlay == OVER_SEARCH) && app_items(app) > 0;
}

static AppWish move(App *app, int by) {
  if (has_items(app))
    select_by(app, by);
  else
    scroll_by(app, by);
  return APP_STAY;
}

static AppWish page(App *app, int sign) {
  if (app->extent > app->window || !has_items(app))
    scroll_by(app, sign * MAX(app->window - 1, 1));
  else
    select_by(app, sign * 8);
  return APP_STAY;
}

static AppWish up(App *app, G_GNUC_UNUSED Key key) {
  return move(app, -1);
}
static AppWish down(App *app, G_GNUC_UNUSED Key key) {
  return move(app, 1);
}
static AppWish page_up(App *app, G_GNUC_UNUSED Key key) {
  return page(app, -1);
}
static AppWish page_down(App *app, G_GNUC_UNUSED Key key) {
  return page(app, 1);
}
static AppWish first(App *app, G_GNUC_UNUSED Key key) {
  return move(app, -100000);
}
static AppWish last(App *app, G_GNUC_UNUSED Key key) {
  return move(app, 100000);
}

/* --- text --- */

/* TRUE if the command edited the text that is open. */
static gboolean edit(App *app, Command command) {
  unsigned where = app_where(app);
  Field *field = app_field(app);
  if ((where & IN_PASTE) != 0) {
    gsize before = app->box->bytes->len;
    gboolean mine = pastebox_command(app->box, command, PASTE_PAGE);
    if (app->box->bytes->len != before)
      app_plan_reading(app, FALSE);
    return mine;
  }
  if (field == NULL || !field_command(field, command))
    return FALSE;
  if ((where & IN_SEARCH) != 0)
    app_fill_menu(app);
  return TRUE;
}

/* --- tests --- */

static AppWish skip(App *app, G_GNUC_UNUSED Key key) {
  session_skip(app->desk->session, desk_now());
  after_event(app);
  return APP_STAY;
}

static AppWish cancel(App *app, Key key) {
  skip(app, key);
  if (session_back(app->desk->session, desk_now()))
    after_event(app);
  return APP_STAY;
}

static AppWish again(App *app, G_GNUC_UNUSED Key key) {
  session_again(app->desk->session, desk_now());
  after_event(app);
  return APP_STAY;
}

static AppWish filter(App *app, G_GNUC_UNUSED Key key) {
  app->filter = (app->filter + 1) % N_SWEEP_FILTERS;
  app->scroll = 0;
  return APP_STAY;
}

/* --- the summary --- */

static AppWish copy(App *app, G_GNUC_UNUSED Key key) {
  g_free(app->output);
  app->output = desk_clipboard(app->desk);
  app->copied = app->output != NULL;
  app_open_overlay(app, OVER_COPIED);
  return app->copied ? APP_SEND : APP_STAY;
}

static AppWish print(App *app, G_GNUC_UNUSED Key key) {
  g_autoptr(GError) error = NULL;
  if (desk_print(app->desk, &error))
    app_set_notice(app, LEVEL_NOTE, tr(N_("On its way to the printer...")));
  else
    app_set_notice(app, LEVEL_FAIL, error->message);
  return APP_STAY;
}

void app_print_ended(App *app) {
  g_autoptr(GError) error = NULL;
  if (!desk_print_ended(app->desk, &error))
    return;
  app_set_notice(app, error ? LEVEL_FAIL : LEVEL_OK, error ? error->message : tr(N_("The page is at the printer.")));
  app->dirty = TRUE;
}

static AppWish ask_path(App *app, G_GNUC_UNUSED Key key) {
  g_autofree char *path = desk_suggest_path(app->desk);
  app_open_overlay(app, OVER_PATH);
  app->prompt = field_new(path);
  return APP_STAY;
}

static AppWish ask_note(App *app, G_GNUC_UNUSED Key key) {
  app_open_overlay(app, OVER_NOTE);
  app->prompt = field_new(NULL);
  return APP_STAY;
}

static AppWish mask(App *app, G_GNUC_UNUSED Key key) {
  app->desk->show_addresses = !app->desk->show_addresses;
  return APP_STAY;
}

static AppWish new_session(App *app, G_GNUC_UNUSED Key key) {
  desk_leave(app->desk);
  app_show_menu(app);
  return APP_STAY;
}

/* --- everywhere --- */

static AppWish search(App *app, G_GNUC_UNUSED Key key) {
  app_open_overlay(app, OVER_SEARCH);
  app->prompt = field_new(NULL);
  app->selected = 0;
  return APP_STAY;
}

static AppWish help(App *app, G_GNUC_UNUSED Key key) {
  app_open_overlay(app, OVER_HELP);
  return APP_STAY;
}

static AppWish details(App *app, G_GNUC_UNUSED Key key) {
  app_open_overlay(app, OVER_DETAILS);
  return APP_STAY;
}

static AppWish warnings(App *app, G_GNUC_UNUSED Key key) {
  if (diags_length(app->desk->diags) > 0)
    app_open_overlay(app, OVER_WARNINGS);
  return APP_STAY;
}

static AppWish language(App *app, G_GNUC_UNUSED Key key) {
  g_autofree char *before = g_strdup(catalogue_language());
  if (app->ascii) {
    app_set_notice(app, LEVEL_NOTE, tr(N_("This terminal shows only ASCII, so the language stays English.")));
    return APP_STAY;
  }
  desk_next_language(app->desk);
  if (strcmp(before, catalogue_language()) == 0)
    app_set_notice(app, LEVEL_NOTE, tr(N_("There is no other language here.")));
  if (app->view != NULL)
    app_refresh(app);
  else
    app_fill_menu(app);
  return APP_STAY;
}

static AppWish quit(App *app, G_GNUC_UNUSED Key key) {
  if (app->desk->session == NULL || app->desk->saved)
    return APP_QUIT;
  app_open_overlay(app, OVER_QUIT);
  return APP_STAY;
}

static AppWish interrupt(App *app, Key key) {
  if (app_is_running(app))
    skip(app, key);
  app_set_notice(app, LEVEL_NOTE, tr(N_("Press Ctrl-C again to quit.")));
  return APP_STAY;
}

static AppWish redraw(G_GNUC_UNUSED App *app, G_GNUC_UNUSED Key key) {
  return APP_REDRAW;
}
static AppWish suspend(G_GNUC_UNUSED App *app, G_GNUC_UNUSED Key key) {
  return APP_SUSPEND;
}

static AppWish (*const handlers[N_COMMANDS])(App *app, Key key) = {
    [CMD_NEXT] = next,       [CMD_BACK] = back,           [CMD_UP] = up,
    [CMD_DOWN] = down,       [CMD_PAGE_UP] = page_up,     [CMD_PAGE_DOWN] = page_down,
    [CMD_FIRST] = first,     [CMD_LAST] = last,           [CMD_DIGIT] = digit,
    [CMD_TICK] = tick,       [CMD_SEARCH] = search,       [CMD_HELP] = help,
    [CMD_QUIT] = quit,       [CMD_INTERRUPT] = interrupt, [CMD_REDRAW] = redraw,
    [CMD_SUSPEND] = suspend, [CMD_DETAILS] = details,     [CMD_AGAIN] = again,
    [CMD_COPY] = copy,       [CMD_PRINT] = print,         [CMD_WRITE] = ask_path,
    [CMD_NOTE] = ask_note,   [CMD_LANGUAGE] = language,   [CMD_FILTER] = filter,
    [CMD_CANCEL] = cancel,   [CMD_SKIP] = skip,           [CMD_MASK] = mask,
    [CMD_NEW] = new_session, [CMD_RESUME] = resume,       [CMD_WARNINGS] = warnings,
    [CMD_DONE] = done,
};

AppWish app_do(App *app, Command command, Key key) {
  if ((app_where(app) & IN_TEXT) != 0 && edit(app, command))
    return APP_STAY;
  return handlers[command] != NULL ? handlers[command](app, key) : APP_STAY;
}
