/* Certificates: what stands in them, whom their names fit, which of them signed which. */
#include "mail/certificate.h"

#include <string.h>

static char *pem_of(const char *name) {
  g_autofree char *path = g_strdup_printf("tests/unit/data/certificate/%s.pem", name);
  char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(path, &text, NULL, &error);
  g_assert_no_error(error);
  return text;
}

static Certificate *read_one(const char *name) {
  g_autofree char *pem = pem_of(name);
  g_autoptr(GError) error = NULL;
  Certificate *certificate = certificate_read(pem, &error);
  g_assert_no_error(error);
  return certificate;
}

static char *hex(GBytes *bytes) {
  GString *out = g_string_new(NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data(bytes, &length);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf(out, "%02x", data[i]);
  return g_string_free(out, FALSE);
}

static void test_read(void) {
  g_autoptr(Certificate) mx = read_one("mx");
  g_autofree char *names = g_strjoinv(" ", mx->names), *addresses = g_strjoinv(" ", mx->addresses);
  g_assert_cmpstr(names, ==, "mx1.example.com *.mail.example.com");
  g_assert_cmpstr(addresses, ==, "192.0.2.25 2001:db8::25");
  g_assert_cmpstr(mx->common_name, ==, "mx1.example.com");
  g_assert_cmpstr(mx->subject, ==, "CN=mx1.example.com");
  g_assert_cmpstr(mx->issuer, ==, "CN=Example Issuer, O=Example Trust");
  g_assert_cmpstr(mx->key, ==, "EC 256");
  g_assert_false(mx->self_signed);
  g_autofree char *begin = certificate_date(mx->not_before), *end = certificate_date(mx->not_after);
  g_assert_cmpstr(begin, ==, "2026-11-21");
  g_assert_cmpstr(end, ==, "2126-10-28");
  g_autoptr(Certificate) own = read_one("self");
  g_assert_true(own->self_signed);
  g_assert_cmpstr(own->subject, ==, "CN=mx1.example.com, O=日本の会社");
  g_assert_cmpuint(g_strv_length(own->names), ==, 0);
}

static void test_read_der(void) {
  g_autoptr(Certificate) mx = read_one("mx");
  g_autoptr(Certificate) again = certificate_read_der(mx->der, NULL);
  g_assert_true(g_bytes_equal(mx->spki, again->spki));
  /* Cut off anywhere, it is none; nor is anything else. */
  gsize length = g_bytes_get_size(mx->der);
  for (gsize n = 0; n < length; n += 7) {
    g_autoptr(GBytes) part = g_bytes_new_from_bytes(mx->der, 0, n);
    g_autoptr(GError) error = NULL;
    g_assert_null(certificate_read_der(part, &error));
    g_assert_cmpstr(error->message, ==, "The certificate cannot be read");
  }
  g_assert_null(certificate_read("", NULL));
  g_assert_null(certificate_read("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", NULL));
}

static void test_chain(void) {
  g_autofree char *leaf = pem_of("mx"), *mid = pem_of("mid");
  const char *const pems[] = {leaf, mid, "garbage", leaf, NULL};
  g_autoptr(GPtrArray) chain = certificate_read_chain(pems);
  g_assert_cmpuint(chain->len, ==, 2);
  g_autoptr(GPtrArray) none = certificate_read_chain(NULL);
  g_assert_cmpuint(none->len, ==, 0);
}

static void test_signed_by(void) {
  g_autoptr(Certificate) root = read_one("root");
  g_autoptr(Certificate) mid = read_one("mid");
  g_autoptr(Certificate) mx = read_one("mx");
  g_assert_true(certificate_is_signed_by(mx, mid->spki));
  g_assert_true(certificate_is_signed_by(mid, root->spki));
  g_assert_true(certificate_is_signed_by(root, root->spki));
  g_assert_false(certificate_is_signed_by(mx, root->spki));
  g_assert_false(certificate_is_signed_by(mx, mx->spki));
  g_autoptr(GBytes) garbage = g_bytes_new("x", 1);
  g_assert_false(certificate_is_signed_by(mx, garbage));
  g_assert_true(g_bytes_equal(mx->issuer_der, mid->subject_der));
}

static const struct {
  const char *rule, *name, *host;
  gboolean fits;
} name_cases[] = {
    {"RFC 9525 s6.3 equal", "mx1.example.com", "mx1.example.com", TRUE},
    {"RFC 9525 s6.3 case does not matter", "MX1.Example.com", "mx1.example.COM", TRUE},
    {"RFC 9525 s6.3 a dot at the end is not part of it", "mx1.example.com", "mx1.example.com.", TRUE},
    {"RFC 9525 s6.3 another name", "mx1.example.com", "mx2.example.com", FALSE},
    {"RFC 9525 s6.3 one star, one label", "*.example.com", "mx1.example.com", TRUE},
    {"RFC 9525 s6.3 not two labels", "*.example.com", "a.mx1.example.com", FALSE},
    {"RFC 9525 s6.3 not none", "*.example.com", "example.com", FALSE},
    {"RFC 9525 s6.3 not an empty one", "*.example.com", ".example.com", FALSE},
    {"RFC 9525 s6.3 the star is a whole label", "mx*.example.com", "mx1.example.com", FALSE},
    {"RFC 9525 s6.3 the star is the first label", "mx1.*.com", "mx1.example.com", FALSE},
    {"RFC 9525 s6.3 one star only", "*.*.com", "mx1.example.com", FALSE},
    {"a star for a whole top-level domain", "*.com", "example.com", FALSE},
    {"a star alone", "*", "example", FALSE},
    {"an IDN as A-labels", "xn--bcher-kva.example", "xn--bcher-kva.example", TRUE},
    {"nothing", "", "", FALSE},
};

static void test_names(void) {
  for (guint i = 0; i < G_N_ELEMENTS(name_cases); i++) {
    g_test_message("%s: %s", name_cases[i].rule, name_cases[i].host);
    g_assert_cmpint(certificate_name_fits(name_cases[i].name, name_cases[i].host), ==, name_cases[i].fits);
  }
  g_autoptr(Certificate) mx = read_one("mx");
  g_assert_true(certificate_covers(mx, "mx1.example.com"));
  g_assert_true(certificate_covers(mx, "a.mail.example.com"));
  g_assert_false(certificate_covers(mx, "mail.example.com"));
  g_assert_true(certificate_covers(mx, "2001:DB8:0::25"));
  g_assert_false(certificate_covers(mx, "192.0.2.26"));
  /* RFC 9525 s6.3: the common name does not count. */
  g_autoptr(Certificate) own = read_one("self");
  g_assert_false(certificate_covers(own, "mx1.example.com"));
  g_autofree char *few = certificate_names(mx, 2), *common = certificate_names(own, 2);
  g_assert_cmpstr(few, ==, "mx1.example.com, *.mail.example.com (+2)");
  g_assert_cmpstr(common, ==, "mx1.example.com");
}

static void test_dates(void) {
  g_autoptr(Certificate) mx = read_one("mx");
  g_assert_cmpint(certificate_dates(mx, mx->not_before), ==, CERTIFICATE_IN_TIME);
  g_assert_cmpint(certificate_dates(mx, mx->not_after), ==, CERTIFICATE_IN_TIME);
  g_assert_cmpint(certificate_dates(mx, mx->not_before - 1), ==, CERTIFICATE_NOT_YET);
  g_assert_cmpint(certificate_dates(mx, mx->not_after + 1), ==, CERTIFICATE_EXPIRED);
}

/* What `openssl x509 | sha512sum` and `openssl pkey -pubin -outform DER | sha256sum` say. */
static void test_digests(void) {
  g_autoptr(Certificate) mx = read_one("mx");
  g_autoptr(GBytes) key = certificate_digest(mx->spki, 1);
  g_autoptr(GBytes) whole = certificate_digest(mx->der, 2);
  g_autoptr(GBytes) same = certificate_digest(mx->der, 0);
  g_autofree char *key_hex = hex(key), *whole_hex = hex(whole);
  g_assert_cmpstr(key_hex, ==, "f284ae3ef5e56ea6ff9396873dbc446f22241fa1110abdececeafa796f9a5462");
  g_assert_cmpstr(whole_hex, ==,
                  "a9e0cc9d4a4d8b041062fb07ef7310ce5a3ed4f3b4cd57cf71e8dbebd8ad1f26"
                  "8945c450af56894be744b1243987ee89d712163a370ef9a65c7480eae386df69");
  g_assert_true(g_bytes_equal(same, mx->der));
  g_assert_null(certificate_digest(mx->der, 3));
}

static void test_opinions(void) {
  g_assert_null(certificate_verify_message(0));
  g_assert_cmpstr(certificate_verify_message(10), ==, "it has expired");
  g_assert_cmpstr(certificate_verify_message(999), ==, "it was not accepted");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/certificate/read", test_read);
  g_test_add_func("/certificate/der", test_read_der);
  g_test_add_func("/certificate/chain", test_chain);
  g_test_add_func("/certificate/signed-by", test_signed_by);
  g_test_add_func("/certificate/names", test_names);
  g_test_add_func("/certificate/dates", test_dates);
  g_test_add_func("/certificate/digests", test_digests);
  g_test_add_func("/certificate/opinions", test_opinions);
  return g_test_run();
}
