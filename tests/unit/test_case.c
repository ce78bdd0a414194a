/* The case: what is on disk is the session, whatever happens to disk and program. */
#include "flow/case.h"

#include "sessions.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

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

static World *case_world(void) { return world_new(net, "case.yaml", flow, NULL); }

static Case *new_case(World *world, const char *id, Session *session) {
  g_autoptr(GError) error = NULL;
  g_autofree char *cases = g_build_filename(world->dir, "cases", NULL);
  g_mkdir_with_parents(cases, 0700);
  Case *c = case_new(cases, id, session, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(case_fault(c), ==, NULL);
  return c;
}

static char *read_text(const char *path, gsize *length) {
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, length, NULL));
  return text;
}

/* The session of `length` bytes of a case, nothing asked; NULL with `error`. */
static Session *read_bytes(World *world, const char *bytes, gsize length, Net **empty, GError **error) {
  g_autofree char *path = g_build_filename(world->dir, "copy.jsonl", NULL);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
  *empty = net_replay_new(NULL, NULL);
  return case_read(path, world->flows, *empty, error);
}

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

static char *state(const Session *session) {
  g_autofree char *view = show(session, NOW), *path = path_of(session);
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
  assert_path(copy, "pasted rcpt mx spelling key todo");
  assert_fact(copy, "key", "unknown: not known");
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

/* A crash may cut the file anywhere. What is whole counts; the next event begins a line of its own. */
static void test_cut_anywhere(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "cut", session);
  g_autoptr(GHashTable) states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < 10; i++) {
    g_hash_table_add(states, show(session, NOW));
    script[i](world, session);
  }
  g_hash_table_add(states, show(session, NOW));
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
    g_autofree char *view = show(copy, NOW);
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

/* --- a disk that is full --- */

static void set_file_limit(rlim_t bytes) {
  struct rlimit limit;
  g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void test_full_disk(void) {
  signal(SIGXFSZ, SIG_IGN);
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "full", session);
  struct stat st;
  g_assert_cmpint(stat(case_path(c), &st), ==, 0);
  set_file_limit((rlim_t)st.st_size + 50); /* in the middle of a line */
  answer(world, session, "550 5.1.1 no such user");
  g_assert_cmpstr(case_fault(c), ==,
                  "The case cannot be saved at the moment: File too large. You can go on; it is tried again with every "
                  "step.");
  answer(world, session, "taro@exmaple.com");
  g_assert_nonnull(case_fault(c));
  assert_path(session, "pasted rcpt mx");
  set_file_limit(RLIM_INFINITY);
  answer(world, session, NULL);
  g_assert_cmpstr(case_fault(c), ==, NULL);
  g_autofree char *path = g_strdup(case_path(c)), *want = state(session);
  case_free(c);
  g_autoptr(Net) empty = net_replay_new(NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(Session) copy = case_read(path, world->flows, empty, &error);
  g_assert_no_error(error);
  g_autofree char *got = state(copy);
  g_assert_cmpstr(got, ==, want);
}

/* --- names and folders --- */

static void test_names(void) {
  static const char *const bad[] = {"", ".", "..", ".hidden", "a/b", "a b", "\xe3\x81\x82", "a\n", "a:b",
                                    "12345678901234567890123456789012345678901234567890123456789012345"};
  static const char *const good[] = {"HD-1234", "a", "a.b_c-D", "-x",
                                     "1234567890123456789012345678901234567890123456789012345678901234"};
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(case_new(world->dir, bad[i], session, &error));
    g_assert_nonnull(strstr(error->message, "cannot be the name of a case"));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
  }
  for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
    Case *c = new_case(world, good[i], session);
    g_assert_cmpstr(case_id(c), ==, good[i]);
    case_free(c);
    g_autoptr(GError) error = NULL;
    g_autofree char *cases = g_build_filename(world->dir, "cases", NULL);
    g_assert_null(case_new(cases, good[i], session, &error));
    g_autofree char *want = g_strdup_printf(
        "There is a case %s already. Take it up with --resume, or choose another name.", good[i]);
    g_assert_cmpstr(error->message, ==, want);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(case_new("/nonexistent/folder", NULL, session, &error));
  g_assert_nonnull(strstr(error->message, "/nonexistent/folder/"));
}

static void test_numbers(void) {
  g_setenv("TZ", "Asia/Tokyo", TRUE);
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  for (int i = 1; i <= 3; i++) {
    Case *c = new_case(world, NULL, session);
    g_autofree char *want = g_strdup_printf("20261121-1131-%d", i);
    g_assert_cmpstr(case_id(c), ==, want);
    case_free(c);
  }
}

