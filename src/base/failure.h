/* Why something could not be done, in words for people and in the language in force.
 *
 * Errors of ours carry a whole sentence, translated where it arises: whoever gets the GError shows it as it is.
 * Reasons of the system are put in as a part of such a sentence: "the disk is full". */
#ifndef WB_BASE_FAILURE_H
#define WB_BASE_FAILURE_H

#include "base/message.h"

/* Sets `error` to the words of `message`, which is taken. */
void failure_set(GError **error, GQuark domain, int code, Message *message);

/* What an errno means, as a part of a sentence.  Of the less usual ones the C library's English.  Lives until the
 * language changes. */
const char *failure_words(int code);

/* The same for a GError; what is not about a file stays as it is.  Lives as long as `error`. */
const char *failure_reason(const GError *error);

#endif
