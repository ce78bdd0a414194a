/* A table of addresses: what is wrong with each, where, and what was probably meant. */
#include "mail/address.h"

#include <glib.h>
#include <string.h>

#define L10 "aaaaaaaaaa"
#define L60 L10 L10 L10 L10 L10 L10
#define LABEL60 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Marks a row whose `cleaned` is the input itself. */
#define SAME "="

typedef struct Row {
  const char *input;
  AddressReason reason;
  guint position;
  gunichar character;
  const char *cleaned; /* SAME, NULL: none */
} Row;

static const Row rows[] = {
    /* plain ones */
    {"taro@example.com", ADDRESS_OK, 0, 0, SAME},
    {"Taro.Yamada@Example.COM", ADDRESS_OK, 0, 0, SAME},
    {"a@example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro+tag@example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro-yamada_1@mail.example.co.jp", ADDRESS_OK, 0, 0, SAME},
    {"!#$%&'*+-/=?^_`{|}~@example.com", ADDRESS_OK, 0, 0, SAME},
    {"customer/department=shipping@example.com", ADDRESS_OK, 0, 0, SAME},
    {"o'brien@example.com", ADDRESS_OK, 0, 0, SAME},
    {"'taro@example.com", ADDRESS_OK, 0, 0, SAME},
    {"0123456789@example.com", ADDRESS_OK, 0, 0, SAME},
    {"-taro@example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro@r3--sn-abc.example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro@123.example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro@example.xn--q9jyb4c", ADDRESS_OK, 0, 0, SAME},
    {"a.b.c.d.e@a.b.c.d.example.com", ADDRESS_OK, 0, 0, SAME},
    {"IMCEAEX-_O=EXAMPLE_OU=X_CN=TARO@example.com", ADDRESS_OK, 0, 0, SAME},
    {L60 "aaaa@example.com", ADDRESS_OK, 0, 0, SAME},
    /* quoted local parts */
    {"\"taro yamada\"@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\"taro@home\"@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\"taro\\\"x\"@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\"taro..x\"@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\"\"@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\"taro@example.com", ADDRESS_FORBIDDEN, 1, '"', "taro@example.com"},
    {"\"taro\"x@example.com", ADDRESS_FORBIDDEN, 7, 'x', NULL},
    {"taro\"x\"@example.com", ADDRESS_FORBIDDEN, 5, '"', NULL},
    {"\"taro\".x@example.com", ADDRESS_FORBIDDEN, 7, '.', NULL},
    {"\"taro\tx\"@example.com", ADDRESS_SPACE, 6, '\t', "\"taro x\"@example.com"},
    {"\"taro\x01x\"@example.com", ADDRESS_CONTROL, 6, 1, NULL},
    {"\"taro@example.com\"", ADDRESS_NO_AT, 0, 0, "taro@example.com"},
    {"\"taro\\", ADDRESS_NO_AT, 0, 0, NULL},
    {"\"@\\", ADDRESS_FORBIDDEN, 1, '"', NULL},
    /* no characters that anybody can rely on */
    {"\xCC\x80taro@example.com", ADDRESS_FORBIDDEN, 1, 0x300, NULL},
    {"taro\xCC\x80@example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro\xEE\x98\xBE@example.com", ADDRESS_FORBIDDEN, 5, 0xE63E, NULL},
    /* literals */
    {"taro@[192.0.2.1]", ADDRESS_OK, 0, 0, SAME},
    {"taro@[IPv6:2001:db8::1]", ADDRESS_OK, 0, 0, SAME},
    {"taro@[ipv6:2001:DB8::1]", ADDRESS_OK, 0, 0, SAME},
    {"taro@[192.0.2.256]", ADDRESS_LITERAL, 0, 0, NULL},
    {"taro@[192.0.2]", ADDRESS_LITERAL, 0, 0, NULL},
    {"taro@[2001:db8::1]", ADDRESS_LITERAL, 0, 0, NULL},
    {"taro@[IPv6:2001:db8::1", ADDRESS_LITERAL, 0, 0, NULL},
    {"taro@[]", ADDRESS_LITERAL, 0, 0, NULL},
    {"taro@[", ADDRESS_LITERAL, 0, 0, NULL},
    {"taro@[192.0.2.1]x", ADDRESS_LITERAL, 17, 'x', NULL},
    {"taro@192.0.2.1", ADDRESS_LITERAL, 0, 0, NULL},
    {"<taro@[192.0.2.1]>,", ADDRESS_FORBIDDEN, 1, '<', "taro@[192.0.2.1]"},
    /* empty, no sign, two signs */
    {"", ADDRESS_EMPTY, 0, 0, NULL},
    {"   ", ADDRESS_EMPTY, 0, 0, NULL},
    {"\xE3\x80\x80", ADDRESS_EMPTY, 0, 0, NULL},
    {"taro", ADDRESS_NO_AT, 0, 0, NULL},
    {"taro.example.com", ADDRESS_NO_AT, 0, 0, NULL},
    {"taro yamada", ADDRESS_NO_AT, 0, 0, NULL},
    {"\xE5\xB1\xB1\xE7\x94\xB0", ADDRESS_NO_AT, 0, 0, NULL},
    {"@", ADDRESS_LOCAL_EMPTY, 1, '@', NULL},
    {"@example.com", ADDRESS_LOCAL_EMPTY, 1, '@', NULL},
    {"taro@", ADDRESS_DOMAIN_EMPTY, 0, 0, NULL},
    {"taro@@example.com", ADDRESS_TWO_AT, 6, '@', NULL},
    {"taro@home@example.com", ADDRESS_TWO_AT, 10, '@', NULL},
    {"a@example.com,b@example.com", ADDRESS_FORBIDDEN, 14, ',', NULL},
    {"a@example.com;b@example.com", ADDRESS_FORBIDDEN, 14, ';', NULL},
    {"a@example.com b@example.com", ADDRESS_SPACE, 14, ' ', NULL},
    /* blanks */
    {" taro@example.com", ADDRESS_SPACE, 1, ' ', "taro@example.com"},
    {"taro@example.com ", ADDRESS_SPACE, 17, ' ', "taro@example.com"},
    {"\ttaro@example.com\r\n", ADDRESS_SPACE, 1, '\t', "taro@example.com"},
    {"taro @example.com", ADDRESS_SPACE, 5, ' ', "taro@example.com"},
    {"taro@ example.com", ADDRESS_SPACE, 6, ' ', "taro@example.com"},
    {"taro@example. com", ADDRESS_SPACE, 14, ' ', "taro@example.com"},
    {"taro . yamada@example.com", ADDRESS_SPACE, 5, ' ', "taro.yamada@example.com"},
    {"taro yamada@example.com", ADDRESS_SPACE, 5, ' ', NULL},
    {"taro@exam ple.com", ADDRESS_SPACE, 10, ' ', "taro@example.com"},
    {"taro\xE3\x80\x80@example.com", ADDRESS_SPACE, 5, 0x3000, "taro@example.com"},
    {"\xE3\x80\x80taro@example.com\xE3\x80\x80", ADDRESS_SPACE, 1, 0x3000, "taro@example.com"},
    {"taro@example.com\xC2\xA0", ADDRESS_SPACE, 17, 0xA0, "taro@example.com"},
    {"\xC2\xA0taro@example.com", ADDRESS_SPACE, 1, 0xA0, "taro@example.com"},
    {"taro@example.com\xE2\x80\x83", ADDRESS_SPACE, 17, 0x2003, "taro@example.com"},
    {"taro@example.com\xE2\x80\xA8", ADDRESS_SPACE, 17, 0x2028, "taro@example.com"},
    /* full width */
    {"taro\xEF\xBC\xA0"
     "example.com",
     ADDRESS_FULLWIDTH, 5, 0xFF20, "taro@example.com"},
    {"taro@example\xEF\xBC\x8E"
     "com",
     ADDRESS_FULLWIDTH, 13, 0xFF0E, "taro@example.com"},
    {"taro@example\xE3\x80\x82"
     "com",
     ADDRESS_FULLWIDTH, 13, 0x3002, "taro@example.com"},
    {"taro@example\xEF\xBD\xA1"
     "com",
     ADDRESS_FULLWIDTH, 13, 0xFF61, "taro@example.com"},
    {"\xEF\xBD\x94\xEF\xBD\x81\xEF\xBD\x92\xEF\xBD\x8F@example.com", ADDRESS_FULLWIDTH, 1, 0xFF54, "taro@example.com"},
    {"taro@example.com\xEF\xBC\x8C", ADDRESS_FULLWIDTH, 17, 0xFF0C, "taro@example.com"},
    {"taro@example.com\xE3\x80\x82", ADDRESS_FULLWIDTH, 17, 0x3002, "taro@example.com"},
    {"taro@example.com\xE3\x80\x81", ADDRESS_DOMAIN_IDN, 17, 0x3001, "taro@example.com"},
    {"\xEF\xBC\x9Ctaro@example.com\xEF\xBC\x9E", ADDRESS_FULLWIDTH, 1, 0xFF1C, "taro@example.com"},
    {"taro\xEF\xBC\xBFyamada@example.com", ADDRESS_FULLWIDTH, 5, 0xFF3F, "taro_yamada@example.com"},
    {"taro@\xEF\xBD\x85xample.com", ADDRESS_FULLWIDTH, 6, 0xFF45, "taro@example.com"},
    /* invisible */
    {"taro\xE2\x80\x8B@example.com", ADDRESS_INVISIBLE, 5, 0x200B, "taro@example.com"},
    {"\xEF\xBB\xBFtaro@example.com", ADDRESS_INVISIBLE, 1, 0xFEFF, "taro@example.com"},
    {"\xE2\x80\xAAtaro@example.com\xE2\x80\xAC", ADDRESS_INVISIBLE, 1, 0x202A, "taro@example.com"},
    {"taro@exam\xC2\xADple.com", ADDRESS_INVISIBLE, 10, 0xAD, "taro@example.com"},
    {"taro@example.com\xE2\x80\xAE", ADDRESS_INVISIBLE, 17, 0x202E, "taro@example.com"},
    {"taro@example.com\xE2\x81\xA0", ADDRESS_INVISIBLE, 17, 0x2060, "taro@example.com"},
    {"t\xF3\xA0\x81\xA1"
     "aro@example.com",
     ADDRESS_INVISIBLE, 2, 0xE0061, "taro@example.com"},
    {"taro@example.com\xE3\x85\xA4", ADDRESS_INVISIBLE, 17, 0x3164, "taro@example.com"},
    /* controls, broken UTF-8 */
    {"ta\x1bro@example.com", ADDRESS_CONTROL, 3, 0x1B, NULL},
    {"\x1b]0;x\x07taro@example.com", ADDRESS_CONTROL, 1, 0x1B, NULL},
    {"taro@exam\x7fple.com", ADDRESS_CONTROL, 10, 0x7F, NULL},
    {"taro\xC2\x9B@example.com", ADDRESS_CONTROL, 5, 0x9B, NULL},
    {"taro\xFF@example.com", ADDRESS_BAD_UTF8, 5, 0, NULL},
    {"\x91\xBE\x98Y@example.com", ADDRESS_BAD_UTF8, 1, 0, NULL},
    {"\xE5\xA4\xAA\xE9\x83\x8E\xE9@example.com", ADDRESS_BAD_UTF8, 3, 0, NULL},
    {"taro@example.com\xC0\x80", ADDRESS_BAD_UTF8, 17, 0, NULL},
    {"\xED\xA0\x80@example.com", ADDRESS_BAD_UTF8, 1, 0, NULL},
    {"taro\xEF\xBF\xBF@example.com", ADDRESS_FORBIDDEN, 5, 0xFFFF, NULL},
    /* forbidden, wrapping */
    {"<taro@example.com>", ADDRESS_FORBIDDEN, 1, '<', "taro@example.com"},
    {"Taro Yamada <taro@example.com>", ADDRESS_SPACE, 5, ' ', "taro@example.com"},
    {"\"Yamada, Taro\" <taro@example.com>", ADDRESS_SPACE, 15, ' ', "taro@example.com"},
    {"\xE5\xB1\xB1\xE7\x94\xB0<taro@example.com>", ADDRESS_FORBIDDEN, 3, '<', "taro@example.com"},
    {"<x> <taro@example.com>", ADDRESS_FORBIDDEN, 1, '<', "taro@example.com"},
    {"taro@example.com <taro@example.com>", ADDRESS_SPACE, 17, ' ', "taro@example.com"},
    {"mailto:taro@example.com", ADDRESS_FORBIDDEN, 7, ':', "taro@example.com"},
    {"MAILTO:taro@example.com?subject=hi", ADDRESS_FORBIDDEN, 7, ':', "taro@example.com"},
    {"[mailto:taro@example.com]", ADDRESS_FORBIDDEN, 1, '[', "taro@example.com"},
    {"To: taro@example.com", ADDRESS_FORBIDDEN, 3, ':', "taro@example.com"},
    {"SMTP:taro@example.com", ADDRESS_FORBIDDEN, 5, ':', "taro@example.com"},
    {"taro@example.com,", ADDRESS_FORBIDDEN, 17, ',', "taro@example.com"},
    {"taro@example.com;", ADDRESS_FORBIDDEN, 17, ';', "taro@example.com"},
    {"taro@example.com>", ADDRESS_FORBIDDEN, 17, '>', "taro@example.com"},
    {"(taro@example.com)", ADDRESS_FORBIDDEN, 1, '(', "taro@example.com"},
    {"'taro@example.com'", ADDRESS_FORBIDDEN, 18, '\'', "taro@example.com"},
    {"'", ADDRESS_NO_AT, 0, 0, NULL},
    {"'@'", ADDRESS_FORBIDDEN, 3, '\'', NULL},
    {"\xE3\x80\x8Ctaro@example.com\xE3\x80\x8D", ADDRESS_DOMAIN_IDN, 18, 0x300D, "taro@example.com"},
    {"\xE2\x80\x9Ctaro@example.com\xE2\x80\x9D", ADDRESS_DOMAIN_IDN, 18, 0x201D, "taro@example.com"},
    {"ta,ro@example.com", ADDRESS_FORBIDDEN, 3, ',', NULL},
    {"ta\\ro@example.com", ADDRESS_FORBIDDEN, 3, '\\', NULL},
    {"taro(home)@example.com", ADDRESS_FORBIDDEN, 5, '(', NULL},
    {"taro@exam!ple.com", ADDRESS_FORBIDDEN, 10, '!', NULL},
    {"taro@example.com/x", ADDRESS_FORBIDDEN, 17, '/', NULL},
    {"taro@example,com", ADDRESS_FORBIDDEN, 13, ',', NULL},
    {"@relay.example:taro@example.com", ADDRESS_LOCAL_EMPTY, 1, '@', NULL},
    {"<>", ADDRESS_NO_AT, 0, 0, NULL},
    {"<@>", ADDRESS_FORBIDDEN, 1, '<', NULL},
    {"<<<<<<@@@>>>>>", ADDRESS_FORBIDDEN, 1, '<', NULL},
    {"$(id)@example.com", ADDRESS_FORBIDDEN, 2, '(', NULL},
    {"`id`@example.com", ADDRESS_OK, 0, 0, SAME},
    {"%n%n%s@example.com", ADDRESS_OK, 0, 0, SAME},
    {"{fact}@example.com", ADDRESS_OK, 0, 0, SAME},
    /* dots in the local part */
    {".taro@example.com", ADDRESS_DOT_PLACE, 1, '.', NULL},
    {"taro.@example.com", ADDRESS_DOT_PLACE, 5, '.', NULL},
    {"ta..ro@example.com", ADDRESS_DOT_PLACE, 4, '.', NULL},
    {".@example.com", ADDRESS_DOT_PLACE, 1, '.', NULL},
    {"taro..@docomo.ne.jp", ADDRESS_OK, 0, 0, SAME},
    {"ta..ro@docomo.ne.jp", ADDRESS_OK, 0, 0, SAME},
    {"a.@docomo.ne.jp", ADDRESS_OK, 0, 0, SAME},
    {".taro@ezweb.ne.jp", ADDRESS_OK, 0, 0, SAME},
    {"taro...x.@biz.ezweb.ne.jp", ADDRESS_OK, 0, 0, SAME},
    {"taro.@AU.com", ADDRESS_OK, 0, 0, SAME},
    {"taro.@notau.com", ADDRESS_DOT_PLACE, 5, '.', NULL},
    {"taro..x@softbank.ne.jp", ADDRESS_DOT_PLACE, 6, '.', NULL},
    {"taro.@k.vodafone.ne.jp", ADDRESS_DOT_PLACE, 5, '.', NULL},
    {" taro..@docomo.ne.jp", ADDRESS_SPACE, 1, ' ', "taro..@docomo.ne.jp"},
    /* lengths */
    {L60 "aaaaa@example.com", ADDRESS_LOCAL_TOO_LONG, 0, 0, NULL},
    {"taro@" LABEL60 "bbb.example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro@" LABEL60 "bbbb.example.com", ADDRESS_DOMAIN_LABEL, 6, 'b', NULL},
    {"taro@" LABEL60 "." LABEL60 "." LABEL60 "." LABEL60 ".example.com", ADDRESS_TOO_LONG, 0, 0, NULL},
    {L60 "@" LABEL60 "." LABEL60 "." LABEL60 ".example.com", ADDRESS_TOO_LONG, 0, 0, NULL},
    /* domains */
    {"taro@localhost", ADDRESS_DOMAIN_NO_DOT, 0, 0, NULL},
    {"taro@example", ADDRESS_DOMAIN_NO_DOT, 0, 0, NULL},
    {"taro@example.com.", ADDRESS_DOMAIN_LABEL, 17, '.', "taro@example.com"},
    {"taro@.example.com", ADDRESS_DOMAIN_LABEL, 6, '.', NULL},
    {"taro@example..com", ADDRESS_DOMAIN_LABEL, 14, '.', NULL},
    {"taro@-example.com", ADDRESS_DOMAIN_LABEL, 6, '-', NULL},
    {"taro@example-.com", ADDRESS_DOMAIN_LABEL, 13, '-', NULL},
    {"taro@exam_ple.com", ADDRESS_DOMAIN_LABEL, 10, '_', NULL},
    {"taro@_.\xE4\xBE\x8B.example", ADDRESS_DOMAIN_LABEL, 6, '_', NULL},
    {"taro@example.123", ADDRESS_DOMAIN_LABEL, 0, 0, NULL},
    {"taro@.", ADDRESS_DOMAIN_LABEL, 6, '.', NULL},
    /* internationalised */
    {"taro@\xE4\xBE\x8B\xE3\x81\x88.\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88", ADDRESS_OK, 0, 0, SAME},
    {"taro@B\xC3\xBC"
     "cher.example",
     ADDRESS_OK, 0, 0, SAME},
    {"taro@fa\xC3\x9F.example", ADDRESS_OK, 0, 0, SAME},
    {"taro@xn--bcher-kva.example", ADDRESS_OK, 0, 0, SAME},
    {"\xE5\xA4\xAA\xE9\x83\x8E@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\xE5\xA4\xAA\xE9\x83\x8E@\xE4\xBE\x8B\xE3\x81\x88.\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88", ADDRESS_OK, 0, 0, SAME},
    {"j\xC3\xB6rg.m@example.com", ADDRESS_OK, 0, 0, SAME},
    {"\"\xE5\xA4\xAA \xE9\x83\x8E\"@example.com", ADDRESS_OK, 0, 0, SAME},
    {"taro@\xE2\x9D\xA4.example", ADDRESS_DOMAIN_IDN, 6, 0x2764, NULL},
    {"taro@a\xE2\x82\xAC.example", ADDRESS_DOMAIN_IDN, 7, 0x20AC, NULL},
    {"taro@xn--.example", ADDRESS_DOMAIN_LABEL, 9, '-', NULL},
    {"taro@xn--99999999.example", ADDRESS_DOMAIN_IDN, 6, 'x', NULL},
    {"taro@xn--a\xE4\xBE\x8B.example", ADDRESS_DOMAIN_IDN, 6, 'x', NULL},
};

