/* RFC 9989 rule by rule: records, policies, the tree walk. */
#include "mail/dmarc.h"

#include <string.h>

static DmarcRecord *parse(const char *text) {
  g_autoptr(GBytes) data = g_bytes_new_static(text, strlen(text));
  return dmarc_record_parse(data);
}

/* --- records --- */

typedef struct RecordCase {
  const char *rule, *text;
  gboolean is_record;
  DmarcPolicy p, sp, np;
  char psd;
  gboolean testing;
  guint rua, faults;
} RecordCase;

#define U DMARC_UNSET
static const RecordCase record_cases[] = {
    {"s4.7 v is first and exact", "v=DMARC1; p=none", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, 0},
    {"s4.7 v is case-sensitive", "v=dmarc1; p=none", FALSE, 0, 0, 0, 0, FALSE, 0, 0},
    {"s4.7 v is first", "p=none; v=DMARC1", FALSE, 0, 0, 0, 0, FALSE, 0, 0},
    {"s4.7 v is there", "p=none", FALSE, 0, 0, 0, 0, FALSE, 0, 0},
    {"s4.7 v is whole", "v=DMARC10; p=none", FALSE, 0, 0, 0, 0, FALSE, 0, 0},
    {"s4.8 nothing stands before v", " v=DMARC1; p=none", FALSE, 0, 0, 0, 0, FALSE, 0, 0},
    {"s4.8 blanks around the sign", "v = DMARC1 ; p = reject ;", TRUE, DMARC_REJECT, U, U, 'u', FALSE, 0, 0},
    {"s4.8 without blanks", "v=DMARC1;p=reject;sp=none", TRUE, DMARC_REJECT, DMARC_NONE, U, 'u', FALSE, 0, 0},
    {"s4.8 names of tags do not mind case", "V=DMARC1;P=reject;SP=none", TRUE, DMARC_REJECT, DMARC_NONE, U, 'u', FALSE, 0,
     0},
    {"s4.8 tabs are blanks", "v = DMARC1\t;\tp\t\t=\t\treject\t;", TRUE, DMARC_REJECT, U, U, 'u', FALSE, 0, 0},
    {"s4.8 fo: each once", "v=DMARC1;p=none;fo=1:d:s", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, 0},
    {"s4.8 fo: twice", "v=DMARC1;p=none;fo=d:d", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, DMARC_BAD_VALUE},
    {"s4.8 fo: 0 or 1", "v=DMARC1;p=none;fo=0:1", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, DMARC_BAD_VALUE},
    {"s4.8 fo: neither", "v=DMARC1;p=none;fo=", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, DMARC_BAD_VALUE},
    {"s4.8 a broken np is no missing one", "v=DMARC1;p=reject;np=", TRUE, DMARC_REJECT, U, DMARC_BROKEN, 'u', FALSE, 0,
     DMARC_BAD_POLICY},
    {"s4.8 a comma in an address is written %2C", "v=DMARC1;p=none;rua=mailto:a%2Cb@example.com", TRUE, DMARC_NONE, U, U,
     'u', FALSE, 1, 0},
    {"s4.8 values do not mind case", "v=DMARC1;p=Reject;t=Y", TRUE, DMARC_REJECT, U, U, 'u', TRUE, 0, 0},
    {"s4.7 any order after v", "v=DMARC1; rua=mailto:a@example.com; p=quarantine", TRUE, DMARC_QUARANTINE, U, U, 'u',
     FALSE, 1, 0},
    {"s4.7 np psd t are known", "v=DMARC1; p=none; np=reject; psd=n; t=y", TRUE, DMARC_NONE, U, DMARC_REJECT, 'n', TRUE,
     0, 0},
    {"s4.7 psd=u is the default", "v=DMARC1; p=none; psd=u", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, 0},
    {"s4.7 missing p", "v=DMARC1; rua=mailto:a@example.com", TRUE, U, U, U, 'u', FALSE, 1, DMARC_MISSING_P},
    {"s4.8 version alone", "v=DMARC1", TRUE, U, U, U, 'u', FALSE, 0, DMARC_MISSING_P},
    {"s4.8 unknown tags are ignored", "v=DMARC1; p=none; xyz=1", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0,
     DMARC_UNKNOWN_TAG},
    {"s4.8 broken pieces are ignored", "v=DMARC1; p=none; reject", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0, DMARC_SYNTAX},
    {"s4.8 a broken value: its default", "v=DMARC1; p=none; psd=maybe; t=1; aspf=x", TRUE, DMARC_NONE, U, U, 'u', FALSE,
     0, DMARC_BAD_VALUE},
    {"s4.10.1 a policy that is none", "v=DMARC1; p=refuse", TRUE, DMARC_BROKEN, U, U, 'u', FALSE, 0, DMARC_BAD_POLICY},
    {"sC pct rf ri are gone", "v=DMARC1; p=none; pct=50; rf=afrf; ri=86400", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0,
     DMARC_OLD_TAG},
    {"s4.8 a size is ignored", "v=DMARC1; p=none; rua=mailto:a@example.com!10m", TRUE, DMARC_NONE, U, U, 'u', FALSE, 1,
     DMARC_OLD_SIZE},
    {"s4.7 several addresses", "v=DMARC1;p=none;rua=mailto:a@example.com , mailto:b@example.net,https://example.org/r",
     TRUE, DMARC_NONE, U, U, 'u', FALSE, 3, 0},
    {"s4.7 an address without mailto:", "v=DMARC1;p=none;rua=a@example.com", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0,
     DMARC_BAD_URI},
    {"RFC 6376 s3.2 a tag twice, in capitals", "v=DMARC1;p=none;P=reject", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0,
     DMARC_DUPLICATE},
    {"RFC 6376 s3.2 a tag twice: the first", "v=DMARC1;p=none;p=reject", TRUE, DMARC_NONE, U, U, 'u', FALSE, 0,
     DMARC_DUPLICATE},
};

