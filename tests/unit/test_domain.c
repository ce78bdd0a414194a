/* Registrations: which name is registered (rdap.yaml), IANA's list (RFC 9224), registries' answers (RFC 9083, RFC 8056), and
 * the probe over recordings. */
#include "faults.h"

#include "base/json_tree.h"
#include "base/paths.h"
#include "mail/rdap.h"
#include "mail/registry.h"

#include <glib/gstdio.h>

/* --- names --- */

static void test_names(void) {
  static const struct {
    const char *domain, *registered;
  } cases[] = {
      {"example.com", "example.com"},
      {"mail.example.com", "example.com"},
      {"a.b.c.example.org", "example.org"},
      {"co.example.com", "example.com"},
      {"example.co.uk", "example.co.uk"},
      {"mail.example.co.uk", "example.co.uk"},
      {"mail.example.uk", "example.uk"},
      {"mail.example.co.jp", "example.co.jp"},
      {"mail.example.jp", "example.jp"},
      {"co.jp", NULL},
      {"com", NULL},
      {"mail.co.example.jp", "example.jp"},
      {"mail.example.xn--p1ai", "example.xn--p1ai"},
      {"com.example.info", "example.info"},
  };
  g_autoptr(Diags) diags = diags_new();
  g_autofree char *path = paths_knowledge("rdap.yaml");
  g_autoptr(Registries) registries = registries_load(path, diags);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].domain);
    g_assert_cmpstr(registries_domain(registries, cases[i].domain), ==, cases[i].registered);
  }
  g_assert_true(registries_is_special(registries, "test"));
  g_assert_true(registries_is_special(registries, "example"));
  g_assert_false(registries_is_special(registries, "com"));
  g_assert_true(registries_is_special(registries, "mail.example.test"));
  g_assert_true(registries_is_special(registries, "mail.example.com")); /* RFC 2606 s3 */
  g_assert_true(registries_is_special(registries, "example.co.jp"));
  g_assert_false(registries_is_special(registries, "my-example.com"));
  g_assert_cmpstr(registries_server(registries, "net"), ==, "https://rdap.verisign.com/net/v1/");
  g_assert_null(registries_server(registries, "jp"));
  g_assert_cmpstr(registries_page(registries, "jp"), ==, "https://whois.jprs.jp/");
  g_assert_cmpstr(registries_page(registries, "de"), ==, "https://www.iana.org/whois");
}

/* A broken entry is left out, with its place. */
static void test_knowledge(void) {
  static const char text[] = "format: 1\nregistries:\n  - {tlds: aa}\n  - {tlds: bb, server: \"http://x/\"}\n"
                             "  - {tlds: cc, server: \"https://x\"}\n  - {tlds: DD ee, server: \"https://x/\", serve: 1}\n";
  g_autofree char *path = g_build_filename(g_get_tmp_dir(), "whybounce-registries.yaml", NULL);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_autoptr(Diags) diags = diags_new();
  g_autoptr(Registries) registries = registries_load(path, diags);
  g_remove(path);
  g_assert_cmpuint(diags_length(diags), ==, 4);
  g_assert_cmpint(diags_get(diags, 0)->line, ==, 3);
  g_assert_null(registries_server(registries, "bb"));
  g_assert_null(registries_server(registries, "cc"));
  g_assert_cmpstr(registries_server(registries, "dd"), ==, "https://x/");
  g_assert_cmpstr(registries_server(registries, "ee"), ==, "https://x/");
  g_assert_null(registries_page(registries, "zz"));
}

/* --- trees --- */

static void test_trees(void) {
  static const char text[] = "{\"a\":[1,\"x\",null,true,{\"b\":\"y\"},2.5],\"a2\":{},\"a\":[\"last\"],\"n\":\"\xe3\x81\x82\"}";
  g_autoptr(JsonTree) tree = json_tree_parse(text, strlen(text), NULL);
  g_assert_nonnull(tree);
  g_assert_cmpuint(json_tree_length(json_tree_get(tree, "a")), ==, 1);
  g_assert_true(json_tree_has_text(json_tree_get(tree, "a"), "last"));
  g_assert_cmpstr(json_tree_get_text(tree, "n"), ==, "\xe3\x81\x82");
  g_assert_null(json_tree_get(NULL, "x"));
  g_assert_null(json_tree_item(json_tree_get(tree, "a"), 1));
  g_assert_null(json_tree_get_text(tree, "a2"));
  static const char list[] = "[1,\"x\",null,true,{\"b\":\"y\"},2.5]";
  g_autoptr(JsonTree) mixed = json_tree_parse(list, strlen(list), NULL);
  g_assert_cmpint(json_tree_item(mixed, 0)->number, ==, 1);
  g_assert_cmpint(json_tree_item(mixed, 2)->kind, ==, JSON_TREE_NULL);
  g_assert_cmpint(json_tree_item(mixed, 3)->kind, ==, JSON_TREE_TRUTH);
  g_assert_cmpstr(json_tree_get_text(json_tree_item(mixed, 4), "b"), ==, "y");
  g_assert_cmpint(json_tree_item(mixed, 5)->number, ==, 2);
}

