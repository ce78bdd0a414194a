/* Lists of tags, "v=DMARC1; p=none": the syntax that DKIM keys, DMARC and TLS-RPT records share (RFC 6376 s3.2). */
#ifndef WB_MAIL_TAGLIST_H
#define WB_MAIL_TAGLIST_H

#include <glib.h>

typedef struct Tag {
  char *name;
  char *value; /* blanks around it taken off; may be empty; any bytes but NUL */
} Tag;

typedef struct TagList {
  GArray *tags;       /* of Tag, in order, the first of each name; at most TAGLIST_MAX_TAGS */
  gboolean broken;    /* a piece that is no tag was left out */
  gboolean duplicate; /* a tag that stands there twice; RFC 6376 s3.2 forbids that */
} TagList;

#define TAGLIST_MAX_TAGS 64
#define TAGLIST_MAX_BYTES 8192

/* Never fails; at most TAGLIST_MAX_BYTES are read, up to the first NUL. */
TagList *taglist_parse(GBytes *data);
/* The same with the names of the tags in lower case: in DMARC they are literals of ABNF, which do not mind case
 * (RFC 9989 s4.8, RFC 5234 s2.3). */
TagList *taglist_parse_fold(GBytes *data);
void taglist_free(TagList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TagList, taglist_free)

/* The value of a tag, or NULL. Names of tags of DKIM are case-sensitive (RFC 6376 s3.2). */
const char *taglist_get(const TagList *list, const char *name);

/* TRUE if the first tag is v and has exactly this value: what makes a TXT record a record of its kind. */
gboolean taglist_has_version(const TagList *list, const char *version);

#endif
