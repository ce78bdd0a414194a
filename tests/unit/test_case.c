/* The case: what is on disk gives back the session, after every event and cut anywhere. */
#include "cases.h"

#include <sys/stat.h>

/* --- a session with every kind of event --- */

static void do_load(World *world, Session *s) { session_load_bounce(s, bounce, strlen(bounce), world->now); }
static void do_paste_loaded(World *world, Session *s) {
  g_autoptr(View) view = session_view(s, world->now);
  answer(world, s, view->value);
}
static void do_paste(World *world, Session *s) { answer(world, s, "550 5.7.1 \xff\xfe not UTF-8 \x83\x65\x83\x58"); }
static void do_address(World *world, Session *s) { answer(world, s, "  taro@exmaple.com \xe3\x80\x80"); }
static void do_bytes(World *world, Session *s) { answer(world, s, "taro\xff@exmaple.com\x1b[0m\"\\"); }
static void do_other(World *world, Session *s) { answer(world, s, "taro@example.com"); }
static void do_next(World *world, Session *s) { answer(world, s, NULL); }
static void do_first(World *world, Session *s) { answer(world, s, "0"); }
static void do_second(World *world, Session *s) { answer(world, s, "1"); }
static void do_back(World *world, Session *s) { back(world, s); }
static void do_again(World *world, Session *s) { session_again(s, ++world->now); }
static void do_tick(World *world, Session *s) { session_tick(s, 1, ++world->now); }
static void do_note(World *world, Session *s) { session_note(s, "Line one\nLine \"two\" \x01", ++world->now); }

static void (*const script[])(World *world, Session *s) = {
    do_load, do_paste_loaded, do_address, do_again,  do_next,   do_first, do_next, do_tick, do_note, do_next,
    do_back, do_back,         do_back,    do_second, do_tick,   do_tick,  do_next,   do_back, do_back, do_back,
    do_back, do_other,        do_next,    do_back,   do_back,   do_back,  do_paste,  do_bytes, do_next, do_second,
    do_next,
};

/* After every event the file gives back the same session. */
static void test_same_after_every_event(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "every", session);
  for (guint i = 0; i < G_N_ELEMENTS(script); i++) {
    script[i](world, session);
    gsize length;
    g_autofree char *text = read_text(case_path(c), &length);
    g_autoptr(Net) empty = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) copy = read_bytes(world, text, length, &empty, &error);
    g_assert_no_error(error);
    g_autofree char *want = state(session), *got = state(copy);
    if (!g_str_equal(got, want))
      g_error("after event %u the file gives\n%s\nand the session is\n%s", i, got, want);
  }
  struct stat st;
  g_assert_cmpint(stat(case_path(c), &st), ==, 0);
  g_assert_cmpint(st.st_mode & 07777, ==, 0600);
  case_free(c);
}

static void assert_notice(const Session *session, const char *part) {
  g_autoptr(View) view = session_view(session, NOW);
  for (guint i = 0; i < view->notices->len; i++)
    if (strstr(g_ptr_array_index(view->notices, i), part) != NULL)
      return;
  g_error("no notice says \"%s\"", part);
}

/* A secret is the one thing that the file does not know: it has to be typed again. */
static void test_secret(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "secret", session);
  answer(world, session, "550 5.1.1");
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "0");
  answer(world, session, "hunter2");
  gsize length;
  g_autofree char *text = read_text(case_path(c), &length);
  case_free(c);
  g_assert_null(strstr(text, "hunter2"));
  g_autoptr(Net) empty = NULL;
  g_autoptr(Session) copy = read_bytes(world, text, length, &empty, NULL);
  assert_path(copy, "pasted rcpt mx spelling key");
  assert_notice(copy, "Please type it again");
  answer(world, copy, "hunter2");
  assert_path(copy, "pasted rcpt mx spelling key todo");
  g_assert_cmpstr(facts_get(session_facts(copy), "key")->raw, ==, "hunter2");
  /* Who went on from there is not sent back, but told that it is missing. */
  g_autofree char *further = g_strconcat(text, "{\"event\":\"tick\",\"step\":\"todo\",\"item\":\"0\"}\n", NULL);
  g_autoptr(Net) other = NULL;
  g_autoptr(Session) later = read_bytes(world, further, strlen(further), &other, NULL);
  assert_path(later, "pasted rcpt mx spelling key todo");
  assert_fact(later, "key", "unknown: not known");
  assert_notice(later, "what was tested with it is not known now");
}

