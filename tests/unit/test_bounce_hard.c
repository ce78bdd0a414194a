/* Bounces that want to hurt: every sample cut off anywhere and damaged, long lines, many parts, many recipients, deep
 * nesting, and what makes careless readers quadratic.  No crash, no second lost over one, memory in bounds. */
#include "bounces.h"

#include "base/text.h"
#include "report/bounce_json.h"

#include <sys/resource.h>

#ifdef __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define SLOW (SANITIZED ? 8 : 1) /* a sanitizer costs that much time */
#define MAX_SECONDS 1.0
#define MAX_MEMORY_KB (120 * 1024)

#define HEADER                                                                                                         \
  "From: MAILER-DAEMON@mail.example.org\nTo: hanako@example.org\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"

/* What holds for any bytes. */
static void check_safe(const char *bytes, gsize length) {
  g_autoptr(Bounce) bounce = bounce_read(bytes, length);
  g_assert_true(!bounce->is_bounce || bounce->recipients->len > 0);
  const char *strings[] = {
      bounce->reporting_mta, bounce->arrival_date, bounce->message_id,  bounce->from,         bounce->to,
      bounce->subject,       bounce->date,         bounce->return_path, bounce->list,         bounce->listed_ip,
      bounce->received_ip,   bounce->helo,         bounce->dkim_domain, bounce->dkim_selector,
      bounce->arc,           bounce->dkim_signature};
  for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
    g_assert_true(!strings[i] || text_is_safe(strings[i]));
  for (guint i = 0; i < bounce->recipients->len; i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    const char *own[] = {recipient->recipient, recipient->original_recipient,
                         recipient->action,    recipient->dsn_status,
                         recipient->status,    recipient->reply,
                         recipient->command,   recipient->remote_mta,
                         recipient->remote_ip, recipient->diagnostic};
    for (guint k = 0; k < G_N_ELEMENTS(own); k++)
      g_assert_true(!own[k] || text_is_safe(own[k]));
  }
  g_autofree char *json = bounce_to_json(bounce, "x");
  g_assert_true(g_utf8_validate(json, -1, NULL));
  g_assert_null(strchr(json, '\n'));
}

/* Processor time: others on the machine must not fail the test. */
static double seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

static void check_fast(const char *bytes, gsize length) {
  double start = seconds();
  check_safe(bytes, length);
  g_assert_cmpfloat(seconds() - start, <, MAX_SECONDS * SLOW);
}

static void check_cut(const char *name, const char *bytes, gsize length) {
  (void)name;
  /* A copy without a byte behind it, so that a sanitizer sees every read past the end. */
  for (gsize n = 0; n < length; n += 97) {
    g_autofree char *part = g_memdup2(bytes, n);
    check_fast(part ? part : "", n);
  }
}

static void test_cut(void) {
  for_each_sample(check_cut);
}

static void check_damaged(const char *name, const char *bytes, gsize length) {
  g_autoptr(GRand) random = g_rand_new_with_seed(g_str_hash(name));
  for (int round = 0; round < 16; round++) {
    g_autofree char *copy = g_memdup2(bytes, length);
    for (int i = 0; i < 12; i++)
      copy[g_rand_int_range(random, 0, (gint32)length)] = (char)g_rand_int_range(random, 0, 256);
    check_fast(copy, length);
  }
}

static void test_damaged(void) {
  for_each_sample(check_damaged);
}

/* Each sample with its lines made one, and with each of its lines repeated. */
static void check_lines(const char *name, const char *bytes, gsize length) {
  (void)name;
  g_autofree char *joined = g_strndup(bytes, length);
  g_strdelimit(joined, "\n", ' ');
  check_fast(joined, strlen(joined));
  g_auto(GStrv) lines = g_strsplit(joined, "  ", -1);
  g_autoptr(GString) twice = g_string_new(NULL);
  for (char **line = lines; *line; line++)
    g_string_append_printf(twice, "%s\n%s\n", *line, *line);
  check_fast(twice->str, twice->len);
}