static void test_records(void) {
  for (guint i = 0; i < G_N_ELEMENTS(record_cases); i++) {
    const RecordCase *c = &record_cases[i];
    g_test_message("RFC 9989 %s", c->rule);
    g_autoptr(DmarcRecord) record = parse(c->text);
    g_assert_cmpint(record != NULL, ==, c->is_record);
    if (record == NULL)
      continue;
    g_assert_cmpint(record->p, ==, c->p);
    g_assert_cmpint(record->sp, ==, c->sp);
    g_assert_cmpint(record->np, ==, c->np);
    g_assert_cmpint(record->psd, ==, c->psd);
    g_assert_cmpint(record->testing, ==, c->testing);
    g_assert_cmpuint(record->rua->len, ==, c->rua);
    g_assert_cmphex(record->faults, ==, c->faults);
  }
}

static void test_modes(void) {
  g_autoptr(DmarcRecord) strict = parse("v=DMARC1; p=none; aspf=s; adkim=r");
  g_assert_true(strict->strict_spf);
  g_assert_false(strict->strict_dkim);
  g_autoptr(DmarcRecord) usual = parse("v=DMARC1; p=none");
  g_assert_false(usual->strict_spf || usual->strict_dkim);
}

/* s4.10.1: which tag counts, and s4.7: what t=y makes of it. */
static const struct {
  const char *rule, *text;
  DmarcPlace place;
  DmarcPolicy declared, applied;
  const char *tag;
} policy_cases[] = {
    {"own record: p", "v=DMARC1;p=reject;sp=none;np=none", DMARC_OWN, DMARC_REJECT, DMARC_REJECT, "p"},
    {"inherited: sp", "v=DMARC1;p=reject;sp=none", DMARC_SUBDOMAIN, DMARC_NONE, DMARC_NONE, "sp"},
    {"inherited without sp: p", "v=DMARC1;p=reject;np=none", DMARC_SUBDOMAIN, DMARC_REJECT, DMARC_REJECT, "p"},
    {"a name that is not there: np", "v=DMARC1;p=none;sp=none;np=reject", DMARC_MISSING_SUBDOMAIN, DMARC_REJECT,
     DMARC_REJECT, "np"},
    {"np absent: sp", "v=DMARC1;p=none;sp=reject", DMARC_MISSING_SUBDOMAIN, DMARC_REJECT, DMARC_REJECT, "sp"},
    {"np and sp absent: p", "v=DMARC1;p=quarantine", DMARC_MISSING_SUBDOMAIN, DMARC_QUARANTINE, DMARC_QUARANTINE, "p"},
    {"t=y: reject is quarantine", "v=DMARC1;p=reject;t=y", DMARC_OWN, DMARC_REJECT, DMARC_QUARANTINE, "p"},
    {"t=y: quarantine is none", "v=DMARC1;p=quarantine;t=y", DMARC_OWN, DMARC_QUARANTINE, DMARC_NONE, "p"},
    {"t=y: none stays", "v=DMARC1;p=none;t=y", DMARC_OWN, DMARC_NONE, DMARC_NONE, "p"},
    {"t=y: sp and np too", "v=DMARC1;p=none;sp=reject;t=y", DMARC_SUBDOMAIN, DMARC_REJECT, DMARC_QUARANTINE, "sp"},
    {"missing p: none", "v=DMARC1", DMARC_OWN, DMARC_NONE, DMARC_NONE, "p"},
    {"missing p: none, whatever sp says", "v=DMARC1;sp=reject;rua=mailto:a@example.com", DMARC_SUBDOMAIN, DMARC_NONE,
     DMARC_NONE, "p"},
    {"missing p: none, whatever np says", "v=DMARC1;sp=reject;np=reject", DMARC_MISSING_SUBDOMAIN, DMARC_NONE,
     DMARC_NONE, "p"},
    {"a broken p with rua: none", "v=DMARC1;p=x;rua=mailto:a@example.com", DMARC_OWN, DMARC_NONE, DMARC_NONE, "p"},
    {"a broken sp with rua: none", "v=DMARC1;p=reject;sp=x;rua=mailto:a@example.com", DMARC_OWN, DMARC_NONE, DMARC_NONE,
     "p"},
    {"a broken p without rua: no DMARC", "v=DMARC1;p=x", DMARC_OWN, DMARC_UNSET, DMARC_UNSET, "p"},
    {"a broken p with a broken rua: no DMARC", "v=DMARC1;p=x;rua=a@example.com", DMARC_OWN, DMARC_UNSET, DMARC_UNSET,
     "p"},
};