static void assert_no_tree(const char *text, gsize length) {
  g_autoptr(GError) error = NULL;
  g_assert_null(json_tree_parse(text, length, &error));
  g_assert_nonnull(error);
}

static void test_hostile_trees(void) {
  g_autofree char *deep = g_strnfill(100000, '[');
  g_autoptr(GString) wide = g_string_new("[0");
  for (guint i = 0; i < JSON_TREE_MAX_NODES; i++)
    g_string_append(wide, ",0");
  g_string_append_c(wide, ']');
  assert_no_tree(deep, 100000);
  assert_no_tree(wide->str, wide->len);
  assert_no_tree("", 0);
  assert_no_tree("{", 1);
  assert_no_tree("[\"\0\"]", 5);
  assert_no_tree("[\"\xff\"]", 5);
  assert_no_tree("<html>", 6);
}

/* --- registries' answers --- */

static const struct {
  const char *rule, *statuses;
  RdapState state;
} state_cases[] = {
    {"RFC 8056 s2 nothing special", "'active','client transfer prohibited'", RDAP_REGISTERED},
    {"RFC 8056 s2 clientHold", "'client hold'", RDAP_ON_HOLD},
    {"RFC 8056 s2 serverHold", "'server hold'", RDAP_ON_HOLD},
    {"RFC 8056 s2 in EPP's words", "'clientHold'", RDAP_ON_HOLD},
    {"RFC 8056 s2 redemptionPeriod", "'redemption period','client hold'", RDAP_REDEMPTION},
    {"RFC 8056 s2 pendingRestore", "'pending restore'", RDAP_REDEMPTION},
    {"RFC 8056 s2 pendingDelete is the gravest", "'redemption period','pending delete'", RDAP_PENDING_DELETE},
    {"RFC 8056 s2 inactive", "'inactive'", RDAP_INACTIVE},
    {"RFC 9083 s4.6 no status", "", RDAP_REGISTERED},
    {"RFC 9083 s4.6 not a text", "5,null", RDAP_REGISTERED},
};

/* ' stands for ": so that JSON can be read. */
static char *json(const char *text) {
  return g_strdelimit(g_strdup(text), "'", '"');
}

static void test_states(void) {
  for (guint i = 0; i < G_N_ELEMENTS(state_cases); i++) {
    g_autofree char *text = g_strdup_printf("{'objectClassName':'domain','status':[%s]}", state_cases[i].statuses);
    g_autofree char *bytes = json(text);
    g_autoptr(RdapDomain) domain = rdap_domain_parse(bytes, strlen(bytes));
    g_test_message("%s", state_cases[i].rule);
    g_assert_cmpint(domain->state, ==, state_cases[i].state);
  }
}

static void test_domain_objects(void) {
  g_autofree char *bytes = json(
      "{'objectClassName':'domain','ldhName':'EXAMPLE.COM.','status':['auto renew period'],'events':[{'eventAction':"
      "'registration','eventDate':'1995-08-14T04:00:00Z'},{'eventAction':'expiration','eventDate':'2027-08-13T06:00:00+02:00'},"
      "{'eventAction':'last changed','eventDate':'2026-01-01T00:00:00Z'},{}],'entities':[{'roles':['abuse']},{'roles':['registrar',"
      "'technical'],'vcardArray':['vcard',[['version',{},'text','4.0'],['fn',{},'text','Example Registrar']]]}]}");
  g_autoptr(RdapDomain) domain = rdap_domain_parse(bytes, strlen(bytes));
  g_assert_cmpstr(domain->name, ==, "example.com");
  g_assert_cmpstr(domain->registrar, ==, "Example Registrar");
  g_assert_cmpint(domain->registered, ==, 808372800);
  g_assert_cmpint(domain->expires, ==, 1818129600);
  g_assert_true(domain->renewed);
  static const char *const broken[] = {"", "[]", "{}", "{'objectClassName':'nameserver'}", "{'errorCode':404}", "<html>",
                                       "{'objectClassName':['domain']}"};
  for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
    g_autofree char *text = json(broken[i]);
    g_assert_null(rdap_domain_parse(text, strlen(text)));
  }
  g_autofree char *odd = json("{'objectClassName':'domain','ldhName':5,'status':'active','events':{'a':1},'entities':[[],5,{'roles'"
                              ":'registrar'},{'roles':['registrar'],'vcardArray':['vcard',[[],['fn']]]}]}");
  g_autoptr(RdapDomain) strange = rdap_domain_parse(odd, strlen(odd));
  g_assert_cmpint(strange->state, ==, RDAP_REGISTERED);
  g_assert_null(strange->registrar);
  g_assert_cmpint(strange->expires, ==, 0);
}

