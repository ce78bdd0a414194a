/* Text: what came from outside is made safe here, measured and wrapped.
 *
 * Invariants.  A "safe" string is valid UTF-8 without any control byte, bidi control or invisible
 * character; it may be given to a terminal, a report, a log or a printer as it is.  Every byte that
 * comes from DNS, SMTP, a mail, a flow file, the environment or the keyboard passes text_safe() once,
 * where it enters.  Raw bytes are kept beside the safe form only as evidence.
 *
 * Widths are terminal columns: East Asian Wide and Fullwidth count two, combining marks none,
 * "ambiguous" characters one. */
#ifndef WB_BASE_TEXT_H
#define WB_BASE_TEXT_H

#include <glib.h>

/* The most that is ever shown of one remote string, in bytes of the source. */
#define TEXT_MAX_REMOTE 4096

typedef enum TextFlags {
  TEXT_LINE = 0,       /* one line: line feeds and tabs are made visible too */
  TEXT_LINES = 1 << 0, /* LF stays (CRLF and CR become LF), a tab becomes blanks up to the next 8th column */
} TextFlags;

/* Makes `bytes` (length `len`, -1: up to NUL) safe.  C0, DEL, C1 and invalid bytes become \xNN;
 * U+061C, 200B-200F, 2028-202E, 2060-206F, FEFF, 00AD, E0000-E007F, other invisible format characters and
 * fillers, and noncharacters become \u{X}; so do combining marks without a base, and those after the fourth
 * on one base.  At most `max` source bytes are taken (0: no
 * limit); a cut is shown as "... (N bytes)".  `n_hidden`, unless NULL, receives how many characters
 * had to be made visible.  Never fails; the caller frees. */
char *text_safe(const char *bytes, gssize len, gsize max, TextFlags flags, guint *n_hidden);

/* TRUE if text_safe() would leave the NUL-terminated `s` as it is: as TEXT_LINE, and as TEXT_LINES. */
gboolean text_is_safe(const char *s);
gboolean text_lines_are_safe(const char *s);

/* Columns that a safe one-line string takes. */
int text_width(const char *safe);

/* Columns of one character: 0, 1 or 2. */
int text_char_width(gunichar c);

/* Copy of `safe` cut to at most `cols` columns; a cut ends in "..." (in fewer dots when cols < 3). */
char *text_fit(const char *safe, int cols);

/* text_fit(), then filled with blanks to exactly `cols` columns. */
char *text_pad(const char *safe, int cols);

/* Breaks `safe` (may hold LF) into lines of at most `cols` columns by UAX #14 with strict Japanese
 * rules: no closing bracket, small kana or prolonged sound mark begins a line, no opening bracket ends
 * one.  Unlike UAX #14, a run of ASCII (a host name, an address, a URL) stays whole, so that it can be
 * copied; wider than a line it is broken, after punctuation where possible.  Lines after the first are
 * indented by `indent` blanks.  A character wider than `cols` gets a line of its own.
 * Returns a NULL-terminated vector (at least one line), g_strfreev(). */
char **text_wrap(const char *safe, int cols, int indent);

/* Appends `safe` as lines of at most `cols` columns behind `lead`, the later ones behind as many blanks. */
void text_append_wrapped(GString *out, const char *lead, int cols, const char *safe);

/* The small letter of an ASCII one, other octets as they are: g_ascii_tolower() without a call, for loops over whole texts. */
static inline char text_lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Small letters, of any script; fast for ASCII, which nearly all bounces are.  UTF-8 only.  Caller frees. */
char *text_lower(const char *utf8);

/* Full-width ASCII (U+FF01..FF5E) and the ideographic space folded to ASCII: for keys and numbers
 * typed with an input method left on.  Other characters stay.  Caller frees. */
char *text_fold_fullwidth(const char *utf8);

/* One character of the same folding. */
gunichar text_fold_char(gunichar c);

/* Damerau-Levenshtein distance (optimal string alignment) over characters, at most `limit` + 1. */
guint text_distance(const char *a, const char *b, guint limit);

/* The entry of the NULL-terminated `words` nearest to `word` within distance 2 (1 for words under 5
 * letters), or NULL: for "did you mean". Not copied. */
const char *text_nearest(const char *word, const char *const *words);

#endif
