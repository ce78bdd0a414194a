/* SPF by the sections of RFC 7208: every rule with a record that keeps or breaks it, and in what order things are
 * asked. */
#include "mail/spf.h"
#include "zones.h"

#define V4 "192.0.2.10"
#define V6 "2001:db8::10"
#define FROM "user@example.com"

typedef struct World {
  Net *net;            /* the zone */
  Net *nothing;        /* all other names: they do not exist */
  GHashTable *arrived; /* "NAME TYPE"; NULL: everything is there at once */
  GPtrArray *asked;    /* of char, each question once */
} World;

static World world_new(const char *zone) {
  return (World){.net = zone_net(zone, NULL, NULL),
                 .nothing = net_replay_new(NULL, NULL),
                 .asked = g_ptr_array_new_with_free_func(g_free)};
}

static void world_clear(World *world) {
  net_free(world->net);
  net_free(world->nothing);
  g_ptr_array_unref(world->asked);
}

static const DnsAnswer *look(gpointer user, const char *name, DnsType type) {
  World *world = user;
  g_autofree char *question = g_strdup_printf("%s %s", name, dns_type_word(type));
  if (!g_ptr_array_find_with_equal_func(world->asked, question, g_str_equal, NULL))
    g_ptr_array_add(world->asked, g_strdup(question));
  if (world->arrived != NULL && !g_hash_table_contains(world->arrived, question))
    return NULL;
  const DnsAnswer *answer = net_dns(world->net, name, type);
  if (answer->status != DNS_NOT_RECORDED)
    return answer;
  zone_add(world->nothing, question, "nxdomain", NULL);
  return net_dns(world->nothing, name, type);
}

static SpfVerdict *check(World *world, const char *ip, const char *sender, const char *helo) {
  SpfQuery query = {.sender = sender, .helo = helo, .look = look, .user = world};
  g_assert_true(ip_parse(ip, &query.ip));
  return spf_check(&query);
}

typedef struct Case {
  const char *rule, *zone;
  SpfResult result;
  SpfProblem problem;
  const char *decided;            /* term, or explanation for the cases of those */
  const char *ip, *sender, *helo; /* NULL: V4, FROM, "mail.example.com" */
} Case;

