/* Probes in a session: shared, waited for, run ahead, asked leave for. */
#include "session_guides.h"

#include "probe/table.h"

/* --- probes --- */

/* How often `name` was asked and answered, by what the case is told. */
static guint count_lines(const GString *out, const char *part) {
  guint n = 0;
  for (const char *p = out->str; (p = strstr(p, part)) != NULL; p++)
    n++;
  return n;
}

static void test_shared_runs(void) {
  g_autoptr(World) world = mx_world();
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(Session) session = begin(world, "mx");
  session_set_sink(session, tell, out);
  answer(world, session, "taro@exmaple.com");
  g_assert_cmpuint(count_lines(out, "exmaple.com MX"), ==, 1);
  back(world, session);
  answer(world, session, "jiro@exmaple.com");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_true(view->reused);
  g_assert_cmpuint(count_lines(out, "exmaple.com MX"), ==, 1);
  session_again(session, NOW);
  g_autoptr(View) fresh = session_view(session, NOW);
  g_assert_false(fresh->reused);
  g_assert_cmpint(fresh->kind, ==, VIEW_RESULT);
  g_assert_cmpuint(count_lines(out, "again"), ==, 1);
  back(world, session);
  answer(world, session, "jiro@example.org");
  g_assert_cmpuint(count_lines(out, "example.org MX"), ==, 1);
  assert_fact(session, "mx.status", "ok");
}

static void test_pending(void) {
  g_autoptr(World) world = mx_world();
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "mx");
  answer(world, session, "taro@exmaple.com");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PROBE);
  g_assert_cmpstr(view->text, ==, "Mail servers");
  g_assert_nonnull(view->result);
  g_assert_cmpint(view->level, ==, LEVEL_WAIT);
  g_autofree char *fault = NULL;
  g_assert_false(session_answer(session, NULL, NOW, &fault));
  g_assert_cmpstr(fault, ==, "The tests are still under way. Wait, or skip the waiting.");
  g_assert_false(session_wake(session, NOW));
  world_answer(world, "{\"dns\":\"other.example MX\",\"status\":\"nxdomain\"}");
  g_assert_false(session_wake(session, NOW));
  world_answer(world, "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\"}");
  g_assert_true(session_wake(session, NOW));
  g_assert_false(session_wake(session, NOW));
  g_autoptr(View) done = session_view(session, NOW);
  g_assert_cmpint(done->kind, ==, VIEW_RESULT);
  g_assert_false(done->reused);
  assert_fact(session, "mx.status", "nxdomain");
}

static void test_skip(void) {
  g_autoptr(World) world = mx_world();
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "mx");
  session_skip(session, NOW); /* nothing is under way: nothing happens */
  answer(world, session, "taro@exmaple.com");
  session_skip(session, NOW);
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_RESULT);
  g_assert_cmpint(view->level, ==, LEVEL_UNKNOWN);
  g_assert_cmpstr(view->meaning, ==, NULL);
  g_assert_cmpint(facts_get(session_facts(session), "mx.hosts")->state, ==, FACT_UNKNOWN);
  answer(world, session, NULL);
  assert_path(session, "rcpt mx unclear");
}

static const char silent_flow[] = HEAD("silent") "\
  rcpt: {ask: Which address?, as: email, next: mx}\n\
  mx:\n\
    probe: mx\n\
    with: {domain: \"{rcpt.domain}\"}\n\
    show: SHOW\n\
    next: sort\n\
  sort:\n\
    decide: By status.\n\
    next:\n\
      - {when: {mx.status: ok}, go: good}\n\
      - else: bad\n\
  good: {finish: fixed}\n\
  bad: {finish: unknown}\n";

static World *silent_world(const char *show_when) {
  g_auto(GStrv) parts = g_strsplit(silent_flow, "SHOW", 2);
  g_autofree char *flow = g_strjoinv(show_when, parts);
  return world_new(mx_net, "silent.yaml", flow, NULL);
}

