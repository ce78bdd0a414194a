/* What the words of one refusal say: codes, the server that spoke, the command it answered, the blocklist it names.
 * Pure functions over UTF-8 text; part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_WORDS_H
#define WB_MAIL_BOUNCE_WORDS_H

#include "mail/bounce.h"

/* Fills what is still NULL in `recipient` (reply, status, command, remote_mta, remote_ip, diagnostic) from `words`, a
 * passage of a notice about this recipient with its lines joined. */
void bounce_words_read(BounceRecipient *recipient, const char *words);

/* Fills reply, status and command alone, from the value of a Diagnostic-Code field. */
void bounce_words_codes(BounceRecipient *recipient, const char *diagnostic);

/* The blocklist named in the recipient's diagnostic (zone or operator), and the address that is named as listed,
 * blocked or refused; what is already set stays. */
void bounce_words_list(const BounceRecipient *recipient, char **list, char **listed_ip);

/* TRUE if `words` hold a reply code or an enhanced status code that stands as one. */
gboolean bounce_words_have_code(const char *words);

/* A multi-line reply as one: repeated prefixes ("550-5.7.1 ", "550 5.7.1 ") after the first taken out, white space
 * collapsed. Caller frees. */
char *bounce_words_tidy(const char *words);

#endif
