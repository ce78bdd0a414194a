/* The session: what people see, what they may answer, where it leads. */
#include "session_guides.h"

/* --- walking --- */

static void test_walk(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  assert_view(session, "ask 1 (2-5) Address\ntext: Which address?\nas: email\n");
  g_assert_false(session_back(session, world->now));
  answer(world, session, "taro@exmaple.com");
  assert_view(session, "result 2 (1-4) Address > Mail servers\n"
                       "probe: mx [fail]\nmeaning: There is no exmaple.com.\n");
  answer(world, session, NULL);
  assert_view(session, "choose 3 (1-3) Address > Mail servers > Spelling\n"
                       "text: exmaple.com does not exist. Is it right?\nhelp: Compare it.\nhint: Look twice.\n"
                       "caller: Please read it to me.\n* No, exmaple.com is wrong\n- Yes\n- I do not know\n"
                       "found: Mail servers [fail]\n");
  answer(world, session, "0");
  assert_view(session, "finish 4 (0-0) Address > Mail servers > Spelling > Result\n"
                       "text: Write to taro, but not at exmaple.com.\n"
                       "found: Mail servers [fail]\nfinish: fixed -\n");
  g_assert_true(session_finished(session));
  assert_path(session, "rcpt mx spelling typo");
  const Visit *visit = g_ptr_array_index(session_path(session), 2);
  g_autofree char *words = visit_answer_text(visit);
  g_assert_cmpstr(visit->answer, ==, "no");
  g_assert_cmpstr(words, ==, "No, exmaple.com is wrong");
  g_assert_cmpint(visit->at, ==, NOW + 3 * SECOND);
  g_autofree char *fault = NULL;
  g_assert_false(session_answer(session, NULL, world->now, &fault));
  g_assert_cmpstr(fault, ==, "This is the end of the guide.");
}

/* Nothing that is not known may read as fine, as bad, or as nothing. */
static void test_unknown(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "   ");
  assert_fact(session, "rcpt", "unknown: not known");
  assert_fact(session, "rcpt.domain", "-");
  assert_fact(session, "mx.status", "unknown: not asked");
  assert_view(session, "result 2 (1-4) Address > Mail servers\n"
                       "probe: mx [skip]\n");
  answer(world, session, NULL);
  g_assert_true(session_finished(session));
  assert_path(session, "rcpt mx unclear");
  g_autofree char *words = visit_answer_text(g_ptr_array_index(session_path(session), 0));
  g_assert_cmpstr(words, ==, "not known");

  g_autoptr(Session) slow = begin(world, "mx");
  answer(world, slow, "a@slow.example");
  g_autoptr(View) view = session_view(slow, NOW);
  g_assert_cmpstr(level_word(view->level), ==, "unknown");
  assert_fact(slow, "mx.status", "timeout");
  answer(world, slow, NULL);
  assert_path(slow, "rcpt mx unclear");

  g_autoptr(Session) choice = begin(world, "mx");
  answer(world, choice, "a@exmaple.com");
  answer(world, choice, NULL);
  answer(world, choice, "2");
  assert_fact(choice, "spelling", "unknown: not known");
}

typedef struct Faulty {
  const char *step, *value, *fault;
} Faulty;

