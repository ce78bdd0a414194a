#include "probe/smtp_words.h"

#include "base/catalogue.h"
#include "probe/known.h"

#include <string.h>

void smtp_words_read(SmtpWords *words, Net *net) {
  g_autofree char *reply = g_strdup_printf("%d", words->code);
  const Refusal refusal = {.words = words->words,
                           .status = words->status,
                           .reply = reply,
                           .command = words->command,
                           .remote_mta = words->host};
  Classification found = classify(known_classifier(net), &refusal);
  /* What 550 alone means most often is a guess in a bounce, and no knowledge about a mailbox. */
  gboolean guess = found.rule == NULL && found.code != NULL && strchr(found.code, '.') == NULL;
  words->cause = guess ? NULL : found.cause;
  words->summary = found.rule != NULL ? found.rule->summary : NULL;
}

void smtp_words_row(const SmtpWords *words, Result *result, const char *subject) {
  if (words->summary == NULL)
    return;
  Finding *row = result_add(result, LEVEL_NOTE, subject,
                            message_set_tr(message_new(N_("What these words mean: {summary}"), NULL), "summary", words->summary));
  finding_set_ground(row, GROUND_ROWS, "RFC 5321 s4.2");
}
