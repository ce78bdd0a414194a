/* What the tests of sessions, cases and summaries share: small guides, a net of known answers, views as text. */
#ifndef WB_TESTS_SESSIONS_H
#define WB_TESTS_SESSIONS_H

#include "flow/session.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOW G_GINT64_CONSTANT(1795228260000000) /* 2026-11-21 02:31:00 UTC */
#define SECOND G_USEC_PER_SEC

typedef struct World {
  char *dir;
  Diags *diags;
  Flows *flows;
  Net *net;
  int silent; /* the socket of a resolver that never answers, -1: the net is a recording */
  gint64 now;
} World;

static inline void world_file(World *world, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(world->dir, name, NULL), *folder = g_path_get_dirname(path);
  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Reads the files again. A guide with faults fails the test. */
static inline void world_load(World *world) {
  g_clear_pointer(&world->flows, flows_free);
  g_clear_pointer(&world->diags, diags_free);
  world->diags = diags_new();
  world->flows = flows_load(world->dir, NULL, world->diags);
  for (guint i = 0; i < diags_length(world->diags); i++) {
    g_autofree char *text = diag_format(diags_get(world->diags, i));
    g_test_message("%s", text);
  }
  g_assert_cmpuint(diags_count(world->diags, DIAG_ERROR), ==, 0);
}

/* Pairs of file name and text, ended by NULL; `net`: lines of a recording. */
static inline World *world_new(const char *net, ...) {
  World *world = g_new0(World, 1);
  va_list args;
  va_start(args, net);
  world->dir = g_dir_make_tmp("wb-session-XXXXXX", NULL);
  world_file(world, "knowledge/causes.yaml", "format: 1\ncauses: []\n");
  world_file(world, "knowledge/guides.yaml", "format: 1\nguides: []\n");
  for (const char *name; (name = va_arg(args, const char *)) != NULL;)
    world_file(world, name, va_arg(args, const char *));
  va_end(args);
  world->silent = -1;
  world->now = NOW;
  world->net = net_replay_new(NULL, NULL);
  g_auto(GStrv) lines = g_strsplit(net, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_true(*lines[i] == '\0' || net_preload(world->net, lines[i], NULL));
  world_load(world);
  return world;
}

/* From now on nobody answers but world_answer(). */
static inline void world_go_live(World *world) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  world->silent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(world->silent, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint(getsockname(world->silent, (struct sockaddr *)&address, &length), ==, 0);
  g_autofree char *resolver = g_strdup_printf("127.0.0.1:%u", ntohs(address.sin_port));
  g_autoptr(GError) error = NULL;
  net_free(world->net);
  world->net = net_live_new(&(NetOptions){.resolver = resolver, .timeout_ms = 60000}, &error);
  g_assert_no_error(error);
}

static inline void world_answer(World *world, const char *line) { g_assert_true(net_preload(world->net, line, NULL)); }

static inline void remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    remove_tree(inner);
  }
  g_remove(path);
}

