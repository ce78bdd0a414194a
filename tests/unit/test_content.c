/* The flows that ship with the program: they load without a word, every walk through them comes to a finish, also for
 * somebody who never knows an answer, and no text is shown whose value nobody knows. */
#include "base/paths.h"
#include "flow/session.h"

#include <glib.h>
#include <string.h>

#define WALKS 400
#define MAX_STEPS 300 /* the longest of the flows, with a margin */

static Flows *flows;

static Flows *load(void) {
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *folder = paths_flows();
  Flows *loaded = flows_load(folder, NULL, diags);
  for (guint i = 0; i < diags_length(diags); i++) {
    g_autofree char *fault = diag_format(diags_get(diags, i));
    g_test_message("%s", fault);
    g_test_fail();
  }
  return loaded;
}

/* What the walker meets outside.  No list is asked: the addresses are for documentation. */
static const char *const world[] = {
    "{\"whybounce-recording\":1,\"resolvers\":\"192.0.2.53\"}",
    "{\"dns\":\"nonce.invalid A\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"example.com MX\",\"ttl\":3600,\"answer\":[\"10 mx1.example.com\"]}",
    "{\"dns\":\"mx1.example.com A\",\"answer\":[\"192.0.2.25\"]}",
    "{\"dns\":\"mx1.example.com AAAA\",\"status\":\"nodata\"}",
    "{\"dns\":\"gone.example.com MX\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"null.example.com MX\",\"answer\":[\"0 .\"]}",
    "{\"dns\":\"bare.example.com MX\",\"status\":\"nodata\"}",
    "{\"dns\":\"bare.example.com A\",\"status\":\"nodata\"}",
    "{\"dns\":\"bare.example.com AAAA\",\"status\":\"nodata\"}",
    "{\"dns\":\"web.example.com MX\",\"status\":\"nodata\"}",
    "{\"dns\":\"web.example.com A\",\"answer\":[\"192.0.2.80\"]}",
    "{\"dns\":\"web.example.com AAAA\",\"status\":\"nodata\"}",
    "{\"dns\":\"slow.example.com MX\",\"status\":\"timeout\"}",
    "{\"dns\":\"bad.example.com MX\",\"answer\":[\"10 nowhere.example.com\"]}",
    "{\"dns\":\"nowhere.example.com A\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"nowhere.example.com AAAA\",\"status\":\"nxdomain\"}",
    NULL,
};

static const char *const addresses[] = {"taro@example.com",      "taro@gone.example.com", "taro@null.example.com",
                                        "taro@bare.example.com", "taro@web.example.com",  "taro@slow.example.com",
                                        "taro@bad.example.com",  "taro @example.com",     "taro"};

static const char *const bounces[] = {
    "<hanako@example.com>: host mx1.example.com[192.0.2.25] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
    "554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example.org",
    "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; <IMCEAEX-_O=EXAMPLE_CN=hanako@example.com> not found",
    "From: hanako@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.\n",
    "Good morning",
};

static Net *make_net(gboolean with_world) {
  g_autoptr(GError) error = NULL;
  Net *net = net_replay_new(NULL, &error);
  g_assert_no_error(error);
  for (guint i = 0; with_world && world[i] != NULL; i++) {
    net_preload(net, world[i], &error);
    g_assert_no_error(error);
  }
  return net;
}

static const Step *current(const Session *session) {
  const GPtrArray *path = session_path(session);
  return ((const Visit *)g_ptr_array_index(path, path->len - 1))->step;
}

/* Every {fact} of the text is known. */
static void check_text(const Message *text, const Session *session) {
  g_auto(GStrv) names = text != NULL ? message_placeholders(message_id(text), NULL) : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    if (facts_text(session_facts(session), names[i]) != NULL)
      continue;
    g_test_message("%s/%s shows {%s}, which is not known", current(session)->flow->id, current(session)->name, names[i]);
    g_test_fail();
  }
}

static void check_step(const Session *session, const View *view) {
  const Step *step = current(session);
  check_text(step->text, session);
  check_text(step->help, session);
  check_text(step->say_to_caller, session);
  for (guint i = 0; step->kind == STEP_CHOOSE && i < step->choices->len; i++)
    check_text(((const Choice *)g_ptr_array_index(step->choices, i))->label, session);
  if (step->kind == STEP_CHECKLIST && view->choices->len == 0) {
    g_test_message("%s/%s: nothing to do", step->flow->id, step->name);
    g_test_fail();
  }
}

static guint find_unknown(const Step *step) {
  for (guint i = 0; i < step->choices->len; i++)
    if (((const Choice *)g_ptr_array_index(step->choices, i))->unknown)
      return i;
  g_test_message("%s/%s: no way on for who does not know", step->flow->id, step->name);
  g_test_fail();
  return 0;
}

