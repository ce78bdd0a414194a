/* The small readers that bounces are read with, each over a table. */
#include "mail/bounce_report.h"
#include "mail/bounce_words.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/fields.h"
#include "mail/html.h"
#include "mail/notice.h"
#include "mail/received.h"
#include "mail/scan.h"

#include <glib.h>
#include <string.h>

typedef struct Pair {
  const char *in, *out;
} Pair;

static void test_ip(void) {
  static const Pair pairs[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"host mx[192.0.2.1] said", "192.0.2.1"},
      {"[IPv6:2001:db8::1]", "2001:db8::1"},
      {"from 2001:db8::25.", "2001:db8::25"},
      {"(2001:db8:0:1::17) by", "2001:db8:0:1::17"},
      {"IP=192.0.2.254 - no", "192.0.2.254"},
      {"https://list.example/q/192.0.2.7", "192.0.2.7"},
      {"?ip=192.0.2.7&x", "192.0.2.7"},
      {"smtp:192.0.2.7", "192.0.2.7"},
      {"ends 192.0.2.7.", "192.0.2.7"},
      {"192.0.2.7:25", "192.0.2.7"},
      {"::ffff:192.0.2.7", "::ffff:192.0.2.7"},
      {"300.0.2.1 then 192.0.2.1", "192.0.2.1"},
      {"1.2.3", NULL},
      {"version 1.2.3.4", NULL},
      {"Server id 8.2.222.2;", NULL},
      {"192.0.2.1.list.example.org", NULL},
      {"ip-192.0.2.1.example", NULL},
      {"x192.0.2.1", NULL},
      {"1.2.3.4.5", NULL},
      {"12:34:56", NULL},
      {"::", NULL},
      {"a::b::c", NULL},
      {"bad:beef", NULL},
      {"", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    gsize start = 0, end = 0;
    g_autofree char *got = scan_ip(pairs[i].in, &start, &end) ? g_strndup(pairs[i].in + start, end - start) : NULL;
    g_test_message("%s", pairs[i].in);
    g_assert_cmpstr(got, ==, pairs[i].out);
  }
}

