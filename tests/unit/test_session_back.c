/* Going back: what is offered again, what no longer counts. */
#include "session_guides.h"

static void test_back(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "1");
  answer(world, session, "25");
  answer(world, session, "192.0.2.10");
  g_assert_true(session_finished(session));
  back(world, session);
  assert_view(session, "ask 5 (1-1) Address > Mail servers > Spelling > Quota > Server\ntext: Which server?\nas: ip\n"
                       "value: 192.0.2.10\nnote: This is your answer from before.\n"
                       "found: Mail servers [fail]\n");
  assert_fact(session, "server", "-");
  back(world, session);
  back(world, session);
  assert_view(session, "choose 3 (1-3) Address > Mail servers > Spelling\n"
                       "text: exmaple.com does not exist. Is it right?\nhelp: Compare it.\nhint: Look twice.\n"
                       "caller: Please read it to me.\n- No, exmaple.com is wrong\n* Yes\n- I do not know\n"
                       "note: This is your answer from before.\n"
                       "found: Mail servers [fail]\n");
  /* The same again: everything later still counts, and is offered. */
  answer(world, session, "1");
  assert_view(session, "ask 4 (2-2) Address > Mail servers > Spelling > Quota\ntext: How many megabytes?\nas: number\n"
                       "value: 25\nnote: This is your answer from before.\n"
                       "found: Mail servers [fail]\n");
  answer(world, session, "30");
  assert_view(session, "ask 5 (1-1) Address > Mail servers > Spelling > Quota > Server\ntext: Which server?\nas: ip\n"
                       "value: 192.0.2.10\nnote: This is your answer from before.\nfound: Mail servers [fail]\n");
  back(world, session);
  back(world, session);
  back(world, session);
  back(world, session);
  assert_view(session, "ask 1 (2-5) Address\ntext: Which address?\nas: email\nvalue: taro@exmaple.com\n"
                       "note: This is your answer from before.\n");
  g_assert_false(session_back(session, world->now));
}

/* What was asked about the old domain does not count for the new one; what was asked of itself does. */
static void test_changed(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "1");
  answer(world, session, "25");
  answer(world, session, "192.0.2.10");
  for (int i = 0; i < 5; i++)
    back(world, session);
  answer(world, session, "taro@example.com");
  assert_view(session, "result 2 (1-4) Address > Mail servers\n"
                       "probe: mx [ok]\n"
                       "notice: 1 answer given before no longer counts: Spelling (Yes)\n");
  answer(world, session, NULL);
  assert_view(session, "ask 3 (2-2) Address > Mail servers > Quota\ntext: How many megabytes?\nas: number\nvalue: 25\n"
                       "note: This is your answer from before.\n"
                       "found: Mail servers [ok]\n");
  /* Another domain that does not exist: the question comes back, the answer was for another. */
  back(world, session);
  back(world, session);
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  assert_view(session, "choose 3 (1-3) Address > Mail servers > Spelling\n"
                       "text: exmaple.com does not exist. Is it right?\nhelp: Compare it.\nhint: Look twice.\n"
                       "caller: Please read it to me.\n- No, exmaple.com is wrong\n* Yes\n- I do not know\n"
                       "note: This is your answer from before.\n"
                       "found: Mail servers [fail]\n");
}

static void test_stale_offer(void) {
  g_autoptr(World) world = mx_world();
  world_answer(world, "{\"dns\":\"exmaple.org MX\",\"status\":\"nxdomain\"}");
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "1");
  back(world, session);
  back(world, session);
  back(world, session);
  answer(world, session, "taro@exmaple.org");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpstr(g_ptr_array_index(view->notices, 0), ==,
                  "1 answer given before no longer counts: Spelling (Yes)");
  answer(world, session, NULL);
  assert_view(session, "choose 3 (1-3) Address > Mail servers > Spelling\n"
                       "text: exmaple.org does not exist. Is it right?\nhelp: Compare it.\nhint: Look twice.\n"
                       "caller: Please read it to me.\n* No, exmaple.org is wrong\n- Yes\n- I do not know\n"
                       "note: Before, the answer was \"Yes\". It no longer counts, because what it was about has "
                       "changed.\nfound: Mail servers [fail]\n");
}

