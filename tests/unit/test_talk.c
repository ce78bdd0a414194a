/* Talks: their keys, their lines in a recording, what is read from them, and what never leaves. */
#include "net/net_recording.h"

#include "base/text.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static TalkAnswer *parse(const char *line) {
  g_autoptr(GError) error = NULL;
  NetRecorded recorded;
  gboolean good = net_recording_parse(line, strlen(line), "k3y", &recorded, &error);
  g_assert_no_error(error);
  g_assert_true(good);
  g_assert_null(recorded.answer);
  g_assert_nonnull(recorded.talk);
  return recorded.talk;
}

static char *written(const TalkAnswer *answer) {
  return net_recording_talk(answer, "k3y");
}

/* --- keys --- */

static void assert_key(const TalkRequest *request, const char *want) {
  g_autofree char *key = talk_key(request, NULL);
  g_assert_cmpstr(key, ==, want);
}

static void test_keys(void) {
  static const char *const one[] = {"192.0.2.1", NULL}, *const two[] = {"192.0.2.1", "2001:db8::1", NULL};
  static const char *const rcpt[] = {"MAIL FROM:<>", "RCPT TO:<a@example.com>", NULL};
  assert_key(&(TalkRequest){.scheme = TALK_HTTPS, .host = "example.com", .addresses = one, .path = "/x"},
             "https://example.com/x");
  assert_key(&(TalkRequest){.scheme = TALK_HTTPS, .host = "example.com", .port = 443}, "https://example.com/");
  assert_key(&(TalkRequest){.scheme = TALK_HTTPS, .host = "example.com", .port = 8443}, "https://example.com:8443/");
  assert_key(&(TalkRequest){.scheme = TALK_HTTPS, .host = "2001:db8::1", .path = "/x"}, "https://[2001:db8::1]/x");
  assert_key(&(TalkRequest){.scheme = TALK_SMTP, .host = "mx1.example.com", .addresses = one},
             "smtp mx1.example.com:25 192.0.2.1");
  assert_key(&(TalkRequest){.scheme = TALK_SMTP, .host = "mx1.example.com", .addresses = two},
             "smtp mx1.example.com:25 192.0.2.1,2001:db8::1");
  assert_key(&(TalkRequest){.scheme = TALK_SMTP, .host = "mx1.example.com", .addresses = one, .commands = rcpt},
             "smtp mx1.example.com:25 192.0.2.1 MAIL FROM:<>; RCPT TO:<a@example.com>");
  assert_key(&(TalkRequest){.scheme = TALK_IMAP, .host = "imap.example.com", .addresses = one, .tls = TALK_TLS_NONE},
             "imap imap.example.com:143 192.0.2.1 notls");
  assert_key(&(TalkRequest){.scheme = TALK_POP3S, .host = "pop.example.com", .port = 1995, .tls = TALK_TLS_NEED},
             "pop3s pop.example.com:1995 needtls");
}

/* Another password is another question, and neither is in the key. */
static void test_key_of_a_login(void) {
  TalkRequest request = {.scheme = TALK_IMAPS, .host = "imap.example.com", .user = "taro", .password = "hunter2"};
  assert_key(&request, "imaps imap.example.com:993 login taro");
  g_autofree char *first = talk_key(&request, "salt"), *again = talk_key(&request, "salt");
  g_autofree char *elsewhere = talk_key(&request, "other");
  request.password = "hunter3";
  g_autofree char *second = talk_key(&request, "salt");
  g_assert_cmpstr(first, ==, again);
  g_assert_cmpstr(first, !=, second);
  g_assert_cmpstr(first, !=, elsewhere);
  g_assert_null(strstr(first, "hunter2"));
}

/* --- the recording --- */

static void test_short_form(void) {
  g_autoptr(TalkAnswer) smtp = parse("{\"talk\":\"smtp mx1.example.com:25 192.0.2.1\",\"lines\":[\"< 220 "
                                     "mx1.example.com\",\"> EHLO pc.example.net\"]}");
  g_assert_cmpint(smtp->status, ==, TALK_OK);
  g_assert_cmpint(smtp->phase, ==, PHASE_OVER);
  g_assert_cmpuint(smtp->lines->len, ==, 2);
  g_assert_cmpint(smtp->verify, ==, -1);
  g_assert_null(smtp->tls);
  g_assert_null(smtp->chain);
  g_assert_null(smtp->body);
  g_autoptr(TalkAnswer) https =
      parse("{\"talk\":\"https://example.com/x\",\"code\":200,\"type\":\"text/plain\",\"body\":\"a\\nb\"}");
  g_assert_cmpint(https->code, ==, 200);
  g_assert_cmpstr(https->type, ==, "text/plain");
  g_assert_cmpuint(g_bytes_get_size(https->body), ==, 3);
  g_assert_cmpmem(g_bytes_get_data(https->body, NULL), 3, "a\nb", 3);
}