/* What a walker answers. `rand` NULL: never knows. Static or in `buffer`. */
static const char *choose_answer(const Session *session, const View *view, GRand *rand, char buffer[8]) {
  switch (view->kind) {
  case VIEW_CHOOSE:
    g_snprintf(buffer, 8, "%u",
               rand != NULL ? (guint)g_rand_int_range(rand, 0, (int)view->choices->len) : find_unknown(current(session)));
    return buffer;
  case VIEW_PASTE:
    return rand != NULL ? bounces[g_rand_int_range(rand, 0, G_N_ELEMENTS(bounces))] : NULL;
  case VIEW_ASK:
    if (rand == NULL || g_rand_int_range(rand, 0, 4) == 0)
      return NULL;
    if (view->value != NULL && g_rand_boolean(rand))
      return view->value;
    return g_str_equal(view->as, "ip")       ? "192.0.2.10"
           : g_str_equal(view->as, "domain") ? "example.com"
                                             : addresses[g_rand_int_range(rand, 0, G_N_ELEMENTS(addresses))];
  default:
    return NULL;
  }
}

static void walk(const Flow *flow, Net *net, GRand *rand) {
  gint64 now = 1;
  g_autoptr(Session) session = session_new(flows, flow, net, now);
  for (guint i = 0; i < MAX_STEPS; i++) {
    net_turn(net, NULL, 0, 0);
    session_wake(session, ++now);
    g_autoptr(View) view = session_view(session, now);
    if (view->kind == VIEW_FINISH)
      break;
    check_step(session, view);
    char buffer[8];
    g_autofree char *fault = NULL;
    session_answer(session, choose_answer(session, view, rand, buffer), now, &fault);
    if (fault != NULL) {
      g_test_message("%s/%s: %s", current(session)->flow->id, current(session)->name, fault);
      g_test_fail();
    }
    if (rand != NULL && g_rand_int_range(rand, 0, 12) == 0)
      session_back(session, now);
  }
  if (current(session)->kind != STEP_FINISH) {
    g_test_message("a walk through %s ended at %s/%s", flow->id, current(session)->flow->id, current(session)->name);
    g_test_fail();
  }
}

static void test_random(void) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  g_autoptr(GPtrArray) menu = flows_menu(flows);
  for (guint i = 0; i < WALKS; i++) {
    g_autoptr(Net) net = make_net(i % 4 != 0);
    walk(g_ptr_array_index(menu, i % menu->len), net, rand);
  }
}

static void test_never_knows(void) {
  g_autoptr(GPtrArray) menu = flows_menu(flows);
  for (guint i = 0; i < menu->len; i++) {
    g_autoptr(Net) net = make_net(FALSE);
    walk(g_ptr_array_index(menu, i), net, NULL);
  }
}

/* Where a bounce proves nothing, the seven checks come in the order of the documents they are from. */
static void test_order(void) {
  static const char *const order[] = {"check-address", "autocomplete", "forwarding", "compromise", "backscatter", "mx", "dnsbl"};
  const Flow *flow = flows_find(flows, "bounce");
  g_assert_nonnull(flow);
  guint next = 0;
  for (guint i = 0; i < flow->steps->len; i++) {
    const Step *step = g_ptr_array_index(flow->steps, i);
    if (step->kind == STEP_USE && g_str_has_prefix(step->name, "check_"))
      g_assert_cmpstr(step->use->id, ==, order[next++]);
  }
  g_assert_cmpuint(next, ==, G_N_ELEMENTS(order));
}

/* What every finish is about, and who has to act, is a cause that says what to do. */
static void test_causes(void) {
  GPtrArray *causes = causes_all(flows_causes(flows));
  g_assert_cmpuint(causes->len, >=, 48);
  for (guint i = 0; i < causes->len; i++) {
    const Cause *cause = g_ptr_array_index(causes, i);
    g_assert_cmpuint(cause->user->len, >, 0);
    g_assert_cmpuint(cause->helpdesk->len, >, 0);
    g_assert_cmpuint(cause->admin->len, >, 0);
  }
}

/* Without any fact nothing is proven, likely or excluded. */
static void test_nothing_known(void) {
  g_autoptr(Facts) facts = facts_new();
  g_autoptr(GPtrArray) board = causes_board(flows_causes(flows), facts);
  for (guint i = 0; i < board->len; i++) {
    const Verdict *verdict = g_ptr_array_index(board, i);
    if (verdict->standing == STANDING_POSSIBLE)
      continue;
    g_test_message("%s is judged without a fact", verdict->cause->id);
    g_test_fail();
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  flows = load();
  g_assert_nonnull(flows);
  g_test_add_func("/content/order", test_order);
  g_test_add_func("/content/causes", test_causes);
  g_test_add_func("/content/nothing-known", test_nothing_known);
  g_test_add_func("/content/never-knows", test_never_knows);
  g_test_add_func("/content/random-walks", test_random);
  int status = g_test_run();
  flows_free(flows);
  return status;
}
