/* Addresses inside addresses: IMCEA, SRS, BATV, VERP. */
#include "mail/wrapped.h"

#include "base/text.h"

#include <string.h>

typedef struct Row {
  const char *address, *kind, *inner, *by;
} Row;

static const Row rows[] = {
    /* Exchange */
    {"IMCEAEX-_O=EXAMPLE_OU=EXCHANGE+20ADMINISTRATIVE+20GROUP+20+28FYDIBOHF23SPDLT+29_CN=RECIPIENTS_CN=taro@example.com",
     "imceaex", "/O=EXAMPLE/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=taro", NULL},
    {"imceaex-_o=example_ou=first_cn=a+5Fb+2Ec+2bd@example.com", "imceaex", "/o=example/ou=first/cn=a_b.c+d", NULL},
    {"IMCEAEX-_O=EXAMPLE_CN=taro", "imceaex", "/O=EXAMPLE/CN=taro", NULL}, /* the domain was cut off */
    {"IMCEAEX-_O=EX+E5+B1+B1_CN=x@example.com", "imceaex", "/O=EX\xe5\xb1\xb1/CN=x", NULL},
    {"IMCEAEX-taro@example.com", "imcea", "taro", NULL}, /* no X.500 address in it */
    {"IMCEASMTP-swadmin+40corporate+2Eexample@mail.example.org", "imcea", "swadmin@corporate.example", NULL},
    {"IMCEAINVALID-Taro+20Yamada@example.com", "imcea", "Taro Yamada", NULL},
    {"IMCEASMTP-prvs+3D0123abcdef+3Dtaro+40example+2Ecom@example.org", "imcea", "taro@example.com", NULL},
    /* forwarders */
    {"SRS0=Hs7+=TT=example.com=taro@forwarder.example", "srs", "taro@example.com", "forwarder.example"},
    {"srs0+Hs7d=TT=example.com=taro=yamada@forwarder.example", "srs", "taro=yamada@example.com", "forwarder.example"},
    {"SRS0-Hs/d=TT=example.com=taro@forwarder.example", "srs", "taro@example.com", "forwarder.example"},
    {"SRS1=G7tR=first.example==Hs7d=TT=example.com=taro@second.example", "srs", "taro@example.com", "first.example"},
    {"SRS1+G7tR=first.example=-Hs7d=TT=example.com=taro@second.example", "srs", "taro@example.com", "first.example"},
    {"hanako+SRS=44ldt=IX=example.com=taro@forwarder.example", "srs", "taro@example.com", "hanako@forwarder.example"},
    {"<SRS0=Hs7d=TT=example.com=taro@forwarder.example>", "srs", "taro@example.com", "forwarder.example"},
    /* signed reverse-paths */
    {"prvs=2054bd7c6b=taro@example.com", "batv", "taro@example.com", NULL},
    {"btv1==0579c0f0b6e==taro@example.com", "batv", "taro@example.com", NULL},
    {"SRS0=Hs7d=TT=example.com=prvs=2054bd7c6b=taro@forwarder.example", "srs", "taro@example.com", "forwarder.example"},
    /* lists */
    {"list-owner+taro=example.com@lists.example.org", "verp", "taro@example.com", "list-owner@lists.example.org"},
    {"list-bounces+taro=example.com@lists.example.org", "verp", "taro@example.com", "list-bounces@lists.example.org"},
    {"list-return-42-taro=example.com@lists.example.org", "verp", "taro@example.com", "list-return@lists.example.org"},
    {"bounces+61689-10be-taro.yamada=example.com@news.example", "verp", "taro.yamada@example.com", "bounces@news.example"},
    {"bounce+2d998f.371096-taro=example.com@news.example", "verp", "taro@example.com", "bounce@news.example"},
    {"bounce-5899542-1206365-taro=example.jp@news.example", "verp", "taro@example.jp", "bounce@news.example"},
    {"hanako+caf_=taro=example.com@gmail.example", "verp", "taro@example.com", "hanako@gmail.example"},
    {"list-owner+prvs=2054bd7c6b=taro=example.com@lists.example.org", "verp", "taro@example.com",
     "list-owner@lists.example.org"},
    /* what people and other systems write */
    {"taro@example.com", NULL, NULL, NULL},
    {"taro+shop=example.com@example.org", NULL, NULL, NULL},
    {"envelope-from=postmaster@example.org", NULL, NULL, NULL},
    {"owner@example.com", NULL, NULL, NULL},
    {"homeowner-taro=example.com@example.org", NULL, NULL, NULL},
    {"list-owner+taro=localhost@lists.example.org", NULL, NULL, NULL},
    {"srs0@example.com", NULL, NULL, NULL},
    {"SRS0=@example.com", NULL, NULL, NULL},
    {"SRS0=====@example.com", NULL, NULL, NULL},
    {"SRS0=Hs7d=TT=example.com=@forwarder.example", NULL, NULL, NULL},
    {"SRS0=Hs7d=TT=not_a_host=taro@forwarder.example", NULL, NULL, NULL},
    {"SRS1=Hs7d=TT=example.com=taro@forwarder.example", NULL, NULL, NULL},
    {"SRS1=G7tR=first.example=@second.example", NULL, NULL, NULL},
    {"+SRS=44ldt=IX=example.com=taro@forwarder.example", NULL, NULL, NULL},
    {"prvs=taro@example.com", NULL, NULL, NULL},
    {"prvs=2054bd7c6b=@example.com", NULL, NULL, NULL},
    {"prvs=2054bd7c6b@example.com", NULL, NULL, NULL},
    {"btv1==@example.com", NULL, NULL, NULL},
    {"btv1==a==@example.com", NULL, NULL, NULL},
    {"btv1==a=b@example.com", NULL, NULL, NULL},
    {"IMCEAEX-", NULL, NULL, NULL},
    {"IMCEA-x@example.com", NULL, NULL, NULL},
    {"IMCEAEX", NULL, NULL, NULL},
    {"+caf_=@example.com", NULL, NULL, NULL},
    {"@", NULL, NULL, NULL},
    {"@example.com", NULL, NULL, NULL},
    {"=", NULL, NULL, NULL},
    {"<>", NULL, NULL, NULL},
    {"<", NULL, NULL, NULL},
    {"", NULL, NULL, NULL},
};

