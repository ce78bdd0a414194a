/* A mailbox counted: by cause, by who has to act, by mail system; what would help most. */
#include "report/tally.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#define CAUSE(id, owner, label, remedies)                                                                              \
  "- id: " id "\n  owner: " owner "\n  label: " label "\n  description: D\n  remedies: {" remedies "}\n"                \
  "  source: S\n  reviewed: 2026-11-21\n"

static const char knowledge[] =
    CAUSE("recipient_unknown", "sender", "No such mailbox", "user: [\"Compare the address, letter by letter, with a business "
                                                            "card or an older mail.\", Second.], admin: [Not this.]")
    CAUSE("sender_blocklisted_ip", "sender-admin", "Server on a blocklist", "user: [Not this.], admin: [Find the reason.]")
    CAUSE("mailbox_full", "recipient", "Mailbox is full", "user: [Tell them.]")
    CAUSE("greylisted", "nobody-wait", "Greylisting", "user: [Wait.]")
    CAUSE("unknown", "sender-admin", "Cause not found", "user: [Not this.], admin: [Nor this.]");

static Causes *causes;

static Causes *load_causes(void) {
  g_autofree char *path = NULL;
  g_autoptr(Diags) diags = diags_new();
  int fd = g_file_open_tmp("wb-tally-XXXXXX.yaml", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  close(fd);
  g_assert_true(g_file_set_contents(path, knowledge, -1, NULL));
  Causes *loaded = causes_load(path, diags);
  g_assert_cmpuint(diags_length(diags), ==, 0);
  g_unlink(path);
  return loaded;
}

static void add_recipient(Bounce *bounce, const char *cause, const char *provider) {
  BounceRecipient *recipient = g_new0(BounceRecipient, 1);
  recipient->cause = g_strdup(cause);
  recipient->provider = g_strdup(provider);
  recipient->permanent = 1;
  g_ptr_array_add(bounce->recipients, recipient);
}

/* A mail of a kind, `n` recipients that failed alike. */
static void add(Tally *tally, BounceKind kind, guint n, const char *cause, const char *provider) {
  g_autoptr(Bounce) bounce = bounce_read("hello", 5);
  bounce->kind = kind;
  for (guint i = 0; i < n; i++)
    add_recipient(bounce, cause, provider);
  tally_add(tally, bounce);
}

static Tally *full_tally(void) {
  Tally *tally = tally_new(causes);
  for (int i = 0; i < 40; i++)
    add(tally, BOUNCE_BOUNCE, 1, "recipient_unknown", i % 2 ? "Gmail" : "Microsoft 365");
  for (int i = 0; i < 20; i++)
    add(tally, BOUNCE_BOUNCE, 2, "sender_blocklisted_ip", NULL);
  add(tally, BOUNCE_BOUNCE, 3, NULL, "\"Q\" \\ Mail");
  add(tally, BOUNCE_BOUNCE, 1, "no_such_cause", NULL);
  add(tally, BOUNCE_BOUNCE, 2, "mailbox_full", "Gmail");
  add(tally, BOUNCE_DELAY, 5, "greylisted", "Gmail");
  add(tally, BOUNCE_AUTOREPLY, 0, NULL, NULL);
  add(tally, BOUNCE_OTHER, 0, NULL, NULL);
  return tally;
}

static void test_page(void) {
  g_autoptr(Tally) tally = full_tally();
  g_autofree char *page = tally_page(tally, 72);
  g_assert_cmpstr(page, ==, "\
Messages                66\n\
Bounces                 63\n\
Notices of delay        1\n\
Automatic answers       1\n\
Other mail              1\n\
Recipients that failed  86\n\
\n\
Causes\n\
     40  47 %  No such mailbox\n\
     40  47 %  Server on a blocklist\n\
      3   3 %  Cause not found\n\
      2   2 %  Mailbox is full\n\
      1   1 %  no_such_cause\n\
\n\
Who has to act\n\
     43  50 %  Your mail administrator\n\
     40  47 %  You, the sender\n\
      2   2 %  The recipient\n\
\n\
Mail systems that refused\n\
     22  26 %  Gmail\n\
     20  23 %  Microsoft 365\n\
      3   3 %  \"Q\" \\ Mail\n\
\n\
What would help most\n\
  1  No such mailbox (40): Compare the address, letter by letter, with a\n\
     business card or an older mail.\n\
  2  Server on a blocklist (40): Find the reason.\n\
  3  Mailbox is full (2): Tell them.\n");
}

static gint64 member(JsonObject *object, const char *group, const char *name) {
  JsonObject *inner = group != NULL ? json_object_get_object_member(object, group) : object;
  g_assert_true(json_object_has_member(inner, name));
  return json_object_get_int_member(inner, name);
}

static void test_json(void) {
  g_autoptr(Tally) tally = full_tally();
  g_autofree char *text = tally_json(tally);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_assert_true(json_parser_load_from_data(parser, text, -1, NULL));
  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  g_assert_cmpint(member(root, NULL, "schema"), ==, 1);
  g_assert_cmpint(member(root, NULL, "messages"), ==, 66);
  g_assert_cmpint(member(root, NULL, "bounces"), ==, 63);
  g_assert_cmpint(member(root, NULL, "recipients"), ==, 86);
  g_assert_cmpint(member(root, "kinds", "delay"), ==, 1);
  g_assert_cmpint(member(root, "causes", "unknown"), ==, 3);
  g_assert_cmpint(member(root, "causes", "no_such_cause"), ==, 1);
  g_assert_cmpint(member(root, "owners", "sender-admin"), ==, 43);
  g_assert_cmpint(member(root, "providers", "\"Q\" \\ Mail"), ==, 3);
  JsonArray *fixes = json_object_get_array_member(root, "fixes");
  g_assert_cmpuint(json_array_get_length(fixes), ==, 3);
  JsonObject *fix = json_array_get_object_element(fixes, 1);
  g_assert_cmpstr(json_object_get_string_member(fix, "cause"), ==, "sender_blocklisted_ip");
  g_assert_cmpstr(json_object_get_string_member(fix, "owner"), ==, "sender-admin");
  g_assert_cmpint(json_object_get_int_member(fix, "recipients"), ==, 40);
  g_assert_cmpstr(json_object_get_string_member(fix, "fix"), ==, "Find the reason.");
}

/* Without anything in it, and without knowledge. */
static void test_empty(void) {
  g_autoptr(Tally) tally = tally_new(NULL);
  g_autofree char *page = tally_page(tally, 72), *json = tally_json(tally);
  g_assert_cmpstr(page, ==, "Messages                0\nRecipients that failed  0\n");
  g_assert_cmpstr(json, ==, "{\"schema\":1,\"messages\":0,\"bounces\":0,\"recipients\":0,\"kinds\":{},\"causes\":{},"
                            "\"owners\":{},\"providers\":{},\"fixes\":[]}");
  add(tally, BOUNCE_BOUNCE, 1, "mailbox_full", NULL);
  g_autofree char *known = tally_json(tally);
  g_assert_nonnull(strstr(known, "\"causes\":{\"mailbox_full\":1},\"owners\":{},"));
}

/* However many names there are, memory stays small, and the page short. */
static void test_many(void) {
  g_autoptr(Tally) tally = tally_new(causes);
  for (int i = 0; i < 5000; i++) {
    g_autofree char *name = g_strdup_printf("system %d", i);
    add(tally, BOUNCE_BOUNCE, 1, NULL, name);
  }
  g_autofree char *page = tally_page(tally, 72), *json = tally_json(tally);
  g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
  g_assert_cmpuint(g_strv_length(lines), <, 40);
  g_assert_nonnull(strstr(page, "others"));
  g_assert_nonnull(strstr(page, "1  <1 %  system"));
  g_assert_cmpuint(strlen(json), <, 60000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  causes = load_causes();
  g_test_add_func("/tally/page", test_page);
  g_test_add_func("/tally/json", test_json);
  g_test_add_func("/tally/empty", test_empty);
  g_test_add_func("/tally/many", test_many);
  int status = g_test_run();
  causes_free(causes);
  return status;
}