static void test_faults(void) {
  static const Faulty rows[] = {
      {"quota", "ten", "\"ten\" is not a number. Type digits only, such as 25, or leave it empty if you do not know."},
      {"quota", "1.5", "\"1.5\" is not a number. Type digits only, such as 25, or leave it empty if you do not know."},
      {"quota", "99999999999999999999", NULL},
      {"quota", "\xff", "\"\\xFF\" is not a number. Type digits only, such as 25, or leave it empty if you do not know."},
      {"quota", " 25 ", ""},
      {"quota", "\xef\xbc\x92\xef\xbc\x95", ""},
      {"server", "192.0.2.256", NULL},
      {"server", "mx1.example.com",
       "\"mx1.example.com\" is not an IP address. It looks like 192.0.2.10 or 2001:db8::10. Leave it empty if you do "
       "not know."},
      {"server", " [192.0.2.10] ", ""},
      {"server", "2001:DB8::1", ""},
      {"rcpt", "no address at all", ""},
      {"rcpt", "a@@\x01\xff", ""},
      {"spelling", "3", "Choose a number from 1 to 3."},
      {"spelling", "", "Choose a number from 1 to 3."},
      {"spelling", "-1", "Choose a number from 1 to 3."},
      {"spelling", "0x1", "Choose a number from 1 to 3."},
      {"spelling", "1", ""},
  };
  g_autoptr(World) world = mx_world();
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    const Faulty *row = &rows[i];
    g_autoptr(Session) session = begin(world, "mx");
    if (!g_str_equal(row->step, "rcpt"))
      answer(world, session, "a@exmaple.com");
    if (!g_str_equal(row->step, "rcpt"))
      answer(world, session, NULL);
    if (!g_str_equal(row->step, "rcpt") && !g_str_equal(row->step, "spelling"))
      answer(world, session, "1");
    if (g_str_equal(row->step, "server"))
      answer(world, session, "25");
    g_autofree char *fault = NULL, *before = show(session, NOW);
    gboolean taken = session_answer(session, row->value, NOW, &fault);
    g_test_message("%s %s: %s", row->step, row->value, fault);
    if (row->fault != NULL && *row->fault == '\0') {
      g_assert_true(taken);
      continue;
    }
    g_assert_false(taken);
    g_assert_nonnull(fault);
    g_assert_true(row->fault == NULL || g_str_equal(fault, row->fault));
    g_autofree char *after = show(session, NOW);
    g_assert_cmpstr(before, ==, after);
  }
  g_autoptr(Session) session = begin(world, "mx");
  g_autofree char *longer = g_strnfill(5000, 'a'), *fault = NULL;
  g_assert_false(session_answer(session, longer, NOW, &fault));
  g_assert_cmpstr(fault, ==, "This is longer than 4096 characters. Type only what is asked for.");
}

static void test_values(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "  <Taro\xef\xbc\xa0" "EXMAPLE.com> ");
  assert_fact(session, "rcpt.local", "Taro");
  assert_fact(session, "rcpt.domain", "exmaple.com");
  g_assert_cmpstr(facts_get(session_facts(session), "rcpt")->raw, ==, "  <Taro\xef\xbc\xa0" "EXMAPLE.com> ");
  answer(world, session, NULL);
  answer(world, session, "1");
  answer(world, session, "\xef\xbc\x92\xef\xbc\x95");
  g_assert_cmpint(facts_get(session_facts(session), "quota")->number, ==, 25);
  answer(world, session, "[192.0.2.10]");
  assert_view(session, "finish 6 (0-0) Address > Mail servers > Spelling > Quota > Server > Result\n"
                       "text: 25 MB at 192.0.2.10\n"
                       "found: Mail servers [fail]\nfinish: problem -\n");
  g_autoptr(Session) bad = begin(world, "mx");
  answer(world, bad, "nobody");
  assert_fact(bad, "rcpt", "nobody");
  assert_fact(bad, "rcpt.local", "unknown: not valid");
  assert_fact(bad, "rcpt.domain", "unknown: not valid");
  assert_fact(bad, "mx.status", "unknown: not asked");
}

/* --- sub-flows, ends, circles --- */

static const char outer_flow[] = HEAD("outer") "\
  start: {say: Hello., next: inner}\n\
  inner: {use: middle, next: last}\n\
  last:\n\
    decide: Over.\n\
    next:\n\
      - {when: {deep: \"yes\"}, go: good}\n\
      - else: bad\n\
  good: {finish: fixed}\n\
  bad: {finish: unknown}\n";
static const char middle_flow[] = HEAD("middle") "\
  before: {say: Middle., next: down}\n\
  down: {use: inmost, next: return}\n";
static const char inmost_flow[] = HEAD("inmost") "\
  deep:\n\
    choose: Deep?\n\
    choices:\n\
      - {label: \"Yes\", value: \"yes\", go: return}\n\
      - {label: \"No\", value: \"no\"}\n\
      - {label: I do not know, value: unknown, go: out}\n\
    next: return\n\
  out: {finish: escalate, say: Out.}\n\
  home: {finish: problem, say: Home.}\n";

