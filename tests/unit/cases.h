/* What the tests of cases share: a guide with every kind of step, a case in a folder of its own, a session as text. */
#ifndef WB_TESTS_CASES_H
#define WB_TESTS_CASES_H

#include "flow/case.h"

#include "sessions.h"

#define HEAD(id) "format: 1\nid: " id "\ntitle: Guide " id "\nlang: en\nrevision: 1\nsteps:\n"

static const char flow[] = HEAD("case") "\
  pasted: {title: Bounce, ask: Paste it., as: message, next: rcpt}\n\
  rcpt: {title: Address, ask: Which address?, as: email, default: \"{bounce.recipient}\", next: mx}\n\
  mx:\n\
    title: Mail servers\n\
    probe: mx\n\
    with: {domain: \"{rcpt.domain}\"}\n\
    next: spelling\n\
  spelling:\n\
    title: Spelling\n\
    choose: Is {rcpt.domain} right?\n\
    choices:\n\
      - {label: \"No\", value: \"no\", go: key}\n\
      - {label: \"Yes\", value: \"yes\", go: todo}\n\
      - {label: I do not know, value: unknown, go: todo}\n\
  key: {title: Password, ask: The password?, as: secret, next: todo}\n\
  todo:\n\
    title: To do\n\
    checklist: Do this.\n\
    items: [{do: First}, {do: Second}]\n\
    next: end\n\
  end: {title: The end, finish: fixed, say: Done.}\n";

static const char net[] = "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\",\"server\":\"192.0.2.53\",\"ms\":20,\"at\":\"2026-11-21T02:31:00.123Z\"}\n"
                          "{\"dns\":\"example.com MX\",\"answer\":[\"10 mx1.example.com\"]}\n"
                          "{\"dns\":\"mx1.example.com A\",\"answer\":[\"192.0.2.25\"]}\n"
                          "{\"dns\":\"mx1.example.com AAAA\"}\n";

static const char bounce[] = "<hanako@example.net>: host mx.example.net[192.0.2.25] said: 550 5.1.1\n"
                             "    <hanako@example.net>: \xe5\xae\x9b\xe5\x85\x88 unknown \"\\\x01\x7f\n";

static inline World *case_world(void) { return world_new(net, "case.yaml", flow, NULL); }

static inline Case *new_case(World *world, const char *id, Session *session) {
  g_autoptr(GError) error = NULL;
  g_autofree char *cases = g_build_filename(world->dir, "cases", NULL);
  g_mkdir_with_parents(cases, 0700);
  Case *c = case_new(cases, id, session, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(case_fault(c), ==, NULL);
  return c;
}

static inline char *read_text(const char *path, gsize *length) {
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, length, NULL));
  return text;
}

/* The session of `length` bytes of a case, nothing asked; NULL with `error`. */
static inline Session *read_bytes(World *world, const char *bytes, gsize length, Net **empty, GError **error) {
  g_autofree char *path = g_build_filename(world->dir, "copy.jsonl", NULL);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
  *empty = net_replay_new(NULL, NULL);
  return case_read(path, world->flows, *empty, error);
}

/* The view, the path, all facts and notes. */
static inline char *state(const Session *session) {
  g_autofree char *view = show_again(session, NOW), *path = path_of(session);
  g_autoptr(GString) out = g_string_new(NULL);
  g_string_append_printf(out, "%s%s\n", view, path);
  g_autoptr(GPtrArray) facts = facts_all(session_facts(session));
  for (guint i = 0; i < facts->len; i++) {
    const Fact *fact = g_ptr_array_index(facts, i);
    g_string_append_printf(out, "%s %d %s\n", fact->name, fact->state, fact->text);
  }
  for (guint i = 0; i < session_notes(session)->len; i++)
    g_string_append_printf(out, "note %s\n", (char *)g_ptr_array_index(session_notes(session), i));
  return g_string_free(g_steal_pointer(&out), FALSE);
}

#endif
