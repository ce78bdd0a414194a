/* The summary: whole pages against golden ones, widths in every language, and that nothing private gets out.
 *
 * WB_GOLDEN=write makes the pages anew: read the difference before you keep it. */
#include "report/summary.h"

#include "base/catalogue.h"
#include "base/paths.h"
#include "base/text.h"
#include "report/tag.h"
#include "sessions.h"

#define DATA "tests/unit/data/summary/"

static const char flow[] = "format: 1\nid: blocked\ntitle: Blocked\nlang: en\nrevision: 4\nsteps:\n\
  pasted: {title: Bounce, ask: Paste the bounce., as: message, next: rcpt}\n\
  rcpt: {title: Address, ask: Which address?, as: email, default: \"{bounce.recipient}\", next: mx}\n\
  mx:\n\
    title: Mail servers\n\
    probe: mx\n\
    with: {domain: \"{rcpt.domain}\"}\n\
    next:\n\
      - {when: {mx.status: nxdomain}, go: spelling}\n\
      - else: spelling\n\
  spelling:\n\
    title: Spelling of the name that stands behind the at sign\n\
    choose: Is {rcpt.domain} right?\n\
    choices:\n\
      - {label: \"No\", value: \"no\", go: todo}\n\
      - {label: \"Yes, {rcpt.domain} is right\", value: \"yes\", go: hidden}\n\
      - {label: I do not know, value: unknown, go: hidden}\n\
  todo:\n\
    title: To do\n\
    checklist: Do this.\n\
    items: [{do: First}, {do: Second}]\n\
    next: end\n\
  hidden:\n\
    title: Once more\n\
    probe: mx\n\
    with: {domain: \"{rcpt.domain}\"}\n\
    show: never\n\
    next:\n\
      - {when: {spelling: \"yes\"}, go: gone}\n\
      - else: unclear\n\
  end:\n\
    finish: fixed\n\
    cause: typo\n\
    say: Write to the right address again.\n\
    say_to_caller: The address {rcpt} was wrong. Please send again to the right one, and tell everybody who has the old one.\n\
  gone: {finish: problem, cause: domain_gone, say: The domain is gone.}\n\
  unclear: {finish: unknown, say: Nobody can tell.}\n";

#define SOURCE "  source: RFC 5321\n  reviewed: 2026-11-21\n"

static const char causes[] = "\
- id: typo\n\
  owner: sender\n\
  label: A typing mistake in the domain\n\
  description: The part after the @ is misspelled.\n\
  confirmed_by:\n\
    - {when: {mx.status: nxdomain, spelling: \"no\"}, reason: \"{rcpt.domain} does not exist, and the user sees the mistake.\"}\n\
  suggested_by:\n\
    - {when: {mx.status: nxdomain}, reason: There is no such domain.}\n\
  remedies:\n\
    user: [Correct the address., \"Remove {rcpt} from the suggestions of the mail program, or the mistake will come back with the next message that is written in a hurry.\"]\n\
    helpdesk: [Ask who else has the address.]\n\
  avoid: [Do not send the old message again.]\n"
SOURCE "\
- id: domain_gone\n\
  owner: recipient-admin\n\
  label: The domain is gone\n\
  description: Nobody keeps the domain any more.\n\
  suggested_by:\n\
    - {when: {spelling: \"yes\"}, reason: The user says that it is right.}\n\
  remedies:\n\
    user: [Reach the recipient another way.]\n"
SOURCE "\
- id: null_mx\n\
  owner: recipient\n\
  label: The domain takes no mail\n\
  description: It says so in the DNS.\n\
  ruled_out_by:\n\
    - {when: {mx.status: nxdomain}, reason: A domain that does not exist says nothing.}\n"
SOURCE;

static const char net[] =
    "{\"whybounce-recording\":1,\"resolvers\":\"192.0.2.53\"}\n"
    "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\",\"server\":\"192.0.2.53\",\"ms\":21,\"ttl\":900,\"at\":\"2026-11-21T02:31:02Z\"}\n"
    "{\"dns\":\"slow.example MX\",\"status\":\"timeout\",\"ms\":5000,\"at\":\"2026-11-21T02:31:02Z\"}\n";

static const char bounce[] = "<hanako.yamada@exmaple.com>: host mx.example.net[192.0.2.25] said: 550 5.1.2\n"
                             "    User hanako.yamada@exmaple.com: hanako.yamada unknown, \x1b[2J ask postmaster@example.net\n";

