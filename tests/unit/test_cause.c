/* Causes and guides: what a file may hold, what its author is told, and the board over the facts. */
#include "flow/cause.h"
#include "flow/guide.h"

#include <glib/gstdio.h>
#include <string.h>

/* The faults of `text` read as a file: "line:col: text" by line feeds. */
typedef gpointer (*Loader)(const char *path, Diags *diags);

static char *load_text(const char *text, Loader loader, gpointer *loaded) {
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("wb-cause-XXXXXX.yaml", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_close(fd, NULL);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_autoptr(Diags) diags = diags_new();
  *loaded = loader(path, diags);
  g_unlink(path);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < diags_length(diags); i++) {
    const Diag *diag = diags_get(diags, i);
    g_string_append_printf(out, "%s%d:%d: %s", i > 0 ? "\n" : "", diag->line, diag->col, diag->text);
  }
  return g_string_free(out, FALSE);
}

#define SOURCE "  source: RFC 5321\n  reviewed: 2026-11-21\n"
#define GOOD "- id: a\n  owner: sender\n  label: L\n  description: D\n" SOURCE

typedef struct Fault {
  const char *file, *faults;
} Fault;

static const Fault cause_faults[] = {
    {GOOD, ""},
    {"format: 1\nreviewed: 2026-11-21\ncauses:\n  - {id: a, owner: sender, label: L, description: D, source: S, "
     "reviewed: 2026-11-21}\n",
     ""},
    {"format: 2\ncauses: []\n", "1:9: This program reads format 1 only"},
    {"format: 1\ncausse: []\n",
     "1:1: \"causes\" is missing here\n2:1: \"causse\" is not known here: did you mean \"causes\"?"},
    {"causes: x\n", "1:9: Here must be a list: one \"- id: ..\" for each entry"},
    {"just text\n", "1:1: The file must be a list: one \"- id: ..\" for each entry"},
    {"- text\n", "1:3: An entry is a map that begins with \"id: ..\""},
    {"- {owner: sender}\n", "1:3: \"id\" is missing here"},
    {"- {id: a b}\n", "1:8: \"a b\" is no id: use letters, digits, _ and -, at most 60"},
    {GOOD GOOD, "7:7: The id \"a\" is there already, in line 1: give this entry another"},
    {"- id: a\n  owner: sender\n  lable: L\n  description: D\n" SOURCE,
     "1:3: \"label\" is missing here\n3:3: \"lable\" is not known here: did you mean \"label\"?"},
    {"- id: a\n  owner: sendr\n  label: L\n  description: D\n" SOURCE,
     "2:10: \"sendr\" is not known for owner: did you mean \"sender\"?"},
    {"- id: a\n  owner: everybody\n  label: L\n  description: D\n" SOURCE,
     "2:10: \"everybody\" is not known for owner: use one of sender, sender-admin, recipient, recipient-admin, "
     "nobody-wait"},
    {"- id: a\n  label: L\n  description: D\n" SOURCE, "1:3: \"owner\" is missing here"},
    {"- id: a\n  owner: sender\n  label: L\n  description: D\n  reviewed: 2026-11-21\n",
     "1:3: \"source\" is missing here"},
    {"- id: a\n  owner: sender\n  label: L\n  description: D\n  source: S\n", "1:3: \"reviewed\" is missing here"},
    {"- id: a\n  owner: sender\n  label: L\n  description: D\n  source: S\n  reviewed: 2026-02-30\n",
     "6:13: \"2026-02-30\" is no date: write year, month and day as 2026-11-21"},
    {"- id: a\n  owner: sender\n  label: L\n  description: D\n  source: S\n  reviewed: 21.11.2026\n",
     "6:13: \"21.11.2026\" is no date: write year, month and day as 2026-11-21"},
    {"- id: a\n  owner: sender\n  label: L\n  description: \"{a\"\n" SOURCE,
     "4:16: The brace { at character 1 is never closed: write {name}, or {{ for a brace"},
    {"- id: a\n  owner: sender\n  label: \"a\\nb\"\n  description: D\n" SOURCE,
     "3:10: This text must be one line: write it on the line of its key"},
    {"- id: a\n  owner: sender\n  label: \" \"\n  description: D\n" SOURCE,
     "3:10: The text is empty: write one, or leave its key out"},
    {"- id: a\n  owner: sender\n  label: {en: L, japanese: L}\n  description: D\n" SOURCE,
     "3:18: \"japanese\" is no language: write two letters such as en or ja; a text with braces at its beginning "
     "needs quotes"},
    {GOOD "  confirmed_by: x\n", "7:17: Here must be a list of at most 30 rules {when: .., reason: ..}"},
    {GOOD "  confirmed_by: [x]\n", "7:18: A rule is written {when: {fact: value}, reason: text}"},
    {GOOD "  confirmed_by: [{when: {a: b}}]\n", "7:18: \"reason\" is missing here"},
    {GOOD "  suggested_by: [{wen: {a: b}, reason: R}]\n",
     "7:18: \"when\" is missing here\n7:19: \"wen\" is not known here: did you mean \"when\"?"},
    {GOOD "  ruled_out_by: [{when: {a: not}, reason: R}]\n", "7:29: Nothing follows \"not\""},
    {GOOD "  remedies: [x]\n", "7:13: Remedies are written {user: [..], helpdesk: [..], admin: [..]}"},
    {GOOD "  remedies: {users: [x]}\n", "7:14: \"users\" is not known here: did you mean \"user\"?"},
    {GOOD "  remedies: {user: x}\n", "7:20: Here must be a list of texts: one line \"- text\" for each"},
    {GOOD "  remedies: {user: [[x]]}\n", "7:21: Here must be a text"},
    {GOOD "  avoid: [one, two]\n", ""},
    {GOOD "  avoid: x\n", "7:10: Here must be a list of texts: one line \"- text\" for each"},
    {GOOD "  avoid: [\"{x\"]\n", "7:11: The brace { at character 1 is never closed: write {name}, or {{ for a brace"},
    {GOOD "  avid: [x]\n", "7:3: \"avid\" is not known here: did you mean \"avoid\"?"},
};