static void test_silent(void) {
  static const struct {
    const char *show, *address, *crumbs;
  } rows[] = {
      {"never", "a@example.com", "finish 2 (0-0) rcpt > Result\n"},
      {"never", "a@exmaple.com", "finish 2 (0-0) rcpt > Result\n"},
      {"never", "", "finish 2 (0-0) rcpt > Result\n"},
      {"problem", "a@example.com", "finish 2 (0-0) rcpt > Result\n"},
      {"problem", "a@exmaple.com", "result 2 (1-1) rcpt > Mail servers\n"},
      {"problem", "a@slow.example", "result 2 (1-1) rcpt > Mail servers\n"},
      {"always", "a@example.com", "result 2 (1-1) rcpt > Mail servers\n"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(World) world = silent_world(rows[i].show);
    g_autoptr(Session) session = begin(world, "silent");
    answer(world, session, rows[i].address);
    g_autofree char *view = show(session, NOW);
    g_test_message("%s %s: %s", rows[i].show, rows[i].address, view);
    g_assert_true(g_str_has_prefix(view, rows[i].crumbs));
  }
}

/* A probe that shows nothing still has to be waited for, and the waiting is shown. */
static void test_silent_pending(void) {
  g_autoptr(World) world = silent_world("never");
  world_go_live(world);
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(Session) session = begin(world, "silent");
  session_set_sink(session, tell, out);
  answer(world, session, "a@exmaple.com");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PROBE);
  world_answer(world, "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\"}");
  g_assert_true(session_wake(session, NOW));
  assert_path(session, "rcpt mx sort bad");
  assert_view(session, "finish 2 (0-0) rcpt > Result\nfound: Mail servers [fail]\n"
                       "finish: unknown -\n");
  g_assert_cmpuint(count_lines(out, "finish finish=unknown"), ==, 1);
  /* Back goes over it, to the question. */
  back(world, session);
  assert_path(session, "rcpt");
}

/* --- running ahead --- */

static const char ahead_flow[] = HEAD("ahead") "\
  rcpt: {ask: Which address?, as: email, next: first}\n\
  first: {ask: Which day?, as: text, next: second}\n\
  second:\n\
    choose: Which way?\n\
    choices:\n\
      - {label: One, go: inner}\n\
      - {label: Two, go: mx}\n\
      - {label: I do not know, go: typed}\n\
  inner: {use: sub, next: end}\n\
  typed: {ask: Which domain?, as: domain, next: late}\n\
  late: {probe: mx, with: {domain: \"{typed}\"}, next: end}\n\
  mx: {probe: mx, with: {domain: \"{rcpt.domain}\"}, next: end}\n\
  end: {finish: unknown}\n";

static const char sub_flow[] = HEAD("sub") "\
  inmost: {probe: mx, with: {domain: \"sub.{rcpt.domain}\"}, next: return}\n";

/* How many questions one run of the probe begins with. */
static guint questions_of_one_run(void) {
  g_autoptr(World) world = silent_world("never");
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "silent");
  answer(world, session, "a@example.com");
  guint n = net_open(world->net);
  g_assert_cmpuint(n, >, 0);
  return n;
}

static void answer_all(World *world, const char *name) {
  static const char *const types[] = {"MX", "A", "AAAA", "NS", "SOA"};
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    g_autofree char *line = g_strdup_printf("{\"dns\":\"%s %s\",\"status\":\"nxdomain\"}", name, types[i]);
    world_answer(world, line);
  }
}

static void test_ahead(void) {
  guint one = questions_of_one_run();
  g_autoptr(World) world = world_new("", "ahead.yaml", ahead_flow, "sub.yaml", sub_flow, NULL);
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "ahead");
  g_assert_cmpuint(net_open(world->net), ==, 0);
  answer(world, session, "a@example.com");
  /* Two ways need the address alone, one of them in a sub-flow; the third waits for what will be typed. */
  g_assert_cmpuint(net_open(world->net), ==, 2 * one);
  answer(world, session, "monday");
  g_assert_cmpuint(net_open(world->net), ==, 2 * one);
  answer_all(world, "sub.example.com");
  g_assert_cmpuint(net_open(world->net), ==, one);
  session_wake(session, NOW);
  answer(world, session, "0");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_RESULT); /* it was there when we came */
  g_assert_true(view->reused);
  g_assert_cmpuint(net_open(world->net), ==, one);
}

static void test_ahead_is_bounded(void) {
  guint one = questions_of_one_run();
  g_autoptr(GString) flow = g_string_new(HEAD("many") "  rcpt: {ask: Which address?, as: email, next: way}\n"
                                         "  way:\n    ask: Which way?\n    as: number\n    next:\n");
  for (int i = 0; i < 30; i++)
    g_string_append_printf(flow, "      - {when: {way: %d}, go: mx%d}\n", i, i);
  g_string_append(flow, "      - else: end\n");
  for (int i = 0; i < 30; i++)
    g_string_append_printf(flow, "  mx%d: {probe: mx, with: {domain: \"d%d.{rcpt.domain}\"}, next: end}\n", i, i);
  g_string_append(flow, "  end: {finish: unknown}\n");
  g_autoptr(World) world = world_new("", "many.yaml", flow->str, NULL);
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "many");
  for (int i = 0; i < 3; i++) {
    answer(world, session, "a@example.com");
    g_assert_cmpuint(net_open(world->net), ==, 12 * one);
    back(world, session);
  }
  answer(world, session, "a@example.com");
  answer(world, session, "29");
  g_assert_cmpuint(net_open(world->net), ==, 13 * one);
}

