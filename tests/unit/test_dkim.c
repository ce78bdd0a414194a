/* DKIM keys rule by rule, and the probe that looks them up. */
#include "faults.h"

#include "mail/dkim.h"

/* Public keys that belong to nobody. */
#define RSA512                                                                                                         \
  "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANMUTbwKHJpRZmgvdVaIETr+I9F8T+Gl46VU7myakHYBE7p/LbB3TGslaZ2ZH+XQyrW2"               \
  "H14PRv+BshfKicgmWhUCAwEAAQ=="
#define RSA1000                                                                                                        \
  "MIGbMA0GCSqGSIb3DQEBAQUAA4GJADCBhQJ+ALpsrNySAo4gYkHMzuZSIVoIs/9R2sbNYPDL32tGJpzG3wsmg4p6BfycoY8s4LBF"               \
  "RtpJmxWB8hdvCmGywSt0GAGhakL+02gKAD1JySkSUQUJ5iSzB7RMP76TwfzsRxbvp8Jo6Wgf946Ius8uc7lawRGhG34b5IMJ2oJx"               \
  "FscPAgMBAAE="
#define RSA1024                                                                                                        \
  "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDG13/EZ+ZTeRZLKEv3mz/fbBOrkO/G3U13FEj/WbfqSOQxLgQeHm6bhrTD9AdG"               \
  "1MKl8j27qGSpoAyQFHZCHe1N/btAmApCf/0n9KiY0FHPz0i5UFIcrVQE2Yp0/34QMV/iIiiESHnwvc6R3wuLfMErc8OqizXePapD"               \
  "3T1Fg3IM3QIDAQAB"
#define RSA2048                                                                                                        \
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA70flqLzjLnDccqG8rjBSsY3GLqIDb8CUoY/vEhiqyvmH0XxCLqCv4c2y"               \
  "G0Y7Ehnufz/6QydVhCOk15Jpp7+QgCVvF/MMaVD+z+0ZQoWNInawIem534a0wsRB2XViY86e4O8VV/ysPHZHYmbmkoONTxO8z+Pb"               \
  "xfCnhAxlevlYq7SnM4it1q6IB1NiJykvX7+0m3tG5xFeqVy0dcXytm9H1qhVJqZx7SWKhp+NexVWZ2uZVK77igvPu0G0zCsNlAQU"               \
  "o0Pg7HaUDjX1xLNF434KL9hdLSunNb1NDsxOmxCQR34vzgRC1qmR/Z5i7IGFSIP1dLmzTLcotuxrajBBzXxVPwIDAQAB"
#define RSA4608                                                                                                        \
  "MIICYjANBgkqhkiG9w0BAQEFAAOCAk8AMIICSgKCAkEAr+eTIOZxhgUb176gKATmVWDRbf226wQDhsrHcWayzIOKcyxVCS6k3Ftu"               \
  "wiWIahOGXU/5x/JBBNInYxVziepHm307aSsGEW6JFGL6n+JxBrjbmx7gtzp+6PLYzbOOhIi4180ofF922Mp4tFYBE2tPBUdfEcg/"               \
  "h1Ii9PqP93Qj1AigMsO89BSUO24OQaEQbYp+IdSUuXHkjq7HEeawJE1LsOVY7/gMLcbBbTOF1C3cpem+woKNaOVHIP0MePNEmzET"               \
  "PFqYV6VwuXgbxWwWAyrUE/cU59DTfRmtmah3pMOEt5NCHSeziOxBdX0hy0ZZszfIOg/MU3rGT0ic7Vsrh1tSMPTYzLmdDioIZNCF"               \
  "TZK0+K9IMl8wZdqdYG0NxG3s+WEUQPNweh4rm3jxzIJMfy/41VnTBIQ8HJR2QtfD9eEOFHzbuKPLIJGf2wu0r9uxjewpX9k6hb5q"               \
  "pV/L3g9V7H1Ux0BnQYgmkWDpNaEz7AsDEN7N8oWUQ5r5z5pWjXyJqoAv/H3/2uUS7RnQQ9vwNt1k5MV7FGdzNG5qNY+GG1QgTdYL"               \
  "o5VC7TE8O7ipoJoGTipGMV72E8PTUXeBloNkdYiA7NKfPvrGF8RUaeK/lP8RJL6pSA/qaiPeG36D6Mbx3OHCoWJoVCZUaPdGFUzp"               \
  "Rdf1K8XMpx0bdvjaL5na9KAT7N1MqpHSwRwSpzsrRbMxEOZDbjr+cCZ1+B5Qd51HJ/4iiDMBP0hDEFXJk/5XeLn4u4Z6oE5ZuoqH"               \
  "hUU8yJ5Ps70vAgMBAAE="
