#include "report/tally.h"

#include "base/catalogue.h"
#include "base/json_text.h"
#include "report/page.h"

#define SCHEMA 1
#define N_KINDS (BOUNCE_OTHER + 1)
/* Names of causes and mail systems come from the knowledge; a file of one's own may hold many. */
#define MAX_NAMES 2000
/* On a page; JSON has all. */
#define MAX_ROWS 15
#define MAX_FIXES 5

typedef struct Count {
  char *name;
  guint64 n;
} Count;

struct Tally {
  const Causes *causes;
  guint64 kinds[N_KINDS];
  guint64 recipients;
  GHashTable *by_cause, *by_owner, *by_provider; /* name -> Count */
};

/* --- counting --- */

static void count_free(gpointer data) {
  Count *count = data;
  g_free(count->name);
  g_free(count);
}

static GHashTable *counts_new(void) { return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, count_free); }

Tally *tally_new(const Causes *causes) {
  Tally *tally = g_new0(Tally, 1);
  tally->causes = causes;
  tally->by_cause = counts_new();
  tally->by_owner = counts_new();
  tally->by_provider = counts_new();
  return tally;
}

void tally_free(Tally *tally) {
  if (tally == NULL)
    return;
  g_hash_table_unref(tally->by_cause);
  g_hash_table_unref(tally->by_owner);
  g_hash_table_unref(tally->by_provider);
  g_free(tally);
}

static void count_name(GHashTable *counts, const char *name) {
  Count *count = name != NULL ? g_hash_table_lookup(counts, name) : NULL;
  if (count == NULL && name != NULL && g_hash_table_size(counts) < MAX_NAMES) {
    count = g_new0(Count, 1);
    count->name = g_strdup(name);
    g_hash_table_insert(counts, count->name, count);
  }
  if (count != NULL)
    count->n++;
}

static void count_recipient(Tally *tally, const BounceRecipient *recipient) {
  const char *id = recipient->cause != NULL ? recipient->cause : "unknown";
  const Cause *cause = causes_find(tally->causes, id);
  tally->recipients++;
  count_name(tally->by_cause, id);
  count_name(tally->by_owner, recipient->owner != NULL ? recipient->owner : cause != NULL ? cause->owner : NULL);
  count_name(tally->by_provider, recipient->provider);
}

void tally_add(Tally *tally, const Bounce *bounce) {
  tally->kinds[bounce->kind]++;
  for (guint i = 0; bounce->kind == BOUNCE_BOUNCE && i < bounce->recipients->len; i++)
    count_recipient(tally, g_ptr_array_index(bounce->recipients, i));
}

static guint64 count_messages(const Tally *tally) {
  guint64 n = 0;
  for (int i = 0; i < N_KINDS; i++)
    n += tally->kinds[i];
  return n;
}

static int by_number(gconstpointer a, gconstpointer b) {
  const Count *first = *(Count *const *)a, *second = *(Count *const *)b;
  if (first->n != second->n)
    return first->n < second->n ? 1 : -1;
  return g_strcmp0(first->name, second->name);
}

/* Of Count, the greatest first. */
static GPtrArray *sorted(GHashTable *counts) {
  GPtrArray *list = g_ptr_array_new();
  GHashTableIter iter;
  gpointer count;
  g_hash_table_iter_init(&iter, counts);
  while (g_hash_table_iter_next(&iter, NULL, &count))
    g_ptr_array_add(list, count);
  g_ptr_array_sort(list, by_number);
  return list;
}

/* --- fixes --- */

/* What helps against a cause, by the one who has to act; NULL: waiting, or nothing is known. */
static const Message *find_fix(const Cause *cause) {
  if (cause == NULL || g_str_equal(cause->id, "unknown"))
    return NULL;
  const GPtrArray *own = g_str_equal(cause->owner, "sender-admin") ? cause->admin : cause->user;
  return own->len > 0 ? g_ptr_array_index(own, 0) : NULL;
}

