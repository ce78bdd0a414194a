/* ARC chains rule by rule, and the probe that shows them: never a word that anything is fine or bad because of them. */
#include "faults.h"

#include "mail/arc.h"
#include "mail/fields.h"

#define KEY "v=DKIM1; k=ed25519; p=FzVOv5vWqhLSSsfClXJVqJ8csKDTP9kZbm6Inhdclk8="

#define SEAL(i, cv, d) "ARC-Seal: i=" i "; a=rsa-sha256; t=1; cv=" cv "; d=" d "; s=k" i "; b=abc\n"
#define SIGNATURE(i) "ARC-Message-Signature: i=" i "; a=rsa-sha256; d=x.example; s=k; h=from:to; bh=x; b=y\n"
#define RESULTS(i, text) "ARC-Authentication-Results: i=" i "; " text "\n"
#define FIRST SEAL("1", "none", "list.example") SIGNATURE("1") RESULTS("1", "mx.list.example; spf=pass; dkim=pass")
#define SECOND SEAL("2", "pass", "fwd.example") SIGNATURE("2") RESULTS("2", "mx.fwd.example; spf=fail; arc=pass")

static const struct {
  const char *rule, *text;
  guint sets, faults;
  gboolean failed;
} chains[] = {
    {"s5.2 no field at all", "Subject: x\nTo: y@example.com\n", 0, 0, FALSE},
    {"s4.2 one whole set", FIRST, 1, 0, FALSE},
    {"s4.2 the newest stands first", SECOND FIRST, 2, 0, FALSE},
    {"s4.2 any order", RESULTS("1", "a; spf=none") SECOND SEAL("1", "none", "a.example") SIGNATURE("1"), 2, 0, FALSE},
    {"other fields between", "To: a@example.com\n" FIRST "Subject: ARC-Seal: i=9\n", 1, 0, FALSE},
    {"folded fields", "ARC-Seal: i=1;\n\tcv=none; d=a.example;\r\n s=k1\n" SIGNATURE("1") RESULTS("1", "a"), 1, 0,
     FALSE},
    {"names do not mind case",
     "arc-seal: i=1; cv=none\nArc-Message-Signature : i=1\nARC-AUTHENTICATION-RESULTS: i=1; a\n", 1, 0, FALSE},
    {"s4.2.1 no number", FIRST "ARC-Seal: cv=pass; d=a.example\n", 1, ARC_BAD_INSTANCE, FALSE},
    {"s4.2.1 number 0", FIRST SEAL("0", "pass", "a.example"), 1, ARC_BAD_INSTANCE, FALSE},
    {"s4.2.1 number 51", FIRST SEAL("51", "pass", "a.example"), 1, ARC_BAD_INSTANCE, FALSE},
    {"s5.2 a gap", FIRST SEAL("3", "pass", "a.example") SIGNATURE("3") RESULTS("3", "a"), 2, ARC_GAP, FALSE},
    {"s5.2 the first is missing", SECOND, 1, ARC_GAP, FALSE},
    {"s5.2 a set without seal", FIRST SIGNATURE("2") RESULTS("2", "a"), 2, ARC_INCOMPLETE, FALSE},
    {"s5.2 a set without signature", SEAL("1", "none", "a.example") RESULTS("1", "a"), 1, ARC_INCOMPLETE, FALSE},
    {"s5.2 a set without results", SEAL("1", "none", "a.example") SIGNATURE("1"), 1, ARC_INCOMPLETE, FALSE},
    {"s5.2 a field twice", FIRST SIGNATURE("1"), 1, ARC_DUPLICATE, FALSE},
    {"s5.2 the first says pass", SEAL("1", "pass", "a.example") SIGNATURE("1") RESULTS("1", "a"), 1, ARC_BAD_CV, FALSE},
    {"s5.2 a later one says none", FIRST SEAL("2", "none", "a.example") SIGNATURE("2") RESULTS("2", "a"), 2, ARC_BAD_CV,
     FALSE},
    {"s4.1.3 no cv", SEAL("1", "", "a.example") SIGNATURE("1") RESULTS("1", "a"), 1, ARC_BAD_CV, FALSE},
    {"s5.2 the last one says fail", FIRST SEAL("2", "fail", "a.example") SIGNATURE("2") RESULTS("2", "a"), 2, 0, TRUE},
    {"s4.1.3 h= in a seal", "ARC-Seal: i=1; cv=none; d=a; s=k; h=from\n" SIGNATURE("1") RESULTS("1", "a"), 1,
     ARC_SEAL_H, FALSE},
};

static void test_chains(void) {
  for (guint i = 0; i < G_N_ELEMENTS(chains); i++) {
    g_test_message("RFC 8617 %s", chains[i].rule);
    g_autoptr(ArcChain) chain = arc_read(chains[i].text);
    g_assert_cmpuint(chain->sets->len, ==, chains[i].sets);
    g_assert_cmphex(chain->faults, ==, chains[i].faults);
    g_assert_cmpint(chain->failed, ==, chains[i].failed);
  }
}