#define RSA1024_BARE                                                                                                   \
  "MIGJAoGBAMbXf8Rn5lN5FksoS/ebP99sE6uQ78bdTXcUSP9Zt+pI5DEuBB4ebpuGtMP0B0bUwqXyPbuoZKmgDJAUdkId7U39u0CY"               \
  "CkJ//Sf0qJjQUc/PSLlQUhytVATZinT/fhAxX+IiKIRIefC9zpHfC4t8wStzw6qLNd49qkPdPUWDcgzdAgMBAAE="
#define ED25519 "FzVOv5vWqhLSSsfClXJVqJ8csKDTP9kZbm6Inhdclk8="
#define ED25519_DER "MCowBQYDK2VwAyEAFzVOv5vWqhLSSsfClXJVqJ8csKDTP9kZbm6Inhdclk8="
#define EC256                                                                                                          \
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhRtLDJB02+TX8k+qSTZXrB4JiiyNPq2waqc7go3eS6i7l2+7Z1m7umjPIHZjGnGC"               \
  "UaDhQWl6ZF4GI/zJmHr6aQ=="

typedef struct KeyCase {
  const char *rule, *text;
  gboolean is_key;
  DkimType type;
  guint bits;
  gboolean revoked, testing, strict;
  guint faults;
} KeyCase;