typedef struct Fix {
  const Count *count;
  const Cause *cause;
  char *text;
} Fix;

static void fix_clear(gpointer data) { g_free(((Fix *)data)->text); }

/* Of Fix, what helps most first. */
static GArray *find_fixes(const Tally *tally) {
  g_autoptr(GPtrArray) causes = sorted(tally->by_cause);
  g_autoptr(Facts) nothing = facts_new();
  GArray *fixes = g_array_new(FALSE, FALSE, sizeof(Fix));
  g_array_set_clear_func(fixes, fix_clear);
  for (guint i = 0; i < causes->len && fixes->len < MAX_FIXES; i++) {
    const Count *count = g_ptr_array_index(causes, i);
    const Cause *cause = causes_find(tally->causes, count->name);
    const Message *message = find_fix(cause);
    if (message == NULL)
      continue;
    Fix fix = {count, cause, facts_fill_text(nothing, message)};
    g_array_append_val(fixes, fix);
  }
  return fixes;
}

/* --- the page --- */

typedef char *(*Namer)(const Tally *tally, const char *name);

static char *name_cause(const Tally *tally, const char *name) {
  const Cause *cause = causes_find(tally->causes, name);
  g_autoptr(Facts) nothing = facts_new();
  return cause != NULL ? facts_fill_text(nothing, cause->label) : g_strdup(name);
}

static char *name_owner(G_GNUC_UNUSED const Tally *tally, const char *name) { return g_strdup(tr(cause_owner_message(name))); }

static char *name_provider(G_GNUC_UNUSED const Tally *tally, const char *name) { return g_strdup(name); }

static char *number(guint64 n) { return g_strdup_printf("%" G_GUINT64_FORMAT, n); }

/* Something is never "0 %". */
static char *share(guint64 n, guint64 total) {
  guint64 percent = total > 0 ? (n * 200 + total) / (total * 2) : 0;
  return percent == 0 && n > 0 ? g_strdup("<1") : number(percent);
}

static void put_line(Page *page, guint64 n, guint64 total, const char *text) {
  g_autofree char *percent = share(n, total);
  g_autofree char *lead = g_strdup_printf("%7" G_GUINT64_FORMAT " %3s %%  ", n, percent);
  page_item(page, lead, text);
}

static void put_counts(Page *page, const Tally *tally, const char *title, GHashTable *counts, Namer name) {
  g_autoptr(GPtrArray) list = sorted(counts);
  guint64 rest = 0;
  if (list->len == 0)
    return;
  page_section(page, tr(title));
  for (guint i = 0; i < list->len; i++) {
    const Count *count = g_ptr_array_index(list, i);
    g_autofree char *text = i < MAX_ROWS ? name(tally, count->name) : NULL;
    if (text != NULL)
      put_line(page, count->n, tally->recipients, text);
    else
      rest += count->n;
  }
  if (rest > 0)
    put_line(page, rest, tally->recipients, tr(N_("others")));
}

static void put_head(Page *page, const Tally *tally) {
  static const struct {
    BounceKind kind;
    const char *label;
  } kinds[] = {
      {BOUNCE_BOUNCE, N_("Bounces")},          {BOUNCE_DELAY, N_("Notices of delay")},
      {BOUNCE_AUTOREPLY, N_("Automatic answers")}, {BOUNCE_FEEDBACK, N_("Complaints")},
      {BOUNCE_DELIVERED, N_("Receipts")},      {BOUNCE_OTHER, N_("Other mail")},
  };
  PageRow rows[G_N_ELEMENTS(kinds) + 2] = {{g_strdup(tr(N_("Messages"))), number(count_messages(tally)), FALSE}};
  guint n = 1;
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (tally->kinds[kinds[i].kind] > 0)
      rows[n++] = (PageRow){g_strdup(tr(kinds[i].label)), number(tally->kinds[kinds[i].kind]), FALSE};
  rows[n++] = (PageRow){g_strdup(tr(N_("Recipients that failed"))), number(tally->recipients), FALSE};
  page_rows(page, 0, 30, rows, n);
}

