/* Who did not get the mail, and what was said about each, from the text of a notice.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_TEXT_H
#define WB_MAIL_BOUNCE_TEXT_H

#include "mail/notice.h"

/* One address that the text names as a recipient, and the passage about it. */
typedef struct TextRecipient {
  char *address;
  char *original; /* "(expanded from <..>)", "(generated from ..)"; NULL */
  char *words;    /* lines joined by blanks; "" if the text says nothing about this address alone */
  gboolean sure;  /* stands where recipients stand; FALSE: an address somewhere in the text */
} TextRecipient;

/* Addresses that are known beforehand not to be recipients, or to be some. */
typedef struct TextHints {
  GPtrArray *recipients; /* of char *: addresses known from a delivery report */
  const char *header;    /* X-Failed-Recipients: addresses, unless the text itself lists some; NULL */
  const char *sender;    /* addresses that the notice was sent to, or passed on from; NULL */
  gboolean pasted;       /* the notice is a text that somebody copied: names and signatures may stand around it */
} TextHints;

/* GPtrArray of TextRecipient, in the order of the text; at most 500.  With recipients among the hints exactly those are
 * returned, in their order. */
GPtrArray *bounce_text_recipients(const Notice *notice, const TextHints *hints);

/* All lines of the notice joined by blanks, without greeting quotes; at most 32 KiB. */
char *bounce_text_joined(const Notice *notice);

/* The server that wrote the notice, where it says so ("This is the mail system at host mx.example.com."); NULL. */
char *bounce_text_reporter(const Notice *notice);

/* The enhanced status code in a line that begins with codes and names `address`, as the own server sums up an answer
 * without one: "550 5.1.1 <taro@example.com>... User unknown"; NULL. */
char *bounce_text_status(const Notice *notice, const char *address);

/* The server that refused, where the notice lists it among its details ("Message rejected by: mx.example.com"); NULL.
 */
char *bounce_text_refuser(const Notice *notice);

#endif