static void test_lines(void) {
  for_each_sample(check_lines);
}

static GString *repeated(const char *head, const char *pattern, gsize n, gsize size) {
  GString *text = g_string_new(head);
  while (text->len < size)
    g_string_append_len(text, pattern, (gssize)n);
  return text;
}

static void test_long_lines(void) {
  static const char *const patterns[] = {"a",       " ",
                                         "@",       "<",
                                         ">",       "-",
                                         "=",       "\"",
                                         "(",       ".",
                                         "5",       "\t",
                                         ":",       "\xE3\x81\x82",
                                         "550 ",    "<a@b.example> ",
                                         "-----x",  "to=<a@b.example>, ",
                                         "{\"a\":", "Received: ",
                                         "* ",      "From: a To: b Subject: c ",
                                         "x > ",    "recipients: a@b.example ",
                                         "| ",      "\\n"};
  static const char *const heads[] = {
      "", HEADER "\n", HEADER "X-Long: ", "<a@b.example>: ", "Mar  4 10:22:31 to=<", "差出人: "};
  for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
    for (guint k = 0; k < G_N_ELEMENTS(heads); k++) {
      g_autoptr(GString) text = repeated(heads[k], patterns[i], strlen(patterns[i]), 65536);
      g_string_append(text, "\n<taro@example.com>: 550 5.1.1 unknown\n");
      check_fast(text->str, text->len);
    }
  }
}

/* What makes careless readers quadratic. */
static void test_big(void) {
  static const char *const patterns[] = {"\0\1\2\3",
                                         "a",
                                         "\n",
                                         "@",
                                         "<a@b.example>: 550 5.1.1 no\n",
                                         "550 ",
                                         "5.1.1.",
                                         "=?utf-8?B?",
                                         ">",
                                         "(",
                                         "Received: from x\n",
                                         "a: b\n",
                                         "--b\n\n",
                                         "192.0.2.1 ",
                                         "::",
                                         "<",
                                         "&lt;",
                                         "&lt;&lt; &gt",
                                         "| a\n",
                                         "a\\n",
                                         "Final-Recipient: rfc822; a@b.example\n",
                                         "host a.example[192.0.2.1] ",
                                         "\x1b$B",
                                         "X-a: b\nc\n",
                                         "From: a\n\n",
                                         "> From: a\n> \n",
                                         "Return-Path: <>\nFrom: a\nx\n",
                                         "<p><br></p>",
                                         "&nbsp;</p>",
                                         "差出人\n",
                                         "Subject:\n",
                                         "the response was:\n\n",
                                         "Mar  4 10:22:31 m postfix/smtp[1]: 1: to=<a@b.example>, status=bounced (x)\n",
                                         "starting delivery 1: msg 1 to remote a@b.example\n",
                                         ">>> RCPT TO:<a@b.example>\n<<< 550 x\n"};
  static const char report[] = HEADER "Content-Type: multipart/report; boundary=b\n\n";
  for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
    gsize n = MAX(strlen(patterns[i]), 1);
    g_autoptr(GString) text = repeated("", patterns[i], i == 0 ? 4 : n, 3000000);
    check_fast(text->str, text->len);
    g_string_prepend(text, report);
    check_fast(text->str, text->len);
  }
}

static void test_json(void) {
  static const char *const patterns[] = {
      "{\"event\":", "[", "\"\\", "{\"event\":\"bounce\",\"email\":\"a@b.example\"},", "\"{\\\"notificationType\\\":",
      "}",           "1,"};
  for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
    g_autoptr(GString) text = repeated("{\"notificationType\":[", patterns[i], strlen(patterns[i]), 1000000);
    check_fast(text->str, text->len);
  }
}

