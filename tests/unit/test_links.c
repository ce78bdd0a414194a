/* The hosts of the links in a returned mail: which are taken, and from where in a bounce. */
#include "mail/bounce.h"
#include "mail/links.h"

#include <string.h>

static char *joined(char *const *hosts) { return g_strjoinv(" ", (char **)hosts); }

static char *found_in(const char *text, gsize length) {
  g_autoptr(GPtrArray) hosts = g_ptr_array_new_with_free_func(g_free);
  links_find(text, length, hosts);
  g_ptr_array_add(hosts, NULL);
  return joined((char **)hosts->pdata);
}

static const struct {
  const char *text, *hosts;
} texts[] = {
    {"", ""},
    {"://", ""},
    {"http://", ""},
    {"See http://www.example.com/a?b=https%3A%2F%2Fno.example.org.", "www.example.com"},
    {"HTTPS://WWW.Example.COM", "www.example.com"},
    {"<a href=\"https://one.example.net\">http://one.example.net</a> (http://two.example.net)",
     "one.example.net two.example.net"},
    {"https://taro:secret@shop.example.org:8443/x", "shop.example.org"},
    {"http://example.com.", "example.com"},
    {"http://example.com, then http://example.net; http://example.org&amp;", "example.com example.net example.org"},
    /* IDNA2008, as typed and in full width. */
    {"https://www.例え.test/", "www.xn--r8jz45g.test"},
    {"https://www。example。com/", "www.example.com"},
    /* No names. */
    {"http://192.0.2.1/ http://[2001:db8::1]/ http://localhost/ http://0xC0000201/ http://a..b/ http://-a.example/", ""},
    {"http://\xff\xfe.example.com/", ""},
    /* No links. */
    {"ftp://ftp.example.com/x xhttp://a.example.com/x mailto:taro@example.com taro@www.example.com", ""},
    /* Without a scheme: what mail programs make links of. */
    {"See www.example.com.", "www.example.com"},
    {"WWW.Example.COM/a?b and (www.example.net) <www.example.org>", "www.example.com www.example.net www.example.org"},
    {"offer at example.com/now, http://example.net and shop.example.co.jp/~a",
     "example.com example.net shop.example.co.jp"},
    {"short: x.test/a x.com/a x.be/a", "x.com x.be"},
    {"<a href=\"www.example.com/x\">www.example.com</a>", "www.example.com"},
    {"詳しくはwww.example.jp/をご覧ください", "www.example.jp"},
    {"example.com and example.net. No path: no link. www.com www. www.example www.a..com", ""},
    {"and/or notes.txt/x 24.12/25.12 1.5/kg e.g./i.e. a.m./p.m. src/main.c/x C:\\www.example.com\\x", ""},
    {"taro@example.com/x example.com@example.net/x x=www.example.com/y http://a.example.com/?u=www.example.net/x",
     "a.example.com"},
    {"user:www.example.com/x example.com:25/x 192.0.2.1/24 10.in-addr.arpa/x _x.example.com/y", ""},
    {"<html xmlns:o=\"http://schemas.microsoft.com/office\" xmlns=\"http://www.w3.org/1999/xhtml\">", ""},
};

static void test_texts(void) {
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *hosts = found_in(texts[i].text, strlen(texts[i].text));
    g_test_message("%s", texts[i].text);
    g_assert_cmpstr(hosts, ==, texts[i].hosts);
  }
}

static void test_limits(void) {
  g_autoptr(GString) many = g_string_new(NULL);
  for (guint i = 0; i < 200; i++)
    g_string_append_printf(many, "http://host%u.example.com/\n", i / 2);
  g_autofree char *hosts = found_in(many->str, many->len);
  g_auto(GStrv) words = g_strsplit(hosts, " ", -1);
  g_assert_cmpuint(g_strv_length(words), ==, LINKS_MAX_HOSTS);
  g_assert_cmpstr(words[LINKS_MAX_HOSTS - 1], ==, "host19.example.com");
  g_autofree char *far = g_strnfill(LINKS_MAX_BYTES, 'x');
  g_autofree char *behind = g_strconcat(far, " http://example.com/", NULL);
  g_autofree char *none = found_in(behind, strlen(behind));
  g_assert_cmpstr(none, ==, "");
  /* Neither the end of the bytes nor what follows it is read as a host. */
  g_autofree char *cut = found_in("http://example.com.example.org/", strlen("http://example.com"));
  g_assert_cmpstr(cut, ==, "example.com");
}