static void test_bootstrap(void) {
  g_autofree char *bytes = json("{'version':'1.0','services':[[['aa','bb'],['https://one.example/rdap']],[['cc'],['http://two.example/',"
                                "'https://three.example/']],[['dd'],['http://four.example/']],[],[5]]}");
  static const struct {
    const char *tld;
    RdapFound found;
    const char *server;
  } cases[] = {
      {"bb", RDAP_FOUND, "https://one.example/rdap/"},
      {"cc", RDAP_FOUND, "https://three.example/"},
      {"dd", RDAP_NO_SERVER, NULL},
      {"ee", RDAP_NO_SERVER, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *server = NULL;
    g_assert_cmpint(rdap_bootstrap_find(bytes, strlen(bytes), cases[i].tld, &server), ==, cases[i].found);
    g_assert_cmpstr(server, ==, cases[i].server);
  }
  char *server = NULL;
  g_assert_cmpint(rdap_bootstrap_find("{}", 2, "aa", &server), ==, RDAP_BROKEN);
  g_assert_cmpint(rdap_bootstrap_find("x", 1, "aa", &server), ==, RDAP_BROKEN);
}

/* --- the probe --- */

#define AT "\"at\":\"2026-11-21T12:00:00.000Z\","
#define RDAP_ZZ "https://rdap.registry.example/domain/shop.zz"

/* What all cases share: hosts, IANA's list, a registry that is found by it. */
static const char *const world[] = {
    "{\"dns\":\"data.iana.org A\",\"answer\":[\"192.0.2.43\"]}", "{\"dns\":\"data.iana.org AAAA\",\"status\":\"nodata\"}",
    "{\"dns\":\"rdap.registry.example A\",\"answer\":[\"192.0.2.43\"]}",
    "{\"dns\":\"rdap.registry.example AAAA\",\"status\":\"nodata\"}",
    "{\"dns\":\"rdap.other.example A\",\"answer\":[\"192.0.2.43\"]}",
    "{\"dns\":\"rdap.other.example AAAA\",\"status\":\"nodata\"}",
    "{\"talk\":\"https://data.iana.org/rdap/dns.json\"," AT "\"code\":200,\"body\":\"{\\\"services\\\":[[[\\\"zz\\\"],"
    "[\\\"https://rdap.registry.example/\\\"]],[[\\\"qq\\\"],[\\\"http://rdap.registry.example/\\\"]]]}\"}",
    "{\"talk\":\"https://rdap.registry.example/domain/moved.zz\",\"code\":302,\"location\":\"https://rdap.other.example/x\"}",
    "{\"talk\":\"https://rdap.other.example/x\"," AT "\"code\":200,\"body\":\"{\\\"objectClassName\\\":\\\"domain\\\","
    "\\\"ldhName\\\":\\\"moved.zz\\\",\\\"status\\\":[\\\"active\\\"]}\"}",
    "{\"dns\":\"moved.zz NS\",\"answer\":[\"ns1.example.net\"]}", "{\"dns\":\"shop.qq NS\",\"answer\":[\"ns1.example.net\"]}",
    "{\"dns\":\"example.ne.jp NS\",\"answer\":[\"ns1.example.net\"]}",
};

#define REGISTRAR "'entities':[{'roles':['registrar'],'vcardArray':['vcard',[['fn',{},'text','Example Registrar']]]}]"
#define UNTIL(time) "'events':[{'eventAction':'expiration','eventDate':'" time "'}]"
#define DOMAIN(statuses, more) "{'objectClassName':'domain','ldhName':'SHOP.ZZ','status':[" statuses "]," more "," REGISTRAR "}"

/* What the registry answers about shop.zz. */
static const struct {
  const char *name;
  int code;
  const char *body; /* ' for " */
  gboolean in_dns;
  const char *status; /* NULL: unknown */
  Level level;
  const char *words;
} registry_cases[] = {
    {"registered", 200, DOMAIN("'client transfer prohibited'", UNTIL("2027-08-13T04:00:00Z")), TRUE, "registered", LEVEL_OK,
     "shop.zz is registered until 2027-08-13"},
    {"soon over", 200, DOMAIN("'active'", UNTIL("2026-12-01T12:00:00Z")), TRUE, "registered", LEVEL_NOTE,
     "ends soon, on 2026-12-01"},
    {"over", 200, DOMAIN("'active'", UNTIL("2026-11-21T11:59:59Z")), TRUE, "expired", LEVEL_WARN, "ran out on 2026-11-21"},
    {"on hold", 200, DOMAIN("'client hold','client transfer prohibited'", UNTIL("2027-01-01T00:00:00Z")), FALSE, "on_hold",
     LEVEL_FAIL, "taken out of the DNS"},
    {"redemption", 200, DOMAIN("'redemption period'", UNTIL("2026-10-01T00:00:00Z")), FALSE, "redemption", LEVEL_FAIL,
     "can still get it back"},
    {"pending delete", 200, DOMAIN("'pending delete'", "'x':1"), FALSE, "pending_delete", LEVEL_FAIL, "about to be deleted"},
    {"inactive", 200, DOMAIN("'inactive'", "'x':1"), FALSE, "inactive", LEVEL_WARN, "knows no name servers"},
    {"renewed", 200, DOMAIN("'auto renew period'", UNTIL("2027-11-10T00:00:00Z")), TRUE, "registered", LEVEL_NOTE,
     "perhaps it is not paid for yet"},
    {"no date", 200, DOMAIN("'active'", "'x':1"), TRUE, "registered", LEVEL_OK, "shop.zz is registered"},
    {"RFC 7480 s5.3 not registered", 404, "{'errorCode':404}", FALSE, "not_registered", LEVEL_FAIL, "Nobody has registered"},
    /* What could not be told. */
    {"not registered, but in the DNS", 404, "", TRUE, NULL, LEVEL_UNKNOWN, "both cannot be right"},
    {"RFC 7480 s5.5 too many questions", 429, "", FALSE, NULL, LEVEL_UNKNOWN, "the error 429"},
    {"server error", 500, "", FALSE, NULL, LEVEL_UNKNOWN, "the error 500"},
    {"a page", 200, "<html>", FALSE, NULL, LEVEL_UNKNOWN, "could not be understood"},
    {"nothing", 200, "", FALSE, NULL, LEVEL_UNKNOWN, "could not be understood"},
    {"another domain", 200, "{'objectClassName':'domain','ldhName':'shop.example'}", FALSE, NULL, LEVEL_UNKNOWN,
     "could not be understood"},
};

/* All lines for a case, NULL-terminated. */
static GPtrArray *world_of(guint i) {
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *quoted = json(registry_cases[i].body), *escaped = g_strescape(quoted, NULL);
  for (guint k = 0; k < G_N_ELEMENTS(world); k++)
    g_ptr_array_add(lines, g_strdup(world[k]));
  g_ptr_array_add(lines, g_strdup_printf("{\"talk\":\"" RDAP_ZZ "\"," AT "\"code\":%d,\"type\":\"application/rdap+json\","
                                         "\"body\":\"%s\"}",
                                         registry_cases[i].code, escaped));
  g_ptr_array_add(lines, g_strdup(registry_cases[i].in_dns ? "{\"dns\":\"shop.zz NS\",\"answer\":[\"ns1.example.net\"]}"
                                                           : "{\"dns\":\"shop.zz NS\",\"status\":\"nxdomain\"}"));
  g_ptr_array_add(lines, NULL);
  return lines;
}

static ProbeRun *run_in(Net *net, const GPtrArray *lines, const char *domain) {
  g_autoptr(GError) error = NULL;
  for (guint i = 0; lines->pdata[i] != NULL; i++) {
    net_preload(net, lines->pdata[i], &error);
    g_assert_no_error(error);
  }
  ProbeRun *run = run_probe(net, "domain", "domain", domain, NULL);
  assert_complete(run);
  return run;
}

static void assert_status(const ProbeRun *run, const char *status, Level level, const char *words) {
  if (status != NULL)
    assert_fact(run, "status", status);
  else
    assert_state(run, "status", FACT_UNKNOWN);
  g_assert_cmpint(result_level(probe_run_result(run)), ==, level);
  g_assert_nonnull(find_row(run, words));
}

static void test_registry(void) {
  for (guint i = 0; i < G_N_ELEMENTS(registry_cases); i++) {
    g_test_message("%s", registry_cases[i].name);
    g_autoptr(GPtrArray) lines = world_of(i);
    g_autoptr(Net) net = replay(NULL);
    g_autoptr(ProbeRun) run = run_in(net, lines, "shop.zz");
    assert_status(run, registry_cases[i].status, registry_cases[i].level, registry_cases[i].words);
    if (registry_cases[i].status == NULL)
      assert_state(run, "expires", FACT_UNKNOWN);
  }
}

static void test_details(void) {
  g_autoptr(GPtrArray) hold = world_of(3), over = world_of(2), undated = world_of(8);
  g_autoptr(Net) net = replay(NULL), later = replay(NULL), third = replay(NULL);
  g_autoptr(ProbeRun) run = run_in(net, hold, "mail.shop.zz");
  assert_fact(run, "registered_domain", "shop.zz");
  assert_fact(run, "states", "client hold, client transfer prohibited");
  assert_fact(run, "registrar", "Example Registrar");
  assert_fact(run, "expires", "2027-01-01");
  assert_fact(run, "days_left", "40");
  assert_state(run, "since", FACT_UNKNOWN);
  const Finding *row = find_row(run, "taken out");
  g_assert_cmpstr(row->quote, ==, "client hold, client transfer prohibited");
  g_assert_cmpuint(row->evidence->len, ==, 6); /* IANA's list and the registry, each with its addresses */
  g_autoptr(ProbeRun) past = run_in(later, over, "shop.zz");
  assert_fact(past, "days_left", "-1");
  g_autoptr(ProbeRun) without = run_in(third, undated, "shop.zz");
  assert_state(without, "days_left", FACT_UNKNOWN);
}

/* By IANA's list, or not at all. */
static void test_other_registries(void) {
  static const struct {
    const char *domain, *status;
    Level level;
    const char *words, *page;
  } cases[] = {
      {"mail.moved.zz", "registered", LEVEL_OK, "moved.zz is registered", "https://www.iana.org/whois"},
      {"shop.qq", "no_service", LEVEL_NOTE, "cannot ask the registry of .qq", "https://www.iana.org/whois"},
      {"mail.example.ne.jp", "no_service", LEVEL_NOTE, "cannot ask the registry of .jp", "https://whois.jprs.jp/"},
      {"mail.example.test", "reserved", LEVEL_NOTE, "reserved", NULL},
      {"www.example.com", "reserved", LEVEL_NOTE, "reserved", NULL},
      {"com", "reserved", LEVEL_NOTE, "only the ending", NULL},
      {"no domain", "bad_name", LEVEL_FAIL, "not the name of a domain", NULL},
  };
  g_autoptr(GPtrArray) lines = world_of(0);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].domain);
    g_autoptr(Net) net = replay(NULL);
    g_autoptr(ProbeRun) run = run_in(net, lines, cases[i].domain);
    assert_status(run, cases[i].status, cases[i].level, cases[i].words);
    if (cases[i].page != NULL)
      assert_fact(run, "page", cases[i].page);
  }
}

static void test_faults(void) {
  static const struct {
    guint world;
    const char *domain;
  } cases[] = {{0, "shop.zz"}, {2, "shop.zz"}, {3, "shop.zz"}, {9, "shop.zz"}, {0, "moved.zz"}, {0, "example.ne.jp"}};
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) lines = world_of(cases[i].world);
    assert_faults(&(FaultCase){"domain", (const char *const[]){"domain", cases[i].domain, NULL},
                               (const char *const *)lines->pdata, (const char *const[]){NULL}});
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/domain/names", test_names);
  g_test_add_func("/domain/knowledge", test_knowledge);
  g_test_add_func("/domain/trees", test_trees);
  g_test_add_func("/domain/hostile-trees", test_hostile_trees);
  g_test_add_func("/domain/states", test_states);
  g_test_add_func("/domain/objects", test_domain_objects);
  g_test_add_func("/domain/bootstrap", test_bootstrap);
  g_test_add_func("/domain/registry", test_registry);
  g_test_add_func("/domain/details", test_details);
  g_test_add_func("/domain/other-registries", test_other_registries);
  g_test_add_func("/domain/faults", test_faults);
  return g_test_run();
}