static void test_sub_flows(void) {
  g_auto(GStrv) parts = g_strsplit(inmost_flow, "steps:\n", 2);
  g_autofree char *with_home = g_strjoinv("at_return: home\nsteps:\n", parts);
  g_autoptr(World) world =
      world_new("", "outer.yaml", outer_flow, "middle.yaml", middle_flow, "inmost.yaml", with_home, NULL);
  static const char *const paths[] = {
      "start inner before down deep last good",
      "start inner before down deep last bad",
      "start inner before down deep out",
  };
  for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_autoptr(Session) session = begin(world, "outer");
    answer(world, session, NULL);
    answer(world, session, NULL);
    g_autofree char *view = show(session, NOW);
    g_assert_true(g_str_has_prefix(view, "choose 3 (1-1) start > before > deep\n"));
    g_autofree char *choice = g_strdup_printf("%u", i);
    answer(world, session, choice);
    assert_path(session, paths[i]);
    back(world, session);
    assert_path(session, "start inner before down deep");
    answer(world, session, choice);
    assert_path(session, paths[i]);
  }
  /* From the menu, `return` has nobody to return to. */
  g_autoptr(Session) session = begin(world, "inmost");
  answer(world, session, "0");
  assert_path(session, "deep home");
}

static const char circle_flow[] = HEAD("circle") "\
  again:\n\
    choose: Once more?\n\
    choices:\n\
      - {label: \"Yes\", go: page}\n\
      - {label: I do not know, go: end}\n\
  page: {say: Round and round., next: again}\n\
  end: {finish: fixed}\n";

static void test_circle(void) {
  g_autoptr(World) world = world_new("", "circle.yaml", circle_flow, NULL);
  g_autoptr(Session) session = begin(world, "circle");
  for (int i = 0; i < 300; i++) {
    g_assert_false(session_finished(session));
    answer(world, session, "0");
  }
  g_assert_true(session_finished(session));
  g_assert_cmpuint(session_path(session)->len, ==, 300);
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_FINISH);
  g_assert_cmpint(view->finish, ==, FINISH_UNKNOWN);
  g_assert_true(g_str_has_prefix(view->text, "This guide went in circles and was stopped after 300 steps."));
  g_assert_true(view->can_go_back);
  g_assert_false(session_answer(session, NULL, NOW, NULL));
  back(world, session);
  g_assert_false(session_finished(session));
  g_assert_cmpuint(session_path(session)->len, ==, 300);
  back(world, session);
  answer(world, session, "1");
  g_autoptr(View) end = session_view(session, NOW);
  g_assert_cmpint(end->finish, ==, FINISH_FIXED);
}

/* --- other steps --- */

static const char list_flow[] = HEAD("list") "\
  todo:\n\
    checklist: Do this.\n\
    items: [{do: First}, {do: Second}]\n\
    next: app\n\
  app:\n\
    choose: Which?\n\
    choices:\n\
      - {label: Web, value: ac-web, go: guide}\n\
      - {label: Telephone, value: ac-phone, go: guide}\n\
      - {label: I do not know, value: unknown, go: end}\n\
  guide:\n\
    checklist: And this.\n\
    guide: \"{app}\"\n\
    next: end\n\
  end: {finish: fixed}\n";

static const char guides[] = "\
- id: ac-web\n\
  topic: autocomplete\n\
  app: Web mail\n\
  versions: \"2026\"\n\
  status: historic\n\
  title: Remove one\n\
  steps: [Open it., Close it.]\n\
  note: Slowly.\n\
  source: https://example.com/\n\
  reviewed: 2026-11-21\n\
- id: ac-phone\n\
  topic: autocomplete\n\
  app: Telephone\n\
  title: Remove all\n\
  steps: [Press it.]\n\
  source: https://example.com/\n\
  reviewed: 2026-11-21\n";

