/* Folders of flows: what is loaded, what stands in for what, and what is linted. */
#include "flows.h"

#include "base/paths.h"
#include "flow/read.h"

#define SAY(id, text) HEAD(id) "  a: {say: " text ", next: end}\n" END

static const char whole[] =
    "format: 1\nid: f\ntitle: {en: Title, ja: 題}\nlang: en\nrevision: 7\nreviewed: 2026-11-21\nsources: [one, two]\n"
    "matches: {status: [5.1.2, 5.4.x], phrases: [host unknown]}\nmenu: 3\ncodes: 5.1.2, 5.4.4\nsteps:\n"
    "  rcpt:\n    ask: Which?\n    as: email\n    default: \"{bounce.recipient}\"\n    help: H\n    hint: I\n"
    "    say_to_caller: C\n    note: for authors\n    title: Address\n    next: mx\n"
    "  mx:\n    probe: mx\n    show: problem\n    with: {domain: \"{rcpt.domain}\"}\n    next:\n"
    "      - when: {mx.status: nxdomain}\n        go: q\n        say: It says {mx.status}.\n      - else: todo\n"
    "  q:\n    choose: Right?\n    choices:\n      - {label: \"Yes\"}\n      - {label: \"No\", value: no_way, go: "
    "end}\n"
    "      - {label: I do not know, go: todo}\n    next: todo\n"
    "  todo:\n    checklist: Do it\n    items:\n      - do: one\n      - do: {en: two, ja: 二}\n    next: end\n"
    "  end: {finish: escalate, cause: c1, say: Over.}\n";

static void test_fields(void) {
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "f.yaml", whole);
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  const Flow *flow = flows_find(flows, "f");
  g_assert_cmpstr(flow->id, ==, "f");
  g_assert_cmpstr(message_id(flow->title), ==, "Title");
  g_assert_cmpstr(flow->revision, ==, "7");
  g_assert_cmpstr(flow->codes, ==, "5.1.2, 5.4.4");
  g_assert_cmpint(flow->menu, ==, 3);
  g_assert_cmpstr(flow->matches_status[1], ==, "5.4.x");
  g_assert_cmpstr(flow->matches_phrases[0], ==, "host unknown");
  g_assert_false(flow->own);
  g_assert_false(flow->returns);
  g_assert_true(flow_can_start(flow));
  g_assert_cmpuint(flow->steps->len, ==, 5);

  const Step *rcpt = flow->start;
  g_assert_cmpstr(rcpt->name, ==, "rcpt");
  g_assert_true(rcpt->flow == flow && rcpt == flow_step(flow, "rcpt"));
  g_assert_cmpint(rcpt->line, ==, 12);
  g_assert_cmpint(rcpt->col, ==, 3);
  g_assert_cmpstr(rcpt->as, ==, "email");
  g_assert_cmpstr(rcpt->default_value, ==, "{bounce.recipient}");
  g_assert_cmpstr(message_id(rcpt->help), ==, "H");
  g_assert_cmpstr(message_id(rcpt->hint), ==, "I");
  g_assert_cmpstr(message_id(rcpt->say_to_caller), ==, "C");
  g_assert_cmpstr(message_id(rcpt->title), ==, "Address");
  g_assert_cmpuint(rcpt->branches->len, ==, 1);

  const Step *mx = ((const Branch *)rcpt->branches->pdata[0])->go;
  g_assert_true(mx->probe == probe_find("mx"));
  g_assert_cmpint(mx->show, ==, SHOW_PROBLEM);
  const Binding *binding = mx->with->pdata[0];
  g_assert_cmpstr(binding->name, ==, "domain");
  g_assert_cmpstr(binding->value, ==, "{rcpt.domain}");
  const Branch *first = mx->branches->pdata[0], *otherwise = mx->branches->pdata[1];
  g_assert_cmpstr(first->go->name, ==, "q");
  g_assert_cmpstr(message_id(first->say), ==, "It says {mx.status}.");
  g_assert_cmpstr(condition_facts(first->when)[0], ==, "mx.status");
  g_assert_null(otherwise->when);
  g_assert_cmpstr(otherwise->go->name, ==, "todo");

  const Choice *yes = first->go->choices->pdata[0], *no = first->go->choices->pdata[1],
               *unknown = first->go->choices->pdata[2];
  g_assert_cmpstr(yes->value, ==, "1");
  g_assert_null(yes->go);
  g_assert_cmpstr(no->value, ==, "no_way");
  g_assert_cmpstr(no->go->name, ==, "end");
  g_assert_true(unknown->unknown && !no->unknown && !yes->unknown);
  g_assert_cmpstr(unknown->value, ==, "3");

  const Step *todo = otherwise->go, *end = no->go;
  g_assert_cmpuint(todo->items->len, ==, 2);
  g_assert_cmpstr(message_id(todo->items->pdata[1]), ==, "two");
  g_assert_cmpint(end->finish, ==, FINISH_ESCALATE);
  g_assert_cmpstr(finish_word(end->finish), ==, "escalate");
  g_assert_cmpstr(message_id(end->text), ==, "Over.");
  g_assert_cmpstr(step_cause(flows, end)->id, ==, "c1");
  g_assert_null(step_cause(flows, todo));
  g_assert_null(step_cause(NULL, end));
  g_assert_nonnull(guides_find(flows_guides(flows), "g2"));
}