static TalkAnswer *full(void) {
  static const char *const chain[] = {"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "second", NULL};
  TalkAnswer *answer = talk_answer_new("smtp mx1.example.com:25 192.0.2.1", TALK_CERTIFICATE);
  answer->phase = PHASE_TLS;
  answer->server = g_strdup("192.0.2.1:25");
  talk_answer_add_line(answer, '<', "220 caf\xc3\xa9 \x1b[2J\xff", 13);
  talk_answer_add_line(answer, '>', "EHLO pc.example.net", 19);
  answer->tls = g_strdup("TLSv1.3");
  answer->cipher = g_strdup("TLS_AES_256_GCM_SHA384");
  answer->chain = g_strdupv((char **)chain);
  answer->verify = 10;
  answer->code = 301;
  answer->type = g_strdup("text/plain; charset=\"utf-8\"");
  answer->location = g_strdup("https://example.org/");
  answer->body = g_bytes_new("a\0\xff\n", 4);
  answer->error = g_strdup("certificate has expired");
  answer->elapsed_ms = 321;
  answer->asked_at = G_GINT64_CONSTANT(1763721060123000);
  return answer;
}

static void assert_same(const TalkAnswer *a, const TalkAnswer *b) {
  g_autofree char *one = written(a), *two = written(b);
  g_assert_cmpstr(one, ==, two);
  g_assert_cmpint(a->status, ==, b->status);
  g_assert_cmpint(a->phase, ==, b->phase);
  g_assert_cmpint(a->verify, ==, b->verify);
  g_assert_cmpint(a->asked_at, ==, b->asked_at);
  g_assert_true(a->body == b->body || g_bytes_equal(a->body, b->body));
}

static void test_round_trip(void) {
  g_autoptr(TalkAnswer) answer = full();
  g_autofree char *line = written(answer);
  g_assert_null(strchr(line, '\n'));
  g_autoptr(TalkAnswer) back = parse(line);
  assert_same(answer, back);
  g_assert_cmpstr(back->key, ==, answer->key);
  g_assert_cmpstr(back->chain[1], ==, "second");
  g_autoptr(TalkAnswer) copy = talk_answer_copy(answer);
  assert_same(answer, copy);
  for (int status = TALK_OK; status <= TALK_NOT_RECORDED; status++)
    for (int phase = PHASE_CONNECT; phase <= PHASE_OVER; phase++) {
      g_autoptr(TalkAnswer) each = talk_answer_new("imap imap.example.com:143", (TalkStatus)status);
      each->phase = (TalkPhase)phase;
      g_autofree char *text = written(each);
      g_autoptr(TalkAnswer) read = parse(text);
      assert_same(each, read);
      g_assert_cmpstr(talk_status_message(each->status), !=, "");
    }
}

/* A body that is no text is written as base64, an empty one stays one. */
static void test_bodies(void) {
  g_autoptr(TalkAnswer) answer = full();
  g_autofree char *line = written(answer);
  g_assert_nonnull(strstr(line, "\"body64\":\"YQD/Cg==\""));
  g_bytes_unref(answer->body);
  answer->body = g_bytes_new("", 0);
  g_autofree char *empty = written(answer);
  g_autoptr(TalkAnswer) back = parse(empty);
  g_assert_nonnull(back->body);
  g_assert_cmpuint(g_bytes_get_size(back->body), ==, 0);
}

/* The random name of a control address is another one in each run. */
static void test_nonce(void) {
  g_autoptr(TalkAnswer) answer =
      talk_answer_new("smtp mx1.example.com:25 192.0.2.1 MAIL FROM:<>; RCPT TO:<k3y@example.com>", TALK_OK);
  talk_answer_add_line(answer, '>', "RCPT TO:<k3y@example.com>", 25);
  g_autofree char *line = written(answer);
  g_assert_null(strstr(line, "k3y"));
  g_assert_nonnull(strstr(line, "RCPT TO:<nonce@example.com>"));
  g_autoptr(TalkAnswer) back = parse(line);
  g_assert_cmpstr(back->key, ==, answer->key);
  g_assert_cmpstr(back->lines->pdata[0], ==, "> RCPT TO:<k3y@example.com>");
  /* A body is what it was: nothing in it is ours. */
  g_autoptr(TalkAnswer) https = parse("{\"talk\":\"https://example.com/k3y\",\"body\":\"k3y nonce\"}");
  g_assert_cmpmem(g_bytes_get_data(https->body, NULL), g_bytes_get_size(https->body), "k3y nonce", 9);
}

static void test_broken_lines(void) {
  static const char *const broken[] = {
      "{\"talk\":7}",
      "{\"talk\":\"a\\u001b\"}",
      "{\"talk\":\"x\",\"status\":\"fine\"}",
      "{\"talk\":\"x\",\"status\":7}",
      "{\"talk\":\"x\",\"phase\":\"end\"}",
      "{\"talk\":\"x\",\"server\":\"\\u001b[2J\"}",
      "{\"talk\":\"x\",\"ms\":-1}",
      "{\"talk\":\"x\",\"ms\":\"1\"}",
      "{\"talk\":\"x\",\"ms\":4294967296}",
      "{\"talk\":\"x\",\"at\":\"yesterday\"}",
      "{\"talk\":\"x\",\"lines\":\"< 220\"}",
      "{\"talk\":\"x\",\"lines\":[\"220 no mark\"]}",
      "{\"talk\":\"x\",\"lines\":[\"<\"]}",
      "{\"talk\":\"x\",\"lines\":[\"\"]}",
      "{\"talk\":\"x\",\"lines\":[\"< \\u001b[2J\"]}",
      "{\"talk\":\"x\",\"lines\":[\"< a\\nb\"]}",
      "{\"talk\":\"x\",\"chain\":[\"\\u00e9\"]}",
      "{\"talk\":\"x\",\"chain\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]}",
      "{\"talk\":\"x\",\"verify\":-1}",
      "{\"talk\":\"x\",\"code\":1.5}",
      "{\"talk\":\"x\",\"body\":7}",
      "{\"talk\":\"x\",\"body64\":[]}",
      "{\"talk\":\"x\",\"password\":\"y\"}",
      "{\"talk\":\"x\"",
  };
  for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
    g_autoptr(GError) error = NULL;
    NetRecorded recorded;
    g_test_message("%s", broken[i]);
    g_assert_false(net_recording_parse(broken[i], strlen(broken[i]), "k3y", &recorded, &error));
    g_assert_nonnull(error);
    g_assert_true(text_is_safe(error->message));
    g_assert_null(recorded.talk);
  }
}

