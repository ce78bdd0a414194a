/* `check`: options, exit codes, the line of JSON and the page, over recordings. */
#include "report/check.h"

#include "base/json_text.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

static char *out_text, *err_text;

/* One call; `input` are the lines on its standard input. Returns the exit code. */
static int check(const char *recording, CheckOptions options, const char *input) {
  size_t out_size, err_size;
  int fds[2];
  g_autoptr(GError) error = NULL;
  g_autoptr(Net) net = net_replay_new(recording, &error);
  g_assert_no_error(error);
  g_clear_pointer(&out_text, free);
  g_clear_pointer(&err_text, free);
  FILE *out = open_memstream(&out_text, &out_size), *err = open_memstream(&err_text, &err_size);
  g_assert_cmpint(pipe(fds), ==, 0);
  g_assert_cmpint(write(fds[1], input, strlen(input)), ==, (gssize)strlen(input));
  close(fds[1]);
  options.net = net;
  options.input = fds[0];
  int code = check_run(&options, out, err);
  close(fds[0]);
  fclose(out);
  fclose(err);
  return code;
}

static JsonObject *parse(JsonParser *parser, const char *line) {
  g_autoptr(GError) error = NULL;
  g_test_message("%s", line);
  json_parser_load_from_data(parser, line, -1, &error);
  g_assert_no_error(error);
  return json_node_get_object(json_parser_get_root(parser));
}

static JsonObject *probe_of(JsonObject *root, const char *probe) {
  return json_object_get_object_member(json_object_get_object_member(root, "probes"), probe);
}

static void test_json(void) {
  const char *const targets[] = {"taro@exmaple.co.jp", NULL};
  int code = check("tests/unit/data/address.jsonl", (CheckOptions){.targets = targets, .json = TRUE}, "");
  g_assert_cmpint(code, ==, 1);
  g_assert_cmpstr(err_text, ==, "");
  g_assert_true(strchr(out_text, '\n') == out_text + strlen(out_text) - 1); /* one line */
  g_autoptr(JsonParser) parser = json_parser_new();
  JsonObject *root = parse(parser, out_text);
  g_assert_cmpint(json_object_get_int_member(root, "schema"), ==, 1);
  g_assert_cmpstr(json_object_get_string_member(root, "target"), ==, "taro@exmaple.co.jp");
  JsonObject *address = probe_of(root, "address"), *facts = json_object_get_object_member(address, "facts");
  g_assert_cmpstr(json_object_get_string_member(address, "status"), ==, "fail");
  g_assert_true(json_object_get_boolean_member(facts, "address.valid"));
  g_assert_cmpstr(json_object_get_string_member(facts, "address.suggestion"), ==, "taro@example.co.jp");
  g_assert_true(json_object_get_null_member(facts, "address.position"));
  JsonObject *finding = json_array_get_object_element(json_object_get_array_member(address, "findings"), 1);
  g_assert_cmpstr(json_object_get_string_member(finding, "level"), ==, "fail");
  JsonObject *evidence = json_array_get_object_element(json_object_get_array_member(finding, "evidence"), 0);
  g_assert_cmpstr(json_object_get_string_member(evidence, "asked"), ==, "exmaple.co.jp MX");
  JsonObject *mx = json_object_get_object_member(probe_of(root, "mx"), "facts");
  g_assert_cmpstr(json_object_get_string_member(mx, "mx.status"), ==, "nxdomain");
  g_assert_true(json_object_get_null_member(mx, "mx.hosts")); /* proven absent */
  g_assert_true(json_object_has_member(probe_of(root, "mx"), "elapsed_ms"));
}

