#include "base/catalogue.h"
#include "base/text.h"
#include "ui/pages.h"

/* Where the remarks begin unless a label needs more. */
#define REMARK_COLUMN 49
#define REMARK_MAX_COLUMN 56

static int remark_column(const GPtrArray *items) {
  int column = REMARK_COLUMN;
  for (guint i = 0; i < items->len; i++) {
    const MenuItem *item = g_ptr_array_index(items, i);
    if (item->remark != NULL)
      column = MAX(column, 4 + text_width(item->key) + 2 + text_width(item->label) + 2);
  }
  return MIN(column, REMARK_MAX_COLUMN);
}

Page *page_menu(const GPtrArray *items, int selected, const char *search, int cols) {
  g_autofree char *right = g_strdup_printf("%s  v%s", catalogue_language(), WB_VERSION);
  for (char *p = right; *p != ' '; p++)
    *p = g_ascii_toupper(*p);
  Page *page = page_new(cols, "", right);
  page->selected = selected;
  page_add_text(page, page->text, STYLE_STRONG, tr(N_("What do you have in front of you?")), 1, 0);
  int column = remark_column(items);
  for (guint i = 0; i < items->len; i++) {
    const MenuItem *item = g_ptr_array_index(items, i);
    if (item->gap && i > 0)
      page_add_list_row(page, row_new());
    if (item->heading != NULL) {
      Row *row = row_new_text(STYLE_PLAIN, "  ");
      row_add(row, STYLE_STRONG, item->heading);
      page_add_list_row(page, row);
    }
    page_add_item(page, (int)i, item->key, item->label, item->remark, column);
  }
  if (items->len == 0)
    page_add_list_row(page, row_new_text(STYLE_PLAIN, tr(search != NULL ? N_("    Nothing has these words in it.")
                                                                        : N_("    There is no guide."))));
  return page;
}