static const Case cases[] = {
    /* --- common mistakes --- */
    {"mistake: a time-out is not \"none\"", "example.com TXT !timeout", .result = SPF_TEMPERROR, SPF_NO_ANSWER,
     .ip = V4},
    {"mistake: SERVFAIL is not \"none\"", "example.com TXT !servfail", .result = SPF_TEMPERROR, SPF_NO_ANSWER,
     .ip = V4},
    {"mistake: REFUSED is not \"none\"", "example.com TXT !refused", .result = SPF_TEMPERROR, SPF_NO_ANSWER, .ip = V4},
    {"mistake: a blank before v=spf1 is no record", "example.com TXT \" v=spf1 -all\"", .result = SPF_NONE,
     SPF_NO_RECORD},
    {"mistake: the strings of a TXT are joined without a blank", "example.com TXT \"v=spf1 ip4:192.0.\" \"2.10 -all\"",
     .result = SPF_PASS, 0, "ip4:192.0.2.10"},
    {"mistake: joined strings may undo the version", "example.com TXT \"v=spf1\" \"mx -all\"", .result = SPF_NONE,
     SPF_NO_RECORD},
    {"mistake: upper-case macros are allowed",
     "example.com TXT v=spf1 exists:%{L}.%{D} -all\nuser.example.com A 127.0.0.2", .result = SPF_PASS, 0,
     "exists:%{L}.%{D}"},
    {"mistake: the hosts of an mx are no terms",
     "example.com TXT v=spf1 mx mx mx mx mx mx mx mx mx mx -all\n"
     "example.com MX 1 a.example.com\nexample.com MX 2 b.example.com\nexample.com MX 3 c.example.com\n"
     "a.example.com A 192.0.2.1\nb.example.com A 192.0.2.2\nc.example.com A 192.0.2.3",
     .result = SPF_FAIL, 0, "-all"},
    {"mistake: mx counts as a term",
     "example.com TXT v=spf1 mx mx mx mx mx mx mx mx mx mx mx -all\nexample.com MX 1 a.example.com\n"
     "a.example.com A 192.0.2.1",
     .result = SPF_PERMERROR, SPF_TOO_MANY_TERMS},
    {"mistake: redirect counts as a term",
     "example.com TXT v=spf1 a a a a a a a a a a redirect=b.example.com\nexample.com A 192.0.2.1\n"
     "b.example.com TXT v=spf1 -all",
     .result = SPF_PERMERROR, SPF_TOO_MANY_TERMS},
    {"mistake: a redirect that is the tenth term is allowed",
     "example.com TXT v=spf1 a a a a a a a a a redirect=b.example.com\nexample.com A 192.0.2.1\n"
     "b.example.com TXT v=spf1 -all",
     .result = SPF_FAIL, 0, "-all"},
    {"mistake: more than one record", "example.com TXT v=spf1 -all\nexample.com TXT v=spf1 +all",
     .result = SPF_PERMERROR, SPF_SEVERAL},
    {"mistake: more than 10 mail servers are a permerror, not cut",
     "example.com TXT v=spf1 mx -all\nexample.com MX 1 a.test\nexample.com MX 2 b.test\nexample.com MX 3 c.test\n"
     "example.com MX 4 d.test\nexample.com MX 5 e.test\nexample.com MX 6 f.test\nexample.com MX 7 g.test\n"
     "example.com MX 8 h.test\nexample.com MX 9 i.test\nexample.com MX 10 j.test\nexample.com MX 11 k.test\n"
     "k.test A 192.0.2.10",
     .result = SPF_PERMERROR, SPF_TOO_MANY_MX},
    {"s4.6.4: the tenth, by preference, is looked at",
     "example.com TXT v=spf1 mx -all\nexample.com MX 11 k.test\nexample.com MX 1 a.test\nexample.com MX 2 b.test\n"
     "example.com MX 3 c.test\nexample.com MX 4 d.test\nexample.com MX 5 e.test\nexample.com MX 6 f.test\n"
     "example.com MX 7 g.test\nexample.com MX 8 h.test\nexample.com MX 9 i.test\nexample.com MX 10 j.test\n"
     "j.test A 192.0.2.10",
     .result = SPF_PASS, 0, "mx"},
    {"mistake: the prefix of IPv6 stands after two slashes",
     "example.com TXT v=spf1 a/24//64 -all\nexample.com AAAA 2001:db8::1\nexample.com A 192.0.2.1", .result = SPF_PASS,
     0, "a/24//64", V6},
    {"mistake: the prefix of IPv4 does not count for IPv6",
     "example.com TXT v=spf1 a/24 -all\nexample.com AAAA 2001:db8::1", .result = SPF_FAIL, 0, "-all", V6},
    {"mistake: the HELO name is judged when MAIL FROM is empty",
     "mail.example.com TXT v=spf1 a -all\nmail.example.com A 192.0.2.10", .result = SPF_PASS, 0, "a", V4, "<>"},
    /* --- s2, s3, s4 --- */
    {"s2.4: empty without brackets", "mail.example.com TXT v=spf1 -all", .result = SPF_FAIL, 0, "-all", V4, ""},
    {"s4.3: a HELO that is no domain", "x TXT v=spf1 -all", .result = SPF_NONE, SPF_BAD_NAME, NULL, V4, "", "x"},
    {"s4.3: an address literal", "x TXT v=spf1 -all", .result = SPF_NONE, SPF_BAD_NAME, NULL, V4, "a@[192.0.2.10]"},
    {"s4.3: an empty label", "x TXT v=spf1 -all", .result = SPF_NONE, SPF_BAD_NAME, NULL, V4, "a@b..example.com"},
    {"s4.3: nothing behind the @", "x TXT v=spf1 -all", .result = SPF_NONE, SPF_BAD_NAME, NULL, V4, "a@"},
    {"s4.3: no local part is postmaster",
     "example.com TXT v=spf1 exists:%{l}.example.com -all\n"
     "postmaster.example.com A 127.0.0.2",
     .result = SPF_PASS, 0, "exists:%{l}.example.com", V4, "@example.com"},
    {"s4.3: the last @ counts", "example.com TXT v=spf1 -all", .result = SPF_FAIL, 0, "-all", V4,
     "\"a@b\"@example.com"},
    {"s4.3: an IDN is asked as A-label", "xn--r8jz45g.example TXT v=spf1 -all", .result = SPF_FAIL, 0, "-all", V4,
     "a@例え.example"},
    {"s4.3: a trailing dot", "example.com TXT v=spf1 -all", .result = SPF_FAIL, 0, "-all", V4, "a@example.com."},
    {"s4.4: the domain does not exist", "x TXT v=spf1 -all", .result = SPF_NONE, SPF_NO_RECORD},
    {"s4.4: no TXT", "example.com A 192.0.2.10", .result = SPF_NONE, SPF_NO_RECORD},
    {"s4.5: nothing behind the version", "example.com TXT v=spf1", .result = SPF_NEUTRAL},
    {"s4.5: another version", "example.com TXT v=spf10 -all", .result = SPF_NONE, SPF_NO_RECORD},
    {"s4.5: any case", "example.com TXT V=SpF1 -ALL", .result = SPF_FAIL, 0, "-ALL"},
    {"s4.5: other TXT may be anything", "example.com TXT \"\\200\\000\"\nexample.com TXT v=spf1 -all",
     .result = SPF_FAIL, 0, "-all"},
    {"s4.6: a mistake behind the match counts", "example.com TXT v=spf1 ip4:192.0.2.10 -all oops",
     .result = SPF_PERMERROR, SPF_BAD_TERM},
    {"s4.6.1: several blanks", "example.com TXT \"v=spf1  ip4:192.0.2.10   -all \"", .result = SPF_PASS, 0,
     "ip4:192.0.2.10"},
    {"s4.6.1: a tab separates nothing", "example.com TXT \"v=spf1 a\\009-all\"", .result = SPF_PERMERROR,
     SPF_BAD_CHARACTER},
    {"s3.1: not ASCII", "example.com TXT \"v=spf1 \\226all\"", .result = SPF_PERMERROR, SPF_BAD_CHARACTER},
    {"s3.1: NUL", "example.com TXT \"v=spf1 a:b.test\\000 -all\"", .result = SPF_PERMERROR, SPF_BAD_CHARACTER},
    {"s4.6.1: unknown modifiers are ignored", "example.com TXT v=spf1 x-y.z_1=a:b/c -all", .result = SPF_FAIL, 0,
     "-all"},
    {"s4.6.1: a modifier without name", "example.com TXT v=spf1 =all", .result = SPF_PERMERROR, SPF_BAD_MODIFIER},
    {"s4.6.1: a modifier that begins with a digit", "example.com TXT v=spf1 1up=x -all", .result = SPF_PERMERROR,
     SPF_BAD_MODIFIER},
    {"s4.6.1: macros of unknown modifiers are checked", "example.com TXT v=spf1 -all x=%a", .result = SPF_PERMERROR,
     SPF_BAD_MACRO},
    {"s4.6.2: neutral", "example.com TXT v=spf1 ?all", .result = SPF_NEUTRAL, 0, "?all"},
    {"s4.6.2: softfail", "example.com TXT v=spf1 ~all", .result = SPF_SOFTFAIL, 0, "~all"},
    {"s4.6.4: the second void look-up is allowed", "example.com TXT v=spf1 a:a.test a:b.test -all", .result = SPF_FAIL,
     0, "-all"},
    {"s4.6.4: the third is not", "example.com TXT v=spf1 a:a.test mx:b.test exists:c.test -all",
     .result = SPF_PERMERROR, SPF_TOO_MANY_VOIDS},
    {"s4.6.4: no void look-up behind the match",
     "example.com TXT v=spf1 a:a.test a:b.test ip4:192.0.2.10 a:c.test -all", .result = SPF_PASS, 0, "ip4:192.0.2.10"},
    {"s4.6.4: a loop of includes", "example.com TXT v=spf1 include:example.com -all", .result = SPF_PERMERROR,
     SPF_TOO_MANY_TERMS},
    {"s4.7: no term matches", "example.com TXT v=spf1 ip4:192.0.2.1", .result = SPF_NEUTRAL},
    /* --- s5: mechanisms --- */
    {"s5.1: all takes nothing", "example.com TXT v=spf1 -all:x", .result = SPF_PERMERROR, SPF_NO_ARGUMENT_HERE},
    {"s5.2: pass", "example.com TXT v=spf1 include:b.test -all\nb.test TXT v=spf1 ip4:192.0.2.0/24", .result = SPF_PASS,
     0, "include:b.test"},
    {"s5.2: fail is no match", "example.com TXT v=spf1 include:b.test ~all\nb.test TXT v=spf1 -all",
     .result = SPF_SOFTFAIL, 0, "~all"},
    {"s5.2: the sign of the include counts", "example.com TXT v=spf1 -include:b.test +all\nb.test TXT v=spf1 +all",
     .result = SPF_FAIL, 0, "-include:b.test"},
    {"s5.2: neutral is no match", "example.com TXT v=spf1 include:b.test\nb.test TXT v=spf1 ?all",
     .result = SPF_NEUTRAL},
    {"s5.2: no record", "example.com TXT v=spf1 include:b.test -all\nb.test A 192.0.2.1", .result = SPF_PERMERROR,
     SPF_INCLUDE_NONE},
    {"s5.2: temperror", "example.com TXT v=spf1 include:b.test -all\nb.test TXT !timeout", .result = SPF_TEMPERROR,
     SPF_NO_ANSWER},
    {"s5.2: permerror", "example.com TXT v=spf1 include:b.test -all\nb.test TXT v=spf1 ip4:x", .result = SPF_PERMERROR,
     SPF_BAD_ADDRESS},
    {"s5.2: needs a domain", "example.com TXT v=spf1 include -all", .result = SPF_PERMERROR, SPF_NO_ARGUMENT},
    {"s5.2: takes no prefix", "example.com TXT v=spf1 include:b.test/24 -all", .result = SPF_PERMERROR, SPF_BAD_DOMAIN},
    {"s5.3: a", "example.com TXT v=spf1 a -all\nexample.com A 192.0.2.1\nexample.com A 192.0.2.10", .result = SPF_PASS,
     0, "a"},
    {"s5.3: of the family of the sender",
     "example.com TXT v=spf1 a -all\nexample.com A 192.0.2.1\n"
     "example.com AAAA 2001:db8::10",
     .result = SPF_PASS, 0, "a", V6},
    {"s5.3: a time-out", "example.com TXT v=spf1 a -all\nexample.com A !timeout", .result = SPF_TEMPERROR,
     SPF_NO_ANSWER},
    {"s5.3: /0 needs an address all the same", "example.com TXT v=spf1 a:b.test/0 -all\nb.test AAAA 2001:db8::1",
     .result = SPF_FAIL, 0, "-all"},
    {"s5.3: an address for a name", "example.com TXT v=spf1 a:192.0.2.10 -all", .result = SPF_PERMERROR,
     SPF_ADDRESS_AS_NAME},
    {"s5.3: a top-level domain alone", "example.com TXT v=spf1 a:museum -all", .result = SPF_PERMERROR, SPF_BAD_DOMAIN},
    {"s5.3: a port", "example.com TXT v=spf1 a:example.com:25 -all", .result = SPF_PERMERROR, SPF_BAD_DOMAIN},
    {"s5.3: nothing behind the colon", "example.com TXT v=spf1 a: -all", .result = SPF_PERMERROR, SPF_NO_ARGUMENT},
    {"s5.3: a slash inside of the name", "example.com TXT v=spf1 a:x/y.b.test/24 -all\nx/y.b.test A 192.0.2.1",
     .result = SPF_PASS, 0, "a:x/y.b.test/24"},
    {"s5.3: a label over 63 octets is as if it did not exist",
     "example.com TXT v=spf1 a:a23456789012345678901234567890123456789012345678901234567890123x.test -all",
     .result = SPF_FAIL, 0, "-all"},
    {"s5.4: mx", "example.com TXT v=spf1 mx -all\nexample.com MX 1 a.test\na.test A 192.0.2.10", .result = SPF_PASS, 0,
     "mx"},
    {"s5.4: no MX, and no address in its place", "example.com TXT v=spf1 mx ?all\nexample.com A 192.0.2.10",
     .result = SPF_NEUTRAL, 0, "?all"},
    {"s5.4: null MX", "example.com TXT v=spf1 mx -all\nexample.com MX 0 .", .result = SPF_FAIL, 0, "-all"},
    {"s5.4: a server that cannot be looked up",
     "example.com TXT v=spf1 mx -all\nexample.com MX 1 a.test\na.test A !servfail", .result = SPF_TEMPERROR,
     SPF_NO_ANSWER},
    {"s5.4: does not matter if another one matches",
     "example.com TXT v=spf1 mx -all\nexample.com MX 1 a.test\n"
     "example.com MX 2 b.test\na.test A !servfail\nb.test A 192.0.2.10",
     .result = SPF_PASS, 0, "mx"},
    {"s5.5: ptr",
     "example.com TXT v=spf1 ptr -all\n10.2.0.192.in-addr.arpa PTR m.Example.com\nm.Example.com A 192.0.2.10",
     .result = SPF_PASS, 0, "ptr"},
    {"s5.5: a name that does not lead back",
     "example.com TXT v=spf1 ptr -all\n10.2.0.192.in-addr.arpa PTR m.example.com\n"
     "m.example.com A 192.0.2.1",
     .result = SPF_FAIL, 0, "-all"},
    {"s5.5: the end of a label",
     "example.com TXT v=spf1 ptr -all\n10.2.0.192.in-addr.arpa PTR badexample.com\n"
     "badexample.com A 192.0.2.10",
     .result = SPF_FAIL, 0, "-all"},
    {"s5.5: IPv6",
     "example.com TXT v=spf1 ptr -all\nm.example.com AAAA 2001:db8::10\n"
     "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR m.example.com",
     .result = SPF_PASS, 0, "ptr", V6},
    {"s5.5: for us an error is no word about the receiver",
     "example.com TXT v=spf1 ptr -all\n"
     "10.2.0.192.in-addr.arpa PTR !servfail",
     .result = SPF_TEMPERROR, SPF_NAME_OF_IP},
    {"s5.5: an error before a match with the same result",
     "example.com TXT v=spf1 ptr ip4:192.0.2.10 -all\n10.2.0.192.in-addr.arpa PTR !timeout", .result = SPF_PASS, 0,
     "ip4:192.0.2.10"},
    {"s5.5: an error before a match with another result",
     "example.com TXT v=spf1 -ptr ip4:192.0.2.10 -all\n10.2.0.192.in-addr.arpa PTR !timeout", .result = SPF_TEMPERROR,
     SPF_NAME_OF_IP},
    {"s5.5: an error in an included record", "example.com TXT v=spf1 include:b.test ip4:192.0.2.10 -all\n"
                                             "b.test TXT v=spf1 -ptr +all\n10.2.0.192.in-addr.arpa PTR !timeout",
     .result = SPF_TEMPERROR, SPF_NAME_OF_IP},
    {"s5.5: an error is no mistake in the record",
     "example.com TXT v=spf1 ptr include:gone.test -all\n10.2.0.192.in-addr.arpa PTR !timeout",
     .result = SPF_TEMPERROR, SPF_NAME_OF_IP},
    {"s5.5: an error that does not matter", "example.com TXT v=spf1 ptr\n10.2.0.192.in-addr.arpa PTR !servfail",
     .result = SPF_NEUTRAL},
    {"s5.6: ip4", "example.com TXT v=spf1 ip4:192.0.2.0/28 -all", .result = SPF_PASS, 0, "ip4:192.0.2.0/28"},
    {"s5.6: ip4, one bit off", "example.com TXT v=spf1 ip4:192.0.2.0/29 -all", .result = SPF_FAIL, 0, "-all"},
    {"s5.6: ip6", "example.com TXT v=spf1 ip6:2001:db8::/32 -all", .result = SPF_PASS, 0, "ip6:2001:db8::/32", V6},
    {"s5.6: parts left out", "example.com TXT v=spf1 ip4:192.0.2 -all", .result = SPF_PERMERROR, SPF_BAD_ADDRESS},
    {"s5.6: a prefix over 32", "example.com TXT v=spf1 ip4:192.0.2.0/33 -all", .result = SPF_PERMERROR, SPF_BAD_LENGTH},
    {"s5.6: a leading zero", "example.com TXT v=spf1 ip4:192.0.2.0/024 -all", .result = SPF_PERMERROR, SPF_BAD_LENGTH},
    {"s5.6: a port", "example.com TXT v=spf1 ip4:192.0.2.10:25 -all", .result = SPF_PERMERROR, SPF_BAD_ADDRESS},
    {"s5.6: IPv6 in ip4", "example.com TXT v=spf1 ip4:2001:db8::1 -all", .result = SPF_PERMERROR, SPF_BAD_ADDRESS},
    {"s5: a mapped address is IPv4", "example.com TXT v=spf1 ip6:::ffff:192.0.2.10 -all", .result = SPF_FAIL, 0, "-all",
     "::ffff:192.0.2.10"},
    {"s5.7: exists", "example.com TXT v=spf1 exists:%{ir}.%{v}.%{d} -all\n10.2.0.192.in-addr.example.com A 127.0.0.2",
     .result = SPF_PASS, 0, "exists:%{ir}.%{v}.%{d}"},
    {"s5.7: A for IPv6 senders too", "example.com TXT v=spf1 exists:b.test -all\nb.test A 127.0.0.2",
     .result = SPF_PASS, 0, "exists:b.test", V6},
    {"s5.7: no prefix", "example.com TXT v=spf1 exists:b.test/24 -all", .result = SPF_PERMERROR, SPF_BAD_DOMAIN},
    /* --- s6: modifiers --- */
    {"s6: twice", "example.com TXT v=spf1 redirect=a.test redirect=b.test", .result = SPF_PERMERROR, SPF_TWICE},
    {"s6.1: redirect", "example.com TXT v=spf1 redirect=b.test\nb.test TXT v=spf1 a -all\nb.test A 192.0.2.10",
     .result = SPF_PASS, 0, "a"},
    {"s6.1: stands anywhere, comes last",
     "example.com TXT v=spf1 redirect=b.test ip4:192.0.2.10\nb.test TXT v=spf1 -all", .result = SPF_PASS, 0,
     "ip4:192.0.2.10"},
    {"s6.1: not beside all", "example.com TXT v=spf1 redirect=b.test ~all", .result = SPF_SOFTFAIL, 0, "~all"},
    {"s6.1: no record", "example.com TXT v=spf1 redirect=b.test", .result = SPF_PERMERROR, SPF_REDIRECT_NONE},
    {"s6.1: empty", "example.com TXT v=spf1 redirect= -all", .result = SPF_PERMERROR, SPF_NO_ARGUMENT},
    {"s6.1: redirect is no mechanism", "example.com TXT v=spf1 redirect:b.test", .result = SPF_PERMERROR, SPF_BAD_TERM},
    /* --- s7: macros --- */
    {"s7.1: a per cent sign alone", "example.com TXT v=spf1 exists:%(i).b.test -all", .result = SPF_PERMERROR,
     SPF_BAD_MACRO},
    {"s7.1: no such letter", "example.com TXT v=spf1 exists:%{a}.b.test -all", .result = SPF_PERMERROR, SPF_BAD_MACRO},
    {"s7.1: c, r, t are for explanations", "example.com TXT v=spf1 exists:%{c}.b.test -all", .result = SPF_PERMERROR,
     SPF_BAD_MACRO},
    {"s7.1: no parts at all", "example.com TXT v=spf1 exists:%{d0}.b.test -all", .result = SPF_PERMERROR,
     SPF_BAD_MACRO},
    {"s7.3: parts, reversed, split",
     "example.com TXT v=spf1 exists:%{l2r-}.b.test -all\ntwo.three.b.test A 127.0.0.2\n"
     "three.two.b.test A !timeout\nb-c.two.b.test A !timeout\nb.a.b.test A 127.0.0.2",
     .result = SPF_PASS, 0, "exists:%{l2r-}.b.test", V4, "a-b-c@example.com"},
    {"s7.2: HELO", "example.com TXT v=spf1 exists:%{h}.b.test -all\nmail.example.com.b.test A 127.0.0.2",
     .result = SPF_PASS, 0, "exists:%{h}.b.test"},
    {"s7.2: without HELO nobody can tell", "example.com TXT v=spf1 exists:%{h}.b.test -all", .result = SPF_TEMPERROR,
     SPF_NEEDS_HELO, NULL, V4, FROM, ""},
    {"s7.2: nor without local part", "example.com TXT v=spf1 exists:%{l}.b.test -all", .result = SPF_TEMPERROR,
     SPF_NEEDS_LOCAL, NULL, V4, "example.com"},
    {"s7.2: a domain alone is enough for most records", "example.com TXT v=spf1 ip4:192.0.2.10 -all",
     .result = SPF_PASS, 0, "ip4:192.0.2.10", V4, "example.com"},
    {"RFC 8616 s4: a local part that is not ASCII matches nothing", "example.com TXT v=spf1 exists:%{l}.b.test -all",
     .result = SPF_FAIL, 0, "-all", V4, "太郎@example.com"},
    {"RFC 8616 s4: nor does an include that needs it",
     "example.com TXT v=spf1 include:%{s}.b.test ip4:192.0.2.10 -all", .result = SPF_PASS, 0, "ip4:192.0.2.10", V4,
     "太郎@example.com"},
    {"s7.3: the dot at the end of a HELO name is no part of it",
     "example.com TXT v=spf1 exists:%{h}.b.test -all\nmail.example.com.b.test A 127.0.0.2", .result = SPF_PASS, 0,
     "exists:%{h}.b.test", V4, FROM, "mail.example.com."},
};

