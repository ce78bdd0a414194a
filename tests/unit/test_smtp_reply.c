/* What EHLO says, what a message becomes in a mail, codes of replies: rule by rule. */
#include "mail/smtp_reply.h"

static const struct {
  const char *rule, *line, *word; /* NULL: no feature */
  gboolean limited;
  guint64 size;
  const char *auth;
} lines[] = {
    {"RFC 5321 s4.1.1.1 a keyword", "STARTTLS", "STARTTLS", FALSE, 0, ""},
    {"RFC 5321 s4.1.1.1 upper or lower case", "pipelining", "PIPELINING", FALSE, 0, ""},
    {"RFC 5321 s4.1.1.1 digits and hyphens", "X-TEST-8BIT", "X-TEST-8BIT", FALSE, 0, ""},
    {"RFC 5321 s4.1.1.1 no other characters", "mail.example.com", NULL, FALSE, 0, ""},
    {"RFC 5321 s4.1.1.1 not nothing", "", NULL, FALSE, 0, ""},
    {"RFC 1870 s3 a limit", "SIZE 35882577", "SIZE", TRUE, 35882577, ""},
    {"RFC 1870 s4 zero is no limit", "SIZE 0", "SIZE", FALSE, 0, ""},
    {"RFC 1870 s4 no number is no limit", "SIZE", "SIZE", FALSE, 0, ""},
    {"RFC 1870 s4 a number only", "SIZE 10MB", "SIZE", FALSE, 0, ""},
    {"RFC 1870 s4 up to 20 digits", "SIZE 18446744073709551615", "SIZE", TRUE, G_MAXUINT64, ""},
    {"more than any number", "SIZE 99999999999999999999", "SIZE", FALSE, 0, ""},
    {"RFC 4954 s3 mechanisms", "AUTH PLAIN login PLAIN", "AUTH", FALSE, 0, "PLAIN LOGIN"},
    {"the old way of AUTH", "AUTH=LOGIN PLAIN", "AUTH", FALSE, 0, "LOGIN PLAIN"},
    {"RFC 6531 s3.2", "SMTPUTF8", "SMTPUTF8", FALSE, 0, ""},
    {"RFC 8689 s2", "REQUIRETLS", "REQUIRETLS", FALSE, 0, ""},
    {"RFC 6152 s2", "8BITMIME", "8BITMIME", FALSE, 0, ""},
};

static void test_features(void) {
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_auto(SmtpFeatures) features;
    smtp_features_init(&features);
    smtp_features_add(&features, lines[i].line);
    g_autofree char *words = g_strjoinv(" ", features.words), *auth = g_strjoinv(" ", features.auth);
    g_test_message("%s: %s", lines[i].rule, lines[i].line);
    g_assert_cmpstr(words, ==, lines[i].word != NULL ? lines[i].word : "");
    g_assert_cmpint(features.limited, ==, lines[i].limited);
    g_assert_cmpuint(features.size, ==, lines[i].size);
    g_assert_cmpstr(auth, ==, lines[i].auth);
  }
}

static void test_many(void) {
  g_auto(SmtpFeatures) features;
  smtp_features_init(&features);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *line = g_strdup_printf("X%u", i);
    smtp_features_add(&features, line);
    smtp_features_add(&features, line);
  }
  g_assert_cmpuint(g_strv_length(features.words), ==, SMTP_MAX_FEATURES);
  g_assert_true(smtp_features_has(&features, "X7"));
  g_assert_false(smtp_features_has(&features, "X999"));
}

/* The size of a mail is not that of its files: RFC 1870 s3 counts what is sent, RFC 2045 s6.8 makes four octets of
 * three, in lines of 76 and two.  `base64 -w 76 | unix2dos | wc -c` agrees. */
static void test_size_with_base64(void) {
  static const struct {
    guint64 octets, mail;
  } cases[] = {
      {0, 0}, {1, 6}, {3, 6}, {4, 10}, {57, 78}, {58, 84}, {1000000, 1368424}, {25000000, 34210530}, {G_MAXUINT64, 0},
  };
  for (guint i = 0; i + 1 < G_N_ELEMENTS(cases); i++)
    g_assert_cmpuint(smtp_size_in_mail(cases[i].octets), ==, cases[i].mail);
  g_assert_cmpuint(smtp_size_in_mail(G_MAXUINT64), >, G_MAXUINT64 / 4);
  g_autofree char *small = smtp_size_words(999499), *large = smtp_size_words(35882577);
  g_assert_cmpstr(small, ==, "999 kB");
  g_assert_cmpstr(large, ==, "35.8 MB");
}

static void test_status(void) {
  static const struct {
    const char *rule;
    int code;
    const char *text, *status;
  } cases[] = {
      {"RFC 2034 s4 at the beginning", 550, "5.1.1 no such user", "5.1.1"},
      {"RFC 3463 s2 up to three digits", 550, "5.7.606 banned", "5.7.606"},
      {"RFC 2034 s4 not later", 550, "no such user (5.1.1)", NULL},
      {"RFC 2034 s4 the class is the reply's", 450, "5.1.1 no such user", NULL},
      {"a host name is none", 550, "5.1.1.example.com", NULL},
      {"none", 550, "no such user", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].rule);
    g_autofree char *status = smtp_reply_status(cases[i].code, cases[i].text);
    g_assert_cmpstr(status, ==, cases[i].status);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/smtp-reply/features", test_features);
  g_test_add_func("/smtp-reply/many-features", test_many);
  g_test_add_func("/smtp-reply/size-with-base64", test_size_with_base64);
  g_test_add_func("/smtp-reply/status", test_status);
  return g_test_run();
}