static void test_table(void) {
  g_assert_cmpuint(G_N_ELEMENTS(rows), >=, 120);
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    const Row *row = &rows[i];
    g_test_message("%s", row->input);
    g_autoptr(Address) address = address_parse(row->input);
    g_assert_cmpstr(address_reason_word(address->reason), ==, address_reason_word(row->reason));
    g_assert_cmpuint(address->position, ==, row->position);
    g_assert_cmphex(address->character, ==, row->character);
    gboolean same = g_strcmp0(row->cleaned, SAME) == 0;
    g_assert_cmpstr(address->cleaned, ==, same ? row->input : row->cleaned);
    g_assert_true((address->local != NULL) == (address->cleaned != NULL));
    g_assert_true((address->domain != NULL) == (address->cleaned != NULL));
    /* Only an underscore leaves something that the DNS can hold. */
    g_assert_true((address->dns_name != NULL) == (address->character == '_' && address->reason == ADDRESS_DOMAIN_LABEL));
    if (!address->cleaned)
      continue;
    /* What was cleaned is valid, and cleaning it again changes nothing. */
    g_autoptr(Address) again = address_parse(address->cleaned);
    g_assert_cmpint(again->reason, ==, ADDRESS_OK);
    g_assert_cmpstr(again->local, ==, address->local);
    g_assert_cmpstr(again->domain, ==, address->domain);
  }
}