static void test_policies(void) {
  for (guint i = 0; i < G_N_ELEMENTS(policy_cases); i++) {
    g_test_message("RFC 9989 s4.10.1 %s", policy_cases[i].rule);
    g_autoptr(DmarcRecord) record = parse(policy_cases[i].text);
    const char *tag;
    DmarcPolicy declared = dmarc_record_policy(record, policy_cases[i].place, &tag);
    g_assert_cmpint(declared, ==, policy_cases[i].declared);
    g_assert_cmpint(dmarc_record_applied(record, declared), ==, policy_cases[i].applied);
    g_assert_cmpstr(tag, ==, policy_cases[i].tag);
  }
}

/* --- the walk --- */

static const struct {
  const char *rule, *domain, *names;
} plan_cases[] = {
    {"down to the top", "a.mail.example.com", "a.mail.example.com mail.example.com example.com com"},
    {"the top is asked too", "example.com", "example.com com"},
    {"a top alone", "com", "com"},
    {"seven labels", "1.2.3.4.5.example.com",
     "1.2.3.4.5.example.com 2.3.4.5.example.com 3.4.5.example.com 4.5.example.com 5.example.com example.com com"},
    {"eight labels, eight questions", "1.2.3.4.5.6.example.com",
     "1.2.3.4.5.6.example.com 2.3.4.5.6.example.com 3.4.5.6.example.com 4.5.6.example.com 5.6.example.com "
     "6.example.com example.com com"},
    {"the example of the RFC", "a.b.c.d.e.f.g.h.i.j.mail.example.com",
     "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com i.j.mail.example.com "
     "j.mail.example.com mail.example.com example.com com"},
};

static void test_plan(void) {
  for (guint i = 0; i < G_N_ELEMENTS(plan_cases); i++) {
    const char *names[DMARC_MAX_STEPS];
    g_test_message("RFC 9989 s4.10 %s", plan_cases[i].rule);
    guint n = dmarc_walk_plan(plan_cases[i].domain, names);
    g_auto(GStrv) want = g_strsplit(plan_cases[i].names, " ", -1);
    g_assert_cmpuint(n, ==, g_strv_length(want));
    for (guint k = 0; k < n; k++)
      g_assert_cmpstr(names[k], ==, want[k]);
  }
}

/* One word a step: "-" no record, "?" not told, "w" waits, "u", "n", "y" a record with that psd. */
static const struct {
  const char *rule, *domain, *steps;
  const char *organizational; /* NULL: not known */
  DmarcFound policy_state;
  const char *policy; /* the domain of the record, NULL: none */
} walk_cases[] = {
    {"s4.10.2 rule 3: the fewest labels", "a.mail.example.com", "- u u -", "example.com", DMARC_FOUND, "example.com"},
    {"s4.10.1 the own record first", "a.mail.example.com", "u u u -", "example.com", DMARC_FOUND, "a.mail.example.com"},
    {"s4.10.2 rule 1: psd=n", "a.mail.example.com", "- n u -", "mail.example.com", DMARC_FOUND, "mail.example.com"},
    {"s4.10 psd=n ends the walk", "a.mail.example.com", "- n ? ?", "mail.example.com", DMARC_FOUND, "mail.example.com"},
    {"s4.10.2 psd=n of the own record", "mail.example.com", "n u -", "mail.example.com", DMARC_FOUND,
     "mail.example.com"},
    {"s4.10.2 rule 2: one below psd=y", "a.mail.example.com", "- - - y", "example.com", DMARC_FOUND, "com"},
    {"s4.10.1 the organizational domain before its suffix", "a.mail.example.com", "- - u y", "example.com", DMARC_FOUND,
     "example.com"},
    {"s4.10.1 not what lies between", "a.mail.example.com", "- u - y", "example.com", DMARC_FOUND, "com"},
    {"s4.10.2 psd=y where the walk began", "example.com", "y -", "example.com", DMARC_FOUND, "example.com"},
    {"s4.10.2 one below, past the jump", "1.2.3.4.5.6.7.example.com", "- y - - - - - -", "2.3.4.5.6.7.example.com",
     DMARC_FOUND, "3.4.5.6.7.example.com"},
    {"s4.10.2 no record at all", "a.mail.example.com", "- - - -", "a.mail.example.com", DMARC_NOT_FOUND, NULL},
    {"s4.10.1 a time-out is no absence", "a.mail.example.com", "- ? u -", NULL, DMARC_NOT_TOLD, NULL},
    {"s4.10.1 nor at the top", "a.mail.example.com", "- - - ?", NULL, DMARC_NOT_TOLD, NULL},
    {"the own record counts, whatever lies above", "a.mail.example.com", "u ? u -", NULL, DMARC_FOUND,
     "a.mail.example.com"},
    {"the own record not told", "example.com", "? u", NULL, DMARC_NOT_TOLD, NULL},
    {"judged in order: waits", "example.com", "w ?", NULL, DMARC_WAITS, NULL},
};

