#include "base/secret.h"
#include "base/catalogue.h"
#include "base/paths.h"
#include "ui/app_private.h"

#include <string.h>

#define PAINT_US (G_USEC_PER_SEC / 4)
#define SLOW_PAINT_US G_USEC_PER_SEC
/* A test that is answered within this time shows its result at once, not itself first. */
#define GRACE_US (60 * 1000)
/* Pasted text is looked at when so long nothing was added. */
#define READ_DELAY_US (200 * 1000)
/* More than this is not looked at while it grows. */
#define READ_AT_ONCE_BYTES (256 << 10)

App *app_new(Desk *desk) {
  App *app = g_new0(App, 1);
  app->desk = desk;
  app->drafts = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
  app->dirty = TRUE;
  if (desk->session != NULL)
    app_refresh(app);
  else
    app_show_menu(app);
  return app;
}

void app_free(App *app) {
  if (app == NULL)
    return;
  view_free(app->view);
  g_clear_pointer(&app->menu, g_ptr_array_unref);
  g_clear_pointer(&app->open, case_entry_free);
  field_free(app->field);
  field_free(app->prompt);
  pastebox_free(app->box);
  bounce_free(app->read);
  g_hash_table_unref(app->drafts);
  if (app->held != NULL)
    g_string_free(app->held, TRUE);
  g_free(app->notice);
  g_free(app->output);
  g_free(app);
}

void app_set_notice(App *app, Level level, const char *text) {
  g_free(app->notice);
  app->notice = g_strdup(text);
  app->notice_level = level;
}

void app_set_ascii(App *app) {
  g_autofree char *dir = paths_catalogues();
  app->ascii = TRUE;
  catalogue_use(dir, "en", NULL);
  if (app->view == NULL)
    app_fill_menu(app);
  else
    app_refresh(app);
  app_set_notice(app, LEVEL_NOTE,
                 tr(N_("The locale of this terminal is plain ASCII: other characters are shown as ?. Set "
                       "LC_ALL=C.UTF-8, or start with --utf8.")));
}

/* --- state --- */

static const unsigned view_places[] = {
    [VIEW_SAY] = IN_SAY,     [VIEW_CHOOSE] = IN_CHOOSE, [VIEW_ASK] = IN_FIELD,           [VIEW_PASTE] = IN_PASTE,
    [VIEW_PROBE] = IN_PROBE, [VIEW_RESULT] = IN_RESULT, [VIEW_CHECKLIST] = IN_CHECKLIST, [VIEW_FINISH] = IN_SUMMARY,
};

static const unsigned overlay_places[] = {
    [OVER_HELP] = IN_READ,     [OVER_DETAILS] = IN_READ, [OVER_WARNINGS] = IN_READ, [OVER_QUIT] = IN_SURE,
    [OVER_COPIED] = IN_COPIED, [OVER_PATH] = IN_PROMPT,  [OVER_NOTE] = IN_PROMPT,   [OVER_SEARCH] = IN_MENU | IN_SEARCH,
};

unsigned app_where(const App *app) {
  if (app->overlay != OVER_NONE)
    return overlay_places[app->overlay];
  if (app->view == NULL)
    return IN_MENU;
  if (app->asking)
    return IN_CONSENT;
  return view_places[app->view->kind] | (page_is_sweep(app->view) ? IN_SWEEP : 0);
}

gboolean app_is_running(const App *app) {
  return app->view != NULL && app->view->kind == VIEW_PROBE && !app->asking;
}

Field *app_field(const App *app) {
  if (app->prompt != NULL)
    return app->prompt;
  return app->overlay == OVER_NONE ? app->field : NULL;
}

int app_items(const App *app) {
  return app->view != NULL ? (int)page_step_items(app->view) : (int)app->menu->len;
}

/* --- the current step --- */

static const Visit *current_visit(const App *app) {
  GPtrArray *path = session_path(app->desk->session);
  return g_ptr_array_index(path, path->len - 1);
}

void app_keep_draft(App *app) {
  const GString *typed = NULL;
  if (app->field != NULL && !app->field->pristine && !app->field->secret)
    typed = app->field->bytes;
  else if (app->box != NULL)
    typed = app->box->bytes;
  if (typed != NULL && typed->len > 0)
    g_hash_table_insert(app->drafts, (gpointer)app->step, g_bytes_new(typed->str, typed->len));
}