#define R DKIM_RSA
static const KeyCase key_cases[] = {
    {"RFC 6376 s3.6.1 the usual", "v=DKIM1; k=rsa; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 k is rsa if it is not said", "v=DKIM1; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 v need not be there", "p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.2 blanks before the first tag", " \t v=DKIM1; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 v is first", "k=rsa; v=DKIM1; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, DKIM_BAD_VERSION},
    {"RFC 6376 s3.6.1 v is exact", "v=DKIM2; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, DKIM_BAD_VERSION},
    {"RFC 6376 s3.6.1 RSAPublicKey without its wrapping", "p=" RSA1024_BARE, TRUE, R, 1024, FALSE, FALSE, FALSE,
     DKIM_SHORT},
    {"RFC 6376 s3.6.1 p= empty: revoked", "v=DKIM1; p=", TRUE, R, 0, TRUE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 p missing", "v=DKIM1; k=rsa", TRUE, R, 0, FALSE, FALSE, FALSE, DKIM_NO_KEY},
    {"RFC 6376 s3.6.1 t=y:s", "v=DKIM1; t=y : s; p=" RSA2048, TRUE, R, 2048, FALSE, TRUE, TRUE, 0},
    {"RFC 6376 s3.6.1 unknown flags are ignored", "v=DKIM1; t=x; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 unknown tags are ignored", "v=DKIM1; zz=1; n=note; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE,
     FALSE, 0},
    {"RFC 6376 s3.6.1 s=*", "v=DKIM1; s=*; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 s=email", "v=DKIM1; s=x:email; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 6376 s3.6.1 s without mail", "v=DKIM1; s=tlsrpt; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE,
     DKIM_NOT_FOR_MAIL},
    {"RFC 6376 s3.2 a tag twice", "v=DKIM1; p=" RSA2048 "; p=", TRUE, R, 2048, FALSE, FALSE, FALSE, DKIM_DUPLICATE},
    {"RFC 6376 s2.10 blanks in base64", "v=DKIM1; p= " RSA1024 " \t", TRUE, R, 1024, FALSE, FALSE, FALSE, DKIM_SHORT},
    {"RFC 6376 s3.6.1 a quote in the key", "v=DKIM1; p=MIIB\" \"IjAN", TRUE, R, 0, FALSE, FALSE, FALSE, DKIM_DAMAGED},
    {"RFC 6376 s3.6.1 a key of another kind", "v=DKIM1; p=" EC256, TRUE, R, 0, FALSE, FALSE, FALSE, DKIM_DAMAGED},
    {"RFC 6376 s3.6.1 unknown k", "v=DKIM1; k=dsa; p=AAAA", TRUE, DKIM_OTHER, 0, FALSE, FALSE, FALSE,
     DKIM_UNKNOWN_TYPE},
    {"RFC 8301 s3.2 under 1024 bits", "v=DKIM1; p=" RSA512, TRUE, R, 512, FALSE, FALSE, FALSE, DKIM_TOO_SHORT},
    {"RFC 8301 s3.2 just under 1024 bits", "v=DKIM1; p=" RSA1000, TRUE, R, 1000, FALSE, FALSE, FALSE, DKIM_TOO_SHORT},
    {"RFC 8301 s3.2 1024 bits will do", "v=DKIM1; p=" RSA1024, TRUE, R, 1024, FALSE, FALSE, FALSE, DKIM_SHORT},
    {"RFC 8301 s3.2 over 4096 bits", "v=DKIM1; p=" RSA4608, TRUE, R, 4608, FALSE, FALSE, FALSE, DKIM_LONG},
    {"RFC 8301 s3.1 sha1 alone", "v=DKIM1; h=sha1; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, DKIM_NO_SHA256},
    {"RFC 8301 s3.1 sha256 among them", "v=DKIM1; h=sha1:sha256; p=" RSA2048, TRUE, R, 2048, FALSE, FALSE, FALSE, 0},
    {"RFC 8463 s4 the bare key", "v=DKIM1; k=ed25519; p=" ED25519, TRUE, DKIM_ED25519, 256, FALSE, FALSE, FALSE, 0},
    {"RFC 8463 s4 no DER around it", "v=DKIM1; k=ed25519; p=" ED25519_DER, TRUE, DKIM_ED25519, 0, FALSE, FALSE, FALSE,
     DKIM_DAMAGED},
    {"RFC 8463 s4 revoked", "v=DKIM1; k=ed25519; p=", TRUE, DKIM_ED25519, 0, TRUE, FALSE, FALSE, 0},
    {"other texts", "v=spf1 -all", FALSE, R, 0, FALSE, FALSE, FALSE, 0},
    {"nothing", "", FALSE, R, 0, FALSE, FALSE, FALSE, 0},
};

static void test_keys(void) {
  for (guint i = 0; i < G_N_ELEMENTS(key_cases); i++) {
    const KeyCase *c = &key_cases[i];
    g_autoptr(GBytes) data = g_bytes_new_static(c->text, strlen(c->text));
    DkimKey key;
    g_test_message("%s", c->rule);
    g_assert_cmpint(dkim_key_parse(data, &key), ==, c->is_key);
    if (!c->is_key)
      continue;
    g_assert_cmpint(key.type, ==, c->type);
    g_assert_cmpuint(key.bits, ==, c->bits);
    g_assert_cmpint(key.revoked, ==, c->revoked);
    g_assert_cmpint(key.testing, ==, c->testing);
    g_assert_cmpint(key.strict, ==, c->strict);
    g_assert_cmphex(key.faults, ==, c->faults);
  }
}

/* A key cut off anywhere, and any octet of it changed: no crash, and never a longer key than it is. */
static void test_cut(void) {
  const char *text = "v=DKIM1; p=" RSA1024;
  DkimKey key;
  for (gsize n = 0; n < strlen(text); n++) {
    g_autoptr(GBytes) data = g_bytes_new(text, n);
    if (dkim_key_parse(data, &key))
      g_assert_true(key.revoked || (key.faults & DKIM_FATAL) != 0);
  }
  gsize length;
  g_autofree guint8 *der = g_base64_decode(RSA1024, &length);
  for (gsize i = 0; i < length; i++)
    for (guint bit = 0; bit < 8; bit++) {
      der[i] ^= 1u << bit;
      g_autofree char *base64 = g_base64_encode(der, length);
      g_autofree char *whole = g_strconcat("p=", base64, NULL);
      g_autoptr(GBytes) data = g_bytes_new(whole, strlen(whole));
      g_assert_true(dkim_key_parse(data, &key));
      g_assert_cmpuint(key.bits, <=, 8 * length);
      der[i] ^= 1u << bit;
    }
}

static void test_names(void) {
  static const char *const cases[][3] = {
      {"s1", "Example.COM.", "s1._domainkey.example.com"},
      {" S1.mail ", "example.com", "s1.mail._domainkey.example.com"},
      {"s1._domainkey.example.com", "example.com", "s1._domainkey.example.com"},
      {"s_1-x", "例え.example", "s_1-x._domainkey.xn--r8jz45g.example"},
      {"s1", "mail_1.example.com", "s1._domainkey.mail_1.example.com"},
      {"", "example.com", NULL},
      {"s 1", "example.com", NULL},
      {"s..1", "example.com", NULL},
      {".s1", "example.com", NULL},
      {"s1", "not a domain", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = dkim_key_name(cases[i][0], cases[i][1]);
    g_assert_cmpstr(name, ==, cases[i][2]);
  }
  g_autofree char *long_text = g_strnfill(300, 'a');
  g_assert_null(dkim_key_name(long_text, "example.com"));
}

/* --- the probe --- */

static const char *const world[] = {
    "{\"dns\":\"good._domainkey.a.example TXT\",\"answer\":[\"\\\"v=DKIM1; k=rsa; p=" RSA2048 "\\\"\"]}",
    "{\"dns\":\"old._domainkey.a.example TXT\",\"answer\":[\"\\\"v=DKIM1; p=\\\"\"]}",
    "{\"dns\":\"weak._domainkey.a.example TXT\",\"answer\":[\"\\\"v=DKIM1; t=y; p=" RSA512 "\\\"\"]}",
    "{\"dns\":\"two._domainkey.a.example TXT\",\"answer\":[\"\\\"p=" RSA1024 "\\\"\",\"\\\"p=" RSA2048 "\\\"\"]}",
    "{\"dns\":\"mixed._domainkey.a.example TXT\",\"answer\":[\"\\\"v=spf1 -all\\\"\",\"\\\"p=" RSA2048 "\\\"\"]}",
    "{\"dns\":\"wild._domainkey.a.example TXT\",\"answer\":[\"\\\"v=spf1 -all\\\"\"]}",
    "{\"dns\":\"gone._domainkey.a.example TXT\",\"status\":\"nxdomain\"}",
    "{\"dns\":\"empty._domainkey.a.example TXT\",\"status\":\"nodata\"}",
    "{\"dns\":\"slow._domainkey.a.example TXT\",\"status\":\"timeout\"}",
    "{\"dns\":\"broken._domainkey.a.example TXT\",\"status\":\"servfail\"}",
    "{\"dns\":\"alias._domainkey.a.example TXT\",\"answer\":[\"alias._domainkey.a.example 300 CNAME "
    "k1.mailer.example\",\"k1.mailer.example 300 TXT \\\"k=ed25519; p=" ED25519 "\\\"\"]}",
    "{\"dns\":\"lost._domainkey.a.example TXT\",\"status\":\"nxdomain\",\"answer\":[\"lost._domainkey.a.example 300 "
    "CNAME k2.mailer.example\"]}",
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

static const struct {
  const char *selector, *status;
  Level level;
  FactState bits, alias;
  const char *faults, *words;
} probe_cases[] = {
    {"good", "ok", LEVEL_OK, FACT_KNOWN, FACT_ABSENT, "", "rsa, 2048 bits"},
    {"old", "revoked", LEVEL_FAIL, FACT_ABSENT, FACT_ABSENT, "", "taken back"},
    {"weak", "unusable", LEVEL_FAIL, FACT_KNOWN, FACT_ABSENT, "too_short", "too short"},
    {"two", "several", LEVEL_WARN, FACT_UNKNOWN, FACT_ABSENT, "several_keys", "There are 2 keys"},
    {"mixed", "ok", LEVEL_OK, FACT_KNOWN, FACT_ABSENT, "", "2048 bits"},
    {"wild", "none", LEVEL_FAIL, FACT_ABSENT, FACT_ABSENT, "not_a_key", "it is no key"},
    {"gone", "none", LEVEL_FAIL, FACT_ABSENT, FACT_ABSENT, "", "no key of this name"},
    {"empty", "none", LEVEL_FAIL, FACT_ABSENT, FACT_ABSENT, "", "no key of this name"},
    {"slow", "timeout", LEVEL_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, NULL, "no answer in time"},
    {"broken", "servfail", LEVEL_UNKNOWN, FACT_UNKNOWN, FACT_UNKNOWN, NULL, "could not be found out"},
    {"alias", "ok", LEVEL_NOTE, FACT_KNOWN, FACT_KNOWN, "", "at k1.mailer.example"},
    {"lost", "none", LEVEL_FAIL, FACT_ABSENT, FACT_KNOWN, "", "at k2.mailer.example"},
    {"no name", "bad_name", LEVEL_FAIL, FACT_UNKNOWN, FACT_UNKNOWN, NULL, "do not make the name of a key"},
};

static void test_probe(void) {
  g_autoptr(Net) net = world_net();
  for (guint i = 0; i < G_N_ELEMENTS(probe_cases); i++) {
    g_test_message("%s", probe_cases[i].selector);
    g_autoptr(ProbeRun) run = run_probe(net, "dkim", "selector", probe_cases[i].selector, "domain", "a.example", NULL);
    assert_complete(run);
    assert_fact(run, "status", probe_cases[i].status);
    assert_state(run, "bits", probe_cases[i].bits);
    assert_state(run, "alias", probe_cases[i].alias);
    if (probe_cases[i].faults != NULL)
      assert_fact(run, "faults", probe_cases[i].faults);
    else
      assert_state(run, "faults", FACT_UNKNOWN);
    g_assert_nonnull(find_row(run, probe_cases[i].words));
    g_assert_cmpint(result_level(probe_run_result(run)), ==, probe_cases[i].level);
  }
}

/* What stands in the signature, beside its key. */
static const struct {
  const char *rule, *selector, *signature;
  const char *faults; /* NULL: not known */
  Level level;
  const char *words; /* NULL: nothing is said */
} signature_cases[] = {
    {"RFC 8301 s3.1 sha256", "good", "a=rsa-sha256; d=a.example", "", LEVEL_OK, NULL},
    {"RFC 8301 s3.1 sha1 is forbidden", "good", " v=1; a=rsa-sha1; d=a.example", "sha1", LEVEL_FAIL,
     "signed with sha1"},
    {"RFC 6376 s8.2 l=", "good", "a=rsa-sha256; d=a.example; l=0", "body_length", LEVEL_WARN, "Only the beginning"},
    {"RFC 6376 s3.6.1 t=s and i= of the domain", "tight", "d=a.example; i=@A.example", "", LEVEL_OK, NULL},
    {"RFC 6376 s3.6.1 t=s and i= below it", "tight", "d=a.example; i=x@mail.a.example", "other_identity", LEVEL_FAIL,
     "for its own domain only"},
    {"RFC 6376 s3.6.1 i= below it without t=s", "good", "d=a.example; i=x@mail.a.example", "", LEVEL_OK, NULL},
    {"what stands in the mail needs no look-up", "slow", "a=rsa-sha1; l=1", NULL, LEVEL_FAIL, "signed with sha1"},
};

static void test_signatures(void) {
  g_autoptr(Net) net = world_net();
  g_autoptr(GError) error = NULL;
  net_preload(net, "{\"dns\":\"tight._domainkey.a.example TXT\",\"answer\":[\"\\\"v=DKIM1; t=s; p=" RSA2048 "\\\"\"]}",
              &error);
  g_assert_no_error(error);
  for (guint i = 0; i < G_N_ELEMENTS(signature_cases); i++) {
    g_test_message("%s", signature_cases[i].rule);
    g_autoptr(ProbeRun) run = run_probe(net, "dkim", "selector", signature_cases[i].selector, "domain", "a.example",
                                        "signature", signature_cases[i].signature, NULL);
    assert_complete(run);
    if (signature_cases[i].faults != NULL)
      assert_fact(run, "faults", signature_cases[i].faults);
    else
      assert_state(run, "faults", FACT_UNKNOWN);
    g_assert_cmpint(result_level(probe_run_result(run)), ==, signature_cases[i].level);
    g_assert_true(signature_cases[i].words == NULL || find_row(run, signature_cases[i].words) != NULL);
  }
}

/* "The domain has no DKIM" is never said because a selector was guessed: there is no guess, and no such word. */
static void test_no_guess(void) {
  g_autoptr(Net) net = world_net();
  g_autoptr(ProbeRun) unasked = run_probe(net, "dkim", "domain", "a.example", NULL);
  g_assert_cmpuint(net_waiter_length(probe_run_waiter(unasked)), ==, 0);
  assert_state(unasked, "status", FACT_UNKNOWN);
  g_assert_cmpstr(probe_dkim.fits, ==, "");
  g_autoptr(ProbeRun) gone = run_probe(net, "dkim", "selector", "gone", "domain", "a.example", NULL);
  g_autofree char *advice = message_text(find_row(gone, "no key")->advice, NULL, NULL);
  g_assert_nonnull(strstr(advice, "says nothing about other keys"));
}

static void test_faults(void) {
  for (guint i = 0; i < 7; i++) {
    g_autofree char *selector = g_strndup(world[i] + 8, strcspn(world[i] + 8, "."));
    const char *const inputs[] = {"selector", selector, "domain", "a.example", NULL};
    assert_faults(&(FaultCase){"dkim", inputs, world, (const char *const[]){NULL}});
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dkim/keys", test_keys);
  g_test_add_func("/dkim/cut", test_cut);
  g_test_add_func("/dkim/names", test_names);
  g_test_add_func("/dkim/probe", test_probe);
  g_test_add_func("/dkim/mistake-no-dkim-because-a-guess-failed", test_no_guess);
  g_test_add_func("/dkim/signatures", test_signatures);
  g_test_add_func("/dkim/faults", test_faults);
  return g_test_run();
}
