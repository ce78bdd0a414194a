/* How far it is to a finish: in steps that people see, over sub-flows, round circles. */
#include "flows.h"

typedef struct Far {
  const char *step; /* FLOW.STEP */
  guint shortest, longest;
} Far;

typedef struct Row {
  const char *f, *g;
  Far far[7];
} Row;

static const Row rows[] = {
    {HEAD("f") "  a: {say: S, next: b}\n  b: {ask: Q, next: end}\n" END,
     NULL,
     {{"f.a", 2, 2}, {"f.b", 1, 1}, {"f.end", 0, 0}}},
    /* decide and silent probes do not count; a probe that shows problems may or may not */
    {HEAD("f") "  a: {say: S, next: d}\n  d: {decide: D, next: n}\n  n: {probe: vantage, show: never, next: p}\n"
               "  p: {probe: vantage, show: problem, next: w}\n  w: {probe: vantage, next: end}\n" END,
     NULL,
     {{"f.a", 2, 3}, {"f.d", 2, 3}, {"f.n", 2, 3}, {"f.p", 2, 2}, {"f.w", 1, 1}}},
    /* branches and choices; all of them have their own way, so `next` does not count */
    {HEAD("f") "  a: {choose: Q, choices: [{label: x, go: end}, {label: y, go: b}, {label: I do not know}], next: c}\n"
               "  b: {say: S, next: c}\n  c: {say: S, next: e}\n  e: {checklist: C, items: [{do: x}], next: end}\n" END,
     NULL,
     {{"f.a", 1, 4}, {"f.b", 3, 3}}},
    {HEAD("f") "  a: {decide: D, next: [{when: {bounce.kind: delay}, go: end}, {else: b}]}\n"
               "  b: {say: S, next: end}\n" END,
     NULL,
     {{"f.a", 1, 2}}},
    /* a circle is walked once at most: c leads back to a, or on */
    {HEAD("f") "  a: {say: S, next: b}\n  b: {say: S, next: c}\n"
               "  c: {say: S, next: [{when: {bounce.kind: delay}, go: a}, {else: end}]}\n" END,
     NULL,
     {{"f.a", 3, 3}, {"f.b", 2, 2}, {"f.c", 1, 1}}},
    /* a step whose only way leads back */
    {HEAD("f") "  a: {say: S, next: [{when: {bounce.kind: delay}, go: b}, {else: end}]}\n  b: {say: S, next: a}\n" END,
     NULL,
     {{"f.a", 1, 1}, {"f.b", 2, 2}}},
    /* a sub-flow that comes back, with a finish of its own */
    {HEAD("f") "  a: {say: S, next: u}\n  u: {use: g, next: b}\n  b: {say: S, next: end}\n" END,
     HEAD("g") "  g1: {say: S, next: g2}\n  g2: {say: S, next: [{when: {bounce.kind: delay}, go: gend}, {else: "
               "return}]}\n"
               "  gend: {finish: fixed}\n",
     {{"f.a", 3, 4}, {"f.u", 3, 4}, {"f.b", 1, 1}, {"g.g1", 2, 2}, {"g.g2", 1, 1}}},
    /* one that never comes back, and one that does nothing but come back */
    {HEAD("f") "  a: {say: S, next: u}\n  u: {use: g}\n",
     HEAD("g") "  g1: {say: S, next: g2}\n  g2: {finish: fixed}\n",
     {{"f.a", 2, 2}, {"f.u", 2, 2}}},
    {HEAD("f") "  a: {use: g, next: b}\n  b: {say: S, next: end}\n" END,
     HEAD("g") "  g1: {decide: D, next: return}\n",
     {{"f.a", 2, 2}, {"g.g1", 0, 0}}},
    /* nobody called: the return leads to at_return */
    {"at_return: end\n" HEAD("f") "  a: {say: S, next: b}\n  b: {say: S, next: return}\n" END,
     NULL,
     {{"f.a", 2, 2}, {"f.b", 1, 1}}},
};

static const Step *find_step(const Flows *flows, const char *name) {
  g_auto(GStrv) parts = g_strsplit(name, ".", 2);
  const Flow *flow = flows_find(flows, parts[0]);
  g_assert_nonnull(flow);
  const Step *step = flow_step(flow, parts[1]);
  g_assert_nonnull(step);
  return step;
}

static Flows *load(const Folder *folder) {
  g_autoptr(Diags) diags = diags_new();
  Flows *flows = flows_load(folder->dir, NULL, diags);
  g_autofree char *text = diags_text(diags);
  g_assert_cmpstr(text, ==, "");
  return flows;
}

static void test_distance(void) {
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Folder) folder = folder_new();
    folder_write(folder, "f.yaml", rows[i].f);
    if (rows[i].g != NULL)
      folder_write(folder, "g.yaml", rows[i].g);
    g_autoptr(Flows) flows = load(folder);
    for (const Far *far = rows[i].far; far->step != NULL; far++) {
      guint shortest = 99, longest = 99;
      flow_distance(find_step(flows, far->step), &shortest, &longest);
      if (shortest != far->shortest || longest != far->longest)
        g_test_fail_printf("row %u, %s: %u-%u, expected %u-%u", i, far->step, shortest, longest, far->shortest,
                           far->longest);
    }
  }
}