static void begin_field(App *app) {
  const View *view = app->view;
  GBytes *draft = g_hash_table_lookup(app->drafts, app->step);
  app->field = field_new(draft == NULL ? view->value : NULL);
  app->field->secret = g_strcmp0(view->as, "secret") == 0;
  if (app->field->secret)
    secret_protect();
  gsize length = 0;
  const char *bytes = draft != NULL ? g_bytes_get_data(draft, &length) : NULL;
  if (length > 0)
    field_insert(app->field, bytes, length);
}

static void begin_box(App *app) {
  GBytes *draft = g_hash_table_lookup(app->drafts, app->step);
  app->box = pastebox_new(BOUNCE_MAX_BYTES);
  gsize length = 0;
  const char *bytes = draft != NULL ? g_bytes_get_data(draft, &length) : app->view->value;
  if (draft == NULL && bytes != NULL)
    length = strlen(bytes);
  if (length == 0)
    return;
  pastebox_insert(app->box, bytes, length);
  app_plan_reading(app, TRUE);
}

static void begin_step(App *app) {
  g_clear_pointer(&app->field, field_free);
  g_clear_pointer(&app->box, pastebox_free);
  g_clear_pointer(&app->read, bounce_free);
  app->read_at = 0;
  app->scroll = 0;
  app->filter = SWEEP_ALL;
  /* Nobody is contacted because Enter was pressed once too often. */
  app->selected = app->asking ? 1 : app->view->kind == VIEW_CHOOSE ? app->view->selected : 0;
  if (app->view->kind == VIEW_ASK)
    begin_field(app);
  if (app->view->kind == VIEW_PASTE)
    begin_box(app);
}

void app_refresh(App *app) {
  gboolean had_view = app->view != NULL, was_asking = app->asking, was_running = app_is_running(app);
  view_free(app->view);
  app->view = session_view(app->desk->session, desk_now());
  app->asking = app->view->kind == VIEW_PROBE && app->view->consent_needed;
  const Step *step = current_visit(app)->step;
  gboolean is_new =
      !had_view || step != app->step || app->view->step_number != app->step_number || was_asking != app->asking;
  app->step = step;
  app->step_number = app->view->step_number;
  if (is_new)
    begin_step(app);
  if (app_is_running(app) && (is_new || !was_running))
    app->paint_at = app->now + GRACE_US;
  if (was_running && !app_is_running(app)) {
    app->paint_at = app->now;
    app->scroll = 0;
  }
}

void app_show_menu(App *app) {
  g_clear_pointer(&app->view, view_free);
  g_clear_pointer(&app->field, field_free);
  g_clear_pointer(&app->box, pastebox_free);
  g_clear_pointer(&app->read, bounce_free);
  g_clear_pointer(&app->open, case_entry_free);
  app->open = desk_open_case(app->desk);
  app->asking = FALSE;
  app->read_at = 0;
  app->selected = app->scroll = 0;
  app_close_overlay(app);
  app_fill_menu(app);
}

/* --- overlays --- */

void app_open_overlay(App *app, Overlay overlay) {
  app->overlay = overlay;
  app->over_scroll = 0;
}

void app_close_overlay(App *app) {
  app->overlay = OVER_NONE;
  g_clear_pointer(&app->prompt, field_free);
}

/* --- events --- */

void app_repaint(App *app, gint64 now) {
  app->now = now;
  app->dirty = TRUE;
  app->paint_at = now;
}

static void type_character(App *app, unsigned where, Key key) {
  char bytes[8];
  if (key >= K_UP || (key < ' ' && !((where & IN_PASTE) != 0 && (key == K_ENTER || key == '\n' || key == K_TAB))))
    return;
  gsize length = (gsize)g_unichar_to_utf8(key == K_ENTER ? '\n' : key, bytes);
  Field *field = app_field(app);
  if (field != NULL) {
    field_insert(field, bytes, length);
    if ((where & IN_SEARCH) != 0)
      app_fill_menu(app);
  } else if (app->box != NULL) {
    pastebox_insert(app->box, bytes, length);
    app_plan_reading(app, FALSE);
  }
}