static void test_forms(void) {
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(Wrapped) got;
    g_test_message("%s", rows[i].address);
    wrapped_read(rows[i].address, &got);
    g_assert_cmpstr(got.kind != WRAP_NONE ? wrapped_kind_word(got.kind) : NULL, ==, rows[i].kind);
    g_assert_cmpstr(got.inner, ==, rows[i].inner);
    g_assert_cmpstr(got.by, ==, rows[i].by);
  }
}

static void test_imceaex(void) {
  static const char *const cases[][2] = {
      {"IMCEAEX-_O=A_CN=taro@example.com", "/O=A/CN=taro"},
      /* Broken escapes stay; what cannot be seen is made visible. */
      {"IMCEAEX-_O=A_CN=50+25+2@example.com", "/O=A/CN=50%+2"},
      {"IMCEAEX-_O=A_CN=+@example.com", "/O=A/CN=+"},
      {"IMCEAEX-_O=A_CN=x+1B+5B2J+00+0A@example.com", "/O=A/CN=x\\x1B[2J\\x00\\x0A"},
      {"IMCEAEX-_O=A_CN=+E2+80+AEcba+FF@example.com", "/O=A/CN=\\u{202E}cba\\xFF"},
      {"IMCEAEX-_O=A_CN=taro@b@example.com", "/O=A/CN=taro@b"},
      {"IMCEASMTP-_O=A_CN=taro@example.com", NULL},
      {"IMCEAEXX-_O=A@example.com", NULL},
      {"IMCEAEX-OU=A@example.com", NULL},
      {"taro@example.com", NULL},
      {"", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = imceaex_decode(cases[i][0]);
    g_test_message("%s", cases[i][0]);
    g_assert_cmpstr(got, ==, cases[i][1]);
    g_assert_true(got == NULL || text_is_safe(got));
  }
}

/* Any bytes, wrapped ever deeper or longer, cost little and come out safe. */
static void test_hostile(void) {
  g_autofree char *deep = g_strdup("taro@example.com");
  for (int i = 0; i < 20; i++) {
    g_autofree char *old = deep;
    g_auto(GStrv) halves = g_strsplit(old, "@", 2);
    deep = g_strdup_printf("SRS0=Hs7d=TT=%s=%s@h%d.example", halves[1], halves[0], i);
    g_auto(Wrapped) got;
    wrapped_read(deep, &got);
    g_assert_cmpint(got.kind, ==, WRAP_SRS);
    g_assert_true(text_is_safe(got.inner));
  }
  g_autofree char *sea = g_strnfill(100000, '=');
  g_auto(Wrapped) none;
  wrapped_read(sea, &none);
  g_assert_cmpint(none.kind, ==, WRAP_NONE);
  GRand *rand = g_rand_new_with_seed(7);
  static const char alphabet[] = "SRS01=+-_@.prvsbtv1owner+caf_IMCEAEX\x1b\xe3\x81\x82\x80 a";
  for (int i = 0; i < 200000; i++) {
    char address[48];
    int n = g_rand_int_range(rand, 0, sizeof address);
    static const char *const starts[] = {"SRS0=", "SRS1=", "prvs=", "btv1==", "IMCEAEX-", "a+SRS=", "owner-", "b+caf_="};
    const char *start = starts[i % G_N_ELEMENTS(starts)];
    for (int k = 0; k < n; k++)
      address[k] = k < (int)strlen(start) ? start[k] : alphabet[g_rand_int_range(rand, 0, sizeof alphabet - 1)];
    g_autofree char *copy = g_strndup(address, (gsize)n);
    g_auto(Wrapped) got;
    wrapped_read(copy, &got);
    g_assert_true((got.kind == WRAP_NONE) == (got.inner == NULL));
    g_assert_true(got.inner == NULL || text_is_safe(got.inner));
    g_assert_true(got.by == NULL || text_is_safe(got.by));
  }
  g_rand_free(rand);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/wrapped/forms", test_forms);
  g_test_add_func("/wrapped/imceaex", test_imceaex);
  g_test_add_func("/wrapped/hostile", test_hostile);
  return g_test_run();
}
