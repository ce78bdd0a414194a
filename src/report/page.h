/* A page of plain text: wrapped, masked, with quotes that nobody can take for our own words. */
#ifndef WB_REPORT_PAGE_H
#define WB_REPORT_PAGE_H

#include "flow/session.h"

typedef struct Page {
  GString *out;
  int columns;
  gboolean show_addresses;
  GPtrArray *locals; /* char*: local parts that must not be told, in the words of others; empty when addresses are shown */
} Page;

/* Takes the local parts to be hidden from the facts of the session. */
void page_init(Page *page, const Session *session, int columns, gboolean show_addresses);
/* The text; the page is empty afterwards. Caller frees. */
char *page_take(Page *page);

/* A blank line, then `title`. */
void page_section(Page *page, const char *title);
/* One paragraph behind `lead` (blanks, a number, a tag), later lines under its first. Nothing for an empty text. */
void page_item(Page *page, const char *lead, const char *text);
/* The words of others, also inside a line of ours. */
void page_outside_item(Page *page, const char *lead, const char *text);
/* The words of others behind "| ", line by line. */
void page_quote(Page *page, int indent, const char *text);

/* Label and value, the values one under the other. */
typedef struct PageRow {
  char *label, *value; /* a NULL or empty value is left out */
  gboolean outside;    /* the value has words of others in it */
} PageRow;
/* Takes the strings of the `n` rows. `widest`: the most columns that labels get. */
void page_rows(Page *page, int indent, int widest, PageRow *rows, guint n);

#endif