static void test_walk(void) {
  g_autoptr(DmarcRecord) unset = parse("v=DMARC1;p=none"), psd_y = parse("v=DMARC1;p=none;psd=y"),
                         psd_n = parse("v=DMARC1;p=none;psd=n");
  for (guint i = 0; i < G_N_ELEMENTS(walk_cases); i++) {
    const char *names[DMARC_MAX_STEPS];
    DmarcStep steps[DMARC_MAX_STEPS];
    g_test_message("RFC 9989 %s", walk_cases[i].rule);
    guint n = dmarc_walk_plan(walk_cases[i].domain, names);
    g_auto(GStrv) words = g_strsplit(walk_cases[i].steps, " ", -1);
    g_assert_cmpuint(n, ==, g_strv_length(words));
    for (guint k = 0; k < n; k++) {
      char c = words[k][0];
      steps[k] = (DmarcStep){names[k],
                             c == '-'   ? DMARC_NOT_FOUND
                             : c == '?' ? DMARC_NOT_TOLD
                             : c == 'w' ? DMARC_WAITS
                                        : DMARC_FOUND,
                             c == 'y'   ? psd_y
                             : c == 'n' ? psd_n
                                        : unset};
    }
    DmarcWalk walk = dmarc_walk_judge(steps, n);
    g_assert_cmpstr(walk.organizational, ==, walk_cases[i].organizational);
    g_assert_cmpint(walk.policy_state, ==, walk_cases[i].policy_state);
    g_assert_cmpstr(walk.policy_step < 0 ? NULL : steps[walk.policy_step].name, ==, walk_cases[i].policy);
  }
}

static void test_hosts(void) {
  static const char *const cases[][2] = {
      {"mailto:a@Example.COM", "example.com"},
      {"MAILTO:a@example.com?subject=x@y", "example.com"},
      {"https://example.com/", NULL},
      {"mailto:example.com", NULL},
      {"mailto:@example.com", NULL},
      {"mailto:a@exa mple.com", NULL},
      {"mailto:a@例え.example", "xn--r8jz45g.example"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *host = dmarc_uri_host(cases[i][0]);
    g_assert_cmpstr(host, ==, cases[i][1]);
  }
}

/* Bytes of all kinds: no crash, and no record out of nothing. */
static void test_hostile(void) {
  static const char nul[] = "v=DMARC1; p=re\0ject";
  g_autoptr(GBytes) with_nul = g_bytes_new_static(nul, sizeof nul), empty = g_bytes_new_static("", 0);
  g_autoptr(DmarcRecord) cut = dmarc_record_parse(with_nul);
  g_assert_cmpint(cut->p, ==, DMARC_BROKEN);
  g_assert_null(dmarc_record_parse(empty));
  g_autofree char *long_text = g_strnfill(70000, ';');
  memcpy(long_text, "v=DMARC1", 8);
  g_autoptr(DmarcRecord) huge = parse(long_text);
  g_assert_nonnull(huge);
  g_autoptr(DmarcRecord) raw = parse("v=DMARC1; p=\xff\x1b; \x80=1; rua=mailto:\x1b@\xff,,,");
  g_assert_cmpint(raw->p, ==, DMARC_BROKEN);
  g_assert_cmpuint(raw->rua->len, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dmarc/records", test_records);
  g_test_add_func("/dmarc/modes", test_modes);
  g_test_add_func("/dmarc/policies", test_policies);
  g_test_add_func("/dmarc/plan", test_plan);
  g_test_add_func("/dmarc/walk", test_walk);
  g_test_add_func("/dmarc/hosts", test_hosts);
  g_test_add_func("/dmarc/hostile", test_hostile);
  return g_test_run();
}