/* More lines, longer lines and larger certificates than any talk can have. */
static void test_too_much(void) {
  g_autoptr(GString) many = g_string_new("{\"talk\":\"x\",\"lines\":[\"< 250\"");
  for (guint i = 0; i < TALK_MAX_LINES; i++)
    g_string_append(many, ",\"< 250\"");
  g_string_append(many, "]}");
  g_autofree char *letters = g_strnfill(40000, 'x');
  g_autofree char *line = g_strdup_printf("{\"talk\":\"x\",\"lines\":[\"< %.2000s\"]}", letters);
  g_autofree char *pem = g_strdup_printf("{\"talk\":\"x\",\"chain\":[\"%s\"]}", letters);
  g_autofree char *key = g_strdup_printf("{\"talk\":\"%s\"}", letters);
  const char *const texts[] = {many->str, line, pem, key};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    NetRecorded recorded;
    g_assert_false(net_recording_parse(texts[i], strlen(texts[i]), "k3y", &recorded, NULL));
  }
}

/* --- reading what was said --- */

static TalkAnswer *dialogue(void) {
  return parse(
      "{\"talk\":\"smtp mx1.example.com:25 192.0.2.1 MAIL FROM:<>; RCPT TO:<a@example.com>; RCPT TO:<b@example.com>\","
      "\"lines\":[\"< 220-mx1.example.com\",\"< 220 hello\",\"> EHLO pc.example.net\",\"< 250-mx1.example.com\","
      "\"< 250-SIZE 1000\",\"< 250 STARTTLS\",\"> STARTTLS\",\"< 220 go\",\"> EHLO pc.example.net\","
      "\"< 250-mx1.example.com\",\"< 250\",\"> MAIL FROM:<>\",\"< 250 2.1.0 ok\",\"> RCPT TO:<a@example.com>\","
      "\"< 550-5.1.1 no\",\"< 550 5.1.1 such user\",\"> RCPT TO:<b@example.com>\"]}");
}