static void test_parts(void) {
  g_autoptr(GString) text = g_string_new(HEADER "Content-Type: multipart/mixed; boundary=b\n\n");
  for (int i = 0; i < 10000; i++)
    g_string_append_printf(text, "--b\nContent-Type: text/plain\n\n<r%d@example.com>: 550 5.1.1 unknown\n", i);
  g_string_append(text, "--b--\n");
  check_fast(text->str, text->len);
}

static void test_recipients(void) {
  g_autoptr(GString) text = g_string_new(HEADER "Content-Type: multipart/report; boundary=b\n\n--b\n\n");
  for (int i = 0; i < 1000; i++)
    g_string_append_printf(text, "<r%d@example.com>: host mx.example.com[192.0.2.25] said: 55%d 5.1.%d no\n\n", i,
                           i % 5, i % 8);
  g_string_append(text, "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.org\n\n");
  for (int i = 0; i < 1000; i++)
    g_string_append_printf(text, "Final-Recipient: rfc822; r%d@example.com\nAction: failed\nStatus: 5.1.%d\n\n", i,
                           i % 8);
  g_string_append(text, "--b--\n");
  check_fast(text->str, text->len);
  g_autoptr(Bounce) bounce = bounce_read(text->str, text->len);
  g_assert_cmpuint(bounce->recipients->len, ==, 1000);
  const BounceRecipient *first = g_ptr_array_index(bounce->recipients, 0);
  g_assert_cmpstr(first->recipient, ==, "r0@example.com");
  g_assert_cmpstr(first->reply, ==, "550");
}

/* `open` 200 times, a bounce in the middle. */
static void check_nested(const char *open) {
  g_autoptr(GString) text = g_string_new(HEADER);
  for (int i = 0; i < 200; i++)
    g_string_append_printf(text, open, i, i);
  g_string_append(text, "Content-Type: text/plain\n\n<taro@example.com>: 550 5.1.1 unknown\n");
  check_fast(text->str, text->len);
}

static void test_nested(void) {
  check_nested("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n");
  check_nested("Content-Type: message/rfc822\nX-Level: %d %d\n\n" HEADER);
  check_nested("Content-Type: multipart/report; boundary=b%d\n\n--b%d\nContent-Type: message/rfc822\n\n" HEADER);
  /* A notice in a notice in a notice, as text. */
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 200; i++)
    g_string_append(text,
                    HEADER "Received: from a.example by b.example\n\nReturned.\n\n----- Original message -----\n\n");
  check_fast(text->str, text->len);
  g_string_truncate(text, 0);
  for (int i = 0; i < 200; i++)
    g_string_append_printf(text, "%.*s差出人: MAILER-DAEMON@a.example\n件名: 配信不能\n\n", i, "");
  check_fast(text->str, text->len);
}

/* A file of the largest size that is read, whatever is in it. */
static void test_memory(void) {
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  g_autoptr(GString) text = g_string_new(HEADER "Content-Type: multipart/mixed; boundary=b\n\n");
  while (text->len < BOUNCE_MAX_BYTES)
    g_string_append(text, "--b\nContent-Type: text/html\n\n<p>&lt;taro@example.com&gt;: 550 5.1.1 unknown</p>\n");
  check_fast(text->str, text->len);
  getrusage(RUSAGE_SELF, &after);
  if (!SANITIZED)
    g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, MAX_MEMORY_KB);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounce-hard/memory", test_memory);
  g_test_add_func("/bounce-hard/cut", test_cut);
  g_test_add_func("/bounce-hard/damaged", test_damaged);
  g_test_add_func("/bounce-hard/lines", test_lines);
  g_test_add_func("/bounce-hard/long-lines", test_long_lines);
  g_test_add_func("/bounce-hard/big", test_big);
  g_test_add_func("/bounce-hard/json", test_json);
  g_test_add_func("/bounce-hard/parts", test_parts);
  g_test_add_func("/bounce-hard/recipients", test_recipients);
  g_test_add_func("/bounce-hard/nested", test_nested);
  return g_test_run();
}