/* A probe of our own, so that the pages do not hang on the words of the real ones. */
static ProbeState look_up(Net *net_of_probe, const Facts *inputs, Result *result) {
  const DnsAnswer *mx = net_dns(net_of_probe, probe_input(inputs, "domain"), DNS_MX);
  if (mx == NULL) {
    result_add(result, LEVEL_WAIT, "MX", message_new("Asking", NULL));
    return PROBE_PENDING;
  }
  gboolean unknown = dns_is_unknown(mx->status);
  Finding *row = result_add(result, unknown ? LEVEL_UNKNOWN : LEVEL_FAIL, "MX",
                            unknown ? message_new("Nobody answered in time", NULL)
                                    : message_new("The domain {domain} does not exist", "domain", mx->name, NULL));
  probe_add_answer(row, mx, "RFC 5321 s5.1");
  finding_set_advice(row, message_new("Compare it letter by letter with an older mail, or ask the recipient by "
                                      "telephone.", NULL));
  finding_set_quote(row, "hanako.yamada is not at home");
  facts_set_text(result->facts, "status", SOURCE_PROBE, unknown ? "timeout" : "nxdomain");
  return PROBE_DONE;
}

static const FactSpec gives[] = {{"status", FACT_TEXT, "nxdomain timeout", "how it went"}, {0}};
static const ProbeInput inputs_of[] = {{"domain", "domain", TRUE, "which"}, {0}};
static const Probe our_probe = {.name = "mx", .title = "Mail servers", .why = "?", .fits = "domain",
                                .inputs = inputs_of, .gives = gives, .run = look_up};

static World *summary_world(void) {
  World *world = world_new(net, "blocked.yaml", flow, "knowledge/causes.yaml", causes, NULL);
  const Flow *blocked = flows_find(world->flows, "blocked");
  ((Step *)flow_step(blocked, "mx"))->probe = &our_probe;
  ((Step *)flow_step(blocked, "hidden"))->probe = &our_probe;
  return world;
}

static char *page(const Session *session, gboolean addresses, int columns) {
  SummaryOptions options = {.case_id = "HD-1234", .show_addresses = addresses, .now = NOW + 60 * SECOND, .columns = columns};
  return summary_text(session, &options);
}

static void assert_golden(const char *name, const char *text) {
  g_autofree char *path = g_strconcat(DATA, name, ".txt", NULL);
  if (g_strcmp0(g_getenv("WB_GOLDEN"), "write") == 0)
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_autofree char *want = NULL;
  if (!g_file_get_contents(path, &want, NULL, NULL))
    g_error("%s cannot be read", path);
  if (!g_str_equal(text, want))
    g_error("%s differs; the page is\n%s", path, text);
}

static void assert_narrow(const char *text, int columns) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (text_width(lines[i]) > columns || g_str_has_suffix(lines[i], " ") || !text_is_safe(lines[i]))
      g_error("line %u: \"%s\"", i + 1, lines[i]);
}

/* --- the sessions --- */

static Session *fixed_session(World *world) {
  Session *session = begin(world, "blocked");
  answer(world, session, bounce);
  answer(world, session, "hanako.yamada@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "0");
  session_tick(session, 0, NOW);
  session_note(session, "Called back, spoke to hanako.yamada (hanako.yamada@exmaple.com).\nSecond line.", NOW);
  answer(world, session, NULL);
  return session;
}

static Session *told_session(World *world) {
  Session *session = begin(world, "blocked");
  answer(world, session, "");
  answer(world, session, "jiro@exmaple.com");
  answer(world, session, NULL);
  answer(world, session, "1");
  return session;
}

static Session *unknown_session(World *world) {
  Session *session = begin(world, "blocked");
  answer(world, session, "");
  answer(world, session, "jiro@slow.example");
  answer(world, session, NULL);
  answer(world, session, "2");
  return session;
}

static Session *open_session(World *world) {
  Session *session = begin(world, "blocked");
  answer(world, session, "nothing to read here");
  answer(world, session, "");
  return session;
}

static const struct {
  const char *name;
  Session *(*make)(World *world);
} pages[] = {
    {"fixed", fixed_session}, {"told", told_session}, {"unknown", unknown_session}, {"open", open_session}};

static void test_pages(void) {
  for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
    g_autoptr(World) world = summary_world();
    g_autoptr(Session) session = pages[i].make(world);
    g_autofree char *text = page(session, FALSE, 0);
    assert_narrow(text, 72);
    assert_golden(pages[i].name, text);
    /* Whoever is asked about must not be named, not even where a server names the part before the @ alone. */
    g_assert_true(i > 0 || strstr(text, "hanako") == NULL);
    g_assert_true(i > 0 || strstr(text, "yamada") == NULL);
    g_assert_null(strstr(text, "jiro"));
    g_autofree char *narrow = page(session, FALSE, 40);
    assert_narrow(narrow, 40);
    g_autofree char *open = page(session, TRUE, 0);
    g_assert_true(i >= 3 || strstr(open, "hanako.yamada@exmaple.com") != NULL || strstr(open, "jiro@") != NULL);
  }
}

