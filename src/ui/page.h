/* A page: what is to be shown, in parts that know how important they are; laid out for a terminal of any size.
 *
 * From top to bottom: header, breadcrumb, text, list (choices, a text field), rest (what was found so far), help,
 * bottom (notices, faults, prompts), footer.  When it does not fit, the help goes first, then the breadcrumb; then the
 * text and the rest scroll.  List, bottom and footer always stay; a list that is too long scrolls with its selection.
 *
 * A page owns its rows; all are made for one width. */
#ifndef WB_UI_PAGE_H
#define WB_UI_PAGE_H

#include "ui/screen.h"

#define PAGE_MIN_COLS 40
#define PAGE_MAX_COLS 100 /* of text: the eye does not find the next line at the end of a longer one */
#define PAGE_MIN_ROWS 10

typedef struct Page {
  int cols;
  Row *header;
  Row *crumbs;                                   /* or NULL */
  GPtrArray *text, *list, *rest, *help, *bottom; /* of Row */
  GArray *items;                                 /* int, one per row of `list`: which item it belongs to, -1: none */
  int selected;                                  /* item; -1: none */
  int cursor_list_row;                           /* the cursor: row of `list`, -1: on the selected item, if any */
  int cursor_bottom_row;                         /* or row of `bottom`, -1: not there */
  int cursor_col;
  int scroll; /* first line wanted of text and rest */
  Row *footer;
} Page;

/* `title` and `right` stand in the header: "Host not found", "Step 3  (1-2 left)". */
Page *page_new(int cols, const char *title, const char *right);
void page_free(Page *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

/* Where the parts are written: wraps `safe` (may hold LF) with `indent` blanks before each line, `hang` more from the
 * second on.  Nothing for NULL or "". */
void page_add_text(const Page *page, GPtrArray *part, Style style, const char *safe, int indent, int hang);
/* A blank row, unless the part is empty or ends with one. */
void page_add_gap(GPtrArray *part);
/* A heading of its own row, after a gap. */
void page_add_heading(GPtrArray *part, const char *safe);
/* "Help -----" */
void page_add_rule(const Page *page, GPtrArray *part, const char *safe);
/* "   label   value": the value wrapped in its own column, which begins `label_cols` after the indent. */
void page_add_pair(const Page *page, GPtrArray *part, const char *label, int label_cols, const char *value);
/* Remote words behind "| ", so that they cannot pass for ours. */
void page_add_quote(const Page *page, GPtrArray *part, const char *safe);
/* "[FAIL] subject  text": the text wrapped in its own column, which begins `subject_cols` after the tag. */
void page_add_level(const Page *page, GPtrArray *part, Level level, const char *subject, int subject_cols,
                    const char *text);
/* An item of the list: "  > 1  label", wrapped; `key` is "1", "r", "[x]"; `remark` stands at the right where there is
 * room, or is NULL. */
void page_add_item(Page *page, int item, const char *key, const char *label, const char *remark, int remark_col);
/* A row of the list that cannot be chosen; taken. */
void page_add_list_row(Page *page, Row *row);

/* Lays the page out.  A terminal under PAGE_MIN_COLS by PAGE_MIN_ROWS gets a message instead. */
Screen *page_lay_out(Page *page, int cols, int rows);

#endif
