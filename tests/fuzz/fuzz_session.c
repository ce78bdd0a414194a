/* Any order of events in any of our guides: the screen is always whole and safe, the path is bounded, the summary keeps its
 * width, and the case gives back the same session. */
#include "base/paths.h"
#include "base/text.h"
#include "flow/case.h"
#include "report/summary.h"

#include "../unit/sessions.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char answers[] =
    "{\"dns\":\"exmaple.com MX\",\"status\":\"nxdomain\"}\n"
    "{\"dns\":\"exmaple.com A\",\"status\":\"nxdomain\"}\n"
    "{\"dns\":\"exmaple.com AAAA\",\"status\":\"nxdomain\"}\n"
    "{\"dns\":\"example.com MX\",\"answer\":[\"10 mx1.example.com\",\"20 mx2.example.com\"]}\n"
    "{\"dns\":\"mx1.example.com A\",\"answer\":[\"192.0.2.25\"]}\n"
    "{\"dns\":\"mx1.example.com AAAA\"}\n"
    "{\"dns\":\"mx2.example.com A\",\"status\":\"timeout\"}\n"
    "{\"dns\":\"mx2.example.com AAAA\",\"status\":\"servfail\"}\n"
    "{\"dns\":\"none.example MX\",\"answer\":[\"0 .\"]}\n";

static const char *const texts[] = {
    "",
    "taro@exmaple.com",
    "hanako@example.com",
    "nobody@none.example",
    "not an address",
    "\xff\xfe\x1b[2J\x07",
    " \xe5\xa4\xaa\xe9\x83\x8e\xef\xbc\xa0\x65xample.com ",
    "192.0.2.10",
    "2001:db8::1",
    "25",
    "example.com",
    "<hanako@example.com>: host mx.example.net[192.0.2.25] said: 550 5.1.1\n <hanako@example.com>: User unknown\n",
    "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using bl.example.org; \x1b]0;x\x07",
    "452 4.2.2 mailbox full",
};

static Net *fresh_net(void) {
  Net *net = net_replay_new(NULL, NULL);
  g_auto(GStrv) lines = g_strsplit(answers, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    if (!net_preload(net, lines[i], NULL))
      abort();
  return net;
}

static void check_safe(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!text_is_safe(lines[i]))
      abort();
}

/* One event. */
static void step(Session *session, uint8_t op, uint8_t argument, gint64 now) {
  g_autofree char *fault = NULL, *index = g_strdup_printf("%u", argument % 9);
  g_autoptr(View) view = session_view(session, now);
  switch (op % 10) {
  case 0:
    session_back(session, now);
    return;
  case 1:
    session_skip(session, now);
    return;
  case 2:
    session_again(session, now);
    return;
  case 3:
    session_tick(session, argument % 8, now);
    return;
  case 4:
    session_note(session, texts[argument % G_N_ELEMENTS(texts)], now);
    return;
  case 5:
    session_consent(session, argument & 1, now);
    return;
  default:
    if (view->kind == VIEW_ASK && argument & 0x80)
      session_answer(session, view->value, now, &fault);
    else if (view->kind == VIEW_ASK || view->kind == VIEW_PASTE)
      session_answer(session, texts[argument % G_N_ELEMENTS(texts)], now, &fault);
    else
      session_answer(session, index, now, &fault);
    if (fault != NULL)
      check_safe(fault);
  }
}

static char *state(const Session *session) {
  g_autofree char *view = show_again(session, NOW), *path = path_of(session);
  SummaryOptions options = {.now = NOW};
  g_autofree char *page = summary_text(session, &options);
  return g_strconcat(view, path, "\n", page, NULL);
}

static void check(const Session *session) {
  g_autofree char *view = show(session, NOW);
  check_safe(view);
  if (session_path(session)->len > 300)
    abort();
  SummaryOptions options = {.now = NOW, .columns = 60};
  g_autofree char *page = summary_text(session, &options);
  g_auto(GStrv) lines = g_strsplit(page, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!text_is_safe(lines[i]) || text_width(lines[i]) > 60)
      abort();
  if (strstr(page, "hanako@") != NULL || strstr(page, "taro@") != NULL)
    abort();
}

static void check_case(const char *path, const Flows *flows, const Session *session) {
  g_autoptr(Net) net = net_replay_new(NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(Session) copy = case_read(path, flows, net, &error);
  if (copy == NULL)
    g_error("%s", error->message);
  g_autofree char *want = state(session), *got = state(copy);
  if (!g_str_equal(got, want))
    g_error("the case gives\n%s\nwant\n%s", got, want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Flows *flows;
  static GPtrArray *starts;
  static char *dir;
  if (flows == NULL) {
    g_autofree char *folder = paths_flows();
    g_autoptr(Diags) diags = diags_new();
    flows = flows_load(folder, NULL, diags);
    starts = flows_all(flows);
    dir = g_dir_make_tmp("wb-fuzz-XXXXXX", NULL);
  }
  if (size < 2 || starts->len == 0)
    return 0;
  const Flow *flow = g_ptr_array_index(starts, data[0] % starts->len);
  if (!flow_can_start(flow))
    return 0;
  g_autoptr(Net) net = fresh_net();
  g_autoptr(Session) session = session_new(flows, flow, net, NOW);
  Case *c = case_new(dir, "fuzz", session, NULL);
  if (data[1] & 1)
    session_load_bounce(session, texts[11], strlen(texts[11]), NOW);
  for (size_t i = 2; i + 1 < size && i < 400; i += 2)
    step(session, data[i], data[i + 1], NOW + (gint64)i * SECOND);
  check(session);
  check_case(case_path(c), flows, session);
  g_unlink(case_path(c));
  case_free(c);
  return 0;
}