static void assert_reply(const TalkAnswer *answer, const char *command, int nth, const char *want) {
  TalkReply reply;
  g_assert_true(talk_find_reply(answer, command, nth, &reply));
  g_autofree char *text = talk_reply_text(answer, &reply);
  g_assert_cmpstr(text, ==, want);
}

static void test_replies(void) {
  g_autoptr(TalkAnswer) answer = dialogue();
  TalkReply reply;
  assert_reply(answer, NULL, 0, "220 mx1.example.com hello");
  assert_reply(answer, "EHLO", 0, "250 mx1.example.com SIZE 1000 STARTTLS");
  assert_reply(answer, "ehlo", 1, "250 mx1.example.com");
  assert_reply(answer, "EHLO", -1, "250 mx1.example.com");
  assert_reply(answer, "RCPT", 0, "550 5.1.1 no 5.1.1 such user");
  g_assert_true(talk_find_reply(answer, "EHLO", 0, &reply));
  g_assert_cmpint(reply.code, ==, 250);
  g_assert_cmpuint(reply.count, ==, 3);
  g_assert_cmpstr(talk_reply_line(answer, &reply, 1), ==, "SIZE 1000");
  g_assert_null(talk_reply_line(answer, &reply, 3));
  g_assert_false(talk_find_reply(answer, "RCPT", 1, &reply)); /* not answered */
  g_assert_false(talk_find_reply(answer, "EHLO", 2, &reply));
  g_assert_false(talk_find_reply(answer, "DATA", 0, &reply));
  g_autoptr(TalkAnswer) nothing = talk_answer_new("smtp mx1.example.com:25", TALK_REFUSED);
  g_assert_false(talk_find_reply(nothing, NULL, 0, &reply));
}

static void test_replies_of_others(void) {
  g_autoptr(TalkAnswer) imap =
      parse("{\"talk\":\"imap imap.example.com:143\",\"lines\":[\"< * OK 250 ready\",\"> A001 CAPABILITY\","
            "\"< * CAPABILITY IMAP4rev1\",\"< A001 OK done\"]}");
  TalkReply reply;
  g_assert_true(talk_find_reply(imap, "capability", 0, &reply));
  g_assert_cmpint(reply.code, ==, 0);
  g_assert_cmpstr(talk_reply_line(imap, &reply, 0), ==, "* CAPABILITY IMAP4rev1");
  g_autoptr(TalkAnswer) garbage =
      parse("{\"talk\":\"smtp mx1.example.com:25\",\"lines\":[\"< 2\",\"< \",\"< 999 x\"]}");
  g_assert_true(talk_find_reply(garbage, NULL, 0, &reply));
  g_assert_cmpint(reply.code, ==, 0);
  g_assert_cmpstr(talk_reply_line(garbage, &reply, 1), ==, "");
}

/* --- the table --- */

static void collect(const char *line, gpointer user) {
  g_ptr_array_add(user, g_strdup(line));
}

static void test_replay(void) {
  static const char *const one[] = {"192.0.2.1", NULL}, *const other[] = {"192.0.2.2", NULL};
  g_autoptr(Net) net = net_replay_new(NULL, NULL);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  g_assert_true(net_preload(
      net, "{\"talk\":\"smtp mx1.example.com:25 192.0.2.1\",\"status\":\"declined\",\"lines\":[\"< 554 no\"]}", NULL));
  net_add_sink(net, collect, lines);
  TalkRequest request = {.scheme = TALK_SMTP, .host = "mx1.example.com", .addresses = one};
  g_autoptr(NetWaiter) waiter = net_waiter_new(net);
  net_set_waiter(net, waiter);
  const TalkAnswer *answer = net_talk(net, &request);
  g_assert_nonnull(answer);
  g_assert_cmpint(answer->status, ==, TALK_DECLINED);
  g_assert_true(net_talk(net, &request) == answer);
  g_assert_null(net_talk_so_far(net, &request));
  g_assert_cmpuint(net_waiter_open(waiter), ==, 0);
  g_assert_cmpuint(net_waiter_length(waiter), ==, 1);
  g_assert_null(net_waiter_answer(waiter, 0)); /* no DNS answer */
  g_autofree char *line = net_waiter_line(waiter, 0);
  g_assert_true(g_str_has_prefix(line, "{\"talk\":\"smtp mx1.example.com:25 192.0.2.1\",\"status\":\"declined\""));
  g_assert_cmpuint(lines->len, ==, 2); /* the header, and the talk once */
  request.addresses = other;
  g_assert_cmpint(net_talk(net, &request)->status, ==, TALK_NOT_RECORDED);
  g_assert_true(talk_is_unknown(TALK_NOT_RECORDED));
  /* A path is not a name: upper and lower case are two. */
  g_assert_true(net_preload(net, "{\"talk\":\"https://example.com/A\",\"code\":200}", NULL));
  TalkRequest https = {.scheme = TALK_HTTPS, .host = "example.com", .path = "/A"};
  g_assert_cmpint(net_talk(net, &https)->code, ==, 200);
  https.path = "/a";
  g_assert_cmpint(net_talk(net, &https)->status, ==, TALK_NOT_RECORDED);
  net_set_waiter(net, NULL);
}