/* --- probes that contact somebody --- */

static const FactSpec contact_gives[] = {{"status", FACT_TEXT, "ok", "whether"}, {0}};
static const ProbeInput contact_inputs[] = {{"domain", "domain", TRUE, "which"}, {0}};

static ProbeState contact_run(Net *net, const Facts *inputs, Result *result) {
  if (net_dns(net, probe_input(inputs, "domain"), DNS_A) == NULL)
    return PROBE_PENDING;
  facts_set_text(result->facts, "status", SOURCE_PROBE, "ok");
  result_add(result, LEVEL_OK, NULL, message_new("It answered", NULL));
  return PROBE_DONE;
}

static const Probe contact_probe = {
    .name = "contact",
    .title = "Talk to the server",
    .why = "It shows who is there.",
    .fits = "domain",
    .flags = PROBE_CONTACTS,
    .inputs = contact_inputs,
    .gives = contact_gives,
    .run = contact_run,
};

static World *contact_world(void) {
  World *world = silent_world("always");
  /* There is no such probe yet: a flow that has been read gets one. */
  ((Step *)flow_step(flows_find(world->flows, "silent"), "mx"))->probe = &contact_probe;
  world_go_live(world);
  return world;
}

static void test_consent(void) {
  g_autoptr(World) world = contact_world();
  g_autoptr(Session) session = begin(world, "silent");
  answer(world, session, "a@example.com");
  g_assert_cmpuint(net_open(world->net), ==, 0); /* nothing before the yes, nothing ahead */
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PROBE);
  g_assert_true(view->consent_needed);
  g_assert_cmpstr(view->consent, ==,
                  "This test talks to somebody else's server: Talk to the server (domain=example.com). It shows "
                  "who is there. It is tried once and written down. May it be made?");
  g_autofree char *fault = NULL;
  g_assert_false(session_answer(session, NULL, NOW, &fault));
  g_assert_cmpstr(fault, ==, "Say first whether this test may be made.");
  session_consent(session, TRUE, NOW);
  g_assert_cmpuint(net_open(world->net), ==, 1);
  world_answer(world, "{\"dns\":\"example.com A\",\"answer\":[\"192.0.2.1\"]}");
  g_assert_true(session_wake(session, NOW));
  assert_fact(session, "mx.status", "ok");
  /* It is not asked again for the same. */
  back(world, session);
  answer(world, session, "b@example.com");
  g_autoptr(View) again = session_view(session, NOW);
  g_assert_cmpint(again->kind, ==, VIEW_RESULT);
  back(world, session);
  answer(world, session, "b@example.org");
  g_autoptr(View) other = session_view(session, NOW);
  g_assert_true(other->consent_needed);
}

static void test_consent_ahead(void) {
  g_autoptr(World) world = world_new("", "ahead.yaml", ahead_flow, "sub.yaml", sub_flow, NULL);
  ((Step *)flow_step(flows_find(world->flows, "ahead"), "mx"))->probe = &contact_probe;
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "ahead");
  guint one = questions_of_one_run();
  answer(world, session, "a@example.com");
  g_assert_cmpuint(net_open(world->net), ==, one); /* the one in the sub-flow, not the one that contacts somebody */
}

static void test_refusal(void) {
  g_autoptr(World) world = contact_world();
  g_autoptr(Session) session = begin(world, "silent");
  answer(world, session, "a@example.com");
  session_consent(session, FALSE, NOW);
  assert_fact(session, "mx.status", "unknown: not allowed");
  assert_view(session, "finish 3 (0-0) rcpt > Talk to the server > Result\n"
                       "found: Talk to the server [skip]\nfinish: unknown -\n");
  g_assert_cmpuint(net_open(world->net), ==, 0);
  back(world, session);
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_true(view->consent_needed);
  /* Without an address nobody could be contacted: no question. */
  back(world, session);
  answer(world, session, "");
  g_autoptr(View) none = session_view(session, NOW);
  g_assert_false(none->consent_needed);
  g_assert_cmpint(none->kind, ==, VIEW_RESULT);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/session/shared-runs", test_shared_runs);
  g_test_add_func("/session/pending", test_pending);
  g_test_add_func("/session/skip", test_skip);
  g_test_add_func("/session/silent", test_silent);
  g_test_add_func("/session/silent-pending", test_silent_pending);
  g_test_add_func("/session/ahead", test_ahead);
  g_test_add_func("/session/ahead-bounded", test_ahead_is_bounded);
  g_test_add_func("/session/consent", test_consent);
  g_test_add_func("/session/consent-ahead", test_consent_ahead);
  g_test_add_func("/session/refusal", test_refusal);
  return g_test_run();
}