static void test_unknown(void) {
  const char *const targets[] = {"slow.example", NULL};
  int code = check("tests/unit/data/mx.jsonl", (CheckOptions){.targets = targets, .probe = "mx", .json = TRUE}, "");
  g_assert_cmpint(code, ==, 3);
  g_autoptr(JsonParser) parser = json_parser_new();
  JsonObject *mx = probe_of(parse(parser, out_text), "mx");
  g_assert_cmpstr(json_object_get_string_member(mx, "status"), ==, "unknown");
  g_assert_false(json_object_has_member(json_object_get_object_member(mx, "facts"), "mx.hosts"));
  gboolean named = FALSE;
  JsonArray *unknown = json_object_get_array_member(mx, "unknown");
  for (guint i = 0; i < json_array_get_length(unknown); i++)
    named |= g_str_equal(json_array_get_string_element(unknown, i), "mx.hosts");
  g_assert_true(named);
}

static void test_set(void) {
  const char *const sets[] = {"ip=192.0.2.10", "lists=tests/unit/data/lists.txt", NULL};
  int code =
      check("tests/unit/data/dnsbl.jsonl", (CheckOptions){.probe = "dnsbl", .sets = sets, .json = TRUE}, "ignored\n");
  g_assert_cmpint(code, ==, 1);
  g_autoptr(JsonParser) parser = json_parser_new();
  JsonObject *root = parse(parser, out_text);
  g_assert_cmpstr(json_object_get_string_member(root, "target"), ==, "192.0.2.10");
  JsonObject *facts = json_object_get_object_member(probe_of(root, "dnsbl"), "facts");
  JsonArray *listed = json_object_get_array_member(facts, "dnsbl.listed");
  g_assert_cmpuint(json_array_get_length(listed), ==, 1);
  g_assert_cmpstr(json_array_get_string_element(listed, 0), ==, "listed.bl.example");
  g_assert_cmpstr(json_object_get_string_member(facts, "dnsbl.address"), ==, "192.0.2.10");
  /* The same for a target: --set goes to the probes that know the name. */
  const char *const lists[] = {"lists=tests/unit/data/lists.txt", NULL}, *const targets[] = {"192.0.2.10", NULL};
  code = check("tests/unit/data/dnsbl.jsonl", (CheckOptions){.targets = targets, .sets = lists, .json = TRUE}, "");
  g_assert_cmpint(code, ==, 1);
  g_assert_nonnull(strstr(out_text, "listed.bl.example"));
}

/* Many targets, more than are under way at a time: a line each, in their order. */
static void test_bulk(void) {
  g_autoptr(GString) input = g_string_new("");
  for (guint i = 0; i < 350; i++)
    g_string_append(input, i % 3 == 0 ? "example.com\n" : i % 3 == 1 ? "gone.example\r\n" : "\n");
  g_string_append(input, "null.example"); /* no line feed at the end */
  int code = check("tests/unit/data/mx.jsonl", (CheckOptions){.probe = "mx", .json = TRUE}, input->str);
  g_assert_cmpint(code, ==, 1);
  g_auto(GStrv) lines = g_strsplit(out_text, "\n", -1);
  guint n = g_strv_length(lines) - 1;
  g_assert_cmpuint(n, ==, 350 - 116 + 1);
  for (guint i = 0; i < n - 1; i++)
    g_assert_nonnull(strstr(lines[i], i % 2 == 0 ? "\"target\":\"example.com\"" : "\"target\":\"gone.example\""));
  g_assert_nonnull(strstr(lines[n - 1], "null_mx"));
}

static void test_fine(void) {
  const char *const targets[] = {"example.com", NULL};
  g_assert_cmpint(check("tests/unit/data/mx.jsonl", (CheckOptions){.targets = targets, .probe = "mx"}, ""), ==, 0);
  g_assert_nonnull(strstr(out_text, "example.com\n\nMail servers\n"));
  g_assert_nonnull(strstr(out_text, "[ OK ] mx1.example.com: 192.0.2.25"));
  g_assert_cmpint(check("tests/unit/data/mx.jsonl", (CheckOptions){.probe = "mx"}, ""), ==, 0); /* no line, no fault */
  g_assert_cmpstr(out_text, ==, "");
}