AppWish app_key(App *app, Key key, gint64 now) {
  unsigned where = app_where(app);
  Command command = keys_command(where, key);
  app_repaint(app, now);
  g_clear_pointer(&app->notice, g_free);
  gboolean interrupted = app->interrupted;
  app->interrupted = command == CMD_INTERRUPT;
  if (command == CMD_INTERRUPT && interrupted)
    return APP_QUIT;
  if (command != CMD_NONE)
    return app_do(app, command, key);
  if ((where & IN_TEXT) != 0)
    type_character(app, where, key);
  return APP_STAY;
}

void app_plan_reading(App *app, gboolean soon) {
  gboolean small = app->box->bytes->len <= READ_AT_ONCE_BYTES;
  /* Before the first event the clock stands at 0, which would mean "nothing to read". */
  app->read_at = MAX(soon && small ? app->now : app->now + READ_DELAY_US, 1);
}

/* A paste into the start menu is judged when it is whole. */
static void paste_into_menu(App *app, const char *bytes, gsize length, gboolean whole) {
  if (app->held == NULL)
    app->held = g_string_new(NULL);
  g_string_append_len(app->held, bytes, (gssize)MIN(length, BOUNCE_MAX_BYTES - MIN(app->held->len, BOUNCE_MAX_BYTES)));
  if (!whole)
    return;
  g_autoptr(GString) held = g_steal_pointer(&app->held);
  if (strpbrk(held->str, "\r\n") != NULL && app_open_for_paste(app))
    app_paste(app, held->str, held->len, TRUE, app->now);
  else
    app_set_notice(app, LEVEL_NOTE, tr(N_("This page takes no pasted text.")));
}

void app_paste(App *app, const char *bytes, gsize length, gboolean whole, gint64 now) {
  unsigned where = app_where(app);
  Field *field = app_field(app);
  app_repaint(app, now);
  if (where == IN_MENU) {
    paste_into_menu(app, bytes, length, whole);
  } else if (field != NULL) {
    field_paste(field, bytes, length);
    if ((where & IN_SEARCH) != 0)
      app_fill_menu(app);
  } else if (where == IN_PASTE) {
    pastebox_insert(app->box, bytes, length);
    app_plan_reading(app, whole);
  } else {
    app_set_notice(app, LEVEL_NOTE, tr(N_("This page takes no pasted text.")));
  }
}

void app_wake(App *app, gint64 now) {
  app->now = now;
  if (app->desk->session == NULL || app->view == NULL)
    return;
  gboolean changed = session_wake(app->desk->session, desk_now());
  /* The result in the view is the session's and may be another one now. */
  if (!changed && app->view->result == NULL)
    return;
  gint64 paint_at = app->paint_at;
  gboolean was_dirty = app->dirty, was_running = app_is_running(app);
  app_refresh(app);
  if (!changed)
    return;
  app->dirty = TRUE;
  if (was_running && app_is_running(app))
    app->paint_at = was_dirty ? paint_at : app->painted_at + (app->desk->slow ? SLOW_PAINT_US : PAINT_US);
}

static void read_pasted(App *app) {
  app->read_at = 0;
  bounce_free(app->read);
  app->read = app->box->bytes->len > 0 ? bounce_read(app->box->bytes->str, app->box->bytes->len) : NULL;
  app->dirty = TRUE;
  app->paint_at = app->now;
}

/* When the clock of a running test is to be shown again; -1: never. */
static gint64 next_tick(const App *app) {
  if (!app_is_running(app) || app->overlay != OVER_NONE)
    return -1;
  return app->painted_at + (app->desk->slow ? SLOW_PAINT_US : PAINT_US);
}

gboolean app_due(App *app, gint64 now) {
  app->now = now;
  if (app->read_at != 0 && now >= app->read_at && app->box != NULL)
    read_pasted(app);
  gint64 tick = next_tick(app);
  if (!app->dirty && tick >= 0 && now >= tick) {
    app_refresh(app);
    app->dirty = TRUE;
    app->paint_at = now;
  }
  return app->dirty && now >= app->paint_at;
}

int app_timeout(const App *app, gint64 now) {
  gint64 at = app->dirty ? app->paint_at : next_tick(app);
  if (app->read_at != 0)
    at = at < 0 ? app->read_at : MIN(at, app->read_at);
  if (at < 0)
    return -1;
  return at <= now ? 0 : (int)((at - now + 999) / 1000);
}

char *app_take_output(App *app) {
  return g_steal_pointer(&app->output);
}

char *app_plain_page(const App *app) {
  return desk_summary(app->desk, 0);
}