#define GUIDE "- id: g\n  topic: t\n  app: Mail\n  title: T\n  steps: [one, two]\n" SOURCE

static const Fault guide_faults[] = {
    {GUIDE, ""},
    {"guides:\n  - {id: g, topic: t, app: A, title: T, steps: [x], source: S, reviewed: 2026-11-21}\n", ""},
    {GUIDE GUIDE, "8:7: The id \"g\" is there already, in line 1: give this entry another"},
    {GUIDE "  status: histroic\n", "8:11: \"histroic\" is not known for status: did you mean \"historic\"?"},
    {GUIDE "  audience: everybody\n", "8:13: \"everybody\" is not known for audience: use one of user, admin"},
    {GUIDE "  verified: x\n", "8:3: \"verified\" is not known here: use one of id, topic, app, versions, status, "
                              "audience, title, steps, note, source, reviewed"},
    {"- id: g\n  topic: t\n  app: Mail\n  title: T\n" SOURCE, "1:3: \"steps\" is missing here"},
    {"- id: g\n  topic: t\n  app: Mail\n  title: T\n  steps: []\n" SOURCE, "5:10: A guide needs at least one step"},
    {"- id: g\n  app: Mail\n  title: T\n  steps: [x]\n" SOURCE, "1:3: \"topic\" is missing here"},
    {"- id: g\n  topic: t\n  title: T\n  steps: [x]\n" SOURCE, "1:3: \"app\" is missing here"},
    {"- id: g\n  topic: t\n  app: Mail\n  title: T\n  steps: [x]\n", "1:3: \"source\" is missing here\n1:3: "
                                                                     "\"reviewed\" is missing here"},
};

static void check_faults(const Fault *rows, guint length, Loader loader, GDestroyNotify destroy) {
  for (guint i = 0; i < length; i++) {
    gpointer loaded = NULL;
    g_autofree char *faults = load_text(rows[i].file, loader, &loaded);
    g_assert_cmpstr(faults, ==, rows[i].faults);
    g_assert_nonnull(loaded);
    destroy(loaded);
  }
}

static void free_causes(gpointer causes) {
  causes_free(causes);
}
static void free_guides(gpointer guides) {
  guides_free(guides);
}

static void test_cause_faults(void) {
  check_faults(cause_faults, G_N_ELEMENTS(cause_faults), (Loader)causes_load, free_causes);
}

static void test_guide_faults(void) {
  check_faults(guide_faults, G_N_ELEMENTS(guide_faults), (Loader)guides_load, free_guides);
}

/* A broken entry is left out, the others work. */
static void test_broken_entry(void) {
  Causes *causes = NULL;
  g_autofree char *faults = load_text("- {id: bad, owner: nobody}\n" GOOD, (Loader)causes_load, (gpointer *)&causes);
  g_assert_cmpstr(faults, !=, "");
  g_assert_null(causes_find(causes, "bad"));
  g_assert_nonnull(causes_find(causes, "a"));
  g_assert_cmpuint(causes_all(causes)->len, ==, 1);
  causes_free(causes);
}

static void test_unreadable(void) {
  g_autoptr(Diags) diags = diags_new();
  g_assert_null(causes_load("/nowhere/causes.yaml", diags));
  g_assert_null(guides_load("/nowhere/guides.yaml", diags));
  g_assert_cmpuint(diags_count(diags, DIAG_ERROR), ==, 2);
  g_assert_null(causes_find(NULL, "a"));
  g_assert_null(guides_find(NULL, "a"));
}