typedef struct Parts {
  const char *input, *local, *domain, *unicode;
  gboolean smtputf8, carrier, literal;
} Parts;

static const Parts parts[] = {
    {"Taro@Example.COM", "Taro", "example.com", NULL, FALSE, FALSE, FALSE},
    {"\"a b\"@example.com", "\"a b\"", "example.com", NULL, FALSE, FALSE, FALSE},
    {"taro@[192.0.2.1]", "taro", "[192.0.2.1]", NULL, FALSE, FALSE, TRUE},
    {"taro@[ipv6:2001:DB8::1]", "taro", "[IPv6:2001:db8::1]", NULL, FALSE, FALSE, TRUE},
    {"taro..@docomo.ne.jp", "taro..", "docomo.ne.jp", NULL, FALSE, TRUE, FALSE},
    {"taro@docomo.ne.jp", "taro", "docomo.ne.jp", NULL, FALSE, FALSE, FALSE},
    {"taro@B\xC3\xBC"
     "cher.example",
     "taro", "xn--bcher-kva.example",
     "b\xC3\xBC"
     "cher.example",
     FALSE, FALSE, FALSE},
    {"taro@xn--bcher-kva.example", "taro", "xn--bcher-kva.example",
     "b\xC3\xBC"
     "cher.example",
     FALSE, FALSE, FALSE},
    /* IDNA2008 non-transitional: sharp s stays itself. */
    {"taro@fa\xC3\x9F.example", "taro", "xn--fa-hia.example", "fa\xC3\x9F.example", FALSE, FALSE, FALSE},
    /* RFC 6531: the local part is never punycode. */
    {"\xE5\xA4\xAA\xE9\x83\x8E@\xE4\xBE\x8B\xE3\x81\x88.example", "\xE5\xA4\xAA\xE9\x83\x8E", "xn--r8jz45g.example",
     "\xE4\xBE\x8B\xE3\x81\x88.example", TRUE, FALSE, FALSE},
    {"xn--abc@example.com", "xn--abc", "example.com", NULL, FALSE, FALSE, FALSE},
    {"<Taro@EXAMPLE.com>", "Taro", "example.com", NULL, FALSE, FALSE, FALSE},
};