static void test_checklist(void) {
  g_autoptr(World) world = world_new("", "list.yaml", list_flow, "knowledge/guides.yaml", guides, NULL);
  g_autoptr(Session) session = begin(world, "list");
  session_tick(session, 1, NOW);
  session_tick(session, 7, NOW);
  assert_view(session, "checklist 1 (2-3) todo\ntext: Do this.\n- First\n* Second\n");
  answer(world, session, NULL);
  assert_fact(session, "todo", "partly");
  assert_fact(session, "todo.done", "1");
  answer(world, session, "0");
  assert_view(session, "checklist 3 (1-1) todo > app > guide\ntext: And this.\n"
                       "help: Web mail: Remove one (2026)\nThis is for an old version; newer ones look different.\nSlowly.\n"
                       "- Open it.\n- Close it.\n");
  session_tick(session, 0, NOW);
  session_tick(session, 1, NOW);
  answer(world, session, NULL);
  assert_fact(session, "guide", "done");
  g_autofree char *words = visit_answer_text(g_ptr_array_index(session_path(session), 2));
  g_assert_cmpstr(words, ==, "2 of 2 done");
  back(world, session);
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_true(g_array_index(view->ticked, gboolean, 1));
  /* The ticks were for another program. */
  back(world, session);
  answer(world, session, "1");
  assert_view(session, "checklist 3 (1-1) todo > app > guide\ntext: And this.\nhelp: Telephone: Remove all\n"
                       "- Press it.\n"
                       "notice: 1 answer given before no longer counts: guide (2 of 2 done)\n");
}

static const char paste_flow[] = HEAD("paste") "\
  pasted: {ask: Paste it., as: message, next: sort}\n\
  sort:\n\
    decide: By code.\n\
    next:\n\
      - {when: {bounce.status: 5.1.1}, go: rcpt}\n\
      - else: key\n\
  rcpt: {ask: Which address?, as: email, default: \"{bounce.recipient}\", next: end}\n\
  key: {ask: The password?, as: secret, next: end}\n\
  end: {finish: fixed, say: \"{key}\"}\n";

static const char bounce[] = "<hanako@example.net>: host mx.example.net[192.0.2.25] said: 550 5.1.1\n"
                             "    <hanako@example.net>: Recipient address rejected \x1b[2J\n";