static void test_locked(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "locked", session);
  g_autoptr(GError) error = NULL;
  Session *second = NULL;
  g_assert_null(case_resume(case_path(c), world->flows, world->net, &second, &error));
  g_assert_nonnull(strstr(error->message, "is open in another window. Close it there first."));
  g_assert_null(second);
  g_autoptr(Net) empty = net_replay_new(NULL, NULL);
  g_autoptr(Session) look = case_read(case_path(c), world->flows, empty, NULL);
  g_assert_nonnull(look);
  g_autofree char *path = g_strdup(case_path(c));
  case_free(c);
  c = case_resume(path, world->flows, world->net, &second, NULL);
  g_assert_nonnull(c);
  g_assert_cmpstr(case_id(c), ==, "locked");
  case_free(c);
  session_free(second);
}

/* Who looks at a case, or takes it up and does nothing, leaves no trace in it. */
static void test_no_trace(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) session = begin(world, "case");
  Case *c = new_case(world, "trace", session);
  answer(world, session, "550 5.1.1");
  answer(world, session, "taro@exmaple.com");
  g_autofree char *path = g_strdup(case_path(c));
  case_free(c);
  gsize before, after;
  g_autofree char *text = read_text(path, &before);
  Session *resumed = NULL;
  c = case_resume(path, world->flows, world->net, &resumed, NULL);
  case_free(c);
  session_free(resumed);
  g_autofree char *same = read_text(path, &after);
  g_assert_cmpstr(same, ==, text);
  g_assert_cmpuint(before, ==, after);
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

/* --- files that are none --- */

#define START "{\"event\":\"start\",\"flow\":\"case\"}\n"

static void test_faults(void) {
  static const struct {
    const char *text, *fault;
  } rows[] = {
      {"", "FILE: there is no case in this file: it is empty or cut off at its first line"},
      {"\n\n", "FILE: there is no case in this file: it is empty or cut off at its first line"},
      {"hello\n", "FILE:1: this is no case of whybounce: a case begins with the event \"start\""},
      {"{\"whybounce-recording\":1}\n",
       "FILE:1: this is no case of whybounce: a case begins with the event \"start\""},
      {"{\"event\":\"answer\"}\n", "FILE:1: a case begins with the event \"start\""},
      {START START, "FILE:2: the case begins a second time here"},
      {START "{\"event\":\"answer\"\n", "FILE:2: this line is broken: it is no line of JSON"},
      {START "{\"event\":\"dance\"}\n",
       "FILE:2: this kind of event is not known here: was the case written by a newer whybounce?"},
      {START "{\"event\":[[[[[[[1]]]]]]]}\n", "FILE:2: this line is broken: it is no line of JSON"},
      {START "{\"event\":7}\n", "FILE:2: this line has no \"event\""},
      {START "\n{\"event\":\"resume\",\"kept\":\"9\"}\n",
       "FILE:3: \"kept\" is not the number of events before this line that count"},
      {START "{\"event\":\"resume\",\"kept\":\"0\"}\n",
       "FILE:2: \"kept\" is not the number of events before this line that count"},
      {START "{\"dns\":\"example.com BOGUS\"}\n", NULL},
      {START "{\"event\":\"answer\",\"step\":\"\xff\"}\n", "FILE:2: this line is broken: it is no line of JSON"},
      {START "{\"event\":\"answer\",\"step\":{\"a\":1},\"text\":[]}\n", ""},
      {START "{\"event\":\"tick\",\"item\":\"99999999999\"}\n{\"event\":\"back\"}\n{\"event\":\"consent\"}\n", ""},
      {START "{\"event\":\"bounce\",\"base64\":\"!!\"}\n{\"event\":\"note\"}\n", ""},
  };
  g_autoptr(World) world = case_world();
  g_autofree char *path = g_build_filename(world->dir, "copy.jsonl", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Net) empty = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Session) session = read_bytes(world, rows[i].text, strlen(rows[i].text), &empty, &error);
    g_test_message("%s: %s", rows[i].text, error != NULL ? error->message : "");
    if (rows[i].fault != NULL && *rows[i].fault == '\0') {
      g_assert_no_error(error);
      continue;
    }
    g_assert_null(session);
    g_assert_true(g_str_has_prefix(error->message, path));
    if (rows[i].fault != NULL)
      g_assert_cmpstr(error->message + strlen(path), ==, rows[i].fault + strlen("FILE"));
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(case_read("/nonexistent", world->flows, world->net, &error));
  g_assert_cmpstr(error->message, ==, "The case /nonexistent cannot be opened: No such file or directory");
  g_clear_error(&error);
  g_assert_null(case_read(world->dir, world->flows, world->net, &error));
  g_assert_nonnull(error);
}