static void test_return_and_use(void) {
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "f.yaml", "at_return: z\n" HEAD("f") "  a: {use: g, next: return}\n  z: {finish: unknown}\n");
  folder_write(folder, "g.yaml",
               HEAD("g") "  a: {choose: Q, choices: [{label: x, go: return}, {label: I do not know, go: end}]}\n" END);
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  const Flow *f = flows_find(flows, "f"), *g = flows_find(flows, "g");
  g_assert_true(f->start->use == g);
  g_assert_null(((const Branch *)f->start->branches->pdata[0])->go);
  g_assert_true(f->returns && f->at_return == flow_step(f, "z") && flow_can_start(f));
  g_assert_true(g->returns && g->at_return == NULL && !flow_can_start(g));
  const Choice *choice = g->start->choices->pdata[0];
  g_assert_true(choice->goes_return && choice->go == NULL);
}

/* The texts of the first steps of all flows, by id: who stands in for whom. */
static char *starts(const Flows *flows) {
  GString *out = g_string_new(NULL);
  g_autoptr(GPtrArray) all = flows_all(flows);
  for (guint i = 0; i < all->len; i++) {
    const Flow *flow = all->pdata[i];
    g_string_append_printf(out, "%s=%s%s ", flow->id, flow->start->text != NULL ? message_id(flow->start->text) : "",
                           flow->own ? "*" : "");
  }
  return g_string_free(out, FALSE);
}

typedef struct Own {
  const char *ours, *theirs; /* f.yaml */
  const char *used;          /* u.yaml beside theirs, or NULL */
  const char *starts;
} Own;

