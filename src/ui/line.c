#include "ui/line.h"

#include "base/catalogue.h"
#include "base/paths.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/line_voice.h"
#include "ui/signals.h"

#include <langinfo.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define STILL_WAITING_MS 5000
/* How long a printer command may take until we say that it is busy. */
#define PRINT_PATIENCE_US (5 * G_USEC_PER_SEC)

/* Where a prompt was left: what the loop does next. */
typedef enum Next { NEXT_STAY, NEXT_REDRAW, NEXT_MENU, NEXT_QUIT } Next;

typedef struct Line {
  Desk *desk;
  LineReader *reader;
  Voice voice;
  gboolean waiting; /* for a probe: Ctrl-C ends the waiting, not the program */
  int hang_up;      /* signal that ended us, 0: none */
} Line;

/* --- reading --- */

/* One turn of the loop; wakes the session. FALSE: time to leave (signal, output gone). */
static gboolean turn(Line *line, gboolean want_input, int timeout_ms) {
  struct pollfd fds[2] = {{signals_fd(), POLLIN, 0},
                          {want_input && !line_reader_ended(line->reader) ? line_reader_fd(line->reader) : -1, POLLIN, 0}};
  net_turn(line->desk->net, fds, 2, timeout_ms);
  for (int signal; fds[0].revents && (signal = signals_take());) {
    if (signal == SIGCONT)
      net_restart_deadlines(line->desk->net);
    else if (signal == SIGINT && line->waiting)
      session_skip(line->desk->session, desk_now());
    else if (signal != SIGWINCH)
      line->hang_up = signal;
  }
  if (fds[1].revents)
    line_reader_fill(line->reader);
  if (line->desk->session)
    session_wake(line->desk->session, desk_now());
  return !line->hang_up && !line->voice.broken;
}

/* The next line of input; NULL: the input has ended or we have to leave. */
static char *read_line(Line *line) {
  for (;;) {
    char *text = line_reader_take(line->reader);
    if (text)
      return text;
    /* A terminal that goes away ends the input and sends a signal: the signal says how we end. */
    gboolean ended = line_reader_ended(line->reader);
    if (!turn(line, !ended, ended ? 0 : -1) || ended)
      return NULL;
  }
}

/* Up to the line with only a dot. NULL: the input ended before anything came. */
static char *read_paste(Line *line, const char *first) {
  g_autoptr(GString) all = g_string_new(NULL);
  g_autofree char *text = g_strdup(first);
  while (text && strcmp(text, ".")) {
    if (all->len <= BOUNCE_MAX_BYTES)
      g_string_append_printf(all, "%s\n", text);
    g_free(text);
    text = read_line(line);
  }
  return g_strdup(all->str);
}

/* --- commands that work at every prompt --- */

static void write_file(Line *line, const char *argument) {
  g_autofree char *path = argument && *argument ? g_strdup(argument) : desk_suggest_path(line->desk);
  g_autoptr(GError) error = NULL;
  if (!desk_write(line->desk, path, &error)) {
    voice_say(&line->voice, 0, error->message);
    return;
  }
  g_autofree char *full = desk_full_path(path), *safe = text_safe(full, -1, 400, TEXT_LINE, NULL);
  g_autoptr(Message) done = message_new(N_("Written to {path}."), "path", safe, NULL);
  g_autofree char *text = message_text(done, NULL, NULL);
  voice_say(&line->voice, 0, text);
}

/* Lines come one after the other, so this one waits for the printer's answer, but not for ever. */
static void print_page(Line *line) {
  g_autoptr(GError) error = NULL;
  gboolean ended = !desk_print(line->desk, &error);
  for (gint64 end = g_get_monotonic_time() + PRINT_PATIENCE_US; !ended && g_get_monotonic_time() < end;) {
    struct pollfd fd = {desk_print_fd(line->desk), POLLIN, 0};
    poll(&fd, 1, 100);
    ended = desk_print_ended(line->desk, &error);
  }
  voice_say(&line->voice, 0,
            error   ? error->message
            : ended ? tr(N_("The page is at the printer."))
                    : tr(N_("The print command is still busy: look at the printer.")));
}

