/* Header fields as lists of name and value: mail headers, the groups of delivery reports (RFC 3464 s2.1), feedback
 * reports (RFC 5965) and headers quoted in a text all have the same form.
 * Lists are GPtrArray of MailField and free what they hold.  Values are unfolded; they are NOT safe yet. */
#ifndef WB_MAIL_FIELDS_H
#define WB_MAIL_FIELDS_H

#include <glib.h>

#define FIELDS_MAX 2000        /* fields of one list; later ones are dropped */
#define FIELDS_MAX_VALUE 16384 /* bytes of one value; longer ones are cut */

typedef struct MailField {
  char *name;
  char *value;
} MailField;

/* Frees with g_ptr_array_unref(). */
GPtrArray *fields_new(void);
void fields_add(GPtrArray *fields, const char *name, const char *value);

/* Value of the first field of that name (any case), or NULL.  `fields` may be NULL. */
const char *fields_get(const GPtrArray *fields, const char *name);

/* Length of the name if `line` begins a field ("Name:", "Name :"), else 0.  Names are printable ASCII without blanks
 * (RFC 5322 s2.2), up to 60 characters. */
gsize fields_name_length(const char *line);

/* Reads fields up to the first empty line, or a line that is neither a field nor a continuation; `*end`, unless NULL,
 * receives where reading stopped.  Lines end in LF.  Never NULL. */
GPtrArray *fields_parse(const char *text, const char **end);

#endif
