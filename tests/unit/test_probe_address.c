/* The probe over an address: its form, its domain, and what is suggested only when the DNS proves it. */
#include "faults.h"

static Net *net;

static ProbeRun *look(const char *email) {
  return run_probe(net, "address", "email", email, NULL);
}

static void test_good(void) {
  g_autoptr(ProbeRun) run = look("Taro@Example.COM");
  assert_complete(run);
  assert_fact(run, "valid", "yes");
  assert_fact(run, "reason", "ok");
  assert_fact(run, "cleaned", "Taro@Example.COM");
  assert_fact(run, "local", "Taro");
  assert_fact(run, "domain", "example.com");
  assert_fact(run, "takes_mail", "yes");
  assert_state(run, "suggestion", FACT_ABSENT);
  assert_state(run, "position", FACT_ABSENT);
  assert_state(run, "character", FACT_ABSENT);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_OK);
}

typedef struct FormCase {
  const char *typed, *reason, *position, *words, *cleaned; /* cleaned NULL: absent */
} FormCase;

static const FormCase form_cases[] = {
    {"taro\xE3\x80\x80@example.com", "space", "5", "position 5: ", "taro@example.com"}, /* U+3000 */
    {" taro@example.com", "space", "1", "position 1: ", "taro@example.com"},
    {"taro\xEF\xBC\xA0"
     "example.com",
     "fullwidth", "5", "U+FF20", "taro@example.com"},
    {"ta\xE2\x80\x8Bro@example.com", "invisible", "3", "U+200B", "taro@example.com"},
    {"<taro@example.com>", "forbidden", "1", "position 1", "taro@example.com"},
    {"mailto:taro@example.com", "forbidden", "7", "position 7", "taro@example.com"},
    {"taro@example.com,", "forbidden", "17", "position 17", "taro@example.com"},
    {"taro@@example.com", "two_at", "6", "second @", NULL},
    {"taro.example.com", "no_at", NULL, "no @", NULL},
    {"@example.com", "local_empty", NULL, "nothing before", NULL},
    {"taro@", "domain_empty", NULL, "nothing behind", NULL},
    {"", "empty", NULL, "no address", NULL},
    {"ta\x1b[2Jro@example.com", "control", "3", "position 3", NULL},
};

static void test_form(void) {
  for (guint i = 0; i < G_N_ELEMENTS(form_cases); i++) {
    const FormCase *c = &form_cases[i];
    g_test_message("%s", c->reason);
    g_autoptr(ProbeRun) run = look(c->typed);
    assert_complete(run);
    assert_fact(run, "valid", "no");
    assert_fact(run, "reason", c->reason);
    if (c->position != NULL)
      assert_fact(run, "position", c->position);
    if (c->cleaned != NULL)
      assert_fact(run, "cleaned", c->cleaned);
    assert_row(run, LEVEL_FAIL, c->words);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, LEVEL_FAIL);
    g_assert_true(g_utf8_validate(fact_of(run, "typed")->text, -1, NULL));
    g_assert_null(strchr(fact_of(run, "typed")->text, '\x1b'));
  }
  /* The domain of what is meant is looked up all the same. */
  g_autoptr(ProbeRun) run = look(" taro@example.com");
  assert_fact(run, "takes_mail", "yes");
}

static void test_suggestion(void) {
  g_autoptr(ProbeRun) slip = look("taro@exmaple.co.jp");
  assert_fact(slip, "valid", "yes");
  assert_fact(slip, "takes_mail", "no");
  assert_fact(slip, "suggestion", "taro@example.co.jp");
  assert_row(slip, LEVEL_FAIL, "does not exist");
  assert_row(slip, LEVEL_NOTE, "taro@example.co.jp");

  g_autoptr(ProbeRun) known = look("taro@gmil.com");
  assert_fact(known, "suggestion", "taro@gmail.com");
  assert_complete(known);

  g_autoptr(ProbeRun) null_mx = look("taro@gmal.com");
  assert_fact(null_mx, "takes_mail", "no");
  assert_fact(null_mx, "suggestion", "taro@gmail.com");

  g_autoptr(ProbeRun) ending = look("taro@example.con");
  assert_fact(ending, "suggestion", "taro@example.com");
}