static void put_fixes(Page *page, const Tally *tally) {
  g_autoptr(GArray) fixes = find_fixes(tally);
  if (fixes->len == 0)
    return;
  page_section(page, tr(N_("What would help most")));
  for (guint i = 0; i < fixes->len; i++) {
    const Fix *fix = &g_array_index(fixes, Fix, i);
    g_autofree char *label = name_cause(tally, fix->cause->id), *count = number(fix->count->n);
    g_autoptr(Message) message =
        message_new(N_("{cause} ({count}): {fix}"), "cause", label, "count", count, "fix", fix->text, NULL);
    g_autofree char *lead = g_strdup_printf("  %u  ", i + 1), *text = message_text(message, NULL, NULL);
    page_item(page, lead, text);
  }
}

char *tally_page(const Tally *tally, int columns) {
  Page page;
  page_init(&page, NULL, columns, TRUE);
  put_head(&page, tally);
  put_counts(&page, tally, N_("Causes"), tally->by_cause, name_cause);
  put_counts(&page, tally, N_("Who has to act"), tally->by_owner, name_owner);
  put_counts(&page, tally, N_("Mail systems that refused"), tally->by_provider, name_provider);
  put_fixes(&page, tally);
  return page_take(&page);
}

/* --- JSON --- */

static void add_number(GString *json, const char *name, guint64 n) {
  json_text_key(json, name);
  g_string_append_printf(json, "%" G_GUINT64_FORMAT, n);
}

/* Names of mail systems may hold anything: they are escaped, unlike our own keys. */
static void add_counts(GString *json, const char *name, GHashTable *counts) {
  g_autoptr(GPtrArray) list = sorted(counts);
  json_text_key(json, name);
  g_string_append_c(json, '{');
  for (guint i = 0; i < list->len; i++) {
    const Count *count = g_ptr_array_index(list, i);
    if (i > 0)
      g_string_append_c(json, ',');
    json_text_append(json, count->name);
    g_string_append_printf(json, ":%" G_GUINT64_FORMAT, count->n);
  }
  g_string_append_c(json, '}');
}

static void add_kinds(GString *json, const Tally *tally) {
  json_text_key(json, "kinds");
  g_string_append_c(json, '{');
  for (int i = 0; i < N_KINDS; i++)
    if (tally->kinds[i] > 0)
      add_number(json, bounce_kind_word((BounceKind)i), tally->kinds[i]);
  g_string_append_c(json, '}');
}

static void add_fixes(GString *json, const Tally *tally) {
  g_autoptr(GArray) fixes = find_fixes(tally);
  json_text_key(json, "fixes");
  g_string_append_c(json, '[');
  for (guint i = 0; i < fixes->len; i++) {
    const Fix *fix = &g_array_index(fixes, Fix, i);
    g_string_append(json, i > 0 ? ",{" : "{");
    json_text_key(json, "cause");
    json_text_append(json, fix->cause->id);
    json_text_key(json, "owner");
    json_text_append(json, fix->cause->owner);
    add_number(json, "recipients", fix->count->n);
    json_text_key(json, "fix");
    json_text_append(json, fix->text);
    g_string_append_c(json, '}');
  }
  g_string_append_c(json, ']');
}

char *tally_json(const Tally *tally) {
  GString *json = g_string_new("{");
  add_number(json, "schema", SCHEMA);
  add_number(json, "messages", count_messages(tally));
  add_number(json, "bounces", tally->kinds[BOUNCE_BOUNCE]);
  add_number(json, "recipients", tally->recipients);
  add_kinds(json, tally);
  add_counts(json, "causes", tally->by_cause);
  add_counts(json, "owners", tally->by_owner);
  add_counts(json, "providers", tally->by_provider);
  add_fixes(json, tally);
  g_string_append_c(json, '}');
  return g_string_free(json, FALSE);
}