static void test_paste(void) {
  g_autoptr(World) world = world_new("", "paste.yaml", paste_flow, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(Session) session = begin(world, "paste");
  session_set_sink(session, tell, out);
  assert_view(session, "paste 1 (2-2) pasted\ntext: Paste it.\nas: message\n");
  answer(world, session, bounce);
  assert_fact(session, "pasted", "bounce");
  assert_fact(session, "bounce.recipient", "hanako@example.net");
  assert_fact(session, "bounce.status", "5.1.1");
  assert_fact(session, "bounce.subject", "unknown: not said");
  assert_fact(session, "bounce.imceaex", "no");
  assert_view(session, "ask 2 (1-1) pasted > rcpt\ntext: Which address?\nas: email\nvalue: hanako@example.net\n"
                       "note: Taken from what is known so far. Correct it if it is wrong.\n"
                       "notice: 1 character that cannot be seen was made visible (such as \\x1B).\n");
  g_assert_nonnull(strstr(out->str, "bounce step=pasted text=<hanako"));
  g_assert_nonnull(session_bounce(session));
  back(world, session);
  g_assert_null(session_bounce(session));
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_nonnull(strstr(view->value, "\\x1B[2J"));
  /* What the screen shows, sent back as it is, stands for the bytes behind it. */
  answer(world, session, view->value);
  g_assert_cmpuint(session_bounce(session)->hidden, ==, 1);
  back(world, session);
  answer(world, session, "");
  assert_fact(session, "pasted", "unknown: not known");
  assert_fact(session, "bounce.status", "-");
}

static void test_loaded_bounce(void) {
  g_autoptr(World) world = world_new("", "paste.yaml", paste_flow, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(Session) session = begin(world, "paste");
  session_set_sink(session, tell, out);
  session_load_bounce(session, bounce, strlen(bounce), NOW);
  assert_fact(session, "bounce.status", "5.1.1");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpstr(view->input_note, ==, "This is the bounce that was loaded.");
  answer(world, session, view->value);
  assert_path(session, "pasted sort rcpt");
  g_assert_nonnull(strstr(out->str, "bounce step=pasted loaded=yes"));
  g_autofree char *words = visit_answer_text(g_ptr_array_index(session_path(session), 0));
  g_assert_cmpstr(words, ==, "5.1.1, 550, hanako@example.net");
}

/* A guide that begins by deciding over the bounce begins again once there is one. */
static void test_loaded_first(void) {
  static const char flow[] = HEAD("first") "\
  sort:\n\
    decide: By code.\n\
    next:\n\
      - {when: {bounce.status: 5.1.1}, go: known}\n\
      - else: page\n\
  page: {say: Nothing is known., next: end}\n\
  known: {say: \"{bounce.recipient}\", next: end}\n\
  end: {finish: fixed}\n";
  g_autoptr(World) world = world_new("", "first.yaml", flow, NULL);
  g_autoptr(Session) session = begin(world, "first");
  assert_path(session, "sort page");
  session_load_bounce(session, bounce, strlen(bounce), NOW);
  assert_path(session, "sort known");
  g_autoptr(Session) late = begin(world, "first");
  answer(world, late, NULL);
  session_load_bounce(late, bounce, strlen(bounce), NOW);
  assert_path(late, "sort page end");
  assert_fact(late, "bounce.status", "5.1.1");
}

static void test_secret(void) {
  g_autoptr(World) world = world_new("", "paste.yaml", paste_flow, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(Session) session = begin(world, "paste");
  session_set_sink(session, tell, out);
  answer(world, session, "");
  answer(world, session, "hunter2");
  g_assert_cmpstr(facts_get(session_facts(session), "key")->raw, ==, "hunter2");
  g_autofree char *view = show(session, NOW);
  g_assert_null(strstr(view, "hunter2"));
  g_assert_null(strstr(out->str, "hunter2"));
  back(world, session);
  g_autofree char *old = show(session, NOW);
  g_assert_null(strstr(old, "hunter2"));
}

/* The headline, else the worst row, with its label; what could not be told is worse than what is worth knowing. */
static void test_result_text(void) {
  g_autoptr(Result) result = result_new();
  g_autofree char *empty = result_text(result);
  g_assert_cmpstr(empty, ==, "");
  result_add(result, LEVEL_SKIP, NULL, message_new("skipped", NULL));
  g_autofree char *skipped = result_text(result);
  g_assert_cmpstr(skipped, ==, "skipped");
  result_add(result, LEVEL_OK, "a.example", message_new("fine", NULL));
  result_add(result, LEVEL_UNKNOWN, "b.example", message_new("no answer", NULL));
  result_add(result, LEVEL_NOTE, "c.example", message_new("old", NULL));
  result_add(result, LEVEL_UNKNOWN, "d.example", message_new("refused", NULL));
  g_autofree char *worst = result_text(result);
  g_assert_cmpstr(worst, ==, "b.example: no answer");
  result->headline = message_new("{n} servers", "n", "4", NULL);
  g_autofree char *headline = result_text(result);
  g_assert_cmpstr(headline, ==, "4 servers");
}

static void test_notes(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  session_note(session, "Called \x1b]0;x\x07 back", NOW);
  g_assert_cmpstr(g_ptr_array_index(session_notes(session), 0), ==, "Called \\x1B]0;x\\x07 back");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/session/walk", test_walk);
  g_test_add_func("/session/unknown", test_unknown);
  g_test_add_func("/session/faults", test_faults);
  g_test_add_func("/session/values", test_values);
  g_test_add_func("/session/sub-flows", test_sub_flows);
  g_test_add_func("/session/circle", test_circle);
  g_test_add_func("/session/checklist", test_checklist);
  g_test_add_func("/session/paste", test_paste);
  g_test_add_func("/session/loaded-bounce", test_loaded_bounce);
  g_test_add_func("/session/loaded-first", test_loaded_first);
  g_test_add_func("/session/secret", test_secret);
  g_test_add_func("/session/result-text", test_result_text);
  g_test_add_func("/session/notes", test_notes);
  return g_test_run();
}
