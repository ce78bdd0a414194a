#include "ui/desk.h"

#include "base/catalogue.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/text.h"
#include "report/summary.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What terminals take in one OSC 52 (xterm and tmux cut longer ones off). */
#define CLIPBOARD_MAX 74994

Desk *desk_new(Flows *flows, Diags *diags, Net *net) {
  Desk *desk = g_new0(Desk, 1);
  desk->flows = flows;
  desk->diags = diags;
  desk->net = net;
  const char *command = g_getenv("WHYBOUNCE_PRINT");
  desk->print_command = g_strdup(command && *command ? command : "lp");
  return desk;
}

void desk_free(Desk *desk) {
  if (!desk)
    return;
  desk_leave(desk);
  printer_free(desk->printer);
  flows_free(desk->flows);
  diags_free(desk->diags);
  net_free(desk->net);
  g_free(desk->log_fault);
  g_free(desk->cases);
  g_free(desk->case_id);
  g_strfreev(desk->presets);
  g_free(desk->print_command);
  g_free(desk->bounce);
  g_free(desk);
}

gint64 desk_now(void) { return g_get_real_time(); }

/* Somebody said something in this session: what it was begun with has served. */
static gboolean was_answered(const Session *session) {
  const GPtrArray *path = session_path(session);
  for (guint i = 0; i < path->len; i++) {
    const Visit *visit = g_ptr_array_index(path, i);
    if (visit->at != 0 && (visit->step->kind == STEP_ASK || visit->step->kind == STEP_CHOOSE))
      return TRUE;
  }
  return FALSE;
}

void desk_leave(Desk *desk) {
  /* Who goes back to the menu for another guide still has the bounce; the next caller does not get it. */
  if (desk->session && was_answered(desk->session))
    g_clear_pointer(&desk->bounce, g_free);
  g_clear_pointer(&desk->log, case_free);
  g_clear_pointer(&desk->session, session_free);
  g_clear_pointer(&desk->log_fault, g_free);
  desk->saved = FALSE;
}

static void set_presets(Desk *desk) {
  for (char **preset = desk->presets; preset && *preset; preset++) {
    g_auto(GStrv) parts = g_strsplit(*preset, "=", 2);
    session_preset(desk->session, parts[0], parts[1]);
  }
}

void desk_begin(Desk *desk, const Flow *flow) {
  desk_leave(desk);
  gint64 now = desk_now();
  desk->session = session_new(desk->flows, flow, desk->net, now);
  g_autoptr(GError) error = NULL;
  if (!desk->cases)
    desk->cases = paths_cases(&error);
  if (desk->cases)
    desk->log = case_new(desk->cases, desk->case_id, desk->session, &error);
  if (!desk->log) {
    g_autoptr(Message) fault =
        message_new(N_("This session is not being saved: {why}"), "why", error ? error->message : "?", NULL);
    desk->log_fault = message_text(fault, NULL, NULL);
  }
  /* --case names one case: the next one of this run gets a name of its own. */
  g_clear_pointer(&desk->case_id, g_free);
  set_presets(desk);
  if (desk->bounce)
    session_load_bounce(desk->session, desk->bounce, desk->bounce_length, now);
}

gboolean desk_resume(Desk *desk, const char *path, GError **error) {
  Session *session = NULL;
  Case *log = case_resume(path, desk->flows, desk->net, &session, error);
  if (!log)
    return FALSE;
  desk_leave(desk);
  desk->session = session;
  desk->log = log;
  return TRUE;
}

CaseEntry *desk_open_case(const Desk *desk) {
  if (!desk->cases)
    return NULL;
  g_autoptr(GPtrArray) entries = case_list(desk->cases, 20);
  for (guint i = 0; i < entries->len; i++) {
    CaseEntry *entry = g_ptr_array_index(entries, i);
    /* One in which nothing was answered yet is not worth resuming. */
    if (entry->finished || !entry->step_title)
      continue;
    g_ptr_array_set_free_func(entries, NULL);
    for (guint k = 0; k < entries->len; k++)
      if (k != i)
        case_entry_free(g_ptr_array_index(entries, k));
    return entry;
  }
  return NULL;
}

