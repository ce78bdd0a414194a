/* Addresses in the text of a notice, and how surely each is a recipient, by where it stands.
 * Part of the reader of bounces. */
#ifndef WB_MAIL_BOUNCE_MENTION_H
#define WB_MAIL_BOUNCE_MENTION_H

#include "mail/bounce_text.h"

/* RANK_CODED: behind a code in a sentence; RANK_NAMED: where the text names the recipient, or behind a code at the
 * beginning of a line; RANK_HEAD: at the head of a passage about it. */
typedef enum Rank { RANK_NONE, RANK_SOMEWHERE, RANK_CODED, RANK_NAMED, RANK_HEAD } Rank;

typedef struct Mention {
  guint line;
  gsize start, end; /* of the address in the line */
  Rank rank;
} Mention;

/* GArray of Mention, in the order of the text, without those that are surely somebody else's (RANK_NONE). */
GArray *bounce_mentions_find(const Notice *notice, const TextHints *hints);

/* Its address. Caller frees. */
char *bounce_mention_address(const Notice *notice, const Mention *mention);

/* TRUE if the address at `start` is where another one came from: "(expanded from <..>)". */
gboolean bounce_mention_is_origin(const char *line, gsize start);

/* Length of the time that Exchange and Outlook put behind an address (" on 3/4/2025 10:22 AM"); 0: none. */
gsize bounce_mention_time(const char *after);

#endif