/* A fault with an answer, said and freed. */
static void say_fault(Line *line, char *fault) {
  voice_say(&line->voice, 0, fault ? fault : tr(N_("That is not one of the answers.")));
  g_free(fault);
}

static Next command(Line *line, const View *view, const char *typed) {
  Desk *desk = line->desk;
  gboolean takes_letters = view->kind != VIEW_ASK && view->kind != VIEW_PASTE;
  if (!strcmp(typed, "<")) {
    if (!session_back(desk->session, desk_now()))
      return NEXT_MENU;
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "?")) {
    voice_say_help(&line->voice, view);
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "q"))
    return NEXT_QUIT;
  if (!strcmp(typed, "L")) {
    desk_next_language(desk);
    return NEXT_REDRAW;
  }
  if (!takes_letters)
    return NEXT_STAY;
  if (typed[0] == 'w' && (typed[1] == '\0' || typed[1] == ' ')) {
    g_autofree char *path = g_strstrip(g_strdup(typed + 1));
    write_file(line, path);
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "p")) {
    print_page(line);
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "d")) {
    voice_say_details(&line->voice, desk, view);
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "r") && view->kind == VIEW_RESULT) {
    session_again(desk->session, desk_now());
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "m")) {
    desk->show_addresses = !desk->show_addresses;
    return NEXT_REDRAW;
  }
  if (!strcmp(typed, "n") && view->kind == VIEW_FINISH)
    return NEXT_MENU;
  return NEXT_STAY;
}

static Next answer(Line *line, const View *view, const char *typed) {
  Desk *desk = line->desk;
  char *fault = NULL;
  guint64 number = 0;
  gboolean is_number = g_ascii_string_to_unsigned(typed, 10, 1, 99, &number, NULL);
  g_autofree char *index = g_strdup_printf("%d", (int)number - 1);
  const char *value = NULL;
  switch (view->kind) {
  case VIEW_CHOOSE:
    if (!*typed) {
      g_free(index);
      index = g_strdup_printf("%d", view->selected);
    } else if (!is_number) {
      say_fault(line, NULL);
      return NEXT_STAY;
    }
    value = index;
    break;
  case VIEW_CHECKLIST:
    if (*typed && (!is_number || number > view->choices->len)) {
      say_fault(line, NULL);
      return NEXT_STAY;
    }
    if (is_number) {
      session_tick(desk->session, (guint)number - 1, desk_now());
      return NEXT_REDRAW;
    }
    break;
  case VIEW_ASK:
    /* Enter keeps what is shown; a blank at the front protects a text that looks like a command. */
    value = !*typed ? view->value : !strcmp(typed, "-") ? NULL : typed[0] == ' ' && typed[1] && !typed[2] ? typed + 1 : typed;
    break;
  case VIEW_PASTE:
    value = typed;
    break;
  case VIEW_PROBE:
    if (strcmp(typed, "y") && strcmp(typed, "n")) {
      say_fault(line, NULL);
      return NEXT_STAY;
    }
    session_consent(desk->session, *typed == 'y', desk_now());
    return NEXT_REDRAW;
  case VIEW_FINISH:
    say_fault(line, NULL);
    return NEXT_STAY;
  default:
    if (*typed) {
      say_fault(line, NULL);
      return NEXT_STAY;
    }
  }
  if (session_answer(desk->session, value, desk_now(), &fault))
    return NEXT_REDRAW;
  say_fault(line, fault);
  return NEXT_STAY;
}

/* --- waiting for a probe --- */

static gboolean is_waiting(const View *view) { return view->kind == VIEW_PROBE && !view->consent_needed; }

static void say_still_waiting(Line *line, const View *view) {
  g_autoptr(Message) text = message_new(N_("still waiting: {done} of {total} (s: do not wait)"), NULL);
  message_set_number(text, "done", view->result->done);
  message_set_number(text, "total", view->result->total);
  g_autofree char *words = message_text(text, NULL, NULL);
  voice_say(&line->voice, 0, words);
}