static void test_own(void) {
  static const Own rows[] = {
      {SAY("f", "ours"), SAY("f", "theirs"), NULL, "f=theirs* "},
      {SAY("f", "ours"), HEAD("f") "  a: {say: theirs}\n", NULL, "f=ours "},                 /* bad to read */
      {SAY("f", "ours"), HEAD("f") "  a: {say: theirs, next: a}\n", NULL, "f=ours "},        /* bad to follow */
      {SAY("f", "ours"), HEAD("f") "  a: {say: \"{x}\", next: end}\n" END, NULL, "f=ours "}, /* bad facts */
      {SAY("f", "ours"), HEAD("f") "  a: {use: nowhere, next: end}\n" END, NULL, "f=ours "}, /* nothing to use */
      {SAY("f", "ours"), HEAD("f") "  a: {use: u, next: end}\n" END, HEAD("u") "  a: {say: S}\n", "f=ours "},
      {SAY("f", "ours"), HEAD("f") "  a: {say: theirs, next: b}\n  b: {use: u, next: end}\n" END,
       HEAD("u") "  a: {say: used, next: return}\n", "f=theirs* u=used* "},
      {HEAD("f") "  a: {say: ours}\n", SAY("f", "theirs"), NULL, "f=theirs* "},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Folder) ours = folder_new(), theirs = folder_new();
    folder_write(ours, "f.yaml", rows[i].ours);
    folder_write(theirs, "f.yaml", rows[i].theirs);
    if (rows[i].used != NULL)
      folder_write(theirs, "u.yaml", rows[i].used);
    folder_write(theirs, "notes.txt", "no flow");
    folder_write(theirs, ".hidden.yaml", "no flow");
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Flows) flows = flows_load(ours->dir, (const char *[]){"/nowhere", theirs->dir, NULL}, diags);
    g_autofree char *text = starts(flows);
    g_assert_cmpstr(text, ==, rows[i].starts);
  }
}

/* A bad flow of the site for one that many of ours use: ours stays, and with it all that use it. */
static void test_own_sub_flow(void) {
  g_autoptr(Folder) ours = folder_new(), theirs = folder_new();
  folder_write(ours, "f.yaml", HEAD("f") "  a: {say: top, next: b}\n  b: {use: u, next: end}\n" END);
  folder_write(ours, "u.yaml", HEAD("u") "  u1: {say: ours, next: return}\n");
  folder_write(theirs, "u.yaml", HEAD("u") "  u1: {say: theirs, next: u1}\n");
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Flows) flows = flows_load(ours->dir, (const char *[]){theirs->dir, NULL}, diags);
  g_autofree char *text = starts(flows), *faults = diags_text(diags);
  g_assert_cmpstr(text, ==, "f=top u=ours ");
  g_assert_cmpstr(faults, ==, "u.yaml:5:3: error: From the step \"u1\" no way leads to a finish");
}

static void test_menu(void) {
  g_autoptr(Folder) ours = folder_new(), theirs = folder_new();
  folder_write(ours, "b.yaml", "menu: 1\n" SAY("b", "S"));
  folder_write(ours, "a.yaml", "menu: 2\n" SAY("a", "S"));
  folder_write(ours, "c.yaml", "menu: 2\n" SAY("c", "S"));
  folder_write(ours, "sub.yaml", SAY("sub", "S"));
  folder_write(theirs, "d.yaml", "menu: 1\n" SAY("d", "S"));
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Flows) flows = flows_load(ours->dir, (const char *[]){theirs->dir, NULL}, diags);
  g_autoptr(GPtrArray) menu = flows_menu(flows);
  GString *ids = g_string_new(NULL);
  for (guint i = 0; i < menu->len; i++)
    g_string_append(ids, ((const Flow *)menu->pdata[i])->id);
  g_assert_cmpstr(ids->str, ==, "bacd");
  g_string_free(ids, TRUE);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  flows_lint(ours->dir, (const char *[]){theirs->dir, NULL}, diags);
  g_autofree char *text = diags_text(diags);
  g_assert_cmpstr(text, ==, "c.yaml: warning: The flow \"a\" has place 2 in the menu too: give one of them another");
}

/* Two sub-flows that do not know each other ask different things under one name: their caller is told nothing about the
 * values of that name. */