/* In a recording nobody knows the password: any will do. */
static void test_replay_of_a_login(void) {
  g_autoptr(Net) net = net_replay_new(NULL, NULL);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  g_assert_true(
      net_preload(net, "{\"talk\":\"imaps imap.example.com:993 192.0.2.1 login taro\",\"status\":\"denied\"}", NULL));
  net_add_sink(net, collect, lines);
  const TalkRequest request = {.scheme = TALK_IMAPS,
                               .host = "imap.example.com",
                               .addresses = (const char *const[]){"192.0.2.1", NULL},
                               .user = "taro",
                               .password = "hunter2"};
  g_assert_cmpint(net_talk(net, &request)->status, ==, TALK_DENIED);
}

/* Nobody listens at port 1: the quickest live answer there is. */
static void finish(Net *net, const TalkRequest *request) {
  while (net_talk(net, request) == NULL)
    net_turn(net, NULL, 0, 1000);
}

static Net *live(void) {
  const NetOptions options = {.resolver = "127.0.0.1", .timeout_ms = 300};
  g_autoptr(GError) error = NULL;
  Net *net = net_live_new(&options, &error);
  g_assert_no_error(error);
  return net;
}

static void test_secrets_stay(void) {
  static const char *const here[] = {"127.0.0.1", NULL};
  g_autoptr(Net) net = live();
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(NetWaiter) waiter = net_waiter_new(net);
  net_add_sink(net, collect, lines);
  net_set_waiter(net, waiter);
  TalkRequest open = {.scheme = TALK_SMTP, .host = "localhost", .port = 1, .addresses = here};
  TalkRequest secret = open, login = open, nowhere = open;
  secret.secret = TRUE;
  secret.port = 2;
  login.user = "taro";
  login.password = "hunter2";
  nowhere.addresses = NULL;
  nowhere.user = "hanako";
  nowhere.password = "hunter3";
  finish(net, &open);
  g_assert_cmpuint(lines->len, ==, 2);
  finish(net, &secret);
  finish(net, &login);
  finish(net, &nowhere);
  g_assert_cmpint(net_talk(net, &nowhere)->status, ==, TALK_FAILED);
  g_assert_cmpstr(net_talk(net, &nowhere)->key, ==, "smtp localhost:1 login hanako");
  g_assert_cmpstr(net_talk(net, &login)->key, ==, "smtp localhost:1 127.0.0.1 login taro");
  g_assert_cmpuint(lines->len, ==, 2);
  g_assert_cmpuint(net_waiter_length(waiter), ==, 4);
  for (guint i = 1; i < 4; i++)
    g_assert_null(net_waiter_line(waiter, i));
  net_set_waiter(net, NULL);
}

/* No text that came from elsewhere can smuggle a command in. */
static void test_control_characters(void) {
  static const char *const here[] = {"127.0.0.1", NULL};
  static const char *const smuggled[] = {"RCPT TO:<a@example.com>\r\nDATA", NULL}, *const good[] = {"NOOP", NULL};
  const TalkRequest plain = {.scheme = TALK_SMTP, .host = "localhost", .port = 1, .addresses = here, .commands = good};
  TalkRequest requests[] = {plain, plain, plain, plain, plain, plain};
  requests[0].commands = smuggled;
  requests[1].helo = "pc\nNOOP";
  requests[2].host = "local\thost";
  requests[3].path = "/\r\nX: y";
  requests[4].user = "taro\r\nA1 LOGOUT";
  requests[5].user = "taro";
  requests[5].password = "a\nb";
  g_autoptr(Net) net = live();
  for (guint i = 0; i < G_N_ELEMENTS(requests); i++) {
    const TalkAnswer *answer = net_talk(net, &requests[i]);
    g_assert_nonnull(answer);
    g_assert_cmpint(answer->status, ==, TALK_FAILED);
  }
  TalkRequest other = plain; /* the name to greet with is no part of the question */
  other.port = 2;
  g_assert_null(net_talk(net, &other));
}