/* While the tests of the new answer are under way it is open where the way leads, but not what a question was about. */
static void test_changed_pending(void) {
  g_autoptr(World) world = mx_world();
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "taro@exmaple.com");
  world_answer(world, "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\"}");
  session_wake(session, NOW);
  answer(world, session, NULL);
  answer(world, session, "1");
  answer(world, session, "25");
  for (int i = 0; i < 4; i++)
    back(world, session);
  answer(world, session, "taro@exmaple.org");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PROBE);
  g_assert_cmpuint(view->notices->len, ==, 1);
  g_assert_cmpstr(g_ptr_array_index(view->notices, 0), ==, "1 answer given before no longer counts: Spelling (Yes)");
  world_answer(world, "{\"dns\":\"exmaple.org MX\",\"status\":\"nxdomain\"}");
  session_wake(session, NOW);
  answer(world, session, NULL);
  /* The way that leaves the question about megabytes out. */
  answer(world, session, "2");
  g_autoptr(View) end = session_view(session, NOW);
  g_assert_cmpstr(g_ptr_array_index(end->notices, 0), ==, "1 answer given before no longer counts: Quota (25)");
}

/* A question that spoke of something known, and now would speak of nothing known, is another question. */
static void test_changed_to_unknown(void) {
  static const char flow[] = HEAD("name") "\
  name: {ask: Who?, as: text, next: sure}\n\
  sure:\n\
    choose: Is it {name}?\n\
    choices: [{label: \"Yes\", go: end}, {label: I do not know, go: end}]\n\
  end: {finish: fixed}\n";
  g_autoptr(World) world = world_new("", "name.yaml", flow, NULL);
  g_autoptr(Session) session = begin(world, "name");
  answer(world, session, "Taro");
  answer(world, session, "0");
  back(world, session);
  back(world, session);
  answer(world, session, "");
  assert_view(session, "choose 2 (1-1) name > sure\ntext: Is it (not known)?\n* Yes\n- I do not know\n"
                       "note: Before, the answer was \"Yes\". It no longer counts, because what it was about has "
                       "changed.\nnotice: 1 answer given before no longer counts: sure (Yes)\n");
}

static void test_left_path(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "taro@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "1");
  answer(world, session, "25");
  answer(world, session, "192.0.2.10");
  back(world, session);
  back(world, session);
  back(world, session);
  answer(world, session, "0");
  assert_view(session, "finish 4 (0-0) Address > Mail servers > Spelling > Result\n"
                       "text: Write to taro, but not at exmaple.com.\n"
                       "found: Mail servers [fail]\n"
                       "notice: 2 answers given before no longer count: Quota (25), Server (192.0.2.10)\n"
                       "finish: fixed -\n");
  assert_fact(session, "quota", "-");
  g_assert_false(session_answer(session, NULL, NOW, NULL));
  g_autoptr(View) same = session_view(session, NOW);
  g_assert_cmpuint(same->notices->len, ==, 1); /* what was not taken changes nothing */
  /* They come back with their step. */
  back(world, session);
  answer(world, session, "1");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpstr(view->value, ==, "25");
  g_assert_cmpuint(view->notices->len, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/session/back", test_back);
  g_test_add_func("/session/changed", test_changed);
  g_test_add_func("/session/stale-offer", test_stale_offer);
  g_test_add_func("/session/changed-pending", test_changed_pending);
  g_test_add_func("/session/changed-to-unknown", test_changed_to_unknown);
  g_test_add_func("/session/left-path", test_left_path);
  return g_test_run();
}