static void test_siblings(void) {
  static const char caller[] = HEAD("f") "  a: {use: g, next: b}\n  b: {use: h, next: c}\n"
                                         "  c: {decide: D, next: [{when: {q: %s}, go: end}, {else: end}]}\n" END;
  static const char sub_flow[] =
      "format: 1\nid: %s\ntitle: T\nsteps:\n"
      "  q: {choose: Q, choices: [{label: x, value: %s}, {label: I do not know}], next: return}\n";
  static const struct {
    const char *g, *h, *test;
    gboolean good;
  } rows[] = {{"one", "one", "one", TRUE}, {"one", "one", "two", FALSE}, {"one", "two", "two", TRUE}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *f = g_strdup_printf(caller, rows[i].test), *g = g_strdup_printf(sub_flow, "g", rows[i].g),
                    *h = g_strdup_printf(sub_flow, "h", rows[i].h);
    folder_write(folder, "f.yaml", f);
    folder_write(folder, "g.yaml", g);
    folder_write(folder, "h.yaml", h);
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
    g_assert_cmpint(flows_find(flows, "f") != NULL, ==, rows[i].good);
  }
}

/* Flows that use each other in a row: a to h are 8 deep. */
static void test_depth(void) {
  for (char last = 'h'; last <= 'i'; last++) {
    g_autoptr(Folder) folder = folder_new();
    for (char c = 'a'; c <= last; c++) {
      g_autofree char *name = g_strdup_printf("%c.yaml", c);
      g_autofree char *text =
          c == last ? g_strdup_printf("format: 1\nid: %c\ntitle: T\nsteps:\n  s: {say: S, next: return}\n", c)
                    : g_strdup_printf("format: 1\nid: %c\ntitle: T\nsteps:\n  s: {use: %c, next: return}\n", c, c + 1);
      folder_write(folder, name, text);
    }
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
    g_autofree char *text = diags_text(diags);
    g_assert_cmpstr(
        text, ==,
        last == 'h' ? "" : "a.yaml:5:12: error: Sub-flows are nested too deeply here: 8 inside each other at most");
    g_assert_cmpint(flows_find(flows, "a") != NULL, ==, last == 'h');
    g_assert_nonnull(flows_find(flows, "b"));
  }
}

static void test_limits(void) {
  for (guint n = FLOW_MAX_STEPS; n <= FLOW_MAX_STEPS + 1; n++) {
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GString) text = g_string_new(HEAD("f"));
    for (guint i = 1; i < n; i++)
      g_string_append_printf(text, "  s%u: {say: S, next: s%u}\n", i, i + 1);
    g_string_append_printf(text, "  s%u: {finish: fixed}\n", n);
    folder_write(folder, "f.yaml", text->str);
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
    g_assert_cmpint(flows_find(flows, "f") != NULL, ==, n == FLOW_MAX_STEPS);
  }
  for (guint n = READ_MAX_TEXT; n <= READ_MAX_TEXT + 1; n++) {
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GString) text = g_string_new(HEAD("f") "  a: {next: end, say: ");
    for (guint i = 0; i < n; i++)
      g_string_append(text, "あ");
    g_string_append(text, "}\n" END);
    folder_write(folder, "f.yaml", text->str);
    g_autoptr(Diags) diags = diags_new();
    g_autoptr(Flows) flows = flows_load(folder->dir, NULL, diags);
    g_autofree char *faults = diags_text(diags);
    g_assert_cmpint(flows_find(flows, "f") != NULL, ==, n == READ_MAX_TEXT);
    g_assert_cmpstr(faults, ==,
                    n == READ_MAX_TEXT ? "" : "f.yaml:5:23: error: The text has 2001 characters: at most 2000 fit");
  }
}

/* --- linting --- */

static char *lint(const Folder *folder, const char *dir, const char *file) {
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *path = g_build_filename(dir, file, NULL);
  flow_lint(folder->dir, path, diags);
  return diags_text(diags);
}

