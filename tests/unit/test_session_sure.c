/* What a person confirmed is not asked again: `show: bounce` and `sure`. */
#include "cases.h"

static const char guide[] = HEAD("sure") "\
  pasted: {title: Bounce, ask: Paste it., as: message, sure: {bounce.kind: bounce}, next: read}\n\
  read:\n\
    title: Read\n\
    choose: Is it right?\n\
    show: bounce\n\
    choices:\n\
      - {label: \"Yes\", value: \"yes\"}\n\
      - {label: \"No\", value: \"no\", go: pasted}\n\
      - {label: I do not know, value: unknown}\n\
    next: rcpt\n\
  rcpt:\n\
    title: Address\n\
    ask: Which address?\n\
    as: email\n\
    default: \"{bounce.recipient}\"\n\
    sure: {bounce.confirmed: \"yes\"}\n\
    next: ip\n\
  ip: {title: From, ask: From where?, as: ip, default: \"{bounce.sending_ip}\", sure: {bounce.confirmed: \"yes\"}, next: page}\n\
  page: {title: Page, say: \"It was {rcpt}.\", show: bounce, next: end}\n\
  end: {title: The end, finish: problem, say: \"{rcpt.domain}\"}\n";

static const char named[] = "<hanako@example.net>: host mx.example.net[192.0.2.25] said: 554 5.7.1 Client host [192.0.2.10] "
                            "blocked using bl.example.org";
static const char nameless[] = "<jiro@example.com>: host mx.example.com[192.0.2.26] said: 550 5.1.1 User unknown";

static World *sure_world(void) { return world_new("", "sure.yaml", guide, NULL); }

static Session *begin_with(World *world, const char *text) {
  Session *session = begin(world, "sure");
  session_load_bounce(session, text, strlen(text), world->now);
  return session;
}

static const Bounce *shown(const Session *session) {
  g_autoptr(View) view = session_view(session, NOW);
  return view->bounce;
}

/* Named on the command line, confirmed with one key: all that is known is taken. */
static void test_loaded(void) {
  g_autoptr(World) world = sure_world();
  g_autoptr(Session) session = begin_with(world, named);
  assert_view(session, "choose 1 (2-4) Read\ntext: Is it right?\n* Yes\n- No\n- I do not know\n");
  g_assert_true(shown(session) == session_bounce(session));
  g_assert_nonnull(shown(session));
  assert_fact(session, "bounce.confirmed", "unknown: not asked");
  answer(world, session, "0");
  assert_fact(session, "bounce.confirmed", "yes");
  assert_fact(session, "rcpt.domain", "example.net");
  assert_fact(session, "ip", "192.0.2.10");
  assert_path(session, "pasted read rcpt ip page");
  assert_view(session, "say 2 (1-1) Read > Page\ntext: It was hanako@example.net.\n");
  g_assert_nonnull(shown(session));
  back(world, session);
  assert_view(session, "choose 1 (2-4) Read\ntext: Is it right?\n* Yes\n- No\n- I do not know\n"
                       "note: This is your answer from before.\n");
  assert_fact(session, "bounce.confirmed", "unknown: not asked");
}

/* What is not known is asked all the same. */
static void test_gaps(void) {
  g_autoptr(World) world = sure_world();
  g_autoptr(Session) session = begin_with(world, nameless);
  answer(world, session, "0");
  assert_path(session, "pasted read rcpt ip");
  assert_view(session, "ask 2 (2-2) Read > From\ntext: From where?\nas: ip\n");
}

/* Who does not confirm is asked, with what was read as the default. */
static void test_unsure(void) {
  g_autoptr(World) world = sure_world();
  g_autoptr(Session) session = begin_with(world, named);
  answer(world, session, "2");
  assert_fact(session, "bounce.confirmed", "unknown: not known");
  assert_view(session, "ask 2 (2-3) Read > Address\ntext: Which address?\nas: email\nvalue: hanako@example.net\n"
                       "note: Taken from what is known so far. Correct it if it is wrong.\n");
  answer(world, session, "taro@example.org");
  back(world, session);
  back(world, session);
  /* An answer that was given is never passed over, whatever is confirmed later. */
  answer(world, session, "0");
  assert_view(session, "ask 2 (2-3) Read > Address\ntext: Which address?\nas: email\nvalue: taro@example.org\n"
                       "note: This is your answer from before.\n");
}