/* What a server noted (RFC 8601 s2.2). */
static const struct {
  const char *value, *by, *spf, *dkim, *dmarc;
} results[] = {
    {"mx.a.example; spf=pass smtp.mailfrom=b.example; dkim=fail header.d=b.example; dmarc=none", "mx.a.example", "pass",
     "fail", "none"},
    {"MX.A.example 1; SPF=Pass", "mx.a.example", "pass", NULL, NULL},
    {"a.example; spf = softfail (a comment; dkim=pass)", "a.example", "softfail", NULL, NULL},
    {"a.example; dkim=fail; dkim=pass", "a.example", NULL, "pass", NULL},
    {"a.example; dkim=pass; dkim=fail", "a.example", NULL, "pass", NULL},
    {"a.example; spf/1=neutral reason=\"spf=pass\"", "a.example", "neutral", NULL, NULL},
    {"a.example; none", "a.example", NULL, NULL, NULL},
    {"a.example; x-spf=pass; spf_x=pass", "a.example", NULL, NULL, NULL},
};

static void test_results(void) {
  for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
    g_autofree char *text = g_strconcat("ARC-Authentication-Results: i=1; ", results[i].value, NULL);
    g_test_message("%s", text);
    g_autoptr(ArcChain) chain = arc_read(text);
    g_assert_cmpuint(chain->sets->len, ==, 1);
    const ArcSet *set = g_ptr_array_index(chain->sets, 0);
    g_assert_cmpstr(set->by, ==, results[i].by);
    g_assert_cmpstr(set->spf, ==, results[i].spf);
    g_assert_cmpstr(set->dkim, ==, results[i].dkim);
    g_assert_cmpstr(set->dmarc, ==, results[i].dmarc);
  }
}

/* The line for the facts says the same as the header, whatever somebody wrote into it. */
static void test_compact(void) {
  g_autoptr(GPtrArray) fields = fields_parse(SECOND "Subject: x\n" FIRST, NULL);
  g_autofree char *line = arc_compact(fields);
  g_assert_null(strstr(line, "b=abc"));
  g_assert_null(strchr(line, '\n'));
  g_autoptr(ArcChain) chain = arc_read(line), whole = arc_read(SECOND FIRST);
  g_assert_cmpuint(chain->sets->len, ==, 2);
  g_assert_cmphex(chain->faults, ==, 0);
  const ArcSet *a = g_ptr_array_index(chain->sets, 1), *b = g_ptr_array_index(whole->sets, 1);
  g_assert_cmpstr(a->domain, ==, b->domain);
  g_assert_cmpstr(a->selector, ==, "k2");
  g_assert_cmpstr(a->by, ==, b->by);
  g_assert_cmpstr(a->spf, ==, "fail");
  g_autoptr(GPtrArray) hostile =
      fields_parse("ARC-Authentication-Results: i=1; x ARC-Seal: i=2; cv=pass; d=evil.example; (ARC-Seal: i=3)\n"
                   "ARC-Seal: i=1; cv=none; d=a.example ARC-Seal: i=4; s=k1; h=a\n",
                   NULL);
  g_autofree char *bad = arc_compact(hostile);
  g_autoptr(ArcChain) read = arc_read(bad);
  g_assert_cmpuint(read->sets->len, ==, 1);
  g_assert_cmphex(read->faults, ==, ARC_INCOMPLETE | ARC_SEAL_H);
  g_autoptr(GPtrArray) none = fields_parse("Subject: x\n", NULL);
  g_assert_null(arc_compact(none));
}

static void test_hostile(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 5000; i++)
    g_string_append_printf(
        text, "ARC-Seal: i=%u; cv=pass; d=\x1b\xff%u.example; s=\x01\nARC-Authentication-Results: i=%u; ((((\n", i, i,
        i);
  g_autoptr(ArcChain) chain = arc_read(text->str);
  g_assert_cmpuint(chain->sets->len, <=, ARC_MAX_SETS);
  g_assert_true((chain->faults & ARC_INCOMPLETE) != 0);
  for (gsize n = 0; n < MIN(text->len, 400); n++) {
    g_autofree char *cut = g_strndup(text->str, n);
    g_autoptr(ArcChain) part = arc_read(cut);
    g_assert_cmpuint(part->sets->len, <=, ARC_MAX_SETS);
  }
}

/* --- the probe --- */

static const char *const world[] = {
    "{\"dns\":\"k1._domainkey.list.example TXT\",\"answer\":[\"\\\"" KEY "\\\"\"]}",
    "{\"dns\":\"k2._domainkey.fwd.example TXT\",\"answer\":[\"\\\"" KEY "\\\"\"]}",
    "{\"dns\":\"k1._domainkey.gone.example TXT\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"k1._domainkey.old.example TXT\",\"answer\":[\"\\\"v=DKIM1; p=\\\"\"]}",
    "{\"dns\":\"k1._domainkey.slow.example TXT\",\"status\":\"timeout\"}",
    NULL,
};

static Net *world_net(void) {
  Net *net = replay(NULL);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; world[i] != NULL; i++) {
    net_preload(net, world[i], &error);
    g_assert_no_error(error);
  }
  return net;
}

