/* Any bytes as a case: refused with a place and a reason, or a session whose screen is safe. */
#include "base/paths.h"
#include "base/text.h"
#include "flow/case_file.h"

#include "../unit/sessions.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_safe(const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!text_is_safe(lines[i]))
      abort();
}

/* The first byte chooses whether the bytes stand alone or behind a good first line. */
static GString *make_file(const uint8_t *data, size_t size) {
  GString *text = g_string_new(size > 0 && data[0] & 1 ? "" : "{\"event\":\"start\",\"flow\":\"bounce\"}\n");
  if (size > 1)
    g_string_append_len(text, (const char *)data + 1, (gssize)size - 1);
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Flows *flows;
  if (flows == NULL) {
    g_autofree char *folder = paths_flows();
    g_autoptr(Diags) diags = diags_new();
    flows = flows_load(folder, NULL, diags);
  }
  g_autoptr(Net) net = net_replay_new(NULL, NULL);
  g_autoptr(GString) text = make_file(data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(CaseFile) file = case_file_read("case.jsonl", text->str, text->len, net, &error);
  g_autoptr(Session) session = file != NULL ? case_replay(file, "case.jsonl", flows, net, NULL, &error) : NULL;
  if (session == NULL) {
    if (error == NULL || !g_str_has_prefix(error->message, "case.jsonl"))
      abort();
    check_safe(error->message);
    return 0;
  }
  g_autofree char *view = show(session, NOW);
  check_safe(view);
  return 0;
}
