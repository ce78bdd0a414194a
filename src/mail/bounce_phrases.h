/* Phrases by which notices are told from other mail, in the languages in which mail systems write.
 * Part of the reader of bounces.  All texts must be in lower case (text_lower()). */
#ifndef WB_MAIL_BOUNCE_PHRASES_H
#define WB_MAIL_BOUNCE_PHRASES_H

#include <glib.h>

gboolean bounce_phrase_of_failure(const char *lower); /* it did not arrive */
gboolean bounce_phrase_of_refusal(const char *lower); /* refused; of a pasted text only, people write so, too */
gboolean bounce_phrase_of_delay(const char *lower);   /* not yet; somebody keeps trying */
gboolean bounce_phrase_of_success(const char *lower);
gboolean bounce_phrase_of_moderation(const char *lower); /* a mailing list holds it back */

/* Whoever wrote shall show first that they are a person, or ask to be let in. */
gboolean bounce_phrase_of_challenge(const char *lower);

/* An answering machine's subject, or its words ("" if not to be looked at). */
gboolean bounce_phrase_of_absence(const char *lower_subject, const char *lower);

#endif
