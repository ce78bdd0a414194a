#include "report/page.h"

#include "base/text.h"
#include "report/summary.h"

#include <string.h>

/* Shorter ones stand in too many words that are nobody's name. */
#define MIN_LOCAL 3

/* --- local parts in the words of others --- */

static void add_local(Page *page, const char *address) {
  const char *at = address != NULL ? strrchr(address, '@') : NULL;
  if (at != NULL && at - address >= MIN_LOCAL)
    g_ptr_array_add(page->locals, g_strndup(address, (gsize)(at - address)));
}

static void find_locals(Page *page, const Facts *facts) {
  g_autoptr(GPtrArray) all = facts_all(facts);
  for (guint i = 0; i < all->len; i++) {
    const Fact *fact = g_ptr_array_index(all, i);
    if (fact->state != FACT_KNOWN || fact->type == FACT_NUMBER)
      continue;
    if (fact->type == FACT_TEXT)
      add_local(page, fact->text);
    for (char **item = fact->list; item != NULL && *item != NULL; item++)
      add_local(page, *item);
  }
}

static gboolean is_word_char(char c) { return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80; }

/* `text` with every `word` that stands alone starred out. */
static char *hide_word(const char *text, const char *word) {
  GString *out = g_string_new(NULL);
  gsize length = strlen(word);
  for (const char *p = text; *p != '\0';) {
    gboolean begins = p == text || !is_word_char(p[-1]);
    if (begins && g_ascii_strncasecmp(p, word, length) == 0 && !is_word_char(p[length])) {
      g_string_append(out, "****");
      p += length;
    } else {
      g_string_append_c(out, *p++);
    }
  }
  return g_string_free(out, FALSE);
}

/* `text` as the page shows it: masked or not. Caller frees. */
static char *masked_for(const Page *page, const char *text) {
  return page->show_addresses ? g_strdup(text) : summary_mask(text);
}

static char *mask_outside(const Page *page, const char *text) {
  char *masked = masked_for(page, text);
  for (guint i = 0; i < page->locals->len; i++) {
    char *hidden = hide_word(masked, g_ptr_array_index(page->locals, i));
    g_free(masked);
    masked = hidden;
  }
  return masked;
}

/* --- the page --- */

void page_init(Page *page, const Session *session, int columns, gboolean show_addresses) {
  page->out = g_string_new(NULL);
  page->columns = columns > 0 ? MAX(columns, 40) : SUMMARY_COLUMNS;
  page->show_addresses = show_addresses;
  page->locals = g_ptr_array_new_with_free_func(g_free);
  if (!show_addresses)
    find_locals(page, session_facts(session));
}

char *page_take(Page *page) {
  g_clear_pointer(&page->locals, g_ptr_array_unref);
  return g_string_free(g_steal_pointer(&page->out), FALSE);
}

void page_section(Page *page, const char *title) { g_string_append_printf(page->out, "\n%s\n", title); }

void page_item(Page *page, const char *lead, const char *text) {
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *masked = masked_for(page, text);
  text_append_wrapped(page->out, lead, page->columns, masked);
}

void page_outside_item(Page *page, const char *lead, const char *text) {
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *masked = mask_outside(page, text);
  text_append_wrapped(page->out, lead, page->columns, masked);
}

void page_quote(Page *page, int indent, const char *text) {
  if (text == NULL || *text == '\0')
    return;
  g_autofree char *masked = mask_outside(page, text);
  g_auto(GStrv) lines = text_wrap(masked, page->columns - indent - 2, 0);
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf(page->out, "%*s| %s\n", indent, "", g_strchomp(lines[i]));
}

/* A label that is too wide for its column has a line of its own. */
static char *row_lead(Page *page, int indent, int width, const char *label) {
  g_autofree char *blanks = g_strnfill((gsize)indent, ' ');
  if (text_width(label) <= width) {
    g_autofree char *padded = text_pad(label, width);
    return g_strconcat(blanks, padded, "  ", NULL);
  }
  page_item(page, blanks, label);
  return g_strnfill((gsize)(indent + width + 2), ' ');
}

void page_rows(Page *page, int indent, int widest, PageRow *rows, guint n) {
  int width = 0;
  for (guint i = 0; i < n; i++)
    if (rows[i].value != NULL && *rows[i].value != '\0' && text_width(rows[i].label) <= widest)
      width = MAX(width, text_width(rows[i].label));
  for (guint i = 0; i < n; i++) {
    if (rows[i].value != NULL && *rows[i].value != '\0') {
      g_autofree char *lead = row_lead(page, indent, width, rows[i].label);
      if (rows[i].outside)
        page_outside_item(page, lead, rows[i].value);
      else
        page_item(page, lead, rows[i].value);
    }
    g_free(rows[i].label);
    g_free(rows[i].value);
  }
}
