#include "base/catalogue.h"
#include "base/text.h"
#include "report/bounce_rows.h"
#include "ui/pages.h"

/* Labels may take a third of the screen. */
#define LABEL_SHARE 3
/* Columns of the other server's words: about three lines. */
#define MAX_WORDS 210
/* Recipients whose words are told in full. */
#define MAX_RECIPIENTS 20

static void add_rows(Page *page, BounceRow *rows, guint n) {
  int wide = 0;
  for (guint i = 0; i < n; i++)
    wide = MAX(wide, text_width(rows[i].label));
  for (guint i = 0; i < n; i++)
    page_add_pair(page, page->text, rows[i].label, MIN(wide, page->cols / LABEL_SHARE), rows[i].value);
  bounce_rows_clear(rows, n);
}

void page_fill_bounce(Page *page, const View *view) {
  BounceRow rows[BOUNCE_ROWS];
  guint n = bounce_rows_read(view->bounce, view->reason, rows);
  page_add_gap(page->text);
  add_rows(page, rows, n);
  g_autofree char *words = bounce_words(view->bounce, MAX_WORDS);
  if (words != NULL)
    page_add_quote(page, page->text, words);
}

void page_fill_bounce_details(Page *page, const Bounce *bounce) {
  BounceRow rows[BOUNCE_ROWS];
  page_add_heading(page->text, tr(N_("The bounce")));
  add_rows(page, rows, bounce_rows_around(bounce, rows));
  for (guint i = 0; i < MIN(bounce->recipients->len, MAX_RECIPIENTS); i++) {
    const BounceRecipient *recipient = g_ptr_array_index(bounce->recipients, i);
    if (recipient->diagnostic == NULL)
      continue;
    page_add_text(page, page->text, STYLE_PLAIN, recipient->recipient, 3, 2);
    page_add_quote(page, page->text, recipient->diagnostic);
  }
}

/* One line while the text is still being pasted: all of it comes on the next page. */
void page_fill_recognised(Page *page, const Bounce *bounce) {
  const BounceRecipient *main_one = bounce_main_recipient(bounce);
  g_autofree char *codes = main_one != NULL ? bounce_codes(main_one) : NULL;
  const char *ip = bounce_sending_ip(bounce, NULL);
  const char *parts[] = {codes, main_one != NULL ? main_one->recipient : NULL, bounce->list, ip};
  g_autoptr(GString) line = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i] != NULL)
      g_string_append_printf(line, "%s%s", line->len > 0 ? ", " : "", parts[i]);
  if (line->len == 0) {
    page_add_text(page, page->rest, STYLE_PLAIN,
                  tr(N_("Nothing recognised yet. Lines with a code such as 550 5.1.1 help most.")), 1, 0);
    return;
  }
  g_autoptr(Message) message = message_new(N_("Recognised: {parts}"), "parts", line->str, NULL);
  g_autofree char *text = message_text(message, NULL, NULL);
  page_add_text(page, page->rest, STYLE_PLAIN, text, 1, 0);
}