const char *desk_fault(const Desk *desk) { return desk->log ? case_fault(desk->log) : desk->log_fault; }

char *desk_summary(const Desk *desk, int columns) {
  SummaryOptions options = {.case_id = desk->log ? case_id(desk->log) : NULL,
                            .show_addresses = desk->show_addresses,
                            .now = desk_now(),
                            .columns = columns};
  return summary_text(desk->session, &options);
}

char *desk_suggest_path(const Desk *desk) {
  const char *id = desk->log ? case_id(desk->log) : "summary";
  for (int i = 1;; i++) {
    char *path = i == 1 ? g_strdup_printf("whybounce-%s.txt", id) : g_strdup_printf("whybounce-%s-%d.txt", id, i);
    if (i == 1000 || !g_file_test(path, G_FILE_TEST_EXISTS))
      return path;
    g_free(path);
  }
}

/* A GError from a translated template with {path} and {why}. */
static void set_error(GError **error, int code, const char *id, const char *path) {
  g_autofree char *safe = text_safe(path, -1, 400, TEXT_LINE, NULL);
  failure_set(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
              message_new(id, "path", safe, "why", failure_words(code), NULL));
}

char *desk_full_path(const char *path) {
  /* A name beginning with ~/ is what people type, and no shell is between us. */
  return g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL)
                                      : g_canonicalize_filename(path, NULL);
}

gboolean desk_write(Desk *desk, const char *path, GError **error) {
  g_autofree char *page = desk_summary(desk, 0);
  g_autofree char *full = desk_full_path(path);
  int fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) {
    set_error(error, EEXIST, N_("There is a file {path} already. Nothing was written: choose another name."), full);
    return FALSE;
  }
  if (fd < 0) {
    set_error(error, errno, N_("{path} could not be written: {why}. Choose another folder."), full);
    return FALSE;
  }
  int code = file_write(fd, page, strlen(page));
  if (code == 0 && fsync(fd) != 0)
    code = errno;
  if (close(fd) != 0 && code == 0)
    code = errno;
  if (code != 0) {
    unlink(full);
    set_error(error, code, N_("{path} could not be written: {why}. Choose another folder."), full);
    return FALSE;
  }
  desk->saved = TRUE;
  return TRUE;
}

gboolean desk_print(Desk *desk, GError **error) {
  g_autofree char *page = desk_summary(desk, 0);
  g_clear_pointer(&desk->printer, printer_free);
  desk->printer = printer_start(desk->print_command, page, error);
  return desk->printer != NULL;
}

int desk_print_fd(const Desk *desk) { return desk->printer ? printer_fd(desk->printer) : -1; }

gboolean desk_print_ended(Desk *desk, GError **error) {
  g_autoptr(GError) fault = NULL;
  if (!desk->printer || !printer_look(desk->printer, &fault))
    return FALSE;
  g_clear_pointer(&desk->printer, printer_free);
  desk->saved = desk->saved || !fault;
  if (fault)
    g_propagate_error(error, g_steal_pointer(&fault));
  return TRUE;
}

char *desk_clipboard(const Desk *desk) {
  g_autofree char *page = desk_summary(desk, 0);
  g_autofree char *code = g_base64_encode((const guchar *)page, strlen(page));
  if (strlen(code) > CLIPBOARD_MAX)
    return NULL;
  /* Inside tmux and screen the sequence goes through in a DCS; tmux wants every ESC in it doubled. */
  if (g_getenv("TMUX"))
    return g_strdup_printf("\033Ptmux;\033\033]52;c;%s\a\033\\", code);
  if (g_getenv("STY"))
    return g_strdup_printf("\033P\033]52;c;%s\a\033\\", code);
  return g_strdup_printf("\033]52;c;%s\a", code);
}

void desk_next_language(Desk *desk) {
  (void)desk;
  g_autofree char *dir = paths_catalogues();
  g_auto(GStrv) languages = catalogue_languages(dir);
  guint n = g_strv_length(languages), i = 0;
  while (i < n && strcmp(languages[i], catalogue_language()))
    i++;
  for (guint k = 1; k <= n; k++)
    if (catalogue_use(dir, languages[(i + k) % n], NULL))
      return;
}
