/* What conditions are made of: shared by condition_load.c, which reads them, and condition.c, which decides. */
#ifndef WB_FLOW_CONDITION_IMPL_H
#define WB_FLOW_CONDITION_IMPL_H

#include "flow/condition.h"

typedef enum Word {
  WORD_IS,
  WORD_NOT,
  WORD_AT_LEAST,
  WORD_MORE_THAN,
  WORD_LESS_THAN,
  WORD_CONTAINS,
  WORD_MATCHES,
  WORD_KNOWN,
  WORD_UNKNOWN,
  WORD_ABSENT,
} Word;

typedef struct WordRow {
  const char *text;     /* what authors write; NULL: nothing, the value alone */
  gboolean takes_value; /* FALSE: the word stands alone */
  gboolean takes_number;
} WordRow;

extern const WordRow condition_words[]; /* by Word */
#define CONDITION_WORDS (WORD_ABSENT + 1)

typedef struct Test {
  Word word;
  char *value; /* what follows the word, or NULL */
  gint64 number;
  int line, col;
} Test;

typedef struct Clause {
  char *fact;
  GArray *tests; /* of Test: any of them */
  int line, col;
} Clause;

struct Condition {
  GArray *clauses; /* of Clause: all of them */
  char **facts;
};

/* A whole number and nothing else, of at most 64 bits. */
gboolean condition_number(const char *text, gint64 *number);

/* TRUE if `text` would be read as a word or comparison, so that no condition could name it as a value. */
gboolean condition_is_word(const char *text);

#endif