/* Not waited for: an answer at once, and asked anew by whoever asks next. */
static void test_cancel(void) {
  static const char *const here[] = {"127.0.0.1", NULL};
  g_autoptr(Net) net = live();
  const TalkRequest request = {.scheme = TALK_SMTP, .host = "localhost", .port = 1, .addresses = here};
  g_autoptr(NetWaiter) first = net_waiter_new(net), second = net_waiter_new(net);
  net_set_waiter(net, first);
  g_assert_null(net_talk(net, &request));
  g_assert_nonnull(net_talk_so_far(net, &request));
  net_set_waiter(net, second);
  g_assert_null(net_talk(net, &request));
  g_assert_cmpuint(net_open(net), ==, 1);
  net_waiter_cancel(first);
  net_set_waiter(net, first);
  g_assert_cmpint(net_talk(net, &request)->status, ==, TALK_CANCELLED);
  net_set_waiter(net, second);
  finish(net, &request);
  g_assert_cmpint(net_talk(net, &request)->status, ==, TALK_REFUSED);
  net_waiter_forget(second);
  g_assert_null(net_talk(net, &request)); /* asked anew */
  net_waiter_cancel(second);
  g_assert_cmpuint(net_open(net), ==, 0);
  g_assert_cmpint(net_talk(net, &request)->status, ==, TALK_CANCELLED);
  net_set_waiter(net, NULL);
  g_assert_null(net_talk(net, &request)); /* the net goes away with it */
}

/* A port that takes connections and never says a word. */
static int silent_port(guint16 *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint(listen(fd, 5), ==, 0);
  g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &length), ==, 0);
  *port = ntohs(address.sin_port);
  return fd;
}

/* After the process was stopped, a talk gets its time again. */
static void test_restart(void) {
  static const char *const here[] = {"127.0.0.1", NULL};
  const NetOptions options = {.resolver = "127.0.0.1", .timeout_ms = 50};
  TalkRequest request = {.scheme = TALK_SMTP, .host = "localhost", .addresses = here};
  int fd = silent_port(&request.port);
  g_autoptr(Net) net = net_live_new(&options, NULL);
  gint64 begin = g_get_monotonic_time();
  g_assert_null(net_talk(net, &request));
  while (g_get_monotonic_time() - begin < 200 * 1000)
    net_turn(net, NULL, 0, 20);
  net_restart_deadlines(net);
  finish(net, &request);
  gint64 took = (g_get_monotonic_time() - begin) / 1000;
  g_assert_cmpint(net_talk(net, &request)->status, ==, TALK_TIMEOUT);
  g_assert_cmpint(net_talk(net, &request)->phase, ==, PHASE_GREETING);
  g_assert_cmpint(took, >=, 500);
  g_assert_cmpint(took, <, 3000);
  close(fd);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/talk/keys", test_keys);
  g_test_add_func("/talk/key-of-a-login", test_key_of_a_login);
  g_test_add_func("/talk/short-form", test_short_form);
  g_test_add_func("/talk/round-trip", test_round_trip);
  g_test_add_func("/talk/bodies", test_bodies);
  g_test_add_func("/talk/nonce", test_nonce);
  g_test_add_func("/talk/broken-lines", test_broken_lines);
  g_test_add_func("/talk/too-much", test_too_much);
  g_test_add_func("/talk/replies", test_replies);
  g_test_add_func("/talk/replies-of-others", test_replies_of_others);
  g_test_add_func("/talk/replay", test_replay);
  g_test_add_func("/talk/replay-of-a-login", test_replay_of_a_login);
  g_test_add_func("/talk/secrets-stay", test_secrets_stay);
  g_test_add_func("/talk/control-characters", test_control_characters);
  g_test_add_func("/talk/restart", test_restart);
  g_test_add_func("/talk/cancel", test_cancel);
  return g_test_run();
}