/* A domain that takes mail is never called a mistake, not even one that is often mistyped. */
static void test_lookalike(void) {
  g_autoptr(ProbeRun) run = look("taro@gmial.com");
  assert_complete(run);
  assert_fact(run, "takes_mail", "yes");
  assert_state(run, "suggestion", FACT_ABSENT);
  assert_fact(run, "lookalike", "gmail.com");
  assert_row(run, LEVEL_NOTE, "people often type it");
  g_autoptr(ProbeRun) web = look("taro@web.example");
  assert_fact(web, "takes_mail", "yes");
  assert_state(web, "lookalike", FACT_ABSENT);
}

/* No proof, no suggestion. */
static void test_doubt(void) {
  g_autoptr(ProbeRun) slow = look("taro@gmai.com");
  assert_complete(slow);
  assert_state(slow, "takes_mail", FACT_UNKNOWN);
  assert_state(slow, "suggestion", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(slow)), ==, LEVEL_UNKNOWN);
  g_autoptr(ProbeRun) dead = look("taro@deadend.cmo");
  g_assert_cmpint(fact_of(dead, "suggestion")->state, !=, FACT_KNOWN);
}

static void test_kinds(void) {
  g_autoptr(ProbeRun) idn = look("taro@例え.example");
  assert_fact(idn, "domain", "xn--r8jz45g.example");
  assert_fact(idn, "smtputf8", "no");
  g_autoptr(ProbeRun) eai = look("太郎@例え.example");
  assert_fact(eai, "smtputf8", "yes");
  assert_row(eai, LEVEL_NOTE, "SMTPUTF8");
  g_autoptr(ProbeRun) carrier = look("taro..hana.@docomo.ne.jp");
  assert_fact(carrier, "valid", "yes");
  assert_row(carrier, LEVEL_NOTE, "mobile carrier");
  g_autoptr(ProbeRun) literal = look("taro@[192.0.2.1]");
  assert_complete(literal);
  assert_fact(literal, "valid", "yes");
  assert_state(literal, "takes_mail", FACT_ABSENT);
}

/* Each look-up in turn fails: no address is called wrong or right because of that.  Where the best of the similar
 * domains could not be told, the next one may be suggested: it is proven to take mail. */
static void test_faults(void) {
  static const char *const addresses[] = {"taro@example.com", "taro@web.example", "taro@gmil.com", "taro@gmial.com"};
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents("tests/unit/data/address.jsonl", &text, NULL, NULL));
  g_auto(GStrv) all = g_strsplit(text, "\n", -1);
  g_autoptr(GPtrArray) lines = g_ptr_array_new();
  for (guint i = 0; all[i] != NULL; i++)
    if (g_str_has_prefix(all[i], "{\"dns\""))
      g_ptr_array_add(lines, all[i]);
  g_ptr_array_add(lines, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(addresses); i++)
    assert_faults(&(FaultCase){"address", (const char *const[]){"email", addresses[i], NULL},
                               (const char *const *)lines->pdata, (const char *const[]){"suggestion", NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  net = replay("tests/unit/data/address.jsonl");
  g_test_add_func("/address/good", test_good);
  g_test_add_func("/address/form", test_form);
  g_test_add_func("/address/suggestion", test_suggestion);
  g_test_add_func("/address/lookalike", test_lookalike);
  g_test_add_func("/address/doubt", test_doubt);
  g_test_add_func("/address/kinds", test_kinds);
  g_test_add_func("/address/faults", test_faults);
  int status = g_test_run();
  net_free(net);
  return status;
}
