/* Templates: what reaches a probe, byte for byte, and what is missing. */
#include "flow/template.h"

static Facts *make_facts(void) {
  Facts *facts = facts_new();
  facts_set_text(facts, "rcpt", SOURCE_ASKED,
                 "taro@\x1b[2J\xff"
                 "example.jp");
  facts_set_text(facts, "rcpt.domain", SOURCE_ASKED, "example.jp");
  facts_set_text(facts, "sly", SOURCE_BOUNCE, "{rcpt.domain} {{");
  facts_set_number(facts, "n", SOURCE_PROBE, 7);
  facts_set_list(facts, "list", SOURCE_PROBE, (const char *[]){"a", "b", NULL});
  facts_set_absent(facts, "gone", SOURCE_PROBE);
  facts_set_unknown(facts, "lost", SOURCE_PROBE, "timeout");
  return facts;
}

static const struct {
  const char *text, *expanded;
  gboolean complete;
} rows[] = {
    {"", "", TRUE},
    {"plain", "plain", TRUE},
    {"{rcpt.domain}", "example.jp", TRUE},
    {"mx.{rcpt.domain}.", "mx.example.jp.", TRUE},
    {"{n}{n}", "77", TRUE},
    {"{list}", "a, b", TRUE},
    {"<{sly}>", "<{rcpt.domain} {{>", TRUE}, /* never expanded again */
    {"{gone}", "", FALSE},
    {"{lost}", "", FALSE},
    {"{never}", "", FALSE},
    {"{n} of {never}", "7 of ", FALSE},
    {"{never}{n}", "7", FALSE},
    {"{{n}}", "{n}", TRUE},
    {"{{{n}}}", "{7}", TRUE},
    {"a } b { c", "a } b { c", TRUE}, /* broken ones are the loader's business: kept as they are */
    {"{n", "{n", TRUE},
    {"{a b}", "{a b}", TRUE},
    {"宛先{n}件", "宛先7件", TRUE},
};

static void test_expand(void) {
  g_autoptr(Facts) facts = make_facts();
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    gboolean complete = 2;
    g_autofree char *expanded = template_expand(rows[i].text, facts, &complete);
    g_assert_cmpstr(expanded, ==, rows[i].expanded);
    g_assert_cmpint(complete, ==, rows[i].complete);
    g_autofree char *again = template_expand(rows[i].text, facts, NULL);
    g_assert_cmpstr(again, ==, rows[i].expanded);
  }
}

static void test_bytes(void) {
  g_autoptr(Facts) facts = make_facts();
  gboolean complete = FALSE;
  g_autofree char *raw = template_bytes("{rcpt}", facts, &complete);
  g_assert_cmpstr(raw, ==,
                  "taro@\x1b[2J\xff"
                  "example.jp");
  g_assert_true(complete);
  g_autofree char *mixed = template_bytes("<{rcpt}>", facts, &complete);
  g_assert_cmpstr(mixed, ==, "<taro@\\x1B[2J\\xFFexample.jp>");
  g_autofree char *number = template_bytes("{n}", facts, &complete);
  g_assert_cmpstr(number, ==, "7");
  g_assert_true(complete);
  g_autofree char *missing = template_bytes("{lost}", facts, &complete);
  g_assert_cmpstr(missing, ==, "");
  g_assert_false(complete);
}

static void test_facts(void) {
  g_auto(GStrv) names = template_facts("{a} {{no}} {b.c} {a} {not this}");
  g_autofree char *joined = g_strjoinv(" ", names);
  g_assert_cmpstr(joined, ==, "a b.c");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/template/expand", test_expand);
  g_test_add_func("/template/bytes", test_bytes);
  g_test_add_func("/template/facts", test_facts);
  return g_test_run();
}