/* Another text is wanted: the one from the command line is offered, not taken again. */
static void test_again(void) {
  g_autoptr(World) world = sure_world();
  g_autoptr(Session) session = begin_with(world, named);
  answer(world, session, "1");
  assert_fact(session, "bounce.confirmed", "no");
  g_autoptr(View) view = session_view(session, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PASTE);
  g_assert_cmpstr(view->value, ==, named);
  answer(world, session, nameless);
  assert_fact(session, "bounce.recipient", "jiro@example.com");
  assert_fact(session, "bounce.confirmed", "unknown: not asked");
  answer(world, session, "0");
  assert_fact(session, "rcpt", "jiro@example.com");
  back(world, session);
  back(world, session);
  back(world, session);
  assert_view(session, "choose 1 (2-4) Read\ntext: Is it right?\n- Yes\n* No\n- I do not know\n"
                       "note: This is your answer from before.\n");
  assert_fact(session, "bounce.recipient", "hanako@example.net");
}

/* Nothing on the command line, and what is no bounce: the text is asked for. */
static void test_asked(void) {
  g_autoptr(World) world = sure_world();
  g_autoptr(Session) plain = begin(world, "sure");
  assert_view(plain, "paste 1 (3-5) Bounce\ntext: Paste it.\nas: message\n");
  answer(world, plain, named);
  assert_path(plain, "pasted read");
  g_autoptr(Session) other = begin_with(world, "Good morning");
  g_autoptr(View) view = session_view(other, NOW);
  g_assert_cmpint(view->kind, ==, VIEW_PASTE);
}

/* A case gives back what was passed over. */
static void test_case(void) {
  g_autoptr(World) world = sure_world();
  g_autoptr(Session) session = begin_with(world, named);
  Case *c = new_case(world, "HD-1", session);
  answer(world, session, "0");
  g_autofree char *before = state(session), *text = NULL, *path = g_strdup(case_path(c));
  case_free(c);
  gsize length;
  text = read_text(path, &length);
  Net *empty = NULL;
  g_autoptr(GError) error = NULL;
  Session *again = read_bytes(world, text, length, &empty, &error);
  g_assert_no_error(error);
  g_autofree char *after = state(again);
  g_assert_cmpstr(after, ==, before);
  session_free(again);
  net_free(empty);
}

/* --- files --- */

static const struct {
  const char *step, *fault;
} faults[] = {
    {"a: {ask: A?, sure: {b: \"1\"}, next: end}",
     "Nothing can be taken without asking: \"sure\" needs a \"default\""},
    {"a: {ask: A?, as: secret, default: x, sure: {bounce.kind: bounce}, next: end}",
     "A secret is always asked for: leave \"sure\" out"},
    {"a: {ask: A?, default: x, sure: {bounce.knid: bounce}, next: end}",
     "There is no fact \"bounce.knid\": did you mean \"bounce.kind\"?"},
    {"a: {say: A., show: bonce, next: end}", "\"bonce\" is not known for show: did you mean \"bounce\"?"},
    {"a: {say: A., sure: {bounce.kind: bounce}, next: end}", "\"sure\" cannot stand in a say step: leave it out"},
    {"a: {ask: A?, default: x, sure: {bounce.kind: bounce}, next: a}",
     "This goes round without anything to see or to answer: a > a"},
};

static void test_faults(void) {
  for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autofree char *dir = g_dir_make_tmp("wb-sure-XXXXXX", NULL), *path = g_build_filename(dir, "x.yaml", NULL);
    g_autofree char *text = g_strdup_printf(HEAD("x") "  %s\n  end: {finish: fixed, say: Done.}\n", faults[i].step);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(Diags) diags = diags_new();
    flow_lint(dir, path, diags);
    gboolean found = FALSE;
    for (guint k = 0; k < diags_length(diags); k++) {
      g_test_message("%s", diags_get(diags, k)->text);
      found |= g_str_equal(diags_get(diags, k)->text, faults[i].fault);
    }
    g_assert_true(found);
    remove_tree(dir);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/session-sure/loaded", test_loaded);
  g_test_add_func("/session-sure/gaps", test_gaps);
  g_test_add_func("/session-sure/unsure", test_unsure);
  g_test_add_func("/session-sure/again", test_again);
  g_test_add_func("/session-sure/asked", test_asked);
  g_test_add_func("/session-sure/case", test_case);
  g_test_add_func("/session-sure/faults", test_faults);
  return g_test_run();
}