/* --- the list --- */

static void set_time(const char *path, time_t at) {
  struct timespec times[2] = {{at, 0}, {at, 0}};
  g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static void test_list(void) {
  g_autoptr(World) world = case_world();
  g_autofree char *cases = g_build_filename(world->dir, "cases", NULL);
  static const char *const ids[] = {"a", "b", "c"};
  for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
    g_autoptr(Session) session = begin(world, "case");
    Case *c = new_case(world, ids[i], session);
    g_autofree char *big = g_strnfill(100000, 'x');
    answer(world, session, i == 0 ? big : "550 5.1.1");
    if (i > 0)
      answer(world, session, "taro@exmaple.com");
    if (i > 1) {
      answer(world, session, NULL);
      answer(world, session, "1");
      answer(world, session, NULL);
      session_note(session, "late", world->now + SECOND);
    }
    g_autofree char *path = g_strdup(case_path(c));
    case_free(c);
    set_time(path, 1000 + (time_t)i);
  }
  world_file(world, "cases/broken.jsonl", "hello\n");
  world_file(world, "cases/other.txt", START);
  g_autoptr(GPtrArray) list = case_list(cases, 10);
  g_assert_cmpuint(list->len, ==, 3);
  const CaseEntry *c = g_ptr_array_index(list, 0), *b = g_ptr_array_index(list, 1), *a = g_ptr_array_index(list, 2);
  g_assert_cmpstr(c->id, ==, "c");
  g_assert_true(c->finished);
  g_assert_cmpstr(c->flow, ==, "Guide case");
  g_assert_cmpstr(c->step_title, ==, "The end");
  g_assert_cmpint(c->at, ==, world->now + SECOND);
  g_assert_cmpstr(b->id, ==, "b");
  g_assert_false(b->finished);
  g_assert_cmpstr(b->step_title, ==, "Mail servers");
  g_assert_true(g_file_test(b->path, G_FILE_TEST_EXISTS));
  g_assert_cmpstr(a->id, ==, "a"); /* its last event is longer than what is looked at */
  g_assert_false(a->finished);
  g_autoptr(GPtrArray) two = case_list(cases, 2);
  g_assert_cmpuint(two->len, ==, 2);
  g_autoptr(GPtrArray) none = case_list("/nonexistent", 10);
  g_assert_cmpuint(none->len, ==, 0);
}

/* What one session of a program learned does not get into the case of the next. */
static void test_own_answers_only(void) {
  g_autoptr(World) world = case_world();
  g_autoptr(Session) first = begin(world, "case");
  answer(world, first, "550 5.1.1");
  answer(world, first, "taro@example.com");
  g_autoptr(Session) second = begin(world, "case");
  answer(world, second, "550 5.1.1");
  answer(world, second, "taro@exmaple.com");
  Case *c = new_case(world, "own", second); /* late: what was there is there */
  gsize length;
  g_autofree char *text = read_text(case_path(c), &length);
  g_assert_nonnull(strstr(text, "exmaple.com MX"));
  g_assert_null(strstr(text, "\"example.com MX"));
  case_free(c);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/case/same-after-every-event", test_same_after_every_event);
  g_test_add_func("/case/skip", test_skip);
  g_test_add_func("/case/consent", test_consent);
  g_test_add_func("/case/secret", test_secret);
  g_test_add_func("/case/cut-anywhere", test_cut_anywhere);
  g_test_add_func("/case/full-disk", test_full_disk);
  g_test_add_func("/case/names", test_names);
  g_test_add_func("/case/numbers", test_numbers);
  g_test_add_func("/case/locked", test_locked);
  g_test_add_func("/case/no-trace", test_no_trace);
  g_test_add_func("/case/changed-guide", test_changed_guide);
  g_test_add_func("/case/gone-guide", test_gone_guide);
  g_test_add_func("/case/missing-answers", test_missing_answers);
  g_test_add_func("/case/faults", test_faults);
  g_test_add_func("/case/list", test_list);
  g_test_add_func("/case/own-answers-only", test_own_answers_only);
  return g_test_run();
}