#define ONE(d, text) SEAL("1", "none", d) SIGNATURE("1") RESULTS("1", text)

static const struct {
  const char *rule, *header, *spf_result;
  const char *status, *keys, *broke; /* NULL: absent; "?": not known */
  const char *words;
  Level level;
} probe_cases[] = {
    {"nobody sealed it", "Subject: x", "fail", "none", NULL, NULL, "usual and no fault", LEVEL_NOTE},
    {"RFC 7960 s3: passed first, refused at the end", FIRST, "fail", "complete", "ok", "yes", "Forwarding broke SPF",
     LEVEL_NOTE},
    {"RFC 7960 s3: seen on the way", SECOND FIRST, NULL, "complete", "ok", "yes",
     "the message passed at mx.list.example", LEVEL_NOTE},
    {"it passes still", FIRST, "pass", "complete", "ok", "no", "list.example passed the message on", LEVEL_NOTE},
    {"nobody asked SPF", FIRST, NULL, "complete", "ok", "?", "list.example passed the message on", LEVEL_NOTE},
    {"SPF could not tell", FIRST, "temperror", "complete", "ok", "?", "list.example passed the message on", LEVEL_NOTE},
    {"it never passed", ONE("list.example", "a; spf=fail"), "fail", "complete", "ok", NULL, "spf=fail", LEVEL_NOTE},
    {"a broken chain", FIRST SIGNATURE("1"), NULL, "broken", "ok", "?", "do not fit together", LEVEL_NOTE},
    {"a chain that failed", FIRST SEAL("2", "fail", "fwd.example") SIGNATURE("2") RESULTS("2", "a"), NULL, "failed",
     "ok", "?", "had been changed", LEVEL_NOTE},
    {"a key that is gone", ONE("gone.example", "a"), NULL, "complete", "unusable", NULL, "no key any more", LEVEL_NOTE},
    {"a key that was taken back", ONE("old.example", "a"), NULL, "complete", "unusable", NULL, "no key any more",
     LEVEL_NOTE},
    {"a key that nobody tells", ONE("slow.example", "a"), NULL, "complete", "?", NULL, "could not be found out",
     LEVEL_UNKNOWN},
    {"no name of a key", "ARC-Seal: i=1; cv=none; d=not a domain; s=..\n" SIGNATURE("1") RESULTS("1", "a"), NULL,
     "complete", "unusable", NULL, "passed the message on", LEVEL_NOTE},
};

static void assert_value(const ProbeRun *run, const char *name, const char *want) {
  if (want == NULL)
    assert_state(run, name, FACT_ABSENT);
  else if (g_str_equal(want, "?"))
    assert_state(run, name, FACT_UNKNOWN);
  else
    assert_fact(run, name, want);
}

static void test_probe(void) {
  g_autoptr(Net) net = world_net();
  for (guint i = 0; i < G_N_ELEMENTS(probe_cases); i++) {
    g_test_message("%s", probe_cases[i].rule);
    g_autoptr(ProbeRun) run =
        run_probe(net, "arc", "header", probe_cases[i].header, probe_cases[i].spf_result != NULL ? "spf_result" : NULL,
                  probe_cases[i].spf_result, NULL);
    assert_complete(run);
    assert_fact(run, "status", probe_cases[i].status);
    assert_value(run, "keys", probe_cases[i].keys);
    assert_value(run, "forwarding_broke_spf", probe_cases[i].broke);
    g_assert_nonnull(find_row(run, probe_cases[i].words));
    g_assert_cmpint(result_level(probe_run_result(run)), ==, probe_cases[i].level);
  }
}

/* Mistake: promising that ARC fixes a rejection.  Nobody is told to set it up, and nothing is promised of it. */
static void test_no_promise(void) {
  g_autoptr(Net) net = world_net();
  for (guint i = 0; i < G_N_ELEMENTS(probe_cases); i++) {
    g_autoptr(ProbeRun) run = run_probe(net, "arc", "header", probe_cases[i].header, "spf_result", "fail", NULL);
    const GPtrArray *findings = probe_run_result(run)->findings;
    for (guint k = 0; k < findings->len; k++) {
      const Finding *row = g_ptr_array_index(findings, k);
      g_assert_cmpint(row->level, !=, LEVEL_OK);
      g_autofree char *advice = row->advice != NULL ? message_text(row->advice, NULL, NULL) : g_strdup("");
      g_assert_null(strstr(advice, "ARC"));
    }
  }
}

static void test_faults(void) {
  assert_faults(&(FaultCase){"arc", (const char *const[]){"header", SECOND FIRST, "spf_result", "fail", NULL}, world,
                             (const char *const[]){NULL}});
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/arc/chains", test_chains);
  g_test_add_func("/arc/results", test_results);
  g_test_add_func("/arc/compact", test_compact);
  g_test_add_func("/arc/hostile", test_hostile);
  g_test_add_func("/arc/probe", test_probe);
  g_test_add_func("/arc/mistake-promising-that-arc-fixes-a-rejection", test_no_promise);
  g_test_add_func("/arc/faults", test_faults);
  return g_test_run();
}