static void assert_same(World *world, const Case *c, const Session *session) {
  gsize length;
  g_autofree char *text = read_text(case_path(c), &length);
  g_autoptr(Net) empty = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(Session) copy = read_bytes(world, text, length, &empty, &error);
  g_assert_no_error(error);
  g_autofree char *want = state(session), *got = state(copy);
  g_assert_cmpstr(got, ==, want);
}

/* What was not waited for stays unknown, and half of an answer stays half. */
static void test_skip(void) {
  g_autoptr(World) world = case_world();
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "skip", session);
  answer(world, session, "550 5.1.1");
  answer(world, session, "taro@example.com");
  world_answer(world, "{\"dns\":\"example.com MX\",\"answer\":[\"10 mx1.example.com\"]}");
  session_wake(session, ++world->now);
  world_answer(world, "{\"dns\":\"mx1.example.com A\",\"answer\":[\"192.0.2.25\"]}");
  session_wake(session, ++world->now);
  session_skip(session, ++world->now);
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_RESULT);
  assert_same(world, c, session);
  answer(world, session, NULL);
  assert_same(world, c, session);
  case_free(c);
}

static const FactSpec contact_gives[] = {{"status", FACT_TEXT, NULL, "whether"}, {0}};
static const ProbeInput contact_inputs[] = {{"domain", "domain", TRUE, "which"}, {0}};
static ProbeState contact_run(Net *asked, const Facts *inputs, Result *result) {
  if (net_dns(asked, probe_input(inputs, "domain"), DNS_A) == NULL)
    return PROBE_PENDING;
  facts_set_text(result->facts, "status", SOURCE_PROBE, "ok");
  return PROBE_DONE;
}
static const Probe contact_probe = {.name = "contact", .title = "Contact", .why = "?", .fits = "domain", .flags = PROBE_CONTACTS,
                                    .inputs = contact_inputs, .gives = contact_gives, .run = contact_run};

static void test_consent(void) {
  for (int yes = 0; yes <= 1; yes++) {
    g_autoptr(World) world = case_world();
    ((Step *)flow_step(flows_find(world->flows, "case"), "mx"))->probe = &contact_probe;
    g_autoptr(Session) session = begin(world, "case");
    Case *c = new_case(world, "consent", session);
    answer(world, session, "550 5.1.1");
    answer(world, session, "taro@example.com");
    assert_same(world, c, session);
    session_consent(session, yes, ++world->now);
    assert_same(world, c, session);
    g_autoptr(View) view = session_view(session, NOW);
    g_assert_cmpint(view->kind, ==, yes ? VIEW_RESULT : VIEW_CHOOSE);
    case_free(c);
  }
}

/* The view without what the last event changed: that stands in a line of its own, which the cut may have taken. */
static char *show_lasting(const Session *session) {
  g_autofree char *view = show_again(session, NOW);
  g_auto(GStrv) lines = g_strsplit(view, "\n", -1);
  GString *out = g_string_new(NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix(lines[i], "notice: "))
      g_string_append_printf(out, "%s\n", lines[i]);
  return g_string_free(out, FALSE);
}

/* A crash may cut the file anywhere. What is whole counts; the next event begins a line of its own. */
static void test_cut_anywhere(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "cut", session);
  g_autoptr(GHashTable) states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < 10; i++) {
    g_hash_table_add(states, show_lasting(session));
    script[i](world, session);
  }
  g_hash_table_add(states, show_lasting(session));
  gsize length, good = 0;
  g_autofree char *text = read_text(case_path(c), &length);
  gsize first_line = strcspn(text, "\n");
  case_free(c);
  g_autofree char *path = g_build_filename(world->dir, "copy.jsonl", NULL);
  for (gsize cut = 0; cut <= length; cut++) {
    g_autoptr(Net) empty = NULL, second = net_replay_new(NULL, NULL), third = net_replay_new(NULL, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) copy = read_bytes(world, text, cut, &empty, &error);
    if (copy == NULL) {
      g_assert_cmpuint(cut, <, first_line);
      g_assert_nonnull(strstr(error->message, "there is no case in this file"));
      continue;
    }
    good++;
    g_autofree char *view = show_lasting(copy);
    g_assert_true(g_hash_table_contains(states, view));
    Session *resumed = NULL;
    Case *again = case_resume(path, world->flows, second, &resumed, &error);
    g_assert_no_error(error);
    session_note(resumed, "after", NOW);
    case_free(again);
    session_free(resumed);
    g_autoptr(Session) last = case_read(path, world->flows, third, &error);
    g_assert_no_error(error);
    const GPtrArray *notes = session_notes(last);
    g_assert_cmpstr(g_ptr_array_index(notes, notes->len - 1), ==, "after");
  }
  g_assert_cmpuint(good, >, length / 2);
}