static void test_evidence(void) {
  const char *const targets[] = {"example.com", NULL};
  CheckOptions options = {.targets = targets, .probe = "mx"};
  check("tests/unit/data/mx.jsonl", options, "");
  g_assert_null(strstr(out_text, "RFC 5321"));
  options.evidence = TRUE;
  check("tests/unit/data/mx.jsonl", options, "");
  g_assert_nonnull(strstr(out_text, "         example.com MX (192.0.2.53, 21 ms, RFC 5321 s5.1)\n         | 20 mx2.example.com; 10 mx1.example.com\n"));
}

static void test_page(void) {
  const char *const sets[] = {"ip=192.0.2.10", "lists=tests/unit/data/lists.txt", NULL};
  check("tests/unit/data/dnsbl.jsonl", (CheckOptions){.probe = "dnsbl", .sets = sets}, "");
  g_assert_nonnull(strstr(out_text, "| Listed, see https://bl.example/"));
  g_assert_null(strchr(out_text, '\x1b'));
  g_auto(GStrv) lines = g_strsplit(out_text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint(strlen(lines[i]), <=, 80);
}

static guint count_of(const char *text, const char *part) {
  guint n = 0;
  for (const char *p = text; (p = strstr(p, part)) != NULL; p += strlen(part))
    n++;
  return n;
}

/* Below the target stands what the exit code says: which parts are bad, and which could not be told. */
static void test_summary(void) {
  static const struct {
    const char *target, *begin;
    int code;
  } cases[] = {
      {"gone.example", "gone.example\nProblems: Mail servers, ", 1},
      {"elsewhere.example", "elsewhere.example\nCould not tell: Mail servers, Mail provider, ", 3},
      {"taro@", "taro@\nProblems: The address\nCould not tell: Mail servers, ", 1},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *const targets[] = {cases[i].target, NULL};
    g_assert_cmpint(check("tests/unit/data/mx.jsonl", (CheckOptions){.targets = targets}, ""), ==, cases[i].code);
    g_test_message("%s", out_text);
    g_assert_true(g_str_has_prefix(out_text, cases[i].begin));
    g_assert_null(strstr(out_text, "No problem"));
  }
  /* One probe speaks for itself; and what could not be told is never left out of "no problem". */
  const char *const fine[] = {"example.com", NULL};
  g_assert_cmpint(check("tests/unit/data/mx.jsonl", (CheckOptions){.targets = fine, .probe = "mx"}, ""), ==, 0);
  g_assert_null(strstr(out_text, "No problem"));
  g_assert_cmpint(check("tests/unit/data/mx.jsonl", (CheckOptions){.targets = fine}, ""), ==, 3);
  g_assert_true(g_str_has_prefix(out_text, "example.com\nNo problem was found, but these could not be told: "));
  const char *const clean[] = {"192.0.2.10", NULL}, *const sets[] = {"lists=tests/unit/data/lists.txt", NULL};
  check("tests/unit/data/dnsbl.jsonl", (CheckOptions){.targets = clean, .sets = sets}, "");
  g_assert_nonnull(strstr(out_text, "\nProblems: "));
}

/* What several probes have to say in the same words is read once, below all their titles; programs get it from each. */
static void test_same_words(void) {
  const char *const targets[] = {"taro@", "a/b", NULL};
  g_assert_cmpint(check(NULL, (CheckOptions){.targets = targets}, ""), ==, 1);
  g_assert_cmpuint(count_of(out_text, "Not asked: domain is not known"), ==, 1);
  g_assert_nonnull(strstr(out_text, "\nMail servers\nSPF record\nPolicy of the From domain (DMARC)\n  [SKIP] Not asked"));
  g_assert_cmpuint(count_of(out_text, "\"a/b\" is not the name of a domain"), ==, 1);
  check(NULL, (CheckOptions){.targets = targets, .json = TRUE}, "");
  g_assert_cmpuint(count_of(out_text, "Not asked: domain is not known"), ==, 3);
  /* Nothing that differs is left out. */
  const char *const good[] = {"example.com", NULL};
  check("tests/unit/data/mx.jsonl", (CheckOptions){.targets = good}, "");
  for (guint i = 0; probe_table[i] != NULL; i++)
    if (strstr(probe_table[i]->fits, "domain") != NULL && (probe_table[i]->flags & PROBE_CONTACTS) == 0) {
      g_autofree char *title = g_strdup_printf("\n%s\n", probe_table[i]->title);
      g_assert_cmpuint(count_of(out_text, title), ==, 1);
    }
}

/* The servers that people read by are nobody's business who only asks about an address. */
static void test_mail_programs(void) {
  const char *const targets[] = {"taro@example.com", "example.com", NULL};
  check(NULL, (CheckOptions){.targets = targets, .contacts = TRUE, .json = TRUE}, "");
  g_assert_cmpuint(count_of(out_text, "\"smtp\":{"), ==, 2);
  g_assert_null(strstr(out_text, "\"imap\""));
  g_assert_null(strstr(out_text, "\"pop3\""));
  g_assert_null(strstr(out_text, "\"submission\""));
  check(NULL, (CheckOptions){.targets = targets, .contacts = TRUE, .json = TRUE, .probe = "imap"}, "");
  g_assert_cmpuint(count_of(out_text, "\"imap\":{"), ==, 2);
}

typedef struct UsageCase {
  const char *probe, *set;
  int code;
  const char *words;
} UsageCase;

static const UsageCase usage_cases[] = {
    {"dnsbll", NULL, 2, "did you mean \"dnsbl\""},
    {"whatever", NULL, 2, "There are: vantage, address, mx"},
    {"mx", "domian=example.com", 2, "did you mean \"domain\""},
    {"mx", "lists=all", 2, "there is no \"lists\""},
    {"mx", "domain", 2, "--set takes NAME=VALUE"},
    {"mx", "=x", 2, "--set takes NAME=VALUE"},
    {"vantage", "x=y", 2, "takes no input"},
    {NULL, "colour=red", 2, "there is no \"colour\""},
    {"dnsbl", "lists=/nonexistent", 0, NULL}, /* and no target on standard input */
};

static void test_usage(void) {
  for (guint i = 0; i < G_N_ELEMENTS(usage_cases); i++) {
    const UsageCase *c = &usage_cases[i];
    const char *const sets[] = {c->set, NULL};
    g_test_message("%s %s", c->probe, c->set);
    g_assert_cmpint(check(NULL, (CheckOptions){.probe = c->probe, .sets = sets, .json = TRUE}, ""), ==, c->code);
    g_test_message("%s", err_text);
    if (c->words != NULL)
      g_assert_nonnull(strstr(err_text, c->words));
  }
  const char *const no_file[] = {"lists=/nonexistent", "ip=192.0.2.10", NULL};
  g_assert_cmpint(check(NULL, (CheckOptions){.probe = "dnsbl", .sets = no_file, .json = TRUE}, ""), ==, 4);
  const char *const known[] = {"lists=tests/unit/data/lists.txt", NULL};
  g_assert_cmpint(check("tests/unit/data/dnsbl.jsonl", (CheckOptions){.probe = "dnsbl", .sets = known}, "192.0.2.10\n"),
                  ==, 1);
  g_assert_cmpint(check(NULL, (CheckOptions){.probe = "vantage", .json = TRUE}, ""), ==, 3);
  /* A probe whose inputs no target can fill in needs none: the lines on standard input are not for it. */
  const char *const header[] = {"header=Subject: x", NULL};
  g_assert_cmpint(check(NULL, (CheckOptions){.probe = "arc", .sets = header, .json = TRUE}, "example.com\n"), ==, 0);
  g_assert_nonnull(strstr(out_text, "\"target\":null"));
}

/* --- a table of our own: one probe that is passive, one that talks to mail servers, one with a secret --- */

static ProbeState run_seen(Net *net, const Facts *inputs, Result *result) {
  (void)net;
  facts_set_text(result->facts, "seen", SOURCE_PROBE, probe_input(inputs, "domain"));
  result_add(result, LEVEL_OK, NULL, message_new("seen", NULL));
  return PROBE_DONE;
}

static const ProbeInput domain_inputs[] = {{"domain", "domain", TRUE, "the domain"}, {0}};
static const ProbeInput secret_inputs[] = {
    {"domain", "domain", TRUE, "the domain"}, {"password", "secret", FALSE, "the password"}, {0}};
static const FactSpec seen_gives[] = {{"seen", FACT_TEXT, NULL, "what was seen"}, {0}};
static const Probe quiet = {.name = "quiet",
                            .title = "Quiet",
                            .fits = "domain email",
                            .inputs = domain_inputs,
                            .gives = seen_gives,
                            .run = run_seen};
static const Probe loud = {.name = "loud",
                           .title = "Loud",
                           .fits = "domain",
                           .flags = PROBE_CONTACTS,
                           .inputs = domain_inputs,
                           .gives = seen_gives,
                           .run = run_seen};
static const Probe login = {.name = "login",
                            .title = "Log-in",
                            .fits = "domain",
                            .flags = PROBE_CONTACTS | PROBE_SECRET,
                            .inputs = secret_inputs,
                            .gives = seen_gives,
                            .run = run_seen};
static const Probe *const table[] = {&quiet, &loud, &login, NULL};

/* Nobody's mail server is contacted without --contacts, whatever the target. */
static void test_contacts(void) {
  const char *const targets[] = {"example.com", NULL};
  CheckOptions options = {.targets = targets, .table = table, .json = TRUE};
  g_assert_cmpint(check(NULL, options, ""), ==, 0);
  g_assert_nonnull(strstr(out_text, "\"quiet\""));
  g_assert_null(strstr(out_text, "\"loud\""));
  options.probe = "loud";
  g_assert_cmpint(check(NULL, options, ""), ==, 2);
  g_assert_cmpstr(out_text, ==, "");
  g_assert_nonnull(strstr(err_text, "--contacts"));
  options.contacts = TRUE;
  g_assert_cmpint(check(NULL, options, ""), ==, 0);
  g_assert_nonnull(strstr(out_text, "\"loud.seen\":\"example.com\""));
  options.probe = NULL;
  g_assert_cmpint(check(NULL, options, ""), ==, 0);
  g_assert_nonnull(strstr(out_text, "\"quiet\""));
  g_assert_nonnull(strstr(out_text, "\"loud\""));
  /* Those that do not fit the target stay out all the same. */
  const char *const emails[] = {"taro@example.com", NULL};
  options.targets = emails;
  g_assert_cmpint(check(NULL, options, ""), ==, 0);
  g_assert_nonnull(strstr(out_text, "\"quiet\""));
  g_assert_null(strstr(out_text, "\"loud\""));
  /* One that cannot do without a secret says how to give it, and takes no line of the input for a target. */
  options = (CheckOptions){.probe = "pwned", .contacts = TRUE};
  g_assert_cmpint(check(NULL, options, "hunter2\n"), ==, 2);
  g_assert_cmpstr(out_text, ==, "");
  g_assert_nonnull(strstr(err_text, "--set password=-"));
  options = (CheckOptions){.targets = emails, .table = table, .contacts = TRUE, .json = TRUE};
  options.json = FALSE;
  options.targets = targets;
  g_assert_cmpint(check(NULL, options, ""), ==, 0);
  g_assert_true(g_str_has_prefix(out_text, "example.com\nNo problem was found\n\n"));
  options.targets = emails;
  /* A password on the command line can be seen by everybody. */
  const char *const secrets[] = {"password=x", NULL};
  options.sets = secrets;
  g_assert_cmpint(check(NULL, options, ""), ==, 2);
  g_assert_nonnull(strstr(err_text, "secret"));
}

static const char *targets_of(GString *names, const char *lines) {
  g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
  g_string_truncate(names, 0);
  for (guint i = 0; all[i] != NULL && all[i][0] != '\0'; i++) {
    g_autoptr(JsonParser) parser = json_parser_new();
    g_string_append_printf(names, "%s ", json_object_get_string_member(parse(parser, all[i]), "target"));
  }
  return names->str;
}

/* "-" is the input, between other targets too. */
static void test_dash(void) {
  const char *const targets[] = {"a.example", "-", "d.example", "-", NULL};
  g_autoptr(GString) names = g_string_new(NULL);
  CheckOptions options = {.targets = targets, .table = table, .json = TRUE};
  g_assert_cmpint(check(NULL, options, " b.example \n\nc.example"), ==, 0);
  g_assert_cmpstr(targets_of(names, out_text), ==, "a.example b.example c.example d.example ");
  g_assert_cmpint(check(NULL, options, ""), ==, 0);
  g_assert_cmpstr(targets_of(names, out_text), ==, "a.example d.example ");
}

/* Nobody reads on (a pipe to head), or the disk is full: that ends it, however many targets are left. */
static void test_unread(void) {
  int lines[2];
  g_autoptr(GError) error = NULL;
  g_autoptr(Net) net = net_replay_new(NULL, &error);
  g_assert_cmpint(pipe(lines), ==, 0);
  for (guint i = 0; i < 2000; i++)
    g_assert_cmpint(write(lines[1], "a.example\n", 10), ==, 10);
  /* The input stays open: without an end to the output it would wait for more. */
  FILE *full = fopen("/dev/full", "w"), *err = fopen("/dev/null", "w");
  const CheckOptions options = {.net = net, .table = table, .json = TRUE, .input = lines[0]};
  check_run(&options, full, err);
  g_assert_true(ferror(full));
  const CheckOptions stored = {.net = net, .table = table, .path = "/dev/full", .input = lines[0]};
  g_assert_cmpint(check_run(&stored, full, err), ==, 4);
  fclose(full);
  fclose(err);
  close(lines[0]);
  close(lines[1]);
}

static char *contents(const char *path) {
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

/* --out: a run that was stopped goes on where it was; a last line that was cut is made anew. */
static void test_resume(void) {
  g_autofree char *dir = g_dir_make_tmp("check-XXXXXX", NULL), *path = g_build_filename(dir, "results.jsonl", NULL);
  g_autoptr(GString) names = g_string_new(NULL);
  CheckOptions options = {.table = table, .path = path};
  g_assert_cmpint(check(NULL, options, "a.example\nb \"quoted\" \\.example\nc.example\n"), ==, 0);
  g_assert_cmpstr(out_text, ==, "");
  g_autofree char *first = contents(path);
  g_assert_cmpstr(targets_of(names, first), ==, "a.example b \"quoted\" \\.example c.example ");
  /* Nothing is left to do: the file stays as it is. */
  g_assert_cmpint(check(NULL, options, "a.example\nb \"quoted\" \\.example\nc.example\n"), ==, 0);
  g_autofree char *same = contents(path);
  g_assert_cmpstr(same, ==, first);
  /* Cut at every byte: the same file comes out. */
  for (gsize length = 0; length <= strlen(first); length++) {
    g_assert_true(g_file_set_contents(path, first, (gssize)length, NULL));
    g_assert_cmpint(check(NULL, options, "a.example\nb \"quoted\" \\.example\nc.example\n"), ==, 0);
    g_autofree char *again = contents(path);
    if (g_strcmp0(again, first) != 0) /* the time taken may differ */
      g_assert_cmpstr(targets_of(names, again), ==, "a.example b \"quoted\" \\.example c.example ");
  }
  /* More targets: they come behind. */
  g_assert_cmpint(check(NULL, options, "d.example\na.example\ne.example"), ==, 0);
  g_autofree char *more = contents(path);
  g_assert_cmpstr(targets_of(names, more), ==, "a.example b \"quoted\" \\.example c.example d.example e.example ");
  /* A file of something else is left alone. */
  static const char *const others[] = {"important\n", "important", "{\"schema\":1,\"file\":null}\n",
                                       "{\"schema\":1,\"target\":\"a"};
  for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
    gboolean ours = i == 3; /* this may be a line of ours that was cut */
    g_assert_true(g_file_set_contents(path, others[i], -1, NULL));
    g_assert_cmpint(check(NULL, options, "a.example\n"), ==, ours ? 0 : 4);
    g_autofree char *left = contents(path);
    if (!ours) {
      g_assert_cmpstr(left, ==, others[i]);
      g_assert_nonnull(strstr(err_text, "results.jsonl:1:"));
    }
  }
  unlink(path);
  rmdir(dir);
  g_assert_cmpint(check(NULL, options, "a.example\n"), ==, 4); /* no such folder */
  g_assert_nonnull(strstr(err_text, "could not be written"));
}

/* A resolver that invents addresses: what it invents is neither fine nor bad, what it really knows counts. */
static void test_invented(void) {
  static const char recording[] =
      "{\"dns\":\"gone.example A\",\"answer\":[\"198.51.100.1\"]}\n{\"dns\":\"gone.example AAAA\",\"status\":\"nodata\"}\n"
      "{\"dns\":\"gone.example MX\",\"status\":\"nodata\"}\n"
      "{\"dns\":\"real.example A\",\"answer\":[\"198.51.100.2\",\"198.51.100.1\"]}\n"
      "{\"dns\":\"real.example AAAA\",\"status\":\"nodata\"}\n%s";
  const char *const targets[] = {"gone.example", "real.example", NULL};
  g_autofree char *dir = g_dir_make_tmp("check-XXXXXX", NULL), *path = g_build_filename(dir, "net.jsonl", NULL);
  for (guint invents = 0; invents < 2; invents++) {
    g_autofree char *text = g_strdup_printf(
        recording, invents ? "{\"dns\":\"nonce.invalid A\",\"answer\":[\"198.51.100.1\"]}\n" : "");
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    check(path, (CheckOptions){.targets = targets, .probe = "host", .json = TRUE}, "");
    g_auto(GStrv) lines = g_strsplit(out_text, "\n", -1);
    g_assert_true((strstr(lines[0], "\"status\":\"unknown\"") != NULL) == (invents == 1));
    g_assert_true((strstr(lines[0], "\"host.addresses\":[\"198.51.100.1\"]") != NULL) == (invents == 0));
    g_assert_nonnull(strstr(lines[1], "\"host.status\":\"ok\""));
    const char *const mx[] = {"gone.example", NULL};
    int code = check(path, (CheckOptions){.targets = mx, .probe = "mx", .json = TRUE}, "");
    g_assert_cmpint(code, ==, invents ? 3 : 0);
    g_assert_true((strstr(out_text, "\"mx.status\":\"implicit\"") != NULL) == (invents == 0));
  }
  unlink(path);
  rmdir(dir);
}

static void test_json_text(void) {
  g_autoptr(GString) out = g_string_new("{");
  json_text_key(out, "a");
  json_text_append(out, "q\" b\\ n\n \xE3\x81\x82");
  json_text_key(out, "b");
  json_text_append(out, NULL);
  g_assert_cmpstr(out->str, ==, "{\"a\":\"q\\\" b\\\\ n\\u000a \xE3\x81\x82\",\"b\":null");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/check/json", test_json);
  g_test_add_func("/check/unknown", test_unknown);
  g_test_add_func("/check/set", test_set);
  g_test_add_func("/check/bulk", test_bulk);
  g_test_add_func("/check/fine", test_fine);
  g_test_add_func("/check/page", test_page);
  g_test_add_func("/check/same-words", test_same_words);
  g_test_add_func("/check/summary", test_summary);
  g_test_add_func("/check/mail-programs", test_mail_programs);
  g_test_add_func("/check/evidence", test_evidence);
  g_test_add_func("/check/usage", test_usage);
  g_test_add_func("/check/contacts", test_contacts);
  g_test_add_func("/check/dash", test_dash);
  g_test_add_func("/check/unread", test_unread);
  g_test_add_func("/check/resume", test_resume);
  g_test_add_func("/check/invented", test_invented);
  g_test_add_func("/check/json-text", test_json_text);
  int status = g_test_run();
  free(out_text);
  free(err_text);
  return status;
}