static void test_parts(void) {
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_test_message("%s", parts[i].input);
    g_autoptr(Address) address = address_parse(parts[i].input);
    g_assert_cmpstr(address->local, ==, parts[i].local);
    g_assert_cmpstr(address->domain, ==, parts[i].domain);
    g_assert_cmpstr(address->domain_unicode, ==, parts[i].unicode);
    g_assert_true(address->needs_smtputf8 == parts[i].smtputf8);
    g_assert_true(address->carrier_form == parts[i].carrier);
    g_assert_true(address->literal == parts[i].literal);
  }
}

static void test_long(void) {
  g_autofree char *huge = g_strnfill(5000000, '@');
  g_autoptr(Address) address = address_parse(huge);
  g_assert_cmpint(address->reason, ==, ADDRESS_TOO_LONG);
  g_assert_null(address->cleaned);
}

static void test_bytes(void) {
  /* Every pair of bytes in the middle: no crash, and a reason that has a word. */
  char text[] = "ta??ro@exa??mple.com";
  for (int a = 1; a < 256; a++) {
    for (int b = 1; b < 256; b += 3) {
      text[2] = text[10] = (char)a;
      text[3] = text[11] = (char)b;
      g_autoptr(Address) address = address_parse(text);
      g_assert_nonnull(address_reason_word(address->reason));
    }
  }
}