/* --- guides that change --- */

static void replace_flow(World *world, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(flow, from, -1);
  g_autofree char *changed = g_strjoinv(to, parts);
  g_assert_cmpstr(changed, !=, flow);
  world_file(world, "case.yaml", changed);
  world_load(world);
}

static void test_changed_guide(void) {
  static const struct {
    const char *from, *to, *path, *notice;
  } rows[] = {
      {"spelling", "letters", "pasted rcpt mx letters",
       "The case could be taken up only to here: the guide has changed since, and its step \"spelling\" does not come "
       "now."},
      {"value: \"no\"", "value: \"never\"", "pasted rcpt mx spelling",
       "The case could be taken up only to here: the guide has changed since, and the old answer to \"spelling\" is none "
       "now."},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(World) world = case_world();
    Session *session = begin(world, "case");
    Case *c = new_case(world, "old", session);
    g_autofree char *path = g_strdup(case_path(c));
    answer(world, session, "550 5.1.1");
    answer(world, session, "taro@exmaple.com");
    answer(world, session, NULL);
    answer(world, session, "0");
    answer(world, session, "hunter2");
    case_free(c);
    session_free(session);
    replace_flow(world, rows[i].from, rows[i].to);
    c = case_resume(path, world->flows, world->net, &session, NULL);
    assert_path(session, rows[i].path);
    g_autoptr(View) view = session_view(session, NOW);
    g_assert_cmpstr(g_ptr_array_index(view->notices, 0), ==, rows[i].notice);
    /* What is done from here on counts; what no longer came does not come back. */
    answer(world, session, "1");
    session_note(session, "one", NOW);
    session_note(session, "two", NOW);
    g_autofree char *want = state(session);
    case_free(c);
    session_free(session);
    c = case_resume(path, world->flows, world->net, &session, NULL);
    g_autofree char *got = state(session);
    g_assert_cmpstr(got, ==, want);
    case_free(c);
    session_free(session);
  }
}

static void test_gone_guide(void) {
  g_autoptr(World) world = case_world();
  Session *session = begin(world, "case");
  Case *c = new_case(world, "gone", session);
  g_autofree char *path = g_strdup(case_path(c));
  case_free(c);
  session_free(session);
  g_autofree char *guide = g_build_filename(world->dir, "case.yaml", NULL);
  g_assert_cmpint(g_unlink(guide), ==, 0);
  world_load(world);
  g_autoptr(GError) error = NULL;
  session = NULL;
  g_assert_null(case_resume(path, world->flows, world->net, &session, &error));
  g_autofree char *want = g_strdup_printf("%s:1: the guide \"case\" of this case is not there any more", path);
  g_assert_cmpstr(error->message, ==, want);
}

/* Answers that the file lacks are asked anew, and nobody is told more than is known. */
static void test_missing_answers(void) {
  g_autoptr(World) world = case_world();
  Session *session = begin(world, "case");
  Case *c = new_case(world, "missing", session);
  answer(world, session, "550 5.1.1");
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  g_autofree char *path = g_strdup(case_path(c));
  case_free(c);
  session_free(session);
  gsize length;
  g_autofree char *text = read_text(path, &length);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autoptr(GString) without = g_string_new(NULL);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    if (strstr(lines[i], "\"dns\"") == NULL)
      g_string_append_printf(without, "%s\n", lines[i]);
  g_assert_true(g_file_set_contents(path, without->str, -1, NULL));
  world_go_live(world);
  c = case_resume(path, world->flows, world->net, &session, NULL);
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PROBE);
  g_assert_cmpstr(g_ptr_array_index(view->notices, 0), ==,
                  "The case could be taken up only to here: answers of the tests are missing in it. They are being asked "
                  "again.");
  case_free(c);
  session_free(session);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/case/same-after-every-event", test_same_after_every_event);
  g_test_add_func("/case/skip", test_skip);
  g_test_add_func("/case/consent", test_consent);
  g_test_add_func("/case/secret", test_secret);
  g_test_add_func("/case/cut-anywhere", test_cut_anywhere);
  g_test_add_func("/case/changed-guide", test_changed_guide);
  g_test_add_func("/case/gone-guide", test_gone_guide);
  g_test_add_func("/case/missing-answers", test_missing_answers);
  return g_test_run();
}
