/* The patterns of rules: alternatives of a regular expression, each with pieces of plain text of which one must be there
 * for it to match.  Most alternatives are plain text; those that are not are compiled when all that must be there is.
 *
 * A pattern is a Perl-compatible regular expression over normalised text (see classify.h), upper and lower case alike.
 * At its top level | separates alternatives, and blanks around each are dropped, so that a long pattern may be folded
 * over lines; a blank that counts at an end is written [ ]. */
#ifndef WB_MAIL_RULE_PATTERN_H
#define WB_MAIL_RULE_PATTERN_H

#include <glib.h>

/* A shorter piece of text is no help in finding an alternative. */
#define PATTERN_MIN_LITERAL 3

typedef struct Alternative {
  char *pattern;
  char **literals; /* lower case; whatever the alternative matches has one of them in it; empty: nothing is known */
  GPtrArray *others; /* of char **: of each one must be in a match, too; NULL: none */
  guint weight;    /* bytes of plain text in a match, at least: how specific it is */
  gboolean plain;  /* the one literal is all of it */
  GRegex *regex;   /* once compiled; not for plain ones */
  guint tries;     /* of the expression */
  gboolean broken; /* does not compile */
} Alternative;

/* The alternatives of `pattern`. GPtrArray of Alternative, owned. */
GPtrArray *pattern_split(const char *pattern);

/* TRUE if the alternative matches in `text`, normalised.  The caller has found one of its literals there. */
gboolean alternative_matches(Alternative *alternative, const char *text);

/* Compiles it now.  FALSE with `error` if that cannot be. */
gboolean alternative_check(Alternative *alternative, GError **error);

#endif