/* --- out of bounces --- */

#define NOTICE "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
#define SAID "Not delivered to <taro@example.com>: 550 5.7.1 blocked, see https://support.example.org/why\n"
#define REPORT(part)                                                                                                   \
  NOTICE "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"                           \
         "Content-Type: text/plain\n\n" SAID "--b\nContent-Type: message/delivery-status\n\n"                         \
         "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; taro@example.com\nAction: failed\n"          \
         "Status: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 blocked, see https://lookup.example.org/q\n\n--b\n" part     \
         "\n--b--\n"
#define HEADER "From: hanako@example.net\nSubject: Hello\nList-Unsubscribe: <https://list.example.net/u>\n"
#define TEXT_COPY(copy)                                                                                                \
  NOTICE "\nHi. This is the qmail-send program at mx.example.org.\n\n<taro@example.com>:\n"                            \
         "192.0.2.1 failed after I sent the message.\nRemote host said: 550 5.7.1 see https://why.example.org/\n\n"    \
         "--- Below this line is a copy of the message.\n\nReturn-Path: <hanako@example.net>\n"                        \
         "Received: from a.example.net (192.0.2.9) by mx.example.org; 1 Jul 2026 12:00:00 -0000\n" copy

static const struct {
  const char *text, *hosts;
} bounces[] = {
    {REPORT("Content-Type: message/rfc822\n\n" HEADER "\nhttps://shop.example.net/\n"), "shop.example.net"},
    {REPORT("Content-Type: text/rfc822-headers\n\n" HEADER), ""},
    {REPORT("Content-Type: message/rfc822\n\n" HEADER
            "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
            "<a href=3D\"https://www.exam=\nple.net/a=3Db\">x</a>\n"),
     "www.example.net"},
    {REPORT("Content-Type: message/rfc822\n\n" HEADER "Content-Type: multipart/mixed; boundary=c\n\n--c\n"
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naHR0cHM6Ly9hLmV4YW1wbGUubmV0Lwo=\n--c\n"
            "Content-Type: application/pdf\n\nhttps://pdf.example.net/\n--c\n"
            "Content-Type: message/rfc822\n\nFrom: a@example.net\n\nhttps://b.example.net/\n--c--\n"),
     "a.example.net b.example.net"},
    {TEXT_COPY(HEADER "\nhttps://shop.example.net/\n"), "shop.example.net"},
    {TEXT_COPY(HEADER "Content-Transfer-Encoding: base64\n\naHR0cHM6Ly9hLmV4YW1wbGUubmV0Lwo=\n"), "a.example.net"},
    {TEXT_COPY(HEADER "Content-Transfer-Encoding: quoted-printable\n\nhttps://www.exam=\nple.net/\n"),
     "www.example.net"},
    {TEXT_COPY(HEADER), ""},
    {NOTICE "\n" SAID, ""},
    {"550 5.7.1 <taro@example.com> blocked, see https://support.example.org/why\n", ""},
};

static void test_bounces(void) {
  for (guint i = 0; i < G_N_ELEMENTS(bounces); i++) {
    g_autoptr(Bounce) bounce = bounce_read(bounces[i].text, strlen(bounces[i].text));
    g_autofree char *hosts = joined(bounce->url_hosts);
    g_test_message("row %u", i);
    g_assert_true(bounce->is_bounce);
    g_assert_cmpstr(hosts, ==, bounces[i].hosts);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/links/texts", test_texts);
  g_test_add_func("/links/limits", test_limits);
  g_test_add_func("/links/bounces", test_bounces);
  return g_test_run();
}
