#include "probe/finding.h"

#include "base/text.h"

static const char *const level_words[] = {
    [LEVEL_OK] = "ok",     [LEVEL_NOTE] = "note", [LEVEL_UNKNOWN] = "unknown", [LEVEL_WARN] = "warn",
    [LEVEL_FAIL] = "fail", [LEVEL_SKIP] = "skip", [LEVEL_WAIT] = "wait",
};

static const char *const ground_words[] = {
    [GROUND_ASKED] = "asked", [GROUND_INPUT] = "input",     [GROUND_NOT_ASKED] = "not_asked",
    [GROUND_ROWS] = "rows",   [GROUND_MACHINE] = "machine",
};

const char *ground_word(Ground ground) {
  return ground_words[ground];
}

const char *level_word(Level level) {
  return level_words[level];
}

static char *safe_or_null(const char *bytes) {
  return bytes != NULL ? text_safe(bytes, -1, TEXT_MAX_REMOTE, TEXT_LINE, NULL) : NULL;
}

static void evidence_free(gpointer data) {
  Evidence *evidence = data;
  g_free(evidence->asked);
  g_free(evidence->server);
  g_free(evidence->answer);
  g_free(evidence);
}

static void finding_free(gpointer data) {
  Finding *finding = data;
  g_free(finding->subject);
  message_free(finding->text);
  message_free(finding->advice);
  g_free(finding->quote);
  g_ptr_array_unref(finding->evidence);
  g_free(finding);
}

Result *result_new(void) {
  Result *result = g_new0(Result, 1);
  result->facts = facts_new();
  result->findings = g_ptr_array_new_with_free_func(finding_free);
  result->marks = g_string_new(NULL);
  return result;
}

void result_free(Result *result) {
  if (result == NULL)
    return;
  facts_free(result->facts);
  g_ptr_array_unref(result->findings);
  message_free(result->headline);
  g_string_free(result->marks, TRUE);
  message_free(result->tally);
  g_free(result);
}

Finding *result_add(Result *result, Level level, const char *subject, Message *text) {
  Finding *finding = g_new0(Finding, 1);
  finding->level = level;
  finding->subject = safe_or_null(subject);
  finding->text = text;
  finding->evidence = g_ptr_array_new_with_free_func(evidence_free);
  finding->ground = level == LEVEL_SKIP ? GROUND_NOT_ASKED : GROUND_ASKED;
  g_ptr_array_add(result->findings, finding);
  return finding;
}

Level result_level(const Result *result) {
  Level worst = LEVEL_OK;
  for (guint i = 0; i < result->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(result->findings, i);
    if (finding->level <= LEVEL_FAIL)
      worst = MAX(worst, finding->level);
  }
  return worst;
}

gboolean result_is_single(const Result *result) {
  return result->headline == NULL && result->findings->len == 1;
}

void finding_set_advice(Finding *finding, Message *advice) {
  message_free(finding->advice);
  finding->advice = advice;
}

void finding_set_ground(Finding *finding, Ground ground, const char *reference) {
  finding->ground = ground;
  finding->reference = reference;
}

void finding_set_quote(Finding *finding, const char *bytes) {
  g_free(finding->quote);
  finding->quote = safe_or_null(bytes);
}

void finding_add_evidence(Finding *finding, const char *asked, const char *server, const char *answer, guint elapsed_ms,
                          gint64 at, const char *reference) {
  Evidence *evidence = g_new0(Evidence, 1);
  evidence->asked = safe_or_null(asked);
  evidence->server = safe_or_null(server);
  evidence->answer = safe_or_null(answer);
  evidence->elapsed_ms = elapsed_ms;
  evidence->at = at;
  evidence->reference = reference;
  g_ptr_array_add(finding->evidence, evidence);
}