/* FALSE: we have to leave. */
static gboolean wait_for_rows(Line *line) {
  gint64 told = g_get_monotonic_time();
  gboolean announced = FALSE;
  for (;;) {
    g_autoptr(View) view = session_view(line->desk->session, desk_now());
    if (!is_waiting(view))
      return TRUE;
    if (!announced && g_get_monotonic_time() - told > 300000) {
      g_autofree char *text = g_strdup_printf("\n%s ...", view->text ? view->text : "");
      voice_say(&line->voice, 0, text);
      announced = TRUE;
    }
    if (line_reader_is_next(line->reader, "s")) {
      g_free(line_reader_take(line->reader));
      session_skip(line->desk->session, desk_now());
      continue;
    }
    gint64 waited = (g_get_monotonic_time() - told) / 1000;
    if (waited >= STILL_WAITING_MS) {
      say_still_waiting(line, view);
      told = g_get_monotonic_time();
      waited = 0;
    }
    if (!turn(line, TRUE, announced ? (int)(STILL_WAITING_MS - waited) : 100))
      return FALSE;
  }
}

static gboolean wait_for_probe(Line *line) {
  line->waiting = TRUE;
  gboolean stay = wait_for_rows(line);
  line->waiting = FALSE;
  return stay;
}

/* --- the two rooms: start menu and session --- */

/* What is typed is not shown; the words that work at every prompt still do. */
static Next answer_secret(Line *line, const View *view) {
  secret_protect();
  secret_hide_typing(line_reader_fd(line->reader), TRUE);
  char *typed = read_line(line);
  secret_hide_typing(line_reader_fd(line->reader), FALSE);
  Next next = typed == NULL ? NEXT_QUIT : command(line, view, typed[0] == ' ' ? "" : typed);
  if (next == NEXT_STAY)
    next = answer(line, view, typed);
  secret_free(typed);
  return next;
}

static Next run_session(Line *line) {
  Next next = NEXT_REDRAW;
  while (next == NEXT_REDRAW || next == NEXT_STAY) {
    if (!wait_for_probe(line))
      return NEXT_QUIT;
    g_autoptr(View) view = session_view(line->desk->session, desk_now());
    if (next == NEXT_REDRAW)
      voice_say_view(&line->voice, line->desk, view);
    voice_say_prompt(&line->voice, view);
    if (g_strcmp0(view->as, "secret") == 0) {
      next = answer_secret(line, view);
      continue;
    }
    g_autofree char *typed = read_line(line);
    if (!typed)
      return NEXT_QUIT;
    g_autofree char *folded = text_fold_fullwidth(typed);
    g_autofree char *word = g_strstrip(g_strdup(folded));
    next = command(line, view, typed[0] == ' ' ? "" : word);
    if (next != NEXT_STAY)
      continue;
    /* A blank line is no text yet: the prompt again says how to go on. */
    if (view->kind == VIEW_PASTE && !*word && !view->value)
      continue;
    if (view->kind == VIEW_PASTE) {
      g_autofree char *paste = *typed || !view->value ? read_paste(line, typed) : g_strdup(view->value);
      next = answer(line, view, paste);
    } else {
      next = answer(line, view, view->kind == VIEW_ASK ? typed : word);
    }
  }
  return next;
}

static void say_menu(Line *line, GPtrArray *guides, const CaseEntry *open_case) {
  voice_put(&line->voice, "\n");
  voice_say(&line->voice, 0, tr(N_("What do you have in front of you?")));
  for (guint i = 0; i < guides->len; i++) {
    const Flow *flow = g_ptr_array_index(guides, i);
    g_autofree char *title = message_text(flow->title, NULL, NULL);
    g_autofree char *row =
        flow->codes ? g_strdup_printf("  %u. %s (%s)", i + 1, title, flow->codes) : g_strdup_printf("  %u. %s", i + 1, title);
    voice_say(&line->voice, 5, row);
  }
  if (open_case) {
    g_autofree char *guide = message_text(open_case->flow, NULL, NULL);
    g_autofree char *step = message_text(open_case->step_title, NULL, NULL);
    g_autoptr(Message) resume = message_new(N_("r resume: {guide}, {step}"), "guide", guide, "step", step, NULL);
    g_autofree char *text = message_text(resume, NULL, NULL);
    g_autofree char *row = g_strdup_printf("  %s", text);
    voice_say(&line->voice, 5, row);
  }
  guint faults = diags_length(line->desk->diags);
  if (faults) {
    g_autoptr(Message) warning = message_new(N_("w shows what is wrong in the guides' files ({count})"), NULL);
    message_set_number(warning, "count", faults);
    g_autofree char *words = message_text(warning, NULL, NULL);
    g_autofree char *row = g_strdup_printf("  %s", words);
    voice_say(&line->voice, 5, row);
  }
}