static inline void world_free(World *world) {
  flows_free(world->flows);
  diags_free(world->diags);
  net_free(world->net);
  if (world->silent >= 0)
    close(world->silent);
  remove_tree(world->dir);
  g_free(world->dir);
  g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static inline Session *begin(World *world, const char *flow) {
  g_assert_nonnull(flows_find(world->flows, flow));
  return session_new(world->flows, flows_find(world->flows, flow), world->net, world->now);
}

/* --- events that must be taken --- */

static inline void answer(World *world, Session *session, const char *value) {
  g_autofree char *fault = NULL;
  world->now += SECOND;
  if (!session_answer(session, value, world->now, &fault))
    g_error("not taken: %s", fault);
}

static inline void back(World *world, Session *session) {
  world->now += SECOND;
  g_assert_true(session_back(session, world->now));
}

/* --- a view as text --- */

static inline void show_line(GString *out, const char *name, const char *value) {
  if (value != NULL)
    g_string_append_printf(out, "%s: %s\n", name, value);
}

static inline void show_list(GString *out, const char *name, const GPtrArray *texts) {
  for (guint i = 0; i < texts->len; i++)
    show_line(out, name, g_ptr_array_index(texts, i));
}

/* All of the view but times and the words of probes, which are their own business. */
static inline char *show(const Session *session, gint64 now) {
  static const char *const kinds[] = {
      [VIEW_SAY] = "say",     [VIEW_CHOOSE] = "choose", [VIEW_ASK] = "ask",           [VIEW_PASTE] = "paste",
      [VIEW_PROBE] = "probe", [VIEW_RESULT] = "result", [VIEW_CHECKLIST] = "checklist", [VIEW_FINISH] = "finish",
  };
  g_autoptr(View) view = session_view(session, now);
  GString *out = g_string_new(NULL);
  g_autofree char *crumbs = NULL;
  g_ptr_array_add(view->crumbs, NULL);
  crumbs = g_strjoinv(" > ", (char **)view->crumbs->pdata);
  g_string_append_printf(out, "%s %u (%u-%u) %s\n", kinds[view->kind], view->step_number, view->left_min, view->left_max,
                         crumbs);
  show_line(out, "text", view->kind != VIEW_RESULT ? view->text : NULL);
  show_line(out, "help", view->help);
  show_line(out, "hint", view->hint);
  show_line(out, "caller", view->say_to_caller);
  for (guint i = 0; i < view->choices->len; i++) {
    gboolean marked = view->ticked != NULL ? g_array_index(view->ticked, gboolean, i) : view->selected == (int)i;
    g_string_append_printf(out, "%c %s\n", marked ? '*' : '-', (char *)g_ptr_array_index(view->choices, i));
  }
  show_line(out, "as", view->as);
  show_line(out, "value", view->value);
  show_line(out, "note", view->input_note);
  for (guint i = 0; i < view->found->len; i++) {
    const FoundRow *row = g_ptr_array_index(view->found, i);
    g_assert_cmpstr(row->text, !=, "");
    g_string_append_printf(out, "found: %s [%s]\n", row->title, level_word(row->level));
  }
  if (view->probe != NULL)
    g_string_append_printf(out, "probe: %s [%s]%s%s\n", view->probe->name, level_word(view->level),
                           view->reused ? " reused" : "", view->consent_needed ? " consent" : "");
  show_line(out, "meaning", view->meaning);
  show_list(out, "notice", view->notices);
  if (view->kind == VIEW_FINISH)
    g_string_append_printf(out, "finish: %s %s\n", finish_word(view->finish), view->cause != NULL ? view->cause->id : "-");
  return g_string_free(out, FALSE);
}

static inline void assert_view(const Session *session, const char *want) {
  g_autofree char *got = show(session, NOW);
  if (!g_str_equal(got, want))
    g_error("the view is\n%swant\n%s", got, want);
}

/* The same of a session that a case may have given back: what it found out was there before. */
static inline char *show_again(const Session *session, gint64 now) {
  char *view = show(session, now), *reused = strstr(view, " reused");
  gsize length = strlen(" reused");
  if (reused != NULL)
    memmove(reused, reused + length, strlen(reused + length) + 1);
  return view;
}

static inline char *path_of(const Session *session) {
  GString *out = g_string_new(NULL);
  const GPtrArray *path = session_path(session);
  for (guint i = 0; i < path->len; i++)
    g_string_append_printf(out, "%s%s", i > 0 ? " " : "", ((const Visit *)g_ptr_array_index(path, i))->step->name);
  return g_string_free(out, FALSE);
}

static inline void assert_path(const Session *session, const char *want) {
  g_autofree char *got = path_of(session);
  g_assert_cmpstr(got, ==, want);
}

/* "known text", "absent", "unknown why", or "-". */
static inline void assert_fact(const Session *session, const char *name, const char *want) {
  const Fact *fact = facts_get(session_facts(session), name);
  g_autofree char *got = fact == NULL                   ? g_strdup("-")
                         : fact->state == FACT_KNOWN    ? g_strdup(fact->text)
                         : fact->state == FACT_ABSENT   ? g_strdup("absent")
                                                        : g_strdup_printf("unknown: %s", fact->why);
  if (!g_str_equal(got, want))
    g_error("%s is \"%s\", want \"%s\"", name, got, want);
}

#endif