/* Inside a sub-flow what the callers have left counts as well. */
static void test_within(void) {
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "f.yaml",
               HEAD("f") "  a: {use: g, next: b}\n  b: {say: S, next: c}\n  c: {say: S, next: end}\n" END);
  folder_write(folder, "g.yaml",
               HEAD("g") "  g1: {use: h, next: [{when: {bounce.kind: delay}, go: return}, {else: g2}]}\n"
                         "  g2: {say: S, next: return}\n");
  folder_write(folder, "h.yaml", HEAD("h") "  h1: {say: S, next: return}\n");
  g_autoptr(Flows) flows = load(folder);
  g_autoptr(GPtrArray) callers = g_ptr_array_new();
  guint shortest, longest;
  g_ptr_array_add(callers, (gpointer)find_step(flows, "f.a"));
  flow_distance_within(find_step(flows, "g.g2"), callers, &shortest, &longest);
  g_assert_cmpuint(shortest, ==, 3);
  g_assert_cmpuint(longest, ==, 3);
  g_ptr_array_add(callers, (gpointer)find_step(flows, "g.g1"));
  flow_distance_within(find_step(flows, "h.h1"), callers, &shortest, &longest);
  g_assert_cmpuint(shortest, ==, 3);
  g_assert_cmpuint(longest, ==, 4);
  flow_distance_within(find_step(flows, "f.a"), NULL, &shortest, &longest);
  g_assert_cmpuint(shortest, ==, 4);
  g_assert_cmpuint(longest, ==, 5);
}

/* The sub-flow comes back to a step whose only way leads back to where we are from. */
static void test_within_circle(void) {
  g_autoptr(Folder) folder = folder_new();
  folder_write(folder, "f.yaml",
               HEAD("f") "  a: {say: S, next: [{when: {bounce.kind: delay}, go: u}, {else: end}]}\n"
                         "  u: {use: g, next: a}\n" END);
  folder_write(folder, "g.yaml", HEAD("g") "  g1: {say: S, next: return}\n");
  g_autoptr(Flows) flows = load(folder);
  g_autoptr(GPtrArray) callers = g_ptr_array_new();
  guint shortest, longest;
  g_ptr_array_add(callers, (gpointer)find_step(flows, "f.u"));
  flow_distance_within(find_step(flows, "g.g1"), callers, &shortest, &longest);
  g_assert_cmpuint(shortest, ==, 2);
  g_assert_cmpuint(longest, ==, 2);
}

/* 500 steps, each leading to all those behind it: no way is walked one by one. */
static void test_many_ways(void) {
  g_autoptr(Folder) folder = folder_new();
  g_autoptr(GString) text = g_string_new(HEAD("f"));
  for (guint i = 1; i < FLOW_MAX_STEPS; i++) {
    g_string_append_printf(text, "  s%u:\n    say: S\n    next:\n", i);
    for (guint k = i + 1; k < MIN(FLOW_MAX_STEPS, i + 20); k++)
      g_string_append_printf(text, "      - {when: {bounce.kind: delay}, go: s%u}\n", k);
    g_string_append_printf(text, "      - else: s%u\n", i % 7 == 0 ? i / 2 + 1 : FLOW_MAX_STEPS);
  }
  g_string_append_printf(text, "  s%d: {finish: fixed}\n", FLOW_MAX_STEPS);
  folder_write(folder, "f.yaml", text->str);
  gint64 start = g_get_monotonic_time();
  g_autoptr(Flows) flows = load(folder);
  guint shortest, longest;
  flow_distance(flows_find(flows, "f")->start, &shortest, &longest);
  g_assert_cmpuint(shortest, ==, 1);
  g_assert_cmpuint(longest, ==, FLOW_MAX_STEPS - 1);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
}

/* Sub-flows that use the next one twice: their lengths multiply, and the number stays one. */
static void test_multiplied(void) {
  g_autoptr(Folder) folder = folder_new();
  for (char c = 'a'; c <= 'h'; c++) {
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "format: 1\nid: %c\ntitle: T\nsteps:\n", c);
    for (guint i = 0; i < 100; i++) {
      if (c == 'h')
        g_string_append_printf(text, "  h%u: {say: S, next: ", i);
      else
        g_string_append_printf(text, "  %c%u: {use: %c, next: ", c, i, c + 1);
      if (i == 99)
        g_string_append(text, "return}\n");
      else
        g_string_append_printf(text, "%c%u}\n", c, i + 1);
    }
    g_autofree char *name = g_strdup_printf("%c.yaml", c);
    folder_write(folder, name, text->str);
  }
  g_autoptr(Flows) flows = load(folder);
  guint shortest, longest;
  flow_distance(flows_find(flows, "a")->start, &shortest, &longest);
  g_assert_cmpuint(shortest, ==, 9999);
  g_assert_cmpuint(longest, ==, 9999);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/distance/one", test_distance);
  g_test_add_func("/distance/within", test_within);
  g_test_add_func("/distance/within-circle", test_within_circle);
  g_test_add_func("/distance/many-ways", test_many_ways);
  g_test_add_func("/distance/multiplied", test_multiplied);
  return g_test_run();
}
