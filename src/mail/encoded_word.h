/* Encoded words in header values (RFC 2047). */
#ifndef WB_MAIL_ENCODED_WORD_H
#define WB_MAIL_ENCODED_WORD_H

/* A header value as UTF-8 with its encoded words decoded.  Words that follow each other in one charset are joined
 * before they are converted, because senders cut characters in two; each word's base64 padding ends that word alone.
 * Our own instead of GMime's, which stops at the padding and does not know the vendors' Japanese characters; and pasted
 * texts need it without a mail.  `value` is of any charset. Caller frees. */
char *encoded_word_decode(const char *value);

#endif
