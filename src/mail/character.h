/* Kinds of characters that matter in addresses, and their names for people.
 * Pure tables; used by address.c and domain.c. */
#ifndef WB_MAIL_CHARACTER_H
#define WB_MAIL_CHARACTER_H

#include <glib.h>

typedef enum CharacterKind {
  CHARACTER_PLAIN,
  CHARACTER_SPACE,     /* white space of any script, tab and line ends included */
  CHARACTER_FULLWIDTH, /* U+FF01..FF5E, ideographic full stop */
  CHARACTER_INVISIBLE, /* zero-width, bidi control, soft hyphen, fillers, variation selectors */
  CHARACTER_CONTROL,   /* C0, DEL, C1 */
  CHARACTER_NONE,      /* noncharacters */
} CharacterKind;

CharacterKind character_kind(gunichar c);

/* The ASCII form of a full-width character or of an ideographic full stop, any white space as a blank;
 * other characters as they are. */
gunichar character_to_ascii(gunichar c);

#endif