static void test_cases(void) {
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *c = &cases[i];
    World world = world_new(c->zone);
    g_autoptr(SpfVerdict) verdict = check(&world, c->ip != NULL ? c->ip : V4, c->sender != NULL ? c->sender : FROM,
                                          c->helo != NULL ? c->helo : "mail.example.com");
    const SpfStep *step = verdict->decided >= 0 ? g_ptr_array_index(verdict->steps, verdict->decided) : NULL;
    const char *decided = step != NULL && step->outcome == SPF_MATCH ? step->term : NULL;
    if (verdict->result != c->result || verdict->problem != c->problem || g_strcmp0(decided, c->decided) != 0) {
      g_test_message("%s: %s, %s, by %s", c->rule, spf_result_word(verdict->result), spf_problem_word(verdict->problem),
                     decided);
      g_test_fail();
    }
    world_clear(&world);
  }
}

/* --- explanations --- */

static const Case explanations[] = {
    {"s6.2: text", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT See us.", .decided = "See us."},
    {"s6.2: of the record that refuses",
     "example.com TXT v=spf1 exp=e.test redirect=b.test\n"
     "b.test TXT v=spf1 -all exp=f.test\ne.test TXT No\nf.test TXT Yes",
     .decided = "Yes"},
    {"s6.2: not the one of a redirecting record",
     "example.com TXT v=spf1 exp=e.test redirect=b.test\n"
     "b.test TXT v=spf1 -all\ne.test TXT No",
     .decided = NULL},
    {"s6.2: not the one of an included record",
     "example.com TXT v=spf1 include:b.test -all exp=e.test\n"
     "b.test TXT v=spf1 -all exp=f.test\ne.test TXT Yes\nf.test TXT No",
     .decided = "Yes"},
    {"s6.2: two texts are none", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT a\ne.test TXT b", .decided = NULL},
    {"s6.2: a name that does not exist", "example.com TXT v=spf1 -all exp=e.test", .decided = NULL},
    {"s6.2: a broken macro", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT %{x}", .decided = NULL},
    {"s6.2: not ASCII", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT \"\\239\\187\\191Text\"", .decided = NULL},
    {"s6.2: a control", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT \"a\\027[31mb\"", .decided = NULL},
    {"s6.2: is no term", "example.com TXT v=spf1 a:a.test a:b.test -all exp=e.test", .decided = NULL},
    {"s7.2: c, r, v, i", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT %{c} %{r} %{v} %{ir}",
     .decided = "192.0.2.10 unknown in-addr 10.2.0.192"},
    {"s7.2: IPv6", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT %{c} %{v} %{i1}",
     .decided = "2001:db8::10 ip6 0", .ip = V6},
    {"s7.2: p without a name", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT %{p}", .decided = "unknown"},
    {"s7.2: p prefers the domain",
     "example.com TXT v=spf1 -all exp=e.test\ne.test TXT %{p}\n"
     "10.2.0.192.in-addr.arpa PTR o.test\n10.2.0.192.in-addr.arpa PTR m.example.com\no.test A 192.0.2.10\n"
     "m.example.com A 192.0.2.10",
     .decided = "m.example.com"},
    {"s7.3: URL", "example.com TXT v=spf1 -all exp=e.test\ne.test TXT %{S}%%%_%-%{o}",
     .decided = "a%26b~c_d-e.f%40example.com% %20example.com", .sender = "a&b~c_d-e.f@example.com"},
    {"s7.3: the left is cut to 253 octets",
     "example.com TXT v=spf1 -all exp=%{l}%{l}%{l}%{l}%{l}%{l}e.test\n"
     "x234567890123456789012345678901234567890123456789.x234567890123456789012345678901234567890123456789."
     "x234567890123456789012345678901234567890123456789.x234567890123456789012345678901234567890123456789.e.test TXT "
     "Cut",
     .decided = "Cut", .sender = "x234567890123456789012345678901234567890123456789.@example.com"},
};

static void test_explanations(void) {
  for (guint i = 0; i < G_N_ELEMENTS(explanations); i++) {
    const Case *c = &explanations[i];
    World world = world_new(c->zone);
    g_autoptr(SpfVerdict) verdict =
        check(&world, c->ip != NULL ? c->ip : V4, c->sender != NULL ? c->sender : FROM, "mail.example.com");
    if (verdict->result != SPF_FAIL || g_strcmp0(verdict->explanation, c->decided) != 0) {
      g_test_message("%s: %s, \"%s\"", c->rule, spf_result_word(verdict->result), verdict->explanation);
      g_test_fail();
    }
    world_clear(&world);
  }
  World world = world_new("example.com TXT v=spf1 -all exp=e.test\ne.test TXT !timeout");
  g_autoptr(SpfVerdict) verdict = check(&world, V4, FROM, NULL);
  g_assert_cmpint(verdict->result, ==, SPF_FAIL);
  g_assert_true(verdict->explanation_unknown);
  world_clear(&world);
}

/* --- what is counted, and the trace --- */

static const char chain[] =
    "example.com TXT v=spf1 include:a.test include:b.test a:m.test mx -all\nexample.com MX 10 m1.test\n"
    "example.com MX 20 m2.test\na.test TXT v=spf1 include:a1.test include:a2.test ~all\n"
    "b.test TXT v=spf1 exists:%{i}.b.test redirect=b1.test\na1.test TXT v=spf1 ip4:198.51.100.1 ~all\n"
    "a2.test TXT v=spf1 ip4:198.51.100.2 ~all\nb1.test TXT v=spf1 ip4:198.51.100.3 ~all\nm.test A 198.51.100.4\n"
    "m1.test A 198.51.100.5\nm2.test A 198.51.100.6\n192.0.2.10.b.test A !nxdomain";

static void test_counts(void) {
  World world = world_new(chain);
  g_autoptr(SpfVerdict) verdict = check(&world, V4, FROM, NULL);
  g_assert_cmpint(verdict->result, ==, SPF_FAIL);
  g_assert_cmpuint(verdict->terms, ==, 8);
  g_assert_cmpuint(verdict->voids, ==, 1);
  g_autoptr(SpfVerdict) early = check(&world, "198.51.100.2", FROM, NULL);
  g_assert_cmpint(early->result, ==, SPF_PASS);
  g_assert_cmpuint(early->terms, ==, 3); /* those behind the match do not count */
  g_assert_cmpuint(early->voids, ==, 0);
  const SpfStep *inner = g_ptr_array_index(early->steps, early->inner);
  g_assert_cmpstr(inner->domain, ==, "a2.test");
  g_assert_cmpstr(inner->term, ==, "ip4:198.51.100.2");
  g_assert_cmpuint(inner->depth, ==, 2);
  world_clear(&world);
}

/* --- asking ahead --- */

/* Rounds of look-ups, each of which brings everything asked for in the one before. */
static guint count_rounds(World *world, SpfVerdict **verdict) {
  guint rounds = 0;
  world->arrived = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (;; rounds++) {
    *verdict = check(world, V4, FROM, "mail.example.com");
    if ((*verdict)->result != SPF_PENDING)
      break;
    g_assert_cmpuint(rounds, <, 20);
    spf_verdict_free(*verdict);
    for (guint i = 0; i < world->asked->len; i++)
      g_hash_table_add(world->arrived, g_strdup(g_ptr_array_index(world->asked, i)));
  }
  g_clear_pointer(&world->arrived, g_hash_table_unref);
  return rounds;
}

static void test_rounds(void) {
  static const struct {
    const char *zone;
    guint rounds, questions;
  } rounds[] = {
      {"example.com TXT v=spf1 ip4:192.0.2.10 include:a.test -all", 1, 1}, /* nothing that is not needed */
      {chain, 3, 11},
      {"example.com TXT v=spf1 exists:%{p}.b.test -all\n10.2.0.192.in-addr.arpa PTR m.test\nm.test A 192.0.2.10", 4, 4},
      {"example.com TXT v=spf1 a -all exp=e.test\nexample.com A 192.0.2.1\ne.test TXT No", 2, 3},
      {"example.com TXT v=spf1 a all a:never.test\nexample.com A 192.0.2.1", 2, 2},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rounds); i++) {
    World world = world_new(rounds[i].zone);
    g_autoptr(SpfVerdict) verdict = NULL;
    g_test_message("%u", i);
    g_assert_cmpuint(count_rounds(&world, &verdict), ==, rounds[i].rounds);
    g_assert_cmpuint(world.asked->len, ==, rounds[i].questions);
    world_clear(&world);
  }
}

/* One answer at a time, in any order: the verdict is the same. */
static void test_order(void) {
  static const char *const ips[] = {V4, "198.51.100.3", "198.51.100.6"};
  for (guint seed = 0; seed < 60; seed++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    World world = world_new(chain);
    const char *ip = ips[seed % G_N_ELEMENTS(ips)];
    g_autoptr(SpfVerdict) want = check(&world, ip, FROM, NULL), got = NULL;
    g_ptr_array_set_size(world.asked, 0);
    world.arrived = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while ((got = check(&world, ip, FROM, NULL))->result == SPF_PENDING) {
      g_autoptr(GPtrArray) open = g_ptr_array_new();
      for (guint i = 0; i < world.asked->len; i++)
        if (!g_hash_table_contains(world.arrived, g_ptr_array_index(world.asked, i)))
          g_ptr_array_add(open, g_ptr_array_index(world.asked, i));
      g_assert_cmpuint(open->len, >, 0);
      g_hash_table_add(world.arrived,
                       g_strdup(g_ptr_array_index(open, (guint)g_rand_int_range(rand, 0, (gint32)open->len))));
      g_clear_pointer(&got, spf_verdict_free);
    }
    g_assert_cmpint(got->result, ==, want->result);
    g_assert_cmpuint(got->terms, ==, want->terms);
    g_assert_cmpuint(got->voids, ==, want->voids);
    g_assert_cmpint(got->decided, ==, want->decided);
    g_hash_table_unref(world.arrived);
    world_clear(&world);
  }
}

/* A record made to let us ask: no more than its ten terms. */
static void test_hostile(void) {
  g_autoptr(GString) zone = g_string_new("example.com TXT v=spf1");
  for (guint i = 0; i < 500; i++)
    g_string_append_printf(zone, " a:h%u.test include:i%u.test", i, i);
  g_string_append(zone, " -all");
  World world = world_new(zone->str);
  g_autoptr(SpfVerdict) verdict = NULL;
  count_rounds(&world, &verdict);
  g_assert_cmpint(verdict->result, ==, SPF_PERMERROR);
  g_assert_cmpuint(world.asked->len, <=, 1 + SPF_MAX_TERMS);
  world_clear(&world);

  g_autoptr(GString) big = g_string_new("example.com TXT v=spf1 exists:");
  for (guint i = 0; i < 3000; i++)
    g_string_append(big, "%{S}");
  World grown = world_new(big->str);
  g_autofree char *sender = g_strnfill(2000, '&');
  g_autofree char *from = g_strconcat(sender, "@example.com", NULL);
  g_autoptr(SpfVerdict) cut = check(&grown, V4, from, NULL);
  g_assert_cmpint(cut->result, ==, SPF_NEUTRAL);
  world_clear(&grown);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/spf/rules", test_cases);
  g_test_add_func("/spf/explanations", test_explanations);
  g_test_add_func("/spf/counts", test_counts);
  g_test_add_func("/spf/rounds", test_rounds);
  g_test_add_func("/spf/order", test_order);
  g_test_add_func("/spf/hostile", test_hostile);
  return g_test_run();
}