static void test_lint(void) {
  static const char needs_used[] = HEAD("f") "  a: {use: used, next: end}\n" END;
  g_autoptr(Folder) ours = folder_new(), theirs = folder_new();
  folder_write(ours, "bad.yaml", HEAD("bad") "  a: {say: S}\n");
  folder_write(ours, "good.yaml", SAY("good", "S"));
  folder_write(ours, "both.yaml", HEAD("both") "  a: {use: bad, next: end}\n" END);
  folder_write(theirs, "f.yaml", needs_used);
  folder_write(theirs, "v.yaml", HEAD("v") "  a: {use: good}\n");
  folder_write(theirs, "unrelated.yaml", "{");
  struct {
    const char *dir, *file, *faults;
  } rows[] = {
      {ours->dir, "good.yaml", ""}, /* nothing of bad.yaml */
      {ours->dir, "bad.yaml", "bad.yaml:5:6: error: The step \"a\" leads nowhere: \"next\" is missing"},
      {ours->dir, "both.yaml",
       "bad.yaml:5:6: error: The step \"a\" leads nowhere: \"next\" is missing\n"
       "both.yaml:5:12: error: The flow \"bad\" cannot be used: it has errors, see there"},
      {theirs->dir, "v.yaml", ""}, /* uses one of ours */
      {theirs->dir, "f.yaml", "f.yaml:5:12: error: There is no flow \"used\": it would be in a file used.yaml"},
      {theirs->dir, "none.yaml",
       "none.yaml: error: The file cannot be read (No such file or directory): check its name "
       "and permissions"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *text = lint(ours, rows[i].dir, rows[i].file);
    g_assert_cmpstr(text, ==, rows[i].faults);
  }
  folder_write(theirs, "used.yaml", HEAD("used") "  u1: {say: \"{x}\", next: return}\n"); /* beside f.yaml */
  g_autofree char *text = lint(ours, theirs->dir, "f.yaml");
  g_assert_cmpstr(
      text, ==,
      "f.yaml:5:12: error: The flow \"used\" cannot be used: it has errors, see there\n"
      "used.yaml:5:13: error: There is no fact \"x\": a fact is bounce.NAME, the name of a step that asks, or "
      "STEP.NAME of a probe step");
}

static void test_lint_causes(void) {
  static const char causes[] = "- {id: c1, owner: sender, label: L, description: D, source: S, reviewed: 2026-11-21,\n"
                               "   confirmed_by: [{when: {rcpt.local: x, bounce.kind: delay}, reason: R}, {when: "
                               "{rcpt.lokal: x}, reason: R}]}\n";
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "f.yaml", HEAD("f") "  rcpt: {ask: Q, as: email, next: end}\n" END);
  folder_write(folder, "knowledge/causes.yaml", causes);
  g_autoptr(Diags) diags = diags_new();
  flows_lint(folder->dir, NULL, diags);
  g_autoptr(Diags) alone = diags_new();
  g_autofree char *path = g_build_filename(folder->dir, "knowledge", "causes.yaml", NULL);
  causes_lint(folder->dir, path, alone);
  g_autofree char *all = diags_text(diags), *one = diags_text(alone);
  g_assert_cmpstr(all, ==, "causes.yaml:2:83: error: No flow has the fact \"rcpt.lokal\": this rule never holds");
  g_assert_cmpstr(one, ==, all);
}

/* What we ship has no fault. */
static void test_shipped(void) {
  g_autofree char *dir = paths_flows();
  g_autoptr(Diags) diags = diags_new();
  flows_lint(dir, NULL, diags);
  g_autofree char *text = diags_text(diags);
  g_assert_cmpstr(text, ==, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/flows/fields", test_fields);
  g_test_add_func("/flows/return-and-use", test_return_and_use);
  g_test_add_func("/flows/own", test_own);
  g_test_add_func("/flows/own-sub-flow", test_own_sub_flow);
  g_test_add_func("/flows/menu", test_menu);
  g_test_add_func("/flows/siblings", test_siblings);
  g_test_add_func("/flows/depth", test_depth);
  g_test_add_func("/flows/limits", test_limits);
  g_test_add_func("/flows/lint", test_lint);
  g_test_add_func("/flows/lint-causes", test_lint_causes);
  g_test_add_func("/flows/shipped", test_shipped);
  return g_test_run();
}