static void test_domains(void) {
  static const char *const good[][2] = {
      {"Example.COM", "example.com"},
      {"example.com.", "example.com"},
      {"localhost", "localhost"},
      {"\xE4\xBE\x8B\xE3\x81\x88.\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88", "xn--r8jz45g.xn--zckzah"},
      {"\xEF\xBD\x85xample\xE3\x80\x82"
       "com",
       "example.com"},
      {"xn--r8jz45g.example", "xn--r8jz45g.example"},
  };
  static const char *const bad[] = {
      "",     ".",          "..",          "exam ple.com", "192.0.2.1", "taro@example.com",
      "a..b", "-a.example", "a_b.example", "example.com/", "\xFF",      "a\x1b.example"};
  for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autofree char *ascii = domain_to_ascii(good[i][0]);
    g_assert_cmpstr(ascii, ==, good[i][1]);
  }
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *ascii = domain_to_ascii(bad[i]);
    g_assert_cmpstr(ascii, ==, NULL);
  }
  g_autofree char *unicode = domain_to_unicode("xn--r8jz45g.example");
  g_assert_cmpstr(unicode, ==, "\xE4\xBE\x8B\xE3\x81\x88.example");
  g_autofree char *plain = domain_to_unicode("example.com");
  g_assert_cmpstr(plain, ==, "example.com");
  g_autofree char *broken = domain_to_unicode("xn--99999999.example");
  g_assert_cmpstr(broken, ==, "xn--99999999.example");
}

static void test_describe(void) {
  static const struct {
    gunichar c;
    const char *words;
  } table[] = {
      {0xFF0C, "full-width comma (U+FF0C)"},
      {' ', "blank (U+0020)"},
      {0x3000, "full-width blank (U+3000)"},
      {0x200B, "zero-width blank (U+200B)"},
      {0x1B, "control character (U+001B)"},
      {'!', "character \"!\" (U+0021)"},
      {0xFF21, "full-width character \"\xEF\xBC\xA1\" (U+FF21)"},
      {0x206A, "invisible character (U+206A)"},
      {0x2003, "white space (U+2003)"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autofree char *words = character_describe(table[i].c);
    g_assert_cmpstr(words, ==, table[i].words);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/address/table", test_table);
  g_test_add_func("/address/parts", test_parts);
  g_test_add_func("/address/long", test_long);
  g_test_add_func("/address/bytes", test_bytes);
  g_test_add_func("/address/domains", test_domains);
  g_test_add_func("/address/describe", test_describe);
  return g_test_run();
}