static void test_guide(void) {
  Guides *guides = NULL;
  g_autofree char *faults = load_text(GUIDE "  status: historic\n  versions: \"1, 2\"\n  note: N\n",
                                      (Loader)guides_load, (gpointer *)&guides);
  g_assert_cmpstr(faults, ==, "");
  const Guide *guide = guides_find(guides, "g");
  g_assert_true(guide->historic);
  g_assert_cmpstr(guide->versions, ==, "1, 2");
  g_assert_cmpstr(message_id(guide->note), ==, "N");
  g_assert_cmpuint(guide->steps->len, ==, 2);
  g_assert_cmpstr(message_id(guide->steps->pdata[1]), ==, "two");
  guides_free(guides);
}

static void test_avoid(void) {
  Causes *causes = NULL;
  g_autofree char *faults =
      load_text("- id: b\n  owner: sender\n  label: L\n  description: D\n  avoid: [Not this., Nor this.]\n" SOURCE GOOD,
                (Loader)causes_load, (gpointer *)&causes);
  g_assert_cmpstr(faults, ==, "");
  const Cause *cause = causes_find(causes, "b");
  g_assert_cmpuint(cause->avoid->len, ==, 2);
  g_assert_cmpstr(message_id(cause->avoid->pdata[1]), ==, "Nor this.");
  g_assert_cmpuint(causes_find(causes, "a")->avoid->len, ==, 0);
  causes_free(causes);
}

/* --- the board --- */

#define ENTRY(id) "- id: " id "\n  owner: sender\n  label: L\n  description: D\n" SOURCE

static const char
    board_file[] =
        ENTRY("plain")
            ENTRY("likely") "  suggested_by: [{when: {a: 1}, reason: r1}, {when: {b: 1}, reason: r2}]\n" ENTRY(
                "out") "  suggested_by: [{when: {a: 1}, reason: r3}]\n  ruled_out_by: [{when: {b: 1}, reason: "
                       "r4}]\n" ENTRY("sure") "  ruled_out_by: [{when: {a: 1}, reason: r5}]\n  confirmed_by: [{when: "
                                              "{b: 1}, reason: r6}]\n";

static char *board_text(const Causes *causes, const Facts *facts) {
  static const char *const words[] = {"confirmed", "likely", "possible", "ruled-out"};
  GString *out = g_string_new(NULL);
  g_autoptr(GPtrArray) board = causes_board(causes, facts);
  for (guint i = 0; i < board->len; i++) {
    const Verdict *verdict = board->pdata[i];
    g_string_append_printf(out, "%s %s", verdict->cause->id, words[verdict->standing]);
    for (guint j = 0; j < verdict->reasons->len; j++)
      g_string_append_printf(out, " %s", message_id(verdict->reasons->pdata[j]));
    g_string_append(out, "; ");
  }
  return g_string_free(out, FALSE);
}

static void test_board(void) {
  static const struct {
    const char *a, *b, *board;
  } rows[] = {
      {NULL, NULL, "plain possible; likely possible; out possible; sure possible; "},
      {"1", NULL, "likely likely r1; out likely r3; plain possible; sure ruled-out r5; "},
      {NULL, "1", "sure confirmed r6; likely likely r2; plain possible; out ruled-out r4; "},
      {"1", "1", "sure confirmed r6; likely likely r1 r2; plain possible; out ruled-out r4; "},
      {"2", "2", "plain possible; likely possible; out possible; sure possible; "},
  };
  Causes *causes = NULL;
  g_autofree char *faults = load_text(board_file, (Loader)causes_load, (gpointer *)&causes);
  g_assert_cmpstr(faults, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Facts) facts = facts_new();
    if (rows[i].a != NULL)
      facts_set_text(facts, "a", SOURCE_ASKED, rows[i].a);
    else
      facts_set_unknown(facts, "a", SOURCE_ASKED, "timeout"); /* never a reason */
    if (rows[i].b != NULL)
      facts_set_text(facts, "b", SOURCE_ASKED, rows[i].b);
    g_autofree char *text = board_text(causes, facts);
    g_assert_cmpstr(text, ==, rows[i].board);
  }
  causes_free(causes);
}

static void test_owner(void) {
  g_assert_cmpstr(cause_owner_message("sender-admin"), ==, "Your mail administrator");
  g_assert_cmpstr(cause_owner_message("nobody-wait"), ==, "Nobody: waiting is enough");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cause/faults", test_cause_faults);
  g_test_add_func("/cause/broken-entry", test_broken_entry);
  g_test_add_func("/cause/unreadable", test_unreadable);
  g_test_add_func("/cause/avoid", test_avoid);
  g_test_add_func("/cause/board", test_board);
  g_test_add_func("/cause/owner", test_owner);
  g_test_add_func("/guide/faults", test_guide_faults);
  g_test_add_func("/guide/fields", test_guide);
  return g_test_run();
}
