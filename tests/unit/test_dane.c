/* DANE for SMTP, rule by rule: which records may be used, which certificates meet them. */
#include "mail/dane.h"

static char *pem_of(const char *name) {
  g_autofree char *path = g_strdup_printf("tests/unit/data/certificate/%s.pem", name);
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

static const struct {
  const char *rule;
  guint8 usage, selector, matching;
  gsize length;
  DaneFault fault;
} records[] = {
    {"RFC 7672 s3.1.3 usage 0 (PKIX-TA) is not for mail", 0, 1, 1, 32, DANE_BAD_USAGE},
    {"RFC 7672 s3.1.3 usage 1 (PKIX-EE) is not for mail", 1, 1, 1, 32, DANE_BAD_USAGE},
    {"RFC 7672 s3.1.2 usage 2", 2, 1, 1, 32, DANE_USABLE},
    {"RFC 7672 s3.1.1 usage 3", 3, 1, 1, 32, DANE_USABLE},
    {"RFC 6698 s2.1.1 usage 4", 4, 1, 1, 32, DANE_BAD_USAGE},
    {"RFC 7218 s2.1 usage 255 (PrivCert)", 255, 1, 1, 32, DANE_BAD_USAGE},
    {"RFC 6698 s2.1.2 selector 0", 3, 0, 1, 32, DANE_USABLE},
    {"RFC 6698 s2.1.2 selector 2", 3, 2, 1, 32, DANE_BAD_SELECTOR},
    {"RFC 6698 s2.1.3 matching 0", 3, 1, 0, 91, DANE_USABLE},
    {"RFC 6698 s2.1.3 matching 0 of nothing", 3, 1, 0, 0, DANE_BAD_LENGTH},
    {"RFC 6698 s2.1.3 matching 2", 3, 1, 2, 64, DANE_USABLE},
    {"RFC 6698 s2.1.3 matching 3", 3, 1, 3, 32, DANE_BAD_MATCHING},
    {"RFC 6698 s2.1.3 SHA-256 has 32 octets", 3, 1, 1, 31, DANE_BAD_LENGTH},
    {"RFC 6698 s2.1.3 SHA-512 has 64", 3, 1, 2, 32, DANE_BAD_LENGTH},
};

static void test_records(void) {
  static const guint8 zeroes[128];
  for (guint i = 0; i < G_N_ELEMENTS(records); i++) {
    g_autoptr(GBytes) data = g_bytes_new_static(zeroes, records[i].length);
    const DaneRecord record = {records[i].usage, records[i].selector, records[i].matching, data};
    g_test_message("%s", records[i].rule);
    DaneFault fault = dane_record_fault(&record);
    g_assert_cmpint(fault, ==, records[i].fault);
    g_assert_cmpint(dane_fault_message(fault) != NULL, ==, fault != DANE_USABLE);
  }
}

/* 2027-01-10, and after the certificates have ended. */
#define NOW 1799582400
#define LATER 4954521600

static const struct {
  const char *rule;
  guint8 usage, selector, matching;
  const char *of;     /* the certificate that the record is made of */
  const char *shown;  /* the chain, blanks between */
  const char *name;
  gint64 now;
  DaneMatch match;
} matches[] = {
    {"RFC 6698 s2.1 3 0 0", 3, 0, 0, "mx", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 6698 s2.1 3 0 1", 3, 0, 1, "mx", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 6698 s2.1 3 0 2", 3, 0, 2, "mx", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 6698 s2.1 3 1 0", 3, 1, 0, "mx", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 6698 s2.1 3 1 1", 3, 1, 1, "mx", "mx", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 6698 s2.1 3 1 2", 3, 1, 2, "mx", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 7672 s3.1.1 usage 3: the name does not matter", 3, 1, 1, "mx", "mx mid", "mail.example.org", NOW, DANE_MATCHES},
    {"RFC 7672 s3.1.1 usage 3: the dates do not matter", 3, 1, 1, "mx", "mx mid", "mx1.example.com", LATER, DANE_MATCHES},
    {"RFC 7672 s3.1.1 usage 3: who issued it does not matter", 3, 1, 1, "self", "self", "x.example", NOW, DANE_MATCHES},
    {"RFC 6698 s2.1.1 usage 3 is the first certificate", 3, 1, 1, "mid", "mx mid", "mx1.example.com", NOW, DANE_NO_CERTIFICATE},
    {"RFC 6698 s2.1.2 a key is not a certificate", 3, 1, 1, "other", "mx mid", "mx1.example.com", NOW, DANE_NO_CERTIFICATE},
    {"RFC 7672 s3.1.2 usage 2: the authority shown", 2, 0, 1, "mid", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 7672 s3.1.2 usage 2: its key", 2, 1, 1, "mid", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 7672 s3.1.2 usage 2: the root shown", 2, 0, 2, "root", "mx mid root", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 7671 s5.2.2 usage 2: a digest of what is not shown", 2, 0, 1, "root", "mx mid", "mx1.example.com", NOW,
     DANE_NO_CERTIFICATE},
    {"RFC 7671 s5.2.1 usage 2: whole, need not be shown", 2, 0, 0, "root", "mx mid", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 7671 s5.2.1 usage 2: whole key, need not be shown", 2, 1, 0, "mid", "mx", "mx1.example.com", NOW, DANE_MATCHES},
    {"RFC 7671 s5.2 usage 2: shown, but it signed nothing", 2, 1, 1, "root", "mx root", "mx1.example.com", NOW,
     DANE_NO_CERTIFICATE},
    {"RFC 7671 s5.2 usage 2: shown, but the chain is broken", 2, 1, 1, "mid", "self mid", "mx1.example.com", NOW,
     DANE_NO_CERTIFICATE},
    {"RFC 7672 s3.2.3 usage 2: the name matters", 2, 1, 1, "mid", "mx mid", "mail.example.org", NOW, DANE_WRONG_NAME},
    {"RFC 7672 s3.2.3 usage 2: a star", 2, 1, 1, "mid", "mx mid", "a.mail.example.com", NOW, DANE_MATCHES},
    {"RFC 7672 s3.2.3 usage 2: the common name, if there are no others", 2, 1, 1, "self", "self", "mx1.example.com", NOW,
     DANE_MATCHES},
    {"RFC 7672 s3.1.2 usage 2: the dates matter", 2, 1, 1, "mid", "mx mid", "mx1.example.com", LATER, DANE_EXPIRED},
    {"nothing shown", 3, 1, 1, "mx", "", "mx1.example.com", NOW, DANE_NO_CERTIFICATE},
};

static GPtrArray *chain_of(const char *names) {
  g_auto(GStrv) words = g_strsplit(names, " ", -1);
  g_autoptr(GPtrArray) pems = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; *names != '\0' && words[i] != NULL; i++)
    g_ptr_array_add(pems, pem_of(words[i]));
  g_ptr_array_add(pems, NULL);
  return certificate_read_chain((const char *const *)pems->pdata);
}

static void test_matches(void) {
  for (guint i = 0; i < G_N_ELEMENTS(matches); i++) {
    g_autofree char *pem = pem_of(matches[i].of);
    g_autoptr(Certificate) of = certificate_read(pem, NULL);
    g_autoptr(GPtrArray) chain = chain_of(matches[i].shown);
    g_autoptr(GBytes) data = certificate_digest(matches[i].selector == 0 ? of->der : of->spki, matches[i].matching);
    const DaneRecord record = {matches[i].usage, matches[i].selector, matches[i].matching, data};
    const char *const names[] = {"elsewhere.example", matches[i].name, NULL};
    g_test_message("%s", matches[i].rule);
    g_assert_cmpint(dane_record_fault(&record), ==, DANE_USABLE);
    g_assert_cmpint(dane_record_match(&record, chain, names, matches[i].now), ==, matches[i].match);
  }
}

/* Data that are no certificate and no key. */
static void test_garbage(void) {
  g_autoptr(GPtrArray) chain = chain_of("mx mid");
  g_autoptr(GBytes) data = g_bytes_new("garbage", 7);
  const char *const names[] = {"mx1.example.com", NULL};
  for (guint8 selector = 0; selector < 2; selector++) {
    const DaneRecord record = {2, selector, 0, data};
    g_assert_cmpint(dane_record_match(&record, chain, names, NOW), ==, DANE_NO_CERTIFICATE);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dane/records", test_records);
  g_test_add_func("/dane/matches", test_matches);
  g_test_add_func("/dane/garbage", test_garbage);
  return g_test_run();
}