static void test_mailbox(void) {
  static const Pair pairs[] = {
      {"taro@example.com", "taro@example.com"},
      {"<taro@example.com>:", "taro@example.com"},
      {"to taro@example.com.", "taro@example.com"},
      {"RCPT TO:<taro@example.com>", "taro@example.com"},
      {"rfc822;taro@example.com", "taro@example.com"},
      {"'taro@example.com'", "taro@example.com"},
      {"rcpt=taro@example.com", "taro@example.com"},
      {"taro+x=y@example.com", "taro+x=y@example.com"},
      {"<kijitora@server>", "kijitora@server"},
      {"taro@[192.0.2.1]", "taro@[192.0.2.1]"},
      {"<\"a b\"@example.com>", "\"a b\"@example.com"},
      {"taro..x.@docomo.ne.jp", "taro..x.@docomo.ne.jp"},
      {"IMCEAEX-_O=EXAMPLE_cn=x@example.org", "IMCEAEX-_O=EXAMPLE_cn=x@example.org"},
      {"\xE5\xAE\x9B\xE5\x85\x88taro@example.com\xE3\x81\xAB", "taro@example.com"},
      {"<\xE5\xA4\xAA\xE9\x83\x8E@example.com>", "\xE5\xA4\xAA\xE9\x83\x8E@example.com"},
      {"to \xE5\xA4\xAA\xE9\x83\x8E@\xE4\xBE\x8B.example now", "\xE5\xA4\xAA\xE9\x83\x8E@\xE4\xBE\x8B.example"},
      {"name (taro@example.com)<mailto:jiro@example.com>", "taro@example.com"},
      {"@relay.example:taro@example.com", "taro@example.com"},
      {"taro@server", NULL},
      {"taro@", NULL},
      {"@example.com", NULL},
      {"taro @ example.com", NULL},
      {"\"unclosed@", NULL},
      {"@@@@", NULL},
      {"", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    gsize start = 0, end = 0;
    g_autofree char *got = scan_mailbox(pairs[i].in, &start, &end) ? g_strndup(pairs[i].in + start, end - start) : NULL;
    g_test_message("%s", pairs[i].in);
    g_assert_cmpstr(got, ==, pairs[i].out);
  }
}

static void test_host(void) {
  static const Pair pairs[] = {
      {"mx.example.com[192", "mx.example.com"},
      {"mx.example.com. x", "mx.example.com"},
      {"a_b.example.com", "a_b.example.com"},
      {"localhost", ""},
      {"192.0.2.1", ""},
      {"a@b.example", ""},
      {"a.b@example", ""},
      {"", ""},
      {".x.y", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    g_autofree char *got = g_strndup(pairs[i].in, scan_host(pairs[i].in));
    g_assert_cmpstr(got, ==, pairs[i].out);
  }
}

typedef struct Hop {
  const char *value, *helo, *name, *ip, *by;
} Hop;

static void test_received(void) {
  static const Hop hops[] = {
      {"from pc1 (c33.isp.example [192.0.2.33]) by mail.example.org (Postfix) with ESMTPSA id 4X; Tue, 4 Mar 2025",
       "pc1", "c33.isp.example", "192.0.2.33", "mail.example.org"},
      {"from [10.1.1.1] (unknown [192.0.2.33]) by mail.example.org; Tue", "[10.1.1.1]", NULL, "192.0.2.33",
       "mail.example.org"},
      {"from pc1 (pc1.example.org [192.0.2.112] (may be forged)) by gw.example.org (8.17.1/8.17.1) with SMTP id 52A;",
       "pc1", "pc1.example.org", "192.0.2.112", "gw.example.org"},
      {"from dsl-5.isp.example ([203.0.113.5] helo=alicepc) by smtp.example.org with esmtpsa (TLS1.3) (Exim 4.96) id "
       "1t",
       "alicepc", "dsl-5.isp.example", "203.0.113.5", "smtp.example.org"},
      {"from [192.0.2.135] (port=51704 helo=[10.0.0.3]) by smtp12.example.net with esmtpa (envelope-from "
       "<a@b.example>)",
       "[10.0.0.3]", NULL, "192.0.2.135", "smtp12.example.net"},
      {"from unknown (HELO laptop) (198.51.100.4) by q.example.org with SMTP; 14 Mar 2025", "laptop", NULL,
       "198.51.100.4", "q.example.org"},
      {"from EX01.example.org (192.0.2.199) by EX02.example.org (192.0.2.200) with Microsoft SMTP Server id "
       "15.1.2507.44; Thu",
       "EX01.example.org", NULL, "192.0.2.199", "EX02.example.org"},
      {"from [IPv6:2001:db8::5] (h.example [IPv6:2001:db8::5]) by mx.example.org; Thu", "[IPv6:2001:db8::5]",
       "h.example", "2001:db8::5", "mx.example.org"},
      {"by mail.example.org (Postfix, from userid 33) id 8FB; Thu, 29 Apr 2025", NULL, NULL, NULL, "mail.example.org"},
      {"(qmail 2211 invoked by uid 0); 14 Mar 2025", NULL, NULL, NULL, NULL},
      {"from unknown ([198.51.100.4]) by q.example.org with SMTP; 14 Mar 2025", NULL, NULL, "198.51.100.4",
       "q.example.org"},
      {"from Unknown (198.51.100.4) by q.example.org", NULL, NULL, "198.51.100.4", "q.example.org"},
      {"from unknown.example.com (198.51.100.4) by q.example.org", "unknown.example.com", NULL, "198.51.100.4",
       "q.example.org"},
      {"from mail.example.org", "mail.example.org", NULL, NULL, NULL},
      {"", NULL, NULL, NULL, NULL},
      {"from", NULL, NULL, NULL, NULL},
      {"from ((((((", NULL, NULL, NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(hops); i++) {
    g_test_message("%s", hops[i].value);
    g_autoptr(Received) received = received_parse(hops[i].value);
    g_assert_cmpstr(received->helo, ==, hops[i].helo);
    g_assert_cmpstr(received->name, ==, hops[i].name);
    g_assert_cmpstr(received->ip, ==, hops[i].ip);
    g_assert_cmpstr(received->by, ==, hops[i].by);
  }
  g_assert_true(received_ip_is_public("192.0.2.1"));
  g_assert_true(received_ip_is_public("2001:db8::1"));
  g_assert_true(received_ip_is_public("8.8.8.8"));
  static const char *const private[] = {"10.1.2.3",   "192.168.1.1", "127.0.0.1", "::1", "fe80::1",
                                        "100.64.0.1", "169.254.1.1", "x",         ""};
  for (guint i = 0; i < G_N_ELEMENTS(private); i++)
    g_assert_false(received_ip_is_public(private[i]));
}

static void test_encoded_words(void) {
  static const Pair pairs[] = {
      {"plain", "plain"},
      {"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\xC3\xBC\xC3\x9F"
                                      "e"},
      {"=?utf-8?B?44OQ44Km44Oz44K544Oh44O844Or44Gu44OG44K544OIKOaXpQ==?= =?utf-8?B?5pys6KqeKQ==?=",
       "\xE3\x83\x90\xE3\x82\xA6\xE3\x83\xB3\xE3\x82\xB9\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB\xE3\x81\xAE\xE3\x83\x86"
       "\xE3\x82\xB9\xE3\x83\x88(\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E)"},
      /* one character cut in two */
      {"=?utf-8?B?5pc=?= =?utf-8?B?pQ==?=", "\xE6\x97\xA5"},
      {"Re: =?iso-8859-1?q?caf=E9_au?= lait", "Re: caf\xC3\xA9 au lait"},
      {"=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "\xE6\x97\xA5\xE6\x9C\xAC"},
      {"=?Shift_JIS?B?k/qWew==?=", "\xE6\x97\xA5\xE6\x9C\xAC"},
      /* Shift_JIS that says it is ISO-2022-JP */
      {"=?ISO-2022-JP?B?k/qWe4LN?=", "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF"},
      {"=?utf-8*de?Q?gut?=", "gut"},
      {"=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
      {"=?utf-8?Q?a?==?iso-8859-1?Q?b?=", "ab"},
      {"=?nonsense", "=?nonsense"},
      {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
      {"=?utf-8?B?!!!?=", ""},
      {"=?x-none?Q?abc?=", "abc"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    g_autofree char *got = encoded_word_decode(pairs[i].in);
    g_test_message("%s", pairs[i].in);
    g_assert_cmpstr(got, ==, pairs[i].out);
  }
}

typedef struct Charset {
  const char *bytes, *declared, *text;
} Charset;

static void test_charset(void) {
  static const Charset cases[] = {
      {"abc", NULL, "abc"},
      {"\xE6\x97\xA5", NULL, "\xE6\x97\xA5"},
      {"\xE6\x97\xA5", "us-ascii", "\xE6\x97\xA5"},
      {"\xE6\x97\xA5", "no-such-charset", "\xE6\x97\xA5"},
      {"\x93\xFA\x96\x7B\x82\xCD", "shift_jis", "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF"},
      {"\x93\xFA\x96\x7B\x82\xCD", NULL, "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF"},
      {"\xC6\xFC\xCB\xDC\xA4\xCF", "euc-jp", "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF"},
      {"\xC6\xFC\xCB\xDC\xA4\xCF", NULL, "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF"},
      {"\x1B$BF|K\\$O\x1B(B ok", "iso-2022-jp", "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF ok"},
      {"\x1B$BF|K\\$O\x1B(B ok", NULL, "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x81\xAF ok"},
      {"\x1B$B-!\x1B(B", "iso-2022-jp", "\xE2\x91\xA0"},     /* circled one, of the vendors */
      {"\x1B(I1\x1B(B", "iso-2022-jp", "\xEF\xBD\xB1"},      /* half-width kana */
      {"\x1B$BF|\nabc", "iso-2022-jp", "\xE6\x97\xA5\nabc"}, /* a lost escape */
      {"\x87\x40", "shift_jis", "\xE2\x91\xA0"},
      {"caf\xE9", "iso-8859-1", "caf\xC3\xA9"},
      {"caf\xE9", NULL, "caf\xC3\xA9"},
      {"\x93quoted\x94", "iso-8859-1", "\xE2\x80\x9Cquoted\xE2\x80\x9D"},
      {"\xD0\xD2\xC9", "koi8-r", "\xD0\xBF\xD1\x80\xD0\xB8"},
      {"", "utf-16", ""},
      {"\xE6\x97\xA5 \xFF", "utf-8", "\xE6\x97\xA5 \xEF\xBF\xBD"},
      {"\xE6\x97\xA5\xE6\x9C", NULL, "\xE6\x97\xA5\xEF\xBF\xBD\xEF\xBF\xBD"}, /* cut off */
      {"配信できませんで caf\xE9!", NULL, "配信できませんで caf\xEF\xBF\xBD!"},
      {"\xE9t\xE9 caf\xC3\xA9", "utf-8", "\xC3\xA9t\xC3\xA9 caf\xC3\x83\xC2\xA9"}, /* more bad than good */
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = charset_to_utf8(cases[i].bytes, strlen(cases[i].bytes), cases[i].declared);
    g_assert_cmpstr(got, ==, cases[i].text);
  }
  g_autofree char *nul = charset_to_utf8("a\0b", 3, NULL);
  g_assert_cmpstr(nul, ==, "a b");
  g_autofree char *broken = charset_to_utf8("\x81", 1, "shift_jis");
  g_assert_true(g_utf8_validate(broken, -1, NULL));
}

static void test_html(void) {
  static const Pair pairs[] = {
      {"<p>one</p><p>two</p>", "\none\n\ntwo\n"},
      {"a<br>b &lt;taro@example.com&gt; &amp; &#39;x&#39; &#x3042;&nbsp;.",
       "a\nb <taro@example.com> & 'x' \xE3\x81\x82 ."},
      {"<script>550 5.1.1</script>x<style>y</style>z", "xz"},
      {"<taro@example.com>: unknown", "<taro@example.com>: unknown"},
      {"a < b & c &bogus; &#0; &#xFFFFFFFF;", "a < b & c &bogus; &#0; &#xFFFFFFFF;"},
      {"<!-- 550 --> t", " t"},
      {"<pre>a\n b</pre>c\nd", "\na\n b\n\nc d"},
      {"<div>a</div><div>b</div><div><br></div><div>c</div>", "a\nb\n\nc"},
      {"<p class=x>a</p>\n<p class=x>b</p>\n<p class=x><o:p>&nbsp;</o:p></p><p>c</p>", "a\nb\n\nc"},
      {"<table><tr><td>Status:</td><td>5.1.1</td></tr></table>x", "Status:\n5.1.1\n\nx"},
      {"<b", ""},
      {"<script>", ""},
      {"", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    g_autofree char *got = html_to_text(pairs[i].in);
    g_test_message("%s", pairs[i].in);
    g_autofree char *want = g_strdup(pairs[i].out);
    g_assert_cmpstr(g_strstrip(got), ==, g_strstrip(want));
  }
}

static void test_fields(void) {
  const char *end = NULL;
  static const char text[] =
      "Status: 5.1.1\nDiagnostic-Code: smtp;\n 550 no\n\tuser\nSpaced : x\nEmpty:\nhttps://x\nnever: read\n";
  g_autoptr(GPtrArray) fields = fields_parse(text, &end);
  g_assert_cmpuint(fields->len, ==, 4);
  g_assert_cmpstr(fields_get(fields, "STATUS"), ==, "5.1.1");
  g_assert_cmpstr(fields_get(fields, "diagnostic-code"), ==, "smtp; 550 no user");
  g_assert_cmpstr(fields_get(fields, "spaced"), ==, "x");
  g_assert_cmpstr(fields_get(fields, "empty"), ==, "");
  g_assert_null(fields_get(fields, "never"));
  g_assert_true(g_str_has_prefix(end, "https"));
  g_assert_null(fields_get(NULL, "x"));
  g_assert_cmpuint(fields_name_length("From: x"), ==, 4);
  g_assert_cmpuint(fields_name_length("From x"), ==, 0);
  g_assert_cmpuint(fields_name_length(": x"), ==, 0);
}

typedef struct Words {
  const char *words, *reply, *status, *command, *mta, *ip, *said;
} Words;

static void test_words(void) {
  static const Words cases[] = {
      {"host mx.example.com[192.0.2.25] said: 550 5.1.1 <a@b.example>: no (in reply to RCPT TO command)", "550",
       "5.1.1", "RCPT", "mx.example.com", "192.0.2.25", "550 5.1.1 <a@b.example>: no"},
      {"192.0.2.77 does not like recipient. Remote host said: 550 sorry (#5.1.1) Giving up on 192.0.2.77.", "550",
       "5.1.1", "RCPT", NULL, "192.0.2.77", "550 sorry (#5.1.1)"},
      {"(reason: 550 5.1.1 User unknown)", "550", "5.1.1", NULL, NULL, NULL, "550 5.1.1 User unknown"},
      {"Remote Server returned '554 5.2.2 mailbox full; <[x]>'", "554", "5.2.2", NULL, NULL, NULL,
       "554 5.2.2 mailbox full; <[x]>"},
      {"mx.example.com Remote Server returned '550 5.7.1 no'", "550", "5.7.1", NULL, "mx.example.com", NULL,
       "550 5.7.1 no"},
      {"554 <a@b.example>... 550 Host unknown", "550", NULL, NULL, NULL, NULL, "550 Host unknown"},
      {"554 4.4.7 Message expired: unable to deliver.<421 4.4.2 Connection timed out>", "421", "4.4.2", "CONN", NULL,
       NULL, "421 4.4.2 Connection timed out"},
      {"SMTP error from remote mail server after end of data: host mx.example.com [192.0.2.1]: 554 5.7.0 Header error",
       "554", "5.7.0", "DATA", "mx.example.com", "192.0.2.1", "554 5.7.0 Header error"},
      {"connect to mx.example.com[192.0.2.1]:25: Connection timed out", NULL, NULL, "CONN", "mx.example.com",
       "192.0.2.1", "connect to mx.example.com[192.0.2.1]:25: Connection timed out"},
      {"550-5.7.1 first 550-5.7.1 second 550 5.7.1 third", "550", "5.7.1", NULL, NULL, NULL,
       "550-5.7.1 first second third"},
      {"550 5.7.1 Client host [192.0.2.9] blocked", "550", "5.7.1", NULL, NULL, NULL,
       "550 5.7.1 Client host [192.0.2.9] blocked"},
      {"Postfix 3.5.1 on 10.5.1.1 has 550 bytes", NULL, NULL, NULL, NULL, NULL,
       "Postfix 3.5.1 on 10.5.1.1 has 550 bytes"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].words);
    BounceRecipient *recipient = bounce_recipient_new();
    bounce_words_read(recipient, cases[i].words);
    g_assert_cmpstr(recipient->reply, ==, cases[i].reply);
    g_assert_cmpstr(recipient->status, ==, cases[i].status);
    g_assert_cmpstr(recipient->command, ==, cases[i].command);
    g_assert_cmpstr(recipient->remote_mta, ==, cases[i].mta);
    g_assert_cmpstr(recipient->remote_ip, ==, cases[i].ip);
    g_assert_cmpstr(recipient->diagnostic, ==, cases[i].said);
    bounce_recipient_free(recipient);
  }
}

typedef struct Listing {
  const char *words, *list, *ip;
} Listing;

static void test_lists(void) {
  static const Listing cases[] = {
      {"554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example.org", "bl.example.org",
       "192.0.2.10"},
      {"550 blocked by zen.spamhaus.org", "zen.spamhaus.org", NULL},
      {"554 5.7.1 rejected because 192.0.2.10 is in a black list at list.example.net", "list.example.net",
       "192.0.2.10"},
      {"550 Your IP 192.0.2.10 is listed at https://check.example.net/x?ip=192.0.2.10", "check.example.net",
       "192.0.2.10"},
      {"550 5.7.1 Mail from 192.0.2.10 refused, see https://www.spamhaus.org/query/ip/192.0.2.10", "www.spamhaus.org",
       "192.0.2.10"},
      {"550 rejected, Barracuda Reputation: spamcop says no", "spamcop", NULL},
      {"550 5.7.606 Access denied, banned sending IP [192.0.2.10].", NULL, "192.0.2.10"},
      {"550 5.7.1 rejected, private address 10.1.1.1", NULL, NULL},
      {"550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", NULL, NULL},
      {"550 5.7.1 Message rejected by mail.example.com policy", NULL, NULL},
      {"452 4.2.2 mailbox of 192.0.2.1 is full", NULL, NULL},
      {"450 4.4.316 connection refused [LastAttemptedIP=192.0.2.10:25]", NULL, NULL},
      {"550 rejected by 192.0.2.99: 192.0.2.10 is not welcome", NULL, "192.0.2.10"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].words);
    g_autofree char *list = NULL, *ip = NULL;
    const BounceRecipient recipient = {.diagnostic = (char *)cases[i].words, .remote_ip = "192.0.2.99"};
    bounce_words_list(&recipient, &list, &ip);
    g_assert_cmpstr(list, ==, cases[i].list);
    g_assert_cmpstr(ip, ==, cases[i].ip);
  }
}

static void test_report_address(void) {
  static const Pair pairs[] = {
      {"rfc822; taro@example.com", "taro@example.com"},
      {"RFC822;<taro@example.com>", "taro@example.com"},
      {"rfc/822; taro@example.com (Taro)", "taro@example.com"},
      {"taro@example.com", "taro@example.com"},
      {"rfc822;taro+2Btag@example.com", "taro+tag@example.com"},
      {"rfc822;taro+41@example.com", "taro+41@example.com"},
      {"utf-8; \\x{592A}\\x{90CE}@example.com", "\xE5\xA4\xAA\xE9\x83\x8E@example.com"},
      {"utf-8; a\\x{}b\\x{zz}\\x{110000}\\x{1B}@example.com", "a\\x{}b\\x{zz}\\x{110000}\\x{1B}@example.com"},
      {"rfc822;\"a b\"@example.com", "\"a b\"@example.com"},
      {"rfc822;@relay.example:taro@server", "@relay.example:taro@server"},
      {"rfc822;", NULL},
      {"", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    g_autofree char *got = bounce_report_address(pairs[i].in);
    g_assert_cmpstr(got, ==, pairs[i].out);
  }
}

static void test_notice(void) {
  static const char text[] =
      "Delivery failed.\n\n<taro@example.com>: 550 no\n\n----- Original message -----\n\nReceived: from a by b;\n"
      " Tue\nFrom: a@example.org\nSubject: hi\n\n550 body\n";
  g_autoptr(Notice) notice = notice_new(text);
  g_assert_cmpuint(notice->n_lines, ==, 3);
  g_assert_true(notice->copy);
  g_assert_cmpstr(fields_get(notice->original, "Subject"), ==, "hi");
  g_autoptr(Notice) quoted = notice_new("> one\n>> two\n>>> RCPT TO:<x@y.example>\n");
  g_assert_cmpstr(quoted->lines[0], ==, "one");
  g_assert_cmpstr(quoted->lines[1], ==, "two");
  g_assert_cmpstr(quoted->lines[2], ==, ">>> RCPT TO:<x@y.example>");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounce-parts/ip", test_ip);
  g_test_add_func("/bounce-parts/mailbox", test_mailbox);
  g_test_add_func("/bounce-parts/host", test_host);
  g_test_add_func("/bounce-parts/received", test_received);
  g_test_add_func("/bounce-parts/encoded-words", test_encoded_words);
  g_test_add_func("/bounce-parts/charset", test_charset);
  g_test_add_func("/bounce-parts/html", test_html);
  g_test_add_func("/bounce-parts/fields", test_fields);
  g_test_add_func("/bounce-parts/words", test_words);
  g_test_add_func("/bounce-parts/lists", test_lists);
  g_test_add_func("/bounce-parts/report-address", test_report_address);
  g_test_add_func("/bounce-parts/notice", test_notice);
  return g_test_run();
}
