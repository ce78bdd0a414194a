/* The guide about mail servers that several tests of the session walk through, and what the net says in it. */
#ifndef WB_TESTS_SESSION_GUIDES_H
#define WB_TESTS_SESSION_GUIDES_H

#include "sessions.h"

#define HEAD(id) "format: 1\nid: " id "\ntitle: Guide " id "\nlang: en\nrevision: 1\nsteps:\n"

static const char mx_flow[] = HEAD("mx") "\
  rcpt:\n\
    title: Address\n\
    ask: Which address?\n\
    as: email\n\
    default: \"{bounce.recipient}\"\n\
    next: mx\n\
  mx:\n\
    title: Mail servers\n\
    probe: mx\n\
    with: {domain: \"{rcpt.domain}\"}\n\
    next:\n\
      - {when: {mx.status: nxdomain}, go: spelling, say: \"There is no {rcpt.domain}.\"}\n\
      - {when: {mx.status: ok}, go: quota}\n\
      - else: unclear\n\
  spelling:\n\
    title: Spelling\n\
    choose: \"{rcpt.domain} does not exist. Is it right?\"\n\
    help: Compare it.\n\
    hint: Look twice.\n\
    say_to_caller: Please read it to me.\n\
    choices:\n\
      - {label: \"No, {rcpt.domain} is wrong\", value: \"no\", go: typo}\n\
      - {label: \"Yes\", value: \"yes\", go: quota}\n\
      - {label: I do not know, value: unknown, go: unclear}\n\
  quota:\n\
    title: Quota\n\
    ask: How many megabytes?\n\
    as: number\n\
    next: server\n\
  server:\n\
    title: Server\n\
    ask: Which server?\n\
    as: ip\n\
    next:\n\
      - {when: {quota: more than 10}, go: big}\n\
      - else: unclear\n\
  typo: {finish: fixed, say: \"Write to {rcpt.local}, but not at {rcpt.domain}.\"}\n\
  big: {finish: problem, say: \"{quota} MB at {server}\"}\n\
  unclear: {finish: unknown}\n";

static const char mx_net[] =
    "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\",\"server\":\"192.0.2.53\",\"ms\":20,\"at\":\"2026-11-21T02:31:00Z\"}\n"
    "{\"dns\":\"example.com MX\",\"answer\":[\"10 mx1.example.com\"]}\n"
    "{\"dns\":\"mx1.example.com A\",\"answer\":[\"192.0.2.25\"]}\n"
    "{\"dns\":\"mx1.example.com AAAA\"}\n"
    "{\"dns\":\"example.org MX\",\"answer\":[\"10 mx1.example.com\"]}\n"
    "{\"dns\":\"slow.example MX\",\"status\":\"timeout\"}\n";

static inline World *mx_world(void) { return world_new(mx_net, "mx.yaml", mx_flow, NULL); }

/* What the case is told, as text: one event a line, without times and places. */
static inline void tell(const char *event, const char *const *fields, gpointer user) {
  GString *out = user;
  g_string_append(out, event);
  for (; *fields != NULL; fields += 2)
    if (!g_str_equal(fields[0], "at") && !g_str_equal(fields[0], "to") && !g_str_equal(fields[0], "title"))
      g_string_append_printf(out, " %s=%s", fields[0], fields[1]);
  g_string_append_c(out, '\n');
}

#endif