/* What is under way is said to be, and nothing is waited for. */
static void test_under_way(void) {
  g_autoptr(World) world = summary_world();
  world_go_live(world);
  g_autoptr(Session) session = begin(world, "blocked");
  g_autofree char *start = page(session, FALSE, 0);
  g_assert_true(g_str_has_prefix(start, "[ ?? ] Not finished: stopped at step 1, Bounce\n"));
  answer(world, session, "");
  answer(world, session, "jiro@exmaple.com");
  g_autofree char *text = page(session, FALSE, 0);
  g_assert_true(g_str_has_prefix(text, "[ ?? ] Not finished: stopped at step 3, Mail servers\n"));
  g_assert_nonnull(strstr(text, "Mail servers: the tests were still under way"));
  g_assert_nonnull(strstr(text, "[WAIT]"));
}

static void test_languages(void) {
  g_autofree char *dir = paths_catalogues();
  g_auto(GStrv) languages = catalogue_languages(dir);
  for (guint k = 0; languages[k] != NULL; k++) {
    g_autoptr(GError) error = NULL;
    g_assert_true(catalogue_use(dir, languages[k], &error));
    for (Level level = LEVEL_OK; level <= LEVEL_WAIT; level++)
      g_assert_cmpint(text_width(level_tag(level)), ==, TAG_COLUMNS);
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
      g_autoptr(World) world = summary_world();
      g_autoptr(Session) session = pages[i].make(world);
      for (int columns = 40; columns <= 72; columns += 8) {
        g_autofree char *text = page(session, FALSE, columns);
        assert_narrow(text, columns);
      }
    }
  }
  catalogue_use(dir, "en", NULL);
}

static void test_cause(void) {
  g_autoptr(World) world = summary_world();
  g_autoptr(Session) open = begin(world, "blocked");
  g_assert_null(summary_cause(open));
  answer(world, open, "");
  answer(world, open, "jiro@exmaple.com");
  g_assert_cmpstr(summary_cause(open)->id, ==, "typo"); /* the only likely one */
  answer(world, open, NULL);
  answer(world, open, "1");
  g_assert_cmpstr(summary_cause(open)->id, ==, "domain_gone"); /* the finish says so */
  g_autoptr(Session) two = begin(world, "blocked");
  answer(world, two, "");
  answer(world, two, "jiro@exmaple.com");
  answer(world, two, NULL);
  answer(world, two, "2");
  g_assert_cmpstr(summary_cause(two)->id, ==, "typo");
}

static void test_mask(void) {
  static const struct {
    const char *text, *want;
  } rows[] = {
      {"宛先は「taro@example.jp」です、hanako@example.jp", "宛先は「t****@example.jp」です、h****o@example.jp"},
      {"hanako@example.net", "h****o@example.net"},
      {"to <hanako@example.net>, jiro@example.org!", "to <h****o@example.net>, j****@example.org!"},
      {"jiro@example.org", "j****@example.org"},
      {"ab@example.org", "****@example.org"},
      {"a@b@example.org", "****@****@example.org"},
      {"no address", "no address"},
      {"@example.org", "@example.org"},
      {"me @ home", "me @ home"},
      {"hanako@", "hanako@"},
      {"\"a b\"@example.org", "\"****\"@example.org"},
      {"mailto:hanako@example.net", "mailto:h****o@example.net"},
      {"first.last+tag=x@[192.0.2.1]", "f****x@[192.0.2.1]"},
      {"\xe8\x8a\xb1\xe5\xad\x90\xe3\x81\x95\xe3\x82\x93\xe3\x81\xa7\xe3\x81\x99@\xe4\xbe\x8b.jp",
       "\xe8\x8a\xb1****\xe3\x81\x99@\xe4\xbe\x8b.jp"},
      {"to ta\\u{200B}ro@example.com", "to t****o@example.com"},
      {"ta\\x9Fro@example.com", "t****o@example.com"},
      {"C:\\mail\\jiro@example.com", "C:\\mail\\j****@example.com"},
      {"", ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = summary_mask(rows[i].text);
    g_test_message("%s", rows[i].text);
    g_assert_cmpstr(got, ==, rows[i].want);
  }
}

int main(int argc, char **argv) {
  g_setenv("TZ", "Asia/Tokyo", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/summary/pages", test_pages);
  g_test_add_func("/summary/under-way", test_under_way);
  g_test_add_func("/summary/languages", test_languages);
  g_test_add_func("/summary/cause", test_cause);
  g_test_add_func("/summary/mask", test_mask);
  return g_test_run();
}