static void say_menu_prompt(Line *line, const GPtrArray *guides) {
  g_autoptr(Message) prompt = message_new(N_("Type 1-{count}, L language, q quit, then Enter:"), NULL);
  message_set_number(prompt, "count", guides->len);
  g_autofree char *text = message_text(prompt, NULL, NULL);
  voice_say(&line->voice, 0, text);
}

static void say_diags(Line *line) {
  for (guint i = 0; i < diags_length(line->desk->diags); i++) {
    g_autofree char *text = diag_format(diags_get(line->desk->diags, i));
    voice_say(&line->voice, 2, text);
  }
}

static Next run_menu(Line *line) {
  g_autoptr(GPtrArray) guides = flows_menu(line->desk->flows);
  CaseEntry *open_case = desk_open_case(line->desk);
  Next next = NEXT_STAY;
  say_menu(line, guides, open_case);
  while (next == NEXT_STAY) {
    say_menu_prompt(line, guides);
    g_autofree char *typed = read_line(line);
    if (!typed) {
      next = NEXT_QUIT;
      break;
    }
    g_autofree char *folded = text_fold_fullwidth(typed);
    const char *word = g_strstrip(folded);
    guint64 number = 0;
    if (!strcmp(word, "q")) {
      next = NEXT_QUIT;
    } else if (!strcmp(word, "L")) {
      desk_next_language(line->desk);
      next = NEXT_MENU;
    } else if (!strcmp(word, "w")) {
      say_diags(line);
    } else if (!strcmp(word, "r") && open_case) {
      g_autoptr(GError) error = NULL;
      if (desk_resume(line->desk, open_case->path, &error))
        next = NEXT_REDRAW;
      else
        voice_say(&line->voice, 0, error->message);
    } else if (!*word && guides->len) {
      desk_begin(line->desk, g_ptr_array_index(guides, 0));
      next = NEXT_REDRAW;
    } else if (g_ascii_string_to_unsigned(word, 10, 1, guides->len, &number, NULL)) {
      desk_begin(line->desk, g_ptr_array_index(guides, number - 1));
      next = NEXT_REDRAW;
    } else {
      say_fault(line, NULL);
    }
  }
  g_clear_pointer(&open_case, case_entry_free);
  return next;
}

/* What is left to say when the input has ended or `q` was typed: nothing that was found gets lost. */
static void say_goodbye(Line *line) {
  if (!line->desk->session)
    return;
  if (!session_finished(line->desk->session)) {
    g_autofree char *page = desk_summary(line->desk, 0);
    voice_put(&line->voice, "\n");
    voice_put(&line->voice, page);
  }
  if (!line->desk->log)
    return;
  g_autoptr(Message) text = message_new(session_finished(line->desk->session)
                                            ? N_("Saved as case {case}. To see it again: whybounce --resume {case}")
                                            : N_("Saved as case {case}. To go on: whybounce --resume {case}"),
                                        "case", case_id(line->desk->log), NULL);
  g_autofree char *words = message_text(text, NULL, NULL);
  voice_say(&line->voice, 0, words);
}

int line_run(Desk *desk, int in, int out) {
  g_autoptr(LineReader) reader = line_reader_new(in);
  Line line = {.desk = desk, .reader = reader, .voice = {.out = out}};
  /* Pipes and files get UTF-8; a terminal gets what its locale says. */
  if (isatty(out) && strcmp(nl_langinfo(CODESET), "UTF-8"))
    line.voice.charset = nl_langinfo(CODESET);
  signals_catch();
  Next next = desk->session ? NEXT_REDRAW : NEXT_MENU;
  while (next != NEXT_QUIT) {
    if (next == NEXT_MENU && desk->session)
      desk_leave(desk);
    next = desk->session ? run_session(&line) : run_menu(&line);
  }
  if (!line.voice.broken)
    say_goodbye(&line);
  return line.hang_up ? 128 + line.hang_up : 0;
}
